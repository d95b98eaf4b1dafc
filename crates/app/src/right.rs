//! Who may ask for what: one table, asked at one place. What is not in it is denied.
//!
//! The core asks further: for a named person, for a person of finance, for the reason of an exception. This table is about
//! roles alone.

use backhaul_core::ledger::Command;

/// What somebody is to the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The buyer of the order, signed in by its link.
    Buyer,
    /// A representative, who guides returns.
    Representative,
    /// The dock, where parcels arrive and are inspected.
    Dock,
    /// Finance, who pays back.
    Finance,
    /// The owner, who sets the policy and may do everything that staff may.
    Owner,
    /// A job of this system, acting on what was decided before.
    System,
}

impl Role {
    /// Every role.
    pub const ALL: &'static [Self] =
        &[Self::Buyer, Self::Representative, Self::Dock, Self::Finance, Self::Owner, Self::System];

    /// Whether the role may ask for the command.
    #[must_use]
    pub fn may(self, command: &Command) -> bool {
        let allowed: &[Self] = match command {
            Command::OpenCase(_)
            | Command::AddEvidence(_)
            | Command::AmendClaim(_)
            | Command::AnnounceParcel(_)
            | Command::CancelClaims(_) => {
                &[Self::Buyer, Self::Representative, Self::Owner, Self::System]
            }
            Command::WaiveEvidence(_)
            | Command::ConfirmFact(_)
            | Command::Overrule(_)
            | Command::Authorise(_)
            | Command::Decline(_)
            | Command::CloseCase(_)
            | Command::ReopenCase(_)
            | Command::TellDeduction(_)
            | Command::AllocateReplacement(_)
            | Command::CancelReplacement(_) => &[Self::Representative, Self::Owner],
            Command::ReceiveParcel(_)
            | Command::MatchArrival(_)
            | Command::SendBackArrival(_)
            | Command::InspectUnit(_)
            | Command::DisposeUnit(_)
            | Command::SendBackUnit(_)
            | Command::ShipReplacement(_) => &[Self::Dock, Self::Owner],
            Command::DeliverReplacement(_) => {
                &[Self::Representative, Self::Dock, Self::Owner, Self::System]
            }
            Command::RecordFreight(_) => {
                &[Self::Representative, Self::Dock, Self::Finance, Self::Owner]
            }
            Command::ApproveRefund(_)
            | Command::CancelRefund(_)
            | Command::ReissueRefund(_)
            | Command::WriteOffRest(_)
            | Command::ResolveInstruction(_)
            | Command::WithdrawInstruction(_)
            | Command::RefundFreight(_)
            | Command::SettleFreight(_) => &[Self::Finance, Self::Owner],
            Command::RecordChargeback(_) | Command::CloseChargeback(_) => {
                &[Self::Finance, Self::Owner, Self::System]
            }
            Command::ExpireCase(_)
            | Command::SubmitInstruction(_)
            | Command::ResendInstruction(_)
            | Command::RecordAnswer(_) => &[Self::System],
        };
        allowed.contains(&self)
    }
}
