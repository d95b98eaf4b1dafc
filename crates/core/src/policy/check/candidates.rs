//! The values that a search tries for each attribute: all of them where they are few, and otherwise those at which some test of
//! the policy turns. The harmless value comes first.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Span, Timestamp};

use crate::calendar::Calendar;
use crate::facts::{Country, Zone, moment};
use crate::policy::condition::{Op, Test};
use crate::policy::rule::Policy;
use crate::policy::view::{Seen, View, bit};
use crate::policy::vocabulary::{Attribute, Kind};
use crate::policy::window::{Unit, Window};
use crate::words::Word;

/// The moment from which the examples count: a Wednesday noon without holidays near.
pub(super) const START: &str = "2026-03-11T12:00:00Z";

/// A value to try, owned, so that views can borrow it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Candidate {
    Absent,
    Word(u8),
    Words(u64),
    Flag(bool),
    Integer(i64),
    Text(String),
    Names(Vec<String>),
    Moment(Timestamp),
}

impl Candidate {
    pub(super) fn seen(&self) -> Seen<'_> {
        match self {
            Self::Absent => Seen::Absent,
            Self::Word(word) => Seen::Word(*word),
            Self::Words(words) => Seen::Words(*words),
            Self::Flag(flag) => Seen::Flag(*flag),
            Self::Integer(integer) => Seen::Integer(*integer),
            Self::Text(text) => Seen::Text(text),
            Self::Names(names) => Seen::Names(names),
            Self::Moment(moment) => Seen::Moment(*moment),
        }
    }
}

/// What the policy's tests compare attributes with.
#[derive(Default)]
struct Mentioned {
    integers: BTreeMap<Attribute, BTreeSet<i64>>,
    texts: BTreeMap<Attribute, BTreeSet<String>>,
    windows: Vec<Window>,
    /// Attributes that are compared with each other.
    pairs: Vec<(Attribute, Attribute)>,
}

/// The values to try for every attribute.
pub(super) fn of(policy: &Policy) -> BTreeMap<Attribute, Vec<Candidate>> {
    let mut mentioned = Mentioned::default();
    let mut note = |test: &Test| match &test.op {
        Op::Between(low, high) => {
            let near = |bound: i64| [bound.saturating_sub(1), bound, bound.saturating_add(1)];
            let bounds =
                [*low, *high].into_iter().filter(|bound| *bound != i64::MIN && *bound != i64::MAX);
            mentioned.integers.entry(test.attribute).or_default().extend(bounds.flat_map(near));
        }
        Op::TextIn(texts) | Op::PathIn(texts) => {
            mentioned.texts.entry(test.attribute).or_default().extend(texts.iter().cloned());
        }
        Op::Within(window) => mentioned.windows.push(*window),
        Op::SameAs(other) => mentioned.pairs.push((test.attribute, *other)),
        _ => {}
    };
    policy.rules.iter().for_each(|rule| rule.when.for_each_test(&mut note));
    policy.readings.iter().for_each(|reading| reading.when.for_each_test(&mut note));
    let moments = moments(policy, &mentioned.windows);
    let attributes = policy.vocabulary.attributes();
    let mut candidates: BTreeMap<Attribute, Vec<Candidate>> = attributes
        .map(|attribute| (attribute, values(policy, attribute, &mentioned, &moments)))
        .collect();
    for (one, other) in mentioned.pairs {
        share_texts(&mut candidates, one, other);
        share_texts(&mut candidates, other, one);
    }
    candidates
}

/// A text of the policy's own can only be the same as another one if that one's texts are tried for it.
fn share_texts(
    candidates: &mut BTreeMap<Attribute, Vec<Candidate>>,
    to: Attribute,
    from: Attribute,
) {
    if !matches!(to, Attribute::Own(_)) {
        return;
    }
    let texts: Vec<Candidate> = candidates.get(&from).into_iter().flatten().cloned().collect();
    let known = candidates.entry(to).or_default();
    for text in texts {
        if matches!(text, Candidate::Text(_)) && !known.contains(&text) {
            known.push(text);
        }
    }
}

fn values(
    policy: &Policy,
    attribute: Attribute,
    mentioned: &Mentioned,
    moments: &[Timestamp],
) -> Vec<Candidate> {
    let absent = can_be_absent(policy, attribute).then_some(Candidate::Absent);
    let words = |count: usize| (0_u8..).take(count);
    let mut values: Vec<Candidate> = match (attribute, policy.vocabulary.kind(attribute)) {
        (Attribute::Remedy, _) => policy
            .vocabulary
            .remedies
            .iter()
            .map(|remedy| Candidate::Word(remedy.index()))
            .collect(),
        (Attribute::Evidence, Kind::OwnWords(all)) => {
            vec![Candidate::Words(full(all.len())), Candidate::Words(0)]
        }
        (Attribute::Waived, _) => vec![Candidate::Words(0)],
        (_, Kind::Word(all)) => words(all.len()).map(Candidate::Word).collect(),
        (_, Kind::OwnWord(all)) => words(all.len()).map(Candidate::Word).collect(),
        (_, Kind::Words(all)) => sets(all.len()),
        (_, Kind::OwnWords(all)) => sets(all.len()),
        (_, Kind::Flag) => vec![Candidate::Flag(false), Candidate::Flag(true)],
        (_, Kind::Integer) => integers(attribute, mentioned),
        (_, Kind::Text) => texts(attribute, mentioned),
        (_, Kind::Names) => names(attribute),
        (Attribute::PlacedAt, Kind::Moment) => {
            moments.first().map(|first| Candidate::Moment(*first)).into_iter().collect()
        }
        (_, Kind::Moment) => moments.iter().map(|moment| Candidate::Moment(*moment)).collect(),
    };
    // A fact of the policy's own is harmless at its default.
    if let Some(declaration) = policy.vocabulary.declaration(attribute)
        && let Some(crate::facts::OwnFact::Bool(true)) = declaration.default
    {
        values.reverse();
    }
    match attribute {
        // What the dock tells is harmless as long as there was no inspection.
        Attribute::FoundCondition
        | Attribute::FaultFound
        | Attribute::Findings
        | Attribute::FaultyComponents => absent.into_iter().chain(values).collect(),
        _ => values.into_iter().chain(absent).collect(),
    }
}

pub(super) fn can_be_absent(policy: &Policy, attribute: Attribute) -> bool {
    match attribute {
        Attribute::SoldFor
        | Attribute::Platform
        | Attribute::FoundCondition
        | Attribute::FaultFound
        | Attribute::Findings
        | Attribute::FaultyComponents
        | Attribute::SignedAt
        | Attribute::ReceivedAt => true,
        Attribute::Own(_) => {
            policy.vocabulary.declaration(attribute).is_some_and(|own| own.default.is_none())
        }
        _ => false,
    }
}

fn full(words: usize) -> u64 {
    (0_u8..).take(words).fold(0, |set, place| set | bit(place))
}

/// Nothing, each word alone, all together.
fn sets(words: usize) -> Vec<Candidate> {
    let singles = (0_u8..).take(words).map(|place| Candidate::Words(bit(place)));
    [Candidate::Words(0)]
        .into_iter()
        .chain(singles)
        .chain([Candidate::Words(full(words))])
        .collect()
}

fn integers(attribute: Attribute, mentioned: &Mentioned) -> Vec<Candidate> {
    // A quantity is at least 1; a count of the policy's own may be nothing.
    let least = i64::from(!matches!(attribute, Attribute::Own(_)));
    let mut integers: BTreeSet<i64> = [least, 1, 2, 100].into();
    integers.extend(mentioned.integers.get(&attribute).into_iter().flatten().copied());
    integers.into_iter().filter(|integer| *integer >= least).map(Candidate::Integer).collect()
}

fn texts(attribute: Attribute, mentioned: &Mentioned) -> Vec<Candidate> {
    let named = mentioned.texts.get(&attribute).into_iter().flatten().cloned();
    if attribute == Attribute::Country {
        let named: BTreeSet<String> = named.map(|code| code.to_uppercase()).collect();
        let other = ["DE", "US", "CN", "NZ"].into_iter().find(|code| !named.contains(*code));
        let all = other.map(str::to_owned).into_iter().chain(named.iter().cloned());
        return all.filter(|code| Country::parse(code).is_some()).map(Candidate::Text).collect();
    }
    let others = match attribute {
        Attribute::SoldFor | Attribute::Platform => ["Platform A", "Platform B"].as_slice(),
        Attribute::Category => &["transceiver"],
        _ => &["other"],
    };
    others.iter().map(|text| (*text).to_owned()).chain(named).map(Candidate::Text).collect()
}

fn names(attribute: Attribute) -> Vec<Candidate> {
    let names =
        |names: &[&str]| Candidate::Names(names.iter().map(|name| (*name).to_owned()).collect());
    match attribute {
        Attribute::LineComponents => vec![names(&[]), names(&["A", "B"])],
        _ => vec![names(&[]), names(&["A"]), names(&["B"]), names(&["A", "B"])],
    }
}

/// The start, and for each window its last moment and the first one after it.
fn moments(policy: &Policy, windows: &[Window]) -> Vec<Timestamp> {
    let (Some(start), Some(zone)) = (moment(START), Zone::get("UTC")) else { return Vec::new() };
    let calendar: &Calendar = &policy.calendar;
    let view = View::open(&policy.vocabulary, &zone, &policy.zone, calendar);
    let mut moments: BTreeSet<Timestamp> = [start].into();
    let after = |moment: Timestamp, hours: i64| moment.checked_add(Span::new().hours(hours)).ok();
    for window in windows {
        if window.length.unit == Unit::Hours {
            let end = after(start, i64::from(window.length.amount));
            moments.extend(end);
            moments.extend(end.and_then(|end| after(end, 1)));
        } else if let Some(due) = window.length.due(start, window.place, &view) {
            let noon = zone.noon(due.date);
            moments.extend(noon);
            moments.extend(noon.and_then(|noon| after(noon, 24)));
        }
    }
    moments.into_iter().collect()
}
