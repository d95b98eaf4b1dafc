//! The queue: whose cases, for whom they wait, what is overdue first and then by when they are due.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{COUNTED_MAX, NamedCase, Queue, Right, Waiting, Whose};
use backhaul_core::ledger::{Attention, CaseState, NextStep, StaffId};
use backhaul_language::{Language, Speaks, terms, words as w};
use backhaul_store::case_index::{Behind, CaseRow};
use jiff::Timestamp;

use super::{CASES, case_href, guides};
use crate::Service;
use crate::console::dock::DOCK;
use crate::console::finance::REFUNDS;
use crate::pages::address::{after, asked, next};
use crate::pages::form::new_once;
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, Reader, Visit, draw};

/// How many cases stand on a page.
const ROWS: u32 = 50;

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get("/desk", Reader::Staff, home), Page::get(CASES, Reader::With(Right::Read), show)]
}

/// A link that filters the list, with how many cases it leads to.
struct Filter {
    href: String,
    label: String,
    count: String,
    is_here: bool,
}

/// One row of the queue.
pub(super) struct Row {
    pub(super) case: String,
    pub(super) href: String,
    pub(super) order: String,
    /// Who bought it, for those who may see that.
    pub(super) buyer: Option<String>,
    pub(super) state: String,
    pub(super) causes: String,
    pub(super) next_step: String,
    pub(super) waits_for: String,
    pub(super) assignee: Option<String>,
    pub(super) opened_at: Timestamp,
    pub(super) due_at: Option<Timestamp>,
    pub(super) is_overdue: bool,
    /// The version that a form of this row carries; nothing where the decision is no plain yes, or not the reader's to take.
    pub(super) version: Option<i64>,
}

impl Row {
    pub(super) fn of(visit: &Visit, named: NamedCase) -> Self {
        let NamedCase { row, order, version, buyer } = named;
        let causes: Vec<_> =
            row.causes.iter().map(|cause| terms::cause(visit, *cause).into_owned()).collect();
        let is_plain_yes = row.next_step == NextStep::Authorise && guides(visit);
        let name = buyer.as_ref().and_then(|buyer| {
            let email = buyer.email().map(backhaul_app::Email::as_str);
            buyer.name().or(email).map(str::to_owned)
        });
        Self {
            href: case_href(&row.case),
            case: row.case.to_string(),
            order,
            buyer: name,
            state: terms::state(visit, row.state).into_owned(),
            causes: causes.join(", "),
            next_step: terms::next_step(visit, row.next_step).into_owned(),
            waits_for: terms::attention(visit, row.attention()).into_owned(),
            assignee: row.assignee.as_ref().map(ToString::to_string),
            opened_at: row.opened_at,
            is_overdue: !row.is_over && row.due_at.is_some_and(|due| due < visit.now),
            due_at: row.due_at,
            version: is_plain_yes.then_some(version),
        }
    }
}

#[derive(askama::Template)]
#[template(path = "console/cases/queue.html")]
struct QueuePage {
    layout: Layout,
    once: String,
    whose: Vec<Filter>,
    attentions: Vec<Filter>,
    states: Vec<Filter>,
    rows: Vec<Row>,
    has_buyers: bool,
    may_open: bool,
    next: Option<String>,
    /// What there is to do where nothing is listed.
    empty: String,
}

/// What is listed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Mine,
    Unassigned,
    All,
    InState(CaseState),
}

impl Listed {
    fn of(visit: &Visit) -> Self {
        let state = asked(visit, "state");
        let state = CaseState::ALL.iter().find(|known| Some(known.as_str()) == state.as_deref());
        match (state, asked(visit, "whose").as_deref()) {
            (Some(state), _) => Self::InState(*state),
            (None, Some("mine")) => Self::Mine,
            (None, Some("unassigned")) => Self::Unassigned,
            _ => Self::All,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::All | Self::InState(_) => "all",
        }
    }
}

/// Where the work of whoever comes lies: what waits for a representative, the dock, or what is to be paid. Whoever does several of
/// these begins with all that waits.
async fn home(visit: Visit) -> Answer {
    let does = [guides(&visit), visit.has(Right::WorkAtDock), visit.has(Right::ReadRefunds)];
    let first = match does {
        [true, false, false] => "/desk/cases?attention=staff",
        [false, true, false] => DOCK,
        [false, false, true] => REFUNDS,
        _ => CASES,
    };
    Ok(Redirect::to(first).into_response())
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let listed = Listed::of(&visit);
    let me = visit.staff_id().and_then(|id| StaffId::new(id).ok());
    let attention = asked(&visit, "attention");
    let attention =
        Attention::ALL.iter().copied().find(|known| Some(known.as_str()) == attention.as_deref());
    let begins: Option<(i64, i64, String)> = after(&visit)?;
    let behind = begins.map_or_else(Behind::first, |(due_at_us, opened_at_us, case)| Behind {
        due_at_us,
        opened_at_us,
        case,
    });
    let whose = match (listed, me.clone()) {
        (Listed::Mine, Some(me)) => Whose::Of(me),
        (Listed::Unassigned, _) => Whose::Unassigned,
        _ => Whose::All,
    };
    let rows: Vec<CaseRow> = if let Listed::InState(state) = listed {
        service.app.cases(Queue::InState(state), behind, ROWS).await?
    } else {
        let rows = service.app.queue(whose, attention, behind, ROWS).await?;
        rows.into_iter().map(|row| row.case).collect()
    };
    let (rows, next) = next(rows, ROWS, |row: &CaseRow| {
        let Behind { due_at_us, opened_at_us, case } = row.behind();
        (due_at_us, opened_at_us, case)
    });
    let has_buyers = visit.has(Right::ManageBuyers);
    let rows = service.app.named_cases(rows, has_buyers).await?;
    let counts = service.app.queue_counts(me).await?;
    let here = match listed {
        Listed::Mine => &counts.mine,
        Listed::Unassigned => &counts.unassigned,
        Listed::All | Listed::InState(_) => &counts.all,
    };
    let whose = [
        (Listed::Mine, &counts.mine),
        (Listed::Unassigned, &counts.unassigned),
        (Listed::All, &counts.all),
    ];
    let page = QueuePage {
        layout: Layout::of(&visit, &w::cases_title(&visit)),
        once: new_once()?,
        whose: whose.map(|(whose, counts)| of_whose(&visit, whose, listed, counts)).into(),
        attentions: attentions(&visit, listed, attention, here),
        states: states(&visit, listed, &service.app.case_counts().await?),
        rows: rows.into_iter().map(|row| Row::of(&visit, row)).collect(),
        has_buyers,
        may_open: has_buyers,
        next,
        empty: empty(&visit, listed, attention.is_some()),
    };
    draw(&page)
}

/// What to do where the list is empty.
fn empty(visit: impl Speaks, listed: Listed, is_filtered: bool) -> String {
    let said = match listed {
        _ if is_filtered => w::cases_empty_filtered(visit),
        Listed::Mine => w::cases_empty_mine(visit),
        Listed::Unassigned => w::cases_empty_unassigned(visit),
        Listed::InState(_) => w::cases_empty_state(visit),
        Listed::All => w::cases_empty_text(visit),
    };
    said.into_owned()
}

/// A count as it is shown: there may be more where counting ended.
fn count(counts: &[Waiting], of: impl Fn(&Waiting) -> u32) -> String {
    let sum = counts.iter().map(&of).fold(0_u32, u32::saturating_add);
    let is_cut = counts.iter().any(|counted| of(counted) >= COUNTED_MAX);
    if is_cut { format!("{sum}+") } else { sum.to_string() }
}

fn of_whose(visit: impl Speaks, whose: Listed, listed: Listed, counts: &[Waiting]) -> Filter {
    let label = match whose {
        Listed::Mine => w::cases_mine(visit),
        Listed::Unassigned => w::cases_unassigned(visit),
        Listed::All | Listed::InState(_) => w::cases_all(visit),
    };
    Filter {
        href: format!("{CASES}?whose={}", whose.word()),
        label: label.into_owned(),
        count: count(counts, |counted| counted.cases),
        is_here: listed == whose,
    }
}

/// For whom the cases wait; how many of them are overdue is said in words.
fn attentions(
    visit: &Visit,
    listed: Listed,
    chosen: Option<Attention>,
    counts: &[Waiting],
) -> Vec<Filter> {
    let whose = listed.word();
    let is_queue = !matches!(listed, Listed::InState(_));
    let everybody = Filter {
        href: format!("{CASES}?whose={whose}"),
        label: w::cases_for_all(visit).into_owned(),
        count: counted(visit, counts),
        is_here: is_queue && chosen.is_none(),
    };
    let one = |waiting: &Waiting| Filter {
        href: format!("{CASES}?whose={whose}&attention={}", waiting.attention.as_str()),
        label: terms::attention(visit, waiting.attention).into_owned(),
        count: counted(visit, std::slice::from_ref(waiting)),
        is_here: is_queue && chosen == Some(waiting.attention),
    };
    std::iter::once(everybody).chain(counts.iter().map(one)).collect()
}

fn counted(visit: impl Speaks, counts: &[Waiting]) -> String {
    let cases = count(counts, |counted| counted.cases);
    if counts.iter().all(|counted| counted.overdue == 0) {
        return cases;
    }
    w::cases_overdue_count(visit, cases, count(counts, |counted| counted.overdue)).into_owned()
}

fn states(visit: &Visit, listed: Listed, counts: &[(String, i64)]) -> Vec<Filter> {
    let of = |state: &CaseState| {
        let found = counts.iter().find(|(word, _)| word == state.as_str());
        let count = found.map_or(0, |(_, count)| *count);
        Filter {
            href: format!("{CASES}?state={}", state.as_str()),
            label: terms::state(visit, *state).into_owned(),
            count: count.to_string(),
            is_here: listed == Listed::InState(*state),
        }
    };
    CaseState::ALL.iter().map(of).collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || layout(&w::cases_title(layout("")));
    let language = around().language;
    let filter = |label: &str, count: &str, is_here| Filter {
        href: CASES.to_owned(),
        label: label.to_owned(),
        count: count.to_owned(),
        is_here,
    };
    let page = |rows: Vec<Row>| QueuePage {
        layout: around(),
        once: "0".to_owned(),
        whose: vec![
            filter(&w::cases_mine(language), "3", false),
            filter(&w::cases_unassigned(language), "17", false),
            filter(&w::cases_all(language), "100+", true),
        ],
        attentions: Attention::ALL
            .iter()
            .map(|who| {
                let said = w::cases_overdue_count(language, "12", "2");
                filter(&terms::attention(language, *who), &said, false)
            })
            .collect(),
        states: CaseState::ALL
            .iter()
            .map(|state| filter(&terms::state(language, *state), "4", false))
            .collect(),
        next: (rows.len() > 2).then(|| "00".to_owned()),
        rows,
        has_buyers: true,
        may_open: true,
        empty: empty(language, Listed::Mine, false),
    };
    let row = |number, is_overdue| sample_row(language, number, is_overdue);
    let long = Row {
        case: format!("{}-R1", "SO-1001".repeat(20)),
        buyer: Some("Bartholomäus von und zu Ahlefeldt-Dehn ".repeat(3)),
        ..row(4, false)
    };
    vec![
        sample("console-cases", &page(vec![row(1, true), row(2, false), row(3, false), long])),
        sample("console-cases-empty", &page(Vec::new())),
    ]
}

pub(super) fn sample_row(language: Language, number: u32, is_overdue: bool) -> Row {
    Row {
        case: format!("SO-100{number}-R1"),
        href: format!("{CASES}/SO-100{number}-R1"),
        order: format!("SO-100{number}"),
        buyer: Some("Ada van Example".to_owned()),
        state: terms::state(language, CaseState::Requested).into_owned(),
        causes: terms::cause(language, backhaul_core::words::Cause::Quality).into_owned(),
        next_step: terms::next_step(language, NextStep::Authorise).into_owned(),
        waits_for: terms::attention(language, Attention::Staff).into_owned(),
        assignee: (number == 2).then(|| "ada".to_owned()),
        opened_at: Timestamp::UNIX_EPOCH,
        due_at: (number != 3).then_some(Timestamp::UNIX_EPOCH),
        is_overdue,
        version: (number != 2).then_some(3),
    }
}
