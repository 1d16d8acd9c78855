//! Headers with options, messages or raw bytes after the fixed part.

use crate::proto::Proto;
use crate::wire::{ByteSink, TaggedEnum, TlvItem};

/// The head of a layer: what [`Stack::push`] takes.
///
/// ```
/// use packetsmith::{Proto, Stack, Udp};
/// use packetsmith::build::EncodeHeader;
/// use packetsmith::wire::ByteSink;
/// /// A datagram to the DNS port, from this one.
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
    /// Puts the head, and gives its protocol and the derived rows that nobody set.
    fn put(&self, out: &mut impl ByteSink) -> (Proto, u64);
}

/// Bytes that are no header: what the innermost layer carries.
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

/// A head with more behind its fixed header, made by [`Edit::options`](crate::wire::Edit::options) and
/// its like.
///
/// ```
/// use packetsmith::{Stack, Tcp};
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::build::{HeaderWith, Options, Raw};
/// use packetsmith::wire::Edit;
/// let options = [TcpOption::SackPermitted {}];
/// let with: HeaderWith<Edit<Tcp>, Options<'_, TcpOption>> = Tcp::build().options(&options);
/// // One behind the other: what is put next stands behind what stands there already.
/// let with: HeaderWith<HeaderWith<_, _>, Raw<'_>> = with.raw(&[254, 2]);
/// let segment = Stack::new().push(with).finish().unwrap();
/// assert_eq!(segment[12] >> 4, 6, "six words of head");
/// assert_eq!(segment[20..], [4, 2, 254, 2]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct HeaderWith<H, P> {
    head: H,
    more: P,
}

/// What can stand behind a fixed header.
///
/// ```
/// use packetsmith::{Stack, Tcp};
/// use packetsmith::build::{EncodeHeader, HeaderContents, HeaderWith};
/// /// Bytes of a segment without data, whatever stands behind its fixed header.
/// fn length<P: HeaderContents>(tcp: HeaderWith<impl EncodeHeader, P>) -> usize {
///     Stack::new().push(tcp).finish().unwrap().len()
/// }
/// assert_eq!(length(Tcp::build().raw(&[254, 4, 0, 0])), 24);
/// assert_eq!(length(Tcp::build().raw(&[3, 3, 7])), 24, "filled up to whole words");
/// ```
pub trait HeaderContents {
    /// Puts it.
    fn put(&self, out: &mut dyn ByteSink);
}

/// Options, one after the other.
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

/// Bytes as they are.
///
/// ```
/// use packetsmith::{Ipv4, Stack};
/// // An option whose length is wrong, which no typed option would have.
/// let packet = Stack::new().push(Ipv4::build().raw(&[7, 39, 4, 0])).finish().unwrap();
/// assert_eq!(packet[0], 0x46, "it counts as part of the head");
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
            /// Puts options behind the header, or behind what stands there already.
            pub fn options<'o, 'a, V: TaggedEnum<'a> + TlvItem>(self, options: &'o [V]) -> HeaderWith<Self, Options<'o, V>> {
                HeaderWith { head: self, more: Options(options) }
            }
            /// Puts the contents of a message behind the header.
            pub fn message<'a, V: TaggedEnum<'a>>(self, message: V) -> HeaderWith<Self, Message<V>> {
                HeaderWith { head: self, more: Message(message) }
            }
            /// Puts bytes behind the header, as part of the head.
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
