//! Bits 8 to 16 have no row.

use packetsmith::header;

header! {
    /// Three bytes.
    pub struct Gap(3) => GapEdit, layer {
        /// The first byte.
        first: u8 = 0..8, "gap.first";
        /// The last byte.
        last: u8 = 16..24, "gap.last";
    }
}

fn main() {}
