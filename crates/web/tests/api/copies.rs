//! A copy of everything over HTTP, while the desk is open.

use backhaul_testkit::{Database, on_both_engines};

use crate::server::{Server, order};

fn only_the_owner_takes_copies_and_each_gets_all_lines(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    assert_eq!(owner.put("/orders/SO-1001", &order()).status, 201);
    for path in ["/backup", "/export"] {
        assert_eq!(server.bearing(None).get(path).status, 401);
        assert_eq!(server.client("representative dock finance").get(path).status, 403);
    }
    let bytes = owner.bytes("/backup");
    assert_eq!(bytes.get(..2), Some([0x1f, 0x8b].as_slice()), "gzip");
    let lines = String::from_utf8(owner.bytes("/export")).unwrap();
    assert!(lines.starts_with("{\"at\"") || lines.contains("\"type\":\"export\""), "{lines}");
    assert_eq!(lines.lines().filter(|line| line.starts_with("{\"type\":\"order\"")).count(), 1);
    assert!(lines.lines().last().unwrap().contains("\"type\":\"end\""), "{lines}");
    assert_eq!(owner.get("/export?with_personal_data=perhaps").code(), "malformed_query");
}

fn whoever_has_one_copy_whole_may_ask_for_the_next_at_once(database: &Database) {
    let server = Server::over(database);
    let owner = server.client("owner");
    for _ in 0..30 {
        assert!(!owner.bytes("/export").is_empty());
    }
}

on_both_engines! {
    whoever_has_one_copy_whole_may_ask_for_the_next_at_once
    only_the_owner_takes_copies_and_each_gets_all_lines
}
