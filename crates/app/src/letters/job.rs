//! The job `send_letter`: sends one letter.
//!
//! Send, then note in one transaction what came of it. A worker that dies between the two leaves the letter to be sent again, with
//! the same Message-ID: at least once, never lost. Whoever gets a second copy can tell it by that.

use backhaul_store::jobs::{self, Claim};
use backhaul_store::letters::{self, KIND, LetterState};
use backhaul_store::{Error, Tx};
use jiff::{SignedDuration, Timestamp};

use super::outgoing::{LetterError, LetterRow, Sources};
use super::schedule::{TOO_LATE, next_try};
use super::{Mailer, SendFault, Sent};
use crate::App;

/// How long a job is a worker's beside the time-out of a call.
const LEASE: SignedDuration = SignedDuration::from_mins(2);

/// Why a letter was not sent. The job comes back when its lease ends.
#[derive(Debug, thiserror::Error)]
pub enum LetterJobError {
    /// What the letter is made of cannot be read.
    #[error("the letter `{id}` cannot be made")]
    Letter {
        /// The letter.
        id: String,
        /// Why.
        source: LetterError,
    },
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// What came of a letter in one go.
enum Outcome {
    /// The mailer was asked.
    Asked(Result<Sent, SendFault>),
    /// Its time is over.
    TooLate,
    /// What it needs is not there any more.
    Unwritable,
}

impl App {
    /// Claims the letter that has been due longest and sends it; says whether there was one.
    ///
    /// # Errors
    /// [`LetterJobError`].
    pub fn work_letters(&self, mailer: &dyn Mailer, worker: &str) -> Result<bool, LetterJobError> {
        let (now, worker) = (self.clock.now(), worker.to_owned());
        let lasts = LEASE.saturating_add(mailer.timeout());
        let claimed = self.store.write(move |tx| jobs::claim(tx, KIND, &worker, now, lasts));
        let Some(claim) = claimed.wait()? else { return Ok(false) };
        let id = claim.body.clone();
        let read = self.store.read(move |tx| -> Result<_, LetterError> {
            let row = letters::letter(tx, &id)?;
            // What is over was settled or erased meanwhile.
            let row = row.filter(|row| row.state == LetterState::Waiting);
            row.map(|row| Sources::read(tx, row)).transpose()
        });
        let failed = |source| LetterJobError::Letter { id: claim.body.clone(), source };
        let Some(sources) = read.wait().map_err(failed)? else {
            self.store.write(move |tx| jobs::finish(tx, &claim).map(drop)).wait()?;
            return Ok(true);
        };
        let outcome = self.send(mailer, &sources, now);
        let (row, now) = (sources.row, self.clock.now());
        note(&row, &outcome);
        self.store.write(move |tx| settle(tx, &claim, &row, &outcome, now)).wait()?;
        Ok(true)
    }

    fn send(&self, mailer: &dyn Mailer, sources: &Sources, now: Timestamp) -> Outcome {
        let Some(mail) = self.mail(sources) else { return Outcome::Unwritable };
        if sources.row.expires_at < now && !mailer.is_for_show() {
            return Outcome::TooLate;
        }
        Outcome::Asked(mailer.send(&mail))
    }
}

/// Says in the log what failed, without anything of the letter.
fn note(row: &LetterRow, outcome: &Outcome) {
    let fault = match outcome {
        Outcome::Asked(Ok(_)) => return,
        Outcome::Asked(Err(fault)) => fault.text(),
        Outcome::TooLate => TOO_LATE.to_owned(),
        Outcome::Unwritable => "unwritable".to_owned(),
    };
    let (id, kind) = (&row.id, &row.kind);
    tracing::warn!(letter.id = id, letter.kind = kind, fault, "a letter was not sent");
}

/// Writes down what came of a try. Nothing is written where the job is another worker's by now: that one sends the letter again.
fn settle(
    tx: &mut dyn Tx,
    claim: &Claim,
    row: &LetterRow,
    outcome: &Outcome,
    now: Timestamp,
) -> Result<(), Error> {
    let mut row = row.clone();
    let (state, fault) = match outcome {
        Outcome::Asked(Ok(Sent::Accepted)) => (LetterState::Sent, None),
        Outcome::Asked(Ok(Sent::Kept)) => (LetterState::Kept, None),
        Outcome::Asked(Err(fault)) if fault.is_worth_another() => {
            (LetterState::Waiting, Some(fault.text()))
        }
        Outcome::Asked(Err(fault)) => (LetterState::Failed, Some(fault.text())),
        Outcome::TooLate => (LetterState::Failed, Some(TOO_LATE.to_owned())),
        Outcome::Unwritable => (LetterState::Failed, Some("unwritable".to_owned())),
    };
    row.attempts = row.attempts.saturating_add(1);
    row.last_fault = fault;
    row.state = state;
    row.next_try_at = match state {
        LetterState::Waiting => next_try(row.attempts, now, row.expires_at),
        _ => None,
    };
    let is_held = match row.next_try_at {
        Some(next) => jobs::put_back(tx, claim, next)?,
        None => {
            if row.state == LetterState::Waiting {
                row.state = LetterState::Failed;
            }
            row.ended_at = Some(now);
            jobs::finish(tx, claim)?
        }
    };
    if is_held { letters::settle(tx, &row) } else { Ok(()) }
}
