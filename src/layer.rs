//! What a protocol says of its bytes: where they end, what comes next, and what is wrong.

use crate::build::Spot;
use crate::checksum::{Checksum, Sum};
use crate::field::{Derive, Field, Kind, Registry, Span, Value, Visitor};
use crate::name::NameError;
use crate::part::{Cursor, Framed, OptionList, Put, Tlvs, Variants};
use crate::proto::Proto;
use crate::source::{Builder, Mistake};
use core::fmt;

/// What a header says comes next.
///
/// ```
/// use packetsmith::{Layers, Next};
/// let datagram = [0, 53, 0x80, 0, 0, 9, 0, 0, 7];
/// let first = Layers::new(Next::IpProtocol(17), &datagram).next().unwrap();
/// assert_eq!(first.proto.name(), "udp");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Next {
    /// A frame of this link type (LINKTYPE_ number).
    LinkType(u16),
    /// A packet of this EtherType.
    EtherType(u16),
    /// An IEEE 802.2 LLC header.
    Llc,
    /// A SNAP header behind an LLC header.
    Snap,
    /// What stands behind an LLC header with this destination service access point.
    Sap(u8),
    /// An IP packet whose version its first four bits tell.
    Ip,
    /// An IP packet of this version.
    IpVersion(u8),
    /// The start of a packet that an ICMP error quotes.
    Quoted,
    /// An Internet protocol number.
    IpProtocol(u8),
    /// A PPP frame: the protocol field, or HDLC's address and control before it.
    Ppp,
    /// PPP behind an address and a control field.
    PppFramed,
    /// PPP from its protocol field on, which has two bytes.
    PppPlain,
    /// A PPP frame whose protocol field was compressed to one byte.
    PppCompressed,
    /// What a PPP frame of this protocol carries.
    PppProtocol(u16),
    /// The payload of UDP between these ports.
    UdpPorts(u16, u16),
    /// The payload of TCP between these ports.
    TcpPorts(u16, u16),
    /// The payload of UDP with this port on either side.
    UdpPort(u16),
    /// The payload of TCP with this port on either side.
    TcpPort(u16),
    /// A DNS message of so many bytes in a TCP stream.
    DnsMessage(u16),
    /// A message of DHCPv6 that a relay agent relays.
    Dhcpv6Message,
    /// An NTP packet of this mode.
    NtpMode(u8),
    /// An HTTP/1.x message.
    Http,
    /// A part of a packet that was split up; it belongs to reassembly.
    Fragment,
    /// Encrypted by ESP.
    Encrypted,
    /// BSD's loopback header with the least significant byte first.
    NullLittle,
    /// What an address family of BSD's loopback link says.
    Family(u32),
    /// Nothing says what it is.
    Unknown,
}

/// Who set the limit that something runs into.
///
/// ```
/// assert_eq!(packetsmith::Limit::Frame.to_string(), "the end of the frame");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The snapshot length of the capture: the packet went on.
    Snapshot,
    /// The end of the frame.
    Frame,
    /// The end of what an ICMP error quotes: the quoted packet went on.
    Quote,
    /// The end of a TCP segment: the stream goes on in the next one.
    Segment,
    /// A length in the header of the protocol named.
    Layer(&'static str),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Snapshot => f.write_str("the capture's snapshot length"),
            Limit::Frame => f.write_str("the end of the frame"),
            Limit::Quote => f.write_str("the end of the quoted packet"),
            Limit::Segment => f.write_str("the end of the TCP segment"),
            Limit::Layer(name) => write!(f, "the length in {name}"),
        }
    }
}

/// How bad it is.
///
/// ```
/// use packetsmith::Severity;
/// assert!(Severity::Note < Severity::Warning && Severity::Warning < Severity::Error);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the packet is as it should be.
    Note,
    /// Unusual or against a rule, but readable.
    Warning,
    /// Malformed.
    Error,
}

impl Severity {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is wrong, or worth a remark.
///
/// ```
/// use packetsmith::{Reason, examine};
/// let mut reasons = Vec::new();
/// for layer in examine(101, &[0x45, 0, 0, 40, 0, 0, 0, 0, 64, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]) {
///     layer.issues(|issue| reasons.push(issue.reason));
/// }
/// assert!(matches!(reasons[0], Reason::Truncated { needed: 40, have: 20, .. }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// `needed` bytes must be here, `have` are, and `limit` says so.
    Truncated {
        /// Bytes needed.
        needed: u32,
        /// Bytes there.
        have: u32,
        /// Who set the limit.
        limit: Limit,
    },
    /// A length says less than the least that makes sense.
    TooShort {
        /// Bytes that the length says.
        declared: u32,
        /// Bytes that it must say at least.
        min: u32,
    },
    /// A version other than the one that whatever stands before calls for.
    Version {
        /// The version found.
        found: u8,
        /// The version called for.
        expected: u8,
    },
    /// A length is zero, as segmentation offload and jumbograms leave it; what is there was taken.
    Inferred {
        /// Bytes taken.
        length: u32,
    },
    /// A checksum that is not right.
    Checksum(Checksum),
    /// The frame check sequence is wrong; this one would be right.
    FrameCheck([u8; 4]),
    /// A reserved field is not zero.
    Reserved(u64),
    /// A list of options breaks off: so many bytes are no whole item.
    BrokenItem(u32),
    /// The contents of an option or record do not fit its type.
    BadItem(u16),
    /// A domain name cannot be read.
    Name(NameError),
    /// Bytes stand beyond the end that a length sets.
    Surplus(u32),
    /// A number says how many there are, and there are fewer.
    Missing {
        /// How many the number says.
        declared: u32,
        /// How many are there.
        have: u32,
    },
    /// The frame has more layers than are dissected.
    TooDeep,
    /// A rule is broken.
    Rule(Severity, &'static str),
}

impl Reason {
    /// One word for it, which does not change.
    pub const fn kind(&self) -> &'static str {
        match self {
            Reason::Truncated { .. } => "truncated",
            Reason::TooShort { .. } => "too_short",
            Reason::Version { .. } => "version",
            Reason::Inferred { .. } => "inferred",
            Reason::Checksum(_) => "checksum",
            Reason::FrameCheck(_) => "frame_check",
            Reason::Reserved(_) => "reserved",
            Reason::BrokenItem(_) => "broken_item",
            Reason::BadItem(_) => "bad_item",
            Reason::Name(_) => "name",
            Reason::Surplus(_) => "surplus",
            Reason::Missing { .. } => "missing",
            Reason::TooDeep => "too_deep",
            Reason::Rule(..) => "rule",
        }
    }

    /// How bad it is. Truncation by the snapshot length, by quoting or by the end of a TCP segment is
    /// no malformation.
    pub fn severity(&self) -> Severity {
        match self {
            Reason::Truncated { limit: Limit::Snapshot | Limit::Quote | Limit::Segment, .. }
            | Reason::Inferred { .. } => Severity::Note,
            Reason::Checksum(Checksum::Offloaded) | Reason::Surplus(_) => Severity::Note,
            Reason::Reserved(_) | Reason::Checksum(_) | Reason::FrameCheck(_) | Reason::BadItem(_) => Severity::Warning,
            Reason::Rule(severity, _) => *severity,
            _ => Severity::Error,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Truncated { needed, have, limit } => {
                write!(f, "{needed} bytes needed, {have} there, cut by {limit}")
            }
            Reason::TooShort { declared, min } => write!(f, "says {declared} bytes, at least {min} are needed"),
            Reason::Version { found, expected } => write!(f, "version {found} where {expected} was announced"),
            Reason::Inferred { length } => {
                write!(f, "is zero, as with segmentation offload: {length} bytes taken from the frame")
            }
            Reason::Checksum(Checksum::Bad(right)) => write!(f, "is wrong, {right:#06x} would be right"),
            Reason::Checksum(Checksum::Offloaded) => {
                f.write_str("holds the pseudo-header's sum alone: captured before checksum offload")
            }
            Reason::Checksum(Checksum::Absent) => f.write_str("is zero, which is not allowed here"),
            Reason::Checksum(_) => f.write_str("cannot be verified"),
            Reason::FrameCheck(right) => write!(f, "is wrong, {:#010x} would be right", u32::from_be_bytes(*right)),
            Reason::Reserved(value) => write!(f, "is reserved, and {value:#x} instead of zero"),
            Reason::BrokenItem(n) => write!(f, "the list breaks off: {n} bytes are no whole item"),
            Reason::BadItem(kind) => write!(f, "the contents do not fit type {kind}"),
            Reason::Name(error) => write!(f, "name: {error}"),
            Reason::Surplus(n) => write!(f, "{n} bytes beyond the end that the length sets"),
            Reason::Missing { declared, have } => write!(f, "says {declared}, {have} are there"),
            Reason::TooDeep => write!(f, "more than {} layers, the rest is shown as data", crate::dissect::MAX_LAYERS),
            Reason::Rule(_, text) => f.write_str(text),
        }
    }
}

/// Something wrong with a packet, or worth a remark: what, where, and in which layer.
///
/// ```
/// let mut texts = Vec::new();
/// for layer in packetsmith::examine(101, &[0x45, 0, 0]) {
///     layer.issues(|issue| texts.push(issue.to_string()));
/// }
/// assert_eq!(texts, ["ipv4 (bytes 0..3): 20 bytes needed, 3 there, cut by the end of the frame"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Issue {
    /// Name of the protocol.
    pub protocol: &'static str,
    /// Index of the layer, from 0.
    pub layer: usize,
    /// The field it is about, if one.
    pub field: Option<&'static Field>,
    /// The bytes it is about.
    pub span: Span,
    /// What it is.
    pub reason: Reason,
}

/// `ipv4.total_length (bytes 16..18): 1500 bytes needed, 60 there, cut by the end of the frame`
impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.protocol)?;
        if let Some(field) = self.field {
            write!(f, ".{}", field.name)?;
        }
        write!(f, " (bytes {}..{}): {}", self.span.start, self.span.end, self.reason)
    }
}

/// Says that a header is not as it should be. Small, since the walk carries one with each layer;
/// [`Reason`] is made of it where someone asks.
///
/// ```
/// use packetsmith::{Next, Udp, layer::{Flaw, Protocol}};
/// let parse = |bytes| <Udp<&[u8; 8]> as Protocol>::parse(bytes, Next::IpProtocol(17));
/// assert_eq!(parse(&[0; 5]).unwrap_err(), Flaw::needs(8));
/// // Here the header is there, and its length is less than itself.
/// let flaw = parse(&[0, 7, 0, 7, 0, 4, 0, 0]).unwrap().flaw;
/// assert_eq!(flaw, Flaw::too_short(4, 8).at(Udp::row("length")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What it is.
    pub kind: FlawKind,
    /// Row of the field it is about; [`Flaw::HEADER`] for the header as a whole.
    pub row: u8,
    /// Bytes needed, bytes declared, or the version found.
    pub found: u32,
    /// Bytes that there must be at least, or the version expected.
    pub expected: u32,
}

/// Kind of a [`Flaw`].
///
/// ```
/// use packetsmith::{Ipv4, Next, layer::{FlawKind, Protocol}};
/// let kind = |first: u8, total: u8| {
///     let mut header = [0; 20];
///     (header[0], header[3]) = (first, total);
///     <Ipv4<&[u8; 20]> as Protocol>::parse(&header, Next::EtherType(0x0800)).unwrap().flaw.kind
/// };
/// assert_eq!(kind(0x45, 20), FlawKind::None);
/// assert_eq!(kind(0x65, 20), FlawKind::Version);
/// assert_eq!(kind(0x44, 20), FlawKind::TooShort);
/// assert_eq!(kind(0x45, 0), FlawKind::Inferred);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlawKind {
    /// Nothing is wrong.
    None,
    /// See [`Reason::Truncated`].
    Truncated,
    /// See [`Reason::TooShort`].
    TooShort,
    /// See [`Reason::Version`].
    Version,
    /// See [`Reason::Inferred`].
    Inferred,
    /// See [`Reason::TooDeep`].
    TooDeep,
}

impl Flaw {
    /// The header as a whole.
    pub const HEADER: u8 = u8::MAX;
    /// Nothing is wrong.
    pub const NONE: Flaw = Flaw { kind: FlawKind::None, row: Self::HEADER, found: 0, expected: 0 };
    /// There are more layers than are dissected.
    pub const TOO_DEEP: Flaw = Flaw { kind: FlawKind::TooDeep, ..Self::NONE };

    /// The header needs so many bytes, and there are fewer.
    #[inline]
    pub const fn needs(bytes: usize) -> Self {
        Flaw { kind: FlawKind::Truncated, found: bytes as u32, ..Self::NONE }
    }

    /// A length says `declared` bytes, and at least `min` are needed.
    #[inline]
    pub const fn too_short(declared: usize, min: usize) -> Self {
        Flaw { kind: FlawKind::TooShort, found: declared as u32, expected: min as u32, ..Self::NONE }
    }

    /// The version is not the expected one.
    #[inline]
    pub const fn version(found: u8, expected: u8) -> Self {
        Flaw { kind: FlawKind::Version, found: found as u32, expected: expected as u32, ..Self::NONE }
    }

    /// A length is zero, and what is there was taken.
    #[inline]
    pub const fn inferred(bytes: usize) -> Self {
        Flaw { kind: FlawKind::Inferred, found: bytes as u32, ..Self::NONE }
    }

    /// Says which row it is about.
    #[inline]
    pub const fn at(mut self, row: u8) -> Self {
        self.row = row;
        self
    }
}

/// One protocol's share of the bytes it was given.
///
/// ```
/// use packetsmith::{Next, Udp, layer::{Parts, Protocol}};
/// let bytes = [0x30, 0x39, 0, 7, 0, 9, 0, 0, b'!', 0, 0, 0];
/// let parts = <Udp<&[u8; 8]> as Protocol>::parse(&bytes, Next::IpProtocol(17)).unwrap();
/// assert_eq!((parts.head, parts.total), (8, 9), "one byte of body, and three that are not UDP's");
/// assert_eq!(parts.next, Next::UdpPorts(12345, 7));
/// // Where no length is, all that follows is the body.
/// assert_eq!(Parts::new((), 4, Next::Unknown).total, Parts::<()>::OPEN);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Parts<H> {
    /// The fixed header.
    pub header: H,
    /// Bytes of header and options together; never more than were given.
    pub head: usize,
    /// Bytes of head and body together, as a length field says; [`Parts::OPEN`] if none does.
    pub total: u32,
    /// What the body is.
    pub next: Next,
    /// The first thing wrong with the header's structure.
    pub flaw: Flaw,
}

impl<H> Parts<H> {
    /// No length field says where the layer ends.
    pub const OPEN: u32 = u32::MAX;

    /// A header whose body is all that follows.
    #[inline]
    pub const fn new(header: H, head: usize, next: Next) -> Self {
        Parts { header, head, total: Self::OPEN, next, flaw: Flaw::NONE }
    }

    /// Says how long head and body are together.
    #[inline]
    pub const fn total(mut self, bytes: usize) -> Self {
        self.total = if bytes < Self::OPEN as usize { bytes as u32 } else { Self::OPEN - 1 };
        self
    }

    /// Says what is wrong.
    #[inline]
    pub const fn flaw(mut self, flaw: Flaw) -> Self {
        self.flaw = flaw;
        self
    }
}

/// Where the addresses for a pseudo-header stand in the frame (RFC 9293 §3.1, RFC 8200 §8.1).
///
/// ```
/// use packetsmith::{Checksum, Sum, layer::Network};
/// let packet = [
///     0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
///     0x30, 0x39, 0x00, 0x07, 0, 9, 0x9a, 0x99, b'!', // UDP
/// ];
/// let network = Network::ipv4(0);
/// assert_eq!((network.source(&packet), network.destination(&packet)), (&[10, 0, 0, 1][..], &[10, 0, 0, 2][..]));
/// let pseudo = Sum::new().bytes(network.source(&packet)).bytes(network.destination(&packet)).number(17).number(9);
/// assert_eq!(pseudo.bytes(&packet[20..]).verify(0x9a99), Checksum::Good);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// Bytes of an address: 4 or 16; 0 where there is no IP header.
    pub size: u8,
    /// Offset of the IP header.
    pub header: u32,
    /// Offset of the source address.
    pub src: u32,
    /// Offset of the destination address, the final one where the packet is source-routed.
    pub dst: u32,
}

impl Network {
    const NONE: Network = Network { size: 0, header: 0, src: 0, dst: 0 };

    /// The addresses of an IPv4 header at byte `header`.
    #[inline]
    pub const fn ipv4(header: u32) -> Self {
        Network { size: 4, header, src: header + 12, dst: header + 16 }
    }

    /// The addresses of an IPv6 header at byte `header`.
    #[inline]
    pub const fn ipv6(header: u32) -> Self {
        Network { size: 16, header, src: header + 8, dst: header + 24 }
    }

    /// The source address's bytes.
    #[inline]
    pub fn source<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        Span::new(self.src, self.src + u32::from(self.size)).of(frame)
    }

    /// The sum of both addresses.
    #[inline]
    fn sum(&self, frame: &[u8]) -> Sum {
        let (source, destination) = (self.source(frame), self.destination(frame));
        match (source.first_chunk(), destination.first_chunk()) {
            (Some(&source), Some(&destination)) if self.size == 4 => {
                Sum::new().number(u32::from_be_bytes(source)).number(u32::from_be_bytes(destination))
            }
            _ => Sum::new().bytes(source).bytes(destination),
        }
    }

    /// The destination address's bytes.
    #[inline]
    pub fn destination<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        Span::new(self.dst, self.dst + u32::from(self.size)).of(frame)
    }
}

/// The extension headers since the IPv6 header, one bit each.
///
/// ```
/// use packetsmith::layer::Chain;
/// let mut chain = Chain::default();
/// chain.add(Chain::FRAGMENT);
/// assert_ne!(chain, Chain::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain(u16);

impl Chain {
    /// Hop-by-hop options.
    pub const HOP_BY_HOP: Chain = Chain(1);
    /// Destination options.
    pub const DESTINATION: Chain = Chain(2);
    /// Destination options for the second time.
    const DESTINATION_AGAIN: Chain = Chain(4);
    /// Routing.
    pub const ROUTING: Chain = Chain(8);
    /// Fragment.
    pub const FRAGMENT: Chain = Chain(16);
    /// Authentication.
    pub const AUTHENTICATION: Chain = Chain(32);

    /// Notes one more header.
    pub fn add(&mut self, header: Chain) {
        if header == Self::DESTINATION && self.has(header) {
            self.0 |= Self::DESTINATION_AGAIN.0;
        }
        self.0 |= header.0;
    }

    const fn has(self, other: Chain) -> bool {
        self.0 & other.0 != 0
    }

    /// What rule of RFC 8200 §4.1 it would break if `header` came next.
    fn rule(self, header: Chain) -> Option<(Severity, &'static str)> {
        let warning = |text| Some((Severity::Warning, text));
        match header {
            Self::HOP_BY_HOP if self != Self::default() => {
                warning("hop-by-hop options stand right behind the IPv6 header only (RFC 8200 §4.1)")
            }
            Self::DESTINATION if self.has(Self::DESTINATION_AGAIN) => {
                warning("destination options stand in a packet twice at most (RFC 8200 §4.1)")
            }
            Self::DESTINATION if self.has(header) && !self.has(Self::ROUTING) => Some((
                Severity::Note,
                "destination options come twice, yet not around a routing header (RFC 8200 §4.1)",
            )),
            Self::DESTINATION => None,
            _ if self.has(header) => warning("the header stands in the packet for the second time (RFC 8200 §4.1)"),
            // Each header's bit is higher than those of the headers that come before it.
            _ if self.0 >= header.0 << 1 => {
                Some((Severity::Note, "the header comes later than recommended (RFC 8200 §4.1)"))
            }
            _ => None,
        }
    }
}

/// What layers further in must know of those further out.
///
/// ```
/// use packetsmith::{View, examine, layer::{Inner, Network, Protocol}};
/// let packet = [0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0x66, 0xd7, 10, 0, 0, 1, 10, 0, 0, 2];
/// let layer = examine(101, &packet).next().unwrap();
/// let View::Ipv4(header) = layer.view else { panic!() };
/// let mut inner = Inner::OUTERMOST;
/// header.enter(&layer.place, &mut inner);
/// assert_eq!(inner.network, Network::ipv4(0), "what UDP needs to know for its pseudo-header");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inner {
    /// The addresses for a pseudo-header.
    pub network: Network,
    /// The source address of the frame that the layer is in; empty where there is none.
    pub link_source: Span,
    /// The extension headers so far.
    pub chain: Chain,
    /// Who says where the layer must end.
    pub limit: Limit,
}

impl Inner {
    /// What the outermost layer must know: nothing.
    pub const OUTERMOST: Inner =
        Inner { network: Network::NONE, link_source: Span::new(0, 0), chain: Chain(0), limit: Limit::Frame };
}

/// What a protocol may know of the place where it stands.
///
/// ```
/// use packetsmith::{Next, examine};
/// # let mut frame = [0; 60];
/// # frame[12..26].copy_from_slice(&[0x08, 0x00, 0x45, 0, 0x05, 0xdc, 0, 0, 0, 0, 64, 17, 0, 0]);
/// # frame[38..40].copy_from_slice(&[0x05, 0xc8]);
/// // UDP over IPv4 over Ethernet, of whose 1514 bytes 60 were captured.
/// let udp = examine(1, &frame).original_len(1514).nth(2).unwrap();
/// let context = udp.place.context;
/// assert_eq!((context.at, context.wire_end), (34, 1514));
/// assert_eq!((context.via, context.network.header), (Next::IpProtocol(17), 14));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The whole frame.
    pub frame: &'a [u8],
    /// Where the layer begins.
    pub at: u32,
    /// Where it ends on the wire at the latest; beyond the frame where the capture cut it.
    pub wire_end: u32,
    /// What announced the layer.
    pub via: Next,
    /// The addresses for a pseudo-header.
    pub network: Network,
    /// The source address of the frame that the layer is in; empty where there is none.
    pub link_source: Span,
    /// The extension headers before this layer.
    pub chain: Chain,
    /// Who says where the layer must end.
    pub limit: Limit,
    /// Whether the layer belongs to a packet that an ICMP error quotes.
    pub quoted: bool,
}

/// A layer's place in its frame: `head ++ body ++ tail` is all that the layer was given.
///
/// ```
/// use packetsmith::examine;
/// // An IPv4 packet of 1500 bytes, of which 40 were captured.
/// let mut frame = [0; 54];
/// frame[12..18].copy_from_slice(&[0x08, 0x00, 0x45, 0, 0x05, 0xdc]);
/// let place = examine(1, &frame).original_len(1514).nth(1).unwrap().place;
/// assert_eq!((place.head().len(), place.body().len()), (20, 20));
/// assert_eq!((place.body_end, place.body_wire_end), (54, 1514));
/// assert!(!place.is_whole());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// What it stands in.
    pub context: Context<'a>,
    /// Where header and options end.
    pub head_end: u32,
    /// Where the body ends.
    pub body_end: u32,
    /// Where the tail ends: the bytes that the layer's own length leaves out.
    pub tail_end: u32,
    /// Where the body ends on the wire.
    pub body_wire_end: u32,
}

impl<'a> Place<'a> {
    /// Header and options.
    #[inline]
    pub fn head_span(&self) -> Span {
        Span::new(self.context.at, self.head_end)
    }
    /// What the layer carries.
    #[inline]
    pub fn body_span(&self) -> Span {
        Span::new(self.head_end, self.body_end)
    }
    /// What stands behind the end that the layer's own length sets.
    #[inline]
    pub fn tail_span(&self) -> Span {
        Span::new(self.body_end, self.tail_end)
    }
    /// The bytes of header and options.
    #[inline]
    pub fn head(&self) -> &'a [u8] {
        self.head_span().of(self.context.frame)
    }
    /// The bytes that the layer carries.
    #[inline]
    pub fn body(&self) -> &'a [u8] {
        self.body_span().of(self.context.frame)
    }
    /// The bytes behind the end that the layer's own length sets.
    #[inline]
    pub fn tail(&self) -> &'a [u8] {
        self.tail_span().of(self.context.frame)
    }
    /// Reads the head from byte `from` on: options, for most.
    #[inline]
    pub fn options(&self, from: usize) -> Cursor<'a> {
        Cursor::within(self.context.frame, Span::new(self.context.at + from as u32, self.head_end))
    }
    /// Tells whether all of head and body was captured.
    #[inline]
    pub fn is_whole(&self) -> bool {
        self.body_end == self.body_wire_end
    }

    /// Tells whether all of head, body and tail was captured.
    #[inline]
    pub fn is_all_here(&self) -> bool {
        self.tail_end == self.context.wire_end
    }

    /// Reports an extension header that stands where it should not (RFC 8200 §4.1).
    pub fn check_order(&self, header: Chain, report: &mut Report<'_>) {
        if let (16, Some((severity, text))) = (self.context.network.size, self.context.chain.rule(header)) {
            report(None, self.head_span(), Reason::Rule(severity, text));
        }
    }

    /// The bytes that a checksum covers, and the sum of the pseudo-header before them. `None` where not
    /// all of them are here, or where there are no addresses for a pseudo-header.
    #[inline(always)]
    pub fn covered(&self, cover: Cover) -> Option<(Sum, Span)> {
        let at = self.context.at;
        let (end, length) = match cover.upto {
            Upto::Head => (self.head_end, self.head_end - at),
            Upto::Body if self.is_whole() => (self.body_end, self.body_end - at),
            Upto::Tail if self.is_all_here() => (self.tail_end, self.tail_end - at),
            // The pseudo-header holds the length of all of head and body.
            Upto::First(n) => (
                at.checked_add(n).filter(|end| (self.head_end..=self.body_end).contains(end))?,
                self.body_wire_end - at,
            ),
            _ => return None,
        };
        let (network, frame) = (self.context.network, self.context.frame);
        let pseudo = match cover.pseudo {
            None => Sum::new(),
            Some(_) if network.size == 0 => return None,
            Some(protocol) => network.sum(frame).number(protocol.into()).number(length),
        };
        Some((pseudo, Span::new(at, end)))
    }

    /// Verifies the checksum `stored`.
    pub fn verify(&self, cover: Cover, stored: u16) -> Checksum {
        if cover.optional && stored == 0 {
            return Checksum::Absent;
        }
        let Some((pseudo, span)) = self.covered(cover) else { return Checksum::Unverifiable };
        match pseudo.bytes(span.of(self.context.frame)).verify(stored) {
            Checksum::Bad(_) if cover.pseudo.is_some() && stored == pseudo.value() => Checksum::Offloaded,
            state => state,
        }
    }
}

/// What an Internet checksum covers.
///
/// ```
/// use packetsmith::{Checksum, examine, layer::{Cover, Upto}};
/// # let packet = [
/// #     0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
/// #     0x30, 0x39, 0x00, 0x07, 0, 9, 0x9a, 0x99, b'!', // UDP
/// # ];
/// // UDP's: pseudo-header, header and data, and zero for none.
/// let cover = Cover { optional: true, ..Cover::pseudo(Upto::Body, 17) };
/// let place = examine(101, &packet).nth(1).unwrap().place;
/// assert_eq!(place.verify(cover, 0x9a99), Checksum::Good);
/// assert_eq!(place.verify(cover, 0), Checksum::Absent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// How far it goes from the start of the layer.
    pub upto: Upto,
    /// The protocol number that a pseudo-header before it has, where there is one.
    pub pseudo: Option<u8>,
    /// Whether zero says that there is none; a sum of zero is sent as 0xffff then.
    pub optional: bool,
}

/// How far a checksum goes.
///
/// ```
/// use packetsmith::{examine, layer::{Cover, Upto}};
/// // A header of 20 bytes, a body of 8, and 4 that the length leaves out.
/// let mut packet = [0; 32];
/// packet[..4].copy_from_slice(&[0x45, 0, 0, 28]);
/// let place = examine(101, &packet).next().unwrap().place;
/// let covered = |upto| place.covered(Cover::plain(upto)).map(|(_, span)| span.end);
/// assert_eq!([Upto::Head, Upto::Body, Upto::Tail].map(covered), [Some(20), Some(28), Some(32)]);
/// assert_eq!([Upto::First(24), Upto::First(30)].map(covered), [Some(24), None]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Upto {
    /// To the end of the head.
    Head,
    /// To the end of the body.
    Body,
    /// To the end of the tail.
    Tail,
    /// So many bytes, of head and body.
    First(u32),
}

impl Cover {
    /// All bytes up to there, and no pseudo-header.
    pub const fn plain(upto: Upto) -> Self {
        Cover { upto, pseudo: None, optional: false }
    }

    /// A pseudo-header, and all bytes up to there.
    pub const fn pseudo(upto: Upto, protocol: u8) -> Self {
        Cover { upto, pseudo: Some(protocol), optional: false }
    }
}

/// Reports something about a field, or about bytes.
pub type Report<'r> = dyn FnMut(Option<&'static Field>, Span, Reason) + 'r;

/// What every protocol gives. One file in `proto/` and one row in its stack map make a protocol.
///
/// ```
/// use packetsmith::{Field, Kind, Next, layer::{Flaw, Parts, Protocol}};
/// /// A byte that says how many follow it.
/// struct Counted(u8);
/// impl Protocol<'_> for Counted {
///     const NAME: &'static str = "counted";
///     const TABLE: &'static [Field] = &[Field::fixed("length", "counted.length", 0..8, Kind::Uint, "Bytes.")];
/// #   const TITLE: &'static str = "Counted bytes";
/// #   const RAW: &'static str = "Nothing.";
///     fn parse(bytes: &[u8], _: Next) -> Result<Parts<Self>, Flaw> {
///         let [length, ..] = *bytes else { return Err(Flaw::needs(1)) };
///         Ok(Parts::new(Counted(length), 1, Next::Unknown).total(1 + usize::from(length)))
///     }
/// }
/// let parts = Counted::parse(&[2, 7, 8, 9], Next::Unknown).unwrap_or_else(|_| panic!());
/// assert_eq!((parts.header.0, parts.head, parts.total), (2, 1, 3));
/// ```
pub trait Protocol<'a>: Sized {
    /// Name in code, JSON and filters.
    const NAME: &'static str;
    /// Name for people, with the RFC.
    const TITLE: &'static str;
    /// The fixed header.
    const TABLE: &'static [Field];
    /// Row of the field that says where the layer ends, for protocols that have one.
    const LENGTH_ROW: u8 = Flaw::HEADER;
    /// The fields of options, records and other variable parts.
    const VARIABLE: &'static [&'static [Field]] = &[];
    /// What numbers tell apart (options, records, messages): what they are called, and which there are.
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[];
    /// What is kept but not taken further apart, in a sentence for the documentation.
    const RAW: &'static str;

    /// The list of the protocol's options, where it has one.
    const OPTIONS: Option<OptionList> = None;

    /// Takes the protocol's share off the front of `bytes`, which `via` announced. An error says that
    /// the fixed header itself is cut short.
    fn parse(bytes: &'a [u8], via: Next) -> Result<Parts<Self>, Flaw>;

    /// Notes what layers further in must know.
    fn enter(&self, _place: &Place<'a>, _inner: &mut Inner) {}

    /// What the header's checksum covers, for protocols that have one; in the fixed header its row is of
    /// [`Kind::Checksum`].
    fn cover(&self) -> Option<Cover> {
        None
    }

    /// Says what the header's checksum is worth, for protocols that have one.
    fn verify(&self, place: &Place<'a>) -> Option<Checksum> {
        let cover = self.cover()?;
        let stored = Self::TABLE.iter().find(|field| matches!(field.kind, Kind::Checksum));
        let stored = stored.and_then(|field| field.read(place.head()))?.number()? as u16;
        Some(match lengths_agree::<Self>(place) {
            true => place.verify(cover, stored),
            false if cover.optional && stored == 0 => Checksum::Absent,
            false => Checksum::Unverifiable,
        })
    }

    /// Shows a row of the fixed header in a way of its own, where the packet itself says how the
    /// row is to be read; `false` leaves it to the table.
    fn show_row(&self, _row: u8, _place: &Place<'a>, _visitor: &mut dyn Visitor) -> bool {
        false
    }

    /// Shows what the head holds beyond the fixed header.
    fn show(&self, _place: &Place<'a>, _visitor: &mut dyn Visitor) {}

    /// Builds what the head holds beyond the fixed header, which `builder` has put from byte `at` on.
    /// `auto` is the set of derived rows that nobody set; those that this sets are taken out of it.
    fn build(_builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        Ok(())
    }

    /// Computes what no rule of the table says how to: derived rows of the protocol's own. Lengths and
    /// numbers of the table are there, the checksum is not.
    fn finish(_frame: &mut [u8], _spot: &Spot, _next: Proto) -> Result<(), Mistake> {
        Ok(())
    }

    /// Fills up a head whose length is counted in larger units than bytes.
    fn pad(bytes: usize, out: &mut dyn Put) {
        for _ in 0..bytes {
            out.put(&[0]);
        }
    }

    /// Shows an [`Inspector`] what it is to look at: what [`show`](Self::show) shows, unless some of
    /// that is not to be taken at its word.
    fn inspect(&self, place: &Place<'a>, inspector: &mut Inspector<'_, '_>) {
        self.show(place, inspector)
    }

    /// Reports what is wrong beyond the structure that [`parse`](Self::parse) sees.
    fn check(&self, _place: &Place<'a>, _report: &mut Report<'_>) {}
}

/// Tells whether the length of the head is what the fixed header says, and the whole length enough for
/// the fixed header.
fn lengths_agree<'a, P: Protocol<'a>>(place: &Place<'a>) -> bool {
    P::TABLE.iter().all(|field| match (field.derive, field.read(place.head())) {
        (Derive::Head { unit, less }, Some(Value::Uint(n))) => {
            n * u64::from(unit) + u64::from(less) == place.head().len() as u64
        }
        (Derive::Total { less }, Some(Value::Uint(n))) => {
            let fixed = P::TABLE.last().map_or(0, |field| field.end_bit / 8);
            n == 0 || n + u64::from(less) >= u64::from(fixed)
        }
        _ => true,
    })
}

/// Shows a layer: its fixed header, then the rest of its head.
pub fn show<'a, P: Protocol<'a>>(header: &P, place: &Place<'a>, visitor: &mut dyn Visitor) {
    show_verified(header, place, header.verify(place), visitor);
}

/// Shows a layer whose checksum has been verified.
pub(crate) fn show_verified<'a, P: Protocol<'a>>(
    header: &P,
    place: &Place<'a>,
    checksum: Option<Checksum>,
    visitor: &mut dyn Visitor,
) {
    let at = place.context.at;
    for (row, field) in P::TABLE.iter().enumerate() {
        let Some(mut value) = field.read(place.head()) else { return };
        if header.show_row(row as u8, place, visitor) {
            continue;
        }
        if let (Kind::Checksum, Value::Uint(n)) = (field.kind, value) {
            value = Value::Checksum(n as u16, checksum.unwrap_or(Checksum::Unverifiable));
        }
        visitor.field(field, field.span(at), value);
    }
    header.show(place, visitor);
}

/// Reports what is wrong with a layer, beyond what cut it.
pub fn check<'a, P: Protocol<'a>>(header: &P, place: &Place<'a>, report: &mut Report<'_>) {
    check_verified(header, place, header.verify(place), report);
}

/// Reports what is wrong with a layer whose checksum has been verified.
pub(crate) fn check_verified<'a, P: Protocol<'a>>(
    header: &P,
    place: &Place<'a>,
    checksum: Option<Checksum>,
    report: &mut Report<'_>,
) {
    let at = place.context.at;
    let mut inspector = Inspector { report };
    // Most tables have nothing reserved, and need not be gone through.
    if const { Inspector::cares(&[P::TABLE]) } {
        for field in P::TABLE {
            if let Some(value) = if field.reserved { field.read(place.head()) } else { None } {
                inspector.field(field, field.span(at), value);
            }
        }
    }
    if const { Inspector::cares(P::VARIABLE) } {
        header.inspect(place, &mut inspector);
    }
    if let Some(state @ (Checksum::Bad(_) | Checksum::Offloaded)) = checksum {
        let reason = match place.context.quoted {
            // Routers and address translators change what they quote.
            true => Reason::Rule(Severity::Note, "does not match the packet as it is quoted"),
            false => Reason::Checksum(state),
        };
        for field in P::TABLE.iter().filter(|f| matches!(f.kind, Kind::Checksum)) {
            report(Some(field), field.span(at), reason);
        }
    }
    header.check(place, report);
}

/// Looks at all that a layer shows, and reports reserved fields that are not zero and names that
/// cannot be followed to their end.
///
/// ```
/// use packetsmith::{Field, Kind, Reason, Span, field::show_fixed, layer::Inspector};
/// const TABLE: &[Field] = &[
///     Field::fixed("code", "", 0..8, Kind::Uint, "What it is."),
///     Field::fixed("unused", "", 8..16, Kind::Uint, "Nothing.").reserved(),
/// ];
/// let mut found = Vec::new();
/// let mut report = |field: Option<&Field>, span: Span, reason| found.push((field.unwrap().name, span, reason));
/// show_fixed(TABLE, &[3, 9], 40, &mut Inspector { report: &mut report });
/// assert_eq!(found, [("unused", Span::new(41, 42), Reason::Reserved(9))]);
/// ```
pub struct Inspector<'r, 'f> {
    /// Where it reports.
    pub report: &'r mut Report<'f>,
}

impl Inspector<'_, '_> {
    /// Tells whether there is anything to be looked at among these fields.
    const fn cares(tables: &[&[Field]]) -> bool {
        let mut i = 0;
        while i < tables.len() {
            let mut row = 0;
            while row < tables[i].len() {
                if tables[i][row].reserved || matches!(tables[i][row].item_kind(), Kind::Name) {
                    return true;
                }
                row += 1;
            }
            i += 1;
        }
        false
    }
}

impl Visitor for Inspector<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        let found = match value {
            Value::Name(name) => {
                if let Err(error) = name.check() {
                    (self.report)(Some(field), span, Reason::Name(error));
                }
                return;
            }
            _ if !field.reserved => return,
            Value::Uint(n) => n,
            Value::Bool(b) => b.into(),
            // As many bytes as a number holds, from the first on that is not zero.
            Value::Bytes(bytes) => bytes.iter().skip_while(|&&b| b == 0).take(8).fold(0, |n, &b| n << 8 | u64::from(b)),
            _ => return,
        };
        if found != 0 {
            (self.report)(Some(field), span, Reason::Reserved(found));
        }
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

impl<'a, V: Variants<'a> + Framed> Tlvs<'a, V> {
    /// Reports items that break off, or whose contents do not fit their type.
    pub fn check(&self, field: &'static Field, report: &mut Report<'_>) {
        for item in self.items() {
            match item {
                Ok(item) if V::name_of(item.kind).is_some() && V::decode(item.kind, item.contents).is_unknown() => {
                    report(Some(field), item.span, Reason::BadItem(item.kind));
                }
                Err(rest) if !rest.after_end => {
                    report(Some(field), rest.span, Reason::BrokenItem(rest.bytes.len() as u32));
                }
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn each_reason_has_its_word_its_weight_and_its_text() {
        use Severity::{Error, Note, Warning};
        let cut = |limit| Reason::Truncated { needed: 9, have: 4, limit };
        let cases = [
            (cut(Limit::Snapshot), "truncated", Note, "9 bytes needed, 4 there, cut by the capture's snapshot length"),
            (cut(Limit::Quote), "truncated", Note, "9 bytes needed, 4 there, cut by the end of the quoted packet"),
            (cut(Limit::Segment), "truncated", Note, "9 bytes needed, 4 there, cut by the end of the TCP segment"),
            (cut(Limit::Frame), "truncated", Error, "9 bytes needed, 4 there, cut by the end of the frame"),
            (cut(Limit::Layer("udp")), "truncated", Error, "9 bytes needed, 4 there, cut by the length in udp"),
            (Reason::TooShort { declared: 3, min: 8 }, "too_short", Error, "says 3 bytes, at least 8 are needed"),
            (Reason::Version { found: 5, expected: 4 }, "version", Error, "version 5 where 4 was announced"),
            (
                Reason::Inferred { length: 7 },
                "inferred",
                Note,
                "is zero, as with segmentation offload: 7 bytes taken from the frame",
            ),
            (Reason::Checksum(Checksum::Bad(0xab)), "checksum", Warning, "is wrong, 0x00ab would be right"),
            (
                Reason::Checksum(Checksum::Offloaded),
                "checksum",
                Note,
                "holds the pseudo-header's sum alone: captured before checksum offload",
            ),
            (Reason::Checksum(Checksum::Absent), "checksum", Warning, "is zero, which is not allowed here"),
            (Reason::Checksum(Checksum::Unverifiable), "checksum", Warning, "cannot be verified"),
            (Reason::FrameCheck([0, 1, 2, 3]), "frame_check", Warning, "is wrong, 0x00010203 would be right"),
            (Reason::Reserved(16), "reserved", Warning, "is reserved, and 0x10 instead of zero"),
            (Reason::BrokenItem(2), "broken_item", Error, "the list breaks off: 2 bytes are no whole item"),
            (Reason::BadItem(8), "bad_item", Warning, "the contents do not fit type 8"),
            (Reason::Name(NameError::TooLong), "name", Error, "name: the name is longer than 255 bytes"),
            (Reason::Surplus(6), "surplus", Note, "6 bytes beyond the end that the length sets"),
            (Reason::Missing { declared: 3, have: 1 }, "missing", Error, "says 3, 1 are there"),
            (Reason::TooDeep, "too_deep", Error, "more than 1024 layers, the rest is shown as data"),
            (Reason::Rule(Note, "it is so"), "rule", Note, "it is so"),
            (Reason::Rule(Error, "it is so"), "rule", Error, "it is so"),
        ];
        for (reason, kind, severity, text) in cases {
            assert_eq!((reason.kind(), reason.severity(), &*reason.to_string()), (kind, severity, text));
            let field = crate::Udp::FIELDS.get(2);
            let issue = Issue { protocol: "udp", layer: 2, field, span: Span::new(4, 6), reason };
            assert_eq!(issue.to_string(), std::format!("udp.length (bytes 4..6): {text}"));
        }
        assert_eq!([Note, Warning, Error].map(|severity| severity.to_string()), ["note", "warning", "error"]);
    }

    #[test]
    fn extension_headers_have_an_order() {
        const DESTINATION: Chain = Chain::DESTINATION;
        let rule = |before: &[Chain], next: Chain| {
            let mut chain = Chain::default();
            before.iter().for_each(|header| chain.add(*header));
            chain.rule(next).map(|(severity, text)| (severity, text.split(' ').take(4).collect::<Vec<_>>().join(" ")))
        };
        let right = [Chain::HOP_BY_HOP, DESTINATION, Chain::ROUTING, Chain::FRAGMENT, Chain::AUTHENTICATION];
        for (n, header) in right.into_iter().enumerate() {
            assert_eq!(rule(&right[..n], header), None, "{n}");
            assert_eq!(rule(&[], header), None, "{n} alone");
        }
        let note = |text: &str| Some((Severity::Note, text.to_string()));
        let warning = |text: &str| Some((Severity::Warning, text.to_string()));
        assert_eq!(rule(&right, DESTINATION), None, "and once more behind the routing header");
        assert_eq!(rule(&[DESTINATION], DESTINATION), note("destination options come twice,"));
        assert_eq!(rule(&[DESTINATION; 2], DESTINATION), warning("destination options stand in"));
        assert_eq!(
            rule(&[DESTINATION, Chain::ROUTING, DESTINATION], DESTINATION),
            warning("destination options stand in")
        );
        for before in right {
            assert_eq!(rule(&[before], Chain::HOP_BY_HOP), warning("hop-by-hop options stand right"));
        }
        for header in &right[2..] {
            assert_eq!(rule(&[*header], *header), warning("the header stands in"));
        }
        assert_eq!(rule(&[Chain::FRAGMENT], Chain::ROUTING), note("the header comes later"));
        assert_eq!(rule(&[Chain::AUTHENTICATION], Chain::ROUTING), note("the header comes later"));
        assert_eq!(rule(&[Chain::AUTHENTICATION], Chain::FRAGMENT), note("the header comes later"));
    }

    #[test]
    fn what_is_reserved_is_reported_unless_it_is_zero() {
        const RESERVED: &Field = &Field::floating("unused", "", Kind::Bytes, "").reserved();
        const OTHER: &Field = &Field::floating("used", "", Kind::Bytes, "");
        let found = |field, value| {
            let mut found = Vec::new();
            let mut report = |_: Option<&Field>, _: Span, reason| found.push(reason);
            Inspector { report: &mut report }.field(field, Span::new(0, 1), value);
            found
        };
        for zero in [Value::Uint(0), Value::Bool(false), Value::Bytes(&[0; 9]), Value::Bytes(&[])] {
            assert_eq!(found(RESERVED, zero), []);
        }
        for (value, number) in [
            (Value::Uint(7), 7),
            (Value::Bool(true), 1),
            (Value::Bytes(&[0, 0, 1, 2, 0]), 0x1_0200),
            (Value::Bytes(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 0x0102_0304_0506_0708),
        ] {
            assert_eq!(
                (found(RESERVED, value), found(OTHER, value)),
                (std::vec![Reason::Reserved(number)], Vec::new())
            );
        }
        let name = |bytes| Value::Name(crate::Name::new(bytes, 0));
        assert_eq!(found(OTHER, name(b"\x01a\0")), []);
        assert_eq!(found(OTHER, name(b"\xc0\0")), [Reason::Name(NameError::ForwardPointer)]);
    }

    #[test]
    fn only_tables_with_something_to_look_at_are_looked_at() {
        const PLAIN: Field = Field::floating("plain", "", Kind::Uint, "");
        const RESERVED: Field = Field::floating("unused", "", Kind::Uint, "").reserved();
        const NAME: Field = Field::floating("name", "", Kind::Name, "");
        const NAMES: Field = Field::floating("names", "", Kind::List(&Kind::Name), "");
        for (tables, cares) in [
            (&[][..], false),
            (&[&[PLAIN][..], &[]], false),
            (&[&[PLAIN, RESERVED]], true),
            (&[&[PLAIN], &[PLAIN, NAME]], true),
            (&[&[NAMES, PLAIN]], true),
        ] {
            assert_eq!(Inspector::cares(tables), cares);
        }
    }
}
