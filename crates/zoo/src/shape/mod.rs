//! How requests and answers look. What they do is the same for all, and stands in `provider.rs`.

mod adyen;
mod checkout;
mod paypal;
mod razorpay;
mod stripe;

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method};
use serde_json::Value;

use crate::personality::Personality;
use crate::state::{Payment, Refund};

/// The name under which our own reference stands in metadata, where a shape has no field of its own for it.
pub(crate) const REFERENCE: &str = "reference";

/// A request as it came, without the mount.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// The parts of the path.
    pub(crate) fn parts(&self) -> Vec<&str> {
        self.path.split('/').filter(|part| !part.is_empty()).collect()
    }

    /// The body as JSON; nothing at all is an empty object.
    pub(crate) fn json(&self) -> Result<Value, Problem> {
        if self.body.is_empty() {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        let wrong = |_| Problem::BadRequest("the body is no JSON".to_owned());
        serde_json::from_slice(&self.body).map_err(wrong)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What a request asks for.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    Refund(Ask),
    Look(Look),
    /// Something that says the same whatever happened, such as signing in.
    Told(Answer),
    /// Whether a webhook was sent by the provider, by its signature and what that covers.
    Verify {
        signature: String,
        signed: String,
    },
}

/// A refund that is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    pub(crate) payment: String,
    /// Everything that is left where it is not said.
    pub(crate) amount_minor: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

/// Something to look up.
#[derive(Debug, Clone)]
pub(crate) enum Look {
    Refund(String),
    /// The refunds of a payment, or of all.
    Refunds {
        payment: Option<String>,
        limit: usize,
        after: Option<String>,
    },
    /// A payment itself.
    Payment(String),
}

/// What was found.
#[derive(Debug)]
pub(crate) enum Found {
    Refund(Refund),
    /// The latest first, and whether there are more.
    Refunds(Vec<Refund>, bool),
    Payment {
        payment: Payment,
        refunded_minor: i64,
    },
}

/// Why there is no such answer as was hoped for.
#[derive(Debug, Clone)]
pub(crate) enum Problem {
    BadRequest(String),
    NoSuchPath,
    UnknownPayment(String),
    UnknownRefund(String),
    /// More than is left.
    OverCap {
        asked_minor: i64,
        left_minor: i64,
    },
    NothingLeft,
    /// The first request with this key still runs.
    KeyInUse,
    /// The key was used with other parameters.
    KeyMismatch,
    /// The provider failed.
    Broken(u16),
}

/// What became of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Made,
    Settled,
    Failed,
}

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) header: Option<(&'static str, &'static str)>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn new(status: u16, body: Value) -> Self {
        Self { status, header: None, body }
    }
}

/// One provider's way of writing.
pub(crate) trait Shape: Sync {
    /// What starts the ids of its refunds.
    fn refund_prefix(&self) -> &'static str;
    fn read(&self, request: &Request) -> Result<Call, Problem>;
    /// The answer to who asked for this refund.
    fn made(&self, refund: &Refund) -> Answer;
    fn found(&self, found: &Found) -> Answer;
    fn problem(&self, problem: &Problem) -> Answer;
    /// The answer to who asked whether a webhook is the provider's.
    fn verified(&self, is_genuine: bool) -> Answer {
        let _ = is_genuine;
        self.problem(&Problem::NoSuchPath)
    }
    /// What the webhook says; `None` if this provider does not tell of it.
    fn webhook(&self, id: &str, at: i64, refund: &Refund, change: Change) -> Option<Value>;
}

pub(crate) fn of(personality: Personality) -> &'static dyn Shape {
    match personality {
        Personality::StripeV1 | Personality::StripeV2 | Personality::NoKeyNoCap => &stripe::Stripe,
        Personality::ForgetsOnError => &checkout::Checkout,
        Personality::AsyncCap => &adyen::Adyen,
        Personality::Paypal => &paypal::Paypal,
        Personality::Conflict409 => &razorpay::Razorpay,
    }
}

/// A moment as most providers write it.
fn rfc3339(at: i64) -> String {
    jiff::Timestamp::from_second(at).map_or_else(|_| String::new(), |at| at.to_string())
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    Some(value.pointer(pointer)?.as_str()?.to_owned())
}

/// An amount that must be a whole number above zero where it is given.
fn whole_amount(value: Option<&Value>) -> Result<Option<i64>, Problem> {
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let amount = value.as_i64().filter(|amount| *amount > 0);
    let wrong = || Problem::BadRequest(format!("the amount `{value}` is no whole number above 0"));
    amount.ok_or_else(wrong).map(Some)
}

/// The texts of an object.
fn texts(value: Option<&Value>) -> BTreeMap<String, String> {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    let entries =
        entries.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    entries.collect()
}
