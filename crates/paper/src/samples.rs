//! One paper of each kind, for the gallery and the tests.

use backhaul_core::words::Payer;
use backhaul_language::Language;
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::{Clause, Merchant, Packing, PaperError, Slip, Unit, Withdrawal};

/// A paper to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// A name for its file, such as `slip`.
    pub name: &'static str,
    /// The paper.
    pub pdf: Vec<u8>,
}

/// Each kind of paper in that language.
///
/// # Errors
/// [`PaperError`].
pub fn samples(language: Language) -> Result<Vec<Sample>, PaperError> {
    let sample = |name, pdf| Sample { name, pdf };
    Ok(vec![
        sample("slip", slip(language, &units()).pdf()?),
        sample("slip-long", slip(language, &many_units()).pdf()?),
        sample("packing", packing(language).pdf()?),
        sample("withdrawal", withdrawal(language, units()).pdf()?),
        sample("withdrawal-whole", withdrawal(language, Vec::new()).pdf()?),
    ])
}

fn merchant() -> Merchant {
    Merchant {
        name: "Example Optics".to_owned(),
        return_address: ["Returns", "12 Harbour Road", "10115 Berlin", "Germany"]
            .map(str::to_owned)
            .to_vec(),
    }
}

fn units() -> Vec<Unit> {
    let unit = |article: &str, serial: Option<&str>, pieces, contents: &[&str]| Unit {
        article: article.to_owned(),
        serial: serial.map(str::to_owned),
        pieces,
        contents: contents.iter().map(|part| (*part).to_owned()).collect(),
    };
    vec![
        unit("QSFP28-100G-SR4", Some("G2303A1187"), 1, &["2 × dust cap"]),
        unit("QSFP28-100G-SR4", Some("G2303A1188"), 1, &["2 × dust cap"]),
        unit("光纤跳线 OM4 LC-LC 3 m", None, 12, &[]),
    ]
}

fn many_units() -> Vec<Unit> {
    let unit = |number| Unit {
        article: "SFP-10G-LR, 1310 nm, 10 km, duplex LC, with digital diagnostics".to_owned(),
        serial: Some(format!("G2311B{number:04}")),
        pieces: 1,
        contents: vec!["dust cap".to_owned()],
    };
    (1..=40).map(unit).collect()
}

fn slip(language: Language, units: &[Unit]) -> Slip {
    Slip {
        language,
        merchant: merchant(),
        case: "RMA-2026-000123".to_owned(),
        order: "SO-1001".to_owned(),
        link: Some("https://returns.shop.example/case/RMA-2026-000123".to_owned()),
        units: units.to_vec(),
        freight: Some(Payer::Merchant),
        send_by: date(2026, 3, 20),
        clauses: vec![Clause {
            id: "freight.fault".to_owned(),
            words: "The merchant pays the freight both ways where the goods are faulty.".to_owned(),
        }],
    }
}

fn packing(language: Language) -> Packing {
    Packing {
        language,
        merchant: merchant(),
        case: "RMA-2026-000123".to_owned(),
        send_by: date(2026, 3, 20),
        units: units(),
    }
}

fn withdrawal(language: Language, units: Vec<Unit>) -> Withdrawal {
    Withdrawal {
        language,
        merchant: merchant(),
        order: "SO-1001".to_owned(),
        case: Some("RMA-2026-000124".to_owned()),
        buyer: Some("Jörg Müller-Łukasiewicz".to_owned()),
        email: "buyer@mail.example".to_owned(),
        received_at: Timestamp::UNIX_EPOCH
            .checked_add(jiff::SignedDuration::from_secs(1_772_787_600))
            .unwrap_or(Timestamp::UNIX_EPOCH),
        zone: TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC),
        units,
        words: Some("I do not need it after all.".to_owned()),
    }
}
