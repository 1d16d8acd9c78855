//! What stands behind the first four bytes of ICMP messages.

use crate::field::{header, registry};
use crate::part::{List, variants};
use core::net::Ipv4Addr;

variants! {
    /// What stands behind the first four bytes of an ICMP message, told apart by its type; where the
    /// code matters, by 256 times the type and the code.
    pub enum Icmpv4Message<'a>: "type", "icmp.type" {
        EchoReply = 0 "echo reply" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
        }
        DestinationUnreachable = 3 "destination unreachable" {
            /// Unused.
            unused: u8, "icmp.unused", reserved;
            /// Length of the quoted packet if extensions follow, else zero. RFC 4884 §4.1.
            length: u8, "icmp.length", words;
            /// Unused.
            unused2: u16, "icmp.unused", reserved;
        }
        FragmentationNeeded = 0x0304 "fragmentation needed" {
            /// Unused.
            unused: u8, "icmp.unused", reserved;
            /// Length of the quoted packet if extensions follow, else zero. RFC 4884 §4.1.
            length: u8, "icmp.length", words;
            /// Largest packet that the next hop takes, in bytes. RFC 1191 §4.
            mtu: u16, "icmp.mtu", bytes;
        }
        SourceQuench = 4 "source quench" {
            /// Unused.
            unused: u32, "icmp.unused", reserved;
        }
        Redirect = 5 "redirect" {
            /// Router to send to instead.
            gateway: Ipv4Addr, "icmp.redir_gw";
        }
        EchoRequest = 8 "echo request" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
        }
        RouterAdvertisement = 9 "router advertisement" {
            /// Number of addresses.
            count: u8, "icmp.num_addrs", derived;
            /// Length of an address with its preference: 2.
            entry_size: u8, "icmp.addr_entry_size", words;
            /// For how long the addresses are valid.
            lifetime: u16, "icmp.lifetime", seconds;
            /// The router's addresses, RFC 1256 §3.
            addresses: List<'a, RouterAddress>, "icmp.router_address";
        }
        RouterSolicitation = 10 "router solicitation" {
            /// Reserved.
            reserved: u32, "icmp.reserved", reserved;
        }
        TimeExceeded = 11 "time exceeded" {
            /// Unused.
            unused: u8, "icmp.unused", reserved;
            /// Length of the quoted packet if extensions follow, else zero. RFC 4884 §4.2.
            length: u8, "icmp.length", words;
            /// Unused.
            unused2: u16, "icmp.unused", reserved;
        }
        ParameterProblem = 12 "parameter problem" {
            /// The byte of the quoted packet where the error is.
            pointer: u8, "icmp.pointer";
            /// Length of the quoted packet if extensions follow, else zero. RFC 4884 §4.3.
            length: u8, "icmp.length", words;
            /// Unused.
            unused: u16, "icmp.unused", reserved;
        }
        TimestampRequest = 13 "timestamp request" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
            /// When the request was sent, since midnight UT.
            originate: u32, "icmp.originate_timestamp", milliseconds;
            /// When the request came in.
            receive: u32, "icmp.receive_timestamp", milliseconds;
            /// When the reply was sent.
            transmit: u32, "icmp.transmit_timestamp", milliseconds;
        }
        TimestampReply = 14 "timestamp reply" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
            /// When the request was sent, since midnight UT.
            originate: u32, "icmp.originate_timestamp", milliseconds;
            /// When the request came in.
            receive: u32, "icmp.receive_timestamp", milliseconds;
            /// When the reply was sent.
            transmit: u32, "icmp.transmit_timestamp", milliseconds;
        }
        InformationRequest = 15 "information request" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
        }
        InformationReply = 16 "information reply" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
        }
        AddressMaskRequest = 17 "address mask request" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
            /// The mask, zero in a request. RFC 950.
            mask: Ipv4Addr, "icmp.address_mask";
        }
        AddressMaskReply = 18 "address mask reply" {
            /// Tells one sender's requests from another's.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
            /// The subnet's mask. RFC 950.
            mask: Ipv4Addr, "icmp.address_mask";
        }
        Traceroute = 30 "traceroute" {
            /// Identifier from the traced packet's option, RFC 1393 §2.3.
            identifier: u16, "icmp.ident", hex;
            /// Unused.
            unused: u16, "icmp.unused", reserved;
            /// Hops of the traced packet.
            outbound_hops: u16, "icmp.traceroute.outbound_hops";
            /// Hops of the packet that returns.
            return_hops: u16, "icmp.traceroute.return_hops";
            /// Speed of the link, in bytes a second.
            speed: u32, "icmp.traceroute.speed";
            /// Largest packet that the link takes, in bytes.
            mtu: u32, "icmp.traceroute.mtu", bytes;
        }
        DomainNameRequest = 37 "domain name request" {
            /// Tells one sender's requests from another's. RFC 1788.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
        }
        DomainNameReply = 38 "domain name reply" {
            /// Tells one sender's requests from another's. RFC 1788.
            identifier: u16, "icmp.ident", hex;
            /// Tells one request from another.
            sequence: u16, "icmp.seq";
            /// For how long the names are valid.
            ttl: u32, "icmp.domain_name.ttl", seconds;
        }
        Photuris = 40 "Photuris" {
            /// Reserved.
            reserved: u16, "icmp.reserved", reserved;
            /// The byte of the quoted packet where the security parameters index is, RFC 2521 §2.
            pointer: u16, "icmp.pointer";
        }
        ExtendedEchoRequest = 42 "extended echo request" {
            /// Who asks, and about what. RFC 8335 §2.
            request: ProbeRequest, "icmp.ext.echo.req";
        }
        ExtendedEchoReply = 43 "extended echo reply" {
            /// Who asked, and what was found. RFC 8335 §3.
            reply: ProbeReply, "icmp.ext.echo.rsp";
        }
    }
}

header! {
    /// A router's address, RFC 1256 §3.
    pub struct RouterAddress(8) {
        /// Address.
        address: Ipv4Addr = 0..32, "icmp.router_address";
        /// The higher the better, as a signed number; 0x80000000 says not to use it as a default.
        preference: u32 = 32..64, "icmp.pref_level", hex;
    }
}

registry! {
    /// State of a neighbour, RFC 8335 §3.
    pub enum NeighborState: u8 {
        Reserved = 0 "reserved",
        Incomplete = 1 "incomplete",
        Reachable = 2 "reachable",
        Stale = 3 "stale",
        Delay = 4 "delay",
        Probe = 5 "probe",
        Failed = 6 "failed",
    }
}

/// The heads of extended echo messages are those of ICMPv6 too, under other names in filters.
macro_rules! probes {
    ($request:ident, $reply:ident, $ident:literal, $sequence:literal, $reserved:literal, $local:literal,
     $state:literal, $reserved2:literal, $active:literal, $ipv4:literal, $ipv6:literal) => {
        header! {
            /// What an extended echo request says of itself, RFC 8335 §2.
            pub struct $request(4) {
                /// Tells one sender's requests from another's.
                identifier: u16 = 0..16, $ident, hex;
                /// Tells one request from another.
                sequence: u8 = 16..24, $sequence;
                /// Reserved.
                reserved: u8 = 24..31, $reserved, reserved;
                /// The interface is one of the node that is asked, not of a neighbour.
                local: bool = 31..32, $local;
            }
        }

        header! {
            /// What an extended echo reply says, RFC 8335 §3.
            pub struct $reply(4) {
                /// Tells one sender's requests from another's.
                identifier: u16 = 0..16, $ident, hex;
                /// Tells one request from another.
                sequence: u8 = 16..24, $sequence;
                /// State of the neighbour that was asked about.
                state: NeighborState = 24..27, $state;
                /// Reserved.
                reserved: u8 = 27..29, $reserved2, reserved;
                /// The interface is up.
                active: bool = 29..30, $active;
                /// IPv4 runs on the interface.
                ipv4: bool = 30..31, $ipv4;
                /// IPv6 runs on the interface.
                ipv6: bool = 31..32, $ipv6;
            }
        }
    };
}
probes!(
    ProbeRequest,
    ProbeReply,
    "icmp.ident",
    "icmp.ext.echo.seq",
    "icmp.ext.echo.req.res",
    "icmp.ext.echo.req.local",
    "icmp.ext.echo.rsp.state",
    "icmp.ext.echo.rsp.res",
    "icmp.ext.echo.rsp.active",
    "icmp.ext.echo.rsp.ipv4",
    "icmp.ext.echo.rsp.ipv6"
);
probes!(
    ProbeRequest6,
    ProbeReply6,
    "icmpv6.echo.identifier",
    "icmpv6.ext.echo.seq",
    "icmpv6.ext.echo.req.res",
    "icmpv6.ext.echo.req.local",
    "icmpv6.ext.echo.rsp.state",
    "icmpv6.ext.echo.rsp.res",
    "icmpv6.ext.echo.rsp.active",
    "icmpv6.ext.echo.rsp.ipv4",
    "icmpv6.ext.echo.rsp.ipv6"
);
