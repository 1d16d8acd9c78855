//! What a name stands for: protocols, fields, bits, and what only the frame or its layer says.

use super::counted::{CountedName, ItemContents};
use super::derived::Derived;
use super::made::Made;
use super::syntax::{SliceEnd, SliceRange};
use super::types::{Names, Type};
use crate::flow::FlowField;
use crate::layer::NextProtocol;
use crate::proto::Proto;
use alloc::string::String;
use alloc::vec::Vec;

/// What a name in a filter stands for.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// The name, for messages.
    pub(super) name: String,
    /// Where its values come from.
    pub(super) sources: Vec<ValueSource>,
    pub(super) kind: Type,
    /// Names of its numbers.
    pub(super) names: Vec<Names>,
    pub(super) measure: Measure,
    /// The layers in which it counts, from 1, among those of the same protocol. All if empty.
    pub(super) layers: Vec<SliceRange>,
}

impl Reference {
    /// Whether layers are counted from the last one, which is known only at the end of the packet.
    pub(super) fn counts_from_end(&self) -> bool {
        self.layers.iter().any(|range| range.start < 0 || matches!(range.end, SliceEnd::Last(last) if last < 0))
    }

    /// Whether the values of a layer count, given its number from 1, and the number of the last one.
    pub(super) fn counts_in(&self, layer: u32, last: u32) -> bool {
        let (layer, last) = (i64::from(layer), i64::from(last));
        let from_first = |number: i64| if number < 0 { number + last + 1 } else { number };
        self.layers.is_empty()
            || self.layers.iter().any(|range| {
                let first = from_first(range.start);
                let end = match range.end {
                    SliceEnd::Length(count) => first + i64::from(count) - 1,
                    SliceEnd::Last(number) => from_first(number),
                    SliceEnd::Open => i64::MAX,
                };
                (first..=end).contains(&layer)
            })
    }
}

/// What of a value counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Value,
    /// Its length in bytes.
    Length,
    /// Its bytes in the frame.
    Raw,
    /// Its text.
    Written,
}

#[derive(Clone, Debug)]
pub(super) enum ValueSource {
    Protocol(Proto),
    /// A protocol, of whose layers only some have the name.
    Selected(Proto, fn(NextProtocol) -> bool),
    /// Fields with this filter name.
    Field(&'static str),
    /// Fields by their own name: protocol, name, filter name.
    Own(Proto, &'static str, &'static str),
    /// Bits of fields: filter name, own name if there is no filter name, mask.
    Bit(&'static str, &'static str, u64),
    /// Items of lists, whole: filter name of their number, number.
    Item(&'static str, u16),
    /// Lengths of items of lists: filter name of their number.
    ItemLength(&'static str),
    /// What the verification of the checksum with this filter name found out.
    Checksum(&'static str, VerificationResult),
    Made(&'static Made),
    /// What is before or around the values of a field.
    Counted(&'static CountedName),
    /// Contents of items of a list.
    Contents(&'static ItemContents),
    Derived(&'static Derived),
    /// What the conversation says about a TCP or UDP header.
    Flow(&'static FlowField),
    /// An edge of blocks that were acknowledged selectively, counted as the acknowledgment that the field gives.
    SackEdge(SackEdge, &'static FlowField),
    Frame(FrameField),
    Malformed,
    Issue,
    /// One of the issues with these identifiers, by Wireshark's name for it.
    OneOfIssues(&'static [&'static str]),
    Severity,
}

impl ValueSource {
    /// Whether its values are those of fields in the tables of protocols, or are read from them.
    pub(super) fn is_of_fields(&self) -> bool {
        match self {
            ValueSource::Field(_)
            | ValueSource::Own(..)
            | ValueSource::Bit(..)
            | ValueSource::Item(..)
            | ValueSource::ItemLength(_)
            | ValueSource::Made(_)
            | ValueSource::Counted(_)
            | ValueSource::Contents(_)
            | ValueSource::Checksum(..) => true,
            ValueSource::Protocol(_)
            | ValueSource::Selected(..)
            | ValueSource::Derived(_)
            | ValueSource::Flow(_)
            | ValueSource::SackEdge(..)
            | ValueSource::Frame(_)
            | ValueSource::Malformed
            | ValueSource::Issue
            | ValueSource::OneOfIssues(_)
            | ValueSource::Severity => false,
        }
    }
}

/// An edge of a block in a SACK option of TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SackEdge {
    /// Whether it is where the block ends.
    pub(super) is_right: bool,
    /// Whether the block counts only if it says what arrived twice.
    pub(super) is_duplicate: bool,
}

/// What of the verification of a checksum counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum VerificationResult {
    Status,
    /// The right checksum, if it was verified.
    Right,
    /// It is there if the checksum is bad.
    IsBad,
    /// It is there if there must be a checksum, and none was sent.
    IsIllegal,
}

/// What is said about the frame as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FrameField {
    Bytes,
    Length,
    CapturedLength,
    Number,
    Time,
    SinceEpoch,
    SinceFirst,
    SincePrevious,
    SinceDisplayed,
    Section,
    Interface,
    Encapsulation,
    Comment,
    Protocols,
}

impl FrameField {
    pub(super) const ALL: &'static [(&'static str, FrameField, Type)] = &[
        ("frame", FrameField::Bytes, Type::Protocol),
        ("frame.len", FrameField::Length, Type::Number(0, u32::MAX as i128)),
        ("frame.cap_len", FrameField::CapturedLength, Type::Number(0, u32::MAX as i128)),
        ("frame.number", FrameField::Number, Type::Number(0, u64::MAX as i128)),
        ("frame.time", FrameField::Time, Type::Time),
        ("frame.time_epoch", FrameField::SinceEpoch, Type::Duration),
        ("frame.time_relative", FrameField::SinceFirst, Type::Duration),
        ("frame.time_delta", FrameField::SincePrevious, Type::Duration),
        ("frame.time_delta_displayed", FrameField::SinceDisplayed, Type::Duration),
        ("frame.section_number", FrameField::Section, Type::Number(0, u64::MAX as i128)),
        ("frame.interface_id", FrameField::Interface, Type::Number(0, u32::MAX as i128)),
        ("frame.encap_type", FrameField::Encapsulation, Type::Number(0, u8::MAX as i128)),
        ("frame.comment", FrameField::Comment, Type::Text),
        ("frame.protocols", FrameField::Protocols, Type::Text),
    ];
}
