//! The ledger of one order.
