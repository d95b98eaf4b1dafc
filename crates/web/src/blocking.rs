//! Work of the desk that blocks: what asks a provider, or waits for a commit on its thread. It runs beside the threads that answer.

use backhaul_app::App;

use crate::problem::{Problem, ProblemCode};

/// Does the work on a thread where it may block.
///
/// # Errors
/// What the work says; a panic in it is a mistake of ours.
pub(crate) async fn blocking<T, E>(
    app: &App,
    work: impl FnOnce(&App) -> Result<T, E> + Send + 'static,
) -> Result<T, Problem>
where
    T: Send + 'static,
    E: Into<Problem> + Send + 'static,
{
    let app = app.clone();
    match tokio::task::spawn_blocking(move || work(&app)).await {
        Ok(done) => done.map_err(Into::into),
        Err(_) => Err(Problem::plain(ProblemCode::Internal)),
    }
}
