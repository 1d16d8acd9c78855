//! `packetsmith capture`: the packets of network interfaces, written to files or shown.

mod arguments;
pub mod blocks;
mod capture_file;
pub mod capture_filter;
mod files;
mod growing_file;
pub mod interfaces;
mod limits;
pub mod session;
mod status;

pub use self::arguments::Arguments;

use self::capture_file::{Description, PacketFailure};
use self::capture_filter::CaptureFilter;
use self::files::{Files, Next};
use self::limits::Limits;
use self::session::{Session, Settings, complain_of_losses, record_of};
use self::status::Status;
use crate::destination::Choice;
use crate::numbers::grouped;
use crate::outcome::{Outcome, complain};
use crate::read::{Conditions, lines};
use crate::signals;
use packetsmith::capture::Form;
use packetsmith::live::{LiveStatistics, ReceivedFrame};
use packetsmith::output::Style;
use std::io::{self, IsTerminal};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// A signal that comes just before a wait is seen after this time.
const PATIENCE: Duration = Duration::from_millis(200);

/// Runs the command.
pub fn run(arguments: &Arguments, style: Style) -> io::Result<Outcome> {
    if arguments.list_interfaces {
        return interfaces::list().map(|()| Outcome::Done);
    }
    let settings = Settings {
        names: &arguments.interface,
        snap_len: arguments.snap_len(),
        promiscuous: !arguments.no_promiscuous_mode,
        buffer: arguments.buffer_size,
        to_file: arguments
            .write
            .as_deref()
            .is_some_and(|path| path.as_os_str() != "-" && path.metadata().map_or(true, |found| found.is_file())),
        filter: arguments.filter.as_ref(),
    };
    let limits = arguments.protocols.apply().and_then(|()| checked(arguments));
    let limits = match limits {
        Ok(limits) => limits,
        Err(message) => {
            complain(message);
            return Ok(Outcome::Failed);
        }
    };
    let Some(path) = &arguments.write else {
        let Limits { duration, packets, .. } = limits;
        return lines(&Conditions { settings, duration, packets }, style);
    };
    Ok(match write(arguments, path, &settings, limits) {
        Ok(outcome) => outcome,
        Err(message) => {
            complain(message);
            Outcome::Failed
        }
    })
}

/// The limits, if the arguments go together.
fn checked(arguments: &Arguments) -> Result<Limits, String> {
    let limits = Limits::new(&arguments.autostop, &arguments.ring_buffer, arguments.count)?;
    let is_any = arguments.interface.iter().any(|name| name == "any");
    if is_any && form(arguments.file_format) != Form::Pcapng {
        return Err("-i any needs pcapng: a pcap file has one link type, and no interfaces".to_string());
    }
    let Some(path) = &arguments.write else {
        return match limits.file_bytes {
            Some(_) => Err("-a filesize:KB needs a file: give -w FILE".to_string()),
            None => Ok(limits),
        };
    };
    if path.as_os_str() == "-" && limits.has_many {
        return Err("-b writes several files: give -w a name such as trace.pcapng".to_string());
    }
    if path.as_os_str() == "-" && io::stdout().is_terminal() {
        return Err("a capture file is not written to a terminal: redirect it, or name a file".to_string());
    }
    if path.as_os_str() != "-" && path.file_name().is_none() {
        return Err(format!("-w {}: the name of a file is expected", path.display()));
    }
    if path.extension().is_some_and(|extension| extension == "gz" || extension == "zst") {
        return Err(format!(
            "-w {}: a capture is not compressed while it grows: write {}, and compress it afterwards",
            path.display(),
            path.with_extension("").display()
        ));
    }
    Ok(limits)
}

/// The format of a choice.
fn form(choice: Option<Choice>) -> Form {
    match choice {
        Some(Choice::Pcap) => Form::Pcap,
        Some(Choice::Nanopcap) => Form::NanoPcap,
        Some(Choice::Pcapng) | None => Form::Pcapng,
    }
}

/// A capture to files.
struct Recording<'a> {
    files: Files<'a>,
    filter: Option<CaptureFilter<'a>>,
    /// Packets that came, whether they pass the filter or not.
    seen: u64,
    /// Packets that the format has no place for.
    refused: u64,
    has_ended: bool,
    failed: bool,
    /// Nobody reads the pipe any more.
    is_closed: bool,
}

impl Recording<'_> {
    /// Takes a frame. Tells whether the file is full.
    fn take(&mut self, frame: &ReceivedFrame<'_>) -> bool {
        self.seen += 1;
        let Recording { files, filter, seen, .. } = self;
        if filter.as_mut().is_some_and(|filter| !filter.passes(&record_of(*seen, frame))) {
            return false;
        }
        match files.frame(frame) {
            Ok(()) => {}
            Err(PacketFailure::File(failure)) => self.fail(&failure),
            Err(PacketFailure::Packet(error)) => {
                self.refused += 1;
                complain(format_args!("packet {} is not written: {error}", self.seen));
            }
        }
        let next = self.files.after_packet();
        self.act(next)
    }

    /// Ends the capture if that is due. Tells whether the file is full.
    fn act(&mut self, next: Next) -> bool {
        self.has_ended |= next == Next::End;
        next == Next::Switch && !self.has_ended
    }

    /// Says that the file cannot be written on, and ends the capture.
    fn fail(&mut self, failure: &growing_file::WriteFailure) {
        self.has_ended = true;
        if failure.error.kind() == io::ErrorKind::BrokenPipe {
            self.is_closed = true;
            return;
        }
        self.failed = true;
        complain(self.files.message(failure));
    }

    /// Goes on in another file.
    fn switch(&mut self, session: &mut Session) {
        let counted = session.statistics();
        if let Err(message) = self.files.switch(session.capture().interfaces(), counted) {
            complain(message);
            (self.has_ended, self.failed) = (true, true);
        }
    }
}

/// Captures to files.
fn write(arguments: &Arguments, path: &Path, settings: &Settings<'_>, limits: Limits) -> Result<Outcome, String> {
    signals::watch();
    let mut session = Session::open(settings)?;
    let form = form(arguments.file_format);
    one_link_type(&session, form)?;
    let text = settings.filter.map(ToString::to_string);
    let description = Description { form, snap_len: settings.snap_len, filter: text.as_deref(), names: settings.names };
    let counted = session.statistics();
    let files = Files::begin(path, description, limits, session.capture().interfaces(), counted)?;
    let filter = settings.filter.map(CaptureFilter::new);
    let mut recording =
        Recording { files, filter, seen: 0, refused: 0, has_ended: false, failed: false, is_closed: false };
    let mut status = Status::new(!arguments.quiet);
    record(&mut session, &mut recording, &mut status, limits.duration);
    status.clear();
    let counted = session.statistics();
    if !recording.is_closed
        && let Err(failure) = recording.files.finish(&counted)
    {
        recording.fail(&failure);
    }
    Ok(report(&recording, &session, &counted))
}

/// Refuses interfaces that a file of one link type has no place for.
fn one_link_type(session: &Session, form: Form) -> Result<(), String> {
    let interfaces = session.capture().interfaces();
    let Some(first) = interfaces.first().filter(|_| form != Form::Pcapng) else { return Ok(()) };
    match interfaces.iter().find(|other| other.link_type != first.link_type) {
        Some(other) => Err(format!(
            "{} has link type {}, and {} has {}: a pcap file has only one: write pcapng (-F pcapng)",
            first.name, first.link_type, other.name, other.link_type
        )),
        None => Ok(()),
    }
}

/// Takes frames until the capture ends.
fn record(session: &mut Session, recording: &mut Recording<'_>, status: &mut Status, duration: Option<Duration>) {
    /// Frames after which the clock is asked.
    const SOME: u32 = 256;
    let end = duration.and_then(|time| Instant::now().checked_add(time));
    let is_over = || signals::ended() || end.is_some_and(|end| Instant::now() >= end);
    let mut timeout = Duration::ZERO;
    while !recording.has_ended && !session.ended && !is_over() {
        let (mut some, mut is_full) = (0, false);
        while some < SOME && !recording.has_ended && !is_full {
            let Some(frame) = session.next(std::mem::take(&mut timeout)) else { break };
            is_full = recording.take(&frame);
            some += 1;
        }
        is_full |= {
            let next = recording.files.after_time();
            recording.act(next)
        };
        if is_full {
            recording.switch(session);
        }
        if status.is_due() {
            let lost = session.statistics().iter().filter_map(|counted| counted.dropped).sum();
            status.write(recording.files.packets(), lost);
        }
        if some == SOME || is_full || recording.has_ended {
            continue;
        }
        // What came is written before the wait for more.
        if let Err(failure) = recording.files.settle() {
            status.clear();
            recording.fail(&failure);
        }
        let left = end.map_or(PATIENCE, |end| end.saturating_duration_since(Instant::now())).min(PATIENCE);
        timeout = recording.files.time_left().map_or(left, |time| time.min(left));
    }
    // What the kernel has at the end belongs to the capture.
    let (now, end) = (SystemTime::now(), Instant::now() + session.capture().longest_delay());
    while !recording.has_ended && !session.ended {
        let left = end.saturating_duration_since(Instant::now());
        let Some(frame) = session.next(left).filter(|frame| frame.time <= now) else { break };
        if recording.take(&frame) {
            recording.switch(session);
        }
    }
}

/// Says what was captured and lost.
fn report(recording: &Recording<'_>, session: &Session, counted: &[LiveStatistics]) -> Outcome {
    let Recording { files, filter, seen, refused, failed, is_closed, .. } = recording;
    let packets = files.packets();
    let plural = if packets == 1 { "packet" } else { "packets" };
    let of_all = match filter {
        Some(_) => format!(" of {}", grouped(*seen)),
        None => String::new(),
    };
    let lost: u64 = counted.iter().filter_map(|counted| counted.dropped).sum();
    let loss = match counted.iter().all(|counted| counted.dropped.is_some()) {
        true => format!(", {} lost", grouped(lost)),
        false => ", losses are not known on this system".to_string(),
    };
    let removed = match files.removed {
        0 => String::new(),
        removed => format!(" ({} of them in files that were removed)", grouped(removed)),
    };
    let closed = if *is_closed { ", whose reader has closed it" } else { "" };
    complain(format_args!("{}{of_all} {plural} captured{removed}{loss}: {}{closed}", grouped(packets), files.names()));
    complain_of_losses(counted, session.capture().buffer());
    match (*failed || session.failed || *refused > 0, packets) {
        (true, _) => Outcome::Failed,
        (false, 0) => Outcome::NothingMatched,
        (false, _) => Outcome::Done,
    }
}
