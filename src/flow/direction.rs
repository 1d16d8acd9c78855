//! What is remembered of one direction of a TCP connection.

use super::capture_time::CaptureTime;
use super::endpoint::Side;
use super::findings::TcpFindings;
use super::unacknowledged::SegmentList;

/// What is known of the window scale of a direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// No SYN was seen.
    Unknown,
    /// A SYN had no option.
    Unused,
    /// The shift of the option, 0 to 14.
    Shift(u8),
}

/// One direction of a TCP connection. A number that is 0 is not known, as in Wireshark: that of one byte in 2^32 is
/// taken for unknown. Each segment reads both directions of its connection, so the fields are kept small.
#[derive(Clone, Copy, Debug)]
pub(super) struct Direction {
    /// The sequence number that is shown as 0, if it is known.
    base: u32,
    has_base: bool,
    /// Whether an endpoint sends to itself: then there is one direction.
    is_loop: bool,
    /// Highest end of a segment, and the packet and time that reached it.
    pub(super) next: u32,
    pub(super) next_packet: u64,
    pub(super) next_time: CaptureTime,
    /// Highest end without a hole before it.
    pub(super) contiguous: u32,
    /// The last acknowledgment number, and its time.
    pub(super) last_ack: u32,
    pub(super) last_ack_time: CaptureTime,
    /// The packet that a duplicate acknowledgment repeats, and how many repeat it.
    pub(super) first_ack_packet: u64,
    pub(super) duplicates: u32,
    /// The window of the last packet, and whether that was a SYN, whose window is not scaled.
    pub(super) window: Option<u16>,
    pub(super) window_of_syn: bool,
    pub(super) scale: Scale,
    /// Bytes that the last packet acknowledged selectively.
    pub(super) sacked: u32,
    /// Subtypes of the multipath options of the last packet.
    pub(super) multipath: u16,
    /// What was found about the last packet.
    pub(super) last_findings: TcpFindings,
    /// Segments that wait for their acknowledgment.
    pub(super) sent: SegmentList,
    /// Bytes since the last PSH, and whether the last segment had it.
    pub(super) pushed: u32,
    pub(super) push_ended: bool,
    /// Whether its SYN was seen.
    pub(super) has_syn: bool,
    /// Whether the bytes in flight are known: no segment is missing since the last acknowledgment.
    pub(super) counts_in_flight: bool,
    /// Whether an acknowledgment of unseen bytes would be the first since a new number.
    pub(super) may_miss: bool,
}

impl Direction {
    pub(super) const NEW: Direction = Direction {
        base: 0,
        has_base: false,
        is_loop: false,
        next: 0,
        next_packet: 0,
        next_time: CaptureTime::NONE,
        contiguous: 0,
        last_ack: 0,
        last_ack_time: CaptureTime::NONE,
        first_ack_packet: 0,
        duplicates: 0,
        window: None,
        window_of_syn: false,
        scale: Scale::Unknown,
        sacked: 0,
        multipath: 0,
        last_findings: TcpFindings(0),
        sent: SegmentList::EMPTY,
        pushed: 0,
        push_ended: false,
        has_syn: false,
        counts_in_flight: true,
        may_miss: true,
    };

    /// The sequence number that is shown as 0.
    #[inline]
    pub(super) fn base(&self) -> Option<u32> {
        self.has_base.then_some(self.base)
    }

    #[inline]
    pub(super) fn set_base(&mut self, base: u32) {
        (self.base, self.has_base) = (base, true);
    }

    /// Sets the number that is shown as 0, if it is not known.
    #[inline]
    pub(super) fn base_or(&mut self, base: u32) {
        if !self.has_base {
            self.set_base(base);
        }
    }

    /// The last window in bytes, scaled.
    pub(super) fn scaled_window(&self) -> u32 {
        let window = u32::from(self.window.unwrap_or(0));
        match self.scale {
            Scale::Shift(shift) if !self.window_of_syn => window << shift,
            _ => window,
        }
    }
}

/// Both directions of a connection.
#[derive(Debug)]
pub(super) struct Directions {
    sides: [Direction; 2],
}

impl Directions {
    pub(super) fn new(is_loop: bool) -> Self {
        Directions { sides: [Direction { is_loop, ..Direction::NEW }; 2] }
    }

    #[inline]
    pub(super) fn of(&mut self, side: Side) -> &mut Direction {
        &mut self.sides[side.index()]
    }

    /// The side that receives what `side` sends.
    #[inline]
    pub(super) fn other(&self, side: Side) -> Side {
        if self.sides[0].is_loop { side } else { side.other() }
    }

    /// The direction of a side, to read it.
    #[inline]
    pub(super) fn get(&self, side: Side) -> &Direction {
        &self.sides[side.index()]
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Direction> {
        self.sides.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_direction_fits_into_two_cache_lines() {
        assert_eq!(size_of::<Direction>(), 128);
    }
}
