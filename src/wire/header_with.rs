//! Headers with options, messages or raw bytes after the fixed part.

use super::byte_sink::ByteSink;
use super::readable::DebugValue;
use super::tagged_enum::{TaggedEnum, refuse_values};
use super::tlv_item::TlvItem;

/// A header with contents after its fixed part. Made by the methods `options`,
/// `message` and `raw` of headers that are built.
///
/// ```
/// use packetsmith::{Stack, Tcp};
/// use packetsmith::build::{HeaderWith, Raw};
/// use packetsmith::proto::transport::TcpOption;
/// let options = [TcpOption::SackPermitted {}];
/// let with = Tcp::build().options(&options);
/// // Contents can be added more than once: they follow each other.
/// let with: HeaderWith<HeaderWith<_, _>, Raw<'_>> = with.raw(&[254, 2]);
/// let segment = Stack::new().push(with).finish().unwrap();
/// assert_eq!(segment[12] >> 4, 6, "six words of header");
/// assert_eq!(segment[20..], [4, 2, 254, 2]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeaderWith<H, P> {
    pub(crate) header: H,
    pub(crate) contents: P,
}

/// A header that is being built, with or without contents after its fixed part.
#[doc(hidden)]
pub trait BuiltHeader {
    /// The header.
    type Header;
    /// The bytes of the fixed part.
    fn fixed(&mut self) -> &mut [u8];
}

impl<H: BuiltHeader, P> BuiltHeader for HeaderWith<H, P> {
    type Header = H::Header;
    fn fixed(&mut self) -> &mut [u8] {
        self.header.fixed()
    }
}

/// Options that the header `H` can have.
///
/// ```
/// use packetsmith::{Ipv4, Stack, Tcp};
/// use packetsmith::proto::ip::Ipv4Option;
/// use packetsmith::proto::transport::TcpOption;
/// let options = [TcpOption::MaximumSegmentSize { size: 1460 }];
/// let packet = Stack::new().push(Ipv4::build()).push(Tcp::build().options(&options)).finish().unwrap();
/// assert_eq!(packet.len(), 20 + 24);
/// ```
///
/// ```compile_fail
/// # use packetsmith::Ipv4;
/// # use packetsmith::proto::transport::TcpOption;
/// let options = [TcpOption::MaximumSegmentSize { size: 1460 }];
/// Ipv4::build().options(&options); // an option of another protocol
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no option of `{H}`",
    label = "an option of another protocol",
    note = "`raw` takes bytes of any kind"
)]
pub trait OptionOf<H>: TlvItem {
    /// Bytes between the fixed header and the first option, such as DHCP's magic cookie. Options that follow the fixed
    /// header at once are written after them; with [`raw`](HeaderWith::raw) before the options, you write them.
    const BEFORE: &'static [u8] = &[];
}

/// Messages that the header `H` can have.
///
/// ```
/// use packetsmith::{Icmpv4, Stack};
/// use packetsmith::proto::icmp::Icmpv4Message;
/// let message = Icmpv4Message::FragmentationNeeded { unused: 0, length: 0, mtu: 1400 };
/// let message = Stack::new().push(Icmpv4::build().message(message)).finish().unwrap();
/// assert_eq!(message[..2], [3, 4], "the message sets type and code");
/// ```
///
/// ```compile_fail
/// # use packetsmith::Icmpv6;
/// # use packetsmith::proto::icmp::Icmpv4Message;
/// Icmpv6::build().message(Icmpv4Message::EchoRequest { identifier: 1, sequence: 2 });
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no message of `{H}`",
    label = "a message of another protocol",
    note = "`raw` takes bytes of any kind"
)]
pub trait MessageOf<H> {
    /// Writes the type, and the code if the message has one of its own, into the fixed header.
    fn announce(&self, header: &mut [u8]);
}

impl<H> HeaderWith<H, ()> {
    /// Adds options to a header.
    #[doc(hidden)]
    #[inline]
    pub fn options_of<V: OptionOf<H::Header>>(header: H, options: &[V]) -> HeaderWith<H, Options<'_, V>>
    where
        H: BuiltHeader,
    {
        HeaderWith { header, contents: Options { before: V::BEFORE, options } }
    }

    /// Adds a message to a header.
    #[doc(hidden)]
    pub fn message_of<V: MessageOf<H::Header>>(mut header: H, message: V) -> HeaderWith<H, Message<V>>
    where
        H: BuiltHeader,
    {
        message.announce(header.fixed());
        HeaderWith { header, contents: Message(message) }
    }

    /// Adds bytes to a header.
    #[doc(hidden)]
    pub fn raw_of(header: H, bytes: &[u8]) -> HeaderWith<H, Raw<'_>> {
        HeaderWith { header, contents: Raw(bytes) }
    }
}

impl<H: BuiltHeader, P> HeaderWith<H, P> {
    /// Adds options after those that are there already.
    pub fn options<'o, 'a, V: TaggedEnum<'a> + OptionOf<H::Header>>(
        self,
        options: &'o [V],
    ) -> HeaderWith<Self, Options<'o, V>> {
        HeaderWith { header: self, contents: Options { before: &[], options } }
    }

    /// Adds the contents of a message, and sets type and code of the header.
    pub fn message<'a, V: TaggedEnum<'a> + MessageOf<H::Header>>(self, message: V) -> HeaderWith<Self, Message<V>> {
        HeaderWith::message_of(self, message)
    }

    /// Adds bytes, as part of the header.
    pub fn raw(self, bytes: &[u8]) -> HeaderWith<Self, Raw<'_>> {
        HeaderWith::raw_of(self, bytes)
    }
}

/// Contents after a fixed header: [`Options`], a [`Message`] or [`Raw`] bytes.
///
/// ```
/// use packetsmith::{Stack, Tcp};
/// use packetsmith::build::{EncodeHeader, HeaderContents, HeaderWith};
/// /// Length of a segment without payload, with any contents after its fixed header.
/// fn length<P: HeaderContents>(tcp: HeaderWith<impl EncodeHeader, P>) -> usize {
///     Stack::new().push(tcp).finish().unwrap().len()
/// }
/// assert_eq!(length(Tcp::build().raw(&[254, 4, 0, 0])), 24);
/// assert_eq!(length(Tcp::build().raw(&[3, 3, 7])), 24, "padded to whole words");
/// ```
pub trait HeaderContents {
    /// Writes the contents.
    fn put(&self, out: &mut dyn ByteSink);
}

/// A list of options.
///
/// ```
/// use packetsmith::{Stack, Tcp};
/// use packetsmith::proto::transport::TcpOption;
/// let options = [TcpOption::MaximumSegmentSize { size: 1460 }, TcpOption::WindowScale { shift: 7 }];
/// let segment = Stack::new().push(Tcp::build().options(&options)).finish().unwrap();
/// assert_eq!(segment[20..], [2, 4, 0x05, 0xb4, 3, 3, 7, 0], "types and lengths are written, and the end");
/// ```
#[derive(Clone, Copy)]
pub struct Options<'o, V> {
    /// Bytes before the first option.
    before: &'static [u8],
    options: &'o [V],
}

impl<V: core::fmt::Debug> core::fmt::Debug for Options<'_, V> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Options").field(&self.options).finish()
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> HeaderContents for Options<'_, V> {
    fn put(&self, out: &mut dyn ByteSink) {
        if !self.before.is_empty() {
            out.put(self.before);
        }
        for option in self.options {
            V::LAYOUT.emit(option, out);
        }
    }
}

/// The contents of a message.
///
/// ```
/// use packetsmith::{Icmpv4, Stack};
/// use packetsmith::proto::icmp::Icmpv4Message;
/// let echo = Icmpv4Message::EchoRequest { identifier: 0xbeef, sequence: 1 };
/// let icmp = Icmpv4::build().message(echo);
/// let message = Stack::new().push(icmp).payload(b"ping").finish().unwrap();
/// assert_eq!(message[4..8], [0xbe, 0xef, 0, 1]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Message<V>(V);

impl<'a, V: TaggedEnum<'a>> HeaderContents for Message<V> {
    fn put(&self, out: &mut dyn ByteSink) {
        self.0.emit(out);
        if out.has_refused() {
            refuse_values(&self.0, out);
        }
    }
}

/// Raw bytes, which are written as they are.
///
/// ```
/// use packetsmith::{Ipv4, Stack};
/// // An option with a wrong length, which no typed option can have.
/// let packet = Stack::new().push(Ipv4::build().raw(&[7, 39, 4, 0])).finish().unwrap();
/// assert_eq!(packet[0], 0x46, "it counts as part of the header");
/// assert_eq!(packet[20..], [7, 39, 4, 0]);
/// ```
#[derive(Clone, Copy)]
pub struct Raw<'r>(&'r [u8]);

impl core::fmt::Debug for Raw<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_tuple("Raw").field(&DebugValue(self.0)).finish()
    }
}

impl HeaderContents for Raw<'_> {
    fn put(&self, out: &mut dyn ByteSink) {
        out.put(self.0)
    }
}

/// Ties options to the headers that can have them: `options_of! { EchoOption: Echo; }`. Then `Echo::build().options(&[..])`
/// takes them. See [`OptionOf`].
///
/// ```
/// use packetsmith::wire::{TlvItem, TlvLayout};
/// packetsmith::header! {
///     /// A header of 1 byte.
///     pub struct Echo(1) => EchoEdit, layer {
///         /// Kind of message.
///         kind: u8 = 0..8, "echo.kind";
///     }
/// }
/// packetsmith::tagged_enum! {
///     /// Options.
///     pub enum EchoOption<'a>: "type", "echo.option.type", "options" {
///         Count = 1 "count" {
///             /// How often.
///             count: u16, "echo.option.count";
///         }
///     }
/// }
/// impl TlvItem for EchoOption<'_> {
///     const LAYOUT: TlvLayout = TlvLayout::BYTES;
/// }
/// packetsmith::options_of! { EchoOption: Echo; }
/// let header = Echo::build().options(&[EchoOption::Count { count: 3 }]);
/// # let _ = header;
/// ```
#[macro_export]
macro_rules! options_of {
    ($( $option:ident: $($header:ident),+; )+) => {
        $($( impl $crate::wire::OptionOf<$header> for $option<'_> {} )+)+
    };
}

/// Ties messages to their header: `message_of! { EchoMessage: Echo, "kind" }`. Then `Echo::build().message(..)` takes them,
/// and sets the row with this name to the number of the message. See [`MessageOf`].
///
/// ```
/// packetsmith::header! {
///     /// A header of 1 byte.
///     pub struct Echo(1) => EchoEdit, layer {
///         /// Kind of message.
///         kind: u8 = 0..8, "echo.kind";
///     }
/// }
/// packetsmith::tagged_enum! {
///     /// Messages.
///     pub enum EchoMessage<'a>: "kind", "echo.kind", "messages" {
///         Request = 1 "request" {
///             /// Number of the request.
///             number: u16, "echo.number";
///         }
///     }
/// }
/// packetsmith::message_of! { EchoMessage: Echo, "kind" }
/// let header = Echo::build().message(EchoMessage::Request { number: 3 });
/// # let _ = header;
/// ```
#[macro_export]
macro_rules! message_of {
    ($message:ident: $header:ident, $row:literal) => {
        impl $crate::wire::MessageOf<$header> for $message<'_> {
            fn announce(&self, header: &mut [u8]) {
                let row = &$header::FIELDS[const { $header::row($row) } as usize];
                $crate::wire::macro_support::put_bits(header, row.bits(), $crate::wire::TaggedEnum::kind(self).into());
            }
        }
    };
}

pub use message_of;
pub use options_of;
