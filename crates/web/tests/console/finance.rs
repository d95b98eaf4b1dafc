//! What finance does: amounts taken apart, refunds released once, and what needs a person.

use backhaul_app::sign_in::SignInSettings;
use backhaul_core::ledger::{InstructionState, Ledger};
use backhaul_core::money::Currency;
use backhaul_testkit::{Database, on_both_engines};
use serde_json::json;

use crate::browser::{Staff, authorised, ledger, reading, staff};
use crate::desk::holds;
use crate::server::{Client, Server};

const APPROVE: &str = "/desk/refunds/approve/SO-1001-R1";

/// Units of the order are here and inspected.
fn inspected(owner: &Client, units: &[u32]) {
    let case = authorised(owner, units);
    let items: Vec<_> =
        units.iter().map(|unit| json!({"kind": "serial", "serial": format!("S{unit}")})).collect();
    let receive = json!({"parcel": "P-1", "case": case, "items": items});
    assert_eq!(owner.command("receive", "SO-1001", "receive_parcel", &receive).status, 200);
    for unit in units {
        let inspect = json!({"case": case, "unit": {"line": "L1", "number": unit}, "condition": "used", "fault_found": true});
        let key = format!("inspect-{unit}");
        assert_eq!(owner.command(&key, "SO-1001", "inspect_unit", &inspect).status, 200);
    }
}

fn refunds(ledger: &Ledger) -> Vec<i64> {
    ledger.refunds.values().map(|refund| refund.bill.total.minor).collect()
}

/// Far enough on that no refund leaves early.
fn later(server: &Server) {
    server.clock.move_to("2026-03-16T09:00:00Z".parse().unwrap());
}

fn a_refund_is_taken_apart_and_released_once(database: &Database) {
    let server = Server::over(database);
    inspected(&server.client("owner"), &[1]);
    let finance = staff(&server, "finance");
    finance.look("/desk/refunds").says("SO-1001-R1");
    let page = finance.look(APPROVE);
    page.says("EUR 100.00").says("to payment P1").says("QSFP28-100G-SR4 · S1");
    // Shipping is asked for: another sum is shown before it leaves.
    let fields =
        [("unit", "L1#1"), ("shipping", "2.50"), ("early", "the buyer waits"), ("release", "1")];
    let page = finance.fill(&page, APPROVE, &fields);
    page.says("Release EUR 102.50").says("Sum of the pieces");
    assert!(refunds(&ledger(&server.app, "SO-1001")).is_empty());
    let wrong = [("unit", "L1#1"), ("shipping", "2,5"), ("release", "1")];
    finance.fill(&page, APPROVE, &wrong).says("is no amount in EUR").says("id=\"shipping-fault\"");
    // Whoever reads German writes amounts as German does, and is shown them so.
    let typed = [("unit", "L1#1"), ("shipping", "2,50")];
    let german = reading(staff(&server, "finance"), "de").fill(&page, APPROVE, &typed);
    german.says("value=\"2,50\"").says("102,50");
    let done = finance.fill(&page, APPROVE, &fields);
    let again = finance.fill(&page, APPROVE, &fields);
    assert_eq!((done.status, &done.to), (303, &again.to), "{done:?}");
    assert_eq!(refunds(&ledger(&server.app, "SO-1001")), [10_250]);
    let page = finance.look(&done.to);
    page.says("EUR 102.50").says("reserved").says("P1");
    let list = finance.look("/desk/refunds?list=reserved");
    list.says("SO-1001-R1-F1/1").says("reserved <span class=\"bh-number\">(1)</span>");
    finance.look(APPROVE).says("No refund of this case waits");
    holds(&server.app, &["SO-1001"]);
}

fn a_batch_releases_each_by_itself_and_nothing_twice(database: &Database) {
    let server = Server::over(database);
    inspected(&server.client("owner"), &[1, 2]);
    later(&server);
    let finance = staff(&server, "finance");
    let page = finance.look("/desk/refunds");
    let fields = [("case", "SO-1001-R1"), ("case", "SO-9-R9")];
    let first = finance.fill(&page, "/desk/refunds/release", &fields);
    first.says("EUR 200.00 released").says("SO-9-R9");
    let again = finance.fill(&page, "/desk/refunds/release", &fields);
    again.says("EUR 200.00 released");
    assert_eq!(refunds(&ledger(&server.app, "SO-1001")), [20_000]);
    // The same case on a page that was drawn anew is refused by the core.
    let anew = finance.look("/desk/refunds");
    anew.says_not("value=\"SO-1001-R1\"");
    holds(&server.app, &["SO-1001"]);
}

fn what_needs_two_people_stands_in_a_list_until_the_second_approves(database: &Database) {
    let four_eyes_above = [(Currency::parse("EUR").unwrap(), 5_000)].into();
    let settings = SignInSettings { four_eyes_above, ..SignInSettings::default() };
    let server = Server::with(database, move |service| {
        service.app = service.app.clone().with_sign_in(settings);
    });
    inspected(&server.client("owner"), &[1]);
    later(&server);
    let (first, second) = (staff(&server, "finance"), staff(&server, "finance owner"));
    let list = "/desk/refunds?list=second";
    first.look(list).says("Nothing stands here");
    let fields = [("unit", "L1#1"), ("release", "1")];
    let approve = |who: &Staff| {
        let page = who.fill(&who.look(APPROVE), APPROVE, &[("unit", "L1#1"), ("look", "1")]);
        who.fill(&page, APPROVE, &fields)
    };
    assert_eq!(approve(&first).status, 303);
    second.look("/desk/refunds").says("for a second person <span class=\"bh-number\">(1)</span>");
    second.look(list).says("proposed by finance-person").says("EUR 100.00").says(APPROVE);
    // Not by the same person.
    approve(&first).says("The rules say no");
    let reads_chinese = reading(staff(&server, "finance"), "zh-Hans");
    approve(&reads_chinese).says("须由另一名财务人员批准");
    assert!(refunds(&ledger(&server.app, "SO-1001")).is_empty());
    assert_eq!(approve(&second).status, 303);
    assert_eq!(refunds(&ledger(&server.app, "SO-1001")), [10_000]);
    second.look(list).says("Nothing stands here");
    holds(&server.app, &["SO-1001"]);
}

fn what_leaves_before_its_day_needs_a_reason(database: &Database) {
    let server = Server::over(database);
    inspected(&server.client("owner"), &[1]);
    let finance = staff(&server, "finance");
    let page = finance.look(APPROVE);
    let fields = [("unit", "L1#1"), ("release", "1")];
    finance.fill(&page, APPROVE, &fields).says("Say why it leaves before its first day");
    let batch = finance.look("/desk/refunds");
    batch.says("earlier with a reason");
    assert!(refunds(&ledger(&server.app, "SO-1001")).is_empty());
}

fn what_has_not_left_is_withdrawn_and_issued_by_bank(database: &Database) {
    let server = Server::over(database);
    inspected(&server.client("owner"), &[1]);
    later(&server);
    let finance = staff(&server, "finance");
    let page = finance.look("/desk/refunds");
    finance.fill(&page, "/desk/refunds/release", &[("case", "SO-1001-R1")]);
    let path = "/desk/refunds/case/SO-1001-R1/SO-1001-R1-F1";
    let act =
        |finance: &Staff, fields: &[(&str, &str)]| finance.fill(&finance.look(path), path, fields);
    assert_eq!(act(&finance, &[("do", "withdraw")]).status, 303);
    finance.look("/desk/refunds?list=rest").says("SO-1001-R1-F1");
    act(&finance, &[("do", "reissue-bank")]).says("Give a reason");
    let fields = [("do", "reissue-bank"), ("reason", "the card is closed")];
    assert_eq!(act(&finance, &fields).status, 303);
    let states: Vec<_> = ledger(&server.app, "SO-1001")
        .refunds
        .values()
        .flat_map(|refund| refund.pieces.values().map(|piece| piece.state))
        .collect();
    assert_eq!(states, [InstructionState::Failed { replaced: true }, InstructionState::Reserved]);
    // It is paid by bank: one person enters the account, another one makes the file and books the word.
    let representative = staff(&server, "representative");
    let account = "/desk/refunds/bank/account/SO-1001";
    let page = representative.look(account);
    representative
        .fill(&page, account, &[("holder", "A. Buyer"), ("iban", "DE00")])
        .says("Not kept");
    let fields = [("holder", "A. Buyer"), ("iban", "DE89370400440532013000")];
    assert_eq!(representative.fill(&page, account, &fields).status, 303);
    let page = finance.look("/desk/refunds/bank");
    page.says("account entered by representative-person");
    let piece = "2|SO-1001-R1-F1|SO-1001";
    let fields = [("piece", piece), ("format", "csv"), ("execute-on", "2026-03-17")];
    let made = finance.fill(&page, "/desk/refunds/bank/export", &fields);
    assert_eq!(made.status, 303, "{made:?}");
    assert_eq!(finance.fill(&page, "/desk/refunds/bank/export", &fields).to, made.to);
    finance.look(&made.to).says("EUR 100.00");
    finance.look(&format!("{}/file", made.to)).says("DE89370400440532013000");
    let exported = finance.look("/desk/refunds/bank?list=exported");
    let word = [("reference", "B-1"), ("date", "2026-03-17"), ("paid", "1")];
    finance.fill(&exported, "/desk/refunds/bank/word", &word).says("recorded.");
    finance.fill(&exported, "/desk/refunds/bank/word", &word).says("nothing changed");
    finance.look("/desk/refunds/bank?list=paid").says("B-1");
    holds(&server.app, &["SO-1001"]);
}

fn freight_and_chargebacks_are_settled(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    inspected(&owner, &[1]);
    let freight = json!({"freight": "F-1", "case": "SO-1001-R1", "leg": "return", "units": [{"line": "L1", "number": 1}],
                         "paid_by": "buyer", "amount": {"minor": 1_200, "currency": "EUR"}});
    assert_eq!(owner.command("f", "SO-1001", "record_freight", &freight).status, 200);
    let finance = staff(&server, "finance");
    let debts = "/desk/refunds/debts";
    let page = finance.look(debts);
    page.says("F-1").says("EUR 12.00").says("value=\"12.00\"");
    let german = reading(staff(&server, "finance"), "de");
    german.look(debts).says("value=\"12,00\"");
    let fields = [("do", "paid"), ("amount", "12,00"), ("proof", "B-7")];
    finance.fill(&page, debts, &fields).says("is no amount in EUR");
    assert_eq!(german.fill(&page, debts, &fields).status, 303);
    assert_eq!(german.fill(&page, debts, &fields).status, 303, "sent twice, it acts once");
    let page = finance.look(debts);
    page.says("No freight is owed");
    let fields =
        [("order", "SO-1001"), ("payment", "P1"), ("reference", "CB-1"), ("do", "charged-back")];
    assert_eq!(finance.fill(&page, debts, &fields).status, 303);
    let page = finance.look(debts);
    page.says("The merchant won");
    assert_eq!(finance.fill(&page, debts, &[("do", "won")]).status, 303);
    finance.look(debts).says("No chargeback is open");
    holds(&server.app, &["SO-1001"]);
}

fn each_role_sees_its_own(database: &Database) {
    let server = Server::over(database);
    let case = authorised(&server.client("owner"), &[1]);
    let (dock, finance) = (staff(&server, "dock"), staff(&server, "finance"));
    let refund = "/desk/refunds/case/SO-1001-R1/SO-1001-R1-F1";
    for path in ["/desk/refunds", APPROVE, "/desk/refunds/bank", "/desk/refunds/debts", refund] {
        assert_eq!(dock.look(path).status, 403, "{path}");
        assert_ne!(finance.look(path).status, 403, "{path}");
    }
    for path in ["/desk/dock", "/desk/dock/held", "/desk/dock/inspections"] {
        assert_eq!(finance.look(path).status, 403, "{path}");
        assert_eq!(dock.look(path).status, 200, "{path}");
    }
    let scan = [("once".to_owned(), "k".to_owned()), ("scan".to_owned(), case)];
    assert_eq!(finance.send("/desk/dock", &scan).status, 403);
    let release =
        [("once".to_owned(), "k".to_owned()), ("case".to_owned(), "SO-1001-R1".to_owned())];
    assert_eq!(dock.send("/desk/refunds/release", &release).status, 403);
    assert_eq!(staff(&server, "representative").look("/desk/refunds").status, 403);
}

on_both_engines! {
    a_refund_is_taken_apart_and_released_once
    a_batch_releases_each_by_itself_and_nothing_twice
    what_needs_two_people_stands_in_a_list_until_the_second_approves
    what_leaves_before_its_day_needs_a_reason
    what_has_not_left_is_withdrawn_and_issued_by_bank
    freight_and_chargebacks_are_settled
    each_role_sees_its_own
}
