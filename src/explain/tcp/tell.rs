//! What is told of a connection in the end.

use super::side_story::{MissingBytes, MomentList, RepeatCause, RepeatedSegment, SentOrder, SideStory};
use super::statement::{AfterError, Party, ResetMoment, TcpStatement};
use super::story::{ReportedError, TcpStory};
use crate::explain::icmp_error::IcmpErrorKind;
use crate::explain::packet_list::{Nanos, PacketList, PacketMoment};
use crate::flow::Side;
use alloc::vec::Vec;

/// Most closed windows that are told one by one.
const MOST_WINDOWS: usize = 2;

impl TcpStory {
    /// The side that is told of first: the client, or the one that sent the first packet.
    pub(in crate::explain) fn leader(&self) -> Side {
        self.client().unwrap_or(Side::First)
    }

    /// The side that opened the connection, or that asked something in it.
    fn client(&self) -> Option<Side> {
        self.opener.or(self.requester)
    }

    pub(in crate::explain) fn has_client(&self) -> bool {
        self.client().is_some()
    }

    pub(in crate::explain) fn party(&self, side: Side) -> Party {
        match self.client() {
            None => Party::Endpoint(self.endpoints.of(side)),
            Some(opener) if opener == side => Party::Client,
            Some(_) => Party::Server,
        }
    }

    /// The client's side and the server's, or the first and the second.
    fn led(&self) -> [&SideStory; 2] {
        let leader = self.leader();
        [self.side(leader), self.side(leader.other())]
    }

    /// Tells the connection. `end` is the last packet of the capture.
    pub(in crate::explain) fn tell(&self, end: PacketMoment) -> Vec<TcpStatement> {
        let mut told = Vec::new();
        if !self.unreadable.is_empty() {
            told.push(TcpStatement::Unreadable { packets: self.unreadable.clone() });
            if self.unreadable.count() == self.sides.iter().map(|side| side.packets).sum::<u64>() {
                return told;
            }
        }
        let goes_on = self.handshake_told(end, &mut told);
        for side in [self.leader(), self.leader().other()] {
            self.twice(side, &mut told);
        }
        if goes_on {
            told.extend(self.said.iter().cloned());
            if self.more_said > 0 {
                told.push(TcpStatement::MoreSaid { count: self.more_said });
            }
            self.data(&mut told);
            for side in [self.leader(), self.leader().other()] {
                self.repeats(side, &mut told);
                self.missing(side, &mut told);
                self.duplicate_acks(side, &mut told);
                self.windows(side, &mut told);
            }
        }
        told.extend(self.errors.iter().map(|error| self.error_told(error)));
        if self.more_errors > 0 {
            told.push(TcpStatement::MoreErrors { count: self.more_errors });
        }
        if goes_on {
            self.end(end, &mut told);
        }
        told
    }

    fn twice(&self, side: Side, told: &mut Vec<TcpStatement>) {
        let packets = &self.side(side).came_twice;
        if !packets.is_empty() {
            told.push(TcpStatement::CameTwice {
                who: self.party(side),
                originals: self.side(side).copied.max(1),
                by_other_networks: self.side(side).by_other_networks,
                packets: packets.clone(),
            });
        }
    }

    /// Tells the handshake. `false` if there is nothing after it.
    fn handshake_told(&self, end: PacketMoment, told: &mut Vec<TcpStatement>) -> bool {
        let [client, server] = self.led();
        if self.opener.is_none() {
            told.push(TcpStatement::Midway { first: PacketList::one(self.first.packet) });
            self.one_direction(told);
            return true;
        }
        let is_simultaneous = !client.syns.is_empty() && !server.syns.is_empty();
        if is_simultaneous {
            let syns = client.syns.packets.first().iter().chain(server.syns.packets.first()).copied();
            let packets: PacketList = syns.collect();
            let all = client.packets + server.packets;
            let others = all.saturating_sub(client.syns.packets.count() + server.syns.packets.count());
            if [client, server].iter().all(|side| side.acknowledged.is_some_and(|ack| ack > 0)) {
                told.push(TcpStatement::OpenedByBoth { packets });
                return true;
            }
            told.push(TcpStatement::BothSentSyn { packets, others });
            return others > 0;
        }
        let (Some(syn), Some(syn_ack)) = (client.syns.first.first(), server.syn_acks.first.first()) else {
            return self.partial_handshake(end, told);
        };
        let answered = syn_ack.packet;
        let early = waited(&client.syns, |packet| packet < answered);
        if early.packets.count() > 1 {
            let repeats = early.packets.without_first();
            told.push(TcpStatement::SynRepeated { syn: PacketList::one(syn.packet), repeats, waits: early.waits });
        }
        // SYN-ACKs that were sent again before the client sent anything more.
        let late_syn = client.syns.first.iter().find(|at| at.packet > answered);
        let next = late_syn.into_iter().chain(&self.handshake_ack).map(|at| at.packet).min().unwrap_or(u64::MAX);
        let before = waited(&server.syn_acks, |packet| packet < next);
        if before.packets.count() > 1 {
            told.push(repeated_syn_acks(*syn_ack, before));
        }
        self.late_syns(*syn_ack, told);
        let Some(ack) = self.handshake_ack else {
            if client.resets.is_empty() && server.resets.is_empty() {
                let last = server.syn_acks.last.unwrap_or(*syn_ack);
                told.push(TcpStatement::HalfOpen {
                    packets: [syn.packet, syn_ack.packet].into_iter().collect(),
                    silence: end.since(last).filter(|silence| silence.0 > 0),
                });
                return false;
            }
            return true;
        };
        let heard = server.syn_acks.last_before(ack.packet).unwrap_or(syn_ack);
        let last_syn = client.syns.last_before(heard.packet).unwrap_or(syn);
        let is_again = last_syn.packet != syn.packet;
        told.push(TcpStatement::Opened {
            packets: [last_syn.packet, heard.packet, ack.packet].into_iter().collect(),
            took: ack.since(*last_syn),
            first_syn: is_again.then(|| PacketList::one(syn.packet)),
            took_in_all: ack.since(*syn).filter(|_| is_again),
        });
        self.late_syn_acks(ack, told);
        if let (Some(to_client), Some(to_server)) = (client.mss, server.mss)
            && to_client != to_server
        {
            told.push(TcpStatement::SegmentSizes { client_segment: to_client, server_segment: to_server });
        }
        true
    }

    /// SYNs after the first SYN-ACK.
    fn late_syns(&self, syn_ack: PacketMoment, told: &mut Vec<TcpStatement>) {
        let [client, server] = self.led();
        // The SYN that the SYN-ACK answers may come after it in the capture: it is no second one.
        let begin = client.syns.first.first().map_or(0, |first| first.packet);
        let is_after = |at: &&PacketMoment| at.packet > syn_ack.packet && at.packet != begin;
        let after: Vec<_> = client.syns.first.iter().filter(is_after).collect();
        // It had the SYN-ACK then, or sent the SYN before.
        let ack = |at: &PacketMoment| self.handshake_ack.filter(|ack| ack.packet < at.packet);
        let is_other = |at: &&PacketMoment| ack(at).is_some() || at.is_earlier_than(syn_ack);
        let (others, late): (Vec<_>, Vec<_>) = after.into_iter().partition(is_other);
        let (acked, earlier): (Vec<_>, Vec<_>) = others.into_iter().partition(|at| ack(at).is_some());
        for (syns, ack) in [(earlier, None), (acked, self.handshake_ack)] {
            if !syns.is_empty() {
                let ack = ack.map(|ack| PacketList::one(ack.packet));
                told.push(TcpStatement::SynAgain { syns: syns.iter().map(|at| at.packet).collect(), ack });
            }
        }
        let Some(first) = late.first() else { return };
        let before = client.syns.first.iter().rfind(|at| at.packet < syn_ack.packet);
        told.push(TcpStatement::SynAckNotHeard {
            syn_ack: PacketList::one(syn_ack.packet),
            syns: late.iter().map(|at| at.packet).collect(),
            wait: before.and_then(|before| first.since(*before)),
            answers: server.syn_acks.first.iter().map(|at| at.packet).filter(|packet| *packet > first.packet).collect(),
        });
    }

    /// SYN-ACKs after the ACK.
    fn late_syn_acks(&self, ack: PacketMoment, told: &mut Vec<TcpStatement>) {
        let [client, server] = self.led();
        // Those that answer a repeated SYN were told with it.
        if client.syns.packets.count() > 1 {
            return;
        }
        let is_late = |at: &&PacketMoment| at.packet > ack.packet && !at.is_earlier_than(ack);
        let late: Vec<_> = server.syn_acks.first.iter().filter(is_late).collect();
        let Some(first) = late.first() else { return };
        let before = server.syn_acks.first.iter().rfind(|at| at.packet < ack.packet);
        told.push(TcpStatement::AckNotHeard {
            ack: PacketList::one(ack.packet),
            syn_acks: late.iter().map(|at| at.packet).collect(),
            wait: before.and_then(|before| first.since(*before)),
            answer: self.handshake_repeated.map(|answer| PacketList::one(answer.packet)),
        });
    }

    /// A handshake of which the SYN or the SYN-ACK is not in the capture.
    fn partial_handshake(&self, end: PacketMoment, told: &mut Vec<TcpStatement>) -> bool {
        let [client, server] = self.led();
        if let Some(syn_ack) = server.syn_acks.first.first() {
            told.push(TcpStatement::SynNotCaptured { syn_ack: PacketList::one(syn_ack.packet) });
            return true;
        }
        let (syns, Some(first)) = (&client.syns, client.syns.first.first()) else { return true };
        if let Some(ack) = self.handshake_ack {
            let syn = PacketList::one(first.packet);
            let (who, ack) = (Party::Client, PacketList::one(ack.packet));
            told.push(TcpStatement::SynAckNotCaptured { syn, who, ack });
            self.one_direction(told);
            return true;
        }
        if let Some(reset) = server.resets.first.first()
            && server.first.is_none_or(|first| first.packet == reset.packet)
        {
            told.push(TcpStatement::Refused {
                syns: syns.packets.clone(),
                resets: server.resets.packets.clone(),
                took: reset.since(*first),
            });
            self.other_resets(told);
            let is_all = [client, server].iter().all(|side| side.data.is_empty() && side.fins.is_empty());
            if !is_all {
                self.data(told);
            }
            return false;
        }
        if server.packets > 0 {
            // Something else came from the server: what, the rest tells.
            told.push(TcpStatement::SynAckNotCaptured {
                syn: PacketList::one(first.packet),
                who: Party::Server,
                ack: PacketList::one(server.first.unwrap_or(self.last).packet),
            });
            return true;
        }
        let silence = syns.last.and_then(|last| end.since(last));
        let waits = waited(syns, |_| true).waits;
        told.push(TcpStatement::Unanswered { syns: syns.packets.clone(), waits, silence });
        !client.resets.is_empty()
    }

    fn one_direction(&self, told: &mut Vec<TcpStatement>) {
        for side in [Side::First, Side::Second] {
            // The number acknowledges data of the side that is not there.
            if self.side(side.other()).packets == 0 && self.side(side).acknowledged > Some(1) {
                told.push(TcpStatement::OneDirection { who: self.party(side) });
            }
        }
    }

    fn data(&self, told: &mut Vec<TcpStatement>) {
        let ([client, server], leader) = (self.led(), self.leader());
        // Data of a RST is no data of the stream.
        let is_reset_at_once = self.first_reset.is_some() && self.handshake_ack.is_none();
        if is_reset_at_once && client.bytes + server.bytes == 0 {
            return;
        }
        told.push(TcpStatement::Data {
            first: self.party(leader),
            first_bytes: client.bytes,
            second: self.party(leader.other()),
            second_bytes: server.bytes,
            first_packets: client.data.clone(),
            second_packets: server.data.clone(),
        });
    }

    fn repeats(&self, side: Side, told: &mut Vec<TcpStatement>) {
        let (this, who) = (self.side(side), self.party(side));
        let count = this.unacknowledged.count() + this.fast.count() + this.spurious.count();
        // Each is told if all are known.
        let known = this.repeated.iter().map(|repeated| repeated.repeats.packets.count()).sum::<u64>();
        if this.repeated.len() > 3 || count != known {
            if count > 0 {
                told.push(TcpStatement::RepeatedMany {
                    who,
                    unacknowledged: this.unacknowledged.clone(),
                    fast: this.fast.clone(),
                    spurious: this.spurious.clone(),
                });
            }
            return;
        }
        let other = self.party(side.other());
        let first = |repeated: &RepeatedSegment| repeated.repeats.first.first().copied();
        told.extend(this.repeated.iter().map(|repeated| match repeated.repeats.packets.count() {
            1 => repeated_once(repeated, who, other),
            _ => TcpStatement::RepeatedOften {
                who,
                other,
                original: repeated.originals.clone(),
                part: if repeated.is_part { "yes" } else { "no" },
                repeats: repeated.repeats.packets.clone(),
                bytes: repeated.bytes,
                first_after: first(repeated).and_then(|first| first.since(repeated.original)),
                last_after: repeated.repeats.last.and_then(|last| last.since(repeated.original)),
                acknowledged: repeated.acknowledged.map(|ack| PacketList::one(ack.packet)),
            },
        }));
    }

    /// Bytes that were missing, by what became of them.
    fn missing(&self, side: Side, told: &mut Vec<TcpStatement>) {
        let (this, who, other) = (self.side(side), self.party(side), self.party(side.other()));
        let of = |wanted: MissingEnd| {
            let found: Vec<_> = this.missing.iter().filter(|missing| MissingEnd::of(missing) == wanted).collect();
            (!found.is_empty()).then_some(found)
        };
        let bytes = |found: &[&MissingBytes]| found.iter().map(|missing| u64::from(missing.bytes)).sum();
        let left = |found: &[&MissingBytes]| found.iter().map(|missing| u64::from(missing.left())).sum();
        let before = |found: &[&MissingBytes]| in_order(found.iter().map(|missing| &missing.before.packet));
        let filled = |found: &[&MissingBytes]| in_order(found.iter().flat_map(|missing| missing.fillers.first()));
        let longest =
            |found: &[&MissingBytes]| found.iter().filter_map(|missing| missing.filled?.since(missing.before)).max();
        if let Some(found) = of(MissingEnd::Reordered) {
            told.push(TcpStatement::OutOfOrder { who, packets: filled(&found), longest: longest(&found) });
        }
        for (end, how) in [(MissingEnd::SentAgain, "sent_again"), (MissingEnd::Sent, "not_known")] {
            let Some(found) = of(end) else { continue };
            told.push(TcpStatement::MissingThenSent {
                who,
                gaps: found.len() as u64,
                bytes: bytes(&found),
                before: before(&found),
                filled: filled(&found),
                longest: longest(&found),
                how,
            });
        }
        if let Some(found) = of(MissingEnd::AcknowledgedBefore) {
            told.push(TcpStatement::AcknowledgedBefore { who, bytes: bytes(&found), packets: filled(&found) });
        }
        if let Some(found) = of(MissingEnd::Acknowledged) {
            let acknowledged = found.iter().filter_map(|missing| Some(&missing.acknowledged.as_ref()?.packet));
            let acknowledged = in_order(acknowledged);
            let (gaps, bytes, before) = (found.len() as u64, left(&found), before(&found));
            told.push(TcpStatement::NotCaptured { who, other, gaps, bytes, before, acknowledged });
        }
        if let Some(found) = of(MissingEnd::Never) {
            let (gaps, bytes, before) = (found.len() as u64, left(&found), before(&found));
            told.push(TcpStatement::NeverSeen { who, gaps, bytes, before });
        }
        if this.more_missing > 0 {
            told.push(TcpStatement::MoreMissing { who, ranges: this.more_missing });
        }
    }

    fn duplicate_acks(&self, side: Side, told: &mut Vec<TcpStatement>) {
        let packets = &self.side(side).duplicate_acks;
        let repeated = &self.side(side.other()).repeated;
        // Those that are told with the segment that they ask for.
        let told_with = |packet: &u64| repeated.iter().any(|repeated| repeated.asked_by.first().contains(packet));
        let is_answer = packets.count() == 1 && packets.last() == self.handshake_repeated.map(|at| at.packet);
        let are_told = packets.count() == packets.first().len() as u64 && packets.first().iter().all(told_with);
        if !packets.is_empty() && !are_told && !is_answer {
            told.push(TcpStatement::DuplicateAcks { who: self.party(side), packets: packets.clone() });
        }
    }

    fn windows(&self, side: Side, told: &mut Vec<TcpStatement>) {
        let (this, who, other) = (self.side(side), self.party(side), self.party(side.other()));
        if !this.window_full.is_empty() {
            told.push(TcpStatement::WindowFull { who, other, packets: this.window_full.clone() });
        }
        told.extend(this.closed_windows.iter().take(MOST_WINDOWS).map(|window| TcpStatement::ZeroWindow {
            who,
            other,
            from: PacketList::one(window.from.packet),
            until: window.until.map(|until| PacketList::one(until.packet)),
            lasted: window.until.and_then(|until| until.since(window.from)),
        }));
        if this.closed_count > MOST_WINDOWS as u64 {
            told.push(TcpStatement::MoreZeroWindows { who, count: this.closed_count });
        }
        // The other side asks whether this one has opened its window.
        let probes = &self.side(side.other()).probes;
        if !probes.is_empty() {
            told.push(TcpStatement::WindowProbes { who: other, packets: probes.clone() });
        }
        if !this.keep_alives.is_empty() {
            told.push(TcpStatement::KeepAlives { who, packets: this.keep_alives.clone() });
        }
    }

    fn error_told(&self, reported: &ReportedError) -> TcpStatement {
        let ReportedError { error, packets, side, about, about_unknown, next_segment, next, .. } = reported;
        let then = match *next {
            None => next_segment.map_or(AfterError::NothingMore, |next| AfterError::NoMoreData { packet: next.packet }),
            Some(next) => self.data_after_error(reported, next),
        };
        TcpStatement::IcmpError {
            from: error.from,
            what: error.what.clone(),
            mtu: error.mtu,
            who: self.party(*side),
            about: about.clone(),
            about_unknown: *about_unknown,
            packets: packets.clone(),
            then,
        }
    }

    /// The data that a side sent after an error: smaller segments, if the error was about their size.
    fn data_after_error(&self, reported: &ReportedError, next: PacketMoment) -> AfterError {
        let ReportedError { error, side, quoted, largest_before, largest_after, .. } = reported;
        let Some((most, largest)) = largest_after.filter(|_| error.kind == IcmpErrorKind::TooBig) else {
            return AfterError::MoreData { packet: next.packet };
        };
        // Segments above the limit of the receiver are divided by the sender's interface, after the capture.
        let limit = self.side(side.other()).mss.map(u32::from);
        let is_divided = limit.is_some_and(|limit| most > limit || quoted.is_none() && *largest_before > limit);
        match *quoted {
            _ if is_divided => AfterError::MoreData { packet: next.packet },
            Some(quoted) if most < quoted => AfterError::SmallerThanQuoted { most, quoted, packet: next.packet },
            None if most < *largest_before => {
                AfterError::Smaller { most, before: *largest_before, packet: next.packet }
            }
            _ => AfterError::AsLarge { packet: largest.packet },
        }
    }

    fn end(&self, end: PacketMoment, told: &mut Vec<TcpStatement>) {
        let begin = told.len();
        let fin = |side: Side| self.side(side).fins.first.first().copied();
        let ends = self.first_fin.map(|first| (first, fin(first), fin(first.other())));
        match ends {
            Some((first, Some(fin), Some(second_fin))) => {
                let second = self.side(first.other());
                told.push(TcpStatement::Closed {
                    first: self.party(first),
                    fin: PacketList::one(fin.packet),
                    second: self.party(first.other()),
                    second_fin: PacketList::one(second_fin.packet),
                    wait: second_fin.since(fin),
                    last_ack: second.fin_acknowledged.map(|ack| PacketList::one(ack.packet)),
                });
            }
            Some((first, Some(fin), None)) => told.push(TcpStatement::HalfClosed {
                who: self.party(first),
                fin: PacketList::one(fin.packet),
                other: self.party(first.other()),
                acknowledged: self.side(first).fin_acknowledged.map(|ack| PacketList::one(ack.packet)),
                resets: self.sides.iter().map(|side| side.resets.packets.count()).sum(),
            }),
            _ if self.first_reset.is_none() => told.push(TcpStatement::StillOpen {
                last: PacketList::one(self.last.packet),
                silence: end.since(self.last),
            }),
            _ => {}
        }
        self.fins_again(told);
        // In the order of the capture.
        let reset = self.first_reset.and_then(|side| self.side(side).resets.first.first());
        let is_reset_first =
            reset.zip(ends.and_then(|(_, fin, _)| fin)).is_some_and(|(rst, fin)| rst.packet < fin.packet);
        let place = if is_reset_first { begin } else { told.len() };
        let mut resets = Vec::new();
        self.resets(&mut resets);
        told.splice(place..place, resets);
    }

    fn fins_again(&self, told: &mut Vec<TcpStatement>) {
        for side in [self.leader(), self.leader().other()] {
            let fins = &self.side(side).fins;
            let repeats = fins.packets.without_first();
            if !repeats.is_empty() {
                told.push(TcpStatement::FinRepeated { who: self.party(side), packets: repeats });
            }
        }
    }

    /// RSTs of the side that did not send the first.
    fn other_resets(&self, told: &mut Vec<TcpStatement>) {
        let Some(side) = self.first_reset.map(Side::other) else { return };
        let packets = self.side(side).resets.packets.clone();
        if !packets.is_empty() {
            told.push(TcpStatement::OtherReset { who: self.party(side), packets });
        }
    }

    fn resets(&self, told: &mut Vec<TcpStatement>) {
        let Some(side) = self.first_reset else { return };
        let resets = &self.side(side).resets;
        let first = resets.first.first().map(|reset| reset.packet);
        let index = super::story::index(side);
        let when = match (self.finished_before_reset[index], self.finished_before_reset[1 - index]) {
            (true, true) => ResetMoment::BothFinished,
            (true, false) => ResetMoment::AfterOwnFin,
            (false, true) => ResetMoment::AfterOtherFin,
            _ if self.opener == Some(side) && self.handshake_ack.is_none() => match self.side(side.other()) {
                other if other.packets == 0 => ResetMoment::BeforeAnswer,
                other if other.syn_acks.is_empty() => ResetMoment::BeforeHandshake,
                _ => ResetMoment::InHandshake,
            },
            _ if self.opener.is_some() && self.handshake_ack.is_none_or(|ack| Some(ack.packet) > first) => {
                ResetMoment::BeforeHandshake
            }
            _ => ResetMoment::Open,
        };
        told.push(TcpStatement::Reset {
            who: self.party(side),
            packets: resets.packets.clone(),
            after: resets.first.first().and_then(|reset| reset.since(self.first)),
            when,
            later: self.side(side.other()).after_reset.clone(),
        });
        self.other_resets(told);
    }
}

/// A list of packets in the order of the capture, each once.
fn in_order<'p>(packets: impl Iterator<Item = &'p u64>) -> PacketList {
    let mut packets: Vec<u64> = packets.copied().collect();
    packets.sort_unstable();
    packets.into_iter().collect()
}

/// Packets of a list, and the times between them.
struct WaitedPackets {
    packets: PacketList,
    waits: Vec<Nanos>,
}

/// Those packets of a list that a condition holds for.
fn waited(moments: &MomentList, is_wanted: impl Fn(u64) -> bool) -> WaitedPackets {
    let wanted: Vec<_> = moments.first.iter().filter(|at| is_wanted(at.packet)).collect();
    let waits = wanted.windows(2).filter_map(|pair| match pair {
        [before, at] => at.since(**before),
        _ => None,
    });
    // All of them, if that holds for the last one.
    let packets = match moments.last.is_some_and(|last| is_wanted(last.packet)) {
        true => moments.packets.clone(),
        false => wanted.iter().map(|at| at.packet).collect(),
    };
    WaitedPackets { packets, waits: waits.collect() }
}

fn repeated_once(repeated: &RepeatedSegment, who: Party, other: Party) -> TcpStatement {
    TcpStatement::Repeated {
        who,
        other,
        original: repeated.originals.clone(),
        part: if repeated.is_part { "yes" } else { "no" },
        repeat: repeated.repeats.packets.clone(),
        bytes: repeated.bytes,
        wait: repeated.repeats.last.and_then(|repeat| repeat.since(repeated.original)),
        cause: match repeated.cause {
            RepeatCause::Unacknowledged => "unacknowledged",
            RepeatCause::Fast => "fast",
            RepeatCause::Spurious => "spurious",
        },
        asked_by: repeated.asked_by.clone(),
        acknowledged: repeated.acknowledged.map(|ack| PacketList::one(ack.packet)),
    }
}

fn repeated_syn_acks(syn_ack: PacketMoment, all: WaitedPackets) -> TcpStatement {
    let repeats = all.packets.without_first();
    TcpStatement::SynAckRepeated { syn_ack: PacketList::one(syn_ack.packet), repeats, waits: all.waits }
}

/// What became of missing bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MissingEnd {
    Reordered,
    SentAgain,
    Sent,
    AcknowledgedBefore,
    Acknowledged,
    Never,
}

impl MissingEnd {
    fn of(missing: &MissingBytes) -> Self {
        match (missing.filled, missing.acknowledged) {
            (Some(filled), Some(acknowledged)) if acknowledged.packet < filled.packet => MissingEnd::AcknowledgedBefore,
            (Some(_), _) => match missing.order {
                Some(SentOrder::Before) => MissingEnd::Reordered,
                Some(SentOrder::After) => MissingEnd::SentAgain,
                Some(SentOrder::Unknown) | None => MissingEnd::Sent,
            },
            (None, Some(_)) => MissingEnd::Acknowledged,
            (None, None) => MissingEnd::Never,
        }
    }
}
