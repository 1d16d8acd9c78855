//! `packetsmith send`: packets of captures, or of text, onto an interface.

mod frames;
mod pace;
mod player;

use self::frames::{Macs, SourceMac};
use self::pace::Pace;
use self::player::Player;
use crate::input;
use crate::numbers::number;
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use crate::protocols;
use crate::signals;
use packetsmith::MacAddr;
use packetsmith::live::Sender;
use std::io;
use std::path::Path;

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
    sources: Vec<String>,
    #[command(flatten)]
    input: input::Arguments,
    /// Interface that sends. 'packetsmith read -D' lists them
    #[arg(short, long, value_name = "NAME")]
    interface: String,
    /// Divide the times between packets by this number: 2 is twice as fast, 0.5 half as fast
    #[arg(long, value_name = "X", value_parser = positive)]
    speed: Option<f64>,
    /// Send so many packets in a second
    #[arg(long, value_name = "N", value_parser = positive)]
    pps: Option<f64>,
    /// Send so many millions of bits in a second, counted from the first byte of a frame to its last
    #[arg(long, value_name = "X", value_parser = positive)]
    mbps: Option<f64>,
    /// Send as fast as the interface takes packets
    #[arg(long)]
    topspeed: bool,
    /// Send everything N times; 0 for again and again, until interrupted
    #[arg(long = "loop", value_name = "N", default_value = "1", value_parser = number::<u64>(0..=u64::MAX))]
    rounds: u64,
    /// Stop after N packets of each file and round
    #[arg(short, long, value_name = "N", value_parser = number::<u64>(1..=u64::MAX))]
    count: Option<u64>,
    /// Split IP packets of more than so many bytes into fragments
    #[arg(long, value_name = "MTU", value_parser = number::<u32>(28..=65_535))]
    fragment: Option<u32>,
    /// With --fragment: split IPv4 packets with the flag "don't fragment" too
    #[arg(long, requires = "fragment")]
    ignore_df: bool,
    /// Source MAC address of all frames; 'interface' for that of the interface. Addresses in ARP and others stay
    #[arg(long, value_name = "MAC|interface", value_parser = SourceMac::parse)]
    source_mac: Option<SourceMac>,
    /// Destination MAC address of all frames
    #[arg(long, value_name = "MAC", value_parser = mac)]
    destination_mac: Option<MacAddr>,
    #[command(flatten)]
    protocols: protocols::Arguments,
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
    fn pace(&self) -> Pace {
        match (self.speed, self.pps, self.mbps) {
            _ if self.topspeed => Pace::TopSpeed,
            (_, Some(rate), _) => Pace::Packets { rate },
            (_, _, Some(rate)) => Pace::Bits { rate: rate * 1e6 },
            (speed, None, None) => Pace::Capture { speed: speed.unwrap_or(1.0) },
        }
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let fail = |message: String| {
        complain(message);
        Ok(Outcome::Failed)
    };
    if let Err(message) = arguments.protocols.apply() {
        return fail(message);
    }
    if arguments.rounds != 1 && arguments.sources.iter().any(|source| source == "-") {
        return fail("--loop: standard input can be read once only; write it to a file first".into());
    }
    if let Some(source) = arguments.sources.iter().find(|source| is_missing_file(source)) {
        return fail(format!("{source}: there is no such file, and it is no packet: a packet begins with a protocol"));
    }
    let sender = match Sender::open(&arguments.interface) {
        Ok(sender) => sender,
        Err(error) => return fail(cannot_open(&arguments.interface, &error)),
    };
    let macs = match Macs::new(arguments.source_mac, arguments.destination_mac, &sender) {
        Ok(macs) => macs,
        Err(message) => return fail(message),
    };
    signals::watch();
    let mut player = Player::new(sender, arguments.pace());
    let sent = frames::send(arguments, macs, &mut player);
    let mut output = Output::new();
    output.put(player.report().as_bytes())?;
    output.flush()?;
    match sent {
        Err(message) => fail(message),
        Ok(()) if player.has_refused() => Ok(Outcome::Failed),
        Ok(()) if signals::ended() => {
            if arguments.rounds != 0 {
                complain("interrupted: the rest is not sent");
            }
            Ok(if arguments.rounds == 0 { Outcome::Done } else { Outcome::Failed })
        }
        Ok(()) => Ok(Outcome::Done),
    }
}

/// Whether a source is meant as a file that is not there: packets have blanks, slashes with blanks, or an equals sign, and file names
/// end with a dot and letters.
fn is_missing_file(source: &str) -> bool {
    let looks_like_file = !source.contains([' ', '=', '"']) && source.contains('.');
    source != "-" && looks_like_file && !Path::new(source).exists()
}

/// Why an interface cannot be opened, and what helps.
pub fn cannot_open(interface: &str, error: &io::Error) -> String {
    let mut message = format!("{interface}: cannot be opened: {error}");
    if error.kind() == io::ErrorKind::PermissionDenied {
        let program = std::env::current_exe().map_or("PROGRAM".into(), |path| path.to_string_lossy().into_owned());
        message.push_str(&format!(
            "\n  Run it as root, or give the program the right to use raw sockets:\n  sudo setcap cap_net_raw,cap_net_admin=eip {program}"
        ));
    }
    message
}
