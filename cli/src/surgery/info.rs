//! `packetsmith info`: what a capture file is.

use crate::outcome::{Outcome, complain};
use crate::output::{Output, Progress};
use crate::stats::summary;
use crate::stats::table::{Cell, Table, number, text};
use crate::stats::{self, Format};
use crate::{input, signals};
use hmac_sha256::Hash;
use packetsmith::capture::{BlockKind, ByteOrder, Format as FileFormat, ItemContent, Reader};
use packetsmith::output::Style;
use packetsmith::stats::CaptureSummary;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Says what capture files are: format, size, times, rates, interfaces, blocks, digest.
///
/// No packet is dissected: 'stats' counts what is in them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith info trace.pcapng
  packetsmith info -T csv *.pcap > captures.csv     one line a file
  packetsmith info -T json trace.pcap.gz | jq .summary.sha256

The times are the earliest and the latest, as in capinfos. The SHA-256 is that of the file as it
is, compressed or not.

Exit status: 0 if all went well, 2 if a file could not be read to its end.")]
pub struct Arguments {
    /// Capture files: pcap or pcapng, plain or compressed, or hexdumps; - for standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    input: input::Arguments,
    /// Format of the output
    #[arg(short = 'T', long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// Most kinds of blocks that are listed.
const MOST_KINDS: usize = 64;

/// What a file has.
#[derive(Default)]
struct Contents {
    summary: CaptureSummary,
    interfaces: u64,
    sections: u64,
    /// Packets with comments.
    commented: u64,
    /// Blocks without packets by their kind.
    blocks: BTreeMap<BlockKind, u64>,
    more_blocks: u64,
    failed: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut output = Output::new();
    let (mut failed, mut written) = (false, 0);
    for path in &arguments.files {
        if signals::ended() {
            break;
        }
        let mut reader = match input::open(path, &arguments.input) {
            Ok(reader) => reader,
            Err(message) => {
                complain(message);
                failed = true;
                continue;
            }
        };
        let name = path.to_string_lossy();
        let contents = read(&mut reader, &name);
        failed |= contents.failed;
        let digest = match digest(path, &reader) {
            Ok(digest) => digest,
            Err(error) => {
                complain(format_args!("{name}: cannot be read: {error}"));
                failed = true;
                None
            }
        };
        let mut tables = summary::tables(&reader, &contents.summary);
        if let Some(facts) = tables.first_mut() {
            add_facts(facts, &reader, &contents, digest);
        }
        if matches!(reader.format(), FileFormat::Pcapng(_)) {
            tables.push(blocks(&contents));
        }
        let file = (arguments.files.len() > 1).then_some(&*name);
        stats::write(&tables, file, written, arguments.format, style, &mut output)?;
        written += 1;
    }
    output.flush()?;
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

/// Reads a file to its end.
fn read<R: Read>(reader: &mut Reader<R>, name: &str) -> Contents {
    let mut progress = Progress::new(reader, name);
    let mut contents = Contents::default();
    while let Some(item) = reader.next_item().filter(|_| !signals::ended()) {
        match item.map(|item| item.content) {
            Ok(ItemContent::Packet(record)) => {
                contents.summary.add(&record);
                let has_options = !record.options.bytes().is_empty();
                contents.commented += u64::from(has_options && record.comments().next().is_some());
            }
            Ok(ItemContent::Section(_)) => contents.sections += 1,
            Ok(ItemContent::Interface(_)) => contents.interfaces += 1,
            Ok(ItemContent::Other(block)) => {
                let kind = block.kind();
                match contents.blocks.len() < MOST_KINDS || contents.blocks.contains_key(&kind) {
                    true => *contents.blocks.entry(kind).or_default() += 1,
                    false => contents.more_blocks += 1,
                }
                continue;
            }
            Err(error) => {
                complain(error);
                contents.failed = true;
            }
        }
        progress.packet(reader);
    }
    drop(progress);
    contents.failed |= signals::complain_if_interrupted(name, reader.source_len());
    contents
}

/// The SHA-256 of a regular file.
fn digest<R: Read>(path: &Path, reader: &Reader<R>) -> io::Result<Option<String>> {
    if reader.source_len().is_none() || path.as_os_str() == "-" {
        return Ok(None);
    }
    let (mut file, mut hash, mut bytes) = (File::open(path)?, Hash::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut bytes) {
            Ok(0) => break,
            Ok(n) => hash.update(&bytes[..n]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// Adds what the statistics do not say of a file.
fn add_facts<R: Read>(facts: &mut Table, reader: &Reader<R>, contents: &Contents, digest: Option<String>) {
    let order = match reader.format() {
        FileFormat::Pcap(header) => header.byte_order,
        FileFormat::Pcapng(section) => section.byte_order,
    };
    let order = if order == ByteOrder::Big { "big endian" } else { "little endian" };
    let summary = &contents.summary;
    let is_ordered = if summary.out_of_order == 0 && summary.without_time == 0 { "yes" } else { "no" };
    let mut fact = |key, title, cell| {
        facts.columns.push(text(key, title));
        if let Some(row) = facts.rows.first_mut() {
            row.push(cell);
        }
    };
    fact("byte_order", "byte order", Cell::text(order));
    fact("in_order", "in the order of time", Cell::text(is_ordered));
    fact("interfaces_described", "interfaces", Cell::Count(contents.interfaces));
    fact("commented", "packets with comments", Cell::Count(contents.commented));
    fact("sha256", "SHA-256", digest.map_or(Cell::Absent, Cell::Text));
}

/// The blocks of a pcapng file.
fn blocks(contents: &Contents) -> Table {
    let Contents { summary, sections, interfaces, blocks, more_blocks, .. } = contents;
    let known = [("section headers", *sections), ("interfaces", *interfaces), ("packets", summary.packets)];
    let known = known.into_iter().map(|(kind, count)| (kind.to_string(), count));
    let others = blocks.iter().map(|(kind, count)| (kind.to_string(), *count));
    let more = Some(("blocks of further types".to_string(), *more_blocks)).filter(|(_, count)| *count > 0);
    let rows = known.chain(others).chain(more).map(|(kind, count)| vec![Cell::Text(kind), Cell::Count(count)]);
    Table {
        title: "Blocks".into(),
        key: "blocks",
        columns: vec![text("kind", "kind"), number("count", "number")],
        rows: rows.collect(),
        ..Table::default()
    }
}
