//! Code that several tests share. Each uses a part of it.
#![allow(dead_code)]

pub mod outline;

use packetsmith::capture::Reader;
use packetsmith::wire::{Computed, Unit, Visitor};
use packetsmith::{Field, Kind, Proto, Span, Value, dissect, examine};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the repository. The tests of the tool use this file too, and are in a folder below it.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    if package.join("testdata").exists() { package } else { package.parent().expect("cli/ is in the repository") }
}

/// Compares a file with what it should be, or writes it where UPDATE is set.
pub fn expect(path: &Path, text: &str) {
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the folder can be made");
        // At once, since another test may read it.
        let new = path.with_extension("new");
        fs::write(&new, text).expect("the file can be written");
        return fs::rename(&new, path).expect("the file can be replaced");
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    let line = found.lines().zip(text.lines()).position(|(a, b)| a != b);
    let line = line.unwrap_or(found.lines().count().min(text.lines().count()));
    assert!(
        found == text,
        "{} is not what the code says from line {} on; the code says\n{}\nUPDATE=1 cargo test writes it",
        path.display(),
        line + 1,
        text.lines().nth(line).unwrap_or_default(),
    );
}

/// FNV-1a of 64 bits.
pub fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// A packet with the link type and the length that it had on the wire.
#[derive(Clone, Debug)]
pub struct Packet {
    pub link_type: u16,
    pub original_len: usize,
    pub bytes: Vec<u8>,
}

/// The captures of `testdata/`, by name.
pub fn testdata() -> Vec<PathBuf> {
    let folder = root().join("testdata");
    let mut files: Vec<_> = files(&folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|e| e == "pcap" || e == "pcapng" || e == "gz"))
        .collect();
    files.sort();
    assert!(files.len() > 30, "the captures are in the repository");
    files
}

/// Captures of others, if they are in a folder beside the repository.
pub fn corpus() -> Vec<PathBuf> {
    let folder = root().join("../shared/corpus/captures");
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

/// A packet of `tests/packets`: how it is introduced there, and what it is.
pub struct Sample {
    pub head: String,
    pub packet: Packet,
}

/// The packets of a protocol's file. Each begins with a line `= testdata/FILE, packet N` or
/// `= link type N: where it comes from`; then come remarks, and the bytes where they stand nowhere else; after an
/// empty line the packet in a line, and what the protocol's layers must look like.
pub fn samples(proto: Proto) -> Vec<Sample> {
    let path = samples_path(proto);
    let Ok(text) = fs::read_to_string(&path) else { return Vec::new() };
    let mut samples = Vec::new();
    for block in text.split("\n= ").map(|block| block.trim_start_matches("= ")) {
        let head = block.split("\n\n").next().unwrap_or_default();
        let first = head.lines().next().unwrap_or_default();
        let number = |text: &str| text.parse().unwrap_or_else(|_| panic!("{}: no number: {first}", path.display()));
        let packet = match first.strip_prefix("link type ") {
            Some(rest) => {
                let link_type = number(rest.split(':').next().unwrap_or_default());
                let rows = head.lines().filter_map(|line| line.split_once("  ")).filter(|(at, _)| is_hex(at));
                let digits: String = rows.flat_map(|(_, row)| row.split(' ')).collect();
                let bytes = (0..digits.len()).step_by(2);
                let bytes: Vec<u8> =
                    bytes.map(|i| u8::from_str_radix(&digits[i..i + 2], 16).expect("rows are hexadecimal")).collect();
                Packet { link_type: link_type as u16, original_len: bytes.len(), bytes }
            }
            None => {
                let (file, packet) = first.split_once(", packet ").unwrap_or((first, ""));
                let packet: usize = number(packet);
                let packets = packets(&root().join(file));
                packets.into_iter().nth(packet - 1).unwrap_or_else(|| panic!("{file} has no packet {packet}"))
            }
        };
        samples.push(Sample { head: head.to_string(), packet });
    }
    samples
}

pub fn samples_path(proto: Proto) -> PathBuf {
    root().join(format!("tests/packets/{}.txt", proto.name()))
}

fn is_hex(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The packets of the captures and of `tests/packets`, one of each shape: the same protocols, and of about the same length.
pub fn shapes() -> Vec<Packet> {
    let captured = testdata().into_iter().flat_map(|path| packets(&path));
    let shown = Proto::ALL.iter().filter(|proto| **proto != Proto::Data).flat_map(|&proto| samples(proto));
    let mut seen = BTreeSet::new();
    let mut new = |packet: &Packet| {
        let protocols: Vec<_> = dissect(packet.link_type, &packet.bytes).map(|layer| layer.proto.name()).collect();
        seen.insert((protocols, packet.bytes.len() / 16))
    };
    captured.chain(shown.map(|sample| sample.packet)).filter(|packet| new(packet)).collect()
}

/// Tells whether a field says how long something is, how many there are, or where it stands.
fn is_length(field: &Field) -> bool {
    let number = matches!(field.item_kind(), Kind::Uint | Kind::Little);
    let name = ["len", "count", "size", "offset", "pointer", "left"].iter().any(|word| field.name.contains(word));
    let derived =
        matches!(field.computed, Computed::Custom | Computed::HeaderLength { .. } | Computed::TotalLength { .. });
    number && (name || derived || matches!(field.unit, Unit::Bytes(_)))
}

/// Finds the bits of all lengths, counted from the start of the frame.
#[derive(Default)]
struct Lengths(BTreeSet<(usize, usize)>);

impl Visitor for Lengths {
    fn field(&mut self, field: &'static Field, span: Span, _: Value<'_>) {
        let (start, end) = (span.start as usize * 8, span.end as usize * 8);
        let bits = usize::from(field.end_bit - field.first_bit);
        // What stands at a place of its own in the frame has whole bytes; what stands in a figure may share them.
        let start = if bits > 0 { start + usize::from(field.first_bit % 8) } else { start };
        let end = if bits > 0 { start + bits } else { end };
        if is_length(field) && start < end && end <= span.end as usize * 8 && end - start <= 64 {
            self.0.insert((start, end));
        }
    }
    fn open(&mut self, _: &'static Field, _: Span) {}
    fn close(&mut self) {}
}

/// Passes a packet to `each` with eight changes in its first 80 bytes, one at a time: a byte is another one, or the frame ends
/// earlier, or has more after it. `state` makes the changes of the next packet others; it is that of the change.
pub fn with_changes(packet: &Packet, state: &mut u32, each: &mut dyn FnMut(&Packet, u32)) {
    for round in 0..8 {
        *state = state.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f);
        let mut changed = packet.clone();
        let reach = changed.bytes.len().min(80);
        if reach == 0 {
            continue;
        }
        let at = (*state >> 8) as usize % reach;
        match round {
            0 | 4 => changed.bytes.truncate(at),
            1 => changed.bytes.resize(packet.bytes.len() + at, (*state >> 24) as u8),
            _ => changed.bytes[at] = (*state >> 24) as u8,
        }
        each(&changed, *state);
    }
}

/// Calls `each` with the packet once for each of its lengths, counts and offsets and each value that means ill: zero, the
/// largest, one less, and one more than there was.
pub fn with_hostile_lengths(packet: &Packet, each: &mut dyn FnMut(&Packet)) {
    let mut lengths = Lengths::default();
    examine(packet.link_type, &packet.bytes).for_each(|layer| layer.show(&mut lengths));
    for (start, end) in lengths.0 {
        let bits = start..end;
        let is_set = |bytes: &[u8], bit: usize| bytes[bit / 8] >> (7 - bit % 8) & 1;
        let old = bits.clone().fold(0_u64, |n, bit| n << 1 | u64::from(is_set(&packet.bytes, bit)));
        let max = u64::MAX >> (64 - bits.len());
        for new in BTreeSet::from([0, max, old.wrapping_sub(1) & max, old.wrapping_add(1) & max]) {
            let mut hostile = packet.clone();
            for bit in bits.clone() {
                let mask = 0x80 >> (bit % 8);
                let on = new >> (bits.end - 1 - bit) & 1 == 1;
                let byte = &mut hostile.bytes[bit / 8];
                *byte = if on { *byte | mask } else { *byte & !mask };
            }
            each(&hostile);
        }
    }
}
