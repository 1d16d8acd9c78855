//! What the commands have in common that copy a capture: arguments, the loop over packets and blocks, messages.

use crate::atomic_file::AtomicFile;
use crate::destination::{Choice, complain_of_rounded};
use crate::outcome::{Outcome, complain};
use crate::output::Progress;
use crate::{input, input::Input, signals};
use packetsmith::capture::{
    Copier, CopyError, Form, Format, ItemContent, PacketChanges, Record, RecordKind, TimeShift, WriteError,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Most packets that are left out with a message each.
const MOST_MESSAGES: u64 = 10;

/// Where a capture is written.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct OutputArguments {
    /// Write the packets to this capture file, which must not be the one that is read; - for standard output
    #[arg(short, long, value_name = "OUT")]
    pub write: PathBuf,
    /// Format of the capture file that is written [default: that of the file that is read]
    #[arg(short = 'F', long = "file-format", value_name = "FORMAT")]
    pub file_format: Option<Choice>,
}

/// A capture that is copied.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub struct CopyArguments {
    /// Capture file: pcap or pcapng, plain or compressed, or a hexdump; - for standard input
    #[arg(value_name = "IN")]
    pub file: PathBuf,
    #[command(flatten)]
    pub input: input::Arguments,
    #[command(flatten)]
    pub output: OutputArguments,
    /// Give packet N of the file that is read this comment, in place of those that it has; without TEXT, none. May be given
    /// several times, for the same packet too
    #[arg(long = "comment", value_name = "N=TEXT", value_parser = parse_comment)]
    pub comments: Vec<(u64, String)>,
}

/// Parses the number of a packet and its comment.
fn parse_comment(text: &str) -> Result<(u64, String), String> {
    let (number, comment) =
        text.split_once('=').ok_or("the number of a packet and its comment are expected: 3=TEXT")?;
    let number = number.parse().ok().filter(|number| *number > 0).ok_or("a packet has a number from 1 on: 3=TEXT")?;
    if comment.len() > 65_535 {
        return Err("a comment has 65535 bytes at most".to_string());
    }
    Ok((number, comment.to_string()))
}

/// What becomes of packets.
pub trait Edit {
    /// Whether a packet is copied. An error ends the copy.
    fn keeps(&mut self, record: &Record<'_>) -> Result<bool, String>;

    /// How times are moved, those of packets and of statistics.
    fn shift(&self) -> Option<TimeShift> {
        None
    }

    /// Whether to search for intact packets after a damaged place.
    fn goes_on_after_damage(&self) -> bool {
        false
    }
}

/// How many packets a copy has, and whether something went wrong.
pub struct Copied {
    /// Packets that were read.
    pub read: u64,
    /// Packets that were written.
    pub written: u64,
    /// Number of damaged places after which intact packets were searched for, and of bytes that were skipped.
    pub damages: u64,
    pub passed_over: u64,
    pub failed: bool,
}

/// The format that the arguments ask for.
pub fn form(choice: Option<Choice>) -> Option<Form> {
    choice.map(|choice| match choice {
        Choice::Pcap => Form::Pcap,
        Choice::Nanopcap => Form::NanoPcap,
        Choice::Pcapng => Form::Pcapng,
    })
}

/// The name of a file for messages.
pub fn shown(path: &Path, standard: &str) -> String {
    if path.as_os_str() == "-" { standard.into() } else { path.to_string_lossy().into_owned() }
}

/// Refuses a file to write that is one of those that are read, and standard input that is to be read twice.
pub fn refuse_input(inputs: &[PathBuf], output: &Path) -> Result<(), String> {
    if inputs.iter().filter(|input| input.as_os_str() == "-").count() > 1 {
        return Err("standard input can be read once".to_string());
    }
    if output.as_os_str() == "-" {
        return Ok(());
    }
    match inputs.iter().find(|input| input.as_os_str() != "-" && is_same(input, output)) {
        Some(input) => Err(format!(
            "{}: is the file that is read ({}): write another one, and rename it",
            output.display(),
            input.display()
        )),
        None => Ok(()),
    }
}

/// Whether two names lead to one regular file.
fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(a), Ok(b)) = (fs::metadata(one), fs::metadata(other)) else { return false };
    if !a.is_file() || !b.is_file() {
        return false;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        (a.dev(), a.ino()) == (b.dev(), b.ino())
    }
    #[cfg(not(unix))]
    {
        matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(a), Ok(b)) if a == b)
    }
}

/// A capture file that copies are written to. It gets its name when it is complete.
pub struct CopyFile {
    pub copier: Copier<AtomicFile>,
    pub name: String,
    /// Packets that were left out because their file does not describe their interface.
    undescribed: u64,
}

impl CopyFile {
    /// A file that `copier` writes to.
    pub fn new(path: &Path, copier: Copier<AtomicFile>) -> Self {
        CopyFile { copier, name: shown(path, "standard output"), undescribed: 0 }
    }

    /// Says what a packet or a block of a file, of this number if it is a packet, has against being written. An error ends
    /// the copy; `false` if the copy goes on without the packet.
    pub fn settle(&mut self, result: Result<(), CopyError>, input: &str, packet: Option<u64>) -> Result<bool, String> {
        let Err(error) = result else { return Ok(true) };
        let place = packet.map_or(String::new(), |number| format!("packet {number}: "));
        if error.is_of_one_packet() {
            self.undescribed += 1;
            if self.undescribed <= MOST_MESSAGES {
                complain(format_args!("{input}: {place}{error}"));
            }
            return Ok(false);
        }
        Err(match error {
            CopyError::Write(WriteError::Io(error)) => format!("{}: cannot be written: {error}", self.name),
            CopyError::Shift(_) => format!("{input}: {place}{error}"),
            error => format!("{}: {input}: {place}{error}", self.name),
        })
    }

    /// Completes the file like [`finish`](Self::finish), but does not say what it does not have.
    pub fn finish_silently(self, format: Format<'_>) -> Result<bool, String> {
        let CopyFile { copier, name, undescribed } = self;
        let unwritten = |error: &dyn std::fmt::Display| format!("{name}: cannot be written: {error}");
        let out = copier.finish(format).map_err(|error| unwritten(&error))?;
        out.finish().map_err(|error| unwritten(&error))?;
        Ok(undescribed == 0)
    }

    /// Completes the file, and says what it does not have. `format` is that of the file that was read last. Tells whether
    /// all went well.
    pub fn finish(self, format: Format<'_>) -> Result<bool, String> {
        let (name, undescribed) = (&self.name, self.undescribed);
        if undescribed > MOST_MESSAGES {
            complain(format_args!(
                "{name}: {} more packets were left out: their file does not describe their interface",
                undescribed - MOST_MESSAGES
            ));
        }
        if !self.copier.left_out().is_empty() {
            complain(format_args!("{name}: without what has no place in it: {}", self.copier.left_out()));
        }
        let rounded = self.copier.rounded();
        let is_right = self.finish_silently(format)?;
        complain_of_rounded(rounded);
        Ok(is_right)
    }
}

/// Copies a capture. `edit` says what becomes of the packets.
pub fn copy(arguments: &CopyArguments, edit: &mut dyn Edit) -> Result<Copied, String> {
    let OutputArguments { write, file_format } = &arguments.output;
    refuse_input(std::slice::from_ref(&arguments.file), write)?;
    let mut reader = input::open(&arguments.file, &arguments.input)?;
    let mut file = CopyFile::new(write, Copier::new(AtomicFile::create(write)?, form(*file_format)));
    let name = shown(&arguments.file, "standard input");
    let mut comments: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    for (number, comment) in &arguments.comments {
        let all = comments.entry(*number).or_default();
        all.extend(Some(&**comment).filter(|comment| !comment.is_empty()));
    }
    let mut progress = Progress::new(&reader, &name);
    let mut copied = Copied { read: 0, written: 0, damages: 0, passed_over: 0, failed: false };
    while let Some(item) = reader.next_item().filter(|_| !signals::ended()) {
        let item = match item {
            Ok(item) => item,
            Err(error) if edit.goes_on_after_damage() => {
                let is_final = error.is_final();
                complain(error);
                copied.damages += 1;
                if is_final {
                    go_on(&mut reader, &mut file, &name, &mut copied)?;
                }
                continue;
            }
            Err(error) => {
                complain(error);
                copied.failed = true;
                continue;
            }
        };
        let ItemContent::Packet(record) = &item.content else {
            let result = file.copier.copy(0, &item, PacketChanges { shift: edit.shift(), comments: None });
            file.settle(result, &name, None)?;
            continue;
        };
        copied.read += 1;
        if !edit.keeps(record)? {
            continue;
        }
        complain_of_shortened(record, &name);
        let comments = comments.remove(&record.number);
        let changes = PacketChanges { shift: edit.shift(), comments: comments.as_deref() };
        let result = file.copier.copy(0, &item, changes);
        match file.settle(result, &name, Some(record.number))? {
            true => copied.written += 1,
            false => copied.failed = true,
        }
        progress.packet(&reader);
    }
    drop(progress);
    for number in comments.keys() {
        complain(format_args!("{name}: --comment {number}: there is no packet {number} in the copy"));
        copied.failed = true;
    }
    copied.failed |= !file.finish(reader.format())?;
    copied.failed |= signals::complain_if_interrupted(&name, reader.source_len());
    Ok(copied)
}

/// Continues reading after a damaged place. If no intact packet follows, and the file ends inside a packet, copies the bytes
/// of that packet that are there.
fn go_on(reader: &mut Input, file: &mut CopyFile, name: &str, copied: &mut Copied) -> Result<(), String> {
    let (rest, from) = (reader.rest().to_vec(), reader.position());
    match reader.resume() {
        Some(bytes) => {
            complain(format_args!("{name}: {bytes} bytes from byte {from} on are passed over"));
            copied.passed_over += bytes;
        }
        None => {
            copied.passed_over += reader.position() - from;
            let Some(item) = reader.cut_packet(&rest) else { return Ok(()) };
            let ItemContent::Packet(record) = &item.content else { return Ok(()) };
            let result = file.copier.copy(0, &item, PacketChanges::default());
            if file.settle(result, name, Some(record.number))? {
                complain(format_args!(
                    "{name}: packet {}: the {} bytes that are there are saved",
                    record.number,
                    record.data.len()
                ));
                copied.written += 1;
                copied.passed_over -= rest.len() as u64;
            }
        }
    }
    Ok(())
}

/// Says that a packet has more bytes than its file says that it has.
pub fn complain_of_shortened(record: &Record<'_>, name: &str) {
    if record.kind() == RecordKind::Simple && record.is_shortened() {
        complain(format_args!(
            "{name}: packet {}: bytes of its simple packet block past the snapshot length are left out",
            record.number
        ));
    }
}

/// Ends a command that copies.
pub fn outcome(copied: Result<Copied, String>) -> Outcome {
    match copied {
        Ok(Copied { failed: true, .. }) => Outcome::Failed,
        Ok(_) => Outcome::Done,
        Err(message) => {
            complain(message);
            Outcome::Failed
        }
    }
}
