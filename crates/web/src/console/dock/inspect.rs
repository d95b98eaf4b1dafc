//! One unit at the dock: what was claimed, the checklist, what the policy says to what was found, and what is done with the unit then.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{DoorError, OrderView, Request, Right};
use backhaul_core::decision::Decision;
use backhaul_core::ledger::command::{DisposeUnit, InspectUnit, SendBackUnit};
use backhaul_core::ledger::{
    CaseId, Claim, Command, Component, Disposal, Event, Goods, Reference, TextId, UnitId,
};
use backhaul_core::policy::Policy;
use backhaul_core::words::{Condition, Finding, Payer, Verdict, Word as _};
use backhaul_language::{terms, words as w};
use backhaul_store::Hash;

use super::inspections::unit_href;
use super::parcel::contents;
use super::pictures::{self, Kept};
use crate::Service;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::upload::{UPLOAD_BYTES_MAX, Upload};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::portal::said::{self, ClauseSaid};

const UNIT: &str = "/desk/dock/inspections/{case}/{unit}";
/// The most characters of a report.
const REPORT_CHARS_MAX: usize = 5_000;

pub(super) fn pages() -> Vec<Page> {
    let dock = Reader::With(Right::WorkAtDock);
    vec![
        Page::get(UNIT, dock, show),
        Page::post(UNIT, dock, inspect).with_body(UPLOAD_BYTES_MAX),
        Page::post("/desk/dock/inspections/{case}/{unit}/done", dock, dispose),
    ]
}

/// A yes-or-no question of the checklist, with the answer that was given.
#[derive(Clone)]
struct Question {
    field: String,
    text: String,
    /// `yes`, `no`, `unknown`, or nothing yet.
    answer: String,
    /// Whether it may stay unknown.
    may_be_unknown: bool,
}

/// A decision as it is read out.
#[derive(Clone)]
struct Said {
    verdict: String,
    remedies: String,
    freight: String,
    clauses: Vec<ClauseSaid>,
}

#[derive(askama::Template)]
#[template(path = "console/dock/inspect.html")]
struct InspectPage {
    layout: Layout,
    faults: Faults,
    once: String,
    href: String,
    order: String,
    case: String,
    name: String,
    sku: String,
    contents: Vec<String>,
    cause: String,
    condition_claimed: String,
    place: String,
    /// The questions; none where the unit is not to be inspected now.
    is_open: bool,
    findings: Vec<Question>,
    fault: Question,
    components: Vec<Question>,
    conditions: Vec<(String, String, bool)>,
    report: String,
    /// Pictures of what was found, by question; they are kept, and named once this is saved.
    pictures: Vec<Kept>,
    claimed: Said,
    /// What the policy says to what was found: before it is saved, or since.
    found: Option<Said>,
    /// In one sentence, what came of it and why.
    why: String,
    is_preview: bool,
    /// What was looked at before it is saved: another answer is looked at again.
    seen: String,
    /// What may be done with the unit now: the word, its name, and whether a reason is needed.
    disposals: Vec<(&'static str, String, bool)>,
    may_send_back: bool,
}

/// One unit of a case, with all that the page rests on.
struct Unit {
    view: OrderView,
    case: CaseId,
    unit: UnitId,
}

impl Unit {
    async fn find(service: &Service, case: &str, unit: &str) -> Result<Self, PageFault> {
        let case = CaseId::new(case).map_err(|_| PageFault::NotFound)?;
        let view = service.app.order_of_case(&case).await?.ok_or(PageFault::NotFound)?;
        let claims = &view.ledger.cases.get(&case).ok_or(PageFault::NotFound)?.claims;
        let unit = claims.keys().find(|known| known.to_string() == unit).cloned();
        let unit = unit.ok_or(PageFault::NotFound)?;
        Ok(Self { view, case, unit })
    }

    fn claim(&self) -> Result<&Claim, PageFault> {
        self.view.ledger.claim(&self.case, &self.unit).ok_or(PageFault::NotFound)
    }

    fn href(&self) -> String {
        unit_href(self.case.as_str(), &self.unit.to_string())
    }
}

async fn show(
    State(service): State<Service>,
    visit: Visit,
    Path((case, unit)): Path<(String, String)>,
) -> Answer {
    let unit = Unit::find(&service, &case, &unit).await?;
    draw(&page(&service, &visit, &unit, &Fields::default())?)
}

fn page(
    service: &Service,
    visit: &Visit,
    unit: &Unit,
    fields: &Fields,
) -> Result<InspectPage, PageFault> {
    let (view, claim) = (&unit.view, unit.claim()?);
    let policy = service.app.policy_of(view)?;
    let facts = &claim.judged.facts;
    let place = view.ledger.goods(&unit.unit);
    let serial = view.ledger.serial(&view.order, &unit.unit);
    let contents = contents(view, &unit.unit);
    let claimed = as_claimed(&policy, claim);
    let now = &claim.judged.decision;
    let (found, why) = if claim.inspected {
        (Some(read_out(visit, &policy, now)), why(visit, &policy, &claimed, now))
    } else {
        (None, String::new())
    };
    let (disposals, may_send_back) = ways_out(service, visit, unit)?;
    Ok(InspectPage {
        layout: Layout::of(visit, &w::inspect_title(visit, &unit.unit)),
        faults: Faults::default(),
        once: new_once()?,
        href: unit.href(),
        order: view.order.number.clone(),
        case: unit.case.to_string(),
        name: serial.map_or_else(|| unit.unit.to_string(), ToString::to_string),
        sku: view.order.line(&unit.unit.line).map_or_else(String::new, |line| line.sku.clone()),
        cause: terms::cause(visit, facts.claim.cause).into_owned(),
        condition_claimed: terms::condition(visit, facts.claim.condition).into_owned(),
        place: terms::goods(visit, place).into_owned(),
        is_open: place == Goods::Received && !claim.inspected,
        findings: findings(visit, &policy, fields),
        fault: question(fields, "fault", w::inspect_fault(visit), true),
        components: components(visit, &contents, fields),
        conditions: conditions(visit, fields),
        contents,
        report: fields.text("report").to_owned(),
        pictures: Vec::new(),
        claimed: read_out(visit, &policy, &claimed),
        found,
        why,
        is_preview: false,
        seen: String::new(),
        disposals,
        may_send_back,
    })
}

/// The decision on what was claimed alone: that of the facts before any inspection.
fn as_claimed(policy: &Policy, claim: &Claim) -> Decision {
    let mut facts = backhaul_core::facts::Facts::clone(&claim.judged.facts);
    facts.inspection = None;
    policy.decide(&facts)
}

fn question(
    fields: &Fields,
    field: &str,
    text: impl Into<String>,
    may_be_unknown: bool,
) -> Question {
    let answer = fields.text(field).to_owned();
    Question { field: field.to_owned(), text: text.into(), answer, may_be_unknown }
}

/// What the policy tests, in the order of its list.
fn findings(visit: &Visit, policy: &Policy, fields: &Fields) -> Vec<Question> {
    let asked = policy.findings_asked().into_iter();
    let ask = |word: Finding| {
        question(fields, &format!("finding-{word}"), terms::finding(visit, word), false)
    };
    asked.map(ask).collect()
}

/// Each part of the unit, by its place: names may be anything.
fn components(visit: &Visit, contents: &[String], fields: &Fields) -> Vec<Question> {
    let named = contents.iter().enumerate();
    let ask = |(place, name): (usize, &String)| {
        question(fields, &format!("component-{place}"), w::inspect_component(visit, name), true)
    };
    named.map(ask).collect()
}

fn conditions(visit: &Visit, fields: &Fields) -> Vec<(String, String, bool)> {
    let given = fields.text("condition");
    let option = |word: &Condition| {
        let name = terms::condition(visit, *word).into_owned();
        (word.to_string(), name, word.as_str() == given)
    };
    Condition::ALL.iter().map(option).collect()
}

fn read_out(visit: &Visit, policy: &Policy, decision: &Decision) -> Said {
    let payer = |payer: Option<Payer>| {
        payer.map_or_else(|| "–".to_owned(), |payer| terms::payer(visit, payer).into_owned())
    };
    let remedies = decision.remedies.iter().map(|remedy| terms::remedy(visit, *remedy));
    let remedies: Vec<_> = remedies.map(String::from).collect();
    Said {
        verdict: terms::verdict(visit, decision.verdict).into_owned(),
        remedies: if remedies.is_empty() { "–".to_owned() } else { remedies.join(", ") },
        freight: payer(decision.freight.r#return),
        clauses: decision
            .clauses
            .iter()
            .map(|id| said::clause(policy, id, visit.language))
            .collect(),
    }
}

/// What came of it, in one sentence. The first clause that only one of the two decisions rests on is why.
fn why(visit: &Visit, policy: &Policy, claimed: &Decision, found: &Decision) -> String {
    let verdict = |verdict: Verdict| terms::verdict(visit, verdict);
    let is_same = claimed.verdict == found.verdict
        && claimed.freight == found.freight
        && claimed.remedies == found.remedies;
    if is_same {
        return w::inspect_why_same(visit, verdict(found.verdict)).into_owned();
    }
    let new = found.clauses.iter().find(|clause| !claimed.clauses.contains(clause));
    let clause = new.or_else(|| found.clauses.first());
    let clause = clause.map(|id| said::clause(policy, id, visit.language));
    let (name, words) = clause.map(|clause| (clause.id, clause.words)).unwrap_or_default();
    let (before, after) = (verdict(claimed.verdict), verdict(found.verdict));
    w::inspect_why_changed(visit, before, name, after, words).into_owned()
}

/// What the core lets be done with the unit now.
type WaysOut = (Vec<(&'static str, String, bool)>, bool);

fn ways_out(service: &Service, visit: &Visit, unit: &Unit) -> Result<WaysOut, PageFault> {
    let who = visit.who()?;
    let may = |command: Command| service.app.preview(&who, &unit.view, &command).is_ok();
    let dispose = |disposal, reason| {
        let (case, unit) = (unit.case.clone(), unit.unit.clone());
        may(DisposeUnit { case, unit, disposal, reason }.into())
    };
    let reason = || TextId::new("preview").ok();
    let mut ways = Vec::new();
    if unit.view.ledger.goods(&unit.unit) != Goods::Inspected {
        return Ok((ways, may(send_back(unit, None))));
    }
    for disposal in Disposal::ALL.iter().copied() {
        let name = terms::disposal(visit, disposal).into_owned();
        if dispose(disposal, None) {
            ways.push((disposal.as_str(), name, false));
        } else if dispose(disposal, reason()) {
            ways.push((disposal.as_str(), name, true));
        }
    }
    Ok((ways, may(send_back(unit, None))))
}

fn send_back(unit: &Unit, tracking: Option<Reference>) -> Command {
    SendBackUnit { case: unit.case.clone(), unit: unit.unit.clone(), tracking }.into()
}

async fn inspect(
    State(service): State<Service>,
    visit: Visit,
    Path((case, unit)): Path<(String, String)>,
    upload: Upload,
) -> Answer {
    let fields = &upload.fields;
    let once = fields.once(&visit)?;
    let unit = Unit::find(&service, &case, &unit).await?;
    let saved = || Redirect::to(&Notice::Saved.at(&unit.href())).into_response();
    if fields.has("save") && service.app.carried_out(&once).await?.is_some() {
        return Ok(saved());
    }
    let mut page = page(&service, &visit, &unit, fields)?;
    let number = &unit.view.order.number;
    page.pictures = pictures::kept(&service, &visit, number, &upload, &mut page.faults).await?;
    let report = fields.get("report").map(str::to_owned);
    if report.as_ref().is_some_and(|report| report.chars().count() > REPORT_CHARS_MAX) {
        page.faults.add("report", w::inspect_report_long(&visit));
    }
    for question in page.findings.iter().chain([&page.fault]).chain(&page.components) {
        if !matches!(question.answer.as_str(), "yes" | "no" | "unknown") {
            let text = w::inspect_unanswered(&visit, &question.text);
            page.faults.add(&question.field, text);
        }
    }
    if !page.conditions.iter().any(|(.., is_given)| *is_given) {
        page.faults.add("condition", w::inspect_condition_missing(&visit));
    }
    if !page.faults.is_empty() {
        return draw(&page);
    }
    let text = report.as_ref().map(|_| TextId::new(&format!("T-{}", once.key)));
    let text = text.transpose().map_err(|_| PageFault::Malformed)?;
    page.seen = Hash::of_text(&format!("{:?}", found(&unit, &page, None))).to_string();
    let pictures = page.pictures.iter().filter_map(Kept::of_finding).collect();
    let command: Command = InspectUnit { pictures, ..found(&unit, &page, text.clone()) }.into();
    if fields.has("save") && fields.text("seen") == page.seen {
        let texts = text.zip(report).into_iter().collect();
        let who = visit.who()?;
        let request = Request { texts, once: Some(once), ..Request::new(who, number, command) };
        service.app.ask(request).await?;
        return Ok(saved());
    }
    preview(&service, &visit, &unit, &mut page, &command)?;
    draw(&page)
}

/// What was found, as the command says it.
fn found(unit: &Unit, page: &InspectPage, report: Option<TextId>) -> InspectUnit {
    let is_yes = |question: &Question| question.answer == "yes";
    let findings =
        page.findings.iter().filter(|question| is_yes(question)).filter_map(|question| {
            Finding::parse(question.field.strip_prefix("finding-").unwrap_or_default())
        });
    let given = page.conditions.iter().find(|(.., is_given)| *is_given);
    let faulty: Vec<_> = page.components.iter().zip(&page.contents).collect();
    let all_sound = !faulty.is_empty() && faulty.iter().all(|(ask, _)| ask.answer == "no");
    let faulty: Vec<_> = faulty
        .into_iter()
        .filter(|(ask, _)| is_yes(ask))
        .filter_map(|(_, name)| Component::new(name).ok())
        .collect();
    InspectUnit {
        case: unit.case.clone(),
        unit: unit.unit.clone(),
        condition: given.and_then(|(word, ..)| Condition::parse(word)),
        fault_found: match page.fault.answer.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        findings: findings.collect(),
        faulty_components: (all_sound || !faulty.is_empty()).then_some(faulty),
        report,
        pictures: Vec::new(),
    }
}

/// What the policy would say, by the core's own decision, of which nothing is kept.
fn preview(
    service: &Service,
    visit: &Visit,
    unit: &Unit,
    page: &mut InspectPage,
    command: &Command,
) -> Result<(), PageFault> {
    let events = match service.app.preview(&visit.who()?, &unit.view, command) {
        Ok(events) => events,
        Err(DoorError::Refused(refusal)) => return Err(PageFault::Refused(Box::new(refusal))),
        Err(error) => return Err(error.into()),
    };
    let judged = events.iter().find_map(|event| match event {
        Event::ClaimDecided { judged, .. } => Some(judged),
        _ => None,
    });
    if let Some(judged) = judged {
        let policy = service.app.policy_of(&unit.view)?;
        let claimed = as_claimed(&policy, unit.claim()?);
        page.found = Some(read_out(visit, &policy, &judged.decision));
        page.why = why(visit, &policy, &claimed, &judged.decision);
        page.is_preview = true;
    }
    Ok(())
}

async fn dispose(
    State(service): State<Service>,
    visit: Visit,
    Path((case, unit)): Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let once = fields.once(&visit)?;
    let unit = Unit::find(&service, &case, &unit).await?;
    let reference = || PageFault::Said(w::inspect_tracking_wrong(&visit).into_owned());
    let mut texts = Vec::new();
    let command: Command = if fields.has("send-back") {
        let tracking = fields.get("tracking").map(Reference::new).transpose();
        send_back(&unit, tracking.map_err(|_| reference())?)
    } else {
        let word = fields.text("do");
        let disposal = Disposal::ALL.iter().find(|known| known.as_str() == word);
        let disposal = *disposal.ok_or(PageFault::Malformed)?;
        let reason = match fields.get("reason") {
            None => None,
            Some(words) => {
                let id = TextId::new(&format!("T-{}", once.key));
                let id = id.map_err(|_| PageFault::Malformed)?;
                texts.push((id.clone(), words.to_owned()));
                Some(id)
            }
        };
        DisposeUnit { case: unit.case.clone(), unit: unit.unit.clone(), disposal, reason }.into()
    };
    let number = &unit.view.order.number;
    let request =
        Request { texts, once: Some(once), ..Request::new(visit.who()?, number, command) };
    service.app.ask(request).await?;
    Ok(Redirect::to(&Notice::Saved.at(&unit.href())).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let ask = |field: &str, text: String, answer: &str, may_be_unknown| Question {
        field: field.to_owned(),
        text,
        answer: answer.to_owned(),
        may_be_unknown,
    };
    let said = |verdict, clause: &str| Said {
        verdict: terms::verdict(layout(""), verdict).into_owned(),
        remedies: "–".to_owned(),
        freight: terms::payer(layout(""), Payer::Buyer).into_owned(),
        clauses: vec![ClauseSaid {
            id: clause.to_owned(),
            words: "What the clause says.".to_owned(),
        }],
    };
    let page = |is_open| InspectPage {
        layout: Layout { here: "/desk/dock/inspections/1/1".to_owned(), ..layout("S1") },
        faults: Faults::default(),
        once: "0".to_owned(),
        href: unit_href("SO-1001-R1", "L1#1"),
        order: "SO-1001".to_owned(),
        case: "SO-1001-R1".to_owned(),
        name: "S1".to_owned(),
        sku: "QSFP28-100G-SR4".to_owned(),
        contents: vec!["PSU-A".to_owned()],
        cause: terms::cause(layout(""), backhaul_core::words::Cause::Quality).into_owned(),
        condition_claimed: terms::condition(layout(""), Condition::Used).into_owned(),
        place: terms::goods(layout(""), Goods::Received).into_owned(),
        is_open,
        findings: Finding::ALL
            .iter()
            .take(3)
            .map(|word| {
                ask(
                    &format!("finding-{word}"),
                    terms::finding(layout(""), *word).into_owned(),
                    "no",
                    false,
                )
            })
            .collect(),
        fault: ask("fault", w::inspect_fault(layout("")).into_owned(), "unknown", true),
        components: vec![ask(
            "component-0",
            w::inspect_component(layout(""), "PSU-A").into_owned(),
            "",
            true,
        )],
        conditions: Condition::ALL
            .iter()
            .map(|word| {
                (
                    word.to_string(),
                    terms::condition(layout(""), *word).into_owned(),
                    *word == Condition::Used,
                )
            })
            .collect(),
        report: String::new(),
        pictures: Vec::new(),
        claimed: said(Verdict::Accepted, "cover.quality"),
        found: None,
        why: String::new(),
        is_preview: false,
        seen: String::new(),
        disposals: Vec::new(),
        may_send_back: false,
    };
    let declined = |page: InspectPage| InspectPage {
        found: Some(said(Verdict::Declined, "exclude.misuse")),
        why: w::inspect_why_changed(
            layout(""),
            terms::verdict(layout(""), Verdict::Accepted),
            "exclude.misuse",
            terms::verdict(layout(""), Verdict::Declined),
            "What the clause says.",
        )
        .into_owned(),
        ..page
    };
    let mut wrong = page(true);
    wrong.faults.add("component-0", w::inspect_unanswered(layout(""), "PSU-A"));
    let mut done = declined(page(false));
    done.may_send_back = true;
    done.disposals =
        vec![("scrap", terms::disposal(layout(""), Disposal::Scrap).into_owned(), true)];
    vec![
        sample("console-inspect", &page(true)),
        sample("console-inspect-wrong", &wrong),
        sample(
            "console-inspect-preview",
            &InspectPage { is_preview: true, ..declined(page(true)) },
        ),
        sample("console-inspect-done", &done),
    ]
}
