//! The payment providers of the settings.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use backhaul_adapters::provider::{
    BaseUrl, PayPal, PayPalSettings, Secret, Stripe, StripeSettings, TestBook,
};
use backhaul_app::{Providers, RefundProvider};
use backhaul_core::ledger::ProviderName;

use crate::clock::SystemClock;
use crate::settings::{Provider, ProviderKind, Settings};

/// Where Stripe is, unless the settings say otherwise.
const STRIPE: &str = "https://api.stripe.com";
/// Where `PayPal` is, unless the settings say otherwise.
const PAYPAL: &str = "https://api-m.paypal.com";

/// Everybody who pays refunds by themselves. Transfers that people make are not among them.
///
/// # Errors
/// A provider's address is none, or the book of one that is only tried out cannot be opened.
pub(crate) fn providers(settings: &Settings) -> Result<Providers> {
    let mut all = Providers::new();
    for (name, provider) in &settings.providers {
        let Some(found) =
            adapter(settings, name, provider).with_context(|| format!("the provider `{name}`"))?
        else {
            continue;
        };
        all = all.with(ProviderName::new(name)?, found);
    }
    if let Some(name) = &settings.default_provider {
        all = all.with_default(ProviderName::new(name)?);
    }
    Ok(all)
}

fn adapter(
    settings: &Settings,
    name: &str,
    provider: &Provider,
) -> Result<Option<Arc<dyn RefundProvider>>> {
    let key = provider.key.as_ref().map_or("", |key| key.expose());
    let signs = provider.webhook_secret.as_ref().map_or("", |secret| secret.expose());
    let base_url = |usual: &str| match &provider.base_url {
        Some(url) => BaseUrl::new(&url.as_base()),
        None => BaseUrl::new(usual),
    };
    Ok(Some(match provider.kind {
        ProviderKind::Stripe => Arc::new(Stripe::new(StripeSettings {
            base_url: base_url(STRIPE)?,
            api_key: Secret::new(key),
            webhook_secrets: signs.split_whitespace().map(Secret::new).collect(),
        })),
        ProviderKind::Paypal => {
            let paypal = PayPalSettings {
                base_url: base_url(PAYPAL)?,
                client_id: provider.client_id.clone().unwrap_or_default(),
                client_secret: Secret::new(key),
                webhook_id: provider.webhook_id.clone(),
            };
            Arc::new(PayPal::new(paypal, Arc::new(SystemClock)))
        }
        ProviderKind::Test => {
            let folder = settings.data.join("test-providers").join(name);
            std::fs::create_dir_all(&folder)?;
            Arc::new(TestBook::open(&folder)?)
        }
        ProviderKind::Bank => return Ok(None),
    }))
}
