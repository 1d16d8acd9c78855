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
