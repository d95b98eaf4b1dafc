//! What is true on one machine alone stands in no file.

use super::{Complaint, File};

// Put together, so that this file does not hold them itself.
const FOLDERS: [&str; 5] = [
    concat!("/home", "/"),
    concat!("/root", "/"),
    concat!("/Users", "/"),
    concat!("/work", "/"),
    concat!(":\\Users", "\\"),
];

pub(super) fn check(file: &File) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (number, line) in file.lines() {
        for folder in FOLDERS.into_iter().filter(|folder| names(line, folder)) {
            let message = format!("a path of one machine: `{folder}`");
            complaints.push(file.complaint(number, message));
        }
    }
    complaints
}

/// Whether the line holds that folder at the start of a path, rather than within a longer one or an address.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(place, _)| {
        let before = line.get(..place).and_then(|text| text.chars().next_back());
        let within = |sign: char| sign.is_alphanumeric() || "./_-}>".contains(sign);
        folder.starts_with(':') || !before.is_some_and(within)
    })
}

#[cfg(test)]
mod tests {
    use super::check;
    use crate::tidy::file;

    #[test]
    fn a_path_of_a_machine_is_found() {
        let lines = [
            concat!("see /home", "/anna/x"),
            concat!("\"/root", "/.cargo\""),
            concat!("dir=/work", "/main"),
            concat!("C:\\Users", "\\anna"),
        ];
        for line in lines {
            assert_eq!(check(&file("notes.txt", line)).len(), 1, "{line}");
        }
    }

    #[test]
    fn relative_paths_and_addresses_are_none() {
        let lines = [
            concat!("../work", "/x"),
            concat!("https://shop.example/home", "/x"),
            "the home of a fact",
        ];
        for line in lines {
            assert!(check(&file("notes.txt", line)).is_empty(), "{line}");
        }
    }
}
