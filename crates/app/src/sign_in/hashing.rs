//! Hashing passwords: slow on purpose, so it has threads of its own, and a bound on how many wait for them.

use std::sync::{Arc, OnceLock};
use std::thread;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use crossbeam_channel::{Sender, bounded};
use tokio::sync::oneshot;

/// How many passwords are hashed at once: each takes the memory below.
const THREADS: usize = 2;
/// How many wait for that. Further ones are told to come again.
const WAITING_MAX: usize = 64;
/// The memory of one hash, in KiB, and how often it is gone through (OWASP's first choice for Argon2id).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

type Work = Box<dyn FnOnce() + Send>;

/// The threads that hash. A clone is another handle of the same; they end with the last.
#[derive(Clone, Default)]
pub(crate) struct Hashing(Arc<OnceLock<Sender<Work>>>);

/// Why nothing was hashed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotHashed {
    /// Too many wait.
    #[error("too many are signing in at this moment: try again")]
    Busy,
    /// The machine does not give what is needed.
    #[error("{0}")]
    Machine(String),
}

/// What came of comparing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compared {
    /// Whether it is the password.
    pub(crate) is_right: bool,
    /// A new hash of it, where the kept one was made at another cost than today's.
    pub(crate) renewed: Option<String>,
}

impl Hashing {
    /// The hash of a password, in PHC's form.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, NotHashed> {
        let password = password.to_owned();
        self.run(move || hash(&password)).await?
    }

    /// Whether that is the password of the hash. Without a hash the same work is done, and the answer is no.
    pub(crate) async fn compare(
        &self,
        password: &str,
        kept: Option<String>,
    ) -> Result<Compared, NotHashed> {
        let password = password.to_owned();
        self.run(move || compare(&password, kept.as_deref())).await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, NotHashed> {
        let (answer, answered) = oneshot::channel();
        let work: Work = Box::new(move || {
            // Whoever asked may have gone.
            let _ = answer.send(work());
        });
        self.0.get_or_init(start).try_send(work).map_err(|_| NotHashed::Busy)?;
        answered.await.map_err(|_| NotHashed::Machine("the hashing broke off".to_owned()))
    }
}

fn start() -> Sender<Work> {
    let (queue, waiting) = bounded::<Work>(WAITING_MAX);
    for number in 0..THREADS {
        let waiting = waiting.clone();
        let named = thread::Builder::new().name(format!("hash-{number}"));
        // With fewer threads than wanted it is slower; with none, everybody is told to come again.
        let _ = named.spawn(move || waiting.into_iter().for_each(|work| work()));
    }
    queue
}

fn cost() -> Result<Argon2<'static>, NotHashed> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(machine)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String, NotHashed> {
    let hash = cost()?.hash_password(password.as_bytes()).map_err(machine)?;
    Ok(hash.to_string())
}

fn compare(password: &str, kept: Option<&str>) -> Result<Compared, NotHashed> {
    let parsed = kept.and_then(|kept| PasswordHash::new(kept).ok());
    let Some(parsed) = parsed else {
        // The same work as for a password that is wrong: how long it takes tells nobody whether there is such a person.
        hash(password)?;
        return Ok(Compared { is_right: false, renewed: None });
    };
    let is_right = cost()?.verify_password(password.as_bytes(), &parsed).is_ok();
    let renewed = if is_right && !is_todays(&parsed) { Some(hash(password)?) } else { None };
    Ok(Compared { is_right, renewed })
}

/// Whether a hash was made at today's cost.
fn is_todays(hash: &PasswordHash) -> bool {
    let params = Params::try_from(hash);
    let is_same = params.is_ok_and(|params| {
        (params.m_cost(), params.t_cost(), params.p_cost()) == (MEMORY_KIB, PASSES, LANES)
    });
    is_same && hash.algorithm.as_str() == "argon2id" && hash.version == Some(Version::V0x13.into())
}

fn machine(error: impl std::fmt::Display) -> NotHashed {
    NotHashed::Machine(error.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use argon2::password_hash::PasswordHasher;
    use argon2::{Algorithm, Argon2, Params, Version};

    use super::{Hashing, NotHashed, THREADS, WAITING_MAX, compare, hash};

    #[test]
    fn a_hash_of_another_cost_is_renewed_when_its_password_is_right() {
        let cheap = Params::new(64, 1, 1, None).unwrap();
        let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
        let kept = cheap.hash_password(b"a right one").unwrap().to_string();
        assert!(!compare("another", Some(&kept)).unwrap().is_right);
        let compared = compare("a right one", Some(&kept)).unwrap();
        let renewed = compared.renewed.unwrap();
        let again = compare("a right one", Some(&renewed)).unwrap();
        assert!(compared.is_right && again.is_right && again.renewed.is_none());
    }

    #[test]
    fn nobody_s_password_costs_the_same_and_is_never_right() {
        let took = |kept: Option<&str>| {
            let begun = std::time::Instant::now();
            assert!(!compare("a wrong one", kept).unwrap().is_right);
            begun.elapsed().as_secs_f64()
        };
        let kept = hash("a right one").unwrap();
        let best = |kept: Option<&str>| (0..5).map(|_| took(kept)).fold(f64::MAX, f64::min);
        let (known, unknown) = (best(Some(&kept)), best(None));
        assert!(unknown > known / 2.0 && known > unknown / 2.0, "{known} and {unknown}");
        took(Some("not a hash"));
    }

    #[test]
    fn more_than_the_bound_are_told_to_come_again() {
        let hashing = Hashing::default();
        let (go, wait) = mpsc::channel::<()>();
        let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
        let mut held = Vec::new();
        let refused = loop {
            let wait = std::sync::Arc::clone(&wait);
            let asked = hashing.clone();
            let mut asked =
                Box::pin(async move { asked.run(move || drop(wait.lock().unwrap().recv())).await });
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            match asked.as_mut().poll(&mut context) {
                std::task::Poll::Ready(answer) => break answer,
                std::task::Poll::Pending => held.push(asked),
            }
            assert!(held.len() <= WAITING_MAX + THREADS);
        };
        assert_eq!(refused, Err(NotHashed::Busy));
        drop(go);
        for asked in held {
            pollster::block_on(asked).unwrap();
        }
    }
}
