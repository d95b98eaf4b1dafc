//! The codes on a slip are read off the page by a decoder that shares nothing with the encoders.

use backhaul_language::Language;
use backhaul_paper::{Merchant, Slip, Unit};
use jiff::civil::date;
use rxing::BarcodeFormat;

use crate::poppler::{self, Scan};

fn slip(case: &str, link: Option<&str>) -> Slip {
    Slip {
        language: Language::ENGLISH,
        merchant: Merchant { name: "Example Optics".to_owned(), return_address: Vec::new() },
        case: case.to_owned(),
        order: "SO-1".to_owned(),
        link: link.map(str::to_owned),
        units: vec![Unit {
            article: "SFP".to_owned(),
            serial: None,
            pieces: 1,
            contents: Vec::new(),
        }],
        freight: None,
        send_by: date(2026, 3, 20),
        clauses: Vec::new(),
    }
}

/// Every code that a scanner finds on the first page, with its kind.
fn read(pdf: &[u8], dots_per_inch: u32) -> Vec<(BarcodeFormat, String)> {
    let Scan { width, height, dots } = poppler::scan(pdf, dots_per_inch);
    let (width, height) = (width.try_into().unwrap(), height.try_into().unwrap());
    let found = rxing::helpers::detect_multiple_in_luma(dots, width, height).unwrap_or_default();
    let mut found: Vec<_> =
        found.iter().map(|code| (*code.getBarcodeFormat(), code.getText().to_owned())).collect();
    found.sort_by_key(|(format, text)| (format.to_string(), text.clone()));
    found.dedup();
    found
}

const LINK: &str = "https://returns.shop.example/case/RMA-2026-000123?k=0123456789abcdef";

#[test]
fn both_codes_are_read_off_a_coarse_print() {
    if !poppler::is_there() {
        return;
    }
    for case in ["1", "RMA-1", "RMA-2026-000123", "a case (odd) ~{}\\"] {
        let pdf = slip(case, Some(LINK)).pdf().unwrap();
        let expected =
            [(BarcodeFormat::CODE_128, case.to_owned()), (BarcodeFormat::QR_CODE, LINK.to_owned())];
        assert_eq!(read(&pdf, 150), expected, "{case}");
    }
}

#[test]
fn without_a_link_the_qr_code_is_the_case_number() {
    if !poppler::is_there() {
        return;
    }
    let pdf = slip("RMA-7", None).pdf().unwrap();
    let texts: Vec<_> = read(&pdf, 150).into_iter().map(|(_, text)| text).collect();
    assert_eq!(texts, ["RMA-7", "RMA-7"]);
}

#[test]
fn a_number_that_bars_cannot_say_is_in_the_qr_code_alone() {
    if !poppler::is_there() {
        return;
    }
    for case in ["退货-0001".to_owned(), "R".repeat(60)] {
        let pdf = slip(&case, None).pdf().unwrap();
        assert_eq!(read(&pdf, 200), [(BarcodeFormat::QR_CODE, case.clone())]);
    }
}
