//! Bytes as hexadecimal digits.

use core::fmt;

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

/// `Debug` of the bytes of a frame or a buffer: the first bytes in hexadecimal, and how many there are.
pub(crate) struct DebugBytes<'a>(pub(crate) &'a [u8]);

impl DebugBytes<'_> {
    /// Number of bytes that are shown.
    const SHOWN: usize = 32;
}

impl fmt::Debug for DebugBytes<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.split_at_checked(Self::SHOWN) {
            Some((shown, rest)) if !rest.is_empty() => write!(f, "0x{}… ({} bytes)", Hex(shown), self.0.len()),
            _ => write!(f, "0x{}", Hex(self.0)),
        }
    }
}
