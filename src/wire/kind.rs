//! Kinds of fields: numbers, flags, addresses, lists.

use super::alike::alike;

/// A registry of numbers and their names, such as IANA's.
///
/// Made by `registry!`.
///
/// ```
/// use packetsmith::{Ipv4, Kind};
/// let protocol = Ipv4::FIELDS.iter().find(|field| field.name == "protocol").unwrap();
/// let Kind::Named(registry) = protocol.kind else { panic!() };
/// assert_eq!(registry.name(17), Some("UDP"));
/// ```
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct Registry {
    /// All numbers with a name, in the order of the registry. A range of numbers is listed by its first.
    pub entries: &'static [(u64, &'static str)],
    /// Whether the numbers ascend, and can be searched by halves.
    ascends: bool,
    /// The last number of each entry's range. Empty if each entry is one number.
    ends: &'static [u64],
}

/// How many entries it has; they can be hundreds.
impl core::fmt::Debug for Registry {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} entries", self.entries.len())
    }
}

impl Registry {
    /// A registry of single numbers.
    pub const fn new(entries: &'static [(u64, &'static str)]) -> Self {
        let (mut ascends, mut i) = (true, 1);
        while i < entries.len() {
            ascends &= entries[i - 1].0 <= entries[i].0;
            i += 1;
        }
        Registry { entries, ascends, ends: &[] }
    }

    /// A registry of ranges: the first number of each is in `entries`, the last in `ends`.
    pub(crate) const fn of_ranges(entries: &'static [(u64, &'static str)], ends: &'static [u64]) -> Self {
        let singles = Self::new(entries);
        assert!(singles.ascends && ends.len() == entries.len(), "ranges ascend, and each has an end");
        Registry { ends, ..singles }
    }

    /// Finds the name of a number.
    pub fn name(&self, number: u64) -> Option<&'static str> {
        let at = if self.ascends {
            self.entries.partition_point(|entry| entry.0 <= number).checked_sub(1)?
        } else {
            self.entries.iter().position(|entry| entry.0 == number)?
        };
        let (first, name) = self.entries[at];
        let last = self.ends.get(at).map_or(first, |&last| last);
        (number <= last).then_some(name)
    }

    /// Finds the number of a name; the first, if several have it. Letter case, blanks and punctuation do not count.
    ///
    /// ```
    /// use packetsmith::proto::ip::IpProtocol;
    /// assert_eq!(IpProtocol::REGISTRY.number("udp"), Some(17));
    /// ```
    pub fn number(&self, name: &str) -> Option<u64> {
        self.entries.iter().find(|(_, known)| alike(known, name)).map(|(number, _)| *number)
    }
}

/// A named bit of a set of flags. Made by `flags!`.
///
/// ```
/// use packetsmith::proto::transport::TcpFlags;
/// let syn = TcpFlags::FLAGS.iter().find(|flag| flag.name == "SYN").unwrap();
/// assert_eq!((syn.mask, syn.filter), (2, "tcp.flags.syn"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Flag {
    /// Mask of the bit in the field.
    pub mask: u64,
    /// Name, as the RFC gives it.
    pub name: &'static str,
    /// Name in display filters.
    pub filter: &'static str,
}

impl Flag {
    /// A bit with its name, and its name in display filters.
    pub const fn new(mask: u64, name: &'static str, filter: &'static str) -> Self {
        Flag { mask, name, filter }
    }
}

/// How the bits of a field are read and shown.
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
    /// An unsigned 32-bit number in little-endian byte order.
    Little,
    /// One bit.
    Bool,
    /// A number with a name in a registry.
    Named(&'static Registry),
    /// A set of named bits.
    Flags(&'static [Flag]),
    /// An Internet checksum. It is verified when it is shown.
    Checksum,
    /// A 48-bit MAC address.
    Mac,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Bytes.
    Bytes,
    /// Text, in no promised encoding.
    Text,
    /// A domain name.
    Name,
    /// A list of items of this kind. A visitor gets the items between `open` and `close`.
    List(&'static Kind),
    /// A group of fields. A visitor gets the fields between `open` and `close`.
    Group,
}

/// The unit of a number.
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
    /// No unit.
    #[default]
    None,
    /// Units of this many bytes.
    Bytes(u8),
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Multiples of this many milliseconds.
    MillisecondsTimes(u32),
    /// Multiples of `milliseconds`; with the highest of the `bits` set, a floating-point code: RFC 3376 §4.1.1 for 8
    /// bits, RFC 3810 §5.1.3 for 16.
    TimeCode {
        /// Bits of the code: 8 or 16.
        bits: u8,
        /// Unit, in milliseconds.
        milliseconds: u16,
    },
    /// A binary logarithm: the time is 2^((n - `bias`) / `steps`) × `milliseconds`.
    Log2 {
        /// Number that means one unit.
        bias: u8,
        /// Steps for each power of two: 1 or 8.
        steps: u8,
        /// Unit, in milliseconds.
        milliseconds: u16,
    },
    /// Signed binary logarithm of seconds.
    Log2Seconds,
    /// 2⁻¹⁶ seconds: NTP's short format, RFC 5905 §6.
    ShortTime,
    /// 2⁻³² seconds since 1900: NTP's timestamp, RFC 5905 §6.
    NtpTime,
    /// 2⁻¹⁶ seconds since 1970, RFC 3971 §5.3.1.
    UnixTime,
    /// A TCP port.
    TcpPort,
    /// A UDP port.
    UdpPort,
}

impl Kind {
    /// What a value of this kind is, in words.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Kind::Mac => "a MAC address",
            Kind::Ipv4 => "an IPv4 address",
            Kind::Ipv6 => "an IPv6 address",
            Kind::Name => "a domain name",
            Kind::Bytes => "hexadecimal bytes",
            Kind::Text => "text",
            Kind::Bool => "true or false",
            _ => "a number",
        }
    }
}
