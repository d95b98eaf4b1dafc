//! Papers as others see them: their text as Poppler reads it, and their codes as a scanner reads them off the printed page.
//!
//! Poppler's `pdftotext` and `pdftoppm` come from Debian's `poppler-utils`. Where they are missing these tests are skipped and say
//! so, and under CI they fail.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "whatever goes wrong in a test fails it"
)]

mod codes;
mod poppler;
mod texts;
