//! Blocks of pcapng that describe a capture: its section, its interfaces, and what was lost.

use packetsmith::capture::{ByteOrder, Interface, Resolution, SectionHeader, Timestamp};
use packetsmith::live::{CapturedInterface, FrameDirection, LiveStatistics};

/// Type of an Interface Statistics Block.
pub const STATISTICS: u32 = 5;

/// The header of the section: what wrote it, and where.
pub fn section_header() -> SectionHeader {
    let plain = SectionHeader::new(ByteOrder::Little, &[]);
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let os = format!("{} {}", std::env::consts::OS, release.trim());
    let application = concat!("packetsmith ", env!("CARGO_PKG_VERSION"));
    let described = plain.clone().with_os(os.trim()).and_then(|header| header.with_application(application));
    described.unwrap_or(plain)
}

/// The description of an interface. `filter` is the filter of its packets as text.
pub fn interface(captured: &CapturedInterface, snap_len: u32, filter: Option<&str>) -> Interface {
    // A name or filter that no option can hold is left out: neither has a zero byte, nor 65,535 bytes.
    let mut block = Interface::new(ByteOrder::Little, captured.link_type, snap_len, &[]);
    if let Ok(named) = block.clone().with_name(&captured.name) {
        block = named;
    }
    if let Some(filtered) = filter.and_then(|filter| block.clone().with_filter(filter).ok()) {
        block = filtered;
    }
    block.with_resolution(Resolution::NANOSECONDS)
}

/// The options of a packet: `epb_flags`, with the direction and the kind of address. None where the direction is not known.
pub fn flags(direction: FrameDirection) -> Option<[u8; 12]> {
    // Two bits say in or out, three more how a frame that came in is addressed.
    let flags = match direction {
        FrameDirection::ToThisHost => 0b0_0101,
        FrameDirection::Multicast => 0b0_1001,
        FrameDirection::Broadcast => 0b0_1101,
        FrameDirection::ToOtherHost => 0b1_0001,
        FrameDirection::Sent => 0b0_0010,
        _ => return None,
    };
    Some([2, 0, 4, 0, flags, 0, 0, 0, 0, 0, 0, 0])
}

/// What is counted of an interface.
pub struct InterfaceCounts<'a> {
    /// Number of the interface in the file.
    pub number: usize,
    /// Whether interfaces are captured together, by `any`.
    pub is_any: bool,
    pub begin: Timestamp,
    pub end: Timestamp,
    /// What had been counted at the beginning, for each name.
    pub before: &'a [LiveStatistics],
    /// What was counted until the end.
    pub now: &'a [LiveStatistics],
    /// Packets of the interface in the file.
    pub delivered: u64,
}

impl InterfaceCounts<'_> {
    /// The body of an Interface Statistics Block.
    pub fn body(&self) -> Vec<u8> {
        let InterfaceCounts { number, is_any, begin, end, before, now, delivered } = *self;
        let ticks = |time: Timestamp| {
            let nanos = u64::try_from(time.nanos()).unwrap_or_default();
            [((nanos >> 32) as u32).to_le_bytes(), (nanos as u32).to_le_bytes()].concat()
        };
        let since = |count: fn(&LiveStatistics) -> u64| {
            // With `any` the kernel counts the losses of all interfaces together: they are written for the first one.
            let place = if is_any && number > 0 { usize::MAX } else { number };
            let before = before.get(place).map_or(0, count);
            now.get(place).map(|now| count(now).saturating_sub(before))
        };
        let mut body = (number as u32).to_le_bytes().to_vec();
        body.extend(ticks(end));
        let mut option = |code: u16, value: &[u8]| {
            body.extend(code.to_le_bytes());
            body.extend((value.len() as u16).to_le_bytes());
            body.extend(value);
            body.resize(body.len().next_multiple_of(4), 0);
        };
        if is_any && number == 0 {
            option(1, b"Packets that were received and dropped are those of all interfaces");
        }
        option(2, &ticks(begin));
        option(3, &ticks(end));
        if let Some(received) = since(|counted| counted.received) {
            option(4, &received.to_le_bytes());
        }
        if let Some(dropped) = since(|counted| counted.dropped.unwrap_or_default()) {
            option(5, &dropped.to_le_bytes());
        }
        option(8, &delivered.to_le_bytes());
        option(0, &[]);
        body
    }
}
