//! Packets of interfaces, shown as they come.

use super::arguments::Arguments;
use super::printer::Printer;
use super::source::PacketContext;
use crate::atomic_file;
use crate::capture::capture_filter::CaptureFilter;
use crate::capture::session::{Session, Settings, complain_of_losses, record_of};
use crate::outcome::{Outcome, complain};
use crate::output::Output;
use crate::signals;
use clap::Parser;
use packetsmith::output::Style;
use std::io;
use std::time::{Duration, Instant};

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
        let settings = Settings { names, snap_len: 0, promiscuous: true, buffer: None, filter: None };
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

/// Prints the packets that interfaces send and receive. `true` if one cannot be opened or read.
pub(super) fn show(conditions: &Conditions<'_>, printer: &mut Printer<'_>, output: &mut Output) -> io::Result<bool> {
    /// A signal that comes just before the wait is seen after this time.
    const PATIENCE: Duration = Duration::from_millis(200);
    signals::watch();
    printer.begin(true);
    let mut session = match Session::open(&conditions.settings) {
        Ok(session) => session,
        Err(message) => {
            complain(message);
            return Ok(true);
        }
    };
    let mut context = PacketContext::new(printer.arguments, printer.style);
    let mut filter = conditions.settings.filter.map(CaptureFilter::new);
    let end = conditions.duration.and_then(|time| Instant::now().checked_add(time));
    let (mut number, mut shown, mut written) = (0, 0, Ok(()));
    let mut timeout = Duration::ZERO;
    while context.takes_more() && !printer.refused && !signals::ended() && !session.ended {
        if conditions.packets.is_some_and(|most| shown >= most) || end.is_some_and(|end| Instant::now() >= end) {
            break;
        }
        let Some(frame) = session.next(timeout) else {
            // What there is of a capture file goes on before the wait for more.
            atomic_file::flush_direct()?;
            let left = end.map_or(PATIENCE, |end| end.saturating_duration_since(Instant::now()));
            timeout = left.min(PATIENCE);
            continue;
        };
        timeout = Duration::ZERO;
        let record = record_of(number + 1, &frame);
        if filter.as_mut().is_some_and(|filter| !filter.passes(&record)) {
            continue;
        }
        number += 1;
        shown += 1;
        context.show(&record, printer, &mut |text| {
            if written.is_ok() {
                written = output.put(&text.bytes);
            }
            text.bytes.clear();
        });
        std::mem::replace(&mut written, Ok(()))?;
        output.put(&printer.text.bytes)?;
        printer.text.bytes.clear();
    }
    output.flush()?;
    let (counted, buffer) = (session.statistics(), session.capture().buffer());
    complain_of_losses(&counted, buffer);
    Ok(session.failed)
}
