//! How to pack, and what not to forget.

use backhaul_language::{Language, format, words};
use jiff::civil::Date;

use crate::sheet::{About, LEFT, PaperError, RIGHT, Sheet, Style};
use crate::{Merchant, Unit};

/// What packing instructions are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packing {
    /// The buyer's language.
    pub language: Language,
    /// Who the goods go to.
    pub merchant: Merchant,
    /// The case number.
    pub case: String,
    /// The last day to send.
    pub send_by: Date,
    /// What comes back.
    pub units: Vec<Unit>,
}

impl Packing {
    /// The instructions as PDF.
    ///
    /// # Errors
    /// [`PaperError`].
    pub fn pdf(&self) -> Result<Vec<u8>, PaperError> {
        let language = self.language;
        let mut sheet = Sheet::new();
        sheet.paragraph(&self.merchant.name, Style::STRONG);
        sheet.title(&words::paper_pack_title(language));
        sheet.y += 100;
        let half = (RIGHT - LEFT - 300) / 2;
        let top = sheet.y;
        sheet.value(LEFT, half, &words::paper_case(language), &self.case);
        let left_end = sheet.y;
        sheet.y = top;
        let date = format::date(language, self.send_by);
        sheet.value(RIGHT - half, half, &words::paper_send_by(language), &date);
        sheet.y = sheet.y.max(left_end);
        sheet.head(&words::paper_pack_steps(language));
        sheet.steps(&self.steps());
        sheet.head(&words::paper_pack_check(language));
        sheet.ticks(&self.things());
        let about = About {
            title: &words::paper_pack_about(language, &self.case),
            author: &self.merchant.name,
            language: language.tag(),
            foot: &format!("{} · {}", self.merchant.name, self.case),
        };
        sheet.write(&about, |page, pages| words::paper_page(language, page, pages).into_owned())
    }

    fn steps(&self) -> Vec<String> {
        let language = self.language;
        let steps = [
            words::paper_pack_step_clean(language),
            words::paper_pack_step_optics(language),
            words::paper_pack_step_static(language),
            words::paper_pack_step_cushion(language),
            words::paper_pack_step_slip(language),
            words::paper_pack_step_outside(language, &self.case),
            words::paper_pack_step_proof(language),
        ];
        steps.map(std::borrow::Cow::into_owned).to_vec()
    }

    /// The slip, and each unit with what belongs to it.
    fn things(&self) -> Vec<String> {
        let language = self.language;
        let mut things = vec![words::paper_pack_check_slip(language, &self.case).into_owned()];
        for Unit { article, serial, pieces, contents } in &self.units {
            let unit = match serial {
                Some(serial) => words::paper_pack_check_unit(language, article, serial),
                None => words::paper_pack_check_pieces(language, article, *pieces),
            };
            things.push(unit.into_owned());
            let parts = contents.iter();
            things
                .extend(parts.map(|part| {
                    words::paper_pack_check_part(language, article, part).into_owned()
                }));
        }
        things
    }
}
