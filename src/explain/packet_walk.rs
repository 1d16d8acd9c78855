//! A packet on its way through the chapters.

use super::icmp::QuotedPacket;
use super::icmp_error::IcmpError;
use super::packet_list::{PacketList, PacketMoment};
use super::summary::CaptureTimes;
use super::taken::TopicSet;
use crate::flow::{FlowLayer, Side};
use crate::wire::MacAddr;
use core::net::IpAddr;

/// A packet on its way through its walks.
pub(super) struct PacketWalk<'w> {
    pub(super) at: PacketMoment,
    pub(super) is_selected: bool,
    pub(super) found: &'w [FlowLayer],
    /// Index of the walk.
    pub(super) number: usize,
    pub(super) mac: Option<MacAddr>,
    pub(super) source: Option<IpAddr>,
    pub(super) destination: Option<IpAddr>,
    pub(super) identification: u32,
    /// The VLANs, tunnels and interface that it came by, up to the layer at hand.
    pub(super) network: u64,
    pub(super) is_fragment: bool,
    pub(super) error: Option<IcmpError>,
    pub(super) quoted: Option<QuotedPacket>,
    /// Where that packet ends, or would end if the error had all of it.
    pub(super) quoted_end: Option<u32>,
    /// Whether the packet belongs to a TCP connection, which is told.
    pub(super) is_told: bool,
    /// The other chapters that have taken the packet.
    pub(super) taken: TopicSet,
    /// The packets with the message at hand.
    pub(super) message: Option<PacketList>,
    /// The packet with its first bytes, and the last packet with some of it.
    pub(super) span: Option<(u64, u64)>,
    /// Whether the capture has all of it.
    pub(super) is_whole: bool,
    /// The segment at hand is a copy, or repeats another.
    pub(super) repeats: bool,
    pub(super) has: HostProtocols,
    pub(super) stream: Option<(u64, Side)>,
}

/// Which tables of hosts take note of a packet.
#[derive(Clone, Copy, Default)]
pub(super) struct HostProtocols {
    pub(super) addresses: bool,
    pub(super) leases: bool,
    pub(super) names: bool,
}

impl HostProtocols {
    pub(super) fn add(&mut self, other: HostProtocols) {
        self.addresses |= other.addresses;
        self.leases |= other.leases;
        self.names |= other.names;
    }
}

impl<'w> PacketWalk<'w> {
    pub(super) fn new(at: PacketMoment, is_selected: bool, found: &'w [FlowLayer], number: usize) -> Self {
        PacketWalk {
            at,
            is_selected,
            found,
            number,
            mac: None,
            source: None,
            destination: None,
            identification: 0,
            network: 0,
            is_fragment: false,
            error: None,
            quoted: None,
            quoted_end: None,
            is_told: false,
            taken: TopicSet::default(),
            message: None,
            span: None,
            is_whole: false,
            repeats: false,
            has: HostProtocols::default(),
            stream: None,
        }
    }

    pub(super) fn place(&self, times: &CaptureTimes) -> super::said::Place {
        let (first, last) = self.span.map_or((self.at, self.at), |(first, last)| (times.of(first), times.of(last)));
        super::said::Place {
            first,
            last,
            is_whole: self.is_whole,
            stream: self.stream,
            packets: self.message.clone().unwrap_or_else(|| PacketList::one(self.at.packet)),
        }
    }
}
