//! Why a value does not fit its field.

use core::fmt;

/// Why a value does not fit its field.
///
/// ```
/// use packetsmith::wire::ValueError;
/// assert_eq!(ValueError::TooLong { have: 70, max: 63 }.to_string(), "70 bytes where 63 fit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The number is too large for the field.
    TooLarge {
        /// The number.
        number: u64,
        /// The largest number that fits.
        max: u64,
    },
    /// The bytes are too many for the field.
    TooLong {
        /// Number of bytes.
        have: usize,
        /// Largest number of bytes that fits.
        max: usize,
    },
    /// The number of bytes is not a multiple of the unit.
    NotWhole {
        /// Number of bytes.
        have: usize,
        /// Bytes in one unit.
        unit: usize,
    },
    /// The value has the wrong kind. The text names the right one.
    Kind(&'static str),
    /// The text cannot be parsed. The text here names what was expected.
    Text(&'static str),
    /// The field's registry does not have the name.
    NoName,
    /// There is no field of this name.
    NoMember,
    /// Options or layers are nested too deeply.
    TooDeep,
    /// The buffer is too small. The number is how many bytes are needed.
    NoRoom(usize),
    /// A rule of the protocol is broken. The text names it.
    Rule(&'static str),
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ValueError::TooLarge { number, max } => write!(f, "{number} is more than {max}, the largest that fits"),
            ValueError::TooLong { have, max } => write!(f, "{have} bytes where {max} fit"),
            ValueError::NotWhole { have, unit } => write!(f, "{have} bytes are no multiple of {unit}"),
            ValueError::Kind(kind) => write!(f, "{kind} is called for here"),
            ValueError::Text(kind) => write!(f, "is not {kind}"),
            ValueError::NoName => f.write_str("no number has this name"),
            ValueError::NoMember => f.write_str("there is no such field"),
            ValueError::TooDeep => f.write_str("lies too deep inside of others"),
            ValueError::NoRoom(n) => write!(f, "the buffer is too small, {n} bytes are needed"),
            ValueError::Rule(text) => f.write_str(text),
        }
    }
}

impl core::error::Error for ValueError {}
