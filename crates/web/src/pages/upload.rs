//! A form with files: its fields, and the files whole, each within limits, of a few forms at once.

use std::sync::{Arc, LazyLock};

use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use backhaul_app::evidence::{FILE_BYTES_MAX, FILES_AT_ONCE_MAX};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::fault::PageFault;
use super::form::{FIELDS_MAX, FORM_BYTES_MAX, Fields};
use crate::BODY_TIMEOUT;

/// The most bytes of a form with files.
pub(crate) const UPLOAD_BYTES_MAX: usize = 80 << 20;
/// How many forms with files are in memory at once.
const UPLOADS_AT_ONCE: usize = 4;

static ROOM: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(UPLOADS_AT_ONCE)));

/// A file that came with a form.
#[derive(Clone, Debug)]
pub(crate) struct SentFile {
    /// The field it stood in.
    pub(crate) field: String,
    /// All of it; at most one byte more than a file may have, so that one that is too long can be told.
    pub(crate) bytes: Arc<[u8]>,
}

/// A form with files. What a file is called is not kept: it says nothing that can be believed.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) fields: Fields,
    pub(crate) files: Vec<SentFile>,
    /// As long as it is held there is room for the files in memory.
    _room: OwnedSemaphorePermit,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = PageFault;

    async fn from_request(request: Request, state: &S) -> Result<Self, PageFault> {
        let room = Arc::clone(&ROOM).acquire_owned().await.map_err(|_| PageFault::Unavailable)?;
        let kind = request.headers().get(header::CONTENT_TYPE);
        let has_parts = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
        if !has_parts {
            // A form without files may be sent in the plainer way.
            let fields = Fields::from_request(request, state).await?;
            return Ok(Self { fields, files: Vec::new(), _room: room });
        }
        let parts = Multipart::from_request(request, state).await;
        let mut parts = parts.map_err(|_| PageFault::Malformed)?;
        let (mut fields, mut files) = (Vec::new(), Vec::new());
        let mut typed = 0_usize;
        while let Some(mut part) = in_time(parts.next_field()).await? {
            let name = part.name().ok_or(PageFault::Malformed)?.to_owned();
            let is_file = part.file_name().is_some();
            if fields.len().saturating_add(files.len()) >= FIELDS_MAX
                || files.len() > FILES_AT_ONCE_MAX
            {
                return Err(PageFault::TooLarge);
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = in_time(part.chunk()).await? {
                if is_file {
                    // One byte too many is enough to know.
                    let left = FILE_BYTES_MAX.saturating_add(1).saturating_sub(bytes.len());
                    bytes.extend_from_slice(chunk.get(..left.min(chunk.len())).unwrap_or_default());
                } else {
                    typed = typed.saturating_add(chunk.len());
                    if typed > FORM_BYTES_MAX {
                        return Err(PageFault::TooLarge);
                    }
                    bytes.extend_from_slice(&chunk);
                }
            }
            if is_file {
                // A browser sends an empty part for a field in which nothing was chosen.
                let is_nothing = bytes.is_empty() && part.file_name() == Some("");
                if !is_nothing {
                    files.push(SentFile { field: name, bytes: bytes.into() });
                }
            } else {
                let text = String::from_utf8(bytes).map_err(|_| PageFault::Malformed)?;
                let is_odd = |sign: char| sign.is_control() && !matches!(sign, '\t' | '\n' | '\r');
                if text.chars().any(is_odd) {
                    return Err(PageFault::Malformed);
                }
                fields.push((name, text));
            }
        }
        Ok(Self { fields: Fields::of(fields), files, _room: room })
    }
}

async fn in_time<T>(
    part: impl Future<Output = Result<T, axum::extract::multipart::MultipartError>>,
) -> Result<T, PageFault> {
    let arrived = tokio::time::timeout(BODY_TIMEOUT, part).await;
    arrived.map_err(|_| PageFault::TooSlow)?.map_err(|error| {
        if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            PageFault::TooLarge
        } else {
            PageFault::Malformed
        }
    })
}
