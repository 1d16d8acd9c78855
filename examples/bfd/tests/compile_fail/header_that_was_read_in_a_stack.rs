//! A header that is read has nothing to compute.

use packetsmith::{Ipv4, Stack};

fn main() {
    let (header, _) = Ipv4::split(&[0x45; 20]).unwrap();
    Stack::new().push(header);
}
