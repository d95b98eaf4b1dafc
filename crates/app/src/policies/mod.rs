//! The policies that judge: those of files, and what the owner published. Every process over a database comes to know what
//! another one published before it is in force, because nothing can be published for sooner than [`KNOWN_WITHIN`].

mod compare;
mod publish;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use backhaul_core::policy::{Catalogue, Policy};
use backhaul_store::policy_versions::{self, Mark, PolicyVersion};
use backhaul_store::{Error, Tx};
use jiff::{SignedDuration, Timestamp};

pub use self::compare::{CLAIMS_MAX, CompareAsked, Compared};
pub use self::publish::{Checked, PolicyError};
use crate::App;

/// How old what a process knows of published policies may be when it decides.
const LOOK_EVERY: SignedDuration = SignedDuration::from_secs(2);
/// How long before it is in force a version must be published or withdrawn, so that every process knows in time.
pub const KNOWN_WITHIN: SignedDuration = SignedDuration::from_secs(10);

/// What this process knows of the policies.
pub(crate) struct Policies {
    /// Those of files.
    base: Catalogue,
    known: Mutex<Known>,
}

struct Known {
    catalogue: Arc<Catalogue>,
    mark: Mark,
    looked_at: Option<Timestamp>,
}

impl Policies {
    pub(crate) fn new(base: Catalogue) -> Self {
        let catalogue = Arc::new(base.clone());
        let known = Known { catalogue, mark: Mark::default(), looked_at: None };
        Self { base, known: Mutex::new(known) }
    }

    /// What was known at the last look.
    pub(crate) fn last_known(&self) -> Arc<Catalogue> {
        Arc::clone(&self.known().catalogue)
    }

    /// What is known now, with a look at the database where the last one is too old.
    pub(crate) fn look(&self, tx: &mut dyn Tx, now: Timestamp) -> Result<Arc<Catalogue>, Error> {
        let known = self.known();
        let age = known.looked_at.map(|looked_at| now.duration_since(looked_at).abs());
        if age.is_some_and(|age| age < LOOK_EVERY) {
            return Ok(Arc::clone(&known.catalogue));
        }
        drop(known);
        self.look_again(tx, now)
    }

    /// What is known now, whenever the last look was.
    pub(crate) fn look_again(
        &self,
        tx: &mut dyn Tx,
        now: Timestamp,
    ) -> Result<Arc<Catalogue>, Error> {
        // Nobody waits for the database with the lock in hand. Should two look at once, both learn the same.
        let mark = policy_versions::mark(tx)?;
        let known = self.known();
        let same = (known.mark == mark).then(|| Arc::clone(&known.catalogue));
        drop(known);
        let catalogue = match same {
            Some(catalogue) => catalogue,
            None => Arc::new(self.with_published(&policy_versions::all(tx)?)?),
        };
        *self.known() = Known { catalogue: Arc::clone(&catalogue), mark, looked_at: Some(now) };
        Ok(catalogue)
    }

    fn with_published(&self, versions: &[PolicyVersion]) -> Result<Catalogue, Error> {
        let mut catalogue = self.base.clone();
        for version in versions {
            let pin = format!("{}@{}", version.policy, version.version);
            // It read well when it was published: only a law that was laid over since, or another program, can be why.
            let unusable = |what: String| {
                tracing::error!(policy.pin = %pin, what, "a published policy cannot be used");
                Error::Unreadable { column: 2, wanted: "a policy that this program can use" }
            };
            let parsed = Policy::parse(&version.body);
            let policy = parsed.and_then(|policy| self.base.under_laws(policy));
            let policy = policy.map_err(|found| {
                unusable(found.first().map(ToString::to_string).unwrap_or_default())
            })?;
            let is_withdrawn = version.withdrawn.is_some();
            let added = catalogue.add_published(policy, is_withdrawn);
            added.map_err(|full| unusable(full.to_string()))?;
        }
        Ok(catalogue)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // Whoever panicked while holding it left it whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl App {
    /// The policies that judge, as this process knew them at its last look; see [`App::policies`].
    #[must_use]
    pub fn catalogue(&self) -> Arc<Catalogue> {
        self.policies.last_known()
    }

    /// The policies that judge now.
    ///
    /// # Errors
    /// [`Error`]; one that says that something is unreadable where a published policy cannot be used by this program.
    pub async fn policies(&self) -> Result<Arc<Catalogue>, Error> {
        let (policies, now) = (Arc::clone(&self.policies), self.clock.now());
        self.store.read(move |tx| policies.look(tx, now)).await
    }
}
