//! Commands about goods.

use serde::{Deserialize, Serialize};

use crate::ledger::goods::{Disposal, FindingPicture};
use crate::ledger::id::{
    ArrivalId, CaseId, Component, LineId, ParcelId, Reference, Serial, TextId, UnitId,
};
use crate::words::{Condition, Finding};

/// Announce a parcel. A unit that is announced twice is awaited in the later one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnnounceParcel {
    /// The case.
    pub case: CaseId,
    /// The parcel.
    pub parcel: ParcelId,
    /// What is in it; every claim authorised.
    pub units: Vec<UnitId>,
    /// The carrier's number.
    #[serde(default)]
    pub tracking: Option<Reference>,
}

/// Book a parcel in, announced or not. Each parcel is booked in once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReceiveParcel {
    /// The parcel.
    pub parcel: ParcelId,
    /// The case whose number was on it, where one was.
    #[serde(default)]
    pub case: Option<CaseId>,
    /// What was in it.
    pub items: Vec<Item>,
}

/// Something in a parcel.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Item {
    /// Goods whose serial was scanned.
    Serial {
        /// The serial.
        serial: Serial,
    },
    /// Goods without serials, counted.
    Counted {
        /// The line.
        line: LineId,
        /// The component, or `None` for whole units.
        #[serde(default)]
        component: Option<Component>,
        /// How many; at least 1.
        count: u32,
    },
    /// Goods that nobody could name.
    Unidentified {
        /// Their description.
        text: TextId,
    },
}

/// Match a held arrival to an authorised claim, in a named person's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MatchArrival {
    /// The arrival.
    pub arrival: ArrivalId,
    /// The case.
    pub case: CaseId,
    /// The unit that it is.
    pub unit: UnitId,
}

/// Send a held arrival back to where it came from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendBackArrival {
    /// The arrival.
    pub arrival: ArrivalId,
}

/// Record what an inspection found. The claim is decided again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InspectUnit {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// How far it was used.
    #[serde(default)]
    pub condition: Option<Condition>,
    /// Whether it has a fault; `None` where that is not known.
    #[serde(default)]
    pub fault_found: Option<bool>,
    /// What is wrong with it beside.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Which components are faulty; an empty list says that none is.
    #[serde(default)]
    pub faulty_components: Option<Vec<Component>>,
    /// The report.
    #[serde(default)]
    pub report: Option<TextId>,
    /// Pictures of what was found.
    #[serde(default)]
    pub pictures: Vec<FindingPicture>,
}

/// Do something with a unit that came back; once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DisposeUnit {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// What.
    pub disposal: Disposal,
    /// Why; needed to scrap rejected goods, which are the buyer's.
    #[serde(default)]
    pub reason: Option<TextId>,
}

/// Send a declined or mended unit back to the buyer.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SendBackUnit {
    /// The case.
    pub case: CaseId,
    /// The unit.
    pub unit: UnitId,
    /// The carrier's number.
    #[serde(default)]
    pub tracking: Option<Reference>,
}

/// Set a unit or a component aside that takes the place of a returned one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AllocateReplacement {
    /// The case.
    pub case: CaseId,
    /// The unit whose place it takes.
    pub unit: UnitId,
    /// Its serial; needed where the returned one had one.
    #[serde(default)]
    pub serial: Option<Serial>,
}

/// Record that a replacement left.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ShipReplacement {
    /// The case.
    pub case: CaseId,
    /// The unit whose place it takes.
    pub unit: UnitId,
    /// The carrier's number.
    #[serde(default)]
    pub tracking: Option<Reference>,
}

/// Record that a replacement arrived.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeliverReplacement {
    /// The case.
    pub case: CaseId,
    /// The unit whose place it takes.
    pub unit: UnitId,
}

/// Do not send a replacement after all, or give a lost one up, in a named person's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CancelReplacement {
    /// The case.
    pub case: CaseId,
    /// The unit whose place it was to take.
    pub unit: UnitId,
    /// Why.
    pub reason: TextId,
}
