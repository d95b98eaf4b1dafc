//! A member of staff at a browser without scripts: a session, pages, and forms that are sent as they were drawn.

use backhaul_app::sessions::SignedIn;
use backhaul_app::{App, Roles};
use backhaul_core::ledger::{Ledger, OrderDraft};
use serde_json::json;
use ureq::Agent;

use crate::server::{Client, Server};

/// What parts the fields of a form with files.
const BOUNDARY: &str = "----a-boundary-of-tests";

/// What came back.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) status: u16,
    /// Where a redirect leads.
    pub(crate) to: String,
    pub(crate) text: String,
}

impl Shown {
    /// Whether the page says that.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(
            self.text.contains(text),
            "no `{text}` ({} {}):\n{}",
            self.status,
            self.to,
            self.text
        );
        self
    }

    /// Whether the page does not say that.
    #[track_caller]
    pub(crate) fn says_not(&self, text: &str) -> &Self {
        assert!(!self.text.contains(text), "`{text}` is there:\n{}", self.text);
        self
    }

    /// The hidden fields of the first form with that action.
    pub(crate) fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let start = self.text.find(&format!("action=\"{action}\"")).expect(action);
        let form = self.text[start..].split("</form>").next().unwrap();
        let inputs = form.split("<input ").filter(|input| input.contains("type=\"hidden\""));
        inputs.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect()
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let tag = tag.split('>').next().unwrap();
    let value = tag.split(&format!("{name}=\"")).nth(1).unwrap_or("").split('"').next().unwrap();
    value.replace("&#35;", "#").replace("&amp;", "&").replace("&#38;", "&")
}

pub(crate) struct Staff {
    agent: Agent,
    address: String,
    cookie: String,
}

/// Somebody of the staff with these roles, signed in.
pub(crate) fn staff(server: &Server, roles: &str) -> Staff {
    let id = format!("{}-person", roles.replace(' ', "-"));
    let words = Roles::parse(roles).unwrap();
    pollster(server.app.put_staff(&id, &words, None));
    let who = backhaul_app::sessions::staff_who(&id, roles).unwrap();
    let signed_in = SignedIn::Staff { id, who };
    let token = pollster(server.app.begin_session(&signed_in, "a test"));
    let agent = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .new_agent();
    Staff { agent, address: server.address.clone(), cookie: format!("bh_staff={token}") }
}

/// Somebody who is not signed in.
pub(crate) fn nobody(staff: Staff) -> Staff {
    Staff { cookie: String::new(), ..staff }
}

/// The same person, who reads another language.
pub(crate) fn reading(staff: Staff, language: &str) -> Staff {
    Staff { cookie: format!("{}; bh_language={language}", staff.cookie), ..staff }
}

pub(crate) fn pollster<T, E: std::fmt::Debug>(work: impl Future<Output = Result<T, E>>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work).unwrap()
}

impl Staff {
    pub(crate) fn look(&self, path: &str) -> Shown {
        let asked = self.agent.get(format!("http://{}{path}", self.address));
        read(asked.header("Cookie", &self.cookie).call().unwrap())
    }

    /// Sends a form with these fields.
    pub(crate) fn send(&self, path: &str, fields: &[(String, String)]) -> Shown {
        let asked = self.agent.post(format!("http://{}{path}", self.address));
        let pairs = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        read(asked.header("Cookie", &self.cookie).send_form(pairs).unwrap())
    }

    /// Fills the form of that action on the page, and sends it.
    pub(crate) fn fill(&self, page: &Shown, action: &str, fields: &[(&str, &str)]) -> Shown {
        let mut all = page.hidden(action);
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.send(action, &all)
    }

    /// Sends a form with files, in which nothing but these fields is filled.
    pub(crate) fn upload(
        &self,
        path: &str,
        fields: &[(impl AsRef<str>, impl AsRef<str>)],
    ) -> Shown {
        self.send_parts(path, written(fields).as_bytes())
    }

    /// Sends a form with these fields and a file.
    pub(crate) fn send_with(
        &self,
        path: &str,
        fields: &[(String, String)],
        (field, bytes): (&str, &[u8]),
    ) -> Shown {
        let head = format!(
            "{}--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"f\"\r\n\r\n",
            written(fields)
        );
        self.send_parts(path, &[head.as_bytes(), bytes, b"\r\n"].concat())
    }

    /// Sends a form with one file.
    pub(crate) fn upload_file(&self, path: &str, field: &str, bytes: &[u8]) -> Shown {
        self.send_with(path, &[], (field, bytes))
    }

    fn send_parts(&self, path: &str, parts: &[u8]) -> Shown {
        let body = [parts, format!("--{BOUNDARY}--\r\n").as_bytes()].concat();
        let asked = self.agent.post(format!("http://{}{path}", self.address));
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let asked = asked.header("Content-Type", kind).header("Cookie", &self.cookie);
        read(asked.send(&body[..]).unwrap())
    }
}

/// The fields as parts of a form.
fn written(fields: &[(impl AsRef<str>, impl AsRef<str>)]) -> String {
    let part = |(name, value): &(_, _)| {
        let (name, value) = (AsRef::<str>::as_ref(name), AsRef::<str>::as_ref(value));
        format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        )
    };
    fields.iter().map(part).collect()
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Shown {
    let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let status = answer.status().as_u16();
    // A paper is no text; of that only the status is looked at.
    let bytes = answer.body_mut().read_to_vec().unwrap();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Shown { status, to: to.unwrap_or_default(), text }
}

/// The order's ledger, as it is now.
pub(crate) fn ledger(app: &App, number: &str) -> Ledger {
    Ledger::clone(&pollster(app.order(number)).unwrap().ledger)
}

/// A case of these units is open and authorised; its number.
pub(crate) fn authorised(client: &Client, units: &[u32]) -> String {
    let order: OrderDraft = serde_json::from_value(crate::server::order()).unwrap();
    client.put("/orders/SO-1001", &crate::server::order());
    let units: Vec<_> = units.iter().map(|unit| json!({"line": "L1", "number": unit})).collect();
    let claim =
        json!({"units": units, "cause": "quality", "remedy": "refund", "condition": "used"});
    let opened = client.post(
        "open",
        &format!("/orders/{}/cases", order.number),
        &json!({"claims": [claim]}),
    );
    let case = opened.body["case"].as_str().unwrap().to_owned();
    let authorise =
        json!({"case": case, "units": units, "instructions": "T1", "expires_on": "2026-04-30"});
    assert_eq!(client.command("authorise", "SO-1001", "authorise", &authorise).status, 200);
    case
}
