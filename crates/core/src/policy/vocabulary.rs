//! The words that conditions are made of: every attribute a rule can test, and the words a policy declares for itself.

use crate::facts::Facts;
use crate::words::{Cause, Condition, Finding, Remedy, Voucher, Word};

/// How many facts a policy may declare for itself.
pub const OWN_FACTS_MAX: usize = 90;
/// How many evidence slots, and words of one declared list, there may be.
pub const WORDS_MAX: usize = 64;

macro_rules! attributes {
    ($($(#[$doc:meta])* $name:ident = $index:literal $text:literal $source:ident $curable:literal,)+) => {
        /// Something that a rule can test: a fact, or what the engine reads out of several. The order is the one in which a
        /// decision lists what it needs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Attribute {
            $($(#[$doc])* $name,)+
            /// A fact that the policy declares for itself, by its place in [`Vocabulary::own`].
            Own(u8),
        }

        /// The attributes that the engine knows itself: name in conditions, who can tell it, whether the buyer could have
        /// made it otherwise.
        const BUILT_IN: [(Attribute, &str, Source, bool); BUILT_IN_COUNT] =
            [$((Attribute::$name, $text, Source::$source, $curable),)+];

        impl Attribute {
            /// The place among all attributes: the engine's own first.
            pub(super) fn index(self) -> usize {
                match self {
                    $(Self::$name => $index,)+
                    Self::Own(own) => BUILT_IN_COUNT.saturating_add(usize::from(own)),
                }
            }
        }
    };
}

/// How many attributes the engine knows itself.
pub(super) const BUILT_IN_COUNT: usize = 27;

attributes! {
    /// The effective cause.
    Cause = 0 "cause" Staff false,
    /// The cause that the buyer claims.
    ClaimCause = 1 "claim.cause" Buyer false,
    /// The remedy that the buyer asks for.
    Remedy = 2 "claim.remedy" Buyer true,
    /// The worse of what the buyer says and what inspection found.
    Condition = 3 "condition" Buyer true,
    /// The condition that the buyer says.
    ClaimCondition = 4 "claim.condition" Buyer true,
    /// The condition that inspection found.
    FoundCondition = 5 "inspection.condition" Dock true,
    /// The proof of purchase.
    Voucher = 6 "order.voucher" Staff true,
    /// Whether the line was declared not returnable.
    DeclaredNonReturnable = 7 "line.declared_non_returnable" Staff false,
    /// The platform that the line was sold for.
    SoldFor = 8 "line.sold_for" Staff false,
    /// The platform that the buyer used.
    Platform = 9 "claim.platform" Buyer false,
    /// The product category.
    Category = 10 "line.category" Staff false,
    /// The article number.
    Sku = 11 "line.sku" Staff false,
    /// The country of delivery.
    Country = 12 "order.country" Staff false,
    /// The quantity sold on the line.
    LineQuantity = 13 "line.quantity" Staff false,
    /// The quantity claimed.
    ClaimQuantity = 14 "claim.quantity" Buyer true,
    /// The components of a unit of the line.
    LineComponents = 15 "line.components" Staff false,
    /// The components that are claimed.
    ClaimComponents = 16 "claim.components" Buyer true,
    /// The components that inspection found faulty.
    FaultyComponents = 17 "inspection.faulty_components" Dock false,
    /// The evidence slots that hold something.
    Evidence = 18 "claim.evidence" Buyer true,
    /// The evidence slots that were waived.
    Waived = 19 "claim.waived" Staff false,
    /// Whether inspection found a fault.
    FaultFound = 20 "inspection.fault_found" Dock false,
    /// What inspection found wrong.
    Findings = 21 "inspection.findings" Dock false,
    /// Whether there was an inspection.
    Inspected = 22 "inspection.done" Dock false,
    /// When the order was placed.
    PlacedAt = 23 "order.placed_at" Staff false,
    /// When the delivery was signed for.
    SignedAt = 24 "order.signed_at" Staff false,
    /// When the buyer first reported it.
    ReportedAt = 25 "claim.reported_at" Buyer true,
    /// When the goods were booked in.
    ReceivedAt = 26 "received_at" Dock false,
}

/// What kind of value an attribute has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One word of a closed list.
    Word(Vec<&'static str>),
    /// One word of a list that the policy declares.
    OwnWord(Vec<String>),
    /// Several words of a closed list.
    Words(Vec<&'static str>),
    /// Several words of a list that the policy declares.
    OwnWords(Vec<String>),
    /// Yes or no.
    Flag,
    /// A whole number.
    Integer,
    /// A text.
    Text,
    /// Several names, free text each.
    Names,
    /// A moment.
    Moment,
}

/// Who can tell a fact that is not known: it decides what an undecided rule turns into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The buyer: the decision *needs* it.
    Buyer,
    /// Staff, or the order: a person *reviews* it.
    Staff,
    /// The dock or the inspection: not known yet; a rule that rests on it waits.
    Dock,
}

impl Attribute {
    /// The attributes that the engine knows itself.
    pub(super) fn built_in() -> impl Iterator<Item = Self> {
        BUILT_IN.iter().map(|(attribute, ..)| *attribute)
    }

    fn built_in_kind(self) -> Kind {
        fn all<W: Word>() -> Vec<&'static str> {
            W::ALL.iter().map(|word| word.as_str()).collect()
        }
        match self {
            Self::Cause | Self::ClaimCause => Kind::Word(all::<Cause>()),
            Self::Remedy => Kind::Word(all::<Remedy>()),
            Self::Condition | Self::ClaimCondition | Self::FoundCondition => {
                Kind::Word(all::<Condition>())
            }
            Self::Voucher => Kind::Word(all::<Voucher>()),
            Self::Findings => Kind::Words(all::<Finding>()),
            Self::DeclaredNonReturnable | Self::FaultFound | Self::Inspected => Kind::Flag,
            Self::SoldFor | Self::Platform | Self::Category | Self::Sku | Self::Country => {
                Kind::Text
            }
            Self::LineQuantity | Self::ClaimQuantity => Kind::Integer,
            Self::LineComponents | Self::ClaimComponents | Self::FaultyComponents => Kind::Names,
            Self::PlacedAt | Self::SignedAt | Self::ReportedAt | Self::ReceivedAt => Kind::Moment,
            Self::Evidence | Self::Waived | Self::Own(_) => Kind::OwnWords(Vec::new()),
        }
    }
}

/// A word of the policy's own, with what it is called in each of the policy's languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The word.
    pub id: String,
    /// What people call it, in the order of the policy's languages.
    pub label: Vec<String>,
}

/// A fact that a policy declares for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnDeclaration {
    /// Its name under `facts`.
    pub name: String,
    /// What kind of value it has: one of the policy's own words, a flag, an integer, a text or a moment.
    pub kind: Kind,
    /// Who can tell it.
    pub source: Source,
    /// The value where nobody gave one.
    pub default: Option<crate::facts::OwnFact>,
    /// What people call it, in the order of the policy's languages.
    pub label: Vec<String>,
}

/// The words that one policy knows beside the engine's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vocabulary {
    /// The remedies that a claim may ask for.
    pub remedies: Vec<Remedy>,
    /// The evidence slots, in the order in which they are asked for.
    pub slots: Vec<Slot>,
    /// The facts that the policy declares for itself.
    pub own: Vec<OwnDeclaration>,
}

impl Vocabulary {
    /// The attribute of that name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<Attribute> {
        if let Some(own) = name.strip_prefix("facts.") {
            let place = self.own.iter().position(|declaration| declaration.name == own)?;
            return u8::try_from(place).ok().map(Attribute::Own);
        }
        BUILT_IN.iter().find(|(_, known, ..)| *known == name).map(|(attribute, ..)| *attribute)
    }

    /// The name of an attribute as conditions write it.
    #[must_use]
    pub fn name(&self, attribute: Attribute) -> String {
        match self.declaration(attribute) {
            Some(declaration) => format!("facts.{}", declaration.name),
            None => built_in_row(attribute).map_or_else(String::new, |row| row.1.to_owned()),
        }
    }

    /// The name under which a decision asks for an attribute: its last word.
    #[must_use]
    pub fn need(&self, attribute: Attribute) -> String {
        let name = self.name(attribute);
        name.rsplit('.').next().unwrap_or_default().to_owned()
    }

    /// All names, for finding the one that was meant.
    pub fn names(&self) -> impl Iterator<Item = String> {
        let own = self.own.iter().map(|declaration| format!("facts.{}", declaration.name));
        BUILT_IN.iter().map(|row| row.1.to_owned()).chain(own)
    }

    /// Every attribute.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute> {
        let own = (0..self.own.len()).filter_map(|place| u8::try_from(place).ok());
        Attribute::built_in().chain(own.map(Attribute::Own))
    }

    /// The kind of an attribute.
    #[must_use]
    pub fn kind(&self, attribute: Attribute) -> Kind {
        match attribute {
            Attribute::Evidence | Attribute::Waived => {
                Kind::OwnWords(self.slots.iter().map(|slot| slot.id.clone()).collect())
            }
            Attribute::Own(_) => self
                .declaration(attribute)
                .map_or(Kind::Flag, |declaration| declaration.kind.clone()),
            built_in => built_in.built_in_kind(),
        }
    }

    /// Who can tell an attribute.
    #[must_use]
    pub fn source(&self, attribute: Attribute) -> Source {
        match self.declaration(attribute) {
            Some(declaration) => declaration.source,
            None => built_in_row(attribute).map_or(Source::Staff, |row| row.2),
        }
    }

    /// Whether the buyer could have made it otherwise, so that a refusal can say how.
    #[must_use]
    pub fn is_curable(&self, attribute: Attribute) -> bool {
        match self.declaration(attribute) {
            Some(declaration) => declaration.source == Source::Buyer,
            None => built_in_row(attribute).is_some_and(|row| row.3),
        }
    }

    /// The JSON Pointer to the fact behind an attribute, for these facts.
    #[must_use]
    pub fn pointer(&self, attribute: Attribute, facts: &Facts) -> String {
        let found = facts.inspection.as_ref().and_then(|inspection| inspection.condition);
        match attribute {
            Attribute::Condition if found > Some(facts.claim.condition) => {
                "/inspection/condition".to_owned()
            }
            Attribute::Condition => "/claim/condition".to_owned(),
            Attribute::Cause => "/claim/cause".to_owned(),
            Attribute::Inspected => "/inspection".to_owned(),
            other => format!("/{}", self.name(other).replace('.', "/")),
        }
    }

    /// The declaration of a fact of the policy's own.
    #[must_use]
    pub fn declaration(&self, attribute: Attribute) -> Option<&OwnDeclaration> {
        match attribute {
            Attribute::Own(place) => self.own.get(usize::from(place)),
            _ => None,
        }
    }
}

fn built_in_row(attribute: Attribute) -> Option<&'static (Attribute, &'static str, Source, bool)> {
    BUILT_IN.get(attribute.index())
}
