//! `packetsmith fragment`: splits packets to an MTU.

use crate::capture_json::unhashed;
use crate::destination::{Choice, Destination, complain_of_rounded};
use crate::numbers::number;
use crate::outcome::{Outcome, complain, fail};
use crate::output::Progress;
use crate::protocols::{self, known};
use crate::{input, signals};
use packetsmith::capture::Record;
use packetsmith::ip::{FragmentError, Fragmenter};
use packetsmith::{EncodeError, View};
use std::io;
use std::ops::Range;
use std::path::PathBuf;

/// Splits the packets of a capture to an MTU.
///
/// Larger packets become fragments, as a router (IPv4) or the sender (IPv6) makes them; all others stay as they are. In
/// a tunnel, the outer packet is split.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith fragment --mtu 1500 large.pcap -w fragments.pcap
  packetsmith fragment --mtu 68 trace.pcap -w tiny.pcap --ignore-df --split-headers

A packet that cannot be split is written as it is, with a message on standard error.

Exit status: 0 if all went well, 2 if a packet could not be split, or a file could not be read or
written.")]
pub struct Arguments {
    /// Capture file; - for standard input
    #[arg(value_name = "IN")]
    file: PathBuf,
    #[command(flatten)]
    input: input::Arguments,
    /// Largest IP packet in bytes, headers included
    #[arg(long, value_name = "BYTES", default_value = "1500", value_parser = number::<u32>(28..=65_535))]
    mtu: u32,
    /// Write the packets to this capture file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    write: PathBuf,
    /// Format of the capture file
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT")]
    file_format: Option<Choice>,
    /// Identification of the first IPv6 packet that is split; each further one has the next number
    #[arg(long, value_name = "N", default_value = "0", value_parser = number::<u32>(0..=u32::MAX.into()))]
    identification: u32,
    /// Split IPv4 packets with the flag "don't fragment" too
    #[arg(long)]
    ignore_df: bool,
    /// Split IPv6 packets even where the first fragment cannot hold all headers (RFC 7112)
    #[arg(long)]
    split_headers: bool,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

/// Splits the outermost IP packets of frames.
pub struct FrameSplitter {
    fragmenter: Fragmenter,
    mtu: usize,
    packet: Vec<u8>,
    frame: Vec<u8>,
}

/// How many frames became of one.
pub enum Pieces {
    /// The frame is small enough, and stays as it is.
    One,
    /// Each was passed on.
    Several,
}

/// Why a frame was not split.
pub enum SplitError {
    /// The packet cannot be split.
    Fragment(FragmentError),
    /// The headers before the packet do not take a fragment.
    Link(EncodeError),
}

impl std::fmt::Display for SplitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SplitError::Fragment(error) => error.fmt(f),
            SplitError::Link(error) => error.fmt(f),
        }
    }
}

impl FrameSplitter {
    pub fn new(fragmenter: Fragmenter, mtu: usize) -> Self {
        FrameSplitter { fragmenter, mtu, packet: Vec::new(), frame: Vec::new() }
    }

    /// Splits a frame if its IP packet is longer than the MTU.
    pub fn split(&mut self, link_type: u16, frame: &[u8], each: &mut dyn FnMut(&[u8])) -> Result<Pieces, SplitError> {
        let Some(place) = ip(link_type, frame).filter(|place| place.len() > self.mtu) else { return Ok(Pieces::One) };
        for piece in self.fragmenter.split(&frame[place.clone()]).map_err(SplitError::Fragment)? {
            self.packet.clear();
            piece.slices().iter().for_each(|slice| self.packet.extend_from_slice(slice));
            known().replace(link_type, frame, place.start, &self.packet, &mut self.frame).map_err(SplitError::Link)?;
            each(&self.frame);
        }
        Ok(Pieces::Several)
    }
}

/// Number of packets that cannot be split and get a message each.
const MOST_MESSAGES: u64 = 10;

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let opened = input::open(&arguments.file, &arguments.input);
    let mut reader = match arguments.protocols.apply().and(opened) {
        Ok(reader) => reader,
        Err(message) => return fail(message),
    };
    let mut destination = match Destination::create(&arguments.write, arguments.file_format) {
        Ok(destination) => destination,
        Err(message) => return fail(message),
    };
    let name = arguments.file.to_string_lossy().into_owned();
    let mut progress = Progress::new(&reader, &name);
    let fragmenter = Fragmenter::new(arguments.mtu as usize)
        .identification(arguments.identification)
        .ignore_dont_fragment(arguments.ignore_df)
        .split_headers(arguments.split_headers);
    let (mut splitter, mut failed) = (FrameSplitter::new(fragmenter, arguments.mtu as usize), false);
    let mut refused = 0_u64;
    while let Some(record) = reader.next_record().filter(|_| !signals::ended()) {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                complain(error);
                failed = true;
                continue;
            }
        };
        let link_type = record.link_type.unwrap_or(u16::MAX);
        // A packet that was cut by the snapshot length cannot be split: its length field counts.
        if let Some(length) = cut_length(&record, link_type).filter(|&length| length > arguments.mtu as usize) {
            refused += 1;
            if refused <= MOST_MESSAGES {
                complain(format_args!(
                    "{name}: packet {}: cannot be split: only a part of its {length} bytes was captured",
                    record.number
                ));
            }
            failed = true;
            if let Err(message) = destination.write_described(&record, record.kind(), &mut failed) {
                return fail(message);
            }
            progress.packet(&reader);
            continue;
        }
        let mut written = Ok(());
        let mut buffer = Vec::new();
        let options = unhashed(record.options, &mut buffer);
        let whole = splitter.split(link_type, record.data, &mut |frame| {
            let new = Record { data: frame, original_len: frame.len() as u32, header: &[], options, ..record };
            if written.is_ok() {
                written = destination.write_described(&new, record.kind(), &mut failed);
            }
        });
        match whole {
            Ok(Pieces::Several) => {}
            Ok(Pieces::One) => written = destination.write_described(&record, record.kind(), &mut failed),
            Err(SplitError::Fragment(error)) => {
                refused += 1;
                if refused <= MOST_MESSAGES {
                    complain(format_args!("{name}: packet {}: {error}", record.number));
                }
                failed = true;
                written = destination.write_described(&record, record.kind(), &mut failed);
            }
            Err(error) => return fail(format!("{name}: packet {}: {error}", record.number)),
        }
        if let Err(message) = written {
            return fail(message);
        }
        progress.packet(&reader);
    }
    if refused > MOST_MESSAGES {
        complain(format_args!("{name}: {} more packets could not be split", refused - MOST_MESSAGES));
    }
    if let Err(message) = destination.begin(reader.format()) {
        return fail(message);
    }
    match destination.finish() {
        Ok(times) => complain_of_rounded(times),
        Err(message) => return fail(message),
    }
    failed |= signals::complain_if_interrupted(&name, reader.source_len());
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

/// The length that the outermost IP packet of a frame has by its header, if the frame was cut before its end.
fn cut_length(record: &Record<'_>, link_type: u16) -> Option<usize> {
    let layer =
        known().dissect(link_type, record.data).find(|layer| matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)))?;
    let length = match layer.view {
        View::Ipv4(header) => header.total_length().into(),
        View::Ipv6(header) => 40 + usize::from(header.payload_length()),
        _ => return None,
    };
    let cut = record.data.len() < record.original_len as usize;
    (cut && layer.header_span().start as usize + length > record.data.len()).then_some(length)
}

/// Where the outermost IP packet of a frame is.
fn ip(link_type: u16, frame: &[u8]) -> Option<Range<usize>> {
    let layer = known().dissect(link_type, frame).find(|layer| matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)))?;
    Some(layer.header_span().start as usize..layer.payload_span().end as usize)
}
