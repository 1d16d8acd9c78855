//! The protocols by family: options, messages, records, flags and numbers. Headers are at the root of the crate.

#[cfg(feature = "applications")]
pub mod app;
pub(crate) mod data;
#[cfg(feature = "applications")]
pub mod dhcp;
#[cfg(feature = "applications")]
pub mod dns;
mod first_protocol;
#[cfg(any(feature = "applications", feature = "std"))]
#[allow(dead_code, reason = "which of it is used depends on the features")]
pub(crate) mod http_chunks;
#[cfg(any(feature = "applications", feature = "std"))]
#[allow(dead_code, reason = "which of it is used depends on the features")]
pub(crate) mod http_framing;
pub mod icmp;
pub mod ip;
pub mod link;
#[cfg(feature = "tunnels")]
pub mod ppp;
pub(crate) mod proto_text;
pub mod transport;
#[cfg(feature = "tunnels")]
pub mod tunnel;

pub(crate) use data::check_data;
#[cfg(feature = "alloc")]
pub(crate) use icmp::icmp_extensions::EXTENSIONS;
#[cfg(feature = "alloc")]
pub(crate) use ip::fragment::WIRESHARK_NAMES;
#[cfg(feature = "alloc")]
pub(crate) use ip::ipv4_options::final_destination;
pub use proto_text::ParseProtoError;
#[cfg(feature = "alloc")]
pub(crate) use transport::tcp::SegmentNumbers;
#[cfg(feature = "applications")]
#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use {
    app::http::{Http, HttpStart},
    app::ntp::{Ntp, NtpControl, NtpPrivate},
    app::radius::Radius,
    app::radius_attributes::RadiusAttribute,
    app::sflow::Sflow,
    app::snmp::Snmp,
    app::tftp::{Tftp, TftpMessage},
    app::tls::Tls,
    dhcp::v4::Dhcp,
    dhcp::v4_numbers::{
        DhcpArchitecture, DhcpAuthentication, DhcpCivicType, DhcpFqdnFlags, DhcpMessageType, DhcpNameService,
        DhcpOverload, DhcpRelayFlags, DhcpReplayDetection, DhcpState, DhcpStatus, DhcpSwitch, NetbiosNodeType,
        PxeDiscovery,
    },
    dhcp::v4_options::{DhcpCivicElement, DhcpClientId, DhcpLocation, DhcpOption, DhcpUserClass},
    dhcp::v4_suboptions::{
        DhcpCableLabsOption, DhcpEnterpriseOptions, DhcpPxeOption, DhcpRelayOption, DhcpSipServers, DhcpSubnetOption,
        DhcpVendorOption, DhcpVpn, Duid, PxeMenuEntry,
    },
    dhcp::v6::Dhcpv6,
    dhcp::v6_numbers::{
        Dhcpv6AddressSelectionFlags, Dhcpv6BindingStatus, Dhcpv6ConnectFlags, Dhcpv6DnsFlags, Dhcpv6FqdnFlags,
        Dhcpv6MessageType, Dhcpv6QueryType, Dhcpv6S46Flags, Dhcpv6ServerFlags, Dhcpv6ServerState, Dhcpv6Status,
        Dhcpv6Transports,
    },
    dhcp::v6_options::{Dhcpv6Duid, Dhcpv6NtpOption, Dhcpv6Option},
    dns::edns::{EdnsOption, OptFields},
    dns::message::Dns,
    dns::numbers::{
        CaaFlags, CertificateType, CsyncFlags, DigestType, DnsClass, DnsFamily, DnsGatewayType, DnsOpcode, DnsRcode,
        DnsType, DnskeyFlags, DnssecAlgorithm, EdnsFlags, ExtendedError, IpseckeyAlgorithm, Nsec3Flags, Nsec3Hash,
        SshAlgorithm, SshFingerprint, TkeyMode, TlsaMatching, TlsaSelector, TlsaUsage, ZonemdHash,
    },
    dns::over_tcp::DnsOverTcp,
    dns::prefixes::{AddressPrefix, ClientSubnet, PrefixFields, SubnetFields},
    dns::records::{
        AmtRelay, AmtRelayFields, HostIdentityFields, IpseckeyFields, IpseckeyGateway, Loc, Rdata, SvcParam,
    },
    dns::sections::{DnsSection, MulticastQuestionFields, MulticastRecordFields, QuestionFields, RecordFields},
};
#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use {
    icmp::icmp_extensions::IcmpObject,
    icmp::icmpv4::{ExtendedEchoCode, Icmpv4, TimeExceededCode},
    icmp::icmpv4_message::{Icmpv4Message, ProbeReply6, ProbeRequest6},
    icmp::icmpv6::Icmpv6,
    icmp::icmpv6_message::Icmpv6Message,
    icmp::igmp::{Igmp, IgmpMessage},
    icmp::multicast::GroupRecordType,
    icmp::ndp::{
        Domains, LowpanContext, NdpOption, Pref64, PrefixFlags, RouteInformation, RouterPreference, ShortPrefix,
    },
    ip::ah::Ah,
    ip::esp::Esp,
    ip::extension::{DestinationOptions, HopByHop},
    ip::fragment::{Fragment, FragmentIssues},
    ip::fragment::{extension_len, header_chain},
    ip::ip_protocol::IpProtocol,
    ip::ipv4::{Dscp, Ecn, Ipv4, Ipv4Flags},
    ip::ipv4_options::{
        AddressedTimestamp, CipsoTag, Ipv4Option, Ipv4OptionType, Ipv4TimestampList, QuickStart, QuickStartFunction,
        QuickStartRate, TimestampFlags,
    },
    ip::ipv6::Ipv6,
    ip::ipv6_options::Ipv6Option,
    ip::routing::Routing,
    ip::rpl::{RplConfiguration, RplOption, RplRoute},
    link::arp::{Arp, ArpHardware, ArpKind},
    link::ethernet::{EtherType, Ethernet, FrameSize},
    link::link_type::LinkType,
    link::llc::{Llc, Snap},
    link::loopback::{Loop, Null},
    link::sll::{Sll, Sll2},
    link::vlan::Vlan,
    transport::mptcp::{
        AddAddr, DssFlags, MpCapable, MpJoin, MpPrio, MpTcprst, Mptcp, MptcpMessage, MptcpReserved4, MptcpReserved12,
    },
    transport::tcp::{Tcp, TcpFlags},
    transport::tcp_options::{QuickStartResponse, SackBlock, TcpExperiment, TcpOption, UserTimeout},
    transport::udp::Udp,
    transport::udp_lite::UdpLite,
    transport::udp_options::{UdpExperiment, UdpOption},
};
#[cfg(feature = "mobility")]
#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use {
    ip::hip::Hip,
    ip::mobility::{Mobility, MobilityMessage},
    ip::mobility_options::MobilityOption,
    ip::shim6::Shim6,
};
#[cfg(feature = "tunnels")]
#[allow(unused_imports, reason = "which of these are used depends on the features")]
pub(crate) use {
    ppp::ccp::Ccp,
    ppp::chap::Chap,
    ppp::frame::{CHdlc, Ppp, PppCompressed, PppDirection, PppHdlc, PppProtocolNumber},
    ppp::ipcp::Ipcp,
    ppp::ipv6cp::Ipv6cp,
    ppp::lcp::Lcp,
    ppp::pap::Pap,
    ppp::pppoe::{Pppoe, PppoeTag},
    tunnel::erspan::{Erspan2, Erspan3},
    tunnel::etherip::EtherIp,
    tunnel::geneve::Geneve,
    tunnel::gre::Gre,
    tunnel::l2tp::{L2tp, L2tpAvp},
    tunnel::mpls::Mpls,
    tunnel::teredo::Teredo,
    tunnel::vxlan::{Vxlan, VxlanGpe},
};

pub(crate) mod custom;
pub(crate) mod protocols;
mod selectors;
pub(crate) mod view;

pub use custom::{CustomProtocol, ProtocolDefinition};
pub(crate) use protocols::Protocols;
#[doc(hidden)]
pub use protocols::{BuiltIn, KnownProtocols, Selected};
#[cfg(feature = "alloc")]
use selectors::define_preferred;
use selectors::define_selectors;
pub(crate) use view::View;

use crate::layer::{NextProtocol, OptionList, ParseDefect, Protocol, Rule};
use crate::wire::{Field, Registry, Schema, SelectorKind};

/// Calls the macro `$callback` with the stack map: one row per protocol, with the selectors that lead to it. The first
/// number of a selector is the one to build with: RADIUS over UDP is sent to port 1812. The rows marked `hot` are
/// inlined into the walk and the encoder.
macro_rules! for_each_protocol {
    ($callback:ident) => {
        $callback! {
            Ethernet hot        <- [NextProtocol::LinkType(1)];
            Sll                 <- [NextProtocol::LinkType(113)];
            Sll2                <- [NextProtocol::LinkType(276)];
            Null                 <- [NextProtocol::NullLittle];
            Loop                 <- [NextProtocol::LinkType(108)];
            Vlan hot             <- [NextProtocol::EtherType(0x8100 | 0x88a8 | 0x9100)];
            Llc                  <- [NextProtocol::Llc];
            Snap                 <- [NextProtocol::Snap];
            Arp                  <- [NextProtocol::EtherType(0x0806 | 0x8035)];
            Ipv4 hot            <- [NextProtocol::EtherType(0x0800), NextProtocol::IpProtocol(4), NextProtocol::IpVersion(4), NextProtocol::LinkType(228), NextProtocol::PppProtocol(0x0021)];
            Ipv6 hot            <- [NextProtocol::EtherType(0x86dd), NextProtocol::IpProtocol(41), NextProtocol::IpVersion(6), NextProtocol::LinkType(229), NextProtocol::PppProtocol(0x0057)];
            HopByHop             <- [NextProtocol::IpProtocol(0)];
            DestinationOptions   <- [NextProtocol::IpProtocol(60)];
            Routing              <- [NextProtocol::IpProtocol(43)];
            Fragment             <- [NextProtocol::IpProtocol(44)];
            #[cfg(feature = "mobility")] Mobility             <- [NextProtocol::IpProtocol(135)];
            #[cfg(feature = "mobility")] Hip                 <- [NextProtocol::IpProtocol(139)];
            #[cfg(feature = "mobility")] Shim6                <- [NextProtocol::IpProtocol(140)];
            Ah                  <- [NextProtocol::IpProtocol(51)];
            Esp                  <- [NextProtocol::IpProtocol(50)];
            Icmpv4               <- [NextProtocol::IpProtocol(1)];
            Icmpv6               <- [NextProtocol::IpProtocol(58)];
            Igmp                 <- [NextProtocol::IpProtocol(2)];
            Tcp hot             <- [NextProtocol::IpProtocol(6)];
            Udp hot              <- [NextProtocol::IpProtocol(17)];
            #[cfg(feature = "tunnels")] Gre                  <- [NextProtocol::IpProtocol(47)];
            #[cfg(feature = "tunnels")] Erspan2              <- [NextProtocol::EtherType(0x88be)];
            #[cfg(feature = "tunnels")] Erspan3             <- [NextProtocol::EtherType(0x22eb)];
            #[cfg(feature = "tunnels")] EtherIp              <- [NextProtocol::IpProtocol(97)];
            #[cfg(feature = "tunnels")] Mpls                 <- [NextProtocol::EtherType(0x8847 | 0x8848), NextProtocol::IpProtocol(137), NextProtocol::UdpPort(6635), NextProtocol::PppProtocol(0x0281 | 0x0283)];
            #[cfg(feature = "tunnels")] Pppoe                <- [NextProtocol::EtherType(0x8863 | 0x8864), NextProtocol::LinkType(51)];
            #[cfg(feature = "tunnels")] PppDirection         <- [NextProtocol::LinkType(204)];
            #[cfg(feature = "tunnels")] PppHdlc              <- [NextProtocol::PppFramed, NextProtocol::LinkType(166)];
            #[cfg(feature = "tunnels")] Ppp                  <- [NextProtocol::PppPlain, NextProtocol::EtherType(0x880b)];
            #[cfg(feature = "tunnels")] PppCompressed        <- [NextProtocol::PppCompressed];
            #[cfg(feature = "tunnels")] CHdlc                <- [NextProtocol::LinkType(104)];
            #[cfg(feature = "tunnels")] Lcp                  <- [NextProtocol::PppProtocol(0xc021)];
            #[cfg(feature = "tunnels")] Ipcp                 <- [NextProtocol::PppProtocol(0x8021)];
            #[cfg(feature = "tunnels")] Ipv6cp               <- [NextProtocol::PppProtocol(0x8057)];
            #[cfg(feature = "tunnels")] Ccp                  <- [NextProtocol::PppProtocol(0x80fd)];
            #[cfg(feature = "tunnels")] Pap                  <- [NextProtocol::PppProtocol(0xc023)];
            #[cfg(feature = "tunnels")] Chap                 <- [NextProtocol::PppProtocol(0xc223)];
            #[cfg(feature = "tunnels")] L2tp                 <- [NextProtocol::UdpPort(1701)];
            #[cfg(feature = "tunnels")] Vxlan                <- [NextProtocol::UdpPort(4789 | 8472)];
            #[cfg(feature = "tunnels")] VxlanGpe             <- [NextProtocol::UdpPort(4790)];
            #[cfg(feature = "tunnels")] Geneve               <- [NextProtocol::UdpPort(6081)];
            #[cfg(feature = "tunnels")] Teredo               <- [NextProtocol::UdpPort(3544)];
            UdpLite              <- [NextProtocol::IpProtocol(136)];
            #[cfg(feature = "applications")] DnsOverTcp           <- [NextProtocol::TcpPort(53 | 5353 | 5355)];
            #[cfg(feature = "applications")] Dns                 <- [NextProtocol::UdpPort(53 | 5353 | 5355), NextProtocol::DnsMessage(_)];
            #[cfg(feature = "applications")] Dhcp               <- [NextProtocol::UdpPort(67 | 68 | 4011)];
            #[cfg(feature = "applications")] Dhcpv6               <- [NextProtocol::UdpPort(547 | 546), NextProtocol::Dhcpv6Message];
            #[cfg(feature = "applications")] Ntp                 <- [NextProtocol::NtpMode(0..=5)];
            #[cfg(feature = "applications")] NtpControl          <- [NextProtocol::NtpMode(6)];
            #[cfg(feature = "applications")] NtpPrivate           <- [NextProtocol::NtpMode(7)];
            #[cfg(feature = "applications")] Tftp                 <- [NextProtocol::UdpPort(69)];
            #[cfg(feature = "applications")] Snmp                 <- [NextProtocol::UdpPort(161 | 162)];
            #[cfg(feature = "applications")] Radius               <- [NextProtocol::UdpPort(1812 | 1813 | 1645 | 1646 | 3799)];
            #[cfg(feature = "applications")] Sflow                <- [NextProtocol::UdpPort(6343)];
            #[cfg(feature = "applications")] Http                 <- [NextProtocol::Http, NextProtocol::HttpDatagram];
            #[cfg(feature = "applications")] Tls                  <- [NextProtocol::TlsRecord(0 | 1..), NextProtocol::TlsEncrypted];
        }
    };
}
pub(crate) use for_each_protocol;

macro_rules! define_protocols {
    ($( $(#[$gate:meta])* $name:ident $($hot:ident)? <- [$($pattern:pat),+ $(,)?]; )+) => {
        /// A protocol.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Proto {
            $( $(#[$gate])* #[doc = concat!("[`struct@", stringify!($name), "`]")] $name,)+
            /// Data that no supported protocol parses.
            Data,
            /// A protocol that is defined outside of this crate: see [`CustomProtocol`].
            Custom(&'static ProtocolDefinition),
        }

        /// A row of the stack map: a protocol of this crate in one byte. The walk carries this, since a [`Proto`] has two
        /// words.
        #[doc(hidden)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ProtoRow {
            $( $(#[$gate])* $name,)+
            Data,
        }

        impl ProtoRow {
            /// The protocol of the row.
            #[inline(always)]
            pub(crate) const fn proto(self) -> Proto {
                match self {
                    $( $(#[$gate])* ProtoRow::$name => Proto::$name,)+
                    ProtoRow::Data => Proto::Data,
                }
            }
        }

        impl Proto {
            /// The row of the stack map. That of a protocol from outside is `Data`.
            #[inline(always)]
            pub(crate) const fn row(self) -> ProtoRow {
                match self {
                    $( $(#[$gate])* Proto::$name => ProtoRow::$name,)+
                    Proto::Data | Proto::Custom(_) => ProtoRow::Data,
                }
            }

            /// All protocols of this crate, in the order of the stack map.
            pub const ALL: &'static [Proto] = &[$( $(#[$gate])* Proto::$name,)+ Proto::Data];

            /// Name in code, JSON and filters.
            #[inline]
            pub const fn name(self) -> &'static str {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::NAME,)+
                    Proto::Data => "data",
                    Proto::Custom(definition) => definition.name,
                }
            }

            /// Title for the user, with the document that defines the protocol.
            pub const fn title(self) -> &'static str {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::TITLE,)+
                    Proto::Data => "Data",
                    Proto::Custom(definition) => definition.title,
                }
            }

            /// The fields of the fixed header.
            #[inline]
            pub const fn fields(self) -> &'static [Field] {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::TABLE,)+
                    Proto::Data => &[],
                    Proto::Custom(definition) => definition.fields,
                }
            }

            /// The list of options, if the protocol has one.
            pub const fn options(self) -> Option<OptionList> {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::OPTIONS,)+
                    Proto::Data => None,
                    Proto::Custom(definition) => definition.options,
                }
            }

            /// Row of the field that determines where the layer ends.
            pub(crate) const fn length_row(self) -> u8 {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::LENGTH_ROW,)+
                    Proto::Data => ParseDefect::HEADER,
                    Proto::Custom(definition) => definition.length_row,
                }
            }

            /// The schemas of the list of options, and of all other variable parts.
            pub(crate) const fn schema_roots(self) -> [&'static [&'static Schema]; 2] {
                match self {
                    $( $(#[$gate])* Proto::$name => {
                        let options = match <$name<&'static [u8; { $name::LEN }]> as Protocol>::OPTIONS {
                            Some(list) => list.schemas,
                            None => &[],
                        };
                        [options, <$name<&'static [u8; { $name::LEN }]> as Protocol>::VARIABLE]
                    })+
                    Proto::Data => [&[], &[]],
                    Proto::Custom(definition) => definition.schema_roots,
                }
            }

            /// The rules whose breach is reported as an issue, in groups: some are shared by several protocols.
            pub const fn rules(self) -> &'static [&'static [Rule]] {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::RULES,)+
                    Proto::Data => &[data::DataRule::ALL],
                    Proto::Custom(definition) => definition.rules,
                }
            }

            /// Description of the parts that are kept as raw bytes.
            pub const fn raw(self) -> &'static str {
                match self {
                    $( $(#[$gate])* Proto::$name => <$name<&'static [u8; { $name::LEN }]> as Protocol>::RAW,)+
                    Proto::Data => "All of it.",
                    Proto::Custom(definition) => definition.raw,
                }
            }
        }
    };
}

for_each_protocol!(define_protocols);
for_each_protocol!(define_selectors);
#[cfg(feature = "alloc")]
for_each_protocol!(define_preferred);

/// For each protocol, its EtherType and IP protocol number, if it has exactly one.
const ONLY: [[Option<u16>; 2]; Proto::ALL.len()] = {
    let mut only = [[None; 2]; Proto::ALL.len()];
    let mut several = [[false; 2]; Proto::ALL.len()];
    let mut n = 0;
    while n < EtherType::REGISTRY.entries.len() + u8::MAX as usize + 1 {
        let (selector, number, kind) = if n <= u8::MAX as usize {
            (NextProtocol::IpProtocol(n as u8), n as u16, 1)
        } else {
            let number = EtherType::REGISTRY.entries[n - u8::MAX as usize - 1].0 as u16;
            (NextProtocol::EtherType(number), number, 0)
        };
        let row = selector.row_of_one() as usize;
        several[row][kind] |= only[row][kind].is_some();
        only[row][kind] = if several[row][kind] { None } else { Some(number) };
        n += 1;
    }
    only[ProtoRow::Data as usize] = [None; 2];
    only
};

#[cfg(feature = "alloc")]
impl Proto {
    /// The first part of the filter names of its fields, such as `ip` for IPv4.
    pub(crate) fn filter_prefix(self) -> Option<&'static str> {
        self.fields().first().and_then(|field| field.filter.split('.').next())
    }
}

impl Proto {
    /// Tells whether the protocol has fields beyond the fixed header.
    #[cfg(feature = "alloc")]
    pub(crate) const fn has_variable_fields(self) -> bool {
        let [options, others] = self.schema_roots();
        !options.is_empty() || !others.is_empty()
    }

    /// The schemas of options, records and other variable parts. Those that occur in several places are given for
    /// each.
    pub(crate) fn schemas(self) -> impl Iterator<Item = Schema> {
        let [options, others] = self.schema_roots();
        Schema::walk(options)
            .chain(Schema::walk(others))
            .filter(|schema| !schema.fields.is_empty() || schema.variants.is_some())
    }

    /// As [`schemas`](Self::schemas), each once.
    fn schemas_once(self) -> impl Iterator<Item = Schema> {
        let is_new = move |(i, schema): &(usize, Schema)| !self.schemas().take(*i).any(|one| one.is_same(schema));
        self.schemas().enumerate().filter(is_new).map(|(_, schema)| schema)
    }

    /// The fields of options, records and other variable parts.
    pub fn variable_fields(self) -> impl Iterator<Item = &'static Field> {
        let list = self.options().map(|list| list.field);
        list.into_iter().chain(self.schemas_once().flat_map(|schema| schema.fields))
    }

    /// Options, records and messages: what they are called, and their numbers and names.
    pub fn variants(self) -> impl Iterator<Item = (&'static str, &'static Registry)> {
        let lists = self.schemas_once().filter_map(|schema| schema.variants);
        lists.filter(|list| !list.variants.is_empty()).map(|list| (list.title, list.registry))
    }

    /// The number to build with that selects the protocol: the only one in `numbers`, and with a protocol from outside
    /// the first one.
    pub(crate) const fn only_number(self, numbers: SelectorKind) -> Option<u16> {
        match (numbers, self) {
            (SelectorKind::Custom, _) => None,
            (_, Proto::Custom(definition)) => definition.first_number(numbers),
            (SelectorKind::EtherType, _) => ONLY[self.row() as usize][0],
            (SelectorKind::IpProtocol, _) => ONLY[self.row() as usize][1],
        }
    }
}

/// UDP port of NTP, whose messages have different headers.
const NTP_PORT: u16 = 123;
/// UDP port of the Simple Service Discovery Protocol.
#[allow(dead_code, reason = "which features need it depends")]
pub(crate) const SSDP_PORT: u16 = 1900;
/// TCP port of HTTP over TLS, RFC 9110 §4.2.2.
pub(crate) const HTTPS_PORT: u16 = 443;

/// Whether TLS is used on a TCP port from the first byte on, by IANA's registry or by habit: HTTP (443, 8443), SMTP (465),
/// NNTP (563), LDAP (636, 3269), DNS (853), FTP (989, 990), Telnet (992), IMAP (993), IRC (994, 6697), POP3 (995), OPC UA
/// (4843), SIP (5061), AMQP (5671), NETCONF (6513), syslog (6514) and MQTT (8883).
const fn is_tls_port(port: u16) -> bool {
    matches!(
        port,
        HTTPS_PORT | 465 | 563 | 636 | 853 | 989 | 990 | 992
            ..=995 | 3269 | 4843 | 5061 | 5671 | 6513 | 6514 | 6697 | 8443 | 8883
    )
}

impl NextProtocol {
    /// The protocol that follows. Of two ports, the lower one is tried first.
    #[inline(always)]
    pub const fn proto(self) -> Proto {
        self.row().proto()
    }

    /// The row of the stack map of the protocol that follows.
    #[inline(always)]
    pub(crate) const fn row(self) -> ProtoRow {
        let (low, high) = match self {
            NextProtocol::UdpPorts(..) | NextProtocol::TcpPorts(..) => self.each(),
            single => return single.row_of_one(),
        };
        match low.row_of_one() {
            ProtoRow::Data => high.row_of_one(),
            row => row,
        }
    }

    /// Each of two ports, the lower one first. All others are twice the same.
    #[inline(always)]
    pub(crate) const fn each(self) -> (Self, Self) {
        match self {
            NextProtocol::UdpPorts(a, b) if a < b => (NextProtocol::UdpPort(a), NextProtocol::UdpPort(b)),
            NextProtocol::UdpPorts(a, b) => (NextProtocol::UdpPort(b), NextProtocol::UdpPort(a)),
            NextProtocol::TcpPorts(a, b) if a < b => (NextProtocol::TcpPort(a), NextProtocol::TcpPort(b)),
            NextProtocol::TcpPorts(a, b) => (NextProtocol::TcpPort(b), NextProtocol::TcpPort(a)),
            single => (single, single),
        }
    }

    /// Whether [`resolve_known`](Self::resolve_known) finds protocols for the selector.
    pub(crate) const fn is_resolved_by_content(self) -> bool {
        matches!(
            self,
            NextProtocol::Ip
                | NextProtocol::Quoted
                | NextProtocol::Ppp
                | NextProtocol::PppRejected(_)
                | NextProtocol::LinkType(0 | 9 | 12 | 14 | 50 | 101)
                | NextProtocol::UdpPort(NTP_PORT | SSDP_PORT)
        ) || matches!(self, NextProtocol::TcpPort(port) if is_tls_port(port))
    }

    /// The number on which [`resolve_known`](Self::resolve_known) gives this selector.
    #[cfg(feature = "alloc")]
    pub(crate) const fn resolved_on(self) -> Option<Self> {
        match self {
            NextProtocol::NtpMode(_) => Some(NextProtocol::UdpPort(NTP_PORT)),
            NextProtocol::HttpDatagram => Some(NextProtocol::UdpPort(SSDP_PORT)),
            NextProtocol::TlsRecord(_) | NextProtocol::TlsEncrypted => Some(NextProtocol::TcpPort(HTTPS_PORT)),
            _ => None,
        }
    }

    /// Inspects the first bytes if the selector alone does not determine the protocol. Where it says nothing, HTTP and TLS
    /// are recognized on any TCP port. Only called for selectors without a row in the stack map.
    #[cold]
    pub(crate) fn resolve(self, bytes: &[u8]) -> Self {
        match self {
            #[cfg(feature = "applications")]
            NextProtocol::TcpPorts(..) | NextProtocol::TcpPort(_) if app::http::begins(bytes) => NextProtocol::Http,
            #[cfg(feature = "applications")]
            NextProtocol::TcpPorts(..) | NextProtocol::TcpPort(_) if app::tls::begins(bytes) => {
                NextProtocol::TlsRecord(0)
            }
            next => next.resolve_known(bytes),
        }
    }

    /// As [`resolve`](Self::resolve), without recognizing what no selector says.
    #[inline(always)]
    pub(crate) fn resolve_known(self, bytes: &[u8]) -> Self {
        match (self, bytes) {
            (NextProtocol::Ip | NextProtocol::Quoted | NextProtocol::LinkType(12 | 14 | 101), [first, ..]) => {
                NextProtocol::IpVersion(first >> 4)
            }
            // The BSD loopback header is in the byte order of the capturing machine. No address family is above 65535.
            // Some systems write PPP frames of HDLC in place of it.
            (NextProtocol::LinkType(0), [0xff, 3, ..]) => NextProtocol::PppFramed,
            (NextProtocol::LinkType(0), [0, 0, ..]) => NextProtocol::LinkType(108),
            (NextProtocol::LinkType(0), _) => NextProtocol::NullLittle,
            // A peer may omit address and control fields, and the high byte of the protocol, which is then zero. The
            // low byte is odd (RFC 1661 §6.5, 6.6).
            (NextProtocol::Ppp | NextProtocol::LinkType(9), [0xff, ..]) => NextProtocol::PppFramed,
            (NextProtocol::Ppp | NextProtocol::LinkType(9), [first, ..]) if first & 1 == 1 => {
                NextProtocol::PppCompressed
            }
            (NextProtocol::Ppp | NextProtocol::LinkType(9), [_, ..]) => NextProtocol::PppPlain,
            (NextProtocol::PppRejected(number), _) => NextProtocol::PppProtocol(number),
            (NextProtocol::LinkType(50), [0x0f | 0x8f, 0, ..]) => NextProtocol::LinkType(104),
            (NextProtocol::LinkType(50), _) => NextProtocol::PppFramed,
            (
                NextProtocol::UdpPorts(NTP_PORT, _)
                | NextProtocol::UdpPorts(_, NTP_PORT)
                | NextProtocol::UdpPort(NTP_PORT),
                [first, ..],
            ) => NextProtocol::NtpMode(first & 7),
            #[cfg(feature = "applications")]
            (
                NextProtocol::UdpPorts(SSDP_PORT, _)
                | NextProtocol::UdpPorts(_, SSDP_PORT)
                | NextProtocol::UdpPort(SSDP_PORT),
                bytes,
            ) if app::http::begins(bytes) => NextProtocol::HttpDatagram,
            #[cfg(feature = "applications")]
            (NextProtocol::TcpPorts(a, b), bytes)
                if (is_tls_port(a) || is_tls_port(b)) && app::tls::Tls::record_length(bytes).is_some() =>
            {
                NextProtocol::TlsRecord(0)
            }
            #[cfg(feature = "applications")]
            (NextProtocol::TcpPort(port), bytes)
                if is_tls_port(port) && app::tls::Tls::record_length(bytes).is_some() =>
            {
                NextProtocol::TlsRecord(0)
            }
            (next, _) => next,
        }
    }

    /// Whether the selected protocol must be present, so that its absence is an issue.
    #[inline]
    pub(crate) const fn requires_header(self) -> bool {
        matches!(
            self,
            NextProtocol::EtherType(_)
                | NextProtocol::Llc
                | NextProtocol::Snap
                | NextProtocol::IpVersion(_)
                | NextProtocol::IpProtocol(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Proto;
    use crate::wire::{MAX_LEVELS, Schema};

    /// The levels of schemas within schemas.
    fn levels(schemas: &[&'static Schema]) -> usize {
        let inside = |schema: &Schema| {
            // Each variant is a level of its own.
            let variants = schema.variants.map_or(0, |list| 1 + levels(list.nested));
            1 + variants.max(levels(schema.nested))
        };
        schemas.iter().map(|schema| inside(schema)).max().unwrap_or(0)
    }

    #[test]
    fn a_walk_reaches_every_schema() {
        for proto in Proto::ALL {
            assert!(proto.schema_roots().iter().all(|roots| levels(roots) <= MAX_LEVELS), "{}", proto.name());
        }
    }

    #[test]
    fn a_list_of_options_brings_its_fields_along() {
        let has = |proto: Proto, filter| proto.variable_fields().any(|field| field.filter == filter);
        assert!(has(Proto::Tcp, "tcp.options"), "the list");
        assert!(has(Proto::Tcp, "tcp.option_kind"), "the number of an option");
        assert!(has(Proto::Tcp, "tcp.options.sack_le"), "a value inside an option");
        assert!(has(Proto::Tcp, "tcp.options.mptcp.rawdataack"), "a value of a codec that is written by hand");
        let titles: Vec<_> = Proto::Tcp.variants().map(|(title, _)| title).collect();
        assert_eq!(titles[0], "options");
        assert!(titles.contains(&"experiments"), "{titles:?}");
    }
}
