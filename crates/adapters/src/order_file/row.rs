//! One row of a CSV file, by our columns' names: what of an order stands on it, and where it is wrong.

use std::collections::HashMap;

use backhaul_app::{Buyer, Email, MalformedBuyer, NewOrder};
use backhaul_core::facts::{Country, Zone, moment};
use backhaul_core::ledger::{ID_CHARS_MAX, Line, OrderDraft, Payment, Share};
use backhaul_core::money::{Currency, Money};
use backhaul_core::words::Voucher;
use jiff::Timestamp;

use super::Refused;
use super::csv::Record;

/// Where our columns stand in a row.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub(super) columns: HashMap<String, usize>,
    /// How the file calls a column, where it is not our word.
    pub(super) told: HashMap<&'static str, String>,
}

/// One row, by its columns' names.
pub(super) struct Row<'r> {
    pub(super) record: &'r Record,
    pub(super) table: &'r Table,
}

impl Row<'_> {
    /// The cell of that column; empty where there is none.
    pub(super) fn text(&self, column: &str) -> &str {
        self.table.columns.get(column).and_then(|place| self.record.cells.get(*place)).unwrap_or("")
    }

    pub(super) fn refused(&self, column: &str, message: impl Into<String>) -> Refused {
        let told = self.table.told.get(column).map_or(column, String::as_str);
        let (line, column) = (self.record.line, told.to_owned());
        Refused { line, column, message: message.into(), is_fatal: false }
    }

    /// Refuses a row of another length than the header: its cells may stand in the wrong columns.
    fn is_whole(&self) -> Result<(), Refused> {
        if let Some((column, message)) = &self.record.wrong {
            return Err(self.refused(column, message));
        }
        let (cells, columns) = (self.record.cells.len(), self.table.columns.len());
        if cells == columns {
            return Ok(());
        }
        Err(self.refused("1", format!("this row has {cells} cells, and the header {columns}")))
    }

    /// The cell read as something; the message says what is allowed.
    fn read<T>(
        &self,
        column: &str,
        allowed: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Refused> {
        let text = self.text(column);
        let wrong = || self.refused(column, format!("`{}` is not {allowed}", text.escape_debug()));
        read(text).ok_or_else(wrong)
    }

    fn moment(&self, column: &str) -> Result<Timestamp, Refused> {
        self.read(column, "a moment such as `2026-03-04T15:20:00+01:00`", moment)
    }

    /// An amount; an empty cell is nothing.
    fn money(&self, column: &str, currency: Currency) -> Result<Money, Refused> {
        match self.text(column) {
            "" => Ok(Money::zero(currency)),
            text => Money::parse(text, currency).map_err(|error| {
                self.refused(column, format!("`{}` is {error}", text.escape_debug()))
            }),
        }
    }

    fn name<T: TryFrom<String>>(&self, column: &str, text: &str) -> Result<T, Refused> {
        let wrong = |_| {
            self.refused(
                column,
                format!(
                    "this is no name: 1 to {ID_CHARS_MAX} characters, without control characters"
                ),
            )
        };
        T::try_from(text.to_owned()).map_err(wrong)
    }

    /// What concerns the whole order, and its buyer.
    pub(super) fn order(&self) -> Result<NewOrder, Refused> {
        self.is_whole()?;
        let currency =
            self.read("currency", "a currency such as `EUR`", |text| Currency::parse(text).ok())?;
        let signed_at = match self.text("signed_at") {
            "" => None,
            _ => Some(self.moment("signed_at")?),
        };
        let voucher = match self.text("voucher") {
            "" => Voucher::OnFile,
            _ => self.read("voucher", "one of on_file, presented, absent, forged", |text| {
                Voucher::ALL.iter().copied().find(|known| known.as_str() == text)
            })?,
        };
        let order = OrderDraft {
            number: self.read("order", "an order's number", |text| {
                (!text.is_empty()).then(|| text.to_owned())
            })?,
            version: 0,
            placed_at: self.moment("placed_at")?,
            signed_at,
            time_zone: self.read("time_zone", "an IANA name such as `Europe/Berlin`", Zone::get)?,
            country: self.read("country", "a code such as `DE`", Country::parse)?,
            voucher,
            currency,
            lines: Vec::new(),
            shipping: self.money("shipping", currency)?,
            total: None,
            payments: Vec::new(),
        };
        Ok(NewOrder { order, buyer: self.buyer()? })
    }

    fn buyer(&self) -> Result<Option<Buyer>, Refused> {
        let given = |column| Some(self.text(column)).filter(|text| !text.is_empty());
        // What was given is not told again: it is somebody's address.
        let email = given("buyer_email").map(Email::new).transpose();
        let email =
            email.map_err(|wrong| self.refused("buyer_email", format!("this is {wrong}")))?;
        let (name, language) = (given("buyer_name"), given("buyer_language"));
        let buyer = Buyer::new(email, name.map(str::to_owned), language.map(str::to_owned));
        let buyer = buyer.map_err(|wrong| {
            let column = match wrong {
                MalformedBuyer::Name => "buyer_name",
                MalformedBuyer::Language => "buyer_language",
            };
            self.refused(column, format!("this is {wrong}"))
        })?;
        Ok(Some(buyer).filter(|buyer| !buyer.is_empty()))
    }

    /// What the row adds: its line, and its payment where it has one.
    pub(super) fn add_to(&self, order: &mut OrderDraft) -> Result<(), Refused> {
        self.is_whole()?;
        let currency = order.currency;
        let serials: Result<Vec<_>, Refused> = self
            .text("serials")
            .split_whitespace()
            .map(|serial| self.name("serials", serial))
            .collect();
        order.lines.push(Line {
            id: self.name("line", self.text("line"))?,
            sku: self.text("sku").to_owned(),
            category: self.text("category").to_owned(),
            quantity: self.read("quantity", "a whole number from 1", |text| text.parse().ok())?,
            sold_for: Some(self.text("sold_for"))
                .filter(|text| !text.is_empty())
                .map(str::to_owned),
            declared_non_returnable: self.read(
                "declared_non_returnable",
                "true or false",
                |text| match text {
                    "" | "false" => Some(false),
                    "true" => Some(true),
                    _ => None,
                },
            )?,
            batch: Some(self.text("batch")).filter(|text| !text.is_empty()).map(str::to_owned),
            share: Share {
                price: self.money("price", currency)?,
                discount: self.money("discount", currency)?,
                tax: self.money("tax", currency)?,
            },
            serials: serials?,
            components: Vec::new(),
        });
        if !self.text("payment").is_empty() {
            order.payments.push(Payment {
                id: self.name("payment", self.text("payment"))?,
                captured: self.money("captured", currency)?,
                captured_at: self.moment("captured_at")?,
                provider: match self.text("payment_provider") {
                    "" => None,
                    provider => Some(self.name("payment_provider", provider)?),
                },
            });
        }
        Ok(())
    }
}
