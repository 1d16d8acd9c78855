//! The stack map once more, for what encoding needs of each protocol.

use super::encoded_layer::EncodedLayer;
use super::finish;
use crate::layer::{ComputedRows, LayerBounds, NextProtocol, Protocol, Scope};
use crate::proto::*;
#[cfg(feature = "alloc")]
use crate::wire::Encoder;
use crate::wire::{ByteSink, FieldError, SelectorKind};

/// The protocol of a header. `Stack` computes lengths, selectors and checksums by it, and asks nothing of `Proto` but
/// what names an error and what a [`NextProtocol`] selects.
pub trait HeaderProto {
    /// The header, borrowed from the bytes of a frame.
    type Layer<'a>: Protocol<'a>;
    /// The protocol.
    const PROTO: Proto;
    /// Whether this is data: bytes without a header. No number selects data.
    const IS_DATA: bool = false;
    /// The EtherType that selects the protocol, if there is exactly one.
    const ETHER_TYPE: Option<u16> = Self::PROTO.only_number(SelectorKind::EtherType);
    /// The Internet protocol number that selects the protocol, if there is exactly one.
    const IP_PROTOCOL: Option<u16> = Self::PROTO.only_number(SelectorKind::IpProtocol);

    /// Takes the fixed header at the front of `bytes`. `None` if it is cut.
    fn split(bytes: &[u8]) -> Option<Self::Layer<'_>> {
        Self::Layer::parse(bytes, NextProtocol::Unknown).ok().map(|parsed| parsed.header)
    }
}

/// Protocols from outside of this crate.
impl<P: CustomProtocol> HeaderProto for P {
    type Layer<'a> = P::Header<'a>;
    const PROTO: Proto = Proto::of::<P>();
}

impl NextProtocol {
    /// As [`row`](Self::row), which is inlined: here time does not count.
    #[inline(never)]
    pub(super) fn row_by_call(self) -> ProtoRow {
        self.row()
    }
}

/// Calls a function of the encoder with a protocol that is known at compile time.
macro_rules! call_hot {
    (hot $function:ident $name:ident, $($argument:expr),+) => {
        finish::$function(Proto::$name, $($argument),+)
    };
}

macro_rules! define_encoders {
    ($( $(#[$gate:meta])* $name:ident $($hot:ident)? <- [$($pattern:pat),+ $(,)?]; )+) => {
        impl Proto {
            /// The computed rows of the fixed header.
            #[inline(always)]
            pub(crate) const fn computed_rows(self) -> &'static ComputedRows {
                match self {
                    $( $(#[$gate])* Proto::$name => const { &ComputedRows::of(<$name<&'static [u8; { $name::LEN }]> as Protocol>::TABLE) },)+
                    Proto::Data => const { &ComputedRows::of(&[]) },
                    Proto::Custom(definition) => &definition.computed_rows,
                }
            }

        }

        impl Proto {
            /// Builds a header from a source, and returns the computed rows that were left unset.
            #[cfg(feature = "alloc")]
            pub(crate) fn build(self, builder: &mut Encoder<'_>) -> Result<u64, FieldError> {
                let at = builder.len();
                match self {
                    $( $(#[$gate])* Proto::$name => {
                        let mut unset = builder.fixed::<{ $name::LEN }>(self.fields())?;
                        crate::layer::build::<$name<&'static [u8; { $name::LEN }]>>(builder, at, &mut unset)?;
                        Ok(unset)
                    })+
                    Proto::Data => Ok(0),
                    Proto::Custom(definition) => definition.build(builder),
                }
            }

            /// Pads a header. Without memory allocation, headers are padded by their types.
            #[cfg_attr(not(feature = "alloc"), allow(dead_code))]
            pub(crate) fn pad(self, bytes: usize, out: &mut dyn ByteSink) {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::pad(bytes, out),)+
                    Proto::Data => {}
                    Proto::Custom(definition) => (definition.pad)(bytes, out),
                }
            }

            /// Computes the unset rows of a layer. For protocols marked `hot` the table is a constant.
            pub(crate) fn complete(
                self,
                frame: &mut [u8],
                spots: &[EncodedLayer],
                layer: usize,
            ) -> Result<(), FieldError> {
                match self {
                    $( $(Proto::$name => call_hot!($hot complete $name, frame, spots, layer),)? )+
                    _ => finish::complete(self, frame, spots, layer),
                }
            }

            /// Tells inner layers what they must know of a layer of a frame.
            pub(crate) fn update_scope(self, frame: &[u8], spot: &EncodedLayer, scope: &mut Scope) {
                match self {
                    $( $(Proto::$name => call_hot!($hot update_scope $name, frame, spot, scope),)? )+
                    _ => finish::update_scope(self, frame, spot, scope),
                }
            }

            /// Computes the rows that the protocol computes by its own code.
            #[inline(always)]
            pub(crate) fn finish(self, frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::finish(frame, bounds, unset),)+
                    Proto::Data => Ok(()),
                    Proto::Custom(definition) => (definition.finish)(frame, bounds, unset),
                }
            }
        }

        $($(#[$gate])* impl HeaderProto for $name {
            type Layer<'a> = $name<&'a [u8; { $name::LEN }]>;
            const PROTO: Proto = Proto::$name;
            #[inline]
            fn split(bytes: &[u8]) -> Option<Self::Layer<'_>> {
                match $name::split(bytes) {
                    Some((header, _)) => Some(header),
                    None => None,
                }
            }
        })+
    };
}

for_each_protocol!(define_encoders);
