//! A merchant's server that takes webhooks, and keeps them for the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Inbox, channel};
use std::time::Duration;

use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) signature: String,
    pub(crate) text: String,
    pub(crate) body: Value,
}

pub(crate) struct Receiver {
    port: u16,
    inbox: Inbox<Webhook>,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, inbox) = channel();
        // It ends with the test's process, or when nobody reads any more.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if sender.send(take(stream.unwrap())).is_err() {
                    return;
                }
            }
        });
        Self { port, inbox }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hooks", self.port)
    }

    /// The next one, which must come.
    pub(crate) fn next(&self) -> Webhook {
        self.inbox.recv_timeout(Duration::from_secs(20)).expect("a webhook comes")
    }

    /// Those that have come; ask only when the zoo is quiet.
    pub(crate) fn all(&self) -> Vec<Webhook> {
        self.inbox.try_iter().collect()
    }
}

fn take(stream: TcpStream) -> Webhook {
    let mut reader = BufReader::new(stream);
    let (mut length, mut signature) = (0, String::new());
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(("stripe-signature", value)) => value.clone_into(&mut signature),
            None if line == "\r\n" => break,
            _ => {}
        }
    }
    let mut text = vec![0; length];
    reader.read_exact(&mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let body = serde_json::from_str(&text).unwrap();
    let mut stream = reader.into_inner();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
    Webhook { signature, text, body }
}
