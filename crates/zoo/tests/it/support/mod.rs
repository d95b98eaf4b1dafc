//! A zoo for one test, a plain client that knows nothing of it, and a receiver of webhooks.

mod http;
mod receiver;

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use backhaul_zoo::{Entry, Event, Running};
use serde_json::{Value, json};

pub(crate) use http::Answer;
pub(crate) use receiver::{Receiver, Webhook};

/// Where the clocks of these tests stand still.
pub(crate) const START: i64 = 1_790_000_000;
pub(crate) const HOUR: i64 = 3_600;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) struct Zoo {
    /// `None` once it was killed.
    running: Mutex<Option<Running>>,
    address: SocketAddr,
    ledger: PathBuf,
}

impl Zoo {
    /// A zoo of all personalities with an empty ledger, named after the test.
    pub(crate) fn new(test: &str) -> Self {
        Self::playing(test, &[])
    }

    pub(crate) fn playing(test: &str, arguments: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let ledger = folder.join(format!("{test}.jsonl"));
        drop(std::fs::remove_file(&ledger));
        Self::open(ledger, arguments)
    }

    fn open(ledger: PathBuf, arguments: &[&str]) -> Self {
        let binary = Path::new(env!("CARGO_BIN_EXE_backhaul-zoo"));
        let now = START.to_string();
        let arguments = [&["--fixed-now", now.as_str()], arguments].concat();
        let running = Running::start(binary, &ledger, &arguments).unwrap();
        Self { address: running.address, running: Mutex::new(Some(running)), ledger }
    }

    /// Kills the process.
    pub(crate) fn end(&self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            running.kill().unwrap();
        }
    }

    /// Killed; what is left is the ledger.
    pub(crate) fn ended(self) -> PathBuf {
        self.end();
        self.ledger
    }

    /// Killed, and started again on the same ledger.
    pub(crate) fn restarted(self) -> Self {
        Self::open(self.ended(), &[])
    }

    pub(crate) fn ledger_file(&self) -> &Path {
        &self.ledger
    }

    /// Sends a form and does not wait for the answer.
    pub(crate) fn send_and_leave(&self, path: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let request = http::request("POST", path, &[("Idempotency-Key", "key-1")], body);
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        self.try_send(method, path, headers, body).expect("the zoo answers")
    }

    /// `None` if the connection was closed without an answer.
    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<Answer> {
        http::send(self.address, method, path, headers, body)
    }

    /// A request that must succeed.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let json = [("content-type", "application/json")];
        let answer = self.send(method, path, &json, &body);
        assert_eq!(answer.status, 200, "{method} {path}: {}", answer.body);
        answer.body
    }

    pub(crate) fn control(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", &format!("/control/{path}"), body)
    }

    pub(crate) fn tell(&self, path: &str) -> Value {
        self.ask("GET", &format!("/control/{path}"), &Value::Null)
    }

    /// A payment of 10.00 EUR with the id `pay_1`.
    pub(crate) fn with_payment(self, personality: &str) -> Self {
        self.pay(personality, "pay_1");
        self
    }

    pub(crate) fn pay(&self, personality: &str, payment: &str) {
        let payment = json!({"payment": payment, "captured_minor": 1_000, "currency": "EUR"});
        self.control(&format!("{personality}/payments"), &payment);
    }

    pub(crate) fn fault(&self, personality: &str, fault: &Value) {
        self.control(&format!("{personality}/faults"), &json!({"fault": fault, "next": 1}));
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.control("clock/advance", &json!({ "seconds": seconds }));
    }

    pub(crate) fn wait_for_held(&self, at_least: usize) {
        self.tell(&format!("held?at_least={at_least}"));
    }

    pub(crate) fn release(&self) {
        self.control("release", &Value::Null);
    }

    pub(crate) fn wait_for_quiet(&self) {
        self.tell("quiet");
    }

    /// The totals of that payment, as `[made, pending, succeeded, failed, sum]`.
    pub(crate) fn totals(&self, personality: &str, payment: &str) -> [u64; 5] {
        let told = self.tell(&format!("{personality}/payments/{payment}"));
        counts(&told["totals"])
    }

    pub(crate) fn totals_of_reference(&self, personality: &str, reference: &str) -> [u64; 5] {
        counts(&self.tell(&format!("{personality}/references/{reference}"))["totals"])
    }

    pub(crate) fn ledger(&self) -> Vec<Entry> {
        backhaul_zoo::ledger::read(&self.ledger).unwrap()
    }

    /// How many refunds the ledger says were made.
    pub(crate) fn effects(&self) -> usize {
        let is_effect = |entry: &&Entry| matches!(entry.event, Event::RefundCreated { .. });
        self.ledger().iter().filter(is_effect).count()
    }

    /// Listens for the webhooks of that personality.
    pub(crate) fn receiver(&self, personality: &str) -> Receiver {
        let receiver = Receiver::new();
        self.control(&format!("{personality}/webhooks"), &json!({"url": receiver.url()}));
        receiver
    }
}

fn counts(totals: &Value) -> [u64; 5] {
    ["refunds", "pending", "succeeded", "failed", "live_minor"]
        .map(|name| totals[name].as_u64().unwrap())
}
