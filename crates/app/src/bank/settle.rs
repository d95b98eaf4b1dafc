//! What the bank said of a transfer: paid, or not paid, or come back. A person of finance tells it, from the statement.
//!
//! The bank's word is an answer to the instruction like any provider's, and the events name the person. So the same word twice is no news,
//! and a transfer that comes back after it was paid is a late failure, as the ledger knows it.

use backhaul_core::ledger::command::{Answer, RecordAnswer};
use backhaul_core::ledger::{Event, Reference};
use backhaul_store::{bank_batch, orders};
use jiff::civil::Date;

use super::{BankError, TransferState, named};
use crate::{App, Right, Role, Who};

/// The most of the bank's words that are told at once.
pub const SETTLE_LINES_MAX: usize = 1_000;

/// What the bank said of one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankWord {
    /// What the bank reports it by.
    pub end_to_end_id: String,
    /// Whether it was paid; if not, it was refused or came back.
    pub is_paid: bool,
    /// The bank's own reference.
    pub reference: String,
    /// The day of the statement.
    pub on: Date,
}

/// A line of a table of the bank's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordLine {
    /// Its number, from 1.
    pub line: u64,
    /// What the bank said, or what is wrong with the line.
    pub word: Result<BankWord, String>,
}

/// What became of the bank's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booked {
    /// It was recorded.
    Recorded,
    /// It was recorded before; nothing changed.
    Unchanged,
    /// It says that a transfer was paid whose amount was issued again, or written off, when it had failed: a matter for finance.
    Contradicted,
}

impl Booked {
    /// The outcome as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recorded => "recorded",
            Self::Unchanged => "unchanged",
            Self::Contradicted => "contradicted",
        }
    }
}

impl App {
    /// Records what the bank said of a transfer, in the name of who asks.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn book_bank_transfer(&self, who: &Who, word: BankWord) -> Result<Booked, BankError> {
        named(who, Right::PayByBank)?;
        let reference = Reference::new(&word.reference).map_err(|_| BankError::Reference)?;
        let door = self.door();
        // The right was asked for here; the command is one of jobs, and the person stays its actor.
        let who = Who { roles: Role::System.into(), actor: who.actor.clone() };
        let book = self.store.write(move |tx| {
            let transfer = bank_batch::transfer(tx, &word.end_to_end_id)?;
            let transfer = transfer.ok_or(BankError::UnknownTransfer)?;
            orders::lock(tx, &transfer.order)?;
            let (order, id) = (&transfer.order, &transfer.instruction);
            let found = bank_batch::piece(tx, order, id)?.ok_or(BankError::UnknownTransfer)?;
            let said_before =
                found.transfer.map_or(String::new(), |transfer| transfer.bank_reference);
            let outcome = if word.is_paid { TransferState::Paid } else { TransferState::Returned };
            let is_known = found.refund.state == outcome.of_instruction();
            if is_known && !said_before.is_empty() && said_before != word.reference {
                return Err(BankError::ReferenceDiffers);
            }
            let answer = if word.is_paid { Answer::Settled } else { Answer::Failed };
            let reference = Some(reference.clone());
            let command = RecordAnswer { instruction: id.clone(), answer, reference };
            let done = door.carry_out(tx, &who, &found.number, &command.into())?;
            if done.events.is_empty() {
                return Ok(Booked::Unchanged);
            }
            let is_contradiction =
                |event: &Event| matches!(event, Event::InstructionContradicted { .. });
            if done.events.iter().any(is_contradiction) {
                return Ok(Booked::Contradicted);
            }
            let on = word.on.to_string();
            bank_batch::book(tx, &word.end_to_end_id, &word.reference, &on)?;
            Ok(Booked::Recorded)
        });
        book.await
    }
}

/// Reads the bank's words from a table with the columns `end_to_end_id`, `reference`, `date` and, where something was not paid,
/// `outcome` (`paid` or `returned`). Each line is read by itself; a fault is told with its line.
///
/// # Errors
/// [`BankError::Lines`] where it is no such table, or too long.
pub fn read_bank_words(table: &str) -> Result<Vec<WordLine>, BankError> {
    // Lines are counted by their last character, which the reader would leave to the next line where there are two.
    let table = table.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(table.as_bytes());
    let lines = |error: csv::Error| BankError::Lines(error.to_string());
    let header = reader.headers().map_err(lines)?.clone();
    let column = |name: &str| header.iter().position(|cell| cell == name);
    let needed = |name: &str| {
        column(name).ok_or_else(|| BankError::Lines(format!("the column `{name}` is missing")))
    };
    let (id, reference, date) = (needed("end_to_end_id")?, needed("reference")?, needed("date")?);
    let outcome = column("outcome");
    let mut words = Vec::new();
    for record in reader.records() {
        if words.len() >= SETTLE_LINES_MAX {
            return Err(BankError::Lines(format!("at most {SETTLE_LINES_MAX} lines at once")));
        }
        let record = record.map_err(lines)?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: usize| record.get(place).unwrap_or_default().to_owned();
        let on = cell(date).parse::<Date>();
        let is_paid = match outcome.map(&cell).as_deref() {
            None | Some("" | "paid") => Ok(true),
            Some("returned") => Ok(false),
            Some(_) => Err("`outcome` is `paid` or `returned`".to_owned()),
        };
        let word = match (on, is_paid) {
            (Ok(on), Ok(is_paid)) => {
                let (end_to_end_id, reference) = (cell(id), cell(reference));
                Ok(BankWord { end_to_end_id, is_paid, reference, on })
            }
            (Err(_), _) => Err("`date` is a day such as `2026-03-16`".to_owned()),
            (_, Err(fault)) => Err(fault),
        };
        words.push(WordLine { line, word });
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banks_words_are_read_line_by_line() {
        let table = "\u{feff}reference,end_to_end_id,date,outcome\r\nB-1,SO-1-aa,2026-03-16,\r\n\
                     B-2, SO-2-bb ,2026-03-17,returned\nB-3,SO-3-cc,17.3.2026,paid\nB-4,x,2026-03-16,lost\n";
        let read = read_bank_words(table).unwrap();
        let lines: Vec<_> = read.iter().map(|read| read.line).collect();
        assert_eq!(lines, [2, 3, 4, 5]);
        let words: Vec<_> = read.into_iter().map(|read| read.word).collect();
        let second = words[1].as_ref().unwrap();
        assert_eq!((second.end_to_end_id.as_str(), second.is_paid), ("SO-2-bb", false));
        assert!(words[0].as_ref().unwrap().is_paid);
        assert!(words[2].is_err() && words[3].is_err());
        for none in
            ["", "end_to_end_id,reference\n", "a,b,c\n1,2,3", "end_to_end_id,reference,date\n1,2"]
        {
            assert!(matches!(read_bank_words(none), Err(BankError::Lines(_))), "{none}");
        }
        let long = format!("end_to_end_id,reference,date\n{}", "a,b,2026-03-16\n".repeat(1_001));
        assert!(matches!(read_bank_words(&long), Err(BankError::Lines(_))));
    }
}
