//! What has no fixed place: options, records, lists, and the tables that declare them.
//!
//! A [`Part`] is read off the front of a [`Cursor`] and knows how to show itself and how to write
//! itself back. `variants!` declares an enum of parts that are told apart by a
//! number, as options, records and messages are; [`Tlvs`] walks a list of them.

use crate::field::{Field, Kind, Span, Value, Visitor, Wire, show_fixed};
use crate::name::Name;
pub use crate::source::Put;
use crate::source::{Builder, Mistake, Unfit};
use core::marker::PhantomData;
use nom::bytes::complete::take;
use nom::number::complete::{be_u8, be_u16};
use nom::{IResult, Parser};

/// A place in a frame from which parts are read, and where they must end.
///
/// It keeps the whole frame, so that positions are those of the frame and names can be followed
/// through their message.
///
/// ```
/// use packetsmith::Cursor;
/// let mut cursor = Cursor::new(&[1, 2, 3, 4]);
/// assert_eq!(cursor.chunk::<2>(), Some(&[1, 2]));
/// assert_eq!((cursor.span().start, cursor.bytes()), (2, &[3, 4][..]));
/// assert!(cursor.take(3).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor<'a> {
    frame: &'a [u8],
    at: u32,
    end: u32,
    message: u32,
    depth: u8,
}

/// Most lists of options inside of options, see [`Nested`].
pub const MAX_NESTING: u8 = 8;

impl<'a> Cursor<'a> {
    /// Starts at the beginning of `bytes` and ends at their end.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::within(bytes, Span::new(0, u32::try_from(bytes.len()).unwrap_or(u32::MAX)))
    }

    /// Reads the bytes `span` of `frame`, as many as are there.
    pub fn within(frame: &'a [u8], span: Span) -> Self {
        let end = (span.end as usize).min(frame.len()) as u32;
        Cursor { frame, at: span.start.min(end), end, message: span.start, depth: 0 }
    }

    /// The same place, with names compressed against a message that begins at byte `message`.
    pub fn in_message(mut self, message: u32) -> Self {
        self.message = message;
        self
    }

    /// The bytes that are left.
    #[inline]
    pub fn bytes(&self) -> &'a [u8] {
        &self.frame[self.at as usize..self.end as usize]
    }

    /// Where in the frame the bytes that are left lie.
    #[inline]
    pub fn span(&self) -> Span {
        Span::new(self.at, self.end)
    }

    /// Tells whether nothing is left.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.at == self.end
    }

    /// Takes the next `n` bytes as a cursor of their own.
    #[inline]
    pub fn split(&mut self, n: usize) -> Option<Self> {
        let n = u32::try_from(n).ok()?;
        let middle = self.at.checked_add(n).filter(|&m| m <= self.end)?;
        let first = Cursor { end: middle, ..*self };
        self.at = middle;
        Some(first)
    }

    /// Takes all that is left as a cursor of its own.
    #[inline]
    pub fn rest(&mut self) -> Self {
        let rest = *self;
        self.at = self.end;
        rest
    }

    /// Takes the next `n` bytes.
    #[inline]
    pub fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        self.split(n).map(|c| c.bytes())
    }

    /// Takes the next `N` bytes.
    #[inline]
    pub fn chunk<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let chunk = self.bytes().first_chunk()?;
        self.at += N as u32;
        Some(chunk)
    }

    /// Takes a number of `N` bytes, 1 or 2.
    fn number<const N: usize>(&mut self) -> Option<u16> {
        Some(self.chunk::<N>()?.iter().fold(0, |n, &byte| n << 8 | u16::from(byte)))
    }

    /// Takes a domain name.
    pub fn name(&mut self) -> Option<Name<'a>> {
        let message = self.frame.get(self.message as usize..self.end as usize)?;
        let name = Name::new(message, (self.at - self.message) as usize);
        let len = name.wire_len().ok()?;
        self.at += len as u32;
        Some(name)
    }
}

/// A value that stands where the one before it ends.
///
/// ```
/// use packetsmith::{Cursor, part::Part};
/// let mut cursor = Cursor::new(&[0x12, 0x34]);
/// assert_eq!(<u16 as Part>::take(&mut cursor), Some(0x1234));
/// ```
pub trait Part<'a>: Sized {
    /// How it is shown.
    const KIND: Kind;
    /// Takes the value off the front; `None` where the bytes do not hold one.
    fn take(cursor: &mut Cursor<'a>) -> Option<Self>;
    /// Shows the value that stands at `span` under the name of `field`.
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor);
    /// Writes the value.
    fn emit(&self, out: &mut dyn Put);
    /// Builds a value from what is given under the name of `field`; its default where nothing is.
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let _ = builder;
        Err(Mistake::at(field, Unfit::Rule("cannot be built from its fields")))
    }
    /// Tells whether something is given to build the value from.
    fn is_given(field: &'static Field, builder: &mut Builder<'_>) -> bool {
        builder.source.has(field)
    }
    /// Bytes that the value takes up where it was read.
    fn wire_len(&self) -> usize {
        let mut count = Count(0);
        self.emit(&mut count);
        count.0
    }
}

/// Makes a [`Part`] of types that fill whole bytes.
macro_rules! wire_parts {
    ($($(@$n:ident)? $t:ty),* $(,)?) => { $(
        impl<$(const $n: usize)?> $crate::part::Part<'_> for $t {
            const KIND: $crate::field::Kind = <$t as $crate::field::Wire>::KIND;
            #[inline]
            fn take(cursor: &mut $crate::part::Cursor<'_>) -> Option<Self> {
                let bits = <$t as $crate::field::Wire>::MAX_BITS;
                cursor.take(bits / 8).map(|bytes| <$t as $crate::field::Wire>::get(bytes, 0..bits))
            }
            fn show(&self, field: &'static $crate::field::Field, span: $crate::field::Span, visitor: &mut dyn $crate::field::Visitor) {
                $crate::part::show_wire(*self, field, span, visitor)
            }
            fn emit(&self, out: &mut dyn $crate::part::Put) {
                let mut bytes = [0; 64];
                let bits = <$t as $crate::field::Wire>::MAX_BITS;
                if let Some(bytes) = bytes.get_mut(..bits / 8) {
                    $crate::field::Wire::put(*self, bytes, 0..bits);
                    out.put(bytes)
                }
            }
            fn build(field: &'static $crate::field::Field, builder: &mut $crate::source::Builder<'_>) -> Result<(), $crate::source::Mistake> {
                builder.wire::<Self>(field).map(drop)
            }
        }
    )* };
}

pub(crate) use wire_parts;

wire_parts!(u8, u16, u32, u64, i8, i16, i32, i64, crate::addr::MacAddr, core::net::Ipv4Addr, core::net::Ipv6Addr);

/// Shows a value that fills whole bytes.
#[doc(hidden)]
pub fn show_wire<T: Wire>(value: T, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
    let mut bytes = [0; 64];
    let Some(bytes) = bytes.get_mut(..T::MAX_BITS / 8) else { return };
    value.put(bytes, 0..T::MAX_BITS);
    if let Some(value) = Value::of_bytes(T::KIND, bytes) {
        visitor.field(field, span, value)
    }
}

impl<'a, const N: usize> Part<'a> for [u8; N] {
    const KIND: Kind = Kind::Bytes;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        cursor.chunk().copied()
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, if let Kind::Text = field.kind { Value::Text(self) } else { Value::Bytes(self) })
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let mut bytes = [0; N];
        if let Some(value) = builder.source.value(field)? {
            value.write(field.item_kind(), &mut bytes, 0..N * 8).map_err(|unfit| Mistake::at(field, unfit))?;
        }
        builder.out.put(&bytes);
        Ok(())
    }
}

impl<'a> Part<'a> for &'a [u8] {
    const KIND: Kind = Kind::Bytes;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(cursor.rest().bytes())
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Bytes(self))
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.bytes(field)
    }
}

/// Bytes up to the end that are meant to be read as text.
///
/// ```
/// use packetsmith::{Cursor, Text, part::Part};
/// let text = Text::take(&mut Cursor::new(b"gateway")).unwrap();
/// assert_eq!(text.0, b"gateway");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Text<'a>(pub &'a [u8]);

impl<'a> Part<'a> for Text<'a> {
    const KIND: Kind = Kind::Text;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(Text(cursor.rest().bytes()))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Text(self.0))
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.0)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.bytes(field)
    }
}

impl<'a> Part<'a> for Name<'a> {
    const KIND: Kind = Kind::Name;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        cursor.name()
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(field, span, Value::Name(*self))
    }
    fn emit(&self, out: &mut dyn Put) {
        for label in self.labels().flatten() {
            out.put(&[label.len() as u8]);
            out.put(label);
        }
        out.put(&[0]);
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.name(field)
    }
    fn wire_len(&self) -> usize {
        self.wire().len()
    }
}

/// Parts whose names are compressed against their own beginning, not against the whole message.
///
/// ```
/// use packetsmith::{Cursor, List, Name, part::{Part, Standalone}};
/// // The pointer at the end leads to the first byte of the names, and not of the message.
/// let mut cursor = Cursor::new(b"\xaa\xbb\x03org\0\x03www\xc0\x00");
/// cursor.take(2);
/// let Standalone(names) = Standalone::<List<Name>>::take(&mut cursor).unwrap();
/// let names: Vec<_> = names.iter().map(|name| name.to_string()).collect();
/// assert_eq!(names, ["org", "www.org"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standalone<T>(pub T);

impl<'a, T: Part<'a>> Part<'a> for Standalone<T> {
    const KIND: Kind = T::KIND;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let message = cursor.message;
        cursor.message = cursor.at;
        let part = T::take(cursor);
        cursor.message = message;
        part.map(Standalone)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.0.show(field, span, visitor)
    }
    fn emit(&self, out: &mut dyn Put) {
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let before = (builder.message, builder.labels.take());
        builder.message = builder.len();
        T::build(field, builder)?;
        (builder.message, builder.labels) = before;
        Ok(())
    }
    fn is_given(field: &'static Field, builder: &mut Builder<'_>) -> bool {
        T::is_given(field, builder)
    }
    fn wire_len(&self) -> usize {
        self.0.wire_len()
    }
}

/// Options inside of an option of the same kind. So that no packet sets the depth of the work, what
/// lies more than [`MAX_NESTING`] deep does not count as such a part.
///
/// ```
/// use packetsmith::{Dhcpv6Option, Tlvs, part::Nested};
/// # let mut bytes = vec![0, 3, 0, 18, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
/// # bytes.extend([0, 13, 0, 2, 0, 2]);
/// // An identity association, and inside of it a status: no addresses are left.
/// let association = Tlvs::<Dhcpv6Option>::new(&bytes).iter().next().unwrap();
/// let Dhcpv6Option::IaNa { options: Nested(options), .. } = association else { panic!() };
/// let codes: Vec<_> = options.items().map(|option| option.unwrap().kind).collect();
/// assert_eq!(codes, [13]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nested<T>(pub T);

impl<'a, T: Part<'a>> Part<'a> for Nested<T> {
    const KIND: Kind = T::KIND;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let depth = cursor.depth;
        cursor.depth = depth.checked_add(1).filter(|&d| d <= MAX_NESTING)?;
        let part = T::take(cursor);
        cursor.depth = depth;
        part.map(Nested)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        // Most options have nothing inside of them.
        if !span.is_empty() {
            self.0.show(field, span, visitor)
        }
    }
    fn emit(&self, out: &mut dyn Put) {
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        T::build(field, builder)
    }
    fn is_given(field: &'static Field, builder: &mut Builder<'_>) -> bool {
        T::is_given(field, builder)
    }
    fn wire_len(&self) -> usize {
        self.0.wire_len()
    }
}

/// A part that is there unless the bytes end before it.
impl<'a, T: Part<'a>> Part<'a> for Option<T> {
    const KIND: Kind = T::KIND;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        if cursor.is_empty() { Some(None) } else { T::take(cursor).map(Some) }
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        if let Some(part) = self {
            part.show(field, span, visitor)
        }
    }
    fn emit(&self, out: &mut dyn Put) {
        if let Some(part) = self {
            part.emit(out)
        }
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        if T::is_given(field, builder) { T::build(field, builder) } else { Ok(()) }
    }
    fn is_given(field: &'static Field, builder: &mut Builder<'_>) -> bool {
        T::is_given(field, builder)
    }
}

/// Text or other parts behind a length of `N` bytes, 1 or 2.
///
/// ```
/// use packetsmith::{Cursor, Text, part::{Counted, Part}};
/// let mut cursor = Cursor::new(b"\x03abcde");
/// assert_eq!(Counted::<Text>::take(&mut cursor), Some(Counted(Text(b"abc"))));
/// assert_eq!(cursor.bytes(), b"de");
/// let mut out = Vec::new();
/// Counted::<_, 2>(Text(b"abc")).emit(&mut out);
/// assert_eq!(out, b"\0\x03abc");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted<T, const N: usize = 1>(pub T);

impl<'a, T: Part<'a>, const N: usize> Part<'a> for Counted<T, N> {
    const KIND: Kind = T::KIND;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut inner = cursor.number::<N>().and_then(|len| cursor.split(len.into()))?;
        let part = T::take(&mut inner)?;
        inner.is_empty().then_some(Counted(part))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.0.show(field, Span::new(span.start + N as u32, span.end), visitor)
    }
    fn emit(&self, out: &mut dyn Put) {
        put_number::<N>(self.0.wire_len() as u16, out);
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        builder.out.put(&[0; 2][..N.min(2)]);
        T::build(field, builder)?;
        let (have, max) = (builder.len() - at - N, (1 << (8 * N)) - 1);
        if have > max {
            return Err(Mistake::at(field, Unfit::TooLong { have, max }));
        }
        builder.patch(at, N, have as u64);
        Ok(())
    }
    fn is_given(field: &'static Field, builder: &mut Builder<'_>) -> bool {
        T::is_given(field, builder)
    }
}

/// Writes a number in its last `N` bytes.
fn put_number<const N: usize>(n: u16, out: &mut dyn Put) {
    out.put(n.to_be_bytes().get(2usize.saturating_sub(N)..).unwrap_or(&[]))
}

/// Counts bytes instead of keeping them.
struct Count(usize);

impl Put for Count {
    fn put(&mut self, bytes: &[u8]) {
        self.0 += bytes.len()
    }
    fn written(&mut self) -> &mut [u8] {
        &mut []
    }
    fn truncate(&mut self, len: usize) {
        self.0 = self.0.min(len);
    }
}

/// Parts of one type, one after the other up to the end, `MIN` of them at least.
///
/// ```
/// use packetsmith::{Cursor, List, part::Part};
/// let list = List::<u16>::take(&mut Cursor::new(&[0, 1, 0, 2])).unwrap();
/// assert_eq!(list.iter().collect::<Vec<_>>(), [1, 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List<'a, T, const MIN: usize = 0> {
    cursor: Cursor<'a>,
    item: PhantomData<T>,
}

impl<'a, T: Part<'a>, const MIN: usize> List<'a, T, MIN> {
    /// Items as they stand on the wire, for an option that is built; `None` where the bytes hold no whole number of them, or
    /// too few.
    ///
    /// ```
    /// use packetsmith::{DHCP_COOKIE, Dhcp, DhcpOption, List, Stack};
    /// let codes = List::new(&[1, 3, 6]).unwrap();
    /// let options = [DhcpOption::ParameterRequestList { codes }, DhcpOption::End {}];
    /// let message = Stack::new().push(Dhcp::build().raw(&DHCP_COOKIE).options(&options)).finish().unwrap();
    /// assert!(message.ends_with(&[55, 3, 1, 3, 6, 255]));
    /// ```
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        Self::take(&mut Cursor::new(bytes))
    }

    /// The items in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T, MIN> {
        let mut cursor = self.cursor;
        core::iter::from_fn(move || if cursor.is_empty() { None } else { T::take(&mut cursor) })
    }
}

impl<'a, T: Part<'a>, const MIN: usize> Part<'a> for List<'a, T, MIN> {
    const KIND: Kind = Kind::List(&T::KIND);
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let list = cursor.rest();
        let mut items = list;
        let mut count = 0;
        while !items.is_empty() {
            let before = items.at;
            T::take(&mut items)?;
            if items.at == before {
                return None;
            }
            count += 1;
        }
        (count >= MIN).then_some(List { cursor: list, item: PhantomData })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.open(field, span);
        let mut items = self.cursor;
        while !items.is_empty() {
            let start = items.at;
            let Some(item) = T::take(&mut items) else { break };
            let span = Span::new(start, items.at);
            if let Kind::Group = T::KIND {
                visitor.open(ITEM, span);
                item.show(field, span, visitor);
                visitor.close();
            } else {
                item.show(field, span, visitor);
            }
        }
        visitor.close();
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.cursor.bytes())
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        if builder.source.open(field)? {
            while builder.source.next()? {
                T::build(field, builder)?;
            }
            builder.source.close()?;
        }
        Ok(())
    }
}

/// An item of a list that is a group of fields.
pub const ITEM: &Field = &Field::floating("item", "", Kind::Group, "An item of a list.");
/// The length of an item, as it stands on the wire.
pub const LENGTH: &Field = &Field::floating("length", "", Kind::Uint, "Length as it stands on the wire.").derived();
/// Contents of an item that no type exists for, or that do not fit their type.
pub const DATA: &Field = &Field::floating("data", "", Kind::Bytes, "Contents that are not taken further apart.");
/// Bytes that fill an item up.
const PADDING: &Field = &Field::floating("padding", "", Kind::Bytes, "Fills the item up.");
/// Bytes of a list that are no item.
pub(crate) const REST: &Field = &Field::floating("rest", "", Kind::Bytes, "Bytes after the last whole item.");

/// How type-length-value items are laid out.
///
/// ```
/// use packetsmith::{TcpOption, part::Framing};
/// let written = |framing: Framing| {
///     let mut out = Vec::new();
///     framing.emit(&TcpOption::WindowScale { shift: 7 }, &mut out);
///     out
/// };
/// assert_eq!(written(Framing::IP), [3, 3, 7], "the length counts all");
/// assert_eq!(written(Framing::BYTES), [3, 1, 7], "it counts the value alone");
/// assert_eq!(written(Framing { align: 4, ..Framing::WORDS }), [0, 3, 0, 1, 7, 0, 0, 0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Framing {
    /// Bytes of the type: 1 or 2.
    pub kind: u8,
    /// Bytes of the length: 1 or 2.
    pub length: u8,
    /// Whether a length of 255 stands for one of two bytes that follows it.
    pub extended: bool,
    /// Whether the length counts the type and itself too.
    pub whole: bool,
    /// How many bytes one unit of length is.
    pub unit: u8,
    /// Whether the length stands before the type.
    pub length_first: bool,
    /// Types that stand alone, without a length.
    pub lone: &'static [u8],
    /// The type that ends the list.
    pub end: Option<u8>,
    /// Items are filled up to a multiple of this many bytes, which their length does not count.
    pub align: u8,
    /// Contents that are too long for the length are split over several items, RFC 3396.
    pub split: bool,
}

/// An item's type, its length, how many bytes stand before its value, and the value.
type RawItem<'a> = (u16, Option<u16>, usize, &'a [u8]);

impl Framing {
    /// Type and length of one byte each, the length counting the value.
    pub const BYTES: Framing = Framing {
        kind: 1,
        length: 1,
        extended: false,
        whole: false,
        unit: 1,
        length_first: false,
        lone: &[],
        end: None,
        align: 1,
        split: false,
    };
    /// Type and length of two bytes each, the length counting the value.
    pub const WORDS: Framing = Framing { kind: 2, length: 2, ..Self::BYTES };
    /// As in IPv4 and TCP: 0 ends, 1 pads, the length counts all.
    pub const IP: Framing = Framing { whole: true, lone: &[0, 1], end: Some(0), ..Self::BYTES };

    fn number(width: u8, bytes: &[u8]) -> IResult<&[u8], u16> {
        if width == 2 { be_u16(bytes) } else { be_u8.map(u16::from).parse(bytes) }
    }

    /// Takes one item off the front: its type, its length, and its value.
    fn item<'a>(&self, bytes: &'a [u8]) -> IResult<&'a [u8], RawItem<'a>> {
        let whole = bytes.len();
        let (bytes, first) = match self.length_first {
            true => Self::number(self.length, bytes).map(|(rest, n)| (rest, Some(n)))?,
            false => (bytes, None),
        };
        let (rest, kind) = Self::number(self.kind, bytes)?;
        if self.lone.iter().any(|&lone| u16::from(lone) == kind) {
            return Ok((rest, (kind, None, usize::from(self.kind), &[])));
        }
        let (rest, length) = match first {
            Some(length) => (rest, length),
            None => match Self::number(self.length, rest)? {
                (rest, 255) if self.extended => Self::number(2, rest)?,
                short => short,
            },
        };
        let head = whole - rest.len();
        let counted = if self.whole { head } else { 0 };
        let bytes = usize::from(length) * usize::from(self.unit);
        let (rest, value) = nom::combinator::map_opt(nom::combinator::success(bytes), |n| n.checked_sub(counted))
            .flat_map(take)
            .parse(rest)?;
        let used = whole - rest.len();
        let (rest, _) = take(used.next_multiple_of(self.align.max(1).into()) - used).parse(rest)?;
        Ok((rest, (kind, Some(length), head, value)))
    }
}

impl Framing {
    /// Bytes of type and length, where the length is a short one.
    const fn head(&self) -> usize {
        self.kind as usize + self.length as usize
    }

    /// Writes an item with its type and length, filled up as the list asks for.
    pub fn emit<'a, V: Variants<'a>>(&self, item: &V, out: &mut dyn Put) {
        let mut count = Count(0);
        item.emit(&mut count);
        let lone = self.lone.iter().any(|&lone| u16::from(lone) == item.kind());
        let number = |n: u16, width: u8, out: &mut dyn Put| out.put(&n.to_be_bytes()[2 - usize::from(width.min(2))..]);
        if lone {
            return number(item.kind(), self.kind, out);
        }
        let unit = usize::from(self.unit.max(1));
        let mut head = self.head();
        let length = |head: usize| (count.0 + if self.whole { head } else { 0 }).div_ceil(unit);
        let extended = self.extended && length(head) >= 255;
        if extended {
            head += 2;
        }
        let length = length(head);
        if self.length_first {
            number(length as u16, self.length, out);
        }
        number(item.kind(), self.kind, out);
        if extended {
            number(255, self.length, out);
        }
        if !self.length_first {
            number(length as u16, if extended { 2 } else { self.length }, out);
        }
        item.emit(out);
        let whole = length * unit + if self.whole { 0 } else { head };
        let whole = whole.next_multiple_of(self.align.max(1).into());
        for _ in head + count.0..whole {
            out.put(&[0]);
        }
    }

    /// Puts an item: its type, its length, its contents, and what fills it up. A length that is given
    /// goes out as it is, and then nothing is filled up but by `padding`.
    fn put(
        &self,
        kind: u16,
        length: Option<u64>,
        padding: bool,
        builder: &mut Builder<'_>,
        contents: &mut dyn FnMut(&mut Builder<'_>) -> Result<(), Mistake>,
    ) -> Result<(), Mistake> {
        let start = builder.len();
        let lone = self.lone.iter().any(|&lone| u16::from(lone) == kind) && length.is_none();
        let number = |n: u16, width: u8, out: &mut dyn Put| out.put(&n.to_be_bytes()[2 - usize::from(width.min(2))..]);
        if self.length_first {
            number(0, self.length, builder.out);
        }
        number(kind, self.kind, builder.out);
        // Room for a longer length is there where such a length is given.
        let extended = self.extended && length.is_some_and(|length| length >= 255);
        if !self.length_first && !lone {
            number(0, self.length, builder.out);
        }
        if extended {
            builder.out.put(&[0; 2]);
        }
        contents(builder)?;
        if lone {
            return Ok(());
        }
        let head = if self.whole { 0 } else { self.head() };
        let unit = usize::from(self.unit.max(1));
        let length = match length {
            Some(length) => {
                // Contents that are shown without the zeros that fill up their last unit.
                let declared = (length as usize).saturating_mul(unit);
                let have = builder.len() - start - head;
                if (1..unit).contains(&declared.saturating_sub(have)) {
                    (have..declared).for_each(|_| builder.out.put(&[0]));
                }
                length
            }
            None => {
                // Zeros fill an item up to whole units.
                while !(builder.len() - start - head).is_multiple_of(unit) {
                    builder.out.put(&[0]);
                }
                ((builder.len() - start - head) / unit) as u64
            }
        };
        let max = match extended {
            true => 0xffff,
            false => (1 << (8 * self.length)) - 1 - u64::from(self.extended),
        };
        if length > max && self.split {
            self.split(start, builder);
            return Ok(());
        }
        if length > max {
            return Err(Mistake::at(LENGTH, Unfit::TooLarge { number: length, max }));
        }
        let at = if self.length_first { start } else { start + usize::from(self.kind) };
        if extended {
            builder.patch(at, 1, 255);
            builder.patch(at + 1, 2, length);
        } else {
            builder.patch(at, self.length.into(), length);
        }
        if builder.source.has(PADDING) {
            builder.bytes(PADDING)?;
        } else if padding {
            while !(builder.len() - start).is_multiple_of(usize::from(self.align.max(1))) {
                builder.out.put(&[0]);
            }
        }
        Ok(())
    }
}

impl Framing {
    /// Splits an item of one byte each for type and length into as many as its contents need.
    fn split(&self, start: usize, builder: &mut Builder<'_>) {
        const MAX: usize = 255;
        let contents = builder.len() - start - self.head();
        let more = contents.div_ceil(MAX) - 1;
        (0..more * self.head()).for_each(|_| builder.out.put(&[0]));
        let item = &mut builder.out.written()[start..];
        let kind = item[0];
        for i in (0..=more).rev() {
            let (from, length) = (self.head() + i * MAX, MAX.min(contents - i * MAX));
            let target = from + i * self.head();
            item.copy_within(from..from + length, target);
            (item[target - 2], item[target - 1]) = (kind, length as u8);
        }
    }
}

/// An enum of parts that are told apart by a number. Made by `variants!`.
///
/// ```
/// use packetsmith::{EdnsOption, TcpOption, Tlvs, part::{Framed, Variants}};
/// /// What the items of a list are called.
/// fn names<'a, V: Variants<'a> + Framed>(list: &'a [u8]) -> Vec<&'static str> {
///     Tlvs::<V>::new(list).iter().map(|item| V::name_of(item.kind()).unwrap_or("unknown")).collect()
/// }
/// assert_eq!(names::<TcpOption>(&[2, 4, 5, 0xb4, 99, 2]), ["maximum segment size", "unknown"]);
/// assert_eq!(names::<EdnsOption>(&[0, 17, 0, 2, 0, 1]), ["server tag"]);
/// ```
pub trait Variants<'a>: Sized {
    /// The number that tells them apart.
    const KIND: &'static Field;
    /// Every field of every variant.
    const FIELDS: &'static [Field];
    /// Reads what a number stands for; contents that do not fit become `Unknown`.
    fn decode(kind: u16, contents: Cursor<'a>) -> Self;
    /// The number.
    fn kind(&self) -> u16;
    /// The number's name.
    fn name_of(kind: u16) -> Option<&'static str>;
    /// Shows the fields of contents as far as they can be read, and gives what is left: nothing of
    /// contents that [`decode`](Self::decode) can read.
    fn show(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) -> Cursor<'a>;
    /// Writes the contents.
    fn emit(&self, out: &mut dyn Put);
    /// What the number is called in code.
    fn ident(kind: u16) -> Option<&'static str>;
    /// The rows of a number's contents in wire order.
    fn rows(kind: u16) -> &'static [Field];
    /// Builds the contents of a number from the fields that are given; raw, where they are given as
    /// [`DATA`].
    fn build(kind: u16, builder: &mut Builder<'_>) -> Result<(), Mistake>;
    /// Tells whether this is what no type exists for, or what did not fit its type.
    fn is_unknown(&self) -> bool;
}

/// A list of options of a protocol, and what they are called.
///
/// ```
/// use packetsmith::Proto;
/// let list = Proto::Tcp.options().unwrap();
/// assert_eq!((list.field.name, list.kind.name, list.end), ("options", "kind", Some(0)));
/// let named = (list.find)("maximum_segment_size").unwrap();
/// assert_eq!((named.kind, named.row), (2, Some("size")));
/// assert!((list.find)("colour").is_none());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OptionList {
    /// The list.
    pub field: &'static Field,
    /// What tells its items apart.
    pub kind: &'static Field,
    /// The numbers and rows of every option that goes by a name of its own.
    pub find: fn(&str) -> Option<Named>,
    /// The option that ends the list.
    pub end: Option<u8>,
}

/// An option that goes by a name.
///
/// ```
/// use packetsmith::{Proto, part::Named};
/// let list = Proto::Tcp.options().unwrap();
/// // By its own name or that of a field which no other option has.
/// let scale = Named { kind: 3, row: Some("shift") };
/// assert_eq!([(list.find)("window_scale"), (list.find)("shift")], [Some(scale), Some(scale)]);
/// assert_eq!((list.find)("sack_permitted"), Some(Named { kind: 4, row: None }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its number.
    pub kind: u16,
    /// The field that a value is for; an option may have none.
    pub row: Option<&'static str>,
}

impl OptionList {
    /// The list of the options of a protocol.
    pub const fn of<'a, V: Variants<'a> + Framed>(field: &'static Field) -> Self {
        OptionList { field, kind: V::KIND, find: find_option::<V>, end: V::FRAMING.end }
    }
}

/// Finds an option by its name, whose value is that of its first field, or by the name of any field that
/// one option alone has.
fn find_option<'a, V: Variants<'a>>(name: &str) -> Option<Named> {
    let Kind::Named(registry) = V::KIND.kind else { return None };
    let kinds = || registry.entries.iter().filter_map(|(kind, text)| Some((u16::try_from(*kind).ok()?, *text)));
    let called = |kind: u16, text: &str| {
        let ident = V::ident(kind).is_some_and(|ident| crate::source::alike(ident, name));
        ident || crate::source::alike(text, name)
    };
    if let Some((kind, _)) = kinds().find(|(kind, text)| called(*kind, text)) {
        return Some(Named { kind, row: V::rows(kind).first().map(|row| row.name) });
    }
    let mut having = kinds().filter_map(|(kind, _)| {
        let row = V::rows(kind).iter().find(|row| row.name == name)?;
        Some(Named { kind, row: Some(row.name) })
    });
    let found = having.next()?;
    having.next().is_none().then_some(found)
}

/// Builds an item of a list.
pub type BuildItem = fn(&mut Builder<'_>) -> Result<(), Mistake>;

/// Variants that stand in lists as type, length and value.
///
/// ```
/// use packetsmith::{NdpOption, TcpOption, Tlvs, part::{Framed, Framing}};
/// assert_eq!(TcpOption::FRAMING, Framing::IP);
/// // Neighbor Discovery counts in units of eight bytes, and so this option ends after the first eight.
/// assert_eq!(NdpOption::FRAMING.unit, 8);
/// let options = Tlvs::<NdpOption>::new(&[5, 1, 0, 0, 0, 0, 0x05, 0xdc, 14, 1, 1, 2, 3, 4, 5, 6]);
/// assert_eq!(options.iter().next(), Some(NdpOption::Mtu { reserved: 0, mtu: 1500 }));
/// ```
pub trait Framed {
    /// How one item is laid out.
    const FRAMING: Framing;

    /// What the bits of a type of one byte tell; shown where the type has no name.
    const KIND_BITS: &'static [Field] = &[];

    /// Builds an item, where it may be shown as one of another list that has the same layout.
    const BUILD: Option<BuildItem> = None;
}

/// A tag of `N` bytes, 1 or 2, and up to the end the contents that the tag stands for.
///
/// ```
/// use packetsmith::{ArpHardware, Cursor, Duid, part::{Part, Tagged}};
/// let mut cursor = Cursor::new(&[0, 3, 0, 1, 2, 0, 0, 0, 0, 1]);
/// let tagged = Tagged::<Duid, 2>::take(&mut cursor).unwrap();
/// assert_eq!(tagged.tag, 3);
/// let address = &[2, 0, 0, 0, 0, 1];
/// assert_eq!(tagged.get(), Duid::LinkLayer { hardware: ArpHardware::Ethernet, address });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tagged<'a, V, const N: usize = 1> {
    /// The tag.
    pub tag: u16,
    contents: Cursor<'a>,
    variants: PhantomData<V>,
}

impl<'a, V: Variants<'a>, const N: usize> Tagged<'a, V, N> {
    /// The contents with their type.
    pub fn get(&self) -> V {
        V::decode(self.tag, self.contents)
    }
}

/// Contents that do not fit a tag that has a name are no such part.
impl<'a, V: Variants<'a>, const N: usize> Part<'a> for Tagged<'a, V, N> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let tag = cursor.number::<N>()?;
        let tagged = Self { tag, contents: cursor.rest(), variants: PhantomData };
        (V::name_of(tag).is_none() || !tagged.get().is_unknown()).then_some(tagged)
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.field(V::KIND, Span::new(span.start, span.start + N as u32), Value::Uint(self.tag.into()));
        show_contents::<V>(self.tag, self.contents, visitor)
    }
    fn emit(&self, out: &mut dyn Put) {
        put_number::<N>(self.tag, out);
        out.put(self.contents.bytes())
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let tag = builder.number(V::KIND, N)?;
        V::build(tag as u16, builder)
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        builder.source.has(V::KIND)
    }
}

/// A list of type-length-value items, such as options. Borrows from the frame.
///
/// ```
/// use packetsmith::{TcpOption, Tlvs};
/// let options: Tlvs<TcpOption> = Tlvs::new(&[2, 4, 5, 0xb4, 1, 99, 3, 7]);
/// let list: Vec<_> = options.iter().collect();
/// assert_eq!(list[..2], [TcpOption::MaximumSegmentSize { size: 1460 }, TcpOption::NoOperation {}]);
/// assert_eq!(list[2], TcpOption::Unknown { kind: 99, data: &[7] });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlvs<'a, V> {
    cursor: Cursor<'a>,
    variants: PhantomData<V>,
}

/// One item of [`Tlvs`] as it stands on the wire.
///
/// ```
/// use packetsmith::{Span, TcpOption, Tlvs};
/// let options = Tlvs::<TcpOption>::new(&[1, 2, 4, 5, 0xb4]);
/// let items: Vec<_> = options.items().map(Result::unwrap).collect();
/// assert_eq!((items[0].kind, items[0].length), (1, None), "it stands alone");
/// assert_eq!((items[1].kind, items[1].length, items[1].span), (2, Some(4), Span::new(1, 5)));
/// assert_eq!(items[1].contents.bytes(), [5, 0xb4]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tlv<'a> {
    /// Its type.
    pub kind: u16,
    /// Its length field, in the list's own unit; types that stand alone have none.
    pub length: Option<u16>,
    /// Its value.
    pub contents: Cursor<'a>,
    /// All of its bytes.
    pub span: Span,
}

/// What is left of a list after the last whole item.
///
/// ```
/// use packetsmith::{TcpOption, Tlvs};
/// let rest = |list| Tlvs::<TcpOption>::new(list).items().find_map(Result::err);
/// let broken = rest(&[1, 2, 4, 5]).unwrap();
/// assert_eq!((broken.bytes, broken.after_end), (&[2, 4, 5][..], false));
/// let padding = rest(&[1, 0, 0, 0]).unwrap();
/// assert_eq!((padding.bytes, padding.after_end), (&[0, 0][..], true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rest<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Where they lie.
    pub span: Span,
    /// Whether they stand behind the end of the list, rather than being a broken item.
    pub after_end: bool,
}

impl<'a, V: Variants<'a> + Framed> Tlvs<'a, V> {
    /// Takes `bytes` as a list.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self::at(Cursor::new(bytes))
    }

    /// Takes all that the cursor has as a list.
    pub fn at(cursor: Cursor<'a>) -> Self {
        Tlvs { cursor, variants: PhantomData }
    }

    /// The same bytes as a list of other variants: for contents whose meaning stands elsewhere.
    pub fn cast<W: Variants<'a> + Framed>(self) -> Tlvs<'a, W> {
        Tlvs::at(self.cursor)
    }

    /// The items with their types.
    pub fn iter(&self) -> impl Iterator<Item = V> + use<'a, V> {
        self.items().filter_map(|item| item.ok()).map(|item| V::decode(item.kind, item.contents))
    }

    /// The items as they stand on the wire; the last may be a remainder that is no item.
    pub fn items(&self) -> impl Iterator<Item = Result<Tlv<'a>, Rest<'a>>> + use<'a, V> {
        let mut cursor = self.cursor;
        let mut ended = false;
        core::iter::from_fn(move || {
            if cursor.is_empty() {
                return None;
            }
            let mut whole = cursor;
            let found = if ended { None } else { V::FRAMING.item(cursor.bytes()).ok() };
            let Some((left, (kind, length, head, value))) = found else {
                let rest = cursor.rest();
                return Some(Err(Rest { bytes: rest.bytes(), span: rest.span(), after_end: ended }));
            };
            cursor.at = cursor.end - left.len() as u32;
            whole.end = cursor.at;
            ended = V::FRAMING.end.is_some_and(|end| u16::from(end) == kind);
            let start = whole.at + head as u32;
            let contents = Cursor { at: start, end: start + value.len() as u32, ..whole };
            Some(Ok(Tlv { kind, length, contents, span: whole.span() }))
        })
    }

    /// Builds the items of the list given under the name of `field`, if one is.
    pub fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        if builder.source.open(field)? {
            build_items::<V>(builder)?;
            builder.source.close()?;
        }
        Ok(())
    }

    /// Shows the items as a list under the name of `field`.
    pub fn show(&self, field: &'static Field, visitor: &mut dyn Visitor) {
        visitor.open(field, self.cursor.span());
        self.show_items(visitor);
        visitor.close();
    }

    /// Shows the items alone, in a list that is open already.
    pub fn show_items(&self, visitor: &mut dyn Visitor) {
        for item in self.items() {
            match item {
                Ok(item) => {
                    visitor.open(ITEM, item.span);
                    let Framing { kind, length_first, .. } = V::FRAMING;
                    let (start, value) = (item.span.start, item.contents.at);
                    let (kind_span, length_span) = match length_first {
                        true => (Span::new(value - u32::from(kind), value), Span::new(start, value - u32::from(kind))),
                        false => (Span::new(start, start + u32::from(kind)), Span::new(start + u32::from(kind), value)),
                    };
                    visitor.field(V::KIND, kind_span, Value::Uint(item.kind.into()));
                    if V::name_of(item.kind).is_none() {
                        show_fixed(V::KIND_BITS, &[item.kind as u8], kind_span.start, visitor);
                    }
                    if let Some(n) = item.length {
                        visitor.field(LENGTH, length_span, Value::Uint(n.into()));
                    }
                    show_contents::<V>(item.kind, item.contents, visitor);
                    let padding = Cursor { at: item.contents.end, end: item.span.end, ..self.cursor };
                    if !padding.is_empty() {
                        visitor.field(PADDING, padding.span(), Value::Bytes(padding.bytes()));
                    }
                    visitor.close();
                }
                Err(rest) => {
                    visitor.open(ITEM, rest.span);
                    visitor.field(REST, rest.span, Value::Bytes(rest.bytes));
                    visitor.close();
                }
            }
        }
    }
}

/// Tells whether a row of contents has the name that raw contents go by.
#[doc(hidden)]
pub const fn is_data(name: &str) -> bool {
    matches!(name.as_bytes(), b"data")
}

/// Finds a number among rows that stand one behind the other, each so many bytes wide. For fields
/// that are there only where a flag says so.
pub(crate) fn find_number(
    rows: impl Iterator<Item = (&'static Field, usize)>,
    mut cursor: Cursor<'_>,
    wanted: &'static Field,
) -> Option<u32> {
    for (row, len) in rows {
        let bytes = cursor.take(len)?;
        if row.name == wanted.name {
            return Some(bytes.iter().fold(0, |n, &byte| n << 8 | u32::from(byte)));
        }
    }
    None
}

/// Shows rows that stand one behind the other, each so many bytes wide, as many as are there; gives
/// what is left.
pub(crate) fn show_rows<'a>(
    rows: impl Iterator<Item = (&'static Field, usize)>,
    mut cursor: Cursor<'a>,
    visitor: &mut dyn Visitor,
) -> Cursor<'a> {
    for (row, len) in rows {
        let Some(item) = cursor.split(len) else { break };
        if let Some(value) = Value::of_bytes(row.kind, item.bytes()) {
            visitor.field(row, item.span(), value);
        }
    }
    cursor
}

/// Shows contents by their type, or raw where they have none or do not fit it.
pub fn show_contents<'a, V: Variants<'a>>(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) {
    if !V::decode(kind, contents).is_unknown() {
        V::show(kind, contents, visitor);
    } else if !contents.is_empty() {
        visitor.field(DATA, contents.span(), Value::Bytes(contents.bytes()))
    }
}

/// Shows contents by their type as far as they can be read, and the rest raw. For messages, which
/// may break off anywhere.
pub fn show_message<'a, V: Variants<'a>>(kind: u16, contents: Cursor<'a>, visitor: &mut dyn Visitor) {
    let rest = V::show(kind, contents, visitor);
    if !rest.is_empty() {
        visitor.field(DATA, rest.span(), Value::Bytes(rest.bytes()))
    }
}

impl<'a, V: Variants<'a> + Framed> Part<'a> for Tlvs<'a, V> {
    const KIND: Kind = Kind::List(&Kind::Group);
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(Self::at(cursor.rest()))
    }
    fn show(&self, field: &'static Field, _: Span, visitor: &mut dyn Visitor) {
        Tlvs::show(self, field, visitor)
    }
    fn emit(&self, out: &mut dyn Put) {
        out.put(self.cursor.bytes())
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        Tlvs::<V>::build(field, builder)
    }
}

/// Builds the items of a list that is open already.
pub fn build_items<'a, V: Variants<'a> + Framed>(builder: &mut Builder<'_>) -> Result<(), Mistake> {
    while builder.source.next()? {
        match V::BUILD {
            Some(build) => build(builder)?,
            None => build_item::<V>(builder)?,
        }
    }
    Ok(())
}

/// Builds the item at hand of a list.
pub fn build_item<'a, V: Variants<'a> + Framed>(builder: &mut Builder<'_>) -> Result<(), Mistake> {
    if builder.source.has(REST) {
        return builder.bytes(REST);
    }
    for field in V::KIND_BITS {
        builder.source.skip(field);
    }
    let kind = match builder.source.value(V::KIND)? {
        Some(value) => value.number().and_then(|n| u16::try_from(n).ok()),
        None => None,
    };
    let kind = kind.ok_or(Mistake::at(V::KIND, Unfit::Rule("says what the item is, and is missing")))?;
    let length = match builder.source.value(LENGTH)? {
        Some(value) => value.number(),
        None => None,
    };
    let empty = if V::FRAMING.whole { V::FRAMING.head() as u64 } else { 0 };
    V::FRAMING.put(kind, length, true, builder, &mut |builder| match length {
        // Contents that are missing, of a type that has some, are no defaults.
        Some(length)
            if length * u64::from(V::FRAMING.unit) <= empty
                && !V::rows(kind).iter().any(|row| builder.source.has(row)) =>
        {
            Ok(())
        }
        _ => V::build(kind, builder),
    })
}

/// A list of type-length-value items that does not break off.
///
/// ```
/// use packetsmith::{Cursor, TcpOption, Tlvs, part::{Part, Whole}};
/// let take = |bytes| Whole::<Tlvs<TcpOption>>::take(&mut Cursor::new(bytes));
/// assert_eq!(take(&[3, 3, 7, 4, 2]).unwrap().0.iter().count(), 2);
/// assert!(take(&[3, 3, 7, 4]).is_none(), "the last one has no length");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<T>(pub T);

impl<'a, V: Variants<'a> + Framed> Part<'a> for Whole<Tlvs<'a, V>> {
    const KIND: Kind = Tlvs::<V>::KIND;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let list = Tlvs::take(cursor)?;
        list.items().all(|item| item.map_or_else(|rest| rest.after_end, |_| true)).then_some(Whole(list))
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        Part::show(&self.0, field, span, visitor)
    }
    fn emit(&self, out: &mut dyn Put) {
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        Tlvs::<V>::build(field, builder)
    }
}

/// Declares an enum of parts that are told apart by a number.
///
/// Each variant gives the number, its name, and the rows of its contents in wire order. A row is a
/// name, a [`Part`], a filter name, and [`Field`] methods that refine it. Contents must be used up
/// to the last byte to count as that variant; what does not fit is `Unknown`, with its bytes.
macro_rules! variants {
    (
        $(#[$meta:meta])*
        pub enum $name:ident<$lt:lifetime>: $kind:literal, $filter:literal {
            $(
                $(#[$vmeta:meta])*
                $var:ident = $val:literal $text:literal {
                    $( $(#[doc = $doc:literal])* $field:ident: $ty:ty, $ffilter:literal $(, $attr:ident)* ; )*
                }
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $name<$lt> {
            $(
                #[doc = $text]
                $(#[$vmeta])*
                $var { $( $(#[doc = $doc])* $field: $ty, )* },
            )+
            /// Of no known number, or with contents that do not fit the number.
            Unknown {
                /// The number.
                kind: u16,
                /// The contents.
                data: &$lt [u8],
            },
        }
        impl<$lt> $name<$lt> {
            /// The numbers and their names.
            pub const REGISTRY: &'static $crate::field::Registry = &$crate::field::Registry {
                name: |n| match n { $($val => Some($text),)+ _ => None },
                entries: &[$(($val, $text)),+],
            };
        }
        #[allow(unused_variables, unused_mut, clippy::redundant_static_lifetimes)]
        impl<$lt> $crate::part::Variants<$lt> for $name<$lt> {
            const KIND: &'static $crate::field::Field = &$crate::field::Field::floating(
                $kind, $filter, $crate::field::Kind::Named($name::REGISTRY), "Tells what the item is.",
            );
            const FIELDS: &'static [$crate::field::Field] = &[ $($(
                $crate::field::Field::floating(
                    stringify!($field), $ffilter, <$ty as $crate::part::Part>::KIND, concat!($($doc),*),
                ) $(.$attr())*
            ,)*)+ ];
            fn decode(kind: u16, contents: $crate::part::Cursor<$lt>) -> Self {
                fn typed<$lt>(kind: u16, mut cursor: $crate::part::Cursor<$lt>) -> Option<$name<$lt>> {
                    let it = match kind {
                        $( $val => $name::$var { $( $field: <$ty as $crate::part::Part>::take(&mut cursor)?, )* }, )+
                        _ => return None,
                    };
                    cursor.is_empty().then_some(it)
                }
                typed(kind, contents).unwrap_or(Self::Unknown { kind, data: contents.bytes() })
            }
            fn kind(&self) -> u16 {
                match *self {
                    $( Self::$var { .. } => $val, )+
                    Self::Unknown { kind, .. } => kind,
                }
            }
            fn name_of(kind: u16) -> Option<&'static str> {
                (Self::REGISTRY.name)(kind.into())
            }
            fn show(
                kind: u16,
                mut cursor: $crate::part::Cursor<$lt>,
                visitor: &mut dyn $crate::field::Visitor,
            ) -> $crate::part::Cursor<$lt> {
                match kind {
                    $( $val => { $(
                        let (left, start) = (cursor, cursor.span().start);
                        let Some(part) = <$ty as $crate::part::Part>::take(&mut cursor) else { return left };
                        let row = const { &$crate::field::Field::floating(
                            stringify!($field), $ffilter, <$ty as $crate::part::Part>::KIND, concat!($($doc),*),
                        ) $(.$attr())* };
                        $crate::part::Part::show(&part, row, $crate::field::Span::new(start, cursor.span().start), visitor);
                    )* } )+
                    _ => {}
                }
                cursor
            }
            fn emit(&self, out: &mut dyn $crate::part::Put) {
                match self {
                    $( Self::$var { $($field),* } => { $( $crate::part::Part::emit($field, out); )* } )+
                    Self::Unknown { data, .. } => out.put(data),
                }
            }
            fn ident(kind: u16) -> Option<&'static str> {
                match kind {
                    $( $val => Some(stringify!($var)), )+
                    _ => None,
                }
            }
            fn rows(kind: u16) -> &'static [$crate::field::Field] {
                match kind {
                    $( $val => const { &[ $(
                        $crate::field::Field::floating(
                            stringify!($field), $ffilter, <$ty as $crate::part::Part>::KIND, concat!($($doc),*),
                        ) $(.$attr())*
                    ,)* ] }, )+
                    _ => &[],
                }
            }
            fn build(kind: u16, builder: &mut $crate::source::Builder<'_>) -> Result<(), $crate::source::Mistake> {
                match kind {
                    $( $val => {
                        // A row of that name is one of the contents' own.
                        const OWN: bool = false $(|| $crate::part::is_data(stringify!($field)))*;
                        let raw = !OWN && builder.source.has($crate::part::DATA);
                        let mut there = true;
                        $(
                            let row = const { &$crate::field::Field::floating(
                                stringify!($field), $ffilter, <$ty as $crate::part::Part>::KIND, concat!($($doc),*),
                            ) $(.$attr())* };
                            // What is given raw stands behind the last row that is given.
                            there = there && (!raw || <$ty as $crate::part::Part>::is_given(row, builder));
                            if there {
                                <$ty as $crate::part::Part>::build(row, builder)?;
                            }
                        )*
                        if OWN { Ok(()) } else { builder.bytes($crate::part::DATA) }
                    } )+
                    _ => builder.bytes($crate::part::DATA),
                }
            }
            fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown { .. })
            }
        }
    };
}

/// Declares a struct of parts that stand one behind the other, with the rows of [`variants!`].
macro_rules! group {
    (
        $(#[$meta:meta])*
        pub struct $name:ident<$lt:lifetime> {
            $( $(#[doc = $doc:literal])* $field:ident: $ty:ty, $ffilter:literal $(, $attr:ident)* ; )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name<$lt> { $( $(#[doc = $doc])* pub $field: $ty, )+ }
        #[allow(clippy::redundant_static_lifetimes)]
        impl<$lt> $name<$lt> {
            /// The rows in wire order.
            pub const FIELDS: &'static [$crate::field::Field] = &[ $(
                $crate::field::Field::floating(
                    stringify!($field), $ffilter, <$ty as $crate::part::Part>::KIND, concat!($($doc),*),
                ) $(.$attr())*
            ,)+ ];
        }
        impl<$lt> $crate::part::Part<$lt> for $name<$lt> {
            const KIND: $crate::field::Kind = $crate::field::Kind::Group;
            fn take(cursor: &mut $crate::part::Cursor<$lt>) -> Option<Self> {
                Some(Self { $( $field: <$ty as $crate::part::Part>::take(cursor)?, )+ })
            }
            fn show(&self, _: &'static $crate::field::Field, span: $crate::field::Span, visitor: &mut dyn $crate::field::Visitor) {
                let mut rows = Self::FIELDS.iter();
                let mut at = span.start;
                $(
                    let end = at + $crate::part::Part::wire_len(&self.$field) as u32;
                    if let Some(row) = rows.next() {
                        $crate::part::Part::show(&self.$field, row, $crate::field::Span::new(at, end), visitor);
                    }
                    at = end;
                )+
                let _ = at;
            }
            fn emit(&self, out: &mut dyn $crate::part::Put) {
                $( $crate::part::Part::emit(&self.$field, out); )+
            }
            fn build(_: &'static $crate::field::Field, builder: &mut $crate::source::Builder<'_>) -> Result<(), $crate::source::Mistake> {
                let mut rows = Self::FIELDS.iter();
                $(
                    if let Some(row) = rows.next() {
                        <$ty as $crate::part::Part>::build(row, builder)?;
                    }
                )+
                Ok(())
            }
            fn is_given(_: &'static $crate::field::Field, builder: &mut $crate::source::Builder<'_>) -> bool {
                let mut rows = Self::FIELDS.iter();
                $(
                    if let Some(row) = rows.next() && <$ty as $crate::part::Part>::is_given(row, builder) {
                        return true;
                    }
                )+
                false
            }
        }
    };
}

pub(crate) use {group, variants};

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    #[test]
    fn a_row_that_may_be_missing_is_there_where_it_is_given() {
        let built = |options: &str| {
            let text = format!("dhcp options=[82 suboptions=[{options}], 255]");
            text.parse::<crate::Packet>().unwrap().build().unwrap()[240..].to_vec()
        };
        assert_eq!(built("{type=152}"), [82, 2, 152, 0, 255]);
        assert_eq!(built("{type=152 address=10.0.0.1}"), [82, 6, 152, 4, 10, 0, 0, 1, 255]);
        // What is given raw stands behind the rows that are given.
        assert_eq!(built("{type=152 address=10.0.0.1 data=0506}"), [82, 8, 152, 6, 10, 0, 0, 1, 5, 6, 255]);
        assert_eq!(built("{type=152 data=0506}"), [82, 4, 152, 2, 5, 6, 255]);
        assert_eq!(built("{type=152 length=9}"), [82, 2, 152, 9, 255]);
    }

    #[test]
    fn bytes_of_a_fixed_number_are_so_many() {
        let built = |digest: &str| {
            let packet = format!("tcp options=[19 digest={digest}]").parse::<crate::Packet>().unwrap().build();
            packet.map(|segment| segment[20..].to_vec()).ok()
        };
        let digest: Vec<u8> = (1..=16).collect();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(built(&hex), Some([&[19, 18][..], &digest, &[0, 0]].concat()));
        // Fewer are filled up with zeros, and more are refused.
        assert_eq!(built(&hex[..30]), Some([&[19, 18][..], &digest[..15], &[0, 0, 0]].concat()));
        assert_eq!(built(&(hex + "11")), None);
    }

    #[test]
    fn contents_too_long_for_one_item_are_split_over_several() {
        for len in [0, 1, 254, 255, 256, 509, 510, 511, 765, 766, 1000] {
            let contents: Vec<u8> = (0..len).map(|n| (n % 251) as u8).collect();
            let hex: String = contents.iter().map(|byte| format!("{byte:02x}")).collect();
            // The items before and behind it stay as they are.
            let text = format!("dhcp options=[12 name=\"ab\", 224 data=0x{hex}, 255]");
            let message = text.parse::<crate::Packet>().unwrap().build().unwrap();
            let mut expected = Vec::from(*b"\x0c\x02ab");
            let pieces = if len == 0 { Vec::from([&[][..]]) } else { contents.chunks(255).collect() };
            for piece in pieces {
                expected.extend([224, piece.len() as u8]);
                expected.extend_from_slice(piece);
            }
            expected.push(255);
            assert_eq!(message[240..], expected, "{len} bytes");
        }
    }
}
