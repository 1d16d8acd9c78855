//! A header alone is no protocol.

use packetsmith::{Protocols, header};

header! {
    /// One byte.
    pub struct Mine(1) => MineEdit, layer {
        /// A number.
        number: u8 = 0..8, "mine.number";
    }
}

fn main() {
    let _ = Protocols::builtin().with::<Mine>();
}
