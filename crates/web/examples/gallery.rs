//! Draws every page with samples into a folder: one file for each page, language and theme, and an index. `cargo xtask gallery`
//! calls it.

use std::fmt::Write as _;
use std::path::PathBuf;
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
    fs::write(folder.join("index.html"), index)?;
    println!("{count} pages in {}", folder.display());
    Ok(())
}
