//! The settings as the owner sees them on a page: each by its name, and no secret.

use backhaul_web::setup::{Setting, SettingValue};
use serde_json::Value;

use super::Settings;
use super::secret::HIDDEN;

impl Settings {
    /// Every setting, those of the desk itself first.
    pub(crate) fn shown(&self) -> Vec<Setting> {
        let mut all = Vec::new();
        // What cannot be written is not shown; a test holds that there is nothing such.
        flatten("", &serde_json::to_value(self).unwrap_or_default(), &mut all);
        all.sort_by_key(|setting| setting.name.contains('.'));
        all
    }
}

fn flatten(name: &str, value: &Value, all: &mut Vec<Setting>) {
    let value = match value {
        Value::Object(parts) => {
            for (part, value) in parts {
                let name = if name.is_empty() { part.clone() } else { format!("{name}.{part}") };
                flatten(&name, value, all);
            }
            return;
        }
        Value::Null => SettingValue::Unset,
        Value::String(text) if text == HIDDEN => SettingValue::Hidden,
        Value::String(text) => SettingValue::Given(text.clone()),
        other => SettingValue::Given(other.to_string()),
    };
    all.push(Setting { name: name.to_owned(), value });
}

#[cfg(test)]
mod tests {
    use backhaul_web::setup::SettingValue;

    use crate::settings::{Provider, ProviderKind, Secret, Settings};

    #[test]
    fn every_setting_is_shown_and_no_secret() {
        let mut settings = Settings::default();
        let mut provider = Provider::of(ProviderKind::Stripe);
        provider.key = Some(Secret::new("sk_live_1"));
        settings.providers.insert("stripe".to_owned(), provider);
        let shown = settings.shown();
        let value = |name: &str| {
            shown.iter().find(|setting| setting.name == name).map(|setting| &setting.value)
        };
        assert_eq!(value("providers.stripe.key"), Some(&SettingValue::Hidden));
        assert_eq!(value("mail.smtp"), Some(&SettingValue::Unset));
        assert_eq!(value("limits.connections"), Some(&SettingValue::Given("1000".to_owned())));
        assert!(shown.len() > 30, "{shown:?}");
        assert!(!format!("{shown:?}").contains("live"));
    }
}
