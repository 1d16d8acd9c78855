//! One walk, many sinks: what takes the layers, fields and issues of packets.

use crate::dissect::{Examine, Examined};
use crate::field::Visitor;
use crate::layer::Issue;

/// Receives a packet as it is walked: each layer, its fields (by way of [`Visitor`]), its issues.
///
/// ```
/// use packetsmith::{Examined, Field, Issue, Span, Value, examine, field::Visitor, sink::{self, Sink}};
/// /// Notes what is wrong, layer by layer.
/// struct Wrong(String);
/// impl Sink for Wrong {
///     fn layer(&mut self, layer: &Examined<'_>) { self.0 += layer.proto.name(); }
///     fn issue(&mut self, issue: &Issue) { self.0 += &format!(" [{}]", issue.reason.kind()); }
///     fn end(&mut self, _: &Examined<'_>) { self.0 += "; "; }
/// }
/// # impl Visitor for Wrong {
/// #     fn field(&mut self, _: &'static Field, _: Span, _: Value<'_>) {}
/// #     fn open(&mut self, _: &'static Field, _: Span) {}
/// #     fn close(&mut self) {}
/// # }
/// let mut wrong = Wrong(String::new());
/// sink::walk(examine(1, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00, 0x45]), &mut wrong);
/// assert_eq!(wrong.0, "ethernet; ipv4 [truncated]; ");
/// ```
pub trait Sink: Visitor {
    /// Begins a layer. Its fields follow, then its issues.
    fn layer(&mut self, layer: &Examined<'_>);
    /// Takes something that is wrong with the layer, or worth a remark.
    fn issue(&mut self, issue: &Issue);
    /// Ends the layer.
    fn end(&mut self, layer: &Examined<'_>);
}

/// Walks a packet into a sink.
///
/// ```
/// use packetsmith::sink::{self, Sink};
/// use packetsmith::{Examined, Field, Issue, Span, Value, examine, field::Visitor};
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
///     fn layer(&mut self, _: &Examined<'_>) {}
///     fn issue(&mut self, _: &Issue) {}
///     fn end(&mut self, _: &Examined<'_>) {}
/// }
///
/// let mut count = Count(0);
/// sink::walk(examine(1, &[0; 14]), &mut count);
/// assert_eq!(count.0, 4); // dst, src, ethertype, and that it is short
/// ```
pub fn walk(mut layers: Examine<'_>, sink: &mut dyn Sink) {
    // A `for` would copy each layer, which is large.
    while let Some(layer) = &layers.next() {
        sink.layer(layer);
        // What is shown and what is wrong both go by it.
        let checksum = layer.checksum();
        layer.show_verified(checksum, sink);
        layer.issues_verified(checksum, |issue| sink.issue(&issue));
        sink.end(layer);
    }
}

#[cfg(feature = "alloc")]
mod hex;
#[cfg(feature = "alloc")]
mod info;
#[cfg(feature = "alloc")]
mod json;
#[cfg(feature = "alloc")]
mod style;
#[cfg(feature = "alloc")]
mod summary;
#[cfg(feature = "alloc")]
mod tree;
#[cfg(feature = "alloc")]
mod write;

#[cfg(feature = "alloc")]
pub use {hex::Hexdump, json::Json, style::Style, summary::Summary, tree::Tree, write::Text};
