//! A TCP segment as the analysis takes it.

use super::endpoint::Endpoint;
use crate::dissect::ExaminedLayer;
use crate::dissect::plain_transport::PlainTransport;
use crate::proto::{Proto, Tcp, TcpFlags, TcpOption, View};
use crate::wire::{Cursor, Span, Tlvs};
use core::net::IpAddr;

/// Bytes of the header that a segment must have: ports, numbers, flags and window.
const LEAST_HEADER: usize = 16;

/// A TCP segment with its addresses.
///
/// ```
/// use packetsmith::flow::TcpSegment;
/// use packetsmith::{Ipv4, Stack, Tcp, examine};
/// let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
/// let packet = Stack::new().push(ip).push(Tcp::build().src_port(40000).dst_port(80)).payload(b"hello").finish().unwrap();
/// let segment = TcpSegment::from_layer(&examine(101, &packet).nth(1).unwrap()).unwrap();
/// assert_eq!((segment.source.to_string().as_str(), segment.length()), ("10.0.0.1:40000", 5));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct TcpSegment<'a> {
    /// Source address and port.
    pub source: Endpoint,
    /// Destination address and port. The address is the final one of a source route or routing header.
    pub destination: Endpoint,
    /// Sequence number.
    pub seq: u32,
    /// Acknowledgment number, whether or not `flags` has ACK.
    pub ack: u32,
    /// Control bits.
    pub flags: TcpFlags,
    /// Window as it is in the header, before window scaling.
    pub window: u16,
    /// Length of header and data on the wire in bytes, by the length of the IP packet.
    pub total_length: u32,
    /// Length of the header in bytes, as the header says. It can be wrong.
    pub header_length: u32,
    /// Bytes of the header that were captured; at least 16.
    pub captured_header: u32,
    /// The options.
    pub options: Tlvs<'a, TcpOption<'a>>,
    /// Data of the segment, as far as it was captured.
    pub payload: &'a [u8],
    /// Whether an ICMP error quotes the segment.
    pub is_quoted: bool,
    /// Whether it is known that the payload begins no protocol.
    pub(super) is_plain_data: bool,
    /// The bytes of the options.
    option_bytes: &'a [u8],
}

impl<'a> TcpSegment<'a> {
    /// The segment in a layer. `None` if the layer is not TCP over IP, or if less than 16 bytes of it were captured.
    #[inline]
    pub fn from_layer(layer: &ExaminedLayer<'a>) -> Option<Self> {
        if layer.proto != Proto::Tcp {
            return None;
        }
        let (header, context) = (layer.header(), &layer.context);
        let bytes: &[u8; LEAST_HEADER] = header.first_chunk()?;
        // What is past a header that the capture cut does not matter: checksum and urgent pointer.
        let mut whole = [0; Tcp::LEN];
        whole[..LEAST_HEADER].copy_from_slice(bytes);
        let tcp = Tcp::new(whole);
        let (source, destination) = endpoints(layer, tcp.src_port(), tcp.dst_port())?;
        let options = match layer.view {
            View::Tcp(_) => context.options(Tcp::LEN),
            _ => Cursor::new(&[]),
        };
        Some(TcpSegment {
            source,
            destination,
            seq: tcp.seq(),
            ack: tcp.ack(),
            flags: tcp.flags(),
            window: tcp.window(),
            total_length: context.payload_wire_end.saturating_sub(context.bounds.start),
            header_length: u32::from(tcp.data_offset()) * 4,
            captured_header: header.len() as u32,
            options: Tlvs::at(options),
            option_bytes: options.bytes(),
            payload: layer.payload(),
            is_quoted: layer.quoted,
            is_plain_data: false,
        })
    }

    /// The segment of a plain frame.
    pub(super) fn from_plain(plain: &PlainTransport<'a>) -> Option<Self> {
        let bytes = plain.span.of(plain.frame);
        let tcp = Tcp::new(*bytes.first_chunk::<{ Tcp::LEN }>()?);
        let header_length = u32::from(tcp.data_offset()) * 4;
        let start = plain.span.start;
        let options = Cursor::within(plain.frame, Span::new(start + Tcp::LEN as u32, start + header_length));
        Some(TcpSegment {
            source: Endpoint { address: plain.source, port: plain.ports.0 },
            destination: Endpoint { address: plain.destination, port: plain.ports.1 },
            seq: tcp.seq(),
            ack: tcp.ack(),
            flags: tcp.flags(),
            window: tcp.window(),
            total_length: bytes.len() as u32,
            header_length,
            captured_header: header_length,
            options: Tlvs::at(options),
            option_bytes: options.bytes(),
            payload: bytes.get(header_length as usize..).unwrap_or(&[]),
            is_quoted: false,
            is_plain_data: true,
        })
    }

    /// Length of the data on the wire in bytes.
    #[inline]
    pub const fn length(&self) -> u32 {
        self.total_length.saturating_sub(self.header_length)
    }

    /// Whether the capture lacks a part of the data.
    #[inline]
    pub(super) const fn is_cut(&self) -> bool {
        (self.payload.len() as u32) < self.length()
    }

    /// Number of the byte after the segment: SYN and FIN count as a byte.
    #[inline]
    pub const fn end(&self) -> u32 {
        self.seq.wrapping_add(self.length()).wrapping_add(self.is_numbered_control() as u32)
    }

    /// Whether the segment has SYN or FIN, which take a sequence number.
    #[inline]
    pub(super) const fn is_numbered_control(&self) -> bool {
        self.flags.0 & (TcpFlags::SYN.0 | TcpFlags::FIN.0) != 0
    }

    /// Whether this is the first segment of a handshake: SYN without ACK.
    #[inline]
    pub const fn is_opening(&self) -> bool {
        self.flags.0 & (TcpFlags::SYN.0 | TcpFlags::ACK.0) == TcpFlags::SYN.0
    }

    /// What the analysis needs of the options.
    #[inline]
    pub(super) fn options(&self) -> OptionFacts {
        let mut facts = OptionFacts { window_scale: None, sacked: 0, multipath: 0, has_fast_open_cookie: false };
        // The options of most segments: timestamps, in the layout that RFC 7323 appendix A recommends.
        if let [] | [1, 1, 8, 10, _, _, _, _, _, _, _, _] = self.option_bytes {
            return facts;
        }
        for option in self.options.items().map_while(Result::ok) {
            let contents = option.contents.bytes();
            match (option.kind, contents) {
                (3, [shift, ..]) => facts.window_scale = Some((*shift).min(14)),
                (5, _) => facts.sacked = sacked(contents),
                (30, [subtype, ..]) => facts.multipath |= 1 << (subtype >> 4),
                (34, [_, ..]) | (254, [0xf9, 0x89, _, ..]) => facts.has_fast_open_cookie = true,
                _ => {}
            }
        }
        facts
    }

    #[inline]
    pub(super) const fn has(&self, flags: TcpFlags) -> bool {
        self.flags.0 & flags.0 == flags.0
    }
}

/// What the analysis needs of the options of a segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct OptionFacts {
    /// Shift of the window scale option, at most 14 (RFC 7323 §2.3).
    pub(super) window_scale: Option<u8>,
    /// Bytes in the blocks of the SACK option.
    pub(super) sacked: u32,
    /// Subtypes of the multipath options, a bit for each (RFC 8684 §8.2).
    pub(super) multipath: u16,
    /// Whether there is a cookie of TCP Fast Open.
    pub(super) has_fast_open_cookie: bool,
}

/// Bytes in the blocks of a SACK option.
fn sacked(contents: &[u8]) -> u32 {
    let block = |block: &[u8; 8]| match *block {
        [a, b, c, d, e, f, g, h] => u32::from_be_bytes([e, f, g, h]).wrapping_sub(u32::from_be_bytes([a, b, c, d])),
    };
    contents.as_chunks().0.iter().fold(0, |sum, bytes| sum.wrapping_add(block(bytes)))
}

/// Source and destination of a transport header.
#[inline]
pub(super) fn endpoints(layer: &ExaminedLayer<'_>, source: u16, destination: u16) -> Option<(Endpoint, Endpoint)> {
    let (addresses, frame) = (&layer.context.addresses, layer.context.frame);
    let (from, to) = (address(addresses.source(frame))?, address(addresses.destination(frame))?);
    Some((Endpoint { address: from, port: source }, Endpoint { address: to, port: destination }))
}

#[inline]
fn address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => bytes.first_chunk::<4>().map(|&bytes| IpAddr::from(bytes)),
        _ => bytes.first_chunk::<16>().map(|&bytes| IpAddr::from(bytes)),
    }
}
