//! What a part of a capture needs beside its packets.

use super::{
    BlockKind, ByteOrder, CaptureItem, Copier, CopyError, Format, Interface, ItemContent, OtherBlock, PacketChanges,
    PcapHeader, SectionHeader,
};
use std::io::Write;

/// Most bytes of blocks that are remembered of a section.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// The header that packets come after.
#[derive(Clone, Debug)]
enum ContextHeader {
    Pcap(PcapHeader),
    Pcapng(SectionHeader),
}

impl ContextHeader {
    fn format(&self) -> Format<'_> {
        match self {
            ContextHeader::Pcap(header) => Format::Pcap(header),
            ContextHeader::Pcapng(header) => Format::Pcapng(header),
        }
    }
}

/// A block that is remembered.
#[derive(Clone, Debug)]
struct KeptBlock {
    block_type: u32,
    byte_order: ByteOrder,
    body: Vec<u8>,
    /// How many interfaces come before it.
    interfaces: usize,
}

/// What a capture has said so far that later packets need to be understood: the header of the section, its interfaces, names
/// and decryption secrets. Each part of a capture that is split begins with it.
///
/// It holds at most 16 MiB of names and secrets, and the interfaces.
///
/// ```
/// use packetsmith::LinkType;
/// use packetsmith::capture::{Copier, Interface, ItemContent, NewRecord, PacketChanges, Reader, SectionContext, Writer};
/// let mut writer = Writer::pcapng(Vec::new())?;
/// writer.interface(&Interface::of(LinkType::Ethernet).with_name("eth0")?)?;
/// writer.packet(&NewRecord::new(&[7; 60]))?;
/// writer.packet(&NewRecord::new(&[8; 60]))?;
/// let file = writer.finish()?;
///
/// // A file for each packet.
/// let (mut reader, mut context, mut files) = (Reader::new(&file[..])?, SectionContext::default(), Vec::new());
/// while let Some(item) = reader.next_item() {
///     let item = item?;
///     context.remember(&item);
///     if let ItemContent::Packet(_) = item.content {
///         let mut copier = Copier::new(Vec::new(), None);
///         context.replay(&mut copier)?;
///         copier.copy(0, &item, PacketChanges::default())?;
///         files.push(copier.finish(item.format)?);
///     }
/// }
/// let mut second = Reader::new(&files[1][..])?;
/// let record = second.next_record().unwrap()?;
/// assert_eq!((record.data[0], record.description.unwrap().name().unwrap()), (8, "eth0".into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct SectionContext {
    section: u64,
    header: Option<ContextHeader>,
    interfaces: Vec<Interface>,
    blocks: Vec<KeptBlock>,
    bytes: usize,
    forgotten: u64,
}

impl SectionContext {
    /// Takes the next packet or block of a capture.
    pub fn remember(&mut self, item: &CaptureItem<'_>) {
        let is_new = self.header.is_none() || self.section != item.section;
        if is_new {
            let header = match (&item.content, item.format) {
                (ItemContent::Section(header), _) => ContextHeader::Pcapng(header.clone()),
                (_, Format::Pcapng(header)) => ContextHeader::Pcapng(header.clone()),
                (_, Format::Pcap(header)) => ContextHeader::Pcap(*header),
            };
            let forgotten = self.forgotten;
            *self =
                SectionContext { section: item.section, header: Some(header), forgotten, ..SectionContext::default() };
        }
        let described = item.interfaces.len() - usize::from(matches!(item.content, ItemContent::Interface(_)));
        for interface in item.interfaces.iter().take(described).skip(self.interfaces.len()) {
            self.interfaces.push(interface.clone());
        }
        match &item.content {
            ItemContent::Interface(interface) => self.interfaces.push(interface.clone()),
            ItemContent::Other(block)
                if matches!(block.kind(), BlockKind::NameResolution | BlockKind::DecryptionSecrets) =>
            {
                match self.bytes + block.body.len() {
                    bytes if bytes <= MOST_BYTES => {
                        self.bytes = bytes;
                        let OtherBlock { block_type, byte_order, body, .. } = *block;
                        let (body, interfaces) = (body.to_vec(), self.interfaces.len());
                        self.blocks.push(KeptBlock { block_type, byte_order, body, interfaces });
                    }
                    _ => self.forgotten += 1,
                }
            }
            _ => {}
        }
    }

    /// Blocks that were not remembered, for want of room.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Writes it to the beginning of a copy.
    ///
    /// # Errors
    ///
    /// Writing fails.
    pub fn replay<W: Write>(&self, copier: &mut Copier<W>) -> Result<(), CopyError> {
        let Some(header) = &self.header else { return Ok(()) };
        let mut copy = |content, interfaces| {
            let item = CaptureItem { section: self.section, format: header.format(), interfaces, content };
            copier.copy(0, &item, PacketChanges::default())
        };
        if let ContextHeader::Pcapng(header) = header {
            copy(ItemContent::Section(header.clone()), &[])?;
        }
        let mut blocks = self.blocks.iter().peekable();
        for number in 0..=self.interfaces.len() {
            let before = &self.interfaces[..number];
            while let Some(block) = blocks.next_if(|block| block.interfaces <= number) {
                let KeptBlock { block_type, byte_order, ref body, .. } = *block;
                copy(ItemContent::Other(OtherBlock { block_type, offset: 0, byte_order, body }), before)?;
            }
            if let Some(interface) = self.interfaces.get(number) {
                copy(ItemContent::Interface(interface.clone()), &self.interfaces[..=number])?;
            }
        }
        Ok(())
    }
}
