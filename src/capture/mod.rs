//! Capture files: pcap and pcapng, plain or compressed with gzip or zstd, read as a stream.
//!
//! [`Reader`] takes anything that can be read, detects the format from the first bytes, and returns one [`Record`] after
//! the other from one buffer of 256 KiB, which does not grow with the file. A record has the values that are in the file,
//! however odd. Damage is an [`Error`] with its place, and reading continues after it if the file's structure allows.
//!
//! [`HexdumpReader`] reads packets from the text of tcpdump, xxd, hexdump, od and others.
//!
//! ```
//! use packetsmith::capture::Reader;
//!
//! let file = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0\
//!     \x05\0\0\0\x07\0\0\0\x03\0\0\0\x04\0\0\0abc";
//! let mut reader = Reader::new(&file[..])?;
//! while let Some(record) = reader.next_record() {
//!     match record {
//!         Ok(record) => {
//!             assert_eq!(record.data, b"abc");
//!             assert_eq!(record.original_len, 4);
//!             assert_eq!(record.link_type, Some(1));
//!             assert_eq!(record.timestamp.unwrap().to_string(), "5.000007");
//!         }
//!         Err(error) => eprintln!("{error}"),
//!     }
//! }
//! # Ok::<(), packetsmith::capture::Error>(())
//! ```

mod buffer;
mod byte_order;
mod capture_item;
mod copier;
mod duplicates;
mod error;
mod found_record;
mod hexdump;
mod input;
mod interface;
mod interface_statistics;
mod limits;
mod merger;
mod omissions;
mod options;
mod other_block;
mod pcap;
mod pcapng;
mod reader;
mod record;
mod rfc3339;
mod section_context;
mod time_shift;
mod timestamp;
mod write;
mod zstd;

pub use byte_order::ByteOrder;
pub use capture_item::{CaptureItem, ItemContent};
pub use copier::{Copier, CopyError, PacketChanges};
pub use duplicates::{DuplicateWindow, Duplicates, MAX_DUPLICATE_WINDOW, PacketIdentity};
pub use error::{Compression, Error, ErrorKind};
pub use hexdump::{HexdumpError, HexdumpPacket, HexdumpProblem, HexdumpReader, HexdumpSettings, HexdumpTimes};
pub use interface::Interface;
pub use interface_statistics::InterfaceStatistics;
pub use limits::{MAX_INTERFACES, MAX_RECORD};
pub use merger::{MAX_OPEN, Merger};
pub use omissions::Omissions;
pub use options::{BlockOptions, OptionError};
pub use other_block::{BlockKind, OtherBlock};
pub use pcap::PcapHeader;
pub use pcapng::SectionHeader;
pub use reader::Reader;
pub use record::{Format, Record, RecordKind};
pub use rfc3339::Rfc3339;
pub use section_context::SectionContext;
pub use time_shift::{ShiftError, TimeShift};
pub use timestamp::{ParseTimestampError, Resolution, Timestamp, TimestampRangeError};
pub use write::{Form, NewRecord, WriteError, Writer};
