//! Owned packets: the fields of a dissected packet, from which its bytes can be built again.

use super::tree::{Step, Tree};
use super::tree_reader::{TreeReader, same};
use crate::build::{EncodedLayer, finish, pad};
use crate::dissect::{Examine, ExaminedLayer};
use crate::dissect::{Sink, walk};
use crate::layer::Issue;
use crate::layer::LayerBounds;
use crate::proto::{Proto, View};
use crate::wire::DATA;
use crate::wire::Visitor;
use crate::wire::{Encoder, FieldError, FieldSource, TRAILER, ValueError};
use crate::wire::{Field, Kind, Span, Value};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A packet as a tree of names and values: an object with a list `layers`, the way
/// [`Json`](crate::output::Json) writes it.
///
/// A layer has its name as `layer`, its fields, and as `trailer` the bytes past its length field. A payload without a
/// protocol is a layer `data`. `raw` gives a header as bytes, in place of its fields.
///
/// ```
/// use packetsmith::{Packet, examine};
/// let frame = [0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xcc, 7];
/// let mut packet = Packet::new(examine(1, &frame));
/// assert_eq!(packet.build().unwrap(), frame);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Packet {
    /// The tree.
    pub form: Tree,
    layers: Vec<EncodedLayer>,
    trailers: Vec<u8>,
    raw: Vec<Proto>,
}

const LAYERS: &Field = &Field::floating("layers", "", Kind::List(&Kind::Group), "Layers, outermost first.");
const CUT: &Field = &Field::floating("cut", "", Kind::Bytes, "A header that is cut off.");
const RAW: &Field = &Field::floating("raw", "", Kind::Bytes, "The header as bytes, in place of its fields.");
const LAYER: &Field = &Field::floating("layer", "", Kind::Text, "Name of the layer's protocol.");

/// Why a packet cannot be built, and where.
///
/// ```
/// let mut packet: packetsmith::Packet = "ipv4 / udp src_port=70000".parse().unwrap();
/// let error = packet.build().unwrap_err();
/// assert_eq!(error.to_string(), "layer 2 (udp), src_port: 70000 is more than 65535, the largest that fits");
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PacketError {
    /// Path to the entry in the packet's tree.
    pub place: Vec<Step>,
    /// The layer: its number, from 0, and its protocol, if that is known.
    pub layer: Option<(usize, Option<Proto>)>,
    /// Number of the entry in the packet's tree.
    pub entry: Option<usize>,
    /// The field and its error.
    pub error: FieldError,
}

/// `layer 2 (ipv4), ttl: 300 is more than 255, the largest that fits`
impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layer {
            Some((number, Some(proto))) => write!(f, "layer {} ({}), ", number + 1, proto.name())?,
            Some((number, None)) => write!(f, "layer {}, ", number + 1)?,
            None => {}
        }
        // The steps inside the layer.
        let steps = self.place.get(2..).unwrap_or(&[]);
        let mut name = String::new();
        for step in steps {
            if !name.is_empty() && matches!(step, Step::Member(_)) {
                name.push('.');
            }
            let _ = fmt::Write::write_fmt(&mut name, format_args!("{step}"));
        }
        match self.error.field {
            Some(field) if !name.ends_with(field.name) => {
                let dot = if name.is_empty() { "" } else { "." };
                write!(f, "{name}{dot}{}: {}", field.name, self.error.error)
            }
            None if name.is_empty() => self.error.error.fmt(f),
            _ => write!(f, "{name}: {}", self.error.error),
        }?;
        match (self.error.error, self.layer) {
            (ValueError::NoMember, Some((_, Some(proto)))) if steps.len() == 1 => {
                write!(f, "; {} has", proto.name())?;
                let list = proto.options().map(|list| list.field.name);
                let names = proto.fields().iter().map(|field| field.name).chain(list);
                names.enumerate().try_for_each(|(i, name)| write!(f, "{} {name}", if i == 0 { "" } else { "," }))
            }
            _ => Ok(()),
        }
    }
}

impl core::error::Error for PacketError {}

impl Packet {
    /// Dissects a frame.
    pub fn new(layers: Examine<'_>) -> Self {
        let mut packet = Packet::default();
        packet.read(layers);
        packet
    }

    /// Dissects a frame in place of the previous one. Keeps the memory.
    pub fn read(&mut self, layers: Examine<'_>) {
        self.form.clear();
        self.form.open_list(LAYERS.name);
        self.raw.clear();
        walk(
            layers,
            &mut Collect {
                form: &mut self.form,
                rebuild: Rebuild::default(),
                raw: &mut self.raw,
                table: &[],
                depth: 0,
            },
        );
        self.form.close();
    }

    /// Removes what [`build`](Self::build) computes again: correct lengths, checksums and selectors, and the bytes of
    /// compressed names. `frame` is the frame that the packet was read from. Wrong values stay, so that building gives the
    /// same frame.
    pub fn simplify(&mut self, frame: &[u8]) {
        let is_raw = |key: &str| key.ends_with(".raw");
        let full = core::mem::take(&mut self.form);
        let mut try_form = |form: Tree| {
            self.form = form;
            self.build().ok()
        };
        // Names compressed in the usual way need no raw bytes.
        let compress = |form: &Tree| {
            let mut form = form.without(|key, _| is_raw(key));
            form.mark_compressed();
            form
        };
        let named = [compress(&full), full.clone()];
        for base in named {
            let bare = base.without(|_, shown| shown.is_some_and(|(field, _)| field.is_computed()));
            let Some(built) = try_form(bare) else { continue };
            let right = |span: Span| built.len() == frame.len() && span.of(&built) == span.of(frame);
            let slim = base.without(|_, shown| shown.is_some_and(|(field, span)| field.is_computed() && right(span)));
            if try_form(slim).is_some_and(|built| built == frame) {
                return;
            }
        }
        self.form = full;
    }

    /// The protocols of the layers that dissecting kept as bytes, because building their fields would give other bytes.
    pub fn raw(&self) -> &[Proto] {
        &self.raw
    }

    /// The protocol of the outermost layer, after building.
    pub fn first(&self) -> Option<Proto> {
        self.layers.first().map(|layer| layer.proto)
    }

    /// Builds the packet's bytes.
    ///
    /// # Errors
    ///
    /// A value that does not fit its field, a member that the protocol does not have, a length that its
    /// field cannot hold.
    pub fn build(&mut self) -> Result<Vec<u8>, PacketError> {
        let mut frame = Vec::new();
        self.build_into(&mut frame)?;
        Ok(frame)
    }

    /// Appends the packet's bytes to a buffer that is empty.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn build_into(&mut self, frame: &mut Vec<u8>) -> Result<(), PacketError> {
        let Packet { form, layers, trailers, .. } = self;
        layers.clear();
        trailers.clear();
        let mut source = form.source();
        let mut proto = None;
        if let Err(error) = assemble(&mut source, frame, layers, trailers, &mut proto) {
            let layer = match source.place().get(1) {
                Some(Step::Item(number)) => Some((*number, proto)),
                _ => None,
            };
            return Err(PacketError { place: source.place(), layer, entry: source.entry(), error });
        }
        finish(frame, layers).map_err(|error| PacketError {
            place: Vec::new(),
            entry: None,
            layer: Some((error.layer, Some(error.proto))),
            error: error.error,
        })
    }
}

/// Writes the headers, the last payload, and the trailers in reverse order.
fn assemble(
    source: &mut TreeReader<'_>,
    frame: &mut Vec<u8>,
    layers: &mut Vec<EncodedLayer>,
    trailers: &mut Vec<u8>,
    proto: &mut Option<Proto>,
) -> Result<(), FieldError> {
    if !source.open(LAYERS)? {
        return Err(FieldError::at(LAYERS, ValueError::Rule("is missing: a packet has a list of layers")));
    }
    while source.next()? {
        *proto = None;
        let at = frame.len();
        let before = trailers.len();
        let unset = header(source, frame, trailers, proto)?;
        let proto = proto.unwrap_or(Proto::Data);
        pad(proto, at, unset, frame);
        if let Some(Value::Bytes(trailer)) = source.value(TRAILER)? {
            trailers.truncate(before);
            trailers.extend_from_slice(trailer);
        }
        // Until all lengths are known, payload_end is the length of the trailer.
        let trailer = (trailers.len() - before) as u32;
        let (at, header_end) = (at as u32, frame.len() as u32);
        let bounds = LayerBounds { start: at, header_end, payload_end: trailer, trailer_end: 0 };
        layers.push(EncodedLayer { proto, bounds, unset });
    }
    source.close()?;
    let mut end = trailers.len();
    let mut outer = frame.len() + end;
    for layer in layers.iter_mut() {
        let trailer = layer.bounds.payload_end as usize;
        layer.bounds.trailer_end = outer as u32;
        outer -= trailer;
        layer.bounds.payload_end = outer as u32;
    }
    for layer in layers.iter().rev() {
        let trailer = (layer.bounds.trailer_end - layer.bounds.payload_end) as usize;
        frame.extend_from_slice(&trailers[end - trailer..end]);
        end -= trailer;
    }
    Ok(())
}

/// Writes the header of one layer, and returns its computed fields that are not set.
fn header(
    source: &mut TreeReader<'_>,
    frame: &mut Vec<u8>,
    trailer: &mut Vec<u8>,
    found: &mut Option<Proto>,
) -> Result<u64, FieldError> {
    let missing = FieldError::at(LAYER, ValueError::Rule("is missing: it names the protocol of the layer"));
    let name = source.text(LAYER.name).ok_or(missing)?;
    let proto = Proto::ALL.iter().copied().find(|proto| same(proto.name().as_bytes(), name.as_bytes()));
    let proto = proto.ok_or(FieldError::at(LAYER, ValueError::Rule("no protocol has this name")))?;
    *found = Some(proto);
    if proto == Proto::Data {
        Encoder::new(source, frame, trailer).bytes(DATA)?;
        return Ok(0);
    }
    for field in [RAW, CUT] {
        if source.has(field) {
            Encoder::new(source, frame, trailer).bytes(field)?;
            // The fields beside it have the same content.
            source.skip_all(TRAILER);
            return Ok(0);
        }
    }
    proto.build(&mut Encoder::new(source, frame, trailer))
}

/// Collects the tree of a packet.
struct Collect<'f> {
    form: &'f mut Tree,
    rebuild: Rebuild,
    raw: &'f mut Vec<Proto>,
    /// The fixed header of the layer at hand, and how many lists and groups are open.
    table: &'static [Field],
    depth: usize,
}

impl Visitor for Collect<'_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        // Building uses the field of the table, even if the packet determines how the field is shown.
        let row = self.table.iter().find(|row| row.name == field.name && self.depth == 0).unwrap_or(field);
        self.form.field(row, span, value);
        self.rebuild.note(span);
    }
    fn open(&mut self, field: &'static Field, span: Span) {
        self.depth += 1;
        Visitor::open(self.form, field, span);
        self.rebuild.note(span);
    }
    fn close(&mut self) {
        self.depth -= 1;
        self.form.close();
    }
}

impl Sink for Collect<'_> {
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        self.rebuild.layer(layer);
        (self.table, self.depth) = (layer.proto.fields(), 0);
        self.form.open_group("");
        self.form.text(LAYER.name, layer.proto.name());
        match layer.view {
            View::Data => self.form.bytes(DATA.name, layer.payload()),
            View::Cut => self.form.bytes(CUT.name, layer.header()),
            _ => {}
        }
    }
    fn issue(&mut self, _: &Issue) {}
    fn end(&mut self, layer: &ExaminedLayer<'_>) {
        if !self.rebuild.end(layer) {
            self.form.bytes(RAW.name, layer.header());
            self.raw.push(layer.proto);
        }
        if !layer.trailer().is_empty() {
            self.form.bytes(TRAILER.name, layer.trailer());
        }
        self.form.close();
    }
}

/// Checks whether building the fields of a layer gives its bytes again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rebuild {
    form: Tree,
    out: Vec<u8>,
    trailer: Vec<u8>,
    /// End of the fixed header, which always gives its bytes again; `u32::MAX` if the rest is known to do so too.
    fixed_end: u32,
    /// Whether fields past the fixed header have been shown.
    more: bool,
}

impl Rebuild {
    pub(crate) fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        let fixed = layer.proto.fields().last().map_or(0, |field| u32::from(field.end_bit) / 8);
        self.fixed_end = match layer.view {
            View::Data | View::Cut => u32::MAX,
            View::Tcp(_) if is_ordinary(layer.options().bytes()) => u32::MAX,
            _ => layer.header_span().start + fixed,
        };
        // These build nothing past the fixed header if nothing was shown there.
        let plain = matches!(layer.proto, Proto::Ethernet | Proto::Ipv4 | Proto::Tcp | Proto::Udp);
        let plain = plain || !layer.proto.has_variable_fields();
        self.more = self.fixed_end != u32::MAX && (layer.header_span().end > self.fixed_end || !plain);
    }
    /// Notes that a field was shown at `span`.
    pub(crate) fn note(&mut self, span: Span) {
        self.more |= self.fixed_end != u32::MAX && (span.end > self.fixed_end || span.start >= self.fixed_end);
    }
    /// Ends a layer, and returns whether its fields give its bytes again.
    pub(crate) fn end(&mut self, layer: &ExaminedLayer<'_>) -> bool {
        if !self.more {
            return true;
        }
        self.form.clear();
        self.out.clear();
        self.trailer.clear();
        layer.show(&mut self.form);
        let mut source = self.form.source();
        let built = layer.proto.build(&mut Encoder::new(&mut source, &mut self.out, &mut self.trailer));
        built.is_ok() && source.all_used() && self.out == layer.header()
    }
}

/// Whether a TCP header has only the common options, whose fields always give the same bytes again.
fn is_ordinary(mut options: &[u8]) -> bool {
    loop {
        options = match options {
            [] => return true,
            [1, rest @ ..] | [2, 4, _, _, rest @ ..] | [3, 3, _, rest @ ..] | [4, 2, rest @ ..] => rest,
            [8, 10, rest @ ..] if rest.len() >= 8 => &rest[8..],
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::Stack;
    use crate::dissect::examine;
    use crate::proto::{Ipv4, Tcp};

    #[test]
    fn ordinary_options_become_their_bytes_again() {
        let options = [&[1][..], &[2, 4, 5, 0xb4], &[3, 3, 255], &[4, 2], &[8, 10, 255, 2, 3, 4, 5, 6, 7, 0]];
        let mut rebuild = Rebuild::default();
        // Every row of up to four of them.
        for row in 0..5_usize.pow(4) {
            let chosen = (0..4).map(|place| row / 5_usize.pow(place) % 5).take_while(|&n| n > 0 || row % 2 == 1);
            let mut bytes: Vec<u8> = chosen.flat_map(|n| options[n].iter().copied()).collect();
            bytes.resize(bytes.len().next_multiple_of(4), 1);
            assert!(is_ordinary(&bytes));
            if bytes.len() > 40 {
                continue;
            }
            let tcp = Tcp::build().src_port(1).dst_port(2).raw(&bytes);
            let packet = Stack::new().push(Ipv4::build()).push(tcp).finish().unwrap();
            for layer in examine(228, &packet) {
                rebuild.layer(&layer);
                rebuild.more = true;
                assert!(rebuild.end(&layer), "{bytes:?}");
            }
        }
        for other in [&[0][..], &[2, 4, 5], &[2, 3, 5], &[8, 10, 0], &[5, 2], &[253, 2]] {
            assert!(!is_ordinary(other));
        }
    }
}
