//! What was begun and waits for its second half: a token for whoever began it, and what the second half needs to know.

use backhaul_store::sign_in::steps::{self, StepRow};
use backhaul_store::{Error, Hash, Tx};
use jiff::{SignedDuration, Timestamp};

use super::SignInError;
use crate::keys::chance;

/// How long a step waits, but for invitations.
pub(crate) const STEP_LASTS: SignedDuration = SignedDuration::from_mins(10);
/// The most steps that wait for somebody who is not known yet; each is over after [`STEP_LASTS`].
pub(crate) const UNNAMED_MAX: i64 = 20_000;

/// What was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StepKind {
    /// A sign-in whose password was right.
    SecondFactor,
    /// A challenge for any passkey.
    UsePasskey,
    /// A challenge for a new passkey.
    AddPasskey,
    /// A new authenticator app, whose code is awaited.
    AddTotp,
    /// A visit to the merchant's own sign-in.
    SingleSignOn,
    /// An invitation.
    Invitation,
}

impl StepKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SecondFactor => "second_factor",
            Self::UsePasskey => "use_passkey",
            Self::AddPasskey => "add_passkey",
            Self::AddTotp => "add_totp",
            Self::SingleSignOn => "single_sign_on",
            Self::Invitation => "invitation",
        }
    }
}

/// A step that is about to begin, and the token of whoever begins it.
pub(crate) struct NewStep {
    pub(crate) token: String,
    pub(crate) row: StepRow,
}

impl NewStep {
    pub(crate) fn new(
        kind: StepKind,
        staff: &str,
        state: String,
        lasts: SignedDuration,
        now: Timestamp,
    ) -> Result<Self, SignInError> {
        let token = chance::<32>()?;
        let row = StepRow {
            token_hash: Hash::of_text(&token).to_string(),
            kind: kind.as_str().to_owned(),
            staff: staff.to_owned(),
            state,
            expires_at: now.checked_add(lasts).unwrap_or(Timestamp::MAX),
        };
        Ok(Self { token, row })
    }

    /// Begins it, and lets go what is over.
    pub(crate) fn begin(tx: &mut dyn Tx, row: &StepRow, now: Timestamp) -> Result<(), SignInError> {
        steps::forget(tx, now)?;
        if row.staff.is_empty() && steps::count_unnamed(tx, &row.kind)? >= UNNAMED_MAX {
            return Err(SignInError::Busy);
        }
        Ok(steps::put(tx, row)?)
    }
}

/// The step of that token, which stays.
pub(crate) fn look(
    tx: &mut dyn Tx,
    kind: StepKind,
    token: &str,
    now: Timestamp,
) -> Result<Option<StepRow>, Error> {
    steps::get(tx, kind.as_str(), &Hash::of_text(token).to_string(), now)
}

/// The step of that token, which is over by that: of two that end it at the same moment one has it.
pub(crate) fn take(
    tx: &mut dyn Tx,
    kind: StepKind,
    token: &str,
    now: Timestamp,
) -> Result<StepRow, SignInError> {
    let found = look(tx, kind, token, now)?.ok_or(SignInError::Over)?;
    if steps::end(tx, &found.token_hash)? { Ok(found) } else { Err(SignInError::Over) }
}
