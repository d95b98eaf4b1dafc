//! A zoo for one test, with a clock that stands still until it is moved, and a merchant's server that hears its webhooks.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use backhaul_adapters::provider::BaseUrl;
use backhaul_zoo::running::binary_beside_test;
use backhaul_zoo::{Entry, Event, Running};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

/// Where the clocks of these tests start: 2026-03-06T09:00:00Z.
pub(crate) const START: i64 = 1_772_787_600;

pub(crate) struct Zoo {
    running: Running,
    folder: TempDir,
    agent: Agent,
}

impl Zoo {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("zoo.jsonl");
        let now = START.to_string();
        let running =
            Running::start(&binary_beside_test().unwrap(), &ledger, &["--fixed-now", &now]);
        let agent = Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .build();
        Self { running: running.unwrap(), folder, agent: agent.new_agent() }
    }

    /// What a client takes for the provider.
    pub(crate) fn base(&self, personality: &str) -> BaseUrl {
        BaseUrl::new(&format!("http://{}/{personality}", self.running.address)).unwrap()
    }

    pub(crate) fn control(&self, path: &str, body: &Value) -> Value {
        let url = format!("http://{}/control/{path}", self.running.address);
        let mut answer = self.agent.post(&url).send_json(body).unwrap();
        let body: Value = answer.body_mut().read_json().unwrap();
        assert_eq!(answer.status(), 200, "{path}: {body}");
        body
    }

    pub(crate) fn tell(&self, path: &str) -> Value {
        let url = format!("http://{}/control/{path}", self.running.address);
        let mut answer = self.agent.get(&url).call().unwrap();
        let body: Value = answer.body_mut().read_json().unwrap();
        assert_eq!(answer.status(), 200, "{path}: {body}");
        body
    }

    /// A payment that captured so much.
    pub(crate) fn pay(&self, personality: &str, payment: &str, captured_minor: i64, code: &str) {
        let charge = payment.strip_prefix("pi_").map(|rest| format!("ch_{rest}"));
        let payment = json!({
            "payment": payment, "charge": charge, "captured_minor": captured_minor, "currency": code,
        });
        self.control(&format!("{personality}/payments"), &payment);
    }

    /// The next request goes wrong so.
    pub(crate) fn fault(&self, personality: &str, fault: &Value) {
        self.control(&format!("{personality}/faults"), &json!({"fault": fault, "next": 1}));
    }

    pub(crate) fn move_to(&self, second: i64) {
        let now = self.tell("clock")["now"].as_i64().unwrap();
        if second > now {
            self.control("clock/advance", &json!({"seconds": second - now}));
        }
        self.wait_for_quiet();
    }

    pub(crate) fn wait_for_quiet(&self) {
        self.tell("quiet");
    }

    pub(crate) fn release(&self) {
        self.control("release", &Value::Null);
        self.wait_for_quiet();
    }

    /// The refunds of a payment: how many were made, wait, succeeded and failed, and the sum of those that did not fail.
    pub(crate) fn totals(&self, personality: &str, payment: &str) -> [i64; 5] {
        let told = self.tell(&format!("{personality}/payments/{payment}"));
        ["refunds", "pending", "succeeded", "failed", "live_minor"]
            .map(|name| told["totals"][name].as_i64().unwrap())
    }

    pub(crate) fn ledger(&self) -> Vec<Entry> {
        backhaul_zoo::ledger::read(&self.folder.path().join("zoo.jsonl")).unwrap()
    }

    /// How many requests for refunds came in, those aside that the network repeated.
    pub(crate) fn requests(&self) -> usize {
        let is_request = |entry: &&Entry| matches!(entry.event, Event::RequestReceived { .. });
        self.ledger().iter().filter(is_request).count()
    }

    /// The ids of the refunds of a payment.
    pub(crate) fn refunds(&self, of: &str) -> Vec<String> {
        let ids = self.ledger().into_iter().filter_map(|entry| match entry.event {
            Event::RefundCreated { refund, payment, .. } if payment == of => Some(refund),
            _ => None,
        });
        ids.collect()
    }

    /// Lets somebody hear the webhooks of that personality.
    pub(crate) fn tells(&self, personality: &str, hear: Hear) -> Arc<AtomicUsize> {
        let (port, heard) = listen(hear);
        let url = format!("http://127.0.0.1:{port}/hooks");
        self.control(&format!("{personality}/webhooks"), &json!({ "url": url }));
        heard
    }
}

/// What a webhook carried.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// Takes a letter; says whether it was believed.
pub(crate) type Hear = Box<dyn FnMut(Letter) -> bool + Send>;

/// Keeps the letters and believes them all.
pub(crate) fn keeper() -> (Arc<Mutex<Vec<Letter>>>, Hear) {
    let letters = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&letters);
    let hear = move |letter| {
        kept.lock().unwrap().push(letter);
        true
    };
    (letters, Box::new(hear))
}

/// A merchant's server; it ends with the test's process. Counts what was not believed.
fn listen(mut hear: Hear) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let refused = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&refused);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut headers = BTreeMap::new();
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                if let Some((name, value)) = line.trim_end().split_once(": ") {
                    headers.insert(name.to_lowercase(), value.to_owned());
                }
                line.clear();
            }
            let mut body = vec![0; headers["content-length"].parse().unwrap()];
            reader.read_exact(&mut body).unwrap();
            let status = if hear(Letter { headers, body }) {
                "200 OK"
            } else {
                count.fetch_add(1, Ordering::Relaxed);
                "400 Bad Request"
            };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
            reader.into_inner().write_all(answer.as_bytes()).unwrap();
        }
    });
    (port, refused)
}
