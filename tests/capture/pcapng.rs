//! Files of pcapng: sections, interfaces, options, damaged blocks.

use super::files::*;
use packetsmith::capture::ByteOrder::{Big, Little};
use packetsmith::capture::{ByteOrder, ErrorKind, Format, Reader};

#[test]
fn pcapng_sections_each_with_their_own_order_and_interfaces() {
    let part = |order: ByteOrder, link| {
        [
            section(order),
            interface(order, link, 0, &option(order, 9, &[9])),
            interface(order, link + 1, 0, &option(order, 2, b"eth0")),
            enhanced(order, 1, 5, 3, b"abc"),
            enhanced(order, 0, 5, 3, b"def"),
        ]
        .concat()
    };
    let file = [part(Big, 10), part(Little, 20)].concat();
    let read = records(&file);
    let summary: Vec<_> = read.iter().map(|r| (r.number, r.interface, r.link.unwrap(), r.nanos.unwrap())).collect();
    assert_eq!(summary, [(1, 1, 11, 5000), (2, 0, 10, 5), (3, 1, 21, 5000), (4, 0, 20, 5)]);

    let mut reader = Reader::new(&file[..]).unwrap();
    assert!(matches!(reader.format(), Format::Pcapng(s) if s.byte_order == Big && s.version == (1, 0)));
    let record = reader.next_record().unwrap().unwrap();
    assert_eq!(record.description.unwrap().name().unwrap(), "eth0");
    while reader.next_record().is_some() {}
    assert!(matches!(reader.format(), Format::Pcapng(s) if s.byte_order == Little));
    assert_eq!(reader.interfaces().len(), 2);
}

#[test]
fn pcapng_timestamps_have_resolution_and_offset() {
    let time = |options: &[u8], ticks: u64| {
        let file = [section(Big), interface(Big, 1, 0, options), enhanced(Big, 0, ticks, 0, b"")];
        records(&file.concat())[0].nanos.unwrap()
    };
    assert_eq!(time(&[], 7), 7000);
    assert_eq!(time(&option(Big, 9, &[0]), 7), 7_000_000_000);
    assert_eq!(time(&option(Big, 9, &[9]), u64::MAX), u64::MAX.into());
    assert_eq!(time(&option(Big, 9, &[0]), u64::MAX), i128::from(u64::MAX) * 1_000_000_000);
    assert_eq!(time(&option(Big, 9, &[12]), 2999), 2);
    assert_eq!(time(&option(Big, 9, &[0x80 | 2]), 7), 1_750_000_000);
    let offset = option(Big, 14, &(-3_i64).to_be_bytes());
    assert_eq!(time(&offset, 7), -3_000_000_000 + 7000);
    let both = [offset, option(Big, 9, &[9]), option(Big, 0, &[])].concat();
    assert_eq!(time(&both, 7), -3_000_000_000 + 7);
    let latest = option(Big, 14, &i64::MAX.to_be_bytes());
    assert_eq!(time(&latest, 0), i128::from(i64::MAX) * 1_000_000_000);
}

#[test]
fn simple_and_old_packets() {
    let simple = |original, data: &[u8]| block(Big, SIMPLE, &[&n32(Big, original)[..], data].concat());
    let old = [n16(Big, 1), n16(Big, 77), words(Big, &[0, 9, 3, 5]), b"abc\0".to_vec()].concat();
    let file = [
        section(Big),
        simple(3, b"abc"),
        interface(Big, 1, 4, &[]),
        interface(Big, 101, 0, &[]),
        simple(3, b"abc\0"),
        simple(60, b"abcd"),
        simple(60, b"ab"),
        simple(4, b"abcdefgh"),
        block(Big, OLD_PACKET, &old),
    ]
    .concat();
    let read = records(&file);
    let summary: Vec<_> = read.iter().map(|r| (r.data.as_slice(), r.original, r.link)).collect();
    assert_eq!(summary[0], (&b"abc"[..], 3, None)); // before there was an interface
    assert_eq!(summary[1], (&b"abc"[..], 3, Some(1)));
    assert_eq!(summary[2], (&b"abcd"[..], 60, Some(1)));
    assert_eq!(summary[3], (&b"ab\0\0"[..], 60, Some(1)));
    assert_eq!(summary[4], (&b"abcd"[..], 4, Some(1)));
    assert_eq!(summary[5], (&b"abc"[..], 5, Some(101)));
    assert!(read[..5].iter().all(|record| record.nanos.is_none()));
    assert_eq!((read[5].nanos, read[5].interface), (Some(9000), 1));
}

#[test]
fn odd_pcapng_packets_are_handed_over() {
    let file = [
        section(Big),
        enhanced(Big, 0, 1, 3, b"abc"),
        interface(Big, 1, 2, &[]),
        enhanced(Big, 9, 1, 3, b"abc"),
        enhanced(Big, 0, 1, 1, b"longer than both lengths"),
        enhanced_with(Big, [0, 0, 0, 1, 1], b"a", &[0, 2, 0xff, 0xff]),
    ]
    .concat();
    let read = records(&file);
    assert_eq!((read[0].link, &read[0].data[..]), (None, &b"abc"[..]));
    assert_eq!((read[1].link, read[1].interface, &read[1].data[..]), (None, 9, &b"abc"[..]));
    assert_eq!((read[2].link, read[2].data.len(), read[2].original), (Some(1), 24, 1));
    assert_eq!(read[3].data, b"a");
}

#[test]
fn packet_options_are_kept_and_give_the_fcs_length() {
    let flags = option(Big, 2, &[0, 0, 0, 4 << 5 | 2]);
    let comment = option(Big, 1, b"hello");
    let options = [comment, flags, option(Big, 0, &[])].concat();
    let file = [
        section(Big),
        interface(Big, 1, 0, &option(Big, 13, &[2])),
        enhanced_with(Big, [0, 0, 0, 3, 3], b"abc", &options),
        enhanced_with(Big, [0, 0, 0, 3, 3], b"abc", &options[..12]),
    ]
    .concat();
    let mut reader = Reader::new(&file[..]).unwrap();
    let record = reader.next_record().unwrap().unwrap();
    assert_eq!(record.fcs_len, Some(4));
    assert_eq!(record.options.bytes(), options);
    let list: Vec<_> = record.options.iter().collect();
    assert_eq!(list, [(1, &b"hello"[..]), (2, &[0, 0, 0, 0x82][..])]);
    assert_eq!(record.header.len(), 28);
    let record = reader.next_record().unwrap().unwrap();
    assert_eq!(record.fcs_len, Some(2));
}

#[test]
fn fcs_length_of_an_interface_in_octets_or_bits() {
    for (raw, octets) in [(0, 0), (2, 2), (4, 4), (16, 2), (32, 4), (255, 255)] {
        let file = [section(Big), interface(Big, 1, 0, &option(Big, 13, &[raw])), enhanced(Big, 0, 0, 0, b"")];
        assert_eq!(records(&file.concat())[0].fcs, Some(octets));
    }
}

#[test]
fn interface_with_odd_options_or_none_at_all_still_counts() {
    let bad_name = [option(Big, 2, b"\xff\xfe"), option(Big, 9, &[9])].concat();
    let reserved = [n16(Big, 7), n16(Big, 0xffff), n32(Big, 0)].concat();
    let file = [
        section(Big),
        interface(Big, 5, 0, &bad_name),
        interface(Big, 6, 0, &[0, 9, 0, 200, 1]),
        block(Big, INTERFACE, &reserved),
        block(Big, INTERFACE, &[]),
        interface(Big, 8, 0, &option(Big, 9, &[1, 2])),
        (0..5).flat_map(|n| enhanced(Big, n, 1, 0, b"")).collect(),
    ]
    .concat();
    let mut items = items(&file);
    let error = items.remove(0).unwrap_err();
    assert!(!error.is_final());
    assert_eq!(
        error.to_string(),
        "capture: packet 1, byte 112: this block of type 1 is too short: 8 bytes needed, 0 there"
    );
    let read: Vec<_> = items.into_iter().map(|item| item.unwrap()).collect();
    let links: Vec<_> = read.iter().map(|record| record.link).collect();
    assert_eq!(links, [Some(5), Some(6), Some(7), None, Some(8)]);
    assert_eq!((read[0].nanos, read[4].nanos), (Some(1), Some(1000)));
}

#[test]
fn damaged_blocks_are_named_and_skipped() {
    let file = [
        section(Little),
        interface(Little, 1, 0, &[]),
        block(Little, ENHANCED, &[0; 16]),
        enhanced_with(Little, [0, 0, 0, 50, 50], b"abc", &[]),
        block(Little, SIMPLE, &[]),
        block(Little, OLD_PACKET, &[0; 16]),
        enhanced(Little, 0, 0, 3, b"abc"),
    ]
    .concat();
    let items = items(&file);
    let messages: Vec<_> = items[..4].iter().map(|item| item.as_ref().unwrap_err().to_string()).collect();
    assert_eq!(messages[0], "capture: packet 1, byte 48: this block of type 6 is too short: 20 bytes needed, 16 there");
    assert_eq!(
        messages[1],
        "capture: packet 2, byte 76: the block ends inside this packet: 50 bytes captured, 4 there"
    );
    assert_eq!(messages[2], "capture: packet 3, byte 112: this block of type 3 is too short: 4 bytes needed, 0 there");
    let record = items[4..].iter().map(|item| item.as_ref()).next_back().unwrap().unwrap();
    assert_eq!((record.number, &record.data[..]), (5, &b"abc"[..]));
}

#[test]
fn block_lengths_that_differ_or_are_not_padded() {
    // The second length is wrong, but another block follows: said, and the packet is read.
    let mut wrong = enhanced(Big, 0, 0, 3, b"abc");
    *wrong.last_mut().unwrap() = 0;
    let good = enhanced(Big, 0, 0, 3, b"def");
    let head = [section(Big), interface(Big, 1, 0, &[])].concat();
    let items = items(&[&head[..], &wrong, &good, &wrong].concat());
    let shown: Vec<_> = items.iter().map(|item| item.as_ref().map(|r| r.number).map_err(|e| e.to_string())).collect();
    let said = |packet, byte| {
        Err(format!("capture: packet {packet}, byte {byte}: the length before this block is 36, after it 0"))
    };
    assert_eq!(shown, [said(1, 48), Ok(1), Ok(2), said(3, 120), Ok(3)]);

    // Neither a block nor the end follows: no telling where the next one is.
    let (there, error) = cut(&[&head[..], &good, &wrong, b"nothing known"].concat());
    assert_eq!((there.len(), error.packet()), (1, 2));

    for short in [0, 4, 11] {
        let (_, error) = cut(&[head.clone(), words(Big, &[ENHANCED, short, short, short])].concat());
        assert!(matches!(error.kind(), ErrorKind::BlockLength { len } if *len == short));
    }

    // The length lacks the padding; in the second file the padding is missing too.
    let body = [words(Big, &[0, 0, 0, 3, 3]), b"abc".to_vec()].concat();
    let (start, len) = (words(Big, &[ENHANCED, 35]), n32(Big, 35));
    for padding in [&b"\0"[..], b""] {
        let odd = [&start[..], &body, padding, &len].concat();
        let read = records(&[&head[..], &odd, &good].concat());
        assert_eq!((read[0].data.as_slice(), read[1].data.as_slice()), (&b"abc"[..], &b"def"[..]));
    }
}

#[test]
fn section_without_byte_order_ends_the_file() {
    let mut lost = section(Big);
    lost[8..12].fill(0);
    let (there, error) = cut(&[sample_pcapng(Little), lost].concat());
    assert_eq!(there.len(), 3);
    assert_eq!(error.to_string(), "capture: packet 4, byte 160: a section begins without a byte order: 00 00 00 00");
}
