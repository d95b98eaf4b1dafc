//! The ledger of one order: everything that happens to its units and money after the sale.
//!
//! [`decide`] may say no, and says why; [`evolve()`] never does. What is decided rests on the state, the command and a
//! [`Context`] alone. One ledger per order makes every dangerous mistake between two cases of an order visible to one
//! pure function.
//!
//! - What was sold and paid: [`Order`], and each unit's [`Share`] of it.
//! - What is asked: [`Command`]; what happened: [`Event`]; why not: [`Refusal`].
//! - What is remembered: [`Ledger`]; where a case stands, derived from it: [`CaseState`]; what it waits for: [`NextStep`].
//! - What waits for somebody's hands, derived from it: [`waiting()`].
//! - How a refund is split over payments: [`refund_plan`]. Which checks keep the invariants: [`Guard`].
//!
//! Not for storing events, for rights, or for calling anybody: that is the application's.

mod case;
mod case_state;
pub mod command;
mod context;
mod decide;
mod event;
mod event_kind;
mod evolve;
mod evolve_handling;
mod freight;
mod goods;
mod guard;
mod id;
pub mod limits;
mod next_step;
mod order;
mod refund;
pub mod refund_plan;
mod refusal;
mod share;
mod state;
mod waiting;

pub use self::case::{
    Authorised, Case, Claim, Contest, Judged, Messages, Overruled, Received, RemedyTaken, Standing,
    Told,
};
pub use self::case_state::CaseState;
pub use self::command::Command;
pub use self::context::{Actor, Context};
pub use self::decide::decide;
pub use self::event::{Event, Occasion};
pub use self::event_kind::EventKind;
pub use self::evolve::evolve;
pub use self::freight::{
    FreightCharge, FreightDebt, FreightSettlement, Leg, freight_debt, laid_out,
};
pub use self::goods::{
    Arrival, ArrivalState, ArrivedItem, Disposal, FindingPicture, Goods, HeldReason, Replacement,
    ReplacementStep,
};
pub use self::guard::Guard;
pub use self::id::{
    ArrivalId, CaseId, Component, FreightId, ID_CHARS_MAX, IdempotencyKey, InstructionId, LineId,
    MalformedId, ParcelId, PaymentId, ProviderName, Reference, RefundId, RequestHash, RuleId,
    Serial, Slot, StaffId, TextId, UnitId,
};
pub use self::next_step::{Attention, NextStep};
pub use self::order::{
    COMPONENTS_MAX, LINES_MAX, Line, Order, OrderDraft, OrderError, PAYMENTS_MAX, Part, Payment,
    QUANTITY_MAX,
};
pub use self::refund::{
    Deduction, FreightPart, Instruction, InstructionState, Path, PlannedPiece, Proposal, Refund,
    RefundBill, RefundedUnit, Submission,
};
pub use self::refusal::{Refusal, RefusalCode};
pub use self::share::{Share, share_of};
pub use self::state::{Chargeback, Ledger, Parcel};
pub use self::waiting::{Waiting, WaitingKind, waiting};
