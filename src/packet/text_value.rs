//! Text as a value of a kind: numbers, addresses, names, hexadecimal bytes.

use crate::proto::Proto;
#[cfg(feature = "services")]
use crate::wire::Unit;
pub(super) use crate::wire::number;
use crate::wire::{Field, Kind, MacAddr, Name, Value, ValueError, flags_of};
use alloc::vec::Vec;

/// Parses text as a value of a kind. Bytes and names are written to `scratch`.
pub(crate) fn parse<'a>(kind: Kind, text: &'a [u8], scratch: &'a mut Vec<u8>) -> Result<Value<'a>, ValueError> {
    let wrong = ValueError::Text(kind.title());
    match kind {
        Kind::Text => return Ok(Value::Text(text)),
        Kind::Bytes if unhex(text, scratch) => return Ok(Value::Bytes(scratch)),
        _ => {}
    }
    let str = core::str::from_utf8(text).map_err(|_| wrong)?;
    Ok(match kind {
        Kind::Mac => {
            let bytes = if unhex(text, scratch) { scratch.as_slice().try_into().ok() } else { None };
            Value::Mac(MacAddr(bytes.ok_or(wrong)?))
        }
        Kind::Ipv4 => Value::Ipv4(str.parse().map_err(|_| wrong)?),
        Kind::Ipv6 => Value::Ipv6(str.parse().map_err(|_| wrong)?),
        // A field of bytes may be shown as an address, if the packet says so.
        Kind::Bytes => match (str.parse(), str.parse()) {
            (Ok(address), _) => Value::Ipv4(address),
            (_, Ok(address)) => Value::Ipv6(address),
            _ => Value::Text(text),
        },
        Kind::Name => match Name::write_text(str, scratch) {
            Ok(()) => Value::Name(Name::new(scratch, 0)),
            Err(_) => return Err(wrong),
        },
        Kind::Bool => match str {
            "true" | "1" | "yes" | "on" => Value::Bool(true),
            "false" | "0" | "no" | "off" => Value::Bool(false),
            _ => return Err(wrong),
        },
        Kind::Flags(flags) => Value::Uint(flags_of(flags, str)?),
        Kind::Named(_) => match number(str) {
            Some(n) => Value::Uint(n),
            None => Value::Uint(named(kind, str).ok_or(ValueError::NoName)?),
        },
        Kind::Int => match number(str) {
            Some(n) => Value::Uint(n),
            None => Value::Int(str.parse().map_err(|_| wrong)?),
        },
        _ => Value::Uint(number(str).ok_or(wrong)?),
    })
}

/// The number of a port that is given by the name of its service.
#[cfg(feature = "services")]
pub(crate) fn port(field: &Field, text: &[u8]) -> Option<u64> {
    use crate::proto::IpProtocol;
    let protocol = match field.unit {
        Unit::TcpPort => IpProtocol::Tcp,
        Unit::UdpPort => IpProtocol::Udp,
        _ => return None,
    };
    crate::services::port(core::str::from_utf8(text).ok()?, protocol).map(u64::from)
}

/// Names of services are not known without the feature `services`.
#[cfg(not(feature = "services"))]
pub(crate) fn port(_: &Field, _: &[u8]) -> Option<u64> {
    None
}

/// The number of a port of a transport protocol, given as a number or as the name of its service.
pub(super) fn port_number(proto: Proto, text: &str) -> Option<u16> {
    let named = || proto.fields().iter().find_map(|field| port(field, text.as_bytes()));
    number(text).or_else(named).and_then(|port| port.try_into().ok())
}

/// The number of a name in a registry; the first, if several have it.
pub(super) fn named(kind: Kind, name: &str) -> Option<u64> {
    let Kind::Named(registry) = kind else { return None };
    registry.number(name)
}

/// Whether text could be read as hexadecimal bytes.
pub(crate) fn looks_hex(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'-' | b' ' | b'x' | b'.'))
}

/// Appends the bytes that hexadecimal digits give, with colons, dashes or blanks between bytes. `false` if the text is
/// something else.
pub(crate) fn unhex(text: &[u8], out: &mut Vec<u8>) -> bool {
    let text = text.strip_prefix(b"0x").unwrap_or(text);
    let nibble = |digit: u8| NIBBLES[usize::from(digit)];
    // The common case: pairs of digits and nothing else.
    if let (pairs, []) = text.as_chunks() {
        let (start, mut seen) = (out.len(), 0);
        out.extend(pairs.iter().map(|&[high, low]| {
            seen |= nibble(high) | nibble(low);
            nibble(high) << 4 | nibble(low) & 15
        }));
        if seen < 16 {
            return true;
        }
        out.truncate(start);
    }
    let mut high = None;
    for &c in text {
        match (nibble(c), high) {
            (digit @ ..16, None) => high = Some(digit),
            (digit @ ..16, Some(first)) => {
                out.push(first << 4 | digit);
                high = None;
            }
            (_, None) if matches!(c, b':' | b'-' | b' ') => {}
            _ => return false,
        }
    }
    high.is_none()
}

/// Values of hexadecimal digits; above 15 for other characters.
static NIBBLES: [u8; 256] = {
    let mut nibbles = [0x80; 256];
    let mut n = 0;
    while n < 16 {
        let digit = crate::wire::DIGITS[n];
        nibbles[digit as usize] = n as u8;
        nibbles[digit.to_ascii_uppercase() as usize] = n as u8;
        n += 1;
    }
    nibbles
};
