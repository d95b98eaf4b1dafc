//! The return slip: it goes into the box, and the dock scans it.

use backhaul_core::words::Payer;
use backhaul_language::{Language, format, words};
use jiff::civil::Date;

use crate::code::{BARS_QUIET, QR_QUIET, bars, qr};
use crate::font::{Weight, clean, shape};
use crate::sheet::{About, Area, LEFT, Node, PaperError, RIGHT, Role, Sheet, Style};
use crate::{Merchant, Unit, unit};

/// What stands on a return slip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The buyer's language.
    pub language: Language,
    /// Who the goods go to.
    pub merchant: Merchant,
    /// The case number.
    pub case: String,
    /// The number of the order.
    pub order: String,
    /// The link that the QR code holds; the case number where there is none.
    pub link: Option<String>,
    /// What comes back.
    pub units: Vec<Unit>,
    /// Who pays the way back, where the policy says so.
    pub freight: Option<Payer>,
    /// The last day to send.
    pub send_by: Date,
    /// What the return rests on.
    pub clauses: Vec<Clause>,
}

/// A clause of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its id, such as `report.7d`.
    pub id: String,
    /// What it says.
    pub words: String,
}

impl Slip {
    /// The slip as PDF.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn pdf(&self) -> Result<Vec<u8>, PaperError> {
        let language = self.language;
        let mut sheet = Sheet::new();
        sheet.paragraph(&self.merchant.name, Style::STRONG);
        sheet.title(&words::paper_slip_title(language));
        sheet.y += 60;
        sheet.paragraph(&words::paper_slip_do(language), Style::TEXT);
        sheet.y += 60;
        self.draw_case(&mut sheet);
        self.draw_facts(&mut sheet);
        sheet.head(&words::paper_slip_units(language));
        unit::table(&mut sheet, language, &self.units, true);
        if !self.clauses.is_empty() {
            sheet.head(&words::paper_slip_clauses(language));
            for Clause { id, words } in &self.clauses {
                sheet.paragraph(&format!("{id}: {words}"), Style::TEXT);
            }
        }
        let title = words::paper_slip_about(language, &self.case);
        let about = About {
            title: &title,
            author: &self.merchant.name,
            language: language.tag(),
            foot: &format!("{} · {}", self.merchant.name, self.case),
        };
        sheet.write(&about, |page, pages| words::paper_page(language, page, pages).into_owned())
    }

    /// The frame with the case number: large, as bars, and as a QR code.
    fn draw_case(&self, sheet: &mut Sheet) {
        const FRAME: i32 = 2_860;
        const INSET: i32 = 200;
        const QR: i32 = 2_000;
        let (top, width) = (sheet.y, RIGHT - LEFT);
        sheet.frame(Area { x: LEFT, y: top, width, height: FRAME });
        let room = width - QR - 4 * INSET;

        let mut number = Node::new(Role::Paragraph);
        let label = shape(&words::paper_case(self.language), Weight::Regular);
        sheet.line(&mut number, LEFT + INSET, top + INSET, label, Style::LABEL);
        draw_number(sheet, &mut number, &self.case, (LEFT + INSET, top + INSET + 240), room);
        sheet.add(number);

        if let Some(areas) = bar_areas(&self.case, LEFT + INSET, top + 1_500, room, 1_100) {
            let shows = words::paper_barcode_shows(self.language, &self.case);
            let mut picture = Node::new(Role::Figure(shows.into_owned()));
            sheet.picture(&mut picture, areas);
            sheet.add(picture);
        }
        let text = self.link.as_deref().unwrap_or(&self.case);
        let x = RIGHT - INSET - QR;
        if let Some(areas) = qr_areas(text, x, top + INSET, QR) {
            let mut picture =
                Node::new(Role::Figure(words::paper_qr_shows(self.language, text).into_owned()));
            sheet.picture(&mut picture, areas);
            sheet.add(picture);
            if self.link.is_some() {
                let mut caption = Node::new(Role::Paragraph);
                sheet.y = top + INSET + QR + 60;
                sheet.text(&mut caption, x, QR, &words::paper_code(self.language), Style::LABEL);
                sheet.add(caption);
            }
        }
        sheet.y = top + FRAME + 220;
    }

    /// Where to, until when, and who pays.
    fn draw_facts(&self, sheet: &mut Sheet) {
        let language = self.language;
        let half = (RIGHT - LEFT - 300) / 2;
        let top = sheet.y;
        let mut to = vec![self.merchant.name.as_str()];
        to.extend(self.merchant.return_address.iter().map(String::as_str));
        sheet.value(LEFT, half, &words::paper_send_to(language), &to.join("\n"));
        let left_end = sheet.y;
        sheet.y = top;
        let x = RIGHT - half;
        let date = format::date(language, self.send_by);
        sheet.value(x, half, &words::paper_send_by(language), &date);
        if let Some(freight) = self.freight {
            let payer = match freight {
                Payer::Merchant => words::paper_freight_merchant(language),
                Payer::Buyer => words::paper_freight_buyer(language),
                Payer::Shared => words::paper_freight_shared(language),
            };
            sheet.value(x, half, &words::paper_slip_freight(language), &payer);
        }
        sheet.value(x, half, &words::paper_order(language), &self.order);
        sheet.y = sheet.y.max(left_end);
    }
}

/// The case number, as large as it fits, in two lines if it must be.
fn draw_number(sheet: &mut Sheet, node: &mut Node, case: &str, (x, y): (i32, i32), room: i32) {
    let number = shape(&clean(case), Weight::Bold);
    let fits = |size: &i32| number.width(*size) <= room;
    if let Some(size) = [720, 600, 480, 360, 280].into_iter().find(fits) {
        sheet.line(node, x, y, number, Style { size, ..Style::STRONG });
        return;
    }
    let style = Style { size: 240, ..Style::STRONG };
    let lines = crate::wrap::wrap(case, style.weight, style.size, room);
    let mut y = y;
    for line in lines.into_iter().take(3) {
        sheet.line(node, x, y, line, style);
        y += style.line();
    }
}

/// The bars of a number; nothing where it has other signs, or where they would be too narrow for scanners.
fn bar_areas(text: &str, x: i32, y: i32, room: i32, height: i32) -> Option<Vec<Area>> {
    /// 0.18 mm and 0.44 mm.
    const MODULE: std::ops::RangeInclusive<i32> = 10..=25;
    let bars = bars(text)?;
    let modules: i32 = bars.iter().sum();
    // The frame's inset is part of the quiet zone on the left.
    let module = (room / (modules + BARS_QUIET)).min(*MODULE.end());
    if !MODULE.contains(&module) {
        return None;
    }
    let mut left = x;
    let mut areas = Vec::new();
    for (place, width) in bars.into_iter().enumerate() {
        let width = width * module;
        if place % 2 == 0 {
            areas.push(Area { x: left, y, width, height });
        }
        left += width;
    }
    Some(areas)
}

/// The dark modules of a QR code, one area for each run of them in a row.
fn qr_areas(text: &str, x: i32, y: i32, side: i32) -> Option<Vec<Area>> {
    /// 0.28 mm.
    const MODULE_MIN: i32 = 16;
    let rows = qr(text)?;
    let count = i32::try_from(rows.len()).ok()?;
    let module = side / (count + 2 * QR_QUIET).max(1);
    if module < MODULE_MIN {
        return None;
    }
    let begin = (side - module * count) / 2;
    let mut areas = Vec::new();
    for (row, modules) in (0..).zip(&rows) {
        let mut column = 0;
        for run in modules.chunk_by(|one, next| one == next) {
            let width = i32::try_from(run.len()).ok()?;
            if run.first() == Some(&true) {
                areas.push(Area {
                    x: x + begin + column * module,
                    y: y + begin + row * module,
                    width: width * module,
                    height: module,
                });
            }
            column += width;
        }
    }
    Some(areas)
}
