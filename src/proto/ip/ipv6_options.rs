//! Options of the hop-by-hop and destination options headers: RFC 8200 §4.2, and later ones in the IANA registry.

use crate::layer::rules;
use crate::layer::{LayerContext, Report};
use crate::proto::ip::ipv4_options::router_alert;
use crate::proto::{QuickStartFunction, QuickStartRate};
use crate::wire::Schema;
use crate::wire::{
    ByteSink, Codec, Counted, Cursor, ITEM, Tagged, TaggedEnum, Text, TlvItem, TlvLayout, Tlvs, show_rows, tagged_enum,
};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, U24, Value, Visitor, flags, header, put_bits, registry};
use core::net::Ipv6Addr;

rules! {
    /// Rules of the options in hop-by-hop and destination options headers.
    pub enum Ipv6OptionRule {
        Unassigned = Note "ipv6.options.unassigned" "the type of the option is not assigned (IANA)",
        OnlyPadding = Note "ipv6.options.only_padding" "the header has padding, and no option (RFC 8200 §4.2)",
        OptionHopByHopOnly = Warning "ipv6.options.hop_by_hop_only"
            "the option is only valid in a hop-by-hop options header",
        OptionDestinationOnly = Warning "ipv6.options.destination_only"
            "the option is only valid in a destination options header",
        PaddingNotZero = Note "ipv6.options.padding_not_zero" "the padding is not zero (RFC 8200 §4.2)",
        PaddingTooLong = Note "ipv6.options.padding_too_long"
            "padding of more than 7 bytes is never needed (RFC 4942 §2.1.9.5)",
        JumboTooShort = Error "ipv6.options.jumbo_too_short"
            "the jumbo payload length must be greater than 65,535 (RFC 2675 §3)",
        JumboPayloadLength = Error "ipv6.options.jumbo_with_payload_length"
            "the payload length in the IPv6 header must be zero in a jumbogram (RFC 2675 §3)",
        CalipsoCompartmentLength = Error "ipv6.options.calipso_compartment_length"
            "the compartment length does not match the compartment bitmap (RFC 5570 §5.1.3)",
    }
}

tagged_enum! {
    /// An option of the hop-by-hop and destination options headers, RFC 8200 §4.2. The number is the first byte;
    /// [`Ipv6OptionType`] splits it into its parts.
    pub enum Ipv6Option<'a>: "type", "ipv6.opt.type", "options", length "ipv6.opt.length" {
        Pad1 = 0x00 "Pad1" {}
        PadN = 0x01 "PadN" {
            /// Should be zero, RFC 8200 §4.2.
            padding: &'a [u8], "ipv6.opt.padn";
        }
        TunnelEncapsulationLimit = 0x04 "tunnel encapsulation limit" {
            /// Number of further encapsulations allowed, RFC 2473 §4.1.1.
            limit: u8, "ipv6.opt.tel";
        }
        RouterAlert = 0x05 "router alert" {
            /// Router alert value, RFC 2711 §2.1.
            value: Ipv6RouterAlert, "ipv6.opt.router_alert";
        }
        Calipso = 0x07 "CALIPSO" {
            /// Domain, level and checksum of the label, RFC 5570 §5.1.
            label: Calipso, "ipv6.opt.calipso";
            /// Bitmap of compartments.
            compartments: &'a [u8], "ipv6.opt.calipso.cmpt_bitmap";
        }
        SmfDpd = 0x08 "SMF_DPD" {
            /// Kind of duplicate detection, RFC 6621 §6.1.1.
            fixed: SmfDpd, "ipv6.opt.smf_dpd";
            /// Tagger identifier and packet identifier, or the rest of the hash.
            identifier: &'a [u8], "ipv6.opt.smf_dpd.ident";
        }
        PerformanceMetrics = 0x0f "performance and diagnostic metrics" {
            /// Packet sequence numbers and time deltas, RFC 8250 §3.2.
            metrics: PerformanceMetrics, "ipv6.opt.pdm";
        }
        Ioam = 0x11 "IOAM" {
            /// Reserved.
            reserved: u8, "ipv6.opt.ioam.rsv", reserved;
            /// Data recorded by the nodes on the path, RFC 9486 §3.
            option: Tagged<'a, IoamOption<'a>>, "ipv6.opt.ioam";
        }
        AltMark = 0x12 "AltMark" {
            /// Flow identifier and marking bits, RFC 9343 §3.1.
            mark: AltMark, "ipv6.opt.altmark";
        }
        Experiment00 = 0x1e "experiment" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        Rpl = 0x23 "RPL" {
            /// RPL instance, rank and flags, RFC 9008 §3 and RFC 6553 §3.
            information: RplPacketInformation, "ipv6.opt.rpl";
            /// Further options.
            suboptions: Option<&'a [u8]>, "ipv6.opt.rpl.suboptions";
        }
        QuickStart = 0x26 "Quick-Start" {
            /// Rate requested by the sender, RFC 4782 §3.1.
            request: Ipv6QuickStart, "ipv6.opt.qs";
        }
        MinimumPathMtu = 0x30 "minimum path MTU" {
            /// MTUs of the path, RFC 9268 §5.
            mtu: MinimumPathMtu, "ipv6.opt.pmtu";
        }
        IoamChanging = 0x31 "IOAM, changed on the way" {
            /// Reserved.
            reserved: u8, "ipv6.opt.ioam.rsv", reserved;
            /// Data recorded by the nodes on the path, RFC 9486 §3.
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
            /// RPL instance, rank and flags, RFC 6553 §3.
            information: RplPacketInformation, "ipv6.opt.rpl";
            /// Further options.
            suboptions: Option<&'a [u8]>, "ipv6.opt.rpl.suboptions";
        }
        Mpl = 0x6d "MPL" {
            /// Sequence number and flags of the message, RFC 7731 §6.1.
            fixed: Mpl, "ipv6.opt.mpl";
            /// Seed identifier, if it is not the source address.
            seed: Option<&'a [u8]>, "ipv6.opt.mpl.seed_id";
        }
        Experiment11 = 0x7e "experiment, changed on the way" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
        EndpointIdentification = 0x8a "endpoint identification (deprecated)" {
            /// Contents of the Nimrod option; not parsed.
            data: &'a [u8], "ipv6.opt.endpoint";
        }
        IlnpNonce = 0x8b "ILNP nonce" {
            /// Nonce of the ILNP session, RFC 6744 §2.
            nonce: &'a [u8], "ipv6.opt.ilnp_nonce";
        }
        LineIdentification = 0x8c "line identification" {
            /// Identifier of the subscriber's line, RFC 6788 §5.
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
            /// Length in bytes of everything after the IPv6 header, RFC 2675 §2.
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
            /// Sequence number and flags, RFC 6971 §8.
            forwarding: DepthFirst, "ipv6.opt.dff";
        }
        Experiment31 = 0xfe "experiment, changed on the way" {
            /// Contents, RFC 4727 §3.2.
            data: &'a [u8], "ipv6.opt.experimental";
        }
    }
}

/// Writes padding options with a total length of `bytes`.
pub(crate) fn pad(bytes: usize, out: &mut dyn ByteSink) {
    match bytes {
        0 => {}
        1 => out.put(&[0]),
        _ => {
            out.put(&[1, bytes as u8 - 2]);
            (2..bytes).for_each(|_| out.put(&[0]));
        }
    }
}

impl TlvItem for Ipv6Option<'_> {
    const LAYOUT: TlvLayout = TlvLayout { lone: &[0], ..TlvLayout::BYTES };
    const KIND_BITS: &'static [Field] = Ipv6OptionType::FIELDS;
}

registry! {
    /// Action of a node that does not recognize the option, RFC 8200 §4.2.
    pub enum Ipv6OptionAction: u8 {
        Skip = 0 "skip the option",
        Discard = 1 "discard the packet",
        DiscardAndTell = 2 "discard the packet and tell the source",
        DiscardAndTellUnlessMulticast = 3 "discard the packet and tell the source, unless sent to a group",
    }
}

header! {
    /// Parts of an option number, which apply to unknown options too; RFC 8200 §4.2.
    ///
    /// ```
    /// use packetsmith::proto::ip::{Ipv6OptionAction, Ipv6OptionType};
    /// let kind = Ipv6OptionType::new([0x63]);
    /// assert_eq!(kind.action(), Ipv6OptionAction::Discard);
    /// assert!(kind.change());
    /// ```
    pub struct Ipv6OptionType(1) => Ipv6OptionTypeEdit {
        /// Action of a node that does not recognize the option.
        action: Ipv6OptionAction = 0..2, "ipv6.opt.type.action";
        /// The option data may change on the path.
        change: bool = 2..3, "ipv6.opt.type.change";
        /// The remaining five bits of the number.
        number: u8 = 3..8, "ipv6.opt.type.rest", hex;
    }
}

router_alert! {
    /// Values of the IPv6 router alert (IANA, RFC 2711 and 5350).
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
    pub struct Calipso(8) => CalipsoEdit {
        /// Domain of interpretation of the label.
        domain: u32 = 0..32, "ipv6.opt.calipso.doi";
        /// Length of the compartment bitmap in units of 4 bytes.
        compartment_length: u8 = 32..40, "ipv6.opt.calipso.cmpt.length", words, computed;
        /// Sensitivity level.
        level: u8 = 40..48, "ipv6.opt.calipso.sens_level";
        /// CRC-16 of the option.
        checksum: u16 = 48..64, "ipv6.opt.calipso.checksum", hex;
    }
}

header! {
    /// First byte of the duplicate packet detection option of simplified multicast forwarding, RFC 6621 §6.1.1.
    pub struct SmfDpd(1) => SmfDpdEdit {
        /// H: the option contains a hash, which starts with the other bits of this byte.
        hash: bool = 0..1, "ipv6.opt.smf_dpd.hash_bit";
        /// Tagger identifier type: 0 none, 1 default, 2 IPv4 address, 3 IPv6 address.
        tagger_type: u8 = 1..4, "ipv6.opt.smf_dpd.tid_type";
        /// Length of the tagger identifier in bytes, minus 1.
        tagger_length: u8 = 4..8, "ipv6.opt.smf_dpd.tid_len";
    }
}

header! {
    /// Performance and diagnostic metrics, RFC 8250 §3.2.
    pub struct PerformanceMetrics(10) => PerformanceMetricsEdit {
        /// Scale of [`delta_received`](Self::delta_received), as a power of two.
        scale_received: u8 = 0..8, "ipv6.opt.pdm.scale_dtlr";
        /// Scale of [`delta_sent`](Self::delta_sent), as a power of two.
        scale_sent: u8 = 8..16, "ipv6.opt.pdm.scale_dtls";
        /// Sequence number of this packet.
        this_packet: u16 = 16..32, "ipv6.opt.pdm.psn_this_pkt";
        /// Sequence number of the packet received last.
        last_received: u16 = 32..48, "ipv6.opt.pdm.psn_last_recv";
        /// Time since the last packet was received, in attoseconds before scaling.
        delta_received: u16 = 48..64, "ipv6.opt.pdm.delta_last_recv";
        /// Time since the last packet was sent, in attoseconds before scaling.
        delta_sent: u16 = 64..80, "ipv6.opt.pdm.delta_last_sent";
    }
}

header! {
    /// Alternate marking, RFC 9343 §3.1.
    pub struct AltMark(4) => AltMarkEdit {
        /// Flow monitoring identifier.
        flow: u32 = 0..20, "ipv6.opt.altmark.flow_mon_id", hex;
        /// L: loss measurement mark.
        loss: bool = 20..21, "ipv6.opt.altmark.l";
        /// D: delay measurement mark.
        delay: bool = 21..22, "ipv6.opt.altmark.d";
        /// Reserved.
        reserved: u16 = 22..32, "ipv6.opt.altmark.reserved", reserved;
    }
}

flags! {
    /// Flags of RPL packet information, RFC 6553 §3.
    pub struct RplPacketFlags: u8 {
        /// O: the packet is travelling down the DODAG.
        DOWN = 0x80, "O", "ipv6.opt.rpl.flag.o";
        /// R: the sender's rank did not fit the direction.
        RANK_ERROR = 0x40, "R", "ipv6.opt.rpl.flag.r";
        /// F: a router could not forward the packet down the DODAG.
        FORWARDING_ERROR = 0x20, "F", "ipv6.opt.rpl.flag.f";
    }
}

header! {
    /// RPL packet information, RFC 6553 §3.
    pub struct RplPacketInformation(4) => RplPacketInformationEdit {
        /// Direction and error flags.
        flags: RplPacketFlags = 0..8, "ipv6.opt.rpl.flag", hex;
        /// RPL instance identifier.
        instance: u8 = 8..16, "ipv6.opt.rpl.instance_id", hex;
        /// Rank of the router that forwarded the packet last.
        sender_rank: u16 = 16..32, "ipv6.opt.rpl.sender_rank", hex;
    }
}

header! {
    /// A Quick-Start rate request or report of the approved rate, RFC 4782 §3.1.
    pub struct Ipv6QuickStart(6) => Ipv6QuickStartEdit {
        /// Function: rate request or report.
        function: QuickStartFunction = 0..4, "ipv6.opt.qs_func";
        /// Rate requested or approved.
        rate: QuickStartRate = 4..8, "ipv6.opt.qs_rate";
        /// QS TTL: decremented by approving routers, like the hop limit. Unused in a report.
        ttl: u8 = 8..16, "ipv6.opt.qs_ttl";
        /// Random number with which the sender checks that routers are honest.
        nonce: u32 = 16..46, "ipv6.opt.qs_nonce", hex;
        /// Reserved.
        reserved: u8 = 46..48, "ipv6.opt.qs_reserved", reserved;
    }
}

header! {
    /// Minimum path MTU option, RFC 9268 §5.
    pub struct MinimumPathMtu(4) => MinimumPathMtuEdit {
        /// Smallest MTU on the path so far, in bytes.
        minimum: u16 = 0..16, "ipv6.opt.pmtu.min", bytes;
        /// Smallest MTU received by the other end, in units of 2 bytes.
        returned: u16 = 16..31, "ipv6.opt.pmtu.rtn";
        /// R: requests the other end to return the MTU that it received.
        reply: bool = 31..32, "ipv6.opt.pmtu.r_flag";
    }
}

registry! {
    /// Lengths of the seed identifier, RFC 7731 §6.1.
    pub enum MplSeed: u8 {
        Source = 0 "the IPv6 source address",
        Bits16 = 1 "16 bits",
        Bits64 = 2 "64 bits",
        Bits128 = 3 "128 bits",
    }
}

header! {
    /// Fixed part of an MPL option (multicast protocol for low-power networks), RFC 7731 §6.1.
    pub struct Mpl(2) => MplEdit {
        /// Length of the seed identifier.
        seed_length: MplSeed = 0..2, "ipv6.opt.mpl.flag.s";
        /// M: this is the largest sequence number of the seed.
        max: bool = 2..3, "ipv6.opt.mpl.flag.m";
        /// Version: always zero.
        version: bool = 3..4, "ipv6.opt.mpl.flag.v";
        /// Reserved.
        reserved: u8 = 4..8, "ipv6.opt.mpl.flag.rsv", reserved;
        /// Sequence number of the message.
        sequence: u8 = 8..16, "ipv6.opt.mpl.sequence";
    }
}

header! {
    /// Depth-first forwarding option, RFC 6971 §8.
    pub struct DepthFirst(3) => DepthFirstEdit {
        /// Version: always zero.
        version: u8 = 0..2, "ipv6.opt.dff.flag.ver";
        /// DUP: the packet was sent again because no acknowledgment arrived.
        duplicate: bool = 2..3, "ipv6.opt.dff.flag.dup";
        /// RET: the packet was returned by the next hop.
        returned: bool = 3..4, "ipv6.opt.dff.flag.ret";
        /// Reserved.
        reserved: u8 = 4..8, "ipv6.opt.dff.flag.rsv", reserved;
        /// Sequence number of the packet.
        sequence: u16 = 8..24, "ipv6.opt.dff.sequence_number";
    }
}

flags! {
    /// IOAM trace type, RFC 9197 §4.4.1: the data that each node records. Of the 24 bits, bit 0 is the highest.
    pub struct IoamTraceType: u32 {
        /// Hop limit and node identifier, 4 bytes.
        NODE = 0x80_0000, "hop limit and node", "ipv6.opt.ioam.trace.type.bit0";
        /// Ingress and egress interface, 2 bytes each.
        INTERFACES = 0x40_0000, "interfaces", "ipv6.opt.ioam.trace.type.bit1";
        /// Seconds of the time of receipt.
        SECONDS = 0x20_0000, "timestamp seconds", "ipv6.opt.ioam.trace.type.bit2";
        /// Fraction of the second of the time of receipt.
        FRACTION = 0x10_0000, "timestamp fraction", "ipv6.opt.ioam.trace.type.bit3";
        /// Time that the packet spent in the node.
        TRANSIT_DELAY = 0x08_0000, "transit delay", "ipv6.opt.ioam.trace.type.bit4";
        /// Namespace-specific data, 4 bytes.
        NAMESPACE_DATA = 0x04_0000, "namespace data", "ipv6.opt.ioam.trace.type.bit5";
        /// Queue length.
        QUEUE_DEPTH = 0x02_0000, "queue depth", "ipv6.opt.ioam.trace.type.bit6";
        /// Checksum complement, which keeps transport checksums valid.
        CHECKSUM_COMPLEMENT = 0x01_0000, "checksum complement", "ipv6.opt.ioam.trace.type.bit7";
        /// Hop limit and node identifier, 8 bytes.
        NODE_WIDE = 0x00_8000, "hop limit and node, wide", "ipv6.opt.ioam.trace.type.bit8";
        /// Ingress and egress interface, 4 bytes each.
        INTERFACES_WIDE = 0x00_4000, "interfaces, wide", "ipv6.opt.ioam.trace.type.bit9";
        /// Namespace-specific data, 8 bytes.
        NAMESPACE_DATA_WIDE = 0x00_2000, "namespace data, wide", "ipv6.opt.ioam.trace.type.bit10";
        /// Buffer occupancy.
        BUFFER_OCCUPANCY = 0x00_1000, "buffer occupancy", "ipv6.opt.ioam.trace.type.bit11";
        /// Opaque state snapshot of variable length.
        OPAQUE_STATE = 0x00_0002, "opaque state snapshot", "ipv6.opt.ioam.trace.type.bit22";
    }
}

header! {
    /// Fixed part of an IOAM trace, RFC 9197 §4.4.1.
    pub struct IoamTrace(8) => IoamTraceEdit {
        /// Namespace that defines the meaning of the data.
        namespace: u16 = 0..16, "ipv6.opt.ioam.trace.ns";
        /// Length of the data of each node in units of 4 bytes, without the opaque state snapshot.
        node_length: u8 = 16..21, "ipv6.opt.ioam.trace.nodelen", words, computed;
        /// O: overflow; the option had no room left.
        overflow: bool = 21..22, "ipv6.opt.ioam.trace.flag.o";
        /// L: loopback; nodes return a copy of the packet to the source.
        loopback: bool = 22..23, "ipv6.opt.ioam.trace.flag.l";
        /// A: active measurement packet.
        active: bool = 23..24, "ipv6.opt.ioam.trace.flag.a";
        /// Reserved.
        reserved_flag: bool = 24..25, "ipv6.opt.ioam.trace.flag.rsv", reserved;
        /// Remaining room in units of 4 bytes.
        remaining: u8 = 25..32, "ipv6.opt.ioam.trace.remlen", words, computed;
        /// Trace type: bitmap of the data that each node records.
        trace_type: IoamTraceType = 32..56, "ipv6.opt.ioam.trace.type", hex;
        /// Reserved.
        trace_reserved: u8 = 56..64, "ipv6.opt.ioam.trace.rsv", reserved;
    }
}

/// Declares a numeric field of the node data.
const fn node(name: &'static str, filter: &'static str, doc: &'static str) -> Field {
    Field::floating(name, filter, Kind::Uint, doc)
}

/// Node data fields in wire order, RFC 9197 §4.4.2: trace type bit, length in bytes and field.
const NODE_ROWS: &[(u32, usize, Field)] = &[
    (0x80_0000, 1, node("hop_limit", "ipv6.opt.ioam.trace.node.hlim", "Hop limit.")),
    (0x80_0000, 3, node("node", "ipv6.opt.ioam.trace.node.id", "Node identifier.").hex()),
    (0x40_0000, 2, node("interface_in", "ipv6.opt.ioam.trace.node.iif", "Ingress interface identifier.")),
    (0x40_0000, 2, node("interface_out", "ipv6.opt.ioam.trace.node.eif", "Egress interface identifier.")),
    (0x20_0000, 4, node("seconds", "ipv6.opt.ioam.trace.node.tss", "Time of receipt: seconds.")),
    (0x10_0000, 4, node("fraction", "ipv6.opt.ioam.trace.node.tsf", "Time of receipt: fraction of a second.")),
    (
        0x08_0000,
        4,
        node(
            "transit_delay",
            "ipv6.opt.ioam.trace.node.trdelay",
            "Transit delay in nanoseconds; highest bit: overflow.",
        ),
    ),
    (0x04_0000, 4, node("namespace_data", "ipv6.opt.ioam.trace.node.nsdata", "Namespace-specific data.").hex()),
    (0x02_0000, 4, node("queue_depth", "ipv6.opt.ioam.trace.node.qdepth", "Length of the egress queue.")),
    (0x01_0000, 4, node("checksum_complement", "ipv6.opt.ioam.trace.node.csum", "Checksum complement.").hex()),
    (0x00_8000, 1, node("hop_limit", "ipv6.opt.ioam.trace.node.hlim", "Hop limit.")),
    (0x00_8000, 7, node("node_wide", "ipv6.opt.ioam.trace.node.id_wide", "Node identifier.").hex()),
    (0x00_4000, 4, node("interface_in_wide", "ipv6.opt.ioam.trace.node.iif_wide", "Ingress interface identifier.")),
    (0x00_4000, 4, node("interface_out_wide", "ipv6.opt.ioam.trace.node.eif_wide", "Egress interface identifier.")),
    (
        0x00_2000,
        8,
        node("namespace_data_wide", "ipv6.opt.ioam.trace.node.nsdata_wide", "Namespace-specific data.").hex(),
    ),
    (0x00_1000, 4, node("buffer_occupancy", "ipv6.opt.ioam.trace.node.bufoccup", "Buffer occupancy.")),
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

const UNDEFINED: Field =
    node("undefined", "ipv6.opt.ioam.trace.node.undefined", "Data of an undefined trace type bit.").hex();
const FREE: &Field =
    &Field::floating("free_space", "ipv6.opt.ioam.trace.free_space", Kind::Bytes, "Free space for further nodes.");
const NODES: &Field = &Field::floating(
    "nodes",
    "ipv6.opt.ioam.trace.node",
    Kind::List(&Kind::Group),
    "Data of the nodes, the last node first.",
);
const NODES_REST: &Field =
    &Field::floating("rest", "ipv6.opt.ioam.trace.rest", Kind::Bytes, "Bytes that are not complete node data.");
const OPAQUE: &[Field] = &[
    Field::floating(
        "opaque_length",
        "ipv6.opt.ioam.trace.node.oss.len",
        Kind::Uint,
        "Length of the snapshot in units of 4 bytes.",
    )
    .of_bits(8)
    .words()
    .computed(),
    Field::floating("schema", "ipv6.opt.ioam.trace.node.oss.scid", Kind::Uint, "Schema identifier of the snapshot.")
        .of_bits(24),
    Field::floating("opaque_data", "ipv6.opt.ioam.trace.node.oss.data", Kind::Bytes, "Opaque state snapshot."),
];

/// All node data fields, for the declaration of variable fields.
const NODE_FIELDS: &[Field] = &{
    let mut fields = [UNDEFINED; NODE_ROWS.len()];
    let mut i = 0;
    while i < fields.len() {
        fields[i] = NODE_ROWS[i].2.of_bits(8 * NODE_ROWS[i].1 as u16);
        i += 1;
    }
    fields
};

impl IoamTraceType {
    /// The fields that a node records, with their lengths in bytes.
    fn rows(self) -> impl Iterator<Item = (&'static Field, usize)> {
        NODE_ROWS.iter().filter(move |(bit, ..)| self.0 & bit != 0).map(|(_, length, field)| (field, *length))
    }
}

/// Data recorded by the nodes on the path, RFC 9197 §4.4. A pre-allocated trace is filled from its end.
///
/// ```
/// use packetsmith::Cursor;
/// use packetsmith::proto::ip::IoamRecord;
/// use packetsmith::wire::Codec;
/// // Room for two nodes. One of them recorded 4 bytes: hop limit 64, node 7.
/// let bytes = [0, 0, 0x08, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 64, 0, 0, 7];
/// let record = IoamRecord::<true>::take(&mut Cursor::new(&bytes)).unwrap();
/// assert_eq!(record.nodes().map(|node| node.bytes()).collect::<Vec<_>>(), [[64, 0, 0, 7]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IoamRecord<'a, const PREALLOCATED: bool> {
    /// Trace type: the data that each node records.
    pub fixed: IoamTrace,
    free: Cursor<'a>,
    data: Cursor<'a>,
}

impl<'a, const PREALLOCATED: bool> IoamRecord<'a, PREALLOCATED> {
    /// Splits the data of one node off the front.
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

    /// The data of each node, the last node first.
    pub fn nodes(&self) -> impl Iterator<Item = Cursor<'a>> + use<'a, PREALLOCATED> {
        let (record, mut data) = (*self, self.data);
        core::iter::from_fn(move || record.node(&mut data))
    }
}

/// A length in units of 4 bytes.
fn words(field: &'static Field, have: usize) -> Result<usize, FieldError> {
    match have.is_multiple_of(4) {
        true => Ok(have / 4),
        false => Err(FieldError::at(field, ValueError::NotWhole { have, unit: 4 })),
    }
}

/// Writes a length in bytes into a row that counts units of 4 bytes.
fn put_length(field: &'static Field, bytes: usize, header: &mut [u8; 8]) -> Result<(), FieldError> {
    let (number, max) = (words(field, bytes)? as u64, (1 << field.bits().len()) - 1);
    if number > max {
        return Err(FieldError::at(field, ValueError::TooLarge { number, max }));
    }
    put_bits(header, field.bits(), number);
    Ok(())
}

impl<'a, const PREALLOCATED: bool> Codec<'a> for IoamRecord<'a, PREALLOCATED> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: IoamTrace::FIELDS,
        nested: &[
            &Schema { fields: &[*FREE, *NODES, *NODES_REST], ..Schema::EMPTY },
            &Schema::of(NODE_FIELDS),
            &Schema::of(OPAQUE),
        ],
        ..Schema::EMPTY
    };
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
    fn emit(&self, out: &mut dyn ByteSink) {
        self.fixed.emit(out);
        out.put(self.free.bytes());
        out.put(self.data.bytes());
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        let unset = builder.fixed::<8>(IoamTrace::FIELDS)?;
        let trace_type = IoamTrace::new(builder.header::<8>(at)).trace_type();
        let free = builder.len();
        builder.bytes(FREE)?;
        let free = if PREALLOCATED { builder.len() - free } else { 0 };
        // Lengths that are not set: of the data of a node, as its type says, and of the room for further nodes.
        let node = trace_type.rows().map(|(_, length)| length).sum();
        let rows = [(IoamTrace::row("node_length"), node), (IoamTrace::row("remaining"), free)];
        let mut bytes = builder.header::<8>(at);
        for (row, length) in rows.into_iter().filter(|(row, _)| unset >> row & 1 == 1) {
            put_length(&IoamTrace::FIELDS[usize::from(row)], length, &mut bytes)?;
        }
        builder.patch(at, 8, u64::from_be_bytes(bytes));
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
                let (at, given) = (builder.len(), builder.given(length, 1)?);
                builder.number(schema, 3)?;
                let start = builder.len();
                builder.bytes(data)?;
                if given.is_none() {
                    let words = words(length, builder.len() - start)?;
                    builder.compute(length, (at, 1), words, u8::MAX.into())?;
                }
            }
        }
        builder.source.close()
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        builder.has_any(IoamTrace::FIELDS)
    }
}

tagged_enum! {
    /// IOAM option types, RFC 9197 §4.
    pub enum IoamOption<'a>: "option_type", "ipv6.opt.ioam.opt_type", "IOAM data" {
        PreallocatedTrace = 0 "pre-allocated trace" {
            /// Data recorded by each node, RFC 9197 §4.4.
            trace: IoamRecord<'a, true>, "ipv6.opt.ioam.trace";
        }
        IncrementalTrace = 1 "incremental trace" {
            /// Data recorded by each node, RFC 9197 §4.4.
            trace: IoamRecord<'a, false>, "ipv6.opt.ioam.trace";
        }
        ProofOfTransit = 2 "proof of transit" {
            /// Namespace that defines the meaning of the data, RFC 9197 §4.5.
            namespace: u16, "ipv6.opt.ioam.pot.ns";
            /// Type of the proof of transit.
            pot_type: u8, "ipv6.opt.ioam.pot.type";
            /// Flags.
            flags: u8, "ipv6.opt.ioam.pot.flags", hex;
            /// Proof of transit data.
            data: &'a [u8], "ipv6.opt.ioam.pot.data";
        }
        EdgeToEdge = 3 "edge to edge" {
            /// Namespace that defines the meaning of the data, RFC 9197 §4.6.
            namespace: u16, "ipv6.opt.ioam.e2e.ns";
            /// Bitmap of the data recorded.
            e2e_type: u16, "ipv6.opt.ioam.e2e.type", hex;
            /// Data recorded by the encapsulating node.
            data: &'a [u8], "ipv6.opt.ioam.e2e.data";
        }
        DirectExport = 4 "direct export" {
            /// Namespace that defines the meaning of the data, RFC 9326 §3.2.
            namespace: u16, "ipv6.opt.ioam.dex.ns";
            /// Flags.
            flags: u8, "ipv6.opt.ioam.dex.flags", hex;
            /// Bitmap of the optional fields that are present.
            extension_flags: u8, "ipv6.opt.ioam.dex.extflags", hex;
            /// Bitmap of the data that each node exports.
            trace_type: U24, "ipv6.opt.ioam.dex.type", hex;
            /// Reserved.
            export_reserved: u8, "ipv6.opt.ioam.dex.rsv", reserved;
            /// Flow identifier and sequence number, if the extension flags are set.
            optional: Option<&'a [u8]>, "ipv6.opt.ioam.dex.optional";
        }
    }
}

pub(crate) const RAW: &str = "Contents of experimental options, and of options without a published specification.";

pub(crate) const OPTIONS: &Field =
    &Field::floating("options", "ipv6.opt", Kind::List(&Kind::Group), "Options, RFC 8200 §4.2.");

/// The header that an option is restricted to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Home {
    HopByHop,
    Destination,
}

/// The header that an option is restricted to, if any.
fn home(kind: u16) -> Option<Home> {
    match kind {
        0x05 | 0x23 | 0x26 | 0x30 | 0x63 | 0x6d | 0xc2 => Some(Home::HopByHop),
        0x04 | 0x0f | 0x8b | 0x8c | 0xc9 => Some(Home::Destination),
        _ => None,
    }
}

/// Reports issues in the options of a header.
pub(crate) fn check<'a>(
    options: Tlvs<'a, Ipv6Option<'a>>,
    context: &LayerContext<'a>,
    here: Home,
    report: &mut Report<'_>,
) {
    let pads = |kind: u16| kind <= 1;
    if !context.quoted
        && options.items().next().is_some()
        && options.items().all(|item| item.is_ok_and(|item| pads(item.kind)))
    {
        report(Some(OPTIONS), context.header_span(), Ipv6OptionRule::OnlyPadding.into());
    }
    for item in options.items().flatten() {
        let mut rule = |rule: Ipv6OptionRule| report(Some(OPTIONS), item.span, rule.into());
        match home(item.kind) {
            Some(Home::HopByHop) if here != Home::HopByHop => {
                rule(Ipv6OptionRule::OptionHopByHopOnly);
            }
            Some(Home::Destination) if here != Home::Destination => {
                rule(Ipv6OptionRule::OptionDestinationOnly);
            }
            _ => {}
        }
        if Ipv6Option::name_of(item.kind).is_none() {
            rule(Ipv6OptionRule::Unassigned);
        }
        match Ipv6Option::decode(item.kind, item.contents) {
            Ipv6Option::PadN { padding } => {
                if padding.iter().any(|&b| b != 0) {
                    rule(Ipv6OptionRule::PaddingNotZero);
                }
                if padding.len() > 5 {
                    rule(Ipv6OptionRule::PaddingTooLong);
                }
            }
            Ipv6Option::JumboPayload { payload_length: length } => {
                let network = context.addresses;
                let ip = Span::new(network.header + 4, network.header + 6).of(context.frame);
                if length <= 65535 {
                    rule(Ipv6OptionRule::JumboTooShort);
                }
                if network.size == 16 && ip != [0, 0] {
                    rule(Ipv6OptionRule::JumboPayloadLength);
                }
            }
            Ipv6Option::Calipso { label, compartments }
                if usize::from(label.compartment_length()) * 4 != compartments.len() =>
            {
                rule(Ipv6OptionRule::CalipsoCompartmentLength);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::layer::IssueKind;
    use crate::layer::NextProtocol;

    fn decode(bytes: &[u8]) -> Ipv6Option<'_> {
        Tlvs::new(bytes).iter().next().unwrap()
    }

    fn issues(protocol: u8, options: &[u8]) -> Vec<IssueKind> {
        let mut bytes = vec![59, 0];
        bytes.extend(options);
        assert_eq!(bytes.len(), 8);
        let mut found = Vec::new();
        for layer in Examine::new(Layers::new(NextProtocol::IpProtocol(protocol), &bytes)) {
            layer.issues(|issue| found.push(issue.kind));
        }
        found
    }

    #[test]
    fn padding_is_zero_and_short() {
        let only = Ipv6OptionRule::OnlyPadding.into();
        assert_eq!(issues(60, &[1, 4, 0, 0, 0, 0]), [only]);
        assert_eq!(issues(60, &[1, 4, 0, 9, 0, 0]), [only, Ipv6OptionRule::PaddingNotZero.into()]);
        assert_eq!(issues(60, &[0; 6]), [only]);
        assert_eq!(issues(60, &[1, 0, 0x3b, 0, 1, 0]), [Ipv6OptionRule::Unassigned.into()]);
    }

    #[test]
    fn a_jumbo_payload_is_a_hop_by_hop_option_above_65535() {
        assert_eq!(issues(0, &[0xc2, 4, 0, 1, 0, 0]), []);
        assert_eq!(issues(60, &[0xc2, 4, 0, 1, 0, 0]).len(), 1);
        assert_eq!(issues(0, &[0xc2, 4, 0, 0, 255, 255]).len(), 1);
    }

    #[test]
    fn reserved_bits_in_an_option_are_zero() {
        assert_eq!(issues(60, &[0x12, 4, 0, 0, 0x1c, 0]), []);
        assert_eq!(issues(60, &[0x12, 4, 0, 0, 0x1e, 1]), [IssueKind::Reserved(0x201)]);
    }

    #[test]
    fn values_in_a_range_have_its_name() {
        let Ipv6Option::RouterAlert { value } = decode(&[5, 2, 0, 36]) else { panic!() };
        assert_eq!(value.name(), Some("QoS NSLP aggregation level"));
    }

    #[test]
    fn lengths_of_an_ioam_trace_follow_from_its_type_and_its_nodes() {
        let trace = |option: &str, trace: &str| {
            let text = ["ipv6 / hop_by_hop options=[{type=0x31 option_type=", option, " ", trace, "}]"].concat();
            let bytes = text.parse::<crate::packet::Packet>().unwrap_or_else(|error| panic!("{text}: {error}")).build();
            bytes.unwrap_or_else(|error| panic!("{text}: {error}"))[46..].to_vec()
        };
        let node = "trace_type=0xc00000 nodes=[{hop_limit=64 node=7 interface_in=1 interface_out=2}]";
        let bytes = trace("1", node);
        assert_eq!(bytes[..8], [0, 0, 0x10, 0, 0xc0, 0, 0, 0], "two units of 4 bytes for each node");
        assert_eq!(bytes[8..16], [64, 0, 0, 7, 0, 1, 0, 2]);
        let bytes = trace("0", &["free_space=0000000000000000 ", node].concat());
        assert_eq!(bytes[..8], [0, 0, 0x10, 2, 0xc0, 0, 0, 0], "and of free space");
        let bytes = trace("1", &["node_length=7 remaining=5 ", node].concat());
        assert_eq!(bytes[..4], [0, 0, 0x38, 5], "set means verbatim");
        let bytes = trace("1", "trace_type=0x000002 nodes=[{schema=9 opaque_data=0102030405060708}]");
        assert_eq!(bytes[..12], [0, 0, 0, 0, 0, 0, 2, 0, 2, 0, 0, 9], "the snapshot has two units of 4 bytes");
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
    fn ioam_nodes_record_the_data_of_the_trace_type() {
        // Two nodes with hop limit and node, interfaces, and a snapshot: one of one word, one empty.
        let fixed = [0x31, 34, 0, 1, 0, 7, 0x10, 0, 0xc0, 0, 2, 0];
        let nodes = [63, 0, 0, 2, 0, 5, 0, 6, 1, 0, 0, 9, 1, 2, 3, 4, 64, 0, 0, 1, 0, 3, 0, 4, 0, 0, 0, 9];
        let bytes = [&fixed[..], &nodes[..24]].concat();
        let Ipv6Option::IoamChanging { option, .. } = decode(&bytes) else { panic!() };
        let IoamOption::IncrementalTrace { trace } = option.get() else { panic!() };
        assert_eq!(trace.nodes().map(|node| node.bytes().len()).collect::<Vec<_>>(), [16], "the second is truncated");
        let mut shown = Shown(Vec::new());
        let mut bytes = [&fixed[..], &nodes].concat();
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
        let mut rebuilt = crate::packet::Packet::new(crate::dissect::examine(101, &packet));
        assert_eq!(rebuilt.build().unwrap(), packet, "{}", rebuilt.form);
        assert_eq!(rebuilt.raw().len(), 0, "{}", rebuilt.form);
        bytes[6] = 0x18;
        shown.0.clear();
        Tlvs::<Ipv6Option>::new(&bytes).show_items(&mut shown);
        assert_eq!(shown.0.last(), Some(&("rest", 28)), "a node length of 3 words is not what the type says");
    }

    /// Collects names with their numbers, or with the lengths of their bytes.
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
