//! What the desk runs with: who the merchant is, what is set up, how large the database is, every setting with how to change it, and
//! what a look at everything says. Nothing is changed here: settings are read from a file and the environment when the desk starts.

use std::sync::Arc;

use axum::extract::State;
use backhaul_app::Right;
use backhaul_language::words as w;
use backhaul_store::Engine;
use backhaul_store::size::Size;

use crate::Service;
use crate::blocking::blocking;
use crate::pages::address::asked;
use crate::pages::gallery::{Sample, sample};
use crate::pages::{Answer, Layout, Page, PageFault, Reader, Visit, draw};
use crate::problem::Problem;
use crate::setup::{Check, CheckOutcome, Setting, SettingValue, Setup};

const SETTINGS: &str = "/desk/settings";
/// What the names of the environment begin with.
const PREFIX: &str = "BACKHAUL_";

pub(super) fn pages() -> Vec<Page> {
    vec![Page::get(SETTINGS, Reader::With(Right::ReadSettings), show)]
}

/// One setting.
struct Row {
    name: String,
    variable: String,
    value: String,
    is_given: bool,
}

/// The settings that belong together.
struct Group {
    id: String,
    title: String,
    rows: Vec<Row>,
}

/// What a look at one thing says.
struct Looked {
    sign: &'static str,
    outcome: String,
    check: Check,
}

#[derive(askama::Template)]
#[template(path = "console/owner/settings.html")]
struct SettingsPage {
    layout: Layout,
    /// What there is to know at a glance.
    facts: Vec<(String, Vec<String>)>,
    groups: Vec<Group>,
    can_check: bool,
    checks: Vec<Looked>,
}

async fn show(State(service): State<Service>, visit: Visit) -> Answer {
    let size = service.app.size().await?;
    let judges = service.app.policies().await?;
    let judges = judges.choose(None, Some(visit.now)).map(|policy| policy.pin.clone());
    let checks = if asked(&visit, "look").is_some() { checks(&service).await? } else { Vec::new() };
    let zone = service.app.zone().iana_name().unwrap_or("UTC").to_owned();
    let layout = Layout::of(&visit, &w::settings_title(&visit));
    let known = Known { size, judges: judges.unwrap_or_default(), zone };
    draw(&page(layout, &service.setup, &known, checks))
}

/// What the desk knows of itself beside its settings.
struct Known {
    size: Size,
    judges: String,
    zone: String,
}

/// Looks at everything, beside the threads that answer.
async fn checks(service: &Service) -> Result<Vec<Check>, PageFault> {
    let Some(checkup) = service.setup.checkup.clone() else { return Ok(Vec::new()) };
    Ok(blocking(&service.app, move |_| Ok::<_, Problem>(checkup())).await?)
}

fn page(layout: Layout, setup: &Arc<Setup>, known: &Known, checks: Vec<Check>) -> SettingsPage {
    let looked = |check: Check| {
        let (sign, outcome) = match check.outcome {
            CheckOutcome::Ok => ("✓", w::check_ok(&layout)),
            CheckOutcome::Warning => ("!", w::check_warning(&layout)),
            CheckOutcome::Wrong => ("✕", w::check_wrong(&layout)),
        };
        Looked { sign, outcome: outcome.into_owned(), check }
    };
    SettingsPage {
        facts: facts(&layout, setup, known),
        groups: groups(&layout, &setup.settings),
        can_check: setup.checkup.is_some(),
        checks: checks.into_iter().map(looked).collect(),
        layout,
    }
}

fn facts(layout: &Layout, setup: &Setup, known: &Known) -> Vec<(String, Vec<String>)> {
    let merchant = &layout.merchant;
    let none = || w::settings_not_set(layout).into_owned();
    let or_none = |lines: Vec<String>| if lines.is_empty() { vec![none()] } else { lines };
    let find = |name: &str| setup.settings.iter().find(|setting| setting.name == name);
    let is_set = |name: &str| find(name).is_some_and(|one| one.value != SettingValue::Unset);
    let provider = |setting: &Setting| {
        let name = setting.name.strip_prefix("providers.")?.strip_suffix(".kind")?;
        let SettingValue::Given(kind) = &setting.value else { return None };
        Some(w::settings_provider(layout, kind, name).into_owned())
    };
    let engine = match known.size.engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    let mebibytes = known.size.bytes.saturating_add(1 << 19) >> 20;
    let mail = if is_set("mail.smtp") {
        w::settings_mail_set(layout)
    } else {
        w::settings_mail_unset(layout)
    };
    let merchant_lines = [merchant.name.clone()].into_iter().chain(merchant.return_address.clone());
    vec![
        (w::settings_merchant(layout).into_owned(), merchant_lines.collect()),
        (
            w::settings_contact(layout).into_owned(),
            or_none(merchant.contact_email.iter().cloned().collect()),
        ),
        (w::settings_address(layout).into_owned(), vec![merchant.public_url.clone()]),
        (
            w::settings_policy(layout).into_owned(),
            vec![w::settings_policy_value(layout, &known.judges, &known.zone).into_owned()],
        ),
        (
            w::settings_providers(layout).into_owned(),
            or_none(setup.settings.iter().filter_map(provider).collect()),
        ),
        (w::settings_mail(layout).into_owned(), vec![mail.into_owned()]),
        (
            w::settings_database(layout).into_owned(),
            vec![w::settings_size(layout, engine, mebibytes).into_owned()],
        ),
        (w::settings_version(layout).into_owned(), vec![env!("CARGO_PKG_VERSION").to_owned()]),
    ]
}

/// The settings by the part of their name before the dot, in the order in which they come.
fn groups(layout: &Layout, settings: &[Setting]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for setting in settings {
        let id = setting.name.split_once('.').map_or("desk", |(first, _)| first);
        let row = row(layout, setting);
        match groups.iter_mut().find(|group| group.id == id) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group {
                id: id.to_owned(),
                title: group_title(layout, id),
                rows: vec![row],
            }),
        }
    }
    groups
}

fn group_title(layout: &Layout, id: &str) -> String {
    let title = match id {
        "desk" => w::settings_group_desk(layout),
        "merchant" => w::settings_merchant(layout),
        "mail" => w::settings_mail(layout),
        "providers" => w::settings_providers(layout),
        "bank" => w::settings_group_bank(layout),
        "sign_in" => w::settings_group_sign_in(layout),
        "webhooks" => w::settings_group_webhooks(layout),
        "limits" => w::settings_group_limits(layout),
        "log" => w::settings_group_log(layout),
        "worker" => w::settings_group_worker(layout),
        "telemetry" => w::settings_group_telemetry(layout),
        other => other.to_owned().into(),
    };
    title.into_owned()
}

fn row(layout: &Layout, setting: &Setting) -> Row {
    let value = match &setting.value {
        SettingValue::Unset => w::settings_not_set(layout).into_owned(),
        SettingValue::Hidden => w::settings_hidden(layout).into_owned(),
        SettingValue::Given(value) => value.clone(),
    };
    Row {
        name: setting.name.clone(),
        variable: format!("{PREFIX}{}", setting.name.to_uppercase().replace('.', "__")),
        value,
        is_given: matches!(setting.value, SettingValue::Given(_)),
    }
}

pub(super) fn samples(layout: &dyn Fn(&str) -> Layout) -> Vec<Sample> {
    let around = || {
        let around = layout("");
        let title = w::settings_title(&around).into_owned();
        Layout { title, here: SETTINGS.to_owned(), ..around }
    };
    let setting = |name: &str, value: SettingValue| Setting { name: name.to_owned(), value };
    let given = |value: &str| SettingValue::Given(value.to_owned());
    let setup = Arc::new(Setup {
        settings: vec![
            setting("data", given("/var/lib/backhaul")),
            setting("database", SettingValue::Unset),
            setting("providers.stripe.kind", given("stripe")),
            setting("providers.stripe.key", SettingValue::Hidden),
            setting("mail.smtp", SettingValue::Hidden),
            setting("limits.connections", given("1000")),
        ],
        checkup: Some(Arc::new(Vec::new)),
    });
    let known = Known {
        size: Size { engine: Engine::Sqlite, bytes: 123 << 20 },
        judges: "default@2025.1".to_owned(),
        zone: "Europe/Berlin".to_owned(),
    };
    let check = |name: &str, outcome, says: &str, advice: Option<&str>| Check {
        name: name.to_owned(),
        outcome,
        says: says.to_owned(),
        advice: advice.map(str::to_owned),
    };
    let checks = vec![
        check("database", CheckOutcome::Ok, "it opens", None),
        check("mail", CheckOutcome::Warning, "no mail server is set", Some("set `mail.smtp`")),
        check("clock", CheckOutcome::Wrong, "it says 1970", Some("set the clock")),
    ];
    let bare = Arc::new(Setup::default());
    vec![
        sample("console-settings", &page(around(), &setup, &known, Vec::new())),
        sample("console-settings-looked", &page(around(), &setup, &known, checks)),
        sample("console-settings-bare", &page(around(), &bare, &known, Vec::new())),
    ]
}
