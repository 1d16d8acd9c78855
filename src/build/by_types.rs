//! Computing lengths, selectors and checksums by the types of a stack's headers.

use super::announce::{SelectedLayers, announce};
use super::compute::{set, write_checksum, write_lengths};
use super::dispatch::HeaderProto;
use super::encode_header::EncodeHeader;
use super::encoded_layer::EncodedLayer;
use super::frame_writer::FrameWriter;
use super::header_table::{HeaderTable, pad};
use super::inner_layers::{InnerLayers, is_known};
use crate::layer::{LayerBounds, NextProtocol, Protocol, Scope};
use crate::proto::Proto;
use crate::wire::{FieldError, excess_in};

/// A layer that was written: where its header is, and its computed rows that were left unset.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct PlacedLayer {
    start: u32,
    header_end: u32,
    unset: u64,
    pub(super) is_there: bool,
}

impl PlacedLayer {
    /// Writes a header, and pads it.
    #[inline]
    pub(super) fn write<H: EncodeHeader>(header: &H, out: &mut FrameWriter<'_>) -> Self {
        let (start, is_there) = (out.len, header.is_there());
        let mut unset = 0;
        if is_there {
            unset = header.put(out);
            pad::<H::Header>(start, unset, out);
            out.end_layer(H::Header::PROTO);
        }
        PlacedLayer { start: start as u32, header_end: out.len as u32, unset, is_there }
    }

    /// The layer in a frame that ends with its payload.
    #[inline(always)]
    fn encoded(&self, proto: Proto, frame: &[u8]) -> EncodedLayer {
        let (start, header_end, end) = (self.start, self.header_end, frame.len() as u32);
        let bounds = LayerBounds { start, header_end, payload_end: end, trailer_end: end };
        EncodedLayer { proto, bounds, unset: self.unset, ..EncodedLayer::NONE }
    }
}

/// Computes the lengths of a header, and its selector if the types or the layers inside say which it is.
#[inline]
pub(super) fn lengths<T: HeaderProto, I: InnerLayers>(
    frame: &mut [u8],
    written: &PlacedLayer,
    inner: I,
) -> Result<(), FieldError> {
    if written.unset == 0 {
        return Ok(());
    }
    if let Some(error) = excess_in(written.unset, HeaderTable::<T>::FIELDS) {
        return Err(error);
    }
    let layer = written.encoded(T::PROTO, frame);
    write_lengths(frame, &layer, [HeaderTable::<T>::HEADER_LENGTH, HeaderTable::<T>::TOTAL_LENGTH])?;
    if let Some(numbers) = HeaderTable::<T>::NUMBERS
        && let Some(field) = layer.unset_field(HeaderTable::<T>::NEXT_PROTOCOL)
        && let Some(number) = inner.number(numbers)
    {
        set(frame, &layer, field, number.into())?;
    }
    Ok(())
}

/// Computes what follows from the layers inside: the selector, if it is still open, and the checksum. `scope` gives what the
/// outer layers say.
#[inline]
pub(super) fn checksum<T: HeaderProto, I: InnerLayers>(
    frame: &mut [u8],
    written: &PlacedLayer,
    inner: I,
    scope: impl FnOnce(&[u8]) -> Scope,
) -> Result<(), FieldError> {
    if written.unset == 0 {
        return Ok(());
    }
    let layer = written.encoded(T::PROTO, frame);
    // The condition is a constant: where it is false, no code for parsing is linked.
    if const { must_announce::<T, I>() }
        && let Some(numbers) = HeaderTable::<T>::NUMBERS
        && let Some(field) = layer.unset_field(HeaderTable::<T>::NEXT_PROTOCOL)
        && !inner.is_data()
        && inner.number(numbers).is_none()
    {
        announce(frame, &layer, field, &|bytes| selected::<T, I>(bytes, inner));
    }
    T::Layer::finish(frame, layer.bounds, layer.unset)?;
    if let Some(field) = layer.unset_field(HeaderTable::<T>::CHECKSUM) {
        write_checksum(frame, &layer, field, |bytes| T::split(bytes)?.coverage(), scope);
    }
    Ok(())
}

/// Whether the header has a selector whose number is not known at compile time.
const fn must_announce<T: HeaderProto, I: InnerLayers>() -> bool {
    match HeaderTable::<T>::NUMBERS {
        Some(numbers) => !is_known::<I>(numbers),
        None => false,
    }
}

/// What bytes of a layer select: the next layer, and the one after it.
fn selected<T: HeaderProto, I: InnerLayers>(bytes: &[u8], inner: I) -> SelectedLayers {
    let Ok(parsed) = T::Layer::parse(bytes, NextProtocol::Unknown) else { return SelectedLayers::Nothing };
    let body = bytes.get(parsed.header_len..).unwrap_or(&[]);
    match inner.selected_by(parsed.next, body) {
        None => SelectedLayers::Nothing,
        Some(selector) if inner.second_follows(selector, body) => SelectedLayers::Both,
        Some(_) => SelectedLayers::Next,
    }
}

/// Whether a layer gives the addresses of a pseudo-header: then those outside of it say nothing that a checksum needs.
pub(super) const fn is_ip<T: HeaderProto>() -> bool {
    matches!(T::PROTO, Proto::Ipv4 | Proto::Ipv6)
}

/// Tells inner layers what they must know of a layer.
#[inline]
pub(super) fn update_scope<T: HeaderProto>(frame: &[u8], written: &PlacedLayer, scope: &mut Scope) {
    let layer = written.encoded(T::PROTO, frame);
    if let Some(header) = frame.get(layer.bounds.start as usize..).and_then(T::split) {
        header.update_scope(&layer.context(frame, scope), scope);
    }
}
