//! Names whose values are made of the value of one other field.

use super::datum::{Blob, Datum};
#[cfg(feature = "applications")]
use super::derived_http::STATUS_TEXTS;
use super::types::Type;
#[cfg(feature = "applications")]
use alloc::format;
#[cfg(feature = "applications")]
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Takes a value of a field, and gives the values that are made of it.
type Make = fn(&Datum<'_>, &mut GiveValue<'_>);

/// Receives a value.
type GiveValue<'g> = dyn FnMut(&Datum<'_>) + 'g;

/// A name whose values are made of those of another field.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) name: &'static str,
    /// Filter name of the field.
    pub(super) of: &'static str,
    pub(super) kind: Type,
    make: Make,
}

impl Made {
    /// Gives the values that are made of a value of the field.
    pub(super) fn values(&self, value: &Datum<'_>, give: &mut GiveValue<'_>) {
        (self.make)(value, give);
    }
}

const fn made(name: &'static str, of: &'static str, kind: Type, make: Make) -> Made {
    Made { name, of, kind, make }
}

/// A name that says that the field is there.
const fn present(name: &'static str, of: &'static str) -> Made {
    made(name, of, Type::Presence, |_, give| give(&Datum::Number(1)))
}

/// The same, with the value true.
const fn is_true(name: &'static str, of: &'static str) -> Made {
    made(name, of, Type::Boolean, |_, give| give(&Datum::Number(1)))
}

const U16: Type = Type::Number(0, 0xffff);

pub(super) static MADE: &[Made] = &[
    made("tcp.options.wscale.multiplier", "tcp.options.wscale.shift", U16, |shift, give| {
        // RFC 7323 §2.3: a greater shift counts as 14.
        if let Datum::Number(shift @ 0..) = shift {
            give(&Datum::Number(1 << (*shift).min(14)));
        }
    }),
    made("ipv6.src_slaac_mac", "ipv6.src", Type::Mac, mac_of_address),
    made("ipv6.slaac_mac", "ipv6.src", Type::Mac, mac_of_address),
    made("ipv6.dst_slaac_mac", "ipv6.dst", Type::Mac, mac_of_address),
    made("ipv6.slaac_mac", "ipv6.dst", Type::Mac, mac_of_address),
    made("ipv6.src_ts_ipv4", "ipv6.src", Type::Ipv4, teredo_server),
    made("ipv6.dst_ts_ipv4", "ipv6.dst", Type::Ipv4, teredo_server),
    made("ipv6.ts_ipv4", "ipv6.src", Type::Ipv4, teredo_server),
    made("ipv6.ts_ipv4", "ipv6.dst", Type::Ipv4, teredo_server),
    made("ipv6.src_tc_port", "ipv6.src", U16, teredo_port),
    made("ipv6.dst_tc_port", "ipv6.dst", U16, teredo_port),
    made("ipv6.tc_port", "ipv6.src", U16, teredo_port),
    made("ipv6.tc_port", "ipv6.dst", U16, teredo_port),
    made("ipv6.src_tc_ipv4", "ipv6.src", Type::Ipv4, teredo_client),
    made("ipv6.dst_tc_ipv4", "ipv6.dst", Type::Ipv4, teredo_client),
    made("ipv6.tc_ipv4", "ipv6.src", Type::Ipv4, teredo_client),
    made("ipv6.tc_ipv4", "ipv6.dst", Type::Ipv4, teredo_client),
    #[cfg(feature = "applications")]
    present("dns.extraneous", "dns.extraneous.data"),
    #[cfg(feature = "applications")]
    made("dns.extraneous.length", "dns.extraneous.data", Type::Number(0, u32::MAX as i128), |rest, give| {
        give(&Datum::Number(rest.as_bytes().len() as i128));
    }),
    #[cfg(feature = "applications")]
    made("tls.handshake.sig_hash_hash", "tls.handshake.sig_hash_alg", Type::Number(0, 0xff), |scheme, give| {
        if let Datum::Number(scheme) = scheme {
            give(&Datum::Number(scheme >> 8));
        }
    }),
    #[cfg(feature = "applications")]
    made("tls.handshake.sig_hash_sig", "tls.handshake.sig_hash_alg", Type::Number(0, 0xff), |scheme, give| {
        if let Datum::Number(scheme) = scheme {
            give(&Datum::Number(scheme & 0xff));
        }
    }),
    #[cfg(feature = "applications")]
    made("http.response.code.desc", "http.response.code", Type::Text, |code, give| {
        if let Datum::Number(code) = code {
            let known = STATUS_TEXTS.iter().find(|(known, _)| i128::from(*known) == *code);
            let text = known.map_or_else(|| format!("Unknown ({code})"), |(_, text)| text.to_string());
            give(&Datum::bytes(text.as_bytes()));
        }
    }),
    #[cfg(feature = "applications")]
    made("dns.qry.name.len", "dns.qry.name", U16, |name, give| {
        let text = unescaped(name.as_bytes());
        let length = String::from_utf8_lossy(&text).chars().count();
        give(&Datum::Number(if text.len() > 1 { length as i128 } else { 0 }));
    }),
    #[cfg(feature = "applications")]
    made("dns.count.labels", "dns.qry.name", U16, |name, give| {
        let text = unescaped(name.as_bytes());
        let dots = text.iter().filter(|byte| **byte == b'.').count();
        give(&Datum::Number(if text.len() > 1 { dots as i128 + 1 } else { 0 }));
    }),
    #[cfg(feature = "applications")]
    is_true("http.request", "http.request.method"),
    #[cfg(feature = "applications")]
    is_true("http.response", "http.response.code"),
    #[cfg(feature = "applications")]
    present("http.chat", "http.request.method"),
    #[cfg(feature = "applications")]
    present("http.chat", "http.response.code"),
    #[cfg(feature = "applications")]
    made("http.content_length", "http.content_length_header", Type::Number(0, u64::MAX as i128), |text, give| {
        let number = core::str::from_utf8(text.as_bytes()).ok().and_then(|text| text.trim_ascii().parse::<u64>().ok());
        if let Some(number) = number {
            give(&Datum::Number(number.into()));
        }
    }),
    #[cfg(feature = "applications")]
    made("http.authbasic", "http.authorization", Type::Text, basic_credentials),
    #[cfg(feature = "applications")]
    made("http.authbasic", "http.proxy_authorization", Type::Text, basic_credentials),
    #[cfg(feature = "applications")]
    made("http.cookie_pair", "http.cookie", Type::Text, |text, give| {
        for pair in text.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii).filter(|pair| !pair.is_empty())
        {
            give(&Datum::bytes(pair));
        }
    }),
    #[cfg(feature = "applications")]
    made("http.request.uri.path", "http.request.uri", Type::Text, |uri, give| {
        if let Some((path, _)) = parts_of_uri(uri) {
            give(&Datum::bytes(path));
        }
    }),
    #[cfg(feature = "applications")]
    made("http.request.uri.query", "http.request.uri", Type::Text, |uri, give| {
        if let Some((_, query)) = parts_of_uri(uri) {
            give(&Datum::bytes(query));
        }
    }),
    #[cfg(feature = "applications")]
    made("http.request.uri.query.parameter", "http.request.uri", Type::Text, |uri, give| {
        let query = parts_of_uri(uri).map_or(&[][..], |(_, query)| query);
        query.split(|byte| *byte == b'&').filter(|part| !part.is_empty()).for_each(|part| give(&Datum::bytes(part)));
    }),
    #[cfg(feature = "applications")]
    present("tls.record", "tls.record.content_type"),
    #[cfg(feature = "applications")]
    made("tls.alert_message", "tls.record.content_type", Type::Presence, |kind, give| {
        const ALERT: i128 = 21;
        if matches!(kind, Datum::Number(ALERT)) {
            give(kind);
        }
    }),
];

/// The MAC address that an interface identifier was made of, RFC 4291 appendix A. The address was unique.
fn mac_of_address(address: &Datum<'_>, give: &mut GiveValue<'_>) {
    if let &[_, _, _, _, _, _, _, _, a, b, c, 0xff, 0xfe, d, e, f] = address.as_bytes()
        && a & 2 != 0
    {
        give(&Datum::Bytes(Blob::short(&[a ^ 2, b, c, d, e, f])));
    }
}

/// The parts of a Teredo address, RFC 4380 §4: server, and port and address of the client, whose bits are inverted.
fn teredo(address: &Datum<'_>) -> Option<([u8; 4], u16, [u8; 4])> {
    match *address.as_bytes() {
        [0x20, 0x01, 0, 0, a, b, c, d, _, _, e, f, g, h, i, j] => {
            Some(([a, b, c, d], !u16::from_be_bytes([e, f]), [!g, !h, !i, !j]))
        }
        _ => None,
    }
}

fn teredo_server(address: &Datum<'_>, give: &mut GiveValue<'_>) {
    teredo(address).into_iter().for_each(|(server, ..)| give(&Datum::Bytes(Blob::short(&server))));
}

fn teredo_port(address: &Datum<'_>, give: &mut GiveValue<'_>) {
    teredo(address).into_iter().for_each(|(_, port, _)| give(&Datum::Number(port.into())));
}

fn teredo_client(address: &Datum<'_>, give: &mut GiveValue<'_>) {
    teredo(address).into_iter().for_each(|(.., client)| give(&Datum::Bytes(Blob::short(&client))));
}

/// The bytes of a name's labels with dots between them, without escapes: `\\032` is a blank.
#[cfg(feature = "applications")]
fn unescaped(mut text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    while let Some((&byte, rest)) = text.split_first() {
        let (value, after) = match (byte, rest) {
            (b'\\', [a @ b'0'..=b'9', b @ b'0'..=b'9', c @ b'0'..=b'9', after @ ..]) => {
                let number = [a, b, c].iter().fold(0, |number: u16, digit| number * 10 + u16::from(**digit - b'0'));
                (number as u8, after)
            }
            (b'\\', [escaped, after @ ..]) => (*escaped, after),
            _ => (byte, rest),
        };
        bytes.push(value);
        text = after;
    }
    bytes
}

/// Path and query of a URI, RFC 3986 §3. None without a query.
#[cfg(feature = "applications")]
fn parts_of_uri<'v>(uri: &'v Datum<'_>) -> Option<(&'v [u8], &'v [u8])> {
    let bytes = uri.as_bytes();
    let at = bytes.iter().position(|byte| *byte == b'?')?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

/// Name and password of the scheme Basic, RFC 7617 §2: base64, as far as it can be read.
#[cfg(feature = "applications")]
fn basic_credentials(text: &Datum<'_>, give: &mut GiveValue<'_>) {
    const SCHEME: &[u8] = b"Basic ";
    let text = text.as_bytes();
    let Some((scheme, encoded)) = text.split_at_checked(SCHEME.len()) else { return };
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return;
    }
    let digit = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = encoded.trim_ascii().iter().map_while(digit).collect();
    let mut decoded = Vec::new();
    for group in digits.chunks(4) {
        let word = group.iter().enumerate().fold(0_u32, |word, (i, digit)| word | u32::from(*digit) << (18 - 6 * i));
        decoded.extend_from_slice(&word.to_be_bytes()[1..group.len().max(1)]);
    }
    if !decoded.is_empty() {
        give(&Datum::bytes(&decoded));
    }
}
