//! The one field of the dock. A scanner types a slip's or a label's barcode into it and ends with Enter; each scan is a form that
//! carries what was scanned before, and the last one books the box in.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect};
use backhaul_app::{DoorError, Once, OrderView, Request, Right};
use backhaul_core::ledger::command::{Item, ReceiveParcel};
use backhaul_core::ledger::{
    ArrivedItem, CaseId, Event, HeldReason, LineId, ParcelId, Serial, TextId, UnitId, WaitingKind,
};
use backhaul_language::{terms, words as w};

use super::parcel::{self, Countable, Expected, Odd, Parcel, Scanned};
use super::photo::{self, Photo};
use crate::Service;
use crate::pages::address::asked;
use crate::pages::form::{Faults, Fields, new_once};
use crate::pages::gallery::{Sample, sample};
use crate::pages::notice::Notice;
use crate::pages::upload::Upload;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::portal::picture::ONE_FILE_BYTES_MAX;

pub(in crate::console) const DOCK: &str = "/desk/dock";
/// Where a picture is sent in place of a scan, with the same form around it.
const PHOTO: &str = "/desk/dock/photo";
/// The most characters of a description.
const DESCRIPTION_CHARS_MAX: usize = 2_000;

pub(super) fn pages() -> Vec<Page> {
    let dock = Reader::With(Right::WorkAtDock);
    vec![
        Page::get(DOCK, dock, show),
        Page::post(DOCK, dock, scan),
        Page::post(PHOTO, dock, photograph).with_body(ONE_FILE_BYTES_MAX),
        Page::post("/desk/dock/unnamed", dock, hold_unnamed),
    ]
}

/// What the page says of the last scan.
#[derive(Clone, Debug)]
struct Say {
    /// `success`, `warning` or `danger`.
    tone: &'static str,
    text: String,
}

/// A box that was booked in.
#[derive(Clone, Debug, Default)]
struct Outcome {
    order: String,
    cases: Vec<String>,
    received: Vec<String>,
    held: Vec<(String, String)>,
}

#[derive(askama::Template)]
#[template(path = "console/dock/scan.html")]
struct ScanPage {
    layout: Layout,
    faults: Faults,
    once: String,
    scanned: Scanned,
    parcel: Parcel,
    says: Vec<Say>,
    /// Orders of which one is meant.
    choices: Vec<String>,
    /// Codes on a picture of which one is meant.
    codes: Vec<String>,
    outcome: Option<Outcome>,
    /// Whether no slip was scanned, so that nothing is booked by itself.
    is_loose: bool,
    /// Whether the person was told that more was counted than is awaited.
    is_over_told: bool,
    held_count: i64,
    inspection_count: i64,
    unnamed_order: String,
    description: String,
}

impl ScanPage {
    fn new(visit: &Visit) -> Result<Self, PageFault> {
        Ok(Self {
            layout: Layout::of(visit, &w::dock_title(visit)),
            faults: Faults::default(),
            once: new_once()?,
            scanned: Scanned::default(),
            parcel: Parcel::default(),
            says: Vec::new(),
            choices: Vec::new(),
            codes: Vec::new(),
            outcome: None,
            is_loose: false,
            is_over_told: false,
            held_count: 0,
            inspection_count: 0,
            unnamed_order: String::new(),
            description: String::new(),
        })
    }

    fn say(&mut self, tone: &'static str, text: impl Into<String>) {
        self.says.push(Say { tone, text: text.into() });
    }

    fn why(&self, odd: &Odd) -> String {
        terms::held_reason(&self.layout, odd.why).into_owned()
    }

    async fn drawn(mut self, service: &Service) -> Answer {
        let counts = service.app.waiting_counts().await?;
        let count = |kind| counts.get(&kind).copied().unwrap_or(0);
        self.held_count = count(WaitingKind::Arrival);
        self.inspection_count = count(WaitingKind::Inspection);
        draw(&self)
    }
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let mut page = ScanPage::new(&visit)?;
    if let Some(text) = asked(&visit, "scan") {
        let mut table = Table { service: &service, visit: &visit, page: &mut page };
        table.begin(&text).await?;
        table.look().await?;
    }
    page.drawn(&service).await
}

async fn scan(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let scan = fields.get("scan").or(fields.get("code")).map(str::to_owned);
    scanned(&service, &visit, &fields, scan).await
}

async fn photograph(State(service): State<Service>, visit: Visit, upload: Upload) -> Answer {
    let read = photo::read(&service, &visit, &upload).await?;
    if let Photo::Code(code) = read {
        return scanned(&service, &visit, &upload.fields, Some(code)).await;
    }
    let mut page = ScanPage::new(&visit)?;
    page.scanned = Scanned::of(&upload.fields);
    page.is_loose = upload.fields.has("loose");
    Table { service: &service, visit: &visit, page: &mut page }.look().await?;
    match read {
        Photo::Code(_) => {}
        Photo::Choose(codes) => {
            page.say("warning", w::dock_photo_many(&visit));
            page.codes = codes;
        }
        Photo::Nothing(why) => page.say("danger", why),
    }
    page.drawn(&service).await
}

async fn scanned(
    service: &Service,
    visit: &Visit,
    fields: &Fields,
    scan: Option<String>,
) -> Answer {
    if fields.has("clear") {
        return Ok(Redirect::to(DOCK).into_response());
    }
    let mut once = fields.once(visit)?;
    let mut page = ScanPage::new(visit)?;
    match service.app.carried_out(&once).await {
        Ok(Some((order, done))) => {
            page.outcome = Some(outcome(visit, order, &done.events));
            return page.drawn(service).await;
        }
        Ok(None) => {}
        // The same form with something else in it, such as after the browser's way back: that is another scan.
        Err(DoorError::KeyReused) => once.key.clone_from(&page.once),
        Err(error) => return Err(error.into()),
    }
    page.scanned = Scanned::of(fields);
    page.is_loose = fields.has("loose");
    let mut table = Table { service, visit, page: &mut page };
    table.take(fields, scan, once).await?;
    page.drawn(service).await
}

/// The table on which a box is unpacked: one scan, or one button.
struct Table<'t> {
    service: &'t Service,
    visit: &'t Visit,
    page: &'t mut ScanPage,
}

impl Table<'_> {
    async fn take(
        &mut self,
        fields: &Fields,
        scan: Option<String>,
        once: Once,
    ) -> Result<(), PageFault> {
        self.answer(fields);
        if let Some(order) = fields.get("choose") {
            order.clone_into(&mut self.page.scanned.order);
            self.look().await?;
            return Ok(());
        }
        let is_receipt = fields.has("receive");
        if let Some(text) = scan {
            let is_booked = self.scanned(&text).await?;
            let view = self.look().await?;
            // INVARIANT of the dock: the last scan itself books the box in, and only if nothing is left to ask.
            let is_complete = self.page.parcel.is_complete() && !self.page.is_loose;
            if let (true, Some(view)) = (is_booked && is_complete, view) {
                self.book(view, once).await?;
            }
        } else {
            let view = self.look().await?;
            match view {
                Some(view) if is_receipt => self.receive(fields, view, once).await?,
                Some(_) => {}
                None => self.page.say("warning", w::dock_scan_first(self.visit)),
            }
        }
        Ok(())
    }

    /// The answer to what was asked about: it is in the box, or it is not.
    fn answer(&mut self, fields: &Fields) {
        let named = |name| fields.get(name).and_then(|text| Serial::new(text).ok());
        let scanned = &mut self.page.scanned;
        if let Some(serial) = named("hold") {
            scanned.asked.retain(|asked| *asked != serial);
            if !scanned.serials.contains(&serial) {
                scanned.serials.push(serial);
            }
        }
        if let Some(serial) = named("drop") {
            scanned.asked.retain(|asked| *asked != serial);
            scanned.serials.retain(|known| *known != serial);
        }
    }

    /// One scan; says whether it was of something that is in the box.
    async fn scanned(&mut self, text: &str) -> Result<bool, PageFault> {
        let text = slip(text);
        if self.page.scanned.order.is_empty() {
            return self.begin(&text).await;
        }
        if self.page.scanned.case.as_ref().is_some_and(|case| case.as_str() == text) {
            self.page.say("success", w::dock_slip_again(self.visit, &text));
            return Ok(false);
        }
        if let Ok(case) = CaseId::new(&text)
            && self.service.app.order_of_case(&case).await?.is_some()
        {
            if !self.page.scanned.is_empty() {
                let open = self.page.scanned.order.clone();
                self.page.say("danger", w::dock_box_open(self.visit, &text, open));
                return Ok(false);
            }
            self.page.scanned = Scanned::default();
            return self.begin(&text).await;
        }
        let Ok(serial) = Serial::new(&text) else {
            self.page.say("danger", w::dock_unreadable(self.visit));
            return Ok(false);
        };
        if self.page.scanned.has(&serial) {
            // Without a slip a second scan of the same says that it is meant.
            let is_meant = self.page.is_loose && self.page.scanned.serials.contains(&serial);
            self.page.is_loose &= !is_meant;
            if !is_meant {
                self.page.say("warning", w::dock_scanned_already(self.visit, &text));
            }
            return Ok(is_meant);
        }
        self.page.scanned.asked.push(serial);
        Ok(true)
    }

    /// The first scan of a box: a slip, a label, or an order's number.
    async fn begin(&mut self, text: &str) -> Result<bool, PageFault> {
        let app = &self.service.app;
        if let Ok(case) = CaseId::new(text)
            && let Some(view) = app.order_of_case(&case).await?
        {
            self.page.scanned.order.clone_from(&view.order.number);
            self.page.scanned.case = Some(case);
            self.page.is_loose = false;
            return Ok(false);
        }
        if let Ok(serial) = Serial::new(text) {
            let orders = app.orders_of_serial(&serial).await?;
            if !orders.is_empty() {
                let numbers = orders.into_iter().map(|place| place.number).collect();
                self.loose(serial, numbers).await?;
                return Ok(false);
            }
        }
        if let Some(view) = app.order(text).await? {
            self.page.scanned.order.clone_from(&view.order.number);
            self.page.is_loose = true;
            self.page.say("warning", w::dock_no_slip(self.visit));
            return Ok(false);
        }
        text.clone_into(&mut self.page.description);
        self.page.say("danger", w::dock_unknown(self.visit, text));
        Ok(false)
    }

    /// A label without a slip: the order that awaits it, or the one that it was shipped with.
    async fn loose(&mut self, serial: Serial, numbers: Vec<String>) -> Result<(), PageFault> {
        let mut awaiting = Vec::new();
        for number in &numbers {
            let Some(view) = self.service.app.order(number).await? else { continue };
            let Some(unit) = view.ledger.unit_with(&view.order, &serial) else { continue };
            let claim = view.ledger.claims_on(&unit).find(|(_, claimed, claim)| {
                **claimed == unit && view.ledger.is_awaited(claimed, claim)
            });
            awaiting.extend(claim.map(|(case, ..)| (number.clone(), case.clone())));
        }
        self.page.is_loose = true;
        self.page.scanned.asked = vec![serial];
        match (awaiting.as_slice(), numbers.as_slice()) {
            ([(order, case)], _) => {
                self.page.scanned.order.clone_from(order);
                self.page.scanned.case = Some(case.clone());
                self.page.say("warning", w::dock_loose_awaited(self.visit, case, order));
            }
            ([], [order]) => {
                self.page.scanned.order.clone_from(order);
                self.page.say("warning", w::dock_loose_not_awaited(self.visit, order));
            }
            _ => {
                self.page.say("warning", w::dock_loose_many(self.visit));
                self.page.choices = numbers;
            }
        }
        Ok(())
    }

    /// Looks into the box. What is awaited needs no question.
    async fn look(&mut self) -> Result<Option<OrderView>, PageFault> {
        if self.page.scanned.order.is_empty() {
            return Ok(None);
        }
        let app = &self.service.app;
        let view = app.order(&self.page.scanned.order).await?.ok_or(PageFault::Malformed)?;
        let who = self.visit.who()?;
        let mut seen = parcel::look(app, &who, &view, &self.page.scanned)?;
        let is_odd = |serial: &Serial| seen.asked.iter().any(|odd| odd.serial == *serial);
        let scanned = &mut self.page.scanned;
        let (odd, fit): (Vec<_>, Vec<_>) = scanned.asked.drain(..).partition(is_odd);
        scanned.asked = odd;
        for serial in fit {
            self.page.says.push(Say {
                tone: "success",
                text: w::dock_fits(self.visit, &serial).into_owned(),
            });
            scanned.serials.push(serial);
        }
        if let Some(case) = &scanned.case
            && let Some(found) = view.ledger.cases.get(case)
            && seen.expected.is_empty()
            && seen.countable.is_empty()
        {
            let state = terms::state(self.visit, view.ledger.case_state(found));
            let text = w::dock_nothing_awaited(self.visit, case, state).into_owned();
            self.page.says.push(Say { tone: "warning", text });
        }
        seen.expected.sort_by_key(|unit| unit.is_here);
        self.page.parcel = seen;
        Ok(Some(view))
    }

    /// The button: what is here is booked in, be it all or not.
    async fn receive(
        &mut self,
        fields: &Fields,
        view: OrderView,
        once: Once,
    ) -> Result<(), PageFault> {
        if !self.page.parcel.asked.is_empty() {
            self.page.say("danger", w::dock_answer_first(self.visit));
            return Ok(());
        }
        let is_unsaid = self.page.parcel.is_over() && !fields.has("over-told");
        if is_unsaid {
            self.page.is_over_told = true;
            self.page.say("warning", w::dock_over(self.visit));
            return Ok(());
        }
        self.book(view, once).await
    }

    async fn book(&mut self, view: OrderView, once: Once) -> Result<(), PageFault> {
        let scanned = &self.page.scanned;
        let items = parcel::items(&scanned.serials, &self.page.parcel.countable);
        if items.is_empty() {
            self.page.say("danger", w::dock_empty_box(self.visit));
            return Ok(());
        }
        let parcel = match parcel::announced(&view, scanned, &self.page.parcel) {
            Some(announced) => announced,
            None => unannounced(&once)?,
        };
        let command = ReceiveParcel { parcel, case: scanned.case.clone(), items };
        let request = Request {
            once: Some(once),
            ..Request::new(self.visit.who()?, &view.order.number, command.into())
        };
        let done = self.service.app.ask(request).await?;
        let order = view.order.number.clone();
        *self.page = ScanPage {
            outcome: Some(outcome(self.visit, order, &done.events)),
            ..ScanPage::new(self.visit)?
        };
        Ok(())
    }
}

/// What a slip's square code says: the address of the case, of which only its number is meant.
pub(super) fn slip(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) {
        Some(address) => {
            let path = address.split(['?', '#']).next().unwrap_or_default();
            path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
        }
        None => text.to_owned(),
    }
}

/// The name of a box that nobody announced: by the form that books it in.
fn unannounced(once: &Once) -> Result<ParcelId, PageFault> {
    ParcelId::new(&format!("D-{}", once.key)).map_err(|_| PageFault::Malformed)
}

fn outcome(visit: &Visit, order: String, events: &[Event]) -> Outcome {
    let mut outcome = Outcome { order, ..Outcome::default() };
    for event in events {
        match event {
            Event::UnitReceived { case, unit, serial, .. } => {
                let name = serial.as_ref().map_or_else(|| unit.to_string(), Serial::to_string);
                outcome.received.push(name);
                if !outcome.cases.contains(&case.to_string()) {
                    outcome.cases.push(case.to_string());
                }
            }
            Event::ArrivalHeld { item, why, .. } => {
                outcome.held.push((item_name(visit, item), terms::held_reason(visit, *why).into()));
            }
            _ => {}
        }
    }
    outcome
}

/// What a held arrival is called.
pub(super) fn item_name(visit: &Visit, item: &ArrivedItem) -> String {
    match item {
        ArrivedItem::Serial { serial } => serial.to_string(),
        ArrivedItem::Counted { line, component: None } => line.to_string(),
        ArrivedItem::Counted { line, component: Some(component) } => format!("{line}/{component}"),
        ArrivedItem::Unidentified { .. } => w::dock_unnamed_goods(visit).into_owned(),
    }
}

/// A box that nobody can name: it is held in the ledger of the order that its papers name.
async fn hold_unnamed(State(service): State<Service>, visit: Visit, fields: Fields) -> Answer {
    let once = fields.once(&visit)?;
    let (order, description) = (fields.text("order"), fields.text("description"));
    let mut faults = Faults::default();
    if description.is_empty() || description.chars().count() > DESCRIPTION_CHARS_MAX {
        faults.add("description", w::dock_description_missing(&visit));
    }
    if order.is_empty() || service.app.order(order).await?.is_none() {
        faults.add("unnamed-order", w::dock_order_unknown(&visit, order));
    }
    if !faults.is_empty() {
        let page = ScanPage {
            faults,
            unnamed_order: order.to_owned(),
            description: description.to_owned(),
            ..ScanPage::new(&visit)?
        };
        return page.drawn(&service).await;
    }
    let text = TextId::new(&format!("T-{}", once.key)).map_err(|_| PageFault::Malformed)?;
    let parcel = unannounced(&once)?;
    let items = vec![Item::Unidentified { text: text.clone() }];
    let command = ReceiveParcel { parcel, case: None, items };
    let request = Request {
        texts: vec![(text, description.to_owned())],
        once: Some(once),
        ..Request::new(visit.who()?, order, command.into())
    };
    service.app.ask(request).await?;
    Ok(Redirect::to(&Notice::ArrivalHeld.at("/desk/dock/held")).into_response())
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let page = || ScanPage {
        layout: Layout { here: DOCK.to_owned(), ..layout("Dock") },
        faults: Faults::default(),
        once: "0".to_owned(),
        scanned: Scanned::default(),
        parcel: Parcel::default(),
        says: Vec::new(),
        choices: Vec::new(),
        codes: Vec::new(),
        outcome: None,
        is_loose: false,
        is_over_told: false,
        held_count: 2,
        inspection_count: 5,
        unnamed_order: String::new(),
        description: String::new(),
    };
    let said = |tone, text: &str| vec![Say { tone, text: text.to_owned() }];
    let mut wrong = page();
    wrong.says = said("danger", &w::dock_unknown(layout(""), "X-17"));
    let mut unnamed = page();
    unnamed.faults.add("unnamed-order", w::dock_order_unknown(layout(""), "SO-9"));
    let mut many = page();
    many.says = said("warning", &w::dock_loose_many(layout("")));
    many.choices = vec!["SO-1001".to_owned(), "SO-2002".to_owned()];
    let mut photo = page();
    photo.says = said("warning", &w::dock_photo_many(layout("")));
    photo.codes = vec!["QSFP28-100G-SR4".to_owned(), "S1".to_owned()];
    let mut booked = page();
    booked.outcome = Some(Outcome {
        order: "SO-1001".to_owned(),
        cases: vec!["SO-1001-R1".to_owned()],
        received: vec!["S1".to_owned()],
        held: vec![(
            "X-17".to_owned(),
            terms::held_reason(layout(""), HeldReason::UnknownSerial).into_owned(),
        )],
    });
    let mut open = page();
    open.scanned = Scanned {
        order: "SO-1001".to_owned(),
        case: CaseId::new("SO-1001-R1").ok(),
        ..Scanned::default()
    };
    open.says = said("success", &w::dock_fits(layout(""), "S1"));
    open.parcel = sample_parcel().unwrap_or_default();
    open.is_over_told = true;
    vec![
        sample("console-dock", &page()),
        sample("console-dock-open", &open),
        sample("console-dock-booked", &booked),
        sample("console-dock-wrong", &wrong),
        sample("console-dock-many", &many),
        sample("console-dock-photo", &photo),
        sample("console-dock-unnamed", &unnamed),
    ]
}

fn sample_parcel() -> Option<Parcel> {
    let line = LineId::new("L1").ok()?;
    let unit = |number: u32, is_here| {
        Some(Expected {
            unit: UnitId::whole(line.clone(), number),
            serial: Serial::new(&format!("S{number}")).ok(),
            sku: "QSFP28-100G-SR4".to_owned(),
            contents: vec!["PSU-A".to_owned(), "PSU-B".to_owned()],
            is_here,
        })
    };
    let odd = |serial, why| Some(Odd { serial: Serial::new(serial).ok()?, why });
    Some(Parcel {
        expected: vec![unit(2, false)?, unit(1, true)?],
        countable: vec![Countable {
            line: LineId::new("L2").ok()?,
            component: None,
            sku: "LC-LC-OM4-3M".to_owned(),
            awaited: 4,
            count: 6,
            held: 2,
        }],
        held: vec![odd("S8", HeldReason::NotAuthorised)?],
        asked: vec![odd(
            "X-17-A-VERY-LONG-SERIAL-NUMBER-OF-SOMEBODY-ELSE",
            HeldReason::UnknownSerial,
        )?],
    })
}
