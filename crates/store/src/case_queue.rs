//! The cases that wait: for whom, by urgency, and how many. Each list is a range of one index for each of the few whom a case can
//! wait for, so that it costs the same however many cases there are.

use backhaul_core::ledger::{Attention, StaffId};

use crate::buyers;
use crate::case_index::{self, Behind, CaseRow};
use crate::error::Error;
use crate::tx::{Row, Tx};
use crate::values;

/// Whose cases are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those that somebody looks after.
    Of(StaffId),
    /// Those that nobody looks after.
    Unassigned,
    /// All of them.
    All,
}

/// A case in the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueRow {
    /// The case.
    pub case: CaseRow,
    /// The language in which its buyer is written to, as a tag, where it is known.
    pub language: Option<String>,
}

/// Up to how many cases are counted; there may be more where so many are.
pub const COUNTED_MAX: u32 = 100;
/// The most orders of one buyer whose cases are looked for.
const ORDERS_OF_BUYER_MAX: i64 = 500;

/// How many cases wait for somebody, each counted up to [`COUNTED_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Whom they wait for.
    pub attention: Attention,
    /// How many wait.
    pub cases: u32,
    /// How many of them are overdue.
    pub overdue: u32,
}

/// The columns of a case, and a range of an index for one whom it waits for. Texts of statements are put together when this is
/// compiled: no value ever is.
macro_rules! one {
    ($whose:literal, $who:literal) => {
        concat!(
            "select * from (select case_id, order_id, state, policy_pin, opened_at_us, due_at_us,
               updated_at_us, is_over, assignee, next_step, causes, units, merged_into
             from case_index where is_over = 0 and ",
            $whose,
            " attention = ",
            $who,
            " and (due_at_us, opened_at_us, case_id) > ($1, $2, $3)
             order by due_at_us, opened_at_us, case_id limit $4) as cases"
        )
    };
}

macro_rules! with_language {
    ($($rows:expr),+) => {
        concat!(
            "select c.case_id, c.order_id, c.state, c.policy_pin, c.opened_at_us, c.due_at_us,
               c.updated_at_us, c.is_over, c.assignee, c.next_step, c.causes, c.units,
               c.merged_into, coalesce(b.language, '')
             from (", $($rows),+, ") as c left join buyer b on b.order_id = c.order_id
             order by c.due_at_us, c.opened_at_us, c.case_id limit $4"
        )
    };
}

macro_rules! of_everybody {
    ($whose:literal) => {
        with_language!(
            one!($whose, "'staff'"),
            " union all ",
            one!($whose, "'finance'"),
            " union all ",
            one!($whose, "'dock'"),
            " union all ",
            one!($whose, "'buyer'"),
            " union all ",
            one!($whose, "'nobody'")
        )
    };
}

/// The cases that wait, the overdue first and then by when they are due, behind that row; for all or for one whom they wait for.
///
/// # Errors
/// [`Error`].
pub fn page(
    tx: &mut dyn Tx,
    whose: &Whose,
    attention: Option<Attention>,
    behind: &Behind,
    limit: u32,
) -> Result<Vec<QueueRow>, Error> {
    let Behind { due_at_us, opened_at_us, case } = behind;
    let (due, opened, limit) = (*due_at_us, *opened_at_us, i64::from(limit));
    let assignee = match whose {
        Whose::All => None,
        Whose::Unassigned => Some(""),
        Whose::Of(staff) => Some(staff.as_str()),
    };
    match (assignee, attention) {
        (None, None) => tx.all(of_everybody!(""), values![due, opened, case, limit], read),
        (None, Some(who)) => tx.all(
            with_language!(one!("", "$5")),
            values![due, opened, case, limit, who.as_str()],
            read,
        ),
        (Some(assignee), None) => tx.all(
            of_everybody!("assignee = $5 and"),
            values![due, opened, case, limit, assignee],
            read,
        ),
        (Some(assignee), Some(who)) => tx.all(
            with_language!(one!("assignee = $5 and", "$6")),
            values![due, opened, case, limit, assignee, who.as_str()],
            read,
        ),
    }
}

fn read(row: &dyn Row) -> Result<QueueRow, Error> {
    let language = Some(row.text(13)?).filter(|tag| !tag.is_empty()).map(str::to_owned);
    Ok(QueueRow { case: case_index::read(row)?, language })
}

/// In the order of the index: without it PostgreSQL may look for the first hundred from the oldest row on.
macro_rules! count {
    ($whose:literal) => {
        concat!(
            "select cast((select count(*) from (select 1 from case_index
                 where is_over = 0 and ",
            $whose,
            " attention = $1 order by due_at_us limit $3) as waiting) as bigint),
               cast((select count(*) from (select 1 from case_index
                 where is_over = 0 and ",
            $whose,
            " attention = $1 and due_at_us < $2 order by due_at_us
                 limit $3) as overdue) as bigint)"
        )
    };
}

/// How many cases wait for whom, and how many of them were due before that moment; none is counted beyond [`COUNTED_MAX`].
///
/// # Errors
/// [`Error`].
pub fn counts(tx: &mut dyn Tx, whose: &Whose, now: jiff::Timestamp) -> Result<Vec<Waiting>, Error> {
    let most = i64::from(COUNTED_MAX);
    let mut counts = Vec::new();
    for attention in Attention::ALL.iter().copied() {
        let counted = |row: &dyn Row| {
            let counted = |column| {
                let unreadable = |_| Error::Unreadable { column, wanted: "a count" };
                u32::try_from(row.int(column)?).map_err(unreadable)
            };
            Ok(Waiting { attention, cases: counted(0)?, overdue: counted(1)? })
        };
        let who = attention.as_str();
        counts.extend(match whose {
            Whose::All => tx.first(count!(""), values![who, now, most], counted)?,
            Whose::Unassigned => {
                tx.first(count!("assignee = $4 and"), values![who, now, most, ""], counted)?
            }
            Whose::Of(staff) => tx.first(
                count!("assignee = $4 and"),
                values![who, now, most, staff.as_str()],
                counted,
            )?,
        });
    }
    Ok(counts)
}

/// The cases of everything that was bought with that e-mail address, the newest first.
///
/// # Errors
/// [`Error`].
pub fn of_buyer(tx: &mut dyn Tx, email: &buyers::Email, limit: u32) -> Result<Vec<CaseRow>, Error> {
    tx.all(
        "select c.case_id, c.order_id, c.state, c.policy_pin, c.opened_at_us, c.due_at_us,
           c.updated_at_us, c.is_over, c.assignee, c.next_step, c.causes, c.units, c.merged_into
         from (select order_id from buyer where email_key = $1 order by order_id limit $2) as b
           join case_index c on c.order_id = b.order_id
         order by c.opened_at_us desc, c.case_id desc limit $3",
        values![&email.key(), ORDERS_OF_BUYER_MAX, i64::from(limit)],
        case_index::read,
    )
}
