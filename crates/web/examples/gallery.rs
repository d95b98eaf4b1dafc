//! Draws every page with samples into a folder: one file for each page, language and theme, and an index; beside them every mail
//! and every paper. `cargo xtask gallery` calls it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use backhaul_language::Language;
use backhaul_web::pages::gallery;

fn main() -> io::Result<()> {
    let folder = PathBuf::from(env::args().nth(1).unwrap_or_else(|| "target/gallery".to_owned()));
    let assets = folder.join("assets");
    fs::create_dir_all(&assets)?;
    for (name, bytes) in gallery::files() {
        fs::write(assets.join(name), bytes)?;
    }
    let mut index = String::from(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Gallery</title>\n<h1>Gallery</h1>\n",
    );
    let mut count = 0;
    for language in Language::all() {
        for (is_dark, theme) in [(false, "light"), (true, "dark")] {
            for sample in gallery::samples(language, is_dark) {
                let file = format!("{}.{}.{theme}.html", sample.name, language.tag());
                fs::write(folder.join(&file), &sample.html)?;
                let _ = writeln!(index, "<p><a href=\"{file}\">{file}</a></p>");
                count = usize::saturating_add(count, 1);
            }
        }
    }
    for language in Language::all() {
        for file in mails(&folder, language)?.into_iter().chain(papers(&folder, language)?) {
            let _ = writeln!(index, "<p><a href=\"{file}\">{file}</a></p>");
            count = usize::saturating_add(count, 1);
        }
    }
    fs::write(folder.join("index.html"), index)?;
    println!("{count} pages, mails and papers in {}", folder.display());
    Ok(())
}

/// Every kind of letter, as HTML and as plain text; returns their files.
fn mails(folder: &Path, language: Language) -> io::Result<Vec<String>> {
    fs::create_dir_all(folder.join("mails"))?;
    let mut files = Vec::new();
    for sample in backhaul_mail::samples(language) {
        let message = sample.message;
        let text = format!("{}\n\n{}", message.subject, message.text);
        for (body, ending) in [(&message.html, "html"), (&text, "txt")] {
            let file = format!("mails/{}.{}.{ending}", sample.name, language.tag());
            fs::write(folder.join(&file), body)?;
            files.push(file);
        }
    }
    Ok(files)
}

/// Every kind of paper; returns their files.
fn papers(folder: &Path, language: Language) -> io::Result<Vec<String>> {
    fs::create_dir_all(folder.join("papers"))?;
    let samples = backhaul_paper::samples(language).map_err(io::Error::other)?;
    let mut files = Vec::new();
    for sample in samples {
        let file = format!("papers/{}.{}.pdf", sample.name, language.tag());
        fs::write(folder.join(&file), sample.pdf)?;
        files.push(file);
    }
    Ok(files)
}
