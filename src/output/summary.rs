//! The summary line of a packet: every layer writes its columns, see
//! [`Protocol::summarize`](crate::layer::Protocol::summarize). Here is what one layer alone does not know.

use super::tree::announced;
use crate::dissect::plain_transport::PlainTransport;
use crate::dissect::{Examine, ExaminedLayer};
use crate::flow::{FlowLayer, LayerAnalysis, TcpAnalysis, TcpFindings, TransactionAnalysis};
use crate::layer::summary::SummaryKind;
use crate::layer::{Issue, NextProtocol, Severity, Summary};
#[cfg(feature = "applications")]
use crate::proto::app::tls::column as version_column;
use crate::proto::{EtherType, Ethernet, IpProtocol, LinkType, Proto, SegmentNumbers, Tcp, TcpFlags, Udp, View};
use crate::wire::{Checksum, Cursor, TextBuffer, append};
use alloc::vec::Vec;
use core::net::IpAddr;

/// Most bytes of the info column, before the notes at its end.
const MOST_INFO: usize = 1000;

/// Most VLAN identifiers that a line has.
const MOST_VLANS: usize = 4;

/// Most transactions that the end of a line tells about.
const MOST_TRANSACTIONS: usize = 4;
/// Findings that are nothing bad.
const HARMLESS: TcpFindings =
    TcpFindings(TcpFindings::WINDOW_UPDATE.0 | TcpFindings::KEEP_ALIVE.0 | TcpFindings::KEEP_ALIVE_ACK.0);

/// What the end of a line says about the whole packet.
#[derive(Default)]
struct Notes {
    vlans: [u16; MOST_VLANS],
    /// Number of VLAN tags, some of which may not be in `vlans`.
    tags: usize,
    /// Protocol and right value of the first checksum that is wrong.
    checksum: Option<(Proto, u16)>,
    /// Bytes captured.
    captured: u64,
    /// Bytes captured and bytes on the wire, of a packet that was cut.
    cut: Option<(u32, u32)>,
}

/// What the layers of a packet say about its line as a whole.
#[derive(Default)]
struct LineState<'f> {
    marks: Option<&'f TcpAnalysis>,
    malformed: Option<Issue>,
    notes: Notes,
    /// The segment whose payload is data.
    data: Option<&'f TcpAnalysis>,
    /// Whether the walk is over a message, whose length says nothing of what was captured.
    is_message: bool,
}

impl Notes {
    /// Those of a packet of which nothing else is to be said than its VLAN tag, if it has one.
    fn of_tag(vlan: Option<u16>) -> Self {
        let mut notes = Notes { tags: vlan.iter().len(), ..Notes::default() };
        notes.vlans[0] = vlan.unwrap_or(0);
        notes
    }

    #[inline]
    fn layer(&mut self, layer: &ExaminedLayer<'_>) {
        if layer.index == 0 {
            let (have, all) = (layer.bounds().trailer_end, layer.context.wire_end);
            self.captured = have.into();
            self.cut = Some((have, all)).filter(|_| have < all);
        }
        if let View::Vlan(tag) = layer.view {
            if let Some(vlan) = self.vlans.get_mut(self.tags) {
                *vlan = tag.id();
            }
            self.tags += 1;
        }
        if self.checksum.is_none()
            && let Some(Checksum::Bad(right)) = layer.checksum()
        {
            self.checksum = Some((layer.proto, right));
        }
    }

    fn write(&self, protocol: &TextBuffer, info: &mut TextBuffer) {
        // The line of a frame that ends with a tag names it already.
        if self.tags > 0 && protocol.bytes != b"VLAN" {
            for (n, &vlan) in self.vlans.iter().take(self.tags).enumerate() {
                append!(info, if n == 0 { " [VLAN " } else { ", " }, vlan);
            }
            info.str(if self.tags > MOST_VLANS { ", …]" } else { "]" });
        }
        if let Some((protocol, right)) = self.checksum {
            info.str(" [");
            let name = protocol.name().as_bytes();
            // IPv4 and ICMPv6, with a small v.
            let is_version = |at: usize| name[at] == b'v' && name.get(at + 1).is_some_and(u8::is_ascii_digit);
            let letter = |at: usize| if is_version(at) { b'v' } else { name[at].to_ascii_uppercase() };
            info.bytes.extend((0..name.len()).map(letter));
            info.str(" checksum incorrect, ");
            info.hex(right.into(), 4);
            info.str(" would be right]");
        }
        if let Some((have, all)) = self.cut {
            append!(info, " [", have, " of ", all, " bytes captured]");
        }
    }
}

impl Summary {
    /// Empties the columns and fills them with those of a packet.
    pub fn packet(&mut self, layers: Examine<'_>) {
        self.packet_in_flow(layers, &[]);
    }

    /// Like [`packet`](Self::packet), with what [`Flows`](crate::flow::Flows) found out about the TCP headers: numbers are
    /// relative and windows scaled, and what was found stands before the text, in Wireshark's words. After the text stands
    /// which request a response belongs to.
    pub fn packet_in_flow(&mut self, layers: Examine<'_>, found: &[FlowLayer]) {
        self.packet_with_messages(layers, found, &mut core::iter::empty());
    }

    /// Like [`packet_in_flow`](Self::packet_in_flow), of a packet that completes messages: their texts, each with what was
    /// found out about it, replace that of the TCP header.
    pub fn packet_with_messages<'m>(
        &mut self,
        layers: Examine<'_>,
        found: &[FlowLayer],
        messages: &mut dyn Iterator<Item = (Examine<'m>, &'m [FlowLayer])>,
    ) {
        self.clear();
        let mut messages = messages.peekable();
        if messages.peek().is_none() && self.plain(&layers, found) {
            return;
        }
        let mut line = LineState::default();
        self.walk(layers, found, &mut line);
        if self.protocol.bytes.is_empty() {
            let length = line.notes.captured;
            append!(self.begin("Data"), length, " bytes");
        }
        self.messages(&mut messages, &mut line);
        self.tls_version(line.marks);
        if let Some(issue) = line.malformed {
            let name = issue.field.map_or("header", |field| field.name);
            self.info.show(format_args!(" [malformed: {} {name}: {}]", issue.protocol, issue.kind));
        }
        self.bound();
        self.marks(line.marks);
        transactions(found, &mut self.info);
        if line.notes.checksum.is_some() {
            self.kind = self.kind.min(SummaryKind::ChecksumIncorrect);
        }
        if line.malformed.is_some() {
            self.kind = SummaryKind::Malformed;
        }
        line.notes.write(&self.protocol, &mut self.info);
    }

    /// Writes the columns of a plain frame that is whole, whose checksums are right, and whose data is of no protocol, as the
    /// walk does. `false` for any other frame.
    fn plain(&mut self, layers: &Examine<'_>, found: &[FlowLayer]) -> bool {
        let Some(plain) = layers.plain_transport().filter(PlainTransport::has_right_checksums) else { return false };
        let (frame, wire_end) = layers.frame();
        let segment = plain.span.of(frame);
        if wire_end as usize != frame.len() {
            return false;
        }
        let info = self.begin(if plain.is_tcp { "TCP" } else { "UDP" });
        let mut marks = None;
        if let Some((tcp, rest)) = Tcp::split(segment).filter(|_| plain.is_tcp) {
            marks = segment_of(found, plain.layer());
            let options_len = usize::from(tcp.data_offset()) * 4 - Tcp::LEN;
            let options = Cursor::new(rest.get(..options_len).unwrap_or_default());
            let length = rest.len() - options.bytes().len();
            let numbers = marks.and_then(|analysis| numbers_of(analysis, tcp.ack())).unwrap_or_else(|| tcp.numbers());
            tcp.append_line(&numbers, length as u32, options, info);
            self.kind = kind_of_segment(tcp.flags());
        } else if let Some((udp, data)) = Udp::split(segment) {
            udp.append_line(data.len() as u32, info);
            self.kind = SummaryKind::Udp;
        }
        match (plain.source, plain.destination) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => self.addresses(source, destination),
            (IpAddr::V6(source), IpAddr::V6(destination)) => self.addresses(source, destination),
            _ => return false,
        }
        self.bound();
        self.marks(marks);
        transactions(found, &mut self.info);
        Notes::of_tag(plain.vlan).write(&self.protocol, &mut self.info);
        true
    }

    /// Writes what was found out about a segment before the text.
    fn marks(&mut self, analysis: Option<&TcpAnalysis>) {
        if let Some(analysis) = analysis.filter(|analysis| analysis.has_marks()) {
            let length = self.info.bytes.len();
            analysis.append_marks(&mut self.info);
            self.info.bytes.rotate_left(length);
            if analysis.findings.0 & TcpFindings::REMARKABLE.0 & !HARMLESS.0 != 0 {
                self.kind = self.kind.min(SummaryKind::TcpAnalysis);
            }
        }
    }

    /// Names the version of TLS that the connection has, in place of that of the record.
    #[cfg(feature = "applications")]
    fn tls_version(&mut self, segment: Option<&TcpAnalysis>) {
        let protocol = &mut self.protocol;
        if let Some(version) = segment.and_then(|segment| segment.tls_version)
            && (protocol.bytes.starts_with(b"TLS") || protocol.bytes.starts_with(b"SSL"))
        {
            protocol.bytes.clear();
            protocol.str(version_column(version.into()));
        }
    }

    #[cfg(not(feature = "applications"))]
    fn tls_version(&mut self, _: Option<&TcpAnalysis>) {}

    /// Writes the texts of messages one after the other.
    fn messages<'m>(
        &mut self,
        messages: &mut dyn Iterator<Item = (Examine<'m>, &'m [FlowLayer])>,
        line: &mut LineState<'_>,
    ) {
        let Some(first) = messages.next() else {
            let is_new = line.marks.is_none_or(|tcp| !tcp.findings.contains(TcpFindings::RETRANSMISSION));
            self.info.str(match line.data {
                Some(tcp) if tcp.is_after_switch => " [no HTTP after the switch to another protocol]",
                Some(_) if is_new => " [part of a message]",
                _ => "",
            });
            return;
        };
        line.is_message = true;
        let (mut all, mut count) = (Vec::new(), 0);
        for (message, found) in core::iter::once(first).chain(messages) {
            count += 1;
            if all.len() > MOST_INFO {
                continue;
            }
            self.info.bytes.clear();
            self.walk(message, &[], line);
            transactions(found, &mut self.info);
            all.extend_from_slice(if count > 1 { b"; " } else { b"" });
            all.append(&mut self.info.bytes);
        }
        self.info.bytes = all;
    }

    /// Writes the columns of the layers of a walk.
    fn walk<'f>(&mut self, mut layers: Examine<'_>, found: &'f [FlowLayer], line: &mut LineState<'f>) {
        let (mut quoted, mut link) = (false, None);
        // A `for` would copy each layer, which is large.
        while let Some(layer) = &layers.next() {
            if layer.quoted {
                self.quoted(layer, quoted);
                quoted = true;
                continue;
            }
            if line.malformed.is_none() && !layer.is_intact() {
                line.malformed = first_error(layer);
            }
            if !line.is_message {
                line.notes.layer(layer);
            }
            self.kind = kind_of(layer, self.kind);
            match layer.view {
                // Most Ethernet frames carry IP, whose addresses and protocol replace Ethernet's.
                View::Ethernet(header) if layer.index == 0 => {
                    link = Some(header);
                    continue;
                }
                View::Ipv4(_) | View::Ipv6(_) => link = None,
                _ => {}
            }
            self.link(link.take());
            match layer.view {
                View::Data => self.data(layer),
                View::Cut => {
                    let info = self.begin(layer.proto.name());
                    append!(info, "cut after ", layer.header().len() as u64, " bytes of its header");
                }
                View::Tcp(tcp) if !found.is_empty() => {
                    let analysis = segment_of(found, layer.index);
                    line.data = analysis.filter(|tcp| tcp.has_payload_as_data()).or(line.data);
                    line.marks = analysis.or(line.marks);
                    self.segment(tcp, layer, analysis);
                }
                view => view.summarize(&layer.context, self),
            }
        }
        self.link(link);
    }

    /// Writes the line of a TCP segment with the numbers that its connection gives.
    fn segment<'a>(&mut self, tcp: Tcp<&'a [u8; 20]>, layer: &ExaminedLayer<'a>, analysis: Option<&TcpAnalysis>) {
        let numbers = analysis.and_then(|analysis| numbers_of(analysis, tcp.ack())).unwrap_or_else(|| tcp.numbers());
        tcp.summarize_with(&layer.context, &numbers, self);
    }

    /// Cuts the info column to its largest size. A packet of 1,500 bytes could fill half a megabyte.
    fn bound(&mut self) {
        let bytes = &mut self.info.bytes;
        if bytes.len() > MOST_INFO {
            // Not inside a character.
            let end = (MOST_INFO - 3..MOST_INFO).rfind(|&at| bytes[at] & 0xc0 != 0x80).unwrap_or(MOST_INFO);
            let more = bytes.len() - end;
            bytes.truncate(end);
            self.info.show(format_args!("… ({more} more bytes)"));
        }
    }

    /// Writes the columns of the outermost Ethernet header, if they have not been written yet.
    #[inline]
    fn link(&mut self, header: Option<Ethernet<&[u8; 14]>>) {
        if let Some(header) = header {
            header.summarize_header(self);
        }
    }

    /// Appends to the line of an ICMP error or of a PPP reject which packet it quotes; `begun` is whether a layer of the
    /// quoted packet came before.
    fn quoted(&mut self, layer: &ExaminedLayer<'_>, begun: bool) {
        let info = &mut self.info;
        let control: Option<Option<&str>> = match layer.view {
            #[cfg(feature = "tunnels")]
            View::Lcp(h) => Some(h.code().name()),
            #[cfg(feature = "tunnels")]
            View::Ipcp(h) => Some(h.code().name()),
            #[cfg(feature = "tunnels")]
            View::Ipv6cp(h) => Some(h.code().name()),
            #[cfg(feature = "tunnels")]
            View::Ccp(h) => Some(h.code().name()),
            _ => None,
        };
        let is_named = control.is_some() || matches!(layer.view, View::Ipv4(_) | View::Ipv6(_));
        info.str(if !begun && is_named { " about" } else { "" });
        if let Some(code) = control {
            append!(info, " ", code.unwrap_or("message"));
        }
        match layer.view {
            View::Ipv4(h) => append!(info, " ", h.src(), " → ", h.dst()),
            View::Ipv6(h) => append!(info, " ", h.src(), " → ", h.dst()),
            View::Tcp(h) => append!(info, " TCP ", h.src_port(), " → ", h.dst_port()),
            View::Udp(h) => append!(info, " UDP ", h.src_port(), " → ", h.dst_port()),
            View::Icmpv4(h) => append!(info, " ICMP ", h.kind().name().unwrap_or("message")),
            View::Icmpv6(h) => append!(info, " ICMPv6 ", h.kind().name().unwrap_or("message")),
            _ => {}
        }
    }

    /// Names the protocol of a payload that is not taken apart, if the layer before selects one.
    fn data(&mut self, layer: &ExaminedLayer<'_>) {
        let length = layer.payload().len() as u64;
        // The lines of these protocols name it already.
        if let b"GRE" | b"Geneve" | b"VXLAN-GPE" | b"PPP" | b"CHDLC" = self.protocol.bytes.as_slice() {
            return append!(&mut self.info, ", ", length, " bytes");
        }
        let name = match layer.selector {
            NextProtocol::IpProtocol(n) => IpProtocol::from(n).name(),
            NextProtocol::EtherType(n) => EtherType::from(n).name(),
            NextProtocol::LinkType(n) => LinkType::from(n).name(),
            _ => return,
        };
        let info = self.begin(name.unwrap_or("data"));
        announced(layer.selector, info);
        append!(info, ", ", length, " bytes");
    }
}

/// What matters about a TCP segment with these flags.
fn kind_of_segment(flags: TcpFlags) -> SummaryKind {
    if flags.contains(TcpFlags::RST) { SummaryKind::Reset } else { SummaryKind::Tcp }
}

/// What matters about a packet with this layer; `before` is what its outer layers say.
fn kind_of(layer: &ExaminedLayer<'_>, before: SummaryKind) -> SummaryKind {
    match layer.view {
        // The innermost protocol of these counts: of a tunnel, what goes through it.
        View::Tcp(tcp) => kind_of_segment(tcp.flags()),
        View::Udp(_) | View::UdpLite(_) => SummaryKind::Udp,
        // Destination unreachable, source quench, redirect, time exceeded, parameter problem.
        View::Icmpv4(icmp) if matches!(u8::from(icmp.kind()), 3..=5 | 11 | 12) => SummaryKind::IcmpError,
        // RFC 4443 §2.1.
        View::Icmpv6(icmp) if u8::from(icmp.kind()) < 128 => SummaryKind::IcmpError,
        View::Icmpv4(_) | View::Icmpv6(_) => SummaryKind::Other,
        _ => before,
    }
}

/// The numbers that a connection gives a segment, whose header has the acknowledgment number `ack`.
fn numbers_of(analysis: &TcpAnalysis, ack: u32) -> Option<SegmentNumbers> {
    let TcpAnalysis { seq, ack: Some(relative), window: Some(window), .. } = *analysis else { return None };
    Some(SegmentNumbers { seq, ack: relative, window, sack_base: ack.wrapping_sub(relative) })
}

/// What was found out about the TCP header that is a layer.
fn segment_of(found: &[FlowLayer], index: usize) -> Option<&TcpAnalysis> {
    found.iter().filter(|found| found.layer == index).find_map(|found| match &found.analysis {
        LayerAnalysis::Tcp(analysis) => Some(analysis),
        _ => None,
    })
}

/// Appends which requests and responses belong to those of a packet. One that two walks show is said once.
fn transactions(found: &[FlowLayer], info: &mut TextBuffer) {
    let all = || {
        found.iter().filter_map(|found| match &found.analysis {
            LayerAnalysis::Transaction(analysis) => Some(analysis),
            _ => None,
        })
    };
    let is_first = |n: usize, this: &TransactionAnalysis| {
        let same = |other: &TransactionAnalysis| (other.transaction, other.role) == (this.transaction, this.role);
        this.transaction.is_none() || !all().take(n).any(same)
    };
    let distinct = all().enumerate().filter(|(n, this)| is_first(*n, this));
    distinct.take(MOST_TRANSACTIONS).for_each(|(_, analysis)| analysis.append_marks(info));
}

/// The first error of a layer.
#[cold]
fn first_error(layer: &ExaminedLayer<'_>) -> Option<Issue> {
    let mut error = None;
    layer.issues(|issue| {
        if error.is_none() && issue.kind.severity() == Severity::Error {
            error = Some(issue);
        }
    });
    error
}

#[cfg(test)]
mod tests {
    use crate::dissect::{Examine, Layers};
    use crate::layer::NextProtocol;
    use crate::output::Summary;
    use std::string::String;

    /// The line that bytes make, without addresses.
    fn line(first: NextProtocol, bytes: &[u8]) -> String {
        let mut summary = Summary::default();
        summary.packet(Examine::new(Layers::new(first, bytes)));
        std::format!("{} {}", summary.protocol.as_str(), summary.info.as_str())
    }

    #[test]
    fn tunnels_without_a_payload_say_which_they_are() {
        let gre = NextProtocol::IpProtocol(47);
        assert_eq!(
            line(gre, &[0x30, 0, 0x88, 0xcc, 0, 0, 0, 7, 0, 0, 0, 2, 9]),
            "GRE LLDP key=0x7 sequence=2, 1 bytes"
        );
        assert_eq!(line(gre, &[0x30, 1, 0x88, 0x0b, 0, 0, 0, 5, 0, 0, 0, 3]), "GRE PPP call=5 sequence=3");
        assert_eq!(line(NextProtocol::UdpPort(4789), &[8, 0, 0, 0, 0, 0, 42, 0]), "VXLAN VNI 42");
        assert_eq!(
            line(NextProtocol::UdpPort(6081), &[0, 0, 0x88, 0xcc, 0, 0, 42, 0, 9]),
            "Geneve VNI 42, LLDP, 1 bytes"
        );
        assert_eq!(
            line(NextProtocol::UdpPort(1701), &[0xc8, 2, 0, 12, 0, 5, 0, 0, 0, 1, 0, 2]),
            "L2TP acknowledgment (ZLB) tunnel=5 session=0 Ns=1 Nr=2"
        );
        assert_eq!(line(NextProtocol::UdpPort(1701), &[0, 2, 0, 5, 0, 7]), "L2TP data tunnel=5 session=7");
    }

    #[test]
    fn labels_of_a_stack_share_a_line() {
        let stack = [0, 0x01, 0x00, 64, 0, 0x01, 0x11, 64];
        assert_eq!(line(NextProtocol::EtherType(0x8847), &stack), "MPLS label 16, 17 TTL=64");
    }

    #[test]
    fn ppp_names_what_it_does_not_take_apart() {
        assert_eq!(line(NextProtocol::PppPlain, &[0, 0x2b, 9]), "PPP Novell IPX, 1 bytes");
    }
}
