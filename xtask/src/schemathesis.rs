//! `cargo xtask schemathesis`: the API is asked whatever its `OpenAPI` document allows and forbids.
//!
//! The document is checked by `openapi-spec-validator`, and the API by Schemathesis: both of `PyPI`, in an environment of their own in
//! the build folder. What is checked, and what is not and why, is in `crates/web/schemathesis.toml`.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, ensure};

use crate::build;

const PACKAGES: [&str; 2] = ["schemathesis==4.32.5", "openapi-spec-validator==0.9.0"];
/// How many cases there are for each operation at most, and their seed, where nothing else is asked for.
const EXAMPLES: u32 = 10;
const SEED: u64 = 1;
/// After how many seconds no further cases are tried.
const SECONDS: u32 = 150;
/// The same in a check, which has more to do.
const SECONDS_OF_A_CHECK: u32 = 60;
/// The fewest cases that must have been tried in a second for the result to say something.
const CASES_A_SECOND_MIN: u64 = 30;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many cases for each operation at most
    #[arg(long, default_value_t = EXAMPLES)]
    examples: u32,
    /// The seed of the cases, to see them again
    #[arg(long, default_value_t = SEED)]
    seed: u64,
    /// After how many seconds no further cases are tried
    #[arg(long, default_value_t = SECONDS)]
    seconds: u32,
}

impl Arguments {
    /// What a check asks for.
    pub(crate) const fn of_a_check() -> Self {
        Self { examples: EXAMPLES, seed: SEED, seconds: SECONDS_OF_A_CHECK }
    }
}

pub(crate) fn run(root: &Path, arguments: &Arguments) -> anyhow::Result<()> {
    let programs = installed(root)?;
    let program = build::program(root, "--example", "serve")?;
    let folder = root.join("target").join("schemathesis-desk");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let server = Server::start(&program, &folder)?;
    check_document(&programs, &server)?;
    check_api(root, &programs, &folder, &server, arguments)
}

/// A server on its own database, which ends when nobody holds its input.
struct Server {
    address: String,
    token: String,
    process: Child,
    /// Dropped before the process is waited for.
    input: Option<ChildStdin>,
}

impl Server {
    fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        let mut process = Command::new(program)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("the server cannot be started")?;
        let input = process.stdin.take();
        let output = process.stdout.take().context("the server has no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let (address, token) =
            line.trim().split_once(' ').context("the server did not say where it is")?;
        let (address, token) = (format!("http://{address}"), token.to_owned());
        Ok(Self { address, token, process, input })
    }

    fn document(&self) -> String {
        format!("{}/api/openapi.json", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

/// Where the programs are, installed where they are not.
fn installed(root: &Path) -> anyhow::Result<std::path::PathBuf> {
    let folder = root.join("target").join("schemathesis");
    let programs = folder.join("bin");
    if !programs.join("python").is_file() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).status();
        let made = made.context("python3 cannot be started")?;
        ensure!(
            made.success(),
            "no Python environment can be made: Debian has it in `python3-venv`"
        );
    }
    let pip = Command::new(programs.join("python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
        .args(PACKAGES)
        .status()
        .context("pip cannot be started")?;
    ensure!(pip.success(), "{PACKAGES:?} cannot be installed");
    Ok(programs)
}

fn check_document(programs: &Path, server: &Server) -> anyhow::Result<()> {
    let script = "import json, sys, urllib.request; from openapi_spec_validator import OpenAPIV31SpecValidator as V; \
                  V(json.load(urllib.request.urlopen(sys.argv[1]))).validate()";
    let valid = Command::new(programs.join("python"))
        .args(["-c", script, &server.document()])
        .status()
        .context("python cannot be started")?;
    ensure!(valid.success(), "the document is no valid OpenAPI 3.1");
    println!("the document is valid OpenAPI 3.1");
    Ok(())
}

fn check_api(
    root: &Path,
    programs: &Path,
    folder: &Path,
    server: &Server,
    arguments: &Arguments,
) -> anyhow::Result<()> {
    let report = folder.join("report.json");
    let done = Command::new(programs.join("schemathesis"))
        .arg("--config-file")
        .arg(root.join("crates/web/schemathesis.toml"))
        // One worker: two trip over a fault of Python 3.11, and the cases of a seed are the same ones each time.
        .args(["run", "--continue-on-failure", &server.document(), "--workers=1", "--no-color"])
        .arg(format!("--header=Authorization: Bearer {}", server.token))
        .arg(format!("--max-examples={}", arguments.examples))
        .arg(format!("--seed={}", arguments.seed))
        .arg(format!("--max-time={}", arguments.seconds))
        .arg("--report=json")
        .arg(format!("--report-json-path={}", report.display()))
        .args(["--phases=coverage,fuzzing", "--generation-database=none"])
        .current_dir(folder)
        .status()
        .context("schemathesis cannot be started")?;
    ensure!(
        done.success(),
        "the API does not keep to its document: see what Schemathesis says above"
    );
    let cases = cases(&std::fs::read_to_string(&report).context("there is no report")?)?;
    let least = u64::from(arguments.seconds).saturating_mul(CASES_A_SECOND_MIN);
    ensure!(
        cases >= least,
        "only {cases} cases were tried, and not {least}: give more `--examples` or `--seconds`"
    );
    println!("the API keeps to its document in {cases} cases");
    Ok(())
}

/// How many cases a report is about.
fn cases(report: &str) -> anyhow::Result<u64> {
    let report: serde_json::Value = serde_json::from_str(report)?;
    let cases = report.pointer("/test_cases/generated").and_then(serde_json::Value::as_u64);
    cases.context("the report does not say how many cases were tried")
}

#[cfg(test)]
mod tests {
    use super::cases;

    #[test]
    fn a_report_says_how_many_cases_were_tried() {
        assert_eq!(cases(r#"{"test_cases":{"generated":7}}"#).unwrap(), 7);
        assert!(cases("{}").is_err());
    }
}
