//! What is logged and traced: structured lines on standard error, and traces where somebody takes them.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use anyhow::{Context as _, Result};
use async_trait::async_trait;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

use crate::settings::{LogFormat, LogLevel, Settings, WebUrl};

/// How long one parcel of traces may take to be handed over.
const EXPORT_WAIT: Duration = Duration::from_secs(5);
/// How long the last traces may take at the end.
const FLUSH_WAIT: Duration = Duration::from_secs(2);

/// Hands over the last traces when it is dropped.
pub(crate) struct Logs(Option<SdkTracerProvider>);

impl Drop for Logs {
    fn drop(&mut self) {
        if let Some(tracer) = &self.0
            && let Err(error) = tracer.shutdown_with_timeout(FLUSH_WAIT)
        {
            tracing::warn!("the last traces were not handed over: {error}");
        }
    }
}

/// Begins to log; once a process.
///
/// # Errors
/// Something logs already, or traces cannot be sent.
pub(crate) fn start(settings: &Settings) -> Result<Logs> {
    let is_text = match settings.log.format {
        LogFormat::Auto => stderr().is_terminal(),
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr).with_target(false);
    let lines = if is_text {
        lines.with_ansi(stderr().is_terminal()).boxed()
    } else {
        lines.json().flatten_event(true).with_span_list(false).boxed()
    };
    let tracer = settings.telemetry.otlp_endpoint.as_ref().map(tracer).transpose()?;
    let spans = tracer.as_ref().map(|tracer| {
        let layer = tracing_opentelemetry::layer().with_tracer(tracer.tracer("backhaul"));
        layer.with_location(false).with_threads(false)
    });
    let registry = tracing_subscriber::registry().with(filter(settings.log.level));
    registry.with(spans).with(lines).try_init().context("something logs already")?;
    Ok(Logs(tracer))
}

/// Libraries may put anything into their lines, so of theirs there are only warnings.
fn filter(level: LogLevel) -> EnvFilter {
    match level {
        LogLevel::Error => EnvFilter::new("error"),
        level => EnvFilter::new(format!("warn,backhaul={level}")),
    }
}

fn tracer(endpoint: &WebUrl) -> Result<SdkTracerProvider> {
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client(agent()))
        .with_endpoint(format!("{}/v1/traces", endpoint.as_base()))
        .with_timeout(EXPORT_WAIT)
        .build()
        .context("traces cannot be sent")?;
    let resource = Resource::builder_empty().with_service_name("backhaul").build();
    // It exports from a thread of its own, where a call may block.
    Ok(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build())
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(EXPORT_WAIT))
        .http_status_as_error(false)
        .max_redirects(0);
    config.build().into()
}

/// The client that traces are sent with: the blocking one that everything else here uses.
#[derive(Debug)]
struct Client(ureq::Agent);

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (parts, body) = request.into_parts();
        let answer = self.0.run(Request::from_parts(parts, body.to_vec()))?;
        let (parts, mut body) = answer.into_parts();
        Ok(Response::from_parts(parts, body.read_to_vec()?.into()))
    }
}
