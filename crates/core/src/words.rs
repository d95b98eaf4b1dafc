//! Closed lists of the field's words: each is one enum, one spelling, the same in facts, policies, events and pages.

use std::fmt::Debug;

/// One word of a closed list.
pub trait Word: Copy + Eq + Debug + 'static {
    /// Every word of the list, in its order.
    const ALL: &'static [Self];

    /// The word as it is written in facts, policies and events.
    fn as_str(self) -> &'static str;

    /// The place of the word in [`Word::ALL`]; below 64 for every list.
    fn index(self) -> u8;

    /// The word that is written so, or `None`.
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.as_str() == text)
    }
}

/// A closed list of names, each with one spelling everywhere.
macro_rules! closed_list {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$item_meta:meta])* $item:ident = $text:literal,)+ }) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$item_meta])* #[serde(rename = $text)] $item,)+ }

        impl $name {
            /// Every item, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$item,)+];

            /// The item as it is written everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$item => $text,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        // Derived, it would list the names that the code has for them.
        #[cfg(feature = "openapi")]
        crate::openapi::words_schema!($name, [$($text),+], concat!($($doc),*).trim());
    };
}

/// A closed list short enough for its items to be bits of a mask.
macro_rules! words {
    ($(#[doc = $doc:literal])* $name:ident { $($body:tt)+ }) => {
        closed_list! { $(#[doc = $doc])* $name { $($body)+ } }

        impl Word for $name {
            const ALL: &'static [Self] = Self::ALL;
            fn as_str(self) -> &'static str {
                self.as_str()
            }
            #[expect(clippy::as_conversions, reason = "an enum without fields is its own index")]
            fn index(self) -> u8 {
                self as u8
            }
        }
    };
}

pub(crate) use closed_list;

words! {
    /// Why a unit comes back, as the buyer claims it or as the policy reads it.
    Cause {
        /// It is faulty.
        Quality = "quality",
        /// It does not work with the equipment it was sold for.
        Compatibility = "compatibility",
        /// It arrived damaged.
        Damaged = "damaged",
        /// It is not what was ordered.
        Mismatch = "mismatch",
        /// It never arrived: a short shipment.
        Missing = "missing",
        /// The buyer no longer wants it.
        OwnReasons = "own_reasons",
    }
}

words! {
    /// What the buyer gets. A policy says which of these it knows.
    Remedy {
        /// The money goes back.
        Refund = "refund",
        /// Another unit, or the faulty component of it, is sent.
        Replacement = "replacement",
        /// The same unit is mended and sent back.
        Repair = "repair",
        /// The value is credited to the buyer's account with the merchant.
        Credit = "credit",
    }
}

words! {
    /// How far a unit was used, from best to worst.
    Condition {
        /// Never installed.
        Unused = "unused",
        /// Installed once to see whether it works, and taken out.
        Tried = "tried",
        /// In use.
        Used = "used",
    }
}

words! {
    /// The proof of purchase.
    Voucher {
        /// The order on file is the voucher.
        OnFile = "on_file",
        /// The buyer presents a document, which a person compares with the order.
        Presented = "presented",
        /// There is none.
        Absent = "absent",
        /// It is forged or altered.
        Forged = "forged",
    }
}

words! {
    /// What an inspection may find wrong with a unit, beside whether it has a fault.
    Finding {
        /// Repaired by someone who was not authorised.
        UnauthorisedRepair = "unauthorised_repair",
        /// Altered.
        Alteration = "alteration",
        /// Marks of a collision.
        Collision = "collision",
        /// Misused.
        Misuse = "misuse",
        /// Abused.
        Abuse = "abuse",
        /// Liquid got in.
        Liquid = "liquid",
        /// Installed wrongly.
        ImproperInstallation = "improper_installation",
        /// The fault comes from not following the instructions.
        InstructionsNotFollowed = "instructions_not_followed",
        /// A label is torn.
        LabelTorn = "label_torn",
        /// A label is altered.
        LabelAltered = "label_altered",
        /// The serial number is altered.
        SerialAltered = "serial_altered",
        /// The serial number is not the one that was shipped.
        SerialMismatch = "serial_mismatch",
        /// The waterproof mark is torn or altered.
        WaterproofMark = "waterproof_mark",
        /// The orientation mark is torn or altered.
        OrientationMark = "orientation_mark",
        /// The original packaging is missing.
        PackagingMissing = "packaging_missing",
        /// An accessory is missing.
        AccessoryMissing = "accessory_missing",
        /// A gift is missing.
        GiftMissing = "gift_missing",
        /// A manual is missing.
        ManualMissing = "manual_missing",
        /// The appearance is damaged by hand.
        AppearanceDamaged = "appearance_damaged",
    }
}

words! {
    /// What a decision comes to.
    Verdict {
        /// The claim is accepted; the goods may come.
        Accepted = "accepted",
        /// The claim is refused, with its grounds.
        Declined = "declined",
        /// Something is missing; the decision lists it.
        Needs = "needs",
        /// A person must answer a question first.
        Review = "review",
    }
}

words! {
    /// Who bears a cost.
    Payer {
        /// The merchant.
        Merchant = "merchant",
        /// The buyer.
        Buyer = "buyer",
        /// Each of them half.
        Shared = "shared",
    }
}
