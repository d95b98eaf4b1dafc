//! What a provider shows of payments and refunds, as far behind as a test wants it.

use crate::desk::Desk;
use crate::personality::Personality;
use crate::shape::{self, Answer, Found, Look, Problem};
use crate::state::Refund;

pub(crate) fn answer(desk: &Desk, personality: Personality, look: &Look) -> Answer {
    let shape = shape::of(personality);
    find(desk, personality, look)
        .map_or_else(|problem| shape.problem(&problem), |found| shape.found(&found))
}

fn find(desk: &Desk, personality: Personality, look: &Look) -> Result<Found, Problem> {
    let state = desk.state(personality).ok_or(Problem::NoSuchPath)?;
    if state.is_lookup_down {
        return Err(Problem::Broken(503));
    }
    let moment = desk.now().saturating_sub(state.lookup_stale_seconds);
    let seen = || state.refunds.iter().filter_map(|refund| refund.as_of(moment));
    let unknown = |id: &str| Problem::UnknownPayment(id.to_owned());
    match look {
        Look::Refund(id) => {
            let refund = seen().find(|refund| refund.id == *id);
            refund.map(Found::Refund).ok_or_else(|| Problem::UnknownRefund(id.clone()))
        }
        Look::Payment(id) => {
            let payment = state.payment(id).ok_or_else(|| unknown(id))?.clone();
            let live = seen().filter(|refund| refund.payment == payment.id && refund.is_live());
            let refunded = live.fold(0_i64, |sum, each| sum.saturating_add(each.amount_minor));
            Ok(Found::Payment { payment, refunded_minor: refunded })
        }
        Look::Refunds { payment, limit, after } => {
            let payment = payment.as_ref();
            let payment = payment.map(|id| state.payment(id).ok_or_else(|| unknown(id)));
            let payment = payment.transpose()?.map(|payment| payment.id.clone());
            let is_asked =
                |refund: &Refund| payment.as_ref().is_none_or(|id| refund.payment == *id);
            let mut latest_first: Vec<_> = seen().filter(is_asked).collect();
            latest_first.reverse();
            if let Some(after) = after {
                let start = latest_first.iter().position(|refund| refund.id == *after);
                let start = start.ok_or_else(|| Problem::UnknownRefund(after.clone()))?;
                latest_first.drain(..=start);
            }
            let has_more = latest_first.len() > *limit;
            latest_first.truncate(*limit);
            Ok(Found::Refunds(latest_first, has_more))
        }
    }
}
