//! What was said in a case and in those that were merged into it. Notes among staff are not for the buyer to read.

use backhaul_core::ledger::command::Speaker;
use backhaul_core::ledger::{Actor, CaseId, Event, TextId, UnitId};
use backhaul_store::orders::Place;
use backhaul_store::{Tx, ledger, orders, texts};
use jiff::Timestamp;

use crate::door::folded;
use crate::{App, DoorError};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidAs {
    /// The report with which the case was opened.
    Report,
    /// A message.
    Message,
    /// A note among staff, which the buyer never sees.
    Note,
    /// The instructions of an authorisation.
    Instructions,
    /// Why a claim was declined.
    Decline,
    /// What will be deducted.
    Deduction,
    /// What the buyer says to a finding.
    Contest,
    /// The answer to that: the buyer was right, or was not.
    ContestAnswer {
        /// Whether the buyer was right.
        upheld: bool,
    },
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The number of its event in the order's ledger.
    pub seq: i64,
    /// In which case: this one, or one that was merged into it.
    pub case: CaseId,
    /// Who said it.
    pub from: Speaker,
    /// Who put it there, where that is on record.
    pub by: Option<Actor>,
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub said_as: SaidAs,
    /// The unit that it is about, where it is about one; of several the first.
    pub unit: Option<UnitId>,
    /// The id of the words.
    pub text: TextId,
    /// The words; nothing where they were erased.
    pub words: Option<String>,
}

impl App {
    /// What was said in a case as its buyer reads it, the oldest first.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn conversation(&self, number: &str, case: &CaseId) -> Result<Vec<Said>, DoorError> {
        let (number, case) = (number.to_owned(), case.clone());
        let read = self.store.read(move |tx| -> Result<Vec<Said>, DoorError> {
            let Some(place) = orders::place(tx, &number)? else { return Ok(Vec::new()) };
            let mut said = said_in(tx, &place, &case)?;
            said.retain(|said| said.said_as != SaidAs::Note);
            with_words(tx, &place, said)
        });
        read.await
    }

    /// What was said in a case with the notes of staff, the oldest first; nothing where there is no such case.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn conversation_of_staff(
        &self,
        case: &CaseId,
    ) -> Result<Option<Vec<Said>>, DoorError> {
        let case = case.clone();
        let read = self.store.read(move |tx| -> Result<_, DoorError> {
            let Some(place) = orders::place_of_case(tx, &case)? else { return Ok(None) };
            let said = said_in(tx, &place, &case)?;
            with_words(tx, &place, said).map(Some)
        });
        read.await
    }
}

/// What the events say in that case, or in one whose claims are there now; without the words.
fn said_in(tx: &mut dyn Tx, place: &Place, asked: &CaseId) -> Result<Vec<Said>, DoorError> {
    let Some(history) = ledger::load(tx, &place.id)? else { return Ok(Vec::new()) };
    let ledger = folded(&history);
    let is_of = |case: &CaseId| {
        case == asked || ledger.current_case(case).is_some_and(|(now, _)| now == asked)
    };
    let mut all: Vec<Said> = Vec::new();
    for recorded in &history.events {
        let Some(said) = said_by(&recorded.event).filter(|said| is_of(said.case)) else { continue };
        // One text may stand in several events of one command, an event for each unit.
        if all.last().is_some_and(|last| last.text == *said.text) {
            continue;
        }
        all.push(Said {
            seq: recorded.seq,
            case: said.case.clone(),
            from: said.from,
            by: said.by.cloned(),
            at: recorded.at,
            said_as: said.said_as,
            unit: said.unit.cloned(),
            text: said.text.clone(),
            words: None,
        });
    }
    Ok(all)
}

fn with_words(tx: &mut dyn Tx, place: &Place, said: Vec<Said>) -> Result<Vec<Said>, DoorError> {
    let with_words = |said: Said| {
        let words = texts::get(tx, &place.id, &said.text)?;
        Ok(Said { words, ..said })
    };
    said.into_iter().map(with_words).collect()
}

/// What an event says.
struct SaidBy<'e> {
    case: &'e CaseId,
    text: &'e TextId,
    from: Speaker,
    said_as: SaidAs,
    unit: Option<&'e UnitId>,
    by: Option<&'e Actor>,
}

fn said_by(event: &Event) -> Option<SaidBy<'_>> {
    let buyer = |case, text, said_as, unit, by| {
        Some(SaidBy { case, text, from: Speaker::Buyer, said_as, unit, by })
    };
    let staff = |case, text, said_as, unit, by| {
        Some(SaidBy { case, text, from: Speaker::Staff, said_as, unit, by })
    };
    match event {
        Event::CaseOpened { case, text: Some(text), .. } => {
            buyer(case, text, SaidAs::Report, None, None)
        }
        Event::MessageWritten { case, from, text, internal, by } => {
            let said_as = if *internal { SaidAs::Note } else { SaidAs::Message };
            Some(SaidBy { case, text, from: *from, said_as, unit: None, by: Some(by) })
        }
        Event::ClaimAuthorised { case, unit, instructions, by, .. } => {
            staff(case, instructions, SaidAs::Instructions, Some(unit), Some(by))
        }
        Event::ClaimDeclined { case, unit, text: Some(text), by, .. } => {
            staff(case, text, SaidAs::Decline, Some(unit), Some(by))
        }
        Event::DeductionTold { case, unit, told } => {
            staff(case, &told.text, SaidAs::Deduction, Some(unit), None)
        }
        Event::FindingContested { case, unit, text, by } => {
            buyer(case, text, SaidAs::Contest, Some(unit), Some(by))
        }
        Event::ContestAnswered { case, unit, upheld, text, by } => {
            let said_as = SaidAs::ContestAnswer { upheld: *upheld };
            staff(case, text, said_as, Some(unit), Some(by))
        }
        _ => None,
    }
}
