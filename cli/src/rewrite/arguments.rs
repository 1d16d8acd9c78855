//! The command line of `packetsmith rewrite`.

use crate::destination::Choice;
use crate::numbers::number;
use crate::read::parse_filter;
use crate::{input, protocols};
use clap::ValueEnum;
use packetsmith::Filter;
use packetsmith::anonymise::AnonymisationKey;
use packetsmith::rewrite::{MacMapping, PayloadRule, PortMapping, PrefixMapping, VlanChange};
use std::path::PathBuf;

/// Changes packets: addresses, ports, fields, VLAN tags, payloads.
///
/// Checksums follow each change: a right one stays right, a wrong one stays wrong by the same difference. That holds for
/// fragments, packets that the capture cut, packets that ICMP errors quote, and tunnels. All other bytes stay. A pcapng copy has
/// all other blocks of the files too. What cannot be made right is said, with the number of the packet.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith rewrite trace.pcap --set ipv4.ttl=64 -w out.pcap
  packetsmith rewrite trace.pcap --map-ip 10.0.0.0/8=172.0.0.0/8 --map-port 80=8080 -w out.pcap
  packetsmith rewrite trace.pcap --map-ip 10.0.0.0/8=192.0.2.0/24 -w out.pcap
  packetsmith rewrite trace.pcap --vlan add:100,priority=5 -Y 'ip.src == 10.0.0.1' -w out.pcap
  packetsmith rewrite a.pcap b.pcap --anonymise file:key --cut-names --strip-payload -w out.pcap
  packetsmith rewrite trace.pcap --fix -w out.pcap

A network that is mapped to one with less room, such as a /8 to a /24, keeps the last bits that fit.
Two addresses that would become one end the command; no two hosts ever become one.

KEY is 64 hexadecimal digits, file:PATH (32 bytes, or the digits), env:NAME (the digits in a
variable), or pass:TEXT (a passphrase; PBKDF2 makes a key of it). Others on the machine can see
arguments: file: is safer.

Exit status: 0 if all went well, 1 if no packet was changed, 2 if a file could not be read to its
end, or a packet could not be written.")]
pub struct Arguments {
    /// Capture files: pcap or pcapng, plain or compressed, or hexdumps; - for standard input. Several are appended
    #[arg(required = true, value_name = "IN")]
    pub files: Vec<PathBuf>,
    #[command(flatten)]
    pub input: input::Arguments,
    /// Write the packets to this capture file, which must not be one of those that are read; - for standard output
    #[arg(short, long, value_name = "OUT")]
    pub write: PathBuf,
    /// Format of the capture file that is written [default: that of the first file that is read]
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT")]
    pub file_format: Option<Choice>,
    /// Change only packets that pass this display filter; the others are copied as they are
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter, allow_hyphen_values = true)]
    pub filter: Option<Filter>,
    /// Set a field, by a name that filters know: --set ip.ttl=64. All of that name in a packet, or with #2 those of the second
    /// layer of its protocol. May be given several times, as may all that map
    #[arg(long, value_name = "FIELD[#N]=VALUE")]
    pub set: Vec<String>,
    /// Map the IP addresses of a network to another, and keep the bits after the prefix: in all headers, tunnels, quotes, ARP
    /// and Neighbor Discovery
    #[arg(long, value_name = "NET=NET")]
    pub map_ip: Vec<PrefixMapping>,
    /// Map a MAC address: in all headers, ARP and Neighbor Discovery
    #[arg(long, value_name = "MAC=MAC")]
    pub map_mac: Vec<MacMapping>,
    /// Map a port of TCP, UDP and SCTP, source or destination; of one of them: udp:53=5353
    #[arg(long, value_name = "PORT=PORT")]
    pub map_port: Vec<PortMapping>,
    /// Map addresses in DHCP and DHCPv6 too: fields, options, client identifiers
    #[arg(long)]
    pub dhcp: bool,
    /// Map addresses in records of DNS too; names stay
    #[arg(long)]
    pub dns: bool,
    /// Change VLAN tags: add:ID, strip or set:ID; ID may be followed by priority=P, dei=1, type=0x88a8, with commas
    #[arg(long, value_name = "CHANGE")]
    pub vlan: Vec<VlanChange>,
    /// Anonymise all IP addresses as Crypto-PAn does, prefixes are kept; and MAC addresses. In DHCP and DNS too. Names, secrets
    /// and comments in the file are left out; names and payloads in packets stay
    #[arg(long, visible_alias = "anonymize", value_name = "KEY", value_parser = key)]
    pub anonymise: Option<AnonymisationKey>,
    /// With --anonymise: keep the vendor of MAC addresses, their first three bytes
    #[arg(long, requires = "anonymise")]
    pub keep_oui: bool,
    /// With --anonymise: treat special addresses as all others; multicast, loopback and others do not keep their kind
    #[arg(long, requires = "anonymise")]
    pub mix_special: bool,
    /// With --anonymise: keep names, secrets and comments in the file
    #[arg(long, requires = "anonymise")]
    pub keep_metadata: bool,
    /// Overwrite names and texts in DNS, DHCP, TLS, HTTP, TFTP and others with x, length by length. What no protocol reads, such as
    /// SMTP, FTP and content of HTTP, stays: see --strip-payload
    #[arg(long)]
    pub cut_names: bool,
    /// Take away what TCP, UDP and SCTP carry: cut it off and keep lengths, or remove it with new lengths and checksums
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "cut")]
    pub strip_payload: Option<StripPayload>,
    /// Compute all lengths and checksums again
    #[arg(long)]
    pub fix: bool,
    /// Cut packets after so many bytes; their length on the wire stays
    #[arg(long, value_name = "BYTES", value_parser = number::<usize>(1..=262_144))]
    pub snaplen: Option<usize>,
    #[command(flatten)]
    pub protocols: protocols::Arguments,
}

/// How the payload is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StripPayload {
    /// As if captured with a shorter snapshot length: lengths and checksums stay
    Cut,
    /// A packet without payload, with lengths and checksums for it
    Remove,
}

impl From<StripPayload> for PayloadRule {
    fn from(how: StripPayload) -> Self {
        match how {
            StripPayload::Cut => PayloadRule::Cut,
            StripPayload::Remove => PayloadRule::Remove,
        }
    }
}

/// Reads a key.
fn key(text: &str) -> Result<AnonymisationKey, String> {
    let found = match text.split_once(':') {
        Some(("file", path)) => {
            let contents = std::fs::read(path).map_err(|error| format!("{path}: cannot be read: {error}"))?;
            AnonymisationKey::from_file_contents(&contents).map_err(|error| format!("{path}: {error}"))
        }
        Some(("env", name)) => {
            let digits = std::env::var(name).map_err(|_| format!("there is no variable {name}"))?;
            AnonymisationKey::from_hex(digits.trim()).map_err(|error| format!("{name}: {error}"))
        }
        Some(("pass", passphrase)) => AnonymisationKey::from_passphrase(passphrase).map_err(|error| error.to_string()),
        _ => AnonymisationKey::from_hex(text).map_err(|error| error.to_string()),
    };
    found.map_err(|why| format!("{why}; a KEY is 64 hexadecimal digits, file:PATH, env:NAME or pass:TEXT"))
}
