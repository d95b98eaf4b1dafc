//! A client of the desk that asks again under the same key until it is answered, and keeps every answer.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use serde_json::{Value, json};
use ureq::Agent;

use crate::desk::Desk;

/// How long a client asks before it says that the desk does not come back.
const ASKS_FOR: Duration = Duration::from_mins(1);
/// How long a client waits before it asks again.
const PAUSE: Duration = Duration::from_millis(20);
const CALL_MAX: Duration = Duration::from_secs(20);
/// What one order was paid with, and what its refund comes to.
const CAPTURED: i64 = 10_000;

/// What the desk has said is done.
#[derive(Clone, Debug)]
pub(crate) struct Acknowledged {
    pub(crate) order: String,
    /// The ledger's version after it; nothing for an order that was taken in.
    pub(crate) version: Option<i64>,
    pub(crate) recorded: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

pub(crate) fn agent() -> Agent {
    let agent = Agent::config_builder().proxy(None).http_status_as_error(false);
    agent.timeout_global(Some(CALL_MAX)).max_idle_connections(0).build().new_agent()
}

/// One client; it asks the server at its place, and the others when that one is gone.
pub(crate) struct Client<'a> {
    desk: &'a Desk,
    agent: Agent,
    place: usize,
}

impl<'a> Client<'a> {
    pub(crate) fn new(desk: &'a Desk, place: usize) -> Self {
        Self { desk, agent: agent(), place }
    }

    /// Asks once; no answer is nothing.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: Option<&Value>,
    ) -> Option<Answer> {
        let doors = self.desk.doors();
        let door = doors.get(self.place % doors.len().max(1))?;
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{door}/api/v1{path}"))
            .header("Authorization", format!("Bearer {}", self.desk.key));
        let request = match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        let answer = match body {
            None => self.agent.run(request.body(()).expect("a request")),
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                self.agent.run(request.body(body.to_string()).expect("a request"))
            }
        };
        let read = answer.ok().and_then(|mut answer| {
            let status = answer.status().as_u16();
            let text = answer.body_mut().read_to_string().ok()?;
            Some(Answer { status, body: serde_json::from_str(&text).ok()? })
        });
        if read.is_none() {
            self.place += 1;
        }
        read
    }

    /// Asks until the desk says yes or no. What it says is done is remembered.
    pub(crate) fn insist(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Answer {
        let started = now();
        loop {
            match self.ask(method, path, key, Some(body)) {
                Some(answer) if answer.status < 500 => return self.remembered(path, answer),
                Some(answer) if answer.status != 503 => panic!("{path}: {answer:?}"),
                answer => {
                    assert!(started.elapsed() < ASKS_FOR, "{path}: no answer: {answer:?}");
                    std::thread::sleep(PAUSE);
                }
            }
        }
    }

    /// Asks once, and remembers what the desk says is done.
    pub(crate) fn try_once(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &Value,
    ) -> Option<Answer> {
        let answer = self.ask(method, path, key, Some(body))?;
        Some(self.remembered(path, answer))
    }

    fn remembered(&self, path: &str, answer: Answer) -> Answer {
        let order = path.trim_start_matches("/orders/").split('/').next().expect("a first part");
        if answer.status < 300 {
            let recorded = answer.body["recorded"].as_array().map_or(&[][..], Vec::as_slice);
            let recorded = recorded.iter().filter_map(|kind| kind.as_str().map(str::to_owned));
            self.desk.acknowledged(Acknowledged {
                order: order.to_owned(),
                version: answer.body["version"].as_i64().filter(|_| path.matches('/').count() > 2),
                recorded: recorded.collect(),
            });
        }
        answer
    }

    fn command(&mut self, order: &str, name: &str, command: &Value) -> Answer {
        let path = format!("/orders/{order}/{name}");
        self.insist("POST", &path, Some(&format!("{order}-{name}")), &json!({"command": command}))
    }

    fn must(&mut self, order: &str, name: &str, command: &Value) {
        let done = self.command(order, name, command);
        assert_eq!(done.status, 200, "{order} {name}: {done:?}");
    }

    /// A return whose goods have come and were looked at: one refund may be approved.
    pub(crate) fn inspected(&mut self, order: &str) {
        self.desk.pay(order, CAPTURED);
        let taken = self.insist("PUT", &format!("/orders/{order}"), None, &self.draft(order));
        assert!(matches!(taken.status, 200 | 201), "{order}: {taken:?}");
        let (path, key) = (format!("/orders/{order}/cases"), format!("{order}-case"));
        let opened = self.insist("POST", &path, Some(&key), &claims());
        assert_eq!(opened.status, 201, "{order}: {opened:?}");
        let case = case(order);
        let expires = self.desk.now().to_zoned(TimeZone::UTC).date() + 60.days();
        let authorise = json!({
            "case": case, "units": [unit()], "instructions": "T1", "expires_on": expires.to_string(),
        });
        self.must(order, "authorise", &authorise);
        let items = json!([{"kind": "serial", "serial": serial(order)}]);
        self.must(order, "receive_parcel", &json!({"parcel": "P-1", "case": case, "items": items}));
        let inspection =
            json!({"case": case, "unit": unit(), "condition": "used", "fault_found": true});
        self.must(order, "inspect_unit", &inspection);
    }

    pub(crate) fn approve(&mut self, order: &str) {
        self.must(order, "approve_refund", &approval(order));
    }

    /// Where every piece of the order's refunds stands: its name at the provider, and its state.
    pub(crate) fn pieces(&mut self, order: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let shown = self.get(&format!("/orders/{order}"));
        for refund in shown["refunds"].as_array().expect("refunds") {
            let name = refund["refund"].as_str().expect("a name");
            for piece in refund["pieces"].as_array().expect("pieces") {
                let state = piece["state"].as_str().expect("a state");
                found.push((format!("{order}/{name}/{}", piece["number"]), state.to_owned()));
            }
        }
        found
    }

    /// How many pieces stand so that something is still to come of them; nothing where nobody answers.
    pub(crate) fn open_pieces(&mut self) -> Option<i64> {
        let sums = self.ask("GET", "/refund_sums", None, None)?;
        let open = sums.body["sums"].as_array()?.iter().filter(|sum| {
            matches!(sum["state"].as_str(), Some("reserved" | "submitted" | "unclear"))
        });
        Some(open.filter_map(|sum| sum["pieces"].as_i64()).sum())
    }

    fn get(&mut self, path: &str) -> Value {
        let started = now();
        loop {
            if let Some(answer) = self.ask("GET", path, None, None)
                && answer.status == 200
            {
                return answer.body;
            }
            assert!(started.elapsed() < ASKS_FOR, "{path}: no answer");
            std::thread::sleep(PAUSE);
        }
    }

    /// One unit, paid at the provider ten days ago and in the buyer's hands for three.
    pub(crate) fn draft(&self, order: &str) -> Value {
        let ago = |days: i64| {
            let moment = self.desk.now() - SignedDuration::from_hours(24 * days);
            moment.round(jiff::Unit::Second).expect("a whole second").to_string()
        };
        let eur = |minor: i64| json!({"minor": minor, "currency": "EUR"});
        json!({
            "number": order, "placed_at": ago(10), "signed_at": ago(3), "time_zone": "Europe/Berlin",
            "country": "DE", "voucher": "on_file", "currency": "EUR",
            "lines": [{
                "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 1,
                "serials": [serial(order)],
                "share": {"price": eur(CAPTURED), "discount": eur(0), "tax": eur(0)},
            }],
            "shipping": eur(0),
            "payments": [{
                "id": payment(order), "captured": eur(CAPTURED), "captured_at": ago(10),
                "provider": "stripe",
            }],
        })
    }
}

pub(crate) fn claims() -> Value {
    json!({"claims": [{
        "units": [unit()], "cause": "quality", "remedy": "refund", "condition": "used",
    }]})
}

pub(crate) fn approval(order: &str) -> Value {
    json!({"refund": "R-1", "case": case(order), "units": [{"unit": unit()}], "early": "T2"})
}

/// The name of the provider's side of the payment.
pub(crate) fn payment(order: &str) -> String {
    format!("pi_{order}")
}

#[expect(clippy::disallowed_methods, reason = "a test waits by the machine's own clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "the desk goes by the machine's clock, and some")]
pub(crate) fn wall() -> Timestamp {
    Timestamp::now()
}

fn unit() -> Value {
    json!({"line": "L1", "number": 1})
}

fn case(order: &str) -> String {
    format!("{order}-R1")
}

fn serial(order: &str) -> String {
    format!("S-{order}")
}
