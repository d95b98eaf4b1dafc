//! Mail to buyers: each step of a return is told once, in the buyer's language.
//!
//! - [`post_code`]: the code by which a buyer signs in.
//!
//! Not for words, which are the mail's, nor for SMTP, which is an adapter's.

mod code;

pub use self::code::{Code, post_code};
