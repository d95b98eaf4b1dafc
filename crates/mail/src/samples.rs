//! One letter of each kind, and of each form that it has, for the gallery and the tests.

use backhaul_core::decision::ClauseId;
use backhaul_core::money::{Currency, Money};
use backhaul_core::words::{Cause, Finding, Payer, Verdict};
use backhaul_language::Language;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::{Attachment, Clause, Differs, Envelope, Letter, Message, Need, Parcel, Unit, compose};

/// A mail to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// A name for its file, such as `authorised`.
    pub name: &'static str,
    /// The mail.
    pub message: Message,
}

/// Each kind of letter in that language.
#[must_use]
pub fn samples(language: Language) -> Vec<Sample> {
    let sample = |(name, letter): (&'static str, Letter)| {
        let is_code = matches!(letter, Letter::SignInCode { .. });
        let envelope = envelope(language, !is_code);
        Sample { name, message: compose(&envelope, &letter) }
    };
    let letters = at_the_desk().into_iter().chain(decided()).chain(at_the_dock()).chain(paid());
    letters.map(sample).collect()
}

fn envelope(language: Language, has_case: bool) -> Envelope {
    let link = if has_case {
        "https://returns.shop.example/case/RMA-1"
    } else {
        "https://returns.shop.example"
    };
    Envelope {
        language,
        merchant: "Example Optics".to_owned(),
        buyer: has_case.then(|| "Jörg Müller".to_owned()),
        order: Some("SO-1001".to_owned()),
        case: has_case.then(|| "RMA-1".to_owned()),
        link: Some(link.to_owned()),
        is_read: has_case,
    }
}

fn units() -> Vec<Unit> {
    vec![
        Unit {
            article: "QSFP28-100G-SR4".to_owned(),
            serial: Some("G2303A1187".to_owned()),
            pieces: 1,
        },
        Unit { article: "OM4 LC-LC 3 m".to_owned(), serial: None, pieces: 12 },
    ]
}

fn clauses() -> Vec<Clause> {
    vec![Clause {
        id: ClauseId::from("exclude.misuse"),
        words: "Not returnable: goods with a fault that comes from misuse.".to_owned(),
    }]
}

fn paper(name: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        media_type: "application/pdf".to_owned(),
        bytes: b"%PDF-1.7".to_vec(),
    }
}

const FROM: Date = date(2026, 3, 11);
const BY: Date = date(2026, 3, 20);

/// What is said before anything is decided, and at any time.
fn at_the_desk() -> Vec<(&'static str, Letter)> {
    let needs = vec![
        Need::Evidence("outer box".to_owned()),
        Need::Platform,
        Need::Other("voucher".to_owned()),
    ];
    let words = "We found your parcel at the carrier.\nPlease wait until Friday.".to_owned();
    vec![
        ("sign-in-code", Letter::SignInCode { code: "482 913".to_owned(), minutes: 10 }),
        ("case-received", Letter::CaseReceived { units: units(), needs: Vec::new() }),
        ("case-received-needs", Letter::CaseReceived { units: units(), needs: needs.clone() }),
        ("evidence-missing", Letter::EvidenceMissing { needs }),
        ("desk-message", Letter::DeskMessage { words: words.clone() }),
        ("contest-answered", Letter::ContestAnswered { upheld: true, words: Some(words.clone()) }),
        ("contest-answered-no", Letter::ContestAnswered { upheld: false, words: Some(words) }),
        ("cancelled", Letter::Cancelled { units: units() }),
        ("expired", Letter::Expired { units: units() }),
        (
            "withdrawal-receipt",
            Letter::WithdrawalReceipt {
                received_at: Timestamp::from_second(1_772_787_600).unwrap_or_default(),
                zone: TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC),
                units: Vec::new(),
                papers: vec![paper("withdrawal.pdf")],
            },
        ),
    ]
}

fn decided() -> Vec<(&'static str, Letter)> {
    let parcel = Parcel {
        send_by: BY,
        address: ["Example Optics", "12 Harbour Road", "10115 Berlin"].map(str::to_owned).to_vec(),
        freight: Some(Payer::Merchant),
        papers: vec![paper("return-slip.pdf"), paper("packing.pdf")],
    };
    vec![
        (
            "authorised",
            Letter::Authorised {
                units: units(),
                parcel: Some(parcel),
                instructions: Some("Please send both units in one box.".to_owned()),
                refund: None,
            },
        ),
        (
            "authorised-missing",
            Letter::Authorised {
                units: units(),
                parcel: None,
                instructions: None,
                refund: Some((FROM, BY)),
            },
        ),
        (
            "declined",
            Letter::Declined {
                units: units(),
                clauses: clauses(),
                otherwise: vec!["The report came by 11 March 2026.".to_owned()],
                words: None,
            },
        ),
    ]
}

fn at_the_dock() -> Vec<(&'static str, Letter)> {
    let differs = |findings, verdict, cause| Letter::InspectionDiffers {
        units: units(),
        differs: Differs { findings, is_faultless: true, verdict, cause, clauses: clauses() },
    };
    let found = vec![Finding::Misuse, Finding::LabelTorn];
    let tracking = Some("JD014600006281234567".to_owned());
    vec![
        ("received", Letter::Received { units: units(), refund: Some((FROM, BY)) }),
        ("inspection-declined", differs(found, Verdict::Declined, None)),
        ("inspection-other-cause", differs(Vec::new(), Verdict::Accepted, Some(Cause::OwnReasons))),
        (
            "replacement-shipped",
            Letter::ReplacementShipped { units: units(), tracking: tracking.clone() },
        ),
        ("sent-back", Letter::SentBack { units: units(), tracking }),
    ]
}

fn paid() -> Vec<(&'static str, Letter)> {
    // The euro is a currency; were it none, there would be nothing to show.
    let Some(amount) = Currency::parse("EUR").ok().map(|euro| Money::new(123_450, euro)) else {
        return Vec::new();
    };
    let sent = |by_bank| Letter::RefundSent { amount, by_bank };
    let clause = clauses().remove(0);
    let words = Some("The gift that came with it is missing.".to_owned());
    vec![
        ("refund-sent", sent(false)),
        ("refund-sent-bank", sent(true)),
        ("refund-settled", Letter::RefundSettled { amount }),
        ("deduction", Letter::Deduction { amount, clause, words }),
    ]
}
