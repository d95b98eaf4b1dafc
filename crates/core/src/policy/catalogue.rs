//! The policies that are known, and which version of them judges an order.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Diagnostic, Policy};

/// How many policy versions one catalogue holds.
pub const POLICIES_MAX: usize = 1_000;

/// The policy that comes with the product.
const DEFAULT: &str = include_str!("../../../../policies/default.toml");

/// A catalogue holds no more than [`POLICIES_MAX`] policy versions (invariant `bounded`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CatalogueFull;

impl fmt::Display for CatalogueFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {POLICIES_MAX} policy versions can be loaded at once")
    }
}

impl std::error::Error for CatalogueFull {}

/// Policies by id and version.
#[derive(Clone, Debug)]
pub struct Catalogue {
    /// The id of the policy that judges where none is asked for.
    default_id: String,
    /// In the order of their effective dates.
    versions: Vec<Arc<Policy>>,
    /// The pins of what was published: it judges by default from its date on, whatever its id.
    published: BTreeSet<String>,
    /// The pins of what was withdrawn before it was in force: it is only found by its pin.
    withdrawn: BTreeSet<String>,
    /// The laws that are laid over every policy, those that come later among them.
    laws: Vec<Arc<str>>,
}

impl Catalogue {
    /// A catalogue in which one policy judges by default.
    #[must_use]
    pub fn new(default: Policy) -> Self {
        Self {
            default_id: default.id.clone(),
            versions: vec![Arc::new(default)],
            published: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            laws: Vec::new(),
        }
    }

    /// The catalogue with the policy that comes with the product.
    ///
    /// # Errors
    /// What is wrong with that policy; a test holds that there is nothing.
    pub fn built_in() -> Result<Self, Vec<Diagnostic>> {
        Policy::parse(DEFAULT).map(Self::new)
    }

    /// Adds a policy version; one of the same id and version takes its place.
    ///
    /// # Errors
    /// [`CatalogueFull`]; nothing is changed then.
    pub fn add(&mut self, policy: Policy) -> Result<(), CatalogueFull> {
        let is_known = self.versions.iter().any(|known| known.pin == policy.pin);
        if !is_known && self.versions.len() >= POLICIES_MAX {
            return Err(CatalogueFull);
        }
        self.versions.retain(|known| known.pin != policy.pin);
        self.versions.push(Arc::new(policy));
        self.versions.sort_by_key(|policy| policy.effective);
        Ok(())
    }

    /// Lays a law over every policy of the catalogue.
    ///
    /// # Errors
    /// As [`Policy::with_law`], for the first policy that the law does not fit.
    pub fn lay_over(&mut self, law: &str) -> Result<(), Vec<Diagnostic>> {
        for policy in &mut self.versions {
            *policy = Arc::new(Policy::clone(policy).with_law(law)?);
        }
        self.laws.push(law.into());
        Ok(())
    }

    /// The policy with the laws of the catalogue laid over it.
    ///
    /// # Errors
    /// As [`Policy::with_law`], for the first law that does not fit.
    pub fn under_laws(&self, policy: Policy) -> Result<Policy, Vec<Diagnostic>> {
        self.laws.iter().try_fold(policy, |policy, law| policy.with_law(law))
    }

    /// Adds a policy version that was published, laws and all: it judges by default the orders that are placed from its
    /// effective date on, whatever its id. One that was withdrawn judges nothing unless it is asked for by its pin.
    ///
    /// # Errors
    /// As [`Catalogue::add`].
    pub fn add_published(
        &mut self,
        policy: Policy,
        is_withdrawn: bool,
    ) -> Result<(), CatalogueFull> {
        let pin = policy.pin.clone();
        self.add(policy)?;
        if is_withdrawn {
            self.withdrawn.insert(pin);
        } else {
            self.published.insert(pin);
        }
        Ok(())
    }

    /// Adds a policy and makes it the one that judges by default.
    ///
    /// # Errors
    /// As [`Catalogue::add`].
    pub fn add_default(&mut self, policy: Policy) -> Result<(), CatalogueFull> {
        let id = policy.id.clone();
        self.add(policy)?;
        self.default_id = id;
        Ok(())
    }

    /// The policy version that judges: the one asked for (`id@version`), else the version of the id asked for, or of the default,
    /// that was in force when the order was placed. An order from before the first version is judged by the first.
    #[must_use]
    pub fn choose(
        &self,
        asked: Option<&str>,
        placed_at: Option<Timestamp>,
    ) -> Option<&Arc<Policy>> {
        if let Some(asked) = asked.filter(|asked| asked.contains('@')) {
            // A version is meant with the laws that are laid over it.
            let is_asked = |pin: &str| {
                pin.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('+'))
            };
            return self.versions.iter().find(|policy| is_asked(&policy.pin));
        }
        let is_meant = |policy: &&Arc<Policy>| match asked {
            Some(id) => policy.id == id,
            None => self.judges_by_default(policy),
        };
        let in_force = |policy: &&Arc<Policy>| {
            placed_at.is_none_or(|placed_at| policy.effective <= policy.zone.date(placed_at))
        };
        let stands = |policy: &&Arc<Policy>| !self.withdrawn.contains(&policy.pin);
        let mut meant = self.versions.iter().filter(stands).filter(is_meant);
        meant.clone().rfind(in_force).or_else(|| meant.next())
    }

    /// Whether the version judges orders that ask for no policy, once it is in force.
    #[must_use]
    pub fn judges_by_default(&self, policy: &Policy) -> bool {
        let is_withdrawn = self.withdrawn.contains(&policy.pin);
        let is_meant = policy.id == self.default_id || self.published.contains(&policy.pin);
        is_meant && !is_withdrawn
    }

    /// The policy that judges where nothing is known of the order.
    #[must_use]
    pub fn default_policy(&self) -> Option<&Arc<Policy>> {
        self.choose(None, None)
    }

    /// The versions, in the order of their effective dates.
    #[must_use]
    pub fn versions(&self) -> &[Arc<Policy>] {
        &self.versions
    }

    /// What can be asked for: each id, and each `id@version`.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .versions
            .iter()
            .flat_map(|policy| [policy.id.clone(), policy.pin.clone()])
            .collect();
        names.sort();
        names.dedup();
        names
    }
}
