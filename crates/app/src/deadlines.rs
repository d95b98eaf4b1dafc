//! What follows from the calendar alone: cases of which nothing arrived in time expire, and what was kept for a time only is let go.

use backhaul_core::ledger::command::ExpireCase;
use backhaul_core::ledger::{Actor, CaseState, Command};
use backhaul_store::case_index::{self, Behind, CaseRow};
use backhaul_store::jobs::{self, NewJob};
use backhaul_store::sign_in::{events, steps};
use backhaul_store::{Error, request_keys, sessions};
use jiff::{SignedDuration, Timestamp};

use crate::right::Role;
use crate::sign_in::{EVENTS_KEPT_FOR, forget_guesses};
use crate::webhooks::WebhookError;
use crate::{App, DoorError, Who};

/// The one job of this kind.
const JOB: &str = "look_at_deadlines";
/// How often it is done.
const EVERY: SignedDuration = SignedDuration::from_mins(10);
/// How long it may take before another worker takes it over.
const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How many cases are looked at in one transaction.
const PAGE: u32 = 100;
/// The same, as lengths are counted.
const PAGE_ROWS: usize = 100;
/// How long an idempotency key is remembered.
pub const REQUEST_KEYS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

impl App {
    /// Does what is due by the calendar, every ten minutes and by one worker; says whether it was time.
    ///
    /// # Errors
    /// [`DoorError`].
    pub fn work_deadlines(&self) -> Result<bool, DoorError> {
        let now = self.clock.now();
        let due = self.store.read(|tx| jobs::next_due(tx, JOB)).wait()?;
        if due.is_some_and(|due| due > now) {
            return Ok(false);
        }
        let claim = self.store.write(move |tx| -> Result<_, Error> {
            let (id, kind, body) = (JOB.to_owned(), JOB.to_owned(), "{}".to_owned());
            jobs::enqueue(tx, &NewJob { id, kind, body, due_at: now })?;
            jobs::claim(tx, JOB, JOB, now, LEASE)
        });
        let Some(claim) = claim.wait()? else { return Ok(false) };
        self.renew_case_rows()?;
        self.fill_waiting(now)?;
        self.expire_cases(now)?;
        self.let_go(now)?;
        let again = now.checked_add(EVERY).unwrap_or(Timestamp::MAX);
        self.store.write(move |tx| jobs::put_back(tx, &claim, again)).wait()?;
        Ok(true)
    }

    /// Ends the cases that were authorised until a day that is past, and of which nothing arrived.
    fn expire_cases(&self, now: Timestamp) -> Result<(), DoorError> {
        let who = Who { roles: Role::System.into(), actor: Actor::System };
        for state in [CaseState::Authorised, CaseState::InTransit] {
            let mut after = Behind::first();
            loop {
                let from = after.clone();
                let page = self
                    .store
                    .read(move |tx| case_index::page_in_state(tx, state, &from, PAGE))
                    .wait()?;
                let is_past = |row: &&CaseRow| row.due_at.is_some_and(|due| due < now);
                for row in page.iter().take_while(is_past) {
                    let expire: Command = ExpireCase { case: row.case.clone() }.into();
                    match self.carry_out(&who, row.order.as_str(), &expire) {
                        // Something arrived meanwhile, or the goods are awaited no more.
                        Ok(_) | Err(DoorError::Refused(_)) => {}
                        Err(error) => return Err(error),
                    }
                }
                match page.last().filter(|last| page.len() >= PAGE_ROWS && is_past(last)) {
                    Some(last) => after = last.behind(),
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// Forgets what was kept for a time only.
    fn let_go(&self, now: Timestamp) -> Result<(), DoorError> {
        let before = now.checked_sub(REQUEST_KEYS_KEPT_FOR).unwrap_or(Timestamp::MIN);
        let events = now.checked_sub(EVENTS_KEPT_FOR).unwrap_or(Timestamp::MIN);
        let let_go = self.store.write(move |tx| -> Result<(), Error> {
            request_keys::forget(tx, before)?;
            sessions::forget(tx, now)?;
            steps::forget(tx, now)?;
            forget_guesses(tx, now)?;
            events::forget(tx, events)?;
            Ok(())
        });
        let_go.wait()?;
        self.let_letters_go(now)?;
        if let Err(error) = self.sweep_files_daily() {
            // Nothing waits for it: the next time does what is left.
            tracing::warn!(error = %error, "files that nobody has could not be let go");
        }
        loop {
            match self.forget_webhook_deliveries() {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(WebhookError::Database(error)) => return Err(error.into()),
                // Forgetting fails in no other way.
                Err(_) => return Ok(()),
            }
        }
    }
}
