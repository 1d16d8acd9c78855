//! error: the rows must tile the header
#![allow(dead_code, unused, unexpected_cfgs)]

#[path = "../../src/wire/mod.rs"]
mod wire;

wire::header! {
    /// A header with a bit that no row owns.
    pub struct Gap(4) => GapEdit {
        /// First half.
        first: u16 = 0..15, "gap.first";
        /// Second half.
        second: u16 = 16..32, "gap.second";
    }
}

fn main() {}
