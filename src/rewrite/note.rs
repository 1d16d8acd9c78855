//! What a rewriter has to say: rules that cannot be, packets that cannot be changed rightly.

use crate::wire::ValueError;
use std::boxed::Box;
use std::fmt;
use std::net::IpAddr;
use std::string::String;

/// Why a rule cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleError {
    /// A form is expected: `10.0.0.0/8=192.0.2.0/24`.
    Form(&'static str),
    /// A text is no address, port or number.
    NotA(&'static str, String),
    /// A network has bits after its prefix.
    BitsAfterPrefix(IpAddr, u8),
    /// IPv4 is mapped to IPv6, or the other way.
    OtherVersion,
    /// Two rules are for the same network, address or port.
    Twice(String),
    /// Two rules set the same field.
    SetTwice(String),
    /// No field has this name, with the nearest that has.
    Unknown(String),
    /// A value does not fit the field.
    Value(String, String),
    /// Rules contradict each other.
    Conflict(&'static str),
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleError::Form(form) => write!(f, "{form} is expected"),
            RuleError::NotA(what, text) => write!(f, "{text} is not {what}"),
            RuleError::BitsAfterPrefix(address, bits) => {
                let network = super::address_bits::masked(*address, *bits);
                write!(f, "{address}/{bits} has bits after its prefix: is {network}/{bits} meant?")
            }
            RuleError::OtherVersion => f.write_str("one side is IPv4, the other IPv6"),
            RuleError::Twice(what) => write!(f, "{what} is mapped twice"),
            RuleError::SetTwice(what) => write!(f, "{what} is set twice"),
            RuleError::Unknown(why) => f.write_str(why),
            RuleError::Value(field, why) => write!(f, "{field}: {why}"),
            RuleError::Conflict(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for RuleError {}

/// Why a capture cannot be rewritten by its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RewriteError {
    /// Two addresses would become one: a network with less room has no place for both, or two networks are mapped to one.
    Collision {
        /// The address that was mapped before.
        first: IpAddr,
        /// The address that would be mapped to the same.
        second: IpAddr,
        /// What both would become.
        target: IpAddr,
    },
    /// More than a million addresses of mappings that can make one of two.
    TooManyAddresses,
}

impl fmt::Display for RewriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RewriteError::Collision { first, second, target } => write!(
                f,
                "{first} and {second} would both become {target}: map to a network with a prefix as short as that of the old \
                 one, and no two networks to the same addresses"
            ),
            RewriteError::TooManyAddresses => f.write_str(
                "more than 1,000,000 addresses are mapped to networks with less room or to the same ones, and so many are not \
                 remembered: map each network to one of its own with a prefix as short",
            ),
        }
    }
}

impl std::error::Error for RewriteError {}

/// What could not be made right in a packet, or what one should know of it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RewriteNote {
    /// What proves that the packet is authentic no longer matches: the name of what it is.
    Authentication(&'static str),
    /// An address changed around an encrypted payload. A checksum inside that covers it, in transport mode, is now wrong.
    Encrypted,
    /// A checksum cannot follow, because the packet is a fragment.
    Fragment(&'static str),
    /// An address is cut off, and the part that is there does not tell whether it is mapped.
    AddressCut,
    /// A header or message with addresses is cut off. Those in a part that cannot be read stay.
    CutShort(&'static str),
    /// A message with names is cut off, damaged, or goes on in another packet. Names in a part that cannot be read stay.
    NamesUnread(&'static str),
    /// An address is not in one piece, and stays.
    AddressInPieces(&'static str),
    /// An address that no rule maps is in a network to which others are mapped.
    InTarget(IpAddr),
    /// A field was not set: its name, and why.
    NotSet(Box<str>, NotSet),
    /// No tag was changed: the frame has no place for one, or has none.
    NoTag(&'static str),
    /// The payload was cut off, not taken out: the packet is a fragment, or quoted with extensions.
    CutInstead(&'static str),
    /// Lengths and checksums were not computed again: the message says why.
    NotFixed(Box<str>),
}

/// Why a field was not set.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum NotSet {
    /// The value does not fit.
    Value(ValueError),
    /// The field has another length than the value, in bytes: those that it has.
    Length(usize),
    /// The field does not begin and end with a byte.
    NoWholeBytes,
}

impl PartialEq for NotSet {
    fn eq(&self, other: &Self) -> bool {
        core::mem::discriminant(self) == core::mem::discriminant(other)
    }
}

impl Eq for NotSet {}

impl RewriteNote {
    /// An identifier of the kind of note, for counting.
    pub fn id(&self) -> &'static str {
        match self {
            RewriteNote::Authentication(_) => "authentication",
            RewriteNote::Encrypted => "encrypted",
            RewriteNote::Fragment(_) => "fragment",
            RewriteNote::AddressCut => "address_cut",
            RewriteNote::CutShort(_) => "cut_short",
            RewriteNote::NamesUnread(_) => "names_unread",
            RewriteNote::AddressInPieces(_) => "address_in_pieces",
            RewriteNote::InTarget(_) => "in_target",
            RewriteNote::NotSet(..) => "not_set",
            RewriteNote::NoTag(_) => "no_tag",
            RewriteNote::CutInstead(_) => "cut_instead",
            RewriteNote::NotFixed(_) => "not_fixed",
        }
    }
}

impl fmt::Display for RewriteNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RewriteNote::Authentication(what) => write!(f, "{what} covers what was changed, and no longer matches"),
            RewriteNote::Encrypted => {
                f.write_str("an address was changed around ESP: if the checksum inside covers it, it is now wrong")
            }
            RewriteNote::Fragment(what) => write!(f, "{what} is in another fragment, and could not follow"),
            RewriteNote::AddressCut => {
                f.write_str("an address is cut off, and what is there does not tell whether it is mapped: it stays")
            }
            RewriteNote::CutShort(protocol) => {
                write!(f, "{protocol} is cut off: addresses in a part that cannot be read stay")
            }
            RewriteNote::NamesUnread(protocol) => write!(
                f,
                "a part of the {protocol} message cannot be read: it is cut off, damaged, or in another packet; names in \
                 it stay"
            ),
            RewriteNote::AddressInPieces(field) => write!(f, "{field}: the address is not in one piece, and stays"),
            RewriteNote::InTarget(address) => {
                write!(f, "{address} is not mapped, and is in a network to which others are mapped")
            }
            RewriteNote::NotSet(field, NotSet::Value(error)) => write!(f, "{field} was not set: {error}"),
            RewriteNote::NotSet(field, NotSet::Length(bytes)) => {
                write!(f, "{field} was not set: it has {bytes} bytes here, and the value must have as many")
            }
            RewriteNote::NotSet(field, NotSet::NoWholeBytes) => {
                write!(f, "{field} was not set: it does not begin and end with a byte")
            }
            RewriteNote::NoTag(why) => write!(f, "no VLAN tag was changed: {why}"),
            RewriteNote::CutInstead(what) => {
                write!(f, "the payload was cut off, and lengths stay: {what}")
            }
            RewriteNote::NotFixed(why) => write!(f, "lengths and checksums were not computed again: {why}"),
        }
    }
}
