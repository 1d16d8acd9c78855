//! The number 6 is TCP, and nothing else.

use packetsmith::proto::ip::IpProtocol;

fn main() {
    let _ = IpProtocol::Unknown(6);
}
