//! Which passwords are too easy to guess: those that were seen in breaches, those that a short search finds, and those made of
//! names that an attacker knows. No rule says which signs a password is made of.

use sha2::{Digest, Sha256};
use zxcvbn::Score;

/// The first bytes of hashes, sorted; see the page beside the file.
const COMMON: &[u8] = include_bytes!("../../data/common_passwords.bin");
/// How many bytes of a hash are kept.
const PREFIX_BYTES: usize = 5;
/// The least that a search must have to do: some hundred million guesses.
const LEAST: Score = Score::Three;
/// The fewest characters of a name that count as a part of a password.
const NAME_CHARS_MIN: usize = 3;

/// Why a password is too easy to guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// It was seen in breaches, as it is.
    Common,
    /// It is made of common words, names, rows of keys or repetitions.
    Guessable,
}

/// Why that password is too easy to guess by somebody who knows these names; nothing where it is not.
pub(crate) fn weakness(password: &str, names: &[&str]) -> Option<Weakness> {
    if is_common(password) {
        return Some(Weakness::Common);
    }
    let parts = names.iter().flat_map(|name| parts(name));
    let known: Vec<_> = parts.filter(|part| part.chars().count() >= NAME_CHARS_MIN).collect();
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let estimate = zxcvbn::zxcvbn(password, &known);
    (estimate.score() < LEAST).then_some(Weakness::Guessable)
}

/// A name as it is, its parts, and its parts in one.
fn parts(name: &str) -> Vec<String> {
    let is_between = |sign: char| !sign.is_alphanumeric();
    let mut parts: Vec<_> = name.split(is_between).map(str::to_owned).collect();
    parts.extend([name.to_owned(), parts.concat()]);
    parts
}

fn is_common(password: &str) -> bool {
    let hash = Sha256::digest(password.to_lowercase().as_bytes());
    let (known, _) = COMMON.as_chunks::<PREFIX_BYTES>();
    hash.first_chunk::<PREFIX_BYTES>().is_some_and(|prefix| known.binary_search(prefix).is_ok())
}

#[cfg(test)]
mod tests {
    use super::{COMMON, PREFIX_BYTES, Weakness, weakness};

    #[test]
    fn the_list_is_sorted_and_whole() {
        let (known, rest) = COMMON.as_chunks::<PREFIX_BYTES>();
        assert!(rest.is_empty() && known.len() > 40_000);
        assert!(known.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn long_passwords_of_breaches_are_known_in_any_case() {
        for password in ["1qaz2wsx3edc4rfv", "123456789012", "Administrator", "SONYericsson"] {
            assert_eq!(weakness(password, &[]), Some(Weakness::Common), "{password}");
        }
    }

    #[test]
    fn variants_of_words_of_names_and_of_the_service_are_found() {
        let names = ["anna.smith", "backhaul", "Optics Shop"];
        for password in [
            "password2026!",
            "Backhaul2026!",
            "anna.smith123",
            "annasmith2026",
            "optics shop 1",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "qwertyuiop12345",
            "P@ssw0rd12345",
            "backhaulbackhaul",
            "returns123456",
        ] {
            assert!(weakness(password, &names).is_some(), "{password}");
        }
    }

    #[test]
    fn a_few_unrelated_words_or_enough_chance_are_fine() {
        for password in [
            "correct horse battery staple",
            "kiosk-lantern-94-ferry",
            "x7Tq-mm2p-Lw9c",
            "三个不相关的词语放在一起好",
        ] {
            assert_eq!(weakness(password, &["anna"]), None, "{password}");
        }
    }
}
