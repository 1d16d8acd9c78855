//! Fields that are in no table of a protocol, and the frames in which they are.

use super::*;

/// Fields that are in no table, and fields that are read in another way than their row says.
const DERIVED: &str = "ip.dsfield ipv6.tclass ntp.flags gre.flags_and_version vxlan.flags geneve.flags tcp.flags.res dns.flags \
    dns.flags.response dns.flags.opcode dns.flags.authoritative dns.flags.truncated dns.flags.recdesired dns.flags.recavail dns.flags.z \
    dns.flags.authenticated dns.flags.checkdisable dns.flags.rcode dns.flags.conflict dns.flags.tentative ip.version ipv6.version llc.oui \
    ntp.refid dhcp.cookie vlan.etype vlan.len icmpv6.type icmpv6.code icmp.type icmp.code eth.dst.ig eth.dst.lg eth.src.ig eth.src.lg \
    eth.dst.oui eth.src.oui eth.type eth.len eth.padding sll.src.eth sll.unused dhcp.hw.addr dhcp.hw.addr_padding dhcp.option.type \
    dhcp.option.length dhcp.option.value dhcp.option.end dhcpv6.client_domain ip.src_host ip.dst_host ipv6.src_host ipv6.dst_host tcp.len \
    tcp.payload udp.payload geneve.option.length tcp.flags.str icmp.ident_le icmp.seq_le ip.dst ip.src ip.ttl ip.opt.type.copy \
    ip.opt.type.class ip.opt.type.number ip.checksum.status udp.checksum.status tcp.checksum.status ntp.xmt ntp.rootdelay ip.hdr_len \
    ip.frag_offset tcp.hdr_len eth.fcs dns llmnr mdns http ssdp ip udp eth icmp tcp issue _ws.malformed data ip.addr dns.qry.name \
    eth.trailer vlan.trailer llc.dsap.sap llc.dsap.ig llc.ssap.sap llc.ssap.cr llc.control.ftype llc.control.u_modifier_cmd \
    llc.control.u_modifier_resp tcp.connection.syn tcp.connection.synack tcp.connection.fin tcp.connection.rst ip.bogus_ip_version \
    ipv6.bogus_ipv6_version ip.checksum_calculated udp.checksum_calculated tcp.checksum_calculated ip.checksum_bad.expert \
    tcp.options.nop tcp.option_len ip.options.routeralert ip.opt.len dhcpv6.option.length";

/// Frames in which these fields are there or not, with values on both sides of what decides it.
fn edges() -> Vec<(String, Frame)> {
    let mut all: Vec<(String, Frame)> = Vec::new();
    let mut add = |name: String, frame: Frame| all.push((name, frame));
    for kind in [0, 1500, 1501, 1535, 1536, 0x0806] {
        add(format!("type {kind}"), Frame::ethernet(ethernet(kind, &[0xaa, 0xaa, 3, 1, 2, 3, 8, 9, 0, 0])));
        add(
            format!("tag, type {kind}"),
            Frame::ethernet(ethernet(0x8100, &[&[0x20, 5][..], &u16::to_be_bytes(kind), &[0; 9]].concat())),
        );
    }
    for (from, to) in [(53, 9), (5355, 9), (9, 5355), (5353, 5353), (9, 53)] {
        for flags in [0x0000_u16, 0x8000, 0x7fff, 0xffff, 0x8580, 0x0551, 0x8405] {
            let [a, b] = flags.to_be_bytes();
            add(format!("ports {from} {to} flags {flags:04x}"), udp(from, to, &[0, 1, a, b, 0, 0, 0, 0, 0, 0, 0, 0]));
        }
    }
    for length in [0, 1, 6, 15, 16, 17, 255] {
        let dhcp =
            [&[1, 1, length, 0][..], &[0; 24], &hex("a1a2a3a4a5a6a7a8a9aaabacadaeafb0"), &[0; 192], &hex("63825363")]
                .concat();
        add(format!("hlen {length}"), udp(68, 67, &[&dhcp[..], &hex("350101 00 3d00 3702 0103 ff 0000")].concat()));
    }
    for options in ["", "ff", "00", "35", "3501", "350101", "35010135", "3501013502", "3501013502 01ff", "00ff350101"] {
        let dhcp = [&[1, 1, 6, 0][..], &[0; 232], &hex("63825363"), &hex(options)].concat();
        add(format!("DHCP {options}"), udp(68, 67, &dhcp));
    }
    for option in [
        "0027 0005 01 03616263",
        "0027 0006 01 0361626300",
        "0027 0008 01 0161 03646566 00",
        "0027 0001 01",
        "0027 0000",
        "0001 0002 0405 0027 0003 00 0178",
        "0027 0004 01 05616263",
        "0027 0009 01 0161",
        "0028 0003 00 0178",
        "0027 0003 00 4078 00",
    ] {
        add(format!("DHCPv6 {option}"), udp(546, 547, &hex(&format!("01000001 {option}"))));
    }
    for (words, options) in [
        (0, ""),
        (1, "01020300"),
        (2, "0102 03 01 00000001"),
        (3, "01020300 0102 83e1 00000001"),
        (2, "0102 03 1f 00000001"),
    ] {
        add(
            format!("geneve {words} {options}"),
            udp(9, 6081, &[&[words, 0x40, 0x65, 0x58, 0, 0, 1, 0][..], &hex(options), &[0; 14]].concat()),
        );
    }
    more_edges(&mut add);
    all
}

fn more_edges(add: &mut dyn FnMut(String, Frame)) {
    for kind in [0, 8, 3, 13, 9] {
        let icmp = [&[kind, 0, 0, 0, 1, 2, 3, 4][..], &[9; 12]].concat();
        add(format!("ICMP {kind}"), Frame::ethernet(ethernet(0x0800, &ipv4(1, 1, &icmp))));
    }
    for length in [0, 4, 6, 7, 8, 9, 300] {
        let sll = [
            &[0, 0, 0, 1][..],
            &u16::to_be_bytes(length),
            &hex("a1a2a3a4a5a6a7a8 0800"),
            &ipv4(17, 1, &[0, 9, 0, 9, 0, 8, 0, 0]),
        ]
        .concat();
        let whole = sll.len();
        add(format!("SLL {length}"), Frame(113, sll, whole));
    }
    for sap in ["aaaa03", "424203", "424302f3", "42420001", "42ab7f", "0303e3"] {
        add(format!("LLC {sap}"), Frame::ethernet(ethernet(5, &hex(&format!("{sap} 00 00 00 00")))));
    }
    for flags in [0x02, 0x12, 0x11, 0x04, 0x14, 0x10] {
        let header = [&hex("0050 0401 00000001 00000002 50")[..], &[flags, 0, 9, 0, 0, 0, 0]].concat();
        add(format!("TCP flags {flags:02x}"), Frame::ethernet(ethernet(0x0800, &ipv4(6, 1, &header))));
    }
    for (tags, length, cut) in [(0, 68, 0), (0, 68, 6), (0, 63, 0), (1, 68, 0), (2, 68, 0), (1, 60, 0)] {
        let ip = ipv4(17, 1, &[0, 9, 0, 9, 0, 8, 0, 0]);
        let mut frame =
            (0..tags).fold([&[8, 0][..], &ip].concat(), |inside, _| [&hex("8100 0005")[..], &inside].concat());
        frame.splice(..0, hex("020000000001 020000000002"));
        frame.resize(length, 7);
        let whole = frame.len() + cut;
        add(format!("{tags} tags, {length} bytes filled with 7, {cut} cut"), Frame(1, frame, whole));
    }
    for (length, fill, more) in [
        (58, 0, 0),
        (59, 0, 0),
        (60, 0, 0),
        (61, 0, 0),
        (64, 0, 0),
        (60, 1, 0),
        (60, 0, 1),
        (28 + 14, 0, 0),
        (62, 0, 5),
    ] {
        let mut frame = ethernet(0x0800, &ipv4(17, 1, &[0, 9, 0, 9, 0, 8, 0, 0]));
        frame.resize(length, fill);
        add(format!("{length} bytes filled with {fill}, {more} cut"), Frame(1, frame, length + more));
    }
    let tcp = |offset: u8, rest: &str| {
        [&hex("0050 0401 00000001 00000002")[..], &[offset << 4 | 1, 0x5a, 0, 9, 0, 0, 0, 0], &hex(rest)].concat()
    };
    for (offset, rest, more) in [
        (5, "", 0),
        (5, "aabb", 0),
        (6, "01010100 aa", 0),
        (15, "0101", 0),
        (15, "0101", 50),
        (5, "aa", 7),
        (4, "aa", 0),
    ] {
        let (ip, end) = (ipv4(6, 1, &[&tcp(offset, rest)[..], &vec![0; more]].concat()), 54 + hex(rest).len());
        let mut frame = ethernet(0x0800, &ip);
        frame.truncate(end);
        add(format!("TCP offset {offset} {rest}, {more} cut"), Frame(1, frame, end + more));
    }
    headers(add);
}

fn headers(add: &mut dyn FnMut(String, Frame)) {
    let header = |first: &str, options: &str| {
        let route = [&hex(first)[..], &hex("0001 0000 40fd 0000 c0000201 c0000202"), &hex(options)].concat();
        Frame::ethernet(ethernet(0x0800, &route))
    };
    for (first, options) in [
        ("45000014", ""),
        ("55000014", ""),
        ("65000014", ""),
        ("45000000", ""),
        ("45000013", ""),
        ("4500000f", ""),
        ("46000018", "01010101"),
        ("46000017", "01010101"),
        ("48000020", "83070409090909 00 00"),
        ("48000020", "83070409090909 00 01010100"),
        ("48000020", "83070809090909 00 01010100"),
        ("48000020", "89070409090909"),
        ("48000020", "83"),
        ("48000020", "01"),
        ("48000020", "00"),
        ("48000020", "8302"),
        ("48000020", "8300"),
        ("48000020", "0183"),
        ("48000020", "940404"),
        ("48000020", "9404000083"),
        ("48000020", "94040000"),
        ("47000018", "ff5f1f00 e0"),
    ] {
        add(format!("IPv4 {first} {options}"), header(first, options));
    }
    for time in [
        "0000000000000000",
        "8000000000000000",
        "7fffffff80000000",
        "ffffffffffffffff",
        "eeaa000040000000",
        "0000000000000001",
    ] {
        let ntp = format!("23 00 06 ec 00018000 ffff8000 c0000201 {time} {time} {time} {time}");
        add(format!("NTP {time}"), udp(9, 123, &hex(&ntp)));
    }
    add("GRE".into(), Frame::ethernet(ethernet(0x0800, &ipv4(47, 1, &hex("3000 0800 00000005 00000006")))));
    add("VXLAN".into(), udp(9, 4789, &[&hex("08400000 00000500")[..], &[0; 14]].concat()));
    add("SSDP".into(), udp(9, 1900, b"M-SEARCH * HTTP/1.1\r\n\r\n"));
    let ipv6 = [
        &hex("6abcdeff 0008 3a 40")[..],
        &hex("20010db8000000000000000000000001"),
        &[0xff; 16],
        &hex("8700000000000000"),
    ]
    .concat();
    add("IPv6".into(), Frame::ethernet(ethernet(0x86dd, &ipv6)));
}

/// The least and the greatest value of a name in a packet, how many there are, how long they are, and their bytes.
struct Reader {
    name: String,
    present: Filter,
    /// Filters that compare what the test says with the value, and whether it is a number.
    asked: Vec<(&'static str, bool, Filter, Filter)>,
}

impl Reader {
    fn new(name: &str) -> Self {
        let filter = |text: &str| Filter::parse(text).ok();
        let forms = [("count", "count({})"), ("", "{}"), ("len", "len({})"), ("@", "@{}"), ("as text", "string({})")];
        let asked = forms.iter().filter_map(|(what, form)| {
            let value = form.replace("{}", name);
            let both = |said: &str| filter(&format!("{said} > {value}")).zip(filter(&format!("{said} <= {value}")));
            if *what == "as text" && !matches!(name.rsplit('.').next(), Some("dst" | "src" | "addr" | "cookie")) {
                return None;
            }
            let (is_number, (above, upto)) = match (both("frame.number").or_else(|| both("frame.time")), both("frame"))
            {
                (Some(both), _) => (true, both),
                (None, both) => (false, both?),
            };
            Some((*what, is_number, above, upto))
        });
        Reader { name: name.into(), present: filter(name).unwrap_or_else(|| panic!("{name}")), asked: asked.collect() }
    }

    fn said(&self, frame: &Frame) -> String {
        let (mut said, mut is_one) = (String::new(), false);
        for (what, is_number, above, upto) in &self.asked {
            let number = |filter: &Filter, wanted: bool| {
                let has =
                    |n| frame.passes(filter, &FrameInfo { number: Some(n as u64), time: Some(n), ..INFO }) == wanted;
                let (least, most) = match (*what, self.name.as_str()) {
                    ("", "ntp.xmt") => (-(1 << 62), 1 << 63),
                    ("", _) => (0, u32::MAX.into()),
                    _ => (0, 300),
                };
                greatest(least, most, has).map_or("none".into(), |number| number.to_string())
            };
            let bytes = |filter: &Filter, wanted: bool| {
                let has = |probe: &[u8]| with_frame(filter, probe, Some(frame)) == wanted;
                shown(&greatest_bytes(8, has))
            };
            let least = if *is_number { number(above, false) } else { bytes(above, false) };
            // One value is the least and the greatest.
            is_one |= *what == "count" && least == "1";
            let most = match is_number {
                _ if is_one => least.clone(),
                true => number(upto, true),
                false => bytes(upto, true),
            };
            let _ =
                if least == most { write!(said, "  {what} {least}") } else { write!(said, "  {what} {least}..{most}") };
        }
        said
    }
}

#[test]
fn what_is_in_no_table_has_the_values_bytes_and_lengths_of_its_place() {
    let (frames, mut text) = (edges(), String::new());
    for reader in DERIVED.split_whitespace().map(Reader::new) {
        let _ = writeln!(text, "{}", reader.name);
        let mut seen: Vec<String> = Vec::new();
        let (mut there, mut like) = (Vec::new(), Vec::new());
        for (number, (name, frame)) in frames.iter().enumerate() {
            if !frame.passes(&reader.present, &INFO) {
                continue;
            }
            there.push(number.to_string());
            // A line for each new answer, and its number for the others.
            let said = reader.said(frame);
            match seen.iter().position(|known| *known == said) {
                Some(known) => like.push(known.to_string()),
                None => {
                    let _ = writeln!(text, "  {}: {name}{said}", seen.len());
                    like.push(seen.len().to_string());
                    seen.push(said);
                }
            }
        }
        let _ = writeln!(text, "  in {}\n  as {}", there.join(" "), like.join(" "));
    }
    held("derived", &text);
}
