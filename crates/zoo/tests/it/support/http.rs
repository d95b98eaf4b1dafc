//! One request over one connection, as plain as can be.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    /// `null` if it was no JSON.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn has_header(&self, line: &str) -> bool {
        self.head.lines().any(|own| own.eq_ignore_ascii_case(line))
    }
}

pub(crate) fn send(
    address: SocketAddr,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Option<Answer> {
    let mut stream = TcpStream::connect(address).unwrap();
    // So that a test which fails while a request is held ends all the same.
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request(method, path, headers, body).as_bytes()).unwrap();
    let mut answer = Vec::new();
    // Whether an end or a reset comes first is up to the system.
    stream.read_to_end(&mut answer).ok();
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let body = serde_json::from_str(body).unwrap_or(Value::Null);
    Some(Answer { status, head: head.to_owned(), body })
}

pub(crate) fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let headers = headers.concat();
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: zoo\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
}
