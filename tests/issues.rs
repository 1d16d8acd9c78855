//! A packet for each issue, in `tests/issues.txt`.
//!
//! There, a line `= LINK TYPE, LENGTH ON THE WIRE: BYTES` is a packet, with the length of its frame check sequence after
//! that of the whole where the capture tells it, and on the lines after it the issues that are found.
//! Packets that reassembly reads one after another are joined by `+`; the issues are those of the last.
//! `UPDATE=1 cargo test --test issues` writes what is said, and `docs/issues.md`, anew from the code: read the difference.

mod common;

use common::{expect, root};
use packetsmith::ip::{Policy, Reassembler, Settings};
use packetsmith::layer::QuotedPacketRule;
use packetsmith::proto::ip::FragmentIssues;
use packetsmith::{IssueKind, Proto, Rule, examine};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::time::Duration;

/// The bytes of a packet.
fn bytes(digits: &str, line: &str) -> Vec<u8> {
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap_or_else(|_| panic!("no bytes: {line}"));
    (0..digits.len()).step_by(2).map(byte).collect()
}

/// What reassembly finds out about the last of these IP packets.
fn noticed(packets: &[Vec<u8>]) -> FragmentIssues {
    let settings = Settings { ipv6: Policy::First, ..Settings::default() };
    let mut reassembler = Reassembler::new(settings);
    for packet in packets {
        reassembler.push(packet, 0, Duration::ZERO, &mut |_| {});
    }
    reassembler.noticed().issues()
}

/// The file as it should be, and the identifiers of all issues in it.
fn said(listed: &str) -> (String, BTreeSet<&'static str>) {
    let (mut text, mut found) = (String::new(), BTreeSet::new());
    for line in listed.lines().filter(|line| line.starts_with("= ")) {
        let gap = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{gap}{line}");
        let (numbers, digits) = line[2..].split_once(": ").unwrap_or_else(|| panic!("no numbers: {line}"));
        let number = |text: &str| text.parse::<usize>().unwrap_or_else(|_| panic!("{text} is no number: {line}"));
        let numbers: Vec<_> = numbers.split(", ").map(number).collect();
        let packets: Vec<Vec<u8>> = digits.split('+').map(|digits| bytes(digits, line)).collect();
        let Some((bytes, before)) = packets.split_last() else { panic!("no packet: {line}") };
        let layers = examine(numbers[0] as u16, bytes).original_len(numbers[1]);
        let layers = match before {
            [] => layers,
            _ => layers.reassembly(0, noticed(&packets)),
        };
        for layer in layers.fcs_len(numbers.get(2).map(|&bytes| bytes as u8)) {
            layer.issues(|issue| {
                let id = issue.kind.identifier();
                let _ = writeln!(text, "{}: {issue} [{id}]", issue.kind.severity());
                found.insert(id);
                if let IssueKind::Rule(rule) = issue.kind {
                    let quoted = QuotedPacketRule::ALL.contains(rule);
                    let own = layer.proto.rules().iter().any(|group| group.contains(rule));
                    assert!(own || quoted, "{id} is missing in the rules of {}", layer.proto.name());
                }
            });
        }
    }
    (text, found)
}

#[test]
fn each_packet_shows_what_is_said_of_it() {
    let path = root().join("tests/issues.txt");
    let listed = fs::read_to_string(&path).expect("the packets are in the repository");
    expect(&path, &said(&listed).0);
}

/// The rules in their groups, each group once, with the protocols that have it.
fn groups() -> Vec<(Vec<&'static str>, &'static [Rule])> {
    let mut groups: Vec<(Vec<&str>, &[Rule])> = Vec::new();
    for proto in Proto::ALL {
        for &group in proto.rules() {
            match groups.iter_mut().find(|(_, known)| std::ptr::eq(*known, group)) {
                Some((names, _)) => names.push(proto.name()),
                None => groups.push((vec![proto.name()], group)),
            }
        }
    }
    groups
}

/// Every issue: what any packet can have, and the rules.
fn all() -> Vec<&'static Rule> {
    IssueKind::STRUCTURAL.iter().chain(groups().into_iter().flat_map(|(_, group)| group)).collect()
}

#[test]
fn every_issue_is_shown_by_a_packet() {
    let listed = fs::read_to_string(root().join("tests/issues.txt")).expect("the packets are in the repository");
    let found = said(&listed).1;
    let known: BTreeSet<_> = all().into_iter().map(Rule::id).collect();
    let unseen: Vec<_> = known.difference(&found).collect();
    assert!(unseen.is_empty(), "no packet of tests/issues.txt has {unseen:?}");
    let unlisted: Vec<_> = found.difference(&known).collect();
    assert!(unlisted.is_empty(), "not in the rules of any protocol: {unlisted:?}");
}

#[test]
fn identifiers_are_unique_and_well_formed() {
    let mut seen = BTreeMap::new();
    for rule in all() {
        assert_eq!(seen.insert(rule.id(), rule), None, "{} is given twice", rule.id());
        let well_formed = rule.id().split('.').all(|part| {
            let letters = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            !part.is_empty() && part.bytes().all(letters)
        });
        assert!(well_formed, "{}", rule.id());
        assert!(!rule.text().is_empty() && !rule.text().ends_with('.'), "{}: {}", rule.id(), rule.text());
    }
}

#[test]
fn the_table_of_issues_is_the_code_s() {
    let mut text = String::from(
        "# Issues\n\n\
        Written by `UPDATE=1 cargo test --test issues` from the code; not to be edited.\n\n\
        Each issue has an identifier that does not change. The tree shows it in brackets, JSON as `id`, and filters compare it:\n\
        `issue == \"tcp.flags.syn_fin\"`, `issue contains \"checksum.\"`, `issue.severity >= warning`. `packetsmith fields --issues`\n\
        prints these tables.\n\n\
        A note is a remark about a packet that may be as it should be, a warning is against a rule, and an error is malformed.\n",
    );
    let mut table = |title: &str, rules: &[Rule]| {
        let _ = write!(text, "\n## {title}\n\n| identifier | severity | meaning |\n|---|---|---|\n");
        for rule in rules {
            let _ = writeln!(text, "| `{}` | {} | {} |", rule.id(), rule.severity(), rule.text());
        }
    };
    table("Any protocol", IssueKind::STRUCTURAL);
    for (names, group) in groups() {
        table(&names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "), group);
    }
    expect(&root().join("docs/issues.md"), &text);
}
