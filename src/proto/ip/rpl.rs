//! RPL control message options (RFC 6550 §6.7).

use crate::proto::{PrefixFlags, RouterPreference, ShortPrefix};
use crate::wire::header;
use crate::wire::{TlvItem, TlvLayout, tagged_enum};
use core::net::Ipv6Addr;

header! {
    /// DODAG configuration, RFC 6550 §6.7.6.
    pub struct RplConfiguration(14) => RplConfigurationEdit {
        /// Unused.
        flags: u8 = 0..4, "icmpv6.rpl.opt.config.reserved", reserved;
        /// A: nodes must authenticate.
        authenticated: bool = 4..5, "icmpv6.rpl.opt.config.auth";
        /// Number of path control bits, minus 1.
        path_control_size: u8 = 5..8, "icmpv6.rpl.opt.config.pcs";
        /// Number of doublings of the Trickle interval.
        interval_doublings: u8 = 8..16, "icmpv6.rpl.opt.config.interval_double";
        /// Smallest Trickle interval: base-2 logarithm of its milliseconds.
        interval_min: u8 = 16..24, "icmpv6.rpl.opt.config.interval_min", log2_milliseconds;
        /// Trickle redundancy constant.
        redundancy: u8 = 24..32, "icmpv6.rpl.opt.config.redundancy";
        /// Largest allowed increase of a node's rank.
        max_rank_increase: u16 = 32..48, "icmpv6.rpl.opt.config.max_rank_inc";
        /// Smallest increase of the rank per hop.
        min_hop_rank_increase: u16 = 48..64, "icmpv6.rpl.opt.config.min_hop_rank_inc";
        /// Objective code point.
        objective: u16 = 64..80, "icmpv6.rpl.opt.config.ocp";
        /// Reserved.
        reserved: u8 = 80..88, "icmpv6.rpl.opt.config.rsv", reserved;
        /// Default lifetime of routes, in lifetime units.
        default_lifetime: u8 = 88..96, "icmpv6.rpl.opt.config.def_lifetime";
        /// Lifetime unit in seconds.
        lifetime_unit: u16 = 96..112, "icmpv6.rpl.opt.config.lifetime_unit", seconds;
    }
}

header! {
    /// Fixed part of an RPL route information option, RFC 6550 §6.7.5.
    pub struct RplRoute(6) => RplRouteEdit {
        /// Prefix length in bits, 0 to 128.
        prefix_length: u8 = 0..8, "icmpv6.rpl.opt.route.prefix_length";
        /// Reserved.
        reserved: u8 = 8..11, "icmpv6.rpl.opt.route.reserved", reserved;
        /// Preference of the route.
        preference: RouterPreference = 11..13, "icmpv6.rpl.opt.route.pref";
        /// Reserved.
        reserved2: u8 = 13..16, "icmpv6.rpl.opt.route.reserved", reserved;
        /// Route lifetime in seconds. All ones: infinity.
        lifetime: u32 = 16..48, "icmpv6.rpl.opt.route.lifetime", seconds;
    }
}

tagged_enum! {
    /// An option of RPL control messages, RFC 6550 §6.7.
    pub enum RplOption<'a>: "type", "icmpv6.rpl.opt.type", "RPL options" {
        Pad1 = 0 "Pad1" {}
        PadN = 1 "PadN" {
            /// Should be zero.
            padding: &'a [u8], "icmpv6.rpl.opt.padn";
        }
        Metrics = 2 "DAG metric container" {
            /// Metrics and constraints, RFC 6551.
            metrics: &'a [u8], "icmpv6.rpl.opt.metric";
        }
        Route = 3 "route information" {
            /// Prefix length, preference and lifetime.
            route: RplRoute, "icmpv6.rpl.opt.route";
            /// Prefix; trailing zero bytes may be omitted.
            prefix: ShortPrefix, "icmpv6.rpl.opt.route.prefix";
        }
        Configuration = 4 "DODAG configuration" {
            /// Parameters of the DODAG.
            configuration: RplConfiguration, "icmpv6.rpl.opt.config";
        }
        Target = 5 "RPL target" {
            /// Unused.
            flags: u8, "icmpv6.rpl.opt.target.flag", reserved;
            /// Prefix length in bits, 0 to 128.
            prefix_length: u8, "icmpv6.rpl.opt.target.prefix_length";
            /// Target: a prefix, an address or a multicast group. RFC 6550 §6.7.7.
            prefix: ShortPrefix, "icmpv6.rpl.opt.target.prefix";
        }
        Transit = 6 "transit information" {
            /// 0x80: the target is outside the RPL network. RFC 6550 §6.7.8.
            flags: u8, "icmpv6.rpl.opt.transit.flag", hex;
            /// Path control: bitmap of preferred parents.
            path_control: u8, "icmpv6.rpl.opt.transit.pathctl", hex;
            /// Path sequence number: a higher one is a newer path.
            path_sequence: u8, "icmpv6.rpl.opt.transit.pathseq";
            /// Path lifetime in lifetime units. Zero: the route is no longer available.
            path_lifetime: u8, "icmpv6.rpl.opt.transit.pathlifetime";
            /// Parent of the target, if it is not the sender.
            parent: Option<Ipv6Addr>, "icmpv6.rpl.opt.transit.parent";
        }
        Solicited = 7 "solicited information" {
            /// RPL instance identifier, RFC 6550 §6.7.9.
            instance: u8, "icmpv6.rpl.opt.solicited.instance";
            /// Fields that must match: 0x80 version, 0x40 instance, 0x20 DODAG.
            flags: u8, "icmpv6.rpl.opt.solicited.flag", hex;
            /// DODAG identifier: an IPv6 address of the root.
            dodag: Ipv6Addr, "icmpv6.rpl.opt.solicited.dodagid";
            /// Version number of the DODAG.
            version: u8, "icmpv6.rpl.opt.solicited.version";
        }
        Prefix = 8 "prefix information" {
            /// Prefix length in bits, 0 to 128.
            prefix_length: u8, "icmpv6.rpl.opt.prefix.length";
            /// Flags: on-link, autonomous and router address.
            flags: PrefixFlags, "icmpv6.rpl.opt.prefix.flag", hex;
            /// Time for which the prefix is valid, in seconds. All ones: infinity.
            valid_lifetime: u32, "icmpv6.rpl.opt.prefix.valid_lifetime", seconds;
            /// Time for which autoconfigured addresses are preferred, in seconds.
            preferred_lifetime: u32, "icmpv6.rpl.opt.prefix.preferred_lifetime", seconds;
            /// Reserved.
            reserved: u32, "icmpv6.rpl.opt.reserved", reserved;
            /// Prefix.
            prefix: Ipv6Addr, "icmpv6.rpl.opt.prefix";
        }
        TargetDescriptor = 9 "target descriptor" {
            /// Descriptor of the preceding target, RFC 6550 §6.7.11.
            descriptor: u32, "icmpv6.rpl.opt.targetdesc.descriptor", hex;
        }
    }
}

impl TlvItem for RplOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout { lone: &[0], ..TlvLayout::BYTES };
}
