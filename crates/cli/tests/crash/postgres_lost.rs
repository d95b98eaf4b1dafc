//! PostgreSQL killed in the middle of the load, and started again.

use std::time::Duration;

use backhaul_testkit::postgres_server::own_server;

use crate::client::{Client, now};
use crate::desk::Desk;
use crate::load::{say, under_load};
use crate::verdict::settle_and_compare;

const ROUNDS: usize = 3;
/// How long the load goes on between two deaths.
const LIFE: Duration = Duration::from_millis(1_500);
/// How soon a server serves again once the database does.
const AGAIN_WITHIN: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(20);

#[test]
fn servers_go_on_by_themselves_once_the_database_does() {
    let Some(postgres) = own_server() else { return };
    let desk = Desk::new(Some(postgres.new_database()));
    let servers = vec![desk.serve(), desk.serve()];
    let mut longest = Duration::ZERO;
    under_load(&desk, || {
        for _ in 0..ROUNDS {
            std::thread::sleep(LIFE);
            postgres.crash_and_start_again();
            let started = now();
            for place in 0..servers.len() {
                while Client::new(&desk, place).open_pieces().is_none() {
                    assert!(started.elapsed() < AGAIN_WITHIN, "{}", desk.log());
                    std::thread::sleep(LOOK);
                }
            }
            longest = longest.max(started.elapsed());
        }
    });
    let verdict = settle_and_compare(&desk, servers);
    say(&format!("PostgreSQL died {ROUNDS} times: back within {longest:?}, {verdict:?}"));
    assert!(verdict.effects > 0);
}
