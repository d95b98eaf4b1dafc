//! Guessing is slowed down: for each name that is guessed, and for each address that guesses.
//!
//! A failure is counted before the guess is looked at, so guesses at the same moment gain nothing. After some free ones each makes
//! the wait twice as long, up to a bound: nobody is ever locked out for good. While one waits, nothing is counted.

use backhaul_store::sign_in::throttle::{self, Guessed};
use backhaul_store::{Error, Hash, Tx};
use jiff::{SignedDuration, Timestamp};

/// The longest that one waits.
pub(crate) const WAIT_MAX: SignedDuration = SignedDuration::from_mins(15);
/// How often a wait is made twice as long, at most; it is over the longest wait by then.
const DOUBLINGS_MAX: i64 = 20;
/// After how long without a guess nothing of it is remembered.
pub(crate) const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// Whose or which guesses are counted together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bucket {
    /// A hash: names that are no staff's and addresses are kept in no other form.
    name: String,
    free: i64,
}

impl Bucket {
    /// Guesses of one member of staff's password, or of a name that is nobody's.
    pub(crate) fn name(name: &str) -> Self {
        Self::of("name", &name.to_lowercase(), 5)
    }

    /// Guesses of one member of staff's second factor.
    pub(crate) fn second_factor(staff: &str) -> Self {
        Self::of("second_factor", staff, 5)
    }

    /// Guesses from one address.
    pub(crate) fn address(address: &str) -> Self {
        Self::of("address", address, 30)
    }

    fn of(kind: &str, what: &str, free: i64) -> Self {
        Self { name: Hash::of_text(&format!("{kind} {what}")).to_string(), free }
    }

    fn wait(&self, failures: i64) -> SignedDuration {
        let doublings = failures.saturating_sub(self.free);
        if doublings < 0 {
            return SignedDuration::ZERO;
        }
        let doublings = u32::try_from(doublings.min(DOUBLINGS_MAX)).unwrap_or_default();
        let seconds = 1_i64.checked_shl(doublings).unwrap_or(i64::MAX);
        SignedDuration::from_secs(seconds).min(WAIT_MAX)
    }
}

/// Counts a guess in each bucket; or counts nothing, and says until when one waits.
pub(crate) fn count(
    tx: &mut dyn Tx,
    buckets: &[Bucket],
    now: Timestamp,
) -> Result<Result<(), Timestamp>, Error> {
    // In one order for everybody, so that two who guess the same wait and do not block each other.
    let mut buckets: Vec<_> = buckets.iter().collect();
    buckets.sort_by(|one, next| one.name.cmp(&next.name));
    let mut held = Vec::new();
    for bucket in buckets {
        held.push((bucket, throttle::hold(tx, &bucket.name, now)?));
    }
    if let Some(at) = held.iter().map(|(_, guessed)| guessed.free_at).max().filter(|at| *at > now) {
        return Ok(Err(at));
    }
    for (bucket, guessed) in held {
        let is_old = now.duration_since(guessed.last_at) >= FORGOTTEN_AFTER;
        let failures = if is_old { 1 } else { guessed.failures.saturating_add(1) };
        let free_at = now.checked_add(bucket.wait(failures)).unwrap_or(now);
        throttle::put(tx, &bucket.name, Guessed { failures, free_at, last_at: now })?;
    }
    Ok(Ok(()))
}

/// Forgets the guesses of one name, and takes back what was counted for an address: it was no guess.
pub(crate) fn was_right(
    tx: &mut dyn Tx,
    known: &[Bucket],
    address: &Bucket,
    now: Timestamp,
) -> Result<(), Error> {
    for bucket in known {
        throttle::clear(tx, &bucket.name)?;
    }
    let guessed = throttle::hold(tx, &address.name, now)?;
    let failures = guessed.failures.saturating_sub(1).max(0);
    throttle::put(tx, &address.name, Guessed { failures, free_at: now, last_at: now })
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{Bucket, WAIT_MAX};

    #[test]
    fn the_first_guesses_are_free_and_then_each_wait_is_twice_as_long_up_to_a_bound() {
        let bucket = Bucket::name("anna");
        let waits: Vec<_> = (1..9).map(|failures| bucket.wait(failures).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8]);
        assert_eq!(bucket.wait(i64::MAX), WAIT_MAX);
        assert_eq!(Bucket::address("192.0.2.1").wait(29), SignedDuration::ZERO);
    }

    #[test]
    fn a_name_is_one_in_any_case_and_is_no_address() {
        assert_eq!(Bucket::name("Anna"), Bucket::name("anna"));
        assert_ne!(Bucket::name("anna").name, Bucket::second_factor("anna").name);
    }
}
