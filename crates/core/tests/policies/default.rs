//! The default policy.

use std::path::Path;

use backhaul_core::policy::catalogue::{CatalogueFull, POLICIES_MAX};
use backhaul_core::policy::{Catalogue, Policy, cases, check};

use crate::support::PLAIN;

#[test]
fn the_default_policy_has_no_contradiction_no_dead_rule_and_no_gap() {
    let catalogue = Catalogue::built_in().expect("the shipped policy reads");
    let policy = catalogue.default_policy().expect("there is a default");
    assert_eq!(check::check(policy), Vec::new());
}

#[test]
fn every_case_of_the_default_policy_is_decided_as_expected() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies/cases/default");
    let catalogue = Catalogue::built_in().expect("the shipped policy reads");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the cases are in the repository") {
        let path = entry.expect("readable").path();
        let text = std::fs::read_to_string(&path).expect("readable");
        for case in
            cases::read(&text).unwrap_or_else(|wrong| panic!("{}: {wrong:?}", path.display()))
        {
            let outcome = cases::run(&case, &catalogue);
            assert_eq!(
                outcome.differences,
                Vec::<String>::new(),
                "{}:{}: {}",
                path.display(),
                case.line,
                case.name
            );
            count += 1;
        }
    }
    assert!(count >= 60, "only {count} cases");
}

#[test]
fn every_clause_of_the_policy_is_told_in_both_languages() {
    let catalogue = Catalogue::built_in().expect("the shipped policy reads");
    let policy = catalogue.default_policy().expect("there is a default");
    assert_eq!(policy.languages, ["en", "zh"]);
    let ids: Vec<&str> = policy.clauses.iter().map(|clause| clause.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "contact",
            "freight.merchant",
            "freight.buyer",
            "goods_first",
            "report.7d",
            "evidence",
            "refund.path",
            "refund.3-10wd",
            "replace.part",
            "guidance",
            "exclude.declared",
            "exclude.used",
            "exclude.misuse",
            "exclude.marks",
            "exclude.incomplete",
            "exclude.voucher",
            "exclude.law",
        ]
    );
    for clause in &policy.clauses {
        let [english, chinese] = clause.text.as_slice() else {
            panic!("{}: two languages", clause.id)
        };
        assert!(english.is_ascii(), "{}: {english}", clause.id);
        assert!(
            chinese.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
            "{}: {chinese}",
            clause.id
        );
    }
}

#[test]
fn a_catalogue_has_a_bound_and_a_policy_it_knows_may_still_be_replaced() {
    let mut catalogue = Catalogue::built_in().expect("the shipped policy reads");
    let shipped = Policy::clone(catalogue.default_policy().expect("there is a default"));
    for number in 1..POLICIES_MAX {
        let pin = format!("other@{number}");
        catalogue.add(Policy { pin, ..shipped.clone() }).expect("there is room");
    }
    let one_more = Policy { pin: "other@more".to_owned(), ..shipped.clone() };
    assert_eq!(catalogue.add_default(one_more), Err(CatalogueFull));
    assert_eq!(catalogue.add(shipped), Ok(()));
    assert_eq!(catalogue.versions().len(), POLICIES_MAX);
}

fn version(id: &str, effective: &str) -> Policy {
    let source = PLAIN.replace("\"plain\"", &format!("\"{id}\"")).replace("2026-01-01", effective);
    Policy::parse(&source).expect("reads")
}

#[test]
fn what_was_published_judges_from_its_day_on_whatever_its_id() {
    let mut catalogue = Catalogue::built_in().expect("the shipped policy reads");
    catalogue.add_published(version("optics", "2026-06-01"), false).expect("there is room");
    catalogue.add_published(version("dropped", "2026-07-01"), true).expect("there is room");
    catalogue.add(version("beside", "2026-01-01")).expect("there is room");
    let judges = |moment: &str| {
        let placed_at = moment.parse().expect("a moment");
        catalogue.choose(None, Some(placed_at)).map(|policy| policy.pin.clone())
    };
    // The last moment of May in Berlin, and the first of June.
    assert_eq!(judges("2026-05-31T21:59:59Z").as_deref(), Some("default@2025.1"));
    assert_eq!(judges("2026-05-31T22:00:00Z").as_deref(), Some("optics@1"));
    assert_eq!(judges("2027-01-01T00:00:00Z").as_deref(), Some("optics@1"));
    let asked = |asked: &str| catalogue.choose(Some(asked), None).map(|policy| policy.pin.clone());
    assert_eq!(asked("dropped"), None, "what was withdrawn is no version of its id");
    assert_eq!(asked("dropped@1").as_deref(), Some("dropped@1"), "yet its pin is known for ever");
    assert_eq!(asked("beside").as_deref(), Some("beside@1"));
}

#[test]
fn the_laws_of_a_catalogue_are_laid_over_what_comes_later_too() {
    let law = std::fs::read_to_string(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../policies/laws/eu-withdrawal.toml"
    ));
    let mut catalogue = Catalogue::built_in().expect("the shipped policy reads");
    catalogue.lay_over(&law.expect("the law is there")).expect("the law fits");
    let shipped = Catalogue::built_in().expect("the shipped policy reads");
    let shipped = Policy::clone(shipped.default_policy().expect("there is a default"));
    let later = Policy { version: "2026.1".to_owned(), ..shipped };
    let later = catalogue.under_laws(later).expect("the law fits");
    assert!(later.pin.starts_with("default@2026.1+"), "{}", later.pin);
}
