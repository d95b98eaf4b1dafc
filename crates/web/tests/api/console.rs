//! What a representative works with: the queue, what was said, the history of a buyer and a serial, and answers that are ready.

use backhaul_testkit::{Database, on_both_engines};
use serde_json::{Value, json};

use crate::asks;
use crate::server::{Answer, Client, Server, order};

on_both_engines! {
    the_queue_is_parted_by_whose_and_for_whom_and_shows_what_is_overdue_first
    what_was_said_is_read_in_its_order_and_erased_with_the_buyer
    a_buyer_is_found_by_name_and_seen_with_all_their_cases
    answers_are_kept_in_each_language_and_filled_for_a_case
}

const NUMBERS: [&str; 3] = ["SO-1", "SO-2", "SO-3"];

/// Three orders, each with a case, of two buyers.
fn filled(server: &Server) -> Client {
    let guide = server.client("representative");
    let buyers = [
        json!({"email": "ada@shop.example", "name": "Ada van Example", "language": "zh-CN"}),
        json!({"email": "Ada@Shop.example", "name": "Ada van Example", "language": "zh-CN"}),
        json!({"email": "bo@shop.example", "name": "Bo Élan"}),
    ];
    for (number, buyer) in NUMBERS.iter().zip(buyers) {
        let mut order = order();
        order["number"] = json!(number);
        order["buyer"] = buyer;
        assert_eq!(guide.put(&format!("/orders/{number}"), &order).status, 201);
        let claim = asks::claim(&["L1#1"], "quality", "refund");
        let new = json!({"claims": [claim], "text": "T-1", "texts": {"T-1": "it hums"}});
        let opened = guide.post(number, &format!("/orders/{number}/cases"), &new);
        assert_eq!(opened.status, 201, "{opened:?}");
        server.clock.wait(1);
    }
    guide
}

fn case(number: &str) -> String {
    format!("{number}-R1")
}

fn done(client: &Client, key: &str, number: &str, name: &str, command: Value) {
    let answer = client.command(key, number, name, &command);
    assert!(answer.is_done(), "{name}: {answer:?}");
}

fn cases(answer: &Answer, list: &str) -> Vec<String> {
    let items = answer.body[list].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    items.iter().map(|item| item["case"].as_str().unwrap().to_owned()).collect()
}

fn the_queue_is_parted_by_whose_and_for_whom_and_shows_what_is_overdue_first(database: &Database) {
    let server = Server::over(database);
    let guide = filled(&server);
    let queue = |query: &str| cases(&guide.get(&format!("/queue{query}")), "items");
    assert_eq!(
        queue(""),
        ["SO-1-R1", "SO-2-R1", "SO-3-R1"],
        "the oldest first, where nothing is due"
    );
    // The third may come until a day that is near, and waits for its buyer.
    done(&guide, "a", "SO-3", "authorise", asks::authorise(&case("SO-3"), &["L1#1"]).1);
    assert_eq!(queue(""), ["SO-3-R1", "SO-1-R1", "SO-2-R1"], "what is due comes first");
    assert_eq!(queue("?attention=staff"), ["SO-1-R1", "SO-2-R1"]);
    assert_eq!(queue("?attention=buyer"), ["SO-3-R1"]);
    assert_eq!(queue("?attention=finance&whose=unassigned"), Vec::<String>::new());

    let owner = server.client("owner");
    let staff = owner.put(
        "/staff/anna",
        &json!({"roles": ["representative"], "password": "a long enough password"}),
    );
    assert!(staff.is_done(), "{staff:?}");
    let me = guide.get("/me");
    let assign = |to: Value| json!({"case": case("SO-2"), "to": to});
    let unknown = guide.command("b", "SO-2", "assign_case", &assign(json!("nobody-known")));
    assert_eq!((unknown.status, unknown.code()), (404, "staff_unknown"));
    done(&guide, "c", "SO-2", "assign_case", assign(json!("anna")));
    assert_eq!(queue("?whose=unassigned"), ["SO-3-R1", "SO-1-R1"]);
    assert_eq!(queue("?whose=mine"), Vec::<String>::new(), "{me:?}");
    let line = &guide.get("/queue?whose=all&attention=staff").body["items"][1];
    assert_eq!((&line["assignee"], &line["next_step"]), (&"anna".into(), &"authorise".into()));
    assert_eq!((&line["causes"], &line["units"]), (&json!(["quality"]), &json!(1)));
    assert_eq!(line["language"], "zh-CN");

    let first = guide.get("/queue?limit=2");
    let next = first.body["next"].as_str().unwrap();
    assert_eq!(cases(&first, "items"), ["SO-3-R1", "SO-1-R1"]);
    assert_eq!(queue(&format!("?limit=2&cursor={next}")), ["SO-2-R1"]);

    server.clock.wait(24 * 90);
    let counts = guide.get("/queue_counts").body;
    let of = |whose: &str, who: &str| {
        let counts = counts[whose].as_array().unwrap();
        let found = counts.iter().find(|count| count["attention"] == who).unwrap();
        (found["cases"].as_u64().unwrap(), found["overdue"].as_u64().unwrap())
    };
    assert_eq!((of("all", "staff"), of("all", "buyer")), ((2, 0), (1, 1)));
    assert_eq!((of("unassigned", "staff"), of("mine", "staff")), ((1, 0), (0, 0)));

    let cancel = json!({"case": case("SO-1"), "units": asks::units(&["L1#1"])});
    done(&guide, "d", "SO-1", "cancel_claims", cancel);
    assert_eq!(queue(""), ["SO-3-R1", "SO-2-R1"], "what is over does not wait");
    crate::desk::holds(&server.app, &NUMBERS);
}

fn what_was_said_is_read_in_its_order_and_erased_with_the_buyer(database: &Database) {
    let server = Server::over(database);
    let guide = filled(&server);
    let write = |key: &str, from: &str, internal: bool, words: &str| {
        let command =
            json!({"case": case("SO-1"), "from": from, "text": key, "internal": internal});
        let body = json!({"command": command, "texts": {key: words}});
        let answer = guide.post(key, "/orders/SO-1/write_message", &body);
        assert!(answer.is_done(), "{answer:?}");
    };
    write("T-2", "buyer", false, "is it coming?");
    assert_eq!(guide.get("/cases/SO-1-R1").body["is_unanswered"], true);
    write("T-3", "staff", true, "he is in a hurry");
    write("T-4", "staff", false, "it is on its way");
    assert_eq!(guide.get("/cases/SO-1-R1").body["is_unanswered"], false);
    let told = |answer: Answer| -> Vec<(String, Value)> {
        let messages = answer.body["messages"].as_array().unwrap().clone();
        let told = |message: &Value| {
            (message["said"].as_str().unwrap().to_owned(), message["words"].clone())
        };
        messages.iter().map(told).collect()
    };
    let said = |kind: &str, words: &str| (kind.to_owned(), json!(words));
    assert_eq!(
        told(guide.get("/cases/SO-1-R1/messages")),
        [
            said("report", "it hums"),
            said("message", "is it coming?"),
            said("note", "he is in a hurry"),
            said("message", "it is on its way"),
        ]
    );
    assert_eq!(guide.get("/cases/NONE/messages").code(), "case_unknown");
    let erased = server.client("owner").ask("DELETE", "/orders/SO-1/buyer", &[], None);
    assert_eq!(erased.body["texts"], 4, "{erased:?}");
    let left = told(guide.get("/cases/SO-1-R1/messages"));
    assert!(left.len() == 4 && left.iter().all(|(_, words)| words.is_null()), "{left:?}");
}

fn a_buyer_is_found_by_name_and_seen_with_all_their_cases(database: &Database) {
    let server = Server::over(database);
    let guide = filled(&server);
    let found = |text: &str| cases(&guide.get(&format!("/search?q={text}")), "cases");
    assert_eq!(found("ada%20v"), ["SO-1-R1", "SO-2-R1"]);
    assert_eq!(found("EXAMP"), ["SO-1-R1", "SO-2-R1"], "the last word, however it is written");
    assert_eq!(found("%C3%A9l"), ["SO-3-R1"]);
    assert_eq!(found("van"), Vec::<String>::new());
    let dock = server.client("dock");
    assert_eq!(cases(&dock.get("/search?q=ada"), "cases"), Vec::<String>::new());

    let history = guide.get("/orders/SO-2/buyer/cases");
    assert_eq!(cases(&history, "cases"), ["SO-2-R1", "SO-1-R1"], "the newest first");
    assert_eq!(history.body["is_cut"], false);
    assert_eq!(cases(&guide.get("/serials/S1/cases"), "cases").len(), 3);
    assert_eq!(cases(&guide.get("/serials/S2/cases"), "cases").len(), 0);
    let erased = server.client("owner").ask("DELETE", "/orders/SO-1/buyer", &[], None);
    assert_eq!(erased.status, 200);
    assert_eq!(found("ada"), ["SO-2-R1"]);
    assert_eq!(cases(&guide.get("/orders/SO-2/buyer/cases"), "cases"), ["SO-2-R1"]);

    // A serial that is corrected later is that of the case too.
    let mut order = order();
    order["number"] = json!("SO-3");
    order["lines"][0]["serials"][0] = json!("S1-AGAIN");
    assert_eq!(guide.put("/orders/SO-3", &order).status, 200);
    assert_eq!(cases(&guide.get("/serials/S1-AGAIN/cases"), "cases"), ["SO-3-R1"]);
    crate::desk::holds(&server.app, &NUMBERS);
}

fn answers_are_kept_in_each_language_and_filled_for_a_case(database: &Database) {
    let server = Server::over(database);
    let guide = filled(&server);
    let draft = |path: &str| guide.get(&format!("/cases/{path}"));
    let built_in = draft("SO-1-R1/drafts/where_it_stands");
    assert_eq!(built_in.body["language"], "zh-Hans", "the buyer's: {built_in:?}");
    let words = built_in.body["words"].as_str().unwrap();
    assert!(words.contains("SO-1-R1") && !words.contains('{'), "{words}");
    let english = draft("SO-1-R1/drafts/where_it_stands?language=en");
    assert_eq!(
        english.body["words"],
        "Your case SO-1-R1 for order SO-1 is: requested. We write to you as soon as there is something new."
    );
    let early = draft("SO-1-R1/drafts/authorised");
    assert_eq!((early.status, early.code()), (409, "template_not_filled"), "{early:?}");
    assert_eq!(draft("SO-1-R1/drafts/none").code(), "template_unknown");
    assert_eq!(draft("NONE/drafts/authorised").code(), "case_unknown");
    done(&guide, "a", "SO-1", "authorise", asks::authorise(&case("SO-1"), &["L1#1"]).1);
    let authorised = draft("SO-1-R1/drafts/authorised?language=en");
    let words = authorised.body["words"].as_str().unwrap();
    assert!(words.contains("SKU-L1 (S1)") || words.contains("(S1)"), "{words}");

    let put = |path: &str, words: &str| {
        guide.put(&format!("/answer_templates/{path}"), &json!({"title": "Thanks", "words": words}))
    };
    assert_eq!(put("thanks/en", "Thank you, {name}. {{{case}}}").status, 204);
    assert_eq!(
        draft("SO-1-R1/drafts/thanks").body["words"],
        "Thank you, Ada van Example. {SO-1-R1}"
    );
    let odd = put("thanks/en", "Thank you, {naem}.");
    assert_eq!((odd.status, odd.code()), (422, "template_malformed"));
    assert!(odd.body["detail"].as_str().unwrap().contains("`{naem}` is no placeholder"), "{odd:?}");
    assert_eq!(put("Thanks/en", "w").code(), "template_malformed");
    assert_eq!(put("thanks/xx", "w").code(), "template_malformed");

    // One of the program's own is replaced, and comes back.
    assert_eq!(put("where_it_stands/zh-Hans", "案件{case}").status, 204);
    assert_eq!(draft("SO-1-R1/drafts/where_it_stands").body["words"], "案件SO-1-R1");
    let listed = guide.get("/answer_templates").body;
    let changed = listed["templates"].as_array().unwrap().iter();
    let changed = changed.filter(|template| !template["changed_by"].is_null());
    assert_eq!(changed.count(), 2, "{listed}");
    let remove = |path: &str| guide.ask("DELETE", &format!("/answer_templates/{path}"), &[], None);
    assert_eq!(remove("where_it_stands/zh-Hans").status, 204);
    assert_eq!(remove("where_it_stands/zh-Hans").code(), "template_unknown");
    let again = draft("SO-1-R1/drafts/where_it_stands");
    assert!(again.body["words"].as_str().unwrap().contains("（订单 SO-1）"), "{again:?}");
}
