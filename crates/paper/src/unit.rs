//! What comes back: one unit with a serial, or several alike.

use backhaul_language::{Language, words};

use crate::sheet::{Column, Sheet};

/// A unit with a serial, or so many alike without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// What it is, as the order names it.
    pub article: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// How many they are.
    pub pieces: u32,
    /// What should come along, such as accessories; nothing where the unit comes alone.
    pub contents: Vec<String>,
}

/// A table of units, with what should be in the box, or without.
pub(crate) fn table(sheet: &mut Sheet, language: Language, units: &[Unit], packs: bool) {
    let has_contents = packs && units.iter().any(|unit| !unit.contents.is_empty());
    let percents: &[i32] = if has_contents { &[34, 26, 10, 30] } else { &[50, 38, 12] };
    let heads = [
        words::paper_article(language),
        words::paper_serial(language),
        words::paper_pieces(language),
        words::paper_contents(language),
    ];
    let columns = heads.into_iter().zip(percents);
    let columns =
        columns.map(|(head, percent)| Column { head: head.into_owned(), percent: *percent });
    let rows = units.iter().map(|unit| {
        let serial = unit.serial.clone().unwrap_or_else(|| "–".to_owned());
        vec![unit.article.clone(), serial, unit.pieces.to_string(), contents(language, unit)]
    });
    sheet.table(&columns.collect::<Vec<_>>(), &rows.collect::<Vec<_>>());
}

fn contents(language: Language, unit: &Unit) -> String {
    let itself = words::paper_contents_unit(language);
    let parts = unit.contents.iter().map(String::as_str);
    std::iter::once(itself.as_ref()).chain(parts).collect::<Vec<_>>().join("\n")
}
