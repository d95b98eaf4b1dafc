//! Why the ledger says no: a code of a closed list, a sentence for a person, and the clause where a clause is why.

use std::fmt;

use crate::decision::ClauseId;
use crate::money::MoneyError;
use crate::words::closed_list;

closed_list! {
    /// What was refused for which kind of reason.
    RefusalCode {
        /// The order has no such line, unit or component.
        UnitUnknown = "unit_unknown",
        /// The unit was replaced; the buyer has a later one in its place.
        UnitReplaced = "unit_replaced",
        /// The unit, a component of it, or what it is a component of is in a live claim.
        UnitClaimed = "unit_claimed",
        /// The unit, or part of it, has had its remedy.
        UnitSpent = "unit_spent",
        /// The units of one request are of different lines.
        UnitsOfOneLine = "units_of_one_line",
        /// No unit is named.
        NoUnit = "no_unit",
        /// A unit, or a component of it, is named twice in one command.
        UnitNamedTwice = "unit_named_twice",
        /// There is no such case.
        CaseUnknown = "case_unknown",
        /// The case number is taken.
        CaseExists = "case_exists",
        /// The case is closed.
        CaseClosed = "case_closed",
        /// The case was merged into another.
        CaseMerged = "case_merged",
        /// A refund or a replacement names the case.
        CaseNamed = "case_named",
        /// Both cases are the same.
        SameCase = "same_case",
        /// Nothing would be left in the case.
        NothingLeft = "nothing_left",
        /// Other units of the case are in the same parcel.
        ParcelShared = "parcel_shared",
        /// The freight is of other units too, or in a refund.
        FreightShared = "freight_shared",
        /// The buyer contests what was found.
        FindingContested = "finding_contested",
        /// The inspection took nothing from the claim.
        NothingToContest = "nothing_to_contest",
        /// No finding is contested.
        NothingContested = "nothing_contested",
        /// A person declined the claim; another decision is one against the engine.
        DeclinedByPerson = "declined_by_person",
        /// The case is not finished.
        CaseNotFinished = "case_not_finished",
        /// Nothing of the case can be taken up again.
        NothingToReopen = "nothing_to_reopen",
        /// The case does not claim that unit.
        ClaimUnknown = "claim_unknown",
        /// The claim is declined, cancelled, expired or over.
        ClaimNotLive = "claim_not_live",
        /// The claim was judged by another policy version, and keeps to it.
        OtherPolicyVersion = "other_policy_version",
        /// The report lies in the future, or before the order.
        ReportedAt = "reported_at",
        /// The date lies in the future, or before the order.
        SignedAt = "signed_at",
        /// The date is past.
        DatePast = "date_past",
        /// It is too early: the date has not come.
        TooEarly = "too_early",
        /// This needs a named member of staff.
        StaffOnly = "staff_only",
        /// This needs a named member of staff of finance.
        FinanceOnly = "finance_only",
        /// Another person of finance must approve it.
        SecondPersonNeeded = "second_person_needed",
        /// This is not the buyer's to do.
        NotForBuyer = "not_for_buyer",
        /// The change is not possible now.
        NotAmendable = "not_amendable",
        /// The line has no such component.
        ComponentUnknown = "component_unknown",
        /// The claim is not accepted.
        NotAccepted = "not_accepted",
        /// The claim is accepted already.
        AlreadyAccepted = "already_accepted",
        /// The claim is authorised already.
        AlreadyAuthorised = "already_authorised",
        /// The claim is not authorised.
        NotAuthorised = "not_authorised",
        /// The unit never reached the buyer; nothing comes back.
        NothingComesBack = "nothing_comes_back",
        /// The goods are here already.
        AlreadyReceived = "already_received",
        /// The goods are not here.
        NotReceived = "not_received",
        /// The goods must come first.
        GoodsFirst = "goods_first",
        /// The parcel's name is taken.
        ParcelExists = "parcel_exists",
        /// The parcel is empty.
        ParcelEmpty = "parcel_empty",
        /// One serial is scanned twice.
        SerialTwice = "serial_twice",
        /// The goods have serials: scan them.
        SerialNeeded = "serial_needed",
        /// The serial is known in this order already.
        SerialTaken = "serial_taken",
        /// The serial is not that of the unit.
        SerialDiffers = "serial_differs",
        /// There is no such arrival.
        ArrivalUnknown = "arrival_unknown",
        /// The arrival is dealt with.
        ArrivalDone = "arrival_done",
        /// The unit is inspected already.
        AlreadyInspected = "already_inspected",
        /// The unit must be inspected first.
        NotInspected = "not_inspected",
        /// The claim asks for another remedy, or the decision does not offer this one.
        OtherRemedy = "other_remedy",
        /// The unit has its remedy already.
        RemedyTaken = "remedy_taken",
        /// The component is not among those to be replaced.
        SoundComponent = "sound_component",
        /// There is no replacement under way.
        NoReplacement = "no_replacement",
        /// The replacement is at another step.
        ReplacementStep = "replacement_step",
        /// The unit has been disposed of.
        AlreadyDisposed = "already_disposed",
        /// Rejected goods go back, or are scrapped with a reason.
        RejectedGoods = "rejected_goods",
        /// The goods are not to be sent back.
        NotToSendBack = "not_to_send_back",
        /// The amount is not above 0.
        AmountNotPositive = "amount_not_positive",
        /// The amount is in another currency than the order.
        OtherCurrency = "other_currency",
        /// The amount is too large.
        AmountTooLarge = "amount_too_large",
        /// The buyer was not told of that deduction.
        DeductionNotTold = "deduction_not_told",
        /// The decision does not rest on that clause.
        ClauseNotInDecision = "clause_not_in_decision",
        /// The policy has no such clause.
        ClauseUnknown = "clause_unknown",
        /// Nothing is to be refunded.
        NothingToRefund = "nothing_to_refund",
        /// There is no such refund.
        RefundUnknown = "refund_unknown",
        /// The refund's name is taken.
        RefundExists = "refund_exists",
        /// The refund is cancelled.
        RefundCancelled = "refund_cancelled",
        /// There is no such instruction.
        InstructionUnknown = "instruction_unknown",
        /// The instruction was submitted before.
        AlreadySubmitted = "already_submitted",
        /// The instruction was never submitted.
        NotSubmitted = "not_submitted",
        /// What may have left cannot be taken back.
        AlreadySent = "already_sent",
        /// The outcome of the instruction is known.
        OutcomeKnown = "outcome_known",
        /// The outcome of the instruction is unclear.
        OutcomeUnclear = "outcome_unclear",
        /// The key or the request differs from the first time.
        KeyChanged = "key_changed",
        /// The key belongs to another instruction.
        KeyTaken = "key_taken",
        /// The piece was issued again, or written off, before.
        AlreadyReissued = "already_reissued",
        /// No payment has room.
        NoRoom = "no_room",
        /// The order has no such payment.
        PaymentUnknown = "payment_unknown",
        /// The payment was charged back.
        ChargedBack = "charged_back",
        /// There is no open chargeback.
        NoChargeback = "no_chargeback",
        /// There is no such freight.
        FreightUnknown = "freight_unknown",
        /// The freight's name is taken.
        FreightExists = "freight_exists",
        /// That much is not owed.
        NotOwed = "not_owed",
        /// Money is still owed for freight.
        FreightOwed = "freight_owed",
        /// The refund of goods comes before that of freight.
        GoodsRefundFirst = "goods_refund_first",
        /// A named limit is reached.
        LimitReached = "limit_reached",
    }
}

/// The rules say no. Nothing was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The kind of reason.
    pub code: RefusalCode,
    /// One sentence for a person, in lower case.
    pub message: String,
    /// The clauses of the policy that are why, where some are.
    pub clauses: Vec<ClauseId>,
}

impl Refusal {
    pub(super) fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), clauses: Vec::new() }
    }

    pub(super) fn citing(mut self, clause: Option<ClauseId>) -> Self {
        self.clauses.extend(clause);
        self
    }

    pub(super) fn citing_all(mut self, clauses: &[ClauseId]) -> Self {
        self.clauses.extend_from_slice(clauses);
        self
    }
}

impl From<MoneyError> for Refusal {
    fn from(error: MoneyError) -> Self {
        let code = match error {
            MoneyError::CurrencyMismatch => RefusalCode::OtherCurrency,
            _ => RefusalCode::AmountTooLarge,
        };
        Self::new(code, error.to_string())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}
