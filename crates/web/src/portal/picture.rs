//! Files of evidence: sent one by one while a claim is written, and looked at by the buyer of their order and by staff.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use backhaul_app::Right;
use backhaul_app::evidence::{EvidenceFault, FileRow, FileSize, NewFile, Taken};
use backhaul_core::policy::Policy;
use backhaul_core::words::{Finding, Word as _};
use backhaul_language::{Language, terms, words as w};
use tokio::sync::Semaphore;

use super::order_of;
use crate::Service;
use crate::pages::upload::Upload;
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};

/// The slot of files that show what was found; behind it, after a point, the finding.
const INSPECTION: &str = "inspection";
/// Where buyers look at pictures.
pub(super) const LOOK: &str = "/picture";
/// Where staff do.
pub(crate) const LOOK_OF_STAFF: &str = "/desk/picture";
/// The most bytes of a form with one file: the file and what stands around it.
pub(crate) const ONE_FILE_BYTES_MAX: usize = 26 << 20;
/// How many pictures are decoded at once: each may take a few hundred megabytes for a moment.
static DECODING: Semaphore = Semaphore::const_new(2);

pub(super) fn pages() -> Vec<Page> {
    vec![
        Page::post("/picture", Reader::Buyer, send).with_body(ONE_FILE_BYTES_MAX),
        Page::get("/picture/{file}/{size}", Reader::Buyer, look),
        Page::get("/desk/picture/{file}/{size}", Reader::With(Right::Read), look_as_staff),
    ]
}

/// A file as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PictureShown {
    pub(super) file: String,
    /// Whether there is a picture to see; of other files there is only the original.
    pub(super) is_picture: bool,
    pub(super) size: String,
}

impl PictureShown {
    pub(super) fn of(row: &FileRow) -> Self {
        let kibibytes = row.bytes.saturating_add(1023) / 1024;
        let size = if row.width > 0 {
            format!("{} × {}, {kibibytes} KiB", row.width, row.height)
        } else {
            format!("{kibibytes} KiB")
        };
        Self { file: row.file.clone(), is_picture: row.width > 0, size }
    }
}

/// What became of one file, for the place where it was chosen.
#[derive(askama::Template)]
#[template(path = "portal/picture.html")]
pub(crate) struct PicturePart {
    pub(super) layout: Layout,
    pub(super) slot: String,
    pub(super) picture: Option<PictureShown>,
    /// Where pictures are looked at.
    pub(super) look: &'static str,
    /// What is wrong with it, or to be known of it.
    pub(super) said: Option<String>,
}

/// The slot of a file that shows what an inspection found.
pub(crate) fn slot_of_inspection(finding: Option<Finding>) -> String {
    finding.map_or_else(|| INSPECTION.to_owned(), |word| format!("{INSPECTION}.{word}"))
}

/// What a slot of an inspection is called; nothing where it is none of those.
pub(super) fn inspection_label(slot: &str, language: Language) -> Option<String> {
    let word = slot.strip_prefix(INSPECTION)?;
    let Some(word) = word.strip_prefix('.') else {
        return Some(w::picture_of_inspection(language).into_owned());
    };
    let finding = terms::finding(language, Finding::parse(word)?);
    Some(w::picture_of_finding(language, finding).into_owned())
}

/// Takes one file; says in the reader's words why not, where it cannot be taken.
///
/// # Errors
/// It is no fault of the file's.
pub(crate) async fn take(
    service: &Service,
    visit: &Visit,
    order: &str,
    slot: &str,
    bytes: &Arc<[u8]>,
) -> Result<Result<Taken, String>, PageFault> {
    let new = NewFile { order: order.to_owned(), slot: slot.to_owned(), bytes: Arc::clone(bytes) };
    let app = service.app.clone();
    match decoding(move || app.take_file(&new)).await? {
        Ok(taken) => Ok(Ok(taken)),
        Err(fault) => {
            if let Some(said) = file_fault(visit, &fault) {
                Ok(Err(said))
            } else {
                tracing::error!(error = %fault, "a file could not be kept");
                Err(PageFault::Unavailable)
            }
        }
    }
}

/// Why a file was not taken, in the reader's words; nothing where that is no fault of theirs.
pub(crate) fn file_fault(visit: &Visit, fault: &EvidenceFault) -> Option<String> {
    let said = match fault {
        EvidenceFault::Empty => w::picture_empty(visit),
        EvidenceFault::TooLarge => w::picture_too_large(visit),
        EvidenceFault::NotAllowed => w::picture_not_allowed(visit),
        EvidenceFault::TooManyPixels => w::picture_too_many_pixels(visit),
        EvidenceFault::TooSmall { width, height } => w::picture_too_small(visit, height, width),
        EvidenceFault::Damaged => w::picture_damaged(visit),
        EvidenceFault::Quota => w::picture_quota(visit),
        _ => return None,
    };
    Some(said.into_owned())
}

/// Does what decodes a picture, on a thread that answers nobody, once there is room for it.
///
/// # Errors
/// It stopped in the middle, or the desk is ending.
pub(crate) async fn decoding<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, PageFault> {
    let _turn = DECODING.acquire().await.map_err(|_| PageFault::Unavailable)?;
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| PageFault::mistake(&error))
}

/// The file of that name, if it is of that order.
///
/// # Errors
/// The database fails.
pub(crate) async fn own(
    service: &Service,
    order: &str,
    file: &str,
) -> Result<Option<FileRow>, PageFault> {
    let found = service.app.file(file).await?;
    Ok(found.filter(|(_, number)| number == order).map(|(row, _)| row))
}

async fn send(State(service): State<Service>, visit: Visit, upload: Upload) -> Answer {
    let (view, policy) = order_of(&service, &visit).await?;
    draw(&kept(&service, &visit, &view.order.number, &policy, upload, LOOK).await?)
}

/// Keeps the one file of a form, and says what became of it.
///
/// # Errors
/// The form is none of ours, or the file cannot be kept now.
pub(crate) async fn kept(
    service: &Service,
    visit: &Visit,
    order: &str,
    policy: &Policy,
    upload: Upload,
    look: &'static str,
) -> Result<PicturePart, PageFault> {
    let slot = upload.fields.text("slot").to_owned();
    if !policy.vocabulary.slots.iter().any(|known| known.id == slot) {
        return Err(PageFault::Malformed);
    }
    let [sent] = upload.files.as_slice() else { return Err(PageFault::Malformed) };
    let taken = take(service, visit, order, &slot, &sent.bytes).await?;
    let (picture, said) = match taken {
        Ok(taken) => {
            let said = taken.is_reused.then(|| w::picture_reused(visit).into_owned());
            (Some(PictureShown::of(&taken.file)), said)
        }
        Err(said) => (None, Some(said)),
    };
    Ok(PicturePart { layout: Layout::of(visit, ""), slot, picture, look, said })
}

async fn look(
    State(service): State<Service>,
    visit: Visit,
    Path((file, size)): Path<(String, String)>,
) -> Answer {
    // What belongs to another order is answered as what is not there.
    let row = own(&service, visit.buyer_order()?, &file).await?.ok_or(PageFault::NotFound)?;
    bytes(&service, row, &size).await
}

async fn look_as_staff(
    State(service): State<Service>,
    _visit: Visit,
    Path((file, size)): Path<(String, String)>,
) -> Answer {
    let (row, _) = service.app.file(&file).await?.ok_or(PageFault::NotFound)?;
    bytes(&service, row, &size).await
}

/// A copy to look at, made here and harmless; or the original, which is only ever a download.
async fn bytes(service: &Service, row: FileRow, size: &str) -> Answer {
    let size = FileSize::parse(size).ok_or(PageFault::NotFound)?;
    let (kind, shown) = match size {
        FileSize::Original => {
            let ending = row.kind.rsplit('/').next().unwrap_or("bin");
            let name = row.file.get(..8).unwrap_or("file");
            (row.kind.clone(), format!("attachment; filename=\"evidence-{name}.{ending}\""))
        }
        FileSize::Display | FileSize::Thumbnail => ("image/jpeg".to_owned(), "inline".to_owned()),
    };
    let app = service.app.clone();
    let read = tokio::task::spawn_blocking(move || app.file_bytes(&row, size)).await;
    let read = read.map_err(|error| PageFault::mistake(&error))?;
    let read = read.map_err(|error| {
        tracing::error!(error = %error, "a file could not be read");
        PageFault::Unavailable
    })?;
    let bytes = read.ok_or(PageFault::NotFound)?;
    Ok(guarded(bytes, &kind, &shown))
}

/// Bytes that came from outside, so that no browser runs anything of them.
pub(crate) fn guarded(bytes: Vec<u8>, kind: &str, shown: &str) -> Response {
    let mut answer = bytes.into_response();
    let headers = answer.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, kind);
    set(header::CONTENT_DISPOSITION, shown);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    answer
}
