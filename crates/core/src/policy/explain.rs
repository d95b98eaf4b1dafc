//! The policy as a page that a buyer can read, in any of its languages, as Markdown.
//!
//! The words are the file's. What the page adds is computed by asking the policy itself: who pays the freight, and by when.

use std::fmt::Write as _;

use super::rule::{DueRule, DueWhat, Effect, Policy};
use super::window::Unit;

/// The words that the page needs beside the policy's own.
struct Phrases {
    version: &'static str,
    in_force: &'static str,
    orders: &'static str,
    evidence: &'static str,
    deadlines: &'static str,
    by_hand: &'static str,
    report_by: &'static str,
    refund_from: &'static str,
    refund_by: &'static str,
    after: &'static str,
    units: [&'static str; 6],
}

const ENGLISH: Phrases = Phrases {
    version: "Version",
    in_force: "in force since",
    orders: "An order is judged by the version in force on the day it was placed.",
    evidence: "Pictures and documents we may ask for",
    deadlines: "Dates",
    by_hand: "applied by a person",
    report_by: "Report by",
    refund_from: "Refund not before",
    refund_by: "Refund at the latest",
    after: "after",
    units: ["hours", "days", "working days", "weeks", "months", "years"],
};

const CHINESE: Phrases = Phrases {
    version: "版本",
    in_force: "生效日期",
    orders: "订单适用下单当日有效的版本。",
    evidence: "我方可能要求提供的照片和资料",
    deadlines: "期限",
    by_hand: "由人员判断",
    report_by: "最迟提出",
    refund_from: "退款不早于",
    refund_by: "退款不迟于",
    after: "自以下时间起：",
    units: ["小时", "天", "个工作日", "周", "个月", "年"],
};

/// The page in the language at that place of the policy's languages; in the first where there is no such place.
///
/// Headings are in Chinese for `zh` and its variants, and in English for every other language.
#[must_use]
pub fn page(policy: &Policy, language: usize) -> String {
    let language = if language < policy.languages.len() { language } else { 0 };
    let tag = policy.languages.get(language).map_or("", String::as_str);
    let phrases = if tag == "zh" || tag.starts_with("zh-") { &CHINESE } else { &ENGLISH };
    let text = |texts: &[String]| texts.get(language).cloned().unwrap_or_default();
    let mut page = format!(
        "# {}\n\n{} {} · {} {}\n\n{}\n",
        text(&policy.title),
        phrases.version,
        policy.version,
        phrases.in_force,
        policy.effective,
        phrases.orders
    );
    for (place, clause) in policy.clauses.iter().enumerate() {
        let by_hand =
            if clause.by_hand { format!(" ({})", phrases.by_hand) } else { String::new() };
        // A heading a clause, so that a decision's clause ids lead to their place on the page.
        let _ = write!(page, "\n## § {}{by_hand}\n\n{}\n", clause.id, text(&clause.text));
        let dates = dates(policy, place, phrases);
        if !dates.is_empty() {
            let _ = write!(page, "\n{dates}");
        }
    }
    if !policy.vocabulary.slots.is_empty() {
        let _ = write!(page, "\n## {}\n\n", phrases.evidence);
        for slot in &policy.vocabulary.slots {
            let _ = writeln!(page, "- {} (`{}`)", text(&slot.label), slot.id);
        }
    }
    page
}

/// The dates that a clause sets, a line each.
fn dates(policy: &Policy, clause: usize, phrases: &Phrases) -> String {
    let rules = policy.rules.iter().filter(|rule| rule.clause == clause);
    let dues = rules.flat_map(|rule| &rule.effects).filter_map(|effect| match effect {
        Effect::Due(due) => Some(due),
        _ => None,
    });
    let mut lines: Vec<String> = dues.map(|due| date(policy, due, phrases)).collect();
    lines.dedup();
    if lines.is_empty() {
        String::new()
    } else {
        format!("{}\n\n{}", phrases.deadlines, lines.concat())
    }
}

fn date(policy: &Policy, due: &DueRule, phrases: &Phrases) -> String {
    let what = match &due.what {
        DueWhat::ReportBy => phrases.report_by.to_owned(),
        DueWhat::RefundFrom => phrases.refund_from.to_owned(),
        DueWhat::RefundBy => phrases.refund_by.to_owned(),
        DueWhat::Other(name) => name.replace('_', " "),
    };
    let [hours, days, working_days, weeks, months, years] = phrases.units;
    let unit = match due.length.unit {
        Unit::Hours => hours,
        Unit::Days => days,
        Unit::WorkingDays => working_days,
        Unit::Weeks => weeks,
        Unit::Months => months,
        Unit::Years => years,
    };
    let from = policy.vocabulary.name(due.from);
    format!("- {what}: {} {unit} {} `{from}`\n", due.length.amount, phrases.after)
}
