//! What the library says about many packets stays as it is, down to the byte.
//!
//! What is read was compared with tshark where it could be, see `tools/compare_tshark.py`. This test needs no tshark: it
//! holds a digest of each kind of output, for the packets of each protocol, and for packets made of these by changing
//! bytes and lengths. A change of what is said changes a line of `tests/pinned.txt`, and so does not go unseen.
//!
//! A digest does not tell what has changed. `PINNED=folder cargo test --test pinned` writes the outputs themselves to a
//! folder, for example before and after a change; then `diff -r` of the two shows it. If the change is wanted,
//! `UPDATE=1 cargo test --test pinned` writes the digests.

mod common;

use common::{Packet as Frame, digest, expect, packets, root, samples, testdata, with_hostile_lengths};
use packetsmith::capture::Reader;
use packetsmith::ip::{Fragmenter, Outcome, Policy, Reassembler, Settings};
use packetsmith::output::{Json, Summary, TreeText};
use packetsmith::{Editor, Filter, Mutator, Packet, Proto, Value, View, dissect, examine};
use std::collections::HashMap;
use std::fmt::Write;
use std::time::Duration;

/// Collects outputs by kind, and gives a line of digests.
#[derive(Default)]
struct Outputs(Vec<(&'static str, String)>);

impl Outputs {
    fn add(&mut self, kind: &'static str, text: &str) {
        if !self.0.iter().any(|(known, _)| *known == kind) {
            self.0.push((kind, String::new()));
        }
        let Some((_, all)) = self.0.iter_mut().find(|(known, _)| *known == kind) else { return };
        all.push_str(text);
        all.push('\n');
    }

    fn line(&self, name: &str) -> String {
        let mut line = name.to_string();
        for (kind, text) in &self.0 {
            let _ = write!(line, "  {kind} {:016x}", digest(text.as_bytes()));
            if let Some(folder) = std::env::var_os("PINNED") {
                let folder = std::path::Path::new(&folder).join(kind);
                std::fs::create_dir_all(&folder).expect("the folder can be made");
                std::fs::write(folder.join(name), text).expect("the file can be written");
            }
        }
        line + "\n"
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Packets made of one: each of its bytes changed in one of a few ways, cut anywhere, with lengths that mean ill.
fn variants(frame: &Frame) -> Vec<Frame> {
    let mut all = vec![frame.clone()];
    let step = (frame.bytes.len() / 16).max(1);
    for at in (0..frame.bytes.len()).step_by(step) {
        for change in [0x01, 0xff] {
            let mut changed = frame.clone();
            changed.bytes[at] ^= change;
            all.push(changed);
        }
        let cut = Frame { bytes: frame.bytes[..at].to_vec(), ..frame.clone() };
        all.push(Frame { original_len: at, ..cut.clone() });
        all.push(cut);
    }
    let mut count = 0;
    with_hostile_lengths(frame, &mut |hostile| {
        count += 1;
        if count <= 24 {
            all.push(hostile.clone());
        }
    });
    all
}

/// What is said about a packet.
fn read(frame: &Frame, out: &mut Outputs) {
    let layers = || examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
    let (mut summary, mut tree, mut json) = (Summary::default(), TreeText::default(), Json::default());
    summary.packet(layers());
    for column in [&summary.source, &summary.destination, &summary.protocol, &summary.info] {
        out.add("line", column.as_str());
    }
    tree.packet(layers());
    out.add("tree", tree.text.as_str());
    json.packet(|_| {}, layers());
    out.add("json", json.text.as_str());
    let mut issues = String::new();
    for layer in layers() {
        layer.issues(|issue| issues += &format!("{} {issue}\n", issue.kind.identifier()));
    }
    out.add("issues", &issues);
}

/// Packet text with a character less, more or changed: what is built of it, or the error.
fn changed_text(frame: &Frame, out: &mut Outputs) {
    let mut packet = Packet::new(examine(frame.link_type, &frame.bytes));
    packet.simplify(&frame.bytes);
    let text: String = packet.to_string().chars().take(1500).collect();
    let built = |text: &str| match text.parse::<Packet>() {
        Ok(mut packet) => packet.build().map_or_else(|error| error.to_string(), |built| hex(&built)),
        Err(error) => format!("{} {error}", error.at),
    };
    out.add("texts", &built(&text));
    let step = (text.len() / 60).max(1);
    for (number, (at, old)) in text.char_indices().step_by(step).enumerate() {
        let (before, after) = (&text[..at], &text[at + old.len_utf8()..]);
        let new = [" ", "=", "[", "]", "{", "}", "\"", "/", ",", "0", "9", "x", "-", "\\"][number % 14];
        for changed in
            [format!("{before}{after}"), format!("{before}{new}{after}"), format!("{before}{new}{old}{after}")]
        {
            out.add("texts", &built(&changed));
        }
    }
}

/// JSON with one value changed, left out or of another kind: what is built of it, or the error.
fn changed_json(frame: &Frame, out: &mut Outputs) {
    let mut packet = Packet::new(examine(frame.link_type, &frame.bytes));
    let full = serde_json::to_value(&packet.form).expect("a tree is JSON");
    packet.simplify(&frame.bytes);
    let short = serde_json::to_value(&packet.form).expect("a tree is JSON");
    for (tree, step) in [(full, 3), (short, 1)] {
        let Some(layers) = tree["layers"].as_array() else { return };
        let members = layers.iter().enumerate().flat_map(|(layer, members)| {
            members.as_object().into_iter().flatten().map(move |(name, _)| (layer, name.clone()))
        });
        for (number, (layer, name)) in members.enumerate().step_by(step).take(40) {
            let values = [
                serde_json::json!(1),
                serde_json::json!("0a0b"),
                serde_json::json!(null),
                serde_json::json!([{"kind": 1}]),
            ];
            let mut changed = tree.clone();
            match values.get(number % 5) {
                Some(value) => changed["layers"][layer][&name] = value.clone(),
                None => drop(changed["layers"][layer].as_object_mut().map(|members| members.remove(&name))),
            }
            let built = match packet.form.read(&changed) {
                Ok(_) => packet.build().map_or_else(|error| error.to_string(), |built| hex(&built)),
                Err(error) => error.to_string(),
            };
            out.add("changed_json", &format!("{layer} {name} {built}"));
        }
    }
}

/// What is computed again in a packet, and how it is written as text.
fn build(frame: &Frame, out: &mut Outputs) {
    let mut packet = Packet::new(examine(frame.link_type, &frame.bytes).original_len(frame.original_len));
    packet.simplify(&frame.bytes);
    out.add("editable", &serde_json::to_string(&packet.form).expect("a tree is JSON"));
    out.add("text", &packet.to_string());
}

/// Edits of each number of each header, in place.
fn edit(frame: &Frame, out: &mut Outputs) {
    let layers: Vec<_> = dissect(frame.link_type, &frame.bytes).map(|layer| layer.proto).collect();
    for (number, proto) in layers.into_iter().enumerate().take(16) {
        for field in proto.fields() {
            for value in [1, 77] {
                let mut bytes = frame.bytes.clone();
                let done = Editor::new(frame.link_type, &mut bytes).update(number, field.name, Value::Uint(value));
                let done = done.map_or_else(|error| error.to_string(), |()| hex(&bytes));
                out.add("edit", &format!("{number} {} {done}", field.name));
            }
        }
    }
    let mut bytes = frame.bytes.clone();
    let repaired = Editor::new(frame.link_type, &mut bytes).repair().map_err(|error| error.to_string());
    out.add("edit", &format!("{repaired:?} {}", hex(&bytes)));
    let mut wrong = Vec::new();
    for seed in 0..8 {
        let mutation = Mutator::new(seed).mutate(frame.link_type, &frame.bytes, &mut wrong);
        out.add("mutate", &format!("{mutation:?} {}", hex(&wrong)));
    }
}

/// Fragments of IP packets, and their reassembly, with one fragment changed.
fn fragment(frame: &Frame, out: &mut Outputs) {
    let found =
        dissect(frame.link_type, &frame.bytes).find(|layer| matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)));
    let Some(ip) = found else { return };
    let packet = &frame.bytes[ip.header_span().start as usize..ip.payload_span().end as usize];
    for mtu in [68, 100, 180, 1280] {
        let mut fragments: Vec<Vec<u8>> = Vec::new();
        match Fragmenter::new(mtu).identification(9).ignore_dont_fragment(true).split_headers(true).split(packet) {
            Ok(all) => fragments.extend(all.map(|piece| piece.slices().concat())),
            Err(error) => out.add("fragment", &error.to_string()),
        }
        fragments.iter().for_each(|fragment| out.add("fragment", &hex(fragment)));
        for policy in [Policy::First, Policy::Last, Policy::Bsd, Policy::Linux, Policy::Windows] {
            let mut reassembler = Reassembler::new(Settings { ipv4: policy, ipv6: policy, ..Settings::default() });
            // In reverse order, and one of them twice, with other bytes.
            let mut sent: Vec<_> = fragments.iter().rev().cloned().collect();
            if let Some(mut again) = sent.first().cloned() {
                again.iter_mut().rev().take(3).for_each(|byte| *byte ^= 0x55);
                sent.insert(1, again);
            }
            for (number, fragment) in sent.iter().enumerate() {
                let mut lost = String::new();
                let time = Duration::from_millis(number as u64);
                let outcome = reassembler.push(fragment, number as u64, time, &mut |gone| lost += &format!("{gone:?}"));
                let said = match outcome {
                    Outcome::Complete(datagram) => hex(datagram.packet()),
                    outcome => format!("{outcome:?}"),
                };
                out.add("reassemble", &format!("{said} {lost}"));
            }
            out.add("reassemble", &format!("{:?} {}", reassembler.noticed(), reassembler.waiting()));
        }
    }
}

/// Filters that were parsed: parsing is slow without optimization.
#[derive(Default)]
struct Filters(HashMap<String, Result<Filter, String>>);

impl Filters {
    fn says(&mut self, text: &str, frame: &Frame) -> String {
        let filter =
            self.0.entry(text.into()).or_insert_with(|| Filter::parse(text).map_err(|error| error.to_string()));
        match filter {
            Ok(filter) => {
                let layers = examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
                u8::from(filter.matches(layers)).to_string()
            }
            Err(error) => error.clone(),
        }
    }
}

/// Which filters pass a packet: each name that is in it, and two comparisons of it.
fn filter(frame: &Frame, names: &[String], filters: &mut Filters, out: &mut Outputs) {
    for (number, name) in names.iter().enumerate() {
        // The names of a protocol are tried if it is there.
        let group = name.split('.').next().unwrap_or_default();
        if filters.says(group, frame) == "0" || filters.says(name, frame) == "0" {
            continue;
        }
        let forms = [
            format!("{name} == 1"),
            format!("{name} > 100"),
            format!("all {name} != 0"),
            format!("{name}[0:2] == 00:01"),
            format!("{name} contains \"a\""),
            format!("count({name}) > 1"),
            format!("{name}#1 == {name}#-1"),
            format!("{name} matches \"^.{{1,6}}$\""),
            format!("{name} & 1"),
            format!("max({name}) - min({name}) > 3"),
        ];
        let said = [3, 8].map(|step| filters.says(&forms[(number + step) % forms.len()], frame));
        out.add("filter", &format!("{name} {}", said.join(" ")));
    }
}

#[test]
fn what_is_said_of_packets_stays_as_it_is() {
    let (names, mut filters) = (Filter::names(), Filters::default());
    let mut text = String::new();
    let mut pin = |name: &str, frames: Vec<Frame>, with_filters: bool| {
        let mut out = Outputs::default();
        for frame in &frames {
            for variant in variants(frame) {
                read(&variant, &mut out);
            }
            for variant in variants(frame).iter().step_by(7) {
                build(variant, &mut out);
            }
            edit(frame, &mut out);
            fragment(frame, &mut out);
            if with_filters {
                changed_text(frame, &mut out);
                changed_json(frame, &mut out);
            }
            if with_filters {
                filter(frame, &names, &mut filters, &mut out);
            }
        }
        text.push_str(&out.line(name));
    };
    for &proto in Proto::ALL {
        if proto != Proto::Data {
            pin(proto.name(), samples(proto).into_iter().map(|sample| sample.packet).collect(), true);
        }
    }
    for path in testdata() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // Captures of thousands of packets are of few kinds.
        pin(&name, packets(&path).into_iter().step_by(5).take(8).collect(), false);
    }
    expect(&root().join("tests/pinned.txt"), &text);
}

#[test]
fn what_is_read_of_capture_files_stays_as_it_is() {
    let mut text = String::new();
    for path in testdata() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Ok(mut file) = std::fs::read(&path) else { continue };
        file.truncate(3000);
        let mut out = Outputs::default();
        let mut read = |file: &[u8]| {
            let mut reader = match Reader::new(file) {
                Ok(reader) => reader,
                Err(error) => return out.add("capture", &error.to_string()),
            };
            while let Some(record) = reader.next_record() {
                match record {
                    Ok(record) => {
                        let interface = record.description.map(|interface| format!("{interface:?}"));
                        let options: Vec<_> = record.options.iter().collect();
                        out.add(
                            "capture",
                            &format!(
                                "{} {} {:?} {} {:?} {} {interface:?} {:?} {} {options:?} {}",
                                record.number,
                                record.offset,
                                record.timestamp,
                                record.original_len,
                                record.link_type,
                                record.interface,
                                record.fcs_len,
                                record.section,
                                record.data.len(),
                            ),
                        );
                    }
                    Err(error) => out.add("capture", &error.to_string()),
                }
            }
            out.add("capture", &format!("{} {}", reader.sections(), reader.position()));
        };
        read(&file);
        for at in (0..file.len().min(600)).step_by(if name.ends_with("ng") { 1 } else { 4 }) {
            for change in [0x01, 0xff] {
                let mut changed = file.clone();
                changed[at] ^= change;
                read(&changed);
            }
            read(&file[..at]);
        }
        text.push_str(&out.line(&name));
    }
    expect(&root().join("tests/pinned_captures.txt"), &text);
}

/// Filters of every part of the language, and the packets of each protocol that they pass.
#[test]
fn what_filters_pass_stays_as_it_is() {
    let frames: Vec<_> = Proto::ALL
        .iter()
        .filter(|proto| **proto != Proto::Data)
        .flat_map(|&proto| samples(proto).into_iter().map(|sample| sample.packet).take(3))
        .collect();
    let mut text = String::new();
    for line in FILTERS.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match Filter::parse(line) {
            Ok(filter) => {
                let passed = frames.iter().map(|frame| {
                    let layers = examine(frame.link_type, &frame.bytes).original_len(frame.original_len);
                    if filter.matches(layers) { '1' } else { '0' }
                });
                let passed: String = passed.collect();
                let _ = writeln!(
                    text,
                    "{line}\n    {} of {}: {:016x}",
                    passed.matches('1').count(),
                    passed.len(),
                    digest(passed.as_bytes())
                );
            }
            Err(error) => drop(writeln!(text, "{line}\n    {}: {error}", error.at)),
        }
    }
    expect(&root().join("tests/pinned_filters.txt"), &text);
}

const FILTERS: &str = r#"
    ip.addr == 10.0.0.0/8
    ip.src != 192.0.2.1
    ip.src in {10.0.0.1, 192.0.2.0/24, 198.51.100.1..198.51.100.77}
    ip.src == 10.0.0.1/33
    ipv6.addr == fe80::/10
    ipv6.dst == ff02::1:ff00:0/104
    ipv6.dst == ff02::1%eth0
    eth.addr == 02:00:00:00:00:01
    eth.dst[0] & 1 == 1
    eth.dst[0:3] == 01:00:5e
    eth.src[-1] == 2
    eth.src[1-2] == 00:00
    eth.src[:2] != 02:00
    eth.src[4:] == 00:01
    eth.src[0,2,4] == 02:00:00
    eth.src[9] == 1
    eth.type == 0x0800
    eth.type == "IPv4"
    frame.len > 60
    frame.len in {42..60, 74, 98}
    frame.len == frame.cap_len
    frame[0:4] == 02:00:00:00
    frame contains 08:00:45
    frame contains "http"
    frame matches "(?i)host"
    frame.protocols contains "udp"
    frame.protocols matches "ip:tcp$"
    tcp.flags.syn == 1 && tcp.flags.ack == 0
    tcp.flags == 0x012
    tcp.flags & 0x02
    tcp.flags == "SYN"
    tcp.port in {80, 443, 8000..8080}
    tcp.srcport > tcp.dstport
    tcp.srcport - tcp.dstport > 1024
    tcp.hdr_len > 20
    tcp.options.mss_val == 1460
    tcp.options.wscale.shift >= 7
    tcp.payload contains "GET"
    tcp[13] & 0x12 == 0x12
    tcp[12:1] == 50
    udp.port == 53 or udp.port == 67
    udp.length - 8 == 4
    udp.length == len(udp)
    udp.checksum.status == "good"
    udp.checksum.status == bad
    ip.ttl < 64 and not icmp
    ip.len - ip.hdr_len == udp.length
    ip.proto == 17
    ip.proto == "UDP"
    ip.flags.df == true
    ip.flags.df == 1 xor ip.ttl == 64
    ip.id == 0
    ip.src#1 == 192.0.2.1
    ip.src#-1 == 192.0.2.1
    ip.src#2-3
    count(ip.addr) > 2
    count(tcp.option_kind) >= 3
    max(ip.ttl) == 64
    min(tcp.port, udp.port) < 100
    abs(tcp.srcport - tcp.dstport) < 10
    len(dns.qry.name) > 10
    len(frame) > 100
    upper(dns.qry.name) contains "EXAMPLE"
    lower(http.host) == "example.com"
    string(tcp.port) matches "^8"
    dns.qry.name == "example.com"
    dns.qry.name ~ "example"
    dns.qry.name matches "^[a-z.]+$"
    dns.qry.type in {1, 28}
    dns.qry.type == "AAAA"
    dns.flags.response == 0
    dns.count.queries == 1
    dns.resp.ttl > 60
    dns.a == 192.0.2.1
    dhcp.option.dhcp == 1
    dhcp.option.type == 53
    dhcp.option.hostname
    dhcp.option.domain_name_server == 192.0.2.53
    dhcpv6.msgtype == 1
    icmp.type == 8
    icmp.type == "echo request"
    icmpv6.type in {133..137}
    icmpv6.nd.ns.target_address == fe80::1
    arp.opcode == "request"
    arp.src.proto_ipv4 == 192.0.2.1
    vlan.id == 5 || vlan.id == 7
    vlan.priority > 0
    gre.key
    vxlan.vni == 5001
    ntp.stratum == 2
    snmp
    radius.code == 1
    issue
    issue == "checksum.bad"
    issue.severity >= warning
    _ws.malformed
    not ip and not ipv6
    !(tcp or udp)
    all ip.addr == 192.0.2.1
    any ip.addr == 192.0.2.1
    ip.addr == 192.0.2.1 and any udp.port > 1000
    ip.ttl == 64 == 64
    ip.ttl == "sixty"
    ip.ttl == 256
    ip.ttl == -1
    ip.ttl == 64.5
    ip.tll == 64
    tcp.flags.sync
    tcp.port = 80
    tcp.port == 80 &
    (tcp.port == 80
    tcp.port in {}
    tcp.port in {1..}
    tcp.port in {9..1}
    frame contains ""
    frame matches "("
    "text"
    1 == 1
    ip.addr[0] == 10
    ip.src + 1 == 2
    tcp.port * 2 == 160
    tcp.port / 0 == 1
    tcp.port % 10 == 0
    tcp.seq_raw & 0xff000000
    eth.type == 0x08:00
    ip.dsfield.dscp == 46
    ip.version == 4
    ip.hdr_len == 20
    ip.frag_offset > 0
    ip.flags.mf
    ipv6.nxt == 58
    ipv6.flow != 0
    ipv6.plen in {8..100}
    sctp
    foo.bar == 1
"#;
