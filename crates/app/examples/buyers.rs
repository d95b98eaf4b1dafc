//! Lets buyers in without a code, for benchmarks: `cargo run -p backhaul-app --example buyers -- URL ORDER...` prints the token of a
//! session for each order. Nobody else may have the database meanwhile.
#![expect(clippy::expect_used, reason = "whatever goes wrong ends it")]

use std::sync::Arc;

use backhaul_app::sessions::SignedIn;
use backhaul_app::{App, Clock};
use backhaul_core::policy::Catalogue;
use backhaul_store::Store;
use jiff::Timestamp;

struct Machine;

impl Clock for Machine {
    #[expect(clippy::disallowed_methods, reason = "a tool reads the clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

fn main() {
    let mut words = std::env::args().skip(1);
    let url = words.next().expect("say which database, and whose buyers");
    let store = Store::open(&url.parse().expect("a database")).expect("the database opens");
    let catalogue = Catalogue::built_in().expect("the built-in policy");
    let app = App::new(store, catalogue, Arc::new(Machine));
    for order in words {
        let begun = pollster::block_on(app.begin_session(&SignedIn::Buyer { order }, "benchmark"));
        println!("{}", begun.expect("a session"));
    }
}
