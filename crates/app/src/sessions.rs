//! Who is signed in to the pages, and for how long. How somebody proves who they are is not this file's affair.

use backhaul_core::ledger::{Actor, StaffId};
use backhaul_store::sessions::{self, SessionKind, SessionRow};
use backhaul_store::{Error, Hash, Tx, people};
use jiff::{SignedDuration, Timestamp};

use crate::keys::{PeopleError, chance};
use crate::right::{Role, Roles};
use crate::sign_in::audit::{self, SignInEventKind};
use crate::sign_in::{Caller, SignInError};
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
    /// Whether that was by more than a password. What was added since then proved nothing yet.
    pub is_twice: bool,
}

impl Session {
    /// When whoever has it last proved by more than a password who they are, for what asks for that.
    #[must_use]
    pub fn proof(&self) -> Option<Timestamp> {
        self.is_twice.then_some(self.strong_at)
    }
}

/// A member of staff's session that is about to begin.
#[derive(Clone)]
pub(crate) struct NewSession {
    pub(crate) token: String,
    pub(crate) row: SessionRow,
}

impl NewSession {
    /// The same, of whoever proved by more than a password who they are.
    pub(crate) fn twice(mut self) -> Self {
        self.row.is_twice = true;
        self
    }

    /// Begins it, and notes how.
    pub(crate) fn begin(
        &self,
        tx: &mut dyn Tx,
        kind: SignInEventKind,
        now: Timestamp,
    ) -> Result<(), SignInError> {
        sessions::forget(tx, now)?;
        sessions::put(tx, &self.row)?;
        audit::note(tx, kind, &self.row.subject, now)
    }
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
            SignedIn::Staff { .. } => self.sign_in.lasts,
            SignedIn::Buyer { .. } => BUYER_LASTS,
        };
        let agent = shortened(agent);
        let row = SessionRow {
            token_hash: Hash::of_text(&token).to_string(),
            kind: signed_in.kind(),
            subject: signed_in.subject().to_owned(),
            created_at: now,
            seen_at: now,
            expires_at: now.checked_add(lasts).unwrap_or(Timestamp::MAX),
            strong_at: now,
            is_twice: false,
            agent,
        };
        let begun = self.store.write(move |tx| -> Result<(), Error> {
            sessions::forget(tx, now)?;
            sessions::put(tx, &row)
        });
        begun.await?;
        Ok(token)
    }

    pub(crate) fn new_session(
        &self,
        staff: &str,
        caller: &Caller,
        now: Timestamp,
    ) -> Result<NewSession, PeopleError> {
        let token = chance::<32>()?;
        let row = SessionRow {
            token_hash: Hash::of_text(&token).to_string(),
            kind: SessionKind::Staff,
            subject: staff.to_owned(),
            created_at: now,
            seen_at: now,
            expires_at: now.checked_add(self.sign_in.lasts).unwrap_or(Timestamp::MAX),
            strong_at: now,
            is_twice: false,
            agent: shortened(&caller.agent),
        };
        Ok(NewSession { token, row })
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
            SessionKind::Staff => self.sign_in.idle,
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
        let SessionRow { token_hash, strong_at, is_twice, .. } = row;
        Ok(Some(Session { signed_in, token_hash, strong_at, is_twice }))
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

fn shortened(agent: &str) -> String {
    agent.chars().filter(|sign| !sign.is_control()).take(AGENT_CHARS_MAX).collect()
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
