//! A merchant's terms as data.
use crate::decision::Decision;
use crate::facts::Facts;

/// One version of a policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `id@version`.
    pub pin: String,
}

impl Policy {
    /// Decides one claim. Pure and total.
    #[must_use]
    pub fn decide(&self, _facts: &Facts) -> Decision {
        unreachable!("written next")
    }
}
