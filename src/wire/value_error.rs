//! Why a value does not fit its field.

use core::fmt;

/// Why a value cannot stand where it should.
///
/// ```
/// use packetsmith::wire::ValueError;
/// assert_eq!(ValueError::TooLong { have: 70, max: 63 }.to_string(), "70 bytes where 63 fit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The number is larger than the largest that the field can hold.
    TooLarge {
        /// The number.
        number: u64,
        /// The largest that there can be.
        max: u64,
    },
    /// There are more bytes than the field has.
    TooLong {
        /// Bytes there.
        have: usize,
        /// Bytes that there can be.
        max: usize,
    },
    /// The number of bytes is not a multiple of a unit.
    NotWhole {
        /// Bytes there.
        have: usize,
        /// Bytes of one unit.
        unit: usize,
    },
    /// The value is of another kind: what was called for.
    Kind(&'static str),
    /// The text is no value of the kind.
    Text(&'static str),
    /// The registry has no such name.
    NoName,
    /// There is no such member.
    NoMember,
    /// Options or layers lie too deep inside of each other.
    TooDeep,
    /// The buffer is too small: bytes needed.
    NoRoom(usize),
    /// A member is there that must not be beside another.
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
