//! What is counted and measured, for Prometheus. No label has personal data or an unbounded number of values.

use anyhow::{Context as _, Result};
use backhaul_store::Store;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// From the quickest answer to the longest that anybody waits for, in seconds.
const SECONDS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Everything that was measured.
#[derive(Clone)]
pub(crate) struct Meters(PrometheusHandle);

impl Meters {
    /// Begins to measure; once a process.
    ///
    /// # Errors
    /// Something measures already.
    pub(crate) fn install() -> Result<Self> {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?;
        let handle = builder.install_recorder().context("something measures already")?;
        describe();
        metrics::gauge!("backhaul_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1);
        Ok(Self(handle))
    }

    /// Everything, as Prometheus reads it.
    pub(crate) fn page(&self, store: &Store) -> String {
        let waiting = store.waiting();
        for (queue, length) in [("writes", waiting.writes), ("reads", waiting.reads)] {
            let length = u32::try_from(length).unwrap_or(u32::MAX);
            metrics::gauge!("backhaul_store_waiting", "queue" => queue).set(length);
        }
        self.0.run_upkeep();
        self.0.render()
    }

    /// Brings together what was measured since; without it the measurements pile up where nobody asks for the page.
    pub(crate) fn tidy(&self) {
        self.0.run_upkeep();
    }
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};

    describe_gauge!("backhaul_build_info", "the version that runs");
    describe_gauge!("backhaul_store_waiting", "transactions that wait for a thread of the store");
    describe_counter!("backhaul_http_requests_total", "requests by method, route and status");
    describe_histogram!(
        "backhaul_http_request_seconds",
        "how long requests took, by method and route"
    );
    describe_counter!("backhaul_jobs_total", "pieces of work on jobs by kind and outcome");
    describe_histogram!("backhaul_job_seconds", "how long pieces of work on jobs took, by kind");
}
