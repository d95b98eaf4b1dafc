//! The audit trail: what happened across all orders, the newest first, who asked for it, and whether the chains of hashes hold.

use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::Right;
use backhaul_app::trail::{Asker, Happened, TrailAsked};
use backhaul_core::ledger::EventKind;
use backhaul_language::{Speaks, terms, words as w};
use backhaul_store::Tampering;
use backhaul_store::trail::Behind;
use jiff::Timestamp;

use crate::Service;
use crate::pages::address::{after, asked, next};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::verifying::{Progress, Standing, Verifying};

const TRAIL: &str = "/desk/trail";
/// How many events stand on a page.
const ROWS: u32 = 50;
/// The most characters of an order's number or a person's name that is looked for.
const ASKED_CHARS_MAX: usize = 200;
/// How many of the findings are shown.
const FINDINGS: usize = 50;

pub(super) fn pages() -> Vec<Page> {
    let owner = Reader::With(Right::Audit);
    vec![Page::get(TRAIL, owner, show), Page::post("/desk/trail/verify", owner, verify)]
}

/// One thing that happened.
struct Row {
    at: Timestamp,
    who: String,
    order: String,
    case: Option<String>,
    what: String,
    subject: Option<String>,
    seq: i64,
}

/// What became of a walk along all chains.
struct Walk {
    standing: Standing,
    orders: u64,
    orders_there: i64,
    events: u64,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    findings: Vec<String>,
    findings_count: usize,
}

#[derive(askama::Template)]
#[template(path = "console/owner/trail.html")]
struct TrailPage {
    layout: Layout,
    order: String,
    /// Who can be chosen: as the form sends it, in words, and whether it is.
    askers: Vec<(String, String, bool)>,
    rows: Vec<Row>,
    next: Option<String>,
    walk: Walk,
}

async fn show(
    State(service): State<Service>,
    Extension(verifying): Extension<Verifying>,
    visit: Visit,
) -> Answer {
    let short = |text: &String| text.chars().count() <= ASKED_CHARS_MAX;
    let order = asked(&visit, "order").filter(short);
    let asker = asked(&visit, "by").filter(short);
    let asker = asker.map(|by| Asker::parse(&by).ok_or(PageFault::NotFound)).transpose()?;
    let behind: Option<(i64, String, i64)> = after(&visit)?;
    let behind =
        behind.map_or_else(Behind::newest, |(at_us, order, seq)| Behind { at_us, order, seq });
    let wanted = TrailAsked { order: order.clone(), asker: asker.clone(), behind };
    let found = service.app.trail(wanted, ROWS).await?;
    let cursor = |row: &Happened| {
        let Behind { at_us, order, seq } = row.behind.clone();
        (at_us, order, seq)
    };
    let (found, next) = next(found, ROWS, cursor);
    let names = names(&service).await?;
    draw(&TrailPage {
        layout: Layout::of(&visit, &w::trail_title(&visit)),
        order: order.unwrap_or_default(),
        askers: askers(&visit, names, asker.as_ref()),
        rows: found.into_iter().map(|happened| row(&visit, happened)).collect(),
        next,
        walk: walk(&visit, &verifying.newest()),
    })
}

/// The names of staff and of machines.
async fn names(service: &Service) -> Result<Vec<String>, PageFault> {
    let staff = service.app.staff().await?.into_iter().map(|row| row.id);
    let keys = service.app.keys().await?.into_iter().map(|row| format!("key:{}", row.name));
    let mut names: Vec<_> = staff.chain(keys).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

fn askers(
    language: impl Speaks + Copy,
    names: Vec<String>,
    chosen: Option<&Asker>,
) -> Vec<(String, String, bool)> {
    let others = [Asker::Buyer, Asker::Provider, Asker::System];
    let mut all: Vec<_> = names.into_iter().map(Asker::Staff).chain(others).collect();
    // Whoever is asked for stands in the list, also where no such name is known any more.
    all.extend(chosen.filter(|chosen| !all.contains(chosen)).cloned());
    let shown = |asker: Asker| {
        let is_chosen = Some(&asker) == chosen;
        (asker.to_string(), asker_name(language, &asker), is_chosen)
    };
    all.into_iter().map(shown).collect()
}

fn asker_name(language: impl Speaks, asker: &Asker) -> String {
    match asker {
        Asker::Staff(name) => name.clone(),
        Asker::Buyer => w::trail_buyer(language).into_owned(),
        Asker::Provider => w::trail_provider(language).into_owned(),
        Asker::System => w::trail_system(language).into_owned(),
    }
}

fn row(language: impl Speaks + Copy, happened: Happened) -> Row {
    let asker = happened.asker.as_ref().map(|asker| asker_name(language, asker));
    let what = happened.kind.map(|kind| terms::event(language, kind).into_owned());
    Row {
        at: happened.at,
        who: asker.unwrap_or_else(|| w::trail_unknown(language).into_owned()),
        order: happened.order,
        case: happened.case,
        what: what.unwrap_or(happened.kind_word),
        subject: happened.subject,
        seq: happened.seq,
    }
}

fn walk(language: impl Speaks + Copy, progress: &Progress) -> Walk {
    let finding = |finding: &backhaul_store::Finding| {
        let what = match finding.what {
            Tampering::Changed => w::trail_changed(language),
            Tampering::Removed => w::trail_removed(language),
            Tampering::Reordered { stands_at } => w::trail_reordered(language, stands_at),
            Tampering::CutOff => w::trail_cut_off(language),
            Tampering::BeyondHead => w::trail_beyond(language),
            Tampering::HeadChanged => w::trail_head_changed(language),
            Tampering::HeadRemoved => w::trail_head_removed(language),
        };
        w::trail_finding(language, &finding.order, finding.seq, what).into_owned()
    };
    Walk {
        standing: progress.state,
        orders: progress.orders,
        orders_there: progress.orders_there,
        events: progress.events,
        started_at: progress.started_at,
        ended_at: progress.ended_at,
        findings_count: progress.findings.len(),
        findings: progress.findings.iter().take(FINDINGS).map(finding).collect(),
    }
}

async fn verify(
    State(service): State<Service>,
    Extension(verifying): Extension<Verifying>,
) -> Answer {
    verifying.begin(&service);
    Ok(Redirect::to(&Notice::Verifying.at(TRAIL)).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        Layout { title: w::trail_title(&around).into_owned(), here: TRAIL.to_owned(), ..around }
    };
    let moment = Timestamp::UNIX_EPOCH;
    let shown = |kind: EventKind, asker, subject: Option<&str>| {
        let happened = Happened {
            at: moment,
            order: "SO-1001".to_owned(),
            seq: 7,
            kind: Some(kind),
            kind_word: kind.as_str().to_owned(),
            asker,
            case: Some("SO-1001-R1".to_owned()),
            subject: subject.map(str::to_owned),
            behind: Behind::newest(),
        };
        row(&around(), happened)
    };
    let rows = vec![
        shown(
            EventKind::RefundApproved,
            Some(Asker::Staff("ada".to_owned())),
            Some("SO-1001-R1-F1"),
        ),
        shown(
            EventKind::UnitInspected,
            Some(Asker::Staff("key:warehouse".to_owned())),
            Some("L1#2"),
        ),
        shown(EventKind::CaseOpened, Some(Asker::Buyer), None),
        shown(EventKind::ClaimDecided, None, Some("L1#2")),
    ];
    let page = |rows, progress: &Progress| TrailPage {
        layout: around(),
        order: String::new(),
        askers: askers(&around(), vec!["ada".to_owned()], None),
        rows,
        next: None,
        walk: walk(&around(), progress),
    };
    let progress = |state, findings| Progress {
        state,
        started_at: Some(moment),
        ended_at: Some(moment),
        orders_there: 1_200,
        orders: 640,
        events: 8_111,
        findings,
    };
    let finding = |what| backhaul_store::Finding { order: "SO-1001".to_owned(), seq: 4, what };
    let wrong = vec![finding(Tampering::Changed), finding(Tampering::Reordered { stands_at: 9 })];
    vec![
        sample("console-trail", &page(rows, &Progress::default())),
        sample("console-trail-empty", &page(Vec::new(), &progress(Standing::Running, Vec::new()))),
        sample("console-trail-whole", &page(Vec::new(), &progress(Standing::Done, Vec::new()))),
        sample("console-trail-wrong", &page(Vec::new(), &progress(Standing::Done, wrong))),
        sample("console-trail-failed", &page(Vec::new(), &progress(Standing::Failed, Vec::new()))),
    ]
}
