//! What a capture file says besides its packets, where addresses are anonymised: what can hold names, addresses or secrets is
//! left out.

use packetsmith::capture::{
    BlockKind, BlockOptions, CaptureItem, Format, Interface, ItemContent, OtherBlock, SectionHeader,
};
use std::collections::BTreeMap;

/// Options of packets that stay: flags, drops, number, queue.
const OF_PACKETS: [u16; 4] = [2, 4, 5, 6];
/// Options of interfaces that stay: speed, resolution, frame check sequence, offset of times.
const OF_INTERFACES: [u16; 4] = [8, 9, 13, 14];
/// Options of statistics that stay: times and counts.
const OF_STATISTICS: [u16; 7] = [2, 3, 4, 5, 6, 7, 8];
/// Bytes of statistics before their options: interface and time.
const STATISTICS: usize = 12;

/// Leaves out what can hold names, addresses or secrets.
#[derive(Default)]
pub struct MetadataRemover {
    section: Option<(usize, u64)>,
    interfaces: Vec<Interface>,
    header: Option<SectionHeader>,
    body: Vec<u8>,
    options: Vec<u8>,
    left_out: BTreeMap<String, u64>,
}

/// The options with these codes.
fn only(options: BlockOptions<'_>, codes: &[u16]) -> Vec<u8> {
    let mut kept = BlockOptions::new(options.order(), &[]).bytes().to_vec();
    for (code, value) in options.iter().filter(|(code, _)| codes.contains(code)) {
        // An option that was read has room.
        kept = BlockOptions::new(options.order(), &kept).with(code, value).unwrap_or(kept);
    }
    kept
}

impl MetadataRemover {
    fn count(&mut self, what: &str) {
        *self.left_out.entry(what.to_string()).or_default() += 1;
    }

    /// Counts options that are left out, and returns the others.
    fn filtered(&mut self, options: BlockOptions<'_>, codes: &[u16], what: &str) -> Vec<u8> {
        if options.iter().any(|(code, _)| !codes.contains(&code)) {
            self.count(what);
        }
        only(options, codes)
    }

    fn interface(interface: &Interface) -> Interface {
        let options = only(interface.options(), &OF_INTERFACES);
        let order = interface.options().order();
        Interface::new(order, interface.link_type.unwrap_or(0), interface.snap_len, &options)
    }

    /// The item without what is left out. `None` if all of it is.
    pub fn remove<'a>(&'a mut self, source: usize, item: &CaptureItem<'a>) -> Option<CaptureItem<'a>> {
        if self.section != Some((source, item.section)) {
            self.section = Some((source, item.section));
            self.interfaces.clear();
            self.header = match item.format {
                Format::Pcapng(header) => {
                    if header.options().iter().next().is_some() {
                        self.count("what section headers say");
                    }
                    Some(SectionHeader::new(header.byte_order, &[]))
                }
                Format::Pcap(_) => None,
            };
        }
        let known = self.interfaces.len();
        for interface in item.interfaces.iter().skip(known) {
            if interface.options().iter().any(|(code, _)| !OF_INTERFACES.contains(&code)) {
                self.count("names and addresses of interfaces");
            }
            self.interfaces.push(Self::interface(interface));
        }
        let content = match &item.content {
            ItemContent::Packet(record) => {
                self.options = self.filtered(record.options, &OF_PACKETS, "comments and other options of packets");
                None
            }
            ItemContent::Section(header) => Some(ItemContent::Section(SectionHeader::new(header.byte_order, &[]))),
            ItemContent::Interface(interface) => Some(ItemContent::Interface(Self::interface(interface))),
            ItemContent::Other(block) if block.kind() == BlockKind::InterfaceStatistics => {
                let (fixed, rest) = block.body.split_at_checked(STATISTICS)?;
                let options =
                    self.filtered(BlockOptions::new(block.byte_order, rest), &OF_STATISTICS, "comments of statistics");
                self.body = [fixed, &options].concat();
                None
            }
            ItemContent::Other(block) => {
                self.count(&block.kind().to_string());
                return None;
            }
        };
        let mut kept = item.clone();
        kept.content = match (content, &item.content) {
            (Some(content), _) => content,
            (None, ItemContent::Packet(record)) => {
                let mut record = *record;
                record.options = BlockOptions::new(record.options.order(), &self.options);
                ItemContent::Packet(record)
            }
            (None, ItemContent::Other(block)) => ItemContent::Other(OtherBlock { body: &self.body, ..*block }),
            (None, other) => other.clone(),
        };
        kept.interfaces = &self.interfaces;
        if let Some(header) = &self.header {
            kept.format = Format::Pcapng(header);
        }
        Some(kept)
    }

    /// What was left out, with counts. Empty if nothing.
    pub fn left_out(&self) -> String {
        let all: Vec<String> = self.left_out.iter().map(|(what, count)| format!("{what} ({count})")).collect();
        all.join(", ")
    }
}
