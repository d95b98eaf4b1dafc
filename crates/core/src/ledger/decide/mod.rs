//! May this be done? One file for each command, or for a few that belong together; what they share is at the desk.

mod amend_claim;
mod announce_parcel;
mod approve_refund;
mod arrivals;
mod assign_case;
mod authorise;
mod chargeback;
mod close_case;
mod contest_finding;
mod desk;
mod dispose_unit;
mod evidence;
mod four_eyes;
mod freight;
mod inspect_unit;
mod instructions;
mod merge_cases;
mod open_case;
mod overrule;
mod receive_parcel;
mod reissue_refund;
mod replacement;
mod send_back_unit;
mod split_case;
mod withdraw_claims;
mod write_message;

use self::desk::Desk;
use super::command::Command;
use super::context::Context;
use super::event::Event;
use super::refusal::Refusal;
use super::state::Ledger;

/// Decides what is recorded for a command: every event, or nothing and the reason. Pure: the same ledger, command and
/// context give the same answer. No event at all means that the command tells nothing new.
///
/// # Errors
/// [`Refusal`] where the rules say no.
pub fn decide(
    ledger: &Ledger,
    command: &Command,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let mut desk = Desk::new(ledger, context);
    match command {
        Command::OpenCase(command) => open_case::open_case(&mut desk, command),
        Command::AddEvidence(command) => evidence::add(&mut desk, command),
        Command::WaiveEvidence(command) => evidence::waive(&mut desk, command),
        Command::ConfirmFact(command) => evidence::confirm(&mut desk, command),
        Command::AmendClaim(command) => amend_claim::amend_claim(&mut desk, command),
        Command::Overrule(command) => overrule::overrule(&mut desk, command),
        Command::Authorise(command) => authorise::authorise(&mut desk, command),
        Command::Decline(command) => authorise::decline(&mut desk, command),
        Command::CancelClaims(command) => withdraw_claims::cancel(&mut desk, command),
        Command::ExpireCase(command) => withdraw_claims::expire(&mut desk, command),
        Command::CloseCase(command) => close_case::close(&mut desk, command),
        Command::ReopenCase(command) => close_case::reopen(&mut desk, command),
        Command::TellDeduction(command) => approve_refund::tell_deduction(&mut desk, command),
        Command::WriteMessage(command) => write_message::write_message(&mut desk, command),
        Command::AssignCase(command) => assign_case::assign_case(&mut desk, command),
        Command::ContestFinding(command) => contest_finding::contest(&mut desk, command),
        Command::AnswerContest(command) => contest_finding::answer(&mut desk, command),
        Command::MergeCases(command) => merge_cases::merge_cases(&mut desk, command),
        Command::SplitCase(command) => split_case::split_case(&mut desk, command),
        Command::AnnounceParcel(command) => announce_parcel::announce_parcel(&mut desk, command),
        Command::ReceiveParcel(command) => receive_parcel::receive_parcel(&mut desk, command),
        Command::MatchArrival(command) => arrivals::match_to_claim(&mut desk, command),
        Command::SendBackArrival(command) => arrivals::send_back(&mut desk, command),
        Command::InspectUnit(command) => inspect_unit::inspect_unit(&mut desk, command),
        Command::DisposeUnit(command) => dispose_unit::dispose_unit(&mut desk, command),
        Command::SendBackUnit(command) => send_back_unit::send_back_unit(&mut desk, command),
        Command::AllocateReplacement(command) => replacement::allocate(&mut desk, command),
        Command::ShipReplacement(command) => replacement::ship(&mut desk, command),
        Command::DeliverReplacement(command) => replacement::deliver(&mut desk, command),
        Command::CancelReplacement(command) => replacement::cancel(&mut desk, command),
        Command::ApproveRefund(command) => approve_refund::approve(&mut desk, command),
        Command::CancelRefund(command) => reissue_refund::cancel(&mut desk, command),
        Command::ReissueRefund(command) => reissue_refund::reissue(&mut desk, command),
        Command::WriteOffRest(command) => reissue_refund::write_off(&mut desk, command),
        Command::SubmitInstruction(command) => instructions::submit(&mut desk, command),
        Command::ResendInstruction(command) => instructions::resend(&mut desk, command),
        Command::RecordAnswer(command) => instructions::record_answer(&mut desk, command),
        Command::ResolveInstruction(command) => instructions::resolve(&mut desk, command),
        Command::WithdrawInstruction(command) => instructions::withdraw(&mut desk, command),
        Command::RecordChargeback(command) => chargeback::record(&mut desk, command),
        Command::CloseChargeback(command) => chargeback::close(&mut desk, command),
        Command::RecordFreight(command) => freight::record(&mut desk, command),
        Command::RefundFreight(command) => freight::refund(&mut desk, command),
        Command::SettleFreight(command) => freight::settle(&mut desk, command),
    }?;
    Ok(desk.into_events())
}
