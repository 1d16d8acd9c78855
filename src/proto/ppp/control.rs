//! PPP control protocols: LCP (RFC 1661 §5), IPCP (RFC 1332), IPV6CP (RFC 5072), CCP (RFC 1962), PAP (RFC 1334) and
//! CHAP (RFC 1994). All headers begin with a code, an identifier and a length.

use crate::layer::OptionList;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::proto::PppProtocolNumber;
use crate::wire::Schema;
use crate::wire::{Counted, TaggedEnum, Text, TlvItem, TlvLayout, Tlvs, show_message, tagged_enum};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, U24, Value, Visitor, flags, header, registry};
#[cfg(feature = "alloc")]
use crate::wire::{InlineFields, TextBuffer, append};
use core::net::Ipv4Addr;

/// Header length and total length of a packet with length field `length`, of which `bytes` were captured.
fn parts<H>(header: H, length: u16, row: u8, bytes: &[u8]) -> ParsedHeader<H> {
    match usize::from(length) {
        length @ 4.. => ParsedHeader::new(header, length.min(bytes.len()), NextProtocol::Unknown).total_len(length),
        length => ParsedHeader::new(header, 4, NextProtocol::Unknown).defect(ParseDefect::too_short(length, 4).at(row)),
    }
}

/// Whether a packet of `length` bytes was captured completely. Truncation is reported elsewhere.
fn is_whole(length: u16, context: &LayerContext<'_>) -> bool {
    usize::from(length) == context.header().len()
}

/// Reports a complete message that does not fit its code.
fn check_message<'a, V: TaggedEnum<'a>>(kind: u8, length: u16, context: &LayerContext<'a>, report: &mut Report<'_>) {
    let (kind, contents) = (u16::from(kind), context.options(4));
    if is_whole(length, context) && V::name_of(kind).is_some() && V::decode(kind, contents).is_unknown() {
        report(None, contents.span(), IssueKind::BadItem(kind));
    }
}

/// Begins the summary line of a control protocol.
#[cfg(feature = "alloc")]
fn begin_summary<'s>(
    summary: &'s mut Summary,
    protocol: &str,
    code_name: Option<&str>,
    code: u8,
    identifier: u8,
) -> &'s mut TextBuffer {
    let info = summary.begin(protocol);
    info.name_or_number(code_name, "code ", code);
    append!(info, ", id ", identifier);
    info
}

header! {
    /// Header of the link control protocol, [RFC 1661 §5](https://www.rfc-editor.org/rfc/rfc1661#section-5).
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::ppp::{LcpMessage, LcpOption};
    /// let packet = [1, 7, 0, 8, 1, 4, 0x05, 0xd4];
    /// let layer = Examine::new(Layers::new(NextProtocol::PppProtocol(0xc021), &packet)).next().unwrap();
    /// let View::Lcp(lcp) = layer.view else { panic!() };
    /// let LcpMessage::ConfigureRequest { options } = lcp.message(&layer.context) else { panic!() };
    /// assert_eq!(options.iter().next(), Some(LcpOption::MaximumReceiveUnit { size: 1492 }));
    /// ```
    pub struct Lcp(4) => LcpEdit, layer {
        /// Code: type of the packet.
        code: LcpCode = 0..8, "ppp.code";
        /// Identifier; matches replies to requests.
        identifier: u8 = 8..16, "ppp.identifier";
        /// Length of the packet in bytes, including this header.
        length: u16 = 16..32, "ppp.length", bytes, total_length(0);
    }
}

registry! {
    /// LCP codes, RFC 1661 §5 and IANA.
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

tagged_enum! {
    /// Contents of an LCP packet, selected by its code.
    pub enum LcpMessage<'a>: "code", "ppp.code", "messages" {
        VendorSpecific = 0 "vendor specific" {
            /// The sender's magic number, RFC 2153.
            magic_number: u32, "ppp.magic_number", hex;
            /// Organization identifier.
            oui: [u8; 3], "ppp.oui";
            /// Kind of message, defined by the organization.
            kind: u8, "ppp.kind";
            /// Data, defined by the organization.
            data: &'a [u8], "ppp.data";
        }
        ConfigureRequest = 1 "configure request" {
            /// Options that the sender requests.
            options: Tlvs<'a, LcpOption<'a>>, "";
        }
        ConfigureAck = 2 "configure ack" {
            /// Options accepted: all that were requested.
            options: Tlvs<'a, LcpOption<'a>>, "";
        }
        ConfigureNak = 3 "configure nak" {
            /// Options with values that the sender would accept.
            options: Tlvs<'a, LcpOption<'a>>, "";
        }
        ConfigureReject = 4 "configure reject" {
            /// Options that the sender does not recognize or will not negotiate.
            options: Tlvs<'a, LcpOption<'a>>, "";
        }
        TerminateRequest = 5 "terminate request" {
            /// Arbitrary data, often text.
            data: Option<&'a [u8]>, "ppp.data";
        }
        TerminateAck = 6 "terminate ack" {
            /// Arbitrary data.
            data: Option<&'a [u8]>, "ppp.data";
        }
        CodeReject = 7 "code reject" {
            /// The rejected packet, from its first byte.
            packet: &'a [u8], "lcp.data";
        }
        ProtocolReject = 8 "protocol reject" {
            /// Protocol number that the sender does not support.
            protocol: PppProtocolNumber, "lcp.rej_proto", hex;
        }
        EchoRequest = 9 "echo request" {
            /// The sender's magic number.
            magic_number: u32, "lcp.magic_number", hex;
            /// Arbitrary data.
            data: Option<&'a [u8]>, "lcp.data";
        }
        EchoReply = 10 "echo reply" {
            /// The sender's magic number.
            magic_number: u32, "lcp.magic_number", hex;
            /// Arbitrary data.
            data: Option<&'a [u8]>, "lcp.data";
        }
        DiscardRequest = 11 "discard request" {
            /// The sender's magic number.
            magic_number: u32, "lcp.magic_number", hex;
            /// Arbitrary data.
            data: Option<&'a [u8]>, "lcp.data";
        }
        Identification = 12 "identification" {
            /// The sender's magic number, RFC 1570 §2.1.
            magic_number: u32, "lcp.magic_number", hex;
            /// Identification of the sender.
            message: Text<'a>, "lcp.message";
        }
        TimeRemaining = 13 "time remaining" {
            /// The sender's magic number, RFC 1570 §2.2.
            magic_number: u32, "lcp.magic_number", hex;
            /// Remaining time of the session in seconds. All ones: no limit.
            seconds: u32, "lcp.secs_remaining", seconds;
            /// Message to show to the user.
            message: Text<'a>, "lcp.message";
        }
    }
}

tagged_enum! {
    /// An LCP option, RFC 1661 §6 and IANA.
    pub enum LcpOption<'a>: "type", "lcp.opt.type", "options" {
        MaximumReceiveUnit = 1 "maximum receive unit" {
            /// Largest packet that the sender accepts, in bytes.
            size: u16, "lcp.opt.mru", bytes;
        }
        AsyncControlCharacterMap = 2 "async control character map" {
            /// Bitmap of the control characters that must be escaped, RFC 1662 §7.1.
            map: u32, "lcp.opt.asyncmap", hex;
        }
        AuthenticationProtocol = 3 "authentication protocol" {
            /// Authentication protocol that the peer must use.
            protocol: PppProtocolNumber, "lcp.opt.auth_protocol", hex;
            /// Data of that protocol. For CHAP, the algorithm: 5 MD5, 128 and 129 MS-CHAP.
            data: &'a [u8], "lcp.opt.data";
        }
        QualityProtocol = 4 "quality protocol" {
            /// Link quality monitoring protocol.
            protocol: PppProtocolNumber, "lcp.opt.quality_protocol", hex;
            /// Data of that protocol.
            data: &'a [u8], "lcp.opt.data";
        }
        MagicNumber = 5 "magic number" {
            /// Random number. If the peer sends the same one, the line may be looped back.
            number: u32, "lcp.opt.magic_number", hex;
        }
        ProtocolFieldCompression = 7 "protocol field compression" {}
        AddressControlCompression = 8 "address and control field compression" {}
        FcsAlternatives = 9 "FCS alternatives" {
            /// Bitmap: 1 none, 2 CRC-16, 4 CRC-32; RFC 1570 §3.1.
            alternatives: u8, "lcp.opt.fcs_alternatives", hex;
        }
        SelfDescribingPadding = 10 "self-describing padding" {
            /// Largest amount of padding, in bytes, RFC 1570 §3.2.
            maximum: u8, "lcp.opt.maximum", bytes;
        }
        Callback = 13 "callback" {
            /// Format of the message, RFC 1570 §3.3.
            operation: u8, "lcp.opt.operation";
            /// Location to call back.
            message: &'a [u8], "lcp.opt.message";
        }
        CompoundFrames = 15 "compound frames" {}
        MultilinkReceiveUnit = 17 "multilink maximum received reconstructed unit" {
            /// Largest packet after multilink reassembly, in bytes, RFC 1990 §5.1.1.
            size: u16, "lcp.opt.mrru", bytes;
        }
        ShortSequenceNumbers = 18 "multilink short sequence numbers" {}
        EndpointDiscriminator = 19 "multilink endpoint discriminator" {
            /// Kind of address: 1 local, 2 IPv4, 3 MAC, 4 magic numbers, 5 telephone. RFC 1990 §5.1.3.
            class: u8, "lcp.opt.ep_disc_class";
            /// Identifies the system.
            address: &'a [u8], "lcp.opt.data";
        }
        LinkDiscriminator = 23 "link discriminator" {
            /// Identifies a link within its bundle, RFC 2125.
            discriminator: u16, "lcp.opt.link_discrim";
        }
    }
}

impl TlvItem for LcpOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout { counts_header: true, ..TlvLayout::BYTES };
}

impl<'a> Lcp<&'a [u8; 4]> {
    /// The contents of the packet. A truncated message is `Unknown`.
    pub fn message(&self, context: &LayerContext<'a>) -> LcpMessage<'a> {
        LcpMessage::decode(u8::from(self.code()).into(), context.options(Lcp::LEN))
    }
}

impl<'a> Protocol<'a> for Lcp<&'a [u8; 4]> {
    const NAME: &'static str = "lcp";
    const TITLE: &'static str = "PPP Link Control Protocol, RFC 1661";
    const TABLE: &'static [Field] = Lcp::FIELDS;
    const LENGTH_ROW: u8 = Lcp::row("length");
    const VARIABLE: &'static [&'static Schema] = &[LcpMessage::SCHEMA];
    const RAW: &'static str =
        "Data defined by a vendor or another protocol: vendor data, quality protocols, callback messages.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, rest) = Self::split(bytes).ok_or(ParseDefect::needs(Lcp::LEN))?;
        let parts = parts(header, header.length(), Lcp::row("length"), bytes);
        // The information field of the rejected packet is the payload.
        Ok(match rest.first_chunk() {
            Some(&protocol) if header.code() == LcpCode::ProtocolReject && header.length() >= 6 => {
                let next = NextProtocol::PppRejected(u16::from_be_bytes(protocol));
                ParsedHeader { header_len: Lcp::LEN + 2, next, ..parts }
            }
            _ => parts,
        })
    }

    fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Lcp::LEN] = builder.header(at);
        LcpMessage::build(u8::from(Lcp::new(&header).code()).into(), builder)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        show_message::<LcpMessage>(u8::from(self.code()).into(), context.options(Lcp::LEN), visitor);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        check_message::<LcpMessage>(self.code().into(), self.length(), context, report);
        if let (1..=4, true) = (u8::from(self.code()), is_whole(self.length(), context)) {
            Tlvs::<LcpOption>::at(context.options(Lcp::LEN)).check(OPTIONS, report);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = begin_summary(summary, "LCP", self.code().name(), self.code().into(), self.identifier());
        match self.message(context) {
            LcpMessage::ConfigureRequest { options }
            | LcpMessage::ConfigureAck { options }
            | LcpMessage::ConfigureNak { options }
            | LcpMessage::ConfigureReject { options } => info.items(options, |_| false),
            _ => {
                let contents = context.options(Lcp::LEN);
                LcpMessage::show(u8::from(self.code()).into(), contents, &mut InlineFields::named(info));
            }
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

registry! {
    /// Codes of the compression control protocol, RFC 1962 §2.
    pub enum CcpCode: u8 {
        ConfigureRequest = 1 "configure request",
        ConfigureAck = 2 "configure ack",
        ConfigureNak = 3 "configure nak",
        ConfigureReject = 4 "configure reject",
        TerminateRequest = 5 "terminate request",
        TerminateAck = 6 "terminate ack",
        CodeReject = 7 "code reject",
        ResetRequest = 14 "reset request",
        ResetAck = 15 "reset ack",
    }
}

/// Contents of a packet without options: why the protocol ends, a packet whose code is rejected.
const NCP_DATA: &Field =
    &Field::floating("data", "ppp.data", Kind::Bytes, "Data of a packet that has no options, RFC 1661 §5.");

/// Shows the contents of a network control protocol packet.
fn show_ncp<'a, V: TaggedEnum<'a> + TlvItem>(code: u8, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
    let contents = context.options(4);
    match code {
        1..=4 if !contents.is_empty() => Tlvs::<V>::at(contents).show(OPTIONS, visitor),
        _ if !contents.is_empty() => visitor.field(NCP_DATA, contents.span(), Value::Bytes(contents.bytes())),
        _ => {}
    }
}

header! {
    /// Header of the IP control protocol, RFC 1332 §2.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::ppp::IpcpOption;
    /// let packet = [2, 1, 0, 10, 3, 6, 10, 0, 0, 7];
    /// let layer = Examine::new(Layers::new(NextProtocol::PppProtocol(0x8021), &packet)).next().unwrap();
    /// let View::Ipcp(ipcp) = layer.view else { panic!() };
    /// let option = ipcp.options(&layer.context).iter().next();
    /// assert_eq!(option, Some(IpcpOption::Address { address: [10, 0, 0, 7].into() }));
    /// ```
    pub struct Ipcp(4) => IpcpEdit, layer {
        /// Code: type of the packet.
        code: NcpCode = 0..8, "ppp.code";
        /// Identifier; matches replies to requests.
        identifier: u8 = 8..16, "ppp.identifier";
        /// Length of the packet in bytes, including this header.
        length: u16 = 16..32, "ppp.length", bytes, total_length(0);
    }
}

tagged_enum! {
    /// An option of the IP control protocol, RFC 1332 §3 and RFC 1877.
    pub enum IpcpOption<'a>: "type", "ipcp.opt.type", "options" {
        Addresses = 1 "IP addresses" {
            /// The sender's IP address.
            source: Ipv4Addr, "ipcp.opt.src_address";
            /// The receiver's IP address.
            destination: Ipv4Addr, "ipcp.opt.dst_address";
        }
        CompressionProtocol = 2 "IP compression protocol" {
            /// Header compression protocol. 0x002d is Van Jacobson compression.
            protocol: PppProtocolNumber, "ipcp.opt.compress_proto", hex;
            /// Data of that protocol.
            data: &'a [u8], "ipcp.data";
        }
        Address = 3 "IP address" {
            /// The sender's address. Zero requests one.
            address: Ipv4Addr, "ipcp.opt.ip_address";
        }
        MobileAddress = 4 "mobile node's home address" {
            /// Home address, RFC 2290.
            address: Ipv4Addr, "ipcp.opt.mobilenodehomeaddress";
        }
        PrimaryDns = 129 "primary DNS server" {
            /// Address of the server. Zero requests one. RFC 1877.
            address: Ipv4Addr, "ipcp.opt.pri_dns_address";
        }
        PrimaryNbns = 130 "primary NBNS server" {
            /// Address of the server. Zero requests one.
            address: Ipv4Addr, "ipcp.opt.pri_nbns_address";
        }
        SecondaryDns = 131 "secondary DNS server" {
            /// Address of the server. Zero requests one.
            address: Ipv4Addr, "ipcp.opt.sec_dns_address";
        }
        SecondaryNbns = 132 "secondary NBNS server" {
            /// Address of the server. Zero requests one.
            address: Ipv4Addr, "ipcp.opt.sec_nbns_address";
        }
    }
}

impl TlvItem for IpcpOption<'_> {
    const LAYOUT: TlvLayout = LcpOption::LAYOUT;
}

header! {
    /// Header of the IPv6 control protocol, RFC 5072 §3.
    pub struct Ipv6cp(4) => Ipv6cpEdit, layer {
        /// Code: type of the packet.
        code: NcpCode = 0..8, "ppp.code";
        /// Identifier; matches replies to requests.
        identifier: u8 = 8..16, "ppp.identifier";
        /// Length of the packet in bytes, including this header.
        length: u16 = 16..32, "ppp.length", bytes, total_length(0);
    }
}

tagged_enum! {
    /// An option of the IPv6 control protocol, RFC 5072 §4.
    pub enum Ipv6cpOption<'a>: "type", "ipv6cp.opt.type", "options" {
        InterfaceIdentifier = 1 "interface identifier" {
            /// The sender's interface identifier. Zero requests one.
            identifier: [u8; 8], "ipv6cp.interface_identifier";
        }
        CompressionProtocol = 2 "IPv6 compression protocol" {
            /// Header compression protocol, RFC 5172.
            protocol: PppProtocolNumber, "", hex;
            /// Data of that protocol.
            data: &'a [u8], "";
        }
    }
}

impl TlvItem for Ipv6cpOption<'_> {
    const LAYOUT: TlvLayout = LcpOption::LAYOUT;
}

header! {
    /// Header of the compression control protocol, RFC 1962 §2.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::ppp::CcpOption;
    /// let packet = [1, 1, 0, 7, 25, 3, 1];
    /// let layer = Examine::new(Layers::new(NextProtocol::PppProtocol(0x80fd), &packet)).next().unwrap();
    /// let View::Ccp(ccp) = layer.view else { panic!() };
    /// assert_eq!(ccp.options(&layer.context).iter().next(), Some(CcpOption::Dce { mode: 1 }));
    /// ```
    pub struct Ccp(4) => CcpEdit, layer {
        /// Code: type of the packet.
        code: CcpCode = 0..8, "ppp.code";
        /// Identifier; matches replies to requests.
        identifier: u8 = 8..16, "ppp.identifier";
        /// Length of the packet in bytes, including this header.
        length: u16 = 16..32, "ppp.length", bytes, total_length(0);
    }
}

flags! {
    /// What a Microsoft peer can do, RFC 2118 §3 and RFC 3078 §2.1.
    pub struct CcpMicrosoftBits: u32 {
        /// Stateless mode: the keys change with each packet.
        STATELESS = 0x0100_0000, "H", "ccp.opt.supported_bits.h";
        /// 56-bit encryption.
        BITS_56 = 0x0000_0080, "M", "ccp.opt.supported_bits.m";
        /// 128-bit encryption.
        BITS_128 = 0x0000_0040, "S", "ccp.opt.supported_bits.s";
        /// 40-bit encryption.
        BITS_40 = 0x0000_0020, "L", "ccp.opt.supported_bits.l";
        /// Obsolete.
        OBSOLETE = 0x0000_0010, "D", "ccp.opt.supported_bits.d";
        /// Compression.
        COMPRESSION = 0x0000_0001, "C", "ccp.opt.supported_bits.c";
    }
}

header! {
    /// Parameters of BSD compress, RFC 1977 §3.
    pub struct CcpBsdCompress(1) => CcpBsdCompressEdit {
        /// Version; always 1.
        version: u8 = 0..3, "ccp.opt.vd.vers";
        /// Largest size of a code in bits: 9 to 16.
        dictionary_bits: u8 = 3..8, "ccp.opt.vd.dict";
    }
}

header! {
    /// Parameters of Magnalink, RFC 1975 §3.
    pub struct CcpMagnalink(2) => CcpMagnalinkEdit {
        /// Features; RFC 1975 §3.
        features: u8 = 0..2, "ccp.opt.fe";
        /// Whether each packet says if it is compressed.
        packet_by_packet: bool = 2..3, "ccp.opt.p";
        /// Size of the history.
        history: u8 = 3..8, "ccp.opt.History";
        /// Number of contexts.
        contexts: u8 = 8..16, "ccp.opt.contexts";
    }
}

header! {
    /// Parameters of Deflate, RFC 1979 §3.
    pub struct CcpDeflate(2) => CcpDeflateEdit {
        /// Binary logarithm of the window size in bytes, minus 8.
        window: u8 = 0..4, "ccp.opt.window";
        /// Method: 8 is that of zlib.
        method: u8 = 4..8, "ccp.opt.method";
        /// Reserved.
        reserved: u8 = 8..14, "ccp.opt.mbz", reserved;
        /// How packets that are lost are noticed: 0 by sequence numbers.
        check: u8 = 14..16, "ccp.opt.chk";
    }
}

tagged_enum! {
    /// An option of the compression control protocol: a method of compression, RFC 1962 §4 and IANA.
    pub enum CcpOption<'a>: "type", "ccp.opt.type", "options" {
        Organization = 0 "OUI" {
            /// Organization that defines the method.
            oui: U24, "ccp.opt.oui", hex;
            /// Method, as the organization numbers it.
            subtype: u8, "ccp.opt.subtype";
            /// Parameters, defined by the organization.
            data: &'a [u8], "ccp.opt.data";
        }
        Predictor1 = 1 "predictor type 1" {}
        Predictor2 = 2 "predictor type 2" {}
        PuddleJumper = 3 "Puddle Jumper" {
            /// Parameters.
            data: &'a [u8], "ccp.opt.data";
        }
        HewlettPackard = 16 "Hewlett-Packard PPC" {
            /// Parameters.
            data: &'a [u8], "ccp.opt.data";
        }
        Stac = 17 "Stac Electronics LZS" {
            /// Number of histories, RFC 1974 §3.
            histories: u16, "ccp.opt.history_count";
            /// How packets that are lost are noticed: 0 not at all, 1 LCB, 2 CRC, 3 sequence numbers, 4 extended mode.
            check_mode: u8, "ccp.opt.cm";
        }
        Microsoft = 18 "Microsoft PPE/PPC" {
            /// Compression and encryption that the sender can do.
            supported: CcpMicrosoftBits, "ccp.opt.supported_bits", hex;
        }
        Gandalf = 19 "Gandalf FZA" {
            /// Size of the history, RFC 1993 §3.
            history: u8, "ccp.opt.history";
            /// Versions.
            version: &'a [u8], "ccp.opt.version";
        }
        V42bis = 20 "V.42bis compression" {
            /// Parameters.
            data: &'a [u8], "ccp.opt.data";
        }
        BsdCompress = 21 "BSD compress" {
            /// Version and size of the dictionary.
            parameters: CcpBsdCompress, "";
        }
        LzsDcp = 23 "LZS-DCP" {
            /// Number of histories, RFC 1967 §3.
            histories: u16, "ccp.opt.history_count";
            /// How packets that are lost are noticed: 0 not at all, 1 LCB, 2 sequence numbers, 3 both.
            check_mode: u8, "ccp.opt.check_mode";
            /// What is compressed: 0 nothing, 1 all packets.
            process_mode: u8, "ccp.opt.process_mode";
        }
        Magnalink = 24 "MVRCA (Magnalink)" {
            /// Features and sizes.
            parameters: CcpMagnalink, "";
        }
        Dce = 25 "PPP for data compression in DCE" {
            /// Mode: 1 is that of RFC 1976.
            mode: u8, "ccp.opt.mode";
        }
        Deflate = 26 "Deflate" {
            /// Window, method and check.
            parameters: CcpDeflate, "";
        }
        V44 = 27 "V.44/LZJH compression" {
            /// Parameters.
            data: &'a [u8], "ccp.opt.data";
        }
    }
}

impl TlvItem for CcpOption<'_> {
    const LAYOUT: TlvLayout = LcpOption::LAYOUT;
}

macro_rules! network_control {
    ($($name:ident, $option:ident, $short:literal, $upper:literal, $title:literal, $raw:literal;)+) => { $(
        impl<'a> $name<&'a [u8; 4]> {
            /// The options. Empty in packets that have none.
            pub fn options(&self, context: &LayerContext<'a>) -> Tlvs<'a, $option<'a>> {
                let mut contents = context.options(4);
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
            const OPTIONS: Option<OptionList> = Some(OptionList::placed_by_protocol::<$option>(OPTIONS));
            const VARIABLE: &'static [&'static Schema] = &[&Schema::of(core::slice::from_ref(NCP_DATA))];
            const RAW: &'static str = $raw;

            fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
                let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs($name::LEN))?;
                Ok(parts(header, header.length(), $name::row("length"), bytes))
            }

            fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
                Tlvs::<$option>::build(OPTIONS, builder)?;
                builder.bytes(NCP_DATA)
            }

            fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
                show_ncp::<$option>(self.code().into(), context, visitor);
            }

            fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
                if is_whole(self.length(), context) {
                    self.options(context).check(OPTIONS, report);
                }
            }

            #[cfg(feature = "alloc")]
            fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
                let info = begin_summary(summary, $upper, self.code().name(), self.code().into(), self.identifier());
                info.items(self.options(context), |_| false);
            }
        }
    )+ };
}

network_control! {
    Ipcp, IpcpOption, "ipcp", "IPCP", "PPP IP Control Protocol, RFC 1332",
        "Data of compression protocols other than RFC 1332's Van Jacobson.";
    Ipv6cp, Ipv6cpOption, "ipv6cp", "IPV6CP", "PPP IPv6 Control Protocol, RFC 5072",
        "Data of compression protocols other than RFC 1332's Van Jacobson.";
    Ccp, CcpOption, "ccp", "CCP", "PPP Compression Control Protocol, RFC 1962",
        "Parameters of methods that an organization or ITU-T defines, and of reset requests.";
}

registry! {
    /// PAP codes, RFC 1334 §2.2.
    pub enum PapCode: u8 {
        Request = 1 "authenticate request",
        Ack = 2 "authenticate ack",
        Nak = 3 "authenticate nak",
    }
}

header! {
    /// Header of the password authentication protocol, RFC 1334 §2.2.
    pub struct Pap(4) => PapEdit, layer {
        /// Code: type of the packet.
        code: PapCode = 0..8, "pap.code";
        /// Identifier; matches replies to requests.
        identifier: u8 = 8..16, "pap.identifier";
        /// Length of the packet in bytes, including this header.
        length: u16 = 16..32, "pap.length", bytes, total_length(0);
    }
}

tagged_enum! {
    /// Contents of a PAP packet, selected by its code.
    pub enum PapMessage<'a>: "code", "pap.code", "messages" {
        Request = 1 "authenticate request" {
            /// Name of the user.
            peer_id: Counted<Text<'a>>, "pap.peer_id";
            /// Password in clear text.
            password: Counted<Text<'a>>, "pap.password";
        }
        Ack = 2 "authenticate ack" {
            /// Message to show to the user. The field may be missing altogether.
            message: Option<Counted<Text<'a>>>, "pap.message";
        }
        Nak = 3 "authenticate nak" {
            /// Message to show to the user. The field may be missing altogether.
            message: Option<Counted<Text<'a>>>, "pap.message";
        }
    }
}

registry! {
    /// CHAP codes, RFC 1994 §4.
    pub enum ChapCode: u8 {
        Challenge = 1 "challenge",
        Response = 2 "response",
        Success = 3 "success",
        Failure = 4 "failure",
    }
}

header! {
    /// Header of the challenge handshake authentication protocol, RFC 1994 §4.
    pub struct Chap(4) => ChapEdit, layer {
        /// Code: type of the packet.
        code: ChapCode = 0..8, "chap.code";
        /// Identifier; matches responses to challenges.
        identifier: u8 = 8..16, "chap.identifier";
        /// Length of the packet in bytes, including this header.
        length: u16 = 16..32, "chap.length", bytes, total_length(0);
    }
}

tagged_enum! {
    /// Contents of a CHAP packet, selected by its code.
    pub enum ChapMessage<'a>: "code", "chap.code", "messages" {
        Challenge = 1 "challenge" {
            /// Challenge.
            value: Counted<&'a [u8]>, "chap.value";
            /// Name of the challenging system.
            name: Text<'a>, "chap.name";
        }
        Response = 2 "response" {
            /// Hash of identifier, secret and challenge.
            value: Counted<&'a [u8]>, "chap.value";
            /// Name of the responding system.
            name: Text<'a>, "chap.name";
        }
        Success = 3 "success" {
            /// Message to show to the user.
            message: Text<'a>, "chap.message";
        }
        Failure = 4 "failure" {
            /// Message to show to the user.
            message: Text<'a>, "chap.message";
        }
    }
}

macro_rules! authentication {
    ($($name:ident, $message:ident, $short:literal, $upper:literal, $title:literal;)+) => { $(
        impl<'a> $name<&'a [u8; 4]> {
            /// The contents of the packet. A truncated message is `Unknown`.
            pub fn message(&self, context: &LayerContext<'a>) -> $message<'a> {
                $message::decode(u8::from(self.code()).into(), context.options($name::LEN))
            }
        }

        impl<'a> Protocol<'a> for $name<&'a [u8; 4]> {
            const NAME: &'static str = $short;
            const TITLE: &'static str = $title;
            const TABLE: &'static [Field] = $name::FIELDS;
            const LENGTH_ROW: u8 = $name::row("length");
            const VARIABLE: &'static [&'static Schema] = &[$message::SCHEMA];
            const RAW: &'static str = "Nothing.";

            fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
                let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs($name::LEN))?;
                Ok(parts(header, header.length(), $name::row("length"), bytes))
            }

            fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
                let header: [u8; $name::LEN] = builder.header(at);
                $message::build(u8::from($name::new(&header).code()).into(), builder)
            }

            fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
                show_message::<$message>(u8::from(self.code()).into(), context.options($name::LEN), visitor);
            }

            fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
                check_message::<$message>(self.code().into(), self.length(), context, report);
            }

            #[cfg(feature = "alloc")]
            fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
                let info = begin_summary(summary, $upper, self.code().name(), self.code().into(), self.identifier());
                let contents = context.options($name::LEN);
                $message::show(u8::from(self.code()).into(), contents, &mut InlineFields::named(info));
            }
        }

        crate::wire::message_of! { $message: $name, "code" }
    )+ };
}

authentication! {
    Pap, PapMessage, "pap", "PAP", "PPP Password Authentication Protocol, RFC 1334";
    Chap, ChapMessage, "chap", "CHAP", "PPP Challenge Handshake Authentication Protocol, RFC 1994";
}

crate::wire::message_of! { LcpMessage: Lcp, "code" }

crate::wire::options_of! {
    LcpOption: Lcp;
    IpcpOption: Ipcp;
    Ipv6cpOption: Ipv6cp;
    CcpOption: Ccp;
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, ExaminedLayer, Layers};
    use crate::proto::{Proto, View};
    use std::vec::Vec;

    fn layer(protocol: u16, packet: &[u8]) -> ExaminedLayer<'_> {
        Examine::new(Layers::new(NextProtocol::PppProtocol(protocol), packet)).next().unwrap()
    }

    fn issues(layer: &ExaminedLayer<'_>) -> Vec<IssueKind> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    #[test]
    fn padding_after_the_length_is_not_an_option() {
        let layer = layer(0xc021, &[1, 1, 0, 8, 1, 4, 5, 0xd4, 0, 0, 0]);
        assert_eq!((layer.header().len(), layer.trailer(), issues(&layer)), (8, &[0, 0, 0][..], [].into()));
    }

    #[test]
    fn wrong_lengths_are_reported() {
        let short = layer(0xc021, &[1, 1, 0, 3, 9]);
        assert_eq!((short.payload(), issues(&short)), (&[9][..], [IssueKind::TooShort { declared: 3, min: 4 }].into()));
        let long = layer(0x8021, &[1, 1, 0, 30, 3, 6, 10]);
        assert!(matches!(issues(&long)[..], [IssueKind::Truncated { needed: 30, have: 7, .. }]));
    }

    #[test]
    fn a_truncated_option_is_reported() {
        assert_eq!(
            issues(&layer(0xc021, &[1, 1, 0, 6, 1, 1])),
            [IssueKind::CutItem { bytes: 2, kind: 1, length: Some(1) }]
        );
        assert_eq!(issues(&layer(0x8057, &[1, 1, 0, 7, 1, 3, 0])), [IssueKind::BadItem(1)]);
    }

    #[test]
    fn names_and_passwords_follow_their_lengths() {
        let layer = layer(0xc023, b"\x01\x01\0\x0c\x03bob\x03pwd");
        let View::Pap(pap) = layer.view else { panic!() };
        let PapMessage::Request { peer_id, password } = pap.message(&layer.context) else { panic!() };
        assert_eq!((peer_id.0.0, password.0.0), (&b"bob"[..], &b"pwd"[..]));
        assert_eq!(issues(&layer), []);
    }

    #[test]
    fn the_compression_control_protocol_has_options_and_resets() {
        let packet = [1, 1, 0, 15, 26, 4, 0x78, 0, 24, 4, 0x78, 0, 21, 3, 0x2f];
        let found = layer(0x80fd, &packet);
        let View::Ccp(ccp) = found.view else { panic!() };
        let options: Vec<_> = ccp.options(&found.context).iter().collect();
        let [
            CcpOption::Deflate { parameters: deflate },
            CcpOption::Magnalink { .. },
            CcpOption::BsdCompress { parameters },
        ] = options[..]
        else {
            panic!("{options:?}")
        };
        assert_eq!((deflate.window(), deflate.method(), deflate.check()), (7, 8, 0));
        assert_eq!((parameters.version(), parameters.dictionary_bits()), (1, 15));
        assert_eq!(issues(&found), []);
        let reset = layer(0x80fd, &[14, 2, 0, 4]);
        let View::Ccp(ccp) = reset.view else { panic!() };
        assert_eq!((ccp.code(), ccp.options(&reset.context).iter().count()), (CcpCode::ResetRequest, 0));
    }

    #[test]
    fn a_rejected_packet_is_taken_apart_as_a_quotation() {
        let packet = [8, 2, 0, 20, 0x80, 0x57, 1, 1, 0, 14, 1, 10, 0xed, 0x17, 0, 0xa2, 0x1b, 0xaf, 0x22, 0x9e];
        let layers: Vec<_> = Layers::new(NextProtocol::PppProtocol(0xc021), &packet).collect();
        assert_eq!(layers.iter().map(|layer| layer.proto).collect::<Vec<_>>(), [Proto::Lcp, Proto::Ipv6cp]);
        assert_eq!(layers.iter().map(|layer| layer.quoted).collect::<Vec<_>>(), [false, true]);
        assert_eq!((layers[0].header().len(), layers[1].header().len()), (6, 14));
        // The peer may cut what it sends back (RFC 1661 §5.7).
        let cut = [8, 2, 0, 10, 0x80, 0x57, 1, 1, 0, 14];
        let found = layer(0xc021, &cut);
        assert_eq!(issues(&found), []);
        let short = [8, 2, 0, 5, 0x80];
        assert_eq!(issues(&layer(0xc021, &short)), [IssueKind::BadItem(8)]);
    }
}
