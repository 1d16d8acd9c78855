//! One header: `Ipv4::split` and three getters.
#![no_std]
#![no_main]

use core::hint::black_box;
use packetsmith::Ipv4;

fn task() -> usize {
    let packet = black_box([0x45; 40]);
    let Some((ip, rest)) = Ipv4::split(&packet) else { return 0 };
    usize::from(ip.ttl()) + usize::from(ip.total_length()) + usize::from(ip.src().octets()[0]) + rest.len()
}

packetsmith_size::program!(task());
