//! The traits of what a [`Stack`](crate::Stack) is made of.

use super::dispatch::HeaderProto;
use super::header_table::pad;
use crate::layer::{NextProtocol, ParseDefect, ParsedHeader, Protocol};
use crate::proto::Proto;
use crate::wire::{ByteSink, DebugBytes, Field, HeaderContents, HeaderWith, LayerEdit};

/// A header to encode: what [`Stack::push`](crate::Stack::push) takes.
///
/// Headers of type `X::build()` are, with options or without, and bytes. `Option` of a header is one that may be missing:
///
/// ```
/// use packetsmith::{Ethernet, Ipv4, Stack, Vlan};
/// use packetsmith::build::EncodeHeader;
/// /// An empty packet in a virtual LAN, or in none.
/// fn frame(vlan: Option<u16>) -> Vec<u8> {
///     let tag = vlan.map(|id| Vlan::build().id(id));
///     Stack::new().push(Ethernet::build()).push(tag).push(Ipv4::build()).finish().unwrap()
/// }
/// assert_eq!((frame(Some(7)).len(), &frame(Some(7))[12..18]), (38, &[0x81, 0, 0, 7, 0x08, 0][..]));
/// assert_eq!((frame(None).len(), &frame(None)[12..14]), (34, &[0x08, 0][..]));
///
/// /// Length in bytes of a header without payload.
/// fn length(header: impl EncodeHeader) -> usize {
///     Stack::new().push(header).finish().unwrap().len()
/// }
/// assert_eq!((length(Ipv4::build()), length(Ipv4::build().raw(&[1, 1, 1, 0]))), (20, 24));
/// ```
///
/// A header that is read is none: it has nothing to compute. Its bytes can be a payload.
///
/// ```compile_fail
/// # use packetsmith::{Ipv4, Stack};
/// let (header, _) = Ipv4::split(&[0x45; 20]).unwrap();
/// Stack::new().push(header);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no header to encode",
    label = "not a header to encode",
    note = "a header of type `X` begins with `X::build()`; `payload` takes bytes"
)]
pub trait EncodeHeader {
    /// The header's type, which has the protocol.
    type Header: HeaderProto;
    /// Whether the header is there in every stack of this type.
    #[doc(hidden)]
    const ALWAYS: bool = true;
    /// Whether the protocol is known at run time only.
    #[doc(hidden)]
    const BY_TABLE: bool = false;

    /// Writes the header. Returns the computed rows that were left unset, one bit each.
    fn put(&self, out: &mut impl ByteSink) -> u64;

    /// Whether the header is there.
    #[doc(hidden)]
    #[inline]
    fn is_there(&self) -> bool {
        true
    }

    /// Writes the header and pads it. Returns its protocol and the computed rows that were left unset. `None` if the
    /// header is not there.
    #[doc(hidden)]
    fn encode(&self, mut out: &mut dyn ByteSink) -> Option<(Proto, u64)> {
        if !self.is_there() {
            return None;
        }
        let at = out.len();
        let unset = self.put(&mut out);
        pad::<Self::Header>(at, unset, out);
        Some((Self::Header::PROTO, unset))
    }
}

// One implementation for all: with one for each type, named as an associated type, the compiler would refuse every
// implementation of `EncodeHeader` outside of this crate.
impl<E: LayerEdit<Header: HeaderProto>> EncodeHeader for E {
    type Header = E::Header;

    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> u64 {
        let (bytes, unset) = self.parts();
        out.put(bytes);
        unset
    }
}

/// The header of bytes that have none.
#[derive(Clone, Copy, Debug)]
pub struct NoHeader;

impl Protocol<'_> for NoHeader {
    const NAME: &'static str = Proto::Data.name();
    const TITLE: &'static str = Proto::Data.title();
    const TABLE: &'static [Field] = &[];
    const RAW: &'static str = Proto::Data.raw();

    fn parse(_: &[u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        Err(ParseDefect::NONE)
    }
}

impl HeaderProto for NoHeader {
    type Layer<'a> = NoHeader;
    const PROTO: Proto = Proto::Data;
    const IS_DATA: bool = true;
}

/// Bytes without a header: the payload of the innermost layer.
impl EncodeHeader for &[u8] {
    type Header = NoHeader;

    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> u64 {
        out.put(self);
        0
    }
}

/// Bytes that [`Stack::payload`](crate::Stack::payload) adds. Their `Debug` is hexadecimal.
///
/// ```
/// use packetsmith::{Ipv4, Stack};
/// use packetsmith::build::Payload;
/// let packet = Stack::new().push(Ipv4::build()).push(Payload(b"hi")).finish().unwrap();
/// assert_eq!(packet[20..], *b"hi");
/// assert_eq!(format!("{:?}", Payload(b"hi")), "0x6869");
/// ```
#[derive(Clone, Copy)]
pub struct Payload<'p>(pub &'p [u8]);

impl core::fmt::Debug for Payload<'_> {
    #[inline]
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        DebugBytes(self.0).fmt(f)
    }
}

impl EncodeHeader for Payload<'_> {
    type Header = NoHeader;

    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> u64 {
        self.0.put(out)
    }
}

impl<const N: usize> EncodeHeader for [u8; N] {
    type Header = NoHeader;

    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> u64 {
        self.as_slice().put(out)
    }
}

impl<const N: usize> EncodeHeader for &[u8; N] {
    type Header = NoHeader;

    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> u64 {
        self.as_slice().put(out)
    }
}

impl<H: EncodeHeader, P: HeaderContents> EncodeHeader for HeaderWith<H, P> {
    type Header = H::Header;
    const ALWAYS: bool = H::ALWAYS;
    const BY_TABLE: bool = H::BY_TABLE;

    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> u64 {
        let unset = self.header.put(out);
        self.contents.put(out);
        unset
    }

    #[inline]
    fn is_there(&self) -> bool {
        self.header.is_there()
    }
}

/// A header that may be missing.
impl<H: EncodeHeader> EncodeHeader for Option<H> {
    type Header = H::Header;
    const ALWAYS: bool = false;
    const BY_TABLE: bool = H::BY_TABLE;

    #[inline]
    fn put(&self, out: &mut impl ByteSink) -> u64 {
        self.as_ref().map_or(0, |header| header.put(out))
    }

    #[inline]
    fn is_there(&self) -> bool {
        self.as_ref().is_some_and(H::is_there)
    }

    fn encode(&self, out: &mut dyn ByteSink) -> Option<(Proto, u64)> {
        self.as_ref()?.encode(out)
    }
}

/// A header of any type, for layers that are chosen at run time. Every [`EncodeHeader`] is one.
///
/// [`Stack::of`](crate::Stack::of) takes a list of them, and [`Stack::push`](crate::Stack::push) one:
///
/// ```
/// use packetsmith::{Ipv4, Stack, Tcp, Udp};
/// use packetsmith::build::AnyHeader;
/// let (tcp, udp) = (Tcp::build().dst_port(53), Udp::build().dst_port(53));
/// for (over_tcp, protocol) in [(true, 6), (false, 17)] {
///     let transport: &dyn AnyHeader = if over_tcp { &tcp } else { &udp };
///     let packet = Stack::new().push(Ipv4::build()).push(transport).payload(b"?").finish().unwrap();
///     assert_eq!(packet[9], protocol);
/// }
/// ```
///
/// Such a stack computes by tables of all protocols. So it links more code than one whose types say what it holds.
pub trait AnyHeader {
    /// Writes the header and pads it. Returns its protocol and the computed rows that were left unset, one bit each.
    /// `None` if the header is an `Option` without one.
    fn encode_any(&self, out: &mut dyn ByteSink) -> Option<(Proto, u64)>;
}

impl<H: EncodeHeader> AnyHeader for H {
    fn encode_any(&self, out: &mut dyn ByteSink) -> Option<(Proto, u64)> {
        self.encode(out)
    }
}

impl EncodeHeader for &dyn AnyHeader {
    type Header = NoHeader;
    const ALWAYS: bool = false;
    const BY_TABLE: bool = true;

    fn put(&self, out: &mut impl ByteSink) -> u64 {
        self.encode(out).map_or(0, |(_, unset)| unset)
    }

    fn encode(&self, out: &mut dyn ByteSink) -> Option<(Proto, u64)> {
        (**self).encode_any(out)
    }
}
