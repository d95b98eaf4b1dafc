//! What the forms of a case ask for. Each carries the version that it has seen, and acts once.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::Right;
use backhaul_core::ledger::command::{
    AnswerContest, AssignCase, Authorise, CancelClaims, CloseCase, MergeCases, ReopenCase, Speaker,
    SplitCase, WriteMessage,
};
use backhaul_core::ledger::{CaseId, Claim, StaffId, UnitId};
use backhaul_language::{Language, words as w};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::form::{Carried, Wanted, Wrong, carry_out, text_of, units_in, words_in};
use super::{Found, case, sure};
use crate::Service;
use crate::console::own_address;
use crate::pages::form::{Faults, Fields};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Page, PageFault, Reader, Visit, draw};

/// For how many days from today goods are awaited, unless somebody says another day.
const AWAITED_DAYS: i32 = 30;

pub(super) fn pages() -> Vec<Page> {
    // Whether somebody may do it is asked at the door, by the command.
    vec![Page::post("/desk/cases/{case}", Reader::With(Right::Read), act)]
}

async fn act(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
    fields: Fields,
) -> Answer {
    let found = Found::find(&service, &case).await?;
    if fields.has("look") {
        return match sure::page(&service, &visit, &found, &fields) {
            Ok(page) => draw(&page),
            Err(wrong) => again(&service, &visit, &found, fields, wrong).await,
        };
    }
    let (wanted, notice) = match read(&service, &visit, &found, &fields).await {
        Ok(read) => read,
        Err(wrong) => return again(&service, &visit, &found, fields, wrong).await,
    };
    match carry_out(&service, &visit, &found, &fields, wanted).await? {
        Carried::Done => {
            let href = found.href();
            let back = fields.get("back").map_or(href.as_str(), |back| own_address(back, &href));
            Ok(Redirect::to(&notice.at(without_notice(back))).into_response())
        }
        Carried::Moved => moved(&service, &visit, &found.id, fields).await,
        Carried::Refused(said) => {
            again(&service, &visit, &found, fields, Wrong::At("next", said)).await
        }
    }
}

/// An address as it was before something was said on its page.
fn without_notice(address: &str) -> &str {
    address.split_once("done=").map_or(address, |(before, _)| before.trim_end_matches(['?', '&']))
}

/// The page once more, with what is wrong and all that was typed.
async fn again(
    service: &Service,
    visit: &Visit,
    found: &Found,
    fields: Fields,
    wrong: Wrong,
) -> Answer {
    let (field, said) = match wrong {
        Wrong::At(field, said) => (field, said),
        Wrong::Fault(PageFault::Changed) => {
            return moved(service, visit, &found.id, fields).await;
        }
        Wrong::Fault(fault) => return Err(fault),
    };
    let mut faults = Faults::default();
    faults.add(field, said);
    draw(&case::page(service, visit, found, faults, fields).await?)
}

/// The case as it is now, beside what was typed when it was otherwise.
async fn moved(service: &Service, visit: &Visit, case: &CaseId, fields: Fields) -> Answer {
    let found = Found::find(service, case.as_str()).await?;
    let mut faults = Faults::default();
    faults.add("next", w::case_moved(visit));
    let mut answer = draw(&case::page(service, visit, &found, faults, fields).await?)?;
    *answer.status_mut() = StatusCode::CONFLICT;
    Ok(answer)
}

async fn read(
    service: &Service,
    visit: &Visit,
    found: &Found,
    fields: &Fields,
) -> Result<(Wanted, Notice), Wrong> {
    let case = found.id.clone();
    Ok(match fields.text("do") {
        "authorise" => {
            let language = found.buyer_language(service).await?;
            (authorise(visit, found, fields, language)?, Notice::CaseAuthorised)
        }
        "write" => write(visit, found, fields)?,
        "assign" => (assign(service, visit, found, fields).await?, Notice::CaseAssigned),
        "contest" => (contest(visit, found, fields)?, Notice::AnswerSent),
        "cancel" => (cancel(visit, found, fields)?, Notice::ClaimsCancelled),
        "merge" => {
            let into = CaseId::new(fields.text("into"));
            let into = into.map_err(|_| Wrong::At("into", w::case_merge_choose(visit).into()))?;
            (Wanted::of(MergeCases { case, into }), Notice::CasesMerged)
        }
        "split" => (split(visit, found, fields)?, Notice::CaseSplit),
        "close" => (Wanted::of(CloseCase { case }), Notice::Saved),
        "reopen" => {
            let reason = text_of("reason", fields)?;
            let words = words_in(visit, fields, "reopen-reason")?;
            let command = ReopenCase { case, reason: reason.clone() };
            (Wanted::saying(command, reason, words), Notice::Saved)
        }
        _ => (sure::wanted(visit, found, fields)?, Notice::FactSaved),
    })
}

/// The units that may be authorised now.
pub(super) fn to_authorise(found: &Found) -> Result<Vec<(&UnitId, &Claim)>, PageFault> {
    let claims = found.case()?.claims.iter().filter(|(_, claim)| {
        found.view.ledger.is_live(claim) && claim.is_accepted() && claim.authorised.is_none()
    });
    Ok(claims.collect())
}

/// Until when goods are awaited, where nobody says otherwise.
pub(super) fn last_day(visit: &Visit, found: &Found) -> Date {
    let today = found.policy.zone.date(visit.now);
    today.checked_add(AWAITED_DAYS.days()).unwrap_or(today)
}

/// What the buyer is told beside the slip, where nobody says otherwise.
pub(super) fn instructions(found: &Found, language: Language) -> Result<String, PageFault> {
    let units = to_authorise(found)?;
    let is_missing = !units.is_empty() && units.iter().all(|(_, claim)| claim.is_missing());
    let case = found.id.as_str();
    Ok(if is_missing {
        w::case_instructions_missing(language, case).into_owned()
    } else {
        w::case_instructions(language, case).into_owned()
    })
}

fn authorise(
    visit: &Visit,
    found: &Found,
    fields: &Fields,
    language: Language,
) -> Result<Wanted, Wrong> {
    let expires_on = match fields.get("last-day") {
        None => last_day(visit, found),
        Some(day) => day
            .parse()
            .map_err(|_| Wrong::At("last-day", w::case_last_day_wrong(visit).into_owned()))?,
    };
    let words = match fields.get("instructions") {
        Some(_) => words_in(visit, fields, "instructions")?.to_owned(),
        None => instructions(found, language)?,
    };
    let text = text_of("instructions", fields)?;
    let units = to_authorise(found)?.into_iter().map(|(unit, _)| unit.clone()).collect();
    let case = found.id.clone();
    let command = Authorise { case, units, instructions: text.clone(), expires_on };
    Ok(Wanted::saying(command, text, &words))
}

fn write(visit: &Visit, found: &Found, fields: &Fields) -> Result<(Wanted, Notice), Wrong> {
    let (from, internal, notice) = match fields.text("as") {
        "note" => (Speaker::Staff, true, Notice::NoteKept),
        "buyer-said" => (Speaker::Buyer, false, Notice::NoteKept),
        "answer" => (Speaker::Staff, false, Notice::AnswerSent),
        _ => return Err(Wrong::At("message", w::case_write_choose(visit).into_owned())),
    };
    let text = text_of("message", fields)?;
    let words = words_in(visit, fields, "message")?;
    let command = WriteMessage { case: found.id.clone(), from, text: text.clone(), internal };
    Ok((Wanted::saying(command, text, words), notice))
}

async fn assign(
    service: &Service,
    visit: &Visit,
    found: &Found,
    fields: &Fields,
) -> Result<Wanted, Wrong> {
    let to = match fields.get("to") {
        None => None,
        Some(name) => {
            let staff = service.app.staff().await.map_err(PageFault::from)?;
            let is_there = staff.iter().any(|known| known.id == name && known.is_active);
            let id = StaffId::new(name).ok().filter(|_| is_there);
            Some(id.ok_or_else(|| Wrong::At("to", w::case_assign_unknown(visit).into_owned()))?)
        }
    };
    Ok(Wanted::of(AssignCase { case: found.id.clone(), to }))
}

fn contest(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
    let units = found.units_of(fields)?;
    let upheld = match fields.text("upheld") {
        "yes" => true,
        "no" => false,
        _ => return Err(Wrong::At("contest", w::case_contest_choose(visit).into_owned())),
    };
    let text = text_of("contest", fields)?;
    let words = words_in(visit, fields, "contest-answer")?;
    let answer = |unit: UnitId| {
        AnswerContest { case: found.id.clone(), unit, upheld, text: text.clone() }.into()
    };
    let commands = units.into_iter().map(answer).collect();
    Ok(Wanted { commands, texts: vec![(text.clone(), words.to_owned())] })
}

fn cancel(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
    let units = units_in(visit, found, fields, "cancel")?;
    let case = found.id.clone();
    if fields.get("cancel-reason").is_none() {
        return Ok(Wanted::of(CancelClaims { case, units, reason: None }));
    }
    let words = words_in(visit, fields, "cancel-reason")?;
    let reason = text_of("cancel", fields)?;
    let command = CancelClaims { case, units, reason: Some(reason.clone()) };
    Ok(Wanted::saying(command, reason, words))
}

fn split(visit: &Visit, found: &Found, fields: &Fields) -> Result<Wanted, Wrong> {
    let units = units_in(visit, found, fields, "split")?;
    let new_case = crate::portal::claim::next_case(&found.view, 0)?;
    Ok(Wanted::of(SplitCase { case: found.id.clone(), units, new_case }))
}

#[cfg(test)]
mod tests {
    use super::without_notice;

    #[test]
    fn what_was_said_once_is_not_said_again() {
        assert_eq!(without_notice("/desk/cases?whose=mine&done=saved"), "/desk/cases?whose=mine");
        assert_eq!(without_notice("/desk/cases?done=saved"), "/desk/cases");
        assert_eq!(without_notice("/desk/cases"), "/desk/cases");
    }
}
