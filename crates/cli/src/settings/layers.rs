//! Where settings come from, one layer over the other, and what is wrong with a setting, told with its source.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use config::{Config, ConfigError, Environment, Map, Source, Value, ValueKind};

use super::{Provider, ProviderKind, Settings};

/// The file that is looked for in the current folder.
const FILE: &str = "backhaul.toml";
/// What the names of the environment begin with.
const PREFIX: &str = "BACKHAUL";
/// Names of the environment that are the command line's and no settings.
const NO_SETTINGS: [&str; 1] = ["api_key"];
/// The most bytes of a file of settings.
const FILE_BYTES_MAX: u64 = 1 << 20;
/// How alike two names are, at least, for the one to be offered for the other.
const ALIKE_MIN: f64 = 0.75;

/// What the command line sets.
#[derive(Debug, Default)]
pub(crate) struct Flags {
    /// A file of settings, in the place of the one in the current folder.
    pub(crate) config: Option<PathBuf>,
    /// Settings by name, over those of the file and of the environment.
    pub(crate) settings: Vec<(&'static str, String)>,
}

/// Everything that was set, each with its origin.
pub(super) struct Layers(Config);

impl Layers {
    pub(super) fn read(flags: &Flags) -> Result<Self> {
        let mut builder = Config::builder();
        let file = flags.config.as_deref().unwrap_or(Path::new(FILE));
        if flags.config.is_some() || file.exists() {
            builder = builder.add_source(Pairs(read_file(file)?));
        }
        builder = builder.add_source(Pairs(read_environment()?));
        let flags = flags.settings.iter().map(|(name, value)| {
            let origin = format!("the flag `--{}`", name.replace('_', "-"));
            ((*name).to_owned(), Value::new(Some(&origin), value.clone()))
        });
        builder = builder.add_source(Pairs(flags.collect()));
        let layers = Self(builder.build().map_err(|error| anyhow!("the settings: {error}"))?);
        layers.refuse_unknown()?;
        Ok(layers)
    }

    /// The settings, or the first that cannot be one.
    pub(super) fn settings(&self) -> Result<Settings> {
        self.0.clone().try_deserialize().map_err(|error| self.told(error))
    }

    /// Where a setting was set: a file, a flag or the environment with the name there.
    pub(super) fn origin(&self, key: &str) -> String {
        let mut value = Some(&self.0.cache);
        let mut origin = None;
        for part in key.split('.') {
            value = value.and_then(|value| match &value.kind {
                ValueKind::Table(table) => table.get(part),
                _ => None,
            });
            origin = value.and_then(origin_of).or(origin);
        }
        match origin.as_deref() {
            Some("the environment") => {
                let name = key.to_uppercase().replace('.', "__");
                format!("the environment's `{PREFIX}_{name}`")
            }
            Some(origin) => origin.to_owned(),
            None => "the settings".to_owned(),
        }
    }

    fn told(&self, error: ConfigError) -> anyhow::Error {
        let (key, message) = match error {
            ConfigError::At { error, key, .. } => (key, error.to_string()),
            ConfigError::Type { unexpected, expected, key, .. } => {
                (key, format!("{unexpected} is not allowed: {expected}"))
            }
            ConfigError::NotFound(key) => (Some(key), "it must be set".to_owned()),
            error => (None, error.to_string()),
        };
        match key {
            Some(key) => anyhow!("{}: `{key}`: {message}", self.origin(&key)),
            None => anyhow!("the settings: {message}"),
        }
    }

    /// Names are looked at before values, so that a misspelt one is told as such.
    fn refuse_unknown(&self) -> Result<()> {
        let known = known();
        let mut set = Vec::new();
        names(&self.0.cache, "", &mut set);
        for name in set {
            let asked = general(&name);
            let is_within =
                |known: &String| *known == asked || known.starts_with(&format!("{asked}."));
            if known.iter().any(is_within) {
                continue;
            }
            let alike = |known: &&String| (strsim::jaro_winkler(known, &asked), (*known).clone());
            let nearest =
                known.iter().map(|known| alike(&known)).max_by(|a, b| a.0.total_cmp(&b.0));
            let hint = match nearest {
                Some((likeness, name)) if likeness >= ALIKE_MIN => {
                    format!("did you mean `{name}`?")
                }
                _ => "docs/configuration.md lists them all".to_owned(),
            };
            bail!("{}: `{name}` is no setting: {hint}", self.origin(&name));
        }
        Ok(())
    }
}

/// Where a value, or the first within it, was set.
fn origin_of(value: &Value) -> Option<String> {
    value.origin().map(str::to_owned).or_else(|| match &value.kind {
        ValueKind::Table(table) => table.values().find_map(origin_of),
        _ => None,
    })
}

/// The names of all values, nested ones with dots.
fn names(value: &Value, name: &str, found: &mut Vec<String>) {
    match &value.kind {
        ValueKind::Table(table) if name.is_empty() || !table.is_empty() => {
            for (part, value) in table {
                let dot = if name.is_empty() { "" } else { "." };
                names(value, &format!("{name}{dot}{part}"), found);
            }
        }
        _ => found.push(name.to_owned()),
    }
}

/// A setting's name with `NAME` in the place of a provider's.
fn general(name: &str) -> String {
    let parts: Vec<_> = name.split('.').collect();
    match parts.as_slice() {
        ["providers", _] => "providers.NAME".to_owned(),
        ["providers", _, rest @ ..] => format!("providers.NAME.{}", rest.join(".")),
        _ => name.to_owned(),
    }
}

/// The name of every setting, from the types themselves.
pub(super) fn known() -> BTreeSet<String> {
    fn walk(value: &serde_json::Value, name: &str, found: &mut BTreeSet<String>) {
        match value.as_object() {
            Some(table) => {
                for (part, value) in table {
                    let dot = if name.is_empty() { "" } else { "." };
                    walk(value, &format!("{name}{dot}{part}"), found);
                }
            }
            None => {
                found.insert(name.to_owned());
            }
        }
    }
    let mut settings = Settings::default();
    settings.providers.insert("NAME".to_owned(), Provider::of(ProviderKind::Test));
    let mut found = BTreeSet::new();
    if let Ok(value) = serde_json::to_value(&settings) {
        walk(&value, "", &mut found);
    }
    found
}

/// Values that were read already.
#[derive(Clone, Debug)]
struct Pairs(Map<String, Value>);

impl Source for Pairs {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.0.clone())
    }
}

fn read_environment() -> Result<Map<String, Value>> {
    let environment = Environment::with_prefix(PREFIX).prefix_separator("_").separator("__");
    let mut found = environment.collect().map_err(|_| {
        anyhow!("the environment: a name that begins with `{PREFIX}_` has a value that is no UTF-8")
    })?;
    found.retain(|name, _| !is_no_setting(name));
    Ok(found)
}

/// Whether a name of the environment is none of ours, although it begins like ours: Kubernetes sets such names in every
/// container where a service is called `backhaul`.
fn is_no_setting(name: &str) -> bool {
    let is_of_kubernetes = ["service_host", "service_port", "port_"];
    NO_SETTINGS.contains(&name)
        || name == "port"
        || is_of_kubernetes.iter().any(|start| name.starts_with(start))
}

/// Reads a file. What the reader of TOML says is told with its place, without the line: there may be a secret in it.
fn read_file(path: &Path) -> Result<Map<String, Value>> {
    let about = || format!("cannot read `{}`", path.display());
    let bytes = std::fs::metadata(path).with_context(about)?.len();
    if bytes > FILE_BYTES_MAX {
        bail!("`{}` has {bytes} bytes; settings have at most {FILE_BYTES_MAX}", path.display());
    }
    let text = std::fs::read_to_string(path).with_context(about)?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count().saturating_add(1);
        let column =
            before.rsplit('\n').next().unwrap_or_default().chars().count().saturating_add(1);
        anyhow!("{}:{line}:{column}: {}", path.display(), error.message())
    })?;
    let origin = format!("`{}`", path.display());
    table.into_iter().map(|(name, value)| Ok((name, valued(value, &origin)?))).collect()
}

fn valued(value: toml::Value, origin: &str) -> Result<Value> {
    let kind = match value {
        toml::Value::String(text) => ValueKind::String(text),
        toml::Value::Integer(number) => ValueKind::I64(number),
        toml::Value::Boolean(flag) => ValueKind::Boolean(flag),
        toml::Value::Float(number) => ValueKind::Float(number),
        // No setting is a moment; what it is then is told by name.
        toml::Value::Datetime(moment) => ValueKind::String(moment.to_string()),
        toml::Value::Array(values) => {
            let values: Result<Vec<_>> =
                values.into_iter().map(|value| valued(value, origin)).collect();
            ValueKind::Array(values?)
        }
        toml::Value::Table(table) => {
            let table: Result<Map<_, _>> =
                table.into_iter().map(|(name, value)| Ok((name, valued(value, origin)?))).collect();
            ValueKind::Table(table?)
        }
    };
    Ok(Value::new(Some(&origin.to_owned()), kind))
}
