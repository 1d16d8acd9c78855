//! Protocols as text: `Display` and `FromStr`.

use super::Proto;
use core::fmt;
use core::str::FromStr;

/// The error of a text that is the name of no protocol, or of several.
///
/// ```
/// use packetsmith::Proto;
/// assert!("colour".parse::<Proto>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseProtoError;

impl fmt::Display for ParseProtoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no protocol has this name")
    }
}

impl core::error::Error for ParseProtoError {}

/// The name of the protocol, as in JSON and filters.
///
/// ```
/// use packetsmith::Proto;
/// assert_eq!(Proto::Tcp.to_string(), "tcp");
/// assert_eq!("TCP".parse(), Ok(Proto::Tcp));
/// ```
impl fmt::Display for Proto {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Reads the name of a protocol, in letters of either case.
impl FromStr for Proto {
    type Err = ParseProtoError;
    fn from_str(name: &str) -> Result<Self, ParseProtoError> {
        let is = |proto: &&Proto| proto.name().eq_ignore_ascii_case(name);
        Proto::ALL.iter().find(is).copied().ok_or(ParseProtoError)
    }
}
