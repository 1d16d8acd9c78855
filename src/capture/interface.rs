//! Interfaces: where packets were captured.

use super::options::{KeptOptions, checked, option_texts};
use super::{BlockOptions, ByteOrder, OptionError, Resolution};
use crate::proto::LinkType;
use std::borrow::Cow;
use std::fmt;

/// Code of the option with the length of a tick.
const RESOLUTION: u16 = 9;
/// Code of the option with the capture filter.
const FILTER: u16 = 11;

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
#[derive(Clone, PartialEq, Eq)]
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
    pub(super) options: KeptOptions,
}

impl fmt::Debug for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interface")
            .field("link_type", &self.link_type.map(LinkType::from))
            .field("name", &self.name())
            .field("snap_len", &self.snap_len)
            .field("resolution", &self.resolution)
            .field("offset", &self.offset)
            .field("fcs_len", &self.fcs_len)
            .field("options", &self.options())
            .finish()
    }
}

impl Interface {
    /// An interface of a section in little endian, as [`Writer::pcapng`](super::Writer::pcapng) writes it: with times in
    /// microseconds, no limit and no options.
    pub fn of(link_type: impl Into<LinkType>) -> Self {
        Interface::new(ByteOrder::Little, link_type, 0, &[])
    }

    /// An interface of a pcapng file, from the fields of its block: link type, snapshot length (0 for no limit), and
    /// options in the byte order of the section.
    ///
    /// ```
    /// use packetsmith::LinkType;
    /// use packetsmith::capture::{ByteOrder, Interface, OptionError, Resolution};
    /// let interface = Interface::new(ByteOrder::Little, LinkType::Ethernet, 0, &[])
    ///     .with_name("eth0")?
    ///     .with_filter("tcp port 80")?
    ///     .with_comment("in front of the firewall")?
    ///     .with_comment("port 7 of the switch")?
    ///     .with_resolution(Resolution::NANOSECONDS);
    /// assert_eq!(interface.name().unwrap(), "eth0");
    /// assert_eq!(interface.filter().unwrap(), "tcp port 80");
    /// assert!(interface.comments().eq(["in front of the firewall", "port 7 of the switch"]));
    /// # Ok::<(), OptionError>(())
    /// ```
    pub fn new(byte_order: ByteOrder, link_type: impl Into<LinkType>, snap_len: u32, options: &[u8]) -> Self {
        let link_type = Some(link_type.into().into());
        let mut interface = Interface { link_type, snap_len, ..Interface::unknown(byte_order) };
        interface.read_options(BlockOptions::new(byte_order, options));
        interface.options = KeptOptions::new(byte_order, options);
        interface
    }

    pub(super) fn read_options(&mut self, options: BlockOptions<'_>) {
        for (code, value) in options.iter() {
            match (code, value) {
                (RESOLUTION, &[raw]) => self.resolution = Resolution::from_raw(raw),
                (13, &[len]) => self.fcs_len = Some(octets(len)),
                (14, &[a, b, c, d, e, f, g, h]) => {
                    self.offset = options.order().u64([a, b, c, d, e, f, g, h]) as i64; // signed
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
            options: KeptOptions::new(byte_order, &[]),
        }
    }

    /// Returns the options of the pcapng block. A section keeps a megabyte of options; further interfaces have none.
    pub fn options(&self) -> BlockOptions<'_> {
        self.options.borrow()
    }

    /// Returns the capture filter, in the language of libpcap; allocates only if it is not UTF-8. `None` too for a filter that
    /// is given as a program.
    pub fn filter(&self) -> Option<Cow<'_, str>> {
        match self.options().find(FILTER)?.split_first()? {
            (0, text) => Some(String::from_utf8_lossy(text.strip_suffix(&[0]).unwrap_or(text))),
            _ => None,
        }
    }

    /// Sets the capture filter, in the language of libpcap.
    ///
    /// # Errors
    ///
    /// The text has a zero byte, or more than 65,534 bytes.
    pub fn with_filter(mut self, text: &str) -> Result<Self, OptionError> {
        let value = [&[0], checked(text)?].concat();
        self.options.set(FILTER, &value)?;
        Ok(self)
    }

    /// Sets the length of a tick of timestamps, and the option that says so.
    pub fn with_resolution(mut self, resolution: Resolution) -> Self {
        // One byte is not too long.
        let _ = self.options.set(RESOLUTION, &[resolution.raw()]);
        self.resolution = resolution;
        self
    }
}

option_texts! {
    Interface {
        name with_name = 2 "the name, `eth0` for example",
        description with_description = 3 "the description",
        hardware with_hardware = 15 "the description of the hardware",
        os with_os = 12 "the operating system of the machine with the interface",
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
