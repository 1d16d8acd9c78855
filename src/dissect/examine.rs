//! The walk with context: issues, checksums, field trees.

use super::walk::{Layer, Layers, dissect};
use crate::layer::{Issue, IssueKind, Limit};
use crate::layer::{LayerContext, NextProtocol, ParseDefect, ParseDefectKind, ParsedHeader, Scope};
use crate::proto::{Ethernet, FragmentIssues, FrameSize, KnownProtocols, Protocols, Udp, View};
use crate::wire::Checksum;
use crate::wire::{Field, Span, Value, Visitor};

/// Length of an Ethernet frame check sequence in bytes.
const FCS_LEN: u32 = 4;

/// Examines a frame: the walk of [`dissect`], with the context of each layer. Use it for issues, checksums and field
/// trees.
///
/// ```
/// use packetsmith::{IssueKind, Limit, examine};
/// // An IPv4 header that says 1500 bytes, in a frame that ends after 40.
/// let mut frame = [0; 54];
/// frame[12..18].copy_from_slice(&[8, 0, 0x45, 0, 0x05, 0xdc]);
/// let mut found = None;
/// for layer in examine(1, &frame) {
///     layer.issues(|issue| found = found.or(Some(issue.kind)));
/// }
/// assert_eq!(found, Some(IssueKind::Truncated { needed: 1500, have: 40, limit: Limit::Frame }));
/// ```
#[inline]
pub fn examine(first: impl Into<NextProtocol>, frame: &[u8]) -> Examine<'_> {
    Examine::new(dissect(first, frame))
}

/// Iterator over the layers of a frame with their contexts. Made by [`examine`].
///
/// Each [`ExaminedLayer`] has the header as [`Layer`] does, and what needs the layers around it: its issues, whether its checksum
/// is right, and all fields. The methods here say what is known of the frame beside its bytes.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::examine;
/// // A capture that kept 30 bytes of the frame.
/// let cut = examine(1, &frame[..30]).original_len(frame.len());
/// for layer in cut {
///     layer.issues(|issue| assert_eq!(issue.kind.severity(), packetsmith::Severity::Note));
/// }
/// ```
#[derive(Clone)]
pub struct Examine<'a> {
    pub(super) layers: Layers<'a, Option<&'a Protocols>>,
    index: usize,
    wire_end: u32,
    scope: Scope,
    /// Whether a length of an outer layer says more than the frame has.
    is_short: bool,
    fcs_len: Option<u8>,
    /// Where the trailer must end that has padding and frame check sequence of the outermost Ethernet frame, until it is
    /// found.
    ethernet_trailer: Option<u32>,
    /// Padding and frame check sequence, as far as they are found.
    left_to_ethernet: Option<Span>,
    reassembly: Option<(u32, FragmentIssues)>,
    /// Index of the layer whose payload is data.
    data_after: u32,
}

impl<'a> Examine<'a> {
    /// Examines the layers of a walk.
    #[inline]
    pub fn new<K: KnownProtocols<'a>>(layers: Layers<'a, K>) -> Self {
        let layers = layers.of_any();
        let wire_end = layers.end;
        Examine {
            layers,
            index: 0,
            wire_end,
            scope: Scope::OUTERMOST,
            is_short: false,
            fcs_len: None,
            ethernet_trailer: None,
            left_to_ethernet: None,
            reassembly: None,
            data_after: u32::MAX,
        }
    }

    /// Leaves padding and frame check sequence to the outermost Ethernet frame: takes them from the payload or the trailer
    /// of the layer that they follow. Returns how many bytes that are of a payload.
    #[inline]
    fn leave_to_ethernet(&mut self, layer: &mut Layer<'a>) -> u32 {
        let end = layer.frame.len() as u32;
        let trailer = layer.trailer_span();
        let good = || layer.frame.split_last_chunk().is_some_and(|(covered, fcs)| crate::wire::fcs(covered) == *fcs);
        let has_fcs = |trailer: Span| trailer.len() >= FCS_LEN as usize && good();
        if self.index == 0 {
            // A frame that is not all there ends before its frame check sequence.
            let is_whole = end == self.wire_end && matches!(layer.view, View::Ethernet(_));
            let announced = if self.fcs_len == Some(4) { FCS_LEN } else { 0 };
            if !is_whole || self.fcs_len.is_some_and(|len| len != 4) || end < layer.bounds.header_end + announced {
                return 0;
            }
            if announced != 0 || !trailer.is_empty() && has_fcs(trailer) {
                let start = if trailer.is_empty() { end } else { trailer.start };
                self.left_to_ethernet = Some(Span::new(start.min(end - FCS_LEN), end));
            }
            self.ethernet_trailer = Some(end - announced).filter(|_| trailer.is_empty());
            let payload_end = layer.bounds.payload_end.min(end - announced);
            let taken = layer.bounds.payload_end - payload_end;
            layer.bounds.payload_end = payload_end;
            self.layers.end = payload_end;
            return taken;
        }
        if trailer.is_empty() || self.ethernet_trailer != Some(trailer.end) {
            return 0;
        }
        if trailer.end < end || has_fcs(trailer) {
            layer.bounds.trailer_end = trailer.start;
            self.wire_end = trailer.start;
            self.left_to_ethernet = Some(Span::new(trailer.start, end));
        }
        self.ethernet_trailer = None;
        0
    }

    /// Sets how many of the last bytes of a frame are its frame check sequence. Some capture files say so. If it is
    /// `None`, a frame check sequence is searched for in the trailers.
    #[inline]
    pub fn fcs_len(mut self, bytes: Option<u8>) -> Self {
        self.fcs_len = bytes;
        self
    }

    /// Sets what reassembly found out about the fragment whose IP header is at byte `at` of the frame. It is reported with
    /// the IPv4 header, or with the fragment header of IPv6. See [`ip::Findings::issues`](crate::ip::Findings::issues).
    #[inline]
    pub fn reassembly(mut self, at: usize, found: FragmentIssues) -> Self {
        self.reassembly = u32::try_from(at).ok().filter(|_| !found.is_empty()).map(|at| (at, found));
        self
    }

    /// Takes the payload of the layer with this index as data, whatever it begins with. So a TCP segment is shown that is
    /// a part of a message: see [`TcpAnalysis::is_part_of_message`](crate::flow::TcpAnalysis::is_part_of_message).
    ///
    /// ```
    /// use packetsmith::{Ethernet, Ipv4, Stack, Udp, examine};
    /// let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build().dst_port(53));
    /// let frame = stack.payload(&[0; 12]).finish().unwrap();
    /// let last = |layers: packetsmith::Examine<'_>| layers.last().unwrap().proto.name();
    /// assert_eq!(last(examine(1, &frame)), "dns");
    /// assert_eq!(last(examine(1, &frame).payload_as_data(2)), "data");
    /// ```
    #[inline]
    pub fn payload_as_data(mut self, layer: usize) -> Self {
        self.data_after = u32::try_from(layer).unwrap_or(u32::MAX);
        self
    }

    /// Whether the payload of a layer is taken as data.
    #[cfg(feature = "alloc")]
    pub(crate) fn has_payload_as_data(&self) -> bool {
        self.data_after != u32::MAX
    }

    /// Whether this is a walk over an Ethernet frame that has not begun, by the protocols of this crate, about which nothing
    /// else was said.
    #[cfg(feature = "alloc")]
    pub(super) fn is_plain_ethernet(&self) -> bool {
        let knows_others = self.layers.known.is_some_and(|known| !known.is_builtin());
        self.index == 0
            && self.layers.selector == NextProtocol::LinkType(1)
            && self.fcs_len.is_none()
            && !self.has_payload_as_data()
            && !knows_others
    }

    /// Tells that the bytes are those of a TCP stream, which may go on after them.
    #[cfg(feature = "std")]
    pub(crate) fn in_stream(mut self) -> Self {
        self.scope.limit = Limit::Segment;
        self
    }

    /// Padding and frame check sequence of the outermost Ethernet frame. They are known when the walk has ended.
    #[cfg(feature = "std")]
    pub(crate) fn left_to_ethernet(&self) -> Option<Span> {
        self.left_to_ethernet
    }

    /// The walk alone.
    #[cfg(feature = "alloc")]
    pub(crate) fn into_layers(self) -> Layers<'a, Option<&'a Protocols>> {
        self.layers
    }

    /// The frame, and its length on the wire in bytes. It must not have been walked yet.
    #[cfg(feature = "alloc")]
    pub(crate) fn frame(&self) -> (&'a [u8], u32) {
        (self.layers.frame, self.wire_end)
    }

    /// Sets the length of the frame on the wire in bytes, if the capture cut it. A length below the captured length is
    /// treated as the captured length.
    #[inline]
    pub fn original_len(mut self, bytes: usize) -> Self {
        self.wire_end = bytes.clamp(self.layers.end as usize, u32::MAX as usize - 1) as u32;
        self
    }
}

impl<'a> Iterator for Examine<'a> {
    type Item = ExaminedLayer<'a>;

    fn next(&mut self) -> Option<ExaminedLayer<'a>> {
        let mut layer = self.layers.next()?;
        if self.index as u32 == self.data_after {
            self.layers.take_payload_as_data();
        }
        let taken = self.leave_to_ethernet(&mut layer);
        let stop = match layer.total_len {
            ParsedHeader::<()>::OPEN => self.wire_end,
            total => layer.bounds.start.saturating_add(total),
        };
        // A quoted packet was longer than the quotation.
        let wire_end = if layer.quoted { stop } else { stop.min(self.wire_end) - taken };
        let is_short = self.is_short || layer.total_len != ParsedHeader::<()>::OPEN && stop > self.wire_end;
        let Scope { addresses, link_source, extension_headers, limit, ip_headers, vlan_tags, inside_host } = self.scope;
        let context = LayerContext {
            frame: layer.frame,
            bounds: layer.bounds,
            wire_end: self.wire_end,
            payload_wire_end: wire_end.max(layer.bounds.payload_end),
            selector: layer.selector,
            addresses,
            link_source,
            extension_headers,
            limit,
            outer_is_short: self.is_short,
            is_short,
            ip_headers,
            vlan_tags,
            inside_host,
            quoted: layer.quoted,
        };
        if stop < self.wire_end || layer.total_len != ParsedHeader::<()>::OPEN && stop == self.wire_end {
            self.scope.limit = Limit::Layer(layer.proto.name());
        }
        layer.view.update_scope(&context, &mut self.scope);
        self.wire_end = context.payload_wire_end;
        self.is_short = is_short;
        self.index += 1;
        let reassembly = self.reassembly;
        let (known, fcs_len) = (self.layers.known, self.fcs_len);
        Some(ExaminedLayer { layer, context, index: self.index - 1, known, fcs_len, reassembly })
    }
}

/// A layer with its context.
///
/// ```
/// # let stack = packetsmith::Stack::new().push(packetsmith::Ethernet::build()).push(packetsmith::Ipv4::build());
/// # let frame = stack.push(packetsmith::Udp::build().dst_port(53)).payload(b"?").finish().unwrap();
///
/// use packetsmith::{Checksum, examine};
/// let udp = examine(1, &frame).nth(2).unwrap();
/// assert_eq!((udp.proto.name(), udp.checksum()), ("udp", Some(Checksum::Good)));
/// ```
#[derive(Clone, Copy)]
pub struct ExaminedLayer<'a> {
    /// The layer.
    pub layer: Layer<'a>,
    /// The context: what outer layers say about the layer.
    pub context: LayerContext<'a>,
    /// Index of the layer in the frame, from 0.
    pub index: usize,
    pub(super) known: Option<&'a Protocols>,
    fcs_len: Option<u8>,
    reassembly: Option<(u32, FragmentIssues)>,
}

impl core::fmt::Debug for ExaminedLayer<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut out = f.debug_struct("ExaminedLayer");
        out.field("index", &self.index).field("layer", &self.layer).field("checksum", &self.checksum());
        out.finish_non_exhaustive()
    }
}

/// Where the walk is. The frame is left out.
impl core::fmt::Debug for Examine<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Examine").field("layers", &self.layers).field("index", &self.index).finish_non_exhaustive()
    }
}

/// Padding and frame check sequence of an Ethernet frame.
///
/// ```
/// use packetsmith::{Ethernet, Ipv4, Stack, examine};
/// let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).pad(60).fcs().finish().unwrap();
/// let trailer = examine(1, &frame).next().unwrap().ethernet_trailer().unwrap();
/// assert_eq!((trailer.padding.len(), trailer.fcs.len()), (26, 4));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EthernetTrailer {
    /// The padding.
    pub padding: Span,
    /// The frame check sequence.
    pub fcs: Span,
    /// The right frame check sequence.
    pub expected: [u8; 4],
    /// Whether the frame check sequence is right.
    pub good: bool,
}

impl<'a> core::ops::Deref for ExaminedLayer<'a> {
    type Target = Layer<'a>;
    fn deref(&self) -> &Layer<'a> {
        &self.layer
    }
}

impl<'a> ExaminedLayer<'a> {
    /// Finds padding and frame check sequence of the outermost Ethernet frame. `None` if there is no frame check
    /// sequence: the capture says that it has one (see [`Examine::fcs_len`]), or the trailers end with a right one.
    ///
    /// No other layer of [`Examine`] has these bytes. The walk alone does not look for them: with [`dissect`], they are part
    /// of the trailer or payload of the layer that they follow.
    ///
    /// ```
    /// use packetsmith::wire::fcs;
    /// use packetsmith::examine;
    /// let mut frame = [0; 64];
    /// frame[12..18].copy_from_slice(&[8, 0, 0x45, 0, 0, 20]);
    /// let fcs = fcs(&frame[..60]);
    /// frame[60..].copy_from_slice(&fcs);
    /// let trailer = examine(1, &frame).next().unwrap().ethernet_trailer().unwrap();
    /// assert!(trailer.good);
    /// assert_eq!((trailer.padding.len(), trailer.fcs.len()), (26, 4));
    /// ```
    pub fn ethernet_trailer(&self) -> Option<EthernetTrailer> {
        let frame = self.layer.frame;
        if self.index != 0 || !matches!(self.view, View::Ethernet(_)) || frame.len() != self.context.wire_end as usize {
            return None;
        }
        // The walk takes them from the layer that they follow.
        let mut walk = Examine::new(Layers::knowing(self.known, self.selector, frame)).fcs_len(self.fcs_len);
        walk.next();
        while walk.ethernet_trailer.is_some() && walk.next().is_some() {}
        let span = walk.left_to_ethernet?;
        let (covered, stored) = frame.split_last_chunk()?;
        let expected = crate::wire::fcs(covered);
        let fcs = Span::new(span.end - FCS_LEN, span.end);
        Some(EthernetTrailer { padding: Span::new(span.start, fcs.start), fcs, expected, good: expected == *stored })
    }

    /// The class of an Ethernet frame by its length, not counting the frame check sequence. `None` for layers other
    /// than the outermost, and for other links.
    ///
    /// ```
    /// use packetsmith::proto::link::FrameSize;
    /// use packetsmith::examine;
    /// assert_eq!(examine(1, &[0; 1514]).next().unwrap().frame_size(), Some(FrameSize::Basic));
    /// assert_eq!(examine(1, &[0; 42]).next().unwrap().frame_size(), Some(FrameSize::Short));
    /// ```
    pub fn frame_size(&self) -> Option<FrameSize> {
        self.frame_size_before(|| self.ethernet_trailer())
    }

    fn frame_size_before(&self, trailer: impl FnOnce() -> Option<EthernetTrailer>) -> Option<FrameSize> {
        if self.index != 0 || !matches!(self.view, View::Ethernet(_)) {
            return None;
        }
        // With or without tags and a frame check sequence.
        if let 64..=1514 = self.context.wire_end {
            return Some(FrameSize::Basic);
        }
        let fcs = match self.fcs_len {
            Some(bytes) => bytes.into(),
            None => trailer().map_or(0, |trailer| trailer.fcs.len()),
        };
        let tags = Layers::new(self.selector, self.layer.frame).by_calls().skip(1);
        let tags = tags.take_while(|layer| matches!(layer.view, View::Vlan(_))).count();
        let length = (self.context.wire_end as usize).saturating_sub(fcs);
        Some(match length {
            0..60 => FrameSize::Short,
            n if n <= 1514 + 4 * tags => FrameSize::Basic,
            _ => FrameSize::Jumbo,
        })
    }

    /// Byte range of the trailer: bytes past the header's length field, and with Ethernet, [padding and frame check
    /// sequence](Self::ethernet_trailer).
    pub fn trailer_span(&self) -> Span {
        match self.ethernet_trailer() {
            Some(trailer) => Span::new(trailer.padding.start, trailer.fcs.end),
            None => self.layer.trailer_span(),
        }
    }

    /// The trailer, see [`trailer_span`](Self::trailer_span).
    pub fn trailer(&self) -> &'a [u8] {
        self.trailer_span().of(self.layer.frame)
    }

    /// How many bytes of the layer's trailer the capture cut off. `None` if none. What a quotation leaves out is not cut
    /// off by the capture.
    #[cfg(feature = "alloc")]
    pub(crate) fn trailer_cut_off(&self) -> Option<u32> {
        let length = self.context.wire_end.saturating_sub(self.context.payload_wire_end);
        let missing = length.checked_sub(self.layer.trailer_span().len() as u32);
        missing.filter(|&missing| missing > 0 && !self.quoted)
    }

    /// Shows every field of the layer's header, in wire order.
    pub fn show(&self, visitor: &mut dyn Visitor) {
        self.show_verified(self.checksum(), visitor);
    }

    /// Shows the layer, whose checksum is verified.
    pub(crate) fn show_verified(&self, checksum: Option<Checksum>, visitor: &mut dyn Visitor) {
        self.view.show(&self.context, checksum, visitor);
        let trailer = self.ethernet_trailer();
        if let Some(trailer) = trailer {
            let [padding, fcs, status, _] = Ethernet::TRAILER else { return };
            let frame = self.layer.frame;
            if !trailer.padding.is_empty() {
                visitor.field(padding, trailer.padding, Value::Bytes(trailer.padding.of(frame)));
            }
            let stored = trailer.fcs.of(frame).iter().fold(0, |n, &byte| n << 8 | u64::from(byte));
            visitor.field(fcs, trailer.fcs, Value::Uint(stored));
            let context = Span::new(trailer.fcs.end, trailer.fcs.end);
            visitor.field(status, context, Value::Uint(trailer.good.into()));
        }
        let size = self.frame_size_before(|| trailer);
        if let (Some(size @ (FrameSize::Short | FrameSize::Jumbo)), [.., row]) = (size, Ethernet::TRAILER) {
            let context = Span::new(self.bounds.trailer_end, self.bounds.trailer_end);
            visitor.field(row, context, Value::Uint(u8::from(size).into()));
        }
        if let View::Cut = self.view {
            crate::wire::show_fixed(self.proto.fields(), self.header(), self.bounds.start, visitor);
        }
    }

    /// Verifies the header checksum. `None` if the protocol has none.
    pub fn checksum(&self) -> Option<Checksum> {
        self.view.verify(&self.context)
    }

    /// Reports every issue of the layer: errors, warnings and notes.
    pub fn issues(&self, report: impl FnMut(Issue)) {
        self.issues_verified(self.checksum(), report);
    }

    /// Reports every issue of the layer, whose checksum is verified.
    pub(crate) fn issues_verified(&self, checksum: Option<Checksum>, mut report: impl FnMut(Issue)) {
        let mut report = |field: Option<&'static Field>, span, kind| {
            report(Issue { protocol: self.proto.name(), layer: self.index, field, span, kind })
        };
        let mut about_row = |row: u8, kind| {
            let field = self.proto.fields().get(usize::from(row));
            report(field, field.map_or(self.header_span(), |f| f.span(self.bounds.start)), kind);
        };
        let ParseDefect { kind, row, found, expected } = self.defect;
        match kind {
            ParseDefectKind::None => {}
            ParseDefectKind::Truncated => about_row(row, self.truncated(found)),
            ParseDefectKind::TooShort => about_row(row, IssueKind::TooShort { declared: found, min: expected }),
            ParseDefectKind::Version => {
                about_row(row, IssueKind::Version { found: found as u8, expected: expected as u8 })
            }
            // A length of UDP is zero in a jumbogram, and where IP has no length either.
            ParseDefectKind::Inferred
                if matches!((&self.view, self.context.limit), (View::Udp(_), Limit::Layer(_)))
                    && found <= u16::MAX.into() =>
            {
                about_row(row, IssueKind::TooShort { declared: 0, min: Udp::LEN as u32 });
            }
            ParseDefectKind::Inferred => about_row(row, IssueKind::Inferred { length: found }),
            ParseDefectKind::TooDeep => about_row(row, IssueKind::TooDeep),
        }
        let cut = self.total_len != ParsedHeader::<()>::OPEN
            && self.bounds.start.saturating_add(self.total_len) > self.bounds.trailer_end;
        if cut && kind != ParseDefectKind::Truncated {
            about_row(self.proto.length_row(), self.truncated(self.total_len));
        }
        if let View::Data = self.view {
            crate::proto::check_data(&self.context, &mut |field, span, kind| report(field, span, kind));
        }
        // Data that ends where the capture or a quotation ends was not malformed by its sender.
        let mut said = cut || kind == ParseDefectKind::Truncated;
        let cut_short = !self.context.is_all_here() || self.quoted && !self.context.is_whole();
        self.view.check(&self.context, checksum, &mut |field, span: Span, kind| {
            let breaks_off = matches!(
                kind,
                IssueKind::BrokenItem(_)
                    | IssueKind::CutItem { .. }
                    | IssueKind::BadItem(_)
                    | IssueKind::Missing { .. }
                    | IssueKind::Name(_)
            );
            if !(cut_short && breaks_off && span.end == self.bounds.trailer_end) {
                report(field, span, kind);
            } else if !said {
                said = true;
                report(field, span, self.truncated(self.context.wire_end - self.bounds.start));
            }
        });
        if let Some((at, found)) = self.reassembly {
            let span = self.payload_span();
            match self.view {
                View::Ipv4(_) if self.bounds.start == at => found.of_ipv4().for_each(|kind| report(None, span, kind)),
                View::Fragment(_) if self.context.addresses.header == at && self.context.addresses.size == 16 => {
                    found.of_ipv6().for_each(|kind| report(None, span, kind));
                }
                _ => {}
            }
        }
        // Without [`Examine::fcs_len`], only a right one is found.
        let announced = self.fcs_len.and_then(|_| self.ethernet_trailer());
        if let Some(EthernetTrailer { good: false, fcs, expected, .. }) = announced {
            report(Ethernet::TRAILER.get(1), fcs, IssueKind::FrameCheck(expected));
        }
    }

    /// The issue for data that needs `needed` bytes from the start of the layer, with what cut it.
    fn truncated(&self, needed: u32) -> IssueKind {
        let context = &self.context;
        let (captured, on_wire) = (self.bounds.trailer_end - self.bounds.start, context.wire_end - self.bounds.start);
        let (have, limit) = match context.limit {
            _ if self.quoted => (captured, Limit::Quote),
            _ if needed <= on_wire => (captured, Limit::Snapshot),
            limit => (on_wire, limit),
        };
        IssueKind::Truncated { needed, have, limit }
    }
}
