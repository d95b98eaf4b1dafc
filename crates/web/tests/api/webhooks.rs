//! Endpoints that are told of events, as the owner sets them up over HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};

use backhaul_app::webhooks::{SendAnswer, SignedMessage, WebhookSender};
use backhaul_testkit::{Database, on_both_engines};
use jiff::SignedDuration;
use serde_json::json;

use crate::server::{Server, order};

/// Answers everything alike, and counts.
struct Receiver {
    status: u16,
    heard: AtomicUsize,
}

impl WebhookSender for Receiver {
    fn send(&self, _: &SignedMessage) -> SendAnswer {
        self.heard.fetch_add(1, Ordering::SeqCst);
        SendAnswer::Answered { status: self.status, retry_after: None }
    }

    fn timeout(&self) -> SignedDuration {
        SignedDuration::from_secs(1)
    }
}

impl Receiver {
    fn new(status: u16) -> Self {
        Self { status, heard: AtomicUsize::new(0) }
    }

    fn listen(&self, server: &Server) {
        while server.app.work_webhooks(self, "worker").unwrap() {}
    }

    fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }
}

fn open_case(server: &Server) {
    let owner = server.client("owner");
    assert_eq!(owner.put("/orders/SO-1001", &order()).status, 201);
    let claim = json!({"units": [{"line": "L1", "number": 1}], "cause": "quality", "remedy": "refund", "condition": "used"});
    assert_eq!(owner.post("k", "/orders/SO-1001/cases", &json!({"claims": [claim]})).status, 201);
}

fn an_endpoint_is_set_up_and_its_deliveries_are_seen_and_sent_again(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    let wanted = json!({"url": "https://shop.example.org/hooks", "types": ["case.opened"]});
    let added = owner.ask("POST", "/webhooks", &[], Some(&wanted));
    assert_eq!(added.status, 201, "{added:?}");
    let endpoint = added.body["endpoint"].as_str().unwrap();
    assert!(added.body["secret"].as_str().unwrap().starts_with("whsec_"));
    let list = owner.get("/webhooks");
    assert_eq!(list.body["endpoints"][0]["types"], json!(["case.opened"]));
    assert!(!list.body.to_string().contains("whsec_"));

    open_case(&server);
    let (deaf, good) = (Receiver::new(500), Receiver::new(204));
    deaf.listen(&server);
    assert_eq!(deaf.heard(), 1);
    let waiting = owner.get("/webhook_deliveries?state=waiting");
    assert_eq!(waiting.body["items"][0]["last_status"], 500, "{waiting:?}");
    let delivery = waiting.body["items"][0]["delivery"].as_str().unwrap();
    good.listen(&server);
    assert_eq!(good.heard(), 0);
    let resend = format!("/webhook_deliveries/{delivery}/resend");
    assert_eq!(owner.ask("POST", &resend, &[], None).status, 202);
    good.listen(&server);
    assert_eq!(good.heard(), 1);
    let of_endpoint =
        owner.get(&format!("/webhook_deliveries?endpoint={endpoint}&state=delivered"));
    assert_eq!(of_endpoint.body["items"][0]["attempts"], 2, "{of_endpoint:?}");
    assert_eq!(of_endpoint.body["items"][0]["order"], "SO-1001");
    assert_eq!(owner.ask("POST", &resend, &[], None).status, 202);
    good.listen(&server);
    assert_eq!(good.heard(), 2);
}

fn endpoints_are_switched_and_their_secrets_changed_and_removed(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    let added =
        owner.ask("POST", "/webhooks", &[], Some(&json!({"url": "https://shop.example.org/"})));
    let endpoint = added.body["endpoint"].as_str().unwrap();
    let of = |what: &str| owner.ask("POST", &format!("/webhooks/{endpoint}/{what}"), &[], None);
    let standing = || owner.get("/webhooks").body["endpoints"][0]["standing"].clone();
    assert_eq!(standing(), "active");
    assert_eq!(of("switch_off").status, 204);
    assert_eq!(standing(), "off_by_hand");
    assert_eq!(of("switch_on").status, 204);
    assert_eq!(standing(), "active");
    let changed = of("rotate_secret");
    assert_eq!(changed.status, 200);
    assert_ne!(changed.body["secret"], added.body["secret"]);
    assert_eq!(
        owner.get("/webhooks").body["endpoints"][0]["old_secret_until"],
        "2026-03-07T09:00:00Z"
    );
    let remove = || owner.ask("DELETE", &format!("/webhooks/{endpoint}"), &[], None);
    assert_eq!(remove().status, 204);
    let again = remove();
    assert_eq!((again.status, again.code()), (404, "webhook_unknown"));
    assert_eq!(of("switch_on").status, 404);
    assert_eq!(owner.get("/webhooks").body, json!({"endpoints": []}));
}

fn what_is_wrong_with_an_endpoint_is_told_and_only_the_owner_may(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    let add = |url: &str, types: &[&str]| {
        owner.ask("POST", "/webhooks", &[], Some(&json!({"url": url, "types": types})))
    };
    for (url, code) in [
        ("https://127.0.0.1/", "webhook_address"),
        ("http://shop.example.org/", "webhook_address"),
        ("https://a:b@shop.example.org/", "webhook_address"),
        ("hello", "webhook_address"),
    ] {
        let refused = add(url, &[]);
        assert_eq!((refused.status, refused.code()), (422, code), "{url}");
    }
    let refused = add("https://shop.example.org/", &["case.opened", "case.eaten"]);
    assert_eq!((refused.code(), &refused.body["pointer"]), ("malformed_body", &json!("/types/1")));
    for number in 0..20 {
        assert_eq!(add(&format!("https://shop.example.org/{number}"), &[]).status, 201);
    }
    let refused = add("https://shop.example.org/", &[]);
    assert_eq!((refused.status, refused.code()), (409, "too_many_webhooks"));
    for (delivery, code) in [("%00", "malformed_path"), ("x", "delivery_unknown")] {
        let path = format!("/webhook_deliveries/{delivery}/resend");
        assert_eq!(owner.ask("POST", &path, &[], None).code(), code);
    }
    assert_eq!(owner.get("/webhook_deliveries?state=eaten").code(), "malformed_query");
    let long = format!("/search?q={}", "x".repeat(255));
    for path in ["/webhook_deliveries?endpoint=", "/search?q=", "/search?q=a%0Fb", &long] {
        assert_eq!(owner.get(path).code(), "malformed_query", "{path}");
    }
    let finance = server.client("finance");
    for path in ["/webhooks", "/webhook_deliveries"] {
        assert_eq!(finance.get(path).status, 403);
        assert_eq!(server.bearing(None).get(path).status, 401);
    }
}

on_both_engines! {
    an_endpoint_is_set_up_and_its_deliveries_are_seen_and_sent_again
    endpoints_are_switched_and_their_secrets_changed_and_removed
    what_is_wrong_with_an_endpoint_is_told_and_only_the_owner_may
}
