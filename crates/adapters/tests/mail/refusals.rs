//! What a mail server's refusal means, and what is never shown to one that cannot be believed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::sync::mpsc;
use std::time::Duration;

use backhaul_adapters::mailer::{Encryption, SmtpMailer, SmtpMailerError, SmtpServer};
use backhaul_app::letters::{Mailer as _, SendFault};

use crate::postfix::{SIZE_MAX, mail, mailer, postfix};

#[test]
fn who_is_not_there_is_refused_for_good_and_who_is_busy_is_not() {
    let Some(postfix) = postfix() else { return };
    let mailer = mailer(postfix.server(postfix.plain, Encryption::Upgraded));
    let send = |to: &str| mailer.send(&mail(to, "never")).unwrap_err();
    assert_eq!(send("nobody@mail.example"), SendFault::Refused { status: 550 });
    assert_eq!(send("later@mail.example"), SendFault::NotNow { status: 451 });
    assert!(!send("nobody@mail.example").is_worth_another());
    assert!(send("later@mail.example").is_worth_another());
    for odd in ["a..b@mail.example", "a@[127.0.0.1]", "ä@mail.example", "<a@mail.example"] {
        assert!(!send(odd).is_worth_another(), "{odd}: {:?}", send(odd));
    }
}

#[test]
fn a_mail_that_the_server_finds_too_large_is_given_up() {
    let Some(postfix) = postfix() else { return };
    let mailer = mailer(postfix.server(postfix.plain, Encryption::Upgraded));
    let mut mail = mail("buyer@mail.example", "large");
    mail.message.attachments[0].bytes = vec![1; SIZE_MAX];
    assert_eq!(mailer.send(&mail), Err(SendFault::TooLarge));
}

#[test]
fn a_certificate_that_nobody_vouches_for_or_of_another_name_is_not_believed() {
    let Some(postfix) = postfix() else { return };
    let ways =
        [(postfix.upgraded, Encryption::Upgraded), (postfix.encrypted, Encryption::FromStart)];
    for (port, encryption) in ways {
        let mut unknown = postfix.server(port, encryption);
        unknown.authorities = Vec::new();
        let send = |server| mailer(server).send(&mail("buyer@mail.example", "never"));
        assert_eq!(send(unknown), Err(SendFault::TlsFailed), "{encryption:?}");
        let mut other_name = postfix.server(port, encryption);
        "127.0.0.1".clone_into(&mut other_name.host);
        assert_eq!(send(other_name), Err(SendFault::TlsFailed), "{encryption:?}");
    }
}

#[test]
fn a_wrong_password_is_told_apart_and_tried_again_later() {
    let Some(postfix) = postfix() else { return };
    let mut server = postfix.server(postfix.upgraded, Encryption::Upgraded);
    server.credentials = Some(("desk".to_owned(), "wrong".to_owned()));
    let fault = mailer(server).send(&mail("buyer@mail.example", "never")).unwrap_err();
    assert_eq!(fault, SendFault::SignInFailed);
    assert!(fault.is_worth_another(), "the owner may mend it");
    let without = postfix.server(postfix.upgraded, Encryption::Upgraded);
    let fault = mailer(without).send(&mail("buyer@mail.example", "never")).unwrap_err();
    assert!(matches!(fault, SendFault::Refused { status: 554 }), "{fault:?}");
}

fn nowhere(host: &str, port: u16) -> SmtpServer {
    SmtpServer {
        host: host.to_owned(),
        port,
        encryption: Encryption::Upgraded,
        credentials: Some(("desk".to_owned(), "hush".to_owned())),
        authorities: Vec::new(),
        from: "returns@shop.example".to_owned(),
    }
}

/// One that offers sign-in without encryption, and notes all that it hears.
fn stripped() -> (u16, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.2:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (heard, told) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"220 mail ESMTP\r\n").unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        for line in lines.map_while(Result::ok) {
            heard.send(line).unwrap();
            stream.write_all(b"250-mail\r\n250 AUTH PLAIN LOGIN\r\n").unwrap();
        }
    });
    (port, told)
}

#[test]
fn a_password_is_not_shown_where_somebody_took_the_encryption_away() {
    let (port, told) = stripped();
    let fault = mailer(nowhere("127.0.0.2", port)).send(&mail("a@mail.example", "x")).unwrap_err();
    assert_eq!(fault, SendFault::TlsFailed);
    let heard: Vec<_> = told.iter().collect();
    assert!(heard.iter().all(|line| !line.contains("AUTH")), "{heard:?}");
}

#[test]
fn a_server_that_is_silent_or_not_there_is_not_waited_for_for_ever() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let wait = Duration::from_millis(200);
    let send = |port| {
        let mailer = SmtpMailer::new(nowhere("127.0.0.1", port)).unwrap().with_answer_wait(wait);
        mailer.send(&mail("a@mail.example", "x")).unwrap_err()
    };
    assert_eq!(send(port), SendFault::TimedOut);
    assert_eq!(send(1), SendFault::ConnectionFailed);
    assert!(send(port).is_worth_another() && send(1).is_worth_another());
}

#[test]
fn a_sender_or_an_authority_that_is_none_is_found_at_the_start() {
    let mut server = nowhere("mx.shop.example", 25);
    "nobody".clone_into(&mut server.from);
    assert_eq!(SmtpMailer::new(server).err(), Some(SmtpMailerError::From));
    let mut server = nowhere("mx.shop.example", 25);
    server.authorities = b"-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n".to_vec();
    assert_eq!(SmtpMailer::new(server).err(), Some(SmtpMailerError::Authorities));
    assert!(!format!("{:?}", nowhere("mx.shop.example", 25)).contains("hush"));
}
