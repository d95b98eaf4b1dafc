//! How much one ledger may hold (invariant `bounded`). Going over is the refusal `limit_reached`.

/// The most cases of an order.
pub const CASES_MAX: usize = 200;
/// The most claims of a case.
pub const CLAIMS_PER_CASE_MAX: usize = 500;
/// The most decisions on one claim.
pub const DECISIONS_PER_CLAIM_MAX: u16 = 200;
/// The most evidence files of one claim.
pub const EVIDENCE_PER_CLAIM_MAX: u16 = 100;
/// The most pictures of one inspection.
pub const PICTURES_PER_INSPECTION_MAX: usize = 30;
/// The most facts of the policy's own in one claim.
pub const OWN_FACTS_MAX: usize = 64;
/// The most messages in a case that the buyer, and that staff, may write.
pub const MESSAGES_PER_SIDE_MAX: u16 = 500;
/// The most times that the findings of one claim are contested.
pub const CONTESTS_PER_CLAIM_MAX: u16 = 5;
/// The most parcels of an order.
pub const PARCELS_MAX: usize = 400;
/// The most items of a parcel, counted goods by their count.
pub const PARCEL_ITEMS_MAX: u32 = 1_000;
/// The most arrivals that are held, or were, in an order.
pub const ARRIVALS_MAX: usize = 2_000;
/// The most deductions that a buyer is told of for one unit.
pub const DEDUCTIONS_PER_UNIT_MAX: usize = 16;
/// The most refunds of an order.
pub const REFUNDS_MAX: usize = 1_000;
/// The most pieces of a refund, over all times it was issued again.
pub const INSTRUCTIONS_PER_REFUND_MAX: usize = 100;
/// The most times that one instruction is sent again before a person must look.
pub const RESENDS_MAX: u16 = 20;
/// The most freight charges of an order.
pub const FREIGHTS_MAX: usize = 500;
/// The most settlements of a freight charge.
pub const FREIGHT_SETTLEMENTS_MAX: usize = 20;
/// The most replacements that one place of the order can see.
pub const GENERATIONS_MAX: u16 = 100;
/// The most characters of a platform's name.
pub const PLATFORM_CHARS_MAX: usize = 200;
