//! pcapng files: sections of blocks, some of which are packets.
//!
//! pcap-file cuts out the blocks that are whole and well-formed. The others are cut out here, since
//! it refuses a length that is not padded or differs from the second one, and does not tell one
//! that will never come from one that is still to be read. All are read here: pcap-file gives up a
//! whole file for one unknown interface, original length or option, which costs itself at most.

use std::io::Read;

use byteorder_slice::{BigEndian, LittleEndian};
use pcap_file::pcapng::RawBlock;
use pcap_file::pcapng::blocks::{
    ENHANCED_PACKET_BLOCK, INTERFACE_DESCRIPTION_BLOCK, INTERFACE_STATISTIC_BLOCK, NAME_RESOLUTION_BLOCK, PACKET_BLOCK,
    SECTION_HEADER_BLOCK, SIMPLE_PACKET_BLOCK, SYSTEMD_JOURNAL_EXPORT_BLOCK,
};

use super::buffer::{Buffer, ORDINARY};
use super::error::{ErrorKind, Failure};
use super::found_record::{FoundBlock, FoundItem, FoundRecord};
use super::interface_statistics::InterfaceStatistics;
use super::limits::{MAX_OPTIONS, MAX_STATISTICS};
use super::options::{KeptOptions, option_texts};
use super::{BlockOptions, ByteOrder, Interface, MAX_INTERFACES, MAX_RECORD, Resolution, Timestamp};
use std::fmt;

/// First bytes of a pcapng file, the same in both byte orders.
pub(super) const MAGIC: [u8; 4] = SECTION_HEADER_BLOCK.to_be_bytes();

/// Custom blocks: with data that may be copied, and that may not.
const CUSTOM_BLOCK_COPIABLE: u32 = 0x0bad;
const CUSTOM_BLOCK_NON_COPIABLE: u32 = 0x4000_0bad;

const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;

/// A block's type and length, and the length again after its body.
const FRAME: usize = 12;
const HEAD: usize = 8;

/// Header of a pcapng section.
///
/// ```
/// use packetsmith::capture::{ByteOrder, SectionHeader};
/// let header = SectionHeader::new(ByteOrder::Little, &[]);
/// assert!(header.options().bytes().is_empty());
/// let header = header.with_application("my tool 1.0")?.with_comment("the first try")?;
/// assert_eq!(header.application().unwrap(), "my tool 1.0");
/// assert!(header.comments().eq(["the first try"]));
/// # Ok::<(), packetsmith::capture::OptionError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SectionHeader {
    /// Byte order of the section. Options in another byte order are written in this one.
    pub byte_order: ByteOrder,
    /// Major and minor version: 1 and 0.
    pub version: (u16, u16),
    options: KeptOptions,
}

impl fmt::Debug for SectionHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SectionHeader")
            .field("byte_order", &self.byte_order)
            .field("version", &self.version)
            .field("options", &self.options())
            .finish()
    }
}

impl SectionHeader {
    /// The header of a section with these options, which are in its byte order.
    pub fn new(byte_order: ByteOrder, options: &[u8]) -> Self {
        SectionHeader { byte_order, version: (1, 0), options: KeptOptions::new(byte_order, options) }
    }

    /// Returns the options: hardware (2), operating system (3), application (4), comments (1).
    ///
    /// They are empty until the first record has been asked for, or if they are longer than a megabyte.
    pub fn options(&self) -> BlockOptions<'_> {
        self.options.borrow()
    }
}

option_texts! {
    SectionHeader {
        hardware with_hardware = 2 "the description of the hardware of the machine",
        os with_os = 3 "the operating system of the machine",
        application with_application = 4 "the application that wrote the section",
    }
}

pub(super) struct PcapngParser {
    pub(super) section: SectionHeader,
    pub(super) interfaces: Vec<Interface>,
    /// Sections begun so far.
    pub(super) sections: u64,
    /// Bytes of options kept in this section.
    kept: usize,
    /// Whether too many interfaces have been reported.
    full: bool,
    /// Offset of the block whose second length has been reported already.
    reported: Option<u64>,
    /// The last statistics of each interface, by section and number.
    pub(super) statistics: Vec<InterfaceStatistics>,
    /// Whether all blocks are handed out, so that none is passed over because it is large.
    pub(super) keeps_all: bool,
}

/// A block, which is completely in the buffer unless it is skipped.
struct Block {
    block_type: u32,
    order: ByteOrder,
    offset: u64,
    at: usize,
    len: usize,
}

impl Block {
    fn body<'b, R: Read>(&self, buffer: &'b Buffer<R>) -> &'b [u8] {
        buffer.slice(self.at + HEAD, self.len - FRAME)
    }

    fn found(&self) -> FoundBlock {
        let Block { block_type, offset, at, len, .. } = *self;
        FoundBlock { block_type, offset, at: at + HEAD, len: len - FRAME }
    }

    fn short(&self, packet: bool, needed: u64) -> Box<Failure> {
        let (block_type, have) = (self.block_type, (self.len - FRAME) as u64);
        Failure::skipped(self.offset, packet, ErrorKind::ShortBlock { block_type, needed, have })
    }
}

impl PcapngParser {
    /// Looks at the first section header, and leaves it to be read as a block.
    pub(super) fn new<R: Read>(buffer: &mut Buffer<R>) -> Result<Self, Box<Failure>> {
        let have = buffer.want(16)?;
        let (&[first, _, magic, version, ..], _) = buffer.peek().as_chunks::<4>() else {
            let (needed, have) = (28, have as u64);
            return Err(Failure::fatal(0, ErrorKind::TruncatedHeader { needed, have }));
        };
        let Some(byte_order) = byte_order(magic) else {
            return Err(Failure::fatal(0, ErrorKind::NotCapture { first, len: 4 }));
        };
        Ok(PcapngParser {
            section: SectionHeader { version: byte_order.u16s(version), ..SectionHeader::new(byte_order, &[]) },
            interfaces: Vec::new(),
            sections: 0,
            kept: 0,
            full: false,
            reported: None,
            statistics: Vec::new(),
            keeps_all: false,
        })
    }

    /// Finds the next packet.
    #[inline]
    pub(super) fn next<R: Read>(&mut self, buffer: &mut Buffer<R>) -> Result<Option<FoundRecord>, Box<Failure>> {
        loop {
            match self.next_block(buffer)? {
                Some(FoundItem::Packet(found)) => return Ok(Some(found)),
                Some(_) => {}
                None => return Ok(None),
            }
        }
    }

    /// Finds the next block, of a packet or any other.
    #[inline]
    pub(super) fn next_block<R: Read>(&mut self, buffer: &mut Buffer<R>) -> Result<Option<FoundItem>, Box<Failure>> {
        let Some(block) = self.block(buffer)? else {
            return Ok(None);
        };
        let found = match block.block_type {
            ENHANCED_PACKET_BLOCK => FoundItem::Packet(self.packet(&block, block.body(buffer), false)?),
            PACKET_BLOCK => FoundItem::Packet(self.packet(&block, block.body(buffer), true)?),
            SIMPLE_PACKET_BLOCK => FoundItem::Packet(self.simple_packet(&block, block.body(buffer))?),
            SECTION_HEADER_BLOCK => {
                self.begin_section(&block, block.body(buffer))?;
                FoundItem::Section(block.found())
            }
            INTERFACE_DESCRIPTION_BLOCK => {
                self.add_interface(&block, block.body(buffer))?;
                FoundItem::Interface(block.found())
            }
            INTERFACE_STATISTIC_BLOCK => {
                self.keep_statistics(&block, block.body(buffer));
                FoundItem::Other(block.found())
            }
            _ => FoundItem::Other(block.found()),
        };
        Ok(Some(found))
    }

    /// Finds the next block. A block that is skipped need not be in the buffer.
    #[inline]
    fn block<R: Read>(&mut self, buffer: &mut Buffer<R>) -> Result<Option<Block>, Box<Failure>> {
        let order = self.section.byte_order;
        let raw = match order {
            ByteOrder::Big => RawBlock::from_slice::<BigEndian>(buffer.peek()),
            ByteOrder::Little => RawBlock::from_slice::<LittleEndian>(buffer.peek()),
        };
        match raw {
            Ok((_, raw)) if raw.type_ != SECTION_HEADER_BLOCK => {
                let (block_type, len) = (raw.type_, FRAME + raw.body.len());
                let offset = buffer.offset();
                Ok(Some(Block { block_type, order, offset, at: buffer.take(len), len }))
            }
            _ => self.other_block(buffer),
        }
    }

    /// Finds the next block if it is not completely in the buffer, begins a section, or is odd.
    #[cold]
    fn other_block<R: Read>(&mut self, buffer: &mut Buffer<R>) -> Result<Option<Block>, Box<Failure>> {
        let offset = buffer.offset();
        let have = buffer.want(HEAD)?;
        let (&[block_type, len, ..], _) = buffer.peek().as_chunks::<4>() else {
            return match have {
                0 => Ok(None),
                _ => Err(Failure::truncated(offset, FRAME as u64, have)),
            };
        };
        let mut order = self.section.byte_order;
        if block_type == MAGIC {
            let have = buffer.want(FRAME)?;
            let (&[_, _, magic, ..], _) = buffer.peek().as_chunks::<4>() else {
                return Err(Failure::truncated(offset, FRAME as u64, have));
            };
            order = byte_order(magic).ok_or_else(|| Failure::fatal(offset, ErrorKind::ByteOrderMagic(magic)))?;
        }
        let (block_type, len) = (order.u32(block_type), order.u32(len));
        let padded = (len as usize).saturating_add(3) & !3;
        if (len as usize) < FRAME {
            return Err(Failure::fatal(offset, ErrorKind::BlockLength { len }));
        }
        let of_interest = self.keeps_all
            || matches!(
                block_type,
                SECTION_HEADER_BLOCK
                    | INTERFACE_DESCRIPTION_BLOCK
                    | ENHANCED_PACKET_BLOCK
                    | SIMPLE_PACKET_BLOCK
                    | PACKET_BLOCK
            );
        let mut block = Block { block_type, order, offset, at: 0, len: FRAME };
        if padded > if of_interest { MAX_RECORD } else { ORDINARY } {
            pass_over(&block, len, of_interest, buffer)?;
            return Ok(Some(block));
        }
        let have = buffer.want(padded)?;
        // Some writers leave the padding out of the length, some out of the file.
        let trailer = |end: usize| buffer.peek().get(..end).and_then(|block| block.last_chunk());
        let says_len = |end| trailer(end).is_some_and(|bytes| order.u32(*bytes) == len);
        block.len = match len as usize {
            _ if says_len(padded) => padded,
            exact if says_len(exact) => exact,
            _ if have < padded => return Err(Failure::truncated(offset, padded as u64, have)),
            _ if self.reported == Some(offset) => padded,
            _ => {
                let second = trailer(padded).map_or(0, |bytes| order.u32(*bytes));
                return Err(self.two_lengths(&block, len, second, buffer)?);
            }
        };
        block.at = buffer.take(block.len);
        Ok(Some(block))
    }

    /// Whether a block begins here: of a known type, with the same length before and after it.
    pub(super) fn resumes<R: Read>(&self, buffer: &mut Buffer<R>) -> bool {
        /// Largest block that is looked for.
        const MOST: usize = 1 << 20;
        let (&[block_type, len, magic, ..], _) = buffer.ahead(FRAME).as_chunks::<4>() else { return false };
        let order = match block_type {
            MAGIC => byte_order(magic),
            _ if is_known(self.section.byte_order.u32(block_type)) => Some(self.section.byte_order),
            _ => None,
        };
        let Some(order) = order else { return false };
        let len = order.u32(len) as usize;
        if !len.is_multiple_of(4) || !(FRAME..=MOST).contains(&len) {
            return false;
        }
        let second = buffer.ahead(len).get(..len).and_then(|block| block.last_chunk());
        second.is_some_and(|second| order.u32(*second) as usize == len)
    }

    /// The packet of an Enhanced Packet Block that is cut, as far as it goes.
    pub(super) fn cut<'b>(&self, bytes: &'b [u8]) -> Option<(u32, Timestamp, u32, &'b [u8])> {
        const FIXED: usize = 28;
        let (&[block_type, _, interface, high, low, captured, original, ..], _) = bytes.as_chunks::<4>() else {
            return None;
        };
        let order = self.section.byte_order;
        let number = order.u32(interface);
        let interface = self.interfaces.get(number as usize)?;
        let data = bytes.get(FIXED..).filter(|data| !data.is_empty())?;
        let data = &data[..data.len().min(order.u32(captured) as usize)];
        let ticks = u64::from(order.u32(high)) << 32 | u64::from(order.u32(low));
        let time = Timestamp::new(interface.offset, ticks, interface.resolution);
        let is_right = order.u32(block_type) == ENHANCED_PACKET_BLOCK && order.u32(original) as usize >= data.len();
        is_right.then_some((number, time, order.u32(original), data))
    }

    /// Handles a block whose two lengths differ: it is reported, and read next time, if its first length leads to the end
    /// of the file or to what looks like a block.
    #[cold]
    fn two_lengths<R: Read>(
        &mut self,
        block: &Block,
        first: u32,
        second: u32,
        buffer: &mut Buffer<R>,
    ) -> Result<Box<Failure>, Box<Failure>> {
        let len = first as usize;
        let have = buffer.want(len + HEAD)?;
        let follows = buffer.peek().get(len..).unwrap_or_default();
        let plausible = match follows.as_chunks::<4>().0 {
            &[block_type, len, ..] => {
                block_type == MAGIC
                    || block.order.u32(len).is_multiple_of(4)
                        && (FRAME..=MAX_RECORD).contains(&(block.order.u32(len) as usize))
                        && is_known(block.order.u32(block_type))
            }
            _ => have == len,
        };
        let kind = ErrorKind::BlockLengths { first, second };
        if !plausible || !len.is_multiple_of(4) {
            return Err(Failure::fatal(block.offset, kind));
        }
        self.reported = Some(block.offset);
        Ok(Failure::skipped(block.offset, false, kind))
    }

    fn begin_section(&mut self, block: &Block, body: &[u8]) -> Result<(), Box<Failure>> {
        self.interfaces.clear();
        self.sections += 1;
        self.kept = 0;
        self.full = false;
        self.section.byte_order = block.order;
        let (&[_, version, _, _, ..], _) = body.as_chunks::<4>() else {
            self.section.options = KeptOptions::new(block.order, &[]);
            return Err(block.short(false, 16));
        };
        self.section.version = block.order.u16s(version);
        self.section.options = self.keep(block.order, &body[16..]);
        Ok(())
    }

    /// Copies options up to a limit, so that no file can fill the memory with them.
    fn keep(&mut self, order: ByteOrder, options: &[u8]) -> KeptOptions {
        match self.kept + options.len() {
            kept if kept <= MAX_OPTIONS => {
                self.kept = kept;
                KeptOptions::new(order, options)
            }
            _ => KeptOptions::new(order, &[]),
        }
    }

    fn add_interface(&mut self, block: &Block, body: &[u8]) -> Result<(), Box<Failure>> {
        if self.interfaces.len() >= MAX_INTERFACES {
            return match std::mem::replace(&mut self.full, true) {
                true => Ok(()),
                false => Err(Failure::skipped(block.offset, false, ErrorKind::TooManyInterfaces)),
            };
        }
        let order = block.order;
        let mut interface = Interface::unknown(order);
        let (&[link_type, snap_len, ..], _) = body.as_chunks::<4>() else {
            self.interfaces.push(interface); // later interfaces keep their numbers
            return Err(block.short(false, 8));
        };
        interface.link_type = Some(order.u16s(link_type).0);
        interface.snap_len = order.u32(snap_len);
        interface.read_options(BlockOptions::new(order, &body[8..]));
        interface.options = self.keep(order, &body[8..]);
        self.interfaces.push(interface);
        Ok(())
    }

    /// Keeps the last statistics of an interface. A block that is too short says nothing.
    #[cold]
    fn keep_statistics(&mut self, block: &Block, body: &[u8]) {
        let Some(new) = InterfaceStatistics::read(self.sections, &self.interfaces, block.order, body) else { return };
        match self.statistics.iter().rposition(|old| old.is_of_the_interface_of(&new)) {
            Some(place) => self.statistics[place] = new,
            None if self.statistics.len() < MAX_STATISTICS => self.statistics.push(new),
            None => {}
        }
    }

    /// Reads an Enhanced Packet Block, or the Packet Block of old, whose interface number is half
    /// as long, with a count of drops after it.
    #[inline]
    fn packet(&self, block: &Block, body: &[u8], old: bool) -> Result<FoundRecord, Box<Failure>> {
        const FIXED: usize = 20;
        let (&[interface, high, low, captured, original, ..], _) = body.as_chunks::<4>() else {
            return Err(block.short(true, FIXED as u64));
        };
        let order = block.order;
        let interface = match old {
            false => order.u32(interface),
            true => order.u16s(interface).0.into(),
        };
        let captured = order.u32(captured);
        let (data_len, have) = (captured as usize, body.len() - FIXED);
        if data_len > have {
            let kind = ErrorKind::CapturedLength { captured, have: have as u64 };
            return Err(Failure::skipped(block.offset, true, kind));
        }
        let (base, resolution) = match self.interfaces.get(interface as usize) {
            Some(interface) => (interface.offset, interface.resolution),
            None => (0, Resolution::MICROSECONDS),
        };
        let ticks = u64::from(order.u32(high)) << 32 | u64::from(order.u32(low));
        let options_len = have.saturating_sub(data_len.next_multiple_of(4));
        Ok(FoundRecord {
            offset: block.offset,
            at: block.at,
            head_len: HEAD + FIXED,
            data_len,
            options_at: HEAD + body.len() - options_len,
            options_len,
            interface,
            original_len: order.u32(original),
            timestamp: Some(Timestamp::new(base, ticks, resolution)),
        })
    }

    /// Reads a Simple Packet Block: of the first interface, and as long as its snap length allows.
    fn simple_packet(&self, block: &Block, body: &[u8]) -> Result<FoundRecord, Box<Failure>> {
        const FIXED: usize = 4;
        let Some((original, data)) = body.split_first_chunk::<FIXED>() else {
            return Err(block.short(true, FIXED as u64));
        };
        let original_len = block.order.u32(*original);
        let snap_len = match self.interfaces.first().map_or(0, |interface| interface.snap_len) {
            0 => u32::MAX,
            n => n,
        };
        let captured = original_len.min(snap_len);
        Ok(FoundRecord {
            offset: block.offset,
            at: block.at,
            head_len: HEAD + FIXED,
            data_len: data.len().min(captured as usize),
            options_at: 0,
            options_len: 0,
            interface: 0,
            original_len,
            timestamp: None,
        })
    }
}

/// Skips a block that is too large for the buffer.
#[cold]
fn pass_over<R: Read>(
    block: &Block,
    first: u32,
    of_interest: bool,
    buffer: &mut Buffer<R>,
) -> Result<(), Box<Failure>> {
    let Block { block_type, order, offset, .. } = *block;
    let wrong = |kind| match of_interest {
        true => Failure::fatal(offset, ErrorKind::TooLarge { len: first.into() }),
        false => Failure::fatal(offset, kind),
    };
    if !first.is_multiple_of(4) {
        return Err(wrong(ErrorKind::BlockLength { len: first }));
    }
    let skipped = buffer.skip(u64::from(first) - 4)?;
    let have = buffer.want(4)?;
    let Some(second) = buffer.peek().first_chunk().map(|bytes| order.u32(*bytes)) else {
        let have = skipped + have as u64;
        return Err(wrong(ErrorKind::TruncatedRecord { needed: first.into(), have }));
    };
    if first != second {
        return Err(wrong(ErrorKind::BlockLengths { first, second }));
    }
    buffer.take(4);
    match of_interest {
        true => {
            let packet = matches!(block_type, ENHANCED_PACKET_BLOCK | SIMPLE_PACKET_BLOCK | PACKET_BLOCK);
            Err(Failure::skipped(offset, packet, ErrorKind::TooLarge { len: first.into() }))
        }
        false => Ok(()),
    }
}

/// Whether this is the type of a block that may follow another, but for section headers.
fn is_known(block_type: u32) -> bool {
    const DECRYPTION_SECRETS_BLOCK: u32 = 10;
    matches!(
        block_type,
        INTERFACE_DESCRIPTION_BLOCK
            | PACKET_BLOCK
            | SIMPLE_PACKET_BLOCK
            | NAME_RESOLUTION_BLOCK
            | INTERFACE_STATISTIC_BLOCK
            | ENHANCED_PACKET_BLOCK
            | SYSTEMD_JOURNAL_EXPORT_BLOCK
            | DECRYPTION_SECRETS_BLOCK
            | CUSTOM_BLOCK_COPIABLE
            | CUSTOM_BLOCK_NON_COPIABLE
    )
}

fn byte_order(magic: [u8; 4]) -> Option<ByteOrder> {
    [ByteOrder::Big, ByteOrder::Little].into_iter().find(|order| order.u32(magic) == BYTE_ORDER_MAGIC)
}
