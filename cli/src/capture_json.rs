//! The description of capture files in JSON, from which `build` writes the same file again.
//!
//! It is part of the objects of packets: `capture` is in the first packet of a file or section, and `interfaces` in the
//! first packet after their blocks.

use packetsmith::Tree;
use packetsmith::capture::{BlockOptions, ByteOrder, Format, Interface, PcapHeader, Record, RecordKind, Resolution};
use packetsmith::capture::{SectionHeader, Timestamp};
use packetsmith::output::Json;
use packetsmith::wire::fcs;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::collections::HashSet;

/// Writes the description of a file, each part once.
#[derive(Debug, Default)]
pub struct CaptureDescriber {
    /// Section and number of interfaces that have been written; `None` at the beginning of a file.
    written: Option<(u64, usize)>,
}

impl CaptureDescriber {
    /// Whether nothing about the file has been written.
    pub fn is_new(&self) -> bool {
        self.written.is_none()
    }

    /// Whether a packet comes with a section or interfaces that have not been written.
    pub fn has_news(&self, record: &Record<'_>) -> bool {
        match (record.format, self.written) {
            (None, _) => false,
            (Some(Format::Pcap(_)), written) => written.is_none_or(|(section, _)| section != record.section),
            (_, written) => written.is_none_or(|written| written != (record.section, record.interfaces.len())),
        }
    }

    /// What comes with a packet and has not been taken yet.
    pub fn take_news<'r>(&mut self, record: &Record<'r>) -> News<'r> {
        let known = self.written.filter(|(section, _)| *section == record.section);
        let is_pcapng = matches!(record.format, Some(Format::Pcapng(_)));
        let written = known.map_or(0, |(_, written)| written);
        let interfaces = record.interfaces.get(written..).filter(|_| is_pcapng).unwrap_or(&[]);
        self.written = Some((record.section, written + interfaces.len()));
        News { is_new_section: known.is_none(), interfaces, first: written }
    }

    /// Writes members about the file that a packet comes from, and about its record.
    pub fn record(&mut self, record: &Record<'_>, json: &mut Json) {
        let Some(format) = record.format else { return };
        let news = self.take_news(record);
        if news.is_new_section {
            capture(format, json);
        }
        if !news.interfaces.is_empty() {
            json.list("interfaces", |json| {
                for interface in news.interfaces {
                    json.object("", |json| {
                        json.number("link_type", interface.link_type.unwrap_or_default().into());
                        json.number("snap_len", interface.snap_len.into());
                        json.hex_string("options", interface.options().bytes());
                        comments(interface.comments(), json);
                    });
                }
            });
        }
    }
}

/// What a packet tells for the first time about its file.
pub struct News<'r> {
    /// Whether the file, or a section of it, begins.
    pub is_new_section: bool,
    /// The interfaces that are new.
    pub interfaces: &'r [Interface],
    /// Number of the first of them.
    pub first: usize,
}

/// Writes a member with the comments that options hold, which they have in hexadecimal.
fn comments<'c>(comments: impl Iterator<Item = Cow<'c, str>>, json: &mut Json) {
    let comments: Vec<_> = comments.collect();
    if !comments.is_empty() {
        json.list("options.comments", |json| comments.iter().for_each(|comment| json.item_string(comment)));
    }
}

/// Writes members that only few records need: odd times, old blocks, options.
pub fn oddities(record: &Record<'_>, json: &mut Json) {
    if let Some(time) = record.timestamp {
        let again = time.shown().and_then(|shown| match record.format {
            Some(Format::Pcapng(_)) => shown.at(time.resolution(), time.base()),
            _ => shown.at(time.resolution(), i64::try_from(shown.seconds()).ok()?),
        });
        if again != Some(time) {
            json.list("ticks", |json| {
                json.item(time.base());
                json.item(time.ticks());
            });
        }
        if let Some(Format::Pcap(header)) = record.format {
            let numbers = [time.base() as u32, time.ticks() as u32];
            let (bytes, len) = header.record(numbers, record.data.len() as u32, record.original_len);
            if bytes[..len] != *record.header {
                json.hex_string("record", record.header);
            }
        }
    }
    match record.kind() {
        RecordKind::Enhanced => {}
        RecordKind::Simple => json.string("block", "simple"),
        RecordKind::Old { drops } => {
            json.string("block", "old");
            json.number("drops", drops.into());
        }
    }
    if !record.options.bytes().is_empty() {
        json.hex_string("options", record.options.bytes());
        comments(record.comments(), json);
    }
    if record.options.find(PACKET_HASH).is_some() {
        // The hash of a packet that is changed is not written.
        json.hex_string("options.frame_crc32", &fcs(record.data));
    }
}

/// Code of the option with the hash of a packet, in an Enhanced Packet Block.
const PACKET_HASH: u16 = 3;

/// The options of a packet whose bytes are changed: without the hash of those that it had.
pub fn unhashed<'o>(options: BlockOptions<'o>, buffer: &'o mut Vec<u8>) -> BlockOptions<'o> {
    if options.find(PACKET_HASH).is_none() {
        return options;
    }
    *buffer = options.without(PACKET_HASH);
    BlockOptions::new(options.order(), buffer)
}

/// Writes the header of a pcap file or pcapng section.
pub fn capture(format: Format<'_>, json: &mut Json) {
    let order = |order| if order == ByteOrder::Big { "big" } else { "little" };
    json.object("capture", |json| match format {
        Format::Pcap(header) => {
            json.string("form", "pcap");
            json.string("byte_order", order(header.byte_order));
            json.number("resolution", header.resolution.raw().into());
            json.flag("modified", header.modified);
            json.list("version", |json| {
                json.item(header.version.0);
                json.item(header.version.1);
            });
            json.number("time_zone", (header.time_zone as u32).into());
            json.number("accuracy", header.accuracy.into());
            json.number("snap_len", header.snap_len.into());
            json.number("link_field", header.link_field.into());
        }
        Format::Pcapng(header) => {
            json.string("form", "pcapng");
            json.string("byte_order", order(header.byte_order));
            json.hex_string("options", header.options().bytes());
            comments(header.comments(), json);
        }
    });
}

/// The members of a packet's object that describe its record.
#[derive(Debug, Default)]
pub struct RecordMembers {
    pub capture: Option<Capture>,
    pub interfaces: Option<Vec<DescribedInterface>>,
    pub packet: Option<u64>,
    pub interface: Option<u32>,
    pub link_type: Option<u16>,
    pub time: Option<String>,
    pub ticks: Option<(i64, u64)>,
    pub record: Option<String>,
    pub block: Option<String>,
    pub drops: Option<u16>,
    pub options: Option<String>,
    /// CRC-32 of the frame that the options belong to.
    pub frame_crc32: Option<String>,
    pub captured_length: Option<u32>,
    pub original_length: Option<u32>,
    pub rest: Option<String>,
}

impl RecordMembers {
    /// Number of bytes that the capture cut off the end of the packet.
    pub fn missing(&self) -> u32 {
        let (captured, original) = (self.captured_length, self.original_length);
        captured.zip(original).map_or(0, |(captured, original)| original.saturating_sub(captured))
    }

    /// The options of the packet's block, without the hash of another frame. `None` if they are not hexadecimal.
    pub fn block_options(&self, order: ByteOrder, frame: &[u8]) -> Option<Vec<u8>> {
        let options = unhex(self.options.as_deref().unwrap_or(""))?;
        let same = match &self.frame_crc32 {
            Some(digits) => unhex(digits)? == fcs(frame),
            None => true,
        };
        Some(if same { options } else { BlockOptions::new(order, &options).without(PACKET_HASH) })
    }

    /// The header of the packet's record in a pcap file, with the time and the lengths that the packet has now.
    pub fn record_header(
        &self,
        format: Option<Format<'_>>,
        time: Option<Timestamp>,
        built: u32,
    ) -> Result<Vec<u8>, &'static str> {
        let mut bytes = unhex(self.record.as_deref().unwrap_or("")).ok_or("record: is hexadecimal")?;
        let (Some(Format::Pcap(header)), Some(time), false) = (format, time, bytes.is_empty()) else {
            return Ok(bytes);
        };
        let short = "record: the header of a record has 16 bytes or more";
        let numbers = [time.base() as u32, time.ticks() as u32];
        let (now, _) = header.record(numbers, built, self.wire_length(built));
        let unchanged = self.captured_length == Some(built);
        let (times, lengths) = bytes.split_at_mut_checked(8).ok_or(short)?;
        times.copy_from_slice(&now[..8]);
        let lengths = lengths.get_mut(..8).ok_or(short)?;
        if !unchanged {
            lengths.copy_from_slice(&now[8..16]);
        }
        Ok(bytes)
    }

    /// Length on the wire of a packet of which `built` bytes were built. It follows a change of the length; what was cut off
    /// stays so.
    pub fn wire_length(&self, built: u32) -> u32 {
        match (self.captured_length, self.original_length) {
            (Some(captured), Some(original)) => {
                let length = i64::from(original) + i64::from(built) - i64::from(captured);
                u32::try_from(length.max(0)).unwrap_or(u32::MAX)
            }
            (_, Some(original)) => original,
            (_, None) => built,
        }
    }
}

/// A packet's object: the description of its record, and its layers.
pub struct PacketObject<'p> {
    pub about: &'p mut RecordMembers,
    pub form: &'p mut Tree,
    /// The first member with an unknown name.
    pub unknown: &'p mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for PacketObject<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PacketObject<'_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        /// Reads a member, which may occur only once.
        fn once<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
            member: &mut Option<T>,
            key: &'static str,
            map: &mut A,
        ) -> Result<(), A::Error> {
            match member {
                Some(_) => Err(Error::duplicate_field(key)),
                None => map.next_value().map(|value| *member = value),
            }
        }
        *self.about = RecordMembers::default();
        *self.unknown = None;
        self.form.clear();
        let about = self.about;
        let mut others = HashSet::new();
        while let Some(Key(key)) = map.next_key()? {
            match &*key {
                "layers" if !self.form.is_empty() => return Err(Error::duplicate_field("layers")),
                "layers" => self.form.read_member("layers", &mut map)?,
                "packet" => once(&mut about.packet, "packet", &mut map)?,
                "interface" => once(&mut about.interface, "interface", &mut map)?,
                "link_type" => once(&mut about.link_type, "link_type", &mut map)?,
                "time" => once(&mut about.time, "time", &mut map)?,
                "captured_length" => once(&mut about.captured_length, "captured_length", &mut map)?,
                "original_length" => once(&mut about.original_length, "original_length", &mut map)?,
                "capture" => once(&mut about.capture, "capture", &mut map)?,
                "interfaces" => once(&mut about.interfaces, "interfaces", &mut map)?,
                "ticks" => once(&mut about.ticks, "ticks", &mut map)?,
                "record" => once(&mut about.record, "record", &mut map)?,
                "block" => once(&mut about.block, "block", &mut map)?,
                "drops" => once(&mut about.drops, "drops", &mut map)?,
                "options.frame_crc32" => once(&mut about.frame_crc32, "options.frame_crc32", &mut map)?,
                "options" => once(&mut about.options, "options", &mut map)?,
                "rest" => once(&mut about.rest, "rest", &mut map)?,
                key => {
                    if !others.insert(key.to_string()) {
                        return Err(Error::custom(format_args!("duplicate field `{key}`")));
                    }
                    // Members that `read` writes for people.
                    let known =
                        matches!(key, "file" | "flows" | "hosts" | "messages" | "reassembled" | "sampled" | "note")
                            || key.contains('.');
                    if !known && self.unknown.is_none() {
                        *self.unknown = Some(key.to_string());
                    }
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// A key, borrowed unless it has escapes.
#[derive(Deserialize)]
struct Key<'k>(#[serde(borrow)] Cow<'k, str>);

/// The header of a pcap file or pcapng section.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "form", rename_all = "lowercase")]
pub enum Capture {
    Pcap {
        byte_order: Order,
        resolution: u8,
        #[serde(default)]
        modified: bool,
        version: (u16, u16),
        #[serde(default)]
        time_zone: u32,
        #[serde(default)]
        accuracy: u32,
        snap_len: u32,
        link_field: u32,
    },
    Pcapng {
        byte_order: Order,
        #[serde(default)]
        options: String,
    },
}

/// Byte order.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    Big,
    Little,
}

/// An interface.
#[derive(Debug, Deserialize)]
pub struct DescribedInterface {
    pub link_type: u16,
    #[serde(default)]
    pub snap_len: u32,
    #[serde(default)]
    pub options: String,
}

impl From<Order> for ByteOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::Big => ByteOrder::Big,
            Order::Little => ByteOrder::Little,
        }
    }
}

/// The file that packets come from, as JSON describes it.
#[derive(Debug)]
pub enum SourceFile {
    /// Not described.
    None,
    Pcap(PcapHeader, Interface),
    Pcapng(SectionHeader, Vec<Interface>, u64),
}

impl SourceFile {
    /// Reads the description in a packet's object. `None` if bytes are not hexadecimal.
    pub fn update(&mut self, about: &RecordMembers) -> Option<()> {
        match &about.capture {
            Some(Capture::Pcap {
                byte_order,
                resolution,
                modified,
                version,
                time_zone,
                accuracy,
                snap_len,
                link_field,
            }) => {
                let header = PcapHeader {
                    byte_order: (*byte_order).into(),
                    resolution: Resolution::from_raw(*resolution),
                    modified: *modified,
                    version: *version,
                    time_zone: *time_zone as i32,
                    accuracy: *accuracy,
                    snap_len: *snap_len,
                    link_field: *link_field,
                };
                *self = SourceFile::Pcap(header, header.interface());
            }
            Some(Capture::Pcapng { byte_order, options }) => {
                let sections = if let SourceFile::Pcapng(_, _, sections) = self { *sections } else { 0 };
                let header = SectionHeader::new((*byte_order).into(), &unhex(options)?);
                *self = SourceFile::Pcapng(header, Vec::new(), sections + 1);
            }
            None => {}
        }
        if let SourceFile::Pcapng(header, interfaces, _) = self {
            for described in about.interfaces.iter().flatten() {
                let options = unhex(&described.options)?;
                interfaces.push(Interface::new(header.byte_order, described.link_type, described.snap_len, &options));
            }
        }
        Some(())
    }
}

/// Reads hexadecimal digits.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks();
    let digit = |byte: u8| (byte as char).to_digit(16);
    let byte = |&[high, low]: &[u8; 2]| Some((digit(high)? << 4 | digit(low)?) as u8);
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
