//! Orders as shops write them: bytes of one answer of a shop's interface in, and for each of its orders either our own order or where
//! and why it is refused.
//!
//! What every shop has in common here:
//! - Amounts are read exactly from decimals; none is computed again. A line's discount and tax are those that the shop stored with the
//!   line, and an order whose parts do not meet its total to the smallest unit is refused with the difference.
//! - An order of which the shop has paid something back, or that it has cancelled or changed since, is refused: which units the
//!   money was for cannot be told for certain, and no unit may be paid for twice. It is finished in the shop; an order that was
//!   imported before stays as it was.
//! - The time zone of the delivery comes from country and province where these have one zone, and else from [`Settings`].
//! - A message names the place in the JSON, and never repeats what a person typed.

mod node;
mod shopify;
mod woocommerce;
mod zone;

use std::fmt;

use backhaul_app::{Buyer, Email, MalformedBuyer, NewOrder};
use backhaul_core::facts::{Country, Zone};
use backhaul_core::ledger::{ID_CHARS_MAX, Order, OrderDraft, Serial};
use backhaul_core::money::{Money, MoneyError};
use serde_json::Value;

use self::node::{Fault, Node};
use crate::order_file::seen::Seen;

/// The largest answer of a shop; a page of orders has a few hundred of them.
pub const ANSWER_BYTES_MAX: usize = 16 << 20;

/// A shop whose orders are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shop {
    /// Shopify: the order of the REST Admin API, alone, as `{"order": …}` or as `{"orders": […]}`.
    Shopify,
    /// `WooCommerce`: the order of the REST API v3, alone or in an array.
    WooCommerce,
}

/// What a shop's order does not say.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Under which name of a line's properties (Shopify) or meta data (`WooCommerce`) its serials stand, parted by blanks or commas.
    pub serials: Vec<String>,
    /// The time zone of deliveries to where there are several.
    pub time_zone: Option<Zone>,
    /// The category of every line, for the order does not tell its articles'.
    pub category: String,
}

impl Default for Settings {
    fn default() -> Self {
        let serials = ["serial", "_serial_numbers"].map(str::to_owned).to_vec();
        Self { serials, time_zone: None, category: "goods".to_owned() }
    }
}

/// Why an order of an answer is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Which order of the answer, from 1.
    pub order: usize,
    /// Where in the order, such as `line_items[2].price`; empty where it is the whole order.
    pub path: String,
    /// What is wrong, for a person.
    pub message: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let colon = if self.path.is_empty() { "" } else { ": " };
        write!(f, "order {}: {}{colon}{}", self.order, self.path, self.message)
    }
}

/// The orders of a shop's answer.
#[must_use]
pub fn read(shop: Shop, bytes: &[u8], settings: &Settings) -> Vec<Result<NewOrder, Refused>> {
    let of_all = |message| vec![Err(Refused { order: 1, path: String::new(), message })];
    if bytes.len() > ANSWER_BYTES_MAX {
        return of_all(format!(
            "an answer has at most {ANSWER_BYTES_MAX} bytes: ask the shop for fewer orders"
        ));
    }
    let answer: Value = match serde_json::from_slice(bytes) {
        Ok(answer) => answer,
        Err(error) => return of_all(format!("not JSON: {error}")),
    };
    let orders = match (&answer, answer.get("orders"), answer.get("order")) {
        (Value::Array(orders), ..) | (_, Some(Value::Array(orders)), _) => orders.as_slice(),
        (.., Some(order)) => std::slice::from_ref(order),
        _ => std::slice::from_ref(&answer),
    };
    let mut seen = Seen::default();
    let read_one = |(order, value): (usize, &Value)| {
        let node = Node::root(value);
        let new = match shop {
            Shop::Shopify => shopify::order(&node, settings),
            Shop::WooCommerce => woocommerce::order(&node, settings),
        };
        let once = new.and_then(|new| {
            let place = u64::try_from(order).unwrap_or(u64::MAX);
            let again = |_| node.wrong("this number stands in the answer already");
            seen.meet(&new.order.number, place).map_err(again)?;
            Ok(new)
        });
        once.map_err(|Fault { path, message }| Refused { order, path, message })
    };
    (1..).zip(orders).map(read_one).collect()
}

/// The order, where all of it holds and its parts meet the total that the shop states at that place.
fn checked(draft: OrderDraft, total: &Node<'_>, root: &Node<'_>) -> Result<OrderDraft, Fault> {
    let mut parts = vec![draft.shipping];
    for line in &draft.lines {
        parts.push(line.share.total().map_err(|error| root.wrong(error))?);
    }
    let parts = Money::sum(draft.currency, parts).map_err(|error| root.wrong(error))?;
    let stated = total.money(draft.currency)?;
    if parts != stated {
        let apart = parts.minus(stated).map_err(|error| root.wrong(error))?;
        return Err(total.wrong(format!(
            "the lines and the shipping come to {parts}, and this states {stated}: {apart} apart"
        )));
    }
    let draft = OrderDraft { total: Some(stated), ..draft };
    let order = Order::new(draft).map_err(|error| root.wrong(error))?;
    Ok(OrderDraft { version: 0, ..order.into() })
}

/// Where the goods went: the country, and the time zone there.
fn place(
    country: &Node<'_>,
    province: &Node<'_>,
    settings: &Settings,
) -> Result<(Country, Zone), Fault> {
    let wanted = || country.wrong("not a country's code such as `DE`");
    let code = country.text()?.and_then(Country::parse).ok_or_else(wanted)?;
    let zone =
        zone::of(code, province.text()?.unwrap_or("")).or_else(|| settings.time_zone.clone());
    let unknown = || {
        province.wrong(format!(
            "{code} has several time zones, and this does not tell which: set one for such orders"
        ))
    };
    Ok((code, zone.ok_or_else(unknown)?))
}

/// Serials that stand in one text.
fn serials(node: &Node<'_>) -> Result<Vec<Serial>, Fault> {
    let text = node.text()?.unwrap_or("");
    let parts = text.split([' ', ',', ';', '\n', '\t', '\r']).filter(|part| !part.is_empty());
    let malformed = |_| {
        node.wrong(format!("a serial has 1 to {ID_CHARS_MAX} characters, none a control character"))
    };
    parts.map(|part| Serial::new(part).map_err(malformed)).collect()
}

/// The buyer, where the shop says anything; what is wrong is told without repeating it.
fn buyer(
    email: &Node<'_>,
    names: &[Node<'_>],
    language: Option<&Node<'_>>,
) -> Result<Option<Buyer>, Fault> {
    let address = email.text()?.map(|text| Email::new(text.trim())).transpose();
    let address = address.map_err(|error| email.wrong(error))?;
    let mut parts = Vec::new();
    for name in names {
        parts.extend(name.text()?.map(str::trim).filter(|part| !part.is_empty()));
    }
    let name = Some(parts.join(" ")).filter(|name| !name.is_empty());
    let tag = match language {
        Some(node) => node.text()?.map(str::to_owned),
        None => None,
    };
    let buyer = Buyer::new(address, name, tag).map_err(|error| match (error, names, language) {
        (MalformedBuyer::Name, [first, ..], _) => first.wrong(error),
        (_, _, Some(language)) => language.wrong(error),
        _ => email.wrong(error),
    })?;
    Ok(Some(buyer).filter(|buyer| !buyer.is_empty()))
}

impl From<MoneyError> for Fault {
    fn from(error: MoneyError) -> Self {
        Self { path: String::new(), message: error.to_string() }
    }
}
