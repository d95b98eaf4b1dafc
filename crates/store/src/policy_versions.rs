//! The policy versions that were published. Rows are only added: nothing that was published is ever changed or removed.

use jiff::Timestamp;

use crate::error::Error;
use crate::tx::{Row, Tx};
use crate::values;

/// A version as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// The policy's id.
    pub policy: String,
    /// Its version.
    pub version: String,
    /// The file, byte for byte.
    pub body: String,
    /// The file's SHA-256, as hex.
    pub sha256: String,
    /// The first day on which orders are judged by it, as YYYY-MM-DD.
    pub effective_on: String,
    /// The moment at which that day begins.
    pub effective_at: Timestamp,
    /// Who published it.
    pub published_by: String,
    /// When.
    pub published_at: Timestamp,
    /// Who withdrew it before it was in force, and when, where somebody did.
    pub withdrawn: Option<(String, Timestamp)>,
}

/// How often something was published or withdrawn: as long as it is the same, nothing is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// How many versions there are.
    pub published: i64,
    /// How many of them were withdrawn.
    pub withdrawn: i64,
}

/// How far the table has come; one look at two short tables.
///
/// # Errors
/// [`Error`].
pub fn mark(tx: &mut dyn Tx) -> Result<Mark, Error> {
    let found = tx.first(
        "select (select count(*) from policy_version), (select count(*) from policy_withdrawal)",
        &[],
        |row| Ok(Mark { published: row.int(0)?, withdrawn: row.int(1)? }),
    )?;
    Ok(found.unwrap_or_default())
}

/// Keeps a version; says whether there was none of that id and version.
///
/// # Errors
/// [`Error`].
pub fn publish(tx: &mut dyn Tx, version: &PolicyVersion) -> Result<bool, Error> {
    let added = tx.exec(
        "insert into policy_version
           (policy_id, version, body, sha256, effective_on, effective_at_us, published_by,
            published_at_us)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        values![
            &version.policy,
            &version.version,
            &version.body,
            &version.sha256,
            &version.effective_on,
            version.effective_at,
            &version.published_by,
            version.published_at,
        ],
    )?;
    Ok(added == 1)
}

/// Withdraws a version; says whether it stood. That it is not in force yet is for the caller to see to.
///
/// # Errors
/// [`Error`].
pub fn withdraw(
    tx: &mut dyn Tx,
    policy: &str,
    version: &str,
    by: &str,
    at: Timestamp,
) -> Result<bool, Error> {
    let added = tx.exec(
        "insert into policy_withdrawal (policy_id, version, withdrawn_by, withdrawn_at_us)
         values ($1, $2, $3, $4) on conflict do nothing",
        values![policy, version, by, at],
    )?;
    Ok(added == 1)
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select v.policy_id, v.version, v.body, v.sha256, v.effective_on, v.effective_at_us,
                    v.published_by, v.published_at_us,
                    coalesce(w.withdrawn_by, ''), coalesce(w.withdrawn_at_us, 0)
             from policy_version v left join policy_withdrawal w
               on w.policy_id = v.policy_id and w.version = v.version ",
            $rest
        )
    };
}

/// Every version, in the order in which they were published; how many there can be is the caller's limit.
///
/// # Errors
/// [`Error`].
pub fn all(tx: &mut dyn Tx) -> Result<Vec<PolicyVersion>, Error> {
    tx.all(select!("order by v.published_at_us, v.policy_id, v.version"), &[], read)
}

/// One version.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, policy: &str, version: &str) -> Result<Option<PolicyVersion>, Error> {
    tx.first(select!("where v.policy_id = $1 and v.version = $2"), values![policy, version], read)
}

fn read(row: &dyn Row) -> Result<PolicyVersion, Error> {
    let withdrawn_by = row.text(8)?.to_owned();
    let withdrawn =
        if withdrawn_by.is_empty() { None } else { Some((withdrawn_by, row.moment(9)?)) };
    Ok(PolicyVersion {
        policy: row.text(0)?.to_owned(),
        version: row.text(1)?.to_owned(),
        body: row.text(2)?.to_owned(),
        sha256: row.text(3)?.to_owned(),
        effective_on: row.text(4)?.to_owned(),
        effective_at: row.moment(5)?,
        published_by: row.text(6)?.to_owned(),
        published_at: row.moment(7)?,
        withdrawn,
    })
}
