//! ERSPAN: mirrored frames in GRE, draft-foschiano-erspan-03.

use crate::field::{Field, Kind, Value, Visitor, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol};
use crate::source::{Builder, Mistake};

registry! {
    /// How a mirrored frame was tagged where it was taken.
    pub enum ErspanEncapsulation: u8 {
        Untagged = 0 "no tag",
        Isl = 1 "ISL",
        Dot1q = 2 "802.1Q",
        Preserved = 3 "tag kept in the frame",
    }
}

registry! {
    /// How whole a mirrored frame is.
    pub enum ErspanIntegrity: u8 {
        Good = 0 "good or unknown",
        Short = 1 "short frame",
        Oversized = 2 "oversized frame",
        Bad = 3 "CRC or alignment error",
    }
}

registry! {
    /// What a type III header carries.
    pub enum ErspanFrameType: u8 {
        Ethernet = 0 "Ethernet",
        Ip = 2 "IP",
    }
}

registry! {
    /// Unit of a type III header's timestamp.
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
    pub struct Erspan2(8) {
        /// 1 in type II.
        version: u8 = 0..4, "erspan.version", default(1);
        /// VLAN of the mirrored frame.
        vlan: u16 = 4..16, "erspan.vlan";
        /// Class of service of the mirrored frame.
        class_of_service: u8 = 16..19, "erspan.cos";
        /// How the mirrored frame was tagged.
        encapsulation: ErspanEncapsulation = 19..21, "erspan.encap";
        /// The mirrored frame was cut.
        truncated: bool = 21..22, "erspan.truncated";
        /// The mirroring session.
        session_id: u16 = 22..32, "erspan.spanid";
        /// Reserved.
        reserved: u16 = 32..44, "erspan.reserved", reserved;
        /// Port and direction, by the platform.
        index: u32 = 44..64, "erspan.index";
    }
}

impl<'a> Protocol<'a> for Erspan2<&'a [u8; 8]> {
    const NAME: &'static str = "erspan2";
    const TITLE: &'static str = "ERSPAN type II, draft-foschiano-erspan";
    const TABLE: &'static [Field] = Erspan2::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Erspan2::LEN))?;
        Ok(match header.version() {
            1 => Parts::new(header, Erspan2::LEN, Next::LinkType(1)),
            version => {
                let flaw = Flaw::version(version, 1).at(Erspan2::row("version"));
                Parts::new(header, Erspan2::LEN, Next::Unknown).flaw(flaw)
            }
        })
    }
}

header! {
    /// ERSPAN type III header, draft-foschiano-erspan-03 §4.3, without its platform subheader.
    pub struct Erspan3(12) {
        /// 2 in type III.
        version: u8 = 0..4, "erspan.version", default(2);
        /// VLAN of the mirrored frame.
        vlan: u16 = 4..16, "erspan.vlan";
        /// Class of service of the mirrored frame.
        class_of_service: u8 = 16..19, "erspan.cos";
        /// How whole the mirrored frame is.
        integrity: ErspanIntegrity = 19..21, "erspan.bso";
        /// The mirrored frame was cut.
        truncated: bool = 21..22, "erspan.truncated";
        /// The mirroring session.
        session_id: u16 = 22..32, "erspan.spanid";
        /// When the frame was mirrored, in units of the granularity.
        timestamp: u32 = 32..64, "erspan.timestamp";
        /// Security group tag.
        security_group: u16 = 64..80, "erspan.sgt";
        /// An Ethernet frame was mirrored.
        ethernet: bool = 80..81, "erspan.p";
        /// What is carried.
        frame_type: ErspanFrameType = 81..86, "erspan.ft";
        /// Engine of the device that mirrored.
        hardware_id: u8 = 86..92, "erspan.hw";
        /// The frame was on its way out.
        egress: bool = 92..93, "erspan.direction";
        /// Unit of the timestamp.
        granularity: ErspanGranularity = 93..95, "erspan.gra";
        /// A platform subheader of 8 bytes follows.
        subheader_present: bool = 95..96, "erspan.o";
    }
}

const PLATFORM: &Field = &Field::floating(
    "platform",
    "erspan.platform",
    Kind::Bytes,
    "Platform subheader; its first 6 bits are the platform's number.",
);

impl<'a> Protocol<'a> for Erspan3<&'a [u8; 12]> {
    const NAME: &'static str = "erspan3";
    const TITLE: &'static str = "ERSPAN type III, draft-foschiano-erspan";
    const TABLE: &'static [Field] = Erspan3::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[&[*PLATFORM]];
    const RAW: &'static str = "The platform subheader.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Erspan3::LEN))?;
        let head = Erspan3::LEN + if header.subheader_present() { 8 } else { 0 };
        if header.version() != 2 {
            let flaw = Flaw::version(header.version(), 2).at(Erspan3::row("version"));
            return Ok(Parts::new(header, Erspan3::LEN, Next::Unknown).flaw(flaw));
        }
        if head > bytes.len() {
            let flaw = Flaw::needs(head).at(Erspan3::row("subheader_present"));
            return Ok(Parts::new(header, bytes.len(), Next::Unknown).flaw(flaw));
        }
        let next = match header.frame_type() {
            ErspanFrameType::Ethernet => Next::LinkType(1),
            ErspanFrameType::Ip => Next::Ip,
            ErspanFrameType::Unknown(_) => Next::Unknown,
        };
        Ok(Parts::new(header, head, next))
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        builder.bytes(PLATFORM)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let platform = place.options(Erspan3::LEN);
        if !platform.is_empty() {
            visitor.field(PLATFORM, platform.span(), Value::Bytes(platform.bytes()));
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::Next;
    use crate::dissect::Layers;
    use crate::proto::Proto::{self, *};
    use std::vec::Vec;

    fn protos(gre: &[u8], header: &[u8]) -> Vec<Proto> {
        let packet = [gre, header, &[0; 12], &[0x88, 0xb5, 1]].concat();
        Layers::new(Next::IpProtocol(47), &packet).map(|layer| layer.proto).collect()
    }

    #[test]
    fn unnumbered_packets_have_no_header_of_erspan() {
        assert_eq!(protos(&[0, 0, 0x88, 0xbe], &[]), [Gre, Ethernet, Data]);
        let numbered = [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1];
        assert_eq!(protos(&numbered, &[0x10, 1, 0, 1, 0, 0, 0, 1]), [Gre, Erspan2, Ethernet, Data]);
    }

    #[test]
    fn the_platform_subheader_is_in_the_head() {
        let gre = [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1];
        let header = [0x20, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0x80, 1, 9, 9, 9, 9, 9, 9, 9, 9];
        assert_eq!(protos(&gre, &header), [Gre, Erspan3, Ethernet, Data]);
    }
}
