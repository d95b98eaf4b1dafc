//! Two versions, or a checked file and the version that judges: which claims would have ended differently, and what it would have cost.

use std::sync::Arc;

use axum::extract::State;
use backhaul_app::Right;
use backhaul_app::policies::Compared;
use backhaul_core::money::{Currency, Money};
use backhaul_core::policy::compare::text::{PagePart, PartChange, Run, Side};
use backhaul_core::policy::compare::{Change, Seen, Sum};
use backhaul_core::policy::{Catalogue, Policy};
use backhaul_core::words::Verdict;
use backhaul_language::words as w;

use super::compared::{CLAIMS, Comparison};
use super::draft::{DRAFT_FORM_BYTES_MAX, Draft};
use super::{check, pinned};
use crate::Service;
use crate::pages::address::asked;
use crate::pages::form::Faults;
use crate::pages::gallery::{Sample, sample};
use crate::pages::upload::Upload;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

const COMPARE: &str = "/desk/policies/compare";
/// How many examples are shown.
const EXAMPLES: usize = 50;

pub(super) fn pages() -> Vec<Page> {
    let owner = Reader::With(Right::ManagePolicy);
    vec![
        Page::get(COMPARE, owner, show),
        Page::post(COMPARE, owner, compare_file).with_body(DRAFT_FORM_BYTES_MAX),
    ]
}

#[derive(askama::Template)]
#[template(path = "console/owner/policies/compare.html")]
struct ComparePage {
    layout: Layout,
    faults: Faults,
    /// The pins that can be chosen.
    pins: Vec<String>,
    old: String,
    new: String,
    claims_max: usize,
    compared: Option<Comparison>,
    /// The file that was compared, which goes along.
    text: String,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let catalogue = service.app.policies().await?;
    let judges = catalogue.choose(None, Some(visit.now)).map(|policy| policy.pin.clone());
    let newest = catalogue.versions().last().map(|policy| policy.pin.clone());
    let (old, new) = (asked(&visit, "old"), asked(&visit, "new"));
    let is_asked = old.is_some() && new.is_some();
    let old = old.or(judges).unwrap_or_default();
    let new = new.or(newest).unwrap_or_default();
    let both = pinned(&catalogue, &old).zip(pinned(&catalogue, &new));
    let page = page(&visit, &catalogue, &old, &new);
    if !is_asked {
        return draw(&page);
    }
    let (old, new) = both.ok_or(PageFault::NotFound)?;
    if old.pin == new.pin {
        let mut faults = Faults::default();
        faults.add("new", w::compare_same_version(&visit));
        return draw(&ComparePage { faults, ..page });
    }
    let compared = Comparison::of(&service, &visit, [old, new], EXAMPLES).await?;
    draw(&ComparePage { compared: Some(compared), ..page })
}

fn page(visit: &Visit, catalogue: &Catalogue, old: &str, new: &str) -> ComparePage {
    let pins = catalogue.versions().iter().rev();
    ComparePage {
        layout: Layout::of(visit, &w::policy_compare_title(visit)),
        faults: Faults::default(),
        pins: pins.map(|policy| policy.pin.clone()).collect(),
        old: old.to_owned(),
        new: new.to_owned(),
        claims_max: CLAIMS,
        compared: None,
        text: String::new(),
    }
}

async fn compare_file(State(service): State<Service>, visit: Visit, upload: Upload) -> Answer {
    let catalogue = service.app.policies().await?;
    let judges: Arc<Policy> =
        catalogue.choose(None, Some(visit.now)).cloned().ok_or(PageFault::NotFound)?;
    let draft = match Draft::read(&visit, upload) {
        Ok(draft) => draft,
        Err((draft, faults)) => return check::draw_faults(&visit, draft.text, faults),
    };
    let checked = check::checked(&service, &draft.text).await?;
    let Some(policy) = checked.policy.clone() else {
        return check::draw_found(&visit, draft.text, checked);
    };
    let page = page(&visit, &catalogue, &judges.pin, "");
    let both = [judges, Arc::new(policy)];
    let compared = Comparison::of(&service, &visit, both, EXAMPLES).await?;
    draw(&ComparePage { compared: Some(compared), text: draft.text, ..page })
}

/// What a comparison could come to, for samples.
pub(super) fn sample_of(layout: &Layout) -> Comparison {
    let sum = |euro| {
        let money = |minor| Money::new(minor, euro);
        Sum { old: money(170_000), new: money(0), costs_more: money(-170_000), open: 2 }
    };
    let run = |side, text: &str| Run { side, text: text.to_owned() };
    let compared = Compared {
        old: "default@2025.1".to_owned(),
        new: "default@2026.2".to_owned(),
        situations: Seen { looked_at: 240, differing: 3 },
        claims: Seen { looked_at: 812, differing: 17 },
        changes: vec![Change { old: Verdict::Accepted, new: Verdict::Declined, claims: 17 }],
        sums: Currency::parse("EUR").map(sum).into_iter().collect(),
        examples: Vec::new(),
        page: vec![PagePart {
            heading: "§ report.7d".to_owned(),
            clause: None,
            change: PartChange::Changed,
            runs: vec![
                run(Side::Both, "Report it within "),
                run(Side::Old, "seven"),
                run(Side::New, "fourteen"),
                run(Side::Both, " days."),
            ],
        }],
    };
    Comparison::shown(layout, compared, "en".to_owned())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        let title = w::policy_compare_title(&around).into_owned();
        Layout { title, here: COMPARE.to_owned(), ..around }
    };
    let page = |compared| ComparePage {
        layout: around(),
        faults: Faults::default(),
        pins: vec!["default@2026.2".to_owned(), "default@2025.1".to_owned()],
        old: "default@2025.1".to_owned(),
        new: "default@2026.2".to_owned(),
        claims_max: CLAIMS,
        compared,
        text: String::new(),
    };
    let mut faults = Faults::default();
    faults.add("new", w::compare_same_version(around()));
    vec![
        sample("console-policy-compare", &page(None)),
        sample("console-policy-compare-done", &page(Some(sample_of(&around())))),
        sample("console-policy-compare-same", &ComparePage { faults, ..page(None) }),
    ]
}
