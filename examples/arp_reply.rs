//! Answers an ARP request, padded to the 60 bytes that Ethernet asks for.
//!
//! ```console
//! $ cargo run --example arp_reply
//! ```

use packetsmith::output::TreeText;
use packetsmith::proto::link::ArpOperation;
use packetsmith::{Arp, EncodeError, Ethernet, MacAddr, Stack, View, dissect, examine};
use std::net::Ipv4Addr;

/// The reply to a request for an address, if the frame is one.
fn answer(frame: &[u8], address: Ipv4Addr, mac: MacAddr) -> Option<Result<Vec<u8>, EncodeError>> {
    let request = dissect(1, frame).find(|layer| matches!(layer.view, View::Arp(_)))?;
    let View::Arp(header) = request.view else { return None };
    // After the fixed header: MAC and IP address of the sender, then of the target.
    let addresses: &[u8; 20] = request.header().get(8..)?.first_chunk()?;
    if header.operation() != ArpOperation::Request || addresses[16..] != address.octets() {
        return None;
    }
    let (asker, asker_ip) = addresses.split_first_chunk::<6>()?;
    let fields = [&mac.0[..], &address.octets(), asker, &asker_ip[..4]].concat();
    let reply = Stack::new()
        .push(Ethernet::build().src(mac).dst((*asker).into()))
        .push(Arp::build().operation(ArpOperation::Reply).raw(&fields))
        .pad(60)
        .finish();
    Some(reply)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = "ethernet src=02:00:00:00:00:64 dst=ff:ff:ff:ff:ff:ff \
                / arp operation=request sender_hardware=02:00:00:00:00:64 sender_protocol=192.168.1.100 \
                  target_protocol=192.168.1.1";
    let request = text.parse::<packetsmith::Packet>()?.build()?;
    let gateway = [2, 0, 0, 0, 0, 1].into();
    let reply = answer(&request, [192, 168, 1, 1].into(), gateway).expect("it is a request for us")?;

    for frame in [request, reply] {
        let mut tree = TreeText::default();
        tree.packet(examine(1, &frame));
        println!("{} bytes\n{}", frame.len(), tree.text);
    }
    Ok(())
}
