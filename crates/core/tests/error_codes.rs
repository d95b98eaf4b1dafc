//! The page of error codes lists what the code can answer, and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use backhaul_core::facts::FaultCode;

#[test]
fn every_code_of_a_fault_has_its_row_and_every_row_its_code() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/error-codes.md");
    let page = std::fs::read_to_string(page).expect("the page is in the repository");
    let (faults, _) = page.split_once("## Findings").expect("two parts");
    let rows: BTreeSet<&str> = faults
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|row| row.split_once('`'))
        .map(|(code, _)| code)
        .collect();
    let codes: BTreeSet<&str> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(rows, codes);
}
