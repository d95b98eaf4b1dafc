//! Passkeys (`WebAuthn`): a key pair in a person's device, which asks for its own proof, a fingerprint or a PIN, at each use. One is
//! a second half, and good alone.
//!
//! Every passkey is one that its device can find by itself and that proves its user; what is weaker is not taken.

use backhaul_store::sign_in::passkeys::{self, PasskeyRow};
use backhaul_store::{Hash, Tx, people};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use url::{Host, Url};
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::AuthenticationVerificationOptions;
use webauthn_rp::request::register::{
    CredProtect, Nickname, PublicKeyCredentialUserEntity, RegistrationVerificationOptions,
    UserHandle64, Username,
};
use webauthn_rp::request::{AsciiDomain, ExtensionInfo, PublicKeyCredentialDescriptor, RpId};
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};
use webauthn_rp::{
    AuthenticatedCredential, DiscoverableAuthentication64, DiscoverableAuthenticationServerState,
    DiscoverableCredentialRequestOptions, PublicKeyCredentialCreationOptions, Registration,
    RegistrationServerState,
};

use super::SignInError;
use super::audit::{self, SignInEventKind};
use super::steps::{NewStep, STEP_LASTS, StepKind, take};
use crate::App;

/// How many bytes authenticators know a member of staff by.
const HANDLE_BYTES: usize = 64;
/// The most bytes of an answer of a browser.
const ANSWER_BYTES_MAX: usize = 64 * 1024;
/// How many bytes the changing part of a passkey has.
const CHANGING_BYTES: usize = 7;

type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// A challenge for a browser.
#[derive(Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// For whoever began it.
    pub token: String,
    /// What the browser is asked, as JSON.
    pub options: String,
}

/// As whom the desk is known to authenticators.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    id: RpId,
    origin: String,
}

impl RelyingParty {
    /// The name and the origin of the desk's address; nothing where it has no name, or is open to whoever listens.
    #[must_use]
    pub fn of(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let Some(Host::Domain(name)) = url.host() else { return None };
        let is_here = name == "localhost" || name.ends_with(".localhost");
        if url.scheme() != "https" && !is_here {
            return None;
        }
        let id = RpId::Domain(AsciiDomain::try_from(name.to_owned()).ok()?);
        Some(Self { id, origin: url.origin().ascii_serialization() })
    }
}

impl App {
    /// As whom the desk is known to authenticators; nothing where there can be no passkeys.
    #[must_use]
    pub fn relying_party(&self) -> Option<RelyingParty> {
        RelyingParty::of(&self.merchant.public_url)
    }

    /// Asks for any passkey of anybody.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn ask_for_passkey(&self) -> Result<Ceremony, SignInError> {
        let desk = self.relying_party().ok_or(SignInError::NoPasskeysHere)?;
        let asked = DiscoverableCredentialRequestOptions::passkey(&desk.id).start_ceremony();
        let (kept, shown) = asked.map_err(secret)?;
        let state = URL_SAFE_NO_PAD.encode(kept.encode().map_err(secret)?);
        let options = serde_json::to_string(&shown).map_err(secret)?;
        self.begin_ceremony(StepKind::UsePasskey, "", state, options).await
    }

    /// Whose passkey answered that challenge, which is over by that.
    pub(crate) async fn use_passkey(
        &self,
        token: &str,
        answer: &str,
    ) -> Result<String, SignInError> {
        let desk = self.relying_party().ok_or(SignInError::NoPasskeysHere)?;
        let (token, now) = (token.to_owned(), self.clock.now());
        // The challenge is over first, and by itself: a wrong answer to it is not followed by another.
        let step = self.store.write(move |tx| take(tx, StepKind::UsePasskey, &token, now)).await?;
        let answer = read_answer(answer)?;
        let id = URL_SAFE_NO_PAD.encode(answer.raw_id());
        let read = self.store.read(move |tx| -> Result<_, SignInError> {
            let Some(row) = passkeys::get(tx, &id)? else { return Ok(None) };
            let handle = passkeys::known_handle(tx, &row.staff)?;
            let is_active = people::staff(tx, &row.staff)?.is_some_and(|staff| staff.is_active);
            Ok(handle.filter(|_| is_active).map(|handle| (row, handle)))
        });
        let (row, handle) = read.await?.ok_or(SignInError::Wrong)?;
        let verified = verify(&desk, &step.state, &answer, &row, &handle);
        let (staff, id) = (row.staff.clone(), row.id.clone());
        let noted = self.store.write(move |tx| -> Result<bool, SignInError> {
            match &verified {
                Some(changing) => passkeys::used(tx, &id, changing, now)?,
                None => audit::note(tx, SignInEventKind::Failed, &staff, now)?,
            }
            Ok(verified.is_some())
        });
        if noted.await? { Ok(row.staff) } else { Err(SignInError::Wrong) }
    }

    /// Asks a member of staff's browser for a new passkey.
    pub(crate) async fn ask_for_new_passkey(&self, staff: &str) -> Result<Ceremony, SignInError> {
        let desk = self.relying_party().ok_or(SignInError::NoPasskeysHere)?;
        let id = staff.to_owned();
        let new = URL_SAFE_NO_PAD.encode(handle_bytes()?);
        let known = self.store.write(move |tx| -> Result<_, SignInError> {
            let handle = passkeys::handle(tx, &id, &new)?;
            Ok((handle, passkeys::of_staff(tx, &id)?))
        });
        let (handle, known) = known.await?;
        let user_id = read_handle(&handle)?;
        let user = PublicKeyCredentialUserEntity {
            name: Username::try_from(staff.to_owned()).map_err(secret)?,
            id: &user_id,
            display_name: Nickname::try_from(staff.to_owned()).ok(),
        };
        let known = known.iter().filter_map(descriptor).collect();
        let mut asked = PublicKeyCredentialCreationOptions::passkey(&desk.id, user, known);
        // Asked for, and not insisted on: browsers turn away every device that does not know of it, and each use is only taken
        // with the proof of its user anyway.
        asked.extensions.cred_protect =
            CredProtect::UserVerificationRequired(ExtensionInfo::AllowDontEnforceValue);
        let (kept, shown) = asked.start_ceremony().map_err(secret)?;
        let state = URL_SAFE_NO_PAD.encode(kept.encode().map_err(secret)?);
        let options = serde_json::to_string(&shown).map_err(secret)?;
        self.begin_ceremony(StepKind::AddPasskey, staff, state, options).await
    }

    /// The passkey that a browser made for that challenge of that member of staff, which is over by that.
    pub(crate) async fn made_passkey(
        &self,
        staff: &str,
        token: &str,
        answer: &str,
        name: &str,
    ) -> Result<PasskeyRow, SignInError> {
        let desk = self.relying_party().ok_or(SignInError::NoPasskeysHere)?;
        let (token, now) = (token.to_owned(), self.clock.now());
        let step = self.store.write(move |tx| take(tx, StepKind::AddPasskey, &token, now)).await?;
        if step.staff != staff {
            return Err(SignInError::Over);
        }
        registered(&desk, &step.state, answer, staff, name, now).ok_or(SignInError::Wrong)
    }

    async fn begin_ceremony(
        &self,
        kind: StepKind,
        staff: &str,
        state: String,
        options: String,
    ) -> Result<Ceremony, SignInError> {
        let now = self.clock.now();
        let NewStep { token, row } = NewStep::new(kind, staff, state, STEP_LASTS, now)?;
        self.store.write(move |tx| NewStep::begin(tx, &row, now)).await?;
        Ok(Ceremony { token, options })
    }
}

fn read_answer(answer: &str) -> Result<DiscoverableAuthentication64, SignInError> {
    if answer.len() > ANSWER_BYTES_MAX {
        return Err(SignInError::Wrong);
    }
    DiscoverableAuthentication64::from_json_relaxed(answer.as_bytes())
        .map_err(|_| SignInError::Wrong)
}

/// What changed of a passkey by its use; nothing where the answer is not right.
fn verify(
    desk: &RelyingParty,
    state: &str,
    answer: &DiscoverableAuthentication64,
    row: &PasskeyRow,
    handle: &str,
) -> Option<String> {
    let state = URL_SAFE_NO_PAD.decode(state).ok()?;
    let state = DiscoverableAuthenticationServerState::decode(state.as_slice()).ok()?;
    let id = CredentialId::<Vec<u8>>::decode(URL_SAFE_NO_PAD.decode(&row.id).ok()?).ok()?;
    let handle = read_handle(handle).ok()?;
    let fixed = URL_SAFE_NO_PAD.decode(&row.fixed).ok()?;
    let fixed = StaticState::<PublicKey>::decode(fixed.as_slice()).ok()?;
    let changing: [u8; CHANGING_BYTES] =
        URL_SAFE_NO_PAD.decode(&row.changing).ok()?.try_into().ok()?;
    let changing = DynamicState::decode(changing).ok()?;
    let mut known = AuthenticatedCredential::new((&id).into(), &handle, fixed, changing).ok()?;
    let origins = [desk.origin.as_str()];
    let options = AuthenticationVerificationOptions::<&str, &str> {
        allowed_origins: &origins,
        ..AuthenticationVerificationOptions::default()
    };
    state.verify(&desk.id, answer, &mut known, &options).ok()?;
    let Ok(changed) = known.dynamic_state().encode();
    Some(URL_SAFE_NO_PAD.encode(changed))
}

fn registered(
    desk: &RelyingParty,
    state: &str,
    answer: &str,
    staff: &str,
    name: &str,
    now: Timestamp,
) -> Option<PasskeyRow> {
    if answer.len() > ANSWER_BYTES_MAX {
        return None;
    }
    let state = URL_SAFE_NO_PAD.decode(state).ok()?;
    let state = RegistrationServerState::<HANDLE_BYTES>::decode(state.as_slice()).ok()?;
    let answer = Registration::from_json_relaxed(answer.as_bytes()).ok()?;
    let origins = [desk.origin.as_str()];
    let options = RegistrationVerificationOptions::<&str, &str> {
        allowed_origins: &origins,
        ..RegistrationVerificationOptions::default()
    };
    let made = state.verify(&desk.id, &answer, &options).ok()?;
    let Ok(fixed) = made.static_state().encode();
    let Ok(changing) = made.dynamic_state().encode();
    let Ok(transports) = made.transports().encode();
    Some(PasskeyRow {
        id: URL_SAFE_NO_PAD.encode(made.id()),
        staff: staff.to_owned(),
        name: name.to_owned(),
        transports: transports.to_string(),
        fixed: URL_SAFE_NO_PAD.encode(fixed),
        changing: URL_SAFE_NO_PAD.encode(changing),
        created_at: now,
        used_at: None,
    })
}

/// A known passkey as a browser is told not to make it again.
fn descriptor(row: &PasskeyRow) -> Option<PublicKeyCredentialDescriptor<Vec<u8>>> {
    let id = CredentialId::<Vec<u8>>::decode(URL_SAFE_NO_PAD.decode(&row.id).ok()?).ok()?;
    let transports = AuthTransports::decode(row.transports.parse().ok()?).ok()?;
    Some(PublicKeyCredentialDescriptor { id, transports })
}

fn handle_bytes() -> Result<[u8; HANDLE_BYTES], SignInError> {
    let mut bytes = [0_u8; HANDLE_BYTES];
    getrandom::fill(&mut bytes).map_err(secret)?;
    Ok(bytes)
}

fn read_handle(handle: &str) -> Result<UserHandle64, SignInError> {
    let bytes = URL_SAFE_NO_PAD.decode(handle).map_err(secret)?;
    let bytes: [u8; HANDLE_BYTES] =
        bytes.try_into().map_err(|_| SignInError::Secret("a handle was changed".to_owned()))?;
    UserHandle64::decode(bytes).map_err(|_| SignInError::Secret("a handle was changed".to_owned()))
}

fn secret(error: impl std::fmt::Display) -> SignInError {
    SignInError::Secret(error.to_string())
}

/// A passkey's name in addresses and forms: short, and no secret.
pub(crate) fn short_name(id: &str) -> String {
    Hash::of_text(id).to_string().chars().take(16).collect()
}

/// The passkey of that member of staff with that short name.
pub(crate) fn find(
    tx: &mut dyn Tx,
    staff: &str,
    short: &str,
) -> Result<Option<PasskeyRow>, SignInError> {
    let all = passkeys::of_staff(tx, staff)?;
    Ok(all.into_iter().find(|row| short_name(&row.id) == short))
}

#[cfg(test)]
mod tests {
    use super::RelyingParty;

    #[test]
    fn passkeys_need_a_name_and_encryption_unless_it_is_this_machine() {
        for yes in [
            "https://returns.shop.example",
            "https://shop.example:8443/desk",
            "http://localhost:8080",
        ] {
            assert!(RelyingParty::of(yes).is_some(), "{yes}");
        }
        for no in [
            "",
            "http://returns.shop.example",
            "https://192.0.2.1",
            "http://127.0.0.1:8080",
            "https://[::1]",
        ] {
            assert!(RelyingParty::of(no).is_none(), "{no}");
        }
        let desk = RelyingParty::of("https://shop.example:8443/desk").unwrap();
        assert_eq!(desk.origin, "https://shop.example:8443");
    }
}
