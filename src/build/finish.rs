//! Computing lengths, selectors and checksums by the tables of all protocols, for layers that are known at run time only.

use super::announce::{SelectedLayers, announce, follows};
#[cfg(feature = "alloc")]
use super::compute::padding;
use super::compute::{set, write_checksum, write_lengths};
use super::encoded_layer::{EncodeError, EncodedLayer, computed_row};
use crate::layer::{LayerBounds, LayerContext, NextProtocol, Scope};
use crate::proto::{Proto, View};
#[cfg(feature = "alloc")]
use crate::wire::ByteSink;
use crate::wire::{Computed, FieldError, excess_in};

/// Pads a header to a multiple of the unit of its length, if the length was left unset.
#[cfg(feature = "alloc")]
pub(crate) fn pad_any(proto: Proto, at: usize, unset: u64, out: &mut dyn ByteSink) {
    if let Some(bytes) =
        padding(computed_row(proto.fields(), proto.computed_rows().header_length), out.len() - at, unset)
    {
        proto.pad(bytes, out);
    }
}

/// Computes the unset rows of all layers, from the innermost outwards.
///
/// A routing header determines the destination in the pseudo-header of inner layers (RFC 8200 §8.1), and its length says
/// where the address is. So routing headers are completed before everything else. No other protocol tells inner layers
/// something that it reads from a computed row.
pub(crate) fn finish(frame: &mut [u8], layers: &[EncodedLayer]) -> Result<(), EncodeError> {
    if layers.iter().any(|spot| spot.proto == Proto::Routing) {
        finish_routing_headers(frame, layers)?;
    }
    for layer in (0..layers.len()).rev() {
        finish_layer(frame, layers, layer)?;
    }
    Ok(())
}

/// Computes the unset rows of routing headers.
#[cold]
fn finish_routing_headers(frame: &mut [u8], layers: &[EncodedLayer]) -> Result<(), EncodeError> {
    for (layer, spot) in layers.iter().enumerate() {
        if spot.proto == Proto::Routing {
            finish_layer(frame, layers, layer)?;
        }
    }
    Ok(())
}

/// Computes the unset rows of a layer.
#[inline(always)]
fn finish_layer(frame: &mut [u8], layers: &[EncodedLayer], layer: usize) -> Result<(), EncodeError> {
    let EncodedLayer { proto, unset, .. } = layers[layer];
    if unset == 0 {
        return Ok(());
    }
    let completed = match excess_in(unset, proto.fields()) {
        None => proto.complete(frame, layers, layer),
        Some(error) => Err(error),
    };
    completed.map_err(|error| EncodeError { layer, proto, error })
}

/// Computes the unset rows of a layer: lengths, the selector, the checksum. If `proto` is a constant, its table is one
/// too.
#[inline(always)]
pub(crate) fn complete(
    proto: Proto,
    frame: &mut [u8],
    layers: &[EncodedLayer],
    layer: usize,
) -> Result<(), FieldError> {
    let (spot, fields, rows) = (&layers[layer], proto.fields(), proto.computed_rows());
    let row = |row| computed_row(fields, row);
    write_lengths(frame, spot, [row(rows.header_length), row(rows.total_length)])?;
    let next = layers.get(layer + 1).map_or(Proto::Data, |next| next.proto);
    if next != Proto::Data
        && let Some(field) = spot.unset_field(row(rows.next_protocol))
    {
        let known = if let Computed::NextProtocol(numbers) = field.computed { next.only_number(numbers) } else { None };
        match known {
            Some(number) => set(frame, spot, field, number.into())?,
            None => announce(frame, spot, field, &selected(proto, next, layers.get(layer + 2).map(|spot| spot.proto))),
        }
    }
    let missing = spot.payload_missing;
    let whole = LayerBounds {
        payload_end: spot.bounds.payload_end + missing,
        trailer_end: spot.bounds.trailer_end + missing,
        ..spot.bounds
    };
    proto.finish(frame, whole, spot.unset)?;
    if let Some(field) = spot.unset_field(row(rows.checksum)) {
        let coverage = |bytes: &[u8]| View::split(proto, bytes).coverage(bytes);
        write_checksum(frame, spot, field, coverage, |frame| {
            // The innermost IP header gives the addresses; layers outside of it say nothing that the sum needs.
            let (outer, mut scope) = (&layers[..layer], Scope::OUTERMOST);
            let ip = outer.iter().rposition(|outer| matches!(outer.proto, Proto::Ipv4 | Proto::Ipv6)).unwrap_or(0);
            outer[ip..].iter().for_each(|outer| outer.proto.update_scope(frame, outer, &mut scope));
            scope
        });
    }
    Ok(())
}

/// What bytes of a layer of `proto` select: `next`, and after it `second`.
fn selected(proto: Proto, next: Proto, second: Option<Proto>) -> impl Fn(&[u8]) -> SelectedLayers {
    move |bytes| {
        let Ok((parsed, _)) = View::parse_proto(proto, bytes, NextProtocol::Unknown) else {
            return SelectedLayers::Nothing;
        };
        let body = bytes.get(parsed.header_len..).unwrap_or(&[]);
        match next.selected_by(parsed.next, body) {
            None => SelectedLayers::Nothing,
            Some(selector) if second_follows(next, selector, body, second) => SelectedLayers::Both,
            Some(_) => SelectedLayers::Next,
        }
    }
}

/// Whether `second` follows the layer of `proto`, which `selector` selects in `bytes`.
fn second_follows(proto: Proto, selector: NextProtocol, bytes: &[u8], second: Option<Proto>) -> bool {
    let Some(second) = second.filter(|&second| second != Proto::Data) else { return true };
    if bytes.is_empty() && !selector.requires_header() {
        return false;
    }
    match View::parse_proto(proto, bytes, selector) {
        Ok((parsed, _)) => follows(&parsed, bytes, |next, payload| second.selected_by(next, payload).is_some()),
        Err(_) => false,
    }
}

/// Whether an Ethernet frame ends with a right frame check sequence in a trailer.
pub(super) fn has_fcs(frame: &[u8], layers: &[EncodedLayer]) -> bool {
    let in_trailer = |spot: &EncodedLayer| {
        spot.bounds.trailer_end as usize == frame.len() && spot.bounds.trailer_end - spot.bounds.payload_end >= 4
    };
    let is_ethernet = layers.first().is_some_and(|spot| spot.proto == Proto::Ethernet);
    is_ethernet
        && layers.iter().any(in_trailer)
        && frame.split_last_chunk().is_some_and(|(covered, fcs)| *fcs == crate::wire::fcs(covered))
}

/// Writes the frame check sequence into the last four bytes.
pub(super) fn write_fcs(frame: &mut [u8]) {
    if let Some((covered, fcs)) = frame.split_last_chunk_mut() {
        *fcs = crate::wire::fcs(covered);
    }
}

/// Tells inner layers what they must know of a layer.
#[inline(always)]
pub(crate) fn update_scope(proto: Proto, frame: &[u8], spot: &EncodedLayer, scope: &mut Scope) {
    let bytes = frame.get(spot.bounds.start as usize..spot.bounds.payload_end as usize).unwrap_or(&[]);
    View::split(proto, bytes).update_scope(&spot.context(frame, scope), scope);
}

/// The layers with their contexts.
pub(crate) fn places<'f>(
    frame: &'f [u8],
    layers: &'f [EncodedLayer],
) -> impl Iterator<Item = (View<'f>, LayerContext<'f>)> {
    let mut scope = Scope::OUTERMOST;
    layers.iter().map(move |spot| {
        let context = spot.context(frame, &scope);
        let view = View::split(
            spot.proto,
            frame.get(spot.bounds.start as usize..spot.bounds.payload_end as usize).unwrap_or(&[]),
        );
        view.update_scope(&context, &mut scope);
        (view, context)
    })
}
