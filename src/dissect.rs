//! Walking a frame from the outside in.
//!
//! [`dissect`] is the walk itself, as fast as it can be: where each layer begins and ends, and its
//! header. [`examine`] is the same walk with its surroundings kept in mind: which length set which
//! limit, what the capture cut off, and where the addresses for a pseudo-header stand. Everything
//! that shows or judges packets goes by it.

use crate::checksum::Checksum;
use crate::field::{Field, Span, Value, Visitor};
use crate::layer::{Context, Flaw, FlawKind, Inner, Issue, Limit, Next, Parts, Place, Reason};
use crate::part::Cursor;
use crate::proto::{Ethernet, FrameSize, Proto, View};

/// Most layers that are taken apart; what lies deeper is shown as data. Keeps the work per byte
/// bounded.
pub const MAX_LAYERS: usize = 1024;

/// Dissects a frame of a link type (a `LINKTYPE_` number; 1 is Ethernet).
///
/// Never fails, never panics, allocates nothing: what cannot be read is a layer of data.
///
/// ```
/// use packetsmith::{dissect, View};
/// let frame = [
///     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x00, // Ethernet
///     0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
///     0x30, 0x39, 0x00, 0x07, 0, 9, 0, 0, b'!', // UDP
/// ];
/// let mut ports = None;
/// for layer in dissect(1, &frame) {
///     if let View::Udp(udp) = layer.view {
///         ports = Some((udp.src_port(), udp.dst_port()));
///         assert_eq!(layer.body(), b"!");
///     }
/// }
/// assert_eq!(ports, Some((12345, 7)));
/// ```
#[inline]
pub fn dissect(link_type: u16, frame: &[u8]) -> Layers<'_> {
    Layers::new(Next::LinkType(link_type), frame)
}

/// Iterator over the layers of a frame, outermost first.
///
/// The heads in order, then the last body, then the tails in reverse order are the frame again.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::dissect;
/// let names: Vec<_> = dissect(1, &frame).map(|layer| layer.proto.name()).collect();
/// assert_eq!(names[..3], ["ethernet", "ipv4", "udp"]);
/// ```
#[derive(Clone, Debug)]
pub struct Layers<'a> {
    frame: &'a [u8],
    at: u32,
    end: u32,
    via: Next,
    /// What `via` stands for. It is found out where the announcement is made, since there the compiler
    /// knows which kinds of announcement there are.
    proto: Proto,
    count: u32,
    quoted: bool,
    done: bool,
}

impl<'a> Layers<'a> {
    /// Begins a walk with whatever `first` announces.
    ///
    /// Frames of 4 GiB and more are walked in their first 4 GiB.
    #[inline]
    pub fn new(first: Next, frame: &'a [u8]) -> Self {
        let frame = &frame[..frame.len().min(u32::MAX as usize - 1)];
        let done = frame.is_empty() && !first.must_follow();
        Layers {
            frame,
            at: 0,
            end: frame.len() as u32,
            via: first,
            proto: first.proto(),
            count: 0,
            quoted: false,
            done,
        }
    }

    /// Takes what is left as one layer: data, or a header that is not all there.
    #[inline(always)]
    fn rest(&mut self, proto: Proto, flaw: Flaw) -> Layer<'a> {
        self.done = true;
        let Layers { frame, at, end, via, quoted, .. } = *self;
        let (view, head_end) = if proto == Proto::Data { (View::Data, at) } else { (View::Cut, end) };
        let total = Parts::<()>::OPEN;
        Layer { proto, view, via, quoted, frame, at, head_end, body_end: end, tail_end: end, total, flaw }
    }
}

impl<'a> Iterator for Layers<'a> {
    type Item = Layer<'a>;

    // Nothing here hands `self` to a function that is not inlined: the walk's state stays in registers.
    #[inline(always)]
    fn next(&mut self) -> Option<Layer<'a>> {
        let Layers { frame, at, end, .. } = *self;
        if self.done || at >= end && (self.proto == Proto::Data || !self.via.must_follow()) {
            return None;
        }
        let bytes = frame.get(at as usize..end as usize)?;
        if self.proto == Proto::Data {
            self.quoted |= matches!(self.via, Next::Quoted);
            self.via = self.via.settle(bytes);
            self.proto = self.via.proto();
        }
        if self.count == MAX_LAYERS as u32 {
            return Some(self.rest(Proto::Data, Flaw::TOO_DEEP));
        }
        let Layers { via, proto, quoted, .. } = *self;
        match View::parse(proto, bytes, via) {
            Ok((Parts { header: view, head, total, next, flaw }, next_proto)) => {
                let head_end = at + head as u32;
                let body_end = at.saturating_add(total).min(end);
                self.count += 1;
                (self.at, self.end) = (head_end, body_end);
                (self.via, self.proto) = (next, next_proto);
                Some(Layer { proto, view, via, quoted, frame, at, head_end, body_end, tail_end: end, total, flaw })
            }
            Err(flaw) => Some(self.rest(proto, flaw)),
        }
    }
}

/// One layer of a frame.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::dissect;
/// let ip = dissect(1, &frame).nth(1).unwrap();
/// assert_eq!((ip.head().len(), ip.body().len(), ip.tail().len()), (20, 9, 0));
/// assert_eq!((ip.head_span().start, ip.is_intact()), (14, true));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// Which protocol it is.
    pub proto: Proto,
    /// The fixed header.
    pub view: View<'a>,
    /// What announced it.
    pub via: Next,
    /// Whether it belongs to a packet that an ICMP error quotes.
    pub quoted: bool,
    frame: &'a [u8],
    at: u32,
    head_end: u32,
    body_end: u32,
    tail_end: u32,
    /// Bytes of head and body as a length field says.
    total: u32,
    flaw: Flaw,
}

impl<'a> Layer<'a> {
    /// Where header and options stand.
    #[inline]
    pub fn head_span(&self) -> Span {
        Span::new(self.at, self.head_end)
    }

    /// Where that stands what the layer carries.
    #[inline]
    pub fn body_span(&self) -> Span {
        Span::new(self.head_end, self.body_end)
    }

    /// Where that stands what the layer's own length leaves out.
    #[inline]
    pub fn tail_span(&self) -> Span {
        Span::new(self.body_end, self.tail_end)
    }

    /// Header and options.
    #[inline]
    pub fn head(&self) -> &'a [u8] {
        self.head_span().of(self.frame)
    }

    /// What the layer carries.
    #[inline]
    pub fn body(&self) -> &'a [u8] {
        self.body_span().of(self.frame)
    }

    /// What stands behind the end that the layer's own length sets: Ethernet padding behind an IP
    /// packet, say.
    #[inline]
    pub fn tail(&self) -> &'a [u8] {
        self.tail_span().of(self.frame)
    }

    /// The head behind the fixed header, to read options from.
    ///
    /// ```
    /// use packetsmith::{Next, Layers, TcpOption, Tlvs};
    /// let segment = [0, 80, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 2, 0, 0, 0, 0, 0, 0, 2, 4, 5, 0xb4];
    /// let tcp = Layers::new(Next::IpProtocol(6), &segment).next().unwrap();
    /// let mut options = Tlvs::<TcpOption>::at(tcp.options()).iter();
    /// assert_eq!(options.next(), Some(TcpOption::MaximumSegmentSize { size: 1460 }));
    /// ```
    #[inline]
    pub fn options(&self) -> Cursor<'a> {
        let fixed = self.proto.fields().last().map_or(0, |field| u32::from(field.end_bit) / 8);
        Cursor::within(self.frame, Span::new((self.at + fixed).min(self.head_end), self.head_end))
    }

    /// Tells whether nothing is wrong with the layer's structure: no length contradicts another, and
    /// nothing is cut off. Checksums are not looked at.
    #[inline]
    pub fn is_intact(&self) -> bool {
        matches!(self.flaw.kind, FlawKind::None)
            && (self.total == Parts::<()>::OPEN || self.at.saturating_add(self.total) <= self.tail_end)
    }
}

/// Examines a frame: the walk of [`dissect`], with each layer in its surroundings.
///
/// ```
/// use packetsmith::{examine, Reason, Limit};
/// // An IPv4 header that says 1500 bytes, in a frame that ends after 40.
/// let mut frame = [0; 54];
/// frame[12..18].copy_from_slice(&[8, 0, 0x45, 0, 0x05, 0xdc]);
/// let mut found = None;
/// for layer in examine(1, &frame) {
///     layer.issues(|issue| found = found.or(Some(issue.reason)));
/// }
/// assert_eq!(found, Some(Reason::Truncated { needed: 1500, have: 40, limit: Limit::Frame }));
/// ```
#[inline]
pub fn examine(link_type: u16, frame: &[u8]) -> Examine<'_> {
    Examine::new(dissect(link_type, frame))
}

/// Iterator over the layers of a frame in their surroundings.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::examine;
/// // A capture that kept 30 of the frame's bytes.
/// let cut = examine(1, &frame[..30]).original_len(frame.len());
/// for layer in cut {
///     layer.issues(|issue| assert_eq!(issue.reason.severity(), packetsmith::Severity::Note));
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Examine<'a> {
    layers: Layers<'a>,
    index: usize,
    wire_end: u32,
    inner: Inner,
    fcs_len: Option<u8>,
}

impl<'a> Examine<'a> {
    /// Examines the layers of a walk.
    #[inline]
    pub fn new(layers: Layers<'a>) -> Self {
        let wire_end = layers.end;
        Examine { layers, index: 0, wire_end, inner: Inner::OUTERMOST, fcs_len: None }
    }

    /// Says that so many of a frame's last bytes are its frame check sequence, as some capture files
    /// do. Where nothing says so, one is looked for behind what the lengths of inner layers leave out.
    #[inline]
    pub fn fcs_len(mut self, bytes: Option<u8>) -> Self {
        self.fcs_len = bytes;
        self
    }

    /// Says that the frame had so many bytes on the wire, where the capture cut it. Fewer than were
    /// captured count as those.
    #[inline]
    pub fn original_len(mut self, bytes: usize) -> Self {
        self.wire_end = bytes.clamp(self.layers.end as usize, u32::MAX as usize - 1) as u32;
        self
    }
}

impl<'a> Iterator for Examine<'a> {
    type Item = Examined<'a>;

    fn next(&mut self) -> Option<Examined<'a>> {
        let layer = self.layers.next()?;
        let context = Context {
            frame: layer.frame,
            at: layer.at,
            wire_end: self.wire_end,
            via: layer.via,
            network: self.inner.network,
            link_source: self.inner.link_source,
            chain: self.inner.chain,
            limit: self.inner.limit,
            quoted: layer.quoted,
        };
        let stop = match layer.total {
            Parts::<()>::OPEN => self.wire_end,
            total => layer.at.saturating_add(total),
        };
        // A quoted packet went on behind what is quoted of it.
        let wire_end = if layer.quoted { stop } else { stop.min(self.wire_end) };
        let place = Place {
            context,
            head_end: layer.head_end,
            body_end: layer.body_end,
            tail_end: layer.tail_end,
            body_wire_end: wire_end.max(layer.body_end),
        };
        if stop < self.wire_end || layer.total != Parts::<()>::OPEN && stop == self.wire_end {
            self.inner.limit = Limit::Layer(layer.proto.name());
        }
        layer.view.enter(&place, &mut self.inner);
        self.wire_end = place.body_wire_end;
        self.index += 1;
        Some(Examined { layer, place, index: self.index - 1, fcs_len: self.fcs_len })
    }
}

/// A layer in its surroundings.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Checksum, examine};
/// let udp = examine(1, &frame).nth(2).unwrap();
/// assert_eq!((udp.proto.name(), udp.checksum()), ("udp", Some(Checksum::Good)));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Examined<'a> {
    /// The layer.
    pub layer: Layer<'a>,
    /// Where it stands.
    pub place: Place<'a>,
    /// Its number in the frame, from 0.
    pub index: usize,
    fcs_len: Option<u8>,
}

/// What stands behind the packet in an Ethernet frame.
///
/// ```
/// use packetsmith::{Ethernet, Ipv4, Stack, examine};
/// let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).pad(60).fcs().finish().unwrap();
/// let trailer = examine(1, &frame).next().unwrap().trailer().unwrap();
/// assert_eq!((trailer.padding.len(), trailer.fcs.len()), (26, 4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trailer {
    /// Bytes that fill the frame up.
    pub padding: Span,
    /// The frame check sequence.
    pub fcs: Span,
    /// The frame check sequence that would be right.
    pub expected: [u8; 4],
    /// Whether the frame check sequence is right.
    pub good: bool,
}

impl<'a> core::ops::Deref for Examined<'a> {
    type Target = Layer<'a>;
    fn deref(&self) -> &Layer<'a> {
        &self.layer
    }
}

impl<'a> Examined<'a> {
    /// Tells apart what stands behind the packet in the outermost Ethernet frame, where there is a
    /// frame check sequence: one that the capture announced (see [`Examine::fcs_len`]), or one that is
    /// right, in bytes that the lengths of inner layers leave out.
    ///
    /// The bytes belong to the layers that they are tail or body of; this says what they are.
    ///
    /// ```
    /// use packetsmith::{checksum::fcs, examine};
    /// let mut frame = [0; 64];
    /// frame[12..18].copy_from_slice(&[8, 0, 0x45, 0, 0, 20]);
    /// let fcs = fcs(&frame[..60]);
    /// frame[60..].copy_from_slice(&fcs);
    /// let trailer = examine(1, &frame).next().unwrap().trailer().unwrap();
    /// assert!(trailer.good);
    /// assert_eq!((trailer.padding.len(), trailer.fcs.len()), (26, 4));
    /// ```
    pub fn trailer(&self) -> Option<Trailer> {
        let (frame, end) = (self.layer.frame, self.tail_end);
        let outermost = self.index == 0 && matches!(self.view, View::Ethernet(_));
        let (covered, stored) = frame.split_last_chunk().filter(|_| outermost && end == self.place.context.wire_end)?;
        let announced = match self.fcs_len {
            Some(4) => true,
            Some(_) => return None,
            None => false,
        };
        // The outermost tail is what lies behind the whole packet.
        let layers = Layers::new(self.via, frame);
        let behind = layers.map(|l| l.tail_span()).find(|tail| tail.end == end && !tail.is_empty());
        let fcs = Span::new(end - 4, end);
        let behind = behind.filter(|tail| tail.start <= fcs.start);
        if behind.is_none() && !announced {
            return None;
        }
        let expected = crate::checksum::fcs(covered);
        let good = expected == *stored;
        let padding = Span::new(behind.map_or(fcs.start, |tail| tail.start), fcs.start);
        (good || announced).then_some(Trailer { padding, fcs, expected, good })
    }

    /// The length of an Ethernet frame by name, its frame check sequence not counted. `None` for
    /// layers other than the outermost, and for frames of other links.
    ///
    /// ```
    /// use packetsmith::{FrameSize, examine};
    /// assert_eq!(examine(1, &[0; 1514]).next().unwrap().frame_size(), Some(FrameSize::Basic));
    /// assert_eq!(examine(1, &[0; 42]).next().unwrap().frame_size(), Some(FrameSize::Short));
    /// ```
    pub fn frame_size(&self) -> Option<FrameSize> {
        self.frame_size_before(|| self.trailer())
    }

    fn frame_size_before(&self, trailer: impl FnOnce() -> Option<Trailer>) -> Option<FrameSize> {
        if self.index != 0 || !matches!(self.view, View::Ethernet(_)) {
            return None;
        }
        // Whatever tags and a frame check sequence it has.
        if let 64..=1514 = self.place.context.wire_end {
            return Some(FrameSize::Basic);
        }
        let fcs = match self.fcs_len {
            Some(bytes) => bytes.into(),
            None => trailer().map_or(0, |trailer| trailer.fcs.len()),
        };
        let tags = Layers::new(self.via, self.layer.frame).skip(1);
        let tags = tags.take_while(|layer| matches!(layer.view, View::Vlan(_))).count();
        let length = (self.place.context.wire_end as usize).saturating_sub(fcs);
        Some(match length {
            0..60 => FrameSize::Short,
            n if n <= 1514 + 4 * tags => FrameSize::Basic,
            _ => FrameSize::Jumbo,
        })
    }

    /// Shows every field of the layer's head, in wire order.
    pub fn show(&self, visitor: &mut dyn Visitor) {
        self.show_verified(self.checksum(), visitor);
    }

    /// Shows the layer, whose checksum has been verified.
    pub(crate) fn show_verified(&self, checksum: Option<Checksum>, visitor: &mut dyn Visitor) {
        self.view.show(&self.place, checksum, visitor);
        let trailer = self.trailer();
        if let Some(trailer) = trailer {
            let [padding, fcs, status, _] = Ethernet::TRAILER else { return };
            let frame = self.layer.frame;
            if !trailer.padding.is_empty() {
                visitor.field(padding, trailer.padding, Value::Bytes(trailer.padding.of(frame)));
            }
            let stored = trailer.fcs.of(frame).iter().fold(0, |n, &byte| n << 8 | u64::from(byte));
            visitor.field(fcs, trailer.fcs, Value::Uint(stored));
            let place = Span::new(trailer.fcs.end, trailer.fcs.end);
            visitor.field(status, place, Value::Uint(trailer.good.into()));
        }
        let size = self.frame_size_before(|| trailer);
        if let (Some(size @ (FrameSize::Short | FrameSize::Jumbo)), [.., row]) = (size, Ethernet::TRAILER) {
            let place = Span::new(self.tail_end, self.tail_end);
            visitor.field(row, place, Value::Uint(u8::from(size).into()));
        }
        if let View::Cut = self.view {
            crate::field::show_fixed(self.proto.fields(), self.head(), self.at, visitor);
        }
    }

    /// Says what the header's checksum is worth, if it has one.
    pub fn checksum(&self) -> Option<Checksum> {
        self.view.verify(&self.place)
    }

    /// Reports everything that is wrong with the layer, or worth a remark.
    pub fn issues(&self, report: impl FnMut(Issue)) {
        self.issues_verified(self.checksum(), report);
    }

    /// Reports what is wrong with the layer, whose checksum has been verified.
    pub(crate) fn issues_verified(&self, checksum: Option<Checksum>, mut report: impl FnMut(Issue)) {
        let mut report = |field: Option<&'static Field>, span, reason| {
            report(Issue { protocol: self.proto.name(), layer: self.index, field, span, reason })
        };
        let mut about_row = |row: u8, reason| {
            let field = self.proto.fields().get(usize::from(row));
            report(field, field.map_or(self.head_span(), |f| f.span(self.at)), reason);
        };
        let Flaw { kind, row, found, expected } = self.flaw;
        match kind {
            FlawKind::None => {}
            FlawKind::Truncated => about_row(row, self.truncated(found)),
            FlawKind::TooShort => about_row(row, Reason::TooShort { declared: found, min: expected }),
            FlawKind::Version => about_row(row, Reason::Version { found: found as u8, expected: expected as u8 }),
            FlawKind::Inferred => about_row(row, Reason::Inferred { length: found }),
            FlawKind::TooDeep => about_row(row, Reason::TooDeep),
        }
        let cut = self.total != Parts::<()>::OPEN && self.at.saturating_add(self.total) > self.tail_end;
        if cut && kind != FlawKind::Truncated {
            about_row(self.proto.length_row(), self.truncated(self.total));
        }
        // What breaks off where the capture or a quote does was not broken by its sender.
        let mut said = cut || kind == FlawKind::Truncated;
        let cut_short = !self.place.is_all_here() || self.quoted && !self.place.is_whole();
        self.view.check(&self.place, checksum, &mut |field, span: Span, reason| {
            let breaks_off =
                matches!(reason, Reason::BrokenItem(_) | Reason::BadItem(_) | Reason::Missing { .. } | Reason::Name(_));
            if !(cut_short && breaks_off && span.end == self.tail_end) {
                report(field, span, reason);
            } else if !said {
                said = true;
                report(field, span, self.truncated(self.place.context.wire_end - self.at));
            }
        });
        // One that nothing announces is right, or it would be none.
        let announced = self.fcs_len.and_then(|_| self.trailer());
        if let Some(Trailer { good: false, fcs, expected, .. }) = announced {
            report(Ethernet::TRAILER.get(1), fcs, Reason::FrameCheck(expected));
        }
    }

    /// Says who cut off something that needs `needed` bytes from the start of the layer.
    fn truncated(&self, needed: u32) -> Reason {
        let context = &self.place.context;
        let (captured, on_wire) = (self.tail_end - self.at, context.wire_end - self.at);
        let (have, limit) = match context.limit {
            _ if self.quoted => (captured, Limit::Quote),
            _ if needed <= on_wire => (captured, Limit::Snapshot),
            limit => (on_wire, limit),
        };
        Reason::Truncated { needed, have, limit }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// An IPv4 packet of 20 bytes in a frame filled up with `padding` bytes, and its FCS.
    fn frame(padding: usize) -> Vec<u8> {
        let mut frame = std::vec![0; 34 + padding];
        frame[12..18].copy_from_slice(&[8, 0, 0x45, 0, 0, 20]);
        let fcs = crate::checksum::fcs(&frame);
        frame.extend(fcs);
        frame
    }

    fn trailer(frame: &[u8], fcs_len: Option<u8>) -> Option<(usize, bool)> {
        let layer = examine(1, frame).fcs_len(fcs_len).next().unwrap();
        layer.trailer().map(|trailer| (trailer.padding.len(), trailer.good))
    }

    #[test]
    fn an_fcs_that_nothing_announces_must_be_right_and_behind_the_packet() {
        assert_eq!(trailer(&frame(26), None), Some((26, true)));
        assert_eq!(trailer(&frame(0), None), Some((0, true)));
        let mut wrong = frame(26);
        wrong[63] ^= 1;
        assert_eq!(trailer(&wrong, None), None);
        assert_eq!(trailer(&frame(26)[..60], None), None);
        // The body of an unknown EtherType has no end of its own, so its last bytes may be anything.
        let mut open = [0; 64];
        open[12..14].copy_from_slice(&[0x88, 0xb5]);
        let fcs = crate::checksum::fcs(&open[..60]);
        open[60..].copy_from_slice(&fcs);
        assert_eq!((trailer(&open, None), trailer(&open, Some(4))), (None, Some((0, true))));
    }

    #[test]
    fn an_announced_fcs_that_is_wrong_is_an_issue() {
        let mut wrong = frame(26);
        wrong[40] = 1;
        assert_eq!(trailer(&wrong, Some(4)), Some((26, false)));
        let report = |fcs_len| {
            let mut count = 0;
            let layer = examine(1, &wrong).fcs_len(fcs_len).next().unwrap();
            layer.issues(|issue| count += usize::from(matches!(issue.reason, Reason::FrameCheck(_))));
            count
        };
        assert_eq!((report(Some(4)), report(None), report(Some(0))), (1, 0, 0));
        // What the capture cut off cannot be verified.
        assert_eq!(examine(1, &wrong).fcs_len(Some(4)).original_len(70).next().unwrap().trailer(), None);
    }

    #[test]
    fn an_original_length_is_no_less_than_what_was_captured_nor_more_than_an_offset_holds() {
        let frame = frame(26);
        let wire_end = |bytes| {
            let layer = examine(1, &frame).original_len(bytes).next().unwrap();
            (layer.place.context.wire_end, layer.place.body_wire_end)
        };
        assert_eq!([0, 63, 64].map(wire_end), [(64, 64); 3]);
        assert_eq!(wire_end(65), (65, 65));
        // The largest number stands for no end at all.
        assert_eq!([u32::MAX as usize, usize::MAX].map(wire_end), [(u32::MAX - 1, u32::MAX - 1); 2]);
    }

    #[test]
    fn a_layer_is_intact_if_its_length_ends_within_what_is_there() {
        let intact = |total: u8| {
            let mut packet = [0; 24];
            (packet[0], packet[3], packet[9]) = (0x45, total, 253);
            Layers::new(Next::EtherType(0x0800), &packet).next().unwrap().is_intact()
        };
        assert_eq!([19, 20, 23, 24, 25].map(intact), [false, true, true, true, false]);
    }

    #[test]
    fn vlan_tags_and_an_fcs_do_not_make_a_frame_jumbo() {
        let mut bytes = [0; 1522];
        bytes[12..14].copy_from_slice(&[0x81, 0]);
        bytes[16..18].copy_from_slice(&[0x88, 0xb5]);
        let size = |n, fcs| examine(1, &bytes[..n]).fcs_len(fcs).next().unwrap().frame_size();
        assert_eq!(size(1518, None), Some(FrameSize::Basic));
        assert_eq!(size(1519, None), Some(FrameSize::Jumbo));
        assert_eq!(size(1522, Some(4)), Some(FrameSize::Basic));
        assert_eq!(size(63, Some(4)), Some(FrameSize::Short));
    }
}
