//! Poppler's programs over a PDF.

use std::process::Command;

/// Whether Poppler is there; says so where it is not, and fails under CI.
pub(crate) fn is_there() -> bool {
    let is_there = ["pdftotext", "pdftoppm", "pdfinfo", "pdffonts"]
        .iter()
        .all(|program| Command::new(program).arg("-v").output().is_ok());
    if !is_there {
        assert!(
            std::env::var("CI").is_err(),
            "poppler-utils is missing: apt-get install poppler-utils"
        );
        println!("skipped: poppler-utils is not installed");
    }
    is_there
}

/// What a program prints about a PDF.
pub(crate) fn run(program: &str, options: &[&str], pdf: &[u8]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("paper.pdf");
    std::fs::write(&file, pdf).unwrap();
    let mut command = Command::new(program);
    command.args(options).arg(&file);
    // `pdftotext` prints where it is told to, the others anyway.
    if program == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stderr);
    // Some versions of Poppler complain of the flag when it is false, as PDF/UA has it.
    let mut complaints = said.lines().filter(|line| !line.is_empty() && !line.contains("Suspects"));
    assert_eq!(complaints.next(), None, "{said}");
    output.stdout
}

/// The text of a PDF.
pub(crate) fn text(pdf: &[u8]) -> String {
    String::from_utf8(run("pdftotext", &[], pdf)).unwrap()
}

/// A text without blanks: where lines end is the layout's affair.
pub(crate) fn bare(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_whitespace()).collect()
}

/// A page as grey dots.
pub(crate) struct Scan {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) dots: Vec<u8>,
}

/// The first page, printed at so many dots an inch.
pub(crate) fn scan(pdf: &[u8], dots_per_inch: u32) -> Scan {
    let resolution = dots_per_inch.to_string();
    let options = ["-gray", "-singlefile", "-r", &resolution];
    read_pgm(&run("pdftoppm", &options, pdf))
}

/// Reads `P5 WIDTH HEIGHT 255` and the dots behind it.
fn read_pgm(pgm: &[u8]) -> Scan {
    let mut at = 0;
    let mut word = || {
        let start = at;
        while !pgm[at].is_ascii_whitespace() {
            at += 1;
        }
        at += 1;
        String::from_utf8(pgm[start..at - 1].to_vec()).unwrap()
    };
    assert_eq!(word(), "P5");
    let (width, height) = (word().parse().unwrap(), word().parse().unwrap());
    assert_eq!(word(), "255");
    let dots = pgm[at..].to_vec();
    assert_eq!(dots.len(), width * height);
    Scan { width, height, dots }
}
