//! What a pcapng file says about the packets of an interface that are not in it.

use super::{BlockOptions, ByteOrder, Interface, Resolution, Timestamp};

/// The last Interface Statistics Block of an interface. A value is `None` if the file does not say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InterfaceStatistics {
    /// Number of the section, from 1.
    pub section: u64,
    /// Number of the interface within its section, from 0.
    pub interface: u32,
    /// Time of the statistics.
    pub time: Timestamp,
    /// Packets that the interface received: `isb_ifrecv`.
    pub received: Option<u64>,
    /// Packets that the interface dropped for want of resources: `isb_ifdrop`.
    pub dropped: Option<u64>,
    /// Packets that passed the capture filter: `isb_filteraccept`.
    pub accepted: Option<u64>,
    /// Packets that the operating system dropped: `isb_osdrop`.
    pub dropped_by_system: Option<u64>,
    /// Packets that the capturing program was given: `isb_usrdeliv`.
    pub delivered: Option<u64>,
}

impl InterfaceStatistics {
    /// Reads the body of a block.
    pub(super) fn read(section: u64, interfaces: &[Interface], order: ByteOrder, body: &[u8]) -> Option<Self> {
        let (&[interface, high, low, ..], _) = body.as_chunks::<4>() else { return None };
        let interface = order.u32(interface);
        let (base, resolution) = match interfaces.get(interface as usize) {
            Some(interface) => (interface.offset, interface.resolution),
            None => (0, Resolution::MICROSECONDS),
        };
        let ticks = u64::from(order.u32(high)) << 32 | u64::from(order.u32(low));
        let options = BlockOptions::new(order, body.get(12..)?);
        let number = |code| options.find(code)?.try_into().ok().map(|bytes| order.u64(bytes));
        Some(InterfaceStatistics {
            section,
            interface,
            time: Timestamp::new(base, ticks, resolution),
            received: number(4),
            dropped: number(5),
            accepted: number(6),
            dropped_by_system: number(7),
            delivered: number(8),
        })
    }

    pub(super) fn is_of_the_interface_of(&self, other: &InterfaceStatistics) -> bool {
        (self.section, self.interface) == (other.section, other.interface)
    }
}
