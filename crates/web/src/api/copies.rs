//! A copy of everything, and an export for others, while the server runs.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use backhaul_app::Right;
use backhaul_store::{dump, export};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Service;
use crate::caller::Caller;
use crate::operation::{Access, Operation};
use crate::outgoing::{self, Opener, Writer};
use crate::problem::{Problem, ProblemCode};
use crate::request::InQuery;

const COPY: &str = "application/gzip";
const LINES: &str = "application/jsonl";

pub(crate) fn operations() -> Vec<Operation> {
    let access = Access::Right(Right::Audit);
    vec![
        Operation::new(
            Method::GET,
            "/backup",
            "backup",
            "A copy of everything, as of one moment, as `backhaul backup` makes it and `backhaul restore` takes it. It holds what people \
             typed, and the hashes of passwords and keys. One copy or export at a time.",
            access,
            backup,
        )
        .answers_file(200, "The copy. One that breaks off is none.", &[COPY]),
        Operation::new(
            Method::GET,
            "/export",
            "export",
            "Everything as lines of JSON, for other programs, as `backhaul export` writes it. One copy or export at a time.",
            access,
            export_lines,
        )
        .query_word(
            "with_personal_data",
            ["true", "false"],
            "Whether what people typed and who they are is in it; not where it is left out.",
        )
        .answers_file(200, "The lines. The last one is of the type `end`.", &[LINES]),
    ]
}

/// Sees to it that one copy is made at a time: each holds the state of the database at its moment. A clone is of the same one.
#[derive(Clone)]
pub(crate) struct Copying(Arc<Semaphore>);

impl Default for Copying {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }
}

impl Copying {
    fn begin(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let begun = self.0.clone().try_acquire_owned();
        begun.map_err(|_| Problem::plain(ProblemCode::Copying))
    }
}

async fn backup(
    State(service): State<Service>,
    Extension(copying): Extension<Copying>,
    caller: Caller,
) -> Result<Response, Problem> {
    let (app, begun) = (service.app, copying.begin()?);
    tracing::info!(caller.id = caller.0.caller, "a copy of everything is taken");
    let body = sent(begun, move |mut opener| {
        // Mostly JSON, which the quickest level already makes much smaller.
        let packed = move || Ok(GzEncoder::new(opener.open()?, Compression::fast()));
        let files = Arc::new(app.copied_files());
        let version = env!("CARGO_PKG_VERSION");
        let (out, copied) = dump::copy(app.store(), version, app.now(), files, packed)?;
        if copied.missing > 0 {
            tracing::warn!(
                missing = copied.missing,
                "files are not in the copy: they were not found"
            );
        }
        Ok(out.finish()?)
    });
    Ok(([(header::CONTENT_TYPE, COPY)], body).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    with_personal_data: bool,
}

async fn export_lines(
    State(service): State<Service>,
    Extension(copying): Extension<Copying>,
    caller: Caller,
    InQuery(Wanted { with_personal_data }): InQuery<Wanted>,
) -> Result<Response, Problem> {
    let (app, begun) = (service.app, copying.begin()?);
    tracing::info!(caller.id = caller.0.caller, with_personal_data, "everything is exported");
    let body = sent(begun, move |mut opener| {
        let open = move || opener.open();
        let (out, _) = export::export(app.store(), app.now(), with_personal_data, open)?;
        Ok(out)
    });
    Ok(([(header::CONTENT_TYPE, LINES)], body).into_response())
}

/// All of it, but for its end.
type Written = Result<Writer, Box<dyn std::error::Error + Send + Sync>>;

/// The body that is written on a thread of its own, however long the reader takes.
fn sent(
    begun: OwnedSemaphorePermit,
    write: impl FnOnce(Opener) -> Written + Send + 'static,
) -> Body {
    let (opener, body) = outgoing::open();
    drop(tokio::task::spawn_blocking(move || {
        let written = write(opener).and_then(|writer| {
            // Before its end: whoever has read that may ask for the next one.
            drop(begun);
            Ok(outgoing::end(writer)?)
        });
        if let Err(error) = written {
            tracing::warn!(error = %error, "a copy broke off");
        }
    }));
    body
}
