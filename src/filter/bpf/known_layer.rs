//! Layers of a frame that a program has found, and where it reads their fields.

use super::graph::{Base, Load, LoadFrom, Size};
use super::instruction::ancillary;
use crate::proto::{Ethernet, Proto, Vlan};
use crate::wire::Field;

/// A layer that a frame certainly has at this point of the program.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct KnownLayer {
    pub(super) proto: Proto,
    pub(super) fields: FieldPlace,
    /// A field whose number is known already, by its name.
    pub(super) found: Option<(&'static str, u32)>,
    /// Whether an IPv4 header has options, one of which may lead to another destination.
    pub(super) has_options: bool,
}

/// Where the fields of a layer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldPlace {
    /// The header may be cut or wrong, or its fields are not of the kind that programs read.
    Unreadable,
    At(Base, u32),
    /// The Ethernet header of a frame whose tag the kernel took out: the type is that of the tag.
    BeforeTakenTag,
    /// The tag that the kernel took out. What follows it is named by the type that is left in the frame.
    TakenTag,
}

/// Where a number is: what loads it, and by how many bits it is shifted left there.
#[derive(Clone, Copy, Debug)]
pub(super) struct NumberPlace {
    pub(super) load: Load,
    pub(super) shift: u32,
}

/// Bits of a header, from the first one to the one before the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeaderBits {
    pub(super) first: u32,
    pub(super) end: u32,
}

impl HeaderBits {
    pub(super) fn of(field: &Field) -> Self {
        HeaderBits { first: field.first_bit.into(), end: field.end_bit.into() }
    }

    pub(super) fn width(self) -> u32 {
        self.end - self.first
    }
}

impl KnownLayer {
    pub(super) const fn unreadable(proto: Proto) -> Self {
        KnownLayer { proto, fields: FieldPlace::Unreadable, found: None, has_options: false }
    }

    pub(super) const fn at(proto: Proto, base: Base, offset: u32) -> Self {
        KnownLayer { proto, fields: FieldPlace::At(base, offset), found: None, has_options: false }
    }

    pub(super) const fn of(proto: Proto, fields: FieldPlace) -> Self {
        KnownLayer { proto, fields, found: None, has_options: false }
    }

    pub(super) const fn with(self, name: &'static str, number: u32) -> Self {
        KnownLayer { found: Some((name, number)), ..self }
    }

    /// Whether the program may read these bits of the header: the filter compares them as they are there.
    pub(super) fn reads(&self, bits: HeaderBits) -> bool {
        if self.fields == FieldPlace::Unreadable {
            return false;
        }
        match self.proto {
            // Of others than type and code, messages say what they are.
            Proto::Icmpv4 | Proto::Icmpv6 => bits.end <= 16,
            Proto::Ethernet | Proto::Vlan | Proto::Ipv4 | Proto::Ipv6 | Proto::Tcp | Proto::Udp | Proto::Arp => true,
            _ => false,
        }
    }

    /// The number in these bits, if the program has compared it.
    pub(super) fn found_number(&self, bits: HeaderBits) -> Option<u32> {
        let (name, number) = self.found?;
        self.proto.fields().iter().any(|row| row.name == name && HeaderBits::of(row) == bits).then_some(number)
    }

    /// Where bytes that begin with a bit are. `None` if they are not together in the frame.
    pub(super) fn bytes_of(&self, bits: HeaderBits) -> Option<(Base, u32)> {
        let from = bits.first / 8;
        match self.fields {
            FieldPlace::At(base, offset) => Some((base, offset + from)),
            FieldPlace::BeforeTakenTag => Some((Base::Frame, from)),
            FieldPlace::Unreadable | FieldPlace::TakenTag => None,
        }
    }

    /// Where the number in these bits is. `None` if they are in more than 32 bits.
    pub(super) fn number_of(&self, bits: HeaderBits) -> Option<NumberPlace> {
        let HeaderBits { first, end } = bits;
        let is_type =
            |row: u8, fields: &[Field]| fields.get(usize::from(row)).is_some_and(|row| HeaderBits::of(row) == bits);
        match self.fields {
            FieldPlace::BeforeTakenTag if is_type(Ethernet::row("ethertype"), Ethernet::FIELDS) => {
                let load = Load::all(LoadFrom::Ancillary(ancillary::VLAN_TPID)).masked(0xffff);
                return Some(NumberPlace { load, shift: 0 });
            }
            FieldPlace::TakenTag if is_type(Vlan::row("ethertype"), Vlan::FIELDS) => {
                return Some(NumberPlace { load: Load::frame(12, Size::Half), shift: 0 });
            }
            FieldPlace::TakenTag if end <= 16 => {
                let load = Load::all(LoadFrom::Ancillary(ancillary::VLAN_TAG));
                return Some(NumberPlace { load, shift: 16 - end });
            }
            _ => {}
        }
        let (base, _) = self.bytes_of(bits)?;
        let last = (end - 1) / 8;
        let (size, bytes) = match last + 1 - first / 8 {
            1 => (Size::Byte, 1),
            2 => (Size::Half, 2),
            3 | 4 => (Size::Word, 4),
            _ => return None,
        };
        let at = (last + 1).checked_sub(bytes)?;
        let start = match self.fields {
            FieldPlace::At(_, offset) => offset,
            _ => 0,
        };
        let load = Load::all(LoadFrom::Bytes { base, at: start + at, size });
        Some(NumberPlace { load, shift: (last + 1) * 8 - end })
    }
}
