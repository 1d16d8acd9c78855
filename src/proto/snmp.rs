//! SNMP, RFC 3416 and RFC 1157: version, community, and kind of message. The rest stays whole.

use crate::build::Spot;
use crate::field::{Field, Kind, Value, Visitor, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol};
use crate::part::{Counted, Cursor, Part};
use crate::proto::Proto;
use crate::source::{Builder, Mistake, OWN, Unfit};

registry! {
    /// Version of SNMP, RFC 3416 and RFC 3412 §6.1.
    pub enum SnmpVersion: u8 {
        V1 = 0 "version 1",
        V2c = 1 "version 2c",
        V2u = 2 "version 2u",
        V3 = 3 "version 3",
    }
}

registry! {
    /// Kinds of messages, RFC 3416 §3.
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
    /// An SNMP message: BER, whose head is what stands before the message's contents.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, Next, SnmpPdu, SnmpVersion, View};
    /// let packet = b"\x30\x0d\x02\x01\x01\x04\x06public\xa0\x00";
    /// let layer = Examine::new(Layers::new(Next::UdpPorts(50000, 161), packet)).next().unwrap();
    /// let View::Snmp(snmp) = layer.view else { panic!() };
    /// assert_eq!((snmp.version(&layer.place), snmp.pdu(&layer.place)), (Some(SnmpVersion::V2c), Some(SnmpPdu::GetRequest)));
    /// assert_eq!(snmp.community(&layer.place), Some(&b"public"[..]));
    /// ```
    pub struct Snmp(0) {}
}

const SEQUENCE: &Field = &Field::floating("sequence", "", Kind::Bytes, "Tag and length of the message, in BER.");
const PDU_LENGTH: &Field = &Field::floating("pdu_length", "", Kind::Bytes, "Length of the contents, in BER.");
const VERSION: &Field =
    &Field::floating("version", "snmp.version", Kind::Named(SnmpVersion::REGISTRY), "Version of the message.");
const COMMUNITY: &Field =
    &Field::floating("community", "snmp.community", Kind::Text, "Community: a password in the clear.");
const PDU: &Field =
    &Field::floating("pdu", "snmp.data", Kind::Named(SnmpPdu::REGISTRY), "What the message does.").hex();

/// Takes tag and length off the front: the tag, and how many bytes of contents follow.
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

/// Takes a whole element of the tag wanted.
fn element<'a>(cursor: &mut Cursor<'a>, wanted: u8) -> Option<Cursor<'a>> {
    let mut left = *cursor;
    let (tag, length) = tag(&mut left)?;
    let contents = left.split(length).filter(|_| tag.bytes() == [wanted])?;
    *cursor = left;
    Some(contents)
}

/// What stands before the contents of a message.
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
        let mut whole = cursor;
        let (tag_byte, _) = tag(&mut cursor)?;
        let sequence = whole.split((cursor.span().start - whole.span().start) as usize)?;
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
    fn outer(&self, place: &Place<'a>) -> Option<Outer<'a>> {
        Outer::take(place.options(Snmp::LEN))
    }

    /// The version, if the message begins as one does.
    pub fn version(&self, place: &Place<'a>) -> Option<SnmpVersion> {
        self.outer(place)?.version.bytes().first().map(|&version| version.into())
    }

    /// The community; version 3 has none.
    pub fn community(&self, place: &Place<'a>) -> Option<&'a [u8]> {
        self.outer(place)?.community.map(|community| community.bytes())
    }

    /// What the message does; version 3 may encrypt it.
    pub fn pdu(&self, place: &Place<'a>) -> Option<SnmpPdu> {
        self.outer(place)?.pdu?.bytes().first().map(|&pdu| pdu.into())
    }
}

impl<'a> Protocol<'a> for Snmp<&'a [u8; 0]> {
    const NAME: &'static str = "snmp";
    const TITLE: &'static str = "Simple Network Management Protocol, RFC 3416";
    const TABLE: &'static [Field] = Snmp::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[&[*SEQUENCE, *VERSION, *COMMUNITY, *PDU, *PDU_LENGTH]];
    const RAW: &'static str = "All of the message behind version and community, but for the kind of its PDU.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Snmp::LEN))?;
        let head = Outer::take(Cursor::new(bytes)).map_or(0, |outer| outer.rest.span().start as usize);
        Ok(Parts::new(header, head, Next::Unknown))
    }

    fn build(builder: &mut Builder<'_>, _: usize, auto: &mut u64) -> Result<(), Mistake> {
        // Lengths that are not given have room for any length, and are filled in when that is known.
        const LONG: &[u8] = &[0x82, 0, 0];
        if !builder.source.has(VERSION) {
            return Ok(());
        }
        if builder.source.has(SEQUENCE) {
            builder.bytes(SEQUENCE)?;
        } else {
            builder.out.put(&[0x30]);
            builder.out.put(LONG);
            *auto |= OWN;
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
                    *auto |= OWN >> 1;
                }
            }
        }
        Ok(())
    }

    fn finish(frame: &mut [u8], spot: &Spot, _: Proto) -> Result<(), Mistake> {
        let end = spot.body_end;
        for (wanted, at) in [(OWN, spot.at + 2), (OWN >> 1, spot.head_end - 2)] {
            if spot.auto & wanted == 0 {
                continue;
            }
            let number = u64::from(end - at - 2);
            let max = u16::MAX.into();
            let length = u16::try_from(number).map_err(|_| Mistake::at(SEQUENCE, Unfit::TooLarge { number, max }))?;
            if let Some(place) = frame.get_mut(at as usize..at as usize + 2) {
                place.copy_from_slice(&length.to_be_bytes());
            }
        }
        Ok(())
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let Some(outer) = self.outer(place) else { return };
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
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::Next;
    use crate::dissect::Layers;
    use std::vec::Vec;

    fn heads(packet: &[u8]) -> Vec<usize> {
        Layers::new(Next::UdpPorts(161, 50000), packet).map(|layer| layer.head().len()).collect()
    }

    #[test]
    fn what_is_no_message_is_named_and_kept_whole() {
        assert_eq!(heads(&[1, 2, 3]), [0, 0]);
        assert_eq!(heads(&[0x30, 0x85, 0, 0, 0, 0, 1]), [0, 0]);
        assert_eq!(heads(&[0x30]), [0, 0]);
    }

    #[test]
    fn lengths_may_be_long_and_version_3_ends_the_head() {
        assert_eq!(heads(b"\x30\x82\0\x0d\x02\x01\x00\x04\x81\x01p\xa2\x02\x05\x00"), [13, 0]);
        assert_eq!(heads(b"\x30\x0d\x02\x01\x03\x30\x00"), [5, 0]);
    }
}
