//! `backhaul demo`: a desk to try, with sample orders and returns at every stage, served from one folder. No money moves.
//!
//! - `days`: the days that everything is dated by. `orders`: the sample orders.
//! - `story`: how a return is written down and played. `stories`: the returns.
//! - `folder`: what says that a folder is a demo's, and its keys. `told`: what is printed.

mod days;
mod folder;
mod orders;
mod stories;
mod story;
mod told;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use backhaul_app::App;
use backhaul_app::letters::KeptMail;
use backhaul_store::{OpenError, Store, settings as remembered};

use self::days::{Days, StoryClock};
use self::folder::Mark;
use self::told::Told;
use crate::clock::now;
use crate::people::wait;
use crate::providers::providers;
use crate::settings::{Listen, LogLevel, Provider, ProviderKind, Settings};
use crate::{database, logs, serve};

/// The provider of a demo, which moves no money.
const PROVIDER: &str = "test";
/// Under which name the desk remembers that every story was played.
const PLAYED: &str = "demo_played";
/// The worker that pays the refunds of the stories.
const WORKER: &str = "demo";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder of the demo; it is made when it is not there.
    #[arg(long, value_name = "DIR", default_value = "backhaul-demo")]
    data: PathBuf,
    /// Where to listen: an IP address and a port; port 0 takes any that is free.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080", value_parser = listen)]
    listen: Listen,
}

fn listen(text: &str) -> Result<Listen, String> {
    Listen::try_from(text.to_owned())
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    let settings = settings(args);
    let _logs = logs::start(&settings)?;
    let folder = &settings.data;
    // A demo that runs there already is told before the address that it has; and where the address is somebody else's,
    // nothing is begun.
    let listener = serve::bind(&settings).context(
        "choose another address with `--listen`; `--listen 127.0.0.1:0` takes any port that is free",
    );
    let (mark, listener) = if let Some(mark) = folder::look(folder)? {
        (mark, listener)
    } else {
        let listener = listener?;
        (folder::begin(folder, now())?, Ok(listener))
    };
    let store = open(&settings)?;
    let listener = listener?;
    let app = database::desk(store)?
        .with_merchant(settings.merchant())
        .with_blobs(database::blobs(&settings)?);
    let start = prepare(&app, &settings, &mark)?;
    let told = Told {
        folder,
        keys: &folder::keys(folder, &app)?,
        staff: &folder::staff(folder, &app)?,
        program: std::env::args_os().next().unwrap_or_else(|| "backhaul".into()),
        start: format!("{start} No money moves."),
    };
    serve::run(&settings, app, listener, true, |address| serve::say(&told.text(address)))
}

/// Neither a file nor the environment says anything here: a demo is alike everywhere.
fn settings(args: &Args) -> Settings {
    let mut settings = Settings {
        data: args.data.clone(),
        listen: args.listen,
        default_provider: Some(PROVIDER.to_owned()),
        providers: BTreeMap::from([(PROVIDER.to_owned(), Provider::of(ProviderKind::Test))]),
        ..Settings::default()
    };
    settings.merchant.name = Some("Kestrel Optics".to_owned());
    settings.merchant.return_address =
        Some("Kestrel Optics, Returns / 12 Ferry Road / 20457 Hamburg / Germany".to_owned());
    settings.mail.is_kept = true;
    // What is printed for people must not drown in what is logged.
    settings.log.level = LogLevel::Warn;
    settings
}

fn open(settings: &Settings) -> Result<Store> {
    Store::open(&settings.database_url()?).map_err(|error| match error {
        OpenError::Held { .. } => anyhow!(
            "{error}: a demo runs in `{}` already; use that one, or name another folder with `--data`",
            settings.data.display()
        ),
        error => error.into(),
    })
}

/// Takes the orders in and plays the stories, where that was not done; says what was.
fn prepare(app: &App, settings: &Settings, mark: &Mark) -> Result<String> {
    let was_played = app.store().read(|tx| remembered::get(tx, PLAYED)).wait()?.is_some();
    let began_on = mark.began_at.strftime("%F");
    if was_played {
        return Ok(format!(
            "The demo in `{}`, begun on {began_on}, goes on: nothing was imported or played again.",
            settings.data.display()
        ));
    }
    let (days, clock) = (Days::before(mark.began_at), StoryClock::at(mark.began_at));
    let clock = Arc::new(clock);
    let desk = database::desk_by(app.store().clone(), Arc::<StoryClock>::clone(&clock))?;
    let stories = stories::all();
    orders::import(&desk, days)?;
    wait(async {
        for story in &stories {
            story.play(&desk, &clock, days).await?;
        }
        Ok::<_, anyhow::Error>(())
    })??;
    work(app, settings)?;
    let written = app.store().write(|tx| remembered::put(tx, PLAYED, "true"));
    written.wait()?;
    Ok(format!(
        "A demo of {} orders and {} returns is ready in `{}`.",
        orders::count(),
        stories.len(),
        settings.data.display()
    ))
}

/// What the desk's workers do with it, once: refunds leave, and what nobody sent in time expires.
fn work(app: &App, settings: &Settings) -> Result<()> {
    let providers = providers(settings)?;
    while app.work_refunds(&providers, WORKER)? {}
    while app.work_letters(&KeptMail, WORKER)? {}
    app.work_deadlines()?;
    Ok(())
}
