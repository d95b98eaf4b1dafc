//! When a letter is tried again, and what does not stay.

use backhaul_store::{Error, letters};
use jiff::{SignedDuration, Timestamp};

use crate::App;

/// How long it is waited after each failure; after the last one, as long again and again, until the letter's time is over.
const DELAYS: [SignedDuration; 8] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_secs(30),
    SignedDuration::from_mins(2),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(3),
    SignedDuration::from_hours(6),
];
/// How long letters are kept that nothing more comes of.
pub const LETTERS_KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How many are looked at in one transaction.
const PAGE: u32 = 200;
/// Why a letter was given up whose time was over.
pub(crate) const TOO_LATE: &str = "too_late";

/// When to try again after so many tries; nothing where the letter's time is over then.
pub(crate) fn next_try(attempts: u32, now: Timestamp, expires_at: Timestamp) -> Option<Timestamp> {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let last = DELAYS.last().copied().unwrap_or(SignedDuration::ZERO);
    let delay = DELAYS.get(place).copied().unwrap_or(last);
    now.checked_add(delay).ok().filter(|next| *next <= expires_at)
}

impl App {
    /// Gives up letters whose time is over, wipes what is secret in those that were kept, and forgets old ones.
    pub(crate) fn let_letters_go(&self, now: Timestamp) -> Result<(), Error> {
        let give_up = || {
            let page = self.store.write(move |tx| letters::give_up_old(tx, now, TOO_LATE, PAGE));
            page.wait()
        };
        while give_up()? > 0 {}
        let before = now.checked_sub(LETTERS_KEPT).unwrap_or(Timestamp::MIN);
        let forget = || self.store.write(move |tx| letters::forget(tx, before, PAGE)).wait();
        while forget()? > 0 {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::next_try;

    #[test]
    fn pauses_grow_and_end_with_the_letters_time() {
        let now = Timestamp::UNIX_EPOCH;
        let in_hours = |hours| now.checked_add(SignedDuration::from_hours(hours)).unwrap();
        let pause = |attempts| {
            next_try(attempts, now, in_hours(7)).map(|next| next.duration_since(now).as_secs())
        };
        let pauses: Vec<_> = (1..=10).map(pause).collect();
        let seconds = [5, 30, 120, 600, 1_800, 3_600, 10_800, 21_600, 21_600, 21_600];
        assert_eq!(pauses, seconds.map(Some));
        assert_eq!(next_try(1, now, now), None);
        assert_eq!(next_try(9, now, in_hours(5)), None);
    }
}
