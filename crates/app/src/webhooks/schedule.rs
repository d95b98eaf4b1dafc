//! When a message is tried again, by the schedule of the Standard Webhooks specification: ten tries over three days.

use backhaul_store::Hash;
use jiff::{SignedDuration, Timestamp};

use super::sender::RetryAfter;

/// How long a message waits after its first, second, … try.
pub const DELAYS: [SignedDuration; 9] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(14),
    SignedDuration::from_hours(20),
    SignedDuration::from_hours(24),
];
/// How often a message is tried before it is given up.
pub const TRIES_MAX: u32 = 10;
/// An endpoint where nothing arrived for so long is switched off.
pub const FAILING_MAX: SignedDuration = SignedDuration::from_hours(5 * 24);
/// The longest wait that a receiver is granted when it asks for one.
pub const RETRY_AFTER_MAX: SignedDuration = SignedDuration::from_hours(24);
/// At most one part in so many is added to each wait, so that messages which failed together do not come again together.
const JITTER_PARTS: i32 = 10;

/// When a message is tried again that was tried so often; nothing where that was the last time.
pub(super) fn next_try(
    id: &str,
    attempts: u32,
    now: Timestamp,
    asked: Option<RetryAfter>,
) -> Option<Timestamp> {
    if attempts >= TRIES_MAX {
        return None;
    }
    let place = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let delay = *DELAYS.get(place)?;
    let planned = now.checked_add(delay.saturating_add(jitter(id, attempts, delay)));
    let planned = planned.unwrap_or(Timestamp::MAX);
    let latest = now.checked_add(RETRY_AFTER_MAX).unwrap_or(Timestamp::MAX);
    let asked = match asked {
        Some(RetryAfter::In(wait)) => now.checked_add(wait).unwrap_or(latest),
        Some(RetryAfter::At(moment)) => moment,
        None => now,
    };
    Some(planned.max(asked.min(latest)))
}

/// Taken from the name and not from chance: the same try always has the same.
fn jitter(id: &str, attempts: u32, delay: SignedDuration) -> SignedDuration {
    let hash = Hash::of_text(&format!("{id}#{attempts}")).to_string();
    let share = hash.get(..2).and_then(|digits| i32::from_str_radix(digits, 16).ok()).unwrap_or(0);
    let part = delay.checked_div(JITTER_PARTS).and_then(|part| part.checked_div(255));
    part.and_then(|part| part.checked_mul(share)).unwrap_or(SignedDuration::ZERO)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::{SignedDuration, Timestamp};

    use super::{DELAYS, RETRY_AFTER_MAX, TRIES_MAX, next_try};
    use crate::webhooks::RetryAfter;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn wait(id: &str, attempts: u32, asked: Option<RetryAfter>) -> Option<SignedDuration> {
        next_try(id, attempts, NOW, asked).map(|at| at.duration_since(NOW))
    }

    #[test]
    fn ten_tries_take_three_days_and_a_little() {
        let waits = (1..TRIES_MAX).map(|attempts| wait("m", attempts, None).unwrap());
        let waits = waits.collect::<Vec<_>>();
        assert_eq!(waits.len(), DELAYS.len());
        for (wait, delay) in waits.iter().zip(DELAYS) {
            assert!((delay..=delay * 11 / 10).contains(wait), "{wait} after {delay}");
        }
        let total = waits.into_iter().fold(SignedDuration::ZERO, |sum, wait| sum + wait);
        assert!((75..=84).contains(&total.as_hours()), "{total}");
        assert_eq!(wait("m", TRIES_MAX, None), None);
    }

    #[test]
    fn messages_that_failed_together_do_not_come_again_together() {
        let waits = (0..50).map(|number| wait(&format!("m{number}"), 3, None));
        assert!(waits.collect::<BTreeSet<_>>().len() > 30);
        assert_eq!(wait("m", 3, None), wait("m", 3, None));
    }

    #[test]
    fn a_receiver_may_ask_for_a_longer_wait_up_to_a_limit() {
        let asked = |hours| Some(RetryAfter::In(SignedDuration::from_hours(hours)));
        assert_eq!(wait("m", 1, asked(3)), Some(SignedDuration::from_hours(3)));
        assert_eq!(wait("m", 1, asked(3_000_000)), Some(RETRY_AFTER_MAX));
        assert_eq!(wait("m", 1, Some(RetryAfter::In(SignedDuration::MAX))), Some(RETRY_AFTER_MAX));
        let at = NOW + SignedDuration::from_hours(2);
        assert_eq!(wait("m", 1, Some(RetryAfter::At(at))), Some(SignedDuration::from_hours(2)));
        // Never for a shorter one.
        assert_eq!(wait("m", 4, asked(0)), wait("m", 4, None));
        assert_eq!(wait("m", 4, Some(RetryAfter::At(Timestamp::MIN))), wait("m", 4, None));
        // Nor for one try more.
        assert_eq!(wait("m", TRIES_MAX, asked(1)), None);
    }
}
