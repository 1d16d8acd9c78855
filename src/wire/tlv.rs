//! Lists of type-length-value items.

use super::byte_sink::ByteSink;
use super::codec::Codec;
use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor, show_fixed};
use super::hex::Hex;
use super::item_fields::{DATA, ITEM, LENGTH, PADDING, REST};
use super::kind::Kind;
use super::list::ListSource;
use super::readable::DebugValue;
use super::schema::Schema;
use super::span::Span;
use super::tagged_enum::{TaggedEnum, show_contents};
use super::tlv_layout::{BitRange, CutHeader, MAX_HEADER, RawItem, TlvLayout};
use super::value::Value;
use super::value_error::ValueError;
use core::fmt;

/// Builds an item of a list.
pub type BuildItem = fn(&mut Encoder<'_>) -> Result<(), FieldError>;

/// A [`TaggedEnum`] whose variants are encoded as type, length and value.
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

/// A list of type-length-value items, such as options. Borrows from the frame.
///
/// ```
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::Tlvs;
/// let options: Tlvs<TcpOption> = Tlvs::new(&[2, 4, 5, 0xb4, 1, 99, 3, 7]);
/// let list: Vec<_> = options.iter().collect();
/// assert_eq!(list[..2], [TcpOption::MaximumSegmentSize { size: 1460 }, TcpOption::NoOperation {}]);
/// assert_eq!(list[2], TcpOption::Unknown { kind: 99, data: &[7] });
/// ```
///
/// To build an option that holds options, the list is made [`of`](Self::of) values. Two lists are equal if their values
/// are, and the bytes after the last whole item.
///
/// ```
/// use packetsmith::proto::dhcp::{DhcpOption, DhcpRelayOption};
/// use packetsmith::{Text, Tlvs};
/// let circuit = [DhcpRelayOption::CircuitId { circuit: b"ge-0/0/1" }];
/// let option = DhcpOption::RelayAgentInformation { suboptions: Tlvs::of(&circuit) };
/// let read = Tlvs::<DhcpOption>::new(b"\x52\x0a\x01\x08ge-0/0/1");
/// assert_eq!(read, Tlvs::of(&[option]));
/// ```
pub struct Tlvs<'a, V> {
    values: ListSource<'a, V>,
}

impl<V> Copy for Tlvs<'_, V> {}
impl<V> Clone for Tlvs<'_, V> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<'a, V> Tlvs<'a, V> {
    /// A list of these values, to build an option. Nothing is copied.
    pub const fn of(values: &'a [V]) -> Self {
        Tlvs { values: ListSource::Given(values) }
    }
}

/// One item of [`Tlvs`] as encoded.
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
    pub length: Option<u16>,
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

impl<'a, V: TaggedEnum<'a> + TlvItem> Tlvs<'a, V> {
    /// Takes `bytes` as a list.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::at(Cursor::new(bytes))
    }

    /// Takes all remaining bytes of the cursor as a list.
    pub fn at(cursor: Cursor<'a>) -> Self {
        Tlvs { values: ListSource::Encoded(cursor) }
    }

    /// Bytes of the list in a frame. There are none of values that are given.
    fn encoded(&self) -> Cursor<'a> {
        match self.values {
            ListSource::Encoded(cursor) => cursor,
            ListSource::Given(_) => Cursor::new(&[]),
        }
    }

    /// The same bytes as a list of other variants, if another field decides what they are. Empty for a list of values
    /// that are given.
    pub fn cast<W: TaggedEnum<'a> + TlvItem>(self) -> Tlvs<'a, W> {
        Tlvs::at(self.encoded())
    }

    /// The values in order: the items decoded, or those that are given.
    #[inline]
    pub fn iter(&self) -> TlvValues<'a, V> {
        TlvValues(match self.values {
            ListSource::Encoded(_) => GivenOr::Encoded(self.encoded_items()),
            ListSource::Given(values) => GivenOr::Given(values),
        })
    }

    /// Decodes an item.
    pub fn decode(item: &Tlv<'a>) -> V {
        match V::contents(item.header) {
            TlvContents::Typed => V::decode(item.kind, item.contents),
            TlvContents::Hidden | TlvContents::Vendor { .. } => V::unknown(item.kind, item.contents),
        }
    }

    /// The items as encoded in a frame. The last may be a remainder that is no item. A list of values that are given has
    /// none.
    #[inline]
    pub fn items(&self) -> impl Iterator<Item = Result<Tlv<'a>, TlvRemainder<'a>>> + use<'a, V> {
        self.encoded_items()
    }

    #[inline]
    fn encoded_items(&self) -> TlvItems<'a> {
        TlvItems { cursor: self.encoded(), ended: false, layout: const { &V::LAYOUT } }
    }

    /// Builds the items of the list that is given for `field`, if one is.
    pub fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        const { &ItemRules::of::<V>() }.build_list(field, builder)
    }

    /// Shows the items as the list `field`.
    pub fn show(&self, field: &'static Field, visitor: &mut dyn Visitor) {
        const { &ItemRules::of::<V>() }.show_list(field, self.encoded(), visitor)
    }

    /// Shows the items in a list that is already open.
    pub fn show_items(&self, visitor: &mut dyn Visitor) {
        const { &ItemRules::of::<V>() }.show_items(self.encoded(), visitor)
    }
}

/// The values of [`Tlvs`] in order.
///
/// ```
/// use packetsmith::Tlvs;
/// use packetsmith::proto::transport::TcpOption;
/// let values = [TcpOption::SackPermitted {}, TcpOption::WindowScale { shift: 7 }];
/// assert!(Tlvs::of(&values).into_iter().eq(values));
/// ```
#[derive(Clone)]
pub struct TlvValues<'a, V>(GivenOr<'a, V>);

#[derive(Clone)]
enum GivenOr<'a, V> {
    Encoded(TlvItems<'a>),
    Given(&'a [V]),
}

impl<'a, V: TaggedEnum<'a> + TlvItem> Iterator for TlvValues<'a, V> {
    type Item = V;
    #[inline]
    fn next(&mut self) -> Option<V> {
        match &mut self.0 {
            GivenOr::Encoded(items) => match items.next() {
                Some(Ok(item)) => Some(Tlvs::decode(&item)),
                Some(Err(_)) | None => None,
            },
            GivenOr::Given(values) => {
                let [first, rest @ ..] = *values else { return None };
                *values = rest;
                Some(*first)
            }
        }
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> fmt::Debug for TlvValues<'a, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> IntoIterator for Tlvs<'a, V> {
    type Item = V;
    type IntoIter = TlvValues<'a, V>;
    fn into_iter(self) -> TlvValues<'a, V> {
        self.iter()
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> IntoIterator for &Tlvs<'a, V> {
    type Item = V;
    type IntoIter = TlvValues<'a, V>;
    fn into_iter(self) -> TlvValues<'a, V> {
        self.iter()
    }
}

/// The values, and the bytes after the last whole item.
impl<'a, V: TaggedEnum<'a> + TlvItem> fmt::Debug for Tlvs<'a, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        list.entries(self.iter());
        if let Some(rest) = rest_of(self.encoded_items()) {
            list.entry(&format_args!("rest 0x{}", Hex(rest)));
        }
        list.finish()
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem + PartialEq> PartialEq for Tlvs<'a, V> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter()) && rest_of(self.encoded_items()) == rest_of(other.encoded_items())
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem + Eq> Eq for Tlvs<'a, V> {}

/// The bytes after the last whole item, if there are any.
fn rest_of(mut items: TlvItems<'_>) -> Option<&[u8]> {
    items.find_map(Result::err).map(|rest| rest.bytes)
}

/// The items of a list as encoded.
#[derive(Clone)]
struct TlvItems<'a> {
    cursor: Cursor<'a>,
    ended: bool,
    layout: &'static TlvLayout,
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

/// What a list's items are, as values: one function shows or builds the items of any list.
struct ItemRules<'a> {
    layout: &'static TlvLayout,
    kind: &'static Field,
    kind_bits: &'static [Field],
    header: &'static [Field],
    contents: fn(&[u8]) -> TlvContents,
    index_of: fn(u16) -> Option<usize>,
    rows: fn(u16) -> &'static [Field],
    show_contents: fn(u16, Cursor<'a>, &mut dyn Visitor),
    build_contents: fn(u16, &mut Encoder<'_>) -> Result<(), FieldError>,
    /// Builds an item in place of these rules.
    build_other: Option<BuildItem>,
}

impl<'a> ItemRules<'a> {
    const fn of<V: TaggedEnum<'a> + TlvItem>() -> Self {
        ItemRules {
            layout: &V::LAYOUT,
            kind: V::KIND,
            kind_bits: V::KIND_BITS,
            header: V::HEADER,
            contents: V::contents,
            index_of: V::index_of,
            rows: V::rows,
            show_contents: show_contents::<V>,
            build_contents: V::build,
            build_other: V::BUILD,
        }
    }

    /// Tells whether the type follows the fields of the item's header; otherwise it is one of them.
    fn kind_follows_header(&self) -> bool {
        match self.header {
            [.., last] => u16::from(self.layout.kind.first) >= last.end_bit,
            [] => true,
        }
    }

    /// Field of an item's type.
    fn kind_row(&self, contents: TlvContents) -> &'static Field {
        match contents {
            TlvContents::Vendor { kind, .. } => kind,
            TlvContents::Typed | TlvContents::Hidden => self.kind,
        }
    }

    fn show_list(&self, field: &'static Field, list: Cursor<'a>, visitor: &mut dyn Visitor) {
        visitor.open(field, list.span());
        self.show_items(list, visitor);
        visitor.close();
    }

    fn build_list(&self, field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if builder.source.open(field)? {
            self.build_items(builder)?;
            builder.source.close()?;
        }
        Ok(())
    }

    /// Builds the items of a list that is already open.
    fn build_items(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        while builder.source.next()? {
            match self.build_other {
                Some(build) => build(builder)?,
                None => self.build(builder)?,
            }
        }
        Ok(())
    }

    fn show_items(&self, list: Cursor<'a>, visitor: &mut dyn Visitor) {
        let items = TlvItems { cursor: list, ended: false, layout: self.layout };
        for item in items {
            match item {
                Ok(item) => {
                    visitor.open(ITEM, item.span);
                    self.show_item(&item, visitor);
                    let padding = Cursor { at: item.contents.end, end: item.span.end, ..list };
                    if !padding.is_empty() {
                        visitor.field(PADDING, padding.span(), Value::Bytes(padding.bytes()));
                    }
                }
                Err(rest) => {
                    visitor.open(ITEM, rest.span);
                    self.show_rest(&rest, visitor);
                }
            }
            visitor.close();
        }
    }

    /// Shows the header and the contents of an item.
    fn show_item(&self, item: &Tlv<'a>, visitor: &mut dyn Visitor) {
        let (start, value) = (item.span.start, item.contents.at);
        let bytes_of = |bits: BitRange| Span::new(start + bits.bytes().0, start + bits.bytes().1);
        let kind_span = bytes_of(self.layout.kind);
        let mut length_span = bytes_of(self.layout.length);
        // A longer length follows the short one.
        if value > start + self.layout.header_len() as u32 {
            length_span.end = value;
        }
        let how = (self.contents)(item.header);
        if self.header.is_empty() {
            visitor.field(self.kind, kind_span, Value::Uint(item.kind.into()));
            if (self.index_of)(item.kind).is_none() {
                show_fixed(self.kind_bits, &[item.kind as u8], kind_span.start, visitor);
            }
            if let Some(n) = item.length {
                visitor.field(LENGTH, length_span, Value::Uint(n.into()));
            }
        } else {
            show_fixed(self.header, item.header, start, visitor);
            if self.kind_follows_header() {
                visitor.field(self.kind_row(how), kind_span, Value::Uint(item.kind.into()));
            }
        }
        match how {
            TlvContents::Typed => (self.show_contents)(item.kind, item.contents, visitor),
            _ if item.contents.is_empty() => {}
            how => visitor.field(data_row(how), item.contents.span(), Value::Bytes(item.contents.bytes())),
        }
    }

    /// Builds the current item of a list.
    fn build(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        if builder.source.has(REST) {
            return self.build_cut_item(builder);
        }
        if !self.header.is_empty() {
            return self.build_with_header(builder);
        }
        for field in self.kind_bits {
            builder.source.skip(field);
        }
        let kind = match builder.source.value(self.kind)? {
            Some(value) => value.number().and_then(|n| u16::try_from(n).ok()),
            None => None,
        };
        let kind = kind.ok_or(FieldError::at(self.kind, ValueError::Rule("says what the item is, and is missing")))?;
        let length = match builder.source.value(LENGTH)? {
            Some(value) => value.number(),
            None => None,
        };
        let rows = (self.rows)(kind);
        let empty = if self.layout.counts_header { self.layout.header_len() as u64 } else { 0 };
        self.layout.put(kind, length, true, builder, &mut |builder| match length {
            // Contents that are missing, of a type that has some, are no defaults.
            Some(length)
                if length * u64::from(self.layout.unit) <= empty && !rows.iter().any(|row| builder.source.has(row)) =>
            {
                Ok(())
            }
            _ => (self.build_contents)(kind, builder),
        })
    }

    /// Shows what follows the last whole item: type and length of the item that is cut, and the rest of its bytes.
    fn show_rest(&self, rest: &TlvRemainder<'a>, visitor: &mut dyn Visitor) {
        let start = rest.span.start;
        let shown = match rest.cut {
            Some(cut) if self.header.is_empty() => {
                let bytes_of = |bits: BitRange| Span::new(start + bits.bytes().0, start + bits.bytes().1);
                visitor.field(self.kind, bytes_of(self.layout.kind), Value::Uint(cut.kind.into()));
                if let Some(length) = cut.length {
                    let mut span = bytes_of(self.layout.length);
                    if cut.len > self.layout.header_len() {
                        span.end = start + cut.len as u32;
                    }
                    visitor.field(LENGTH, span, Value::Uint(length.into()));
                }
                cut.len
            }
            Some(_) => self.show_cut_header(rest, visitor),
            None => 0,
        };
        let span = Span::new(start + shown as u32, rest.span.end);
        visitor.field(REST, span, Value::Bytes(rest.bytes.get(shown..).unwrap_or(&[])));
    }

    /// Length of the fields of the item's header in bytes.
    fn fixed_len(&self) -> usize {
        self.header.last().map_or(0, |last| usize::from(last.end_bit) / 8)
    }

    /// Shows the header of an item that is cut, if all of it is there. Returns how many bytes were shown.
    fn show_cut_header(&self, rest: &TlvRemainder<'a>, visitor: &mut dyn Visitor) -> usize {
        let (start, fixed) = (rest.span.start, self.fixed_len());
        let Some(header) = rest.bytes.get(..fixed) else { return 0 };
        show_fixed(self.header, header, start, visitor);
        match rest.cut {
            Some(cut) if self.kind_follows_header() && cut.length.is_some() => {
                let (first, end) = self.layout.kind.bytes();
                let row = self.kind_row((self.contents)(header));
                visitor.field(row, Span::new(start + first, start + end), Value::Uint(cut.kind.into()));
                end as usize
            }
            _ => fixed,
        }
    }

    /// Builds an item that is cut: its type and length, as far as they are given, and the rest of its bytes.
    fn build_cut_item(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let number = |builder: &mut Encoder<'_>, field| match builder.source.value(field) {
            Ok(value) => Ok(value.and_then(|value| value.number())),
            Err(error) => Err(error),
        };
        if self.header.is_empty() && builder.source.has(self.kind) {
            let kind = number(builder, self.kind)?;
            let length = number(builder, LENGTH)?;
            self.layout.put_cut(kind.unwrap_or(0), length, builder)?;
        } else if builder.has_any(self.header) {
            let start = builder.len();
            builder.rows(self.header)?;
            let row = self.kind_row((self.contents)(builder.out.written().get(start..).unwrap_or(&[])));
            if self.kind_follows_header() && builder.source.has(row) {
                builder.number(row, self.layout.kind.len().div_ceil(8))?;
            }
        }
        builder.bytes(REST)
    }

    /// Builds an item that begins with more than a type and a length.
    fn build_with_header(&self, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let start = builder.len();
        let unset = builder.rows(self.header)?;
        let contents = (self.contents)(builder.out.written().get(start..).unwrap_or(&[]));
        if self.kind_follows_header() {
            builder.number(self.kind_row(contents), self.layout.kind.len().div_ceil(8))?;
        }
        let mut bytes = [0; MAX_HEADER];
        let written = builder.out.written().get(start..).unwrap_or(&[]);
        let len = written.len().min(MAX_HEADER);
        bytes[..len].copy_from_slice(&written[..len]);
        let kind = self.layout.kind.read(&bytes);
        match contents {
            TlvContents::Typed => (self.build_contents)(kind as u16, builder)?,
            how => builder.bytes(data_row(how))?,
        }
        let length_row = self.header.iter().position(|row| row.first_bit == u16::from(self.layout.length.first));
        if length_row.is_some_and(|row| unset >> row & 1 == 1) {
            self.layout.set_length(start, data_row(contents), builder)?;
        }
        Ok(())
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> Codec<'a> for Tlvs<'a, V> {
    const KIND: Kind = Kind::List(&Kind::Group);
    const SCHEMA: &'static Schema = &Schema {
        variants: None,
        fields: &[V::KIND.of_bits(V::LAYOUT.kind.len() as u16)],
        nested: &[
            V::SCHEMA,
            &Schema { fields: V::KIND_BITS, ..Schema::EMPTY },
            &Schema { fields: V::HEADER, ..Schema::EMPTY },
            &Schema { fields: V::VENDOR_ROWS, ..Schema::EMPTY },
        ],
    };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(Self::at(cursor.rest()))
    }
    fn show(&self, field: &'static Field, _: Span, visitor: &mut dyn Visitor) {
        Tlvs::show(self, field, visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        match self.values {
            ListSource::Encoded(cursor) => out.put(cursor.bytes()),
            ListSource::Given(values) => {
                for value in values {
                    V::LAYOUT.emit(value, out);
                }
            }
        }
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        Tlvs::<V>::build(field, builder)
    }
}

/// Field of contents of unknown type.
fn data_row(contents: TlvContents) -> &'static Field {
    match contents {
        TlvContents::Vendor { data, .. } => data,
        TlvContents::Typed | TlvContents::Hidden => DATA,
    }
}

/// Builds the items of a list that is already open.
pub fn build_items<'a, V: TaggedEnum<'a> + TlvItem>(builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    const { &ItemRules::of::<V>() }.build_items(builder)
}

/// Builds the current item of a list.
pub fn build_item<'a, V: TaggedEnum<'a> + TlvItem>(builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    const { &ItemRules::of::<V>() }.build(builder)
}

/// A list of type-length-value items without a broken item.
///
/// ```
/// use packetsmith::{Cursor, Tlvs};
/// use packetsmith::proto::transport::TcpOption;
/// use packetsmith::wire::{Codec, Whole};
/// let take = |bytes| Whole::<Tlvs<TcpOption>>::take(&mut Cursor::new(bytes));
/// assert_eq!(take(&[3, 3, 7, 4, 2]).unwrap().0.iter().count(), 2);
/// assert!(take(&[3, 3, 7, 4]).is_none(), "the last one has no length");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Whole<T>(pub T);

impl<T: fmt::Debug> fmt::Debug for Whole<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> Codec<'a> for Whole<Tlvs<'a, V>> {
    const KIND: Kind = Tlvs::<V>::KIND;
    const SCHEMA: &'static Schema = Tlvs::<V>::SCHEMA;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let list = Tlvs::take(cursor)?;
        list.items().all(|item| item.map_or_else(|rest| rest.after_end, |_| true)).then_some(Whole(list))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        Codec::show(&self.0, field, span, visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        Tlvs::<V>::build(field, builder)
    }
}
