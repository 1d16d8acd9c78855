//! Interfaces that are captured: opening them, waiting for frames, and what to say when that fails.

use crate::outcome::complain;
use packetsmith::capture::{BlockOptions, ByteOrder, Record, Resolution, Timestamp};
use packetsmith::live::{Capture, CaptureError, LiveStatistics, OpenError, ReceivedFrame};
use packetsmith::output::TerminalText;
use packetsmith::{Filter, FrameSource};
use std::time::Duration;

/// Bytes that may come in a second: with less room, the kernel is asked more often.
const FASTEST: u64 = 1_000_000_000;
/// Longest time for which frames are left with the kernel, so that one call reads many.
const LONGEST_REST: Duration = Duration::from_millis(10);

/// How interfaces are captured.
pub struct Settings<'a> {
    pub names: &'a [String],
    /// Most bytes of a frame.
    pub snap_len: u32,
    pub promiscuous: bool,
    /// Buffer of the kernel in bytes, if one was asked for.
    pub buffer: Option<usize>,
    /// What is captured, so that the kernel leaves out what it can.
    pub filter: Option<&'a Filter>,
}

/// Interfaces that are captured.
pub struct Session {
    capture: Capture,
    rest: Duration,
    /// An interface is gone, or could not be read.
    pub failed: bool,
    /// No interface is left.
    pub ended: bool,
}

impl Session {
    /// Opens the interfaces. The message of an error says what to do.
    pub fn open(settings: &Settings<'_>) -> Result<Self, String> {
        let mut builder = settings.names.iter().fold(Capture::builder(), |builder, name| builder.interface(name));
        builder = builder.snap_len(settings.snap_len);
        if !settings.promiscuous {
            builder = builder.not_promiscuous();
        }
        if let Some(bytes) = settings.buffer {
            builder = builder.buffer(bytes);
        }
        // The kernel leaves out what the filter surely does not pass, nor needs for other packets; the filter itself is asked
        // behind it.
        if let Some(filter) = settings.filter.cloned() {
            builder = builder.kernel_filter(move |link_type| {
                let program = filter.capture_program(link_type, FrameSource::Socket);
                (!program.accepts_all()).then(|| program.instructions().to_vec())
            });
        }
        let capture = builder.open().map_err(|error| advice(&error))?;
        if let Some(wanted) = settings.buffer.filter(|wanted| *wanted > capture.buffer() && cfg!(target_os = "linux")) {
            complain(format_args!(
                "the kernel's buffer has {} bytes, not {wanted}: more needs CAP_NET_ADMIN, or a higher limit \
                 net.core.rmem_max",
                capture.buffer()
            ));
        }
        // A tenth of the buffer is filled meanwhile at most.
        let rest = Duration::from_nanos(capture.buffer() as u64 * (1_000_000_000 / FASTEST) / 10);
        let rest = Some(rest.min(LONGEST_REST)).filter(|rest| *rest >= Duration::from_millis(1));
        Ok(Session { capture, rest: rest.unwrap_or_default(), failed: false, ended: false })
    }

    /// The interfaces that are known by now.
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// What was received and lost since the beginning.
    pub fn statistics(&mut self) -> Vec<LiveStatistics> {
        self.capture.statistics()
    }

    /// Lets frames gather with the kernel, so that few calls read many of them. Its buffer has room for that.
    pub fn rest(&self) {
        if !self.rest.is_zero() {
            std::thread::sleep(self.rest);
        }
    }

    /// Takes the next frame. `None` if none comes in this time, if a signal comes, or if something happened to an interface, which
    /// is said.
    pub fn next(&mut self, timeout: Duration) -> Option<ReceivedFrame<'_>> {
        let Session { capture, failed, ended, .. } = self;
        match capture.next_frame(timeout) {
            Ok(frame) => frame,
            Err(error) => {
                match &error {
                    CaptureError::NoneLeft => *ended = true,
                    CaptureError::Down { .. } => complain(&error),
                    CaptureError::Gone { .. } => {
                        complain(&error);
                        *failed = true;
                    }
                    _ => {
                        complain(&error);
                        (*failed, *ended) = (true, true);
                    }
                }
                None
            }
        }
    }
}

/// The packet of a frame, as if it were in a file. `number` is that of the packet.
pub fn record_of<'a>(number: u64, frame: &ReceivedFrame<'a>) -> Record<'a> {
    let nanos = frame.nanos();
    Record {
        number,
        offset: 0,
        timestamp: Some(Timestamp::new((nanos / 1_000_000_000) as i64, nanos % 1_000_000_000, Resolution::NANOSECONDS)),
        original_len: frame.original_len,
        link_type: Some(frame.interface.link_type),
        interface: frame.interface.number,
        description: None,
        fcs_len: None,
        header: &[],
        data: frame.data,
        options: BlockOptions::new(ByteOrder::Little, &[]),
        format: None,
        section: 0,
        interfaces: &[],
    }
}

/// Says what was lost, for each interface that lost something. Tells whether one did.
pub fn complain_of_losses(counted: &[LiveStatistics], buffer: usize) -> bool {
    let mut has_lost = false;
    for LiveStatistics { name, received, dropped, left_out, .. } in counted {
        if let Some(dropped @ 1..) = *dropped {
            has_lost = true;
            complain(format_args!(
                "{name}: {dropped} of {received} packets were lost: the kernel's buffer of {} was full. A larger one \
                 (-B), a filter (-f) or a snapshot length (-s) may help",
                size(buffer)
            ));
        }
        if *left_out > 0 {
            complain(format_args!("{name}: {left_out} packets of interfaces with an unknown link type are left out"));
        }
    }
    has_lost
}

/// A size with its unit.
fn size(bytes: usize) -> String {
    match bytes {
        bytes if bytes >= 1 << 20 => format!("{} MiB", bytes >> 20),
        bytes if bytes >= 1 << 10 => format!("{} KiB", bytes >> 10),
        bytes => format!("{bytes} bytes"),
    }
}

/// What to do about an interface that cannot be opened.
fn advice(error: &OpenError) -> String {
    match error {
        OpenError::NotFound { name, interfaces } => {
            let near = interfaces.iter().map(|there| (distance(name, there), there)).min();
            let near = near.filter(|(distance, there)| *distance <= 2 && *distance < there.len());
            let near = near.map_or(String::new(), |(_, there)| format!(": did you mean {there}?"));
            format!(
                "{name}: there is no such interface{near}\n  there are {}\n  'packetsmith capture -D' lists them with \
                 their addresses",
                interfaces.join(", ")
            )
        }
        OpenError::Down { name } => {
            format!("{name}: the interface is down, and has no packets\n  ip link set {name} up")
        }
        OpenError::NotPermitted { name } if cfg!(target_os = "linux") => {
            let this = std::env::current_exe().map_or("packetsmith".into(), |path| path.display().to_string());
            format!(
                "{name}: capturing needs the capability CAP_NET_RAW, which this process lacks\n  run it as root, or give \
                 the capability to the program, once:\n  sudo setcap cap_net_raw,cap_net_admin=eip {}",
                TerminalText(&this)
            )
        }
        OpenError::NotPermitted { name } => {
            format!("{name}: capturing needs the rights of an administrator, which this process lacks")
        }
        other => other.to_string(),
    }
}

/// Number of letters to insert, leave out or change to make one text of another (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, its) in other.chars().enumerate() {
            let changed = diagonal + usize::from(letter != its);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_name_is_suggested() {
        assert_eq!([distance("eth1", "eth0"), distance("ehto", "eth0"), distance("", "lo")], [1, 3, 2]);
        let interfaces = vec!["lo".to_string(), "eth0".to_string()];
        let message = advice(&OpenError::NotFound { name: "eht0".into(), interfaces });
        assert!(message.contains("did you mean eth0?") && message.contains("there are lo, eth0"), "{message}");
    }
}
