//! What is asked of the desk, in short: the name of a command, and the command.

use serde_json::{Value, json};

/// A command's name and itself.
pub(crate) type Asked = (&'static str, Value);

pub(crate) fn eur(minor: i64) -> Value {
    json!({"minor": minor, "currency": "EUR"})
}

/// `L1#2`, `L3#1/PSU-A`, `L1#2~1`.
pub(crate) fn unit(text: &str) -> Value {
    let (text, generation) = text.split_once('~').unwrap_or((text, "0"));
    let (text, component) = match text.split_once('/') {
        Some((text, component)) => (text, Some(component)),
        None => (text, None),
    };
    let (line, number) = text.split_once('#').unwrap();
    let mut unit = json!({"line": line, "number": number.parse::<u32>().unwrap()});
    if let Some(component) = component {
        unit["component"] = component.into();
    }
    if generation != "0" {
        unit["generation"] = generation.parse::<u16>().unwrap().into();
    }
    unit
}

pub(crate) fn units(names: &[&str]) -> Value {
    names.iter().map(|name| unit(name)).collect()
}

pub(crate) fn claim(names: &[&str], cause: &str, remedy: &str) -> Value {
    let condition = if cause == "quality" { "used" } else { "unused" };
    let evidence = |slot: &str| json!({"slot": slot, "file": "picture"});
    let evidence: Vec<Value> = match cause {
        "damaged" => Vec::new(),
        _ => ["outer_box", "inner_package", "product"].map(evidence).into(),
    };
    json!({"units": units(names), "cause": cause, "remedy": remedy, "condition": condition, "evidence": evidence})
}

/// Claimed faulty, and the money wanted back.
pub(crate) fn open(case: &str, names: &[&str]) -> Asked {
    open_for(case, names, "quality", "refund")
}

pub(crate) fn open_for(case: &str, names: &[&str], why: &str, remedy: &str) -> Asked {
    let claims = [claim(names, why, remedy)];
    ("open_case", json!({"case": case, "reported_at": "2026-03-05T09:00:00Z", "claims": claims}))
}

pub(crate) fn authorise(case: &str, names: &[&str]) -> Asked {
    let command = json!({
        "case": case, "units": units(names), "instructions": "T-instructions", "expires_on": "2026-04-30",
    });
    ("authorise", command)
}

pub(crate) fn decline(case: &str, names: &[&str], clause: &str) -> Asked {
    ("decline", json!({"case": case, "units": units(names), "clause": clause, "text": "T-why"}))
}

pub(crate) fn overrule(case: &str, name: &str, accept: bool, clause: &str) -> Asked {
    let command = json!({"case": case, "unit": unit(name), "accept": accept, "clause": clause, "reason": "T-reason"});
    ("overrule", command)
}

pub(crate) fn scanned(serial: &str) -> Value {
    json!({"kind": "serial", "serial": serial})
}

pub(crate) fn counted(line: &str, count: i64) -> Value {
    json!({"kind": "counted", "line": line, "count": count})
}

pub(crate) fn receive(parcel: &str, case: &str, items: &[Value]) -> Asked {
    ("receive_parcel", json!({"parcel": parcel, "case": case, "items": items}))
}

pub(crate) fn inspect(case: &str, name: &str) -> Asked {
    ("inspect_unit", json!({"case": case, "unit": unit(name), "fault_found": true}))
}

pub(crate) fn dispose(case: &str, name: &str, disposal: &str) -> Asked {
    ("dispose_unit", json!({"case": case, "unit": unit(name), "disposal": disposal}))
}

pub(crate) fn approve(refund: &str, case: &str, names: &[&str]) -> Asked {
    let units: Vec<Value> = names.iter().map(|name| json!({"unit": unit(name)})).collect();
    ("approve_refund", json!({"refund": refund, "case": case, "units": units}))
}

pub(crate) fn early(asked: Asked) -> Asked {
    with(asked, "early", "T-early".into())
}

/// The same command with one field more.
pub(crate) fn with((name, mut command): Asked, field: &str, value: Value) -> Asked {
    command[field] = value;
    (name, command)
}

pub(crate) fn replacement(name: &'static str, case: &str, of: &str) -> Asked {
    (name, json!({"case": case, "unit": unit(of)}))
}

/// An order of which much can come back:
/// - `L1`: three transceivers with serials `S1` to `S3`, 115.67 each or so with discount and tax.
/// - `L2`: five cables without serials.
/// - `L3`: one switch `SW1` of a chassis and two power supplies `PA1`, `PB1`.
/// - `L4`: one thing that was declared not returnable.
///
/// Shipping 15.00; 200.00 was captured first, and the rest later.
pub(crate) fn order() -> Value {
    let share = |price, discount, tax| json!({"price": eur(price), "discount": eur(discount), "tax": eur(tax)});
    let line = |id: &str, quantity: u32, share: Value, serials: &[&str]| {
        json!({"id": id, "sku": format!("SKU-{id}"), "category": "transceiver", "quantity": quantity, "share": share,
               "serials": serials})
    };
    let mut switch = line("L3", 1, share(100_001, 10_000, 17_101), &["SW1"]);
    switch["components"] = json!([
        {"name": "CHASSIS", "weight": 8},
        {"name": "PSU-A", "weight": 1, "serials": ["PA1"]},
        {"name": "PSU-B", "weight": 1, "serials": ["PB1"]},
    ]);
    let mut fixed = line("L4", 1, share(2_000, 0, 380), &["X1"]);
    fixed["declared_non_returnable"] = true.into();
    json!({
        "number": NUMBER, "placed_at": "2026-02-20T09:00:00Z", "signed_at": "2026-03-04T14:20:00Z",
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [
            line("L1", 3, share(30_000, 1_000, 5_700), &["S1", "S2", "S3"]),
            line("L2", 5, share(9_999, 0, 1_900), &[]),
            switch,
            fixed,
        ],
        "shipping": eur(1_500), "total": eur(157_581),
        "payments": [payment("P1", 20_000, "2026-02-20T09:01:00Z"), payment("P2", 137_581, "2026-02-21T09:01:00Z")],
    })
}

pub(crate) fn payment(id: &str, captured: i64, at: &str) -> Value {
    json!({"id": id, "captured": eur(captured), "captured_at": at})
}

/// The number of the order of these tests.
pub(crate) const NUMBER: &str = "SO-1001";

/// An order of so many units for 100.00 each, with serials `S1` to `Sn`, of which so much was captured.
pub(crate) fn order_of(number: &str, units: u32, captured: i64) -> Value {
    let serials: Vec<String> = (1..=units).map(|unit| format!("S{unit}")).collect();
    let price = i64::from(units) * 10_000;
    json!({
        "number": number, "placed_at": "2026-02-20T09:00:00Z", "signed_at": "2026-03-04T14:20:00Z",
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [{
            "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": units, "serials": serials,
            "share": {"price": eur(price), "discount": eur(0), "tax": eur(0)},
        }],
        "shipping": eur(0), "payments": [payment("P1", captured, "2026-02-20T09:00:01Z")],
    })
}
