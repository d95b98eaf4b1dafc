//! What the programs under load cost the processor: a busy machine changes this less than it changes a rate.

use std::fs;
use std::time::Duration;

/// The processor's time of each program.
#[derive(Clone, Copy, Default)]
pub(super) struct Used {
    pub(super) server: Duration,
    /// Nothing where the database is a part of the server.
    pub(super) database: Duration,
    pub(super) provider: Duration,
}

impl Used {
    /// What was used since then, for each of so many.
    pub(super) fn each_since(self, before: Self, count: u64) -> Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let each = |before: Duration, after: Duration| {
            after.saturating_sub(before).checked_div(count).unwrap_or_default()
        };
        Self {
            server: each(before.server, self.server),
            database: each(before.database, self.database),
            provider: each(before.provider, self.provider),
        }
    }
}

/// What a process has used, with its children that have ended; nothing where there is no such process.
pub(super) fn of(process: u32) -> Duration {
    stat(process).map_or(Duration::ZERO, |stat| stat.used)
}

/// What a process and its children have used, those that have ended included.
pub(super) fn of_family(process: u32) -> Duration {
    let Ok(entries) = fs::read_dir("/proc") else { return Duration::ZERO };
    let processes = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let children = processes.filter_map(stat).filter(|stat| stat.parent == process);
    children.map(|stat| stat.used).sum::<Duration>().saturating_add(of(process))
}

struct Stat {
    parent: u32,
    used: Duration,
}

fn stat(process: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Counted behind the name in field 2, which may have anything in it: the parent is field 4, the times are fields 14 to 17.
    let fields: Vec<&str> = text.rsplit(") ").next()?.split(' ').collect();
    let ticks = fields.get(11..15)?.iter().filter_map(|ticks| ticks.parse::<u64>().ok());
    // Hundredths of a second.
    let used = Duration::from_millis(ticks.sum::<u64>().saturating_mul(10));
    Some(Stat { parent: fields.get(1)?.parse().ok()?, used })
}
