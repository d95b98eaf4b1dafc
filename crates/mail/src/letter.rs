//! What is told to a buyer: a closed list, each with what it is made of.

use backhaul_core::decision::ClauseId;
use backhaul_core::money::Money;
use backhaul_core::words::{Cause, Finding, Payer, Verdict};
use backhaul_language::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::Attachment;

/// To whom a letter goes, and about what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The language to write in.
    pub language: Language,
    /// The merchant, as buyers know it.
    pub merchant: String,
    /// How the buyer is called, where that is known.
    pub buyer: Option<String>,
    /// The number of the order, where it is about one.
    pub order: Option<String>,
    /// The case number, where it is about one.
    pub case: Option<String>,
    /// Where to look, where the desk is reached from outside.
    pub link: Option<String>,
    /// Whether somebody reads what is replied.
    pub is_read: bool,
}

/// A unit with a serial, or so many alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// What it is, as the order names it.
    pub article: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// How many they are.
    pub pieces: u32,
}

/// A clause of the policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Its id.
    pub id: ClauseId,
    /// What it says, in the nearest of the policy's languages.
    pub words: String,
}

/// Something that a claim still needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// A picture for a slot of the policy.
    Evidence(String),
    /// The equipment in which the unit is used.
    Platform,
    /// What else the policy asks for, by its name.
    Other(String),
}

/// How the goods come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// The last day to send.
    pub send_by: Date,
    /// Where to: lines of an address.
    pub address: Vec<String>,
    /// Who pays, where the policy says so.
    pub freight: Option<Payer>,
    /// The slip and the instructions, where they could be made.
    pub papers: Vec<Attachment>,
}

/// How far the inspection differs from the claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differs {
    /// What was found beside a fault.
    pub findings: Vec<Finding>,
    /// Whether no fault was found.
    pub is_faultless: bool,
    /// What the policy says now.
    pub verdict: Verdict,
    /// The cause as it is read now, where it is another.
    pub cause: Option<Cause>,
    /// What that rests on.
    pub clauses: Vec<Clause>,
}

macro_rules! letters {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal { $($(#[doc = $field_doc:literal])* $field:ident: $type:ty,)* })+) => {
        /// What is told.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Letter { $($(#[doc = $doc])* $name { $($(#[doc = $field_doc])* $field: $type,)* },)+ }

        /// The kinds of letters.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LetterKind { $($(#[doc = $doc])* $name,)+ }

        impl Letter {
            /// Which kind it is.
            #[must_use]
            pub const fn kind(&self) -> LetterKind {
                match self { $(Self::$name { .. } => LetterKind::$name,)+ }
            }
        }

        impl LetterKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The kind as it is written everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The kind that is written so.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
            }
        }
    };
}

letters! {
    /// The code by which a buyer signs in.
    SignInCode = "sign_in_code" {
        /// The code.
        code: String,
        /// How long it is good, from when it was made.
        minutes: i64,
    }
    /// A case came in.
    CaseReceived = "case_received" {
        /// What is claimed.
        units: Vec<Unit>,
        /// What it still needs.
        needs: Vec<Need>,
    }
    /// A claim still needs something.
    EvidenceMissing = "evidence_missing" {
        /// What it needs.
        needs: Vec<Need>,
    }
    /// The goods may come.
    Authorised = "authorised" {
        /// Which.
        units: Vec<Unit>,
        /// How they come; nothing where nothing has to come back.
        parcel: Option<Parcel>,
        /// What staff wrote to it.
        instructions: Option<String>,
        /// From when and until when the refund leaves, where its clock runs already.
        refund: Option<(Date, Date)>,
    }
    /// A claim was declined.
    Declined = "declined" {
        /// Which.
        units: Vec<Unit>,
        /// The reason.
        clauses: Vec<Clause>,
        /// What would have made it different.
        otherwise: Vec<String>,
        /// What staff wrote to it.
        words: Option<String>,
    }
    /// The goods arrived at the dock.
    Received = "received" {
        /// Which.
        units: Vec<Unit>,
        /// From when and until when the refund leaves, where there is one.
        refund: Option<(Date, Date)>,
    }
    /// The inspection found something else than was claimed.
    InspectionDiffers = "inspection_differs" {
        /// Of which.
        units: Vec<Unit>,
        /// How far.
        differs: Differs,
    }
    /// A refund left.
    RefundSent = "refund_sent" {
        /// How much.
        amount: Money,
        /// Whether it goes by bank transfer.
        by_bank: bool,
    }
    /// A refund was paid.
    RefundSettled = "refund_settled" {
        /// How much.
        amount: Money,
    }
    /// Something may be deducted from a refund.
    Deduction = "deduction" {
        /// At most how much.
        amount: Money,
        /// Why.
        clause: Clause,
        /// What staff wrote to it.
        words: Option<String>,
    }
    /// A replacement left.
    ReplacementShipped = "replacement_shipped" {
        /// What is on its way.
        units: Vec<Unit>,
        /// The carrier's number of the parcel.
        tracking: Option<String>,
    }
    /// Goods went back to the buyer.
    SentBack = "sent_back" {
        /// Which.
        units: Vec<Unit>,
        /// The carrier's number of the parcel.
        tracking: Option<String>,
    }
    /// A message from the desk.
    DeskMessage = "desk_message" {
        /// What staff wrote.
        words: String,
    }
    /// Claims were taken back.
    Cancelled = "cancelled" {
        /// Which.
        units: Vec<Unit>,
    }
    /// Nothing arrived in time.
    Expired = "expired" {
        /// Of which.
        units: Vec<Unit>,
    }
    /// The answer to an objection.
    ContestAnswered = "contest_answered" {
        /// Whether the buyer was right.
        upheld: bool,
        /// What staff wrote.
        words: Option<String>,
    }
    /// The receipt of a withdrawal.
    WithdrawalReceipt = "withdrawal_receipt" {
        /// When the declaration came in.
        received_at: Timestamp,
        /// The zone in which the buyer reads that.
        zone: TimeZone,
        /// What it is about; nothing for the whole order.
        units: Vec<Unit>,
        /// The receipt.
        papers: Vec<Attachment>,
    }
}
