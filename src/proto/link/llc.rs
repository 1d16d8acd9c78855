//! Logical link control (IEEE 802.2) and SNAP (IEEE 802).

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol};
use crate::proto::EtherType;
use crate::wire::Schema;
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, SelectorKind, Value, Visitor, header, registry};

registry! {
    /// Service access points, IEEE 802.2 §3.3.1.
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
    pub struct Llc(3) => LlcEdit, layer {
        /// Destination service access point. The lowest bit marks a group address.
        dsap: Sap = 0..8, "llc.dsap", hex, default(0xaa);
        /// Source service access point. The lowest bit marks a response.
        ssap: Sap = 8..16, "llc.ssap", hex, default(0xaa);
        /// Control field. 3 is an unnumbered information frame.
        control: u8 = 16..24, "llc.control", hex, default(3);
    }
}

/// Second byte of a 16-bit control field.
const SEQUENCE: &Field =
    &Field::floating("control_low", "", Kind::Uint, "Second byte of a 16-bit control field.").hex();

impl<'a> Protocol<'a> for Llc<&'a [u8; 3]> {
    const NAME: &'static str = "llc";
    const TITLE: &'static str = "Logical link control, IEEE 802.2";
    const TABLE: &'static [Field] = Llc::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[&Schema::of(core::slice::from_ref(SEQUENCE))];
    const RAW: &'static str = "Payloads of service access points other than SNAP, such as spanning tree and IS-IS.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, rest) = Self::split(bytes).ok_or(ParseDefect::needs(Llc::LEN))?;
        let header_len = if header.control() & 3 == 3 { Llc::LEN } else { Llc::LEN + 1 };
        if rest.len() < header_len - Llc::LEN {
            return Ok(
                ParsedHeader::new(header, Llc::LEN, NextProtocol::Unknown).defect(ParseDefect::needs(header_len))
            );
        }
        let next = match (header.dsap(), header.ssap(), header.control()) {
            (Sap::Snap, Sap::Snap, 3) => NextProtocol::Snap,
            (Sap::Ip, Sap::Ip, 3) => NextProtocol::IpVersion(4),
            (dsap, ..) => NextProtocol::Sap(dsap.into()),
        };
        Ok(ParsedHeader::new(header, header_len, next))
    }

    fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Llc::LEN] = builder.header(at);
        match Llc::new(&header).control() & 3 {
            3 => Ok(()),
            _ => builder.number(SEQUENCE, 1).map(drop),
        }
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let rest = context.options(Llc::LEN);
        if let [control] = rest.bytes() {
            visitor.field(SEQUENCE, rest.span(), Value::Uint((*control).into()));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("LLC");
        info.str(self.dsap().name().unwrap_or("unknown"));
        info.str(", DSAP ");
        info.hex(u8::from(self.dsap()).into(), 2);
        info.str(", SSAP ");
        info.hex(u8::from(self.ssap()).into(), 2);
    }
}

header! {
    /// Subnetwork access protocol header, IEEE 802 §10.5.
    pub struct Snap(5) => SnapEdit, layer {
        /// Organization identifier. Zero means that `protocol` is an EtherType.
        oui: [u8; 3] = 0..24, "llc.oui";
        /// Protocol number, assigned by the organization.
        protocol: EtherType = 24..40, "llc.type", hex, next_protocol(SelectorKind::EtherType);
    }
}

impl<'a> Protocol<'a> for Snap<&'a [u8; 5]> {
    const NAME: &'static str = "snap";
    const TITLE: &'static str = "Subnetwork access protocol, IEEE 802";
    const TABLE: &'static [Field] = Snap::FIELDS;
    const RAW: &'static str = "Payloads of organizations other than 00-00-00, which assign the protocol numbers.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Snap::LEN))?;
        let next = match (header.oui(), header.protocol()) {
            ([0, 0, 0] | [0, 0, 0xf8], protocol) => NextProtocol::EtherType(protocol.into()),
            _ => NextProtocol::Unknown,
        };
        Ok(ParsedHeader::new(header, Snap::LEN, next))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("SNAP");
        info.str("organisation ");
        info.hex_bytes(&self.oui());
        info.str(", protocol ");
        info.hex(u16::from(self.protocol()).into(), 4);
    }
}
