//! Our own name of an instruction towards a provider: `order/refund/number`, the same for ever, and readable again.
//!
//! An order's number may have a `/` in it. In the refund's name it is written as `%2F`, so that no two instructions are
//! called the same.

use backhaul_core::ledger::{InstructionId, RefundId};

/// The name of an instruction.
pub(crate) fn write(order: &str, id: &InstructionId) -> String {
    let refund = id.refund.as_str().replace('%', "%25").replace('/', "%2F");
    format!("{order}/{refund}/{}", id.number)
}

/// The order's number and the instruction that were called so; nothing where the text is no such name.
pub(crate) fn read(reference: &str) -> Option<(String, InstructionId)> {
    let (rest, number) = reference.rsplit_once('/')?;
    let (order, refund) = rest.rsplit_once('/')?;
    let refund = RefundId::new(&refund.replace("%2F", "/").replace("%25", "%")).ok()?;
    let id = InstructionId { refund, number: number.parse().ok()? };
    // Only as we write it: `1` and `01` would be two names of one thing.
    (!order.is_empty() && write(order, &id) == reference).then(|| (order.to_owned(), id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_as_it_was_written() {
        for (order, refund) in
            [("SO-1", "R-1"), ("SO/1", "R-1"), ("SO", "1/R-1"), ("a/b/c", "50%/x%2Fy"), ("/", "%")]
        {
            let id = InstructionId { refund: RefundId::new(refund).unwrap(), number: 7 };
            assert_eq!(read(&write(order, &id)), Some((order.to_owned(), id)));
        }
    }

    #[test]
    fn two_instructions_never_have_one_name() {
        let id = |refund| InstructionId { refund: RefundId::new(refund).unwrap(), number: 1 };
        assert_ne!(write("A/B", &id("C")), write("A", &id("B/C")));
        assert_ne!(write("A", &id("%2F")), write("A", &id("/")));
    }

    #[test]
    fn what_we_do_not_write_is_no_name() {
        for text in
            ["", "SO-1", "SO-1/R-1", "SO-1/R-1/x", "SO-1/R-1/01", "SO-1/R-1/70000", "/R/1", "S//1"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
