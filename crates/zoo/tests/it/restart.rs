//! The ledger outlives the process.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use backhaul_zoo::{Event, Running, Status};
use serde_json::json;

use crate::personalities::{ALL, FORGETS_ON_ERROR, NO_KEY_NO_CAP, STRIPE_V1, WITH_KEYS};
use crate::support::{DAY, Zoo};

#[test]
fn a_zoo_that_is_killed_goes_on_where_it_was() {
    let mut zoo = Zoo::new("goes_on_where_it_was");
    for way in ALL {
        zoo.pay(way.name, "pay_1");
        way.refund(&zoo);
    }
    zoo.advance(DAY - 1);
    zoo = zoo.restarted();
    for way in WITH_KEYS {
        assert!(way.refund(&zoo).has_header("idempotent-replayed: true"), "{}", way.name);
        assert_eq!(way.made(&zoo), 1, "{}", way.name);
    }
    zoo.advance(1);
    assert_eq!((STRIPE_V1.refund(&zoo).status, STRIPE_V1.made(&zoo)), (200, 2), "the clock too");
}

#[test]
fn faults_and_their_chance_go_on_after_a_restart() {
    let struck = |test: &str, restarts: bool| {
        let mut zoo = Zoo::new(test).with_payment("no_key_no_cap");
        let drop = json!({"kind": "drop", "place": "at_door"});
        let rule = json!({"fault": drop, "percent": 50, "seed": 3});
        zoo.control("no_key_no_cap/faults", &rule);
        let mut struck = Vec::new();
        for _ in 0..10 {
            struck.push(NO_KEY_NO_CAP.try_refund(&zoo).is_none());
            if restarts {
                zoo = zoo.restarted();
            }
        }
        struck
    };
    assert_eq!(struck("faults_go_on_1", false), struck("faults_go_on_2", true));
}

#[test]
fn a_kill_between_effect_and_answer_loses_only_the_answer() {
    let zoo = Zoo::new("a_kill_between");
    for way in WITH_KEYS {
        zoo.pay(way.name, "pay_1");
        zoo.fault(way.name, &json!({"kind": "hold", "place": "after_effect"}));
    }
    std::thread::scope(|scope| {
        for way in &WITH_KEYS {
            scope.spawn(|| way.try_refund(&zoo));
        }
        zoo.wait_for_held(WITH_KEYS.len());
        zoo.end();
    });
    let zoo = zoo.restarted();
    for way in WITH_KEYS {
        assert_eq!(way.refund(&zoo).status, way.made, "{}", way.name);
        assert_eq!(way.made(&zoo), 1, "{}", way.name);
    }
}

#[test]
fn a_forgotten_key_stays_forgotten() {
    let zoo = Zoo::new("a_forgotten_key").with_payment("forgets_on_error");
    zoo.fault(
        "forgets_on_error",
        &json!({"kind": "error", "place": "after_effect", "status": 502}),
    );
    assert_eq!(FORGETS_ON_ERROR.refund(&zoo).status, 502);
    let zoo = zoo.restarted();
    assert_eq!(FORGETS_ON_ERROR.refund(&zoo).status, 202);
    assert_eq!(FORGETS_ON_ERROR.made(&zoo), 2);
}

#[test]
fn a_line_that_was_being_written_is_cut_off() {
    let zoo = Zoo::new("a_line_that_was_being_written").with_payment("stripe_v1");
    STRIPE_V1.refund(&zoo);
    let entries = zoo.ledger();
    zoo.end();
    let mut file = OpenOptions::new().append(true).open(zoo.ledger_file()).unwrap();
    file.write_all(br#"{"seq":99,"at":17"#).unwrap();
    let zoo = zoo.restarted();
    assert_eq!(zoo.ledger(), entries);
    STRIPE_V1.refund_as(&zoo, "other", STRIPE_V1.body);
    let seqs: Vec<_> = zoo.ledger().iter().map(|entry| entry.seq).collect();
    assert!(seqs.iter().copied().eq(1..=u64::try_from(seqs.len()).unwrap()), "{seqs:?}");
}

#[test]
fn a_ledger_that_was_changed_is_not_gone_on_with() {
    let zoo = Zoo::new("a_ledger_that_was_changed").with_payment("stripe_v1");
    let ledger = zoo.ended();
    std::fs::write(&ledger, "not an entry\n").unwrap();
    assert!(start(&ledger).is_err());
}

#[test]
fn two_zoos_do_not_write_one_ledger() {
    let zoo = Zoo::new("two_zoos");
    assert!(start(zoo.ledger_file()).is_err());
    assert!(start(&zoo.ended()).is_ok());
}

#[test]
fn the_ledger_tells_the_whole_story_in_order() {
    let zoo = Zoo::new("the_whole_story").with_payment("stripe_v1");
    zoo.fault("stripe_v1", &json!({"kind": "drop", "place": "after_effect"}));
    STRIPE_V1.try_refund(&zoo);
    let told = zoo.tell("ledger");
    let entries = zoo.ledger();
    assert_eq!(told, json!(entries), "as a file and by request");
    let [paid, fault, received, created, kept, answered] = entries.as_slice() else {
        panic!("{entries:#?}")
    };
    assert!(matches!(paid.event, Event::PaymentCreated { captured_minor: 1_000, .. }));
    assert!(matches!(fault.event, Event::FaultSet { .. }));
    assert!(matches!(&received.event, Event::RequestReceived { struck, .. } if struck.len() == 1));
    let Event::RefundCreated { amount_minor, reference, status, .. } = &created.event else {
        panic!("{created:?}")
    };
    assert_eq!((*amount_minor, *status), (400, Status::Succeeded));
    assert_eq!(reference.as_deref(), Some("intent-1"));
    assert!(matches!(&kept.event, Event::KeyKept { status: 200, .. }));
    assert!(matches!(answered.event, Event::Answered { dropped: true, .. }));
}

#[test]
fn only_this_machine_is_listened_on_and_only_who_is_named_is_played() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let ledger = folder.join("only_this_machine.jsonl");
    let binary = Path::new(env!("CARGO_BIN_EXE_backhaul-zoo"));
    assert!(Running::start(binary, &ledger, &["--listen", "0.0.0.0:0"]).is_err());
    assert!(Running::start(binary, &ledger, &["--personality", "nobody"]).is_err());
    drop(std::fs::remove_file(&ledger));
    let zoo = Zoo::playing("only_who_is_named", &["--personality", "paypal"]);
    zoo.pay("paypal", "pay_1");
    assert_eq!(zoo.send("POST", "/stripe_v1/v1/refunds", &[], "").status, 404);
    let found = backhaul_zoo::running::binary_beside_test().unwrap();
    assert_eq!(found.canonicalize().unwrap(), binary.canonicalize().unwrap());
}

#[test]
fn a_zoo_ends_with_the_input_of_who_started_it() {
    let ledger = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ends_with_the_input.jsonl");
    let mut process = Command::new(env!("CARGO_BIN_EXE_backhaul-zoo"))
        .args(["--end-with-stdin", "--ledger"])
        .arg(&ledger)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.starts_with(r#"{"listening":"127.0.0.1:"#), "{line}");
    // Waiting closes the input first.
    assert!(process.wait().unwrap().success());
}

fn start(ledger: &Path) -> anyhow::Result<Running> {
    Running::start(Path::new(env!("CARGO_BIN_EXE_backhaul-zoo")), ledger, &[])
}
