//! Every page, every state of it, drawn with samples: for people to look at and for tests to check.

use std::sync::Arc;

use backhaul_app::Merchant;
use backhaul_language::Language;
use jiff::tz::TimeZone;

use super::assets::{self, Assets};
use super::fault::FaultPage;
use super::layout::{Layout, Way};
use super::visit::Theme;
use crate::{console, portal};

/// One page with samples.
pub struct Sample {
    /// Its name: the page, and the state of it.
    pub name: String,
    /// The page, drawn.
    pub html: String,
}

/// Draws a sample; what cannot be drawn says so in its place.
pub(crate) fn sample(name: &str, page: &impl askama::Template) -> Sample {
    Sample { name: name.to_owned(), html: page.render().unwrap_or_else(|error| error.to_string()) }
}

/// Every page in that language, as light or as dark.
#[must_use]
pub fn samples(language: Language, is_dark: bool) -> Vec<Sample> {
    let layout = |title: &str| layout(language, is_dark, title);
    let fault = FaultPage {
        layout: layout("Not found"),
        title: "Not found".to_owned(),
        text: "There is nothing here.".to_owned(),
        back: "/desk".to_owned(),
    };
    let mut all = vec![sample("fault", &fault)];
    all.extend(portal::samples(&layout));
    all.extend(console::samples(&layout));
    all
}

/// The styles and scripts that the pages load from `/assets/`, by their names.
pub fn files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    assets::files()
}

fn layout(language: Language, is_dark: bool, title: &str) -> Layout {
    let way =
        |path, label: &str| Way { path, label: label.to_owned(), is_here: path == "/desk/cases" };
    Layout {
        language,
        zone: TimeZone::UTC,
        theme: if is_dark { Theme::Dark } else { Theme::Light },
        merchant: Arc::new(Merchant { name: "Lichtweg Optics".to_owned(), ..Merchant::default() }),
        title: title.to_owned(),
        here: "/desk/cases".to_owned(),
        signed_in_as: Some("ada".to_owned()),
        ways: vec![
            way("/desk/cases", "Cases"),
            way("/desk/dock", "Dock"),
            way("/desk/refunds", "Refunds"),
        ],
        settings: vec![way("/desk/settings", "Settings"), way("/desk/staff", "Staff")],
        notice: None,
        assets: Assets::get(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use backhaul_language::Language;

    use super::samples;

    #[test]
    fn no_sample_takes_the_place_of_another() {
        let all = samples(Language::ENGLISH, false);
        let names: BTreeSet<_> = all.iter().map(|sample| &sample.name).collect();
        assert_eq!(names.len(), all.len());
    }
}
