//! Rules that IPv4 and IPv6 share: addresses, and IP inside of IP.

use crate::layer::{IssueKind, LayerContext, NextProtocol, Report, rules};
use crate::wire::Field;
use core::net::IpAddr;

rules! {
    /// Rules that IPv4 and IPv6 share.
    pub enum IpRule {
        SourceMulticast = Warning "ip.src.multicast"
            "the source must not be a multicast address (RFC 1122 §3.2.1.3, RFC 4291 §2.7)",
        SourceBroadcast = Warning "ip.src.broadcast"
            "the source must not be the broadcast address (RFC 1122 §3.2.1.3)",
        SourceLoopback = Warning "ip.src.loopback"
            "a loopback address must not be used outside of a host (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3)",
        DestinationLoopback = Warning "ip.dst.loopback"
            "a loopback address must not be used outside of a host (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3)",
        DestinationUnspecified = Warning "ip.dst.unspecified"
            "the destination must not be the unspecified address (RFC 1122 §3.2.1.3, RFC 4291 §2.5.2)",
        SourceReserved = Note "ip.src.reserved" "the source is in 240.0.0.0/4, which is reserved (RFC 1112 §4)",
        SourceMapped = Note "ip.src.ipv4_mapped"
            "an IPv4-mapped address is not used on a wire (RFC 4942 §2.2)",
        DestinationInterfaceLocal = Note "ip.dst.interface_local"
            "a group of the interface alone is not sent to on a wire (RFC 4291 §2.7)",
        SourceIsDestination = Warning "ip.src.is_destination"
            "the source is the destination, as in the land attack (CVE-1999-0016)",
        TooManyHeaders = Note "ip.headers.too_many"
            "more than 8 IP headers are inside each other: a loop of tunnels, or an evasion (RFC 2003 §4)",
    }
}

/// IP headers inside each other up to which nothing is said.
const MAX_HEADERS: u8 = 8;

/// Reports addresses that are not allowed where they are, and what is unusual about IP inside of IP. Of a packet that is
/// quoted nothing is reported: who quotes it did not make it.
pub(crate) fn check(
    context: &LayerContext<'_>,
    [source, destination]: [IpAddr; 2],
    [source_field, destination_field]: [&'static Field; 2],
    report: &mut Report<'_>,
) {
    if context.quoted {
        return;
    }
    let on_a_wire = !context.link_source.is_empty() && !context.inside_host;
    let at = context.bounds.start;
    let mut of_source = |rule: IpRule| report(Some(source_field), source_field.span(at), rule.into());
    match source {
        _ if source.is_multicast() => of_source(IpRule::SourceMulticast),
        IpAddr::V4(address) if address.is_broadcast() => of_source(IpRule::SourceBroadcast),
        IpAddr::V4(address) if address.octets()[0] >= 240 => of_source(IpRule::SourceReserved),
        IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => of_source(IpRule::SourceMapped),
        _ if source.is_loopback() && on_a_wire => of_source(IpRule::SourceLoopback),
        _ if source == destination && !context.inside_host && !source.is_loopback() && !source.is_unspecified() => {
            of_source(IpRule::SourceIsDestination);
        }
        _ => {}
    }
    let mut of_destination = |rule: IpRule| report(Some(destination_field), destination_field.span(at), rule.into());
    if destination.is_unspecified() {
        of_destination(IpRule::DestinationUnspecified);
    } else if destination.is_loopback() && on_a_wire {
        of_destination(IpRule::DestinationLoopback);
    } else if matches!(destination, IpAddr::V6(group) if group.octets()[0] == 0xff && group.octets()[1] & 0xf == 1)
        && on_a_wire
    {
        of_destination(IpRule::DestinationInterfaceLocal);
    }
    if context.ip_headers == MAX_HEADERS {
        report(None, context.header_span(), IpRule::TooManyHeaders.into());
    }
    // Only links pad. Inside of another packet, the bytes of that are those of this.
    let trailer = context.trailer_span();
    if matches!(context.selector, NextProtocol::IpProtocol(_)) && !trailer.is_empty() {
        report(None, trailer, IssueKind::Surplus(trailer.len() as u32));
    }
}
