//! `backhaul`: the returns desk a merchant runs on its own machine.
fn main() {}
