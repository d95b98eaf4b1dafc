//! The policy to read, in every language of its file, with a place for each clause and what machines read of it.

use axum::extract::State;
use backhaul_app::Right;
use backhaul_core::policy::Policy;
use backhaul_language::{Language, words as w};
use jiff::civil::Date;

use super::json_ld;
use crate::Service;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// Any version, for staff, whose cases each keep to their own.
const VERSION: &str = "/desk/policy";

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get("/policy", Reader::Anyone, show),
        Page::get(VERSION, Reader::With(Right::Read), show_version),
    ]
}

/// A clause to read.
pub(super) struct ClauseShown {
    pub(super) id: String,
    pub(super) text: String,
    pub(super) by_hand: bool,
}

/// A language that the policy is written in.
pub(super) struct Tongue {
    pub(super) tag: String,
    pub(super) name: String,
    pub(super) is_here: bool,
}

#[derive(askama::Template)]
#[template(path = "portal/policy.html")]
pub(super) struct PolicyPage {
    pub(super) layout: Layout,
    /// The language of the text, which need not be the reader's.
    pub(super) tag: String,
    pub(super) heading: String,
    pub(super) version: String,
    pub(super) effective: Date,
    pub(super) tongues: Vec<Tongue>,
    pub(super) clauses: Vec<ClauseShown>,
    pub(super) slots: Vec<String>,
    pub(super) json_ld: String,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    // Whoever is signed in reads what judges their order, the others what is in force.
    let policy = match visit.buyer_order() {
        Ok(order) => match service.app.order(order).await? {
            Some(view) => Some(service.app.policy_of(&view)?),
            None => None,
        },
        Err(_) => None,
    };
    let in_force = || service.app.catalogue().choose(None, Some(visit.now)).cloned();
    let policy = policy.or_else(in_force).ok_or(PageFault::NotFound)?;
    let asked = super::query(&visit, "in");
    draw(&page(Layout::of(&visit, ""), &policy, asked.as_deref()))
}

/// Where staff read that version as buyers read theirs.
pub(crate) fn version_href(pin: &str) -> String {
    let query =
        form_urlencoded::Serializer::new(String::new()).append_pair("version", pin).finish();
    format!("{VERSION}?{query}")
}

async fn show_version(State(service): State<Service>, visit: Visit) -> Answer {
    let known = service.app.policies().await?;
    let version = super::query(&visit, "version");
    let policy = known.choose(version.as_deref(), Some(visit.now)).ok_or(PageFault::NotFound)?;
    let asked = super::query(&visit, "in");
    draw(&page(Layout::of(&visit, ""), policy, asked.as_deref()))
}

/// The page of a policy, in the language that is asked for, or else in the one that the reader reads best.
pub(super) fn page(layout: Layout, policy: &Policy, asked: Option<&str>) -> PolicyPage {
    let asked = asked.and_then(|asked| policy.languages.iter().position(|tag| tag == asked));
    let place = asked.unwrap_or_else(|| super::said::policy_language(policy, layout.language));
    let text = |texts: &Vec<String>| texts.get(place).cloned().unwrap_or_default();
    let tongue = |(at, tag): (usize, &String)| Tongue {
        tag: tag.clone(),
        name: Language::of_tag(tag)
            .map_or_else(|| tag.clone(), |language| w::language_name(language).into_owned()),
        is_here: at == place,
    };
    let heading = text(&policy.title);
    PolicyPage {
        tag: policy.languages.get(place).cloned().unwrap_or_default(),
        json_ld: json_ld::return_policy(policy, place, &layout.merchant),
        layout: Layout { title: heading.clone(), ..layout },
        heading,
        version: policy.version.clone(),
        effective: policy.effective,
        tongues: policy.languages.iter().enumerate().map(tongue).collect(),
        clauses: policy
            .clauses
            .iter()
            .map(|clause| ClauseShown {
                id: clause.id.to_string(),
                text: text(&clause.text),
                by_hand: clause.by_hand,
            })
            .collect(),
        slots: policy.vocabulary.slots.iter().map(|slot| text(&slot.label)).collect(),
    }
}
