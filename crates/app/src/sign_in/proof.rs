//! Proving once more who one is, in the middle of work, before what a stolen session must not do.

use backhaul_store::sessions as kept;
use backhaul_store::{Error, Tx};

use super::audit::{self, SignInEventKind};
use super::second::{use_code, ways};
use super::throttle::{self, Bucket};
use super::{Caller, PROOF_LASTS, SignInError, Ways};
use crate::App;
use crate::keys::chance;
use crate::sessions::{Session, SignedIn};

impl App {
    /// By what a member of staff can prove who they are, beside the password.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn ways_of(&self, staff: &str) -> Result<Ways, Error> {
        let staff = staff.to_owned();
        self.store.read(move |tx| ways(tx, &staff)).await
    }

    /// Proves who has the session by a password, and by a code where there is anything to make one. The token changes.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn prove_with_password(
        &self,
        session: &Session,
        password: &str,
        code: &str,
        caller: &Caller,
    ) -> Result<String, SignInError> {
        let staff = staff_of(session)?;
        self.check_password(&staff, password, caller).await?;
        let name = staff.clone();
        let ways = self.store.read(move |tx| ways(tx, &name)).await?;
        if !ways.is_none() {
            self.count_guess(Bucket::second_factor(&staff), caller).await?;
        }
        let (code, now, hash) = (code.to_owned(), self.clock.now(), session.token_hash.clone());
        let (token, caller) = (chance::<32>()?, caller.clone());
        let done = self.store.write(move |tx| -> Result<Option<String>, SignInError> {
            if !ways.is_none() {
                if use_code(tx, &staff, &code, now)?.is_none() {
                    audit::note(tx, SignInEventKind::Failed, &staff, now)?;
                    return Ok(None);
                }
                let known = [Bucket::second_factor(&staff)];
                throttle::was_right(tx, &known, &Bucket::address(&caller.address), now)?;
            }
            prove(
                tx,
                &staff,
                &Renewal { old: &hash, token: &token, is_twice: !ways.is_none() },
                now,
            )?;
            Ok(Some(token.clone()))
        });
        done.await?.ok_or(SignInError::Wrong)
    }

    /// Proves who has the session by a passkey. The token changes.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn prove_with_passkey(
        &self,
        session: &Session,
        ceremony: &str,
        answer: &str,
    ) -> Result<String, SignInError> {
        let staff = staff_of(session)?;
        if self.use_passkey(ceremony, answer).await? != staff {
            return Err(SignInError::Wrong);
        }
        let (hash, now, token) = (session.token_hash.clone(), self.clock.now(), chance::<32>()?);
        let done = self.store.write(move |tx| -> Result<String, SignInError> {
            prove(tx, &staff, &Renewal { old: &hash, token: &token, is_twice: true }, now)?;
            Ok(token.clone())
        });
        done.await
    }

    /// Whether whoever has the session proved who they are a moment ago, by all that they have.
    #[must_use]
    pub fn is_proven(&self, session: &Session) -> bool {
        self.clock.now().duration_since(session.strong_at) < PROOF_LASTS
    }

    /// Refuses a session whose owner did not prove who they are a moment ago.
    pub(crate) fn require_proof(&self, session: &Session) -> Result<String, SignInError> {
        let staff = staff_of(session)?;
        if self.is_proven(session) { Ok(staff) } else { Err(SignInError::ProofNeeded) }
    }
}

/// The token that a proof gives a session in place of the old one.
struct Renewal<'a> {
    /// The hash of the old token.
    old: &'a str,
    token: &'a str,
    /// Whether the proof was by more than a password.
    is_twice: bool,
}

fn prove(
    tx: &mut dyn Tx,
    staff: &str,
    renewal: &Renewal<'_>,
    now: jiff::Timestamp,
) -> Result<(), SignInError> {
    let new_hash = backhaul_store::Hash::of_text(renewal.token).to_string();
    if !kept::renew(tx, renewal.old, &new_hash, now, renewal.is_twice)? {
        return Err(SignInError::Over);
    }
    audit::note(tx, SignInEventKind::Proved, staff, now)
}

/// The member of staff whose session it is.
pub(crate) fn staff_of(session: &Session) -> Result<String, SignInError> {
    match &session.signed_in {
        SignedIn::Staff { id, .. } => Ok(id.clone()),
        SignedIn::Buyer { .. } => Err(SignInError::Wrong),
    }
}
