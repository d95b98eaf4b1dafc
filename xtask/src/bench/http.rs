//! A client that costs little: one kept connection, one request at a time. The load and the server share the machine, so what the
//! client takes the server lacks.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

/// How long an answer may take before the run is given up.
const TIMEOUT: Duration = Duration::from_mins(1);

/// One connection.
pub(super) struct Client {
    stream: BufReader<TcpStream>,
    base: &'static str,
    /// What every request says of who asks and of its body: lines that end with CR and LF.
    headers: String,
    request: Vec<u8>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// What the browser is asked to keep: `name=value`.
    pub(super) cookie: Option<String>,
}

impl Client {
    /// Connects as a machine does; every path is below that one.
    pub(super) fn new(address: SocketAddr, base: &'static str, token: &str) -> Result<Self> {
        let headers =
            format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
        Self::saying(address, base, headers)
    }

    /// Connects as a browser does, with that cookie.
    pub(super) fn browser(address: SocketAddr, cookie: &str) -> Result<Self> {
        let form = "Content-Type: application/x-www-form-urlencoded";
        Self::saying(address, "", format!("Cookie: {cookie}\r\n{form}\r\n"))
    }

    fn saying(address: SocketAddr, base: &'static str, headers: String) -> Result<Self> {
        let stream = TcpStream::connect(address).context("the server cannot be reached")?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Self { stream: BufReader::new(stream), base, headers, request: Vec::new() })
    }

    /// Asks; whatever the status.
    pub(super) fn ask(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> Result<Answer> {
        self.request.clear();
        write!(
            self.request,
            "{method} {}{path} HTTP/1.1\r\nHost: bench\r\n{}",
            self.base, self.headers
        )?;
        if let Some(key) = key {
            write!(self.request, "Idempotency-Key: {key}\r\n")?;
        }
        write!(self.request, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.stream.get_mut().write_all(&self.request)?;
        self.answer()
    }

    /// Asks, and fails where the answer is no success.
    pub(super) fn expect(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &str,
    ) -> Result<Vec<u8>> {
        let answer = self.ask(method, path, key, body)?;
        let text = String::from_utf8_lossy(&answer.body);
        ensure!((200..300).contains(&answer.status), "{method} {path}: {} {text}", answer.status);
        Ok(answer.body)
    }

    fn answer(&mut self) -> Result<Answer> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.with_context(|| format!("no answer but `{line}`"))?;
        let (mut length, mut cookie) = (0, None);
        loop {
            line.clear();
            ensure!(self.stream.read_line(&mut line)? > 0, "the connection was closed");
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse()?;
            } else if name.eq_ignore_ascii_case("set-cookie") {
                // Of those that end a cookie there is nothing to keep.
                let kept = value.split(';').next().filter(|kept| !kept.ends_with('='));
                cookie = cookie.or(kept.map(str::to_owned));
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                bail!("the answer comes in chunks, which this client does not read");
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok(Answer { status, body, cookie })
    }
}
