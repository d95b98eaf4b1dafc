//! A form about a case: what it asks for, carried out at the version that it has seen, or the page once more with what is wrong.

use std::future::Future;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use backhaul_app::{DoorError, Once, Request};
use backhaul_core::ledger::{Command, TextId, UnitId};
use backhaul_language::words as w;

use super::Found;
use crate::Service;
use crate::pages::fault::reason;
use crate::pages::form::{Faults, Fields};
use crate::pages::notice::Notice;
use crate::pages::{Answer, PageFault, Visit};

/// A form that has a page of its own.
pub(super) trait OwnPage: 'static {
    /// The field at which is said what the rules refuse, and that the case has moved.
    const BLAMED: &'static str;
    /// What the case's page tells once it is done.
    const DONE: Notice;

    /// What the form asks for.
    fn read(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong>;

    /// The page, with what was typed.
    fn draw(
        service: &Service,
        visit: &Visit,
        found: &Found,
        faults: Faults,
        typed: &Fields,
    ) -> impl Future<Output = Answer> + Send;
}

/// Carries a form out and leads back to the case, or shows its page once more: with the case as it is by then.
pub(super) async fn act<F: OwnPage>(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
    fields: Fields,
) -> Answer {
    let found = Found::find(&service, &case).await?;
    let wrong = match F::read(&visit, &found, &fields) {
        Ok(wanted) => match carry_out(&service, &visit, &found, &fields, wanted).await? {
            Carried::Done => return Ok(Redirect::to(&F::DONE.at(&found.href())).into_response()),
            Carried::Moved => Wrong::Fault(PageFault::Changed),
            Carried::Refused(said) => Wrong::At(F::BLAMED, said),
        },
        Err(wrong) => wrong,
    };
    let mut faults = Faults::default();
    let status = wrong.tell(&visit, &mut faults, F::BLAMED)?;
    let found = Found::find(&service, &case).await?;
    let mut answer = F::draw(&service, &visit, &found, faults, &fields).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// Why a form is not carried out.
pub(super) enum Wrong {
    /// Something typed: at which field, and what to do.
    At(&'static str, String),
    /// Anything else.
    Fault(PageFault),
}

impl Wrong {
    /// Says on the page what is wrong, and with which status the page goes out; that the case has moved is said at that field.
    pub(super) fn tell(
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
pub(super) struct Wanted {
    pub(super) commands: Vec<Command>,
    pub(super) texts: Vec<(TextId, String)>,
}

impl Wanted {
    pub(super) fn of(command: impl Into<Command>) -> Self {
        Self { commands: vec![command.into()], texts: Vec::new() }
    }

    pub(super) fn saying(command: impl Into<Command>, text: TextId, words: &str) -> Self {
        Self { commands: vec![command.into()], texts: vec![(text, words.to_owned())] }
    }
}

/// What came of it.
pub(super) enum Carried {
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
pub(super) async fn carry_out(
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

/// The id of the words of a form, which is sent once.
pub(super) fn text_of(kind: &str, fields: &Fields) -> Result<TextId, PageFault> {
    let once = fields.get("once").ok_or(PageFault::Malformed)?;
    TextId::new(&format!("{kind}-{once}")).map_err(|_| PageFault::Malformed)
}

/// The most characters of what staff write.
pub(super) const WORDS_CHARS_MAX: usize = backhaul_app::TEXT_CHARS_MAX;

/// What stands in a field of words.
///
/// # Errors
/// [`Wrong::At`] the field, where it is empty or too long.
pub(super) fn words_in<'f>(
    visit: &Visit,
    fields: &'f Fields,
    name: &'static str,
) -> Result<&'f str, Wrong> {
    let words = fields.text(name);
    if words.is_empty() || words.chars().count() > WORDS_CHARS_MAX {
        let said = w::case_words_wrong(visit, WORDS_CHARS_MAX);
        return Err(Wrong::At(name, said.into_owned()));
    }
    Ok(words)
}

/// The units that a form names.
///
/// # Errors
/// [`Wrong::At`] that field, where it names none.
pub(super) fn units_in(
    visit: &Visit,
    found: &Found,
    fields: &Fields,
    at: &'static str,
) -> Result<Vec<UnitId>, Wrong> {
    let units = found.units_of(fields)?;
    if units.is_empty() {
        return Err(Wrong::At(at, w::case_units_choose(visit).into_owned()));
    }
    Ok(units)
}
