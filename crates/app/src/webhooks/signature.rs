//! Secrets and signatures, as the Standard Webhooks specification has them.

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The fewest bytes of a secret.
pub const SECRET_BYTES_MIN: usize = 24;
/// The most bytes of a secret.
pub const SECRET_BYTES_MAX: usize = 64;
/// How many bytes a new secret has.
pub const NEW_SECRET_BYTES: usize = 32;
/// Tells a secret from other texts.
const PREFIX: &str = "whsec_";

/// What messages to one endpoint are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// The text is no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is `whsec_` and base64 of {SECRET_BYTES_MIN} to {SECRET_BYTES_MAX} bytes")]
pub struct MalformedSecret;

impl Secret {
    /// A new one, of [`NEW_SECRET_BYTES`] random bytes.
    ///
    /// # Errors
    /// The system has no random bytes to give.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut bytes = vec![0; NEW_SECRET_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads one as it is written.
    ///
    /// # Errors
    /// [`MalformedSecret`].
    pub fn parse(text: &str) -> Result<Self, MalformedSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(MalformedSecret)?;
        let bytes = BASE64_STANDARD.decode(encoded).map_err(|_| MalformedSecret)?;
        let is_secret = (SECRET_BYTES_MIN..=SECRET_BYTES_MAX).contains(&bytes.len());
        is_secret.then_some(Self(bytes)).ok_or(MalformedSecret)
    }

    /// The secret as it is written, for the one who may see it.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", BASE64_STANDARD.encode(&self.0))
    }

    /// `v1,` and base64 of the HMAC-SHA256 over the id, the moment in seconds and the body, with dots between them.
    fn sign(&self, id: &str, seconds: i64, body: &str) -> String {
        // Any length is a key.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        for part in [id, ".", &seconds.to_string(), ".", body] {
            mac.update(part.as_bytes());
        }
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The value of `webhook-signature`: one signature for each secret, so that a receiver may know either.
#[must_use]
pub fn signature_header(secrets: &[Secret], id: &str, seconds: i64, body: &str) -> String {
    let signatures = secrets.iter().map(|secret| secret.sign(id, seconds, body));
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{MalformedSecret, NEW_SECRET_BYTES, Secret, signature_header};

    const PUBLISHED: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &str = "{\"test\": 2432232314}";

    /// The vector that the libraries of the specification test themselves with.
    #[test]
    fn the_published_message_gets_the_published_signature() {
        let secret = Secret::parse(PUBLISHED).unwrap();
        assert_eq!(
            signature_header(&[secret], ID, 1_614_265_330, BODY),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn everything_that_is_signed_changes_the_signature() {
        let secrets = [Secret::parse(PUBLISHED).unwrap()];
        let signed = signature_header(&secrets, ID, 1_614_265_330, BODY);
        assert_ne!(signature_header(&secrets, "msg_other", 1_614_265_330, BODY), signed);
        assert_ne!(signature_header(&secrets, ID, 1_614_265_331, BODY), signed);
        assert_ne!(signature_header(&secrets, ID, 1_614_265_330, "{\"test\":2432232314}"), signed);
        assert_ne!(signature_header(&[Secret::new().unwrap()], ID, 1_614_265_330, BODY), signed);
    }

    #[test]
    fn a_secret_is_read_as_it_is_written_and_never_shown_by_chance() {
        let secret = Secret::new().unwrap();
        assert_eq!(secret.0.len(), NEW_SECRET_BYTES);
        assert_eq!(Secret::parse(&secret.reveal()), Ok(secret.clone()));
        assert_ne!(Secret::new().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn what_is_no_secret_is_refused() {
        let of_bytes = |count: usize| Secret(vec![7; count]).reveal();
        let wrong = [
            of_bytes(23),
            of_bytes(65),
            PUBLISHED.replace("whsec_", ""),
            format!("{PUBLISHED}!"),
            "whsec_".to_owned(),
        ];
        for text in wrong {
            assert_eq!(Secret::parse(&text), Err(MalformedSecret), "{text}");
        }
        assert!(Secret::parse(&of_bytes(24)).is_ok() && Secret::parse(&of_bytes(64)).is_ok());
    }
}
