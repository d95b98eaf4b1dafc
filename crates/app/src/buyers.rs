//! Who bought an order: seen, stated, and erased for good together with what people typed (invariant `erasable`).

use backhaul_store::{Error, buyers, evidence_files, letters, orders, texts};

use crate::evidence::delete_blobs;
use crate::{App, Buyer};

/// Why nothing was done with a buyer.
#[derive(Debug, thiserror::Error)]
pub enum BuyerError {
    /// There is no such order.
    #[error("there is no order `{number}`")]
    UnknownOrder {
        /// Its number.
        number: String,
    },
    /// What was erased does not come back.
    #[error("the buyer of the order `{number}` was erased, which is for good")]
    Erased {
        /// Its number.
        number: String,
    },
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

/// What was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Erased {
    /// Whether the buyer was not erased before.
    pub is_new: bool,
    /// How many texts there were.
    pub texts: u64,
    /// How many letters there were.
    pub letters: u64,
}

impl App {
    /// The buyer of an order; nothing where none is known, or no more.
    ///
    /// # Errors
    /// [`BuyerError::UnknownOrder`] and [`BuyerError::Database`].
    pub async fn buyer(&self, number: &str) -> Result<Option<Buyer>, BuyerError> {
        let number = number.to_owned();
        let read = self.store.read(move |tx| {
            let unknown = || BuyerError::UnknownOrder { number: number.clone() };
            let order = orders::find(tx, &number)?.ok_or_else(unknown)?;
            Ok(buyers::get(tx, &order)?)
        });
        read.await
    }

    /// States the buyer of an order in the place of what was known.
    ///
    /// # Errors
    /// [`BuyerError`].
    pub async fn put_buyer(&self, number: &str, buyer: Buyer) -> Result<(), BuyerError> {
        let number = number.to_owned();
        let write = self.store.write(move |tx| {
            let unknown = || BuyerError::UnknownOrder { number: number.clone() };
            let order = orders::find(tx, &number)?.ok_or_else(unknown)?;
            // That nothing changed may be because it was so, or because it was erased.
            if buyers::put(tx, &order, &buyer)? || buyers::get(tx, &order)?.is_some() {
                return Ok(());
            }
            Err(BuyerError::Erased { number: number.clone() })
        });
        write.await
    }

    /// Erases the buyer of an order, every text of it, and where its letters went and what they said, for good. Its ledger stays as it is, and verifies.
    ///
    /// # Errors
    /// [`BuyerError::UnknownOrder`] and [`BuyerError::Database`].
    pub async fn erase_buyer(&self, number: &str) -> Result<Erased, BuyerError> {
        let (number, now) = (number.to_owned(), self.clock.now());
        let erase = self.store.write(move |tx| -> Result<_, BuyerError> {
            let unknown = || BuyerError::UnknownOrder { number: number.clone() };
            let order = orders::find(tx, &number)?.ok_or_else(unknown)?;
            let is_new = buyers::erase(tx, &order, now)?;
            let letters = letters::erase(tx, &order)?;
            let files = evidence_files::erase(tx, &order)?;
            Ok((Erased { is_new, texts: texts::erase(tx, &order)?, letters }, files))
        });
        let (erased, files) = erase.await?;
        // What a crash leaves here, no row names any more: the sweep finds it.
        if let Some(store) = &self.blobs {
            for file in &files {
                delete_blobs(store.as_ref(), file);
            }
        }
        Ok(erased)
    }
}
