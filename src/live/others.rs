//! Receiving by pnet on systems other than Linux. Berkeley packet filters and Npcap give frames with their VLAN tags, and each
//! frame once. pnet tells neither their time nor what was lost.

use super::errors::{CaptureError, OpenError};
use super::live_statistics::LiveStatistics;
use super::network_interface::interface_named;
use super::received::{FrameDirection, FrameTime};
use super::receiver::{CaptureSettings, Device, FrameReceiver, SystemFrame, Waiter};
use pnet_datalink::{Channel, Config, DataLinkReceiver};
use std::boxed::Box;
use std::fmt;
use std::io;
use std::string::{String, ToString};
use std::time::{Duration, Instant, SystemTime};
use std::vec::Vec;

/// How long a read waits for a frame.
const PATIENCE: Duration = Duration::from_millis(100);

/// Link type of Ethernet, which pnet's frames have.
const ETHERNET: u16 = 1;

/// Receives the frames of an interface.
pub(super) struct PnetReceiver {
    receiver: Box<dyn DataLinkReceiver>,
    name: String,
    index: u32,
    snap_len: usize,
    frame: Vec<u8>,
    original_len: u32,
    /// When the frame was read, unless it is taken.
    time: Option<FrameTime>,
    received: u64,
    delivered: u64,
}

impl fmt::Debug for PnetReceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PnetReceiver").field("name", &self.name).finish_non_exhaustive()
    }
}

impl PnetReceiver {
    /// Waits some time for a frame.
    fn read(&mut self) -> Result<(), CaptureError> {
        match self.receiver.next() {
            Ok(frame) => {
                self.received += 1;
                self.original_len = u32::try_from(frame.len()).unwrap_or(u32::MAX);
                self.frame.clear();
                self.frame.extend_from_slice(&frame[..frame.len().min(self.snap_len)]);
                self.time = Some(FrameTime::from(SystemTime::now()));
                Ok(())
            }
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => Ok(()),
            Err(error) => Err(CaptureError::Io { name: self.name.clone(), error }),
        }
    }
}

impl FrameReceiver for PnetReceiver {
    fn open(name: &str, settings: &CaptureSettings) -> Result<Self, OpenError> {
        if name == "any" {
            return Err(OpenError::NoAny);
        }
        let interface = interface_named(name)?;
        let config = Config {
            read_timeout: Some(PATIENCE),
            read_buffer_size: 1 << 18,
            promiscuous: settings.promiscuous,
            ..Config::default()
        };
        let opened = pnet_datalink::channel(&interface, config).map_err(|error| OpenError::of(name, error))?;
        let Channel::Ethernet(_, receiver) = opened else {
            return Err(OpenError::of(name, io::Error::from(io::ErrorKind::Unsupported)));
        };
        Ok(PnetReceiver {
            receiver,
            name: name.to_string(),
            index: interface.index,
            snap_len: settings.snap_len,
            frame: Vec::new(),
            original_len: 0,
            time: None,
            received: 0,
            delivered: 0,
        })
    }

    fn device(&self) -> Option<Device> {
        Some(Device { name: self.name.clone(), index: self.index, link_type: ETHERNET })
    }

    /// Reading waits: it is left to the waiter.
    fn refill(&mut self) -> Result<(), CaptureError> {
        Ok(())
    }

    fn next_time(&mut self) -> Option<FrameTime> {
        self.time
    }

    fn take(&mut self) -> Option<SystemFrame<'_>> {
        let time = self.time.take()?;
        self.delivered += 1;
        let (original_len, index, direction) = (self.original_len, self.index, FrameDirection::Unknown);
        Some(SystemFrame { data: &self.frame, time, original_len, direction, index, link_type: ETHERNET })
    }

    fn statistics(&mut self) -> LiveStatistics {
        let (name, received, delivered) = (String::new(), self.received, self.delivered);
        LiveStatistics { name, received, dropped: None, delivered, left_out: 0 }
    }

    fn is_gone(&self) -> bool {
        false
    }

    fn buffer(&self) -> usize {
        0
    }

    fn longest_delay(_: &CaptureSettings) -> Duration {
        Duration::ZERO
    }
}

/// Asks the interfaces in turn.
#[derive(Debug)]
pub(super) struct PnetWaiter;

impl Waiter<PnetReceiver> for PnetWaiter {
    fn new(_: &[PnetReceiver]) -> Result<Self, OpenError> {
        Ok(PnetWaiter)
    }

    fn wait(&mut self, receivers: &mut [PnetReceiver], time: Duration) -> Result<bool, CaptureError> {
        let begin = Instant::now();
        loop {
            for receiver in receivers.iter_mut() {
                receiver.read()?;
            }
            if receivers.iter().any(|receiver| receiver.time.is_some()) || begin.elapsed() >= time {
                return Ok(true);
            }
        }
    }

    /// There is no descriptor to poll.
    fn call_after(&mut self, _: Option<Duration>) {}
}
