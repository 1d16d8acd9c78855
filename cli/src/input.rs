//! Files that are read: a pipe that has nothing more at the moment lets what was written so far go on, and a signal
//! ends it like the end of a file.

use packetsmith::capture::{Error, Reader};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

/// A capture file or a pipe.
pub type Input = Reader<Box<dyn Read + Send>>;

/// Opens a capture file by name, or standard input for `-`. Errors have the name.
pub fn open(path: &Path) -> Result<Input, Error> {
    if path.as_os_str() == "-" {
        let name = "standard input";
        return Reader::new(standard_input()).map(|reader| reader.named(name)).map_err(|error| error.named(name));
    }
    // A regular file never makes its reader wait.
    let regular = fs::metadata(path).is_ok_and(|metadata| metadata.is_file() || metadata.is_dir());
    match File::open(path) {
        Ok(file) if !regular => {
            let name = path.to_string_lossy();
            Reader::new(patient(file)).map(|reader| reader.named(&name)).map_err(|error| error.named(&name))
        }
        _ => Reader::open(path),
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
