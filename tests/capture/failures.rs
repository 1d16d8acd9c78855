//! What is no capture, readers that fail, files that are cut.

use super::files::*;
use packetsmith::capture::ByteOrder::{Big, Little};
use packetsmith::capture::{ErrorKind, Reader};
use std::error::Error as _;
use std::io::{self, Read};

#[test]
fn beginnings_that_are_no_capture() {
    let message = |bytes: &[u8]| Reader::new(bytes).unwrap_err().to_string();
    assert_eq!(message(b""), "capture: the file is empty");
    assert_eq!(message(b"GI"), "capture: not a pcap or pcapng file: it begins with 47 49");
    assert_eq!(message(b"GIF89a"), "capture: not a pcap or pcapng file: it begins with 47 49 46 38");
    assert_eq!(message(&gzip(b"")), "capture: the file is empty");
    assert_eq!(message(&gzip(b"GIF89a")), message(b"GIF89a"));
    assert_eq!(message(&zstd(b"GIF89a")), message(b"GIF89a"));
    assert_eq!(message(&skippable(b"nothing else")), "capture: the file is empty");
    assert_eq!(message(b"\x04\x22\x4d\x18@@"), "capture: compressed with lz4, which is not supported");
    assert_eq!(message(b"\xfd7zXZ\0"), "capture: compressed with xz, which is not supported");
    assert_eq!(message(b"BZh91AY"), "capture: compressed with bzip2, which is not supported");
    assert_eq!(
        message(&pcap_header(Big, NANO, (2, 4), 1)[..23]),
        "capture: the file ends inside its header: 24 bytes needed, 23 there"
    );
    assert_eq!(message(&section(Big)[..9]), "capture: the file ends inside its header: 28 bytes needed, 9 there");
    let mut no_order = section(Big);
    no_order[8] = 0;
    assert_eq!(message(&no_order), "capture: not a pcap or pcapng file: it begins with 0a 0d 0d 0a");
    assert!(records(&pcap_header(Big, MODIFIED, (2, 4), 1)).is_empty());
    assert!(records(&section(Little)).is_empty());
}

#[test]
fn files_that_cannot_be_opened_or_read() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.pcap");
    let error = Reader::open(&missing).unwrap_err();
    assert_eq!(error.name(), missing.to_str());
    assert!(error.to_string().contains("missing.pcap: cannot be opened: No such file"), "{error}");
    assert!(error.source().is_some());
    let error = Reader::open(folder.path()).unwrap_err().to_string();
    assert!(error.ends_with("cannot be opened: is a directory"), "{error}");

    let path = folder.path().join("cut.pcap.gz");
    std::fs::write(&path, gzip(&sample_pcap(Big)[..50])).unwrap();
    let mut reader = Reader::open(&path).unwrap();
    assert_eq!(reader.source_len(), Some(std::fs::metadata(&path).unwrap().len()));
    assert!(reader.next_record().unwrap().is_ok());
    let error = reader.next_record().unwrap().unwrap_err().to_string();
    assert!(
        error.ends_with("cut.pcap.gz: packet 2, byte 43: the file ends inside this record: 16 bytes needed, 7 there"),
        "{error}"
    );
    assert_eq!(Some(reader.source_position()), reader.source_len());
}

/// Fails in its own words, at once.
struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is on fire"))
    }
}

#[test]
fn what_a_failing_reader_says_is_kept() {
    let expected = "cannot be read: the disk is on fire";
    assert!(Reader::new(Broken).unwrap_err().to_string().ends_with(expected));
    for file in [sample_pcap(Big), gzip(&sample_pcap(Big)), zstd(&sample_pcap(Big))] {
        let mut items = read_all(Reader::new(Read::chain(&file[..], Broken)).unwrap());
        let error = items.pop().unwrap().unwrap_err().to_string();
        assert!(error.ends_with(expected), "{error}");
        assert_eq!(items.len(), 3);
    }
}

/// Gives a byte at a time, interrupted every other time, and fails in the end.
struct Slow<'a>(&'a [u8], bool, io::ErrorKind);

impl Read for Slow<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match self.0.is_empty() {
            true => Err(self.2.into()),
            false => self.0.read(&mut buf[..1]),
        }
    }
}

#[test]
fn failing_reader_is_said_to_have_failed() {
    let compressed = [gzip(&sample_pcap(Little)), zstd(&sample_pcap(Little))];
    for file in [sample_pcap(Big), sample_pcapng(Little)].into_iter().chain(compressed) {
        let reader = Reader::new(Slow(&file, false, io::ErrorKind::ConnectionReset)).unwrap();
        let mut items = read_all(reader);
        let error = items.pop().unwrap().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Io(e) if e.kind() == io::ErrorKind::ConnectionReset), "{error}");
        assert!(error.is_final());
        assert_eq!((items.len(), error.packet()), (3, 4));
        assert!(items.iter().all(Result::is_ok));
    }
}

#[test]
fn pcap_cut_anywhere_gives_every_whole_packet() {
    for order in [Big, Little] {
        let file = sample_pcap(order);
        let whole = records(&file);
        let ends = [24, 24 + 19, 24 + 19 + 16, file.len()];
        for len in 0..file.len() {
            if len < 24 {
                assert!(Reader::new(&file[..len]).is_err());
                continue;
            }
            let expected = ends[1..].iter().filter(|&&end| end <= len).count();
            if ends.contains(&len) {
                assert_eq!(records(&file[..len]), whole[..expected]);
                continue;
            }
            let (there, error) = cut(&file[..len]);
            assert_eq!(there, whole[..expected]);
            assert!(matches!(error.kind(), ErrorKind::TruncatedRecord { .. }));
            assert_eq!(error.packet(), expected as u64 + 1);
            assert_eq!(error.offset(), ends[expected] as u64);
        }
    }
}

#[test]
fn pcapng_cut_anywhere_gives_every_whole_packet() {
    for order in [Big, Little] {
        let file = sample_pcapng(order);
        let whole = records(&file);
        // 28 section, 20 interface, 36 packet, 24 unknown, 20 simple, 32 packet
        let blocks = [28, 48, 84, 108, 128, 160];
        let packets = [84, 128, 160];
        assert_eq!((file.len(), whole.len()), (160, 3));
        for len in 0..file.len() {
            if len < 16 {
                assert!(Reader::new(&file[..len]).is_err());
                continue;
            }
            let expected = packets.iter().filter(|&&end| end <= len).count();
            if blocks.contains(&len) {
                assert_eq!(records(&file[..len]), whole[..expected]);
                continue;
            }
            let (there, error) = cut(&file[..len]);
            assert_eq!(there, whole[..expected]);
            assert!(matches!(error.kind(), ErrorKind::TruncatedRecord { .. }));
            let at = blocks.iter().rev().find(|&&end| end < len).unwrap_or(&0);
            assert_eq!((error.packet(), error.offset()), (expected as u64 + 1, *at as u64));
        }
    }
}
