//! A DNS answer with compressed names: a question, an alias, and its address.
//!
//! ```console
//! $ cargo run --example dns_answer
//! ```

use packetsmith::output::{Hexdump, Style, TreeText};
use packetsmith::{Packet, dissect, examine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let text = |compress: bool| {
        format!(
            "ethernet / ipv4 src=8.8.8.8 dst=192.168.1.100 / udp src_port=53 dst_port=40000 \
             / dns id=0x1234 response=true recursion_desired=true recursion_available=true compress={compress} \
               questions=[{{name=www.example.org qtype=A qclass=IN}}] \
               answers=[{{name=www.example.org rtype=CNAME class=IN ttl=300 canonical_name=web.example.org}} \
                        {{name=web.example.org rtype=A class=IN ttl=60 address=192.0.2.80}}]"
        )
    };
    let frame = text(true).parse::<Packet>()?.build()?;
    let plain = text(false).parse::<Packet>()?.build()?;
    println!("{} bytes, {} without compression\n", frame.len(), plain.len());

    let mut tree = TreeText::default();
    tree.packet(examine(1, &frame));
    let mut hex = Hexdump::new(Style::PLAIN);
    hex.packet(&frame, dissect(1, &frame));
    println!("{}\n{}", tree.text, hex.text);
    Ok(())
}
