//! Finding what a packet has: addresses, ports, names, fields to set, by the tables of its protocols.

use super::field_change::FieldChange;
use super::note::RewriteNote;
use super::place::{
    AddressCarrier, AddressForm, Content, Destinations, PacketPlace, PortKind, Protection, Secured, SetPlace,
};
use crate::build::covered_sum::{CoveredSum, first_fragment_protocol};
use crate::dissect::{Examine, ExaminedLayer};
use crate::layer::NextProtocol;
use crate::proto::{Proto, View};
use crate::wire::{Checksum, Field, Kind, MacAddr, Span, Unit, Value, Visitor};
use core::net::IpAddr;
use std::vec::Vec;

/// An SCTP packet: its bytes that are there, and how many are missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct SctpPacket {
    pub span: Span,
    pub missing: u32,
}

/// What was found in a packet.
pub(super) struct Scan<'s, 'a> {
    frame: &'a [u8],
    rules: &'s [FieldChange],
    names: NameHandling,
    /// Where the bytes of the walk begin in the frame.
    base: u32,
    pub places: Vec<PacketPlace>,
    pub sets: Vec<SetPlace>,
    pub secured: Vec<Secured>,
    pub sctp: Vec<SctpPacket>,
    pub destinations: Vec<Destinations>,
    pub notes: Vec<RewriteNote>,
    /// Checksums: for each layer that of its header, then others in it.
    pub sums: Vec<CoveredSum>,
    /// Indexes of those that are not of a fixed header.
    pub others: Vec<usize>,
    /// How often each protocol was met.
    met: Vec<(Proto, u32)>,
    layer: CurrentLayer,
    link_destination: Option<usize>,
    /// Byte ranges of lists and groups that are open.
    open: Vec<Span>,
    /// The prefix length before an address.
    prefix_bits: Option<u32>,
}

/// Whether names are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameHandling {
    Left,
    Cut,
}

/// The layer at hand.
struct CurrentLayer {
    proto: Proto,
    number: u32,
    carrier: AddressCarrier,
    span: Span,
    header: Span,
    /// The checksum of the fixed header.
    checksum: Option<Span>,
    /// Whether its addresses are those of an IP header.
    is_ip: bool,
    is_ethernet: bool,
}

/// Numbers that tell of an authentication: the field, the number, and what it is.
const AUTHENTICATIONS: [(&str, u64, &str); 6] = [
    ("tcp.option_kind", 19, "the MD5 signature of TCP"),
    ("tcp.option_kind", 29, "the authentication option of TCP"),
    ("dhcp.option.type", 90, "the authentication option of DHCP"),
    ("dhcpv6.option.type", 11, "the authentication option of DHCPv6"),
    ("dns.resp.type", 250, "the signature of DNS (TSIG)"),
    ("dns.resp.type", 24, "the signature of DNS (SIG)"),
];

/// Fields of addresses that are none: masks.
fn is_mask(field: &Field) -> bool {
    field.name.contains("mask")
}

/// Numbers that are the length of the prefix that follows.
fn is_prefix_length(field: &Field) -> bool {
    matches!(field.name, "prefix_length" | "ipv4_prefix_length" | "ipv6_prefix_length" | "source_prefix" | "width")
        || field.filter == "dns.apl.coded_prefix"
}

fn carrier(proto: Proto) -> AddressCarrier {
    match proto.name() {
        "dhcp" | "dhcpv6" => AddressCarrier::Dhcp,
        name if name.starts_with("dns") => AddressCarrier::Dns,
        _ => AddressCarrier::Other,
    }
}

impl<'s, 'a> Scan<'s, 'a> {
    /// Nothing found yet.
    pub fn new(frame: &'a [u8], rules: &'s [FieldChange], names: NameHandling) -> Self {
        Scan {
            frame,
            rules,
            names,
            base: 0,
            places: Vec::new(),
            sets: Vec::new(),
            secured: Vec::new(),
            sctp: Vec::new(),
            destinations: Vec::new(),
            notes: Vec::new(),
            sums: Vec::new(),
            others: Vec::new(),
            met: Vec::new(),
            layer: CurrentLayer {
                proto: Proto::Data,
                number: 0,
                carrier: AddressCarrier::Other,
                span: Span::default(),
                header: Span::default(),
                checksum: None,
                is_ip: false,
                is_ethernet: false,
            },
            link_destination: None,
            open: Vec::new(),
            prefix_bits: None,
        }
    }

    /// Looks through all layers, and through the packets of which sFlow has samples.
    pub fn walk(&mut self, layers: Examine<'a>) {
        let mut fragment_of = None;
        for layer in layers {
            self.take(&layer, fragment_of);
            fragment_of = first_fragment_protocol(&layer.view);
            #[cfg(feature = "applications")]
            for packet in layer.sampled_packets() {
                self.base = self.place_of(packet.bytes()).map_or(0, |span| span.start);
                let mut fragment_of = None;
                for layer in packet.layers() {
                    self.take(&layer, fragment_of);
                    fragment_of = first_fragment_protocol(&layer.view);
                }
                self.base = 0;
            }
        }
    }

    fn shifted(&self, span: Span) -> Span {
        Span::new(self.base + span.start, self.base + span.end)
    }

    fn take(&mut self, layer: &ExaminedLayer<'a>, fragment_of: Option<u8>) {
        let proto = layer.proto;
        let number = match self.met.iter_mut().find(|(met, _)| *met == proto) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.met.push((proto, 1));
                1
            }
        };
        let bounds = layer.bounds();
        let all = self.shifted(Span::new(bounds.start, bounds.payload_end));
        // Shim6 has a checksum in its table, and verifies it by itself.
        let is_covered = layer.view.coverage(layer.context.header()).is_some();
        let own = proto.fields().iter().find(|field| matches!(field.kind, Kind::Checksum) && is_covered);
        self.layer = CurrentLayer {
            proto,
            number,
            carrier: carrier(proto),
            span: all,
            header: self.shifted(bounds.header_span()),
            checksum: own.map(|field| self.shifted(field.span(bounds.start))),
            is_ip: matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)),
            is_ethernet: matches!(layer.view, View::Ethernet(_)),
        };
        self.prefix_bits = None;
        self.open.clear();
        if let Some(sum) = CoveredSum::of(proto.fields(), &layer.view, &layer.context)
            .or(fragment_of.and_then(|protocol| CoveredSum::of_first_fragment(protocol, &layer.context)))
        {
            self.sums.push(sum.shifted(self.base));
        }
        self.take_secured(layer, all);
        let has_addresses = matches!(proto.name(), "arp" | "icmpv6" | "igmp" | "dns" | "dhcp" | "dhcpv6");
        if has_addresses && !layer.quoted && !layer.context.is_whole() {
            self.notes.push(RewriteNote::CutShort(proto.name()));
        }
        match layer.view {
            View::Cut => self.take_cut(layer, bounds.start, bounds.trailer_end),
            View::Data => self.take_data(layer, fragment_of, all),
            View::Sll(header) if header.address_length() == 6 => self.link_address(bounds.start + 6),
            View::Sll2(header) if header.address_length() == 6 => self.link_address(bounds.start + 12),
            _ => {}
        }
        layer.show_verified(Some(Checksum::Unverifiable), self);
        if !self.layer.is_ethernet && proto != Proto::Vlan {
            self.link_destination = None;
        }
    }

    /// A MAC address that a header has as bytes.
    fn link_address(&mut self, at: u32) {
        let span = self.shifted(Span::new(at, at + 6));
        if let Some(bytes) = span.of(self.frame).first_chunk() {
            self.places.push(PacketPlace {
                span,
                content: Content::Mac(MacAddr(*bytes)),
                carrier: AddressCarrier::Other,
            });
        }
    }

    fn take_secured(&mut self, layer: &ExaminedLayer<'a>, covers: Span) {
        let addresses = Some(layer.context.addresses).filter(|addresses| addresses.size != 0);
        let addresses = addresses.map(|addresses| addresses.shifted(self.base));
        let (what, addresses) = match layer.proto.name() {
            "ah" => (Protection::Authentication("the authentication header"), addresses),
            "esp" => (Protection::Encryption, addresses),
            "hip" => (Protection::Authentication("the authentication code or signature of HIP"), None),
            "radius" => (Protection::Authentication("the authenticator of RADIUS"), None),
            _ => return,
        };
        self.secured.push(Secured { what, covers, addresses });
    }

    /// The fields of a header that is cut, as far as they are there.
    fn take_cut(&mut self, layer: &ExaminedLayer<'a>, start: u32, end: u32) {
        let bytes = self.shifted(Span::new(start, end)).of(self.frame);
        for field in layer.proto.fields() {
            match field.read(bytes) {
                Some(value) => self.field(field, field.span(start), value),
                None => {
                    let span = field.span(start);
                    if span.start < end && matches!(field.kind, Kind::Ipv4 | Kind::Ipv6) {
                        self.cut_address(field.kind, Span::new(span.start, end));
                    }
                    return;
                }
            }
        }
    }

    /// The first bytes of an address of which the others are cut off.
    fn cut_address(&mut self, kind: Kind, span: Span) {
        let span = self.shifted(span);
        let there = span.of(self.frame);
        let mut bytes = [0; 16];
        let (Some(room), bits) = (bytes.get_mut(..there.len()), there.len() as u32 * 8) else { return };
        room.copy_from_slice(there);
        let address = match kind {
            Kind::Ipv4 => IpAddr::from([bytes[0], bytes[1], bytes[2], bytes[3]]),
            _ => IpAddr::from(bytes),
        };
        let content = Content::Ip { address, form: AddressForm::Plain, bits, is_cut: true };
        self.places.push(PacketPlace { span, content, carrier: self.layer.carrier });
    }

    /// What no protocol parses: the ports of a first fragment, and SCTP.
    fn take_data(&mut self, layer: &ExaminedLayer<'a>, fragment_of: Option<u8>, all: Span) {
        let is_sctp = layer.selector == NextProtocol::IpProtocol(132);
        let transport = match fragment_of {
            Some(6) => PortKind::Tcp,
            Some(17 | 136) => PortKind::Udp,
            Some(132) => PortKind::Sctp,
            None if is_sctp => PortKind::Sctp,
            _ => return,
        };
        if transport == PortKind::Sctp {
            let context = &layer.context;
            match fragment_of {
                None => self.sctp.push(SctpPacket {
                    span: all,
                    missing: context.payload_wire_end.saturating_sub(context.bounds.payload_end),
                }),
                Some(_) => self.secured.push(Secured {
                    what: Protection::OfFragment("what the checksum of SCTP covers"),
                    covers: all,
                    addresses: None,
                }),
            }
        }
        for at in [all.start, all.start + 2] {
            let span = Span::new(at, at + 2);
            if let (Some(&[high, low]), true) = (span.of(self.frame).first_chunk(), span.end <= all.end) {
                let content = Content::Port(u16::from_be_bytes([high, low]), transport);
                self.places.push(PacketPlace { span, content, carrier: AddressCarrier::Other });
            }
        }
    }

    fn take_ip(&mut self, field: &'static Field, span: Span, address: IpAddr) {
        if is_mask(field) {
            return;
        }
        let (there, mut octets) = (span.of(self.frame), [0; 16]);
        let size = match address {
            IpAddr::V4(address) => {
                octets[..4].copy_from_slice(&address.octets());
                4
            }
            IpAddr::V6(address) => {
                octets = address.octets();
                16
            }
        };
        let written = there.len().min(size);
        let is = |byte: fn(u8) -> u8| there.iter().zip(octets).all(|(there, octet)| *there == byte(octet));
        let form = if is(|octet| octet) {
            AddressForm::Plain
        } else if is(|octet| !octet) {
            AddressForm::Inverted
        } else {
            self.notes.push(RewriteNote::AddressInPieces(field.filter));
            return;
        };
        let is_prefix =
            written < size || matches!(field.name, "prefix" | "destination" | "ipv4_prefix" | "ipv6_prefix");
        let told = self.prefix_bits.take().filter(|_| is_prefix);
        let bits = told.unwrap_or(u32::MAX).min(written as u32 * 8);
        let span = Span::new(span.start, span.start + written as u32);
        if self.layer.is_ip
            && field.name == "dst"
            && let Some(mac) = self.link_destination.take()
        {
            self.destinations.push(Destinations { mac, ip: self.places.len() });
        }
        let content = Content::Ip { address, form, bits, is_cut: false };
        self.places.push(PacketPlace { span, content, carrier: self.layer.carrier });
    }

    fn take_mac(&mut self, field: &'static Field, span: Span, mac: MacAddr) {
        let span = Span::new(span.start, span.start + 6);
        if span.of(self.frame) != mac.0 {
            self.notes.push(RewriteNote::AddressInPieces(field.filter));
            return;
        }
        if self.layer.is_ethernet && field.name == "dst" {
            self.link_destination = Some(self.places.len());
        }
        self.places.push(PacketPlace { span, content: Content::Mac(mac), carrier: self.layer.carrier });
    }

    /// The place of bytes that a value borrows from the frame.
    fn place_of(&self, bytes: &[u8]) -> Option<Span> {
        let at = (bytes.as_ptr() as usize).checked_sub(self.frame.as_ptr() as usize)?;
        let span = Span::new(u32::try_from(at).ok()?, u32::try_from(at + bytes.len()).ok()?);
        (span.end as usize <= self.frame.len()).then_some(span)
    }

    fn take_text(&mut self, span: Span, value: &Value<'_>) {
        if self.names == NameHandling::Left || matches!(self.layer.proto.name(), "http" | "tftp") {
            return;
        }
        let (span, content) = match value {
            Value::Text(text) => match self.place_of(text) {
                Some(span) => (span, Content::Text),
                None => return,
            },
            _ => (span, Content::Name),
        };
        self.places.push(PacketPlace { span, content, carrier: self.layer.carrier });
    }

    fn take_number(&mut self, field: &'static Field, span: Span, number: u64) {
        let transport = match field.unit {
            Unit::TcpPort => Some(PortKind::Tcp),
            Unit::UdpPort => Some(PortKind::Udp),
            _ => None,
        };
        if let (Some(transport), Ok(port)) = (transport, u16::try_from(number))
            && span.of(self.frame) == port.to_be_bytes()
        {
            let content = Content::Port(port, transport);
            self.places.push(PacketPlace { span, content, carrier: self.layer.carrier });
        }
        if is_prefix_length(field) {
            self.prefix_bits = u32::try_from(number).ok();
        }
        let authentication = AUTHENTICATIONS.iter().find(|(filter, n, _)| *filter == field.filter && *n == number);
        if let Some((.., what)) = authentication {
            let addresses = self.sums.last().and_then(|sum| sum.network).filter(|_| field.filter.starts_with("tcp."));
            let what = Protection::Authentication(what);
            self.secured.push(Secured { what, covers: self.layer.span, addresses });
        }
    }

    /// A checksum that is not that of the fixed header.
    fn take_checksum(&mut self, field: &'static Field, span: Span) {
        if self.layer.checksum == Some(span) {
            return;
        }
        // An extension structure covers itself; zero means that it has none.
        let (covers, optional) = match self.open.last() {
            Some(structure) => (*structure, true),
            None if self.layer.proto.name() == "gre" => (self.layer.span, false),
            None => (self.layer.header, false),
        };
        if field.width() == 16 || span.len() == 2 {
            self.others.push(self.sums.len());
            self.sums.push(CoveredSum { field: span, covers, network: None, optional, offloaded: false });
        }
    }
}

impl Visitor for Scan<'_, '_> {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        let span = self.shifted(span);
        for (n, change) in self.rules.iter().enumerate() {
            if change.layer().is_some_and(|layer| layer != self.layer.number) {
                continue;
            }
            for (m, set) in change.fields.iter().enumerate() {
                if set.proto == self.layer.proto && set.is(field) {
                    self.sets.push(SetPlace { rule: (n, m), field, span });
                }
            }
        }
        match value {
            Value::Ipv4(address) => self.take_ip(field, span, address.into()),
            Value::Ipv6(address) => self.take_ip(field, span, address.into()),
            Value::Mac(address) => self.take_mac(field, span, address),
            Value::Uint(number) => self.take_number(field, span, number),
            Value::Checksum(..) => self.take_checksum(field, span),
            Value::Text(_) | Value::Name(_) => self.take_text(span, &value),
            _ => {}
        }
    }

    fn open(&mut self, _: &'static Field, span: Span) {
        let span = self.shifted(span);
        self.open.push(span);
    }

    fn close(&mut self) {
        self.open.pop();
    }
}
