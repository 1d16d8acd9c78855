//! A packet in one line: addresses, protocol, and what an engineer wants to know of it.

use super::tree::announced;
use super::write::Text;
use crate::addr::{Hex, MacAddr};
use crate::dissect::{Examine, Examined};
use crate::field::{Field, Flag, Kind, Span, Value, Visitor};
use crate::layer::Next;
use crate::name::Name;
use crate::part::{Tlvs, Variants};
use crate::proto::*;
use core::borrow::BorrowMut;
use core::net::{Ipv4Addr, Ipv6Addr};

/// Appends one piece after the other.
macro_rules! put {
    ($text:expr, $($piece:expr),+) => {{
        let text: &mut Text = $text.borrow_mut();
        $(Piece::put($piece, text);)+
    }};
}

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
    pub fn packet(&mut self, mut layers: Examine<'_>) {
        for column in [&mut self.source, &mut self.destination, &mut self.protocol, &mut self.info] {
            column.bytes.clear();
        }
        let (mut malformed, mut quoted, mut link) = (None, false, None);
        // A `for` would copy each layer, which is large.
        while let Some(layer) = &layers.next() {
            if layer.quoted {
                self.quoted(layer, quoted);
                quoted = true;
                continue;
            }
            if !layer.is_intact() && malformed.is_none() {
                layer.issues(|issue| {
                    if malformed.is_none() && issue.reason.severity() == crate::layer::Severity::Error {
                        malformed = Some(issue);
                    }
                });
            }
            match layer.view {
                // What is behind has addresses of its own, as a rule.
                View::Ethernet(header) if layer.index == 0 => {
                    link = Some(header);
                    continue;
                }
                View::Ipv4(_) | View::Ipv6(_) => link = None,
                _ => {}
            }
            if let Some(header) = link.take() {
                self.ethernet(&header);
            }
            self.layer(layer);
        }
        if let Some(header) = link {
            self.ethernet(&header);
        }
        if let Some(issue) = malformed {
            let name = issue.field.map_or("header", |field| field.name);
            self.info.show(format_args!(" [malformed: {} {name}: {}]", issue.protocol, issue.reason));
        }
    }

    /// Says which packet an error is about.
    fn quoted(&mut self, layer: &Examined<'_>, begun: bool) {
        let info = &mut self.info;
        info.str(if begun { "" } else { " about" });
        match layer.view {
            View::Ipv4(h) => put!(info, " ", h.src(), " → ", h.dst()),
            View::Ipv6(h) => put!(info, " ", h.src(), " → ", h.dst()),
            View::Tcp(h) => put!(info, " TCP ", h.src_port(), " → ", h.dst_port()),
            View::Udp(h) => put!(info, " UDP ", h.src_port(), " → ", h.dst_port()),
            View::Icmpv4(h) => put!(info, " ICMP ", h.kind().name().unwrap_or("message")),
            View::Icmpv6(h) => put!(info, " ICMPv6 ", h.kind().name().unwrap_or("message")),
            _ => {}
        }
    }

    fn addresses(&mut self, source: impl Piece, destination: impl Piece) {
        self.source.bytes.clear();
        self.destination.bytes.clear();
        put!(self.source, source);
        put!(self.destination, destination);
    }

    /// Begins the protocol and info columns anew.
    #[inline]
    pub(super) fn begin(&mut self, protocol: &str) -> &mut Text {
        self.protocol.bytes.clear();
        self.info.bytes.clear();
        self.protocol.str(protocol);
        &mut self.info
    }

    fn ethernet(&mut self, h: &Ethernet<&[u8; 14]>) {
        self.addresses(h.src(), h.dst());
        let info = self.begin("Ethernet");
        info.str("type ");
        info.hex(u16::from(h.ethertype()).into(), 4);
    }

    fn layer(&mut self, layer: &Examined<'_>) {
        match layer.view {
            View::Ethernet(h) => self.ethernet(&h),
            View::Sll(h) => {
                let address = h.address();
                self.addresses(Address { bytes: &address[..usize::from(h.address_length()).min(8)] }, "");
                self.begin("SLL");
            }
            View::Sll2(h) => {
                let address = h.address();
                self.addresses(Address { bytes: &address[..usize::from(h.address_length()).min(8)] }, "");
                self.begin("SLL2");
            }
            View::Vlan(h) => put!(self.begin("VLAN"), "VLAN ", h.id()),
            View::Llc(h) => {
                let info = self.begin("LLC");
                info.str(h.dsap().name().unwrap_or("unknown"));
                info.show(format_args!(", DSAP {:#04x}, SSAP {:#04x}", u8::from(h.dsap()), u8::from(h.ssap())));
            }
            View::Snap(h) => {
                let (oui, protocol) = (h.oui(), u16::from(h.protocol()));
                self.begin("SNAP").show(format_args!("organisation {}, protocol {protocol:#06x}", Hex(&oui)));
            }
            View::Arp(h) => self.arp(&h, layer),
            View::Ipv4(h) => {
                self.addresses(h.src(), h.dst());
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
            View::HopByHop(_) | View::DestinationOptions(_) | View::Fragment(_) => {
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
            View::Icmpv4(h) => {
                let info = self.begin("ICMP");
                message::<Icmpv4Message<'_>>(
                    info,
                    h.kind().name(),
                    h.kind().into(),
                    h.code_name(),
                    &h.message(&layer.place),
                    layer,
                );
            }
            View::Icmpv6(_) if self.info(layer) => {}
            View::Icmpv6(h) => {
                let info = self.begin("ICMPv6");
                message::<Icmpv6Message<'_>>(
                    info,
                    h.kind().name(),
                    h.kind().into(),
                    h.code_name(),
                    &h.message(&layer.place),
                    layer,
                );
                for option in h.ndp_options(&layer.place).into_iter().flat_map(|options| options.iter()) {
                    match option {
                        NdpOption::SourceLinkLayerAddress { address } => {
                            put!(info, " from ", Address { bytes: address.0 });
                        }
                        NdpOption::TargetLinkLayerAddress { address } => {
                            put!(info, " is at ", Address { bytes: address.0 });
                        }
                        NdpOption::PrefixInformation { prefix, prefix_length, .. } => {
                            put!(info, " prefix=", prefix, "/", prefix_length);
                        }
                        _ => {}
                    }
                }
            }
            View::Dhcp(h) => self.dhcp(&h, layer),
            View::DnsOverTcp(_) => {
                self.begin("DNS").str("over TCP");
            }
            View::Dns(h) => self.dns(&h, layer),
            View::Data => self.data(layer),
            View::Cut => {
                let name = layer.proto.name();
                self.begin(name).show(format_args!("cut after {} bytes of its header", layer.head().len()));
            }
            View::Dhcpv6(h) => {
                self.other(layer);
                let info = &mut self.info;
                for address in h.addresses(&layer.place) {
                    put!(info, " address=", address);
                }
                for (prefix, length) in h.prefixes(&layer.place) {
                    put!(info, " prefix=", prefix, "/", length);
                }
            }
            _ if self.info(layer) => {}
            View::Igmp(h) => {
                let info = self.begin("IGMP");
                message::<IgmpMessage<'_>>(
                    info,
                    h.kind().name(),
                    h.kind().into(),
                    None,
                    &h.message(&layer.place),
                    layer,
                );
            }
            _ => self.other(layer),
        }
    }

    /// Any other protocol: its name, and the first of its fields that are not zero.
    fn other(&mut self, layer: &Examined<'_>) {
        let info = self.begin("");
        layer.show(&mut Brief { left: 8, ..Brief::named(info) });
        if info.bytes.first() == Some(&b' ') {
            info.bytes.remove(0);
        }
        let name = layer.proto.name().bytes();
        self.protocol.bytes.extend(name.map(|b| if b == b'_' { b'-' } else { b.to_ascii_uppercase() }));
    }

    /// Names the protocol of data where something did announce one.
    fn data(&mut self, layer: &Examined<'_>) {
        // These have named it already, and say more.
        if let b"GRE" | b"Geneve" | b"VXLAN-GPE" | b"PPP" | b"CHDLC" = self.protocol.bytes.as_slice() {
            return put!(self.info, ", ", layer.body().len() as u64, " bytes");
        }
        let name = match layer.via {
            Next::IpProtocol(n) => IpProtocol::from(n).name(),
            Next::EtherType(n) => EtherType::from(n).name(),
            Next::LinkType(n) => LinkType::from(n).name(),
            _ => return,
        };
        let info = self.begin(name.unwrap_or("data"));
        announced(layer.via, info);
        put!(info, ", ", layer.body().len() as u64, " bytes");
    }

    fn dhcp(&mut self, h: &Dhcp<&[u8; 236]>, layer: &Examined<'_>) {
        let place = &layer.place;
        let kind = h.message_type(place);
        let info = self.begin(if kind.is_some() { "DHCP" } else { "BOOTP" });
        match kind.map_or((h.op().name(), u8::from(h.op())), |kind| (kind.name(), kind.into())) {
            (Some(name), _) => info.str(name),
            (None, number) => put!(info, "message type ", number),
        }
        info.str(" xid=");
        info.hex(h.xid().into(), 8);
        put!(info, " client=", Address { bytes: h.hardware_address() });
        let addresses = [("ciaddr", h.ciaddr()), ("yiaddr", h.yiaddr()), ("giaddr", h.giaddr())];
        for (name, address) in addresses.into_iter().filter(|(_, address)| !address.is_unspecified()) {
            put!(info, " ", name, "=", address);
        }
        if let Some(address) = h.requested_address(place) {
            put!(info, " requested=", address);
        }
        for (code, name) in [(54, "server"), (51, "lease"), (1, "mask"), (3, "router"), (6, "dns")] {
            if let Some(chunk) = h.option(place, code).next().filter(|chunk| !chunk.is_empty()) {
                put!(info, " ", name, "=");
                DhcpOption::show(code.into(), chunk, &mut Brief::values(info));
            }
        }
    }

    fn dns(&mut self, h: &Dns<&[u8; 12]>, layer: &Examined<'_>) {
        let place = &layer.place;
        let info = self.begin(match layer.via {
            Next::UdpPorts(5353, _) | Next::UdpPorts(_, 5353) => "MDNS",
            Next::UdpPorts(5355, _) | Next::UdpPorts(_, 5355) => "LLMNR",
            _ => "DNS",
        });
        match h.opcode().name() {
            Some("query") => info.str("Standard query"),
            Some(name) => info.str(name),
            None => put!(info, "opcode ", u8::from(h.opcode())),
        }
        info.str(if h.response() { " response " } else { " " });
        info.hex(h.id().into(), 4);
        let rcode = u16::from(h.extended_rcode(place));
        if rcode != 0 {
            match DnsRcode::from(rcode).name() {
                Some(name) => put!(info, " [", name, "]"),
                None => put!(info, " [rcode ", rcode, "]"),
            }
        }
        info.str(if h.truncated() { " [truncated]" } else { "" });
        for question in h.questions(place).take(8) {
            info.str(" ");
            type_name(info, question.qtype);
            put!(info, " ", &question.name);
        }
        let mut left = h.records(place).filter(|record| record.rtype != DnsType::Opt);
        for (i, record) in left.by_ref().take(16).enumerate() {
            info.str(if i == 0 { " → " } else { ", " });
            type_name(info, record.rtype);
            info.str(" ");
            match record.section {
                DnsSection::Answer => {}
                _ => put!(info, &record.name, " "),
            }
            Rdata::show(record.rtype.into(), record.rdata, &mut Brief::values(info));
        }
        if left.next().is_some() {
            info.str(", …");
        }
    }

    fn arp(&mut self, h: &Arp<&[u8; 8]>, layer: &Examined<'_>) {
        let a = h.addresses(&layer.place);
        let rarp = matches!(layer.via, Next::EtherType(0x8035));
        let info = self.begin(if rarp { "RARP" } else { "ARP" });
        let [sender, target] = [a.sender_protocol, a.target_protocol].map(|bytes| Address { bytes });
        let [sender_hardware, target_hardware] = [a.sender_hardware, a.target_hardware].map(|bytes| Address { bytes });
        match h.kind(&layer.place) {
            ArpKind::Announcement => put!(info, "Announcement for ", sender, " at ", sender_hardware),
            ArpKind::Probe => put!(info, "Who has ", target, "? (probe)"),
            ArpKind::Request => put!(info, "Who has ", target, "? Tell ", sender),
            ArpKind::Reply => put!(info, sender, " is at ", sender_hardware),
            ArpKind::GratuitousReply => put!(info, sender, " is at ", sender_hardware, " (gratuitous)"),
            ArpKind::ReverseRequest => put!(info, "Who is ", target_hardware, "? Tell ", sender_hardware),
            ArpKind::ReverseReply => put!(info, target_hardware, " is at ", target),
            ArpKind::InverseRequest => put!(info, "Who is ", target_hardware, "? Tell ", sender),
            ArpKind::InverseReply => put!(info, sender_hardware, " is at ", sender),
            ArpKind::Other(other) => match other.name() {
                Some(name) => info.str(name),
                None => put!(info, "operation ", u16::from(other)),
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
        match layer.options().bytes() {
            [] => {}
            // What most segments have, laid out as RFC 7323 advises.
            &[1, 1, 8, 10, a, b, c, d, e, f, g, h] => {
                put!(info, " TSval=", u32::from_be_bytes([a, b, c, d]), " TSecr=", u32::from_be_bytes([e, f, g, h]));
            }
            _ => Tlvs::<TcpOption>::at(layer.options()).iter().for_each(|option| tcp_option(info, option)),
        }
    }
}

impl Text {
    /// The text as a string.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.bytes).unwrap_or_default()
    }
}

pub(super) fn ports(info: &mut Text, source: u16, destination: u16) {
    info.number(source.into());
    info.str(" → ");
    info.number(destination.into());
}

/// Writes a name, or what has none by its number.
pub(super) fn named(info: &mut Text, name: Option<&str>, what: &str, number: impl core::fmt::Display) {
    match name {
        Some(name) => info.str(name),
        None => info.show(format_args!("{what}{number}")),
    }
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
        TcpOption::MaximumSegmentSize { size } => put!(info, " MSS=", size),
        TcpOption::WindowScale { shift } => put!(info, " WS=", 1u64 << shift.min(63)),
        TcpOption::SackPermitted {} => info.str(" SACK_PERM"),
        TcpOption::Sack { blocks } => {
            for block in blocks.iter() {
                put!(info, " SACK=", block.left(), "-", block.right());
            }
        }
        TcpOption::Timestamps { value, echo } => put!(info, " TSval=", value, " TSecr=", echo),
        TcpOption::Multipath { message } => {
            info.str(" MPTCP=");
            named(info, message.subtype().name(), "", u8::from(message.subtype()));
        }
        other => match TcpOption::name_of(other.kind()) {
            Some(name) => put!(info, " ", name),
            None => put!(info, " option ", other.kind()),
        },
    }
}

fn type_name(info: &mut Text, number: DnsType) {
    match number.name() {
        Some(name) => info.str(name),
        None => put!(info, "TYPE", u16::from(number)),
    }
}

/// Says what a message of the ICMP family is, and what it holds.
fn message<'a, V: Variants<'a>>(
    info: &mut Text,
    name: Option<&str>,
    number: u8,
    code: Option<&str>,
    message: &V,
    layer: &Examined<'a>,
) {
    match name {
        Some(name) => info.str(name),
        None => put!(info, "type ", number),
    }
    if let Some(code) = code {
        put!(info, " (", code, ")");
    }
    if !message.is_unknown() {
        V::show(message.kind(), layer.options(), &mut Brief::named(info));
    }
}

/// Writes the fields of a message or record on one line: no lists of groups, nothing reserved.
pub(super) struct Brief<'t> {
    text: &'t mut Text,
    /// Whether to write names before values.
    names: bool,
    depth: usize,
    /// Whether a list of values is open.
    list: bool,
    first: bool,
    /// Fields that may still be written.
    left: usize,
}

impl<'t> Brief<'t> {
    /// Writes values alone.
    pub(super) fn values(text: &'t mut Text) -> Self {
        Brief { text, names: false, depth: 0, list: false, first: true, left: usize::MAX }
    }

    /// Writes names and values.
    pub(super) fn named(text: &'t mut Text) -> Self {
        Brief { names: true, ..Self::values(text) }
    }
}

impl Visitor for Brief<'_> {
    fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
        let dull = field.reserved || field.name.starts_with("unused") || field.name.starts_with("reserved");
        if self.left == 0
            || self.depth > 0
            || dull
            || self.names && matches!(value, Value::Uint(0) | Value::Bool(false))
        {
            return;
        }
        self.text.str(match (self.names, self.first, self.list) {
            (_, false, true) => ",",
            (false, true, _) | (true, _, true) => "",
            _ => " ",
        });
        if self.names && !self.list {
            self.text.str(field.name);
            self.text.str("=");
        }
        self.first = false;
        self.left -= 1;
        let named = matches!(field.item_kind(), Kind::Named(_) | Kind::Flags(_));
        if !named || !self.text.meaning(field, &value) {
            self.text.value(field, &value, 24);
        }
    }

    fn open(&mut self, field: &'static Field, _: Span) {
        let group = matches!(field.item_kind(), Kind::Group);
        self.depth += usize::from(group || self.depth > 0);
        if self.depth == 0 && self.left > 0 {
            if self.names || !self.first {
                self.text.str(" ");
            }
            if self.names {
                self.text.str(field.name);
                self.text.str("=");
            }
            (self.list, self.first) = (true, true);
        }
    }

    fn close(&mut self) {
        self.list &= self.depth > 0;
        self.depth = self.depth.saturating_sub(1);
    }
}

/// An address of any length: as IPv4 or MAC where the length is theirs.
struct Address<'a> {
    bytes: &'a [u8],
}

impl Piece for Address<'_> {
    fn put(self, text: &mut Text) {
        let kind = match self.bytes.len() {
            4 => Kind::Ipv4,
            6 => Kind::Mac,
            16 => Kind::Ipv6,
            0 => return text.str("(none)"),
            _ => Kind::Bytes,
        };
        match Value::of_bytes(kind, self.bytes) {
            Some(Value::Ipv4(a)) => text.ipv4(a.octets()),
            Some(Value::Mac(a)) => text.mac(a),
            Some(Value::Ipv6(a)) => text.ipv6(a),
            _ => text.hex_bytes(self.bytes),
        }
    }
}

/// What a line is made of. It goes straight into the text, since most lines are made of little else.
trait Piece {
    fn put(self, text: &mut Text);
}

macro_rules! pieces {
    ($($type:ty: $piece:ident, $text:ident => $put:expr;)+) => { $(
        impl Piece for $type {
            #[inline]
            fn put(self, $text: &mut Text) {
                let $piece = self;
                $put
            }
        }
    )+ };
}
pieces! {
    &str: piece, text => text.str(piece);
    u8: piece, text => text.number(piece.into());
    u16: piece, text => text.number(piece.into());
    u32: piece, text => text.number(piece.into());
    u64: piece, text => text.number(piece);
    MacAddr: piece, text => text.mac(piece);
    Ipv4Addr: piece, text => text.ipv4(piece.octets());
    Ipv6Addr: piece, text => text.ipv6(piece);
    &Name<'_>: piece, text => text.name(piece);
}
