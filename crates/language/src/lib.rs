//! What pages, mails and papers say, in every language that has a folder in `locales/`.
//!
//! - [`words`]: one function for each message of the Fluent files. A message that a language lacks, or that is given other values
//!   than its English text asks for, does not compile.
//! - [`Language`]: one of the languages, and how it is chosen. [`Speaks`]: what has one.
//! - [`mod@format`]: dates, moments and money as each language writes them. [`terms`]: the field's closed lists of words.
//!
//! Not for what a policy says: its texts are in its own file.

pub mod format;
mod language;
pub mod terms;

pub use self::language::{Chooses, Given, Language, Speaks};

/// One function for each message; its arguments are what the message is given, in the order of their names.
pub mod words {
    use std::borrow::Cow;
    use std::fmt::Display;

    use crate::{Chooses, Given, Speaks};

    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}
