//! Stripe: refunds by `POST /v1/refunds`, found again by `GET /v1/refunds` of the payment and our reference in the metadata.

use std::time::Duration;

use backhaul_app::{
    ByReference, Capabilities, KnownRefund, LookUp, RefundProvider, RefundRequest, SubmitAnswer,
    Told, WebhookRefused,
};
use backhaul_core::ledger::PaymentId;
use backhaul_core::money::Money;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::http::{Answer, Http};
use super::{BaseUrl, Secret, failed, reference, stripe_amount, stripe_webhook, text};

/// The version of Stripe's interface that this is written for, whatever the account's own is.
const VERSION: &str = "2024-06-20";
/// After how long a call has ended.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How many refunds a page has: the most that Stripe gives.
const PAGE: &str = "100";
/// The most pages of one payment's refunds. With more, nobody can tell.
const PAGES_MAX: usize = 20;

/// What Stripe says of its ways.
///
/// - `key_lifetime`, `replays_errors`: the first answer to a key is kept once the request was being carried out, also one of status
///   500, and given again; keys may be removed when they are at least 24 hours old (`docs.stripe.com/api/idempotent_requests`).
/// - `lookup`: for reading what was written just before, the list interfaces are the ones to use, which do not lag as searches do
///   (`docs.stripe.com/search`, "Data freshness"); they are paged through to the end.
/// - `caps_sum`: no more can be refunded than is left of the charge (`docs.stripe.com/api/refunds/create`).
/// - `timeout`: our own, [`TIMEOUT`].
const CAPABILITIES: Capabilities = Capabilities {
    key_lifetime: SignedDuration::from_hours(24),
    replays_errors: true,
    lookup: ByReference::Authoritative,
    caps_sum: true,
    timeout: SignedDuration::from_secs(30),
};

/// How Stripe is reached.
#[derive(Clone, Debug)]
pub struct StripeSettings {
    /// `https://api.stripe.com`.
    pub base_url: BaseUrl,
    /// A secret or restricted key that may write refunds and read them.
    pub api_key: Secret,
    /// The secrets of the webhook endpoint: several while one is replaced by another, none where no webhooks are taken.
    pub webhook_secrets: Vec<Secret>,
}

/// Stripe. A payment is one of its payment intents (`pi_…`) or charges (`ch_…`, `py_…`).
#[derive(Debug)]
pub struct Stripe {
    http: Http,
    settings: StripeSettings,
}

impl Stripe {
    /// Stripe, reached so. Nothing is called yet.
    #[must_use]
    pub fn new(settings: StripeSettings) -> Self {
        Self { http: Http::new(TIMEOUT), settings }
    }

    fn authorization(&self) -> String {
        format!("Bearer {}", self.settings.api_key.reveal())
    }

    /// All refunds of a payment, or nothing where that cannot be told.
    fn list(&self, payment: &PaymentId) -> Option<Vec<Value>> {
        let (field, authorization) = (field(payment)?, self.authorization());
        let headers = [("authorization", authorization.as_str()), ("stripe-version", VERSION)];
        let mut refunds: Vec<Value> = Vec::new();
        for _ in 0..PAGES_MAX {
            let last = refunds.last().map(|last| text(last, "/id").map(str::to_owned));
            let mut query = vec![(field, payment.as_str()), ("limit", PAGE)];
            if let Some(last) = &last {
                query.push(("starting_after", last.as_deref()?));
            }
            let answer =
                self.http.get(&self.settings.base_url.with("/v1/refunds"), &query, &headers);
            let Answer { status: 200, body } = answer? else { return None };
            let page = body.get("data")?.as_array()?;
            refunds.extend(page.iter().cloned());
            match body.get("has_more")?.as_bool()? {
                false => return Some(refunds),
                true if page.is_empty() => return None,
                true => {}
            }
        }
        None
    }
}

/// The parameter that a payment goes in, by what its name begins with.
fn field(payment: &PaymentId) -> Option<&'static str> {
    match payment.as_str().split_once('_')?.0 {
        "pi" => Some("payment_intent"),
        "ch" | "py" => Some("charge"),
        _ => None,
    }
}

impl RefundProvider for Stripe {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    fn submit(&self, request: &RefundRequest) -> SubmitAnswer {
        let Some(field) = field(&request.payment) else { return failed("no_payment_of_stripe") };
        let Some(amount) = stripe_amount::write(request.amount) else {
            return failed("amount_not_payable");
        };
        let (amount, authorization) = (amount.to_string(), self.authorization());
        let form = [
            (field, request.payment.as_str()),
            ("amount", amount.as_str()),
            ("metadata[reference]", request.reference.as_str()),
        ];
        let headers = [
            ("authorization", authorization.as_str()),
            ("stripe-version", VERSION),
            ("idempotency-key", request.key.as_str()),
        ];
        let url = self.settings.base_url.with("/v1/refunds");
        let answer = self.http.post_form(&url, &form, &headers);
        answer.map_or(SubmitAnswer::Unclear, |answer| classify(&answer, request))
    }

    fn look_up(&self, request: &RefundRequest) -> LookUp {
        let Some(refunds) = self.list(&request.payment) else { return LookUp::Unknown };
        // One that cannot be read could be ours.
        let seen = refunds.iter().map(Seen::read).collect::<Option<Vec<_>>>();
        let Some(mut ours) = seen else { return LookUp::Unknown };
        ours.retain(|seen| seen.reference.as_deref() == Some(&request.reference));
        if ours.iter().any(|seen| !seen.agrees(request)) {
            return LookUp::Differs;
        }
        // One that paid is told of before one that may, and that before one that did not.
        let rank = |seen: &&Seen| match seen.answer {
            SubmitAnswer::Settled { .. } => 3,
            SubmitAnswer::Pending { .. } => 2,
            SubmitAnswer::Unclear => 1,
            SubmitAnswer::Failed { .. } => 0,
        };
        let found = ours.iter().max_by_key(rank);
        found.map_or(LookUp::NotThere, |seen| LookUp::Found(seen.answer.clone()))
    }

    fn refunds_of(&self, payment: &PaymentId) -> Option<Vec<KnownRefund>> {
        let refunds = self.list(payment)?;
        let live = refunds.iter().map(Seen::read).filter(|seen| {
            let answer = seen.as_ref().map(|seen| &seen.answer);
            !matches!(answer, Some(SubmitAnswer::Failed { .. }))
        });
        // One that cannot be read could be any.
        live.map(|seen| {
            let Seen { reference, amount, .. } = seen?;
            Some(KnownRefund { reference, amount_minor: amount?.minor })
        })
        .collect()
    }

    fn read_webhook(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<Told>, WebhookRefused> {
        stripe_webhook::read(&self.settings.webhook_secrets, header, body, now)
    }
}

/// A refund as Stripe shows it.
pub(super) struct Seen {
    pub(super) answer: SubmitAnswer,
    /// Ours.
    pub(super) reference: Option<String>,
    pub(super) payments: Vec<PaymentId>,
    pub(super) amount: Option<Money>,
}

impl Seen {
    pub(super) fn read(refund: &Value) -> Option<Self> {
        if text(refund, "/object") != Some("refund") {
            return None;
        }
        let own = reference(refund, "/id")?;
        let answer = match text(refund, "/status")? {
            "succeeded" => SubmitAnswer::Settled { reference: own },
            "pending" | "requires_action" => SubmitAnswer::Pending { reference: own },
            "failed" | "canceled" => failed(text(refund, "/failure_reason").unwrap_or("failed")),
            _ => SubmitAnswer::Unclear,
        };
        let payment = |pointer| PaymentId::new(text(refund, pointer)?).ok();
        let amount = refund.get("amount").and_then(Value::as_i64);
        let amount = amount.zip(text(refund, "/currency"));
        Some(Self {
            answer,
            reference: text(refund, "/metadata/reference").map(str::to_owned),
            payments: ["/payment_intent", "/charge"].into_iter().filter_map(payment).collect(),
            amount: amount.and_then(|(amount, currency)| stripe_amount::read(amount, currency)),
        })
    }

    fn agrees(&self, request: &RefundRequest) -> bool {
        self.reference.as_deref() == Some(&request.reference)
            && self.amount == Some(request.amount)
            && self.payments.contains(&request.payment)
    }
}

/// What an answer to the request makes certain: the refund itself, or a refusal of these parameters. Everything else, such as a
/// key in use, too many requests, a wrong account or a failure of Stripe's, says nothing of the refund.
fn classify(answer: &Answer, request: &RefundRequest) -> SubmitAnswer {
    let Answer { status, body } = answer;
    match status {
        200 => match Seen::read(body) {
            Some(seen) if seen.agrees(request) => seen.answer,
            _ => SubmitAnswer::Unclear,
        },
        400 | 402 => {
            let kind = text(body, "/error/type");
            let code = text(body, "/error/code");
            let is_definite = matches!(kind, Some("invalid_request_error" | "card_error"))
                && !matches!(
                    code,
                    Some(
                        "idempotency_key_in_use"
                            | "lock_timeout"
                            | "rate_limit"
                            | "resource_missing"
                    )
                );
            match code.or(kind) {
                Some(code) if is_definite => failed(code),
                _ => SubmitAnswer::Unclear,
            }
        }
        _ => SubmitAnswer::Unclear,
    }
}
