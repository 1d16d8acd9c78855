//! The files of a capture: one, or one after the other, of which the oldest may be removed.

use super::capture_file::{CaptureFile, Description, PacketFailure};
use super::growing_file::WriteFailure;
use super::limits::Limits;
use crate::outcome::complain;
use packetsmith::live::{CapturedInterface, LiveStatistics, ReceivedFrame};
use packetsmith::output::TerminalText;
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// The files of a capture.
pub struct Files<'a> {
    path: &'a Path,
    description: Description<'a>,
    limits: Limits,
    /// The file that is being written, and its name.
    file: Option<(CaptureFile, PathBuf)>,
    begin: Instant,
    /// When the next file begins, with -b interval.
    interval_end: Option<SystemTime>,
    /// Number of the file that is being written, from 1.
    pub number: u64,
    /// Files that are there, oldest first.
    kept: VecDeque<PathBuf>,
    /// Packets in complete files.
    packets: u64,
    /// Packets in files that were removed again.
    pub removed: u64,
    /// Packets of complete files that are there.
    counts: VecDeque<u64>,
}

/// Whether the capture goes on, in this file or the next one, or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The file has room.
    Stay,
    /// The file is full.
    Switch,
    /// The capture ends.
    End,
}

impl<'a> Files<'a> {
    /// Begins the first file. `counted` is what was counted until now.
    pub fn begin(
        path: &'a Path,
        description: Description<'a>,
        limits: Limits,
        interfaces: &[CapturedInterface],
        counted: Vec<LiveStatistics>,
    ) -> Result<Self, String> {
        let mut files = Files {
            path,
            description,
            limits,
            file: None,
            begin: Instant::now(),
            interval_end: None,
            number: 0,
            kept: VecDeque::new(),
            packets: 0,
            removed: 0,
            counts: VecDeque::new(),
        };
        files.open(interfaces, counted)?;
        Ok(files)
    }

    fn open(&mut self, interfaces: &[CapturedInterface], counted: Vec<LiveStatistics>) -> Result<(), String> {
        self.number += 1;
        let path = match self.limits.has_many {
            true => ring_path(self.path, self.number, &jiff::Zoned::now().strftime("%Y%m%d%H%M%S").to_string()),
            false => self.path.to_path_buf(),
        };
        if self.limits.kept.is_some_and(|most| self.kept.len() as u64 >= most)
            && let Some(oldest) = self.kept.pop_front()
        {
            self.removed += self.counts.pop_front().unwrap_or_default();
            if let Err(error) = std::fs::remove_file(&oldest) {
                complain(format_args!("{}: cannot be removed: {error}", oldest.display()));
            }
        }
        let file = CaptureFile::create(&path, &self.description, interfaces, counted)
            .map_err(|error| format!("{}: cannot be written: {}", shown(&path), reason(&path, &error)))?;
        self.kept.push_back(path.clone());
        self.file = Some((file, path));
        self.begin = Instant::now();
        self.interval_end = self.limits.interval.and_then(|seconds| {
            let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs((now / seconds + 1).saturating_mul(seconds)))
        });
        Ok(())
    }

    /// Packets in all files, with those that were removed.
    pub fn packets(&self) -> u64 {
        self.packets + self.file.as_ref().map_or(0, |(file, _)| file.packets)
    }

    /// Writes a frame.
    pub fn frame(&mut self, frame: &ReceivedFrame<'_>) -> Result<(), PacketFailure> {
        match &mut self.file {
            Some((file, _)) => file.frame(frame, &self.description),
            None => Ok(()),
        }
    }

    /// Writes what waits in memory.
    pub fn settle(&mut self) -> Result<(), WriteFailure> {
        self.file.as_mut().map_or(Ok(()), |(file, _)| file.settle())
    }

    /// What the size of the file asks for.
    pub fn after_packet(&mut self) -> Next {
        let Limits { file_bytes, file_packets, packets, .. } = self.limits;
        if packets.is_some_and(|most| self.packets() >= most) {
            return Next::End;
        }
        let Some((file, _)) = &mut self.file else { return Next::End };
        let is_full =
            file_bytes.is_some_and(|most| file.len() >= most) || file_packets.is_some_and(|most| file.packets >= most);
        self.full(is_full)
    }

    /// What the time asks for.
    pub fn after_time(&self) -> Next {
        let is_over = self.limits.file_duration.is_some_and(|most| self.begin.elapsed() >= most)
            || self.interval_end.is_some_and(|end| SystemTime::now() >= end);
        self.full(is_over)
    }

    fn full(&self, is_full: bool) -> Next {
        match is_full {
            false => Next::Stay,
            true if !self.limits.has_many => Next::End,
            true if self.limits.files.is_some_and(|most| self.number >= most) => Next::End,
            true => Next::Switch,
        }
    }

    /// The time until [`after_time`](Self::after_time) may ask for something.
    pub fn time_left(&self) -> Option<Duration> {
        let duration = self.limits.file_duration.map(|most| most.saturating_sub(self.begin.elapsed()));
        let interval = self.interval_end.map(|end| end.duration_since(SystemTime::now()).unwrap_or_default());
        duration.into_iter().chain(interval).min()
    }

    /// Completes the file, and begins the next.
    pub fn switch(&mut self, interfaces: &[CapturedInterface], counted: Vec<LiveStatistics>) -> Result<(), String> {
        self.finish(&counted).map_err(|failure| self.message(&failure))?;
        self.open(interfaces, counted)
    }

    /// Completes the file that is being written.
    pub fn finish(&mut self, counted: &[LiveStatistics]) -> Result<(), WriteFailure> {
        let Some((file, _)) = self.file.take() else { return Ok(()) };
        let packets = file.packets;
        self.packets += packets;
        self.counts.push_back(packets);
        file.finish(&self.description, counted).inspect_err(|failure| self.packets -= failure.packets.min(packets))
    }

    /// What to say of a file that cannot be written on.
    pub fn message(&self, failure: &WriteFailure) -> String {
        let name = self.kept.back().map_or_else(|| shown(self.path), |path| shown(path));
        match failure.packets {
            0 => format!("{name}: cannot be written on: {}", failure.error),
            1 => format!("{name}: cannot be written on: {}; 1 packet before that is lost", failure.error),
            lost => format!("{name}: cannot be written on: {}; {lost} packets before that are lost", failure.error),
        }
    }

    /// Names the file or files for people.
    pub fn names(&self) -> String {
        match (self.kept.front(), self.kept.back()) {
            (Some(first), Some(last)) if first != last => format!("{} to {}", shown(first), shown(last)),
            (_, Some(last)) => shown(last),
            _ => shown(self.path),
        }
    }
}

/// Why a file cannot be created.
fn reason(path: &Path, error: &io::Error) -> String {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match (error.kind(), folder) {
        (io::ErrorKind::NotFound, Some(folder)) if !folder.exists() => format!("there is no folder {}", shown(folder)),
        _ => error.to_string(),
    }
}

/// The name of a path for messages.
fn shown(path: &Path) -> String {
    match path.as_os_str() == "-" {
        true => "standard output".to_string(),
        false => TerminalText(&path.to_string_lossy()).to_string(),
    }
}

/// The name of a file of several, as in dumpcap: `trace.pcapng` becomes `trace_00001_20240714120117.pcapng`.
fn ring_path(path: &Path, number: u64, time: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default();
    let text = name.to_string_lossy();
    let end = text.rfind('.').filter(|end| *end > 0);
    let mut file = match end {
        Some(end) => OsString::from(&text[..end]),
        None => name.to_os_string(),
    };
    file.push(format!("_{number:05}_{time}"));
    if let Some(end) = end {
        file.push(&text[end..]);
    }
    path.with_file_name(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_several_are_named_as_by_dumpcap() {
        let named = |path| ring_path(Path::new(path), 7, "20240714120117").to_string_lossy().into_owned();
        assert_eq!(named("a.b/trace.pcapng"), "a.b/trace_00007_20240714120117.pcapng");
        assert_eq!(named("trace"), "trace_00007_20240714120117");
        assert_eq!(named("/tmp/.hidden"), "/tmp/.hidden_00007_20240714120117");
    }
}
