//! Any bytes are a policy or a list of mistakes, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = backhaul_core::policy::Policy::parse(text);
    }
});
