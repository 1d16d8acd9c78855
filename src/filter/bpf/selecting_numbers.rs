//! The ways through a frame, and the numbers that select protocols on them.

use super::graph::{Version, ranges};
use super::known_layer::KnownLayer;
use super::question::Questions;
use crate::layer::NextProtocol;
use crate::proto::Proto;
use alloc::vec::Vec;

/// What is known on the way to a frame. Layers that the filter does not ask for are left out, so that parts of the program which
/// differ in these alone are the same.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Way {
    pub(super) layers: Vec<KnownLayer>,
    /// Bytes that the kernel took out of the frame.
    pub(super) taken: u32,
}

/// A part of a program: what it is for, and what was known before it.
pub(super) type Part = (PartKind, Way);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PartKind {
    /// After an IPv4 header, with or without options.
    AfterIpv4 {
        has_options: bool,
    },
    /// After IPv6 and so many extension headers.
    AfterIpv6(usize),
    Tcp,
    Udp,
    Icmp(Version),
}

/// Numbers that select protocols.
pub(super) struct SelectingNumbers {
    pub(super) ethertypes: Vec<u32>,
    pub(super) tcp_ports: Vec<u32>,
    /// UDP ports of protocols that carry packets.
    pub(super) tunnels: Vec<(u32, u32)>,
    /// UDP ports of protocols that the filter asks for and that carry none, and these.
    pub(super) udp_ports: Vec<(u32, u32)>,
    pub(super) of_udp: Vec<(Proto, NextProtocol)>,
}

impl SelectingNumbers {
    pub(super) fn of(questions: &Questions<'_>) -> Self {
        let all = || 0..=u32::from(u16::MAX);
        let is_tcp = |port: &u32| NextProtocol::TcpPort(*port as u16).proto() != Proto::Data;
        let (mut tunnels, mut udp_ports, mut of_udp) = (Vec::new(), Vec::new(), Vec::new());
        for port in all() {
            let found = of_udp_port(port);
            if found.iter().any(|(proto, _)| !is_last(*proto)) {
                tunnels.push(port);
            } else if found.iter().any(|(proto, selector)| questions.ask_about(*proto, *selector)) {
                udp_ports.push(port);
                of_udp.extend(found);
            }
        }
        SelectingNumbers {
            ethertypes: all().filter(|number| of_ethertype(*number) != Proto::Data).collect(),
            tcp_ports: all().filter(is_tcp).collect(),
            tunnels: ranges(tunnels.into_iter()),
            udp_ports: ranges(udp_ports.into_iter()),
            of_udp,
        }
    }
}

pub(super) fn of_ethertype(number: u32) -> Proto {
    NextProtocol::EtherType(number as u16).proto()
}

/// Whether nothing but data follows layers of a protocol, or more of the same protocol.
pub(super) fn is_last(proto: Proto) -> bool {
    #[cfg(feature = "applications")]
    if matches!(proto, Proto::Tls | Proto::DnsOverTcp) {
        return true;
    }
    proto == Proto::Data || crate::filter::cost::LAST.contains(&proto)
}

/// What a UDP port selects, alone or with the first bytes of the data.
pub(super) fn of_udp_port(port: u32) -> Vec<(Proto, NextProtocol)> {
    let selector = NextProtocol::UdpPort(port as u16);
    if !selector.is_resolved_by_content() {
        return if selector.proto() == Proto::Data { Vec::new() } else { Vec::from([(selector.proto(), selector)]) };
    }
    let by_content = [NextProtocol::HttpDatagram].into_iter().chain((0..8).map(NextProtocol::NtpMode));
    let by_content = by_content.filter(|found| found.resolved_on() == Some(selector));
    let all = by_content.chain([selector]).map(|found| (found.proto(), found));
    all.filter(|(proto, _)| *proto != Proto::Data).collect()
}

/// What TCP carries on any port, and on one.
pub(super) fn of_tcp_port(port: Option<u32>) -> Vec<(Proto, NextProtocol)> {
    let any = [NextProtocol::Http, NextProtocol::TlsRecord(0), NextProtocol::TlsEncrypted];
    let of_port = port.map(|port| NextProtocol::TcpPort(port as u16));
    let message = of_port.map(|_| NextProtocol::DnsMessage(0));
    let all = any.into_iter().chain(of_port).chain(message).map(|found| (found.proto(), found));
    all.filter(|(proto, _)| *proto != Proto::Data).collect()
}
