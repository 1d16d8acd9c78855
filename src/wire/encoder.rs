//! Encoding: sources of field values, and the encoder that writes them as bytes.

use super::bits::put_bits;
use super::byte_sink::ByteSink;
use super::compression::LabelTable;
use super::field::{Field, FieldError};
use super::kind::Kind;
use super::value::Value;
use super::value_error::ValueError;
use super::wire_value::WireValue;

/// Field of a layer's trailer, which JSON, trees and packet text give beside the fields of the header.
pub(crate) const TRAILER: &Field =
    &Field::floating("trailer", "", Kind::Bytes, "Trailer: bytes past the end that the header's length field gives.");

/// Bit for a computed field outside the fixed header, in a set of fields to compute.
pub(crate) const OWN: u64 = 1 << 63;

/// Bit for a checksum that is left to the network card, in a set of fields to compute: it is the sum of the
/// pseudo-header.
pub(crate) const OFFLOADED: u64 = 1 << 60;

/// Bit for a checksum whose zero is written as 0xffff, in a set of fields to compute: the two are the same number
/// (RFC 1624 §3).
pub(crate) const ZERO_IS_ALL_ONES: u64 = 1 << 59;

/// Provides field values to an [`Encoder`]. It is the counterpart of a [`Visitor`](crate::wire::Visitor), which
/// receives them.
///
/// The encoder asks for fields in wire order. The source may hold them in any order.
///
/// ```
/// use packetsmith::{Field, Udp, Value};
/// use packetsmith::wire::{Encoder, FieldError, FieldSource};
/// /// Holds one number, for one field.
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
    /// The value of the field, converted to the field's kind: names to numbers, text to addresses. `None` if the source
    /// has none.
    fn value(&mut self, field: &'static Field) -> Result<Option<Value<'_>>, FieldError>;
    /// The bytes of the field, which are written in place of its value.
    fn raw(&mut self, field: &'static Field) -> Result<Option<&[u8]>, FieldError>;
    /// Enters a list or a group. `false` if the source has none.
    fn open(&mut self, field: &'static Field) -> Result<bool, FieldError>;
    /// Moves to the next item of the list, at first to the first. `false` at its end. If the item is a group, the group
    /// is entered.
    fn next(&mut self) -> Result<bool, FieldError>;
    /// Leaves the list or group. It is an error if a member of it was not asked for.
    fn close(&mut self) -> Result<(), FieldError>;
    /// Tells whether the source has a value, bytes, a list or a group for the field that was not asked for yet.
    fn has(&mut self, field: &'static Field) -> bool;
    /// The number of the field. It can be asked for again.
    fn peek(&mut self, field: &'static Field) -> Result<Option<u64>, FieldError>;
    /// Marks a member as used, because it repeats another one.
    fn skip(&mut self, field: &'static Field);
}

/// A source without values: all fields have their defaults.
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

/// Encodes a header: reads values from a [`FieldSource`] and appends bytes to a [`ByteSink`].
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
    /// The source of values.
    pub source: &'b mut dyn FieldSource,
    /// The sink for the header.
    pub out: &'b mut dyn ByteSink,
    /// The sink for the layer's trailer: bytes past its length.
    pub trailer: &'b mut dyn ByteSink,
    /// Offset in `out` of the message that domain names are compressed against.
    pub message: usize,
    /// LabelTable that names can point to. `None` if names are not compressed.
    pub(crate) labels: Option<LabelTable>,
}

impl<'b> Encoder<'b> {
    /// Appends to `out`.
    pub fn new(source: &'b mut dyn FieldSource, out: &'b mut dyn ByteSink, trailer: &'b mut dyn ByteSink) -> Self {
        let message = out.written().len();
        Encoder { source, out, trailer, message, labels: None }
    }

    /// Number of bytes in `out`.
    pub fn len(&mut self) -> usize {
        self.out.written().len()
    }

    /// Tells whether `out` is empty.
    pub fn is_empty(&mut self) -> bool {
        self.len() == 0
    }

    /// Builds a fixed header of `N` bytes. Returns the computed fields that the source does not set, one bit for each
    /// row.
    pub fn fixed<const N: usize>(&mut self, fields: &'static [Field]) -> Result<u64, FieldError> {
        let mut header: [u8; N] = crate::wire::defaults(fields);
        let unset = self.fill(fields, &mut header)?;
        self.out.put(&header);
        Ok(unset)
    }

    /// Builds rows of 8 bytes at most, as [`fixed`](Self::fixed).
    pub(super) fn rows(&mut self, fields: &'static [Field]) -> Result<u64, FieldError> {
        let mut header: [u8; 8] = crate::wire::defaults(fields);
        let unset = self.fill(fields, &mut header)?;
        let len = fields.last().map_or(0, |last| usize::from(last.end_bit) / 8);
        self.out.put(header.get(..len).unwrap_or(&header));
        Ok(unset)
    }

    /// Builds a fixed header of any length, as [`fixed`](Self::fixed).
    #[cfg(feature = "alloc")]
    pub(crate) fn table(&mut self, fields: &'static [Field]) -> Result<u64, FieldError> {
        let len = fields.last().map_or(0, |last| usize::from(last.end_bit) / 8);
        let mut header = alloc::vec![0; len];
        // Fields of bytes have more bits than a number, and no default.
        for field in fields.iter().filter(|field| field.default != 0) {
            crate::wire::put_bits(&mut header, field.bits(), field.default);
        }
        let unset = self.fill(fields, &mut header)?;
        self.out.put(&header);
        Ok(unset)
    }

    /// Sets the fields that the source has; gives the computed ones that it has not, one bit for each row.
    fn fill(&mut self, fields: &'static [Field], header: &mut [u8]) -> Result<u64, FieldError> {
        let mut unset = 0;
        for (row, field) in fields.iter().enumerate() {
            match self.source.value(field)? {
                Some(value) => field.write(header, &value)?,
                None if field.is_computed() => unset |= 1 << row,
                None => {}
            }
        }
        Ok(unset)
    }

    /// Tells whether the source has a value for one of these fields.
    pub fn has_any(&mut self, fields: &'static [Field]) -> bool {
        fields.iter().any(|field| self.source.has(field))
    }

    /// Builds a field of `bytes` bytes: the value of the source, or the field's default.
    pub fn number(&mut self, field: &'static Field, bytes: usize) -> Result<u64, FieldError> {
        Ok(self.given(field, bytes)?.unwrap_or(field.default))
    }

    /// Builds a field of `bytes` bytes, 8 at most: the value of the source, or the field's default. Returns the number
    /// if the source has one.
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

    /// Builds a value of whole bytes: the value of the source, or the field's default.
    pub fn wire<T: WireValue>(&mut self, field: &'static Field) -> Result<T, FieldError> {
        let mut bytes = [0; 64];
        self.put_whole(field, &mut bytes, T::MAX_BITS)?;
        Ok(T::get(&bytes, 0..T::MAX_BITS))
    }

    /// Builds a value of `bits` bits, whole bytes, and leaves it in `bytes`.
    pub(crate) fn put_whole(
        &mut self,
        field: &'static Field,
        bytes: &mut [u8; 64],
        bits: usize,
    ) -> Result<(), FieldError> {
        let Some(bytes) = bytes.get_mut(..bits / 8) else { return Err(ValueError::TooDeep.into()) };
        match self.source.value(field)? {
            Some(value) => {
                value.write(field.item_kind(), bytes, 0..bits).map_err(|error| FieldError::at(field, error))?
            }
            None if field.default != 0 => put_bits(bytes, 0..bits, field.default),
            None => {}
        }
        self.out.put(bytes);
        Ok(())
    }

    /// Builds a field of variable length from bytes, text or an address. Writes nothing if the source has none.
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

    /// Runs `build` with the layer's trailer as the sink.
    pub(crate) fn in_trailer(
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
        build(&mut Encoder::new(self.source, self.trailer, &mut Nowhere))
    }

    /// Builds an address whose last bytes can be left out: the bytes that the source gives, or else the first `bytes`
    /// bytes, or else all but the zeros at its end.
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

    /// The `N` bytes of `out` from byte `at` on.
    pub(crate) fn header<const N: usize>(&mut self, at: usize) -> [u8; N] {
        self.out.written().get(at..).and_then(|bytes| bytes.first_chunk()).copied().unwrap_or([0; N])
    }

    /// Builds a domain name, or the root if the source has none.
    pub fn name(&mut self, field: &'static Field) -> Result<(), FieldError> {
        let at = self.len();
        if let Some(raw) = self.source.raw(field)? {
            self.out.put(raw);
            let message = self.out.written().get(self.message..).unwrap_or(&[]);
            let written = crate::wire::Name::new(message, at - self.message);
            if written.check().is_err() {
                // A broken name has no text that could be compared.
                let _ = self.source.value(field);
                return Ok(());
            }
            // A changed name must not be ignored in favour of its stale raw bytes.
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
                None => name.emit_labels(self.out),
            },
            Some(_) => return Err(FieldError::at(field, ValueError::Kind("a domain name"))),
            None => self.out.put(&[0]),
        }
        Ok(())
    }

    /// Overwrites `bytes` bytes at offset `at` with the number of a computed field. `max` is the largest that fits it.
    ///
    /// # Errors
    ///
    /// The number is larger.
    pub(crate) fn compute(
        &mut self,
        field: &'static Field,
        (at, bytes): (usize, usize),
        number: usize,
        max: u64,
    ) -> Result<(), FieldError> {
        let number = number as u64;
        if number > max {
            return Err(FieldError::at(field, ValueError::TooLarge { number, max }));
        }
        self.patch(at, bytes, number);
        Ok(())
    }

    /// Overwrites `bytes` bytes at offset `at` with a number, most significant byte first.
    pub fn patch(&mut self, at: usize, bytes: usize, number: u64) {
        let all = number.to_be_bytes();
        if let Some(context) = self.out.written().get_mut(at..at + bytes) {
            context.copy_from_slice(&all[all.len() - bytes.min(8)..]);
        }
    }
}
