//! Prints what is found out about each TCP and UDP header of a capture, one a line: packet, and the values by Wireshark's names,
//! with a tab between them. `tools/compare_flows.py` compares it with tshark.
//!
//! ```console
//! $ cargo run --features capture --example flows testdata/tcp_loss.pcap
//! ```

use packetsmith::capture::Reader;
use packetsmith::flow::{FlowField, FlowSettings, Flows, PacketInfo};
use packetsmith::ip::{LongDatagrams, Outcome, Reassembler, Settings, find};
use packetsmith::{dissect, examine};
use std::io::Write;
use std::time::Duration;

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for path in std::env::args().skip(1) {
        let mut reader = Reader::open(&path).unwrap_or_else(|error| panic!("{error}"));
        let mut flows = Flows::new(FlowSettings::default());
        // tshark waits without limit.
        let settings = Settings { timeout: Duration::MAX, long_ipv6: LongDatagrams::Show, ..Settings::default() };
        let mut reassembler = Reassembler::new(settings);
        while let Some(record) = reader.next_record() {
            let Ok(record) = record else { break };
            let link_type = record.link_type.unwrap_or(u16::MAX);
            let time = record.timestamp.map(|time| time.nanos());
            flows.begin(PacketInfo { number: record.number, time, ..PacketInfo::default() });
            flows.add(examine(link_type, record.data).original_len(record.original_len as usize));
            let mut packet = record.data.to_vec();
            let mut place = find(dissect(link_type, &packet));
            while let Some(range) = place {
                let outcome = reassembler.push(&packet[range], record.number, Duration::ZERO, &mut |_| {});
                let Outcome::Complete(datagram) = outcome else { break };
                packet = datagram.packet().to_vec();
                flows.add(examine(101, &packet));
                place = find(dissect(101, &packet));
            }
            for found in flows.found() {
                write!(out, "{}", record.number)?;
                for field in FlowField::all() {
                    if let Some(value) = field.value(&found.analysis) {
                        write!(out, "\t{}={value}", field.filter)?;
                    }
                }
                writeln!(out)?;
            }
        }
    }
    out.flush()
}
