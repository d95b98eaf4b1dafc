//! A server over a database of a test's own, and a client that asks it.

use std::sync::{Arc, Mutex};

use backhaul_app::webhooks::Reach;
use backhaul_app::{App, Clock, Providers, Roles};
use backhaul_core::policy::Catalogue;
use backhaul_testkit::Database;
use backhaul_web::{Service, router};
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use ureq::Agent;
use ureq::http::{Request, Response};

/// A clock that stands still until it is set.
pub(crate) struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Hand {
    pub(crate) fn set(&self, moment: &str) {
        *self.0.lock().unwrap() = moment.parse().unwrap();
    }
}

pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) clock: Arc<Hand>,
    address: String,
    agent: Agent,
    runtime: Runtime,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) tag: Option<String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }
}

impl Server {
    pub(crate) fn over(database: &Database) -> Self {
        Self::with(database, |_| {})
    }

    /// A server whose surroundings are changed first.
    pub(crate) fn with(database: &Database, change: impl FnOnce(&mut Service)) -> Self {
        let clock = Arc::new(Hand(Mutex::new("2026-03-06T09:00:00Z".parse().unwrap())));
        let catalogue = Catalogue::built_in().unwrap();
        let app = App::new(database.open(), catalogue, Arc::<Hand>::clone(&clock));
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let mut service = Service {
            app: app.clone(),
            providers: Arc::new(Providers::new()),
            reach: Reach::Public,
        };
        change(&mut service);
        let routes = router(service);
        runtime.spawn(async move { axum::serve(listener, routes).await });
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        Self { app, clock, address, agent, runtime }
    }

    /// A client with a key of these roles.
    pub(crate) fn client(&self, roles: &str) -> Client<'_> {
        let words = Roles::parse(roles).unwrap();
        let made = self.runtime.block_on(self.app.add_key(roles, &words)).unwrap();
        Client { server: self, token: Some(made.token) }
    }

    pub(crate) fn stranger(&self) -> Client<'_> {
        Client { server: self, token: None }
    }
}

pub(crate) struct Client<'a> {
    server: &'a Server,
    token: Option<String>,
}

impl Client<'_> {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], None)
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask("PUT", path, &[], Some(body))
    }

    pub(crate) fn post(&self, key: &str, path: &str, body: &Value) -> Answer {
        self.ask("POST", path, &[("Idempotency-Key", key)], Some(body))
    }

    /// What is there, whatever it is.
    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        let token = self.token.as_deref().unwrap_or_default();
        let asked = self.server.agent.get(format!("{}/api/v1{path}", self.server.address));
        let mut answer = asked.header("Authorization", format!("Bearer {token}")).call().unwrap();
        answer.body_mut().read_to_vec().unwrap()
    }

    /// Asks for a command on the order of these tests, under a key of its own.
    pub(crate) fn command(&self, name: &str, command: &Value) -> Answer {
        let key = format!("{name}-{command}").replace(|sign: char| !sign.is_ascii_graphic(), "");
        let key = &key[..key.len().min(255)];
        self.post(key, &format!("/orders/SO-1001/{name}"), &json!({"command": command}))
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let mut request =
            Request::builder().method(method).uri(format!("{}/api/v1{path}", self.server.address));
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = match body {
            None => self.server.agent.run(request.body(()).unwrap()),
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                self.server.agent.run(request.body(body.to_string()).unwrap())
            }
        };
        read(answer.unwrap())
    }
}

fn read(mut answer: Response<ureq::Body>) -> Answer {
    let status = answer.status().as_u16();
    let tag = answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
    let text = answer.body_mut().read_to_string().unwrap();
    let body = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() };
    Answer { status, tag, body }
}

/// Eight units with serials for 800.00 EUR and 10.00 of shipping.
pub(crate) fn order() -> Value {
    let eur = |minor: i64| json!({"minor": minor, "currency": "EUR"});
    let serials: Vec<String> = (1..=8).map(|number| format!("S{number}")).collect();
    json!({
        "number": "SO-1001", "placed_at": "2026-02-20T09:00:00Z", "signed_at": "2026-03-04T14:20:00Z",
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [{
            "id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 8, "serials": serials,
            "share": {"price": eur(80_000), "discount": eur(0), "tax": eur(0)},
        }],
        "shipping": eur(1_000),
        "payments": [{"id": "P1", "captured": eur(81_000), "captured_at": "2026-02-20T09:00:01Z"}],
    })
}
