//! Letters in, in the transaction of what they tell.

use backhaul_core::ledger::{CaseId, Event, Ledger, RefundId};
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
