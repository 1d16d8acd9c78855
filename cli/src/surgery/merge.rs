//! `packetsmith merge`: several captures as one.

use super::copying::{CopyFile, complain_of_shortened, form, refuse_input, shown};
use crate::atomic_file::AtomicFile;
use crate::destination::Choice;
use crate::outcome::{Outcome, complain};
use crate::{input, signals};
use packetsmith::capture::{
    ByteOrder, Copier, Form, Format, ItemContent, MAX_OPEN, Merger, PacketChanges, PcapHeader, Reader, Resolution,
    SectionHeader,
};
use std::io::{self, Read};
use std::path::PathBuf;

/// Merges captures by the times of their packets.
///
/// The output is pcapng with one section. Each file keeps its interfaces, in new numbers, and its names, statistics, secrets and
/// comments. What a file's header says becomes a comment of its first interface.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith merge client.pcapng server.pcap -w both.pcapng
  packetsmith merge ring_*.pcapng.gz -w all.pcapng
  packetsmith merge -a first.pcap second.pcap -w joined.pcapng -F pcapng
  packetsmith merge -F pcap eth0.pcap eth1.pcap -w -          to standard output, as pcap

Of packets with the same time, those of the file that is named first come first. A file's own
packets keep their order. At most 128 files are open at a time: of more files, each is opened when
its first packet is due.

Exit status: 0 if all went well, 2 if a file could not be read to its end, or a packet could not be
written.")]
pub struct Arguments {
    /// Capture files: pcap or pcapng, plain or compressed, or hexdumps; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    input: input::Arguments,
    /// Write the packets to this capture file, which must not be one of those that are read; - for standard output
    #[arg(short, long, value_name = "OUT")]
    write: PathBuf,
    /// Format of the capture file that is written
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", default_value = "pcapng")]
    file_format: Choice,
    /// Append the files in the order in which they are named, whatever their times are
    #[arg(short, long)]
    append: bool,
}

type Files = Merger<Box<dyn Read + Send>>;

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    Ok(match merge(arguments) {
        Ok(true) => Outcome::Done,
        Ok(false) => Outcome::Failed,
        Err(message) => {
            complain(message);
            Outcome::Failed
        }
    })
}

/// Opens the files: all, or each when it is due. Returns what was opened, and whether that were all.
fn open(arguments: &Arguments) -> Result<(Files, Vec<String>, ByteOrder, bool), String> {
    let Arguments { files, input, write, .. } = arguments;
    refuse_input(files, write)?;
    let mut merger = if arguments.append { Merger::appending() } else { Merger::default() };
    let (mut names, mut order, mut is_complete) = (Vec::new(), None, true);
    for path in files {
        let mut reader = match input::open(path, input) {
            Ok(reader) => reader,
            Err(message) => {
                complain(message);
                is_complete = false;
                continue;
            }
        };
        names.push(shown(path, "standard input"));
        if let Format::Pcapng(section) = reader.format() {
            order = order.or(Some(section.byte_order));
        }
        // A pipe cannot be opened again, and a hexdump is no capture file.
        if files.len() <= MAX_OPEN || reader.source_len().is_none() || Reader::open(path).is_err() {
            merger.add(reader);
            continue;
        }
        // Errors are told when the file is read.
        let first = loop {
            match reader.next_record() {
                Some(Ok(record)) => break record.timestamp,
                Some(Err(_)) => {}
                None => break None,
            }
        };
        let path = path.clone();
        merger.add_unopened(first, move || Reader::open(path));
    }
    Ok((merger, names, order.unwrap_or(ByteOrder::Little), is_complete))
}

/// Merges the files, and tells whether all went well.
fn merge(arguments: &Arguments) -> Result<bool, String> {
    let (mut merger, names, order, mut is_right) = open(arguments)?;
    if names.is_empty() {
        return Ok(false);
    }
    let form = form(Some(arguments.file_format)).unwrap_or(Form::Pcapng);
    let out = AtomicFile::create(&arguments.write)?;
    let application = concat!("packetsmith ", env!("CARGO_PKG_VERSION"));
    let header = SectionHeader::new(order, &[]).with_application(application).map_err(|error| error.to_string())?;
    let mut file = CopyFile::new(&arguments.write, Copier::joining(out, form, header.clone()));
    // Of each file, the time before, and how many packets are earlier than the one before.
    let mut before: Vec<(i128, u64)> = vec![(i128::MIN, 0); names.len()];
    loop {
        if merger.open() > MAX_OPEN {
            return Err(format!(
                "more than {MAX_OPEN} of the files have packets at the same time: merge some of them first"
            ));
        }
        let Some((source, item)) = merger.next_item().filter(|_| !signals::ended()) else { break };
        let name = &names[source];
        let item = match item {
            Ok(item) => item,
            Err(error) => {
                complain(error);
                is_right = false;
                continue;
            }
        };
        let mut number = None;
        if let ItemContent::Packet(record) = &item.content {
            number = Some(record.number);
            complain_of_shortened(record, name);
            if let (Some(time), (latest, earlier)) = (record.timestamp, &mut before[source]) {
                *earlier += u64::from(time.nanos() < *latest);
                *latest = time.nanos();
            }
        }
        let result = file.copier.copy(source, &item, PacketChanges::default());
        is_right &= file.settle(result, name, number)?;
    }
    if !arguments.append {
        for (name, (_, earlier)) in names.iter().zip(&before).filter(|(_, (_, earlier))| *earlier > 0) {
            complain(format_args!(
                "{name}: {earlier} packets are earlier than the one before, and stay behind it: the output is not in the \
                 order of time there"
            ));
        }
    }
    // The header of a file without any packets.
    let plain = PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1);
    let format = if form == Form::Pcapng { Format::Pcapng(&header) } else { Format::Pcap(&plain) };
    is_right &= file.finish(format)?;
    if signals::ended() {
        complain("interrupted: the rest of the files is not read");
        is_right = false;
    }
    Ok(is_right)
}
