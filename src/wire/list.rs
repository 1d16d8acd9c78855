//! Lists of values of one type.

use super::byte_sink::ByteSink;
use super::codec::{Codec, take_or_none};
use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor};
use super::item_fields::ITEM;
use super::kind::Kind;
use super::readable::DebugValue;
use super::row_codec::RowCodec;
use super::schema::Schema;
use super::span::Span;
use core::fmt;

/// A list of values of one type: values that are given, or the bytes of a frame up to their end. A list in a frame has at
/// least `MIN` values.
///
/// ```
/// use packetsmith::proto::dhcp::{DhcpOption, DhcpOptionCode};
/// use packetsmith::{Dhcp, List, Stack};
/// let options = [
///     DhcpOption::ParameterRequestList { codes: List::of(&[DhcpOptionCode::Router, DhcpOptionCode::DomainNameServer]) },
///     DhcpOption::End {},
/// ];
/// let message = Stack::new().push(Dhcp::build().options(&options)).finish().unwrap();
/// assert!(message.ends_with(&[55, 2, 3, 6, 255]));
/// ```
///
/// Two lists are equal if their values are, wherever they are from.
///
/// ```
/// use packetsmith::{Cursor, List};
/// use packetsmith::wire::Codec;
/// let read = List::<u16>::take(&mut Cursor::new(&[0, 1, 0, 2])).unwrap();
/// assert_eq!(read, List::of(&[1, 2]));
/// assert_eq!(format!("{read:?}"), "[1, 2]");
/// assert_eq!(read.into_iter().sum::<u16>(), 3);
/// ```
pub struct List<'a, T, const MIN: usize = 0> {
    values: ListSource<'a, T>,
}

/// ListSource that are given, or the bytes of a frame that hold them.
pub(super) enum ListSource<'a, T> {
    Encoded(Cursor<'a>),
    Given(&'a [T]),
}

impl<T> Copy for ListSource<'_, T> {}
impl<T> Clone for ListSource<'_, T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, const MIN: usize> Copy for List<'_, T, MIN> {}
impl<T, const MIN: usize> Clone for List<'_, T, MIN> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<'a, T, const MIN: usize> List<'a, T, MIN> {
    /// A list of these values, to build an option or a record. Nothing is copied.
    ///
    /// A list of fewer than `MIN` values is written too. But readers do not take it for what it is.
    ///
    /// ```
    /// use packetsmith::proto::transport::{SackBlock, TcpOption};
    /// use packetsmith::{List, Stack, Tcp};
    /// let blocks = [SackBlock::build().left(1).right(9).done()];
    /// let options = [TcpOption::Sack { blocks: List::of(&blocks) }];
    /// let segment = Stack::new().push(Tcp::build().options(&options)).finish().unwrap();
    /// assert_eq!(segment[20..], [5, 10, 0, 0, 0, 1, 0, 0, 0, 9, 0, 0]);
    /// ```
    pub const fn of(values: &'a [T]) -> Self {
        List { values: ListSource::Given(values) }
    }
}

impl<'a, T: Codec<'a>, const MIN: usize> List<'a, T, MIN> {
    /// A list from encoded values. `None` if the bytes are not a whole number of values, or too few.
    ///
    /// ```
    /// use packetsmith::List;
    /// assert_eq!(List::<u16>::new(&[0, 1, 0, 2]), Some(List::of(&[1, 2])));
    /// assert_eq!(List::<u16>::new(&[0, 1, 0]), None);
    /// ```
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        Self::take(&mut Cursor::new(bytes))
    }

    /// The values in order.
    pub fn iter(&self) -> ListValues<'a, T> {
        ListValues(self.values)
    }

    /// Whether encoding a value again may give other bytes than it was read from: names may be compressed.
    const RENEWED: bool = matches!(T::KIND, Kind::Name);
}

/// The values of a [`List`] in order.
///
/// ```
/// use packetsmith::List;
/// let mut values = List::<u8>::of(&[1, 2]).into_iter();
/// assert_eq!((values.next(), values.next(), values.next()), (Some(1), Some(2), None));
/// ```
pub struct ListValues<'a, T>(ListSource<'a, T>);

impl<T> Clone for ListValues<'_, T> {
    fn clone(&self) -> Self {
        ListValues(self.0)
    }
}

impl<'a, T: Codec<'a>> fmt::Debug for ListValues<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone().map(DebugValue)).finish()
    }
}

impl<'a, T: Codec<'a>> Iterator for ListValues<'a, T> {
    type Item = T;
    #[inline]
    fn next(&mut self) -> Option<T> {
        match &mut self.0 {
            ListSource::Encoded(cursor) => {
                if cursor.is_empty() {
                    None
                } else {
                    T::take(cursor)
                }
            }
            ListSource::Given(values) => {
                let [first, rest @ ..] = *values else { return None };
                *values = rest;
                Some(*first)
            }
        }
    }
}

impl<'a, T: Codec<'a>, const MIN: usize> IntoIterator for List<'a, T, MIN> {
    type Item = T;
    type IntoIter = ListValues<'a, T>;
    fn into_iter(self) -> ListValues<'a, T> {
        self.iter()
    }
}

impl<'a, T: Codec<'a>, const MIN: usize> IntoIterator for &List<'a, T, MIN> {
    type Item = T;
    type IntoIter = ListValues<'a, T>;
    fn into_iter(self) -> ListValues<'a, T> {
        self.iter()
    }
}

impl<'a, T: Codec<'a> + PartialEq, const MIN: usize> PartialEq for List<'a, T, MIN> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<'a, T: Codec<'a> + Eq, const MIN: usize> Eq for List<'a, T, MIN> {}

impl<'a, T: Codec<'a>, const MIN: usize> fmt::Debug for List<'a, T, MIN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}

/// `192.0.2.1, 192.0.2.2`
impl<'a, T: Codec<'a> + fmt::Display, const MIN: usize> fmt::Display for List<'a, T, MIN> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, value) in self.iter().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            fmt::Display::fmt(&value, f)?;
        }
        Ok(())
    }
}

impl<'a, T: Codec<'a>, const MIN: usize> Codec<'a> for List<'a, T, MIN> {
    const KIND: Kind = Kind::List(&T::KIND);
    const BITS: u16 = T::BITS;
    const SCHEMA: &'static Schema = T::SCHEMA;
    const CAN_REFUSE: bool = T::CAN_REFUSE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let list = cursor.rest();
        let mut items = list;
        let mut count = 0;
        while !items.is_empty() {
            let before = items.at;
            let _: T = take_or_none!(&mut items);
            if items.at == before {
                return None;
            }
            count += 1;
        }
        if count >= MIN { Some(List { values: ListSource::Encoded(list) }) } else { None }
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        visitor.open(field, span);
        let mut values = self.iter();
        let mut start = span.start;
        while let Some(value) = values.next() {
            let end = match values.0 {
                ListSource::Encoded(rest) => rest.at,
                ListSource::Given(_) => start + value.wire_len() as u32,
            };
            let span = Span::new(start, end);
            if let Kind::Group = T::KIND {
                visitor.open(ITEM, span);
                value.show(field, span, visitor);
                visitor.close();
            } else {
                value.show(field, span, visitor);
            }
            start = end;
        }
        visitor.close();
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        match self.values {
            // Names that are compressed against the list itself are right wherever the list is.
            ListSource::Encoded(cursor) if !Self::RENEWED || cursor.message == cursor.at => out.put(cursor.bytes()),
            _ => {
                for value in self.iter() {
                    value.emit(out);
                }
            }
        }
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        build_items(&T::ROW, field, builder)
    }
    fn wire_len(&self) -> usize {
        match self.values {
            ListSource::Encoded(cursor) => cursor.bytes().len(),
            ListSource::Given(values) => {
                let mut len = 0;
                for value in values {
                    len += value.wire_len();
                }
                len
            }
        }
    }
}

/// Builds the values of the list that is given for the field, if one is.
fn build_items(codec: &RowCodec<'_>, field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
    if builder.source.open(field)? {
        while builder.source.next()? {
            codec.build(field, builder)?;
        }
        builder.source.close()?;
    }
    Ok(())
}
