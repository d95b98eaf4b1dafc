//! Sources skip no test, silence no lint without saying why, and leave nothing half-written.

use super::{Complaint, File};

// Put together, so that this file does not hold them itself.
const UNWANTED: [(&str, &str); 6] = [
    (concat!("#[", "ignore"), "a test that does not run: assert what holds today instead"),
    (concat!("#[", "allow("), "write `expect(lint, reason = \"…\")` instead of `allow`"),
    (concat!("#![", "allow("), "write `expect(lint, reason = \"…\")` instead of `allow`"),
    (concat!("todo", "!("), "not written yet"),
    (concat!("unimplemented", "!("), "not written yet"),
    (concat!("dbg", "!("), "left over from looking for a mistake"),
];

pub(super) fn check(file: &File) -> Vec<Complaint> {
    if !file.is_rust() {
        return Vec::new();
    }
    let is_comment = |line: &str| line.trim_start().starts_with("//");
    let mut complaints = Vec::new();
    for (number, line) in file.lines().filter(|(_, line)| !is_comment(line)) {
        for (unwanted, why) in UNWANTED {
            if line.contains(unwanted) {
                complaints.push(file.complaint(number, format!("`{unwanted}`: {why}")));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::file;

    #[test]
    fn every_unwanted_thing_is_found_in_its_line() {
        for (unwanted, _) in super::UNWANTED {
            let complaints = check(&file("a.rs", &format!("fn a() {{}}\n    {unwanted}\n")));
            assert_eq!(complaints.len(), 1, "{unwanted}");
            assert_eq!(complaints[0].line, 2);
        }
    }

    #[test]
    fn comments_and_other_files_may_speak_of_them() {
        let text = concat!("// no dbg", "!() here\n");
        assert!(check(&file("a.rs", text)).is_empty());
        assert!(check(&file("a.md", concat!("todo", "!()"))).is_empty());
        assert!(check(&file("a.rs", "#[expect(dead_code, reason = \"…\")]")).is_empty());
    }
}
