//! SNMP (RFC 3416, RFC 1157): version, community and PDU type. The rest stays raw.

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol};
use crate::wire::Schema;
use crate::wire::{Codec, Counted, Cursor};
use crate::wire::{Encoder, FieldError, OWN, ValueError};
use crate::wire::{Field, Kind, Value, Visitor, header, registry};

registry! {
    /// SNMP versions, RFC 3416 and RFC 3412 §6.1.
    pub enum SnmpVersion: u8 {
        V1 = 0 "version 1",
        V2c = 1 "version 2c",
        V2u = 2 "version 2u",
        V3 = 3 "version 3",
    }
}

registry! {
    /// PDU types, RFC 3416 §3.
    pub enum SnmpPdu: u8 {
        GetRequest = 0xa0 "get request",
        GetNextRequest = 0xa1 "get next request",
        Response = 0xa2 "response",
        SetRequest = 0xa3 "set request",
        TrapV1 = 0xa4 "trap, version 1",
        GetBulkRequest = 0xa5 "get bulk request",
        InformRequest = 0xa6 "inform request",
        Trap = 0xa7 "trap",
        Report = 0xa8 "report",
    }
}

header! {
    /// An SNMP message in BER. The header ends where the contents of the PDU start.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::app::{SnmpPdu, SnmpVersion};
    /// let packet = b"\x30\x0d\x02\x01\x01\x04\x06public\xa0\x00";
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPorts(50000, 161), packet)).next().unwrap();
    /// let View::Snmp(snmp) = layer.view else { panic!() };
    /// assert_eq!((snmp.version(&layer.context), snmp.pdu(&layer.context)), (Some(SnmpVersion::V2c), Some(SnmpPdu::GetRequest)));
    /// assert_eq!(snmp.community(&layer.context), Some(&b"public"[..]));
    /// ```
    pub struct Snmp(0) => SnmpEdit, layer {}
}

const SEQUENCE: &Field = &Field::floating("sequence", "", Kind::Bytes, "Tag and length of the message, in BER.");
const PDU_LENGTH: &Field = &Field::floating("pdu_length", "", Kind::Bytes, "Length of the PDU contents, in BER.");
const VERSION: &Field =
    &Field::floating("version", "snmp.version", Kind::Named(SnmpVersion::REGISTRY), "Version of the message.");
const COMMUNITY: &Field =
    &Field::floating("community", "snmp.community", Kind::Text, "Community: a password in clear text.");
const PDU: &Field = &Field::floating("pdu", "snmp.data", Kind::Named(SnmpPdu::REGISTRY), "PDU type.").of_bits(8).hex();

/// Splits off tag and length. Returns the tag and the length of the contents in bytes.
fn tag<'a>(cursor: &mut Cursor<'a>) -> Option<(Cursor<'a>, usize)> {
    let tag = cursor.split(1)?;
    let [first] = *cursor.chunk()?;
    let length = match first {
        0..=0x7f => usize::from(first),
        0x81..=0x84 => {
            let bytes = cursor.take(usize::from(first & 0x7f))?;
            bytes.iter().fold(0, |n, &byte| n << 8 | usize::from(byte))
        }
        _ => return None,
    };
    Some((tag, length))
}

/// Splits off a complete element with the expected tag. Returns its contents.
fn element<'a>(cursor: &mut Cursor<'a>, wanted: u8) -> Option<Cursor<'a>> {
    let mut left = *cursor;
    let (tag, length) = tag(&mut left)?;
    let contents = left.split(length).filter(|_| tag.bytes() == [wanted])?;
    *cursor = left;
    Some(contents)
}

/// The fields before the contents of the PDU.
struct Outer<'a> {
    sequence: Cursor<'a>,
    version: Cursor<'a>,
    community: Option<Cursor<'a>>,
    pdu: Option<Cursor<'a>>,
    pdu_length: Option<Cursor<'a>>,
    rest: Cursor<'a>,
}

impl<'a> Outer<'a> {
    fn take(mut cursor: Cursor<'a>) -> Option<Self> {
        let mut message = cursor;
        let (tag_byte, _) = tag(&mut cursor)?;
        let sequence = message.split((cursor.span().start - message.span().start) as usize)?;
        let version = element(&mut cursor, 0x02).filter(|version| version.bytes().len() == 1)?;
        let mut outer = Outer { sequence, version, community: None, pdu: None, pdu_length: None, rest: cursor };
        if tag_byte.bytes() != [0x30] {
            return None;
        }
        if version.bytes() == [3] {
            return Some(outer);
        }
        outer.community = element(&mut outer.rest, 0x04);
        let mut left = outer.rest;
        if let (Some(_), Some((pdu, _))) = (outer.community, tag(&mut left)) {
            let length = Cursor::split(&mut { outer.rest }, (left.span().start - outer.rest.span().start) as usize);
            outer.pdu_length = length.and_then(|mut both| both.split(1).map(|_| both));
            (outer.pdu, outer.rest) = (Some(pdu), left);
        }
        Some(outer)
    }
}

impl<'a> Snmp<&'a [u8; 0]> {
    fn outer(&self, context: &LayerContext<'a>) -> Option<Outer<'a>> {
        Outer::take(context.options(Snmp::LEN))
    }

    /// The version, if the message is valid up to it.
    pub fn version(&self, context: &LayerContext<'a>) -> Option<SnmpVersion> {
        self.outer(context)?.version.bytes().first().map(|&version| version.into())
    }

    /// The community. Version 3 has none.
    pub fn community(&self, context: &LayerContext<'a>) -> Option<&'a [u8]> {
        self.outer(context)?.community.map(|community| community.bytes())
    }

    /// The PDU type. Version 3 may encrypt it.
    pub fn pdu(&self, context: &LayerContext<'a>) -> Option<SnmpPdu> {
        self.outer(context)?.pdu?.bytes().first().map(|&pdu| pdu.into())
    }
}

impl<'a> Protocol<'a> for Snmp<&'a [u8; 0]> {
    const NAME: &'static str = "snmp";
    const TITLE: &'static str = "Simple Network Management Protocol, RFC 3416";
    const TABLE: &'static [Field] = Snmp::FIELDS;
    const VARIABLE: &'static [&'static Schema] =
        &[&Schema { fields: &[*SEQUENCE, *VERSION, *COMMUNITY, *PDU, *PDU_LENGTH], ..Schema::EMPTY }];
    const RAW: &'static str = "The PDU after its type, and all of a version 3 message after the version.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Snmp::LEN))?;
        let header_len = Outer::take(Cursor::new(bytes)).map_or(0, |outer| outer.rest.span().start as usize);
        Ok(ParsedHeader::new(header, header_len, NextProtocol::Unknown))
    }

    fn build(builder: &mut Encoder<'_>, _: usize, unset: &mut u64) -> Result<(), FieldError> {
        // Lengths that are not given get two bytes, filled in when the length is known.
        const LONG: &[u8] = &[0x82, 0, 0];
        if !builder.source.has(VERSION) {
            return Ok(());
        }
        if builder.source.has(SEQUENCE) {
            builder.bytes(SEQUENCE)?;
        } else {
            builder.out.put(&[0x30]);
            builder.out.put(LONG);
            *unset |= OWN;
        }
        builder.out.put(&[0x02, 1]);
        builder.number(VERSION, 1)?;
        if builder.source.has(COMMUNITY) {
            builder.out.put(&[0x04]);
            Counted::<&[u8]>::build(COMMUNITY, builder)?;
        }
        if builder.source.has(PDU) {
            builder.number(PDU, 1)?;
            match builder.source.has(PDU_LENGTH) {
                true => builder.bytes(PDU_LENGTH)?,
                false => {
                    builder.out.put(LONG);
                    *unset |= OWN >> 1;
                }
            }
        }
        Ok(())
    }

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        let end = bounds.payload_end;
        for (wanted, at) in [(OWN, bounds.start + 2), (OWN >> 1, bounds.header_end - 2)] {
            if unset & wanted == 0 {
                continue;
            }
            let number = u64::from(end - at - 2);
            let max = u16::MAX.into();
            let length =
                u16::try_from(number).map_err(|_| FieldError::at(SEQUENCE, ValueError::TooLarge { number, max }))?;
            if let Some(context) = frame.get_mut(at as usize..at as usize + 2) {
                context.copy_from_slice(&length.to_be_bytes());
            }
        }
        Ok(())
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let Some(outer) = self.outer(context) else { return };
        let fields = [
            (SEQUENCE, Some(outer.sequence)),
            (VERSION, Some(outer.version)),
            (COMMUNITY, outer.community),
            (PDU, outer.pdu),
            (PDU_LENGTH, outer.pdu_length),
        ];
        for (field, cursor) in fields {
            if let Some(cursor) = cursor
                && let Some(value) = Value::of_bytes(field.kind, cursor.bytes())
            {
                visitor.field(field, cursor.span(), value);
            }
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("SNMP");
        match self.version(context) {
            Some(version) => info.name_or_number(version.name(), "version ", u8::from(version)),
            None => info.str("no message"),
        }
        if let Some(pdu) = self.pdu(context) {
            info.str(", ");
            info.name_or_number(pdu.name(), "PDU ", u8::from(pdu));
        }
        if let Some(community) = self.community(context) {
            info.str(", community ");
            info.quoted(community);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::dissect::Layers;
    use crate::layer::NextProtocol;
    use std::vec::Vec;

    fn header_lengths(packet: &[u8]) -> Vec<usize> {
        Layers::new(NextProtocol::UdpPorts(161, 50000), packet).map(|layer| layer.header().len()).collect()
    }

    #[test]
    fn an_invalid_message_is_named_and_kept_raw() {
        assert_eq!(header_lengths(&[1, 2, 3]), [0, 0]);
        assert_eq!(header_lengths(&[0x30, 0x85, 0, 0, 0, 0, 1]), [0, 0]);
        assert_eq!(header_lengths(&[0x30]), [0, 0]);
    }

    #[test]
    fn lengths_may_be_long_and_version_3_ends_the_header() {
        assert_eq!(header_lengths(b"\x30\x82\0\x0d\x02\x01\x00\x04\x81\x01p\xa2\x02\x05\x00"), [13, 0]);
        assert_eq!(header_lengths(b"\x30\x0d\x02\x01\x03\x30\x00"), [5, 0]);
    }
}
