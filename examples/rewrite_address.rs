//! Rewrites an address in a capture, as an address translator does, and updates every checksum that covers it, also in
//! packets that ICMP errors quote.
//!
//! ```console
//! $ cargo run --example rewrite_address testdata/http.pcap 192.0.2.1 203.0.113.9 rewritten.pcap
//! ```

use packetsmith::capture::{NewRecord, Reader, Writer};
use packetsmith::{Editor, View, dissect};
use std::error::Error;
use std::fs::File;
use std::net::Ipv4Addr;

/// Rewrites an address in all IPv4 headers of a frame, and returns how often.
fn rewrite(link_type: u16, frame: &mut [u8], from: Ipv4Addr, to: Ipv4Addr) -> Result<usize, Box<dyn Error>> {
    let mut places = Vec::new();
    for (layer, found) in dissect(link_type, frame).enumerate() {
        if let View::Ipv4(header) = found.view {
            places.extend((header.src() == from).then_some((layer, "src")));
            places.extend((header.dst() == from).then_some((layer, "dst")));
        }
    }
    let mut editor = Editor::new(link_type, frame);
    for (layer, field) in &places {
        editor.update(*layer, field, to)?;
    }
    Ok(places.len())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, from, to, output] = arguments.as_slice() else {
        return Err("usage: rewrite_address IN FROM TO OUT".into());
    };
    let (from, to) = (from.parse()?, to.parse()?);
    let mut reader = Reader::open(input)?;
    let mut writer = Writer::new(File::create(output)?);
    let (mut packets, mut changes, mut begun) = (0, 0, false);
    while let Some(record) = reader.next_record() {
        let record = record?;
        if let (false, Some(format)) = (begun, record.format) {
            writer.begin(format)?;
            begun = true;
        }
        let mut frame = record.data.to_vec();
        changes += rewrite(record.link_type.unwrap_or(u16::MAX), &mut frame, from, to)?;
        packets += 1;
        writer.packet(&NewRecord::from(&record).with_data(&frame))?;
    }
    writer.finish()?;
    println!("{packets} packets, {changes} addresses rewritten");
    Ok(())
}
