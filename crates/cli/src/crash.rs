//! What a test does to this process, with the feature `crash-points`: it dies or stands still at a named point, and goes by a
//! clock that the test moves.
//!
//! The environment's `CRASH_POINTS` names a folder; without it nothing happens. The folder's file `next` holds what is to
//! happen, one line for each point: `kill POINT` or `stop POINT`. Only its first line counts; whoever comes to that point takes
//! the line out, and so each happens once, whichever process it befalls. The file `done` gets a line for each that happened.
//! The file `heard` says that this program has the feature.
//! The file `ahead` holds by how many seconds the clock is ahead. As long as a worker's thread has a job there is a file
//! `working.PROCESS.THREAD`: a clock that went ahead meanwhile would look like a sleep to it.

use std::ffi::c_int;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::LazyLock;
use std::sync::Mutex;

use backhaul_app::crash::{CrashPoint, set};
use jiff::{SignedDuration, Timestamp};
use signal_hook::consts::{SIGKILL, SIGSTOP};
use signal_hook::low_level::raise;

static FOLDER: LazyLock<Option<PathBuf>> =
    LazyLock::new(|| std::env::var_os("CRASH_POINTS").map(PathBuf::from));
/// One thread at a time looks at what is next.
static LOOKING: Mutex<()> = Mutex::new(());

/// Lets the points mean something, where a test has said so.
pub(crate) fn listen() {
    if let Some(folder) = &*FOLDER {
        set(pass);
        let _ = fs::write(folder.join("heard"), "");
    }
}

/// The moment, as far ahead as the test wants it.
pub(crate) fn moved(now: Timestamp) -> Timestamp {
    let ahead = || fs::read_to_string(FOLDER.as_ref()?.join("ahead")).ok()?.trim().parse().ok();
    let ahead = SignedDuration::from_secs(ahead().unwrap_or(0));
    now.checked_add(ahead).unwrap_or(now)
}

fn pass(point: CrashPoint) {
    note_work(point);
    if let Some(signal) = due(point) {
        // To this very thread, which comes no further: a signal to the process is taken by any of its threads, and on a busy machine
        // this one would meanwhile begin the next transaction, and stand still in the middle of it.
        let _ = raise(signal);
    }
}

fn note_work(point: CrashPoint) {
    let Some(folder) = &*FOLDER else { return };
    let (process, thread) = (std::process::id(), std::thread::current().id());
    let file = folder.join(format!("working.{process}.{thread:?}"));
    let _ = match point {
        CrashPoint::JobClaimed => fs::write(file, ""),
        CrashPoint::JobEnded => fs::remove_file(file),
        _ => Ok(()),
    };
}

/// What befalls this process here, taken out of the file.
fn due(point: CrashPoint) -> Option<c_int> {
    let folder = FOLDER.as_ref()?;
    let _looking = LOOKING.lock();
    let (next, taken) = (folder.join("next"), folder.join(format!("next.{}", std::process::id())));
    if !is_first(&fs::read_to_string(&next).ok()?, point) {
        return None;
    }
    // Of several processes one gets the file; between the look and this, another may have put a further line first.
    fs::rename(&next, &taken).ok()?;
    let text = fs::read_to_string(&taken).ok()?;
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let is_ours = is_first(first, point);
    if is_ours {
        let mut done =
            OpenOptions::new().create(true).append(true).open(folder.join("done")).ok()?;
        writeln!(done, "{first}").ok()?;
    }
    fs::write(&taken, if is_ours { rest } else { &text }).ok()?;
    fs::rename(&taken, &next).ok()?;
    if !is_ours {
        return None;
    }
    Some(if first.starts_with("stop ") { SIGSTOP } else { SIGKILL })
}

fn is_first(text: &str, point: CrashPoint) -> bool {
    let name = text.lines().next().and_then(|line| line.split_once(' '));
    name.is_some_and(|(_, name)| name == point.as_str())
}
