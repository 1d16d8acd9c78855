//! Encoding: providers of field values, and the encoder that turns them into bytes.

use super::bits::put_bits;
use super::byte_sink::ByteSink;
use super::compression::Labels;
use super::field::{Field, FieldError};
use super::kind::Kind;
use super::value::Value;
use super::value_error::ValueError;
use super::wire_value::WireValue;

/// The bytes that the layer's own length leaves out, as they are given for a layer.
pub(crate) const TAIL: &Field =
    &Field::floating("tail", "", Kind::Bytes, "Bytes that the layer's own length leaves out.");

/// In a set of derived rows that are to be computed, one that is not of the fixed header.
pub(crate) const OWN: u64 = 1 << 63;

/// Hands out values by the names of fields: the way back from a [`Visitor`](crate::wire::Visitor).
///
/// Whoever builds asks in wire order; it may be given in any.
///
/// ```
/// use packetsmith::{Field, Udp, Value};
/// use packetsmith::wire::{Encoder, FieldError, FieldSource};
/// /// Has one number, for the field of a name.
/// struct One(&'static str, u64);
/// impl FieldSource for One {
///     fn has(&mut self, field: &'static Field) -> bool { field.name == self.0 }
///     fn value(&mut self, field: &'static Field) -> Result<Option<Value<'_>>, FieldError> {
///         Ok(self.has(field).then_some(Value::Uint(self.1)))
///     }
///     fn open(&mut self, _: &'static Field) -> Result<bool, FieldError> { Ok(false) } // no list or group
/// #   fn raw(&mut self, _: &'static Field) -> Result<Option<&[u8]>, FieldError> { Ok(None) }
/// #   fn next(&mut self) -> Result<bool, FieldError> { Ok(false) }
/// #   fn close(&mut self) -> Result<(), FieldError> { Ok(()) }
/// #   fn peek(&mut self, _: &'static Field) -> Result<Option<u64>, FieldError> { Ok(None) }
/// #   fn skip(&mut self, _: &'static Field) {}
/// }
/// let (mut out, mut tail) = (Vec::new(), Vec::new());
/// Encoder::new(&mut One("dst_port", 53), &mut out, &mut tail).fixed::<8>(Udp::FIELDS).unwrap();
/// assert_eq!(out, [0, 0, 0, 53, 0, 0, 0, 0]);
/// ```
pub trait FieldSource {
    /// The value given for the field, as its kind has it: text and addresses made into what they stand
    /// for. `None` where nothing was given.
    fn value(&mut self, field: &'static Field) -> Result<Option<Value<'_>>, FieldError>;
    /// The bytes given for the field itself, verbatim, in place of what its value would become.
    fn raw(&mut self, field: &'static Field) -> Result<Option<&[u8]>, FieldError>;
    /// Goes into a list or a group; `false` where there is none.
    fn open(&mut self, field: &'static Field) -> Result<bool, FieldError>;
    /// Goes on to the next item of the list, the first one at first; `false` at its end. An item that
    /// is a group is gone into.
    fn next(&mut self) -> Result<bool, FieldError>;
    /// Leaves the list or group. Members that nobody asked for are a mistake.
    fn close(&mut self) -> Result<(), FieldError>;
    /// Tells whether a value, bytes, a list or a group is given for the field, and not asked for yet.
    fn has(&mut self, field: &'static Field) -> bool;
    /// The number given for the field, which may be asked for once more.
    fn peek(&mut self, field: &'static Field) -> Result<Option<u64>, FieldError>;
    /// Says that a member needs not be asked for: it repeats what stands elsewhere.
    fn skip(&mut self, field: &'static Field);
}

/// A source that has nothing: all fields have their defaults.
///
/// ```
/// use packetsmith::Ipv4;
/// use packetsmith::wire::{Defaults, Encoder};
/// let (mut out, mut tail) = (Vec::new(), Vec::new());
/// let unset = Encoder::new(&mut Defaults, &mut out, &mut tail).fixed::<20>(Ipv4::FIELDS).unwrap();
/// assert_eq!((out[0], out[8]), (0x40, 64), "the version and the TTL have defaults");
/// assert!(unset >> Ipv4::row("ihl") & 1 == 1, "the length is left to be computed");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Defaults;

impl FieldSource for Defaults {
    fn value(&mut self, _: &'static Field) -> Result<Option<Value<'_>>, FieldError> {
        Ok(None)
    }
    fn raw(&mut self, _: &'static Field) -> Result<Option<&[u8]>, FieldError> {
        Ok(None)
    }
    fn open(&mut self, _: &'static Field) -> Result<bool, FieldError> {
        Ok(false)
    }
    fn next(&mut self) -> Result<bool, FieldError> {
        Ok(false)
    }
    fn close(&mut self) -> Result<(), FieldError> {
        Ok(())
    }
    fn has(&mut self, _: &'static Field) -> bool {
        false
    }
    fn peek(&mut self, _: &'static Field) -> Result<Option<u64>, FieldError> {
        Ok(None)
    }
    fn skip(&mut self, _: &'static Field) {}
}

/// A head on its way back to bytes: values come from a [`FieldSource`], bytes go behind those that are
/// there already.
///
/// ```
/// use packetsmith::{Field, Kind, Tree};
/// use packetsmith::wire::Encoder;
/// const LENGTH: &Field = &Field::floating("length", "", Kind::Uint, "Bytes of the text.");
/// const TEXT: &Field = &Field::floating("text", "", Kind::Text, "What is said.");
/// let mut form = Tree::default();
/// form.quoted("text", b"hello");
/// let (mut source, mut out, mut tail) = (form.source(), Vec::new(), Vec::new());
/// let mut builder = Encoder::new(&mut source, &mut out, &mut tail);
/// let given = builder.given(LENGTH, 2).unwrap();
/// builder.bytes(TEXT).unwrap();
/// if given.is_none() {
///     let length = builder.len() - 2;
///     builder.patch(0, 2, length as u64);
/// }
/// assert_eq!(out, b"\0\x05hello");
/// ```
pub struct Encoder<'b> {
    /// Where values come from.
    pub source: &'b mut dyn FieldSource,
    /// Where bytes go.
    pub out: &'b mut dyn ByteSink,
    /// Where bytes go that stand behind the layer's body, outside of its length.
    pub tail: &'b mut dyn ByteSink,
    /// Where in `out` the message begins that names are compressed against.
    pub message: usize,
    /// Where in the message labels begin that names may point to; `None` where they are not compressed.
    pub(crate) labels: Option<Labels>,
}

impl<'b> Encoder<'b> {
    /// Builds behind what `out` has.
    pub fn new(source: &'b mut dyn FieldSource, out: &'b mut dyn ByteSink, tail: &'b mut dyn ByteSink) -> Self {
        let message = out.written().len();
        Encoder { source, out, tail, message, labels: None }
    }

    /// Bytes that there are so far.
    pub fn len(&mut self) -> usize {
        self.out.written().len()
    }

    /// Tells whether there are no bytes so far.
    pub fn is_empty(&mut self) -> bool {
        self.len() == 0
    }

    /// Builds the rows of a fixed header of `N` bytes. Gives the set of derived rows that nobody set, one
    /// bit a row.
    pub fn fixed<const N: usize>(&mut self, fields: &'static [Field]) -> Result<u64, FieldError> {
        let mut header: [u8; N] = crate::wire::defaults(fields);
        let mut unset = 0;
        for (row, field) in fields.iter().enumerate() {
            match self.source.value(field)? {
                Some(value) => field.write(&mut header, &value)?,
                None if field.is_derived() => unset |= 1 << row,
                None => {}
            }
        }
        self.out.put(&header);
        Ok(unset)
    }

    /// Builds a field of `bytes` bytes; the field's default, or else zero, where nothing was given.
    pub fn number(&mut self, field: &'static Field, bytes: usize) -> Result<u64, FieldError> {
        Ok(self.given(field, bytes)?.unwrap_or(field.default))
    }

    /// Builds a field of `bytes` bytes, eight at most, and tells whether it was given; what was not is
    /// the field's default.
    pub fn given(&mut self, field: &'static Field, bytes: usize) -> Result<Option<u64>, FieldError> {
        let value = match self.source.value(field)? {
            Some(value) => Some(value.number().ok_or(FieldError::at(field, ValueError::Kind("a number")))?),
            None => None,
        };
        let number = value.unwrap_or(field.default);
        let max = u64::MAX >> (64 - 8 * bytes.clamp(1, 8));
        if number > max {
            return Err(FieldError::at(field, ValueError::TooLarge { number, max }));
        }
        let all = number.to_be_bytes();
        self.out.put(&all[all.len() - bytes.min(8)..]);
        Ok(value)
    }

    /// Builds a value that fills `N` whole bytes; the field's default where nothing was given.
    pub fn wire<T: WireValue>(&mut self, field: &'static Field) -> Result<T, FieldError> {
        let bits = T::MAX_BITS;
        let mut bytes = [0; 64];
        let Some(bytes) = bytes.get_mut(..bits / 8) else { return Err(ValueError::TooDeep.into()) };
        let field_kind = field.item_kind();
        match self.source.value(field)? {
            Some(value) => value.write(field_kind, bytes, 0..bits).map_err(|error| FieldError::at(field, error))?,
            None if field.default != 0 => put_bits(bytes, 0..bits, field.default),
            None => {}
        }
        self.out.put(bytes);
        Ok(T::get(bytes, 0..bits))
    }

    /// Builds all bytes that were given, as bytes, text or an address; nothing where nothing was.
    pub fn bytes(&mut self, field: &'static Field) -> Result<(), FieldError> {
        match self.source.value(field)? {
            Some(Value::Bytes(bytes) | Value::Text(bytes)) => self.out.put(bytes),
            Some(Value::Mac(address)) => self.out.put(&address.0),
            Some(Value::Ipv4(address)) => self.out.put(&address.octets()),
            Some(Value::Ipv6(address)) => self.out.put(&address.octets()),
            Some(_) => return Err(FieldError::at(field, ValueError::Kind("text or bytes"))),
            None => {}
        }
        Ok(())
    }

    /// Builds in the layer's tail, with what `build` puts.
    pub(crate) fn in_tail(
        &mut self,
        build: impl FnOnce(&mut Encoder<'_>) -> Result<(), FieldError>,
    ) -> Result<(), FieldError> {
        struct Nowhere;
        impl ByteSink for Nowhere {
            fn put(&mut self, _: &[u8]) {}
            fn written(&mut self) -> &mut [u8] {
                &mut []
            }
            fn truncate(&mut self, _: usize) {}
        }
        build(&mut Encoder::new(self.source, self.tail, &mut Nowhere))
    }

    /// Builds an address of which the last bytes may be left out: as many bytes as are given for it
    /// verbatim, or else `bytes` of it, or without those at its end that are zero.
    pub(crate) fn shortened(&mut self, field: &'static Field, bytes: Option<usize>) -> Result<(), FieldError> {
        let at = self.len();
        if let Some(raw) = self.source.raw(field)? {
            self.out.put(raw);
            let raw = self.out.written().get(at..).unwrap_or(&[]);
            let value = self.source.value(field)?;
            let same = match value {
                Some(Value::Ipv4(address)) => address.octets().starts_with(raw),
                Some(Value::Ipv6(address)) => address.octets().starts_with(raw),
                _ => true,
            };
            let rule = ValueError::Rule("its raw bytes are another address: leave them out to change it");
            return if same { Ok(()) } else { Err(FieldError::at(field, rule)) };
        }
        self.bytes(field)?;
        let end = match bytes {
            Some(bytes) => at + bytes,
            None => at + self.out.written()[at..].iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1),
        };
        self.out.truncate(end);
        Ok(())
    }

    /// The bytes that were put from `at` on, as many as a fixed header has.
    pub(crate) fn header<const N: usize>(&mut self, at: usize) -> [u8; N] {
        self.out.written().get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
    }

    /// Of several forms of a message, the one that most of the given members are rows of; of those the one
    /// with the fewest rows.
    pub(crate) fn likeliest<'a, V: crate::wire::TaggedEnum<'a>>(&mut self, forms: &[u16]) -> u16 {
        let score = |form: &u16| {
            let rows = V::rows(*form);
            let given = rows.iter().filter(|row| self.source.has(row)).count();
            (given, core::cmp::Reverse(rows.len()))
        };
        forms.iter().rev().copied().max_by_key(score).unwrap_or_default()
    }

    /// Builds a domain name: the root where nothing was given.
    pub fn name(&mut self, field: &'static Field) -> Result<(), FieldError> {
        let at = self.len();
        if let Some(raw) = self.source.raw(field)? {
            self.out.put(raw);
            let message = self.out.written().get(self.message..).unwrap_or(&[]);
            let written = crate::wire::Name::new(message, at - self.message);
            if written.check().is_err() {
                self.source.skip(field);
                return Ok(());
            }
            // Who changes a name must not find that it was not heard.
            return match self.source.value(field)? {
                Some(Value::Name(name)) if written != name => Err(FieldError::at(
                    field,
                    ValueError::Rule("its raw bytes are another name: leave them out to change it"),
                )),
                _ => Ok(()),
            };
        }
        match self.source.value(field)? {
            Some(Value::Name(name)) => match &mut self.labels {
                Some(labels) => labels.put(&name, self.message, self.out),
                None => crate::wire::Codec::emit(&name, self.out),
            },
            Some(_) => return Err(FieldError::at(field, ValueError::Kind("a domain name"))),
            None => self.out.put(&[0]),
        }
        Ok(())
    }

    /// Writes a number over bytes that were put before, most significant first.
    pub fn patch(&mut self, at: usize, bytes: usize, number: u64) {
        let all = number.to_be_bytes();
        if let Some(context) = self.out.written().get_mut(at..at + bytes) {
            context.copy_from_slice(&all[all.len() - bytes.min(8)..]);
        }
    }
}
