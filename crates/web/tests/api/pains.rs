//! What went wrong in other systems and matters over HTTP; the numbers are those of `docs/pains.md`. Those that need many clients
//! at once are in `storms`.

use std::collections::BTreeSet;
use std::sync::mpsc;
use std::thread;

use backhaul_testkit::{Database, on_both_engines};
use serde_json::json;

use crate::asks::{
    NUMBER, approve, authorise, counted, early, eur, inspect, open, open_for, order, order_of,
    payment, receive, scanned, unit, units, with,
};
use crate::desk::{everything, holds, next_job};
use crate::provider::{Fake, Fault};
use crate::server::Server;
use crate::story::{By, Story};

on_both_engines! {
    pain_03_and_44_less_than_nothing_and_nothing_are_no_amount_and_no_count
    pain_29_a_lost_reply_is_unclear_until_it_is_looked_up_and_pays_once
    pain_30_what_is_another_order_s_looks_as_if_it_were_not_there
    pain_33_to_ask_again_for_the_same_unit_adds_nothing
    pain_35_no_refund_before_the_receipt_and_none_without_a_return
    pain_36_not_a_cent_more_than_was_captured
    pain_43_a_line_that_comes_in_two_parcels_is_received
    pain_45_a_server_that_dies_amid_refunds_leaves_nothing_half_and_repeats_pay_nothing_twice
    pain_46_the_policy_decides_on_what_is_too_old
}

impl Story {
    /// Refused, with nothing changed and this clause cited.
    fn refused_citing(&mut self, by: By, asked: &crate::asks::Asked, code: &str, clause: &str) {
        let before = everything(&self.server.app);
        let answer = self.ask(by, asked);
        assert_eq!(
            (answer.code(), &answer.body["clauses"]),
            (code, &json!([clause])),
            "{answer:?}"
        );
        assert_eq!(everything(&self.server.app), before);
    }

    fn is_over(&self) {
        holds(&self.server.app, &[NUMBER]);
    }
}

fn pain_03_and_44_less_than_nothing_and_nothing_are_no_amount_and_no_count(database: &Database) {
    let mut story = Story::new(database);
    story
        .then(By::Representative, open("A", &["L1#1"]))
        .then(By::Representative, authorise("A", &["L1#1"]))
        .then(By::Dock, receive("P", "A", &[scanned("S1")]))
        .days_pass(10);
    for minor in [0, -1, i64::MIN] {
        story.refused(
            By::Finance,
            with(approve("R", "A", &["L1#1"]), "shipping", eur(minor)),
            "amount_not_positive",
        );
    }
    story.refused(By::Dock, receive("Q", "A", &[counted("L2", 0)]), "parcel_empty");
    story.refused(By::Dock, receive("Q", "A", &[counted("L2", -1)]), "malformed_body");
    story.is_over();
}

fn pain_29_a_lost_reply_is_unclear_until_it_is_looked_up_and_pays_once(database: &Database) {
    let mut story = Story::new(database);
    story.provider =
        Fake::new("replays_and_exact", &story.server.clock).with_faults(&[Fault::LoseReply]);
    story
        .then(By::Representative, open("A", &["L1#1"]))
        .then(By::Representative, authorise("A", &["L1#1"]))
        .then(By::Dock, receive("P", "A", &[scanned("S1")]))
        .then(By::Finance, early(approve("R", "A", &["L1#1"])));
    assert!(story.server.app.work_refunds(&story.provider.alone(), "worker").unwrap());
    let unclear = story.client(By::Finance).get("/refunds?state=unclear");
    assert_eq!(unclear.body["items"][0]["refund"], "R", "{unclear:?}");
    let again = json!({"refund": "R", "piece": 1, "path": "original"});
    story
        .refused(By::Finance, ("reissue_refund", again), "outcome_unclear")
        .refused(
            By::Finance,
            ("cancel_refund", json!({"refund": "R", "reason": "T"})),
            "already_sent",
        )
        .money_leaves();
    assert_eq!(story.provider.paid().into_values().collect::<Vec<_>>(), [1]);
    let settled = story.client(By::Finance).get("/refunds?state=settled");
    assert_eq!(settled.body["items"][0]["refund"], "R", "{settled:?}");
    story.is_over();
}

fn pain_30_what_is_another_order_s_looks_as_if_it_were_not_there(database: &Database) {
    let mut story = Story::new(database);
    story.then(By::Representative, open("A", &["L1#1"]));
    let other = story.client(By::Representative).put("/orders/SO-2", &order_of("SO-2", 1, 10_000));
    assert_eq!(other.status, 201);
    let close =
        json!({"command": {"case": "A", "reason": "T-mine"}, "texts": {"T-mine": "mine alone"}});
    let client = story.client(By::Representative);
    let reopened = client.post("k", &format!("/orders/{NUMBER}/decline"), &json!({
        "command": {"case": "A", "units": units(&["L1#1"]), "clause": "exclude.law", "text": "T-mine"},
        "texts": {"T-mine": "mine alone"},
    }));
    assert_eq!(reopened.status, 200, "{reopened:?}");
    assert_eq!(client.get(&format!("/orders/{NUMBER}/texts/T-mine")).body["words"], "mine alone");
    // The text and the case of the first order, asked for by way of the second, and those that nobody has.
    let before = everything(&story.server.app);
    let (theirs, nobodys) =
        (client.get("/orders/SO-2/texts/T-mine"), client.get("/orders/SO-2/texts/T-none"));
    assert_eq!((theirs.status, &theirs.body), (404, &nobodys.body));
    let theirs = client.post("k2", "/orders/SO-2/reopen_case", &close);
    assert_eq!((theirs.status, theirs.code()), (409, "case_unknown"));
    let (name, command) = open("B", &["L1#2"]);
    let foreign = client.command("k3", "SO-2", name, &command);
    assert_eq!(
        (foreign.status, foreign.code()),
        (409, "unit_unknown"),
        "a line of one order, with the number of another"
    );
    assert_eq!(everything(&story.server.app), before);
    story.is_over();
}

fn pain_33_to_ask_again_for_the_same_unit_adds_nothing(database: &Database) {
    let mut story = Story::new(database);
    story.then(By::Representative, open("A", &["L1#1", "L1#2"]));
    let before = everything(&story.server.app);
    story
        .refused(By::Representative, open("A", &["L1#1", "L1#2"]), "case_exists")
        .refused(By::Representative, open("B", &["L1#1"]), "unit_claimed")
        .refused(By::Representative, open("B", &["L1#3", "L1#3"]), "unit_named_twice");
    assert_eq!(everything(&story.server.app), before);
    let case = story.client(By::Representative).get("/cases/A");
    assert_eq!(case.body["claims"].as_array().unwrap().len(), 2);
    story.is_over();
}

fn pain_35_no_refund_before_the_receipt_and_none_without_a_return(database: &Database) {
    let mut story = Story::new(database);
    story.refused(By::Finance, approve("R", "A", &["L1#1"]), "case_unknown");
    story.then(By::Representative, open("A", &["L1#1"]));
    story.refused_citing(
        By::Finance,
        &early(approve("R", "A", &["L1#1"])),
        "goods_first",
        "goods_first",
    );
    story.then(By::Representative, authorise("A", &["L1#1"]));
    story.refused_citing(
        By::Finance,
        &early(approve("R", "A", &["L1#1"])),
        "goods_first",
        "goods_first",
    );
    assert_eq!(next_job(&story.server.app), None);
    story.is_over();
}

fn pain_36_not_a_cent_more_than_was_captured(database: &Database) {
    let mut story = Story::with(database, |order| {
        order["payments"] = json!([payment("P1", 11_566, "2026-02-20T09:01:00Z")]);
    });
    story
        .then(By::Representative, open("A", &["L1#1"]))
        .then(By::Representative, authorise("A", &["L1#1"]))
        .then(By::Dock, receive("P", "A", &[scanned("S1")]))
        .refused(
            By::Finance,
            with(early(approve("R", "A", &["L1#1"])), "shipping", eur(1_501)),
            "amount_too_large",
        )
        // A unit is worth 115.67, and 115.66 was captured: the cent stays as a debt that is seen, and is not sent.
        .then(By::Finance, early(approve("R", "A", &["L1#1"])))
        .refused(
            By::Finance,
            ("reissue_refund", json!({"refund": "R", "path": "original"})),
            "no_room",
        )
        .money_leaves();
    let order = story.client(By::Finance).get(&format!("/orders/{NUMBER}"));
    assert_eq!(order.body["payments"][0]["taken"], eur(11_566), "{order:?}");
    assert_eq!(order.body["refunds"][0]["uncovered"], eur(1), "{order:?}");
    story.is_over();
}

fn pain_43_a_line_that_comes_in_two_parcels_is_received(database: &Database) {
    let mut story = Story::new(database);
    story
        .then(By::Representative, open("A", &["L2#1", "L2#2"]))
        .then(By::Representative, authorise("A", &["L2#1", "L2#2"]))
        .then(By::Dock, receive("P1", "A", &[counted("L2", 1)]));
    let state = |story: &Story| story.client(By::Dock).get("/cases/A").body["state"].clone();
    assert_eq!(state(&story), "authorised", "one of them is still awaited");
    story.then(By::Dock, receive("P2", "A", &[counted("L2", 1)]));
    assert_eq!(state(&story), "received");
    story.then(By::Dock, inspect("A", "L2#1")).then(By::Dock, inspect("A", "L2#2"));
    assert_eq!(state(&story), "inspected");
    story.is_over();
}

fn pain_45_a_server_that_dies_amid_refunds_leaves_nothing_half_and_repeats_pay_nothing_twice(
    database: &Database,
) {
    const UNITS: u32 = 32;
    /// After so many answers the server dies.
    const ANSWERS: usize = 8;
    let server = Server::over(database);
    let owner = server.client("owner");
    let draft = order_of("SO-7", UNITS, i64::from(UNITS) * 10_000);
    assert_eq!(owner.put("/orders/SO-7", &draft).status, 201);
    let names: Vec<_> = (1..=UNITS).map(|unit| format!("L1#{unit}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let serials: Vec<_> = (1..=UNITS).map(|unit| scanned(&format!("S{unit}"))).collect();
    for (name, command) in [open("A", &names), authorise("A", &names), receive("P", "A", &serials)]
    {
        assert_eq!(owner.command(name, "SO-7", name, &command).status, 200);
    }
    let refund = |client: &crate::server::Client, unit: u32| {
        let (name, command) =
            early(approve(&format!("R{unit}"), "A", &[names[usize::try_from(unit).unwrap() - 1]]));
        client.try_command(&format!("refund-{unit}"), "SO-7", name, &command)
    };
    let (refund, client) = (&refund, &owner);
    let (answered, answers) = mpsc::channel();
    let told = thread::scope(|scope| {
        let threads: Vec<_> = (1..=UNITS)
            .map(|unit| {
                let answered = answered.clone();
                scope.spawn(move || {
                    let answer = refund(client, unit).filter(crate::server::Answer::is_done);
                    let _ = answered.send(());
                    answer.map(|_| unit)
                })
            })
            .collect();
        answers.iter().take(ANSWERS).for_each(drop);
        server.dies();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect::<BTreeSet<u32>>()
    });
    // Another server takes the database over. What was told is there; what was not is asked for again, under the same keys.
    let server = Server::over(database);
    let client = owner.at(&server);
    let before = client.get("/orders/SO-7");
    let booked: BTreeSet<_> = before.body["refunds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|refund| refund["refund"].as_str().unwrap().to_owned())
        .collect();
    assert!(told.iter().all(|unit| booked.contains(&format!("R{unit}"))), "{told:?} of {booked:?}");
    for unit in 1..=UNITS {
        let answer = refund(&client, unit).unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.is_replay, booked.contains(&format!("R{unit}")), "{answer:?}");
    }
    println!("{} were told, {} were booked, {UNITS} were asked for", told.len(), booked.len());
    // The workers die, too: of the calls that they make, and of the answers that they get.
    let provider = Fake::new("replays_and_exact", &server.clock)
        .with_faults(&[Fault::LoseReply, Fault::LoseRequest]);
    while let Some(due) = next_job(&server.app) {
        server.clock.move_to(due);
        server.app.work_refunds(&provider.alone(), "worker").unwrap();
    }
    let paid = provider.paid();
    assert_eq!((paid.len(), paid.values().sum::<usize>()), (32, 32), "each once: {paid:?}");
    holds(&server.app, &["SO-7"]);
}

fn pain_46_the_policy_decides_on_what_is_too_old(database: &Database) {
    let mut story = Story::with(database, |draft| {
        draft["placed_at"] = "2025-01-20T09:00:00Z".into();
        draft["signed_at"] = "2025-02-04T14:20:00Z".into();
    });
    assert_eq!(order()["placed_at"], "2026-02-20T09:00:00Z", "a year later than this one");
    story.then(By::Representative, open_for("A", &["L1#1"], "mismatch", "refund"));
    let case = story.client(By::Representative).get("/cases/A");
    assert_eq!(case.body["state"], "declined", "{case:?}");
    assert_eq!(case.body["claims"][0]["decision"]["clauses"], json!(["report.7d"]), "{case:?}");
    assert_eq!(case.body["claims"][0]["unit"]["line"], unit("L1#1")["line"]);
    story.refused(By::Representative, authorise("A", &["L1#1"]), "claim_not_live");
    story.refused(By::Finance, early(approve("R", "A", &["L1#1"])), "claim_not_live");
    story.is_over();
}
