//! Logical link control (IEEE 802.2) and SNAP (IEEE 802).

use super::EtherType;
use crate::field::{Field, Kind, Numbers, Value, Visitor, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol};
use crate::source::{Builder, Mistake};

registry! {
    /// Service access points.
    pub enum Sap: u8 {
        Null = 0x00 "null",
        Management = 0x02 "LLC sublayer management",
        PathControl = 0x04 "SNA path control",
        Ip = 0x06 "IP",
        NetworkManagement = 0x0e "PROWAY network management",
        Stp = 0x42 "spanning tree",
        Iso8208 = 0x7e "ISO 8208",
        Xns = 0x80 "XNS",
        Nestar = 0x86 "Nestar",
        ActiveStation = 0x8e "PROWAY active station list",
        Snap = 0xaa "SNAP",
        Vines = 0xbc "Banyan VINES",
        NetWare = 0xe0 "NetWare",
        NetBios = 0xf0 "NetBIOS",
        LanManagement = 0xf4 "IBM LAN management",
        Iso = 0xfe "ISO network layer",
        Global = 0xff "global",
    }
}

header! {
    /// LLC header, IEEE 802.2 §3.2. Information and supervisory frames have a second control byte.
    pub struct Llc(3) {
        /// Destination service access point; its lowest bit says group.
        dsap: Sap = 0..8, "llc.dsap", hex, default(0xaa);
        /// Source service access point; its lowest bit says response.
        ssap: Sap = 8..16, "llc.ssap", hex, default(0xaa);
        /// Control field; 3 is unnumbered information.
        control: u8 = 16..24, "llc.control", hex, default(3);
    }
}

/// The rest of a control field of 16 bits.
const SEQUENCE: &Field =
    &Field::floating("control_low", "", Kind::Uint, "Second byte of a 16-bit control field.").hex();

impl<'a> Protocol<'a> for Llc<&'a [u8; 3]> {
    const NAME: &'static str = "llc";
    const TITLE: &'static str = "Logical link control, IEEE 802.2";
    const TABLE: &'static [Field] = Llc::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[core::slice::from_ref(SEQUENCE)];
    const RAW: &'static str = "What follows access points other than SNAP's, such as spanning tree and IS-IS.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, rest) = Self::split(bytes).ok_or(Flaw::needs(Llc::LEN))?;
        let head = if header.control() & 3 == 3 { Llc::LEN } else { Llc::LEN + 1 };
        if rest.len() < head - Llc::LEN {
            return Ok(Parts::new(header, Llc::LEN, Next::Unknown).flaw(Flaw::needs(head)));
        }
        let next = match (header.dsap(), header.ssap(), header.control()) {
            (Sap::Snap, Sap::Snap, 3) => Next::Snap,
            (Sap::Ip, Sap::Ip, 3) => Next::IpVersion(4),
            (dsap, ..) => Next::Sap(dsap.into()),
        };
        Ok(Parts::new(header, head, next))
    }

    fn build(builder: &mut Builder<'_>, at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; Llc::LEN] = builder.header(at);
        match Llc::new(&header).control() & 3 {
            3 => Ok(()),
            _ => builder.number(SEQUENCE, 1).map(drop),
        }
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let rest = place.options(Llc::LEN);
        if let [control] = rest.bytes() {
            visitor.field(SEQUENCE, rest.span(), Value::Uint((*control).into()));
        }
    }
}

header! {
    /// Subnetwork access protocol header, IEEE 802 §10.5.
    pub struct Snap(5) {
        /// Organisation; zero says that an EtherType follows.
        oui: [u8; 3] = 0..24, "llc.oui";
        /// Protocol of that organisation.
        protocol: EtherType = 24..40, "llc.type", hex, announces(Numbers::EtherType);
    }
}

impl<'a> Protocol<'a> for Snap<&'a [u8; 5]> {
    const NAME: &'static str = "snap";
    const TITLE: &'static str = "Subnetwork access protocol, IEEE 802";
    const TABLE: &'static [Field] = Snap::FIELDS;
    const RAW: &'static str = "What organisations other than 00-00-00 carry under their own numbers.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Snap::LEN))?;
        let next = match (header.oui(), header.protocol()) {
            ([0, 0, 0] | [0, 0, 0xf8], protocol) => Next::EtherType(protocol.into()),
            _ => Next::Unknown,
        };
        Ok(Parts::new(header, Snap::LEN, next))
    }
}
