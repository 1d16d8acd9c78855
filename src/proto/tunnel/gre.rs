//! GRE (RFC 2784, RFC 2890) with the routing of RFC 1701; the enhanced GRE of PPTP (RFC 2637); and NVGRE
//! (RFC 7637).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
use crate::proto::EtherType;
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::find_number;
use crate::wire::{Checksum, Sum};
use crate::wire::{Encoder, FieldError, OWN, ValueError};
use crate::wire::{Field, Kind, SelectorKind, Span, Value, Visitor, header};

header! {
    /// GRE header without its optional fields, RFC 2784 §2, with the flags of RFC 1701 and RFC 2637.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// let packet = [0x20, 0, 0x08, 0, 0, 0, 0, 7];
    /// let layer = Examine::new(Layers::new(NextProtocol::IpProtocol(47), &packet)).next().unwrap();
    /// let View::Gre(gre) = layer.view else { panic!() };
    /// assert_eq!((gre.key(&layer.context), gre.sequence(&layer.context)), (Some(7), None));
    /// ```
    pub struct Gre(4) => GreEdit, layer {
        /// C: the checksum field is present.
        checksum_present: bool = 0..1, "gre.flags.checksum";
        /// R: a source route is present, RFC 1701.
        routing_present: bool = 1..2, "gre.flags.routing";
        /// K: the key field is present, RFC 2890 §2.1.
        key_present: bool = 2..3, "gre.flags.key";
        /// S: the sequence number field is present, RFC 2890 §2.2.
        sequence_present: bool = 3..4, "gre.flags.sequence_number";
        /// s: the source route is strict, RFC 1701.
        strict_source_route: bool = 4..5, "gre.flags.strict_source_route";
        /// Number of additional encapsulations that are allowed, RFC 1701.
        recursion_control: u8 = 5..8, "gre.flags.recursion_control";
        /// A: the acknowledgment number field is present; version 1 only, RFC 2637 §4.1.
        acknowledgment_present: bool = 8..9, "gre.flags.ack";
        /// Reserved.
        flags: u8 = 9..13, "gre.flags.reserved", reserved;
        /// Version: 0, or 1 for the enhanced GRE of PPTP.
        version: u8 = 13..16, "gre.flags.version";
        /// Protocol type of the payload.
        protocol: EtherType = 16..32, "gre.proto", hex, next_protocol(SelectorKind::EtherType);
    }
}

const CHECKSUM: &Field = &Field::floating(
    "checksum",
    "gre.checksum",
    Kind::Checksum,
    "Internet checksum of header and payload, RFC 2784 §2.3.",
)
.computed();
const OFFSET: &Field = &Field::floating(
    "offset",
    "gre.offset",
    Kind::Uint,
    "Offset of the active source route entry in `routing`, RFC 1701.",
)
.of_bits(16);
const KEY: &Field =
    &Field::floating("key", "gre.key", Kind::Uint, "Key: identifies a flow in the tunnel.").of_bits(32).hex();
const VSID: &Field =
    &Field::floating("vsid", "", Kind::Uint, "Virtual subnet identifier of NVGRE, RFC 7637 §3.2.").of_bits(24);
const FLOW_ID: &Field =
    &Field::floating("flow_id", "", Kind::Uint, "Identifies a flow in the virtual subnet, RFC 7637.").of_bits(8);
const PAYLOAD_LENGTH: &Field =
    &Field::floating("payload_length", "gre.key.payload_length", Kind::Uint, "Payload length in bytes, RFC 2637 §4.1.")
        .of_bits(16)
        .bytes()
        .computed();
const CALL_ID: &Field = &Field::floating(
    "call_id",
    "gre.key.call_id",
    Kind::Uint,
    "Call identifier assigned by the receiver, RFC 2637 §4.1.",
)
.of_bits(16);
const SEQUENCE: &Field =
    &Field::floating("sequence", "gre.sequence_number", Kind::Uint, "Sequence number of the packet.").of_bits(32);
const ACKNOWLEDGMENT: &Field = &Field::floating(
    "acknowledgment",
    "gre.ack_number",
    Kind::Uint,
    "Acknowledgment: highest sequence number received, RFC 2637 §4.1.",
)
.of_bits(32);
const ROUTING: &Field =
    &Field::floating("routing", "gre.routing", Kind::Bytes, "Source route entries, RFC 1701; not parsed.");

/// Length of the source route entries at the front of `bytes`, up to and including the final entry. `None` if
/// they are truncated.
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
    /// Whether this is the enhanced GRE of PPTP.
    pub fn is_pptp(&self) -> bool {
        self.version() == 1
    }

    /// Whether the key is a virtual subnet and a flow, RFC 7637 §3.2. Linux's `gretap` with a key looks the same.
    pub fn is_nvgre(&self) -> bool {
        let other = self.checksum_present() || self.sequence_present() || self.routing_present() || self.is_pptp();
        self.key_present() && !other && self.protocol() == EtherType::TransparentBridging
    }

    /// The optional fields in wire order: table row and length in bytes of each.
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

    /// Length of the header and the optional fields in bytes, without the routing.
    fn fixed_len(&self) -> usize {
        Gre::LEN + self.optional().map(|(_, len)| len).sum::<usize>()
    }
}

impl<'a> Gre<&'a [u8; 4]> {
    fn number(&self, context: &LayerContext<'a>, row: &'static Field) -> Option<u32> {
        find_number(self.optional(), context.options(Gre::LEN), row)
    }

    /// The checksum, if the checksum flag is set. With only the routing flag, the field is present but not used.
    pub fn checksum(&self, context: &LayerContext<'a>) -> Option<u16> {
        self.number(context, CHECKSUM).filter(|_| self.checksum_present()).map(|n| n as u16)
    }

    /// The key, if present. In NVGRE it holds the virtual subnet and flow; in PPTP, payload length and call.
    pub fn key(&self, context: &LayerContext<'a>) -> Option<u32> {
        let before = if !self.is_pptp() && (self.checksum_present() || self.routing_present()) { 4 } else { 0 };
        let bytes = context.header().get(Gre::LEN + before..)?.first_chunk()?;
        self.key_present().then_some(u32::from_be_bytes(*bytes))
    }

    /// The virtual subnet identifier of NVGRE.
    pub fn vsid(&self, context: &LayerContext<'a>) -> Option<u32> {
        self.number(context, VSID)
    }

    /// Call identifier of PPTP, assigned by the receiver.
    pub fn call_id(&self, context: &LayerContext<'a>) -> Option<u16> {
        self.number(context, CALL_ID).map(|n| n as u16)
    }

    /// The sequence number, if present.
    pub fn sequence(&self, context: &LayerContext<'a>) -> Option<u32> {
        self.number(context, SEQUENCE)
    }

    /// The acknowledgment number of PPTP, if present.
    pub fn acknowledgment(&self, context: &LayerContext<'a>) -> Option<u32> {
        self.number(context, ACKNOWLEDGMENT)
    }

    fn next(&self) -> NextProtocol {
        match u16::from(self.protocol()) {
            // Without a sequence number, ERSPAN has no header (type I).
            0x6558 => NextProtocol::LinkType(1),
            0x88be if !self.sequence_present() => NextProtocol::LinkType(1),
            0x880b => NextProtocol::Ppp,
            protocol => NextProtocol::EtherType(protocol),
        }
    }
}

rules! {
    /// Rules of GRE.
    pub enum GreRule {
        AcknowledgmentInVersion0 = Warning "gre.acknowledgment_present.in_version_0"
            "an acknowledgment number is only valid in version 1 (RFC 2637 §4.1)",
        RecursionControl = Note "gre.recursion_control.not_zero"
            "recursion control (RFC 1701) must be zero (RFC 2784 §2.2)",
        ChecksumInVersion1 = Warning "gre.checksum_present.in_version_1"
            "the checksum must not be present in version 1 (RFC 2637 §4.1)",
        RoutingInVersion1 = Warning "gre.routing_present.in_version_1"
            "a source route must not be present in version 1 (RFC 2637 §4.1)",
        StrictSourceRouteInVersion1 = Warning "gre.strict_source_route.in_version_1"
            "the strict source route flag must be zero in version 1 (RFC 2637 §4.1)",
        RecursionControlInVersion1 = Warning "gre.recursion_control.in_version_1"
            "recursion control must be zero in version 1 (RFC 2637 §4.1)",
        KeyMissing = Warning "gre.key_present.missing_in_version_1"
            "the key must be present in version 1 (RFC 2637 §4.1)",
        ProtocolNotPpp = Warning "gre.protocol.not_ppp_in_version_1"
            "the protocol type must be PPP (0x880b) in version 1 (RFC 2637 §4.1)",
    }
}

impl<'a> Protocol<'a> for Gre<&'a [u8; 4]> {
    const NAME: &'static str = "gre";
    const TITLE: &'static str = "Generic Routing Encapsulation, RFC 2784";
    const TABLE: &'static [Field] = Gre::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[&Schema {
        fields: &[
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
        ],
        ..Schema::EMPTY
    }];
    const RULES: &'static [&'static [Rule]] = &[GreRule::ALL];
    const RAW: &'static str = "Source routes of RFC 1701.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Gre::LEN))?;
        if header.version() > 1 {
            let defect = ParseDefect::version(header.version(), 0).at(Gre::row("version"));
            return Ok(ParsedHeader::new(header, Gre::LEN, NextProtocol::Unknown).defect(defect));
        }
        let fixed = header.fixed_len();
        let cut = |needed| {
            Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(ParseDefect::needs(needed)))
        };
        let Some(rest) = bytes.get(fixed..) else { return cut(fixed) };
        let header_len = match header.routing_present() && !header.is_pptp() {
            true => match routing_len(rest).map(|len| fixed + len).filter(|&header_len| header_len <= bytes.len()) {
                Some(header_len) => header_len,
                None => return cut(bytes.len() + 1),
            },
            false => fixed,
        };
        let parts = ParsedHeader::new(header, header_len, header.next());
        Ok(match bytes.get(4..6) {
            Some(&[high, low]) if header.is_pptp() && header.key_present() => {
                parts.total_len(header_len + usize::from(u16::from_be_bytes([high, low])))
            }
            _ => parts,
        })
    }

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        let (at, end) = (bounds.start as usize, bounds.payload_end as usize);
        if unset & OWN == 0 {
            return Ok(());
        }
        let Some(header) = frame.get_mut(at..).and_then(|bytes| Gre::split(bytes)).map(|(header, _)| header.to_owned())
        else {
            return Ok(());
        };
        let payload = u64::from(bounds.payload_end - bounds.header_end);
        // Bytes that are missing from the payload leave the checksum out, but not the length.
        let end = if header.is_pptp() { bounds.header_end as usize } else { end };
        let Some(bytes) = frame.get_mut(at..end) else { return Ok(()) };
        match header.is_pptp() {
            true => {
                let max = u16::MAX.into();
                let number = u16::try_from(payload);
                let number = number
                    .map_err(|_| FieldError::at(PAYLOAD_LENGTH, ValueError::TooLarge { number: payload, max }))?;
                bytes[4..6].copy_from_slice(&number.to_be_bytes());
            }
            false => {
                let sum = Sum::new().bytes(bytes).checksum();
                bytes[4..6].copy_from_slice(&sum.to_be_bytes());
            }
        }
        Ok(())
    }

    fn build(builder: &mut Encoder<'_>, at: usize, unset: &mut u64) -> Result<(), FieldError> {
        let header = Gre::new(builder.header(at));
        for (row, bytes) in header.optional() {
            let given = builder.given(row, bytes)?.is_some();
            if !given && row.is_computed() && (row.name != CHECKSUM.name || header.checksum_present()) {
                *unset |= OWN;
            }
        }
        builder.bytes(ROUTING)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let mut cursor = context.options(Gre::LEN);
        for (row, len) in self.optional() {
            let Some(item) = cursor.split(len) else { break };
            match (row.kind, Value::of_bytes(row.kind, item.bytes())) {
                (Kind::Checksum, Some(Value::Uint(n))) => {
                    visitor.field(row, item.span(), Value::Checksum(n as u16, self.state(context)));
                }
                (_, Some(value)) => visitor.field(row, item.span(), value),
                (_, None) => {}
            }
        }
        if !cursor.is_empty() {
            visitor.field(ROUTING, cursor.span(), Value::Bytes(cursor.bytes()));
        }
    }

    fn verify(&self, context: &LayerContext<'a>) -> Option<Checksum> {
        self.checksum(context).map(|_| self.state(context))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let at = context.bounds.start;
        if let (Checksum::Bad(_), false) = (self.state(context), context.quoted) {
            report(Some(CHECKSUM), Span::new(at + 4, at + 6), IssueKind::Checksum(self.state(context)));
        }
        let mut rule = |row: u8, rule: GreRule| {
            let field = &Gre::FIELDS[usize::from(row)];
            report(Some(field), field.span(at), rule.into());
        };
        if self.version() == 1 {
            let broken = [
                (self.checksum_present(), const { Gre::row("checksum_present") }, GreRule::ChecksumInVersion1),
                (self.routing_present(), const { Gre::row("routing_present") }, GreRule::RoutingInVersion1),
                (
                    self.strict_source_route(),
                    const { Gre::row("strict_source_route") },
                    GreRule::StrictSourceRouteInVersion1,
                ),
                (
                    self.recursion_control() != 0,
                    const { Gre::row("recursion_control") },
                    GreRule::RecursionControlInVersion1,
                ),
            ];
            broken.into_iter().filter(|(found, ..)| *found).for_each(|(_, row, broken)| rule(row, broken));
        }
        match self.version() {
            0 if self.acknowledgment_present() => {
                let row = const { Gre::row("acknowledgment_present") };
                rule(row, GreRule::AcknowledgmentInVersion0);
            }
            0 if self.recursion_control() != 0 => {
                let row = const { Gre::row("recursion_control") };
                rule(row, GreRule::RecursionControl);
            }
            1 if !self.key_present() => {
                let row = const { Gre::row("key_present") };
                rule(row, GreRule::KeyMissing);
            }
            1 if u16::from(self.protocol()) != 0x880b => {
                let row = const { Gre::row("protocol") };
                rule(row, GreRule::ProtocolNotPpp);
            }
            _ => {}
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("GRE");
        self.protocol().append_name(info);
        match (self.vsid(context), self.call_id(context), self.key(context)) {
            (Some(vsid), ..) => append!(info, " VSID=", vsid),
            (_, Some(call), _) => append!(info, " call=", call),
            (_, _, Some(key)) => {
                info.str(" key=");
                info.hex(key.into(), 1);
            }
            _ => {}
        }
        let numbers = [("sequence", self.sequence(context)), ("acknowledged", self.acknowledgment(context))];
        for (name, number) in numbers.into_iter().filter_map(|(name, n)| Some((name, n?))) {
            append!(info, " ", name, "=", number);
        }
    }
}

impl<'a> Gre<&'a [u8; 4]> {
    /// Verifies the checksum.
    fn state(&self, context: &LayerContext<'a>) -> Checksum {
        match self.checksum(context) {
            None => Checksum::Absent,
            Some(_) if !context.is_whole() => Checksum::Unverifiable,
            Some(stored) => Sum::new().bytes(context.header()).bytes(context.payload()).verify(stored),
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, ExaminedLayer, Layers};
    use crate::proto::{Proto, View};
    use std::vec::Vec;

    fn gre(packet: &[u8]) -> (Gre<&[u8; 4]>, ExaminedLayer<'_>) {
        let layer = Examine::new(Layers::new(NextProtocol::IpProtocol(47), packet)).next().unwrap();
        let View::Gre(gre) = layer.view else { panic!("{:?}", layer.view) };
        (gre, layer)
    }

    fn issues(layer: &ExaminedLayer<'_>) -> Vec<IssueKind> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    #[test]
    fn optional_fields_follow_one_another() {
        let packet = [0xb0, 0, 0, 0, 0x4f, 0xed, 0, 0, 0, 0, 0, 9, 0, 0, 0, 8, 1];
        let (gre, layer) = gre(&packet);
        assert_eq!((gre.key(&layer.context), gre.sequence(&layer.context)), (Some(9), Some(8)));
        assert_eq!((layer.header().len(), layer.payload()), (16, &[1][..]));
    }

    #[test]
    fn the_checksum_covers_header_and_payload() {
        let mut packet = [0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3];
        let sum = Sum::new().bytes(&packet).checksum();
        packet[4..6].copy_from_slice(&sum.to_be_bytes());
        assert_eq!(gre(&packet).1.checksum(), Some(Checksum::Good));
        packet[10] ^= 1;
        let (_, layer) = gre(&packet);
        assert!(matches!(issues(&layer)[..], [IssueKind::Checksum(Checksum::Bad(_))]));
        let cut =
            Examine::new(Layers::new(NextProtocol::IpProtocol(47), &packet[..10])).original_len(11).next().unwrap();
        assert_eq!(cut.checksum(), Some(Checksum::Unverifiable));
    }

    #[test]
    fn the_checksum_field_of_a_source_route_alone_is_no_checksum() {
        let packet = [0x40, 0, 0, 0, 0xab, 0xcd, 0, 0, 8, 0, 0, 4, 10, 0, 0, 1, 0, 0, 0, 0, 7];
        let (gre, layer) = gre(&packet);
        assert_eq!((gre.checksum(&layer.context), layer.checksum()), (None, None));
        assert_eq!((layer.header().len(), layer.payload()), (20, &[7][..]));
        assert_eq!(issues(&layer), []);
    }

    #[test]
    fn a_source_route_without_an_end_is_truncated_and_keeps_its_bytes() {
        let packet = [0x40, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 4, 10, 0, 0, 1];
        let (_, layer) = gre(&packet);
        assert_eq!(layer.header().len(), 16);
        assert!(matches!(issues(&layer)[..], [IssueKind::Truncated { .. }]));
    }

    #[test]
    fn padding_after_the_length_is_not_pptp_payload() {
        let packet = [0x30, 0x81, 0x88, 0x0b, 0, 3, 0, 5, 0, 0, 0, 1, 0, 0, 0, 2, 0xc0, 0x21, 9, 0, 0];
        let (gre, layer) = gre(&packet);
        assert_eq!((gre.call_id(&layer.context), gre.acknowledgment(&layer.context)), (Some(5), Some(2)));
        assert_eq!((layer.payload(), layer.trailer()), (&[0xc0, 0x21, 9][..], &[0, 0][..]));
    }

    #[test]
    fn nvgre_has_a_key_and_no_other_optional_field() {
        let mut packet = [0x20, 0, 0x65, 0x58, 0, 0x12, 0x34, 9];
        let (plain, layer) = gre(&packet);
        assert_eq!((plain.vsid(&layer.context), plain.key(&layer.context)), (Some(0x1234), Some(0x123409)));
        packet[0] = 0x30;
        let (numbered, layer) = gre(&packet);
        assert_eq!(numbered.vsid(&layer.context), None);
    }

    #[test]
    fn tunnels_in_tunnels_end() {
        let packet = [0x20, 0, 0x65, 0x58, 0, 0, 0, 0].iter().chain(&[0; 12]).chain(&[8, 0]).copied();
        let ip = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, 47, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
        let packet: Vec<u8> = packet.chain(ip).collect();
        let nested: Vec<u8> = packet.repeat(2000);
        let layers: Vec<_> = Layers::new(NextProtocol::IpProtocol(47), &nested).collect();
        assert_eq!(layers.len(), crate::layer::MAX_LAYERS + 1);
        let whole: Vec<u8> =
            layers.iter().flat_map(|l| l.header()).chain(layers.last().unwrap().payload()).copied().collect();
        assert_eq!((layers[1].proto, whole == nested), (Proto::Ethernet, true));
    }
}
