//! GRE, RFC 2784 and RFC 2890, with the routing of RFC 1701; PPTP's version of it, RFC 2637; and
//! NVGRE, RFC 7637.

use super::EtherType;
use crate::build::Spot;
use crate::checksum::{Checksum, Sum};
use crate::field::{Field, Kind, Numbers, Span, Value, Visitor, header};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity};
use crate::part::find_number;
use crate::proto::Proto;
use crate::source::{Builder, Mistake, OWN, Unfit};

header! {
    /// GRE header without its optional fields, RFC 2784 §2 with the bits of RFC 1701 and RFC 2637.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, Next, View};
    /// let packet = [0x20, 0, 0x08, 0, 0, 0, 0, 7];
    /// let layer = Examine::new(Layers::new(Next::IpProtocol(47), &packet)).next().unwrap();
    /// let View::Gre(gre) = layer.view else { panic!() };
    /// assert_eq!((gre.key(&layer.place), gre.sequence(&layer.place)), (Some(7), None));
    /// ```
    pub struct Gre(4) {
        /// A checksum is there.
        checksum_present: bool = 0..1, "gre.flags.checksum";
        /// A source route is there, RFC 1701.
        routing_present: bool = 1..2, "gre.flags.routing";
        /// A key is there, RFC 2890 §2.1.
        key_present: bool = 2..3, "gre.flags.key";
        /// A sequence number is there, RFC 2890 §2.2.
        sequence_present: bool = 3..4, "gre.flags.sequence_number";
        /// The source route is strict, RFC 1701.
        strict_source_route: bool = 4..5, "gre.flags.strict_source_route";
        /// How often the packet may be put into GRE again, RFC 1701.
        recursion_control: u8 = 5..8, "gre.flags.recursion_control";
        /// An acknowledgment number is there; version 1 only, RFC 2637 §4.1.
        acknowledgment_present: bool = 8..9, "gre.flags.ack";
        /// Reserved.
        flags: u8 = 9..13, "gre.flags.reserved", reserved;
        /// 0, or 1 for PPTP.
        version: u8 = 13..16, "gre.flags.version";
        /// What is carried.
        protocol: EtherType = 16..32, "gre.proto", hex, announces(Numbers::EtherType);
    }
}

const CHECKSUM: &Field =
    &Field::floating("checksum", "gre.checksum", Kind::Checksum, "Internet checksum of header and payload.").derived();
const OFFSET: &Field =
    &Field::floating("offset", "gre.offset", Kind::Uint, "Where in the routing the active entry begins, RFC 1701.");
const KEY: &Field = &Field::floating("key", "gre.key", Kind::Uint, "Tells the flows of a tunnel apart.").hex();
const VSID: &Field = &Field::floating("vsid", "", Kind::Uint, "Virtual subnet identifier of NVGRE, RFC 7637 §3.2.");
const FLOW_ID: &Field = &Field::floating("flow_id", "", Kind::Uint, "Tells flows of a virtual subnet apart, RFC 7637.");
const PAYLOAD_LENGTH: &Field =
    &Field::floating("payload_length", "gre.key.payload_length", Kind::Uint, "Length of the payload, RFC 2637 §4.1.")
        .bytes()
        .derived();
const CALL_ID: &Field =
    &Field::floating("call_id", "gre.key.call_id", Kind::Uint, "The receiver's number of the call, RFC 2637 §4.1.");
const SEQUENCE: &Field =
    &Field::floating("sequence", "gre.sequence_number", Kind::Uint, "Number of the packet in its flow.");
const ACKNOWLEDGMENT: &Field = &Field::floating(
    "acknowledgment",
    "gre.ack_number",
    Kind::Uint,
    "Highest sequence number received, RFC 2637 §4.1.",
);
const ROUTING: &Field =
    &Field::floating("routing", "gre.routing", Kind::Bytes, "Source route entries, RFC 1701, not taken further apart.");

/// Source route entries from the front of `bytes` to the one that ends them; `None` where they break off.
fn routing_len(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let &[family_high, family_low, _, length] = bytes.get(at..)?.first_chunk()?;
        at += 4 + usize::from(length);
        if (family_high, family_low, length) == (0, 0, 0) {
            return Some(at);
        }
    }
}

impl<B: core::borrow::Borrow<[u8; 4]>> Gre<B> {
    /// Tells whether this is PPTP's enhanced GRE.
    pub fn is_pptp(&self) -> bool {
        self.version() == 1
    }

    /// Tells whether the key is a virtual subnet and a flow, RFC 7637 §3.2. Linux' gretap with a key
    /// cannot be told apart from it.
    pub fn is_nvgre(&self) -> bool {
        let other = self.checksum_present() || self.sequence_present() || self.routing_present() || self.is_pptp();
        self.key_present() && !other && self.protocol() == EtherType::TransparentBridging
    }

    /// The optional fields in the order of the wire: row and bytes of each.
    fn optional(&self) -> impl Iterator<Item = (&'static Field, usize)> + use<B> {
        let pptp = self.is_pptp();
        let sum = !pptp && (self.checksum_present() || self.routing_present());
        let (nvgre, key) = (self.is_nvgre(), self.key_present());
        let rows = [
            (sum, CHECKSUM, 2),
            (sum, OFFSET, 2),
            (key && pptp, PAYLOAD_LENGTH, 2),
            (key && pptp, CALL_ID, 2),
            (key && nvgre, VSID, 3),
            (key && nvgre, FLOW_ID, 1),
            (key && !pptp && !nvgre, KEY, 4),
            (self.sequence_present(), SEQUENCE, 4),
            (pptp && self.acknowledgment_present(), ACKNOWLEDGMENT, 4),
        ];
        rows.into_iter().filter(|&(there, ..)| there).map(|(_, row, len)| (row, len))
    }

    /// Bytes of header and optional fields, the routing not counted.
    fn fixed_len(&self) -> usize {
        Gre::LEN + self.optional().map(|(_, len)| len).sum::<usize>()
    }
}

impl<'a> Gre<&'a [u8; 4]> {
    fn number(&self, place: &Place<'a>, row: &'static Field) -> Option<u32> {
        find_number(self.optional(), place.options(Gre::LEN), row)
    }

    /// The checksum, if there is one. The field is there too where only a route is, and means nothing.
    pub fn checksum(&self, place: &Place<'a>) -> Option<u16> {
        self.number(place, CHECKSUM).filter(|_| self.checksum_present()).map(|n| n as u16)
    }

    /// The key, if there is one: in NVGRE the virtual subnet and the flow, in PPTP length and call.
    pub fn key(&self, place: &Place<'a>) -> Option<u32> {
        let before = if !self.is_pptp() && (self.checksum_present() || self.routing_present()) { 4 } else { 0 };
        let bytes = place.head().get(Gre::LEN + before..)?.first_chunk()?;
        self.key_present().then_some(u32::from_be_bytes(*bytes))
    }

    /// The virtual subnet of NVGRE.
    pub fn vsid(&self, place: &Place<'a>) -> Option<u32> {
        self.number(place, VSID)
    }

    /// The receiver's number of a PPTP call.
    pub fn call_id(&self, place: &Place<'a>) -> Option<u16> {
        self.number(place, CALL_ID).map(|n| n as u16)
    }

    /// The sequence number, if there is one.
    pub fn sequence(&self, place: &Place<'a>) -> Option<u32> {
        self.number(place, SEQUENCE)
    }

    /// The acknowledgment number of PPTP, if there is one.
    pub fn acknowledgment(&self, place: &Place<'a>) -> Option<u32> {
        self.number(place, ACKNOWLEDGMENT)
    }

    fn next(&self) -> Next {
        match u16::from(self.protocol()) {
            // ERSPAN has no header of its own where packets are not numbered.
            0x6558 => Next::LinkType(1),
            0x88be if !self.sequence_present() => Next::LinkType(1),
            0x880b => Next::Ppp,
            protocol => Next::EtherType(protocol),
        }
    }
}

impl<'a> Protocol<'a> for Gre<&'a [u8; 4]> {
    const NAME: &'static str = "gre";
    const TITLE: &'static str = "Generic Routing Encapsulation, RFC 2784";
    const TABLE: &'static [Field] = Gre::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[&[
        *CHECKSUM,
        *OFFSET,
        *PAYLOAD_LENGTH,
        *CALL_ID,
        *KEY,
        *VSID,
        *FLOW_ID,
        *SEQUENCE,
        *ACKNOWLEDGMENT,
        *ROUTING,
    ]];
    const RAW: &'static str = "RFC 1701's source routes.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Gre::LEN))?;
        if header.version() > 1 {
            let flaw = Flaw::version(header.version(), 0).at(Gre::row("version"));
            return Ok(Parts::new(header, Gre::LEN, Next::Unknown).flaw(flaw));
        }
        let fixed = header.fixed_len();
        let cut = |needed| Ok(Parts::new(header, bytes.len(), Next::Unknown).flaw(Flaw::needs(needed)));
        let Some(rest) = bytes.get(fixed..) else { return cut(fixed) };
        let head = match header.routing_present() && !header.is_pptp() {
            true => match routing_len(rest).map(|len| fixed + len).filter(|&head| head <= bytes.len()) {
                Some(head) => head,
                None => return cut(bytes.len() + 1),
            },
            false => fixed,
        };
        let parts = Parts::new(header, head, header.next());
        Ok(match bytes.get(4..6) {
            Some(&[high, low]) if header.is_pptp() && header.key_present() => {
                parts.total(head + usize::from(u16::from_be_bytes([high, low])))
            }
            _ => parts,
        })
    }

    fn finish(frame: &mut [u8], spot: &Spot, _: Proto) -> Result<(), Mistake> {
        let (at, end) = (spot.at as usize, spot.body_end as usize);
        if spot.auto & OWN == 0 {
            return Ok(());
        }
        let Some(bytes) = frame.get_mut(at..end) else { return Ok(()) };
        let Some((header, _)) = Gre::split(bytes) else { return Ok(()) };
        let payload = u64::from(spot.body_end - spot.head_end);
        match header.is_pptp() {
            true => {
                let max = u16::MAX.into();
                let number = u16::try_from(payload);
                let number =
                    number.map_err(|_| Mistake::at(PAYLOAD_LENGTH, Unfit::TooLarge { number: payload, max }))?;
                bytes[4..6].copy_from_slice(&number.to_be_bytes());
            }
            false => {
                let sum = Sum::new().bytes(bytes).checksum();
                bytes[4..6].copy_from_slice(&sum.to_be_bytes());
            }
        }
        Ok(())
    }

    fn build(builder: &mut Builder<'_>, at: usize, auto: &mut u64) -> Result<(), Mistake> {
        let header = Gre::new(builder.header(at));
        for (row, bytes) in header.optional() {
            let given = builder.given(row, bytes)?.is_some();
            if !given && row.is_derived() && (row.name != CHECKSUM.name || header.checksum_present()) {
                *auto |= OWN;
            }
        }
        builder.bytes(ROUTING)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let mut cursor = place.options(Gre::LEN);
        for (row, len) in self.optional() {
            let Some(item) = cursor.split(len) else { break };
            match (row.kind, Value::of_bytes(row.kind, item.bytes())) {
                (Kind::Checksum, Some(Value::Uint(n))) => {
                    visitor.field(row, item.span(), Value::Checksum(n as u16, self.state(place)));
                }
                (_, Some(value)) => visitor.field(row, item.span(), value),
                (_, None) => {}
            }
        }
        if !cursor.is_empty() {
            visitor.field(ROUTING, cursor.span(), Value::Bytes(cursor.bytes()));
        }
    }

    fn verify(&self, place: &Place<'a>) -> Option<Checksum> {
        self.checksum(place).map(|_| self.state(place))
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        let at = place.context.at;
        if let (Checksum::Bad(_), false) = (self.state(place), place.context.quoted) {
            report(Some(CHECKSUM), Span::new(at + 4, at + 6), Reason::Checksum(self.state(place)));
        }
        let mut rule = |row: u8, severity, text| {
            let field = &Gre::FIELDS[usize::from(row)];
            report(Some(field), field.span(at), Reason::Rule(severity, text));
        };
        match self.version() {
            0 if self.acknowledgment_present() => {
                let row = const { Gre::row("acknowledgment_present") };
                rule(row, Severity::Warning, "only PPTP's version 1 acknowledges (RFC 2637 §4.1)");
            }
            0 if self.recursion_control() != 0 => {
                let row = const { Gre::row("recursion_control") };
                rule(row, Severity::Note, "recursion control is RFC 1701's; RFC 2784 §2.2 wants zero");
            }
            1 if !self.key_present() => {
                let row = const { Gre::row("key_present") };
                rule(row, Severity::Warning, "version 1 always has a key (RFC 2637 §4.1)");
            }
            1 if u16::from(self.protocol()) != 0x880b => {
                let row = const { Gre::row("protocol") };
                rule(row, Severity::Warning, "version 1 carries PPP (RFC 2637 §4.1)");
            }
            _ => {}
        }
    }
}

impl<'a> Gre<&'a [u8; 4]> {
    /// What the checksum is worth.
    fn state(&self, place: &Place<'a>) -> Checksum {
        match self.checksum(place) {
            None => Checksum::Absent,
            Some(_) if !place.is_whole() => Checksum::Unverifiable,
            Some(stored) => Sum::new().bytes(place.head()).bytes(place.body()).verify(stored),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Examined, Layers};
    use crate::proto::{Proto, View};
    use std::vec::Vec;

    fn gre(packet: &[u8]) -> (Gre<&[u8; 4]>, Examined<'_>) {
        let layer = Examine::new(Layers::new(Next::IpProtocol(47), packet)).next().unwrap();
        let View::Gre(gre) = layer.view else { panic!("{:?}", layer.view) };
        (gre, layer)
    }

    fn issues(layer: &Examined<'_>) -> Vec<Reason> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.reason));
        all
    }

    #[test]
    fn every_optional_field_is_found_behind_those_before_it() {
        let packet = [0xb0, 0, 0, 0, 0x4f, 0xed, 0, 0, 0, 0, 0, 9, 0, 0, 0, 8, 1];
        let (gre, layer) = gre(&packet);
        assert_eq!((gre.key(&layer.place), gre.sequence(&layer.place)), (Some(9), Some(8)));
        assert_eq!((layer.head().len(), layer.body()), (16, &[1][..]));
    }

    #[test]
    fn the_checksum_covers_header_and_payload() {
        let mut packet = [0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3];
        let sum = Sum::new().bytes(&packet).checksum();
        packet[4..6].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(gre(&packet).1.checksum(), Some(Checksum::Good));
        packet[10] ^= 1;
        let (_, layer) = gre(&packet);
        assert!(matches!(issues(&layer)[..], [Reason::Checksum(Checksum::Bad(_))]));
        let cut = Examine::new(Layers::new(Next::IpProtocol(47), &packet[..10])).original_len(11).next().unwrap();
        assert_eq!(cut.checksum(), Some(Checksum::Unverifiable));
    }

    #[test]
    fn the_checksum_field_of_a_source_route_alone_is_no_checksum() {
        let packet = [0x40, 0, 0, 0, 0xab, 0xcd, 0, 0, 8, 0, 0, 4, 10, 0, 0, 1, 0, 0, 0, 0, 7];
        let (gre, layer) = gre(&packet);
        assert_eq!((gre.checksum(&layer.place), layer.checksum()), (None, None));
        assert_eq!((layer.head().len(), layer.body()), (20, &[7][..]));
        assert_eq!(issues(&layer), []);
    }

    #[test]
    fn a_source_route_without_an_end_is_cut_and_keeps_its_bytes() {
        let packet = [0x40, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 4, 10, 0, 0, 1];
        let (_, layer) = gre(&packet);
        assert_eq!(layer.head().len(), 16);
        assert!(matches!(issues(&layer)[..], [Reason::Truncated { .. }]));
    }

    #[test]
    fn the_length_of_pptp_leaves_padding_out() {
        let packet = [0x30, 0x81, 0x88, 0x0b, 0, 3, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0xc0, 0x21, 9, 0, 0];
        let (gre, layer) = gre(&packet);
        assert_eq!((gre.call_id(&layer.place), gre.acknowledgment(&layer.place)), (Some(5), Some(2)));
        assert_eq!((layer.body(), layer.tail()), (&[0xc0, 0x21, 9][..], &[0, 0][..]));
    }

    #[test]
    fn only_a_key_alone_is_nvgre() {
        let mut packet = [0x20, 0, 0x65, 0x58, 0, 0x12, 0x34, 9];
        let (plain, layer) = gre(&packet);
        assert_eq!((plain.vsid(&layer.place), plain.key(&layer.place)), (Some(0x1234), Some(0x123409)));
        packet[0] = 0x30;
        let (numbered, layer) = gre(&packet);
        assert_eq!(numbered.vsid(&layer.place), None);
    }

    #[test]
    fn tunnels_in_tunnels_end() {
        let packet = [0x20, 0, 0x65, 0x58, 0, 0, 0, 0].iter().chain(&[0; 12]).chain(&[8, 0]).copied();
        let ip = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, 47, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
        let packet: Vec<u8> = packet.chain(ip).collect();
        let nested: Vec<u8> = packet.repeat(2000);
        let layers: Vec<_> = Layers::new(Next::IpProtocol(47), &nested).collect();
        assert_eq!(layers.len(), crate::dissect::MAX_LAYERS + 1);
        let whole: Vec<u8> =
            layers.iter().flat_map(|l| l.head()).chain(layers.last().unwrap().body()).copied().collect();
        assert_eq!((layers[1].proto, whole == nested), (Proto::Ethernet, true));
    }
}
