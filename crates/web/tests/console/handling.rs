//! How cases are handled: assigned, merged, split, cancelled, contested; opened for a buyer, and found. And answers that are ready.

use backhaul_core::ledger::{CaseState, Contest, Standing};
use backhaul_testkit::{Database, on_both_engines};
use serde_json::json;

use crate::browser::{Shown, Staff, ledger, staff};
use crate::cases::{act, opened, state, unit};
use crate::desk::{everything, holds, id};
use crate::server::Server;

const CASE: &str = "/desk/cases/SO-1001-R1";

fn a_case_is_assigned_to_those_who_work_here(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "quality");
    let guide = staff(&server, "representative");
    staff(&server, "owner");
    let page = guide.look(CASE);
    page.says("assigned to nobody").says("Assign to me").says("owner-person");
    let to = |page: &Shown, name: &str| {
        let mut fields = page.hidden(CASE);
        fields.retain(|(field, _)| field == "once" || field == "version");
        fields.push(("do".to_owned(), "assign".to_owned()));
        fields.push(("to".to_owned(), name.to_owned()));
        guide.send(CASE, &fields)
    };
    to(&page, "nobody-here").says("Nobody of that name works here");
    assert_eq!(to(&page, "owner-person").to, "/desk/cases/SO-1001-R1?done=assigned");
    let page = guide.look(CASE);
    page.says("assigned to owner-person").says("Assigned to owner-person");
    assert_eq!(to(&page, "").status, 303);
    guide.look(CASE).says("assigned to nobody");
}

fn two_cases_become_one_and_units_are_split_off_again(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    opened(&owner, "a", &[1], "quality");
    opened(&owner, "b", &[2, 3], "quality");
    let guide = staff(&server, "representative");
    let page = guide.look(CASE);
    page.says("the number SO-1001-R1 leads to that case");
    let done = act(&guide, &page, CASE, "merge", &[("into", "SO-1001-R2")]);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=merged", "{}", done.text);
    // The old number leads to the case that has everything now.
    let second = "/desk/cases/SO-1001-R2";
    assert_eq!(guide.look(CASE).to, second);
    let page = guide.look(second);
    page.says("S1").says("S2").says("SO-1001-R1 was merged into SO-1001-R2").says("it hums");
    act(&guide, &page, second, "split", &[]).says("Choose at least one unit");
    let all = [("unit", "L1:1"), ("unit", "L1:2"), ("unit", "L1:3")];
    act(&guide, &page, second, "split", &all).says("The rules say no");
    let done = act(&guide, &page, second, "split", &[("unit", "L1:3")]);
    assert_eq!(done.to, "/desk/cases/SO-1001-R2?done=split");
    guide.look("/desk/cases/SO-1001-R3").says("split from SO-1001-R2").says("S3");
    let now = ledger(&server.app, "SO-1001");
    assert_eq!(state(&now, "SO-1001-R1"), CaseState::Merged);
    assert!(now.claim(&id("SO-1001-R3"), &unit(3)).is_some());
    holds(&server.app, &["SO-1001"]);
}

fn claims_are_cancelled_and_taken_up_again(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1, 2], "quality");
    let guide = staff(&server, "representative");
    let page = guide.look(CASE);
    page.says("data-confirm=").says("the units stay with the buyer, and the buyer is told so");
    let fields = [("unit", "L1:1"), ("unit", "L1:2"), ("cancel-reason", "The buyer keeps both.")];
    assert_eq!(act(&guide, &page, CASE, "cancel", &fields).status, 303);
    let page = guide.look(CASE);
    page.says("cancelled").says("The buyer keeps both.");
    act(&guide, &page, CASE, "reopen", &[("reopen-reason", "")]).says("Write something");
    let why = [("reopen-reason", "The buyer does not after all.")];
    assert_eq!(act(&guide, &page, CASE, "reopen", &why).status, 303);
    let now = ledger(&server.app, "SO-1001");
    assert_eq!(now.claim(&id("SO-1001-R1"), &unit(1)).unwrap().standing, Standing::Open);
    let page = guide.look(CASE);
    let fields = [("unit", "L1:1"), ("unit", "L1:2")];
    act(&guide, &page, CASE, "cancel", &fields);
    let page = guide.look(CASE);
    assert_eq!(act(&guide, &page, CASE, "close", &[]).status, 303);
    assert_eq!(state(&ledger(&server.app, "SO-1001"), "SO-1001-R1"), CaseState::Closed);
    holds(&server.app, &["SO-1001"]);
}

fn a_buyer_who_contests_is_answered(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    crate::browser::authorised(&owner, &[1]);
    let one = json!({"line": "L1", "number": 1});
    let ask = |name: &str, command: &serde_json::Value| {
        let answer = owner.command(name, "SO-1001", name, command);
        assert_eq!(answer.status, 200, "{answer:?}");
    };
    let items = [json!({"kind": "serial", "serial": "S1"})];
    ask("receive_parcel", &json!({"parcel": "P-1", "case": "SO-1001-R1", "items": items}));
    let found = json!({"case": "SO-1001-R1", "unit": one, "condition": "used", "fault_found": true, "findings": ["misuse"]});
    ask("inspect_unit", &found);
    ask("contest_finding", &json!({"case": "SO-1001-R1", "unit": one, "text": "T-contest"}));
    let guide = staff(&server, "representative");
    let page = guide.look(CASE);
    page.says("answer the objection")
        .says("The buyer contests what was found.")
        .says("used wrongly");
    act(&guide, &page, CASE, "contest", &[("contest-answer", "You are right.")])
        .says("Say whether the buyer is right");
    let fields = [("upheld", "yes"), ("contest-answer", "You are right.")];
    let done = act(&guide, &page, CASE, "contest", &fields);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=answered", "{}", done.text);
    let now = ledger(&server.app, "SO-1001");
    let claim = now.claim(&id("SO-1001-R1"), &unit(1)).unwrap();
    assert_eq!(claim.contest, Some(Contest::Answered { upheld: true }));
    guide.look(CASE).says("You are right.").says("The objection was upheld");
    holds(&server.app, &["SO-1001"]);
}

/// The claim's form with these fields; sent as a browser without scripts does.
fn claimed(guide: &Staff, page: &Shown, path: &str, fields: &[(&str, &str)]) -> Shown {
    let mut all = page.hidden(path);
    all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    guide.upload(path, &all)
}

fn a_case_is_opened_for_a_buyer_who_phoned(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    owner.put("/orders/SO-1001", &crate::server::order());
    let buyer = json!({"email": "ada@shop.example", "name": "Ada van Example"});
    owner.put("/orders/SO-1001/buyer", &buyer);
    let guide = staff(&server, "representative");
    guide.look("/desk/open").says("Open a case for a buyer");
    guide.look("/desk/open?q=nothing").says("No order was found");
    // A serial, an address or a name finds the order as its number does.
    for text in ["S3", "ada@shop.example", "Ada", "SO-1001"] {
        assert_eq!(guide.look(&format!("/desk/open?q={text}")).to, "/desk/open/SO-1001", "{text}");
    }
    guide.look("/desk/open/SO-1001").says("S1").says("/desk/open/SO-1001/claim");
    assert_eq!(guide.look("/desk/open/SO-1001/claim").to, "/desk/open/SO-1001");
    let path = "/desk/open/SO-1001/claim";
    let page = guide.look(&format!("{path}?unit=L1:1"));
    page.says("When the buyer first reported it").says("/desk/open/SO-1001/answer");
    let story = [
        ("cause", "quality"),
        ("remedy", "refund"),
        ("condition", "used"),
        ("words", "It hums."),
        ("channel", "phone"),
    ];
    let first: Vec<_> =
        story.into_iter().chain([("send", "1"), ("reported", "2026-03-07T09:00")]).collect();
    claimed(&guide, &page, path, &first).says("not in the future");
    // The answer is looked at before anything is opened.
    let first: Vec<_> =
        story.into_iter().chain([("send", "1"), ("reported", "2026-03-05T08:00")]).collect();
    let looked = claimed(&guide, &page, path, &first);
    looked.says("We will take it back").says("Look at the answer first");
    assert!(ledger(&server.app, "SO-1001").cases.is_empty());
    let done = claimed(&guide, &looked, path, &first);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=opened-for", "{}", done.text);
    let kept = everything(&server.app);
    assert_eq!(claimed(&guide, &looked, path, &first).to, done.to, "sent twice, it acts once");
    assert_eq!(everything(&server.app), kept);
    let page = guide.look(CASE);
    page.says("It hums.")
        .says("Opened by representative-person on the buyer&#39;s behalf. Reported by: phone");
    let now = ledger(&server.app, "SO-1001");
    let claim = now.claim(&id("SO-1001-R1"), &unit(1)).unwrap();
    // In the merchant's zone, which is the reader's where the browser says nothing.
    let local = claim.judged.facts.claim.reported_at.to_zoned(server.app.zone());
    assert_eq!(local.strftime("%F %R").to_string(), "2026-03-05 08:00");
    assert_eq!(staff(&server, "dock").look(path).status, 403);
    holds(&server.app, &["SO-1001"]);
}

fn whatever_is_at_hand_is_found(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "quality");
    let guide = staff(&server, "representative");
    guide.look("/desk/cases").says("action=\"/desk/search\"").says("data-key=\"/\"");
    guide.look("/desk/search").says("What are you looking for?").says_not("Nothing was found");
    for text in ["SO-1001-R1", "SO-10", "S1", "ada@shop.example", "example", "Ada"] {
        let page = guide.look(&format!("/desk/search?q={text}"));
        page.says("SO-1001-R1").says("/desk/open/SO-1001");
    }
    guide.look("/desk/search?q=%3Cb%3E").says("Nothing was found for “&#60;b&#62;”");
    guide.look(&format!("/desk/search?q={}", "x".repeat(300))).says("Write at most 254 characters");
    // Whoever may not see buyers does not find them either.
    let dock = staff(&server, "dock");
    dock.look("/desk/search?q=ada@shop.example").says("Nothing was found");
    dock.look("/desk/search?q=S1").says("SO-1001-R1").says_not("Ada van Example");
}

fn answers_are_written_tried_changed_and_removed(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "quality");
    let guide = staff(&server, "representative");
    let list = guide.look("/desk/templates");
    list.says("ask_for_evidence").says("came along").says("Fehlendes anfordern");
    let new = "/desk/templates/new";
    let page = guide.look(new);
    page.says("{freight_payer}");
    let fields = |words: &'static str| {
        [("template", "thanks"), ("language", "de"), ("title", "Dank"), ("words", words)]
    };
    let tried: Vec<_> = fields("Danke, {name}.").into_iter().chain([("try", "1")]).collect();
    guide.fill(&page, new, &tried).says("Danke, Ada van Example.");
    guide.look("/desk/templates").says_not("thanks");
    guide
        .fill(&page, new, &fields("Danke, {naem}."))
        .says("{naem} cannot be filled in")
        .says("Dank");
    guide.fill(&page, new, &fields("Danke, {")).says("A brace stands alone");
    guide.fill(&page, new, &fields("")).says("Write a title");
    let odd = [("template", "Thanks!"), ("language", "de"), ("title", "Dank"), ("words", "Danke.")];
    guide.fill(&page, new, &odd).says("small letters");
    let done = guide.fill(&page, new, &fields("Danke, {name}."));
    assert_eq!(done.to, "/desk/templates/thanks/de?done=saved");
    guide.fill(&page, new, &fields("Danke.")).says("There is one of that name");
    guide.look(&format!("{CASE}?template=thanks")).says("Danke, Ada van Example.");
    let path = "/desk/templates/thanks/de";
    let page = guide.look(path);
    page.says("Change “Dank”").says("Remove this answer?");
    let fields = [("title", "Vielen Dank"), ("words", "Vielen Dank.")];
    assert_eq!(guide.fill(&page, path, &fields).status, 303);
    guide.look("/desk/templates").says("Vielen Dank").says("by representative-person");
    let removed = guide.send("/desk/templates/thanks/de/remove", &[]);
    assert_eq!(removed.to, "/desk/templates?done=removed");
    assert_eq!(guide.look(path).status, 404);
    assert_eq!(guide.send("/desk/templates/thanks/de/remove", &[]).status, 404);
    assert_eq!(staff(&server, "finance").look("/desk/templates").status, 403);
}

on_both_engines! {
    a_case_is_assigned_to_those_who_work_here
    two_cases_become_one_and_units_are_split_off_again
    claims_are_cancelled_and_taken_up_again
    a_buyer_who_contests_is_answered
    a_case_is_opened_for_a_buyer_who_phoned
    whatever_is_at_hand_is_found
    answers_are_written_tried_changed_and_removed
}
