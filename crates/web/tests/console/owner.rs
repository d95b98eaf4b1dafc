//! What the owner does: publishes a policy, reads reports, ends keys, tells others, looks at the trail.

use backhaul_app::webhooks::{DeliveryState, Wanted};
use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use crate::browser::{Shown, authorised, nobody, staff};
use crate::desk::holds;
use crate::server::{Client, Server, order};

const FILE: &str = include_str!("../../../../policies/default.toml");
const CHECK: &str = "/desk/policies/check";
const PUBLISH: &str = "/desk/policies/publish";

on_both_engines! {
    the_pages_of_the_owner_are_the_owners_alone
    a_wrong_policy_is_told_with_line_and_column
    a_policy_is_published_in_two_steps_and_judges_from_its_day_on
    what_cannot_be_published_is_told_and_nothing_is
    two_versions_are_compared_over_the_claims_that_were_made
    reports_show_the_sums_of_the_api
    a_key_works_until_it_is_ended
    an_endpoint_is_told_and_a_message_sent_again
    the_trail_is_paged_and_filtered_and_says_who
    the_chains_are_verified_beside_the_requests
    the_settings_are_shown_without_secrets
    hostile_names_are_words
}

/// The default policy as another version.
fn file(version: &str, effective: &str) -> String {
    let text = FILE.replace("version = \"2025.1\"", &format!("version = \"{version}\""));
    text.replace("effective = 2025-01-01", &format!("effective = {effective}"))
}

fn the_pages_of_the_owner_are_the_owners_alone(database: &Database) {
    let server = Server::over(database);
    let owner = staff(&server, "owner");
    let others = [staff(&server, "representative dock"), staff(&server, "finance")];
    for path in [
        "/desk/policies",
        "/desk/policies/version/default/2025.1",
        "/desk/policies/version/default/2025.1/file",
        CHECK,
        "/desk/policies/compare",
        "/desk/keys",
        "/desk/webhooks",
        "/desk/webhooks/deliveries",
        "/desk/trail",
        "/desk/settings",
    ] {
        assert_eq!(owner.look(path).status, 200, "{path}");
        for other in &others {
            assert_eq!(other.look(path).status, 403, "{path}");
        }
    }
    // Reports are for those who guide returns and for finance as well.
    for kind in ["returns", "products", "batches", "times", "freight", "promises"] {
        let path = format!("/desk/reports/{kind}");
        assert_eq!(owner.look(&path).status, 200, "{path}");
        assert_eq!(others[1].look(&path).status, 200, "{path}");
        assert_eq!(staff(&server, "dock").look(&path).status, 403, "{path}");
    }
    for path in [
        "/desk/policies/withdraw",
        "/desk/keys/add",
        "/desk/keys/revoke",
        "/desk/webhooks/add",
        "/desk/webhooks/remove",
        "/desk/webhooks/resend",
        "/desk/trail/verify",
    ] {
        assert_eq!(others[1].send(path, &[]).status, 403, "{path}");
    }
    assert_eq!(others[1].upload(PUBLISH, &[("file", FILE), ("publish", "1")]).status, 403);
    assert_eq!(owner.look("/desk/reports/secrets").status, 404);
    assert_eq!(owner.look("/desk/policies/version/default/9").status, 404);
}

fn a_wrong_policy_is_told_with_line_and_column(database: &Database) {
    let server = Server::over(database);
    let owner = staff(&server, "owner");
    owner.upload(CHECK, &[("file", " ")]).says("Choose a file, or put its text here");
    let wrong = file("2026.2", "2026-04-01").replace("\"Asia/Shanghai\"", "\"Moon/Base\"");
    let line = wrong.split("Moon").next().unwrap().lines().count();
    let page = owner.upload(CHECK, &[("file", &wrong)]);
    page.says(&format!("line {line}, column 13")).says("no IANA time zone").says("Moon/Base");
    page.says("Errors: 1").says_not(PUBLISH);
    // It reads well, and says two things of one claim.
    let rule = "\n[[clause.rule]]\nwhen = { cause = \"own_reasons\" }\nfreight = { return = \"merchant\" }\n";
    let contrary = file("2026.2", "2026-04-01") + rule;
    owner.upload(CHECK, &[("file", &contrary)]).says("contradiction").says("An example that shows");
    let right = owner.upload(CHECK, &[("file", &file("2026.2", "2026-04-01"))]);
    right.says("Nothing is wrong with it").says("default@2026.2").says(PUBLISH);
    // A file goes before what is typed, and none that is no text.
    owner.upload_file(CHECK, "upload", wrong.as_bytes()).says(&format!("line {line}"));
    owner.upload_file(CHECK, "upload", b"\xff\xfe").says("no text in UTF-8");
    owner.upload_file(CHECK, "upload", &vec![b'#'; 300 << 10]).says("at most 200 KiB");
    owner.look("/desk/policies").says_not("default@2026.2");
}

fn a_policy_is_published_in_two_steps_and_judges_from_its_day_on(database: &Database) {
    let server = Server::over(database);
    let client = server.client("owner");
    late_claim(&server, &client);
    let owner = staff(&server, "owner");
    let new = file("2026.2", "2026-04-01").replace("7 days", "14 days");
    let review = owner.upload(PUBLISH, &[("file", &new)]);
    review.says("default@2026.2 will judge").says("Wed, 1 Apr 2026").says("Asia/Shanghai");
    review.says("Of 1 claims that were made, 1 would have ended differently");
    assert_eq!(published(&client).len(), 0, "looking at it publishes nothing");
    let send = || {
        let fields = [("file", new.as_str()), ("judges", "default@2025.1"), ("publish", "1")];
        owner.upload(PUBLISH, &fields)
    };
    let done = send();
    assert_eq!(done.status, 303, "{done:?}");
    assert_eq!(send().to, done.to, "sent twice, it acts once");
    assert_eq!(published(&client), ["default@2026.2"]);
    let page = owner.look(&done.to);
    page.says("Published.").says("judges from its first day on").says("owner-person");
    owner.look("/desk/policies").says("judges today");
    let taken = owner.look("/desk/policies/version/default/2026.2/file");
    assert_eq!(taken.text, new, "byte for byte");
    server.clock.move_to("2026-04-02T09:00:00Z".parse().unwrap());
    assert_eq!(client.get("/policies").body["default"], "default@2026.2");
    // The session of before is over.
    let owner = staff(&server, "owner");
    owner.look(&done.to).says("judges today").says_not("/desk/policies/withdraw");
}

fn what_cannot_be_published_is_told_and_nothing_is(database: &Database) {
    let server = Server::over(database);
    let client = server.client("owner");
    late_claim(&server, &client);
    let owner = staff(&server, "owner");
    let publish = |file: &str, judges: &str, accept: &str| {
        let fields = [("file", file), ("judges", judges), ("publish", "1"), (accept, "1")];
        owner.upload(PUBLISH, &fields)
    };
    let judges = "default@2025.1";
    publish("id = 1", judges, "").says("Cannot be used").says("line 1");
    let past = file("2026.2", "2026-03-13");
    owner.upload(PUBLISH, &[("file", &past)]).says("effective = 2026-03-14");
    publish(&past, judges, "").says("has begun").says("nothing was published");
    publish(&file("2025.1", "2026-05-01"), judges, "").says("There is a default@2025.1 already");
    publish(&file("2026.2", "2026-05-01"), "default@2024.1", "")
        .says("look at the difference again");
    let unused =
        "\n[[evidence]]\nid = \"manual\"\nlabel = { en = \"the manual\", zh = \"说明书\" }\n";
    let warned = file("2026.2", "2026-05-01") + unused;
    publish(&warned, judges, "").says("Warnings: 1").says("accept the warnings");
    assert_eq!(published(&client).len(), 0);
    assert_eq!(publish(&warned, judges, "accept").status, 303);
    let page = owner.look("/desk/policies/version/default/2026.2");
    page.says("It is not in force yet");
    let withdrawn = owner.fill(&page, "/desk/policies/withdraw", &[]);
    assert_eq!(withdrawn.status, 303);
    owner.look(&withdrawn.to).says("Withdrawn.").says("withdrawn");
    owner.fill(&page, "/desk/policies/withdraw", &[]).says("was withdrawn before");
}

fn two_versions_are_compared_over_the_claims_that_were_made(database: &Database) {
    let server = Server::over(database);
    let client = server.client("owner");
    late_claim(&server, &client);
    let owner = staff(&server, "owner");
    owner.look("/desk/policies/compare").says("There is one version");
    let new = file("2026.2", "2026-05-01").replace("7 days", "14 days");
    let page = owner.upload("/desk/policies/compare", &[("file", &new)]);
    page.says("Case SO-1001-R1, unit L1#1").says("Verdict: declined → something is missing");
    page.says("<del>7</del><ins>14</ins>");
    let body = json!({"file": new});
    assert_eq!(client.ask("POST", "/policies", &[], Some(&body)).status, 201);
    let compare =
        |old: &str, new: &str| owner.look(&format!("/desk/policies/compare?old={old}&new={new}"));
    compare("default%402025.1", "default%402026.2").says("1 would have ended differently");
    compare("default%402025.1", "default%402025.1").says("Choose two different versions");
    assert_eq!(compare("default%402025.1", "default%409").status, 404);
    // Staff read any version; everybody else what is in force.
    let asked = "/desk/policy?version=default%402026.2";
    let page = staff(&server, "representative").look(asked);
    page.says("14 days").says("/desk/policy?version=default%402026.2&#38;in=zh");
    owner.look("/desk/policy").says("7 days").says_not("14 days");
    assert_eq!(owner.look("/desk/policy?version=default%409").status, 404);
    let nobody = nobody(owner);
    assert_eq!(nobody.look(asked).status, 303);
    nobody.look("/policy?version=default%402026.2").says("7 days").says_not("14 days");
}

fn reports_show_the_sums_of_the_api(database: &Database) {
    let server = Server::over(database);
    let client = server.client("owner");
    let owner = staff(&server, "owner");
    owner.look("/desk/reports/returns").says("Nothing in these months");
    late_claim(&server, &client);
    let owner = staff(&server, "owner");
    let line = &client.get("/reports/returns").body["lines"][0];
    assert_eq!((&line["month"], &line["units"]), (&json!("2026-03"), &json!(1)));
    let page = owner.look("/desk/reports/returns");
    page.says("<svg").says("role=\"img\"").says("Mar 2026").says("arrived damaged");
    page.says("<td class=\"bh-amount\">1</td>");
    for (path, name) in [("products", "QSFP28-100G-SR4"), ("times", "Medians by month")] {
        owner.look(&format!("/desk/reports/{path}")).says(name);
    }
    owner.look("/desk/reports").says("Units claimed").says(">1<");
    for query in ["from=2026", "from=2026-04&to=2026-03", "from=2000-01", "top=0"] {
        owner.look(&format!("/desk/reports/products?{query}")).says("This could not be done yet");
    }
    let table = owner.look("/desk/reports/returns/csv?from=2026-01&to=2026-03");
    let api = client.bytes("/reports/returns/csv?from=2026-01&to=2026-03");
    assert_eq!(table.text.as_bytes(), api);
    assert_eq!(owner.look("/desk/reports/returns/csv?from=x").status, 422);
}

fn a_key_works_until_it_is_ended(database: &Database) {
    let server = Server::over(database);
    let owner = staff(&server, "owner");
    let page = owner.look("/desk/keys");
    page.says("No key yet");
    owner.fill(&page, "/desk/keys/add", &[("name", "warehouse")]).says("at least one role");
    owner
        .fill(&page, "/desk/keys/add", &[("name", "key:x"), ("role", "dock")])
        .says("cannot be a name");
    let made = owner.fill(&page, "/desk/keys/add", &[("name", "warehouse"), ("role", "dock")]);
    let token = made.text.split("bh_").nth(1).unwrap().split('"').next().unwrap();
    let machine = server.bearing(Some(format!("bh_{token}")));
    owner.look("/desk/keys").says("warehouse").says("never used").says_not(token);
    assert_eq!(machine.get("/me").body["roles"], "dock");
    let page = owner.look("/desk/keys");
    page.says("last used Fri, 6 Mar 2026");
    let ended = owner.fill(&page, "/desk/keys/revoke", &[]);
    assert_eq!(ended.status, 303);
    assert_eq!(machine.get("/me").status, 401);
    assert_eq!(owner.fill(&page, "/desk/keys/revoke", &[]).status, 303, "sent twice it ends once");
    owner.look("/desk/keys").says("Ended keys: 1");
    // Whoever has the session alone makes no key.
    server.clock.wait(1);
    let again = owner.fill(&page, "/desk/keys/add", &[("name", "other"), ("role", "owner")]);
    assert_eq!(again.status, 303);
    assert!(again.to.starts_with("/desk/prove"), "{again:?}");
}

fn an_endpoint_is_told_and_a_message_sent_again(database: &Database) {
    let server = Server::over(database);
    let owner = staff(&server, "owner");
    let page = owner.look("/desk/webhooks");
    page.says("Nobody is told yet").says("case.opened");
    for (url, why) in [
        ("x", "This is no address"),
        ("http://shop.example", "https alone"),
        ("https://me:pw@shop.example", "no user and no password"),
        ("https://127.0.0.1/hooks", "not one of the public internet"),
    ] {
        owner.fill(&page, "/desk/webhooks/add", &[("url", url)]).says(why);
    }
    let fields = [("url", "https://erp.example/hooks"), ("type", "case.opened")];
    owner.fill(&page, "/desk/webhooks/add", &fields).says("whsec_");
    let page = owner.look("/desk/webhooks");
    page.says("https://erp.example/hooks").says("events: case.opened").says_not("whsec_");
    let endpoint = page.hidden("/desk/webhooks/rotate")[0].1.clone();
    owner.fill(&page, "/desk/webhooks/rotate", &[]).says("whsec_").says("For 24 hours");
    assert_eq!(owner.fill(&page, "/desk/webhooks/switch", &[("off", "1")]).status, 303);
    owner.look("/desk/webhooks").says("switched off by hand");
    assert_eq!(owner.fill(&page, "/desk/webhooks/switch", &[("on", "1")]).status, 303);

    let deliveries = "/desk/webhooks/deliveries";
    owner.look(deliveries).says("No delivery here");
    delivered(&server, &endpoint);
    let page = owner.look(deliveries);
    page.says("case.opened").says("given up").says("answer 500").says("tries: 10");
    owner.look(&format!("{deliveries}?state=waiting")).says("No delivery here");
    owner.look(&format!("{deliveries}?state=failed&endpoint={endpoint}")).says("given up");
    assert_eq!(owner.look(&format!("{deliveries}?state=lost")).status, 404);
    let again = owner.fill(&page, "/desk/webhooks/resend", &[]);
    assert!(again.to.starts_with(deliveries), "{again:?}");
    owner.look(&again.to).says("The message is sent again");
    assert_eq!(resends(&server), 1);
    let unknown = [("delivery".to_owned(), "none".to_owned())];
    assert_eq!(owner.send("/desk/webhooks/resend", &unknown).status, 404);
    let page = owner.look("/desk/webhooks");
    assert_eq!(owner.fill(&page, "/desk/webhooks/remove", &[]).status, 303);
    let wanted = Wanted { endpoint: None, state: Some(DeliveryState::Failed), before: None };
    assert!(server.app.webhook_deliveries(&wanted, 10).unwrap().is_empty());
}

fn the_trail_is_paged_and_filtered_and_says_who(database: &Database) {
    let server = Server::over(database);
    staff(&server, "owner").look("/desk/trail").says("Nothing happened here");
    authorised(&server.client("owner"), &[1, 2]);
    let guide = server.client("representative");
    for number in 2..=30 {
        let name = format!("SO-{number}");
        let mut order = order();
        order["number"] = json!(name);
        assert_eq!(guide.put(&format!("/orders/{name}"), &order).status, 201);
        let claim = json!({"units": [{"line": "L1", "number": 1}], "cause": "quality", "remedy": "refund", "condition": "used"});
        let opened =
            guide.post(&name, &format!("/orders/{name}/cases"), &json!({"claims": [claim]}));
        assert_eq!(opened.status, 201, "{opened:?}");
        server.clock.wait(1);
    }
    let owner = staff(&server, "owner");
    let mut seen = Vec::new();
    let mut path = "/desk/trail".to_owned();
    loop {
        let page = owner.look(&path);
        seen.extend(events(&page));
        let Some(next) = page.text.split("rel=\"next\" href=\"").nth(1) else { break };
        path = next.split('"').next().unwrap().replace("&#38;", "&");
    }
    let (first, last) = (seen.first().unwrap(), seen.last().unwrap());
    assert!(first.starts_with("SO-30, event") && last == "SO-1001, event 1", "{seen:?}");
    let all: std::collections::BTreeSet<_> = seen.iter().collect();
    assert_eq!((seen.len() > 50, all.len()), (true, seen.len()), "each once: {seen:?}");

    let of_order = owner.look("/desk/trail?order=SO-1001");
    of_order.says("return authorised").says("case opened").says("key:owner").says_not("SO-30,");
    let of_guide = owner.look("/desk/trail?by=staff%3Akey%3Arepresentative");
    of_guide.says("SO-30,").says_not("SO-1001,");
    owner.look("/desk/trail?by=buyer").says("Nothing happened here");
    owner.look("/desk/trail?order=SO-9999").says("Nothing happened here");
    assert_eq!(owner.look("/desk/trail?by=nobody").status, 404);
    assert_eq!(owner.look("/desk/trail?after=zz").status, 400);
    holds(&server.app, &["SO-1001"]);
}

/// The events on a page, as they are named.
fn events(page: &Shown) -> Vec<String> {
    let links = page.text.split("href=\"/desk/trail?order=").skip(1);
    links
        .map(|link| link.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned())
        .collect()
}

fn the_chains_are_verified_beside_the_requests(database: &Database) {
    let server = Server::over(database);
    authorised(&server.client("owner"), &[1]);
    let owner = staff(&server, "owner");
    owner.look("/desk/trail").says("Verifying walks along every chain");
    let verify = || {
        assert_eq!(owner.send("/desk/trail/verify", &[]).status, 303);
        let mut looks = (0..10_000).map(|_| owner.look("/desk/trail"));
        looks.find(|page| !page.text.contains("orders so far")).expect("it ends")
    };
    verify().says("events of 1 orders are as they were written");
    let tampered = server
        .app
        .store()
        .write(|tx| tx.exec("update ledger_event set body = '{}' where seq = 2", &[]));
    assert_eq!(tampered.wait().unwrap(), 1);
    verify().says("Order SO-1001, event 2: it was changed").says("compare it with a backup");
}

fn the_settings_are_shown_without_secrets(database: &Database) {
    let server = Server::with(database, |service| {
        use backhaul_web::setup::{Check, CheckOutcome, Setting, SettingValue, Setup};
        let setting = |name: &str, value| Setting { name: name.to_owned(), value };
        let check = Check {
            name: "clock".to_owned(),
            outcome: CheckOutcome::Wrong,
            says: "it says <1970>".to_owned(),
            advice: Some("set the clock".to_owned()),
        };
        service.setup = std::sync::Arc::new(Setup {
            settings: vec![
                setting("mail.smtp", SettingValue::Hidden),
                setting("providers.stripe.kind", SettingValue::Given("stripe".to_owned())),
            ],
            checkup: Some(std::sync::Arc::new(move || vec![check.clone()])),
        });
    });
    let owner = staff(&server, "owner");
    let page = owner.look("/desk/settings");
    page.says("BACKHAUL_MAIL__SMTP").says("set, and secret").says("stripe (stripe)");
    page.says("default@2025.1, days of Asia/Shanghai").says("MiB").says_not("it says");
    owner.look("/desk/settings?look=1").says("wrong").says("it says &#60;1970&#62;");
}

fn hostile_names_are_words(database: &Database) {
    let server = Server::over(database);
    let owner = staff(&server, "owner");
    let name = "<script>alert(1)</script>\"'";
    let fields = [("name", name), ("role", "dock")];
    let made = owner.fill(&owner.look("/desk/keys"), "/desk/keys/add", &fields);
    for page in [&made, &owner.look("/desk/keys"), &owner.look("/desk/trail")] {
        page.says_not("<script>alert").says("&#60;script&#62;");
    }
    let sku = "<svg onload=x>&amp;<b>";
    let mut hostile = order();
    hostile["lines"][0]["sku"] = json!(sku);
    let client = server.client("owner");
    assert_eq!(client.put("/orders/SO-1001", &hostile).status, 201);
    let claim = json!({"units": [{"line": "L1", "number": 1}], "cause": "quality", "remedy": "refund", "condition": "used"});
    client.post("k", "/orders/SO-1001/cases", &json!({"claims": [claim]}));
    let page = owner.look("/desk/reports/products");
    page.says_not("<svg onload").says("&#60;svg onload=x&#62;&#38;amp;&#60;b&#62;");
    let text = format!("{}\n# {name}\n", file("2026.2", "2026-04-01"));
    owner.upload(CHECK, &[("file", &text)]).says_not("<script>alert");
    owner.upload(CHECK, &[("file", "id = \"</textarea><b>\"")]).says_not("</textarea><b>");
    owner.look("/desk/trail?order=%3Cb%3E%22").says_not("<b>\"");
    owner.look("/desk/reports/returns?from=%22%3E%3Cb%3E").says_not("\"><b>");
}

/// A damaged unit, reported nine days after the delivery was signed for.
fn late_claim(server: &Server, client: &Client) {
    server.clock.move_to("2026-03-13T10:00:00Z".parse().unwrap());
    assert_eq!(client.put("/orders/SO-1001", &order()).status, 201);
    let claim = json!({"units": [{"line": "L1", "number": 1}], "cause": "damaged", "remedy": "refund", "condition": "unused"});
    let asked = json!({"claims": [claim], "reported_at": "2026-03-13T09:00:00Z"});
    assert_eq!(client.post("k", "/orders/SO-1001/cases", &asked).status, 201);
}

/// What was published.
fn published(client: &Client) -> Vec<Value> {
    let body = client.get("/policies").body;
    let versions = body["published"].as_array().unwrap();
    versions.iter().map(|version| version["policy"].clone()).collect()
}

/// A message to the endpoint was given up.
fn delivered(server: &Server, endpoint: &str) {
    use backhaul_store::OrderId;
    use backhaul_store::webhooks::{Delivery, put};
    authorised(&server.client("owner"), &[1]);
    let created_at = server.app.now();
    let delivery = Delivery {
        id: "m-1".to_owned(),
        endpoint: endpoint.to_owned(),
        order: OrderId::new("SO-1001").unwrap(),
        seq: 1,
        kind: "case_opened".to_owned(),
        state: DeliveryState::Failed,
        attempts: 10,
        last_status: Some(500),
        last_fault: None,
        created_at,
        next_try_at: None,
        delivered_at: None,
    };
    server.app.store().write(move |tx| put(tx, &delivery)).wait().unwrap();
}

/// How many messages are to be sent once more.
fn resends(server: &Server) -> i64 {
    let sql = "select count(*) from job where id = 'webhook_resend:m-1'";
    let counted = server.app.store().read(move |tx| tx.first(sql, &[], |row| row.int(0)));
    counted.wait().unwrap().unwrap()
}
