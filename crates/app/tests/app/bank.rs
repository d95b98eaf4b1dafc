//! Refunds by bank transfer: what is to be paid, files for the bank, and what the bank said.

mod accounts;
mod files;
mod story;
mod together;

use std::collections::BTreeSet;

use backhaul_app::{
    AccountDraft, BankError, BankFormat, BankSettings, BankWord, BatchView, Booked, Chosen, Debtor,
    LeftOut, NewBatch, Once, PieceName, Role, TransferState, Who,
};
use backhaul_core::ledger::Actor;
use backhaul_store::bank_batch::ToBank;
use backhaul_store::refund_index::After;
use backhaul_testkit::Database;
use pollster::block_on;

use crate::desk::{Desk, NUMBER, id};

pub(crate) const IBAN: &str = "DE89370400440532013000";
pub(crate) const OTHER_IBAN: &str = "NL91ABNA0417164300";

/// A person of finance.
pub(crate) fn finance(name: &str) -> Who {
    Who { roles: Role::Finance.into(), actor: Actor::Staff { id: id(name), finance: true } }
}

/// A representative.
pub(crate) fn representative() -> Who {
    let actor = Actor::Staff { id: id("ria"), finance: false };
    Who { roles: Role::Representative.into(), actor }
}

pub(crate) fn draft_account(holder: &str, iban: &str) -> AccountDraft {
    let (holder, iban) = (holder.to_owned(), Some(iban.to_owned()));
    AccountDraft { holder, iban, ..AccountDraft::default() }
}

pub(crate) fn settings() -> BankSettings {
    let debtor = Debtor::new("Optik & Söhne GmbH", "AT61 1904 3002 3457 3201", Some("BKAUATWW"));
    let providers = BTreeSet::from([id("wire")]);
    BankSettings { providers, debtor: Some(debtor.unwrap()), ..BankSettings::default() }
}

pub(crate) fn once(key: &str) -> Once {
    let (caller, key) = ("tests".to_owned(), key.to_owned());
    Once { caller, request_hash: format!("hash of {key}"), key }
}

pub(crate) fn piece(refund: &str, piece: u16) -> PieceName {
    PieceName { order: NUMBER.to_owned(), refund: id(refund), piece }
}

pub(crate) fn codes(left_out: &[LeftOut]) -> Vec<(&str, &str)> {
    left_out.iter().map(|left| (left.name.refund.as_str(), left.code.as_str())).collect()
}

impl Desk {
    /// A desk whose settings know of bank transfers.
    pub(crate) fn at_bank(database: &Database) -> Self {
        let Self { app, clock } = Self::over(database);
        Self { app: app.with_bank(settings()), clock }
    }

    pub(crate) fn listed(&self, state: TransferState) -> Vec<ToBank> {
        block_on(self.app.bank_transfers(state, After::start(), 500)).unwrap()
    }

    /// The pieces in a state, as `refund#piece`.
    pub(crate) fn names(&self, state: TransferState) -> Vec<String> {
        let name = |row: ToBank| {
            format!("{}#{}", row.refund.instruction.refund, row.refund.instruction.number)
        };
        self.listed(state).into_iter().map(name).collect()
    }

    pub(crate) fn enters(&self, number: &str, draft: &AccountDraft) -> Result<i64, BankError> {
        block_on(self.app.put_bank_account(&representative(), number, draft))
    }

    pub(crate) fn exports(
        &self,
        key: &str,
        chosen: Chosen,
        format: BankFormat,
    ) -> Result<BatchView, BankError> {
        let asked = NewBatch { chosen, format, execute_on: None, once: once(key) };
        block_on(self.app.export_bank_batch(&finance("finn"), asked))
    }

    pub(crate) fn file(&self, batch: &str) -> String {
        let file = block_on(self.app.bank_batch_file(&finance("finn"), batch, None)).unwrap();
        String::from_utf8(file.bytes).unwrap()
    }

    pub(crate) fn books(
        &self,
        end_to_end_id: &str,
        is_paid: bool,
        reference: &str,
    ) -> Result<Booked, BankError> {
        let on = "2026-03-18".parse().unwrap();
        let (end_to_end_id, reference) = (end_to_end_id.to_owned(), reference.to_owned());
        let word = BankWord { end_to_end_id, is_paid, reference, on };
        block_on(self.app.book_bank_transfer(&finance("finn"), word))
    }
}
