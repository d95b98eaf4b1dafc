//! One whole return as a merchant's systems would ask for it, and the order that it is about.

use std::time::Duration;

use anyhow::Result;

use super::load::timed;
use crate::bench::http::Client;

/// Open, authorise, announce, receive, inspect, approve.
pub(super) fn whole_return(
    client: &mut Client,
    name: &str,
    times: &mut Vec<Duration>,
) -> Result<()> {
    let (order, case) = (format!("/orders/B-{name}"), format!("B-{name}-R1"));
    let unit = r#"{"line":"L1","number":1}"#;
    let mut post = |step: &str, body: &str| {
        let key = format!("{name}-{step}");
        timed(times, || client.expect("POST", &format!("{order}/{step}"), Some(&key), body))
            .map(drop)
    };
    post(
        "cases",
        &format!(
            r#"{{"claims":[{{"units":[{unit}],"cause":"quality","remedy":"refund","condition":"used"}}]}}"#
        ),
    )?;
    post(
        "authorise",
        &format!(
            r#"{{"command":{{"case":"{case}","units":[{unit}],"instructions":"T1","expires_on":"2099-12-31"}},"texts":{{"T1":"Pack it well."}}}}"#
        ),
    )?;
    post(
        "announce_parcel",
        &format!(r#"{{"command":{{"case":"{case}","parcel":"P1","units":[{unit}]}}}}"#),
    )?;
    post(
        "receive_parcel",
        &format!(
            r#"{{"command":{{"parcel":"P1","case":"{case}","items":[{{"kind":"serial","serial":"S{name}"}}]}}}}"#
        ),
    )?;
    post(
        "inspect_unit",
        &format!(
            r#"{{"command":{{"case":"{case}","unit":{unit},"condition":"used","fault_found":true}}}}"#
        ),
    )?;
    post(
        "approve_refund",
        &format!(
            r#"{{"command":{{"refund":"RF1","case":"{case}","units":[{{"unit":{unit}}}],"early":"T2"}},"texts":{{"T2":"A good customer."}}}}"#
        ),
    )
}

/// An order that was signed for two days ago, so that it can still be returned.
#[expect(clippy::disallowed_methods, reason = "the server goes by the machine's clock")]
pub(super) fn order(name: &str) -> String {
    let ago = |days: i64| {
        let then = jiff::Timestamp::now()
            .saturating_sub(jiff::SignedDuration::from_hours(days.saturating_mul(24)));
        then.map_or_else(|_| String::new(), |then| then.to_string())
    };
    let (placed_at, signed_at) = (ago(10), ago(2));
    let eur = |minor: u32| format!(r#"{{"minor":{minor},"currency":"EUR"}}"#);
    format!(
        r#"{{"number":"B-{name}","placed_at":"{placed_at}","signed_at":"{signed_at}","time_zone":"Europe/Berlin","country":"DE","voucher":"on_file","currency":"EUR","lines":[{{"id":"L1","sku":"QSFP28-100G-SR4","category":"transceiver","quantity":1,"serials":["S{name}"],"share":{{"price":{},"discount":{},"tax":{}}}}}],"shipping":{},"payments":[{{"id":"pi_{name}","captured":{},"captured_at":"{placed_at}"}}]}}"#,
        eur(10_000),
        eur(0),
        eur(0),
        eur(0),
        eur(10_000)
    )
}
