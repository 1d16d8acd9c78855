//! Records of flow samples: what an agent says about a sampled packet.

use super::items::{ENTERPRISE_DATA, LAYOUT, contents_of};
use super::xdr::{
    SflowArray, SflowHeaderBytes, SflowListed, SflowNatDestination, SflowNatSource, SflowNextHop, SflowText,
};
use crate::layer::NextProtocol;
use crate::wire::{Cursor, MacAddr, TlvContents, TlvItem, TlvLayout, flags, group, header, registry, tagged_enum};
use crate::wire::{Field, Kind};
use core::net::{Ipv4Addr, Ipv6Addr};

header! {
    /// Head of a record of a flow sample: `flow_record` in the specification.
    pub struct SflowFlowRecordHead(8) => SflowFlowRecordHeadEdit {
        /// Who defines the format: 0 is the specification, others are enterprise numbers (IANA).
        enterprise: u32 = 0..20, "sflow.enterprise";
        /// Format of the record, which the enterprise defines.
        format: SflowFlowFormat = 20..32, "sflow_245.flow_record_format";
        /// Length of the record in bytes, without these eight bytes.
        length: u32 = 32..64, "sflow_5.flow_data_length", bytes, computed;
    }
}

const VENDOR_FORMAT: &Field =
    &Field::floating("format", "sflow_245.flow_record_format", Kind::Uint, "Format that the enterprise defines.")
        .of_bits(12);

tagged_enum! {
    /// A record of a flow sample: `flow_data` in the specification of sFlow version 5, §5.
    pub enum SflowFlowRecord<'a>: "format", "sflow_245.flow_record_format", "records of flow samples", codes SflowFlowFormat: u16 {
        RawPacketHeader = 1 "raw packet header" {
            /// What the header begins with.
            protocol: SflowHeaderProtocol, "sflow_245.header_protocol";
            /// Length of the packet before it was sampled, in bytes, with the link-layer header and a frame check sequence.
            frame_length: u32, "sflow_245.header.frame_length", bytes;
            /// Number of bytes that were taken off the end of the packet before it was sampled, such as the frame check sequence.
            stripped: u32, "sflow_245.header.payload_stripped", bytes;
            /// The first bytes of the packet.
            header: SflowHeaderBytes<'a>, "sflow_245.header";
        }
        EthernetFrame = 2 "Ethernet frame data" {
            /// What the Ethernet header says.
            frame: SflowEthernetFrame, "";
        }
        Ipv4Data = 3 "IPv4 data" {
            /// Length of the IPv4 packet in bytes.
            length_of_packet: u32, "sflow_245.ip.length", bytes;
            /// IP protocol.
            protocol: u32, "sflow.ip_protocol";
            /// Source address.
            source: Ipv4Addr, "sflow_245.ipv4_src";
            /// Destination address.
            destination: Ipv4Addr, "sflow_245.ipv4_dst";
            /// Source port of TCP or UDP.
            source_port: u32, "sflow_245.ip.source_port";
            /// Destination port of TCP or UDP.
            destination_port: u32, "sflow.ip.destination_port";
            /// Flags of TCP.
            tcp_flags: SflowTcpFlags, "", hex;
            /// Type of service.
            type_of_service: u32, "sflow.ipv4_tos", hex;
        }
        Ipv6Data = 4 "IPv6 data" {
            /// Length of the IPv6 packet in bytes, without the IPv6 header.
            length_of_packet: u32, "sflow_245.ip.length", bytes;
            /// IP protocol.
            protocol: u32, "sflow.ip_protocol";
            /// Source address.
            source: Ipv6Addr, "sflow_245.ipv6_src";
            /// Destination address.
            destination: Ipv6Addr, "sflow_245.ipv6_dst";
            /// Source port of TCP or UDP.
            source_port: u32, "sflow_245.ip.source_port";
            /// Destination port of TCP or UDP.
            destination_port: u32, "sflow.ip.destination_port";
            /// Flags of TCP.
            tcp_flags: SflowTcpFlags, "", hex;
            /// Priority.
            priority: u32, "sflow_245.ipv6_priority";
        }
        ExtendedSwitch = 1001 "extended switch data" {
            /// 802.1Q VLAN in which the packet came.
            vlan_in: u32, "sflow_245.vlan.in";
            /// 802.1p priority with which it came.
            priority_in: u32, "sflow_245.pri.in";
            /// 802.1Q VLAN in which it went.
            vlan_out: u32, "sflow_245.vlan.out";
            /// 802.1p priority with which it went.
            priority_out: u32, "sflow_245.pri.out";
        }
        ExtendedRouter = 1002 "extended router data" {
            /// The next hop.
            next_hop: SflowNextHop, "";
            /// Bits of the prefix of the source's network.
            source_mask: u32, "sflow_245.nexthop.src_mask";
            /// Bits of the prefix of the destination's network.
            destination_mask: u32, "sflow_245.nexthop.dst_mask";
        }
        ExtendedGateway = 1003 "extended gateway data" {
            /// The border router that is the next hop.
            next_hop: SflowNextHop, "";
            /// Number of the router's own autonomous system.
            router_as: u32, "sflow_245.as";
            /// Autonomous system of the source.
            source_as: u32, "sflow_245.srcAS";
            /// Autonomous system of the peer that the source is reached by.
            source_peer_as: u32, "sflow_245.peerAS";
            /// Path of autonomous systems to the destination.
            destination_path: SflowArray<'a, SflowAsSegment<'a>>, "";
            /// Communities of the route.
            communities: SflowArray<'a, u32>, "sflow.communities";
            /// Local preference of the route.
            local_preference: u32, "sflow_245.localpref";
        }
        ExtendedUser = 1004 "extended user data" {
            /// Character set of the source user, a MIBenum number (IANA).
            source_character_set: u32, "sflow_5.extended_user.source_character_set";
            /// User of the source.
            source_user: SflowText<'a>, "sflow_5.extended_user.source_user";
            /// Character set of the destination user.
            destination_character_set: u32, "sflow_5.extended_user.destination_character_set";
            /// User of the destination.
            destination_user: SflowText<'a>, "sflow_5.extended_user.destination_user";
        }
        ExtendedUrl = 1005 "extended URL data" {
            /// Which side of the packet the URL is about.
            direction: SflowUrlDirection, "sflow_5.extended_url.direction";
            /// The URL of the request.
            url: SflowText<'a>, "sflow_5.extended_url.url";
            /// The host of the request.
            host: SflowText<'a>, "sflow_5.extended_url.host";
        }
        ExtendedMpls = 1006 "extended MPLS data" {
            /// The next hop.
            next_hop: SflowNextHop, "";
            /// Label stack with which the packet came.
            labels_in: SflowArray<'a, u32>, "sflow_245.extended_mpls.in_label", hex;
            /// Label stack with which it went.
            labels_out: SflowArray<'a, u32>, "sflow_245.extended_mpls.out_label", hex;
        }
        ExtendedNat = 1007 "extended NAT data" {
            /// Source address after translation.
            source: SflowNatSource, "";
            /// Destination address after translation.
            destination: SflowNatDestination, "";
        }
        ExtendedMplsTunnel = 1008 "extended MPLS tunnel" {
            /// Name of the tunnel.
            name: SflowText<'a>, "sflow_5.extended_mpls_tunnel.tunnel_name";
            /// Identifier of the tunnel.
            tunnel_id: u32, "sflow_5.extended_mpls_tunnel.id";
            /// Class of service of the tunnel.
            class_of_service: u32, "sflow_5.extended_mpls_tunnel.cos_value";
        }
        ExtendedMplsVc = 1009 "extended MPLS virtual circuit" {
            /// Name of the instance.
            name: SflowText<'a>, "sflow_5.extended_mpls_vc.vc_instance_name";
            /// Identifier of the virtual circuit.
            circuit_id: u32, "sflow_5.extended_mpls_vc.id";
            /// Class of service of the label.
            class_of_service: u32, "sflow_5.extended_mpls_vc.label_cos_value";
        }
        ExtendedMplsFec = 1010 "extended MPLS FEC" {
            /// Description of the mapping of a forwarding equivalence class to a next hop.
            description: SflowText<'a>, "sflow_5.extended_mpls.ftn_description";
            /// Mask of the mapping.
            mask: u32, "sflow_5.extended_mpls.ftn_mask";
        }
        ExtendedMplsLvpFec = 1011 "extended MPLS LVP FEC" {
            /// Bits of the prefix.
            prefix_length: u32, "sflow_5.extended_mpls.fec_address_prefix_length";
        }
        ExtendedVlanTunnel = 1012 "extended VLAN tunnel" {
            /// Tags that were taken off, each with its EtherType, the outermost first.
            tags: SflowArray<'a, u32>, "sflow_5.extended_vlan_tunnel.tpid_tci_pair", hex;
        }
    }
}

impl TlvItem for SflowFlowRecord<'_> {
    const LAYOUT: TlvLayout = LAYOUT;
    const HEADER: &'static [Field] = SflowFlowRecordHead::FIELDS;
    const VENDOR_ROWS: &'static [Field] = &[*VENDOR_FORMAT, *ENTERPRISE_DATA];
    fn contents(header: &[u8]) -> TlvContents {
        contents_of(header, VENDOR_FORMAT)
    }
}

impl SflowListed for SflowFlowRecord<'_> {
    const COUNT: &'static Field = &Field::floating(
        "record_count",
        "sflow.flow_sample.flow_record",
        Kind::Uint,
        "Number of records in the sample.",
    )
    .of_bits(32)
    .computed();
}

header! {
    /// What an Ethernet header says: `sampled_ethernet` in the specification. XDR fills each address up to eight bytes.
    pub struct SflowEthernetFrame(24) => SflowEthernetFrameEdit {
        /// Length of the frame in bytes, without the bytes of the link layer below.
        length_of_frame: u32 = 0..32, "sflow_245.ethernet.length", bytes;
        /// Source address.
        source: MacAddr = 32..80, "sflow_245.ethernet.source_mac_address";
        /// Fills the address up.
        source_padding: u16 = 80..96, "", reserved;
        /// Destination address.
        destination: MacAddr = 96..144, "sflow_245.ethernet.destination_mac_address";
        /// Fills the address up.
        destination_padding: u16 = 144..160, "", reserved;
        /// EtherType.
        ethertype: u32 = 160..192, "sflow_245.ethernet.packet_type", hex;
    }
}

group! {
    /// A part of a path of autonomous systems: `as_path_type` in the specification.
    pub struct SflowAsSegment<'a> {
        /// Whether the numbers are in order.
        segment_type: SflowAsSegmentType, "sflow.as_type";
        /// Numbers of autonomous systems.
        numbers: SflowArray<'a, u32>, "sflow_245.dstAS";
    }
}

registry! {
    /// What the header of a sampled packet begins with: `header_protocol` in the specification.
    pub enum SflowHeaderProtocol: u32 {
        Ethernet = 1 "Ethernet",
        TokenBus = 2 "Token Bus",
        TokenRing = 3 "Token Ring",
        Fddi = 4 "FDDI",
        FrameRelay = 5 "Frame Relay",
        X25 = 6 "X.25",
        Ppp = 7 "PPP",
        Smds = 8 "SMDS",
        Aal5 = 9 "ATM AAL5",
        Aal5Ip = 10 "ATM AAL5 with IP",
        Ipv4 = 11 "IPv4",
        Ipv6 = 12 "IPv6",
        Mpls = 13 "MPLS",
        Pos = 14 "PPP over SONET/SDH",
        Ieee80211Mac = 15 "802.11 MAC",
        Ieee80211Ampdu = 16 "802.11 A-MPDU",
        Ieee80211Amsdu = 17 "802.11 A-MSDU",
    }
}

impl SflowHeaderProtocol {
    /// What selects the first layer of such a header. `None` if no protocol here reads it.
    ///
    /// ```
    /// use packetsmith::NextProtocol;
    /// use packetsmith::proto::app::SflowHeaderProtocol;
    /// assert_eq!(SflowHeaderProtocol::Ipv4.selector(), Some(NextProtocol::IpVersion(4)));
    /// assert_eq!(SflowHeaderProtocol::X25.selector(), None);
    /// ```
    pub const fn selector(self) -> Option<NextProtocol> {
        Some(match self {
            SflowHeaderProtocol::Ethernet => NextProtocol::LinkType(1),
            SflowHeaderProtocol::Ppp => NextProtocol::Ppp,
            SflowHeaderProtocol::Pos => NextProtocol::LinkType(50),
            SflowHeaderProtocol::Ipv4 => NextProtocol::IpVersion(4),
            SflowHeaderProtocol::Ipv6 => NextProtocol::IpVersion(6),
            SflowHeaderProtocol::Mpls => NextProtocol::EtherType(0x8847),
            _ => return None,
        })
    }
}

flags! {
    /// Flags of TCP, as IPv4 and IPv6 data have them.
    pub struct SflowTcpFlags: u32 {
        /// Congestion window reduced.
        CWR = 0x80, "CWR", "sflow_245.ip.tcp_flag.cwr";
        /// ECN echo.
        ECE = 0x40, "ECE", "sflow_245.ip.tcp_flag.ece";
        /// Urgent pointer.
        URG = 0x20, "URG", "sflow_245.ip.tcp_flag.urg";
        /// Acknowledgment.
        ACK = 0x10, "ACK", "sflow_245.ip.tcp_flag.ack";
        /// Push.
        PSH = 0x08, "PSH", "sflow_245.ip.tcp_flag.psh";
        /// Reset.
        RST = 0x04, "RST", "sflow_245.ip.tcp_flag.rst";
        /// Synchronize sequence numbers.
        SYN = 0x02, "SYN", "sflow_245.ip.tcp_flag.syn";
        /// No more data.
        FIN = 0x01, "FIN", "sflow_245.ip.tcp_flag.fin";
    }
}

registry! {
    /// Types of the parts of a path of autonomous systems.
    pub enum SflowAsSegmentType: u32 {
        Set = 1 "AS set",
        Sequence = 2 "AS sequence",
    }
}

registry! {
    /// Which side of a packet a URL is about.
    pub enum SflowUrlDirection: u32 {
        Source = 1 "source",
        Destination = 2 "destination",
    }
}

/// The first bytes of a sampled packet, with what the sample says of them.
///
/// ```
/// # let frame = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).finish().unwrap();
/// use packetsmith::proto::app::{SflowDatagram, SflowFlowRecord, SflowFlowSample, SflowHeaderBytes, SflowHeaderProtocol};
/// use packetsmith::proto::app::{SflowList, SflowSample};
/// use packetsmith::{Examine, Layers, NextProtocol, Sflow, Stack, View};
/// let header = SflowFlowRecord::RawPacketHeader {
///     protocol: SflowHeaderProtocol::Ethernet,
///     frame_length: 1518,
///     stripped: 4,
///     header: SflowHeaderBytes::new(&frame),
/// };
/// let records = [header];
/// let about = SflowFlowSample::build().sequence(9).sampling_rate(512).done();
/// let samples = [SflowSample::FlowSample { about, records: SflowList::of(&records), rest: None }];
/// let agent = [192, 0, 2, 1].into();
/// let samples = SflowList::of(&samples);
/// let datagram = SflowDatagram::Ipv4 { agent, sub_agent: 0, sequence: 1, uptime: 60000, samples };
/// let bytes = Stack::new().push(Sflow::build().message(datagram)).finish().unwrap();
///
/// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(6343), &bytes)).next().unwrap();
/// let View::Sflow(sflow) = layer.view else { panic!() };
/// let sampled = sflow.sampled_headers(&layer.context).next().unwrap();
/// assert_eq!((sampled.sample, sampled.contents.bytes()), (0, &frame[..]));
/// assert_eq!(sampled.original_len(), 1514);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SflowSampledHeader<'a> {
    /// Index of the sample in its datagram, from 0.
    pub sample: usize,
    /// What the bytes begin with.
    pub protocol: SflowHeaderProtocol,
    /// Length of the packet before it was sampled, in bytes, as the sample says.
    pub frame_length: u32,
    /// Number of bytes that were taken off its end before it was sampled.
    pub stripped: u32,
    /// The bytes.
    pub contents: Cursor<'a>,
}

impl SflowSampledHeader<'_> {
    /// Length in bytes of the packet of which these bytes are the first: what was taken off its end does not count.
    pub fn original_len(&self) -> usize {
        self.frame_length.saturating_sub(self.stripped) as usize
    }
}
