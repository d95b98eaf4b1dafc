//! A server over a database of a test's own, and a client that asks it.

use std::sync::Arc;

use backhaul_app::webhooks::Reach;
use backhaul_app::{App, Providers, Roles};
use backhaul_core::policy::Catalogue;
use backhaul_store::DatabaseUrl;
use backhaul_testkit::Database;
use backhaul_web::{Service, router};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use ureq::Agent;
use ureq::http::{Request, Response};

use crate::desk::Hand;

pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) clock: Arc<Hand>,
    /// `host:port`.
    pub(crate) address: String,
    runtime: Runtime,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) tag: Option<String>,
    pub(crate) kind: String,
    pub(crate) is_replay: bool,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }

    pub(crate) fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Server {
    pub(crate) fn over(database: &Database) -> Self {
        Self::with(database, |_| {})
    }

    /// A server whose surroundings are changed first.
    pub(crate) fn with(database: &Database, change: impl FnOnce(&mut Service)) -> Self {
        Self::by(database, Arc::new(Hand::at("2026-03-06T09:00:00Z")), change)
    }

    fn by(database: &Database, clock: Arc<Hand>, change: impl FnOnce(&mut Service)) -> Self {
        let catalogue = Catalogue::built_in().unwrap();
        let app = App::new(database.open(), catalogue, Arc::<Hand>::clone(&clock));
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let mut service = Service {
            app,
            providers: Arc::new(Providers::new()),
            reach: Reach::Public,
            setup: Arc::default(),
        };
        change(&mut service);
        let app = service.app.clone();
        let routes = router(service);
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { app, clock, address, runtime }
    }

    /// As many servers as the engine can have over one database: three processes' worth, or the one that owns the file.
    pub(crate) fn fleet(database: &Database) -> Vec<Self> {
        let servers = match database.url {
            DatabaseUrl::Sqlite(_) => 1,
            DatabaseUrl::Postgres(_) => 3,
        };
        let clock = Arc::new(Hand::at("2026-03-06T09:00:00Z"));
        (0..servers).map(|_| Self::by(database, Arc::clone(&clock), |_| {})).collect()
    }

    /// Ends at once, whatever it is doing; what is under way is torn off.
    pub(crate) fn dies(self) {
        let Self { app, runtime, .. } = self;
        drop(runtime);
        drop(app);
    }

    /// A client with a key of these roles.
    pub(crate) fn client(&self, roles: &str) -> Client {
        let words = Roles::parse(roles).unwrap();
        let made = self.runtime.block_on(self.app.add_key(roles, &words)).unwrap();
        self.bearing(Some(made.token))
    }

    /// A client with that token, or with none.
    pub(crate) fn bearing(&self, token: Option<String>) -> Client {
        let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
        Client { address: self.address.clone(), agent, token }
    }
}

#[derive(Clone)]
pub(crate) struct Client {
    address: String,
    agent: Agent,
    pub(crate) token: Option<String>,
}

impl Client {
    /// The same client at another server.
    pub(crate) fn at(&self, server: &Server) -> Self {
        server.bearing(self.token.clone())
    }

    /// The `OpenAPI` document, which is no part of what it describes.
    pub(crate) fn document(&self) -> Value {
        self.send("GET", "/api/openapi.json", &[], None).unwrap().body
    }

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
        let asked = self.agent.get(format!("http://{}/api/v1{path}", self.address));
        let mut answer = asked.header("Authorization", format!("Bearer {token}")).call().unwrap();
        answer.body_mut().read_to_vec().unwrap()
    }

    /// Asks for a command on that order.
    pub(crate) fn command(&self, key: &str, order: &str, name: &str, command: &Value) -> Answer {
        self.post(key, &format!("/orders/{order}/{name}"), &json!({"command": command}))
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Answer {
        let body = body.map(|body| ("application/json", body.to_string().into_bytes()));
        self.send(method, &format!("/api/v1{path}"), headers, body).unwrap()
    }

    /// The same as [`Self::command`]; nothing where the server ends meanwhile.
    pub(crate) fn try_command(
        &self,
        key: &str,
        order: &str,
        name: &str,
        command: &Value,
    ) -> Option<Answer> {
        let body = json!({"command": command}).to_string().into_bytes();
        let path = format!("/api/v1/orders/{order}/{name}");
        self.send("POST", &path, &[("Idempotency-Key", key)], Some(("application/json", body)))
    }

    fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<(&str, Vec<u8>)>,
    ) -> Option<Answer> {
        let uri = format!("http://{}{path}", self.address);
        let mut request = Request::builder().method(method).uri(uri);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = match body {
            // Left to itself the client sends an empty body in chunks, whose end comes in a packet of its own; where a handler
            // reads no body the server may have answered and closed before it, and the next request finds nobody.
            None if method == "POST" => self.agent.run(request.body(Vec::new()).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
            Some((kind, bytes)) => {
                let request = request.header("Content-Type", kind);
                self.agent.run(request.body(bytes).unwrap())
            }
        };
        answer.ok().and_then(read)
    }
}

fn read(mut answer: Response<ureq::Body>) -> Option<Answer> {
    let status = answer.status().as_u16();
    let headers = answer.headers();
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    let (tag, kind) = (header("etag"), header("content-type"));
    let is_replay = header("idempotent-replayed").is_some();
    let bytes = answer.body_mut().read_to_vec().ok()?;
    let kind = kind.unwrap_or_default();
    // A file is of another kind, and nothing is looked for in it here.
    let body =
        if kind.ends_with("json") { serde_json::from_slice(&bytes).unwrap() } else { Value::Null };
    Some(Answer { status, tag, kind, is_replay, body })
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
