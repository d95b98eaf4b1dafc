//! The zoo's time: the machine's or a fixed moment, and whatever a test has added to it.

/// Seconds since 1970 as the zoo counts them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    /// Stands still at this moment where it is given.
    pub(crate) fixed: Option<i64>,
    /// How far it was advanced.
    pub(crate) ahead_seconds: i64,
}

impl Clock {
    pub(crate) fn now(self) -> i64 {
        self.fixed.unwrap_or_else(machine_seconds).saturating_add(self.ahead_seconds)
    }
}

/// The one place where the machine's clock is read.
#[expect(
    clippy::disallowed_methods,
    reason = "signatures of webhooks must be fresh for receivers with a real clock"
)]
fn machine_seconds() -> i64 {
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since_1970.map_or(0, |passed| i64::try_from(passed.as_secs()).unwrap_or(i64::MAX))
}
