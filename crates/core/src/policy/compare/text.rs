//! The pages of two versions, part by part: what was added, taken away, or said in other words.

use serde::Serialize;
use similar::{Algorithm, ChangeTag, TextDiff};

use crate::decision::ClauseId;
use crate::policy::explain::{self, Section};
use crate::policy::rule::Policy;
use crate::words::closed_list;

/// The most bytes of a part in which single words are compared; of a longer one all is old and all is new.
const WORDS_BYTES_MAX: usize = 20_000;

closed_list! {
    /// What became of a part of the page.
    PartChange {
        /// It says the same.
        Same = "same",
        /// It says something else.
        Changed = "changed",
        /// It is new.
        Added = "added",
        /// It is gone.
        Removed = "removed",
    }
}

closed_list! {
    /// Which version has the words.
    Side {
        /// Both.
        Both = "both",
        /// The old one alone.
        Old = "old",
        /// The new one alone.
        New = "new",
    }
}

/// One part of the page, which is a clause or stands above or below them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PagePart {
    /// Its heading, of the new version where that has it.
    pub heading: String,
    /// The clause that it is about.
    pub clause: Option<ClauseId>,
    /// What became of it.
    pub change: PartChange,
    /// Its words, in their order.
    pub runs: Vec<Run>,
}

/// Words that stand together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// Which version has them.
    pub side: Side,
    /// The words, with the ends of lines among them.
    pub text: String,
}

/// The page of the new version in its order, with what is gone where it was.
///
/// The language is one of the new version's; where the old one has no text in it, its first is compared.
#[must_use]
pub fn compare_pages(old: &Policy, new: &Policy, language: &str) -> Vec<PagePart> {
    let page = |policy: &Policy| {
        let place = policy.languages.iter().position(|known| known == language);
        explain::sections(policy, place.unwrap_or(0))
    };
    let (old, new) = (page(old), page(new));
    let twins: Vec<Option<(usize, &Section)>> =
        new.iter().enumerate().map(|section| twin(&old, section)).collect();
    let stays = |was: &usize| twins.iter().flatten().any(|(place, _)| place == was);
    let gone = old.iter().enumerate().filter(|(was, _)| !stays(was));
    let mut gone = gone.peekable();
    let mut parts = Vec::new();
    for (section, twin) in new.iter().zip(&twins) {
        // What stood before it and is no more is told before it.
        if let Some((was, _)) = twin {
            while let Some((_, section)) = gone.next_if(|(before, _)| before < was) {
                parts.push(part(Some(section), None));
            }
        }
        parts.push(part(twin.map(|(_, section)| section), Some(section)));
    }
    parts.extend(gone.map(|(_, section)| part(Some(section), None)));
    parts
}

fn twin<'s>(old: &'s [Section], new: (usize, &Section)) -> Option<(usize, &'s Section)> {
    old.iter().enumerate().find(|old| is_same_part(*old, new))
}

/// Clauses are the same by their id; what else there is stands at the same place, counted from the head.
fn is_same_part(old: (usize, &Section), new: (usize, &Section)) -> bool {
    match (&old.1.clause, &new.1.clause) {
        (Some(old), Some(new)) => old == new,
        (None, None) => {
            old.1.level == new.1.level && (old.1.heading == new.1.heading || old.0 == new.0)
        }
        _ => false,
    }
}

fn part(old: Option<&Section>, new: Option<&Section>) -> PagePart {
    let [was, is] = [old, new].map(|section| section.map(below).unwrap_or_default());
    let change = match (old, new) {
        (Some(_), None) => PartChange::Removed,
        (None, _) => PartChange::Added,
        (Some(old), Some(new)) if was == is && old.heading == new.heading => PartChange::Same,
        _ => PartChange::Changed,
    };
    let named = new.or(old);
    PagePart {
        heading: named.map(|section| section.heading.clone()).unwrap_or_default(),
        clause: named.and_then(|section| section.clause.clone()),
        change,
        runs: runs(&was, &is),
    }
}

/// What stands below the heading.
fn below(section: &Section) -> String {
    let all = section.to_markdown();
    all.split_once('\n').map_or("", |(_, below)| below).trim().to_owned()
}

fn runs(old: &str, new: &str) -> Vec<Run> {
    if old.len().saturating_add(new.len()) > WORDS_BYTES_MAX {
        let whole = |side, text: &str| Run { side, text: text.to_owned() };
        return vec![whole(Side::Old, old), whole(Side::New, new)];
    }
    let diff = TextDiff::configure().algorithm(Algorithm::Myers).diff_unicode_words(old, new);
    let mut runs: Vec<Run> = Vec::new();
    for change in diff.iter_all_changes() {
        let side = match change.tag() {
            ChangeTag::Equal => Side::Both,
            ChangeTag::Delete => Side::Old,
            ChangeTag::Insert => Side::New,
        };
        match runs.last_mut() {
            Some(run) if run.side == side => run.text.push_str(change.value()),
            _ => runs.push(Run { side, text: change.value().to_owned() }),
        }
    }
    runs
}
