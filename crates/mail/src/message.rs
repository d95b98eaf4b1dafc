//! A mail as it is handed over to be sent.

/// The most characters of a subject; what is longer is cut, with an ellipsis.
pub const SUBJECT_CHARS_MAX: usize = 200;

/// A mail without its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// One line, without control characters, so that no header can begin within it.
    pub subject: String,
    /// The mail as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// What comes along.
    pub attachments: Vec<Attachment>,
}

/// A file that comes along with a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its name, such as `return-slip.pdf`.
    pub name: String,
    /// What it is, such as `application/pdf`.
    pub media_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// One line of a header, whatever it is made of.
pub(crate) fn one_line(text: &str) -> String {
    let plain = |sign: char| {
        if sign.is_control() || matches!(sign, '\u{2028}' | '\u{2029}') { ' ' } else { sign }
    };
    let text: String = text.chars().map(plain).collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SUBJECT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::{SUBJECT_CHARS_MAX, one_line};

    #[test]
    fn a_subject_is_one_line_whatever_it_is_made_of() {
        let line = one_line("A\r\nBcc: a@b.example\r\n\r\nbody\u{0}\u{2028}end");
        assert_eq!(line, "A Bcc: a@b.example body end");
        assert!(!line.chars().any(char::is_control));
    }

    #[test]
    fn a_subject_that_is_too_long_is_cut() {
        let line = one_line(&"货".repeat(5_000));
        assert_eq!(line.chars().count(), SUBJECT_CHARS_MAX + 1);
    }
}
