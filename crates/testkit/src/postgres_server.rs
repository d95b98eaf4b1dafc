//! A PostgreSQL server for the time of the tests: its data in a temporary folder, its door a Unix socket in there.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Initialises and starts the server, says so, and ends it once nobody holds the other end of its input any more:
/// whichever way the tests end, no server stays behind.
const SCRIPT: &str = r#"
set -e
trap '"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1; rm -rf "$2"' EXIT
"$1/initdb" -D "$2/data" -A trust -U desk -E UTF8 --locale=C.UTF-8 -N >"$2/log" 2>&1
"$1/pg_ctl" -D "$2/data" -l "$2/log" -w -o "-k $2 -c listen_addresses='' -c max_connections=400 $3" start >/dev/null
echo ready
read -r _ || true
"#;

/// A running server.
pub struct Server {
    folder: PathBuf,
    databases: AtomicU32,
    _input: ChildStdin,
}

/// The server of this process, or why there is none.
static SERVER: LazyLock<Result<Server, String>> = LazyLock::new(|| {
    // Tests need no flush to the disk: they do not pull the plug.
    Server::start("-c fsync=off")
});

/// The address of a new database, or nothing where PostgreSQL is not installed and need not be.
#[must_use]
pub fn new_database() -> Option<String> {
    match SERVER.as_ref() {
        Ok(server) => Some(server.new_database()),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "no PostgreSQL under CI: {why}");
            println!("skipped on PostgreSQL: {why}");
            None
        }
    }
}

/// A server that one test may kill; nothing where PostgreSQL is not installed and need not be.
#[must_use]
pub fn own_server() -> Option<Server> {
    server_with("")
}

/// A server of one test, with these options.
#[must_use]
pub fn server_with(options: &str) -> Option<Server> {
    match Server::start(options) {
        Ok(server) => Some(server),
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "no PostgreSQL under CI: {why}");
            println!("skipped on PostgreSQL: {why}");
            None
        }
    }
}

impl Server {
    /// Starts a server with these options.
    ///
    /// # Errors
    /// Why it cannot be started.
    pub fn start(options: &str) -> Result<Self, String> {
        let programs = programs().ok_or("there is no `initdb` below /usr/lib/postgresql")?;
        let folder = tempfile::Builder::new().prefix("backhaul-pg").tempdir();
        let folder = folder.map_err(|error| error.to_string())?.keep();
        let mut command = shell_of_a_user_that_may(&folder)?;
        let mut shell = command
            .args(["-c", SCRIPT, "sh"])
            .args([&programs, &folder])
            .arg(options)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| error.to_string())?;
        let (input, output) = (shell.stdin.take().unwrap(), shell.stdout.take().unwrap());
        let mut said = String::new();
        BufReader::new(output).read_line(&mut said).map_err(|error| error.to_string())?;
        if said.trim() != "ready" {
            return Err(format!("the server did not start; see {}", folder.join("log").display()));
        }
        Ok(Self { folder, databases: AtomicU32::new(0), _input: input })
    }

    /// Makes a database; returns its address.
    #[must_use]
    pub fn new_database(&self) -> String {
        let name = format!("desk_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut client = postgres::Client::connect(&self.url("postgres"), postgres::NoTls).unwrap();
        client.batch_execute(&format!("create database {name}")).unwrap();
        self.url(&name)
    }

    /// Kills it in the middle of what it does, as the loss of its machine would, and starts it again on what is on the disk.
    pub fn crash_and_start_again(&self) {
        let mut command = shell_of_a_user_that_may(&self.folder).unwrap();
        let again = r#""$1/pg_ctl" -D "$2/data" -l "$2/log" -w -m immediate restart >/dev/null"#;
        let programs = programs().unwrap();
        command.args(["-c", again, "sh"]).args([&programs, &self.folder]).current_dir("/");
        assert!(command.status().unwrap().success());
    }

    /// Lets it speak TLS, with a certificate for that address that only the returned file vouches for. It must listen there.
    #[must_use]
    pub fn encrypt_on(&self, address: &str) -> PathBuf {
        let make = r#"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=desk \
            -addext "subjectAltName=IP:$2" -addext basicConstraints=critical,CA:FALSE \
            -keyout "$1/server.key" -out "$1/server.crt" 2>/dev/null"#;
        let mut command = shell_of_a_user_that_may(&self.folder).unwrap();
        command.args(["-c", make, "sh"]).arg(&self.folder).arg(address).current_dir("/");
        assert!(command.status().unwrap().success(), "no certificate: is `openssl` installed?");
        let (key, certificate) = (self.folder.join("server.key"), self.folder.join("server.crt"));
        let mut client = postgres::Client::connect(&self.url("postgres"), postgres::NoTls).unwrap();
        for (setting, value) in [
            ("ssl_key_file", key.display().to_string()),
            ("ssl_cert_file", certificate.display().to_string()),
            ("ssl", "on".to_owned()),
        ] {
            client.execute(&format!("alter system set {setting} = '{value}'"), &[]).unwrap();
        }
        client.execute("select pg_reload_conf()", &[]).unwrap();
        // Each new connection tells whether the server has taken it up.
        let is_on = || {
            let mut client =
                postgres::Client::connect(&self.url("postgres"), postgres::NoTls).unwrap();
            client.query_one("show ssl", &[]).unwrap().get::<_, &str>(0) == "on"
        };
        for _ in 0..1000 {
            if is_on() {
                return certificate;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("the server does not take up TLS; see {}", self.folder.join("log").display());
    }

    fn url(&self, database: &str) -> String {
        format!("postgres:///{database}?host={}&user=desk", self.folder.display())
    }
}

/// Where the newest `initdb` is, and `pg_ctl` with it.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?;
    let folders = versions.filter_map(|entry| Some(entry.ok()?.path().join("bin")));
    folders.filter(|folder| folder.join("initdb").is_file()).max()
}

/// PostgreSQL refuses to run as root; then the folder and the server become the user's that its package makes.
fn shell_of_a_user_that_may(folder: &Path) -> Result<Command, String> {
    if !is_root() {
        return Ok(Command::new("sh"));
    }
    let given = Command::new("chown").arg("postgres").arg(folder).status();
    if !given.is_ok_and(|status| status.success()) {
        return Err("we are root, and there is no user `postgres` to run it as".to_owned());
    }
    std::fs::set_permissions(folder, PermissionsExt::from_mode(0o700)).unwrap();
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--", "sh"]);
    Ok(command)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
