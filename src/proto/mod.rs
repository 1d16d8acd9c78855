//! The protocols, and the stack map that says which follows which.

mod ah;
mod arp;
mod dhcp;
mod dhcp_numbers;
mod dhcp_options;
mod dhcp_suboptions;
mod dhcpv6;
mod dhcpv6_numbers;
mod dhcpv6_options;
mod dns;
mod dns_numbers;
mod dns_over_tcp;
mod dns_records;
mod dns_sections;
mod edns;
mod erspan;
mod esp;
mod etherip;
mod ethernet;
mod extension;
mod fragment;
mod geneve;
mod gre;
mod hip;
mod http;
mod icmp_extensions;
mod icmpv4;
mod icmpv4_message;
mod icmpv6;
mod icmpv6_message;
mod igmp;
mod ip_protocol;
mod ipv4;
mod ipv4_options;
mod ipv6;
mod ipv6_options;
mod l2tp;
mod link_type;
mod llc;
mod loopback;
mod mobility;
mod mobility_options;
mod mpls;
mod mptcp;
mod multicast;
mod ndp;
mod ntp;
mod ppp;
mod ppp_control;
mod pppoe;
mod routing;
mod rpl;
mod shim6;
mod sll;
mod snmp;
mod tcp;
mod tcp_options;
mod tftp;
mod udp;
mod udp_lite;
mod udp_options;
mod vlan;
mod vxlan;

pub use ah::*;
pub use arp::*;
pub use dhcp::*;
pub use dhcp_numbers::*;
pub use dhcp_options::*;
pub use dhcp_suboptions::*;
pub use dhcpv6::*;
pub use dhcpv6_numbers::*;
pub use dhcpv6_options::*;
pub use dns::*;
pub use dns_numbers::*;
pub use dns_over_tcp::*;
pub use dns_records::*;
pub use dns_sections::*;
pub use edns::*;
pub use erspan::*;
pub use esp::*;
pub use etherip::*;
pub use ethernet::*;
pub use extension::*;
pub use fragment::*;
pub(crate) use fragment::{extension_len, header_chain};
pub use geneve::*;
pub use gre::*;
pub use hip::*;
pub use http::*;
pub use icmp_extensions::*;
pub use icmpv4::*;
pub use icmpv4_message::*;
pub use icmpv6::*;
pub use icmpv6_message::*;
pub use igmp::*;
pub use ip_protocol::*;
pub use ipv4::*;
pub use ipv4_options::*;
pub use ipv6::*;
pub use ipv6_options::*;
pub use l2tp::*;
pub use link_type::*;
pub use llc::*;
pub use loopback::*;
pub use mobility::*;
pub use mobility_options::*;
pub use mpls::*;
pub use mptcp::*;
pub use multicast::*;
pub use ndp::*;
pub use ntp::*;
pub use ppp::*;
pub use ppp_control::*;
pub use pppoe::*;
pub use routing::*;
pub use rpl::*;
pub use shim6::*;
pub use sll::*;
pub use snmp::*;
pub use tcp::*;
pub use tcp_options::*;
pub use tftp::*;
pub use udp::*;
pub use udp_lite::*;
pub use udp_options::*;
pub use vlan::*;
pub use vxlan::*;

use crate::build::{self, Head, Plan, Spot};
use crate::checksum::Checksum;
use crate::field::{Edit, Field, Numbers, Registry, Visitor};
use crate::layer::{self, Cover, Flaw, Inner, Next, Parts, Place, Protocol, Report};
use crate::part::OptionList;
#[cfg(feature = "alloc")]
use crate::source::Builder;
use crate::source::{Mistake, Put};

macro_rules! protocols {
    (@hot $name:ident($len:literal), $bytes:expr, $via:expr) => {
        match <$name<&'a [u8; $len]> as Protocol>::parse($bytes, $via) {
            Ok(Parts { header, head, total, next, flaw }) => {
                Ok((Parts { header: View::$name(header), head, total, next, flaw }, next.proto()))
            }
            Err(flaw) => Err(flaw),
        }
    };
    (@hot $function:ident $name:ident, $($argument:expr),+) => {
        build::$function(Proto::$name, $($argument),+)
    };
    (@hot => $call:expr) => {
        $call
    };
    ($( $name:ident($len:literal) $($hot:ident)? <- [$($pattern:pat),+ $(,)?]; )+) => {
        /// A protocol.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Proto {
            $(#[doc = concat!("[`struct@", stringify!($name), "`]")] $name,)+
            /// Bytes that no protocol here takes further apart.
            Data,
        }

        impl Proto {
            /// Every protocol, in the order of the stack map.
            pub const ALL: &'static [Proto] = &[$(Proto::$name,)+ Proto::Data];

            /// Name in code, JSON and filters.
            #[inline]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::NAME,)+
                    Proto::Data => "data",
                }
            }

            /// Name for people, with the document that defines it.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::TITLE,)+
                    Proto::Data => "Data",
                }
            }

            /// The fields of the fixed header.
            #[inline]
            pub const fn fields(self) -> &'static [Field] {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::TABLE,)+
                    Proto::Data => &[],
                }
            }

            /// The list of options, where the protocol has one.
            pub const fn options(self) -> Option<OptionList> {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::OPTIONS,)+
                    Proto::Data => None,
                }
            }

            /// Row of the field that says where the layer ends.
            pub(crate) const fn length_row(self) -> u8 {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::LENGTH_ROW,)+
                    Proto::Data => Flaw::HEADER,
                }
            }

            /// The fields of options, records and other variable parts.
            pub const fn variable_fields(self) -> &'static [&'static [Field]] {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::VARIABLE,)+
                    Proto::Data => &[],
                }
            }

            /// Options, records and messages: what they are called, and their numbers and names.
            pub const fn variants(self) -> &'static [(&'static str, &'static Registry)] {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::VARIANTS,)+
                    Proto::Data => &[],
                }
            }

            /// The rows of the fixed header that are computed.
            #[inline(always)]
            pub(crate) const fn plan(self) -> &'static Plan {
                match self {
                    $(Proto::$name => const { &Plan::of(<$name<&'static [u8; $len]> as Protocol>::TABLE) },)+
                    Proto::Data => const { &Plan::of(&[]) },
                }
            }

            /// What is kept but not taken further apart.
            pub const fn raw(self) -> &'static str {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::RAW,)+
                    Proto::Data => "All of it.",
                }
            }
        }

        impl Proto {
            /// Builds a head from what a source gives, and gives the derived rows that it does not.
            #[cfg(feature = "alloc")]
            pub(crate) fn build(self, builder: &mut Builder<'_>) -> Result<u64, Mistake> {
                let at = builder.len();
                match self {
                    $(Proto::$name => {
                        let mut auto = builder.fixed::<$len>(self.fields())?;
                        <$name<&'static [u8; $len]> as Protocol>::build(builder, at, &mut auto)?;
                        Ok(auto)
                    })+
                    Proto::Data => Ok(0),
                }
            }

            /// Fills up a head.
            pub(crate) fn pad(self, bytes: usize, out: &mut dyn Put) {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::pad(bytes, out),)+
                    Proto::Data => {}
                }
            }

            /// Computes what is to be computed of a layer of a frame. The rows marked `hot` are compiled with their
            /// tables known.
            pub(crate) fn complete(
                self,
                frame: &mut [u8],
                spots: &[Spot],
                layer: usize,
            ) -> Result<(), Mistake> {
                match self {
                    $( $(Proto::$name => protocols!(@$hot complete $name, frame, spots, layer),)? )+
                    _ => build::complete(self, frame, spots, layer),
                }
            }

            /// Notes what layers further in must know of a layer of a frame.
            pub(crate) fn enter(self, frame: &[u8], spot: &Spot, inner: &mut Inner) {
                match self {
                    $( $(Proto::$name => protocols!(@$hot enter $name, frame, spot, inner),)? )+
                    _ => build::enter(self, frame, spot, inner),
                }
            }

            /// Computes what the protocol itself knows how to.
            #[inline(always)]
            pub(crate) fn finish(self, frame: &mut [u8], spot: &Spot, next: Proto) -> Result<(), Mistake> {
                match self {
                    $(Proto::$name => <$name<&'static [u8; $len]> as Protocol>::finish(frame, spot, next),)+
                    Proto::Data => Ok(()),
                }
            }
        }

        $(impl Head for Edit<$name> {
            #[inline]
            fn put(&self, out: &mut impl Put) -> (Proto, u64) {
                out.put(self.header.as_bytes());
                (Proto::$name, self.auto)
            }
        })+

        impl Next {
            /// The protocol that one announcement stands for.
            #[inline(always)]
            const fn single(self) -> Proto {
                match self {
                    $( $($pattern)|+ => Proto::$name, )+
                    _ => Proto::Data,
                }
            }

            /// Tells whether this announcement alone stands for the protocol.
            #[inline(always)]
            pub(crate) const fn announces(self, proto: Proto) -> bool {
                match proto {
                    $(Proto::$name => matches!(self, $($pattern)|+),)+
                    Proto::Data => false,
                }
            }
        }

        /// The fixed header of a layer, borrowed from the frame.
        #[derive(Clone, Copy, Debug)]
        #[non_exhaustive]
        pub enum View<'a> {
            $(#[doc = concat!("[`struct@", stringify!($name), "`]")] $name($name<&'a [u8; $len]>),)+
            /// A header that is not all there.
            Cut,
            /// Bytes that no protocol here takes further apart.
            Data,
        }

        impl<'a> View<'a> {
            /// Takes a header off the front, and finds out what follows it. The rows marked `hot` are
            /// compiled into the walk, where the compiler knows which announcements each makes; all
            /// others share one call, so that they cost those nothing.
            #[inline(always)]
            pub(crate) fn parse(proto: Proto, bytes: &'a [u8], via: Next) -> Result<(Parts<Self>, Proto), Flaw> {
                match proto {
                    $( $(Proto::$name => protocols!(@$hot $name($len), bytes, via),)? )+
                    _ => Self::parse_any(proto, bytes, via),
                }
            }

            #[inline(never)]
            fn parse_any(proto: Proto, bytes: &'a [u8], via: Next) -> Result<(Parts<Self>, Proto), Flaw> {
                match proto {
                    $( Proto::$name => protocols!(@hot $name($len), bytes, via), )+
                    Proto::Data => Err(Flaw::NONE),
                }
            }

            /// Takes a fixed header off the front.
            #[inline(always)]
            pub(crate) fn split(proto: Proto, bytes: &'a [u8]) -> Self {
                match proto {
                    $( Proto::$name => $name::split(bytes).map_or(View::Cut, |(header, _)| View::$name(header)), )+
                    Proto::Data => View::Data,
                }
            }

            pub(crate) fn show(&self, place: &Place<'a>, checksum: Option<Checksum>, visitor: &mut dyn Visitor) {
                match self {
                    $( View::$name(header) => layer::show_verified(header, place, checksum, visitor), )+
                    View::Cut | View::Data => {}
                }
            }

            pub(crate) fn check(&self, place: &Place<'a>, checksum: Option<Checksum>, report: &mut Report<'_>) {
                match self {
                    $( View::$name(header) => layer::check_verified(header, place, checksum, report), )+
                    View::Cut | View::Data => {}
                }
            }

            /// Notes what layers further in must know. The rows marked `hot` are compiled into the walk; for all
            /// others the place is copied to where it can be pointed at, so that it need not lie there for those.
            #[inline(always)]
            pub(crate) fn enter(&self, place: &Place<'a>, inner: &mut Inner) {
                match self {
                    $( $(View::$name(header) => protocols!(@$hot => header.enter(place, inner)),)? )+
                    View::Cut | View::Data => {}
                    _ => (*self).enter_any(*place, inner),
                }
            }

            #[inline(never)]
            fn enter_any(self, place: Place<'a>, inner: &mut Inner) {
                match self {
                    $( View::$name(header) => header.enter(&place, inner), )+
                    View::Cut | View::Data => {}
                }
            }

            #[inline(always)]
            pub(crate) fn cover(&self) -> Option<Cover> {
                match self {
                    $( View::$name(header) => header.cover(), )+
                    View::Cut | View::Data => None,
                }
            }

            pub(crate) fn verify(&self, place: &Place<'a>) -> Option<Checksum> {
                match self {
                    $( View::$name(header) => header.verify(place), )+
                    View::Cut | View::Data => None,
                }
            }
        }
    };
}

protocols! {
    Ethernet(14) hot        <- [Next::LinkType(1)];
    Sll(16)                 <- [Next::LinkType(113)];
    Sll2(20)                <- [Next::LinkType(276)];
    Null(4)                 <- [Next::NullLittle];
    Loop(4)                 <- [Next::LinkType(108)];
    Vlan(4) hot             <- [Next::EtherType(0x8100 | 0x88a8 | 0x9100)];
    Llc(3)                  <- [Next::Llc];
    Snap(5)                 <- [Next::Snap];
    Arp(8)                  <- [Next::EtherType(0x0806 | 0x8035)];
    Ipv4(20) hot            <- [Next::EtherType(0x0800), Next::IpProtocol(4), Next::IpVersion(4), Next::LinkType(228), Next::PppProtocol(0x0021)];
    Ipv6(40) hot            <- [Next::EtherType(0x86dd), Next::IpProtocol(41), Next::IpVersion(6), Next::LinkType(229), Next::PppProtocol(0x0057)];
    HopByHop(2)             <- [Next::IpProtocol(0)];
    DestinationOptions(2)   <- [Next::IpProtocol(60)];
    Routing(4)              <- [Next::IpProtocol(43)];
    Fragment(8)             <- [Next::IpProtocol(44)];
    Mobility(6)             <- [Next::IpProtocol(135)];
    Hip(40)                 <- [Next::IpProtocol(139)];
    Shim6(3)                <- [Next::IpProtocol(140)];
    Ah(12)                  <- [Next::IpProtocol(51)];
    Esp(8)                  <- [Next::IpProtocol(50)];
    Icmpv4(4)               <- [Next::IpProtocol(1)];
    Icmpv6(4)               <- [Next::IpProtocol(58)];
    Igmp(4)                 <- [Next::IpProtocol(2)];
    Tcp(20) hot             <- [Next::IpProtocol(6)];
    Udp(8) hot              <- [Next::IpProtocol(17)];
    Gre(4)                  <- [Next::IpProtocol(47)];
    Erspan2(8)              <- [Next::EtherType(0x88be)];
    Erspan3(12)             <- [Next::EtherType(0x22eb)];
    EtherIp(2)              <- [Next::IpProtocol(97)];
    Mpls(4)                 <- [Next::EtherType(0x8847 | 0x8848), Next::IpProtocol(137), Next::UdpPort(6635), Next::PppProtocol(0x0281 | 0x0283)];
    Pppoe(6)                <- [Next::EtherType(0x8863 | 0x8864), Next::LinkType(51)];
    PppDirection(1)         <- [Next::LinkType(204)];
    PppHdlc(2)              <- [Next::PppFramed, Next::LinkType(166)];
    Ppp(2)                  <- [Next::PppPlain, Next::EtherType(0x880b)];
    PppCompressed(1)        <- [Next::PppCompressed];
    CHdlc(4)                <- [Next::LinkType(104)];
    Lcp(4)                  <- [Next::PppProtocol(0xc021)];
    Ipcp(4)                 <- [Next::PppProtocol(0x8021)];
    Ipv6cp(4)               <- [Next::PppProtocol(0x8057)];
    Pap(4)                  <- [Next::PppProtocol(0xc023)];
    Chap(4)                 <- [Next::PppProtocol(0xc223)];
    L2tp(2)                 <- [Next::UdpPort(1701)];
    Vxlan(8)                <- [Next::UdpPort(4789 | 8472)];
    VxlanGpe(8)             <- [Next::UdpPort(4790)];
    Geneve(8)               <- [Next::UdpPort(6081)];
    UdpLite(8)              <- [Next::IpProtocol(136)];
    DnsOverTcp(2)           <- [Next::TcpPort(53 | 5353 | 5355)];
    Dns(12)                 <- [Next::UdpPort(53 | 5353 | 5355), Next::DnsMessage(_)];
    Dhcp(236)               <- [Next::UdpPort(67 | 68 | 4011)];
    Dhcpv6(1)               <- [Next::UdpPort(546 | 547), Next::Dhcpv6Message];
    Ntp(48)                 <- [Next::NtpMode(0..=5)];
    NtpControl(12)          <- [Next::NtpMode(6)];
    NtpPrivate(8)           <- [Next::NtpMode(7)];
    Tftp(2)                 <- [Next::UdpPort(69)];
    Snmp(0)                 <- [Next::UdpPort(161 | 162)];
    Http(0)                 <- [Next::Http];
}

/// Of each protocol the one EtherType and the one Internet protocol number that stand for it, where that is one.
const ONLY: [[Option<u16>; 2]; Proto::ALL.len()] = {
    let mut only = [[None; 2]; Proto::ALL.len()];
    let mut proto = 0;
    while proto < only.len() {
        let (mut ethertypes, mut protocols, mut n) = (0, 0, 0);
        while n < EtherType::REGISTRY.entries.len() {
            let number = EtherType::REGISTRY.entries[n].0 as u16;
            if Next::EtherType(number).announces(Proto::ALL[proto]) {
                only[proto][0] = Some(number);
                ethertypes += 1;
            }
            n += 1;
        }
        n = 0;
        while n <= u8::MAX as usize {
            if Next::IpProtocol(n as u8).announces(Proto::ALL[proto]) {
                only[proto][1] = Some(n as u16);
                protocols += 1;
            }
            n += 1;
        }
        if ethertypes > 1 {
            only[proto][0] = None;
        }
        if protocols > 1 {
            only[proto][1] = None;
        }
        proto += 1;
    }
    only
};

impl Proto {
    /// The number that announces the protocol, where just one of these numbers does.
    pub(crate) const fn only_number(self, numbers: Numbers) -> Option<u16> {
        match numbers {
            Numbers::EtherType => ONLY[self as usize][0],
            Numbers::IpProtocol => ONLY[self as usize][1],
            Numbers::Own => None,
        }
    }
}

impl Next {
    /// The protocol that follows. Of two ports the lower one is asked first.
    #[inline(always)]
    pub const fn proto(self) -> Proto {
        let (low, high) = match self {
            Next::UdpPorts(a, b) if a < b => (Next::UdpPort(a), Next::UdpPort(b)),
            Next::UdpPorts(a, b) => (Next::UdpPort(b), Next::UdpPort(a)),
            Next::TcpPorts(a, b) if a < b => (Next::TcpPort(a), Next::TcpPort(b)),
            Next::TcpPorts(a, b) => (Next::TcpPort(b), Next::TcpPort(a)),
            single => return single.single(),
        };
        match low.single() {
            Proto::Data => high.single(),
            proto => proto,
        }
    }

    /// Looks at the first bytes where the announcement alone does not say what follows. Only what has no
    /// row of its own in the stack map comes here.
    #[cold]
    pub(crate) fn settle(self, bytes: &[u8]) -> Self {
        match (self, bytes) {
            (Next::Ip | Next::Quoted | Next::LinkType(12 | 14 | 101), [first, ..]) => Next::IpVersion(first >> 4),
            // BSD's loopback header is written in the byte order of the machine that captured, and no
            // address family is above 65535.
            (Next::LinkType(0), [0, 0, ..]) => Next::LinkType(108),
            (Next::LinkType(0), _) => Next::NullLittle,
            // Peers may leave out address and control, and the high byte of the protocol, which is zero
            // then; a low byte is odd (RFC 1661 §6.5, 6.6).
            (Next::Ppp | Next::LinkType(9), [0xff, ..]) => Next::PppFramed,
            (Next::Ppp | Next::LinkType(9), [first, ..]) if first & 1 == 1 => Next::PppCompressed,
            (Next::Ppp | Next::LinkType(9), [_, ..]) => Next::PppPlain,
            (Next::LinkType(50), [0x0f | 0x8f, 0, ..]) => Next::LinkType(104),
            (Next::LinkType(50), _) => Next::PppFramed,
            // NTP's control and private messages have heads of their own.
            (Next::UdpPorts(123, _) | Next::UdpPorts(_, 123) | Next::UdpPort(123), [first, ..]) => {
                Next::NtpMode(first & 7)
            }
            // HTTP is spoken on any port that is not another protocol's.
            (Next::TcpPorts(..) | Next::TcpPort(_), bytes) if http::begins(bytes) => Next::Http,
            (next, _) => next,
        }
    }

    /// Tells whether a protocol that was announced must be there, so that its absence is worth saying.
    #[inline]
    pub(crate) const fn must_follow(self) -> bool {
        matches!(self, Next::EtherType(_) | Next::Llc | Next::Snap | Next::IpVersion(_) | Next::IpProtocol(_))
    }
}
