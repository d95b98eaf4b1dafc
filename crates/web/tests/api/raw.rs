//! Requests as bytes, for what a well-behaved client does not send.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use backhaul_testkit::{Database, on_both_engines};
use serde_json::Value;

use crate::asks::{NUMBER, order};
use crate::desk::everything;
use crate::server::Server;

on_both_engines! {
    a_request_that_says_its_length_in_two_ways_is_refused_and_nothing_rides_behind_it
    what_is_too_long_or_no_request_is_refused
    a_body_that_does_not_come_is_given_up
    an_answer_to_a_request_that_was_not_read_says_that_the_connection_ends
}

/// What came back, of one answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    /// All header lines, in lower case.
    pub(crate) head: String,
    pub(crate) body: Value,
    /// Whatever came behind the body.
    pub(crate) rest: String,
}

impl Reply {
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("")
    }

    pub(crate) fn pointer(&self) -> Option<&str> {
        self.body["pointer"].as_str()
    }
}

/// Sends bytes and reads until the server closes.
pub(crate) fn exchange(address: &str, bytes: &[u8]) -> Reply {
    let mut socket = TcpStream::connect(address).unwrap();
    // Where the server has said no and closed before all was sent, its answer is what counts.
    let _ = socket.write_all(bytes);
    reply(&read_all(&mut socket))
}

fn read_all(socket: &mut TcpStream) -> String {
    let mut all = Vec::new();
    match socket.read_to_end(&mut all) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => String::from_utf8(all).unwrap(),
    }
}

fn reply(text: &str) -> Reply {
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
    let head = head.to_lowercase();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.map_or(0, |length| length.parse::<usize>().unwrap());
    let (body, rest) = body.split_at(length.min(body.len()));
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    Reply { status, head, body, rest: rest.to_owned() }
}

/// A desk with one order, and the head of a request of the owner's.
fn desk(database: &Database) -> (Server, String) {
    let server = Server::over(database);
    let owner = server.client("owner");
    assert_eq!(owner.put(&format!("/orders/{NUMBER}"), &order()).status, 201);
    let head = format!("Host: desk\r\nAuthorization: Bearer {}\r\n", owner.token.unwrap());
    (server, head)
}

/// A request that would add a key, were it taken for one.
fn smuggled(head: &str) -> String {
    let body = r#"{"name":"smuggled","roles":["owner"]}"#;
    let length = body.len();
    format!(
        "POST /api/v1/keys HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n{body}"
    )
}

fn a_request_that_says_its_length_in_two_ways_is_refused_and_nothing_rides_behind_it(
    database: &Database,
) {
    let (server, head) = desk(database);
    let hidden = smuggled(&head);
    let before = everything(&server.app);
    let line =
        format!("POST /api/v1/decisions HTTP/1.1\r\n{head}Content-Type: application/json\r\n");
    let length = hidden.len();
    for (what, framing, body) in [
        ("two lengths", format!("Content-Length: 0\r\nContent-Length: {length}\r\n"), ""),
        ("a list of lengths", format!("Content-Length: 0, {length}\r\n"), ""),
        ("a length with a sign", "Content-Length: +0\r\n".to_owned(), ""),
        ("a length below nothing", "Content-Length: -1\r\n".to_owned(), ""),
        ("a length that is no number", "Content-Length: 0x10\r\n".to_owned(), ""),
        ("a length that is too long", "Content-Length: 99999999999999999999\r\n".to_owned(), ""),
        (
            "chunks that are not the last coding",
            "Transfer-Encoding: chunked, identity\r\n".to_owned(),
            "0\r\n\r\n",
        ),
        ("another coding", "Transfer-Encoding: gzip\r\n".to_owned(), "0\r\n\r\n"),
        ("a misspelt coding", "Transfer-Encoding: xchunked\r\n".to_owned(), "0\r\n\r\n"),
        ("a blank before the colon", "Transfer-Encoding : chunked\r\n".to_owned(), "0\r\n\r\n"),
        ("a folded line", "Transfer-Encoding:\r\n chunked\r\n".to_owned(), "0\r\n\r\n"),
        (
            "a chunk of too many bytes",
            "Transfer-Encoding: chunked\r\n".to_owned(),
            "FFFFFFFFFFFFFFFFF\r\n",
        ),
        ("a chunk of no number", "Transfer-Encoding: chunked\r\n".to_owned(), "zz\r\n\r\n"),
        ("a chunk of less than nothing", "Transfer-Encoding: chunked\r\n".to_owned(), "-1\r\n\r\n"),
    ] {
        let reply =
            exchange(&server.address, format!("{line}{framing}\r\n{body}{hidden}").as_bytes());
        assert_eq!(reply.status, 400, "{what}: {reply:?}");
        assert!(
            !reply.rest.contains("http/1.1") && !reply.rest.contains("HTTP/1.1"),
            "{what}: {reply:?}"
        );
        assert_eq!(everything(&server.app), before, "{what}");
    }
    // A length beside chunks is not believed, and the connection ends with the answer (RFC 9112, 6.1): whatever a hop before
    // us takes for the next request is none here.
    for framing in [
        format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n"),
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n".to_owned(),
    ] {
        let bytes = format!("{line}{framing}\r\n0\r\n\r\n{hidden}");
        let reply = exchange(&server.address, bytes.as_bytes());
        assert_eq!((reply.code(), reply.rest.as_str()), ("not_json", ""), "{framing}: {reply:?}");
        assert_eq!(everything(&server.app), before, "{framing}");
    }
}

fn what_is_too_long_or_no_request_is_refused(database: &Database) {
    let (server, head) = desk(database);
    let before = everything(&server.app);
    let get = "GET /api/v1/me HTTP/1.1\r\n";
    let end = "Connection: close\r\n\r\n";
    let many: String =
        (0..101).fold(String::new(), |all, number| all + &format!("X-{number}: 1\r\n"));
    let long = "x".repeat(1 << 20);
    let statuses: [(&str, String, &[u16]); 9] = [
        ("101 headers", format!("{get}{head}{many}{end}"), &[431]),
        ("a header of a mebibyte", format!("{get}{head}X-Long: {long}\r\n{end}"), &[431]),
        (
            "an address of a mebibyte",
            format!("GET /api/v1/me?{long} HTTP/1.1\r\n{head}{end}"),
            &[414, 431],
        ),
        ("no version", format!("GET /api/v1/me\r\n{head}{end}"), &[400]),
        ("another version", format!("GET /api/v1/me HTTP/3.0\r\n{head}{end}"), &[400]),
        ("a NUL in a header", format!("{get}{head}X-Odd: a\0b\r\n{end}"), &[400]),
        ("a bare CR in a header", format!("{get}{head}X-Odd: a\rb\r\n{end}"), &[400]),
        ("a header without a colon", format!("{get}{head}X-Odd\r\n{end}"), &[400]),
        ("no request at all", "\u{16}\u{3}\u{1}\r\n\r\n".to_owned(), &[400]),
    ];
    for (what, bytes, expected) in statuses {
        let reply = exchange(&server.address, bytes.as_bytes());
        assert!(expected.contains(&reply.status), "{what}: {} {}", reply.status, reply.head);
    }
    assert_eq!(everything(&server.app), before);
    let reply = exchange(&server.address, format!("{get}{head}{end}").as_bytes());
    assert_eq!(reply.status, 200, "the server is as it was: {reply:?}");
}

fn a_body_that_does_not_come_is_given_up(database: &Database) {
    let (server, head) = desk(database);
    let before = everything(&server.app);
    let line = format!(
        "POST /api/v1/keys HTTP/1.1\r\n{head}Content-Type: application/json\r\nContent-Length: 37\r\n\r\n"
    );
    let mut socket = TcpStream::connect(&server.address).unwrap();
    socket.write_all(line.as_bytes()).unwrap();
    socket.write_all(br#"{"name":"#).unwrap();
    // Nothing more is sent; the server answers when its own time is over, and hangs up.
    let reply = reply(&read_all(&mut socket));
    assert_eq!((reply.status, reply.code()), (408, "body_timeout"), "{reply:?}");
    // One that hangs up itself gets nothing, and leaves nothing behind.
    let mut socket = TcpStream::connect(&server.address).unwrap();
    socket.write_all(line.as_bytes()).unwrap();
    socket.write_all(br#"{"name":"half","roles":["#).unwrap();
    drop(socket);
    assert_eq!(everything(&server.app), before);
}

fn an_answer_to_a_request_that_was_not_read_says_that_the_connection_ends(database: &Database) {
    let (server, head) = desk(database);
    let says_end = |reply: &Reply| reply.head.contains("connection: close");
    let order = order().to_string();
    let put = |head: &str| {
        let length = order.len();
        format!(
            "PUT /api/v1/orders/{NUMBER} HTTP/1.1\r\n{head}Content-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    let refused = exchange(&server.address, put("Host: desk\r\n").as_bytes());
    assert_eq!((refused.status, says_end(&refused)), (401, true), "{refused:?}");
    // One that was read leaves the way open for the next.
    let next = format!("GET /api/v1/orders/{NUMBER} HTTP/1.1\r\n{head}Connection: close\r\n\r\n");
    let both = format!("{}{order}{next}", put(&head));
    let read = exchange(&server.address, both.as_bytes());
    assert_eq!((read.status, says_end(&read)), (200, false), "{read:?}");
    assert!(read.rest.starts_with("HTTP/1.1 200"), "{read:?}");
}
