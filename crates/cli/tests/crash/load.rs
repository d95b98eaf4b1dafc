//! Clients that do returns at the desk, one after the other, while something happens to it.

use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::client::Client;
use crate::desk::Desk;

/// How many clients there are.
const CLIENTS: usize = 8;
/// How long a client rests between two returns.
const REST: Duration = Duration::from_millis(40);

/// Lets clients do returns until it is over, and then end what they have begun. Somebody must serve by then.
pub(crate) fn under_load<T>(desk: &Desk, during: impl FnOnce() -> T) -> T {
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for place in 0..CLIENTS {
            let is_over = &is_over;
            scope.spawn(move || {
                let mut client = Client::new(desk, place);
                for number in 0.. {
                    if is_over.load(Ordering::SeqCst) {
                        break;
                    }
                    let order = format!("C{place}-{number}");
                    client.inspected(&order);
                    client.approve(&order);
                    std::thread::sleep(REST);
                }
            });
        }
        // Also where what happens fails: nobody would end the clients then.
        let _end = SetWhenDropped(&is_over);
        during()
    })
}

struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Says something that is seen also where a test goes well.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "crash: {line}");
}

/// Chance that can be repeated: `SplitMix64`, a public-domain generator.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    /// Up to that, and not that itself.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}

/// A number of the environment.
pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}
