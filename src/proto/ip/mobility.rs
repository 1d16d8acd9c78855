//! Mobility header (RFC 6275 §6.1).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ChecksumCoverage, CoverageEnd, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{Rule, rules};
use crate::proto::ip::extension::extension;
use crate::proto::{IpProtocol, MobilityOption};
#[cfg(feature = "alloc")]
use crate::wire::InlineFields;
use crate::wire::Schema;
use crate::wire::{ByteSink, Encoder, FieldError};
use crate::wire::{Field, Kind, SelectorKind, Visitor, flags, header, registry};
use crate::wire::{TaggedEnum, Tlvs, show_message, tagged_enum};
use core::net::Ipv6Addr;

registry! {
    /// Mobility header types (IANA).
    pub enum MobilityType: u8 {
        BindingRefreshRequest = 0 "binding refresh request",
        HomeTestInit = 1 "home test init",
        CareOfTestInit = 2 "care-of test init",
        HomeTest = 3 "home test",
        CareOfTest = 4 "care-of test",
        BindingUpdate = 5 "binding update",
        BindingAcknowledgment = 6 "binding acknowledgment",
        BindingError = 7 "binding error",
        FastBindingUpdate = 8 "fast binding update",
        FastBindingAcknowledgment = 9 "fast binding acknowledgment",
        FastNeighborAdvertisement = 10 "fast neighbor advertisement (deprecated)",
        Experimental = 11 "experimental",
        HomeAgentSwitch = 12 "home agent switch",
        Heartbeat = 13 "heartbeat",
        HandoverInitiate = 14 "handover initiate",
        HandoverAcknowledge = 15 "handover acknowledge",
        BindingRevocation = 16 "binding revocation",
        LocalizedRoutingInitiation = 17 "localized routing initiation",
        LocalizedRoutingAcknowledgment = 18 "localized routing acknowledgment",
        UpdateNotification = 19 "update notification",
        UpdateNotificationAcknowledgment = 20 "update notification acknowledgment",
        FlowBinding = 21 "flow binding",
        SubscriptionQuery = 22 "subscription query",
        SubscriptionResponse = 23 "subscription response",
    }
}

header! {
    /// Fixed part of the mobility header, RFC 6275 §6.1.1.
    ///
    /// ```
    /// use packetsmith::Mobility;
    /// use packetsmith::proto::ip::MobilityType;
    /// let header = Mobility::new([59, 1, 5, 0, 0, 0]);
    /// assert_eq!(header.message_type(), MobilityType::BindingUpdate);
    /// ```
    pub struct Mobility(6) => MobilityEdit, layer {
        /// Always 59: nothing follows.
        next_header: IpProtocol = 0..8, "mip6.proto", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Length of the header in units of 8 bytes, not counting the first 8 bytes.
        length: u8 = 8..16, "mip6.hlen", header_length(8, 8);
        /// Mobility header type.
        message_type: MobilityType = 16..24, "mip6.mhtype";
        /// Reserved.
        reserved: u8 = 24..32, "mip6.reserved", reserved;
        /// Internet checksum of pseudo-header and message.
        checksum: u16 = 32..48, "mip6.csum", checksum;
    }
}

flags! {
    /// Flags of a binding update, RFC 6275 §6.1.7 and later RFCs.
    pub struct BindingUpdateFlags: u16 {
        /// An acknowledgment is requested.
        ACKNOWLEDGE = 0x8000, "A", "mip6.bu.a_flag";
        /// The receiver is requested to act as home agent.
        HOME = 0x4000, "H", "mip6.bu.h_flag";
        /// The home address has the same interface identifier as the link-local address.
        LINK_LOCAL = 0x2000, "L", "mip6.bu.l_flag";
        /// The IPsec key management protocol survives movements.
        KEY_MANAGEMENT = 0x1000, "K", "mip6.bu.k_flag";
        /// Registration with a mobility anchor point, RFC 5380.
        ANCHOR_POINT = 0x0800, "M", "mip6.bu.m_flag";
        /// The sender is a mobile router, RFC 3963.
        ROUTER = 0x0400, "R", "mip6.nemo.bu.r_flag";
        /// The sender is a mobile access gateway (proxy), RFC 5213.
        PROXY = 0x0200, "P", "mip6.bu.p_flag";
        /// UDP encapsulation is requested, RFC 5555.
        FORCE_UDP = 0x0100, "F", "mip6.bu.f_flag";
        /// The TLV header format is requested, RFC 5845.
        TLV_HEADER = 0x0080, "T", "mip6.bu.t_flag";
        /// Bulk binding update, RFC 6602.
        BULK = 0x0040, "B", "mip6.bu.b_flag";
    }
}

flags! {
    /// Flags of a binding acknowledgment, RFC 6275 §6.1.8 and later RFCs.
    pub struct BindingAcknowledgmentFlags: u8 {
        /// The IPsec key management protocol survives movements.
        KEY_MANAGEMENT = 0x80, "K", "mip6.ba.k_flag";
        /// The home agent accepted the mobile router, RFC 3963.
        ROUTER = 0x40, "R", "mip6.nemo.ba.r_flag";
        /// The local mobility anchor accepted the proxy registration, RFC 5213.
        PROXY = 0x20, "P", "mip6.ba.p_flag";
        /// The TLV header format is used, RFC 5845.
        TLV_HEADER = 0x10, "T", "mip6.ba.t_flag";
        /// Bulk binding update, RFC 6602.
        BULK = 0x08, "B", "mip6.ba.b_flag";
    }
}

registry! {
    /// Status of a binding update, RFC 6275 §6.1.8. From 128, the update was rejected.
    pub enum BindingStatus: u8 {
        Accepted = 0 "accepted",
        PrefixDiscovery = 1 "accepted, but prefix discovery necessary",
        Unspecified = 128 "reason unspecified",
        Prohibited = 129 "administratively prohibited",
        Resources = 130 "insufficient resources",
        NoHomeRegistration = 131 "home registration not supported",
        NotHomeSubnet = 132 "not home subnet",
        NotHomeAgent = 133 "not home agent for this mobile node",
        DuplicateAddress = 134 "duplicate address detection failed",
        SequenceOutOfWindow = 135 "sequence number out of window",
        ExpiredHomeNonce = 136 "expired home nonce index",
        ExpiredCareOfNonce = 137 "expired care-of nonce index",
        ExpiredNonces = 138 "expired nonces",
        TypeChange = 139 "registration type change disallowed",
        RouterNotPermitted = 140 "mobile router operation not permitted",
        InvalidPrefix = 141 "invalid prefix",
        PrefixNotAuthorized = 142 "not authorized for prefix",
        ForwardingSetupFailed = 143 "forwarding setup failed",
        InvalidCareOf = 174 "invalid care-of address",
    }
}

tagged_enum! {
    /// Message after the fixed part of a mobility header. The number is that of [`MobilityType`].
    pub enum MobilityMessage<'a>: "message_type", "mip6.mhtype", "messages" {
        BindingRefreshRequest = 0 "binding refresh request" {
            /// Reserved.
            message_reserved: u16, "mip6.brr.reserved", reserved;
            /// Options, RFC 6275 §6.1.2.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        HomeTestInit = 1 "home test init" {
            /// Reserved.
            message_reserved: u16, "mip6.hoti.reserved", reserved;
            /// Home init cookie: random number of the mobile node, RFC 6275 §6.1.3.
            cookie: u64, "mip6.hoti.cookie", hex;
            /// Mobility options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        CareOfTestInit = 2 "care-of test init" {
            /// Reserved.
            message_reserved: u16, "mip6.coti.reserved", reserved;
            /// Care-of init cookie: random number of the mobile node, RFC 6275 §6.1.4.
            cookie: u64, "mip6.coti.cookie", hex;
            /// Mobility options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        HomeTest = 3 "home test" {
            /// Home nonce index: nonce that the token was computed with, RFC 6275 §6.1.5.
            nonce_index: u16, "mip6.hot.nindex";
            /// Cookie copied from the test init message.
            cookie: u64, "mip6.hot.cookie", hex;
            /// Home keygen token.
            token: u64, "mip6.hot.token", hex;
            /// Mobility options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        CareOfTest = 4 "care-of test" {
            /// Care-of nonce index: nonce that the token was computed with, RFC 6275 §6.1.6.
            nonce_index: u16, "mip6.cot.nindex";
            /// Cookie copied from the test init message.
            cookie: u64, "mip6.cot.cookie", hex;
            /// Care-of keygen token.
            token: u64, "mip6.cot.token", hex;
            /// Mobility options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        BindingUpdate = 5 "binding update" {
            /// Sequence number of the binding update, RFC 6275 §6.1.7.
            sequence: u16, "mip6.bu.seqnr";
            /// Flags.
            flags: BindingUpdateFlags, "mip6.bu.flags", hex;
            /// Lifetime in units of 4 seconds. Zero: the binding is deleted.
            lifetime: u16, "mip6.bu.lifetime", units_of_4_seconds;
            /// Mobility options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        BindingAcknowledgment = 6 "binding acknowledgment" {
            /// Status of the binding update, RFC 6275 §6.1.8.
            status: BindingStatus, "mip6.ba.status";
            /// Flags.
            flags: BindingAcknowledgmentFlags, "mip6.ba.flags", hex;
            /// Sequence number of the binding update.
            sequence: u16, "mip6.ba.seqnr";
            /// Lifetime in units of 4 seconds.
            lifetime: u16, "mip6.ba.lifetime", units_of_4_seconds;
            /// Mobility options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        BindingError = 7 "binding error" {
            /// Status: 1 unknown binding, 2 unknown mobility header type. RFC 6275 §6.1.9.
            status: u8, "mip6.be.status";
            /// Reserved.
            message_reserved: u8, "mip6.be.reserved", reserved;
            /// Home address concerned.
            home_address: Ipv6Addr, "mip6.be.haddr";
            /// Mobility options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
    }
}

const OPTIONS: &Field =
    &Field::floating("options", "mip6.options", Kind::List(&Kind::Group), "Options, RFC 6275 §6.2.");

impl<'a> Mobility<&'a [u8; 6]> {
    /// The message after the fixed part.
    pub fn message(&self, context: &LayerContext<'a>) -> MobilityMessage<'a> {
        MobilityMessage::decode(u8::from(self.message_type()).into(), context.options(Mobility::LEN))
    }
}

rules! {
    /// Rules of the mobility header.
    pub enum MobilityRule {
        NextHeader = Warning "mobility.next_header.not_59"
            "the payload protocol must be 59, since no header follows (RFC 6275 §6.1.1)",
    }
}

impl<'a> Protocol<'a> for Mobility<&'a [u8; 6]> {
    const NAME: &'static str = "mobility";
    const TITLE: &'static str = "Mobility header, RFC 6275";
    const TABLE: &'static [Field] = Mobility::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[MobilityMessage::SCHEMA];
    const RULES: &'static [&'static [Rule]] = &[MobilityRule::ALL];
    const RAW: &'static str = "Contents of options other than those of RFC 6275. The option and its RFC are named.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Mobility::LEN))?;
        Ok(extension(header, header.next_header(), header.length(), bytes.len(), Mobility::row("length")))
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage::pseudo(CoverageEnd::Header, 135))
    }

    fn build(builder: &mut Encoder<'_>, at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Mobility::LEN] = builder.header(at);
        MobilityMessage::build(u8::from(Mobility::new(&header).message_type()).into(), builder)
    }

    fn pad(bytes: usize, out: &mut dyn ByteSink) {
        crate::proto::ip::ipv6_options::pad(bytes, out)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let kind = u8::from(self.message_type()).into();
        show_message::<MobilityMessage>(kind, context.options(Mobility::LEN), visitor);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if self.next_header() != IpProtocol::NoNextHeader {
            let field = &Mobility::FIELDS[0];
            report(Some(field), field.span(context.bounds.start), MobilityRule::NextHeader.into());
        }
        match self.message(context) {
            MobilityMessage::BindingRefreshRequest { options, .. }
            | MobilityMessage::HomeTestInit { options, .. }
            | MobilityMessage::CareOfTestInit { options, .. }
            | MobilityMessage::HomeTest { options, .. }
            | MobilityMessage::CareOfTest { options, .. }
            | MobilityMessage::BindingUpdate { options, .. }
            | MobilityMessage::BindingAcknowledgment { options, .. }
            | MobilityMessage::BindingError { options, .. } => options.check(OPTIONS, report),
            MobilityMessage::Unknown { kind, .. } if MobilityMessage::name_of(kind).is_some() => {
                report(None, context.options(Mobility::LEN).span(), IssueKind::BadItem(kind));
            }
            MobilityMessage::Unknown { .. } => {}
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("MIPv6");
        let kind = self.message_type();
        info.name_or_number(kind.name(), "type ", u8::from(kind));
        MobilityMessage::show(u8::from(kind).into(), context.options(Mobility::LEN), &mut InlineFields::named(info));
    }
}

crate::wire::message_of! { MobilityMessage: Mobility, "message_type" }

crate::wire::options_of! { MobilityOption: Mobility; }
