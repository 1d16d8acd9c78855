//! error: unreachable pattern
//! note: matches all the relevant values
#![allow(dead_code, unused)]

#[path = "../../src/proto/selectors.rs"]
mod selectors;

enum NextProtocol {
    UdpPort(u16),
}

enum Proto {
    Dns,
    Tftp,
    Data,
    Custom(()),
}

enum ProtoRow {
    Dns,
    Tftp,
    Data,
}

selectors::define_selectors! {
    Dns <- [NextProtocol::UdpPort(53 | 5353)];
    Tftp <- [NextProtocol::UdpPort(69 | 53)];
}

fn main() {}
