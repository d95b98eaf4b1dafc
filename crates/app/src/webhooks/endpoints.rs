//! What staff do with endpoints. Who may do it is checked by the caller.

use backhaul_core::ledger::EventKind;
use backhaul_store::webhooks::{
    self as store, Delivery, DeliveryState, ENDPOINTS_MAX, Endpoint, Standing, Wanted, job_id,
};
use backhaul_store::{Error, jobs};
use jiff::{SignedDuration, Timestamp};

use super::message::type_of_kind;
use super::schedule::FAILING_MAX;
use super::signature::Secret;
use super::url::{Reach, UrlFault, WebhookUrl};
use crate::App;

/// How long messages are signed with the old secret as well, after it was changed.
pub const OLD_SECRET_LASTS: SignedDuration = SignedDuration::from_hours(24);
/// How long deliveries are kept of which nothing more will come.
pub const DELIVERIES_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// The most deliveries that are removed at once.
pub const FORGET_MAX: u32 = 1_000;
/// How many random bytes are in an endpoint's id.
const ID_BYTES: usize = 8;

/// Why an endpoint, or a message, is not as it was asked to be. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Messages are not sent there.
    #[error(transparent)]
    Url(#[from] UrlFault),
    /// There are too many.
    #[error("there are {ENDPOINTS_MAX} endpoints already: remove one first")]
    TooMany,
    /// There is no such endpoint.
    #[error("there is no webhook endpoint `{id}`")]
    UnknownEndpoint {
        /// Its id.
        id: String,
    },
    /// There is no such delivery.
    #[error("there is no webhook delivery `{id}`")]
    UnknownDelivery {
        /// Its id.
        id: String,
    },
    /// The system has no random bytes to give.
    #[error("the system gives no random bytes: {0}")]
    Random(#[from] getrandom::Error),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// An endpoint that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEndpoint {
    /// Its id.
    pub id: String,
    /// Its secret, which is not shown again.
    pub secret: Secret,
}

/// An endpoint as staff see it: without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointView {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// The types of messages that it gets, such as `case.opened`; empty for all.
    pub types: Vec<String>,
    /// Whether it is told, or why not.
    pub standing: Standing,
    /// When it was added.
    pub created_at: Timestamp,
    /// Since when nothing arrived, where the last try failed.
    pub failing_since: Option<Timestamp>,
    /// When it will be switched off, should nothing arrive by then.
    pub off_at: Option<Timestamp>,
    /// Until when the old secret signs, where there is one.
    pub old_secret_until: Option<Timestamp>,
}

impl App {
    /// Adds an endpoint, which is told of those kinds of events from now on; of all, where none are given.
    ///
    /// # Errors
    /// [`WebhookError::Url`], [`WebhookError::TooMany`], [`WebhookError::Random`] and [`WebhookError::Database`].
    pub fn add_webhook(
        &self,
        url: &str,
        kinds: &[EventKind],
        reach: Reach,
    ) -> Result<NewEndpoint, WebhookError> {
        let url = WebhookUrl::parse(url, reach)?;
        let mut kinds = kinds.to_vec();
        kinds.sort_unstable();
        kinds.dedup();
        let (id, secret) = (new_id()?, Secret::new()?);
        let endpoint = Endpoint {
            id: id.clone(),
            url: url.as_str().to_owned(),
            kinds,
            secret: secret.reveal(),
            old_secret: None,
            standing: Standing::Active,
            created_at: self.clock.now(),
            failing_since: None,
        };
        let added = self.store.write(move |tx| {
            if store::add(tx, &endpoint)? { Ok(()) } else { Err(WebhookError::TooMany) }
        });
        added.wait()?;
        Ok(NewEndpoint { id, secret })
    }

    /// Every endpoint.
    ///
    /// # Errors
    /// [`WebhookError::Database`].
    pub fn webhooks(&self) -> Result<Vec<EndpointView>, WebhookError> {
        let found = self.store.read(|tx| store::endpoints(tx)).wait()?;
        let now = self.clock.now();
        Ok(found.into_iter().map(|endpoint| view(endpoint, now)).collect())
    }

    /// Removes an endpoint, with what is kept of its messages.
    ///
    /// # Errors
    /// [`WebhookError::UnknownEndpoint`] and [`WebhookError::Database`].
    pub fn remove_webhook(&self, id: &str) -> Result<(), WebhookError> {
        let id = id.to_owned();
        self.store.write(move |tx| known(store::remove(tx, &id)?, &id)).wait()
    }

    /// Switches an endpoint on or off. Switched on again it is told of all that happened since, each order's events in their order.
    ///
    /// # Errors
    /// [`WebhookError::UnknownEndpoint`] and [`WebhookError::Database`].
    pub fn switch_webhook(&self, id: &str, is_on: bool) -> Result<(), WebhookError> {
        let (id, now) = (id.to_owned(), self.clock.now());
        let standing = if is_on { Standing::Active } else { Standing::ByHand };
        let switched = self.store.write(move |tx| {
            known(store::set_standing(tx, &id, standing)?, &id)?;
            if is_on {
                store::wake(tx, &id, now)?;
            }
            Ok(())
        });
        switched.wait()
    }

    /// Gives an endpoint a new secret, which is not shown again. For [`OLD_SECRET_LASTS`] messages are signed with the one that it
    /// had as well; one that is older still ends at once.
    ///
    /// # Errors
    /// [`WebhookError::UnknownEndpoint`], [`WebhookError::Random`] and [`WebhookError::Database`].
    pub fn rotate_webhook_secret(&self, id: &str) -> Result<Secret, WebhookError> {
        let (id, secret) = (id.to_owned(), Secret::new()?);
        let until = self.clock.now().checked_add(OLD_SECRET_LASTS).unwrap_or(Timestamp::MAX);
        let written = secret.reveal();
        let rotated =
            self.store.write(move |tx| known(store::rotate(tx, &id, &written, until)?, &id));
        rotated.wait().map(|()| secret)
    }

    /// A page of deliveries, the newest first: at most so many, and at most [`super::PAGE_MAX`].
    ///
    /// # Errors
    /// [`WebhookError::Database`].
    pub fn webhook_deliveries(
        &self,
        wanted: &Wanted,
        limit: u32,
    ) -> Result<Vec<Delivery>, WebhookError> {
        let wanted = wanted.clone();
        Ok(self.store.read(move |tx| store::deliveries(tx, &wanted, limit)).wait()?)
    }

    /// Has a message sent again at once, under the same id. One that waits is tried now, if its endpoint is on; one that arrived or was given up is sent once
    /// more, beside the order's other messages, even to an endpoint that is switched off.
    ///
    /// # Errors
    /// [`WebhookError::UnknownDelivery`] and [`WebhookError::Database`].
    pub fn resend_webhook(&self, delivery: &str) -> Result<(), WebhookError> {
        let (id, now) = (delivery.to_owned(), self.clock.now());
        let asked = self.store.write(move |tx| {
            let unknown = || WebhookError::UnknownDelivery { id: id.clone() };
            let found = store::delivery(tx, &id)?.ok_or_else(unknown)?;
            match found.state {
                DeliveryState::Waiting => {
                    jobs::hasten(tx, &job_id(&found.endpoint, &found.order), now)?;
                }
                DeliveryState::Delivered | DeliveryState::Failed => {
                    jobs::enqueue(tx, &store::resend_job(&found, now))?;
                }
            }
            Ok(())
        });
        asked.wait()
    }

    /// Removes deliveries that are older than [`DELIVERIES_KEPT`] and of which nothing more will come, at most [`FORGET_MAX`]; says how
    /// many.
    ///
    /// # Errors
    /// [`WebhookError::Database`].
    pub fn forget_webhook_deliveries(&self) -> Result<u64, WebhookError> {
        let older_than = self.clock.now().checked_sub(DELIVERIES_KEPT).unwrap_or(Timestamp::MIN);
        Ok(self.store.write(move |tx| store::forget(tx, older_than, FORGET_MAX)).wait()?)
    }
}

fn new_id() -> Result<String, getrandom::Error> {
    let mut bytes = [0; ID_BYTES];
    getrandom::fill(&mut bytes)?;
    Ok(format!("we_{:016x}", u64::from_be_bytes(bytes)))
}

fn known(is_known: bool, id: &str) -> Result<(), WebhookError> {
    is_known.then_some(()).ok_or_else(|| WebhookError::UnknownEndpoint { id: id.to_owned() })
}

fn view(endpoint: Endpoint, now: Timestamp) -> EndpointView {
    let off_at = |since: Timestamp| since.checked_add(FAILING_MAX).unwrap_or(Timestamp::MAX);
    let old_secret_until = endpoint.old_secret.map(|old| old.until);
    EndpointView {
        id: endpoint.id,
        url: endpoint.url,
        types: endpoint.kinds.iter().map(|kind| type_of_kind(kind.as_str())).collect(),
        standing: endpoint.standing,
        created_at: endpoint.created_at,
        failing_since: endpoint.failing_since,
        off_at: endpoint.failing_since.map(off_at),
        old_secret_until: old_secret_until.filter(|until| *until > now),
    }
}
