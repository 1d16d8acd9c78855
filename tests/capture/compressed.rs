//! Files that are compressed with gzip or zstd.

use super::files::*;
use packetsmith::capture::ByteOrder::{Big, Little};
use packetsmith::capture::{Compression, ErrorKind, Reader};

#[test]
fn gzip_cut_anywhere_gives_what_there_is() {
    let file: Vec<u8> = (0..300_u32).flat_map(|n| record(Big, [n, n * 7919, 40, 40], &[n as u8 ^ 0x5a; 40])).collect();
    let file = gzip(&[pcap_header(Big, MICRO, (2, 4), 1), file].concat());
    let mut most = 0;
    for len in 2..file.len() {
        let Ok(reader) = Reader::new(&file[..len]) else {
            continue;
        };
        let mut items = read_all(reader);
        let error = items.pop().unwrap().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Damaged(Compression::Gzip, _)), "{error}");
        assert!(error.to_string().ends_with("the gzip data ends early"), "{error}");
        assert!(items.iter().all(Result::is_ok));
        assert!(items.len() >= most);
        most = items.len();
    }
    assert_eq!(most, 300); // all but the checksum
}

#[test]
fn gzip_of_several_members_and_damaged_gzip() {
    let file = sample_pcapng(Big);
    let compressed = [gzip(&file[..50]), gzip(&file[50..])].concat();
    assert_eq!(records(&compressed), records(&file));
    let mut damaged = gzip(&file);
    let at = damaged.len() - 6; // the checksum
    damaged[at] ^= 1;
    let (there, error) = cut(&damaged);
    assert_eq!(there.len(), 3);
    assert!(error.to_string().contains("the gzip data is damaged: "), "{error}");
}

#[test]
fn zstd_cut_anywhere_gives_what_there_is() {
    let head = pcap_header(Big, MICRO, (2, 4), 1);
    let one = |n: u32| record(Big, [n, n * 7919, 40, 40], &[n as u8 ^ 0x5a; 40]);
    let many: Vec<Vec<u8>> = (0..60).map(one).collect();
    let blocks: Vec<&[u8]> = [&head].into_iter().chain(&many).map(Vec::as_slice).collect();
    // Blocks of one frame, none of which leaves a window of 2 MB; and two frames with one to be skipped.
    let stored = zstd_stored(0x58, &blocks);
    let frames = [zstd(&blocks[..21].concat()), skippable(b"abc"), zstd(&blocks[21..].concat())];
    let between = [frames[0].len(), frames[0].len() + frames[1].len()];
    for (file, between) in [(stored, &[][..]), (frames.concat(), &between[..])] {
        assert_eq!(records(&file).len(), 60);
        let mut most = 0;
        for len in 4..file.len() {
            let Ok(reader) = Reader::new(&file[..len]) else {
                continue;
            };
            let mut items = read_all(reader);
            if between.contains(&len) {
                assert_eq!(items.len(), 20);
            } else {
                let error = items.pop().unwrap().unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Damaged(Compression::Zstd, _)), "{error}");
                assert!(error.to_string().ends_with("the zstd data ends early"), "{error}");
            }
            assert!(items.iter().all(Result::is_ok));
            assert!(items.len() >= most);
            most = items.len();
        }
        assert!(if between.is_empty() { most == 59 } else { most >= 20 }, "{most}");
    }
}

/// What `zstd -19` makes of `sample_pcap(Big)`, checksum included.
const BY_ZSTD: &[u8] = &[
    0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x68, 0xb5, 0x01, 0x00, 0x82, 0x83, 0x0a, 0x14, 0xd0, 0x17, 0xd6, 0xac, 0x60, 0xb7,
    0x80, 0x23, 0x5a, 0x5a, 0xda, 0xc5, 0x29, 0xc0, 0xa4, 0xb6, 0x94, 0x22, 0x77, 0x0a, 0x8b, 0x92, 0x20, 0xc7, 0x05,
    0xbf, 0x0b, 0x7f, 0x7b, 0xdd, 0x28, 0x88, 0x7a, 0x9d, 0x80, 0x0f, 0x2d, 0x7d, 0x9c, 0x86, 0x09, 0x03, 0x00, 0x7c,
    0xf3, 0x73, 0xb3, 0xde, 0xc0, 0x11, 0xda, 0x21, 0xf0, 0xc6,
];

#[test]
fn zstd_by_others_and_damaged_zstd() {
    let file = sample_pcap(Big);
    assert_eq!(records(BY_ZSTD), records(&file));
    assert_eq!(records(&[BY_ZSTD, &zstd(&file[24..])].concat()).len(), 6);
    let (there, error) = cut(&[BY_ZSTD, b"more"].concat());
    assert_eq!(there.len(), 3);
    assert!(error.to_string().contains("packet 4, byte 80: the zstd data is damaged: "), "{error}");
    let mut damaged = BY_ZSTD.to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let (there, error) = cut(&damaged);
    assert_eq!(there.len(), 3);
    assert!(error.to_string().ends_with("the zstd data is damaged: the checksum is not the one stored"), "{error}");
}

#[test]
fn zstd_window_is_bounded() {
    let file = sample_pcap(Little);
    assert_eq!(records(&zstd_stored(0x88, &[&file])).len(), 3); // 128 MiB, of which nothing is used
    for window in [0x89, 0x90, 0xff] {
        let error = Reader::new(&zstd_stored(window, &[&file])[..]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Damaged(Compression::Zstd, _)), "{error}");
        assert!(error.to_string().to_lowercase().contains("window"), "{error}");
    }
}
