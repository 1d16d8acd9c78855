//! Prints the datagrams reassembled from the fragments of a capture, one a line: packet, version, packets with its
//! fragments, and the payload in hexadecimal. `tools/compare_reassembly.py` compares it with tshark.
//!
//! ```console
//! $ cargo run --example datagrams testdata/fragments.pcap
//! ```

use packetsmith::capture::Reader;
use packetsmith::ip::{Outcome, Reassembler, Settings, find};
use packetsmith::{Hex, dissect};
use std::time::Duration;

fn main() {
    for path in std::env::args().skip(1) {
        let mut reader = Reader::open(&path).unwrap_or_else(|error| panic!("{error}"));
        // tshark waits without limit.
        let mut reassembler = Reassembler::new(Settings { timeout: Duration::MAX, ..Settings::default() });
        while let Some(record) = reader.next_record() {
            let Ok(record) = record else { continue };
            let link_type = record.link_type.unwrap_or(u16::MAX);
            let mut packet = record.data.to_vec();
            let mut context = find(dissect(link_type, &packet));
            while let Some(range) = context {
                let outcome = reassembler.push(&packet[range], record.number, Duration::ZERO, &mut |_| {});
                let Outcome::Complete(datagram) = outcome else { break };
                let version = datagram.packet()[0] >> 4;
                let mut packets: Vec<_> = datagram.origins().map(|origin| origin.frame).collect();
                packets.sort_unstable();
                packets.dedup();
                println!("{} {version} {packets:?} {}", record.number, Hex(datagram.payload()));
                packet = datagram.packet().to_vec();
                context = find(dissect(101, &packet));
            }
        }
    }
}
