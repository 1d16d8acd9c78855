//! Writes seeds for the fuzz targets from the captures in `testdata`: `cargo run --bin seed` in this folder.

use packetsmith::capture::Reader;
use packetsmith_fuzz::LINK_TYPES;
use std::collections::HashSet;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = HashSet::new();
    let mut count = 0;
    let mut write = |target: &str, bytes: &[u8]| {
        count += 1;
        let folder = here.join("seeds").join(target);
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(format!("{count:05}")), bytes)
    };
    for entry in std::fs::read_dir(here.join("../testdata"))? {
        let path = entry?.path();
        if path.metadata()?.len() > 100_000 || !path.to_string_lossy().contains(".pcap") {
            continue;
        }
        let file = std::fs::read(&path)?;
        if file.len() < 8_000 {
            write("capture", &file)?;
        }
        let Ok(mut reader) = Reader::open(&path) else { continue };
        while let Some(record) = reader.next_record() {
            let Ok(record) = record else { continue };
            let link_type = record.link_type.unwrap_or(1);
            // One frame of each sequence of layers.
            let shape: Vec<_> = packetsmith::dissect(link_type, record.data).map(|layer| layer.proto.name()).collect();
            if record.data.len() > 600 || !seen.insert((link_type, shape, record.data.len() / 64)) {
                continue;
            }
            let first = match LINK_TYPES.iter().position(|known| *known == link_type) {
                Some(index) => vec![index as u8],
                None => [&[255][..], &link_type.to_be_bytes()].concat(),
            };
            write("dissect", &[&first[..], &[0], record.data].concat())?;
            write("terminal", &[&first[..], &[0], record.data].concat())?;
            // The bytes of choices are other ones for each frame.
            let choices: Vec<u8> =
                (0..64_u32).map(|n| (n.wrapping_mul(record.number as u32 + 77) >> 3) as u8).collect();
            for target in ["filter_functions", "capture_filter", "rewrite"] {
                write(target, &[&first[..], &[64], &choices, record.data].concat())?;
            }
            write("roundtrip", &[&first[..], record.data].concat())?;
            for kind in 0..6 {
                write("edit", &[&[kind, kind, 1, 2, 3, 4, 0, 0], &first[..], record.data].concat())?;
            }
            if link_type == 1 {
                write("differential", record.data)?;
                let packet = record.data.get(14..).unwrap_or_default();
                write("fragment", &[&[0, 72, 0, 3][..], packet].concat())?;
            }
        }
    }
    for line in std::fs::read_to_string(here.join("../cli/tests/built.txt"))?.lines() {
        write("build_text", line.as_bytes())?;
        write("text", line.as_bytes())?;
    }
    write("reassemble", &[0, 1, 0, 2, 1, 0, 0, 0, 2, 2, 1, 1, 0])?;
    write("reassemble", &[7, 3, 0, 2, 1, 0, 0, 3, 1, 2, 1, 1, 0, 2, 3, 1, 1, 1, 0])?;
    // A handshake, data, and its acknowledgment; then the data again.
    let handshake = [[0, 2, 0, 0, 0, 99, 1, 0], [1, 18, 0, 1, 0, 99, 1, 9], [0, 16, 1, 1, 0, 99, 0, 9]];
    let data = [[0, 24, 1, 1, 9, 99, 0, 9], [1, 16, 1, 10, 0, 99, 0, 9], [0, 24, 1, 1, 9, 99, 0, 99]];
    for limits in [0, 1, 17, 3] {
        write("flow", &[&[limits][..], &handshake.concat(), &data.concat()].concat())?;
    }
    println!("{count} seeds");
    Ok(())
}
