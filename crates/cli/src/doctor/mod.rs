//! `backhaul doctor`: what is right and what is wrong with this desk, a line a check, and what to do about it.

mod data;
mod mail;
mod providers;

use std::io::{Write, stdout};
use std::process::ExitCode;

use anyhow::Result;
use backhaul_store::Store;
use backhaul_web::setup::{Check, CheckOutcome};
use serde::Serialize;

use crate::database::Database;
use crate::settings::Settings;

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    database: Database,
    /// Print one JSON object a check.
    #[arg(long)]
    json: bool,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// As it should be.
    Ok,
    /// It works, and there is something to know.
    Warning,
    /// It does not work.
    Wrong,
}

/// What one check says: how it came out, what it saw, and what to do, where there is something to do.
pub(crate) struct Verdict {
    outcome: Outcome,
    says: String,
    advice: Option<String>,
}

impl Verdict {
    /// As it should be.
    pub(crate) fn ok(says: impl Into<String>) -> Self {
        Self { outcome: Outcome::Ok, says: says.into(), advice: None }
    }

    /// It works, and there is something to know.
    pub(crate) fn warning(says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { outcome: Outcome::Warning, says: says.into(), advice: Some(advice.into()) }
    }

    /// It does not work.
    pub(crate) fn wrong(says: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { outcome: Outcome::Wrong, says: says.into(), advice: Some(advice.into()) }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    check: &'a str,
    outcome: Outcome,
    says: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'a str>,
}

/// Where checks are told to.
pub(crate) trait Report {
    /// Takes what one check says.
    ///
    /// # Errors
    /// It cannot be told.
    fn tell(&mut self, name: &str, verdict: Verdict) -> Result<()>;
}

/// Prints what checks say as soon as they say it.
struct Printed<W> {
    out: W,
    is_json: bool,
}

impl<W: Write> Report for Printed<W> {
    fn tell(&mut self, name: &str, verdict: Verdict) -> Result<()> {
        let Verdict { outcome, says, advice } = verdict;
        if self.is_json {
            let advice = advice.as_deref();
            let line = Line { check: name, outcome, says: &says, advice };
            writeln!(self.out, "{}", serde_json::to_string(&line)?)?;
        } else {
            let word = match outcome {
                Outcome::Ok => "ok",
                Outcome::Warning => "warning",
                Outcome::Wrong => "wrong",
            };
            let advice = advice.map(|advice| format!(": {advice}")).unwrap_or_default();
            writeln!(self.out, "{word:<8} {name}: {says}{advice}")?;
        }
        Ok(self.out.flush()?)
    }
}

/// Keeps what checks say, for a page.
impl Report for Vec<Check> {
    fn tell(&mut self, name: &str, verdict: Verdict) -> Result<()> {
        let Verdict { outcome, says, advice } = verdict;
        let outcome = match outcome {
            Outcome::Ok => CheckOutcome::Ok,
            Outcome::Warning => CheckOutcome::Warning,
            Outcome::Wrong => CheckOutcome::Wrong,
        };
        self.push(Check { name: name.to_owned(), outcome, says, advice });
        Ok(())
    }
}

/// Tells what checks say, and remembers whether anything is wrong.
pub(crate) struct Doctor<R> {
    report: R,
    is_wrong: bool,
}

impl<R: Report> Doctor<R> {
    /// Makes one check. Its name says what is looked at; what it says holds no secret.
    ///
    /// # Errors
    /// It cannot be told.
    pub(crate) fn check(&mut self, name: &str, look: impl FnOnce() -> Verdict) -> Result<()> {
        let verdict = look();
        self.is_wrong |= verdict.outcome == Outcome::Wrong;
        self.report.tell(name, verdict)
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    args.database.refuse_server()?;
    let report = Printed { out: stdout().lock(), is_json: args.json };
    let mut doctor = Doctor { report, is_wrong: false };
    match args.database.settings() {
        Err(error) => doctor.check("configuration", || {
            Verdict::wrong(format!("{error:#}"), "docs/configuration.md describes every setting")
        })?,
        Ok(settings) => {
            doctor.check("configuration", || Verdict::ok("every setting can be used"))?;
            doctor.check("address", || address(&settings))?;
            data::check(&mut doctor, &settings)?;
            outside(&mut doctor, &settings)?;
        }
    }
    Ok(if doctor.is_wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The same checks for a server that runs, over the database that it has open.
pub(crate) fn of_running(settings: &Settings, store: &Store) -> Vec<Check> {
    let mut doctor = Doctor { report: Vec::new(), is_wrong: false };
    let looked = doctor
        .check("address", || address(settings))
        .and_then(|()| data::check_open(&mut doctor, settings, store))
        .and_then(|()| outside(&mut doctor, settings));
    if let Err(error) = looked {
        let says = format!("{error:#}");
        let advice = "look at the database itself".to_owned();
        let (name, outcome) = ("database".to_owned(), CheckOutcome::Wrong);
        doctor.report.push(Check { name, outcome, says, advice: Some(advice) });
    }
    doctor.report
}

/// Whom the desk talks to.
fn outside(doctor: &mut Doctor<impl Report>, settings: &Settings) -> Result<()> {
    providers::check(doctor, settings)?;
    mail::check(doctor, settings)?;
    doctor.check("webhooks", || {
        if settings.webhooks.allow_local {
            let advice = "set `webhooks.allow_local` to false where others may register endpoints";
            Verdict::warning("they may go to this machine and its private network", advice)
        } else {
            Verdict::ok("they go to public addresses alone")
        }
    })
}

fn address(settings: &Settings) -> Verdict {
    let listen = settings.listen.0;
    let is_open = |url: &crate::settings::WebUrl| !url.is_encrypted() && !url.is_local();
    if settings.public_url.as_ref().is_some_and(is_open) {
        let advice =
            "put a proxy with TLS before the server and set `public_url` to its `https` address";
        return Verdict::warning("what goes to `public_url` is not encrypted", advice);
    }
    if !listen.ip().is_loopback() {
        let says = format!("the server listens on {listen}, where others reach it without TLS");
        return Verdict::warning(says, "listen on 127.0.0.1 behind a proxy with TLS");
    }
    Verdict::ok(format!("the server listens on {listen}"))
}
