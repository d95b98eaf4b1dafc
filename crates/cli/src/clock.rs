//! The one place where the program reads its clocks.

use std::time::Instant;

use backhaul_app::Clock;
use jiff::Timestamp;

/// The clock of this machine.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// What the clock on the wall says.
#[expect(clippy::disallowed_methods, reason = "the program injects its clock from here")]
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    #[cfg(feature = "crash-points")]
    let now = crate::crash::moved(now);
    now
}

/// A clock that never goes back, for pauses and durations; it decides nothing of the desk's.
#[expect(clippy::disallowed_methods, reason = "the program measures durations from here")]
pub(crate) fn ticks() -> Instant {
    Instant::now()
}
