//! What the desk runs with, as the owner sees it: settings without secrets, and a look at whether all is well. Whoever starts the
//! server fills it in.

use std::fmt;
use std::sync::Arc;

/// What a setting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// It is not set.
    Unset,
    /// It is set, and a secret.
    Hidden,
    /// It is this, or has this value where nobody set it.
    Given(String),
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its name in the file of settings, such as `mail.from`.
    pub name: String,
    /// What it is.
    pub value: SettingValue,
}

/// How one thing is that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// As it should be.
    Ok,
    /// It works, and there is something to know.
    Warning,
    /// It does not work.
    Wrong,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// How it is.
    pub outcome: CheckOutcome,
    /// What was seen; it holds no secret.
    pub says: String,
    /// What to do, where there is something to do.
    pub advice: Option<String>,
}

/// Looks at everything. It takes its time, since it asks others, and may block.
pub type Checkup = Arc<dyn Fn() -> Vec<Check> + Send + Sync>;

/// What the desk runs with.
#[derive(Clone, Default)]
pub struct Setup {
    /// Every setting, by its name.
    pub settings: Vec<Setting>,
    /// A look at whether all is well, where there is one.
    pub checkup: Option<Checkup>,
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("settings", &self.settings).finish_non_exhaustive()
    }
}
