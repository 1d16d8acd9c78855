//! Capture files of every form: what a record with each kind of time, length and option becomes, and what it is read as.
//!
//! `tests/capture_forms.txt` holds the results.

mod common;

use common::{digest, expect, root};
use packetsmith::capture::{
    BlockOptions, ByteOrder, Format, Interface, NewRecord, OptionError, PcapHeader, Reader, RecordKind, Resolution,
    SectionHeader, Timestamp, WriteError, Writer,
};
use std::error::Error;
use std::fmt::Write;

const BILLION: i128 = 1_000_000_000;

/// Resolutions: powers of ten and of two, those at the bounds, and those that no clock has.
const RESOLUTIONS: [u8; 15] = [0, 1, 3, 6, 9, 10, 12, 18, 19, 127, 0x80, 0x80 | 10, 0x80 | 30, 0x80 | 63, 0x80 | 64];

fn times() -> Vec<Option<Timestamp>> {
    let nanos = [
        0,
        1,
        999,
        1000,
        999_999_999,
        BILLION,
        1_700_000_000_123_456_789,
        1_700_000_000_123_456_000,
        -1,
        -1500,
        -BILLION - 1,
        (1 << 32) * BILLION - 1,
        (1 << 32) * BILLION,
        i128::from(i64::MAX) * BILLION,
        i128::from(i64::MIN) * BILLION,
    ];
    let raw = [
        (0, 5, 6),
        (7, 5, 3),
        (-3, u64::MAX, 9),
        (1, 3, 0x80 | 1),
        (1 << 32, 1, 6),
        (9, 1_500_000, 6),
        (9, 1 << 32, 6),
    ];
    let of_raw = |(base, ticks, resolution)| Timestamp::new(base, ticks, Resolution::from_raw(resolution));
    let all = nanos.into_iter().filter_map(Timestamp::from_nanos).chain(raw.into_iter().map(of_raw));
    [None].into_iter().chain(all.map(Some)).collect()
}

fn records() -> Vec<NewRecord<'static>> {
    let mut all = Vec::new();
    for (number, timestamp) in times().into_iter().enumerate() {
        let data: &[u8] = [&b"abcd"[..], b"abcde", b"", b"abcdefghijk"][number % 4];
        let original_len = [None, Some(data.len() as u32), Some(1500), Some(2)][number % 4];
        let options: &[u8] = [&[][..], &[1, 0, 3, 0, b'a', b'b', b'c', 0], &[0, 0, 0, 0]][number % 3];
        for (kind, interface) in [
            (RecordKind::Enhanced, 0),
            (RecordKind::Enhanced, 1),
            (RecordKind::Enhanced, 2),
            (RecordKind::Simple, 0),
            (RecordKind::Old { drops: 7 }, 1),
            (RecordKind::Old { drops: 0 }, 70_000),
        ] {
            all.push(NewRecord {
                timestamp,
                original_len,
                interface,
                data,
                options: BlockOptions::new(ByteOrder::Little, options),
                comments: &[],
                kind,
            });
        }
    }
    all
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a file is read as: a line for each record.
fn read(file: &[u8]) -> String {
    let mut text = String::new();
    let mut reader = match Reader::new(file) {
        Ok(reader) => reader,
        Err(error) => return error.to_string(),
    };
    while let Some(record) = reader.next_record() {
        let _ = match record {
            Ok(record) => writeln!(
                text,
                "{} {:?} {} {} {:?} {} {:?} {} {}",
                record.number,
                record.timestamp,
                hex(record.data),
                record.original_len,
                record.link_type,
                record.interface,
                record.kind(),
                record.is_shortened(),
                hex(record.options.bytes()),
            ),
            Err(error) => writeln!(text, "{error}"),
        };
    }
    text
}

fn said(error: &WriteError) -> String {
    format!("{error}{}", if error.source().is_some() { ", for a reason" } else { "" })
}

/// Writes each record to a file of its own, of which `begin` writes the beginning. Gives a line about them.
fn written(name: &str, begin: impl Fn(&mut Writer<Vec<u8>>) -> Result<(), WriteError>) -> String {
    let (mut files, mut good, mut rounded) = (String::new(), 0, 0);
    for record in records() {
        let mut writer = Writer::new(Vec::new());
        begin(&mut writer).expect("memory can be written to");
        match writer.packet(&record) {
            Ok(()) => {
                good += 1;
                rounded += writer.rounded();
                let file = writer.finish().expect("memory can be written to");
                let _ = writeln!(files, "{}\n{}", hex(&file), read(&file));
            }
            Err(error) => files += &said(&error),
        }
    }
    let digest = digest(files.as_bytes());
    format!("{name}: {good} of {} written, {rounded} rounded, {digest:016x}\n", records().len())
}

#[test]
fn records_of_every_kind_are_written_and_read() {
    let mut text = String::new();
    for order in [ByteOrder::Little, ByteOrder::Big] {
        for resolution in [Resolution::MICROSECONDS, Resolution::NANOSECONDS] {
            let header = PcapHeader::new(order, resolution, 1);
            text += &written(&format!("pcap, {order:?}, {resolution:?}"), |writer| writer.begin(Format::Pcap(&header)));
            for version in [(2, 3), (2, 4), (543, 0)] {
                for (modified, link_field) in [(false, 0x2400_0001), (true, 1)] {
                    let header = PcapHeader { version, modified, link_field, ..header };
                    let name = format!("pcap {version:?}, modified {modified}, {order:?}, {resolution:?}");
                    text += &written(&name, |writer| writer.begin(Format::Pcap(&header)));
                }
            }
        }
        for (number, resolution) in RESOLUTIONS.into_iter().enumerate() {
            let offset = [0, 7, -5_i64][number % 3];
            let bytes = match order {
                ByteOrder::Little => offset.to_le_bytes(),
                ByteOrder::Big => offset.to_be_bytes(),
            };
            let short = |n: u16| match order {
                ByteOrder::Little => n.to_le_bytes(),
                ByteOrder::Big => n.to_be_bytes(),
            };
            let options =
                [&short(9)[..], &short(1), &[resolution, 0, 0, 0], &short(14), &short(8), &bytes, &[0; 4]].concat();
            let section = SectionHeader::new(order, &[]);
            let interfaces = [Interface::new(order, 1, 0, &[]), Interface::new(order, 101, 3, &options)];
            text += &written(&format!("pcapng, {order:?}, {resolution:#04x}, offset {offset}"), |writer| {
                writer.begin(Format::Pcapng(&section))?;
                interfaces.iter().try_for_each(|interface| writer.interface(interface))
            });
        }
    }
    let mut writer = Writer::new(Vec::new());
    let header = PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1);
    let _ = writeln!(text, "{writer:?} {}", writer.interfaces());
    let errors = [
        writer.packet(&NewRecord::default()),
        writer.begin(Format::Pcap(&header)),
        writer.begin(Format::Pcap(&header)),
        writer.begin(Format::Pcapng(&SectionHeader::new(ByteOrder::Big, &[]))),
        writer.interface(&Interface::new(ByteOrder::Big, 1, 0, &[])),
        Writer::new(&mut [][..]).begin(Format::Pcap(&header)),
    ];
    for result in errors {
        let _ = writeln!(text, "{}", result.map_or_else(|error| said(&error), |()| "done".into()));
    }
    for data in [&b"abc"[..], b"", b"abcdefgh"] {
        for original_len in [None, Some(0), Some(2), Some(5), Some(u32::MAX)] {
            let record = NewRecord { data: b"abcde", original_len, interface: 3, ..NewRecord::default() };
            let changed = record.with_data(data);
            let _ = writeln!(text, "{original_len:?} of 5, {} bytes: {:?}", data.len(), changed.original_len);
            assert_eq!((changed.data, changed.interface), (data, 3));
        }
    }
    expect(&root().join("tests/capture_forms.txt"), &text);
}

#[test]
fn times_are_read_from_text_and_counted_in_other_units() {
    let mut text = String::new();
    for written in [
        "0",
        "1",
        "1.5",
        "-1.5",
        "-0.000000001",
        "1.000000001",
        "1.0000000001",
        ".5",
        "1.",
        "",
        "-",
        "+1",
        "1e3",
        "1,5",
        "--1",
        "1.-5",
        "1.5.5",
        " 1",
        "9223372036854775807.999999999",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775808.000000001",
        "-9223372036854775807.5",
        "99999999999999999999999999999999999999999",
        "170141183460469231731687303715884105727",
    ] {
        let time = written.parse::<Timestamp>().ok();
        let nanos = time.map(|time| (time.nanos(), time.seconds(), time.subsec_nanos(), time.to_string()));
        let _ = writeln!(text, "{written:?}: {nanos:?}");
    }
    for time in times().into_iter().flatten() {
        let _ = write!(text, "{time} {:?}:", time.shown().map(|shown| shown.to_string()));
        for resolution in RESOLUTIONS {
            for base in [0, -5, 7, 1_700_000_000] {
                let at = time.at(Resolution::from_raw(resolution), base);
                let _ = match at {
                    Some(at) => write!(text, " {}", at.ticks()),
                    None => write!(text, " -"),
                };
            }
        }
        text.push('\n');
    }
    for raw in 0..=255 {
        let _ = write!(text, "{} ", Resolution::from_raw(raw).digits());
    }
    text.push('\n');
    expect(&root().join("tests/capture_times.txt"), &text);
}

#[test]
fn options_of_blocks_are_found_and_taken_out() {
    let list = [0, 1, 0, 3, b'a', b'b', b'c', 0, 0, 2, 0, 0, 0, 1, 0, 1, b'd', 0, 0, 0, 0, 0, 0, 0];
    let options = BlockOptions::new(ByteOrder::Big, &list);
    assert_eq!(options.iter().collect::<Vec<_>>(), [(1, &b"abc"[..]), (2, b""), (1, b"d")]);
    assert_eq!((options.find(1), options.find(2), options.find(3)), (Some(&b"abc"[..]), Some(&b""[..]), None));
    assert_eq!(options.without(1), [0, 2, 0, 0, 0, 0, 0, 0]);
    assert_eq!(options.without(2), [&list[..8], &list[12..]].concat());
    assert_eq!(options.without(9), list);
    // An end alone is none; what follows it, and what is cut, is kept.
    let one = BlockOptions::new(ByteOrder::Big, &list[8..12]);
    assert_eq!(one.without(2), []);
    assert_eq!(BlockOptions::new(ByteOrder::Big, &[0, 2, 0, 0, 0, 0, 0, 0]).without(2), []);
    assert_eq!(BlockOptions::new(ByteOrder::Big, &[0, 2, 0, 0, 0, 0, 0, 0, 7]).without(2), [0, 0, 0, 0, 7]);
    assert_eq!(BlockOptions::new(ByteOrder::Big, &[0, 2, 0, 0, 0, 3, 0, 9, 1]).without(2), [0, 3, 0, 9, 1]);
    assert_eq!(BlockOptions::new(ByteOrder::Big, &[0, 3, 0, 9, 1]).iter().count(), 0);
    // The last option may lack its padding.
    assert_eq!(BlockOptions::new(ByteOrder::Little, &[3, 0, 1, 0, 1]).find(3), Some(&[1][..]));
}

/// Sections, interfaces and packets keep their texts, in either byte order, and unknown options verbatim.
#[test]
fn texts_of_pcapng_are_written_and_read() {
    let unknown = |order| BlockOptions::new(order, &[]).with(0x8123, b"odd").unwrap();
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let section = SectionHeader::new(order, &unknown(order))
            .with_hardware("a machine")
            .and_then(|section| section.with_os("an OS")?.with_application("old")?.with_application("packetsmith"))
            .and_then(|section| section.with_comment("first")?.with_comment("zweiter: ä"))
            .unwrap();
        let interface = Interface::new(order, packetsmith::LinkType::Raw, 96, &unknown(order))
            .with_resolution(Resolution::NANOSECONDS)
            .with_name("eth1")
            .and_then(|interface| interface.with_name("eth0")?.with_description("uplink")?.with_hardware("a card"))
            .and_then(|interface| interface.with_os("an OS")?.with_filter("tcp")?.with_comment("of the interface"))
            .unwrap();
        let mut writer = Writer::new(Vec::new());
        writer.begin(Format::Pcapng(&section)).unwrap();
        writer.interface(&interface).unwrap();
        let time = "1700000000.123456789".parse().unwrap();
        let options = BlockOptions::new(order, &unknown(order)).with(1, b"before").unwrap();
        let comments = ["one", "", "three"];
        let record = NewRecord { options: BlockOptions::new(order, &options), ..NewRecord::new(&[0x45; 20]) }
            .at(time)
            .comments(&comments);
        writer.packet(&record).unwrap();
        writer.packet(&NewRecord::new(&[0x45; 20])).unwrap();
        let file = writer.finish().unwrap();

        let mut reader = Reader::new(&file[..]).unwrap();
        let record = reader.next_record().unwrap().unwrap();
        let Some(Format::Pcapng(found)) = record.format else { panic!() };
        assert_eq!((found.hardware(), found.os()), (Some("a machine".into()), Some("an OS".into())));
        assert_eq!(found.application(), Some("packetsmith".into()), "set twice: the last");
        assert!(found.comments().eq(["first", "zweiter: ä"]));
        assert_eq!(found.options().find(0x8123), Some(&b"odd"[..]));
        let found = record.description.unwrap();
        assert_eq!((found.name(), found.description()), (Some("eth0".into()), Some("uplink".into())));
        assert_eq!((found.hardware(), found.os()), (Some("a card".into()), Some("an OS".into())));
        assert_eq!((found.filter(), found.link_type), (Some("tcp".into()), Some(101)));
        assert!(found.comments().eq(["of the interface"]));
        assert_eq!(found.options().find(0x8123), Some(&b"odd"[..]));
        assert_eq!(record.timestamp.unwrap().to_string(), "1700000000.123456789");
        assert!(record.comments().eq(["before", "one", "", "three"]));
        assert_eq!(record.options.find(0x8123), Some(&b"odd"[..]));
        assert_eq!(record.original_len, 20);
        assert_eq!(reader.next_record().unwrap().unwrap().comments().count(), 0);
        assert!(reader.next_record().is_none());
    }
}

/// What no option can hold is refused, and the file stays as it was.
#[test]
fn texts_that_no_option_holds_are_refused() {
    let section = || SectionHeader::new(ByteOrder::Little, &[]);
    assert_eq!(section().with_comment("a\0").unwrap_err(), OptionError::Nul { at: 1 });
    let long = "x".repeat(65_536);
    assert_eq!(section().with_os(&long).unwrap_err(), OptionError::TooLong(65_536));
    assert!(section().with_os(&long[1..]).is_ok());
    let interface = || Interface::new(ByteOrder::Little, 1, 0, &[]);
    assert_eq!(interface().with_filter(&long[1..]).unwrap_err(), OptionError::TooLong(65_536));
    let mut writer = Writer::new(Vec::new());
    writer.begin(Format::Pcapng(&section())).unwrap();
    writer.interface(&interface()).unwrap();
    let before = writer.get_mut().clone();
    let simple = NewRecord { kind: RecordKind::Simple, ..NewRecord::new(&[1]) };
    assert!(matches!(writer.packet(&simple.comments(&["no place"])), Err(WriteError::NoComments)));
    assert!(matches!(writer.packet(&NewRecord::new(&[1]).comments(&["a\0b"])), Err(WriteError::Comment(_))));
    assert!(matches!(writer.packet(&NewRecord::new(&[1]).comments(&[&long])), Err(WriteError::Comment(_))));
    assert_eq!(*writer.get_mut(), before);
}

/// Options that end within one of them: new ones come before the broken rest, which stays.
#[test]
fn an_option_is_added_before_the_end_and_before_what_is_broken() {
    for (bytes, with) in [
        (&[][..], &[1, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0][..]),
        (&[0, 0, 0, 0], &[1, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0]),
        (&[2, 0, 1, 0, 9], &[2, 0, 1, 0, 9, 0, 0, 0, 1, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0]),
        (&[2, 0, 9, 0, 9], &[1, 0, 1, 0, 7, 0, 0, 0, 2, 0, 9, 0, 9]),
        (&[2, 0, 0, 0, 0, 0, 0, 0, 5, 5], &[2, 0, 0, 0, 1, 0, 1, 0, 7, 0, 0, 0, 0, 0, 0, 0, 5, 5]),
    ] {
        assert_eq!(BlockOptions::new(ByteOrder::Little, bytes).with(1, &[7]).unwrap(), with, "{bytes:?}");
    }
}

/// A record whose original length nobody set has that of its data: no packet is longer than it was.
#[test]
fn a_new_record_has_the_length_of_its_data() {
    for record in [NewRecord::new(&[1; 60]), NewRecord { data: &[1; 60], ..Default::default() }] {
        let mut writer = Writer::new(Vec::new());
        writer.begin(Format::Pcap(&PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1))).unwrap();
        writer.packet(&record).unwrap();
        let file = writer.finish().unwrap();
        assert_eq!(Reader::new(&file[..]).unwrap().next_record().unwrap().unwrap().original_len, 60);
    }
}

/// A pcapng file in one byte order, with options of each kind, whose blocks are then written to a section in `to`.
fn written_in_order(from: ByteOrder, to: ByteOrder) -> Vec<u8> {
    let number = |bytes: &[u8]| match from {
        ByteOrder::Big => bytes.to_vec(),
        ByteOrder::Little => bytes.iter().rev().copied().collect(),
    };
    let list = |options: &[(u16, Vec<u8>)]| {
        options.iter().fold(Vec::new(), |all, (code, value)| BlockOptions::new(from, &all).with(*code, value).unwrap())
    };
    let custom = [number(&[0, 0, 0x81, 0x5b]), b"data".to_vec()].concat();
    let mut section = SectionHeader::new(from, &list(&[(2989, custom.clone())])).with_os("an OS").unwrap();
    section.byte_order = to;
    let of_interface = list(&[
        (4, vec![192, 0, 2, 1, 255, 255, 255, 0]),
        (8, number(&1_000_000_000_u64.to_be_bytes())),
        (10, number(&3600_i32.to_be_bytes())),
        (14, number(&(-3_i64).to_be_bytes())),
        (16, number(&7_u64.to_be_bytes())),
        (17, number(&[8; 3])),
        (0x8123, number(&[0xde, 0xad])),
        (2988, custom.clone()),
    ]);
    let interface = Interface::new(from, 1, 96, &of_interface).with_name("eth0").unwrap();
    let interface = interface.with_resolution(Resolution::NANOSECONDS);
    let of_packet = list(&[
        (2, number(&[0, 0, 0, 1])),
        (3, vec![2, 1, 2, 3, 4]),
        (4, number(&5_u64.to_be_bytes())),
        (5, number(&6_u64.to_be_bytes())),
        (6, number(&7_u32.to_be_bytes())),
        (7, [vec![2], number(&8_u64.to_be_bytes())].concat()),
        (8, [number(&9_u32.to_be_bytes()), number(&10_u32.to_be_bytes())].concat()),
    ]);
    let mut writer = Writer::new(Vec::new());
    writer.begin(Format::Pcapng(&section)).unwrap();
    writer.interface(&interface).unwrap();
    let time = "1700000000.123456789".parse().unwrap();
    for kind in [RecordKind::Enhanced, RecordKind::Old { drops: 3 }] {
        let options = BlockOptions::new(from, &of_packet);
        let record = NewRecord { kind, options, ..NewRecord::new(&[0x45; 20]) }.at(time).comments(&["a comment"]);
        writer.packet(&record).unwrap();
    }
    writer.finish().unwrap()
}

/// The options of blocks come out in the byte order of the section, whichever they were read in. The value of an unknown
/// option stays as it is, and so does a number of another length than it should have.
#[test]
fn options_are_in_the_byte_order_of_the_section() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let other = if order == ByteOrder::Big { ByteOrder::Little } else { ByteOrder::Big };
        let unknown = |file: &[u8]| {
            let mut reader = Reader::new(file).unwrap();
            let record = reader.next_record().unwrap().unwrap();
            record.description.unwrap().options().find(0x8123).unwrap().to_vec()
        };
        let [same, turned] = [order, other].map(|from| written_in_order(from, order));
        assert_eq!(unknown(&same).into_iter().rev().collect::<Vec<_>>(), unknown(&turned));
        let unknown_at = |file: &[u8]| file.windows(2).position(|bytes| bytes == unknown(file)).unwrap();
        let at = unknown_at(&same);
        let mut expected = same.clone();
        expected[at..at + 2].reverse();
        assert_eq!(hex(&expected), hex(&turned), "{order:?}");

        let mut reader = Reader::new(&turned[..]).unwrap();
        let record = reader.next_record().unwrap().unwrap();
        assert_eq!(record.timestamp.unwrap().to_string(), "1700000000.123456789");
        assert_eq!(record.description.unwrap().name().as_deref(), Some("eth0"));
        assert!(record.comments().eq(["a comment"]));

        // Written to a section of the other order and back, all is as before.
        let copied = |file: &[u8], to: ByteOrder| {
            let mut reader = Reader::new(file).unwrap();
            let mut writer = Writer::new(Vec::new());
            while let Some(record) = reader.next_record() {
                let record = record.unwrap();
                let Some(Format::Pcapng(header)) = record.format else { panic!() };
                if writer.interfaces() == 0 {
                    let mut header = header.clone();
                    header.byte_order = to;
                    writer.begin(Format::Pcapng(&header)).unwrap();
                    record.interfaces.iter().for_each(|interface| writer.interface(interface).unwrap());
                }
                writer.packet(&NewRecord::from(&record)).unwrap();
            }
            writer.finish().unwrap()
        };
        assert_eq!(hex(&copied(&copied(&same, other), order)), hex(&same));
    }
}
