//! The stack map once more, for what encoding needs of each protocol.

use super::encode_header::EncodeHeader;
use super::encoded_layer::EncodedLayer;
use super::finish;
use crate::layer::{ComputedRows, LayerBounds, Protocol, Scope};
use crate::proto::*;
#[cfg(feature = "alloc")]
use crate::wire::Encoder;
use crate::wire::{ByteSink, FieldError, LayerEdit, LayerHeader};

/// The protocol of a header.
pub trait HeaderProto: LayerHeader {
    /// The protocol.
    const PROTO: Proto;
}

/// Protocols from outside of this crate.
impl<P: CustomProtocol + LayerHeader> HeaderProto for P {
    const PROTO: Proto = <P as CustomProtocol>::PROTO;
}

// One implementation for all: with one for each type, named as an associated type, the compiler would refuse every
// implementation of `EncodeHeader` outside of this crate.
impl<E: LayerEdit<Header: HeaderProto>> EncodeHeader for E {
    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
        let (bytes, unset) = self.parts();
        out.put(bytes);
        (E::Header::PROTO, unset)
    }
}

/// Calls a function of the encoder with a protocol that is known at compile time.
macro_rules! call_hot {
    (hot $function:ident $name:ident, $($argument:expr),+) => {
        finish::$function(Proto::$name, $($argument),+)
    };
}

macro_rules! define_encoders {
    ($( $name:ident $($hot:ident)? <- [$($pattern:pat),+ $(,)?]; )+) => {
        impl Proto {
            /// The computed rows of the fixed header.
            #[inline(always)]
            pub(crate) const fn computed_rows(self) -> &'static ComputedRows {
                match self {
                    $(Proto::$name => const { &ComputedRows::of(<$name<&'static [u8; { $name::LEN }]> as Protocol>::TABLE) },)+
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
                    $(Proto::$name => {
                        let mut unset = builder.fixed::<{ $name::LEN }>(self.fields())?;
                        crate::layer::build::<$name<&'static [u8; { $name::LEN }]>>(builder, at, &mut unset)?;
                        Ok(unset)
                    })+
                    Proto::Data => Ok(0),
                    Proto::Custom(definition) => definition.build(builder),
                }
            }

            /// Pads a header.
            pub(crate) fn pad(self, bytes: usize, out: &mut dyn ByteSink) {
                match self {
                    $(Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::pad(bytes, out),)+
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
                    $(Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::finish(frame, bounds, unset),)+
                    Proto::Data => Ok(()),
                    Proto::Custom(definition) => (definition.finish)(frame, bounds, unset),
                }
            }
        }

        $(impl HeaderProto for $name {
            const PROTO: Proto = Proto::$name;
        })+
    };
}

for_each_protocol!(define_encoders);
