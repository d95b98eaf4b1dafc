//! What may go wrong with a request for a refund, and when.

use serde::{Deserialize, Serialize};

/// How many rules a personality may have at once.
pub const FAULT_RULES_MAX: usize = 64;

/// Where on its way a request is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Before the provider has looked at it, its key included: still in the network, or at a rate limiter.
    AtDoor,
    /// While it is being carried out and before money moves; its key is in use.
    BeforeEffect,
    /// After money moved and before the answer; its key is in use.
    AfterEffect,
}

/// What becomes of the webhook about a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookWay {
    /// It is delivered before the answer leaves.
    BeforeReply,
    /// It is delivered five times.
    FiveTimes,
    /// It is delivered after the next one.
    Reordered,
    /// It is not delivered until a test asks for it.
    Never,
    /// Before the true one comes one that says the opposite, signed with a wrong secret.
    Forged,
}

/// One thing that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Fault {
    /// The connection is closed without an answer.
    Drop {
        /// After the effect, the refund is made and its answer kept: only the reply is lost.
        place: Place,
    },
    /// The provider answers with this status.
    Error {
        /// After the effect, the refund is made all the same.
        place: Place,
        /// Such as 500.
        status: u16,
    },
    /// It takes this much longer by the machine's clock.
    Delay {
        /// Where it waits.
        place: Place,
        /// For how long.
        ms: u64,
    },
    /// It waits until a test releases it.
    Hold {
        /// Where it waits.
        place: Place,
    },
    /// The network delivers the request a second time.
    NetworkReplays {
        /// Whether the copy waits until a test releases it; otherwise it follows at once.
        held: bool,
    },
    /// Something about the webhook.
    Webhook {
        /// What.
        way: WebhookWay,
    },
    /// The refund is pending until it is settled, also where refunds are settled at once.
    Pending,
    /// The refund fails so much later, even after it had succeeded.
    FailsLater {
        /// By the zoo's clock.
        seconds: i64,
    },
}

/// When a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum When {
    /// With the next requests.
    Next {
        /// How many.
        next: u32,
    },
    /// By chance, the same for the same seed.
    Chance {
        /// Of a hundred requests.
        percent: u8,
        /// What the chance starts from.
        seed: u64,
    },
}

/// A fault and when it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultRule {
    /// What goes wrong.
    pub fault: Fault,
    /// When.
    #[serde(flatten)]
    pub when: When,
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<FaultRule>);

impl Faults {
    pub(crate) fn add(&mut self, rule: FaultRule) {
        self.0.push(rule);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn is_full(&self) -> bool {
        self.0.len() >= FAULT_RULES_MAX
    }

    /// What strikes the next request. Replaying the ledger draws the same again.
    pub(crate) fn draw(&mut self) -> Vec<Fault> {
        let struck =
            self.0.iter_mut().filter_map(|rule| strikes(&mut rule.when).then_some(rule.fault));
        let struck = struck.collect();
        self.0.retain(|rule| rule.when != When::Next { next: 0 });
        struck
    }
}

fn strikes(when: &mut When) -> bool {
    match when {
        When::Next { next } => {
            let strikes = *next > 0;
            *next = next.saturating_sub(1);
            strikes
        }
        When::Chance { percent, seed } => {
            *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            scrambled(*seed) % 100 < u64::from(*percent)
        }
    }
}

/// The output step of `SplitMix64`, a public-domain generator.
fn scrambled(state: u64) -> u64 {
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Fault, FaultRule, Faults, When};

    fn drawn(when: When, times: usize) -> Vec<bool> {
        let mut faults = Faults::default();
        faults.add(FaultRule { fault: Fault::Pending, when });
        (0..times).map(|_| !faults.draw().is_empty()).collect()
    }

    #[test]
    fn a_rule_for_the_next_requests_ends_after_them() {
        assert_eq!(drawn(When::Next { next: 2 }, 4), [true, true, false, false]);
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests() {
        let chance = |seed| drawn(When::Chance { percent: 30, seed }, 1_000);
        assert_eq!(chance(7), chance(7));
        assert_ne!(chance(7), chance(8));
        let struck = chance(7).into_iter().filter(|struck| *struck).count();
        assert!((250..350).contains(&struck), "{struck} of 1000");
    }
}
