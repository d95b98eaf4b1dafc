//! Any bytes are a calendar or a mistake, never a panic.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = backhaul_core::calendar::Calendar::parse(text);
    }
});
