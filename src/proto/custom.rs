//! Protocols that are defined outside of this crate.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{
    self, ChecksumCoverage, ComputedRows, LayerBounds, LayerContext, NextProtocol, OptionList, ParseDefect,
    ParsedHeader, Protocol, Report, Rule, Scope,
};
#[cfg(feature = "alloc")]
use crate::wire::Encoder;
use crate::wire::{ByteSink, Checksum, Field, FieldError, Schema, SelectorKind, Span, Visitor};
use core::any::TypeId;
use core::fmt;
use core::hash::{Hash, Hasher};

/// A protocol that is defined outside of this crate: its header, and the numbers that select it.
///
/// [`Protocols::with`](crate::Protocols::with) adds it to those that are known. From then on it is read, built, edited,
/// filtered and listed as those of this crate are. `docs/own-protocols.md` goes through it step by step.
///
/// ```
/// use packetsmith::layer::{ParseDefect, ParsedHeader, Protocol};
/// use packetsmith::proto::CustomProtocol;
/// use packetsmith::{Ethernet, Field, NextProtocol, Protocols, Stack, header};
///
/// header! {
///     /// A sensor's measurement.
///     pub struct Reading(4) => ReadingEdit, layer {
///         /// Number of the sensor.
///         sensor: u16 = 0..16, "reading.sensor";
///         /// Temperature in tenths of a degree Celsius.
///         temperature: i16 = 16..32, "reading.temperature";
///     }
/// }
///
/// impl<'a> Protocol<'a> for Reading<&'a [u8; 4]> {
///     const NAME: &'static str = "reading";
///     const TITLE: &'static str = "Measurements of our sensors";
///     const TABLE: &'static [Field] = Reading::FIELDS;
///     const RAW: &'static str = "Nothing.";
///     fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
///         let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Reading::LEN))?;
///         Ok(ParsedHeader::new(header, Reading::LEN, NextProtocol::Unknown))
///     }
/// }
///
/// impl CustomProtocol for Reading {
///     type Header<'a> = Reading<&'a [u8; 4]>;
///     const SELECTORS: &'static [NextProtocol] = &[NextProtocol::EtherType(0x88b5)];
/// }
///
/// static KNOWN: Protocols = Protocols::builtin().with::<Reading>();
///
/// let frame = Stack::new().push(Ethernet::build()).push(Reading::build().temperature(-45)).finish().unwrap();
/// let layer = KNOWN.dissect(1, &frame).nth(1).unwrap();
/// assert_eq!(layer.header_of::<Reading>().unwrap().temperature(), -45);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no protocol that can be added",
    label = "implement `CustomProtocol` for it: its header and the numbers that select it"
)]
pub trait CustomProtocol: Sized + 'static {
    /// The header, borrowed from a frame.
    type Header<'a>: Protocol<'a>;
    /// The numbers that select the protocol: EtherTypes, IP protocol numbers, ports, link types, PPP protocol numbers and
    /// service access points. The first of each kind is the one to build with.
    const SELECTORS: &'static [NextProtocol];
    /// What the library knows of the protocol.
    const DEFINITION: &'static ProtocolDefinition = &ProtocolDefinition::of::<Self>();
}

type ParseFn = for<'a> fn(&'a [u8], NextProtocol) -> Result<ParsedHeader<()>, ParseDefect>;

/// What the library knows of a protocol from outside: its names and tables, and its functions. Made by
/// [`CustomProtocol::DEFINITION`].
///
/// `Debug` is the protocol's name. Two definitions are equal if they are of the same type.
pub struct ProtocolDefinition {
    id: TypeId,
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) raw: &'static str,
    pub(crate) fields: &'static [Field],
    pub(crate) length_row: u8,
    pub(crate) options: Option<OptionList>,
    pub(crate) schema_roots: [&'static [&'static Schema]; 2],
    pub(crate) rules: &'static [&'static [Rule]],
    pub(crate) computed_rows: ComputedRows,
    pub(crate) selectors: &'static [NextProtocol],
    pub(crate) parse: ParseFn,
    pub(crate) update_scope: fn(&LayerContext<'_>, &mut Scope),
    pub(crate) coverage: fn(&[u8]) -> Option<ChecksumCoverage>,
    pub(crate) verify: fn(&LayerContext<'_>) -> Option<Checksum>,
    pub(crate) show: fn(&LayerContext<'_>, Option<Checksum>, &mut dyn Visitor),
    pub(crate) check: fn(&LayerContext<'_>, Option<Checksum>, &mut Report<'_>),
    #[cfg(feature = "alloc")]
    pub(crate) summarize: fn(&LayerContext<'_>, &mut Summary),
    #[cfg(feature = "alloc")]
    build: fn(&mut Encoder<'_>, usize, &mut u64) -> Result<(), FieldError>,
    pub(crate) finish: fn(&mut [u8], LayerBounds, u64) -> Result<(), FieldError>,
    pub(crate) pad: fn(usize, &mut dyn ByteSink),
}

/// The header of a layer, parsed again from its frame.
fn header<'a, E: CustomProtocol>(context: &LayerContext<'a>) -> Option<E::Header<'a>> {
    let bytes = Span::new(context.bounds.start, context.bounds.trailer_end).of(context.frame);
    E::Header::parse(bytes, context.selector).ok().map(|parsed| parsed.header)
}

impl ProtocolDefinition {
    const fn of<E: CustomProtocol>() -> Self {
        ProtocolDefinition {
            id: TypeId::of::<E>(),
            name: E::Header::NAME,
            title: E::Header::TITLE,
            raw: E::Header::RAW,
            fields: E::Header::TABLE,
            length_row: E::Header::LENGTH_ROW,
            options: E::Header::OPTIONS,
            schema_roots: [layer::option_schemas::<E::Header<'static>>(), E::Header::VARIABLE],
            rules: E::Header::RULES,
            computed_rows: ComputedRows::of(E::Header::TABLE),
            selectors: E::SELECTORS,
            parse: |bytes, selector| {
                let ParsedHeader { header_len, total_len, next, defect, .. } = E::Header::parse(bytes, selector)?;
                // The walk relies on it that a header is not longer than the bytes that are there.
                Ok(ParsedHeader { header: (), header_len: header_len.min(bytes.len()), total_len, next, defect })
            },
            update_scope: |context, scope| {
                if let Some(header) = header::<E>(context) {
                    header.update_scope(context, scope)
                }
            },
            coverage: |bytes| E::Header::parse(bytes, NextProtocol::Unknown).ok()?.header.coverage(),
            verify: |context| header::<E>(context)?.verify(context),
            show: |context, checksum, visitor| {
                if let Some(header) = header::<E>(context) {
                    layer::show_verified(&header, context, checksum, visitor)
                }
            },
            check: |context, checksum, report| {
                if let Some(header) = header::<E>(context) {
                    layer::check_verified(&header, context, checksum, report)
                }
            },
            #[cfg(feature = "alloc")]
            summarize: |context, summary| {
                if let Some(header) = header::<E>(context) {
                    header.summarize(context, summary)
                }
            },
            #[cfg(feature = "alloc")]
            build: layer::build::<E::Header<'static>>,
            finish: E::Header::finish,
            pad: E::Header::pad,
        }
    }

    /// Name in code, JSON and filters.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Builds a header from a source, and returns the computed rows that were left unset.
    #[cfg(feature = "alloc")]
    pub(crate) fn build(&self, builder: &mut Encoder<'_>) -> Result<u64, FieldError> {
        let at = builder.len();
        let mut unset = builder.table(self.fields)?;
        (self.build)(builder, at, &mut unset)?;
        Ok(unset)
    }

    /// Whether a selector selects the protocol.
    pub(crate) fn is_selected_by(&self, selector: NextProtocol) -> bool {
        let (low, high) = selector.each();
        self.selectors.contains(&low) || self.selectors.contains(&high)
    }

    /// The first of the numbers that select the protocol.
    pub(crate) const fn first_number(&self, numbers: SelectorKind) -> Option<u16> {
        let mut i = 0;
        while i < self.selectors.len() {
            match (self.selectors[i], numbers) {
                (NextProtocol::EtherType(number), SelectorKind::EtherType) => return Some(number),
                (NextProtocol::IpProtocol(number), SelectorKind::IpProtocol) => return Some(number as u16),
                _ => i += 1,
            }
        }
        None
    }
}

impl PartialEq for ProtocolDefinition {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for ProtocolDefinition {}

impl Hash for ProtocolDefinition {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state)
    }
}

impl fmt::Debug for ProtocolDefinition {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
