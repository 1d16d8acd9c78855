//! ERSPAN: mirrored frames in GRE (draft-foschiano-erspan-03).

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol};
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Value, Visitor, header, registry};

registry! {
    /// VLAN encapsulation of a mirrored frame on the mirrored port.
    pub enum ErspanEncapsulation: u8 {
        Untagged = 0 "no tag",
        Isl = 1 "ISL",
        Dot1q = 2 "802.1Q",
        Preserved = 3 "tag kept in the frame",
    }
}

registry! {
    /// Integrity of a mirrored frame.
    pub enum ErspanIntegrity: u8 {
        Good = 0 "good or unknown",
        Short = 1 "short frame",
        Oversized = 2 "oversized frame",
        Bad = 3 "CRC or alignment error",
    }
}

registry! {
    /// Frame type of a type III header.
    pub enum ErspanFrameType: u8 {
        Ethernet = 0 "Ethernet",
        Ip = 2 "IP",
    }
}

registry! {
    /// Granularity (unit) of a type III header's timestamp.
    pub enum ErspanGranularity: u8 {
        HundredMicroseconds = 0 "100 microseconds",
        HundredNanoseconds = 1 "100 nanoseconds",
        Ieee1588 = 2 "IEEE 1588",
        Custom = 3 "custom",
    }
}

header! {
    /// ERSPAN type II header, draft-foschiano-erspan-03 §4.2.
    ///
    /// ```
    /// use packetsmith::Erspan2;
    /// let (header, _) = Erspan2::split(&[0x10, 7, 0, 9, 0, 0, 0, 3]).unwrap();
    /// assert_eq!((header.vlan(), header.session_id(), header.index()), (7, 9, 3));
    /// ```
    pub struct Erspan2(8) => Erspan2Edit, layer {
        /// Version: 1 in type II.
        version: u8 = 0..4, "erspan.version", default(1);
        /// VLAN of the mirrored frame.
        vlan: u16 = 4..16, "erspan.vlan";
        /// Class of service of the mirrored frame.
        class_of_service: u8 = 16..19, "erspan.cos";
        /// VLAN encapsulation of the mirrored frame on the mirrored port.
        encapsulation: ErspanEncapsulation = 19..21, "erspan.encap";
        /// The mirrored frame was truncated.
        truncated: bool = 21..22, "erspan.truncated";
        /// Identifier of the mirroring session.
        session_id: u16 = 22..32, "erspan.spanid";
        /// Reserved.
        reserved: u16 = 32..44, "erspan.reserved", reserved;
        /// Port and direction, in a platform-dependent encoding.
        index: u32 = 44..64, "erspan.index";
    }
}

impl<'a> Protocol<'a> for Erspan2<&'a [u8; 8]> {
    const NAME: &'static str = "erspan2";
    const TITLE: &'static str = "ERSPAN type II, draft-foschiano-erspan";
    const TABLE: &'static [Field] = Erspan2::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Erspan2::LEN))?;
        Ok(match header.version() {
            1 => ParsedHeader::new(header, Erspan2::LEN, NextProtocol::LinkType(1)),
            version => {
                let defect = ParseDefect::version(version, 1).at(Erspan2::row("version"));
                ParsedHeader::new(header, Erspan2::LEN, NextProtocol::Unknown).defect(defect)
            }
        })
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        append!(summary.begin("ERSPAN"), "type II, session ", self.session_id(), ", VLAN ", self.vlan());
    }
}

header! {
    /// ERSPAN type III header, draft-foschiano-erspan-03 §4.3, without its platform subheader.
    pub struct Erspan3(12) => Erspan3Edit, layer {
        /// Version: 2 in type III.
        version: u8 = 0..4, "erspan.version", default(2);
        /// VLAN of the mirrored frame.
        vlan: u16 = 4..16, "erspan.vlan";
        /// Class of service of the mirrored frame.
        class_of_service: u8 = 16..19, "erspan.cos";
        /// Integrity of the mirrored frame.
        integrity: ErspanIntegrity = 19..21, "erspan.bso";
        /// The mirrored frame was truncated.
        truncated: bool = 21..22, "erspan.truncated";
        /// Identifier of the mirroring session.
        session_id: u16 = 22..32, "erspan.spanid";
        /// Time at which the frame was mirrored, in the unit given by `granularity`.
        timestamp: u32 = 32..64, "erspan.timestamp";
        /// Security group tag.
        security_group: u16 = 64..80, "erspan.sgt";
        /// The mirrored frame is an Ethernet frame.
        ethernet: bool = 80..81, "erspan.p";
        /// Type of the mirrored frame.
        frame_type: ErspanFrameType = 81..86, "erspan.ft";
        /// Identifier of the ERSPAN engine in the mirroring device.
        hardware_id: u8 = 86..92, "erspan.hw";
        /// Direction: set for an outgoing frame.
        egress: bool = 92..93, "erspan.direction";
        /// Unit of `timestamp`.
        granularity: ErspanGranularity = 93..95, "erspan.gra";
        /// A platform subheader of 8 bytes follows.
        subheader_present: bool = 95..96, "erspan.o";
    }
}

const PLATFORM: &Field = &Field::floating(
    "platform",
    "erspan.platform",
    Kind::Bytes,
    "Platform-specific subheader. The first 6 bits are the platform identifier.",
);

impl<'a> Protocol<'a> for Erspan3<&'a [u8; 12]> {
    const NAME: &'static str = "erspan3";
    const TITLE: &'static str = "ERSPAN type III, draft-foschiano-erspan";
    const TABLE: &'static [Field] = Erspan3::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[&Schema { fields: &[*PLATFORM], ..Schema::EMPTY }];
    const RAW: &'static str = "The platform-specific subheader.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Erspan3::LEN))?;
        let header_len = Erspan3::LEN + if header.subheader_present() { 8 } else { 0 };
        if header.version() != 2 {
            let defect = ParseDefect::version(header.version(), 2).at(Erspan3::row("version"));
            return Ok(ParsedHeader::new(header, Erspan3::LEN, NextProtocol::Unknown).defect(defect));
        }
        if header_len > bytes.len() {
            let defect = ParseDefect::needs(header_len).at(Erspan3::row("subheader_present"));
            return Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(defect));
        }
        let next = match header.frame_type() {
            ErspanFrameType::Ethernet => NextProtocol::LinkType(1),
            ErspanFrameType::Ip => NextProtocol::Ip,
            ErspanFrameType::Unknown(_) => NextProtocol::Unknown,
        };
        Ok(ParsedHeader::new(header, header_len, next))
    }

    fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        builder.bytes(PLATFORM)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let platform = context.options(Erspan3::LEN);
        if !platform.is_empty() {
            visitor.field(PLATFORM, platform.span(), Value::Bytes(platform.bytes()));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        append!(summary.begin("ERSPAN"), "type III, session ", self.session_id(), ", VLAN ", self.vlan());
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::dissect::Layers;
    use crate::layer::NextProtocol;
    use crate::proto::Proto::{self, *};
    use std::vec::Vec;

    fn protos(gre: &[u8], header: &[u8]) -> Vec<Proto> {
        let packet = [gre, header, &[0; 12], &[0x88, 0xb5, 1]].concat();
        Layers::new(NextProtocol::IpProtocol(47), &packet).map(|layer| layer.proto).collect()
    }

    #[test]
    fn gre_without_sequence_number_has_no_erspan_header() {
        assert_eq!(protos(&[0, 0, 0x88, 0xbe], &[]), [Gre, Ethernet, Data]);
        let numbered = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1];
        assert_eq!(protos(&numbered, &[0x10, 1, 0, 1, 0, 0, 0, 1]), [Gre, Erspan2, Ethernet, Data]);
    }

    #[test]
    fn the_platform_subheader_is_part_of_the_header() {
        let gre = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1];
        let header = [0x20, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0x80, 1, 9, 9, 9, 9, 9, 9, 9, 9];
        assert_eq!(protos(&gre, &header), [Gre, Erspan3, Ethernet, Data]);
    }
}
