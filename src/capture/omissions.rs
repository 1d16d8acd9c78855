//! What a copy of a capture does not have.

use super::BlockKind;
use std::collections::BTreeMap;
use std::fmt;

/// Most kinds of blocks that are counted apart.
const MOST_KINDS: usize = 64;

/// What the format of a copy has no place for, and was left out of it.
///
/// Its [`Display`](fmt::Display) names everything, separated by commas, and is empty if nothing was left out.
///
/// ```
/// use packetsmith::capture::{BlockKind, Omissions};
/// let mut left_out = Omissions::default();
/// assert!(left_out.is_empty());
/// left_out.block(BlockKind::NameResolution);
/// assert_eq!(left_out.to_string(), "name resolution blocks (1)");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Omissions {
    blocks: BTreeMap<BlockKind, u64>,
    /// Blocks of kinds after the first 64.
    more_blocks: u64,
    /// Packets whose comments were left out.
    pub commented: u64,
    /// Packets whose other options were left out.
    pub with_options: u64,
    /// Sections and interfaces whose names, descriptions and comments were left out.
    pub described: u64,
    /// Packets without a time in a copy that gives each packet one: they have the time 0.
    pub without_time: u64,
}

impl Omissions {
    /// Counts a block.
    pub fn block(&mut self, kind: BlockKind) {
        match self.blocks.len() < MOST_KINDS || self.blocks.contains_key(&kind) {
            true => *self.blocks.entry(kind).or_default() += 1,
            false => self.more_blocks += 1,
        }
    }

    /// Whether all was copied.
    pub fn is_empty(&self) -> bool {
        *self == Omissions::default()
    }
}

impl fmt::Display for Omissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let blocks = self.blocks.iter().map(|(kind, count)| (kind.to_string(), *count));
        let others = [
            ("other blocks", self.more_blocks),
            ("comments of packets", self.commented),
            ("other options of packets", self.with_options),
            ("names and comments of interfaces and sections", self.described),
            ("packets without a time, which now have the time 0", self.without_time),
        ];
        let others = others.into_iter().filter(|(_, count)| *count > 0);
        let all = blocks.chain(others.map(|(what, count)| (what.to_string(), count)));
        for (n, (what, count)) in all.enumerate() {
            let gap = if n > 0 { ", " } else { "" };
            write!(f, "{gap}{what} ({count})")?;
        }
        Ok(())
    }
}
