//! Goods: where each unit is, what was sent in its stead, and what arrived without belonging anywhere.

use serde::{Deserialize, Serialize};

use super::id::{CaseId, Component, LineId, Serial, TextId, UnitId};
use crate::words::{Finding, closed_list};

/// A picture of what an inspection found. The file lies elsewhere; here is its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FindingPicture {
    /// The finding that it shows; nothing where it shows the unit as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
    /// The file.
    pub file: TextId,
}

closed_list! {
    /// Where a unit is.
    Goods {
        /// With the buyer; so is every unit of which nothing is recorded.
        WithBuyer = "with_buyer",
        /// Announced, on its way to the merchant.
        OnItsWay = "on_its_way",
        /// Booked in at the dock.
        Received = "received",
        /// Inspected.
        Inspected = "inspected",
        /// Back in stock.
        Restocked = "restocked",
        /// Scrapped.
        Scrapped = "scrapped",
        /// Mended.
        Repaired = "repaired",
        /// Sent on to the supplier.
        ToSupplier = "to_supplier",
        /// Sent back to the buyer.
        SentBack = "sent_back",
    }
}

impl Goods {
    /// Whether the buyer has the unit, or it is between the buyer and the dock.
    #[must_use]
    pub const fn is_away(self) -> bool {
        matches!(self, Self::WithBuyer | Self::OnItsWay | Self::SentBack)
    }

    /// Whether the unit is at the dock and nothing has been done with it.
    #[must_use]
    pub const fn is_at_hand(self) -> bool {
        matches!(self, Self::Received | Self::Inspected)
    }
}

closed_list! {
    /// What is done with a unit that came back.
    Disposal {
        /// It goes back into stock.
        Restock = "restock",
        /// It is scrapped.
        Scrap = "scrap",
        /// It is mended.
        Repair = "repair",
        /// It goes on to the supplier.
        Supplier = "supplier",
    }
}

closed_list! {
    /// How far a replacement has come.
    ReplacementStep {
        /// Set aside.
        Allocated = "allocated",
        /// On its way to the buyer.
        Shipped = "shipped",
        /// With the buyer: a unit of the order in its own right.
        Delivered = "delivered",
        /// Not sent after all, or lost.
        Cancelled = "cancelled",
    }
}

/// A unit that takes the place of a returned one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replacement {
    /// The case in which it was granted.
    pub case: CaseId,
    /// The unit whose place it takes.
    pub replaces: UnitId,
    /// Its serial, where such goods have one.
    pub serial: Option<Serial>,
    /// How far it has come.
    pub step: ReplacementStep,
}

/// Something that arrived and fits no authorised claim. It is held apart from all stock, until it is matched or sent back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arrival {
    /// What it is.
    pub item: ArrivedItem,
    /// Why it is held.
    pub why: HeldReason,
    /// What became of it.
    pub state: ArrivalState,
}

/// What a held arrival is, as far as the dock could tell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ArrivedItem {
    /// Goods with that serial.
    Serial {
        /// The serial.
        serial: Serial,
    },
    /// One piece of goods without serials.
    Counted {
        /// The line.
        line: LineId,
        /// The component, or `None` for a whole unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        component: Option<Component>,
    },
    /// Goods that nobody could name; described in an erasable text.
    Unidentified {
        /// The description.
        text: TextId,
    },
}

closed_list! {
    /// Why an arrival is held.
    HeldReason {
        /// The order knows no such serial.
        UnknownSerial = "unknown_serial",
        /// The unit is here already, or has had its remedy.
        AlreadyReturned = "already_returned",
        /// No authorised claim awaits it.
        NotAuthorised = "not_authorised",
        /// More came than was awaited.
        OverDelivery = "over_delivery",
        /// Nobody could name it.
        Unidentified = "unidentified",
    }
}

closed_list! {
    /// What became of a held arrival.
    ArrivalState {
        /// It is held.
        Held = "held",
        /// It was matched to a claim, and received for it.
        Matched = "matched",
        /// It was sent back.
        SentBack = "sent_back",
    }
}
