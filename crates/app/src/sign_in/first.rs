//! The first half of signing in: a name and a password.

use backhaul_store::Tx;
use backhaul_store::people;
use backhaul_store::sign_in::throttle as kept;
use jiff::Timestamp;

use super::audit::{self, SignInEventKind};
use super::second::{Ways, ways};
use super::steps::{NewStep, STEP_LASTS, StepKind};
use super::throttle::{self, Bucket};
use super::{Caller, SignInError};
use crate::{App, PASSWORD_CHARS_MAX};

/// The most characters of a name that is looked for.
const NAME_CHARS_MAX: usize = 200;

/// What came of the first half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FirstStep {
    /// That was all: the token of the session, which the browser keeps.
    SignedIn(String),
    /// The second half is awaited.
    SecondFactor(SecondFactor),
}

/// The second half, which is awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// For whoever did the first half.
    pub token: String,
    /// What it can be.
    pub ways: Ways,
}

impl App {
    /// Signs a member of staff in by a password, or asks for the second half where there is one.
    ///
    /// # Errors
    /// [`SignInError::Wrong`] for every reason alike, [`SignInError::Later`] without a look, and failures.
    pub async fn sign_in_with_password(
        &self,
        name: &str,
        password: &str,
        caller: &Caller,
    ) -> Result<FirstStep, SignInError> {
        let name: String = name.trim().chars().take(NAME_CHARS_MAX).collect();
        self.check_password(&name, password, caller).await?;
        self.after_first_half(&name, caller).await
    }

    /// Whether that is the password of that member of staff. A wrong one counts as a guess.
    pub(crate) async fn check_password(
        &self,
        name: &str,
        password: &str,
        caller: &Caller,
    ) -> Result<(), SignInError> {
        self.count_guess(Bucket::name(name), caller).await?;
        let id = name.to_owned();
        let row = self.store.read(move |tx| people::staff(tx, &id)).await?;
        let active = row.filter(|row| row.is_active);
        let is_known = active.is_some();
        // A longer one is none that was ever set; a part of it costs the same.
        let is_long = password.chars().count() > PASSWORD_CHARS_MAX;
        let part: String = password.chars().take(PASSWORD_CHARS_MAX).collect();
        let kept = active.map(|row| row.password_hash);
        let compared = self.hashing.compare(&part, kept.clone()).await?;
        let is_right = compared.is_right && !is_long;
        let (name, now) = (name.to_owned(), self.clock.now());
        let address = Bucket::address(&caller.address);
        let noted = self.store.write(move |tx| -> Result<(), SignInError> {
            if !is_right {
                return if is_known {
                    audit::note(tx, SignInEventKind::Failed, &name, now)
                } else {
                    Ok(())
                };
            }
            throttle::was_right(tx, &[Bucket::name(&name)], &address, now)?;
            if let (Some(renewed), Some(kept)) = (&compared.renewed, &kept) {
                people::renew_password(tx, &name, kept, renewed)?;
            }
            Ok(())
        });
        noted.await?;
        if is_right { Ok(()) } else { Err(SignInError::Wrong) }
    }

    /// Counts a guess, or says that one waits.
    pub(crate) async fn count_guess(
        &self,
        bucket: Bucket,
        caller: &Caller,
    ) -> Result<(), SignInError> {
        let buckets = [bucket, Bucket::address(&caller.address)];
        let now = self.clock.now();
        let counted = self.store.write(move |tx| throttle::count(tx, &buckets, now)).await?;
        counted.map_err(|at| SignInError::Later { at })
    }

    /// A session, or the second half, for whoever did the first half right.
    pub(crate) async fn after_first_half(
        &self,
        staff: &str,
        caller: &Caller,
    ) -> Result<FirstStep, SignInError> {
        let (staff, now) = (staff.to_owned(), self.clock.now());
        let new = NewStep::new(StepKind::SecondFactor, &staff, String::new(), STEP_LASTS, now)?;
        let session = self.new_session(&staff, caller, now)?;
        self.store
            .write(move |tx| {
                let ways = ways(tx, &staff)?;
                if ways.is_none() {
                    session.begin(tx, SignInEventKind::SignedIn, now)?;
                    return Ok(FirstStep::SignedIn(session.token.clone()));
                }
                NewStep::begin(tx, &new.row, now)?;
                Ok(FirstStep::SecondFactor(SecondFactor { token: new.token.clone(), ways }))
            })
            .await
    }
}

/// Lets go of guesses that are long ago.
pub(crate) fn forget_guesses(tx: &mut dyn Tx, now: Timestamp) -> Result<(), backhaul_store::Error> {
    let before = now.checked_sub(throttle::FORGOTTEN_AFTER).unwrap_or(Timestamp::MIN);
    kept::forget(tx, before)?;
    Ok(())
}
