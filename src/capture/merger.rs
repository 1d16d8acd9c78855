//! Several captures as one, in the order of time.

use super::{CaptureItem, Error, Reader, Timestamp};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt;
use std::io::Read;

/// Most captures that a [`Merger`] has open at a time.
pub const MAX_OPEN: usize = 128;

/// A capture of a merger.
enum MergedSource<R: Read> {
    /// It is opened when its first packet is due.
    Unopened(Box<dyn FnOnce() -> Result<Reader<R>, Error>>),
    Open(Box<Reader<R>>),
    Done,
}

/// Merges captures: the packet with the earliest time comes first, and of packets with the same time that of the capture that
/// was added first. Each capture keeps its own order. A packet without a time comes at once.
///
/// Blocks without packets come before the next packet of their capture, those before the first packet in the order of the
/// captures, before all packets.
///
/// One buffer of a [`Reader`] for each capture that is open is all the memory that it takes. Captures that are
/// [added unopened](Self::add_unopened) are opened when their first packet is due, and each is closed at its end: of files that
/// a program has written one after the other, few are open at a time.
///
/// ```
/// use packetsmith::capture::{ItemContent, Merger, NewRecord, Reader, Timestamp, Writer, Interface};
/// use packetsmith::LinkType;
/// let capture = |seconds: &[i64]| -> Result<Vec<u8>, Box<dyn std::error::Error>> {
///     let mut writer = Writer::pcapng(Vec::new())?;
///     writer.interface(&Interface::of(LinkType::Ethernet))?;
///     for second in seconds {
///         writer.packet(&NewRecord::new(&[*second as u8]).at(format!("{second}").parse()?))?;
///     }
///     Ok(writer.finish()?)
/// };
/// let (a, b) = (capture(&[1, 4])?, capture(&[2, 3, 5])?);
/// let mut merger = Merger::default();
/// merger.add(Reader::new(&a[..])?);
/// merger.add(Reader::new(&b[..])?);
/// let mut order = Vec::new();
/// while let Some((source, item)) = merger.next_item() {
///     if let ItemContent::Packet(record) = item?.content {
///         order.push((source, record.data[0]));
///     }
/// }
/// assert_eq!(order, [(0, 1), (1, 2), (1, 3), (0, 4), (1, 5)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Merger<R: Read> {
    sources: Vec<MergedSource<R>>,
    /// Captures of which the next packet is to be read, in this order.
    to_read: VecDeque<usize>,
    /// Times of the next packets, or of the first packets of captures that are not open, and their captures.
    heads: BinaryHeap<Reverse<(Option<i128>, usize)>>,
    open: usize,
    /// Whether the times count.
    by_time: bool,
}

impl<R: Read> fmt::Debug for Merger<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merger").field("sources", &self.sources.len()).field("open", &self.open).finish_non_exhaustive()
    }
}

impl<R: Read> Default for Merger<R> {
    fn default() -> Self {
        Merger { sources: Vec::new(), to_read: VecDeque::new(), heads: BinaryHeap::new(), open: 0, by_time: true }
    }
}

impl<R: Read> Merger<R> {
    /// Appends the captures in the order in which they are added, whatever their times are.
    pub fn appending() -> Self {
        Merger { by_time: false, ..Merger::default() }
    }

    /// Adds a capture, and returns its number, from 0.
    pub fn add(&mut self, reader: Reader<R>) -> usize {
        let number = self.sources.len();
        self.sources.push(MergedSource::Open(Box::new(reader)));
        self.open += 1;
        self.to_read.push_back(number);
        number
    }

    /// Adds a capture that is opened when a packet with the time of its first one is due, and returns its number, from 0.
    pub fn add_unopened(
        &mut self,
        first: Option<Timestamp>,
        open: impl FnOnce() -> Result<Reader<R>, Error> + 'static,
    ) -> usize {
        let number = self.sources.len();
        self.sources.push(MergedSource::Unopened(Box::new(open)));
        self.heads.push(Reverse((self.key(first), number)));
        number
    }

    /// Number of captures that are open.
    pub fn open(&self) -> usize {
        self.open
    }

    /// The reader of a capture, if it is open.
    pub fn reader(&self, source: usize) -> Option<&Reader<R>> {
        match self.sources.get(source)? {
            MergedSource::Open(reader) => Some(reader),
            _ => None,
        }
    }

    fn key(&self, time: Option<Timestamp>) -> Option<i128> {
        time.filter(|_| self.by_time).map(Timestamp::nanos)
    }

    /// Reads the next packet or block, and tells the number of its capture. After the last error of a capture, the others go
    /// on.
    pub fn next_item(&mut self) -> Option<(usize, Result<CaptureItem<'_>, Error>)> {
        let source = match self.step()? {
            Ok(source) => source,
            Err((source, error)) => return Some((source, Err(error))),
        };
        let MergedSource::Open(reader) = self.sources.get(source)? else { return None };
        Some((source, Ok(reader.item()?)))
    }

    /// Goes on to the next item, and returns the number of its capture.
    fn step(&mut self) -> Option<Result<usize, (usize, Error)>> {
        loop {
            // Without times, the capture at hand is read to its end.
            let Some(&number) = self.to_read.front() else {
                let Reverse((_, number)) = self.heads.pop()?;
                self.to_read.push_back(number);
                match std::mem::replace(self.sources.get_mut(number)?, MergedSource::Done) {
                    MergedSource::Unopened(open) => match open() {
                        Ok(reader) => {
                            self.open += 1;
                            self.sources[number] = MergedSource::Open(Box::new(reader));
                            continue;
                        }
                        Err(error) => return Some(Err((number, error))),
                    },
                    // The packet that waits.
                    open => self.sources[number] = open,
                }
                return Some(Ok(number));
            };
            let by_time = self.by_time;
            let MergedSource::Open(reader) = self.sources.get_mut(number)? else {
                self.to_read.pop_front();
                continue;
            };
            match reader.advance() {
                Some(Err(error)) => return Some(Err((number, error))),
                None => {
                    self.sources[number] = MergedSource::Done;
                    self.open -= 1;
                    self.to_read.pop_front();
                }
                Some(Ok(())) => match reader.packet_time() {
                    Some(time) => {
                        self.to_read.pop_front();
                        self.heads.push(Reverse((time.filter(|_| by_time).map(Timestamp::nanos), number)));
                    }
                    None => return Some(Ok(number)),
                },
            }
        }
    }
}
