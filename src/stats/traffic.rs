//! Packets and bytes.

/// A number of packets, and the bytes that they had on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Traffic {
    /// Number of packets.
    pub packets: u64,
    /// Bytes of the whole packets as they were on the wire, from the link header on.
    pub bytes: u64,
}

impl Traffic {
    /// Counts a packet.
    #[inline]
    pub(super) fn add(&mut self, bytes: u64) {
        self.packets += 1;
        self.bytes += bytes;
    }
}

impl core::ops::Add for Traffic {
    type Output = Traffic;

    fn add(self, other: Traffic) -> Traffic {
        Traffic { packets: self.packets + other.packets, bytes: self.bytes + other.bytes }
    }
}

impl core::iter::Sum for Traffic {
    fn sum<I: Iterator<Item = Traffic>>(all: I) -> Traffic {
        all.fold(Traffic::default(), core::ops::Add::add)
    }
}
