//! A policy file as a form brings it: typed, or as a file from the reader's machine.

use backhaul_language::words as w;

use crate::pages::Visit;
use crate::pages::form::{FORM_BYTES_MAX, Faults, Fields};
use crate::pages::upload::Upload;

/// The most bytes of a policy file on a page: the text goes along from step to step. The API takes up to 1 MiB.
pub(super) const DRAFT_BYTES_MAX: usize = 200 << 10;
/// The most bytes of the whole form, with a file beside what is typed.
pub(super) const DRAFT_FORM_BYTES_MAX: usize = 2 << 20;

const _: () = assert!(DRAFT_BYTES_MAX < FORM_BYTES_MAX);

/// A policy file that is not published.
pub(super) struct Draft {
    pub(super) text: String,
    /// What else the form says.
    pub(super) fields: Fields,
}

impl Draft {
    /// Reads the form: a chosen file goes before what is typed.
    ///
    /// # Errors
    /// What is wrong with it, beside its field, with all that was typed.
    pub(super) fn read(visit: &Visit, upload: Upload) -> Result<Self, (Self, Faults)> {
        let Upload { fields, files, .. } = upload;
        let mut faults = Faults::default();
        let typed = fields.exact("file").replace("\r\n", "\n");
        let text = match files.into_iter().find(|file| file.field == "upload") {
            None => typed,
            Some(file) if file.bytes.len() > DRAFT_BYTES_MAX => {
                faults.add("upload", w::policy_too_large(visit, DRAFT_BYTES_MAX >> 10));
                typed
            }
            Some(file) => {
                if let Ok(text) = std::str::from_utf8(&file.bytes) {
                    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
                } else {
                    faults.add("upload", w::policy_no_text(visit));
                    typed
                }
            }
        };
        if faults.is_empty() && text.trim().is_empty() {
            faults.add("file", w::policy_nothing(visit));
        } else if text.len() > DRAFT_BYTES_MAX {
            faults.add("file", w::policy_too_large(visit, DRAFT_BYTES_MAX >> 10));
        }
        let draft = Self { text, fields };
        if faults.is_empty() { Ok(draft) } else { Err((draft, faults)) }
    }
}
