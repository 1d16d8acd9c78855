//! What the table of a header says to the encoder, by the header's type.

use super::compute::padding;
use super::dispatch::HeaderProto;
use crate::layer::{ComputedRows, Protocol};
use crate::wire::{ByteSink, Computed, Field, SelectorKind};
use core::marker::PhantomData;

/// What the table of a protocol says to the encoder.
pub(super) struct HeaderTable<T>(PhantomData<T>);

impl<T: HeaderProto> HeaderTable<T> {
    /// The table of the fixed header.
    pub(super) const FIELDS: &'static [Field] = <T::Layer<'static> as Protocol<'static>>::TABLE;
    /// The computed rows.
    pub(super) const ROWS: ComputedRows = ComputedRows::of(Self::FIELDS);
    /// The number space of the field that selects the next protocol.
    pub(super) const NUMBERS: Option<SelectorKind> = match Self::ROWS.next_protocol {
        Some(row) => match Self::FIELDS[row as usize].computed {
            Computed::NextProtocol(numbers) => Some(numbers),
            _ => None,
        },
        None => None,
    };
}

/// Pads a header to a multiple of the unit of its length, if the length was left unset.
#[inline]
pub(super) fn pad<T: HeaderProto>(at: usize, unset: u64, out: &mut dyn ByteSink) {
    if let Some(bytes) = padding(HeaderTable::<T>::FIELDS, &HeaderTable::<T>::ROWS, out.len() - at, unset) {
        T::Layer::pad(bytes, out);
    }
}
