//! The way back from values to bytes: what hands out the values of fields, and what takes bytes.

use crate::field::{Derive, Field, Kind, Value, Wire, put_bits};
use core::fmt;

/// The bytes that the layer's own length leaves out, as they are given for a layer.
pub(crate) const TAIL: &Field =
    &Field::floating("tail", "", Kind::Bytes, "Bytes that the layer's own length leaves out.");

/// In a set of derived rows that are to be computed, one that is not of the fixed header.
pub(crate) const OWN: u64 = 1 << 63;

/// Somewhere to put bytes.
///
/// ```
/// use packetsmith::source::Put;
/// let mut bytes = Vec::new();
/// bytes.put(&[1, 2]);
/// bytes.put(&[3]);
/// assert_eq!(bytes.written(), [1, 2, 3]);
/// ```
pub trait Put {
    /// Appends `bytes`.
    fn put(&mut self, bytes: &[u8]);
    /// What has been put so far.
    fn written(&mut self) -> &mut [u8];
    /// How much has been put, whether or not there was room for it.
    fn len(&mut self) -> usize {
        self.written().len()
    }
    /// Tells whether nothing has been put.
    fn is_empty(&mut self) -> bool {
        self.len() == 0
    }
    /// Forgets all but the first `len` bytes.
    fn truncate(&mut self, len: usize);
}

#[cfg(feature = "alloc")]
impl Put for alloc::vec::Vec<u8> {
    fn put(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes)
    }
    fn written(&mut self) -> &mut [u8] {
        self
    }
    fn truncate(&mut self, len: usize) {
        alloc::vec::Vec::truncate(self, len)
    }
}

/// Compares names by their letters and digits alone.
pub(crate) fn alike(a: &str, b: &str) -> bool {
    fn letters(s: &str) -> impl Iterator<Item = char> + use<'_> {
        s.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase())
    }
    letters(a).eq(letters(b))
}

/// Why a value cannot stand where it should.
///
/// ```
/// use packetsmith::source::Unfit;
/// assert_eq!(Unfit::TooLong { have: 70, max: 63 }.to_string(), "70 bytes where 63 fit");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// The number is larger than the largest that the field can hold.
    TooLarge {
        /// The number.
        number: u64,
        /// The largest that there can be.
        max: u64,
    },
    /// There are more bytes than the field has.
    TooLong {
        /// Bytes there.
        have: usize,
        /// Bytes that there can be.
        max: usize,
    },
    /// The number of bytes is not a multiple of a unit.
    NotWhole {
        /// Bytes there.
        have: usize,
        /// Bytes of one unit.
        unit: usize,
    },
    /// The value is of another kind: what was called for.
    Kind(&'static str),
    /// The text is no value of the kind.
    Text(&'static str),
    /// The registry has no such name.
    NoName,
    /// There is no such member.
    NoMember,
    /// Options or layers lie too deep inside of each other.
    TooDeep,
    /// The buffer is too small: bytes needed.
    NoRoom(usize),
    /// A member is there that must not be beside another.
    Rule(&'static str),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Unfit::TooLarge { number, max } => write!(f, "{number} is more than {max}, the largest that fits"),
            Unfit::TooLong { have, max } => write!(f, "{have} bytes where {max} fit"),
            Unfit::NotWhole { have, unit } => write!(f, "{have} bytes are no multiple of {unit}"),
            Unfit::Kind(kind) => write!(f, "{kind} is called for here"),
            Unfit::Text(kind) => write!(f, "is not {kind}"),
            Unfit::NoName => f.write_str("no number has this name"),
            Unfit::NoMember => f.write_str("there is no such field"),
            Unfit::TooDeep => f.write_str("lies too deep inside of others"),
            Unfit::NoRoom(n) => write!(f, "the buffer is too small, {n} bytes are needed"),
            Unfit::Rule(text) => f.write_str(text),
        }
    }
}

impl core::error::Error for Unfit {}

/// A field, and why a value cannot stand there.
///
/// ```
/// use packetsmith::{Udp, source::{Mistake, Unfit}};
/// let mistake = Mistake::at(&Udp::FIELDS[0], Unfit::Kind("a number"));
/// assert_eq!(mistake.to_string(), "src_port: a number is called for here");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Mistake {
    /// The field.
    pub field: Option<&'static Field>,
    /// What is wrong.
    pub unfit: Unfit,
}

impl Mistake {
    /// Names the field.
    pub const fn at(field: &'static Field, unfit: Unfit) -> Self {
        Mistake { field: Some(field), unfit }
    }
}

impl From<Unfit> for Mistake {
    fn from(unfit: Unfit) -> Self {
        Mistake { field: None, unfit }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{}: {}", field.name, self.unfit),
            None => self.unfit.fmt(f),
        }
    }
}

impl core::error::Error for Mistake {}

/// Hands out values by the names of fields: the way back from a [`Visitor`](crate::field::Visitor).
///
/// Whoever builds asks in wire order; it may be given in any.
///
/// ```
/// use packetsmith::{Field, Udp, Value, source::{Builder, Mistake, Source}};
/// /// Has one number, for the field of a name.
/// struct One(&'static str, u64);
/// impl Source for One {
///     fn has(&mut self, field: &'static Field) -> bool { field.name == self.0 }
///     fn value(&mut self, field: &'static Field) -> Result<Option<Value<'_>>, Mistake> {
///         Ok(self.has(field).then_some(Value::Uint(self.1)))
///     }
///     fn open(&mut self, _: &'static Field) -> Result<bool, Mistake> { Ok(false) } // no list or group
/// #   fn raw(&mut self, _: &'static Field) -> Result<Option<&[u8]>, Mistake> { Ok(None) }
/// #   fn next(&mut self) -> Result<bool, Mistake> { Ok(false) }
/// #   fn close(&mut self) -> Result<(), Mistake> { Ok(()) }
/// #   fn peek(&mut self, _: &'static Field) -> Result<Option<u64>, Mistake> { Ok(None) }
/// #   fn skip(&mut self, _: &'static Field) {}
/// }
/// let (mut out, mut tail) = (Vec::new(), Vec::new());
/// Builder::new(&mut One("dst_port", 53), &mut out, &mut tail).fixed::<8>(Udp::FIELDS).unwrap();
/// assert_eq!(out, [0, 0, 0, 53, 0, 0, 0, 0]);
/// ```
pub trait Source {
    /// The value given for the field, as its kind has it: text and addresses made into what they stand
    /// for. `None` where nothing was given.
    fn value(&mut self, field: &'static Field) -> Result<Option<Value<'_>>, Mistake>;
    /// The bytes given for the field itself, verbatim, in place of what its value would become.
    fn raw(&mut self, field: &'static Field) -> Result<Option<&[u8]>, Mistake>;
    /// Goes into a list or a group; `false` where there is none.
    fn open(&mut self, field: &'static Field) -> Result<bool, Mistake>;
    /// Goes on to the next item of the list, the first one at first; `false` at its end. An item that
    /// is a group is gone into.
    fn next(&mut self) -> Result<bool, Mistake>;
    /// Leaves the list or group. Members that nobody asked for are a mistake.
    fn close(&mut self) -> Result<(), Mistake>;
    /// Tells whether a value, bytes, a list or a group is given for the field, and not asked for yet.
    fn has(&mut self, field: &'static Field) -> bool;
    /// The number given for the field, which may be asked for once more.
    fn peek(&mut self, field: &'static Field) -> Result<Option<u64>, Mistake>;
    /// Says that a member needs not be asked for: it repeats what stands elsewhere.
    fn skip(&mut self, field: &'static Field);
}

/// A source that has nothing: all fields have their defaults.
///
/// ```
/// use packetsmith::{Ipv4, source::{Builder, Nothing}};
/// let (mut out, mut tail) = (Vec::new(), Vec::new());
/// let auto = Builder::new(&mut Nothing, &mut out, &mut tail).fixed::<20>(Ipv4::FIELDS).unwrap();
/// assert_eq!((out[0], out[8]), (0x40, 64), "the version and the TTL have defaults");
/// assert!(auto >> Ipv4::row("ihl") & 1 == 1, "the length is left to be computed");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Nothing;

impl Source for Nothing {
    fn value(&mut self, _: &'static Field) -> Result<Option<Value<'_>>, Mistake> {
        Ok(None)
    }
    fn raw(&mut self, _: &'static Field) -> Result<Option<&[u8]>, Mistake> {
        Ok(None)
    }
    fn open(&mut self, _: &'static Field) -> Result<bool, Mistake> {
        Ok(false)
    }
    fn next(&mut self) -> Result<bool, Mistake> {
        Ok(false)
    }
    fn close(&mut self) -> Result<(), Mistake> {
        Ok(())
    }
    fn has(&mut self, _: &'static Field) -> bool {
        false
    }
    fn peek(&mut self, _: &'static Field) -> Result<Option<u64>, Mistake> {
        Ok(None)
    }
    fn skip(&mut self, _: &'static Field) {}
}

/// A head on its way back to bytes: values come from a [`Source`], bytes go behind those that are
/// there already.
///
/// ```
/// use packetsmith::{Field, Form, Kind, source::Builder};
/// const LENGTH: &Field = &Field::floating("length", "", Kind::Uint, "Bytes of the text.");
/// const TEXT: &Field = &Field::floating("text", "", Kind::Text, "What is said.");
/// let mut form = Form::default();
/// form.quoted("text", b"hello");
/// let (mut source, mut out, mut tail) = (form.source(), Vec::new(), Vec::new());
/// let mut builder = Builder::new(&mut source, &mut out, &mut tail);
/// let given = builder.given(LENGTH, 2).unwrap();
/// builder.bytes(TEXT).unwrap();
/// if given.is_none() {
///     let length = builder.len() - 2;
///     builder.patch(0, 2, length as u64);
/// }
/// assert_eq!(out, b"\0\x05hello");
/// ```
pub struct Builder<'b> {
    /// Where values come from.
    pub source: &'b mut dyn Source,
    /// Where bytes go.
    pub out: &'b mut dyn Put,
    /// Where bytes go that stand behind the layer's body, outside of its length.
    pub tail: &'b mut dyn Put,
    /// Where in `out` the message begins that names are compressed against.
    pub message: usize,
    /// Where in the message labels begin that names may point to; `None` where they are not compressed.
    pub(crate) labels: Option<Labels>,
}

/// Places of labels in a message (RFC 1035 §4.1.4).
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    places: [u16; Labels::MAX],
    count: usize,
}

impl Labels {
    /// Most places that are kept; names behind those can still point to them.
    const MAX: usize = 128;

    pub(crate) const fn new() -> Self {
        Labels { places: [0; Labels::MAX], count: 0 }
    }

    /// Puts a name: labels, and then a pointer to where the rest of them stands already.
    fn put(&mut self, name: &crate::name::Name<'_>, message: usize, out: &mut dyn Put) {
        for (i, label) in name.labels().map_while(Result::ok).enumerate() {
            let written = out.written().get(message..).unwrap_or(&[]);
            let rest_stands_at = |place: &u16| {
                let there = crate::name::Name::new(written, usize::from(*place)).labels();
                name.labels().skip(i).eq(there)
            };
            let known = self.places[..self.count].iter().copied().find(rest_stands_at);
            if let Some(place) = known {
                return out.put(&(0xc000 | place).to_be_bytes());
            }
            let at = out.written().len() - message;
            if at < 0x4000
                && let Some(place) = self.places.get_mut(self.count)
            {
                *place = at as u16;
                self.count += 1;
            }
            out.put(&[label.len() as u8]);
            out.put(label);
        }
        out.put(&[0]);
    }
}

impl<'b> Builder<'b> {
    /// Builds behind what `out` has.
    pub fn new(source: &'b mut dyn Source, out: &'b mut dyn Put, tail: &'b mut dyn Put) -> Self {
        let message = out.written().len();
        Builder { source, out, tail, message, labels: None }
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
    pub fn fixed<const N: usize>(&mut self, fields: &'static [Field]) -> Result<u64, Mistake> {
        let mut header: [u8; N] = crate::field::defaults(fields);
        let mut auto = 0;
        for (row, field) in fields.iter().enumerate() {
            match self.source.value(field)? {
                Some(value) => field.write(&mut header, &value)?,
                None if field.is_derived() => auto |= 1 << row,
                None => {}
            }
        }
        self.out.put(&header);
        Ok(auto)
    }

    /// Builds a field of `bytes` bytes; the field's default, or else zero, where nothing was given.
    pub fn number(&mut self, field: &'static Field, bytes: usize) -> Result<u64, Mistake> {
        Ok(self.given(field, bytes)?.unwrap_or(field.default))
    }

    /// Builds a field of `bytes` bytes, eight at most, and tells whether it was given; what was not is
    /// the field's default.
    pub fn given(&mut self, field: &'static Field, bytes: usize) -> Result<Option<u64>, Mistake> {
        let value = match self.source.value(field)? {
            Some(value) => Some(value.number().ok_or(Mistake::at(field, Unfit::Kind("a number")))?),
            None => None,
        };
        let number = value.unwrap_or(field.default);
        let max = u64::MAX >> (64 - 8 * bytes.clamp(1, 8));
        if number > max {
            return Err(Mistake::at(field, Unfit::TooLarge { number, max }));
        }
        let all = number.to_be_bytes();
        self.out.put(&all[all.len() - bytes.min(8)..]);
        Ok(value)
    }

    /// Builds a value that fills `N` whole bytes; the field's default where nothing was given.
    pub fn wire<T: Wire>(&mut self, field: &'static Field) -> Result<T, Mistake> {
        let bits = T::MAX_BITS;
        let mut bytes = [0; 64];
        let Some(bytes) = bytes.get_mut(..bits / 8) else { return Err(Unfit::TooDeep.into()) };
        let field_kind = field.item_kind();
        match self.source.value(field)? {
            Some(value) => value.write(field_kind, bytes, 0..bits).map_err(|unfit| Mistake::at(field, unfit))?,
            None if field.default != 0 => put_bits(bytes, 0..bits, field.default),
            None => {}
        }
        self.out.put(bytes);
        Ok(T::get(bytes, 0..bits))
    }

    /// Builds all bytes that were given, as bytes, text or an address; nothing where nothing was.
    pub fn bytes(&mut self, field: &'static Field) -> Result<(), Mistake> {
        match self.source.value(field)? {
            Some(Value::Bytes(bytes) | Value::Text(bytes)) => self.out.put(bytes),
            Some(Value::Mac(address)) => self.out.put(&address.0),
            Some(Value::Ipv4(address)) => self.out.put(&address.octets()),
            Some(Value::Ipv6(address)) => self.out.put(&address.octets()),
            Some(_) => return Err(Mistake::at(field, Unfit::Kind("text or bytes"))),
            None => {}
        }
        Ok(())
    }

    /// Builds in the layer's tail, with what `build` puts.
    pub(crate) fn in_tail(
        &mut self,
        build: impl FnOnce(&mut Builder<'_>) -> Result<(), Mistake>,
    ) -> Result<(), Mistake> {
        struct Nowhere;
        impl Put for Nowhere {
            fn put(&mut self, _: &[u8]) {}
            fn written(&mut self) -> &mut [u8] {
                &mut []
            }
            fn truncate(&mut self, _: usize) {}
        }
        build(&mut Builder::new(self.source, self.tail, &mut Nowhere))
    }

    /// Builds an address of which the last bytes may be left out: as many bytes as are given for it
    /// verbatim, or else `bytes` of it, or without those at its end that are zero.
    pub(crate) fn shortened(&mut self, field: &'static Field, bytes: Option<usize>) -> Result<(), Mistake> {
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
            let rule = Unfit::Rule("its raw bytes are another address: leave them out to change it");
            return if same { Ok(()) } else { Err(Mistake::at(field, rule)) };
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
    pub(crate) fn likeliest<'a, V: crate::part::Variants<'a>>(&mut self, forms: &[u16]) -> u16 {
        let score = |form: &u16| {
            let rows = V::rows(*form);
            let given = rows.iter().filter(|row| self.source.has(row)).count();
            (given, core::cmp::Reverse(rows.len()))
        };
        forms.iter().rev().copied().max_by_key(score).unwrap_or_default()
    }

    /// Builds a domain name: the root where nothing was given.
    pub fn name(&mut self, field: &'static Field) -> Result<(), Mistake> {
        let at = self.len();
        if let Some(raw) = self.source.raw(field)? {
            self.out.put(raw);
            let message = self.out.written().get(self.message..).unwrap_or(&[]);
            let written = crate::name::Name::new(message, at - self.message);
            if written.check().is_err() {
                self.source.skip(field);
                return Ok(());
            }
            // Who changes a name must not find that it was not heard.
            return match self.source.value(field)? {
                Some(Value::Name(name)) if written != name => {
                    Err(Mistake::at(field, Unfit::Rule("its raw bytes are another name: leave them out to change it")))
                }
                _ => Ok(()),
            };
        }
        match self.source.value(field)? {
            Some(Value::Name(name)) => match &mut self.labels {
                Some(labels) => labels.put(&name, self.message, self.out),
                None => crate::part::Part::emit(&name, self.out),
            },
            Some(_) => return Err(Mistake::at(field, Unfit::Kind("a domain name"))),
            None => self.out.put(&[0]),
        }
        Ok(())
    }

    /// Writes a number over bytes that were put before, most significant first.
    pub fn patch(&mut self, at: usize, bytes: usize, number: u64) {
        let all = number.to_be_bytes();
        if let Some(place) = self.out.written().get_mut(at..at + bytes) {
            place.copy_from_slice(&all[all.len() - bytes.min(8)..]);
        }
    }
}

impl Field {
    /// Writes a value over the field's bits in a header that holds them.
    pub fn write(&'static self, header: &mut [u8], value: &Value<'_>) -> Result<(), Mistake> {
        value.write(self.kind, header, self.bits()).map_err(|unfit| Mistake::at(self, unfit))
    }
}

impl Value<'_> {
    /// The number, where the value is one.
    pub fn number(&self) -> Option<u64> {
        match *self {
            Value::Uint(n) => Some(n),
            Value::Bool(b) => Some(b.into()),
            Value::Checksum(n, _) => Some(n.into()),
            _ => None,
        }
    }

    /// Writes the value over the bits `bits` of `buf`, which must hold them. Bytes and text that are
    /// shorter are filled up with zeros.
    pub fn write(&self, kind: Kind, buf: &mut [u8], bits: core::ops::Range<usize>) -> Result<(), Unfit> {
        let mac;
        let v4;
        let v6;
        let bytes = match self {
            Value::Mac(a) => {
                mac = a.0;
                &mac[..]
            }
            Value::Ipv4(a) => {
                v4 = a.octets();
                &v4[..]
            }
            Value::Ipv6(a) => {
                v6 = a.octets();
                &v6[..]
            }
            Value::Bytes(b) | Value::Text(b) => b,
            Value::Name(_) => return Err(Unfit::Kind("no name")),
            _ if matches!(kind, Kind::Int) => {
                let unused = 64 - bits.len().clamp(1, 64);
                let signed = match *self {
                    Value::Int(n) => n,
                    _ => self.number().and_then(|n| i64::try_from(n).ok()).unwrap_or(i64::MAX),
                };
                if (signed << unused) >> unused != signed {
                    let max = u64::MAX >> (unused + 1);
                    return Err(match u64::try_from(signed) {
                        Ok(number) => Unfit::TooLarge { number, max },
                        Err(_) => Unfit::Rule("is less than the least that fits"),
                    });
                }
                put_bits(buf, bits, signed as u64);
                return Ok(());
            }
            Value::Int(_) => return Err(Unfit::Kind("a number that is not negative")),
            _ => {
                let number = self.number().unwrap_or(0);
                let max = u64::MAX >> (64 - bits.len().clamp(1, 64));
                if number > max {
                    return Err(Unfit::TooLarge { number, max });
                }
                match kind {
                    Kind::Little => buf[bits.start / 8..bits.end / 8].copy_from_slice(&(number as u32).to_le_bytes()),
                    _ => put_bits(buf, bits, number),
                }
                return Ok(());
            }
        };
        let place = &mut buf[bits.start / 8..bits.end / 8];
        match place.split_at_mut_checked(bytes.len()) {
            Some((start, rest)) => {
                start.copy_from_slice(bytes);
                rest.fill(0);
                Ok(())
            }
            None => Err(Unfit::TooLong { have: bytes.len(), max: place.len() }),
        }
    }
}

impl Derive {
    /// The number of a length, given the bytes of the head, and of head and body.
    #[inline]
    pub fn length(self, head: usize, total: usize) -> Option<Result<u64, Unfit>> {
        let (have, unit) = match self {
            Derive::Head { unit, less } => (head.saturating_sub(less.into()), usize::from(unit.max(1))),
            Derive::Total { less } => (total.saturating_sub(less.into()), 1),
            _ => return None,
        };
        Some(if have % unit == 0 { Ok((have / unit) as u64) } else { Err(Unfit::NotWhole { have, unit }) })
    }
}
