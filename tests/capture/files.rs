//! Files that are built byte by byte, and what a reader makes of them.

use packetsmith::capture::ByteOrder::Big;
use packetsmith::capture::{ByteOrder, Error, Reader};
use std::io::{Read, Write};

pub const MICRO: u32 = 0xa1b2_c3d4;
pub const NANO: u32 = 0xa1b2_3c4d;
pub const MODIFIED: u32 = 0xa1b2_cd34;

pub const SECTION: u32 = 0x0a0d_0d0a;
pub const INTERFACE: u32 = 1;
pub const OLD_PACKET: u32 = 2;
pub const SIMPLE: u32 = 3;
pub const ENHANCED: u32 = 6;

pub fn n16(order: ByteOrder, n: u16) -> Vec<u8> {
    if order == Big { n.to_be_bytes().into() } else { n.to_le_bytes().into() }
}

pub fn n32(order: ByteOrder, n: u32) -> Vec<u8> {
    if order == Big { n.to_be_bytes().into() } else { n.to_le_bytes().into() }
}

pub fn words(order: ByteOrder, words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|&n| n32(order, n)).collect()
}

pub fn pcap_header(order: ByteOrder, magic: u32, version: (u16, u16), link: u32) -> Vec<u8> {
    [n32(order, magic), n16(order, version.0), n16(order, version.1), words(order, &[0, 0, 64, link])].concat()
}

pub fn record(order: ByteOrder, head: [u32; 4], data: &[u8]) -> Vec<u8> {
    [&words(order, &head), data].concat()
}

pub fn block(order: ByteOrder, block_type: u32, body: &[u8]) -> Vec<u8> {
    let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
    let len = n32(order, (12 + body.len() + padding.len()) as u32);
    [&n32(order, block_type), &len, body, &padding, &len].concat()
}

pub fn section(order: ByteOrder) -> Vec<u8> {
    let version = [n16(order, 1), n16(order, 0)].concat();
    let body = [n32(order, 0x1a2b_3c4d), version, vec![0xff; 8]].concat();
    block(order, SECTION, &body)
}

pub fn option(order: ByteOrder, code: u16, value: &[u8]) -> Vec<u8> {
    let padding = vec![0; value.len().next_multiple_of(4) - value.len()];
    [&n16(order, code), &n16(order, value.len() as u16), value, &padding].concat()
}

pub fn interface(order: ByteOrder, link: u16, snap_len: u32, options: &[u8]) -> Vec<u8> {
    let body = [&n16(order, link), &n16(order, 0), &n32(order, snap_len), options].concat();
    block(order, INTERFACE, &body)
}

pub fn enhanced(order: ByteOrder, id: u32, ticks: u64, original: u32, data: &[u8]) -> Vec<u8> {
    enhanced_with(order, [id, (ticks >> 32) as u32, ticks as u32, data.len() as u32, original], data, &[])
}

pub fn enhanced_with(order: ByteOrder, head: [u32; 5], data: &[u8], options: &[u8]) -> Vec<u8> {
    let padding = vec![0; data.len().next_multiple_of(4) - data.len()];
    block(order, ENHANCED, &[&words(order, &head), data, &padding, options].concat())
}

/// A record with nothing borrowed.
#[derive(Debug, PartialEq)]
pub struct Owned {
    pub number: u64,
    pub nanos: Option<i128>,
    pub original: u32,
    pub link: Option<u16>,
    pub interface: u32,
    pub fcs: Option<u8>,
    pub data: Vec<u8>,
    pub offset: u64,
}

pub fn read_all<R: Read>(mut reader: Reader<R>) -> Vec<Result<Owned, Error>> {
    let mut items = Vec::new();
    while let Some(item) = reader.next_record() {
        items.push(item.map(|record| Owned {
            number: record.number,
            nanos: record.timestamp.map(|time| time.nanos()),
            original: record.original_len,
            link: record.link_type,
            interface: record.interface,
            fcs: record.fcs_len,
            data: record.data.to_vec(),
            offset: record.offset,
        }));
    }
    assert!(reader.next_record().is_none(), "the end is the end");
    items
}

pub fn items(file: &[u8]) -> Vec<Result<Owned, Error>> {
    read_all(Reader::new(file).unwrap())
}

pub fn records(file: &[u8]) -> Vec<Owned> {
    items(file).into_iter().map(|item| item.unwrap()).collect()
}

/// The whole records, and the one error at the end.
pub fn cut(file: &[u8]) -> (Vec<Owned>, Error) {
    let mut items = items(file);
    let error = items.pop().unwrap().unwrap_err();
    assert!(error.is_final());
    (items.into_iter().map(|item| item.unwrap()).collect(), error)
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One frame.
pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

/// A frame that has a window rather than the length of its content, in blocks that are not compressed.
pub fn zstd_stored(window: u8, blocks: &[&[u8]]) -> Vec<u8> {
    let mut file = vec![0x28, 0xb5, 0x2f, 0xfd, 0, window];
    for (n, block) in blocks.iter().enumerate() {
        let head = (block.len() as u32) << 3 | u32::from(n + 1 == blocks.len());
        file.extend(&head.to_le_bytes()[..3]);
        file.extend(*block);
    }
    file
}

/// A frame that is to be skipped.
pub fn skippable(content: &[u8]) -> Vec<u8> {
    [&[0x5a, 0x2a, 0x4d, 0x18][..], &(content.len() as u32).to_le_bytes(), content].concat()
}

pub fn sample_pcap(order: ByteOrder) -> Vec<u8> {
    [
        pcap_header(order, MICRO, (2, 4), 1),
        record(order, [1, 2, 3, 3], b"abc"),
        record(order, [3, 4, 0, 9], b""),
        record(order, [5, 6, 5, 5], b"defgh"),
    ]
    .concat()
}

pub fn sample_pcapng(order: ByteOrder) -> Vec<u8> {
    [
        section(order),
        interface(order, 1, 0, &[]),
        enhanced(order, 0, 1, 3, b"abc"),
        block(order, 0x0bad, b"not known"),
        block(order, SIMPLE, &[&n32(order, 4)[..], b"defg"].concat()),
        enhanced(order, 0, 2, 0, b""),
    ]
    .concat()
}
