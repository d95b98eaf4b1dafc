//! The page that a buyer reads.

use backhaul_core::policy::{Catalogue, Policy, explain};

use super::support::PLAIN;

fn default_page(language: usize) -> String {
    let catalogue = Catalogue::built_in().expect("the shipped policy reads");
    explain::page(catalogue.default_policy().expect("there is a default"), language)
}

#[test]
fn the_page_has_every_clause_under_its_id() {
    let catalogue = Catalogue::built_in().expect("the shipped policy reads");
    let policy = catalogue.default_policy().expect("there is a default");
    for (language, _) in policy.languages.iter().enumerate() {
        let page = explain::page(policy, language);
        for clause in &policy.clauses {
            assert!(page.contains(&format!("### § {}", clause.id)), "{}", clause.id);
            assert!(page.contains(&clause.text[language]), "{}", clause.id);
        }
    }
}

#[test]
fn the_table_says_what_the_engine_decides() {
    let english = default_page(0);
    assert!(
        english.contains("| It is faulty | refund, replacement | we pay | we pay |"),
        "{english}"
    );
    assert!(
        english.contains("| It never arrived | refund, replacement | – | we pay |"),
        "{english}"
    );
    assert!(
        english.contains("| You changed your mind | refund, replacement | you pay | you pay |"),
        "{english}"
    );
    let chinese = default_page(1);
    assert!(chinese.contains("| 买方自身原因 | 退款、换货 | 买方承担 | 买方承担 |"), "{chinese}");
}

#[test]
fn dates_are_told_from_events_that_a_buyer_knows() {
    assert!(
        default_page(0)
            .contains("- refund at the latest: 10 working days after we received the return")
    );
    assert!(default_page(1).contains("- 最晚退款日: 我方收到退货后 10 个工作日"));
    assert!(!default_page(0).contains("order.signed_at"));
}

#[test]
fn a_language_that_is_not_there_gives_the_first() {
    assert_eq!(default_page(7), default_page(0));
}

#[test]
fn a_policy_that_is_silent_says_that_it_depends() {
    let silent = PLAIN
        .replace("freight = { return = \"merchant\" }", "")
        .replace("calendar = \"DE\"", "calendar = \"DE\"\nsilent = \"return_freight\"");
    let page = explain::page(&Policy::parse(&silent).expect("reads"), 0);
    assert!(page.contains("| It is faulty | refund | decided case by case | – |"), "{page}");
}
