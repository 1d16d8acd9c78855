//! Files of pcap: both orders, resolutions, link types, odd records.

use super::files::*;
use packetsmith::capture::ByteOrder::{Big, Little};
use packetsmith::capture::{Format, Reader, Resolution};

#[test]
fn pcap_in_both_orders_and_resolutions() {
    for order in [Big, Little] {
        for (magic, unit, resolution) in [(MICRO, 1000, Resolution::MICROSECONDS), (NANO, 1, Resolution::NANOSECONDS)] {
            let file =
                [pcap_header(order, magic, (2, 4), 101), record(order, [u32::MAX, 999_999, 2, 70], b"hi")].concat();
            let mut reader = Reader::new(&file[..]).unwrap();
            let Format::Pcap(header) = reader.format() else { panic!() };
            assert_eq!((header.byte_order, header.resolution, header.modified), (order, resolution, false));
            assert_eq!((header.version, header.snap_len, header.link_type()), ((2, 4), 64, 101));
            assert_eq!(reader.interfaces()[0].link_type, Some(101));
            let record = reader.next_record().unwrap().unwrap();
            assert_eq!(record.timestamp.unwrap().base(), u32::MAX.into());
            assert_eq!(record.timestamp.unwrap().ticks(), 999_999);
            assert_eq!(record.timestamp.unwrap().nanos(), i128::from(u32::MAX) * 1_000_000_000 + 999_999 * unit);
            assert_eq!((record.data, record.original_len, record.number), (&b"hi"[..], 70, 1));
            assert_eq!((record.offset, record.header), (24, &file[24..40]));
            assert!(reader.next_record().is_none());
            assert_eq!((reader.position(), reader.source_position()), (42, 42));
        }
    }
}

#[test]
fn modified_pcap_has_longer_record_headers() {
    for order in [Big, Little] {
        let extra = [n32(order, 3), n16(order, 0x0800), vec![4, 0]].concat();
        let file = [
            pcap_header(order, MODIFIED, (2, 4), 1),
            record(order, [1, 2, 3, 4], &[&extra, &b"abc"[..]].concat()),
            record(order, [5, 6, 1, 1], &[&extra, &b"d"[..]].concat()),
        ]
        .concat();
        assert!(order == Little || file.starts_with(&[0xa1, 0xb2, 0xcd, 0x34]));
        let mut reader = Reader::new(&file[..]).unwrap();
        assert!(matches!(reader.format(), Format::Pcap(header) if header.modified));
        let first = reader.next_record().unwrap().unwrap();
        assert_eq!((first.data, first.original_len), (&b"abc"[..], 4));
        assert_eq!(first.header[16..], extra);
        let second = reader.next_record().unwrap().unwrap();
        assert_eq!((second.data, second.offset), (&b"d"[..], 24 + 27));
        assert!(reader.next_record().is_none());
    }
}

#[test]
fn odd_records_are_handed_over_as_they_are() {
    let long = vec![7; 100]; // the snap length is 64
    let file = [
        pcap_header(Little, MICRO, (2, 4), 1),
        record(Little, [1, 0, 100, 100], &long),
        record(Little, [1, 0, 3, 2], b"abc"),
        record(Little, [1, 1_000_001, 0, 0], b""),
        record(Little, [1, u32::MAX, 0, u32::MAX], b""),
    ]
    .concat();
    let records = records(&file);
    assert_eq!(records[0].data, long);
    assert_eq!((records[1].data.len(), records[1].original), (3, 2));
    assert_eq!(records[2].nanos, Some(2_000_001_000));
    assert_eq!(records[3].nanos, Some(1_000_000_000 + i128::from(u32::MAX) * 1000));
    assert_eq!(records[3].original, u32::MAX);

    let file = [pcap_header(Big, NANO, (2, 4), 1), record(Big, [0, 1_000_000_001, 0, 0], b"")];
    assert_eq!(self::records(&file.concat())[0].nanos, Some(1_000_000_001));
}

#[test]
fn lengths_before_version_2_4_are_the_other_way_round() {
    let read = |version, lengths: [u32; 2]| {
        let file = [pcap_header(Big, MICRO, version, 1), record(Big, [0, 0, lengths[0], lengths[1]], b"abc")];
        let record = &records(&file.concat())[0];
        (record.data.len(), record.original)
    };
    assert_eq!(read((2, 2), [9, 3]), (3, 9));
    assert_eq!(read((543, 0), [9, 3]), (3, 9));
    assert_eq!(read((2, 3), [9, 3]), (3, 9));
    assert_eq!(read((2, 3), [3, 9]), (3, 9));
    assert_eq!(read((2, 4), [3, 9]), (3, 9));
    assert_eq!(read((9, 9), [3, 9]), (3, 9));
}

#[test]
fn link_field_holds_link_type_and_fcs_length() {
    let file = [pcap_header(Big, MICRO, (2, 4), 0x2400_0001), record(Big, [0; 4], b"")].concat();
    assert_eq!((records(&file)[0].link, records(&file)[0].fcs), (Some(1), Some(4)));
    let file = [pcap_header(Big, MICRO, (2, 4), 0x2012_0113), record(Big, [0; 4], b"")].concat();
    assert_eq!((records(&file)[0].link, records(&file)[0].fcs), (Some(0x113), None));
    let reader = Reader::new(&file[..]).unwrap();
    let Format::Pcap(header) = reader.format() else { panic!() };
    assert_eq!(header.link_field, 0x2012_0113);
}
