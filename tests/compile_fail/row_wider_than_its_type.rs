//! error: Narrow::first: the type is too narrow
#![allow(dead_code, unused, unexpected_cfgs)]

#[path = "../../src/wire/mod.rs"]
mod wire;

wire::header! {
    /// A header with 16 bits in a type of 8.
    pub struct Narrow(4) => NarrowEdit {
        /// First half.
        first: u8 = 0..16, "narrow.first";
        /// Second half.
        second: u16 = 16..32, "narrow.second";
    }
}

fn main() {}
