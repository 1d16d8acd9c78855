//! error: does not say how its items are laid out
//! note: implement `TlvItem` for it, with its `LAYOUT`
#![allow(dead_code, unused, unexpected_cfgs)]

#[path = "../../src/layer/mod.rs"]
mod layer;
#[path = "../../src/wire/mod.rs"]
mod wire;

wire::tagged_enum! {
    /// Options that do not say how they are laid out.
    pub enum Choice<'a>: "kind", "choice.kind", "choices" {
        End = 0 "end" {}
        Size = 2 "size" {
            /// Bytes.
            size: u16, "choice.size", bytes;
        }
    }
}

const OPTIONS: &wire::Field = &wire::Field::floating("options", "choice", wire::Kind::List(&wire::Kind::Group), "All.");
const LIST: layer::OptionList = layer::OptionList::after_header::<Choice>(OPTIONS);

fn main() {}
