//! Pictures of an inspection: they come with the checklist, are kept at once, and are named by hidden fields until it is saved.

use backhaul_core::ledger::{FindingPicture, TextId};
use backhaul_core::words::{Finding, Word as _};

use crate::Service;
use crate::pages::form::Faults;
use crate::pages::upload::Upload;
use crate::pages::{PageFault, Visit};
use crate::portal::picture;

/// What the field of a question's file begins with.
const FILE: &str = "picture-";
/// The hidden fields that name what was kept before: a question, `=`, and a file.
const KEPT: &str = "kept";

/// A picture that was kept for a question of the checklist.
#[derive(Clone)]
pub(super) struct Kept {
    /// The question's field.
    pub(super) field: String,
    pub(super) file: String,
    /// Whether there is a picture to see.
    pub(super) is_picture: bool,
}

impl Kept {
    /// As the command says it.
    pub(super) fn of_finding(&self) -> Option<FindingPicture> {
        let finding = finding(&self.field);
        Some(FindingPicture { finding, file: TextId::new(&self.file).ok()? })
    }
}

/// The finding that a question is about, where it is about one.
fn finding(field: &str) -> Option<Finding> {
    field.strip_prefix("finding-").and_then(Finding::parse)
}

/// The slot of a question's files.
fn slot(field: &str) -> String {
    picture::slot_of_inspection(finding(field))
}

/// What was kept for this order before, and the files that came now. What is wrong with a file is said at its question.
///
/// # Errors
/// A file is named that was not kept for that question of this order, or none can be kept now.
pub(super) async fn kept(
    service: &Service,
    visit: &Visit,
    order: &str,
    upload: &Upload,
    faults: &mut Faults,
) -> Result<Vec<Kept>, PageFault> {
    let mut all = Vec::new();
    for named in upload.fields.all(KEPT) {
        let (field, file) = named.split_once('=').ok_or(PageFault::Malformed)?;
        let row = picture::own(service, order, file).await?;
        // A buyer's picture is nothing that an inspection found.
        let row = row.filter(|row| row.slot == slot(field)).ok_or(PageFault::Malformed)?;
        all.push(Kept { field: field.to_owned(), file: row.file, is_picture: row.width > 0 });
    }
    for sent in &upload.files {
        let field = sent.field.strip_prefix(FILE).ok_or(PageFault::Malformed)?;
        match picture::take(service, visit, order, &slot(field), &sent.bytes).await? {
            Ok(taken) => all.push(Kept {
                field: field.to_owned(),
                is_picture: taken.file.width > 0,
                file: taken.file.file,
            }),
            Err(said) => faults.add(field, said),
        }
    }
    Ok(all)
}
