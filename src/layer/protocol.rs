//! The trait that every protocol implements.

use super::bounds::LayerBounds;
use super::checksum_coverage::ChecksumCoverage;
use super::context::{LayerContext, Scope};
use super::issue::{IssueKind, Severity};
use super::next_protocol::NextProtocol;
use super::parse_defect::ParseDefect;
use super::parsed_header::ParsedHeader;
use super::reserved_fields::ReservedFieldChecker;
use crate::wire::Checksum;
use crate::wire::{ByteSink, Computed, Encoder, Field, FieldError, Kind, OptionList, Registry, Span, Value, Visitor};

/// Reports something about a field, or about bytes.
pub type Report<'r> = dyn FnMut(Option<&'static Field>, Span, IssueKind) + 'r;

/// What every protocol gives. One file in `proto/` and one row in its stack map make a protocol.
///
/// ```
/// use packetsmith::{Field, Kind, NextProtocol};
/// use packetsmith::layer::{ParseDefect, ParsedHeader, Protocol};
/// /// A byte that says how many follow it.
/// struct Counted(u8);
/// impl Protocol<'_> for Counted {
///     const NAME: &'static str = "counted";
///     const TABLE: &'static [Field] = &[Field::fixed("length", "counted.length", 0..8, Kind::Uint, "Bytes.")];
/// #   const TITLE: &'static str = "Counted bytes";
/// #   const RAW: &'static str = "Nothing.";
///     fn parse(bytes: &[u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
///         let [length, ..] = *bytes else { return Err(ParseDefect::needs(1)) };
///         Ok(ParsedHeader::new(Counted(length), 1, NextProtocol::Unknown).total(1 + usize::from(length)))
///     }
/// }
/// let parts = Counted::parse(&[2, 7, 8, 9], NextProtocol::Unknown).unwrap_or_else(|_| panic!());
/// assert_eq!((parts.header.0, parts.head, parts.total), (2, 1, 3));
/// ```
pub trait Protocol<'a>: Sized {
    /// Name in code, JSON and filters.
    const NAME: &'static str;
    /// Name for people, with the RFC.
    const TITLE: &'static str;
    /// The fixed header.
    const TABLE: &'static [Field];
    /// Row of the field that says where the layer ends, for protocols that have one.
    const LENGTH_ROW: u8 = ParseDefect::HEADER;
    /// The fields of options, records and other variable parts.
    const VARIABLE: &'static [&'static [Field]] = &[];
    /// What numbers tell apart (options, records, messages): what they are called, and which there are.
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[];
    /// What is kept but not taken further apart, in a sentence for the documentation.
    const RAW: &'static str;

    /// The list of the protocol's options, where it has one.
    const OPTIONS: Option<OptionList> = None;

    /// Takes the protocol's share off the front of `bytes`, which `selector` announced. An error says that
    /// the fixed header itself is cut short.
    fn parse(bytes: &'a [u8], selector: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect>;

    /// Notes what layers further in must know.
    fn update_scope(&self, _place: &LayerContext<'a>, _inner: &mut Scope) {}

    /// What the header's checksum covers, for protocols that have one; in the fixed header its row is of
    /// [`Kind::Checksum`].
    fn coverage(&self) -> Option<ChecksumCoverage> {
        None
    }

    /// Says what the header's checksum is worth, for protocols that have one.
    fn verify(&self, context: &LayerContext<'a>) -> Option<Checksum> {
        let cover = self.coverage()?;
        let stored = Self::TABLE.iter().find(|field| matches!(field.kind, Kind::Checksum));
        let stored = stored.and_then(|field| field.read(context.header()))?.number()? as u16;
        Some(match lengths_agree::<Self>(context) {
            true => context.verify(cover, stored),
            false if cover.optional && stored == 0 => Checksum::Absent,
            false => Checksum::Unverifiable,
        })
    }

    /// Shows a row of the fixed header in a way of its own, where the packet itself says how the
    /// row is to be read; `false` leaves it to the table.
    fn show_row(&self, _row: u8, _place: &LayerContext<'a>, _visitor: &mut dyn Visitor) -> bool {
        false
    }

    /// Shows what the head holds beyond the fixed header.
    fn show(&self, _place: &LayerContext<'a>, _visitor: &mut dyn Visitor) {}

    /// Builds what the head holds beyond the fixed header, which `builder` has put from byte `at` on.
    /// `unset` is the set of derived rows that nobody set; those that this sets are taken out of it.
    fn build(_builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        Ok(())
    }

    /// Computes what no rule of the table says how to: derived rows of the protocol's own. Lengths and
    /// numbers of the table are there, the checksum is not.
    fn finish(_frame: &mut [u8], _bounds: LayerBounds, _unset: u64) -> Result<(), FieldError> {
        Ok(())
    }

    /// Fills up a head whose length is counted in larger units than bytes.
    fn pad(bytes: usize, out: &mut dyn ByteSink) {
        for _ in 0..bytes {
            out.put(&[0]);
        }
    }

    /// Shows an [`ReservedFieldChecker`] what it is to look at: what [`show`](Self::show) shows, unless some of
    /// that is not to be taken at its word.
    fn inspect(&self, context: &LayerContext<'a>, inspector: &mut ReservedFieldChecker<'_, '_>) {
        self.show(context, inspector)
    }

    /// Reports what is wrong beyond the structure that [`parse`](Self::parse) sees.
    fn check(&self, _place: &LayerContext<'a>, _report: &mut Report<'_>) {}
}

/// Tells whether the length of the head is what the fixed header says, and the whole length enough for
/// the fixed header.
fn lengths_agree<'a, P: Protocol<'a>>(context: &LayerContext<'a>) -> bool {
    P::TABLE.iter().all(|field| match (field.derive, field.read(context.header())) {
        (Computed::Head { unit, less }, Some(Value::Uint(n))) => {
            n * u64::from(unit) + u64::from(less) == context.header().len() as u64
        }
        (Computed::Total { less }, Some(Value::Uint(n))) => {
            let fixed = P::TABLE.last().map_or(0, |field| field.end_bit / 8);
            n == 0 || n + u64::from(less) >= u64::from(fixed)
        }
        _ => true,
    })
}

/// Shows a layer: its fixed header, then the rest of its head.
pub fn show<'a, P: Protocol<'a>>(header: &P, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
    show_verified(header, context, header.verify(context), visitor);
}

/// Shows a layer whose checksum has been verified.
pub(crate) fn show_verified<'a, P: Protocol<'a>>(
    header: &P,
    context: &LayerContext<'a>,
    checksum: Option<Checksum>,
    visitor: &mut dyn Visitor,
) {
    let at = context.bounds.start;
    for (row, field) in P::TABLE.iter().enumerate() {
        let Some(mut value) = field.read(context.header()) else { return };
        if header.show_row(row as u8, context, visitor) {
            continue;
        }
        if let (Kind::Checksum, Value::Uint(n)) = (field.kind, value) {
            value = Value::Checksum(n as u16, checksum.unwrap_or(Checksum::Unverifiable));
        }
        visitor.field(field, field.span(at), value);
    }
    header.show(context, visitor);
}

/// Reports what is wrong with a layer, beyond what cut it.
pub fn check<'a, P: Protocol<'a>>(header: &P, context: &LayerContext<'a>, report: &mut Report<'_>) {
    check_verified(header, context, header.verify(context), report);
}

/// Reports what is wrong with a layer whose checksum has been verified.
pub(crate) fn check_verified<'a, P: Protocol<'a>>(
    header: &P,
    context: &LayerContext<'a>,
    checksum: Option<Checksum>,
    report: &mut Report<'_>,
) {
    let at = context.bounds.start;
    let mut inspector = ReservedFieldChecker { report };
    // Most tables have nothing reserved, and need not be gone through.
    if const { ReservedFieldChecker::cares(&[P::TABLE]) } {
        for field in P::TABLE {
            if let Some(value) = if field.reserved { field.read(context.header()) } else { None } {
                inspector.field(field, field.span(at), value);
            }
        }
    }
    if const { ReservedFieldChecker::cares(P::VARIABLE) } {
        header.inspect(context, &mut inspector);
    }
    if let Some(state @ (Checksum::Bad(_) | Checksum::Offloaded)) = checksum {
        let reason = match context.quoted {
            // Routers and address translators change what they quote.
            true => IssueKind::Rule(Severity::Note, "does not match the packet as it is quoted"),
            false => IssueKind::Checksum(state),
        };
        for field in P::TABLE.iter().filter(|f| matches!(f.kind, Kind::Checksum)) {
            report(Some(field), field.span(at), reason);
        }
    }
    header.check(context, report);
}
