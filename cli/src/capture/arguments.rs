//! The arguments of the command.

use super::limits::{StopRule, SwitchRule, stop_rule, switch_rule};
use crate::destination::Choice;
use crate::numbers::number;
use crate::protocols;
use crate::read::parse_filter;
use packetsmith::Filter;
use packetsmith::live::MAX_SNAP_LEN;
use std::path::PathBuf;

/// Captures the packets of network interfaces to files, or shows them.
///
/// Without -w each packet is a line, as with 'read -i', which has -V, -x and other forms. With -w the file is there from the
/// first packet on, and grows by whole packets, so that others can read it meanwhile. A file of that name is replaced.
///
/// A capture ends by Ctrl-C, SIGTERM or SIGHUP, by -a or -c, when its interfaces are gone, or when the disk is full. Files are
/// whole in each case, and what was captured and lost is said at the end.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith capture -D                                        the interfaces
  packetsmith capture -i eth0                                   a line for each packet
  packetsmith capture -i eth0 -w trace.pcapng                   until Ctrl-C
  packetsmith capture -i eth0 -i wlan0 -w trace.pcapng -a duration:60
  packetsmith capture -i any -f 'dns || arp' -w names.pcapng -c 1000
  packetsmith capture -i eth0 -w ring.pcapng -b filesize:100000 -b files:10
                                                                the last 1 GB, in files of 100 MB
  packetsmith capture -i eth0 -w - | packetsmith read -V -      to a pipe, at once

-a, -b, -c, -s, -p, -B, -D and -q are as in dumpcap and tshark.
On Linux capturing needs root, or: sudo setcap cap_net_raw=ep PROGRAM

Exit status: 0 if all went well, 1 if no packet was captured, 2 if an interface could not be read to
the end, or a packet could not be written.")]
pub struct Arguments {
    /// Interface; may be given several times. On Linux, 'any' captures on all interfaces
    #[arg(short, long, value_name = "NAME", required_unless_present = "list_interfaces")]
    pub(super) interface: Vec<String>,
    /// List the interfaces, with their state and addresses
    #[arg(short = 'D', long)]
    pub(super) list_interfaces: bool,
    /// Capture only packets that pass this display filter, such as 'tcp.port == 443 && !ipv6'. See 'packetsmith help
    /// filters'
    #[arg(short = 'f', long, value_name = "FILTER", value_parser = parse_filter, allow_hyphen_values = true)]
    pub(super) filter: Option<Filter>,
    /// Write the packets to this capture file, which is replaced; - for standard output
    #[arg(short, long, value_name = "OUT")]
    pub(super) write: Option<PathBuf>,
    /// Format of the capture file [default: pcapng]
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", requires = "write")]
    pub(super) file_format: Option<Choice>,
    /// End after duration:SECONDS, filesize:KB (of 1,000 bytes), packets:N or files:N (with -b). May be given several times
    #[arg(short = 'a', long, value_name = "CONDITION", value_parser = stop_rule)]
    pub(super) autostop: Vec<StopRule>,
    /// Go on in another file after duration:SECONDS, filesize:KB, packets:N or interval:SECONDS (when the clock shows a
    /// multiple of them); files:N keeps the last N files. Of -w trace.pcapng, the files are trace_00001_20240714120117.pcapng
    /// and so on
    #[arg(short = 'b', long, value_name = "CONDITION", value_parser = switch_rule, requires = "write")]
    pub(super) ring_buffer: Vec<SwitchRule>,
    /// End after N packets
    #[arg(short, long, value_name = "N", value_parser = number::<u64>(1..=u64::MAX))]
    pub(super) count: Option<u64>,
    /// Snapshot length: keep at most N bytes of each packet; 0 means 262144 [default: 262144]
    #[arg(short = 's', long, value_name = "BYTES", value_parser = number::<u32>(0..=MAX_SNAP_LEN.into()))]
    pub(super) snapshot_length: Option<u32>,
    /// Do not put the interfaces in promiscuous mode: leave out packets for other machines
    #[arg(short = 'p', long)]
    pub(super) no_promiscuous_mode: bool,
    /// Buffer of the kernel for each interface: a number of MiB, as in dumpcap, or of bytes with K or M, such as 512K
    /// [default: 4]
    #[arg(short = 'B', long, value_name = "SIZE", value_parser = buffer)]
    pub(super) buffer_size: Option<usize>,
    /// Do not count packets on the terminal meanwhile
    #[arg(short, long)]
    pub(super) quiet: bool,
    #[command(flatten)]
    pub(super) protocols: protocols::Arguments,
}

/// Largest buffer, in bytes: the kernel asks for fewer than 31 bits.
const LARGEST_BUFFER: u64 = 1023 << 20;

/// Parses the size of the buffer.
fn buffer(text: &str) -> Result<usize, String> {
    let (digits, shift) = match text.char_indices().next_back() {
        Some((end, 'k' | 'K')) => (&text[..end], 10),
        Some((end, 'm' | 'M')) => (&text[..end], 20),
        _ => (text, 20),
    };
    let number = digits.parse::<u64>().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let bytes = number.and_then(|number| number.checked_mul(1 << shift));
    let bytes = bytes.filter(|bytes| (1024..=LARGEST_BUFFER).contains(bytes));
    bytes.and_then(|bytes| usize::try_from(bytes).ok()).ok_or_else(|| {
        "a number of MiB from 1 to 1023 is expected, or a size from 1K on such as 512K (tcpdump's -B is in KiB: \
         its 16384 is 16 here)"
            .to_string()
    })
}

impl Arguments {
    /// Most bytes of a packet.
    pub(super) fn snap_len(&self) -> u32 {
        self.snapshot_length.filter(|bytes| *bytes > 0).unwrap_or(MAX_SNAP_LEN)
    }
}

#[cfg(test)]
mod tests {
    use super::buffer;

    #[test]
    fn buffers_are_in_mebibytes() {
        assert_eq!([buffer("2"), buffer("512K"), buffer("16m")], [2 << 20, 512 << 10, 16 << 20].map(Ok));
        for wrong in ["", "0", "K", "-1", "16384", "1.5", "18446744073709551615", "1ä"] {
            assert!(buffer(wrong).is_err(), "{wrong}");
        }
    }
}
