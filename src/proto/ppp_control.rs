//! PPP's control protocols: LCP (RFC 1661 §5), IPCP (RFC 1332), IPV6CP (RFC 5072), PAP (RFC 1334) and
//! CHAP (RFC 1994). All begin with a code, an identifier and a length.

use super::PppProtocolNumber;
use crate::field::{Field, Kind, Registry, Visitor, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report};
use crate::part::{Counted, Framed, Framing, Text, Tlvs, Variants, show_message, variants};
use crate::source::{Builder, Mistake};
use core::net::Ipv4Addr;

/// Head and total of a packet of `length` bytes, of which `bytes` are there.
fn parts<H>(header: H, length: u16, row: u8, bytes: &[u8]) -> Parts<H> {
    match usize::from(length) {
        length @ 4.. => Parts::new(header, length.min(bytes.len()), Next::Unknown).total(length),
        length => Parts::new(header, 4, Next::Unknown).flaw(Flaw::too_short(length, 4).at(row)),
    }
}

/// Tells whether a packet of `length` bytes is all there: what is cut says so itself.
fn is_whole(length: u16, place: &Place<'_>) -> bool {
    usize::from(length) == place.head().len()
}

/// Reports contents that are all there, and do not fit their code.
fn check_message<'a, V: Variants<'a>>(kind: u8, length: u16, place: &Place<'a>, report: &mut Report<'_>) {
    let (kind, contents) = (u16::from(kind), place.options(4));
    if is_whole(length, place) && V::name_of(kind).is_some() && V::decode(kind, contents).is_unknown() {
        report(None, contents.span(), Reason::BadItem(kind));
    }
}

header! {
    /// Header of the link control protocol, [RFC 1661 §5](https://www.rfc-editor.org/rfc/rfc1661#section-5).
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, LcpMessage, LcpOption, Next, View};
    /// let packet = [1, 7, 0, 8, 1, 4, 0x05, 0xd4];
    /// let layer = Examine::new(Layers::new(Next::PppProtocol(0xc021), &packet)).next().unwrap();
    /// let View::Lcp(lcp) = layer.view else { panic!() };
    /// let LcpMessage::ConfigureRequest { options } = lcp.message(&layer.place) else { panic!() };
    /// assert_eq!(options.iter().next(), Some(LcpOption::MaximumReceiveUnit { size: 1492 }));
    /// ```
    pub struct Lcp(4) {
        /// What the packet does.
        code: LcpCode = 0..8, "ppp.code";
        /// What a request and its answers have in common.
        identifier: u8 = 8..16, "ppp.identifier";
        /// Length of the packet with this header, in bytes.
        length: u16 = 16..32, "ppp.length", bytes, total_length(0);
    }
}

registry! {
    /// Codes of LCP, RFC 1661 §5 and IANA's registry.
    pub enum LcpCode: u8 {
        VendorSpecific = 0 "vendor specific",
        ConfigureRequest = 1 "configure request",
        ConfigureAck = 2 "configure ack",
        ConfigureNak = 3 "configure nak",
        ConfigureReject = 4 "configure reject",
        TerminateRequest = 5 "terminate request",
        TerminateAck = 6 "terminate ack",
        CodeReject = 7 "code reject",
        ProtocolReject = 8 "protocol reject",
        EchoRequest = 9 "echo request",
        EchoReply = 10 "echo reply",
        DiscardRequest = 11 "discard request",
        Identification = 12 "identification",
        TimeRemaining = 13 "time remaining",
        ResetRequest = 14 "reset request",
        ResetReply = 15 "reset reply",
    }
}

variants! {
    /// What an LCP packet holds behind its header, by its code.
    pub enum LcpMessage<'a>: "code", "ppp.code" {
        VendorSpecific = 0 "vendor specific" {
            /// The sender's magic number, RFC 2153.
            magic_number: u32, "ppp.magic_number", hex;
            /// Organisation.
            oui: [u8; 3], "ppp.oui";
            /// Kind, by the organisation.
            kind: u8, "ppp.kind";
            /// Data, by the organisation.
            data: &'a [u8], "ppp.data";
        }
        ConfigureRequest = 1 "configure request" {
            /// What the sender wants.
            options: Tlvs<'a, LcpOption<'a>>, "";
        }
        ConfigureAck = 2 "configure ack" {
            /// What is granted: all that was asked for.
            options: Tlvs<'a, LcpOption<'a>>, "";
        }
        ConfigureNak = 3 "configure nak" {
            /// What would be granted instead.
            options: Tlvs<'a, LcpOption<'a>>, "";
        }
        ConfigureReject = 4 "configure reject" {
            /// What is not known, or never granted.
            options: Tlvs<'a, LcpOption<'a>>, "";
        }
        TerminateRequest = 5 "terminate request" {
            /// Anything; often text.
            data: &'a [u8], "lcp.data";
        }
        TerminateAck = 6 "terminate ack" {
            /// Anything.
            data: &'a [u8], "lcp.data";
        }
        CodeReject = 7 "code reject" {
            /// The packet whose code is not known, from its beginning.
            packet: &'a [u8], "lcp.data";
        }
        ProtocolReject = 8 "protocol reject" {
            /// The protocol that is not known.
            protocol: PppProtocolNumber, "lcp.rej_proto", hex;
            /// What was sent in it.
            packet: &'a [u8], "lcp.data";
        }
        EchoRequest = 9 "echo request" {
            /// The sender's magic number.
            magic_number: u32, "lcp.magic_number", hex;
            /// Anything.
            data: &'a [u8], "lcp.data";
        }
        EchoReply = 10 "echo reply" {
            /// The sender's magic number.
            magic_number: u32, "lcp.magic_number", hex;
            /// Anything.
            data: &'a [u8], "lcp.data";
        }
        DiscardRequest = 11 "discard request" {
            /// The sender's magic number.
            magic_number: u32, "lcp.magic_number", hex;
            /// Anything.
            data: &'a [u8], "lcp.data";
        }
        Identification = 12 "identification" {
            /// The sender's magic number, RFC 1570 §2.1.
            magic_number: u32, "lcp.magic_number", hex;
            /// Who the sender is.
            message: Text<'a>, "lcp.message";
        }
        TimeRemaining = 13 "time remaining" {
            /// The sender's magic number, RFC 1570 §2.2.
            magic_number: u32, "lcp.magic_number", hex;
            /// How long the session may last; all ones for ever.
            seconds: u32, "lcp.secs_remaining", seconds;
            /// Anything to be shown.
            message: Text<'a>, "lcp.message";
        }
    }
}

variants! {
    /// An option of the link control protocol, RFC 1661 §6 and IANA's registry.
    pub enum LcpOption<'a>: "type", "lcp.opt.type" {
        MaximumReceiveUnit = 1 "maximum receive unit" {
            /// Largest packet that the sender takes.
            size: u16, "lcp.opt.mru", bytes;
        }
        AsyncControlCharacterMap = 2 "async control character map" {
            /// Which control characters must be escaped, RFC 1662 §7.1.
            map: u32, "lcp.opt.asyncmap", hex;
        }
        AuthenticationProtocol = 3 "authentication protocol" {
            /// How the peer must authenticate itself.
            protocol: PppProtocolNumber, "lcp.opt.auth_protocol", hex;
            /// What the protocol needs; for CHAP: 5 MD5, 128 and 129 MS-CHAP.
            data: &'a [u8], "lcp.opt.data";
        }
        QualityProtocol = 4 "quality protocol" {
            /// How the link is to be watched.
            protocol: PppProtocolNumber, "lcp.opt.quality_protocol", hex;
            /// What the protocol needs.
            data: &'a [u8], "lcp.opt.data";
        }
        MagicNumber = 5 "magic number" {
            /// Chosen at random; a line that loops back gives it back.
            number: u32, "lcp.opt.magic_number", hex;
        }
        ProtocolFieldCompression = 7 "protocol field compression" {}
        AddressControlCompression = 8 "address and control field compression" {}
        FcsAlternatives = 9 "FCS alternatives" {
            /// 1 none, 2 CRC-16, 4 CRC-32; RFC 1570 §3.1.
            alternatives: u8, "lcp.opt.fcs_alternatives", hex;
        }
        SelfDescribingPadding = 10 "self-describing padding" {
            /// Most bytes of padding, RFC 1570 §3.2.
            maximum: u8, "lcp.opt.maximum", bytes;
        }
        Callback = 13 "callback" {
            /// How the message is meant, RFC 1570 §3.3.
            operation: u8, "lcp.opt.operation";
            /// Where to call back.
            message: &'a [u8], "lcp.opt.message";
        }
        CompoundFrames = 15 "compound frames" {}
        MultilinkReceiveUnit = 17 "multilink maximum received reconstructed unit" {
            /// Largest packet that multilink may put together, RFC 1990 §5.1.1.
            size: u16, "lcp.opt.mrru", bytes;
        }
        ShortSequenceNumbers = 18 "multilink short sequence numbers" {}
        EndpointDiscriminator = 19 "multilink endpoint discriminator" {
            /// What the address is: 1 local, 2 IPv4, 3 MAC, 4 magic numbers, 5 telephone. RFC 1990 §5.1.3.
            class: u8, "lcp.opt.ep_disc_class";
            /// Tells the system apart.
            address: &'a [u8], "lcp.opt.data";
        }
        LinkDiscriminator = 23 "link discriminator" {
            /// Tells the links of a bundle apart, RFC 2125.
            discriminator: u16, "lcp.opt.link_discrim";
        }
    }
}

impl Framed for LcpOption<'_> {
    const FRAMING: Framing = Framing { whole: true, ..Framing::BYTES };
}

impl<'a> Lcp<&'a [u8; 4]> {
    /// What the packet holds behind its header; what breaks off is unknown.
    pub fn message(&self, place: &Place<'a>) -> LcpMessage<'a> {
        LcpMessage::decode(u8::from(self.code()).into(), place.options(Lcp::LEN))
    }
}

impl<'a> Protocol<'a> for Lcp<&'a [u8; 4]> {
    const NAME: &'static str = "lcp";
    const TITLE: &'static str = "PPP Link Control Protocol, RFC 1661";
    const TABLE: &'static [Field] = Lcp::FIELDS;
    const LENGTH_ROW: u8 = Lcp::row("length");
    const VARIABLE: &'static [&'static [Field]] = &[LcpMessage::FIELDS, &[*LcpOption::KIND], LcpOption::FIELDS];
    const VARIANTS: &'static [(&'static str, &'static Registry)] =
        &[("messages", LcpMessage::REGISTRY), ("options", LcpOption::REGISTRY)];
    const RAW: &'static str =
        "What a vendor or another protocol gives a meaning: vendor data, quality protocols, call-back messages.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Lcp::LEN))?;
        Ok(parts(header, header.length(), Lcp::row("length"), bytes))
    }

    fn build(builder: &mut Builder<'_>, at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; Lcp::LEN] = builder.header(at);
        LcpMessage::build(u8::from(Lcp::new(&header).code()).into(), builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        show_message::<LcpMessage>(u8::from(self.code()).into(), place.options(Lcp::LEN), visitor);
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        check_message::<LcpMessage>(self.code().into(), self.length(), place, report);
        if let (1..=4, true) = (u8::from(self.code()), is_whole(self.length(), place)) {
            Tlvs::<LcpOption>::at(place.options(Lcp::LEN)).check(OPTIONS, report);
        }
    }
}

const OPTIONS: &Field = &Field::floating("options", "", Kind::List(&Kind::Group), "Options, RFC 1661 §6.");

registry! {
    /// Codes of network control protocols, RFC 1661 §5.
    pub enum NcpCode: u8 {
        ConfigureRequest = 1 "configure request",
        ConfigureAck = 2 "configure ack",
        ConfigureNak = 3 "configure nak",
        ConfigureReject = 4 "configure reject",
        TerminateRequest = 5 "terminate request",
        TerminateAck = 6 "terminate ack",
        CodeReject = 7 "code reject",
    }
}

/// Shows what a network control protocol holds behind its header.
fn show_ncp<'a, V: Variants<'a> + Framed>(code: NcpCode, place: &Place<'a>, visitor: &mut dyn Visitor) {
    let contents = place.options(4);
    match u8::from(code) {
        1..=4 if !contents.is_empty() => Tlvs::<V>::at(contents).show(OPTIONS, visitor),
        _ if !contents.is_empty() => {
            visitor.field(crate::part::DATA, contents.span(), crate::Value::Bytes(contents.bytes()));
        }
        _ => {}
    }
}

header! {
    /// Header of the IP control protocol, RFC 1332 §2.
    ///
    /// ```
    /// use packetsmith::{Examine, IpcpOption, Layers, Next, View};
    /// let packet = [2, 1, 0, 10, 3, 6, 10, 0, 0, 7];
    /// let layer = Examine::new(Layers::new(Next::PppProtocol(0x8021), &packet)).next().unwrap();
    /// let View::Ipcp(ipcp) = layer.view else { panic!() };
    /// let option = ipcp.options(&layer.place).iter().next();
    /// assert_eq!(option, Some(IpcpOption::Address { address: [10, 0, 0, 7].into() }));
    /// ```
    pub struct Ipcp(4) {
        /// What the packet does.
        code: NcpCode = 0..8, "ppp.code";
        /// What a request and its answers have in common.
        identifier: u8 = 8..16, "ppp.identifier";
        /// Length of the packet with this header, in bytes.
        length: u16 = 16..32, "ppp.length", bytes, total_length(0);
    }
}

variants! {
    /// An option of the IP control protocol, RFC 1332 §3 and RFC 1877.
    pub enum IpcpOption<'a>: "type", "ipcp.opt.type" {
        Addresses = 1 "IP addresses" {
            /// The sender's address.
            source: Ipv4Addr, "ipcp.opt.src_address";
            /// The receiver's address.
            destination: Ipv4Addr, "ipcp.opt.dst_address";
        }
        CompressionProtocol = 2 "IP compression protocol" {
            /// How headers are compressed; 0x002d is Van Jacobson's way.
            protocol: PppProtocolNumber, "ipcp.opt.compress_proto", hex;
            /// What the protocol needs.
            data: &'a [u8], "ipcp.data";
        }
        Address = 3 "IP address" {
            /// The sender's address; zero asks for one.
            address: Ipv4Addr, "ipcp.opt.ip_address";
        }
        MobileAddress = 4 "mobile node's home address" {
            /// Home address, RFC 2290.
            address: Ipv4Addr, "ipcp.opt.mobilenodehomeaddress";
        }
        PrimaryDns = 129 "primary DNS server" {
            /// Server; zero asks for one. RFC 1877.
            address: Ipv4Addr, "ipcp.opt.pri_dns_address";
        }
        PrimaryNbns = 130 "primary NBNS server" {
            /// Server; zero asks for one.
            address: Ipv4Addr, "ipcp.opt.pri_nbns_address";
        }
        SecondaryDns = 131 "secondary DNS server" {
            /// Server; zero asks for one.
            address: Ipv4Addr, "ipcp.opt.sec_dns_address";
        }
        SecondaryNbns = 132 "secondary NBNS server" {
            /// Server; zero asks for one.
            address: Ipv4Addr, "ipcp.opt.sec_nbns_address";
        }
    }
}

impl Framed for IpcpOption<'_> {
    const FRAMING: Framing = LcpOption::FRAMING;
}

header! {
    /// Header of the IPv6 control protocol, RFC 5072 §3.
    pub struct Ipv6cp(4) {
        /// What the packet does.
        code: NcpCode = 0..8, "ppp.code";
        /// What a request and its answers have in common.
        identifier: u8 = 8..16, "ppp.identifier";
        /// Length of the packet with this header, in bytes.
        length: u16 = 16..32, "ppp.length", bytes, total_length(0);
    }
}

variants! {
    /// An option of the IPv6 control protocol, RFC 5072 §4.
    pub enum Ipv6cpOption<'a>: "type", "ipv6cp.opt.type" {
        InterfaceIdentifier = 1 "interface identifier" {
            /// The sender's identifier; zero asks for one.
            identifier: [u8; 8], "ipv6cp.interface_identifier";
        }
        CompressionProtocol = 2 "IPv6 compression protocol" {
            /// How headers are compressed, RFC 5172.
            protocol: PppProtocolNumber, "", hex;
            /// What the protocol needs.
            data: &'a [u8], "";
        }
    }
}

impl Framed for Ipv6cpOption<'_> {
    const FRAMING: Framing = LcpOption::FRAMING;
}

macro_rules! network_control {
    ($($name:ident, $option:ident, $short:literal, $title:literal;)+) => { $(
        impl<'a> $name<&'a [u8; 4]> {
            /// The options; none in packets that have none.
            pub fn options(&self, place: &Place<'a>) -> Tlvs<'a, $option<'a>> {
                let mut contents = place.options(4);
                if !matches!(u8::from(self.code()), 1..=4) {
                    contents.rest();
                }
                Tlvs::at(contents)
            }
        }

        impl<'a> Protocol<'a> for $name<&'a [u8; 4]> {
            const NAME: &'static str = $short;
            const TITLE: &'static str = $title;
            const TABLE: &'static [Field] = $name::FIELDS;
            const LENGTH_ROW: u8 = $name::row("length");
            const VARIABLE: &'static [&'static [Field]] = &[&[*OPTIONS, *$option::KIND], $option::FIELDS];
            const VARIANTS: &'static [(&'static str, &'static Registry)] = &[("options", $option::REGISTRY)];
            const RAW: &'static str = "What a compression protocol needs beyond RFC 1332's Van Jacobson.";

            fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
                let (header, _) = Self::split(bytes).ok_or(Flaw::needs($name::LEN))?;
                Ok(parts(header, header.length(), $name::row("length"), bytes))
            }

            fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
                Tlvs::<$option>::build(OPTIONS, builder)?;
                builder.bytes(crate::part::DATA)
            }

            fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
                show_ncp::<$option>(self.code(), place, visitor);
            }

            fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
                if is_whole(self.length(), place) {
                    self.options(place).check(OPTIONS, report);
                }
            }
        }
    )+ };
}

network_control! {
    Ipcp, IpcpOption, "ipcp", "PPP IP Control Protocol, RFC 1332";
    Ipv6cp, Ipv6cpOption, "ipv6cp", "PPP IPv6 Control Protocol, RFC 5072";
}

registry! {
    /// Codes of the password authentication protocol, RFC 1334 §2.2.
    pub enum PapCode: u8 {
        Request = 1 "authenticate request",
        Ack = 2 "authenticate ack",
        Nak = 3 "authenticate nak",
    }
}

header! {
    /// Header of the password authentication protocol, RFC 1334 §2.2.
    pub struct Pap(4) {
        /// What the packet does.
        code: PapCode = 0..8, "pap.code";
        /// What a request and its answer have in common.
        identifier: u8 = 8..16, "pap.identifier";
        /// Length of the packet with this header, in bytes.
        length: u16 = 16..32, "pap.length", bytes, total_length(0);
    }
}

variants! {
    /// What a PAP packet holds behind its header, by its code.
    pub enum PapMessage<'a>: "code", "pap.code" {
        Request = 1 "authenticate request" {
            /// Who wants in.
            peer_id: Counted<Text<'a>>, "pap.peer_id";
            /// Password, in the clear.
            password: Counted<Text<'a>>, "pap.password";
        }
        Ack = 2 "authenticate ack" {
            /// To be shown; may be left out altogether.
            message: Option<Counted<Text<'a>>>, "pap.message";
        }
        Nak = 3 "authenticate nak" {
            /// To be shown; may be left out altogether.
            message: Option<Counted<Text<'a>>>, "pap.message";
        }
    }
}

registry! {
    /// Codes of the challenge handshake authentication protocol, RFC 1994 §4.
    pub enum ChapCode: u8 {
        Challenge = 1 "challenge",
        Response = 2 "response",
        Success = 3 "success",
        Failure = 4 "failure",
    }
}

header! {
    /// Header of the challenge handshake authentication protocol, RFC 1994 §4.
    pub struct Chap(4) {
        /// What the packet does.
        code: ChapCode = 0..8, "chap.code";
        /// What a challenge and its answers have in common.
        identifier: u8 = 8..16, "chap.identifier";
        /// Length of the packet with this header, in bytes.
        length: u16 = 16..32, "chap.length", bytes, total_length(0);
    }
}

variants! {
    /// What a CHAP packet holds behind its header, by its code.
    pub enum ChapMessage<'a>: "code", "chap.code" {
        Challenge = 1 "challenge" {
            /// Challenge.
            value: Counted<&'a [u8]>, "chap.value";
            /// Who asks.
            name: Text<'a>, "chap.name";
        }
        Response = 2 "response" {
            /// Hash of identifier, secret and challenge.
            value: Counted<&'a [u8]>, "chap.value";
            /// Who answers.
            name: Text<'a>, "chap.name";
        }
        Success = 3 "success" {
            /// To be shown.
            message: Text<'a>, "chap.message";
        }
        Failure = 4 "failure" {
            /// To be shown.
            message: Text<'a>, "chap.message";
        }
    }
}

macro_rules! authentication {
    ($($name:ident, $message:ident, $short:literal, $title:literal;)+) => { $(
        impl<'a> $name<&'a [u8; 4]> {
            /// What the packet holds behind its header; what breaks off is unknown.
            pub fn message(&self, place: &Place<'a>) -> $message<'a> {
                $message::decode(u8::from(self.code()).into(), place.options($name::LEN))
            }
        }

        impl<'a> Protocol<'a> for $name<&'a [u8; 4]> {
            const NAME: &'static str = $short;
            const TITLE: &'static str = $title;
            const TABLE: &'static [Field] = $name::FIELDS;
            const LENGTH_ROW: u8 = $name::row("length");
            const VARIABLE: &'static [&'static [Field]] = &[$message::FIELDS];
            const VARIANTS: &'static [(&'static str, &'static Registry)] = &[("messages", $message::REGISTRY)];
            const RAW: &'static str = "Nothing.";

            fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
                let (header, _) = Self::split(bytes).ok_or(Flaw::needs($name::LEN))?;
                Ok(parts(header, header.length(), $name::row("length"), bytes))
            }

            fn build(builder: &mut Builder<'_>, at: usize, _auto: &mut u64) -> Result<(), Mistake> {
                let header: [u8; $name::LEN] = builder.header(at);
                $message::build(u8::from($name::new(&header).code()).into(), builder)
            }

            fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
                show_message::<$message>(u8::from(self.code()).into(), place.options($name::LEN), visitor);
            }

            fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
                check_message::<$message>(self.code().into(), self.length(), place, report);
            }
        }
    )+ };
}

authentication! {
    Pap, PapMessage, "pap", "PPP Password Authentication Protocol, RFC 1334";
    Chap, ChapMessage, "chap", "PPP Challenge Handshake Authentication Protocol, RFC 1994";
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Examined, Layers};
    use crate::proto::View;
    use std::vec::Vec;

    fn layer(protocol: u16, packet: &[u8]) -> Examined<'_> {
        Examine::new(Layers::new(Next::PppProtocol(protocol), packet)).next().unwrap()
    }

    fn issues(layer: &Examined<'_>) -> Vec<Reason> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.reason));
        all
    }

    #[test]
    fn padding_behind_the_length_is_no_option() {
        let layer = layer(0xc021, &[1, 1, 0, 8, 1, 4, 5, 0xd4, 0, 0, 0]);
        assert_eq!((layer.head().len(), layer.tail(), issues(&layer)), (8, &[0, 0, 0][..], [].into()));
    }

    #[test]
    fn lengths_that_say_too_little_or_too_much_are_reported() {
        let short = layer(0xc021, &[1, 1, 0, 3, 9]);
        assert_eq!((short.body(), issues(&short)), (&[9][..], [Reason::TooShort { declared: 3, min: 4 }].into()));
        let long = layer(0x8021, &[1, 1, 0, 30, 3, 6, 10]);
        assert!(matches!(issues(&long)[..], [Reason::Truncated { needed: 30, have: 7, .. }]));
    }

    #[test]
    fn an_option_that_breaks_off_is_reported() {
        assert_eq!(issues(&layer(0xc021, &[1, 1, 0, 6, 1, 1])), [Reason::BrokenItem(2)]);
        assert_eq!(issues(&layer(0x8057, &[1, 1, 0, 7, 1, 3, 0])), [Reason::BadItem(1)]);
    }

    #[test]
    fn names_and_passwords_stand_behind_their_lengths() {
        let layer = layer(0xc023, b"\x01\x01\0\x0c\x03bob\x03pwd");
        let View::Pap(pap) = layer.view else { panic!() };
        let PapMessage::Request { peer_id, password } = pap.message(&layer.place) else { panic!() };
        assert_eq!((peer_id.0.0, password.0.0), (&b"bob"[..], &b"pwd"[..]));
        assert_eq!(issues(&layer), []);
    }
}
