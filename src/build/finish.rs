//! Computing lengths, selectors and checksums.

use super::encoded_layer::{EncodeError, EncodedLayer};
use crate::dissect::Layers;
use crate::layer::NextProtocol;
use crate::layer::{ChecksumCoverage, LayerBounds, LayerContext, Scope};
use crate::proto::{Proto, ProtoRow, View};
use crate::wire::{ByteSink, Computed, Field, FieldError, Kind, OFFLOADED, ValueError, ZERO_IS_ALL_ONES};
use crate::wire::{excess_in, get_bits, put_bits};

/// Pads a header to a multiple of the unit of its length, if the length was left unset.
#[inline]
pub(crate) fn pad(proto: Proto, at: usize, unset: u64, out: &mut dyn ByteSink) {
    let Some(row) = proto.computed_rows().header_length.filter(|row| unset >> row & 1 == 1) else { return };
    if let Computed::HeaderLength { unit, .. } = proto.fields()[usize::from(row)].computed {
        let have = out.len() - at;
        let padding = have.next_multiple_of(unit.max(1).into()) - have;
        if padding > 0 {
            proto.pad(padding, out);
        }
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
    let spot = &layers[layer];
    let rows = proto.computed_rows();
    let head = (spot.bounds.header_end - spot.bounds.start) as usize;
    let missing = spot.payload_missing;
    let total = (spot.bounds.payload_end - spot.bounds.start + missing) as usize;
    for row in [rows.header_length, rows.total_length] {
        if let Some(field) = spot.field(proto, row)
            && let Some(length) = field.computed.length(head, total)
        {
            let number = length.map_err(|error| FieldError::at(field, error))?;
            set(frame, spot, field, number)?;
        }
    }
    let next = layers.get(layer + 1).map_or(Proto::Data, |next| next.proto);
    if next != Proto::Data
        && let Some(field) = spot.field(proto, rows.next_protocol)
    {
        let known = if let Computed::NextProtocol(numbers) = field.computed { next.only_number(numbers) } else { None };
        match known {
            Some(number) => set(frame, spot, field, number.into())?,
            None => announce(frame, spot, field, next, layers.get(layer + 2).map(|spot| spot.proto)),
        }
    }
    let whole = LayerBounds {
        payload_end: spot.bounds.payload_end + missing,
        trailer_end: spot.bounds.trailer_end + missing,
        ..spot.bounds
    };
    proto.finish(frame, whole, spot.unset)?;
    if let Some(field) = spot.field(proto, rows.checksum) {
        checksum(proto, field, frame, layers, layer);
    }
    Ok(())
}

/// Writes a number into a row of a layer's fixed header.
#[inline(always)]
pub(crate) fn set(frame: &mut [u8], spot: &EncodedLayer, field: &'static Field, number: u64) -> Result<(), FieldError> {
    let max = u64::MAX >> (64 - field.bits().len().clamp(1, 64));
    match frame.get_mut(spot.bounds.start as usize..spot.bounds.header_end as usize) {
        Some(head) if number <= max && field.bits().end <= head.len() * 8 => put_bits(head, field.bits(), number),
        Some(_) => return Err(FieldError::at(field, ValueError::TooLarge { number, max })),
        None => {}
    }
    Ok(())
}

/// Finds the selector of `next` and writes it. Each number is written and the header is parsed again. The first number
/// is taken with which `next` follows, and after it `following`. If there is none, the row keeps its value. An
/// EtherType may be a length of the payload instead (IEEE 802.3).
#[inline(never)]
fn announce(frame: &mut [u8], spot: &EncodedLayer, field: &'static Field, next: Proto, following: Option<Proto>) {
    let (at, end) = (spot.bounds.start as usize, spot.bounds.payload_end as usize);
    let bits = field.bits();
    let Some(bytes) = frame.get_mut(at..end).filter(|bytes| bits.end <= bytes.len() * 8) else { return };
    let before = get_bits(bytes, bits.clone());
    // The first number that selects `next`, but not what follows `next`.
    let mut nearly = None;
    let mut works = |number: u64| {
        put_bits(bytes, bits.clone(), number);
        let Ok((parts, row)) = View::parse_proto(spot.proto, bytes, NextProtocol::Unknown) else { return false };
        let body = bytes.get(parts.header_len..).unwrap_or(&[]);
        let follows = match (next, row) {
            (Proto::Custom(definition), _) => definition.is_selected_by(parts.next),
            (next, ProtoRow::Data) => parts.next.resolve(body).row() == next.row(),
            (next, row) => row == next.row(),
        };
        if !follows {
            return false;
        }
        let follows = following.filter(|&proto| proto != Proto::Data);
        let second = |wanted| Layers::new(parts.next, body).by_calls().nth(1).is_some_and(|l| l.proto == wanted);
        let right = follows.is_none_or(second);
        nearly = nearly.or(Some(number));
        right
    };
    let body = u64::from(spot.bounds.payload_end - spot.bounds.header_end);
    let found = match field.kind {
        Kind::Named(registry) => {
            registry.entries.iter().any(|(number, _)| works(*number)) || bits.len() == 16 && works(body)
        }
        Kind::Bool => works(0) || works(1),
        _ if bits.len() <= 8 => (0..1 << bits.len()).any(&mut works),
        _ => false,
    };
    if !found {
        put_bits(bytes, bits, nearly.unwrap_or(before));
    }
}

/// Computes the checksum of a layer.
#[inline(always)]
fn checksum(proto: Proto, field: &'static Field, frame: &mut [u8], layers: &[EncodedLayer], layer: usize) {
    let spot = &layers[layer];
    let at = field.span(spot.bounds.start).start as usize;
    let Some(stored) = frame.get_mut(at..at + 2) else { return };
    stored.copy_from_slice(&[0; 2]);
    let Some(cover) = covered_by(proto, &frame[spot.bounds.start as usize..]) else { return };
    let mut scope = Scope::OUTERMOST;
    if cover.pseudo.is_some() {
        // The innermost IP header gives the addresses; layers outside of it say nothing that the sum needs.
        let outer = &layers[..layer];
        let ip = outer.iter().rposition(|outer| matches!(outer.proto, Proto::Ipv4 | Proto::Ipv6)).unwrap_or(0);
        outer[ip..].iter().for_each(|outer| outer.proto.update_scope(frame, outer, &mut scope));
    }
    let Some((pseudo, covered)) = spot.context(frame, &scope).covered(cover) else { return };
    if spot.unset & OFFLOADED != 0 {
        return frame[at..at + 2].copy_from_slice(&pseudo.value().to_be_bytes());
    }
    let checksum = match pseudo.bytes(covered.of(frame)).checksum() {
        0 if cover.optional || spot.unset & ZERO_IS_ALL_ONES != 0 => 0xffff,
        checksum => checksum,
    };
    frame[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
}

/// What the checksum of the header at the front covers.
#[inline(always)]
fn covered_by(proto: Proto, bytes: &[u8]) -> Option<ChecksumCoverage> {
    View::split(proto, bytes).coverage(bytes)
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
