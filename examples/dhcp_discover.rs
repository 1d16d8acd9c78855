//! A DHCP discover: the first message of a host on a new network. It is built from text, and an option is changed in
//! code.
//!
//! ```console
//! $ cargo run --example dhcp_discover
//! ```

use packetsmith::output::{Summary, TreeText};
use packetsmith::{Packet, examine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let chaddr = "02:00:00:00:00:64";
    let text = format!(
        "ethernet src={chaddr} dst=ff:ff:ff:ff:ff:ff / ipv4 src=0.0.0.0 dst=255.255.255.255 ttl=128 \
         / udp src_port=68 dst_port=67 \
         / dhcp xid=0x3903f326 flags=broadcast chaddr={chaddr} message_type=discover \
           host_name=\"newcomer\" requested_address=192.168.1.100 parameter_request_list=[1, 3, 6, 15, 51]"
    );
    let frame = text.parse::<Packet>()?.build()?;

    let mut summary = Summary::default();
    summary.packet(examine(1, &frame));
    println!("{} bytes: {}\n", frame.len(), summary.info);
    let mut tree = TreeText::default();
    tree.packet(examine(1, &frame));
    print!("{}", tree.text);
    Ok(())
}
