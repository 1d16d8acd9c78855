//! Sinks: receivers of the layers, fields and issues of a packet.

use crate::dissect::{Examine, ExaminedLayer};
use crate::layer::Issue;
use crate::wire::Visitor;

/// Receives a packet as it is walked: each layer, its fields (through [`Visitor`]), and its issues.
///
/// ```
/// use packetsmith::dissect::{Sink, walk};
/// use packetsmith::wire::Visitor;
/// use packetsmith::{ExaminedLayer, Field, Issue, Span, Value, examine};
/// /// Collects what is wrong, layer by layer.
/// struct Wrong(String);
/// impl Sink for Wrong {
///     fn layer(&mut self, layer: &ExaminedLayer<'_>) { self.0 += layer.proto.name(); }
///     fn issue(&mut self, issue: &Issue) { self.0 += &format!(" [{}]", issue.kind.name()); }
///     fn end(&mut self, _: &ExaminedLayer<'_>) { self.0 += "; "; }
/// }
/// # impl Visitor for Wrong {
/// #     fn field(&mut self, _: &'static Field, _: Span, _: Value<'_>) {}
/// #     fn open(&mut self, _: &'static Field, _: Span) {}
/// #     fn close(&mut self) {}
/// # }
/// let mut wrong = Wrong(String::new());
/// walk(examine(1, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x45]), &mut wrong);
/// assert_eq!(wrong.0, "ethernet; ipv4 [truncated]; ");
/// ```
pub trait Sink: Visitor {
    /// Begins a layer. Its fields follow, then its issues.
    fn layer(&mut self, layer: &ExaminedLayer<'_>);
    /// Receives an issue of the layer.
    fn issue(&mut self, issue: &Issue);
    /// Ends the layer.
    fn end(&mut self, layer: &ExaminedLayer<'_>);
}

/// Walks a packet and passes everything to a sink.
///
/// ```
/// use packetsmith::dissect::{Sink, walk};
/// use packetsmith::wire::Visitor;
/// use packetsmith::{ExaminedLayer, Field, Issue, Span, Value, examine};
///
/// /// Counts fields.
/// struct Count(usize);
/// impl Visitor for Count {
///     fn field(&mut self, _: &'static Field, _: Span, _: Value<'_>) {
///         self.0 += 1;
///     }
///     fn open(&mut self, _: &'static Field, _: Span) {}
///     fn close(&mut self) {}
/// }
/// impl Sink for Count {
///     fn layer(&mut self, _: &ExaminedLayer<'_>) {}
///     fn issue(&mut self, _: &Issue) {}
///     fn end(&mut self, _: &ExaminedLayer<'_>) {}
/// }
///
/// let mut count = Count(0);
/// walk(examine(1, &[0; 14]), &mut count);
/// assert_eq!(count.0, 4); // dst, src, ethertype, and that it is short
/// ```
pub fn walk(mut layers: Examine<'_>, sink: &mut dyn Sink) {
    // A `for` loop would copy each layer, which is large.
    while let Some(layer) = &layers.next() {
        sink.layer(layer);
        // Fields and issues both need it, so it is verified once.
        let checksum = layer.checksum();
        layer.show_verified(checksum, sink);
        layer.issues_verified(checksum, |issue| sink.issue(&issue));
        sink.end(layer);
    }
}
