//! `packetsmith fragment`: splits packets to an MTU.

use crate::capture_json::unhashed;
use crate::destination::{Choice, Destination, complain_of_rounded};
use crate::numbers::number;
use crate::outcome::{Outcome, complain};
use crate::output::Progress;
use crate::protocols::{self, known};
use crate::{input, signals};
use packetsmith::View;
use packetsmith::capture::Record;
use packetsmith::ip::Fragmenter;
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

/// Number of packets that cannot be split and get a message each.
const MOST_MESSAGES: u64 = 10;

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    let fail = |message: String| {
        complain(message);
        Ok(Outcome::Failed)
    };
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
    let mut fragmenter = Fragmenter::new(arguments.mtu as usize)
        .identification(arguments.identification)
        .ignore_dont_fragment(arguments.ignore_df)
        .split_headers(arguments.split_headers);
    let (mut frame, mut packet, mut failed) = (Vec::new(), Vec::new(), false);
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
        let place = ip(link_type, record.data).filter(|place| place.len() > arguments.mtu as usize);
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
        let pieces = place.clone().map(|place| fragmenter.split(&record.data[place]));
        let written = match (place, pieces) {
            (Some(place), Some(Ok(pieces))) => {
                let mut result = Ok(());
                let mut buffer = Vec::new();
                let options = unhashed(record.options, &mut buffer);
                for piece in pieces {
                    packet.clear();
                    piece.slices().iter().for_each(|slice| packet.extend_from_slice(slice));
                    if let Err(error) = known().replace(link_type, record.data, place.start, &packet, &mut frame) {
                        result = Err(format!("{name}: packet {}: {error}", record.number));
                        break;
                    }
                    let new = Record { data: &frame, original_len: frame.len() as u32, header: &[], options, ..record };
                    result = destination.write_described(&new, record.kind(), &mut failed);
                    if result.is_err() {
                        break;
                    }
                }
                result
            }
            (_, why) => {
                if let Some(Err(error)) = why {
                    refused += 1;
                    if refused <= MOST_MESSAGES {
                        complain(format_args!("{name}: packet {}: {error}", record.number));
                    }
                    failed = true;
                }
                destination.write_described(&record, record.kind(), &mut failed)
            }
        };
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
