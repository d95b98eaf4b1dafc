//! The right of withdrawal in the European Union, in two steps: a statement, and a button that confirms it (Directive
//! 2011/83/EU, article 11a). Nothing more is asked than whose contract it is and where the receipt goes.
//!
//! What comes of it is a case like any other, judged by the same policy; that it was declared, and when, is on the receipt.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::letters::WITHDRAWAL_TEXT;
use backhaul_app::{DoorError, OrderView, Request};
use backhaul_core::ledger::command::{ClaimRequest, OpenCase};
use backhaul_core::ledger::{CaseId, Event, LineId, RefusalCode, TextId, UnitId};
use backhaul_core::words::{Cause, Condition, Remedy};
use backhaul_language::words as w;
use jiff::{SignedDuration, Timestamp};

use super::claim::next_case;
use super::{case, order_of, units};
use crate::Service;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::notice::Notice;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// Where it is.
const WITHDRAW: &str = "/withdraw";
/// The countries of the European Union.
const UNION: [&str; 27] = [
    "AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "LV",
    "LT", "LU", "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE",
];
/// How long the function is shown after the delivery: the fourteen days of the directive, and one for the reader's zone. The law
/// has exceptions that make it longer; whoever is later declares it in a claim or a message.
const SHOWN_FOR: SignedDuration = SignedDuration::from_hours(15 * 24);

/// The most characters of the buyer's words.
const WORDS_CHARS_MAX: usize = 2_000;
/// How often another case number is tried.
const NUMBERS_TRIED_MAX: usize = 5;

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(WITHDRAW, Reader::Buyer, show),
        Page::post(WITHDRAW, Reader::Buyer, state),
        Page::post("/withdraw/confirm", Reader::Buyer, confirm),
    ]
}

/// Whether the function is shown: the delivery is in the Union, and the time is not over.
pub(super) fn may_withdraw(view: &OrderView, now: Timestamp) -> bool {
    let is_in_union = UNION.contains(&view.order.country.as_str());
    let is_in_time =
        view.order.signed_at.is_none_or(|signed| now.duration_since(signed) < SHOWN_FOR);
    is_in_union && is_in_time && !free(view).is_empty()
}

/// Whether a case was opened by a declaration of withdrawal.
pub(super) fn is_withdrawal(view: &OrderView, case: &CaseId) -> bool {
    // The case is named by the declaration; its number says so, because an event holds no more.
    view.ledger.cases.contains_key(case) && case.as_str().ends_with(SUFFIX)
}

/// How the number of such a case ends.
const SUFFIX: &str = "-W";

/// The units that nothing was asked for yet.
fn free(view: &OrderView) -> Vec<UnitId> {
    let ledger = &view.ledger;
    let is_free = |unit: &UnitId| {
        units::live_case(ledger, unit).is_none() && units::spent_case(ledger, unit).is_none()
    };
    view.order
        .lines
        .iter()
        .flat_map(|line| units::of_line(line, ledger))
        .filter(is_free)
        .take(super::claim_form::UNITS_MAX)
        .collect()
}

/// A unit to withdraw from.
pub(super) struct UnitOffered {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) is_chosen: bool,
}

#[derive(askama::Template)]
#[template(path = "portal/withdraw.html")]
pub(super) struct WithdrawPage {
    pub(super) layout: Layout,
    pub(super) faults: Faults,
    pub(super) once: String,
    pub(super) order: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) units: Vec<UnitOffered>,
    pub(super) words: String,
    /// The second step: the statement is read once more, and confirmed.
    pub(super) is_stated: bool,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let (view, _) = order_of(&service, &visit).await?;
    if !may_withdraw(&view, visit.now) {
        return Err(PageFault::NotFound);
    }
    let all = free(&view);
    draw(&page(&service, &visit, &view, &all, "", Faults::default(), false).await?)
}

async fn state(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let (view, _) = order_of(&service, &visit).await?;
    let chosen = chosen(&view, &fields);
    let faults = faults(&visit, &chosen, &fields);
    let is_stated = faults.is_empty() && !fields.has("change");
    draw(&page(&service, &visit, &view, &chosen, fields.text("words"), faults, is_stated).await?)
}

fn chosen(view: &OrderView, fields: &Fields) -> Vec<UnitId> {
    let mut chosen: Vec<UnitId> = Vec::new();
    for value in fields.all("unit").take(super::claim_form::UNITS_MAX) {
        let unit = units::parse(&view.order, &view.ledger, value);
        chosen.extend(unit.filter(|unit| !chosen.contains(unit)));
    }
    chosen
}

fn faults(visit: &Visit, chosen: &[UnitId], fields: &Fields) -> Faults {
    let mut faults = Faults::default();
    if chosen.is_empty() {
        faults.add("units", w::claim_units_wrong(visit));
    }
    if fields.text("words").chars().count() > WORDS_CHARS_MAX {
        faults.add("words", w::claim_words_long(visit, WORDS_CHARS_MAX));
    }
    faults
}

async fn page(
    service: &Service,
    visit: &Visit,
    view: &OrderView,
    chosen: &[UnitId],
    words: &str,
    faults: Faults,
    is_stated: bool,
) -> Result<WithdrawPage, PageFault> {
    let buyer = service.app.buyer(&view.order.number).await.ok().flatten();
    let email = buyer.as_ref().and_then(|buyer| buyer.email());
    let offered = |unit: &UnitId| UnitOffered {
        value: units::value(unit),
        name: units::name(visit, &view.order, &view.ledger, unit),
        is_chosen: chosen.contains(unit),
    };
    Ok(WithdrawPage {
        layout: Layout::of(visit, &w::withdraw_title(visit)),
        faults,
        once: new_once()?,
        order: view.order.number.clone(),
        name: buyer.as_ref().and_then(|buyer| buyer.name()).unwrap_or_default().to_owned(),
        email: email.map(|email| email.as_str().to_owned()).unwrap_or_default(),
        units: free(view).iter().map(offered).collect(),
        words: words.to_owned(),
        is_stated,
    })
}

async fn confirm(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let (view, policy) = order_of(&service, &visit).await?;
    let once = fields.once(&visit)?;
    let chosen = chosen(&view, &fields);
    let faults = faults(&visit, &chosen, &fields);
    if !faults.is_empty() {
        let words = fields.text("words");
        return draw(&page(&service, &visit, &view, &chosen, words, faults, false).await?);
    }
    // A policy that knows no refund still has to hear of it: it says what it does then.
    let remedies = &policy.vocabulary.remedies;
    let refund = remedies.contains(&Remedy::Refund);
    let remedy = if refund { Remedy::Refund } else { *remedies.first().unwrap_or(&Remedy::Refund) };
    let text =
        TextId::new(&format!("{WITHDRAWAL_TEXT}{}", once.key)).map_err(|_| PageFault::Malformed)?;
    let words = match fields.text("words") {
        "" => w::withdraw_statement(&visit, &view.order.number).into_owned(),
        words => format!("{}\n\n{words}", w::withdraw_statement(&visit, &view.order.number)),
    };
    for tried in 0..NUMBERS_TRIED_MAX {
        let number = next_case(&view, tried)?;
        let id = CaseId::new(&format!("{number}{SUFFIX}")).map_err(|_| PageFault::Malformed)?;
        let command = OpenCase {
            case: id.clone(),
            reported_at: visit.now,
            text: Some(text.clone()),
            claims: requests(&chosen, remedy),
        };
        let request = Request {
            texts: vec![(text.clone(), words.clone())],
            once: Some(once.clone()),
            ..Request::new(visit.who()?, &view.order.number, command.into())
        };
        match service.app.ask(request).await {
            Ok(done) => {
                let opened = done.events.iter().find_map(|event| match event {
                    Event::CaseOpened { case, .. } => Some(case.clone()),
                    _ => None,
                });
                let next = Notice::Withdrawn.at(&case::path(&opened.unwrap_or(id)));
                return Ok(Redirect::to(&next).into_response());
            }
            Err(DoorError::CaseTaken { .. }) => {}
            Err(DoorError::Refused(refusal)) if refusal.code == RefusalCode::CaseExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(PageFault::Changed)
}

fn requests(chosen: &[UnitId], remedy: Remedy) -> Vec<ClaimRequest> {
    let mut of_lines: Vec<(&LineId, Vec<UnitId>)> = Vec::new();
    for unit in chosen {
        match of_lines.iter_mut().find(|(line, _)| *line == &unit.line) {
            Some((_, units)) => units.push(unit.clone()),
            None => of_lines.push((&unit.line, vec![unit.clone()])),
        }
    }
    let request = |units| ClaimRequest {
        units,
        cause: Cause::OwnReasons,
        remedy,
        condition: Condition::Unused,
        platform: None,
        evidence: Vec::new(),
        facts: std::collections::BTreeMap::new(),
    };
    of_lines.into_iter().map(|(_, units)| request(units)).collect()
}
