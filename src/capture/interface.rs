//! Interfaces: where packets were captured.

use super::{BlockOptions, ByteOrder, Resolution};
use std::borrow::Cow;

/// Where packets were captured. A pcap file has one interface, a pcapng section any number.
///
/// ```
/// # let file = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0][..],
/// #     &[1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 60, 0, 0, 0, 7, 7, 7]].concat();
///
/// use packetsmith::capture::Reader;
/// let reader = Reader::new(&file[..]).unwrap();
/// assert_eq!((reader.interfaces()[0].link_type, reader.interfaces()[0].snap_len), (Some(1), 262_144));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Type of the first header of each packet, a number of the
    /// [tcpdump registry](https://www.tcpdump.org/linktypes.html); `None` if the interface's block is too short.
    pub link_type: Option<u16>,
    /// Snapshot length: most bytes captured of a packet; 0 in pcapng for no limit. Records may have more.
    pub snap_len: u32,
    /// Length of a tick of timestamps.
    pub resolution: Resolution,
    /// Seconds to be added to timestamps; [`Record::timestamp`](super::Record::timestamp) includes them.
    pub offset: i64,
    /// Length in bytes of the frame check sequence that ends each packet, if the file has it.
    pub fcs_len: Option<u8>,
    pub(super) byte_order: ByteOrder,
    pub(super) options: Box<[u8]>,
}

impl Interface {
    /// An interface of a pcapng file, from the fields of its block: link type, snapshot length (0 for no limit), and
    /// options in the byte order of the section.
    pub fn new(byte_order: ByteOrder, link_type: u16, snap_len: u32, options: &[u8]) -> Self {
        let mut interface = Interface { link_type: Some(link_type), snap_len, ..Interface::unknown(byte_order) };
        interface.read_options(options);
        interface.options = options.into();
        interface
    }

    pub(super) fn read_options(&mut self, options: &[u8]) {
        for (code, value) in BlockOptions::new(self.byte_order, options).iter() {
            match (code, value) {
                (9, &[raw]) => self.resolution = Resolution::from_raw(raw),
                (13, &[len]) => self.fcs_len = Some(octets(len)),
                (14, &[a, b, c, d, e, f, g, h]) => {
                    self.offset = self.byte_order.u64([a, b, c, d, e, f, g, h]) as i64; // signed
                }
                _ => {}
            }
        }
    }

    pub(super) fn unknown(byte_order: ByteOrder) -> Self {
        Interface {
            link_type: None,
            snap_len: 0,
            resolution: Resolution::MICROSECONDS,
            offset: 0,
            fcs_len: None,
            byte_order,
            options: Box::default(),
        }
    }

    /// Returns the options of the pcapng block. A section keeps a megabyte of options; further interfaces have none.
    pub fn options(&self) -> BlockOptions<'_> {
        BlockOptions::new(self.byte_order, &self.options)
    }

    /// Returns the name, `eth0` for example; allocates only if it is not UTF-8.
    pub fn name(&self) -> Option<Cow<'_, str>> {
        self.options().find(2).map(String::from_utf8_lossy)
    }
}

/// Reads `if_fcslen`, which the older specification calls a number of bits, with the example of 4.
/// Writers mean octets; a number that makes sense only as bits is taken as bits.
pub(super) const fn octets(fcs_len: u8) -> u8 {
    match fcs_len {
        16 | 24 | 32 | 64 => fcs_len / 8,
        _ => fcs_len,
    }
}
