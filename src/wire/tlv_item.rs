//! Items of type-length-value lists as they are encoded.

use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError};
use super::readable::DebugValue;
use super::span::Span;
use super::tlv_layout::{CutHeader, RawItem, TlvLayout};
use core::fmt;

/// Builds an item of a list.
pub type BuildItem = fn(&mut Encoder<'_>) -> Result<(), FieldError>;

/// A [`TaggedEnum`](super::TaggedEnum) whose variants are encoded as type, length and value.
///
/// ```
/// use packetsmith::proto::icmp::NdpOption;
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::Tlvs;
/// use packetsmith::wire::{TlvItem, TlvLayout};
/// assert_eq!(TcpOption::LAYOUT, TlvLayout::IP);
/// // Neighbor Discovery counts in units of eight bytes, and so this option ends after the first eight.
/// assert_eq!(NdpOption::LAYOUT.unit, 8);
/// let options = Tlvs::<NdpOption>::new(&[5, 1, 0, 0, 0, 0, 0x05, 0xdc, 14, 1, 1, 2, 3, 4, 5, 6]);
/// assert_eq!(options.iter().next(), Some(NdpOption::Mtu { reserved: 0, mtu: 1500 }));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say how its items are laid out",
    label = "implement `TlvItem` for it, with its `LAYOUT`"
)]
pub trait TlvItem {
    /// Layout of one item.
    const LAYOUT: TlvLayout;

    /// Meaning of the bits of a one-byte type. They are shown if the type has no name.
    const KIND_BITS: &'static [Field] = &[];

    /// Fields of the item's header, for items with more than a type and a length: flags, a vendor. The length is one of
    /// them.
    const HEADER: &'static [Field] = &[];

    /// Fields named by [`contents`](Self::contents).
    const VENDOR_ROWS: &'static [Field] = &[];

    /// Tells how to read an item by its header.
    fn contents(_header: &[u8]) -> TlvContents {
        TlvContents::Typed
    }

    /// Builds an item of another list of the same layout, if items of this list are shown as items of that one.
    const BUILD: Option<BuildItem> = None;
}

/// How to read the type and the contents of an item.
#[derive(Clone, Copy, Debug)]
pub enum TlvContents {
    /// The type selects a variant.
    Typed,
    /// The type is known, but the contents are encrypted or hidden.
    Hidden,
    /// A vendor defines the type: type and contents have these fields instead.
    Vendor {
        /// Field of the type.
        kind: &'static Field,
        /// Field of the contents.
        data: &'static Field,
    },
}

/// One item of [`Tlvs`](crate::Tlvs) as encoded.
///
/// ```
/// use packetsmith::{Span, Tlvs};
/// use packetsmith::proto::transport::TcpOption;
/// let options = Tlvs::<TcpOption>::new(&[1, 2, 4, 5, 0xb4]);
/// let items: Vec<_> = options.items().map(Result::unwrap).collect();
/// assert_eq!((items[0].kind, items[0].length), (1, None), "it has no length");
/// assert_eq!((items[1].kind, items[1].length, items[1].span), (2, Some(4), Span::new(1, 5)));
/// assert_eq!(items[1].contents.bytes(), [5, 0xb4]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Its type.
    pub kind: u16,
    /// Value of the length field, in the list's unit. Types without length have none.
    pub length: Option<u32>,
    /// Bytes of the header, before the value.
    pub header: &'a [u8],
    /// Its value.
    pub contents: Cursor<'a>,
    /// All of its bytes.
    pub span: Span,
}

/// Bytes of a list after the last whole item.
///
/// ```
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::Tlvs;
/// let rest = |list| Tlvs::<TcpOption>::new(list).items().find_map(Result::err);
/// let broken = rest(&[1, 2, 4, 5]).unwrap();
/// assert_eq!((broken.bytes, broken.after_end), (&[2, 4, 5][..], false));
/// let padding = rest(&[1, 0, 0, 0]).unwrap();
/// assert_eq!((padding.bytes, padding.after_end), (&[0, 0][..], true));
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TlvRemainder<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Their byte range in the frame.
    pub span: Span,
    /// True: they follow the item that ends the list. False: they are a broken item.
    pub after_end: bool,
    /// Type and length of the broken item, as far as they are there.
    pub cut: Option<CutHeader>,
}

impl fmt::Debug for Tlv<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Tlv");
        out.field("kind", &self.kind).field("length", &self.length).field("header", &DebugValue(self.header));
        out.field("contents", &DebugValue(self.contents.bytes())).field("span", &self.span).finish()
    }
}

impl fmt::Debug for TlvRemainder<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("TlvRemainder");
        out.field("bytes", &DebugValue(self.bytes)).field("span", &self.span);
        out.field("after_end", &self.after_end).field("cut", &self.cut).finish()
    }
}

/// The items of a list as encoded.
#[derive(Clone)]
pub(super) struct TlvItems<'a> {
    pub(super) cursor: Cursor<'a>,
    pub(super) ended: bool,
    pub(super) layout: &'static TlvLayout,
}

impl<'a> Iterator for TlvItems<'a> {
    type Item = Result<Tlv<'a>, TlvRemainder<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.cursor.is_empty() {
            return None;
        }
        let mut whole = self.cursor;
        let found = if self.ended { None } else { self.layout.item(self.cursor.bytes()) };
        let Some(RawItem { kind, length, header_len, value, len }) = found else {
            let rest = self.cursor.rest();
            let cut = if self.ended { None } else { self.layout.cut_item(rest.bytes()) };
            return Some(Err(TlvRemainder { bytes: rest.bytes(), span: rest.span(), after_end: self.ended, cut }));
        };
        self.cursor.at += len as u32;
        whole.end = self.cursor.at;
        self.ended = match self.layout.end {
            Some(end) => u16::from(end) == kind,
            None => false,
        };
        let start = whole.at + header_len as u32;
        let contents = Cursor { at: start, end: start + value.len() as u32, ..whole };
        let header = Span::new(whole.at, start).of(whole.frame);
        Some(Ok(Tlv { kind, length, header, contents, span: whole.span() }))
    }
}
