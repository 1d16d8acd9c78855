//! Layers of a frame that is being built, and the error of building.

use crate::layer::NextProtocol;
use crate::layer::{LayerBounds, LayerContext, Scope};
use crate::proto::Proto;
use crate::wire::{Field, FieldError};
use core::fmt;

/// A layer in a frame that is being built.
#[derive(Clone, Copy, Debug)]
pub struct EncodedLayer {
    /// Its protocol.
    pub proto: Proto,
    /// Byte ranges of header, payload and trailer.
    pub bounds: LayerBounds,
    /// The computed rows that were left unset, one bit for each row.
    pub unset: u64,
    /// Number of bytes that the capture cut off the end of the layer.
    pub missing: u32,
    /// Number of bytes that the capture cut off the end of the payload. Less than `missing` if the layer has a trailer.
    pub payload_missing: u32,
}

impl EncodedLayer {
    pub(crate) const NONE: EncodedLayer = EncodedLayer {
        proto: Proto::Data,
        bounds: LayerBounds { start: 0, header_end: 0, payload_end: 0, trailer_end: 0 },
        unset: 0,
        missing: 0,
        payload_missing: 0,
    };

    /// The context of the layer in the scope of its outer layers.
    #[inline(always)]
    pub(super) fn context<'f>(&self, frame: &'f [u8], scope: &Scope) -> LayerContext<'f> {
        let Scope { addresses, link_source, extension_headers, limit, ip_headers, vlan_tags, inside_host } = *scope;
        LayerContext {
            frame,
            bounds: self.bounds,
            wire_end: self.bounds.trailer_end + self.missing,
            payload_wire_end: self.bounds.payload_end + self.payload_missing,
            outer_is_short: false,
            is_short: false,
            ip_headers,
            vlan_tags,
            inside_host,
            selector: NextProtocol::Unknown,
            addresses,
            link_source,
            extension_headers,
            limit,
            quoted: false,
        }
    }

    /// The row of the selector of the next protocol, with its number. `None` if the protocol has none.
    #[cfg(feature = "alloc")]
    pub(crate) fn selector_row(&self) -> Option<(u8, &'static Field)> {
        let row = self.proto.computed_rows().next_protocol?;
        Some((row, self.proto.fields().get(usize::from(row))?))
    }

    /// The field of a computed row. `None` if it was set.
    #[inline(always)]
    pub(super) fn unset_field(&self, row: ComputedRow) -> Option<&'static Field> {
        match row {
            Some((row, field)) if self.unset >> row & 1 == 1 => Some(field),
            _ => None,
        }
    }
}

/// A computed row of a header: its index, and its field. `None` if the header has none of this kind.
pub(super) type ComputedRow = Option<(u8, &'static Field)>;

/// A computed row of a table.
#[inline(always)]
pub(super) fn computed_row(fields: &'static [Field], row: Option<u8>) -> ComputedRow {
    let row = row?;
    Some((row, fields.get(usize::from(row))?))
}

/// Why a frame cannot be built: the layer, the field and the reason.
///
/// ```
/// use packetsmith::{Ipv4, Stack};
/// let error = Stack::new().push(Ipv4::build()).payload(&[0; 70_000]).finish().unwrap_err();
/// assert_eq!(error.to_string(), "ipv4.total_length: 70020 is more than 65535, the largest that fits");
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct EncodeError {
    /// Index of the layer, from 0.
    pub layer: usize,
    /// Its protocol.
    pub proto: Proto,
    /// The field and the reason.
    pub error: FieldError,
}

/// `ipv4.total_length: 70000 is more than 65535, the largest that fits`
impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.proto, self.error.field) {
            // The error is about the whole frame.
            (Proto::Data, None) => self.error.fmt(f),
            (proto, None) => write!(f, "{}: {}", proto.name(), self.error),
            (proto, Some(_)) => write!(f, "{}.{}", proto.name(), self.error),
        }
    }
}

impl core::error::Error for EncodeError {}

/// Largest number of layers of a [`Stack`](crate::Stack).
pub const MAX_STACK: usize = 32;
