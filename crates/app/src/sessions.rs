//! Who is signed in to the pages, and for how long. How somebody proves who they are is not this file's affair.

use argon2::Argon2;
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use backhaul_core::ledger::{Actor, StaffId};
use backhaul_store::sessions::{self, SessionKind, SessionRow};
use backhaul_store::{Error, Hash, people};
use jiff::{SignedDuration, Timestamp};

use crate::keys::{PeopleError, chance};
use crate::right::{Role, Roles};
use crate::{App, Who};

/// How long a member of staff's session lasts without use.
pub const STAFF_IDLE: SignedDuration = SignedDuration::from_hours(2);
/// How long it lasts at most.
pub const STAFF_LASTS: SignedDuration = SignedDuration::from_hours(12);
/// How long a buyer's session lasts without use.
pub const BUYER_IDLE: SignedDuration = SignedDuration::from_mins(60);
/// How long it lasts at most.
pub const BUYER_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// How old the note of the last use may become before it is written again: not every request writes.
const SEEN_EVERY: SignedDuration = SignedDuration::from_mins(1);
/// The most characters that are kept of what a browser says that it is.
const AGENT_CHARS_MAX: usize = 200;
/// The most sessions of one subject that are listed.
pub const SESSIONS_MAX: u32 = 100;

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedIn {
    /// A member of staff.
    Staff {
        /// Its name.
        id: String,
        /// As whom the desk is asked.
        who: Who,
    },
    /// The buyer of one order.
    Buyer {
        /// The number of the order.
        order: String,
    },
}

impl SignedIn {
    /// As whom the desk is asked.
    #[must_use]
    pub fn who(&self) -> Who {
        match self {
            Self::Staff { who, .. } => who.clone(),
            Self::Buyer { .. } => Who { roles: Role::Buyer.into(), actor: Actor::Buyer },
        }
    }

    const fn kind(&self) -> SessionKind {
        match self {
            Self::Staff { .. } => SessionKind::Staff,
            Self::Buyer { .. } => SessionKind::Buyer,
        }
    }

    fn subject(&self) -> &str {
        match self {
            Self::Staff { id, .. } => id,
            Self::Buyer { order } => order,
        }
    }
}

/// A session that is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Who has it.
    pub signed_in: SignedIn,
    /// SHA-256 of its token: its name in lists, and whose idempotency keys are used.
    pub token_hash: String,
    /// When whoever has it last proved who they are.
    pub strong_at: Timestamp,
}

impl App {
    /// Begins a session; returns the token, which the browser keeps and nobody else.
    ///
    /// # Errors
    /// [`PeopleError::Secret`] and [`PeopleError::Database`].
    pub async fn begin_session(
        &self,
        signed_in: &SignedIn,
        agent: &str,
    ) -> Result<String, PeopleError> {
        let token = chance::<32>()?;
        let now = self.clock.now();
        let lasts = match signed_in {
            SignedIn::Staff { .. } => STAFF_LASTS,
            SignedIn::Buyer { .. } => BUYER_LASTS,
        };
        let agent = agent.chars().filter(|sign| !sign.is_control()).take(AGENT_CHARS_MAX).collect();
        let row = SessionRow {
            token_hash: Hash::of_text(&token).to_string(),
            kind: signed_in.kind(),
            subject: signed_in.subject().to_owned(),
            created_at: now,
            seen_at: now,
            expires_at: now.checked_add(lasts).unwrap_or(Timestamp::MAX),
            strong_at: now,
            agent,
        };
        let begun = self.store.write(move |tx| -> Result<(), Error> {
            sessions::forget(tx, now)?;
            sessions::put(tx, &row)
        });
        begun.await?;
        Ok(token)
    }

    /// The session of that token; nothing where it is unknown or over, or where its member of staff has left.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn session(&self, kind: SessionKind, token: &str) -> Result<Option<Session>, Error> {
        let hash = Hash::of_text(token).to_string();
        let read = self.store.read(move |tx| -> Result<_, Error> {
            let Some(row) = sessions::get(tx, &hash)? else { return Ok(None) };
            let staff = match row.kind {
                SessionKind::Staff => people::staff(tx, &row.subject)?,
                SessionKind::Buyer => None,
            };
            Ok(Some((row, staff)))
        });
        let Some((row, staff)) = read.await? else { return Ok(None) };
        let now = self.clock.now();
        let idle = match row.kind {
            SessionKind::Staff => STAFF_IDLE,
            SessionKind::Buyer => BUYER_IDLE,
        };
        if row.kind != kind || now >= row.expires_at || now.duration_since(row.seen_at) >= idle {
            return Ok(None);
        }
        let signed_in = match row.kind {
            SessionKind::Buyer => SignedIn::Buyer { order: row.subject.clone() },
            SessionKind::Staff => {
                let staff = staff.filter(|staff| staff.is_active);
                let Some(who) = staff.and_then(|staff| staff_who(&row.subject, &staff.roles))
                else {
                    return Ok(None);
                };
                SignedIn::Staff { id: row.subject.clone(), who }
            }
        };
        if now.duration_since(row.seen_at) >= SEEN_EVERY {
            let hash = row.token_hash.clone();
            self.store.write(move |tx| sessions::seen(tx, &hash, now)).await?;
        }
        Ok(Some(Session { signed_in, token_hash: row.token_hash, strong_at: row.strong_at }))
    }

    /// Ends the session of that token.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn end_session(&self, token: &str) -> Result<(), Error> {
        let hash = Hash::of_text(token).to_string();
        self.store.write(move |tx| sessions::end(tx, &hash)).await?;
        Ok(())
    }
}

/// As whom the desk is asked by a member of staff; nothing where the roles or the name are none.
#[must_use]
pub fn staff_who(id: &str, roles: &str) -> Option<Who> {
    let roles = Roles::parse(roles).ok()?;
    let actor = Actor::Staff { id: StaffId::new(id).ok()?, finance: roles.is_finance() };
    Some(Who { roles, actor })
}

/// A key of 128 bits of chance, as hex: for a form that acts once.
///
/// # Errors
/// [`PeopleError::Secret`].
pub fn random_key() -> Result<String, PeopleError> {
    chance::<16>()
}

impl App {
    /// The member of staff with that name and password; nobody where the two do not fit, which of them is not told.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn sign_in_staff(
        &self,
        name: &str,
        password: &str,
    ) -> Result<Option<SignedIn>, Error> {
        let id = name.to_owned();
        let row = self.store.read(move |tx| people::staff(tx, &id)).await?;
        let row = row.filter(|row| row.is_active && verifies(&row.password_hash, password));
        Ok(row.and_then(|row| {
            Some(SignedIn::Staff { who: staff_who(&row.id, &row.roles)?, id: row.id })
        }))
    }
}

fn verifies(hash: &str, password: &str) -> bool {
    let hash = PasswordHash::new(hash);
    hash.is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}
