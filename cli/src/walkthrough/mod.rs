//! `packetsmith walkthrough`: how a host joins a network and fetches a page, packet by packet.

mod chapters;
mod lost_segment;
mod narrator;
mod scenario;

use self::narrator::Narrator;
use self::scenario::Frame;
use crate::destination::{Choice, Destination};
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use clap::ValueEnum;
use packetsmith::LinkType;
use packetsmith::capture::{BlockOptions, ByteOrder, Record, Timestamp};
use packetsmith::output::Style;
use std::io;
use std::path::PathBuf;

/// Shows how a new host joins a network and fetches a page, packet by packet.
///
/// DHCP gives the host an address, mask, gateway and name server. The mask decides what is local. ARP finds the gateway,
/// DNS finds the server. TCP connects, IP fragments a request that is too large for Ethernet, and TCP closes. This
/// program builds every packet, and can write them to a capture file.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith walkthrough | less -R               the whole story
  packetsmith walkthrough -w story.pcap           and its packets, for other tools
  packetsmith walkthrough --lose synack           the handshake with its second segment lost")]
pub struct Arguments {
    /// Write the packets to this capture file; - for standard output, instead of the story
    #[arg(short, long, value_name = "OUT")]
    write: Option<PathBuf>,
    /// Format of the capture file
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", requires = "write")]
    file_format: Option<Choice>,
    /// Show the three-way handshake with this segment lost
    #[arg(long, value_name = "SEGMENT")]
    lose: Option<LostSegment>,
}

impl Arguments {
    /// Whether the output is for a pager.
    pub fn is_paged(&self) -> bool {
        self.write.is_none()
    }
}

/// A segment of the handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LostSegment {
    /// The first: the client's SYN
    Syn,
    /// The second: the server's SYN, ACK
    Synack,
    /// The third: the client's ACK
    Ack,
}

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    let mut narrator = Narrator { style, ..Narrator::default() };
    match arguments.lose {
        None => narrator.story(),
        Some(lose) => narrator.handshake(lose),
    }
    if let Some(path) = &arguments.write
        && let Err(message) = save(path, arguments.file_format, &narrator.frames)
    {
        complain(message);
        return Ok(Outcome::Failed);
    }
    if arguments.write.as_ref().is_none_or(|path| path.as_os_str() != "-") {
        let mut output = Output::new();
        output.put(narrator.text.as_bytes())?;
        output.flush()?;
    }
    Ok(Outcome::Done)
}

fn save(path: &std::path::Path, choice: Option<Choice>, frames: &[Frame]) -> Result<(), String> {
    let mut destination = Destination::create(path, choice)?;
    for (i, frame) in frames.iter().enumerate() {
        let nanos = i128::from(scenario::BEGIN) * 1_000_000_000 + frame.time.as_nanos() as i128;
        let record = Record {
            number: i as u64 + 1,
            offset: 0,
            timestamp: Timestamp::from_nanos(nanos),
            original_len: frame.bytes.len() as u32,
            link_type: Some(LinkType::Ethernet.into()),
            interface: 0,
            description: None,
            fcs_len: None,
            header: &[],
            data: &frame.bytes,
            options: BlockOptions::new(ByteOrder::Little, &[]),
            format: None,
            section: 0,
            interfaces: &[],
        };
        destination.write(&record, record.kind())?;
    }
    destination.finish().map(|_| ())
}
