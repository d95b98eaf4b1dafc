//! An order as it was imported: what was sold, which serials were shipped, what was paid. Never changed by a return; a
//! changed order is a new version of it.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::{Component, LineId, PaymentId, ProviderName, Serial, UnitId};
use super::share::Share;
use crate::facts::{Country, Zone};
use crate::money::{Currency, Money};
use crate::words::Voucher;

/// The most lines of an order.
pub const LINES_MAX: usize = 1_000;
/// The most units of a line.
pub const QUANTITY_MAX: u32 = 10_000;
/// The most components of a unit.
pub const COMPONENTS_MAX: usize = 64;
/// The most payments of an order.
pub const PAYMENTS_MAX: usize = 50;

/// An order whose amounts meet and whose serials are unique; see [`OrderDraft`] for its fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(try_from = "OrderDraft", into = "OrderDraft")]
pub struct Order(OrderDraft);

/// An order as somebody states it, before [`Order::new`] has checked it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OrderDraft {
    /// The order's number.
    pub number: String,
    /// Counts the imports of this order, from 1; an import sets it.
    #[serde(default)]
    pub version: u32,
    /// When it was placed; this chooses the policy version.
    pub placed_at: Timestamp,
    /// When the delivery was signed for, where that is recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_at: Option<Timestamp>,
    /// The time zone of the delivery address.
    pub time_zone: Zone,
    /// The country of the delivery address.
    pub country: Country,
    /// The proof of purchase.
    pub voucher: Voucher,
    /// The one currency of every amount.
    pub currency: Currency,
    /// What was sold, at least one line.
    pub lines: Vec<Line>,
    /// What the buyer paid for the way out, tax included; a bucket of its own, at least 0.
    pub shipping: Money,
    /// The total as the shop states it, where it does: the lines and the shipping must meet it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Money>,
    /// What was captured.
    #[serde(default)]
    pub payments: Vec<Payment>,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// The shop's name for the line; unique in the order.
    pub id: LineId,
    /// The article number.
    pub sku: String,
    /// The product category.
    pub category: String,
    /// How many units, from 1 to [`QUANTITY_MAX`].
    pub quantity: u32,
    /// The platform it was sold for, where the order records one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sold_for: Option<String>,
    /// Whether the order records that it was declared not returnable.
    #[serde(default)]
    pub declared_non_returnable: bool,
    /// The batch of the maker's that the units are of, where the order records one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// Price, discount and tax of all units together, as the shop stored them.
    pub share: Share,
    /// The serials that were shipped: one a unit, in the units' order, or none at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<Serial>,
    /// The parts that one unit is made of, where it may come back in parts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<Part>,
}

/// A part that every unit of a line has once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Its name; unique on the line.
    pub name: Component,
    /// How much of the unit's price it stands for, against the other parts' weights.
    pub weight: u64,
    /// The serials that were shipped: one a unit, in the units' order, or none at all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub serials: Vec<Serial>,
}

/// One captured payment.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Its name; unique in the order.
    pub id: PaymentId,
    /// What was captured, at least 0: the ceiling of what may go back this way.
    pub captured: Money,
    /// When it was captured.
    pub captured_at: Timestamp,
    /// Who took it; the merchant's default provider where the order does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderName>,
}

impl Order {
    /// Checks the draft.
    ///
    /// # Errors
    /// [`OrderError`]: the first thing found wrong.
    pub fn new(draft: OrderDraft) -> Result<Self, OrderError> {
        check_counts(&draft)?;
        check_amounts(&draft)?;
        check_serials(&draft)?;
        Ok(Self(draft))
    }

    /// The line of that name.
    #[must_use]
    pub fn line(&self, id: &LineId) -> Option<&Line> {
        self.0.lines.iter().find(|line| line.id == *id)
    }

    /// The payment of that name.
    #[must_use]
    pub fn payment(&self, id: &PaymentId) -> Option<&Payment> {
        self.0.payments.iter().find(|payment| payment.id == *id)
    }

    /// Whether the order has a place for that unit, in whatever generation.
    #[must_use]
    pub fn has_place(&self, unit: &UnitId) -> bool {
        self.line(&unit.line).is_some_and(|line| {
            let has_component =
                unit.component.as_ref().is_none_or(|name| line.part(name).is_some());
            (1..=line.quantity).contains(&unit.number) && has_component
        })
    }

    /// The serial that was shipped at that place with the order.
    #[must_use]
    pub fn serial(&self, unit: &UnitId) -> Option<&Serial> {
        let line = self.line(&unit.line)?;
        let serials = match &unit.component {
            None => &line.serials,
            Some(name) => &line.part(name)?.serials,
        };
        serials.get(usize::try_from(unit.number.checked_sub(1)?).ok()?)
    }

    /// Every serial that was shipped, with its place.
    pub fn serials(&self) -> impl Iterator<Item = (&Serial, UnitId)> {
        self.0.lines.iter().flat_map(|line| {
            let whole = numbered(line, &line.serials, None);
            let parts = line.components.iter();
            whole.chain(parts.flat_map(|part| numbered(line, &part.serials, Some(&part.name))))
        })
    }
}

fn numbered<'a>(
    line: &'a Line,
    serials: &'a [Serial],
    component: Option<&'a Component>,
) -> impl Iterator<Item = (&'a Serial, UnitId)> {
    (1..).zip(serials).map(move |(number, serial)| {
        let component = component.cloned();
        (serial, UnitId { component, ..UnitId::whole(line.id.clone(), number) })
    })
}

impl Line {
    /// The part of that name.
    #[must_use]
    pub fn part(&self, name: &Component) -> Option<&Part> {
        self.components.iter().find(|part| part.name == *name)
    }

    /// Whether the whole unit, or that part of it, was shipped with serials.
    #[must_use]
    pub fn has_serials(&self, component: Option<&Component>) -> bool {
        match component {
            None => !self.serials.is_empty(),
            Some(name) => self.part(name).is_some_and(|part| !part.serials.is_empty()),
        }
    }
}

impl std::ops::Deref for Order {
    type Target = OrderDraft;

    fn deref(&self) -> &OrderDraft {
        &self.0
    }
}

impl TryFrom<OrderDraft> for Order {
    type Error = OrderError;

    fn try_from(draft: OrderDraft) -> Result<Self, OrderError> {
        Self::new(draft)
    }
}

impl From<Order> for OrderDraft {
    fn from(order: Order) -> Self {
        order.0
    }
}

fn check_counts(draft: &OrderDraft) -> Result<(), OrderError> {
    if draft.number.trim().is_empty() {
        return Err(OrderError::NoNumber);
    }
    if draft.lines.is_empty() {
        return Err(OrderError::NoLine);
    }
    if draft.lines.len() > LINES_MAX || draft.payments.len() > PAYMENTS_MAX {
        return Err(OrderError::TooMuch);
    }
    if !all_differ(draft.lines.iter().map(|line| &line.id)) {
        return Err(OrderError::LineTwice);
    }
    if !all_differ(draft.payments.iter().map(|payment| &payment.id)) {
        return Err(OrderError::PaymentTwice);
    }
    for line in &draft.lines {
        if !(1..=QUANTITY_MAX).contains(&line.quantity) {
            return Err(OrderError::Quantity { line: line.id.clone() });
        }
        if line.components.len() > COMPONENTS_MAX {
            return Err(OrderError::TooMuch);
        }
        if !all_differ(line.components.iter().map(|part| &part.name)) {
            return Err(OrderError::ComponentTwice { line: line.id.clone() });
        }
        if !line.components.is_empty() && line.components.iter().all(|part| part.weight == 0) {
            return Err(OrderError::NoWeight { line: line.id.clone() });
        }
    }
    Ok(())
}

fn check_amounts(draft: &OrderDraft) -> Result<(), OrderError> {
    let lines = draft.lines.iter();
    let amounts = lines.flat_map(|line| [line.share.price, line.share.discount, line.share.tax]);
    let captures = draft.payments.iter().map(|payment| payment.captured);
    for amount in amounts.chain([draft.shipping]).chain(captures.clone()).chain(draft.total) {
        if amount.currency != draft.currency {
            return Err(OrderError::OtherCurrency);
        }
        if amount.is_negative() {
            return Err(OrderError::Negative);
        }
    }
    let mut total = draft.shipping;
    for line in &draft.lines {
        let line_total = line.share.total().map_err(|_| OrderError::TooMuch)?;
        if line.share.discount.minor > line.share.price.minor {
            return Err(OrderError::DiscountAbovePrice { line: line.id.clone() });
        }
        total = total.plus(line_total).map_err(|_| OrderError::TooMuch)?;
    }
    Money::sum(draft.currency, captures).map_err(|_| OrderError::TooMuch)?;
    match draft.total {
        Some(stated) if stated != total => Err(OrderError::TotalDiffers { stated, total }),
        _ => Ok(()),
    }
}

fn check_serials(draft: &OrderDraft) -> Result<(), OrderError> {
    let mut seen = BTreeSet::new();
    for line in &draft.lines {
        let parts = line.components.iter().map(|part| &part.serials);
        for serials in std::iter::once(&line.serials).chain(parts) {
            let is_one_a_unit = u32::try_from(serials.len()) == Ok(line.quantity);
            if !serials.is_empty() && !is_one_a_unit {
                return Err(OrderError::SerialCount { line: line.id.clone() });
            }
            if let Some(serial) = serials.iter().find(|serial| !seen.insert(*serial)) {
                return Err(OrderError::SerialTwice { serial: serial.clone() });
            }
        }
    }
    Ok(())
}

fn all_differ<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    let mut seen = BTreeSet::new();
    items.into_iter().all(|item| seen.insert(item))
}

/// What is wrong with an order.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the message of each variant says what it is")]
pub enum OrderError {
    NoNumber,
    NoLine,
    TooMuch,
    LineTwice,
    PaymentTwice,
    Quantity { line: LineId },
    ComponentTwice { line: LineId },
    NoWeight { line: LineId },
    OtherCurrency,
    Negative,
    DiscountAbovePrice { line: LineId },
    TotalDiffers { stated: Money, total: Money },
    SerialCount { line: LineId },
    SerialTwice { serial: Serial },
}

impl fmt::Display for OrderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNumber => write!(f, "the order has no number"),
            Self::NoLine => write!(f, "the order has no line"),
            Self::TooMuch => write!(
                f,
                "the order is too large: at most {LINES_MAX} lines, {COMPONENTS_MAX} components a unit, \
                 {PAYMENTS_MAX} payments, and sums within 64 bits of minor units"
            ),
            Self::LineTwice => write!(f, "two lines have the same id"),
            Self::PaymentTwice => write!(f, "two payments have the same id"),
            Self::Quantity { line } => {
                write!(f, "the quantity of line {line:?} is not from 1 to {QUANTITY_MAX}")
            }
            Self::ComponentTwice { line } => write!(f, "line {line:?} names a component twice"),
            Self::NoWeight { line } => {
                write!(f, "no component of line {line:?} has a weight above 0")
            }
            Self::OtherCurrency => write!(f, "an amount is not in the order's currency"),
            Self::Negative => write!(f, "an amount is below 0"),
            Self::DiscountAbovePrice { line } => {
                write!(f, "the discount of line {line:?} is above its price")
            }
            Self::TotalDiffers { stated, total } => {
                write!(f, "lines and shipping come to {total}, and the order states {stated}")
            }
            Self::SerialCount { line } => {
                write!(f, "line {line:?} has serials, but not one for each unit")
            }
            Self::SerialTwice { serial } => write!(f, "the serial {serial:?} is given twice"),
        }
    }
}

impl std::error::Error for OrderError {}
