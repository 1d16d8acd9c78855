//! PPP, RFC 1661, in the framing of RFC 1662 or without it; and Cisco's HDLC, RFC 1547 §4.3.1.

use super::EtherType;
use crate::field::{Field, Numbers, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity};

registry! {
    /// What PPP carries, IANA's registry.
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
    /// use packetsmith::{Layers, Next, Ppp, PppProtocolNumber, Proto};
    /// let (header, _) = Ppp::split(&[0xc0, 0x21, 9]).unwrap();
    /// assert_eq!(header.protocol(), PppProtocolNumber::Lcp);
    /// // Address and control, and a protocol field compressed to one byte, are layers of their own.
    /// let protos: Vec<_> = Layers::new(Next::Ppp, &[0xff, 3, 0xfd, 1]).map(|layer| layer.proto).collect();
    /// assert_eq!(protos, [Proto::PppHdlc, Proto::PppCompressed, Proto::Data]);
    /// ```
    pub struct Ppp(2) {
        /// What is carried; its first byte is even, its second odd.
        protocol: PppProtocolNumber = 0..16, "ppp.protocol", hex, announces(Numbers::Own);
    }
}

impl<'a> Protocol<'a> for Ppp<&'a [u8; 2]> {
    const NAME: &'static str = "ppp";
    const TITLE: &'static str = "Point-to-Point Protocol, RFC 1661";
    const TABLE: &'static [Field] = Ppp::FIELDS;
    const RAW: &'static str = "Protocols other than IP, MPLS, LCP, IPCP, IPV6CP, PAP and CHAP; they are named.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Ppp::LEN))?;
        Ok(Parts::new(header, Ppp::LEN, Next::PppProtocol(header.protocol().into())))
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if u16::from(self.protocol()) & 1 == 0 {
            let field = &Ppp::FIELDS[0];
            let rule = Reason::Rule(Severity::Warning, "is even, and all protocols are odd (RFC 1661 §2)");
            report(Some(field), field.span(place.context.at), rule);
        }
    }
}

header! {
    /// PPP protocol field compressed to one byte, RFC 1661 §6.5.
    pub struct PppCompressed(1) {
        /// Low byte of what is carried; always odd.
        protocol: u8 = 0..8, "ppp.protocol", hex, announces(Numbers::Own);
    }
}

impl<'a> Protocol<'a> for PppCompressed<&'a [u8; 1]> {
    const NAME: &'static str = "ppp_compressed";
    const TITLE: &'static str = "Point-to-Point Protocol, compressed protocol field, RFC 1661 §6.5";
    const TABLE: &'static [Field] = PppCompressed::FIELDS;
    const RAW: &'static str = "As with PPP.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(PppCompressed::LEN))?;
        Ok(Parts::new(header, PppCompressed::LEN, Next::PppProtocol(header.protocol().into())))
    }
}

header! {
    /// Address and control field of PPP in HDLC-like framing, RFC 1662 §3.1.
    pub struct PppHdlc(2) {
        /// All stations, 0xff; in captures of pppd the direction instead.
        address: u8 = 0..8, "ppp.address", hex, default(0xff);
        /// Unnumbered information, 3.
        control: u8 = 8..16, "ppp.control", hex, default(3);
    }
}

impl<'a> Protocol<'a> for PppHdlc<&'a [u8; 2]> {
    const NAME: &'static str = "ppp_hdlc";
    const TITLE: &'static str = "PPP in HDLC-like framing, RFC 1662";
    const TABLE: &'static [Field] = PppHdlc::FIELDS;
    const RAW: &'static str = "A frame check sequence behind the packet, which no field announces.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, rest) = Self::split(bytes).ok_or(Flaw::needs(PppHdlc::LEN))?;
        let next = match (header.control(), rest) {
            // Address and control do not stand twice.
            (3, [0xff, ..]) => Next::Unknown,
            (3, _) => Next::Ppp,
            _ => Next::Unknown,
        };
        Ok(Parts::new(header, PppHdlc::LEN, next))
    }
}

registry! {
    /// Which way a captured PPP frame went.
    pub enum PppDirectionValue: u8 {
        Received = 0 "received by this host",
        Sent = 1 "sent by this host",
    }
}

header! {
    /// Direction that capture files put before a frame, link type 204.
    pub struct PppDirection(1) {
        /// Which way the frame went.
        direction: PppDirectionValue = 0..8, "ppp.direction";
    }
}

impl<'a> Protocol<'a> for PppDirection<&'a [u8; 1]> {
    const NAME: &'static str = "ppp_direction";
    const TITLE: &'static str = "Direction of a PPP frame in a capture file";
    const TABLE: &'static [Field] = PppDirection::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(PppDirection::LEN))?;
        Ok(Parts::new(header, PppDirection::LEN, Next::Ppp))
    }
}

header! {
    /// Cisco HDLC header, RFC 1547 §4.3.1.
    ///
    /// ```
    /// use packetsmith::{EtherType, CHdlc};
    /// let (header, _) = CHdlc::split(&[0x0f, 0, 0x08, 0]).unwrap();
    /// assert_eq!(header.protocol(), EtherType::Ipv4);
    /// ```
    pub struct CHdlc(4) {
        /// 0x0f to one station, 0x8f to all.
        address: u8 = 0..8, "chdlc.address", hex, default(0x0f);
        /// Always 0.
        control: u8 = 8..16, "chdlc.control", hex;
        /// What is carried: an EtherType, or one of Cisco's own numbers.
        protocol: EtherType = 16..32, "chdlc.protocol", hex, announces(Numbers::EtherType);
    }
}

impl<'a> Protocol<'a> for CHdlc<&'a [u8; 4]> {
    const NAME: &'static str = "chdlc";
    const TITLE: &'static str = "Cisco HDLC, RFC 1547";
    const TABLE: &'static [Field] = CHdlc::FIELDS;
    const RAW: &'static str = "Cisco's own protocols, SLARP among them.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(CHdlc::LEN))?;
        let next = match u16::from(header.protocol()) {
            0x6558 => Next::LinkType(1),
            // Cisco's own numbers: 0x8035 is SLARP here, not RARP.
            0x2000 | 0x8035 => Next::Unknown,
            protocol => Next::EtherType(protocol),
        };
        Ok(Parts::new(header, CHdlc::LEN, next))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::Next;
    use crate::dissect::Layers;
    use crate::proto::Proto::{self, *};
    use std::vec::Vec;

    fn protos(first: Next, frame: &[u8]) -> Vec<Proto> {
        Layers::new(first, frame).map(|layer| layer.proto).collect()
    }

    #[test]
    fn address_and_control_are_there_or_not() {
        assert_eq!(protos(Next::LinkType(9), &[0, 0x2b, 1]), [Ppp, Data]);
        assert_eq!(protos(Next::LinkType(9), &[0xff, 3, 0, 0x2b, 1]), [PppHdlc, Ppp, Data]);
        assert_eq!(protos(Next::LinkType(50), &[0xff, 3, 0x2b, 1]), [PppHdlc, PppCompressed, Data]);
        assert_eq!(protos(Next::LinkType(204), &[1, 0xff, 3, 0, 0x2b, 1]), [PppDirection, PppHdlc, Ppp, Data]);
        assert_eq!(protos(Next::LinkType(166), &[0, 3, 0, 0x2b, 1]), [PppHdlc, Ppp, Data]);
    }

    #[test]
    fn serial_lines_may_speak_cisco_hdlc() {
        assert_eq!(protos(Next::LinkType(50), &[0x0f, 0, 0x20, 0, 1]), [CHdlc, Data]);
        assert_eq!(protos(Next::LinkType(104), &[0x8f, 0, 0x20, 0, 1]), [CHdlc, Data]);
    }

    #[test]
    fn slarp_of_cisco_hdlc_is_not_rarp() {
        let keepalive = [0x8f, 0, 0x80, 0x35, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0xff, 0xff];
        assert_eq!(protos(Next::LinkType(104), &keepalive), [CHdlc, Data]);
    }

    #[test]
    fn address_and_control_do_not_stand_twice() {
        assert_eq!(protos(Next::LinkType(50), &[0xff, 3].repeat(2000)), [PppHdlc, Data]);
    }
}
