//! A page of what waits at the dock or at finance.

use backhaul_app::WaitingView;
use backhaul_core::ledger::WaitingKind;
use backhaul_store::waiting::After;

use crate::Service;
use crate::pages::address::{after, next};
use crate::pages::{PageFault, Visit};

/// How many rows stand on a page.
const ROWS: u32 = 50;

/// The page that is asked for, and the cursor of the one behind it.
///
/// # Errors
/// The cursor is none of ours, or the desk cannot be read.
pub(super) async fn of(
    service: &Service,
    visit: &Visit,
    kind: WaitingKind,
) -> Result<(Vec<WaitingView>, Option<String>), PageFault> {
    let begins: Option<(i64, i64, String, String, String)> = after(visit)?;
    let begins = begins.map_or_else(After::start, |(due_at_us, since_us, order, case, subject)| {
        After { due_at_us, since_us, order, case, subject }
    });
    let rows = service.app.waiting(kind, begins, ROWS).await?;
    let cursor = |view: &WaitingView| {
        let After { due_at_us, since_us, order, case, subject } = After::row(&view.row);
        (due_at_us, since_us, order, case, subject)
    };
    Ok(next(rows, ROWS, cursor))
}
