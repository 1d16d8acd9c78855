//! Blocks of a pcapng file that are neither section header, interface nor packet: names, statistics, secrets.

use super::options::{of_statistics, option_places};
use super::{BlockOptions, ByteOrder};
use crate::wire::DebugBytes;
use std::borrow::Cow;
use std::fmt;

/// What a pcapng block holds that is neither section header, interface nor packet.
///
/// ```
/// use packetsmith::capture::BlockKind;
/// assert_eq!(BlockKind::from(4), BlockKind::NameResolution);
/// assert_eq!(BlockKind::from(0x1234).to_string(), "blocks of type 0x00001234");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum BlockKind {
    /// Names of addresses: Name Resolution Block.
    NameResolution,
    /// Counts of an interface: Interface Statistics Block.
    InterfaceStatistics,
    /// An entry of the system's journal: systemd Journal Export Block.
    JournalEntry,
    /// Keys of TLS and others: Decryption Secrets Block.
    DecryptionSecrets,
    /// Custom Block whose data may be copied.
    Custom,
    /// Custom Block that asks programs not to copy it into a file that they make.
    CustomNotCopied,
    /// A block of a type that is not known here.
    Other(u32),
}

impl From<u32> for BlockKind {
    fn from(block_type: u32) -> Self {
        match block_type {
            4 => BlockKind::NameResolution,
            5 => BlockKind::InterfaceStatistics,
            9 => BlockKind::JournalEntry,
            10 => BlockKind::DecryptionSecrets,
            0x0bad => BlockKind::Custom,
            0x4000_0bad => BlockKind::CustomNotCopied,
            other => BlockKind::Other(other),
        }
    }
}

/// The plural, for messages.
impl fmt::Display for BlockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BlockKind::NameResolution => "name resolution blocks",
            BlockKind::InterfaceStatistics => "interface statistics blocks",
            BlockKind::JournalEntry => "journal entries",
            BlockKind::DecryptionSecrets => "decryption secrets blocks",
            BlockKind::Custom => "custom blocks",
            BlockKind::CustomNotCopied => "custom blocks that must not be copied",
            BlockKind::Other(block_type) => return write!(f, "blocks of type 0x{block_type:08x}"),
        })
    }
}

/// A pcapng block that is neither section header, interface nor packet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OtherBlock<'a> {
    /// Type of the block.
    pub block_type: u32,
    /// Offset in bytes of the block in the decompressed file.
    pub offset: u64,
    /// Byte order of the section.
    pub byte_order: ByteOrder,
    /// The block without type and lengths.
    pub body: &'a [u8],
}

impl fmt::Debug for OtherBlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtherBlock")
            .field("kind", &self.kind())
            .field("offset", &self.offset)
            .field("byte_order", &self.byte_order)
            .field("body", &DebugBytes(self.body))
            .finish()
    }
}

/// Length of the fixed fields of an Interface Statistics Block: interface, time.
const STATISTICS: usize = 12;

impl<'a> OtherBlock<'a> {
    /// Returns what the block holds.
    pub fn kind(&self) -> BlockKind {
        BlockKind::from(self.block_type)
    }

    /// Returns the number of the interface that statistics are of.
    pub fn interface(&self) -> Option<u32> {
        let first = self.body.first_chunk().filter(|_| self.kind() == BlockKind::InterfaceStatistics)?;
        Some(self.byte_order.u32(*first))
    }

    /// The body of statistics for an interface with another number, and with other times: `ticks` is given each time in
    /// ticks of the interface. `None` if the block is no statistics, or a time has no place.
    pub(super) fn statistics(&self, interface: u32, ticks: &dyn Fn(u64) -> Option<u64>) -> Option<Vec<u8>> {
        self.interface()?;
        let order = self.byte_order;
        let mut body = self.body.to_vec();
        body.get_mut(..4)?.copy_from_slice(&order.of_u32(interface));
        let options = BlockOptions::new(order, self.body.get(STATISTICS..)?);
        let times = option_places(options).filter(|(code, value)| matches!(code, 2 | 3) && value.len() == 8);
        let times: Vec<usize> = times.map(|(_, value)| STATISTICS + value.start).collect();
        for at in std::iter::once(4).chain(times) {
            let time = body.get_mut(at..at + 8)?;
            let (high, low) = time.split_at_mut(4);
            let number = |bytes: &[u8]| bytes.first_chunk().map(|bytes| u64::from(order.u32(*bytes)));
            let moved = ticks(number(high)? << 32 | number(low)?)?;
            high.copy_from_slice(&order.of_u32((moved >> 32) as u32));
            low.copy_from_slice(&order.of_u32(moved as u32));
        }
        Some(body)
    }

    /// The body for a section of another byte order. `None` if numbers may be anywhere in it, or it is malformed.
    pub(super) fn in_order(&self, order: ByteOrder) -> Option<Cow<'a, [u8]>> {
        if self.byte_order == order {
            return Some(Cow::Borrowed(self.body));
        }
        let turned = |fixed: &[usize], rest: usize| -> Option<Vec<u8>> {
            let mut body = self.body.get(..rest)?.to_vec();
            let mut bytes = &mut body[..];
            for len in fixed {
                let (number, after) = bytes.split_at_mut_checked(*len)?;
                number.reverse();
                bytes = after;
            }
            Some(body)
        };
        let options = |rest: usize| BlockOptions::new(self.byte_order, self.body.get(rest..).unwrap_or_default());
        match self.kind() {
            BlockKind::JournalEntry => Some(Cow::Borrowed(self.body)),
            BlockKind::InterfaceStatistics => {
                let mut body = turned(&[4, 4, 4], STATISTICS)?;
                body.extend_from_slice(&options(STATISTICS).in_order(order, of_statistics));
                Some(Cow::Owned(body))
            }
            BlockKind::DecryptionSecrets => {
                let length = self.byte_order.u32(*self.body.get(4..8)?.first_chunk()?) as usize;
                let end = length.checked_next_multiple_of(4)?.checked_add(8)?;
                let mut body = turned(&[4, 4], end)?;
                body.extend_from_slice(&options(end).in_order(order, |_, _| &[]));
                Some(Cow::Owned(body))
            }
            // Records have the form of options, and end as those do.
            BlockKind::NameResolution => {
                let records = BlockOptions::new(self.byte_order, self.body);
                let last = option_places(records).last().map_or(0, |(_, value)| value.end.next_multiple_of(4));
                let end = last.saturating_add(4);
                let records = BlockOptions::new(self.byte_order, self.body.get(..end)?);
                let mut body = records.in_order(order, |_, _| &[]).into_owned();
                body.extend_from_slice(&options(end).in_order(order, |_, _| &[]));
                Some(Cow::Owned(body))
            }
            BlockKind::Custom | BlockKind::CustomNotCopied | BlockKind::Other(_) => None,
        }
    }
}
