//! What a buyer does without scripts: from the start to a case number, and on from there.

use backhaul_testkit::{Database, on_both_engines};

use crate::browser::{Part, Server, png};

on_both_engines! {
    a_damage_claim_takes_six_screens_without_scripts
    what_would_decline_is_shown_before_it_is_sent
    a_claim_sent_twice_is_one_case
}

#[test]
fn the_order_says_what_the_policy_allows_and_why() {
    let server = Server::over(&Database::sqlite());
    let mut browser = server.signed_in("SO-1", "ada@shop.example");
    browser
        .get("/order")
        .has("report damage, wrong or missing goods by Wed, 11 Mar 2026")
        .has("exclude.declared")
        .has("clearly declares that they cannot be returned")
        .has("Withdraw from contract here");
    server.clock.wait(10 * 24 * 60);
    let mut later = server.signed_in("SO-1", "ada@shop.example");
    later.get("/order").has("ended on Wed, 11 Mar 2026");
}

fn claim<'a>(once: &'a str, seen: &'a str, cause: &'a str, condition: &'a str) -> Vec<Part<'a>> {
    vec![
        Part::Text("once", once),
        Part::Text("seen", seen),
        Part::Text("unit", "L1:1"),
        Part::Text("cause", cause),
        Part::Text("condition", condition),
        Part::Text("remedy", "refund"),
        Part::Text("platform", ""),
        Part::Text("words", "The box was crushed."),
    ]
}

fn a_damage_claim_takes_six_screens_without_scripts(database: &Database) {
    let server = Server::over(database);
    let mut browser = server.browser();
    // 1: the start.
    browser.get("/").has("Return something");
    browser.post("/", &[("order", "SO-1"), ("email", "ada@shop.example")]).leads_to("/code");
    // 2: the code.
    browser.get("/code").has("Type the code");
    let code = server.code();
    browser.post("/code", &[("code", &code)]).leads_to("/order");
    // 3: the order.
    browser.get("/order").has("L1:1");
    // 4: the claim.
    let page = browser.get("/claim?unit=L1%3A1");
    page.has("SO-1-A").has("Choose why it comes back");
    let once = page.field("once");
    // 5: what will happen, which asks for three pictures.
    let mut parts = claim(&once, "", "damaged", "unused");
    parts.push(Part::Text("look", "1"));
    let page = browser.upload("/claim", &parts);
    page.has("Something is still missing").has("We pay the way back").has("report.7d");
    let seen = page.field("seen");
    let (outer, inner, product) = (png(400, 300, 1), png(400, 300, 2), png(400, 300, 3));
    let mut parts = claim(&once, &seen, "damaged", "unused");
    parts.push(Part::File("file.outer_box", "outer.png", &outer));
    parts.push(Part::File("file.inner_package", "inner.png", &inner));
    parts.push(Part::File("file.product", "product.png", &product));
    parts.push(Part::Text("send", "1"));
    // The pictures were what was missing: nothing else of the answer changes.
    browser.upload("/claim", &parts).leads_to("/case/SO-1-R1");
    // 6: the case.
    let page = browser.get("/case/SO-1-R1");
    page.has("Case SO-1-R1").has("We look at it").has("The box was crushed.").has("kept");
    let files = server.column("select case_id from evidence_file");
    assert_eq!(files, ["SO-1-R1"; 3]);
    browser.get("/order").has("in case SO-1-R1");
}

fn what_would_decline_is_shown_before_it_is_sent(database: &Database) {
    let server = Server::over(database);
    let mut browser = server.signed_in("SO-1", "ada@shop.example");
    let once = browser.get("/claim?unit=L1%3A1").field("once");
    let mut parts = claim(&once, "", "own_reasons", "used");
    parts.push(Part::Text("send", "1"));
    let page = browser.upload("/claim", &parts);
    page.has("We will not take it back").has("exclude.used").has("not used, not even tried");
    assert!(server.column("select case_id from case_index").is_empty());
    let seen = page.field("seen");
    let mut parts = claim(&once, &seen, "own_reasons", "used");
    parts.push(Part::Text("send", "1"));
    browser.upload("/claim", &parts).leads_to("/case/SO-1-R1");
    browser.get("/case/SO-1-R1").has("declined").has("exclude.used");
}

fn a_claim_sent_twice_is_one_case(database: &Database) {
    let server = Server::over(database);
    let mut browser = server.signed_in("SO-1", "ada@shop.example");
    let once = browser.get("/claim?unit=L1%3A1").field("once");
    let mut parts = claim(&once, "", "quality", "used");
    parts.push(Part::Text("look", "1"));
    let page = browser.upload("/claim", &parts);
    let seen = page.has("We will take it back").field("seen");
    let mut parts = claim(&once, &seen, "quality", "used");
    parts.push(Part::Text("send", "1"));
    browser.upload("/claim", &parts).leads_to("/case/SO-1-R1");
    browser.upload("/claim", &parts).leads_to("/case/SO-1-R1");
    assert_eq!(server.column("select case_id from case_index"), ["SO-1-R1"]);
}

#[test]
fn the_answer_changes_as_the_buyer_chooses() {
    let server = Server::over(&Database::sqlite());
    let mut browser = server.signed_in("SO-1", "ada@shop.example");
    let mut answer = |cause: &str| {
        let fields =
            [("unit", "L1:1"), ("cause", cause), ("condition", "unused"), ("remedy", "refund")];
        browser.post("/claim/answer", &fields).text()
    };
    assert!(answer("quality").contains("We pay the way back"));
    assert!(answer("own_reasons").contains("You pay the way back"));
    assert!(answer("missing").contains("Nothing has to be sent back"));
    assert!(answer("damaged").contains("outer_box"));
    assert!(answer("").contains("the answer is shown here"));
}

#[test]
fn the_case_is_written_to_cancelled_and_told() {
    let server = Server::over(&Database::sqlite());
    let mut browser = server.signed_in("SO-1", "ada@shop.example");
    let once = browser.get("/claim?count.L2=2").field("once");
    let parts = |seen: String| {
        [
            ("once", once.clone()),
            ("seen", seen),
            ("unit", "L2:1".to_owned()),
            ("cause", "own_reasons".to_owned()),
            ("condition", "unused".to_owned()),
            ("remedy", "refund".to_owned()),
        ]
    };
    let shown = parts(String::new());
    let mut sent: Vec<_> = shown.iter().map(|(name, value)| Part::Text(name, value)).collect();
    sent.push(Part::Text("look", "1"));
    let seen = browser.upload("/claim", &sent).has("You pay the way back").field("seen");
    let shown = parts(seen);
    let mut sent: Vec<_> = shown.iter().map(|(name, value)| Part::Text(name, value)).collect();
    sent.push(Part::Text("send", "1"));
    browser.upload("/claim", &sent).leads_to("/case/SO-1-R1");
    let page = browser.get("/case/SO-1-R1");
    let once = format!("{}-m", page.field("once").trim_end_matches("-m"));
    let words = "Is it <b>there</b>?";
    browser
        .post("/case/SO-1-R1/message", &[("once", &once), ("message", words)])
        .leads_to("/case/SO-1-R1");
    browser.get("/case/SO-1-R1").has("Is it &#60;b&#62;there").has_not("<b>there");
    let once = browser.get("/case/SO-1-R1/cancel").has("Take case SO-1-R1 back?").field("once");
    browser.post("/case/SO-1-R1/cancel", &[("once", &once)]).leads_to("/case/SO-1-R1");
    // It is over, and what was asked still waits for its answer.
    browser.get("/case/SO-1-R1").has("cancelled").has("We answer you.");
    browser.get("/case/SO-1-R1/slip.pdf");
}

#[test]
fn a_withdrawal_is_stated_confirmed_and_receipted() {
    let server = Server::over(&Database::sqlite());
    let mut browser = server.signed_in("SO-1", "ada@shop.example");
    browser.get("/withdraw").has("Withdraw from the contract");
    let page = browser.post("/withdraw", &[("unit", "L1:2"), ("words", "No longer needed.")]);
    page.has("Confirm withdrawal here").has("ada@shop.example").has("SO-1-B");
    let once = page.field("once");
    let fields = [("once", once.as_str()), ("unit", "L1:2"), ("words", "No longer needed.")];
    browser.post("/withdraw/confirm", &fields).leads_to("/case/SO-1-R1-W");
    browser
        .get("/case/SO-1-R1-W")
        .has("Receipt of your withdrawal")
        .has("I withdraw from the contract");
    let receipt = browser.get("/case/SO-1-R1-W/receipt.pdf");
    assert_eq!(receipt.status, 200);
    assert!(receipt.bytes.starts_with(b"%PDF-"));
}

#[test]
fn the_policy_is_read_in_its_languages_with_a_place_for_each_clause() {
    let server = Server::over(&Database::sqlite());
    let mut browser = server.browser();
    let page = browser.get("/policy");
    page.has("id=\"report.7d\"").has("Returns and replacements").has("application/ld+json");
    browser.get("/policy?in=zh").has("退换货政策");
    let text = page.text();
    let (_, rest) = text.split_once("application/ld+json\">").unwrap();
    let document: serde_json::Value =
        serde_json::from_str(rest.split("</script>").next().unwrap()).unwrap();
    assert_eq!(document["@type"], "MerchantReturnPolicy");
    assert_eq!(document["itemDefectReturnFees"], "https://schema.org/FreeReturn");
}
