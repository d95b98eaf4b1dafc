//! Recovery codes, for the day on which app and passkey are lost: chance enough that a plain hash keeps them.

use backhaul_store::Hash;

use super::SignInError;

/// How many codes are made at once.
pub const RECOVERY_CODES: usize = 10;
/// Letters that are not taken for others, 32 of them: five bits each.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// 80 bits.
const CHARS: usize = 16;
const GROUP: usize = 4;

/// A new code, as it is shown once.
pub(crate) fn new_code() -> Result<String, SignInError> {
    let mut bytes = [0_u8; CHARS];
    getrandom::fill(&mut bytes).map_err(|error| SignInError::Secret(error.to_string()))?;
    let letters = bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte % 32)));
    let mut code = String::new();
    for (place, letter) in letters.enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(*letter));
    }
    Ok(code)
}

/// The hash of a code as people type it; nothing where it is none.
pub(crate) fn read(code: &str) -> Option<String> {
    let is_between = |sign: &char| sign.is_whitespace() || *sign == '-';
    let code: String = code.chars().filter(|sign| !is_between(sign)).collect();
    let code = code.to_ascii_lowercase();
    let is_code = code.len() == CHARS && code.bytes().all(|letter| LETTERS.contains(&letter));
    is_code.then(|| Hash::of_text(&format!("recovery {code}")).to_string())
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, new_code, read};

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = new_code().unwrap();
        assert_eq!(code.len(), 19);
        let typed = format!(" {} ", code.replace('-', " ").to_uppercase());
        assert!(read(&code).is_some());
        assert_eq!(read(&code), read(&typed));
        assert_ne!(read(&code), read(&new_code().unwrap()));
        assert_eq!(read("287082"), None);
    }

    #[test]
    fn no_letter_is_there_twice() {
        let mut letters = LETTERS.to_vec();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), 32);
    }
}
