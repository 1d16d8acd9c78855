//! Errors of ICMP: what they say of the packet that they quote.

use super::packet_list::Grouped;
use crate::layer::LayerContext;
use crate::proto::icmp::{
    Icmpv4Message, Icmpv4Type, Icmpv6Message, Icmpv6Type, TimeExceededCode, Unreachable6Code, UnreachableCode,
};
use crate::proto::{Icmpv4, Icmpv6};
use alloc::format;
use alloc::string::String;
use core::net::IpAddr;

/// An error of ICMP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IcmpError {
    /// Who sent it.
    pub(super) from: IpAddr,
    /// What it says: the end of a sentence that begins with `that`.
    pub(super) what: String,
    /// The MTU that it tells, in bytes.
    pub(super) mtu: Option<u32>,
    /// What the errors of a kind have in common: the text, without numbers.
    pub(super) kind: IcmpErrorKind,
}

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum IcmpErrorKind {
    TooBig,
    Port,
    Unreachable,
    Prohibited,
    HopLimit,
    Reassembly,
    Redirect,
    Other,
}

impl IcmpError {
    /// `None` if the message is no error.
    pub(super) fn of_icmpv4(
        icmp: Icmpv4<&[u8; Icmpv4::LEN]>,
        context: &LayerContext<'_>,
        from: IpAddr,
    ) -> Option<Self> {
        if !icmp.is_error() {
            return None;
        }
        let (mut mtu, code) = (None, icmp.code());
        let (what, kind) = match icmp.kind() {
            Icmpv4Type::DestinationUnreachable => match UnreachableCode::from(code) {
                UnreachableCode::FragmentationNeeded => {
                    if let Icmpv4Message::FragmentationNeeded { mtu: told, .. } = icmp.message(context) {
                        mtu = Some(u32::from(told)).filter(|mtu| *mtu > 0);
                    }
                    (
                        too_big("it is too large for the next link, and must not be fragmented", mtu),
                        IcmpErrorKind::TooBig,
                    )
                }
                UnreachableCode::Port => ("the port is unreachable".into(), IcmpErrorKind::Port),
                UnreachableCode::Network => ("the network is unreachable".into(), IcmpErrorKind::Unreachable),
                UnreachableCode::Host => ("the host is unreachable".into(), IcmpErrorKind::Unreachable),
                UnreachableCode::Protocol => ("the protocol is unreachable".into(), IcmpErrorKind::Unreachable),
                UnreachableCode::NetworkProhibited | UnreachableCode::HostProhibited | UnreachableCode::Prohibited => {
                    ("it is administratively prohibited".into(), IcmpErrorKind::Prohibited)
                }
                _ => (named("it cannot be delivered", icmp.code_name()), IcmpErrorKind::Unreachable),
            },
            Icmpv4Type::Redirect => match icmp.message(context) {
                Icmpv4Message::Redirect { gateway } => {
                    (format!("there is a better router for it, {gateway}"), IcmpErrorKind::Redirect)
                }
                _ => ("there is a better router for it".into(), IcmpErrorKind::Redirect),
            },
            Icmpv4Type::ParameterProblem => {
                (named("its header cannot be processed", icmp.code_name()), IcmpErrorKind::Other)
            }
            Icmpv4Type::TimeExceeded => time_exceeded(code, "TTL"),
            other => (format!("it has this problem: {other}"), IcmpErrorKind::Other),
        };
        Some(IcmpError { from, what, mtu, kind })
    }

    /// `None` if the message is no error.
    pub(super) fn of_icmpv6(
        icmp: Icmpv6<&[u8; Icmpv6::LEN]>,
        context: &LayerContext<'_>,
        from: IpAddr,
    ) -> Option<Self> {
        if !icmp.is_error() {
            return None;
        }
        let (mut mtu, code) = (None, icmp.code());
        let (what, kind) = match icmp.kind() {
            Icmpv6Type::DestinationUnreachable => match Unreachable6Code::from(code) {
                Unreachable6Code::Port => ("the port is unreachable".into(), IcmpErrorKind::Port),
                Unreachable6Code::NoRoute => {
                    ("there is no route to its destination".into(), IcmpErrorKind::Unreachable)
                }
                Unreachable6Code::Address => ("its destination is unreachable".into(), IcmpErrorKind::Unreachable),
                Unreachable6Code::Prohibited => ("it is administratively prohibited".into(), IcmpErrorKind::Prohibited),
                _ => (named("it cannot be delivered", icmp.code_name()), IcmpErrorKind::Unreachable),
            },
            Icmpv6Type::PacketTooBig => {
                if let Icmpv6Message::PacketTooBig { mtu: told } = icmp.message(context) {
                    mtu = Some(told);
                }
                (too_big("it is too large for the next link", mtu), IcmpErrorKind::TooBig)
            }
            Icmpv6Type::ParameterProblem => {
                (named("its header cannot be processed", icmp.code_name()), IcmpErrorKind::Other)
            }
            Icmpv6Type::TimeExceeded => time_exceeded(code, "hop limit"),
            other => (format!("it has this problem: {other}"), IcmpErrorKind::Other),
        };
        Some(IcmpError { from, what, mtu, kind })
    }
}

/// What an error says, of several packets.
pub(super) fn of_several(what: &str) -> String {
    let what = what.replacen("its ", "their ", 1).replacen("it is ", "they are ", 1);
    let what = what.replacen("it cannot", "they cannot", 1).replacen("it has ", "they have ", 1);
    what.replacen("for it", "for them", 1)
}

fn too_big(what: &str, mtu: Option<u32>) -> String {
    match mtu {
        Some(mtu) => format!("{what}: the MTU there is {} bytes", Grouped(mtu.into())),
        None => what.into(),
    }
}

fn named(what: &str, name: Option<&str>) -> String {
    name.map_or_else(|| what.into(), |name| format!("{what}: {name}"))
}

fn time_exceeded(code: u8, name: &str) -> (String, IcmpErrorKind) {
    match TimeExceededCode::from(code) {
        TimeExceededCode::Reassembly => ("its fragments were not all there in time".into(), IcmpErrorKind::Reassembly),
        _ => (format!("its {name} had run out"), IcmpErrorKind::HopLimit),
    }
}
