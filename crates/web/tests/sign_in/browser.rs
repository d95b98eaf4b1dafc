//! A server, and a browser without scripts: it keeps cookies, follows redirects, and sends forms as this site's.

use std::sync::{Arc, Mutex};

use backhaul_app::sign_in::SignInSettings;
use backhaul_app::webhooks::Reach;
use backhaul_app::{App, Clock, Merchant, Providers};
use backhaul_core::policy::Catalogue;
use backhaul_testkit::Database;
use backhaul_web::{Service, router};
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Runtime;
use ureq::Agent;

/// How often a browser is sent on, at most.
const REDIRECTS_MAX: usize = 10;
const ORIGIN: &str = "https://returns.shop.example";

/// A clock that stands still until it is moved.
struct Hand(Mutex<Timestamp>);

impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

pub(crate) struct Server {
    pub(crate) app: App,
    clock: Arc<Hand>,
    address: String,
    runtime: Runtime,
}

impl Server {
    pub(crate) fn over(database: &Database, settings: SignInSettings) -> Self {
        let clock = Arc::new(Hand(Mutex::new("2026-03-06T09:00:00Z".parse().unwrap())));
        let merchant = Merchant { public_url: ORIGIN.to_owned(), ..Merchant::default() };
        let app =
            App::new(database.open(), Catalogue::built_in().unwrap(), Arc::<Hand>::clone(&clock))
                .with_merchant(merchant)
                .with_sign_in(settings);
        let runtime = Runtime::new().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let providers = Arc::new(Providers::new());
        let routes = router(Service {
            app: app.clone(),
            providers,
            reach: Reach::Public,
            setup: Arc::default(),
        });
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { app, clock, address, runtime }
    }

    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub(crate) fn pass(&self, time: SignedDuration) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }

    /// The code that an authenticator app shows now.
    pub(crate) fn code(&self, secret: &str) -> String {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        let app = totp_rs::Builder::new().with_secret(secret).with_account_name("x");
        let now = u64::try_from(self.clock.now().as_second()).unwrap();
        app.build().unwrap().generate(now).to_string()
    }

    pub(crate) fn browser(&self) -> Browser {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        Browser { address: self.address.clone(), agent, cookies: Vec::new(), set: Vec::new() }
    }
}

pub(crate) struct Browser {
    address: String,
    agent: Agent,
    cookies: Vec<(String, String)>,
    set: Vec<String>,
}

/// What is shown in the end.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: u16,
    /// The path with its query.
    pub(crate) path: String,
    pub(crate) text: String,
    headers: Vec<(String, String)>,
}

impl Shown {
    /// The value of the first field of that name.
    pub(crate) fn field(&self, name: &str) -> String {
        let value = self.between(&format!("name=\"{name}\" value=\""), "\"");
        value.replace("&#47;", "/").replace("&amp;", "&")
    }

    pub(crate) fn between(&self, start: &str, end: &str) -> String {
        let (_, rest) =
            self.text.split_once(start).unwrap_or_else(|| panic!("no {start}: {}", self.text));
        rest.split_once(end).unwrap().0.to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<String> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }
}

impl Browser {
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
    }

    pub(crate) fn keep(&mut self, name: &str, value: &str) {
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn last_set_cookie(&self, name: &str) -> Option<String> {
        let is_it = |line: &&String| line.starts_with(&format!("{name}="));
        self.set.iter().rev().find(is_it).cloned()
    }

    pub(crate) fn get(&mut self, path: &str) -> Shown {
        self.go(path.to_owned(), None, ORIGIN)
    }

    pub(crate) fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.go(path.to_owned(), Some(fields), ORIGIN)
    }

    /// Sends a form that stands on a page of another site.
    pub(crate) fn send_from(&mut self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Shown {
        self.go(path.to_owned(), Some(fields), origin)
    }

    fn go(&mut self, mut path: String, mut form: Option<&[(&str, &str)]>, origin: &str) -> Shown {
        for _ in 0..REDIRECTS_MAX {
            let url = format!("http://{}{path}", self.address);
            let sent: Vec<_> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let site = if origin == ORIGIN { "same-origin" } else { "cross-site" };
            let sent = sent.join("; ");
            let headers = [("Cookie", sent.as_str()), ("Sec-Fetch-Site", site), ("Origin", origin)];
            let mut answer = if let Some(fields) = form {
                let request = self.agent.post(&url);
                let request =
                    headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
                request.send_form(fields.iter().copied()).unwrap()
            } else {
                let request = self.agent.get(&url);
                let request =
                    headers.iter().fold(request, |r, (name, value)| r.header(*name, *value));
                request.call().unwrap()
            };
            for line in answer.headers().get_all("set-cookie") {
                let line = line.to_str().unwrap().to_owned();
                let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
                self.cookies.retain(|(known, _)| known != name);
                if !value.is_empty() {
                    self.cookies.push((name.to_owned(), value.to_owned()));
                }
                self.set.push(line);
            }
            if let Some(to) = answer.headers().get("location").filter(|_| answer.status() == 303) {
                (path, form) = (to.to_str().unwrap().to_owned(), None);
                continue;
            }
            let header = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
                (name.to_string(), value.to_str().unwrap_or("").to_owned())
            };
            let headers = answer.headers().iter().map(header).collect();
            let (status, text) =
                (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap());
            // Marks that keep a value's direction apart from the text's; nobody sees them.
            let text = text.replace(['\u{2068}', '\u{2069}'], "");
            return Shown { status, path, text, headers };
        }
        panic!("sent in circles: {path}");
    }
}
