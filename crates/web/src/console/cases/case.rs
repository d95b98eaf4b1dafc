//! The one screen of a case: what was decided and why, what is to be done next, the pictures, what was said, what happened.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::conversation::{Said, SaidAs};
use backhaul_app::{Buyer, DraftError, Email, Right, TemplateFault};
use backhaul_core::ledger::command::Speaker;
use backhaul_core::ledger::{CaseState, Contest, NextStep, Standing, UnitId};
use backhaul_language::{Language, terms, words as w};
use jiff::Timestamp;
use jiff::civil::Date;

use super::around::{self, History, ParcelShown, RefundShown};
use super::claims::{self, Choice, ClaimsShown};
use super::timeline::{self, Happened};
use super::{Found, act, case_href, guides};
use crate::Service;
use crate::pages::address::asked;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::portal::{said, units};

/// The most events of an order that the page of a case looks through.
const HISTORY_MAX: usize = 5_000;
/// The most pictures on a page.
const PICTURES_MAX: usize = 100;
/// The template that asks for what is missing.
const ASK: &str = "ask_for_evidence";

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get("/desk/cases/{case}", Reader::With(Right::Read), show)]
}

/// A picture, or another file, of a slot.
pub(super) struct Picture {
    pub(super) file: String,
    pub(super) slot: String,
    pub(super) is_picture: bool,
}

/// Something that was said.
pub(super) struct SaidShown {
    pub(super) who: String,
    pub(super) what: String,
    pub(super) at: Timestamp,
    pub(super) words: String,
    pub(super) is_note: bool,
    pub(super) is_ours: bool,
}

/// A slot that is empty and wanted.
pub(super) struct Missing {
    pub(super) slot: String,
    pub(super) label: String,
    pub(super) units: Vec<String>,
}

/// What the buyer is told with an authorisation.
pub(super) struct ToAuthorise {
    pub(super) units: String,
    pub(super) instructions: String,
    pub(super) last_day: Date,
}

/// What a member of staff may do with the case now.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each says whether a form is shown")]
pub(super) struct May {
    pub(super) guide: bool,
    pub(super) ask: bool,
    pub(super) decline: bool,
    pub(super) decide: bool,
    /// Tell the buyer of what would be kept back.
    pub(super) deduct: bool,
    pub(super) close: bool,
    pub(super) reopen: bool,
    pub(super) change_order_facts: bool,
}

#[derive(askama::Template)]
#[template(path = "console/cases/case.html")]
pub(super) struct CasePage {
    pub(super) layout: Layout,
    pub(super) faults: Faults,
    /// What was typed into a form that was not carried out.
    pub(super) typed: Fields,
    pub(super) once: String,
    pub(super) version: i64,
    pub(super) href: String,
    pub(super) case: String,
    pub(super) order: String,
    pub(super) state: String,
    /// What is to be done next, as a word of the closed list.
    pub(super) step: &'static str,
    pub(super) next: String,
    pub(super) waits_for: String,
    pub(super) due: Option<String>,
    pub(super) is_overdue: bool,
    pub(super) opened_at: Timestamp,
    pub(super) assignee: Option<String>,
    pub(super) is_mine: bool,
    pub(super) split_from: Option<String>,
    pub(super) buyer: Option<BuyerShown>,
    pub(super) may: May,
    pub(super) to_authorise: Option<ToAuthorise>,
    pub(super) claims: Vec<ClaimsShown>,
    pub(super) missing: Vec<Missing>,
    pub(super) signed_at: String,
    pub(super) vouchers: Vec<Choice>,
    pub(super) pictures: Vec<Picture>,
    pub(super) said: Vec<SaidShown>,
    pub(super) templates: Vec<Choice>,
    pub(super) message: String,
    /// Why a template could not be filled.
    pub(super) draft_fault: Option<String>,
    pub(super) has_papers: bool,
    pub(super) refunds: Vec<RefundShown>,
    pub(super) parcels: Vec<ParcelShown>,
    pub(super) history: History,
    pub(super) timeline: Vec<Happened>,
    pub(super) staff: Vec<Choice>,
    pub(super) mergeable: Vec<String>,
    pub(super) splittable: Vec<Choice>,
    pub(super) cancellable: Vec<Choice>,
}

/// Who bought it.
pub(super) struct BuyerShown {
    pub(super) name: Option<String>,
    pub(super) email: Option<String>,
    /// The language in which the buyer is written to.
    pub(super) language: String,
}

impl BuyerShown {
    fn of(buyer: &Buyer) -> Self {
        let language = buyer.language().and_then(Language::of_tag).unwrap_or(Language::ENGLISH);
        Self {
            name: buyer.name().map(str::to_owned),
            email: buyer.email().map(Email::as_str).map(str::to_owned),
            language: w::language_name(language).into_owned(),
        }
    }
}

async fn show(State(service): State<Service>, visit: Visit, Path(case): Path<String>) -> Answer {
    let found = Found::find(&service, &case).await?;
    if let Some((now, _)) =
        found.view.ledger.current_case(&found.id).filter(|(now, _)| **now != found.id)
    {
        // The number of the first leads to the other.
        return Ok(Redirect::to(&case_href(now)).into_response());
    }
    draw(&page(&service, &visit, &found, Faults::default(), Fields::default()).await?)
}

/// The page of a case, with what is wrong with a form of it and what was typed there.
///
/// # Errors
/// The desk cannot be read.
pub(super) async fn page(
    service: &Service,
    visit: &Visit,
    found: &Found,
    faults: Faults,
    typed: Fields,
) -> Result<CasePage, PageFault> {
    let (view, language) = (&found.view, visit.language);
    let (of, case, ledger) = (found.of(language)?, found.case()?, &view.ledger);
    let number = &view.order.number;
    let recorded = service.app.history(number, 0, HISTORY_MAX).await?.unwrap_or_default();
    let claims = claims::of(service, visit, found, &recorded).await?;
    let serials: Vec<_> = claims.iter().flat_map(|claims| claims.serials.clone()).collect();
    let step = of.next();
    let due = due(found)?;
    let talk = Talk::of(service, visit, found, &typed).await?;
    let live = || case.claims.iter().filter(|(_, claim)| ledger.is_live(claim));
    let is_guide = guides(visit);
    let facts = live().next().map(|(_, claim)| claim.judged.facts.clone());
    let buyer = if visit.has(Right::ManageBuyers) { buyer(service, number).await? } else { None };
    Ok(CasePage {
        layout: Layout::of(visit, &w::case_heading(visit, found.id.as_str())),
        faults,
        once: new_once()?,
        version: view.version,
        href: found.href(),
        case: found.id.to_string(),
        order: number.clone(),
        state: terms::state(visit, of.state()).into_owned(),
        step: step.as_str(),
        next: terms::next_step(visit, step).into_owned(),
        waits_for: terms::attention(visit, step.attention()).into_owned(),
        due: due.map(|due| backhaul_language::format::moment(visit, due, &visit.zone)),
        is_overdue: due.is_some_and(|due| due < visit.now),
        opened_at: case.opened_at,
        is_mine: case.assignee.as_ref().is_some_and(|to| Some(to.as_str()) == visit.staff_id()),
        assignee: case.assignee.as_ref().map(ToString::to_string),
        split_from: case.split_from.as_ref().map(ToString::to_string),
        buyer,
        may: may(found, is_guide)?,
        to_authorise: if is_guide { to_authorise(service, visit, found).await? } else { None },
        claims,
        missing: missing(visit, found)?,
        signed_at: facts
            .as_ref()
            .and_then(|facts| facts.order.signed_at)
            .map(|at| at.to_zoned(visit.zone.clone()).strftime("%Y-%m-%dT%H:%M").to_string())
            .unwrap_or_default(),
        vouchers: claims::vouchers(visit, facts.as_ref().map(|facts| facts.order.voucher)),
        pictures: pictures(service, visit, found).await?,
        said: talk.said,
        templates: talk.templates,
        message: talk.message,
        draft_fault: talk.fault,
        has_papers: !of.to_send().is_empty(),
        refunds: around::refunds(visit, found),
        parcels: around::parcels(found),
        history: around::history(service, visit, found, &serials).await?,
        timeline: timeline::of(service, visit, found, &recorded).await?,
        staff: if is_guide { staff(service, found).await? } else { Vec::new() },
        mergeable: mergeable(found, is_guide),
        splittable: if is_guide && case.claims.len() > 1 {
            case.claims.keys().map(|unit| unit_choice(visit, found, unit, &typed, false)).collect()
        } else {
            Vec::new()
        },
        cancellable: if is_guide {
            of.cancellable()
                .iter()
                .map(|unit| unit_choice(visit, found, unit, &typed, true))
                .collect()
        } else {
            Vec::new()
        },
        typed,
    })
}

/// The end of the day by which something of the case is due, as the queue has it.
fn due(found: &Found) -> Result<Option<Timestamp>, PageFault> {
    let ledger = &found.view.ledger;
    let live = found.case()?.claims.values().filter(|claim| ledger.is_live(claim));
    let day = live.filter_map(|claim| match (claim.received.is_some(), &claim.authorised) {
        (false, Some(authorised)) => Some(authorised.expires_on),
        _ => claim.judged.decision.dates.refund_by,
    });
    Ok(day.min().and_then(|day| found.policy.zone.end(day)))
}

async fn buyer(service: &Service, number: &str) -> Result<Option<BuyerShown>, PageFault> {
    let buyer = service.app.buyer(number).await.map_err(|error| PageFault::mistake(&error))?;
    Ok(buyer.as_ref().map(BuyerShown::of))
}

fn unit_choice(
    visit: &Visit,
    found: &Found,
    unit: &UnitId,
    typed: &Fields,
    is_all: bool,
) -> Choice {
    let value = units::value(unit);
    let is_typed = typed.all("unit").any(|typed| typed == value);
    let is_untouched = typed.text("do").is_empty();
    Choice {
        is_chosen: is_typed || (is_all && is_untouched),
        label: found.name(visit.language, unit),
        value,
    }
}

fn may(found: &Found, is_guide: bool) -> Result<May, PageFault> {
    let (case, ledger) = (found.case()?, &found.view.ledger);
    if !is_guide {
        return Ok(May::default());
    }
    let state = ledger.case_state(case);
    let is_closed = matches!(state, CaseState::Closed | CaseState::Merged);
    let live = || case.claims.values().filter(|claim| ledger.is_live(claim));
    let is_contested = case.claims.values().any(|claim| claim.contest == Some(Contest::Open));
    let ended = case.claims.values().any(|claim| claim.standing != Standing::Open);
    Ok(May {
        guide: true,
        ask: live().any(|claim| !claim.judged.decision.needs.is_empty()),
        decline: live().any(|claim| claim.received.is_none() && claim.remedy.is_none()),
        decide: !is_closed && !super::otherwise::ways(found)?.is_empty(),
        deduct: !super::deduct::deductible(found)?.is_empty(),
        close: state.is_final() && !is_closed && !is_contested,
        reopen: ended,
        change_order_facts: live().next().is_some(),
    })
}

async fn to_authorise(
    service: &Service,
    visit: &Visit,
    found: &Found,
) -> Result<Option<ToAuthorise>, PageFault> {
    let units = act::to_authorise(found)?;
    if units.is_empty() {
        return Ok(None);
    }
    let names: Vec<_> = units.iter().map(|(unit, _)| found.name(visit.language, unit)).collect();
    let language = found.buyer_language(service).await?;
    Ok(Some(ToAuthorise {
        units: timeline::few(visit, &names),
        instructions: act::instructions(found, language)?,
        last_day: act::last_day(visit, found),
    }))
}

fn missing(visit: &Visit, found: &Found) -> Result<Vec<Missing>, PageFault> {
    let missing = found.of(visit.language)?.missing();
    let shown = missing.into_iter().map(|(slot, wanting)| Missing {
        label: said::slot(&found.policy, &slot, visit.language),
        units: wanting.iter().map(units::value).collect(),
        slot,
    });
    Ok(shown.collect())
}

async fn pictures(
    service: &Service,
    visit: &Visit,
    found: &Found,
) -> Result<Vec<Picture>, PageFault> {
    let files = service.app.files(&found.view.order.number).await?;
    let split_from = found.case()?.split_from.clone();
    let is_own = |case: &str| {
        let of = backhaul_core::ledger::CaseId::new(case).ok();
        of.is_some_and(|of| {
            timeline::is_now(&found.view.ledger, &of, &found.id) || Some(&of) == split_from.as_ref()
        })
    };
    let own = files.into_iter().filter(|file| is_own(&file.case)).take(PICTURES_MAX);
    let shown = own.map(|file| Picture {
        slot: said::slot(&found.policy, &file.slot, visit.language),
        is_picture: file.width > 0,
        file: file.file,
    });
    Ok(shown.collect())
}

async fn staff(service: &Service, found: &Found) -> Result<Vec<Choice>, PageFault> {
    let assignee = found.case()?.assignee.as_ref().map(ToString::to_string);
    let staff = service.app.staff().await?.into_iter().filter(|person| person.is_active);
    let choice = staff.map(|person| Choice {
        is_chosen: assignee.as_ref() == Some(&person.id),
        label: person.id.clone(),
        value: person.id,
    });
    Ok(choice.collect())
}

/// The other cases of the order into which this one could go.
fn mergeable(found: &Found, is_guide: bool) -> Vec<String> {
    let ledger = &found.view.ledger;
    let is_closed = |case| matches!(ledger.case_state(case), CaseState::Closed | CaseState::Merged);
    if !is_guide || found.case().is_ok_and(is_closed) {
        return Vec::new();
    }
    let others = ledger.cases.iter().filter(|(id, case)| **id != found.id && !is_closed(case));
    others.map(|(id, _)| id.to_string()).collect()
}

/// What was said, and the answer that is being written.
struct Talk {
    said: Vec<SaidShown>,
    templates: Vec<Choice>,
    message: String,
    fault: Option<String>,
}

impl Talk {
    async fn of(
        service: &Service,
        visit: &Visit,
        found: &Found,
        typed: &Fields,
    ) -> Result<Self, PageFault> {
        let said = service.app.conversation_of_staff(&found.id).await?.unwrap_or_default();
        let mut talk = Self {
            said: said.into_iter().map(|said| shown(visit, said)).collect(),
            templates: Vec::new(),
            message: typed.text("message").to_owned(),
            fault: None,
        };
        if !guides(visit) {
            return Ok(talk);
        }
        let chosen = asked(visit, "template").filter(|_| typed.text("do").is_empty());
        // One entry for each template, called as the reader's language calls it where it has one.
        for template in service.app.templates().await? {
            let is_own = template.language == visit.language;
            let is_chosen = chosen.as_ref() == Some(&template.id);
            match talk.templates.iter_mut().find(|known| known.value == template.id) {
                Some(known) if is_own => known.label = template.title,
                Some(_) => {}
                None => talk.templates.push(Choice {
                    value: template.id,
                    label: template.title,
                    is_chosen,
                }),
            }
        }
        if let Some(template) = chosen {
            match service.app.draft_answer(&found.id, &template, None).await {
                Ok(drafted) => talk.message = drafted.words,
                Err(fault) => talk.fault = Some(not_drafted(visit, fault)?),
            }
        }
        Ok(talk)
    }
}

/// Why a template is not filled.
///
/// # Errors
/// It is no fault of the template's.
pub(super) fn not_drafted(visit: &Visit, error: DraftError) -> Result<String, PageFault> {
    Ok(match error {
        DraftError::Fault(TemplateFault::NotKnown { placeholder }) => {
            w::case_draft_not_known(visit, format!("{{{}}}", placeholder.as_str())).into_owned()
        }
        DraftError::Fault(_) | DraftError::UnknownTemplate { .. } => {
            w::case_draft_wrong(visit).into_owned()
        }
        DraftError::UnknownCase { .. } => return Err(PageFault::NotFound),
        DraftError::Door(error) => return Err(error.into()),
        DraftError::Database(error) => return Err(error.into()),
    })
}

fn shown(visit: &Visit, said: Said) -> SaidShown {
    let what = match said.said_as {
        SaidAs::Report => w::talk_report(visit),
        SaidAs::Message => w::talk_message(visit),
        SaidAs::Note => w::talk_note(visit),
        SaidAs::Instructions => w::said_instructions(visit),
        SaidAs::Decline => w::said_decline(visit),
        SaidAs::Deduction => w::said_deduction(visit),
        SaidAs::Contest => w::talk_contest(visit),
        SaidAs::ContestAnswer { upheld: true } => w::talk_contest_upheld(visit),
        SaidAs::ContestAnswer { upheld: false } => w::talk_contest_rejected(visit),
    };
    let who = match (&said.by, said.from) {
        (Some(by), Speaker::Staff) => timeline::name_of(visit, by),
        // Staff took down what the buyer said.
        (Some(by @ backhaul_core::ledger::Actor::Staff { .. }), Speaker::Buyer) => {
            w::talk_taken_down(visit, timeline::name_of(visit, by)).into_owned()
        }
        (_, Speaker::Buyer) => w::case_by_buyer(visit).into_owned(),
        (None, Speaker::Staff) => visit.merchant.name.clone(),
    };
    SaidShown {
        who,
        what: what.into_owned(),
        at: said.at,
        words: said.words.unwrap_or_else(|| w::said_erased(visit).into_owned()),
        is_note: said.said_as == SaidAs::Note,
        is_ours: said.from == Speaker::Staff,
    }
}

/// The link that fills the template which asks for what is missing.
pub(super) fn ask_href(href: &str) -> String {
    format!("{href}?template={ASK}#write")
}

impl CasePage {
    fn ask_href(&self) -> String {
        ask_href(&self.href)
    }

    /// Whether that is what is to be done next.
    fn is_next(&self, step: NextStep) -> bool {
        self.step == step.as_str()
    }
}
