//! Changing packets of a capture: addresses, ports, fields, VLAN tags, payloads, each with right checksums afterwards.
//!
//! [`RewriteRules`] say what is changed, and a [`Rewriter`] changes packets, one by one. It finds addresses by the tables of
//! the protocols: in IP headers and their options, ARP, Neighbor Discovery, tunnels, packets that ICMP errors quote. What is
//! not changed keeps its bytes: trailers, reserved bits, wrong lengths.
//!
//! Checksums follow the change of the bytes (RFC 1624). So a right checksum stays right, a wrong one stays wrong by the same
//! difference, and it does not matter whether all of the packet is there: first fragments, cut packets and quotes have right
//! checksums too. What cannot be made right is a [`RewriteNote`].
//!
//! ```
//! use packetsmith::rewrite::{RewriteRules, Rewriter};
//! use packetsmith::{Checksum, Ethernet, Ipv4, Stack, Udp, View, examine};
//! let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
//! let frame = Stack::new().push(Ethernet::build()).push(ip).push(Udp::build().dst_port(80)).payload(b"hi").finish().unwrap();
//!
//! let rules = RewriteRules::new().map_ip("10.0.0.0/8=172.0.0.0/8".parse().unwrap()).map_port("80=8080".parse().unwrap());
//! let mut rewriter = Rewriter::new(rules).unwrap();
//! let mut out = Vec::new();
//! let outcome = rewriter.rewrite(1, &frame, &mut out).unwrap();
//! assert!(outcome.is_changed && outcome.notes.is_empty());
//! assert!(examine(1, &out).filter_map(|layer| layer.checksum()).all(|state| state == Checksum::Good));
//! let Some(View::Ipv4(ip)) = examine(1, &out).nth(1).map(|layer| layer.view) else { panic!() };
//! assert_eq!((ip.src().octets(), ip.dst().octets()), ([172, 0, 0, 1], [172, 0, 0, 2]));
//! ```

mod address_bits;
mod field_change;
mod mapper;
mod mappings;
mod note;
mod payload;
mod place;
mod rewriter;
mod rules;
mod scan;
mod sctp;
mod sums;
mod unused_rule;
mod vlan;

pub use field_change::FieldChange;
pub use mappings::{IpPrefix, MacMapping, PortMapping, PortTransport, PrefixMapping};
pub use note::{RewriteError, RewriteNote, RuleError};
pub use payload::PayloadRule;
pub use rewriter::{CapturedFrame, RewriteOutcome, Rewriter};
pub use rules::RewriteRules;
pub use unused_rule::UnusedRule;
pub use vlan::{VlanChange, VlanTag};
