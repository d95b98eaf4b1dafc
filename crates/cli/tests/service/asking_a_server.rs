//! Commands that ask a running server: on SQLite nobody else has the data then.

use std::path::Path;

use crate::copies::exported;
use crate::support::{CSV, Running, backhaul, desk, printed, told};

fn key(folder: &Path, role: &str) -> String {
    let made = backhaul(folder, &["api-key", "add", role, "--role", role]);
    assert_eq!(made.status.code(), Some(0), "{}", told(&made));
    printed(&made).trim().to_owned()
}

#[test]
fn a_running_desk_is_filled_copied_and_exported() {
    let folder = desk();
    let folder = folder.path();
    let (owner, guide) = (key(folder, "owner"), key(folder, "representative"));
    let server = Running::serve(folder, &[]);
    let url = format!("http://{}/", server.address());
    let at = |arguments: &[&str], key: &str| {
        backhaul(folder, &[arguments, &["--server", &url, "--key", key]].concat())
    };

    let more = CSV.replace("SO-1,", "SO-3,");
    std::fs::write(folder.join("more.csv"), more).expect("written");
    let import = at(&["import", "orders", "more.csv"], &guide);
    assert_eq!(import.status.code(), Some(0), "{}", told(&import));
    assert_eq!(printed(&import), "orders: 1 new, 0 changed, 1 as they were, 0 refused\n");
    std::fs::write(folder.join("bad.jsonl"), "{}\n").expect("written");
    assert_eq!(at(&["import", "orders", "bad.jsonl"], &guide).status.code(), Some(1));

    let audit = at(&["audit", "verify"], &owner);
    assert_eq!(audit.status.code(), Some(0), "{}", told(&audit));
    assert_eq!(printed(&audit), "3 orders, 0 events: 0 tampered with\n");
    let made = at(&["api-key", "add", "shop", "--role", "dock"], &owner);
    assert_eq!(made.status.code(), Some(0), "{}", told(&made));
    let shop = printed(&made).trim().to_owned();
    assert!(told(&at(&["api-key", "list"], &shop)).contains("403 forbidden"));
    let keys = printed(&at(&["api-key", "list"], &owner));
    let line = keys.lines().find(|line| line.contains("  shop  dock")).expect("it is listed");
    let id = line.split_once(' ').expect("its id").0;
    let ended = at(&["api-key", "revoke", id], &owner);
    assert_eq!(printed(&ended), format!("{id}: ended\n"), "{}", told(&ended));
    assert!(told(&at(&["api-key", "list"], &shop)).contains("401 not_authenticated"));
    for (arguments, printed_line) in [
        (
            &["user", "add", "Jörg B.", "--role", "dock", "--role", "finance"][..],
            "Jörg B.: dock finance\n",
        ),
        (&["user", "list"], "Jörg B.  dock finance\n"),
        (&["user", "retire", "Jörg B."], "Jörg B.: retired\n"),
        (&["user", "list"], "Jörg B.  dock finance  retired\n"),
    ] {
        let done = at(arguments, &owner);
        assert_eq!(printed(&done), printed_line, "{}", told(&done));
    }

    let copy = at(&["backup", "copy.gz"], &owner);
    assert_eq!(copy.status.code(), Some(0), "{}", told(&copy));
    let export = at(&["export", "--with-personal-data"], &owner);
    assert_eq!(export.status.code(), Some(0), "{}", told(&export));
    let to_file = at(&["export", "--out", "all.jsonl"], &owner);
    assert_eq!(to_file.status.code(), Some(0), "{}", told(&to_file));
    let all = std::fs::read_to_string(folder.join("all.jsonl")).expect("a file");
    assert!(all.trim_end().lines().last().is_some_and(|line| line.contains("\"end\"")), "{all}");

    for (arguments, key, message) in [
        (&["backup", "copy.gz"][..], owner.as_str(), "is there already"),
        (&["backup", "other.gz"], &guide, "the server says 403 forbidden"),
        (&["backup", "other.gz"], "bh_nobody", "the server says 401 not_authenticated"),
        (&["import", "orders", "more.csv"], "bh_nobody", "not_authenticated"),
    ] {
        let refused = at(arguments, key);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(told(&refused).contains(message), "{}", told(&refused));
    }
    assert!(!folder.join("other.gz").exists() && !folder.join("other.gz.part").exists());

    assert_eq!(server.end().status.code(), Some(0));
    let before = exported(folder, &[]);
    assert_eq!(before.len(), 6);
    let back = backhaul(folder, &["restore", "copy.gz", "--data", "elsewhere"]);
    assert_eq!(back.status.code(), Some(0), "{}", told(&back));
    assert_eq!(exported(folder, &["--data", "elsewhere"]), before);
    let stopped = at(&["backup", "late.gz"], &owner);
    assert!(told(&stopped).contains("cannot be asked"), "{}", told(&stopped));
}
