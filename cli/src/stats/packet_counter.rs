//! Counting packets: at first where they are read, and those of a long file by a thread of its own, while the next ones are read
//! and their conversations followed.

use crate::flows::{layers_of, walks_of};
use crate::frame_reassembler::{FrameReassembler, Noticed, ReassembledDatagram};
use crate::protocols::known;
use packetsmith::Examine;
use packetsmith::capture::{Record, Timestamp};
use packetsmith::flow::{Conversation, FlowLayer, Flows, FollowedPacket, StreamMessage, UnansweredRequest};
use packetsmith::stats::{CaptureStatistics, CountedPacket};
use std::num::NonZero;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::{self, JoinHandle};

/// Packets that are counted where they are read: counting them takes no longer than starting a thread.
const FIRST_PACKETS: u64 = 1024;

/// Bytes of a batch of packets, as many as stay in the cache of a core.
const BATCH_BYTES: usize = 1 << 17;

/// Batches that wait for the thread that counts them.
const WAITING: usize = 2;

/// The statistics, and the time of the first packet.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) statistics: CaptureStatistics,
    /// Time of the first packet in nanoseconds since 1970, whether it counts or not.
    pub(super) first: Option<i128>,
}

impl Counting {
    /// Takes a packet. `counts`: it passes the filter.
    fn packet<'a>(&mut self, packet: &CountedPacket<'_>, counts: bool, walks: impl IntoIterator<Item = Examine<'a>>) {
        if let (None, Some(first)) = (self.first, packet.time) {
            self.first = packet.time;
            if let Some(time) = &mut self.statistics.time {
                time.begin_at(first);
            }
        }
        match counts {
            true => self.statistics.packet(packet, walks),
            false => self.statistics.other_packet(&packet.followed),
        }
    }
}

/// Where packets are counted.
enum Place {
    /// In the thread that reads them.
    Here(Box<Counting>),
    /// In another thread, which gets them in batches and gives these back.
    Thread { full: SyncSender<PacketBatch>, empty: Receiver<PacketBatch>, thread: JoinHandle<Option<Box<Counting>>> },
    /// Nowhere any more: only while it changes.
    Nowhere,
}

/// Counts the packets of a file.
pub(super) struct PacketCounter {
    place: Place,
    /// Packets until a thread is started; 0 if none is.
    until_thread: u64,
    batch: PacketBatch,
}

impl PacketCounter {
    /// Counts into `statistics`. `takes_long` says whether a second thread may count the packets of a long file: starting one costs
    /// more than simple counts.
    pub(super) fn new(statistics: CaptureStatistics, takes_long: bool) -> Self {
        let has_cores = thread::available_parallelism().is_ok_and(|cores| cores > NonZero::<usize>::MIN);
        PacketCounter {
            place: Place::Here(Box::new(Counting { statistics, first: None })),
            until_thread: if takes_long && has_cores { FIRST_PACKETS } else { 0 },
            batch: PacketBatch::default(),
        }
    }

    /// Takes a packet, which the conversations have taken. `counts`: it passes the filter.
    pub(super) fn packet(
        &mut self,
        record: &Record<'_>,
        datagrams: &mut FrameReassembler,
        flows: Option<&Flows>,
        counts: bool,
    ) {
        let followed = flows.map_or_else(FollowedPacket::default, Flows::followed);
        match &mut self.place {
            Place::Here(counting) => {
                let time = record.timestamp.map(Timestamp::nanos);
                let length = record.original_len.into();
                let packet = CountedPacket { number: record.number, time, length, followed };
                let frame = datagrams.noticed.of(layers_of(record));
                counting.packet(&packet, counts, walks_of(frame, &datagrams.found, followed));
                if self.until_thread > 0 {
                    self.until_thread -= 1;
                    if self.until_thread == 0 {
                        self.start_thread();
                    }
                }
            }
            Place::Thread { full, empty, .. } => {
                self.batch.push(record, datagrams, followed, counts);
                if self.batch.size >= BATCH_BYTES {
                    let next = empty.try_recv().unwrap_or_default();
                    // If the thread has failed, joining it says so.
                    let _ = full.send(std::mem::replace(&mut self.batch, next));
                }
            }
            Place::Nowhere => {}
        }
    }

    fn start_thread(&mut self) {
        let Place::Here(counting) = std::mem::replace(&mut self.place, Place::Nowhere) else { return };
        let (full, batches) = sync_channel::<PacketBatch>(WAITING);
        let (give_back, empty) = channel();
        // Handed over when the thread is there: what a thread begins with is lost if it cannot be had.
        let (hand_over, handed_over) = channel::<Box<Counting>>();
        let work = move || {
            let mut counting = handed_over.recv().ok()?;
            for mut batch in batches {
                batch.count(&mut counting);
                // At the end of the file, the reader takes no batch back.
                let _ = give_back.send(batch);
            }
            Some(counting)
        };
        self.place = match thread::Builder::new().spawn(work) {
            Ok(thread) => match hand_over.send(counting) {
                Ok(()) => Place::Thread { full, empty, thread },
                Err(back) => Place::Here(back.0),
            },
            Err(_) => Place::Here(counting),
        };
    }

    /// Ends the file. Returns what was counted.
    pub(super) fn finish(self) -> Counting {
        match self.place {
            Place::Here(counting) => *counting,
            Place::Thread { full, thread, .. } => {
                let _ = full.send(self.batch);
                drop(full);
                let counted = thread.join().unwrap_or_else(|panic| resume_unwind(panic));
                *counted.unwrap_or_else(|| unreachable!("the thread was handed the statistics"))
            }
            Place::Nowhere => unreachable!("packets are counted here or by a thread"),
        }
    }
}

/// Copies of consecutive packets, with what was found out about them.
#[derive(Default)]
struct PacketBatch {
    packets: Vec<BatchedPacket>,
    bytes: Vec<u8>,
    found: Vec<FlowLayer>,
    ended: Vec<Conversation>,
    given_up: Vec<UnansweredRequest>,
    /// Memory of all that in bytes.
    size: usize,
}

/// A packet of a batch; the ranges are those of its lists.
struct BatchedPacket {
    number: u64,
    time: Option<i128>,
    original_len: u32,
    link_type: u16,
    fcs_len: Option<u8>,
    counts: bool,
    noticed: Noticed,
    data: Range<usize>,
    found: Range<usize>,
    ended: Range<usize>,
    given_up: Range<usize>,
    datagrams: Vec<ReassembledDatagram>,
    messages: Vec<StreamMessage>,
}

/// Appends items to a list. Returns where they are.
fn append<T: Clone>(list: &mut Vec<T>, items: &[T]) -> Range<usize> {
    let start = list.len();
    list.extend_from_slice(items);
    start..list.len()
}

impl PacketBatch {
    fn push(
        &mut self,
        record: &Record<'_>,
        datagrams: &mut FrameReassembler,
        followed: FollowedPacket<'_>,
        counts: bool,
    ) {
        let noticed = datagrams.noticed;
        // Of a packet that does not count, its layers are not asked for.
        let data = if counts { record.data } else { &[] };
        let (datagrams, messages) = match counts {
            true => (std::mem::take(&mut datagrams.found), followed.messages.to_vec()),
            false => Default::default(),
        };
        let packet = BatchedPacket {
            number: record.number,
            time: record.timestamp.map(Timestamp::nanos),
            original_len: record.original_len,
            link_type: record.link_type.unwrap_or(u16::MAX),
            fcs_len: record.fcs_len,
            counts,
            noticed,
            data: append(&mut self.bytes, data),
            found: append(&mut self.found, followed.found),
            ended: append(&mut self.ended, followed.ended),
            given_up: append(&mut self.given_up, followed.given_up),
            datagrams,
            messages,
        };
        self.size +=
            size_of::<BatchedPacket>() + data.len() + size_of_val(followed.found) + size_of_val(followed.ended);
        self.size += packet.datagrams.iter().map(|datagram| datagram.packet.len()).sum::<usize>();
        self.size += packet.messages.iter().map(|message| message.bytes.len()).sum::<usize>();
        self.packets.push(packet);
    }

    /// Counts the packets, and forgets them.
    fn count(&mut self, counting: &mut Counting) {
        for stored in self.packets.drain(..) {
            let followed = FollowedPacket {
                found: &self.found[stored.found],
                messages: &stored.messages,
                ended: &self.ended[stored.ended],
                given_up: &self.given_up[stored.given_up],
            };
            let BatchedPacket { number, time, original_len, .. } = stored;
            let packet = CountedPacket { number, time, length: original_len.into(), followed };
            let frame = known().examine(stored.link_type, &self.bytes[stored.data]);
            let frame = frame.original_len(original_len as usize).fcs_len(stored.fcs_len);
            let walks = walks_of(stored.noticed.of(frame), &stored.datagrams, followed);
            counting.packet(&packet, stored.counts, walks);
        }
        self.bytes.clear();
        self.found.clear();
        self.ended.clear();
        self.given_up.clear();
        self.size = 0;
    }
}
