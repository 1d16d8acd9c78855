//! A capture file that grows while it is read by others.
//!
//! It is written in whole records, and what does not fit on the disk is cut off at the last of them.

use packetsmith::capture::Form;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Bytes that are written at once.
const BUFFER: usize = 1 << 18;

/// A file, pipe or device that a capture is written to.
pub struct GrowingFile {
    out: Out,
    form: Form,
    /// Whole records that are not written yet, and the packets among them.
    buffer: Vec<u8>,
    waiting: u64,
    /// Bytes that are in the file.
    written: u64,
}

enum Out {
    File(File),
    /// Standard output, a pipe or a device.
    Stream(Box<dyn Write>),
}

/// Why a file cannot be written on, and how many packets it does not have because of that.
pub struct WriteFailure {
    pub error: io::Error,
    pub packets: u64,
}

impl GrowingFile {
    /// Creates a file, or empties the one that is there.
    pub fn create(path: &Path, form: Form) -> io::Result<Self> {
        let out = if path.as_os_str() == "-" {
            Out::Stream(standard_output()?)
        } else if path.metadata().is_ok_and(|found| !found.is_file()) {
            Out::Stream(Box::new(OpenOptions::new().write(true).open(path)?))
        } else {
            Out::File(File::create(path)?)
        };
        Ok(GrowingFile { out, form, buffer: Vec::with_capacity(BUFFER + (BUFFER >> 2)), waiting: 0, written: 0 })
    }

    /// Its length in bytes, with what is not written yet.
    pub fn len(&self) -> u64 {
        self.written + self.buffer.len() as u64
    }

    /// Counts a packet whose record is complete, and writes if there is much to write.
    pub fn end_packet(&mut self) -> Result<(), WriteFailure> {
        self.waiting += 1;
        if self.buffer.len() >= BUFFER { self.settle() } else { Ok(()) }
    }

    /// Writes all records.
    pub fn settle(&mut self) -> Result<(), WriteFailure> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let (mut at, mut failed) = (0, None);
        while at < self.buffer.len() && failed.is_none() {
            let rest = &self.buffer[at..];
            let result = match &mut self.out {
                Out::File(file) => file.write(rest),
                Out::Stream(stream) => stream.write(rest),
            };
            match result {
                Ok(0) => failed = Some(io::ErrorKind::WriteZero.into()),
                Ok(more) => at += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => failed = Some(error),
            }
        }
        if let (None, Out::Stream(stream)) = (&failed, &mut self.out) {
            failed = stream.flush().err();
        }
        let packets = std::mem::take(&mut self.waiting);
        match failed {
            None => {
                self.written += at as u64;
                self.buffer.clear();
                Ok(())
            }
            Some(error) => Err(self.cut(at, packets, error)),
        }
    }

    /// Cuts the file behind the last whole record of the first `at` bytes of the buffer.
    fn cut(&mut self, at: usize, packets: u64, error: io::Error) -> WriteFailure {
        let (end, whole) = whole_records(self.form, self.written == 0, &self.buffer, at);
        self.written += end as u64;
        self.buffer.clear();
        if let Out::File(file) = &mut self.out {
            use std::io::Seek;
            // What cannot be cut off is an incomplete record, which readers tell.
            let _ = file.set_len(self.written);
            let _ = file.seek(io::SeekFrom::Start(self.written));
        }
        WriteFailure { error, packets: packets.saturating_sub(whole) }
    }
}

/// Records are collected until they are [settled](GrowingFile::settle).
impl Write for GrowingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The end of the last record that is whole within the first `limit` bytes, and the number of packets before it. The records are
/// our own: in little endian.
fn whole_records(form: Form, is_begin: bool, bytes: &[u8], limit: usize) -> (usize, u64) {
    /// Type of an Enhanced Packet Block.
    const PACKET: u32 = 6;
    const PCAP_HEADER: usize = 24;
    let word =
        |at: usize| bytes.get(at..at + 4).map_or(0, |four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
    let (mut end, mut packets) = (0, 0);
    loop {
        let (length, is_packet) = match form {
            Form::Pcapng => (word(end + 4) as usize, word(end) == PACKET),
            _ if is_begin && end == 0 => (PCAP_HEADER, false),
            _ => (16 + word(end + 8) as usize, true),
        };
        if length < 12 || end + length > limit || end + length > bytes.len() {
            return (end, packets);
        }
        end += length;
        packets += u64::from(is_packet);
    }
}

/// Standard output without a buffer of its own.
#[cfg(unix)]
fn standard_output() -> io::Result<Box<dyn Write>> {
    use std::os::fd::AsFd;
    Ok(Box::new(File::from(io::stdout().as_fd().try_clone_to_owned()?)))
}

/// Standard output.
#[cfg(not(unix))]
fn standard_output() -> io::Result<Box<dyn Write>> {
    Ok(Box::new(io::stdout()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use packetsmith::capture::{ByteOrder, Format, Interface, NewRecord, PcapHeader, Resolution, Writer};

    #[test]
    fn a_file_is_cut_behind_a_whole_record() {
        let mut writer = Writer::pcapng(Vec::new()).unwrap();
        writer.interface(&Interface::of(1)).unwrap();
        let head = writer.get_mut().len();
        writer.packet(&NewRecord::new(&[7; 61])).unwrap();
        let first = writer.get_mut().len();
        writer.packet(&NewRecord::new(&[7; 9])).unwrap();
        let bytes = writer.finish().unwrap();
        let cut = |limit| whole_records(Form::Pcapng, true, &bytes, limit);
        assert_eq!(
            [cut(head), cut(first - 1), cut(first), cut(bytes.len())],
            [(head, 0), (head, 0), (first, 1), (bytes.len(), 2)]
        );
        assert_eq!(cut(11), (0, 0));

        let mut writer = Writer::new(Vec::new());
        writer.begin(Format::Pcap(&PcapHeader::new(ByteOrder::Little, Resolution::NANOSECONDS, 1))).unwrap();
        writer.packet(&NewRecord::new(&[7; 61])).unwrap();
        let bytes = writer.finish().unwrap();
        assert_eq!(whole_records(Form::NanoPcap, true, &bytes, bytes.len()), (24 + 16 + 61, 1));
        assert_eq!(whole_records(Form::NanoPcap, true, &bytes, bytes.len() - 1), (24, 0));
        assert_eq!(whole_records(Form::NanoPcap, false, &bytes[24..], 16 + 61), (16 + 61, 1));
    }
}
