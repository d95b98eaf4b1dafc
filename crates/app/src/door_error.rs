//! Why the door does not open: what a command that was not carried out is answered.

use backhaul_core::ledger::{CaseId, Refusal, StaffId, TextId};
use backhaul_store::Error;
use backhaul_store::ledger::LedgerError;
use backhaul_store::orders::OrderStoreError;

use crate::door::{TEXT_CHARS_MAX, TEXTS_MAX};
use crate::right::Roles;

/// Why a command was not carried out. Nothing was changed then, save where the database says that it does not know.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// The roles may not ask for it.
    #[error("{roles} may not {command}")]
    Forbidden {
        /// The roles.
        roles: Roles,
        /// The command's name.
        command: &'static str,
    },
    /// There is no such order.
    #[error("there is no order `{number}`")]
    UnknownOrder {
        /// Its number.
        number: String,
    },
    /// A claim of the order is judged by a policy version that is not known any more.
    #[error("the policy `{pin}` that judges this order is not known: load it")]
    UnknownPolicy {
        /// `id@version`.
        pin: String,
    },
    /// The RMA number is a case of another order.
    #[error("the case number {case:?} is taken: choose another")]
    CaseTaken {
        /// The number.
        case: CaseId,
    },
    /// There is no such member of staff, or the person has left.
    #[error("there is no member of staff {name:?}")]
    UnknownStaff {
        /// The name.
        name: StaffId,
    },
    /// The ledger is not at the version that the caller has seen.
    #[error("the ledger is at version {found} and not at {expected}: look again")]
    VersionDiffers {
        /// What the caller has seen.
        expected: i64,
        /// Where it is.
        found: i64,
    },
    /// Something else was asked under the same key.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// The id names other words already.
    #[error("the text {text:?} has other words already: choose another id")]
    TextTaken {
        /// The id.
        text: TextId,
    },
    /// Too many texts, or one that is too long.
    #[error("at most {TEXTS_MAX} texts of at most {TEXT_CHARS_MAX} characters come with a command")]
    TextsTooLarge,
    /// A text with a control character other than a tab or the end of a line.
    #[error(
        "the text {text:?} has a control character: tabs and ends of lines are allowed, and no others"
    )]
    TextControl {
        /// The id.
        text: TextId,
    },
    /// The rules say no.
    #[error("{}", .0.message)]
    Refused(Refusal),
    /// The amount needs somebody who proved a moment ago, by more than a password, who they are.
    #[error("this amount needs a proof of who you are: prove it, and ask again")]
    ProofNeeded,
    /// The amount needs two people, and a machine is none.
    #[error("this amount needs two people of finance who are signed in: a key is none of them")]
    PersonNeeded,
    /// The job that asked is no longer its worker's.
    #[error("another worker has taken the job over")]
    LeaseLost,
    /// The ledger cannot be read or appended to.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The order cannot be read.
    #[error(transparent)]
    Order(#[from] OrderStoreError),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}
