//! Letters in, in the transaction of what they tell.

use backhaul_core::ledger::{CaseId, Event, Ledger, RefundId, TextId, UnitId};
use backhaul_mail::LetterKind;
use backhaul_store::letters::{self, NewLetter};
use backhaul_store::{Error, Hash, OrderId, Tx, buyers};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::steps::{Step, steps};
use crate::Email;

/// How long a letter is tried to be sent.
pub const LETTERS_LAST: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long it is waited before a buyer is told that a refund left: mostly it has settled by then, and that alone is told.
pub const REFUND_SENT_WAITS: SignedDuration = SignedDuration::from_mins(15);

/// What a letter is made of: ids, and no words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Body {
    /// A code, which is wiped once it is gone.
    Code { code: String, made_at: Timestamp, expires_at: Timestamp },
    /// A step: what happened to a case behind that event of its ledger, up to that one.
    Step { case: CaseId, after: i64, last: i64, refund: Option<RefundId> },
    /// Words of staff, in an erasable text.
    Words { case: Option<CaseId>, text: TextId },
    /// A withdrawal that came in.
    Withdrawal {
        case: Option<CaseId>,
        received_at: Timestamp,
        units: Vec<UnitId>,
        text: Option<TextId>,
    },
}

impl Body {
    pub(crate) fn written(&self) -> String {
        // Names and numbers alone: there is nothing in it that JSON could not say.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// One change of an order's ledger.
pub(crate) struct Change<'a> {
    pub(crate) order: &'a OrderId,
    /// The number of the last event before it, and of its own last.
    pub(crate) after: i64,
    pub(crate) last: i64,
    pub(crate) events: &'a [Event],
    pub(crate) before: &'a Ledger,
    pub(crate) now: &'a Ledger,
    pub(crate) at: Timestamp,
}

impl Change<'_> {
    /// Writes a letter for each step that the buyer is told of, where an address is known.
    ///
    /// It follows from the events of a command, not from a ledger: a rebuild of the read tables writes nobody again.
    pub(crate) fn write_letters(&self, tx: &mut dyn Tx) -> Result<(), Error> {
        let steps = steps(self.events, self.before, self.now);
        if steps.is_empty() {
            return Ok(());
        }
        let Some(buyer) = buyers::get(tx, self.order)? else { return Ok(()) };
        let Some(to) = buyer.email() else { return Ok(()) };
        for step in steps {
            if step.kind == LetterKind::RefundSettled {
                let sent = Step { kind: LetterKind::RefundSent, ..step.clone() };
                letters::withdraw(tx, &self.id(&sent), self.at)?;
            }
            let letter = self.letter(&step, to, buyer.language());
            letters::enqueue(tx, &letter)?;
        }
        Ok(())
    }

    /// The same step has the same id.
    fn id(&self, step: &Step) -> String {
        let key = match &step.refund {
            Some(refund) => format!("{}\n{refund}", self.order),
            None => format!("{}\n{}\n{}", self.order, step.case, self.last),
        };
        letter_id(step.kind, &key)
    }

    fn letter(&self, step: &Step, to: &Email, language: Option<&str>) -> NewLetter {
        let (case, refund) = (step.case.clone(), step.refund.clone());
        let wait = match step.kind {
            LetterKind::RefundSent => REFUND_SENT_WAITS,
            _ => SignedDuration::ZERO,
        };
        NewLetter {
            id: self.id(step),
            order: Some(self.order.clone()),
            to: to.clone(),
            language: language.map(str::to_owned),
            kind: step.kind.as_str().to_owned(),
            body: Body::Step { case, after: self.after, last: self.last, refund }.written(),
            is_secret: false,
            created_at: self.at,
            due_at: later(self.at, wait),
            expires_at: later(self.at, LETTERS_LAST),
        }
    }
}

/// A kind and the hash of what the letter is about, which may be of any length.
fn letter_id(kind: LetterKind, about: &str) -> String {
    format!("{}:{}", kind.as_str(), Hash::of_text(about))
}

fn later(from: Timestamp, wait: SignedDuration) -> Timestamp {
    from.checked_add(wait).unwrap_or(Timestamp::MAX)
}

/// A code that is to reach a buyer.
pub struct Code<'a> {
    /// What the code is for, such as the id of the attempt to sign in: one letter is written for it, however often it is asked.
    /// It is not the code, nor made of it.
    pub id: &'a str,
    /// The order, where there is one: erasing its buyer erases the letter.
    pub order: Option<&'a OrderId>,
    /// Where the code goes.
    pub to: &'a Email,
    /// The language to write in, where one is known, as a tag.
    pub language: Option<&'a str>,
    /// The code, as the buyer types it.
    pub code: &'a str,
    /// Now.
    pub now: Timestamp,
    /// When the code ends. It is not sent after that, and wiped.
    pub expires_at: Timestamp,
}

/// Writes the letter with a code, in the transaction that makes the code; it is sent after the commit.
///
/// # Errors
/// [`Error`].
pub fn post_code(tx: &mut dyn Tx, code: &Code<'_>) -> Result<(), Error> {
    let body =
        Body::Code { code: code.code.to_owned(), made_at: code.now, expires_at: code.expires_at };
    let letter = NewLetter {
        id: letter_id(LetterKind::SignInCode, code.id),
        order: code.order.cloned(),
        to: code.to.clone(),
        language: code.language.map(str::to_owned),
        kind: LetterKind::SignInCode.as_str().to_owned(),
        body: body.written(),
        is_secret: true,
        created_at: code.now,
        due_at: code.now,
        expires_at: code.expires_at,
    };
    letters::enqueue(tx, &letter).map(drop)
}

/// Words of staff that are to reach the buyer of an order.
pub struct Words<'a> {
    /// The order.
    pub order: &'a OrderId,
    /// The case that they are about.
    pub case: Option<&'a CaseId>,
    /// The words, kept as a text of the order. One letter is written for a text, however often it is asked.
    pub text: &'a TextId,
    /// Whether they answer an objection.
    pub is_answer: bool,
    /// Now.
    pub now: Timestamp,
}

/// Writes the letter with words of staff, in the transaction that keeps the text; says whether an address is known.
///
/// # Errors
/// [`Error`].
pub fn post_words(tx: &mut dyn Tx, words: &Words<'_>) -> Result<bool, Error> {
    let kind = if words.is_answer { LetterKind::ContestAnswered } else { LetterKind::DeskMessage };
    let body = Body::Words { case: words.case.cloned(), text: words.text.clone() };
    let about = format!("{}\n{}", words.order, words.text);
    post(tx, kind, &about, words.order, &body, words.now)
}

/// A withdrawal whose receipt is to reach the buyer.
pub struct Withdrawn<'a> {
    /// The order.
    pub order: &'a OrderId,
    /// The case that was opened for it, where one was.
    pub case: Option<&'a CaseId>,
    /// When the declaration came in. One receipt is written for an order and a moment.
    pub received_at: Timestamp,
    /// What of the order it is about; nothing for the whole order.
    pub units: &'a [UnitId],
    /// The buyer's words, kept as a text of the order.
    pub text: Option<&'a TextId>,
    /// Now.
    pub now: Timestamp,
}

/// Writes the receipt of a withdrawal, in the transaction that records it; says whether an address is known.
///
/// # Errors
/// [`Error`].
pub fn post_withdrawal(tx: &mut dyn Tx, withdrawn: &Withdrawn<'_>) -> Result<bool, Error> {
    let Withdrawn { order, case, received_at, units, text, now } = withdrawn;
    let body = Body::Withdrawal {
        case: case.cloned(),
        received_at: *received_at,
        units: units.to_vec(),
        text: text.cloned(),
    };
    let about = format!("{order}\n{received_at}");
    post(tx, LetterKind::WithdrawalReceipt, &about, order, &body, *now)
}

fn post(
    tx: &mut dyn Tx,
    kind: LetterKind,
    about: &str,
    order: &OrderId,
    body: &Body,
    now: Timestamp,
) -> Result<bool, Error> {
    let Some(buyer) = buyers::get(tx, order)? else { return Ok(false) };
    let Some(to) = buyer.email() else { return Ok(false) };
    let letter = NewLetter {
        id: letter_id(kind, about),
        order: Some(order.clone()),
        to: to.clone(),
        language: buyer.language().map(str::to_owned),
        kind: kind.as_str().to_owned(),
        body: body.written(),
        is_secret: false,
        created_at: now,
        due_at: now,
        expires_at: later(now, LETTERS_LAST),
    };
    letters::enqueue(tx, &letter)?;
    Ok(true)
}
