//! Endpoints: who is told of events, of which, and with which secrets it is signed.

use std::fmt;

use backhaul_core::ledger::EventKind;
use jiff::Timestamp;

use super::{NEVER_US, column_words};
use crate::error::Error;
use crate::settings;
use crate::tx::{Row, Tx};
use crate::values;

/// The most endpoints.
pub const ENDPOINTS_MAX: usize = 20;
/// Whoever adds an endpoint writes this setting first, so that two who do it at once wait for each other.
const COUNT_SETTING: &str = "webhook_endpoints";

column_words! {
    /// Whether an endpoint is told of events, or why not.
    Standing {
        /// It is.
        Active = "active",
        /// A person switched it off.
        ByHand = "off_by_hand",
        /// It answered that it is gone for good.
        Gone = "off_gone",
        /// Nothing arrived there for too long.
        Failing = "off_failing",
    }
}

/// Who is told of events.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Chosen by the caller.
    pub id: String,
    /// Where it is.
    pub url: String,
    /// Of which kinds of events it is told; empty for all.
    pub kinds: Vec<EventKind>,
    /// What messages are signed with, as the receiver was shown it.
    pub secret: String,
    /// What they are signed with as well, for some time after the secret was changed.
    pub old_secret: Option<OldSecret>,
    /// Whether it is told.
    pub standing: Standing,
    /// When it was added.
    pub created_at: Timestamp,
    /// Since when nothing arrived, where the last try failed.
    pub failing_since: Option<Timestamp>,
}

/// The secret before the newest.
#[derive(Clone, PartialEq, Eq)]
pub struct OldSecret {
    /// The secret.
    pub secret: String,
    /// Until when it signs.
    pub until: Timestamp,
}

impl Endpoint {
    /// Whether it wants to be told of that kind of events.
    #[must_use]
    pub fn wants(&self, kind: &str) -> bool {
        self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted.as_str() == kind)
    }
}

impl fmt::Debug for Endpoint {
    /// Without the secrets, and without the address, which may hold one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, kinds, standing, .. } = self;
        f.debug_struct("Endpoint")
            .field("id", id)
            .field("kinds", kinds)
            .field("standing", standing)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for OldSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OldSecret").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Adds an endpoint; says whether there was room for it.
///
/// # Errors
/// [`Error`], among them that the id is taken.
pub fn add(tx: &mut dyn Tx, endpoint: &Endpoint) -> Result<bool, Error> {
    settings::put(tx, COUNT_SETTING, &endpoint.id)?;
    if endpoints(tx)?.len() >= ENDPOINTS_MAX {
        return Ok(false);
    }
    let kinds = endpoint.kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ");
    let old = endpoint.old_secret.as_ref();
    tx.exec(
        "insert into webhook_endpoint (endpoint_id, url, kinds, secret, old_secret,
           old_secret_until_us, standing, created_at_us, failing_since_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            &endpoint.id,
            &endpoint.url,
            &kinds,
            &endpoint.secret,
            old.map_or("", |old| &old.secret),
            old.map_or(0, |old| old.until.as_microsecond()),
            endpoint.standing.as_str(),
            endpoint.created_at,
            endpoint.failing_since.map_or(NEVER_US, Timestamp::as_microsecond),
        ],
    )?;
    Ok(true)
}

/// Every endpoint, in the order of their ids.
///
/// # Errors
/// [`Error`].
pub fn endpoints(tx: &mut dyn Tx) -> Result<Vec<Endpoint>, Error> {
    tx.all(
        "select endpoint_id, url, kinds, secret, old_secret, old_secret_until_us, standing,
           created_at_us, failing_since_us
         from webhook_endpoint order by endpoint_id",
        &[],
        read,
    )
}

/// One endpoint.
///
/// # Errors
/// [`Error`].
pub fn endpoint(tx: &mut dyn Tx, id: &str) -> Result<Option<Endpoint>, Error> {
    tx.first(
        "select endpoint_id, url, kinds, secret, old_secret, old_secret_until_us, standing,
           created_at_us, failing_since_us
         from webhook_endpoint where endpoint_id = $1",
        values![id],
        read,
    )
}

/// Removes an endpoint with all that is kept of it; says whether it was there.
///
/// A worker that is about to note an answer is waited for; one that comes later finds that its job is gone.
///
/// # Errors
/// [`Error`].
pub fn remove(tx: &mut dyn Tx, id: &str) -> Result<bool, Error> {
    tx.exec(
        "delete from job where id in (select 'webhook:' || endpoint_id || ':' || order_id
                                      from webhook_position where endpoint_id = $1)",
        values![id],
    )?;
    tx.exec(
        "delete from job where id in (select 'webhook_resend:' || delivery_id
                                      from webhook_delivery where endpoint_id = $1)",
        values![id],
    )?;
    tx.exec("delete from webhook_position where endpoint_id = $1", values![id])?;
    tx.exec("delete from webhook_delivery where endpoint_id = $1", values![id])?;
    Ok(tx.exec("delete from webhook_endpoint where endpoint_id = $1", values![id])? == 1)
}

/// Gives an endpoint a new secret; the one that it has signs until then as well. Says whether the endpoint is there.
///
/// # Errors
/// [`Error`].
pub fn rotate(
    tx: &mut dyn Tx,
    id: &str,
    secret: &str,
    old_until: Timestamp,
) -> Result<bool, Error> {
    let changed = tx.exec(
        "update webhook_endpoint
         set old_secret = secret, old_secret_until_us = $1, secret = $2 where endpoint_id = $3",
        values![old_until, secret, id],
    )?;
    Ok(changed == 1)
}

/// Switches an endpoint on or off; says whether it is there. What failed before is forgotten.
///
/// # Errors
/// [`Error`].
pub fn set_standing(tx: &mut dyn Tx, id: &str, standing: Standing) -> Result<bool, Error> {
    let changed = tx.exec(
        "update webhook_endpoint set standing = $1, failing_since_us = $2 where endpoint_id = $3",
        values![standing.as_str(), NEVER_US, id],
    )?;
    Ok(changed == 1)
}

/// Says whether an endpoint is switched off, and keeps it so until this transaction ends: whoever is just switching it on is
/// waited for.
///
/// # Errors
/// [`Error`].
pub fn hold_off(tx: &mut dyn Tx, id: &str) -> Result<bool, Error> {
    let held = tx.exec(
        "update webhook_endpoint set standing = standing
         where endpoint_id = $1 and standing <> 'active'",
        values![id],
    )?;
    Ok(held == 1)
}

/// Notes that something arrived.
///
/// # Errors
/// [`Error`].
pub fn arrives(tx: &mut dyn Tx, endpoint: &Endpoint) -> Result<(), Error> {
    // Written only when it changes, so that workers do not wait for each other at this row.
    if endpoint.failing_since.is_some() {
        tx.exec(
            "update webhook_endpoint set failing_since_us = $1
             where endpoint_id = $2 and failing_since_us <> $1",
            values![NEVER_US, &endpoint.id],
        )?;
    }
    Ok(())
}

/// Notes that something did not arrive.
///
/// # Errors
/// [`Error`].
pub fn fails(tx: &mut dyn Tx, endpoint: &Endpoint, now: Timestamp) -> Result<(), Error> {
    if endpoint.failing_since.is_none() {
        tx.exec(
            "update webhook_endpoint set failing_since_us = $1
             where endpoint_id = $2 and failing_since_us = $3",
            values![now, &endpoint.id, NEVER_US],
        )?;
    }
    Ok(())
}

fn read(row: &dyn Row) -> Result<Endpoint, Error> {
    let kinds = row.text(2)?.split_whitespace().map(EventKind::parse).collect::<Option<_>>();
    let old_secret = match row.text(4)? {
        "" => None,
        secret => Some(OldSecret { secret: secret.to_owned(), until: row.moment(5)? }),
    };
    let standing = Standing::parse(row.text(6)?);
    let failing_since = if row.int(8)? == NEVER_US { None } else { Some(row.moment(8)?) };
    Ok(Endpoint {
        id: row.text(0)?.to_owned(),
        url: row.text(1)?.to_owned(),
        kinds: kinds.ok_or(Error::Unreadable { column: 2, wanted: "kinds of events" })?,
        secret: row.text(3)?.to_owned(),
        old_secret,
        standing: standing.ok_or(Error::Unreadable { column: 6, wanted: "a standing" })?,
        created_at: row.moment(7)?,
        failing_since,
    })
}
