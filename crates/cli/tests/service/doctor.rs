//! `backhaul doctor`: it sees what is wrong, and changes nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

use crate::support::{Running, backhaul, desk, printed, told};

fn doctor(folder: &Path, settings: &str) -> Output {
    std::fs::write(folder.join("backhaul.toml"), settings).expect("written");
    backhaul(folder, &["doctor"])
}

/// What it said of that check.
fn line(output: &Output, check: &str) -> String {
    let said = printed(output);
    let line = said.lines().find(|line| line.contains(&format!(" {check}: ")));
    line.unwrap_or_else(|| panic!("no `{check}` in {said}{}", told(output))).to_owned()
}

/// Somebody who says one thing to everyone who connects.
fn says(words: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = stream.and_then(|mut stream| stream.write_all(words.as_bytes()));
        }
    });
    port
}

#[test]
fn a_new_folder_is_no_mistake_and_nothing_is_made_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = doctor(folder.path(), "");
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    assert!(line(&output, "database").starts_with("warning"));
    assert!(line(&output, "clock").starts_with("ok"));
    assert!(!folder.path().join("backhaul-data").exists());
}

#[test]
fn a_desk_with_data_is_looked_through() {
    let folder = desk();
    let output = doctor(folder.path(), "");
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    for check in ["data folder", "database", "audit", "refunds", "clock", "webhooks"] {
        assert!(line(&output, check).starts_with("ok"), "{}", line(&output, check));
    }
    let mail = line(&output, "mail");
    assert!(mail.starts_with("warning") && mail.contains("letters to buyers wait"), "{mail}");
    let server = Running::serve(folder.path(), &[]);
    let beside = doctor(folder.path(), "");
    assert!(line(&beside, "database").contains(&format!("process {}", server.pid)));
}

#[test]
fn what_is_wrong_is_told_and_the_exit_code_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = doctor(folder.path(), "listen = 1");
    assert_eq!(output.status.code(), Some(1));
    assert!(line(&output, "configuration").starts_with("wrong"), "{}", printed(&output));
    let nobody = "[mail]\nsmtp = \"smtp://desk:hush@127.0.0.1:1\"\nfrom = \"a@b.example\"";
    let output = doctor(folder.path(), nobody);
    assert_eq!(output.status.code(), Some(1));
    assert!(line(&output, "mail").starts_with("wrong    mail: 127.0.0.1:1: "));
    assert!(!printed(&output).contains("hush"));
    let database = "database = \"postgres://desk@127.0.0.1:1/x\"";
    let output = doctor(folder.path(), database);
    assert_eq!(output.status.code(), Some(1));
    assert!(line(&output, "database").contains("cannot be reached"), "{}", printed(&output));
}

/// Greets with those words, and answers whatever it is asked with what a mail server says to a greeting.
fn greets(words: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.write_all(words.as_bytes());
            let mut asked = [0_u8; 512];
            while stream.read(&mut asked).is_ok_and(|bytes| bytes > 0) {
                let _ = stream.write_all(b"250 mail\r\n");
            }
        }
    });
    port
}

#[test]
fn a_mail_server_must_greet() {
    let folder = tempfile::tempdir().expect("a folder");
    for (words, outcome) in [("220 mail ESMTP\r\n", "ok"), ("HTTP/1.1 400 Bad\r\n", "wrong")] {
        let port = greets(words);
        let settings =
            format!("[mail]\nsmtp = \"smtp://127.0.0.1:{port}\"\nfrom = \"a@b.example\"");
        let output = doctor(folder.path(), &settings);
        assert!(line(&output, "mail").starts_with(outcome), "{}", printed(&output));
    }
}

#[test]
fn a_provider_is_reached_without_its_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let port = says("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let provider = |port: u16| {
        format!(
            "default_provider = \"mine\"\n[providers.mine]\nkind = \"stripe\"\nkey = \"hush\"\nwebhook_secret = \"hush\"\nbase_url = \"http://127.0.0.1:{port}\""
        )
    };
    let output = doctor(folder.path(), &provider(port));
    assert!(line(&output, "provider `mine`").starts_with("ok"), "{}", printed(&output));
    let output = doctor(folder.path(), &provider(1));
    assert!(line(&output, "provider `mine`").starts_with("wrong"), "{}", printed(&output));
    assert!(!printed(&output).contains("hush"));
}

#[test]
fn machines_read_one_object_a_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = backhaul(folder.path(), &["doctor", "--json"]);
    let lines = printed(&output);
    let lines = lines.lines().map(serde_json::from_str::<serde_json::Value>);
    let lines: Vec<_> = lines.map(|line| line.expect("JSON")).collect();
    let first = lines.first().expect("a check");
    assert_eq!(first.get("check"), Some(&"configuration".into()));
    assert_eq!(first.get("outcome"), Some(&"ok".into()));
}

#[test]
fn a_restored_desk_says_that_refunds_are_paused() {
    let folder = desk();
    let folder = folder.path();
    assert_eq!(backhaul(folder, &["backup", "copy.gz"]).status.code(), Some(0));
    assert_eq!(backhaul(folder, &["restore", "copy.gz", "--data", "new"]).status.code(), Some(0));
    let output = doctor(folder, "data = \"new\"");
    assert!(line(&output, "refunds").starts_with("warning"), "{}", printed(&output));
    assert!(line(&output, "refunds").contains("was put back"), "{}", printed(&output));
}
