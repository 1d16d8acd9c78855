//! A frame with exactly one wrong length: the IPv4 total length is one byte too large. The checksum covers the wrong
//! length, so nothing else is wrong.
//!
//! ```console
//! $ cargo run --example wrong_length
//! ```

use packetsmith::{EncodeError, Ethernet, Ipv4, Stack, Udp, examine};

fn main() -> Result<(), EncodeError> {
    let ip = || Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
    let build = |ip| {
        let udp = Udp::build().src_port(4000).dst_port(4001);
        Stack::new().push(Ethernet::build()).push(ip).push(udp).payload(b"sixteen bytes...").finish()
    };
    // What is not set is computed. What is set is sent as it is.
    let frames = [("right", build(ip())?), ("wrong", build(ip().total_length(45))?)];
    for (name, frame) in frames {
        println!("{name}: {} bytes", frame.len());
        for layer in examine(1, &frame) {
            layer.issues(|issue| println!("  {issue}"));
        }
    }
    Ok(())
}
