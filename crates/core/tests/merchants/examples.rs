//! The policy files under `policies/examples` and their cases.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use backhaul_core::policy::{Catalogue, Policy, Severity, cases, check};

const MERCHANTS: [&str; 16] = [
    "10gtek",
    "amazon-us-sellers",
    "buyrouterswitch",
    "cisco",
    "dlink",
    "inphe",
    "mercury-cn",
    "mikrotik",
    "mouser",
    "multilink",
    "networktigers",
    "opti-networks",
    "optko",
    "otdr-launch-fiber",
    "patchcordsonline",
    "zilpoo-ubiquiti",
];

/// Of ten clauses of the sources, rules carry at least so many.
const RULES_OF_TEN_MIN: usize = 9;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn policy(name: &str) -> Policy {
    let source = read(&root().join(format!("policies/examples/{name}.toml")));
    Policy::parse(&source).unwrap_or_else(|wrong| panic!("{name}: {wrong:#?}"))
}

#[test]
fn every_file_of_the_folder_is_one_of_the_sixteen() {
    let mut names: Vec<String> = std::fs::read_dir(root().join("policies/examples"))
        .expect("the folder is in the repository")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, MERCHANTS.map(|name| format!("{name}.toml")));
}

#[test]
fn every_policy_is_called_as_its_file_and_numbers_its_clauses_as_the_source() {
    for name in MERCHANTS {
        let policy = policy(name);
        assert_eq!(policy.id, name);
        for (number, clause) in (1..).zip(&policy.clauses) {
            let (head, word) = clause.id.as_str().split_once('.').unwrap_or_default();
            assert_eq!(head, format!("c{number}"), "{name}: {}", clause.id);
            assert!(!word.is_empty(), "{name}: {}", clause.id);
        }
    }
}

#[test]
fn every_policy_passes_the_check() {
    for name in MERCHANTS {
        let found = check::check(&policy(name));
        let errors: Vec<_> = found.iter().filter(|d| d.severity == Severity::Error).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

#[test]
fn at_least_nine_clauses_in_ten_are_carried_by_rules() {
    let (mut all, mut ruled) = (0_usize, 0_usize);
    for name in MERCHANTS {
        let policy = policy(name);
        for (place, clause) in policy.clauses.iter().enumerate() {
            let has_rule = policy.rules.iter().any(|rule| rule.clause == place);
            let is_read = policy.readings.iter().any(|reading| reading.clause == place);
            assert_eq!(has_rule, !clause.by_hand, "{name}: {}", clause.id);
            assert!(!(clause.by_hand && is_read), "{name}: {}", clause.id);
            all += 1;
            ruled += usize::from(has_rule);
        }
    }
    println!("{ruled} of {all} clauses are carried by rules, {} by people", all - ruled);
    assert!(ruled * 10 >= all * RULES_OF_TEN_MIN, "{ruled} of {all}");
}

/// The numbered lines of a restated source.
fn numbered(source: &str) -> usize {
    let is_numbered = |line: &&str| {
        line.split_once(". ").is_some_and(|(number, _)| number.parse::<usize>().is_ok())
    };
    source.lines().filter(is_numbered).count()
}

/// The sources lie beside the repository, and only where it was made.
#[test]
fn every_policy_has_as_many_clauses_as_its_source() {
    let sources = root().join("../shared/product/policies");
    let Ok(entries) = std::fs::read_dir(&sources) else {
        println!("skipped: the restated sources are not at ../shared/product/policies");
        return;
    };
    let mut counted = BTreeSet::new();
    for entry in entries {
        let path = entry.expect("readable").path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let name = stem.split_once('-').map_or("", |(_, name)| name);
        let Some(name) = MERCHANTS.iter().find(|known| **known == name) else { continue };
        assert_eq!(policy(name).clauses.len(), numbered(&read(&path)), "{name}");
        counted.insert(*name);
    }
    assert_eq!(counted.into_iter().collect::<Vec<_>>(), MERCHANTS);
}

#[test]
fn every_case_is_decided_as_its_source_says() {
    for name in MERCHANTS {
        let catalogue = Catalogue::new(policy(name));
        let path = root().join(format!("policies/cases/examples/{name}.jsonl"));
        let cases = cases::read(&read(&path))
            .unwrap_or_else(|(line, wrong)| panic!("{}:{line}: {wrong}", path.display()));
        assert!(cases.len() >= 4, "{name}: only {} cases", cases.len());
        for case in cases {
            let outcome = cases::run(&case, &catalogue);
            assert_eq!(
                outcome.differences,
                Vec::<String>::new(),
                "{}:{}: {}\n{}",
                path.display(),
                case.line,
                case.name,
                outcome.answer.to_json()
            );
        }
    }
}
