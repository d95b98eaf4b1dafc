//! An order of Shopify's REST Admin API.
//!
//! - The number is the `name` without its `#`.
//! - An order whose buyer paid in another currency than the shop's is refused: the shop's amounts are not what was paid.
//! - A line is its unit price times its quantity, less its `discount_allocations`; its tax is that of its `tax_lines`, which with
//!   `taxes_included` is within the price.
//! - Payments are the `transactions` of kind `sale` and `capture` that succeeded. The order does not bring them by itself: they are
//!   merged into it from the shop's `transactions.json`. Without them a `paid` order has one payment of its total.

use backhaul_app::{Buyer, NewOrder};
use backhaul_core::ledger::{Line, OrderDraft, Payment, PaymentId, QUANTITY_MAX, Share};
use backhaul_core::money::{Currency, Money};
use backhaul_core::words::Voucher;
use jiff::Timestamp;

use super::node::{Fault, Node};
use super::{Settings, buyer, checked, place, serials};

pub(super) fn order(root: &Node<'_>, settings: &Settings) -> Result<NewOrder, Fault> {
    is_as_it_was_sold(root)?;
    let currency = root.get("currency").currency()?;
    let presentment = root.get("presentment_currency");
    if presentment.text()?.is_some_and(|code| code != currency.code()) {
        return Err(presentment.wrong(format!(
            "the buyer paid in another currency than the shop's {currency}: such orders are not taken"
        )));
    }
    let placed_at = match root.get("processed_at").moment()? {
        Some(at) => at,
        None => root
            .get("created_at")
            .moment()?
            .ok_or_else(|| root.get("created_at").wrong("this is missing"))?,
    };
    let address = match root.get("shipping_address") {
        address if address.is_null() => root.get("billing_address"),
        address => address,
    };
    let (country, time_zone) =
        place(&address.get("country_code"), &address.get("province_code"), settings)?;
    let includes_tax = root.get("taxes_included").flag()?;
    let lines = root.get("line_items").items()?;
    let lines = lines.iter().map(|item| line(item, currency, includes_tax, settings));
    let draft = OrderDraft {
        number: root.get("name").required_text()?.trim_start_matches('#').to_owned(),
        version: 0,
        placed_at,
        signed_at: None,
        time_zone,
        country,
        voucher: Voucher::OnFile,
        currency,
        lines: lines.collect::<Result<_, _>>()?,
        shipping: shipping(&root.get("shipping_lines"), currency, includes_tax)?,
        total: None,
        payments: payments(root, currency, placed_at)?,
    };
    Ok(NewOrder {
        order: checked(draft, &root.get("total_price"), root)?,
        buyer: person(root, &address)?,
    })
}

/// Refuses what was cancelled, paid back or changed since.
fn is_as_it_was_sold(root: &Node<'_>) -> Result<(), Fault> {
    let cancelled = root.get("cancelled_at");
    if !cancelled.is_null() {
        return Err(cancelled.wrong("the order was cancelled in the shop"));
    }
    let refunds = root.get("refunds");
    if !refunds.items()?.is_empty() {
        return Err(
            refunds.wrong("the shop has paid something of it back already: finish it there")
        );
    }
    let current = root.get("current_total_price");
    if current.text()?.is_some_and(|now| root.get("total_price").text().ok().flatten() != Some(now))
    {
        return Err(
            current.wrong("the order was changed after it was placed: finish it in the shop")
        );
    }
    Ok(())
}

fn line(
    item: &Node<'_>,
    currency: Currency,
    includes_tax: bool,
    settings: &Settings,
) -> Result<Line, Fault> {
    let quantity = item.get("quantity").count()?;
    let current = item.get("current_quantity");
    if !current.is_null() && current.count()? != quantity {
        return Err(
            current.wrong("the line was changed after it was placed: finish it in the shop")
        );
    }
    let unit_price = item.get("price").money(currency)?;
    if quantity > QUANTITY_MAX {
        return Err(item.get("quantity").wrong(format!("a line has at most {QUANTITY_MAX} units")));
    }
    let gross = Money::sum(currency, (0..quantity).map(|_| unit_price));
    let gross = gross.map_err(|error| item.get("price").wrong(error))?;
    let tax = item.get("tax_lines").sum("price", currency)?;
    let without_tax = gross.minus(tax).map_err(|error| item.get("tax_lines").wrong(error))?;
    let mut numbers = Vec::new();
    for property in item.get("properties").items()? {
        let name = property.get("name").name()?.unwrap_or_default();
        if settings.serials.contains(&name) {
            numbers.extend(serials(&property.get("value"))?);
        }
    }
    let sku = match item.get("sku").text()? {
        Some(sku) => sku.to_owned(),
        None => item.get("variant_id").name()?.unwrap_or_default(),
    };
    Ok(Line {
        id: item.get("id").id()?,
        sku,
        category: settings.category.clone(),
        quantity,
        sold_for: None,
        declared_non_returnable: false,
        batch: None,
        share: Share {
            price: if includes_tax { without_tax } else { gross },
            discount: item.get("discount_allocations").sum("amount", currency)?,
            tax,
        },
        serials: numbers,
        components: Vec::new(),
    })
}

/// All ways out together, less their discounts, tax included.
fn shipping(lines: &Node<'_>, currency: Currency, includes_tax: bool) -> Result<Money, Fault> {
    let mut sum = Money::zero(currency);
    for line in lines.items()? {
        if line.get("is_removed").flag()? {
            continue;
        }
        let price = line.get("price").money(currency)?;
        let discount = line.get("discount_allocations").sum("amount", currency)?;
        let tax = line.get("tax_lines").sum("price", currency)?;
        let tax = if includes_tax { Money::zero(currency) } else { tax };
        let paid = price.minus(discount).and_then(|net| net.plus(tax));
        sum = paid.and_then(|paid| sum.plus(paid)).map_err(|error| line.wrong(error))?;
    }
    Ok(sum)
}

fn payments(
    root: &Node<'_>,
    currency: Currency,
    placed_at: Timestamp,
) -> Result<Vec<Payment>, Fault> {
    let transactions = root.get("transactions");
    if transactions.is_null() {
        return without_transactions(root, currency, placed_at);
    }
    let mut payments = Vec::new();
    for transaction in transactions.items()? {
        if transaction.get("status").required_text()? != "success" {
            continue;
        }
        let kind = transaction.get("kind");
        match kind.required_text()? {
            "sale" | "capture" => payments.push(payment(&transaction, currency, placed_at)?),
            "refund" => {
                return Err(
                    kind.wrong("the shop has paid something of it back already: finish it there")
                );
            }
            _ => {}
        }
    }
    Ok(payments)
}

fn payment(
    transaction: &Node<'_>,
    currency: Currency,
    placed_at: Timestamp,
) -> Result<Payment, Fault> {
    let paid_in = transaction.get("currency");
    if paid_in.text()?.is_some_and(|code| code != currency.code()) {
        return Err(paid_in.wrong(format!("the order is in {currency}")));
    }
    let gateway = transaction.get("gateway");
    Ok(Payment {
        id: transaction.get("id").id()?,
        captured: transaction.get("amount").money(currency)?,
        captured_at: transaction.get("processed_at").moment()?.unwrap_or(placed_at),
        provider: gateway.text()?.map(|_| gateway.id()).transpose()?,
    })
}

/// One payment of the total, where the shop says that all is paid and by whom.
fn without_transactions(
    root: &Node<'_>,
    currency: Currency,
    placed_at: Timestamp,
) -> Result<Vec<Payment>, Fault> {
    let status = root.get("financial_status");
    match status.text()? {
        Some("paid") => {}
        None | Some("pending" | "authorized" | "voided") => return Ok(Vec::new()),
        Some(_) => {
            return Err(status.wrong(
                "which payments were captured only the `transactions` tell: merge them in",
            ));
        }
    }
    let gateways = root.get("payment_gateway_names").items()?;
    let provider = match gateways.as_slice() {
        [] => None,
        [one] => Some(one.id()?),
        _ => {
            let message = "which of them took how much only the `transactions` tell: merge them in";
            return Err(root.get("payment_gateway_names").wrong(message));
        }
    };
    let id = root.get("id").name()?.unwrap_or_default();
    let id = PaymentId::new(&format!("order-{id}")).map_err(|error| root.get("id").wrong(error))?;
    let captured = root.get("total_price").money(currency)?;
    Ok(vec![Payment { id, captured, captured_at: placed_at, provider }])
}

fn person(root: &Node<'_>, address: &Node<'_>) -> Result<Option<Buyer>, Fault> {
    let email = match root.get("email") {
        email if email.text()?.is_none() => root.get("contact_email"),
        email => email,
    };
    let customer = root.get("customer");
    let holder = if customer.is_null() { address } else { &customer };
    let names = [holder.get("first_name"), holder.get("last_name")];
    buyer(&email, &names, Some(&root.get("customer_locale")))
}
