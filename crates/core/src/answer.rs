//! From the bytes of one facts object to the answer as JSON: the front door of deciding, for the command line and the API alike.

use serde::Serialize;

use crate::decision::Decision;
use crate::facts::json::{DOCUMENT_BYTES_MAX, Document, with_tame_numbers};
use crate::facts::{self, Fault, FaultCode, moment, text_at};
use crate::policy::Catalogue;
use crate::policy::vocabulary::Vocabulary;

/// The answer to one facts object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The decision of the policy that judges the order.
    Decision(Box<Decision>),
    /// The facts are malformed.
    Fault {
        /// The id of the facts, where it could be read.
        id: Option<String>,
        /// What is wrong with them.
        fault: Fault,
    },
}

/// Answers one facts object. Never panics, whatever the bytes.
#[must_use]
pub fn answer(catalogue: &Catalogue, bytes: &[u8]) -> Answer {
    if bytes.len() > DOCUMENT_BYTES_MAX {
        return too_large();
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return bad(
            None,
            FaultCode::NotJson,
            "this is no JSON document: it is not UTF-8".to_owned(),
        );
    };
    let tame;
    let mut parsed = Document::parse(text);
    if parsed.as_ref().is_err_and(|error| error.to_string().starts_with("number out of range")) {
        tame = with_tame_numbers(text);
        parsed = Document::parse(&tame);
    }
    let document = match parsed {
        Ok(document) => document,
        Err(error) => {
            let message = format!("this is no JSON document: {error}");
            return bad(None, FaultCode::NotJson, message);
        }
    };
    match decide(catalogue, &document) {
        Ok(decision) => Answer::Decision(Box::new(decision)),
        Err(fault) => {
            let id = text_at(&document, &["id"]).filter(|_| fault.pointer != "/id");
            Answer::Fault { id: id.map(str::to_owned), fault }
        }
    }
}

/// The answer to a document that has more bytes than [`DOCUMENT_BYTES_MAX`].
#[must_use]
pub fn too_large() -> Answer {
    bad(None, FaultCode::TooLarge, format!("a document has at most {DOCUMENT_BYTES_MAX} bytes"))
}

fn bad(id: Option<String>, code: FaultCode, message: String) -> Answer {
    Answer::Fault { id, fault: Fault { code, pointer: String::new(), message } }
}

fn decide(catalogue: &Catalogue, document: &Document<'_>) -> Result<Decision, Fault> {
    let placed_at = text_at(document, &["order", "placed_at"]).and_then(moment);
    let asked = text_at(document, &["policy"]);
    let Some(policy) = catalogue.choose(asked, placed_at) else {
        let default = catalogue.default_policy();
        let words = default.map_or_else(Vocabulary::default, |policy| policy.vocabulary.clone());
        return Err(facts::unknown_policy(document, &words, &catalogue.names()));
    };
    let facts = facts::read(document, &policy.vocabulary)?;
    Ok(policy.decide(&facts))
}

impl Answer {
    /// Whether the facts were malformed.
    #[must_use]
    pub fn is_fault(&self) -> bool {
        matches!(self, Self::Fault { .. })
    }

    /// The answer as one line of JSON, without the line's end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let json = match self {
            Self::Decision(decision) => serde_json::to_string(decision),
            Self::Fault { id, fault } => serde_json::to_string(&FaultAnswer {
                id: id.as_deref(),
                error: FaultBody {
                    code: fault.code.as_str(),
                    pointer: &fault.pointer,
                    message: &fault.message,
                },
            }),
        };
        // Writing text, numbers and lists into a string cannot fail.
        json.unwrap_or_default()
    }
}

#[derive(Serialize)]
struct FaultAnswer<'a> {
    id: Option<&'a str>,
    error: FaultBody<'a>,
}

#[derive(Serialize)]
struct FaultBody<'a> {
    code: &'a str,
    pointer: &'a str,
    message: &'a str,
}
