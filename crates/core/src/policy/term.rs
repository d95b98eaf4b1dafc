//! Terms beside the verdict: fees, deadlines, labels, warranties, instructions, … Each kind has a closed list of what it can say, and
//! this table is the one place that lists them: reading, checking and explaining follow it.

use std::collections::BTreeMap;

use super::rule::Texts;

/// What a term may say under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// One word of this list.
    Word(&'static [&'static str]),
    /// A name that the policy chooses.
    Name,
    /// Several names that the policy chooses.
    Names,
    /// A share in percent, 0 to 100.
    Percent,
    /// An amount in minor units of the currency named beside it, not negative.
    Minor,
    /// An ISO 4217 currency.
    Currency,
    /// Yes or no.
    Flag,
    /// A span such as `30 days`.
    Length,
    /// A moment among the attributes.
    Moment,
    /// A text in each language.
    Texts,
}

/// A kind of term.
#[derive(Debug)]
pub struct TermKind {
    /// Its key in a rule, and its name in decisions.
    pub name: &'static str,
    /// What it is, for help and documentation.
    pub about: &'static str,
    /// The key of a value given alone, as in `label = "prepaid"`.
    pub short: Option<&'static str>,
    /// What it may say.
    pub says: &'static [(&'static str, Says)],
    /// The names that must be said.
    pub required: &'static [&'static str],
    /// The name that tells two terms of this kind apart; without one, a claim has at most one term of this kind.
    pub by: Option<&'static str>,
    /// What holds unless a policy says otherwise; a decision does not list it.
    pub usual: Option<&'static str>,
}

const PAYERS: Says = Says::Word(&["merchant", "buyer", "shared"]);

/// Every kind of term.
pub const TERM_KINDS: &[TermKind] = &[
    TermKind {
        name: "fee",
        about: "what is kept back from the refund, or charged",
        short: None,
        says: &[
            ("name", Says::Name),
            ("percent", Says::Percent),
            ("at_least_percent", Says::Percent),
            ("up_to_percent", Says::Percent),
            ("amount_minor", Says::Minor),
            ("up_to_minor", Says::Minor),
            ("currency", Says::Currency),
            (
                "of",
                Says::Word(&[
                    "price",
                    "list_price",
                    "shipping",
                    "payment_costs",
                    "handling",
                    "delivery",
                ]),
            ),
            ("per", Says::Word(&["order", "line", "unit", "parcel", "return"])),
            ("set_by", Says::Name),
        ],
        required: &["name"],
        by: Some("name"),
        usual: None,
    },
    TermKind {
        name: "waive",
        about: "fees that are not taken",
        short: Some("fees"),
        says: &[("fees", Says::Names)],
        required: &["fees"],
        by: None,
        usual: None,
    },
    TermKind {
        name: "original_freight",
        about: "who bears the freight of the first delivery once the goods are back",
        short: Some("payer"),
        says: &[("payer", PAYERS)],
        required: &["payer"],
        by: None,
        usual: None,
    },
    TermKind {
        name: "duties",
        about: "who pays customs duties and taxes of the return",
        short: Some("payer"),
        says: &[("payer", PAYERS)],
        required: &["payer"],
        by: None,
        usual: None,
    },
    TermKind {
        name: "steps",
        about: "what comes first",
        short: Some("order"),
        says: &[(
            "order",
            Says::Word(&["goods_first", "replacement_first", "refund_first", "no_return"]),
        )],
        required: &["order"],
        by: None,
        usual: Some("goods_first"),
    },
    TermKind {
        name: "path",
        about: "the way a refund goes",
        short: Some("to"),
        says: &[("to", Says::Word(&["original", "credit", "bank"]))],
        required: &["to"],
        by: None,
        usual: Some("original"),
    },
    TermKind {
        name: "approve",
        about: "who authorises the return",
        short: Some("by"),
        says: &[("by", Says::Word(&["staff", "automatic"]))],
        required: &["by"],
        by: None,
        usual: Some("staff"),
    },
    TermKind {
        name: "chooser",
        about: "who chooses among the remedies",
        short: Some("who"),
        says: &[("who", Says::Word(&["buyer", "merchant"]))],
        required: &["who"],
        by: None,
        usual: Some("buyer"),
    },
    TermKind {
        name: "label",
        about: "the shipping label of the return",
        short: Some("kind"),
        says: &[("kind", Says::Word(&["prepaid", "collection", "own"])), ("text", Says::Texts)],
        required: &["kind"],
        by: None,
        usual: None,
    },
    TermKind {
        name: "warranty",
        about: "how long a fault is made good, and from when",
        short: None,
        says: &[
            ("name", Says::Name),
            ("length", Says::Length),
            ("lifetime", Says::Flag),
            ("from", Says::Moment),
            ("from_or_else", Says::Moment),
            ("plus_remainder", Says::Flag),
            ("transferable", Says::Flag),
            ("void", Says::Flag),
            ("set_by", Says::Word(&["merchant", "manufacturer"])),
        ],
        required: &[],
        by: Some("name"),
        usual: None,
    },
    TermKind {
        name: "supply",
        about: "what is sent as a replacement",
        short: Some("with"),
        says: &[
            (
                "with",
                Says::Word(&[
                    "same_part",
                    "same_version",
                    "equal",
                    "refurbished",
                    "new",
                    "similar",
                    "part",
                ]),
            ),
            ("or_else", Says::Word(&["similar", "credit", "refund", "equal"])),
            ("returned_unit_is", Says::Word(&["merchants", "buyers"])),
            ("text", Says::Texts),
        ],
        required: &["with"],
        by: None,
        usual: None,
    },
    TermKind {
        name: "goods",
        about: "what happens to goods that are not taken",
        short: Some("are"),
        says: &[
            ("are", Says::Word(&["sent_back", "quarantined", "discarded", "kept", "not_returned"])),
            ("at_cost_of", PAYERS),
            ("discarded_after", Says::Length),
        ],
        required: &["are"],
        by: None,
        usual: None,
    },
    TermKind {
        name: "redirect",
        about: "who handles the return instead",
        short: Some("to"),
        says: &[
            ("to", Says::Word(&["manufacturer", "distributor", "reseller", "carrier", "support"])),
            ("text", Says::Texts),
        ],
        required: &["to"],
        by: None,
        usual: None,
    },
    TermKind {
        name: "instruct",
        about: "what the buyer is told to do",
        short: None,
        says: &[("name", Says::Name), ("text", Says::Texts)],
        required: &["name", "text"],
        by: Some("name"),
        usual: None,
    },
    TermKind {
        name: "document",
        about: "a document that is issued or asked for",
        short: Some("name"),
        says: &[("name", Says::Name), ("text", Says::Texts)],
        required: &["name"],
        by: Some("name"),
        usual: None,
    },
    TermKind {
        name: "notify",
        about: "what the buyer is told, and when",
        short: None,
        says: &[("name", Says::Name), ("after", Says::Length), ("from", Says::Moment)],
        required: &["name"],
        by: Some("name"),
        usual: None,
    },
    TermKind {
        name: "service",
        about: "a service that is open beside the remedies, and who pays it",
        short: None,
        says: &[("name", Says::Name), ("payer", PAYERS), ("text", Says::Texts)],
        required: &["name"],
        by: Some("name"),
        usual: None,
    },
    TermKind {
        name: "penalty",
        about: "what follows for the buyer beyond this claim",
        short: None,
        says: &[("name", Says::Name), ("text", Says::Texts), ("warranty", Says::Length)],
        required: &["name", "text"],
        by: Some("name"),
        usual: None,
    },
];

/// A value of a term, in every language.
#[derive(Clone, Debug, PartialEq)]
pub enum SaidValue {
    /// A word, a name, a currency, a span or the name of a moment.
    Text(String),
    /// Names.
    Names(Vec<String>),
    /// A share or an amount.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// A text in each language.
    Texts(Texts),
}

/// A term as a rule lays it down.
#[derive(Clone, Debug, PartialEq)]
pub struct TermRule {
    /// Its kind, by its place in [`TERM_KINDS`].
    pub kind: &'static str,
    /// What it says.
    pub says: BTreeMap<&'static str, SaidValue>,
}

impl TermRule {
    /// The kind.
    #[must_use]
    pub fn kind(&self) -> Option<&'static TermKind> {
        TERM_KINDS.iter().find(|kind| kind.name == self.kind)
    }

    /// What tells it apart from other terms: its kind, and its name where the kind has names.
    #[must_use]
    pub fn matter(&self) -> String {
        let by = self.kind().and_then(|kind| kind.by).and_then(|by| self.says.get(by));
        match by {
            Some(SaidValue::Text(name)) => format!("{} {name}", self.kind),
            _ => self.kind.to_owned(),
        }
    }

    /// Whether it says only what holds anyway.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        let Some(kind) = self.kind() else { return false };
        let (Some(usual), Some(short)) = (kind.usual, kind.short) else { return false };
        matches!(self.says.get(short), Some(SaidValue::Text(text)) if text == usual)
    }
}
