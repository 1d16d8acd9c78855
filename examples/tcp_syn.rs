//! A TCP SYN with options, built in a buffer on the stack, without allocation.
//!
//! ```console
//! $ cargo run --example tcp_syn
//! ```

use packetsmith::output::{Hexdump, Style, TreeText};
use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{EncodeError, Ethernet, Ipv4, Stack, Tcp, dissect, examine};

fn main() -> Result<(), EncodeError> {
    let options = [
        TcpOption::MaximumSegmentSize { size: 1460 },
        TcpOption::SackPermitted {},
        TcpOption::Timestamps { value: 1_234_567, echo: 0 },
        TcpOption::NoOperation {},
        TcpOption::WindowScale { shift: 7 },
    ];
    let mut buffer = [0; 128];
    let length = Stack::new()
        .push(Ethernet::build().src([2, 0, 0, 0, 0, 1].into()).dst([2, 0, 0, 0, 0, 254].into()))
        .push(Ipv4::build().src([192, 168, 1, 100].into()).dst([172, 194, 72, 105].into()))
        .push(Tcp::build().src_port(51775).dst_port(80).seq(1000).flags(TcpFlags::SYN).window(64240).options(&options))
        .write_into(&mut buffer)?;
    let frame = &buffer[..length];

    let mut tree = TreeText::default();
    tree.packet(examine(1, frame));
    let mut hex = Hexdump::new(Style::PLAIN);
    hex.packet(frame, dissect(1, frame));
    println!("{}\n{}", tree.text, hex.text);
    Ok(())
}
