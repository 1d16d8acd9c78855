//! Walking a frame from the outside in.

use crate::field::{Field, Span, Visitor};
use crate::layer::{Context, Flaw, Issue, Limit, Network, Next, Place, Reason};
use crate::proto::{Proto, View};

/// Most layers that are taken apart; what lies deeper is shown as data. Keeps the work per byte
/// bounded.
pub const MAX_LAYERS: usize = 1024;

/// Dissects a frame of a link type (a `LINKTYPE_` number; 1 is Ethernet).
///
/// Never fails, never panics, allocates nothing: what cannot be read is a layer of data, and what
/// is wrong is an [`Issue`] beside what could be read.
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
///     }
/// }
/// assert_eq!(ports, Some((12345, 7)));
/// ```
#[inline]
pub fn dissect(link_type: u16, frame: &[u8]) -> Layers<'_> {
    Layers::new(Next::LinkType(link_type), frame, frame.len())
}

/// Iterator over the layers of a frame, outermost first.
///
/// The heads in order, then the last body, then the tails in reverse order are the frame again.
#[derive(Clone, Debug)]
pub struct Layers<'a> {
    context: Context<'a>,
    end: u32,
    count: u32,
    done: bool,
}

impl<'a> Layers<'a> {
    /// Begins a walk at whatever `first` says. `original_len` is the length on the wire, in bytes,
    /// where the capture may have cut the frame; a smaller one than the frame's is taken as that.
    ///
    /// Frames of 4 GiB and more are walked in their first 4 GiB.
    #[inline]
    pub fn new(first: Next, frame: &'a [u8], original_len: usize) -> Self {
        let frame = &frame[..frame.len().min(u32::MAX as usize)];
        let end = frame.len() as u32;
        let context = Context {
            frame,
            at: 0,
            wire_end: original_len.clamp(frame.len(), u32::MAX as usize) as u32,
            via: first,
            network: Network::default(),
            limit: Limit::Frame,
            quoted: false,
        };
        Layers { context, end, count: 0, done: false }
    }

    /// Says that the frame had so many bytes on the wire, where the capture cut it.
    #[inline]
    pub fn original_len(self, bytes: usize) -> Self {
        Layers::new(self.context.via, self.context.frame, bytes)
    }

    /// What cuts something that ends at `wire_end` on the wire: the capture, or whoever set the limit.
    fn cut_by(&self, needed_end: u32) -> Limit {
        if needed_end <= self.context.wire_end && !self.context.quoted {
            Limit::Snapshot
        } else if self.context.quoted {
            Limit::Quote
        } else {
            self.context.limit
        }
    }
}

impl<'a> Iterator for Layers<'a> {
    type Item = Layer<'a>;

    #[inline]
    fn next(&mut self) -> Option<Layer<'a>> {
        if self.done {
            return None;
        }
        let (at, end) = (self.context.at, self.end);
        let bytes = Span::new(at, end).of(self.context.frame);
        let via = self.context.via.settle(bytes);
        self.context.via = via;
        let mut proto = via.proto();
        let mut flaw = None;
        if self.count as usize >= MAX_LAYERS && proto != Proto::Data {
            proto = Proto::Data;
            flaw = Some(Flaw { row: Flaw::HEADER, reason: Reason::TooDeep });
        }
        if at == end && (proto == Proto::Data || !via.must_follow()) {
            self.done = true;
            return None;
        }
        let index = self.count as usize;
        self.count += 1;
        let mut context = self.context;
        let mut place = Place { context, head_end: at, body_end: end, tail_end: end, body_wire_end: context.wire_end };
        let view = match View::parse(proto, bytes, &mut context) {
            Ok((view, parts)) => {
                place.head_end = at + parts.head as u32;
                flaw = flaw.or(parts.flaw);
                if let Some(Flaw { reason: Reason::Truncated { needed, .. }, row }) = flaw {
                    let limit = self.cut_by(at.saturating_add(needed));
                    flaw = Some(Flaw { row, reason: Reason::Truncated { needed, have: end - at, limit } });
                }
                if let Some((total, row)) = parts.total {
                    let stop = at.saturating_add(total as u32);
                    if stop <= end {
                        place.body_end = stop;
                        place.body_wire_end = stop;
                    } else {
                        let limit = self.cut_by(stop);
                        let mut have = context.wire_end - at;
                        if limit == Limit::Snapshot {
                            place.body_wire_end = stop;
                            have = end - at;
                        }
                        let reason = Reason::Truncated { needed: total as u32, have, limit };
                        flaw = flaw.or(Some(Flaw { row, reason }));
                    }
                    if stop <= context.wire_end {
                        context.limit = Limit::Layer(proto.name());
                    }
                }
                context.at = place.head_end;
                context.via = parts.next;
                context.wire_end = place.body_wire_end;
                self.end = place.body_end;
                if let View::Data = view {
                    self.done = true;
                }
                view
            }
            Err(Flaw { row, reason }) => {
                let reason = match reason {
                    Reason::Truncated { needed, .. } => {
                        let limit = self.cut_by(at.saturating_add(needed));
                        Reason::Truncated { needed, have: end - at, limit }
                    }
                    reason => reason,
                };
                flaw = Some(Flaw { row, reason });
                place.head_end = end;
                self.done = true;
                View::Cut
            }
        };
        self.context = context;
        Some(Layer { proto, view, place, index, next: context.via, flaw })
    }
}

/// One layer of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// Which protocol it is.
    pub proto: Proto,
    /// The fixed header.
    pub view: View<'a>,
    /// Where it stands.
    pub place: Place<'a>,
    /// Its number in the frame, from 0.
    pub index: usize,
    /// What it says comes next.
    pub next: Next,
    /// What cut it.
    flaw: Option<Flaw>,
}

impl<'a> Layer<'a> {
    /// Header and options.
    #[inline]
    pub fn head(&self) -> &'a [u8] {
        self.place.head()
    }

    /// What the layer carries.
    #[inline]
    pub fn body(&self) -> &'a [u8] {
        self.place.body()
    }

    /// What stands behind the end that the layer's own length sets: Ethernet padding behind an IP
    /// packet, say.
    #[inline]
    pub fn tail(&self) -> &'a [u8] {
        self.place.tail()
    }

    /// Tells whether the layer belongs to a packet that an ICMP error quotes.
    #[inline]
    pub fn is_quoted(&self) -> bool {
        self.place.context.quoted
    }

    /// Shows every field of the layer's head, in wire order.
    pub fn show(&self, visitor: &mut dyn Visitor) {
        self.view.show(&self.place, visitor);
        if let View::Cut = self.view {
            crate::field::show_fixed(self.proto.fields(), self.head(), self.place.context.at, visitor);
        }
    }

    /// Says what the header's checksum is worth, if it has one.
    pub fn checksum(&self) -> Option<crate::checksum::Checksum> {
        self.view.verify(&self.place)
    }

    /// Reports everything that is wrong with the layer, or worth a remark.
    pub fn issues(&self, mut report: impl FnMut(Issue)) {
        let mut report = |field: Option<&'static Field>, span, reason| {
            report(Issue { protocol: self.proto.name(), layer: self.index, field, span, reason })
        };
        if let Some(flaw) = self.flaw {
            let field = self.proto.fields().get(usize::from(flaw.row));
            let span = field.map_or(self.place.head_span(), |f| f.span(self.place.context.at));
            report(field, span, flaw.reason);
        }
        self.view.check(&self.place, &mut report);
    }

    /// Tells whether nothing is wrong with the layer's structure: no length contradicts another, and
    /// nothing is cut off. Checksums are not looked at.
    #[inline]
    pub fn is_intact(&self) -> bool {
        self.flaw.is_none()
    }
}
