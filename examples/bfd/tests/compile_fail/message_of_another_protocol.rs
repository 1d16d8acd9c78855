//! A message of ICMPv4 in ICMPv6.

use packetsmith::Icmpv6;
use packetsmith::proto::icmp::Icmpv4Message;

fn main() {
    Icmpv6::build().message(Icmpv4Message::EchoRequest { identifier: 1, sequence: 2 });
}
