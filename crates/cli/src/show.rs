//! Decisions for people who read a terminal.

use std::fmt::Write as _;

use backhaul_core::answer::Answer;
use backhaul_core::decision::{Decision, TermValue};
use backhaul_core::facts::{json::Document, moment, text_at};
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_core::words::Payer;

/// The policy that judges a document.
pub(crate) fn policy_of<'c>(catalogue: &'c Catalogue, document: &[u8]) -> Option<&'c Policy> {
    let document = Document::parse(std::str::from_utf8(document).ok()?).ok()?;
    let placed_at = text_at(&document, &["order", "placed_at"]).and_then(moment);
    catalogue.choose(text_at(&document, &["policy"]), placed_at).map(AsRef::as_ref)
}

/// An answer, a few lines long, an empty line at its end; with the clauses' texts where the policy is given.
pub(crate) fn answer(answer: &Answer, policy: Option<&Policy>) -> String {
    match answer {
        Answer::Decision(decision) => self::decision(decision, policy),
        Answer::Fault { id, fault } => {
            let id = id.as_deref().unwrap_or("(no id)");
            format!("  {id}: malformed at {:?}: {}\n\n", fault.pointer, fault.message)
        }
    }
}

fn decision(decision: &Decision, policy: Option<&Policy>) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {label:<12}{value}");
        }
    };
    line("verdict", format!("{} ({}, cause {})", decision.verdict, decision.id, decision.cause));
    line("remedies", joined(&decision.remedies));
    let payer = |payer: Option<Payer>| payer.map_or("–".to_owned(), |payer| payer.to_string());
    let freight = decision.freight;
    if freight.r#return.is_some() || freight.replacement.is_some() {
        let (back, out) = (payer(freight.r#return), payer(freight.replacement));
        line("freight", format!("return {back}, replacement {out}"));
    }
    line("replace", decision.replace_components.join(", "));
    line("needs", decision.needs.join(", "));
    let dates = decision.dates;
    if let Some(by) = dates.report_by {
        line("report by", by.to_string());
    }
    if let (Some(from), Some(by)) = (dates.refund_from, dates.refund_by) {
        let provisional =
            if decision.calendar_provisional { " (calendar not published yet)" } else { "" };
        line("refund", format!("from {from} to {by}{provisional}"));
    }
    for term in &decision.terms {
        let says: Vec<String> =
            term.says.iter().map(|(name, value)| format!("{name} {}", said(value))).collect();
        line(&term.term, says.join(", "));
    }
    for otherwise in &decision.otherwise {
        line("otherwise", format!("{} ({})", otherwise.change, otherwise.pointer));
    }
    match policy {
        None => line("§", joined(&decision.clauses)),
        Some(policy) => {
            for clause in policy.clauses.iter().filter(|known| decision.clauses.contains(&known.id))
            {
                let said = clause.text.first().map_or("", String::as_str);
                line("§", format!("{}: {said}", clause.id));
            }
        }
    }
    text.push('\n');
    text
}

fn joined<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn said(value: &TermValue) -> String {
    match value {
        TermValue::Integer(integer) => integer.to_string(),
        TermValue::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        TermValue::Text(text) => text.clone(),
        TermValue::Words(words) => words.join(", "),
    }
}
