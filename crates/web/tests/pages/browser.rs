//! A server over a database of a test's own, and a client that keeps cookies, follows nothing by itself and sends forms.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use backhaul_adapters::blob_files::BlobFiles;
use backhaul_app::webhooks::Reach;
use backhaul_app::{App, Clock, NewOrder, Providers};
use backhaul_core::policy::Catalogue;
use backhaul_store::Error;
use backhaul_testkit::Database;
use backhaul_web::{Service, router};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use ureq::Agent;

/// A clock that stands still until it is moved.
pub(crate) struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

impl Hand {
    pub(crate) fn wait(&self, minutes: i64) {
        let mut now = self.0.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_mins(minutes)).unwrap();
    }
}

pub(crate) struct Server {
    pub(crate) app: App,
    pub(crate) clock: Arc<Hand>,
    pub(crate) files: TempDir,
    address: String,
    _runtime: Runtime,
}

impl Server {
    /// A server with two orders: `SO-1` of ada, and `SO-2` of eve.
    pub(crate) fn over(database: &Database) -> Self {
        let server = Self::empty(database);
        server.import(&order("SO-1", "ada@shop.example"));
        server.import(&order("SO-2", "eve@shop.example"));
        server
    }

    pub(crate) fn empty(database: &Database) -> Self {
        let clock = Arc::new(Hand(Mutex::new("2026-03-06T09:00:00Z".parse().unwrap())));
        let catalogue = Catalogue::built_in().unwrap();
        let files = tempfile::tempdir().unwrap();
        let blobs = Arc::new(BlobFiles::open(files.path()).unwrap());
        let app =
            App::new(database.open(), catalogue, Arc::<Hand>::clone(&clock)).with_blobs(blobs);
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let service = Service {
            app: app.clone(),
            providers: Arc::new(Providers::new()),
            reach: Reach::Public,
            setup: Arc::default(),
        };
        let routes = router(service).into_make_service_with_connect_info::<std::net::SocketAddr>();
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { app, clock, files, address, _runtime: runtime }
    }

    pub(crate) fn import(&self, order: &Value) {
        let order: NewOrder = serde_json::from_value(order.clone()).unwrap();
        self.app.import_order(order).unwrap();
    }

    /// `host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn browser(&self) -> Browser {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        Browser { address: self.address.clone(), agent, cookies: BTreeMap::new() }
    }

    /// The rows of a statement's first column, as texts.
    pub(crate) fn column(&self, sql: &'static str) -> Vec<String> {
        let read = self.app.store().read(move |tx| -> Result<Vec<String>, Error> {
            tx.all(sql, &[], |row| {
                row.text(0).map(str::to_owned).or_else(|_| row.int(0).map(|int| int.to_string()))
            })
        });
        read.wait().unwrap()
    }

    /// The code of the newest letter.
    pub(crate) fn code(&self) -> String {
        let bodies = self.column("select body from letter order by created_at_us desc, letter_id");
        let body: Value = serde_json::from_str(bodies.first().unwrap()).unwrap();
        body["code"]["code"].as_str().unwrap().to_owned()
    }

    /// How many letters there are.
    pub(crate) fn letters(&self) -> usize {
        self.column("select letter_id from letter").len()
    }

    /// A browser in which the buyer of that order is signed in.
    pub(crate) fn signed_in(&self, order: &str, email: &str) -> Browser {
        let mut browser = self.browser();
        // A second attempt at the same moment could not be told from the first by its time.
        self.clock.wait(1);
        browser.post("/", &[("order", order), ("email", email)]).leads_to("/code");
        let code = self.code();
        browser.post("/code", &[("code", &code)]).leads_to("/order");
        browser
    }
}

/// An order of two serials, and three cables without; signed for on 4 March.
pub(crate) fn order(number: &str, email: &str) -> Value {
    let euro = |minor: i64| json!({"minor": minor, "currency": "EUR"});
    json!({
        "number": number, "placed_at": "2026-02-27T09:00:00Z", "signed_at": "2026-03-04T09:00:00Z",
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [
            {"id": "L1", "sku": "QSFP28-100G-SR4", "category": "transceiver", "quantity": 2,
             "share": {"price": euro(20_000), "discount": euro(0), "tax": euro(3_800)},
             "serials": [format!("{number}-A"), format!("{number}-B")]},
            {"id": "L2", "sku": "DAC-100G-2M", "category": "cable/dac", "quantity": 3,
             "share": {"price": euro(6_000), "discount": euro(0), "tax": euro(1_140)}},
            {"id": "L3", "sku": "CUSTOM-1", "category": "cable", "quantity": 1,
             "declared_non_returnable": true,
             "share": {"price": euro(1_000), "discount": euro(0), "tax": euro(190)}},
        ],
        "shipping": euro(0),
        "payments": [{"id": format!("pay-{number}"), "captured": euro(32_130), "captured_at": "2026-02-27T09:00:00Z"}],
        "buyer": {"email": email, "name": "Ada Example", "language": "en"},
    })
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) bytes: Vec<u8>,
}

impl Page {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// It is shown, and has that in it.
    pub(crate) fn has(&self, words: &str) -> &Self {
        let text = self.text();
        assert!(text.contains(words), "no `{words}` in {} {text}", self.status);
        self
    }

    pub(crate) fn has_not(&self, words: &str) -> &Self {
        let text = self.text();
        assert!(!text.contains(words), "`{words}` in {} {text}", self.status);
        self
    }

    /// It leads on to an address that begins so.
    pub(crate) fn leads_to(&self, path: &str) -> &Self {
        assert!(
            self.status == 303 && self.location.starts_with(path),
            "{} {} {}",
            self.status,
            self.location,
            self.text()
        );
        self
    }

    /// The value of the first field of that name.
    pub(crate) fn field(&self, name: &str) -> String {
        let text = self.text();
        let (_, rest) =
            text.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| {
                panic!("no field `{name}` in {} {text}", self.status);
            });
        rest.split('"').next().unwrap().to_owned()
    }
}

/// A part of a form with files.
pub(crate) enum Part<'a> {
    Text(&'a str, &'a str),
    File(&'a str, &'a str, &'a [u8]),
}

pub(crate) struct Browser {
    address: String,
    agent: Agent,
    pub(crate) cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn get(&mut self, path: &str) -> Page {
        let request = self.agent.get(self.url(path)).header("cookie", self.jar());
        let request = request.header("accept-language", "en");
        self.keep(request.call().unwrap())
    }

    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.agent.post(self.url(path)).header("cookie", self.jar());
        let request = request.header("accept-language", "en");
        self.keep(request.send_form(fields.iter().copied()).unwrap())
    }

    pub(crate) fn upload(&mut self, path: &str, parts: &[Part<'_>]) -> Page {
        const BOUNDARY: &str = "----a-boundary-of-tests";
        let mut body = Vec::new();
        for part in parts {
            body.extend(format!("--{BOUNDARY}\r\n").bytes());
            match part {
                Part::Text(name, value) => body.extend(
                    format!("content-disposition: form-data; name=\"{name}\"\r\n\r\n{value}")
                        .bytes(),
                ),
                Part::File(name, file, bytes) => {
                    body.extend(
                        format!(
                            "content-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                             content-type: image/png\r\n\r\n"
                        )
                        .bytes(),
                    );
                    body.extend(*bytes);
                }
            }
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").bytes());
        let request = self.agent.post(self.url(path)).header("cookie", self.jar());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let request = request.header("accept-language", "en").header("content-type", kind);
        self.keep(request.send(&body[..]).unwrap())
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn jar(&self) -> String {
        let pairs: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn keep(&mut self, mut answer: ureq::http::Response<ureq::Body>) -> Page {
        for line in answer.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let headers: BTreeMap<String, String> = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
            .collect();
        Page {
            status: answer.status().as_u16(),
            location: headers.get("location").cloned().unwrap_or_default(),
            headers,
            bytes: answer.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap(),
        }
    }
}

/// A PNG of that size, of one colour.
pub(crate) fn png(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([shade, 120, 40]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}
