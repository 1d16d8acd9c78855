//! The targets `edit` and `text`. `edit` checks what was computed by code of its own: a walk over Ethernet, IP and transport
//! headers, and sums, that share nothing with the library.

use packetsmith::{Packet, examine};
use serde_json::{Value, json};

/// Any packet, read as JSON, changed in one place, and built: what was right before the edit is right after it. The first
/// bytes choose the edit.
pub fn edit(input: &[u8]) {
    let Some((choices, rest)) = input.split_first_chunk::<8>() else { return };
    let Some((link_type, frame)) = super::link_type(rest) else { return };
    let missing = if choices[7] & 1 == 1 { usize::from(choices[6]) } else { 0 };
    edit_frame(link_type, frame, missing, choices);
}

/// As [`edit`], with a frame of which the capture cut off `missing` bytes.
pub fn edit_frame(link_type: u16, frame: &[u8], missing: usize, choices: &[u8; 8]) {
    let mut packet = Packet::new(examine(link_type, frame).original_len(frame.len() + missing));
    packet.simplify(frame);
    let cut_off = packet.missing;
    assert_eq!(packet.build().expect("what was read can be built"), frame);
    let mut tree = serde_json::to_value(&packet.form).expect("a tree is JSON");
    let Some(layers) = tree["layers"].as_array_mut() else { return };
    let Some(edit) = change(layers, choices) else { return };
    packet.form.read(&tree).expect("JSON is a tree");
    packet.missing = cut_off;
    let built = match packet.build() {
        Ok(built) => built,
        // The edit is refused, or what it gives does not fit.
        Err(error) => {
            let text = error.to_string();
            let refused =
                ["raw", "largest that fits", "bytes where", "trailers end with"].iter().any(|why| text.contains(why));
            assert!(refused, "{edit}: {text}");
            return;
        }
    };
    if !matches!(link_type, 1 | 101) {
        return;
    }
    let (before, after) = (Found::new(link_type, frame, missing), Found::new(link_type, &built, missing));
    let kinds = |found: &Found| found.headers.iter().map(|header| header.kind).collect::<Vec<_>>();
    let (old, new) = (kinds(&before), kinds(&after));
    // A length that was too large stays as it is. After the edit it may fit, and then headers follow that were not read.
    let too_large = before.headers.last().is_some_and(|header| header.tail.is_none());
    assert!(new.starts_with(&old), "{edit}: other headers\n{frame:02x?}\n{built:02x?}");
    assert!(too_large || new.len() == old.len(), "{edit}: other headers\n{frame:02x?}\n{built:02x?}");
    for (old, new) in before.headers.iter().zip(&after.headers) {
        assert!(!old.checksum || new.checksum, "{edit}: checksum of {:?}\n{frame:02x?}\n{built:02x?}", new.kind);
        let trailer = edit.changes_trailer || old.tail.is_none();
        assert!(trailer || old.tail == new.tail, "{edit}: length of {:?}\n{frame:02x?}\n{built:02x?}", new.kind);
    }
    assert!(
        !before.fcs || after.fcs || edit.changes_trailer,
        "{edit}: frame check sequence\n{frame:02x?}\n{built:02x?}"
    );
}

/// What was changed.
struct Edit {
    what: String,
    changes_trailer: bool,
}

impl std::fmt::Display for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.what)
    }
}

/// Fields that do not say how the packet is read.
const FIELDS: [&str; 18] = [
    "src",
    "dst",
    "ttl",
    "hop_limit",
    "identification",
    "dscp",
    "ecn",
    "flow_label",
    "seq",
    "ack",
    "window",
    "urgent",
    "id",
    "priority",
    "src_port",
    "identifier",
    "sequence",
    "key",
];

/// Changes one thing. `None` if there is nothing to change.
fn change(layers: &mut Vec<Value>, choices: &[u8; 8]) -> Option<Edit> {
    let [kind, place, value, more @ ..] = *choices;
    let is = |layer: &Value, name: &str| layer["layer"] == name;
    let edit = |what: String| Edit { what, changes_trailer: false };
    match kind % 6 {
        // A field of a header.
        0..=2 => {
            let given: Vec<(usize, &str)> = (0..layers.len())
                .flat_map(|n| FIELDS.map(|field| (n, field)))
                .filter(|(n, field)| layers[*n].get(field).is_some_and(|value| value.is_string() || value.is_u64()))
                .collect();
            let (layer, field) = *given.get(usize::from(place) % given.len().max(1))?;
            let name = layers[layer]["layer"].as_str()?.to_string();
            let given = &mut layers[layer][field];
            *given = match given.as_str() {
                Some(text) if text.parse::<std::net::Ipv4Addr>().is_ok() => {
                    json!(format!("10.{value}.{place}.{}", more[0]))
                }
                Some(text) if text.parse::<std::net::Ipv6Addr>().is_ok() => json!(format!("fd00::{value:x}:{place:x}")),
                Some(text) if text.len() == 17 && text.matches(':').count() == 5 => {
                    json!(format!("02:00:00:00:00:{value:02x}"))
                }
                Some(_) => return None,
                None => json!(value & 3),
            };
            Some(edit(format!("{name}.{field}")))
        }
        // A payload.
        3 => {
            let data = layers.iter_mut().rev().find(|layer| is(layer, "data"))?;
            let bytes = [value].repeat(usize::from(place) % 90);
            data["data"] = json!(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
            Some(edit(format!("{} bytes of data", bytes.len())))
        }
        // A tag is put in or taken out.
        4 => {
            let tags =
                |layers: &[Value]| layers.iter().take_while(|layer| is(layer, "ethernet") || is(layer, "vlan")).count();
            let end = tags(layers);
            // Without a layer after it, or with a length in place of a type, there is nothing to announce.
            if end == 0 || end == layers.len() || !is(&layers[0], "ethernet") || is(&layers[end], "llc") {
                return None;
            }
            if end > 1 && value & 1 == 0 {
                layers.remove(1 + usize::from(place) % (end - 1));
                return Some(edit("a tag less".into()));
            }
            layers.insert(1 + usize::from(place) % end, json!({"layer": "vlan", "id": place}));
            Some(edit("a tag more".into()))
        }
        // Trailers go. Nothing pads the frame then, and it has no frame check sequence.
        _ => {
            let found = layers.iter_mut().filter_map(|layer| layer.as_object_mut()?.remove("trailer")).count();
            (found > 0).then(|| Edit { what: "no trailers".into(), changes_trailer: true })
        }
    }
}

/// A header that was found, and whether what is computed in it is right.
struct Header {
    kind: &'static str,
    /// Its checksum is there, and right.
    checksum: bool,
    /// Bytes on the wire after what its length says. `None` if the length is none, or too large.
    tail: Option<usize>,
}

/// What is computed in a frame.
struct Found {
    headers: Vec<Header>,
    /// The frame ends with a right frame check sequence, in a trailer.
    fcs: bool,
}

fn number(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])))
}

/// Whether the words of all bytes sum up to 0xffff (RFC 1071).
fn sums_up(parts: &[&[u8]]) -> bool {
    let mut sum = 0_u64;
    for part in parts {
        for pair in part.chunks(2) {
            sum += u64::from(pair[0]) << 8 | u64::from(pair.get(1).copied().unwrap_or(0));
        }
    }
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum == 0xffff
}

/// CRC-32 of IEEE 802.3, bit by bit.
fn crc(bytes: &[u8]) -> [u8; 4] {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    (!crc).to_le_bytes()
}

impl Found {
    fn new(link_type: u16, frame: &[u8], missing: usize) -> Self {
        let mut found = Found { headers: Vec::new(), fcs: false };
        let (mut at, mut kind) = (0, None);
        if link_type == 1 {
            at = 12;
            while let Some(0x8100 | 0x88a8 | 0x9100) = number(frame, at) {
                at += 4;
            }
            kind = number(frame, at);
            at += 2;
        }
        match (kind, frame.get(at).map(|byte| byte >> 4)) {
            (None | Some(0x0800), Some(4)) if link_type == 101 || kind.is_some() => found.ipv4(frame, at, missing),
            (None | Some(0x86dd), Some(6)) if link_type == 101 || kind.is_some() => found.ipv6(frame, at, missing),
            _ => {}
        }
        let tail = found.headers.first().and_then(|header| header.tail).unwrap_or(0);
        if let (1, 4.., 0, Some((covered, fcs))) = (link_type, tail, missing, frame.split_last_chunk::<4>()) {
            found.fcs = crc(covered) == *fcs;
        }
        found
    }

    /// Notes a header, whose packet is `length` bytes long from byte `at` on. Returns the bytes of the packet that are
    /// here, if all are.
    fn note<'f>(
        &mut self,
        kind: &'static str,
        frame: &'f [u8],
        at: usize,
        length: usize,
        missing: usize,
    ) -> Option<&'f [u8]> {
        let tail = (frame.len() + missing).checked_sub(at + length);
        // A trailer of which bytes are missing too has no length that could be told.
        let tail = tail.filter(|&tail| missing == 0 || tail == 0);
        self.headers.push(Header { kind, checksum: false, tail });
        frame.get(at..at + length)
    }

    fn good(&mut self, parts: &[&[u8]]) {
        if let Some(header) = self.headers.last_mut() {
            header.checksum = sums_up(parts);
        }
    }

    fn ipv4(&mut self, frame: &[u8], at: usize, missing: usize) {
        let (Some(header), Some(length)) = (frame.get(at..at + 20), number(frame, at + 2)) else { return };
        let head = usize::from(header[0] & 15) * 4;
        if head < 20 || length < head || frame.len() < at + head {
            return;
        }
        let packet = self.note("ipv4", frame, at, length, missing);
        self.good(&[&frame[at..at + head]]);
        let fragment = number(header, 6).unwrap_or(0) & 0x3fff != 0;
        // Options may say that the destination is another.
        if let (Some(packet), false, 20) = (packet, fragment, head) {
            let pseudo = [&packet[12..20], &[0, packet[9]]].concat();
            self.transport(packet[9], frame, at + head, at + length, &pseudo, missing);
        }
    }

    fn ipv6(&mut self, frame: &[u8], at: usize, missing: usize) {
        let (Some(header), Some(length)) = (frame.get(at..at + 40), number(frame, at + 4)) else { return };
        if length == 0 {
            return;
        }
        if let Some(packet) = self.note("ipv6", frame, at, 40 + length, missing) {
            let pseudo = [&packet[8..40], &[0, header[6]]].concat();
            self.transport(header[6], frame, at + 40, at + 40 + length, &pseudo, missing);
        }
    }

    fn transport(&mut self, protocol: u8, frame: &[u8], at: usize, end: usize, pseudo: &[u8], missing: usize) {
        let Some(segment) = frame.get(at..end) else { return };
        let length = (segment.len() as u32).to_be_bytes();
        match protocol {
            17 if segment.len() >= 8 => {
                // The length may leave a surplus at the end (RFC 9868).
                let said = number(segment, 4).unwrap_or(0);
                let Some(datagram) = segment.get(..said).filter(|datagram| datagram.len() >= 8) else { return };
                self.note("udp", frame, at, said, missing);
                if datagram[6..8] != [0, 0] {
                    self.good(&[pseudo, &(said as u32).to_be_bytes(), datagram]);
                }
            }
            6 if segment.len() >= 20 => {
                self.note("tcp", frame, at, segment.len(), missing);
                self.good(&[pseudo, &length, segment]);
            }
            // An ICMP header has 4 bytes (RFC 792, RFC 4443 §2.1); the rest depends on the type.
            1 if segment.len() >= 4 => {
                self.note("icmp", frame, at, segment.len(), missing);
                self.good(&[segment]);
            }
            58 if segment.len() >= 4 => {
                self.note("icmpv6", frame, at, segment.len(), missing);
                self.good(&[pseudo, &length, segment]);
            }
            _ => {}
        }
    }
}

/// Any text as packet text: if it is built, the packet is written as text, and this is built to the same bytes.
pub fn text(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(mut packet) = text.parse::<Packet>() else { return };
    let Ok(built) = packet.build() else { return };
    let written = packet.to_string();
    let mut again: Packet = written.parse().unwrap_or_else(|error| panic!("{text}\n{written}: {error}"));
    let rebuilt = again.build().unwrap_or_else(|error| panic!("{text}\n{written}: {error}"));
    assert_eq!(rebuilt, built, "{text}\n{written}");
    // Writing it again changes nothing.
    assert_eq!(again.to_string(), written);
}
