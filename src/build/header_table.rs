//! What the table of a header says to the encoder, by the header's type.

use super::compute::padding;
use super::dispatch::HeaderProto;
use super::encoded_layer::ComputedRow;
use crate::layer::{ComputedRows, Protocol};
use crate::wire::{ByteSink, Computed, DATA, Field, SelectorKind};
use core::marker::PhantomData;

/// What the table of a protocol says to the encoder.
pub(super) struct HeaderTable<T>(PhantomData<T>);

impl<T: HeaderProto> HeaderTable<T> {
    /// The table of the fixed header.
    pub(super) const FIELDS: &'static [Field] = <T::Layer<'static> as Protocol<'static>>::TABLE;
    /// The computed rows.
    const ROWS: ComputedRows = ComputedRows::of(Self::FIELDS);
    /// The length of the header.
    pub(super) const HEADER_LENGTH: ComputedRow = match Self::ROWS.header_length {
        Some(row) => Some((row, &Self::HEADER_LENGTH_FIELD)),
        None => None,
    };
    /// The length of header and payload.
    pub(super) const TOTAL_LENGTH: ComputedRow = match Self::ROWS.total_length {
        Some(row) => Some((row, &Self::TOTAL_LENGTH_FIELD)),
        None => None,
    };
    /// The field that selects the next protocol.
    pub(super) const NEXT_PROTOCOL: ComputedRow = match Self::ROWS.next_protocol {
        Some(row) => Some((row, &Self::NEXT_PROTOCOL_FIELD)),
        None => None,
    };
    /// The checksum.
    pub(super) const CHECKSUM: ComputedRow = match Self::ROWS.checksum {
        Some(row) => Some((row, &Self::CHECKSUM_FIELD)),
        None => None,
    };
    // Each field is a constant of its own: an error that names it does not link the whole table.
    const HEADER_LENGTH_FIELD: Field = Self::field(Self::ROWS.header_length);
    const TOTAL_LENGTH_FIELD: Field = Self::field(Self::ROWS.total_length);
    const NEXT_PROTOCOL_FIELD: Field = Self::field(Self::ROWS.next_protocol);
    const CHECKSUM_FIELD: Field = Self::field(Self::ROWS.checksum);
    /// The number space of the field that selects the next protocol.
    pub(super) const NUMBERS: Option<SelectorKind> = match Self::ROWS.next_protocol {
        Some(row) => match Self::FIELDS[row as usize].computed {
            Computed::NextProtocol(numbers) => Some(numbers),
            _ => None,
        },
        None => None,
    };

    const fn field(row: Option<u8>) -> Field {
        match row {
            Some(row) => Self::FIELDS[row as usize],
            None => *DATA,
        }
    }
}

/// Pads a header to a multiple of the unit of its length, if the length was left unset.
#[inline]
pub(super) fn pad<T: HeaderProto>(at: usize, unset: u64, out: &mut dyn ByteSink) {
    if let Some(bytes) = padding(HeaderTable::<T>::HEADER_LENGTH, out.len() - at, unset) {
        T::Layer::pad(bytes, out);
    }
}
