//! Finding what a packet has: addresses, ports, names, fields to set, by the tables of its protocols.

use super::field_change::FieldChange;
use super::note::RewriteNote;
use super::place::{
    AddressCarrier, AddressForm, Content, Destinations, PacketPlace, PortKind, Protection, Secured, SetPlace,
};
use super::sctp::SctpPacket;
use crate::build::covered_sum::{CoveredSum, first_fragment_protocol};
use crate::dissect::{Examine, ExaminedLayer};
use crate::layer::NextProtocol;
use crate::proto::{Proto, View};
use crate::wire::{Checksum, Field, Kind, MacAddr, Span, Unit, Value, Visitor};
use core::net::IpAddr;
use std::vec::Vec;

/// What was found in a packet.
#[derive(Default)]
pub(super) struct FoundPlaces {
    pub places: Vec<PacketPlace>,
    pub sets: Vec<SetPlace>,
    pub secured: Vec<Secured>,
    pub sctp: Vec<SctpPacket>,
    pub destinations: Vec<Destinations>,
    pub notes: Vec<RewriteNote>,
    /// What is said if names are cut.
    pub notes_of_names: Vec<RewriteNote>,
    /// Checksums: for each layer that of its header, then others in it.
    pub sums: Vec<CoveredSum>,
    /// Indexes of those that are not of a fixed header.
    pub others: Vec<usize>,
    /// Padding and frame check sequence of the outermost Ethernet frame, if it has one.
    pub ethernet_trailer: Option<Span>,
    /// How often each protocol was met.
    met: Vec<(Proto, u32)>,
    /// Byte ranges of lists and groups that are open.
    open: Vec<Span>,
}

impl FoundPlaces {
    /// Nothing found, with the room that there was.
    fn clear(&mut self) {
        let FoundPlaces { places, sets, secured, sctp, destinations, notes, notes_of_names, sums, others, .. } = self;
        places.clear();
        sets.clear();
        secured.clear();
        sctp.clear();
        destinations.clear();
        notes.clear();
        notes_of_names.clear();
        sums.clear();
        others.clear();
        self.ethernet_trailer = None;
        self.met.clear();
        self.open.clear();
    }
}

/// The search through a packet.
pub(super) struct Scan<'s, 'a> {
    frame: &'a [u8],
    rules: &'s [FieldChange],
    names: NameHandling,
    /// Where the bytes of the walk begin in the frame.
    base: u32,
    found: &'s mut FoundPlaces,
    layer: CurrentLayer,
    link_destination: Option<usize>,
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
    /// Where the bytes after its length field end.
    trailer_end: u32,
    /// The checksum of the fixed header.
    checksum: Option<Span>,
    /// Whether its addresses are those of an IP header.
    is_ip: bool,
    is_ethernet: bool,
}

/// An option of UDP that covers the payload alone.
const PAYLOAD_CRC: &str = "the checksum of the payload in the options of UDP";

/// Numbers that tell of an authentication: the field, the number, and what it is.
const AUTHENTICATIONS: [(&str, u64, &str); 8] = [
    ("tcp.option_kind", 19, "the MD5 signature of TCP"),
    ("tcp.option_kind", 29, "the authentication option of TCP"),
    ("udp.option_kind", 9, "the authentication option of UDP"),
    ("udp.option_kind", 2, PAYLOAD_CRC),
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

/// Texts that are no names: they say how the message is to be read.
fn is_syntax(proto: Proto, field: &Field) -> bool {
    match proto.name() {
        "http" => match field.name {
            "value" => HTTP_SYNTAX.contains(&field.filter),
            "target" | "reason" => false,
            _ => true,
        },
        "tftp" => !matches!(field.name, "filename" | "message"),
        _ => false,
    }
}

/// Values of header fields of HTTP that say how the content is to be read, or when it is from.
const HTTP_SYNTAX: [&str; 11] = [
    "http.accept",
    "http.accept_encoding",
    "http.cache_control",
    "http.connection",
    "http.content_encoding",
    "http.content_length_header",
    "http.content_type",
    "http.date",
    "http.last_modified",
    "http.transfer_encoding",
    "http.upgrade",
];

fn carrier(proto: Proto) -> AddressCarrier {
    match proto.name() {
        "dhcp" | "dhcpv6" => AddressCarrier::Dhcp,
        name if name.starts_with("dns") => AddressCarrier::Dns,
        _ => AddressCarrier::Other,
    }
}

impl<'s, 'a> Scan<'s, 'a> {
    /// A search that writes what it finds to `found`.
    pub fn new(frame: &'a [u8], rules: &'s [FieldChange], names: NameHandling, found: &'s mut FoundPlaces) -> Self {
        found.clear();
        Scan {
            frame,
            rules,
            names,
            base: 0,
            found,
            layer: CurrentLayer {
                proto: Proto::Data,
                number: 0,
                carrier: AddressCarrier::Other,
                span: Span::default(),
                header: Span::default(),
                trailer_end: 0,
                checksum: None,
                is_ip: false,
                is_ethernet: false,
            },
            link_destination: None,
            prefix_bits: None,
        }
    }

    /// Looks through all layers, and through the packets of which sFlow has samples.
    pub fn walk(mut self, mut layers: Examine<'a>) {
        let mut fragment_of = None;
        for layer in layers.by_ref() {
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
        self.found.ethernet_trailer = layers.left_to_ethernet();
    }

    fn shifted(&self, span: Span) -> Span {
        Span::new(self.base + span.start, self.base + span.end)
    }

    fn take(&mut self, layer: &ExaminedLayer<'a>, fragment_of: Option<u8>) {
        let proto = layer.proto;
        let number = match self.found.met.iter_mut().find(|(met, _)| *met == proto) {
            Some((_, count)) => {
                *count += 1;
                *count
            }
            None => {
                self.found.met.push((proto, 1));
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
            trailer_end: self.base + bounds.trailer_end,
            checksum: own.map(|field| self.shifted(field.span(bounds.start))),
            is_ip: matches!(layer.view, View::Ipv4(_) | View::Ipv6(_)),
            is_ethernet: matches!(layer.view, View::Ethernet(_)),
        };
        self.prefix_bits = None;
        self.found.open.clear();
        if let Some(sum) = CoveredSum::of(proto.fields(), &layer.view, &layer.context)
            .or(fragment_of.and_then(|protocol| CoveredSum::of_first_fragment(protocol, &layer.context)))
        {
            self.found.sums.push(sum.shifted(self.base));
        }
        self.take_secured(layer, all);
        if self.names == NameHandling::Cut {
            self.take_unread_names(layer);
        }
        let has_addresses = matches!(proto.name(), "arp" | "icmpv6" | "igmp" | "dns" | "dhcp" | "dhcpv6");
        if has_addresses && !layer.quoted && !layer.context.is_whole() {
            self.found.notes.push(RewriteNote::CutShort(proto.name()));
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

    /// Says of a message with names that a part of it cannot be read: it is cut off, or in another packet.
    fn take_unread_names(&mut self, layer: &ExaminedLayer<'a>) {
        // Names are in the header, to which a message belongs to its end. The payload is no one's name.
        let runs_to_end = layer.bounds().header_end == layer.bounds().payload_end;
        let is_read = layer.bytes_needed().is_none() && (!runs_to_end || layer.context.is_whole() && layer.is_intact());
        let mut fields = layer.proto.fields().iter().chain(layer.proto.variable_fields());
        if !is_read && fields.any(|field| matches!(field.item_kind(), Kind::Text | Kind::Name)) {
            self.found.notes_of_names.push(RewriteNote::NamesUnread(layer.proto.name()));
        }
    }

    /// A MAC address that a header has as bytes.
    fn link_address(&mut self, at: u32) {
        let span = self.shifted(Span::new(at, at + 6));
        if let Some(bytes) = span.of(self.frame).first_chunk() {
            self.found.places.push(PacketPlace {
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
        self.found.secured.push(Secured { what, covers, addresses });
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
        self.found.places.push(PacketPlace { span, content, carrier: self.layer.carrier });
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
                None => self.found.sctp.push(SctpPacket {
                    span: all,
                    missing: context.payload_wire_end.saturating_sub(context.bounds.payload_end),
                }),
                Some(_) => self.found.secured.push(Secured {
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
                self.found.places.push(PacketPlace { span, content, carrier: AddressCarrier::Other });
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
            self.found.notes.push(RewriteNote::AddressInPieces(field.filter));
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
            self.found.destinations.push(Destinations { mac, ip: self.found.places.len() });
        }
        let content = Content::Ip { address, form, bits, is_cut: false };
        self.found.places.push(PacketPlace { span, content, carrier: self.layer.carrier });
    }

    fn take_mac(&mut self, field: &'static Field, span: Span, mac: MacAddr) {
        let span = Span::new(span.start, span.start + 6);
        if span.of(self.frame) != mac.0 {
            self.found.notes.push(RewriteNote::AddressInPieces(field.filter));
            return;
        }
        if self.layer.is_ethernet && field.name == "dst" {
            self.link_destination = Some(self.found.places.len());
        }
        self.found.places.push(PacketPlace { span, content: Content::Mac(mac), carrier: self.layer.carrier });
    }

    /// The place of bytes that a value borrows from the frame.
    fn place_of(&self, bytes: &[u8]) -> Option<Span> {
        let at = (bytes.as_ptr() as usize).checked_sub(self.frame.as_ptr() as usize)?;
        let span = Span::new(u32::try_from(at).ok()?, u32::try_from(at + bytes.len()).ok()?);
        (span.end as usize <= self.frame.len()).then_some(span)
    }

    fn take_text(&mut self, field: &Field, span: Span, value: &Value<'_>) {
        if self.names == NameHandling::Left || is_syntax(self.layer.proto, field) {
            return;
        }
        let (span, content) = match value {
            Value::Text(text) => match self.place_of(text) {
                Some(span) => (span, Content::Text),
                None => return,
            },
            _ => (span, Content::Name),
        };
        self.found.places.push(PacketPlace { span, content, carrier: self.layer.carrier });
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
            self.found.places.push(PacketPlace { span, content, carrier: self.layer.carrier });
        }
        if is_prefix_length(field) {
            self.prefix_bits = u32::try_from(number).ok();
        }
        let authentication = AUTHENTICATIONS.iter().find(|(filter, n, _)| *filter == field.filter && *n == number);
        if let Some((.., what)) = authentication {
            let addresses =
                self.found.sums.last().and_then(|sum| sum.network).filter(|_| field.filter.starts_with("tcp."));
            let covers = match *what {
                PAYLOAD_CRC => Span::new(self.layer.header.end, self.layer.span.end),
                _ => self.layer.span,
            };
            self.found.secured.push(Secured { what: Protection::Authentication(what), covers, addresses });
        }
    }

    /// The checksum of UDP options: it covers the bytes from here to the end of the IP packet (RFC 9868 §9).
    fn take_option_checksum(&mut self, field: Span) {
        let covers = Span::new(field.start, self.layer.trailer_end);
        self.found.sums.push(CoveredSum { field, covers, network: None, optional: true, offloaded: false });
    }

    /// A checksum that is not that of the fixed header.
    fn take_checksum(&mut self, field: &'static Field, span: Span) {
        if self.layer.checksum == Some(span) {
            return;
        }
        // An extension structure covers itself; zero means that it has none.
        let (covers, optional) = match self.found.open.last() {
            Some(structure) => (*structure, true),
            None if self.layer.proto.name() == "gre" => (self.layer.span, false),
            None => (self.layer.header, false),
        };
        if field.width() == 16 || span.len() == 2 {
            self.found.others.push(self.found.sums.len());
            self.found.sums.push(CoveredSum { field: span, covers, network: None, optional, offloaded: false });
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
                    self.found.sets.push(SetPlace { rule: (n, m), field, span });
                }
            }
        }
        match value {
            Value::Ipv4(address) => self.take_ip(field, span, address.into()),
            Value::Ipv6(address) => self.take_ip(field, span, address.into()),
            Value::Mac(address) => self.take_mac(field, span, address),
            Value::Uint(_) if field.filter == "udp.options.ocs" => self.take_option_checksum(span),
            Value::Uint(number) => self.take_number(field, span, number),
            Value::Checksum(..) => self.take_checksum(field, span),
            Value::Text(_) | Value::Name(_) => self.take_text(field, span, &value),
            _ => {}
        }
    }

    fn open(&mut self, _: &'static Field, span: Span) {
        let span = self.shifted(span);
        self.found.open.push(span);
    }

    fn close(&mut self) {
        self.found.open.pop();
    }
}
