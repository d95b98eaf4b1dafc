//! Signing in by a one-time code: alike for every pair, good once, and not too often.

use std::time::Instant;

use backhaul_testkit::{Database, on_both_engines};

use crate::browser::Server;

on_both_engines! {
    a_code_opens_the_order_once
    a_code_is_over_after_ten_minutes
    a_code_is_over_after_five_wrong_ones
    a_pair_that_fits_no_order_is_answered_alike
    an_address_gets_five_codes_an_hour_and_no_more
    the_limits_outlive_the_server
}

fn a_code_opens_the_order_once(database: &Database) {
    let server = Server::over(database);
    let mut browser = server.browser();
    browser.get("/order").leads_to("/");
    // However the number and the address are written.
    browser.post("/", &[("order", " so-1 "), ("email", "Ada@Shop.Example")]).leads_to("/code");
    let code = server.code();
    assert_eq!(code.len(), 8);
    let attempt = browser.cookies.clone();
    let spaced = format!("{} {}", &code[..4], &code[4..]);
    browser.post("/code", &[("code", &spaced)]).leads_to("/order");
    browser.get("/order").has("Order SO-1").has("SO-1-A");
    let mut again = server.browser();
    again.cookies = attempt;
    again.post("/code", &[("code", &code)]).has("No code is good any more");
    browser.post("/leave", &[]).leads_to("/");
    browser.get("/order").leads_to("/");
    let kept = server.column("select code_hash from sign_in_code");
    assert!(kept.iter().all(|hash| !hash.contains(&code)));
}

fn a_code_is_over_after_ten_minutes(database: &Database) {
    let server = Server::over(database);
    let mut browser = server.browser();
    browser.post("/", &[("order", "SO-1"), ("email", "ada@shop.example")]).leads_to("/code");
    server.clock.wait(10);
    let code = server.code();
    browser.post("/code", &[("code", &code)]).has("No code is good any more");
    browser.get("/order").leads_to("/");
}

fn a_code_is_over_after_five_wrong_ones(database: &Database) {
    let server = Server::over(database);
    let mut browser = server.browser();
    browser.post("/", &[("order", "SO-1"), ("email", "ada@shop.example")]).leads_to("/code");
    let code = server.code();
    let wrong = if code == "00000000" { "00000001" } else { "00000000" };
    for _ in 0..5 {
        browser.post("/code", &[("code", wrong)]).has("This code is not right");
    }
    browser.post("/code", &[("code", &code)]).has("No code is good any more");
}

fn a_pair_that_fits_no_order_is_answered_alike(database: &Database) {
    let server = Server::over(database);
    let mut pages = Vec::new();
    for (order, email) in [
        ("SO-1", "ada@shop.example"),
        ("SO-1", "eve@shop.example"),
        ("SO-9", "ada@shop.example"),
        ("'; drop table buyer; --", "ada2@shop.example"),
    ] {
        let mut browser = server.browser();
        let asked = browser.post("/", &[("order", order), ("email", email)]);
        asked.leads_to("/code");
        let shown = browser.get("/code");
        let tried = browser.post("/code", &[("code", "12345678")]);
        assert_eq!(browser.cookies.len(), 1);
        pages.push((asked.status, asked.location.clone(), shown.text(), tried.text()));
    }
    assert!(pages.windows(2).all(|two| two[0] == two[1]));
    assert_eq!(server.letters(), 1);
}

fn an_address_gets_five_codes_an_hour_and_no_more(database: &Database) {
    let server = Server::over(database);
    let mut browser = server.browser();
    let mut told = Vec::new();
    for _ in 0..12 {
        let asked = browser.post("/", &[("order", "SO-1"), ("email", "ada@shop.example")]);
        told.push(asked.status);
    }
    assert_eq!(told[..5], [303; 5]);
    assert_eq!(told[5..], [429; 7]);
    assert_eq!(server.letters(), 5);
    // The same for an address that has no order: being told so says nothing.
    let asked = |server: &Server, order: &str| {
        let mut browser = server.browser();
        (0..6)
            .map(|_| browser.post("/", &[("order", order), ("email", "nobody@x.example")]).status)
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&server, "SO-9"), [303, 303, 303, 303, 303, 429]);
    server.clock.wait(60);
    browser.post("/", &[("order", "SO-1"), ("email", "ada@shop.example")]).leads_to("/code");
    assert_eq!(server.letters(), 6);
}

fn the_limits_outlive_the_server(database: &Database) {
    let server = Server::over(database);
    for _ in 0..5 {
        let mut browser = server.browser();
        browser.post("/", &[("order", "SO-1"), ("email", "ada@shop.example")]).leads_to("/code");
    }
    drop(server);
    let server = Server::empty(database);
    let asked = server.browser().post("/", &[("order", "SO-1"), ("email", "ada@shop.example")]);
    assert_eq!(asked.status, 429);
}

#[test]
fn a_wrong_pair_takes_about_as_long_as_a_right_one() {
    let database = Database::sqlite();
    let server = Server::over(&database);
    let time = |order: &str, email: &str| {
        let begun = Instant::now();
        server.browser().post("/", &[("order", order), ("email", email)]).leads_to("/code");
        begun.elapsed()
    };
    let (mut right, mut wrong) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        right.push(time("SO-1", "ada@shop.example"));
        wrong.push(time("SO-9", "nobody@shop.example"));
    }
    right.sort();
    wrong.sort();
    // Both commit once: what they differ by is far below what a network hides.
    let (right, wrong) = (right[2], wrong[2]);
    assert!(right < wrong * 10 && wrong < right * 10, "{right:?} {wrong:?}");
}
