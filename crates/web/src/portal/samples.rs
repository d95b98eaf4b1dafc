//! The pages of a signed-in buyer, drawn with samples for the gallery.

use backhaul_core::policy::Catalogue;
use backhaul_core::words::{Cause, Condition, Remedy, Verdict};
use backhaul_language::{terms, words as w};
use jiff::Timestamp;
use jiff::civil::date;

use super::case::{CasePage, Missing, SaidShown};
use super::case_actions::CancelPage;
use super::case_view::{ClaimShown, PieceShown, RefundShown, Step};
use super::claim::{AnswerPart, Choice, ClaimPage, ClaimPart, Places, SlotShown, UnitChosen};
use super::order::{CaseShown, CauseShown, LineShown, OrderPage, UnitShown};
use super::policy;
use super::said::{ClauseSaid, DecisionSaid};
use super::withdraw::{UnitOffered, WithdrawPage};
use crate::pages::Layout;
use crate::pages::form::Faults;
use crate::pages::gallery::{Sample, sample};

type Frame<'a> = &'a dyn Fn(&str) -> Layout;

pub(super) fn all(outer: Frame<'_>) -> Vec<Sample> {
    let layout: Frame<'_> = &|title: &str| Layout {
        signed_in_as: Some("SO-1001".to_owned()),
        here: "/order".to_owned(),
        ways: Vec::new(),
        ..outer(title)
    };
    let mut nothing_chosen = order(layout, true);
    nothing_chosen.faults.add("units", w::claim_units_wrong(layout("")));
    let mut samples = vec![
        sample("portal-order-nothing-chosen", &nothing_chosen),
        sample("portal-order", &order(layout, true)),
        sample("portal-order-nothing", &order(layout, false)),
        sample("portal-claim-empty", &claim(layout, None)),
        sample("portal-claim-accepted", &claim(layout, Some(Verdict::Accepted))),
        sample("portal-claim-declined", &claim(layout, Some(Verdict::Declined))),
        sample("portal-claim-needs", &claim(layout, Some(Verdict::Needs))),
        sample("portal-case-missing", &case(layout, Verdict::Needs, 0)),
        sample("portal-case-authorised", &case(layout, Verdict::Accepted, 1)),
        sample("portal-case-refunded", &case(layout, Verdict::Accepted, 5)),
        sample("portal-case-declined", &case(layout, Verdict::Declined, 4)),
        sample("portal-cancel", &cancel(layout)),
        sample("portal-withdraw", &withdraw(layout, false)),
        sample("portal-withdraw-confirm", &withdraw(layout, true)),
    ];
    let built_in = Catalogue::built_in().ok();
    if let Some(known) = built_in.as_ref().and_then(|all| all.default_policy()) {
        samples.push(sample("portal-policy", &policy::page(layout(""), known, None)));
    }
    samples
}

fn day() -> Timestamp {
    "2026-03-04T10:00:00Z".parse().unwrap_or(Timestamp::UNIX_EPOCH)
}

fn order(layout: Frame<'_>, has_choice: bool) -> OrderPage {
    let page = layout(&w::order_title(layout(""), "SO-1001"));
    let cause = |cause: Cause, is_open: bool| CauseShown {
        cause: terms::cause(&page, cause).into_owned(),
        verdict: if is_open { w::order_open(&page) } else { w::order_closed(&page) }.into_owned(),
        is_open,
        by: (cause == Cause::Damaged).then(|| date(2026, 3, 11)),
        clauses: if is_open { Vec::new() } else { vec!["report.7d".to_owned()] },
    };
    let unit = |number: u32, is_free: bool| UnitShown {
        value: format!("L1:{number}"),
        label: format!("QA26026{number:02}"),
        case: (!is_free).then(|| "SO-1001-R1".to_owned()),
        is_free: is_free && has_choice,
    };
    let line = LineShown {
        name: "L1".to_owned(),
        sku: "QSFP28-100G-SR4".to_owned(),
        quantity: 3,
        headline: w::order_returnable_by(&page, page.date(&date(2026, 3, 11))).into_owned(),
        is_returnable: true,
        clause: None,
        causes: vec![
            cause(Cause::Quality, true),
            cause(Cause::Damaged, true),
            cause(Cause::Missing, false),
        ],
        units: vec![unit(7, true), unit(14, true), unit(21, false)],
        counted: 0,
    };
    let declared = LineShown {
        name: "L2".to_owned(),
        sku: "A-VERY-LONG-ARTICLE-NUMBER-THAT-HAS-TO-BREAK-SOMEWHERE-ON-A-SMALL-SCREEN-10M".to_owned(),
        quantity: 40,
        headline: "Not returnable: goods of which the order clearly declares that they cannot be returned.".to_owned(),
        is_returnable: false,
        clause: Some("exclude.declared".to_owned()),
        causes: Vec::new(),
        units: Vec::new(),
        counted: if has_choice { 40 } else { 0 },
    };
    OrderPage {
        number: "SO-1001".to_owned(),
        placed_at: day(),
        signed_at: Some(day()),
        cases: vec![CaseShown {
            case: "SO-1001-R1".to_owned(),
            state: terms::state(&page, backhaul_core::ledger::CaseState::Authorised).into_owned(),
            units: "QSFP28-100G-SR4 · QA2602621".to_owned(),
        }],
        lines: vec![line, declared],
        has_choice,
        claim_path: "/claim".to_owned(),
        case_path: "/case/",
        may_withdraw: has_choice,
        faults: Faults::default(),
        layout: page,
    }
}

fn said(layout: &Layout, verdict: Verdict) -> DecisionSaid {
    let headline = match verdict {
        Verdict::Accepted => w::answer_accepted(layout),
        Verdict::Declined => w::answer_declined(layout),
        Verdict::Needs => w::answer_needs(layout),
        Verdict::Review => w::answer_review(layout),
    };
    let clause = |id: &str, words: &str| ClauseSaid { id: id.to_owned(), words: words.to_owned() };
    DecisionSaid {
        about: "QSFP28-100G-SR4 · QA2602607".to_owned(),
        verdict,
        headline: headline.into_owned(),
        lines: vec![
            w::answer_return_merchant(layout).into_owned(),
            w::answer_report_by(layout, layout.date(&date(2026, 3, 11))).into_owned(),
            w::answer_refund_working_days(layout, 10).into_owned(),
        ],
        clauses: vec![
            clause("freight.merchant", "We pay the freight."),
            clause("report.7d", "Tell us within 7 days."),
        ],
        otherwise: if verdict == Verdict::Declined {
            vec!["reported on or before 2026-03-11".to_owned()]
        } else {
            Vec::new()
        },
        needs: if verdict == Verdict::Needs {
            vec![w::need_picture(layout, "the outer box as it arrived").into_owned()]
        } else {
            Vec::new()
        },
    }
}

fn claim(layout: Frame<'_>, verdict: Option<Verdict>) -> ClaimPage {
    let page = layout(&w::claim_title(layout("")));
    ClaimPage { form: claim_part(layout, verdict, Places::of_buyer()), layout: page }
}

/// The form of a claim, as it is drawn for a buyer or for a member of staff.
pub(crate) fn claim_part(layout: Frame<'_>, verdict: Option<Verdict>, places: Places) -> ClaimPart {
    let page = layout(&w::claim_title(layout("")));
    let choice = |value: &str, label: String, is_chosen: bool| Choice {
        value: value.to_owned(),
        label,
        help: String::new(),
        is_chosen: is_chosen && verdict.is_some(),
    };
    let needs = verdict == Some(Verdict::Needs);
    let mut faults = Faults::default();
    if verdict.is_none() {
        faults.add("cause", w::claim_cause_missing(&page));
    }
    let slot = |id: &str, fault: Option<String>| SlotShown {
        id: id.to_owned(),
        label: id.replace('_', " "),
        is_needed: needs,
        pictures: Vec::new(),
        fault,
    };
    ClaimPart {
        reported: places.is_of_staff.then(String::new),
        channels: vec![choice("phone", w::open_by_phone(&page).into_owned(), true)],
        places,
        faults,
        once: "sample".to_owned(),
        units: vec![UnitChosen {
            value: "L1:1".to_owned(),
            name: "QSFP28-100G-SR4 · QA2602607".to_owned(),
            parts: vec![choice("L1:1:PSU-A", "PSU-A · 77".to_owned(), false)],
        }],
        causes: Cause::ALL
            .iter()
            .map(|cause| {
                choice(
                    cause.as_str(),
                    terms::cause(&page, *cause).into_owned(),
                    *cause == Cause::Damaged,
                )
            })
            .collect(),
        remedies: [Remedy::Refund, Remedy::Replacement]
            .map(|remedy| {
                choice(
                    remedy.as_str(),
                    terms::remedy(&page, remedy).into_owned(),
                    remedy == Remedy::Refund,
                )
            })
            .into(),
        conditions: Condition::ALL
            .iter()
            .map(|known| {
                choice(
                    known.as_str(),
                    terms::condition(&page, *known).into_owned(),
                    *known == Condition::Unused,
                )
            })
            .collect(),
        platform: String::new(),
        facts: Vec::new(),
        words: String::new(),
        slots: vec![
            slot("outer_box", needs.then(|| w::picture_damaged(&page).into_owned())),
            slot("inner_package", None),
            slot("product", None),
        ],
        answer: AnswerPart {
            layout: layout(""),
            answers: verdict.map(|verdict| said(&page, verdict)).into_iter().collect(),
            seen: "sample".to_owned(),
            slots: if needs { vec!["outer_box".to_owned()] } else { Vec::new() },
            is_declined: verdict == Some(Verdict::Declined),
            is_ready: verdict.is_some(),
            refused: None,
        },
        is_new_answer: verdict == Some(Verdict::Declined),
        layout: page,
    }
}

fn case(layout: Frame<'_>, verdict: Verdict, place: usize) -> CasePage {
    use backhaul_core::ledger::CaseState;

    const WAY: [CaseState; 6] = [
        CaseState::Requested,
        CaseState::Authorised,
        CaseState::InTransit,
        CaseState::Received,
        CaseState::Inspected,
        CaseState::Resolved,
    ];
    let page = layout(&w::case_title(layout(""), "SO-1001-R1"));
    let step = |(at, state): (usize, &CaseState)| Step {
        label: terms::state(&page, *state).into_owned(),
        is_done: at < place,
        is_now: at == place,
    };
    let (is_authorised, is_paid) = (place == 1, place == 5);
    let refund = RefundShown {
        total: "EUR 117.81".to_owned(),
        parts: vec![
            ("QSFP28-100G-SR4 · QA2602607".to_owned(), "EUR 119.31".to_owned()),
            (w::case_deduction(&page, "freight.buyer").into_owned(), "− EUR 1.50".to_owned()),
        ],
        pieces: vec![PieceShown {
            amount: "EUR 117.81".to_owned(),
            way: w::path_original(&page).into_owned(),
            state: w::case_money_settled(&page).into_owned(),
        }],
    };
    let claim = ClaimShown {
        value: "L1:1".to_owned(),
        name: "QSFP28-100G-SR4 · QA2602607".to_owned(),
        state: WAY
            .get(place)
            .map_or_else(String::new, |state| terms::state(&page, *state).into_owned()),
        goods: w::goods_with_buyer(&page).into_owned(),
        cause: terms::cause(&page, Cause::Damaged).into_owned(),
        remedy: terms::remedy(&page, Remedy::Refund).into_owned(),
        decision: said(&page, verdict),
        findings: if place >= 4 {
            vec![w::finding_label_torn(&page).into_owned()]
        } else {
            Vec::new()
        },
        is_inspected: place >= 4,
        may_contest: verdict == Verdict::Declined,
        contest: None,
    };
    let message = |is_mine: bool, who: String, words: &str| SaidShown {
        is_mine,
        who,
        at: day(),
        words: words.to_owned(),
    };
    CasePage {
        faults: Faults::default(),
        once: "sample".to_owned(),
        case: "SO-1001-R1".to_owned(),
        path: "/case/SO-1001-R1".to_owned(),
        steps: WAY.iter().enumerate().map(step).collect(),
        next: match (verdict, is_authorised) {
            (Verdict::Needs, _) => w::next_evidence(&page),
            (_, true) => w::next_send_goods(&page),
            (Verdict::Declined, _) => w::next_send_back(&page),
            _ => w::next_nothing(&page),
        }
        .into_owned(),
        due: is_authorised.then(|| page.date(&date(2026, 4, 1))),
        claims: vec![claim],
        missing: if verdict == Verdict::Needs {
            vec![Missing {
                slot: "outer_box".to_owned(),
                label: "the outer box as it arrived".to_owned(),
            }]
        } else {
            Vec::new()
        },
        may_send: is_authorised,
        may_cancel: place <= 1,
        has_papers: is_authorised,
        has_receipt: is_paid,
        pictures: Vec::new(),
        refunds: if is_paid { vec![refund] } else { Vec::new() },
        said: vec![
            message(true, w::said_report(&page).into_owned(), "The box was crushed when it came."),
            message(
                false,
                w::said_staff(&page, "Lichtweg Optics").into_owned(),
                "Thank you. <b>Not bold</b>",
            ),
        ],
        message: String::new(),
        layout: page,
    }
}

fn cancel(layout: Frame<'_>) -> CancelPage {
    CancelPage {
        layout: layout(&w::cancel_title(layout(""), "SO-1001-R1")),
        once: "sample".to_owned(),
        path: "/case/SO-1001-R1".to_owned(),
        units: vec!["QSFP28-100G-SR4 · QA2602607".to_owned()],
    }
}

fn withdraw(layout: Frame<'_>, is_stated: bool) -> WithdrawPage {
    let unit = |number: u32| UnitOffered {
        value: format!("L1:{number}"),
        name: format!("QSFP28-100G-SR4 · QA26026{number:02}"),
        is_chosen: number == 7,
    };
    WithdrawPage {
        layout: layout(&w::withdraw_title(layout(""))),
        faults: Faults::default(),
        once: "sample".to_owned(),
        order: "SO-1001".to_owned(),
        name: "Buyer 1".to_owned(),
        email: "buyer1@example.com".to_owned(),
        units: vec![unit(7), unit(14)],
        words: String::new(),
        is_stated,
    }
}
