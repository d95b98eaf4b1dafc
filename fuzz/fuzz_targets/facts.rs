//! Any bytes are facts that are decided or a fault, never a panic.
#![no_main]

use std::sync::LazyLock;

use backhaul_core::answer::answer;
use backhaul_core::policy::Catalogue;

static CATALOGUE: LazyLock<Catalogue> =
    LazyLock::new(|| Catalogue::built_in().expect("the default policy reads"));

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let _ = answer(&CATALOGUE, bytes).to_json();
});
