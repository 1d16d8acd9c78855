//! The arguments of the command.

use super::pace::Pace;
use crate::numbers::number;
use crate::{input, protocols};
use packetsmith::MacAddr;

/// Sends the packets of a capture, or packets that are written as text, to a network interface.
///
/// The packets of a capture are sent at its times: the first at once, and each further one as long after it as in the
/// capture. Nothing of a packet is changed unless an option says so.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("rate").args(["speed", "pps", "mbps", "topspeed"]),
    after_help = "\
Examples:
  packetsmith send -i eth0 trace.pcap                 at the times of the capture
  packetsmith send -i eth0 trace.pcap --speed 10      ten times as fast
  packetsmith send -i eth0 trace.pcap --pps 1000 --loop 5
  packetsmith send -i eth0 large.pcap --fragment 1500 --source-mac interface
  packetsmith send -i eth0 'ethernet dst=ff:ff:ff:ff:ff:ff / arp opcode=1 target_ip=10.0.0.1' \\
    --source-mac interface
  packetsmith read -Y dns trace.pcap -w - | packetsmith send -i eth0 -

Needs root, or on Linux the capability cap_net_raw. Packets that cannot be sent are named, and the
others are sent: packets that are longer than the interface takes, that the capture has only in
part, or that are of another link type. At the end the command says what was sent, and how late.

Exit status: 0 if all packets were sent, 2 if not.")]
pub struct Arguments {
    /// Capture files, - for standard input, or packets as text (see 'packetsmith help build')
    #[arg(required = true, value_name = "FILE|PACKET")]
    pub(super) sources: Vec<String>,
    #[command(flatten)]
    pub(super) input: input::Arguments,
    /// Interface that sends. 'packetsmith capture -D' lists them
    #[arg(short, long, value_name = "NAME")]
    pub(super) interface: String,
    /// Divide the times between packets by this number: 2 is twice as fast, 0.5 half as fast
    #[arg(long, value_name = "X", value_parser = positive)]
    pub(super) speed: Option<f64>,
    /// Send so many packets in a second
    #[arg(long, value_name = "N", value_parser = positive)]
    pub(super) pps: Option<f64>,
    /// Send so many millions of bits in a second, counted from the first byte of a frame to its last
    #[arg(long, value_name = "X", value_parser = positive)]
    pub(super) mbps: Option<f64>,
    /// Send as fast as the interface takes packets
    #[arg(long)]
    pub(super) topspeed: bool,
    /// Send everything N times; 0 for again and again, until interrupted
    #[arg(long = "loop", value_name = "N", default_value = "1", value_parser = number::<u64>(0..=u64::MAX))]
    pub(super) rounds: u64,
    /// Stop after N packets of each file and round
    #[arg(short, long, value_name = "N", value_parser = number::<u64>(1..=u64::MAX))]
    pub(super) count: Option<u64>,
    /// Split IP packets of more than so many bytes into fragments
    #[arg(long, value_name = "MTU", value_parser = number::<u32>(28..=65_535))]
    pub(super) fragment: Option<u32>,
    /// With --fragment: split IPv4 packets with the flag "don't fragment" too
    #[arg(long, requires = "fragment")]
    pub(super) ignore_df: bool,
    /// Source MAC address of all frames; 'interface' for that of the interface. Addresses in ARP and others stay
    #[arg(long, value_name = "MAC|interface", value_parser = SourceMac::parse)]
    pub(super) source_mac: Option<SourceMac>,
    /// Destination MAC address of all frames
    #[arg(long, value_name = "MAC", value_parser = mac)]
    pub(super) destination_mac: Option<MacAddr>,
    #[command(flatten)]
    pub(super) protocols: protocols::Arguments,
}

/// Parses a number above 0.
fn positive(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite() && *number > 0.0);
    number.ok_or_else(|| "a number above 0 is expected, such as 2 or 0.5".to_string())
}

/// Parses a MAC address.
fn mac(text: &str) -> Result<MacAddr, String> {
    text.parse::<MacAddr>().map_err(|_| "a MAC address is expected, such as 02:00:00:00:00:01".to_string())
}

impl Arguments {
    pub(super) fn pace(&self) -> Pace {
        match (self.speed, self.pps, self.mbps) {
            _ if self.topspeed => Pace::TopSpeed,
            (_, Some(rate), _) => Pace::Packets { rate },
            (_, _, Some(rate)) => Pace::Bits { rate: rate * 1e6 },
            (speed, None, None) => Pace::Capture { speed: speed.unwrap_or(1.0) },
        }
    }
}

/// The source MAC address that frames get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceMac {
    /// That of the interface.
    Interface,
    Given(MacAddr),
}

impl SourceMac {
    /// Parses an address, or the word `interface`.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "interface" => Ok(SourceMac::Interface),
            _ => text
                .parse()
                .map(SourceMac::Given)
                .map_err(|_| "a MAC address such as 02:00:00:00:00:01 is expected, or 'interface'".to_string()),
        }
    }
}
