//! The chain of hashes through one ledger (invariant `tamper-evident`).
//!
//! Each event carries the hash of itself and of the one before it; the order's row carries the last. Whoever changes,
//! removes or reorders events, or cuts them off the end, is found out here.
//!
//! A chain cannot find out whoever goes along with it: makes every later hash anew, moves the head back to an earlier
//! event with that event's hash, or removes an order with everything of it. Against that stand only heads that were noted
//! elsewhere before ([`Head::hash`]).

use std::fmt;

use crate::hash::{Hash, Sealed};

/// The end of a ledger: how many events it has, and the hash of the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    pub(crate) seq: i64,
    pub(crate) hash: Hash,
}

impl Head {
    /// The head of a ledger without events.
    pub const EMPTY: Self = Self { seq: 0, hash: Hash::NONE };

    /// The ledger's version: how many events it has.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.seq
    }

    /// The hash of the last event: noted elsewhere, it proves all that came before.
    #[must_use]
    pub const fn hash(&self) -> Hash {
        self.hash
    }

    /// The head once that event has followed.
    pub(crate) fn followed_by(self, event: &Sealed<'_>) -> Self {
        Self { seq: event.seq, hash: Hash::of_event(&self.hash, event) }
    }

    /// Goes on by an event that was stored with that hash.
    pub(crate) fn follow(&mut self, event: &Sealed<'_>, stored: &str) -> Result<(), Tampering> {
        if event.seq != self.seq.saturating_add(1) {
            return Err(Tampering::Removed);
        }
        let next = self.followed_by(event);
        if stored.parse() != Ok(next.hash) {
            return Err(Tampering::Changed);
        }
        *self = next;
        Ok(())
    }

    /// Compares where the events ended with what the order's row says.
    pub(crate) fn end(self, seq: i64, hash: &str) -> Result<(), Tampering> {
        if self.seq < seq {
            return Err(Tampering::CutOff);
        }
        if hash.parse() != Ok(self.hash) {
            return Err(Tampering::HeadChanged);
        }
        Ok(())
    }
}

/// What was done to a ledger behind the program's back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tampering {
    /// The event, or its hash, is not what was written.
    Changed,
    /// The event is gone, and later ones are there.
    Removed,
    /// The event is there, at another place.
    Reordered {
        /// That place.
        stands_at: i64,
    },
    /// The event and all after it are gone.
    CutOff,
    /// The event comes after the end that the order's row gives.
    BeyondHead,
    /// The order's row gives another hash for this last event: it was changed there, or everywhere else.
    HeadChanged,
    /// The order's row is gone.
    HeadRemoved,
}

/// The first thing found wrong in one ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The id of the order.
    pub order: String,
    /// The event, counted from 1.
    pub seq: i64,
    /// What was done.
    pub what: Tampering,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { order, seq, what } = self;
        write!(f, "order `{order}`, event {seq}: ")?;
        match what {
            Tampering::Changed => write!(f, "it was changed"),
            Tampering::Removed => write!(f, "it was removed"),
            Tampering::Reordered { stands_at } => write!(f, "it was moved to place {stands_at}"),
            Tampering::CutOff => write!(f, "it was removed, with all that came after it"),
            Tampering::BeyondHead => write!(f, "it was added behind the ledger's end"),
            Tampering::HeadChanged => write!(f, "its hash is not the one that the order ends with"),
            Tampering::HeadRemoved => write!(f, "the order that it belongs to was removed"),
        }
    }
}
