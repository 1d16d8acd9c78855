//! Of SNMP version 3: the header and the security parameters of its messages, RFC 3412 §6 and RFC 3414 §2.4.

use super::datum::Datum;
use super::derived::{Derived, Receiver, code, named};
use super::derived_tls::MessageParts;
use super::types::Type;
use crate::dissect::ExaminedLayer;
use crate::proto::Proto;
use crate::wire::Span;
use alloc::vec::Vec;

const U32: Type = Type::Number(0, u32::MAX as i128);

const fn v3(name: &'static str, kind: Type) -> Derived {
    named(name, Proto::Snmp, kind, values)
}

pub(super) static SNMP: &[Derived] = &[
    code("snmp.version", Proto::Snmp, Type::Number(0, 0xff), version),
    code("snmp.data", Proto::Snmp, Type::Number(0, 0x1f), kind_of_pdu),
    v3("snmp.msgVersion", U32),
    v3("snmp.msgGlobalData_element", Type::Presence),
    v3("snmp.msgID", U32),
    v3("snmp.msgMaxSize", U32),
    v3("snmp.msgFlags", Type::Bytes),
    v3("snmp.v3.flags.auth", Type::Boolean),
    v3("snmp.v3.flags.crypt", Type::Boolean),
    v3("snmp.v3.flags.report", Type::Boolean),
    v3("snmp.msgSecurityModel", U32),
    v3("snmp.msgAuthoritativeEngineID", Type::Bytes),
    v3("snmp.engineid.conform", Type::Boolean),
    v3("snmp.engineid.enterprise", U32),
    v3("snmp.msgAuthoritativeEngineBoots", U32),
    v3("snmp.msgAuthoritativeEngineTime", U32),
    v3("snmp.msgUserName", Type::Text),
    v3("snmp.msgAuthenticationParameters", Type::Bytes),
    v3("snmp.msgPrivacyParameters", Type::Bytes),
    v3("snmp.msgData", U32),
    v3("snmp.encryptedPDU", Type::Bytes),
];

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const SEQUENCE: u8 = 0x30;

/// Bytes of a message, and where they are in the frame.
#[derive(Clone, Copy)]
struct Element<'a> {
    bytes: &'a [u8],
    at: u32,
}

impl<'a> Element<'a> {
    fn span(&self) -> Span {
        Span::new(self.at, self.at + self.bytes.len() as u32)
    }

    /// Takes an element: its tag and contents. Lengths have at most four bytes.
    fn next(&mut self) -> Option<(u8, Element<'a>)> {
        let (&tag, rest) = self.bytes.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let count = if first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        if count > 4 || first == 0x80 {
            return None;
        }
        let (long, rest) = rest.split_at_checked(count)?;
        let long = long.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        let (contents, rest) = rest.split_at_checked(if count == 0 { first.into() } else { long })?;
        let at = self.at + 2 + count as u32;
        *self = Element { bytes: rest, at: at + contents.len() as u32 };
        Some((tag, Element { bytes: contents, at }))
    }

    fn wanted(&mut self, wanted: u8) -> Option<Element<'a>> {
        let (tag, contents) = self.next()?;
        (tag == wanted).then_some(contents)
    }

    fn number(&mut self) -> Option<(i128, Span)> {
        let contents = self.wanted(INTEGER).filter(|contents| (1..=8).contains(&contents.bytes.len()))?;
        let sign = if contents.bytes[0] & 0x80 == 0 { 0 } else { -1 };
        Some((contents.bytes.iter().fold(sign, |number, byte| number << 8 | i128::from(*byte)), contents.span()))
    }
}

/// The message: what is inside of its sequence.
fn message<'a>(layer: &ExaminedLayer<'a>) -> Option<Element<'a>> {
    let span = Span::new(layer.bounds().start, layer.bounds().payload_end);
    Element { bytes: span.of(layer.frame()), at: span.start }.wanted(SEQUENCE)
}

/// The version of messages before version 3, which has another name for it.
fn version(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    if let Some((version, span)) = message(layer).and_then(|mut message| message.number())
        && (0..3).contains(&version)
    {
        receive(&Datum::Number(version), span);
    }
}

/// The kind of the PDU: the number in its tag, RFC 3416 §3. Version 3 has it in what may be encrypted.
fn kind_of_pdu(layer: &ExaminedLayer<'_>, receive: &mut Receiver<'_>) {
    let Some(mut message) = message(layer) else { return };
    if message.number().is_none_or(|(version, _)| version == 3) || message.wanted(OCTETS).is_none() {
        return;
    }
    if let Some(tag) = message.bytes.first() {
        receive(&Datum::Number((tag & 0x1f).into()), Span::new(message.at, message.at + 1));
    }
}

/// Gives the values of a name, as far as the message can be read.
fn values(layer: &ExaminedLayer<'_>, name: &'static str, receive: &mut Receiver<'_>) {
    let mut found = Vec::new();
    let _ = message(layer).and_then(|message| parts(message, &mut found));
    for (_, datum, span) in found.iter().filter(|(known, ..)| *known == name) {
        receive(datum, *span);
    }
}

fn parts<'a>(mut message: Element<'a>, found: &mut MessageParts<'a>) -> Option<()> {
    let (version, span) = message.number()?;
    if version != 3 {
        return None;
    }
    found.push(("snmp.msgVersion", Datum::Number(version), span));
    let mut global = message.wanted(SEQUENCE)?;
    found.push(("snmp.msgGlobalData_element", Datum::Number(1), global.span()));
    for name in ["snmp.msgID", "snmp.msgMaxSize"] {
        let (number, span) = global.number()?;
        found.push((name, Datum::Number(number), span));
    }
    let flags = global.wanted(OCTETS)?;
    found.push(("snmp.msgFlags", Datum::bytes(flags.bytes), flags.span()));
    let first = flags.bytes.first().copied()?;
    for (name, mask) in [("snmp.v3.flags.auth", 1), ("snmp.v3.flags.crypt", 2), ("snmp.v3.flags.report", 4)] {
        found.push((name, Datum::Number((first & mask != 0).into()), flags.span()));
    }
    let (model, span) = global.number()?;
    found.push(("snmp.msgSecurityModel", Datum::Number(model), span));
    let security = message.wanted(OCTETS)?;
    /// The user-based security model.
    const USER_BASED: i128 = 3;
    if model == USER_BASED {
        let _ = user_based(security, found);
    }
    let (tag, data) = message.next()?;
    let is_encrypted = tag == OCTETS;
    if is_encrypted || tag == SEQUENCE {
        found.push(("snmp.msgData", Datum::Number(is_encrypted.into()), data.span()));
    }
    if is_encrypted {
        found.push(("snmp.encryptedPDU", Datum::bytes(data.bytes), data.span()));
    }
    Some(())
}

fn user_based<'a>(mut security: Element<'a>, found: &mut MessageParts<'a>) -> Option<()> {
    let mut parameters = security.wanted(SEQUENCE)?;
    let engine = parameters.wanted(OCTETS)?;
    found.push(("snmp.msgAuthoritativeEngineID", Datum::bytes(engine.bytes), engine.span()));
    // RFC 3411 §5: the first bit tells the form, and the others of four bytes the enterprise.
    if let Some(word) = engine.bytes.first_chunk::<4>() {
        let word = u32::from_be_bytes(*word);
        let span = Span::new(engine.at, engine.at + 4);
        found.push(("snmp.engineid.conform", Datum::Number((word >> 31).into()), Span::new(engine.at, engine.at + 1)));
        found.push(("snmp.engineid.enterprise", Datum::Number((word & 0x7fff_ffff).into()), span));
    }
    for name in ["snmp.msgAuthoritativeEngineBoots", "snmp.msgAuthoritativeEngineTime"] {
        let (number, span) = parameters.number()?;
        found.push((name, Datum::Number(number), span));
    }
    for name in ["snmp.msgUserName", "snmp.msgAuthenticationParameters", "snmp.msgPrivacyParameters"] {
        let part = parameters.wanted(OCTETS)?;
        found.push((name, Datum::bytes(part.bytes), part.span()));
    }
    Some(())
}
