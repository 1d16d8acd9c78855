//! The frames that are sent: of captures and of text, with other MAC addresses and split where the arguments say so.

use super::arguments::{Arguments, SourceMac};
use super::player::Player;
use crate::fragment::{FrameSplitter, Pieces};
use crate::input;
use crate::outcome::marked;
use crate::output::Progress;
use crate::signals;
use packetsmith::capture::{Record, Timestamp};
use packetsmith::ip::Fragmenter;
use packetsmith::live::Sender;
use packetsmith::{LinkType, MacAddr, PacketText};
use std::path::Path;

/// Link type of Ethernet.
const ETHERNET: u16 = 1;

/// Length of an Ethernet header in bytes.
const ETHERNET_HEADER: usize = 14;

/// Most bytes of memory for the frames of a file that are kept for the next round.
const MOST_KEPT: usize = 1 << 26;

/// MAC addresses that replace those of frames.
#[derive(Clone, Copy, Debug, Default)]
pub struct Macs {
    source: Option<MacAddr>,
    destination: Option<MacAddr>,
}

impl Macs {
    pub fn new(source: Option<SourceMac>, destination: Option<MacAddr>, sender: &Sender) -> Result<Self, String> {
        let interface = sender.name();
        let source = match source {
            None => None,
            Some(SourceMac::Given(mac)) => Some(mac),
            Some(SourceMac::Interface) => {
                Some(sender.mac().ok_or_else(|| format!("--source-mac: {interface} has no MAC address"))?)
            }
        };
        if (source.is_some() || destination.is_some()) && sender.link_type() != ETHERNET {
            return Err(format!("{interface} sends no Ethernet frames: they have no MAC addresses to be replaced"));
        }
        Ok(Macs { source, destination })
    }

    fn replace(self, frame: &mut [u8]) {
        for (start, mac) in [(0, self.destination), (6, self.source)] {
            if let (Some(mac), Some(bytes)) = (mac, frame.get_mut(start..start + 6)) {
                bytes.copy_from_slice(&mac.0);
            }
        }
    }
}

/// What is sent.
pub enum Source {
    /// A capture file, or standard input.
    File(String),
    /// A packet that was written as text, and its frame.
    Text(String, Vec<u8>),
}

/// Tells which arguments are files and which are packet text. The packets of all texts are built before the first is sent.
pub fn sources(arguments: &Arguments, sender: &Sender) -> Result<Vec<Source>, String> {
    let source = |text: &String| match text == "-" || Path::new(text).exists() {
        true => Ok(Source::File(text.clone())),
        false => build(text, sender.link_type(), sender.name()).map(|frame| Source::Text(text.clone(), frame)),
    };
    arguments.sources.iter().map(source).collect()
}

/// Sends all sources, as often as the arguments say. The error stops all sending.
pub fn send(arguments: &Arguments, sources: &[Source], macs: Macs, player: &mut Player) -> Result<(), String> {
    let splitter = arguments.fragment.map(|mtu| {
        let fragmenter = Fragmenter::new(mtu as usize).ignore_dont_fragment(arguments.ignore_df);
        FrameSplitter::new(fragmenter, mtu as usize)
    });
    let mut frames = Frames { macs, splitter, pieces: Vec::new(), ends: Vec::new(), keeping: None };
    let mut kept: Vec<Option<Kept>> = sources.iter().map(|_| None).collect();
    let mut round = 0;
    while (arguments.rounds == 0 || round < arguments.rounds) && !signals::ended() {
        let before = player.sent;
        for (source, kept) in sources.iter().zip(&mut kept) {
            player.schedule.begin();
            match (source, &kept) {
                (Source::File(path), Some(kept)) => kept.play(path, player)?,
                (Source::File(path), None) => *kept = frames.file(arguments, path, player)?,
                (Source::Text(text, frame), _) => {
                    frames.packet(text, 1, None, frame, player)?;
                    player.flush(text)?;
                }
            }
        }
        round += 1;
        if arguments.rounds == 0 && player.sent == before {
            return Err("--loop 0: there is nothing that can be sent".into());
        }
    }
    Ok(())
}

/// Builds a packet of text.
fn build(text: &str, link_type: u16, interface: &str) -> Result<Vec<u8>, String> {
    let marked = |error: packetsmith::PacketTextError| {
        let (line, at) = crate::build::line_of(text, error.at);
        format!("{error}\n\n{}", marked(line, at))
    };
    let mut notation = PacketText::parse(text, &mut crate::build::read_file).map_err(marked)?;
    let frame = notation.build().map_err(marked)?;
    let first = notation.packet.first().map(|proto| packetsmith::NextProtocol::LinkType(link_type).proto() == proto);
    match first {
        Some(false) => {
            let begin = packetsmith::NextProtocol::LinkType(link_type).proto().name();
            Err(format!(
                "{text}: {interface} sends frames of {}: the packet has to begin with {begin}",
                shown(link_type)
            ))
        }
        _ => Ok(frame),
    }
}

/// A link type by its name.
fn shown(link_type: u16) -> String {
    LinkType::from(link_type).name().map_or_else(|| format!("link type {link_type}"), str::to_string)
}

/// The frames of a file, as they are sent again in the next round.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// Where each frame ends.
    ends: Vec<usize>,
    /// Number and time of each packet, and how many frames there are up to its last.
    packets: Vec<(u64, Option<Timestamp>, usize)>,
}

impl Kept {
    /// About how many bytes of memory it takes.
    fn size(&self) -> usize {
        self.bytes.len() + size_of_val(&self.ends[..]) + size_of_val(&self.packets[..])
    }

    fn add(&mut self, number: u64, time: Option<Timestamp>, pieces: &[u8], ends: &[usize]) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(pieces);
        self.ends.extend(ends.iter().map(|end| start + end));
        self.packets.push((number, time, self.ends.len()));
    }

    fn play(&self, name: &str, player: &mut Player) -> Result<(), String> {
        let (mut begin, mut first) = (0, 0);
        for &(number, time, last) in &self.packets {
            if signals::ended() {
                break;
            }
            let ends = self.ends[std::mem::replace(&mut first, last)..last].iter();
            let frames = ends.map(|&end| &self.bytes[std::mem::replace(&mut begin, end)..end]);
            player.packet(name, number, time, frames)?;
        }
        player.flush(name)
    }
}

/// Makes the frames of a packet.
struct Frames {
    macs: Macs,
    splitter: Option<FrameSplitter>,
    /// Bytes of the frames, and where each ends.
    pieces: Vec<u8>,
    ends: Vec<usize>,
    /// The frames of the file that is read, if further rounds follow.
    keeping: Option<Kept>,
}

impl Frames {
    /// Sends the packets of a capture. Returns their frames for the next round, unless they are many or some were refused: then the
    /// file is read again.
    fn file(&mut self, arguments: &Arguments, path: &str, player: &mut Player) -> Result<Option<Kept>, String> {
        let refused = player.refused;
        self.keeping = (arguments.rounds != 1).then(Kept::default);
        let mut reader = input::open(Path::new(path), &arguments.input)?;
        let name = if path == "-" { "standard input" } else { path };
        let mut progress = Progress::without_output(&reader, name);
        let mut remaining = arguments.count.unwrap_or(u64::MAX);
        let comes_slowly = reader.source_len().is_none();
        while remaining > 0 && !signals::ended() {
            let Some(record) = reader.next_record() else { break };
            let record = match record {
                Ok(record) => record,
                Err(_) if signals::ended() => break,
                Err(error) => {
                    player.flush(name)?;
                    player.refuse(format_args!("{error}"));
                    continue;
                }
            };
            remaining -= 1;
            self.record(name, &record, player)?;
            if comes_slowly {
                player.flush(name)?;
            }
            progress.packet(&reader);
        }
        player.flush(name)?;
        Ok(self.keeping.take().filter(|_| player.refused == refused))
    }

    /// Sends a packet of a capture, unless it cannot be sent as it was.
    fn record(&mut self, name: &str, record: &Record<'_>, player: &mut Player) -> Result<(), String> {
        let number = record.number;
        let expected = player.sender.link_type();
        if record.link_type != Some(expected) {
            let link_type = record.link_type.map_or("unknown".into(), shown);
            let interface = player.sender.name().to_string();
            player.refuse(format_args!(
                "{name}: packet {number}: not sent: its link type is {link_type}, and {interface} sends {}",
                shown(expected)
            ));
            return Ok(());
        }
        if record.data.len() < record.original_len as usize {
            player.refuse(format_args!(
                "{name}: packet {number}: not sent: the capture has {} of its {} bytes",
                record.data.len(),
                record.original_len
            ));
            return Ok(());
        }
        // The interface appends a frame check sequence of its own.
        let fcs = usize::from(record.fcs_len.unwrap_or(0)).min(record.data.len());
        let frame = &record.data[..record.data.len() - fcs];
        self.packet(name, number, record.timestamp, frame, player)
    }

    /// Sends a packet, in several frames if it is to be split.
    fn packet(
        &mut self,
        name: &str,
        number: u64,
        time: Option<Timestamp>,
        frame: &[u8],
        player: &mut Player,
    ) -> Result<(), String> {
        let link_type = player.sender.link_type();
        if link_type == ETHERNET && frame.len() < ETHERNET_HEADER {
            let length = frame.len();
            player.refuse(format_args!(
                "{name}: packet {number}: not sent: an Ethernet frame has at least {ETHERNET_HEADER} bytes, and it has {length}"
            ));
            return Ok(());
        }
        self.pieces.clear();
        self.ends.clear();
        let Frames { macs, splitter, pieces, ends, .. } = self;
        let mut add = |frame: &[u8]| {
            let start = pieces.len();
            pieces.extend_from_slice(frame);
            macs.replace(&mut pieces[start..]);
            ends.push(pieces.len());
        };
        match splitter.as_mut().map(|splitter| splitter.split(link_type, frame, &mut add)) {
            None | Some(Ok(Pieces::One)) => add(frame),
            Some(Ok(Pieces::Several)) => {}
            Some(Err(why)) => {
                player.refuse(format_args!("{name}: packet {number}: not sent: {why}"));
                return Ok(());
            }
        }
        self.keeping = self.keeping.take().filter(|kept| kept.size() + self.pieces.len() <= MOST_KEPT);
        if let Some(kept) = &mut self.keeping {
            kept.add(number, time, &self.pieces, &self.ends);
        }
        let mut begin = 0;
        let frames = self.ends.iter().map(|&end| &self.pieces[std::mem::replace(&mut begin, end)..end]);
        player.packet(name, number, time, frames)
    }
}
