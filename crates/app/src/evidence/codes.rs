//! Barcodes on a picture: what a scanner would have typed, for whoever has a phone and no scanner.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::helpers::detect_multiple_in_luma;

use super::picture::{self, FileKind};
use super::{EvidenceFault, FILE_BYTES_MAX};

/// The longest side of the copy that codes are looked for on: a code that fills a tenth of it can be read.
const SIDE_MAX: u32 = 2_000;
/// The most characters of a code; a longer one is nothing that the desk prints or a maker labels a unit with.
const CHARS_MAX: usize = 500;

/// The texts of the barcodes on a picture (Code 128, Code 39, EAN, QR, Data Matrix and their like), each once; empty where none can
/// be read. The picture is not kept. It decodes: not for threads that answer.
///
/// # Errors
/// [`EvidenceFault`], where it is no picture, too large, or damaged.
pub fn read_codes(bytes: &[u8]) -> Result<Vec<String>, EvidenceFault> {
    if bytes.is_empty() {
        return Err(EvidenceFault::Empty);
    }
    if bytes.len() > FILE_BYTES_MAX {
        return Err(EvidenceFault::TooLarge);
    }
    let Some(FileKind::Picture(format)) = FileKind::of(bytes) else {
        return Err(EvidenceFault::NotAllowed);
    };
    let picture = picture::shrunk(&picture::decoded(bytes, format)?, SIDE_MAX).into_luma8();
    let (width, height) = picture.dimensions();
    // The decoder is another's, and the picture anybody's: what breaks it is a picture on which nothing can be read.
    let look = AssertUnwindSafe(|| detect_multiple_in_luma(picture.into_raw(), width, height));
    let found = catch_unwind(look).ok().and_then(Result::ok).unwrap_or_default();
    let mut texts: Vec<String> = Vec::new();
    for code in &found {
        let text = code.getText().trim();
        let is_plain = !text.is_empty() && !text.chars().any(char::is_control);
        let is_new = !texts.iter().any(|known| known == text);
        if is_plain && is_new && text.chars().count() <= CHARS_MAX {
            texts.push(text.to_owned());
        }
    }
    Ok(texts)
}
