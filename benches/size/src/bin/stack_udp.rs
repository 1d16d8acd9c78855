//! A stack of three headers and a payload: Ethernet, IPv4, UDP.
#![no_std]
#![no_main]

use core::hint::black_box;
use packetsmith::{Ethernet, Ipv4, MacAddr, Stack, Udp};

fn task() -> usize {
    let mut buffer = [0; 128];
    let payload = black_box(&b"hello"[..]);
    let stack = Stack::new()
        .push(Ethernet::build().dst(MacAddr::BROADCAST).src(MacAddr(black_box([2; 6]))))
        .push(Ipv4::build().src(black_box([10, 0, 0, 1]).into()).dst(black_box([10, 0, 0, 2]).into()))
        .push(Udp::build().src_port(black_box(68)).dst_port(67))
        .payload(payload);
    // What an error holds counts too, as in a program that says it.
    let len = stack.write_into(&mut buffer).unwrap_or_else(|error| error.layer);
    black_box(&buffer);
    len
}

packetsmith_size::program!(task());
