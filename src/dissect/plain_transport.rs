//! TCP and UDP in frames without anything unusual, without a walk. Following conversations needs no more of most frames.

use super::examine::Examine;
use crate::layer::NextProtocol;
use crate::proto::Proto;
use crate::wire::Span;
use crate::wire::checksum::Sum;
use core::net::IpAddr;

/// EtherTypes.
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;

/// Length of the Ethernet header.
const ETHERNET: usize = 14;

/// Index of the transport header in a walk: after Ethernet and IP.
pub(crate) const LAYER: usize = 2;

/// A TCP or UDP header in a plain frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainTransport<'a> {
    pub(crate) frame: &'a [u8],
    pub(crate) source: IpAddr,
    pub(crate) destination: IpAddr,
    /// Header and data of TCP or UDP, all of it captured.
    pub(crate) span: Span,
    pub(crate) is_tcp: bool,
    /// Identification of the IPv4 header.
    pub(crate) identification: Option<u32>,
}

impl PlainTransport<'_> {
    /// Whether data follows the header.
    #[inline]
    pub(crate) fn has_data(&self) -> bool {
        let segment = self.span.of(self.frame);
        let header = if self.is_tcp { segment.get(12).map_or(0, |byte| usize::from(byte >> 4) * 4) } else { 8 };
        segment.len() > header
    }

    /// Whether no layer of the frame has an issue, told without a walk; `false` is no answer. `wire_end` is the length of
    /// the frame on the wire. What is right here is the most common: each rule about such a frame either cannot be broken by
    /// it or is asked for. `tests/stats.rs` compares this with the walk, for each byte of many frames.
    pub(crate) fn is_surely_right(&self, wire_end: u32) -> bool {
        let (frame, segment) = (self.frame, self.span.of(self.frame));
        let (Some(ethernet), Some(packet)) = (frame.first_chunk::<ETHERNET>(), frame.get(ETHERNET..)) else {
            return false;
        };
        let is_all_here = self.span.end as usize == frame.len() && wire_end == self.span.end;
        let is_from_one_host = ethernet[6] & 1 == 0;
        if !is_all_here || !is_from_one_host {
            return false;
        }
        let (is_ip_right, addresses) = match (packet.first_chunk::<20>(), packet.get(8..40), self.source.is_ipv6()) {
            (_, Some(addresses), true) => (packet[7] > 0 && addresses[0] != 0xff && addresses[16] != 0xff, addresses),
            (Some(ip), _, false) => {
                // The flags are all zero or "don't fragment"; no class D or E.
                let are_flags_right = ip[6] & 0x80 == 0 && ip[8] > 0 && ip[12] < 224 && ip[16] < 224;
                (are_flags_right && Sum::new().bytes(ip).value() == 0xffff, &ip[12..])
            }
            _ => return false,
        };
        let is_header_right = match *segment {
            [0, 0, ..] | [_, _, 0, 0, ..] => false,
            [_, _, _, _, _, _, _, _, _, _, _, _, offset, flags, _, _, _, _, urgent, pointer, ref options @ ..]
                if self.is_tcp =>
            {
                // ACK, with or without PSH; no options, or a timestamp.
                let are_options_right = offset == 0x50 || offset == 0x80 && options.starts_with(&[1, 1, 8, 10]);
                are_options_right && flags & 0xf7 == 0x10 && [urgent, pointer] == [0, 0]
            }
            [_, _, _, _, _, _, a, b, ..] => !self.is_tcp && [a, b] != [0, 0],
            _ => false,
        };
        let protocol = if self.is_tcp { 6 } else { 17 };
        let pseudo = Sum::new().bytes(addresses).number(protocol).number(segment.len() as u32);
        is_ip_right && is_header_right && pseudo.bytes(segment).value() == 0xffff
    }
}

impl<'a> Examine<'a> {
    /// The TCP or UDP header, if the walk has not begun, and the frame is Ethernet with IP, TCP or UDP, and data of no
    /// protocol: without tags, IP options, extension headers and fragments, all of IP captured, and each length consistent.
    /// Other frames are for the walk.
    #[inline]
    pub(crate) fn plain_transport(&self) -> Option<PlainTransport<'a>> {
        let (frame, _) = self.frame();
        if !self.is_plain_ethernet() {
            return None;
        }
        let (ethernet, packet) = frame.split_first_chunk::<ETHERNET>()?;
        let (source, destination, header, total, protocol, identification) =
            match u16::from_be_bytes([ethernet[12], ethernet[13]]) {
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
        let start = (ETHERNET + header) as u32;
        let span = Span::new(start, start + segment.len() as u32);
        Some(PlainTransport { frame, source, destination, span, is_tcp: protocol == 6, identification })
    }
}

/// Whether data between these ports is of no protocol.
#[inline]
fn is_data(ports: NextProtocol, data: &[u8]) -> bool {
    ports.proto() == Proto::Data && ports.resolve(data).proto() == Proto::Data
}
