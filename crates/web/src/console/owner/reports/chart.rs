//! Charts as SVG: columns, bars and lines. They grow with their page, say with words or shapes whatever they say with colours, and
//! stand beside a table that says the same. Whole numbers alone: nobody reads a chart to the last digit.

/// The height of a plot, in pixels.
const PLOT: i64 = 140;
/// What stands above it, for the numbers.
const HEAD: i64 = 20;
/// What stands below it, for two lines of words.
const FOOT: i64 = 40;
/// The height of one bar with its words above it.
const ROW: i64 = 40;
/// What stands left of lines, in tenths of a percent of the width.
const MARGIN: i64 = 90;
/// Up to so many columns each has its number and its words.
const NUMBERED_MAX: usize = 24;
/// Beyond that every third has its words.
const WORDS_EVERY: usize = 3;
/// So many characters beside each other fit on a narrow page, and on a usual one; a wider chart is scrolled by itself.
const NARROW_CHARS: usize = 36;
const USUAL_CHARS: usize = 100;

/// One thing that is counted.
#[derive(Clone, Debug)]
pub(super) struct Count {
    pub(super) label: String,
    /// A second line below the label; empty where it needs none.
    pub(super) below: String,
    pub(super) value: i64,
    /// The value as it is read, with its unit.
    pub(super) shown: String,
}

/// What is said of a chart beside its lines.
#[derive(Clone, Debug)]
pub(super) struct Said {
    /// An id on the page.
    pub(super) id: String,
    pub(super) title: String,
    /// What it shows, for who does not see it.
    pub(super) description: String,
}

/// Upright columns, one beside the other, as for months.
#[derive(askama::Template)]
#[template(path = "console/owner/reports/columns.html")]
struct Columns {
    said: Said,
    columns: Vec<Column>,
    height: i64,
    base: i64,
    size: &'static str,
}

struct Column {
    x: String,
    width: String,
    middle: String,
    y: i64,
    height: i64,
    number_y: i64,
    number: String,
    words_y: i64,
    words: String,
    below_y: i64,
    below: String,
}

/// Bars below each other, each under its words, as for causes and products.
#[derive(askama::Template)]
#[template(path = "console/owner/reports/bars.html")]
struct Bars {
    said: Said,
    bars: Vec<Bar>,
    height: i64,
}

struct Bar {
    words: String,
    number: String,
    words_y: i64,
    y: i64,
    width: String,
}

/// Lines over months, each with its own stroke and its own marks.
#[derive(askama::Template)]
#[template(path = "console/owner/reports/lines.html")]
struct Lines {
    said: Said,
    first: Line,
    second: Line,
    grid: Vec<(i64, i64, String)>,
    words: Vec<(String, String, String)>,
    height: i64,
    words_y: i64,
    below_y: i64,
    margin: String,
    size: &'static str,
}

struct Line {
    name: String,
    marks: Vec<(String, i64)>,
    strokes: Vec<(String, i64, String, i64)>,
}

/// A chart, drawn.
pub(super) struct Drawn(String);

impl Drawn {
    /// The SVG, whose words were escaped when it was drawn.
    pub(super) fn svg(&self) -> &str {
        &self.0
    }

    fn of(template: &impl askama::Template) -> Self {
        // Writing into memory does not fail; the table beside it says the same.
        Self(template.render().unwrap_or_default())
    }
}

/// Upright columns.
pub(super) fn columns(said: Said, counts: &[Count]) -> Drawn {
    let most = most(counts.iter().map(|count| count.value));
    let slot = slot(counts.len(), 0);
    let is_numbered = counts.len() <= NUMBERED_MAX;
    let base = HEAD.saturating_add(PLOT);
    let longest = counts.iter().map(|count| count.shown.chars().count()).max().unwrap_or(0);
    let column = |(place, count): (usize, &Count)| {
        let left = slot.saturating_mul(signed(place));
        let height = scaled(count.value, most, PLOT);
        let y = base.saturating_sub(height);
        let is_worded = is_numbered || place.is_multiple_of(WORDS_EVERY);
        let words = |text: &str| if is_worded { text.to_owned() } else { String::new() };
        Column {
            x: percent(left.saturating_add(slot / 8)),
            width: percent(slot.saturating_mul(3) / 4),
            middle: percent(left.saturating_add(slot / 2)),
            y,
            height,
            number_y: y.saturating_sub(5),
            number: if is_numbered { count.shown.clone() } else { String::new() },
            words_y: base.saturating_add(16),
            words: words(&count.label),
            below_y: base.saturating_add(32),
            below: words(&count.below),
        }
    };
    Drawn::of(&Columns {
        columns: counts.iter().enumerate().map(column).collect(),
        said,
        height: base.saturating_add(FOOT),
        base,
        size: size(counts.len(), if is_numbered { longest } else { 1 }),
    })
}

/// Bars below each other.
pub(super) fn bars(said: Said, counts: &[Count]) -> Drawn {
    let most = most(counts.iter().map(|count| count.value));
    let bar = |(place, count): (usize, &Count)| {
        let top = ROW.saturating_mul(signed(place));
        Bar {
            words: count.label.clone(),
            number: count.shown.clone(),
            words_y: top.saturating_add(15),
            y: top.saturating_add(20),
            width: percent(scaled(count.value, most, 1_000)),
        }
    };
    let height = ROW.saturating_mul(signed(counts.len()));
    Drawn::of(&Bars { bars: counts.iter().enumerate().map(bar).collect(), said, height })
}

/// One line: its name, and its values by place; nothing where nothing is known.
pub(super) type Series = (String, Vec<Option<i64>>);

/// Two lines over the same places, which have words in two rows; `unit` writes a value with its unit.
pub(super) fn lines(
    said: Said,
    places: &[(String, String)],
    [first, second]: [Series; 2],
    unit: impl Fn(i64) -> String,
) -> Drawn {
    let known = first.1.iter().chain(&second.1).flatten().copied();
    let most = most(known);
    let slot = slot(places.len(), MARGIN);
    let base = HEAD.saturating_add(PLOT);
    let x = |place: usize| {
        MARGIN.saturating_add(slot.saturating_mul(signed(place))).saturating_add(slot / 2)
    };
    let y = |value: i64| base.saturating_sub(scaled(value, most, PLOT));
    let line = |(name, values): Series| {
        let at = |place: usize| values.get(place).copied().flatten().map(|value| (place, value));
        let mark = |(place, value): (usize, i64)| (percent(x(place)), y(value));
        let marks = (0..values.len()).filter_map(|place| at(place).map(mark)).collect();
        let stroke = |place: usize| {
            let (from, to) = (mark(at(place)?), mark(at(place.saturating_add(1))?));
            Some((from.0, from.1, to.0, to.1))
        };
        let strokes = (0..values.len()).filter_map(stroke).collect();
        Line { name, marks, strokes }
    };
    let every = if places.len() <= NUMBERED_MAX { 1 } else { WORDS_EVERY };
    let worded = places.iter().enumerate().filter(|(place, _)| place.is_multiple_of(every));
    let grid = [0, most / 2, most].map(|value| (y(value), y(value).saturating_sub(4), unit(value)));
    Drawn::of(&Lines {
        said,
        words: worded
            .map(|(place, (words, below))| (percent(x(place)), words.clone(), below.clone()))
            .collect(),
        first: line(first),
        second: line(second),
        grid: grid.into(),
        height: base.saturating_add(FOOT),
        words_y: base.saturating_add(16),
        below_y: base.saturating_add(32),
        margin: percent(MARGIN),
        size: size(places.len().saturating_add(2), 1),
    })
}

/// The class of a chart with so many places, each with so many characters.
fn size(places: usize, chars: usize) -> &'static str {
    let chars = places.saturating_mul(chars.max(2));
    if chars <= NARROW_CHARS {
        "bh-chart-narrow"
    } else if chars <= USUAL_CHARS {
        "bh-chart-usual"
    } else {
        "bh-chart-wide"
    }
}

/// What fills the chart: never nothing, and even, so that its half is a whole number.
fn most(values: impl Iterator<Item = i64>) -> i64 {
    let most = values.max().unwrap_or(0).max(1);
    most.saturating_add(most % 2)
}

/// The width of one place, in tenths of a percent.
fn slot(places: usize, margin: i64) -> i64 {
    1_000_i64.saturating_sub(margin).checked_div(signed(places)).unwrap_or(1_000)
}

/// A value's part of a length; something is to be seen of all that is more than nothing.
fn scaled(value: i64, most: i64, length: i64) -> i64 {
    let scaled = value.saturating_mul(length).checked_div(most).unwrap_or(0);
    if value > 0 { scaled.max(1) } else { 0 }
}

fn percent(tenths: i64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Count, Said, bars, columns, lines, most, percent, scaled};

    fn said() -> Said {
        Said {
            id: "c".to_owned(),
            title: "Title".to_owned(),
            description: "What it shows".to_owned(),
        }
    }

    fn count(label: &str, value: i64) -> Count {
        Count { label: label.to_owned(), below: String::new(), value, shown: value.to_string() }
    }

    #[test]
    fn lengths_keep_their_proportions() {
        assert_eq!((most([].into_iter()), most([3, 7].into_iter())), (2, 8));
        assert_eq!((scaled(0, 10, 100), scaled(5, 10, 100), scaled(1, 1_000_000, 100)), (0, 50, 1));
        assert_eq!(scaled(i64::MAX, i64::MAX, 140), 1, "nothing overflows");
        assert_eq!((percent(1_000), percent(5)), ("100.0%".to_owned(), "0.5%".to_owned()));
    }

    #[test]
    fn a_chart_says_what_it_shows_and_escapes_its_words() {
        let drawn = bars(said(), &[count("<b>", 2), count("b", 4)]);
        assert!(drawn.svg().contains("role=\"img\""), "{}", drawn.svg());
        assert!(drawn.svg().contains("What it shows"));
        assert!(
            drawn.svg().contains("width=\"50.0%\"") && drawn.svg().contains("width=\"100.0%\"")
        );
        assert!(!drawn.svg().contains("<b>"));
    }

    #[test]
    fn of_many_columns_some_have_their_words() {
        let counts: Vec<_> = (0..60).map(|month| count(&format!("m{month}"), 1)).collect();
        let drawn = columns(said(), &counts);
        assert!(drawn.svg().contains(">m3<") && !drawn.svg().contains(">m4<"), "{}", drawn.svg());
        assert!(columns(said(), &[]).svg().contains("<svg"));
    }

    #[test]
    fn a_line_is_broken_where_nothing_is_known() {
        let places: Vec<_> = (0..4).map(|place| (place.to_string(), String::new())).collect();
        let first = ("a".to_owned(), vec![Some(1), Some(2), None, Some(4)]);
        let second = ("b".to_owned(), vec![None; 4]);
        let drawn = lines(said(), &places, [first, second], |value| format!("{value} h"));
        assert_eq!(drawn.svg().matches("<circle").count(), 4, "three values and the legend");
        assert_eq!(
            drawn.svg().matches("class=\"bh-line\"").count(),
            2,
            "one stroke and the legend"
        );
    }
}
