//! Authenticator apps (RFC 6238): a secret that app and desk share, and a code of six digits every thirty seconds.

use jiff::Timestamp;
use totp_rs::{Builder, Secret, Totp};

use super::SignInError;

/// How many bytes of chance a secret has (RFC 4226 asks for 20).
const SECRET_BYTES: usize = 20;
const DIGITS: usize = 6;

/// A new authenticator app, before its first code.
#[derive(Clone, PartialEq, Eq)]
pub struct NewTotp {
    /// For whoever adds it.
    pub token: String,
    /// The secret, for typing it in.
    pub secret: String,
    /// The same for the app's camera: an SVG of a QR code.
    pub qr_svg: String,
}

/// The six digits of a code, without the blanks that people type; nothing where it is none.
pub(crate) fn read(code: &str) -> Option<String> {
    let digits: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
    let is_code = digits.len() == DIGITS && digits.bytes().all(|sign| sign.is_ascii_digit());
    is_code.then_some(digits)
}

/// A new secret, in base 32.
pub(crate) fn new_secret() -> Result<String, SignInError> {
    let mut bytes = [0_u8; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|error| SignInError::Secret(error.to_string()))?;
    Ok(Secret::new(bytes.into()).to_base32())
}

/// The step of thirty seconds whose code that is: this one, the one before or the one after.
pub(crate) fn step_of(secret: &str, code: &str, now: Timestamp) -> Option<i64> {
    let seconds = u64::try_from(now.as_second()).ok()?;
    let step = totp(secret, "", "").ok()?.check(code, seconds)?;
    i64::try_from(step).ok()
}

/// The QR code that an app reads: an SVG without any style or script.
pub(crate) fn qr_svg(secret: &str, staff: &str, issuer: &str) -> Result<String, SignInError> {
    let failed = |error: String| SignInError::Secret(error);
    let address = totp(secret, staff, issuer)?.to_url();
    let address = address.map_err(|error| failed(error.to_string()))?;
    let code = qrcode::QrCode::new(address.as_bytes());
    let code = code.map_err(|error| failed(error.to_string()))?;
    let drawn = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build();
    // Within a page there is no declaration before it.
    Ok(drawn.find("<svg").and_then(|at| drawn.get(at..)).unwrap_or_default().to_owned())
}

fn totp(secret: &str, staff: &str, issuer: &str) -> Result<Totp, SignInError> {
    let failed = |error: String| SignInError::Secret(error);
    let secret = Secret::try_from_base32(secret).map_err(|error| failed(error.to_string()))?;
    // A colon parts the issuer from the account in the address.
    let plain = |text: &str| text.replace(':', " ");
    let builder = Builder::new().with_secret(secret).with_skew(1).with_account_name(plain(staff));
    let issuer = Some(plain(issuer)).filter(|issuer| !issuer.is_empty());
    builder.with_issuer(issuer).build().map_err(|error| failed(error.to_string()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{new_secret, qr_svg, read, step_of};

    /// RFC 6238, appendix B, with the last six digits of SHA-1's column.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_second(seconds).unwrap();
            assert_eq!(step_of(secret, code, now), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_of_the_step_before_or_after_is_taken_and_no_other() {
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        let at = |second| Timestamp::from_second(second).unwrap();
        assert_eq!(step_of(secret, "287082", at(89)), Some(1));
        assert_eq!(step_of(secret, "287082", at(29)), Some(1));
        assert_eq!(step_of(secret, "287082", at(90)), None);
        assert_eq!(step_of(secret, "287083", at(59)), None);
        assert_eq!(step_of(secret, "287082", at(-1)), None);
    }

    #[test]
    fn what_people_type_is_read_and_what_is_no_code_is_not() {
        assert_eq!(read(" 287 082 ").as_deref(), Some("287082"));
        for none in ["28708", "2870822", "28708a", "abcd-efgh-ijkl-mnop", "２８７０８２"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn a_new_secret_has_a_picture_whatever_the_names_are() {
        for (staff, issuer) in [("anna", "Shop"), ("a:b", "C:D"), ("安娜", "光模块商店")] {
            let svg = qr_svg(&new_secret().unwrap(), staff, issuer).unwrap();
            assert!(svg.starts_with("<svg") && !svg.contains("style") && !svg.contains("script"));
        }
        assert_ne!(new_secret().unwrap(), new_secret().unwrap());
    }
}
