//! `backhaul serve`: the desk over HTTP, with the threads that work on its jobs. `backhaul worker`: those threads alone.

mod accept;
mod health;
mod observe;
mod signals;

use std::io::{Write as _, stdout};
use std::net::{SocketAddr, TcpListener};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use axum::Router;
use axum::middleware::from_fn_with_state;
use backhaul_adapters::single_sign_on::OpenIdProvider;
use backhaul_app::App;
use backhaul_app::sign_in::SingleSignOn;
use backhaul_web::Service;
use backhaul_web::setup::Setup;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use self::health::Health;
use crate::clock::ticks;
use crate::database::{self, Database};
use crate::doctor;
use crate::logs;
use crate::mailer::mailer;
use crate::meters::Meters;
use crate::providers::{bank, providers};
use crate::settings::{Secret, Settings};
use crate::work_list::{reach, work_list, worker_name};
use crate::workers::{Waker, Workers};

/// How often measurements are brought together while nobody asks for them.
const TIDY_EVERY: Duration = Duration::from_secs(10);
/// How long what cannot be ended may hold up the end of the process.
const ABANDON_WAIT: Duration = Duration::from_millis(100);

#[derive(clap::Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    database: Database,
    /// Where to listen: an IP address and a port; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// Leave jobs to `backhaul worker`.
    #[arg(long)]
    no_worker: bool,
}

#[derive(clap::Args)]
pub(crate) struct WorkerArgs {
    #[command(flatten)]
    database: Database,
}

/// `backhaul serve`.
pub(crate) fn serve(args: &ServeArgs) -> Result<ExitCode> {
    args.database.refuse_server()?;
    let settings = args.database.settings_with(&[("listen", args.listen.as_deref())])?;
    let _logs = logs::start(&settings)?;
    let app = database::desk(database::open(&settings)?)?
        .with_bank(bank(&settings)?)
        .with_merchant(settings.merchant())
        .with_blobs(database::blobs(&settings)?)
        .with_sign_in(settings.sign_in.read());
    let app = match single_sign_on(&settings) {
        Some(port) => app.with_single_sign_on(port),
        None => app,
    };
    let listener = bind(&settings)?;
    run(&settings, app, listener, !args.no_worker, |address| {
        say(&format!("listening on http://{address}"))
    })
}

/// Takes the address of the settings, so that nobody else can.
///
/// # Errors
/// The address is taken, or none of this machine.
pub(crate) fn bind(settings: &Settings) -> Result<TcpListener> {
    let address = settings.listen.0;
    let listener = TcpListener::bind(address);
    listener.with_context(|| format!("cannot listen on {address}"))
}

/// Serves the desk until a signal, and works on its jobs where it `works`. Says `ready` once it listens.
///
/// # Errors
/// The system gives no threads or signals, or what is said cannot be.
pub(crate) fn run(
    settings: &Settings,
    app: App,
    listener: TcpListener,
    works: bool,
    ready: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<ExitCode> {
    let meters = Meters::install()?;
    let workers = if works { Some(start_workers(&app, settings)?) } else { None };
    let waker = workers.as_ref().map_or(Waker::nobody(), Workers::waker);
    let runtime = runtime()?;
    let served = runtime.block_on(listen(settings, app, meters, waker, listener, ready));
    let left = served.as_ref().map_or(shutdown_limit(settings), |left| *left);
    end(runtime, workers, left);
    served.map(|_| ExitCode::SUCCESS)
}

/// `backhaul worker`.
pub(crate) fn work(args: &WorkerArgs) -> Result<ExitCode> {
    args.database.refuse_server()?;
    let settings = args.database.settings()?;
    let logs = logs::start(&settings)?;
    let app = database::desk(database::open(&settings)?)?
        .with_bank(bank(&settings)?)
        .with_merchant(settings.merchant())
        .with_blobs(database::blobs(&settings)?)
        .with_sign_in(settings.sign_in.read());
    let workers = start_workers(&app, &settings)?;
    drop(app);
    let runtime = runtime()?;
    let told = runtime.block_on(async {
        let end = signals::end()?;
        say(&format!("working with {} threads", settings.worker.threads.get()))?;
        end.await;
        Ok(())
    });
    tracing::info!("ending");
    end(runtime, Some(workers), shutdown_limit(&settings));
    drop(logs);
    told.map(|()| ExitCode::SUCCESS)
}

fn runtime() -> Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.thread_name("http").enable_all().build().context("the system gives no more threads")
}

fn start_workers(app: &App, settings: &Settings) -> Result<Workers> {
    let list = work_list(app, Arc::new(providers(settings)?), mailer(settings)?, settings);
    Workers::start(list, settings.worker.threads.get(), &worker_name())
}

fn shutdown_limit(settings: &Settings) -> Duration {
    Duration::from_secs(settings.limits.shutdown_seconds.get())
}

/// Serves until a signal; returns how much of the time for ending is left for the workers.
async fn listen(
    settings: &Settings,
    app: App,
    meters: Meters,
    waker: Waker,
    listener: TcpListener,
    ready: impl FnOnce(SocketAddr) -> Result<()>,
) -> Result<Duration> {
    let told_to_end = signals::end()?;
    let address = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let is_ending = Arc::new(AtomicBool::new(false));
    let health = Health {
        store: app.store().clone(),
        meters: meters.clone(),
        is_ending: is_ending.clone(),
        limit: Duration::from_secs(settings.limits.ready_seconds.get()),
    };
    let reach = reach(settings);
    let setup = Arc::new(setup(settings, &app));
    let service = Service { app, providers: Arc::new(providers(settings)?), reach, setup };
    let router = router(service, health, &waker);
    let tidying = tokio::spawn(tidy(meters));
    let (end, ended) = watch::channel(false);
    let connections = usize::try_from(settings.limits.connections.get())?;
    let limit = shutdown_limit(settings);
    let serving = tokio::spawn(accept::serve(listener, router, connections, ended, limit));
    ready(address)?;
    tracing::info!(%address, "listening");
    told_to_end.await;
    tracing::info!("ending");
    let started = ticks();
    is_ending.store(true, Ordering::SeqCst);
    let _ = end.send(true);
    // Whoever is told a second time to end does not want to wait.
    tokio::select! {
        served = serving => {
            if !served.unwrap_or(false) {
                tracing::warn!("some requests took too long and were cut off");
            }
        }
        () = signals::end()? => {}
    }
    tidying.abort();
    Ok(limit.saturating_sub(started.elapsed()))
}

/// What the desk runs with, for the owner to see.
fn setup(settings: &Settings, app: &App) -> Setup {
    let (checked, store) = (settings.clone(), app.store().clone());
    Setup {
        settings: settings.shown(),
        checkup: Some(Arc::new(move || doctor::of_running(&checked, &store))),
    }
}

/// The health of the server before everything else, so that nothing of the desk can hide it.
fn router(service: Service, health: Health, waker: &Waker) -> Router {
    let observed = || from_fn_with_state(waker.clone(), observe::observe);
    let desk = backhaul_web::router(service).layer(observed());
    health::router(health).layer(observed()).fallback_service(desk)
}

async fn tidy(meters: Meters) {
    let mut every = tokio::time::interval(TIDY_EVERY);
    loop {
        every.tick().await;
        meters.tidy();
    }
}

/// Ends the workers within what is left of the limit, and then everything.
fn end(runtime: Runtime, workers: Option<Workers>, limit: Duration) {
    if workers.is_some_and(|workers| !workers.stop(limit)) {
        // Its lease ends by itself, and another worker goes on where it stopped.
        tracing::warn!("a job took too long and was left to the next worker");
    }
    runtime.shutdown_timeout(ABANDON_WAIT);
    tracing::info!("ended");
}

/// The merchant's own sign-in, where the settings name one.
fn single_sign_on(settings: &Settings) -> Option<Arc<dyn SingleSignOn>> {
    let oidc = &settings.sign_in.oidc;
    let (issuer, client_id) = (oidc.issuer.as_ref()?, oidc.client_id.as_ref()?);
    let back_to = format!("{}/desk/sign-in/single/back", settings.merchant().public_url);
    let secret = oidc.client_secret.as_ref().map(Secret::expose);
    Some(Arc::new(OpenIdProvider::new(&issuer.as_base(), client_id, secret, &back_to)))
}

/// A line for whoever started us: a person, or a program that waits for it.
pub(crate) fn say(line: &str) -> Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
