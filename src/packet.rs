//! Packets in their owned form: what dissecting gives, made into bytes again.

use crate::build::{Spot, finish, pad};
use crate::dissect::{Examine, Examined};
use crate::field::{Field, Kind, Span, Value, Visitor};
use crate::form::{Form, FormSource, Step, same};
use crate::layer::Issue;
use crate::part::DATA;
use crate::proto::{Proto, View};
use crate::sink::{Sink, walk};
use crate::source::{Builder, Mistake, Source, TAIL, Unfit};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// A packet as a tree of names and values: an object with a list `layers`, the way
/// [`Json`](crate::sink::Json) writes it.
///
/// A layer has its name as `layer`, its fields, and as `tail` the bytes that its length leaves out. What
/// no protocol takes apart is a layer `data`. `raw` stands for a head byte by byte.
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
    pub form: Form,
    spots: Vec<Spot>,
    tails: Vec<u8>,
    raw: Vec<Proto>,
}

const LAYERS: &Field = &Field::floating("layers", "", Kind::List(&Kind::Group), "Layers, outermost first.");
const CUT: &Field = &Field::floating("cut", "", Kind::Bytes, "A header that is not all there.");
const RAW: &Field = &Field::floating("raw", "", Kind::Bytes, "The layer's head, byte by byte.");
const LAYER: &Field = &Field::floating("layer", "", Kind::Text, "Name of the layer's protocol.");

/// What keeps a packet from being built: where, and why.
///
/// ```
/// let mut packet: packetsmith::Packet = "ipv4 / udp src_port=70000".parse().unwrap();
/// let error = packet.build().unwrap_err();
/// assert_eq!(error.to_string(), "layer 2 (udp), src_port: 70000 is more than 65535, the largest that fits");
/// ```
#[derive(Clone, Debug)]
pub struct PacketError {
    /// Where in the packet's form.
    pub place: Vec<Step>,
    /// The layer: its number, from 0, and its protocol, where that is known.
    pub layer: Option<(usize, Option<Proto>)>,
    /// The entry of the packet's form, by its number.
    pub entry: Option<usize>,
    /// The field, and what is wrong.
    pub mistake: Mistake,
}

/// `layer 2 (ipv4), ttl: 300 is more than 255, the largest that fits`
impl fmt::Display for PacketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.layer {
            Some((number, Some(proto))) => write!(f, "layer {} ({}), ", number + 1, proto.name())?,
            Some((number, None)) => write!(f, "layer {}, ", number + 1)?,
            None => {}
        }
        // The steps inside of the layer.
        let steps = self.place.get(2..).unwrap_or(&[]);
        let mut name = String::new();
        for step in steps {
            if !name.is_empty() && matches!(step, Step::Member(_)) {
                name.push('.');
            }
            let _ = fmt::Write::write_fmt(&mut name, format_args!("{step}"));
        }
        match self.mistake.field {
            Some(field) if !name.ends_with(field.name) => {
                let dot = if name.is_empty() { "" } else { "." };
                write!(f, "{name}{dot}{}: {}", field.name, self.mistake.unfit)
            }
            None if name.is_empty() => self.mistake.unfit.fmt(f),
            _ => write!(f, "{name}: {}", self.mistake.unfit),
        }?;
        match (self.mistake.unfit, self.layer) {
            (Unfit::NoMember, Some((_, Some(proto)))) if steps.len() == 1 => {
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
    /// Takes a frame apart.
    pub fn new(layers: Examine<'_>) -> Self {
        let mut packet = Packet::default();
        packet.read(layers);
        packet
    }

    /// Takes a frame apart, in place of what was there; memory is kept.
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

    /// Leaves out what is computed again when the packet is built, given the bytes that it was read from:
    /// lengths, checksums and numbers that are right, and the bytes of compressed names. What is wrong stays,
    /// so that the packet is built as it was.
    pub fn simplify(&mut self, frame: &[u8]) {
        let is_raw = |key: &str| key.ends_with(".raw");
        let full = core::mem::take(&mut self.form);
        let mut try_form = |form: Form| {
            self.form = form;
            self.build().ok()
        };
        // Names compressed in the usual way need no bytes of their own.
        let compress = |form: &Form| {
            let mut form = form.without(|key, _| is_raw(key));
            form.mark_compressed();
            form
        };
        let named = [compress(&full), full.clone()];
        for base in named {
            let bare = base.without(|_, shown| shown.is_some_and(|(field, _)| field.is_derived()));
            let Some(built) = try_form(bare) else { continue };
            let right = |span: Span| built.len() == frame.len() && span.of(&built) == span.of(frame);
            let slim = base.without(|_, shown| shown.is_some_and(|(field, span)| field.is_derived() && right(span)));
            if try_form(slim).is_some_and(|built| built == frame) {
                return;
            }
        }
        self.form = full;
    }

    /// The protocols of the layers that had to be kept byte by byte when the packet was taken apart, since
    /// their fields would have become other bytes.
    pub fn raw(&self) -> &[Proto] {
        &self.raw
    }

    /// The protocol of the outermost layer, as it was built last.
    pub fn first(&self) -> Option<Proto> {
        self.spots.first().map(|spot| spot.proto)
    }

    /// Makes the packet's bytes.
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
        let Packet { form, spots, tails, .. } = self;
        spots.clear();
        tails.clear();
        let mut source = form.source();
        let mut proto = None;
        if let Err(mistake) = assemble(&mut source, frame, spots, tails, &mut proto) {
            let layer = match source.place().get(1) {
                Some(Step::Item(number)) => Some((*number, proto)),
                _ => None,
            };
            return Err(PacketError { place: source.place(), layer, entry: source.entry(), mistake });
        }
        finish(frame, spots).map_err(|error| PacketError {
            place: Vec::new(),
            entry: None,
            layer: Some((error.layer, Some(error.proto))),
            mistake: error.mistake,
        })
    }
}

/// Puts heads, the body, and tails in reverse order.
fn assemble(
    source: &mut FormSource<'_>,
    frame: &mut Vec<u8>,
    spots: &mut Vec<Spot>,
    tails: &mut Vec<u8>,
    proto: &mut Option<Proto>,
) -> Result<(), Mistake> {
    if !source.open(LAYERS)? {
        return Err(Mistake::at(LAYERS, Unfit::Rule("is missing: a packet has a list of layers")));
    }
    while source.next()? {
        *proto = None;
        let at = frame.len();
        let before = tails.len();
        let auto = head(source, frame, tails, proto)?;
        let proto = proto.unwrap_or(Proto::Data);
        pad(proto, at, auto, frame);
        if let Some(Value::Bytes(tail)) = source.value(TAIL)? {
            tails.truncate(before);
            tails.extend_from_slice(tail);
        }
        // For the time being, the length of the tail.
        let tail = (tails.len() - before) as u32;
        let (at, head_end) = (at as u32, frame.len() as u32);
        spots.push(Spot { proto, at, head_end, body_end: tail, tail_end: 0, auto });
    }
    source.close()?;
    let mut end = tails.len();
    let mut outer = frame.len() + end;
    for spot in spots.iter_mut() {
        let tail = spot.body_end as usize;
        spot.tail_end = outer as u32;
        outer -= tail;
        spot.body_end = outer as u32;
    }
    for spot in spots.iter().rev() {
        let tail = (spot.tail_end - spot.body_end) as usize;
        frame.extend_from_slice(&tails[end - tail..end]);
        end -= tail;
    }
    Ok(())
}

/// Puts the head of one layer, and gives the derived rows that nobody set.
fn head(
    source: &mut FormSource<'_>,
    frame: &mut Vec<u8>,
    tail: &mut Vec<u8>,
    found: &mut Option<Proto>,
) -> Result<u64, Mistake> {
    let missing = Mistake::at(LAYER, Unfit::Rule("says which protocol the layer is, and is missing"));
    let name = source.text(LAYER.name).ok_or(missing)?;
    let proto = Proto::ALL.iter().copied().find(|proto| same(proto.name().as_bytes(), name.as_bytes()));
    let proto = proto.ok_or(Mistake::at(LAYER, Unfit::Rule("no protocol has this name")))?;
    *found = Some(proto);
    if proto == Proto::Data {
        Builder::new(source, frame, tail).bytes(DATA)?;
        return Ok(0);
    }
    for field in [RAW, CUT] {
        if source.has(field) {
            Builder::new(source, frame, tail).bytes(field)?;
            // The fields beside it say the same in other words.
            source.skip_all(TAIL);
            return Ok(0);
        }
    }
    proto.build(&mut Builder::new(source, frame, tail))
}

/// Collects a packet.
struct Collect<'f> {
    form: &'f mut Form,
    rebuild: Rebuild,
    raw: &'f mut Vec<Proto>,
    /// The fixed header of the layer at hand, and how many lists and groups are open.
    table: &'static [Field],
    depth: usize,
}

impl Visitor for Collect<'_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        // Building goes by the row of the table, even where the packet says how the row is to be shown.
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
    fn layer(&mut self, layer: &Examined<'_>) {
        self.rebuild.layer(layer);
        (self.table, self.depth) = (layer.proto.fields(), 0);
        self.form.open_group("");
        self.form.text(LAYER.name, layer.proto.name());
        match layer.view {
            View::Data => self.form.bytes(DATA.name, layer.body()),
            View::Cut => self.form.bytes(CUT.name, layer.head()),
            _ => {}
        }
    }
    fn issue(&mut self, _: &Issue) {}
    fn end(&mut self, layer: &Examined<'_>) {
        if !self.rebuild.end(layer) {
            self.form.bytes(RAW.name, layer.head());
            self.raw.push(layer.proto);
        }
        if !layer.tail().is_empty() {
            self.form.bytes(TAIL.name, layer.tail());
        }
        self.form.close();
    }
}

/// Finds out whether the fields of a layer, as they are shown, become its bytes again.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rebuild {
    form: Form,
    out: Vec<u8>,
    tail: Vec<u8>,
    /// Where the fixed header ends, which alone is its own bytes; nowhere where there is no doubt about the rest.
    fixed_end: u32,
    /// Whether more than that was shown.
    more: bool,
}

impl Rebuild {
    pub(crate) fn layer(&mut self, layer: &Examined<'_>) {
        let fixed = layer.proto.fields().last().map_or(0, |field| u32::from(field.end_bit) / 8);
        self.fixed_end = match layer.view {
            View::Data | View::Cut => u32::MAX,
            View::Tcp(_) if is_ordinary(layer.options().bytes()) => u32::MAX,
            _ => layer.head_span().start + fixed,
        };
        // Of these, nothing is built behind the fixed header where nothing was shown.
        let plain = matches!(layer.proto, Proto::Ethernet | Proto::Ipv4 | Proto::Tcp | Proto::Udp);
        let plain = plain || layer.proto.variable_fields().is_empty();
        self.more = self.fixed_end != u32::MAX && (layer.head_span().end > self.fixed_end || !plain);
    }
    /// Takes note of what is shown at a place.
    pub(crate) fn note(&mut self, span: Span) {
        self.more |= self.fixed_end != u32::MAX && (span.end > self.fixed_end || span.start >= self.fixed_end);
    }
    /// Ends a layer and gives the answer.
    pub(crate) fn end(&mut self, layer: &Examined<'_>) -> bool {
        if !self.more {
            return true;
        }
        self.form.clear();
        self.out.clear();
        self.tail.clear();
        layer.show(&mut self.form);
        let mut source = self.form.source();
        let built = layer.proto.build(&mut Builder::new(&mut source, &mut self.out, &mut self.tail));
        built.is_ok() && source.all_used() && self.out == layer.head()
    }
}

/// Tells whether a TCP header has only options that are shown as their numbers, each in its own place, as most
/// segments have: those become the same bytes again.
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
    use crate::Stack;
    use crate::examine;
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
