//! A DNS answer with compressed names: an alias, addresses, text, and how to reach the name by HTTPS.
//!
//! ```console
//! $ cargo run --example dns_answer
//! ```

use packetsmith::output::{Hexdump, Style, TreeText};
use packetsmith::proto::dns::{DnsQuestion, DnsRecord, DnsType, SvcParam};
use packetsmith::wire::Counted;
use packetsmith::{Dns, Ethernet, Ipv4, List, Name, Stack, Text, Udp, dissect, examine};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (www, web) = (Name::from_text("www.example.org")?, Name::from_text("web.example.org")?);
    let (address, address6) = ([192, 0, 2, 80].into(), "2001:db8::80".parse()?);
    let params = [
        SvcParam::Alpn { protocols: List::of(&[Counted(Text(b"h3")), Counted(Text(b"h2"))]) },
        SvcParam::Port { port: 8443 },
    ];
    let questions = [DnsQuestion::new(www, DnsType::Https)];
    let answers = [DnsRecord::cname(www, 300, web), DnsRecord::https(web, 60, 1, web, &params)];
    let additional = [
        DnsRecord::a(web, 60, address),
        DnsRecord::aaaa(web, 60, address6),
        DnsRecord::txt(web, 60, &[Counted(Text(b"more than one")), Counted(Text(b"string"))]),
    ];
    let dns = Dns::build().id(0x1234).response(true).recursion_available(true);
    let dns = dns.questions(&questions).answers(&answers).additional(&additional);
    let stack = Stack::new()
        .push(Ethernet::build())
        .push(Ipv4::build().src([8; 4].into()).dst([192, 168, 1, 100].into()))
        .push(Udp::build().src_port(53).dst_port(40000));
    let frame = stack.push(dns).finish()?;
    let plain = stack.push(dns.uncompressed()).finish()?;
    println!("{} bytes, {} without compression\n", frame.len(), plain.len());

    let mut tree = TreeText::default();
    tree.packet(examine(1, &frame));
    let mut hex = Hexdump::new(Style::PLAIN);
    hex.packet(&frame, dissect(1, &frame));
    println!("{}\n{}", tree.text, hex.text);
    Ok(())
}
