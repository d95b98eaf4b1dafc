//! The representative's pages: the queue, a case with everything of it, and what is done there.
//!
//! - `queue`: what waits. `case`: the one screen of a case. `claims`, `facts`, `timeline`, `around`: the parts of it.
//! - `act`: what its forms ask for. `decline`, `otherwise`: the two decisions that want a reason. `deduct`: what the buyer is told that
//!   would be kept back. `sure`: what a changed fact brings.
//! - `open`: a case for a buyer who phoned. `search`: whatever somebody has at hand. `templates`: answers that are ready.

mod act;
mod around;
mod case;
mod claims;
mod decline;
mod deduct;
mod facts;
mod open;
mod otherwise;
mod papers;
mod queue;
mod samples;
mod search;
mod sure;
mod templates;
mod timeline;

use std::sync::Arc;

use axum::http::StatusCode;
use backhaul_app::{DoorError, Once, OrderView, Request, Right};
use backhaul_core::ledger::{Case, CaseId, Command, TextId, UnitId};
use backhaul_core::policy::Policy;
use backhaul_language::{Language, words as w};

use crate::Service;
use crate::pages::fault::reason;
use crate::pages::form::{Faults, Fields};
use crate::pages::gallery::Sample;
use crate::pages::layout::encoded;
use crate::pages::{Layout, Page, PageFault, Visit};
use crate::portal::case_view::CaseOf;
use crate::portal::units;

/// Where the queue is.
pub(super) const CASES: &str = "/desk/cases";

pub(super) fn pages() -> Vec<Page> {
    let all = [
        queue::pages(),
        case::pages(),
        act::pages(),
        decline::pages(),
        deduct::pages(),
        otherwise::pages(),
        papers::pages(),
        open::pages(),
        search::pages(),
        templates::pages(),
    ];
    all.into_iter().flatten().collect()
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let all = [
        queue::samples(layout),
        samples::of_case(layout),
        decline::samples(layout),
        deduct::samples(layout),
        otherwise::samples(layout),
        sure::samples(layout),
        open::samples(layout),
        search::samples(layout),
        templates::samples(layout),
    ];
    all.into_iter().flatten().collect()
}

/// Where a case is.
fn case_href(case: &CaseId) -> String {
    format!("{CASES}/{}", encoded(case.as_str()))
}

/// Whether the reader guides returns: decides, writes to buyers, says who looks after what. The door asks again, by the command.
fn guides(visit: &Visit) -> bool {
    visit.has(Right::WriteAnswers)
}

/// A case, its order, and the policy that judges it.
struct Found {
    view: OrderView,
    policy: Arc<Policy>,
    id: CaseId,
}

impl Found {
    /// # Errors
    /// There is no such case.
    async fn find(service: &Service, case: &str) -> Result<Self, PageFault> {
        let id = CaseId::new(case).map_err(|_| PageFault::NotFound)?;
        let view = service.app.order_of_case(&id).await?.ok_or(PageFault::NotFound)?;
        let policy = service.app.policy_of(&view)?;
        Ok(Self { view, policy, id })
    }

    fn case(&self) -> Result<&Case, PageFault> {
        self.view.ledger.cases.get(&self.id).ok_or(PageFault::NotFound)
    }

    fn of(&self, language: Language) -> Result<CaseOf<'_>, PageFault> {
        let (view, policy) = (&self.view, self.policy.as_ref());
        Ok(CaseOf { language, view, policy, id: &self.id, case: self.case()? })
    }

    fn href(&self) -> String {
        case_href(&self.id)
    }

    /// What a unit is called alone.
    fn name(&self, language: Language, unit: &UnitId) -> String {
        units::name(language, &self.view.order, &self.view.ledger, unit)
    }

    /// The claimed units that the form names; each once.
    fn units_of(&self, fields: &Fields) -> Result<Vec<UnitId>, PageFault> {
        let claims = &self.case()?.claims;
        let is_named = |unit: &UnitId| fields.all("unit").any(|value| value == units::value(unit));
        let named: Vec<UnitId> = claims.keys().filter(|unit| is_named(unit)).cloned().collect();
        let strange =
            fields.all("unit").any(|value| !claims.keys().any(|unit| units::value(unit) == value));
        // A unit that left the case meanwhile is in the version that the form has not seen.
        if strange { Err(PageFault::Changed) } else { Ok(named) }
    }

    /// The language in which the buyer is written to.
    async fn buyer_language(&self, service: &Service) -> Result<Language, PageFault> {
        let buyer = service.app.buyer(&self.view.order.number).await;
        let buyer = buyer.map_err(|error| PageFault::mistake(&error))?;
        let tag = buyer.as_ref().and_then(|buyer| buyer.language());
        Ok(tag.and_then(Language::of_tag).unwrap_or(Language::ENGLISH))
    }
}

/// Why a form is not carried out.
enum Wrong {
    /// Something typed: at which field, and what to do.
    At(&'static str, String),
    /// Anything else.
    Fault(PageFault),
}

impl Wrong {
    /// Says on the page what is wrong, and with which status the page goes out; that the case has moved is said at that field.
    fn tell(
        self,
        visit: &Visit,
        faults: &mut Faults,
        moved: &'static str,
    ) -> Result<StatusCode, PageFault> {
        match self {
            Self::At(field, said) => {
                faults.add(field, said);
                Ok(StatusCode::OK)
            }
            Self::Fault(PageFault::Changed) => {
                faults.add(moved, w::case_moved(visit));
                Ok(StatusCode::CONFLICT)
            }
            Self::Fault(fault) => Err(fault),
        }
    }
}

impl From<PageFault> for Wrong {
    fn from(fault: PageFault) -> Self {
        Self::Fault(fault)
    }
}

/// What a form asks for, one command after the other, with the words that they name.
struct Wanted {
    commands: Vec<Command>,
    texts: Vec<(TextId, String)>,
}

impl Wanted {
    fn of(command: impl Into<Command>) -> Self {
        Self { commands: vec![command.into()], texts: Vec::new() }
    }

    fn saying(command: impl Into<Command>, text: TextId, words: &str) -> Self {
        Self { commands: vec![command.into()], texts: vec![(text, words.to_owned())] }
    }
}

/// What came of it.
enum Carried {
    /// It is done.
    Done,
    /// The order moved meanwhile: nothing more was done.
    Moved,
    /// The rules say no, in these words: nothing more was done.
    Refused(String),
}

/// Carries out what a form asks for, at the version that the form has seen.
///
/// # Errors
/// [`PageFault`]; the rules and another version are no fault.
async fn carry_out(
    service: &Service,
    visit: &Visit,
    found: &Found,
    fields: &Fields,
    wanted: Wanted,
) -> Result<Carried, PageFault> {
    let once = fields.once(visit)?;
    let seen = fields.text("version").parse::<i64>();
    let mut expected = seen.map_err(|_| PageFault::Malformed)?;
    let mut texts = wanted.texts;
    for (place, command) in wanted.commands.into_iter().enumerate() {
        let key = if place == 0 { once.key.clone() } else { format!("{}-{place}", once.key) };
        let request = Request {
            texts: std::mem::take(&mut texts),
            expected: Some(expected),
            once: Some(Once { key, ..once.clone() }),
            ..Request::new(visit.who()?, &found.view.order.number, command)
        };
        match service.app.ask(request).await {
            Ok(done) => expected = done.version,
            Err(DoorError::VersionDiffers { .. }) => return Ok(Carried::Moved),
            Err(DoorError::Refused(refusal)) => {
                let said = w::case_rules_say_no(visit, reason(visit, &refusal));
                return Ok(Carried::Refused(said.into_owned()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Carried::Done)
}

/// Carries out what was read of a form, or tells what is wrong with it: what the rules say is said at that field.
///
/// # Errors
/// As [`carry_out`].
async fn carried(
    service: &Service,
    visit: &Visit,
    found: &Found,
    fields: &Fields,
    wanted: Result<Wanted, Wrong>,
    refused_at: &'static str,
) -> Result<Result<(), Wrong>, PageFault> {
    let wanted = match wanted {
        Ok(wanted) => wanted,
        Err(wrong) => return Ok(Err(wrong)),
    };
    Ok(match carry_out(service, visit, found, fields, wanted).await? {
        Carried::Done => Ok(()),
        Carried::Moved => Err(Wrong::Fault(PageFault::Changed)),
        Carried::Refused(said) => Err(Wrong::At(refused_at, said)),
    })
}

/// The id of the words of a form, which is sent once.
fn text_of(kind: &str, fields: &Fields) -> Result<TextId, PageFault> {
    let once = fields.get("once").ok_or(PageFault::Malformed)?;
    TextId::new(&format!("{kind}-{once}")).map_err(|_| PageFault::Malformed)
}

/// The most characters of what staff write.
const WORDS_CHARS_MAX: usize = backhaul_app::TEXT_CHARS_MAX;

/// What stands in a field of words.
///
/// # Errors
/// [`Wrong::At`] the field, where it is empty or too long.
fn words_in<'f>(visit: &Visit, fields: &'f Fields, name: &'static str) -> Result<&'f str, Wrong> {
    let words = fields.text(name);
    if words.is_empty() || words.chars().count() > WORDS_CHARS_MAX {
        let said = w::case_words_wrong(visit, WORDS_CHARS_MAX);
        return Err(Wrong::At(name, said.into_owned()));
    }
    Ok(words)
}
