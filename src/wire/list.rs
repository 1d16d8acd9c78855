//! Lists of values of one type.

use super::byte_sink::ByteSink;
use super::codec::{Codec, take_or_none};
use super::cursor::Cursor;
use super::encoder::Encoder;
use super::field::{Field, FieldError, Visitor};
use super::item_fields::ITEM;
use super::kind::Kind;
use super::row_codec::RowCodec;
use super::schema::Schema;
use super::span::Span;
use core::marker::PhantomData;

/// A list of values of one type, up to the end of the data. It has at least `MIN` values.
///
/// ```
/// use packetsmith::{Cursor, List};
/// use packetsmith::wire::Codec;
/// let list = List::<u16>::take(&mut Cursor::new(&[0, 1, 0, 2])).unwrap();
/// assert_eq!(list.iter().collect::<Vec<_>>(), [1, 2]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct List<'a, T, const MIN: usize = 0> {
    cursor: Cursor<'a>,
    item: PhantomData<T>,
}

impl<'a, T: Codec<'a>, const MIN: usize> List<'a, T, MIN> {
    /// A list from encoded values, to build an option. `None` if the bytes are not a whole number of values, or too
    /// few.
    ///
    /// ```
    /// use packetsmith::proto::dhcp::{DHCP_COOKIE, DhcpOption};
    /// use packetsmith::{Dhcp, List, Stack};
    /// let codes = List::new(&[1, 3, 6]).unwrap();
    /// let options = [DhcpOption::ParameterRequestList { codes }, DhcpOption::End {}];
    /// let message = Stack::new().push(Dhcp::build().raw(&DHCP_COOKIE).options(&options)).finish().unwrap();
    /// assert!(message.ends_with(&[55, 3, 1, 3, 6, 255]));
    /// ```
    pub fn new(bytes: &'a [u8]) -> Option<Self> {
        Self::take(&mut Cursor::new(bytes))
    }

    /// The values in order.
    pub fn iter(&self) -> impl Iterator<Item = T> + use<'a, T, MIN> {
        let mut cursor = self.cursor;
        core::iter::from_fn(move || if cursor.is_empty() { None } else { T::take(&mut cursor) })
    }
}

impl<'a, T: Codec<'a>, const MIN: usize> Codec<'a> for List<'a, T, MIN> {
    const KIND: Kind = Kind::List(&T::KIND);
    const BITS: u16 = T::BITS;
    const SCHEMA: &'static Schema = T::SCHEMA;
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
        if count >= MIN { Some(List { cursor: list, item: PhantomData }) } else { None }
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
    fn emit(&self, out: &mut dyn ByteSink) {
        out.put(self.cursor.bytes())
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        build_items(&T::ROW, field, builder)
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
