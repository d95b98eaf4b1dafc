//! `backhaul doctor`: what is right and what is wrong with this desk, a line a check, and what to do about it.

mod data;
mod mail;
mod providers;

use std::io::{Write, stdout};
use std::process::ExitCode;

use anyhow::Result;
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

/// Prints what checks say as soon as they say it, and remembers whether anything is wrong.
pub(crate) struct Doctor<W> {
    out: W,
    is_json: bool,
    is_wrong: bool,
}

impl<W: Write> Doctor<W> {
    /// Makes one check. Its name says what is looked at; what it says holds no secret.
    ///
    /// # Errors
    /// The line cannot be written.
    pub(crate) fn check(&mut self, name: &str, look: impl FnOnce() -> Verdict) -> Result<()> {
        let Verdict { outcome, says, advice } = look();
        self.is_wrong |= outcome == Outcome::Wrong;
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

pub(crate) fn run(args: &Args) -> Result<ExitCode> {
    args.database.refuse_server()?;
    let mut doctor = Doctor { out: stdout().lock(), is_json: args.json, is_wrong: false };
    match args.database.settings() {
        Err(error) => doctor.check("configuration", || {
            Verdict::wrong(format!("{error:#}"), "docs/configuration.md describes every setting")
        })?,
        Ok(settings) => {
            doctor.check("configuration", || Verdict::ok("every setting can be used"))?;
            all(&mut doctor, &settings)?;
        }
    }
    Ok(if doctor.is_wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Every check, from the ground up.
fn all(doctor: &mut Doctor<impl Write>, settings: &Settings) -> Result<()> {
    doctor.check("address", || address(settings))?;
    data::check(doctor, settings)?;
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
