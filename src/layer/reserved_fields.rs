//! Checks reserved fields and domain names.

use super::issue::IssueKind;
use super::report::Report;
use crate::wire::{
    CutHeader, Field, Kind, Schema, Span, TaggedEnum, TlvContents, TlvItem, TlvRemainder, Tlvs, Value, Visitor,
};

/// A visitor that reports reserved fields that are not zero, and domain names with an error.
///
/// ```
/// use packetsmith::{Field, IssueKind, Kind, Span};
/// use packetsmith::wire::show_fixed;
/// use packetsmith::layer::ReservedFieldChecker;
/// const TABLE: &[Field] = &[
///     Field::fixed("code", "", 0..8, Kind::Uint, "What it is."),
///     Field::fixed("unused", "", 8..16, Kind::Uint, "Nothing.").reserved(),
/// ];
/// let mut found = Vec::new();
/// let mut report = |field: Option<&Field>, span: Span, reason| found.push((field.unwrap().name, span, reason));
/// show_fixed(TABLE, &[3, 9], 40, &mut ReservedFieldChecker { report: &mut report });
/// assert_eq!(found, [("unused", Span::new(41, 42), IssueKind::Reserved(9))]);
/// ```
pub struct ReservedFieldChecker<'r, 'f> {
    /// Receives the issues.
    pub report: &'r mut Report<'f>,
}

impl ReservedFieldChecker<'_, '_> {
    /// Tells whether any of these fields needs a check.
    pub(super) const fn cares(fields: &[Field]) -> bool {
        let mut row = 0;
        while row < fields.len() {
            if fields[row].reserved || matches!(fields[row].item_kind(), Kind::Name) {
                return true;
            }
            row += 1;
        }
        false
    }

    /// Tells whether any field of these schemas needs a check.
    pub(super) const fn cares_within(schemas: &[&Schema]) -> bool {
        let mut i = 0;
        while i < schemas.len() {
            if Self::cares_about(schemas[i]) {
                return true;
            }
            i += 1;
        }
        false
    }

    const fn cares_about(schema: &Schema) -> bool {
        if let Some(list) = schema.variants
            && (Self::cares(list.fields) || Self::cares_within(list.nested))
        {
            return true;
        }
        Self::cares(schema.fields) || Self::cares_within(schema.nested)
    }
}

impl Visitor for ReservedFieldChecker<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        let found = match value {
            Value::Name(name) => {
                if let Err(error) = name.check() {
                    (self.report)(Some(field), span, IssueKind::Name(error));
                }
                return;
            }
            _ if !field.reserved => return,
            Value::Uint(n) => n,
            Value::Bool(b) => b.into(),
            // The first eight bytes from the first one that is not zero: as many as a number holds.
            Value::Bytes(bytes) => bytes.iter().skip_while(|&&b| b == 0).take(8).fold(0, |n, &b| n << 8 | u64::from(b)),
            _ => return,
        };
        if found != 0 {
            (self.report)(Some(field), span, IssueKind::Reserved(found));
        }
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

impl TlvRemainder<'_> {
    /// The issue that the list ends with a broken item.
    pub(crate) fn issue(&self) -> IssueKind {
        let bytes = self.bytes.len() as u32;
        match self.cut {
            Some(CutHeader { kind, length, .. }) => IssueKind::CutItem { bytes, kind, length },
            None => IssueKind::BrokenItem(bytes),
        }
    }
}

impl<'a, V: TaggedEnum<'a> + TlvItem> Tlvs<'a, V> {
    /// Reports items that are cut, or whose contents do not fit their type.
    pub fn check(&self, field: &'static Field, report: &mut Report<'_>) {
        for item in self.items() {
            match item {
                Ok(item)
                    if matches!(V::contents(item.header), TlvContents::Typed)
                        && V::decode(item.kind, item.contents).is_unknown()
                        && V::variant(item.kind).is_some() =>
                {
                    report(Some(field), item.span, IssueKind::BadItem(item.kind));
                }
                Err(rest) if !rest.after_end => {
                    report(Some(field), rest.span, rest.issue());
                }
                _ => {}
            }
        }
    }
}
