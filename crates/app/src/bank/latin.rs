//! The letters that a SEPA transfer may have: Latin without accents, digits, and `/ - ? : ( ) . , ' +` (EPC217-08).

/// The text in those letters, at most so many; what has no likeness becomes a blank.
pub(super) fn of(text: &str, characters_max: usize) -> String {
    let plain = deunicode::deunicode_with_tofu(text, " ");
    let is_allowed = |sign: char| sign.is_ascii_alphanumeric() || "/-?:().,'+".contains(sign);
    let kept: String =
        plain.chars().map(|sign| if is_allowed(sign) { sign } else { ' ' }).collect();
    let words: Vec<_> = kept.split_whitespace().collect();
    let cut: String = words.join(" ").chars().take(characters_max).collect();
    cut.trim_end().to_owned()
}

/// The text as part of an id: letters, digits and `-` alone, at most so many.
pub(super) fn id(text: &str, characters_max: usize) -> String {
    let plain = of(text, usize::MAX);
    plain
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' })
        .take(characters_max)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{id, of};

    #[test]
    fn names_keep_their_sound_and_lose_what_banks_refuse() {
        for (name, written) in [
            ("Zoë Groß", "Zoe Gross"),
            ("Łukasz Żółć", "Lukasz Zolc"),
            ("O’Neill & Søn <A/S>", "O'Neill Son A/S"),
            ("Ελένη", "Elene"),
            ("Иванова", "Ivanova"),
            ("a\u{0}b\nc\u{202e}", "a b c"),
            ("", ""),
        ] {
            assert_eq!(of(name, 70), written, "{name}");
        }
        assert_eq!(of("abc def", 4), "abc");
        assert_eq!(id("SO/10 01#ü", 20), "SO-10-01-u");
    }

    #[test]
    fn no_text_has_a_letter_that_is_not_allowed() {
        for sign in (0..0x3000_u32).filter_map(char::from_u32) {
            let written = of(&format!("x{sign}y"), 70);
            assert!(
                written
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"/-?:().,'+ ".contains(&byte))
            );
        }
    }
}
