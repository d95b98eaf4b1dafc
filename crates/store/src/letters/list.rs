//! The letters that there are, the newest first.

use jiff::Timestamp;

use super::{Letter, LetterState, NEVER_US};
use crate::buyers::Email;
use crate::error::Error;
use crate::orders::OrderId;
use crate::tx::{Row, Tx};
use crate::values;

/// The most letters of one page.
pub const PAGE_MAX: u32 = 200;

/// Which letters are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Those about that order alone.
    pub order: Option<OrderId>,
    /// Those behind this one: the time and the id of the last one that was seen.
    pub before: Option<(Timestamp, String)>,
}

/// The columns in the order in which [`read`] takes them.
macro_rules! select {
    ($($rest:literal),+) => {
        concat!(
            "select letter_id, order_id, to_address, language, kind, body, is_secret, state,
               created_at_us, expires_at_us, attempts, last_fault, next_try_at_us, ended_at_us
             from letter where ",
            $($rest),+
        )
    };
}

/// One letter.
///
/// # Errors
/// [`Error`].
pub fn letter(tx: &mut dyn Tx, id: &str) -> Result<Option<Letter>, Error> {
    tx.first(select!("letter_id = $1"), values![id], read)
}

/// A page of letters, the newest first: at most so many, and at most [`PAGE_MAX`].
///
/// # Errors
/// [`Error`].
pub fn list(tx: &mut dyn Tx, wanted: &Wanted, limit: u32) -> Result<Vec<Letter>, Error> {
    macro_rules! page {
        ($condition:literal) => {
            select!(
                $condition,
                "(created_at_us, letter_id) < ($1, $2)
                 order by created_at_us desc, letter_id desc limit $3"
            )
        };
    }
    let (before_us, before) = wanted
        .before
        .as_ref()
        .map_or((NEVER_US, ""), |(at, id)| (at.as_microsecond(), id.as_str()));
    let limit = i64::from(limit.min(PAGE_MAX));
    match &wanted.order {
        None => tx.all(page!(""), values![before_us, before, limit], read),
        Some(order) => tx.all(
            page!("order_id = $4 and "),
            values![before_us, before, limit, order.as_str()],
            read,
        ),
    }
}

fn read(row: &dyn Row) -> Result<Letter, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let moment = |column| -> Result<Option<Timestamp>, Error> {
        if row.int(column)? == NEVER_US { Ok(None) } else { row.moment(column).map(Some) }
    };
    let known = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let order = known(row.text(1)?)
        .map(|id| OrderId::new(&id).ok_or_else(|| unreadable(1, "an order's id")));
    let to = known(row.text(2)?)
        .map(|to| Email::new(&to).map_err(|_| unreadable(2, "an e-mail address")));
    Ok(Letter {
        id: row.text(0)?.to_owned(),
        order: order.transpose()?,
        to: to.transpose()?,
        language: known(row.text(3)?),
        kind: row.text(4)?.to_owned(),
        body: row.text(5)?.to_owned(),
        is_secret: row.int(6)? == 1,
        state: LetterState::parse(row.text(7)?).ok_or_else(|| unreadable(7, "a state"))?,
        created_at: row.moment(8)?,
        expires_at: row.moment(9)?,
        attempts: u32::try_from(row.int(10)?).map_err(|_| unreadable(10, "a number of tries"))?,
        last_fault: known(row.text(11)?),
        next_try_at: moment(12)?,
        ended_at: moment(13)?,
    })
}
