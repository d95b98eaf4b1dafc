//! Mail to buyers: each step of a return is told once, in the buyer's language.
//!
//! - `steps`: which events are told, as one pure function. `enqueue`: letters in, in the transaction of what they tell;
//!   [`post_code`] for a code, which is no event.
//! - `told`: a letter as it is kept, made into what is told. `papers`: the papers that come along.
//! - `job`: sends letters, each at least once. [`Mailer`]: the port that sends.
//! - `outgoing`: the letters that there are, for people to look at.
//!
//! Not for words, which are the mail's, nor for SMTP, which is an adapter's, nor for rights: whoever calls has checked them.

mod enqueue;
mod job;
mod mailer;
mod outgoing;
mod papers;
mod schedule;
mod steps;
mod told;

use backhaul_core::decision::ClauseId;
use backhaul_core::ledger::CaseId;
use backhaul_core::policy::Policy;
use backhaul_language::Language;
pub use backhaul_mail::{Attachment, LetterKind, Message};
pub use backhaul_store::letters::{LetterState, PAGE_MAX};

pub(crate) use self::enqueue::Change;
pub use self::enqueue::{Code, LETTERS_LAST, REFUND_SENT_WAITS, post_code};
pub use self::job::LetterJobError;
pub use self::mailer::{KeptMail, Mailer, OutgoingMail, SendFault, Sent};
pub use self::outgoing::{LetterError, LetterRow, LetterView};
pub use self::papers::{PaperFault, PaperKind};
pub use self::schedule::LETTERS_KEPT;
pub use self::steps::WITHDRAWAL_TEXT;
use crate::Merchant;

/// Where the buyer sees a case; nothing where the desk is not reached from outside.
#[must_use]
pub fn case_link(merchant: &Merchant, case: &CaseId) -> Option<String> {
    let encoded = form_urlencoded::byte_serialize(case.as_str().as_bytes()).collect::<String>();
    // Of a path, where `+` is a sign like any other.
    link(merchant, &format!("/case/{}", encoded.replace('+', "%20")))
}

fn link(merchant: &Merchant, path: &str) -> Option<String> {
    (!merchant.public_url.is_empty()).then(|| format!("{}{path}", merchant.public_url))
}

/// The place of the policy's languages that is nearest to that one.
fn policy_language(policy: &Policy, language: Language) -> usize {
    let is_same = |tag: &String| Language::of_tag(tag) == Some(language);
    policy.languages.iter().position(is_same).unwrap_or(0)
}

/// What a clause says; empty where the policy is not known any more.
fn clause_words(policy: Option<&Policy>, id: &ClauseId, language: Language) -> String {
    let Some(policy) = policy else { return String::new() };
    let clause = policy.clauses.iter().find(|clause| clause.id == *id);
    let place = policy_language(policy, language);
    clause.and_then(|clause| clause.text.get(place)).cloned().unwrap_or_default()
}
