//! Issues: defects of packets, and remarks about them.

use super::rule::{Rule, Severity};
use crate::wire::{Checksum, Field, NameError, Span};
use core::fmt;

/// Most layers that are dissected; deeper layers are shown as data. This bounds the work per byte.
pub const MAX_LAYERS: usize = 1024;

/// What limits the bytes that are available.
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

/// Kind of an issue.
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
        /// What sets the limit.
        limit: Limit,
    },
    /// A length is below its minimum.
    TooShort {
        /// Value of the length, in bytes.
        declared: u32,
        /// Minimum, in bytes.
        min: u32,
    },
    /// The version differs from the one that the layer before selects.
    Version {
        /// The version found.
        found: u8,
        /// The version expected.
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
    /// A list of options ends with this many bytes that are not a complete item.
    BrokenItem(u32),
    /// A list of options ends inside of an item, or the item has a length that is too small.
    CutItem {
        /// Bytes of the item that are there.
        bytes: u32,
        /// Its type.
        kind: u16,
        /// Its length as it is in the packet, if that is there, in the unit of the list.
        length: Option<u32>,
    },
    /// The contents of an option or record do not fit its type.
    BadItem(u16),
    /// A domain name cannot be read.
    Name(NameError),
    /// Bytes follow the end that a length sets.
    Surplus(u32),
    /// Fewer items are present than their count says.
    Missing {
        /// The count.
        declared: u32,
        /// Number of items present.
        have: u32,
    },
    /// The frame has more layers than are dissected.
    TooDeep,
    /// A rule is broken.
    Rule(&'static Rule),
}

impl IssueKind {
    /// One stable word for the kind.
    pub const fn name(&self) -> &'static str {
        match self {
            IssueKind::Truncated { .. } => "truncated",
            IssueKind::TooShort { .. } => "too_short",
            IssueKind::Version { .. } => "version",
            IssueKind::Inferred { .. } => "inferred",
            IssueKind::Checksum(_) => "checksum",
            IssueKind::FrameCheck(_) => "frame_check",
            IssueKind::Reserved(_) => "reserved",
            IssueKind::BrokenItem(_) | IssueKind::CutItem { .. } => "broken_item",
            IssueKind::BadItem(_) => "bad_item",
            IssueKind::Name(_) => "name",
            IssueKind::Surplus(_) => "surplus",
            IssueKind::Missing { .. } => "missing",
            IssueKind::TooDeep => "too_deep",
            IssueKind::Rule(..) => "rule",
        }
    }

    /// Its stable identifier: that of the broken rule, such as `tcp.flags.syn_fin`, or of this kind of issue, such
    /// as `checksum.bad`. The latter are [`STRUCTURAL`](Self::STRUCTURAL).
    ///
    /// ```
    /// use packetsmith::{Checksum, IssueKind};
    /// assert_eq!(IssueKind::Checksum(Checksum::Bad(0x1234)).identifier(), "checksum.bad");
    /// ```
    pub const fn identifier(&self) -> &'static str {
        match self {
            IssueKind::Truncated { .. } => "truncated",
            IssueKind::TooShort { .. } => "length.too_short",
            IssueKind::Version { .. } => "version.unexpected",
            IssueKind::Inferred { .. } => "length.inferred",
            IssueKind::Checksum(Checksum::Bad(_)) => "checksum.bad",
            IssueKind::Checksum(Checksum::Offloaded) => "checksum.offloaded",
            IssueKind::Checksum(Checksum::Absent) => "checksum.missing",
            // No checksum that is good or cannot be verified is reported.
            IssueKind::Checksum(_) => "checksum.unverifiable",
            IssueKind::FrameCheck(_) => "fcs.bad",
            IssueKind::Reserved(_) => "reserved.not_zero",
            IssueKind::BrokenItem(_) | IssueKind::CutItem { .. } => "options.broken_item",
            IssueKind::BadItem(_) => "options.bad_item",
            IssueKind::Name(NameError::Truncated) => "name.truncated",
            IssueKind::Name(NameError::ForwardPointer) => "name.forward_pointer",
            IssueKind::Name(NameError::ReservedLabel(_)) => "name.reserved_label",
            IssueKind::Name(NameError::TooLong) => "name.too_long",
            IssueKind::Name(NameError::TooManyPointers) => "name.too_many_pointers",
            IssueKind::Surplus(_) => "payload.surplus",
            IssueKind::Missing { .. } => "count.missing",
            IssueKind::TooDeep => "layers.too_many",
            IssueKind::Rule(rule) => rule.id(),
        }
    }

    /// The issues that any protocol can have, beside the rules of each: identifier, severity and meaning. Their
    /// messages have the numbers of the packet instead.
    pub const STRUCTURAL: &'static [Rule] = {
        use Severity::{Error, Note, Warning};
        &[
            Rule::new(
                "truncated",
                Error,
                "bytes are missing; a note if the snapshot length, a quote or a TCP segment ends before them",
            ),
            Rule::new("length.too_short", Error, "a length is less than the minimum"),
            Rule::new("length.inferred", Note, "a length is zero, as with segmentation offload and jumbograms"),
            Rule::new("version.unexpected", Error, "the version is not the one that the selector requires"),
            Rule::new("checksum.bad", Warning, "the checksum is wrong"),
            Rule::new("checksum.missing", Warning, "the checksum is zero where that is not allowed"),
            Rule::new("checksum.offloaded", Note, "the checksum is that of the pseudo-header: captured before offload"),
            Rule::new("fcs.bad", Warning, "the frame check sequence is wrong"),
            Rule::new("reserved.not_zero", Warning, "a reserved field is not zero"),
            Rule::new("options.broken_item", Error, "a list ends with bytes that are not a complete item"),
            Rule::new("options.bad_item", Warning, "the contents of an option or record are not valid for its type"),
            Rule::new("name.truncated", Error, "the message ends inside a domain name"),
            Rule::new("name.forward_pointer", Error, "a compression pointer does not point backwards"),
            Rule::new("name.reserved_label", Error, "a domain name has a label of a reserved type"),
            Rule::new("name.too_long", Error, "a domain name is longer than 255 bytes"),
            Rule::new("name.too_many_pointers", Error, "a domain name has more than 127 compression pointers"),
            Rule::new("payload.surplus", Note, "bytes follow the end of the message or datagram"),
            Rule::new("count.missing", Error, "a count is greater than the number of items that are present"),
            Rule::new("layers.too_many", Error, "the frame has more layers than are dissected"),
        ]
    };

    /// The severity. Truncation by the snapshot length, by quoting or by the end of a TCP segment is
    /// no malformation.
    pub fn severity(&self) -> Severity {
        match self {
            IssueKind::Truncated { limit: Limit::Snapshot | Limit::Quote | Limit::Segment, .. }
            | IssueKind::Inferred { .. } => Severity::Note,
            IssueKind::Checksum(Checksum::Offloaded) | IssueKind::Surplus(_) => Severity::Note,
            IssueKind::Reserved(_) | IssueKind::Checksum(_) | IssueKind::FrameCheck(_) | IssueKind::BadItem(_) => {
                Severity::Warning
            }
            IssueKind::Rule(rule) => rule.severity(),
            _ => Severity::Error,
        }
    }
}

impl fmt::Display for IssueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IssueKind::Truncated { needed, have, limit } => {
                write!(f, "{needed} bytes needed, {have} present, cut off by {limit}")
            }
            IssueKind::TooShort { declared, min } => {
                write!(f, "the length is {declared} bytes, and must be at least {min}")
            }
            IssueKind::Version { found, expected } => write!(f, "version {found}, expected {expected}"),
            IssueKind::Inferred { length } => {
                write!(f, "the length is zero, as with segmentation offload: {length} bytes taken from the frame")
            }
            IssueKind::Checksum(Checksum::Bad(right)) => write!(f, "wrong checksum, expected {right:#06x}"),
            IssueKind::Checksum(Checksum::Offloaded) => {
                f.write_str("partial checksum of the pseudo-header: captured before checksum offload")
            }
            IssueKind::Checksum(Checksum::Absent) => f.write_str("the checksum is zero, which is not allowed here"),
            IssueKind::Checksum(_) => f.write_str("the checksum cannot be verified"),
            IssueKind::FrameCheck(right) => {
                write!(f, "wrong frame check sequence, expected {:#010x}", u32::from_be_bytes(*right))
            }
            IssueKind::Reserved(value) => write!(f, "a reserved field must be zero, and is {value:#x}"),
            IssueKind::BrokenItem(n) => write!(f, "the list ends with {n} bytes that are not a complete item"),
            IssueKind::CutItem { bytes, kind, length: Some(length) } => {
                write!(
                    f,
                    "the list ends with {bytes} bytes that are not a complete item of type {kind}, length {length}"
                )
            }
            IssueKind::CutItem { bytes, kind, length: None } => {
                write!(f, "the list ends with {bytes} bytes that are not a complete item of type {kind}")
            }
            IssueKind::BadItem(kind) => write!(f, "the contents are not valid for type {kind}"),
            IssueKind::Name(error) => write!(f, "invalid domain name: {error}"),
            IssueKind::Surplus(n) => write!(f, "{n} surplus bytes after the end"),
            IssueKind::Missing { declared, have } => write!(f, "the count is {declared}, and {have} are present"),
            IssueKind::TooDeep => write!(f, "more than {MAX_LAYERS} layers: the rest is shown as data"),
            IssueKind::Rule(rule) => rule.fmt(f),
        }
    }
}

/// A defect of a packet, or a remark about it: kind, place and layer.
///
/// ```
/// let mut texts = Vec::new();
/// for layer in packetsmith::examine(101, &[0x45, 0, 0]) {
///     layer.issues(|issue| texts.push(issue.to_string()));
/// }
/// assert_eq!(texts, ["ipv4 (bytes 0..3): 20 bytes needed, 3 present, cut off by the end of the frame"]);
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Issue {
    /// Name of the protocol.
    pub protocol: &'static str,
    /// Index of the layer, from 0.
    pub layer: usize,
    /// The field concerned, if it is one field.
    pub field: Option<&'static Field>,
    /// The bytes concerned.
    pub span: Span,
    /// The kind.
    pub kind: IssueKind,
}

/// `ipv4.total_length (bytes 16..18): 1500 bytes needed, 60 present, cut off by the end of the frame`
impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.protocol)?;
        if let Some(field) = self.field {
            write!(f, ".{}", field.name)?;
        }
        write!(f, " (bytes {}..{}): {}", self.span.start, self.span.end, self.kind)
    }
}

/// Declares the rules of a protocol as an enum: `Variant = Severity "identifier" "text"`.
///
/// ```
/// packetsmith::rules! {
///     /// Rules of lamps.
///     pub enum LampRule {
///         Dark = Warning "lamp.dark" "no lamp is on",
///     }
/// }
/// assert_eq!((LampRule::ALL.len(), LampRule::ALL[0].id()), (1, "lamp.dark"));
/// ```
#[macro_export]
macro_rules! rules {
    (
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident {
            $($variant:ident = $severity:ident $id:literal $text:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        $visibility enum $name {
            $(#[doc = concat!("`", $id, "`: ", $text, ".")] $variant,)+
        }

        impl $name {
            /// All rules, in the order of the variants.
            pub const ALL: &'static [$crate::layer::Rule] =
                &[$($crate::layer::Rule::new($id, $crate::layer::Severity::$severity, $text)),+];

            /// Identifier, severity and message.
            pub const fn rule(self) -> &'static $crate::layer::Rule {
                &Self::ALL[self as usize]
            }
        }

        impl From<$name> for $crate::layer::IssueKind {
            fn from(rule: $name) -> Self {
                $crate::layer::IssueKind::Rule(rule.rule())
            }
        }
    };
}
pub use rules;
