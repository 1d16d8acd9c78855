//! TCP and UDP in frames without anything unusual, without a walk. Following conversations needs no more of most frames.

use super::examine::Examine;
use crate::layer::NextProtocol;
use crate::proto::{IpProtocol, Proto, Vlan};
use crate::wire::{Span, Sum};
use core::net::IpAddr;

/// EtherTypes.
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const VLAN: u16 = 0x8100;

/// Numbers of IP protocols.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Lengths of headers in bytes; those of IP without options and extension headers.
const ETHERNET: usize = 14;
const IPV4_HEADER: usize = 20;
const IPV6_HEADER: usize = 40;

/// A TCP or UDP header in a plain frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainTransport<'a> {
    pub(crate) frame: &'a [u8],
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    /// Source and destination port.
    pub(crate) ports: (u16, u16),
    /// Header and data of TCP or UDP, all of it captured.
    pub(crate) span: Span,
    pub(crate) is_tcp: bool,
    /// Identifier of the VLAN tag, if there is one.
    pub(crate) vlan: Option<u16>,
    /// Identification of the IPv4 header.
    pub(crate) identification: Option<u32>,
}

impl PlainTransport<'_> {
    /// Index of the transport header in a walk: after Ethernet, a tag and IP.
    #[inline]
    pub(crate) const fn layer(&self) -> usize {
        2 + self.vlan.is_some() as usize
    }

    /// The header of a protocol, if the frame has it; of the transport protocol with its payload.
    #[inline]
    pub(crate) fn header(&self, proto: Proto) -> Option<&[u8]> {
        let tag = if self.vlan.is_some() { Vlan::LEN } else { 0 };
        let ip = ETHERNET + tag;
        let transport = self.span.start as usize;
        let (has, range) = match proto {
            Proto::Ethernet => (true, 0..ETHERNET),
            Proto::Vlan => (tag > 0, ETHERNET..ip),
            Proto::Ipv4 => (self.source.is_ipv4(), ip..transport),
            Proto::Ipv6 => (self.source.is_ipv6(), ip..transport),
            Proto::Tcp => (self.is_tcp, transport..self.span.end as usize),
            Proto::Udp => (!self.is_tcp, transport..self.span.end as usize),
            _ => return None,
        };
        self.frame.get(range).filter(|_| has)
    }

    /// Whether one of the ports is this one.
    #[inline]
    pub(crate) fn has_port(&self, port: u16) -> bool {
        self.ports.0 == port || self.ports.1 == port
    }

    /// The protocol of the data; `Data` if there is none.
    #[inline]
    pub(crate) fn carried(&self) -> Proto {
        let (source, destination) = self.ports;
        match self.data() {
            [] if self.is_tcp => Proto::Data,
            data if self.is_tcp => carried(NextProtocol::TcpPorts(source, destination), data),
            data => carried(NextProtocol::UdpPorts(source, destination), data),
        }
    }

    /// Whether data follows the header.
    #[inline]
    pub(crate) fn has_data(&self) -> bool {
        !self.data().is_empty()
    }

    /// Whether the checksums of IPv4, TCP and UDP are right; over IPv4, UDP needs none.
    pub(crate) fn has_right_checksums(&self) -> bool {
        let segment = self.span.of(self.frame);
        let has_good_header = self.header(Proto::Ipv4).is_none_or(|header| Sum::new().bytes(header).value() == 0xffff);
        let needs_none = !self.is_tcp && self.source.is_ipv4() && matches!(segment, [_, _, _, _, _, _, 0, 0, ..]);
        has_good_header && (needs_none || self.has_good_checksum(segment))
    }

    /// Whether the checksum of TCP or UDP in these bytes is right.
    pub(super) fn has_good_checksum(&self, bytes: &[u8]) -> bool {
        let number = if self.is_tcp { IpProtocol::Tcp } else { IpProtocol::Udp };
        let sum = match (self.source, self.destination) {
            (IpAddr::V4(a), IpAddr::V4(b)) => Sum::new().number(a.to_bits()).number(b.to_bits()),
            (IpAddr::V6(a), IpAddr::V6(b)) => Sum::new().bytes(&a.octets()).bytes(&b.octets()),
            _ => return false,
        };
        sum.number(u8::from(number).into()).number(bytes.len() as u32).bytes(bytes).value() == 0xffff
    }

    #[inline]
    fn data(&self) -> &[u8] {
        let segment = self.span.of(self.frame);
        let header = if self.is_tcp { segment.get(12).map_or(0, |byte| usize::from(byte >> 4) * 4) } else { 8 };
        segment.get(header..).unwrap_or(&[])
    }
}

impl<'a> Examine<'a> {
    /// The TCP or UDP header of a frame whose data is of no protocol.
    #[inline]
    pub(crate) fn plain_transport(&self) -> Option<PlainTransport<'a>> {
        self.plain_headers().filter(|frame| frame.carried() == Proto::Data)
    }

    /// The TCP or UDP header, if the walk has not begun, and the frame is Ethernet with at most one VLAN tag, IP, TCP or
    /// UDP, and data: without IP options, extension headers and fragments, all of IP captured, and each length consistent.
    /// Other frames are for the walk.
    #[inline]
    pub(crate) fn plain_headers(&self) -> Option<PlainTransport<'a>> {
        let (frame, _) = self.frame();
        if !self.is_plain_ethernet() {
            return None;
        }
        let (ethernet, mut packet) = frame.split_first_chunk::<ETHERNET>()?;
        let (mut ethertype, mut vlan) = (u16::from_be_bytes([ethernet[12], ethernet[13]]), None);
        if ethertype == VLAN {
            let (tag, rest) = packet.split_first_chunk::<{ Vlan::LEN }>()?;
            let &[_, _, a, b] = tag;
            (ethertype, vlan, packet) = (u16::from_be_bytes([a, b]), Some(Vlan::new(*tag).id()), rest);
        }
        let (source, destination, header, total, protocol, identification) = match ethertype {
            IPV4 => {
                let ip = packet.first_chunk::<IPV4_HEADER>()?;
                let [0x45, _, a, b, c, d, flags, offset, _, protocol, _, _, src @ .., _, _, _, _] = *ip else {
                    return None;
                };
                if flags & 0x3f != 0 || offset != 0 {
                    return None;
                }
                let dst = [ip[16], ip[17], ip[18], ip[19]];
                let total = usize::from(u16::from_be_bytes([a, b]));
                let identification = Some(u16::from_be_bytes([c, d]).into());
                (IpAddr::from(src), IpAddr::from(dst), IPV4_HEADER, total, protocol, identification)
            }
            IPV6 => {
                let ip = packet.first_chunk::<IPV6_HEADER>()?;
                let [version, _, _, _, a, b, protocol, _, ..] = *ip;
                let (src, dst) = (ip[8..].first_chunk::<16>()?, ip[24..].first_chunk::<16>()?);
                let length = usize::from(u16::from_be_bytes([a, b]));
                if version >> 4 != 6 || length == 0 {
                    return None;
                }
                (IpAddr::from(*src), IpAddr::from(*dst), IPV6_HEADER, IPV6_HEADER + length, protocol, None)
            }
            _ => return None,
        };
        let segment = packet.get(header..total)?;
        let &[a, b, c, d, e, f, ..] = segment else { return None };
        let ports = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        match protocol {
            TCP => {
                let header_len = usize::from(segment.get(12)? >> 4) * 4;
                segment.get(header_len..).filter(|_| header_len >= 20)?;
            }
            UDP if usize::from(u16::from_be_bytes([e, f])) == segment.len() && segment.len() >= 8 => {}
            _ => return None,
        }
        let start = (frame.len() - packet.len() + header) as u32;
        let span = Span::new(start, start + segment.len() as u32);
        let is_tcp = protocol == TCP;
        Some(PlainTransport { frame, source, destination, ports, span, is_tcp, vlan, identification })
    }
}

/// Whether plain frames have headers of a protocol.
pub(crate) fn is_plain_header(proto: Proto) -> bool {
    matches!(proto, Proto::Ethernet | Proto::Vlan | Proto::Ipv4 | Proto::Ipv6 | Proto::Tcp | Proto::Udp)
}

/// The protocol of data between these ports.
#[inline]
fn carried(ports: NextProtocol, data: &[u8]) -> Proto {
    match ports.proto() {
        Proto::Data => match ports.resolve(data) {
            resolved if resolved == ports => Proto::Data,
            resolved => resolved.proto(),
        },
        proto => proto,
    }
}
