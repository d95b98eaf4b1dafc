//! The faces that papers are set in, and text as glyphs of them.
//!
//! A sign that no face has is drawn as a box, and stays itself for whoever copies the text or has it read out.

use std::ops::Range;
use std::sync::LazyLock;

use krilla::Data;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};

/// What is drawn in the place of a sign that no face has.
const BOX: char = '□';

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// One font file, read once.
pub(crate) struct Face {
    shaper: rustybuzz::Face<'static>,
    font: Font,
}

/// The faces of one weight.
struct Family {
    latin: Face,
    chinese: Face,
}

static REGULAR: LazyLock<Option<Family>> = LazyLock::new(|| {
    Family::read(
        include_bytes!("../fonts/NotoSans-Regular.ttf"),
        include_bytes!("../fonts/NotoSansSC-Regular.otf"),
    )
});
static BOLD: LazyLock<Option<Family>> = LazyLock::new(|| {
    Family::read(
        include_bytes!("../fonts/NotoSans-Bold.ttf"),
        include_bytes!("../fonts/NotoSansSC-Bold.otf"),
    )
});

impl Family {
    /// Nothing where a file is no font; a test reads them all.
    fn read(latin: &'static [u8], chinese: &'static [u8]) -> Option<Self> {
        Some(Self { latin: Face::read(latin)?, chinese: Face::read(chinese)? })
    }

    fn of(weight: Weight) -> Option<&'static Self> {
        match weight {
            Weight::Regular => REGULAR.as_ref(),
            Weight::Bold => BOLD.as_ref(),
        }
    }

    /// The face that has a sign. Signs that both have are drawn as their neighbours' script draws them.
    fn face(&'static self, sign: char, in_chinese: bool) -> Option<&'static Face> {
        let faces =
            if in_chinese { [&self.chinese, &self.latin] } else { [&self.latin, &self.chinese] };
        faces.into_iter().find(|face| face.shaper.glyph_index(sign).is_some())
    }
}

impl Face {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let shaper = rustybuzz::Face::from_slice(bytes, 0)?;
        let data: Data = bytes.into();
        Some(Self { shaper, font: Font::new(data, 0)? })
    }

    fn units_per_em(&self) -> i32 {
        self.shaper.units_per_em()
    }
}

/// A part of a text that is set in one face.
pub(crate) struct Run {
    /// The part.
    pub(crate) text: String,
    /// The face's font.
    pub(crate) font: Font,
    /// Its glyphs, in the order of the text.
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// How wide it is at a size of 1,000.
    width: i32,
}

/// A text as glyphs.
pub(crate) struct Shaped {
    /// Its runs, from left to right.
    pub(crate) runs: Vec<Run>,
}

impl Shaped {
    /// How wide it is at that size, rounded up.
    pub(crate) fn width(&self, size: i32) -> i32 {
        self.runs.iter().map(|run| run.width(size)).sum()
    }
}

impl Run {
    /// How wide it is at that size, rounded up.
    pub(crate) fn width(&self, size: i32) -> i32 {
        (self.width * size + 999) / 1_000
    }
}

/// A text without what cannot be drawn: control characters, and signs that only direct others.
pub(crate) fn clean(text: &str) -> String {
    let is_drawn = |sign: &char| {
        let directs = matches!(*sign,
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}');
        !directs && (*sign == '\n' || !sign.is_control())
    };
    let text = text.replace(['\u{2028}', '\u{2029}', '\u{85}'], "\n").replace('\t', " ");
    text.chars().filter(is_drawn).collect()
}

/// Sets a text of one line.
pub(crate) fn shape(text: &str, weight: Weight) -> Shaped {
    let Some(family) = Family::of(weight) else { return Shaped { runs: Vec::new() } };
    let runs = parts(text, family).into_iter().filter_map(|part| part.shape(family, text));
    Shaped { runs: runs.collect() }
}

/// A part of a text, before it is shaped; no face where each of its signs is a box.
struct Part {
    range: Range<usize>,
    face: Option<&'static Face>,
}

fn parts(text: &str, family: &'static Family) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut in_chinese = text.chars().find(|sign| sign.is_alphabetic()).is_some_and(is_chinese);
    for (start, sign) in text.char_indices() {
        if sign.is_alphanumeric() {
            in_chinese = is_chinese(sign);
        }
        let face = family.face(sign, in_chinese);
        let end = start + sign.len_utf8();
        match parts.last_mut() {
            Some(part) if is_same(part.face, face) && face.is_some() => part.range.end = end,
            _ => parts.push(Part { range: start..end, face }),
        }
    }
    parts
}

fn is_same(one: Option<&Face>, other: Option<&Face>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => std::ptr::eq(one, other),
        (None, None) => true,
        _ => false,
    }
}

/// Whether a sign is of Chinese script, whose quotation marks are full-width.
fn is_chinese(sign: char) -> bool {
    matches!(sign, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}')
}

impl Part {
    fn shape(self, family: &'static Family, whole: &str) -> Option<Run> {
        let text = whole.get(self.range)?.to_owned();
        match self.face {
            Some(face) => Some(face.shape(text)),
            None => family.latin.boxes(&family.chinese, text),
        }
    }
}

impl Face {
    fn shape(&self, text: String) -> Run {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let output = rustybuzz::shape(&self.shaper, &[], buffer);
        let starts: Vec<_> = output.glyph_infos().iter().map(|info| at(info.cluster)).collect();
        let mut run =
            Run { text: String::new(), font: self.font.clone(), glyphs: Vec::new(), width: 0 };
        let glyphs = output.glyph_infos().iter().zip(output.glyph_positions());
        for (place, (info, position)) in glyphs.enumerate() {
            let start = at(info.cluster);
            // A cluster ends where the next one begins.
            let next = starts.iter().skip(place).find(|next| **next > start);
            let end = next.copied().unwrap_or(text.len());
            run.push(self, GlyphId::new(info.glyph_id), position, start..end);
        }
        run.text = text;
        run
    }

    /// A box for every sign of a text.
    fn boxes(&self, other: &Self, text: String) -> Option<Run> {
        let face = [self, other].into_iter().find(|face| face.shaper.glyph_index(BOX).is_some())?;
        let glyph = face.shaper.glyph_index(BOX)?;
        let advance = face.shaper.glyph_hor_advance(glyph).map_or(0, i32::from);
        let mut position = rustybuzz::GlyphPosition::default();
        position.x_advance = advance;
        let mut run =
            Run { text: String::new(), font: face.font.clone(), glyphs: Vec::new(), width: 0 };
        for (start, sign) in text.char_indices() {
            let range = start..start + sign.len_utf8();
            run.push(face, GlyphId::new(u32::from(glyph.0)), &position, range);
        }
        run.text = text;
        Some(run)
    }
}

impl Run {
    fn push(
        &mut self,
        face: &Face,
        glyph: GlyphId,
        position: &rustybuzz::GlyphPosition,
        range: Range<usize>,
    ) {
        let em = |units| part_of_em(units, face.units_per_em());
        self.glyphs.push(KrillaGlyph::new(
            glyph,
            em(position.x_advance),
            em(position.x_offset),
            em(position.y_offset),
            0.0,
            range,
            None,
        ));
        self.width += position.x_advance * 1_000 / face.units_per_em().max(1);
    }
}

#[expect(clippy::float_arithmetic, reason = "krilla takes advances as parts of an em")]
fn part_of_em(units: i32, units_per_em: i32) -> f32 {
    crate::sheet::float(units) / crate::sheet::float(units_per_em.max(1))
}

fn at(cluster: u32) -> usize {
    usize::try_from(cluster).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Family, Weight, clean, shape};

    #[test]
    fn each_file_is_a_font_and_has_a_box() {
        for weight in [Weight::Regular, Weight::Bold] {
            let family = Family::of(weight).unwrap();
            assert!(family.face(super::BOX, false).is_some());
            for sign in "Aßéøçąž€№光模块退货数据，。“”（）".chars() {
                assert!(family.face(sign, false).is_some(), "{sign}");
            }
        }
    }

    #[test]
    fn a_sign_that_no_face_has_becomes_a_box_and_keeps_its_text() {
        let shaped = shape("a😀b", Weight::Regular);
        let texts: Vec<_> = shaped.runs.iter().map(|run| run.text.as_str()).collect();
        assert_eq!(texts, ["a", "😀", "b"]);
        assert_eq!(shaped.runs[1].glyphs.len(), 1);
        assert!(shaped.width(200) > 300);
    }

    #[test]
    fn quotation_marks_are_those_of_the_script_around_them() {
        let fonts = |text| shape(text, Weight::Regular).runs.len();
        assert_eq!(fonts("“quoted”"), 1);
        assert_eq!(fonts("请写“退货”"), 1);
        assert_eq!(fonts("光模块 QSFP"), 2);
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        assert_eq!(clean("a\u{0}b\u{200f}c\u{202e}\r\nd\te\u{2028}f"), "abc\nd e\nf");
    }
}
