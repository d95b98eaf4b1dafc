//! Who bought an order, what is found of it, and that it can be erased.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use crate::server::{Answer, Client, Server, order};

fn with_buyer(number: &str, email: &str) -> Value {
    let mut order = order();
    order["number"] = json!(number);
    order["buyer"] = json!({"email": email, "name": "Ada Example", "language": "en"});
    order
}

fn numbers(found: &Answer) -> Vec<&str> {
    let orders = found.body["orders"].as_array().unwrap();
    orders.iter().map(|order| order["order"].as_str().unwrap()).collect()
}

fn open_case(client: &Client) {
    let claim = json!({"units": [{"line": "L1", "number": 1}], "cause": "quality", "remedy": "refund", "condition": "used"});
    let case = json!({"claims": [claim], "text": "T-1", "texts": {"T-1": "it hums, says Ada"}});
    let opened = client.post("k", "/orders/SO-1001/cases", &case);
    assert_eq!(opened.status, 201, "{opened:?}");
}

fn a_buyer_comes_with_the_order_and_is_erased_for_good(database: &Database) {
    let server = Server::over(database);
    let (owner, guide) = (server.client("owner"), server.client("representative"));
    let new = with_buyer("SO-1001", "ada@shop.example");
    assert_eq!(guide.put("/orders/SO-1001", &new).status, 201);
    let buyer = guide.get("/orders/SO-1001/buyer");
    assert_eq!(
        buyer.body,
        json!({"email": "ada@shop.example", "name": "Ada Example", "language": "en"})
    );
    assert_eq!(guide.put("/orders/SO-1001/buyer", &json!({"name": "Ada"})).status, 204);
    assert_eq!(guide.get("/orders/SO-1001/buyer").body, json!({"name": "Ada"}));
    let malformed = guide.put("/orders/SO-1001/buyer", &json!({"email": "nobody"}));
    assert_eq!((malformed.status, malformed.code()), (422, "malformed_body"));
    open_case(&guide);
    assert_eq!(guide.get("/orders/SO-1001/texts/T-1").status, 200);

    let erase = |client: &Client| client.ask("DELETE", "/orders/SO-1001/buyer", &[], None);
    assert_eq!(erase(&guide).status, 403);
    assert_eq!(erase(&owner).body, json!({"is_new": true, "texts": 1}));
    assert_eq!(erase(&owner).body, json!({"is_new": false, "texts": 0}));
    assert_eq!(guide.get("/orders/SO-1001/buyer").code(), "buyer_unknown");
    assert_eq!(guide.get("/orders/SO-1001/texts/T-1").code(), "text_unknown");
    let again = guide.put("/orders/SO-1001/buyer", &json!({"name": "Ada"}));
    assert_eq!((again.status, again.code()), (409, "buyer_erased"));
    assert_eq!(guide.put("/orders/SO-1001", &new).status, 200);
    assert_eq!(guide.get("/orders/SO-1001/buyer").status, 404);
    let audit = owner.get("/orders/SO-1001/audit");
    assert_eq!(audit.body["is_whole"], true, "{audit:?}");
    assert_eq!(guide.get("/orders/SO-1001").body["cases"].as_array().unwrap().len(), 1);

    let dock = server.client("dock finance");
    assert_eq!(dock.get("/orders/SO-1001/buyer").status, 403);
    assert_eq!(owner.get("/orders/SO-9/buyer").code(), "order_unknown");
    assert_eq!(owner.put("/orders/SO-9/buyer", &json!({})).code(), "order_unknown");
}

fn whatever_somebody_has_at_hand_is_found(database: &Database) {
    let server = Server::over(database);
    let guide = server.client("representative");
    for (number, email) in [
        ("SO-1001", "ada@shop.example"),
        ("SO-1002", "Ada@Shop.Example"),
        ("SO-2", "bob@shop.example"),
    ] {
        assert_eq!(guide.put(&format!("/orders/{number}"), &with_buyer(number, email)).status, 201);
    }
    open_case(&guide);
    let search = |text: &str| guide.get(&format!("/search?q={text}"));
    assert_eq!(numbers(&search("SO-2")), ["SO-2"]);
    assert_eq!(numbers(&search("SO-100")), ["SO-1001", "SO-1002"]);
    assert_eq!(numbers(&search("%20SO-1001%20")), ["SO-1001"]);
    assert_eq!(numbers(&search("ada%40shop.example")), ["SO-1001", "SO-1002"]);
    assert_eq!(numbers(&search("S3")).len(), 3);
    let case = search("SO-1001-R1");
    assert_eq!(
        (numbers(&case), &case.body["cases"][0]["case"]),
        (vec!["SO-1001"], &json!("SO-1001-R1"))
    );
    for nothing in ["", "zzz", "%00", "SO-1%00", "%25", "shop.example", &"x".repeat(300)] {
        let found = search(nothing);
        let is_empty = || found.status == 200 && numbers(&found).is_empty();
        assert!(found.code() == "malformed_query" || is_empty(), "{nothing}: {found:?}");
    }
    for malformed in ["", &"x".repeat(300)] {
        assert_eq!(search(malformed).code(), "malformed_query", "{malformed}");
    }
    let dock = server.client("dock");
    assert_eq!(numbers(&dock.get("/search?q=SO-2")), ["SO-2"]);
    assert!(numbers(&dock.get("/search?q=ada%40shop.example")).is_empty());
    let serial = guide.get("/serials/S3");
    assert_eq!(numbers(&serial), ["SO-1001", "SO-1002", "SO-2"]);
    assert!(numbers(&guide.get("/serials/none")).is_empty());
    assert_eq!(server.bearing(None).get("/search?q=SO-2").status, 401);
}

fn a_search_ends_at_its_limit_and_says_so(database: &Database) {
    let server = Server::over(database);
    let guide = server.client("representative");
    for number in 100..125 {
        let mut order = order();
        order["number"] = json!(format!("SO-{number}"));
        assert_eq!(guide.put(&format!("/orders/SO-{number}"), &order).status, 201);
    }
    for text in ["SO-1", "S3"] {
        let found = guide.get(&format!("/search?q={text}"));
        assert_eq!((numbers(&found).len(), &found.body["is_cut"]), (20, &json!(true)), "{text}");
    }
    assert_eq!(guide.get("/search?q=SO-12").body["is_cut"], false);
}

on_both_engines! {
    a_buyer_comes_with_the_order_and_is_erased_for_good
    whatever_somebody_has_at_hand_is_found
    a_search_ends_at_its_limit_and_says_so
}
