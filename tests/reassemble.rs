//! Reassembly of fragments: in any order, and of attacks. It writes the table in `docs/reassembly.md`.

use core::time::Duration;
use packetsmith::ip::{
    Findings, LongDatagrams, LostReason, Network, Origin, Outcome, Policy, Reassembler, Refusal, Settings,
};
use packetsmith::ip::{FragmentError, Fragmenter};
use packetsmith::proto::ip::Ipv4Flags;
use packetsmith::{Ipv4, Ipv6, Layers, NextProtocol, Stack, Sum, View};
use proptest::prelude::*;

/// A fragment to be sent: 8 bytes of payload for each letter, and those behind it that are too few.
#[derive(Clone, Copy)]
struct Sent {
    /// In units of 8 bytes.
    offset: u16,
    letters: &'static str,
    more: bool,
    protocol: u8,
    extra: usize,
}

const fn more(offset: u16, letters: &'static str) -> Sent {
    Sent { offset, letters, more: true, protocol: 17, extra: 0 }
}

const fn last(offset: u16, letters: &'static str) -> Sent {
    Sent { more: false, ..more(offset, letters) }
}

impl Sent {
    const fn protocol(mut self, protocol: u8) -> Self {
        self.protocol = protocol;
        self
    }

    const fn extra(mut self, bytes: usize) -> Self {
        self.extra = bytes;
        self
    }

    fn payload(self) -> Vec<u8> {
        let letters = self.letters.bytes().flat_map(|letter| [letter; 8]);
        letters.chain(std::iter::repeat_n(b'+', self.extra)).collect()
    }

    fn ipv4(self) -> Vec<u8> {
        let flags = Ipv4Flags(u8::from(self.more));
        let header = Ipv4::build().identification(7).flags(flags).fragment_offset(self.offset);
        let header = header.protocol(self.protocol.into()).src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
        Stack::new().push(header).payload(&self.payload()).finish().unwrap()
    }

    fn ipv6(self) -> Vec<u8> {
        let protocol = if self.protocol == 1 { 58 } else { self.protocol };
        let word = (self.offset << 3 | u16::from(self.more)).to_be_bytes();
        let header = [&[protocol, 0, word[0], word[1], 0, 0, 0, 7][..], &self.payload()].concat();
        let ip = Ipv6::build().next_header(44.into()).src("fe80::1".parse().unwrap()).dst("fe80::2".parse().unwrap());
        Stack::new().push(ip).payload(&header).finish().unwrap()
    }
}

/// What a payload is, letter by letter.
fn letters(payload: &[u8]) -> String {
    payload.chunks(8).map(|block| char::from(block[0])).collect()
}

/// What becomes of fragments under a policy: an outcome for each that is more than being kept, and how it ends.
fn outcome(packets: &[Vec<u8>], policy: Policy) -> String {
    let mut reassembler = Reassembler::new(Settings { ipv4: policy, ipv6: policy, ..Settings::default() });
    let (mut said, mut refused) = (Vec::new(), None);
    let mut given_up = Vec::new();
    for (number, packet) in packets.iter().enumerate() {
        let text = match reassembler.push(packet, number as u64 + 1, Duration::ZERO, &mut |lost| {
            given_up.push(lost.reason.text());
        }) {
            Outcome::Held { .. } => String::new(),
            Outcome::Duplicate => format!("{} is a duplicate", number + 1),
            Outcome::Atomic => format!("{} is whole", number + 1),
            Outcome::NotFragment => format!("{} is no fragment", number + 1),
            Outcome::Refused(refusal, _) => {
                // Those that are refused one behind the other for one reason are told together.
                match refused.take_if(|(_, to, why)| *to == number && *why == refusal) {
                    Some((from, ..)) => {
                        said.pop();
                        refused = Some((from, number + 1, refusal));
                        format!("{from} to {} refused: {refusal}", number + 1)
                    }
                    None => {
                        refused = Some((number + 1, number + 1, refusal));
                        format!("{} refused: {refusal}", number + 1)
                    }
                }
            }
            Outcome::Complete(datagram) => {
                let packet = datagram.packet();
                if packet[0] >> 4 == 4 {
                    assert_eq!(Sum::new().bytes(&packet[..20]).value(), 0xffff);
                }
                let all: usize = datagram.origins().map(|origin| origin.bytes.len()).sum();
                assert_eq!(all, datagram.payload().len(), "every byte is from somewhere");
                let notes: Vec<_> = datagram.findings().texts().collect();
                let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
                format!("`{}`{notes}", letters(datagram.payload()))
            }
            _ => unreachable!(),
        };
        said.extend(Some(text).filter(|text| !text.is_empty()));
    }
    reassembler.finish(&mut |lost| {
        let hole = |(start, end): (usize, Option<usize>)| match end {
            Some(end) => format!("{start}..{end}"),
            None => format!("{start}.."),
        };
        said.push(format!("waits for {}", lost.holes().map(hole).collect::<Vec<_>>().join(", ")));
    });
    if !given_up.is_empty() {
        said.push("given up".into());
    }
    said.join("; ")
}

/// A known trick, and what is to become of it.
struct Attack {
    test: &'static str,
    what: &'static str,
    source: &'static str,
    /// With IPv6 fragments instead of IPv4.
    ipv6: bool,
    sent: &'static [Sent],
    /// By policy, where they differ; the last holds for all others.
    becomes: &'static [(&'static [Policy], &'static str)],
}

impl Attack {
    fn packets(&self) -> Vec<Vec<u8>> {
        self.sent.iter().map(|sent| if self.ipv6 { sent.ipv6() } else { sent.ipv4() }).collect()
    }

    fn check(&self) {
        let packets = self.packets();
        for policy in Policy::ALL {
            let of = self.becomes.iter().find(|(policies, _)| policies.is_empty() || policies.contains(&policy));
            assert_eq!(outcome(&packets, policy), of.unwrap().1, "{}, {policy}", self.test);
        }
    }
}

macro_rules! attacks {
    ($($test:ident: $what:literal, $source:literal, $ipv6:literal, [$($sent:expr),+ $(,)?], {$($($policy:ident)|* => $becomes:literal),+ $(,)?};)+) => {
        const ATTACKS: &[Attack] = &[$(Attack {
            test: stringify!($test),
            what: $what,
            source: $source,
            ipv6: $ipv6,
            sent: &[$($sent),+],
            becomes: &[$((&[$(Policy::$policy),*], $becomes)),+],
        }),+];
        $(#[test] fn $test() {
            ATTACKS.iter().find(|attack| attack.test == stringify!($test)).unwrap().check();
        })+
    };
}

attacks! {
    out_of_order: "Fragments in another order", "RFC 791 §3.2", false,
        [last(4, "E"), more(2, "CD"), more(0, "AB")],
        { => "`ABCDE`" };
    out_of_order_ipv6: "The same in IPv6", "RFC 8200 §4.5", true,
        [last(4, "E"), more(2, "CD"), more(0, "AB")],
        { => "`ABCDE`" };
    duplicates: "Exact duplicates", "RFC 8200 §4.5", false,
        [more(0, "AB"), more(0, "AB"), last(2, "C")],
        { => "2 is a duplicate; `ABC` (fragments came more than once)" };
    duplicates_ipv6: "The same in IPv6", "RFC 8200 §4.5", true,
        [more(0, "AB"), more(0, "AB"), last(2, "C")],
        { => "2 is a duplicate; `ABC` (fragments came more than once)" };
    hole: "A fragment that never comes", "RFC 791 §3.2", false,
        [more(0, "AB"), last(4, "E")],
        { => "waits for 16..32" };
    last_missing: "No last fragment", "RFC 791 §3.2", false,
        [more(0, "AB"), more(2, "CD")],
        { => "waits for 32.." };
    same_bytes_split_otherwise: "A retransmission that is split otherwise", "RFC 791 §3.2", false,
        [more(0, "AB"), more(1, "BC"), last(3, "D")],
        { Linux => "2 refused: it overlaps another fragment (RFC 5722); waits for 0..24; given up",
          Drop => "2 refused: it overlaps another fragment (RFC 5722); 3 refused: its datagram was given up because of an overlap (RFC 5722); given up",
          => "`ABCD` (fragments overlap)" };
    overlap_of_shankar_and_paxson: "Overlaps that tell systems apart", "Shankar, Paxson 2003", false,
        [more(0, "111"), more(4, "22"), more(6, "333"), more(1, "4444"), more(6, "555"), last(9, "666")],
        { Linux => "4 refused: it overlaps another fragment (RFC 5722); waits for 0..48; given up",
          Bsd => "`111442333666` (fragments overlap, and differ)",
          BsdRight => "`144422555666` (fragments overlap, and differ)",
          Linux24 => "`111442555666` (fragments overlap, and differ)",
          First | Windows | Solaris => "`111422333666` (fragments overlap, and differ)",
          Last => "`144442555666` (fragments overlap, and differ)",
          Drop => "4 refused: it overlaps another fragment (RFC 5722); 5 to 6 refused: its datagram was given up because of an overlap (RFC 5722); given up" };
    overlap_of_novak: "More of them", "Novak 2005", false,
        [more(0, "AAA"), more(4, "BB"), more(6, "CCC"), more(10, "D"), more(13, "EE"), more(15, "FFF"), more(18, "GG"),
         more(20, "HH"), more(22, "I"), more(1, "JJJJ"), more(6, "KKK"), more(9, "LLL"), more(12, "MMM"), more(16, "N"),
         more(19, "O"), more(20, "P"), last(22, "QQ")],
        { Linux => "10 refused: it overlaps another fragment (RFC 5722); waits for 0..48, 120..128, 136..152, 168..176; given up",
          Bsd => "`AAAJJBCCCLLLMMMFFFGGHHIQ` (fragments overlap, and differ)",
          BsdRight => "`AJJJBBKKKLLLMMMFFFGGHHQQ` (fragments overlap, and differ)",
          Linux24 => "`AAAJJBKKKLLLMMMFFFGGPHQQ` (fragments overlap, and differ)",
          First => "`AAAJBBCCCLDLMEEFFFGGHHIQ` (fragments overlap, and differ)",
          Windows => "`AAAJBBCCCLLLMEEFFFGGHHIQ` (fragments overlap, and differ)",
          Solaris => "`AAAJBBCCCLLLMMMFFFGGHHIQ` (fragments overlap, and differ)",
          Last => "`AJJJJBKKKLLLMMMFNFGOPHQQ` (fragments overlap, and differ)",
          Drop => "10 refused: it overlaps another fragment (RFC 5722); 11 to 17 refused: its datagram was given up because of an overlap (RFC 5722); given up" };
    overlap_in_ipv6: "Overlap in IPv6, whose default is drop", "RFC 5722", true,
        [more(0, "AB"), more(1, "X"), last(2, "C")],
        { Linux => "2 refused: it lies wholly in what is held; `ABC` (fragments overlap, and differ; fragments were refused)",
          First | Bsd | Linux24 | Windows | Solaris | BsdRight => "`ABC` (fragments overlap, and differ)",
          Last => "`AXC` (fragments overlap, and differ)",
          Drop => "2 refused: it overlaps another fragment (RFC 5722); 3 refused: its datagram was given up because of an overlap (RFC 5722); given up" };
    teardrop: "Teardrop: the last fragment lies inside of the first", "CVE-1999-0015", false,
        [more(0, "ABCD"), last(1, "X")],
        { Linux => "2 refused: it is the last fragment, but ends before data that is already held; given up",
          => "2 refused: it is the last fragment, but ends before data that is already held; waits for 32.." };
    ping_of_death: "Ping of death: beyond 65,535 bytes", "CVE-1999-0128", false,
        [more(0, "AB").protocol(1), last(8189, "XYZ").protocol(1)],
        { Linux => "2 refused: it ends past 65,535 bytes; given up",
          => "2 refused: it ends past 65,535 bytes; waits for 16.." };
    ping_of_death_ipv6: "The same in IPv6", "RFC 8200 §4.5", true,
        [more(0, "AB").protocol(58), last(8190, "XYZ").protocol(58)],
        { => "2 refused: it ends past 65,535 bytes; waits for 16.." };
    rose: "Rose: a first and a far last fragment, no more", "Hollis 2004", false,
        [more(0, "ABCD"), last(8100, "Z")],
        { => "waits for 32..64800" };
    tiny_first_fragment: "A first fragment that cuts the TCP header", "RFC 1858 §3", false,
        [more(0, "A").protocol(6), last(1, "BC").protocol(6)],
        { => "`ABC` (the first fragment cuts the next header (RFC 1858))" };
    tiny_overlapping_fragment: "A second fragment that rewrites the TCP flags", "RFC 1858 §4, RFC 3128", false,
        [more(0, "ABC").protocol(6), more(1, "XX").protocol(6), last(3, "D").protocol(6)],
        { Linux => "2 refused: it lies wholly in what is held; `ABCD` (fragments overlap, and differ; fragments were refused; the first fragment cuts the next header (RFC 1858))",
          Last => "`AXXD` (fragments overlap, and differ; the first fragment cuts the next header (RFC 1858))",
          BsdRight => "`ABCD` (fragments overlap, and differ; the first fragment cuts the next header (RFC 1858))",
          Drop => "2 refused: it overlaps another fragment (RFC 5722); 3 refused: its datagram was given up because of an overlap (RFC 5722); given up",
          => "`ABCD` (fragments overlap, and differ; the first fragment cuts the next header (RFC 1858))" };
    first_fragment_without_headers: "An IPv6 first fragment without its transport header", "RFC 7112 §5", true,
        [more(0, "A").protocol(6), last(1, "BC").protocol(6)],
        { => "1 refused: it is the first fragment, but does not hold all headers (RFC 7112); waits for 0..8" };
    zero_length: "A fragment without payload", "RFC 791 §3.2", false,
        [more(0, "A"), more(1, ""), last(1, ""), last(1, "B")],
        { Linux => "2 to 3 refused: it holds no payload; waits for 0..8; given up",
          => "2 to 3 refused: it holds no payload; `AB` (fragments were refused)" };
    bonk: "More follow, but no multiple of 8 bytes (Bonk, Jolt)", "RFC 8200 §4.5", false,
        [more(0, "A").extra(3), more(0, "A"), last(1, "B")],
        { Linux => "2 is a duplicate; `AB` (fragments came more than once)",
          => "1 refused: its payload is not a multiple of 8 bytes, but more fragments follow; `AB`" };
    atomic: "A whole packet with a fragment header, amid fragments of its number", "RFC 6946", true,
        [more(0, "A"), last(0, "X"), last(1, "B")],
        { => "2 is whole; `AB`" };
    conflicting_last_fragments: "Two last fragments that end elsewhere", "RFC 791 §3.2", false,
        [more(0, "A"), last(3, "D"), last(2, "C"), last(4, "E"), more(1, "BC")],
        { Linux => "3 refused: another last fragment has a different end; waits for 0..8, 24..32; given up",
          => "3 to 4 refused: another last fragment has a different end; `ABCD` (fragments were refused)" };
    after_the_end: "Data after the last fragment", "RFC 791 §3.2", false,
        [last(1, "B"), more(2, "X"), more(0, "A")],
        { Linux => "2 refused: it ends after the last fragment; waits for 8..; given up",
          => "2 refused: it ends after the last fragment; `AB` (fragments were refused)" };
    differing_next_headers: "Fragments that differ in what follows them", "RFC 8200 §4.5", true,
        [more(1, "B").protocol(6), more(0, "A").protocol(17), last(2, "C").protocol(58)],
        { => "`ABC` (fragments differ in their next header)" };
    protocols_apart: "One identification, two protocols", "RFC 791 §3.2", false,
        [more(0, "A").protocol(17), more(0, "X").protocol(1), last(1, "B").protocol(17), last(1, "Y").protocol(1)],
        { => "`AB`; `XY`" };
    one_packet_twice: "The same datagram twice", "RFC 6864", false,
        [more(0, "A"), last(1, "B"), more(0, "A"), last(1, "B")],
        { => "`AB`; `AB`" };
}

#[test]
fn the_table_in_the_docs_is_what_the_tests_say() {
    let mut text = String::from(
        "# Reassembly: known attacks and their outcome\n\n\
         `UPDATE=1 cargo test --test reassemble` writes this page. The tests are in `tests/reassemble.rs`. A letter is 8 bytes of payload.\n\
         Fragments are counted from 1. `waits for` is followed by the bytes that are missing when the capture ends. Policies are those of\n\
         `packetsmith reassemble --policy`; `all` is all policies without a row above. The default is `first` for IPv4 and `drop` for IPv6.\n\n\
         | attack | source | fragments (offset in units of 8 bytes; + more follow) | policy | outcome | test |\n\
         |---|---|---|---|---|---|\n",
    );
    for attack in ATTACKS {
        let sent: Vec<String> = attack.sent.iter().map(Sent::text).collect();
        let mut begin = format!("| {} | {} | {} |", attack.what, attack.source, sent.join(", "));
        for (policies, becomes) in attack.becomes {
            let names: Vec<_> = policies.iter().map(|policy| policy.name()).collect();
            let names = if names.is_empty() { "all".into() } else { names.join(", ") };
            text += &format!("{begin} {names} | {becomes} | `{}` |\n", attack.test);
            begin = "| | | |".into();
        }
    }
    for (what, source, outcome, test) in OTHERS {
        text += &format!("| {what} | {source} | | all | {outcome} | `{test}` |\n");
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reassembly.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text, "UPDATE=1 cargo test --test reassemble writes it anew");
}

impl Sent {
    fn text(&self) -> String {
        let more = if self.more { "+" } else { "" };
        let letters = if self.letters.is_empty() { "nothing" } else { self.letters };
        let extra = if self.extra > 0 { format!(" and {} bytes", self.extra) } else { String::new() };
        format!("{}: {letters}{extra}{more}", self.offset)
    }
}

/// Rows of the table whose tests are written out below.
const OTHERS: &[(&str, &str, &str, &str)] = &[
    (
        "Fragments within fragments",
        "RFC 8200 §4.5",
        "the inner ones are put together from the outer's packet",
        "fragments_within_fragments",
    ),
    (
        "A header that makes the whole too long",
        "RFC 791 §3.1",
        "the datagram is given up",
        "a_long_header_makes_it_too_long",
    ),
    (
        "An IPv6 extension header that makes the whole too long",
        "RFC 8200 §4.5",
        "the fragment is refused; shown on demand (`LongDatagrams`)",
        "a_long_ipv6_datagram_is_refused_or_shown",
    ),
    ("A fragment of which not all was captured", "RFC 791 §3.2", "it is refused", "a_cut_fragment_is_refused"),
    (
        "A datagram that waits too long",
        "RFC 1122 §3.3.2, RFC 8200 §4.5",
        "it is given up, and a late fragment begins anew",
        "time_is_over",
    ),
    ("More datagrams than may wait", "RFC 8900 §3.7", "the oldest is given up", "the_oldest_is_given_up"),
    (
        "More bytes than may wait",
        "RFC 8900 §3.7",
        "the oldest are given up; memory stays under the bound",
        "memory_stays_under_its_bound",
    ),
    (
        "A datagram larger than all memory",
        "RFC 8900 §3.7",
        "it is refused",
        "a_datagram_larger_than_the_bound_is_refused",
    ),
    ("What an ICMP error quotes", "RFC 792", "it is no fragment", "a_quoted_fragment_is_none"),
];

fn push<'r>(reassembler: &'r mut Reassembler, packet: &[u8], frame: u64) -> Outcome<'r> {
    reassembler.push(packet, frame, Duration::ZERO, &mut |_| {})
}

#[test]
fn fragments_within_fragments() {
    let inner = Stack::new().push(Ipv4::build().protocol(17.into())).payload(&[7; 600]).finish().unwrap();
    let mut outer = Vec::new();
    for piece in Fragmenter::new(300).split(&inner).unwrap() {
        let packet = Stack::new()
            .push(Ipv4::build().identification(outer.len() as u16).protocol(4.into()))
            .payload(&piece.slices().concat())
            .finish()
            .unwrap();
        outer.extend(Fragmenter::new(128).split(&packet).unwrap().map(|piece| piece.slices().concat()));
    }
    let mut reassembler = Reassembler::new(Settings::default());
    let mut whole = Vec::new();
    for packet in &outer {
        let mut packet = packet.clone();
        while let Some(at) = packetsmith::ip::find(Layers::new(NextProtocol::LinkType(101), &packet)) {
            match push(&mut reassembler, &packet[at], 0) {
                Outcome::Complete(datagram) => packet = datagram.packet().to_vec(),
                _ => break,
            }
            whole = packet.clone();
        }
    }
    assert_eq!(whole, inner);
}

#[test]
fn every_bit_of_a_key_tells_datagrams_apart() {
    // Protocol, addresses and identification; the identification of IPv6 stands behind a reserved byte.
    let ipv4 = [(4..6, false), (9..10, false), (12..20, false)];
    let ipv6 = [(8..40, true), (44..48, true)];
    for (bytes, six) in ipv4.into_iter().chain(ipv6) {
        let packet = |sent: Sent, bit: usize| {
            let mut packet = if six { sent.ipv6() } else { sent.ipv4() };
            packet[bit / 8] ^= 1 << (bit % 8);
            packet
        };
        let bits = bytes.start * 8..bytes.end * 8;
        let mut reassembler = Reassembler::new(Settings::default());
        for bit in bits.clone() {
            assert!(matches!(
                push(&mut reassembler, &packet(more(0, "A"), bit), 1),
                Outcome::Held { have: 8, of: None }
            ));
        }
        assert_eq!(reassembler.waiting(), bits.len());
        for bit in bits {
            let packet = packet(last(1, "B"), bit);
            let Outcome::Complete(datagram) = push(&mut reassembler, &packet, 2) else { panic!("{bit}") };
            let addresses = match Layers::new(NextProtocol::LinkType(101), &packet).next().unwrap().view {
                View::Ipv4(ip) => (ip.src().into(), ip.dst().into()),
                View::Ipv6(ip) => (ip.src().into(), ip.dst().into()),
                view => panic!("{view:?}"),
            };
            assert_eq!(datagram.key().addresses(), addresses, "{bit}");
        }
        assert_eq!(reassembler.waiting(), 0);
    }
}

#[test]
fn a_long_header_makes_it_too_long() {
    let mut first = more(0, "A").ipv4();
    let options = [0x01; 40];
    first.splice(20..20, options);
    (first[0], first[3]) = (0x4f, first[3] + 40);
    let mut reassembler = Reassembler::new(Settings::default());
    let mut lost = Vec::new();
    // The last fragment fits with its own header, not with the first one's.
    let end = 65535 - 20;
    for n in (8..end).step_by(1024) {
        let size = 1024.min(end - n);
        let mut piece = last((n / 8) as u16, "").extra(size).ipv4();
        piece[6] |= if n + size < end { 0x20 } else { 0 };
        assert!(matches!(push(&mut reassembler, &piece, 1), Outcome::Held { .. }));
    }
    let outcome = reassembler.push(&first, 2, Duration::ZERO, &mut |given_up| lost.push(given_up.reason));
    assert!(matches!(outcome, Outcome::Refused(Refusal::TooLong, _)));
    assert_eq!((lost, reassembler.waiting()), (vec![LostReason::TooLong], 0));
}

#[test]
fn a_long_ipv6_datagram_is_refused_or_shown() {
    const PAYLOAD: usize = 65_528;
    // Eight bytes of options before the fragment header make 65,536 of it.
    let fragment = |offset: usize| {
        let (len, next) = (1024.min(PAYLOAD - offset), 17);
        let more = u16::from(offset + len < PAYLOAD);
        let mut packet = vec![0x60, 0, 0, 0, 0, 0, 0, 64];
        packet.extend([0xfd; 32]);
        packet.extend([44, 0, 1, 4, 0, 0, 0, 0]);
        packet.extend([next, 0]);
        packet.extend((offset as u16 | more).to_be_bytes());
        packet.extend([0, 0, 0, 7]);
        packet.resize(packet.len() + len, 0);
        let length = (packet.len() - 40) as u16;
        packet[4..6].copy_from_slice(&length.to_be_bytes());
        packet
    };
    let fragments: Vec<_> = (0..PAYLOAD).step_by(1024).map(fragment).collect();
    let run = |long_ipv6| {
        let mut reassembler = Reassembler::new(Settings { long_ipv6, ..Settings::default() });
        let (last, others) = fragments.split_last().unwrap();
        for packet in others {
            assert!(matches!(push(&mut reassembler, packet, 1), Outcome::Held { .. }));
        }
        match push(&mut reassembler, last, 2) {
            Outcome::Complete(datagram) => Ok((datagram.packet()[4..7].to_vec(), datagram.payload().len())),
            Outcome::Refused(refusal, _) => Err(refusal),
            outcome => panic!("{outcome:?}"),
        }
    };
    assert_eq!(run(LongDatagrams::Refuse), Err(Refusal::TooLong));
    assert_eq!(run(LongDatagrams::Show), Ok((vec![0, 0, 0], PAYLOAD)), "without a length");
    let mut issues = Vec::new();
    for layer in packetsmith::examine(101, fragments.last().unwrap()) {
        layer.issues(|issue| issues.push(issue.kind.identifier()));
    }
    assert!(issues.contains(&"fragment.payload.past_maximum"), "{issues:?}");
}

#[test]
fn a_cut_fragment_is_refused() {
    let mut reassembler = Reassembler::new(Settings::default());
    let packet = more(0, "AB").ipv4();
    assert!(matches!(push(&mut reassembler, &packet[..30], 1), Outcome::Refused(Refusal::Truncated, _)));
    let packet = more(0, "AB").ipv6();
    assert!(matches!(push(&mut reassembler, &packet[..60], 1), Outcome::Refused(Refusal::Truncated, _)));
    assert!(matches!(push(&mut reassembler, &packet[..44], 1), Outcome::Refused(Refusal::Truncated, _)));
    let mut short = more(0, "AB").ipv4();
    (short[2], short[3]) = (0, 10);
    assert!(matches!(push(&mut reassembler, &short, 1), Outcome::Refused(Refusal::Header, _)));
    assert_eq!(reassembler.waiting(), 0);
}

#[test]
fn time_is_over() {
    let mut reassembler = Reassembler::new(Settings { timeout: Duration::from_secs(60), ..Settings::default() });
    let mut lost = Vec::new();
    let mut send = |packet: &[u8], frame, seconds| {
        let outcome = reassembler.push(packet, frame, Duration::from_secs(seconds), &mut |given_up| {
            lost.push((given_up.reason, given_up.have(), given_up.of(), given_up.origins().collect::<Vec<_>>()));
        });
        matches!(outcome, Outcome::Complete(_))
    };
    assert!(!send(&more(0, "A").ipv4(), 1, 100));
    assert!(!send(&last(1, "B").ipv4(), 2, 161), "61 seconds are more than 60");
    assert!(send(&more(0, "A").ipv4(), 3, 221), "60 are not");
    assert_eq!(lost, [(LostReason::Timeout, 8, None, vec![Origin { bytes: 0..8, frame: 1 }])]);
}

#[test]
fn the_oldest_is_given_up() {
    let mut reassembler = Reassembler::new(Settings { datagrams: 2, ..Settings::default() });
    let mut lost = Vec::new();
    for protocol in [200, 201, 202] {
        let packet = more(0, "A").protocol(protocol).ipv4();
        reassembler.push(&packet, protocol.into(), Duration::ZERO, &mut |given_up| {
            lost.push((given_up.reason, given_up.key().protocol()));
        });
    }
    assert_eq!((lost, reassembler.waiting()), (vec![(LostReason::Evicted, Some(200))], 2));
}

#[test]
fn memory_stays_under_its_bound() {
    let settings = Settings { bytes: 100_000, ..Settings::default() };
    let mut reassembler = Reassembler::new(settings);
    let mut evicted = 0;
    for n in 0..5_000u16 {
        let header = Ipv4::build().identification(n).flags(Ipv4Flags::MORE_FRAGMENTS);
        let packet = Stack::new().push(header).payload(&vec![1; 8 * usize::from(1 + n % 180)]).finish().unwrap();
        reassembler.push(&packet, 0, Duration::ZERO, &mut |_| evicted += 1);
        assert!(reassembler.memory() <= settings.bytes, "{}", reassembler.memory());
    }
    assert!(evicted > 4000 && reassembler.waiting() > 20, "{evicted}, {}", reassembler.waiting());
}

#[test]
fn a_datagram_larger_than_the_bound_is_refused() {
    let mut reassembler = Reassembler::new(Settings { bytes: 4_000, ..Settings::default() });
    let mut outcomes = Vec::new();
    for n in 0..10 {
        let piece = last(n * 100, "").extra(800).ipv4();
        let packet = [&piece[..6], &[0x20 | piece[6]], &piece[7..]].concat();
        outcomes.push(matches!(push(&mut reassembler, &packet, 0), Outcome::Refused(Refusal::NoMemory, _)));
    }
    assert!(outcomes.contains(&true));
    assert!(reassembler.memory() <= 4_000);
}

#[test]
fn a_quoted_fragment_is_none() {
    let quoted = more(0, "A").ipv4();
    let frame = Stack::new()
        .push(Ipv4::build().protocol(1.into()))
        .payload(&[&[3, 1, 0, 0, 0, 0, 0, 0][..], &quoted].concat())
        .finish()
        .unwrap();
    let layers = || Layers::new(NextProtocol::LinkType(101), &frame);
    assert!(layers().any(|layer| matches!(layer.view, View::Ipv4(ip) if ip.is_fragment())));
    assert_eq!(packetsmith::ip::find(layers()), None);
}

/// The courses' example, as Linux does it: nothing but identification and addresses is another.
#[test]
fn the_kernel_splits_in_the_same_way() {
    let mut reader = packetsmith::capture::Reader::open("testdata/split.pcap").unwrap();
    let mut theirs = Vec::new();
    while theirs.len() < 4 {
        theirs.push(reader.next_record().unwrap().unwrap().data[14..].to_vec());
    }
    let mut reassembler = Reassembler::new(Settings::default());
    let mut payload = Vec::new();
    for fragment in &theirs {
        if let Outcome::Complete(datagram) = push(&mut reassembler, fragment, 0) {
            payload = datagram.payload().to_vec();
        }
    }
    assert_eq!(payload.len(), 4980);
    let ip = Ipv4::build().protocol(6.into()).identification(6);
    let ip = ip.src([192, 168, 1, 100].into()).dst([172, 194, 72, 105].into());
    let ours = split(&Stack::new().push(ip).payload(&payload).finish().unwrap(), 1500).unwrap();
    assert_eq!(ours.iter().map(Vec::len).collect::<Vec<_>>(), [1500, 1500, 1500, 560]);
    assert_eq!(theirs.len(), ours.len());
    for (theirs, ours) in theirs.iter().zip(&ours) {
        for packet in [theirs, ours] {
            assert_eq!(Sum::new().bytes(&packet[..20]).value(), 0xffff, "the checksum is right");
        }
        let alike = |packet: &[u8]| {
            let mut packet = packet.to_vec();
            packet[4..6].fill(0);
            packet[10..20].fill(0);
            packet
        };
        assert_eq!(alike(theirs), alike(ours));
    }
}

/// A packet of a version, its payload's length, and options or headers in front of it.
fn packet(ipv4: bool, payload: usize, extra: u8) -> Vec<u8> {
    let bytes: Vec<u8> = (0..payload).map(|n| (n * 7 + n / 256) as u8).collect();
    if ipv4 {
        let mut packet = Stack::new().push(Ipv4::build().identification(0x1234)).payload(&bytes).finish().unwrap();
        // Options of all kinds: some are copied into each fragment, some are not.
        let options: &[u8] = match extra % 4 {
            0 => &[],
            1 => &[0x94, 4, 0, 0],
            2 => &[7, 7, 4, 0, 0, 0, 0, 1],
            _ => &[1, 0x83, 7, 4, 10, 0, 0, 9, 0x44, 4, 5, 0],
        };
        packet.splice(20..20, options.iter().copied());
        packet[0] += (options.len() / 4) as u8;
        let length = packet.len() as u16;
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        packet[9] = 253;
        packet[10..12].fill(0);
        let checksum = Sum::new().bytes(&packet[..20 + options.len()]).checksum();
        packet[10..12].copy_from_slice(&checksum.to_be_bytes());
        return packet;
    }
    let hop_by_hop = [43, 0, 1, 4, 0, 0, 0, 0];
    let routing = [253, 2, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
    let destination = [253, 0, 1, 4, 0, 0, 0, 0];
    let (next, headers): (u8, Vec<u8>) = match extra % 4 {
        0 => (253, vec![]),
        1 => (43, routing.to_vec()),
        2 => (60, destination.to_vec()),
        _ => (0, [&hop_by_hop[..], &routing].concat()),
    };
    Stack::new().push(Ipv6::build().next_header(next.into())).payload(&[headers, bytes].concat()).finish().unwrap()
}

fn split(packet: &[u8], mtu: usize) -> Result<Vec<Vec<u8>>, FragmentError> {
    Ok(Fragmenter::new(mtu).identification(99).split(packet)?.map(|piece| piece.slices().concat()).collect())
}

/// Pushes packets, each with its time in seconds and its network, and returns the outcomes: held, whole, lost or refused.
fn outcomes(settings: Settings, packets: &[(Vec<u8>, u64, Network)]) -> String {
    let mut reassembler = Reassembler::new(settings);
    let outcome = |(packet, seconds, network): &(Vec<u8>, u64, Network)| {
        let mut lost = String::new();
        let time = Duration::from_secs(*seconds);
        let word = match reassembler.push_from(*network, packet, 0, time, &mut |_| lost += "lost, ") {
            Outcome::Complete(_) => "whole",
            Outcome::Held { .. } => "held",
            _ => "refused",
        };
        lost + word
    };
    packets.iter().map(outcome).collect::<Vec<_>>().join("; ")
}

#[test]
fn fragments_of_different_networks_are_not_put_together() {
    let reassembler = Reassembler::new(Settings::default());
    let fragment = last(1, "B").ipv4();
    let network = |interface, frame: &[u8], link_type| {
        let at = frame.len() - fragment.len();
        reassembler.network(Network::default(), interface, Layers::new(NextProtocol::LinkType(link_type), frame), at)
    };
    let ethernet = |tags: &[u8]| [&[2; 12][..], tags, &[8, 0], &fragment].concat();
    let plain = network(0, &ethernet(&[]), 1);
    let tag = |id| [0x81, 0, 0, id];
    let vlans = [10, 20].map(|id| network(0, &ethernet(&tag(id)), 1));
    let stacked = network(0, &ethernet(&[tag(10), tag(20)].concat()), 1);
    let reversed = network(0, &ethernet(&[tag(20), tag(10)].concat()), 1);
    // GRE with a key, between two hosts.
    let tunnel = |host: u8, key: u8| {
        let gre = [&[0x20, 0, 8, 0, 0, 0, 0, key][..], &fragment].concat();
        let outer = Ipv4::build().protocol(47.into()).src([192, 0, 2, host].into());
        network(0, &Stack::new().push(outer).payload(&gre).finish().unwrap(), 101)
    };
    let tunnels = [tunnel(1, 5), tunnel(1, 6), tunnel(2, 5)];
    let other_interface = network(1, &ethernet(&[]), 1);
    let all = [&[plain, stacked, reversed, other_interface][..], &vlans, &tunnels].concat();
    for (i, a) in all.iter().enumerate() {
        assert!(all[i + 1..].iter().all(|b| a != b), "{i}");
    }
    assert_eq!(plain, network(0, &ethernet(&[]), 1));
    // The priority in a tag is no network, nor are the addresses of the frame.
    assert_eq!(vlans[0], network(0, &[&[4; 12][..], &[0x81, 0, 0xe0, 10, 8, 0], &fragment].concat(), 1));
    let [a, b] = vlans;
    let of = |network| [(more(0, "A").ipv4(), 0, network), (last(1, "B").ipv4(), 0, network)];
    let ([a1, a2], [b1, b2]) = (of(a), of(b));
    assert_eq!(outcomes(Settings::default(), &[a1.clone(), b2.clone()]), "held; held");
    assert_eq!(outcomes(Settings::default(), &[a1, b1, a2, b2]), "held; held; whole; whole");
}

#[test]
fn one_wrong_time_changes_nothing_for_others() {
    let of = |protocol: u8, at: u16| match at {
        0 => more(0, "A").protocol(protocol).ipv4(),
        _ => last(at, "B").protocol(protocol).ipv4(),
    };
    let run = |packets: &[(u8, u16, u64)]| {
        let packets: Vec<_> = packets.iter().map(|&(p, at, time)| (of(p, at), time, Network::default())).collect();
        outcomes(Settings::default(), &packets)
    };
    // A packet from the future, and one from the past, between the halves of a datagram.
    assert_eq!(run(&[(1, 0, 100), (2, 0, 9_000_000), (1, 1, 101)]), "held; held; whole");
    assert_eq!(run(&[(1, 0, 100), (2, 0, 0), (1, 1, 101)]), "held; held; whole");
    // It does not keep others from being given up, be it the first.
    assert_eq!(run(&[(2, 0, 9_000_000), (1, 0, 100), (1, 1, 200)]), "held; held; lost, lost, held");
    // Packets that are far from each other in time are no reason to give anything up.
    assert_eq!(run(&[(2, 0, 100), (1, 0, 9_000), (1, 1, 9_001)]), "held; held; lost, whole");
    // A clock that was set back for good counts from then on.
    assert_eq!(run(&[(1, 0, 9_000), (2, 0, 100), (3, 0, 101), (4, 0, 102)]), "held; held; lost, held; held");
}

#[test]
fn what_a_fragment_makes_known_is_told_with_it() {
    let mut reassembler = Reassembler::new(Settings::default());
    let mut noticed = |packet: &[u8]| {
        push(&mut reassembler, packet, 1);
        reassembler.noticed()
    };
    assert_eq!(noticed(&more(0, "AB").ipv4()), Findings::default());
    assert_eq!(noticed(&more(0, "AB").ipv4()).duplicates, 1);
    let overlapping = noticed(&more(1, "XC").ipv4());
    assert!(overlapping.overlap && overlapping.conflict && overlapping.duplicates == 0);
    assert_eq!(noticed(&more(3, "D").ipv4()), Findings::default());
    let complete = noticed(&last(4, "E").ipv4());
    assert!(complete.conflict && complete.duplicates == 1, "the last one tells all");
    // Two ends, and data behind the end.
    noticed(&last(2, "C").ipv4());
    assert!(noticed(&last(3, "D").ipv4()).other_end);
    assert!(noticed(&more(4, "E").ipv4()).past_end);
    // IPv6 gives up the datagram, and each later fragment is told why.
    noticed(&more(0, "AB").ipv6());
    assert!(noticed(&more(1, "XC").ipv6()).conflict);
    assert!(noticed(&last(3, "D").ipv6()).conflict);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(std::env::var("CASES").map_or(2000, |n| n.parse().unwrap())))]

    #[test]
    fn what_is_split_is_put_together_again(
        ipv4: bool, payload in 1usize..9000, extra: u8, mtu in 28usize..1600, second in prop::option::of(28usize..800),
        shuffle in prop::collection::vec(any::<prop::sample::Index>(), 0..60), copies in 0usize..5, policy in 0usize..8,
    ) {
        let whole = packet(ipv4, payload, extra);
        let Ok(mut pieces) = split(&whole, mtu) else { return Ok(()) };
        for piece in &pieces {
            prop_assert!(piece.len() <= mtu.max(whole.len().min(mtu)));
        }
        if let Some(mtu) = second {
            let Ok(again) = pieces.iter().map(|piece| split(piece, mtu)).collect::<Result<Vec<_>, _>>() else { return Ok(()) };
            pieces = again.concat();
        }
        if pieces.len() == 1 {
            prop_assert_eq!(&pieces[0], &whole);
            return Ok(());
        }
        for index in shuffle.iter().take(copies) {
            pieces.push(index.get(&pieces).clone());
        }
        for (n, index) in shuffle.iter().enumerate() {
            let (a, b) = (n % pieces.len(), index.index(pieces.len()));
            pieces.swap(a, b);
        }
        let policy = Policy::ALL[policy];
        let mut reassembler = Reassembler::new(Settings { ipv4: policy, ipv6: policy, ..Settings::default() });
        let mut complete = 0;
        for (number, piece) in pieces.iter().enumerate() {
            match push(&mut reassembler, piece, number as u64) {
                Outcome::Complete(datagram) => {
                    prop_assert_eq!(datagram.packet(), &whole[..]);
                    complete += 1;
                }
                Outcome::Held { .. } | Outcome::Duplicate => {}
                other => prop_assert!(false, "{:?}", other),
            }
        }
        prop_assert!(complete >= 1);
    }

    /// Whatever is sent, each byte of a datagram is from the fragment that is said to have given it.
    #[test]
    fn every_byte_is_from_where_it_is_said_to_be(
        ipv4: bool, policy in 0usize..8,
        sent in prop::collection::vec((0u16..12, 1usize..6, any::<bool>()), 1..40),
    ) {
        let policy = Policy::ALL[policy];
        let mut reassembler = Reassembler::new(Settings { ipv4: policy, ipv6: policy, ..Settings::default() });
        for (number, (offset, blocks, more)) in sent.iter().enumerate() {
            let letters: &'static str = &"################"[..*blocks];
            let mut piece = Sent { offset: *offset, letters, more: *more, protocol: 253, extra: 0 };
            piece.more |= *offset == 0;
            let mut packet = if ipv4 { piece.ipv4() } else { piece.ipv6() };
            let head = packet.len() - 8 * blocks;
            packet[head..].fill(number as u8);
            if let Outcome::Complete(datagram) = push(&mut reassembler, &packet, number as u64) {
                for Origin { bytes, frame } in datagram.origins() {
                    prop_assert!(datagram.payload()[bytes].iter().all(|byte| u64::from(*byte) == frame));
                }
            }
            prop_assert!(reassembler.waiting() <= 1);
        }
    }

    /// Nothing that is sent makes it panic.
    #[test]
    fn any_bytes_have_an_outcome(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..20)) {
        let mut reassembler = Reassembler::new(Settings::default());
        for packet in &packets {
            let mut packet = packet.clone();
            for version in [0x45, 0x60] {
                if let Some(byte) = packet.first_mut() {
                    *byte = version;
                }
                push(&mut reassembler, &packet, 0);
                let _ = Fragmenter::new(60).split(&packet).map(|pieces| pieces.count());
            }
        }
    }
}
