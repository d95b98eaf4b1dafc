//! A source file is one thing, which is seldom long.

use super::{Complaint, File};

const LINES_MAX: usize = 600;
/// How far from the top the reason stands.
const REASON_WITHIN_LINES: usize = 20;
const REASON: &str = "This file is long because ";

pub(super) fn check(file: &File) -> Option<Complaint> {
    let lines = file.text.lines().count();
    if !file.is_rust() || lines <= LINES_MAX || has_reason(&file.text) {
        return None;
    }
    let message =
        format!("{lines} lines, over {LINES_MAX}: split it, or say near its top `// {REASON}…`");
    Some(file.complaint(1, message))
}

fn has_reason(text: &str) -> bool {
    let mut top = text.lines().take(REASON_WITHIN_LINES);
    top.any(|line| line.starts_with("//") && line.contains(REASON))
}

#[cfg(test)]
mod tests {
    use super::{LINES_MAX, check};
    use crate::tidy::file;

    #[test]
    fn a_long_source_needs_a_reason_near_its_top() {
        let long = "//\n".repeat(LINES_MAX + 1);
        let with_reason = |text: &str| format!("//! {text}\n{long}");
        assert!(check(&file("a.rs", &long)).is_some());
        assert!(
            check(&file("a.rs", &with_reason("This file is long because it is one table.")))
                .is_none()
        );
        assert!(check(&file("a.rs", &format!("{long}// This file is long because."))).is_some());
    }

    #[test]
    fn short_sources_and_other_files_pass() {
        assert!(check(&file("a.rs", &"//\n".repeat(LINES_MAX))).is_none());
        assert!(check(&file("a.toml", &"#\n".repeat(LINES_MAX + 1))).is_none());
    }
}
