//! What is printed, as PDF: the slip that goes into the box, how to pack, and the receipt of a withdrawal.
//!
//! - [`Slip`]: the return slip, with the case number as text, as bars and as a QR code.
//! - [`Packing`]: how to pack, and what not to forget. [`Withdrawal`]: the receipt that the law of the EU asks for.
//! - [`samples`]: one of each kind, for the gallery and the tests.
//!
//! Pure: the same input gives the same bytes. Every paper is A4, keeps clear of what US Letter cuts off, is tagged for screen
//! readers (PDF/UA-1), and brings its fonts along.
//!
//! Not for what a return is or allows: whoever prints has asked the desk.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "lengths on a sheet of paper, and texts of bounded length, are far from the bounds of an i32"
)]

mod code;
mod font;
mod packing;
mod samples;
mod sheet;
mod slip;
mod unit;
mod withdrawal;
mod wrap;

pub use self::packing::Packing;
pub use self::samples::{Sample, samples};
pub use self::sheet::PaperError;
pub use self::slip::{Clause, Slip};
pub use self::unit::Unit;
pub use self::withdrawal::Withdrawal;

/// Who the goods go back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merchant {
    /// What buyers know it by.
    pub name: String,
    /// Where returns are sent: lines of an address.
    pub return_address: Vec<String>,
}
