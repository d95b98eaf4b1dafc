//! Calls to a provider: fixed time-outs, no redirects, no connection that was used before, and answers of a limited size.

use std::time::Duration;

use serde_json::Value;
use ureq::typestate::{WithBody, WithoutBody};
use ureq::{Agent, Body, RequestBuilder, http};

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// The most bytes of an answer: a page of a hundred refunds has about a tenth of it.
const ANSWER_BYTES_MAX: u64 = 2 << 20;

/// Makes calls that end within one time-out, connecting included.
#[derive(Debug)]
pub(super) struct Http(Agent);

/// What was answered, where that was JSON.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

pub(super) type Headers<'a> = &'a [(&'a str, &'a str)];

impl Http {
    pub(super) fn new(timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // What a used connection swallowed could not be told from what was never sent.
            .max_idle_connections(0)
            .proxy(None)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(timeout))
            .build();
        Self(config.new_agent())
    }

    pub(super) fn get(
        &self,
        url: &str,
        query: &[(&str, &str)],
        headers: Headers<'_>,
    ) -> Option<Answer> {
        let request: RequestBuilder<WithoutBody> = self.0.get(url).query_pairs(query.to_vec());
        read(with_headers(request, headers).call())
    }

    pub(super) fn post_form(
        &self,
        url: &str,
        form: &[(&str, &str)],
        headers: Headers<'_>,
    ) -> Option<Answer> {
        let request: RequestBuilder<WithBody> = self.0.post(url);
        read(with_headers(request, headers).send_form(form.iter().copied()))
    }

    pub(super) fn post_json(&self, url: &str, body: &str, headers: Headers<'_>) -> Option<Answer> {
        let request = self.0.post(url).header("content-type", "application/json");
        read(with_headers(request, headers).send(body))
    }
}

fn with_headers<B>(request: RequestBuilder<B>, headers: Headers<'_>) -> RequestBuilder<B> {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
}

/// Nothing where there is no answer, or none that can be read.
fn read(called: Result<http::Response<Body>, ureq::Error>) -> Option<Answer> {
    let mut response = called.ok()?;
    let status = response.status().as_u16();
    let bytes = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().ok()?;
    Some(Answer { status, body: serde_json::from_slice(&bytes).ok()? })
}
