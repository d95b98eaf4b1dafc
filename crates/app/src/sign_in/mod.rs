//! How members of staff prove who they are.
//!
//! - `first`: a name and a password, which is all or the first half. `second`: the second half. `proof`: once more, in the middle of work.
//! - `hashing`: what a password costs. `weak`: which are too easy to guess. `throttle`: guessing is slowed down.
//! - `totp`: authenticator apps. `recovery`: codes for the day on which all else is lost. `passkeys`: key pairs, as a second half or alone.
//! - `single_sign_on`: the merchant's own sign-in, over a port that an adapter fills.
//! - `account`: what one changes oneself. `people`: what the owner changes. `audit`: what was done, for the owner to read.
//!
//! Every failure reads the same to whoever guesses: whether a name is known, retired, without a password or has another one is not told.
//! Not for sessions, which are `crate::sessions`' affair, nor for what somebody may do, which is `crate::right`'s.

mod account;
pub(crate) mod audit;
mod first;
mod hashing;
mod passkeys;
mod people;
mod proof;
mod recovery;
pub(crate) mod second;
mod settings;
mod single_sign_on;
mod steps;
mod throttle;
mod totp;
mod weak;

use backhaul_store::Error;
use jiff::Timestamp;

use crate::PeopleError;

pub use self::account::{
    Account, PASSKEY_NAME_CHARS_MAX, PASSKEYS_MAX, PasskeyShown, session_name,
};
pub use self::audit::{EVENTS_KEPT_FOR, EVENTS_LISTED_MAX, SignInEventKind};
pub(crate) use self::first::forget_guesses;
pub use self::first::{FirstStep, SecondFactor};
pub(crate) use self::hashing::{Hashing, NotHashed};
pub use self::passkeys::{Ceremony, RelyingParty};
pub use self::people::INVITATION_LASTS;
pub(crate) use self::people::end_access;
pub use self::recovery::RECOVERY_CODES;
pub use self::second::Ways;
pub use self::settings::{PROOF_LASTS, SignInSettings};
pub use self::single_sign_on::{
    Claims, SingleSignOn, SingleSignOnError, SingleSignOnRules, Visit, Visitor,
};
pub use self::totp::NewTotp;
pub use self::weak::Weakness;
pub(crate) use self::weak::weakness;

/// From where somebody signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The address whose guesses are counted together; of IPv6 its network.
    pub address: String,
    /// What the browser says that it is.
    pub agent: String,
}

impl Caller {
    /// From that address, with that browser. Of IPv6, where everybody has as many addresses as they like, the network counts.
    #[must_use]
    pub fn new(address: Option<std::net::IpAddr>, agent: &str) -> Self {
        use std::net::IpAddr;
        let address = match address.map(|address| address.to_canonical()) {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => {
                let [one, two, three, four, ..] = address.segments();
                format!("{one:x}:{two:x}:{three:x}:{four:x}::/64")
            }
            None => "unknown".to_owned(),
        };
        Self { address, agent: agent.to_owned() }
    }
}

/// Why somebody is not signed in, or nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// What was given is not right. It is not told what of it.
    #[error("this is not right")]
    Wrong,
    /// Too many guesses: nothing is looked at before that moment.
    #[error("too many tries: wait until {at}")]
    Later {
        /// When to try again.
        at: Timestamp,
    },
    /// Too many sign in at the same moment.
    #[error("too many are signing in at this moment: try again")]
    Busy,
    /// The first half is too long ago, or was used.
    #[error("this took too long: begin again")]
    Over,
    /// Somebody who must prove who they are first, by all that they have.
    #[error("prove first who you are")]
    ProofNeeded,
    /// The password is too short, too long, or too easy to guess; or a name is none.
    #[error(transparent)]
    People(PeopleError),
    /// Passkeys need a name in the desk's address, and encryption unless it is this machine.
    #[error("the desk's `public_url` has no name that passkeys could be made for")]
    NoPasskeysHere,
    /// There are as many as there can be.
    #[error("there are as many as there can be: take one away first")]
    TooMany,
    /// The merchant's own sign-in says no, or is not there.
    #[error(transparent)]
    SingleSignOn(#[from] SingleSignOnError),
    /// No randomness, or something that cannot be made of it.
    #[error("no secret can be made: {0}")]
    Secret(String),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<PeopleError> for SignInError {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::Database(error) => Self::Database(error),
            PeopleError::Secret(what) => Self::Secret(what),
            error => Self::People(error),
        }
    }
}

impl From<NotHashed> for SignInError {
    fn from(error: NotHashed) -> Self {
        match error {
            NotHashed::Busy => Self::Busy,
            NotHashed::Machine(what) => Self::Secret(what),
        }
    }
}
