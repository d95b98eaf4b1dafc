//! What somebody wants done. A command carries no person's words, only the ids of erasable texts; who asks, and when, is in
//! the [`Context`](super::Context).

mod case;
mod goods;
mod handling;
mod money;

use serde::{Deserialize, Deserializer, Serialize};

pub use self::case::{
    AddEvidence, AmendClaim, Amendment, Authorise, CancelClaims, ClaimRequest, CloseCase,
    ConfirmFact, ConfirmedFact, Decline, Evidence, ExpireCase, OpenCase, Overrule, ReopenCase,
    TellDeduction, WaiveEvidence,
};
pub use self::goods::{
    AllocateReplacement, AnnounceParcel, CancelReplacement, DeliverReplacement, DisposeUnit,
    InspectUnit, Item, MatchArrival, ReceiveParcel, SendBackArrival, SendBackUnit, ShipReplacement,
};
pub use self::handling::{
    AnswerContest, AssignCase, ContestFinding, MergeCases, Speaker, SplitCase, WriteMessage,
};
pub use self::money::{
    Answer, ApproveRefund, CancelRefund, CloseChargeback, RecordAnswer, RecordChargeback,
    RecordFreight, RefundFreight, RefundUnit, ReissueRefund, ResendInstruction, ResolveInstruction,
    SettleFreight, SubmitInstruction, WithdrawInstruction, WriteOffRest,
};

macro_rules! commands {
    ($($(#[$meta:meta])* $name:ident = $text:literal,)+) => {
        /// A command, by what it wants done.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(tag = "type", rename_all = "snake_case")]
        pub enum Command { $($(#[$meta])* $name($name),)+ }

        impl Command {
            /// The name of every command, in the order of the list.
            pub const NAMES: &'static [&'static str] = &[$($text,)+];

            /// Reads the command of that name; nothing where no command has it.
            ///
            /// # Errors
            /// The reader's, where what is read is not such a command.
            pub fn read<'de, R: Deserializer<'de>>(
                name: &str,
                reader: R,
            ) -> Option<Result<Self, R::Error>> {
                match name {
                    $($text => Some($name::deserialize(reader).map(Self::$name)),)+
                    _ => None,
                }
            }

            /// The command's name, as it is written in JSON.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $text,)+ }
            }
        }

        $(impl From<$name> for Command {
            fn from(command: $name) -> Self {
                Self::$name(command)
            }
        })+
    };
}

commands! {
    /// Open a case.
    OpenCase = "open_case",
    /// Add evidence to claims.
    AddEvidence = "add_evidence",
    /// Waive an evidence slot.
    WaiveEvidence = "waive_evidence",
    /// Confirm a fact that staff were asked for.
    ConfirmFact = "confirm_fact",
    /// Change what is claimed.
    AmendClaim = "amend_claim",
    /// Decide against the engine.
    Overrule = "overrule",
    /// Let the goods come.
    Authorise = "authorise",
    /// Decline claims on a clause.
    Decline = "decline",
    /// Take claims back.
    CancelClaims = "cancel_claims",
    /// End the claims of which nothing arrived in time.
    ExpireCase = "expire_case",
    /// Close a finished case.
    CloseCase = "close_case",
    /// Take a case up again.
    ReopenCase = "reopen_case",
    /// Tell the buyer of a deduction.
    TellDeduction = "tell_deduction",
    /// Write a message in a case, or a note among staff.
    WriteMessage = "write_message",
    /// Say who looks after a case.
    AssignCase = "assign_case",
    /// Contest what an inspection came to.
    ContestFinding = "contest_finding",
    /// Answer a buyer who contests.
    AnswerContest = "answer_contest",
    /// Make two cases one.
    MergeCases = "merge_cases",
    /// Make a case of its own out of some units of a case.
    SplitCase = "split_case",
    /// Announce a parcel.
    AnnounceParcel = "announce_parcel",
    /// Book a parcel in.
    ReceiveParcel = "receive_parcel",
    /// Match a held arrival to a claim.
    MatchArrival = "match_arrival",
    /// Send a held arrival back.
    SendBackArrival = "send_back_arrival",
    /// Record an inspection.
    InspectUnit = "inspect_unit",
    /// Restock, scrap, mend or pass on a unit.
    DisposeUnit = "dispose_unit",
    /// Send a declined or mended unit back to the buyer.
    SendBackUnit = "send_back_unit",
    /// Set a replacement aside.
    AllocateReplacement = "allocate_replacement",
    /// Send a replacement.
    ShipReplacement = "ship_replacement",
    /// Record that a replacement arrived.
    DeliverReplacement = "deliver_replacement",
    /// Do not send a replacement after all.
    CancelReplacement = "cancel_replacement",
    /// Approve a refund.
    ApproveRefund = "approve_refund",
    /// Cancel a refund of which nothing has left.
    CancelRefund = "cancel_refund",
    /// Issue a failed piece or an uncovered rest again.
    ReissueRefund = "reissue_refund",
    /// Let go what cannot be issued.
    WriteOffRest = "write_off_rest",
    /// Store the key of an instruction, before the first call.
    SubmitInstruction = "submit_instruction",
    /// Make the same call again.
    ResendInstruction = "resend_instruction",
    /// Record what the provider answered.
    RecordAnswer = "record_answer",
    /// Say in a person's name how an instruction ended.
    ResolveInstruction = "resolve_instruction",
    /// Take back an instruction that has not left.
    WithdrawInstruction = "withdraw_instruction",
    /// Record that a payment was charged back.
    RecordChargeback = "record_chargeback",
    /// Record how a chargeback ended.
    CloseChargeback = "close_chargeback",
    /// Record freight that somebody laid out.
    RecordFreight = "record_freight",
    /// Let freight that is owed to the buyer ride on the payments.
    RefundFreight = "refund_freight",
    /// Settle a debt for freight.
    SettleFreight = "settle_freight",
}
