//! What was done about signing in, for the owner to read: who, what and when, and nothing else of anybody.

use backhaul_store::sign_in::events::{self, SignInEvent};
use backhaul_store::{Error, Tx};
use jiff::{SignedDuration, Timestamp};

use super::SignInError;
use crate::App;
use crate::keys::chance;

/// How long it is kept.
pub const EVENTS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(400 * 24);
/// The most that are listed.
pub const EVENTS_LISTED_MAX: u32 = 200;

macro_rules! kinds {
    ($($(#[$meta:meta])* $item:ident = $text:literal,)+) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum SignInEventKind { $($(#[$meta])* $item,)+ }

        impl SignInEventKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$item,)+];

            /// The kind as it is kept.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text,)+ }
            }
        }
    };
}

kinds! {
    /// Signed in by a password alone.
    SignedIn = "signed_in",
    /// Signed in by a password and an authenticator app or a passkey.
    SignedInTwice = "signed_in_twice",
    /// Signed in by a password and a recovery code, which is used up.
    RecoveryCodeUsed = "recovery_code_used",
    /// Signed in by a passkey alone.
    SignedInByPasskey = "signed_in_by_passkey",
    /// Signed in by the merchant's own sign-in.
    SignedInBySingleSignOn = "signed_in_by_single_sign_on",
    /// A password, code or passkey that was not right.
    Failed = "failed",
    /// Proved who they are in the middle of work.
    Proved = "proved",
    /// Set another password.
    PasswordChanged = "password_changed",
    /// Added an authenticator app.
    TotpAdded = "totp_added",
    /// Took the authenticator app away.
    TotpRemoved = "totp_removed",
    /// Added a passkey.
    PasskeyAdded = "passkey_added",
    /// Took a passkey away.
    PasskeyRemoved = "passkey_removed",
    /// Made new recovery codes; the old ones are good no more.
    RecoveryCodesMade = "recovery_codes_made",
    /// Ended sessions.
    SessionsEnded = "sessions_ended",
    /// Was added to the staff, or got other roles.
    RolesSet = "roles_set",
    /// Was invited by a link.
    Invited = "invited",
    /// Used the invitation.
    InvitationUsed = "invitation_used",
    /// Lost the second factors, by the owner.
    FactorsReset = "factors_reset",
    /// Was linked to a person of the merchant's own sign-in.
    Linked = "linked",
    /// Left.
    Retired = "retired",
}

/// An event that is about to be noted.
pub(crate) fn event(
    kind: SignInEventKind,
    staff: &str,
    by: &str,
    at: Timestamp,
) -> Result<SignInEvent, SignInError> {
    let by = if by == staff { "" } else { by };
    Ok(SignInEvent {
        id: chance::<16>()?,
        at,
        kind: kind.as_str().to_owned(),
        staff: staff.to_owned(),
        by: by.to_owned(),
    })
}

/// Notes what somebody did to their own sign-in.
pub(crate) fn note(
    tx: &mut dyn Tx,
    kind: SignInEventKind,
    staff: &str,
    at: Timestamp,
) -> Result<(), SignInError> {
    note_by(tx, kind, staff, "", at)
}

/// Notes what somebody else did.
pub(crate) fn note_by(
    tx: &mut dyn Tx,
    kind: SignInEventKind,
    staff: &str,
    by: &str,
    at: Timestamp,
) -> Result<(), SignInError> {
    Ok(events::put(tx, &event(kind, staff, by, at)?)?)
}

impl App {
    /// What was done about signing in, the newest first, at most [`EVENTS_LISTED_MAX`].
    ///
    /// # Errors
    /// [`Error`].
    pub async fn sign_in_events(&self) -> Result<Vec<SignInEvent>, Error> {
        self.store.read(|tx| events::newest(tx, EVENTS_LISTED_MAX)).await
    }
}
