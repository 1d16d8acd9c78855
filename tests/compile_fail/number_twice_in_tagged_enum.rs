//! error: unreachable pattern
//! note: matches all the relevant values
#![allow(dead_code, unused, unexpected_cfgs)]

#[path = "../../src/wire/mod.rs"]
mod wire;

wire::tagged_enum! {
    /// Two options of one number.
    pub enum Choice<'a>: "kind", "choice.kind", "choices" {
        End = 0 "end" {}
        Size = 2 "size" {
            /// Bytes.
            size: u16, "choice.size", bytes;
        }
        Scale = 2 "scale" {
            /// Bits to shift by.
            shift: u8, "choice.shift";
        }
    }
}

fn main() {}
