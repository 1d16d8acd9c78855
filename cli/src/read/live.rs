//! Packets of interfaces, shown as they come.

use super::arguments::Arguments;
use super::printer::Printer;
use super::source::PacketContext;
use crate::atomic_file;
use crate::capture::blocks::{self, InterfaceCounts};
use crate::capture::capture_filter::CaptureFilter;
use crate::capture::session::{Session, Settings, complain_of_losses, record_of};
use crate::destination::Destination;
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use crate::signals;
use clap::Parser;
use packetsmith::capture::{BlockOptions, ByteOrder, Format, Interface, Record, SectionHeader, Timestamp};
use packetsmith::live::{CapturedInterface, LiveStatistics, MAX_SNAP_LEN};
use packetsmith::output::Style;
use std::io;
use std::time::{Duration, Instant, SystemTime};

/// What is captured to be shown, and until when.
pub struct Conditions<'a> {
    pub settings: Settings<'a>,
    pub duration: Option<Duration>,
    /// Most packets that pass the filter of the settings.
    pub packets: Option<u64>,
}

impl<'a> Conditions<'a> {
    /// Those of `read -i`.
    pub(super) fn of_read(arguments: &'a Arguments) -> Self {
        let names = &arguments.interface;
        let settings =
            Settings { names, snap_len: MAX_SNAP_LEN, promiscuous: true, buffer: None, to_file: false, filter: None };
        Conditions { settings, duration: None, packets: None }
    }
}

/// Shows packets as lines.
pub fn lines(conditions: &Conditions<'_>, style: Style) -> io::Result<Outcome> {
    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }
    let Command { arguments } = Command::parse_from(["read", "-"]);
    let mut output = Output::new();
    output.eager = true;
    let mut printer = Printer::new(&arguments, style, output.width);
    let failed = show(conditions, &mut printer, &mut output)?;
    output.flush()?;
    Ok(match (failed, printer.matched) {
        (true, _) => Outcome::Failed,
        (false, true) => Outcome::Done,
        (false, false) => Outcome::NothingMatched,
    })
}

/// The interfaces as a capture file describes them, and their packets in it.
struct Described {
    header: SectionHeader,
    interfaces: Vec<Interface>,
    /// Packets of each that are written.
    written: Vec<u64>,
    begin: Timestamp,
    before: Vec<LiveStatistics>,
}

impl Described {
    /// Describes an interface unless it is described. They become known in the order of their numbers.
    fn learn(&mut self, interface: &CapturedInterface, snap_len: u32) {
        if interface.number as usize == self.interfaces.len() {
            self.interfaces.push(blocks::interface(interface, snap_len, None));
            self.written.push(0);
        }
    }

    /// Completes a capture file. A file without packets gets its header and interfaces too. The interface statistics, with the
    /// packets lost, come last.
    fn complete(&self, destination: &mut Destination, is_any: bool, now: &[LiveStatistics]) -> Result<(), String> {
        destination.describe(&self.header, &self.interfaces)?;
        let (begin, end, before) = (self.begin, Timestamp::now(), &self.before);
        for (number, &delivered) in self.written.iter().enumerate() {
            let body = InterfaceCounts { number, is_any, begin, end, before, now, delivered }.body();
            destination.statistics(&body)?;
        }
        Ok(())
    }
}

/// Prints the packets that interfaces send and receive. `true` if one cannot be opened or read.
pub(super) fn show(conditions: &Conditions<'_>, printer: &mut Printer<'_>, output: &mut Output) -> io::Result<bool> {
    signals::watch();
    printer.begin(true);
    let mut session = match Session::open(&conditions.settings) {
        Ok(session) => session,
        Err(message) => {
            complain(message);
            // There is nothing to write.
            printer.destination = None;
            return Ok(true);
        }
    };
    let mut described = Described {
        header: blocks::section_header(),
        interfaces: Vec::new(),
        written: Vec::new(),
        begin: Timestamp::now(),
        before: session.statistics(),
    };
    let snap_len = conditions.settings.snap_len;
    session.capture().interfaces().iter().for_each(|interface| described.learn(interface, snap_len));
    packets(conditions, &mut session, &mut described, printer, output)?;
    output.flush()?;
    let (counted, buffer) = (session.statistics(), session.capture().buffer());
    let is_any = conditions.settings.names.iter().any(|name| name == "any");
    if let Some(destination) = printer.destination.as_mut().filter(|_| !printer.refused)
        && let Err(message) = described.complete(destination, is_any, &counted)
    {
        complain(message);
        printer.refused = true;
    }
    complain_of_losses(&counted, buffer);
    Ok(session.failed)
}

/// Prints packets until the capture ends.
fn packets(
    conditions: &Conditions<'_>,
    session: &mut Session,
    described: &mut Described,
    printer: &mut Printer<'_>,
    output: &mut Output,
) -> io::Result<()> {
    /// A signal that comes just before the wait is seen after this time.
    const PATIENCE: Duration = Duration::from_millis(200);
    let mut context = PacketContext::new(printer.arguments, printer.style);
    let mut filter = conditions.settings.filter.map(CaptureFilter::new);
    let end = conditions.duration.and_then(|time| Instant::now().checked_add(time));
    let is_over = || signals::ended() || end.is_some_and(|end| Instant::now() >= end);
    let (mut number, mut written) = (0, Ok(()));
    let mut timeout = Duration::ZERO;
    // What the kernel has at the end belongs to the capture: frames up to a time, which come until another.
    let mut last: Option<(SystemTime, Instant)> = None;
    while context.takes_more() && !printer.refused && !session.ended {
        if conditions.packets.is_some_and(|most| number >= most) {
            break;
        }
        if last.is_none() && is_over() {
            last = Some((SystemTime::now(), Instant::now() + session.capture().longest_delay()));
        }
        if let Some((_, end)) = last {
            timeout = end.saturating_duration_since(Instant::now());
        }
        let frame = session.next(timeout).filter(|frame| last.is_none_or(|(last, _)| frame.time <= last));
        let Some(frame) = frame else {
            if last.is_some() {
                break;
            }
            // What there is of a capture file goes on before the wait for more.
            atomic_file::flush_direct()?;
            let left = end.map_or(PATIENCE, |end| end.saturating_duration_since(Instant::now()));
            timeout = left.min(PATIENCE);
            continue;
        };
        timeout = Duration::ZERO;
        let interface = frame.interface.number as usize;
        described.learn(frame.interface, conditions.settings.snap_len);
        let flags = blocks::flags(frame.direction);
        let record = record_of(number + 1, &frame);
        if filter.as_mut().is_some_and(|filter| !filter.passes(&record)) {
            continue;
        }
        number += 1;
        let options =
            flags.as_ref().map_or(BlockOptions::default(), |flags| BlockOptions::new(ByteOrder::Little, flags));
        let record = Record {
            description: described.interfaces.get(interface),
            options,
            format: Some(Format::Pcapng(&described.header)),
            section: 1,
            interfaces: &described.interfaces,
            ..record
        };
        let before = printer.destination.as_ref().map_or(0, |destination| destination.packets);
        context.show(&record, printer, &mut |text| {
            if written.is_ok() {
                written = output.put(&text.bytes);
            }
            text.bytes.clear();
        });
        let after = printer.destination.as_ref().map_or(0, |destination| destination.packets);
        described.written[interface] += after - before;
        std::mem::replace(&mut written, Ok(()))?;
        output.put(&printer.text.bytes)?;
        printer.text.bytes.clear();
    }
    Ok(())
}
