//! `packetsmith filter`: programs of classic BPF.

mod common;

use common::{output, packetsmith};

#[test]
fn a_program_is_written_in_three_ways_that_agree() {
    let text = output(&["filter", "--bpf", "arp"]);
    let instructions = text.lines().filter(|line| line.starts_with('(')).count();
    assert!(text.starts_with("(000) "), "{text}");
    let decimal = output(&["filter", "--bpf", "--format", "decimal", "arp"]);
    let (count, rest) = decimal.split_once('\n').expect("the count has a line");
    assert_eq!(count.parse(), Ok(instructions));
    let c = output(&["filter", "--bpf", "--format", "c", "arp"]);
    for (decimal, c) in rest.lines().zip(c.lines()) {
        let numbers: Vec<u32> = decimal.split(' ').map(|number| number.parse().expect("decimal")).collect();
        let [code, jt, jf, k] = numbers[..] else { panic!("{decimal}") };
        assert_eq!(c, format!("{{ 0x{code:x}, {jt}, {jf}, 0x{k:08x} }},"));
    }
    assert_eq!((rest.lines().count(), c.lines().count()), (instructions, instructions));
}

#[test]
fn what_is_left_over_is_named() {
    let text = output(&["filter", "tcp.port == 80 && http.host contains \"example\""]);
    assert!(
        text.contains("It leaves these parts to the filter behind it:\n  http.host contains \"example\"\n"),
        "{text}"
    );
    assert!(!text.contains("\n  tcp.port == 80\n"), "{text}");
    let text = output(&["filter", "tcp.analysis.retransmission"]);
    assert!(text.contains("The kernel can do nothing of it"), "{text}");
    assert!(text.contains("what other packets say too"), "{text}");
}

#[test]
fn a_wrong_filter_is_refused_with_its_place() {
    let (code, out, err) = packetsmith(&["filter", "--bpf", "tcp.prot == 80"]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("tcp.prot") && err.contains('^'), "{err}");
    assert_eq!(packetsmith(&["filter", "--format", "c", "arp"]).0, Some(2), "--format goes with --bpf");
}

/// Fields that the tables of a protocol do not have by this name, lengths of frames, and flags: the program answers them.
#[test]
fn comparisons_of_header_fields_are_not_left_over() {
    for filter in [
        "ip.ttl < 5",
        "ip.len > 1000",
        "ip.version == 4",
        "eth.type == 0x806",
        "eth.type != 0x806",
        "vlan.etype == 0x800",
        "eth.dst.ig == 1",
        "icmp.type == 8",
        "icmpv6.type in {135, 136}",
        "udp.port == 53",
        "udp.length > 500",
        "ip.addr == 10.0.0.1",
        "tcp.window_size_value == 0",
        "tcp.flags & 0x02",
        "frame.len > 1000",
    ] {
        let text = output(&["filter", filter]);
        assert!(text.contains("The kernel rejects packets by a program"), "{filter}: {text}");
        assert!(!text.contains("It leaves these parts"), "{filter}: {text}");
    }
    assert!(output(&["filter", "frame.len > 1000"]).contains("gives the filter's answer for every packet"));
}
