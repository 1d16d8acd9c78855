//! The IPv6 control protocol of PPP, RFC 5072.

use super::control::{NcpCode, OPTION_LAYOUT, control_header, network_control};
use super::frame::PppProtocolNumber;
use crate::wire::{TlvItem, TlvLayout, header, tagged_enum};

control_header! {
    /// Header of the IPv6 control protocol, RFC 5072 §3.
    pub struct Ipv6cp => Ipv6cpEdit, NcpCode, "ppp.code", "ppp.identifier", "ppp.length";
}

tagged_enum! {
    /// An option of the IPv6 control protocol, RFC 5072 §4.
    pub enum Ipv6cpOption<'a>: "type", "ipv6cp.opt.type", "options", length "ipv6cp.opt.length" {
        InterfaceIdentifier = 1 "interface identifier" {
            /// The sender's interface identifier. Zero requests one.
            identifier: [u8; 8], "ipv6cp.interface_identifier";
        }
        CompressionProtocol = 2 "IPv6 compression protocol" {
            /// Header compression protocol, RFC 5172.
            protocol: PppProtocolNumber, "", hex;
            /// Data of that protocol.
            data: &'a [u8], "";
        }
    }
}

impl TlvItem for Ipv6cpOption<'_> {
    const LAYOUT: TlvLayout = OPTION_LAYOUT;
}

network_control! {
    Ipv6cp, Ipv6cpOption, "ipv6cp", "IPV6CP", "PPP IPv6 Control Protocol, RFC 5072",
        "Data of compression protocols other than RFC 1332's Van Jacobson."
}

crate::wire::options_of! { Ipv6cpOption: Ipv6cp; }
