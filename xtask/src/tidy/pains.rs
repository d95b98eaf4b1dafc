//! The table of pains names only tests that are there: each name stands before the file that has it.

use super::{Complaint, File, markdown};

const PAGE: &str = "docs/pains.md";

pub(super) fn check(files: &[File]) -> Vec<Complaint> {
    let Some(page) = files.iter().find(|file| file.path == PAGE) else { return Vec::new() };
    let mut complaints = Vec::new();
    for (line, row) in page.lines().filter(|(_, row)| is_row(row)) {
        let mut names = Vec::new();
        let mut has_test = false;
        for piece in markdown::code(row) {
            if !piece.text.contains('/') {
                names.push(piece.text);
                continue;
            }
            let source = files.iter().find(|file| file.path == piece.text);
            for name in names.drain(..) {
                has_test = true;
                if !source.is_some_and(|source| source.text.contains(&format!("fn {name}("))) {
                    let message = format!("there is no test `{name}` in `{}`", piece.text);
                    complaints.push(page.complaint(line, message));
                }
            }
        }
        if !has_test || !names.is_empty() {
            complaints.push(page.complaint(line, "a pain has a test, and a test its file"));
        }
    }
    complaints
}

/// Rows begin with a number.
fn is_row(line: &str) -> bool {
    line.strip_prefix("| ").is_some_and(|rest| rest.starts_with(|sign: char| sign.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::file;

    fn said(row: &str) -> Vec<String> {
        let page = format!("| # | what | test |\n|---|---|---|\n{row}\n");
        let files =
            [file("docs/pains.md", &page), file("a/b.rs", "fn a_truth(x: &X) {}\nfn two() {}")];
        check(&files).into_iter().map(|complaint| complaint.message).collect()
    }

    #[test]
    fn a_test_that_is_not_there_is_found() {
        assert!(said("| 1 | pain | `a_truth`, `two` in `a/b.rs` |").is_empty());
        assert_eq!(
            said("| 1 | pain | `tru` in `a/b.rs` |"),
            ["there is no test `tru` in `a/b.rs`"]
        );
        assert_eq!(
            said("| 1 | pain | `two` in `a/c.rs` |"),
            ["there is no test `two` in `a/c.rs`"]
        );
        assert_eq!(said("| 1 | pain | none |"), ["a pain has a test, and a test its file"]);
        assert_eq!(said("| 1 | pain | `two` |"), ["a pain has a test, and a test its file"]);
    }
}
