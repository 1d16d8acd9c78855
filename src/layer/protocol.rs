//! The trait that every protocol implements.

use super::bounds::LayerBounds;
use super::checksum_coverage::ChecksumCoverage;
use super::context::{LayerContext, Scope};
use super::issue::IssueKind;
use super::issue::rules;
use super::next_protocol::NextProtocol;
use super::option_list::OptionList;
use super::parse_defect::ParseDefect;
use super::parsed_header::ParsedHeader;
use super::report::Report;
use super::reserved_fields::ReservedFieldChecker;
use super::rule::Rule;
#[cfg(feature = "alloc")]
use super::summary::Summary;
use crate::wire::Checksum;
use crate::wire::{ByteSink, Computed, Encoder, Field, FieldError, Kind, Schema, Value, Visitor};

rules! {
    /// Rules about a packet that an ICMP error message quotes.
    pub enum QuotedPacketRule {
        ChecksumMismatch = Note "icmp.quoted_packet.checksum_mismatch"
            "the checksum does not match the packet as it is quoted",
    }
}

/// A protocol. One file in `proto/` that implements it and one row in the stack map add a protocol: see
/// `docs/adding-a-protocol.md`.
///
/// ```
/// use packetsmith::{Field, Kind, NextProtocol};
/// use packetsmith::layer::{ParseDefect, ParsedHeader, Protocol};
/// /// A length byte, and this many bytes after it.
/// struct Counted(u8);
/// impl Protocol<'_> for Counted {
///     const NAME: &'static str = "counted";
///     const TABLE: &'static [Field] = &[Field::fixed("length", "counted.length", 0..8, Kind::Uint, "Bytes.")];
/// #   const TITLE: &'static str = "Counted bytes";
/// #   const RAW: &'static str = "Nothing.";
///     fn parse(bytes: &[u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
///         let [length, ..] = *bytes else { return Err(ParseDefect::needs(1)) };
///         Ok(ParsedHeader::new(Counted(length), 1, NextProtocol::Unknown).total_len(1 + usize::from(length)))
///     }
/// }
/// let parts = Counted::parse(&[2, 7, 8, 9], NextProtocol::Unknown).unwrap_or_else(|_| panic!());
/// assert_eq!((parts.header.0, parts.header_len, parts.total_len), (2, 1, 3));
/// ```
pub trait Protocol<'a>: Sized {
    /// Name in code, JSON and filters.
    const NAME: &'static str;
    /// Name for people, with the RFC that defines it.
    const TITLE: &'static str;
    /// The table of the fixed header.
    const TABLE: &'static [Field];
    /// Row of the length field that ends the layer. [`ParseDefect::HEADER`] if there is none.
    const LENGTH_ROW: u8 = ParseDefect::HEADER;
    /// The rules whose breach [`check`](Self::check) reports.
    const RULES: &'static [&'static [Rule]] = &[];
    /// What stays raw bytes, as a sentence for `docs/protocols.md`.
    const RAW: &'static str;

    /// The list of the protocol's options, where it has one.
    const OPTIONS: Option<OptionList> = None;
    /// The fields of all other variable parts: messages, records, fields that flags select.
    const VARIABLE: &'static [&'static Schema] = &[];

    /// Parses the header at the front of `bytes`. `selector` is what selected this protocol.
    ///
    /// # Errors
    ///
    /// The fixed header is cut, see [`ParseDefect::needs`]. Everything else is a defect of the parsed header.
    fn parse(bytes: &'a [u8], selector: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect>;

    /// Tells inner layers what they must know: addresses for a pseudo-header, extension headers.
    fn update_scope(&self, _place: &LayerContext<'a>, _inner: &mut Scope) {}

    /// What the header's checksum covers. `None` for protocols without a checksum. The checksum is the row of
    /// [`Kind::Checksum`].
    fn coverage(&self) -> Option<ChecksumCoverage> {
        None
    }

    /// Verifies the header's checksum. `None` for protocols without a checksum.
    fn verify(&self, context: &LayerContext<'a>) -> Option<Checksum> {
        verify_by_coverage(self, context)
    }

    /// Shows a row of the fixed header, if its meaning depends on other fields. `false` shows it by the table.
    fn show_row(&self, _row: u8, _place: &LayerContext<'a>, _visitor: &mut dyn Visitor) -> bool {
        false
    }

    /// Shows the header after its fixed part: options, records, messages.
    fn show(&self, _place: &LayerContext<'a>, _visitor: &mut dyn Visitor) {}

    /// Builds the header after its fixed part. `builder` has put the fixed part at byte `at`. `unset` is the set of
    /// computed rows that were left unset, one bit each. Clear the bits of the rows that are written here.
    fn build(_builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        Ok(())
    }

    /// Computes the rows that are marked `computed`. Lengths and selectors of the table are written already, the
    /// checksum is not.
    fn finish(_frame: &mut [u8], _bounds: LayerBounds, _unset: u64) -> Result<(), FieldError> {
        Ok(())
    }

    /// Tells whether the list of options can be checked: whether what is missing of it is not reported as missing bytes.
    fn has_whole_options(&self, _context: &LayerContext<'a>) -> bool {
        true
    }

    /// Pads a header whose length is in units of more than one byte.
    fn pad(bytes: usize, out: &mut dyn ByteSink) {
        for _ in 0..bytes {
            out.put(&[0]);
        }
    }

    /// Shows the fields that a [`ReservedFieldChecker`] must check. By default it is what [`show`](Self::show) shows.
    fn inspect(&self, context: &LayerContext<'a>, inspector: &mut ReservedFieldChecker<'_, '_>) {
        self.show(context, inspector)
    }

    /// Reports issues other than the defects that [`parse`](Self::parse) finds.
    fn check(&self, _place: &LayerContext<'a>, _report: &mut Report<'_>) {}

    /// Writes the protocol's columns of the packet's summary line. The default writes the name and the first
    /// fields that are not zero.
    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        summary.fields(Self::NAME, |visitor| show(self, context, visitor));
    }
}

/// Verifies a header's checksum by what it covers.
#[inline]
pub(crate) fn verify_by_coverage<'a, P: Protocol<'a>>(header: &P, context: &LayerContext<'a>) -> Option<Checksum> {
    verify(P::TABLE, header.coverage()?, context)
}

/// Verifies the checksum of a header with this table.
#[inline]
fn verify(table: &'static [Field], coverage: ChecksumCoverage, context: &LayerContext<'_>) -> Option<Checksum> {
    let stored = table.iter().find(|field| matches!(field.kind, Kind::Checksum));
    let stored = stored.and_then(|field| field.read(context.header()))?.number()? as u16;
    Some(match lengths_agree(table, context) {
        true => context.verify(coverage, stored),
        false if coverage.optional && stored == 0 => Checksum::Absent,
        false => Checksum::Unverifiable,
    })
}

/// Tells whether the header has the length that its length field says, and whether the total length is enough for the
/// fixed header.
#[inline]
fn lengths_agree(table: &'static [Field], context: &LayerContext<'_>) -> bool {
    // Only the rows with lengths are read: this is done for each layer of a packet.
    let number = |field: &Field| match field.read(context.header()) {
        Some(Value::Uint(n)) => Some(n),
        _ => None,
    };
    table.iter().all(|field| match field.computed {
        Computed::HeaderLength { unit, less } => {
            number(field).is_none_or(|n| n * u64::from(unit) + u64::from(less) == context.header().len() as u64)
        }
        Computed::TotalLength { less } => {
            let fixed = table.last().map_or(0, |field| field.end_bit / 8);
            number(field).is_none_or(|n| n == 0 || n + u64::from(less) >= u64::from(fixed))
        }
        _ => true,
    })
}

/// Shows a layer: its fixed header, then the rest of the header.
pub fn show<'a, P: Protocol<'a>>(header: &P, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
    show_verified(header, context, header.verify(context), visitor);
}

/// Shows a layer whose checksum is verified.
pub(crate) fn show_verified<'a, P: Protocol<'a>>(
    header: &P,
    context: &LayerContext<'a>,
    checksum: Option<Checksum>,
    visitor: &mut dyn Visitor,
) {
    let whole = show_table(P::TABLE, context, checksum, visitor, &HeaderRows { header, context });
    if whole {
        if const { list_after_header::<P>().is_some() } {
            show_list::<P>(context, visitor);
        }
        header.show(context, visitor);
    }
}

/// Shows rows that a protocol shows itself.
trait ShowRow {
    /// Shows the row, or returns `false`.
    fn show_row(&self, row: u8, visitor: &mut dyn Visitor) -> bool;
}

/// A header and what is around it.
struct HeaderRows<'r, 'a, P> {
    header: &'r P,
    context: &'r LayerContext<'a>,
}

impl<'a, P: Protocol<'a>> ShowRow for HeaderRows<'_, 'a, P> {
    fn show_row(&self, row: u8, visitor: &mut dyn Visitor) -> bool {
        self.header.show_row(row, self.context, visitor)
    }
}

/// Shows the rows of the fixed header, except those that `show_row` shows. Returns `false` if the header is cut.
fn show_table(
    table: &'static [Field],
    context: &LayerContext<'_>,
    checksum: Option<Checksum>,
    visitor: &mut dyn Visitor,
    rows: &dyn ShowRow,
) -> bool {
    for (row, field) in table.iter().enumerate() {
        let Some(mut value) = field.read(context.header()) else { return false };
        if rows.show_row(row as u8, visitor) {
            continue;
        }
        if let (Kind::Checksum, Value::Uint(n)) = (field.kind, value) {
            value = Value::Checksum(n as u16, checksum.unwrap_or(Checksum::Unverifiable));
        }
        visitor.field(field, field.span(context.bounds.start), value);
    }
    true
}

/// The list of options, where it follows the fixed header, and the length of that in bytes.
const fn list_after_header<'a, P: Protocol<'a>>() -> Option<(OptionList, usize)> {
    match (P::OPTIONS, P::TABLE) {
        (Some(list), [.., last]) if list.follows_header => Some((list, last.end_bit as usize / 8)),
        _ => None,
    }
}

/// Shows the list of options, where it follows the fixed header.
fn show_list<'a, P: Protocol<'a>>(context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
    if let Some((list, fixed)) = const { list_after_header::<P>() }
        && context.header().len() > fixed
    {
        (list.show)(context.options(fixed), list.field, visitor);
    }
}

/// Checks the list of options, where it follows the fixed header.
fn check_list<'a, P: Protocol<'a>>(context: &LayerContext<'a>, report: &mut Report<'_>) {
    if let Some((list, fixed)) = const { list_after_header::<P>() } {
        (list.check)(context.options(fixed), list.field, report);
    }
}

/// The schemas of the list of options.
pub(crate) const fn option_schemas<'a, P: Protocol<'a>>() -> &'static [&'static Schema] {
    match P::OPTIONS {
        Some(list) => list.schemas,
        None => &[],
    }
}

/// Encodes what follows the fixed header, which `builder` has put from byte `at` on: the list of options, then what
/// the protocol has besides.
#[cfg(feature = "alloc")]
pub(crate) fn build<'a, P: Protocol<'a>>(
    builder: &mut Encoder<'_>,
    at: usize,
    unset: &mut u64,
) -> Result<(), FieldError> {
    if let Some((list, _)) = const { list_after_header::<P>() } {
        (list.build)(list.field, builder)?;
    }
    P::build(builder, at, unset)
}

/// Reports the issues of a layer, except truncation.
pub fn check<'a, P: Protocol<'a>>(header: &P, context: &LayerContext<'a>, report: &mut Report<'_>) {
    check_verified(header, context, header.verify(context), report);
}

/// Reports the issues of a layer whose checksum is verified.
pub(crate) fn check_verified<'a, P: Protocol<'a>>(
    header: &P,
    context: &LayerContext<'a>,
    checksum: Option<Checksum>,
    report: &mut Report<'_>,
) {
    let mut inspector = ReservedFieldChecker { report };
    // Most tables have no reserved fields, and need no visit.
    if const { ReservedFieldChecker::cares(P::TABLE) } {
        check_table(P::TABLE, context, &mut inspector);
    }
    if const { ReservedFieldChecker::cares_within(option_schemas::<P>()) } {
        show_list::<P>(context, &mut inspector);
    }
    if const { ReservedFieldChecker::cares_within(P::VARIABLE) || ReservedFieldChecker::cares_within(option_schemas::<P>()) }
    {
        header.inspect(context, &mut inspector);
    }
    if let Some(state @ (Checksum::Bad(_) | Checksum::Offloaded)) = checksum {
        report_checksum(P::TABLE, state, context, report);
    }
    if const { list_after_header::<P>().is_some() } && header.has_whole_options(context) {
        check_list::<P>(context, report);
    }
    header.check(context, report);
}

/// Checks the reserved fields of the fixed header.
fn check_table(table: &'static [Field], context: &LayerContext<'_>, inspector: &mut ReservedFieldChecker<'_, '_>) {
    for field in table {
        if let Some(value) = if field.reserved { field.read(context.header()) } else { None } {
            inspector.field(field, field.span(context.bounds.start), value);
        }
    }
}

/// Reports a checksum that is wrong or left to the network card.
fn report_checksum(table: &'static [Field], state: Checksum, context: &LayerContext<'_>, report: &mut Report<'_>) {
    let kind = match context.quoted {
        // Routers and address translators change what they quote.
        true => QuotedPacketRule::ChecksumMismatch.into(),
        false => IssueKind::Checksum(state),
    };
    for field in table.iter().filter(|field| matches!(field.kind, Kind::Checksum)) {
        report(Some(field), field.span(context.bounds.start), kind);
    }
}
