//! The returns that a demo plays, one for each of the first sample orders: every kind, and every stage.

use backhaul_app::Role;
use serde_json::{Value, json};

use super::story::{Story, claim, on_platform, part, unit, with_pictures};

/// Every slot of evidence that the default policy asks for.
const PICTURES: [&str; 3] = ["outer_box", "inner_package", "product"];

/// Every story.
pub(super) fn all() -> Vec<Story> {
    [before_the_goods_came(), after_the_goods_came(), with_money(), with_replacements()]
        .into_iter()
        .flatten()
        .collect()
}

fn first() -> Value {
    unit("L1", 1)
}

fn before_the_goods_came() -> Vec<Story> {
    let damaged = || claim(&first(), "damaged", "refund", "unused");
    let unwanted = |condition| claim(&first(), "own_reasons", "refund", condition);
    vec![
        // Damaged on the way, with all pictures.
        Story::of("SO-1001", "authorised")
            .reported(
                8,
                "Two corners of the box are crushed.",
                &with_pictures(damaged(), &PICTURES),
            )
            .authorised(7, &first()),
        // Damaged, and two of the three pictures are missing.
        Story::of("SO-1002", "awaiting_evidence").reported(
            4,
            "The cable is kinked behind the plug.",
            &with_pictures(damaged(), &["outer_box"]),
        ),
        // No longer wanted, and never unpacked: the representative has to look at it.
        Story::of("SO-1003", "requested").reported(2, "We ordered too many.", &unwanted("unused")),
        // A day too late, and accepted all the same, by a person who gave a reason.
        Story::of("SO-1011", "authorised")
            .reported(8, "The lid was open.", &with_pictures(damaged(), &PICTURES))
            .step(
                6,
                Role::Representative,
                "overrule",
                json!({"unit": first(), "accept": true, "clause": "report.7d", "reason": "reason"}),
            )
            .saying("reason", "The carrier admits that it kept the parcel over a holiday.")
            .authorised(6, &first()),
        Story::of("SO-1012", "in_transit")
            .reported(9, "We need longer ones.", &unwanted("unused"))
            .authorised(8, &first())
            .sent(5, &first()),
        // Authorised, and never sent: the job that looks at the calendar ends it.
        Story::of("SO-1013", "expired")
            .reported(50, "We chose another model.", &unwanted("unused"))
            .authorised_until(49, &first(), "the day 20 days ago"),
        Story::of("SO-1014", "cancelled")
            .reported(9, "Not needed after all.", &unwanted("unused"))
            .step(8, Role::Buyer, "cancel_claims", json!({"units": [first()], "reason": "reason"}))
            .saying("reason", "We keep them as spares."),
        // The buyer shows a document of the purchase, which a person has to compare.
        Story::of("SO-1017", "under_review").reported(
            3,
            "One end gives no light.",
            &claim(&first(), "quality", "refund", "used"),
        ),
        Story::of("SO-1018", "declined").reported(20, "We do not want them.", &unwanted("used")),
        Story::of("SO-1019", "declined").reported(
            9,
            "It was bent.",
            &with_pictures(damaged(), &PICTURES),
        ),
    ]
}

fn after_the_goods_came() -> Vec<Story> {
    let faulty = || claim(&first(), "quality", "refund", "used");
    vec![
        // Does not work with the equipment that it was sold for: finance has to approve the refund.
        Story::of("SO-1004", "inspected")
            .reported(
                15,
                "The port stays down.",
                &on_platform(claim(&first(), "compatibility", "refund", "tried"), "Kestrel 9300"),
            )
            .authorised(14, &first())
            .sent(12, &first())
            .received(6, "QA2602663")
            .inspected(5, &first(), json!({"condition": "tried", "fault_found": true})),
        // What came is none of the order's, and nothing on the parcel said whose it was: it is held at the dock.
        Story::of("SO-1005", "authorised")
            .reported(
                16,
                "This is another model.",
                &with_pictures(claim(&first(), "mismatch", "refund", "unused"), &PICTURES),
            )
            .authorised(15, &first())
            .received_unnamed(7, "FOREIGN-0042"),
        Story::of("SO-1016", "received")
            .reported(12, "It loses its link when it is warm.", &faulty())
            .authorised(11, &first())
            .sent(9, &first())
            .received(1, "DD2602649"),
        // Something was spilt into it: declined after the inspection, and sent back.
        Story::of("SO-1020", "resolved")
            .reported(25, "No signal.", &faulty())
            .authorised(24, &first())
            .received(17, "YS2602831")
            .inspected(16, &first(), json!({"fault_found": true, "findings": ["liquid"]}))
            .step(14, Role::Dock, "send_back_unit", json!({"unit": first(), "tracking": "BACK-1"})),
    ]
}

fn with_money() -> Vec<Story> {
    let faulty = |unit: &Value| claim(unit, "quality", "refund", "used");
    let fault = || json!({"fault_found": true});
    let goods = |story: Story, serial| {
        story.authorised(26, &first()).sent(25, &first()).received(22, serial).inspected(
            21,
            &first(),
            fault(),
        )
    };
    let repaid = goods(
        Story::of("SO-1008", "resolved").reported(27, "It overheats.", &faulty(&first())),
        "DD2602621",
    );
    let freight_refund = json!({"refund": "SO-1008-freight", "freight": "SO-1008-way-in"});
    let parted = Story::of("SO-1010", "resolved").reported(27, "It flickers.", &faulty(&first()));
    let by_bank =
        Story::of("SO-1015", "inspected").reported(27, "It restarts by itself.", &faulty(&first()));
    let (refund, piece) = (by_bank.refund(), json!({"refund": by_bank.refund(), "number": 1}));
    vec![
        // One of forty was not in the box: nothing comes back.
        Story::of("SO-1006", "resolved")
            .reported(
                20,
                "There are 39 in the box.",
                &with_pictures(claim(&unit("L1", 40), "missing", "refund", "unused"), &PICTURES),
            )
            .authorised(19, &unit("L1", 40))
            .refund_approved(2, &unit("L1", 40)),
        // The buyer laid out the freight, which is the merchant's to pay.
        repaid
            .step(
                21,
                Role::Dock,
                "record_freight",
                json!({
                    "freight": "SO-1008-way-in", "leg": "return", "units": [first()],
                    "paid_by": "buyer", "amount": {"minor": 1_890, "currency": "EUR"},
                }),
            )
            .refund_approved(5, &first())
            .other_step(4, Role::Finance, "refund_freight", freight_refund)
            .step(4, Role::Dock, "dispose_unit", json!({"unit": first(), "disposal": "supplier"})),
        // Paid in two parts, and paid back to both.
        goods(parted, "AO2602635").refund_approved(5, &first()),
        // The card is closed, and finance has a bank transfer to make.
        goods(by_bank, "SW2602621")
            .refund_approved(5, &first())
            .other_step(
                5,
                Role::System,
                "submit_instruction",
                json!({"instruction": piece, "key": "SO-1015-key", "request_hash": "SO-1015"}),
            )
            .other_step(
                4,
                Role::System,
                "record_answer",
                json!({"instruction": piece, "answer": "failed"}),
            )
            .other_step(
                3,
                Role::Finance,
                "reissue_refund",
                json!({"refund": refund, "piece": 1, "path": "bank", "reason": "reason"}),
            )
            .saying("reason", "The buyer's card was closed; they gave us an account."),
    ]
}

fn with_replacements() -> Vec<Story> {
    let supply = part("L1", 1, "PSU-A");
    let whole = |words| {
        let faulty = claim(&first(), "quality", "replacement", "used");
        move |story: Story| story.reported(20, words, &faulty)
    };
    let exchanged = |story: Story, serial, new| {
        story
            .authorised(19, &first())
            .sent(18, &first())
            .received(12, serial)
            .inspected(11, &first(), json!({"fault_found": true}))
            .step(
                10,
                Role::Representative,
                "allocate_replacement",
                json!({"unit": first(), "serial": new}),
            )
            .step(9, Role::Dock, "ship_replacement", json!({"unit": first(), "tracking": "NEW-1"}))
    };
    vec![
        // One power supply of a switch: the rest of it stays where it is.
        Story::of("SO-1007", "inspected")
            .reported(
                20,
                "The left power supply is dead.",
                &claim(&supply, "quality", "replacement", "used"),
            )
            .authorised(19, &supply)
            .sent(18, &supply)
            .received(4, "PA2602607")
            .inspected(3, &supply, json!({"fault_found": true, "faulty_components": ["PSU-A"]}))
            .step(
                2,
                Role::Representative,
                "allocate_replacement",
                json!({"unit": supply, "serial": "PA2700001"}),
            ),
        exchanged(
            whole("It reports a wrong temperature.")(Story::of("SO-1009", "closed")),
            "QA2602691",
            "QA2700001",
        )
        .step(5, Role::Representative, "deliver_replacement", json!({"unit": first()}))
        .step(4, Role::Dock, "dispose_unit", json!({"unit": first(), "disposal": "scrap"}))
        .step(3, Role::Representative, "close_case", json!({})),
        exchanged(
            whole("It is not recognised.")(Story::of("SO-1021", "inspected")),
            "XL2603097",
            "XL2700001",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use backhaul_core::ledger::CaseId;
    use backhaul_store::{DatabaseUrl, Store};

    use super::super::days::{Days, StoryClock};
    use super::super::orders;
    use super::all;
    use crate::database;
    use crate::people::wait;

    /// Before and in long holidays of China, at the turn of years, and on days like any other.
    const BEGINNINGS: [&str; 6] = [
        "2026-02-25T08:00:00Z",
        "2026-03-10T23:30:00Z",
        "2026-10-10T00:10:00Z",
        "2026-11-24T05:00:00Z",
        "2027-01-04T16:30:00Z",
        "2031-06-01T12:00:00Z",
    ];

    #[test]
    fn every_story_can_be_played_on_any_day_and_ends_where_it_says() {
        for began_at in BEGINNINGS {
            let folder = tempfile::tempdir().unwrap();
            let store =
                Store::open(&DatabaseUrl::Sqlite(folder.path().join("backhaul.db"))).unwrap();
            let began_at = began_at.parse().unwrap();
            let (days, clock) = (Days::before(began_at), Arc::new(StoryClock::at(began_at)));
            let app = database::desk_by(store, Arc::<StoryClock>::clone(&clock)).unwrap();
            assert_eq!(orders::import(&app, days).unwrap(), orders::count());
            for story in all() {
                wait(story.play(&app, &clock, days)).unwrap().unwrap();
                // What is paid by a provider, or ended by the calendar, is so once the jobs have run.
                if ["resolved", "expired"].contains(&story.ends) {
                    continue;
                }
                let case = CaseId::new(&story.case()).unwrap();
                let view = wait(app.order_of_case(&case)).unwrap().unwrap().unwrap();
                let state = view.ledger.case_state(&view.ledger.cases[&case]);
                assert_eq!(state.as_str(), story.ends, "{case:?} on {began_at}");
            }
        }
    }
}
