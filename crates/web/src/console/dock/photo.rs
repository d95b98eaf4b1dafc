//! A picture taken by a phone in place of a scan: the server reads its codes, so that every phone can, with scripts or without.

use std::sync::Arc;

use backhaul_app::evidence::read_codes;
use backhaul_core::ledger::{CaseId, Serial};
use backhaul_language::words as w;

use crate::Service;
use crate::pages::upload::Upload;
use crate::pages::{PageFault, Visit};
use crate::portal::picture;

/// The most codes that are told apart; a picture of a whole shelf is none of a label.
const CODES_MAX: usize = 20;

/// What was read on a picture.
pub(super) enum Photo {
    /// The one code that is meant.
    Code(String),
    /// One of these is meant.
    Choose(Vec<String>),
    /// Nothing, and why, in the reader's words.
    Nothing(String),
}

/// Reads the picture that came with the form. Of several codes, such as a label's article and serial number, those count that the
/// desk knows.
///
/// # Errors
/// The database fails, or there is no thread to read with.
pub(super) async fn read(
    service: &Service,
    visit: &Visit,
    upload: &Upload,
) -> Result<Photo, PageFault> {
    let Some(sent) = upload.files.first() else {
        return Ok(Photo::Nothing(w::dock_photo_missing(visit).into_owned()));
    };
    let bytes = Arc::clone(&sent.bytes);
    let mut codes = match picture::decoding(move || read_codes(&bytes)).await? {
        Ok(codes) => codes,
        Err(fault) => {
            return picture::file_fault(visit, &fault)
                .map(Photo::Nothing)
                .ok_or(PageFault::Unavailable);
        }
    };
    for code in &mut codes {
        *code = super::scan::slip(code);
    }
    codes.sort();
    codes.dedup();
    codes.truncate(CODES_MAX);
    let mut known = Vec::new();
    for code in &codes {
        if is_known(service, code).await? {
            known.push(code.clone());
        }
    }
    let mut meant = if known.is_empty() { codes } else { known };
    Ok(match meant.as_slice() {
        [] => Photo::Nothing(w::dock_photo_unread(visit).into_owned()),
        [_] => Photo::Code(meant.remove(0)),
        _ => Photo::Choose(meant),
    })
}

async fn is_known(service: &Service, code: &str) -> Result<bool, PageFault> {
    let app = &service.app;
    if let Ok(case) = CaseId::new(code)
        && app.order_of_case(&case).await?.is_some()
    {
        return Ok(true);
    }
    if let Ok(serial) = Serial::new(code)
        && !app.orders_of_serial(&serial).await?.is_empty()
    {
        return Ok(true);
    }
    Ok(app.order(code).await?.is_some())
}
