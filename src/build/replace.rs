//! Another inner packet in a frame.

#[cfg(feature = "alloc")]
use super::encoded_layer::{EncodeError, EncodedLayer, MAX_STACK};
#[cfg(feature = "alloc")]
use super::finish::finish;
#[cfg(feature = "alloc")]
use crate::layer::{LayerBounds, NextProtocol};
#[cfg(feature = "alloc")]
use crate::proto::{Proto, Protocols};
#[cfg(feature = "alloc")]
use crate::wire::ValueError;
use crate::wire::{Computed, Field};

/// Copies a frame to `out` with another inner packet, such as a reassembled datagram in place of a fragment: the
/// headers before byte `at` with new lengths and checksums, then `with`. Trailers, such as Ethernet padding, are left
/// out.
///
/// ```
/// use packetsmith::{Ethernet, Ipv4, Stack, build::replace};
/// let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).payload(b"a").pad(60).finish().unwrap();
/// let packet = Stack::new().push(Ipv4::build()).payload(b"another").finish().unwrap();
/// let mut out = Vec::new();
/// replace(1, &frame, 14, &packet, &mut out).unwrap();
/// assert_eq!(out.len(), 14 + 27);
/// ```
///
/// # Errors
///
/// A length does not fit its field.
#[cfg(feature = "alloc")]
pub fn replace(
    first: impl Into<NextProtocol>,
    frame: &[u8],
    at: usize,
    with: &[u8],
    out: &mut alloc::vec::Vec<u8>,
) -> Result<(), EncodeError> {
    Protocols::BUILTIN.replace(first, frame, at, with, out)
}

#[cfg(feature = "alloc")]
impl Protocols {
    /// As [`replace`], in a frame that may have layers of these protocols.
    ///
    /// # Errors
    ///
    /// A length does not fit its field.
    pub fn replace(
        &self,
        first: impl Into<NextProtocol>,
        frame: &[u8],
        at: usize,
        with: &[u8],
        out: &mut alloc::vec::Vec<u8>,
    ) -> Result<(), EncodeError> {
        let first = first.into();
        out.clear();
        out.extend_from_slice(frame.get(..at).unwrap_or(frame));
        out.extend_from_slice(with);
        let end = out.len() as u32;
        let mut layers: [EncodedLayer; MAX_STACK] = [EncodedLayer::NONE; MAX_STACK];
        let mut count = 0;
        for layer in self.dissect(first, frame).by_calls() {
            let (head, proto) = (layer.header_span(), layer.proto);
            if head.end as usize > at {
                break;
            }
            let too_deep = EncodeError { layer: MAX_STACK, proto, error: ValueError::TooDeep.into() };
            let spot = layers.get_mut(count).ok_or(too_deep)?;
            *spot = EncodedLayer {
                proto,
                bounds: LayerBounds { payload_end: end, trailer_end: end, ..layer.bounds() },
                ..EncodedLayer::NONE
            };
            for (row, field) in proto.fields().iter().enumerate() {
                let number = field.read(layer.header()).and_then(|value| value.number());
                let wanted = match field.computed {
                    Computed::TotalLength { .. } | Computed::Checksum => number != Some(0) || !may_be_zero(field),
                    // An EtherType up to 1,500 is a length.
                    Computed::NextProtocol(_) => {
                        matches!(field.filter, "eth.type" | "vlan.etype") && number < Some(1536)
                    }
                    _ => false,
                };
                spot.unset |= u64::from(wanted) << row;
            }
            count += 1;
        }
        if let Some(spot) = layers.get_mut(count) {
            // The next layer is not parsed, but it is there.
            let proto = self.dissect(first, frame).by_calls().nth(count).map_or(Proto::Data, |layer| layer.proto);
            let bounds = LayerBounds { start: at as u32, header_end: end, payload_end: end, trailer_end: end };
            *spot = EncodedLayer { proto, bounds, ..EncodedLayer::NONE };
            count += 1;
        }
        finish(out, &layers[..count])
    }
}

/// Tells whether zero means that the field is not used.
pub(super) fn may_be_zero(field: &Field) -> bool {
    matches!((field.computed, field.filter), (Computed::TotalLength { .. }, _) | (Computed::Checksum, "udp.checksum"))
}
