//! Every variant of every error and issue is reached by some input. A match without wildcard lists them, so a new
//! variant does not compile until it is listed, and the test fails until an input reaches it.

use crate::build::Editor;
use crate::build::Stack;
use crate::capture::{
    ByteOrder, Compression, ErrorKind, Format, HexdumpProblem, HexdumpReader, HexdumpSettings, NewRecord, PcapHeader,
    Reader, Resolution, SectionHeader, WriteError, Writer,
};
use crate::dissect::examine;
use crate::ip::{FragmentError, Fragmenter};
use crate::ip::{LostReason, Outcome, Policy, Reassembler, Refusal, Settings};
use crate::layer::{IssueKind, Limit, NextProtocol, Severity};
use crate::layer::{ParseDefect, ParseDefectKind, Protocol};
use crate::packet::Packet;
use crate::proto::Ipv4Flags;
use crate::proto::{Ethernet, Ipv4, Ipv6};
use crate::wire::Checksum;
use crate::wire::Computed;
use crate::wire::Name;
use crate::wire::NameError;
use crate::wire::Value;
use crate::wire::ValueError;
use core::time::Duration;
use std::collections::BTreeSet;
use std::io;
use std::string::ToString;
use std::vec::Vec;

/// Gives `$all`, the names of a type's variants, and `$name`, the name of a value's.
macro_rules! tagged_enum {
    ($($all:ident, $name:ident: $type:ident { $($variant:ident),* $(,)? })*) => {$(
        const $all: &[&str] = &[$(stringify!($variant)),*];
        fn $name(value: &$type) -> &'static str {
            match value {
                $($type::$variant { .. } => stringify!($variant),)*
            }
        }
    )*};
}

type Outcomes = Outcome<'static>;

tagged_enum! {
    REASONS, reason: IssueKind {
        Truncated, TooShort, Version, Inferred, Checksum, FrameCheck, Reserved, BrokenItem, CutItem, BadItem, Name, Surplus,
        Missing, TooDeep, Rule,
    }
    SEVERITIES, severity: Severity { Note, Warning, Error }
    LIMITS, limit: Limit { Snapshot, Frame, Quote, Segment, Layer }
    CHECKSUMS, checksum: Checksum { Good, Bad, Absent, Unverifiable, Offloaded }
    FLAWS, defect: ParseDefectKind { None, Truncated, TooShort, Version, Inferred, TooDeep }
    NAMES, name: NameError { Truncated, ForwardPointer, ReservedLabel, TooLong, TooManyPointers }
    UNFITS, error: ValueError {
        TooLarge, TooLong, NotWhole, Kind, Text, NoName, NoMember, TooDeep, NoRoom, Rule,
    }
    FRAGMENTS, fragment: FragmentError {
        Version, Truncated, HeaderLength, DontFragment, MtuTooSmall, HeaderChain, TooLong, NoRoom,
    }
    REFUSALS, refusal: Refusal {
        Header, Truncated, Empty, NotWhole, TooLong, HeaderChain, EndsBeforeData, BehindEnd, OtherEnd, Overlap, Inside,
        GivenUp, NoMemory,
    }
    OUTCOMES, outcome: Outcomes { NotFragment, Atomic, Held, Duplicate, Complete, Refused }
    LOST, lost: LostReason { Timeout, Evicted, Overlap, Contradiction, TooLong, NoMemory, End }
    FILES, file: ErrorKind {
        Open, Io, Damaged, NotDecompressed, Empty, NotCapture, TruncatedHeader, TruncatedRecord, TooLarge, BlockLength,
        BlockLengths, ByteOrderMagic, ShortBlock, CapturedLength, TooManyInterfaces, SecondHeader, Hexdump,
    }
    HEXDUMPS, hexdump: HexdumpProblem {
        Io, LongLine, NotHex, OddDigits, Words, LittleEndian, FirstOffset, Offset, Missing, Surplus, NoText, Repeat, TooLong,
        Finer,
    }
    COMPRESSIONS, compression: Compression { Gzip, Zstd }
    WRITES, write: WriteError { Io, Time, Interface, TooLong, NotPcapng, NotBegun, Comment, NoComments }
}

/// Holds that all variants of a type were reached, and nothing else.
fn reached(what: &str, all: &[&'static str], found: impl IntoIterator<Item = &'static str>) {
    let (all, found): (BTreeSet<_>, BTreeSet<_>) = (all.iter().copied().collect(), found.into_iter().collect());
    let missing: Vec<_> = all.difference(&found).collect();
    assert!(missing.is_empty(), "nothing reaches {missing:?} of {what}");
}

/// The packets of `tests/issues.txt`: link type, length on the wire, length of the frame check sequence, bytes.
fn packets() -> impl Iterator<Item = (u16, usize, Option<u8>, Vec<u8>)> {
    include_str!("../tests/issues.txt").lines().filter_map(|line| {
        let (numbers, digits) = line.strip_prefix("= ")?.split_once(": ")?;
        let mut numbers = numbers.split(", ").map(|number| number.parse().unwrap());
        let (link_type, length) = (numbers.next()? as u16, numbers.next()?);
        // Of packets that belong together, the last one.
        let digits = digits.rsplit('+').next()?;
        let bytes = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
        Some((link_type, length, numbers.next().map(|bytes| bytes as u8), bytes.collect()))
    })
}

#[test]
fn of_issues() {
    let (mut reasons, mut severities, mut limits) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let (mut checksums, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (link_type, original_len, fcs, bytes) in packets() {
        for layer in examine(link_type, &bytes).original_len(original_len).fcs_len(fcs) {
            checksums.extend(layer.checksum().as_ref().map(checksum));
            layer.issues(|issue| {
                assert!(!issue.to_string().is_empty() && !issue.kind.name().is_empty());
                assert_eq!(severity(&issue.kind.severity()).to_lowercase(), issue.kind.severity().name());
                reasons.insert(reason(&issue.kind));
                severities.insert(severity(&issue.kind.severity()));
                match issue.kind {
                    IssueKind::Truncated { limit: by, .. } => {
                        limits.insert(limit(&by));
                    }
                    IssueKind::Name(error) => {
                        assert!(!error.to_string().is_empty());
                        names.insert(name(&error));
                    }
                    _ => {}
                }
            });
        }
    }
    reached("Reason", REASONS, reasons);
    reached("Severity", SEVERITIES, severities);
    reached("Limit", LIMITS, limits);
    reached("Checksum", CHECKSUMS, checksums);
    reached("NameError", NAMES, names);
}

#[test]
fn of_flaws() {
    let of_header = |first: u8, total: u8| {
        let mut header = [0; 20];
        (header[0], header[3]) = (first, total);
        <Ipv4<&[u8; 20]> as Protocol>::parse(&header, NextProtocol::EtherType(0x0800)).unwrap().defect
    };
    let cut = <Ipv4<&[u8; 20]> as Protocol>::parse(&[0x45], NextProtocol::Unknown).unwrap_err();
    let flaws =
        [of_header(0x45, 20), of_header(0x65, 20), of_header(0x44, 20), of_header(0x45, 0), cut, ParseDefect::TOO_DEEP];
    reached("FlawKind", FLAWS, flaws.iter().map(|found| defect(&found.kind)));
}

#[test]
fn of_hexdumps() {
    let long = "00 ".repeat(HexdumpReader::MAX_PACKET + 1);
    let repeated = std::format!("0000 {}\n*\n", " 00".repeat(16));
    let times =
        "1.000001 IP 10.0.0.1 > 10.0.0.2\n\t0x0000:  4500\n1.000000001 IP 10.0.0.1 > 10.0.0.2\n\t0x0000:  4500\n";
    let texts = [
        &"0".repeat(10 * HexdumpReader::MAX_PACKET),
        "a letter",
        "0000  45 0",
        "0000000 0045 3c00",
        "00000000: 64636261 68676665  abcdefgh",
        "0010  45 00",
        "0000  45 00\n0002  45\n0002  45",
        "0000  45 00\n0010  45",
        "0000  45 00\n0001  45",
        "0000: 6162 6364 abcd",
        &repeated,
        &long,
        times,
    ];
    let mut problems = BTreeSet::new();
    let mut note = |error: crate::capture::HexdumpError| {
        assert!(error.to_string().len() < 200 && error.line > 0, "{error}");
        problems.insert(hexdump(&error.problem));
    };
    for text in texts {
        let mut dump = HexdumpReader::new(text.as_bytes(), HexdumpSettings::default());
        // The link type is found out as the tool does it.
        if let Err(error) = dump.link_type() {
            note(error);
            continue;
        }
        loop {
            match dump.next_packet() {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    note(error);
                    break;
                }
            }
        }
    }
    note(HexdumpReader::new(Broken, HexdumpSettings::default()).next_packet().unwrap_err());
    reached("HexdumpProblem", HEXDUMPS, problems);
}

#[test]
fn of_names() {
    let long = [&[63; 64][..], &[63; 64], &[63; 64], &[63; 64], &[0]].concat();
    let mut chain = std::vec![0, 0];
    (0..128_u8).for_each(|n| chain.extend([0xc0 | (n / 128), n.saturating_sub(1) * 2 + u8::from(n > 0) * 2]));
    let names = [
        Name::new(b"\x03www", 0).check(),
        Name::new(b"\xc0\x00", 0).check(),
        Name::new(b"\x80", 0).check(),
        Name::new(&long, 0).check(),
        Name::new(&chain, chain.len() - 2).check(),
    ];
    reached("NameError", NAMES, names.iter().map(|result| name(result.as_ref().unwrap_err())));
}

/// What is wrong with a packet in the notation of the command line.
fn of_text(text: &str) -> ValueError {
    text.parse::<Packet>().unwrap().build().unwrap_err().error.error
}

#[test]
fn of_what_does_not_fit() {
    let mut deep = [&[0; 12][..], &[0x81, 0, 0, 1].repeat(40), &[8, 0]].concat();
    let mut frame = Stack::new().push(Ethernet::build()).finish().unwrap();
    let unfits = [
        of_text("udp src_port=70000"),
        of_text("ethernet dst=00:11:22:33:44:55:66"),
        of_text("ipv4 dst=nowhere"),
        of_text("ipv4 protocol=nonesuch"),
        of_text("ipv4 hops=3"),
        of_text("ipv4 ttl=1 ttl=2"),
        Stack::new().push(Ipv4::build()).write_into(&mut [0; 19]).unwrap_err().error.error,
        Editor::new(1, &mut frame).set(0, "dst", Value::Name(Name::new(b"\0", 0))).unwrap_err().error,
        Editor::new(1, &mut frame).patch(13, &[1, 2]).unwrap_err().error,
        Editor::new(1, &mut frame).patch(usize::MAX, &[1, 2]).unwrap_err().error,
        Computed::HeaderLength { unit: 4, less: 0 }.length(21, 21).unwrap().unwrap_err(),
        Editor::new(1, &mut deep).set(0, "dst", Value::Uint(0)).unwrap_err().error,
    ];
    assert!(unfits.iter().all(|error| !error.to_string().is_empty()));
    reached("Unfit", UNFITS, unfits.iter().map(error));
}

#[test]
fn of_splitting() {
    let ipv4 = |flags| Stack::new().push(Ipv4::build().flags(flags)).payload(&[0; 200]).finish().unwrap();
    let (packet, whole) = (ipv4(Ipv4Flags(0)), ipv4(Ipv4Flags::DONT_FRAGMENT));
    let mut short = packet.clone();
    short[0] = 0x44;
    // A fragment that begins at the end of what an offset can say.
    let mut far = packet.clone();
    far[6..8].copy_from_slice(&[0x1f, 0xff]);
    let ipv6 = Stack::new().push(Ipv6::build().next_header(6.into())).payload(&[0x50; 200]).finish().unwrap();
    let split = |mtu, packet: &[u8]| Fragmenter::new(mtu).split(packet).err();
    let mut pieces = Fragmenter::new(100).split(&packet).unwrap();
    let errors = [
        split(100, &[0x50; 40]),
        split(100, &packet[..100]),
        split(100, &short),
        split(100, &whole),
        split(27, &packet),
        split(56, &ipv6),
        split(100, &far),
        pieces.next().unwrap().write_into(&mut [0; 10]).err(),
    ];
    let errors: Vec<_> = errors.into_iter().flatten().collect();
    assert!(errors.iter().all(|error| !error.to_string().is_empty()));
    reached("FragmentError", FRAGMENTS, errors.iter().map(fragment));
}

/// A fragment: where it begins in units of 8 bytes, how many there are, and whether more follow.
fn piece(id: u16, at: u16, bytes: usize, more: bool) -> Vec<u8> {
    let flags = if more { Ipv4Flags::MORE_FRAGMENTS } else { Ipv4Flags(0) };
    let header = Ipv4::build().identification(id).flags(flags).fragment_offset(at).protocol(253.into());
    Stack::new().push(header).payload(&std::vec![at as u8; bytes]).finish().unwrap()
}

#[test]
fn of_reassembly() {
    let (mut outcomes, mut refusals, mut given_up) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut run = |settings: Settings, packets: &[(u64, Vec<u8>)]| {
        let mut reassembler = Reassembler::new(settings);
        let mut lose = |gone: crate::ip::Lost<'_>| {
            assert!(!gone.reason.text().is_empty());
            given_up.insert(lost(&gone.reason));
        };
        for (second, packet) in packets {
            let what = reassembler.push(packet, 0, Duration::from_secs(*second), &mut lose);
            if let Outcome::Refused(why, _) = &what {
                assert_eq!(why.to_string(), why.text());
                refusals.insert(refusal(why));
            }
            outcomes.insert(match what {
                Outcome::NotFragment => outcome(&Outcome::NotFragment),
                Outcome::Atomic => outcome(&Outcome::Atomic),
                Outcome::Held { have, of } => outcome(&Outcome::Held { have, of }),
                Outcome::Duplicate => outcome(&Outcome::Duplicate),
                Outcome::Complete(_) => "Complete",
                Outcome::Refused(why, range) => outcome(&Outcome::Refused(why, range)),
            });
        }
        reassembler.finish(&mut lose);
    };
    let usual = Settings::default();
    let dropping = Settings { ipv4: Policy::Drop, ..usual };
    let now = |packets: &[Vec<u8>]| packets.iter().map(|packet| (0, packet.clone())).collect::<Vec<_>>();
    let mut no_header = piece(1, 0, 8, true);
    no_header[0] = 0x44;
    let cut = piece(1, 0, 8, true)[..24].to_vec();
    // Of IPv6: no fragment after all, and a first one that ends inside of its headers.
    let ipv6 = |word: u16, payload: &[u8]| {
        let fragment = [&[60, 0][..], &word.to_be_bytes(), &[0; 4], payload].concat();
        Stack::new().push(Ipv6::build().next_header(44.into())).payload(&fragment).finish().unwrap()
    };
    run(
        usual,
        &now(&[
            no_header,
            cut,
            std::vec![0; 40],
            ipv6(0, &[59, 0, 1, 4, 0, 0, 0, 0]),
            ipv6(1, &[59, 9, 1, 4, 0, 0, 0, 0]),
        ]),
    );
    run(usual, &now(&[piece(1, 0, 0, true), piece(1, 0, 9, true), piece(1, 8191, 16, false)]));
    run(usual, &now(&[piece(1, 0, 8, true), piece(1, 0, 8, true), piece(1, 1, 8, false)]));
    run(usual, &now(&[piece(1, 4, 8, true), piece(1, 1, 8, false)]));
    run(usual, &now(&[piece(1, 2, 8, false), piece(1, 4, 8, true), piece(1, 4, 8, false)]));
    let linux = Settings { ipv4: Policy::Linux, ..usual };
    run(linux, &now(&[piece(1, 0, 16, true), piece(1, 1, 8, true), piece(1, 1, 0, true)]));
    run(dropping, &now(&[piece(1, 0, 16, true), piece(1, 1, 16, true), piece(1, 4, 8, true)]));
    run(Settings { bytes: 64, ..usual }, &now(&[piece(1, 0, 1024, true)]));
    run(Settings { datagrams: 1, ..usual }, &now(&[piece(1, 0, 8, true), piece(2, 0, 8, true)]));
    run(usual, &[(0, piece(1, 0, 8, true)), (61, piece(1, 0, 8, true))]);
    // The last one ends where a header of 20 bytes leaves room, and the first one's has 60.
    let mut first = piece(1, 0, 8, true);
    first.splice(20..20, [1; 40]);
    (first[0], first[3]) = (0x4f, 68);
    let others = (1..8189_u16).step_by(128).map(|at| {
        let end = (at + 128).min(8189);
        piece(1, at, usize::from(end - at) * 8, end < 8189)
    });
    run(usual, &others.chain([first]).map(|packet| (0, packet)).collect::<Vec<_>>());
    reached("Outcome", OUTCOMES, outcomes);
    reached("Refusal", REFUSALS, refusals);
    reached("LostReason", LOST, given_up);
}

/// A reader, or a writer, that fails.
struct Broken;

impl io::Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("broken"))
    }
}

impl io::Write for Broken {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::Error::other("broken"))
    }
    fn flush(&mut self) -> io::Result<()> {
        Err(io::Error::other("broken"))
    }
}

/// A pcapng block, in big-endian order.
fn block(kind: u32, length: u32, body: &[u8], after: u32) -> Vec<u8> {
    [&kind.to_be_bytes(), &length.to_be_bytes(), body, &after.to_be_bytes()].concat()
}

#[test]
fn of_capture_files() {
    let whole = |kind, body: &[u8]| block(kind, body.len() as u32 + 12, body, body.len() as u32 + 12);
    let order = [0x1a, 0x2b, 0x3c, 0x4d];
    let section = whole(0x0a0d_0d0a, &[&order[..], &[0, 1, 0, 0], &[0xff; 8]].concat());
    let interface = whole(1, &[0, 1, 0, 0, 0, 0, 0, 0]);
    let begun = [&section[..], &interface].concat();
    let with = |block: &[u8]| [&begun, block].concat();
    let header = PcapHeader::new(ByteOrder::Big, Resolution::MICROSECONDS, 1).bytes();
    let claims = |captured: u32| [&header[..], &[0; 8], &captured.to_be_bytes(), &captured.to_be_bytes()].concat();
    let packet = |captured: u8| whole(6, &[&[0; 15][..], &[captured], &[0, 0, 0, captured], &[7; 4]].concat());
    let files = [
        b"".to_vec(),
        b"a letter".to_vec(),
        b"BZh91AY".to_vec(),
        header[..20].to_vec(),
        claims(7),
        [header, header].concat(),
        claims(u32::MAX),
        b"\x1f\x8b\x08 and so on".to_vec(),
        b"\x28\xb5\x2f\xfd and so on".to_vec(),
        with(&block(6, 8, &[], 8)),
        with(&[block(6, 32, &[0; 20], 31), packet(4)].concat()),
        with(&whole(0x0a0d_0d0a, &[0; 16])),
        with(&whole(6, &[0; 16])),
        with(&packet(9)),
        [section, interface.repeat(crate::capture::MAX_INTERFACES + 1)].concat(),
    ];
    let (mut kinds, mut compressions) = (BTreeSet::new(), BTreeSet::new());
    let mut note = |error: crate::capture::Error| {
        assert!(!error.to_string().is_empty());
        kinds.insert(file(error.kind()));
        if let ErrorKind::Damaged(how, _) = error.kind() {
            compressions.insert(compression(how));
        }
    };
    for bytes in &files {
        match Reader::new(&bytes[..]) {
            Err(error) => note(error),
            Ok(mut reader) => {
                while let Some(record) = reader.next_record() {
                    record.map_or_else(&mut note, |_| ());
                }
            }
        }
    }
    note(Reader::new(Broken).unwrap_err());
    note(Reader::open("no such folder/no such file").unwrap_err());
    let dump = HexdumpReader::new(&b"45 0"[..], HexdumpSettings::default());
    note(Reader::from_hexdump(dump).unwrap_err());
    reached("ErrorKind", FILES, kinds);
    reached("Compression", COMPRESSIONS, compressions);
}

#[test]
fn of_writing() {
    let (pcap, section) =
        (PcapHeader::new(ByteOrder::Big, Resolution::MICROSECONDS, 1), SectionHeader::new(ByteOrder::Big, &[]));
    let record = NewRecord::default();
    let mut plain = Writer::new(Vec::new());
    let not_begun = plain.packet(&record).unwrap_err();
    plain.begin(Format::Pcap(&pcap)).unwrap();
    let time = NewRecord { timestamp: "-1.0".parse().ok(), ..record };
    let mut sections = Writer::new(Vec::new());
    sections.begin(Format::Pcapng(&section)).unwrap();
    let mut described = Writer::new(Vec::new());
    described.begin(Format::Pcapng(&section)).unwrap();
    described.interface(&pcap.interface()).unwrap();
    let errors = [
        not_begun,
        plain.begin(Format::Pcap(&pcap)).unwrap_err(),
        plain.interface(&pcap.interface()).unwrap_err(),
        plain.packet(&time).unwrap_err(),
        sections.packet(&record).unwrap_err(),
        plain.packet(&record.comments(&["not in pcap"])).unwrap_err(),
        described.packet(&record.comments(&["a\0b"])).unwrap_err(),
        Writer::new(Broken).begin(Format::Pcap(&pcap)).unwrap_err(),
        // Four gigabytes are not made for this: the length is looked at before anything else.
        WriteError::TooLong(1 << 32),
    ];
    assert!(errors.iter().all(|error| !error.to_string().is_empty()));
    reached("WriteError", WRITES, errors.iter().map(write));
}
