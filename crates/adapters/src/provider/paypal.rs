//! `PayPal`: refunds of a capture by `POST /v2/payments/captures/ID/refund`.
//!
//! There is no way to ask for a refund by our own reference. Who lost the answer asks again with the same
//! `PayPal-Request-Id`, and is shown the refund as it is now.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use backhaul_app::{
    ByReference, Capabilities, Clock, KnownRefund, LookUp, RefundProvider, RefundRequest,
    SubmitAnswer, Told, WebhookRefused,
};
use backhaul_core::ledger::PaymentId;
use backhaul_core::money::Money;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::http::{Answer, Http};
use super::{BaseUrl, Secret, failed, paypal_names, paypal_webhook, reference, text};

/// After how long signing in has ended.
const SIGN_IN_TIMEOUT: Duration = Duration::from_secs(15);
/// After how long any other call has ended.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// So long before its end a token is not used any more.
const TOKEN_MARGIN: SignedDuration = SignedDuration::from_mins(2);
/// The longest that a token is believed to be good.
const TOKEN_SECONDS_MAX: i64 = 24 * 3_600;

/// What `PayPal` says of its ways.
///
/// - `key_lifetime`: keys are stored for 45 days (developer.paypal.com, reference of the header `PayPal-Request-Id` for refunding a
///   capture).
/// - `replays_errors`: a call that ended in a time-out or a `5xx` may be made again with the same id for as long as it is stored,
///   and is answered with the latest status of the first one (`developer.paypal.com/reference/guidelines/idempotency`). Of two at
///   once the second may fail: such an answer is unclear to us.
/// - `lookup`: none by our own reference.
/// - `caps_sum`: the refusal `REFUND_AMOUNT_EXCEEDED` (`developer.paypal.com/api/payments/v2`).
/// - `timeout`: our own, [`SIGN_IN_TIMEOUT`] and [`CALL_TIMEOUT`].
const CAPABILITIES: Capabilities = Capabilities {
    key_lifetime: SignedDuration::from_hours(45 * 24),
    replays_errors: true,
    lookup: ByReference::None,
    caps_sum: true,
    timeout: SignedDuration::from_secs(15 + 30),
};

/// The refusals after which certainly nothing was or will be paid (developer.paypal.com/api/payments/v2, errors of refunding a
/// capture).
const REFUSALS: [&str; 13] = [
    "CANNOT_BE_NEGATIVE",
    "CANNOT_BE_ZERO_OR_NEGATIVE",
    "CAPTURE_DISPUTED_PARTIAL_REFUND_NOT_ALLOWED",
    "CAPTURE_FULLY_REFUNDED",
    "CURRENCY_MISMATCH",
    "DECIMAL_PRECISION",
    "MAX_NUMBER_OF_REFUNDS_EXCEEDED",
    "PARTIAL_REFUND_NOT_ALLOWED",
    "REFUND_AMOUNT_EXCEEDED",
    "REFUND_CAPTURE_CURRENCY_MISMATCH",
    "REFUND_FAILED_INSUFFICIENT_FUNDS",
    "REFUND_NOT_ALLOWED",
    "REFUND_TIME_LIMIT_EXCEEDED",
];

/// How `PayPal` is reached.
#[derive(Clone, Debug)]
pub struct PayPalSettings {
    /// `https://api-m.paypal.com`, or `https://api-m.sandbox.paypal.com`.
    pub base_url: BaseUrl,
    /// The client id of the merchant's application.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// The id of the webhook as `PayPal` shows it; none where no webhooks are taken.
    pub webhook_id: Option<String>,
}

/// `PayPal`. A payment is one of its captures.
pub struct PayPal {
    sign_in: Http,
    http: Http,
    settings: PayPalSettings,
    clock: Arc<dyn Clock>,
    token: Mutex<Option<Token>>,
}

impl std::fmt::Debug for PayPal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PayPal").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What being signed in consists in.
struct Token {
    value: Secret,
    good_until: Timestamp,
}

impl PayPal {
    /// `PayPal`, reached so. Nothing is called yet.
    #[must_use]
    pub fn new(settings: PayPalSettings, clock: Arc<dyn Clock>) -> Self {
        let (sign_in, http) = (Http::new(SIGN_IN_TIMEOUT), Http::new(CALL_TIMEOUT));
        Self { sign_in, http, settings, clock, token: Mutex::new(None) }
    }

    /// The header of who is signed in, signing in where that is needed. Others wait meanwhile, and no longer than it takes.
    fn authorization(&self) -> Option<String> {
        let mut token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if token.as_ref().is_none_or(|token| now >= token.good_until) {
            *token = None;
            *token = self.fetch_token(now);
        }
        token.as_ref().map(|token| format!("Bearer {}", token.value.reveal()))
    }

    fn fetch_token(&self, now: Timestamp) -> Option<Token> {
        let PayPalSettings { base_url, client_id, client_secret, .. } = &self.settings;
        let credentials = STANDARD.encode(format!("{client_id}:{}", client_secret.reveal()));
        let authorization = format!("Basic {credentials}");
        let answer = self.sign_in.post_form(
            &base_url.with("/v1/oauth2/token"),
            &[("grant_type", "client_credentials")],
            &[("authorization", &authorization)],
        );
        let Answer { status: 200, body } = answer? else { return None };
        let seconds = body.get("expires_in")?.as_i64()?.clamp(0, TOKEN_SECONDS_MAX);
        let life = SignedDuration::from_secs(seconds).saturating_sub(TOKEN_MARGIN);
        let good_until = now.checked_add(life).ok()?;
        Some(Token { value: Secret::new(text(&body, "/access_token")?), good_until })
    }

    /// A token that is refused was withdrawn: the next call signs in anew.
    fn answered(&self, answer: Option<Answer>) -> Option<Answer> {
        if answer.as_ref().is_some_and(|answer| answer.status == 401) {
            *self.token.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        answer
    }

    fn get(&self, path: &str) -> Option<Value> {
        let authorization = self.authorization()?;
        let headers = [("authorization", authorization.as_str())];
        let answer = self.http.get(&self.settings.base_url.with(path), &[], &headers);
        match self.answered(answer)? {
            Answer { status: 200, body } => Some(body),
            _ => None,
        }
    }

    /// Asks `PayPal` whether it has sent this; nothing where it does not answer.
    pub(super) fn has_sent(&self, question: &str) -> Option<bool> {
        let authorization = self.authorization()?;
        let url = self.settings.base_url.with("/v1/notifications/verify-webhook-signature");
        let answer = self.http.post_json(&url, question, &[("authorization", &authorization)]);
        let Answer { status: 200, body } = self.answered(answer)? else { return None };
        match text(&body, "/verification_status")? {
            "SUCCESS" => Some(true),
            "FAILURE" => Some(false),
            _ => None,
        }
    }
}

/// A name as it may stand in a path.
fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

impl RefundProvider for PayPal {
    fn capabilities(&self) -> Capabilities {
        CAPABILITIES
    }

    fn submit(&self, request: &RefundRequest) -> SubmitAnswer {
        if !is_plain(request.payment.as_str()) {
            return failed("no_capture_of_paypal");
        }
        let (Some(amount), Some(custom_id)) =
            (paypal_names::write(request.amount), paypal_names::custom_id(&request.reference))
        else {
            return failed("amount_or_reference_not_taken");
        };
        let started = self.clock.now();
        let Some(authorization) = self.authorization() else { return SubmitAnswer::Unclear };
        // Signing in is part of the call and of its time-out: who slept meanwhile does not send any more.
        let took = self.clock.now().duration_since(started);
        let limit = SignedDuration::try_from(SIGN_IN_TIMEOUT).unwrap_or(SignedDuration::ZERO);
        if took.is_negative() || took > limit {
            return SubmitAnswer::Unclear;
        }
        let path = format!("/v2/payments/captures/{}/refund", request.payment);
        let headers = [
            ("authorization", authorization.as_str()),
            ("paypal-request-id", request.key.as_str()),
            ("prefer", "return=representation"),
        ];
        let body = json!({"amount": amount, "custom_id": custom_id}).to_string();
        let answer = self.http.post_json(&self.settings.base_url.with(&path), &body, &headers);
        let answer = self.answered(answer);
        answer.map_or(SubmitAnswer::Unclear, |answer| classify(&answer, request))
    }

    fn look_up(&self, _: &RefundRequest) -> LookUp {
        LookUp::Unknown
    }

    /// By the order that the capture belongs to, which lists the refunds of all its captures.
    fn refunds_of(&self, payment: &PaymentId) -> Option<Vec<KnownRefund>> {
        let plain = is_plain(payment.as_str()).then_some(payment)?;
        let capture = self.get(&format!("/v2/payments/captures/{plain}"))?;
        let order = text(&capture, "/supplementary_data/related_ids/order_id")?;
        let order =
            is_plain(order).then(|| self.get(&format!("/v2/checkout/orders/{order}")))??;
        let units = order.get("purchase_units")?.as_array()?.iter();
        let refunds = units.filter_map(|unit| unit.pointer("/payments/refunds")?.as_array());
        let refunds = refunds.flatten().map(Seen::read).filter(|seen| {
            seen.as_ref().is_none_or(|seen| {
                let is_of_payment = seen.payment.as_ref().is_none_or(|up| up == payment);
                is_of_payment && !matches!(seen.answer, SubmitAnswer::Failed { .. })
            })
        });
        // One that cannot be read could be any.
        let refunds = refunds.map(|seen| {
            let Seen { reference, amount, .. } = seen?;
            Some(KnownRefund { reference, amount_minor: amount?.minor })
        });
        let refunds: Vec<_> = refunds.collect::<Option<_>>()?;
        let has_none = text(&capture, "/status") == Some("COMPLETED");
        (has_none || !refunds.is_empty()).then_some(refunds)
    }

    fn read_webhook(
        &self,
        header: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
        _: Timestamp,
    ) -> Result<Vec<Told>, WebhookRefused> {
        let id = self.settings.webhook_id.as_deref().ok_or(WebhookRefused::NotTaken)?;
        paypal_webhook::read(self, id, header, body)
    }
}

/// A refund as `PayPal` shows it.
pub(super) struct Seen {
    pub(super) answer: SubmitAnswer,
    /// Ours, or whatever else who asked for it wrote there.
    pub(super) reference: Option<String>,
    pub(super) payment: Option<PaymentId>,
    pub(super) amount: Option<Money>,
}

impl Seen {
    pub(super) fn read(refund: &Value) -> Option<Self> {
        let own = reference(refund, "/id")?;
        let answer = match text(refund, "/status")? {
            "COMPLETED" => SubmitAnswer::Settled { reference: own },
            "PENDING" => SubmitAnswer::Pending { reference: own },
            "FAILED" | "CANCELLED" => {
                failed(text(refund, "/status_details/reason").unwrap_or("FAILED"))
            }
            _ => SubmitAnswer::Unclear,
        };
        let custom_id = text(refund, "/custom_id");
        let links = refund.get("links").and_then(Value::as_array).into_iter().flatten();
        let mut ups = links.filter(|link| text(link, "/rel") == Some("up"));
        let up = ups.next().and_then(|link| text(link, "/href")?.rsplit('/').next());
        Some(Self {
            answer,
            reference: custom_id
                .map(|id| paypal_names::reference(id).unwrap_or_else(|| id.to_owned())),
            payment: up.and_then(|id| PaymentId::new(id).ok()),
            amount: refund.get("amount").and_then(paypal_names::read),
        })
    }

    fn agrees(&self, request: &RefundRequest) -> bool {
        self.reference.as_ref().is_none_or(|reference| *reference == request.reference)
            && self.amount == Some(request.amount)
            && self.payment.as_ref().is_none_or(|payment| *payment == request.payment)
    }
}

/// What an answer to the request makes certain: the refund itself, or one of the known refusals. Everything else says nothing of
/// the refund.
fn classify(answer: &Answer, request: &RefundRequest) -> SubmitAnswer {
    let Answer { status, body } = answer;
    match status {
        200 | 201 => match Seen::read(body) {
            Some(seen) if seen.agrees(request) => seen.answer,
            _ => SubmitAnswer::Unclear,
        },
        400 | 422 => {
            let details = body.get("details").and_then(Value::as_array).into_iter().flatten();
            let issues: Vec<_> = details.map(|detail| text(detail, "/issue")).collect();
            let is_refusal =
                |issue: Option<&str>| issue.is_some_and(|issue| REFUSALS.contains(&issue));
            match issues.first() {
                Some(Some(issue)) if issues.iter().copied().all(is_refusal) => failed(issue),
                _ => SubmitAnswer::Unclear,
            }
        }
        _ => SubmitAnswer::Unclear,
    }
}
