//! Writes a capture of mixed packets for measurements. It is the same in each run.
//!
//! ```console
//! $ cargo run --release --example mixed 1000000 > mixed.pcap
//! ```

#[path = "../benches/speed/mixed.rs"]
#[allow(dead_code)]
mod mixed;

use packetsmith::capture::{ByteOrder, Format, NewRecord, PcapHeader, Resolution, Timestamp, Writer};
use std::io::BufWriter;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: u64 = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let mut writer = Writer::new(BufWriter::new(std::io::stdout().lock()));
    writer.begin(Format::Pcap(&PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1)))?;
    let (mut mixed, mut frame) = (mixed::Mixed::new(), Vec::new());
    for n in 0..count {
        frame.clear();
        mixed.frame(&mut frame);
        let timestamp = Timestamp::from_nanos(1_700_000_000_000_000_000 + i128::from(n * mixed::STEP * 1000));
        let new = NewRecord { data: &frame, timestamp, ..NewRecord::default() };
        writer.packet(&new)?;
    }
    writer.finish()?;
    Ok(())
}
