//! The letter with a one-time code by which a buyer signs in.

use backhaul_store::letters::{self, NewLetter};
use backhaul_store::{Error, OrderId, Tx};
use jiff::Timestamp;

use crate::Email;

/// A code that is to reach a buyer.
pub struct Code<'a> {
    /// What the code is for, such as the id of the attempt to sign in: one letter is written for it, however often it is asked.
    /// It is not the code, nor made of it.
    pub id: &'a str,
    /// The order, where there is one: erasing its buyer erases the letter.
    pub order: Option<&'a OrderId>,
    /// Where the code goes.
    pub to: &'a Email,
    /// The language to write in, where one is known, as a tag.
    pub language: Option<&'a str>,
    /// The code, as the buyer types it.
    pub code: &'a str,
    /// Now.
    pub now: Timestamp,
    /// When the code ends. It is not sent after that, and wiped.
    pub expires_at: Timestamp,
}

/// Writes the letter with a code, in the transaction that makes the code; it is sent after the commit.
///
/// # Errors
/// [`Error`].
pub fn post_code(tx: &mut dyn Tx, code: &Code<'_>) -> Result<(), Error> {
    let letter = NewLetter {
        id: format!("code:{}", code.id),
        order: code.order.cloned(),
        to: code.to.clone(),
        language: code.language.map(str::to_owned),
        kind: "sign_in_code".to_owned(),
        body: serde_json::json!({ "code": code.code }).to_string(),
        is_secret: true,
        created_at: code.now,
        expires_at: code.expires_at,
    };
    letters::enqueue(tx, &letter).map(drop)
}
