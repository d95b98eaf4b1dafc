//! Refunds are paused, as those of a restored copy are until it knows what the providers did that it forgot.

use backhaul_core::ledger::Actor;
use backhaul_store::{Error, Tx, settings};
use jiff::Timestamp;

use crate::{App, Who};

/// The setting that pauses refunds, whatever its words are: they say why.
pub const REFUNDS_PAUSED: &str = "refunds_paused";
/// Since when, in microseconds since 1970.
const PAUSED_SINCE: &str = "refunds_paused_since";
/// Who let refunds go on last, and when.
const RESUMED_BY: &str = "refunds_resumed_by";

/// Why refunds are not resumed.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// It takes a named person of finance.
    #[error("refunds are resumed by a person of finance, in their name")]
    Forbidden,
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

impl App {
    /// Pauses all refunds: no job of theirs is claimed any more. What is under way ends.
    ///
    /// # Errors
    /// [`Error`].
    pub fn pause_refunds(&self, reason: &str) -> Result<(), Error> {
        let (now, reason) = (self.clock.now(), reason.to_owned());
        let paused = self.store.write(move |tx| {
            settings::put(tx, REFUNDS_PAUSED, &reason)?;
            settings::put(tx, PAUSED_SINCE, &now.as_microsecond().to_string())
        });
        paused.wait()
    }

    /// Why refunds are paused, where they are.
    ///
    /// # Errors
    /// [`Error`].
    pub fn refunds_paused(&self) -> Result<Option<String>, Error> {
        self.store.read(reason).wait()
    }

    /// Lets refunds go on in a person's name, whatever [`App::reconcile`] has found; says whether they were paused.
    ///
    /// # Errors
    /// [`ResumeError`].
    pub fn resume_refunds(&self, who: &Who) -> Result<bool, ResumeError> {
        let Actor::Staff { id, finance: true } = &who.actor else {
            return Err(ResumeError::Forbidden);
        };
        if !who.roles.is_finance() {
            return Err(ResumeError::Forbidden);
        }
        let by = format!("{id} at {}", self.clock.now());
        Ok(self.store.write(move |tx| resume(tx, &by)).wait()?)
    }
}

/// Why refunds are paused, where they are.
pub(crate) fn reason(tx: &mut dyn Tx) -> Result<Option<String>, Error> {
    settings::get(tx, REFUNDS_PAUSED)
}

/// Since when refunds are paused; from now on where that was not written down, as by a backup that was restored.
pub(crate) fn since(tx: &mut dyn Tx, now: Timestamp) -> Result<Timestamp, Error> {
    let known = settings::get(tx, PAUSED_SINCE)?;
    let known = known.and_then(|known| Timestamp::from_microsecond(known.parse().ok()?).ok());
    if let Some(known) = known {
        return Ok(known);
    }
    settings::put(tx, PAUSED_SINCE, &now.as_microsecond().to_string())?;
    Ok(now)
}

/// Lets refunds go on; says whether they were paused.
pub(crate) fn resume(tx: &mut dyn Tx, by: &str) -> Result<bool, Error> {
    let was_paused = settings::remove(tx, REFUNDS_PAUSED)?;
    settings::remove(tx, PAUSED_SINCE)?;
    if was_paused {
        settings::put(tx, RESUMED_BY, by)?;
    }
    Ok(was_paused)
}
