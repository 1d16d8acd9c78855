//! The layers of a stack, as a list of types.

use super::by_types::{self, PlacedLayer};
use super::dispatch::HeaderProto;
use super::encode_header::{AnyHeader, EncodeHeader};
use super::encoded_layer::{EncodeError, EncodedLayer, MAX_STACK};
use super::frame_writer::FrameWriter;
use super::inner_layers::{Inner, InnerLayers};
use crate::layer::{LayerBounds, Scope};
use crate::proto::Proto;

/// The layers of a [`Stack`](crate::Stack).
///
/// ```
/// use packetsmith::{Ethernet, Stack, Vlan};
/// use packetsmith::build::LayerList;
/// /// The frame as an Ethernet card sends it.
/// fn sent<L: LayerList>(layers: Stack<L>) -> Vec<u8> {
///     layers.pad(60).fcs().finish().unwrap()
/// }
/// assert_eq!(sent(Stack::new().push(Ethernet::build())).len(), 64);
/// assert_eq!(sent(Stack::new().push(Ethernet::build()).push(Vlan::build())).len(), 64);
/// ```
pub trait LayerList {
    /// Number of layers, those that may be missing included. [`MAX_STACK`] for a list of run time.
    const DEPTH: usize;
    /// Whether a protocol is known at run time only. Then the tables of all protocols are used.
    #[doc(hidden)]
    const BY_TABLE: bool;
    /// The layers as they were written.
    #[doc(hidden)]
    type Written;

    /// Writes the headers.
    #[doc(hidden)]
    fn write(&self, out: &mut FrameWriter<'_>) -> Self::Written;
    /// Writes the headers, and hands over the layers.
    #[doc(hidden)]
    fn write_by_table(&self, out: &mut FrameWriter<'_>, add: &mut dyn FnMut(EncodedLayer));
    /// Number of layers that are there.
    #[doc(hidden)]
    fn count(written: &Self::Written) -> usize;
    /// Computes lengths, and the selectors that are known, from the outermost layer inwards. `inner` are the layers inside.
    ///
    /// An error does not end it: that of the innermost layer is returned, or the first one of a routing header.
    #[doc(hidden)]
    fn lengths(written: &Self::Written, frame: &mut [u8], inner: impl InnerLayers) -> Result<(), EncodeError>;
    /// Computes the other selectors and checksums, from the innermost layer outwards to layer `last`.
    #[doc(hidden)]
    fn checksums(
        written: &Self::Written,
        frame: &mut [u8],
        inner: impl InnerLayers,
        last: usize,
    ) -> Result<(), EncodeError>;
    /// What the layers tell those inside of them.
    #[doc(hidden)]
    fn scope(written: &Self::Written, frame: &[u8]) -> Scope;
}

impl LayerList for () {
    const DEPTH: usize = 0;
    const BY_TABLE: bool = false;
    type Written = ();

    #[inline(always)]
    fn write(&self, _: &mut FrameWriter<'_>) {}
    fn write_by_table(&self, _: &mut FrameWriter<'_>, _: &mut dyn FnMut(EncodedLayer)) {}
    #[inline(always)]
    fn count((): &()) -> usize {
        0
    }
    #[inline(always)]
    fn lengths((): &(), _: &mut [u8], _: impl InnerLayers) -> Result<(), EncodeError> {
        Ok(())
    }
    #[inline(always)]
    fn checksums((): &(), _: &mut [u8], _: impl InnerLayers, _: usize) -> Result<(), EncodeError> {
        Ok(())
    }
    #[inline(always)]
    fn scope((): &(), _: &[u8]) -> Scope {
        Scope::OUTERMOST
    }
}

impl<L: LayerList, H: EncodeHeader> LayerList for (L, H) {
    const DEPTH: usize = L::DEPTH + 1;
    const BY_TABLE: bool = L::BY_TABLE || H::BY_TABLE;
    type Written = (L::Written, PlacedLayer);

    #[inline]
    fn write(&self, out: &mut FrameWriter<'_>) -> Self::Written {
        let outer = self.0.write(out);
        (outer, PlacedLayer::write(&self.1, out))
    }

    fn write_by_table(&self, out: &mut FrameWriter<'_>, add: &mut dyn FnMut(EncodedLayer)) {
        self.0.write_by_table(out, add);
        write_any(out, add, |out| self.1.encode(out));
    }

    #[inline(always)]
    fn count((outer, own): &Self::Written) -> usize {
        L::count(outer) + usize::from(H::ALWAYS || own.is_there)
    }

    #[inline]
    fn lengths((outer, own): &Self::Written, frame: &mut [u8], inner: impl InnerLayers) -> Result<(), EncodeError> {
        let before = L::lengths(outer, frame, Inner::<H, _>::new(own.is_there, inner));
        let error = by_types::lengths::<H::Header, _>(frame, own, inner);
        match (before, error) {
            (before, Ok(())) => before,
            (Err(before), _) if before.proto == Proto::Routing => Err(before),
            (_, Err(error)) => Err(EncodeError { layer: L::count(outer), proto: H::Header::PROTO, error }),
        }
    }

    #[inline]
    fn checksums(
        (outer, own): &Self::Written,
        frame: &mut [u8],
        inner: impl InnerLayers,
        last: usize,
    ) -> Result<(), EncodeError> {
        let layer = L::count(outer);
        if layer < last {
            return Ok(());
        }
        let error = by_types::checksum::<H::Header, _>(frame, own, inner, |frame| L::scope(outer, frame));
        error.map_err(|error| EncodeError { layer, proto: H::Header::PROTO, error })?;
        L::checksums(outer, frame, Inner::<H, _>::new(own.is_there, inner), last)
    }

    #[inline]
    fn scope((outer, own): &Self::Written, frame: &[u8]) -> Scope {
        let is_there = H::ALWAYS || own.is_there;
        if is_there && by_types::is_ip::<H::Header>() {
            let mut scope = Scope::OUTERMOST;
            by_types::update_scope::<H::Header>(frame, own, &mut scope);
            return scope;
        }
        let mut scope = L::scope(outer, frame);
        if is_there {
            by_types::update_scope::<H::Header>(frame, own, &mut scope);
        }
        scope
    }
}

/// Layers that are chosen at run time.
impl<'s> LayerList for &'s [&'s (dyn AnyHeader + 's)] {
    const DEPTH: usize = MAX_STACK;
    const BY_TABLE: bool = true;
    type Written = ();

    fn write(&self, out: &mut FrameWriter<'_>) {
        self.write_by_table(out, &mut |_| {});
    }
    fn write_by_table(&self, out: &mut FrameWriter<'_>, add: &mut dyn FnMut(EncodedLayer)) {
        for header in *self {
            write_any(out, add, |out| header.encode_any(out));
        }
    }
    // The rest is for layers that are known by their types.
    fn count((): &()) -> usize {
        0
    }
    fn lengths((): &(), _: &mut [u8], _: impl InnerLayers) -> Result<(), EncodeError> {
        Ok(())
    }
    fn checksums((): &(), _: &mut [u8], _: impl InnerLayers, _: usize) -> Result<(), EncodeError> {
        Ok(())
    }
    fn scope((): &(), _: &[u8]) -> Scope {
        Scope::OUTERMOST
    }
}

/// Writes a header of any type, and hands over its layer.
fn write_any(
    out: &mut FrameWriter<'_>,
    add: &mut dyn FnMut(EncodedLayer),
    encode: impl FnOnce(&mut FrameWriter<'_>) -> Option<(Proto, u64)>,
) {
    let start = out.len as u32;
    if let Some((proto, unset)) = encode(out) {
        out.end_layer(proto);
        let end = out.len as u32;
        let bounds = LayerBounds { start, header_end: end, payload_end: end, trailer_end: end };
        add(EncodedLayer { proto, bounds, unset, ..EncodedLayer::NONE });
    }
}
