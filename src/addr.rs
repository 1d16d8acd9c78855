//! Addresses of the link layer, and bytes shown as hexadecimal digits.

use core::fmt;
use core::str::FromStr;

/// A 48-bit MAC address.
///
/// ```
/// use packetsmith::MacAddr;
/// let mac: MacAddr = "02:00:5e:10:00:01".parse().unwrap();
/// assert!(mac.is_local() && !mac.is_group());
/// assert_eq!(mac.oui(), [0x02, 0x00, 0x5e]);
/// assert_eq!(mac.to_string(), "02:00:5e:10:00:01");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MacAddr(pub [u8; 6]);

impl MacAddr {
    /// All bits set: every station on the link.
    pub const BROADCAST: MacAddr = MacAddr([0xff; 6]);

    /// The organisationally unique identifier: the first three bytes.
    #[inline]
    pub const fn oui(self) -> [u8; 3] {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// Tells whether a group of stations is meant (I/G bit), broadcast included.
    #[inline]
    pub const fn is_group(self) -> bool {
        self.0[0] & 1 != 0
    }

    /// Tells whether the address was given locally rather than by the maker (U/L bit).
    #[inline]
    pub const fn is_local(self) -> bool {
        self.0[0] & 2 != 0
    }

    /// Tells whether every station is meant.
    #[inline]
    pub fn is_broadcast(self) -> bool {
        self == Self::BROADCAST
    }
}

impl From<[u8; 6]> for MacAddr {
    #[inline]
    fn from(bytes: [u8; 6]) -> Self {
        MacAddr(bytes)
    }
}

impl fmt::Display for MacAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = *b"00:00:00:00:00:00";
        for (pair, byte) in text.chunks_mut(3).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        f.pad(core::str::from_utf8(&text).unwrap_or_default())
    }
}

/// Text that is no MAC address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseMacError;

impl fmt::Display for ParseMacError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a MAC address has six pairs of hexadecimal digits, as in 02:00:5e:10:00:01")
    }
}

impl core::error::Error for ParseMacError {}

/// Six pairs of digits with `:` or `-` between them.
impl FromStr for MacAddr {
    type Err = ParseMacError;
    fn from_str(text: &str) -> Result<Self, ParseMacError> {
        let mut bytes = [0; 6];
        let mut pairs = text.split([':', '-']);
        for byte in &mut bytes {
            let pair = pairs.next().filter(|p| p.len() == 2 && !p.starts_with('+')).ok_or(ParseMacError)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| ParseMacError)?;
        }
        if pairs.next().is_some() { Err(ParseMacError) } else { Ok(MacAddr(bytes)) }
    }
}

/// The hexadecimal digits.
pub(crate) const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// Shows bytes as hexadecimal digits without separators.
///
/// ```
/// assert_eq!(packetsmith::Hex(&[0xca, 0xfe]).to_string(), "cafe");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
