//! The claim: what comes back, why, and what the buyer asks for, with the answer in front of them before anything is sent.
//!
//! Nothing declines a claim only after it was sent: a claim goes through only with the answer that its page has shown. Where
//! that answer is not the newest, the page is drawn again.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::evidence::FILES_AT_ONCE_MAX;
use backhaul_app::{DoorError, OrderView, Request};
use backhaul_core::decision::{ClauseId, Decision};
use backhaul_core::ledger::{CaseId, Event, RefusalCode, TextId, UnitId};
use backhaul_core::policy::Policy;
use backhaul_core::words::Verdict;
use backhaul_language::{terms, words as w};
use backhaul_store::Hash;
use jiff::Timestamp;
use jiff::civil::DateTime;

use super::claim_form::{ClaimForm, PLATFORM_CHARS_MAX, Picture, UNITS_MAX, WORDS_CHARS_MAX};
use super::picture::{self, PicturePart};
use super::said::{self, DecisionSaid};
use super::{case, order_of, units};
use crate::Service;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::notice::Notice;
use crate::pages::upload::{UPLOAD_BYTES_MAX, Upload};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// How often another case number is tried where somebody took one at the same moment.
const NUMBERS_TRIED_MAX: usize = 5;

/// Where a buyer's claim is written.
pub(super) const CLAIM: &str = "/claim";

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::get(CLAIM, Reader::Buyer, show),
        Page::post(CLAIM, Reader::Buyer, send).with_body(UPLOAD_BYTES_MAX),
        Page::post("/claim/answer", Reader::Buyer, answer),
    ]
}

/// One of several to choose from.
pub(crate) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) help: String,
    pub(super) is_chosen: bool,
}

/// A fact that the policy asks of the buyer.
pub(crate) struct FactAsked {
    pub(super) name: String,
    pub(super) label: String,
    pub(super) value: String,
    /// What there is to choose from; empty where it is typed.
    pub(super) choices: Vec<Choice>,
}

/// A chosen unit, with the parts it may come back in.
pub(crate) struct UnitChosen {
    pub(super) value: String,
    pub(super) name: String,
    pub(super) parts: Vec<Choice>,
}

/// A slot for pictures.
pub(crate) struct SlotShown {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) is_needed: bool,
    pub(super) pictures: Vec<PicturePart>,
    pub(super) fault: Option<String>,
}

/// The answer to what is chosen.
#[derive(askama::Template)]
#[template(path = "portal/answer.html")]
pub(crate) struct AnswerPart {
    pub(super) layout: Layout,
    pub(super) answers: Vec<DecisionSaid>,
    /// Names the answer: the form sends it back, to show which one the buyer has seen.
    pub(super) seen: String,
    /// The slots that want a picture.
    pub(super) slots: Vec<String>,
    pub(super) is_declined: bool,
    pub(super) is_ready: bool,
    /// Why the claim cannot be made at all.
    pub(super) refused: Option<String>,
}

#[derive(askama::Template)]
#[template(path = "portal/claim.html")]
pub(super) struct ClaimPage {
    pub(super) layout: Layout,
    pub(super) form: ClaimPart,
}

/// Where the form of a claim goes.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// The whole of it.
    pub(crate) claim: String,
    /// What is chosen so far, for the answer.
    pub(crate) answer: String,
    /// One picture.
    pub(crate) picture: String,
    /// Where pictures are looked at.
    pub(crate) look: &'static str,
    /// Whether a member of staff writes it for the buyer, and says when and how it was reported.
    pub(crate) is_of_staff: bool,
}

impl Places {
    pub(super) fn of_buyer() -> Self {
        Self {
            claim: CLAIM.to_owned(),
            answer: format!("{CLAIM}/answer"),
            picture: "/picture".to_owned(),
            look: picture::LOOK,
            is_of_staff: false,
        }
    }
}

/// The form of a claim, with the answer to what is chosen.
#[derive(askama::Template)]
#[template(path = "portal/claim_form.html")]
pub(crate) struct ClaimPart {
    pub(super) layout: Layout,
    pub(super) places: Places,
    /// When it was reported, as a member of staff typed it; nothing where the buyer writes.
    pub(super) reported: Option<String>,
    /// By which way it was reported.
    pub(super) channels: Vec<Choice>,
    pub(super) faults: Faults,
    pub(super) once: String,
    pub(super) units: Vec<UnitChosen>,
    pub(super) causes: Vec<Choice>,
    pub(super) remedies: Vec<Choice>,
    pub(super) conditions: Vec<Choice>,
    pub(super) platform: String,
    pub(super) facts: Vec<FactAsked>,
    pub(super) words: String,
    pub(super) slots: Vec<SlotShown>,
    pub(super) answer: AnswerPart,
    /// The answer changed since the buyer saw it, or was not seen at all.
    pub(super) is_new_answer: bool,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let (view, policy) = order_of(&service, &visit).await?;
    let query = visit.here.split_once('?').map_or("", |(_, query)| query);
    let fields = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let form = ClaimForm::read(&Fields::of(fields), &view, &policy);
    if form.units.is_empty() || form.units.len() > UNITS_MAX {
        return Ok(Redirect::to(super::order::CHOOSE_FIRST).into_response());
    }
    let drawn = Drawing::of_buyer(&service, &visit, &view, &policy);
    let form = drawn.part(&form, Faults::default(), new_once()?, Vec::new(), false).await?;
    draw(&page(&visit, form))
}

fn page(visit: &Visit, form: ClaimPart) -> ClaimPage {
    ClaimPage { layout: Layout::of(visit, &w::claim_title(visit)), form }
}

/// The answer alone, as the buyer chooses.
async fn answer(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let (view, policy) = order_of(&service, &visit).await?;
    let form = ClaimForm::read(&fields, &view, &policy);
    draw(&Drawing::of_buyer(&service, &visit, &view, &policy).answer(&form)?)
}

async fn send(State(service): State<Service>, visit: Visit, upload: Upload) -> Answer {
    let (view, policy) = order_of(&service, &visit).await?;
    let drawn = Drawing::of_buyer(&service, &visit, &view, &policy);
    match drawn.send(&upload).await? {
        Sent::Opened(opened) => {
            let next = Notice::CaseOpened.at(&case::path(&opened));
            Ok(Redirect::to(&next).into_response())
        }
        Sent::NotYet(form) => draw(&page(&visit, *form)),
    }
}

/// What came of a claim that was sent.
pub(crate) enum Sent {
    /// The case is open.
    Opened(CaseId),
    /// The form once more: something is wrong with it, or its answer is another than was seen.
    NotYet(Box<ClaimPart>),
}

/// What drawing a claim needs.
pub(crate) struct Drawing<'a> {
    pub(crate) service: &'a Service,
    pub(crate) visit: &'a Visit,
    pub(crate) view: &'a OrderView,
    pub(crate) policy: &'a Policy,
    pub(crate) places: Places,
}

/// What is wrong with a file of that slot.
pub(crate) type SlotFault = (String, String);

impl<'a> Drawing<'a> {
    fn of_buyer(
        service: &'a Service,
        visit: &'a Visit,
        view: &'a OrderView,
        policy: &'a Policy,
    ) -> Self {
        Self { service, visit, view, policy, places: Places::of_buyer() }
    }
}

impl Drawing<'_> {
    /// Opens the case, where the form is whole and its answer is the one that was seen.
    ///
    /// # Errors
    /// It is no fault of the form's.
    pub(crate) async fn send(&self, upload: &Upload) -> Result<Sent, PageFault> {
        let fields = &upload.fields;
        let once = fields.once(self.visit)?;
        let mut form = ClaimForm::read(fields, self.view, self.policy);
        let mut faults = Faults::default();
        let slot_faults = self.take_files(&mut form, upload, &mut faults).await?;
        self.check(&form, &mut faults).await?;
        let shown = self.answer(&form)?;
        let is_sent = fields.has("send") && faults.is_empty() && form.is_answerable();
        let is_seen = !shown.seen.is_empty() && fields.text("seen") == shown.seen;
        // What was sent a moment ago is refused now, since its units are claimed: by the case that it opened.
        if is_sent && (is_seen || shown.refused.is_some()) {
            match self.open(&form, &once).await {
                Ok(opened) => return Ok(Sent::Opened(opened)),
                Err(PageFault::Refused(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        let is_new_answer = is_sent && !shown.seen.is_empty();
        let part = self.part(&form, faults, once.key, slot_faults, is_new_answer).await?;
        Ok(Sent::NotYet(Box::new(part)))
    }

    /// When it was reported: now, unless a member of staff says when.
    fn reported_at(&self, form: &ClaimForm) -> Option<Timestamp> {
        if !self.places.is_of_staff || form.reported.is_empty() {
            return Some(self.visit.now);
        }
        let local: DateTime = form.reported.parse().ok()?;
        let at = local.to_zoned(self.visit.zone.clone()).ok()?.timestamp();
        (at <= self.visit.now).then_some(at)
    }

    /// Keeps the files that came with the form; says of each that was not kept why.
    async fn take_files(
        &self,
        form: &mut ClaimForm,
        upload: &Upload,
        faults: &mut Faults,
    ) -> Result<Vec<SlotFault>, PageFault> {
        let mut wrong = Vec::new();
        for sent in &upload.files {
            let slot = sent.field.strip_prefix("file.").unwrap_or_default();
            if !self.policy.vocabulary.slots.iter().any(|known| known.id == slot) {
                return Err(PageFault::Malformed);
            }
            let said = if form.pictures.len() >= FILES_AT_ONCE_MAX {
                Some(w::picture_too_many(self.visit, FILES_AT_ONCE_MAX).into_owned())
            } else {
                match self.take(slot, &sent.bytes).await? {
                    Ok(taken) => {
                        let (slot, file) = (slot.to_owned(), taken.file.file);
                        form.pictures.push(Picture { slot, file });
                        None
                    }
                    Err(said) => Some(said),
                }
            };
            if let Some(said) = said {
                faults.add(&format!("file.{slot}"), said.clone());
                wrong.push((slot.to_owned(), said));
            }
        }
        Ok(wrong)
    }

    async fn take(
        &self,
        slot: &str,
        bytes: &std::sync::Arc<[u8]>,
    ) -> Result<Result<backhaul_app::evidence::Taken, String>, PageFault> {
        picture::take(self.service, self.visit, &self.view.order.number, slot, bytes).await
    }

    async fn check(&self, form: &ClaimForm, faults: &mut Faults) -> Result<(), PageFault> {
        let visit = self.visit;
        if form.has_strangers || form.units.is_empty() || form.units.len() > UNITS_MAX {
            faults.add("units", w::claim_units_wrong(visit));
        }
        if form.cause.is_none() {
            faults.add("cause", w::claim_cause_missing(visit));
        }
        if form.remedy.is_none() {
            faults.add("remedy", w::claim_remedy_missing(visit));
        }
        if form.condition.is_none() {
            faults.add("condition", w::claim_condition_missing(visit));
        }
        if form.platform.chars().count() > PLATFORM_CHARS_MAX {
            faults.add("platform", w::claim_platform_long(visit, PLATFORM_CHARS_MAX));
        }
        if self.reported_at(form).is_none() {
            faults.add("reported", w::open_reported_wrong(visit));
        }
        if form.words.chars().count() > WORDS_CHARS_MAX {
            faults.add("words", w::claim_words_long(visit, WORDS_CHARS_MAX));
        }
        if form.pictures.len() > FILES_AT_ONCE_MAX {
            faults.add("words", w::picture_too_many(visit, FILES_AT_ONCE_MAX));
        }
        // A file of another order is not there.
        for picture in form.pictures.iter().take(FILES_AT_ONCE_MAX) {
            picture::own(self.service, &self.view.order.number, &picture.file)
                .await?
                .ok_or(PageFault::NotFound)?;
        }
        Ok(())
    }

    /// What would come of it now.
    ///
    /// # Errors
    /// Nobody is signed in, or the desk cannot be asked.
    pub(crate) fn answer(&self, form: &ClaimForm) -> Result<AnswerPart, PageFault> {
        let mut part = AnswerPart {
            layout: Layout::of(self.visit, ""),
            answers: Vec::new(),
            seen: String::new(),
            slots: Vec::new(),
            is_declined: false,
            is_ready: form.is_answerable(),
            refused: None,
        };
        if !form.is_answerable() {
            return Ok(part);
        }
        let case = next_case(self.view, 0)?;
        let Some(at) = self.reported_at(form) else { return Ok(part) };
        let Some(command) = form.command(self.policy, case, at, None) else { return Ok(part) };
        let who = self.visit.who()?;
        let events = match self.service.app.preview(&who, self.view, &command.into()) {
            Ok(events) => events,
            Err(DoorError::Refused(refusal)) => {
                part.refused = Some(self.refused(refusal.code));
                return Ok(part);
            }
            Err(error) => return Err(error.into()),
        };
        let mut seen = String::new();
        for event in &events {
            let Event::ClaimDecided { unit, judged, .. } = event else { continue };
            let decision = &judged.decision;
            seen.push_str(&named(unit, decision));
            for slot in decision.needs.iter().filter_map(|need| need.strip_prefix("evidence.")) {
                if !part.slots.iter().any(|known| known == slot) {
                    part.slots.push(slot.to_owned());
                }
            }
            part.is_declined |= decision.verdict == Verdict::Declined;
            let name = units::name(self.visit, &self.view.order, &self.view.ledger, unit);
            let language = self.visit.language;
            let mut answer = said::decision(self.policy, &judged.facts, decision, language, name);
            answer.lines.extend(said::refund_terms(self.policy, decision, language));
            // Units that are answered alike are answered together.
            let alike = part.answers.iter_mut().find(|known| {
                DecisionSaid { about: String::new(), ..(*known).clone() }
                    == DecisionSaid { about: String::new(), ..answer.clone() }
            });
            match alike {
                Some(known) => known.about = format!("{}, {}", known.about, answer.about),
                None => part.answers.push(answer),
            }
        }
        part.seen = Hash::of_text(&seen).to_string();
        Ok(part)
    }

    fn refused(&self, code: RefusalCode) -> String {
        let said = match code {
            RefusalCode::UnitClaimed | RefusalCode::UnitSpent | RefusalCode::UnitReplaced => {
                w::claim_unit_taken(self.visit)
            }
            RefusalCode::LimitReached => w::claim_limit(self.visit),
            _ => w::claim_refused(self.visit, terms::refusal(self.visit, code)),
        };
        said.into_owned()
    }

    /// Opens the case; gives its number.
    async fn open(&self, form: &ClaimForm, once: &backhaul_app::Once) -> Result<CaseId, PageFault> {
        let number = &self.view.order.number;
        let text =
            TextId::new(&format!("report-{}", once.key)).map_err(|_| PageFault::Malformed)?;
        let has_words = !form.words.is_empty();
        for tried in 0..NUMBERS_TRIED_MAX {
            let view = self.service.app.order(number).await?.ok_or(PageFault::NotFound)?;
            let case = next_case(&view, tried)?;
            let said = has_words.then(|| text.clone());
            let at = self.reported_at(form).ok_or(PageFault::Malformed)?;
            let command = form.command(self.policy, case.clone(), at, said);
            let command = command.ok_or(PageFault::Malformed)?;
            let request = Request {
                texts: if has_words {
                    vec![(text.clone(), form.words.clone())]
                } else {
                    Vec::new()
                },
                once: Some(once.clone()),
                ..Request::new(self.visit.who()?, number, command.into())
            };
            match self.service.app.ask(request).await {
                Ok(done) => {
                    let opened = done.events.iter().find_map(|event| match event {
                        Event::CaseOpened { case, .. } => Some(case.clone()),
                        _ => None,
                    });
                    return Ok(opened.unwrap_or(case));
                }
                Err(DoorError::CaseTaken { .. }) => {}
                Err(DoorError::Refused(refusal)) if refusal.code == RefusalCode::CaseExists => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(PageFault::Changed)
    }
}

/// What of a decision the buyer must have seen before it is sent: whether it declines and why, and who pays which way. That a
/// picture came which was missing is no other answer.
fn named(unit: &UnitId, decision: &Decision) -> String {
    let is_open = matches!(decision.verdict, Verdict::Accepted | Verdict::Needs);
    let clauses: &[ClauseId] = if is_open { &[] } else { &decision.clauses };
    let verdict = if is_open { "" } else { decision.verdict.as_str() };
    format!("{unit} {verdict} {:?} {clauses:?}\n", decision.freight)
}

/// The number of the next case: the order's, and which of its returns it is.
pub(crate) fn next_case(view: &OrderView, tried: usize) -> Result<CaseId, PageFault> {
    let number = &view.order.number;
    let taken = view.ledger.cases.len();
    let free = (1..)
        .map(|count: usize| format!("{number}-R{}", taken.saturating_add(count)))
        .filter_map(|case| CaseId::new(&case).ok())
        .filter(|case| !view.ledger.cases.contains_key(case))
        .nth(tried);
    free.ok_or(PageFault::Malformed)
}
