//! What was said in a case, in its order: the conversation of the buyer's page and of the representative's.

use backhaul_core::ledger::command::Speaker;
use backhaul_core::ledger::{Actor, CaseId, Event, Ledger, TextId, UnitId};
use backhaul_store::ledger::Recorded;
use backhaul_store::{OrderId, Tx, ledger, orders, texts};
use jiff::Timestamp;

use crate::door::folded;
use crate::{App, DoorError};

/// Something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The number of its event in the order's ledger.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// In which case: this one, or one that was merged into it.
    pub case: CaseId,
    /// Who speaks.
    pub from: Speaker,
    /// Who put it there.
    pub by: Actor,
    /// What it is.
    pub said: Said,
    /// The id of the words.
    pub text: TextId,
    /// The words; nothing once they are erased.
    pub words: Option<String>,
}

/// What a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// With what the buyer opened the case.
    Opening,
    /// A message to the other side.
    Message,
    /// A note that the buyer does not see.
    Note,
    /// The buyer contests what was found of a unit.
    Contest {
        /// The unit.
        unit: UnitId,
    },
    /// The answer to it.
    ContestAnswer {
        /// The unit.
        unit: UnitId,
        /// Whether the buyer was right.
        upheld: bool,
    },
}

impl App {
    /// What was said in a case and in those that were merged into it, the oldest first; nothing where there is no such case. Notes
    /// among staff only where `with_notes` says so: a buyer never sees them.
    ///
    /// # Errors
    /// [`DoorError`].
    pub async fn messages(
        &self,
        case: &CaseId,
        with_notes: bool,
    ) -> Result<Option<Vec<Message>>, DoorError> {
        let case = case.clone();
        let read = self.store.read(move |tx| -> Result<_, DoorError> {
            let Some(place) = orders::place_of_case(tx, &case)? else { return Ok(None) };
            let Some(history) = ledger::load(tx, &place.id)? else { return Ok(None) };
            let ledger = folded(&history);
            let mut messages = Vec::new();
            for recorded in &history.events {
                let Some(message) = message(recorded, &ledger, &case) else { continue };
                if with_notes || message.said != Said::Note {
                    messages.push(with_words(tx, &place.id, message)?);
                }
            }
            Ok(Some(messages))
        });
        read.await
    }
}

fn with_words(tx: &mut dyn Tx, order: &OrderId, message: Message) -> Result<Message, DoorError> {
    let words = texts::get(tx, order, &message.text)?;
    Ok(Message { words, ..message })
}

/// What an event says in that case, or in one whose claims are there now.
fn message(recorded: &Recorded, ledger: &Ledger, asked: &CaseId) -> Option<Message> {
    let (case, from, by, said, text) = match &recorded.event {
        Event::CaseOpened { case, text: Some(text), .. } => {
            (case, Speaker::Buyer, &Actor::Buyer, Said::Opening, text)
        }
        Event::MessageWritten { case, from, text, internal, by } => {
            (case, *from, by, if *internal { Said::Note } else { Said::Message }, text)
        }
        Event::FindingContested { case, unit, text, by } => {
            (case, Speaker::Buyer, by, Said::Contest { unit: unit.clone() }, text)
        }
        Event::ContestAnswered { case, unit, upheld, text, by } => {
            let said = Said::ContestAnswer { unit: unit.clone(), upheld: *upheld };
            (case, Speaker::Staff, by, said, text)
        }
        _ => return None,
    };
    let is_of = case == asked || ledger.current_case(case).is_some_and(|(now, _)| now == asked);
    is_of.then(|| Message {
        seq: recorded.seq,
        at: recorded.at,
        case: case.clone(),
        from,
        by: by.clone(),
        said,
        text: text.clone(),
        words: None,
    })
}
