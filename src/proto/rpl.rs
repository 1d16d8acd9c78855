//! Options of RPL control messages, RFC 6550 §6.7.

use super::{PrefixFlags, RouterPreference, ShortPrefix};
use crate::field::header;
use crate::part::{Framed, Framing, variants};
use core::net::Ipv6Addr;

header! {
    /// How a DODAG works, RFC 6550 §6.7.6.
    pub struct RplConfiguration(14) {
        /// Unused.
        flags: u8 = 0..4, "icmpv6.rpl.opt.config.reserved", reserved;
        /// Nodes must authenticate.
        authenticated: bool = 4..5, "icmpv6.rpl.opt.config.auth";
        /// Bits of path control, less one.
        path_control_size: u8 = 5..8, "icmpv6.rpl.opt.config.pcs";
        /// How often the Trickle interval doubles.
        interval_doublings: u8 = 8..16, "icmpv6.rpl.opt.config.interval_double";
        /// Base-2 logarithm of the shortest Trickle interval in milliseconds.
        interval_min: u8 = 16..24, "icmpv6.rpl.opt.config.interval_min";
        /// Redundancy constant of Trickle.
        redundancy: u8 = 24..32, "icmpv6.rpl.opt.config.redundancy";
        /// Most that a node's rank may rise.
        max_rank_increase: u16 = 32..48, "icmpv6.rpl.opt.config.max_rank_inc";
        /// Least that the rank rises with a hop.
        min_hop_rank_increase: u16 = 48..64, "icmpv6.rpl.opt.config.min_hop_rank_inc";
        /// Objective function.
        objective: u16 = 64..80, "icmpv6.rpl.opt.config.ocp";
        /// Reserved.
        reserved: u8 = 80..88, "icmpv6.rpl.opt.config.rsv", reserved;
        /// For how long routes are valid, in lifetime units.
        default_lifetime: u8 = 88..96, "icmpv6.rpl.opt.config.def_lifetime";
        /// The lifetime unit.
        lifetime_unit: u16 = 96..112, "icmpv6.rpl.opt.config.lifetime_unit", seconds;
    }
}

header! {
    /// Fixed part of a RPL route information option, RFC 6550 §6.7.5.
    pub struct RplRoute(6) {
        /// Bits of the prefix that count.
        prefix_length: u8 = 0..8, "icmpv6.rpl.opt.route.prefix_length";
        /// Reserved.
        reserved: u8 = 8..11, "icmpv6.rpl.opt.route.reserved", reserved;
        /// How good the route is.
        preference: RouterPreference = 11..13, "icmpv6.rpl.opt.route.pref";
        /// Reserved.
        reserved2: u8 = 13..16, "icmpv6.rpl.opt.route.reserved", reserved;
        /// For how long the route is valid; all ones for ever.
        lifetime: u32 = 16..48, "icmpv6.rpl.opt.route.lifetime", seconds;
    }
}

variants! {
    /// An option of RPL control messages.
    pub enum RplOption<'a>: "type", "icmpv6.rpl.opt.type" {
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
            /// How long the prefix is, how good the route, and for how long.
            route: RplRoute, "icmpv6.rpl.opt.route";
            /// Prefix, without the zeros that it may end in.
            prefix: ShortPrefix, "icmpv6.rpl.opt.route.prefix";
        }
        Configuration = 4 "DODAG configuration" {
            /// How the DODAG works.
            configuration: RplConfiguration, "icmpv6.rpl.opt.config";
        }
        Target = 5 "RPL target" {
            /// Unused.
            flags: u8, "icmpv6.rpl.opt.target.flag", reserved;
            /// Bits of the prefix that count.
            prefix_length: u8, "icmpv6.rpl.opt.target.prefix_length";
            /// The target: a prefix, an address, or a group. RFC 6550 §6.7.7.
            prefix: ShortPrefix, "icmpv6.rpl.opt.target.prefix";
        }
        Transit = 6 "transit information" {
            /// 0x80: the target is outside of the RPL network. RFC 6550 §6.7.8.
            flags: u8, "icmpv6.rpl.opt.transit.flag", hex;
            /// Which parents are preferred.
            path_control: u8, "icmpv6.rpl.opt.transit.pathctl", hex;
            /// Tells a newer path from an older one.
            path_sequence: u8, "icmpv6.rpl.opt.transit.pathseq";
            /// For how long, in lifetime units; zero: the route is gone.
            path_lifetime: u8, "icmpv6.rpl.opt.transit.pathlifetime";
            /// The target's parent, if it is not the sender.
            parent: Option<Ipv6Addr>, "icmpv6.rpl.opt.transit.parent";
        }
        Solicited = 7 "solicited information" {
            /// Which RPL instance, RFC 6550 §6.7.9.
            instance: u8, "icmpv6.rpl.opt.solicited.instance";
            /// What must be the same: 0x80 version, 0x40 instance, 0x20 DODAG.
            flags: u8, "icmpv6.rpl.opt.solicited.flag", hex;
            /// The DODAG: an address of its root.
            dodag: Ipv6Addr, "icmpv6.rpl.opt.solicited.dodagid";
            /// Version of the DODAG.
            version: u8, "icmpv6.rpl.opt.solicited.version";
        }
        Prefix = 8 "prefix information" {
            /// Bits of the prefix that count.
            prefix_length: u8, "icmpv6.rpl.opt.prefix.length";
            /// What the prefix is for.
            flags: PrefixFlags, "icmpv6.rpl.opt.prefix.flag", hex;
            /// For how long the prefix is on the link; all ones for ever.
            valid_lifetime: u32, "icmpv6.rpl.opt.prefix.valid_lifetime", seconds;
            /// For how long addresses made up under the prefix are preferred.
            preferred_lifetime: u32, "icmpv6.rpl.opt.prefix.preferred_lifetime", seconds;
            /// Reserved.
            reserved: u32, "icmpv6.rpl.opt.reserved", reserved;
            /// The prefix.
            prefix: Ipv6Addr, "icmpv6.rpl.opt.prefix";
        }
        TargetDescriptor = 9 "target descriptor" {
            /// Describes the target before it, RFC 6550 §6.7.11.
            descriptor: u32, "icmpv6.rpl.opt.targetdesc.descriptor", hex;
        }
    }
}

impl Framed for RplOption<'_> {
    const FRAMING: Framing = Framing { lone: &[0], ..Framing::BYTES };
}
