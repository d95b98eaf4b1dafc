//! The server and the worker, as those who run them see them.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use crate::support::{Running, SOON, backhaul, desk, printed, program, told};

#[test]
fn a_server_says_where_it_listens_and_answers_for_its_health() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Running::serve(folder.path(), &[]);
    assert!(server.get("/healthz", "").starts_with("HTTP/1.1 200 OK"));
    let ready = server.get("/readyz", "");
    assert!(
        ready.starts_with("HTTP/1.1 200 OK") && ready.ends_with(r#"{"ready":true}"#),
        "{ready}"
    );
    let measured = server.get("/metrics", "");
    for part in [
        r#"backhaul_http_requests_total{method="GET",route="/readyz",status="200"} 1"#,
        r#"backhaul_http_request_seconds_bucket{method="GET",route="/healthz",le="+Inf"} 1"#,
        r#"backhaul_store_waiting{queue="writes"} 0"#,
        "backhaul_build_info{version=",
    ] {
        assert!(measured.contains(part), "{part} in {measured}");
    }
}

#[test]
fn what_a_client_makes_up_is_no_label_and_in_no_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Running::serve(folder.path(), &[]);
    let answer = server.get("/orders/anna@example.org?token=hush", "x-request-id: mine-1\r\n");
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.to_lowercase().contains("x-request-id: mine-1"), "{answer}");
    let made_up = server.get("/", "x-request-id: a b\r\n");
    assert!(!made_up.contains("a b"), "{made_up}");
    let measured = server.get("/metrics", "");
    assert!(measured.contains(r#"route="unmatched",status="404""#), "{measured}");
    let log = told(&server.end());
    for secret in ["anna", "hush", "token"] {
        assert!(!measured.contains(secret) && !log.contains(secret), "{secret}: {log}");
    }
    let lines = log.lines().map(serde_json::from_str::<serde_json::Value>);
    let lines: Vec<_> = lines.map(|line| line.expect("JSON, since nobody looks")).collect();
    let is_it = |line: &&serde_json::Value| {
        line.pointer("/span/request.id").is_some_and(|id| id == "mine-1")
    };
    let answered = lines.iter().find(is_it).expect("a line of the request");
    assert_eq!(answered.get("status"), Some(&404.into()), "{answered}");
}

#[test]
fn a_second_server_on_the_file_names_the_first_and_how_to_ask_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = Running::serve(folder.path(), &[]);
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["audit", "verify"]] {
        let second = backhaul(folder.path(), arguments);
        assert_eq!(second.status.code(), Some(2));
        let told = told(&second);
        assert!(told.contains(&format!("in use by process {} (backhaul)", first.pid)), "{told}");
        assert!(told.contains("`--server URL`"), "{told}");
    }
    assert!(first.get("/readyz", "").starts_with("HTTP/1.1 200 OK"));
}

#[test]
fn an_address_that_is_taken_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let server = backhaul(folder.path(), &["serve", "--listen", &address]);
    assert_eq!(server.status.code(), Some(2));
    assert!(told(&server).contains(&format!("cannot listen on {address}")), "{}", told(&server));
}

#[test]
fn a_signal_ends_a_server_soon_whoever_is_connected_and_the_data_is_there() {
    let folder = desk();
    for signal in ["-TERM", "-INT"] {
        let server = Running::serve(folder.path(), &[]);
        // A client that keeps its connection, and one that never says anything.
        let mut kept = TcpStream::connect(server.address()).expect("it listens");
        kept.write_all(b"GET /healthz HTTP/1.1\r\nhost: desk\r\n\r\n").expect("written");
        let mut answer = [0; 12];
        kept.read_exact(&mut answer).expect("an answer");
        let _silent = TcpStream::connect(server.address()).expect("it listens");
        server.signal(signal);
        let output = server.ended();
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    }
    let audit = backhaul(folder.path(), &["audit", "verify"]);
    assert_eq!(printed(&audit), "2 orders, 0 events: 0 tampered with\n");
}

#[test]
fn a_worker_runs_alone_and_ends_in_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let worker = Running::start(program(folder.path(), &["worker"]));
    assert_eq!(worker.line, "working with 2 threads");
    assert_eq!(worker.end().status.code(), Some(0));
}

#[test]
fn servers_and_workers_share_a_database_of_postgresql() {
    let Some(url) = backhaul_testkit::postgres_server::new_database() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let start = || Running::serve(folder.path(), &["--database", &url, "--no-worker"]);
    let servers = [start(), start()];
    let worker = Running::start(program(folder.path(), &["worker", "--database", &url]));
    for server in &servers {
        assert!(server.get("/readyz", "").starts_with("HTTP/1.1 200 OK"));
    }
    assert_eq!(worker.end().status.code(), Some(0));
}

#[test]
fn traces_go_where_the_settings_say() {
    let collector = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}/", collector.local_addr().expect("an address"));
    let (send, taken) = mpsc::channel();
    std::thread::spawn(move || {
        let (mut stream, _) = collector.accept().expect("a connection");
        let mut said = Vec::new();
        let mut chunk = [0; 4096];
        // The body comes after its head; the name of the span is in it.
        while !said.windows(12).any(|part| part == b"GET /healthz") {
            let read = stream.read(&mut chunk).expect("read");
            said.extend_from_slice(chunk.get(..read).expect("read"));
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").expect("written");
        send.send(said).expect("somebody waits");
    });
    let folder = tempfile::tempdir().expect("a folder");
    let mut with_traces = program(folder.path(), &["serve", "--listen", "127.0.0.1:0"]);
    with_traces.env("BACKHAUL_TELEMETRY__OTLP_ENDPOINT", endpoint);
    let server = Running::start(with_traces);
    server.get("/healthz?token=hush", "");
    let output = server.end();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let said = taken.recv_timeout(SOON).expect("traces");
    let said = String::from_utf8_lossy(&said);
    assert!(said.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{said}");
    assert!(said.contains("backhaul") && !said.contains("hush"), "{said}");
}
