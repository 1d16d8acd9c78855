//! What the info column says of links, tunnels and applications that need a line or two each.

use super::summary::{Brief, Summary, named, ports};
use super::write::Text;
use crate::dissect::Examined;
use crate::part::{Framed, Tlvs, Variants};
use crate::proto::*;
use core::fmt::Display;

impl Summary {
    /// Fills protocol and info; `false` leaves it to [`Summary`]'s own way with any protocol.
    pub(super) fn info(&mut self, layer: &Examined<'_>) -> bool {
        let place = &layer.place;
        let behind = layer.options();
        match layer.view {
            View::Routing(h) => {
                let info = self.begin("IPv6");
                info.str("routing, ");
                named(info, h.routing_type().name(), "type ", u8::from(h.routing_type()));
                info.show(format_args!(", segments left {}", h.segments_left()));
            }
            View::Mobility(h) => {
                let info = self.begin("MIPv6");
                named(info, h.message_type().name(), "type ", u8::from(h.message_type()));
                MobilityMessage::show(u8::from(h.message_type()).into(), behind, &mut Brief::named(info));
            }
            View::Hip(h) => {
                named(self.begin("HIP"), h.packet_type().name(), "type ", u8::from(h.packet_type()));
            }
            View::Shim6(h) => match h.context_tag(place) {
                Some(tag) => self.begin("SHIM6").show(format_args!("context {tag:#x}")),
                None => named(self.begin("SHIM6"), h.message_type().name(), "type ", u8::from(h.message_type())),
            },
            View::Igmp(h) => match h.message(place) {
                IgmpMessage::Query3 { group, sources, .. } => {
                    let info = self.begin("IGMP");
                    query(info, "version 3 membership query", group, group.is_unspecified(), sources.iter());
                }
                IgmpMessage::Query { group } => {
                    let info = self.begin("IGMP");
                    query(info, "membership query", group, group.is_unspecified(), core::iter::empty());
                }
                IgmpMessage::Report3 { records, .. } => {
                    let info = self.begin("IGMP");
                    info.str("version 3 membership report");
                    for record in records.iter().take(8) {
                        group_record(info, record.kind, record.group, record.sources.iter());
                    }
                }
                _ => return false,
            },
            View::Icmpv6(h) => match h.message(place) {
                Icmpv6Message::ListenerQuery2 { group, sources, .. } => {
                    let info = self.begin("ICMPv6");
                    query(info, "version 2 multicast listener query", group, group.is_unspecified(), sources.iter());
                }
                Icmpv6Message::ListenerReport2 { records, .. } => {
                    let info = self.begin("ICMPv6");
                    info.str("version 2 multicast listener report");
                    for record in records.iter().take(8) {
                        group_record(info, record.kind, record.group, record.sources.iter());
                    }
                }
                _ => return false,
            },
            View::Gre(h) => {
                let info = self.begin("GRE");
                protocol(info, h.protocol());
                match (h.vsid(place), h.call_id(place), h.key(place)) {
                    (Some(vsid), ..) => info.show(format_args!(" VSID={vsid}")),
                    (_, Some(call), _) => info.show(format_args!(" call={call}")),
                    (_, _, Some(key)) => info.show(format_args!(" key={key:#x}")),
                    _ => {}
                }
                let numbers = [("sequence", h.sequence(place)), ("acknowledged", h.acknowledgment(place))];
                for (name, number) in numbers.iter().filter_map(|&(name, n)| Some((name, n?))) {
                    info.show(format_args!(" {name}={number}"));
                }
            }
            View::Erspan2(h) => {
                self.begin("ERSPAN").show(format_args!("type II, session {}, VLAN {}", h.session_id(), h.vlan()));
            }
            View::Erspan3(h) => {
                self.begin("ERSPAN").show(format_args!("type III, session {}, VLAN {}", h.session_id(), h.vlan()));
            }
            View::EtherIp(h) => self.begin("EtherIP").show(format_args!("version {}", h.version())),
            View::Mpls(h) => {
                // Labels of one stack share a line.
                let info = if self.protocol.as_str() == "MPLS" { &mut self.info } else { self.begin("MPLS") };
                let gap = if info.bytes.is_empty() { "label" } else { "," };
                info.show(format_args!("{gap} {}", u32::from(h.label())));
                if let Some(name) = h.label().name() {
                    info.show(format_args!(" ({name})"));
                }
                if h.bottom() {
                    info.show(format_args!(" TTL={}", h.ttl()));
                }
            }
            View::Pppoe(h) => {
                let info = self.begin("PPPoE");
                named(info, h.code().name(), "code ", u8::from(h.code()));
                if h.session_id() != 0 {
                    info.show(format_args!(", session {:#06x}", h.session_id()));
                }
                if u8::from(h.code()) != 0 {
                    items(
                        info,
                        h.tags(place),
                        |tag| matches!(tag, PppoeTag::ServiceName { name } if name.0.is_empty()),
                    );
                }
            }
            View::PppHdlc(_) | View::PppDirection(_) => {
                self.begin("PPP");
            }
            View::Ppp(h) => named(self.begin("PPP"), h.protocol().name(), "protocol ", u16::from(h.protocol())),
            View::PppCompressed(h) => {
                let number = PppProtocolNumber::from(u16::from(h.protocol()));
                named(self.begin("PPP"), number.name(), "protocol ", u16::from(number));
            }
            View::CHdlc(h) => protocol(self.begin("CHDLC"), h.protocol()),
            View::Lcp(h) => {
                let info = self.control("LCP", h.code().name(), h.code().into(), h.identifier());
                match h.message(place) {
                    LcpMessage::ConfigureRequest { options }
                    | LcpMessage::ConfigureAck { options }
                    | LcpMessage::ConfigureNak { options }
                    | LcpMessage::ConfigureReject { options } => items(info, options, |_| false),
                    _ => {
                        LcpMessage::show(u8::from(h.code()).into(), behind, &mut Brief::named(info));
                    }
                }
            }
            View::Ipcp(h) => {
                let info = self.control("IPCP", h.code().name(), h.code().into(), h.identifier());
                items(info, h.options(place), |_| false);
            }
            View::Ipv6cp(h) => {
                let info = self.control("IPV6CP", h.code().name(), h.code().into(), h.identifier());
                items(info, h.options(place), |_| false);
            }
            View::Pap(h) => {
                let info = self.control("PAP", h.code().name(), h.code().into(), h.identifier());
                PapMessage::show(u8::from(h.code()).into(), behind, &mut Brief::named(info));
            }
            View::Chap(h) => {
                let info = self.control("CHAP", h.code().name(), h.code().into(), h.identifier());
                ChapMessage::show(u8::from(h.code()).into(), behind, &mut Brief::named(info));
            }
            View::L2tp(h) => {
                let info = self.begin("L2TP");
                let kind = h.avps(place).find_map(|avp| match avp {
                    L2tpAvp::MessageType { message } => Some(message),
                    _ => None,
                });
                match (h.control(), kind) {
                    (_, Some(kind)) => named(info, kind.name(), "message ", u16::from(kind)),
                    // Says nothing but what has been received (RFC 2661 §5.8).
                    (true, None) => info.str("acknowledgment (ZLB)"),
                    (false, None) if h.version() == 2 => info.str("data"),
                    (false, None) => info.show(format_args!("version {}", h.version())),
                }
                let ids = [("tunnel", h.tunnel_id(place)), ("session", h.session_id(place))];
                let numbers = [("Ns", h.ns(place)), ("Nr", h.nr(place))];
                for (name, number) in ids.into_iter().chain(numbers).filter_map(|(name, n)| Some((name, n?))) {
                    info.show(format_args!(" {name}={number}"));
                }
            }
            View::Vxlan(h) => self.begin("VXLAN").show(format_args!("VNI {}", h.vni())),
            View::VxlanGpe(h) => {
                let info = self.begin("VXLAN-GPE");
                info.show(format_args!("VNI {}, ", h.vni()));
                named(info, h.next_protocol().name(), "protocol ", u8::from(h.next_protocol()));
            }
            View::Geneve(h) => {
                let info = self.begin("Geneve");
                info.show(format_args!("VNI {}, ", h.vni()));
                protocol(info, h.protocol());
                match h.options(place).count() {
                    0 => {}
                    options => info.show(format_args!(", options: {options}")),
                }
            }
            View::UdpLite(h) => {
                let length = place.body_wire_end - place.head_end;
                let info = self.begin("UDP-Lite");
                ports(info, h.src_port(), h.dst_port());
                info.show(format_args!(" Len={length}"));
                match h.checksum_coverage() {
                    0 => {}
                    covered => info.show(format_args!(" Coverage={covered}")),
                }
            }
            View::Ntp(h) => {
                let info = self.begin("NTP");
                info.show(format_args!("version {}, ", h.version()));
                named(info, h.mode().name(), "mode ", u8::from(h.mode()));
                let stratum = u8::from(h.stratum());
                let reference = h.reference_id();
                match (stratum, h.reference_address()) {
                    // A client seldom says.
                    (0, _) if reference == [0; 4] => return true,
                    (0, _) => info.str(", kiss of death"),
                    _ => info.show(format_args!(", stratum {stratum}")),
                }
                match h.reference_address() {
                    Some(address) => info.show(format_args!(", reference {address}")),
                    None => {
                        let end = reference.iter().rposition(|&b| b != 0).map_or(0, |i| i + 1);
                        info.str(", reference ");
                        info.quoted(&reference[..end]);
                    }
                }
            }
            View::NtpControl(h) => {
                let info = self.begin("NTP");
                info.show(format_args!("version {}, control, ", h.version()));
                named(info, h.opcode().name(), "opcode ", u8::from(h.opcode()));
                info.str(if h.response() { " response" } else { "" });
                info.show(format_args!(", sequence {}", h.sequence()));
            }
            View::NtpPrivate(h) => {
                let info = self.begin("NTP");
                let kind = if h.response() { "response" } else { "request" };
                info.show(format_args!("version {}, private {kind}, code {}", h.version(), h.request_code()));
            }
            View::Tftp(h) => {
                let info = self.begin("TFTP");
                named(info, h.opcode().name(), "opcode ", u16::from(h.opcode()));
                TftpMessage::show(h.opcode().into(), behind, &mut Brief::named(info));
                let options = match h.message(place) {
                    TftpMessage::ReadRequest { options, .. }
                    | TftpMessage::WriteRequest { options, .. }
                    | TftpMessage::OptionAcknowledgment { options } => options,
                    _ => return true,
                };
                for option in options.iter().take(8) {
                    info.str(" ");
                    info.str(core::str::from_utf8(option.name.0).unwrap_or("option"));
                    info.str("=");
                    info.quoted(option.value.0);
                }
            }
            View::Snmp(h) => {
                let info = self.begin("SNMP");
                match h.version(place) {
                    Some(version) => named(info, version.name(), "version ", u8::from(version)),
                    None => info.str("no message"),
                }
                if let Some(pdu) = h.pdu(place) {
                    info.str(", ");
                    named(info, pdu.name(), "PDU ", u8::from(pdu));
                }
                if let Some(community) = h.community(place) {
                    info.str(", community ");
                    info.quoted(community);
                }
            }
            View::Http(h) => {
                let info = self.begin("HTTP");
                match h.start(place) {
                    Some(HttpStart::Request { method, target, minor_version }) => {
                        info.show(format_args!("{method} {target}"));
                        if let Some(minor) = minor_version {
                            info.show(format_args!(" HTTP/1.{minor}"));
                        }
                    }
                    Some(HttpStart::Response { minor_version, status, reason }) => {
                        info.show(format_args!("HTTP/1.{minor_version} {status} {reason}"));
                    }
                    None => info.str("head"),
                }
                let wanted = ["host", "content-type", "location"];
                for (name, value) in h.headers(place).filter(|(n, _)| wanted.iter().any(|w| n.eq_ignore_ascii_case(w)))
                {
                    info.show(format_args!(" {name}="));
                    info.quoted(value);
                }
            }
            _ => return false,
        }
        true
    }

    /// Begins the line of a control protocol of PPP.
    fn control(&mut self, protocol: &str, name: Option<&str>, code: u8, identifier: u8) -> &mut Text {
        let info = self.begin(protocol);
        named(info, name, "code ", code);
        info.show(format_args!(", id {identifier}"));
        info
    }
}

fn protocol(info: &mut Text, number: EtherType) {
    match number.name() {
        Some(name) => info.str(name),
        None => info.show(format_args!("EtherType {:#06x}", u16::from(number))),
    }
}

/// Options or tags with what they say, but for those that are dull.
fn items<'a, V: Variants<'a> + Framed>(info: &mut Text, list: Tlvs<'a, V>, dull: impl Fn(&V) -> bool) {
    for item in list.items().flatten().filter(|item| !dull(&V::decode(item.kind, item.contents))).take(16) {
        info.str(", ");
        match V::name_of(item.kind) {
            Some(name) => info.str(name),
            None => info.show(format_args!("type {}", item.kind)),
        }
        if !item.contents.is_empty() && !V::decode(item.kind, item.contents).is_unknown() {
            info.str(" ");
            V::show(item.kind, item.contents, &mut Brief::values(info));
        }
    }
}

/// Says whom a query asks.
fn query<A: Display>(info: &mut Text, what: &str, group: A, general: bool, sources: impl Iterator<Item = A>) {
    match general {
        true => info.show(format_args!("{what}, general")),
        false => info.show(format_args!("{what} for {group}")),
    }
    addresses(info, " from ", sources);
}

/// Says what happens to a group; the words are RFC 3376's, but joining and leaving are called so.
fn group_record<A: Display>(info: &mut Text, kind: GroupRecordType, group: A, sources: impl Iterator<Item = A>) {
    let mut sources = sources.peekable();
    match (kind, sources.peek().is_some()) {
        (GroupRecordType::ToExclude, false) => info.show(format_args!(", joins {group}")),
        (GroupRecordType::ToInclude, false) => info.show(format_args!(", leaves {group}")),
        (GroupRecordType::IsExclude, false) => info.show(format_args!(", is in {group}")),
        (kind, _) => {
            info.show(format_args!(", {group} "));
            named(info, kind.name(), "record ", u8::from(kind));
        }
    }
    addresses(info, " ", sources);
}

fn addresses<A: Display>(info: &mut Text, before: &str, list: impl Iterator<Item = A>) {
    for (i, address) in list.take(8).enumerate() {
        info.str(if i == 0 { before } else { "," });
        info.show(format_args!("{address}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::dissect::{Examine, Layers};
    use crate::layer::Next;
    use crate::sink::Summary;
    use std::string::String;

    /// The line that bytes make, without addresses.
    fn line(first: Next, bytes: &[u8]) -> String {
        let mut summary = Summary::default();
        summary.packet(Examine::new(Layers::new(first, bytes)));
        std::format!("{} {}", summary.protocol.as_str(), summary.info.as_str())
    }

    #[test]
    fn tunnels_without_a_payload_say_which_they_are() {
        let gre = Next::IpProtocol(47);
        assert_eq!(
            line(gre, &[0x30, 0, 0x88, 0xcc, 0, 0, 0, 7, 0, 0, 0, 2, 9]),
            "GRE LLDP key=0x7 sequence=2, 1 bytes"
        );
        assert_eq!(line(gre, &[0x30, 1, 0x88, 0x0b, 0, 0, 0, 5, 0, 0, 0, 3]), "GRE PPP call=5 sequence=3");
        assert_eq!(line(Next::UdpPort(4789), &[8, 0, 0, 0, 0, 0, 42, 0]), "VXLAN VNI 42");
        assert_eq!(line(Next::UdpPort(6081), &[0, 0, 0x88, 0xcc, 0, 0, 42, 0, 9]), "Geneve VNI 42, LLDP, 1 bytes");
        assert_eq!(
            line(Next::UdpPort(1701), &[0xc8, 2, 0, 12, 0, 5, 0, 0, 0, 1, 0, 2]),
            "L2TP acknowledgment (ZLB) tunnel=5 session=0 Ns=1 Nr=2"
        );
        assert_eq!(line(Next::UdpPort(1701), &[0, 2, 0, 5, 0, 7]), "L2TP data tunnel=5 session=7");
    }

    #[test]
    fn labels_of_a_stack_share_a_line() {
        let stack = [0, 0x01, 0x00, 64, 0, 0x01, 0x11, 64];
        assert_eq!(line(Next::EtherType(0x8847), &stack), "MPLS label 16, 17 TTL=64");
    }

    #[test]
    fn ppp_names_what_it_does_not_take_apart() {
        assert_eq!(line(Next::PppPlain, &[0, 0x2b, 9]), "PPP Novell IPX, 1 bytes");
    }
}
