//! What one personality knows: a fold over its entries of the ledger, so that a restart changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::Faults;
use crate::ledger::Event;
use crate::personality::Personality;

/// How far a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not decided yet.
    Pending,
    /// The buyer has the money.
    Succeeded,
    /// The buyer does not have it, and the payment has its room again.
    Failed,
}

#[derive(Debug, Clone)]
pub(crate) struct Payment {
    pub(crate) id: String,
    pub(crate) charge: Option<String>,
    pub(crate) captured_minor: i64,
    pub(crate) currency: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Refund {
    pub(crate) id: String,
    pub(crate) payment: String,
    pub(crate) charge: Option<String>,
    pub(crate) amount_minor: i64,
    pub(crate) currency: String,
    pub(crate) reference: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) created_at: i64,
    pub(crate) status: Status,
    /// Every status it had, with the moment.
    pub(crate) history: Vec<(i64, Status)>,
    pub(crate) coming: Vec<(i64, Status)>,
}

impl Refund {
    /// As somebody sees it who is as far behind as that moment.
    pub(crate) fn as_of(&self, moment: i64) -> Option<Self> {
        let (_, status) = *self.history.iter().rfind(|(at, _)| *at <= moment)?;
        Some(Self { status, ..self.clone() })
    }

    pub(crate) fn is_live(&self) -> bool {
        self.status != Status::Failed
    }
}

/// What is answered to a key that was used before.
#[derive(Debug, Clone)]
pub(crate) enum Kept {
    Answer {
        status: u16,
        body: Value,
    },
    /// That refund, as it is now.
    Refund(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) fingerprint: String,
    pub(crate) first_at: i64,
    pub(crate) kept: Kept,
}

#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) is_delivered: bool,
}

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) payments: BTreeMap<String, Payment>,
    /// In the order in which they were made.
    pub(crate) refunds: Vec<Refund>,
    /// Where in that list those stand of which something is to come.
    pub(crate) awaited: BTreeSet<usize>,
    pub(crate) keys: BTreeMap<String, Key>,
    pub(crate) faults: Faults,
    pub(crate) webhooks: Vec<Webhook>,
    pub(crate) webhook_url: Option<String>,
    pub(crate) webhook_secret: String,
    pub(crate) lookup_stale_seconds: i64,
    pub(crate) is_lookup_down: bool,
    pub(crate) requests: u64,
}

impl State {
    pub(crate) fn new(personality: Personality) -> Self {
        Self {
            payments: BTreeMap::new(),
            refunds: Vec::new(),
            awaited: BTreeSet::new(),
            keys: BTreeMap::new(),
            faults: Faults::default(),
            webhooks: Vec::new(),
            webhook_url: None,
            webhook_secret: personality.default_secret(),
            lookup_stale_seconds: 0,
            is_lookup_down: false,
            requests: 0,
        }
    }

    /// By either of its ids.
    pub(crate) fn payment(&self, id: &str) -> Option<&Payment> {
        let by_charge = |payment: &&Payment| payment.charge.as_deref() == Some(id);
        self.payments.get(id).or_else(|| self.payments.values().find(by_charge))
    }

    pub(crate) fn refund(&self, id: &str) -> Option<&Refund> {
        self.refunds.iter().find(|refund| refund.id == id)
    }

    /// What of that payment is not refunded.
    pub(crate) fn left_minor(&self, payment: &Payment) -> i64 {
        let live = self.refunds.iter().filter(|each| each.payment == payment.id && each.is_live());
        live.fold(payment.captured_minor, |left, refund| left.saturating_sub(refund.amount_minor))
    }

    /// Takes in what happened, all but the drawing of faults: that changes them before it is written down.
    pub(crate) fn apply(&mut self, at: i64, event: &Event) {
        match event.clone() {
            Event::PaymentCreated { payment: id, charge, captured_minor, currency } => {
                let payment = Payment { id: id.clone(), charge, captured_minor, currency };
                self.payments.insert(id, payment);
            }
            Event::RequestReceived { request, .. } => self.requests = request,
            Event::RefundCreated {
                refund: id,
                payment,
                amount_minor,
                currency,
                reference,
                metadata,
                status,
                coming,
                key,
                ..
            } => {
                if let Some((key, fingerprint)) = key {
                    let kept = Kept::Refund(id.clone());
                    self.keys.insert(key, Key { fingerprint, first_at: at, kept });
                }
                let charge = self.payment(&payment).and_then(|payment| payment.charge.clone());
                if !coming.is_empty() {
                    self.awaited.insert(self.refunds.len());
                }
                self.refunds.push(Refund {
                    id,
                    payment,
                    charge,
                    amount_minor,
                    currency,
                    reference,
                    metadata,
                    created_at: at,
                    status,
                    history: vec![(at, status)],
                    coming,
                });
            }
            Event::RefundChanged { refund, status } => self.change(at, &refund, status),
            Event::KeyKept { key, fingerprint, status, body } => {
                let first_at = self.keys.get(&key).map_or(at, |key| key.first_at);
                let kept = Kept::Answer { status, body };
                self.keys.insert(key, Key { fingerprint, first_at, kept });
            }
            Event::KeyForgotten { key } => {
                self.keys.remove(&key);
            }
            Event::WebhookTargetSet { url, secret } => {
                self.webhook_url = Some(url);
                self.webhook_secret = secret;
            }
            Event::WebhookMade { webhook: id, body } => {
                self.webhooks.push(Webhook { id, body, is_delivered: false });
            }
            Event::WebhookSent { webhook, forged, answered } => {
                let is_taken = answered.is_some_and(|status| (200..300).contains(&status));
                let sent = self.webhooks.iter_mut().find(|each| each.id == webhook);
                if let Some(sent) = sent.filter(|_| is_taken && !forged) {
                    sent.is_delivered = true;
                }
            }
            Event::FaultSet { rule } => self.faults.add(rule),
            Event::FaultsCleared => self.faults.clear(),
            Event::LookupSet { stale_seconds, down } => {
                self.lookup_stale_seconds = stale_seconds;
                self.is_lookup_down = down;
            }
            Event::RequestReplayed { .. }
            | Event::Answered { .. }
            | Event::ClockAdvanced { .. } => {}
        }
    }

    fn change(&mut self, at: i64, id: &str, status: Status) {
        let mut refunds = self.refunds.iter_mut().enumerate();
        if let Some((place, refund)) = refunds.find(|(_, refund)| refund.id == id) {
            refund.status = status;
            refund.history.push((at, status));
            // A failure is final; anything else uses up what was to come until then.
            let used = refund.coming.iter().position(|(_, next)| *next == status);
            let used = used.map_or(0, |last| last.saturating_add(1));
            refund.coming.drain(..used);
            if status == Status::Failed {
                refund.coming.clear();
            }
            if refund.coming.is_empty() {
                self.awaited.remove(&place);
            }
        }
    }
}
