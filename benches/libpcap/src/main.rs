//! Speed of reading and dissecting a capture file beside pcap-file and libpcap, in the format of `cargo bench`.
//!
//! ```console
//! $ cargo run --release --example mixed 1000000 > /tmp/mixed.pcap
//! $ cargo run --release --manifest-path benches/libpcap/Cargo.toml -- /tmp/mixed.pcap
//! ```
//!
//! It needs libpcap and its headers (`apt-get install libpcap-dev`).

#[path = "../../speed/facts.rs"]
#[allow(dead_code)]
mod facts;
#[path = "../../speed/table.rs"]
#[allow(dead_code)]
mod table;

use facts::{add, outline, sliced};
use packetsmith::capture::Reader;
use std::error::Error;
use std::fs::File;

/// The number of packets, and the facts read from them.
type Read = Result<(usize, u64), Box<dyn Error>>;

fn packetsmith(path: &str) -> Read {
    let mut reader = Reader::open(path)?;
    let (mut count, mut sum) = (0, 0);
    while let Some(record) = reader.next_record() {
        (count, sum) = (count + 1, add(sum, outline(record?.data)));
    }
    Ok((count, sum))
}

fn pcap_file(path: &str) -> Read {
    let mut reader = pcap_file::pcap::PcapReader::new(File::open(path)?)?;
    let (mut count, mut sum) = (0, 0);
    while let Some(record) = reader.next_raw_packet() {
        (count, sum) = (count + 1, add(sum, sliced(&record?.data)));
    }
    Ok((count, sum))
}

fn libpcap(path: &str) -> Read {
    let mut reader = pcap::Capture::from_file(path)?;
    let (mut count, mut sum) = (0, 0);
    loop {
        match reader.next_packet() {
            Ok(packet) => (count, sum) = (count + 1, add(sum, sliced(packet.data))),
            Err(pcap::Error::NoMorePackets) => return Ok((count, sum)),
            Err(error) => return Err(error.into()),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = std::env::args().nth(1) else {
        return Err("say which capture file (of Ethernet, in pcap) is to be read".into());
    };
    let path = path.as_str();
    let (count, sum) = packetsmith(path)?;
    // This also loads the file into the system's cache.
    assert_eq!(pcap_file(path)?, (count, sum), "pcap-file and etherparse read what packetsmith reads");
    assert_eq!(libpcap(path)?, (count, sum), "libpcap and etherparse read what packetsmith reads");
    let go = |read: fn(&str) -> Read| move || read(path).map_or(0, |(_, sum)| sum);
    table::Table::new(std::iter::empty()).row(
        "read a file and dissect, one thread",
        count,
        &[("pcap-file + SlicedPacket", 0.70), ("libpcap + SlicedPacket", 0.42)],
        vec![
            ("packetsmith", Box::new(go(packetsmith))),
            ("pcap-file + SlicedPacket", Box::new(go(pcap_file))),
            ("libpcap + SlicedPacket", Box::new(go(libpcap))),
        ],
    );
    Ok(())
}
