//! What the engine sees of a set of facts: one value an attribute, cheap to look at.
//!
//! A search for examples uses the same view with attributes left open, so that deciding and reasoning share one evaluation.

use jiff::Timestamp;

use super::vocabulary::{Attribute, BUILT_IN_COUNT, Kind, OwnDeclaration, Vocabulary};
use crate::calendar::Calendar;
use crate::facts::{Facts, OwnFact, Zone, moment};
use crate::words::Word;

/// What is seen of one attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<'a> {
    /// A search has not decided it.
    Open,
    /// Nobody knows it.
    Absent,
    /// A word, by its index in the attribute's list.
    Word(u8),
    /// Words, a bit each.
    Words(u64),
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(&'a str),
    /// Names.
    Names(&'a [String]),
    /// A moment.
    Moment(Timestamp),
}

/// The facts as the engine sees them.
#[derive(Clone, Debug)]
pub struct View<'a> {
    seen: [Seen<'a>; BUILT_IN_COUNT],
    own: Vec<Seen<'a>>,
    /// The words of the policy.
    pub vocabulary: &'a Vocabulary,
    /// The time zone of the delivery address.
    pub order_zone: &'a Zone,
    /// The merchant's time zone.
    pub merchant_zone: &'a Zone,
    /// The merchant's working days.
    pub calendar: &'a Calendar,
}

impl<'a> View<'a> {
    /// A view in which everything is open.
    pub(super) fn open(
        vocabulary: &'a Vocabulary,
        order_zone: &'a Zone,
        merchant_zone: &'a Zone,
        calendar: &'a Calendar,
    ) -> Self {
        let own = vec![Seen::Open; vocabulary.own.len()];
        Self {
            seen: [Seen::Open; BUILT_IN_COUNT],
            own,
            vocabulary,
            order_zone,
            merchant_zone,
            calendar,
        }
    }

    /// The view of these facts.
    pub(super) fn of(
        facts: &'a Facts,
        vocabulary: &'a Vocabulary,
        merchant_zone: &'a Zone,
        calendar: &'a Calendar,
    ) -> Self {
        let (order, line, claim) = (&facts.order, &facts.line, &facts.claim);
        let mut view = Self::open(vocabulary, &order.time_zone, merchant_zone, calendar);
        let inspection = facts.inspection.as_ref();
        let found_condition = inspection.and_then(|inspection| inspection.condition);
        let worse = found_condition.map_or(claim.condition, |found| found.max(claim.condition));
        let word = |index: u8| Seen::Word(index);
        for (attribute, seen) in [
            (Attribute::Cause, word(claim.cause.index())),
            (Attribute::ClaimCause, word(claim.cause.index())),
            (Attribute::Remedy, word(claim.remedy.index())),
            (Attribute::Condition, word(worse.index())),
            (Attribute::ClaimCondition, word(claim.condition.index())),
            (Attribute::FoundCondition, found_condition.map_or(Seen::Absent, |c| word(c.index()))),
            (Attribute::Voucher, word(order.voucher.index())),
            (Attribute::DeclaredNonReturnable, Seen::Flag(line.declared_non_returnable)),
            (Attribute::SoldFor, text(line.sold_for.as_deref())),
            (Attribute::Platform, text(claim.platform.as_deref())),
            (Attribute::Category, Seen::Text(&line.category)),
            (Attribute::Sku, Seen::Text(&line.sku)),
            (Attribute::Country, Seen::Text(order.country.as_str())),
            (Attribute::LineQuantity, Seen::Integer(line.quantity)),
            (Attribute::ClaimQuantity, Seen::Integer(claim.quantity)),
            (Attribute::LineComponents, Seen::Names(&line.components)),
            (Attribute::ClaimComponents, Seen::Names(&claim.components)),
            (
                Attribute::FaultyComponents,
                inspection
                    .and_then(|inspection| inspection.faulty_components.as_deref())
                    .map_or(Seen::Absent, Seen::Names),
            ),
            (Attribute::Evidence, Seen::Words(slots(&claim.evidence, vocabulary))),
            (Attribute::Waived, Seen::Words(slots(&claim.waived, vocabulary))),
            (
                Attribute::FaultFound,
                inspection
                    .and_then(|inspection| inspection.fault_found)
                    .map_or(Seen::Absent, Seen::Flag),
            ),
            (
                Attribute::Findings,
                inspection.map_or(Seen::Absent, |inspection| {
                    Seen::Words(inspection.findings.iter().fold(0, |bits, f| bits | bit(f.index())))
                }),
            ),
            (Attribute::Inspected, Seen::Flag(inspection.is_some())),
            (Attribute::PlacedAt, Seen::Moment(order.placed_at)),
            (Attribute::SignedAt, order.signed_at.map_or(Seen::Absent, Seen::Moment)),
            (Attribute::ReportedAt, Seen::Moment(claim.reported_at)),
            (Attribute::ReceivedAt, facts.received_at.map_or(Seen::Absent, Seen::Moment)),
        ] {
            view.set(attribute, seen);
        }
        for (seen, declaration) in view.own.iter_mut().zip(&vocabulary.own) {
            let given = facts.facts.get(&declaration.name).or(declaration.default.as_ref());
            *seen = given.map_or(Seen::Absent, |given| own_seen(given, declaration));
        }
        view
    }

    /// What is seen of an attribute.
    #[must_use]
    pub fn get(&self, attribute: Attribute) -> Seen<'a> {
        let seen = match attribute {
            Attribute::Own(place) => self.own.get(usize::from(place)),
            built_in => self.seen.get(built_in.index()),
        };
        seen.copied().unwrap_or(Seen::Absent)
    }

    /// Sets what is seen of an attribute.
    pub(super) fn set(&mut self, attribute: Attribute, seen: Seen<'a>) {
        let place = match attribute {
            Attribute::Own(place) => self.own.get_mut(usize::from(place)),
            built_in => self.seen.get_mut(built_in.index()),
        };
        if let Some(place) = place {
            *place = seen;
        }
    }
}

fn text(text: Option<&str>) -> Seen<'_> {
    text.map_or(Seen::Absent, Seen::Text)
}

/// The bit of a word; lists have at most [`super::vocabulary::WORDS_MAX`] words.
pub(super) fn bit(index: u8) -> u64 {
    1_u64.checked_shl(u32::from(index)).unwrap_or(0)
}

fn slots(given: &[String], vocabulary: &Vocabulary) -> u64 {
    let places = vocabulary.slots.iter().zip(0_u8..);
    places
        .filter(|(slot, _)| given.contains(&slot.id))
        .fold(0, |bits, (_, place)| bits | bit(place))
}

/// A fact of the policy's own; one that is stored with another type than declared is not known.
fn own_seen<'a>(fact: &'a OwnFact, declaration: &OwnDeclaration) -> Seen<'a> {
    let place = |word: &String, words: &[String]| {
        words.iter().position(|known| known == word).and_then(|place| u8::try_from(place).ok())
    };
    match (&declaration.kind, fact) {
        (Kind::Flag, OwnFact::Bool(flag)) => Seen::Flag(*flag),
        (Kind::Integer, OwnFact::Integer(integer)) => Seen::Integer(*integer),
        (Kind::Text, OwnFact::Text(text)) => Seen::Text(text),
        (Kind::Moment, OwnFact::Text(text)) => moment(text).map_or(Seen::Absent, Seen::Moment),
        (Kind::OwnWord(words), OwnFact::Text(word)) => {
            place(word, words).map_or(Seen::Absent, Seen::Word)
        }
        (Kind::OwnWords(words), OwnFact::Words(given)) => Seen::Words(
            given.iter().filter_map(|word| place(word, words)).fold(0, |bits, p| bits | bit(p)),
        ),
        (Kind::Names, OwnFact::Words(names)) => Seen::Names(names),
        _ => Seen::Absent,
    }
}
