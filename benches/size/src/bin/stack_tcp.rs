//! A stack of three headers: Ethernet, IPv4, TCP with options.
#![no_std]
#![no_main]

use core::hint::black_box;
use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{Ethernet, Ipv4, MacAddr, Stack, Tcp};

fn task() -> usize {
    let mut buffer = [0; 128];
    let options = [
        TcpOption::MaximumSegmentSize { size: black_box(1460) },
        TcpOption::SackPermitted {},
        TcpOption::WindowScale { shift: black_box(7) },
    ];
    let stack = Stack::new()
        .push(Ethernet::build().dst(MacAddr::BROADCAST).src(MacAddr(black_box([2; 6]))))
        .push(Ipv4::build().src(black_box([10, 0, 0, 1]).into()).dst(black_box([10, 0, 0, 2]).into()))
        .push(Tcp::build().dst_port(black_box(80)).flags(TcpFlags::SYN).options(&options));
    // What an error holds counts too, as in a program that says it.
    let len = stack.write_into(&mut buffer).unwrap_or_else(|error| error.layer);
    black_box(&buffer);
    len
}

packetsmith_size::program!(task());
