//! What a member of staff changes of the own account. All but ending sessions needs a proof of a moment ago.

use backhaul_store::people;
use backhaul_store::sessions::{self as kept, SessionKind, SessionRow};
use backhaul_store::sign_in::passkeys as kept_keys;
use backhaul_store::sign_in::{factors, identities};
use jiff::Timestamp;

use super::audit::{self, SignInEventKind};
use super::passkeys::{Ceremony, find, short_name};
use super::proof::staff_of;
use super::steps::{NewStep, STEP_LASTS, StepKind, look, take};
use super::totp::{self, NewTotp};
use super::{Caller, SignInError, recovery};
use crate::sessions::{SESSIONS_MAX, Session};
use crate::{App, PeopleError};

/// The most passkeys of one member of staff.
pub const PASSKEYS_MAX: usize = 10;
/// The most characters of a passkey's name.
pub const PASSKEY_NAME_CHARS_MAX: usize = 60;

/// A member of staff's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The name that events remember.
    pub name: String,
    /// Whether there is a password.
    pub has_password: bool,
    /// Whether there is an authenticator app.
    pub has_totp: bool,
    /// Whether it is linked to the merchant's own sign-in.
    pub is_linked: bool,
    /// The passkeys, the oldest first.
    pub passkeys: Vec<PasskeyShown>,
    /// How many recovery codes are still good.
    pub recovery_codes: i64,
    /// The sessions, the newest first.
    pub sessions: Vec<SessionRow>,
}

/// A passkey, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyShown {
    /// Its name in forms.
    pub short: String,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

impl App {
    /// The account of whoever has the session.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn account(&self, session: &Session) -> Result<Account, SignInError> {
        let name = staff_of(session)?;
        let read = self.store.read(move |tx| -> Result<Account, SignInError> {
            let row = people::staff(tx, &name)?.ok_or(SignInError::Over)?;
            let passkeys = kept_keys::of_staff(tx, &name)?.into_iter();
            let shown = passkeys.map(|row| PasskeyShown {
                short: short_name(&row.id),
                name: row.name,
                created_at: row.created_at,
                used_at: row.used_at,
            });
            Ok(Account {
                has_password: !row.password_hash.is_empty(),
                has_totp: factors::totp(tx, &name)?.is_some(),
                is_linked: identities::is_linked(tx, &name)?,
                passkeys: shown.collect(),
                recovery_codes: factors::recovery_codes_left(tx, &name)?,
                sessions: kept::of_subject(tx, SessionKind::Staff, &name, SESSIONS_MAX)?,
                name: name.clone(),
            })
        });
        read.await
    }

    /// Sets another password, and ends every other session. The one there is must be given, where there is one.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn change_password(
        &self,
        session: &Session,
        old: &str,
        new: &str,
        caller: &Caller,
    ) -> Result<(), SignInError> {
        let staff = self.require_proof(session)?;
        let id = staff.clone();
        let row = self.store.read(move |tx| people::staff(tx, &id)).await?;
        if row.is_some_and(|row| !row.password_hash.is_empty()) {
            self.check_password(&staff, old, caller).await?;
        }
        let hash = self.new_hash(&staff, new).await?;
        let (keep, now) = (session.token_hash.clone(), self.clock.now());
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            people::set_password(tx, &staff, &hash)?;
            kept::end_others(tx, SessionKind::Staff, &staff, &keep)?;
            super::second::end_steps(tx, &staff)?;
            audit::note(tx, SignInEventKind::PasswordChanged, &staff, now)
        });
        done.await
    }

    /// The hash of a password that is good enough.
    pub(crate) async fn new_hash(&self, staff: &str, new: &str) -> Result<String, PeopleError> {
        self.check_new_password(staff, new)?;
        self.hashing.hash(new).await.map_err(|error| PeopleError::Secret(error.to_string()))
    }

    /// Begins to add an authenticator app. It is added by its first code.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn begin_totp(&self, session: &Session) -> Result<NewTotp, SignInError> {
        let staff = self.require_proof(session)?;
        let (secret, now) = (totp::new_secret()?, self.clock.now());
        let kind = StepKind::AddTotp;
        let NewStep { token, row } = NewStep::new(kind, &staff, secret.clone(), STEP_LASTS, now)?;
        let qr_svg = totp::qr_svg(&secret, &staff, &self.merchant.name)?;
        self.store.write(move |tx| NewStep::begin(tx, &row, now)).await?;
        Ok(NewTotp { token, secret, qr_svg })
    }

    /// The app that is being added, to show it again after a wrong code.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn totp_in_the_making(
        &self,
        session: &Session,
        token: &str,
    ) -> Result<NewTotp, SignInError> {
        let (staff, now, asked) = (staff_of(session)?, self.clock.now(), token.to_owned());
        let step = self.store.read(move |tx| look(tx, StepKind::AddTotp, &asked, now)).await?;
        let step = step.filter(|step| step.staff == staff).ok_or(SignInError::Over)?;
        let qr_svg = totp::qr_svg(&step.state, &staff, &self.merchant.name)?;
        Ok(NewTotp { token: token.to_owned(), secret: step.state, qr_svg })
    }

    /// Adds the authenticator app, by a code of it. Whoever has no recovery codes gets them.
    ///
    /// # Errors
    /// [`SignInError::Wrong`] where the code is not right; it can be tried again.
    pub async fn add_totp(
        &self,
        session: &Session,
        token: &str,
        code: &str,
    ) -> Result<Vec<String>, SignInError> {
        let staff = self.require_proof(session)?;
        let now = self.clock.now();
        let (token, code) = (token.to_owned(), code.to_owned());
        let (codes, hashes) = new_codes()?;
        let done = self.store.write(move |tx| -> Result<_, SignInError> {
            let step = look(tx, StepKind::AddTotp, &token, now)?;
            let step = step.filter(|step| step.staff == staff).ok_or(SignInError::Over)?;
            let code = totp::read(&code).ok_or(SignInError::Wrong)?;
            let last_step = totp::step_of(&step.state, &code, now).ok_or(SignInError::Wrong)?;
            take(tx, StepKind::AddTotp, &token, now)?;
            let row = factors::TotpRow { secret: step.state, last_step };
            factors::put_totp(tx, &staff, &row, now)?;
            audit::note(tx, SignInEventKind::TotpAdded, &staff, now)?;
            first_codes(tx, &staff, &hashes, now)
        });
        Ok(if done.await? { codes } else { Vec::new() })
    }

    /// Takes the authenticator app away.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn remove_totp(&self, session: &Session) -> Result<(), SignInError> {
        let (staff, now) = (self.require_proof(session)?, self.clock.now());
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            if factors::remove_totp(tx, &staff)? {
                audit::note(tx, SignInEventKind::TotpRemoved, &staff, now)?;
            }
            Ok(())
        });
        done.await
    }

    /// Makes new recovery codes; those that there were are good no more.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn make_recovery_codes(&self, session: &Session) -> Result<Vec<String>, SignInError> {
        let (staff, now) = (self.require_proof(session)?, self.clock.now());
        let (codes, hashes) = new_codes()?;
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            factors::put_recovery_codes(tx, &staff, &hashes)?;
            audit::note(tx, SignInEventKind::RecoveryCodesMade, &staff, now)
        });
        done.await?;
        Ok(codes)
    }

    /// Begins to add a passkey.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn begin_passkey(&self, session: &Session) -> Result<Ceremony, SignInError> {
        let staff = self.require_proof(session)?;
        self.ask_for_new_passkey(&staff).await
    }

    /// Adds the passkey that a browser made. Whoever has no recovery codes gets them.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn add_passkey(
        &self,
        session: &Session,
        token: &str,
        answer: &str,
        name: &str,
    ) -> Result<Vec<String>, SignInError> {
        let staff = self.require_proof(session)?;
        let name: String = name.chars().filter(|sign| !sign.is_control()).collect();
        let name: String = name.trim().chars().take(PASSKEY_NAME_CHARS_MAX).collect();
        let made = self.made_passkey(&staff, token, answer, &name).await?;
        let (now, (codes, hashes)) = (self.clock.now(), new_codes()?);
        let done = self.store.write(move |tx| -> Result<_, SignInError> {
            if kept_keys::of_staff(tx, &staff)?.len() >= PASSKEYS_MAX {
                return Err(SignInError::TooMany);
            }
            if !kept_keys::add(tx, &made)? {
                return Err(SignInError::Wrong);
            }
            audit::note(tx, SignInEventKind::PasskeyAdded, &staff, now)?;
            first_codes(tx, &staff, &hashes, now)
        });
        Ok(if done.await? { codes } else { Vec::new() })
    }

    /// Takes a passkey away.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn remove_passkey(&self, session: &Session, short: &str) -> Result<(), SignInError> {
        let (staff, now) = (self.require_proof(session)?, self.clock.now());
        let short = short.to_owned();
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            let Some(row) = find(tx, &staff, &short)? else { return Ok(()) };
            kept_keys::remove(tx, &staff, &row.id)?;
            audit::note(tx, SignInEventKind::PasskeyRemoved, &staff, now)
        });
        done.await
    }

    /// Ends one of the own sessions, by the beginning of its name.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn end_own_session(&self, session: &Session, name: &str) -> Result<(), SignInError> {
        let (staff, name, now) = (staff_of(session)?, name.to_owned(), self.clock.now());
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            let own = kept::of_subject(tx, SessionKind::Staff, &staff, SESSIONS_MAX)?;
            let Some(row) = own.into_iter().find(|row| session_name(row) == name) else {
                return Ok(());
            };
            kept::end(tx, &row.token_hash)?;
            audit::note(tx, SignInEventKind::SessionsEnded, &staff, now)
        });
        done.await
    }

    /// Ends every own session but this one.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn end_other_sessions(&self, session: &Session) -> Result<(), SignInError> {
        let (staff, keep, now) = (staff_of(session)?, session.token_hash.clone(), self.clock.now());
        let done = self.store.write(move |tx| -> Result<(), SignInError> {
            if kept::end_others(tx, SessionKind::Staff, &staff, &keep)? > 0 {
                audit::note(tx, SignInEventKind::SessionsEnded, &staff, now)?;
            }
            Ok(())
        });
        done.await
    }
}

/// A session's name in forms: a part of the hash of its token, which opens nothing.
#[must_use]
pub fn session_name(row: &SessionRow) -> String {
    row.token_hash.chars().take(16).collect()
}

/// New recovery codes, and their hashes.
fn new_codes() -> Result<(Vec<String>, Vec<String>), SignInError> {
    let mut codes = Vec::new();
    for _ in 0..recovery::RECOVERY_CODES {
        codes.push(recovery::new_code()?);
    }
    let hashes = codes.iter().filter_map(|code| recovery::read(code)).collect();
    Ok((codes, hashes))
}

/// Puts recovery codes for whoever has none; says whether it did.
fn first_codes(
    tx: &mut dyn backhaul_store::Tx,
    staff: &str,
    hashes: &[String],
    now: Timestamp,
) -> Result<bool, SignInError> {
    if factors::recovery_codes_left(tx, staff)? > 0 {
        return Ok(false);
    }
    factors::put_recovery_codes(tx, staff, hashes)?;
    audit::note(tx, SignInEventKind::RecoveryCodesMade, staff, now)?;
    Ok(true)
}
