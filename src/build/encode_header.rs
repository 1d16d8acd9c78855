//! Encoding headers, with options, messages or raw bytes after the fixed part.

use crate::proto::Proto;
use crate::wire::{ByteSink, TaggedEnum, TlvItem};

/// A header to encode: what [`Stack::push`] takes.
///
/// ```
/// use packetsmith::{Proto, Stack, Udp};
/// use packetsmith::build::EncodeHeader;
/// use packetsmith::wire::ByteSink;
/// /// A datagram from this port to the DNS port.
/// struct Query(u16);
/// impl EncodeHeader for Query {
///     fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
///         Udp::build().src_port(self.0).dst_port(53).put(out)
///     }
/// }
/// let datagram = Stack::new().push(Query(1000)).payload(b"?").finish().unwrap();
/// assert_eq!(datagram[..6], [0x03, 0xe8, 0, 53, 0, 9], "the length is computed all the same");
/// ```
pub trait EncodeHeader {
    /// Writes the header. Returns its protocol and the computed rows that were left unset, one bit each.
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64);
}

/// Bytes without a header: the payload of the innermost layer.
impl EncodeHeader for &[u8] {
    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
        out.put(self);
        (Proto::Data, 0)
    }
}

impl<const N: usize> EncodeHeader for &[u8; N] {
    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
        self.as_slice().put(out)
    }
}

/// A header with contents after its fixed part. Made by [`Edit::options`](crate::wire::Edit::options), `message` and
/// `raw`.
///
/// ```
/// use packetsmith::{Stack, Tcp};
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::build::{HeaderWith, Options, Raw};
/// use packetsmith::wire::Edit;
/// let options = [TcpOption::SackPermitted {}];
/// let with: HeaderWith<Edit<Tcp>, Options<'_, TcpOption>> = Tcp::build().options(&options);
/// // Contents can be added more than once: they follow each other.
/// let with: HeaderWith<HeaderWith<_, _>, Raw<'_>> = with.raw(&[254, 2]);
/// let segment = Stack::new().push(with).finish().unwrap();
/// assert_eq!(segment[12] >> 4, 6, "six words of header");
/// assert_eq!(segment[20..], [4, 2, 254, 2]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeaderWith<H, P> {
    head: H,
    more: P,
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
#[derive(Clone, Copy, Debug)]
pub struct Options<'o, V>(&'o [V]);

impl<'a, V: TaggedEnum<'a> + TlvItem> HeaderContents for Options<'_, V> {
    fn put(&self, out: &mut dyn ByteSink) {
        for option in self.0 {
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
        self.0.emit(out)
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
#[derive(Clone, Copy, Debug)]
pub struct Raw<'r>(&'r [u8]);

impl HeaderContents for Raw<'_> {
    fn put(&self, out: &mut dyn ByteSink) {
        out.put(self.0)
    }
}

macro_rules! more {
    ($for:ty, $($generic:ident)?) => {
        impl<$($generic,)? H> $for {
            /// Adds options after the header and its other contents.
            pub fn options<'o, 'a, V: TaggedEnum<'a> + TlvItem>(self, options: &'o [V]) -> HeaderWith<Self, Options<'o, V>> {
                HeaderWith { head: self, more: Options(options) }
            }
            /// Adds the contents of a message after the header and its other contents.
            pub fn message<'a, V: TaggedEnum<'a>>(self, message: V) -> HeaderWith<Self, Message<V>> {
                HeaderWith { head: self, more: Message(message) }
            }
            /// Adds raw bytes after the header and its other contents. They count as part of the header.
            pub fn raw(self, bytes: &[u8]) -> HeaderWith<Self, Raw<'_>> {
                HeaderWith { head: self, more: Raw(bytes) }
            }
        }
    };
}
more!(crate::wire::Edit<H>,);
more!(HeaderWith<H, P>, P);

impl<H: EncodeHeader, P: HeaderContents> EncodeHeader for HeaderWith<H, P> {
    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64) {
        let (proto, unset) = self.head.put(out);
        self.more.put(out);
        (proto, unset)
    }
}
