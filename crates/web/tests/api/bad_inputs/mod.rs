//! What is no good: each row is one request, with the status, the code and the place that it gets. Nothing changes by any of them.

mod bodies;
mod requests;

use backhaul_testkit::Database;
use serde_json::Value;

use crate::asks::{NUMBER, authorise, counted, open, order, receive, scanned};
use crate::desk::everything;
use crate::raw::{Reply, exchange};
use crate::server::Server;

/// What a row must get: status, code, and the place in the body.
type Expected = (u16, &'static str, Option<&'static str>);

const JSON: Expected = (400, "malformed_json", None);

const fn body(pointer: &'static str) -> Expected {
    (422, "malformed_body", Some(pointer))
}

const fn refused(code: &'static str) -> Expected {
    (409, code, None)
}

/// A desk on which something can go wrong: goods of case `A` are here and may be paid back; those of `B` may come.
struct Desk {
    server: Server,
    head: String,
    before: String,
    asked: usize,
    wrong: Vec<String>,
}

impl Desk {
    fn over(database: &Database) -> Self {
        let server = Server::over(database);
        let owner = server.client("owner");
        assert_eq!(owner.put(&format!("/orders/{NUMBER}"), &order()).status, 201);
        for (place, (name, command)) in [
            open("A", &["L1#1"]),
            authorise("A", &["L1#1"]),
            receive("PA", "A", &[scanned("S1")]),
            open("B", &["L2#1"]),
            authorise("B", &["L2#1"]),
            receive("PB", "B", &[counted("L2", 2)]),
        ]
        .iter()
        .enumerate()
        {
            let done = owner.command(&format!("used-{place}"), NUMBER, name, command);
            assert_eq!(done.status, 200, "{done:?}");
        }
        server.clock.wait(240);
        let head = format!(
            "Host: desk\r\nAuthorization: Bearer {}\r\nConnection: close\r\n",
            owner.token.unwrap()
        );
        let before = everything(&server.app);
        Self { server, head, before, asked: 0, wrong: Vec::new() }
    }

    /// One row. `headers` are whole lines.
    fn row(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        bytes: Option<&[u8]>,
        expected: Expected,
    ) -> Reply {
        let mut request =
            format!("{method} {path} HTTP/1.1\r\n{}{headers}", self.head).into_bytes();
        if let Some(bytes) = bytes {
            request.extend(format!("Content-Length: {}\r\n\r\n", bytes.len()).bytes());
            request.extend(bytes);
        } else {
            request.extend(b"\r\n");
        }
        let reply = exchange(&self.server.address, &request);
        let (status, code, pointer) = expected;
        let shown = String::from_utf8_lossy(bytes.unwrap_or_default())
            .chars()
            .take(200)
            .collect::<String>();
        let what =
            format!("{method} {} {headers:?} {shown}", path.chars().take(120).collect::<String>());
        if (reply.status, reply.code(), reply.pointer()) != (status, code, pointer) {
            let got = (reply.status, reply.code(), reply.pointer());
            self.wrong.push(format!(
                "{what}\n   wanted {expected:?}\n   got    {got:?} {}",
                reply.body["detail"]
            ));
        } else if reply.body["status"] != status
            || reply.body["type"] != format!("urn:backhaul:problem:{code}")
        {
            self.wrong.push(format!("{what}: {reply:?}"));
        } else if !reply.head.contains("content-type: application/problem+json") {
            self.wrong.push(format!("{what}: not problem+json"));
        }
        if everything(&self.server.app) != self.before {
            self.wrong.push(format!("{what}: something changed"));
            self.before = everything(&self.server.app);
        }
        self.asked += 1;
        reply
    }

    /// A command under a key of its own.
    fn post(&mut self, name: &str, bytes: &[u8], expected: Expected) {
        let headers =
            format!("Content-Type: application/json\r\nIdempotency-Key: row-{}\r\n", self.asked);
        self.row(
            "POST",
            &format!("/api/v1/orders/{NUMBER}/{name}"),
            &headers,
            Some(bytes),
            expected,
        );
    }

    /// A command's text with each of these in the place of `@`.
    fn each(&mut self, name: &str, text: &str, rows: &[(&str, Expected)]) {
        for (value, expected) in rows {
            self.post(name, text.replace('@', value).as_bytes(), *expected);
        }
    }

    fn put(&mut self, path: &str, body: &Value, expected: Expected) {
        let headers = "Content-Type: application/json\r\n";
        self.row(
            "PUT",
            &format!("/api/v1{path}"),
            headers,
            Some(body.to_string().as_bytes()),
            expected,
        );
    }

    fn get(&mut self, path: &str, expected: Expected) {
        self.row("GET", &format!("/api/v1{path}"), "", None, expected);
    }

    fn ends(self, rows_min: usize) {
        assert!(
            self.wrong.is_empty(),
            "{} rows are wrong:\n{}",
            self.wrong.len(),
            self.wrong.join("\n")
        );
        assert!(self.asked >= rows_min, "only {} rows", self.asked);
    }
}
