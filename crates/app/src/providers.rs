//! Which provider pays a payment back: by the name that the order gives, or the merchant's default.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use backhaul_core::ledger::ProviderName;
use jiff::SignedDuration;

use crate::refund_provider::RefundProvider;

/// The merchant's payment providers, by name.
#[derive(Clone, Default)]
pub struct Providers {
    by_name: BTreeMap<ProviderName, Arc<dyn RefundProvider>>,
    default: Option<ProviderName>,
}

impl Providers {
    /// No provider at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With that provider under that name, in the place of an earlier one.
    #[must_use]
    pub fn with(mut self, name: ProviderName, provider: Arc<dyn RefundProvider>) -> Self {
        self.by_name.insert(name, provider);
        self
    }

    /// With that name for payments that name no provider. It need not be configured: then such payments wait.
    #[must_use]
    pub fn with_default(mut self, name: ProviderName) -> Self {
        self.default = Some(name);
        self
    }

    /// The provider of that name.
    #[must_use]
    pub fn get(&self, name: &ProviderName) -> Option<&Arc<dyn RefundProvider>> {
        self.by_name.get(name)
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &ProviderName> {
        self.by_name.keys()
    }

    /// The name under which a payment is paid back: its own, or the default.
    #[must_use]
    pub fn name_for<'a>(&'a self, named: Option<&'a ProviderName>) -> Option<&'a ProviderName> {
        named.or(self.default.as_ref())
    }

    /// The longest time-out of all.
    pub(crate) fn timeout_max(&self) -> SignedDuration {
        let timeouts = self.by_name.values().map(|provider| provider.capabilities().timeout);
        timeouts.max().unwrap_or(SignedDuration::ZERO)
    }
}

impl fmt::Debug for Providers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { by_name, default } = self;
        let names: Vec<_> = by_name.keys().collect();
        f.debug_struct("Providers").field("by_name", &names).field("default", default).finish()
    }
}
