//! Write a message to the other side, or a note among staff. The words are kept beside the ledger, where they can be erased.

use super::desk::{Desk, refuse, too_many};
use crate::ledger::command::{Speaker, WriteMessage};
use crate::ledger::context::Actor;
use crate::ledger::event::Event;
use crate::ledger::limits::MESSAGES_PER_SIDE_MAX;
use crate::ledger::refusal::{Refusal, RefusalCode};

pub(super) fn write_message(desk: &mut Desk<'_>, command: &WriteMessage) -> Result<(), Refusal> {
    let WriteMessage { case: id, from, text, internal } = command;
    require_voice(desk, command)?;
    // Also to a closed case: a buyer who has a question has no other place to ask it.
    let case = desk.case(id)?;
    // Each side has its own room, so that one that writes without end does not silence the other.
    let written = match from {
        Speaker::Buyer => case.messages.from_buyer,
        Speaker::Staff => case.messages.from_staff,
    };
    if written >= MESSAGES_PER_SIDE_MAX {
        return Err(too_many("messages of one side in a case", MESSAGES_PER_SIDE_MAX));
    }
    desk.record(Event::MessageWritten {
        case: id.clone(),
        from: *from,
        text: text.clone(),
        internal: *internal,
        by: desk.actor(),
    });
    Ok(())
}

/// Nobody speaks in another's name, but for what is taken down of the buyer's words.
fn require_voice(desk: &Desk<'_>, command: &WriteMessage) -> Result<(), Refusal> {
    match (command.from, &desk.context.actor) {
        (Speaker::Buyer, _) if command.internal => {
            let message = "what the buyer says is not a note among staff";
            Err(refuse(RefusalCode::NotForBuyer, message))
        }
        (Speaker::Buyer, Actor::Buyer | Actor::System | Actor::Staff { .. }) => Ok(()),
        (Speaker::Buyer, _) => desk.staff().map(drop),
        (Speaker::Staff, Actor::Buyer) => {
            Err(refuse(RefusalCode::NotForBuyer, "a buyer does not speak for staff"))
        }
        (Speaker::Staff, _) => desk.staff_or_rule().map(drop),
    }
}
