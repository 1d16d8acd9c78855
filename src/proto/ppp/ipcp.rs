//! The IP control protocol of PPP, RFC 1332.

use super::control::{NcpCode, OPTION_LAYOUT, control_header, network_control};
use super::frame::PppProtocolNumber;
use crate::wire::{TlvItem, TlvLayout, header, tagged_enum};
use core::net::Ipv4Addr;

control_header! {
    /// Header of the IP control protocol, RFC 1332 §2.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::ppp::IpcpOption;
    /// let packet = [2, 1, 0, 10, 3, 6, 10, 0, 0, 7];
    /// let layer = Examine::new(Layers::new(NextProtocol::PppProtocol(0x8021), &packet)).next().unwrap();
    /// let View::Ipcp(ipcp) = layer.view else { panic!() };
    /// let option = ipcp.options(&layer.context).iter().next();
    /// assert_eq!(option, Some(IpcpOption::Address { address: [10, 0, 0, 7].into() }));
    /// ```
    pub struct Ipcp => IpcpEdit, NcpCode, "ppp.code", "ppp.identifier", "ppp.length";
}

tagged_enum! {
    /// An option of the IP control protocol, RFC 1332 §3 and RFC 1877.
    pub enum IpcpOption<'a>: "type", "ipcp.opt.type", "options", length "ipcp.opt.length" {
        Addresses = 1 "IP addresses" {
            /// The sender's IP address.
            source: Ipv4Addr, "ipcp.opt.src_address";
            /// The receiver's IP address.
            destination: Ipv4Addr, "ipcp.opt.dst_address";
        }
        CompressionProtocol = 2 "IP compression protocol" {
            /// Header compression protocol. 0x002d is Van Jacobson compression.
            protocol: PppProtocolNumber, "ipcp.opt.compress_proto", hex;
            /// Data of that protocol.
            data: &'a [u8], "ipcp.data";
        }
        Address = 3 "IP address" {
            /// The sender's address. Zero requests one.
            address: Ipv4Addr, "ipcp.opt.ip_address";
        }
        MobileAddress = 4 "mobile node's home address" {
            /// Home address, RFC 2290.
            address: Ipv4Addr, "ipcp.opt.mobilenodehomeaddress";
        }
        PrimaryDns = 129 "primary DNS server" {
            /// Address of the server. Zero requests one. RFC 1877.
            address: Ipv4Addr, "ipcp.opt.pri_dns_address";
        }
        PrimaryNbns = 130 "primary NBNS server" {
            /// Address of the server. Zero requests one.
            address: Ipv4Addr, "ipcp.opt.pri_nbns_address";
        }
        SecondaryDns = 131 "secondary DNS server" {
            /// Address of the server. Zero requests one.
            address: Ipv4Addr, "ipcp.opt.sec_dns_address";
        }
        SecondaryNbns = 132 "secondary NBNS server" {
            /// Address of the server. Zero requests one.
            address: Ipv4Addr, "ipcp.opt.sec_nbns_address";
        }
    }
}

impl TlvItem for IpcpOption<'_> {
    const LAYOUT: TlvLayout = OPTION_LAYOUT;
}

network_control! {
    Ipcp, IpcpOption, "ipcp", "IPCP", "PPP IP Control Protocol, RFC 1332",
        "Data of compression protocols other than RFC 1332's Van Jacobson."
}

crate::wire::options_of! { IpcpOption: Ipcp; }
