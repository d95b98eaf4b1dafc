//! The program as its users run it, in a folder of a test's own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long a test waits for what must come.
pub(crate) const SOON: Duration = Duration::from_secs(30);
/// How long an idle server may take to end.
const END_MAX: Duration = Duration::from_secs(5);

pub(crate) const CSV: &str = "order,placed_at,time_zone,country,currency,line,sku,category,quantity,price,payment,captured,captured_at
SO-1,2026-02-20T09:00:00Z,Europe/Berlin,DE,EUR,L1,QSFP28,transceiver,2,100.00,P1,126.05,2026-02-20T09:01:00Z
SO-1,,,,,L2,DAC,cable/dac,1,26.05,,,
SO-2,2026-02-21T09:00:00Z,Asia/Tokyo,JP,JPY,L1,SFP,transceiver,1,5000,P9,5000,2026-02-21T09:01:00Z
";

/// The program, with nothing of the environment that could be a setting.
pub(crate) fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_backhaul"));
    program.args(arguments).current_dir(folder);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("BACKHAUL_") {
            program.env_remove(name);
        }
    }
    program
}

pub(crate) fn backhaul(folder: &Path, arguments: &[&str]) -> Output {
    program(folder, arguments).output().expect("the program runs")
}

pub(crate) fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

pub(crate) fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

/// A folder with a desk that has two orders.
pub(crate) fn desk() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("orders.csv"), CSV).expect("written");
    let import = backhaul(folder.path(), &["import", "orders", "orders.csv"]);
    assert_eq!(import.status.code(), Some(0), "{}", told(&import));
    folder
}

/// A running server or worker; killed when the test is over, if it has not ended by then.
pub(crate) struct Running {
    child: Option<Child>,
    /// The line that it printed when it was ready.
    pub(crate) line: String,
    pub(crate) pid: u32,
}

impl Running {
    /// Starts `serve` on any free port.
    pub(crate) fn serve(folder: &Path, arguments: &[&str]) -> Self {
        let all = [&["serve", "--listen", "127.0.0.1:0"], arguments].concat();
        Self::start(program(folder, &all))
    }

    pub(crate) fn start(mut program: Command) -> Self {
        let program = program.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = program.spawn().expect("the program starts");
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut line).expect("a line");
        let pid = child.id();
        if line.is_empty() {
            let output = child.wait_with_output().expect("it ended");
            panic!("it is not ready: {}", told(&output));
        }
        Self { child: Some(child), line: line.trim_end().to_owned(), pid }
    }

    /// Where it listens: host and port.
    pub(crate) fn address(&self) -> &str {
        self.line.strip_prefix("listening on http://").expect("the line of a server")
    }

    /// Asks for a page; returns the whole answer, its head first.
    pub(crate) fn get(&self, path: &str, headers: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).expect("it listens");
        let head =
            format!("GET {path} HTTP/1.1\r\nhost: desk\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(head.as_bytes()).expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.pid.to_string()]).status();
        assert!(sent.expect("`kill` runs").success());
    }

    /// Tells it to end, and waits for it.
    pub(crate) fn end(self) -> Output {
        self.signal("-TERM");
        self.ended()
    }

    /// Waits for it; it must end within [`END_MAX`].
    pub(crate) fn ended(mut self) -> Output {
        let child = self.child.take().expect("it runs");
        let (send, ended) = mpsc::channel();
        std::thread::spawn(move || send.send(child.wait_with_output()));
        ended.recv_timeout(END_MAX).expect("it ends in time").expect("it ended")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
