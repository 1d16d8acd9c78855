//! Where dissecting can begin: a frame, a packet, or the payload of a transport protocol.

use super::examine::Examine;
use super::fast_headers::FastHeaders;
use super::walk::Layers;
use crate::layer::{LayerContext, NextProtocol, ParseDefect, ParseDefectKind, ParsedHeader, Protocol};
use crate::wire::{HeaderTooShort, Span};
use core::ops::Deref;

impl<'a> Layers<'a> {
    /// Dissects an Ethernet frame.
    ///
    /// ```
    /// use packetsmith::{Layers, Proto};
    /// assert_eq!(Layers::from_ethernet(&[0; 14]).next().unwrap().proto, Proto::Ethernet);
    /// ```
    #[inline]
    pub fn from_ethernet(frame: &'a [u8]) -> Self {
        Layers::new(NextProtocol::LinkType(1), frame)
    }

    /// Dissects an IP packet. Its first four bits are the version.
    ///
    /// ```
    /// use packetsmith::{Ipv6, Layers, Proto, Stack};
    /// let packet = Stack::new().push(Ipv6::build()).finish().unwrap();
    /// assert_eq!(Layers::from_ip(&packet).next().unwrap().proto, Proto::Ipv6);
    /// ```
    #[inline]
    pub fn from_ip(packet: &'a [u8]) -> Self {
        Layers::new(NextProtocol::Ip, packet)
    }

    /// Dissects the payload of UDP with this source or destination port.
    ///
    /// ```
    /// use packetsmith::{Layers, Proto};
    /// assert_eq!(Layers::from_udp_payload(53, &[0; 12]).next().unwrap().proto, Proto::Dns);
    /// ```
    #[inline]
    pub fn from_udp_payload(port: u16, payload: &'a [u8]) -> Self {
        Layers::new(NextProtocol::UdpPort(port), payload)
    }

    /// Dissects the payload of TCP with this source or destination port. A segment is not a stream: a message that
    /// continues in another segment is cut.
    ///
    /// ```
    /// use packetsmith::{Layers, Proto};
    /// assert_eq!(Layers::from_tcp_payload(80, b"GET / HTTP/1.1\r\n\r\n").next().unwrap().proto, Proto::Http);
    /// ```
    #[inline]
    pub fn from_tcp_payload(port: u16, payload: &'a [u8]) -> Self {
        Layers::new(NextProtocol::TcpPort(port), payload)
    }
}

/// The same entry points as those of [`Layers`].
impl<'a> Examine<'a> {
    /// Examines an Ethernet frame.
    ///
    /// ```
    /// use packetsmith::{Examine, Proto};
    /// assert_eq!(Examine::from_ethernet(&[0; 14]).next().unwrap().layer.proto, Proto::Ethernet);
    /// ```
    #[inline]
    pub fn from_ethernet(frame: &'a [u8]) -> Self {
        Examine::new(Layers::from_ethernet(frame))
    }

    /// Examines an IP packet.
    #[inline]
    pub fn from_ip(packet: &'a [u8]) -> Self {
        Examine::new(Layers::from_ip(packet))
    }

    /// Examines the payload of UDP with this source or destination port.
    #[inline]
    pub fn from_udp_payload(port: u16, payload: &'a [u8]) -> Self {
        Examine::new(Layers::from_udp_payload(port, payload))
    }

    /// Examines the payload of TCP with this source or destination port.
    #[inline]
    pub fn from_tcp_payload(port: u16, payload: &'a [u8]) -> Self {
        Examine::new(Layers::from_tcp_payload(port, payload))
    }
}

impl<'a> FastHeaders<'a> {
    /// Reads an Ethernet frame.
    ///
    /// ```
    /// use packetsmith::{FastHeaders, View};
    /// assert!(matches!(FastHeaders::from_ethernet(&[0; 14]).network, View::Data));
    /// ```
    #[inline]
    pub fn from_ethernet(frame: &'a [u8]) -> Self {
        FastHeaders::of(NextProtocol::LinkType(1), frame)
    }

    /// Reads an IP packet.
    ///
    /// ```
    /// use packetsmith::{FastHeaders, Ipv4, Stack, Udp, View};
    /// let packet = Stack::new().push(Ipv4::build()).push(Udp::build().dst_port(7)).payload(b"hi").finish().unwrap();
    /// let headers = FastHeaders::from_ip(&packet);
    /// assert!(matches!(headers.transport, View::Udp(udp) if udp.dst_port() == 7));
    /// assert_eq!(headers.payload, b"hi");
    /// ```
    #[inline]
    pub fn from_ip(packet: &'a [u8]) -> Self {
        FastHeaders::of(NextProtocol::Ip, packet)
    }
}

/// A header of a known protocol at the front of some bytes, with its contents: options, records, payload.
///
/// It gives the methods of the header. Those that read past the fixed header take its
/// [`context`](Self::context). Made by [`FromBytes::from_bytes`].
///
/// ```
/// use packetsmith::{Dns, FromBytes};
/// # let mut message = vec![0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
/// # message.extend(b"\x07example\x03org\0\0\x01\0\x01");
/// let dns = Dns::from_bytes(&message).unwrap();
/// assert_eq!(dns.id(), 7);
/// let names: Vec<_> = dns.questions(&dns.context).map(|question| question.name.to_string()).collect();
/// assert_eq!(names, ["example.org"]);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct HeaderInBytes<'a, H> {
    /// The fixed header.
    pub header: H,
    /// The bytes, and where header, payload and trailer are in them.
    pub context: LayerContext<'a>,
    /// What selects the protocol of the payload: `dissect(tcp.next, tcp.payload())`.
    pub next: NextProtocol,
    /// Whether the structure is valid: no length contradicts another, and nothing is cut off.
    pub is_intact: bool,
}

impl<'a, H> HeaderInBytes<'a, H> {
    /// The payload.
    pub fn payload(&self) -> &'a [u8] {
        self.context.payload()
    }

    /// The bytes past the end that the header's length field gives.
    pub fn trailer(&self) -> &'a [u8] {
        self.context.trailer()
    }
}

impl<H> Deref for HeaderInBytes<'_, H> {
    type Target = H;
    #[inline]
    fn deref(&self) -> &H {
        &self.header
    }
}

/// Reads one header of a known protocol, and its contents. Every header that begins a layer has it.
///
/// ```
/// use packetsmith::{FromBytes, Tcp, Tlvs};
/// use packetsmith::proto::transport::TcpOption;
/// let segment = [0, 80, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 2, 0, 0, 0, 0, 0, 0, 2, 4, 5, 0xb4, b'!'];
/// let tcp = Tcp::from_bytes(&segment).unwrap();
/// assert_eq!((tcp.src_port(), tcp.payload()), (80, &b"!"[..]));
/// let options = Tlvs::<TcpOption>::at(tcp.context.options(Tcp::LEN));
/// assert_eq!(options.iter().next(), Some(TcpOption::MaximumSegmentSize { size: 1460 }));
/// assert_eq!(Tcp::from_bytes(&segment[..19]).unwrap_err().needed, 20);
/// ```
pub trait FromBytes<'a>: Protocol<'a> {
    /// Reads the header at the front of `bytes`.
    ///
    /// # Errors
    ///
    /// The fixed header is cut.
    fn from_bytes(bytes: &'a [u8]) -> Result<HeaderInBytes<'a, Self>, HeaderTooShort> {
        Self::from_bytes_as(NextProtocol::Unknown, bytes)
    }

    /// Reads the header as the payload that `selector` selects. Some protocols depend on it: DNS on port 5353 is
    /// multicast DNS, whose class has a flag.
    ///
    /// ```
    /// use packetsmith::{Dns, FromBytes, NextProtocol};
    /// assert!(Dns::from_bytes_as(NextProtocol::UdpPort(5353), &[0; 12]).is_ok());
    /// ```
    ///
    /// # Errors
    ///
    /// The fixed header is cut.
    fn from_bytes_as(
        selector: impl Into<NextProtocol>,
        bytes: &'a [u8],
    ) -> Result<HeaderInBytes<'a, Self>, HeaderTooShort> {
        let selector = selector.into();
        let frame = bytes.get(..ParsedHeader::<()>::OPEN as usize - 1).unwrap_or(bytes);
        let parsed = Self::parse(frame, selector);
        let short = |defect: ParseDefect| HeaderTooShort { needed: defect.found as usize, have: frame.len() };
        let ParsedHeader { header, header_len, total_len, next, defect } = parsed.map_err(short)?;
        let is_whole = total_len == ParsedHeader::<()>::OPEN || total_len as usize <= frame.len();
        Ok(HeaderInBytes {
            header,
            context: LayerContext::alone(frame, header_len as u32, total_len, selector),
            next,
            is_intact: is_whole && matches!(defect.kind, ParseDefectKind::None),
        })
    }

    /// Finds the first layer of this protocol in a frame of a [`LinkType`](crate::LinkType) or its number (1 is Ethernet),
    /// or one that begins with another header, as [`dissect`](crate::dissect()). `None` if there is no such layer, or if its
    /// fixed header is cut.
    ///
    /// ```
    /// use packetsmith::proto::transport::TcpFlags;
    /// use packetsmith::{Ethernet, FromBytes, Ipv6, Stack, Tcp, Udp, Vlan};
    /// let stack = Stack::new().push(Ethernet::build()).push(Vlan::build().id(7)).push(Ipv6::build());
    /// let frame = stack.push(Tcp::build().dst_port(80).flags(TcpFlags::SYN)).finish().unwrap();
    /// assert_eq!(Tcp::find_in(1, &frame).unwrap().dst_port(), 80);
    /// assert!(Udp::find_in(1, &frame).is_none());
    /// ```
    fn find_in(first: impl Into<NextProtocol>, frame: &'a [u8]) -> Option<HeaderInBytes<'a, Self>> {
        let layer = Layers::new(first.into(), frame).by_calls().find(|layer| layer.proto.name() == Self::NAME)?;
        let bytes = Span::new(layer.bounds.start, layer.bounds.trailer_end).of(frame);
        Self::from_bytes_as(layer.selector, bytes).ok()
    }
}

impl<'a, H: Protocol<'a>> FromBytes<'a> for H {}
