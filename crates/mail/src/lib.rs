//! What is written to buyers: each kind of letter as a mail, in the buyer's language, as plain text and as HTML.
//!
//! - [`Letter`]: what is told, one variant for each kind. [`Envelope`]: to whom, and about what.
//! - [`compose`]: a letter as a [`Message`].
//! - [`samples`]: one of each kind, for the gallery and the tests.
//!
//! Pure: the same letter gives the same mail. Both bodies are made of the same parts, so that they say the same; the HTML loads
//! nothing from anywhere, and everything in it is escaped.
//!
//! Not for sending, nor for what has happened: whoever writes a letter has asked the desk.

mod compose;
mod content;
mod letter;
mod message;
mod samples;

pub use self::compose::compose;
pub use self::content::STYLE;
pub use self::letter::{Clause, Differs, Envelope, Letter, LetterKind, Need, Parcel, Unit};
pub use self::message::{Attachment, Message, SUBJECT_CHARS_MAX};
pub use self::samples::{Sample, samples};
