//! The program as its users run it.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const GOOD: &str = r#"{"id":"a","order":{"number":"SO-1","placed_at":"2026-02-20T09:00:00Z","time_zone":"Europe/Berlin","country":"DE","voucher":"on_file"},"line":{"sku":"X","category":"transceiver","quantity":1,"declared_non_returnable":false},"claim":{"cause":"quality","remedy":"refund","quantity":1,"condition":"used","reported_at":"2026-03-09T10:00:00+01:00"}}"#;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn backhaul(arguments: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_backhaul"))
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = program.stdin.take().expect("piped");
    // The program may stop reading early: a refused argument, a file that cannot be read.
    let input = input.to_vec();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = program.wait_with_output().expect("the program ends");
    writer.join().expect("written");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn facts_on_standard_input_are_decided() {
    let output = backhaul(&["decide"], GOOD.as_bytes());
    assert_eq!(output.status.code(), Some(0));
    let decision = text(&output.stdout);
    assert!(
        decision.starts_with(r#"{"id":"a","verdict":"accepted","cause":"quality","#),
        "{decision}"
    );
    assert_eq!(decision.lines().count(), 1);
}

#[test]
fn a_bad_line_is_answered_in_its_place_and_the_rest_goes_on() {
    let input = format!("{GOOD}\r\n\n   \n{{\"id\":\"b\"}}\nnonsense\n{GOOD}");
    let output = backhaul(&["decide", "--lines"], input.as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    let [first, second, third, fourth] = lines.as_slice() else {
        panic!("four answers: {lines:?}")
    };
    assert_eq!(first, fourth);
    assert_eq!(
        second,
        r#"{"id":"b","error":{"code":"missing_field","pointer":"/order","message":"`order` is required: an object"}}"#
    );
    assert!(third.starts_with(r#"{"id":null,"error":{"code":"not_json","pointer":"","#), "{third}");
}

#[test]
fn a_line_that_is_far_too_long_is_answered_without_being_kept() {
    let mut input = vec![b'x'; 9 << 20];
    input.push(b'\n');
    input.extend_from_slice(GOOD.as_bytes());
    let output = backhaul(&["decide", "--lines"], &input);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<String> = text(&output.stdout).lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.first().is_some_and(|line| line.contains("too_large")), "{lines:?}");
    assert!(lines.get(1).is_some_and(|line| line.contains("accepted")), "{lines:?}");
}

#[test]
fn files_are_read_in_their_order_and_a_missing_one_is_named() {
    let folder = std::env::temp_dir().join(format!("backhaul-decide-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("facts.json");
    std::fs::write(&file, GOOD).expect("written");
    let path = file.display().to_string();
    let output = backhaul(&["decide", &path, &path], b"");
    assert_eq!((output.status.code(), text(&output.stdout).lines().count()), (Some(0), 2));
    let missing = folder.join("absent.json").display().to_string();
    let output = backhaul(&["decide", &missing], b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("absent.json"), "{}", text(&output.stderr));
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn facts_may_ask_for_a_policy_that_was_given() {
    let asked = GOOD.replacen('{', r#"{"policy":"cisco","#, 1);
    let unknown = backhaul(&["decide"], asked.as_bytes());
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stdout).contains(r#""pointer":"/policy""#), "{}", text(&unknown.stdout));
    let asked = GOOD.replacen('{', r#"{"policy":"default@2025.1","#, 1);
    assert_eq!(backhaul(&["decide"], asked.as_bytes()).status.code(), Some(0));
}

#[test]
fn decisions_can_be_shown_to_people() {
    let output = backhaul(&["decide", "--show"], GOOD.as_bytes());
    let shown = text(&output.stdout);
    assert!(
        shown.contains("verdict") && shown.contains("§ ") && shown.contains("freight.merchant: "),
        "{shown}"
    );
}

#[test]
fn the_default_policy_passes_its_check_and_its_cases() {
    let check = backhaul(&["policy", "check", "--strict", "policies/default.toml"], b"");
    assert_eq!(check.status.code(), Some(0), "{}", text(&check.stdout));
    let cases =
        backhaul(&["policy", "test", "policies/default.toml", "policies/cases/default"], b"");
    assert_eq!(cases.status.code(), Some(0), "{}", text(&cases.stdout));
    assert!(text(&cases.stdout).ends_with(" passed, 0 failed\n"));
}

#[test]
fn a_mistake_in_a_policy_is_told_with_file_line_and_column() {
    let folder = std::env::temp_dir().join(format!("backhaul-check-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = folder.join("mine.toml");
    let source = std::fs::read_to_string(root().join("policies/default.toml")).expect("readable");
    std::fs::write(
        &file,
        source.replacen("becomes = \"own_reasons\"", "becomes = \"own_reason\"", 1),
    )
    .expect("written");
    let path = file.display().to_string();
    let output = backhaul(&["policy", "check", &path], b"");
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    let line = source.lines().position(|line| line.starts_with("becomes")).expect("a cause") + 1;
    assert!(told.contains(&format!("{path}:{line}:11: error[unknown_word]")), "{told}");
    assert!(told.contains("did you mean `own_reasons`?"), "{told}");
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn a_case_that_is_not_decided_as_expected_fails_and_says_how() {
    let file = std::env::temp_dir().join(format!("backhaul-cases-{}.jsonl", std::process::id()));
    let case =
        format!(r#"{{"name":"it is declined","facts":{GOOD},"expect":{{"verdict":"declined"}}}}"#);
    std::fs::write(&file, case).expect("written");
    let path = file.display().to_string();
    let output = backhaul(&["policy", "test", "policies/default.toml", &path], b"");
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains(r#"`verdict`: expected "declined", found "accepted""#), "{told}");
    assert!(told.ends_with("0 passed, 1 failed\n"), "{told}");
    std::fs::remove_file(file).expect("removed");
}

#[test]
fn the_policy_is_explained_in_each_of_its_languages_and_in_no_other() {
    let english = text(&backhaul(&["policy", "explain", "policies/default.toml"], b"").stdout);
    assert!(english.starts_with("# Returns and replacements\n"), "{english}");
    let chinese = text(
        &backhaul(&["policy", "explain", "policies/default.toml", "--language", "zh"], b"").stdout,
    );
    assert!(chinese.starts_with("# 退换货政策\n"), "{chinese}");
    let french = backhaul(&["policy", "explain", "policies/default.toml", "--language", "fr"], b"");
    assert_eq!(french.status.code(), Some(2));
    assert!(text(&french.stderr).contains("it has en, zh"), "{}", text(&french.stderr));
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let line = format!("{GOOD}\n");
    let mut program = Command::new(env!("CARGO_BIN_EXE_backhaul"))
        .args(["decide", "--lines"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    drop(program.stdout.take());
    let mut stdin = program.stdin.take().expect("piped");
    for _ in 0..5_000 {
        if stdin.write_all(line.as_bytes()).is_err() {
            break;
        }
    }
    drop(stdin);
    let output = program.wait_with_output().expect("the program ends");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "");
}
