//! The link control protocol of PPP, RFC 1661 §5.

#[cfg(feature = "alloc")]
use super::control::begin_summary;
use super::control::{OPTION_LAYOUT, OPTIONS, check_message, control_header, is_whole, parts};
use super::frame::PppProtocolNumber;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, NextProtocol, ParseDefect, ParsedHeader, Protocol, Report};
#[cfg(feature = "alloc")]
use crate::wire::InlineFields;
use crate::wire::{Encoder, Field, FieldError, Schema, TaggedEnum, Text, TlvItem, TlvLayout, Tlvs, Visitor};
use crate::wire::{header, registry, show_message, tagged_enum};

control_header! {
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
    pub struct Lcp => LcpEdit, LcpCode, "ppp.code", "ppp.identifier", "ppp.length";
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
    pub enum LcpOption<'a>: "type", "lcp.opt.type", "options", length "lcp.opt.length" {
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
    const LAYOUT: TlvLayout = OPTION_LAYOUT;
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

crate::wire::message_of! { LcpMessage: Lcp, "code" }

crate::wire::options_of! { LcpOption: Lcp; }
