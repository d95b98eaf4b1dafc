//! The receipt of a withdrawal: what was declared, by whom, and when it came in, to be kept.

use backhaul_language::{Language, format, words};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::sheet::{About, LEFT, PaperError, RIGHT, Sheet, Style};
use crate::{Merchant, Unit, unit};

/// What a receipt of a withdrawal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// The buyer's language.
    pub language: Language,
    /// To whom it was declared.
    pub merchant: Merchant,
    /// The number of the order.
    pub order: String,
    /// The case number, where a case was opened for it.
    pub case: Option<String>,
    /// Who declared it, as stated.
    pub buyer: Option<String>,
    /// Where the receipt goes.
    pub email: String,
    /// When the declaration came in.
    pub received_at: Timestamp,
    /// The zone in which the buyer reads that.
    pub zone: TimeZone,
    /// What of the order it is about; nothing for the whole order.
    pub units: Vec<Unit>,
    /// The buyer's words, where there were any.
    pub words: Option<String>,
}

impl Withdrawal {
    /// The receipt as PDF.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn pdf(&self) -> Result<Vec<u8>, PaperError> {
        let language = self.language;
        let mut sheet = Sheet::new();
        sheet.paragraph(&self.merchant.name, Style::STRONG);
        sheet.title(&words::paper_withdrawal_title(language));
        sheet.y += 60;
        sheet.paragraph(&words::paper_withdrawal_says(language), Style::TEXT);
        sheet.y += 60;
        self.draw_facts(&mut sheet);
        sheet.head(&words::paper_withdrawal_units(language));
        if self.units.is_empty() {
            sheet.paragraph(&words::paper_withdrawal_whole(language), Style::TEXT);
        } else {
            unit::table(&mut sheet, language, &self.units, false);
        }
        if let Some(said) = &self.words {
            sheet.head(&words::paper_withdrawal_words(language));
            sheet.paragraph(said, Style::TEXT);
        }
        let about = About {
            title: &words::paper_withdrawal_about(language, &self.order),
            author: &self.merchant.name,
            language: language.tag(),
            foot: &format!("{} · {}", self.merchant.name, self.order),
        };
        sheet.write(&about, |page, pages| words::paper_page(language, page, pages).into_owned())
    }

    fn draw_facts(&self, sheet: &mut Sheet) {
        let language = self.language;
        let half = (RIGHT - LEFT - 300) / 2;
        let (top, x) = (sheet.y, RIGHT - half);
        let moment = format::moment(language, self.received_at, &self.zone);
        sheet.value(LEFT, half, &words::paper_withdrawal_received(language), &moment);
        sheet.value(LEFT, half, &words::paper_order(language), &self.order);
        if let Some(case) = &self.case {
            sheet.value(LEFT, half, &words::paper_case(language), case);
        }
        let left_end = sheet.y;
        sheet.y = top;
        if let Some(buyer) = &self.buyer {
            sheet.value(x, half, &words::paper_withdrawal_buyer(language), buyer);
        }
        sheet.value(x, half, &words::paper_withdrawal_email(language), &self.email);
        let mut to = vec![self.merchant.name.as_str()];
        to.extend(self.merchant.return_address.iter().map(String::as_str));
        sheet.value(x, half, &words::paper_withdrawal_merchant(language), &to.join("\n"));
        sheet.y = sheet.y.max(left_end);
    }
}
