//! Against sockets of this machine: where it connects to, and what it makes of answers.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use backhaul_app::webhooks::{
    Reach, RetryAfter, SendAnswer, SendFault, SignedMessage, WebhookSender,
};
use jiff::SignedDuration;
use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::{ANSWER_HEAD_BYTES_MAX, HttpWebhookSender, TIMEOUT};

const SOON: Duration = Duration::from_secs(5);

fn message(url: String) -> SignedMessage {
    let (id, signature) = ("evt_SO-1_1".to_owned(), "v1,AAAA".to_owned());
    SignedMessage { url, id, seconds: 1_614_265_330, signature, body: "{\"a\":1}".to_owned() }
}

/// Answers each connection so; tells what it was sent.
fn server(answer: &'static [u8]) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut seen = Vec::new();
            let mut buffer = [0; 4096];
            // A greeting in TLS is answered as well, though not understood.
            while !seen.ends_with(b"{\"a\":1}") && (seen.is_empty() || seen.starts_with(b"POST")) {
                match stream.read(&mut buffer) {
                    Ok(0) | Err(_) => break,
                    Ok(count) => seen.extend_from_slice(&buffer[..count]),
                }
            }
            // Whoever is called may hang up on us.
            let _ = stream.write_all(answer);
            let _ = tell.send(String::from_utf8_lossy(&seen).into_owned());
        }
    });
    (address, told)
}

fn answered(answer: &'static [u8]) -> SendAnswer {
    let (address, _told) = server(answer);
    let sender = HttpWebhookSender::with_timeout(Reach::PublicAndThisMachine, SOON);
    sender.send(&message(format!("http://{address}/hook")))
}

fn status(status: u16) -> SendAnswer {
    SendAnswer::Answered { status, retry_after: None }
}

/// Says of every name what the next of its answers is; the last one for ever.
#[derive(Debug)]
struct Names {
    answers: Vec<Vec<SocketAddr>>,
    asked: AtomicUsize,
}

impl Resolver for Names {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed);
        let answer = self.answers.get(asked).or(self.answers.last()).unwrap();
        let mut found = self.empty();
        for address in answer {
            found.push(*address);
        }
        Ok(found)
    }
}

/// The same names, which a test can still ask how often they were asked.
#[derive(Debug)]
struct Shared(Arc<Names>);

impl Resolver for Shared {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        self.0.resolve(uri, config, timeout)
    }
}

fn sender_that_hears(answers: Vec<Vec<SocketAddr>>) -> HttpWebhookSender {
    let names = Names { answers, asked: AtomicUsize::new(0) };
    HttpWebhookSender::over(Reach::Public, Duration::from_millis(500), names)
}

#[test]
fn a_message_arrives_with_its_headers() {
    let (address, told) = server(b"HTTP/1.1 204 No Content\r\n\r\n");
    let sender = HttpWebhookSender::new(Reach::PublicAndThisMachine);
    assert_eq!(sender.send(&message(format!("http://{address}/hook?a=b"))), status(204));
    let seen = told.recv().unwrap();
    let lower = seen.to_lowercase();
    assert!(seen.starts_with("POST /hook?a=b HTTP/1.1\r\n"), "{seen}");
    for line in [
        "webhook-id: evt_so-1_1",
        "webhook-timestamp: 1614265330",
        "webhook-signature: v1,aaaa",
        "content-type: application/json",
        "user-agent: backhaul/",
    ] {
        assert!(lower.contains(&format!("\r\n{line}")), "{line} in {seen}");
    }
    assert!(seen.ends_with("\r\n\r\n{\"a\":1}"), "{seen}");
}

#[test]
fn a_redirect_is_an_answer_and_not_followed() {
    let (inner, told) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let location = format!("HTTP/1.1 307 Moved\r\nlocation: http://{inner}/\r\n\r\n");
    let said = answered(location.leak().as_bytes());
    assert_eq!(said, status(307));
    assert!(told.try_recv().is_err(), "nobody was called");
}

#[test]
fn what_a_receiver_asks_for_is_heard() {
    let asked = |retry_after| SendAnswer::Answered { status: 503, retry_after };
    let seconds = RetryAfter::In(SignedDuration::from_secs(120));
    assert_eq!(answered(b"HTTP/1.1 503 No\r\nretry-after: 120\r\n\r\n"), asked(Some(seconds)));
    let moment = RetryAfter::At("2015-10-21T07:28:00Z".parse().unwrap());
    let date = b"HTTP/1.1 503 No\r\nretry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n\r\n";
    assert_eq!(answered(date), asked(Some(moment)));
    assert_eq!(answered(b"HTTP/1.1 503 No\r\nretry-after: soon\r\n\r\n"), asked(None));
    assert_eq!(answered(b"HTTP/1.1 410 Gone\r\n\r\n"), status(410));
}

#[test]
fn an_answer_whose_body_never_ends_is_not_waited_for() {
    assert_eq!(answered(b"HTTP/1.1 200 OK\r\ncontent-length: 999999999999\r\n\r\nx"), status(200));
}

#[test]
fn what_is_no_answer_is_told_in_a_closed_list() {
    let no = SendAnswer::NoAnswer;
    assert_eq!(answered(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), no(SendFault::BadAnswer));
    let head = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(2 * ANSWER_HEAD_BYTES_MAX));
    assert_eq!(answered(head.leak().as_bytes()), no(SendFault::BadAnswer));
    assert_eq!(answered(b""), no(SendFault::ConnectionFailed));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sender = HttpWebhookSender::new(Reach::PublicAndThisMachine);
    let sent = sender.send(&message(format!("http://{free}/")));
    assert_eq!(sent, no(SendFault::ConnectionFailed));
    let (plain, _told) = server(b"HTTP/1.1 200 OK\r\n\r\n");
    let sent = sender.send(&message(format!("https://{plain}/")));
    assert_eq!(sent, no(SendFault::TlsFailed));
}

#[test]
fn a_receiver_that_says_nothing_is_left_in_time() {
    // Connections are taken by the system and never answered.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let timeout = Duration::from_millis(200);
    let sender = HttpWebhookSender::with_timeout(Reach::PublicAndThisMachine, timeout);
    let sent = sender.send(&message(format!("http://{address}/")));
    assert_eq!(sent, SendAnswer::NoAnswer(SendFault::TimedOut));
    assert_eq!(sender.timeout(), SignedDuration::from_millis(200));
    let usual = HttpWebhookSender::new(Reach::Public).timeout();
    assert_eq!(usual.unsigned_abs(), TIMEOUT);
}

#[test]
fn a_name_that_stands_for_an_inner_address_is_not_connected_to() {
    let inner = TcpListener::bind("127.0.0.1:0").unwrap();
    inner.set_nonblocking(true).unwrap();
    let port = inner.local_addr().unwrap().port();
    let public = SocketAddr::new(IpAddr::from([192, 0, 2, 1]), port);
    for address in [
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",
        "::",
        "192.168.1.1",
        "172.16.5.5",
        "fd00:ec2::254",
        "fe80::1",
        "224.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ] {
        let address = SocketAddr::new(address.parse().unwrap(), port);
        for answer in [vec![address], vec!["8.8.8.8:9".parse().unwrap(), address]] {
            let sender = sender_that_hears(vec![answer]);
            let sent = sender.send(&message(format!("https://hooks.example:{port}/")));
            assert_eq!(sent, SendAnswer::NoAnswer(SendFault::UrlNotAllowed), "{address}");
        }
    }
    // Reserved for documents, and so refused as well.
    let sent = sender_that_hears(vec![vec![public]]).send(&message("https://a.example/".into()));
    assert_eq!(sent, SendAnswer::NoAnswer(SendFault::UrlNotAllowed));
    assert!(inner.accept().is_err(), "nobody was called");
}

/// A name is asked for once a call, and what was checked is what is connected to: there is no second look that could be told
/// something else.
#[test]
fn a_name_that_changes_its_mind_gains_nothing() {
    let (allowed, told) = server(b"HTTP/1.1 200 OK\r\n\r\n");
    let inner = SocketAddr::new("10.0.0.1".parse().unwrap(), allowed.port());
    let answers = vec![vec![allowed], vec![inner]];
    let names = Arc::new(Names { answers, asked: AtomicUsize::new(0) });
    let reach = Reach::PublicAndThisMachine;
    let sender = HttpWebhookSender::over(reach, SOON, Shared(Arc::clone(&names)));
    let message = message("https://hooks.example/".to_owned());
    assert_eq!(sender.send(&message), SendAnswer::NoAnswer(SendFault::TlsFailed));
    assert!(told.recv().is_ok(), "it was connected to");
    assert_eq!(names.asked.load(Ordering::Relaxed), 1);
    assert_eq!(sender.send(&message), SendAnswer::NoAnswer(SendFault::UrlNotAllowed));
    assert_eq!(names.asked.load(Ordering::Relaxed), 2);
}

#[test]
fn an_address_that_was_saved_under_other_rules_is_not_called() {
    let (address, told) = server(b"HTTP/1.1 200 OK\r\n\r\n");
    let sender = HttpWebhookSender::new(Reach::Public);
    for scheme in ["http", "https"] {
        let sent = sender.send(&message(format!("{scheme}://{address}/")));
        assert_eq!(sent, SendAnswer::NoAnswer(SendFault::UrlNotAllowed));
    }
    assert!(told.try_recv().is_err(), "nobody was called");
}
