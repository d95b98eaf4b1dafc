//! What a decision comes to, in what is compared between two versions; and what it costs the merchant.

use jiff::civil::Date;
use serde::Serialize;

use crate::decision::{ClauseId, Dates, Decision, Freight, Term, TermValue};
use crate::facts::Facts;
use crate::money::{Currency, Money};
use crate::words::{Payer, Remedy, Verdict, closed_list};

closed_list! {
    /// In what two decisions differ.
    Part {
        /// What they come to.
        Verdict = "verdict",
        /// Which remedies are open.
        Remedies = "remedies",
        /// Who pays the way back.
        ReturnFreight = "return_freight",
        /// Who pays the way of a replacement.
        ReplacementFreight = "replacement_freight",
        /// How much of the price goes back.
        RefundShare = "refund_share",
        /// Which components are replaced.
        Components = "components",
        /// What is missing.
        Needs = "needs",
        /// When the refund is due: until when a report would have been in time is nothing to a claim that was reported.
        Dates = "dates",
        /// Another term.
        Terms = "terms",
    }
}

/// What of the price goes back, where the claim comes to a refund or a credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefundShare {
    /// The share of the price, in percent, from 0 to 100.
    pub percent: u8,
    /// Fixed fees that are kept back of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub less: Vec<Money>,
}

/// What a decision comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outcome {
    /// The verdict.
    pub verdict: Verdict,
    /// The remedies open to the buyer.
    pub remedies: Vec<Remedy>,
    /// Who pays which freight.
    pub freight: Freight,
    /// What of the price goes back; nothing where the claim comes to no refund.
    pub refund_share: Option<RefundShare>,
    /// The components that are replaced.
    pub components: Vec<String>,
    /// What is missing.
    pub needs: Vec<String>,
    /// The dates.
    pub dates: Dates,
    /// What else is laid down.
    pub terms: Vec<Term>,
    /// The clauses that it rests on.
    pub clauses: Vec<ClauseId>,
    /// What it costs the merchant; nothing where that is open, or where nothing is known of the money.
    pub cost: Option<Money>,
}

/// The money of a claim that was made: what there was to pay back, and what the ways cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Worth {
    /// What the buyer paid for the unit.
    pub paid: Money,
    /// What was laid out for the way back, by whomever.
    pub return_freight: Money,
    /// What was laid out for the way of a replacement.
    pub replacement_freight: Money,
}

impl Worth {
    /// The one currency of it.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.paid.currency
    }
}

impl Outcome {
    /// What the decision comes to.
    #[must_use]
    pub fn new(decision: &Decision, facts: &Facts, worth: Option<&Worth>) -> Self {
        let asked = facts.claim.remedy;
        let pays_back = matches!(asked, Remedy::Refund | Remedy::Credit)
            && decision.verdict != Verdict::Declined
            && decision.remedies.contains(&asked);
        let refund_share = pays_back.then(|| share(decision));
        let is_open = matches!(decision.verdict, Verdict::Needs | Verdict::Review);
        let cost = worth
            .filter(|_| !is_open)
            .and_then(|worth| cost(refund_share.as_ref(), decision.freight, asked, worth));
        Self {
            verdict: decision.verdict,
            remedies: decision.remedies.clone(),
            freight: decision.freight,
            refund_share,
            components: decision.replace_components.clone(),
            needs: decision.needs.clone(),
            dates: decision.dates,
            terms: decision.terms.clone(),
            clauses: decision.clauses.clone(),
            cost,
        }
    }

    /// In what it differs from another one. Which clauses it rests on is no difference by itself.
    #[must_use]
    pub fn parts_unlike(&self, other: &Self) -> Vec<Part> {
        let differs = |part: &Part| match part {
            Part::Verdict => self.verdict != other.verdict,
            Part::Remedies => self.remedies != other.remedies,
            Part::ReturnFreight => self.freight.r#return != other.freight.r#return,
            Part::ReplacementFreight => self.freight.replacement != other.freight.replacement,
            Part::RefundShare => self.refund_share != other.refund_share,
            Part::Components => self.components != other.components,
            Part::Needs => self.needs != other.needs,
            Part::Dates => refund_dates(&self.dates) != refund_dates(&other.dates),
            Part::Terms => !same_terms(&self.terms, &other.terms),
        };
        Part::ALL.iter().copied().filter(differs).collect()
    }
}

fn refund_dates(dates: &Dates) -> (Option<Date>, Option<Date>) {
    (dates.refund_from, dates.refund_by)
}

/// Whether they say the same, under whatever clauses.
fn same_terms(some: &[Term], others: &[Term]) -> bool {
    let says = |terms: &[Term]| -> Vec<_> {
        terms.iter().map(|term| (term.term.clone(), term.says.clone())).collect()
    };
    says(some) == says(others)
}

/// What of the price goes back, after the fees that are kept of it.
fn share(decision: &Decision) -> RefundShare {
    let (mut percent, mut less) = (100_i64, Vec::new());
    for fee in decision.terms.iter().filter(|term| term.term == "fee") {
        let integer = |name: &str| match fee.says.get(name) {
            Some(TermValue::Integer(integer)) => Some(*integer),
            _ => None,
        };
        let text = |name: &str| match fee.says.get(name) {
            Some(TermValue::Text(text)) => Some(text.as_str()),
            _ => None,
        };
        if matches!(text("of"), None | Some("price" | "list_price")) {
            percent = percent.saturating_sub(integer("percent").unwrap_or(0));
        }
        let currency = text("currency").and_then(|code| Currency::parse(code).ok());
        if let (Some(minor), Some(currency)) = (integer("amount_minor"), currency) {
            less.push(Money::new(minor, currency));
        }
    }
    RefundShare { percent: u8::try_from(percent.clamp(0, 100)).unwrap_or(0), less }
}

/// What goes back to the buyer, and what the merchant pays of the ways that were gone.
fn cost(
    share: Option<&RefundShare>,
    freight: Freight,
    asked: Remedy,
    worth: &Worth,
) -> Option<Money> {
    let mut cost = Money::zero(worth.currency());
    if let Some(share) = share {
        cost = cost.plus(paid_back(share, worth.paid)?).ok()?;
    }
    cost = cost.plus(merchants(worth.return_freight, freight.r#return)?).ok()?;
    if asked == Remedy::Replacement {
        cost = cost.plus(merchants(worth.replacement_freight, freight.replacement)?).ok()?;
    }
    Some(cost)
}

fn paid_back(share: &RefundShare, paid: Money) -> Option<Money> {
    let percent = u64::from(share.percent);
    let parts = paid.split(&[percent, 100_u64.saturating_sub(percent)]).ok()?;
    let mut back = *parts.first()?;
    for fee in &share.less {
        // A fee in another currency is kept back at a rate that nobody knows here.
        back = back.minus(*fee).ok()?;
    }
    Some(if back.is_negative() { Money::zero(paid.currency) } else { back })
}

fn merchants(laid_out: Money, payer: Option<Payer>) -> Option<Money> {
    match payer {
        Some(Payer::Merchant) => Some(laid_out),
        Some(Payer::Shared) => laid_out.split(&[1, 1]).ok()?.first().copied(),
        Some(Payer::Buyer) | None => Some(Money::zero(laid_out.currency)),
    }
}
