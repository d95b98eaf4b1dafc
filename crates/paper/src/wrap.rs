//! A text in lines of a width, by Unicode's rules of where a line may end.

use unicode_linebreak::{BreakOpportunity, linebreaks};

use crate::font::{Shaped, Weight, clean, shape};

/// The most characters of one text; what is longer is cut, with an ellipsis.
const TEXT_CHARS_MAX: usize = 20_000;

/// The lines of a text, each set; at least one.
pub(crate) fn wrap(text: &str, weight: Weight, size: i32, width: i32) -> Vec<Shaped> {
    let text = bounded(&clean(text));
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut rest = paragraph;
        loop {
            let end = line_end(rest, weight, size, width);
            let (line, after) = rest.split_at(end);
            lines.push(shape(line, weight));
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    lines
}

fn bounded(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// Where the first line of a text ends: at the last place where it may and still fits, or within a word that alone is too wide.
fn line_end(text: &str, weight: Weight, size: i32, width: i32) -> usize {
    let mut fits = 0;
    let mut used = 0;
    for (end, opportunity) in linebreaks(text) {
        let piece = text.get(fits..end).unwrap_or_default();
        let wide = shape(piece.trim_end(), weight).width(size);
        if used + wide > width {
            return if fits == 0 { within(piece, weight, size, width) } else { fits };
        }
        used += shape(piece, weight).width(size);
        fits = end;
        if opportunity == BreakOpportunity::Mandatory {
            break;
        }
    }
    fits.max(text.chars().next().map_or(0, char::len_utf8)).min(text.len())
}

/// How much of a word that is too wide for a line fits into one; at least one sign.
fn within(word: &str, weight: Weight, size: i32, width: i32) -> usize {
    let mut used = 0;
    for (start, sign) in word.char_indices() {
        used += shape(sign.encode_utf8(&mut [0; 4]), weight).width(size);
        if used > width && start > 0 {
            return start;
        }
    }
    word.len()
}

#[cfg(test)]
mod tests {
    use super::{TEXT_CHARS_MAX, wrap};
    use crate::font::Weight;

    fn lines(text: &str, width: i32) -> Vec<String> {
        let text_of = |shaped: crate::font::Shaped| {
            shaped.runs.into_iter().map(|run| run.text).collect::<String>()
        };
        wrap(text, Weight::Regular, 200, width).into_iter().map(text_of).collect()
    }

    #[test]
    fn lines_end_between_words_and_keep_the_blank() {
        assert_eq!(lines("one two three", 800), ["one two ", "three"]);
        assert_eq!(lines("one\n\ntwo", 9_000), ["one", "", "two"]);
        assert_eq!(lines("", 100), [""]);
    }

    #[test]
    fn chinese_ends_between_characters_and_not_before_a_stop() {
        assert_eq!(lines("请把退货单放进包裹。", 800), ["请把退货", "单放进包", "裹。"]);
        assert_eq!(lines("退货退货。", 800), ["退货退", "货。"]);
    }

    #[test]
    fn a_word_that_is_too_wide_is_broken_and_nothing_is_lost() {
        let word = "W".repeat(100);
        let lines = lines(&word, 1_000);
        assert!(lines.len() > 10);
        assert_eq!(lines.concat(), word);
    }

    #[test]
    fn nothing_fits_and_it_still_ends() {
        assert_eq!(lines("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn a_text_that_is_too_long_is_cut() {
        let long = lines(&"退".repeat(TEXT_CHARS_MAX * 2), 100_000).concat();
        assert_eq!(long.chars().count(), TEXT_CHARS_MAX + 1);
        assert!(long.ends_with('…'));
    }
}
