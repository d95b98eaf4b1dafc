//! What a representative does: the queue, a case, and the decisions on it.

use backhaul_core::ledger::{CaseState, Ledger, Standing, UnitId};
use backhaul_core::words::{Cause, Verdict};
use backhaul_testkit::{Database, on_both_engines};
use serde_json::json;

use crate::browser::{Shown, Staff, ledger, reading, staff};
use crate::desk::{everything, holds, id};
use crate::server::{Client, Server};

const CASES: &str = "/desk/cases";
const CASE: &str = "/desk/cases/SO-1001-R1";

pub(crate) fn unit(number: u32) -> UnitId {
    UnitId::whole(id("L1"), number)
}

/// A case of these units is open: for damage it wants pictures, for a fault it is a plain yes.
pub(crate) fn opened(client: &Client, key: &str, units: &[u32], cause: &str) -> String {
    client.put("/orders/SO-1001", &crate::server::order());
    let buyer = json!({"email": "ada@shop.example", "name": "Ada van Example", "language": "de"});
    client.put("/orders/SO-1001/buyer", &buyer);
    let units: Vec<_> = units.iter().map(|unit| json!({"line": "L1", "number": unit})).collect();
    let condition = if cause == "quality" { "used" } else { "unused" };
    let claim = json!({"units": units, "cause": cause, "remedy": "refund", "condition": condition});
    let new = json!({"claims": [claim], "text": "T-1", "texts": {"T-1": "it hums"}});
    let opened = client.post(key, "/orders/SO-1001/cases", &new);
    opened.body["case"].as_str().unwrap_or_else(|| panic!("{opened:?}")).to_owned()
}

pub(crate) fn state(ledger: &Ledger, case: &str) -> CaseState {
    ledger.case_state(&ledger.cases[&id(case)])
}

/// Sends the form whose hidden field `do` says that.
pub(crate) fn act(
    staff: &Staff,
    page: &Shown,
    path: &str,
    what: &str,
    fields: &[(&str, &str)],
) -> Shown {
    let mut forms =
        page.text.split("<form ").skip(1).map(|form| form.split("</form>").next().unwrap());
    let wanted = format!("name=\"do\" value=\"{what}\"");
    let form = forms
        .find(|form| form.contains(&wanted))
        .unwrap_or_else(|| panic!("no form {what}: {}", page.text));
    let form = Shown { status: 200, to: String::new(), text: format!("<form {form}</form>") };
    let mut all = form.hidden(path);
    all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    staff.send(path, &all)
}

fn from_the_queue_a_case_is_authorised_by_one_form(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "quality");
    let guide = staff(&server, "representative");
    let queue = guide.look(CASES);
    queue.says("SO-1001-R1").says("Ada van Example").says("authorise the return").says("faulty");
    queue.says("data-row").says("data-key=\"a\"");
    let done = act(&guide, &queue, CASE, "authorise", &[]);
    assert_eq!((done.status, done.to.as_str()), (303, "/desk/cases?done=authorised"));
    guide.look(&done.to).says("The slip and the instructions are on their way");
    assert_eq!(state(&ledger(&server.app, "SO-1001"), "SO-1001-R1"), CaseState::Authorised);
    // Sent twice, it acts once; and what moved meanwhile is not authorised from a row that is old.
    assert_eq!(act(&guide, &queue, CASE, "authorise", &[]).status, 303);
    let page = guide.look(CASE);
    page.says("Verpacken Sie die Ware").says("Return slip (PDF)").says_not("data-key=\"a\"");
    assert_eq!(guide.look(&format!("{CASE}/slip.pdf")).status, 200);
    holds(&server.app, &["SO-1001"]);
}

fn a_case_says_what_was_decided_why_and_what_is_next(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1, 2], "quality");
    let guide = staff(&server, "representative");
    let page = guide.look(CASE);
    page.says("Case SO-1001-R1")
        .says("authorise the return")
        .says("accepted")
        .says("/desk/policy?version=default%402025.1#");
    page.says("S1").says("S2").says("it hums").says("Delivery signed for").says("ada@shop.example");
    let wrong = act(&guide, &page, CASE, "authorise", &[("last-day", "soon")]);
    wrong.says("Choose a day.").says("value=\"soon\"");
    let fields = [("last-day", "2026-05-04"), ("instructions", "Bitte gut polstern.")];
    let done = act(&guide, &page, CASE, "authorise", &fields);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=authorised");
    let now = ledger(&server.app, "SO-1001");
    let claim = now.claim(&id("SO-1001-R1"), &unit(2)).unwrap();
    assert_eq!(claim.authorised.as_ref().unwrap().expires_on.to_string(), "2026-05-04");
    guide
        .look(CASE)
        .says("Bitte gut polstern.")
        .says("Authorised until")
        .says("representative-person");
}

fn the_queue_is_filtered_by_links_and_pages_follow_each_other(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    opened(&owner, "a", &[1], "quality");
    opened(&owner, "b", &[2], "damaged");
    let guide = staff(&server, "representative");
    let queue = guide.look(CASES);
    queue.says("SO-1001-R1").says("SO-1001-R2").says("/desk/cases?whose=mine");
    guide.look("/desk/cases?whose=mine").says("Nothing waits that is yours");
    guide.look("/desk/cases?attention=buyer").says("SO-1001-R2").says_not("SO-1001-R1<");
    guide.look("/desk/cases?attention=finance").says("Nothing waits for them");
    guide.look("/desk/cases?state=requested").says("SO-1001-R1").says_not("SO-1001-R2<");
    guide.look("/desk/cases?state=closed").says("No case stands so");
    assert_eq!(guide.look("/desk/cases?after=zz").status, 400);
    let page = guide.look(CASE);
    assert_eq!(act(&guide, &page, CASE, "assign", &[]).status, 303);
    guide.look("/desk/cases?whose=mine").says("SO-1001-R1").says("representative-person");
    guide.look("/desk/cases?whose=unassigned").says("SO-1001-R2").says_not("SO-1001-R1<");
    // What is late is said in words.
    let page = guide.look(CASE);
    act(&guide, &page, CASE, "authorise", &[("last-day", "2026-03-10")]);
    server.clock.wait(24 * 10);
    let guide = staff(&server, "representative");
    guide.look(CASES).says("overdue since").says("1 overdue");
    guide.look(CASE).says("overdue since");
}

fn what_is_missing_is_asked_for_with_the_template_filled(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "damaged");
    let guide = staff(&server, "representative");
    let page = guide.look(CASE);
    page.says("evidence from the buyer").says("template=ask_for_evidence#write");
    let page = guide.look(&format!("{CASE}?template=ask_for_evidence"));
    page.says("Um über Vorgang SO-1001-R1 zu entscheiden");
    let done = act(&guide, &page, CASE, "write", &[("as", "answer"), ("message", "Bitte Bilder.")]);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=answered");
    let page = guide.look(CASE);
    page.says("Bitte Bilder.").says("The buyer was written to");
    act(&guide, &page, CASE, "write", &[("as", "answer"), ("message", " ")])
        .says("Write something");
    act(&guide, &page, CASE, "write", &[("message", "x")]).says("Say whether it is an answer");
    let unknown = guide.look(&format!("{CASE}?template=authorised"));
    unknown.says("could not be filled").says("{send_by}");
    // Without it, once a person says why it is not needed: what follows is shown first.
    let sure = act(
        &guide,
        &page,
        CASE,
        "waive",
        &[("waive-reason", "the courier sent one"), ("look", "1")],
    );
    sure.says("Nothing is saved yet").says("As it would be");
    let before = everything(&server.app);
    assert_eq!(before, everything(&server.app));
    let done = act(&guide, &sure, CASE, "waive", &[]);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=fact", "{done:?}");
    guide.look(CASE).says("Evidence was waived").says("the courier sent one");
    holds(&server.app, &["SO-1001"]);
}

fn a_note_is_for_staff_alone_and_the_buyers_words_are_taken_down(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "quality");
    let guide = staff(&server, "representative");
    let page = guide.look(CASE);
    let note = [("as", "note"), ("message", "Seems honest.")];
    assert_eq!(act(&guide, &page, CASE, "write", &note).to, "/desk/cases/SO-1001-R1?done=noted");
    let page = guide.look(CASE);
    page.says("note, only for staff");
    let said = [("as", "buyer-said"), ("message", "I will send it on Monday.")];
    act(&guide, &page, CASE, "write", &said);
    guide.look(CASE).says("buyer, taken down by representative-person").says("answer the message");
    // Whoever works at the dock may leave a note, and nothing else.
    let dock = staff(&server, "dock");
    let page = dock.look(CASE);
    page.says_not("ada@shop.example").says_not("data-key=\"a\"").says("Keep the note");
    let note = [("message", "The box is here.")];
    assert_eq!(act(&dock, &page, CASE, "write", &note).status, 303);
    let mut fields = page.hidden(CASE);
    fields.retain(|(name, _)| name != "do" && name != "as");
    fields.push(("do".to_owned(), "authorise".to_owned()));
    assert_eq!(dock.send(CASE, &fields).status, 403);
}

fn a_claim_is_declined_on_a_clause_in_the_buyers_language(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1, 2], "quality");
    let guide = staff(&server, "representative");
    let path = format!("{CASE}/decline");
    guide.look(&path).says("Take its words").says_not("What the buyer is told");
    let page = guide.look(&format!("{path}?clause=report.7d"));
    page.says("Wir haben Vorgang SO-1001-R1 geprüft").says("§ report.7d");
    post(&guide, &page, &path, &[("words", "Nein.")]).says("Choose at least one unit");
    post(&guide, &page, &path, &[("unit", "L1:1"), ("words", "")]).says("Write something");
    assert_eq!(state(&ledger(&server.app, "SO-1001"), "SO-1001-R1"), CaseState::Requested);
    let done = post(&guide, &page, &path, &[("unit", "L1:1"), ("words", "Nein.")]);
    assert_eq!((done.status, done.to.as_str()), (303, "/desk/cases/SO-1001-R1?done=declined"));
    assert_eq!(post(&guide, &page, &path, &[("unit", "L1:1"), ("words", "Nein.")]).status, 303);
    let now = ledger(&server.app, "SO-1001");
    assert_eq!(now.claim(&id("SO-1001-R1"), &unit(1)).unwrap().standing, Standing::Declined);
    assert_eq!(now.claim(&id("SO-1001-R1"), &unit(2)).unwrap().standing, Standing::Open);
    guide.look(CASE).says("Nein.").says("Declined: § report.7d");
    assert_eq!(staff(&server, "finance").look(&path).status, 403);
    holds(&server.app, &["SO-1001"]);
}

/// Sends the form of that path that is sent by post; a page may have another that only looks.
fn post(staff: &Staff, page: &Shown, path: &str, fields: &[(&str, &str)]) -> Shown {
    let start = format!("method=\"post\" action=\"{path}\"");
    let (_, form) =
        page.text.split_once(&start).unwrap_or_else(|| panic!("no form: {}", page.text));
    let text = format!("<form action=\"{path}\"{form}");
    let form = Shown { status: 200, to: String::new(), text };
    staff.fill(&form, path, fields)
}

fn a_person_decides_against_the_engine_with_a_reason(database: &Database) {
    let server = Server::over(database);
    // Reported when the time for it is over.
    server.clock.move_to("2026-03-20T09:00:00Z".parse().unwrap());
    opened(&server.client("owner"), "a", &[1], "damaged");
    assert_eq!(state(&ledger(&server.app, "SO-1001"), "SO-1001-R1"), CaseState::Declined);
    let guide = staff(&server, "representative");
    guide.look(CASE).says("/otherwise").says("declined");
    let path = format!("{CASE}/otherwise");
    let page = guide.look(&path);
    page.says("Accept").says("What the engine decided stays on record");
    let fields = [("unit", "L1:1"), ("way", "accept"), ("clause", "report.7d"), ("reason", "")];
    guide.fill(&page, &path, &fields).says("Write something").says("SO-1001-R1");
    let fields = [
        ("unit", "L1:1"),
        ("way", "accept"),
        ("clause", "report.7d"),
        ("reason", "The parcel lay at the wrong door."),
        ("return", "merchant"),
    ];
    let done = guide.fill(&page, &path, &fields);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=decided", "{}", done.text);
    let page = guide.look(CASE);
    page.says("representative-person decided to accept it")
        .says("The parcel lay at the wrong door.");
    assert_eq!(act(&guide, &page, CASE, "authorise", &[]).status, 303);
    let now = ledger(&server.app, "SO-1001");
    let claim = now.claim(&id("SO-1001-R1"), &unit(1)).unwrap();
    assert_eq!(claim.judged.decision.verdict, Verdict::Declined, "the engine's stays on record");
    assert!(claim.authorised.is_some());
    assert_eq!(staff(&server, "dock").look(&path).status, 403);
    holds(&server.app, &["SO-1001"]);
}

fn the_buyer_is_told_before_a_part_is_kept_back(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "quality");
    let guide = staff(&server, "representative");
    guide.look(CASE).says("/deduct");
    let path = format!("{CASE}/deduct");
    let page = guide.look(&path);
    page.says("§ refund.path").says_not("§ report.7d").says("Deutsch");
    let typed = |amount, words| {
        [("unit", "L1:1"), ("clause", "refund.path"), ("amount", amount), ("words", words)]
    };
    guide.fill(&page, &path, &[("unit", "L1:1")]).says("Choose the clause that allows it");
    for (amount, words) in [("", "x"), ("0", "x"), ("-1", "x"), ("12.345", "x"), ("12.30", "")] {
        let wrong = guide.fill(&page, &path, &typed(amount, words));
        assert_eq!(wrong.status, 200, "{amount}");
        wrong.says("is-invalid");
    }
    guide.fill(&page, &path, &typed("12,30", "x")).says("write it as 12.34");
    let claim = |ledger: &Ledger| ledger.claim(&id("SO-1001-R1"), &unit(1)).unwrap().clone();
    assert!(claim(&ledger(&server.app, "SO-1001")).told.is_empty(), "nothing of that was told");
    // Whoever reads German writes amounts as German does.
    let guide = reading(guide, "de");
    guide.fill(&page, &path, &typed("12,3", "x")).says("schreiben Sie 12,34");
    let told = typed("12,30", "Ein Stecker fehlt.");
    let done = guide.fill(&page, &path, &told);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=deduction", "{}", done.text);
    assert_eq!(guide.fill(&page, &path, &told).status, 303, "sent twice, it acts once");
    let claim = claim(&ledger(&server.app, "SO-1001"));
    let [told] = claim.told.as_slice() else { panic!("{:?}", claim.told) };
    assert_eq!((told.clause.as_str(), told.amount.minor), ("refund.path", 1_230));
    guide.look(CASE).says("Ein Stecker fehlt.").says("12,30");
    assert_eq!(staff(&server, "finance").look(&path).status, 403);
    holds(&server.app, &["SO-1001"]);
}

fn a_corrected_fact_is_shown_before_it_is_saved_and_marked_after(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1, 2], "quality");
    let guide = staff(&server, "representative");
    let page = guide.look(CASE);
    let change =
        [("cause", "damaged"), ("condition", "unused"), ("remedy", "refund"), ("look", "1")];
    let before = everything(&server.app);
    let sure = act(&guide, &page, CASE, "amend", &change);
    sure.says("What would follow in case SO-1001-R1").says("something is missing");
    assert_eq!(everything(&server.app), before, "looking changes nothing");
    let done = act(&guide, &sure, CASE, "amend", &[]);
    assert_eq!(done.to, "/desk/cases/SO-1001-R1?done=fact", "{}", done.text);
    let now = ledger(&server.app, "SO-1001");
    for number in [1, 2] {
        let claim = now.claim(&id("SO-1001-R1"), &unit(number)).unwrap();
        assert_eq!(claim.judged.facts.claim.cause, Cause::Damaged);
    }
    let page = guide.look(CASE);
    page.says("; was: faulty").says("Decided again as amended");
    let same = [("cause", "damaged"), ("condition", "unused"), ("remedy", "refund"), ("look", "1")];
    act(&guide, &page, CASE, "amend", &same).says("Nothing was changed");
    // The moment of the signature moves the window of the report.
    let signed = [("signed-at", "2026-02-21T10:00"), ("voucher", "on_file"), ("look", "1")];
    let sure = act(&guide, &page, CASE, "confirm", &signed);
    sure.says("The claim ends with this");
    act(&guide, &page, CASE, "confirm", &[("signed-at", "never"), ("look", "1")])
        .says("Write the day and the time");
    let tomorrow = [("signed-at", "2026-03-09T10:00"), ("look", "1")];
    act(&guide, &page, CASE, "confirm", &tomorrow).says("The rules say no");
    assert_eq!(act(&guide, &sure, CASE, "confirm", &[]).status, 303);
    guide.look(CASE).says("confirmed by staff").says("declined");
    holds(&server.app, &["SO-1001"]);
}

fn a_form_of_an_older_version_changes_nothing_and_keeps_what_was_typed(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "quality");
    let (guide, other) = (staff(&server, "representative"), staff(&server, "owner"));
    let page = guide.look(CASE);
    let queue = guide.look(CASES);
    let others = other.look(CASE);
    act(&other, &others, CASE, "write", &[("as", "note"), ("message", "Mine.")]);
    let before = everything(&server.app);
    let moved = act(
        &guide,
        &page,
        CASE,
        "write",
        &[("as", "note"), ("message", "Long and thought through.")],
    );
    assert_eq!(moved.status, 409);
    moved
        .says("Somebody else changed this order meanwhile")
        .says("Long and thought through.")
        .says("Mine.");
    assert_eq!(act(&guide, &queue, CASE, "authorise", &[]).status, 409);
    let path = format!("{CASE}/decline");
    assert_eq!(everything(&server.app), before, "nothing was done");
    let decline = guide.look(&format!("{path}?clause=report.7d"));
    let page = other.look(CASE);
    act(&other, &page, CASE, "write", &[("as", "note"), ("message", "Again mine.")]);
    let moved_too = post(&guide, &decline, &path, &[("unit", "L1:1"), ("words", "Nein, danke.")]);
    assert_eq!(moved_too.status, 409);
    moved_too.says("Nein, danke.");
    // Sent once more from the page that says so, it is done.
    let done = act(
        &guide,
        &moved,
        CASE,
        "write",
        &[("as", "note"), ("message", "Long and thought through.")],
    );
    assert_eq!(done.status, 409, "it moved once more");
    let done = act(
        &guide,
        &done,
        CASE,
        "write",
        &[("as", "note"), ("message", "Long and thought through.")],
    );
    assert_eq!(done.status, 303);
}

fn who_has_no_right_sees_nothing(database: &Database) {
    let server = Server::over(database);
    opened(&server.client("owner"), "a", &[1], "quality");
    let (dock, guide) = (staff(&server, "dock"), staff(&server, "representative"));
    for path in ["/desk/open", "/desk/templates", "/desk/templates/new"] {
        assert_eq!((dock.look(path).status, guide.look(path).status), (403, 200), "{path}");
    }
    for path in [
        "/desk/cases/NONE-R1",
        "/desk/cases/NONE-R1/decline",
        "/desk/open/NONE",
        "/desk/cases/SO-1001-R1/slip.pdf",
    ] {
        assert_eq!(guide.look(path).status, 404, "{path}");
    }
    dock.look(CASES).says("SO-1001-R1").says_not("Ada van Example").says_not("data-key=\"a\"");
    let page = guide.look(CASE);
    let mut fields = page.hidden(CASE);
    fields.retain(|(name, _)| name != "version");
    assert_eq!(guide.send(CASE, &fields).status, 400, "no form of ours goes without a version");
}

fn each_begins_where_their_work_is(database: &Database) {
    let server = Server::over(database);
    let firsts = [
        ("representative", "/desk/cases?attention=staff"),
        ("dock", "/desk/dock"),
        ("finance", "/desk/refunds"),
        ("representative dock", "/desk/cases"),
        ("owner", "/desk/cases"),
    ];
    for (roles, first) in firsts {
        let person = staff(&server, roles);
        assert_eq!(person.look("/desk").to, first, "{roles}");
        assert_eq!(person.look(first).status, 200, "{roles}");
    }
}

on_both_engines! {
    the_buyer_is_told_before_a_part_is_kept_back
    each_begins_where_their_work_is
    from_the_queue_a_case_is_authorised_by_one_form
    a_case_says_what_was_decided_why_and_what_is_next
    the_queue_is_filtered_by_links_and_pages_follow_each_other
    what_is_missing_is_asked_for_with_the_template_filled
    a_note_is_for_staff_alone_and_the_buyers_words_are_taken_down
    a_claim_is_declined_on_a_clause_in_the_buyers_language
    a_person_decides_against_the_engine_with_a_reason
    a_corrected_fact_is_shown_before_it_is_saved_and_marked_after
    a_form_of_an_older_version_changes_nothing_and_keeps_what_was_typed
    who_has_no_right_sees_nothing
}
