//! Ten tasks, side by side with other libraries: `docs/coming-from.md` shows this code.
//!
//! Each task is a file with a module for each library. A test runs them on the same input, and compares what they give.
//! `page.rs` counts the lines, and holds the page to the code: `UPDATE=1` writes the page.

mod arp;
mod dhcp;
mod dns;
mod five_tuples;
mod fragments;
mod icmp_errors;
mod ipv6_chain;
mod nat;
mod page;
mod pcapng;
mod syn;

/// Every checksum of a frame is right.
fn all_checksums_are_good(link_type: u16, frame: &[u8]) {
    for layer in packetsmith::examine(link_type, frame).filter(|layer| !layer.quoted) {
        if let Some(checksum) = layer.checksum() {
            assert_eq!(checksum, packetsmith::Checksum::Good, "{}", layer.proto.name());
        }
    }
}

/// The frame without the flag "don't fragment", which etherparse and smoltcp set.
fn may_be_fragmented(link_type: u16, mut frame: Vec<u8>) -> Vec<u8> {
    let mut editor = packetsmith::Editor::new(link_type, &mut frame);
    let ip = editor.layers().position(|layer| layer.proto == packetsmith::Proto::Ipv4).expect("it is IPv4");
    editor.update(ip, "flags", 0).expect("each IPv4 header has flags");
    frame
}
