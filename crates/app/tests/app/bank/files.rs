//! Files for the bank: the same whenever they are asked for, sums that meet, and what a bank expects of a message.

use std::collections::BTreeSet;

use backhaul_app::{
    AccountDraft, BankError, BankFormat, BatchView, Chosen, NewBatch, TransferState,
};
use backhaul_core::ledger::command::{ApproveRefund, Item, OpenCase, ReceiveParcel, RefundUnit};
use backhaul_core::ledger::{Actor, Command, OrderDraft};
use backhaul_testkit::Database;
use pollster::block_on;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{IBAN, OTHER_IBAN, draft_account, finance, once, piece};
use crate::desk::{Desk, approve, authorise, draft, id, inspect, open, unit};

backhaul_testkit::on_both_engines! {
    a_file_is_the_same_whenever_it_is_asked_for
    a_message_has_what_a_bank_expects_in_its_place
    what_the_format_cannot_carry_is_left_out_and_named
    two_hundred_refunds_add_up_to_the_cent
}

const FAR: &str = "2026-12-31";

fn due() -> Chosen {
    Chosen::DueUpTo(FAR.parse().unwrap())
}

/// An order that was paid by bank transfer.
fn wired(number: &str) -> OrderDraft {
    let mut draft = draft();
    number.clone_into(&mut draft.number);
    draft.payments.iter_mut().for_each(|payment| payment.provider = Some(id("wire")));
    draft
}

impl Desk {
    fn on(&self, number: &str, command: impl Into<Command>) {
        let who = backhaul_app::Who {
            roles: backhaul_app::Role::Owner.into(),
            actor: Actor::Staff { id: id("someone"), finance: true },
        };
        self.app.carry_out(&who, number, &command.into()).unwrap();
    }

    /// An order of which so many units are to be refunded by bank, each by a refund of its own.
    fn owes(&self, draft: OrderDraft, units: u32) {
        let number = draft.number.clone();
        self.app.import_order(draft).unwrap();
        let case = format!("RMA-{number}");
        let all: Vec<u32> = (1..=units).collect();
        self.on(&number, OpenCase { ..open(&case, &all) });
        let mut authorised = authorise(&case, 1);
        authorised.units = all.iter().map(|number| unit(*number)).collect();
        self.on(&number, authorised);
        let item = |number: &u32| Item::Serial { serial: id(&format!("S{number}")) };
        let (parcel, items) = (id(&case), all.iter().map(item).collect());
        self.on(&number, ReceiveParcel { parcel, case: Some(id(&case)), items });
        for unit in all {
            self.on(&number, inspect(&case, unit));
        }
    }

    fn approves(&self, number: &str, units: u32) {
        for unit in 1..=units {
            self.on(number, approve(&format!("RMA-{number}"), unit, &format!("R-{unit}")));
        }
    }
}

fn a_file_is_the_same_whenever_it_is_asked_for(database: &Database) {
    let desk = Desk::at_bank(database);
    desk.owes(wired("SO-1"), 3);
    desk.wait(240);
    desk.approves("SO-1", 2);
    desk.enters("SO-1", &draft_account("Zoë Groß", IBAN)).unwrap();
    for (key, format) in [("k1", BankFormat::Pain001), ("k2", BankFormat::Csv)] {
        let made = desk.exports(key, due(), format).unwrap();
        let file = desk.file(&made.batch.id);
        desk.wait(50);
        assert_eq!(desk.file(&made.batch.id), file);
        let again = desk.exports(key, due(), format).unwrap();
        assert_eq!(again, made, "the same request under the same key is the same file");
        let mut other = NewBatch { chosen: due(), format, execute_on: None, once: once(key) };
        other.once.request_hash.push('x');
        let other = block_on(desk.app.export_bank_batch(&finance("finn"), other));
        assert!(matches!(other, Err(BankError::KeyReused)), "{other:?}");
        let differs = match format {
            BankFormat::Csv => BankFormat::Pain001,
            BankFormat::Pain001 => BankFormat::Csv,
        };
        let asked = |format| {
            block_on(desk.app.bank_batch_file(&finance("finn"), &made.batch.id, Some(format)))
        };
        assert!(asked(format).is_ok());
        assert!(matches!(asked(differs).map(drop), Err(BankError::FormatDiffers { .. })));
        if key == "k1" {
            desk.on("SO-1", approve("RMA-SO-1", 3, "R-3"));
        }
    }
    let batches = block_on(desk.app.bank_batches(None, 10)).unwrap();
    assert_eq!(batches.iter().map(|batch| batch.transfers).collect::<Vec<_>>(), [1, 2]);
    let last = (batches[0].created_at.as_microsecond(), batches[0].id.clone());
    assert_eq!(block_on(desk.app.bank_batches(Some(last), 10)).unwrap(), batches[1..]);
    let none = block_on(desk.app.bank_batch("20260316-0"));
    assert!(matches!(none, Err(BankError::UnknownBatch(_))));
    let over = NewBatch {
        chosen: due(),
        format: BankFormat::Csv,
        execute_on: Some("2026-03-01".parse().unwrap()),
        once: once("k4"),
    };
    let over = block_on(desk.app.export_bank_batch(&finance("finn"), over));
    assert!(matches!(over, Err(BankError::ExecuteOn)));
    let none = desk.exports("k5", Chosen::Pieces(Vec::new()), BankFormat::Csv);
    assert!(matches!(none, Err(BankError::PieceCount)));
}

/// Every element of a document that has a text, as its path and the text, and every other one without.
fn elements(document: &str) -> Vec<(String, String)> {
    let mut reader = Reader::from_str(document);
    reader.config_mut().check_end_names = true;
    let (mut path, mut found): (Vec<String>, Vec<(String, String)>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                path.push(start.name().as_ref().to_owned());
                found.push((path.join("/"), String::new()));
            }
            Event::Text(text) => {
                let text: &str = &text;
                if !text.trim().is_empty() {
                    found.last_mut().unwrap().1.push_str(text);
                }
            }
            Event::GeneralRef(name) => {
                assert_eq!(&*name, "apos", "the one letter that the writer escapes");
                found.last_mut().unwrap().1.push('\'');
            }
            Event::End(_) => drop(path.pop()),
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("unexpected: {other:?}"),
        }
    }
    assert!(path.is_empty(), "well-formed");
    found
}

/// The order of elements that the schema asks for, of those that are written here; `?` is what may be missing.
const TRANSFER: [&str; 17] = [
    "CdtTrfTxInf",
    "CdtTrfTxInf/PmtId",
    "CdtTrfTxInf/PmtId/EndToEndId",
    "CdtTrfTxInf/Amt",
    "CdtTrfTxInf/Amt/InstdAmt",
    "CdtTrfTxInf/CdtrAgt?",
    "CdtTrfTxInf/CdtrAgt/FinInstnId?",
    "CdtTrfTxInf/CdtrAgt/FinInstnId/BICFI?",
    "CdtTrfTxInf/Cdtr",
    "CdtTrfTxInf/Cdtr/Nm",
    "CdtTrfTxInf/CdtrAcct",
    "CdtTrfTxInf/CdtrAcct/Id",
    "CdtTrfTxInf/CdtrAcct/Id/IBAN",
    "CdtTrfTxInf/RmtInf",
    "CdtTrfTxInf/RmtInf/Ustrd",
    "",
    "",
];
const BEFORE_TRANSFERS: [&str; 27] = [
    "Document",
    "Document/CstmrCdtTrfInitn",
    "GrpHdr",
    "GrpHdr/MsgId",
    "GrpHdr/CreDtTm",
    "GrpHdr/NbOfTxs",
    "GrpHdr/CtrlSum",
    "GrpHdr/InitgPty",
    "GrpHdr/InitgPty/Nm",
    "PmtInf",
    "PmtInf/PmtInfId",
    "PmtInf/PmtMtd",
    "PmtInf/NbOfTxs",
    "PmtInf/CtrlSum",
    "PmtInf/PmtTpInf",
    "PmtInf/PmtTpInf/SvcLvl",
    "PmtInf/PmtTpInf/SvcLvl/Cd",
    "PmtInf/ReqdExctnDt",
    "PmtInf/ReqdExctnDt/Dt",
    "PmtInf/Dbtr",
    "PmtInf/Dbtr/Nm",
    "PmtInf/DbtrAcct",
    "PmtInf/DbtrAcct/Id",
    "PmtInf/DbtrAcct/Id/IBAN",
    "PmtInf/DbtrAgt",
    "PmtInf/DbtrAgt/FinInstnId",
    "PmtInf/DbtrAgt/FinInstnId/BICFI",
];

/// Checks a message as a bank would before it reads the amounts; says its control sum in cents.
fn is_a_message(document: &str, view: &BatchView) -> i64 {
    assert!(document.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    let namespace = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\">";
    assert!(document.contains(namespace));
    let within = |path: &str| {
        let inner = path.strip_prefix("Document/CstmrCdtTrfInitn/").unwrap_or(path).to_owned();
        inner
            .strip_prefix("PmtInf/CdtTrfTxInf")
            .map_or(inner.clone(), |rest| format!("CdtTrfTxInf{rest}"))
    };
    let found: Vec<(String, String)> =
        elements(document).into_iter().map(|(path, text)| (within(&path), text)).collect();
    let mut left = found.iter().map(|(path, _)| path.as_str()).peekable();
    for expected in BEFORE_TRANSFERS {
        assert_eq!(left.next(), Some(expected));
    }
    assert_eq!(left.next(), Some("PmtInf/ChrgBr"));
    while left.peek().is_some() {
        for expected in TRANSFER.into_iter().filter(|path| !path.is_empty()) {
            match expected.strip_suffix('?') {
                Some(optional) => drop(left.next_if_eq(&optional)),
                None => assert_eq!(left.next(), Some(expected)),
            }
        }
    }
    let texts = |path: &str| -> Vec<&str> {
        found.iter().filter(|(found, _)| found == path).map(|(_, text)| text.as_str()).collect()
    };
    let cents = |amount: &str| {
        let (whole, rest) = amount.split_once('.').expect("two digits follow a point");
        assert_eq!(rest.len(), 2);
        format!("{whole}{rest}").parse::<i64>().unwrap()
    };
    let amounts = texts("CdtTrfTxInf/Amt/InstdAmt");
    let sum: i64 = amounts.iter().map(|amount| cents(amount)).sum();
    let count = view.transfers.len().to_string();
    for part in ["GrpHdr", "PmtInf"] {
        assert_eq!(texts(&format!("{part}/NbOfTxs")), [count.as_str()]);
        assert_eq!(cents(texts(&format!("{part}/CtrlSum"))[0]), sum);
    }
    let ids = texts("CdtTrfTxInf/PmtId/EndToEndId");
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), view.transfers.len());
    assert!(ids.iter().all(|id| (1..=35).contains(&id.len())));
    assert!(texts("GrpHdr/MsgId")[0].len() <= 35);
    for (path, text) in &found {
        let is_latin = |byte: u8| byte.is_ascii_alphanumeric() || b"/-?:().,'+ ".contains(&byte);
        assert!(text.bytes().all(is_latin), "{path}: {text}");
        let longest = match path.rsplit('/').next().unwrap() {
            "Nm" => 70,
            "Ustrd" => 140,
            _ => 35,
        };
        assert!(text.len() <= longest, "{path}: {text}");
        let has_parts = |(other, _): &(String, String)| {
            path.starts_with("Document") || other.starts_with(&format!("{path}/"))
        };
        assert!(!text.is_empty() || found.iter().any(has_parts), "{path} is empty");
    }
    sum
}

fn a_message_has_what_a_bank_expects_in_its_place(database: &Database) {
    let desk = Desk::at_bank(database);
    desk.owes(wired("SO_1-a-rather-long-number-of-an-order"), 1);
    desk.owes(wired("SO-2"), 1);
    desk.wait(240);
    for number in ["SO_1-a-rather-long-number-of-an-order", "SO-2"] {
        desk.approves(number, 1);
    }
    let with_bic = AccountDraft {
        bic: Some("ABNANL2A".to_owned()),
        ..draft_account("Łukasz <b>O’Neill</b> & Söhne", OTHER_IBAN)
    };
    desk.enters("SO-2", &with_bic).unwrap();
    desk.enters("SO_1-a-rather-long-number-of-an-order", &draft_account("李小龍", IBAN)).unwrap();
    let made = desk.exports("k1", due(), BankFormat::Pain001).unwrap();
    let file = desk.file(&made.batch.id);
    assert_eq!(is_a_message(&file, &made), 20_000);
    for part in [
        "<Nm>Optik Sohne GmbH</Nm>",
        "<IBAN>AT611904300234573201</IBAN>",
        "<BICFI>BKAUATWW</BICFI>",
        "<CreDtTm>2026-03-16T09:00:00Z</CreDtTm>",
        "<Dt>2026-03-16</Dt>",
        "<InstdAmt Ccy=\"EUR\">100.00</InstdAmt>",
        "<Nm>Lukasz b O&apos;Neill /b Sohne</Nm>",
        "<Nm>Li Xiao Long</Nm>",
        "<Ustrd>Refund R-1 order SO-2 RMA-SO-2</Ustrd>",
    ] {
        assert!(file.contains(part), "{part} in {file}");
    }
}

fn what_the_format_cannot_carry_is_left_out_and_named(database: &Database) {
    let desk = Desk::at_bank(database);
    let mut dollars = serde_json::to_string(&wired("SO-USD")).unwrap();
    dollars = dollars.replace("EUR", "USD");
    desk.owes(serde_json::from_str(&dollars).unwrap(), 1);
    for number in ["SO-AE", "SO-DE", "SO-US"] {
        desk.owes(wired(number), 1);
    }
    desk.wait(240);
    for number in ["SO-USD", "SO-AE", "SO-DE", "SO-US"] {
        desk.approves(number, 1);
    }
    desk.enters("SO-USD", &draft_account("=cmd|' /C calc'!A0", IBAN)).unwrap();
    desk.enters("SO-AE", &draft_account("A", "AE070331234567890123456")).unwrap();
    desk.enters("SO-DE", &draft_account("A, \"B\"", IBAN)).unwrap();
    let bank = ["0012345", "CHASUS33", "US"].map(|part| Some(part.to_owned()));
    let [number, bic, country] = bank;
    desk.enters(
        "SO-US",
        &AccountDraft { holder: "A".to_owned(), iban: None, number, bic, country },
    )
    .unwrap();
    let made = desk.exports("k1", due(), BankFormat::Pain001).unwrap();
    let mut reasons: Vec<_> =
        made.left_out.iter().map(|left| (left.name.order.as_str(), left.code.as_str())).collect();
    reasons.sort_unstable();
    let expected = [("SO-AE", "not_in_sepa"), ("SO-US", "not_in_sepa"), ("SO-USD", "not_in_euros")];
    assert_eq!(reasons, expected);
    assert_eq!(block_on(desk.app.bank_batch(&made.batch.id)).unwrap(), made);

    let rest = desk.exports("k2", due(), BankFormat::Csv).unwrap();
    assert_eq!((rest.batch.transfers, rest.left_out.len()), (3, 0));
    let table = desk.file(&rest.batch.id);
    assert!(table.lines().all(|line| !line.is_empty()) && table.ends_with("\r\n"));
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut rows: Vec<Vec<String>> = reader
        .records()
        .map(|row| row.unwrap().iter().skip(2).take(7).map(str::to_owned).collect())
        .collect();
    rows.sort();
    assert_eq!(
        rows,
        [
            ["100.00", "EUR", "A", "", "0012345", "CHASUS33", "US"],
            ["100.00", "EUR", "A", "AE070331234567890123456", "", "", "AE"],
            ["100.00", "USD", "'=cmd|' /C calc'!A0", IBAN, "", "", "DE"],
        ]
    );
    let without = Desk {
        app: desk.app.clone().with_bank(backhaul_app::BankSettings::default()),
        clock: desk.clock.clone(),
    };
    let none = without.exports("k3", due(), BankFormat::Pain001);
    assert!(matches!(none, Err(BankError::NoDebtor)), "{none:?}");
}

/// Numbers that look like chance, and are the same each time.
fn chance(seed: &mut u64) -> i64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    i64::try_from(*seed >> 40).unwrap()
}

fn two_hundred_refunds_add_up_to_the_cent(database: &Database) {
    let desk = Desk::at_bank(database);
    let mut seed = 7;
    let (mut refunded, orders) = (0, 25);
    for order in 0..orders {
        let mut draft = wired(&format!("SO-R{order}"));
        let price = 8 + chance(&mut seed) % 5_000_000;
        let first = chance(&mut seed) % price;
        draft.lines[0].share.price.minor = price;
        draft.shipping.minor = 0;
        draft.payments[0].captured.minor = first;
        draft.payments[1].captured.minor = price - first;
        let number = draft.number.clone();
        desk.owes(draft, 8);
        desk.enters(&number, &draft_account("A", IBAN)).unwrap();
        refunded += price;
    }
    desk.wait(240);
    for order in 0..orders {
        let (number, case) = (format!("SO-R{order}"), format!("RMA-SO-R{order}"));
        for unit_number in 1..=8 {
            let refund = id(&format!("R-{unit_number}"));
            let units = vec![RefundUnit { unit: unit(unit_number), deductions: Vec::new() }];
            let case = id(&case);
            desk.on(&number, ApproveRefund { refund, case, units, shipping: None, early: None });
        }
    }
    let made = desk.exports("k1", due(), BankFormat::Pain001).unwrap();
    assert!(made.transfers.len() >= 200 && made.left_out.is_empty(), "{:?}", made.left_out);
    assert_eq!(is_a_message(&desk.file(&made.batch.id), &made), refunded);
    assert!(desk.names(TransferState::ToPay).is_empty());
    let Err(BankError::NothingToPay { left_out }) = desk.exports(
        "k2",
        Chosen::Pieces(vec![super::PieceName { order: "SO-R1".to_owned(), ..piece("R-1", 1) }]),
        BankFormat::Csv,
    ) else {
        panic!("it is in a file")
    };
    assert_eq!(left_out[0].code, "already_exported");
}
