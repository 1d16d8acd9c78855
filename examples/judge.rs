//! Writes the contents of a capture file in the neutral schema of a judge that compares dissectors.
//!
//! `cargo run --release --example judge FILE` writes JSON lines on standard output: one a packet, and
//! an `end` line that says whether the file could be read to its end.

use packetsmith::capture::Reader;
use packetsmith::proto::dns::*;
use packetsmith::proto::icmp::*;
use packetsmith::proto::ip::*;
use packetsmith::*;
use serde_json::{Map, Value as Json, json};
use std::io::Write;

fn main() -> std::io::Result<()> {
    let path = std::env::args_os().nth(1).expect("usage: judge FILE");
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut packets, mut error) = (0, None);
    match Reader::open(&path) {
        Err(e) => error = Some(e.to_string()),
        Ok(mut reader) => {
            while let Some(record) = reader.next_record() {
                match record {
                    Ok(record) => {
                        packets = record.number;
                        let link_type = record.link_type.unwrap_or(u16::MAX);
                        let layers = examine(link_type, record.data).original_len(record.original_len as usize);
                        let ts = record.timestamp.map_or("null".to_string(), |t| t.nanos().to_string());
                        let line = json!({
                            "t": "pkt", "n": record.number,
                            "caplen": record.data.len(), "len": record.original_len,
                            "link": link_name(link_type), "layers": judge_layers(layers), "stop": null,
                        });
                        // A JSON number of serde_json does not hold every time.
                        writeln!(out, "{{\"ts\":{ts},{}", &line.to_string()[1..])?;
                    }
                    Err(e) => error = Some(e.to_string()),
                }
            }
        }
    }
    writeln!(out, "{}", json!({"t": "end", "packets": packets, "error": error}))
}

fn link_name(link_type: u16) -> &'static str {
    match link_type {
        1 => "ethernet",
        12 | 14 | 101 | 228 | 229 => "raw",
        0 | 108 => "null",
        113 => "sll",
        276 => "sll2",
        _ => "other",
    }
}

/// Adds every field of a layer's table, under the names of the judge.
fn add(out: &mut Map<String, Json>, fields: &[(&str, Json)]) {
    out.extend(fields.iter().map(|(name, value)| (name.to_string(), value.clone())));
}

fn hex(bytes: &[u8]) -> Json {
    json!(Hex(bytes).to_string())
}

fn checksum_ok(state: Option<Checksum>) -> Json {
    match state {
        Some(Checksum::Good) => json!(true),
        Some(Checksum::Bad(_) | Checksum::Offloaded) => json!(false),
        _ => Json::Null,
    }
}

fn judge_layers(layers: Examine<'_>) -> Vec<Json> {
    let mut list = Vec::new();
    for layer in layers.take_while(|layer| !layer.quoted) {
        let mut out = Map::new();
        let at = layer.header_span().start;
        let ok = checksum_ok(layer.checksum());
        let id = match layer.view {
            View::Ethernet(h) => {
                add(&mut out, &[("dst", json!(h.dst().to_string())), ("src", json!(h.src().to_string()))]);
                add(&mut out, &[("type", json!(u16::from(h.ethertype())))]);
                "eth"
            }
            View::Vlan(h) => {
                add(&mut out, &[("pcp", json!(u8::from(h.priority()))), ("dei", json!(h.drop_eligible() as u8))]);
                add(&mut out, &[("vid", json!(h.id())), ("type", json!(u16::from(h.ethertype())))]);
                "vlan"
            }
            View::Sll(h) => {
                let address = h.address();
                add(
                    &mut out,
                    &[
                        ("pkttype", json!(u16::from(h.packet_type()))),
                        ("hatype", json!(u16::from(h.hardware_type()))),
                        ("halen", json!(h.address_length())),
                        ("addr", hex(&address[..usize::from(h.address_length()).min(8)])),
                        ("proto", json!(u16::from(h.protocol()))),
                    ],
                );
                "sll"
            }
            View::Sll2(h) => {
                let address = h.address();
                add(
                    &mut out,
                    &[
                        ("proto", json!(u16::from(h.protocol()))),
                        ("ifindex", json!(h.interface())),
                        ("hatype", json!(u16::from(h.hardware_type()))),
                        ("pkttype", json!(u16::from(h.packet_type()))),
                        ("halen", json!(h.address_length())),
                        ("addr", hex(&address[..usize::from(h.address_length()).min(8)])),
                    ],
                );
                "sll2"
            }
            View::Null(h) => {
                add(&mut out, &[("family", json!(h.family().0))]);
                "null"
            }
            View::Loop(h) => {
                add(&mut out, &[("family", json!(u32::from(h.family())))]);
                "null"
            }
            View::Arp(h) => {
                let a = h.addresses(&layer.context);
                add(
                    &mut out,
                    &[
                        ("htype", json!(u16::from(h.hardware_type()))),
                        ("ptype", json!(u16::from(h.protocol_type()))),
                        ("hlen", json!(h.hardware_length())),
                        ("plen", json!(h.protocol_length())),
                        ("op", json!(u16::from(h.operation()))),
                        ("sha", hex(a.sender_hardware)),
                        ("spa", hex(a.sender_protocol)),
                        ("tha", hex(a.target_hardware)),
                        ("tpa", hex(a.target_protocol)),
                    ],
                );
                "arp"
            }
            View::Ipv4(h) => {
                add(
                    &mut out,
                    &[
                        ("version", json!(h.version())),
                        ("ihl", json!(h.ihl())),
                        ("dscp", json!(u8::from(h.dscp()))),
                        ("ecn", json!(u8::from(h.ecn()))),
                        ("total_len", json!(h.total_length())),
                        ("ident", json!(h.identification())),
                        ("flags", json!(h.flags().0)),
                        ("frag_off", json!(u32::from(h.fragment_offset()) * 8)),
                        ("ttl", json!(h.ttl())),
                        ("proto", json!(u8::from(h.protocol()))),
                        ("checksum", json!(h.checksum())),
                        ("checksum_ok", ok),
                        ("src", json!(h.src().to_string())),
                        ("dst", json!(h.dst().to_string())),
                        ("options", hex(layer.header().get(20..).unwrap_or_default())),
                    ],
                );
                "ipv4"
            }
            View::Ipv6(h) => {
                add(
                    &mut out,
                    &[
                        ("version", json!(h.version())),
                        ("tc", json!(u8::from(h.dscp()) << 2 | u8::from(h.ecn()))),
                        ("flow", json!(h.flow_label())),
                        ("plen", json!(h.payload_length())),
                        ("nh", json!(u8::from(h.next_header()))),
                        ("hlim", json!(h.hop_limit())),
                        ("src", json!(h.src().to_string())),
                        ("dst", json!(h.dst().to_string())),
                    ],
                );
                "ipv6"
            }
            View::HopByHop(h) => {
                extension(&mut out, h.next_header(), h.length(), &layer);
                "ip6_hopopts"
            }
            View::DestinationOptions(h) => {
                extension(&mut out, h.next_header(), h.length(), &layer);
                "ip6_dstopts"
            }
            View::Routing(h) => {
                extension(&mut out, h.next_header(), h.length(), &layer);
                add(&mut out, &[("rtype", json!(u8::from(h.routing_type()))), ("segleft", json!(h.segments_left()))]);
                "ip6_routing"
            }
            View::Fragment(h) => {
                add(
                    &mut out,
                    &[
                        ("nh", json!(u8::from(h.next_header()))),
                        ("frag_off", json!(u32::from(h.fragment_offset()) * 8)),
                        ("more", json!(h.more_fragments() as u8)),
                        ("ident", json!(h.identification())),
                    ],
                );
                "ip6_frag"
            }
            View::Tcp(h) => {
                let list = h.options(&layer.context).items().flatten();
                let list: Vec<_> = list.map(|item| json!([item.kind, hex(item.contents.bytes())])).collect();
                add(
                    &mut out,
                    &[
                        ("sport", json!(h.src_port())),
                        ("dport", json!(h.dst_port())),
                        ("seq", json!(h.seq())),
                        ("ack", json!(h.ack())),
                        ("data_offset", json!(h.data_offset())),
                        ("flags", json!(h.flags().0)),
                        ("window", json!(h.window())),
                        ("checksum", json!(h.checksum())),
                        ("checksum_ok", ok),
                        ("urgent", json!(h.urgent_pointer())),
                        ("payload_len", json!(layer.context.payload_wire_end - layer.context.bounds.header_end)),
                        ("options_raw", hex(layer.header().get(20..).unwrap_or_default())),
                        ("options", json!(list)),
                    ],
                );
                "tcp"
            }
            View::Udp(h) => {
                add(
                    &mut out,
                    &[
                        ("sport", json!(h.src_port())),
                        ("dport", json!(h.dst_port())),
                        ("len", json!(h.length())),
                        ("checksum", json!(h.checksum())),
                        ("checksum_ok", ok),
                    ],
                );
                "udp"
            }
            View::Icmpv4(h) => {
                icmp(&mut out, &layer, h.kind().into(), h.code(), h.checksum());
                "icmp"
            }
            View::Icmpv6(h) => {
                icmp(&mut out, &layer, h.kind().into(), h.code(), h.checksum());
                if let 133..=137 = u8::from(h.kind()) {
                    ndp(&mut out, &h, &layer);
                }
                "icmpv6"
            }
            View::Dhcp(h) => {
                let chaddr = h.chaddr();
                let items = h.options(&layer.context).items().flatten().filter(|o| !matches!(o.kind, 0 | 255));
                let items: Vec<_> = items.map(|o| json!([o.kind, hex(o.contents.bytes())])).collect();
                add(
                    &mut out,
                    &[
                        ("op", json!(u8::from(h.op()))),
                        ("htype", json!(u16::from(h.htype()))),
                        ("hlen", json!(h.hlen())),
                        ("hops", json!(h.hops())),
                        ("xid", json!(h.xid())),
                        ("secs", json!(h.secs())),
                        ("flags", json!(h.flags().0)),
                        ("ciaddr", json!(h.ciaddr().to_string())),
                        ("yiaddr", json!(h.yiaddr().to_string())),
                        ("siaddr", json!(h.siaddr().to_string())),
                        ("giaddr", json!(h.giaddr().to_string())),
                        ("chaddr", hex(&chaddr[..usize::from(h.hlen()).min(16)])),
                        ("options", if h.has_cookie(&layer.context) { json!(items) } else { Json::Null }),
                    ],
                );
                "dhcp"
            }
            View::Dns(h) => {
                dns(&mut out, &h, &layer);
                "dns"
            }
            View::DnsOverTcp(_) => continue,
            _ => break,
        };
        out.insert("id".into(), json!(id));
        out.insert("off".into(), json!(at));
        list.push(Json::Object(out));
    }
    list
}

fn extension(out: &mut Map<String, Json>, next: IpProtocol, length: u8, layer: &ExaminedLayer<'_>) {
    let data = hex(layer.header().get(2..).unwrap_or_default());
    add(out, &[("nh", json!(u8::from(next))), ("len", json!(length)), ("data", data)]);
}

/// All bytes of an ICMP message, which can be in several layers.
fn message<'a>(layer: &ExaminedLayer<'a>) -> Vec<u8> {
    [layer.header(), layer.payload(), layer.trailer()].concat()
}

fn icmp(out: &mut Map<String, Json>, layer: &ExaminedLayer<'_>, kind: u8, code: u8, checksum: u16) {
    let rest = message(layer).get(4..8).map_or(Json::Null, hex);
    add(
        out,
        &[
            ("type", json!(kind)),
            ("code", json!(code)),
            ("checksum", json!(checksum)),
            ("checksum_ok", checksum_ok(layer.checksum())),
            ("rest", rest),
        ],
    );
}

fn ndp(out: &mut Map<String, Json>, h: &Icmpv6<&[u8; 4]>, layer: &ExaminedLayer<'_>) {
    if let Some(target) = h.ndp_target(&layer.context) {
        add(out, &[("ndp_target", json!(target.to_string()))]);
    }
    if h.kind() == Icmpv6Type::RouterAdvertisement {
        add(out, &[("ra", message(layer).get(4..16).map_or(Json::Null, hex))]);
    }
    let options = h.ndp_options(&layer.context).into_iter().flat_map(|options| options.items()).flatten();
    let options: Vec<_> = options.map(|o| json!([o.kind, hex(o.contents.bytes())])).collect();
    add(out, &[("ndp_options", json!(options))]);
}

fn dns(out: &mut Map<String, Json>, h: &Dns<&[u8; 12]>, layer: &ExaminedLayer<'_>) {
    let context = &layer.context;
    let head = layer.header();
    add(
        out,
        &[
            ("ident", json!(h.id())),
            ("flags", json!(u16::from_be_bytes([head[2], head[3]]))),
            ("qd", json!(h.question_count())),
            ("an", json!(h.answer_count())),
            ("ns", json!(h.authority_count())),
            ("ar", json!(h.additional_count())),
        ],
    );
    let questions: Vec<_> = h
        .questions(context)
        .map(|q| {
            json!([q.name.to_string(), u16::from(q.qtype), u16::from(q.qclass) | u16::from(q.unicast_response) << 15])
        })
        .collect();
    add(out, &[("questions", json!(questions))]);
    let record = |r: DnsRecord<'_>| {
        json!([
            r.name.to_string(),
            u16::from(r.rtype),
            u16::from(r.class) | u16::from(r.cache_flush) << 15,
            r.ttl,
            r.rdlength
        ])
    };
    let answers: Vec<_> = h.answers(context).map(record).collect();
    let authority: Vec<_> = h.authority(context).map(record).collect();
    let additional: Vec<_> = h.additional(context).map(record).collect();
    add(out, &[("answers", json!(answers)), ("authority", json!(authority)), ("additional", json!(additional))]);
}
