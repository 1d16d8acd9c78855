//! Walking a frame from the outside in.
//!
//! [`dissect`] is the walk itself, as fast as it can be: where each layer begins and ends, and its
//! header. [`examine`] is the same walk with its surroundings kept in mind: which length set which
//! limit, what the capture cut off, and where the addresses for a pseudo-header stand. Everything
//! that shows or judges packets goes by it.

use crate::checksum::Checksum;
use crate::field::{Field, Span, Visitor};
use crate::layer::{Context, Flaw, FlawKind, Inner, Issue, Limit, Network, Next, Parts, Place, Reason};
use crate::part::Cursor;
use crate::proto::{Proto, View};

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
        if self.done {
            return None;
        }
        let Layers { frame, at, end, .. } = *self;
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
                self.done = head_end >= body_end && (next_proto == Proto::Data || !next.must_follow());
                Some(Layer { proto, view, via, quoted, frame, at, head_end, body_end, tail_end: end, total, flaw })
            }
            Err(flaw) => Some(self.rest(proto, flaw)),
        }
    }
}

/// One layer of a frame.
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
pub fn examine(link_type: u16, frame: &[u8]) -> Examine<'_> {
    Examine::new(dissect(link_type, frame))
}

/// Iterator over the layers of a frame in their surroundings.
#[derive(Clone, Debug)]
pub struct Examine<'a> {
    layers: Layers<'a>,
    index: usize,
    wire_end: u32,
    inner: Inner,
}

impl<'a> Examine<'a> {
    /// Examines the layers of a walk.
    pub fn new(layers: Layers<'a>) -> Self {
        let wire_end = layers.end;
        let inner = Inner { network: Network::default(), limit: Limit::Frame };
        Examine { layers, index: 0, wire_end, inner }
    }

    /// Says that the frame had so many bytes on the wire, where the capture cut it. Fewer than were
    /// captured count as those.
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
        Some(Examined { layer, place, index: self.index - 1 })
    }
}

/// A layer in its surroundings.
#[derive(Clone, Copy, Debug)]
pub struct Examined<'a> {
    /// The layer.
    pub layer: Layer<'a>,
    /// Where it stands.
    pub place: Place<'a>,
    /// Its number in the frame, from 0.
    pub index: usize,
}

impl<'a> core::ops::Deref for Examined<'a> {
    type Target = Layer<'a>;
    fn deref(&self) -> &Layer<'a> {
        &self.layer
    }
}

impl<'a> Examined<'a> {
    /// Shows every field of the layer's head, in wire order.
    pub fn show(&self, visitor: &mut dyn Visitor) {
        self.view.show(&self.place, visitor);
        if let View::Cut = self.view {
            crate::field::show_fixed(self.proto.fields(), self.head(), self.at, visitor);
        }
    }

    /// Says what the header's checksum is worth, if it has one.
    pub fn checksum(&self) -> Option<Checksum> {
        self.view.verify(&self.place)
    }

    /// Reports everything that is wrong with the layer, or worth a remark.
    pub fn issues(&self, mut report: impl FnMut(Issue)) {
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
        self.view.check(&self.place, &mut report);
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
