//! Values of fields, as filters compare them.

use super::datum::{Blob, Datum, number_of};
use super::derived::Line;
use crate::wire::{Field, Unit, Value};
use core::fmt::Write;

/// Seconds between 1900 and 1970, or from 1970 to the beginning of NTP's second era.
const NTP_ERAS: [i128; 2] = [-2_208_988_800, 2_085_978_496];

/// A number under Wireshark's name.
fn scaled(field: &Field, number: i128) -> Datum<'static> {
    match field.unit {
        Unit::NtpTime => {
            // RFC 4330 §3: the highest bit is clear in the second era.
            let era = NTP_ERAS[usize::from(number >> 63 == 0)];
            let seconds = if number == 0 { 0 } else { (number >> 32) + era };
            Datum::Number(seconds * 1_000_000_000 + (((number & 0xffff_ffff) * 1_000_000_000) >> 32))
        }
        Unit::UnixTime => Datum::Number((number * 1_000_000_000) >> 16),
        _ => Datum::Number(number * i128::from(field.filter_scale())),
    }
}

/// Makes a value of a field into a datum.
pub(super) fn with_datum(field: &Field, value: &Value<'_>, own: bool, give: impl FnOnce(&Datum<'_>)) {
    match *value {
        Value::Mac(address) => give(&Datum::Bytes(Blob::short(&address.0))),
        Value::Ipv4(address) => give(&Datum::Bytes(Blob::short(&address.octets()))),
        Value::Ipv6(address) => give(&Datum::Bytes(Blob::short(&address.octets()))),
        Value::Bytes(bytes) => give(&Datum::bytes(bytes)),
        // Fixed fields of text are filled with zeros.
        Value::Text(text) => {
            let end = text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            give(&Datum::bytes(&text[..end]));
        }
        Value::Name(name) => {
            let mut line = Line::default();
            let _ = match name.is_root() {
                true => line.write_str("<Root>"),
                false => write!(line, "{name}"),
            };
            give(&Datum::bytes(line.as_bytes()));
        }
        _ => {
            let number = number_of(value).unwrap_or(0);
            give(&if own { Datum::Number(number) } else { scaled(field, number) });
        }
    }
}
