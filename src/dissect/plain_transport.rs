//! TCP and UDP in frames without anything unusual, without a walk. Following conversations needs no more of most frames.

use super::examine::Examine;
use crate::layer::NextProtocol;
use crate::proto::{Proto, Vlan};
use crate::wire::Span;
use core::net::IpAddr;

/// EtherTypes.
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
const VLAN: u16 = 0x8100;

/// Length of the Ethernet header.
const ETHERNET: usize = 14;

/// A TCP or UDP header in a plain frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainTransport<'a> {
    pub(crate) frame: &'a [u8],
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
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

    /// Whether data follows the header.
    #[inline]
    pub(crate) fn has_data(&self) -> bool {
        let segment = self.span.of(self.frame);
        let header = if self.is_tcp { segment.get(12).map_or(0, |byte| usize::from(byte >> 4) * 4) } else { 8 };
        segment.len() > header
    }
}

impl<'a> Examine<'a> {
    /// The TCP or UDP header, if the walk has not begun, and the frame is Ethernet with at most one VLAN tag, IP, TCP or
    /// UDP, and data of no protocol: without IP options, extension headers and fragments, all of IP captured, and each length consistent.
    /// Other frames are for the walk.
    #[inline]
    pub(crate) fn plain_transport(&self) -> Option<PlainTransport<'a>> {
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
                let ip = packet.first_chunk::<20>()?;
                let [0x45, _, a, b, c, d, flags, offset, _, protocol, _, _, src @ .., _, _, _, _] = *ip else {
                    return None;
                };
                if flags & 0x3f != 0 || offset != 0 {
                    return None;
                }
                let dst = [ip[16], ip[17], ip[18], ip[19]];
                let total = usize::from(u16::from_be_bytes([a, b]));
                let identification = Some(u16::from_be_bytes([c, d]).into());
                (IpAddr::from(src), IpAddr::from(dst), 20, total, protocol, identification)
            }
            IPV6 => {
                let ip = packet.first_chunk::<40>()?;
                let [version, _, _, _, a, b, protocol, _, ..] = *ip;
                let (src, dst) = (ip[8..].first_chunk::<16>()?, ip[24..].first_chunk::<16>()?);
                let length = usize::from(u16::from_be_bytes([a, b]));
                if version >> 4 != 6 || length == 0 {
                    return None;
                }
                (IpAddr::from(*src), IpAddr::from(*dst), 40, 40 + length, protocol, None)
            }
            _ => return None,
        };
        let segment = packet.get(header..total)?;
        let &[a, b, c, d, e, f, ..] = segment else { return None };
        let ports = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        match protocol {
            6 => {
                let header_len = usize::from(segment.get(12)? >> 4) * 4;
                let data = segment.get(header_len..).filter(|_| header_len >= 20)?;
                // Data may be of a protocol.
                if !data.is_empty() && !is_data(NextProtocol::TcpPorts(ports.0, ports.1), data) {
                    return None;
                }
            }
            17 => {
                let is_whole = usize::from(u16::from_be_bytes([e, f])) == segment.len() && segment.len() >= 8;
                if !is_whole || !is_data(NextProtocol::UdpPorts(ports.0, ports.1), segment.get(8..)?) {
                    return None;
                }
            }
            _ => return None,
        }
        let start = (frame.len() - packet.len() + header) as u32;
        let span = Span::new(start, start + segment.len() as u32);
        Some(PlainTransport { frame, source, destination, span, is_tcp: protocol == 6, vlan, identification })
    }
}

/// Whether data between these ports is of no protocol.
#[inline]
fn is_data(ports: NextProtocol, data: &[u8]) -> bool {
    if ports.proto() != Proto::Data {
        return false;
    }
    let resolved = ports.resolve(data);
    resolved == ports || resolved.proto() == Proto::Data
}
