//! Every page for everybody. What is expected is in one table; a page that is not in it fails by its name.

use std::collections::BTreeSet;

use backhaul_app::sessions::{SignedIn, staff_who};
use backhaul_app::{Request, Roles};
use backhaul_core::ledger::command::Authorise;
use backhaul_core::ledger::{CaseId, Command, LineId, TextId, UnitId};
use backhaul_testkit::Database;
use backhaul_web::page_routes;
use ureq::Agent;
use ureq::http;

use crate::browser::{Part, Server, png};

/// Who asks, in the order of the columns: nobody, the buyer of the order that is asked about, the buyer of another one, each role
/// of the staff, and a key of the API that may do everything there.
const VISITORS: [&str; 8] = [
    "nobody",
    "buyer",
    "another buyer",
    "representative",
    "dock",
    "finance",
    "owner",
    "an API key",
];

/// Each page, and what comes of each visitor: `x` is let in, `s` is sent to sign in, `-` may not, `0` is told that there is no such
/// thing. A page for staff takes no buyer's session, and the other way round; a key opens no page.
const TABLE: &[(&str, &str, &str)] = &[
    //                                            nb2rdfok
    ("GET", "/", "xxxxxxxx"),
    ("POST", "/", "xxxxxxxx"),
    ("GET", "/code", "xxxxxxxx"),
    ("POST", "/code", "xxxxxxxx"),
    ("GET", "/policy", "xxxxxxxx"),
    ("POST", "/appearance", "xxxxxxxx"),
    ("POST", "/leave", "sxxsssss"),
    ("GET", "/order", "sxxsssss"),
    ("GET", "/claim", "sxxsssss"),
    ("POST", "/claim", "sxxsssss"),
    ("POST", "/claim/answer", "sxxsssss"),
    ("GET", "/withdraw", "sxxsssss"),
    ("POST", "/withdraw", "sxxsssss"),
    ("POST", "/withdraw/confirm", "sxxsssss"),
    ("POST", "/picture", "sxxsssss"),
    ("GET", "/picture/{file}/{size}", "sx0sssss"),
    ("GET", "/case/{case}", "sx0sssss"),
    ("GET", "/case/{case}/slip.pdf", "sx0sssss"),
    ("GET", "/case/{case}/packing.pdf", "sx0sssss"),
    ("GET", "/case/{case}/receipt.pdf", "sx0sssss"),
    ("POST", "/case/{case}/evidence", "sx0sssss"),
    ("POST", "/case/{case}/parcel", "sx0sssss"),
    ("POST", "/case/{case}/message", "sx0sssss"),
    ("POST", "/case/{case}/contest", "sx0sssss"),
    ("GET", "/case/{case}/cancel", "sx0sssss"),
    ("POST", "/case/{case}/cancel", "sx0sssss"),
    ("GET", "/desk/sign-in", "xxxxxxxx"),
    ("POST", "/desk/sign-in", "xxxxxxxx"),
    ("POST", "/desk/sign-in/passkey", "xxxxxxxx"),
    ("GET", "/desk/sign-in/second", "xxxxxxxx"),
    ("POST", "/desk/sign-in/second", "xxxxxxxx"),
    ("POST", "/desk/sign-in/second/passkey", "xxxxxxxx"),
    ("POST", "/desk/sign-in/single", "xxxxxxxx"),
    ("GET", "/desk/sign-in/single/back", "xxxxxxxx"),
    ("POST", "/desk/passkeys/ask", "xxxxxxxx"),
    ("GET", "/desk/invitation/{token}", "xxxxxxxx"),
    ("POST", "/desk/invitation/{token}", "xxxxxxxx"),
    ("POST", "/desk/sign-out", "sssxxxxs"),
    ("GET", "/desk/prove", "sssxxxxs"),
    ("POST", "/desk/prove", "sssxxxxs"),
    ("POST", "/desk/prove/passkey", "sssxxxxs"),
    ("GET", "/desk/account", "sssxxxxs"),
    ("POST", "/desk/account/password", "sssxxxxs"),
    ("POST", "/desk/account/totp", "sssxxxxs"),
    ("POST", "/desk/account/totp/add", "sssxxxxs"),
    ("POST", "/desk/account/totp/remove", "sssxxxxs"),
    ("POST", "/desk/account/recovery-codes", "sssxxxxs"),
    ("POST", "/desk/account/passkeys/ask", "sssxxxxs"),
    ("POST", "/desk/account/passkeys", "sssxxxxs"),
    ("POST", "/desk/account/passkeys/remove", "sssxxxxs"),
    ("POST", "/desk/account/sessions/end", "sssxxxxs"),
    ("POST", "/desk/account/sessions/end-others", "sssxxxxs"),
    ("POST", "/desk/account/link", "sssxxxxs"),
    ("GET", "/desk/staff", "sss---xs"),
    ("POST", "/desk/staff/invite", "sss---xs"),
    ("POST", "/desk/staff/invite-again", "sss---xs"),
    ("POST", "/desk/staff/roles", "sss---xs"),
    ("POST", "/desk/staff/reset", "sss---xs"),
    ("POST", "/desk/staff/end-sessions", "sss---xs"),
    ("POST", "/desk/staff/retire", "sss---xs"),
    ("GET", "/desk", "sssxxxxs"),
    ("GET", "/desk/policy", "sssxxxxs"),
    ("GET", "/desk/cases", "sssxxxxs"),
    ("GET", "/desk/cases/{case}", "sssxxxxs"),
    ("POST", "/desk/cases/{case}", "sssxxxxs"),
    ("GET", "/desk/cases/{case}/slip.pdf", "sssxxxxs"),
    ("GET", "/desk/cases/{case}/packing.pdf", "sssxxxxs"),
    ("GET", "/desk/cases/{case}/decline", "sssx--xs"),
    ("POST", "/desk/cases/{case}/decline", "sssx--xs"),
    ("GET", "/desk/cases/{case}/deduct", "sssx--xs"),
    ("POST", "/desk/cases/{case}/deduct", "sssx--xs"),
    ("GET", "/desk/cases/{case}/otherwise", "sssx--xs"),
    ("POST", "/desk/cases/{case}/otherwise", "sssx--xs"),
    ("GET", "/desk/search", "sssxxxxs"),
    ("GET", "/desk/open", "sssx--xs"),
    ("GET", "/desk/open/{order}", "sssx--xs"),
    ("GET", "/desk/open/{order}/claim", "sssx--xs"),
    ("POST", "/desk/open/{order}/claim", "sssx--xs"),
    ("POST", "/desk/open/{order}/answer", "sssx--xs"),
    ("POST", "/desk/open/{order}/picture", "sssx--xs"),
    ("GET", "/desk/templates", "sssx--xs"),
    ("GET", "/desk/templates/new", "sssx--xs"),
    ("POST", "/desk/templates/new", "sssx--xs"),
    ("GET", "/desk/templates/{template}/{language}", "sssx--xs"),
    ("POST", "/desk/templates/{template}/{language}", "sssx--xs"),
    ("POST", "/desk/templates/{template}/{language}/remove", "sssx--xs"),
    ("GET", "/desk/picture/{file}/{size}", "sssxxxxs"),
    ("GET", "/desk/dock", "sss-x-xs"),
    ("POST", "/desk/dock", "sss-x-xs"),
    ("POST", "/desk/dock/photo", "sss-x-xs"),
    ("POST", "/desk/dock/unnamed", "sss-x-xs"),
    ("GET", "/desk/dock/held", "sss-x-xs"),
    ("POST", "/desk/dock/held", "sss-x-xs"),
    ("GET", "/desk/dock/inspections", "sss-x-xs"),
    ("GET", "/desk/dock/inspections/{case}/{unit}", "sss-x-xs"),
    ("POST", "/desk/dock/inspections/{case}/{unit}", "sss-x-xs"),
    ("POST", "/desk/dock/inspections/{case}/{unit}/done", "sss-x-xs"),
    ("GET", "/desk/replacements", "sssxxxxs"),
    ("POST", "/desk/replacements", "sssxxxxs"),
    ("GET", "/desk/refunds", "sss--xxs"),
    ("POST", "/desk/refunds/release", "sss--xxs"),
    ("GET", "/desk/refunds/approve/{case}", "sss--xxs"),
    ("POST", "/desk/refunds/approve/{case}", "sss--xxs"),
    ("GET", "/desk/refunds/case/{case}/{refund}", "sss--xxs"),
    ("POST", "/desk/refunds/case/{case}/{refund}", "sss--xxs"),
    ("GET", "/desk/refunds/bank", "sss--xxs"),
    ("POST", "/desk/refunds/bank/export", "sss--xxs"),
    ("POST", "/desk/refunds/bank/words", "sss--xxs"),
    ("POST", "/desk/refunds/bank/word", "sss--xxs"),
    ("GET", "/desk/refunds/bank/account/{order}", "sssx-xxs"),
    ("POST", "/desk/refunds/bank/account/{order}", "sssx-xxs"),
    ("GET", "/desk/refunds/bank/files/{batch}", "sss--xxs"),
    ("GET", "/desk/refunds/bank/files/{batch}/file", "sss--xxs"),
    ("GET", "/desk/refunds/debts", "sss--xxs"),
    ("POST", "/desk/refunds/debts", "sss--xxs"),
    ("GET", "/desk/outgoing", "sssx--xs"),
    ("GET", "/desk/outgoing/{letter}", "sssx--xs"),
    ("GET", "/desk/reports", "sssx-xxs"),
    ("GET", "/desk/reports/{report}", "sssx-xxs"),
    ("GET", "/desk/reports/{report}/csv", "sssx-xxs"),
    ("GET", "/desk/policies", "sss---xs"),
    ("GET", "/desk/policies/version/{policy}/{version}", "sss---xs"),
    ("GET", "/desk/policies/version/{policy}/{version}/file", "sss---xs"),
    ("GET", "/desk/policies/check", "sss---xs"),
    ("POST", "/desk/policies/check", "sss---xs"),
    ("GET", "/desk/policies/compare", "sss---xs"),
    ("POST", "/desk/policies/compare", "sss---xs"),
    ("POST", "/desk/policies/publish", "sss---xs"),
    ("POST", "/desk/policies/withdraw", "sss---xs"),
    ("GET", "/desk/keys", "sss---xs"),
    ("POST", "/desk/keys/add", "sss---xs"),
    ("POST", "/desk/keys/revoke", "sss---xs"),
    ("GET", "/desk/webhooks", "sss---xs"),
    ("POST", "/desk/webhooks/add", "sss---xs"),
    ("POST", "/desk/webhooks/switch", "sss---xs"),
    ("POST", "/desk/webhooks/rotate", "sss---xs"),
    ("POST", "/desk/webhooks/remove", "sss---xs"),
    ("GET", "/desk/webhooks/deliveries", "sss---xs"),
    ("POST", "/desk/webhooks/resend", "sss---xs"),
    ("GET", "/desk/trail", "sss---xs"),
    ("POST", "/desk/trail/verify", "sss---xs"),
    ("GET", "/desk/settings", "sss---xs"),
];

/// The forms with files.
const WITH_FILES: [&str; 8] = [
    "/claim",
    "/picture",
    "/case/{case}/evidence",
    "/desk/open/{order}/claim",
    "/desk/open/{order}/picture",
    "/desk/policies/check",
    "/desk/policies/compare",
    "/desk/policies/publish",
];
const BOUNDARY: &str = "a-boundary";
const CASE: &str = "SO-1-R1-W";
/// What stands in an address in the place of something that is not there.
const NONE: &str = "NONE";

/// What came back.
struct Answer {
    status: u16,
    location: String,
    text: String,
}

/// A desk with a case of SO-1, which is ada's: declared withdrawn, authorised, and with a picture beside it.
struct Desk {
    server: Server,
    file: String,
    letter: String,
    key: String,
}

impl Desk {
    fn new() -> Self {
        let server = Server::over(&Database::sqlite());
        let mut ada = server.signed_in("SO-1", "ada@shop.example");
        let once = ada.post("/withdraw", &[("unit", "L1:1")]).field("once");
        let confirmed = ada.post("/withdraw/confirm", &[("once", &once), ("unit", "L1:1")]);
        confirmed.leads_to(&format!("/case/{CASE}"));
        let authorise: Command = Authorise {
            case: CaseId::new(CASE).unwrap(),
            units: vec![UnitId::whole(LineId::new("L1").unwrap(), 1)],
            instructions: TextId::new("T1").unwrap(),
            expires_on: jiff::civil::date(2026, 4, 30),
        }
        .into();
        let olga = staff_who("olga", "owner").unwrap();
        let authorised = Request::new(olga, "SO-1", authorise);
        pollster::block_on(server.app.ask(authorised)).unwrap();
        let picture =
            [Part::Text("slot", "product"), Part::File("file", "a.png", &png(400, 300, 1))];
        let file = ada.upload("/picture", &picture).field("picture.product");
        for role in ["representative", "dock", "finance", "owner"] {
            let roles = Roles::parse(role).unwrap();
            pollster::block_on(server.app.put_staff(role, &roles, None)).unwrap();
        }
        let key = pollster::block_on(server.app.add_key("all", &Roles::parse("owner").unwrap()));
        let letter = server.column("select letter_id from letter").remove(0);
        Self { file, letter, key: key.unwrap().token, server }
    }

    /// What shows who asks: a session of its own for each request, since some of them end it.
    fn shown(&self, visitor: &str) -> (&'static str, String) {
        let signed_in = match visitor {
            "nobody" => return ("cookie", String::new()),
            "an API key" => return ("authorization", format!("Bearer {}", self.key)),
            "buyer" => SignedIn::Buyer { order: "SO-1".to_owned() },
            "another buyer" => SignedIn::Buyer { order: "SO-2".to_owned() },
            role => SignedIn::Staff { id: role.to_owned(), who: staff_who(role, role).unwrap() },
        };
        let token =
            pollster::block_on(self.server.app.begin_session(&signed_in, "a test")).unwrap();
        // The token stands in both cookies: it is the session that says what it is good for.
        ("cookie", format!("bh_buyer={token}; bh_staff={token}"))
    }

    /// The address of a page, filled with what is there.
    fn filled(&self, path: &str) -> String {
        path.replace("{case}", CASE)
            .replace("{unit}", "L1%231")
            .replace("{file}", &self.file)
            .replace("{size}", "thumbnail")
            .replace("{order}", "SO-1")
            .replace("{letter}", &self.letter)
            .replace("{refund}", NONE)
            .replace("{batch}", NONE)
            .replace("{token}", NONE)
            .replace("{template}", NONE)
            .replace("{language}", "en")
            .replace("{policy}", NONE)
            .replace("{version}", NONE)
            .replace("{report}", "returns")
    }

    fn ask(&self, method: &str, page: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        let uri = format!("http://{}{path}", self.server.address());
        let mut request =
            http::Request::builder().method(method).uri(uri).header("accept-language", "en");
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let mut body = String::new();
        if method == "POST" && WITH_FILES.contains(&page) {
            request =
                request.header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
            body = format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"nothing\"\r\n\r\n\r\n--{BOUNDARY}--\r\n"
            );
        } else if method == "POST" {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let mut answer = agent.run(request.body(body).unwrap()).unwrap();
        let location = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        let bytes = answer.body_mut().read_to_vec().unwrap();
        Answer {
            status: answer.status().as_u16(),
            location: location.unwrap_or_default(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    fn heads(&self) -> Vec<String> {
        self.server.column("select head_hash from ledger_order order by number")
    }

    /// What comes of that visitor, in the letters of the table.
    fn cell(&self, method: &str, page: &str, visitor: &str) -> (char, String) {
        let is_foreign = visitor == "another buyer" && !page.starts_with("/desk");
        let path = self.filled(page);
        let (name, value) = self.shown(visitor);
        let answer = self.ask(method, page, &path, &[(name, &value)]);
        let said = format!("{} {}", answer.status, answer.location);
        let is_of_staff = page.starts_with("/desk");
        let is_sent = if is_of_staff {
            answer.location.starts_with("/desk/sign-in?next=")
        } else {
            answer.location == "/"
        };
        let letter = match answer.status {
            303 if is_sent => 's',
            403 => '-',
            404 if is_foreign => {
                self.is_as_if_it_were_not_there(method, page, &answer, (name, &value));
                '0'
            }
            // A form without fields is malformed, or names nothing; whoever is told so was let in.
            200 | 303 | 400 | 409 | 422 => 'x',
            404 if method == "POST" || path.contains(NONE) => 'x',
            _ => '?',
        };
        (letter, said)
    }

    /// What belongs to others reads to the letter as what is not there.
    fn is_as_if_it_were_not_there(
        &self,
        method: &str,
        page: &str,
        theirs: &Answer,
        (name, value): (&str, &str),
    ) {
        let (case, file) = ("SO-7-R1-W", "0".repeat(self.file.len()));
        let path = self.filled(page).replace(CASE, case).replace(&self.file, &file);
        let nothing = self.ask(method, page, &path, &[(name, value)]);
        let text = nothing.text.replace(case, CASE).replace(&file, &self.file);
        assert_eq!((theirs.status, &theirs.text), (nothing.status, &text), "{method} {page}");
    }
}

fn names(rows: impl Iterator<Item = (String, String)>) -> BTreeSet<String> {
    rows.map(|(method, path)| format!("{method} {path}")).collect()
}

#[test]
fn every_page_is_open_to_those_in_the_table_and_to_nobody_else() {
    let known = TABLE.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()));
    let there = page_routes().into_iter().map(|(method, path, _)| (method, path));
    let (known, there) = (names(known), names(there));
    let (missing, stale): (Vec<_>, Vec<_>) =
        (there.difference(&known).collect(), known.difference(&there).collect());
    assert!(missing.is_empty(), "pages without a row: {missing:?}");
    assert!(stale.is_empty(), "rows without a page: {stale:?}");

    let desk = Desk::new();
    let before = desk.heads();
    let mut wrong = Vec::new();
    for (method, page, expected) in TABLE {
        assert_eq!(expected.len(), VISITORS.len(), "{method} {page}");
        let is_open = expected.chars().all(|cell| cell == 'x');
        for (visitor, cell) in VISITORS.iter().zip(expected.chars()) {
            let (found, said) = desk.cell(method, page, visitor);
            // A page for anyone may lead on to where one begins.
            let is_right = found == cell || (is_open && found == 's');
            if !is_right {
                wrong.push(format!("{method} {page} as {visitor}: {said}, not `{cell}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(desk.heads(), before, "nothing was changed");
}

#[test]
fn a_form_of_another_site_changes_nothing_whoever_is_signed_in() {
    let desk = Desk::new();
    let own = format!("http://{}", desk.server.address());
    let elsewhere: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
        &[("sec-fetch-site", "same-site"), ("origin", "https://shop.example")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ];
    let before = desk.heads();
    for (method, page, _) in TABLE.iter().filter(|(method, ..)| *method == "POST") {
        let visitor = if page.starts_with("/desk") { "owner" } else { "buyer" };
        let path = desk.filled(page);
        for headers in elsewhere {
            let (name, value) = desk.shown(visitor);
            let mut headers = headers.to_vec();
            headers.push((name, &value));
            let answer = desk.ask(method, page, &path, &headers);
            assert_eq!(answer.status, 403, "{page} {headers:?}");
            assert!(answer.text.contains("another site"), "{page}");
        }
    }
    assert_eq!(desk.heads(), before);
    let (name, value) = desk.shown("buyer");
    let page = "/case/{case}/message";
    for origin in [own.as_str(), ""] {
        let headers =
            [(name, value.as_str()), ("origin", origin), ("sec-fetch-site", "same-origin")];
        let answer = desk.ask("POST", page, &desk.filled(page), &headers);
        assert_eq!(answer.status, 400, "the same form of one's own is read: {}", answer.text);
    }
}
