//! A merchant's terms as data: a typed TOML file, read with line and column, evaluated with unknown facts as a third truth value.
//!
//! - [`vocabulary`]: the attributes that rules can test.
//! - [`condition`], [`window`], [`view`]: conditions and what they look at.
//! - [`rule`], [`term`]: clauses, rules and what they bring about.
//! - `read`: the file. `decide`: the answer. [`check`]: what is wrong with a policy that reads well. [`explain`]: the page for buyers.
//! - [`compare`]: what two versions do differently.
//! - [`catalogue`]: which version judges an order.

pub mod cases;
pub mod catalogue;
pub mod check;
pub mod compare;
pub mod condition;
mod decide;
pub mod diagnostic;
pub mod explain;
mod matter;
mod otherwise;
mod read;
pub mod rule;
pub mod term;
pub mod view;
pub mod vocabulary;
pub mod window;

pub use self::catalogue::Catalogue;
use self::condition::Op;
pub use self::diagnostic::{Diagnostic, Severity};
pub use self::matter::Matter;
pub use self::read::POLICY_BYTES_MAX;
pub use self::rule::Policy;
use self::vocabulary::Attribute;
use crate::decision::ClauseId;
use crate::words::{Finding, Word as _};

impl Policy {
    /// The id of the clause at that place.
    fn clause_id(&self, place: usize) -> ClauseId {
        self.clauses.get(place).map_or_else(|| ClauseId::from(""), |clause| clause.id.clone())
    }

    /// The findings that a rule of this policy tests, in the order of the closed list: what an inspection must ask.
    #[must_use]
    pub fn findings_asked(&self) -> Vec<Finding> {
        let mut asked = 0_u64;
        for rule in &self.rules {
            rule.when.for_each_test(&mut |test| {
                if let (Attribute::Findings, Op::HasAny(words) | Op::HasAll(words)) =
                    (test.attribute, &test.op)
                {
                    asked |= *words;
                }
            });
        }
        let is_asked = |finding: &Finding| asked & view::bit(finding.index()) != 0;
        Finding::ALL.iter().copied().filter(is_asked).collect()
    }
}

/// The known name that was most likely meant, if one is near enough.
pub(crate) fn nearest<'n>(given: &str, known: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const NEAR: f64 = 0.8;
    // Long input is no slip of the finger, and comparing it would cost its square.
    if given.len() > 64 {
        return None;
    }
    known
        .map(|name| (strsim::jaro_winkler(given, name), name))
        .filter(|(likeness, _)| *likeness > NEAR)
        .max_by(|one, two| one.0.total_cmp(&two.0))
        .map(|(_, name)| name)
}
