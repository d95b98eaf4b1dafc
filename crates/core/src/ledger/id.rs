//! The names of things: who chooses them, and which thing of an order a unit is.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The most characters (Unicode code points) that a name may have.
pub const ID_CHARS_MAX: usize = 200;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident,)+) => { $(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes 1 to [`ID_CHARS_MAX`] characters without control characters and without blanks at the ends.
            ///
            /// # Errors
            /// [`MalformedId`].
            pub fn new(text: &str) -> Result<Self, MalformedId> {
                is_well_formed(text).then(|| Self(text.into())).ok_or(MalformedId)
            }

            /// The name as it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = MalformedId;

            fn try_from(text: String) -> Result<Self, MalformedId> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.as_str().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "`{}`", self.0)
            }
        }

        #[cfg(feature = "openapi")]
        crate::openapi::text_schema!($name, 1..=ID_CHARS_MAX, crate::openapi::NAME, "A name without control characters and without blanks at its ends.");
    )+ };
}

ids! {
    /// An order line, as the shop names it.
    LineId,
    /// A component of one unit, such as `PSU-A`; unique on its line.
    Component,
    /// A serial number as it is read off a label; compared exactly.
    Serial,
    /// A captured payment, as the shop or the provider names it.
    PaymentId,
    /// Who took a payment and can pay it back, as the merchant's settings name it.
    ProviderName,
    /// An RMA number; chosen by the caller.
    CaseId,
    /// A parcel; chosen by the caller.
    ParcelId,
    /// A refund; chosen by the caller. Its instructions are counted within it.
    RefundId,
    /// Freight that somebody paid; chosen by the caller.
    FreightId,
    /// A text or a file of a person, kept in an erasable table; events never hold the words (invariant `erasable`).
    TextId,
    /// A member of staff.
    StaffId,
    /// A rule that authorises by itself in a named person's name.
    RuleId,
    /// An evidence slot of the policy, such as `outer_box`.
    Slot,
    /// The key that makes a provider carry out an instruction once, however often it is sent.
    IdempotencyKey,
    /// The hash of the canonical request that goes with the key.
    RequestHash,
    /// What someone else calls a thing: a tracking number, a bank's or a provider's reference. Never a person's words.
    Reference,
}

fn is_well_formed(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && text.chars().count() <= ID_CHARS_MAX
        && !text.chars().any(char::is_control)
}

/// The text is no name: see [`ID_CHARS_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MalformedId;

impl fmt::Display for MalformedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a name has 1 to {ID_CHARS_MAX} characters, none of them a control character, and no blank at its ends"
        )
    }
}

impl std::error::Error for MalformedId {}

/// One unit that was sold, or one component of it.
///
/// The first three fields are its *place* in the order; the generation counts the replacements delivered to that place.
/// The serial is an attribute of the unit, not its name: goods without serials are units too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UnitId {
    /// The order line.
    pub line: LineId,
    /// Which unit of the line, from 1 to its quantity.
    pub number: u32,
    /// The component, or `None` for the whole unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<Component>,
    /// 0 for what was shipped with the order; one more for each replacement.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(maximum = 65535))]
    pub generation: u16,
}

impl UnitId {
    /// The whole unit of that number as it was shipped with the order.
    #[must_use]
    pub const fn whole(line: LineId, number: u32) -> Self {
        Self { line, number, component: None, generation: 0 }
    }

    /// The same place, as of another generation.
    #[must_use]
    pub fn of_generation(&self, generation: u16) -> Self {
        Self { generation, ..self.clone() }
    }

    /// A component of this unit's place, as it was shipped with the order.
    #[must_use]
    pub fn part(&self, component: &Component) -> Self {
        Self { component: Some(component.clone()), generation: 0, ..self.clone() }
    }

    /// Whether both are the same thing or one contains the other, in whatever generation.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let same_unit = self.line == other.line && self.number == other.number;
        let is_within = match (&self.component, &other.component) {
            (Some(mine), Some(theirs)) => mine == theirs,
            _ => true,
        };
        same_unit && is_within
    }

    /// Whether a replacement of the other would replace this one too.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.overlaps(other) && (other.component.is_none() || self.component == other.component)
    }
}

impl fmt::Display for UnitId {
    /// Such as `L1#2`, `L1#2/PSU-A`, or `L1#2~1` for the first replacement.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.line, self.number)?;
        if let Some(component) = &self.component {
            write!(f, "/{component}")?;
        }
        if self.generation > 0 {
            write!(f, "~{}", self.generation)?;
        }
        Ok(())
    }
}

impl fmt::Debug for UnitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One piece of a refund: the refund and the piece's number within it, from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InstructionId {
    /// The refund.
    pub refund: RefundId,
    /// The piece.
    #[cfg_attr(feature = "openapi", schema(maximum = 65535))]
    pub number: u16,
}

impl fmt::Display for InstructionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.refund, self.number)
    }
}

/// Something that arrived and fits no authorised claim: the parcel and the item's number within it, from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ArrivalId {
    /// The parcel it came in.
    pub parcel: ParcelId,
    /// The item.
    #[cfg_attr(feature = "openapi", schema(maximum = 65535))]
    pub number: u16,
}

impl fmt::Display for ArrivalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.parcel, self.number)
    }
}
