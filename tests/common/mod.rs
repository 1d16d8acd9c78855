//! What several tests need. Each uses a part of it.
#![allow(dead_code)]

pub mod outline;

use packetsmith::capture::Reader;
use std::path::{Path, PathBuf};

/// A packet with the link type and the length that it had on the wire.
#[derive(Clone, Debug)]
pub struct Packet {
    pub link_type: u16,
    pub original_len: usize,
    pub bytes: Vec<u8>,
}

/// The captures of `testdata/`, by name.
pub fn testdata() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut files: Vec<_> = files(&folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "pcap" || e == "pcapng" || e == "gz"))
        .collect();
    files.sort();
    assert!(files.len() > 30, "the captures are in the repository");
    files
}

/// Captures of others, where they stand beside the repository.
pub fn corpus() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/captures");
    files(&folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("a folder's entries can be read").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Every packet that can be read of a capture.
pub fn packets(path: &Path) -> Vec<Packet> {
    let mut packets = Vec::new();
    let Ok(mut reader) = Reader::open(path) else { return packets };
    while let Some(record) = reader.next_record() {
        let Ok(record) = record else { continue };
        packets.push(Packet {
            link_type: record.link_type.unwrap_or(u16::MAX),
            original_len: record.original_len as usize,
            bytes: record.data.to_vec(),
        });
    }
    packets
}
