//! What a buyer does with a case: adds a picture, announces the parcel, writes, contests a finding, takes it back.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::evidence::FILES_AT_ONCE_MAX;
use backhaul_app::{DoorError, Once, OrderView, Request};
use backhaul_core::ledger::command::{
    AddEvidence, AnnounceParcel, CancelClaims, ContestFinding, Evidence, Speaker, WriteMessage,
};
use backhaul_core::ledger::{CaseId, Command, ParcelId, Reference, Slot, TextId, UnitId};
use backhaul_language::{terms, words as w};

use super::case::{self, MESSAGE_CHARS_MAX};
use super::case_view::CaseOf;
use super::{order_of, picture, units};
use crate::Service;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::notice::Notice;
use crate::pages::upload::{UPLOAD_BYTES_MAX, Upload};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// The most characters of a carrier's number.
const TRACKING_CHARS_MAX: usize = 100;

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::post("/case/{case}/evidence", Reader::Buyer, add).with_body(UPLOAD_BYTES_MAX),
        Page::post("/case/{case}/parcel", Reader::Buyer, announce),
        Page::post("/case/{case}/message", Reader::Buyer, write),
        Page::post("/case/{case}/contest", Reader::Buyer, contest),
        Page::get("/case/{case}/cancel", Reader::Buyer, ask_cancel),
        Page::post("/case/{case}/cancel", Reader::Buyer, cancel),
    ]
}

/// A case of the buyer's order.
struct Own {
    view: OrderView,
    policy: std::sync::Arc<backhaul_core::policy::Policy>,
    id: CaseId,
}

impl Own {
    async fn get(service: &Service, visit: &Visit, case: &str) -> Result<Self, PageFault> {
        let (view, policy) = order_of(service, visit).await?;
        let id = CaseId::new(case).map_err(|_| PageFault::NotFound)?;
        if !view.ledger.cases.contains_key(&id) {
            return Err(PageFault::NotFound);
        }
        Ok(Self { view, policy, id })
    }

    fn of<'a>(&'a self, visit: &Visit) -> Result<CaseOf<'a>, PageFault> {
        let case = self.view.ledger.cases.get(&self.id).ok_or(PageFault::NotFound)?;
        let (view, policy, id) = (&self.view, self.policy.as_ref(), &self.id);
        Ok(CaseOf { language: visit.language, view, policy, id, case })
    }

    /// Carries a command out, and goes back to the case. What the rules refuse is told there.
    async fn ask(
        &self,
        service: &Service,
        visit: &Visit,
        command: Command,
        texts: Vec<(TextId, String)>,
        once: Once,
        notice: Notice,
    ) -> Answer {
        let request = Request {
            texts,
            once: Some(once),
            ..Request::new(visit.who()?, &self.view.order.number, command)
        };
        match service.app.ask(request).await {
            Ok(_) => Ok(Redirect::to(&notice.at(&case::path(&self.id))).into_response()),
            Err(DoorError::Refused(refusal)) => {
                let mut faults = Faults::default();
                faults.add("next", w::case_refused(visit, terms::refusal(visit, refusal.code)));
                draw(&case::page(service, visit, self.id.as_str(), faults, "").await?)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The case's page again, with what is wrong at a field.
    async fn again(
        &self,
        service: &Service,
        visit: &Visit,
        field: &str,
        said: String,
        typed: &str,
    ) -> Answer {
        let mut faults = Faults::default();
        faults.add(field, said);
        draw(&case::page(service, visit, self.id.as_str(), faults, typed).await?)
    }
}

fn text_of(kind: &str, once: &Once) -> Result<TextId, PageFault> {
    TextId::new(&format!("{kind}-{}", once.key)).map_err(|_| PageFault::Malformed)
}

async fn add(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
    upload: Upload,
) -> Answer {
    let own = Own::get(&service, &visit, &case).await?;
    let once = upload.fields.once(&visit)?;
    let missing = own.of(&visit)?.missing();
    if upload.files.is_empty() {
        let said = w::picture_none(&visit).into_owned();
        return own.again(&service, &visit, "evidence", said, "").await;
    }
    if upload.files.len() > FILES_AT_ONCE_MAX {
        let said = w::picture_too_many(&visit, FILES_AT_ONCE_MAX).into_owned();
        return own.again(&service, &visit, "evidence", said, "").await;
    }
    for (place, sent) in upload.files.iter().enumerate() {
        let slot = sent.field.strip_prefix("file.").unwrap_or_default();
        let Some((_, units)) = missing.iter().find(|(known, _)| known == slot) else {
            return Err(PageFault::Malformed);
        };
        let taken = match picture::take(&service, &visit, &own.view.order.number, slot, &sent.bytes)
            .await?
        {
            Ok(taken) => taken,
            Err(said) => return own.again(&service, &visit, &sent.field, said, "").await,
        };
        let (Ok(slot), Ok(file)) = (Slot::new(slot), TextId::new(&taken.file.file)) else {
            return Err(PageFault::Malformed);
        };
        let evidence = Evidence { slot, file };
        let command = AddEvidence { case: own.id.clone(), units: units.clone(), evidence };
        // Each file is a command of its own; sent again, the file has another name, and is one more picture.
        let key = format!("{}-{place}", once.key);
        let request_hash = format!("{}-{}", once.request_hash, taken.file.file);
        let request = Request {
            once: Some(Once { caller: once.caller.clone(), key, request_hash }),
            ..Request::new(visit.who()?, &own.view.order.number, command.into())
        };
        match service.app.ask(request).await {
            // The form was sent twice: the picture is there.
            Ok(_) | Err(DoorError::KeyReused) => {}
            Err(DoorError::Refused(refusal)) => {
                let said =
                    w::case_refused(&visit, terms::refusal(&visit, refusal.code)).into_owned();
                return own.again(&service, &visit, "evidence", said, "").await;
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Redirect::to(&Notice::EvidenceAdded.at(&case::path(&own.id))).into_response())
}

async fn announce(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
    fields: Fields,
) -> Answer {
    let own = Own::get(&service, &visit, &case).await?;
    let once = fields.once(&visit)?;
    let tracking = fields.text("tracking");
    if tracking.chars().count() > TRACKING_CHARS_MAX || tracking.chars().any(char::is_control) {
        let said = w::case_tracking_wrong(&visit, TRACKING_CHARS_MAX).into_owned();
        return own.again(&service, &visit, "tracking", said, "").await;
    }
    let units = own.of(&visit)?.to_send();
    let parcel = ParcelId::new(&format!("{}-{}", own.id, once.key.get(..8).unwrap_or(&once.key)));
    let command = AnnounceParcel {
        case: own.id.clone(),
        parcel: parcel.map_err(|_| PageFault::Malformed)?,
        units,
        tracking: Reference::new(tracking).ok(),
    };
    own.ask(&service, &visit, command.into(), Vec::new(), once, Notice::ParcelAnnounced).await
}

async fn write(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
    fields: Fields,
) -> Answer {
    let own = Own::get(&service, &visit, &case).await?;
    let once = fields.once(&visit)?;
    let words = fields.text("message");
    if words.is_empty() || words.chars().count() > MESSAGE_CHARS_MAX {
        let said = w::case_message_wrong(&visit, MESSAGE_CHARS_MAX).into_owned();
        return own.again(&service, &visit, "message", said, words).await;
    }
    let text = text_of("message", &once)?;
    let command = WriteMessage {
        case: own.id.clone(),
        from: Speaker::Buyer,
        text: text.clone(),
        internal: false,
    };
    let texts = vec![(text, words.to_owned())];
    own.ask(&service, &visit, command.into(), texts, once, Notice::MessageSent).await
}

async fn contest(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
    fields: Fields,
) -> Answer {
    let own = Own::get(&service, &visit, &case).await?;
    let once = fields.once(&visit)?;
    let unit = claimed(&own, fields.text("unit")).ok_or(PageFault::NotFound)?;
    let words = fields.text("contest");
    if words.is_empty() || words.chars().count() > MESSAGE_CHARS_MAX {
        let said = w::case_message_wrong(&visit, MESSAGE_CHARS_MAX).into_owned();
        return own.again(&service, &visit, "units", said, "").await;
    }
    let text = text_of("contest", &once)?;
    let command = ContestFinding { case: own.id.clone(), unit, text: text.clone() };
    let texts = vec![(text, words.to_owned())];
    own.ask(&service, &visit, command.into(), texts, once, Notice::Contested).await
}

/// A unit that the case claims.
fn claimed(own: &Own, value: &str) -> Option<UnitId> {
    let case = own.view.ledger.cases.get(&own.id)?;
    case.claims.keys().find(|unit| units::value(unit) == value).cloned()
}

#[derive(askama::Template)]
#[template(path = "portal/cancel.html")]
pub(super) struct CancelPage {
    pub(super) layout: Layout,
    pub(super) once: String,
    pub(super) path: String,
    pub(super) units: Vec<String>,
}

async fn ask_cancel(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
) -> Answer {
    let own = Own::get(&service, &visit, &case).await?;
    let units = own.of(&visit)?.cancellable();
    if units.is_empty() {
        return Ok(Redirect::to(&case::path(&own.id)).into_response());
    }
    draw(&CancelPage {
        layout: Layout::of(&visit, &w::cancel_title(&visit, own.id.as_str())),
        once: new_once()?,
        path: case::path(&own.id),
        units: case::named(&visit, &own.view, &units),
    })
}

async fn cancel(
    State(service): State<Service>,
    visit: Visit,
    Path(case): Path<String>,
    fields: Fields,
) -> Answer {
    let own = Own::get(&service, &visit, &case).await?;
    let once = fields.once(&visit)?;
    let units = own.of(&visit)?.cancellable();
    let command = CancelClaims { case: own.id.clone(), units, reason: None };
    own.ask(&service, &visit, command.into(), Vec::new(), once, Notice::ClaimsCancelled).await
}
