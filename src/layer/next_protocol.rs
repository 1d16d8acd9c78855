//! Selectors of the next protocol.

/// What selects the protocol of a payload: an EtherType, a protocol number, ports, or a rule.
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
    /// A frame of this link type (`LINKTYPE_` number).
    LinkType(u16),
    /// A packet of this EtherType.
    EtherType(u16),
    /// An IEEE 802.2 LLC header.
    Llc,
    /// A SNAP header after an LLC header.
    Snap,
    /// The payload of an LLC header with this destination service access point (DSAP).
    Sap(u8),
    /// An IP packet. Its first four bits are the version.
    Ip,
    /// An IP packet of this version.
    IpVersion(u8),
    /// The start of a packet that an ICMP error quotes.
    Quoted,
    /// An Internet protocol number.
    IpProtocol(u8),
    /// A PPP frame: with or without HDLC's address and control fields before the protocol field.
    Ppp,
    /// A PPP frame with address and control fields.
    PppFramed,
    /// A PPP frame that begins with a protocol field of two bytes.
    PppPlain,
    /// A PPP frame that begins with a protocol field compressed to one byte (RFC 1661 §6.5).
    PppCompressed,
    /// The payload of a PPP frame with this protocol number.
    PppProtocol(u16),
    /// The payload of a PPP frame with this protocol number, which the receiver rejects and sends back.
    PppRejected(u16),
    /// The payload of UDP with these two ports.
    UdpPorts(u16, u16),
    /// The payload of TCP with these two ports.
    TcpPorts(u16, u16),
    /// The payload of UDP with this port as source or destination.
    UdpPort(u16),
    /// The payload of TCP with this port as source or destination.
    TcpPort(u16),
    /// A DNS message of this many bytes in a TCP stream.
    DnsMessage(u16),
    /// A DHCPv6 message that a relay agent forwards.
    Dhcpv6Message,
    /// An NTP packet of this mode.
    NtpMode(u8),
    /// An HTTP/1.x message.
    Http,
    /// An HTTP/1.x message in a datagram: SSDP (UPnP Device Architecture §1.1).
    HttpDatagram,
    /// A TLS record. A handshake message that a record before it began has this many bytes left.
    TlsRecord(u32),
    /// A TLS record after a ChangeCipherSpec: handshake messages are encrypted.
    TlsEncrypted,
    /// A fragment. It has no further layers until it is reassembled.
    Fragment,
    /// Encrypted by ESP.
    Encrypted,
    /// BSD's loopback header in little-endian byte order.
    NullLittle,
    /// The payload of BSD's loopback header with this address family.
    Family(u32),
    /// The protocol is not known.
    Unknown,
}
