//! Publishing a policy version, and withdrawing one that is not in force yet. Nothing else is ever done to it.

use std::sync::Arc;

use backhaul_core::ledger::Actor;
use backhaul_core::policy::catalogue::{CatalogueFull, POLICIES_MAX};
use backhaul_core::policy::{Diagnostic, Policy, Severity, check};
use backhaul_store::policy_versions::{self, PolicyVersion};
use backhaul_store::{Error, Hash, Tx, case_index};
use jiff::Timestamp;
use jiff::civil::Date;

use super::{KNOWN_WITHIN, Policies};
use crate::{App, Right, Roles, Who};

/// Why a policy is not published, or not withdrawn. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The roles may not.
    #[error("{roles} may not publish policies")]
    Forbidden {
        /// The roles.
        roles: Roles,
    },
    /// The file cannot be used, and why.
    #[error("the policy cannot be used: {}", first(.0))]
    Unusable(Vec<Diagnostic>),
    /// There are warnings, which were not accepted.
    #[error("the check warns: {}; mend it, or accept the warnings", first(.0))]
    Warned(Vec<Diagnostic>),
    /// There is that version already.
    #[error("there is a policy `{pin}` already: give the file another `version`")]
    Exists {
        /// `id@version`.
        pin: String,
    },
    /// Orders were placed on the day of its start, or will have been before every process knows it.
    #[error(
        "the policy would be in force on {effective}, which has begun: set `effective` to {earliest} or later, so that no order \
         that was placed is judged by other terms"
    )]
    TooSoon {
        /// The day in the file.
        effective: Date,
        /// The first day that can be.
        earliest: Date,
    },
    /// There are as many as there may be.
    #[error(transparent)]
    Full(#[from] CatalogueFull),
    /// There is no such published version.
    #[error("no version `{pin}` was published")]
    Unknown {
        /// `id@version`.
        pin: String,
    },
    /// It was withdrawn before.
    #[error("the version `{pin}` was withdrawn already")]
    Withdrawn {
        /// `id@version`.
        pin: String,
    },
    /// It judges orders.
    #[error(
        "the version `{pin}` is in force, or is about to be: it stays for the orders that are placed under it"
    )]
    InForce {
        /// `id@version`.
        pin: String,
    },
    /// A ledger cannot be read.
    #[error("a ledger cannot be read: {0}")]
    Ledger(String),
    /// The database fails.
    #[error(transparent)]
    Database(#[from] Error),
}

fn first(found: &[Diagnostic]) -> String {
    found.first().map(ToString::to_string).unwrap_or_default()
}

/// A policy file, read and checked.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The policy, with the laws of the desk laid over it; nothing where it cannot be read.
    pub policy: Option<Policy>,
    /// What was found, in the order of the file's lines.
    pub findings: Vec<Diagnostic>,
}

impl Checked {
    /// Whether it can be used: there may be warnings.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.policy.is_some() && !self.findings.iter().any(is_error)
    }
}

fn is_error(found: &Diagnostic) -> bool {
    found.severity == Severity::Error
}

impl App {
    /// Reads and checks a policy file as a publish would. It takes its time for a large policy: let it block no one.
    #[must_use]
    pub fn check_policy(&self, text: &str) -> Checked {
        let read = Policy::parse(text);
        match read.and_then(|policy| self.catalogue().under_laws(policy)) {
            Ok(policy) => Checked { findings: check::check(&policy), policy: Some(policy) },
            Err(findings) => Checked { policy: None, findings },
        }
    }

    /// Reads a policy file, with the laws of the desk laid over it.
    ///
    /// # Errors
    /// [`PolicyError::Unusable`].
    pub fn read_policy(&self, text: &str) -> Result<Policy, PolicyError> {
        let read = Policy::parse(text);
        read.and_then(|policy| self.catalogue().under_laws(policy)).map_err(PolicyError::Unusable)
    }

    /// Publishes a policy version: orders that are placed from its effective date on are judged by it. What was placed before,
    /// and every claim that there is, keeps its own version.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn publish_policy(
        &self,
        who: &Who,
        text: &str,
        accept_warnings: bool,
    ) -> Result<PolicyVersion, PolicyError> {
        require(who)?;
        let Checked { policy, findings } = self.check_policy(text);
        let Some(policy) = policy.filter(|_| !findings.iter().any(is_error)) else {
            return Err(PolicyError::Unusable(findings));
        };
        if !findings.is_empty() && !accept_warnings {
            return Err(PolicyError::Warned(findings));
        }
        let now = self.clock.now();
        let version = PolicyVersion {
            policy: policy.id.clone(),
            version: policy.version.clone(),
            body: text.to_owned(),
            sha256: Hash::of_text(text).to_string(),
            effective_on: policy.effective.to_string(),
            effective_at: begins(&policy),
            published_by: named(who),
            published_at: now,
            withdrawn: None,
        };
        let policies = Arc::clone(&self.policies);
        let published = self.store.write(move |tx| {
            require_room(tx, &policies, &policy, now)?;
            if !policy_versions::publish(tx, &version)? {
                return Err(PolicyError::Exists { pin: policy.pin.clone() });
            }
            Ok(version.clone())
        });
        let published = published.wait()?;
        self.look_at_policies()?;
        Ok(published)
    }

    /// Whether a policy that was checked could be published now: there is no such version yet, and its day has not begun.
    ///
    /// # Errors
    /// Why it could not: [`PolicyError`].
    pub async fn could_publish(&self, who: &Who, policy: &Arc<Policy>) -> Result<(), PolicyError> {
        require(who)?;
        let (policies, policy, now) =
            (Arc::clone(&self.policies), Arc::clone(policy), self.clock.now());
        self.store.read(move |tx| require_room(tx, &policies, &policy, now)).await
    }

    /// Withdraws a published version that is not in force yet.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub async fn withdraw_policy(
        &self,
        who: &Who,
        policy: &str,
        version: &str,
    ) -> Result<PolicyVersion, PolicyError> {
        require(who)?;
        let (policy, version, by) = (policy.to_owned(), version.to_owned(), named(who));
        let now = self.clock.now();
        let policies = Arc::clone(&self.policies);
        let withdrawn = self.store.write(move |tx| {
            let pin = format!("{policy}@{version}");
            let found = policy_versions::get(tx, &policy, &version)?;
            let found = found.ok_or_else(|| PolicyError::Unknown { pin: pin.clone() })?;
            if found.withdrawn.is_some() {
                return Err(PolicyError::Withdrawn { pin });
            }
            if found.effective_at < known_by_all(now) {
                return Err(PolicyError::InForce { pin });
            }
            if !policy_versions::withdraw(tx, &policy, &version, &by, now)? {
                return Err(PolicyError::Withdrawn { pin });
            }
            Ok(PolicyVersion { withdrawn: Some((by.clone(), now)), ..found })
        });
        let withdrawn = withdrawn.await?;
        self.store.read(move |tx| policies.look_again(tx, now)).await?;
        Ok(withdrawn)
    }

    /// Every version that was published, the oldest publication first.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn published_policies(&self) -> Result<Vec<PolicyVersion>, Error> {
        self.store.read(policy_versions::all).await
    }

    /// Looks at once whether something was published, as a process does when it starts.
    ///
    /// # Errors
    /// As [`App::policies`].
    pub fn look_at_policies(&self) -> Result<(), Error> {
        let (policies, now) = (Arc::clone(&self.policies), self.clock.now());
        self.store.read(move |tx| policies.look_again(tx, now).map(drop)).wait()
    }
}

pub(super) fn require(who: &Who) -> Result<(), PolicyError> {
    if who.roles.has(Right::ManagePolicy) {
        Ok(())
    } else {
        Err(PolicyError::Forbidden { roles: who.roles.clone() })
    }
}

/// The first moment of which every process will know by itself.
fn known_by_all(now: Timestamp) -> Timestamp {
    now.checked_add(KNOWN_WITHIN).unwrap_or(Timestamp::MAX)
}

/// The moment from which it judges.
fn begins(policy: &Policy) -> Timestamp {
    policy.zone.moment(policy.effective.at(0, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}

/// There is no such version, there is room for one more, and its day has not begun.
fn require_room(
    tx: &mut dyn Tx,
    policies: &Policies,
    policy: &Policy,
    now: Timestamp,
) -> Result<(), PolicyError> {
    let known = policies.look_again(tx, now)?;
    let pin = format!("{}@{}", policy.id, policy.version);
    if known.choose(Some(&pin), None).is_some() {
        return Err(PolicyError::Exists { pin });
    }
    if known.versions().len() >= POLICIES_MAX {
        return Err(CatalogueFull.into());
    }
    require_in_time(tx, policy, now)
}

/// No order that was placed may be judged by other terms than it was placed under. A desk that has not judged anything may be
/// given the policy that the merchant has had for long.
fn require_in_time(tx: &mut dyn Tx, policy: &Policy, now: Timestamp) -> Result<(), PolicyError> {
    if begins(policy) >= known_by_all(now) {
        return Ok(());
    }
    let is_first = policy_versions::mark(tx)?.published == 0 && !case_index::is_any(tx)?;
    if is_first {
        return Ok(());
    }
    let today = policy.zone.date(known_by_all(now));
    let earliest = today.tomorrow().unwrap_or(today);
    Err(PolicyError::TooSoon { effective: policy.effective, earliest })
}

fn named(who: &Who) -> String {
    match &who.actor {
        Actor::Staff { id, .. } | Actor::Rule { staff: id, .. } => id.as_str().to_owned(),
        Actor::Buyer => "buyer".to_owned(),
        Actor::Provider => "provider".to_owned(),
        Actor::System => "system".to_owned(),
    }
}
