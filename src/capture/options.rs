//! Options of pcapng blocks.

use nom::bytes::complete::take;
use nom::{IResult, Parser};

use super::ByteOrder;
use crate::wire::DebugBytes;
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// Code of the end of the options.
const END: u16 = 0;
/// Code of a comment, in the options of any block.
pub(super) const COMMENT: u16 = 1;

/// Why a text cannot be the value of an option.
///
/// ```
/// use packetsmith::capture::{ByteOrder, OptionError, SectionHeader};
/// let error = SectionHeader::new(ByteOrder::Little, &[]).with_comment("a\0b").unwrap_err();
/// assert_eq!(error, OptionError::Nul { at: 1 });
/// assert_eq!(error.to_string(), "byte 1 is zero, which no text of an option may have");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OptionError {
    /// The text has a zero byte. Readers end a text there.
    Nul {
        /// Its offset in bytes.
        at: usize,
    },
    /// The value is too long: its length in bytes. An option holds up to 65,535 bytes.
    TooLong(usize),
}

impl fmt::Display for OptionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OptionError::Nul { at } => write!(f, "byte {at} is zero, which no text of an option may have"),
            OptionError::TooLong(bytes) => write!(f, "{bytes} bytes are more than the 65,535 that an option can hold"),
        }
    }
}

impl std::error::Error for OptionError {}

/// The bytes of a text, if an option can hold it.
pub(super) fn checked(text: &str) -> Result<&[u8], OptionError> {
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => Err(OptionError::Nul { at }),
        None => Ok(text.as_bytes()),
    }
}

/// The options of a pcapng block, as its bytes and as a list of code and value.
///
/// The list ends at the end-of-options code, or where an option does not fit: what follows is in
/// [`bytes`](Self::bytes) only.
///
/// ```
/// use packetsmith::capture::{ByteOrder, BlockOptions};
/// let options = BlockOptions::new(ByteOrder::Big, &[0, 1, 0, 2, b'h', b'i', 0, 0, 0, 0, 0, 0]);
/// assert_eq!(options.iter().collect::<Vec<_>>(), [(1, &b"hi"[..])]);
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BlockOptions<'a> {
    order: ByteOrder,
    bytes: &'a [u8],
}

/// No options.
impl Default for BlockOptions<'_> {
    fn default() -> Self {
        BlockOptions::new(ByteOrder::Little, &[])
    }
}

impl fmt::Debug for BlockOptions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |(code, value)| (code, DebugBytes(value));
        f.debug_list().entries(self.iter().map(value)).finish()
    }
}

impl<'a> BlockOptions<'a> {
    /// Reads `bytes`, from the first option's code on, in the byte order of their section.
    #[inline]
    pub const fn new(order: ByteOrder, bytes: &'a [u8]) -> Self {
        BlockOptions { order, bytes }
    }

    /// Returns the byte order of the section.
    pub const fn order(self) -> ByteOrder {
        self.order
    }

    /// Returns the bytes, with the end-of-options and whatever else there is.
    pub const fn bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// Iterates over code and value (without padding) of each option.
    pub fn iter(self) -> impl Iterator<Item = (u16, &'a [u8])> {
        let BlockOptions { order, mut bytes } = self;
        core::iter::from_fn(move || {
            let (rest, (code, value)) = option(order, bytes).ok()?;
            bytes = rest;
            (code != 0).then_some((code, value))
        })
    }

    /// Returns the bytes of the options but for those with this code.
    ///
    /// ```
    /// use packetsmith::capture::{ByteOrder, BlockOptions};
    /// let bytes = [2, 0, 4, 0, 0, 0, 0, 0, 3, 0, 1, 0, 9, 0, 0, 0, 0, 0, 0, 0];
    /// let options = BlockOptions::new(ByteOrder::Little, &bytes);
    /// assert_eq!(options.without(3), [2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    /// ```
    pub fn without(self, code: u16) -> Vec<u8> {
        let (mut bytes, mut kept) = (self.bytes, Vec::with_capacity(self.bytes.len()));
        while let Ok((rest, (found, _))) = option(self.order, bytes) {
            if found == 0 {
                break;
            }
            if found != code {
                kept.extend_from_slice(&bytes[..bytes.len() - rest.len()]);
            }
            bytes = rest;
        }
        // An end of the options alone is none.
        if !kept.is_empty() || bytes.iter().any(|&byte| byte != 0) {
            kept.extend_from_slice(bytes);
        }
        kept
    }

    /// Returns the bytes of the options with another one after those that are there.
    ///
    /// ```
    /// use packetsmith::capture::{ByteOrder, BlockOptions};
    /// let bytes = BlockOptions::new(ByteOrder::Little, &[]).with(1, b"hi")?;
    /// assert_eq!(bytes, [1, 0, 2, 0, b'h', b'i', 0, 0, 0, 0, 0, 0]);
    /// # Ok::<(), packetsmith::capture::OptionError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The value has more than 65,535 bytes.
    pub fn with(self, code: u16, value: &[u8]) -> Result<Vec<u8>, OptionError> {
        let length = u16::try_from(value.len()).map_err(|_| OptionError::TooLong(value.len()))?;
        let mut end = self.bytes;
        while let Ok((rest, (found, _))) = option(self.order, end) {
            if found == END {
                break;
            }
            end = rest;
        }
        let (before, after) = self.bytes.split_at(self.bytes.len() - end.len());
        let mut bytes = Vec::with_capacity(self.bytes.len() + value.len() + 11);
        bytes.extend_from_slice(before);
        // The last padding may be missing.
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend_from_slice(&self.order.of_u16(code));
        bytes.extend_from_slice(&self.order.of_u16(length));
        bytes.extend_from_slice(value);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes.extend_from_slice(if after.is_empty() { &[0; 4] } else { after });
        Ok(bytes)
    }

    /// The bytes of the options for a section of this byte order. Code and length of each option are turned round, and the
    /// numbers of those that the specification of pcapng knows. The value of any other stays as it is, and so does what
    /// follows the list.
    pub(super) fn in_order(self, order: ByteOrder, numbers: NumbersOf) -> Cow<'a, [u8]> {
        if self.order == order {
            return Cow::Borrowed(self.bytes);
        }
        let (mut copy, mut at) = (self.bytes.to_vec(), 0);
        while let Ok((rest, (code, value))) = option(self.order, &self.bytes[at..]) {
            let numbers = if CUSTOM.contains(&code) { &[4] } else { numbers(code, value) };
            let fit = numbers.iter().sum::<usize>() <= value.len();
            let mut bytes = &mut copy[at..];
            for &len in [2, 2].iter().chain(if fit { numbers } else { &[] }) {
                let (number, after) = bytes.split_at_mut(len);
                number.reverse();
                bytes = after;
            }
            if code == END {
                break;
            }
            at = self.bytes.len() - rest.len();
        }
        Cow::Owned(copy)
    }

    /// Returns the text of the first option with this code; allocates only if it is not UTF-8.
    pub fn text(self, code: u16) -> Option<Cow<'a, str>> {
        self.find(code).map(text)
    }

    /// Returns the comments; allocates only for those that are not UTF-8.
    ///
    /// ```
    /// use packetsmith::capture::{ByteOrder, BlockOptions};
    /// let options = BlockOptions::new(ByteOrder::Big, &[0, 1, 0, 2, b'h', b'i', 0, 0, 0, 0, 0, 0]);
    /// assert!(options.comments().eq(["hi"]));
    /// ```
    pub fn comments(self) -> impl Iterator<Item = Cow<'a, str>> {
        self.iter().filter(|option| option.0 == COMMENT).map(|option| text(option.1))
    }

    /// Returns the value of the first option with this code.
    pub fn find(self, code: u16) -> Option<&'a [u8]> {
        self.iter().find(|option| option.0 == code).map(|option| option.1)
    }
}

/// Codes of custom options: texts and bytes, that may be copied and that may not.
const CUSTOM: [u16; 4] = [2988, 2989, 19372, 19373];

/// Lengths of the numbers that the value of an option begins with, for the options of one kind of block.
pub(super) type NumbersOf = fn(u16, &[u8]) -> &'static [usize];

/// A Section Header Block has texts only.
pub(super) fn of_section(_: u16, _: &[u8]) -> &'static [usize] {
    &[]
}

/// Interface Description Block: speeds, offset of timestamps, time zone.
pub(super) fn of_interface(code: u16, _: &[u8]) -> &'static [usize] {
    match code {
        8 | 14 | 16 | 17 => &[8],
        10 => &[4],
        _ => &[],
    }
}

/// Enhanced Packet Block, and the Packet Block of old: flags, drops, number of the packet, queue, verdict, process and
/// thread.
pub(super) fn of_packet(code: u16, value: &[u8]) -> &'static [usize] {
    match (code, value) {
        (2 | 6, _) => &[4],
        (4 | 5, _) => &[8],
        (7, [1 | 2, ..]) => &[1, 8],
        (8, _) => &[4, 4],
        _ => &[],
    }
}

/// Interface Statistics Block: begin and end of the capture, each in two halves, and counts.
pub(super) fn of_statistics(code: u16, _: &[u8]) -> &'static [usize] {
    match code {
        2 | 3 => &[4, 4],
        4..=8 => &[8],
        _ => &[],
    }
}

/// Code, and place of the value from the first option on, of each option.
pub(super) fn option_places(options: BlockOptions<'_>) -> impl Iterator<Item = (u16, Range<usize>)> {
    let BlockOptions { order, bytes } = options;
    let mut at = 0;
    std::iter::from_fn(move || {
        let (rest, (code, value)) = option(order, bytes.get(at..)?).ok()?;
        let start = at + 4;
        at = bytes.len() - rest.len();
        (code != END).then_some((code, start..start + value.len()))
    })
}

/// The options that a block keeps.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct KeptOptions {
    order: ByteOrder,
    bytes: Box<[u8]>,
}

impl KeptOptions {
    pub(super) fn new(order: ByteOrder, bytes: &[u8]) -> Self {
        KeptOptions { order, bytes: bytes.into() }
    }

    pub(super) fn borrow(&self) -> BlockOptions<'_> {
        BlockOptions::new(self.order, &self.bytes)
    }

    /// Adds an option after those that are there.
    pub(super) fn add(&mut self, code: u16, value: &[u8]) -> Result<(), OptionError> {
        self.bytes = self.borrow().with(code, value)?.into();
        Ok(())
    }

    /// Puts an option in place of all with the same code.
    pub(super) fn set(&mut self, code: u16, value: &[u8]) -> Result<(), OptionError> {
        self.bytes = BlockOptions::new(self.order, &self.borrow().without(code)).with(code, value)?.into();
        Ok(())
    }
}

/// Methods that read and set the texts in the options of a block, and its comments. The block keeps them in the field
/// `options`. Each row is a getter, a setter, the option's code, and what the text is.
macro_rules! option_texts {
    ($Block:ident { $($read:ident $set:ident = $code:literal $what:literal,)+ }) => {
        impl $Block {
            $(
                #[doc = concat!("Returns ", $what, "; allocates only if it is not UTF-8.")]
                pub fn $read(&self) -> Option<std::borrow::Cow<'_, str>> {
                    self.options().text($code)
                }
            )+

            /// Returns the comments; allocates only for those that are not UTF-8.
            pub fn comments(&self) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
                self.options().comments()
            }

            $(
                #[doc = concat!("Sets ", $what, ".")]
                ///
                /// # Errors
                ///
                /// The text has a zero byte, or more than 65,535 bytes.
                pub fn $set(mut self, text: &str) -> Result<Self, $crate::capture::OptionError> {
                    self.options.set($code, $crate::capture::options::checked(text)?)?;
                    Ok(self)
                }
            )+

            /// Adds a comment after those that are there.
            ///
            /// # Errors
            ///
            /// The text has a zero byte, or more than 65,535 bytes.
            pub fn with_comment(mut self, text: &str) -> Result<Self, $crate::capture::OptionError> {
                self.options.add($crate::capture::options::COMMENT, $crate::capture::options::checked(text)?)?;
                Ok(self)
            }
        }
    };
}
pub(super) use option_texts;

/// The text of an option. Some writers end it with a zero byte, which does not belong to it.
fn text(value: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(value.strip_suffix(&[0]).unwrap_or(value))
}

/// Code, length, value, padding to four bytes (which may be missing at the very end).
fn option(order: ByteOrder, input: &[u8]) -> IResult<&[u8], (u16, &[u8])> {
    let number = |input| take(2_usize).map(|bytes: &[u8]| order.u16([bytes[0], bytes[1]])).parse(input);
    let (rest, (code, len)) = (number, number).parse(input)?;
    let (rest, value) = take(len)(rest)?;
    let padding = value.len().next_multiple_of(4) - value.len();
    Ok((rest.get(padding..).unwrap_or_default(), (code, value)))
}
