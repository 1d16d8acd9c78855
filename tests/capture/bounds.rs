//! Bounds: claims of lengths, large records, many interfaces.

use super::files::*;
use packetsmith::capture::ByteOrder::{Big, Little};
use packetsmith::capture::{ErrorKind, MAX_INTERFACES, MAX_RECORD, Reader};
use std::io::{self, Read};

#[test]
fn claims_do_not_allocate() {
    for (claim, large) in [(0xffff_fff0, true), (MAX_RECORD as u32 - 16, false)] {
        let file = [pcap_header(Big, MICRO, (2, 4), 1), record(Big, [0, 0, claim, claim], b"abc")].concat();
        let (_, error) = cut(&file);
        assert_eq!(matches!(error.kind(), ErrorKind::TooLarge { .. }), large, "{error}");
        for block_type in [ENHANCED, 0x0bad] {
            let file = [section(Big), words(Big, &[block_type, claim, 0, 0, 0, claim - 32, 0])].concat();
            let (_, error) = cut(&file);
            assert_eq!((error.packet(), error.offset()), (1, 28));
            let large = large && block_type == ENHANCED;
            assert_eq!(matches!(error.kind(), ErrorKind::TooLarge { .. }), large, "{error}");
        }
    }
}

#[test]
fn records_larger_than_the_buffer() {
    let large: Vec<u8> = (0..1_000_003_u32).map(|n| n as u8).collect();
    let len = large.len() as u32;
    let file = [
        pcap_header(Big, MICRO, (2, 4), 1),
        record(Big, [0, 0, 1, 1], b"a"),
        record(Big, [0, 0, len, len], &large),
        record(Big, [0, 0, 1, 1], b"b"),
    ]
    .concat();
    let read = records(&file);
    assert_eq!(read[1].data, large);
    assert_eq!(read[2].data, b"b");
    let file = [
        section(Little),
        interface(Little, 1, 0, &[]),
        block(Little, 0x0bad, &large), // not of interest: skipped without being held
        enhanced(Little, 0, 0, len, &large),
        enhanced(Little, 0, 0, 1, b"b"),
    ]
    .concat();
    let read = records(&file);
    assert_eq!(read[0].data, large);
    assert_eq!(read[1].data, b"b");
}

#[test]
fn too_large_block_is_passed_over() {
    let len = MAX_RECORD as u32 + 4;
    let head = words(Big, &[ENHANCED, len]);
    let filler = io::repeat(0).take(u64::from(len) - 12);
    let before = [section(Big), interface(Big, 1, 0, &[]), head].concat();
    let after = [n32(Big, len), enhanced(Big, 0, 0, 2, b"ok")].concat();
    let reader = Reader::new(before.chain(filler).chain(&after[..])).unwrap();
    let items = read_all(reader);
    let error = items[0].as_ref().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }) && !error.is_final());
    let record = items[1].as_ref().unwrap();
    assert_eq!((record.number, &record.data[..]), (2, &b"ok"[..]));
}

#[test]
fn many_records_cross_the_buffer() {
    let mut file = sample_pcap(Little);
    for n in 0..5000_u32 {
        let data = vec![n as u8; n as usize % 300];
        file.extend(record(Little, [n, 0, data.len() as u32, 300], &data));
    }
    let read = records(&file);
    assert_eq!(read.len(), 5003);
    for (n, record) in read[3..].iter().enumerate() {
        assert_eq!(record.data, vec![n as u8; n % 300]);
        assert_eq!(record.number, n as u64 + 4);
    }
    assert_eq!(records(&gzip(&file)), read);
    assert_eq!(records(&zstd(&file)), read);
}

#[test]
fn interfaces_are_bounded() {
    let mut file = section(Big);
    let one = interface(Big, 1, 0, &option(Big, 2, &[b'x'; 60]));
    (0..MAX_INTERFACES + 2).for_each(|_| file.extend(&one));
    file.extend(enhanced(Big, MAX_INTERFACES as u32, 0, 0, b""));
    let items = items(&file);
    assert!(matches!(items[0].as_ref().unwrap_err().kind(), ErrorKind::TooManyInterfaces));
    assert_eq!(items[1].as_ref().unwrap().link, None);
    assert_eq!(items.len(), 2);
}

proptest::proptest! {
    /// Whatever is in a file: no panic, an end, and at most one final error, which is the last item.
    #[test]
    fn any_bytes_can_be_read(
        order in proptest::bool::ANY,
        format in 0..5,
        noise in proptest::collection::vec((proptest::prelude::any::<usize>(), proptest::prelude::any::<u8>()), 0..12),
    ) {
        let order = if order { Big } else { Little };
        let mut file = match format {
            0 => sample_pcap(order),
            1 => sample_pcapng(order),
            2 => [sample_pcapng(Big), sample_pcapng(Little)].concat(),
            3 => gzip(&sample_pcapng(order)),
            _ => [skippable(b"?"), zstd(&sample_pcapng(order)), zstd(&[1; 999])].concat(),
        };
        for (at, byte) in noise {
            let at = at % file.len();
            file[at] = byte;
        }
        if let Ok(reader) = Reader::new(&file[..]) {
            let items = read_all(reader);
            let last = items.len().saturating_sub(1);
            for (n, item) in items.iter().enumerate() {
                if let Err(error) = item {
                    assert!(!error.is_final() || n == last);
                }
            }
        }
    }
}
