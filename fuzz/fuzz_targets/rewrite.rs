#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| packetsmith_fuzz::rewrite(input));
