//! Refunds by the day on which they are due, the overdue first: those to approve, of which several can be released at once, and the
//! pieces of those that were, by where they stand.

use axum::extract::State;
use backhaul_app::{Once, Right, WaitingView};
use backhaul_core::ledger::{CaseId, WaitingKind};
use backhaul_core::money::Money;
use backhaul_language::{format, words as w};
use backhaul_store::refund_index::{After, COUNTED_MAX, RefundRow};
use backhaul_store::refund_proposals::ProposalRow;
use jiff::Timestamp;
use jiff::civil::Date;

use super::release::{self, Outcome};
use crate::Service;
use crate::console::waiting_page;
use crate::pages::address::{after, asked, next, part};
use crate::pages::form::{Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

pub(in crate::console) const REFUNDS: &str = "/desk/refunds";
/// How many rows stand on a page.
const ROWS: u32 = 50;
/// The list of those that wait for a second person.
const SECOND: &str = "second";
/// The states of pieces that have a list of their own.
const STATES: [&str; 6] = ["reserved", "submitted", "unclear", "manual", "failed", "settled"];
/// Those of which it is said how many there are: of what has settled there are only ever more.
const COUNTED: [&str; 5] = ["reserved", "submitted", "unclear", "manual", "failed"];

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(REFUNDS, Reader::With(Right::ReadRefunds), show),
        Page::post("/desk/refunds/release", Reader::With(Right::ManageRefunds), release_several),
    ]
}

/// A list, in the navigation of this page.
struct Tab {
    href: String,
    name: String,
    count: Option<String>,
    is_here: bool,
}

/// A case whose refund waits to be approved.
struct ToApprove {
    case: String,
    order: String,
    href: String,
    total: Option<Money>,
    due_at: Option<Timestamp>,
    is_overdue: bool,
    /// The first day on which it may leave, where that is still to come.
    not_before: Option<Date>,
    has_deductions: bool,
}

impl ToApprove {
    /// Whether it can be released without a look at it.
    fn is_plain(&self) -> bool {
        self.total.is_some() && self.not_before.is_none() && !self.has_deductions
    }
}

/// A piece of a refund, or a refund of which something is to be looked at.
struct Piece {
    href: String,
    name: String,
    case: String,
    amount: Option<Money>,
    path: String,
    /// What is said of it in the place of its day.
    said: Option<String>,
    due_at: Option<Timestamp>,
    is_overdue: bool,
}

/// What came of one case of a batch.
struct Released {
    case: String,
    href: Option<String>,
    said: String,
    is_done: bool,
}

#[derive(askama::Template)]
#[template(path = "console/finance/list.html")]
struct ListPage {
    layout: Layout,
    once: String,
    tabs: Vec<Tab>,
    /// What is to be done about what stands in this list.
    help: String,
    may_release: bool,
    to_approve: Vec<ToApprove>,
    pieces: Vec<Piece>,
    released: Vec<Released>,
    next: Option<String>,
}

/// The name of a list, and what to do about what stands in it.
fn named(visit: impl backhaul_language::Speaks + Copy, list: &str) -> (String, String) {
    let (name, help) = match list {
        SECOND => (w::finance_second(visit), w::finance_second_help(visit)),
        "reserved" => (w::finance_reserved(visit), w::finance_reserved_help(visit)),
        "submitted" => (w::finance_submitted(visit), w::finance_submitted_help(visit)),
        "unclear" => (w::finance_unclear(visit), w::finance_unclear_help(visit)),
        "manual" => (w::finance_manual(visit), w::finance_manual_help(visit)),
        "failed" => (w::finance_failed(visit), w::finance_failed_help(visit)),
        "settled" => (w::finance_settled(visit), w::finance_settled_help(visit)),
        "rest" => (w::finance_rest(visit), w::finance_rest_help(visit)),
        "contradiction" => (w::finance_contradiction(visit), w::finance_contradiction_help(visit)),
        _ => (w::finance_approval(visit), w::finance_approval_help(visit)),
    };
    (name.into_owned(), help.into_owned())
}

/// The lists, with how much stands in each of those in which somebody must do something.
const LISTS: [&str; 10] = [
    "approval",
    SECOND,
    "reserved",
    "submitted",
    "unclear",
    "manual",
    "rest",
    "contradiction",
    "failed",
    "settled",
];

fn here(list: &str) -> String {
    if list == "approval" { REFUNDS.to_owned() } else { format!("{REFUNDS}?list={list}") }
}

async fn tabs(
    service: &Service,
    visit: &Visit,
    list: &str,
    proposals: usize,
) -> Result<Vec<Tab>, PageFault> {
    let waiting = service.app.waiting_counts().await?;
    let counts = service.app.refund_counts(&COUNTED).await?;
    let count = |list: &str| -> i64 {
        if list == SECOND {
            return i64::try_from(proposals).unwrap_or(i64::MAX);
        }
        if let Some(kind) = WaitingKind::ALL.iter().find(|kind| kind.as_str() == list) {
            return waiting.get(kind).copied().unwrap_or(0);
        }
        counts.iter().find(|(state, _)| *state == list).map_or(0, |(_, count)| *count)
    };
    let said = |list: &str| match count(list) {
        // Where counting ended there may be more.
        most if most >= i64::from(COUNTED_MAX) && COUNTED.contains(&list) => format!("{most}+"),
        few => few.to_string(),
    };
    let tab = |known: &&'static str| Tab {
        href: here(known),
        name: named(visit, known).0,
        count: (*known != "settled").then(|| said(known)),
        is_here: *known == list,
    };
    Ok(LISTS.iter().map(tab).collect())
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    page(&service, &visit, Vec::new()).await
}

async fn page(service: &Service, visit: &Visit, released: Vec<Released>) -> Answer {
    let list = asked(visit, "list").unwrap_or_else(|| "approval".to_owned());
    let list = LISTS.into_iter().find(|known| *known == list).ok_or(PageFault::NotFound)?;
    let proposals = service.app.refund_proposals(ROWS).await?;
    let tabs = tabs(service, visit, list, proposals.len()).await?;
    let (mut to_approve, mut pieces) = (Vec::new(), Vec::new());
    let next = if list == SECOND {
        pieces = proposals.into_iter().map(|row| proposal(visit, row)).collect();
        None
    } else if let Some(state) = STATES.into_iter().find(|state| *state == list) {
        let (rows, next) = in_state(service, visit, state).await?;
        pieces = rows;
        next
    } else {
        let kind = WaitingKind::ALL.iter().copied().find(|kind| kind.as_str() == list);
        let kind = kind.ok_or(PageFault::NotFound)?;
        let (rows, next) = waiting_page::of(service, visit, kind).await?;
        for row in rows {
            if kind == WaitingKind::Approval {
                to_approve.extend(approval(service, visit, row)?);
            } else {
                pieces.push(refund(visit, row));
            }
        }
        next
    };
    let (name, help) = named(visit, list);
    draw(&ListPage {
        layout: Layout::of(visit, &w::finance_title(visit, name)),
        once: new_once()?,
        tabs,
        help,
        may_release: visit.has(Right::ManageRefunds),
        to_approve,
        pieces,
        released,
        next,
    })
}

async fn in_state(
    service: &Service,
    visit: &Visit,
    state: &'static str,
) -> Result<(Vec<Piece>, Option<String>), PageFault> {
    let begins: Option<(i64, String, String, i64)> = after(visit)?;
    let begins = begins.map_or_else(After::start, |(due_at_us, order, refund, piece)| After {
        due_at_us,
        order,
        refund,
        piece,
    });
    let rows = service.app.refunds(state, begins, ROWS).await?;
    let cursor = |row: &RefundRow| {
        let After { due_at_us, order, refund, piece } = After::row(row);
        (due_at_us, order, refund, piece)
    };
    let (rows, next) = next(rows, ROWS, cursor);
    let is_open = state != "settled" && state != "failed";
    let piece = |row: RefundRow| Piece {
        href: format!(
            "/desk/refunds/case/{}/{}",
            part(row.case.as_str()),
            part(row.instruction.refund.as_str())
        ),
        name: row.instruction.to_string(),
        case: row.case.to_string(),
        amount: Some(row.amount),
        path: if row.by_bank { w::finance_by_bank(visit) } else { w::finance_by_provider(visit) }
            .into_owned(),
        said: None,
        is_overdue: is_open && row.due_at.is_some_and(|due| due < visit.now),
        due_at: row.due_at,
    };
    Ok((rows.into_iter().map(piece).collect(), next))
}

/// A refund that somebody proposed. Whoever is the second looks at it as the first did.
fn proposal(visit: &Visit, row: ProposalRow) -> Piece {
    Piece {
        href: format!("/desk/refunds/approve/{}", part(row.case.as_str())),
        name: row.refund.to_string(),
        case: row.case.to_string(),
        amount: Some(row.amount),
        path: String::new(),
        said: Some(
            w::finance_proposed_by(visit, format::moment(visit, row.at, &visit.zone), row.by)
                .into_owned(),
        ),
        due_at: None,
        is_overdue: false,
    }
}

fn refund(visit: &Visit, WaitingView { row, view }: WaitingView) -> Piece {
    let subject = row.waiting.subject;
    let case = row.waiting.case.map_or_else(String::new, |case| case.to_string());
    let refund = view.ledger.refunds.iter().find(|(id, _)| id.as_str() == subject);
    Piece {
        href: format!("/desk/refunds/case/{}/{}", part(&case), part(&subject)),
        name: subject.clone(),
        case,
        amount: refund.and_then(|(_, refund)| refund.unissued().ok()),
        path: String::new(),
        said: None,
        is_overdue: row.due_at.is_some_and(|due| due < visit.now),
        due_at: row.due_at,
    }
}

fn approval(
    service: &Service,
    visit: &Visit,
    WaitingView { row, view }: WaitingView,
) -> Result<Option<ToApprove>, PageFault> {
    let Some(case) = row.waiting.case else { return Ok(None) };
    let units = release::ready(&view, &case);
    let today = service.app.policy_of(&view)?.zone.date(visit.now);
    let not_before = release::first_day(&view, &case, &units).filter(|day| *day > today);
    let has_deductions = release::has_deductions(&view, &case, &units);
    let mut command = release::in_full(&view, &case, units)?;
    if not_before.is_some() {
        // Only to know the total: the words of a preview are kept nowhere.
        command.early = backhaul_core::ledger::TextId::new("preview").ok();
    }
    let who = visit.who()?;
    let events = service.app.preview(&who, &view, &command.into());
    let total = events.ok().and_then(|events| match release::released(&events)? {
        Outcome::Approved(_, total) | Outcome::Proposed(total) => Some(total),
    });
    Ok(Some(ToApprove {
        href: format!("/desk/refunds/approve/{}", part(case.as_str())),
        case: case.to_string(),
        order: view.order.number.clone(),
        total,
        is_overdue: row.due_at.is_some_and(|due| due < visit.now),
        due_at: row.due_at,
        not_before,
        has_deductions,
    }))
}

/// Several at once: each goes through the door by itself, under a key of its own.
async fn release_several(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let once = fields.once(&visit)?;
    let mut released = Vec::new();
    for case in fields.all("case").take(ROWS.try_into().unwrap_or(usize::MAX)) {
        let (said, is_done, href) = match release_one(&service, &visit, case, &once).await {
            Ok((said, href)) => (said, true, Some(href)),
            Err(fault) => (fault.said(&visit), false, None),
        };
        released.push(Released { case: case.to_owned(), href, said, is_done });
    }
    if released.is_empty() {
        return Err(PageFault::Said(w::finance_choose(&visit).into_owned()));
    }
    let visit = Visit { here: REFUNDS.to_owned(), ..visit };
    page(&service, &visit, released).await
}

async fn release_one(
    service: &Service,
    visit: &Visit,
    case: &str,
    once: &Once,
) -> Result<(String, String), PageFault> {
    let case = CaseId::new(case).map_err(|_| PageFault::Malformed)?;
    let view = service.app.order_of_case(&case).await?.ok_or(PageFault::NotFound)?;
    let once = Once { key: format!("{}/{case}", once.key), ..once.clone() };
    let events = if let Some((_, done)) = service.app.carried_out(&once).await? {
        done.events
    } else {
        let units = release::ready(&view, &case);
        if release::has_deductions(&view, &case, &units) {
            return Err(PageFault::Said(w::finance_has_deductions(visit).into_owned()));
        }
        let command = release::in_full(&view, &case, units)?;
        let number = &view.order.number;
        release::release(service, visit, number, command, Vec::new(), once).await?.events
    };
    let money = |total| backhaul_language::format::money(visit, total);
    match release::released(&events).ok_or(PageFault::Changed)? {
        Outcome::Approved(refund, total) => {
            let (case, refund) = (part(case.as_str()), part(refund.as_str()));
            let href = format!("/desk/refunds/case/{case}/{refund}");
            Ok((w::finance_released(visit, money(total)).into_owned(), href))
        }
        Outcome::Proposed(total) => {
            let href = format!("/desk/refunds/approve/{}", part(case.as_str()));
            Ok((w::finance_proposed(visit, money(total)).into_owned(), href))
        }
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let money = |minor| {
        backhaul_core::money::Currency::parse("EUR").ok().map(|euro| Money::new(minor, euro))
    };
    let to_approve = |case: &str, is_overdue, not_before, has_deductions| ToApprove {
        case: case.to_owned(),
        order: "SO-1001".to_owned(),
        href: format!("/desk/refunds/approve/{case}"),
        total: money(123_450),
        due_at: Some(Timestamp::UNIX_EPOCH),
        is_overdue,
        not_before,
        has_deductions,
    };
    let page = |list: &str| ListPage {
        layout: Layout { here: here(list), ..layout(&named(&layout(""), list).0) },
        once: "0".to_owned(),
        tabs: LISTS
            .iter()
            .map(|known| Tab {
                href: here(known),
                name: named(&layout(""), known).0,
                count: (*known != "settled").then(|| "3".to_owned()),
                is_here: *known == list,
            })
            .collect(),
        help: named(&layout(""), list).1,
        may_release: true,
        to_approve: Vec::new(),
        pieces: Vec::new(),
        released: Vec::new(),
        next: None,
    };
    let mut full = page("approval");
    full.to_approve = vec![
        to_approve("SO-1001-R1", true, None, false),
        to_approve("SO-1002-R1", false, None, true),
        to_approve("SO-1003-R1", false, Some(jiff::civil::date(2026, 3, 16)), false),
    ];
    full.next = Some("00".to_owned());
    let mut released = page("approval");
    released.released = vec![
        Released {
            case: "SO-1001-R1".to_owned(),
            href: Some("/desk/refunds".to_owned()),
            said: w::finance_released(layout(""), "EUR 1,234.50").into_owned(),
            is_done: true,
        },
        Released {
            case: "SO-1002-R1".to_owned(),
            href: None,
            said: w::finance_has_deductions(layout("")).into_owned(),
            is_done: false,
        },
    ];
    let mut unclear = page("unclear");
    unclear.pieces = vec![Piece {
        href: "/desk/refunds".to_owned(),
        name: "SO-1001-R1-F1/1".to_owned(),
        case: "SO-1001-R1".to_owned(),
        amount: money(5_000),
        path: w::finance_by_provider(layout("")).into_owned(),
        said: None,
        due_at: Some(Timestamp::UNIX_EPOCH),
        is_overdue: true,
    }];
    let mut second = page(SECOND);
    let proposed = layout("").moment(&Timestamp::UNIX_EPOCH);
    second.pieces = vec![Piece {
        href: "/desk/refunds".to_owned(),
        name: "F1".to_owned(),
        case: "SO-1001-R1".to_owned(),
        amount: money(500_000),
        path: String::new(),
        said: Some(w::finance_proposed_by(layout(""), proposed, "fin").into_owned()),
        due_at: None,
        is_overdue: false,
    }];
    vec![
        sample("console-refunds", &full),
        sample("console-refunds-empty", &page("approval")),
        sample("console-refunds-released", &released),
        sample("console-refunds-unclear", &unclear),
        sample("console-refunds-second", &second),
        sample("console-refunds-manual-empty", &page("manual")),
    ]
}
