//! Issues: what is wrong with a packet, or worth a remark.

use crate::wire::{Checksum, Field, NameError, Span};
use core::fmt;

/// Most layers that are dissected; deeper layers are shown as data. This bounds the work per byte.
pub const MAX_LAYERS: usize = 1024;

/// Who set the limit that something runs into.
///
/// ```
/// assert_eq!(packetsmith::Limit::Frame.to_string(), "the end of the frame");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// The snapshot length of the capture: the packet went on.
    Snapshot,
    /// The end of the frame.
    Frame,
    /// The end of what an ICMP error quotes: the quoted packet went on.
    Quote,
    /// The end of a TCP segment: the stream goes on in the next one.
    Segment,
    /// A length in the header of the protocol named.
    Layer(&'static str),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Snapshot => f.write_str("the capture's snapshot length"),
            Limit::Frame => f.write_str("the end of the frame"),
            Limit::Quote => f.write_str("the end of the quoted packet"),
            Limit::Segment => f.write_str("the end of the TCP segment"),
            Limit::Layer(name) => write!(f, "the length in {name}"),
        }
    }
}

/// How bad it is.
///
/// ```
/// use packetsmith::Severity;
/// assert!(Severity::Note < Severity::Warning && Severity::Warning < Severity::Error);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; the packet is as it should be.
    Note,
    /// Unusual or against a rule, but readable.
    Warning,
    /// Malformed.
    Error,
}

impl Severity {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is wrong, or worth a remark.
///
/// ```
/// use packetsmith::{IssueKind, examine};
/// let mut kinds = Vec::new();
/// for layer in examine(101, &[0x45, 0, 0, 40, 0, 0, 0, 0, 64, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]) {
///     layer.issues(|issue| kinds.push(issue.kind));
/// }
/// assert!(matches!(kinds[0], IssueKind::Truncated { needed: 40, have: 20, .. }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssueKind {
    /// `needed` bytes must be here, `have` are, and `limit` says so.
    Truncated {
        /// Bytes needed.
        needed: u32,
        /// Bytes there.
        have: u32,
        /// Who set the limit.
        limit: Limit,
    },
    /// A length says less than the least that makes sense.
    TooShort {
        /// Bytes that the length says.
        declared: u32,
        /// Bytes that it must say at least.
        min: u32,
    },
    /// A version other than the one that whatever stands before calls for.
    Version {
        /// The version found.
        found: u8,
        /// The version called for.
        expected: u8,
    },
    /// A length is zero, as segmentation offload and jumbograms leave it; what is there was taken.
    Inferred {
        /// Bytes taken.
        length: u32,
    },
    /// A checksum that is not right.
    Checksum(Checksum),
    /// The frame check sequence is wrong; this one would be right.
    FrameCheck([u8; 4]),
    /// A reserved field is not zero.
    Reserved(u64),
    /// A list of options breaks off: so many bytes are no whole item.
    BrokenItem(u32),
    /// The contents of an option or record do not fit its type.
    BadItem(u16),
    /// A domain name cannot be read.
    Name(NameError),
    /// Bytes stand beyond the end that a length sets.
    Surplus(u32),
    /// A number says how many there are, and there are fewer.
    Missing {
        /// How many the number says.
        declared: u32,
        /// How many are there.
        have: u32,
    },
    /// The frame has more layers than are dissected.
    TooDeep,
    /// A rule is broken.
    Rule(Severity, &'static str),
}

impl IssueKind {
    /// One word for it, which does not change.
    pub const fn name(&self) -> &'static str {
        match self {
            IssueKind::Truncated { .. } => "truncated",
            IssueKind::TooShort { .. } => "too_short",
            IssueKind::Version { .. } => "version",
            IssueKind::Inferred { .. } => "inferred",
            IssueKind::Checksum(_) => "checksum",
            IssueKind::FrameCheck(_) => "frame_check",
            IssueKind::Reserved(_) => "reserved",
            IssueKind::BrokenItem(_) => "broken_item",
            IssueKind::BadItem(_) => "bad_item",
            IssueKind::Name(_) => "name",
            IssueKind::Surplus(_) => "surplus",
            IssueKind::Missing { .. } => "missing",
            IssueKind::TooDeep => "too_deep",
            IssueKind::Rule(..) => "rule",
        }
    }

    /// How bad it is. Truncation by the snapshot length, by quoting or by the end of a TCP segment is
    /// no malformation.
    pub fn severity(&self) -> Severity {
        match self {
            IssueKind::Truncated { limit: Limit::Snapshot | Limit::Quote | Limit::Segment, .. }
            | IssueKind::Inferred { .. } => Severity::Note,
            IssueKind::Checksum(Checksum::Offloaded) | IssueKind::Surplus(_) => Severity::Note,
            IssueKind::Reserved(_) | IssueKind::Checksum(_) | IssueKind::FrameCheck(_) | IssueKind::BadItem(_) => {
                Severity::Warning
            }
            IssueKind::Rule(severity, _) => *severity,
            _ => Severity::Error,
        }
    }
}

impl fmt::Display for IssueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IssueKind::Truncated { needed, have, limit } => {
                write!(f, "{needed} bytes needed, {have} there, cut by {limit}")
            }
            IssueKind::TooShort { declared, min } => write!(f, "says {declared} bytes, at least {min} are needed"),
            IssueKind::Version { found, expected } => write!(f, "version {found} where {expected} was announced"),
            IssueKind::Inferred { length } => {
                write!(f, "is zero, as with segmentation offload: {length} bytes taken from the frame")
            }
            IssueKind::Checksum(Checksum::Bad(right)) => write!(f, "is wrong, {right:#06x} would be right"),
            IssueKind::Checksum(Checksum::Offloaded) => {
                f.write_str("holds the pseudo-header's sum alone: captured before checksum offload")
            }
            IssueKind::Checksum(Checksum::Absent) => f.write_str("is zero, which is not allowed here"),
            IssueKind::Checksum(_) => f.write_str("cannot be verified"),
            IssueKind::FrameCheck(right) => write!(f, "is wrong, {:#010x} would be right", u32::from_be_bytes(*right)),
            IssueKind::Reserved(value) => write!(f, "is reserved, and {value:#x} instead of zero"),
            IssueKind::BrokenItem(n) => write!(f, "the list breaks off: {n} bytes are no whole item"),
            IssueKind::BadItem(kind) => write!(f, "the contents do not fit type {kind}"),
            IssueKind::Name(error) => write!(f, "name: {error}"),
            IssueKind::Surplus(n) => write!(f, "{n} bytes beyond the end that the length sets"),
            IssueKind::Missing { declared, have } => write!(f, "says {declared}, {have} are there"),
            IssueKind::TooDeep => write!(f, "more than {} layers, the rest is shown as data", MAX_LAYERS),
            IssueKind::Rule(_, text) => f.write_str(text),
        }
    }
}

/// Something wrong with a packet, or worth a remark: what, where, and in which layer.
///
/// ```
/// let mut texts = Vec::new();
/// for layer in packetsmith::examine(101, &[0x45, 0, 0]) {
///     layer.issues(|issue| texts.push(issue.to_string()));
/// }
/// assert_eq!(texts, ["ipv4 (bytes 0..3): 20 bytes needed, 3 there, cut by the end of the frame"]);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Issue {
    /// Name of the protocol.
    pub protocol: &'static str,
    /// Index of the layer, from 0.
    pub layer: usize,
    /// The field it is about, if one.
    pub field: Option<&'static Field>,
    /// The bytes it is about.
    pub span: Span,
    /// What it is.
    pub kind: IssueKind,
}

/// `ipv4.total_length (bytes 16..18): 1500 bytes needed, 60 there, cut by the end of the frame`
impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.protocol)?;
        if let Some(field) = self.field {
            write!(f, ".{}", field.name)?;
        }
        write!(f, " (bytes {}..{}): {}", self.span.start, self.span.end, self.kind)
    }
}
