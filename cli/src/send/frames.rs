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

/// What each argument stands for. Texts are built before anything is sent.
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
    let mut frames = Frames { macs, splitter, pieces: Vec::new(), ends: Vec::new() };
    let mut round = 0;
    while (arguments.rounds == 0 || round < arguments.rounds) && !signals::ended() {
        let before = player.sent;
        for source in sources {
            player.schedule.begin();
            match source {
                Source::File(path) => frames.file(arguments, path, player)?,
                Source::Text(text, frame) => {
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

/// Makes the frames of a packet.
struct Frames {
    macs: Macs,
    splitter: Option<FrameSplitter>,
    /// Bytes of the frames, and where each ends.
    pieces: Vec<u8>,
    ends: Vec<usize>,
}

impl Frames {
    /// Sends the packets of a capture.
    fn file(&mut self, arguments: &Arguments, path: &str, player: &mut Player) -> Result<(), String> {
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
        player.flush(name)
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
        let Frames { macs, splitter, pieces, ends } = self;
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
        let mut begin = 0;
        let frames = self.ends.iter().map(|&end| &self.pieces[std::mem::replace(&mut begin, end)..end]);
        player.packet(name, number, time, frames)
    }
}
