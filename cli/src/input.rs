//! Files that are read: a pipe that has nothing more at the moment lets what was written so far go on, and a signal
//! ends it like the end of a file.

use crate::numbers::link_type;
use crate::outcome::complain;
use packetsmith::LinkType;
use packetsmith::capture::{Error, HexdumpReader, HexdumpSettings, HexdumpTimes, Reader};
use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A capture file or a pipe.
pub type Input = Reader<Box<dyn Read + Send>>;

/// How a file is read that is no capture file.
#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub struct Arguments {
    /// Take the files for hexdumps, as tcpdump -x, xxd, hexdump -C, od -Ax -tx1 and text2pcap have them. Without it a
    /// hexdump is known by its first line
    #[arg(long)]
    hexdump: bool,
    /// Link type of the packets of a hexdump, by name or number: ethernet, raw, linux_sll, EN10MB. Default: raw for
    /// tcpdump -x and -X, which leave the link header out, ethernet for others
    #[arg(long, value_name = "NAME", value_parser = link_type)]
    link_type: Option<u16>,
    /// The file of which was told last what it was taken for: it may be read several times.
    #[arg(skip)]
    told: Mutex<Option<PathBuf>>,
}

/// Opens a capture file or a hexdump by name, or standard input for `-`. Errors have the name.
pub fn open(path: &Path, arguments: &Arguments) -> Result<Input, String> {
    let is_standard_input = path.as_os_str() == "-";
    let name = if is_standard_input { "standard input".into() } else { path.to_string_lossy() };
    let unreadable = |error: io::Error| format!("{name}: cannot be read: {error}");
    // A regular file never makes its reader wait.
    let regular = fs::metadata(path).ok().filter(|metadata| metadata.is_file() && !is_standard_input);
    let mut read: Box<dyn Read + Send> = match is_standard_input {
        true => standard_input(),
        false => match File::open(path) {
            Ok(file) if regular.is_some() => Box::new(file),
            Ok(file) if !path.is_dir() => patient(file),
            // Its error says why it cannot be opened.
            _ => return Reader::open(path).map_err(|error| error.to_string()),
        },
    };
    let mut first = Vec::new();
    let is_hexdump = arguments.hexdump || recognizes(&mut read, &mut first).map_err(unreadable)?;
    if !is_hexdump && arguments.link_type.is_some() {
        return Err(format!("{name}: --link-type is for hexdumps; a capture file has its own, and this is no hexdump"));
    }
    let named = |error: Error| error.named(&name).to_string();
    if !is_hexdump && regular.is_some() {
        return Reader::open(path).map_err(named);
    }
    let read: Box<dyn Read + Send> = Box::new(Cursor::new(first).chain(read));
    if !is_hexdump {
        return Reader::new(read).map(|reader| reader.named(&name)).map_err(named);
    }
    let settings = HexdumpSettings { link_type: arguments.link_type.map(LinkType::from) };
    let mut dump = HexdumpReader::new(read, settings);
    let of_line = |error| format!("{name}: {error}");
    let (link_type, times) = (dump.link_type().map_err(of_line)?, dump.times().map_err(of_line)?);
    let reader = Reader::from_hexdump(dump).map_err(named)?.named(&name);
    let told = arguments.told.lock().unwrap_or_else(PoisonError::into_inner).replace(path.into());
    let is_told = told.is_some_and(|told| told == path);
    if arguments.link_type.is_none() && !is_told {
        tell_link_type(&name, link_type);
    }
    match times {
        _ if is_told => {}
        HexdumpTimes::Differences => {
            complain(format_args!("{name}: the times are differences (tcpdump -ttt or -ttttt): packets have no times"));
        }
        HexdumpTimes::OfDay => {
            complain(format_args!("{name}: the times are without a date: 1970-01-01 is taken"));
        }
        _ => {}
    }
    Ok(match regular {
        Some(metadata) => reader.with_source_len(metadata.len()),
        None => reader,
    })
}

/// Says which link type was taken for a hexdump.
fn tell_link_type(name: &str, link_type: LinkType) {
    let (number, of) = (u16::from(link_type), link_type.name().unwrap_or("unknown"));
    let other = match link_type {
        LinkType::Raw => "packets other than IP, such as ARP, cannot be told without it: tcpdump -xx has it",
        _ => "--link-type raw takes packets that begin with IP",
    };
    let begin = match link_type {
        LinkType::Raw => "a hexdump without link headers",
        _ => "a hexdump",
    };
    complain(format_args!("{name}: {begin}, taken as link type {of} ({number}); {other}"));
}

/// Reads the first bytes of a file, until they tell whether it is a hexdump.
fn recognizes(read: &mut dyn Read, first: &mut Vec<u8>) -> io::Result<bool> {
    loop {
        let have = first.len();
        first.resize(have + 4096, 0);
        let n = loop {
            match read.read(&mut first[have..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        first.truncate(have + *n.as_ref().unwrap_or(&0));
        if let Some(found) = HexdumpReader::recognizes(first, n? == 0) {
            return Ok(found);
        }
    }
}

/// Standard input.
pub fn standard_input() -> Box<dyn Read + Send> {
    // Its own buffer would hide from `poll` what is there.
    #[cfg(unix)]
    if let Ok(owned) = std::os::fd::AsFd::as_fd(&io::stdin()).try_clone_to_owned() {
        return patient(File::from(owned));
    }
    Box::new(io::stdin())
}

#[cfg(unix)]
fn patient(file: File) -> Box<dyn Read + Send> {
    Box::new(PatientRead(file))
}

#[cfg(not(unix))]
fn patient(file: File) -> Box<dyn Read + Send> {
    Box::new(file)
}

/// Reads a file that may make its reader wait.
#[cfg(unix)]
struct PatientRead(File);

#[cfg(unix)]
impl Read for PatientRead {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        use crate::{atomic_file, signals};
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        /// A signal that comes just before `poll` is seen after this time.
        const PATIENCE: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
        const NONE: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };
        let mut timeout = NONE;
        loop {
            if signals::ended() {
                return Ok(0);
            }
            match poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&timeout)) {
                Ok(0) if timeout == NONE => {
                    // An error comes again with the next packet, or at the end.
                    let _ = atomic_file::flush_direct();
                    timeout = PATIENCE;
                }
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                // The read itself says what is wrong.
                Ok(_) | Err(_) => return self.0.read(buf),
            }
        }
    }
}
