//! What a header says about the protocol of its payload.

/// What a header says comes next.
///
/// ```
/// use packetsmith::{Layers, NextProtocol};
/// let datagram = [0, 53, 0x80, 0, 0, 9, 0, 0, 7];
/// let first = Layers::new(NextProtocol::IpProtocol(17), &datagram).next().unwrap();
/// assert_eq!(first.proto.name(), "udp");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NextProtocol {
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
