//! SHA-256, and the one way in which an event becomes the bytes that it is taken of.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// Set before everything else that is hashed of an event, so that no other hash can be taken for one.
const EVENT_DOMAIN: &[u8] = b"backhaul ledger event 1\n";

/// A hash; written in hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash([u8; 32]);

/// What is hashed of an event.
pub(crate) struct Sealed<'a> {
    pub(crate) order: &'a str,
    pub(crate) seq: i64,
    pub(crate) at_us: i64,
    pub(crate) kind: &'a str,
    pub(crate) body: &'a str,
}

impl Hash {
    /// What stands before the first event of every ledger.
    pub const NONE: Self = Self([0; 32]);

    /// The hash of a text.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// The hash of bytes.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash of all that a hasher was given.
    pub(crate) fn of_digest(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// The hash of an event that follows the one of that hash (invariant `tamper-evident`).
    ///
    /// Each text goes in with its length before it, so that no two events give the same bytes.
    pub(crate) fn of_event(previous: &Self, event: &Sealed<'_>) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(EVENT_DOMAIN);
        hasher.update(previous.0);
        hasher.update(event.seq.to_be_bytes());
        hasher.update(event.at_us.to_be_bytes());
        for text in [event.order, event.kind, event.body] {
            let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
            hasher.update(length.to_be_bytes());
            hasher.update(text.as_bytes());
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Each append and each look at a chain goes through here: a table instead of a formatter for every byte.
        let mut text = String::with_capacity(64);
        for byte in self.0 {
            text.push(digit(byte >> 4));
            text.push(digit(byte & 15));
        }
        f.write_str(&text)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is no hash: it has not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash has 64 hexadecimal digits in lower case")]
pub struct MalformedHash;

impl FromStr for Hash {
    type Err = MalformedHash;

    fn from_str(text: &str) -> Result<Self, MalformedHash> {
        let mut bytes = [0; 32];
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return Err(MalformedHash);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = (value(*high)? << 4) | value(*low)?;
        }
        Ok(Self(bytes))
    }
}

/// How four bits are written.
fn digit(bits: u8) -> char {
    char::from(if bits < 10 {
        b'0'.wrapping_add(bits)
    } else {
        b'a'.wrapping_add(bits.wrapping_sub(10))
    })
}

/// The four bits that a digit stands for.
fn value(digit: u8) -> Result<u8, MalformedHash> {
    match digit {
        b'0'..=b'9' => Ok(digit.wrapping_sub(b'0')),
        b'a'..=b'f' => Ok(digit.wrapping_sub(b'a').wrapping_add(10)),
        _ => Err(MalformedHash),
    }
}

#[cfg(test)]
mod tests {
    use super::{Hash, Sealed};

    fn sealed() -> Sealed<'static> {
        Sealed { order: "o", seq: 1, at_us: 5, kind: "case_closed", body: "{}" }
    }

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let hash = Hash::of_text("abc");
        assert!(hash.to_string().starts_with("ba7816bf8f01cfea"));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!(hash.to_string().to_uppercase().parse::<Hash>().is_err());
        assert!("+a".repeat(32).parse::<Hash>().is_err());
    }

    #[test]
    fn the_bytes_that_are_hashed_never_change() {
        // Every ledger that exists rests on this value.
        let hash = Hash::of_event(&Hash::NONE, &sealed());
        assert_eq!(
            hash.to_string(),
            "ba52b5d3866ff13a880b7569a228e0035e322277aa897c135bec0cf63c01c360"
        );
    }

    #[test]
    fn everything_of_an_event_is_in_its_hash() {
        let hash = |event| Hash::of_event(&Hash::NONE, &event);
        let others = [
            Sealed { order: "p", ..sealed() },
            Sealed { seq: 2, ..sealed() },
            Sealed { at_us: 6, ..sealed() },
            Sealed { kind: "case_closed{", body: "}", ..sealed() },
            Sealed { body: "{ }", ..sealed() },
        ];
        for other in others {
            assert_ne!(hash(other), hash(sealed()));
        }
        assert_ne!(Hash::of_event(&Hash::of_text(""), &sealed()), hash(sealed()));
    }
}
