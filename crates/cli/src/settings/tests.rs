//! Layers, secrets, and the page that describes the settings.

use std::collections::BTreeMap;

use super::layers::known;
use super::{Flags, Provider, ProviderKind, Settings};

fn page() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
    std::fs::read_to_string(path).unwrap()
}

/// What the tables of the page say: name and default.
fn described() -> BTreeMap<String, String> {
    let rows = page();
    let rows = rows.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let name = cells.next()?.trim_matches('`').to_owned();
        Some((name, cells.next()?.trim_matches('`').to_owned()))
    });
    rows.collect()
}

#[test]
fn every_setting_and_no_other_is_on_the_page() {
    let described: Vec<_> = described().into_keys().collect();
    let known: Vec<_> = known().into_iter().collect();
    assert_eq!(described, known, "left: docs/configuration.md, right: the settings");
}

#[test]
fn the_page_tells_the_defaults_as_they_are() {
    let mut settings = Settings::default();
    settings.providers.insert("NAME".to_owned(), Provider::of(ProviderKind::Test));
    let settings = serde_json::to_value(&settings).unwrap();
    for (name, told) in described() {
        let value = settings.pointer(&format!("/{}", name.replace('.', "/"))).unwrap();
        let default = match value {
            serde_json::Value::Null => "none".to_owned(),
            serde_json::Value::String(text) => text.clone(),
            value => value.to_string(),
        };
        let is_asked_for = name == "providers.NAME.kind";
        assert_eq!(told, if is_asked_for { "required" } else { &default }, "`{name}`");
    }
}

#[test]
fn the_example_of_the_page_can_be_read() {
    let page = page();
    let (_, example) = page.split_once("```toml\n").unwrap();
    let (example, _) = example.split_once("```").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "sk_test_1\n").unwrap();
    let example = example.replace("/etc/backhaul/stripe.key", key.to_str().unwrap());
    let file = folder.path().join("backhaul.toml");
    std::fs::write(&file, example).unwrap();
    let settings = Settings::load(&Flags { config: Some(file), settings: Vec::new() }).unwrap();
    let stripe = settings.providers.get("stripe").unwrap();
    assert_eq!(stripe.key.as_ref().unwrap().expose(), "sk_test_1");
}

#[test]
fn flags_stand_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backhaul.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:1\"\ndata = \"there\"\n").unwrap();
    let flags = Flags { config: Some(file), settings: vec![("listen", "127.0.0.1:2".to_owned())] };
    let settings = Settings::load(&flags).unwrap();
    assert_eq!(settings.listen.0.port(), 2);
    assert_eq!(settings.data, std::path::Path::new("there"));
}

#[test]
fn no_secret_is_in_what_is_printed_of_settings() {
    let database = Some(super::Secret::new("postgres://desk:hush@localhost/x"));
    let mut settings = Settings { database, ..Settings::default() };
    let mut stripe = Provider::of(ProviderKind::Stripe);
    stripe.key = Some(super::Secret::new("hush"));
    settings.providers.insert("stripe".to_owned(), stripe);
    let printed = format!("{settings:?} {}", serde_json::to_string(&settings).unwrap());
    assert!(!printed.contains("hush"), "{printed}");
}
