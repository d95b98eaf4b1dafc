//! A case drawn with samples for the gallery: waiting for each of what a representative does.

use backhaul_core::ledger::{Attention, CaseState, Goods, NextStep};
use backhaul_core::words::{Cause, Condition, Remedy, Verdict, Voucher};
use backhaul_language::{Language, format, terms, words as w};
use jiff::Timestamp;
use jiff::civil::date;

use super::around::{History, OfSerial, Other, ParcelShown, RefundShown};
use super::case::{BuyerShown, CasePage, May, Missing, Picture, SaidShown, ToAuthorise};
use super::claims::{Choice, ClaimsShown, Decided, Edit, OverruledShown};
use super::facts;
use super::timeline::Happened;
use crate::pages::Layout;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::{Sample, sample};
use crate::portal::said::ClauseSaid;

type Frame<'a> = &'a dyn Fn(&str) -> Layout;

const CASE: &str = "SO-1001-R1";

pub(super) fn of_case(layout: Frame<'_>) -> Vec<Sample> {
    let mut moved = page(layout, NextStep::Authorise);
    moved.faults.add("next", w::case_moved(layout("")));
    moved.typed = Fields::of(vec![
        ("do".to_owned(), "write".to_owned()),
        ("as".to_owned(), "note".to_owned()),
    ]);
    moved.message.push_str("The buyer phoned: the box was open.");
    let mut reader = page(layout, NextStep::InspectUnit);
    reader.may = May::default();
    reader.buyer = None;
    vec![
        sample("console-case-authorise", &page(layout, NextStep::Authorise)),
        sample("console-case-missing", &page(layout, NextStep::AddEvidence)),
        sample("console-case-contested", &page(layout, NextStep::AnswerContest)),
        sample("console-case-over", &page(layout, NextStep::Nothing)),
        sample("console-case-moved", &moved),
        sample("console-case-reader", &reader),
    ]
}

fn choice(value: &str, label: impl Into<String>, is_chosen: bool) -> Choice {
    Choice { value: value.to_owned(), label: label.into(), is_chosen }
}

/// Two units, both chosen.
pub(super) fn units() -> Vec<Choice> {
    vec![
        choice("L1:1", "QSFP28-100G-SR4 · S1", true),
        choice("L1:2", format!("QSFP28-100G-SR4 · {}", "S2-".repeat(40)), true),
    ]
}

/// Two clauses, the first chosen.
pub(super) fn clauses() -> Vec<Choice> {
    vec![
        choice("report.7d", "§ report.7d: Tell your representative of goods that arrived…", true),
        choice("exclude.law", "§ exclude.law: What a law says goes before all of this.", false),
    ]
}

/// A decision, for or against.
pub(super) fn decided(layout: &Layout, is_for: bool) -> Decided {
    let language: Language = layout.language;
    let day = |day| format::date(language, date(2026, 4, day));
    let verdict = if is_for { Verdict::Accepted } else { Verdict::Declined };
    Decided {
        policy: "optics@1".to_owned(),
        verdict,
        headline: terms::verdict(language, verdict).into_owned(),
        lines: if is_for {
            vec![
                w::case_return_paid_by(language, w::payer_merchant(language)).into_owned(),
                w::case_refund_between(language, day(16), day(7)).into_owned(),
            ]
        } else {
            Vec::new()
        },
        clauses: vec![ClauseSaid {
            id: "report.7d".to_owned(),
            words: "Tell your representative within 7 days after you signed.".to_owned(),
        }],
        needs: Vec::new(),
        otherwise: if is_for { Vec::new() } else { vec!["a report by 11 March".to_owned()] },
    }
}

fn claim(layout: &Layout, step: NextStep) -> ClaimsShown {
    let language = layout.language;
    let mut decided = decided(layout, step != NextStep::Nothing);
    if step == NextStep::AddEvidence {
        decided.verdict = Verdict::Needs;
        decided.headline = terms::verdict(language, Verdict::Needs).into_owned();
        decided.needs = vec!["outer box".to_owned()];
    }
    let word = |value: &str, label: std::borrow::Cow<'static, str>| {
        choice(value, label, value == "damaged" || value == "used")
    };
    let is_contested = step == NextStep::AnswerContest;
    ClaimsShown {
        units: (1..=7).map(|n| (format!("L1:{n}"), format!("QSFP28-100G-SR4 · S{n}"))).collect(),
        state: terms::state(language, CaseState::Requested).into_owned(),
        goods: terms::goods(language, Goods::WithBuyer).into_owned(),
        cause: terms::cause(language, Cause::Damaged).into_owned(),
        remedy: terms::remedy(language, Remedy::Refund).into_owned(),
        decided,
        overruled: (step == NextStep::Nothing).then(|| OverruledShown {
            said: w::case_decided_accept(language, "ada").into_owned(),
            clause: "exclude.law".to_owned(),
            reason: "The parcel lay at the wrong door for a week.".to_owned(),
        }),
        facts: vec![
            facts::sample(
                w::case_fact_cause(language).into_owned(),
                terms::cause(language, Cause::Damaged).into_owned(),
                Some(
                    w::case_fact_amended(
                        language,
                        layout.moment(&Timestamp::UNIX_EPOCH),
                        terms::cause(language, Cause::Quality),
                    )
                    .into_owned(),
                ),
            ),
            facts::sample(
                w::case_fact_voucher(language).into_owned(),
                terms::voucher(language, Voucher::OnFile).into_owned(),
                None,
            ),
        ],
        edit: (step != NextStep::Nothing).then(|| Edit {
            causes: Cause::ALL
                .iter()
                .map(|cause| word(cause.as_str(), terms::cause(language, *cause)))
                .collect(),
            conditions: Condition::ALL
                .iter()
                .map(|known| word(known.as_str(), terms::condition(language, *known)))
                .collect(),
            platform: Some("Arista 7050X3".to_owned()),
            remedies: vec![word("refund", terms::remedy(language, Remedy::Refund))],
        }),
        is_contested,
        contest: is_contested.then(|| w::case_contested(language).into_owned()),
        inspection_href: is_contested
            .then(|| "/desk/dock/inspections/SO-1001-R1/L1%231".to_owned()),
        serials: Vec::new(),
    }
}

fn may(step: NextStep) -> May {
    let is_over = step == NextStep::Nothing;
    May {
        guide: true,
        ask: step == NextStep::AddEvidence,
        decline: !is_over,
        decide: true,
        deduct: true,
        close: is_over,
        reopen: is_over,
        change_order_facts: !is_over,
    }
}

fn missing() -> Missing {
    Missing {
        slot: "outer_box".to_owned(),
        label: "the outer box as it arrived".to_owned(),
        units: vec!["L1:1".to_owned()],
    }
}

fn refund(language: Language) -> RefundShown {
    RefundShown {
        id: "SO-1001-R1-F1".to_owned(),
        total: "EUR 117.81".to_owned(),
        said: w::case_refund_done(language).into_owned(),
        href: None,
    }
}

fn parcel() -> ParcelShown {
    ParcelShown { id: "SO-1001-R1-8f".to_owned(), is_received: true }
}

fn history(language: Language) -> History {
    let opened = format::date(language, date(2026, 1, 5));
    let other = |case: &str| Other {
        case: case.to_owned(),
        href: format!("/desk/cases/{case}"),
        said: w::case_history_line(
            language,
            terms::cause(language, Cause::Quality),
            &opened,
            terms::state(language, CaseState::Resolved),
        )
        .into_owned(),
    };
    History {
        of_order: vec![other("SO-1001-R2")],
        of_buyer: vec![other("SO-0977-R1"), other("SO-0978-R1")],
        is_cut: true,
        of_serials: vec![OfSerial { serial: "S1".to_owned(), cases: vec![other("SO-0600-R1")] }],
    }
}

fn said(language: Language) -> Vec<SaidShown> {
    let said = |who: &str, what: String, words: &str, is_ours: bool| SaidShown {
        who: who.to_owned(),
        what,
        at: Timestamp::UNIX_EPOCH,
        words: words.to_owned(),
        is_note: is_ours,
        is_ours,
    };
    let report = "The box was crushed.\n<b>Not bold</b>";
    vec![
        said(&w::case_by_buyer(language), w::talk_report(language).into_owned(), report, false),
        said("ada", w::talk_note(language).into_owned(), "Phoned; will send pictures.", true),
    ]
}

fn timeline(language: Language) -> Vec<Happened> {
    let happened = |what: String, who: Option<&str>, why: Option<&str>| Happened {
        at: Timestamp::UNIX_EPOCH,
        what,
        who: who.map(str::to_owned),
        why: why.map(str::to_owned),
    };
    let cancelled = w::happened_cancelled(language).into_owned();
    vec![
        happened(w::happened_note(language).into_owned(), Some("ada"), None),
        happened(cancelled, Some("ada"), Some("The buyer keeps it.")),
        happened(w::happened_opened(language, CASE).into_owned(), None, None),
    ]
}

fn page(layout: Frame<'_>, step: NextStep) -> CasePage {
    let around = layout(&w::case_heading(layout(""), CASE));
    let language = around.language;
    let is_missing = step == NextStep::AddEvidence;
    let is_over = step == NextStep::Nothing;
    CasePage {
        faults: Faults::default(),
        typed: Fields::default(),
        once: "sample".to_owned(),
        version: 3,
        href: format!("/desk/cases/{CASE}"),
        case: CASE.to_owned(),
        order: "SO-1001".to_owned(),
        state: terms::state(language, CaseState::Requested).into_owned(),
        step: step.as_str(),
        next: terms::next_step(language, step).into_owned(),
        waits_for: terms::attention(language, Attention::Staff).into_owned(),
        due: (!is_missing).then(|| around.moment(&Timestamp::UNIX_EPOCH)),
        is_overdue: true,
        opened_at: Timestamp::UNIX_EPOCH,
        assignee: is_missing.then(|| "ada".to_owned()),
        is_mine: is_missing,
        split_from: is_over.then(|| "SO-1001-R0".to_owned()),
        buyer: Some(BuyerShown {
            name: Some("Ada van Example".to_owned()),
            email: Some(format!("{}@shop.example", "ada".repeat(15))),
            language: "Deutsch".to_owned(),
        }),
        may: may(step),
        to_authorise: (step == NextStep::Authorise).then(|| ToAuthorise {
            units: "QSFP28-100G-SR4 · S1".to_owned(),
            instructions: w::case_instructions(language, CASE).into_owned(),
            last_day: date(2026, 4, 30),
        }),
        claims: vec![claim(&around, step)],
        missing: is_missing.then(missing).into_iter().collect(),
        signed_at: "2026-03-04T15:20".to_owned(),
        vouchers: vec![choice("on_file", terms::voucher(language, Voucher::OnFile), true)],
        pictures: vec![Picture {
            file: "sample".to_owned(),
            slot: "the outer box".to_owned(),
            is_picture: false,
        }],
        said: said(language),
        templates: vec![choice("ask_for_evidence", "Ask for what is missing", is_missing)],
        message: if is_missing { "We still need: the outer box".to_owned() } else { String::new() },
        draft_fault: is_over.then(|| w::case_draft_not_known(language, "{send_by}").into_owned()),
        has_papers: !is_missing,
        refunds: is_over.then(|| refund(language)).into_iter().collect(),
        parcels: is_over.then(parcel).into_iter().collect(),
        history: if is_missing { History::default() } else { history(language) },
        timeline: timeline(language),
        staff: vec![choice("ada", "ada", true), choice("bo", "bo", false)],
        mergeable: vec!["SO-1001-R2".to_owned()],
        splittable: units(),
        cancellable: if is_over { Vec::new() } else { units() },
        layout: around,
    }
}
