//! Comparing the fields beside raw bytes with the bytes: a changed field must not be passed over because the bytes win.

use super::tree_reader::TreeReader;
use crate::build::{EncodedLayer, places};
use crate::layer::NextProtocol;
use crate::proto::View;
use crate::wire::{Field, FieldError, FieldSource, ITEM, Kind, Span, Value, ValueError, Visitor, show_fixed};
use alloc::string::ToString;
use alloc::vec::Vec;

/// Checks the fields that are given beside the raw bytes of a layer, whose entry in the tree is `entry`.
///
/// # Errors
///
/// A field has another value than in the bytes, or is not in them.
pub(super) fn check(
    source: &mut TreeReader<'_>,
    entry: usize,
    frame: &[u8],
    layers: &[EncodedLayer],
    layer: usize,
) -> Result<(), FieldError> {
    let Some((view, mut context)) = places(frame, layers).nth(layer) else { return Ok(()) };
    // What follows may depend on what announced it: multicast DNS on its port.
    let outer = layer.checked_sub(1).and_then(|outer| layers.get(outer));
    if let Some(outer) = outer
        && let Some(bytes) = frame.get(outer.bounds.start as usize..outer.bounds.payload_end as usize)
        && let Ok((parts, _)) = View::parse_proto(outer.proto, bytes, NextProtocol::Unknown)
    {
        context.selector = parts.next;
    }
    source.enter(entry);
    let table = layers[layer].proto.fields();
    let mut comparison = RawComparison { source, table, open: Vec::new(), conflict: None };
    match view {
        View::Cut => show_fixed(table, context.header(), context.bounds.start, &mut comparison),
        view => view.show(&context, None, &mut comparison),
    }
    match comparison.conflict {
        Some(error) => Err(error),
        None => source.leave_entered().map_err(|_| RULE.into()),
    }
}

const RULE: ValueError = ValueError::Rule(
    "is not what the bytes of the layer say: leave raw, cut or trailer out, or what repeats other fields",
);

/// What is open.
#[derive(Clone, Copy, PartialEq)]
enum Opened {
    Group,
    List,
    Item,
    /// It is not given, and nothing inside is compared.
    Absent,
}

/// Compares what is shown with what is given.
struct RawComparison<'c, 'f> {
    source: &'c mut TreeReader<'f>,
    table: &'static [Field],
    open: Vec<Opened>,
    conflict: Option<FieldError>,
}

impl RawComparison<'_, '_> {
    fn is_off(&self) -> bool {
        self.conflict.is_some() || self.open.last() == Some(&Opened::Absent)
    }

    /// Moves to the next item of a list.
    fn item(&mut self) -> bool {
        match self.source.next() {
            Ok(true) => true,
            _ => {
                self.conflict = Some(RULE.into());
                false
            }
        }
    }
}

impl Visitor for RawComparison<'_, '_> {
    fn field(&mut self, field: &'static Field, _: Span, value: Value<'_>) {
        if self.is_off() || self.open.last() == Some(&Opened::List) && !self.item() {
            return;
        }
        // As when it was read: the field of the table, even if the packet determines how it is shown.
        let row = self.table.iter().find(|row| row.name == field.name && self.open.is_empty()).unwrap_or(field);
        // The raw bytes of a name or of a shortened address are beside it.
        let _ = self.source.raw(row);
        let given = self.source.value(row);
        let agree = match given {
            // A broken name has no text that could be compared.
            _ if matches!(value, Value::Name(name) if name.check().is_err()) => true,
            Ok(None) => true,
            Ok(Some(given)) => agree(&given, &value),
            Err(_) => false,
        };
        // What was shown is not always read again; then the text must be the same.
        if !agree && !self.source.is_text_of(&value) {
            self.conflict = Some(FieldError::at(row, RULE));
        }
    }

    fn open(&mut self, field: &'static Field, _: Span) {
        let opened = match self.open.last() {
            _ if self.is_off() => Opened::Absent,
            Some(Opened::List) if field.name == ITEM.name || !matches!(field.kind, Kind::List(_)) => {
                match self.item() {
                    true => Opened::Item,
                    false => Opened::Absent,
                }
            }
            _ => match self.source.open(field) {
                Ok(true) if matches!(field.kind, Kind::List(_)) => Opened::List,
                Ok(true) => Opened::Group,
                Ok(false) => Opened::Absent,
                Err(_) => {
                    self.conflict = Some(FieldError::at(field, RULE));
                    Opened::Absent
                }
            },
        };
        self.open.push(opened);
    }

    fn close(&mut self) {
        let opened = self.open.pop();
        if self.conflict.is_some() {
            return;
        }
        let left = match opened {
            // The next item or the end of the list leaves it.
            Some(Opened::Item | Opened::Absent) | None => Ok(()),
            Some(Opened::Group) => self.source.close(),
            Some(Opened::List) => match self.source.next() {
                Ok(false) => self.source.close(),
                _ => Err(RULE.into()),
            },
        };
        if left.is_err() {
            self.conflict = Some(RULE.into());
        }
    }
}

/// Whether a given value is the shown one.
fn agree(given: &Value<'_>, shown: &Value<'_>) -> bool {
    fn octets<'v>(value: &Value<'v>, buffer: &'v mut [u8; 16]) -> Option<&'v [u8]> {
        let (bytes, length) = match value {
            Value::Bytes(bytes) | Value::Text(bytes) => return Some(bytes),
            Value::Mac(address) => (&address.0[..], 6),
            Value::Ipv4(address) => (&address.octets()[..], 4),
            Value::Ipv6(address) => (&address.octets()[..], 16),
            _ => return None,
        };
        buffer[..length].copy_from_slice(bytes);
        Some(&buffer[..length])
    }
    let (mut first, mut second) = ([0; 16], [0; 16]);
    let number = |value: &Value<'_>| match *value {
        Value::Int(n) => Some(i128::from(n)),
        ref value => value.number().map(i128::from),
    };
    match (given, shown) {
        (Value::Name(given), Value::Name(shown)) => given == shown || given.to_string() == shown.to_string(),
        (given, shown) => match (octets(given, &mut first), octets(shown, &mut second)) {
            (Some(given), Some(shown)) => given == shown,
            (None, None) => number(given) == number(shown),
            _ => false,
        },
    }
}
