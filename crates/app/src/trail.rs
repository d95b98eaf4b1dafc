//! What happened across all orders, the newest first, and who asked for it.

use std::fmt;

use backhaul_core::ledger::{Actor, EventKind, InstructionId, UnitId};
use backhaul_store::trail::{self, Behind, TrailRow, Wanted};
use backhaul_store::{Error, orders};
use jiff::Timestamp;
use serde_json::Value;

use crate::App;

/// What the written name of a member of staff begins with, so that nobody is taken for a job.
const STAFF: &str = "staff:";

/// Who asked for what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asker {
    /// A member of staff, or a machine by the name of its key.
    Staff(String),
    /// The buyer of the order.
    Buyer,
    /// A payment provider.
    Provider,
    /// A job of this system.
    System,
}

impl Asker {
    /// Who that is. A rule acts in a person's name.
    #[must_use]
    pub fn of(actor: &Actor) -> Self {
        match actor {
            Actor::Staff { id, .. } | Actor::Rule { staff: id, .. } => {
                Self::Staff(id.as_str().to_owned())
            }
            Actor::Buyer => Self::Buyer,
            Actor::Provider => Self::Provider,
            Actor::System => Self::System,
        }
    }

    /// Who is written so; nothing for what is no such name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "buyer" => Some(Self::Buyer),
            "provider" => Some(Self::Provider),
            "system" => Some(Self::System),
            text => text.strip_prefix(STAFF).map(|name| Self::Staff(name.to_owned())),
        }
    }
}

impl fmt::Display for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Staff(name) => write!(f, "{STAFF}{name}"),
            Self::Buyer => f.write_str("buyer"),
            Self::Provider => f.write_str("provider"),
            Self::System => f.write_str("system"),
        }
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// When.
    pub at: Timestamp,
    /// The number of the order.
    pub order: String,
    /// Its place in the order's ledger.
    pub seq: i64,
    /// Its kind; nothing where a later version of this program wrote it.
    pub kind: Option<EventKind>,
    /// The kind as it is stored.
    pub kind_word: String,
    /// Who asked for it; nothing where that was not kept.
    pub asker: Option<Asker>,
    /// The case that it is about, where it is about one.
    pub case: Option<String>,
    /// What else it is about: a unit, a refund, a parcel, a payment.
    pub subject: Option<String>,
    /// Behind which event the next page begins, should this be the last of a page.
    pub behind: Behind,
}

/// Which events are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailAsked {
    /// Of the order with that number alone.
    pub order: Option<String>,
    /// Of that one alone.
    pub asker: Option<Asker>,
    /// Those behind this one.
    pub behind: Behind,
}

impl App {
    /// A page of what happened, the newest first, at most so many; nothing of an order that there is not.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn trail(&self, asked: TrailAsked, limit: u32) -> Result<Vec<Happened>, Error> {
        let read = self.store.read(move |tx| {
            let TrailAsked { order, asker, behind } = &asked;
            let order = match order {
                Some(number) => match orders::find(tx, number)? {
                    None => return Ok(Vec::new()),
                    found => found,
                },
                None => None,
            };
            let asked_by = asker.as_ref().map(ToString::to_string);
            let wanted = Wanted { order, asked_by, behind: behind.clone() };
            trail::page(tx, &wanted, limit)
        });
        let rows: Vec<TrailRow> = read.await?;
        Ok(rows.into_iter().map(happened).collect())
    }

    /// How many orders there are.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn order_count(&self) -> Result<i64, Error> {
        self.store.read(trail::orders).await
    }
}

fn happened(row: TrailRow) -> Happened {
    let behind = Behind::row(&row);
    let body: Value = serde_json::from_str(&row.stored.body).unwrap_or_default();
    // A name that the event holds is under the chain of hashes, and goes before the one that stands beside it.
    let by = body.get("by").cloned().and_then(|by| serde_json::from_value::<Actor>(by).ok());
    let asker = by.as_ref().map(Asker::of).or_else(|| Asker::parse(&row.asked_by));
    let case = body.get("case").and_then(Value::as_str).map(str::to_owned);
    Happened {
        at: row.stored.at,
        order: row.number,
        seq: row.stored.seq,
        kind: EventKind::parse(&row.stored.kind),
        kind_word: row.stored.kind,
        asker,
        case,
        subject: subject(&body),
        behind,
    }
}

/// The first of these that the event names.
fn subject(body: &Value) -> Option<String> {
    let unit = body.get("unit").cloned();
    if let Some(unit) = unit.and_then(|unit| serde_json::from_value::<UnitId>(unit).ok()) {
        return Some(unit.to_string());
    }
    let instruction = body.get("instruction").cloned();
    if let Some(id) = instruction.and_then(|id| serde_json::from_value::<InstructionId>(id).ok()) {
        return Some(id.to_string());
    }
    let names = ["refund", "arrival", "parcel", "freight", "payment"];
    names.iter().find_map(|name| body.get(*name)?.as_str().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::Asker;

    #[test]
    fn a_person_with_the_name_of_a_job_is_still_a_person() {
        for asker in
            [Asker::Staff("system".to_owned()), Asker::Buyer, Asker::Provider, Asker::System]
        {
            assert_eq!(Asker::parse(&asker.to_string()), Some(asker));
        }
        assert_eq!(Asker::parse(""), None);
    }
}
