//! ICMP for IPv4 (RFC 792). The messages are in `icmpv4_message.rs`.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{
    ChecksumCoverage, CoverageEnd, LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol, Report,
};
use crate::layer::{NextProtocol, QuotedPacketRule};
use crate::layer::{Rule, rules};
use crate::proto::icmp::icmp_extensions;
use crate::proto::icmp::icmp_extensions::IcmpExtensions;
use crate::proto::icmp::icmp_extensions::IcmpRule;
use crate::proto::icmp::icmpv4_message::*;
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Cursor, TaggedEnum, show_message};
use crate::wire::{Encoder, FieldError, LENGTH, OWN};
use crate::wire::{Field, Kind, Value, Visitor, header, registry};

registry! {
    /// ICMP types (IANA).
    pub enum Icmpv4Type: u8 {
        EchoReply = 0 "echo reply",
        DestinationUnreachable = 3 "destination unreachable",
        SourceQuench = 4 "source quench (deprecated)",
        Redirect = 5 "redirect",
        AlternateHostAddress = 6 "alternate host address (deprecated)",
        EchoRequest = 8 "echo request",
        RouterAdvertisement = 9 "router advertisement",
        RouterSolicitation = 10 "router solicitation",
        TimeExceeded = 11 "time exceeded",
        ParameterProblem = 12 "parameter problem",
        TimestampRequest = 13 "timestamp request",
        TimestampReply = 14 "timestamp reply",
        InformationRequest = 15 "information request (deprecated)",
        InformationReply = 16 "information reply (deprecated)",
        AddressMaskRequest = 17 "address mask request (deprecated)",
        AddressMaskReply = 18 "address mask reply (deprecated)",
        Traceroute = 30 "traceroute (deprecated)",
        ConversionError = 31 "datagram conversion error (deprecated)",
        MobileHostRedirect = 32 "mobile host redirect (deprecated)",
        WhereAreYou = 33 "IPv6 where-are-you (deprecated)",
        HereIAm = 34 "IPv6 I-am-here (deprecated)",
        MobileRegistrationRequest = 35 "mobile registration request (deprecated)",
        MobileRegistrationReply = 36 "mobile registration reply (deprecated)",
        DomainNameRequest = 37 "domain name request (deprecated)",
        DomainNameReply = 38 "domain name reply (deprecated)",
        Skip = 39 "SKIP (deprecated)",
        Photuris = 40 "Photuris",
        ExperimentalMobility = 41 "experimental mobility protocols",
        ExtendedEchoRequest = 42 "extended echo request",
        ExtendedEchoReply = 43 "extended echo reply",
        Experiment1 = 253 "experiment 1",
        Experiment2 = 254 "experiment 2",
    }
}

registry! {
    /// Codes of destination unreachable, RFC 792, 1122 §3.2.2.1 and 1812 §5.2.7.1.
    pub enum UnreachableCode: u8 {
        Network = 0 "network unreachable",
        Host = 1 "host unreachable",
        Protocol = 2 "protocol unreachable",
        Port = 3 "port unreachable",
        FragmentationNeeded = 4 "fragmentation needed and DF set",
        SourceRouteFailed = 5 "source route failed",
        NetworkUnknown = 6 "destination network unknown",
        HostUnknown = 7 "destination host unknown",
        SourceHostIsolated = 8 "source host isolated",
        NetworkProhibited = 9 "network administratively prohibited",
        HostProhibited = 10 "host administratively prohibited",
        NetworkTypeOfService = 11 "network unreachable for type of service",
        HostTypeOfService = 12 "host unreachable for type of service",
        Prohibited = 13 "communication administratively prohibited",
        HostPrecedence = 14 "host precedence violation",
        PrecedenceCutoff = 15 "precedence cutoff in effect",
    }
}

registry! {
    /// Codes of redirect, RFC 792.
    pub enum RedirectCode: u8 {
        Network = 0 "for the network",
        Host = 1 "for the host",
        NetworkTypeOfService = 2 "for the type of service and network",
        HostTypeOfService = 3 "for the type of service and host",
    }
}

registry! {
    /// Codes of router advertisement, RFC 1256 and RFC 5944 §2.1.
    pub enum AdvertisementCode: u8 {
        Normal = 0 "normal",
        NoCommonTraffic = 16 "does not route common traffic",
    }
}

registry! {
    /// Codes of time exceeded, RFC 792 and RFC 4443 §3.3.
    pub enum TimeExceededCode: u8 {
        Transit = 0 "hop limit exceeded in transit",
        Reassembly = 1 "fragment reassembly time exceeded",
    }
}

registry! {
    /// Codes of parameter problem, RFC 792, 1108 and 1122.
    pub enum ParameterCode: u8 {
        Pointer = 0 "the pointer tells the error",
        MissingOption = 1 "a required option is missing",
        BadLength = 2 "bad length",
    }
}

registry! {
    /// Codes of Photuris, RFC 2521.
    pub enum PhoturisCode: u8 {
        BadSpi = 0 "bad SPI",
        AuthenticationFailed = 1 "authentication failed",
        DecompressionFailed = 2 "decompression failed",
        DecryptionFailed = 3 "decryption failed",
        NeedAuthentication = 4 "need authentication",
        NeedAuthorization = 5 "need authorization",
    }
}

registry! {
    /// Codes of extended echo reply, RFC 8335 §3.
    pub enum ExtendedEchoCode: u8 {
        NoError = 0 "no error",
        MalformedQuery = 1 "malformed query",
        NoSuchInterface = 2 "no such interface",
        NoSuchEntry = 3 "no such table entry",
        MultipleInterfaces = 4 "multiple interfaces satisfy the query",
    }
}

header! {
    /// First four bytes of every ICMP message, [RFC 792](https://www.rfc-editor.org/rfc/rfc792).
    /// [`message`](Icmpv4::message) returns the rest of the header.
    ///
    /// ```
    /// use packetsmith::Icmpv4;
    /// use packetsmith::proto::icmp::Icmpv4Type;
    /// let (icmp, rest) = Icmpv4::split(&[3, 3, 0xfc, 0xfc, 0, 0, 0, 0]).unwrap();
    /// assert_eq!(icmp.kind(), Icmpv4Type::DestinationUnreachable);
    /// assert_eq!(icmp.code_name(), Some("port unreachable"));
    /// assert_eq!(rest.len(), 4);
    /// ```
    pub struct Icmpv4(4) => Icmpv4Edit, layer {
        /// Type of the message.
        kind: Icmpv4Type = 0..8, "icmp.type", named("type"), default(8);
        /// Code: subtype of the message. Each type defines its codes.
        code: u8 = 8..16, "icmp.code";
        /// Internet checksum of the whole message.
        checksum: u16 = 16..32, "icmp.checksum", checksum;
    }
}

/// Field that names the codes of a type.
const fn codes(kind: Icmpv4Type) -> Option<&'static Field> {
    macro_rules! row {
        ($registry:ident) => {
            Some(const { &Field { kind: Kind::Named($registry::REGISTRY), ..Icmpv4::FIELDS[1] } })
        };
    }
    match kind {
        Icmpv4Type::DestinationUnreachable => row!(UnreachableCode),
        Icmpv4Type::Redirect => row!(RedirectCode),
        Icmpv4Type::RouterAdvertisement => row!(AdvertisementCode),
        Icmpv4Type::TimeExceeded => row!(TimeExceededCode),
        Icmpv4Type::ParameterProblem => row!(ParameterCode),
        Icmpv4Type::Photuris => row!(PhoturisCode),
        Icmpv4Type::ExtendedEchoReply => row!(ExtendedEchoCode),
        _ => None,
    }
}

impl<B: core::borrow::Borrow<[u8; 4]>> Icmpv4<B> {
    /// Name of the code, if the type defines one.
    pub fn code_name(&self) -> Option<&'static str> {
        codes(self.kind())?.meaning(&Value::Uint(self.code().into()))
    }

    /// Whether the type has this code. Types without a list of codes have 0 alone, those of experiments any.
    fn is_code_assigned(&self) -> bool {
        match (codes(self.kind()), u8::from(self.kind())) {
            (Some(_), _) => self.code_name().is_some(),
            (None, 0 | 4 | 8 | 10 | 13..=18 | 42) => self.code() == 0,
            (None, _) => true,
        }
    }

    /// Whether the message is an error message, which quotes the start of the packet concerned.
    #[inline]
    pub fn is_error(&self) -> bool {
        use Icmpv4Type::*;
        matches!(
            self.kind(),
            DestinationUnreachable | SourceQuench | Redirect | TimeExceeded | ParameterProblem | Photuris
        )
    }

    /// The number of the message's variant: its type, or 256 × type + code for codes with a different layout.
    fn variant(&self) -> u16 {
        match (self.kind(), self.code()) {
            (Icmpv4Type::DestinationUnreachable, 4) => 0x0304,
            (kind, _) => u8::from(kind).into(),
        }
    }
}

impl<'a> Icmpv4<&'a [u8; 4]> {
    /// The part of the header after the first four bytes.
    pub fn message(&self, context: &LayerContext<'a>) -> Icmpv4Message<'a> {
        Icmpv4Message::decode(self.variant(), self.split_extensions(context).0)
    }

    /// Identifier and sequence number of an echo request or reply.
    pub fn echo(&self, context: &LayerContext<'a>) -> Option<(u16, u16)> {
        match self.message(context) {
            Icmpv4Message::EchoRequest { identifier, sequence } | Icmpv4Message::EchoReply { identifier, sequence } => {
                Some((identifier, sequence))
            }
            _ => None,
        }
    }

    /// The extension structure after the quoted packet, or in an extended echo request.
    pub fn extensions(&self, context: &LayerContext<'a>) -> Option<IcmpExtensions<'a>> {
        IcmpExtensions::new(self.split_extensions(context).1)
    }

    /// Splits the message into its fields and its extensions. Extensions follow the quoted packet; those of an extended
    /// echo request are in the header.
    fn split_extensions(&self, context: &LayerContext<'a>) -> (Cursor<'a>, Cursor<'a>) {
        let mut header = context.options(Icmpv4::LEN);
        let trailer = Cursor::within(context.frame, context.trailer_span());
        match self.kind() {
            Icmpv4Type::ExtendedEchoRequest => match header.split(4) {
                Some(contents) => (contents, header),
                None => (header, trailer),
            },
            _ => (header, trailer),
        }
    }

    /// Header length of a complete message in bytes, and the protocol of the payload.
    fn shape(&self, bytes: &[u8]) -> (usize, NextProtocol) {
        use Icmpv4Type::*;
        match (self.kind(), bytes) {
            _ if self.is_error() => (8, NextProtocol::Quoted),
            (RouterAdvertisement, [_, _, _, _, count, size, ..]) => {
                (8 + usize::from(*count) * usize::from(*size) * 4, NextProtocol::Unknown)
            }
            (ExtendedEchoRequest, _) => (icmp_extensions::probe_len(bytes), NextProtocol::Unknown),
            (TimestampRequest | TimestampReply | Traceroute, _) => (20, NextProtocol::Unknown),
            (AddressMaskRequest | AddressMaskReply | DomainNameReply, _) => (12, NextProtocol::Unknown),
            _ => (8, NextProtocol::Unknown),
        }
    }

    /// Offset of the end of the quoted packet, if extensions may follow it.
    fn end(&self, bytes: &[u8]) -> Option<usize> {
        use Icmpv4Type::*;
        let [_, _, _, _, _, words, ..] = *bytes else { return None };
        match self.kind() {
            DestinationUnreachable | TimeExceeded | ParameterProblem => {
                icmp_extensions::quote_end(bytes, usize::from(words) * 4)
            }
            _ => None,
        }
    }
}

rules! {
    /// Rules of ICMP.
    pub enum Icmpv4Rule {
        QuotedPacketMissing = Warning "icmpv4.quoted_packet.missing"
            "the error message contains nothing of the original datagram (RFC 792)",
        LengthWithoutExtensions = Note "icmpv4.length.without_extensions"
            "the length of the original datagram is given, and no extension structure follows (RFC 4884 §4)",
        QuotedPacketNotIpv4 = Warning "icmpv4.quoted_packet.not_ipv4"
            "an error message quotes an IPv4 packet (RFC 792)",
        TypeUnassigned = Note "icmpv4.type.unassigned" "the type is not assigned (IANA)",
        CodeUnassigned = Note "icmpv4.code.unassigned" "the code is not assigned for this type (IANA)",
        ErrorToGroup = Warning "icmpv4.error_to_group"
            "an error message must not be sent to a group, or about a packet to one (RFC 1122 §3.2.2)",
        OverIpv6 = Warning "icmpv4.over_ipv6" "ICMP is of IPv4; IPv6 has ICMPv6 (RFC 4443 §1)",
        EntrySize = Warning "icmpv4.entry_size.not_2" "the address entry size must be 2 (RFC 1256 §3)",
    }
}

impl<'a> Protocol<'a> for Icmpv4<&'a [u8; 4]> {
    const NAME: &'static str = "icmpv4";
    const TITLE: &'static str = "Internet Control Message Protocol, RFC 792";
    const TABLE: &'static [Field] = Icmpv4::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[Icmpv4Message::SCHEMA, icmp_extensions::SCHEMA];
    const RULES: &'static [&'static [Rule]] = &[Icmpv4Rule::ALL, IcmpRule::ALL, QuotedPacketRule::ALL];
    const RAW: &'static str = "Payloads of echo messages, and messages of experimental types.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Icmpv4::LEN))?;
        let (header_len, next) = header.shape(bytes);
        let parts = ParsedHeader::new(header, header_len.min(bytes.len()), next);
        Ok(match header.end(bytes) {
            _ if header_len > bytes.len() && header.kind().name().is_some() => {
                parts.defect(ParseDefect::needs(header_len))
            }
            Some(end) => parts.total_len(end),
            None => parts,
        })
    }

    fn show_row(&self, row: u8, context: &LayerContext<'a>, visitor: &mut dyn Visitor) -> bool {
        let Some(field) = codes(self.kind()).filter(|_| row == const { Icmpv4::row("code") }) else { return false };
        visitor.field(field, field.span(context.bounds.start), Value::Uint(self.code().into()));
        true
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage::plain(CoverageEnd::Trailer))
    }

    fn build(builder: &mut Encoder<'_>, at: usize, unset: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Icmpv4::LEN] = builder.header(at);
        let header = Icmpv4::new(&header);
        match header.kind() {
            Icmpv4Type::RouterAdvertisement => return build_router_advertisement(builder, at),
            Icmpv4Type::DestinationUnreachable | Icmpv4Type::TimeExceeded | Icmpv4Type::ParameterProblem
                if !builder.source.has(LENGTH) =>
            {
                *unset |= OWN
            }
            _ => {}
        }
        Icmpv4Message::build(header.variant(), builder)?;
        icmp_extensions::build(header.kind() == Icmpv4Type::ExtendedEchoRequest, builder)
    }

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        icmp_extensions::finish(frame, bounds, unset, 5, 4)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let (contents, extensions) = self.split_extensions(context);
        show_message::<Icmpv4Message>(self.variant(), contents, visitor);
        icmp_extensions::show(extensions, context.is_all_here(), visitor);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let mut rule = |rule: Icmpv4Rule| report(None, context.header_span(), rule.into());
        if self.is_error() && context.payload().is_empty() && context.is_whole() {
            rule(Icmpv4Rule::QuotedPacketMissing);
        }
        if self.is_error() && context.payload().first().is_some_and(|first| first >> 4 == 6) {
            rule(Icmpv4Rule::QuotedPacketNotIpv4);
        }
        if context.addresses.size == 16 && !context.quoted {
            rule(Icmpv4Rule::OverIpv6);
        }
        let to_group = |address: &[u8]| matches!(address, [first, ..] if (224..240).contains(first));
        let about = context.payload().get(16..20).unwrap_or(&[]);
        if self.is_error()
            && context.addresses.size == 4
            && !context.quoted
            && (to_group(context.addresses.destination(context.frame)) || to_group(about))
        {
            rule(Icmpv4Rule::ErrorToGroup);
        }
        if self.kind().name().is_none() {
            rule(Icmpv4Rule::TypeUnassigned);
        } else if !self.is_code_assigned() {
            rule(Icmpv4Rule::CodeUnassigned);
        }
        match self.message(context) {
            Icmpv4Message::DestinationUnreachable { length, .. }
            | Icmpv4Message::FragmentationNeeded { length, .. }
            | Icmpv4Message::TimeExceeded { length, .. }
            | Icmpv4Message::ParameterProblem { length, .. } => {
                let end = 8 + u32::from(length) * 4;
                let all = context.bounds.trailer_end - context.bounds.start;
                if length != 0 && end <= all && context.trailer().is_empty() && context.is_all_here() {
                    rule(Icmpv4Rule::LengthWithoutExtensions);
                }
                icmp_extensions::check_length(usize::from(length) * 4, context, report);
            }
            Icmpv4Message::RouterAdvertisement { entry_size, .. } if entry_size != 2 => {
                rule(Icmpv4Rule::EntrySize);
            }
            _ => {}
        }
        if context.is_all_here() {
            icmp_extensions::check(self.split_extensions(context).1, report);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let (info, kind) = (summary.begin("ICMP"), self.kind());
        info.name_or_number(kind.name(), "type ", u8::from(kind));
        if let Some(code) = self.code_name() {
            append!(info, " (", code, ")");
        }
        info.message(&self.message(context), context.options(Icmpv4::LEN));
    }
}

/// Builds a router advertisement, with the number of its addresses and the size of an entry (RFC 1256 §3).
fn build_router_advertisement(builder: &mut Encoder<'_>, at: usize) -> Result<(), FieldError> {
    let variant = u8::from(Icmpv4Type::RouterAdvertisement).into();
    let [count, entry_size, ..] = Icmpv4Message::rows(variant) else { return Ok(()) };
    let (count_given, size_given) = (builder.source.has(count), builder.source.has(entry_size));
    Icmpv4Message::build(variant, builder)?;
    let [size]: [u8; 1] = if size_given { builder.header(at + 5) } else { [2] };
    let bytes = builder.len() - (at + 8).min(builder.len());
    if !size_given {
        builder.patch(at + 5, 1, size.into());
    }
    if !count_given {
        builder.compute(count, (at + 4, 1), bytes / (usize::from(size.max(1)) * 4), u8::MAX.into())?;
    }
    Ok(())
}

impl crate::wire::MessageOf<Icmpv4> for Icmpv4Message<'_> {
    fn announce(&self, header: &mut [u8]) {
        match self.kind().to_be_bytes() {
            [0, kind] => header[0] = kind,
            [kind, code] => header[..2].copy_from_slice(&[kind, code]),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::dissect::{ExaminedLayer, examine};
    use crate::layer::{IssueKind, Limit, Severity};
    use crate::proto::View;
    use crate::proto::{IcmpObject, Icmpv4Message};
    use crate::wire::{Checksum, Field, Sum};
    use std::vec::Vec;

    /// Builds an IPv4 packet with this message, with correct checksums.
    fn packet(message: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x45, 0, 0, (20 + message.len()) as u8, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        let sum = Sum::new().bytes(&frame).checksum();
        frame[10..12].copy_from_slice(&sum.to_be_bytes());
        frame.extend_from_slice(message);
        let sum = Sum::new().bytes(message).checksum();
        frame[22..24].copy_from_slice(&sum.to_be_bytes());
        frame
    }

    fn icmp(frame: &[u8]) -> ExaminedLayer<'_> {
        examine(228, frame).nth(1).unwrap()
    }

    fn issues(layer: &ExaminedLayer<'_>) -> Vec<IssueKind> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    /// The start of a UDP packet of 1,028 bytes.
    const QUOTE: [u8; 28] =
        [0x45, 0, 4, 4, 0, 1, 0, 0, 1, 17, 0xa1, 0xde, 10, 0, 0, 2, 10, 0, 0, 9, 0x30, 0x39, 0x82, 0x9a, 3, 0xf0, 1, 2];

    #[test]
    fn bytes_after_an_echo_header_are_its_payload() {
        let frame = packet(&[8, 0, 0, 0, 0x12, 0x34, 0, 7, b'h', b'i', b'!']);
        let layer = icmp(&frame);
        let View::Icmpv4(icmp) = layer.view else { panic!() };
        assert_eq!((layer.header().len(), layer.payload()), (8, &b"hi!"[..]));
        assert_eq!((icmp.echo(&layer.context), layer.checksum()), (Some((0x1234, 7)), Some(Checksum::Good)));
        assert_eq!(issues(&layer), []);
    }

    #[test]
    fn a_quoted_packet_is_parsed_and_truncated_by_the_quote() {
        let frame = packet(&[&[3, 4, 0, 0, 0, 0, 5, 0xdc][..], &QUOTE].concat());
        let layers: Vec<_> = examine(228, &frame).collect();
        let View::Icmpv4(icmp) = layers[1].view else { panic!() };
        let Icmpv4Message::FragmentationNeeded { mtu: 1500, .. } = icmp.message(&layers[1].context) else { panic!() };
        assert_eq!(icmp.code_name(), Some("fragmentation needed and DF set"));
        assert_eq!(layers.iter().map(|l| l.quoted).collect::<Vec<_>>(), [false, false, true, true]);
        for layer in &layers[2..] {
            for reason in issues(layer) {
                assert!(matches!(reason, IssueKind::Truncated { limit: Limit::Quote, .. }), "{reason}");
            }
        }
        // The quoted header is complete, the quoted datagram is not.
        assert_eq!(layers[2].checksum(), Some(Checksum::Good));
        assert_eq!(layers[3].checksum(), Some(Checksum::Unverifiable));
    }

    #[test]
    fn a_wrong_checksum_in_a_quoted_packet_is_a_note() {
        let mut quote = QUOTE;
        quote[10] ^= 1;
        let frame = packet(&[&[11, 0, 0, 0, 0, 0, 0, 0][..], &quote].concat());
        let quoted = examine(228, &frame).nth(2).unwrap();
        assert!(matches!(quoted.checksum(), Some(Checksum::Bad(_))));
        assert!(issues(&quoted).iter().all(|reason| reason.severity() == Severity::Note));
    }

    /// 128 quoted bytes, then an extension structure with one MPLS label.
    fn extended(words: u8) -> Vec<u8> {
        let mut message = vec![11, 0, 0, 0, 0, words, 0, 0];
        message.extend_from_slice(&QUOTE);
        message.resize(8 + 128, 0);
        let mut extensions = [0x20, 0, 0, 0, 0, 8, 1, 1, 0x18, 0x6a, 0x01, 0x01];
        let sum = Sum::new().bytes(&extensions).checksum();
        extensions[2..4].copy_from_slice(&sum.to_be_bytes());
        message.extend_from_slice(&extensions);
        packet(&message)
    }

    #[test]
    fn extensions_are_the_trailer_with_and_without_a_length() {
        for words in [32, 0] {
            let frame = extended(words);
            let layer = icmp(&frame);
            assert_eq!((layer.payload().len(), layer.trailer().len()), (128, 12));
            assert_eq!((layer.checksum(), issues(&layer)), (Some(Checksum::Good), vec![]));
            let View::Icmpv4(icmp) = layer.view else { panic!() };
            let extensions = icmp.extensions(&layer.context).unwrap();
            assert_eq!(extensions.verify(), Checksum::Good);
            let Some(IcmpObject::Mpls { c_type: 1, labels }) = extensions.objects().iter().next() else { panic!() };
            let label = labels.iter().next().unwrap();
            assert_eq!((label.label(), label.bottom(), label.ttl()), (100_000, true, 1));
        }
    }

    #[test]
    fn without_a_length_extensions_need_a_correct_checksum() {
        let mut frame = extended(0);
        *frame.last_mut().unwrap() ^= 1;
        assert_eq!((icmp(&frame).payload().len(), icmp(&frame).trailer().len()), (140, 0));
    }

    #[test]
    fn the_length_comes_before_the_class_of_an_object() {
        let frame = extended(32);
        struct Spans(Vec<(&'static str, u32)>);
        impl crate::wire::Visitor for Spans {
            fn field(&mut self, field: &'static Field, span: crate::wire::Span, _: crate::wire::Value<'_>) {
                self.0.push((field.name, span.start));
            }
            fn open(&mut self, _: &'static Field, _: crate::wire::Span) {}
            fn close(&mut self) {}
        }
        let mut spans = Spans(Vec::new());
        icmp(&frame).show(&mut spans);
        let object = 20 + 8 + 128 + 4;
        for row in [("length", object), ("class", object + 2), ("c_type", object + 3), ("label", object + 4)] {
            assert!(spans.0.contains(&row), "{row:?} in {:?}", spans.0);
        }
    }

    #[test]
    fn a_probe_names_one_interface_and_may_carry_data() {
        let frame = packet(&[42, 0, 0, 0, 0, 1, 2, 1, 0x20, 0, 0xdc, 0xf4, 0, 8, 3, 2, 0, 0, 0, 1, b'd', b'a']);
        let layer = icmp(&frame);
        let View::Icmpv4(icmp) = layer.view else { panic!() };
        assert_eq!((layer.header().len(), layer.payload()), (20, &b"da"[..]));
        assert_eq!(icmp.extensions(&layer.context).unwrap().verify(), Checksum::Good);
        assert_eq!(issues(&layer), []);
    }

    #[test]
    fn messages_shorter_than_eight_bytes_keep_their_bytes() {
        for len in 4..8 {
            let frame = packet(&[8, 0, 0, 0, 1, 2, 3][..len]);
            let layer = icmp(&frame);
            assert_eq!((layer.header().len(), layer.payload().len()), (len, 0));
            let limit = Limit::Layer("ipv4");
            assert_eq!(issues(&layer), [IssueKind::Truncated { needed: 8, have: len as u32, limit }]);
        }
    }

    #[test]
    fn a_message_truncated_by_the_capture_cannot_be_verified() {
        let frame = packet(&[8, 0, 0, 0, 0, 1, 0, 1, 1, 2, 3, 4]);
        let layer = examine(228, &frame[..30]).original_len(frame.len()).nth(1).unwrap();
        assert_eq!((layer.checksum(), issues(&layer)), (Some(Checksum::Unverifiable), vec![]));
        // Truncated extensions count too.
        let frame = extended(32);
        let layer = examine(228, &frame[..20 + 8 + 128]).original_len(frame.len()).nth(1).unwrap();
        assert_eq!(layer.checksum(), Some(Checksum::Unverifiable));
    }

    #[test]
    fn a_router_advertisement_lists_as_many_addresses_as_its_count() {
        let frame = packet(&[9, 0, 0, 0, 1, 2, 7, 8, 10, 0, 0, 1, 0x80, 0, 0, 0, 0x10, 6]);
        let layer = icmp(&frame);
        let View::Icmpv4(icmp) = layer.view else { panic!() };
        let Icmpv4Message::RouterAdvertisement { addresses, .. } = icmp.message(&layer.context) else { panic!() };
        let routers: Vec<_> = addresses.iter().map(|a| (a.address().octets(), a.preference())).collect();
        assert_eq!((routers, layer.payload()), (vec![([10, 0, 0, 1], 0x8000_0000)], &[0x10, 6][..]));
    }
}
