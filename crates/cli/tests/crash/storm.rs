//! A hundred clients that approve the same refund at once, at three servers.

use std::sync::Barrier;

use serde_json::json;

use crate::client::{Client, approval};
use crate::desk::Desk;
use crate::load::say;
use crate::verdict::{effects, settle_and_compare};

const ROUNDS: usize = 10;
const CLIENTS: usize = 100;

#[test]
fn a_refund_that_a_hundred_approve_at_once_is_paid_once() {
    let Some(url) = backhaul_testkit::postgres_server::new_database() else { return };
    let desk = Desk::new(Some(url));
    let servers = vec![desk.serve(), desk.serve(), desk.serve()];
    let mut refused = 0;
    for round in 0..ROUNDS {
        let order = format!("SO-{round}");
        Client::new(&desk, round).inspected(&order);
        let (barrier, path) = (Barrier::new(CLIENTS), format!("/orders/{order}/approve_refund"));
        let statuses: Vec<_> = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|place| {
                    let (desk, barrier, path, order) = (&desk, &barrier, &path, &order);
                    scope.spawn(move || {
                        let mut client = Client::new(desk, place);
                        let body = json!({"command": approval(order)});
                        barrier.wait();
                        client.insist("POST", path, Some(&format!("{order}-{place}")), &body).status
                    })
                })
                .collect();
            clients.into_iter().map(|client| client.join().expect("an answer")).collect()
        });
        let done = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!(done, 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| matches!(status, 200 | 409)), "{statuses:?}");
        refused += CLIENTS - done;
    }
    desk.settle();
    assert_eq!(effects(&desk).len(), ROUNDS);
    let verdict = settle_and_compare(&desk, servers);
    assert_eq!((verdict.effects, verdict.settled), (ROUNDS, ROUNDS));
    say(&format!("storm: {ROUNDS} rounds of {CLIENTS}, {refused} refused, {verdict:?}"));
}
