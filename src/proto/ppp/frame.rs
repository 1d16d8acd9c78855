//! PPP (RFC 1661), with or without HDLC-like framing (RFC 1662), and Cisco HDLC (RFC 1547 §4.3.1).

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
use crate::proto::EtherType;
use crate::wire::{Field, SelectorKind, header, registry};

registry! {
    /// PPP protocol numbers (IANA).
    pub enum PppProtocolNumber: u16 {
        Padding = 0x0001 "padding",
        Ipv4 = 0x0021 "IPv4",
        Osi = 0x0023 "OSI network layer",
        XeroxNs = 0x0025 "Xerox NS IDP",
        DecNet = 0x0027 "DECnet phase IV",
        AppleTalk = 0x0029 "AppleTalk",
        Ipx = 0x002b "Novell IPX",
        CompressedTcp = 0x002d "Van Jacobson compressed TCP/IP",
        UncompressedTcp = 0x002f "Van Jacobson uncompressed TCP/IP",
        Bridging = 0x0031 "bridging",
        Stream = 0x0033 "stream protocol",
        Vines = 0x0035 "Banyan VINES",
        Multilink = 0x003d "multilink",
        NetBios = 0x003f "NetBIOS framing",
        Cisco = 0x0041 "Cisco Systems",
        Encryption = 0x0053 "encryption",
        LinkEncryption = 0x0055 "individual link encryption",
        Ipv6 = 0x0057 "IPv6",
        Mux = 0x0059 "PPP multiplexing",
        LinkCompression = 0x00fb "single link compression in multilink",
        Compression = 0x00fd "compression",
        BridgePdu = 0x0201 "802.1D hello packets",
        Luxcom = 0x0231 "Luxcom",
        Mpls = 0x0281 "MPLS unicast",
        MplsMulticast = 0x0283 "MPLS multicast",
        Ipcp = 0x8021 "IP control protocol",
        Osicp = 0x8023 "OSI network layer control protocol",
        AppleTalkCp = 0x8029 "AppleTalk control protocol",
        Ipxcp = 0x802b "Novell IPX control protocol",
        BridgingCp = 0x8031 "bridging control protocol",
        MultilinkCp = 0x803d "multilink control protocol",
        NetBiosCp = 0x803f "NetBIOS framing control protocol",
        CiscoCp = 0x8041 "Cisco Systems control protocol",
        EncryptionCp = 0x8053 "encryption control protocol",
        Ipv6cp = 0x8057 "IPv6 control protocol",
        MuxCp = 0x8059 "PPP multiplexing control protocol",
        LinkCompressionCp = 0x80fb "single link compression in multilink control",
        CompressionCp = 0x80fd "compression control protocol",
        CiscoDiscoveryCp = 0x8207 "Cisco Discovery control protocol",
        Mplscp = 0x8281 "MPLS control protocol",
        Lcp = 0xc021 "link control protocol",
        Pap = 0xc023 "password authentication protocol",
        LinkQuality = 0xc025 "link quality report",
        Callback = 0xc029 "callback control protocol",
        BandwidthAllocation = 0xc02b "bandwidth allocation protocol",
        Chap = 0xc223 "challenge handshake authentication protocol",
        Eap = 0xc227 "extensible authentication protocol",
    }
}

header! {
    /// PPP protocol field, [RFC 1661 §2](https://www.rfc-editor.org/rfc/rfc1661#section-2).
    ///
    /// ```
    /// use packetsmith::{Layers, NextProtocol, Ppp, Proto};
    /// use packetsmith::proto::ppp::PppProtocolNumber;
    /// let (header, _) = Ppp::split(&[0xc0, 0x21, 9]).unwrap();
    /// assert_eq!(header.protocol(), PppProtocolNumber::Lcp);
    /// // Address and control, and a protocol field compressed to one byte, are separate layers.
    /// let protos: Vec<_> = Layers::new(NextProtocol::Ppp, &[0xff, 3, 0xfd, 1]).map(|layer| layer.proto).collect();
    /// assert_eq!(protos, [Proto::PppHdlc, Proto::PppCompressed, Proto::Data]);
    /// ```
    pub struct Ppp(2) => PppEdit, layer {
        /// Protocol of the payload. The first byte is even, the second odd (RFC 1661 §2).
        protocol: PppProtocolNumber = 0..16, "ppp.protocol", hex, next_protocol(SelectorKind::Custom);
    }
}

rules! {
    /// Rules of PPP.
    pub enum PppRule {
        ProtocolEven = Warning "ppp.protocol.even" "the protocol number must be odd (RFC 1661 §2)",
    }
}

impl<'a> Protocol<'a> for Ppp<&'a [u8; 2]> {
    const NAME: &'static str = "ppp";
    const TITLE: &'static str = "Point-to-Point Protocol, RFC 1661";
    const TABLE: &'static [Field] = Ppp::FIELDS;
    const RULES: &'static [&'static [Rule]] = &[PppRule::ALL];
    const RAW: &'static str =
        "Payloads of protocols other than IP, MPLS, LCP, IPCP, IPV6CP, CCP, PAP and CHAP. The protocol is named.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Ppp::LEN))?;
        Ok(ParsedHeader::new(header, Ppp::LEN, NextProtocol::PppProtocol(header.protocol().into())))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if u16::from(self.protocol()) & 1 == 0 {
            let field = &Ppp::FIELDS[0];
            report(Some(field), field.span(context.bounds.start), PppRule::ProtocolEven.into());
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let number = self.protocol();
        summary.begin("PPP").name_or_number(number.name(), "protocol ", u16::from(number));
    }
}

header! {
    /// PPP protocol field compressed to one byte, RFC 1661 §6.5.
    pub struct PppCompressed(1) => PppCompressedEdit, layer {
        /// Low byte of the protocol number; always odd. The high byte is zero.
        protocol: u8 = 0..8, "ppp.protocol", hex, next_protocol(SelectorKind::Custom);
    }
}

impl<'a> Protocol<'a> for PppCompressed<&'a [u8; 1]> {
    const NAME: &'static str = "ppp_compressed";
    const TITLE: &'static str = "Point-to-Point Protocol, compressed protocol field, RFC 1661 §6.5";
    const TABLE: &'static [Field] = PppCompressed::FIELDS;
    const RAW: &'static str = "The same payloads as with `ppp`.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(PppCompressed::LEN))?;
        Ok(ParsedHeader::new(header, PppCompressed::LEN, NextProtocol::PppProtocol(header.protocol().into())))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let number = PppProtocolNumber::from(u16::from(self.protocol()));
        summary.begin("PPP").name_or_number(number.name(), "protocol ", u16::from(number));
    }
}

header! {
    /// Address and control fields of PPP in HDLC-like framing, RFC 1662 §3.1.
    pub struct PppHdlc(2) => PppHdlcEdit, layer {
        /// Address: 0xff for all stations. In captures of pppd, the direction instead.
        address: u8 = 0..8, "ppp.address", hex, default(0xff);
        /// Control: 3 for unnumbered information.
        control: u8 = 8..16, "ppp.control", hex, default(3);
    }
}

impl<'a> Protocol<'a> for PppHdlc<&'a [u8; 2]> {
    const NAME: &'static str = "ppp_hdlc";
    const TITLE: &'static str = "PPP in HDLC-like framing, RFC 1662";
    const TABLE: &'static [Field] = PppHdlc::FIELDS;
    const RAW: &'static str = "The frame check sequence after the packet; no field says whether it is present.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, rest) = Self::split(bytes).ok_or(ParseDefect::needs(PppHdlc::LEN))?;
        let next = match (header.control(), rest) {
            // The two fields do not occur twice in a row.
            (3, [0xff, ..]) => NextProtocol::Unknown,
            (3, _) => NextProtocol::Ppp,
            _ => NextProtocol::Unknown,
        };
        Ok(ParsedHeader::new(header, PppHdlc::LEN, next))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        summary.begin("PPP");
    }
}

registry! {
    /// Direction of a captured PPP frame.
    pub enum PppDirectionValue: u8 {
        Received = 0 "received by this host",
        Sent = 1 "sent by this host",
    }
}

header! {
    /// Direction byte before each frame of a capture file, link type 204.
    pub struct PppDirection(1) => PppDirectionEdit, layer {
        /// Direction of the frame.
        direction: PppDirectionValue = 0..8, "ppp.direction";
    }
}

impl<'a> Protocol<'a> for PppDirection<&'a [u8; 1]> {
    const NAME: &'static str = "ppp_direction";
    const TITLE: &'static str = "Direction of a PPP frame in a capture file";
    const TABLE: &'static [Field] = PppDirection::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(PppDirection::LEN))?;
        Ok(ParsedHeader::new(header, PppDirection::LEN, NextProtocol::Ppp))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        summary.begin("PPP");
    }
}

header! {
    /// Cisco HDLC header, RFC 1547 §4.3.1.
    ///
    /// ```
    /// use packetsmith::proto::link::EtherType;
    /// use packetsmith::CHdlc;
    /// let (header, _) = CHdlc::split(&[0x0f, 0, 0x08, 0]).unwrap();
    /// assert_eq!(header.protocol(), EtherType::Ipv4);
    /// ```
    pub struct CHdlc(4) => CHdlcEdit, layer {
        /// Address: 0x0f for unicast, 0x8f for broadcast.
        address: u8 = 0..8, "chdlc.address", hex, default(0x0f);
        /// Control: always 0.
        control: u8 = 8..16, "chdlc.control", hex;
        /// Protocol of the payload: an EtherType or a number of Cisco's.
        protocol: EtherType = 16..32, "chdlc.protocol", hex, next_protocol(SelectorKind::EtherType);
    }
}

impl<'a> Protocol<'a> for CHdlc<&'a [u8; 4]> {
    const NAME: &'static str = "chdlc";
    const TITLE: &'static str = "Cisco HDLC, RFC 1547";
    const TABLE: &'static [Field] = CHdlc::FIELDS;
    const RAW: &'static str = "Cisco's protocols, such as SLARP.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(CHdlc::LEN))?;
        let next = match u16::from(header.protocol()) {
            0x6558 => NextProtocol::LinkType(1),
            // Cisco's protocol numbers: 0x8035 is SLARP here, not RARP.
            0x2000 | 0x8035 => NextProtocol::Unknown,
            protocol => NextProtocol::EtherType(protocol),
        };
        Ok(ParsedHeader::new(header, CHdlc::LEN, next))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        self.protocol().append_name(summary.begin("CHDLC"));
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::dissect::Layers;
    use crate::layer::NextProtocol;
    use crate::proto::Proto::{self, *};
    use std::vec::Vec;

    fn protos(first: NextProtocol, frame: &[u8]) -> Vec<Proto> {
        Layers::new(first, frame).map(|layer| layer.proto).collect()
    }

    #[test]
    fn address_and_control_are_optional() {
        assert_eq!(protos(NextProtocol::LinkType(9), &[0, 0x2b, 1]), [Ppp, Data]);
        assert_eq!(protos(NextProtocol::LinkType(9), &[0xff, 3, 0, 0x2b, 1]), [PppHdlc, Ppp, Data]);
        assert_eq!(protos(NextProtocol::LinkType(50), &[0xff, 3, 0x2b, 1]), [PppHdlc, PppCompressed, Data]);
        assert_eq!(protos(NextProtocol::LinkType(204), &[1, 0xff, 3, 0, 0x2b, 1]), [PppDirection, PppHdlc, Ppp, Data]);
        assert_eq!(protos(NextProtocol::LinkType(166), &[0, 3, 0, 0x2b, 1]), [PppHdlc, Ppp, Data]);
    }

    #[test]
    fn serial_link_types_may_carry_cisco_hdlc() {
        assert_eq!(protos(NextProtocol::LinkType(50), &[0x0f, 0, 0x20, 0, 1]), [CHdlc, Data]);
        assert_eq!(protos(NextProtocol::LinkType(104), &[0x8f, 0, 0x20, 0, 1]), [CHdlc, Data]);
    }

    #[test]
    fn slarp_of_cisco_hdlc_is_not_rarp() {
        let keepalive = [0x8f, 0, 0x80, 0x35, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xff];
        assert_eq!(protos(NextProtocol::LinkType(104), &keepalive), [CHdlc, Data]);
    }

    #[test]
    fn address_and_control_do_not_occur_twice() {
        assert_eq!(protos(NextProtocol::LinkType(50), &[0xff, 3].repeat(2000)), [PppHdlc, Data]);
    }
}
