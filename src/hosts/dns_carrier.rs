//! What carries messages of DNS.

use crate::dissect::ExaminedLayer;
use crate::flow::Endpoint;
use crate::layer::LayerContext;
use crate::proto::Dns;
use crate::wire::MacAddr;
use core::net::IpAddr;

/// Which protocol of the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DnsService {
    /// DNS (RFC 1035).
    Dns,
    /// Multicast DNS (RFC 6762): port 5353.
    Mdns,
    /// LLMNR (RFC 4795): port 5355.
    Llmnr,
}

impl DnsService {
    /// Its usual name.
    pub const fn name(self) -> &'static str {
        match self {
            DnsService::Dns => "DNS",
            DnsService::Mdns => "mDNS",
            DnsService::Llmnr => "LLMNR",
        }
    }
}

/// What carries a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DnsTransport {
    /// UDP.
    Udp,
    /// TCP (RFC 7766).
    Tcp,
}

/// The headers before a message.
#[derive(Clone, Copy, Debug)]
pub(super) struct DnsCarrier {
    pub(super) transport: DnsTransport,
    pub(super) source: Endpoint,
    pub(super) destination: Endpoint,
    /// Source address of the frame.
    pub(super) link: Option<MacAddr>,
}

impl DnsCarrier {
    /// The header of TCP or UDP in a layer. `None` if the addresses are not known.
    pub(super) fn of(
        layer: &ExaminedLayer<'_>,
        transport: DnsTransport,
        source: u16,
        destination: u16,
    ) -> Option<Self> {
        let (frame, addresses) = (layer.frame(), &layer.context.addresses);
        let ip = |bytes: &[u8]| match bytes.len() {
            4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
            _ => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        };
        let (from, to) = (ip(addresses.source(frame))?, ip(addresses.destination(frame))?);
        let source = Endpoint { address: from, port: source };
        let destination = Endpoint { address: to, port: destination };
        let link = layer.context.link_source.of(frame).try_into().ok().map(MacAddr);
        Some(DnsCarrier { transport, source, destination, link })
    }

    /// That of the other direction.
    pub(super) fn back(self) -> Self {
        DnsCarrier { source: self.destination, destination: self.source, link: None, ..self }
    }

    pub(super) fn service(&self) -> DnsService {
        let is_of = |port| self.source.port == port || self.destination.port == port;
        match self.transport {
            DnsTransport::Udp if is_of(5353) => DnsService::Mdns,
            _ if is_of(5355) => DnsService::Llmnr,
            _ => DnsService::Dns,
        }
    }
}

/// A message, and what carries it.
pub(super) struct Carried<'l, 'a> {
    pub(super) dns: Dns<&'a [u8; 12]>,
    pub(super) layer: &'l ExaminedLayer<'a>,
    pub(super) carrier: DnsCarrier,
}

impl<'a> Carried<'_, 'a> {
    pub(super) fn context(&self) -> &LayerContext<'a> {
        &self.layer.context
    }

    /// Whether the capture cut the message.
    pub(super) fn is_cut(&self) -> bool {
        self.context().wire_end as usize > self.context().frame.len()
    }
}
