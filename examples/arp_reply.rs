//! Answers an ARP request, padded to the 60 bytes that Ethernet asks for.
//!
//! ```console
//! $ cargo run --example arp_reply
//! ```

use packetsmith::output::TreeText;
use packetsmith::proto::link::ArpOperation;
use packetsmith::{Arp, EncodeError, Ethernet, FromBytes, LinkType, MacAddr, Stack, examine};
use std::net::Ipv4Addr;

/// The reply to a request for an address, if the frame is one.
fn answer(frame: &[u8], address: Ipv4Addr, mac: MacAddr) -> Option<Result<Vec<u8>, EncodeError>> {
    let request = Arp::find_in(LinkType::Ethernet, frame)?;
    let asker = request.macs_and_ips(&request.context)?;
    if request.operation() != ArpOperation::Request || asker.target_ip != address {
        return None;
    }
    let reply = Stack::new()
        .push(Ethernet::build().src(mac).dst(asker.sender_mac))
        .push(
            Arp::build().operation(ArpOperation::Reply).sender(mac, address).target(asker.sender_mac, asker.sender_ip),
        )
        .pad(60)
        .finish();
    Some(reply)
}

fn main() -> Result<(), EncodeError> {
    let (host, gateway) = (MacAddr([2, 0, 0, 0, 0, 0x64]), MacAddr([2, 0, 0, 0, 0, 1]));
    let (host_ip, gateway_ip) = (Ipv4Addr::new(192, 168, 1, 100), Ipv4Addr::new(192, 168, 1, 1));
    let request = Stack::new()
        .push(Ethernet::build().src(host).dst(MacAddr::BROADCAST))
        .push(Arp::build().sender(host, host_ip).target(MacAddr([0; 6]), gateway_ip))
        .finish()?;
    let reply = answer(&request, gateway_ip, gateway).expect("it is a request for us")?;

    for frame in [request, reply] {
        let mut tree = TreeText::default();
        tree.packet(examine(LinkType::Ethernet, &frame));
        println!("{} bytes\n{}", frame.len(), tree.text);
    }
    Ok(())
}
