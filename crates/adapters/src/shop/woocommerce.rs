//! An order of `WooCommerce`'s REST API, version 3.
//!
//! - `subtotal` and `total` of a line are before tax whatever `prices_include_tax` says; what lies between them is the discount, and
//!   `total_tax` is the tax after it.
//! - A fee is neither a unit nor the way out, so an order with one is refused.
//! - The payment is the total, captured at `date_paid_gmt`, under its `transaction_id` and by its `payment_method`.

use backhaul_app::NewOrder;
use backhaul_core::ledger::{Line, OrderDraft, Payment, PaymentId, Share};
use backhaul_core::money::{Currency, Money};
use backhaul_core::words::Voucher;

use super::node::{Fault, Node};
use super::{Settings, buyer, checked, place, serials};

/// States of an order of which nothing was sold, or nothing is left to return.
const NOT_SOLD: [&str; 6] =
    ["cancelled", "refunded", "failed", "trash", "checkout-draft", "auto-draft"];

pub(super) fn order(root: &Node<'_>, settings: &Settings) -> Result<NewOrder, Fault> {
    is_as_it_was_sold(root)?;
    let currency = root.get("currency").currency()?;
    let created = root.get("date_created_gmt");
    let placed_at = created.moment_gmt()?.ok_or_else(|| created.wrong("this is missing"))?;
    let billing = root.get("billing");
    let address = match root.get("shipping") {
        address if address.get("country").text()?.is_none() => root.get("billing"),
        address => address,
    };
    let (country, time_zone) = place(&address.get("country"), &address.get("state"), settings)?;
    let lines = root.get("line_items").items()?;
    let lines = lines.iter().map(|item| line(item, currency, settings));
    let number = root.get("number");
    let draft = OrderDraft {
        number: number.name()?.ok_or_else(|| number.wrong("this is missing"))?,
        version: 0,
        placed_at,
        signed_at: None,
        time_zone,
        country,
        voucher: Voucher::OnFile,
        currency,
        lines: lines.collect::<Result<_, _>>()?,
        shipping: shipping(&root.get("shipping_lines"), currency)?,
        total: None,
        payments: payment(root, currency)?.into_iter().collect(),
    };
    let names = [billing.get("first_name"), billing.get("last_name")];
    let buyer = buyer(&billing.get("email"), &names, None)?;
    Ok(NewOrder { order: checked(draft, &root.get("total"), root)?, buyer })
}

fn is_as_it_was_sold(root: &Node<'_>) -> Result<(), Fault> {
    let status = root.get("status");
    if let Some(known) = status.text()?.filter(|status| NOT_SOLD.contains(status)) {
        return Err(status.wrong(format!("the order is {known} in the shop")));
    }
    let refunds = root.get("refunds");
    if !refunds.items()?.is_empty() {
        return Err(
            refunds.wrong("the shop has paid something of it back already: finish it there")
        );
    }
    for fee in root.get("fee_lines").items()? {
        // Negative ones are discounts by another name; neither kind has a unit to come back with.
        let total = fee.get("total");
        if total.text()?.is_some_and(|text| text.bytes().any(|byte| matches!(byte, b'1'..=b'9'))) {
            return Err(
                total.wrong("a fee belongs to no line: put it into a line's price or the shipping")
            );
        }
    }
    Ok(())
}

fn line(item: &Node<'_>, currency: Currency, settings: &Settings) -> Result<Line, Fault> {
    let (subtotal, total) = (item.get("subtotal"), item.get("total"));
    let (before, after) = (subtotal.money(currency)?, total.money(currency)?);
    let discount = before.minus(after).map_err(|error| total.wrong(error))?;
    // A price that was raised by hand leaves a total above the subtotal, and no discount.
    let (price, discount) =
        if discount.is_negative() { (after, Money::zero(currency)) } else { (before, discount) };
    let mut numbers = Vec::new();
    for meta in item.get("meta_data").items()? {
        let key = meta.get("key").name()?.unwrap_or_default();
        if !settings.serials.contains(&key) {
            continue;
        }
        match meta.get("value").items() {
            Ok(values) => {
                for value in values {
                    numbers.extend(serials(&value)?);
                }
            }
            Err(_) => numbers.extend(serials(&meta.get("value"))?),
        }
    }
    let sku = match item.get("sku").text()? {
        Some(sku) => sku.to_owned(),
        None => item.get("product_id").name()?.unwrap_or_default(),
    };
    Ok(Line {
        id: item.get("id").id()?,
        sku,
        category: settings.category.clone(),
        quantity: item.get("quantity").count()?,
        sold_for: None,
        declared_non_returnable: false,
        batch: None,
        share: Share { price, discount, tax: item.get("total_tax").money(currency)? },
        serials: numbers,
        components: Vec::new(),
    })
}

/// All ways out together, tax included.
fn shipping(lines: &Node<'_>, currency: Currency) -> Result<Money, Fault> {
    let net = lines.sum("total", currency)?;
    let tax = lines.sum("total_tax", currency)?;
    net.plus(tax).map_err(|error| lines.wrong(error))
}

fn payment(root: &Node<'_>, currency: Currency) -> Result<Option<Payment>, Fault> {
    let Some(captured_at) = root.get("date_paid_gmt").moment_gmt()? else { return Ok(None) };
    let (transaction, method) = (root.get("transaction_id"), root.get("payment_method"));
    let id = if transaction.text()?.is_some() {
        transaction.id()?
    } else {
        // Paid by bank transfer or the like: there is no other name than the order's.
        let id = root.get("id").name()?.unwrap_or_default();
        PaymentId::new(&format!("order-{id}")).map_err(|error| root.get("id").wrong(error))?
    };
    Ok(Some(Payment {
        id,
        captured: root.get("total").money(currency)?,
        captured_at,
        provider: method.text()?.map(|_| method.id()).transpose()?,
    }))
}
