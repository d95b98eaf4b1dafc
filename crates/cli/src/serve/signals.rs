//! How a server is told to end.

use std::future::Future;

use anyhow::{Context as _, Result};

/// Listens from now on; what it returns is done once the process was told to end.
///
/// # Errors
/// The system does not let signals be listened to.
#[cfg(unix)]
pub(super) fn end() -> Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let about = "signals cannot be listened to";
    let mut terminate = signal(SignalKind::terminate()).context(about)?;
    let mut interrupt = signal(SignalKind::interrupt()).context(about)?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Listens from now on; what it returns is done once the process was told to end.
///
/// # Errors
/// The system does not let signals be listened to.
#[cfg(not(unix))]
pub(super) fn end() -> Result<impl Future<Output = ()>> {
    let mut told = tokio::signal::windows::ctrl_c().context("signals cannot be listened to")?;
    Ok(async move {
        let _ = told.recv().await;
    })
}
