//! The mobility header, RFC 6275 §6.1.

use super::extension::extension;
use super::{IpProtocol, MobilityOption};
use crate::field::{Field, Kind, Numbers, Registry, Visitor, flags, header, registry};
use crate::layer::{Cover, Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity, Upto};
use crate::part::{Tlvs, Variants, show_message, variants};
use crate::source::{Builder, Mistake, Put};
use core::net::Ipv6Addr;

registry! {
    /// What a mobility message is, IANA's registry.
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
    /// use packetsmith::{Mobility, MobilityType};
    /// let header = Mobility::new([59, 1, 5, 0, 0, 0]);
    /// assert_eq!(header.message_type(), MobilityType::BindingUpdate);
    /// ```
    pub struct Mobility(6) {
        /// Always 59: nothing follows.
        next_header: IpProtocol = 0..8, "mip6.proto", announces(Numbers::IpProtocol), default(59);
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "mip6.hlen", head_length(8, 8);
        /// What the message is.
        message_type: MobilityType = 16..24, "mip6.mhtype";
        /// Reserved.
        reserved: u8 = 24..32, "mip6.reserved", reserved;
        /// Internet checksum of pseudo-header and the whole message.
        checksum: u16 = 32..48, "mip6.csum", checksum;
    }
}

flags! {
    /// Flags of a binding update, RFC 6275 §6.1.7 and later ones.
    pub struct BindingUpdateFlags: u16 {
        /// An acknowledgment is asked for.
        ACKNOWLEDGE = 0x8000, "A", "mip6.bu.a_flag";
        /// The receiver is to be home agent.
        HOME = 0x4000, "H", "mip6.bu.h_flag";
        /// The home address has the interface identifier of the link-local address.
        LINK_LOCAL = 0x2000, "L", "mip6.bu.l_flag";
        /// Keys are moved along.
        KEY_MANAGEMENT = 0x1000, "K", "mip6.bu.k_flag";
        /// A mobility anchor point is asked for, RFC 5380.
        ANCHOR_POINT = 0x0800, "M", "mip6.bu.m_flag";
        /// The sender is a mobile router, RFC 3963.
        ROUTER = 0x0400, "R", "mip6.nemo.bu.r_flag";
        /// The sender is a proxy, RFC 5213.
        PROXY = 0x0200, "P", "mip6.bu.p_flag";
        /// UDP encapsulation is to be used, RFC 5555.
        FORCE_UDP = 0x0100, "F", "mip6.bu.f_flag";
        /// TLV headers may be used, RFC 5845.
        TLV_HEADER = 0x0080, "T", "mip6.bu.t_flag";
        /// Several bindings at once, RFC 6602.
        BULK = 0x0040, "B", "mip6.bu.b_flag";
    }
}

flags! {
    /// Flags of a binding acknowledgment, RFC 6275 §6.1.8 and later ones.
    pub struct BindingAcknowledgmentFlags: u8 {
        /// Keys are moved along.
        KEY_MANAGEMENT = 0x80, "K", "mip6.ba.k_flag";
        /// The sender took the mobile router, RFC 3963.
        ROUTER = 0x40, "R", "mip6.nemo.ba.r_flag";
        /// The sender took the proxy, RFC 5213.
        PROXY = 0x20, "P", "mip6.ba.p_flag";
        /// TLV headers are used, RFC 5845.
        TLV_HEADER = 0x10, "T", "mip6.ba.t_flag";
        /// Several bindings at once, RFC 6602.
        BULK = 0x08, "B", "mip6.ba.b_flag";
    }
}

registry! {
    /// What became of a binding update, RFC 6275 §6.1.8; from 128 on it was refused.
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

variants! {
    /// What stands behind the fixed part of a mobility header. The number is [`MobilityType`]'s.
    pub enum MobilityMessage<'a>: "message_type", "mip6.mhtype" {
        BindingRefreshRequest = 0 "binding refresh request" {
            /// Reserved.
            message_reserved: u16, "mip6.brr.reserved", reserved;
            /// Options, RFC 6275 §6.1.2.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        HomeTestInit = 1 "home test init" {
            /// Reserved.
            message_reserved: u16, "mip6.hoti.reserved", reserved;
            /// Random number of the mobile node, RFC 6275 §6.1.3.
            cookie: u64, "mip6.hoti.cookie", hex;
            /// Options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        CareOfTestInit = 2 "care-of test init" {
            /// Reserved.
            message_reserved: u16, "mip6.coti.reserved", reserved;
            /// Random number of the mobile node, RFC 6275 §6.1.4.
            cookie: u64, "mip6.coti.cookie", hex;
            /// Options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        HomeTest = 3 "home test" {
            /// Which nonce the token was made of, RFC 6275 §6.1.5.
            nonce_index: u16, "mip6.hot.nindex";
            /// The mobile node's random number.
            cookie: u64, "mip6.hot.cookie", hex;
            /// Home keygen token.
            token: u64, "mip6.hot.token", hex;
            /// Options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        CareOfTest = 4 "care-of test" {
            /// Which nonce the token was made of, RFC 6275 §6.1.6.
            nonce_index: u16, "mip6.cot.nindex";
            /// The mobile node's random number.
            cookie: u64, "mip6.cot.cookie", hex;
            /// Care-of keygen token.
            token: u64, "mip6.cot.token", hex;
            /// Options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        BindingUpdate = 5 "binding update" {
            /// Number of the update, RFC 6275 §6.1.7.
            sequence: u16, "mip6.bu.seqnr";
            /// What is asked for.
            flags: BindingUpdateFlags, "mip6.bu.flags", hex;
            /// For how long, in units of 4 seconds; zero ends the binding.
            lifetime: u16, "mip6.bu.lifetime";
            /// Options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        BindingAcknowledgment = 6 "binding acknowledgment" {
            /// What became of the update, RFC 6275 §6.1.8.
            status: BindingStatus, "mip6.ba.status";
            /// What was agreed on.
            flags: BindingAcknowledgmentFlags, "mip6.ba.flags", hex;
            /// Number of the update.
            sequence: u16, "mip6.ba.seqnr";
            /// For how long, in units of 4 seconds.
            lifetime: u16, "mip6.ba.lifetime";
            /// Options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
        BindingError = 7 "binding error" {
            /// 1: unknown binding; 2: unknown message type. RFC 6275 §6.1.9.
            status: u8, "mip6.be.status";
            /// Reserved.
            message_reserved: u8, "mip6.be.reserved", reserved;
            /// Home address that the error is about.
            home_address: Ipv6Addr, "mip6.be.haddr";
            /// Options.
            options: Tlvs<'a, MobilityOption<'a>>, "mip6.options";
        }
    }
}

const OPTIONS: &Field =
    &Field::floating("options", "mip6.options", Kind::List(&Kind::Group), "Options, RFC 6275 §6.2.");

impl<'a> Mobility<&'a [u8; 6]> {
    /// What stands behind the fixed part.
    pub fn message(&self, place: &Place<'a>) -> MobilityMessage<'a> {
        MobilityMessage::decode(u8::from(self.message_type()).into(), place.options(Mobility::LEN))
    }
}

impl<'a> Protocol<'a> for Mobility<&'a [u8; 6]> {
    const NAME: &'static str = "mobility";
    const TITLE: &'static str = "Mobility header, RFC 6275";
    const TABLE: &'static [Field] = Mobility::FIELDS;
    const VARIABLE: &'static [&'static [Field]] =
        &[&[*OPTIONS, *MobilityOption::KIND], MobilityMessage::FIELDS, MobilityOption::FIELDS];
    const VARIANTS: &'static [(&'static str, &'static Registry)] =
        &[("messages", MobilityMessage::REGISTRY), ("options", MobilityOption::REGISTRY)];
    const RAW: &'static str = "The contents of options beyond RFC 6275's own; they are named, with their document.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Mobility::LEN))?;
        Ok(extension(header, header.next_header(), header.length(), bytes.len(), Mobility::row("length")))
    }

    fn cover(&self) -> Option<Cover> {
        Some(Cover::pseudo(Upto::Head, 135))
    }

    fn build(builder: &mut Builder<'_>, at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; Mobility::LEN] = builder.header(at);
        MobilityMessage::build(u8::from(Mobility::new(&header).message_type()).into(), builder)
    }

    fn pad(bytes: usize, out: &mut dyn Put) {
        super::ipv6_options::pad(bytes, out)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let kind = u8::from(self.message_type()).into();
        show_message::<MobilityMessage>(kind, place.options(Mobility::LEN), visitor);
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if self.next_header() != IpProtocol::NoNextHeader {
            let field = &Mobility::FIELDS[0];
            let rule = "nothing follows a mobility header, so this is 59 (RFC 6275 §6.1.1)";
            report(Some(field), field.span(place.context.at), Reason::Rule(Severity::Warning, rule));
        }
        match self.message(place) {
            MobilityMessage::BindingRefreshRequest { options, .. }
            | MobilityMessage::HomeTestInit { options, .. }
            | MobilityMessage::CareOfTestInit { options, .. }
            | MobilityMessage::HomeTest { options, .. }
            | MobilityMessage::CareOfTest { options, .. }
            | MobilityMessage::BindingUpdate { options, .. }
            | MobilityMessage::BindingAcknowledgment { options, .. }
            | MobilityMessage::BindingError { options, .. } => options.check(OPTIONS, report),
            MobilityMessage::Unknown { kind, .. } if MobilityMessage::name_of(kind).is_some() => {
                report(None, place.options(Mobility::LEN).span(), Reason::BadItem(kind));
            }
            MobilityMessage::Unknown { .. } => {}
        }
    }
}
