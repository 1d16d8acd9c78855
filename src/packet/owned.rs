//! Owned packets: the fields of a dissected packet, from which its bytes can be built again.

use super::assemble::{Assembly, AssemblyError, CUT, LAYER, LAYERS, RAW};
use super::tree::{ComputedMark, Step, TRAILER_MISSING, Tree};
use crate::dissect::{Examine, ExaminedLayer};
use crate::dissect::{Sink, walk};
use crate::layer::Issue;
use crate::proto::{Proto, View};
use crate::wire::{Checksum, DATA, Encoder, Field, FieldError, Span, TRAILER, Value, ValueError, Visitor};
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
///
/// It is read from a frame ([`new`](Self::new)), from packet text (`parse`) and from JSON (serde), and written as each of
/// them. Fields are changed in text or JSON, where [`simplify`](Self::simplify) leaves out what is computed; of a frame, an
/// [`Editor`](crate::Editor) changes them in place:
///
/// ```
/// use packetsmith::{Ipv4, Packet, Stack, Udp, examine};
/// let frame = Stack::new().push(Ipv4::build()).push(Udp::build().dst_port(9)).finish().unwrap();
/// let mut packet = Packet::new(examine(228, &frame));
/// packet.simplify(&frame);
/// let text = packet.to_string().replace("dst_port=9", "dst_port=7");
/// assert_eq!(text.parse::<Packet>().unwrap().build().unwrap()[22..24], [0, 7]);
/// ```
#[derive(Clone, Default)]
pub struct Packet {
    /// The tree.
    pub form: Tree,
    /// Number of bytes that the capture cut off the end of the frame. Lengths count them, and checksums that cover them
    /// are not computed: they are zero unless they are set.
    pub missing: u32,
    assembly: Assembly,
    raw: Vec<Proto>,
    /// Layers with a checksum of which must be said how it is computed.
    pub(super) checksums: Vec<(usize, ComputedMark)>,
}

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
                let data = (proto == Proto::Data).then_some(DATA.name);
                let names = proto.fields().iter().map(|field| field.name).chain(list).chain(data);
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
        self.checksums.clear();
        self.missing = 0;
        walk(
            layers,
            &mut Collect {
                form: &mut self.form,
                rebuild: Rebuild::default(),
                raw: &mut self.raw,
                checksums: &mut self.checksums,
                missing: &mut self.missing,
                index: 0,
                table: &[],
                depth: 0,
            },
        );
        self.form.close();
    }

    /// The protocols of the layers that dissecting kept as bytes, because building their fields would give other bytes.
    pub fn raw(&self) -> &[Proto] {
        &self.raw
    }

    /// Entries that the last build did not use, but for those of Ethernet.
    pub(super) fn skipped(&self) -> Vec<usize> {
        self.assembly.skipped.clone()
    }

    /// The protocol of the outermost layer, after building.
    pub fn first(&self) -> Option<Proto> {
        self.assembly.layers.first().map(|layer| layer.proto)
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
        let Packet { form, assembly, missing, .. } = self;
        let mut source = form.source();
        let built = assembly.build(&mut source, frame, *missing);
        assembly.skipped = core::mem::take(&mut source.skipped);
        match built {
            Ok(()) => Ok(()),
            Err(AssemblyError { layer, error, placed: true }) => {
                Err(PacketError { place: source.place(), layer, entry: source.entry(), error })
            }
            Err(AssemblyError { layer, error, placed: false }) => {
                Err(PacketError { place: Vec::new(), layer, entry: None, error })
            }
        }
    }
}

/// Collects the tree of a packet.
struct Collect<'f> {
    form: &'f mut Tree,
    rebuild: Rebuild,
    raw: &'f mut Vec<Proto>,
    checksums: &'f mut Vec<(usize, ComputedMark)>,
    missing: &'f mut u32,
    /// Index of the layer at hand.
    index: usize,
    /// The fixed header of the layer at hand, and how many lists and groups are open.
    table: &'static [Field],
    depth: usize,
}

impl Visitor for Collect<'_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        // Building uses the field of the table, even if the packet determines how the field is shown.
        let row = self.table.iter().find(|row| row.name == field.name && self.depth == 0).unwrap_or(field);
        self.form.field(row, span, value);
        match value {
            Value::Checksum(_, Checksum::Offloaded) => self.checksums.push((self.index, ComputedMark::Offloaded)),
            Value::Checksum(0xffff, Checksum::Good) => self.checksums.push((self.index, ComputedMark::ZeroIsAllOnes)),
            _ => {}
        }
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
        (self.table, self.depth, self.index) = (layer.proto.fields(), 0, layer.index);
        if layer.index == 0 {
            *self.missing = layer.context.wire_end - layer.bounds().trailer_end;
        }
        if let Proto::Custom(definition) = layer.proto {
            self.form.define(definition);
        }
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
        if let Some(missing) = layer.trailer_cut_off() {
            self.form.number(TRAILER_MISSING.name, missing.into());
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
