//! A DHCP discover, which a new host broadcasts, and a DHCP offer, which a server sends through a relay agent.
//!
//! ```console
//! $ cargo run --example dhcp_discover
//! ```

use packetsmith::output::{Summary, TreeText};
use packetsmith::proto::dhcp::{
    DhcpFlags, DhcpMessageType, DhcpOperation, DhcpOption, DhcpOptionCode as Code, DhcpRelayOption, DhcpRoute,
};
use packetsmith::{Dhcp, Ethernet, Ipv4, List, MacAddr, Stack, Text, Tlvs, Udp, examine};
use std::net::Ipv4Addr;

const CLIENT: MacAddr = MacAddr([2, 0, 0, 0, 0, 0x64]);
const ADDRESS: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 100);
const ROUTER: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);
const SERVER: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dhcp = Dhcp::build().xid(0x3903_f326).flags(DhcpFlags::BROADCAST).mac(CLIENT);

    let discover = [
        DhcpOption::MessageType { message_type: DhcpMessageType::Discover },
        DhcpOption::HostName { name: Text(b"newcomer") },
        DhcpOption::RequestedAddress { address: ADDRESS },
        DhcpOption::ParameterRequestList {
            codes: List::of(&[Code::SubnetMask, Code::Router, Code::DomainNameServer, Code::ClasslessRoute]),
        },
        DhcpOption::End {},
    ];
    print(
        &Stack::new()
            .push(Ethernet::build().src(CLIENT).dst(MacAddr::BROADCAST))
            .push(Ipv4::build().dst(Ipv4Addr::BROADCAST))
            .push(Udp::build().src_port(68).dst_port(67))
            .push(dhcp.options(&discover))
            .finish()?,
    );

    let routes = [DhcpRoute::new([10, 0, 0, 0].into(), 8, ROUTER), DhcpRoute::new([0; 4].into(), 0, ROUTER)];
    let circuit = [DhcpRelayOption::CircuitId { circuit: b"ge-0/0/1" }];
    let offer = [
        DhcpOption::MessageType { message_type: DhcpMessageType::Offer },
        DhcpOption::ServerIdentifier { address: SERVER },
        DhcpOption::LeaseTime { time: 3600 },
        DhcpOption::SubnetMask { mask: [255, 255, 255, 0].into() },
        DhcpOption::Router { addresses: List::of(&[ROUTER]) },
        DhcpOption::DomainNameServer { addresses: List::of(&[SERVER, ROUTER]) },
        DhcpOption::ClasslessRoute { routes: List::of(&routes) },
        DhcpOption::RelayAgentInformation { suboptions: Tlvs::of(&circuit) },
        DhcpOption::End {},
    ];
    print(
        &Stack::new()
            .push(Ethernet::build())
            .push(Ipv4::build().src(SERVER).dst(ROUTER))
            .push(Udp::build().src_port(67).dst_port(67))
            .push(dhcp.op(DhcpOperation::BootReply).yiaddr(ADDRESS).giaddr(ROUTER).options(&offer))
            .finish()?,
    );
    Ok(())
}

/// Prints the summary of a frame, and its tree.
fn print(frame: &[u8]) {
    let mut summary = Summary::default();
    summary.packet(examine(1, frame));
    let mut tree = TreeText::default();
    tree.packet(examine(1, frame));
    println!("{} bytes: {}\n\n{}", frame.len(), summary.info, tree.text);
}
