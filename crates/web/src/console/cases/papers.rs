//! The papers of a case as the buyer gets them, in the buyer's language.

use axum::extract::{Path, State};
use backhaul_app::Right;
use backhaul_app::letters::{PaperFault, PaperKind};

use super::Found;
use crate::Service;
use crate::pages::{Answer, Page, PageFault, Reader};
use crate::portal::picture::guarded;

pub(super) fn pages() -> Vec<Page> {
    let read = Reader::With(Right::Read);
    vec![
        Page::get("/desk/cases/{case}/slip.pdf", read, slip),
        Page::get("/desk/cases/{case}/packing.pdf", read, packing),
    ]
}

async fn slip(service: State<Service>, Path(case): Path<String>) -> Answer {
    paper(&service, &case, PaperKind::Slip).await
}

async fn packing(service: State<Service>, Path(case): Path<String>) -> Answer {
    paper(&service, &case, PaperKind::Packing).await
}

async fn paper(service: &Service, case: &str, kind: PaperKind) -> Answer {
    let found = Found::find(service, case).await?;
    let language = found.buyer_language(service).await?;
    let made = service.app.paper_of(kind, &found.view, &found.id, language);
    let made = made.map_err(|fault| match fault {
        PaperFault::Desk(error) => error.into(),
        PaperFault::Paper(error) => PageFault::mistake(&error),
    })?;
    let bytes = made.ok_or(PageFault::NotFound)?;
    let shown = format!("inline; filename=\"{}\"", kind.file_name());
    Ok(guarded(bytes, "application/pdf", &shown))
}
