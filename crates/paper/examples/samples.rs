//! Writes every sample into a folder: `cargo run --package backhaul-paper --example samples -- FOLDER`.

use std::path::PathBuf;

use backhaul_language::Language;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("name a folder")?);
    std::fs::create_dir_all(&folder)?;
    for language in Language::all() {
        for sample in backhaul_paper::samples(language)? {
            let name = format!("{}-{}.pdf", sample.name, language.tag());
            std::fs::write(folder.join(name), sample.pdf)?;
        }
    }
    Ok(())
}
