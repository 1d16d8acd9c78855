//! Fields with several values, compared with each other.

use super::*;

/// Frames with these numbers of VLANs, and IP headers in each other with these identifications.
fn lists() -> Vec<Frame> {
    const NUMBERS: &[&[u16]] = &[&[], &[1], &[2], &[3], &[1, 2], &[2, 1, 2], &[1, 3], &[2, 3, 4], &[4, 4]];
    let frame = |vlans: &[u16], identifications: &[u16]| {
        let inner = identifications
            .iter()
            .rev()
            .fold(Vec::new(), |inner, id| ipv4(if inner.is_empty() { 253 } else { 4 }, *id, &inner));
        let kind = if identifications.is_empty() { 0x9999 } else { 0x0800 };
        let tagged = vlans.iter().rev().fold((kind, inner), |(kind, inner): (u16, Vec<u8>), id| {
            (0x8100, [&id.to_be_bytes()[..], &kind.to_be_bytes(), &inner].concat())
        });
        Frame::ethernet(ethernet(tagged.0, &tagged.1))
    };
    NUMBERS.iter().flat_map(|vlans| NUMBERS.iter().map(move |ids| frame(vlans, ids))).collect()
}

#[test]
fn lists_of_values_are_compared_as_any_and_all_say() {
    let (frames, mut text) = (lists(), String::new());
    let mut ask = |filter: &str| {
        let all = answers(filter, &frames, &INFO);
        // A row for each list of VLANs.
        let rows = if all.contains(':') {
            all
        } else {
            all.as_bytes().chunks(9).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ")
        };
        let _ = writeln!(text, "{filter}  {rows}");
    };
    for operator in ["==", "!=", "===", "!==", "<", "<=", ">", ">="] {
        for quantifier in ["", "any ", "all "] {
            for (left, right) in [
                ("vlan.id", "ip.id"),
                ("vlan.id", "2"),
                ("2", "ip.id"),
                ("vlan.id + ip.id", "4"),
                ("vlan.id - ip.id", "1"),
                ("vlan.id * ip.id", "6"),
                ("-vlan.id", "-2"),
                ("vlan.id + 1", "ip.id - 1"),
                ("max(vlan.id, ip.id)", "3"),
                ("min(vlan.id)", "max(ip.id)"),
                ("count(vlan.id)", "count(ip.id)"),
                ("vlan.id#-1", "ip.id#1"),
                ("vlan.id#[1-2]", "3"),
                ("ip.id#[-2:]", "3"),
                ("@ip.id", "00:02"),
                ("@vlan.id[1]", "@ip.id[1]"),
            ] {
                ask(&format!("{quantifier}{left} {operator} {right}"));
            }
        }
    }
    for quantifier in ["", "any ", "all "] {
        for rest in [
            "vlan.id in {ip.id}",
            "vlan.id not in {ip.id}",
            "vlan.id in {2..3}",
            "vlan.id in {ip.id..3}",
            "vlan.id in {2..ip.id}",
            "ip.id in {vlan.id..vlan.id}",
            "vlan.id in {4, ip.id..2}",
            "vlan.id + 1 in {ip.id, 5}",
            "ip.id in {vlan.id#1}",
            "@vlan.id contains @ip.id",
            "@ip.id[1:] contains @vlan.id[1]",
            "frame contains @ip.id",
            "@ip.id contains frame[15]",
        ] {
            ask(&format!("{quantifier}{rest}"));
        }
    }
    for alone in [
        "vlan.id",
        "vlan.id#2",
        "vlan.id#-2",
        "vlan.id#[2,-1]",
        "ip.id#[:2]",
        "vlan.id & 1",
        "vlan.id - 1",
        "vlan.id - ip.id",
        "max(vlan.id) - 2",
        "min(vlan.id)",
        "count(vlan.id) - 1",
        "abs(vlan.id - ip.id) == 1",
        "@vlan.id",
        "vlan.id / {ip.id - 1} == 2",
        "vlan.id % ip.id == 0",
        "max(vlan.id - ip.id) == 1",
        "min(vlan.id, ip.id) == 2",
        "vlan and ip xor vlan.id == 2",
        "vlan.id == 1 ^^ ip.id == 1 ^^ vlan.id == 2",
        "vlan.id == 1 || !ip && vlan.id == 2",
    ] {
        ask(alone);
    }
    held("lists", &text);
}

#[test]
fn texts_are_looked_for_in_each_other() {
    let comments: &[&[&str]] = &[
        &[],
        &[""],
        &["a"],
        &["ab"],
        &["xaby"],
        &["abab", "b"],
        &["ba", "ab"],
        &["abc", "aba"],
        &["c"],
        &["A", "a"],
        &["cab", "c"],
    ];
    let name = |name: &str| [&[name.len() as u8][..], name.as_bytes(), &[0, 0, 1, 0, 1]].concat();
    let query = |names: &[&str]| {
        let head = [0, 1, 0, 0, 0, names.len() as u8, 0, 0, 0, 0, 0, 0];
        udp(5000, 53, &[&head[..], &names.iter().flat_map(|n| name(n)).collect::<Vec<_>>()].concat())
    };
    let frames = [&[][..], &["a"], &["ab"], &["b", "ab"], &["aba", "c"], &["xaby", "b", "b"], &["A"]].map(query);
    let mut text = String::new();
    for quantifier in ["", "all "] {
        for rest in [
            "frame.comment contains dns.qry.name",
            "dns.qry.name contains frame.comment",
            "frame.comment == dns.qry.name",
            "frame.comment != dns.qry.name",
            "frame.comment !== dns.qry.name",
            "frame.comment === dns.qry.name",
            "frame.comment < dns.qry.name",
            "frame.comment >= dns.qry.name",
            "frame.comment in {dns.qry.name}",
            "frame.comment in {dns.qry.name..\"b\"}",
            "upper(frame.comment) == upper(dns.qry.name)",
            "lower(frame.comment) contains lower(dns.qry.name)",
            "frame.comment contains \"ab\"",
            "frame.comment matches \"^a\"",
            "frame.comment[0] == 61",
            "frame.comment[1:] == dns.qry.name",
            "max(frame.comment) > dns.qry.name",
        ] {
            let filter = format!("{quantifier}{rest}");
            let all = comments.iter().map(|comments| answers(&filter, &frames, &FrameInfo { comments, ..INFO }));
            let _ = writeln!(text, "{filter}  {}", all.collect::<Vec<_>>().join(" "));
        }
    }
    held("texts", &text);
}
