//! The payment providers: whether each can be used and reached. Nothing is asked of them that costs or changes anything.

use std::time::Duration;

use anyhow::Result;

use super::{Doctor, Report, Verdict};
use crate::settings::{Provider, ProviderKind, Settings, WebUrl};

/// How long a provider may take to answer.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

pub(super) fn check(doctor: &mut Doctor<impl Report>, settings: &Settings) -> Result<()> {
    if settings.providers.is_empty() {
        return doctor.check("providers", || {
            Verdict::warning("there is none: no refund is paid", "set `[providers.NAME]`")
        });
    }
    if settings.default_provider.is_none() {
        doctor.check("providers", || {
            let advice = "set `default_provider`";
            Verdict::warning("payments that name no provider are not paid back", advice)
        })?;
    }
    for (name, provider) in &settings.providers {
        doctor.check(&format!("provider `{name}`"), || one(provider))?;
    }
    Ok(())
}

/// One provider. Checks that need its own interface belong here too, by its kind.
fn one(provider: &Provider) -> Verdict {
    let usual = match provider.kind {
        ProviderKind::Stripe => "https://api.stripe.com",
        ProviderKind::Paypal => "https://api-m.paypal.com",
        ProviderKind::Bank => return Verdict::ok("people make its transfers"),
        ProviderKind::Test => {
            return Verdict::warning("it plays a provider and pays nothing", "not for a real desk");
        }
    };
    let base = provider.base_url.as_ref().map_or(usual.to_owned(), WebUrl::as_base);
    if let Err(why) = reach(&base) {
        let advice = "look at the network and at `base_url`";
        return Verdict::wrong(format!("{base} cannot be reached: {why}"), advice);
    }
    if provider.webhook_secret.is_none() && provider.webhook_id.is_none() {
        let is_paypal = provider.kind == ProviderKind::Paypal;
        let by = if is_paypal { "webhook_id" } else { "webhook_secret" };
        let says = format!("{base} answers; its messages cannot be verified");
        return Verdict::warning(says, format!("set `{by}`, so that what it tells is believed"));
    }
    Verdict::ok(format!("{base} answers"))
}

/// Whether anything answers there. It is asked without the key, so any answer will do.
fn reach(base: &str) -> Result<(), ureq::Error> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(ANSWER_WAIT))
        .http_status_as_error(false)
        .max_redirects(0);
    let agent: ureq::Agent = config.build().into();
    agent.get(base).call().map(|_| ())
}
