//! Capturing on interfaces.

use super::errors::{CaptureError, OpenError};
#[cfg(target_os = "linux")]
use super::linux::{LinuxReceiver as SystemReceiver, LinuxWaiter as SystemWaiter};
use super::live_statistics::LiveStatistics;
use super::network_interface::name_of;
#[cfg(not(target_os = "linux"))]
use super::others::{PnetReceiver as SystemReceiver, PnetWaiter as SystemWaiter};
use super::received::{CapturedInterface, FrameTime, ReceivedFrame};
use super::receiver::{CaptureSettings, FrameReceiver, Waiter};
use crate::filter::BpfInstruction;
use std::boxed::Box;
use std::string::{String, ToString};
use std::time::{Duration, Instant, SystemTime};
use std::vec::Vec;

/// Most bytes that are captured of a frame, as in libpcap.
pub const MAX_SNAP_LEN: u32 = 262_144;

/// Buffer of the kernel for each interface, in bytes, unless another is asked for: 16 MiB, which hold 116,000 small frames.
/// The kernel clears it when the interface is opened, which takes time where it is large.
const BUFFER: usize = 16 << 20;

/// Longest time until a frame can be taken, unless another is asked for.
const LONGEST_DELAY: Duration = Duration::from_millis(20);

/// What is captured, and how.
///
/// ```no_run
/// use packetsmith::live::Capture;
/// let capture = Capture::builder().interface("eth0").interface("wlan0").not_promiscuous().snap_len(128).open()?;
/// # Ok::<(), packetsmith::live::OpenError>(())
/// ```
#[derive(Debug)]
pub struct CaptureBuilder {
    names: Vec<String>,
    settings: CaptureSettings,
}

impl CaptureBuilder {
    /// Adds an interface. On Linux `any` stands for all interfaces, also those that come later.
    pub fn interface(mut self, name: &str) -> Self {
        self.names.push(name.to_string());
        self
    }

    /// Leaves out frames for other machines: interfaces are not put in promiscuous mode. They never are by `any`.
    pub fn not_promiscuous(mut self) -> Self {
        self.settings.promiscuous = false;
        self
    }

    /// Captures at most so many bytes of each frame: 1 to [`MAX_SNAP_LEN`], which is the default. 0 stands for that too.
    pub fn snap_len(mut self, bytes: u32) -> Self {
        let bytes = if bytes == 0 { MAX_SNAP_LEN } else { bytes.min(MAX_SNAP_LEN) };
        self.settings.snap_len = bytes as usize;
        self
    }

    /// Size of the kernel's buffer for each interface in bytes, 16 MiB by default, which it takes at once. Frames that come while
    /// it is full are lost and counted. On Linux it has room for two frames at least, and may be smaller where memory is short: see
    /// [`Capture::buffer`]. Other systems have a buffer of their own.
    pub fn buffer(mut self, bytes: usize) -> Self {
        self.settings.buffer = bytes;
        self
    }

    /// Longest time until a frame that came can be taken, 20 ms by default. On Linux the kernel gathers frames meanwhile, and many
    /// are read at once: that takes less time of the processor than to read each as it comes. Who answers frames wants it short.
    /// The shortest is 2 ms. On other systems frames come at once.
    pub fn longest_delay(mut self, time: Duration) -> Self {
        self.settings.longest_delay = time.min(Duration::from_secs(60));
        self
    }

    /// Has the kernel leave out frames: those for which the program returns 0. `program` gives the instructions of classic BPF
    /// for a link type; no frame is left out for `None`. For `any` it is asked for each link type that interfaces may have. On
    /// systems other than Linux it is not asked; nor is it used where the programs of `any` are too long together (4,096
    /// instructions): filter the frames that come, too.
    pub fn kernel_filter(mut self, program: impl Fn(u16) -> Option<Vec<BpfInstruction>> + Send + 'static) -> Self {
        self.settings.program = Some(Box::new(program));
        self
    }

    /// Opens the interfaces.
    ///
    /// # Errors
    ///
    /// There is no such interface, it is down, its link type is not known here, or the privileges are missing.
    pub fn open(self) -> Result<Capture, OpenError> {
        let CaptureBuilder { names, mut settings } = self;
        settings.is_alone = names.len() == 1;
        if names.is_empty() {
            return Err(OpenError::NoInterface);
        }
        let receivers: Vec<_> =
            names.iter().map(|name| SystemReceiver::open(name, &settings)).collect::<Result<_, _>>()?;
        let waiter = SystemWaiter::new(&receivers)?;
        let mut capture = Capture {
            names,
            receivers,
            waiter,
            interfaces: Vec::new(),
            latest: 0,
            taken: None,
            asks: true,
            longest_delay: SystemReceiver::longest_delay(&settings),
            complete_until: FrameTime::new(0, 0),
        };
        for device in capture.receivers.iter().filter_map(FrameReceiver::device) {
            let number = capture.interfaces.len() as u32;
            let (name, index, link_type) = (device.name, device.index, device.link_type);
            capture.interfaces.push(CapturedInterface { number, name, index, link_type });
        }
        Ok(capture)
    }
}

/// Captures the frames of interfaces.
///
/// Frames come in the order of time, also those of several interfaces. They are borrowed from a buffer.
///
/// ```no_run
/// use packetsmith::dissect;
/// use packetsmith::live::Capture;
/// use std::time::Duration;
/// let mut capture = Capture::open("eth0")?;
/// while let Some(frame) = capture.next_frame(Duration::from_secs(10))? {
///     for layer in dissect(frame.interface.link_type, frame.data) {
///         println!("{}", layer.proto.name());
///     }
/// }
/// println!("{:?}", capture.statistics());
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// On Linux a capture has a file descriptor for `poll` and its kin: it can be read when there are frames. Take all frames
/// with a timeout of zero first, because some may have been read already.
#[derive(Debug)]
pub struct Capture {
    names: Vec<String>,
    receivers: Vec<SystemReceiver>,
    waiter: SystemWaiter,
    interfaces: Vec<CapturedInterface>,
    /// Number of the interface of the last frame.
    latest: usize,
    /// The receiver of the last frame, which may have none left of those that were read.
    taken: Option<usize>,
    /// Whether the receivers that have no frame are asked.
    asks: bool,
    longest_delay: Duration,
    /// No frame of this time or an earlier one can still come.
    complete_until: FrameTime,
}

/// What there is to take.
enum Earliest {
    /// The next frame of this receiver.
    Frame(usize),
    /// A frame that waits for this time, because an earlier one of another receiver may come until then.
    Waits(Duration),
    Nothing,
}

impl Capture {
    /// Opens an interface by name, in promiscuous mode.
    ///
    /// # Errors
    ///
    /// Those of [`CaptureBuilder::open`].
    pub fn open(name: &str) -> Result<Self, OpenError> {
        Capture::builder().interface(name).open()
    }

    /// Begins with no interface.
    pub fn builder() -> CaptureBuilder {
        let snap_len = MAX_SNAP_LEN as usize;
        let (buffer, longest_delay) = (BUFFER, LONGEST_DELAY);
        let settings =
            CaptureSettings { promiscuous: true, snap_len, buffer, is_alone: true, longest_delay, program: None };
        CaptureBuilder { names: Vec::new(), settings }
    }

    /// The interfaces that were opened; with `any` those that had frames until now.
    pub fn interfaces(&self) -> &[CapturedInterface] {
        &self.interfaces
    }

    /// Smallest size in bytes of the kernel's buffers that were got. It may be less than was asked for, or more.
    pub fn buffer(&self) -> usize {
        self.receivers.iter().map(FrameReceiver::buffer).min().unwrap_or_default()
    }

    /// Time after which a frame that came can surely be taken, if all before it were taken. With several interfaces it is twice
    /// that of each, because a frame waits for earlier ones of others.
    pub fn longest_delay(&self) -> Duration {
        if self.receivers.len() > 1 { 2 * self.longest_delay } else { self.longest_delay }
    }

    /// Waits for the next frame at most so long. `None` if none comes, or if a signal ends the wait. With a timeout of zero it does
    /// not wait.
    ///
    /// # Errors
    ///
    /// An interface went down or is there no more, which is said once. The capture goes on with the others.
    pub fn next_frame(&mut self, timeout: Duration) -> Result<Option<ReceivedFrame<'_>>, CaptureError> {
        self.waiter.call_after(None);
        let mut end = None;
        let receiver = loop {
            let wait = match self.earliest()? {
                Earliest::Frame(receiver) => break receiver,
                Earliest::Waits(time) => Some(time),
                Earliest::Nothing => None,
            };
            let now = Instant::now();
            let end = *end.get_or_insert(now.checked_add(timeout));
            let left = end.map_or(Duration::from_secs(3600), |end| end.saturating_duration_since(now));
            if left.is_zero() {
                if wait.is_some() {
                    self.waiter.call_after(wait);
                }
                return Ok(None);
            }
            if !self.waiter.wait(&mut self.receivers, wait.unwrap_or(left).min(left))? {
                return Ok(None);
            }
        };
        let Capture { receivers, interfaces, latest, taken, .. } = self;
        *taken = Some(receiver);
        let Some(frame) = receivers[receiver].take() else { return Ok(None) };
        let is_it = |interface: &CapturedInterface| interface.index == frame.index;
        if !interfaces.get(*latest).is_some_and(is_it) {
            *latest = interfaces.iter().position(is_it).unwrap_or_else(|| {
                let number = interfaces.len() as u32;
                let name = name_of(frame.index);
                let (index, link_type) = (frame.index, frame.link_type);
                interfaces.push(CapturedInterface { number, name, index, link_type });
                interfaces.len() - 1
            });
        }
        Ok(Some(ReceivedFrame {
            data: frame.data,
            time: frame.time.system(),
            nanos: frame.time.nanos(),
            original_len: frame.original_len,
            interface: &interfaces[*latest],
            direction: frame.direction,
        }))
    }

    /// The receiver whose next frame came first. Where one has none left, all that have none are asked again, so that a quiet
    /// interface costs no call for each frame of a busy one. Frames of a quiet one that are not to be seen yet may be earlier than
    /// the first that is: that waits until none can be.
    fn earliest(&mut self) -> Result<Earliest, CaptureError> {
        if let Some(taken) = self.taken.take() {
            self.asks |= self.receivers[taken].next_time().is_none();
        }
        let mut has_asked = false;
        loop {
            if std::mem::take(&mut self.asks) {
                has_asked = true;
                self.refill()?;
            }
            let mut first: Option<(FrameTime, usize)> = None;
            let mut has_quiet = false;
            for (number, receiver) in self.receivers.iter_mut().enumerate() {
                match receiver.next_time() {
                    Some(time) if first.is_none_or(|(before, _)| time < before) => first = Some((time, number)),
                    Some(_) => {}
                    None => has_quiet |= !receiver.is_gone(),
                }
            }
            let Some((time, number)) = first else {
                self.asks = true;
                return if has_quiet { Ok(Earliest::Nothing) } else { Err(CaptureError::NoneLeft) };
            };
            if !has_quiet || time <= self.complete_until {
                return Ok(Earliest::Frame(number));
            }
            self.asks = true;
            if has_asked {
                let wait = Duration::from_nanos(time.nanos() - self.complete_until.nanos());
                // A time after the present one is that of a clock that was set back since.
                let is_past = wait <= self.longest_delay;
                return Ok(if is_past { Earliest::Waits(wait) } else { Earliest::Frame(number) });
            }
        }
    }

    /// Asks the receivers for frames that have none.
    fn refill(&mut self) -> Result<(), CaptureError> {
        if self.receivers.len() > 1 {
            let now = SystemTime::now();
            self.complete_until = now.checked_sub(self.longest_delay).unwrap_or(now).into();
        }
        for receiver in &mut self.receivers {
            if let Err(error) = receiver.refill() {
                self.asks = true;
                return Err(error);
            }
        }
        Ok(())
    }

    /// What was received and lost since the interfaces were opened: for each name that was opened.
    pub fn statistics(&mut self) -> Vec<LiveStatistics> {
        let Capture { names, receivers, .. } = self;
        let counted = receivers.iter_mut().zip(names.iter());
        counted.map(|(receiver, name)| LiveStatistics { name: name.clone(), ..receiver.statistics() }).collect()
    }
}

/// A descriptor that can be read when the kernel has frames.
#[cfg(target_os = "linux")]
impl std::os::fd::AsFd for Capture {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.waiter.descriptor()
    }
}
