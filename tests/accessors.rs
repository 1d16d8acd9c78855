//! What the methods of typed headers give: options, messages, names and addresses, for each sample and its variants.
//!
//! `tests/accessors.txt` holds, for each method, what it gives for the first sample where it gives something, and a digest
//! of what it gives for all samples, each of their bytes changed, and cut before each.

mod common;

use common::{Packet as Frame, digest, expect, root, samples};
use packetsmith::proto::dns::Rdata;
use packetsmith::proto::icmp::{Icmpv6Message, NdpOption};
use packetsmith::proto::ip::RoutingData;
use packetsmith::{Cursor, ExaminedLayer, Proto, Tlvs, View, examine};
use std::collections::BTreeMap;
use std::fmt::{Debug, Write};

/// What a method gives: the first that is something, how often it gives something, and a digest of all.
#[derive(Default)]
struct Given {
    first: String,
    count: u64,
    digest: u64,
}

#[derive(Default)]
struct Said(BTreeMap<&'static str, Given>);

impl Said {
    fn add(&mut self, method: &'static str, value: impl Debug) {
        let given = self.0.entry(method).or_default();
        let text = format!("{value:?}");
        given.digest = digest(&[given.digest.to_le_bytes(), digest(text.as_bytes()).to_le_bytes()].concat());
        if !["None", "[]", "false"].contains(&text.as_str()) {
            given.count += 1;
            if given.first.is_empty() {
                given.first = text.chars().take(100).collect();
            }
        }
    }

    fn list<T: Debug>(&mut self, method: &'static str, values: impl Iterator<Item = T>) {
        self.add(method, values.collect::<Vec<_>>());
    }
}

fn link_and_ip(layer: &ExaminedLayer<'_>, said: &mut Said) {
    let context = &layer.context;
    match layer.view {
        View::Arp(arp) => {
            let kind = arp.kind(context);
            said.add("Arp::kind", kind);
            said.add("ArpKind::is_gratuitous", kind.is_gratuitous());
            let addresses = arp.addresses(context);
            said.add("Arp::addresses", addresses);
            said.add("ArpAddresses::macs", addresses.macs());
        }
        View::Pppoe(pppoe) => said.list("Pppoe::tags", pppoe.tags(context).iter()),
        View::Lcp(lcp) => said.add("Lcp::message", lcp.message(context)),
        View::Ipv4(ip) => {
            said.list("Ipv4::options", ip.options(context).iter());
            said.add("Ipv4::is_fragment", ip.is_fragment());
        }
        View::Fragment(fragment) => said.add("Fragment::is_atomic", fragment.is_atomic()),
        View::Routing(routing) => {
            let data = routing.data(context);
            said.add("Routing::data", data);
            match data {
                RoutingData::Rpl { route: addresses, .. } => {
                    said.add("RplRoute::count", addresses.count());
                    let destination = "2001:db8::99".parse().expect("it is an address");
                    said.list("RplRoute::full", addresses.full(destination));
                }
                _ => said.add("RplRoute::count", ()),
            }
        }
        View::Mobility(mobility) => said.add("Mobility::message", mobility.message(context)),
        View::Hip(hip) => said.list("Hip::parameters", hip.parameters(context).iter()),
        View::Shim6(shim6) => {
            said.add("Shim6::context_tag", shim6.context_tag(context));
            said.add("Shim6::checksum", shim6.checksum(context));
        }
        View::Tcp(tcp) => said.list("Tcp::options", tcp.options(context).iter()),
        _ => {}
    }
}

fn icmp(layer: &ExaminedLayer<'_>, said: &mut Said) {
    let context = &layer.context;
    let mut extensions = |found: Option<packetsmith::proto::icmp::IcmpExtensions<'_>>| {
        let Some(extensions) = found else { return said.add("IcmpExtensions::verify", ()) };
        said.add("IcmpExtensions::header", extensions.header());
        said.add("IcmpExtensions::verify", extensions.verify());
        said.list("IcmpExtensions::objects", extensions.objects().iter());
    };
    match layer.view {
        View::Icmpv4(icmp) => {
            extensions(icmp.extensions(context));
            said.add("Icmpv4::code_name", icmp.code_name());
            said.add("Icmpv4::is_error", icmp.is_error());
            said.add("Icmpv4::message", icmp.message(context));
            said.add("Icmpv4::echo", icmp.echo(context));
        }
        View::Icmpv6(icmp) => {
            extensions(icmp.extensions(context));
            said.add("Icmpv6::code_name", icmp.code_name());
            said.add("Icmpv6::is_error", icmp.is_error());
            said.add("Icmpv6::is_ndp", icmp.is_ndp());
            said.add("Icmpv6::echo", icmp.echo(context));
            said.add("Icmpv6::ndp_target", icmp.ndp_target(context));
            let ndp: Vec<_> = icmp.ndp_options(context).map(|options| options.iter().collect()).unwrap_or_default();
            for option in &ndp {
                match option {
                    NdpOption::SourceLinkLayerAddress { address } | NdpOption::TargetLinkLayerAddress { address } => {
                        said.add("NdpLinkLayerAddress::mac", address.mac());
                    }
                    _ => {}
                }
            }
            said.add("Icmpv6::ndp_options", ndp);
            let rpl: Vec<_> = icmp.rpl_options(context).map(|options| options.iter().collect()).unwrap_or_default();
            said.add("Icmpv6::rpl_options", rpl);
            let message: Icmpv6Message<'_> = icmp.message(context);
            said.add("Icmpv6::message", message);
            said.add("Icmpv6Message::max_response_delay", message.max_response_delay());
        }
        View::Igmp(igmp) => {
            said.add("Igmp::message", igmp.message(context));
            said.add("Igmp::max_response_time", igmp.max_response_time(context));
        }
        _ => {}
    }
}

fn tunnels(layer: &ExaminedLayer<'_>, said: &mut Said) {
    let context = &layer.context;
    match layer.view {
        View::Gre(gre) => {
            said.add("Gre::is_pptp", (gre.is_pptp(), gre.is_nvgre()));
            said.add("Gre::checksum", gre.checksum(context));
            said.add("Gre::key", gre.key(context));
            said.add("Gre::vsid", gre.vsid(context));
            said.add("Gre::call_id", gre.call_id(context));
            said.add("Gre::sequence", gre.sequence(context));
            said.add("Gre::acknowledgment", gre.acknowledgment(context));
        }
        View::L2tp(l2tp) => {
            said.add("L2tp::length", l2tp.length(context));
            said.add("L2tp::tunnel_id", (l2tp.tunnel_id(context), l2tp.session_id(context)));
            said.add("L2tp::ns", (l2tp.ns(context), l2tp.nr(context)));
            said.list("L2tp::avps", l2tp.avps(context));
        }
        View::Teredo(teredo) => {
            said.add("Teredo::authentication", teredo.authentication(context));
            said.add("Teredo::origin", teredo.origin(context));
        }
        _ => {}
    }
}

fn applications(layer: &ExaminedLayer<'_>, said: &mut Said) {
    let context = &layer.context;
    match layer.view {
        View::Dhcp(dhcp) => {
            said.add("Dhcp::has_cookie", dhcp.has_cookie(context));
            said.list("Dhcp::options", dhcp.options(context).iter());
            said.list("Dhcp::file_options", dhcp.file_options(context).iter());
            said.list("Dhcp::sname_options", dhcp.sname_options(context).iter());
            said.list("Dhcp::option", (0..=255).flat_map(|code| dhcp.option(context, code)));
            said.list("Dhcp::find", (0..=255).filter_map(|code| dhcp.find(context, code)));
            said.add("Dhcp::overload", dhcp.overload(context));
            said.add("Dhcp::message_type", dhcp.message_type(context));
            said.add("Dhcp::requested_address", dhcp.requested_address(context));
            said.add("Dhcp::is_pxe", dhcp.is_pxe(context));
            said.add("Dhcp::hardware_address", dhcp.hardware_address());
        }
        View::Dhcpv6(dhcpv6) => {
            said.add("Dhcpv6::transaction_id", dhcpv6.transaction_id(context));
            said.add("Dhcpv6::relay", dhcpv6.relay(context));
            said.list("Dhcpv6::options", dhcpv6.options(context));
            said.list("Dhcpv6::find", (0..150).filter_map(|code| dhcpv6.find(context, code)));
            said.list("Dhcpv6::addresses", dhcpv6.addresses(context));
            said.list("Dhcpv6::prefixes", dhcpv6.prefixes(context));
        }
        View::Dns(dns) => {
            said.list("Dns::questions", dns.questions(context));
            said.list("Dns::answers", dns.answers(context));
            said.list("Dns::authority", dns.authority(context));
            said.list("Dns::additional", dns.additional(context));
            said.list("DnsRecord::opt", dns.records(context).filter_map(|record| record.opt()));
            said.list("DnsRecord::is_whole", dns.records(context).map(|record| record.is_whole()));
            said.add("Dns::extended_rcode", dns.extended_rcode(context));
        }
        View::Http(http) => {
            said.add("Http::start", http.start(context));
            said.list("Http::headers", http.headers(context));
        }
        View::Ntp(ntp) => {
            said.add("Ntp::reference_address", ntp.reference_address());
            said.list("Ntp::extensions", ntp.extensions(context).iter());
            said.add("Ntp::mac", ntp.mac(context));
        }
        View::Snmp(snmp) => {
            said.add("Snmp::version", snmp.version(context));
            said.add("Snmp::community", snmp.community(context));
            said.add("Snmp::pdu", snmp.pdu(context));
        }
        View::Tftp(tftp) => said.add("Tftp::message", tftp.message(context)),
        View::Tls(tls) => {
            let messages = || tls.messages(context).map(|message| message.decode());
            said.list("Tls::messages", tls.messages(context));
            said.add("Tls::alert", tls.alert(context));
            said.list("TlsHandshake::server_name", messages().filter_map(|message| message.server_name()));
            said.list("TlsHandshake::version", messages().filter_map(|message| message.version()));
            said.list("TlsMessage::ja4", tls.messages(context).filter_map(|message| message.ja4()));
            let retries = messages().filter(|message| message.is_hello_retry_request());
            said.list("TlsHandshake::is_hello_retry_request", retries);
        }
        View::Sflow(sflow) => {
            said.add("Sflow::datagram", sflow.datagram(context));
            said.list("Sflow::samples", sflow.samples(context).iter());
            said.list("Sflow::sampled_headers", sflow.sampled_headers(context));
        }
        View::Radius(radius) => said.list("Radius::attributes", radius.attributes(context).iter()),
        _ => {}
    }
}

fn ask(frame: &Frame, said: &mut Said) {
    for layer in examine(frame.link_type, &frame.bytes).original_len(frame.original_len) {
        link_and_ip(&layer, said);
        icmp(&layer, said);
        tunnels(&layer, said);
        applications(&layer, said);
    }
}

#[test]
fn what_the_methods_of_headers_give_stays_as_it_is() {
    let mut said = Said::default();
    let protos = Proto::ALL.iter().filter(|proto| **proto != Proto::Data);
    for operation in 1..10 {
        for (sender, target) in [(0, 7), (7, 7), (7, 8), (0, 0)] {
            let mut bytes = [&[0xff; 12][..], &[8, 6, 0, 1, 8, 0, 6, 4, 0, operation], &[2; 20]].concat();
            (bytes[31], bytes[41]) = (sender, target);
            bytes[28..31].fill(if sender == 0 { 0 } else { 10 });
            bytes[38..41].fill(if target == 0 { 0 } else { 10 });
            ask(&Frame { link_type: 1, original_len: bytes.len(), bytes }, &mut said);
        }
    }
    for code in (0..10).chain(128..140) {
        for body in [2, 4, 8, 16, 20, 24] {
            let rpl = [&[155, code, 0, 0][..], &vec![0; body], &[5, 4, 0, 16, 0x20, 1]].concat();
            let head = [0x60, 0, 0, 0, 0, rpl.len() as u8, 58, 255];
            let bytes = [&head[..], &[0xfe, 0x80], &[1; 30], &rpl].concat();
            ask(&Frame { link_type: 229, original_len: bytes.len(), bytes }, &mut said);
        }
    }
    for sample in protos.flat_map(|&proto| samples(proto)) {
        ask(&sample.packet, &mut said);
        for at in (0..sample.packet.bytes.len()).take(400) {
            let mut changed = sample.packet.clone();
            changed.bytes[at] = changed.bytes[at].wrapping_add([1, 0x80, 0xff, 2][at % 4]);
            ask(&changed, &mut said);
            if at % 3 == 0 {
                changed.bytes.truncate(at);
                ask(&changed, &mut said);
            }
        }
    }
    let nothing: Vec<_> = said.0.iter().filter(|(_, given)| given.count == 0).map(|(method, _)| method).collect();
    assert!(nothing.is_empty(), "no sample shows {nothing:?}");
    let mut text = String::new();
    for (method, Given { first, count, digest }) in &said.0 {
        let _ = writeln!(text, "{method}: {count} times, {digest:016x}\n    {first}");
    }
    expect(&root().join("tests/accessors.txt"), &text);
}

/// A location record (RFC 1876): the sphere and the precisions are a digit and a power of ten, each half a byte.
#[test]
fn a_location_is_in_degrees_and_centimetres() {
    let bytes = [0, 0x12, 0x30, 0x97, 0x8b, 0x0d, 0x2f, 0xc0, 0x70, 0xf3, 0x1e, 0x40, 0x00, 0x98, 0x9a, 0x68];
    let Rdata::Loc { location, .. } = packetsmith::wire::TaggedEnum::decode(29, Cursor::new(&bytes)) else {
        panic!("it is a location")
    };
    assert_eq!((location.size_cm(), location.horizontal_precision_cm()), (100, 3));
    assert_eq!(location.vertical_precision_cm(), 90_000_000);
    assert_eq!(location.altitude_cm(), 1000);
    let rounded = |degrees: f64| (degrees * 1e4).round() as i64;
    assert_eq!(rounded(location.latitude_degrees()), rounded((0x8b0d_2fc0_u32 - (1 << 31)) as f64 / 3.6e6));
    assert_eq!(rounded(location.longitude_degrees()), -rounded(((1_u32 << 31) - 0x70f3_1e40) as f64 / 3.6e6));
}

/// The extension of the lists of options is that of their bytes.
#[test]
fn a_list_ends_where_an_option_is_cut() {
    let bytes = [2, 4, 5, 0xb4, 3, 3];
    let items: Vec<_> = Tlvs::<packetsmith::proto::transport::TcpOption<'_>>::new(&bytes).iter().collect();
    assert_eq!(items.len(), 1);
}
