//! What goes by bank: to be paid, on its way, paid, or come back.

use backhaul_store::bank_batch::{self, ToBank};
use backhaul_store::refund_index::After;

use super::BankError;
use crate::App;

/// Where a bank transfer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransferState {
    /// Nobody has exported it.
    ToPay,
    /// It is in a file; the bank has said nothing yet.
    Exported,
    /// The bank paid it.
    Paid,
    /// The bank did not pay it, or it came back, or it was withdrawn before it was exported.
    Returned,
}

impl TransferState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::ToPay, Self::Exported, Self::Paid, Self::Returned];

    /// The state as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ToPay => "to_pay",
            Self::Exported => "exported",
            Self::Paid => "paid",
            Self::Returned => "returned",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.as_str() == word)
    }

    /// The state of the instruction, as the read table writes it.
    pub(super) const fn of_instruction(self) -> &'static str {
        match self {
            Self::ToPay => "reserved",
            Self::Exported => "submitted",
            Self::Paid => "settled",
            Self::Returned => "failed",
        }
    }
}

impl App {
    /// Pieces that go by bank and stand so, behind that row, the most urgent first, at most so many.
    ///
    /// # Errors
    /// [`BankError::Database`].
    pub async fn bank_transfers(
        &self,
        state: TransferState,
        after: After,
        limit: u32,
    ) -> Result<Vec<ToBank>, BankError> {
        let state = state.of_instruction();
        Ok(self.store.read(move |tx| bank_batch::in_state(tx, state, &after, limit)).await?)
    }
}
