//! Address resolution: ARP (RFC 826), RARP (RFC 903) and InARP (RFC 2390).

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
use crate::proto::EtherType;
use crate::wire::MacAddr;
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::{AddressBytes, append};
use crate::wire::{ByteSink, HeaderContents, HeaderWith};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header, registry};
use core::net::Ipv4Addr;

registry! {
    /// Hardware types: IANA's, and those that Linux adds (`ARPHRD_`).
    pub enum ArpHardware: u16 {
        Reserved = 0 "reserved",
        Ethernet = 1 "Ethernet",
        ExperimentalEthernet = 2 "experimental Ethernet",
        Ax25 = 3 "AX.25",
        ProNet = 4 "Proteon ProNET token ring",
        Chaos = 5 "Chaos",
        Ieee802 = 6 "IEEE 802",
        ArcNet = 7 "ARCNET",
        HyperChannel = 8 "Hyperchannel",
        Lanstar = 9 "Lanstar",
        Autonet = 10 "Autonet",
        LocalTalk = 11 "LocalTalk",
        LocalNet = 12 "LocalNet",
        UltraLink = 13 "Ultra link",
        Smds = 14 "SMDS",
        FrameRelay = 15 "Frame Relay",
        Atm16 = 16 "ATM",
        Hdlc = 17 "HDLC",
        FibreChannel = 18 "Fibre Channel",
        Atm19 = 19 "ATM",
        Serial = 20 "serial line",
        Atm21 = 21 "ATM",
        MilStd = 22 "MIL-STD-188-220",
        Metricom = 23 "Metricom",
        FireWire = 24 "IEEE 1394",
        Mapos = 25 "MAPOS",
        Twinaxial = 26 "twinaxial",
        Eui64 = 27 "EUI-64",
        Hiparp = 28 "HIPARP",
        IsoArp = 29 "ARP over ISO 7816-3",
        ArpSec = 30 "ARPSec",
        IpSecTunnel = 31 "IPsec tunnel",
        InfiniBand = 32 "InfiniBand",
        Cai = 33 "TIA-102 CAI",
        Wiegand = 34 "Wiegand",
        PureIp = 35 "pure IP",
        Experimental1 = 36 "experimental 1",
        Hfi = 37 "HFI",
        UnifiedBus = 38 "Unified Bus",
        Experimental2 = 256 "experimental 2",
        AEthernet = 257 "AEthernet",
        Ppp = 512 "PPP",
        Tunnel = 768 "IPIP tunnel",
        Tunnel6 = 769 "IPv6 tunnel",
        Loopback = 772 "loopback",
        Sit = 776 "IPv6 in IPv4",
        Gre = 778 "GRE over IP",
        Ieee80211 = 801 "IEEE 802.11",
        Ieee80211Prism = 802 "IEEE 802.11 with Prism header",
        Ieee80211Radiotap = 803 "IEEE 802.11 with radiotap header",
        Ieee802154 = 804 "IEEE 802.15.4",
        Gre6 = 823 "GRE over IPv6",
        Netlink = 824 "netlink",
        VsockMonitor = 826 "vsock monitor",
        None = 65534 "none",
        Void = 65535 "void",
    }
}

registry! {
    /// ARP operations (IANA).
    pub enum ArpOperation: u16 {
        Request = 1 "request",
        Reply = 2 "reply",
        ReverseRequest = 3 "reverse request",
        ReverseReply = 4 "reverse reply",
        DrarpRequest = 5 "DRARP request",
        DrarpReply = 6 "DRARP reply",
        DrarpError = 7 "DRARP error",
        InverseRequest = 8 "inverse request",
        InverseReply = 9 "inverse reply",
        Nak = 10 "NAK",
        MarsRequest = 11 "MARS request",
        MarsMulti = 12 "MARS multi",
        MarsMserv = 13 "MARS mserv",
        MarsJoin = 14 "MARS join",
        MarsLeave = 15 "MARS leave",
        MarsNak = 16 "MARS NAK",
        MarsUnserv = 17 "MARS unserv",
        MarsSjoin = 18 "MARS sjoin",
        MarsSleave = 19 "MARS sleave",
        MarsGrouplistRequest = 20 "MARS grouplist request",
        MarsGrouplistReply = 21 "MARS grouplist reply",
        MarsRedirectMap = 22 "MARS redirect map",
        MaposUnarp = 23 "MAPOS UNARP",
        Experimental1 = 24 "experimental 1",
        Experimental2 = 25 "experimental 2",
    }
}

/// Purpose of an ARP packet, derived from its operation and addresses. The packet alone does not show
/// whether a reply is sent on behalf of another host (proxy ARP, RFC 1027).
///
/// ```
/// use packetsmith::proto::link::ArpKind;
/// use packetsmith::{View, examine};
/// let frame = b"\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x01\x08\x06\0\x01\x08\0\x06\x04\0\x01\
///     \x02\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\x0a\0\0\x02";
/// let layer = examine(1, frame).nth(1).unwrap();
/// let View::Arp(arp) = layer.view else { panic!() };
/// assert_eq!(arp.kind(&layer.context), ArpKind::Probe);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ArpKind {
    /// Asks for the target's hardware address.
    Request,
    /// Asks whether a host already uses the target's address, before the sender takes it (RFC 5227 §1.1).
    /// The target's hardware address should be zero; some senders set it to broadcast.
    Probe,
    /// Announces the sender's own address with a request (RFC 5227 §3).
    Announcement,
    /// Gives the sender's hardware address.
    Reply,
    /// Announces the sender's own address with an unsolicited reply (RFC 5944 §4.6).
    GratuitousReply,
    /// Asks for the target's protocol address, often the sender's own (RARP, RFC 903).
    ReverseRequest,
    /// Gives the target's protocol address.
    ReverseReply,
    /// Asks for the protocol address at the other end of a circuit (InARP, RFC 2390).
    InverseRequest,
    /// Gives the sender's protocol address.
    InverseReply,
    /// Another operation.
    Other(ArpOperation),
}

impl ArpKind {
    /// Whether sender and target protocol address are equal, so that the packet asks for nothing.
    pub const fn is_gratuitous(self) -> bool {
        matches!(self, ArpKind::Announcement | ArpKind::GratuitousReply)
    }
}

header! {
    /// ARP header, RFC 826. Four addresses follow, with the lengths given in the header.
    ///
    /// ```
    /// use packetsmith::{View, examine};
    /// let frame = b"\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x01\x08\x06\0\x01\x08\0\x06\x04\0\x01\
    ///     \x02\0\0\0\0\x01\x0a\0\0\x01\0\0\0\0\0\0\x0a\0\0\x02";
    /// let layer = examine(1, frame).nth(1).unwrap();
    /// let View::Arp(arp) = layer.view else { panic!() };
    /// assert_eq!(arp.addresses(&layer.context).target_protocol, [10, 0, 0, 2]);
    /// ```
    pub struct Arp(8) => ArpEdit, layer {
        /// Hardware type of the hardware addresses.
        hardware_type: ArpHardware = 0..16, "arp.hw.type", default(1);
        /// Protocol type of the protocol addresses: an EtherType.
        protocol_type: EtherType = 16..32, "arp.proto.type", hex, default(0x0800);
        /// Length of a hardware address in bytes.
        hardware_length: u8 = 32..40, "arp.hw.size", bytes, computed, default(6);
        /// Length of a protocol address in bytes.
        protocol_length: u8 = 40..48, "arp.proto.size", bytes, computed, default(4);
        /// Operation: request, reply and others.
        operation: ArpOperation = 48..64, "arp.opcode", default(1);
    }
}

macro_rules! address_fields {
    ($($name:ident: $field:literal, $hw:literal, $kind:ident, $doc:literal;)*) => {
        $(const $name: &Field = &Field::floating($field, $hw, Kind::$kind, $doc);)*
    };
}
address_fields! {
    SENDER_MAC: "sender_hardware", "arp.src.hw_mac", Mac, "Sender's hardware address.";
    SENDER_IP: "sender_protocol", "arp.src.proto_ipv4", Ipv4, "Sender's protocol address.";
    TARGET_MAC: "target_hardware", "arp.dst.hw_mac", Mac, "Target's hardware address; not known in a request.";
    TARGET_IP: "target_protocol", "arp.dst.proto_ipv4", Ipv4, "Target's protocol address.";
    SENDER_HARDWARE: "sender_hardware", "arp.src.hw", Bytes, "Sender's hardware address.";
    SENDER_PROTOCOL: "sender_protocol", "arp.src.proto", Bytes, "Sender's protocol address.";
    TARGET_HARDWARE: "target_hardware", "arp.dst.hw", Bytes, "Target's hardware address.";
    TARGET_PROTOCOL: "target_protocol", "arp.dst.proto", Bytes, "Target's protocol address.";
}

const PROBE: &Field =
    &Field::floating("probe", "arp.isprobe", Kind::Bool, "Probe: asks whether an address is in use, RFC 5227 §1.1.");
const ANNOUNCEMENT: &Field = &Field::floating(
    "announcement",
    "arp.isannouncement",
    Kind::Bool,
    "Announcement of the sender's own address, RFC 5227 §3.",
);
const GRATUITOUS: &Field =
    &Field::floating("gratuitous", "arp.isgratuitous", Kind::Bool, "Sender and target protocol address are equal.");

/// The four addresses of an ARP packet, in wire order. An address is shorter if the packet is truncated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ArpAddresses<'a> {
    /// Sender's hardware address.
    pub sender_hardware: &'a [u8],
    /// Sender's protocol address.
    pub sender_protocol: &'a [u8],
    /// Target's hardware address.
    pub target_hardware: &'a [u8],
    /// Target's protocol address.
    pub target_protocol: &'a [u8],
}

crate::wire::readable_debug!(ArpAddresses: sender_hardware, sender_protocol, target_hardware, target_protocol);

/// The four addresses of an ARP packet for IPv4 over Ethernet: read by [`Arp::macs_and_ips`], and set by
/// [`ArpEdit::sender`] and [`ArpEdit::target`].
///
/// ```
/// use packetsmith::proto::link::ArpOperation;
/// use packetsmith::{Arp, FromBytes, Stack};
/// let (mac, ip) = ([2, 0, 0, 0, 0, 1].into(), [10, 0, 0, 1].into());
/// let arp = Arp::build().operation(ArpOperation::Request).sender(mac, ip).target([0; 6].into(), [10, 0, 0, 2].into());
/// let packet = Stack::new().push(arp).finish().unwrap();
/// assert_eq!(packet.len(), 28);
///
/// let arp = Arp::from_bytes(&packet).unwrap();
/// let addresses = arp.macs_and_ips(&arp.context).unwrap();
/// assert_eq!((addresses.sender_mac, addresses.target_ip), (mac, [10, 0, 0, 2].into()));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MacsAndIps {
    /// Sender's MAC address.
    pub sender_mac: MacAddr,
    /// Sender's IPv4 address.
    pub sender_ip: Ipv4Addr,
    /// Target's MAC address; not known in a request.
    pub target_mac: MacAddr,
    /// Target's IPv4 address.
    pub target_ip: Ipv4Addr,
}

impl HeaderContents for MacsAndIps {
    fn put(&self, out: &mut dyn ByteSink) {
        out.put(&self.sender_mac.0);
        out.put(&self.sender_ip.octets());
        out.put(&self.target_mac.0);
        out.put(&self.target_ip.octets());
    }
}

impl ArpEdit {
    fn macs_and_ips(self) -> HeaderWith<Self, MacsAndIps> {
        let (mac, ip) = (MacAddr([0; 6]), Ipv4Addr::UNSPECIFIED);
        HeaderWith {
            header: self,
            contents: MacsAndIps { sender_mac: mac, sender_ip: ip, target_mac: mac, target_ip: ip },
        }
    }

    /// Adds MAC and IPv4 addresses, with those of the sender. Those of the target are zero if they are not set.
    pub fn sender(self, mac: MacAddr, ip: Ipv4Addr) -> HeaderWith<Self, MacsAndIps> {
        self.macs_and_ips().sender(mac, ip)
    }

    /// Adds MAC and IPv4 addresses, with those of the target. Those of the sender are zero if they are not set.
    pub fn target(self, mac: MacAddr, ip: Ipv4Addr) -> HeaderWith<Self, MacsAndIps> {
        self.macs_and_ips().target(mac, ip)
    }
}

impl HeaderWith<ArpEdit, MacsAndIps> {
    /// Sets the addresses of the sender.
    pub fn sender(mut self, mac: MacAddr, ip: Ipv4Addr) -> Self {
        (self.contents.sender_mac, self.contents.sender_ip) = (mac, ip);
        self
    }

    /// Sets the addresses of the target.
    pub fn target(mut self, mac: MacAddr, ip: Ipv4Addr) -> Self {
        (self.contents.target_mac, self.contents.target_ip) = (mac, ip);
        self
    }
}

impl<'a> Arp<&'a [u8; 8]> {
    /// Byte ranges of the four addresses, cut at the end of the header.
    fn spans(&self, context: &LayerContext<'a>) -> [Span; 4] {
        let (hardware, protocol) = (u32::from(self.hardware_length()), u32::from(self.protocol_length()));
        let mut at = context.bounds.start + Arp::LEN as u32;
        [hardware, protocol, hardware, protocol].map(|len| {
            let span = Span::new(at.min(context.bounds.header_end), (at + len).min(context.bounds.header_end));
            at += len;
            span
        })
    }

    /// Returns the four addresses.
    pub fn addresses(&self, context: &LayerContext<'a>) -> ArpAddresses<'a> {
        let [a, b, c, d] = self.spans(context).map(|span| span.of(context.frame));
        ArpAddresses { sender_hardware: a, sender_protocol: b, target_hardware: c, target_protocol: d }
    }

    /// Returns the four addresses as MAC and IPv4 addresses. `None` if their types or lengths are others, or if the packet is
    /// truncated.
    pub fn macs_and_ips(&self, context: &LayerContext<'a>) -> Option<MacsAndIps> {
        if !self.has_macs() || self.protocol_type() != EtherType::Ipv4 {
            return None;
        }
        let ArpAddresses { sender_hardware, sender_protocol, target_hardware, target_protocol } =
            self.addresses(context);
        Some(MacsAndIps {
            sender_mac: sender_hardware.try_into().ok()?,
            sender_ip: <[u8; 4]>::try_from(sender_protocol).ok()?.into(),
            target_mac: target_hardware.try_into().ok()?,
            target_ip: <[u8; 4]>::try_from(target_protocol).ok()?.into(),
        })
    }

    /// Purpose of the packet.
    pub fn kind(&self, context: &LayerContext<'a>) -> ArpKind {
        let ArpAddresses { sender_protocol: sender, target_protocol: target, .. } = self.addresses(context);
        // Truncated addresses are not compared.
        let length = usize::from(self.protocol_length());
        let whole = length > 0 && sender.len() == length && target.len() == length;
        match self.operation() {
            ArpOperation::Request if whole && sender.iter().all(|&b| b == 0) => ArpKind::Probe,
            ArpOperation::Request if whole && sender == target => ArpKind::Announcement,
            ArpOperation::Request => ArpKind::Request,
            ArpOperation::Reply if whole && sender == target => ArpKind::GratuitousReply,
            ArpOperation::Reply => ArpKind::Reply,
            ArpOperation::ReverseRequest => ArpKind::ReverseRequest,
            ArpOperation::ReverseReply => ArpKind::ReverseReply,
            ArpOperation::InverseRequest => ArpKind::InverseRequest,
            ArpOperation::InverseReply => ArpKind::InverseReply,
            other => ArpKind::Other(other),
        }
    }

    /// Whether the hardware type has MAC addresses.
    fn has_macs(&self) -> bool {
        matches!(self.hardware_type(), ArpHardware::Ethernet | ArpHardware::Ieee802)
    }
}

rules! {
    /// Rules of ARP.
    pub enum ArpRule {
        HardwareLength = Warning "arp.hardware_length.mismatch"
            "the hardware address length must be 6 for this hardware type",
        ProtocolLength = Warning "arp.protocol_length.mismatch"
            "the protocol address length must be 4 for this protocol type",
        OperationUnassigned = Note "arp.operation.unassigned" "the operation is not assigned (IANA)",
        HardwareTypeUnassigned = Note "arp.hardware_type.unassigned" "the hardware type is not assigned (IANA)",
        SenderHardwareGroup = Warning "arp.sender_hardware.group"
            "the sender hardware address must not be a multicast or broadcast address (RFC 1812 §3.3.2)",
        SenderHardwareNotSource = Note "arp.sender_hardware.not_frame_source"
            "the sender hardware address is not the source address of the frame",
        SenderProtocolGroup = Warning "arp.sender_protocol.group"
            "the sender protocol address must not be a multicast or broadcast address",
        SenderProtocolUnspecified = Warning "arp.sender_protocol.unspecified_in_reply"
            "the sender protocol address must not be unspecified in a reply",
    }
}

impl<'a> Protocol<'a> for Arp<&'a [u8; 8]> {
    const NAME: &'static str = "arp";
    const TITLE: &'static str = "Address resolution, RFC 826";
    const TABLE: &'static [Field] = Arp::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[&Schema {
        fields: &[
            *SENDER_MAC,
            *SENDER_IP,
            *TARGET_MAC,
            *TARGET_IP,
            *SENDER_HARDWARE,
            *SENDER_PROTOCOL,
            *TARGET_HARDWARE,
            *TARGET_PROTOCOL,
            *PROBE,
            *ANNOUNCEMENT,
            *GRATUITOUS,
        ],
        ..Schema::EMPTY
    }];
    const RULES: &'static [&'static [Rule]] = &[ArpRule::ALL];
    const RAW: &'static str = "Addresses other than MAC and IPv4.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Arp::LEN))?;
        let header_len = Arp::LEN + 2 * (usize::from(header.hardware_length()) + usize::from(header.protocol_length()));
        let parts = ParsedHeader::new(header, header_len.min(bytes.len()), NextProtocol::Unknown);
        Ok(if header_len > bytes.len() {
            parts.defect(ParseDefect::needs(header_len))
        } else {
            parts.total_len(header_len)
        })
    }

    fn build(builder: &mut Encoder<'_>, at: usize, unset: &mut u64) -> Result<(), FieldError> {
        [PROBE, ANNOUNCEMENT, GRATUITOUS].into_iter().for_each(|remark| builder.source.skip(remark));
        let header = Arp::new(builder.header(at));
        let mut lengths = [header.hardware_length().into(), header.protocol_length().into()];
        let fields = const { [Arp::row("hardware_length"), Arp::row("protocol_length")] };
        // A length that is not set is that of the first address which is given.
        let mut open = fields.map(|row| *unset >> row & 1 == 1);
        let rows = [SENDER_HARDWARE, SENDER_PROTOCOL, TARGET_HARDWARE, TARGET_PROTOCOL];
        for (i, row) in rows.into_iter().enumerate() {
            let start = builder.len();
            if !builder.source.has(row) {
                (0..lengths[i % 2]).for_each(|_| builder.out.put(&[0]));
                continue;
            }
            builder.bytes(row)?;
            if core::mem::take(&mut open[i % 2]) {
                lengths[i % 2] = builder.len() - start;
                let field = &Arp::FIELDS[usize::from(fields[i % 2])];
                builder.compute(field, (at + 4 + i % 2, 1), lengths[i % 2], u8::MAX.into())?;
            }
        }
        Ok(())
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let kind = self.kind(context);
        let end = context.bounds.start + Arp::LEN as u32;
        // Derived fields have no bytes, and are shown only if true.
        let derived = [
            (PROBE, kind == ArpKind::Probe),
            (ANNOUNCEMENT, kind == ArpKind::Announcement),
            (GRATUITOUS, kind.is_gratuitous()),
        ];
        for (field, _) in derived.into_iter().filter(|(_, holds)| *holds) {
            visitor.field(field, Span::new(end, end), Value::Bool(true));
        }
        let plain = [SENDER_HARDWARE, SENDER_PROTOCOL, TARGET_HARDWARE, TARGET_PROTOCOL];
        let known = [SENDER_MAC, SENDER_IP, TARGET_MAC, TARGET_IP];
        for ((span, plain), known) in self.spans(context).into_iter().zip(plain).zip(known) {
            let bytes = span.of(context.frame);
            let known_type = match known.kind {
                Kind::Mac => self.has_macs(),
                _ => self.protocol_type() == EtherType::Ipv4,
            };
            match Value::of_bytes(known.kind, bytes) {
                Some(value) if known_type => visitor.field(known, span, value),
                _ if bytes.is_empty() => {}
                _ => visitor.field(plain, span, Value::Bytes(bytes)),
            }
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let mut rule = |field: &'static Field, span, rule: ArpRule| {
            report(Some(field), span, rule.into());
        };
        let row = |row: u8| (&Arp::FIELDS[usize::from(row)], Arp::FIELDS[usize::from(row)].span(context.bounds.start));
        if self.has_macs() && self.hardware_length() != 6 {
            let (field, span) = row(const { Arp::row("hardware_length") });
            rule(field, span, ArpRule::HardwareLength);
        }
        if self.protocol_type() == EtherType::Ipv4 && self.protocol_length() != 4 {
            let (field, span) = row(const { Arp::row("protocol_length") });
            rule(field, span, ArpRule::ProtocolLength);
        }
        if self.operation().name().is_none() {
            let (field, span) = row(const { Arp::row("operation") });
            rule(field, span, ArpRule::OperationUnassigned);
        }
        if self.hardware_type().name().is_none() {
            let (field, span) = row(const { Arp::row("hardware_type") });
            rule(field, span, ArpRule::HardwareTypeUnassigned);
        }
        let [hardware, protocol, ..] = self.spans(context);
        if let (true, Ok(mac)) = (self.has_macs(), hardware.of(context.frame).try_into()) {
            let mac = MacAddr(mac);
            let source = context.link_source.of(context.frame);
            if mac.is_group() {
                rule(SENDER_MAC, hardware, ArpRule::SenderHardwareGroup);
            } else if source.len() == 6 && source != mac.0 {
                rule(SENDER_MAC, hardware, ArpRule::SenderHardwareNotSource);
            }
        }
        let sender = <[u8; 4]>::try_from(protocol.of(context.frame)).map(core::net::Ipv4Addr::from);
        let resolves = matches!(self.operation(), ArpOperation::Request | ArpOperation::Reply);
        match sender {
            Ok(sender) if resolves && self.protocol_type() == EtherType::Ipv4 => {
                if sender.is_multicast() || sender.is_broadcast() {
                    rule(SENDER_IP, protocol, ArpRule::SenderProtocolGroup);
                } else if sender.is_unspecified() && self.operation() == ArpOperation::Reply {
                    rule(SENDER_IP, protocol, ArpRule::SenderProtocolUnspecified);
                }
            }
            _ => {}
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let a = self.addresses(context);
        let rarp = matches!(context.selector, NextProtocol::EtherType(0x8035));
        let info = summary.begin(if rarp { "RARP" } else { "ARP" });
        let [sender, target] = [a.sender_protocol, a.target_protocol].map(AddressBytes);
        let [sender_hardware, target_hardware] = [a.sender_hardware, a.target_hardware].map(AddressBytes);
        match self.kind(context) {
            ArpKind::Announcement => append!(info, "Announcement for ", sender, " at ", sender_hardware),
            ArpKind::Probe => append!(info, "Who has ", target, "? (probe)"),
            ArpKind::Request => append!(info, "Who has ", target, "? Tell ", sender),
            ArpKind::Reply => append!(info, sender, " is at ", sender_hardware),
            ArpKind::GratuitousReply => append!(info, sender, " is at ", sender_hardware, " (gratuitous)"),
            ArpKind::ReverseRequest => append!(info, "Who is ", target_hardware, "? Tell ", sender_hardware),
            ArpKind::ReverseReply => append!(info, target_hardware, " is at ", target),
            ArpKind::InverseRequest => append!(info, "Who is ", target_hardware, "? Tell ", sender),
            ArpKind::InverseReply => append!(info, sender_hardware, " is at ", sender),
            ArpKind::Other(other) => info.name_or_number(other.name(), "operation ", u16::from(other)),
        }
    }
}

/// Access for the usual case: Ethernet and IPv4 addresses.
impl ArpAddresses<'_> {
    /// Sender's and target's MAC addresses, if hardware addresses have six bytes.
    pub fn macs(&self) -> Option<(MacAddr, MacAddr)> {
        let mac = |bytes: &[u8]| <[u8; 6]>::try_from(bytes).ok().map(MacAddr);
        Some((mac(self.sender_hardware)?, mac(self.target_hardware)?))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::examine;
    use crate::proto::{Proto, View};
    use std::string::{String, ToString};
    use std::vec::Vec;

    const A: [u8; 6] = [2, 0, 0, 0, 0, 1];

    /// Builds an ARP packet in a frame sent by host A.
    fn frame(operation: u16, hardware: [u8; 6], sender: [u8; 4], target: [u8; 4]) -> Vec<u8> {
        let mut frame = [&[0xff; 6][..], &A, &[8, 6, 0, 1, 8, 0, 6, 4], &operation.to_be_bytes()].concat();
        frame.extend([&hardware[..], &sender, &[0; 6], &target].concat());
        frame
    }

    fn read(frame: &[u8]) -> (ArpKind, Vec<String>) {
        let layer = examine(1, frame).find(|layer| layer.proto == Proto::Arp).unwrap();
        let View::Arp(arp) = layer.view else { panic!() };
        let mut issues = Vec::new();
        layer.issues(|issue| issues.push(issue.to_string()));
        (arp.kind(&layer.context), issues)
    }

    #[test]
    fn each_kind_is_recognized() {
        let kind = |operation, sender, target| {
            let (kind, issues) = read(&frame(operation, A, sender, target));
            assert!(issues.is_empty(), "{issues:?}");
            kind
        };
        let (zero, a, b) = ([0; 4], [10, 0, 0, 1], [10, 0, 0, 2]);
        assert_eq!(kind(1, a, b), ArpKind::Request);
        assert_eq!(kind(1, zero, b), ArpKind::Probe);
        assert_eq!(kind(1, a, a), ArpKind::Announcement);
        assert_eq!(kind(2, a, b), ArpKind::Reply);
        assert_eq!(kind(2, a, a), ArpKind::GratuitousReply);
        assert_eq!(kind(3, zero, zero), ArpKind::ReverseRequest);
        assert_eq!(kind(8, a, zero), ArpKind::InverseRequest);
        assert_eq!(kind(23, a, b), ArpKind::Other(ArpOperation::MaposUnarp));
    }

    #[test]
    fn a_truncated_packet_is_neither_probe_nor_announcement() {
        let frame = frame(1, A, [0; 4], [0; 4]);
        assert_eq!(read(&frame[..40]).0, ArpKind::Request);
        assert_eq!(read(&frame[..22]).0, ArpKind::Request);
    }

    #[test]
    fn addresses_that_no_host_has_are_reported() {
        let issue = |frame: &[u8]| read(frame).1.join("; ");
        let (a, b) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        assert!(issue(&frame(2, [2, 0, 0, 0, 0, 9], a, b)).contains("not the source address of the frame"));
        assert!(issue(&frame(2, [1, 0, 0x5e, 0, 0, 1], a, b)).contains("sender_hardware"));
        assert!(issue(&frame(1, A, [224, 0, 0, 1], b)).contains("sender_protocol"));
        assert!(issue(&frame(1, A, [255; 4], b)).contains("sender_protocol"));
        assert!(issue(&frame(2, A, [0; 4], b)).contains("unspecified"));
        let mut odd = frame(1, A, a, b);
        odd[18] = 5;
        odd[19] = 5;
        assert_eq!(read(&odd).1.len(), 2);
    }
}
