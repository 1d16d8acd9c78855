//! Options of the hop-by-hop and destination options headers: RFC 8200 §4.2 and IANA's registry of those
//! that came later.

use super::ipv4_options::router_alert;
use super::{QuickStartFunction, QuickStartRate};
use crate::field::{Field, Kind, Registry, Span, U24, Value, Visitor, flags, header, registry};
use crate::layer::{Place, Reason, Report, Severity};
use crate::part::{
    Counted, Cursor, Framed, Framing, ITEM, Part, Put, Tagged, Text, Tlvs, Variants, show_rows, variants,
};
use crate::source::{Builder, Mistake};
use core::net::Ipv6Addr;

variants! {
    /// An option of the hop-by-hop and destination options headers, RFC 8200 §4.2. The number is the whole
    /// first byte: [`Ipv6OptionType`] tells its parts.
    pub enum Ipv6Option<'a>: "type", "ipv6.opt.type" {
        Pad1 = 0x00 "Pad1" {}
        PadN = 0x01 "PadN" {
            /// Should be zero, RFC 8200 §4.2.
            padding: &'a [u8], "ipv6.opt.padn";
        }
        TunnelEncapsulationLimit = 0x04 "tunnel encapsulation limit" {
            /// How many tunnels the packet may still enter, RFC 2473 §4.1.1.
            limit: u8, "ipv6.opt.tel";
        }
        RouterAlert = 0x05 "router alert" {
            /// What the packet is about, RFC 2711 §2.1.
            value: Ipv6RouterAlert, "ipv6.opt.router_alert";
        }
        Calipso = 0x07 "CALIPSO" {
            /// How secret the packet is, RFC 5570 §5.1.
            label: Calipso, "ipv6.opt.calipso";
            /// Compartments, one bit each.
            compartments: &'a [u8], "ipv6.opt.calipso.cmpt_bitmap";
        }
        SmfDpd = 0x08 "SMF_DPD" {
            /// What tells duplicates, RFC 6621 §6.1.1.
            fixed: SmfDpd, "ipv6.opt.smf_dpd";
            /// Tagger and identifier, or the rest of the hash.
            identifier: &'a [u8], "ipv6.opt.smf_dpd.ident";
        }
        PerformanceMetrics = 0x0f "performance and diagnostic metrics" {
            /// Sequence numbers and times, RFC 8250 §3.2.
            metrics: PerformanceMetrics, "ipv6.opt.pdm";
        }
        Ioam = 0x11 "IOAM" {
            /// Reserved.
            reserved: u8, "ipv6.opt.ioam.rsv", reserved;
            /// What the nodes on the way recorded, or are to, RFC 9486 §3.
            option: Tagged<'a, IoamOption<'a>>, "ipv6.opt.ioam";
        }
        AltMark = 0x12 "AltMark" {
            /// Which flow is measured, and the marks, RFC 9343 §3.1.
            mark: AltMark, "ipv6.opt.altmark";
        }
        Experiment00 = 0x1e "experiment" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        Rpl = 0x23 "RPL" {
            /// Where the packet goes in its DODAG, RFC 9008 §3 and RFC 6553 §3.
            information: RplPacketInformation, "ipv6.opt.rpl";
            /// More options.
            suboptions: Option<&'a [u8]>, "ipv6.opt.rpl.suboptions";
        }
        QuickStart = 0x26 "Quick-Start" {
            /// The rate that the sender asks for, RFC 4782 §3.1.
            request: Ipv6QuickStart, "ipv6.opt.qs";
        }
        MinimumPathMtu = 0x30 "minimum path MTU" {
            /// What the way takes, RFC 9268 §5.
            mtu: MinimumPathMtu, "ipv6.opt.pmtu";
        }
        IoamChanging = 0x31 "IOAM, changed on the way" {
            /// Reserved.
            reserved: u8, "ipv6.opt.ioam.rsv", reserved;
            /// What the nodes on the way recorded, or are to, RFC 9486 §3.
            option: Tagged<'a, IoamOption<'a>>, "ipv6.opt.ioam";
        }
        Experiment01 = 0x3e "experiment, changed on the way" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        Deprecated4d = 0x4d "deprecated" {
            /// Contents, RFC 7731 §13.
            data: &'a [u8], "ipv6.opt.deprecated";
        }
        Experiment10 = 0x5e "experiment" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        RplOld = 0x63 "RPL (deprecated number)" {
            /// Where the packet goes in its DODAG, RFC 6553 §3.
            information: RplPacketInformation, "ipv6.opt.rpl";
            /// More options.
            suboptions: Option<&'a [u8]>, "ipv6.opt.rpl.suboptions";
        }
        Mpl = 0x6d "MPL" {
            /// Which message of its seed it is, RFC 7731 §6.1.
            fixed: Mpl, "ipv6.opt.mpl";
            /// Who sent the message first, if not the source.
            seed: Option<&'a [u8]>, "ipv6.opt.mpl.seed_id";
        }
        Experiment11 = 0x7e "experiment, changed on the way" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        EndpointIdentification = 0x8a "endpoint identification (deprecated)" {
            /// Contents of Nimrod.
            data: &'a [u8], "ipv6.opt.endpoint";
        }
        IlnpNonce = 0x8b "ILNP nonce" {
            /// Random number of the session, RFC 6744 §2.
            nonce: &'a [u8], "ipv6.opt.ilnp_nonce";
        }
        LineIdentification = 0x8c "line identification" {
            /// The subscriber's line, RFC 6788 §5.
            line: Counted<Text<'a>>, "ipv6.opt.lio.line_id";
        }
        Experiment20 = 0x9e "experiment" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        Experiment21 = 0xbe "experiment, changed on the way" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        JumboPayload = 0xc2 "jumbo payload" {
            /// Length of what follows the IPv6 header, RFC 2675 §2.
            payload_length: u32, "ipv6.opt.jumbo", bytes;
        }
        HomeAddress = 0xc9 "home address" {
            /// The mobile node's home address, RFC 6275 §6.3.
            address: Ipv6Addr, "ipv6.opt.mipv6.home_address";
        }
        Experiment30 = 0xde "experiment" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        DepthFirst = 0xee "depth-first forwarding" {
            /// Which packet it is, and whether it came back, RFC 6971 §8.
            forwarding: DepthFirst, "ipv6.opt.dff";
        }
        Experiment31 = 0xfe "experiment, changed on the way" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
    }
}

/// Fills bytes up with padding options.
pub(super) fn pad(bytes: usize, out: &mut dyn Put) {
    match bytes {
        0 => {}
        1 => out.put(&[0]),
        _ => {
            out.put(&[1, bytes as u8 - 2]);
            (2..bytes).for_each(|_| out.put(&[0]));
        }
    }
}

impl Framed for Ipv6Option<'_> {
    const FRAMING: Framing = Framing { lone: &[0], ..Framing::BYTES };
    const KIND_BITS: &'static [Field] = Ipv6OptionType::FIELDS;
}

registry! {
    /// What a node does that does not know an option, RFC 8200 §4.2.
    pub enum Ipv6OptionAction: u8 {
        Skip = 0 "skip the option",
        Discard = 1 "discard the packet",
        DiscardAndTell = 2 "discard the packet and tell the source",
        DiscardAndTellUnlessMulticast = 3 "discard the packet and tell the source, unless sent to a group",
    }
}

header! {
    /// The parts of an option's number, which tell something even of an unknown one; RFC 8200 §4.2.
    ///
    /// ```
    /// use packetsmith::{Ipv6OptionAction, Ipv6OptionType};
    /// let kind = Ipv6OptionType::new([0x63]);
    /// assert_eq!(kind.action(), Ipv6OptionAction::Discard);
    /// assert!(kind.change());
    /// ```
    pub struct Ipv6OptionType(1) {
        /// What a node does that does not know the option.
        action: Ipv6OptionAction = 0..2, "ipv6.opt.type.action";
        /// The contents may change on the way.
        change: bool = 2..3, "ipv6.opt.type.change";
        /// The rest of the number.
        number: u8 = 3..8, "ipv6.opt.type.rest", hex;
    }
}

router_alert! {
    /// What a packet with IPv6's router alert is about: IANA's registry, RFC 2711 and 5350.
    pub struct Ipv6RouterAlert {
        0..=0 "MLD",
        1..=1 "RSVP",
        2..=2 "active networks",
        3..=3 "reserved",
        4..=35 "aggregated reservation nesting level",
        36..=67 "QoS NSLP aggregation level",
        68..=68 "NSIS NATFW NSLP",
        69..=69 "MPLS OAM",
        65503..=65534 "experimental",
        65535..=65535 "reserved",
    }
}

header! {
    /// Fixed part of a CALIPSO label, RFC 5570 §5.1.
    pub struct Calipso(8) {
        /// Domain that gives the label its meaning.
        domain: u32 = 0..32, "ipv6.opt.calipso.doi";
        /// Length of the compartments, in 32-bit words.
        compartment_length: u8 = 32..40, "ipv6.opt.calipso.cmpt.length", words, derived;
        /// Sensitivity level.
        level: u8 = 40..48, "ipv6.opt.calipso.sens_level";
        /// CRC-16 of the option.
        checksum: u16 = 48..64, "ipv6.opt.calipso.checksum", hex;
    }
}

header! {
    /// First byte of simplified multicast forwarding's duplicate detection, RFC 6621 §6.1.1.
    pub struct SmfDpd(1) {
        /// What follows is a hash, these bits its first.
        hash: bool = 0..1, "ipv6.opt.smf_dpd.hash_bit";
        /// Kind of tagger: 0 none, 1 default, 2 IPv4 address, 3 IPv6 address.
        tagger_type: u8 = 1..4, "ipv6.opt.smf_dpd.tid_type";
        /// Bytes of the tagger, less one.
        tagger_length: u8 = 4..8, "ipv6.opt.smf_dpd.tid_len";
    }
}

header! {
    /// Performance and diagnostic metrics, RFC 8250 §3.2.
    pub struct PerformanceMetrics(10) {
        /// Scale of [`delta_received`](Self::delta_received): a power of two.
        scale_received: u8 = 0..8, "ipv6.opt.pdm.scale_dtlr";
        /// Scale of [`delta_sent`](Self::delta_sent): a power of two.
        scale_sent: u8 = 8..16, "ipv6.opt.pdm.scale_dtls";
        /// Number of this packet.
        this_packet: u16 = 16..32, "ipv6.opt.pdm.psn_this_pkt";
        /// Number of the packet received last.
        last_received: u16 = 32..48, "ipv6.opt.pdm.psn_last_recv";
        /// Time since the last packet was received, in attoseconds.
        delta_received: u16 = 48..64, "ipv6.opt.pdm.delta_last_recv";
        /// Time since the last packet was sent, in attoseconds.
        delta_sent: u16 = 64..80, "ipv6.opt.pdm.delta_last_sent";
    }
}

header! {
    /// Alternate marking, RFC 9343 §3.1.
    pub struct AltMark(4) {
        /// Flow that is measured.
        flow: u32 = 0..20, "ipv6.opt.altmark.flow_mon_id", hex;
        /// Mark to count losses by.
        loss: bool = 20..21, "ipv6.opt.altmark.l";
        /// Mark to measure delays by.
        delay: bool = 21..22, "ipv6.opt.altmark.d";
        /// Reserved.
        reserved: u16 = 22..32, "ipv6.opt.altmark.reserved", reserved;
    }
}

flags! {
    /// Flags of RPL packet information, RFC 6553 §3.
    pub struct RplPacketFlags: u8 {
        /// The packet goes down.
        DOWN = 0x80, "O", "ipv6.opt.rpl.flag.o";
        /// A rank did not fit the direction.
        RANK_ERROR = 0x40, "R", "ipv6.opt.rpl.flag.r";
        /// A router could not forward the packet down.
        FORWARDING_ERROR = 0x20, "F", "ipv6.opt.rpl.flag.f";
    }
}

header! {
    /// Where a packet goes in its DODAG, RFC 6553 §3.
    pub struct RplPacketInformation(4) {
        /// Direction and errors.
        flags: RplPacketFlags = 0..8, "ipv6.opt.rpl.flag", hex;
        /// Which RPL instance.
        instance: u8 = 8..16, "ipv6.opt.rpl.instance_id", hex;
        /// Rank of who forwarded the packet last.
        sender_rank: u16 = 16..32, "ipv6.opt.rpl.sender_rank", hex;
    }
}

header! {
    /// A rate that is asked for, or reported as approved; RFC 4782 §3.1.
    pub struct Ipv6QuickStart(6) {
        /// Request or report.
        function: QuickStartFunction = 0..4, "ipv6.opt.qs_func";
        /// The rate.
        rate: QuickStartRate = 4..8, "ipv6.opt.qs_rate";
        /// Counted down like the hop limit by routers that approve; unused in a report.
        ttl: u8 = 8..16, "ipv6.opt.qs_ttl";
        /// Random number that shows the routers to be honest.
        nonce: u32 = 16..46, "ipv6.opt.qs_nonce", hex;
        /// Reserved.
        reserved: u8 = 46..48, "ipv6.opt.qs_reserved", reserved;
    }
}

header! {
    /// What the way takes, RFC 9268 §5.
    pub struct MinimumPathMtu(4) {
        /// Smallest MTU on the way so far.
        minimum: u16 = 0..16, "ipv6.opt.pmtu.min", bytes;
        /// Smallest MTU that the other end was told, in units of 2 bytes.
        returned: u16 = 16..31, "ipv6.opt.pmtu.rtn";
        /// The other end is to tell what it was told.
        reply: bool = 31..32, "ipv6.opt.pmtu.r_flag";
    }
}

registry! {
    /// How long the seed is, RFC 7731 §6.1.
    pub enum MplSeed: u8 {
        Source = 0 "the IPv6 source address",
        Bits16 = 1 "16 bits",
        Bits64 = 2 "64 bits",
        Bits128 = 3 "128 bits",
    }
}

header! {
    /// Fixed part of a multicast protocol option, RFC 7731 §6.1.
    pub struct Mpl(2) {
        /// How long the seed is.
        seed_length: MplSeed = 0..2, "ipv6.opt.mpl.flag.s";
        /// No message of the seed has a higher number.
        max: bool = 2..3, "ipv6.opt.mpl.flag.m";
        /// Zero.
        version: bool = 3..4, "ipv6.opt.mpl.flag.v";
        /// Reserved.
        reserved: u8 = 4..8, "ipv6.opt.mpl.flag.rsv", reserved;
        /// Number of the message.
        sequence: u8 = 8..16, "ipv6.opt.mpl.sequence";
    }
}

header! {
    /// Depth-first forwarding, RFC 6971 §8.
    pub struct DepthFirst(3) {
        /// Zero.
        version: u8 = 0..2, "ipv6.opt.dff.flag.ver";
        /// The packet was sent again after no acknowledgment came.
        duplicate: bool = 2..3, "ipv6.opt.dff.flag.dup";
        /// The packet came back from a dead end.
        returned: bool = 3..4, "ipv6.opt.dff.flag.ret";
        /// Reserved.
        reserved: u8 = 4..8, "ipv6.opt.dff.flag.rsv", reserved;
        /// Number of the packet.
        sequence: u16 = 8..24, "ipv6.opt.dff.sequence_number";
    }
}

flags! {
    /// What each node writes, RFC 9197 §4.4.1: of 24 bits, the first is the highest.
    pub struct IoamTraceType: u32 {
        /// Hop limit and node, 4 bytes.
        NODE = 0x80_0000, "hop limit and node", "ipv6.opt.ioam.trace.type.bit0";
        /// Interfaces in and out, 2 bytes each.
        INTERFACES = 0x40_0000, "interfaces", "ipv6.opt.ioam.trace.type.bit1";
        /// Seconds of the time that the packet came in.
        SECONDS = 0x20_0000, "timestamp seconds", "ipv6.opt.ioam.trace.type.bit2";
        /// Fraction of that time.
        FRACTION = 0x10_0000, "timestamp fraction", "ipv6.opt.ioam.trace.type.bit3";
        /// How long the packet was in the node.
        TRANSIT_DELAY = 0x08_0000, "transit delay", "ipv6.opt.ioam.trace.type.bit4";
        /// Data of the namespace, 4 bytes.
        NAMESPACE_DATA = 0x04_0000, "namespace data", "ipv6.opt.ioam.trace.type.bit5";
        /// Length of the queue.
        QUEUE_DEPTH = 0x02_0000, "queue depth", "ipv6.opt.ioam.trace.type.bit6";
        /// What keeps checksums right.
        CHECKSUM_COMPLEMENT = 0x01_0000, "checksum complement", "ipv6.opt.ioam.trace.type.bit7";
        /// Hop limit and node, 8 bytes.
        NODE_WIDE = 0x00_8000, "hop limit and node, wide", "ipv6.opt.ioam.trace.type.bit8";
        /// Interfaces in and out, 4 bytes each.
        INTERFACES_WIDE = 0x00_4000, "interfaces, wide", "ipv6.opt.ioam.trace.type.bit9";
        /// Data of the namespace, 8 bytes.
        NAMESPACE_DATA_WIDE = 0x00_2000, "namespace data, wide", "ipv6.opt.ioam.trace.type.bit10";
        /// How full the buffers are.
        BUFFER_OCCUPANCY = 0x00_1000, "buffer occupancy", "ipv6.opt.ioam.trace.type.bit11";
        /// A snapshot of any length.
        OPAQUE_STATE = 0x00_0002, "opaque state snapshot", "ipv6.opt.ioam.trace.type.bit22";
    }
}

header! {
    /// Fixed part of an IOAM trace, RFC 9197 §4.4.1.
    pub struct IoamTrace(8) {
        /// Namespace that gives the data a meaning.
        namespace: u16 = 0..16, "ipv6.opt.ioam.trace.ns";
        /// Length of each node's data, in 32-bit words.
        node_length: u8 = 16..21, "ipv6.opt.ioam.trace.nodelen", words;
        /// O: no room was left.
        overflow: bool = 21..22, "ipv6.opt.ioam.trace.flag.o";
        /// L: the packet is a copy that returns to the source.
        loopback: bool = 22..23, "ipv6.opt.ioam.trace.flag.l";
        /// A: the packet is just to measure.
        active: bool = 23..24, "ipv6.opt.ioam.trace.flag.a";
        /// Reserved.
        reserved_flag: bool = 24..25, "ipv6.opt.ioam.trace.flag.rsv", reserved;
        /// Room that is left, in 32-bit words.
        remaining: u8 = 25..32, "ipv6.opt.ioam.trace.remlen", words;
        /// What each node writes, one bit each.
        trace_type: IoamTraceType = 32..56, "ipv6.opt.ioam.trace.type", hex;
        /// Reserved.
        trace_reserved: u8 = 56..64, "ipv6.opt.ioam.trace.rsv", reserved;
    }
}

/// Describes a number of a node.
const fn node(name: &'static str, filter: &'static str, doc: &'static str) -> Field {
    Field::floating(name, filter, Kind::Uint, doc)
}

/// What a node may write, RFC 9197 §4.4.2, in this order: the bit that says so, and the length.
const NODE_ROWS: &[(u32, usize, Field)] = &[
    (0x80_0000, 1, node("hop_limit", "ipv6.opt.ioam.trace.node.hlim", "Hop limit.")),
    (0x80_0000, 3, node("node", "ipv6.opt.ioam.trace.node.id", "Which node.").hex()),
    (0x40_0000, 2, node("interface_in", "ipv6.opt.ioam.trace.node.iif", "Interface that the packet came in by.")),
    (0x40_0000, 2, node("interface_out", "ipv6.opt.ioam.trace.node.eif", "Interface that it went out by.")),
    (0x20_0000, 4, node("seconds", "ipv6.opt.ioam.trace.node.tss", "When it came in: seconds.")),
    (0x10_0000, 4, node("fraction", "ipv6.opt.ioam.trace.node.tsf", "When it came in: fraction of a second.")),
    (
        0x08_0000,
        4,
        node("transit_delay", "ipv6.opt.ioam.trace.node.trdelay", "Nanoseconds in the node; highest bit: more."),
    ),
    (0x04_0000, 4, node("namespace_data", "ipv6.opt.ioam.trace.node.nsdata", "What the namespace defines.").hex()),
    (0x02_0000, 4, node("queue_depth", "ipv6.opt.ioam.trace.node.qdepth", "Length of the queue that it left.")),
    (0x01_0000, 4, node("checksum_complement", "ipv6.opt.ioam.trace.node.csum", "Keeps checksums right.").hex()),
    (0x00_8000, 1, node("hop_limit", "ipv6.opt.ioam.trace.node.hlim", "Hop limit.")),
    (0x00_8000, 7, node("node_wide", "ipv6.opt.ioam.trace.node.id_wide", "Which node.").hex()),
    (0x00_4000, 4, node("interface_in_wide", "ipv6.opt.ioam.trace.node.iif_wide", "Interface that it came in by.")),
    (0x00_4000, 4, node("interface_out_wide", "ipv6.opt.ioam.trace.node.eif_wide", "Interface that it went out by.")),
    (
        0x00_2000,
        8,
        node("namespace_data_wide", "ipv6.opt.ioam.trace.node.nsdata_wide", "What the namespace defines.").hex(),
    ),
    (0x00_1000, 4, node("buffer_occupancy", "ipv6.opt.ioam.trace.node.bufoccup", "How full the buffers are.")),
    (0x00_0800, 4, UNDEFINED),
    (0x00_0400, 4, UNDEFINED),
    (0x00_0200, 4, UNDEFINED),
    (0x00_0100, 4, UNDEFINED),
    (0x00_0080, 4, UNDEFINED),
    (0x00_0040, 4, UNDEFINED),
    (0x00_0020, 4, UNDEFINED),
    (0x00_0010, 4, UNDEFINED),
    (0x00_0008, 4, UNDEFINED),
    (0x00_0004, 4, UNDEFINED),
];

const UNDEFINED: Field = node("undefined", "ipv6.opt.ioam.trace.node.undefined", "Nothing defined yet.").hex();
const FREE: &Field =
    &Field::floating("free_space", "ipv6.opt.ioam.trace.free_space", Kind::Bytes, "Room for nodes to come.");
const NODES: &Field = &Field::floating(
    "nodes",
    "ipv6.opt.ioam.trace.node",
    Kind::List(&Kind::Group),
    "What nodes wrote, the last first.",
);
const NODES_REST: &Field =
    &Field::floating("rest", "ipv6.opt.ioam.trace.rest", Kind::Bytes, "Bytes that are no whole node's data.");
const OPAQUE: &[Field] = &[
    Field::floating("opaque_length", "ipv6.opt.ioam.trace.node.oss.len", Kind::Uint, "Length of the snapshot.").words(),
    Field::floating("schema", "ipv6.opt.ioam.trace.node.oss.scid", Kind::Uint, "What gives the snapshot a meaning."),
    Field::floating("opaque_data", "ipv6.opt.ioam.trace.node.oss.data", Kind::Bytes, "The snapshot."),
];

/// The rows of a node's data, to be declared.
const NODE_FIELDS: &[Field] = &{
    let mut fields = [UNDEFINED; NODE_ROWS.len()];
    let mut i = 0;
    while i < fields.len() {
        fields[i] = NODE_ROWS[i].2;
        i += 1;
    }
    fields
};

impl IoamTraceType {
    /// The rows that a node writes, each with its length.
    fn rows(self) -> impl Iterator<Item = (&'static Field, usize)> {
        NODE_ROWS.iter().filter(move |(bit, ..)| self.0 & bit != 0).map(|(_, length, field)| (field, *length))
    }
}

/// What the nodes on a packet's way wrote, RFC 9197 §4.4. Where room for it was there from the start,
/// it is filled from its end.
///
/// ```
/// use packetsmith::{Cursor, IoamRecord, part::Part};
/// // Room for two nodes, of which one wrote 4 bytes: hop limit 64, node 7.
/// let bytes = [0, 0, 0x08, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 7];
/// let record = IoamRecord::<true>::take(&mut Cursor::new(&bytes)).unwrap();
/// assert_eq!(record.nodes().map(|node| node.bytes()).collect::<Vec<_>>(), [[64, 0, 0, 7]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IoamRecord<'a, const PREALLOCATED: bool> {
    /// What each node writes.
    pub fixed: IoamTrace,
    free: Cursor<'a>,
    data: Cursor<'a>,
}

impl<'a, const PREALLOCATED: bool> IoamRecord<'a, PREALLOCATED> {
    /// Takes one node's data off the front.
    fn node(&self, data: &mut Cursor<'a>) -> Option<Cursor<'a>> {
        let declared = usize::from(self.fixed.node_length()) * 4;
        let mut length = self.fixed.trace_type().rows().map(|(_, length)| length).sum();
        if length != declared {
            return None;
        }
        if self.fixed.trace_type().contains(IoamTraceType::OPAQUE_STATE) {
            length += 4 + usize::from(*data.bytes().get(length)?) * 4;
        }
        data.split(length).filter(|node| !node.is_empty())
    }

    /// The data of each node, the last node's first.
    pub fn nodes(&self) -> impl Iterator<Item = Cursor<'a>> + use<'a, PREALLOCATED> {
        let (record, mut data) = (*self, self.data);
        core::iter::from_fn(move || record.node(&mut data))
    }
}

impl<'a, const PREALLOCATED: bool> Part<'a> for IoamRecord<'a, PREALLOCATED> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let fixed = IoamTrace::take(cursor)?;
        let room = if PREALLOCATED { usize::from(fixed.remaining()) * 4 } else { 0 };
        let free = cursor.split(room.min(cursor.bytes().len()))?;
        Some(IoamRecord { fixed, free, data: cursor.rest() })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.fixed.show(field, span, visitor);
        if !self.free.is_empty() {
            visitor.field(FREE, self.free.span(), Value::Bytes(self.free.bytes()));
        }
        let mut data = self.data;
        if data.is_empty() {
            return;
        }
        visitor.open(NODES, data.span());
        while let Some(node) = self.node(&mut data) {
            visitor.open(ITEM, node.span());
            let mut opaque = show_rows(self.fixed.trace_type().rows(), node, visitor);
            for (field, length) in OPAQUE.iter().zip([1, 3, opaque.bytes().len().saturating_sub(4)]) {
                if let (Some(part), false) = (opaque.split(length), length == 0)
                    && let Some(value) = Value::of_bytes(field.kind, part.bytes())
                {
                    visitor.field(field, part.span(), value);
                }
            }
            visitor.close();
        }
        if !data.is_empty() {
            visitor.open(ITEM, data.span());
            visitor.field(NODES_REST, data.span(), Value::Bytes(data.bytes()));
            visitor.close();
        }
        visitor.close();
    }
    fn emit(&self, out: &mut dyn Put) {
        self.fixed.emit(out);
        out.put(self.free.bytes());
        out.put(self.data.bytes());
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        builder.fixed::<8>(IoamTrace::FIELDS)?;
        let fixed: Option<&[u8; 8]> = builder.out.written().get(at..).and_then(|bytes| bytes.first_chunk());
        let trace_type = fixed.map_or(IoamTraceType(0), |bytes| IoamTrace::new(*bytes).trace_type());
        builder.bytes(FREE)?;
        if !builder.source.open(NODES)? {
            return Ok(());
        }
        while builder.source.next()? {
            if builder.source.has(NODES_REST) {
                builder.bytes(NODES_REST)?;
                continue;
            }
            for (field, length) in trace_type.rows() {
                builder.number(field, length)?;
            }
            if let ([length, schema, data], true) = (OPAQUE, trace_type.contains(IoamTraceType::OPAQUE_STATE)) {
                builder.number(length, 1)?;
                builder.number(schema, 3)?;
                builder.bytes(data)?;
            }
        }
        builder.source.close()
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        IoamTrace::FIELDS.iter().any(|field| builder.source.has(field))
    }
}

variants! {
    /// What the nodes on a packet's way record, RFC 9197 §4.
    pub enum IoamOption<'a>: "option_type", "ipv6.opt.ioam.opt_type" {
        PreallocatedTrace = 0 "pre-allocated trace" {
            /// What each node wrote, RFC 9197 §4.4.
            trace: IoamRecord<'a, true>, "ipv6.opt.ioam.trace";
        }
        IncrementalTrace = 1 "incremental trace" {
            /// What each node wrote, RFC 9197 §4.4.
            trace: IoamRecord<'a, false>, "ipv6.opt.ioam.trace";
        }
        ProofOfTransit = 2 "proof of transit" {
            /// Namespace that gives the data a meaning, RFC 9197 §4.5.
            namespace: u16, "ipv6.opt.ioam.pot.ns";
            /// How the proof is made.
            pot_type: u8, "ipv6.opt.ioam.pot.type";
            /// Flags.
            flags: u8, "ipv6.opt.ioam.pot.flags", hex;
            /// The proof.
            data: &'a [u8], "ipv6.opt.ioam.pot.data";
        }
        EdgeToEdge = 3 "edge to edge" {
            /// Namespace that gives the data a meaning, RFC 9197 §4.6.
            namespace: u16, "ipv6.opt.ioam.e2e.ns";
            /// What is recorded, one bit each.
            e2e_type: u16, "ipv6.opt.ioam.e2e.type", hex;
            /// What was recorded.
            data: &'a [u8], "ipv6.opt.ioam.e2e.data";
        }
        DirectExport = 4 "direct export" {
            /// Namespace that gives the data a meaning, RFC 9326 §3.2.
            namespace: u16, "ipv6.opt.ioam.dex.ns";
            /// Flags.
            flags: u8, "ipv6.opt.ioam.dex.flags", hex;
            /// Which optional parts are there.
            extension_flags: u8, "ipv6.opt.ioam.dex.extflags", hex;
            /// What each node exports, one bit each.
            trace_type: U24, "ipv6.opt.ioam.dex.type", hex;
            /// Reserved.
            export_reserved: u8, "ipv6.opt.ioam.dex.rsv", reserved;
            /// Flow and sequence number, as the extension flags say.
            optional: Option<&'a [u8]>, "ipv6.opt.ioam.dex.optional";
        }
    }
}

pub(super) const VARIANTS: &[(&str, &Registry)] =
    &[("options", Ipv6Option::REGISTRY), ("IOAM data", IoamOption::REGISTRY)];
pub(super) const RAW: &str = "The contents of experimental options, and of those that no document describes.";
pub(super) const VARIABLE: &[&[Field]] = &[
    &[*OPTIONS, *Ipv6Option::KIND, *IoamOption::KIND, *FREE, *NODES, *NODES_REST],
    NODE_FIELDS,
    OPAQUE,
    Ipv6Option::FIELDS,
    Ipv6OptionType::FIELDS,
    Calipso::FIELDS,
    SmfDpd::FIELDS,
    PerformanceMetrics::FIELDS,
    AltMark::FIELDS,
    RplPacketInformation::FIELDS,
    Ipv6QuickStart::FIELDS,
    MinimumPathMtu::FIELDS,
    Mpl::FIELDS,
    DepthFirst::FIELDS,
    IoamTrace::FIELDS,
    IoamOption::FIELDS,
];

pub(super) const OPTIONS: &Field =
    &Field::floating("options", "ipv6.opt", Kind::List(&Kind::Group), "Options, RFC 8200 §4.2.");

/// The option that a hop-by-hop header must hold alone, or a destination options header.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    HopByHop,
    Destination,
}

/// Where an option belongs that does not belong in both headers.
fn home(kind: u16) -> Option<Home> {
    match kind {
        0x05 | 0x23 | 0x26 | 0x30 | 0x63 | 0x6d | 0xc2 => Some(Home::HopByHop),
        0x04 | 0x0f | 0x8b | 0x8c | 0xc9 => Some(Home::Destination),
        _ => None,
    }
}

/// Reports what is wrong with the options of a header.
pub(super) fn check<'a>(options: Tlvs<'a, Ipv6Option<'a>>, place: &Place<'a>, here: Home, report: &mut Report<'_>) {
    options.check(OPTIONS, report);
    for item in options.items().flatten() {
        let mut rule = |severity, text| report(Some(OPTIONS), item.span, Reason::Rule(severity, text));
        match home(item.kind) {
            Some(Home::HopByHop) if here != Home::HopByHop => {
                rule(Severity::Warning, "the option belongs in the hop-by-hop options header");
            }
            Some(Home::Destination) if here != Home::Destination => {
                rule(Severity::Warning, "the option belongs in the destination options header");
            }
            _ => {}
        }
        match Ipv6Option::decode(item.kind, item.contents) {
            Ipv6Option::PadN { padding } => {
                if padding.iter().any(|&b| b != 0) {
                    rule(Severity::Note, "padding is not zero (RFC 8200 §4.2)");
                }
                if padding.len() > 5 {
                    rule(Severity::Note, "padding of more than 7 bytes is never needed (RFC 4942 §2.1.9.5)");
                }
            }
            Ipv6Option::JumboPayload { payload_length: length } => {
                let network = place.context.network;
                let ip = Span::new(network.header + 4, network.header + 6).of(place.context.frame);
                if length <= 65535 {
                    rule(Severity::Error, "a jumbo payload is longer than 65,535 bytes (RFC 2675 §3)");
                }
                if network.size == 16 && ip != [0, 0] {
                    rule(Severity::Error, "a jumbogram's payload length in the IPv6 header is zero (RFC 2675 §3)");
                }
            }
            Ipv6Option::Calipso { label, compartments }
                if usize::from(label.compartment_length()) * 4 != compartments.len() =>
            {
                rule(Severity::Error, "the compartments are not as long as their length says (RFC 5570 §5.1.3)");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Examine, Layers, Next};

    fn decode(bytes: &[u8]) -> Ipv6Option<'_> {
        Tlvs::new(bytes).iter().next().unwrap()
    }

    fn issues(protocol: u8, options: &[u8]) -> Vec<Reason> {
        let mut bytes = vec![59, 0];
        bytes.extend(options);
        assert_eq!(bytes.len(), 8);
        let mut found = Vec::new();
        for layer in Examine::new(Layers::new(Next::IpProtocol(protocol), &bytes)) {
            layer.issues(|issue| found.push(issue.reason));
        }
        found
    }

    #[test]
    fn padding_is_zero_and_short() {
        assert_eq!(issues(60, &[1, 4, 0, 0, 0, 0]), []);
        assert!(matches!(issues(60, &[1, 4, 0, 9, 0, 0])[..], [Reason::Rule(Severity::Note, _)]));
        assert_eq!(issues(60, &[0; 6]), []);
    }

    #[test]
    fn a_jumbo_payload_has_its_place_and_its_least() {
        assert_eq!(issues(0, &[0xc2, 4, 0, 1, 0, 0]), []);
        assert_eq!(issues(60, &[0xc2, 4, 0, 1, 0, 0]).len(), 1);
        assert_eq!(issues(0, &[0xc2, 4, 0, 0, 255, 255]).len(), 1);
    }

    #[test]
    fn reserved_bits_inside_of_an_option_are_zero() {
        assert_eq!(issues(60, &[0x12, 4, 0, 0, 0x1c, 0]), []);
        assert_eq!(issues(60, &[0x12, 4, 0, 0, 0x1e, 1]), [Reason::Reserved(0x201)]);
    }

    #[test]
    fn numbers_in_a_range_have_its_name() {
        let Ipv6Option::RouterAlert { value } = decode(&[5, 2, 0, 36]) else { panic!() };
        assert_eq!(value.name(), Some("QoS NSLP aggregation level"));
    }

    #[test]
    fn ioam_of_an_unknown_type_is_kept() {
        let Ipv6Option::IoamChanging { option, .. } = decode(&[0x31, 4, 0, 99, 1, 2]) else { panic!() };
        assert_eq!(option.get(), IoamOption::Unknown { kind: 99, data: &[1, 2] });
        let trace = [0x31, 10, 0, 0, 0, 7, 0x0a, 3, 0x80, 0, 0, 0];
        let Ipv6Option::IoamChanging { option, .. } = decode(&trace) else { panic!() };
        let IoamOption::PreallocatedTrace { trace } = option.get() else { panic!() };
        let fixed = trace.fixed;
        assert_eq!((fixed.namespace(), fixed.node_length(), fixed.loopback(), fixed.remaining()), (7, 1, true, 3));
        assert_eq!(trace.nodes().count(), 0);
    }

    #[test]
    fn ioam_nodes_write_what_the_trace_type_says() {
        // Two nodes of hop limit and node, interfaces, and a snapshot of one word and of none.
        let head = [0x31, 34, 0, 1, 0, 7, 0x10, 0, 0xc0, 0, 2, 0];
        let nodes = [63, 0, 0, 2, 0, 5, 0, 6, 1, 0, 0, 9, 1, 2, 3, 4, 64, 0, 0, 1, 0, 3, 0, 4, 0, 0, 0, 9];
        let bytes = [&head[..], &nodes[..24]].concat();
        let Ipv6Option::IoamChanging { option, .. } = decode(&bytes) else { panic!() };
        let IoamOption::IncrementalTrace { trace } = option.get() else { panic!() };
        assert_eq!(trace.nodes().map(|node| node.bytes().len()).collect::<Vec<_>>(), [16], "the second breaks off");
        let mut shown = Shown(Vec::new());
        let mut bytes = [&head[..], &nodes].concat();
        bytes[1] += 4;
        Tlvs::<Ipv6Option>::new(&bytes).show_items(&mut shown);
        let expected = [
            ("hop_limit", 63),
            ("node", 2),
            ("interface_in", 5),
            ("interface_out", 6),
            ("opaque_length", 1),
            ("schema", 9),
            ("opaque_data", 4),
            ("hop_limit", 64),
            ("node", 1),
            ("interface_in", 3),
            ("interface_out", 4),
            ("opaque_length", 0),
            ("schema", 9),
        ];
        assert_eq!(shown.0[shown.0.len() - expected.len()..], expected);
        let mut packet =
            [&[0x60, 0, 0, 0, 0, 48, 0, 64][..], &[0xfd; 32], &[59, 5], &bytes, &[1, 4, 0, 0, 0, 0]].concat();
        packet.truncate(88);
        let mut rebuilt = crate::Packet::new(crate::examine(101, &packet));
        assert_eq!(rebuilt.build().unwrap(), packet, "{}", rebuilt.form);
        assert_eq!(rebuilt.raw().len(), 0, "{}", rebuilt.form);
        bytes[6] = 0x18;
        shown.0.clear();
        Tlvs::<Ipv6Option>::new(&bytes).show_items(&mut shown);
        assert_eq!(shown.0.last(), Some(&("rest", 28)), "a node length of 3 words is not what the type says");
    }

    /// Keeps names with their numbers, or with the lengths of bytes.
    struct Shown(Vec<(&'static str, u64)>);

    impl Visitor for Shown {
        fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
            match value {
                Value::Uint(n) => self.0.push((field.name, n)),
                Value::Bytes(bytes) => self.0.push((field.name, bytes.len() as u64)),
                _ => {}
            }
        }
        fn open(&mut self, _: &'static Field, _: Span) {}
        fn close(&mut self) {}
    }
}
