//! What was said in a case, as the buyer reads it: notes among staff are not part of it.

use backhaul_core::ledger::command::Speaker;
use backhaul_core::ledger::{CaseId, Event, TextId};
use backhaul_store::{Error, ledger, orders, texts};
use jiff::Timestamp;

use crate::{App, DoorError};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaidAs {
    /// The report with which the case was opened.
    Report,
    /// A message.
    Message,
    /// The instructions of an authorisation.
    Instructions,
    /// Why a claim was declined.
    Decline,
    /// What will be deducted.
    Deduction,
    /// What the buyer says to a finding.
    Contest,
    /// The answer to that.
    ContestAnswer,
}

/// One thing that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who said it.
    pub from: Speaker,
    /// When.
    pub at: Timestamp,
    /// What it is.
    pub said_as: SaidAs,
    /// The words; nothing where they were erased.
    pub words: Option<String>,
}

impl App {
    /// What was said in a case, the oldest first.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn conversation(&self, number: &str, case: &CaseId) -> Result<Vec<Said>, DoorError> {
        let (number, case) = (number.to_owned(), case.clone());
        let read = self.store.read(move |tx| -> Result<Vec<Said>, DoorError> {
            let Some(order) = orders::find(tx, &number)? else { return Ok(Vec::new()) };
            let Some(history) = ledger::load(tx, &order)? else { return Ok(Vec::new()) };
            let mut said: Vec<Said> = Vec::new();
            let mut last: Option<TextId> = None;
            for recorded in &history.events {
                let Some((text, from, said_as)) = text_of(&recorded.event, &case) else { continue };
                // One text may stand in several events of one command, an event for each unit.
                if last.replace(text.clone()).as_ref() == Some(text) {
                    continue;
                }
                let words: Result<_, Error> = texts::get(tx, &order, text);
                said.push(Said { from, at: recorded.at, said_as, words: words? });
            }
            Ok(said)
        });
        read.await
    }
}

fn text_of<'e>(event: &'e Event, wanted: &CaseId) -> Option<(&'e TextId, Speaker, SaidAs)> {
    let (case, text, from, said_as) = match event {
        Event::CaseOpened { case, text: Some(text), .. } => {
            (case, text, Speaker::Buyer, SaidAs::Report)
        }
        Event::MessageWritten { case, from, text, internal: false, .. } => {
            (case, text, *from, SaidAs::Message)
        }
        Event::ClaimAuthorised { case, instructions, .. } => {
            (case, instructions, Speaker::Staff, SaidAs::Instructions)
        }
        Event::ClaimDeclined { case, text: Some(text), .. } => {
            (case, text, Speaker::Staff, SaidAs::Decline)
        }
        Event::DeductionTold { case, told, .. } => {
            (case, &told.text, Speaker::Staff, SaidAs::Deduction)
        }
        Event::FindingContested { case, text, .. } => (case, text, Speaker::Buyer, SaidAs::Contest),
        Event::ContestAnswered { case, text, .. } => {
            (case, text, Speaker::Staff, SaidAs::ContestAnswer)
        }
        _ => return None,
    };
    (case == wanted).then_some((text, from, said_as))
}
