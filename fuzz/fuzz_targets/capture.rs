//! Any bytes as a capture file: reading ends, and says of each record either what it is or what is
//! wrong with it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use packetsmith::capture::Reader;

fuzz_target!(|file: &[u8]| {
    let Ok(mut reader) = Reader::new(file) else { return };
    let mut done = false;
    while let Some(record) = reader.next_record() {
        assert!(!done, "nothing follows a final error");
        match record {
            Ok(record) => assert!(record.data.len() <= file.len() * 1100 + (1 << 20)),
            Err(error) => {
                assert!(!error.to_string().is_empty());
                done = error.is_final();
            }
        }
    }
});
