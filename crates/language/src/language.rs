//! A language, how it is chosen, and how its messages are found.

use std::borrow::Cow;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

static BUNDLES: LazyLock<Vec<FluentBundle<FluentResource>>> =
    LazyLock::new(|| FILES.iter().map(|(tag, files)| bundle(tag, files)).collect());

fn bundle(tag: &str, files: &[&str]) -> FluentBundle<FluentResource> {
    let tag: LanguageIdentifier = tag.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // Every language here is written from left to right, and the marks would stand in subjects and papers.
    bundle.set_use_isolating(false);
    for file in files {
        // The build has read it without a fault; what could not be read would be missing there.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(read, _)| read);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

/// One of the languages of `locales/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language(usize);

impl Language {
    /// What is spoken where nothing else fits.
    pub const ENGLISH: Self = Self(0);

    /// Every language, English first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..FILES.len()).map(Self)
    }

    /// Its tag (BCP 47), such as `zh-Hans`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        FILES.get(self.0).map_or("en", |(tag, _)| tag)
    }

    /// The language with that tag, or the one that is nearest: `zh-CN` is answered in `zh-Hans`, and `de-AT` in `de`.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let same = |known: &str| known.eq_ignore_ascii_case(tag);
        let base =
            |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        Self::all()
            .find(|language| same(language.tag()))
            .or_else(|| Self::all().find(|language| base(language.tag()) == base(tag)))
    }

    /// The first language of a header `Accept-Language` (RFC 9110, 12.5.4) that there is, by its weights.
    #[must_use]
    pub fn accepted(header: &str) -> Option<Self> {
        let mut asked: Vec<(u16, Self)> = Vec::new();
        for part in header.split(',').take(20) {
            let (tag, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let weight = weight.trim().strip_prefix("q=").and_then(thousandths).unwrap_or(0);
            if let (Some(language), true) = (Self::of_tag(tag.trim()), weight > 0) {
                asked.push((weight, language));
            }
        }
        // A stable sort: of equal weights the first asked for is taken.
        asked.sort_by_key(|(weight, _)| u16::MAX.saturating_sub(*weight));
        asked.first().map(|(_, language)| *language)
    }

    /// A message that is given nothing.
    pub(crate) fn plain(self, key: &'static str) -> Cow<'static, str> {
        self.say(key, None)
    }

    /// A message with what it is given.
    pub(crate) fn filled(
        self,
        key: &'static str,
        given: &[(&'static str, Given)],
    ) -> Cow<'static, str> {
        let mut values = FluentArgs::with_capacity(given.len());
        for (name, value) in given {
            match value {
                Given::Text(text) => values.set(*name, FluentValue::String(Cow::Borrowed(text))),
                Given::Number(number) => values.set(*name, FluentValue::from(*number)),
            }
        }
        Cow::Owned(self.say(key, Some(&values)).into_owned())
    }

    fn say<'a>(self, key: &'static str, values: Option<&'a FluentArgs<'_>>) -> Cow<'a, str> {
        let bundle = BUNDLES.get(self.0);
        let pattern =
            bundle.and_then(|bundle| bundle.get_message(key)?.value().map(|found| (bundle, found)));
        // The build has seen that every language has it.
        let Some((bundle, pattern)) = pattern else { return Cow::Borrowed(key) };
        bundle.format_pattern(pattern, values, &mut Vec::new())
    }
}

/// A weight such as `0.8` in thousandths.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part = format!("{part:0<3}");
    let whole: u16 = whole.parse().ok()?;
    let part: u16 = part.get(..3)?.parse().ok()?;
    whole.checked_mul(1000)?.checked_add(part).filter(|weight| *weight <= 1000)
}

/// What has a language: pages, mails, papers.
pub trait Speaks {
    /// The language.
    fn language(&self) -> Language;
}

impl Speaks for Language {
    fn language(&self) -> Language {
        *self
    }
}

impl<T: Speaks + ?Sized> Speaks for &T {
    fn language(&self) -> Language {
        T::language(self)
    }
}

/// What a message is given.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// Words, as they are.
    Text(String),
    /// A number, which may choose a form.
    Number(i64),
}

/// What can choose a form of a message: a number, or a word that its variants name.
pub trait Chooses {
    /// The same as a message takes it.
    fn chooses(&self) -> Given;
}

impl Chooses for str {
    fn chooses(&self) -> Given {
        Given::Text(self.to_owned())
    }
}

impl Chooses for String {
    fn chooses(&self) -> Given {
        Given::Text(self.clone())
    }
}

impl<T: Chooses + ?Sized> Chooses for &T {
    fn chooses(&self) -> Given {
        T::chooses(self)
    }
}

macro_rules! numbers {
    ($($number:ty)+) => { $(
        impl Chooses for $number {
            fn chooses(&self) -> Given {
                Given::Number(i64::try_from(*self).unwrap_or(i64::MAX))
            }
        }
    )+ };
}

numbers! { u8 u16 u32 u64 usize i8 i16 i32 i64 }

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn the_language_is_the_nearest_of_those_asked_for() {
        let tag = |header| Language::accepted(header).map(Language::tag);
        assert_eq!(tag("zh-CN,zh;q=0.9,en;q=0.8"), Some("zh-Hans"));
        assert_eq!(tag("fr, de-AT;q=0.5, en;q=0.4"), Some("de"));
        assert_eq!(tag("en;q=0.1, de;q=0.9"), Some("de"));
        assert_eq!(tag("de;q=0, en;q=0.1"), Some("en"));
        assert_eq!(tag("fr"), None);
        assert_eq!(tag(";;;,q=,,"), None);
    }
}
