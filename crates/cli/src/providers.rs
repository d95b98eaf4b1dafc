//! The payment providers of the settings.

use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use backhaul_adapters::provider::{
    BaseUrl, PayPal, PayPalSettings, Secret, Stripe, StripeSettings, TestBook,
};
use backhaul_app::{BankSettings, Debtor, Providers, RefundProvider};
use backhaul_core::ledger::ProviderName;

use crate::clock::SystemClock;
use crate::settings::{Bank, Provider, ProviderKind, Settings};

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

/// What finance pays by transfers at its own bank: the payments of these providers, from the merchant's account.
///
/// # Errors
/// The merchant's account is none.
pub(crate) fn bank(settings: &Settings) -> Result<BankSettings> {
    let is_bank = |provider: &Provider| provider.kind == ProviderKind::Bank;
    let names = settings.providers.iter().filter(|(_, provider)| is_bank(provider));
    let names: Result<_, _> = names.map(|(name, _)| ProviderName::new(name)).collect();
    let default = settings.default_provider.as_ref().and_then(|name| settings.providers.get(name));
    let Bank { holder, iban, bic, four_eyes } = &settings.bank;
    let debtor = match (holder, iban) {
        (Some(holder), Some(iban)) => {
            let debtor = Debtor::new(holder, iban, bic.as_deref());
            Some(debtor.map_err(|fault| anyhow!("`bank`: {fault}"))?)
        }
        (None, None) => None,
        _ => bail!("`bank` needs both the `holder` and the `iban` of the account that pays"),
    };
    let is_default = default.is_some_and(is_bank);
    Ok(BankSettings { providers: names?, is_default, debtor, four_eyes: *four_eyes })
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
