//! Options of pcapng blocks.

use nom::bytes::complete::take;
use nom::{IResult, Parser};

use super::ByteOrder;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockOptions<'a> {
    order: ByteOrder,
    bytes: &'a [u8],
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

    /// Returns the value of the first option with this code.
    pub fn find(self, code: u16) -> Option<&'a [u8]> {
        self.iter().find(|option| option.0 == code).map(|option| option.1)
    }
}

/// Code, length, value, padding to four bytes (which may be missing at the very end).
fn option(order: ByteOrder, input: &[u8]) -> IResult<&[u8], (u16, &[u8])> {
    let number = |input| take(2_usize).map(|bytes: &[u8]| order.u16([bytes[0], bytes[1]])).parse(input);
    let (rest, (code, len)) = (number, number).parse(input)?;
    let (rest, value) = take(len)(rest)?;
    let padding = value.len().next_multiple_of(4) - value.len();
    Ok((rest.get(padding..).unwrap_or_default(), (code, value)))
}
