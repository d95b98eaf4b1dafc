//! Settings that are wrong: each is told with its source, its name and what is allowed, and nothing is done.

use crate::support::{backhaul, printed, program, told};

#[test]
fn every_mistake_in_the_file_is_told_with_its_place_and_what_is_allowed() {
    told_and_nothing_done(&[
        (
            "listen = \"8080\"",
            "`backhaul.toml`: `listen`: `8080` is no address to listen on: an IP address and a port",
        ),
        ("listen = 8080", "`backhaul.toml`: `listen`: `8080` is no address to listen on"),
        (
            "lisen = \"127.0.0.1:1\"",
            "`backhaul.toml`: `lisen` is no setting: did you mean `listen`?",
        ),
        (
            "[log]\nlevel = \"loud\"",
            "`backhaul.toml`: `log.level`: `loud` is not allowed: one of `error`, `warn`, `info`, `debug`, `trace`",
        ),
        (
            "[log]\nformat = \"xml\"",
            "`log.format`: `xml` is not allowed: one of `auto`, `text`, `json`",
        ),
        ("[log]\ncolour = true", "`log.colour` is no setting"),
        ("log = \"info\"", "`log`: "),
        (
            "[worker]\nthreads = 0",
            "`worker.threads`: `0` is not allowed: a whole number from 1 to 64",
        ),
        (
            "[worker]\nthreads = \"many\"",
            "`backhaul.toml`: `worker.threads`: string \"many\" is not allowed: an integer",
        ),
        (
            "[limits]\nshutdown_seconds = 601",
            "`limits.shutdown_seconds`: `601` is not allowed: a whole number from 1 to 600",
        ),
        ("public_url = \"ftp://shop.example\"", "`public_url`: this is no address of the web"),
        (
            "public_url = \"https://shop.example/?a=b\"",
            "`public_url`: this is no address of the web",
        ),
        (
            "database = \"mysql://desk:hush@localhost/x\"",
            "`backhaul.toml`: `database`: `mysql://…@localhost/x` is no database",
        ),
        (
            "database = \"postgres://desk@db.example/x?sslmode=disable\"",
            "`database`: `db.example` is another machine",
        ),
        (
            "database = \"sqlite:x\"\ndatabase_file = \"y\"",
            "`database_file`: `database` is set too: set one of the two",
        ),
        ("database_file = \"absent\"", "`backhaul.toml`: `database_file`: cannot read `absent`"),
        ("[mail]\nsmtp = \"imap://desk:hush@mail.example\"", "`mail.smtp`: this is no mail server"),
        (
            "[mail]\nsmtp = \"smtp://desk:hush@mail.example\"",
            "`mail.smtp`: a mail server without a sender: set `mail.from` too",
        ),
        ("[mail]\nfrom = \"Desk <desk@shop.example>\"", "`mail.from`: this is no mail address"),
        (
            "[webhooks]\nallow_local = \"perhaps\"",
            "`webhooks.allow_local`: string \"perhaps\" is not allowed: a boolean",
        ),
        ("listen = \"127.0.0.1:1\"\nkey = \"hush\n", "backhaul.toml:2:"),
    ]);
}

#[test]
fn every_mistake_about_a_provider_is_told_with_its_place_and_what_is_allowed() {
    let stripe = "[providers.stripe]\nkind = \"stripe\"\n";
    told_and_nothing_done(&[
        ("[providers.stripe]\nkey = \"hush\"", "`providers.stripe.kind`: it must be set"),
        (
            "[providers.stripe]\nkind = \"strip\"",
            "`providers.stripe.kind`: `strip` is not allowed: one of `stripe`, `paypal`, `test`, `bank`",
        ),
        (
            stripe,
            "`providers.stripe`: a provider of kind `stripe` needs its key: set `key` or `key_file`",
        ),
        (&format!("{stripe}key = \" \""), "`providers.stripe.key`: it is empty"),
        (
            &format!("{stripe}key = \"hush\"\nbase_url = \"http://pay.example\""),
            "`providers.stripe.base_url`: the key would go there unencrypted",
        ),
        (
            "[providers.p]\nkind = \"paypal\"\nkey = \"hush\"",
            "`providers.p`: a provider of kind `paypal` needs its `client_id`",
        ),
        (
            &format!("{stripe}key = \"hush\"\nclient_id = \"me\""),
            "`providers.stripe.client_id`: only a provider of kind `paypal` has this",
        ),
        (
            &format!("{stripe}key = \"hush\"\nkeys = \"hush\""),
            "`providers.stripe.keys` is no setting: did you mean `providers.NAME.key`?",
        ),
        (
            &format!("default_provider = \"paypal\"\n{stripe}key = \"hush\""),
            "`default_provider`: there is no provider `paypal`; there is `stripe`",
        ),
    ]);
}

/// Each file of settings is refused with that message, in which no secret is.
fn told_and_nothing_done(cases: &[(&str, &str)]) {
    for (file, message) in cases {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("backhaul.toml"), file).expect("written");
        let output = backhaul(folder.path(), &["migrate"]);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(2), "{file}: {told}");
        assert!(told.contains(message), "{file}: {told}");
        assert!(!told.contains("hush"), "a secret in {told}");
        assert!(!folder.path().join("backhaul-data").exists(), "{file}: nothing is done");
    }
}

#[test]
fn the_environment_and_the_flags_are_named_as_they_are_written() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, value, message) in [
        (
            "BACKHAUL_LISTEN",
            "here",
            "the environment's `BACKHAUL_LISTEN`: `listen`: `here` is no address",
        ),
        (
            "BACKHAUL_LOG__LEVEL",
            "loud",
            "the environment's `BACKHAUL_LOG__LEVEL`: `log.level`: `loud`",
        ),
        (
            "BACKHAUL_WORKER__THREADS",
            "65",
            "`worker.threads`: `65` is not allowed: a whole number from 1 to 64",
        ),
        (
            "BACKHAUL_PROVIDERS__MINE__KIND",
            "mine",
            "the environment's `BACKHAUL_PROVIDERS__MINE__KIND`",
        ),
        ("BACKHAUL_LOG_LEVEL", "info", "`log_level` is no setting: did you mean `log.level`?"),
    ] {
        let output =
            program(folder.path(), &["migrate"]).env(name, value).output().expect("it runs");
        assert_eq!(output.status.code(), Some(2));
        assert!(told(&output).contains(message), "{name}: {}", told(&output));
    }
    let flag = backhaul(folder.path(), &["serve", "--listen", "here"]);
    assert!(told(&flag).contains("the flag `--listen`: `listen`: `here`"), "{}", told(&flag));
    let absent = backhaul(folder.path(), &["migrate", "--config", "absent.toml"]);
    assert_eq!(absent.status.code(), Some(2));
    assert!(told(&absent).contains("cannot read `absent.toml`"), "{}", told(&absent));
}

#[test]
fn each_layer_stands_over_the_one_before() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("backhaul.toml"), "data = \"of-the-file\"").expect("written");
    let migrate = |arguments: &[&str], environment: Option<&str>| {
        let mut program = program(folder.path(), arguments);
        if let Some(data) = environment {
            program.env("BACKHAUL_DATA", data);
        }
        let output = program.output().expect("it runs");
        assert_eq!(printed(&output), "the database is ready\n", "{}", told(&output));
    };
    let is_there = |data: &str| folder.path().join(data).join("backhaul.db").is_file();
    migrate(&["migrate"], None);
    assert!(is_there("of-the-file"));
    migrate(&["migrate"], Some("of-the-environment"));
    assert!(is_there("of-the-environment"));
    migrate(&["migrate", "--data", "of-the-flag"], Some("nowhere"));
    // What Kubernetes sets where a service is called as we are.
    let mut in_kubernetes = program(folder.path(), &["migrate"]);
    for name in ["BACKHAUL_SERVICE_HOST", "BACKHAUL_PORT", "BACKHAUL_PORT_80_TCP_ADDR"] {
        in_kubernetes.env(name, "10.0.0.7");
    }
    let output = in_kubernetes.output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(is_there("of-the-flag") && !is_there("nowhere"));
}

#[test]
fn a_server_is_asked_only_with_a_key_and_only_for_what_it_can_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let keyless = backhaul(folder.path(), &["audit", "verify", "--server", "http://localhost:1"]);
    assert_eq!(keyless.status.code(), Some(2));
    assert!(told(&keyless).contains("--key"), "{}", told(&keyless));
    let mut with_key = program(folder.path(), &["migrate", "--server", "http://localhost:1"]);
    let output = with_key.env("BACKHAUL_API_KEY", "hush").output().expect("it runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(told(&output).contains("a server cannot do this yet"), "{}", told(&output));
    let help = printed(
        &program(folder.path(), &["audit", "verify", "--help"])
            .env("BACKHAUL_API_KEY", "hush")
            .output()
            .expect("it runs"),
    );
    assert!(help.contains("BACKHAUL_API_KEY") && !help.contains("hush"), "{help}");
}
