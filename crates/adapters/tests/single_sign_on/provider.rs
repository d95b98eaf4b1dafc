//! A provider for the time of one test, and a browser that signs in there.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::LazyLock;

use ureq::Agent;

/// Where browsers come back to; nobody listens there.
pub(crate) const BACK_TO: &str = "http://localhost:1/desk/sign-in/single/back";
/// What provider and desk share.
pub(crate) const SECRET: &str = "a secret of both sides";
/// How often a browser is sent on, at most.
const STEPS_MAX: usize = 20;

/// The folder with the provider and its packages, or why there is none.
static FOLDER: LazyLock<Result<PathBuf, String>> = LazyLock::new(install);

/// Copies the provider below the build folder and installs what it needs, once for all tests.
fn install() -> Result<PathBuf, String> {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/single_sign_on/provider");
    let to = Path::new(env!("CARGO_TARGET_TMPDIR")).join("openid-provider");
    std::fs::create_dir_all(&to).map_err(|error| error.to_string())?;
    let lock = std::fs::read(from.join("package-lock.json")).map_err(|error| error.to_string())?;
    let is_there = std::fs::read(to.join("installed")).is_ok_and(|installed| installed == lock);
    for file in ["package.json", "package-lock.json", "provider.mjs"] {
        std::fs::copy(from.join(file), to.join(file)).map_err(|error| error.to_string())?;
    }
    if !is_there {
        let mut npm = Command::new("npm");
        let npm = npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&to);
        let done = npm.output().map_err(|error| format!("npm cannot be started: {error}"))?;
        if !done.status.success() {
            return Err(format!("`npm ci` failed: {}", String::from_utf8_lossy(&done.stderr)));
        }
        std::fs::write(to.join("installed"), lock).map_err(|error| error.to_string())?;
    }
    Ok(to)
}

/// A running provider; it ends with the test.
pub(crate) struct Provider {
    pub(crate) issuer: String,
    process: Child,
    agent: Agent,
    /// Held, because Node ends where nobody reads what it says.
    _out: BufReader<ChildStdout>,
}

/// What a browser comes back with.
pub(crate) struct Back {
    pub(crate) code: String,
    pub(crate) state: String,
}

impl Provider {
    /// A new provider; nothing where Node is not there and need not be.
    pub(crate) fn start() -> Option<Self> {
        match FOLDER.as_ref().map_err(Clone::clone).and_then(|folder| Self::run(folder)) {
            Ok(provider) => Some(provider),
            Err(why) => {
                assert!(std::env::var_os("CI").is_none(), "no OpenID provider under CI: {why}");
                println!("skipped: no OpenID provider: {why}");
                None
            }
        }
    }

    fn run(folder: &Path) -> Result<Self, String> {
        let mut node = Command::new("node");
        let node = node.arg("provider.mjs").arg(BACK_TO).current_dir(folder);
        let node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = node.spawn().map_err(|error| format!("node: {error}"))?;
        let out = process.stdout.take().ok_or("no output")?;
        let mut issuer = String::new();
        let mut out = BufReader::new(out);
        out.read_line(&mut issuer).map_err(|error| error.to_string())?;
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .build()
            .new_agent();
        let issuer = issuer.trim().to_owned();
        if issuer.is_empty() {
            return Err("the provider ended at once".to_owned());
        }
        Ok(Self { issuer, process, agent, _out: out })
    }

    /// Who signs in from now on.
    pub(crate) fn is(&self, who: &serde_json::Value) {
        self.agent.post(format!("{}/who", self.issuer)).send(who.to_string()).unwrap();
    }

    /// Signs with other keys from now on.
    pub(crate) fn takes_new_keys(&self) {
        self.agent.post(format!("{}/new-keys", self.issuer)).send("").unwrap();
    }

    /// Goes where a browser is sent, with its cookies, until it is sent back to the desk.
    pub(crate) fn sign_in(&self, address: &str) -> Back {
        let mut address = address.to_owned();
        let mut cookies: Vec<(String, String)> = Vec::new();
        for _ in 0..STEPS_MAX {
            if let Some(query) = address.strip_prefix(BACK_TO) {
                return back(query.trim_start_matches('?'));
            }
            let sent: Vec<_> =
                cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let answer = self.agent.get(&address).header("Cookie", sent.join("; ")).call().unwrap();
            for set in answer.headers().get_all("set-cookie") {
                let pair = set.to_str().unwrap().split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                cookies.retain(|(known, _)| known != name);
                if !value.is_empty() {
                    cookies.push((name.to_owned(), value.to_owned()));
                }
            }
            let to = answer.headers().get("location").expect("sent on").to_str().unwrap();
            address =
                if to.starts_with('/') { format!("{}{to}", self.issuer) } else { to.to_owned() };
        }
        panic!("sent in circles: {address}");
    }
}

fn back(query: &str) -> Back {
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let of = |name: &str| {
        let found = pairs.iter().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("no {name}: {query}")).1.clone()
    };
    Back { code: of("code"), state: of("state") }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
