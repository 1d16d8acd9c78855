//! Views: the fixed header of a layer of any protocol.

use super::*;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{
    self, ChecksumCoverage, LayerContext, NextProtocol, ParseDefect, ParsedHeader, Protocol, Report, Scope,
};
use crate::wire::{Checksum, Visitor};

/// Parses a header of a known type, and resolves its selector where the compiler knows the possible selectors.
macro_rules! parse_hot {
    (hot $name:ident, $bytes:expr, $selector:expr) => {
        match <$name<&'a [u8; { $name::LEN }]> as Protocol>::parse($bytes, $selector) {
            Ok(ParsedHeader { header, header_len, total_len, next, defect }) => {
                Ok((ParsedHeader { header: View::$name(header), header_len, total_len, next, defect }, next.row()))
            }
            Err(defect) => Err(defect),
        }
    };
}

/// Inlines a call for the rows marked `hot`.
macro_rules! if_hot {
    (hot => $call:expr) => {
        $call
    };
}

macro_rules! define_views {
    ($( $(#[$gate:meta])* $name:ident $($hot:ident)? <- [$($pattern:pat),+ $(,)?]; )+) => {
        /// The fixed header of a layer, borrowed from the frame.
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum View<'a> {
            $( $(#[$gate])* #[doc = concat!("[`struct@", stringify!($name), "`]")] $name($name<&'a [u8; { $name::LEN }]>),)+
            /// A truncated header.
            Cut,
            /// Data that no supported protocol parses.
            Data,
            /// A header of a protocol that is defined outside of this crate. [`Layer::header_of`](crate::Layer::header_of)
            /// gives it by its type.
            Custom(&'static ProtocolDefinition),
        }

        impl<'a> View<'a> {
            /// Splits a header off the front and determines the next protocol. The rows marked `hot` are inlined into
            /// the walk, where the compiler knows the possible selectors of each. All other rows share one call, so
            /// that they do not slow down the hot ones.
            #[inline(always)]
            pub(crate) fn parse(row: ProtoRow, bytes: &'a [u8], selector: NextProtocol) -> Result<(ParsedHeader<Self>, ProtoRow), ParseDefect> {
                match row {
                    $( $(ProtoRow::$name => parse_hot!($hot $name, bytes, selector),)? )+
                    _ => Self::parse_any(row, bytes, selector),
                }
            }

            /// As [`parse`](Self::parse), by one call for all protocols. Their selectors are resolved in one place: the
            /// code for that is long.
            #[inline(never)]
            pub(crate) fn parse_any(row: ProtoRow, bytes: &'a [u8], selector: NextProtocol) -> Result<(ParsedHeader<Self>, ProtoRow), ParseDefect> {
                let parsed = match row {
                    $( $(#[$gate])* ProtoRow::$name => match <$name<&'a [u8; { $name::LEN }]> as Protocol>::parse(bytes, selector) {
                        Ok(ParsedHeader { header, header_len, total_len, next, defect }) => {
                            ParsedHeader { header: View::$name(header), header_len, total_len, next, defect }
                        }
                        Err(defect) => return Err(defect),
                    }, )+
                    ProtoRow::Data => return Err(ParseDefect::NONE),
                };
                Ok((parsed, parsed.next.row()))
            }

            /// Splits a header of any protocol off the front.
            pub(crate) fn parse_proto(proto: Proto, bytes: &'a [u8], selector: NextProtocol) -> Result<(ParsedHeader<Self>, ProtoRow), ParseDefect> {
                match proto {
                    Proto::Custom(definition) => definition.parse_view(bytes, selector),
                    proto => Self::parse_any(proto.row(), bytes, selector),
                }
            }

            /// Splits a fixed header off the front.
            #[inline(always)]
            pub(crate) fn split(proto: Proto, bytes: &'a [u8]) -> Self {
                match proto {
                    $( $(#[$gate])* Proto::$name => match $name::split(bytes) {
                        Some((header, _)) => View::$name(header),
                        None => View::Cut,
                    }, )+
                    Proto::Data => View::Data,
                    Proto::Custom(definition) => definition.parse_view(bytes, NextProtocol::Unknown).map_or(View::Cut, |_| View::Custom(definition)),
                }
            }

            pub(crate) fn show(&self, context: &LayerContext<'a>, checksum: Option<Checksum>, visitor: &mut dyn Visitor) {
                match self {
                    $( $(#[$gate])* View::$name(header) => layer::show_verified(header, context, checksum, visitor), )+
                    View::Custom(definition) => (definition.show)(context, checksum, visitor),
                    View::Cut | View::Data => {}
                }
            }

            pub(crate) fn check(&self, context: &LayerContext<'a>, checksum: Option<Checksum>, report: &mut Report<'_>) {
                match self {
                    $( $(#[$gate])* View::$name(header) => layer::check_verified(header, context, checksum, report), )+
                    View::Custom(definition) => (definition.check)(context, checksum, report),
                    View::Cut | View::Data => {}
                }
            }

            /// Writes the protocol's columns of the packet's summary line.
            #[cfg(feature = "alloc")]
            pub(crate) fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
                match self {
                    $( $(#[$gate])* View::$name(header) => header.summarize(context, summary), )+
                    View::Custom(definition) => (definition.summarize)(context, summary),
                    View::Cut | View::Data => {}
                }
            }

            /// Records what inner layers need to know. The rows marked `hot` are inlined into the walk. For the others,
            /// the context is copied to memory, so that the hot rows can keep it in registers.
            #[inline(always)]
            pub(crate) fn update_scope(&self, context: &LayerContext<'a>, scope: &mut Scope) {
                match self {
                    $( $(View::$name(header) => if_hot!($hot => header.update_scope(context, scope)),)? )+
                    View::Cut | View::Data => {}
                    _ => (*self).update_scope_any(*context, scope),
                }
            }

            #[inline(never)]
            fn update_scope_any(self, context: LayerContext<'a>, scope: &mut Scope) {
                match self {
                    $( $(#[$gate])* View::$name(header) => header.update_scope(&context, scope), )+
                    View::Custom(definition) => (definition.update_scope)(&context, scope),
                    View::Cut | View::Data => {}
                }
            }

            /// What the checksum of the header covers. `bytes` begin with the header.
            #[inline(always)]
            pub(crate) fn coverage(&self, bytes: &[u8]) -> Option<ChecksumCoverage> {
                match self {
                    $( $(#[$gate])* View::$name(header) => header.coverage(), )+
                    View::Custom(definition) => (definition.coverage)(bytes),
                    View::Cut | View::Data => None,
                }
            }

            pub(crate) fn verify(&self, context: &LayerContext<'a>) -> Option<Checksum> {
                match self {
                    $( $(#[$gate])* View::$name(header) => header.verify(context), )+
                    View::Custom(definition) => (definition.verify)(context),
                    View::Cut | View::Data => None,
                }
            }
        }
    };
}

for_each_protocol!(define_views);

impl ProtocolDefinition {
    /// Splits a header off the front, and finds the row of the stack map of what follows.
    pub(crate) fn parse_view<'a>(
        &'static self,
        bytes: &'a [u8],
        selector: NextProtocol,
    ) -> Result<(ParsedHeader<View<'a>>, ProtoRow), ParseDefect> {
        let ParsedHeader { header_len, total_len, next, defect, .. } = (self.parse)(bytes, selector)?;
        let parsed = ParsedHeader { header: View::Custom(self), header_len, total_len, next, defect };
        Ok((parsed, next.row()))
    }
}
