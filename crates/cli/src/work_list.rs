//! What the workers of a desk work on.

use std::sync::Arc;

use backhaul_app::{App, RefundProvider};

use crate::workers::Work;

/// Every kind of work that there is for this desk.
///
/// Refunds are worked on where there is somebody who pays them; until then their jobs wait.
pub(crate) fn work_list(app: &App, provider: Option<Arc<dyn RefundProvider>>) -> Vec<Work> {
    let mut list = Vec::new();
    if let Some(provider) = provider {
        let app = app.clone();
        list.push(Work {
            kind: "submit_refund",
            run: Box::new(move |worker| Ok(app.work_refunds(provider.as_ref(), worker)?)),
        });
    }
    list
}

/// A worker's name, unlike that of any other that lives: of this process, started at this moment.
pub(crate) fn worker_name() -> String {
    format!("{}-{}", std::process::id(), crate::clock::now().as_microsecond())
}
