//! Facts of every kind that is well-formed, as proptest strategies.
//!
//! Not uniform: days, moments and texts crowd where a rule changes its mind.

use jiff::civil::{Date, DateTime, Time, date, time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::{Value, json};

/// Zones at both ends of the day, with half hours, and with clocks that change at midnight or by half an hour.
const ZONES: [&str; 19] = [
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "Asia/Shanghai",
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Sao_Paulo",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Pacific/Chatham",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Calcutta",
    "Asia/Beirut",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Etc/GMT+12",
];

/// Days of sign-off whose week has a change of the clock somewhere, a leap day or a year's end.
const EVENTFUL_DAYS: [Date; 14] = [
    date(2025, 3, 2),
    date(2025, 3, 30),
    date(2025, 9, 6),
    date(2025, 10, 26),
    date(2025, 12, 25),
    date(2026, 3, 8),
    date(2026, 3, 22),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 12, 28),
    date(2027, 12, 31),
    date(2028, 2, 25),
];

/// Days of receipt from which the tenth working day lies beyond a holiday or a year's end.
const DAYS_BEFORE_HOLIDAYS: [Date; 10] = [
    date(2025, 1, 14),
    date(2025, 9, 17),
    date(2025, 12, 17),
    date(2026, 2, 2),
    date(2026, 4, 22),
    date(2026, 9, 14),
    date(2026, 12, 14),
    date(2027, 1, 25),
    date(2027, 9, 20),
    date(2027, 12, 15),
];

const EDGES_OF_A_DAY: [Time; 7] = [
    Time::MIN,
    Time::MAX,
    time(0, 0, 0, 1),
    time(23, 59, 59, 0),
    time(0, 30, 0, 0),
    time(2, 30, 0, 0),
    time(12, 0, 0, 0),
];

const PLATFORMS: [&str; 22] = [
    "Cisco Nexus 93180YC",
    "cisco nexus 93180yc",
    " CISCO \t NEXUS\u{a0}93180yc\u{3000}",
    "Cisco Nexus93180YC",
    "Cisco\u{200b} Nexus 93180YC",
    "cisco\u{85}nexus\u{2028}93180yc",
    "Juniper QFX5120",
    "JUNIPER\nQFX5120",
    "Straße",
    "STRASSE",
    "STRAẞE",
    "İstanbul",
    "i\u{307}stanbul",
    "istanbul",
    "ΟΔΟΣ",
    "οδος",
    "οδοσ",
    "ΟΔΟΣ Α",
    "\u{212a}-100",
    "k-100",
    "é",
    "E\u{301}",
];

const BLANKS: [&str; 5] = ["", " ", "\t\n\r ", "\u{a0}", "\u{3000}\u{2003}"];
const COMPONENTS: [&str; 7] = ["A", "a", "A ", "psu-1", "Ä", "A\u{308}", "端A"];
const FINDINGS: [&str; 19] = [
    "unauthorised_repair",
    "alteration",
    "collision",
    "misuse",
    "abuse",
    "liquid",
    "improper_installation",
    "instructions_not_followed",
    "label_torn",
    "label_altered",
    "serial_altered",
    "serial_mismatch",
    "waterproof_mark",
    "orientation_mark",
    "packaging_missing",
    "accessory_missing",
    "gift_missing",
    "manual_missing",
    "appearance_damaged",
];
const SLOTS: [&str; 3] = ["outer_box", "inner_package", "product"];
const CAUSES: [&str; 6] =
    ["quality", "compatibility", "damaged", "mismatch", "missing", "own_reasons"];

/// A field that may be left out: `None` leaves it out.
type Optional = Option<Value>;

fn blank() -> impl Strategy<Value = &'static str> {
    select(&BLANKS[..])
}

/// Left out, null, or a blank text.
fn not_given() -> impl Strategy<Value = Optional> {
    prop_oneof![Just(None), Just(Some(Value::Null)), blank().prop_map(|text| Some(text.into()))]
}

fn not_given_list() -> impl Strategy<Value = Optional> {
    prop_oneof![Just(None), Just(Some(Value::Null)), Just(Some(json!([])))]
}

fn optional_text(known: &'static [&'static str]) -> impl Strategy<Value = Optional> {
    prop_oneof![1 => not_given(), 3 => select(known).prop_map(|text| Some(text.into()))]
}

/// Some of these, some twice, some blank, in any order.
fn names_of(known: &'static [&'static str]) -> impl Strategy<Value = Optional> {
    let item = prop_oneof![9 => select(known), 1 => blank()];
    prop_oneof![
        1 => not_given_list(),
        2 => vec(item, 0..=6).prop_map(|items| Some(items.into())),
        1 => subsequence(known.to_vec(), 0..=known.len())
            .prop_shuffle().prop_map(|items| Some(items.into())),
    ]
}

fn findings() -> impl Strategy<Value = Optional> {
    prop_oneof![
        8 => not_given_list(),
        1 => select(&FINDINGS[..]).prop_map(|finding| Some(json!([finding]))),
        1 => names_of(&FINDINGS),
    ]
}

/// Moments of a day: its edges as often as its middle.
fn time_of_day() -> impl Strategy<Value = Time> {
    prop_oneof![
        select(&EDGES_OF_A_DAY[..]),
        (0_i8..24, 0_i8..60, 0_i8..60).prop_map(|(h, m, s)| time(h, m, s, 0)),
    ]
}

fn in_zone(moment: DateTime, zone: &str) -> Timestamp {
    moment.to_zoned(TimeZone::get(zone).unwrap()).unwrap().timestamp()
}

/// The moment in RFC 3339, with one offset or another.
fn written(moment: Timestamp, offset: i8) -> String {
    if offset == 0 {
        return moment.to_string();
    }
    let offset = SignedDuration::from_mins(i64::from(offset).checked_mul(15).unwrap());
    moment.display_with_offset(Offset::try_from(offset).unwrap()).to_string()
}

/// When everything happened.
#[derive(Clone, Debug)]
struct Moments {
    zone: &'static str,
    placed_at: String,
    signed_at: Option<String>,
    reported_at: String,
    received_at: Option<String>,
}

fn day_of_receipt() -> impl Strategy<Value = Date> {
    let before_holidays = (select(&DAYS_BEFORE_HOLIDAYS[..]), 0_i32..24)
        .prop_map(|(day, later)| day.checked_add(later.days()).unwrap());
    let any = (0_i32..1200).prop_map(|later| date(2024, 12, 1).checked_add(later.days()).unwrap());
    prop_oneof![3 => before_holidays, 1 => any]
}

prop_compose! {
    fn moments()(
        zone in select(&ZONES[..]),
        signed_day in prop_oneof![
            (select(&EVENTFUL_DAYS[..]), -1_i32..2)
                .prop_map(|(day, shift)| day.checked_add(shift.days()).unwrap()),
            (0_i32..1000).prop_map(|later| date(2025, 1, 5).checked_add(later.days()).unwrap()),
        ],
        signed_time in time_of_day(),
        signed_is_known in prop::bool::weighted(0.8),
        report_after in prop_oneof![4 => 6_i32..=8, 1 => -5_i32..=20],
        report_time in time_of_day(),
        received in prop::option::of((day_of_receipt(), time_of_day())),
        placed_before in prop_oneof![Just(0_i64), 1_i64..5_000_000],
        offsets in prop::array::uniform4(prop_oneof![Just(0_i8), -48_i8..=56, Just(-95), Just(95)]),
    ) -> Moments {
        let signed = signed_is_known.then(|| in_zone(signed_day.to_datetime(signed_time), zone));
        let report_day = signed_day.checked_add(report_after.days()).unwrap();
        let reported = in_zone(report_day.to_datetime(report_time), zone);
        let received =
            received.map(|(day, time)| in_zone(day.to_datetime(time), "Asia/Shanghai"));
        let first = [signed, Some(reported), received].into_iter().flatten().min().unwrap();
        let placed = first.checked_sub(SignedDuration::from_secs(placed_before)).unwrap();
        Moments {
            zone,
            placed_at: written(placed, offsets[0]),
            signed_at: signed.map(|moment| written(moment, offsets[1])),
            reported_at: written(reported, offsets[2]),
            received_at: received.map(|moment| written(moment, offsets[3])),
        }
    }
}

prop_compose! {
    /// The components of the line, of the claim and of the faulty, the latter two among the first.
    fn components()(
        line in subsequence(COMPONENTS.to_vec(), 0..=COMPONENTS.len()).prop_shuffle(),
        line_is_empty in prop::bool::weighted(0.2),
        claimed in vec(any::<Index>(), 0..4),
        faulty in prop::option::weighted(0.7, vec(any::<Index>(), 0..4)),
        blank in prop::option::weighted(0.1, blank()),
        not_given in not_given_list(),
    ) -> (Optional, Optional, Optional) {
        let line = if line_is_empty { Vec::new() } else { line };
        let pick = |picks: Vec<Index>| -> Vec<&str> {
            let picked = picks.into_iter().filter(|_| !line.is_empty()).map(|i| *i.get(&line));
            picked.chain(blank).collect()
        };
        let given = |names: Vec<&str>| {
            if names.is_empty() { not_given.clone() } else { Some(names.into()) }
        };
        let (claimed, faulty) = (pick(claimed), faulty.map(pick));
        (given(line.iter().copied().chain(blank).collect()), given(claimed), faulty.map(Value::from))
    }
}

prop_compose! {
    fn inspection(faulty: Optional)(
        condition in prop_oneof![
            4 => not_given(),
            3 => select(&["unused", "tried", "used"][..]).prop_map(|word| Some(word.into())),
        ],
        fault_found in select(&[None, Some(Value::Null), Some(json!(true)), Some(json!(false))][..]),
        findings in findings(),
        faulty in Just(faulty),
    ) -> Value {
        object([
            ("condition", condition),
            ("fault_found", fault_found),
            ("findings", findings),
            ("faulty_components", faulty),
        ])
    }
}

fn object<const N: usize>(fields: [(&str, Optional); N]) -> Value {
    let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(given.collect())
}

fn moment(known: Option<String>, not_given: &Optional) -> Optional {
    known.map(Value::from).or_else(|| not_given.clone())
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof!["[A-Z]{2}-[0-9]{1,5}", "\\PC{1,12}", Just("\"\\\u{0}\u{7f}\u{1f980}".to_owned())]
        .prop_filter("required text is not blank", |text| !text.trim().is_empty())
}

prop_compose! {
    fn order(moments: Moments)(
        number in any_text(),
        country in select(&["DE", "US", "CN", "KI", "AS", "GB", "AQ"][..]),
        voucher in prop_oneof![
            8 => Just("on_file"),
            2 => Just("presented"),
            1 => select(&["absent", "forged"][..]),
        ],
        not_given in not_given(),
        moments in Just(moments),
    ) -> Value {
        object([
            ("number", Some(number.into())),
            ("placed_at", Some(moments.placed_at.into())),
            ("signed_at", moment(moments.signed_at, &not_given)),
            ("time_zone", Some(moments.zone.into())),
            ("country", Some(country.into())),
            ("voucher", Some(voucher.into())),
        ])
    }
}

prop_compose! {
    fn line_and_claim(line_components: Optional, claimed: Optional, reported_at: String)(
        texts in [any_text(), any_text()],
        quantities in (1_i64..=i64::MAX).prop_flat_map(|line| {
            (Just(line), prop_oneof![Just(line), Just(1), 1..=line])
        }),
        sold_for in optional_text(&PLATFORMS),
        platform in optional_text(&PLATFORMS),
        same_platform in any::<bool>(),
        declared in prop::bool::weighted(0.05),
        cause in select(&CAUSES[..]),
        remedy in select(&["refund", "replacement"][..]),
        condition in prop_oneof![
            5 => Just("unused"),
            2 => select(&["tried", "used"][..]),
        ],
        evidence in prop_oneof![1 => Just(Some(json!(SLOTS))), 1 => names_of(&SLOTS)],
        waived in prop_oneof![2 => not_given_list(), 1 => names_of(&SLOTS)],
        components in Just((line_components, claimed)),
        reported_at in Just(reported_at),
    ) -> (Value, Value) {
        let platform = if same_platform { sold_for.clone() } else { platform };
        let line = object([
            ("sku", Some(texts[0].clone().into())),
            ("category", Some(texts[1].clone().into())),
            ("quantity", Some(quantities.0.into())),
            ("sold_for", sold_for),
            ("declared_non_returnable", Some(declared.into())),
            ("components", components.0),
        ]);
        let claim = object([
            ("cause", Some(cause.into())),
            ("remedy", Some(remedy.into())),
            ("quantity", Some(quantities.1.into())),
            ("components", components.1),
            ("condition", Some(condition.into())),
            ("platform", platform),
            ("reported_at", Some(reported_at.into())),
            ("evidence", evidence),
            ("waived", waived),
        ]);
        (line, claim)
    }
}

/// Well-formed facts for the default policy.
///
/// The parts are boxed: together they would not fit on the stack of a test's thread.
pub(crate) fn facts() -> BoxedStrategy<Value> {
    let parts = (moments().boxed(), components().boxed()).prop_flat_map(
        |(moments, (line, claimed, faulty))| {
            (
                order(moments.clone()).boxed(),
                line_and_claim(line, claimed, moments.reported_at.clone()).boxed(),
                prop_oneof![
                    1 => select(&[None, Some(Value::Null)][..]),
                    3 => inspection(faulty).prop_map(Some),
                ]
                .boxed(),
                Just(moments.received_at),
            )
        },
    );
    let policy = prop_oneof![
        6 => not_given(),
        1 => Just(Some("default".into())),
        1 => Just(Some("default@2025.1".into())),
    ];
    (any_text(), parts.boxed(), policy, not_given())
        .prop_map(|(id, (order, (line, claim), inspection, received_at), policy, not_given)| {
            let missing = claim["cause"] == "missing";
            object([
                ("id", Some(id.into())),
                ("policy", policy),
                ("order", Some(order)),
                ("line", Some(line)),
                ("claim", Some(claim)),
                ("received_at", moment(received_at, &not_given)),
                ("inspection", inspection.filter(|_| !missing)),
            ])
        })
        .boxed()
}
