//! A merchant's own columns: which of them, or which constant, stands for each of ours, and how its cells are read. A file of its own,
//! in TOML; `docs/order-files.md` describes it.

use std::collections::BTreeMap;
use std::fmt;

use backhaul_core::facts::{Zone, moment};
use backhaul_core::money::{Currency, Money, Rounding};
use encoding_rs::Encoding;
use jiff::Timestamp;
use jiff::fmt::strtime;
use serde::Deserialize;

use super::csv::{OPTIONAL_COLUMNS, REQUIRED_COLUMNS};

/// The largest mapping.
pub const MAPPING_BYTES_MAX: usize = 256 << 10;
/// Our columns with moments in them.
const MOMENTS: [&str; 3] = ["placed_at", "signed_at", "captured_at"];
/// Our columns with amounts in them.
const AMOUNTS: [&str; 5] = ["price", "discount", "tax", "shipping", "captured"];
/// Our columns about the payment, which a sum takes the place of.
const PAYMENT: [&str; 4] = ["payment", "captured", "captured_at", "payment_provider"];

/// How a file's columns are read as ours.
#[derive(Clone, Debug)]
pub struct Columns {
    pub(super) encoding: &'static Encoding,
    pub(super) separator: u8,
    /// Whether the rows of an order stand together.
    pub(super) is_grouped: bool,
    /// Whether one payment is assumed that captured all of the order when it was placed.
    pub(super) pays_the_sum: bool,
    sources: BTreeMap<&'static str, Source>,
}

/// What is wrong with a mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError(String);

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for MappingError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mapping {
    encoding: Option<String>,
    separator: Option<char>,
    grouped: Option<bool>,
    payment: Option<PaymentRule>,
    columns: BTreeMap<String, toml::Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PaymentRule {
    Sum,
}

/// Where the text of one of our columns comes from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    /// The file's column.
    column: Option<String>,
    /// The same text on every row.
    constant: Option<String>,
    /// What the column's words mean in ours.
    map: Option<BTreeMap<String, String>>,
    /// What a word means that the map does not name.
    otherwise: Option<String>,
    /// How the column writes moments, as strftime does.
    format: Option<String>,
    /// What becomes of digits that the currency has no room for.
    round: Option<Rounding>,
}

impl Columns {
    /// Reads a mapping.
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        if text.len() > MAPPING_BYTES_MAX {
            return Err(MappingError(format!("a mapping has at most {MAPPING_BYTES_MAX} bytes")));
        }
        let mapping: Mapping =
            toml::from_str(text).map_err(|error| MappingError(error.to_string()))?;
        let pays_the_sum = matches!(mapping.payment, Some(PaymentRule::Sum));
        let mut sources = BTreeMap::new();
        for (name, given) in mapping.columns {
            let ours = REQUIRED_COLUMNS.iter().chain(&OPTIONAL_COLUMNS).find(|ours| **ours == name);
            let Some(ours) = ours else {
                let known = [REQUIRED_COLUMNS.as_slice(), &OPTIONAL_COLUMNS].concat().join(", ");
                return wrong(&name, &format!("this is none of our columns, which are {known}"));
            };
            if pays_the_sum && PAYMENT.contains(ours) {
                return wrong(ours, "the payment is the sum already: leave one of them out");
            }
            sources.insert(*ours, Source::read(ours, given)?);
        }
        if let Some(missing) = REQUIRED_COLUMNS.iter().find(|ours| !sources.contains_key(*ours)) {
            return wrong(missing, "this column is missing: name a column or a constant");
        }
        Ok(Self {
            encoding: encoding(mapping.encoding.as_deref().unwrap_or("utf-8"))?,
            separator: u8::try_from(mapping.separator.unwrap_or(','))
                .map_err(|_| MappingError("`separator` is one ASCII character".to_owned()))?,
            is_grouped: mapping.grouped.unwrap_or(true),
            pays_the_sum,
            sources,
        })
    }

    /// Our columns that are mapped, with the file's column where it is not a constant.
    pub(super) fn names(&self) -> impl Iterator<Item = (&'static str, Option<&str>)> {
        self.sources.iter().map(|(ours, source)| (*ours, source.column.as_deref()))
    }

    /// The texts of our columns in the order of [`Columns::names`], from the cells of the file's. Words, moments and amounts are
    /// read into our spelling; the error names our column and what is wrong.
    pub(super) fn translate(
        &self,
        cell: impl Fn(&str) -> String,
    ) -> Result<Vec<String>, (&'static str, String)> {
        let mut texts = BTreeMap::new();
        for (ours, source) in &self.sources {
            let text = source.text(&cell).map_err(|message| (*ours, message))?;
            texts.insert(*ours, text);
        }
        let zone = texts.get("time_zone").and_then(|name| Zone::get(name));
        let currency = texts.get("currency").and_then(|code| Currency::parse(code).ok());
        for (ours, source) in &self.sources {
            let Some(text) = texts.get_mut(ours).filter(|text| !text.is_empty()) else { continue };
            // Where the zone or the currency is unknown, that is told when the row is read.
            if let (Some(format), Some(zone)) = (&source.format, &zone) {
                *text = date(format, text, zone).map_err(|message| (*ours, message))?.to_string();
            }
            if let (Some(round), Some(currency)) = (source.round, currency) {
                let amount = Money::from_decimal(text, currency, round);
                let told = |error| (*ours, format!("`{}` is {error}", text.escape_debug()));
                *text = amount.map_err(told)?.amount();
            }
        }
        Ok(texts.into_values().collect())
    }

    /// The order's number on a row.
    pub(super) fn number(&self, cell: impl Fn(&str) -> String) -> String {
        self.sources.get("order").and_then(|source| source.text(&cell).ok()).unwrap_or_default()
    }
}

impl Source {
    fn read(ours: &str, given: toml::Value) -> Result<Self, MappingError> {
        let source = match given {
            toml::Value::String(column) => Self { column: Some(column), ..Self::default() },
            given => Self::deserialize(given).or_else(|error| wrong(ours, error.message()))?,
        };
        if source.column.is_some() == source.constant.is_some() {
            return wrong(ours, "name either a `column` or a `constant`");
        }
        if source.constant.is_some() && source.map.is_some() {
            return wrong(ours, "a constant needs no `map`");
        }
        if source.otherwise.is_some() && source.map.is_none() {
            return wrong(ours, "`otherwise` goes with a `map`");
        }
        if source.format.is_some() && !MOMENTS.contains(&ours) {
            return wrong(ours, &format!("`format` is for {}", MOMENTS.join(", ")));
        }
        if source.round.is_some() && !AMOUNTS.contains(&ours) {
            return wrong(ours, &format!("`round` is for {}", AMOUNTS.join(", ")));
        }
        Ok(source)
    }

    fn text(&self, cell: impl Fn(&str) -> String) -> Result<String, String> {
        let Some(column) = &self.column else {
            return Ok(self.constant.clone().unwrap_or_default());
        };
        let text = cell(column);
        let Some(map) = &self.map else { return Ok(text) };
        let meant = map.get(&text).or(self.otherwise.as_ref());
        meant.cloned().ok_or_else(|| {
            format!(
                "`{}` is not in the mapping's `map`, which has no `otherwise`",
                text.escape_debug()
            )
        })
    }
}

/// A moment with an offset is that moment; a date and time is what clocks of the order's zone show, and a date alone their midnight.
fn date(format: &str, text: &str, zone: &Zone) -> Result<Timestamp, String> {
    let told = |why: String| format!("`{}` does not fit `{format}`: {why}", text.escape_debug());
    let parsed = strtime::parse(format, text).map_err(|error| told(error.to_string()))?;
    if parsed.offset().is_some() {
        return parsed.to_timestamp().map_err(|error| told(error.to_string()));
    }
    let shown = parsed.to_datetime().map_err(|error| told(error.to_string()))?;
    let at = zone.moment(shown).ok_or_else(|| told("out of the range of moments".to_owned()))?;
    // What is read later is read by the same rules as any other file's.
    moment(&at.to_string()).ok_or_else(|| told("out of the range of moments".to_owned()))
}

fn encoding(label: &str) -> Result<&'static Encoding, MappingError> {
    // The separators of cells and rows are looked for in the bytes, before these are decoded.
    let found = Encoding::for_label(label.as_bytes()).filter(|found| found.is_ascii_compatible());
    found.ok_or_else(|| {
        MappingError(format!(
            "`encoding`: `{}` is no encoding that can be read: write one such as `utf-8` or `windows-1252`, and save UTF-16 as UTF-8",
            label.escape_debug()
        ))
    })
}

fn wrong<T>(column: &str, message: &str) -> Result<T, MappingError> {
    Err(MappingError(format!("`columns.{}`: {message}", column.escape_debug())))
}
