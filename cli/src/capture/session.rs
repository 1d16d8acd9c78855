//! Interfaces that are captured: opening them, waiting for frames, and what to say when that fails.

use crate::interface_errors::cannot_open;
use crate::outcome::complain;
use packetsmith::capture::{BlockOptions, ByteOrder, Record, Resolution, Timestamp};
use packetsmith::live::{Capture, CaptureError, LiveStatistics, ReceivedFrame};
use packetsmith::{Filter, FrameSource};
use std::time::Duration;

/// Longest time for which the kernel gathers packets that go to a file. The kernel begins a new block of its buffer after half
/// of that time, even if few packets have come. So with the 32 blocks of the usual buffer, the program may wait for the disk or
/// the processor for some 3 s before packets are lost on a quiet link.
const DELAY_OF_FILES: Duration = Duration::from_millis(200);

/// The same of packets that are shown, or go to a pipe.
const DELAY_OF_LINES: Duration = Duration::from_millis(100);

/// How interfaces are captured.
pub struct Settings<'a> {
    pub names: &'a [String],
    /// Most bytes of a frame.
    pub snap_len: u32,
    pub promiscuous: bool,
    /// Buffer of the kernel in bytes, if one was asked for.
    pub buffer: Option<usize>,
    /// Whether the packets go to a file, and not to someone who waits for them: then they may come later, with more at a time.
    pub to_file: bool,
    /// What is captured, so that the kernel leaves out what it can.
    pub filter: Option<&'a Filter>,
}

/// Interfaces that are captured.
pub struct Session {
    capture: Capture,
    /// An interface is gone, or could not be read.
    pub failed: bool,
    /// No interface is left.
    pub ended: bool,
}

impl Session {
    /// Opens the interfaces. The message of an error says what to do.
    pub fn open(settings: &Settings<'_>) -> Result<Self, String> {
        for (at, name) in settings.names.iter().enumerate() {
            if settings.names[..at].contains(name) {
                return Err(format!("-i {name} is given twice: its packets would be there twice"));
            }
            if name == "any" && settings.names.len() > 1 {
                return Err("-i any stands for all interfaces: give it alone".to_string());
            }
        }
        let mut builder = settings.names.iter().fold(Capture::builder(), |builder, name| builder.interface(name));
        builder = builder.snap_len(settings.snap_len);
        if !settings.promiscuous {
            builder = builder.not_promiscuous();
        }
        builder = builder.longest_delay(if settings.to_file { DELAY_OF_FILES } else { DELAY_OF_LINES });
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
        let capture = builder.open().map_err(|error| cannot_open(&error))?;
        if let Some(wanted) = settings.buffer.filter(|wanted| *wanted > capture.buffer() && cfg!(target_os = "linux")) {
            complain(format_args!(
                "the kernel's buffer has {}, and not {}: the system has no memory for more",
                size(capture.buffer()),
                size(wanted)
            ));
        }
        Ok(Session { capture, failed: false, ended: false })
    }

    /// The interfaces that are known by now.
    pub fn capture(&self) -> &Capture {
        &self.capture
    }

    /// What was received and lost since the beginning.
    pub fn statistics(&mut self) -> Vec<LiveStatistics> {
        self.capture.statistics()
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
