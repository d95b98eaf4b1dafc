//! Papers in every language: what Poppler reads is what they were given, whatever the letters.

use backhaul_core::words::Payer;
use backhaul_language::{Language, format, words};
use backhaul_paper::{Clause, Merchant, Packing, PaperError, Slip, Unit, Withdrawal, samples};
use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::poppler::{self, bare, run, text};

fn merchant() -> Merchant {
    Merchant {
        name: "Example Optics 示例光电".to_owned(),
        return_address: vec!["Straße 1".to_owned(), "上海市示例路 12 号".to_owned()],
    }
}

fn unit(article: &str, serial: &str) -> Unit {
    Unit {
        article: article.to_owned(),
        serial: Some(serial.to_owned()),
        pieces: 1,
        contents: vec!["dust cap".to_owned()],
    }
}

fn slip(language: Language, units: Vec<Unit>) -> Slip {
    Slip {
        language,
        merchant: merchant(),
        case: "RMA-1".to_owned(),
        order: "SO-1001".to_owned(),
        link: None,
        units,
        freight: Some(Payer::Shared),
        send_by: date(2026, 3, 20),
        clauses: vec![Clause { id: "report.7d".to_owned(), words: "Within 7 days.".to_owned() }],
    }
}

fn says(pdf: &[u8], wanted: &[&str]) {
    let text = bare(&text(pdf));
    for words in wanted {
        assert!(text.contains(&bare(words)), "{words:?} is not in {text:?}");
    }
}

#[test]
fn a_slip_says_all_it_was_given_in_every_language() {
    if !poppler::is_there() {
        return;
    }
    for language in Language::all() {
        let pdf = slip(language, vec![unit("QSFP28-100G-SR4", "G2303A1187")]).pdf().unwrap();
        says(
            &pdf,
            &[
                &words::paper_slip_title(language),
                &words::paper_slip_do(language),
                &words::paper_case(language),
                "RMA-1",
                &words::paper_send_to(language),
                "Example Optics 示例光电",
                "上海市示例路 12 号",
                &words::paper_send_by(language),
                &format::date(language, date(2026, 3, 20)),
                &words::paper_freight_shared(language),
                "QSFP28-100G-SR4",
                "G2303A1187",
                "dust cap",
                "report.7d: Within 7 days.",
                &words::paper_page(language, 1, 1),
            ],
        );
    }
}

#[test]
fn packing_instructions_list_every_step_and_every_thing() {
    if !poppler::is_there() {
        return;
    }
    for language in Language::all() {
        let mut counted = unit("OM4 patch cord", "");
        (counted.serial, counted.pieces) = (None, 12);
        let units = vec![unit("QSFP28-100G-SR4", "G2303A1187"), counted];
        let (case, send_by) = ("RMA-1".to_owned(), date(2026, 3, 20));
        let paper = Packing { language, merchant: merchant(), case, send_by, units };
        says(
            &paper.pdf().unwrap(),
            &[
                &words::paper_pack_step_optics(language),
                &words::paper_pack_step_outside(language, "RMA-1"),
                &words::paper_pack_check_slip(language, "RMA-1"),
                &words::paper_pack_check_unit(language, "QSFP28-100G-SR4", "G2303A1187"),
                &words::paper_pack_check_pieces(language, "OM4 patch cord", 12),
                &words::paper_pack_check_part(language, "OM4 patch cord", "dust cap"),
            ],
        );
    }
}

#[test]
fn a_receipt_names_what_was_declared_by_whom_and_when() {
    if !poppler::is_there() {
        return;
    }
    for language in Language::all() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let received_at = "2026-03-06T22:59:59Z".parse().unwrap();
        let paper = Withdrawal {
            language,
            merchant: merchant(),
            order: "SO-1001".to_owned(),
            case: None,
            buyer: Some("Jörg Müller-Łukasiewicz".to_owned()),
            email: "buyer@mail.example".to_owned(),
            received_at,
            zone: zone.clone(),
            units: Vec::new(),
            words: Some("I do not need it.\nSorry!".to_owned()),
        };
        says(
            &paper.pdf().unwrap(),
            &[
                &format::moment(language, received_at, &zone),
                "Jörg Müller-Łukasiewicz",
                "buyer@mail.example",
                "SO-1001",
                &words::paper_withdrawal_whole(language),
                "I do not need it.",
                "Sorry!",
            ],
        );
    }
}

#[test]
fn forty_units_run_over_pages_that_are_numbered_and_none_is_lost() {
    if !poppler::is_there() {
        return;
    }
    let language = Language::ENGLISH;
    let article = "SFP-10G-LR, 1310 nm, 10 km, duplex LC, with digital diagnostics";
    let serials: Vec<_> = (1..=40).map(|number| format!("G2311B{number:04}")).collect();
    let units = serials.iter().map(|serial| unit(article, serial)).collect();
    let pdf = slip(language, units).pdf().unwrap();
    let info = String::from_utf8(run("pdfinfo", &[], &pdf)).unwrap();
    let pages = info.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim();
    let pages: usize = pages.parse().unwrap();
    assert!((2..=5).contains(&pages), "{pages}");
    let text = text(&pdf);
    for serial in &serials {
        assert_eq!(text.matches(serial.as_str()).count(), 1, "{serial}");
    }
    assert_eq!(text.matches("Serial number").count(), pages, "the head of the table on each page");
    for page in 1..=pages {
        assert!(text.contains(&format!("Page {page} of {pages}")), "{text}");
    }
}

#[test]
fn names_of_any_length_wrap_and_nothing_is_lost() {
    if !poppler::is_there() {
        return;
    }
    let (word, words) = ("Ж".repeat(300), "a long name ".repeat(400));
    let mut paper = slip(Language::ENGLISH, vec![unit(&word, "S1"), unit(&words, "S2")]);
    paper.merchant.name = "示例光电器材有限公司".repeat(20);
    let pdf = paper.pdf().unwrap();
    says(&pdf, &[&paper.merchant.name, "S1", "S2"]);
    let text = text(&pdf);
    assert_eq!(text.matches('Ж').count(), 300);
    assert_eq!(text.matches("long").count(), 400);
}

#[test]
fn what_no_font_has_is_a_box_that_can_still_be_copied() {
    if !poppler::is_there() {
        return;
    }
    let odd = "😀 שלום नमस्ते \u{10ffff} é\u{301}\u{0}\u{202e}";
    let pdf = slip(Language::ENGLISH, vec![unit(odd, "S1")]).pdf().unwrap();
    let text = text(&pdf);
    for sign in ["😀", "S1", "न"] {
        assert!(text.contains(sign), "{sign} is not in {text:?}");
    }
}

#[test]
fn too_much_is_refused_and_not_cut() {
    let units = (0..6_000).map(|number| unit("SFP", &format!("S{number}"))).collect();
    assert_eq!(slip(Language::ENGLISH, units).pdf(), Err(PaperError::TooLong));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for language in Language::all() {
        assert!(samples(language).unwrap() == samples(language).unwrap());
    }
}

#[test]
fn every_paper_is_tagged_titled_and_brings_its_fonts() {
    if !poppler::is_there() {
        return;
    }
    for language in Language::all() {
        for sample in samples(language).unwrap() {
            let said = |program, options: &[&str]| {
                String::from_utf8_lossy(&run(program, options, &sample.pdf)).into_owned()
            };
            let info = said("pdfinfo", &[]);
            let has = |name: &str, value: &str| {
                info.lines().any(|line| line.starts_with(name) && line.ends_with(value))
            };
            assert!(has("Tagged:", "yes") && has("Title:", ""), "{info}");
            assert!(info.contains("595.3 x 841.9 pts (A4)"), "{info}");
            let tree = said("pdfinfo", &["-struct"]);
            assert!(tree.contains("H1") && tree.contains(" P"), "{tree}");
            let fonts = said("pdffonts", &[]);
            // Name, type, encoding, embedded, subset, with Unicode.
            let is_whole = |line: &str| {
                line.split_whitespace()
                    .collect::<Vec<_>>()
                    .windows(3)
                    .any(|flags| flags == ["yes", "yes", "yes"])
            };
            assert!(fonts.lines().skip(2).all(is_whole), "{fonts}");
            assert!(sample.pdf.len() < 400_000, "{}: {}", sample.name, sample.pdf.len());
        }
    }
}
