//! What people type who mean no good: it is shown as it was typed and runs nowhere, or is refused and changes nothing.

use backhaul_app::Roles;
use backhaul_app::sessions::{SignedIn, staff_who};
use backhaul_testkit::Database;
use ureq::Agent;

use crate::browser::{Browser, Page, Part, Server, png};

/// Text that would run if it were not escaped, in an element and in an attribute; and what templates and shells would read.
const NASTY: &str = "\"'><script>alert(1)</script>{{7*7}}${7*7}' OR 1=1--%n";
/// How it stands in a page.
const ESCAPED: &str = "&#60;script&#62;alert(1)&#60;/script&#62;{{7*7}}${7*7}&#39; OR 1=1--%n";

/// A browser in which the owner is signed in.
fn owner(server: &Server) -> Browser {
    let roles = Roles::parse("owner").unwrap();
    pollster::block_on(server.app.put_staff("olga", &roles, None)).unwrap();
    let who = staff_who("olga", "owner").unwrap();
    let signed_in = SignedIn::Staff { id: "olga".to_owned(), who };
    let token = pollster::block_on(server.app.begin_session(&signed_in, NASTY)).unwrap();
    let mut browser = server.browser();
    browser.cookies.insert("bh_staff".to_owned(), token);
    browser
}

/// It is shown, and nothing of it would run.
fn is_harmless(page: &Page) {
    page.has(ESCAPED).has_not("<script>alert");
    assert!(page.status < 500);
}

fn heads(server: &Server) -> Vec<String> {
    server.column("select head_hash from ledger_order order by number")
}

#[test]
fn what_a_buyer_types_runs_nowhere() {
    let server = Server::over(&Database::sqlite());
    let mut nobody = server.browser();
    is_harmless(&nobody.post("/", &[("order", NASTY), ("email", "no address")]));
    nobody.get("/?order=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E").has_not("<script>alert");
    let mut ada = server.signed_in("SO-1", "ada@shop.example");
    let once = ada.get("/claim?unit=L1%3A1").field("once");
    let mut parts = vec![
        Part::Text("once", &once),
        Part::Text("unit", "L1:1"),
        Part::Text("cause", "quality"),
        Part::Text("condition", "used"),
        Part::Text("remedy", "refund"),
        Part::Text("platform", NASTY),
        Part::Text("words", NASTY),
        Part::Text("look", "1"),
    ];
    let page = ada.upload("/claim", &parts);
    is_harmless(&page);
    let seen = page.field("seen");
    parts.pop();
    parts.extend([Part::Text("seen", &seen), Part::Text("send", "1")]);
    ada.upload("/claim", &parts).leads_to("/case/SO-1-R1");
    let page = ada.get("/case/SO-1-R1");
    is_harmless(&page);
    let once = page.field("once");
    let once = once.trim_end_matches(|sign| "-epcm".contains(sign));
    let message = [("once", once), ("message", NASTY)];
    ada.post("/case/SO-1-R1/message", &message).leads_to("/case/SO-1-R1");
    is_harmless(&ada.get("/case/SO-1-R1"));
    // Too long: it is shown again in its field.
    let long = NASTY.repeat(120);
    let page = ada.post("/case/SO-1-R1/message", &[("once", "k"), ("message", &long)]);
    is_harmless(&page);
    page.has("in at most 5000 characters");
    is_harmless(&ada.post("/withdraw", &[("unit", "L1:2"), ("words", NASTY)]));
    // An address that is made up is no more than an address.
    for path in ["/case/%3Cscript%3Ealert(1)%3C%2Fscript%3E", "/policy?in=%3Cscript%3Ealert(1)"] {
        ada.get(path).has_not("<script>alert");
    }
}

#[test]
fn what_staff_type_and_what_others_sent_them_runs_nowhere() {
    let server = Server::over(&Database::sqlite());
    let mut order = crate::browser::order("SO-3", "mallory@shop.example");
    order["lines"][1]["sku"] = NASTY.into();
    order["buyer"]["name"] = NASTY.into();
    server.import(&order);
    let mut mallory = server.signed_in("SO-3", "mallory@shop.example");
    is_harmless(&mallory.get("/order"));
    is_harmless(&mallory.get("/withdraw"));
    let mut olga = owner(&server);
    is_harmless(&olga.get("/desk/account"));
    let held = [("once", "k1"), ("order", NASTY), ("description", NASTY)];
    is_harmless(&olga.post("/desk/dock/unnamed", &held));
    is_harmless(&olga.post("/desk/dock", &[("once", "k2"), ("scan", NASTY)]));
    let held = [("once", "k3"), ("order", "SO-1"), ("description", NASTY)];
    olga.post("/desk/dock/unnamed", &held).leads_to("/desk/dock/held");
    is_harmless(&olga.get("/desk/dock/held"));
    let account = "/desk/refunds/bank/account/SO-1";
    is_harmless(&olga.post(account, &[("holder", NASTY), ("iban", NASTY), ("bic", NASTY)]));
    let words = format!("end_to_end_id,reference,date,outcome\n\"{NASTY}\",r,2026-03-06,paid\n");
    olga.post("/desk/refunds/bank/words", &[("csv", &words)]).has_not("<script>alert");
    is_harmless(&olga.post("/desk/staff/invite", &[("name", NASTY)]));
    let query = "/desk/outgoing?order=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    olga.get(query).has("&#60;script&#62;").has_not("<script>alert");
    let name = [("name", NASTY), ("password", "wrong")];
    is_harmless(&server.browser().post("/desk/sign-in", &name));
    for next in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
    {
        let page = server.browser().post("/appearance", &[("next", next), ("language", "de")]);
        assert!(!page.location.contains("evil") && !page.location.contains("script"), "{next}");
    }
}

#[test]
fn signs_that_nobody_types_are_refused_and_change_nothing() {
    let server = Server::over(&Database::sqlite());
    let mut ada = server.signed_in("SO-1", "ada@shop.example");
    let once = ada.get("/claim?unit=L1%3A1").field("once");
    let before = heads(&server);
    for sign in ["\0", "\u{1}", "\u{1b}[31m", "\u{7f}", "\u{85}"] {
        let words = format!("It is {sign} broken.");
        let parts =
            [Part::Text("once", &once), Part::Text("unit", "L1:1"), Part::Text("words", &words)];
        assert_eq!(ada.upload("/claim", &parts).status, 400, "{sign:?}");
        let asked = [("order", words.as_str()), ("email", "ada@shop.example")];
        assert_eq!(server.browser().post("/", &asked).status, 400, "{sign:?}");
    }
    for path in [
        "/case/%00",
        "/case/SO-1%2500-R1",
        "/case/..%2f..%2fetc%2fpasswd",
        "/picture/%2e%2e/original",
    ] {
        assert!((400..500).contains(&ada.get(path).status), "{path}");
    }
    assert_eq!(heads(&server), before);
}

#[test]
fn what_is_too_long_or_too_many_is_refused_and_changes_nothing() {
    let server = Server::over(&Database::sqlite());
    let mut ada = server.signed_in("SO-1", "ada@shop.example");
    let once = ada.get("/claim?unit=L1%3A1").field("once");
    let before = heads(&server);
    let huge = "x".repeat(300 << 10);
    assert_eq!(ada.post("/withdraw", &[("words", &huge)]).status, 413);
    let parts = [Part::Text("once", &once), Part::Text("words", &huge)];
    assert_eq!(ada.upload("/claim", &parts).status, 413);
    let many = vec![("unit", "L1:1"); 1_001];
    assert_eq!(ada.post("/claim/answer", &many).status, 413);
    let many: Vec<_> = (0..1_001).map(|_| Part::Text("unit", "L1:1")).collect();
    assert_eq!(ada.upload("/claim", &many).status, 413);
    // One letter with ten thousand marks above it counts by what it is made of.
    let marked = format!("a{}", "\u{301}".repeat(10_000));
    let page = ada.post("/withdraw", &[("unit", "L1:1"), ("words", &marked)]);
    page.has("at most 2000 characters");
    let units: Vec<_> = (1..=600).map(|unit| format!("L1:{unit}")).collect();
    let many: Vec<_> = units.iter().map(|unit| ("unit", unit.as_str())).collect();
    assert_eq!(ada.post("/claim/answer", &many).status, 200);
    assert_eq!(heads(&server), before);
}

#[test]
fn writing_that_runs_the_other_way_stays_in_its_place() {
    let server = Server::over(&Database::sqlite());
    let mut ada = server.signed_in("SO-1", "ada@shop.example");
    let once = ada.post("/withdraw", &[("unit", "L1:1")]).field("once");
    let words = "\u{202e}exe.gpj \u{2066}\u{200b} مرحبا שלום \u{feff}";
    let fields = [("once", once.as_str()), ("unit", "L1:1"), ("words", words)];
    ada.post("/withdraw/confirm", &fields).leads_to("/case/SO-1-R1-W");
    // What was written is kept to the letter, in a paragraph whose direction is its own.
    ada.get("/case/SO-1-R1-W").has("exe.gpj").has("dir=\"auto\"");
    // An order's number with marks that nobody sees is no number of an order.
    let asked = [("order", "SO\u{200b}-1"), ("email", "ada@shop.example")];
    let letters = server.letters();
    server.browser().post("/", &asked).leads_to("/code");
    assert_eq!(server.letters(), letters, "it is answered alike, and no code leaves");
}

/// Sends bytes as a form with files under that heading.
fn raw(server: &Server, browser: &Browser, kind: &str, body: &[u8]) -> u16 {
    let agent = Agent::config_builder().http_status_as_error(false).build().new_agent();
    let cookie = format!("bh_buyer={}", browser.cookies["bh_buyer"]);
    let asked = agent.post(format!("http://{}/picture", server.address()));
    let asked = asked.header("cookie", cookie).header("content-type", kind);
    asked.send(body).unwrap().status().as_u16()
}

#[test]
fn forms_with_files_that_are_put_together_wrong_are_refused() {
    let server = Server::over(&Database::sqlite());
    let ada = server.signed_in("SO-1", "ada@shop.example");
    let whole = b"--b\r\ncontent-disposition: form-data; name=\"slot\"\r\n\r\nproduct\r\n--b--\r\n";
    for (kind, body) in [
        ("multipart/form-data", &whole[..]),
        ("multipart/form-data; boundary=", whole),
        ("multipart/form-data; boundary=other", whole),
        ("multipart/mixed; boundary=b", whole),
        ("application/json", b"{}"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\ncontent-disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        ),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\ncontent-disposition: form-data; name=\"slot\"\r\n\r\nprod",
        ),
        ("multipart/form-data; boundary=b", b""),
        // In two encodings at once, and in one that is no text.
        (
            "multipart/form-data; boundary=b",
            b"--b\r\ncontent-disposition: form-data; name=\"slot\"\r\n\r\n\xff\xfe\r\n--b--\r\n",
        ),
    ] {
        assert_eq!(raw(&server, &ada, kind, body), 400, "{kind} {}", String::from_utf8_lossy(body));
    }
}

#[test]
fn what_a_file_is_called_and_said_to_be_counts_for_nothing() {
    let server = Server::over(&Database::sqlite());
    let mut ada = server.signed_in("SO-1", "ada@shop.example");
    let picture = png(400, 300, 3);
    let long = format!("{}.png", "x".repeat(4_000));
    for name in [
        "../../etc/passwd",
        "C:\\x\\a.png",
        "CON",
        "a.jpg.php",
        ".htaccess",
        "\u{202e}gnp.exe",
        "no ending",
        &long,
    ] {
        let parts = [Part::Text("slot", "product"), Part::File("file", name, &picture)];
        let page = ada.upload("/picture", &parts);
        page.has("400 × 300");
        let name = name.trim_end_matches(".png");
        assert!(!page.text().contains(name), "{name}");
    }
    let refused: [(&str, Vec<u8>); 7] = [
        ("a.pdf", [&b" ".repeat(900)[..], b"%PDF-1.7\n"].concat()),
        ("a.zip.pdf", [&b"PK\x03\x04"[..], b"%PDF-1.7\n"].concat()),
        ("a.html", b"<!doctype html><script>alert(1)</script>".to_vec()),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        ("a.gif", b"GIF89a\x01\0\x01\0\x80\0\0".to_vec()),
        ("a.bmp", b"BM\x3a\0\0\0\0\0\0\0".to_vec()),
        ("a.tar", b"a.png\0".repeat(200)),
    ];
    for (name, bytes) in refused {
        let parts = [Part::Text("slot", "product"), Part::File("file", name, &bytes)];
        ada.upload("/picture", &parts).has("This is no JPEG").has_not("picture.product");
    }
    // Active contents of a document are kept for staff, and only ever as a download.
    let pdf = b"%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF";
    let parts = [Part::Text("slot", "product"), Part::File("file", "a.pdf", pdf)];
    let file = ada.upload("/picture", &parts).field("picture.product");
    let page = ada.get(&format!("/picture/{file}/original"));
    assert!(page.headers["content-disposition"].starts_with("attachment;"));
    assert!(page.headers["content-security-policy"].contains("sandbox"));
    assert_eq!(ada.get(&format!("/picture/{file}/display")).status, 404);
}
