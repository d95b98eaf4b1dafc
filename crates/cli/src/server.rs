//! A running server that a command asks in the place of the database: over its API, with a key.

use std::io::{self, Write};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

use crate::new_file::NewFile;

/// How long connecting may take.
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// How long an answer may take to begin: the server gives up earlier.
const ANSWER_WAIT: Duration = Duration::from_mins(1);
/// The most bytes of an answer that is read as a whole.
const ANSWER_BYTES_MAX: u64 = 1 << 20;

/// A server.
pub(crate) struct Server {
    agent: Agent,
    base: String,
    authorization: String,
}

/// Why the server did not do it.
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    /// Its code, of the API's list; empty where the answer is none of the API's.
    pub(crate) code: String,
    /// For a person.
    pub(crate) detail: String,
}

impl Refused {
    /// As an error that ends the command.
    pub(crate) fn into_error(self) -> anyhow::Error {
        let Self { status, code, detail } = self;
        let code = if code.is_empty() { String::new() } else { format!(" {code}") };
        anyhow::anyhow!("the server says {}{code}: {detail}", status.as_u16())
    }
}

impl Server {
    /// The server at that address, asked with that key.
    ///
    /// # Errors
    /// The address is no `http` or `https` address, or the key is none.
    pub(crate) fn new(url: &str, key: &str) -> Result<Self> {
        let base = url.trim_end_matches('/');
        if !base.starts_with("https://") && !base.starts_with("http://") {
            bail!("`{url}` is no address of a server: write it as `https://returns.shop.example`");
        }
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            bail!("the key is none: it begins with `bh_`");
        }
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            // The key is for this server alone.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECT_WAIT))
            .timeout_recv_response(Some(ANSWER_WAIT))
            .build()
            .new_agent();
        let authorization = format!("Bearer {key}");
        Ok(Self { agent, base: format!("{base}/api/v1"), authorization })
    }

    /// Puts what is at a path into a new file; says how many bytes it has. Nothing is there where it breaks off.
    ///
    /// # Errors
    /// The server refuses or does not answer, or the file cannot be written.
    pub(crate) fn download(&self, path: &str, file: NewFile) -> Result<u64> {
        let mut open = file.opener();
        let written = open().map_err(anyhow::Error::from).and_then(|mut out| {
            let bytes = self.copy_to(path, &mut out)?;
            Ok((out, bytes))
        });
        match written {
            Ok((out, bytes)) => file.finish(&out).map(|()| bytes),
            Err(error) => {
                file.abandon();
                Err(error)
            }
        }
    }

    /// Copies what is at a path; says how many bytes it has.
    ///
    /// # Errors
    /// As [`Server::download`]; what was written by then stays.
    pub(crate) fn copy_to(&self, path: &str, out: &mut impl Write) -> Result<u64> {
        let asked = self.agent.get(self.address(path));
        let asked = asked.header("Authorization", &self.authorization).call();
        let answer = asked.with_context(|| self.about())?;
        if answer.status() != StatusCode::OK {
            return Err(refused(answer).into_error());
        }
        let mut body = answer.into_body().into_with_config().limit(u64::MAX).reader();
        io::copy(&mut body, out).context("the answer broke off: nothing is whole of it")
    }

    /// Puts a document to a path.
    ///
    /// # Errors
    /// The server does not answer. That it refuses is told inside.
    pub(crate) fn put(&self, path: &str, document: &Value) -> Result<Result<Value, Refused>> {
        let asked = self.agent.put(self.address(path));
        self.read(asked.header("Authorization", &self.authorization).send_json(document))
    }

    /// Posts a document to a path.
    ///
    /// # Errors
    /// The server refuses or does not answer.
    pub(crate) fn post(&self, path: &str, document: &Value) -> Result<Value> {
        let asked = self.agent.post(self.address(path));
        let asked = asked.header("Authorization", &self.authorization).send_json(document);
        self.read(asked)?.map_err(Refused::into_error)
    }

    /// What is at a path.
    ///
    /// # Errors
    /// The server refuses or does not answer.
    pub(crate) fn get(&self, path: &str) -> Result<Value> {
        let asked = self.agent.get(self.address(path));
        self.read(asked.header("Authorization", &self.authorization).call())?
            .map_err(Refused::into_error)
    }

    /// Ends what is at a path.
    ///
    /// # Errors
    /// The server refuses or does not answer.
    pub(crate) fn delete(&self, path: &str) -> Result<()> {
        let asked = self.agent.delete(self.address(path));
        self.read(asked.header("Authorization", &self.authorization).call())?
            .map(drop)
            .map_err(Refused::into_error)
    }

    fn read(
        &self,
        asked: Result<Response<ureq::Body>, ureq::Error>,
    ) -> Result<Result<Value, Refused>> {
        let answer = asked.with_context(|| self.about())?;
        if !answer.status().is_success() {
            return Ok(Err(refused(answer)));
        }
        if answer.status() == StatusCode::NO_CONTENT {
            return Ok(Ok(Value::Null));
        }
        let body = answer.into_body().into_with_config().limit(ANSWER_BYTES_MAX);
        Ok(Ok(body.read_json().with_context(|| self.about())?))
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn about(&self) -> String {
        format!("the server at `{}` cannot be asked", self.base)
    }
}

/// A text as a part of an address.
pub(crate) fn in_path(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let written = text.bytes().map(|byte| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    });
    written.collect()
}

fn refused(answer: Response<ureq::Body>) -> Refused {
    let status = answer.status();
    let body = answer.into_body().into_with_config().limit(ANSWER_BYTES_MAX);
    let problem: Value = body.read_json().unwrap_or_default();
    let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
    let (code, detail) = (text("code").to_owned(), text("detail").to_owned());
    let detail = if detail.is_empty() { "no more than that".to_owned() } else { detail };
    let place = text("pointer");
    let detail = if place.is_empty() { detail } else { format!("{place}: {detail}") };
    Refused { status, code, detail }
}
