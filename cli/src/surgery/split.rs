//! `packetsmith split`: several files of one capture.

use super::copying::{CopyFile, OutputArguments, complain_of_shortened, form, refuse_input, shown};
use super::times::nanos;
use crate::atomic_file::AtomicFile;
use crate::clock::{self, Clock};
use crate::flows::follow;
use crate::frame_reassembler::FrameReassembler;
use crate::numbers::{bytes, number};
use crate::outcome::{Outcome, complain};
use crate::output::{Output, Progress};
use crate::protocols::{self, known};
use crate::read::{PacketToPrint, parse_filter, passes};
use crate::{input, signals};
use packetsmith::Filter;
use packetsmith::capture::{
    CaptureItem, Copier, Format, ItemContent, PacketChanges, Record, SectionContext, Timestamp,
};
use packetsmith::flow::{FlowSettings, Flows, LayerAnalysis, MessageSettings};
use packetsmith::ip::{LongDatagrams, Settings};
use packetsmith::output::TerminalText;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Splits a capture into several files.
///
/// Of OUT, such as part.pcapng, the files have the names part_00001.pcapng and so on. Each pcapng file begins with the section
/// header, the interfaces, the names and the decryption secrets that came before, and can be read alone. One line a file is
/// printed: its name, and how many packets it has.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("rule").args(["packets", "interval", "size", "by_flow", "filter"]).required(true),
    after_help = "\
Examples:
  packetsmith split trace.pcapng -c 100000 -w part.pcapng      files of 100,000 packets
  packetsmith split trace.pcap -i 3600 -w hour.pcap            a file for each hour, from the first packet on
  packetsmith split trace.pcap --size 100M -w part.pcap.gz     files of at most 100 MiB before compression
  packetsmith split trace.pcap --by-flow -w flow.pcap          flow_tcp_0.pcap, flow_udp_0.pcap, ...
  packetsmith split trace.pcap -Y dns -w dns.pcap              dns_match.pcap and dns_rest.pcap

-c and -i are as in editcap.

Exit status: 0 if all went well, 1 if there are no packets, 2 if the file could not be read to its
end, or a packet could not be written.")]
pub struct Arguments {
    /// Capture file: pcap or pcapng, plain or compressed, or a hexdump; - for standard input
    #[arg(value_name = "IN")]
    file: PathBuf,
    #[command(flatten)]
    input: input::Arguments,
    #[command(flatten)]
    output: OutputArguments,
    /// A file for every N packets
    #[arg(short = 'c', long, value_name = "N", value_parser = number::<u64>(1..=u64::MAX))]
    packets: Option<u64>,
    /// A file for every so many seconds from the first packet on; none for a time without packets
    #[arg(short = 'i', long, value_name = "SECONDS", value_parser = interval)]
    interval: Option<i128>,
    /// Files of at most so many bytes before compression, such as 100M; larger ones have one packet
    #[arg(long, value_name = "BYTES", value_parser = bytes(1..=u64::MAX))]
    size: Option<u64>,
    /// A file for each conversation of TCP and UDP, with the number that 'streams' has, and one for all other packets. After
    /// the first 400 conversations, those that begin later are in that one
    #[arg(long)]
    by_flow: bool,
    /// A file for packets that pass this display filter, and one for the others
    #[arg(short = 'Y', long, value_name = "FILTER", value_parser = parse_filter, allow_hyphen_values = true)]
    filter: Option<Filter>,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

/// Most conversations that have a file. All files are open until the end.
const MOST_FLOWS: usize = 400;

/// Parses the length of an interval.
fn interval(text: &str) -> Result<i128, String> {
    nanos(text)
        .ok()
        .filter(|nanos| *nanos > 0)
        .ok_or_else(|| "a number of seconds above 0 is expected, such as 3600 or 0.5".to_string())
}

/// What follows packets, where a rule needs that.
struct Dissection {
    flows: Flows,
    datagrams: FrameReassembler,
    clock: Clock,
}

/// Which packets go to which file.
struct Rule<'a> {
    arguments: &'a Arguments,
    dissection: Option<Dissection>,
    /// Number of the file at hand, from 1, and its packets.
    number: u64,
    packets: u64,
    /// Nanoseconds since 1970 at the first packet, and the interval at hand.
    first: Option<i128>,
    interval: i128,
    /// Conversations with a file: protocol and number.
    flows: BTreeSet<(&'static str, u64)>,
    /// Packets of later conversations.
    later: u64,
}

impl<'a> Rule<'a> {
    fn new(arguments: &'a Arguments) -> Self {
        let dissects = arguments.by_flow || arguments.filter.is_some();
        let dissection = dissects.then(|| {
            let messages = arguments.filter.is_some().then(MessageSettings::default);
            Dissection {
                flows: Flows::knowing(FlowSettings { messages, ..FlowSettings::default() }, *known()),
                datagrams: FrameReassembler::new(Settings { long_ipv6: LongDatagrams::Show, ..Settings::default() }),
                clock: Clock::new(clock::Format::R),
            }
        });
        Rule {
            arguments,
            dissection,
            number: 0,
            packets: 0,
            first: None,
            interval: 0,
            flows: BTreeSet::new(),
            later: 0,
        }
    }

    /// What the name of the packet's file has behind that of OUT. `room` tells whether a packet has room in the file at hand.
    fn file(&mut self, record: &Record<'_>, room: impl FnOnce() -> bool) -> String {
        let Arguments { packets, interval, filter, .. } = self.arguments;
        if let Some(Dissection { flows, datagrams, clock }) = &mut self.dissection {
            follow(flows, record, Some(datagrams));
            let Some(filter) = filter else { return self.conversation() };
            clock.tick(record.timestamp);
            let packet = PacketToPrint::to_filter(record, datagrams, Some(flows));
            let has_passed = passes(filter, &packet, clock);
            if has_passed {
                clock.tick_shown(record.timestamp);
            }
            return if has_passed { "match" } else { "rest" }.to_string();
        }
        let is_full = match (packets, interval) {
            _ if self.number == 0 => true,
            (Some(packets), _) => self.packets >= *packets,
            (_, Some(length)) => {
                // A packet without a time stays with the one before.
                let (now, first) = (record.timestamp.map(Timestamp::nanos), self.first);
                let place = now.zip(first).map_or(self.interval, |(now, first)| (now - first).div_euclid(*length));
                let is_full = place > self.interval;
                self.interval = self.interval.max(place);
                is_full
            }
            _ => !room(),
        };
        self.first = self.first.or(record.timestamp.map(Timestamp::nanos));
        if is_full {
            self.number += 1;
            self.packets = 0;
        }
        self.packets += 1;
        format!("{:05}", self.number)
    }

    /// The file of a conversation.
    fn conversation(&mut self) -> String {
        let found = self.dissection.as_ref().map_or(&[][..], |dissection| dissection.flows.found());
        let stream = found.iter().find_map(|layer| match &layer.analysis {
            LayerAnalysis::Tcp(tcp) => Some(("tcp", tcp.stream)),
            LayerAnalysis::Udp(udp) => Some(("udp", udp.stream)),
            _ => None,
        });
        match stream {
            Some(stream) if self.flows.contains(&stream) || self.flows.len() < MOST_FLOWS => {
                self.flows.insert(stream);
                format!("{}_{}", stream.0, stream.1)
            }
            other => {
                self.later += u64::from(other.is_some());
                "others".to_string()
            }
        }
    }

    /// Whether one file follows the other.
    fn is_in_sequence(&self) -> bool {
        self.dissection.is_none()
    }
}

/// The files that are written.
struct Parts<'a> {
    arguments: &'a Arguments,
    context: SectionContext,
    /// By what their names have behind that of OUT; with the number of their packets.
    open: BTreeMap<String, (CopyFile, u64)>,
    /// The names and packets of those that are complete.
    complete: &'a mut Vec<(String, u64)>,
    is_right: bool,
}

impl Parts<'_> {
    /// Writes a block to all files that are open.
    fn block(&mut self, item: &CaptureItem<'_>, input: &str) -> Result<(), String> {
        for (file, _) in self.open.values_mut() {
            let result = file.copier.copy(0, item, PacketChanges::default());
            file.settle(result, input, None)?;
        }
        Ok(())
    }

    /// Writes a packet to a file, which begins with what came before if it is new.
    fn packet(&mut self, key: &str, item: &CaptureItem<'_>, number: u64, input: &str) -> Result<(), String> {
        if !self.open.contains_key(key) {
            let path = part_path(&self.arguments.output.write, key);
            refuse_input(std::slice::from_ref(&self.arguments.file), &path)?;
            let copier = Copier::new(AtomicFile::create(&path)?, form(self.arguments.output.file_format));
            let mut file = CopyFile::new(&path, copier);
            let result = self.context.replay(&mut file.copier);
            file.settle(result, input, None)?;
            self.open.insert(key.to_string(), (file, 0));
        }
        if let Some((file, packets)) = self.open.get_mut(key) {
            let result = file.copier.copy(0, item, PacketChanges::default());
            let is_written = file.settle(result, input, Some(number))?;
            *packets += u64::from(is_written);
            self.is_right &= is_written;
        }
        Ok(())
    }

    /// Completes the files that are open. What the format has no place for is said of the first.
    fn close(&mut self, format: Format<'_>) -> Result<(), String> {
        for (_, (file, packets)) in std::mem::take(&mut self.open) {
            let name = file.name.clone();
            self.is_right &= match self.complete.is_empty() {
                true => file.finish(format)?,
                false => file.finish_silently(format)?,
            };
            self.complete.push((name, packets));
        }
        Ok(())
    }
}

/// The path of a file: `part.pcap.gz` becomes `part_00001.pcap.gz`.
fn part_path(path: &Path, key: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unpacked = name.strip_suffix(".gz").unwrap_or(&name);
    let end = unpacked.rfind('.').filter(|end| *end > 0).unwrap_or(unpacked.len());
    let mut part = OsString::from(&name[..end]);
    part.push(format!("_{key}"));
    part.push(&name[end..]);
    path.with_file_name(part)
}

/// Bytes of a packet in a file of the format that it comes from.
fn length_of(record: &Record<'_>) -> u64 {
    let (data, options) = (record.data.len(), record.options.bytes().len());
    let length = match record.format {
        Some(Format::Pcapng(_)) => {
            record.header.len() + data.next_multiple_of(4) + options.next_multiple_of(4) + size_of::<u32>()
        }
        _ => record.header.len() + data,
    };
    length as u64
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let mut output = Output::new();
    let mut complete = Vec::new();
    let result = split(arguments, &mut complete);
    for (name, packets) in &complete {
        output.put(format!("{}  {packets}\n", TerminalText(name)).as_bytes())?;
    }
    output.flush()?;
    Ok(match result {
        Ok(true) if complete.is_empty() => Outcome::NothingMatched,
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::Failed,
        Err(message) => {
            complain(message);
            Outcome::Failed
        }
    })
}

/// Writes the files, and tells whether all went well. Those that are complete are listed.
fn split(arguments: &Arguments, complete: &mut Vec<(String, u64)>) -> Result<bool, String> {
    arguments.protocols.apply()?;
    let OutputArguments { write, .. } = &arguments.output;
    if write.as_os_str() == "-" || write.file_name().is_none() {
        return Err("split writes several files: give -w a name such as part.pcapng".to_string());
    }
    let mut reader = input::open(&arguments.file, &arguments.input)?;
    let name = shown(&arguments.file, "standard input");
    let mut progress = Progress::new(&reader, &name);
    let mut rule = Rule::new(arguments);
    let mut parts =
        Parts { arguments, context: SectionContext::default(), open: BTreeMap::new(), complete, is_right: true };
    while let Some(item) = reader.next_item().filter(|_| !signals::ended()) {
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                complain(error);
                parts.is_right = false;
                continue;
            }
        };
        let ItemContent::Packet(record) = &item.content else {
            parts.block(&item, &name)?;
            parts.context.remember(&item);
            continue;
        };
        parts.context.remember(&item);
        complain_of_shortened(record, &name);
        let written = parts.open.values_mut().map(|(file, _)| file.copier.get_mut().written()).sum::<u64>();
        let has_room = || arguments.size.is_none_or(|size| written.saturating_add(length_of(record)) <= size);
        let key = rule.file(record, has_room);
        if rule.is_in_sequence() && !parts.open.contains_key(&key) {
            parts.close(item.format)?;
        }
        parts.packet(&key, &item, record.number, &name)?;
        progress.packet(&reader);
    }
    drop(progress);
    parts.close(reader.format())?;
    if rule.later > 0 {
        complain(format_args!(
            "{name}: more than {MOST_FLOWS} conversations: {} packets of later ones are in the file of others",
            rule.later
        ));
    }
    if parts.context.forgotten() > 0 {
        complain(format_args!(
            "{name}: {} blocks of names and secrets are in the file at hand alone: the later ones begin with the first 16 MiB",
            parts.context.forgotten()
        ));
    }
    Ok(parts.is_right && !signals::complain_if_interrupted(&name, reader.source_len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parts() {
        let named = |path: &str| part_path(Path::new(path), "00001").to_string_lossy().into_owned();
        assert_eq!(named("part.pcapng"), "part_00001.pcapng");
        assert_eq!(named("a.b/part.pcap.gz"), "a.b/part_00001.pcap.gz");
        assert_eq!(named("part"), "part_00001");
        assert_eq!(named(".hidden"), ".hidden_00001");
    }
}
