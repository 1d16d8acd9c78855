//! A TCP connection as it was watched.

use super::side_story::{RecentSegment, SideStory, is_before};
use super::statement::TcpStatement;
use crate::explain::icmp_error::IcmpError;
use crate::explain::packet_list::{PacketList, PacketMoment};
use crate::flow::{Endpoint, Endpoints, Side, TcpAnalysis, TcpFindings};
use crate::proto::TcpFlags;
use alloc::vec::Vec;

/// Most errors of ICMP about a connection that are kept.
const MOST_ERRORS: usize = 8;

/// Most statements about what applications said in a connection.
const MOST_SAID: usize = 64;

/// A segment that belongs to a connection.
pub(in crate::explain) struct WatchedSegment<'s> {
    pub(in crate::explain) at: PacketMoment,
    pub(in crate::explain) source: Endpoint,
    pub(in crate::explain) destination: Endpoint,
    pub(in crate::explain) analysis: &'s TcpAnalysis,
    pub(in crate::explain) flags: TcpFlags,
    pub(in crate::explain) seq: u32,
    pub(in crate::explain) mss: Option<u16>,
    pub(in crate::explain) identification: u32,
    /// The VLANs, tunnels and interface that it came by.
    pub(in crate::explain) network: u64,
    /// The sender's clock, by the timestamps option.
    pub(in crate::explain) timestamp: Option<u32>,
    /// The TCP header.
    pub(in crate::explain) header: &'s [u8],
}

/// Errors of ICMP that say the same about segments of a side.
#[derive(Debug)]
pub(super) struct ReportedError {
    pub(super) error: IcmpError,
    /// The errors.
    pub(super) packets: PacketList,
    pub(super) side: Side,
    /// The packets that they quote, as far as these are known, and how many errors quote others.
    pub(super) about: PacketList,
    pub(super) about_unknown: u64,
    /// Bytes of data in the segment that the last of them quotes.
    pub(super) quoted: Option<u32>,
    /// Bytes of data in the largest segment of the side before it.
    pub(super) largest_before: u32,
    /// The next segment of the side after it.
    pub(super) next_segment: Option<PacketMoment>,
    /// The next segment with data of the side after it, and the largest one.
    pub(super) next: Option<PacketMoment>,
    pub(super) largest_after: Option<(u32, PacketMoment)>,
}

/// The segment that an error of ICMP quotes, by its headers: the data is mostly cut off.
#[derive(Clone, Copy, Debug)]
pub(in crate::explain) struct QuotedSegment {
    /// Sequence number, and identification of the IPv4 header.
    pub(in crate::explain) seq: u32,
    pub(in crate::explain) identification: u32,
    /// Bytes of TCP header and data, by the length in the IP header.
    pub(in crate::explain) length: Option<u32>,
    /// Bytes of the TCP header, if the error quotes so much of it.
    pub(in crate::explain) header_length: Option<u32>,
}

/// A TCP connection as it was watched.
#[derive(Debug)]
pub(in crate::explain) struct TcpStory {
    pub(in crate::explain) stream: u64,
    pub(in crate::explain) endpoints: Endpoints,
    pub(in crate::explain) is_selected: bool,
    pub(super) opener: Option<Side>,
    /// The side that sent a request of an application.
    pub(in crate::explain) requester: Option<Side>,
    pub(super) sides: [SideStory; 2],
    pub(super) first: PacketMoment,
    pub(super) last: PacketMoment,
    /// Segments whose header is wrong or cut off.
    pub(super) unreadable: PacketList,
    /// The opener's first segment with ACK, without SYN.
    pub(super) handshake_ack: Option<PacketMoment>,
    /// The opener's segments with ACK after a repeated SYN-ACK.
    pub(super) handshake_repeated: Option<PacketMoment>,
    /// The side that sent the first FIN, and the first RST.
    pub(super) first_fin: Option<Side>,
    pub(super) first_reset: Option<Side>,
    /// Which sides had sent FIN before the first RST.
    pub(super) finished_before_reset: [bool; 2],
    pub(super) errors: Vec<ReportedError>,
    pub(super) more_errors: u64,
    pub(super) said: Vec<TcpStatement>,
    pub(super) more_said: u64,
    /// The last segment is a copy, or repeats others.
    is_repeated: bool,
}

pub(super) const fn index(side: Side) -> usize {
    match side {
        Side::First => 0,
        Side::Second => 1,
    }
}

/// FNV-1a of bytes.
pub(in crate::explain) fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

impl TcpStory {
    pub(in crate::explain) fn new(segment: &WatchedSegment<'_>) -> Self {
        let WatchedSegment { at, source, destination, analysis, .. } = *segment;
        let endpoints = match analysis.side {
            Side::First => Endpoints([source, destination]),
            Side::Second => Endpoints([destination, source]),
        };
        TcpStory {
            stream: analysis.stream,
            endpoints,
            is_selected: false,
            opener: None,
            requester: None,
            sides: [SideStory::default(), SideStory::default()],
            first: at,
            last: at,
            unreadable: PacketList::default(),
            handshake_ack: None,
            handshake_repeated: None,
            first_fin: None,
            first_reset: None,
            finished_before_reset: [false; 2],
            errors: Vec::new(),
            more_errors: 0,
            said: Vec::new(),
            more_said: 0,
            is_repeated: false,
        }
    }

    pub(super) fn side(&self, side: Side) -> &SideStory {
        &self.sides[index(side)]
    }

    /// Both sides: that of a segment, and the other.
    fn both(&mut self, side: Side) -> (&mut SideStory, &mut SideStory) {
        let [first, second] = &mut self.sides;
        match side {
            Side::First => (first, second),
            Side::Second => (second, first),
        }
    }

    /// Takes the next segment of the connection.
    pub(in crate::explain) fn segment(&mut self, segment: &WatchedSegment<'_>) {
        let WatchedSegment { at, analysis, flags, .. } = *segment;
        let (side, findings) = (analysis.side, analysis.findings);
        self.last = at;
        self.is_repeated = true;
        let answered = self.side(side.other()).last.map(|last| last.packet);
        let this = &mut self.sides[index(side)];
        this.packets += 1;
        this.first.get_or_insert(at);
        this.last = Some(at);
        let (Some(length), Some(end), true) = (analysis.length, analysis.next_seq, analysis.is_relative) else {
            self.unreadable.push(at.packet);
            return;
        };
        let has = |wanted: TcpFlags| flags.contains(wanted);
        let recent = RecentSegment {
            at,
            seq: analysis.seq,
            end,
            length,
            ack: analysis.ack.unwrap_or(0),
            flags: flags.0,
            absolute_seq: segment.seq,
            identification: segment.identification,
            network: segment.network,
            header: digest(segment.header),
            header_length: u32::try_from(segment.header.len()).unwrap_or(0),
            timestamp: segment.timestamp,
            has_copy: false,
        };
        let (this, other) = self.both(side);
        if let Some(original) = analysis.copy_of {
            this.copies(original, at);
            return;
        }
        if this.comes_twice(&recent, answered) {
            return;
        }
        let repeats = TcpFindings::RETRANSMISSION.0 | TcpFindings::OUT_OF_ORDER.0;
        let is_known = this.next.is_some_and(|next| !is_before(next, recent.data_end()));
        let is_repeated = findings.0 & repeats != 0 && is_known;
        if !other.resets.is_empty() && !has(TcpFlags::RST) {
            this.after_reset.push(at.packet);
        }
        self.is_repeated = is_repeated;
        for error in self.errors.iter_mut().filter(|error| error.side == side) {
            error.next_segment.get_or_insert(at);
        }
        self.handshake(segment, side);
        let (this, other) = self.both(side);
        if has(TcpFlags::RST) {
            this.resets.push(at);
            this.remember(recent);
            self.reset(side);
            return;
        }
        if has(TcpFlags::FIN) {
            this.fins.push(at);
            this.fin_end = Some(end);
        }
        let asked_by = if is_repeated && length > 0 { other.asked_for(analysis.seq) } else { PacketList::default() };
        this.numbered(recent, findings, asked_by);
        this.notes(findings, at, other.has_closed_window());
        if findings.contains(TcpFindings::DUPLICATE_ACK) {
            this.asks(recent.ack, at);
        }
        if !has(TcpFlags::SYN) {
            this.window(findings.contains(TcpFindings::ZERO_WINDOW), at);
        }
        if let Some(ack) = analysis.ack.filter(|_| has(TcpFlags::ACK)) {
            if this.acknowledged.is_none_or(|before| is_before(before, ack)) {
                this.acknowledged = Some(ack);
            }
            other.acknowledged_by_other(ack, at);
        }
        if has(TcpFlags::FIN) {
            self.first_fin.get_or_insert(side);
        }
        for error in self.errors.iter_mut().filter(|error| error.side == side && length > 0) {
            error.next.get_or_insert(at);
            if error.largest_after.is_none_or(|(largest, _)| largest < length) {
                error.largest_after = Some((length, at));
            }
        }
    }

    fn reset(&mut self, side: Side) {
        if self.first_reset.is_none() {
            self.first_reset = Some(side);
            self.finished_before_reset = [0, 1].map(|side: usize| !self.sides[side].fins.is_empty());
        }
    }

    fn handshake(&mut self, segment: &WatchedSegment<'_>, side: Side) {
        let WatchedSegment { at, flags, mss, .. } = *segment;
        let (is_syn, is_ack) = (flags.contains(TcpFlags::SYN), flags.contains(TcpFlags::ACK));
        if is_syn {
            let opener = if is_ack { side.other() } else { side };
            self.opener.get_or_insert(opener);
            let this = &mut self.sides[index(side)];
            this.mss = this.mss.or(mss);
            match is_ack {
                true => this.syn_acks.push(at),
                false => this.syns.push(at),
            }
        } else if is_ack && !flags.contains(TcpFlags::RST) && self.opener == Some(side) {
            if self.handshake_ack.is_none() {
                self.handshake_ack = Some(at);
            } else if self.handshake_repeated.is_none()
                && self.side(side.other()).syn_acks.last.is_some_and(|last| {
                    Some(last.packet) > self.handshake_ack.map(|ack| ack.packet) && last.packet < at.packet
                })
            {
                self.handshake_repeated = Some(at);
            }
        }
    }

    /// Takes an error of ICMP about a segment of a side.
    pub(in crate::explain) fn error(&mut self, error: IcmpError, at: PacketMoment, side: Side, quoted: QuotedSegment) {
        let sender = self.side(side);
        let about = sender.segment_with(quoted.seq, quoted.identification);
        let header_length = quoted.header_length.or(about.map(|about| about.header_length));
        let data = quoted.length.zip(header_length).and_then(|(length, header)| length.checked_sub(header));
        let (about, largest_before) = (about.map(|about| about.at.packet), sender.largest);
        let is_same = |known: &ReportedError| known.side == side && known.error == error;
        let place = match self.errors.iter().position(is_same) {
            Some(place) => place,
            None if self.errors.len() == MOST_ERRORS => {
                self.more_errors += 1;
                return;
            }
            None => {
                let packets = PacketList::default();
                self.errors.push(ReportedError {
                    error,
                    packets: packets.clone(),
                    side,
                    about: packets,
                    about_unknown: 0,
                    quoted: None,
                    largest_before,
                    next_segment: None,
                    next: None,
                    largest_after: None,
                });
                self.errors.len() - 1
            }
        };
        let Some(known) = self.errors.get_mut(place) else { return };
        known.packets.push(at.packet);
        known.about.extend(about);
        known.about_unknown += u64::from(about.is_none());
        // What the sender did is told of the time after the last of them.
        (known.quoted, known.largest_before) = (data, largest_before);
        (known.next_segment, known.next, known.largest_after) = (None, None, None);
    }

    /// Takes what applications said. Returns the place of the statement, if there was one.
    pub(in crate::explain) fn says(&mut self, statement: TcpStatement) -> Option<usize> {
        if self.said.len() >= MOST_SAID {
            self.more_said += 1;
            return None;
        }
        self.said.push(statement);
        Some(self.said.len() - 1)
    }

    /// What applications said, by its place.
    pub(in crate::explain) fn said_at(&mut self, place: usize) -> Option<&mut TcpStatement> {
        self.said.get_mut(place)
    }

    /// How many connections the SYNs and SYN-ACKs so far have begun and accepted: none or one each.
    pub(in crate::explain) fn handshakes(&self) -> (usize, usize) {
        let any = |of: fn(&SideStory) -> bool| usize::from(self.sides.iter().any(of));
        (any(|side| !side.syns.is_empty()), any(|side| !side.syn_acks.is_empty()))
    }

    /// Whether the last segment repeats others: what it carries was seen before.
    pub(in crate::explain) fn last_was_repeated(&self) -> bool {
        self.is_repeated
    }
}

impl SideStory {
    /// Notes what the analysis found. `waits`: the other side has a closed window, so that a keep-alive probes it.
    fn notes(&mut self, findings: TcpFindings, at: PacketMoment, waits: bool) {
        let probes = if waits { &mut self.probes } else { &mut self.keep_alives };
        if findings.contains(TcpFindings::KEEP_ALIVE) {
            probes.push(at.packet);
        }
        for (finding, list) in [
            (TcpFindings::DUPLICATE_ACK, &mut self.duplicate_acks),
            (TcpFindings::WINDOW_FULL, &mut self.window_full),
            (TcpFindings::ZERO_WINDOW_PROBE, &mut self.probes),
        ] {
            if findings.contains(finding) {
                list.push(at.packet);
            }
        }
    }

    /// Whether the last window that it announced was 0.
    fn has_closed_window(&self) -> bool {
        self.closed_windows.last().is_some_and(|window| window.until.is_none())
    }
}

impl TcpStory {
    /// The first packet.
    pub(in crate::explain) fn first_packet(&self) -> u64 {
        self.first.packet
    }

    /// Bytes that the client, or the first side, sent, and those of the other side.
    pub(in crate::explain) fn bytes(&self) -> [u64; 2] {
        let leader = self.leader();
        [self.side(leader).bytes, self.side(leader.other()).bytes]
    }
}
