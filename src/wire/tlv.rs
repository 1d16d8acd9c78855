//! Lists of type-length-value items.

use super::byte_sink::ByteSink;
use super::codec::Codec;
use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor};
use super::hex::Hex;
use super::item_rules::ItemRules;
use super::kind::Kind;
use super::list::ListSource;
use super::schema::Schema;
use super::span::Span;
use super::tagged_enum::TaggedEnum;
use super::tlv_item::{Tlv, TlvContents, TlvItem, TlvItems, TlvRemainder};
use core::fmt;

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
    pub(crate) fn encoded(&self) -> Cursor<'a> {
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
