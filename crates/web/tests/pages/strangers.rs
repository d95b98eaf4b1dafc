//! What belongs to another order is answered as what is not there, and nothing of it changes.

use backhaul_testkit::Database;

use crate::browser::{Browser, Part, Server, png};

/// Opens a case with a picture in the browser's order; gives the picture.
fn opened(browser: &mut Browser, order: &str) -> String {
    let once = browser.get("/claim?unit=L1%3A1").field("once");
    let kept = browser.upload(
        "/picture",
        &[Part::Text("slot", "product"), Part::File("file", "a.png", &png(400, 300, 9))],
    );
    let file = kept.field("picture.product");
    let fields = |seen| {
        vec![
            ("once", once.clone()),
            ("seen", seen),
            ("unit", "L1:1".to_owned()),
            ("cause", "quality".to_owned()),
            ("condition", "used".to_owned()),
            ("remedy", "refund".to_owned()),
            ("picture.product", file.clone()),
        ]
    };
    let mut send = |seen: String, button: &str| {
        let fields = fields(seen);
        let mut parts: Vec<_> =
            fields.iter().map(|(name, value)| Part::Text(name, value)).collect();
        parts.push(Part::Text(button, "1"));
        browser.upload("/claim", &parts)
    };
    let seen = send(String::new(), "look").field("seen");
    send(seen, "send").leads_to(&format!("/case/{order}-R1"));
    file
}

#[test]
fn the_case_and_the_files_of_another_order_are_not_there() {
    let server = Server::over(&Database::sqlite());
    let mut ada = server.signed_in("SO-1", "ada@shop.example");
    let file = opened(&mut ada, "SO-1");
    let mut eve = server.signed_in("SO-2", "eve@shop.example");
    assert_eq!(ada.get(&format!("/picture/{file}/display")).status, 200);
    let before = server.column("select head_hash from ledger_order order by number");
    for path in [
        "/case/SO-1-R1".to_owned(),
        "/case/SO-1-R1/slip.pdf".to_owned(),
        "/case/SO-1-R1/packing.pdf".to_owned(),
        "/case/SO-1-R1/receipt.pdf".to_owned(),
        "/case/SO-1-R1/cancel".to_owned(),
        format!("/picture/{file}/display"),
        format!("/picture/{file}/original"),
        format!("/picture/{file}/thumbnail"),
    ] {
        let theirs = eve.get(&path);
        let nothing = eve.get(&path.replace("SO-1-R1", "SO-7-R1").replace(&file, &"0".repeat(32)));
        assert_eq!((theirs.status, nothing.status), (404, 404), "{path}");
        let same =
            |text: String| text.replace("SO-7-R1", "SO-1-R1").replace(&"0".repeat(32), &file);
        assert_eq!(same(theirs.text()), same(nothing.text()), "{path}");
    }
    for path in ["message", "parcel", "contest", "cancel"] {
        let fields = [("once", "abc"), ("message", "hello"), ("unit", "L1:1"), ("contest", "no")];
        let asked = eve.post(&format!("/case/SO-1-R1/{path}"), &fields);
        assert_eq!(asked.status, 404, "{path}");
    }
    let parts = [Part::Text("once", "abc"), Part::File("file.product", "a.png", &png(400, 300, 8))];
    assert_eq!(eve.upload("/case/SO-1-R1/evidence", &parts).status, 404);
    // A file of another order is no evidence of one's own.
    let once = eve.get("/claim?unit=L1%3A1").field("once");
    let parts = [
        Part::Text("once", &once),
        Part::Text("unit", "L1:1"),
        Part::Text("cause", "quality"),
        Part::Text("condition", "used"),
        Part::Text("remedy", "refund"),
        Part::Text("picture.product", &file),
        Part::Text("send", "1"),
    ];
    assert_eq!(eve.upload("/claim", &parts).status, 404);
    // A unit of another order is none of one's own, and foreign lines are not taken.
    let page = eve.get("/claim?unit=L9%3A1");
    page.leads_to("/order");
    assert_eq!(server.column("select head_hash from ledger_order order by number"), before);
}

#[test]
fn nobody_sees_anything_without_signing_in() {
    let server = Server::over(&Database::sqlite());
    let mut ada = server.signed_in("SO-1", "ada@shop.example");
    let file = opened(&mut ada, "SO-1");
    let mut nobody = server.browser();
    for path in [
        "/order",
        "/claim?unit=L1%3A1",
        "/case/SO-1-R1",
        "/withdraw",
        &format!("/picture/{file}/original"),
    ] {
        let page = nobody.get(path);
        assert_eq!((page.status, page.location.as_str()), (303, "/"), "{path}");
    }
    let page = nobody.get(&format!("/desk/picture/{file}/original"));
    page.leads_to("/desk/sign-in");
}
