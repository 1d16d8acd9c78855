//! ICMP for IPv6 (RFC 4443), with Neighbor Discovery (RFC 4861), Multicast Listener Discovery (RFC 3810) and RPL
//! (RFC 6550). The messages are in `icmpv6_message.rs`.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{
    ChecksumCoverage, CoverageEnd, LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol, Report,
};
use crate::layer::{NextProtocol, QuotedPacketRule, Rule};
use crate::proto::RplOption;
use crate::proto::icmp::icmp_extensions;
use crate::proto::icmp::icmp_extensions::IcmpExtensions;
use crate::proto::icmp::icmp_extensions::IcmpRule;
use crate::proto::icmp::icmpv6_message::Icmpv6Rule;
use crate::proto::icmp::icmpv6_message::*;
#[cfg(feature = "alloc")]
use crate::proto::icmp::multicast::summarize_query;
use crate::proto::{ExtendedEchoCode, NdpOption, TimeExceededCode};
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::{AddressBytes, append};
use crate::wire::{Cursor, TaggedEnum, Tlvs, show_message};
use crate::wire::{Encoder, FieldError, LENGTH, OWN};
use crate::wire::{Field, Kind, Value, Visitor, header, registry};
use core::net::Ipv6Addr;

registry! {
    /// ICMPv6 types (IANA).
    pub enum Icmpv6Type: u8 {
        DestinationUnreachable = 1 "destination unreachable",
        PacketTooBig = 2 "packet too big",
        TimeExceeded = 3 "time exceeded",
        ParameterProblem = 4 "parameter problem",
        Experiment100 = 100 "private experimentation",
        Experiment101 = 101 "private experimentation",
        EchoRequest = 128 "echo request",
        EchoReply = 129 "echo reply",
        ListenerQuery = 130 "multicast listener query",
        ListenerReport = 131 "multicast listener report",
        ListenerDone = 132 "multicast listener done",
        RouterSolicitation = 133 "router solicitation",
        RouterAdvertisement = 134 "router advertisement",
        NeighborSolicitation = 135 "neighbor solicitation",
        NeighborAdvertisement = 136 "neighbor advertisement",
        Redirect = 137 "redirect",
        RouterRenumbering = 138 "router renumbering",
        NodeInformationQuery = 139 "node information query",
        NodeInformationResponse = 140 "node information response",
        InverseSolicitation = 141 "inverse neighbor discovery solicitation",
        InverseAdvertisement = 142 "inverse neighbor discovery advertisement",
        ListenerReport2 = 143 "version 2 multicast listener report",
        HomeAgentRequest = 144 "home agent address discovery request",
        HomeAgentReply = 145 "home agent address discovery reply",
        MobilePrefixSolicitation = 146 "mobile prefix solicitation",
        MobilePrefixAdvertisement = 147 "mobile prefix advertisement",
        CertificationPathSolicitation = 148 "certification path solicitation",
        CertificationPathAdvertisement = 149 "certification path advertisement",
        ExperimentalMobility = 150 "experimental mobility protocols",
        MulticastRouterAdvertisement = 151 "multicast router advertisement",
        MulticastRouterSolicitation = 152 "multicast router solicitation",
        MulticastRouterTermination = 153 "multicast router termination",
        FastHandover = 154 "fast handover",
        Rpl = 155 "RPL control",
        LocatorUpdate = 156 "ILNPv6 locator update",
        DuplicateAddressRequest = 157 "duplicate address request",
        DuplicateAddressConfirmation = 158 "duplicate address confirmation",
        Mpl = 159 "MPL control",
        ExtendedEchoRequest = 160 "extended echo request",
        ExtendedEchoReply = 161 "extended echo reply",
        Experiment200 = 200 "private experimentation",
        Experiment201 = 201 "private experimentation",
    }
}

registry! {
    /// Codes of destination unreachable, RFC 4443 §3.1.
    pub enum Unreachable6Code: u8 {
        NoRoute = 0 "no route to destination",
        Prohibited = 1 "communication administratively prohibited",
        BeyondScope = 2 "beyond scope of source address",
        Address = 3 "address unreachable",
        Port = 4 "port unreachable",
        SourcePolicy = 5 "source address failed policy",
        RouteRejected = 6 "reject route to destination",
        SourceRouting = 7 "error in source routing header",
        HeadersTooLong = 8 "headers too long",
        PRoute = 9 "error in P-Route",
    }
}

registry! {
    /// Codes of parameter problem, RFC 4443 §3.4 and IANA.
    pub enum Parameter6Code: u8 {
        HeaderField = 0 "erroneous header field",
        NextHeader = 1 "unrecognized next header",
        Option = 2 "unrecognized option",
        FirstFragment = 3 "first fragment has incomplete header chain",
        SegmentRouting = 4 "SR upper-layer header error",
        NextHeaderAtNode = 5 "unrecognized next header by intermediate node",
        ExtensionTooBig = 6 "extension header too big",
        ChainTooLong = 7 "extension header chain too long",
        TooManyExtensions = 8 "too many extension headers",
        TooManyOptions = 9 "too many options in extension header",
        OptionTooBig = 10 "option too big",
    }
}

registry! {
    /// Codes of router renumbering, RFC 2894 §3.1.
    pub enum RenumberingCode: u8 {
        Command = 0 "command",
        Result = 1 "result",
        Reset = 255 "sequence number reset",
    }
}

registry! {
    /// Codes of a node information query, RFC 4620 §4.
    pub enum NodeQueryCode: u8 {
        Ipv6 = 0 "subject is an IPv6 address",
        Name = 1 "subject is a name",
        Ipv4 = 2 "subject is an IPv4 address",
    }
}

registry! {
    /// Codes of a node information response, RFC 4620 §4.
    pub enum NodeResponseCode: u8 {
        Success = 0 "success",
        Refused = 1 "refused",
        UnknownType = 2 "unknown query type",
    }
}

registry! {
    /// Codes of RPL control messages, RFC 6550 §6 and RFC 6997.
    pub enum RplCode: u8 {
        Dis = 0 "DODAG information solicitation",
        Dio = 1 "DODAG information object",
        Dao = 2 "destination advertisement object",
        DaoAck = 3 "DAO acknowledgment",
        Dro = 4 "P2P discovery reply object",
        DroAck = 5 "P2P discovery reply acknowledgment",
        SecureDis = 0x80 "secure DODAG information solicitation",
        SecureDio = 0x81 "secure DODAG information object",
        SecureDao = 0x82 "secure destination advertisement object",
        SecureDaoAck = 0x83 "secure DAO acknowledgment",
        SecureDro = 0x84 "secure P2P discovery reply object",
        SecureDroAck = 0x85 "secure P2P discovery reply acknowledgment",
        ConsistencyCheck = 0x8a "consistency check",
    }
}

header! {
    /// First four bytes of every ICMPv6 message, [RFC 4443 §2.1](https://www.rfc-editor.org/rfc/rfc4443#section-2.1).
    /// [`message`](Icmpv6::message) returns the rest of the header.
    ///
    /// ```
    /// use packetsmith::Icmpv6;
    /// use packetsmith::proto::icmp::Icmpv6Type;
    /// let (icmp, _) = Icmpv6::split(&[1, 4, 0, 0, 0, 0, 0, 0]).unwrap();
    /// assert_eq!(icmp.kind(), Icmpv6Type::DestinationUnreachable);
    /// assert_eq!(icmp.code_name(), Some("port unreachable"));
    /// ```
    pub struct Icmpv6(4) => Icmpv6Edit, layer {
        /// Type of the message: an error message below 128, otherwise an informational message.
        kind: Icmpv6Type = 0..8, "icmpv6.type", named("type"), default(128);
        /// Code: subtype of the message. Each type defines its codes.
        code: u8 = 8..16, "icmpv6.code";
        /// Internet checksum of pseudo-header and message.
        checksum: u16 = 16..32, "icmpv6.checksum", checksum;
    }
}

/// Field that names the codes of a type.
const fn codes(kind: Icmpv6Type) -> Option<&'static Field> {
    macro_rules! row {
        ($registry:ident) => {
            Some(const { &Field { kind: Kind::Named($registry::REGISTRY), ..Icmpv6::FIELDS[1] } })
        };
    }
    match kind {
        Icmpv6Type::DestinationUnreachable => row!(Unreachable6Code),
        Icmpv6Type::TimeExceeded => row!(TimeExceededCode),
        Icmpv6Type::ParameterProblem => row!(Parameter6Code),
        Icmpv6Type::RouterRenumbering => row!(RenumberingCode),
        Icmpv6Type::NodeInformationQuery => row!(NodeQueryCode),
        Icmpv6Type::NodeInformationResponse => row!(NodeResponseCode),
        Icmpv6Type::Rpl => row!(RplCode),
        Icmpv6Type::ExtendedEchoReply => row!(ExtendedEchoCode),
        _ => None,
    }
}

impl<B: core::borrow::Borrow<[u8; 4]>> Icmpv6<B> {
    /// Name of the code, if the type defines one.
    pub fn code_name(&self) -> Option<&'static str> {
        codes(self.kind())?.meaning(&Value::Uint(self.code().into()))
    }

    /// Whether the message is an error message, which quotes the start of the packet concerned.
    #[inline]
    pub fn is_error(&self) -> bool {
        use Icmpv6Type::*;
        matches!(self.kind(), DestinationUnreachable | PacketTooBig | TimeExceeded | ParameterProblem)
    }

    /// Whether the message is one of the five Neighbor Discovery messages of RFC 4861.
    #[inline]
    pub fn is_ndp(&self) -> bool {
        (133..=137).contains(&u8::from(self.kind()))
    }
}

impl<'a> Icmpv6<&'a [u8; 4]> {
    /// The part of the header after the first four bytes.
    pub fn message(&self, context: &LayerContext<'a>) -> Icmpv6Message<'a> {
        let contents = self.split_extensions(context).0;
        Icmpv6Message::decode(self.variant(contents.bytes()), contents)
    }

    /// Identifier and sequence number of an echo request or reply.
    pub fn echo(&self, context: &LayerContext<'a>) -> Option<(u16, u16)> {
        match self.message(context) {
            Icmpv6Message::EchoRequest { identifier, sequence } | Icmpv6Message::EchoReply { identifier, sequence } => {
                Some((identifier, sequence))
            }
            _ => None,
        }
    }

    /// Target address of a neighbor solicitation, neighbor advertisement or redirect.
    pub fn ndp_target(&self, context: &LayerContext<'a>) -> Option<Ipv6Addr> {
        use Icmpv6Type::{NeighborAdvertisement, NeighborSolicitation, Redirect};
        match (self.kind(), context.header().get(8..)?.first_chunk::<16>()) {
            (NeighborSolicitation | NeighborAdvertisement | Redirect, Some(target)) => Some((*target).into()),
            _ => None,
        }
    }

    /// The Neighbor Discovery options, if the message type has them.
    pub fn ndp_options(&self, context: &LayerContext<'a>) -> Option<Tlvs<'a, NdpOption<'a>>> {
        self.message(context).ndp_options()
    }

    /// The options of an RPL control message.
    pub fn rpl_options(&self, context: &LayerContext<'a>) -> Option<Tlvs<'a, RplOption<'a>>> {
        self.message(context).rpl_options()
    }

    /// The extension structure after the quoted packet, or in an extended echo request.
    pub fn extensions(&self, context: &LayerContext<'a>) -> Option<IcmpExtensions<'a>> {
        IcmpExtensions::new(self.split_extensions(context).1)
    }

    /// Splits the message into its fields and its extensions. Extensions follow the quoted packet; those of an extended
    /// echo request are in the header.
    fn split_extensions(&self, context: &LayerContext<'a>) -> (Cursor<'a>, Cursor<'a>) {
        let mut header = context.options(Icmpv6::LEN);
        let trailer = Cursor::within(context.frame, context.trailer_span());
        match self.kind() {
            Icmpv6Type::ExtendedEchoRequest => match header.split(4) {
                Some(contents) => (contents, header),
                None => (header, trailer),
            },
            _ => (header, trailer),
        }
    }

    /// The number of the message's variant: its type, or 256 × type + code or version if these change the layout.
    fn variant(&self, contents: &[u8]) -> u16 {
        match (u8::from(self.kind()), self.code(), contents) {
            // A version 2 query is recognized by its length alone (RFC 3810 §8.1).
            (130, ..) if contents.len() >= 24 => 0x8202,
            // A flag of a DAO and of its acknowledgment says whether a DODAG identifier follows.
            (155, 2, [_, flags, ..]) if flags & 0x40 != 0 => 0x9b12,
            (155, 3, [_, flags, ..]) if flags & 0x80 != 0 => 0x9b13,
            // The code of a query gives the kind of subject; the query type of a response gives the kind of data.
            (139, code, _) => 0x8b00 | u16::from(code),
            (140, 0, [0, query @ 2..=4, ..]) => 0x8c00 | u16::from(*query),
            (155, code, _) => 0x9b00 | u16::from(code),
            (kind, ..) => kind.into(),
        }
    }

    /// Header length of a complete message in bytes, and the protocol of the payload.
    fn shape(&self, bytes: &[u8]) -> (usize, NextProtocol) {
        use Icmpv6Type::*;
        match self.kind() {
            _ if self.is_error() => (8, NextProtocol::Quoted),
            EchoRequest | EchoReply | ExtendedEchoReply => (8, NextProtocol::Unknown),
            ExtendedEchoRequest => (icmp_extensions::probe_len(bytes), NextProtocol::Unknown),
            ListenerReport | ListenerDone => (24, NextProtocol::Unknown),
            ListenerQuery if bytes.len() < 28 => (24, NextProtocol::Unknown),
            MulticastRouterAdvertisement => (8, NextProtocol::Unknown),
            Experiment100 | Experiment101 | Experiment200 | Experiment201 | Unknown(_) => {
                (Icmpv6::LEN, NextProtocol::Unknown)
            }
            kind => (bytes.len().max(least(kind)), NextProtocol::Unknown),
        }
    }
}

/// Smallest length in bytes of a message without payload.
const fn least(kind: Icmpv6Type) -> usize {
    use Icmpv6Type::*;
    match kind {
        RouterAdvertisement | NodeInformationQuery | NodeInformationResponse | RouterRenumbering => 16,
        NeighborSolicitation | NeighborAdvertisement => 24,
        Redirect => 40,
        DuplicateAddressRequest | DuplicateAddressConfirmation => 32,
        MulticastRouterSolicitation | MulticastRouterTermination | Mpl | ExperimentalMobility => Icmpv6::LEN,
        _ => 8,
    }
}

impl<'a> Protocol<'a> for Icmpv6<&'a [u8; 4]> {
    const NAME: &'static str = "icmpv6";
    const TITLE: &'static str = "Internet Control Message Protocol for IPv6, RFC 4443";
    const TABLE: &'static [Field] = Icmpv6::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[Icmpv6Message::SCHEMA, icmp_extensions::SCHEMA];
    const RULES: &'static [&'static [Rule]] = &[Icmpv6Rule::ALL, IcmpRule::ALL, QuotedPacketRule::ALL];
    const RAW: &'static str =
        "SEND certificates, keys and signatures; RPL metrics; the cryptographic parts of secure RPL messages.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Icmpv6::LEN))?;
        let (header_len, next) = header.shape(bytes);
        let end = match (header.kind(), bytes) {
            (Icmpv6Type::DestinationUnreachable | Icmpv6Type::TimeExceeded, [_, _, _, _, eight_byte_units, ..]) => {
                icmp_extensions::quote_end(bytes, usize::from(*eight_byte_units) * 8)
            }
            _ => None,
        };
        let parts = ParsedHeader::new(header, header_len.min(bytes.len()), next);
        Ok(match end {
            _ if header_len > bytes.len() => parts.defect(ParseDefect::needs(header_len)),
            Some(end) => parts.total_len(end),
            None => parts,
        })
    }

    fn show_row(&self, row: u8, context: &LayerContext<'a>, visitor: &mut dyn Visitor) -> bool {
        let Some(field) = codes(self.kind()).filter(|_| row == const { Icmpv6::row("code") }) else { return false };
        visitor.field(field, field.span(context.bounds.start), Value::Uint(self.code().into()));
        true
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage::pseudo(CoverageEnd::Trailer, 58))
    }

    fn build(builder: &mut Encoder<'_>, at: usize, unset: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Icmpv6::LEN] = builder.header(at);
        let header = Icmpv6::new(&header);
        let quotes = matches!(header.kind(), Icmpv6Type::DestinationUnreachable | Icmpv6Type::TimeExceeded);
        if quotes && !builder.source.has(LENGTH) {
            *unset |= OWN;
        }
        let query_type =
            builder.source.peek(&NodeInformation::FIELDS[const { NodeInformation::row("query_type") } as usize]);
        // If the contents decide on the form of the message, choose the form whose fields are given.
        let variant = match (header.variant(&[]), header.code()) {
            (130, _) => builder.likeliest::<Icmpv6Message>(&[130, 0x8202]),
            (0x9b02, _) => builder.likeliest::<Icmpv6Message>(&[0x9b02, 0x9b12]),
            (0x9b03, _) => builder.likeliest::<Icmpv6Message>(&[0x9b03, 0x9b13]),
            // A response has the data of its query type (RFC 4620 §6).
            (140, 0) if let Ok(Some(query @ 0..=0xff)) = query_type => header.variant(&[0, query as u8]),
            (140, 0) => builder.likeliest::<Icmpv6Message>(&[140, 0x8c02, 0x8c03, 0x8c04]),
            (variant, _) => variant,
        };
        // The D flag says that a DODAG identifier follows (RFC 6550 §6.4, 6.5).
        let of_dodag = match variant {
            0x9b12 => Some(0x40),
            0x9b13 => Some(0x80),
            _ => None,
        };
        let flags = Icmpv6Message::rows(variant).get(1).filter(|row| !builder.source.has(row));
        Icmpv6Message::build(variant, builder)?;
        if let (Some(flag), Some(_)) = (of_dodag, flags) {
            builder.patch(at + Icmpv6::LEN + 1, 1, flag);
        }
        icmp_extensions::build(header.kind() == Icmpv6Type::ExtendedEchoRequest, builder)
    }

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        icmp_extensions::finish(frame, bounds, unset, 4, 8)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let (contents, extensions) = self.split_extensions(context);
        show_message::<Icmpv6Message>(self.variant(contents.bytes()), contents, visitor);
        icmp_extensions::show(extensions, context.is_all_here(), visitor);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if context.is_all_here() {
            icmp_extensions::check(self.split_extensions(context).1, report);
            self.message(context).check(context, report);
        }
        if let (Icmpv6Type::DestinationUnreachable | Icmpv6Type::TimeExceeded, Some(&length)) =
            (self.kind(), context.header().get(4))
        {
            icmp_extensions::check_length(usize::from(length) * 8, context, report);
        }
        let span = context.header_span();
        let mut rule = |rule: Icmpv6Rule| report(None, span, rule.into());
        if self.is_error() && context.payload().is_empty() && context.is_whole() {
            rule(Icmpv6Rule::QuotedPacketMissing);
        }
        if self.is_error() && context.payload().first().is_some_and(|first| first >> 4 == 4) {
            rule(Icmpv6Rule::QuotedPacketNotIpv6);
        }
        if context.addresses.size == 4 && !context.quoted {
            rule(Icmpv6Rule::OverIpv4);
        }
        match u8::from(self.kind()) {
            100 | 101 | 200 | 201 => rule(Icmpv6Rule::Experimental),
            _ if self.kind().name().is_none() => rule(Icmpv6Rule::TypeUnassigned),
            133..=137 if self.code() != 0 => rule(Icmpv6Rule::NdpCode),
            2 | 128..=132 | 143 | 160 if self.code() != 0 => rule(Icmpv6Rule::CodeUnassigned),
            _ if codes(self.kind()).is_some() && self.code_name().is_none() => rule(Icmpv6Rule::CodeUnassigned),
            _ => {}
        }
        let network = context.addresses;
        if network.size != 16 || context.quoted {
            return;
        }
        // The hop limit precedes the source address.
        let hop_limit = context.frame.get(network.header as usize + 7);
        let link_local = matches!(network.source(context.frame), [0xfe, 0x80..=0xbf, ..]);
        match u8::from(self.kind()) {
            133..=137 if hop_limit != Some(&255) => rule(Icmpv6Rule::NdpHopLimit),
            130..=132 | 143 if hop_limit != Some(&1) => rule(Icmpv6Rule::MldHopLimit),
            _ => {}
        }
        match u8::from(self.kind()) {
            134 | 137 if !link_local => rule(Icmpv6Rule::NdpSource),
            130 if !link_local => rule(Icmpv6Rule::MldSource),
            _ => {}
        }
        let unspecified = network.source(context.frame) == [0; 16];
        let tells_source = |option| matches!(option, NdpOption::SourceLinkLayerAddress { .. });
        if unspecified && self.ndp_options(context).is_some_and(|options| options.iter().any(tells_source)) {
            rule(Icmpv6Rule::NdpUnspecifiedWithLinkLayer);
        }
        let to_many = network.destination(context.frame).first() == Some(&0xff);
        let solicited = matches!(self.message(context), Icmpv6Message::NeighborAdvertisement { flags, .. }
            if flags.contains(NeighborFlags::SOLICITED));
        if to_many && solicited {
            rule(Icmpv6Rule::NdpSolicitedToMulticast);
        }
        let multicast = self.ndp_target(context).is_some_and(|target| target.is_multicast());
        if multicast {
            rule(Icmpv6Rule::NdpTargetMulticast);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let (info, kind) = (summary.begin("ICMPv6"), self.kind());
        let message = self.message(context);
        match message {
            Icmpv6Message::ListenerQuery2 { group, sources, .. } => {
                let group = (!group.is_unspecified()).then_some(group);
                return summarize_query(info, "version 2 multicast listener query", group, sources.iter());
            }
            Icmpv6Message::ListenerReport2 { records, .. } => {
                info.str("version 2 multicast listener report");
                return records.iter().take(8).for_each(|record| record.summarize(info));
            }
            _ => {}
        }
        info.name_or_number(kind.name(), "type ", u8::from(kind));
        if let Some(code) = self.code_name() {
            append!(info, " (", code, ")");
        }
        info.message(&message, context.options(Icmpv6::LEN));
        for option in self.ndp_options(context).into_iter().flat_map(|options| options.iter()) {
            match option {
                NdpOption::SourceLinkLayerAddress { address } => append!(info, " from ", AddressBytes(address.0)),
                NdpOption::TargetLinkLayerAddress { address } => append!(info, " is at ", AddressBytes(address.0)),
                NdpOption::PrefixInformation { prefix, prefix_length, .. } => {
                    append!(info, " prefix=", prefix, "/", prefix_length)
                }
                _ => {}
            }
        }
    }
}

impl crate::wire::MessageOf<Icmpv6> for Icmpv6Message<'_> {
    fn announce(&self, header: &mut [u8]) {
        match self.kind().to_be_bytes() {
            // The low byte is the code of a query, and of a message of RPL with or without a DODAG identifier.
            [139, code] => header[..2].copy_from_slice(&[139, code]),
            [155, code] => header[..2].copy_from_slice(&[155, code & !0x10]),
            // It is a query type or a version, or there is none.
            [0, kind] | [kind, _] => header[0] = kind,
        }
    }
}

crate::wire::options_of! { NdpOption: Icmpv6; }

crate::wire::options_of! { RplOption: Icmpv6; }

#[cfg(test)]
mod tests {
    use crate::dissect::{ExaminedLayer, examine};
    use crate::layer::IssueKind;
    use crate::proto::RplOption;
    use crate::proto::View;
    use crate::proto::icmp::Icmpv6Rule;
    use crate::proto::icmp::{Icmpv6Message, LinkLayerAddress, NdpOption};
    use crate::wire::{Checksum, Sum};
    use std::vec::Vec;

    /// Builds an IPv6 packet from fe80::1 with this message and a correct checksum.
    fn packet(hop_limit: u8, message: &[u8]) -> Vec<u8> {
        let mut frame = vec![0x60, 0, 0, 0, 0, message.len() as u8, 58, hop_limit, 0xfe, 0x80];
        frame.resize(23, 0);
        frame.extend_from_slice(&[1, 0xff, 2]);
        frame.resize(39, 0);
        frame.push(1);
        let pseudo = Sum::new().bytes(&frame[8..40]).number(58).number(message.len() as u32);
        frame.extend_from_slice(message);
        frame[42..44].copy_from_slice(&pseudo.bytes(message).checksum().to_be_bytes());
        frame
    }

    fn icmp(frame: &[u8]) -> ExaminedLayer<'_> {
        examine(229, frame).nth(1).unwrap()
    }

    fn message<'a>(layer: &ExaminedLayer<'a>) -> Icmpv6Message<'a> {
        let View::Icmpv6(icmp) = layer.view else { panic!() };
        icmp.message(&layer.context)
    }

    fn issues(layer: &ExaminedLayer<'_>) -> Vec<IssueKind> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    const SOLICITATION: [u8; 32] = [
        135, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, // target fe80::2
        1, 1, 2, 0, 0, 0, 0, 1, // source link-layer address
    ];

    #[test]
    fn a_solicitation_contains_target_and_link_layer_address() {
        let frame = packet(255, &SOLICITATION);
        let layer = icmp(&frame);
        let View::Icmpv6(icmp) = layer.view else { panic!() };
        assert_eq!(icmp.ndp_target(&layer.context), "fe80::2".parse().ok());
        let options: Vec<_> = icmp.ndp_options(&layer.context).unwrap().iter().collect();
        let address = LinkLayerAddress(&[2, 0, 0, 0, 0, 1]);
        assert_eq!(options, [NdpOption::SourceLinkLayerAddress { address }]);
        assert_eq!((layer.checksum(), issues(&layer)), (Some(Checksum::Good), vec![]));
    }

    #[test]
    fn discovery_from_off_link_is_reported() {
        let frame = packet(64, &SOLICITATION);
        assert_eq!(issues(&icmp(&frame)), [Icmpv6Rule::NdpHopLimit.into()]);
    }

    #[test]
    fn an_option_of_length_zero_ends_the_list() {
        let mut bytes = SOLICITATION;
        bytes[25] = 0;
        let frame = packet(255, &bytes);
        assert_eq!(issues(&icmp(&frame)), [IssueKind::CutItem { bytes: 8, kind: 1, length: Some(0) }]);
    }

    #[test]
    fn an_advertisement_with_every_kind_of_option_round_trips() {
        let mut bytes = vec![134, 0, 0, 0, 64, 0xc8, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0];
        bytes.extend([5, 1, 0, 0, 0, 0, 5, 0xdc]);
        bytes.extend([24, 2, 64, 0x18, 0, 0, 1, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 1]);
        bytes.extend([31, 2, 0, 0, 0, 0, 0, 60, 1, b'a', 1, b'b', 0, 0, 0, 0]);
        bytes.extend([38, 2, 0, 0x0a, 0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend([200, 1, 1, 2, 3, 4, 5, 6]);
        let frame = packet(255, &bytes);
        let layer = icmp(&frame);
        let Icmpv6Message::RouterAdvertisement { router, options } = message(&layer) else { panic!() };
        assert!(router.managed() && router.other() && !router.home_agent());
        assert_eq!((router.preference(), router.lifetime()), (crate::proto::RouterPreference::High, 1800));
        let options: Vec<_> = options.iter().collect();
        let [mtu, route, search, pref64, unknown] = options[..] else { panic!("{options:?}") };
        assert_eq!(mtu, NdpOption::Mtu { reserved: 0, mtu: 1500 });
        let NdpOption::RouteInformation { route, prefix } = route else { panic!() };
        assert_eq!((route.preference(), prefix.wire_len), (crate::proto::RouterPreference::Low, 8));
        assert_eq!(prefix.address, "2001:db8:0:1::".parse::<core::net::Ipv6Addr>().unwrap());
        let NdpOption::DnsSearchList { domains, lifetime: 60, .. } = search else { panic!() };
        assert_eq!(domains.iter().map(|name| name.to_string()).collect::<Vec<_>>(), ["a.b"]);
        let NdpOption::Pref64 { lifetime, prefix } = pref64 else { panic!() };
        assert_eq!((lifetime.scaled_lifetime(), lifetime.prefix_length_code()), (1, 2));
        assert_eq!(prefix.address, "64:ff9b::".parse::<core::net::Ipv6Addr>().unwrap());
        assert_eq!(unknown, NdpOption::Unknown { kind: 200, data: &[1, 2, 3, 4, 5, 6] });
        assert_eq!(issues(&layer), []);
    }

    #[test]
    fn an_encrypted_resolver_may_have_only_a_name() {
        let names_only = [144, 2, 0, 1, 0, 0, 0, 60, 0, 5, 1, b'a', 1, b'b', 0, 0];
        let whole =
            [&[144, 5, 0, 1, 0, 0, 0, 60, 0, 5, 1, b'a', 1, b'b', 0, 0, 16][..], &[0xfd; 16], &[0, 4, 0, 1, 0, 0, 0]];
        for (bytes, addresses, parameters) in [(names_only.to_vec(), 0, 0), (whole.concat(), 1, 4)] {
            let options: crate::wire::Tlvs<NdpOption> = crate::wire::Tlvs::new(&bytes);
            let Some(NdpOption::EncryptedDns { resolver, .. }) = options.iter().next() else { panic!() };
            assert_eq!(resolver.name.to_string(), "a.b");
            assert_eq!((resolver.addresses.iter().count(), resolver.parameters.len()), (addresses, parameters));
        }
    }

    #[test]
    fn the_code_of_a_node_query_selects_its_subject() {
        let mut bytes = vec![139, 2, 0, 0, 0, 2, 0, 0];
        bytes.extend([7; 8]);
        bytes.extend([192, 0, 2, 1]);
        let frame = packet(64, &bytes);
        let Icmpv6Message::NodeQueryOfIpv4 { subject, .. } = message(&icmp(&frame)) else { panic!() };
        assert_eq!(subject, Some([192, 0, 2, 1].into()));
    }

    #[test]
    fn query_versions_are_recognized_by_length() {
        let mut bytes = vec![130, 0, 0, 0, 0x27, 0x10, 0, 0];
        bytes.resize(24, 0);
        let frame = packet(1, &bytes);
        assert!(matches!(message(&icmp(&frame)), Icmpv6Message::ListenerQuery { max_response_delay: 10000, .. }));
        bytes[4] = 0x80;
        bytes[5] = 0x10;
        bytes.extend([0x0a, 125, 0, 1]);
        bytes.extend([0xfe; 16]);
        let frame = packet(1, &bytes);
        let layer = icmp(&frame);
        let Icmpv6Message::ListenerQuery2 { querier, sources, .. } = message(&layer) else { panic!() };
        assert_eq!((querier.suppress(), querier.robustness(), sources.len()), (true, 2, 1));
        assert_eq!((message(&layer).max_response_delay(), issues(&layer)), (Some(0x1010 << 3), vec![]));
    }

    #[test]
    fn a_report_with_too_few_records_keeps_the_records_present() {
        let mut bytes = vec![143, 0, 0, 0, 0, 0, 0, 2, 4, 0, 0, 0];
        bytes.extend([0xff; 16]);
        let frame = packet(1, &bytes);
        let layer = icmp(&frame);
        let Icmpv6Message::ListenerReport2 { records, rest: None, .. } = message(&layer) else { panic!() };
        assert_eq!(records.iter().map(|r| r.kind).collect::<Vec<_>>(), [crate::proto::GroupRecordType::ToExclude]);
        assert_eq!(issues(&layer), [IssueKind::Missing { declared: 2, have: 1 }]);
    }

    #[test]
    fn a_dao_contains_a_dodag_identifier_if_its_flag_is_set() {
        let mut bytes = vec![155, 2, 0, 0, 7, 0x40, 0, 9];
        bytes.extend([0xfd; 16]);
        bytes.extend([5, 4, 0, 16, 0xfd, 0]);
        let frame = packet(255, &bytes);
        let layer = icmp(&frame);
        let Icmpv6Message::RplDaoOfDodag { sequence: 9, options, .. } = message(&layer) else { panic!() };
        assert!(matches!(options.iter().next(), Some(RplOption::Target { prefix_length: 16, .. })));
        bytes[5] = 0;
        let frame = packet(255, &bytes);
        assert!(matches!(message(&icmp(&frame)), Icmpv6Message::RplDao { .. }));
    }

    #[test]
    fn the_flag_of_a_dodag_identifier_follows_from_it() {
        let flags = |message: &str| {
            let text = ["ipv6 / icmpv6 type=155 ", message].concat();
            let bytes = text.parse::<crate::packet::Packet>().unwrap().build().unwrap();
            (bytes[45], bytes.len())
        };
        assert_eq!(flags("code=2 dodag=fd00::1"), (0x40, 64));
        assert_eq!(flags("code=2 sequence=9"), (0, 48));
        assert_eq!(flags("code=3 dodag=fd00::1"), (0x80, 64));
        assert_eq!(flags("code=3 status=1"), (0, 48));
        assert_eq!(flags("code=2 flags=0x80 dodag=fd00::1"), (0x80, 64), "set means verbatim");
        assert_eq!(flags("code=2 flags=0xc0 dodag=fd00::1"), (0xc0, 64));
    }

    #[test]
    fn a_length_in_units_of_8_bytes_ends_the_quoted_packet() {
        let mut bytes = vec![1, 4, 0, 0, 5, 0, 0, 0, 0x60, 0, 0, 0, 0, 0, 59, 1];
        bytes.resize(48, 0);
        bytes.extend([0x20, 0, 0, 0]);
        let frame = packet(64, &bytes);
        let layer = icmp(&frame);
        assert_eq!((layer.payload().len(), layer.trailer()), (40, &[0x20, 0, 0, 0][..]));
        assert_eq!((layer.checksum(), issues(&layer)), (Some(Checksum::Good), vec![]));
    }

    #[test]
    fn the_payload_of_an_unknown_type_follows_the_checksum() {
        let frame = packet(64, &[250, 1, 0, 0, 1, 2]);
        let layer = icmp(&frame);
        assert_eq!((layer.header().len(), layer.payload()), (4, &[1, 2][..]));
    }
}
