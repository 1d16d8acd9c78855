//! Takes network packets apart and puts them together, without losing a byte.
//!
//! A frame is walked layer by layer, and every byte belongs to one layer. Parsing never fails: what is wrong with a
//! packet is an [`Issue`], next to everything that could still be read. The same tables build packets: what is not
//! set is computed, what is set is sent as it is.
//!
//! ```
//! use packetsmith::{Ethernet, Ipv4, Stack, Udp, View, dissect};
//! let mut buffer = [0; 128];
//! let len = Stack::new()
//!     .push(Ethernet::build())
//!     .push(Ipv4::build().dst([192, 0, 2, 1].into()))
//!     .push(Udp::build().src_port(12345).dst_port(7))
//!     .payload(b"hi")
//!     .write_into(&mut buffer)
//!     .unwrap();
//! for layer in dissect(1, &buffer[..len]) {
//!     if let View::Udp(udp) = layer.view {
//!         assert_eq!((udp.dst_port(), udp.length()), (7, 10), "the length was computed");
//!         assert_eq!(layer.payload(), b"hi");
//!     }
//! }
//! ```
//!
//! # By task
//!
//! | task | start with | feature |
//! |---|---|---|
//! | read one header | [`Ipv4::split`], [`Tcp::split`]: each header's type has a getter for each field | |
//! | walk a frame | [`dissect()`], [`Layers::from_ethernet`], [`Layers::from_ip`], [`Layer`], [`View`] | |
//! | walk the payload of UDP or TCP | [`Layers::from_udp_payload`], [`Layers::from_tcp_payload`] | |
//! | read one header and its contents | [`FromBytes`]: `Dns::from_bytes(&payload)`, `Arp::find_in(1, &frame)` | |
//! | network and transport header only | [`FastHeaders`], [`FiveTuple`], [`Prefetch`] | |
//! | examine: issues, checksums, every field | [`examine`], [`ExaminedLayer`], [`Issue`] | |
//! | read options and records | [`Tlvs`] with an enum such as [`TcpOption`](proto::transport::TcpOption) | |
//! | build a packet | [`Stack`]; [`Tcp::build`] and its like, with `options`, `message` and `raw` | |
//! | fill an option that holds a list | [`List::of`], [`Tlvs::of`], [`Text`], [`wire::Tagged::of`] | |
//! | build a DNS message | [`Dns::build`] with [`DnsQuestion`](proto::dns::DnsQuestion) and [`DnsRecord`](proto::dns::DnsRecord) | |
//! | edit a packet in place | [`Editor`]: checksums follow | |
//! | change addresses, ports, fields and tags of whole captures | `rewrite::Rewriter` | `std` |
//! | anonymise addresses | `anonymise::IpAnonymiser`, `anonymise::MacAnonymiser` | `anonymise` |
//! | break a packet on purpose | [`Mutator`] | `alloc` |
//! | own, change and store a packet | [`Packet`], [`Tree`], [`PacketText`] | `alloc` |
//! | fragment and reassemble | [`ip::Fragmenter`], [`ip::Reassembler`] | (`std` for reassembly) |
//! | follow conversations: TCP analysis, streams, messages over segments | `flow::Flows`, `flow::StreamAssembler` | `std` |
//! | count what a capture has | `stats::CaptureStatistics` | `std` |
//! | who has which address, leases, lookups of names | `hosts::AddressTable`, `hosts::Leases`, `hosts::DnsLookups` | `std` |
//! | tell what happened, in sentences | `explain::Explainer` | `std`, `applications` |
//! | filter | [`Filter`]: Wireshark's display filters; [`Columns`]: values of their expressions | `alloc`; `regex` for `matches` |
//! | write lines, trees, bytes, JSON | [`output`]; or your own [`dissect::Sink`] | `alloc` |
//! | read and write capture files | [`capture::Reader`], [`capture::Writer`] | `capture` |
//! | capture and send | `live::Capture`, `live::Sender` | `live` |
//! | subnets, names of ports | `subnet`, `services` | `address`, `services` |
//! | list protocols and fields | [`Proto::ALL`], [`Proto::fields`], [`Field`] | |
//! | decode a port as another protocol | [`Protocols::decode_as`], [`Protocols::without_heuristics`] | |
//! | add a protocol of your own | [`header!`], [`proto::CustomProtocol`], [`Protocols::with`] | |
//!
//! Headers are at the root of the crate. Options, messages, flags and numbers are in the family of their protocol,
//! such as [`proto::transport`], and so is the type of a header's setters, such as
//! [`TcpEdit`](proto::transport::TcpEdit).
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | (none) | link, IP, ICMP, TCP and UDP; walk, builder, editor: `no_std`, no allocation |
//! | `applications` (default) | DHCP, DHCPv6, DNS, HTTP, NTP, RADIUS, SNMP, TFTP, TLS |
//! | `tunnels` (default) | EtherIP, ERSPAN, Geneve, GRE, L2TP, MPLS, PPP and its kin, Teredo, VXLAN |
//! | `mobility` (default) | Mobile IPv6, HIP, SHIM6 |
//! | `alloc` | text and JSON, display filters, owned packets, mutations |
//! | `std` (default) | the standard library; reassembly; includes `alloc` |
//! | `serde` | `Serialize` on headers, [`Tree`], [`Packet`] and values: the JSON of the tool; with `alloc` `Deserialize` on headers, [`Tree`] and [`Packet`] |
//! | `arbitrary` | `Arbitrary` on packets, for fuzzing |
//! | `capture` | capture files: pcap and pcapng, plain, gzip or zstd |
//! | `live` | frames from and to a network interface |
//! | `decompress` | content of HTTP messages without gzip and deflate |
//! | `regex` | `matches` in filters |
//! | `anonymise` | anonymised addresses |
//! | `services`, `address` | names of ports; subnets |
//!
//! # Protocols of your own
//!
//! A protocol is a table of its header and the numbers that select it. [`Protocols`] is what a walk, a filter, an editor or
//! packet text knows:
//!
//! ```
//! use packetsmith::layer::{ParseDefect, ParsedHeader, Protocol};
//! use packetsmith::proto::CustomProtocol;
//! use packetsmith::{Field, Ipv4, NextProtocol, Protocols, Stack, Udp};
//!
//! packetsmith::header! {
//!     /// A header of 4 bytes.
//!     pub struct Echo(4) => EchoEdit, layer {
//!         /// Kind of message.
//!         kind: u8 = 0..8, "echo.kind";
//!         /// Flags.
//!         flags: u8 = 8..16, "echo.flags", hex;
//!         /// Length of header and payload.
//!         length: u16 = 16..32, "echo.length", bytes, total_length(0);
//!     }
//! }
//!
//! impl<'a> Protocol<'a> for Echo<&'a [u8; Echo::LEN]> {
//!     const NAME: &'static str = "echo";
//!     const TITLE: &'static str = "Echo of Example Ltd.";
//!     const TABLE: &'static [Field] = Echo::FIELDS;
//!     const RAW: &'static str = "Nothing.";
//!     fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
//!         let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Echo::LEN))?;
//!         Ok(ParsedHeader::new(header, Echo::LEN, NextProtocol::Unknown).total_len(header.length().into()))
//!     }
//! }
//!
//! impl CustomProtocol for Echo {
//!     type Header<'a> = Echo<&'a [u8; Echo::LEN]>;
//!     const SELECTORS: &'static [NextProtocol] = &[NextProtocol::UdpPort(7007)];
//! }
//!
//! static KNOWN: Protocols = Protocols::builtin().with::<Echo>();
//!
//! let stack = Stack::new().push(Ipv4::build()).push(Udp::build().dst_port(7007)).push(Echo::build().kind(1));
//! let packet = stack.payload(b"hi").finish().unwrap();
//! let layer = KNOWN.dissect(228, &packet).nth(2).unwrap();
//! assert_eq!((layer.header_of::<Echo>().unwrap().length(), layer.payload()), (6, &b"hi"[..]));
//! ```
//!
//! With options, checks and a summary line:
//! [docs/own-protocols.md](https://github.com/packetsmith/packetsmith/blob/main/docs/own-protocols.md).
//!
//! # Coming from another library
//!
//! | from | there | here |
//! |---|---|---|
//! | etherparse | `SlicedPacket::from_ethernet(&frame)?` | `Layers::from_ethernet(&frame)` |
//! | etherparse | `Ipv4HeaderSlice::from_slice(&bytes)?.to_header()` | `Ipv4::try_from(&bytes[..])?` |
//! | etherparse | `PacketBuilder::ethernet2(..).ipv4(..).udp(..)` | `Stack::new().push(Ethernet::build())...` |
//! | pnet | `Ipv4Packet::new(&bytes)`, `ip.get_ttl()` | `Ipv4::split(&bytes)`, `ip.ttl()` |
//! | pnet | `MutableIpv4Packet::set_ttl` | `Ipv4::split_mut(&mut bytes)`, `ip.edit().ttl(63)` |
//! | smoltcp | `Ipv4Packet::new_checked`, `Ipv4Repr::emit` | `Ipv4::split`, `Stack::write_into` |
//! | scapy | `DNS(payload)`, `pkt[TCP]` | `Dns::from_bytes(&payload)?`, `Tcp::find_in(1, &frame)` |
//! | dhcproto | `opts.insert(DhcpOption::MessageType(..))` | `Dhcp::build().options(&[DhcpOption::MessageType { .. }])` |
//! | scapy | `Ether(bytes)` | `Packet::new(examine(1, &bytes))` |
//! | scapy | `IP(dst="10.0.0.1")/UDP(dport=7)/"hi"` | `"ipv4 dst=10.0.0.1 / udp dst_port=7 / \"hi\"".parse::<Packet>()` |
//! | scapy | `class Foo(Packet)`, `bind_layers(UDP, Foo, dport=7007)` | [`header!`], `Protocols::builtin().with::<Foo>()` |
//! | tshark | `-d udp.port==8053,dns` | `Protocols::builtin().decode_as(UdpPort(8053), UdpPort(53))` |
//!
//! More of it: [docs/coming-from.md](https://github.com/packetsmith/packetsmith/blob/main/docs/coming-from.md).
//!
//! # Panics, memory, versions
//!
//! No bytes from outside make the library panic. `unsafe` is forbidden. Parsing allocates nothing; what allocates
//! says how much at most. Headers, walks, issues, packets, filters, outputs and reassembly are [`Send`] and [`Sync`]; a
//! [`capture::Reader`] or [`capture::Writer`] is if its source or sink is. The minimum supported Rust version is 1.93.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![cfg_attr(not(any(feature = "std", test)), no_std)]
// What only some groups of protocols need is unused without them.
#![cfg_attr(
    not(all(feature = "applications", feature = "mobility", feature = "tunnels")),
    allow(dead_code, unused_imports, unused_mut, unused_variables)
)]

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
pub mod flow;

#[cfg(feature = "alloc")]
mod filter;

pub mod special_addresses;

#[cfg(feature = "alloc")]
pub mod output;

#[cfg(feature = "capture")]
pub mod capture;

#[cfg(feature = "std")]
pub mod stats;

#[cfg(feature = "std")]
pub mod hosts;

#[cfg(all(feature = "std", feature = "applications"))]
pub mod explain;

#[cfg(feature = "anonymise")]
pub mod anonymise;

#[cfg(feature = "std")]
pub mod rewrite;

#[cfg(feature = "live")]
pub mod live;

#[cfg(feature = "address")]
pub mod subnet;

#[cfg(feature = "services")]
pub mod services;

#[cfg(all(test, feature = "capture"))]
mod every_variant;

// Reading: the walk, the walk with context, and what they give.
pub use dissect::entry_points::{FromBytes, HeaderInBytes};
pub use dissect::examine::{EthernetTrailer, Examine, ExaminedLayer, examine};
pub use dissect::walk::{Layer, Layers, dissect};
pub use dissect::{fast_headers::FastHeaders, five_tuple::FiveTuple, prefetch::Prefetch};
pub use layer::issue::{Issue, IssueKind, Limit};
pub use layer::next_protocol::NextProtocol;
pub use layer::rule::{Rule, Severity};
#[doc(inline)]
pub use proto::Proto;
pub use proto::link::link_type::LinkType;
#[cfg(feature = "alloc")]
pub use proto::link::link_type_names::UnknownLinkType;
pub use proto::protocols::{ProtocolConflict, Protocols};
pub use proto::view::View;

// Building and editing.
#[cfg(feature = "alloc")]
pub use build::mutator::{Fault, Mutation, Mutator};
pub use build::{editor::Editor, encoded_layer::EncodeError, stack::Stack};
#[cfg(feature = "alloc")]
pub use packet::{owned::Packet, owned::PacketError, text::PacketText, text::PacketTextError, tree::Tree};

// Selecting packets.
#[cfg(feature = "alloc")]
pub use filter::{
    BpfInstruction, CaptureProgram, ColumnError, ColumnReader, ColumnValue, Columns, Filter, FilterError, FrameInfo,
    FrameSource, PacketColumns, Unsettled,
};

// Fields and values.
pub use wire::checksum::{Checksum, Sum};
pub use wire::codec::Text;
pub use wire::{cursor::Cursor, domain_name::Name, field::Field, hex::Hex, kind::Kind, list::List};
pub use wire::{mac::MacAddr, span::Span, tlv::Tlvs, value::Value};

// Headers.
pub use proto::icmp::icmpv4::Icmpv4;
pub use proto::icmp::icmpv6::Icmpv6;
pub use proto::icmp::igmp::Igmp;
pub use proto::ip::ah::Ah;
pub use proto::ip::esp::Esp;
pub use proto::ip::extension::{DestinationOptions, HopByHop};
pub use proto::ip::fragment::Fragment;
pub use proto::ip::ipv4::Ipv4;
pub use proto::ip::ipv6::Ipv6;
pub use proto::ip::routing::Routing;
pub use proto::link::arp::Arp;
pub use proto::link::ethernet::Ethernet;
pub use proto::link::llc::{Llc, Snap};
pub use proto::link::loopback::{Loop, Null};
pub use proto::link::sll::{Sll, Sll2};
pub use proto::link::vlan::Vlan;
pub use proto::transport::tcp::Tcp;
pub use proto::transport::udp::Udp;
pub use proto::transport::udp_lite::UdpLite;
#[cfg(feature = "applications")]
pub use {
    proto::app::http::Http,
    proto::app::ntp::{Ntp, NtpControl, NtpPrivate},
    proto::app::radius::Radius,
    proto::app::sflow::Sflow,
    proto::app::snmp::Snmp,
    proto::app::tftp::Tftp,
    proto::app::tls::Tls,
    proto::dhcp::v4::Dhcp,
    proto::dhcp::v6::Dhcpv6,
    proto::dns::message::Dns,
    proto::dns::over_tcp::DnsOverTcp,
};
#[cfg(feature = "mobility")]
pub use {proto::ip::hip::Hip, proto::ip::mobility::Mobility, proto::ip::shim6::Shim6};
#[cfg(feature = "tunnels")]
pub use {
    proto::ppp::ccp::Ccp,
    proto::ppp::chap::Chap,
    proto::ppp::frame::{CHdlc, Ppp, PppCompressed, PppDirection, PppHdlc},
    proto::ppp::ipcp::Ipcp,
    proto::ppp::ipv6cp::Ipv6cp,
    proto::ppp::lcp::Lcp,
    proto::ppp::pap::Pap,
    proto::ppp::pppoe::Pppoe,
    proto::tunnel::erspan::{Erspan2, Erspan3},
    proto::tunnel::etherip::EtherIp,
    proto::tunnel::geneve::Geneve,
    proto::tunnel::gre::Gre,
    proto::tunnel::l2tp::L2tp,
    proto::tunnel::mpls::Mpls,
    proto::tunnel::teredo::Teredo,
    proto::tunnel::vxlan::{Vxlan, VxlanGpe},
};

/// Runs the examples of the README.
#[cfg(all(doctest, feature = "std"))]
#[doc = include_str!("../README.md")]
pub struct Readme;

/// Runs the examples of the tour of the library.
#[cfg(all(doctest, feature = "capture"))]
#[doc = include_str!("../docs/tour-of-the-library.md")]
pub struct TourOfTheLibrary;
