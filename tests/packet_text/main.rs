//! Packet text and JSON, piece by piece: each kind of value in each notation, each name, and each mistake with its place.
//!
//! The answers are in `tests/expected/`. `UPDATE=1 cargo test --test packet_text` writes them.

#[path = "../common/mod.rs"]
mod common;
mod json;
mod names;
mod texts;
mod trees;
mod values;

use common::digest;
use packetsmith::{Packet, PacketText};

/// Bytes in hexadecimal; of many, the first and the last ones.
fn hex(bytes: &[u8]) -> String {
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    match bytes.len() {
        0 => "nothing".into(),
        1..=48 => digits(bytes),
        len => {
            format!(
                "{}..{} ({len} bytes, {:08x})",
                digits(&bytes[..8]),
                digits(&bytes[len - 32..]),
                digest(bytes) as u32
            )
        }
    }
}

/// What a text becomes: the bytes, or the error with its place in the text.
fn built(text: &str) -> String {
    let mut files = |path: &str| match path {
        "none" => Err("there is no such file".to_string()),
        path => Ok(path.as_bytes().to_vec()),
    };
    match PacketText::parse(text, &mut files).and_then(|mut packet_text| packet_text.build()) {
        Ok(built) => hex(&built),
        Err(error) => format!("at {}: {error}", error.at),
    }
}

/// What JSON becomes: the bytes, or the error with its path.
fn built_json(json: &str) -> String {
    let mut packet = Packet::default();
    if let Err(error) = packet.form.read(&mut serde_json::Deserializer::from_str(json)) {
        return format!("no JSON: {error}");
    }
    match packet.build() {
        Ok(built) => hex(&built),
        Err(error) => {
            let place: String = error.place.iter().map(|step| format!("/{step}")).collect();
            format!("{place} {:?} entry {:?}: {error}", error.layer.map(|(number, _)| number), error.entry)
        }
    }
}
