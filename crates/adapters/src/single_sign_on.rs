//! The merchant's own sign-in by `OpenID` Connect: the authorization code flow with PKCE, state and nonce.
//!
//! What the provider says of itself is asked for once, and again where its keys no longer fit. The identity token is verified, its
//! signature by the provider's keys, its issuer, audience, time and nonce; only then is anything of it believed.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backhaul_app::sign_in::{Claims, SingleSignOn, SingleSignOnError, Visit, Visitor};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ureq::Agent;

/// How long one call may take, connecting included.
const TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer.
const ANSWER_BYTES_MAX: u64 = 1 << 20;
/// What is asked for: who it is, and what the settings look at.
const SCOPES: [&str; 3] = ["profile", "email", "groups"];
/// Signatures by a key pair; a secret that both sides have proves nothing.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// An `OpenID` provider, and what the desk is to it.
pub struct OpenIdProvider {
    issuer: String,
    client_id: String,
    client_secret: Option<String>,
    back_to: String,
    agent: Agent,
    /// What the provider says of itself, and its keys.
    known: Mutex<Option<Arc<CoreProviderMetadata>>>,
}

/// What is kept of a visit.
#[derive(Serialize, Deserialize)]
struct Kept {
    nonce: String,
    verifier: String,
}

/// Why a call did not bring an answer.
#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error("it cannot be reached")]
    Call(#[source] Box<ureq::Error>),
    #[error("its answer is none")]
    Answer(#[from] ureq::http::Error),
}

impl OpenIdProvider {
    /// The provider of that issuer, to whom the desk is that client; browsers come back to that address.
    #[must_use]
    pub fn new(issuer: &str, client_id: &str, client_secret: Option<&str>, back_to: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A connection that was used may be gone by the time it is wanted again, minutes later.
            .max_idle_connections(0)
            .timeout_global(Some(TIMEOUT))
            .build();
        Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.map(str::to_owned),
            back_to: back_to.to_owned(),
            agent: config.new_agent(),
            known: Mutex::new(None),
        }
    }

    /// What the provider says of itself, from memory where it was asked before.
    fn known(&self, is_stale: bool) -> Result<Arc<CoreProviderMetadata>, SingleSignOnError> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.as_ref().filter(|_| !is_stale) {
            return Ok(Arc::clone(known));
        }
        // Some issuers name themselves with a slash at their end, which a setting does not keep.
        let found = self
            .discover(&self.issuer)
            .or_else(|error| self.discover(&format!("{}/", self.issuer)).map_err(|_| error))?;
        let found = Arc::new(found);
        *known = Some(Arc::clone(&found));
        Ok(found)
    }

    fn discover(&self, issuer: &str) -> Result<CoreProviderMetadata, SingleSignOnError> {
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(unavailable)?;
        CoreProviderMetadata::discover(&issuer, &|request| self.call(request)).map_err(unavailable)
    }

    fn call(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let (head, body) = request.into_parts();
        let request = ureq::http::Request::from_parts(head, body);
        let mut answer =
            self.agent.run(request).map_err(|error| CallError::Call(Box::new(error)))?;
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        let body = body.map_err(|error| CallError::Call(Box::new(error)))?;
        let mut response = HttpResponse::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }

    /// What the other side tells beside the token, of the same person; nothing where it does not.
    fn told_beside(
        &self,
        known: &CoreProviderMetadata,
        access_token: &str,
        subject: &str,
    ) -> Option<Claims> {
        let address = known.userinfo_endpoint()?.as_str();
        let request =
            self.agent.get(address).header("Authorization", format!("Bearer {access_token}"));
        let mut answer = request.call().ok()?;
        let body = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().ok()?;
        let claims: Claims = serde_json::from_slice(&body).ok()?;
        (claims.get("sub").and_then(Value::as_str) == Some(subject)).then_some(claims)
    }
}

impl SingleSignOn for OpenIdProvider {
    fn begin(&self) -> Result<Visit, SingleSignOnError> {
        let known = self.known(false)?;
        let client = CoreClient::from_provider_metadata(
            CoreProviderMetadata::clone(&known),
            ClientId::new(self.client_id.clone()),
            self.client_secret.clone().map(ClientSecret::new),
        );
        let back_to = RedirectUrl::new(self.back_to.clone()).map_err(unavailable)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let offered = known.scopes_supported();
        let wanted = SCOPES.iter().filter(|scope| {
            offered.is_none_or(|offered| offered.iter().any(|known| known.as_str() == **scope))
        });
        let client = client.set_redirect_uri(back_to);
        let (address, state, nonce) = client
            .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(wanted.map(|scope| Scope::new((*scope).to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        let kept = Kept { nonce: nonce.secret().clone(), verifier: verifier.into_secret() };
        Ok(Visit {
            address: address.to_string(),
            state: state.into_secret(),
            kept: serde_json::to_string(&kept).map_err(unavailable)?,
        })
    }

    fn finish(&self, kept: &str, code: &str) -> Result<Visitor, SingleSignOnError> {
        let kept: Kept = serde_json::from_str(kept).map_err(untrusted)?;
        let known = self.known(false)?;
        let client = CoreClient::from_provider_metadata(
            CoreProviderMetadata::clone(&known),
            ClientId::new(self.client_id.clone()),
            self.client_secret.clone().map(ClientSecret::new),
        )
        .set_redirect_uri(RedirectUrl::new(self.back_to.clone()).map_err(unavailable)?);
        let tokens = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(unavailable)?
            .set_pkce_verifier(PkceCodeVerifier::new(kept.verifier))
            .request(&|request| self.call(request))
            .map_err(untrusted)?;
        let missing = || SingleSignOnError::Untrusted("it names nobody".to_owned());
        let token = tokens.id_token().ok_or_else(missing)?;
        let nonce = Nonce::new(kept.nonce);
        let mut claims = match self.verified(&known, token, &nonce) {
            Ok(claims) => claims,
            // Its keys may have changed since they were asked for.
            Err(_) => self.verified(&*self.known(true)?, token, &nonce)?,
        };
        let text = |name: &str| {
            claims.get(name).and_then(Value::as_str).map(str::to_owned).ok_or_else(missing)
        };
        let (issuer, subject) = (text("iss")?, text("sub")?);
        let access_token = tokens.access_token().secret();
        // What is signed stands over what is told beside it.
        for (name, value) in self.told_beside(&known, access_token, &subject).unwrap_or_default() {
            claims.entry(name).or_insert(value);
        }
        Ok(Visitor { issuer, subject, claims })
    }
}

impl OpenIdProvider {
    /// All that an identity token says, if it is the provider's, for the desk, in time, and the answer to that nonce.
    fn verified(
        &self,
        known: &CoreProviderMetadata,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<Claims, SingleSignOnError> {
        let client = CoreClient::from_provider_metadata(
            known.clone(),
            ClientId::new(self.client_id.clone()),
            self.client_secret.clone().map(ClientSecret::new),
        );
        let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
        token.claims(&verifier, nonce).map_err(untrusted)?;
        // The crate reads the claims that it knows; the settings may look at others, of the same verified text.
        let text = token.to_string();
        let body = text.split('.').nth(1).unwrap_or_default();
        let body = URL_SAFE_NO_PAD.decode(body).map_err(untrusted)?;
        serde_json::from_slice(&body).map_err(untrusted)
    }
}

fn unavailable(error: impl std::error::Error) -> SingleSignOnError {
    SingleSignOnError::Unavailable(chain(&error))
}

fn untrusted(error: impl std::error::Error) -> SingleSignOnError {
    SingleSignOnError::Untrusted(chain(&error))
}

/// An error with its causes, for the log: none of them holds a secret.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
