//! `packetsmith reassemble`: reassembles IP datagrams, with a report.

use crate::capture_json::unhashed;
use crate::destination::{Choice, Destination, complain_of_rounded};
use crate::frame_reassembler::{FragmentOutcome, FrameReassembler, ReassembledDatagram};
use crate::numbers::number;
use crate::outcome::{Outcome, complain, fail};
use crate::output::{Output, Progress};
use crate::{input, protocols, signals};
use packetsmith::capture::Record;
use packetsmith::ip::{Lost, Policy, Settings};
use std::fmt::Write;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

/// Reassembles the IP fragments of a capture.
///
/// A datagram replaces the fragment that completes it; all other packets stay as they are. Fragments of incomplete
/// datagrams are left out. A report lists the datagrams, and which packet gave which bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  packetsmith reassemble fragments.pcap -w datagram.pcap
  packetsmith reassemble attack.pcap -w linux.pcap --policy linux
  packetsmith reassemble attack.pcap          only the report

The policy decides which of two overlapping fragments gives the bytes that both have: first (the one
that came first), last, bsd, bsd-right, linux-2.4 (to 4.18), windows, solaris, drop (the datagram is
given up), or linux (since 4.19: a partial overlap gives up the datagram, what lies wholly in what is
there is ignored, and so are the last bytes of a fragment that are not 8). The default for IPv6 is drop (RFC 5722).

Exit status: 0 if all went well, 1 if no datagram was completed, 2 if a file could not be read or written.")]
pub struct Arguments {
    /// Capture file; - for standard input
    #[arg(value_name = "IN")]
    file: PathBuf,
    #[command(flatten)]
    input: input::Arguments,
    /// Write the packets to this capture file; - for standard output
    #[arg(short, long, value_name = "OUT")]
    write: Option<PathBuf>,
    /// Format of the capture file
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT", requires = "write")]
    file_format: Option<Choice>,
    /// Policy for overlapping IPv4 fragments
    #[arg(long, value_name = "POLICY", default_value = "first")]
    policy: Policy,
    /// Policy for overlapping IPv6 fragments
    #[arg(long, value_name = "POLICY", default_value = "drop")]
    ipv6_policy: Policy,
    /// Time limit for a datagram from its first fragment, by the clock of the capture
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = number::<u32>(0..=u32::MAX.into()))]
    timeout: u32,
    /// Limit on the bytes of incomplete datagrams
    #[arg(long, value_name = "BYTES", default_value = "8388608", value_parser = number::<usize>(0..=u64::MAX))]
    max_bytes: usize,
    /// Limit on the number of incomplete datagrams
    #[arg(long, value_name = "N", default_value = "4096", value_parser = number::<u32>(1..=u32::MAX.into()))]
    max_datagrams: u32,
    /// Report only the totals
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    protocols: protocols::Arguments,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> io::Result<Outcome> {
    if let Err(message) = arguments.protocols.apply() {
        return fail(message);
    }
    let mut reader = match input::open(&arguments.file, &arguments.input) {
        Ok(reader) => reader,
        Err(error) => return fail(error),
    };
    let destination = arguments.write.as_ref().map(|path| Destination::create(path, arguments.file_format));
    let mut destination = match destination.transpose() {
        Ok(destination) => destination,
        Err(message) => return fail(message),
    };
    let name = arguments.file.to_string_lossy().into_owned();
    let mut progress = Progress::new(&reader, &name);
    let mut datagrams = FrameReassembler::new(Settings {
        datagrams: arguments.max_datagrams as usize,
        bytes: arguments.max_bytes,
        timeout: Duration::from_secs(arguments.timeout.into()),
        ipv4: arguments.policy,
        ipv6: arguments.ipv6_policy,
        ..Settings::default()
    });
    // If the capture goes to standard output, the report goes to standard error.
    let aside = arguments.write.as_ref().is_some_and(|path| path.as_os_str() == "-");
    let mut report = Report::new(arguments.quiet, aside);
    let (mut frame, mut failed) = (Vec::new(), false);
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
        let (data, number) = (record.data, record.number);
        let outcome = datagrams.packet(&record, &mut |lost| report.lost(&lost));
        let (mut new, mut buffer) = (None, Vec::new());
        match outcome {
            FragmentOutcome::NotFragment => new = Some(record),
            FragmentOutcome::Held => report.fragments += 1,
            FragmentOutcome::Refused(refusal, range) => {
                report.fragments += 1;
                report.refused += 1;
                report.line(format_args!(
                    "packet {number}: refused, bytes {}..{} of the payload: {refusal}",
                    range.start, range.end
                ));
            }
            FragmentOutcome::Complete(place) => {
                report.fragments += 1;
                for datagram in &datagrams.found {
                    report.complete(datagram);
                }
                if datagrams.waits {
                    // The datagram is itself a fragment: the datagram that it belongs to will replace it.
                } else if let Err(error) = datagrams.nested(link_type, data, place.start, &mut frame) {
                    report.line(format_args!("packet {number}: left out: {error}"));
                    failed = true;
                } else {
                    let options = unhashed(record.options, &mut buffer);
                    new =
                        Some(Record { data: &frame, original_len: frame.len() as u32, header: &[], options, ..record });
                }
            }
        }
        if let (Some(new), Some(destination)) = (new, &mut destination)
            && let Err(message) = destination.write_described(&new, new.kind(), &mut failed)
        {
            return fail(message);
        }
        report.flush()?;
        progress.packet(&reader);
    }
    datagrams.finish(&mut |lost| report.lost(&lost));
    report.end()?;
    if let Some(mut destination) = destination {
        match destination.begin(reader.format()).and_then(|()| destination.finish()) {
            Ok(times) => complain_of_rounded(times),
            Err(message) => return fail(message),
        }
    }
    failed |= signals::complain_if_interrupted(&name, reader.source_len());
    Ok(match (failed, report.complete) {
        (true, _) => Outcome::Failed,
        (false, 0) if report.fragments > 0 => Outcome::NothingMatched,
        _ => Outcome::Done,
    })
}

/// The report: lines about fragments and datagrams, and totals.
struct Report {
    output: Output,
    text: String,
    quiet: bool,
    /// Whether to write to standard error.
    aside: bool,
    fragments: u64,
    complete: u64,
    refused: u64,
    lost: u64,
}

impl Report {
    fn new(quiet: bool, aside: bool) -> Self {
        Report {
            output: Output::new(),
            text: String::new(),
            quiet,
            aside,
            fragments: 0,
            complete: 0,
            refused: 0,
            lost: 0,
        }
    }

    fn line(&mut self, line: impl std::fmt::Display) {
        if !self.quiet {
            let _ = writeln!(self.text, "{line}");
        }
    }

    fn complete(&mut self, datagram: &ReassembledDatagram) {
        self.complete += 1;
        let notes: Vec<_> = datagram.findings.texts().collect();
        let notes = if notes.is_empty() { String::new() } else { format!("; {}", notes.join("; ")) };
        let payload: usize = datagram.origins.iter().map(|origin| origin.bytes.len()).sum();
        self.line(format_args!("complete: {}, {payload} bytes of payload{notes}", datagram.key));
        for origin in &datagram.origins {
            self.line(format_args!("  packet {}: bytes {}..{}", origin.frame, origin.bytes.start, origin.bytes.end));
        }
    }

    fn lost(&mut self, lost: &Lost<'_>) {
        self.lost += 1;
        let of = lost.of().map_or("an unknown number".into(), |of| of.to_string());
        let reason = lost.reason.text();
        self.line(format_args!("given up: {}, {} of {of} bytes: {reason}", lost.key(), lost.have()));
        for origin in lost.origins() {
            self.line(format_args!("  packet {}: bytes {}..{}", origin.frame, origin.bytes.start, origin.bytes.end));
        }
        for (start, end) in lost.holes() {
            let end = end.map_or(String::new(), |end| end.to_string());
            self.line(format_args!("  missing: bytes {start}..{end}"));
        }
        for text in lost.findings().texts() {
            self.line(format_args!("  {text}"));
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.aside {
            // A standard error that cannot be written is no reason to stop.
            let _ = write!(io::stderr(), "{}", self.text);
        } else {
            self.output.put(self.text.as_bytes())?;
        }
        self.text.clear();
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let Report { fragments, complete, refused, lost, .. } = *self;
        let plural = |n: u64| if n == 1 { "" } else { "s" };
        let _ = writeln!(
            self.text,
            "{fragments} fragment{}: {complete} datagram{} complete, {lost} given up, {refused} fragment{} refused",
            plural(fragments),
            plural(complete),
            plural(refused)
        );
        self.flush()?;
        self.output.flush()
    }
}
