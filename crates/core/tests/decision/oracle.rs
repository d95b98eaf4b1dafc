//! The default policy once more: `decision.md`, rule by rule, over plain JSON values.
//!
//! It shares nothing with the engine but the zone database, and takes facts that are well-formed for granted. It is written to
//! be held beside the page, not to be fast or general.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::working_days;

/// The clauses, in the order in which a decision lists them.
const CLAUSES: [&str; 15] = [
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
];

const MISUSE: [&str; 8] = [
    "unauthorised_repair",
    "alteration",
    "collision",
    "misuse",
    "abuse",
    "liquid",
    "improper_installation",
    "instructions_not_followed",
];
const MARKS: [&str; 6] = [
    "label_torn",
    "label_altered",
    "serial_altered",
    "serial_mismatch",
    "waterproof_mark",
    "orientation_mark",
];
const INCOMPLETE: [&str; 5] = [
    "packaging_missing",
    "accessory_missing",
    "gift_missing",
    "manual_missing",
    "appearance_damaged",
];
const CONDITIONS: [&str; 3] = ["unused", "tried", "used"];
const SLOTS: [&str; 3] = ["outer_box", "inner_package", "product"];

/// The text at that pointer, unless it is left out, null or blank.
fn text<'a>(facts: &'a Value, pointer: &str) -> Option<&'a str> {
    facts.pointer(pointer)?.as_str().filter(|text| !text.trim().is_empty())
}

/// The texts of the list at that pointer, where a list is given.
fn given<'a>(facts: &'a Value, pointer: &str) -> Option<Vec<&'a str>> {
    let items = facts.pointer(pointer)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).filter(|text| !text.trim().is_empty()).collect())
}

fn list<'a>(facts: &'a Value, pointer: &str) -> Vec<&'a str> {
    given(facts, pointer).unwrap_or_default()
}

/// The date of the moment at that pointer, in that zone.
fn local_date(facts: &Value, pointer: &str, zone: &str) -> Option<Date> {
    let moment: jiff::Timestamp = text(facts, pointer)?.parse().unwrap();
    Some(moment.to_zoned(TimeZone::get(zone).unwrap()).date())
}

fn alike(a: &str, b: &str) -> bool {
    let normal = |text: &str| {
        text.to_lowercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    normal(a) == normal(b)
}

/// What rules 1 and 2 make of the facts, and what the later rules ask again and again.
struct Claim<'a> {
    facts: &'a Value,
    cause: &'a str,
    turned_by_inspection: bool,
    condition: usize,
    in_transit: bool,
    /// The cause concerns the whole line, not its faulty components.
    whole_line: bool,
    line_components: Vec<&'a str>,
    claimed: Vec<&'a str>,
    faulty: Option<Vec<&'a str>>,
    report_by: Option<Date>,
}

impl<'a> Claim<'a> {
    fn new(facts: &'a Value) -> Self {
        let claimed_cause = text(facts, "/claim/cause").unwrap();
        let by_platform = own_by_platform(facts, claimed_cause);
        let no_fault = facts.pointer("/inspection/fault_found") == Some(&Value::Bool(false));
        let turned_by_inspection =
            no_fault && !by_platform && matches!(claimed_cause, "quality" | "compatibility");
        let cause = if by_platform || turned_by_inspection { "own_reasons" } else { claimed_cause };

        let in_transit = matches!(cause, "damaged" | "mismatch" | "missing");
        let zone = text(facts, "/order/time_zone").unwrap();
        let signed = local_date(facts, "/order/signed_at", zone);
        Self {
            facts,
            cause,
            turned_by_inspection,
            condition: claim_condition(facts).max(inspected_condition(facts)),
            in_transit,
            whole_line: matches!(cause, "own_reasons" | "mismatch" | "missing"),
            line_components: list(facts, "/line/components"),
            claimed: list(facts, "/claim/components"),
            faulty: given(facts, "/inspection/faulty_components"),
            report_by: signed.filter(|_| in_transit).map(|day| day.checked_add(7.days()).unwrap()),
        }
    }

    fn is_refund(&self) -> bool {
        text(self.facts, "/claim/remedy") == Some("refund")
    }

    fn voucher(&self) -> &'a str {
        text(self.facts, "/order/voucher").unwrap()
    }

    fn found_any_of(&self, group: &[&str]) -> bool {
        list(self.facts, "/inspection/findings").iter().any(|finding| group.contains(finding))
    }

    /// Rule 3.
    fn is_excluded_by(&self, ground: &str) -> bool {
        match ground {
            "exclude.voucher" => matches!(self.voucher(), "absent" | "forged"),
            "exclude.declared" => {
                self.facts.pointer("/line/declared_non_returnable") == Some(&Value::Bool(true))
            }
            "exclude.used" => match CONDITIONS[self.condition] {
                "used" => self.cause != "quality",
                "tried" => self.cause != "quality" && self.cause != "compatibility",
                _ => false,
            },
            "exclude.misuse" => self.found_any_of(&MISUSE),
            "exclude.marks" => self.found_any_of(&MARKS),
            "exclude.incomplete" => self.found_any_of(&INCOMPLETE),
            "report.7d" => {
                let zone = text(self.facts, "/order/time_zone").unwrap();
                let reported = local_date(self.facts, "/claim/reported_at", zone).unwrap();
                self.report_by.is_some_and(|last_day| reported > last_day)
            }
            "replace.part" => {
                !self.is_refund()
                    && !self.claimed.is_empty()
                    && !self.whole_line
                    && self.faulty.as_ref().is_some_and(|faulty| {
                        !self.claimed.iter().any(|component| faulty.contains(component))
                    })
            }
            _ => false,
        }
    }

    /// Rule 4.
    fn needs(&self) -> Vec<String> {
        let mut needs = Vec::new();
        if self.in_transit {
            let evidence = list(self.facts, "/claim/evidence");
            let waived = list(self.facts, "/claim/waived");
            for slot in SLOTS {
                if !evidence.contains(&slot) && !waived.contains(&slot) {
                    needs.push(format!("evidence.{slot}"));
                }
            }
        }
        // That `sold_for` is known follows: without it the cause were `own_reasons`.
        if self.cause == "compatibility" && text(self.facts, "/claim/platform").is_none() {
            needs.push("platform".to_owned());
        }
        if !self.is_refund()
            && !self.line_components.is_empty()
            && !self.whole_line
            && self.claimed.is_empty()
        {
            needs.push("components".to_owned());
        }
        needs
    }

    /// Rule 5.
    fn is_for_review(&self) -> bool {
        self.voucher() == "presented"
            || self.in_transit && text(self.facts, "/order/signed_at").is_none()
    }

    /// Rule 8, of a claim that is not declined.
    fn freight(&self) -> Value {
        let payer = if self.cause == "own_reasons" { "buyer" } else { "merchant" };
        json!({
            "return": (self.cause != "missing").then_some(payer),
            "replacement": (!self.is_refund()).then_some(payer),
        })
    }

    /// Rule 9, of a claim that is not declined.
    fn replaced(&self) -> Vec<&'a str> {
        if self.is_refund() {
            return Vec::new();
        }
        let is_replaced = |component: &&str| {
            if self.whole_line {
                self.claimed.is_empty() || self.claimed.contains(component)
            } else {
                self.claimed.contains(component)
                    && self.faulty.as_ref().is_none_or(|faulty| faulty.contains(component))
            }
        };
        self.line_components.iter().copied().filter(is_replaced).collect()
    }

    /// Whether a claim that is not declined rests on that clause.
    fn rests_on(&self, clause: &str) -> bool {
        match clause {
            "freight.merchant" => self.cause != "own_reasons" || self.turned_by_inspection,
            "freight.buyer" => self.cause == "own_reasons",
            "goods_first" => self.cause != "missing",
            "report.7d" | "evidence" => self.in_transit,
            "refund.path" | "refund.3-10wd" => self.is_refund(),
            "replace.part" => !self.replaced().is_empty(),
            "guidance" => true,
            "exclude.voucher" => self.voucher() == "presented",
            _ => false,
        }
    }

    /// Rule 11: the entry of a ground, without its sentence.
    fn otherwise(&self, ground: &str) -> Option<Value> {
        let pointer = match ground {
            "report.7d" => "/claim/reported_at",
            "exclude.used" if inspected_condition(self.facts) > claim_condition(self.facts) => {
                "/inspection/condition"
            }
            "exclude.used" => "/claim/condition",
            "exclude.voucher" => "/order/voucher",
            "exclude.incomplete" if self.found_any_of(&INCOMPLETE[..4]) => "/inspection/findings",
            "replace.part" if self.faulty.as_ref().is_some_and(|faulty| !faulty.is_empty()) => {
                "/claim/components"
            }
            _ => return None,
        };
        Some(json!({"clause": ground, "pointer": pointer}))
    }
}

/// Rule 1, as far as the platform decides.
fn own_by_platform(facts: &Value, cause: &str) -> bool {
    cause == "compatibility"
        && match (text(facts, "/line/sold_for"), text(facts, "/claim/platform")) {
            (None, _) => true,
            (Some(sold_for), Some(platform)) => !alike(sold_for, platform),
            (Some(_), None) => false,
        }
}

fn rank(condition: Option<&str>) -> usize {
    condition
        .and_then(|condition| CONDITIONS.iter().position(|known| *known == condition))
        .unwrap_or(0)
}

fn claim_condition(facts: &Value) -> usize {
    rank(text(facts, "/claim/condition"))
}

fn inspected_condition(facts: &Value) -> usize {
    rank(text(facts, "/inspection/condition"))
}

/// The decision on well-formed facts, but for the sentences of `otherwise`.
pub(crate) fn decide(facts: &Value) -> Value {
    let claim = Claim::new(facts);
    let grounds: Vec<&str> =
        CLAUSES.into_iter().filter(|clause| claim.is_excluded_by(clause)).collect();
    let declined = !grounds.is_empty();
    let needs = if declined { Vec::new() } else { claim.needs() };
    let verdict = if declined {
        "declined"
    } else if !needs.is_empty() {
        "needs"
    } else if claim.is_for_review() {
        "review"
    } else {
        "accepted"
    };

    let received = local_date(facts, "/received_at", "Asia/Shanghai");
    let refund =
        received.filter(|_| claim.is_refund() && !declined).map(working_days::refund_dates);
    let decision = if declined {
        let return_freight = (received.is_some() && claim.cause != "missing").then_some("buyer");
        json!({
            "remedies": [],
            "freight": {"return": return_freight, "replacement": null},
            "replace_components": [],
            "otherwise": grounds.iter().filter_map(|g| claim.otherwise(g)).collect::<Vec<_>>(),
            "clauses": grounds,
        })
    } else {
        json!({
            "remedies": ["refund", "replacement"],
            "freight": claim.freight(),
            "replace_components": claim.replaced(),
            "otherwise": [],
            "clauses": CLAUSES.into_iter().filter(|c| claim.rests_on(c)).collect::<Vec<_>>(),
        })
    };
    let mut decision: Map<String, Value> = decision.as_object().unwrap().clone();
    decision.insert("id".to_owned(), facts["id"].clone());
    decision.insert("verdict".to_owned(), verdict.into());
    decision.insert("cause".to_owned(), claim.cause.into());
    decision.insert("needs".to_owned(), needs.into());
    let dates = json!({
        "report_by": claim.report_by.map(|day| day.to_string()),
        "refund_from": refund.as_ref().map(|dates| dates.from.to_string()),
        "refund_by": refund.as_ref().map(|dates| dates.by.to_string()),
    });
    decision.insert("dates".to_owned(), dates);
    if refund.is_some_and(|dates| dates.provisional) {
        decision.insert("calendar_provisional".to_owned(), true.into());
    }
    decision.into()
}
