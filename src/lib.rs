//! Takes network packets apart and puts them together, without allocating and without losing a byte.
//!
//! - [`dissect()`] walks a frame: an iterator over its layers.
//! - [`examine`] is the same walk with its surroundings kept in mind: issues, checksums, field trees.
//! - [`output`] writes packets: lines, trees, bytes, JSON.
//! - [`capture`] reads capture files, [`Filter`] says which packets are wanted.
//! - [`header!`-made types](Ipv4) are their bytes: getters, in-place edits, builders by one table.
//!
//! ```
//! use packetsmith::{View, dissect};
//! # let frame = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x81, 0x00, 0x20, 0x07, 0x88, 0xb5];
//! for layer in dissect(1, &frame) {
//!     if let View::Vlan(tag) = layer.view {
//!         assert_eq!(tag.id(), 7);
//!     }
//! }
//! ```
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(any(feature = "std", test)), no_std)]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod wire;

pub mod layer;

pub mod proto;

pub mod dissect;

pub mod build;

pub mod ip;

#[cfg(feature = "alloc")]
pub mod packet;

#[cfg(feature = "alloc")]
pub mod filter;

pub mod special_addresses;

#[cfg(feature = "alloc")]
pub mod output;

#[cfg(feature = "capture")]
pub mod capture;

#[cfg(feature = "live")]
pub mod live;

#[cfg(feature = "address")]
pub mod subnet;

#[cfg(feature = "services")]
pub mod services;

#[cfg(all(test, feature = "capture"))]
mod every_variant;

#[cfg(feature = "alloc")]
pub use build::mutator::{Fault, Mutation, Mutator};
pub use build::{editor::Editor, encoded_layer::EncodeError, stack::Stack};
pub use dissect::examine::{EthernetTrailer, Examine, ExaminedLayer, examine};
pub use dissect::walk::{Layer, Layers, dissect};
pub use dissect::{fast_headers::FastHeaders, prefetch::Prefetch};
#[cfg(feature = "alloc")]
pub use filter::{Filter, FilterError};
pub use layer::issue::{Issue, IssueKind, Limit};
pub use layer::next_protocol::NextProtocol;
pub use layer::rule::{Rule, Severity};
#[cfg(feature = "alloc")]
pub use packet::{owned::Packet, owned::PacketError, text::PacketText, text::PacketTextError, tree::Tree};
pub use wire::checksum::{Checksum, Sum};
pub use wire::codec::Text;
pub use wire::{cursor::Cursor, domain_name::Name, field::Field, hex::Hex, kind::Kind, list::List};
pub use wire::{mac::MacAddr, span::Span, tlv::Tlvs, value::Value};

pub use proto::app::http::Http;
pub use proto::app::ntp::{Ntp, NtpControl, NtpPrivate};
pub use proto::app::snmp::Snmp;
pub use proto::app::tftp::Tftp;
pub use proto::dhcp::v4::Dhcp;
pub use proto::dhcp::v6::Dhcpv6;
pub use proto::dns::message::Dns;
pub use proto::dns::over_tcp::DnsOverTcp;
pub use proto::icmp::icmpv4::Icmpv4;
pub use proto::icmp::icmpv6::Icmpv6;
pub use proto::icmp::igmp::Igmp;
pub use proto::ip::ah::Ah;
pub use proto::ip::esp::Esp;
pub use proto::ip::extension::{DestinationOptions, HopByHop};
pub use proto::ip::fragment::Fragment;
pub use proto::ip::hip::Hip;
pub use proto::ip::ipv4::Ipv4;
pub use proto::ip::ipv6::Ipv6;
pub use proto::ip::mobility::Mobility;
pub use proto::ip::routing::Routing;
pub use proto::ip::shim6::Shim6;
pub use proto::link::arp::Arp;
pub use proto::link::ethernet::Ethernet;
pub use proto::link::llc::{Llc, Snap};
pub use proto::link::loopback::{Loop, Null};
pub use proto::link::sll::{Sll, Sll2};
pub use proto::link::vlan::Vlan;
pub use proto::ppp::control::{Chap, Ipcp, Ipv6cp, Lcp, Pap};
pub use proto::ppp::frame::{CHdlc, Ppp, PppCompressed, PppDirection, PppHdlc};
pub use proto::ppp::pppoe::Pppoe;
pub use proto::transport::tcp::Tcp;
pub use proto::transport::udp::Udp;
pub use proto::transport::udp_lite::UdpLite;
pub use proto::tunnel::erspan::{Erspan2, Erspan3};
pub use proto::tunnel::etherip::EtherIp;
pub use proto::tunnel::geneve::Geneve;
pub use proto::tunnel::gre::Gre;
pub use proto::tunnel::l2tp::L2tp;
pub use proto::tunnel::mpls::Mpls;
pub use proto::tunnel::vxlan::{Vxlan, VxlanGpe};
pub use proto::{Proto, view::View};

/// Runs the examples of the README.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// Runs the examples of the tour of the library.
#[cfg(all(doctest, feature = "capture"))]
#[doc = include_str!("../docs/tour-of-the-library.md")]
pub struct TourOfTheLibrary;
