//! The selectors of the stack map.

/// Defines the protocol that each selector selects. Takes the rows of the stack map.
macro_rules! define_selectors {
    ($( $name:ident $($hot:ident)? <- [$($pattern:pat),+ $(,)?]; )+) => {
        impl NextProtocol {
            /// The protocol for a single selector.
            // A selector of two rows is an error here.
            #[deny(unreachable_patterns)]
            #[inline(always)]
            const fn proto_of_one(self) -> Proto {
                match self {
                    $( $($pattern)|+ => Proto::$name, )+
                    _ => Proto::Data,
                }
            }

            /// Whether this selector alone selects the protocol.
            #[inline(always)]
            pub(crate) const fn selects(self, proto: Proto) -> bool {
                match proto {
                    $(Proto::$name => matches!(self, $($pattern)|+),)+
                    Proto::Data => false,
                }
            }
        }
    };
}

pub(crate) use define_selectors;
