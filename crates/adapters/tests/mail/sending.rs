//! What arrives is what was sent, whichever way the connection is encrypted.

use backhaul_adapters::mailer::Encryption;
use backhaul_app::letters::{Mailer as _, Sent};

use crate::postfix::{mail, mailer, postfix};

#[expect(clippy::unnecessary_wraps, reason = "it stands where a sender may have no name")]
fn shown() -> Option<(String, String)> {
    Some(("desk".to_owned(), "p@ss word/1".to_owned()))
}

#[test]
fn a_mail_arrives_with_its_headers_its_bodies_and_its_files() {
    let Some(postfix) = postfix() else { return };
    let mailer = mailer(postfix.server(postfix.plain, Encryption::Upgraded));
    assert_eq!(mailer.send(&mail("buyer@mail.example", "hello-plain")), Ok(Sent::Accepted));
    let text = postfix.arrived("hello-plain");
    for line in [
        "To: buyer@mail.example",
        "Message-ID: <letter.11@shop.example>",
        "References: <case.1@shop.example>",
        "Auto-Submitted: auto-generated",
        "Content-Language: zh-Hans",
        "Date: Fri, 06 Mar 2026 09:00:00 +0000",
        "Return-Path: <returns@shop.example>",
        "Delivered-To: buyer@mail.example",
    ] {
        assert!(text.lines().any(|each| each == line), "{line} is not in {text}");
    }
    assert!(text.contains("service@shop.example"));
    assert!(text.contains("multipart/mixed") && text.contains("multipart/alternative"));
    assert!(text.contains("text/plain") && text.contains("text/html"));
    assert!(text.contains("filename=\"return-slip.pdf\"") && text.contains("JVBERi0xLjc"));
    assert!(!text.contains("TLS"), "this port offers none");
}

#[test]
fn a_password_is_shown_behind_starttls() {
    let Some(postfix) = postfix() else { return };
    let mut server = postfix.server(postfix.upgraded, Encryption::Upgraded);
    server.credentials = shown();
    let mailer = mailer(server);
    assert_eq!(mailer.try_out(), Ok(()));
    assert_eq!(mailer.send(&mail("buyer@mail.example", "hello-upgraded")), Ok(Sent::Accepted));
    let text = postfix.arrived("hello-upgraded");
    assert!(text.contains("using TLSv1.3"), "{text}");
    assert!(text.contains("ESMTPSA"), "encrypted and signed in: {text}");
}

#[test]
fn a_connection_can_be_encrypted_from_its_start() {
    let Some(postfix) = postfix() else { return };
    let mailer = mailer(postfix.server(postfix.encrypted, Encryption::FromStart));
    assert_eq!(mailer.send(&mail("buyer@mail.example", "hello-encrypted")), Ok(Sent::Accepted));
    assert!(postfix.arrived("hello-encrypted").contains("using TLSv1.3"));
}

#[test]
fn a_second_copy_has_the_same_message_id() {
    let Some(postfix) = postfix() else { return };
    let mailer = mailer(postfix.server(postfix.plain, Encryption::Upgraded));
    for words in ["copy-1", "copy-2"] {
        assert_eq!(mailer.send(&mail("buyer@mail.example", words)), Ok(Sent::Accepted));
    }
    let id = |text: String| {
        text.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned).unwrap()
    };
    assert_eq!(id(postfix.arrived("copy-1")), id(postfix.arrived("copy-2")));
}

#[test]
fn no_other_recipient_can_be_put_in_through_what_a_mail_says() {
    let Some(postfix) = postfix() else { return };
    let mailer = mailer(postfix.server(postfix.plain, Encryption::Upgraded));
    let mut mail = mail("buyer@mail.example", "hello-injected\r\n.\r\nMAIL FROM:<a@b.example>");
    "Re\r\nBcc: thief@mail.example\r\n\r\nbody".clone_into(&mut mail.message.subject);
    "Shop\r\nBcc: thief@mail.example".clone_into(&mut mail.from_name);
    assert_eq!(mailer.send(&mail), Ok(Sent::Accepted));
    let text = postfix.arrived("hello-injected");
    let (head, _) = text.split_once("\n\n").unwrap();
    assert!(!head.lines().any(|line| line.to_lowercase().starts_with("bcc")), "{head}");
}
