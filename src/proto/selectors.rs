//! The selectors of the stack map.

/// Defines the protocol that each selector selects. Takes the rows of the stack map.
macro_rules! define_selectors {
    ($( $(#[$gate:meta])* $name:ident $($hot:ident)? <- [$($pattern:pat),+ $(,)?]; )+) => {
        impl NextProtocol {
            /// The row of the protocol for a single selector.
            // A selector of two rows is an error here.
            #[deny(unreachable_patterns)]
            #[inline(always)]
            pub(crate) const fn row_of_one(self) -> ProtoRow {
                match self {
                    $( $(#[$gate])* $($pattern)|+ => ProtoRow::$name, )+
                    _ => ProtoRow::Data,
                }
            }

            /// Whether this selector alone selects the protocol.
            #[inline(always)]
            pub(crate) const fn selects(self, proto: Proto) -> bool {
                match proto {
                    $( $(#[$gate])* Proto::$name => matches!(self, $($pattern)|+),)+
                    Proto::Data | Proto::Custom(_) => false,
                }
            }
        }
    };
}

pub(crate) use define_selectors;

/// Defines the selectors to build each protocol with: the first number of each selector in its row. Takes the rows of
/// the stack map.
#[cfg(feature = "alloc")]
macro_rules! define_preferred {
    ($( $(#[$gate:meta])* $name:ident $($hot:ident)? <- [$( NextProtocol::$kind:ident $(($($numbers:tt)+))? ),+ $(,)?]; )+) => {
        impl Proto {
            /// The selectors to build the protocol with, one for each kind that has numbers, as in
            /// `NextProtocol::UdpPort(1812 | 1813)`.
            pub(crate) fn preferred(self) -> impl Iterator<Item = NextProtocol> {
                let (of_row, of_custom): (&[Option<NextProtocol>], &[NextProtocol]) = match self {
                    $( $(#[$gate])* Proto::$name => (&[$( $crate::proto::selectors::first_number!($kind $(($($numbers)+))?) ),+], &[]),)+
                    Proto::Data => (&[], &[]),
                    Proto::Custom(definition) => (&[], definition.selectors),
                };
                of_row.iter().copied().flatten().chain(of_custom.iter().copied())
            }
        }
    };
}

/// A selector with its first number, if it begins with one, or one without numbers.
#[cfg(feature = "alloc")]
macro_rules! first_number {
    ($kind:ident ($first:literal $($others:tt)*)) => {
        Some(NextProtocol::$kind($first))
    };
    ($kind:ident) => {
        Some(NextProtocol::$kind)
    };
    ($kind:ident $($other:tt)*) => {
        None
    };
}

#[cfg(feature = "alloc")]
pub(crate) use {define_preferred, first_number};
