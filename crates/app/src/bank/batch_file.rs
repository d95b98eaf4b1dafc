//! A file for the bank, made of what the export kept: the same bytes whenever it is asked for, so that the bank's own check for files that
//! come twice does its work.

use backhaul_store::bank_batch::{self, BatchRow};

use super::export::{BatchView, read};
use super::{BankError, BankFormat, named, pain001, transfer_csv};
use crate::{App, Right, Who};

/// A file for the bank.
#[derive(Clone, PartialEq, Eq)]
pub struct BatchFile {
    /// Its name.
    pub name: String,
    /// How it is written.
    pub format: BankFormat,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl App {
    /// Files that were made, the newest first, from before that moment and id, at most so many.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn bank_batches(
        &self,
        before: Option<(i64, String)>,
        limit: u32,
    ) -> Result<Vec<BatchRow>, BankError> {
        let (at, id) = before.unwrap_or((i64::MAX, String::new()));
        Ok(self.store.read(move |tx| bank_batch::page(tx, (at, &id), limit)).await?)
    }

    /// A file that was made, with all that is in it.
    ///
    /// # Errors
    /// [`BankError`].
    pub async fn bank_batch(&self, id: &str) -> Result<BatchView, BankError> {
        let id = id.to_owned();
        self.store.read(move |tx| read(tx, &id)).await
    }

    /// The file itself, for who pays by bank.
    ///
    /// # Errors
    /// [`BankError::FormatDiffers`] where another format is asked for than it was made in, [`BankError::Erased`], and other
    /// [`BankError`]s.
    pub async fn bank_batch_file(
        &self,
        who: &Who,
        id: &str,
        format: Option<BankFormat>,
    ) -> Result<BatchFile, BankError> {
        named(who, Right::PayByBank)?;
        let view = self.bank_batch(id).await?;
        let unknown = || BankError::UnknownBatch(id.to_owned());
        let made_in = BankFormat::parse(&view.batch.format).ok_or_else(unknown)?;
        if format.is_some_and(|format| format != made_in) {
            return Err(BankError::FormatDiffers { is: made_in.as_str() });
        }
        if view.transfers.iter().any(|(_, row)| row.account.holder.is_empty()) {
            return Err(BankError::Erased);
        }
        let (end, written) = match made_in {
            BankFormat::Csv => ("csv", transfer_csv::write(&view)),
            BankFormat::Pain001 => ("xml", pain001::write(&view)),
        };
        let bytes = written.map_err(BankError::Machine)?;
        Ok(BatchFile { name: format!("{id}.{end}"), format: made_in, bytes })
    }
}
