//! The letters that there are, and each as it is sent: for people to look at, and for the job that sends.

use backhaul_core::ledger::{Event, Ledger};
use backhaul_language::Language;
use backhaul_mail::{Envelope, Letter, LetterKind, Message, compose};
use backhaul_store::ledger::LedgerError;
use backhaul_store::letters::{self, Wanted};
use backhaul_store::orders::OrderStoreError;
use backhaul_store::{Error, Hash, OrderId, Tx, buyers, ledger, orders, texts};
use jiff::Timestamp;

use super::enqueue::Body;
use super::told::{Material, code};
use super::{OutgoingMail, case_link, link};
use crate::{App, Buyer};

pub use backhaul_store::letters::Letter as LetterRow;

/// Why a letter cannot be looked at, or sent.
#[derive(Debug, thiserror::Error)]
pub enum LetterError {
    /// The ledger cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The order cannot be read.
    #[error(transparent)]
    Order(#[from] OrderStoreError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A letter, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterView {
    /// The letter as it is kept.
    pub row: LetterRow,
    /// What it says; nothing once it was wiped or erased.
    pub message: Option<Message>,
}

/// What a letter is made of, read in one transaction.
pub(crate) struct Sources {
    pub(crate) row: LetterRow,
    body: Option<Body>,
    of_order: Option<OfOrder>,
}

struct OfOrder {
    order: backhaul_core::ledger::Order,
    events: Vec<Event>,
    before: Ledger,
    after: Ledger,
    texts: Vec<(String, String)>,
    buyer: Option<Buyer>,
}

impl App {
    /// Letters, the newest first, at most so many and at most [`super::PAGE_MAX`]: of an order where one is named, behind that letter
    /// where one was seen. Nothing where there is no such order.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn letters_sent(
        &self,
        order: Option<&str>,
        before: Option<(Timestamp, String)>,
        limit: u32,
    ) -> Result<Vec<LetterRow>, Error> {
        let number = order.map(str::to_owned);
        let read = self.store.read(move |tx| {
            let order = match &number {
                None => None,
                Some(number) => match orders::find(tx, number)? {
                    None => return Ok(Vec::new()),
                    found => found,
                },
            };
            letters::list(tx, &Wanted { order, before: before.clone() }, limit)
        });
        read.await
    }

    /// One letter, and what it says.
    ///
    /// # Errors
    /// [`LetterError`].
    pub async fn letter_sent(&self, id: &str) -> Result<Option<LetterView>, LetterError> {
        let id = id.to_owned();
        let sources = self.store.read(move |tx| -> Result<_, LetterError> {
            let Some(row) = letters::letter(tx, &id)? else { return Ok(None) };
            Sources::read(tx, row).map(Some)
        });
        let view = |sources: Sources| {
            let message = self.mail(&sources).map(|mail| mail.message);
            LetterView { row: sources.row, message }
        };
        Ok(sources.await?.map(view))
    }

    /// The mail that a letter is; nothing where it was wiped or erased, or where what it needs is not there any more.
    pub(crate) fn mail(&self, sources: &Sources) -> Option<OutgoingMail> {
        let Sources { row, body, of_order } = sources;
        let body = body.as_ref()?;
        let tag = row.language.as_deref().and_then(Language::of_tag);
        let language = tag.unwrap_or(Language::ENGLISH);
        let kind = LetterKind::parse(&row.kind)?;
        let letter = match of_order {
            Some(of_order) => self.letter(kind, body, of_order, language)?,
            None => code(body)?,
        };
        let merchant = self.merchant();
        let case = body.case();
        let is_code = kind == LetterKind::SignInCode;
        let known = of_order.as_ref().filter(|_| !is_code);
        let link = match case {
            Some(case) => case_link(merchant, case),
            None => link(merchant, ""),
        };
        let envelope = Envelope {
            language,
            merchant: merchant.name.clone(),
            // Whoever asks for a code is not known yet.
            buyer: known.and_then(|known| known.buyer.as_ref()?.name().map(str::to_owned)),
            order: of_order.as_ref().map(|of_order| of_order.order.number.clone()),
            case: case.map(ToString::to_string),
            link,
            is_read: merchant.contact_email.is_some() && !is_code,
        };
        let thread = case
            .zip(row.order.as_ref())
            .map(|(case, order)| format!("case.{}", Hash::of_text(&format!("{order}\n{case}"))));
        Some(OutgoingMail {
            id: format!("letter.{}", Hash::of_text(&row.id)),
            thread,
            to: row.to.clone()?,
            from_name: merchant.name.clone(),
            reply_to: merchant.contact_email.clone().filter(|_| !is_code),
            written_at: row.created_at,
            language: language.tag(),
            message: compose(&envelope, &letter),
        })
    }

    fn letter(
        &self,
        kind: LetterKind,
        body: &Body,
        of_order: &OfOrder,
        language: Language,
    ) -> Option<Letter> {
        let material = Material {
            merchant: self.merchant(),
            catalogue: &self.catalogue(),
            bank: &self.bank,
            order: &of_order.order,
            events: &of_order.events,
            before: &of_order.before,
            ledger: &of_order.after,
            texts: &of_order.texts,
            buyer: of_order.buyer.as_ref(),
            language,
        };
        material.letter(kind, body)
    }
}

impl Body {
    fn case(&self) -> Option<&backhaul_core::ledger::CaseId> {
        match self {
            Self::Code { .. } => None,
            Self::Step { case, .. } => Some(case),
        }
    }
}

impl Sources {
    pub(crate) fn read(tx: &mut dyn Tx, row: LetterRow) -> Result<Self, LetterError> {
        let body: Option<Body> = serde_json::from_str(&row.body).ok();
        let of_order = match (&row.order, &body) {
            (Some(order), Some(body)) => OfOrder::read(tx, order, body)?,
            _ => None,
        };
        Ok(Self { row, body, of_order })
    }
}

impl OfOrder {
    fn read(tx: &mut dyn Tx, id: &OrderId, body: &Body) -> Result<Option<Self>, LetterError> {
        let Some(history) = ledger::load(tx, id)? else { return Ok(None) };
        let (after, last) = match body {
            Body::Step { after, last, .. } => (*after, *last),
            Body::Code { .. } => (i64::MAX, i64::MAX),
        };
        let (mut before, mut events) = (Ledger::default(), Vec::new());
        for recorded in history.events.into_iter().filter(|recorded| recorded.seq <= last) {
            if recorded.seq <= after {
                before.apply(&recorded.event);
            } else {
                events.push(recorded.event);
            }
        }
        let mut now = before.clone();
        for event in &events {
            now.apply(event);
        }
        let Some(order) = orders::get(tx, id, None)? else { return Ok(None) };
        let (texts, buyer) = (texts::of_order(tx, id)?, buyers::get(tx, id)?);
        Ok(Some(Self { order, events, before, after: now, texts, buyer }))
    }
}
