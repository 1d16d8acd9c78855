//! `packetsmith rewrite`: packets with other addresses, ports, fields, tags and payloads.

mod arguments;
mod metadata;

pub use arguments::Arguments;

use crate::atomic_file::AtomicFile;
use crate::clock::{self, Clock};
use crate::flows::follow;
use crate::frame_reassembler::FrameReassembler;
use crate::outcome::{Outcome, complain};
use crate::output::Progress;
use crate::protocols::known;
use crate::read::{PacketToPrint, passes};
use crate::surgery::copying::{CopyFile, complain_of_shortened, form, refuse_input, shown};
use crate::{input, signals};
use metadata::MetadataRemover;
use packetsmith::Filter;
use packetsmith::anonymise::{SpecialAddresses, VendorPrefix};
use packetsmith::capture::{
    BlockOptions, ByteOrder, CaptureItem, Copier, Format, ItemContent, PacketChanges, PcapHeader, Record, Resolution,
};
use packetsmith::flow::{FlowSettings, Flows, MessageSettings};
use packetsmith::ip::{LongDatagrams, Settings};
use packetsmith::rewrite::{CapturedFrame, FieldChange, RewriteNote, RewriteRules, Rewriter};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// Most notes of a kind that are written out.
const MOST_NOTES: u64 = 10;
/// Option of a packet with its hash, which no longer matches a changed one.
const HASH: u16 = 3;

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    Ok(match rewrite(arguments) {
        Ok(outcome) => outcome,
        Err(message) => {
            complain(message);
            Outcome::Failed
        }
    })
}

/// The rules that the arguments ask for.
fn rules(arguments: &Arguments) -> Result<RewriteRules, String> {
    let mut rules = RewriteRules::new();
    for text in &arguments.set {
        let change = FieldChange::parse(text, known()).map_err(|error| format!("--set {text}: {error}"))?;
        rules = rules.set(change);
    }
    rules = arguments.map_ip.iter().fold(rules, |rules, mapping| rules.map_ip(*mapping));
    rules = arguments.map_mac.iter().fold(rules, |rules, mapping| rules.map_mac(*mapping));
    rules = arguments.map_port.iter().fold(rules, |rules, mapping| rules.map_port(*mapping));
    rules = arguments.vlan.iter().fold(rules, |rules, change| rules.vlan(*change));
    if arguments.dhcp {
        rules = rules.with_dhcp();
    }
    if arguments.dns {
        rules = rules.with_dns();
    }
    if let Some(key) = arguments.anonymise {
        let special = if arguments.mix_special { SpecialAddresses::Mixed } else { SpecialAddresses::Kept };
        let vendor = if arguments.keep_oui { VendorPrefix::Kept } else { VendorPrefix::Changed };
        rules = rules.anonymise(key, special, vendor);
    }
    if arguments.cut_names {
        rules = rules.cut_names();
    }
    if let Some(how) = arguments.strip_payload {
        rules = rules.payload(how.into());
    }
    if arguments.fix {
        rules = rules.fix();
    }
    if let Some(bytes) = arguments.snaplen {
        rules = rules.snaplen(bytes);
    }
    let maps = !(arguments.map_ip.is_empty() && arguments.map_mac.is_empty());
    if (arguments.dhcp || arguments.dns) && !maps {
        return Err(
            "--dhcp and --dns say where --map-ip and --map-mac map addresses: give one of these too".to_string()
        );
    }
    match rules.is_empty() {
        true => Err("nothing is to be changed: give --set, --map-ip or another option, see --help".to_string()),
        false => Ok(rules),
    }
}

/// Which packets are changed.
struct Selection<'a> {
    filter: &'a Filter,
    flows: Flows,
    datagrams: FrameReassembler,
    clock: Clock,
}

impl<'a> Selection<'a> {
    fn new(filter: &'a Filter) -> Self {
        let settings = FlowSettings { messages: Some(MessageSettings::default()), ..FlowSettings::default() };
        Selection {
            filter,
            flows: Flows::knowing(settings, *known()),
            datagrams: FrameReassembler::new(Settings { long_ipv6: LongDatagrams::Show, ..Settings::default() }),
            clock: Clock::new(clock::Format::R),
        }
    }

    fn has(&mut self, record: &Record<'_>) -> bool {
        follow(&mut self.flows, record, Some(&mut self.datagrams));
        self.clock.tick(record.timestamp);
        let packet = PacketToPrint::to_filter(record, &self.datagrams, Some(&self.flows));
        let passes = passes(self.filter, &packet, &self.clock);
        if passes {
            self.clock.tick_shown(record.timestamp);
        }
        passes
    }
}

/// Notes about packets: the first of each kind, and how many there are.
#[derive(Default)]
struct Notes {
    /// By the kind, how many there are, and the first one.
    counts: BTreeMap<&'static str, (u64, String)>,
}

impl Notes {
    fn take(&mut self, name: &str, number: u64, notes: &[RewriteNote]) {
        for note in notes {
            let (count, _) = self.counts.entry(note.id()).or_insert_with(|| (0, format!("packet {number}: {note}")));
            *count += 1;
            if *count <= MOST_NOTES {
                complain(format_args!("{name}: packet {number}: {note}"));
            }
        }
    }

    fn finish(&self) {
        for (count, first) in self.counts.values().filter(|(count, _)| *count > MOST_NOTES) {
            complain(format_args!("{} more messages like that of {first}", count - MOST_NOTES));
        }
    }
}

/// What the files are rewritten with.
struct Rewriting<'a> {
    arguments: &'a Arguments,
    rewriter: Rewriter,
    selection: Option<Selection<'a>>,
    metadata: Option<MetadataRemover>,
    notes: Notes,
    new: Vec<u8>,
    header: Vec<u8>,
    options: Vec<u8>,
    read: u64,
    changed: u64,
    /// Packets that became longer than the snapshot length of their file.
    beyond_snaplen: u64,
}

/// Rewrites the files.
fn rewrite(arguments: &Arguments) -> Result<Outcome, String> {
    arguments.protocols.apply()?;
    let rewriter = Rewriter::knowing(rules(arguments)?, *known()).map_err(|error| error.to_string())?;
    refuse_input(&arguments.files, &arguments.write)?;
    let removes = arguments.anonymise.is_some() && !arguments.keep_metadata;
    let mut rewriting = Rewriting {
        arguments,
        rewriter,
        selection: None,
        metadata: removes.then(MetadataRemover::default),
        notes: Notes::default(),
        new: Vec::new(),
        header: Vec::new(),
        options: Vec::new(),
        read: 0,
        changed: 0,
        beyond_snaplen: 0,
    };
    let mut first = Some(input::open(&arguments.files[0], &arguments.input)?);
    let copier = Copier::new(AtomicFile::create(&arguments.write)?, form(arguments.file_format));
    let mut file = CopyFile::new(&arguments.write, copier);
    let mut failed = false;
    let plain = PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1);
    let mut last = None;
    for (source, path) in arguments.files.iter().enumerate() {
        if signals::ended() {
            break;
        }
        let reader = match first.take() {
            Some(reader) => Ok(reader),
            None => input::open(path, &arguments.input),
        };
        match reader {
            Ok(mut reader) => {
                failed |= !rewriting.file(source, path, &mut reader, &mut file)?;
                last = Some(reader);
            }
            Err(message) => {
                complain(message);
                failed = true;
            }
        }
    }
    rewriting.notes.finish();
    if rewriting.beyond_snaplen > 0 {
        complain(format_args!(
            "packets that were cut to the snapshot length of their file, because a tag made them longer: {}",
            rewriting.beyond_snaplen
        ));
    }
    for unused in rewriting.rewriter.unused_rules() {
        let which = if arguments.filter.is_some() { " in the packets that pass the filter" } else { "" };
        complain(format_args!("a rule had nothing to do: {unused}{which}"));
    }
    if let Some(metadata) = rewriting.metadata.as_ref().filter(|metadata| !metadata.left_out().is_empty()) {
        complain(format_args!(
            "{}: without what could tell names, addresses or secrets: {} (--keep-metadata keeps it)",
            file.name,
            metadata.left_out()
        ));
    }
    if arguments.anonymise.is_some() {
        let stays = match (arguments.cut_names, arguments.strip_payload) {
            (false, None) => Some("names and payloads are not anonymised: see --cut-names and --strip-payload"),
            (false, Some(_)) => None,
            (true, None) => Some("payloads are not anonymised: see --strip-payload"),
            (true, Some(_)) => None,
        };
        stays.into_iter().for_each(complain);
    }
    // A file without packets has a header all the same; that of a source may tell names.
    let format = last.as_ref().map_or(Format::Pcap(&plain), |reader| reader.format());
    failed |= !file.finish(format)?;
    complain(format_args!("{} of {} packets were changed", rewriting.changed, rewriting.read));
    Ok(match (failed, rewriting.changed) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        (false, _) => Outcome::Done,
    })
}

impl Rewriting<'_> {
    /// Cuts the new packet to the snapshot length that its file states, if it grew beyond it. Others read no more of it.
    fn cut_to_snaplen(&mut self, old: &Record<'_>) {
        let most = old.description.map_or(0, |interface| interface.snap_len as usize);
        if (old.data.len()..self.new.len()).contains(&most) && most > 0 {
            self.new.truncate(most);
            self.beyond_snaplen += 1;
        }
    }

    /// Rewrites a file, and tells whether all went well.
    fn file(
        &mut self,
        source: usize,
        path: &Path,
        reader: &mut input::Input,
        file: &mut CopyFile,
    ) -> Result<bool, String> {
        let name = shown(path, "standard input");
        self.selection = self.arguments.filter.as_ref().map(Selection::new);
        let mut is_right = true;
        let mut progress = Progress::new(reader, &name);
        while let Some(item) = reader.next_item().filter(|_| !signals::ended()) {
            let item = match item {
                Ok(item) => item,
                Err(error) => {
                    complain(error);
                    is_right = false;
                    continue;
                }
            };
            let number = match &item.content {
                ItemContent::Packet(record) => Some(record.number),
                _ => None,
            };
            is_right &= self.item(source, &item, &name, file)?;
            if number.is_some() {
                progress.packet(reader);
            }
        }
        drop(progress);
        Ok(is_right && !signals::complain_if_interrupted(&name, reader.source_len()))
    }

    /// Rewrites a packet, or copies a block.
    fn item(&mut self, source: usize, item: &CaptureItem<'_>, name: &str, file: &mut CopyFile) -> Result<bool, String> {
        let mut item = item.clone();
        let mut number = None;
        if let ItemContent::Packet(record) = &item.content {
            number = Some(record.number);
            self.read += 1;
            complain_of_shortened(record, name);
            let is_meant = self.selection.as_mut().is_none_or(|selection| selection.has(record));
            if let (true, Some(link_type)) = (is_meant, record.link_type) {
                let frame = CapturedFrame::new(packetsmith::NextProtocol::LinkType(link_type), record.data)
                    .original_len(record.original_len as usize)
                    .fcs_len(record.fcs_len);
                let outcome = self.rewriter.rewrite_captured(frame, &mut self.new);
                let outcome = outcome.map_err(|error| format!("{name}: packet {}: {error}", record.number))?;
                self.notes.take(name, record.number, &outcome.notes);
                if outcome.is_changed {
                    self.changed += 1;
                    self.cut_to_snaplen(record);
                    let shrunk =
                        outcome.original_len as i64 - record.data.len().max(record.original_len as usize) as i64;
                    let original_len = i64::from(record.original_len) + shrunk;
                    let record = Record {
                        data: &self.new,
                        original_len: u32::try_from(original_len).unwrap_or(self.new.len() as u32),
                        ..*record
                    };
                    item.content = ItemContent::Packet(changed(record, &mut self.header, &mut self.options));
                }
            }
        }
        let item = match &mut self.metadata {
            Some(metadata) => match metadata.remove(source, &item) {
                Some(item) => item,
                None => return Ok(true),
            },
            None => item,
        };
        let result = file.copier.copy(source, &item, PacketChanges::default());
        file.settle(result, name, number)
    }
}

/// A record whose header has the lengths of its packet. Its hash is left out.
fn changed<'a>(record: Record<'a>, header: &'a mut Vec<u8>, options: &'a mut Vec<u8>) -> Record<'a> {
    let mut record = record;
    if let Some(Format::Pcap(pcap)) = record.format {
        header.clear();
        header.extend_from_slice(record.header);
        let lengths = [record.data.len() as u32, record.original_len];
        if let Some(places) = header.get_mut(8..16) {
            for (place, number) in places.chunks_exact_mut(4).zip(lengths) {
                place.copy_from_slice(&match pcap.byte_order {
                    ByteOrder::Little => number.to_le_bytes(),
                    ByteOrder::Big => number.to_be_bytes(),
                });
            }
        }
        record.header = header;
    }
    if record.options.find(HASH).is_some() {
        *options = record.options.without(HASH);
        record.options = BlockOptions::new(record.options.order(), options);
    }
    record
}
