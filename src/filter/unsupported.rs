//! Names of Wireshark that packetsmith does not have, so that a message can say why.

use alloc::format;
use alloc::string::{String, ToString};

/// Names that need other packets, and that [`Flows`](crate::flow::Flows) does not work out: the first part of them.
const STREAMS: &[&str] = &[
    "tcp.reassembled",
    "tcp.segment",
    "tcp.segments",
    "tcp.segment_data",
    "tcp.pdu",
    "ip.reassembled",
    "ipv6.reassembled",
    "http.response_for",
    "http.proxy_connect_host",
    "http.proxy_connect_port",
];

/// Names that need packets that come later, and the names that the response has.
const LATER: &[(&str, &str)] = &[
    ("dns.response_in", "dns.response_to"),
    ("http.response_in", "http.request_in"),
    ("http.next_response_in", "http.request_in"),
    ("http.next_request_in", "http.request_in"),
    ("icmp.resp_in", "icmp.resp_to"),
    ("icmp.no_resp", "icmp.resp_to"),
    ("icmp.resp_not_found", "icmp.resp_to"),
    ("icmpv6.resp_in", "icmpv6.resp_to"),
    ("icmpv6.no_resp", "icmpv6.resp_to"),
    ("icmpv6.resp_not_found", "icmpv6.resp_to"),
];

/// Protocols that people filter for and that packetsmith does not dissect.
const PROTOCOLS: &str = " 6lowpan 9p aarp acn adwin afp ajp13 amqp ancp ansi_map aoe asap asterix atalk atm atp auto_rp babel \
bacapp bacnet bacp bap batadv bfd bgp bittorrent bootparams browser brdwlk bssgp bssmap btatt bthci_acl bthci_evt \
btl2cap btle bvlc cattp capwap carp cdp cfm chdlc cigi cipsafety classicstun clnp cmip coap coap_tcp couchbase cops cql \
dccp dcerpc dect dhcpfo diameter dis dlsw dnp3 dns_tcp docsis drda dtls dtp dvmrp e164 eap eapol ecat edp edonkey eigrp \
elasticsearch elsm enip epmd esis esmtp fc fcoe fddi finger fix fr ftp ftp-data gadu-gadu giop gnutella goose gopher \
gprs-ns grpc gsm_a gsm_map gsm_sms gtp gtpv2 gvrp h225 h245 h263 h264 h323 hart_ip hartip hsr hsrp http2 http3 hci_h4 iapp \
iax2 icap icep ieee1588 ieee80211 imap imf inap infiniband ipmi ipp ipsec ipx irc isakmp iscsi isdn isis isl isns isup iua \
j1939 jabber json kafka kerberos kink kismet klm knxip lacp lapd laplink ldap ldp lisp lldp lmp logotype lon lpd lsc lte_rrc \
lwapp m2pa m2ua m3ua mac-lte macsec manolito maxdb mbim mbtcp megaco memcache mgcp mime_multipart mikey mms mndp modbus mongo \
mount mpeg_pes mp2t mqtt mrp msdp msmms msnms mstp mswsp mtp2 mtp3 mysql nano nas-eps nat-pmp nbdgm nbipx nbns nbss ncp ndmp \
ndps netbios nfs nhrp nlm nntp nsh nsip ntlmssp nvme oicq olsr omapi opcua openflow openvpn ospf ouch p_mul paltalk pana \
pcep pflog pfsync pgm pgsql pim pkix1explicit pop portmap powerlink pptp profinet ptp pulse q931 quake quic rdp redis resp \
rfb rip ripng rlogin rmt-lct rpc rsh rsip rsvp rsync rtcp rtmpt rtp rtps rtsp s1ap s7comm sap sccp sctp sdp selfm ses \
sigcomp simple sip sigtran skinny slimp3 sll_ slowprotocols smb smb2 smpp smtp smux snaeth socks soupbintcp spdy spice spx \
srvloc ssh starteam stp stt stun sua syslog synphasor tacacs tacplus tali tcap tcpcl tds teamspeak2 telnet \
thrift tipc tns tpkt trill turbocell turnchannel tzsp uaudp uasip ucp udld udpencap uma usb usbhid usbms utp v5ua vines \
vnc vrrp vtp wap wassp wccp websocket wfleet whois who wireguard wg wlan wol wow wsp wtls wtp x11 x25 xcsl xmcp xml xmpp xot \
xtp yhoo ymsg zabbix zbee_nwk zbee_zcl zigbee zrtp ";

const LATER_PACKETS: &str =
    "needs packets that come later; packetsmith read shows what was put together with the packet that completes it";

const FRAGMENTS: &str = "lists the packets of which a datagram was put together, which packetsmith read does not filter for; \
                         fragments are found by ip.flags.mf, ip.frag_offset and ipv6.fraghdr";

/// Names of what only Wireshark knows, and what to write instead.
const WIRESHARK_ONLY: &[(&str, &str)] = &[
    (
        "_ws.expert",
        "is about the remarks of Wireshark's dissectors, of which packetsmith has not all; its own are called issue and \
         issue.severity, and tcp.analysis.flags is what it finds out about TCP",
    ),
    (
        "_ws.col",
        "is the text of a column, which packetsmith read -T fields -e shows for _ws.col.info, .protocol, .def_src, .def_dst, \
         .number, .cls_time and .packet_length; a filter names the field that the column shows",
    ),
    ("_ws.short", "is about Wireshark's dissectors; packetsmith says issue == truncated"),
    ("_ws.unreassembled", "is about Wireshark's dissectors; packetsmith has names such as ip.flags.mf"),
    ("ip.reassembled_in", LATER_PACKETS),
    ("ipv6.reassembled_in", LATER_PACKETS),
    ("tcp.reassembled_in", LATER_PACKETS),
    ("ip.fragment", FRAGMENTS),
    ("ip.fragments", FRAGMENTS),
    ("ipv6.fragment", FRAGMENTS),
    ("ipv6.fragments", FRAGMENTS),
    (
        "icmp.data_time",
        "is Wireshark's guess that the data of an echo message begins with a time; data.data has the bytes",
    ),
    (
        "icmp.data_time_relative",
        "is Wireshark's guess that the data of an echo message begins with a time; data.data has the bytes",
    ),
    ("tls.app_data_proto", "is Wireshark's guess of what is encrypted, by the port; tcp.port is the port"),
    ("tls.resumed", "needs the session before; tls.handshake.session_id is in the message"),
    (
        "tls.record.opaque_type",
        "is tls.record.content_type where Wireshark knows of a packet before that the connection is of TLS 1.3",
    ),
    ("tls.ignored_unknown_record", "is about Wireshark's dissector"),
    ("tls.handshake.yc", "depends on the cipher suite, which another message says"),
    ("tls.handshake.yc_len", "depends on the cipher suite, which another message says"),
    ("tls.handshake.epms", "depends on the cipher suite, which another message says"),
    ("tls.handshake.epms_len", "depends on the cipher suite, which another message says"),
    ("dhcpv6.option.type_str", "is Wireshark's text for dhcpv6.option.type, whose names packetsmith read -V shows"),
    ("ip.tos", "is shown by Wireshark only with a preference; ip.dsfield is the same byte"),
    ("ip.geoip", "needs a database of places; packetsmith has none"),
    ("ipv6.geoip", "needs a database of places; packetsmith has none"),
    (
        "http.file_data",
        "is the content without its encodings, which packetsmith extract writes to files; data.data has the bytes of the \
         segment",
    ),
    ("frame.marked", "is a mark in Wireshark's window"),
    ("frame.ignored", "is a mark in Wireshark's window"),
];

/// Old names of protocols, which Wireshark still takes, and the names that they have now.
const OLD: &[(&str, &str)] = &[("bootp", "dhcp"), ("ssl", "tls")];

/// The name that an old one stands for.
pub(super) fn renamed(name: &str) -> Option<String> {
    let (protocol, rest) = name.split_once('.').map_or((name, None), |(protocol, rest)| (protocol, Some(rest)));
    let (_, new) = OLD.iter().find(|(old, _)| *old == protocol)?;
    Some(rest.map_or(new.to_string(), |rest| format!("{new}.{rest}")))
}

/// Operators that are letters: they are no names.
const OPERATORS: &[&str] =
    &["and", "or", "xor", "not", "in", "contains", "matches", "eq", "ne", "lt", "le", "gt", "ge", "any", "all"];

/// Words that begin a filter of tcpdump, and what a display filter has instead.
const TCPDUMP: &[(&str, &str)] = &[
    ("host", "ip.addr == 192.0.2.1"),
    ("net", "ip.addr == 192.0.2.0/24"),
    ("port", "tcp.port == 80 || udp.port == 80"),
    ("portrange", "tcp.port in {80..90}"),
    ("src", "ip.src == 192.0.2.1"),
    ("dst", "ip.dst == 192.0.2.1"),
    ("ether", "eth.addr == 02:00:00:00:00:01"),
    ("ip6", "ipv6"),
    ("less", "frame.len <= 60"),
    ("greater", "frame.len >= 60"),
];

/// Whether Wireshark's meaning of a name needs other packets and is not worked out.
pub(super) fn needs_stream(name: &str) -> bool {
    STREAMS.iter().any(|known| begins(name, known))
}

/// Whether a name is `known` or begins with it and a dot.
fn begins(name: &str, known: &str) -> bool {
    name.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What to write instead of a word of tcpdump's filters.
pub(super) fn tcpdump(word: &str) -> Option<String> {
    let (_, instead) = TCPDUMP.iter().find(|(known, _)| *known == word)?;
    Some(format!("{word} belongs to tcpdump's filters; a display filter says {instead}"))
}

/// Why packetsmith does not have a name that Wireshark or tcpdump has.
pub(super) fn why_not(name: &str) -> Option<String> {
    if OPERATORS.contains(&name) {
        return Some("the name of a field or protocol was expected here".to_string());
    }
    if let Some(what) = tcpdump(name) {
        return Some(what);
    }
    let protocol = name.split('.').next().unwrap_or(name);
    if let Some((_, what)) = WIRESHARK_ONLY.iter().find(|(known, _)| begins(name, known)) {
        return Some(format!("{name} {what}"));
    }
    if let Some((_, instead)) = LATER.iter().find(|(known, _)| *known == name) {
        return Some(format!(
            "{name} needs packets that come later; of the response, {instead} tells which packet it answers, and \
             packetsmith transactions lists requests with and without a response"
        ));
    }
    if needs_stream(name) {
        return Some(format!("{name} needs other packets too, and packetsmith does not work it out"));
    }
    let is_known = PROTOCOLS.split_whitespace().any(|known| known == protocol);
    is_known.then(|| format!("packetsmith does not dissect {protocol}: no test of it can be answered"))
}
