//! A packet in one line: addresses, protocol, and what an engineer wants to know of it.

use super::tree::announced;
use super::write::Text;
use crate::addr::Hex;
use crate::dissect::{Examine, Examined};
use crate::field::{Flag, Kind};
use crate::layer::Next;
use crate::part::Tlvs;
use crate::proto::*;

/// The columns of one packet. Its buffers are used again for the next.
///
/// ```
/// use packetsmith::{examine, sink::Summary};
/// let mut summary = Summary::default();
/// summary.packet(examine(101, &[
///     0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0x66, 0xcf, 10, 0, 0, 1, 10, 0, 0, 2, //
///     0x30, 0x39, 0x00, 0x07, 0, 8, 0, 0,
/// ]));
/// assert_eq!(summary.source.as_str(), "10.0.0.1");
/// assert_eq!(summary.protocol.as_str(), "UDP");
/// assert_eq!(summary.info.as_str(), "12345 → 7 Len=0");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Where the packet comes from: the address of the innermost layer that has one.
    pub source: Text,
    /// Where it goes.
    pub destination: Text,
    /// The innermost protocol, by the name that Wireshark gives it.
    pub protocol: Text,
    /// What it says.
    pub info: Text,
}

impl Summary {
    /// Empties the columns and fills them with those of a packet.
    pub fn packet(&mut self, layers: Examine<'_>) {
        for column in [&mut self.source, &mut self.destination, &mut self.protocol, &mut self.info] {
            column.bytes.clear();
        }
        let mut malformed = None;
        for layer in layers {
            if layer.quoted {
                break;
            }
            if !layer.is_intact() && malformed.is_none() {
                layer.issues(|issue| {
                    if malformed.is_none() && issue.reason.severity() == crate::layer::Severity::Error {
                        malformed = Some(issue);
                    }
                });
            }
            self.layer(&layer);
        }
        if let Some(issue) = malformed {
            let name = issue.field.map_or("header", |field| field.name);
            self.info.show(format_args!(" [malformed: {} {name}: {}]", issue.protocol, issue.reason));
        }
    }

    fn addresses(&mut self, source: impl core::fmt::Display, destination: impl core::fmt::Display) {
        self.source.bytes.clear();
        self.destination.bytes.clear();
        self.source.show(source);
        self.destination.show(destination);
    }

    /// Begins the protocol and info columns anew.
    fn begin(&mut self, protocol: &str) -> &mut Text {
        self.protocol.bytes.clear();
        self.info.bytes.clear();
        self.protocol.str(protocol);
        &mut self.info
    }

    fn layer(&mut self, layer: &Examined<'_>) {
        match layer.view {
            View::Ethernet(h) => {
                self.addresses(h.src(), h.dst());
                let info = self.begin("Ethernet");
                info.show(format_args!("type {:#06x}", u16::from(h.ethertype())));
            }
            View::Vlan(h) => self.begin("VLAN").show(format_args!("VLAN {}", h.id())),
            View::Llc(h) => {
                let info = self.begin(h.dsap().name().map_or("LLC", |name| name));
                info.show(format_args!("DSAP {:#04x}, SSAP {:#04x}", u8::from(h.dsap()), u8::from(h.ssap())));
            }
            View::Snap(h) => {
                let (oui, protocol) = (h.oui(), u16::from(h.protocol()));
                self.begin("SNAP").show(format_args!("organisation {}, protocol {protocol:#06x}", Hex(&oui)));
            }
            View::Arp(h) => self.arp(&h, layer),
            View::Ipv4(h) => {
                self.source.bytes.clear();
                self.destination.bytes.clear();
                self.source.ipv4(h.src().octets());
                self.destination.ipv4(h.dst().octets());
                let info = self.begin("IPv4");
                if h.is_fragment() {
                    let (protocol, offset) = (h.protocol(), u32::from(h.fragment_offset()) * 8);
                    let name = protocol.name().unwrap_or("unknown");
                    info.show(format_args!("Fragment of {name}, offset {offset}, ID {:#06x}", h.identification()));
                    info.str(if h.flags().contains(Ipv4Flags::MORE_FRAGMENTS) { "" } else { ", the last" });
                }
            }
            View::Ipv6(h) => {
                self.addresses(h.src(), h.dst());
                self.begin("IPv6");
            }
            View::Fragment(h) if !h.is_atomic() => {
                let (protocol, offset) = (h.next_header(), u32::from(h.fragment_offset()) * 8);
                let name = protocol.name().unwrap_or("unknown");
                let info = self.begin("IPv6");
                info.show(format_args!("Fragment of {name}, offset {offset}, ID {:#010x}", h.identification()));
                info.str(if h.more_fragments() { "" } else { ", the last" });
            }
            View::HopByHop(_) | View::DestinationOptions(_) | View::Routing(_) | View::Fragment(_) => {
                let name = layer.proto.name();
                self.begin("IPv6").str(name);
            }
            View::Ah(h) => self.begin("AH").show(format_args!("SPI {:#010x}, sequence {}", h.spi(), h.sequence())),
            View::Esp(h) => self.begin("ESP").show(format_args!("SPI {:#010x}, sequence {}", h.spi(), h.sequence())),
            View::Tcp(h) => self.tcp(&h, layer),
            View::Udp(h) => {
                let length = layer.place.body_wire_end - layer.place.head_end;
                let info = self.begin("UDP");
                ports(info, h.src_port(), h.dst_port());
                info.str(" Len=");
                info.number(length.into());
            }
            View::Data => self.data(layer),
            View::Cut => {
                let name = layer.proto.name();
                self.begin(name).show(format_args!("cut after {} bytes of its header", layer.head().len()));
            }
            _ => {
                let name = layer.proto.name();
                self.begin(name);
            }
        }
    }

    /// Names the protocol of data where something did announce one.
    fn data(&mut self, layer: &Examined<'_>) {
        let name = match layer.via {
            Next::IpProtocol(n) => IpProtocol::from(n).name(),
            Next::EtherType(n) => EtherType::from(n).name(),
            Next::LinkType(n) => LinkType::from(n).name(),
            _ => return,
        };
        let info = self.begin(name.unwrap_or("data"));
        announced(layer.via, info);
        info.show(format_args!(", {} bytes", layer.body().len()));
    }

    fn arp(&mut self, h: &Arp<&[u8; 8]>, layer: &Examined<'_>) {
        let a = h.addresses(&layer.place);
        let rarp = matches!(layer.via, Next::EtherType(0x8035));
        let info = self.begin(if rarp { "RARP" } else { "ARP" });
        let [sender, target] = [a.sender_protocol, a.target_protocol].map(|bytes| Address { bytes });
        let [sender_hardware, target_hardware] = [a.sender_hardware, a.target_hardware].map(|bytes| Address { bytes });
        match h.operation() {
            ArpOperation::Request if a.sender_protocol == a.target_protocol => {
                info.show(format_args!("Announcement for {sender} at {sender_hardware}"));
            }
            ArpOperation::Request if a.sender_protocol.iter().all(|&b| b == 0) => {
                info.show(format_args!("Who has {target}? (probe)"));
            }
            ArpOperation::Request => info.show(format_args!("Who has {target}? Tell {sender}")),
            ArpOperation::Reply => info.show(format_args!("{sender} is at {sender_hardware}")),
            ArpOperation::ReverseRequest => {
                info.show(format_args!("Who is {target_hardware}? Tell {sender_hardware}"));
            }
            ArpOperation::ReverseReply => info.show(format_args!("{target_hardware} is at {target}")),
            ArpOperation::InverseRequest => info.show(format_args!("Who is {target_hardware}? Tell {sender}")),
            ArpOperation::InverseReply => info.show(format_args!("{sender_hardware} is at {sender}")),
            other => match other.name() {
                Some(name) => info.str(name),
                None => info.show(format_args!("operation {}", u16::from(other))),
            },
        }
    }

    fn tcp(&mut self, h: &Tcp<&[u8; 20]>, layer: &Examined<'_>) {
        let length = layer.place.body_wire_end - layer.place.head_end;
        let info = self.begin("TCP");
        ports(info, h.src_port(), h.dst_port());
        info.str(" [");
        flag_names(info, TcpFlags::FLAGS, h.flags().0.into());
        info.str("] Seq=");
        info.number(h.seq().into());
        if h.flags().contains(TcpFlags::ACK) {
            info.str(" Ack=");
            info.number(h.ack().into());
        }
        info.str(" Win=");
        info.number(h.window().into());
        info.str(" Len=");
        info.number(length.into());
        if h.flags().contains(TcpFlags::URG) {
            info.str(" Urg=");
            info.number(h.urgent_pointer().into());
        }
        if layer.head().len() > Tcp::LEN {
            for option in Tlvs::<TcpOption>::at(layer.options()).iter() {
                tcp_option(info, option);
            }
        }
    }
}

impl Text {
    /// The text as a string.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes).unwrap_or_default()
    }
}

fn ports(info: &mut Text, source: u16, destination: u16) {
    info.number(source.into());
    info.str(" → ");
    info.number(destination.into());
}

fn flag_names(info: &mut Text, flags: &[Flag], value: u64) {
    let start = info.bytes.len();
    for flag in flags.iter().rev().filter(|f| value & f.mask != 0) {
        if info.bytes.len() > start {
            info.str(", ");
        }
        info.str(flag.name);
    }
    if info.bytes.len() == start {
        info.str("none");
    }
}

fn tcp_option(info: &mut Text, option: TcpOption<'_>) {
    match option {
        TcpOption::EndOfOptions {} | TcpOption::NoOperation {} => {}
        TcpOption::MaximumSegmentSize { size } => info.show(format_args!(" MSS={size}")),
        TcpOption::WindowScale { shift } => info.show(format_args!(" WS={}", 1u64 << shift.min(63))),
        TcpOption::SackPermitted {} => info.str(" SACK_PERM"),
        TcpOption::Sack { blocks } => {
            for block in blocks.iter() {
                info.show(format_args!(" SACK={}-{}", block.left(), block.right()));
            }
        }
        TcpOption::Timestamps { value, echo } => {
            info.str(" TSval=");
            info.number(value.into());
            info.str(" TSecr=");
            info.number(echo.into());
        }
        other => {
            use crate::part::Variants;
            match TcpOption::name_of(other.kind()) {
                Some(name) => info.show(format_args!(" {name}")),
                None => info.show(format_args!(" option {}", other.kind())),
            }
        }
    }
}

/// An address of any length: as IPv4 or MAC where the length is theirs.
struct Address<'a> {
    bytes: &'a [u8],
}

impl core::fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let kind = match self.bytes.len() {
            4 => Kind::Ipv4,
            6 => Kind::Mac,
            16 => Kind::Ipv6,
            0 => return f.write_str("(none)"),
            _ => Kind::Bytes,
        };
        match crate::field::Value::of_bytes(kind, self.bytes) {
            Some(crate::field::Value::Ipv4(a)) => a.fmt(f),
            Some(crate::field::Value::Mac(a)) => a.fmt(f),
            Some(crate::field::Value::Ipv6(a)) => a.fmt(f),
            _ => Hex(self.bytes).fmt(f),
        }
    }
}
