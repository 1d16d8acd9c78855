//! An option of TCP in an IPv4 header.

use packetsmith::Ipv4;
use packetsmith::proto::transport::TcpOption;

fn main() {
    Ipv4::build().options(&[TcpOption::MaximumSegmentSize { size: 1460 }]);
}
