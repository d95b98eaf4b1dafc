//! A return told in sentences: who asks for what, what is answered, and in the end the ledger and what is left to do.

use std::fmt::Write as _;
use std::sync::Arc;

use backhaul_testkit::Database;
use serde_json::Value;

use crate::asks::{Asked, NUMBER, order};
use crate::desk::{holds, next_job, outbox};
use crate::provider::Fake;
use crate::server::{Answer, Client, Server};

/// How many steps of a job a story may need.
const STEPS_MAX: usize = 100;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    Representative,
    Dock,
    Finance,
}

pub(crate) struct Story {
    pub(crate) server: Server,
    pub(crate) provider: Arc<Fake>,
    clients: [Client; 3],
    told: String,
    requests: usize,
}

impl Story {
    /// A desk that knows the order of these stories.
    pub(crate) fn new(database: &Database) -> Self {
        Self::with(database, |_| ())
    }

    /// A desk that knows it in another form.
    pub(crate) fn with(database: &Database, change: impl FnOnce(&mut Value)) -> Self {
        let server = Server::over(database);
        let clients = ["representative", "dock", "finance"].map(|role| server.client(role));
        let mut draft = order();
        change(&mut draft);
        let provider = Fake::new("replays_and_exact", &server.clock);
        let mut story = Self { server, provider, clients, told: String::new(), requests: 0 };
        story.imported(&draft);
        story
    }

    pub(crate) fn imported(&mut self, order: &Value) -> &mut Self {
        let taken = self.client(By::Representative).put(&format!("/orders/{NUMBER}"), order);
        assert!(taken.is_done(), "{taken:?}");
        self
    }

    pub(crate) fn client(&self, by: By) -> &Client {
        let [representative, dock, finance] = &self.clients;
        match by {
            By::Representative => representative,
            By::Dock => dock,
            By::Finance => finance,
        }
    }

    /// What must go well for the story to go on.
    pub(crate) fn then(&mut self, by: By, asked: Asked) -> &mut Self {
        let answer = self.ask(by, &asked);
        assert!(answer.is_done(), "{by:?} {asked:?}: {answer:?}");
        self
    }

    /// What the desk must say no to.
    pub(crate) fn refused(&mut self, by: By, asked: Asked, code: &str) -> &mut Self {
        let answer = self.ask(by, &asked);
        assert_eq!(answer.code(), code, "{by:?} {asked:?}: {answer:?}");
        self
    }

    pub(crate) fn ask(&mut self, by: By, (name, command): &Asked) -> Answer {
        self.requests += 1;
        let key = format!("request-{}", self.requests);
        let answer = self.client(by).command(&key, NUMBER, name, command);
        let _ = writeln!(self.told, "{by:?}: {name} -> {}", essentials(&answer));
        answer
    }

    pub(crate) fn days_pass(&mut self, days: i64) -> &mut Self {
        self.server.clock.wait(days.checked_mul(24).unwrap());
        let _ = writeln!(self.told, "-- {days} days later");
        self
    }

    /// What the case comes to now.
    pub(crate) fn look(&mut self, case: &str) -> &mut Self {
        let seen = self.client(By::Representative).get(&format!("/cases/{case}"));
        assert_eq!(seen.status, 200, "{seen:?}");
        let _ = writeln!(self.told, "{case} is {}", word(&seen.body["state"]));
        for claim in seen.body["claims"].as_array().unwrap() {
            let _ = writeln!(
                self.told,
                "   {} {}: {}",
                brief(&claim["unit"]),
                word(&claim["goods"]),
                brief(&claim["decision"])
            );
        }
        self
    }

    /// Work is done until none is left.
    pub(crate) fn money_leaves(&mut self) -> &mut Self {
        for _ in 0..STEPS_MAX {
            let Some(due) = next_job(&self.server.app) else {
                let paid = self.provider.paid();
                assert!(paid.values().all(|times| *times == 1), "paid more than once: {paid:?}");
                let paid: Vec<_> = paid.into_keys().collect();
                let _ = writeln!(self.told, "-- the provider has paid {paid:?}");
                return self;
            };
            self.server.clock.move_to(due);
            self.server.app.work_refunds(&self.provider.alone(), "worker").unwrap();
        }
        panic!("jobs are left");
    }

    /// The end: the ledger, the refunds and what is left to do; and what holds after every story.
    pub(crate) fn ends(&mut self, name: &str) {
        self.money_leaves();
        let order = self.client(By::Finance).get(&format!("/orders/{NUMBER}"));
        for refund in order.body["refunds"].as_array().unwrap() {
            let _ = writeln!(self.told, "refund {}", brief(refund));
        }
        for payment in order.body["payments"].as_array().unwrap() {
            let (taken, captured) = (brief(&payment["taken"]), brief(&payment["captured"]));
            let _ =
                writeln!(self.told, "payment {}: {taken} of {captured}", word(&payment["payment"]));
        }
        self.told.push_str("ledger\n");
        let events = self.client(By::Finance).get(&format!("/orders/{NUMBER}/events?limit=200"));
        for event in events.body["items"].as_array().unwrap() {
            let _ = writeln!(self.told, "{:4} {}", event["seq"], brief(&event["event"]));
        }
        let app = &self.server.app;
        let _ = writeln!(self.told, "left: {} messages", outbox(app));
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!(name, self.told);
        });
        holds(app, &[NUMBER]);
        assert_eq!(next_job(app), None, "a rebuild starts no work again");
        let audited = self.server.client("owner").get(&format!("/orders/{NUMBER}/audit"));
        assert_eq!(audited.body["is_whole"], true, "{audited:?}");
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

/// What an answer to a command comes to.
fn essentials(answer: &Answer) -> String {
    let words = |list: &Value| {
        let words: Vec<_> = list.as_array().into_iter().flatten().map(word).collect();
        words.join(", ")
    };
    let body = &answer.body;
    if answer.is_done() {
        return format!("v{}: {}", body["version"], words(&body["recorded"]));
    }
    let clauses = words(&body["clauses"]);
    format!("{} {} [{clauses}] {}", answer.status, answer.code(), word(&body["detail"]))
}

/// A value on one line: units as `L1#2`, money as `EUR 12.34`, a decision by its verdict and its clauses.
fn brief(value: &Value) -> String {
    let list = |items: &Vec<Value>| items.iter().map(brief).collect::<Vec<_>>().join(" ");
    let Some(fields) = value.as_object() else {
        return match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => format!("[{}]", list(items)),
            other => other.to_string(),
        };
    };
    if let (Some(line), Some(number)) = (fields.get("line"), fields.get("number")) {
        let mut unit = format!("{}#{number}", word(line));
        if let Some(component) = fields.get("component").filter(|component| !component.is_null()) {
            let _ = write!(unit, "/{}", word(component));
        }
        if let Some(generation) = fields.get("generation").filter(|generation| **generation != 0) {
            let _ = write!(unit, "~{generation}");
        }
        return unit;
    }
    if let (Some(minor), Some(currency)) = (fields.get("minor"), fields.get("currency")) {
        return format!("{} {minor}", word(currency));
    }
    if let (Some(verdict), Some(clauses)) = (fields.get("verdict"), fields.get("clauses")) {
        let needs = fields.get("needs").map(brief).unwrap_or_default();
        let needs = if needs == "[]" { String::new() } else { format!(" needs {needs}") };
        return format!("{}{needs} on {}", word(verdict), brief(clauses));
    }
    let mut said = Vec::new();
    if let Some(kind) = fields.get("type") {
        said.push(word(kind).to_owned());
    }
    for (name, value) in fields {
        let is_told = matches!(name.as_str(), "type" | "facts" | "pin" | "at" | "share")
            || (name == "freight" && value.is_object())
            || value.is_null()
            || *value == false
            || value.as_array().is_some_and(Vec::is_empty);
        if !is_told {
            said.push(format!("{name} {}", brief(value)));
        }
    }
    format!("({})", said.join(", "))
}
