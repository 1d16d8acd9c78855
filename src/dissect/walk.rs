//! The walk over the layers of a frame.

use crate::layer::NextProtocol;
use crate::layer::{LayerBounds, MAX_LAYERS, ParseDefect, ParseDefectKind, ParsedHeader};
use crate::proto::{BuiltIn, CustomProtocol, KnownProtocols, Proto, ProtoRow, Selected, View};
use crate::wire::{Cursor, Span};

/// Dissects a frame. `first` says what it begins with: a [`LinkType`](crate::LinkType) or its number (1 is Ethernet), an
/// [`EtherType`](crate::proto::link::EtherType), an [`IpProtocol`](crate::proto::ip::IpProtocol), or any [`NextProtocol`].
///
/// Never fails, never panics, allocates nothing. What cannot be read is a layer of data.
///
/// ```
/// use packetsmith::{View, dissect};
/// let frame = [
///     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x00, // Ethernet
///     0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0x66, 0xce, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
///     0x30, 0x39, 0x00, 0x07, 0, 9, 0, 0, b'!', // UDP
/// ];
/// let mut ports = None;
/// for layer in dissect(1, &frame) {
///     if let View::Udp(udp) = layer.view {
///         ports = Some((udp.src_port(), udp.dst_port()));
///         assert_eq!(layer.payload(), b"!");
///     }
/// }
/// assert_eq!(ports, Some((12345, 7)));
/// ```
#[inline]
pub fn dissect(first: impl Into<NextProtocol>, frame: &[u8]) -> Layers<'_> {
    Layers::new(first.into(), frame)
}

/// Iterator over the layers of a frame, outermost first.
///
/// The headers in order, then the last payload, then the trailers in reverse order are the frame again.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::dissect;
/// let names: Vec<_> = dissect(1, &frame).map(|layer| layer.proto.name()).collect();
/// assert_eq!(names[..3], ["ethernet", "ipv4", "udp"]);
/// ```
///
/// `K` is what the walk knows of protocols: by default those of this crate. [`Protocols::dissect`](crate::Protocols::dissect)
/// walks with others.
#[derive(Clone)]
pub struct Layers<'a, K: KnownProtocols<'a> = BuiltIn> {
    pub(super) frame: &'a [u8],
    pub(super) known: K,
    at: u32,
    pub(super) end: u32,
    pub(super) selector: NextProtocol,
    /// The protocol that `selector` selects. It is resolved when the header with the selector is parsed, because there
    /// the compiler knows which selectors are possible.
    row: ProtoRow,
    /// The protocol from outside that `selector` selects.
    custom: K::Custom,
    count: u32,
    quoted: bool,
    done: bool,
}

/// Where the walk is. The frame is left out.
impl<'a, K: KnownProtocols<'a>> core::fmt::Debug for Layers<'a, K> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("Layers");
        out.field("at", &self.at).field("end", &self.end).field("selector", &self.selector);
        out.field("proto", &self.row).field("done", &self.done).finish()
    }
}

impl<'a> Layers<'a> {
    /// Begins a walk with the protocol that `first` selects.
    ///
    /// Only the first 4 GiB of a frame are walked.
    #[inline]
    pub fn new(first: NextProtocol, frame: &'a [u8]) -> Self {
        Layers::knowing(BuiltIn, first, frame)
    }
}

impl<'a, K: KnownProtocols<'a>> Layers<'a, K> {
    /// Begins a walk that knows these protocols.
    #[inline]
    pub(crate) fn knowing(known: K, first: NextProtocol, frame: &'a [u8]) -> Self {
        let frame = &frame[..frame.len().min(u32::MAX as usize - 1)];
        let done = frame.is_empty() && !first.requires_header();
        let Selected { selector, row, custom } = known.select(first, first.row());
        Layers { frame, known, at: 0, end: frame.len() as u32, selector, row, custom, count: 0, quoted: false, done }
    }

    /// The same walk over a packet that was not captured, but is in another one.
    #[cfg(feature = "applications")]
    pub(super) fn quoted(mut self) -> Self {
        self.quoted = true;
        self
    }

    /// The same walk, of one type for all sets of protocols.
    #[inline]
    pub(super) fn of_any(self) -> Layers<'a, Option<&'a crate::proto::Protocols>> {
        let Layers { frame, known, at, end, selector, row, custom, count, quoted, done } = self;
        let (known, custom) = (known.protocols(), K::custom(custom));
        Layers { frame, known, at, end, selector, row, custom, count, quoted, done }
    }

    /// The layers, each by a call. The walk is long, and `next` is compiled into each loop that uses it; this is for loops
    /// in which time does not count.
    pub(crate) fn by_calls(mut self) -> impl Iterator<Item = Layer<'a>> {
        core::iter::from_fn(move || self.step())
    }

    #[inline(never)]
    fn step(&mut self) -> Option<Layer<'a>> {
        self.next()
    }

    /// Makes a layer of data of what follows.
    #[cold]
    pub(super) fn take_payload_as_data(&mut self) {
        let Selected { selector, row, custom } = self.known.select(NextProtocol::Unknown, ProtoRow::Data);
        (self.selector, self.row, self.custom) = (selector, row, custom);
    }

    /// Takes all remaining bytes as one layer: data, or a header that is cut.
    #[inline(always)]
    fn rest(&mut self, proto: Proto, defect: ParseDefect) -> Layer<'a> {
        self.done = true;
        let Layers { frame, at, end, selector, quoted, .. } = *self;
        let (view, header_end) = match proto {
            Proto::Data => (View::Data, at),
            _ => (View::Cut, end),
        };
        let total_len = ParsedHeader::<()>::OPEN;
        let bounds = LayerBounds { start: at, header_end, payload_end: end, trailer_end: end };
        Layer { proto, view, selector, quoted, frame, bounds, total_len, defect }
    }
}

impl<'a, K: KnownProtocols<'a>> Iterator for Layers<'a, K> {
    type Item = Layer<'a>;

    // Nothing here passes `self` to a function that is not inlined, so the state of the walk stays in registers.
    #[inline(always)]
    fn next(&mut self) -> Option<Layer<'a>> {
        let Layers { frame, at, end, .. } = *self;
        let custom = K::custom(self.custom);
        let is_data = self.row == ProtoRow::Data && custom.is_none();
        if self.done || at >= end && (is_data || !self.selector.requires_header()) {
            return None;
        }
        let bytes = frame.get(at as usize..end as usize)?;
        if is_data {
            self.quoted |= matches!(self.selector, NextProtocol::Quoted | NextProtocol::PppRejected(_));
            let selected = self.known.resolve(self.selector, bytes);
            (self.selector, self.row, self.custom) = (selected.selector, selected.row, selected.custom);
        }
        if self.count == MAX_LAYERS as u32 {
            return Some(self.rest(Proto::Data, ParseDefect::TOO_DEEP));
        }
        let Layers { selector, row, quoted, .. } = *self;
        let (parsed, proto) = match K::custom(self.custom) {
            None => (View::parse(row, bytes, selector), row.proto()),
            Some(definition) => (definition.parse_view(bytes, selector), Proto::Custom(definition)),
        };
        match parsed {
            Ok((ParsedHeader { header: view, header_len, total_len, next, defect }, next_row)) => {
                let header_end = at + header_len as u32;
                let payload_end = at.saturating_add(total_len).min(end);
                self.count += 1;
                (self.at, self.end) = (header_end, payload_end);
                let selected = self.known.select(next, next_row);
                (self.selector, self.row, self.custom) = (selected.selector, selected.row, selected.custom);
                let bounds = LayerBounds { start: at, header_end, payload_end, trailer_end: end };
                Some(Layer { proto, view, selector, quoted, frame, bounds, total_len, defect })
            }
            Err(defect) => Some(self.rest(proto, defect)),
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
/// assert_eq!((ip.header().len(), ip.payload().len(), ip.trailer().len()), (20, 9, 0));
/// assert_eq!((ip.header_span().start, ip.is_intact()), (14, true));
/// ```
#[derive(Clone, Copy)]
pub struct Layer<'a> {
    /// The protocol.
    pub proto: Proto,
    /// The fixed header.
    pub view: View<'a>,
    /// What selected the protocol.
    pub selector: NextProtocol,
    /// Whether the layer belongs to a packet that an ICMP error quotes, or of which sFlow has a sample.
    pub quoted: bool,
    pub(super) frame: &'a [u8],
    pub(super) bounds: LayerBounds,
    /// Length of header and payload in bytes, as the length field says.
    pub(super) total_len: u32,
    pub(super) defect: ParseDefect,
}

/// The header, and the byte ranges of header, payload and trailer. The frame is left out.
impl core::fmt::Debug for Layer<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("Layer");
        out.field("proto", &self.proto).field("view", &self.view).field("selector", &self.selector);
        out.field("quoted", &self.quoted).field("bounds", &self.bounds).finish()
    }
}

impl<'a> Layer<'a> {
    /// The frame of which the layer is a part.
    #[inline]
    pub fn frame(&self) -> &'a [u8] {
        self.frame
    }

    /// Byte ranges of header, payload and trailer in the frame.
    #[inline]
    pub fn bounds(&self) -> LayerBounds {
        self.bounds
    }

    /// Byte range of the header with its options.
    #[inline]
    pub fn header_span(&self) -> Span {
        Span::new(self.bounds.start, self.bounds.header_end)
    }

    /// Byte range of the payload.
    #[inline]
    pub fn payload_span(&self) -> Span {
        Span::new(self.bounds.header_end, self.bounds.payload_end)
    }

    /// Byte range of the trailer: bytes past the header's length field.
    #[inline]
    pub fn trailer_span(&self) -> Span {
        Span::new(self.bounds.payload_end, self.bounds.trailer_end)
    }

    /// The header with its options.
    #[inline]
    pub fn header(&self) -> &'a [u8] {
        self.header_span().of(self.frame)
    }

    /// The payload.
    #[inline]
    pub fn payload(&self) -> &'a [u8] {
        self.payload_span().of(self.frame)
    }

    /// The trailer: bytes past the header's length field, such as Ethernet padding after an IP packet.
    #[inline]
    pub fn trailer(&self) -> &'a [u8] {
        self.trailer_span().of(self.frame)
    }

    /// The fixed header by its type, if the layer is of its protocol: one from outside of this crate, which [`View`] does
    /// not name. See [`CustomProtocol`] for an example.
    #[inline]
    pub fn header_of<P: CustomProtocol>(&self) -> Option<P::Header<'a>> {
        if self.proto != Proto::of::<P>() || matches!(self.view, View::Cut) {
            return None;
        }
        let bytes = Span::new(self.bounds.start, self.bounds.trailer_end).of(self.frame);
        <P::Header<'a> as crate::layer::Protocol>::parse(bytes, self.selector).ok().map(|parsed| parsed.header)
    }

    /// A cursor over the header after its fixed part, to read options from.
    ///
    /// ```
    /// use packetsmith::{Layers, NextProtocol, Tlvs};
    /// use packetsmith::proto::transport::TcpOption;
    /// let segment = [0, 80, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0x60, 2, 0, 0, 0, 0, 0, 0, 2, 4, 5, 0xb4];
    /// let tcp = Layers::new(NextProtocol::IpProtocol(6), &segment).next().unwrap();
    /// let mut options = Tlvs::<TcpOption>::at(tcp.options()).iter();
    /// assert_eq!(options.next(), Some(TcpOption::MaximumSegmentSize { size: 1460 }));
    /// ```
    #[inline]
    pub fn options(&self) -> Cursor<'a> {
        let fixed = self.proto.fields().last().map_or(0, |field| u32::from(field.end_bit) / 8);
        Cursor::within(
            self.frame,
            Span::new((self.bounds.start + fixed).min(self.bounds.header_end), self.bounds.header_end),
        )
    }

    /// How many bytes the header or the message needs, if there are fewer.
    #[cfg(feature = "std")]
    pub(crate) fn bytes_needed(&self) -> Option<usize> {
        (self.defect.kind == ParseDefectKind::Truncated).then_some(self.defect.found as usize)
    }

    /// Tells whether the structure of the layer is valid: no length contradicts another, and nothing is cut off.
    /// Checksums are not verified.
    #[inline]
    pub fn is_intact(&self) -> bool {
        matches!(self.defect.kind, ParseDefectKind::None)
            && (self.total_len == ParsedHeader::<()>::OPEN
                || self.bounds.start.saturating_add(self.total_len) <= self.bounds.trailer_end)
    }
}
