//! The job `send_webhook`: tells one endpoint what happened to one order, event by event.
//!
//! Send, then note in one transaction what came of it and what is next. A worker that dies between the two leaves the message to be
//! sent again, under the same id: at least once, never lost. Before it looks for what is next it prolongs its lease, which locks the
//! job's row; whoever appends an event meets that row, so an event is either seen here or makes the job anew.

use backhaul_store::jobs::{self, Claim};
use backhaul_store::ledger::{self, Stored};
use backhaul_store::webhooks::{self, Delivery, DeliveryState, Endpoint, KIND, Standing};
use backhaul_store::{Error, OrderId, Tx, orders};
use jiff::{SignedDuration, Timestamp};

use super::message::Message;
use super::schedule::{FAILING_MAX, next_try};
use super::sender::{RetryAfter, SendAnswer, SignedMessage, WebhookSender};
use super::signature::{Secret, signature_header};
use crate::App;

/// The most messages that are sent before others get a turn.
pub const BATCH_MAX: usize = 20;
/// How long a job is a worker's beside the time-out of a call.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// The answer that asks to be told nothing any more.
const GONE: u16 = 410;

/// Why a message was not sent. The job comes back when its lease ends.
#[derive(Debug, thiserror::Error)]
pub enum WebhookJobError {
    /// The job does not say whom to tell of what.
    #[error("the job `{id}` cannot be read")]
    Unreadable {
        /// The job.
        id: String,
    },
    /// The secret of the endpoint is none.
    #[error("the secret of the webhook endpoint `{id}` cannot be read: change it")]
    Secret {
        /// The endpoint.
        id: String,
    },
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// A job that a worker holds.
#[derive(Clone)]
struct Held {
    claim: Claim,
    endpoint: String,
    order: OrderId,
    /// The one event that is sent again; nothing where the job tells what comes next.
    again: Option<i64>,
    lasts: SignedDuration,
}

/// An event that an endpoint is to be told of.
#[derive(Clone)]
struct Letter {
    endpoint: Endpoint,
    event: Stored,
    message: Message,
}

impl App {
    /// Claims the webhook job that has been due longest and sends what it has to send, at most [`BATCH_MAX`] messages; says whether
    /// there was one.
    ///
    /// # Errors
    /// [`WebhookJobError`].
    pub fn work_webhooks(
        &self,
        sender: &dyn WebhookSender,
        worker: &str,
    ) -> Result<bool, WebhookJobError> {
        let (now, worker) = (self.clock.now(), worker.to_owned());
        let lasts = LEASE.saturating_add(sender.timeout());
        let begun = self.store.write(move |tx| -> Result<_, WebhookJobError> {
            let Some(claim) = jobs::claim(tx, KIND, &worker, now, lasts)? else { return Ok(None) };
            // Kept claimed, so that a job that cannot be read does not stand in the way of the others.
            let Some(held) = Held::read(&claim, lasts) else { return Ok(Some(Err(claim.id))) };
            let letter = held.find(tx, now)?;
            Ok(Some(Ok((held, letter))))
        });
        let (held, mut letter) = match begun.wait()? {
            None => return Ok(false),
            Some(Err(id)) => return Err(WebhookJobError::Unreadable { id }),
            Some(Ok(begun)) => begun,
        };
        let mut sent = 0_usize;
        while let Some(current) = letter {
            let answer = sender.send(&current.sign(self.clock.now())?);
            sent = sent.saturating_add(1);
            let (held, now, is_last) = (held.clone(), self.clock.now(), sent >= BATCH_MAX);
            let settled =
                self.store.write(move |tx| held.settle(tx, &current, answer, is_last, now));
            letter = settled.wait()?;
        }
        Ok(true)
    }
}

impl Letter {
    /// Signs the message for a try that is made now.
    fn sign(&self, now: Timestamp) -> Result<SignedMessage, WebhookJobError> {
        let Endpoint { id, url, secret, old_secret, .. } = &self.endpoint;
        let old = old_secret.as_ref().filter(|old| old.until > now).map(|old| &old.secret);
        let secrets = [Some(secret), old].into_iter().flatten().map(|text| Secret::parse(text));
        let secrets = secrets.collect::<Result<Vec<_>, _>>();
        let secrets = secrets.map_err(|_| WebhookJobError::Secret { id: id.clone() })?;
        let (Message { id, body }, seconds) = (self.message.clone(), now.as_second());
        let signature = signature_header(&secrets, &id, seconds, &body);
        Ok(SignedMessage { url: url.clone(), id, seconds, signature, body })
    }
}

/// What an answer means.
enum Meaning {
    Arrived,
    Gone,
    NotNow(Option<RetryAfter>),
}

impl Held {
    fn read(claim: &Claim, lasts: SignedDuration) -> Option<Self> {
        let (endpoint, order, again) =
            serde_json::from_str::<(String, String, Option<i64>)>(&claim.body).ok()?;
        let order = OrderId::new(&order)?;
        Some(Self { claim: claim.clone(), endpoint, order, again, lasts })
    }

    /// Finds what to send. Where there is nothing, the job is removed or put aside. The job's row must be locked by this transaction.
    fn find(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<Option<Letter>, Error> {
        let found = match webhooks::endpoint(tx, &self.endpoint)? {
            Some(endpoint) if self.again.is_none() && endpoint.standing != Standing::Active => {
                self.put_aside(tx, now)?;
                return Ok(None);
            }
            Some(endpoint) => self.event(tx, &endpoint)?.map(|event| (endpoint, event)),
            None => None,
        };
        let number = orders::number(tx, &self.order)?;
        let (Some((endpoint, event)), Some(number)) = (found, number) else {
            jobs::finish(tx, &self.claim)?;
            return Ok(None);
        };
        let message = Message::new(&self.order, &number, &event);
        tracing::debug!(endpoint.id = endpoint.id, message.id, at = %now, "a webhook is sent");
        Ok(Some(Letter { endpoint, event, message }))
    }

    fn event(&self, tx: &mut dyn Tx, endpoint: &Endpoint) -> Result<Option<Stored>, Error> {
        match self.again {
            Some(seq) => Ok(ledger::after(tx, &self.order, seq.saturating_sub(1), 1)?.pop()),
            None => webhooks::next(tx, endpoint, &self.order),
        }
    }

    /// Puts the job aside until the endpoint is switched on; where that was done in the meantime, only back.
    fn put_aside(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<(), Error> {
        let is_off = webhooks::hold_off(tx, &self.endpoint)?;
        let due_at = if is_off { Timestamp::MAX } else { now };
        jobs::put_back(tx, &self.claim, due_at).map(drop)
    }

    /// Notes what came of a try, and finds what to send next. Nothing is noted where the job is another worker's by now: that one sends
    /// the message again.
    fn settle(
        &self,
        tx: &mut dyn Tx,
        letter: &Letter,
        answer: SendAnswer,
        is_last: bool,
        now: Timestamp,
    ) -> Result<Option<Letter>, Error> {
        let until = now.checked_add(self.lasts).unwrap_or(Timestamp::MAX);
        if !jobs::renew(tx, &self.claim, until)? {
            return Ok(None);
        }
        let id = format!("{}_{}_{}", self.endpoint, self.order, letter.event.seq);
        let known = webhooks::delivery(tx, &id)?;
        let mut delivery = known.unwrap_or_else(|| self.new_delivery(id, letter, now));
        let meaning = note(&mut delivery, answer);
        let is_on = self.endpoint_after(tx, &meaning, now)?;
        match meaning {
            Meaning::Arrived => {
                delivery.state = DeliveryState::Delivered;
                delivery.next_try_at = None;
                delivery.delivered_at.get_or_insert(now);
            }
            // What a person asked for once is not tried again by itself.
            Meaning::Gone | Meaning::NotNow(_) if self.again.is_some() => {}
            Meaning::Gone => delivery.next_try_at = None,
            Meaning::NotNow(asked) => {
                delivery.next_try_at = next_try(&delivery.id, delivery.attempts, now, asked);
                if delivery.next_try_at.is_none() {
                    delivery.state = DeliveryState::Failed;
                }
                // Put aside with its order: nothing is planned.
                delivery.next_try_at = delivery.next_try_at.filter(|_| is_on);
            }
        }
        webhooks::put(tx, &delivery)?;
        if self.again.is_some() {
            jobs::finish(tx, &self.claim)?;
            return Ok(None);
        }
        match (delivery.state, delivery.next_try_at) {
            (DeliveryState::Waiting, Some(due_at)) => {
                jobs::put_back(tx, &self.claim, due_at)?;
                Ok(None)
            }
            (DeliveryState::Waiting, None) => self.put_aside(tx, now).map(|()| None),
            // The order goes on, also behind a message that was given up.
            _ => {
                webhooks::advance(tx, &self.endpoint, &self.order, letter.event.seq)?;
                if is_last {
                    jobs::put_back(tx, &self.claim, now)?;
                    return Ok(None);
                }
                self.find(tx, now)
            }
        }
    }

    fn new_delivery(&self, id: String, letter: &Letter, now: Timestamp) -> Delivery {
        Delivery {
            id,
            endpoint: self.endpoint.clone(),
            order: self.order.clone(),
            seq: letter.event.seq,
            kind: letter.event.kind.clone(),
            state: DeliveryState::Waiting,
            attempts: 0,
            last_status: None,
            last_fault: None,
            created_at: now,
            next_try_at: None,
            delivered_at: None,
        }
    }

    /// Notes how the endpoint does, and switches it off where it asks for that or fails for too long; says whether it is on.
    fn endpoint_after(
        &self,
        tx: &mut dyn Tx,
        meaning: &Meaning,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let Some(endpoint) = webhooks::endpoint(tx, &self.endpoint)? else { return Ok(false) };
        let standing = match meaning {
            Meaning::Arrived => {
                webhooks::arrives(tx, &endpoint)?;
                endpoint.standing
            }
            Meaning::Gone => Standing::Gone,
            Meaning::NotNow(_) => {
                webhooks::fails(tx, &endpoint, now)?;
                let since = endpoint.failing_since.unwrap_or(now);
                if now.duration_since(since) >= FAILING_MAX {
                    Standing::Failing
                } else {
                    endpoint.standing
                }
            }
        };
        if standing != endpoint.standing && endpoint.standing == Standing::Active {
            webhooks::set_standing(tx, &self.endpoint, standing)?;
            let (id, why) = (&self.endpoint, standing.as_str());
            tracing::warn!(endpoint.id = id, why, "a webhook endpoint was switched off");
            return Ok(false);
        }
        Ok(endpoint.standing == Standing::Active)
    }
}

/// Writes an answer down; says what it means.
fn note(delivery: &mut Delivery, answer: SendAnswer) -> Meaning {
    delivery.attempts = delivery.attempts.saturating_add(1);
    (delivery.last_status, delivery.last_fault) = match answer {
        SendAnswer::Answered { status, .. } => (Some(status), None),
        SendAnswer::NoAnswer(fault) => (None, Some(fault.as_str().to_owned())),
    };
    match answer {
        SendAnswer::Answered { status: 200..=299, .. } => Meaning::Arrived,
        SendAnswer::Answered { status: GONE, .. } => Meaning::Gone,
        SendAnswer::Answered { retry_after, .. } => Meaning::NotNow(retry_after),
        SendAnswer::NoAnswer(_) => Meaning::NotNow(None),
    }
}
