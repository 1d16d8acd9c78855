//! Building a packet's bytes from its tree: headers, the last payload, and trailers.

use super::raw_conflict;
use super::tree::{ComputedMark, SELECTED_BY, TRAILER_MISSING};
use super::tree_reader::TreeReader;
use crate::build::{EncodedLayer, finish, pad_any};
use crate::proto::{Ethernet, Proto};
use crate::wire::{
    Computed, DATA, Encoder, Field, FieldError, FieldSource, Kind, OFFLOADED, OWN, TRAILER, Value, ValueError,
    ZERO_IS_ALL_ONES,
};
use alloc::vec::Vec;

pub(super) const LAYERS: &Field = &Field::floating("layers", "", Kind::List(&Kind::Group), "Layers, outermost first.");
pub(super) const CUT: &Field = &Field::floating("cut", "", Kind::Bytes, "A header that is cut off.");
pub(super) const RAW: &Field = &Field::floating("raw", "", Kind::Bytes, "The header as bytes, in place of its fields.");
pub(super) const LAYER: &Field = &Field::floating("layer", "", Kind::Text, "Name of the layer's protocol.");

/// Buffers of an assembly. Empty when it begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Assembly {
    pub(super) layers: Vec<EncodedLayer>,
    trailers: Vec<u8>,
    /// Lengths of the trailers of the layers, outermost first.
    trailer_lengths: Vec<TrailerLength>,
    /// Selectors that a layer gives for the layer around it: the number of the latter, and the selector.
    selectors: Vec<(usize, u64)>,
    /// Layers with fields that were not used, because others or bytes say the same: their numbers and their entries in
    /// the tree.
    described: Vec<(usize, usize)>,
    /// Entries that were skipped, but for those of Ethernet.
    pub(super) skipped: Vec<usize>,
    /// Whether the last four bytes are a frame check sequence that is to be computed.
    fcs: bool,
    /// The frame check sequence and the padding that are given as fields beside the trailer.
    given: (Option<u64>, Option<Vec<u8>>),
}

/// Length of a layer's trailer in bytes.
#[derive(Clone, Copy, Debug)]
struct TrailerLength {
    /// Bytes that are there.
    present: u32,
    /// Bytes that the capture cut off, if the layer says so.
    missing: Option<u64>,
}

/// Where an assembly failed.
pub(super) struct AssemblyError {
    pub(super) layer: Option<(usize, Option<Proto>)>,
    pub(super) error: FieldError,
    /// Whether the last entry that was read is the place.
    pub(super) placed: bool,
}

impl Assembly {
    /// Appends the bytes of a packet to an empty frame. `missing` bytes at its end were cut off by the capture.
    pub(super) fn build(
        &mut self,
        source: &mut TreeReader<'_>,
        frame: &mut Vec<u8>,
        missing: u32,
    ) -> Result<(), AssemblyError> {
        *self = Assembly {
            layers: core::mem::take(&mut self.layers),
            trailers: core::mem::take(&mut self.trailers),
            trailer_lengths: core::mem::take(&mut self.trailer_lengths),
            ..Assembly::default()
        };
        self.layers.clear();
        self.trailers.clear();
        self.trailer_lengths.clear();
        let mut at = None;
        self.headers(source, frame, &mut at).map_err(|error| AssemblyError { layer: at, error, placed: true })?;
        self.trailers(frame, missing)?;
        for &(layer, number) in &self.selectors {
            let Some(spot) = self.layers.get_mut(layer) else { continue };
            if let Some((row, field)) = spot.selector_row()
                && spot.unset >> row & 1 == 1
                && let Some(header) = frame.get_mut(spot.bounds.start as usize..spot.bounds.header_end as usize)
            {
                let failure = |error| AssemblyError { layer: Some((layer, Some(spot.proto))), error, placed: false };
                field.write(header, &Value::Uint(number)).map_err(failure)?;
                spot.unset &= !(1 << row);
            }
        }
        finish(frame, &self.layers).map_err(|error| AssemblyError {
            layer: Some((error.layer, Some(error.proto))),
            error: error.error,
            placed: false,
        })?;
        if let Some((covered, fcs)) = frame.split_last_chunk_mut::<4>().filter(|_| self.fcs) {
            *fcs = crate::wire::fcs(covered);
        }
        self.check_trailer(frame).map_err(|error| {
            let layer = self.layers.first().map(|spot| (0, Some(spot.proto)));
            AssemblyError { layer, error, placed: false }
        })?;
        for &(layer, entry) in &self.described {
            raw_conflict::check(source, entry, frame, &self.layers, layer).map_err(|error| AssemblyError {
                layer: self.layers.get(layer).map(|spot| (layer, Some(spot.proto))),
                error,
                placed: true,
            })?;
        }
        Ok(())
    }

    /// Checks the fields that repeat the end of the frame.
    fn check_trailer(&self, frame: &[u8]) -> Result<(), FieldError> {
        let [padding, fcs, ..] = Ethernet::TRAILER else { return Ok(()) };
        let rule = ValueError::Rule("is not what the trailers end with: change those, and leave this out");
        let (before, stored) = frame.split_last_chunk::<4>().unwrap_or((&[], &[0; 4]));
        let stored = u64::from(u32::from_be_bytes(*stored));
        match &self.given {
            (Some(given), _) if *given != stored => Err(FieldError::at(fcs, rule)),
            (Some(_), Some(given)) if !before.ends_with(given) => Err(FieldError::at(padding, rule)),
            (None, Some(given)) if !(if self.fcs { before } else { frame }).ends_with(given) => {
                Err(FieldError::at(padding, rule))
            }
            _ => Ok(()),
        }
    }

    /// Writes the headers and the last payload.
    fn headers(
        &mut self,
        source: &mut TreeReader<'_>,
        frame: &mut Vec<u8>,
        place: &mut Option<(usize, Option<Proto>)>,
    ) -> Result<(), FieldError> {
        if !source.open(LAYERS)? {
            return Err(FieldError::at(LAYERS, ValueError::Rule("is missing: a packet has a list of layers")));
        }
        while source.next()? {
            let number = self.layers.len();
            *place = Some((number, None));
            let (at, before) = (frame.len(), self.trailers.len());
            let proto = protocol(source)?;
            *place = Some((number, Some(proto)));
            let unset = self.header(proto, source, frame)?;
            pad_any(proto, at, unset, frame);
            let missing = source.prefixed("", TRAILER_MISSING)?;
            if let Some(trailer) = source.bytes(TRAILER)? {
                self.trailers.truncate(before);
                self.trailers.extend_from_slice(trailer);
            }
            self.trailer_lengths.push(TrailerLength { present: (self.trailers.len() - before) as u32, missing });
            let mut layer = EncodedLayer { proto, unset, ..EncodedLayer::NONE };
            layer.bounds.start = at as u32;
            layer.bounds.header_end = frame.len() as u32;
            self.layers.push(layer);
        }
        source.close()
    }

    /// Writes the header of one layer, and returns its computed fields that are not set.
    fn header(&mut self, proto: Proto, source: &mut TreeReader<'_>, frame: &mut Vec<u8>) -> Result<u64, FieldError> {
        let number = self.layers.len();
        if let Some(outer) = self.layers.last()
            && let Some((_, field)) = outer.selector_row()
            && let Some(value) = source.prefixed(SELECTED_BY, field)?
        {
            self.selectors.push((number - 1, value));
        }
        if proto == Proto::Data {
            Encoder::new(source, frame, &mut self.trailers).bytes(DATA)?;
            return Ok(0);
        }
        for field in [RAW, CUT] {
            let Some(bytes) = source.bytes(field)? else { continue };
            frame.extend_from_slice(bytes);
            let mut unset = 0;
            if source.has_mark(ComputedMark::Raw) {
                let rows = proto.fields().iter().enumerate();
                let open = rows.filter(|(_, field)| is_of_bounds(field.computed) && !source.has(field));
                unset = open.fold(0, |unset, (row, _)| unset | 1 << row);
            }
            if let Some(entry) = source.skip_all(TRAILER) {
                self.described.push((number, entry));
            }
            return Ok(unset);
        }
        if proto == Proto::Ethernet && number == 0 {
            let [padding, fcs, status, _] = Ethernet::TRAILER else { return Ok(0) };
            self.fcs = !source.has(fcs) && source.peek(status).is_ok_and(|status| status == Some(1));
            self.given = (source.peek(fcs)?, source.bytes(padding)?.map(<[u8]>::to_vec));
        }
        let offloaded = if source.has_mark(ComputedMark::Offloaded) { OFFLOADED } else { 0 };
        let all_ones = if source.has_mark(ComputedMark::ZeroIsAllOnes) { ZERO_IS_ALL_ONES } else { 0 };
        let before = source.skipped.len();
        let unset = proto.build(&mut Encoder::new(source, frame, &mut self.trailers))?;
        // Fields that are skipped repeat others, or the trailer. Those of Ethernet are checked by themselves.
        if proto == Proto::Ethernet {
            source.skipped.truncate(before);
        }
        if source.skipped.len() > before {
            self.described.extend(source.group().map(|entry| (number, entry)));
        }
        Ok(unset | offloaded | all_ones)
    }

    /// Writes the trailers in reverse order, and sets the bounds of the layers.
    fn trailers(&mut self, frame: &mut Vec<u8>, missing: u32) -> Result<(), AssemblyError> {
        let Assembly { layers, trailers, trailer_lengths, fcs, .. } = self;
        pad_quotes(layers, trailer_lengths, trailers, frame);
        *fcs &= trailers.len() >= 4 && missing == 0;
        let mut end = trailers.len();
        let (mut outer, mut missing) = (frame.len() + end, missing);
        for (number, (layer, trailer)) in layers.iter_mut().zip(trailer_lengths).enumerate() {
            layer.bounds.trailer_end = outer as u32;
            layer.missing = missing;
            outer -= trailer.present as usize;
            layer.bounds.payload_end = outer as u32;
            missing = match trailer.missing {
                Some(said) => u32::try_from(said).ok().and_then(|said| missing.checked_sub(said)).ok_or_else(|| {
                    let rule = "is more than the capture cut off: the packet's length less the bytes that are there";
                    let error = FieldError::at(TRAILER_MISSING, ValueError::Rule(rule));
                    AssemblyError { layer: Some((number, Some(layer.proto))), error, placed: false }
                })?,
                // If nothing else is said, what is missing belongs to the outermost trailer of which bytes are there.
                None if trailer.present > 0 => 0,
                None => missing,
            };
            layer.payload_missing = missing;
        }
        for layer in layers.iter().rev() {
            let trailer = (layer.bounds.trailer_end - layer.bounds.payload_end) as usize;
            frame.extend_from_slice(&trailers[end - trailer..end]);
            end -= trailer;
        }
        Ok(())
    }
}

/// Pads quoted packets that extensions follow: with a trailer of the quoted packet, or if there is none, with a payload.
/// The trailers are in `trailers` one after the other.
fn pad_quotes(
    layers: &[EncodedLayer],
    trailer_lengths: &mut [TrailerLength],
    trailers: &mut Vec<u8>,
    frame: &mut Vec<u8>,
) {
    let total = |lengths: &[TrailerLength]| lengths.iter().map(|trailer| trailer.present as usize).sum::<usize>();
    for (number, layer) in layers.iter().enumerate() {
        if layer.unset & OWN == 0 || trailer_lengths[number].present == 0 {
            continue;
        }
        let have = frame.len() - layer.bounds.header_end as usize + total(&trailer_lengths[number + 1..]);
        // At least 128 bytes, and a multiple of the unit of their length (RFC 4884 §4.1 to §5.1).
        let unit = match layer.proto {
            Proto::Icmpv4 => 4,
            Proto::Icmpv6 => 8,
            _ => continue,
        };
        let padding = have.max(128).next_multiple_of(unit) - have;
        if number + 1 < layers.len() {
            let at = total(&trailer_lengths[..=number + 1]);
            trailers.splice(at..at, core::iter::repeat_n(0, padding));
            trailer_lengths[number + 1].present += padding as u32;
        } else {
            frame.resize(frame.len() + padding, 0);
        }
    }
}

/// Whether the value follows from the bounds of the layers, and so can be computed in a header that is given as bytes.
fn is_of_bounds(computed: Computed) -> bool {
    matches!(computed, Computed::TotalLength { .. } | Computed::NextProtocol(_) | Computed::Checksum)
}

/// The protocol that the layer names.
fn protocol(source: &mut TreeReader<'_>) -> Result<Proto, FieldError> {
    if source.is_value() {
        return Err(ValueError::Kind("an object with the member layer").into());
    }
    let name = match source.value(LAYER)? {
        Some(Value::Text(name)) => name.to_vec(),
        Some(_) => return Err(FieldError::at(LAYER, ValueError::Kind("text"))),
        None => return Err(FieldError::at(LAYER, ValueError::Rule("is missing: it names the protocol of the layer"))),
    };
    source.form.protocol_named(&name).ok_or(FieldError::at(LAYER, ValueError::Rule("no protocol has this name")))
}
