//! Conditions: structured, so that the engine can reason about them, and evaluated with *unknown* as a third truth value.
//!
//! A condition that cannot be told yet says which attributes it waits for; `needs` and `review` fall out of that.
//! Every `not` is pushed down to the tests when a policy is read, so that a fact which only the dock can tell simply has not
//! happened yet: a test of it does not hold, negated or not, until it is known.

use super::view::{Seen, View};
use super::vocabulary::{Attribute, Source, Vocabulary};
use super::window::Window;

/// A set of attributes; the engine's own and at most [`super::vocabulary::OWN_FACTS_MAX`] of the policy's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attributes(u128);

impl Attributes {
    /// Stands for what a search has not decided yet; no attribute has this place.
    pub(super) const OPEN: Self = Self(1 << 127);

    /// The set of one.
    #[must_use]
    pub fn of(attribute: Attribute) -> Self {
        Self(u32::try_from(attribute.index()).ok().and_then(|n| 1_u128.checked_shl(n)).unwrap_or(0))
    }

    /// Both sets together.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the two have an attribute in common.
    #[must_use]
    pub fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// What a condition comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It does not hold.
    No,
    /// It holds.
    Yes,
    /// It cannot be told before these are known.
    Unknown(Attributes),
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

/// A condition of a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// Every part holds; with no parts, always.
    All(Vec<Condition>),
    /// At least one part holds; with no parts, never.
    Any(Vec<Condition>),
    /// One attribute passes one test.
    Test(Test),
}

/// One test of one attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Test {
    /// What is tested.
    pub attribute: Attribute,
    /// Whether the test must fail instead.
    pub negated: bool,
    /// How.
    pub op: Op,
}

/// How an attribute is tested.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// It is known.
    Given,
    /// It is one of these words (a bit each, by the word's index).
    OneOf(u64),
    /// It has at least one of these words.
    HasAny(u64),
    /// It has all of these words.
    HasAll(u64),
    /// It is yes.
    IsYes,
    /// It is one of these texts, compared as people read: case and white space aside. Texts are kept normalised.
    TextIn(Vec<String>),
    /// It is one of these paths, or lies below one of them.
    PathIn(Vec<String>),
    /// It reads the same as the other attribute.
    SameAs(Attribute),
    /// It lies between these, both included.
    Between(i64, i64),
    /// It is at most this share, in percent, of the other attribute.
    ShareAtMost(i64, Attribute),
    /// It names nothing.
    IsEmpty,
    /// It names at least one of what the other attribute names.
    Meets(Attribute),
    /// The time from another moment to this one lies within the window.
    Within(Window),
}

impl Condition {
    /// The condition that always holds.
    pub(super) const ALWAYS: Self = Self::All(Vec::new());

    /// The opposite: `not` pushed down to the tests.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::All(parts) => Self::Any(parts.into_iter().map(Self::negated).collect()),
            Self::Any(parts) => Self::All(parts.into_iter().map(Self::negated).collect()),
            Self::Test(test) => Self::Test(Test { negated: !test.negated, ..test }),
        }
    }

    /// What the condition comes to for these facts.
    #[must_use]
    pub fn eval(&self, view: &View<'_>) -> Truth {
        match self {
            Self::Test(test) => test.eval(view),
            Self::All(parts) => fold(parts, view, Truth::No, Truth::Yes),
            Self::Any(parts) => fold(parts, view, Truth::Yes, Truth::No),
        }
    }

    /// Calls `visit` for each test.
    pub fn for_each_test<'c>(&'c self, visit: &mut dyn FnMut(&'c Test)) {
        match self {
            Self::Test(test) => visit(test),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.for_each_test(visit);
                }
            }
        }
    }
}

/// Kleene's *and* (`decisive` is no) and *or* (`decisive` is yes).
fn fold(parts: &[Condition], view: &View<'_>, decisive: Truth, neutral: Truth) -> Truth {
    let mut missing = Attributes::default();
    for part in parts {
        match part.eval(view) {
            Truth::Unknown(more) => missing = missing.with(more),
            truth if truth == decisive => return decisive,
            _ => {}
        }
    }
    if missing.is_empty() { neutral } else { Truth::Unknown(missing) }
}

impl Test {
    /// The attributes that the test reads.
    #[must_use]
    pub fn reads(&self) -> (Attribute, Option<Attribute>) {
        let other = match &self.op {
            Op::SameAs(other) | Op::ShareAtMost(_, other) | Op::Meets(other) => Some(*other),
            Op::Within(window) => Some(window.from),
            _ => None,
        };
        (self.attribute, other)
    }

    fn eval(&self, view: &View<'_>) -> Truth {
        match self.holds(view) {
            Held::Told(holds) => Truth::from(holds != self.negated),
            Held::Open => Truth::Unknown(Attributes::OPEN),
            Held::Absent(attribute) => match view.vocabulary.source(attribute) {
                Source::Dock => Truth::No,
                Source::Buyer | Source::Staff => Truth::Unknown(Attributes::of(attribute)),
            },
        }
    }

    /// Whether the test, not negated, passes.
    fn holds(&self, view: &View<'_>) -> Held {
        let seen = view.get(self.attribute);
        let told = match (&self.op, seen) {
            (_, Seen::Open) => return Held::Open,
            (Op::Given, seen) => !matches!(seen, Seen::Absent),
            (_, Seen::Absent) => return Held::Absent(self.attribute),
            (Op::OneOf(mask), Seen::Word(word)) => mask >> word & 1 == 1,
            (Op::HasAny(mask), Seen::Words(words)) => words & mask != 0,
            (Op::HasAll(mask), Seen::Words(words)) => words & mask == *mask,
            (Op::IsYes, Seen::Flag(flag)) => flag,
            (Op::TextIn(texts), Seen::Text(text)) => {
                let text = normalised(text);
                texts.contains(&text)
            }
            (Op::PathIn(paths), Seen::Text(text)) => {
                let text = normalised(text);
                paths.iter().any(|path| lies_below(&text, path))
            }
            (Op::Between(low, high), Seen::Integer(integer)) => (*low..=*high).contains(&integer),
            (Op::IsEmpty, Seen::Names(names)) => names.is_empty(),
            (Op::IsEmpty, Seen::Words(words)) => words == 0,
            (Op::SameAs(other) | Op::Meets(other) | Op::ShareAtMost(_, other), seen) => {
                return self.compared(seen, *other, view);
            }
            (Op::Within(window), Seen::Moment(to)) => return window.holds(to, view),
            // A test of another kind than its attribute is refused when the policy is read.
            _ => false,
        };
        Held::Told(told)
    }

    fn compared(&self, seen: Seen<'_>, other: Attribute, view: &View<'_>) -> Held {
        Held::Told(match (&self.op, seen, view.get(other)) {
            (_, _, Seen::Open) => return Held::Open,
            (_, _, Seen::Absent) => return Held::Absent(other),
            (Op::SameAs(_), Seen::Text(one), Seen::Text(two)) => normalised(one) == normalised(two),
            (Op::SameAs(_), one, two) => one == two,
            (Op::Meets(_), Seen::Names(one), Seen::Names(two)) => {
                one.iter().any(|name| two.contains(name))
            }
            (Op::ShareAtMost(percent, _), Seen::Integer(part), Seen::Integer(whole)) => {
                i128::from(part).saturating_mul(100)
                    <= i128::from(whole).saturating_mul(i128::from(*percent))
            }
            _ => false,
        })
    }
}

/// What a test, before it is negated, comes to.
pub(super) enum Held {
    Told(bool),
    Absent(Attribute),
    Open,
}

/// A text as people compare it: lower case by Unicode, runs of white space one blank, none at the ends.
#[must_use]
pub fn normalised(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut words = lower.split_whitespace();
    let mut normalised = words.next().unwrap_or_default().to_owned();
    for word in words {
        normalised.push(' ');
        normalised.push_str(word);
    }
    normalised
}

fn lies_below(text: &str, path: &str) -> bool {
    text.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The attributes of these that a source can tell.
pub(super) fn told_by(
    missing: Attributes,
    vocabulary: &Vocabulary,
    source: Source,
) -> Vec<Attribute> {
    if missing.is_empty() {
        return Vec::new();
    }
    vocabulary
        .attributes()
        .filter(|attribute| missing.meets(Attributes::of(*attribute)))
        .filter(|attribute| vocabulary.source(*attribute) == source)
        .collect()
}
