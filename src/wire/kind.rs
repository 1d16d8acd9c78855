//! Kinds of fields: numbers, flags, addresses, lists.

/// A registry of numbers and their names, as IANA keeps them.
///
/// Made by `registry!`.
///
/// ```
/// use packetsmith::{Ipv4, Kind};
/// let protocol = Ipv4::FIELDS.iter().find(|field| field.name == "protocol").unwrap();
/// let Kind::Named(registry) = protocol.kind else { panic!() };
/// assert_eq!((registry.name)(17), Some("UDP"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Registry {
    /// Finds a number's name.
    pub name: fn(u64) -> Option<&'static str>,
    /// Every number that has a name, in the order of the registry.
    pub entries: &'static [(u64, &'static str)],
}

/// One named bit of a set of flags. Made by `flags!`.
///
/// ```
/// use packetsmith::proto::transport::TcpFlags;
/// let syn = TcpFlags::FLAGS.iter().find(|flag| flag.name == "SYN").unwrap();
/// assert_eq!((syn.mask, syn.filter), (2, "tcp.flags.syn"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    /// The bit's value within the field.
    pub mask: u64,
    /// Its name as the RFC gives it.
    pub name: &'static str,
    /// Its name in display filters.
    pub filter: &'static str,
}

/// How a field's bits are to be read and shown.
///
/// ```
/// use packetsmith::{Ipv4, Kind};
/// assert!(matches!(Ipv4::FIELDS.last().unwrap().kind, Kind::Ipv4));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Kind {
    /// An unsigned number, shown in decimal.
    Uint,
    /// A number in two's complement, shown in decimal.
    Int,
    /// An unsigned number of 32 bits, least significant byte first.
    Little,
    /// One bit.
    Bool,
    /// A number with a name in a registry.
    Named(&'static Registry),
    /// A set of named bits.
    Flags(&'static [Flag]),
    /// An Internet checksum; its state is found out when it is shown.
    Checksum,
    /// A 48-bit MAC address.
    Mac,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Bytes of no further known structure.
    Bytes,
    /// Bytes meant to be read as text.
    Text,
    /// A domain name.
    Name,
    /// A list of items of this kind: what follows is the items, until it is closed.
    List(&'static Kind),
    /// A group: what follows is its fields, until it is closed.
    Group,
}

/// What a number counts.
///
/// ```
/// use packetsmith::Ipv4;
/// use packetsmith::wire::Unit;
/// let ihl = Ipv4::FIELDS.iter().find(|field| field.name == "ihl").unwrap();
/// assert_eq!(ihl.unit, Unit::Bytes(4));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unit {
    /// Nothing in particular.
    #[default]
    None,
    /// Groups of this many bytes.
    Bytes(u8),
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Seconds, of which the number is the binary logarithm, with a sign.
    Log2Seconds,
    /// 2⁻¹⁶ seconds: NTP's short format, RFC 5905 §6.
    ShortTime,
    /// 2⁻³² seconds since 1900: NTP's timestamp, RFC 5905 §6.
    NtpTime,
    /// Nothing: it is a TCP port.
    TcpPort,
    /// Nothing: it is a UDP port.
    UdpPort,
}
