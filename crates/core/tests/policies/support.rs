//! A small policy to change in tests.

use backhaul_core::policy::{Diagnostic, Policy, check};

/// A policy in which nothing is wrong: everything is refunded, and the merchant pays.
pub(crate) const PLAIN: &str = r#"
id = "plain"
version = "1"
effective = 2026-01-01
languages = ["en"]
title = { en = "Plain terms" }
time_zone = "Europe/Berlin"
calendar = "DE"
remedies = ["refund"]

[[clause]]
id = "all"
text.en = "We take everything back and pay the way."
[[clause.rule]]
remedies = ["refund"]
freight = { return = "merchant" }
"#;

/// The head of the plain policy, without a clause.
pub(crate) fn head() -> &'static str {
    PLAIN.split_once("[[clause]]").map_or(PLAIN, |(head, _)| head)
}

/// The plain policy with more at its end.
pub(crate) fn with(more: &str) -> String {
    format!("{PLAIN}\n{more}")
}

/// A clause `c` with these lines under its one rule.
pub(crate) fn clause(rule: &str) -> String {
    with(&format!("[[clause]]\nid = \"c\"\ntext.en = \"A clause.\"\n[[clause.rule]]\n{rule}\n"))
}

/// What is wrong with the form of a policy.
pub(crate) fn mistakes(source: &str) -> Vec<Diagnostic> {
    match Policy::parse(source) {
        Ok(_) => Vec::new(),
        Err(diagnostics) => diagnostics,
    }
}

/// What is wrong with a policy that reads well.
pub(crate) fn findings(source: &str) -> Vec<Diagnostic> {
    match Policy::parse(source) {
        Ok(policy) => check::check(&policy),
        Err(diagnostics) => panic!("does not read: {diagnostics:?}"),
    }
}
