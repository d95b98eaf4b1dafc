//! What would come of a changed fact, before it is changed: the decision as it is and as it would be, side by side.

use backhaul_core::ledger::command::{
    AmendClaim, Amendment, ConfirmFact, ConfirmedFact, WaiveEvidence,
};
use backhaul_core::ledger::{Command, Event, Slot, TextId, UnitId};
use backhaul_core::words::{Cause, Condition, Voucher};
use backhaul_language::words as w;
use jiff::Timestamp;
use jiff::civil::DateTime;

use super::Found;
use super::claims::Decided;
use super::form::{Wanted, Wrong, text_of, words_in};
use crate::Service;
use crate::pages::fault::reason;
use crate::pages::form::{Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Layout, PageFault, Visit};

/// The most characters of a platform's name, as the ledger has it.
const PLATFORM_CHARS_MAX: usize = 200;

/// One claim as it is decided and as it would be.
struct Changed {
    unit: String,
    before: Decided,
    after: Decided,
    /// It ends with the change, and the buyer is told so.
    is_declined: bool,
}

#[derive(askama::Template)]
#[template(path = "console/cases/sure.html")]
pub(super) struct SurePage {
    layout: Layout,
    href: String,
    case: String,
    /// Everything that was sent, to be sent once more.
    fields: Vec<(String, String)>,
    once: String,
    changed: Vec<Changed>,
}

/// What the form of a fact asks for.
///
/// # Errors
/// [`Wrong`].
pub(super) fn wanted(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
    match fields.text("do") {
        "amend" => amend(visit, found, fields),
        "confirm" => confirm(visit, found, fields),
        "waive" => waive(visit, found, fields),
        _ => Err(Wrong::Fault(PageFault::Malformed)),
    }
}

/// The page that shows what would follow.
///
/// # Errors
/// [`Wrong`].
pub(super) fn page(
    service: &Service,
    visit: &Visit,
    found: &Found,
    fields: &Fields,
) -> Result<SurePage, Wrong> {
    let wanted = wanted(visit, found, fields)?;
    let who = visit.who()?;
    let mut changed = Vec::new();
    for command in &wanted.commands {
        let events = match service.app.preview(&who, &found.view, command) {
            Ok(events) => events,
            Err(backhaul_app::DoorError::Refused(refusal)) => {
                let said = w::case_rules_say_no(visit, reason(visit, &refusal));
                return Err(Wrong::At("next", said.into_owned()));
            }
            Err(error) => return Err(Wrong::Fault(error.into())),
        };
        changed.extend(compared(visit, found, &events));
    }
    let kept = fields.pairs().filter(|(name, _)| !matches!(*name, "look" | "once"));
    Ok(SurePage {
        layout: Layout::of(visit, &w::sure_title(visit, found.id.as_str())),
        href: found.href(),
        case: found.id.to_string(),
        fields: kept.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        once: new_once()?,
        changed,
    })
}

/// The newest decision of each claim beside the one that would be.
fn compared(visit: &Visit, found: &Found, events: &[Event]) -> Vec<Changed> {
    let declined = |of: &UnitId| {
        events.iter().any(|event| matches!(event, Event::ClaimDeclined { unit, .. } if unit == of))
    };
    let changed = events.iter().filter_map(|event| {
        let Event::ClaimDecided { unit, judged, .. } = event else { return None };
        let claim = found.case().ok()?.claims.get(unit)?;
        let decided = |facts, decision: &backhaul_core::decision::Decision| {
            Decided::of(&found.policy, facts, decision, decision.freight, visit.language)
        };
        Some(Changed {
            unit: found.name(visit.language, unit),
            before: decided(&claim.judged.facts, &claim.judged.decision),
            after: decided(&judged.facts, &judged.decision),
            is_declined: declined(unit),
        })
    });
    changed.collect()
}

/// The word of a closed list in a field, where it is another than that which is.
fn other<T: backhaul_core::words::Word>(fields: &Fields, name: &str, is: T) -> Option<T> {
    T::parse(fields.text(name)).filter(|word| *word != is)
}

fn amend(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
    let nothing = || Wrong::At("facts", w::case_nothing_changed(visit).into_owned());
    let mut commands: Vec<Command> = Vec::new();
    for unit in found.units_of(fields)? {
        let claim = found.case()?.claims.get(&unit).ok_or(PageFault::NotFound)?;
        let told = &claim.judged.facts.claim;
        let platform = fields.text("platform");
        if platform.chars().count() > PLATFORM_CHARS_MAX {
            let said = w::claim_platform_long(visit, PLATFORM_CHARS_MAX);
            return Err(Wrong::At("facts", said.into_owned()));
        }
        let is_other = !platform.is_empty() && told.platform.as_deref() != Some(platform);
        let amendment = Amendment {
            remedy: other(fields, "remedy", told.remedy),
            platform: is_other.then(|| platform.to_owned()),
            cause: other::<Cause>(fields, "cause", told.cause),
            condition: other::<Condition>(fields, "condition", told.condition),
            components: Vec::new(),
        };
        if amendment != Amendment::default() {
            commands.push(AmendClaim { case: found.id.clone(), unit, amendment }.into());
        }
    }
    if commands.is_empty() { Err(nothing()) } else { Ok(Wanted { commands, texts: Vec::new() }) }
}

fn confirm(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
    let order = found.case()?.claims.values().next().map(|claim| claim.judged.facts.order.clone());
    let order = order.ok_or(PageFault::NotFound)?;
    let mut commands: Vec<Command> = Vec::new();
    let mut known = |fact| commands.push(ConfirmFact { case: found.id.clone(), fact }.into());
    if let Some(typed) = fields.get("signed-at") {
        let wrong = || Wrong::At("order-facts", w::case_moment_wrong(visit).into_owned());
        let at = moment(visit, typed).ok_or_else(wrong)?;
        // A field of minutes does not tell the seconds of the moment that is known.
        let is_same = order.signed_at.is_some_and(|was| minute(was) == minute(at));
        if !is_same {
            known(ConfirmedFact::SignedAt { at });
        }
    }
    if let Some(voucher) = other::<Voucher>(fields, "voucher", order.voucher) {
        known(ConfirmedFact::Voucher { voucher });
    }
    if commands.is_empty() {
        return Err(Wrong::At("order-facts", w::case_nothing_changed(visit).into_owned()));
    }
    Ok(Wanted { commands, texts: Vec::new() })
}

/// What a field of a local moment says, in the reader's zone.
pub(super) fn moment(visit: &Visit, typed: &str) -> Option<Timestamp> {
    let local: DateTime = typed.parse().ok()?;
    Some(local.to_zoned(visit.zone.clone()).ok()?.timestamp())
}

fn minute(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

fn waive(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
    let units = found.units_of(fields)?;
    let slot = Slot::new(fields.text("slot")).map_err(|_| PageFault::Malformed)?;
    let words = words_in(visit, fields, "waive-reason")?;
    let reason: TextId = text_of("waive", fields)?;
    let case = found.id.clone();
    let command = WaiveEvidence { case, units, slot, reason: reason.clone() };
    Ok(Wanted::saying(command, reason, words))
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || layout(&w::sure_title(layout(""), "SO-1001-R1"));
    let page = SurePage {
        layout: around(),
        href: "/desk/cases/SO-1001-R1".to_owned(),
        case: "SO-1001-R1".to_owned(),
        fields: vec![("do".to_owned(), "amend".to_owned())],
        once: "0".to_owned(),
        changed: vec![Changed {
            unit: "QSFP28-100G-SR4 · S1".to_owned(),
            before: super::samples::decided(&around(), true),
            after: super::samples::decided(&around(), false),
            is_declined: true,
        }],
    };
    vec![sample("console-case-sure", &page)]
}
