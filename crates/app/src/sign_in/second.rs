//! The second half of signing in: a code of the authenticator app, a passkey, or a recovery code.

use backhaul_store::sign_in::{factors, passkeys, steps};
use backhaul_store::{Error, Tx, people};
use jiff::Timestamp;

use super::audit::{self, SignInEventKind};
use super::steps::{StepKind, look};
use super::throttle::{self, Bucket};
use super::{Caller, SignInError, recovery, totp};
use crate::App;

/// What the second half can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// A code of the authenticator app.
    pub totp: bool,
    /// A passkey.
    pub passkey: bool,
    /// A recovery code.
    pub recovery: bool,
}

impl Ways {
    /// Whether there is no second half.
    #[must_use]
    pub const fn is_none(self) -> bool {
        !self.totp && !self.passkey
    }
}

/// What the second half of a member of staff can be.
pub(crate) fn ways(tx: &mut dyn Tx, staff: &str) -> Result<Ways, Error> {
    let totp = factors::totp(tx, staff)?.is_some();
    let passkey = !passkeys::of_staff(tx, staff)?.is_empty();
    let recovery = factors::recovery_codes_left(tx, staff)? > 0;
    Ok(Ways { totp, passkey, recovery: recovery && (totp || passkey) })
}

impl App {
    /// What the second half of a sign-in can be; nothing where its first half is over.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn second_half(&self, token: &str) -> Result<Option<Ways>, Error> {
        let (token, now) = (token.to_owned(), self.clock.now());
        let read = self.store.read(move |tx| -> Result<_, Error> {
            let Some(step) = look(tx, StepKind::SecondFactor, &token, now)? else {
                return Ok(None);
            };
            Ok(Some(ways(tx, &step.staff)?))
        });
        read.await
    }

    /// Ends a sign-in by a code of the authenticator app, or by a recovery code; returns the token of the session.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn finish_with_code(
        &self,
        token: &str,
        code: &str,
        caller: &Caller,
    ) -> Result<String, SignInError> {
        let staff = self.staff_of_first_half(token).await?;
        self.count_guess(Bucket::second_factor(&staff), caller).await?;
        let (token, code, now) = (token.to_owned(), code.to_owned(), self.clock.now());
        let (session, caller) = (self.new_session(&staff, caller, now)?.twice(), caller.clone());
        let done = self.store.write(move |tx| -> Result<Option<String>, SignInError> {
            let used = use_code(tx, &staff, &code, now)?;
            let Some(kind) = used else {
                audit::note(tx, SignInEventKind::Failed, &staff, now)?;
                return Ok(None);
            };
            super::steps::take(tx, StepKind::SecondFactor, &token, now)?;
            let known = [Bucket::second_factor(&staff)];
            throttle::was_right(tx, &known, &Bucket::address(&caller.address), now)?;
            session.begin(tx, kind, now)?;
            Ok(Some(session.token.clone()))
        });
        done.await?.ok_or(SignInError::Wrong)
    }

    /// Ends a sign-in by a passkey; returns the token of the session.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn finish_with_passkey(
        &self,
        token: &str,
        ceremony: &str,
        answer: &str,
        caller: &Caller,
    ) -> Result<String, SignInError> {
        let staff = self.staff_of_first_half(token).await?;
        let owner = self.use_passkey(ceremony, answer).await?;
        if owner != staff {
            return Err(SignInError::Wrong);
        }
        let (token, now) = (token.to_owned(), self.clock.now());
        let session = self.new_session(&staff, caller, now)?.twice();
        let done = self.store.write(move |tx| -> Result<String, SignInError> {
            super::steps::take(tx, StepKind::SecondFactor, &token, now)?;
            session.begin(tx, SignInEventKind::SignedInTwice, now)?;
            Ok(session.token.clone())
        });
        done.await
    }

    /// Signs in by a passkey alone; returns the token of the session.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in_with_passkey(
        &self,
        ceremony: &str,
        answer: &str,
        caller: &Caller,
    ) -> Result<String, SignInError> {
        let staff = self.use_passkey(ceremony, answer).await?;
        let now = self.clock.now();
        let session = self.new_session(&staff, caller, now)?.twice();
        let done = self.store.write(move |tx| -> Result<String, SignInError> {
            let known = people::staff(tx, &staff)?.is_some_and(|row| row.is_active);
            if !known {
                return Err(SignInError::Wrong);
            }
            session.begin(tx, SignInEventKind::SignedInByPasskey, now)?;
            Ok(session.token.clone())
        });
        done.await
    }

    async fn staff_of_first_half(&self, token: &str) -> Result<String, SignInError> {
        let (token, now) = (token.to_owned(), self.clock.now());
        let step = self.store.read(move |tx| look(tx, StepKind::SecondFactor, &token, now)).await?;
        Ok(step.ok_or(SignInError::Over)?.staff)
    }
}

/// Uses a code up, of whichever kind it is; nothing where it is not right.
pub(crate) fn use_code(
    tx: &mut dyn Tx,
    staff: &str,
    code: &str,
    now: Timestamp,
) -> Result<Option<SignInEventKind>, SignInError> {
    if let Some(code) = totp::read(code) {
        let Some(row) = factors::totp(tx, staff)? else { return Ok(None) };
        let Some(step) = totp::step_of(&row.secret, &code, now) else { return Ok(None) };
        let is_first = factors::take_step(tx, staff, step)?;
        return Ok(is_first.then_some(SignInEventKind::SignedInTwice));
    }
    let Some(hash) = recovery::read(code) else { return Ok(None) };
    let is_good = factors::use_recovery_code(tx, staff, &hash, now)?;
    Ok(is_good.then_some(SignInEventKind::RecoveryCodeUsed))
}

/// Ends whatever a member of staff was in the middle of.
pub(crate) fn end_steps(tx: &mut dyn Tx, staff: &str) -> Result<(), Error> {
    steps::end_all(tx, staff)
}
