//! The field's closed lists of words, as each language says them: one name for each, on screens, in mails and on papers.

use std::borrow::Cow;

use backhaul_core::ledger::{
    Attention, CaseState, Disposal, EventKind, Goods, HeldReason, Leg, NextStep, Path, RefusalCode,
    ReplacementStep,
};
use backhaul_core::words::{Cause, Condition, Finding, Payer, Remedy, Verdict, Voucher};

use crate::{Speaks, words};

macro_rules! terms {
    ($($(#[doc = $doc:literal])* $name:ident($list:ident) { $($word:ident = $message:ident,)+ })+) => { $(
        $(#[doc = $doc])*
        #[must_use]
        pub fn $name(language: impl Speaks, word: $list) -> Cow<'static, str> {
            match word { $($list::$word => words::$message(language),)+ }
        }
    )+ };
}

terms! {
    /// Where a case stands.
    state(CaseState) {
        AwaitingEvidence = state_awaiting_evidence,
        UnderReview = state_under_review,
        Requested = state_requested,
        Authorised = state_authorised,
        InTransit = state_in_transit,
        Received = state_received,
        Inspected = state_inspected,
        Resolved = state_resolved,
        Declined = state_declined,
        Expired = state_expired,
        Cancelled = state_cancelled,
        Closed = state_closed,
        Merged = state_merged,
    }
    /// Whom a case waits for.
    attention(Attention) {
        Staff = attention_staff,
        Finance = attention_finance,
        Dock = attention_dock,
        Buyer = attention_buyer,
        Nobody = attention_nobody,
    }
    /// What is to be done next.
    next_step(NextStep) {
        AnswerContest = next_step_answer_contest,
        AnswerMessage = next_step_answer_message,
        AnswerQuestion = next_step_answer_question,
        Authorise = next_step_authorise,
        GiveCredit = next_step_give_credit,
        AllocateReplacement = next_step_allocate_replacement,
        ApproveRefund = next_step_approve_refund,
        ResolveRefund = next_step_resolve_refund,
        InspectUnit = next_step_inspect_unit,
        ShipReplacement = next_step_ship_replacement,
        RepairUnit = next_step_repair_unit,
        SendBackUnit = next_step_send_back_unit,
        ReceiveParcel = next_step_receive_parcel,
        AddEvidence = next_step_add_evidence,
        SendGoods = next_step_send_goods,
        AwaitRefund = next_step_await_refund,
        AwaitReplacement = next_step_await_replacement,
        Nothing = next_step_nothing,
    }
    /// Why a unit comes back.
    cause(Cause) {
        Quality = cause_quality,
        Compatibility = cause_compatibility,
        Damaged = cause_damaged,
        Mismatch = cause_mismatch,
        Missing = cause_missing,
        OwnReasons = cause_own_reasons,
    }
    /// What the buyer gets.
    remedy(Remedy) {
        Refund = remedy_refund,
        Replacement = remedy_replacement,
        Repair = remedy_repair,
        Credit = remedy_credit,
    }
    /// How far a unit was used.
    condition(Condition) {
        Unused = condition_unused,
        Tried = condition_tried,
        Used = condition_used,
    }
    /// What a decision comes to.
    verdict(Verdict) {
        Accepted = verdict_accepted,
        Declined = verdict_declined,
        Needs = verdict_needs,
        Review = verdict_review,
    }
    /// Who pays.
    payer(Payer) {
        Merchant = payer_merchant,
        Buyer = payer_buyer,
        Shared = payer_shared,
    }
    /// The proof of purchase.
    voucher(Voucher) {
        OnFile = voucher_on_file,
        Presented = voucher_presented,
        Absent = voucher_absent,
        Forged = voucher_forged,
    }
    /// What an inspection found.
    finding(Finding) {
        UnauthorisedRepair = finding_unauthorised_repair,
        Alteration = finding_alteration,
        Collision = finding_collision,
        Misuse = finding_misuse,
        Abuse = finding_abuse,
        Liquid = finding_liquid,
        ImproperInstallation = finding_improper_installation,
        InstructionsNotFollowed = finding_instructions_not_followed,
        LabelTorn = finding_label_torn,
        LabelAltered = finding_label_altered,
        SerialAltered = finding_serial_altered,
        SerialMismatch = finding_serial_mismatch,
        WaterproofMark = finding_waterproof_mark,
        OrientationMark = finding_orientation_mark,
        PackagingMissing = finding_packaging_missing,
        AccessoryMissing = finding_accessory_missing,
        GiftMissing = finding_gift_missing,
        ManualMissing = finding_manual_missing,
        AppearanceDamaged = finding_appearance_damaged,
    }
    /// Where a unit is.
    goods(Goods) {
        WithBuyer = goods_with_buyer,
        OnItsWay = goods_on_its_way,
        Received = goods_received,
        Inspected = goods_inspected,
        Restocked = goods_restocked,
        Scrapped = goods_scrapped,
        Repaired = goods_repaired,
        ToSupplier = goods_to_supplier,
        SentBack = goods_sent_back,
    }
    /// What is done with a unit.
    disposal(Disposal) {
        Restock = disposal_restock,
        Scrap = disposal_scrap,
        Repair = disposal_repair,
        Supplier = disposal_supplier,
    }
    /// How far a replacement has come.
    replacement_step(ReplacementStep) {
        Allocated = replacement_step_allocated,
        Shipped = replacement_step_shipped,
        Delivered = replacement_step_delivered,
        Cancelled = replacement_step_cancelled,
    }
    /// Why an arrival is held.
    held_reason(HeldReason) {
        UnknownSerial = held_reason_unknown_serial,
        AlreadyReturned = held_reason_already_returned,
        NotAuthorised = held_reason_not_authorised,
        OverDelivery = held_reason_over_delivery,
        Unidentified = held_reason_unidentified,
    }
    /// The way of money.
    path(Path) {
        Original = path_original,
        Bank = path_bank,
    }
    /// A way of goods.
    leg(Leg) {
        Return = leg_return,
        Replacement = leg_replacement,
        SendBack = leg_send_back,
    }
    /// What happened.
    event(EventKind) {
        CaseOpened = happened_case_opened,
        ClaimDecided = happened_claim_decided,
        ClaimNarrowed = happened_claim_narrowed,
        EvidenceAdded = happened_evidence_added,
        EvidenceWaived = happened_evidence_waived,
        DecisionOverruled = happened_decision_overruled,
        ClaimDeclined = happened_claim_declined,
        ClaimAuthorised = happened_claim_authorised,
        DeductionTold = happened_deduction_told,
        ClaimCancelled = happened_claim_cancelled,
        ClaimExpired = happened_claim_expired,
        CaseClosed = happened_case_closed,
        ClaimReopened = happened_claim_reopened,
        MessageWritten = happened_message_written,
        CaseAssigned = happened_case_assigned,
        FindingContested = happened_finding_contested,
        ContestAnswered = happened_contest_answered,
        CasesMerged = happened_cases_merged,
        CaseSplit = happened_case_split,
        ParcelAnnounced = happened_parcel_announced,
        ParcelReceived = happened_parcel_received,
        UnitReceived = happened_unit_received,
        ArrivalHeld = happened_arrival_held,
        ArrivalMatched = happened_arrival_matched,
        ArrivalSentBack = happened_arrival_sent_back,
        UnitInspected = happened_unit_inspected,
        UnitDisposed = happened_unit_disposed,
        UnitSentBack = happened_unit_sent_back,
        ReplacementAllocated = happened_replacement_allocated,
        ReplacementShipped = happened_replacement_shipped,
        ReplacementDelivered = happened_replacement_delivered,
        ReplacementCancelled = happened_replacement_cancelled,
        RefundProposed = happened_refund_proposed,
        RefundApproved = happened_refund_approved,
        RefundCancelled = happened_refund_cancelled,
        RefundReissued = happened_refund_reissued,
        RestWrittenOff = happened_rest_written_off,
        InstructionSubmitted = happened_instruction_submitted,
        InstructionResent = happened_instruction_resent,
        InstructionSettled = happened_instruction_settled,
        InstructionFailed = happened_instruction_failed,
        InstructionUnclear = happened_instruction_unclear,
        InstructionManual = happened_instruction_manual,
        InstructionContradicted = happened_instruction_contradicted,
        ChargebackOpened = happened_chargeback_opened,
        ChargebackClosed = happened_chargeback_closed,
        FreightRecorded = happened_freight_recorded,
        FreightSettled = happened_freight_settled,
    }
    /// Why the rules of the ledger say no.
    refusal(RefusalCode) {
        UnitUnknown = refusal_unit_unknown,
        UnitReplaced = refusal_unit_replaced,
        UnitClaimed = refusal_unit_claimed,
        UnitSpent = refusal_unit_spent,
        UnitsOfOneLine = refusal_units_of_one_line,
        NoUnit = refusal_no_unit,
        UnitNamedTwice = refusal_unit_named_twice,
        CaseUnknown = refusal_case_unknown,
        CaseExists = refusal_case_exists,
        CaseClosed = refusal_case_closed,
        CaseMerged = refusal_case_merged,
        CaseNamed = refusal_case_named,
        SameCase = refusal_same_case,
        NothingLeft = refusal_nothing_left,
        ParcelShared = refusal_parcel_shared,
        FreightShared = refusal_freight_shared,
        FindingContested = refusal_finding_contested,
        NothingToContest = refusal_nothing_to_contest,
        NothingContested = refusal_nothing_contested,
        DeclinedByPerson = refusal_declined_by_person,
        CaseNotFinished = refusal_case_not_finished,
        NothingToReopen = refusal_nothing_to_reopen,
        ClaimUnknown = refusal_claim_unknown,
        ClaimNotLive = refusal_claim_not_live,
        OtherPolicyVersion = refusal_other_policy_version,
        ReportedAt = refusal_reported_at,
        SignedAt = refusal_signed_at,
        DatePast = refusal_date_past,
        TooEarly = refusal_too_early,
        StaffOnly = refusal_staff_only,
        FinanceOnly = refusal_finance_only,
        SecondPersonNeeded = refusal_second_person_needed,
        NotForBuyer = refusal_not_for_buyer,
        NotAmendable = refusal_not_amendable,
        ComponentUnknown = refusal_component_unknown,
        NotAccepted = refusal_not_accepted,
        AlreadyAccepted = refusal_already_accepted,
        AlreadyAuthorised = refusal_already_authorised,
        NotAuthorised = refusal_not_authorised,
        NothingComesBack = refusal_nothing_comes_back,
        AlreadyReceived = refusal_already_received,
        NotReceived = refusal_not_received,
        GoodsFirst = refusal_goods_first,
        ParcelExists = refusal_parcel_exists,
        ParcelEmpty = refusal_parcel_empty,
        SerialTwice = refusal_serial_twice,
        SerialNeeded = refusal_serial_needed,
        SerialTaken = refusal_serial_taken,
        SerialDiffers = refusal_serial_differs,
        ArrivalUnknown = refusal_arrival_unknown,
        ArrivalDone = refusal_arrival_done,
        AlreadyInspected = refusal_already_inspected,
        NotInspected = refusal_not_inspected,
        OtherRemedy = refusal_other_remedy,
        RemedyTaken = refusal_remedy_taken,
        SoundComponent = refusal_sound_component,
        NoReplacement = refusal_no_replacement,
        ReplacementStep = refusal_replacement_step,
        AlreadyDisposed = refusal_already_disposed,
        RejectedGoods = refusal_rejected_goods,
        NotToSendBack = refusal_not_to_send_back,
        AmountNotPositive = refusal_amount_not_positive,
        OtherCurrency = refusal_other_currency,
        AmountTooLarge = refusal_amount_too_large,
        DeductionNotTold = refusal_deduction_not_told,
        ClauseNotInDecision = refusal_clause_not_in_decision,
        ClauseUnknown = refusal_clause_unknown,
        NothingToRefund = refusal_nothing_to_refund,
        RefundUnknown = refusal_refund_unknown,
        RefundExists = refusal_refund_exists,
        RefundCancelled = refusal_refund_cancelled,
        InstructionUnknown = refusal_instruction_unknown,
        AlreadySubmitted = refusal_already_submitted,
        NotSubmitted = refusal_not_submitted,
        AlreadySent = refusal_already_sent,
        OutcomeKnown = refusal_outcome_known,
        OutcomeUnclear = refusal_outcome_unclear,
        KeyChanged = refusal_key_changed,
        KeyTaken = refusal_key_taken,
        AlreadyReissued = refusal_already_reissued,
        NoRoom = refusal_no_room,
        PaymentUnknown = refusal_payment_unknown,
        ChargedBack = refusal_charged_back,
        NoChargeback = refusal_no_chargeback,
        FreightUnknown = refusal_freight_unknown,
        FreightExists = refusal_freight_exists,
        NotOwed = refusal_not_owed,
        FreightOwed = refusal_freight_owed,
        GoodsRefundFirst = refusal_goods_refund_first,
        LimitReached = refusal_limit_reached,
    }
}
