//! Building frames: layers on top of each other, and what is computed of their lengths, numbers and
//! checksums.
//!
//! Whatever was not set is computed when the frame is finished, from the innermost layer outwards;
//! what was set goes out as it is, wrong or not.

use crate::dissect::Layers;
use crate::field::{Derive, Field, Kind, get_bits, put_bits};
use crate::layer::{Context, Inner, Next, Place};
use crate::part::{Framed, Variants};
use crate::proto::{Proto, View};
use crate::source::{Mistake, Put, Unfit};
use core::fmt;

/// A layer in a frame that is being built.
///
/// ```
/// use packetsmith::{Ethernet, Proto, Stack, build::Spot};
/// let spot = Spot { proto: Proto::Ethernet, at: 0, head_end: 14, body_end: 60, tail_end: 60, auto: 0 };
/// assert_eq!((spot.head_end - spot.at) as usize, Ethernet::LEN);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Its protocol.
    pub proto: Proto,
    /// Where it begins.
    pub at: u32,
    /// Where its head ends.
    pub head_end: u32,
    /// Where its body ends.
    pub body_end: u32,
    /// Where its tail ends.
    pub tail_end: u32,
    /// The derived rows that are to be computed, one bit a row.
    pub auto: u64,
}

impl Spot {
    pub(crate) const NONE: Spot = Spot { proto: Proto::Data, at: 0, head_end: 0, body_end: 0, tail_end: 0, auto: 0 };

    /// Its place, given what layers further out say.
    #[inline(always)]
    fn place<'f>(&self, frame: &'f [u8], inner: &Inner) -> Place<'f> {
        let Spot { at, head_end, body_end, tail_end, .. } = *self;
        let Inner { network, link_source, chain, limit } = *inner;
        let via = Next::Unknown;
        let context = Context { frame, at, wire_end: tail_end, via, network, link_source, chain, limit, quoted: false };
        Place { context, head_end, body_end, tail_end, body_wire_end: body_end }
    }

    /// The field of a row that its plan names, if it is to be computed.
    #[inline(always)]
    fn field(&self, proto: Proto, row: Option<u8>) -> Option<&'static Field> {
        let row = row.filter(|row| self.auto >> row & 1 == 1)?;
        proto.fields().get(usize::from(row))
    }
}

/// The rows of a table that are computed.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    head: Option<u8>,
    total: Option<u8>,
    next: Option<u8>,
    checksum: Option<u8>,
}

impl Plan {
    pub(crate) const fn of(table: &[Field]) -> Self {
        let mut plan = Plan { head: None, total: None, next: None, checksum: None };
        let mut row = 0;
        while row < table.len() {
            let place = match table[row].derive {
                Derive::Head { .. } => Some(&mut plan.head),
                Derive::Total { .. } => Some(&mut plan.total),
                Derive::Next(_) => Some(&mut plan.next),
                Derive::Checksum => Some(&mut plan.checksum),
                Derive::Nothing | Derive::Own => None,
            };
            if let Some(place) = place {
                assert!(place.is_none(), "a header has one length of each kind, one number and one checksum");
                *place = Some(row as u8);
            }
            row += 1;
        }
        plan
    }
}

/// A layer, and what keeps it from being built.
///
/// ```
/// use packetsmith::{Ipv4, Stack};
/// let error = Stack::new().push(Ipv4::build()).payload(&[0; 70_000]).finish().unwrap_err();
/// assert_eq!(error.to_string(), "ipv4.total_length: 70020 is more than 65535, the largest that fits");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct BuildError {
    /// Which layer, from 0.
    pub layer: usize,
    /// Its protocol.
    pub proto: Proto,
    /// The field, and what is wrong.
    pub mistake: Mistake,
}

/// `ipv4.total_length: 70000 is more than 65535, the largest that fits`
impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.proto, self.mistake.field) {
            // It is about the whole frame.
            (Proto::Data, None) => self.mistake.fmt(f),
            (proto, None) => write!(f, "{}: {}", proto.name(), self.mistake),
            (proto, Some(_)) => write!(f, "{}.{}", proto.name(), self.mistake),
        }
    }
}

impl core::error::Error for BuildError {}

/// Most layers of a [`Stack`].
pub const MAX_STACK: usize = 32;

/// A buffer that is being filled, and the first `N` of its layers.
#[doc(hidden)]
pub struct Draft<'b, const N: usize> {
    buffer: &'b mut [u8],
    len: usize,
    spots: [Spot; N],
    layers: usize,
}

impl<const N: usize> Put for Draft<'_, N> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        if let Some(place) = self.buffer.get_mut(self.len..self.len + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        // What does not fit is counted, so that the error can say how much is needed.
        self.len += bytes.len();
    }
    fn written(&mut self) -> &mut [u8] {
        let end = self.len.min(self.buffer.len());
        &mut self.buffer[..end]
    }
    #[inline]
    fn len(&mut self) -> usize {
        self.len
    }
    fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}

impl<'b, const N: usize> Draft<'b, N> {
    #[inline]
    fn of(layers: &impl Pile, buffer: &'b mut [u8]) -> Self {
        let mut draft = Draft { buffer, len: 0, spots: [Spot::NONE; N], layers: 0 };
        layers.put(&mut draft);
        draft
    }

    /// Puts a layer behind the others.
    #[inline]
    fn layer(&mut self, head: &impl Head) {
        let at = self.len;
        let (proto, auto) = head.put(self);
        pad(proto, at, auto, self);
        let (at, end) = (at as u32, self.len as u32);
        if let Some(spot) = self.spots.get_mut(self.layers) {
            *spot = Spot { proto, at, head_end: end, body_end: end, tail_end: end, auto };
        }
        self.layers += 1;
    }
}

/// The head of a layer: what [`Stack::push`] takes.
///
/// ```
/// use packetsmith::{Proto, Stack, Udp, build::Head, source::Put};
/// /// A datagram to the DNS port, from this one.
/// struct Query(u16);
/// impl Head for Query {
///     fn put(&self, out: &mut impl Put) -> (Proto, u64) {
///         Udp::build().src_port(self.0).dst_port(53).put(out)
///     }
/// }
/// let datagram = Stack::new().push(Query(1000)).payload(b"?").finish().unwrap();
/// assert_eq!(datagram[..6], [0x03, 0xe8, 0, 53, 0, 9], "the length is computed all the same");
/// ```
pub trait Head {
    /// Puts the head, and gives its protocol and the derived rows that nobody set.
    fn put(&self, out: &mut impl Put) -> (Proto, u64);
}

/// Bytes that are no header: what the innermost layer carries.
impl Head for &[u8] {
    #[inline]
    fn put(&self, out: &mut impl Put) -> (Proto, u64) {
        out.put(self);
        (Proto::Data, 0)
    }
}

impl<const N: usize> Head for &[u8; N] {
    #[inline]
    fn put(&self, out: &mut impl Put) -> (Proto, u64) {
        self.as_slice().put(out)
    }
}

/// A head with more behind its fixed header, made by [`Edit::options`](crate::field::Edit::options) and
/// its like.
///
/// ```
/// use packetsmith::{Stack, Tcp, TcpOption, build::{Options, Raw, With}, field::Edit};
/// let options = [TcpOption::SackPermitted {}];
/// let with: With<Edit<Tcp>, Options<'_, TcpOption>> = Tcp::build().options(&options);
/// // One behind the other: what is put next stands behind what stands there already.
/// let with: With<With<_, _>, Raw<'_>> = with.raw(&[254, 2]);
/// let segment = Stack::new().push(with).finish().unwrap();
/// assert_eq!(segment[12] >> 4, 6, "six words of head");
/// assert_eq!(segment[20..], [4, 2, 254, 2]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct With<H, P> {
    head: H,
    more: P,
}

/// What can stand behind a fixed header.
///
/// ```
/// use packetsmith::{Stack, Tcp, build::{Head, More, With}};
/// /// Bytes of a segment without data, whatever stands behind its fixed header.
/// fn length<P: More>(tcp: With<impl Head, P>) -> usize {
///     Stack::new().push(tcp).finish().unwrap().len()
/// }
/// assert_eq!(length(Tcp::build().raw(&[254, 4, 0, 0])), 24);
/// assert_eq!(length(Tcp::build().raw(&[3, 3, 7])), 24, "filled up to whole words");
/// ```
pub trait More {
    /// Puts it.
    fn put(&self, out: &mut dyn Put);
}

/// Options, one after the other.
///
/// ```
/// use packetsmith::{Stack, Tcp, TcpOption};
/// let options = [TcpOption::MaximumSegmentSize { size: 1460 }, TcpOption::WindowScale { shift: 7 }];
/// let segment = Stack::new().push(Tcp::build().options(&options)).finish().unwrap();
/// assert_eq!(segment[20..], [2, 4, 0x05, 0xb4, 3, 3, 7, 0], "types and lengths are written, and the end");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Options<'o, V>(&'o [V]);

impl<'a, V: Variants<'a> + Framed> More for Options<'_, V> {
    fn put(&self, out: &mut dyn Put) {
        for option in self.0 {
            V::FRAMING.emit(option, out);
        }
    }
}

/// The contents of a message.
///
/// ```
/// use packetsmith::{Icmpv4, Icmpv4Message, Stack};
/// let echo = Icmpv4Message::EchoRequest { identifier: 0xbeef, sequence: 1 };
/// let icmp = Icmpv4::build().message(echo);
/// let message = Stack::new().push(icmp).payload(b"ping").finish().unwrap();
/// assert_eq!(message[4..8], [0xbe, 0xef, 0, 1]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Message<V>(V);

impl<'a, V: Variants<'a>> More for Message<V> {
    fn put(&self, out: &mut dyn Put) {
        self.0.emit(out)
    }
}

/// Bytes as they are.
///
/// ```
/// use packetsmith::{Ipv4, Stack};
/// // An option whose length is wrong, which no typed option would have.
/// let packet = Stack::new().push(Ipv4::build().raw(&[7, 39, 4, 0])).finish().unwrap();
/// assert_eq!(packet[0], 0x46, "it counts as part of the head");
/// assert_eq!(packet[20..], [7, 39, 4, 0]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Raw<'r>(&'r [u8]);

impl More for Raw<'_> {
    fn put(&self, out: &mut dyn Put) {
        out.put(self.0)
    }
}

macro_rules! more {
    ($for:ty, $($generic:ident)?) => {
        impl<$($generic,)? H> $for {
            /// Puts options behind the header, or behind what stands there already.
            pub fn options<'o, 'a, V: Variants<'a> + Framed>(self, options: &'o [V]) -> With<Self, Options<'o, V>> {
                With { head: self, more: Options(options) }
            }
            /// Puts the contents of a message behind the header.
            pub fn message<'a, V: Variants<'a>>(self, message: V) -> With<Self, Message<V>> {
                With { head: self, more: Message(message) }
            }
            /// Puts bytes behind the header, as part of the head.
            pub fn raw(self, bytes: &[u8]) -> With<Self, Raw<'_>> {
                With { head: self, more: Raw(bytes) }
            }
        }
    };
}
more!(crate::field::Edit<H>,);
more!(With<H, P>, P);

impl<H: Head, P: More> Head for With<H, P> {
    #[inline]
    fn put(&self, out: &mut impl Put) -> (Proto, u64) {
        let (proto, auto) = self.head.put(out);
        self.more.put(out);
        (proto, auto)
    }
}

/// What a [`Stack`] is made of.
///
/// ```
/// use packetsmith::{Ethernet, Stack, Vlan, build::Pile};
/// /// As an Ethernet card sends it.
/// fn sent<L: Pile>(layers: Stack<L>) -> Vec<u8> {
///     layers.pad(60).fcs().finish().unwrap()
/// }
/// assert_eq!(sent(Stack::new().push(Ethernet::build())).len(), 64);
/// assert_eq!(sent(Stack::new().push(Ethernet::build()).push(Vlan::build())).len(), 64);
/// ```
pub trait Pile {
    /// How many layers there are.
    const DEPTH: usize;
    #[doc(hidden)]
    fn put<const N: usize>(&self, draft: &mut Draft<'_, N>);
}

impl Pile for () {
    const DEPTH: usize = 0;
    #[inline]
    fn put<const N: usize>(&self, _: &mut Draft<'_, N>) {}
}

impl<L: Pile, H: Head> Pile for (L, H) {
    const DEPTH: usize = L::DEPTH + 1;
    #[inline]
    fn put<const N: usize>(&self, draft: &mut Draft<'_, N>) {
        self.0.put(draft);
        draft.layer(&self.1);
    }
}

/// Layers on top of each other, outermost first, to be made into a frame.
///
/// ```
/// use packetsmith::{Ethernet, IpProtocol, Ipv4, MacAddr, Stack, Udp};
/// let frame = Stack::new()
///     .push(Ethernet::build().dst(MacAddr::BROADCAST).src(MacAddr([2, 0, 0, 0, 0, 1])))
///     .push(Ipv4::build().dst([255; 4].into()))
///     .push(Udp::build().src_port(68).dst_port(67).checksum(0xdead))
///     .payload(b"hi")
///     .finish()
///     .unwrap();
/// assert_eq!(frame.len(), 14 + 20 + 8 + 2);
/// assert_eq!(frame[12..18], [0x08, 0x00, 0x45, 0, 0, 30]);
/// assert_eq!(frame[23], 17, "what follows is UDP");
/// assert_eq!(frame[38..42], [0, 10, 0xde, 0xad], "what was set goes out as it is");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Stack<L = ()> {
    layers: L,
    min: usize,
    fcs: bool,
}

impl Stack {
    /// Starts with no layers.
    pub const fn new() -> Self {
        Stack { layers: (), min: 0, fcs: false }
    }
}

impl<L: Pile> Stack<L> {
    /// Puts a layer into the body of the one pushed last.
    pub fn push<H: Head>(self, head: H) -> Stack<(L, H)> {
        Stack { layers: (self.layers, head), min: self.min, fcs: self.fcs }
    }

    /// Puts bytes into the body of the layer pushed last.
    pub fn payload(self, bytes: &[u8]) -> Stack<(L, &[u8])> {
        self.push(bytes)
    }

    /// Fills the frame up with zeros to so many bytes at least: 60 on Ethernet.
    pub fn pad(mut self, bytes: usize) -> Self {
        self.min = bytes;
        self
    }

    /// Puts a frame check sequence behind the frame.
    pub fn fcs(mut self) -> Self {
        self.fcs = true;
        self
    }

    /// Writes the frame into the front of `buffer`, and gives its length in bytes. Allocates nothing.
    ///
    /// # Errors
    ///
    /// A length that its field cannot hold, more than [`MAX_STACK`] layers, or a buffer that is too small.
    pub fn write_into(&self, buffer: &mut [u8]) -> Result<usize, BuildError> {
        // Most have few layers, and clearing room for more takes time.
        match L::DEPTH {
            0..=8 => self.write::<8>(buffer),
            _ => self.write::<MAX_STACK>(buffer),
        }
    }

    fn write<const N: usize>(&self, buffer: &mut [u8]) -> Result<usize, BuildError> {
        let draft = Draft::<N>::of(&self.layers, buffer);
        let whole = |unfit: Unfit| BuildError { layer: 0, proto: Proto::Data, mistake: unfit.into() };
        let Draft { buffer, len: end, mut spots, layers } = draft;
        let Some(spots) = spots.get_mut(..layers) else { return Err(whole(Unfit::TooDeep)) };
        let len = end.max(self.min) + if self.fcs { 4 } else { 0 };
        if len > buffer.len() {
            return Err(whole(Unfit::NoRoom(len)));
        }
        for spot in &mut *spots {
            (spot.body_end, spot.tail_end) = (end as u32, end as u32);
        }
        finish(&mut buffer[..end], spots)?;
        buffer[end..len].fill(0);
        if self.fcs {
            let (covered, fcs) = buffer[..len].split_at_mut(len - 4);
            fcs.copy_from_slice(&crate::checksum::fcs(covered));
        }
        Ok(len)
    }

    /// Builds the frame.
    ///
    /// # Errors
    ///
    /// As [`write_into`](Self::write_into), but that there is always room.
    #[cfg(feature = "alloc")]
    pub fn finish(&self) -> Result<alloc::vec::Vec<u8>, BuildError> {
        let end = Draft::<0>::of(&self.layers, &mut []).len;
        let mut frame = alloc::vec![0; end.max(self.min) + if self.fcs { 4 } else { 0 }];
        self.write_into(&mut frame)?;
        Ok(frame)
    }
}

/// Fills a head up to a multiple of the unit that its length is counted in, if that is to be computed.
#[inline]
pub(crate) fn pad(proto: Proto, at: usize, auto: u64, out: &mut dyn Put) {
    let Some(row) = proto.plan().head.filter(|row| auto >> row & 1 == 1) else { return };
    if let Derive::Head { unit, .. } = proto.fields()[usize::from(row)].derive {
        let have = out.len() - at;
        let padding = have.next_multiple_of(unit.max(1).into()) - have;
        if padding > 0 {
            proto.pad(padding, out);
        }
    }
}

/// Computes what is to be computed of the layers of a frame.
pub(crate) fn finish(frame: &mut [u8], spots: &[Spot]) -> Result<(), BuildError> {
    for (layer, spot) in spots.iter().enumerate().rev() {
        if spot.auto != 0 {
            let completed = spot.proto.complete(frame, spots, layer);
            completed.map_err(|mistake| BuildError { layer, proto: spot.proto, mistake })?;
        }
    }
    Ok(())
}

/// Computes what is to be computed of a layer: lengths, the number that announces what follows, the checksum. Where
/// `proto` is a constant, so is all that its table says.
#[inline(always)]
pub(crate) fn complete(proto: Proto, frame: &mut [u8], spots: &[Spot], layer: usize) -> Result<(), Mistake> {
    let spot = &spots[layer];
    let plan = proto.plan();
    let head = (spot.head_end - spot.at) as usize;
    for row in [plan.head, plan.total] {
        if let Some(field) = spot.field(proto, row)
            && let Some(length) = field.derive.length(head, (spot.body_end - spot.at) as usize)
        {
            let number = length.map_err(|unfit| Mistake::at(field, unfit))?;
            set(frame, spot, field, number)?;
        }
    }
    let next = spots.get(layer + 1).map_or(Proto::Data, |next| next.proto);
    if next != Proto::Data
        && let Some(field) = spot.field(proto, plan.next)
    {
        let known = if let Derive::Next(numbers) = field.derive { next.only_number(numbers) } else { None };
        match known {
            Some(number) => set(frame, spot, field, number.into())?,
            None => announce(frame, spot, field, next, spots.get(layer + 2).map(|spot| spot.proto)),
        }
    }
    proto.finish(frame, spot, next)?;
    if let Some(field) = spot.field(proto, plan.checksum) {
        checksum(proto, field, frame, spots, layer);
    }
    Ok(())
}

/// Writes a number into a row of a layer's fixed header.
#[inline(always)]
pub(crate) fn set(frame: &mut [u8], spot: &Spot, field: &'static Field, number: u64) -> Result<(), Mistake> {
    let max = u64::MAX >> (64 - field.bits().len().clamp(1, 64));
    match frame.get_mut(spot.at as usize..spot.head_end as usize) {
        Some(head) if number <= max && field.bits().end <= head.len() * 8 => put_bits(head, field.bits(), number),
        Some(_) => return Err(Mistake::at(field, Unfit::TooLarge { number, max })),
        None => {}
    }
    Ok(())
}

/// Finds the number that announces `next` and writes it: the first one that the header, read again, says so
/// with, and behind which `next` itself is followed by what follows it. Where there is none, the row keeps what it
/// has; but in place of an EtherType there may stand the length of the body (IEEE 802.3).
#[inline(never)]
fn announce(frame: &mut [u8], spot: &Spot, field: &'static Field, next: Proto, following: Option<Proto>) {
    let (at, end) = (spot.at as usize, spot.body_end as usize);
    let bits = field.bits();
    let Some(bytes) = frame.get_mut(at..end).filter(|bytes| bits.end <= bytes.len() * 8) else { return };
    let before = get_bits(bytes, bits.clone());
    // The first number that is right but for what follows `next`.
    let mut nearly = None;
    let mut works = |number: u64| {
        put_bits(bytes, bits.clone(), number);
        let Ok((parts, proto)) = View::parse(spot.proto, bytes, Next::Unknown) else { return false };
        let body = bytes.get(parts.head..).unwrap_or(&[]);
        let proto = match proto {
            Proto::Data => parts.next.settle(body).proto(),
            proto => proto,
        };
        if proto != next {
            return false;
        }
        let follows = following.filter(|&proto| proto != Proto::Data);
        let right =
            follows.is_none_or(|wanted| Layers::new(parts.next, body).nth(1).is_some_and(|l| l.proto == wanted));
        nearly = nearly.or(Some(number));
        right
    };
    let body = u64::from(spot.body_end - spot.head_end);
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
fn checksum(proto: Proto, field: &'static Field, frame: &mut [u8], spots: &[Spot], layer: usize) {
    let spot = &spots[layer];
    let at = field.span(spot.at).start as usize;
    let Some(stored) = frame.get_mut(at..at + 2) else { return };
    stored.copy_from_slice(&[0; 2]);
    let Some(cover) = View::split(proto, &frame[spot.at as usize..]).cover() else { return };
    let mut inner = Inner::OUTERMOST;
    if cover.pseudo.is_some() {
        spots[..layer].iter().for_each(|outer| outer.proto.enter(frame, outer, &mut inner));
    }
    let Some((pseudo, covered)) = spot.place(frame, &inner).covered(cover) else { return };
    let checksum = match pseudo.bytes(covered.of(frame)).checksum() {
        0 if cover.optional => 0xffff,
        checksum => checksum,
    };
    frame[at..at + 2].copy_from_slice(&checksum.to_be_bytes());
}

/// Notes what layers further in must know of one.
#[inline(always)]
pub(crate) fn enter(proto: Proto, frame: &[u8], spot: &Spot, inner: &mut Inner) {
    let bytes = frame.get(spot.at as usize..spot.body_end as usize).unwrap_or(&[]);
    View::split(proto, bytes).enter(&spot.place(frame, inner), inner);
}

/// The layers in their surroundings.
pub(crate) fn places<'f>(frame: &'f [u8], spots: &'f [Spot]) -> impl Iterator<Item = (View<'f>, Place<'f>)> {
    let mut inner = Inner::OUTERMOST;
    spots.iter().map(move |spot| {
        let place = spot.place(frame, &inner);
        let view = View::split(spot.proto, frame.get(spot.at as usize..spot.body_end as usize).unwrap_or(&[]));
        view.enter(&place, &mut inner);
        (view, place)
    })
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::{Ethernet, Ipv4, MacAddr, Udp, Vlan};
    use alloc::string::ToString;

    #[test]
    fn a_frame_is_filled_up_and_followed_by_its_check_sequence() {
        let ethernet = Ethernet::build().dst(MacAddr::BROADCAST);
        for payload in [0, 1, 17, 18, 19, 40] {
            let body = [7; 40];
            let stack = Stack::new().push(ethernet).push(Ipv4::build()).push(Udp::build()).payload(&body[..payload]);
            let plain = stack.finish().unwrap();
            assert_eq!(plain.len(), 42 + payload);
            let mut padded = plain.clone();
            padded.resize(plain.len().max(60), 0);
            assert_eq!(stack.pad(60).finish().unwrap(), padded);
            let fcs = crate::checksum::fcs(&padded);
            let whole = [&padded[..], &fcs].concat();
            assert_eq!(stack.pad(60).fcs().finish().unwrap(), whole);
            // What the buffer held before does not come through, and what lies behind stays.
            let mut buffer = [0xaa; 128];
            assert_eq!(stack.pad(60).fcs().write_into(&mut buffer).unwrap(), whole.len());
            assert_eq!((&buffer[..whole.len()], buffer[whole.len()]), (&whole[..], 0xaa));
            assert_eq!(stack.pad(60).fcs().write_into(&mut buffer[..whole.len()]).unwrap(), whole.len());
            let error = stack.pad(60).fcs().write_into(&mut buffer[..whole.len() - 1]).unwrap_err();
            assert_eq!((error.layer, error.mistake.unfit), (0, Unfit::NoRoom(whole.len())));
            let error = stack.write_into(&mut []).unwrap_err();
            assert_eq!(error.mistake.unfit, Unfit::NoRoom(plain.len()));
        }
    }

    #[test]
    fn as_many_layers_are_built_as_are_pushed() {
        fn tagged<L: Pile>(stack: Stack<L>) -> Stack<impl Pile> {
            let tag = || Vlan::build().id(1);
            stack.push(tag()).push(tag()).push(tag()).push(tag())
        }
        // Eight layers, nine, thirty-two, and one too many.
        let eight =
            tagged(Stack::new().push(Ethernet::build()).push(Vlan::build()).push(Vlan::build()).push(Vlan::build()));
        let ethernet = Stack::new().push(Ethernet::build());
        let most = tagged(tagged(tagged(tagged(tagged(tagged(tagged(ethernet)))))));
        let most = most.push(Vlan::build()).push(Vlan::build()).push(Vlan::build());
        for (frame, layers) in [
            (eight.finish().unwrap(), 8),
            (tagged(ethernet).push(Vlan::build()).push(Vlan::build()).push(Vlan::build()).finish().unwrap(), 8),
            (tagged(tagged(ethernet)).finish().unwrap(), 9),
            (most.finish().unwrap(), 32),
        ] {
            assert_eq!(frame.len(), 14 + 4 * (layers - 1));
            let tags = frame[12..].chunks(4).filter(|tag| tag[..2] == [0x81, 0]);
            assert_eq!(tags.count(), layers - 1);
        }
        let error = most.push(Vlan::build()).finish().unwrap_err();
        assert_eq!((error.layer, error.proto, error.mistake.unfit), (0, Proto::Data, Unfit::TooDeep));
    }

    #[test]
    fn what_does_not_fit_says_in_which_layer() {
        let error = |payload: usize| {
            let body = alloc::vec![0; payload];
            let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build());
            stack.payload(&body).finish().map(|frame| frame.len()).map_err(|e| (e.layer, e.proto, e.to_string()))
        };
        assert_eq!(error(65507), Ok(65549));
        let text = "ipv4.total_length: 65536 is more than 65535, the largest that fits";
        assert_eq!(error(65508), Err((1, Proto::Ipv4, text.into())));
        let text = "udp.length: 65536 is more than 65535, the largest that fits";
        assert_eq!(error(65528), Err((2, Proto::Udp, text.into())));
    }
}
