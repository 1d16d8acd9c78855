//! Reads messages of DHCP and DHCPv6.

use super::dhcp_messages::{
    DelegatedPrefix, DhcpClient, DhcpMessage, DhcpMessageKind, DhcpPurpose, DhcpRepetition, DhcpServer, DhcpTerms,
    LeasedAddress,
};
use super::dns_answers::{name, name_of_labels};
use super::sighting::Sighting;
use crate::dissect::ExaminedLayer;
use crate::proto::dhcp::{
    DhcpFqdnFlags, DhcpMessageType, DhcpOperation, DhcpOption, Dhcpv6MessageType, Dhcpv6Option, Dhcpv6Status,
};
use crate::proto::{Dhcp, Dhcpv6};
use crate::wire::{MacAddr, Name, TextBuffer};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most items of a list that are kept, most characters of a text, and most bytes of an identifier: a DUID has up to 130
/// (RFC 8415 §11.1), an option of DHCP up to 255.
const MOST_ITEMS: usize = 16;
const MOST_TEXT: usize = 255;
const MOST_IDENTIFIER: usize = 255;

/// What options of DHCP begin with, and the code that ends them: RFC 2132 §2, §3.2.
const MAGIC_COOKIE: [u8; 4] = [99, 130, 83, 99];
const END_OF_OPTIONS: u16 = 255;

/// Option codes of DHCPv6, RFC 8415 §21.
const CLIENT_ID: u16 = 1;
const SERVER_ID: u16 = 2;

/// A message, and what it belongs to.
#[derive(Clone, Debug)]
pub(super) struct DhcpReading {
    pub(super) transaction: u32,
    pub(super) client: DhcpClient,
    /// What the message of a client asks for.
    pub(super) purpose: Option<DhcpPurpose>,
    pub(super) message: DhcpMessage,
}

fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let mut text = TextBuffer::default();
    text.escaped(bytes.get(..end.min(MOST_TEXT))?);
    text.cut_to(0, MOST_TEXT);
    (!text.as_str().is_empty()).then(|| text.as_str().to_string())
}

/// Source and destination of the packet around a message.
fn ends(layer: &ExaminedLayer<'_>) -> Option<(IpAddr, IpAddr)> {
    let frame = layer.frame();
    let ip = |bytes: &[u8]| match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        _ => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
    };
    Some((ip(layer.context.addresses.source(frame))?, ip(layer.context.addresses.destination(frame))?))
}

/// Source MAC address of the frame around a message.
fn frame_source(layer: &ExaminedLayer<'_>) -> Option<MacAddr> {
    layer.context.link_source.of(layer.frame()).try_into().ok().map(MacAddr)
}

impl DhcpReading {
    /// Reads a message of DHCP or BOOTP. `None` if the capture cut off what tells which of them it is.
    pub(super) fn of_v4(dhcp: Dhcp<&[u8; 236]>, layer: &ExaminedLayer<'_>, at: Sighting, network: u64) -> Option<Self> {
        let context = &layer.context;
        // After option 255 there is only padding.
        let is_cut =
            !context.is_whole() && !dhcp.options(context).items().flatten().any(|item| item.kind == END_OF_OPTIONS);
        let has_options = layer.header().get(Dhcp::LEN..Dhcp::LEN + 4).is_none_or(|cookie| cookie == MAGIC_COOKIE);
        let kind = match dhcp.message_type(context) {
            Some(kind) => DhcpMessageKind::V4(kind),
            None if is_cut && has_options => return None,
            None => DhcpMessageKind::Bootp(dhcp.op()),
        };
        let mut server = None;
        if let Some(DhcpOption::ServerIdentifier { address }) = dhcp.find(context, 54) {
            server = Some(DhcpServer::Address(address.into()));
        }
        let addresses = ends(layer);
        let relay = Some(dhcp.giaddr()).filter(|address| !address.is_unspecified()).map(IpAddr::V4);
        let mut message = DhcpMessage {
            kind,
            at,
            addresses,
            relay,
            server,
            terms: v4_terms(&dhcp, layer),
            repetition: DhcpRepetition::None,
            status: None,
            reason: dhcp.joined(context, 56, v4_text).flatten(),
            is_cut,
            frame_source: frame_source(layer),
            hops: dhcp.hops(),
            network,
        };
        let purpose = v4_purpose(&dhcp, layer, &message);
        if message.server.is_none() && message.is_from_server() && relay.is_none() {
            message.server = addresses.map(|(source, _)| DhcpServer::Address(source));
        }
        let identifier = dhcp.option(context, 61).next().map_or(&[][..], |contents| contents.bytes());
        let host_name = dhcp.joined(context, 12, v4_text).flatten();
        let client = DhcpClient {
            hardware_type: Some(dhcp.htype()),
            hardware: dhcp.hardware_address().to_vec(),
            identifier: identifier.get(..MOST_IDENTIFIER).unwrap_or(identifier).to_vec(),
            host_name: if message.is_from_server() {
                None
            } else {
                host_name.or_else(|| dhcp.joined(context, 81, v4_text).flatten())
            },
            vendor_class: if message.is_from_server() { None } else { dhcp.joined(context, 60, v4_text).flatten() },
        };
        Some(DhcpReading { transaction: dhcp.xid(), client, purpose, message })
    }

    /// Reads a message of DHCPv6. `None` if it has no transaction identifier, as messages of relay agents, or if the capture
    /// cut off what tells the client.
    pub(super) fn of_v6(
        dhcp: Dhcpv6<&[u8; 1]>,
        layer: &ExaminedLayer<'_>,
        at: Sighting,
        network: u64,
        (relay, hops): (Option<IpAddr>, u8),
    ) -> Option<Self> {
        let context = &layer.context;
        let transaction = dhcp.transaction_id(context)?;
        let (mut terms, mut status, mut reason) = (DhcpTerms::default(), None, None);
        let mut client = DhcpClient::default();
        let kind = dhcp.message_type();
        for option in dhcp.options(context) {
            v6_option(&option, &mut terms, &mut status, &mut reason);
            match option {
                Dhcpv6Option::ClientFqdn { name: host, .. } => {
                    client.host_name = Some(name_of_labels(host.labels())).filter(|name| !name.is_empty());
                }
                Dhcpv6Option::VendorClass { classes, .. } => {
                    client.vendor_class = classes.iter().next().and_then(|class| text(class.0.0));
                }
                _ => {}
            }
        }
        let duid = |code| identifier(layer.header(), code);
        let is_cut = !context.is_whole();
        client.identifier = match duid(CLIENT_ID) {
            None if is_cut => return None,
            found => found.unwrap_or_default(),
        };
        let message = DhcpMessage {
            kind: DhcpMessageKind::V6(kind),
            at,
            addresses: ends(layer),
            relay,
            server: duid(SERVER_ID).map(DhcpServer::Duid),
            terms,
            repetition: DhcpRepetition::None,
            status,
            reason,
            is_cut,
            frame_source: frame_source(layer),
            hops,
            network,
        };
        use Dhcpv6MessageType as Kind;
        let purpose = match kind {
            _ if message.is_from_server() => None,
            Kind::Solicit | Kind::Request => Some(DhcpPurpose::NewLease),
            Kind::Renew => Some(DhcpPurpose::Renewal),
            Kind::Rebind => Some(DhcpPurpose::Rebinding),
            Kind::Confirm => Some(DhcpPurpose::Confirmation),
            Kind::InformationRequest => Some(DhcpPurpose::Information),
            Kind::Release => Some(DhcpPurpose::Release),
            Kind::Decline => Some(DhcpPurpose::Decline),
            _ => Some(DhcpPurpose::Other),
        };
        Some(DhcpReading { transaction, client, purpose, message })
    }
}

fn v4_text(option: DhcpOption<'_>) -> Option<String> {
    match option {
        DhcpOption::HostName { name: bytes }
        | DhcpOption::VendorClass { identifier: bytes }
        | DhcpOption::DomainName { domain: bytes }
        | DhcpOption::Message { message: bytes } => text(bytes.0),
        DhcpOption::ClientFqdn { fqdn } if fqdn.head.flags().contains(DhcpFqdnFlags::ENCODED) => {
            let labels = Name::new(fqdn.bytes, 0).labels().map_while(Result::ok);
            Some(name_of_labels(labels)).filter(|name| !name.is_empty())
        }
        DhcpOption::ClientFqdn { fqdn } => text(fqdn.bytes),
        _ => None,
    }
}

fn v4_terms(dhcp: &Dhcp<&[u8; 236]>, layer: &ExaminedLayer<'_>) -> DhcpTerms {
    let context = &layer.context;
    let time = |code| match dhcp.find(context, code) {
        Some(
            DhcpOption::LeaseTime { time } | DhcpOption::RenewalTime { time } | DhcpOption::RebindingTime { time },
        ) => Some(time),
        _ => None,
    };
    let list = |code| {
        let addresses = |option: DhcpOption<'_>| match option {
            DhcpOption::Router { addresses } | DhcpOption::DomainNameServer { addresses } => {
                addresses.iter().take(MOST_ITEMS).collect()
            }
            _ => Vec::new(),
        };
        dhcp.joined(context, code, addresses).unwrap_or_default()
    };
    let mut domains: Vec<String> = dhcp.joined(context, 15, v4_text).flatten().into_iter().collect();
    let search = |option: DhcpOption<'_>| match option {
        DhcpOption::DomainSearch { domains } => domains.0.iter().take(MOST_ITEMS).map(|each| name(&each)).collect(),
        _ => Vec::new(),
    };
    for domain in dhcp.joined(context, 119, search).unwrap_or_default() {
        if !domains.contains(&domain) && domains.len() < MOST_ITEMS {
            domains.push(domain);
        }
    }
    let lease_time = time(51);
    let is_given = |address: &Ipv4Addr| !address.is_unspecified();
    // A server gives `yiaddr`; a client has `ciaddr`, or asks for an address by option 50.
    let address = match dhcp.op() {
        DhcpOperation::BootReply => Some(dhcp.yiaddr()).filter(is_given),
        _ => dhcp.requested_address(context).filter(is_given).or(Some(dhcp.ciaddr()).filter(is_given)),
    };
    DhcpTerms {
        addresses: address.map(|address| (LeasedAddress::Address(address.into()), lease_time)).into_iter().collect(),
        mask: match dhcp.find(context, 1) {
            Some(DhcpOption::SubnetMask { mask }) => Some(mask),
            _ => None,
        },
        routers: list(3),
        dns: list(6).into_iter().map(IpAddr::V4).collect(),
        domains,
        lease_time,
        renewal_time: time(58),
        rebinding_time: time(59),
    }
}

/// What a client asks for. States of a REQUEST are told apart by RFC 2131 §4.3.2 and table 4.
fn v4_purpose(dhcp: &Dhcp<&[u8; 236]>, layer: &ExaminedLayer<'_>, message: &DhcpMessage) -> Option<DhcpPurpose> {
    use DhcpMessageType as Kind;
    let kind = match message.kind {
        _ if message.is_from_server() => return None,
        DhcpMessageKind::V4(kind) => kind,
        _ => return Some(DhcpPurpose::Bootp),
    };
    Some(match kind {
        Kind::Discover => DhcpPurpose::NewLease,
        Kind::Request if message.server.is_some() => DhcpPurpose::NewLease,
        // The server identifier may be in what was cut off.
        Kind::Request if dhcp.ciaddr().is_unspecified() && message.is_cut => DhcpPurpose::Cut,
        Kind::Request if dhcp.ciaddr().is_unspecified() => match dhcp.requested_address(&layer.context) {
            Some(_) => DhcpPurpose::Reboot,
            None => DhcpPurpose::Other,
        },
        Kind::Request => {
            // What a relay agent passes on was a broadcast.
            let is_broadcast = message.addresses.is_none_or(|(_, to)| to == IpAddr::V4(Ipv4Addr::BROADCAST));
            let is_relayed = message.relay.is_some();
            if is_broadcast || is_relayed { DhcpPurpose::Rebinding } else { DhcpPurpose::Renewal }
        }
        Kind::Inform => DhcpPurpose::Information,
        Kind::Release => DhcpPurpose::Release,
        Kind::Decline => DhcpPurpose::Decline,
        _ => DhcpPurpose::Other,
    })
}

/// Takes over what an option of DHCPv6 says, and those in it.
fn v6_option(
    option: &Dhcpv6Option<'_>,
    terms: &mut DhcpTerms,
    status: &mut Option<Dhcpv6Status>,
    reason: &mut Option<String>,
) {
    let shorter = |known: &mut Option<u32>, time: u32| {
        *known = Some(known.map_or(time, |known| known.min(time)));
    };
    let address = |terms: &mut DhcpTerms, address, lifetime| {
        if terms.addresses.len() < MOST_ITEMS {
            terms.addresses.push((address, Some(lifetime)));
        }
        shorter(&mut terms.lease_time, lifetime);
    };
    match *option {
        Dhcpv6Option::IaNa { t1, t2, .. } | Dhcpv6Option::IaPd { t1, t2, .. } => {
            if t1 > 0 {
                shorter(&mut terms.renewal_time, t1);
            }
            if t2 > 0 {
                shorter(&mut terms.rebinding_time, t2);
            }
        }
        Dhcpv6Option::IaAddress { address: ip, valid_lifetime, .. } => {
            address(terms, LeasedAddress::Address(ip.into()), valid_lifetime);
        }
        Dhcpv6Option::IaPrefix { prefix, prefix_length: length, valid_lifetime, .. } => {
            address(terms, LeasedAddress::Prefix(DelegatedPrefix { prefix, length }), valid_lifetime);
        }
        Dhcpv6Option::DnsServers { addresses } => {
            terms.dns = addresses.iter().take(MOST_ITEMS).map(|address: Ipv6Addr| address.into()).collect();
        }
        Dhcpv6Option::DomainList { domains } => {
            terms.domains = domains.0.iter().take(MOST_ITEMS).map(|each| name(&each)).collect();
        }
        Dhcpv6Option::StatusCode { status: code, message } if u16::from(code) != 0 && status.is_none() => {
            (*status, *reason) = (Some(code), text(message.0));
        }
        _ => {}
    }
    let is_nested = matches!(
        option,
        Dhcpv6Option::IaNa { .. }
            | Dhcpv6Option::IaTa { .. }
            | Dhcpv6Option::IaPd { .. }
            | Dhcpv6Option::IaAddress { .. }
            | Dhcpv6Option::IaPrefix { .. }
    );
    for inner in option.inside().filter(|_| is_nested).into_iter().flat_map(|options| options.iter()) {
        v6_option(&inner, terms, status, reason);
    }
}

/// The contents of an option of DHCPv6 that identifies a client or server.
fn identifier(message: &[u8], code: u16) -> Option<Vec<u8>> {
    let mut options = message.get(4..)?;
    while let [a, b, c, d, rest @ ..] = options {
        let (kind, length) = (u16::from_be_bytes([*a, *b]), usize::from(u16::from_be_bytes([*c, *d])));
        let (contents, after) = rest.split_at_checked(length)?;
        if kind == code {
            return Some(contents.get(..MOST_IDENTIFIER).unwrap_or(contents).to_vec());
        }
        options = after;
    }
    None
}
