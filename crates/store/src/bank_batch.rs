//! Files for the bank: which pieces of refunds are in which file, and what the bank said of them.
//!
//! A file is made of its rows whenever it is asked for. A piece is in at most one file, ever: the key of `bank_transfer` says so.

use backhaul_core::ledger::{InstructionId, RefundId};
use backhaul_core::money::{Currency, Money};
use jiff::Timestamp;

use crate::bank_account::BankAccount;
use crate::error::Error;
use crate::orders::OrderId;
use crate::refund_index::{self, After, RefundRow};
use crate::tx::{Row, Tx};
use crate::values;

/// A piece that goes by bank, with what is known of its transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToBank {
    /// The piece.
    pub refund: RefundRow,
    /// The number of its order.
    pub number: String,
    /// Who entered the account last; nothing where the account is missing.
    pub account_by: Option<String>,
    /// How often the account was entered; 0 where it is missing.
    pub account_version: i64,
    /// The file that it is in.
    pub transfer: Option<Listed>,
}

/// What a list shows of a transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The file.
    pub batch: String,
    /// What the bank reports it by.
    pub end_to_end_id: String,
    /// The bank's reference; empty while it has said nothing.
    pub bank_reference: String,
    /// The day of the bank's word, as YYYY-MM-DD; empty while it has said nothing.
    pub booked_on: String,
}

macro_rules! to_bank {
    ($rest:literal) => {
        concat!(
            "select r.order_id, r.refund_id, r.piece, r.case_id, r.payment, r.path, r.state,
               r.amount_minor, r.currency, r.due_at_us, r.updated_at_us, r.by_bank, o.number,
               a.entered_by, coalesce(a.version, 0), t.batch_id, t.end_to_end_id,
               t.bank_reference, t.booked_on
             from refund_index r
             join ledger_order o on o.order_id = r.order_id
             left join bank_account a on a.order_id = r.order_id
             left join bank_transfer t on t.order_id = r.order_id
               and t.refund_id = r.refund_id and t.piece = r.piece ",
            $rest
        )
    };
}

/// The pieces in a state that go by bank, the most urgent first, behind that row.
///
/// # Errors
/// [`Error`].
pub fn in_state(
    tx: &mut dyn Tx,
    state: &str,
    after: &After,
    limit: u32,
) -> Result<Vec<ToBank>, Error> {
    let After { due_at_us, order, refund, piece } = after;
    tx.all(
        to_bank!(
            "where r.by_bank = 1 and r.state = $1
               and (r.due_at_us, r.order_id, r.refund_id, r.piece) > ($2, $3, $4, $5)
             order by r.due_at_us, r.order_id, r.refund_id, r.piece limit $6"
        ),
        values![state, *due_at_us, order, refund, *piece, i64::from(limit)],
        read_to_bank,
    )
}

/// One piece, whether it goes by bank or not.
///
/// # Errors
/// [`Error`].
pub fn piece(
    tx: &mut dyn Tx,
    order: &OrderId,
    id: &InstructionId,
) -> Result<Option<ToBank>, Error> {
    tx.first(
        to_bank!("where r.order_id = $1 and r.refund_id = $2 and r.piece = $3"),
        values![order.as_str(), id.refund.as_str(), i64::from(id.number)],
        read_to_bank,
    )
}

/// Whether a transfer of the order is in a file, and the bank has said nothing of it yet.
///
/// # Errors
/// [`Error`].
pub fn is_on_its_way(tx: &mut dyn Tx, order: &OrderId) -> Result<bool, Error> {
    let found = tx.first(
        "select 1 from refund_index r join bank_transfer t on t.order_id = r.order_id
           and t.refund_id = r.refund_id and t.piece = r.piece
         where r.order_id = $1 and r.state = 'submitted' limit 1",
        values![order.as_str()],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Its id, which is the message's too.
    pub id: String,
    /// Its format.
    pub format: String,
    /// The day on which the bank is to pay, as YYYY-MM-DD.
    pub execute_on: String,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// The merchant's name; empty where the format names no account of the merchant's.
    pub debtor_name: String,
    /// The merchant's IBAN.
    pub debtor_iban: String,
    /// The BIC of the merchant's bank; empty where it is not known.
    pub debtor_bic: String,
    /// What was left out, as JSON.
    pub left_out: String,
    /// How many transfers are in it.
    pub transfers: i64,
}

/// Under which idempotency key a file was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeUnder {
    /// Whose key.
    pub caller: String,
    /// The key.
    pub key: String,
    /// SHA-256 of what was asked, as hex.
    pub request_hash: String,
}

/// A transfer in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferRow {
    /// The order.
    pub order: OrderId,
    /// The piece.
    pub instruction: InstructionId,
    /// Its place in the file, from 1.
    pub position: i64,
    /// What the bank reports it by.
    pub end_to_end_id: String,
    /// How much.
    pub amount: Money,
    /// What the buyer reads on the statement.
    pub remittance: String,
    /// Where it goes; empty once the buyer was erased.
    pub account: BankAccount,
    /// The bank's reference; empty while it has said nothing.
    pub bank_reference: String,
}

/// Keeps a file with its transfers. A piece that is in a file already is a broken rule of the database.
///
/// # Errors
/// [`Error`].
pub fn add(
    tx: &mut dyn Tx,
    batch: &BatchRow,
    under: &MadeUnder,
    transfers: &[TransferRow],
) -> Result<(), Error> {
    tx.exec(
        "insert into bank_batch
           (batch_id, format, execute_on, created_by, created_at_us, debtor_name, debtor_iban,
            debtor_bic, left_out, caller, idempotency_key, request_hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        values![
            &batch.id,
            &batch.format,
            &batch.execute_on,
            &batch.created_by,
            batch.created_at,
            &batch.debtor_name,
            &batch.debtor_iban,
            &batch.debtor_bic,
            &batch.left_out,
            &under.caller,
            &under.key,
            &under.request_hash,
        ],
    )?;
    for transfer in transfers {
        add_transfer(tx, &batch.id, transfer)?;
    }
    Ok(())
}

fn add_transfer(tx: &mut dyn Tx, batch: &str, row: &TransferRow) -> Result<(), Error> {
    let BankAccount { holder, iban, number, bic, country } = &row.account;
    tx.exec(
        "insert into bank_transfer
           (order_id, refund_id, piece, batch_id, position, end_to_end_id, amount_minor, currency,
            remittance, holder, iban, account_number, bic, country)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        values![
            row.order.as_str(),
            row.instruction.refund.as_str(),
            i64::from(row.instruction.number),
            batch,
            row.position,
            &row.end_to_end_id,
            row.amount.minor,
            row.amount.currency.code(),
            &row.remittance,
            holder,
            iban,
            number,
            bic,
            country,
        ],
    )?;
    Ok(())
}

macro_rules! batches {
    ($rest:literal) => {
        concat!(
            "select b.batch_id, b.format, b.execute_on, b.created_by, b.created_at_us,
               b.debtor_name, b.debtor_iban, b.debtor_bic, b.left_out,
               (select cast(count(*) as bigint) from bank_transfer t
                where t.batch_id = b.batch_id)
             from bank_batch b ",
            $rest
        )
    };
}

/// A file.
///
/// # Errors
/// [`Error`].
pub fn get(tx: &mut dyn Tx, id: &str) -> Result<Option<BatchRow>, Error> {
    tx.first(batches!("where b.batch_id = $1"), values![id], read_batch)
}

/// The file that was made under that key, and the hash of what was asked then.
///
/// # Errors
/// [`Error`].
pub fn made_under(
    tx: &mut dyn Tx,
    caller: &str,
    key: &str,
) -> Result<Option<(String, String)>, Error> {
    tx.first(
        "select batch_id, request_hash from bank_batch where caller = $1 and idempotency_key = $2",
        values![caller, key],
        |row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned())),
    )
}

/// Files, the newest first, from before that moment and id.
///
/// # Errors
/// [`Error`].
pub fn page(tx: &mut dyn Tx, before: (i64, &str), limit: u32) -> Result<Vec<BatchRow>, Error> {
    tx.all(
        batches!(
            "where (b.created_at_us, b.batch_id) < ($1, $2)
             order by b.created_at_us desc, b.batch_id desc limit $3"
        ),
        values![before.0, before.1, i64::from(limit)],
        read_batch,
    )
}

macro_rules! transfers {
    ($rest:literal) => {
        concat!(
            "select order_id, refund_id, piece, position, end_to_end_id, amount_minor, currency,
               remittance, holder, iban, account_number, bic, country, bank_reference
             from bank_transfer ",
            $rest
        )
    };
}

/// The transfers of a file, in their places.
///
/// # Errors
/// [`Error`].
pub fn transfers(tx: &mut dyn Tx, batch: &str) -> Result<Vec<TransferRow>, Error> {
    tx.all(transfers!("where batch_id = $1 order by position"), values![batch], read_transfer)
}

/// The transfer that the bank reports by that id.
///
/// # Errors
/// [`Error`].
pub fn transfer(tx: &mut dyn Tx, end_to_end_id: &str) -> Result<Option<TransferRow>, Error> {
    tx.first(transfers!("where end_to_end_id = $1"), values![end_to_end_id], read_transfer)
}

/// Writes the bank's word of a transfer.
///
/// # Errors
/// [`Error`].
pub fn book(
    tx: &mut dyn Tx,
    end_to_end_id: &str,
    bank_reference: &str,
    booked_on: &str,
) -> Result<(), Error> {
    tx.exec(
        "update bank_transfer set bank_reference = $1, booked_on = $2 where end_to_end_id = $3",
        values![bank_reference, booked_on, end_to_end_id],
    )?;
    Ok(())
}

fn read_to_bank(row: &dyn Row) -> Result<ToBank, Error> {
    let text = |column: usize| Ok::<_, Error>(row.text(column)?.to_owned());
    let transfer = if row.is_null(15)? {
        None
    } else {
        Some(Listed {
            batch: text(15)?,
            end_to_end_id: text(16)?,
            bank_reference: text(17)?,
            booked_on: text(18)?,
        })
    };
    Ok(ToBank {
        refund: refund_index::read(row)?,
        number: text(12)?,
        account_by: if row.is_null(13)? { None } else { Some(text(13)?) },
        account_version: row.int(14)?,
        transfer,
    })
}

fn read_batch(row: &dyn Row) -> Result<BatchRow, Error> {
    let text = |column: usize| Ok::<_, Error>(row.text(column)?.to_owned());
    Ok(BatchRow {
        id: text(0)?,
        format: text(1)?,
        execute_on: text(2)?,
        created_by: text(3)?,
        created_at: row.moment(4)?,
        debtor_name: text(5)?,
        debtor_iban: text(6)?,
        debtor_bic: text(7)?,
        left_out: text(8)?,
        transfers: row.int(9)?,
    })
}

fn read_transfer(row: &dyn Row) -> Result<TransferRow, Error> {
    let unreadable = |column, wanted| Error::Unreadable { column, wanted };
    let text = |column: usize| Ok::<_, Error>(row.text(column)?.to_owned());
    let refund = RefundId::new(row.text(1)?).map_err(|_| unreadable(1, "a refund's id"))?;
    let number = u16::try_from(row.int(2)?).map_err(|_| unreadable(2, "a piece's number"))?;
    let currency = Currency::parse(row.text(6)?).map_err(|_| unreadable(6, "a currency"))?;
    Ok(TransferRow {
        order: OrderId::new(row.text(0)?).ok_or_else(|| unreadable(0, "an order's id"))?,
        instruction: InstructionId { refund, number },
        position: row.int(3)?,
        end_to_end_id: text(4)?,
        amount: Money::new(row.int(5)?, currency),
        remittance: text(7)?,
        account: BankAccount {
            holder: text(8)?,
            iban: text(9)?,
            number: text(10)?,
            bic: text(11)?,
            country: text(12)?,
        },
        bank_reference: text(13)?,
    })
}
