//! What the dock does with a scanner: each scan is one form that ends with Enter.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::sync::Arc;

use backhaul_adapters::blob_files::BlobFiles;
use backhaul_core::ledger::{ArrivalState, Goods, HeldReason, Ledger, UnitId};
use backhaul_testkit::{Database, on_both_engines};
use serde_json::json;

use crate::browser::{Shown, Staff, authorised, ledger, pollster, staff};
use crate::desk::{holds, id};
use crate::server::Server;

const DOCK: &str = "/desk/dock";

fn unit(number: u32) -> UnitId {
    UnitId::whole(id("L1"), number)
}

fn is_received(ledger: &Ledger, number: u32) -> bool {
    ledger.goods(&unit(number)) == Goods::Received
}

/// Why things are held, by what they are.
fn held(ledger: &Ledger) -> Vec<HeldReason> {
    let held = ledger.arrivals.values().filter(|arrival| arrival.state == ArrivalState::Held);
    held.map(|arrival| arrival.why).collect()
}

/// One scan on the page that is open.
fn scan(dock: &Staff, page: &Shown, text: &str) -> Shown {
    dock.fill(page, DOCK, &[("scan", text)])
}

fn two_scans_receive_a_parcel_of_one_unit(database: &Database) {
    let server = Server::over(database);
    let case = authorised(&server.client("owner"), &[1]);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), &case);
    page.says("Box of").says("S1").says("0 of 1 here");
    assert!(!is_received(&ledger(&server.app, "SO-1001"), 1), "the slip alone books nothing in");
    scan(&dock, &page, "S1").says("Received for SO-1001-R1: 1").says("Scan the next slip.");
    assert!(is_received(&ledger(&server.app, "SO-1001"), 1));
    holds(&server.app, &["SO-1001"]);
}

fn a_scan_that_is_sent_twice_acts_once(database: &Database) {
    let server = Server::over(database);
    let case = authorised(&server.client("owner"), &[1]);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), &case);
    let first = scan(&dock, &page, "S1");
    let again = scan(&dock, &page, "S1");
    again.says("Received for SO-1001-R1: 1");
    first.says("Received for SO-1001-R1: 1");
    let ledger = ledger(&server.app, "SO-1001");
    assert_eq!((ledger.parcels.len(), held(&ledger).len()), (1, 0));
}

fn the_last_of_several_scans_books_the_parcel_in(database: &Database) {
    let server = Server::over(database);
    let case = authorised(&server.client("owner"), &[1, 2]);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), &case);
    let page = scan(&dock, &page, "S2");
    page.says("S2 fits").says("1 of 2 here");
    let page = scan(&dock, &page, "S2");
    page.says("scanned already");
    assert!(!is_received(&ledger(&server.app, "SO-1001"), 2));
    scan(&dock, &page, "S1").says("Received for SO-1001-R1: 2");
    let ledger = ledger(&server.app, "SO-1001");
    assert!(is_received(&ledger, 1) && is_received(&ledger, 2));
}

fn part_of_a_parcel_is_received_by_its_button(database: &Database) {
    let server = Server::over(database);
    let case = authorised(&server.client("owner"), &[1, 2]);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), &case);
    let page = scan(&dock, &page, "S2");
    dock.fill(&page, DOCK, &[("scan", ""), ("receive", "1")]).says("Received for SO-1001-R1: 1");
    let ledger = ledger(&server.app, "SO-1001");
    assert!(!is_received(&ledger, 1) && is_received(&ledger, 2));
}

fn what_is_not_awaited_is_asked_about_and_held(database: &Database) {
    let server = Server::over(database);
    let case = authorised(&server.client("owner"), &[1]);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), &case);
    // A serial of nobody's, and one of this order that no claim awaits.
    let page = scan(&dock, &page, "X-99");
    page.says("Is it in the box?").says("none of the order");
    let page = scan(&dock, &page, "S7");
    page.says("no return was authorised for it");
    dock.fill(&page, DOCK, &[("receive", "1")]).says("Say first of each marked thing");
    let page = dock.fill(&page, DOCK, &[("hold", "X-99")]);
    let page = dock.fill(&page, DOCK, &[("drop", "S7")]);
    assert!(
        held(&ledger(&server.app, "SO-1001")).is_empty(),
        "nothing is booked before the box is"
    );
    scan(&dock, &page, "S1").says("Received for SO-1001-R1: 1").says("Held in order SO-1001: 1");
    assert_eq!(held(&ledger(&server.app, "SO-1001")), [HeldReason::UnknownSerial]);
    // What was returned before is asked about as well.
    let page = scan(&dock, &dock.look(DOCK), &case);
    page.says("Nothing of SO-1001-R1 is awaited");
    let page = scan(&dock, &page, "S1");
    page.says("this unit was returned before");
    let page = dock.fill(&page, DOCK, &[("hold", "S1")]);
    dock.fill(&page, DOCK, &[("receive", "1")]).says("Held in order SO-1001: 1");
    assert_eq!(held(&ledger(&server.app, "SO-1001")).len(), 2);
    holds(&server.app, &["SO-1001"]);
}

fn a_label_without_a_slip_finds_its_case_and_asks_once_more(database: &Database) {
    let server = Server::over(database);
    authorised(&server.client("owner"), &[1]);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), "S1");
    page.says("No slip was scanned").says("SO-1001-R1");
    assert!(!is_received(&ledger(&server.app, "SO-1001"), 1));
    scan(&dock, &page, "S1").says("Received for SO-1001-R1: 1");
    assert!(is_received(&ledger(&server.app, "SO-1001"), 1));
}

fn a_box_that_nobody_can_name_is_held_and_settled(database: &Database) {
    let server = Server::over(database);
    authorised(&server.client("owner"), &[1]);
    let dock = staff(&server, "dock");
    let unnamed = "/desk/dock/unnamed";
    let page = scan(&dock, &dock.look(DOCK), "WHAT-IS-THIS");
    page.says("Nothing is known under");
    let fields = [("order", "SO-9"), ("description", "a grey box")];
    let page = dock.fill(&page, unnamed, &fields);
    page.says("There is no order").says("a grey box");
    let fields = [("order", "SO-1001"), ("description", "a grey box")];
    let done = dock.fill(&page, unnamed, &fields);
    assert_eq!((done.status, done.to.as_str()), (303, "/desk/dock/held?done=held"));
    dock.fill(&page, unnamed, &fields);
    let page = dock.look("/desk/dock/held");
    page.says("a grey box").says("nobody could name it");
    assert_eq!(held(&ledger(&server.app, "SO-1001")), [HeldReason::Unidentified]);
    // It turns out to be the unit that is awaited.
    let claim = format!("{}|{}", "SO-1001-R1", unit(1));
    let done = dock.fill(&page, "/desk/dock/held", &[("claim", &claim)]);
    assert_eq!(done.status, 303, "{done:?}");
    let ledger = ledger(&server.app, "SO-1001");
    assert!(is_received(&ledger, 1) && held(&ledger).is_empty());
    dock.look("/desk/dock/held").says("Nothing is held");
    holds(&server.app, &["SO-1001"]);
}

fn an_inspection_shows_both_decisions_before_it_is_saved(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    let case = authorised(&owner, &[1]);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), &case);
    scan(&dock, &page, "S1");
    dock.look("/desk/dock/inspections").says("S1");
    let path = "/desk/dock/inspections/SO-1001-R1/L1%231";
    let page = dock.look(path);
    let unanswered = dock.fill(&page, path, &[("fault", "yes"), ("condition", "used")]);
    unanswered.says("Not answered");
    let asked: Vec<_> = page
        .text
        .split("name=\"finding-")
        .skip(1)
        .map(|rest| format!("finding-{}", rest.split('"').next().unwrap()))
        .collect();
    let answers = |wrong: &str| {
        let mut all = vec![("fault", "yes"), ("condition", "used"), ("report", "It was dropped.")];
        all.extend(
            asked
                .iter()
                .map(|name| (name.as_str(), if name.ends_with(wrong) { "yes" } else { "no" })),
        );
        all.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>()
    };
    let fill = |page: &Shown, wrong: &str, button: &str| {
        let mut all = page.hidden(path);
        all.extend(answers(wrong));
        all.push((button.to_owned(), "1".to_owned()));
        dock.send(path, &all)
    };
    let preview = fill(&page, "misuse", "preview");
    preview.says("nothing is saved yet").says("As it was claimed").says("As it was found");
    preview.says("Found it is: declined");
    assert_eq!(ledger(&server.app, "SO-1001").goods(&unit(1)), Goods::Received);
    // Another answer than was looked at is looked at again.
    fill(&preview, "none", "save").says("nothing is saved yet");
    let saved = fill(&preview, "misuse", "save");
    assert_eq!(saved.status, 303, "{saved:?}");
    assert_eq!(fill(&preview, "misuse", "save").status, 303, "sent twice, it acts once");
    assert_eq!(ledger(&server.app, "SO-1001").goods(&unit(1)), Goods::Inspected);
    let page = dock.look(path);
    page.says("Send back to the buyer").says_not("restock");
    let done = dock.fill(&page, &format!("{path}/done"), &[("send-back", "1")]);
    assert_eq!(done.status, 303, "{done:?}");
    assert_eq!(ledger(&server.app, "SO-1001").goods(&unit(1)), Goods::SentBack);
    holds(&server.app, &["SO-1001"]);
}

fn a_picture_of_a_finding_is_kept_with_the_case(database: &Database) {
    let files = tempfile::tempdir().unwrap();
    let blobs = Arc::new(BlobFiles::open(files.path()).unwrap());
    let server = Server::with(database, |service| {
        service.app = service.app.clone().with_blobs(blobs);
    });
    let case = authorised(&server.client("owner"), &[1]);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), &case);
    scan(&dock, &page, "S1");
    let path = "/desk/dock/inspections/SO-1001-R1/L1%231";
    let page = dock.look(path);
    let answers = |page: &Shown, button: &str| {
        let mut all = page.hidden(path);
        let fields = page.text.split("name=\"finding-").skip(1);
        let fields: BTreeSet<_> = fields.map(|rest| rest.split('"').next().unwrap()).collect();
        for name in fields {
            let answer = if name == "misuse" { "yes" } else { "no" };
            all.push((format!("finding-{name}"), answer.to_owned()));
        }
        for (name, value) in [("fault", "yes"), ("condition", "used"), (button, "1")] {
            all.push((name.to_owned(), value.to_owned()));
        }
        all
    };
    // What is no picture is told at its question, and what was answered is kept.
    let field = "picture-finding-misuse";
    let wrong = dock.send_with(path, &answers(&page, "preview"), (field, b"MZ no picture"));
    wrong.says("value=\"yes\" checked").says_not("nothing is saved yet");
    let strange = dock.send_with(path, &answers(&page, "preview"), ("strange", b"MZ"));
    assert_eq!(strange.status, 400);
    let mut picture = Cursor::new(Vec::new());
    let pixels = image::RgbImage::from_pixel(640, 480, image::Rgb([9, 120, 40]));
    pixels.write_to(&mut picture, image::ImageFormat::Png).unwrap();
    let preview = dock.send_with(path, &answers(&page, "preview"), (field, picture.get_ref()));
    preview.says("nothing is saved yet").says("/thumbnail");
    let saved = dock.send(path, &answers(&preview, "save"));
    assert_eq!(saved.status, 303, "{saved:?}");
    // A file that was kept for another question, or none at all, is not taken for one of this question.
    let hidden = preview.hidden(path);
    let (_, kept) = hidden.iter().find(|(name, _)| name == "kept").unwrap();
    let of_misuse = kept.strip_prefix("finding-misuse=").unwrap();
    for named in ["no-such-file", of_misuse] {
        let mut foreign = answers(&page, "preview");
        foreign.push(("kept".to_owned(), format!("fault={named}")));
        assert_eq!(dock.send(path, &foreign).status, 400, "{named}");
    }
    let page = staff(&server, "representative").look(&format!("/desk/cases/{case}"));
    page.says("Inspection: ");
    let file = page.text.split("/desk/picture/").nth(1).unwrap().split('/').next().unwrap();
    assert_eq!(dock.look(&format!("/desk/picture/{file}/original")).status, 200);
    // Nobody sweeps it away: the case has it.
    let (row, _) = pollster(server.app.file(file)).unwrap();
    assert_eq!((row.case.as_str(), row.slot.as_str()), (case.as_str(), "inspection.misuse"));
    holds(&server.app, &["SO-1001"]);
}

fn goods_without_serials_are_counted(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    let eur = |minor: i64| json!({"minor": minor, "currency": "EUR"});
    let order = json!({
        "number": "SO-2", "placed_at": "2026-02-20T09:00:00Z", "signed_at": "2026-03-04T14:20:00Z",
        "time_zone": "Europe/Berlin", "country": "DE", "voucher": "on_file", "currency": "EUR",
        "lines": [{"id": "L1", "sku": "LC-LC-3M", "category": "cable/dac", "quantity": 4,
                   "share": {"price": eur(4_000), "discount": eur(0), "tax": eur(0)}}],
        "shipping": eur(0),
        "payments": [{"id": "P1", "captured": eur(4_000), "captured_at": "2026-02-20T09:00:01Z"}],
    });
    assert_eq!(owner.put("/orders/SO-2", &order).status, 201);
    let units = json!([{"line": "L1", "number": 1}, {"line": "L1", "number": 2}]);
    let claim =
        json!({"units": units, "cause": "quality", "remedy": "refund", "condition": "used"});
    let opened = owner.post("k", "/orders/SO-2/cases", &json!({"claims": [claim]}));
    let case = opened.body["case"].as_str().unwrap();
    let authorise =
        json!({"case": case, "units": units, "instructions": "T", "expires_on": "2026-04-30"});
    assert_eq!(owner.command("a", "SO-2", "authorise", &authorise).status, 200);
    let dock = staff(&server, "dock");
    let page = scan(&dock, &dock.look(DOCK), case);
    page.says("awaited: 2");
    let over = dock.fill(&page, DOCK, &[("count:L1", "3"), ("receive", "1")]);
    over.says("More was counted than is awaited").says("too many: 1");
    assert!(ledger(&server.app, "SO-2").parcels.is_empty());
    let done = dock.fill(&over, DOCK, &[("count:L1", "3"), ("receive", "1")]);
    done.says("Received for SO-2-R1: 2").says("Held in order SO-2: 1");
    assert_eq!(held(&ledger(&server.app, "SO-2")), [HeldReason::OverDelivery]);
}

/// A picture of square codes beside each other, as a phone would send it.
fn photo_of(texts: &[&str]) -> Vec<u8> {
    const DOTS: u32 = 8;
    const SIDE: u32 = 400;
    let width = SIDE * u32::try_from(texts.len().max(1)).unwrap();
    let mut picture = image::GrayImage::from_pixel(width, SIDE, image::Luma([255]));
    for (place, text) in (0_u32..).zip(texts) {
        let code = qrcode::QrCode::new(text).unwrap();
        let modules = u32::try_from(code.width()).unwrap();
        for (at, colour) in (0_u32..).zip(code.to_colors()) {
            if colour == qrcode::Color::Dark {
                let (x, y) = (at % modules * DOTS + place * SIDE + 60, at / modules * DOTS + 60);
                for dot in 0..DOTS * DOTS {
                    picture.put_pixel(x + dot % DOTS, y + dot / DOTS, image::Luma([0]));
                }
            }
        }
    }
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A picture in place of a scan.
fn photograph(dock: &Staff, page: &Shown, bytes: &[u8]) -> Shown {
    dock.send_with("/desk/dock/photo", &page.hidden(DOCK), ("photo", bytes))
}

fn a_picture_of_a_code_is_as_good_as_a_scan(database: &Database) {
    let server = Server::over(database);
    let case = authorised(&server.client("owner"), &[1]);
    let dock = staff(&server, "dock");
    let link = format!("https://desk.example/case/{case}?k=1");
    let page = photograph(&dock, &dock.look(DOCK), &photo_of(&[&link]));
    page.says("Box of").says("0 of 1 here");
    // Of a label's codes the one counts that the desk knows.
    let page = photograph(&dock, &page, &photo_of(&["4006381333931", "S1"]));
    page.says("Received for SO-1001-R1: 1");
    assert!(is_received(&ledger(&server.app, "SO-1001"), 1));
    holds(&server.app, &["SO-1001"]);
}

fn a_picture_that_says_nothing_or_too_much_books_nothing(database: &Database) {
    let server = Server::over(database);
    let case = authorised(&server.client("owner"), &[1]);
    let dock = staff(&server, "dock");
    let open = scan(&dock, &dock.look(DOCK), &case);
    for (bytes, told) in [
        (photo_of(&[]), "No code can be read"),
        (b"\x89PNG\r\n\x1a\n and no more".to_vec(), "cannot be read"),
        (b"<svg/>".to_vec(), "PDF"),
        (Vec::new(), "This file is empty"),
    ] {
        photograph(&dock, &open, &bytes).says(told).says("0 of 1 here");
    }
    dock.fill(&open, "/desk/dock/photo", &[]).says("Choose or take a picture first.");
    let many = photograph(&dock, &open, &photo_of(&["S1", "S2"]));
    many.says("Which code is it?").says("0 of 1 here");
    assert!(!is_received(&ledger(&server.app, "SO-1001"), 1));
    dock.fill(&many, DOCK, &[("scan", ""), ("code", "S1")]).says("Received for SO-1001-R1: 1");
}

on_both_engines! {
    a_picture_of_a_code_is_as_good_as_a_scan
    a_picture_that_says_nothing_or_too_much_books_nothing
    two_scans_receive_a_parcel_of_one_unit
    a_scan_that_is_sent_twice_acts_once
    the_last_of_several_scans_books_the_parcel_in
    part_of_a_parcel_is_received_by_its_button
    what_is_not_awaited_is_asked_about_and_held
    a_label_without_a_slip_finds_its_case_and_asks_once_more
    a_box_that_nobody_can_name_is_held_and_settled
    an_inspection_shows_both_decisions_before_it_is_saved
    a_picture_of_a_finding_is_kept_with_the_case
    goods_without_serials_are_counted
}
