//! IPv6 (RFC 8200). Extension headers are separate layers, in `extension.rs`, `routing.rs` and `fragment.rs`.

use crate::layer::Report;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ExtensionHeaders, LayerContext, ParseDefect, ParsedHeader, Protocol, PseudoHeaderAddresses, Scope};
use crate::layer::{NextProtocol, Rule, rules};
use crate::proto::ip::ip_rules;
use crate::proto::ip::ip_rules::IpRule;
use crate::proto::{Dscp, Ecn, IpProtocol};
use crate::wire::{Field, SelectorKind, header, raw_number};
use core::net::Ipv6Addr;

header! {
    /// IPv6 header, [RFC 8200 §3](https://www.rfc-editor.org/rfc/rfc8200#section-3).
    pub struct Ipv6(40) => Ipv6Edit, layer {
        /// IP version: always 6.
        version: u8 = 0..4, "ipv6.version", default(6);
        /// Differentiated services codepoint, RFC 2474.
        dscp: Dscp = 4..10, "ipv6.tclass.dscp";
        /// Explicit congestion notification, RFC 3168.
        ecn: Ecn = 10..12, "ipv6.tclass.ecn";
        /// Flow label, RFC 6437.
        flow_label: u32 = 12..32, "ipv6.flow", hex;
        /// Length in bytes of everything after this header. Zero in a jumbogram (RFC 2675) and in captures of
        /// segmentation offload.
        payload_length: u16 = 32..48, "ipv6.plen", bytes, total_length(40);
        /// Protocol of the payload, or the extension header that follows.
        next_header: IpProtocol = 48..56, "ipv6.nxt", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Hop limit: remaining hops.
        hop_limit: u8 = 56..64, "ipv6.hlim", default(64);
        /// Source address.
        src: Ipv6Addr = 64..192, "ipv6.src";
        /// Destination address.
        dst: Ipv6Addr = 192..320, "ipv6.dst";
    }
}

rules! {
    /// Rules of IPv6.
    pub enum Ipv6Rule {
        HopLimitZero = Note "ipv6.hop_limit.zero"
            "a packet with a hop limit of 0 is not forwarded (RFC 8200 §3)",
        GroupInUnicastFrame = Note "ipv6.dst.group_in_unicast_frame"
            "a packet to a group is sent in a frame to the Ethernet address of the group (RFC 2464 §7; but RFC 6085)",
    }
}

impl<'a> Protocol<'a> for Ipv6<&'a [u8; 40]> {
    const NAME: &'static str = "ipv6";
    const TITLE: &'static str = "Internet Protocol version 6, RFC 8200";
    const TABLE: &'static [Field] = Ipv6::FIELDS;
    const LENGTH_ROW: u8 = Ipv6::row("payload_length");
    const RULES: &'static [&'static [Rule]] = &[Ipv6Rule::ALL, IpRule::ALL];
    const RAW: &'static str = "Nothing.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, rest) = Self::split(bytes).ok_or(ParseDefect::needs(Ipv6::LEN))?;
        if header.version() != 6 {
            let defect = ParseDefect::version(header.version(), 6).at(Ipv6::row("version"));
            return Ok(ParsedHeader::new(header, Ipv6::LEN, NextProtocol::Unknown).defect(defect));
        }
        let next_header = raw_number(header.as_bytes(), Ipv6::FIELDS, const { Ipv6::row("next_header") }) as u8;
        let parts = ParsedHeader::new(header, Ipv6::LEN, NextProtocol::IpProtocol(next_header));
        let length = match header.payload_length() {
            0 if header.next_header() == IpProtocol::HopByHop => {
                crate::proto::ip::extension::jumbo_length(rest).unwrap_or(0)
            }
            n => u32::from(n),
        };
        if length == 0 && !rest.is_empty() && header.next_header() != IpProtocol::NoNextHeader {
            return Ok(parts.defect(ParseDefect::inferred(rest.len()).at(Ipv6::row("payload_length"))));
        }
        Ok(parts.total_len(Ipv6::LEN + length as usize))
    }

    #[inline]
    fn update_scope(&self, context: &LayerContext<'a>, scope: &mut Scope) {
        scope.addresses = PseudoHeaderAddresses::ipv6(context.bounds.start);
        scope.extension_headers = ExtensionHeaders::default();
        scope.ip_headers = scope.ip_headers.saturating_add(1);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        const SOURCE: &Field = &Ipv6::FIELDS[Ipv6::row("src") as usize];
        const DESTINATION: &Field = &Ipv6::FIELDS[Ipv6::row("dst") as usize];
        const HOP_LIMIT: &Field = &Ipv6::FIELDS[Ipv6::row("hop_limit") as usize];
        if self.version() != 6 || context.quoted {
            return;
        }
        ip_rules::check(context, [self.src().into(), self.dst().into()], [SOURCE, DESTINATION], report);
        if self.hop_limit() == 0 && !context.inside_host {
            report(Some(HOP_LIMIT), HOP_LIMIT.span(context.bounds.start), Ipv6Rule::HopLimitZero.into());
        }
        let frame_destination = context.link_destination().of(context.frame);
        let to_one = frame_destination.first().is_some_and(|first| first & 1 == 0);
        if self.dst().is_multicast() && to_one && context.ip_headers == 0 && !context.inside_host {
            let span = DESTINATION.span(context.bounds.start);
            report(Some(DESTINATION), span, Ipv6Rule::GroupInUnicastFrame.into());
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        summary.addresses(self.src(), self.dst());
        summary.begin("IPv6");
    }
}
