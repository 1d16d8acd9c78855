//! MPLS label stacks (RFC 3032). Each label stack entry is a layer.

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Field, SelectorKind, header, registry};

registry! {
    /// Special-purpose labels (IANA, RFC 7274).
    pub enum MplsLabelValue: u32 {
        Ipv4ExplicitNull = 0 "IPv4 explicit null",
        RouterAlert = 1 "router alert",
        Ipv6ExplicitNull = 2 "IPv6 explicit null",
        ImplicitNull = 3 "implicit null",
        NetworkActions = 4 "network action sub-stack indicator",
        EntropyIndicator = 7 "entropy label indicator",
        GenericAssociatedChannel = 13 "generic associated channel",
        OamAlert = 14 "OAM alert",
        Extension = 15 "extension",
    }
}

header! {
    /// Label stack entry, [RFC 3032 §2.1](https://www.rfc-editor.org/rfc/rfc3032#section-2.1).
    ///
    /// ```
    /// use packetsmith::{Layers, Mpls, NextProtocol, Proto};
    /// let (top, _) = Mpls::split(&[0, 0x06, 0x41, 64]).unwrap();
    /// assert_eq!((u32::from(top.label()), top.bottom(), top.ttl()), (100, true, 64));
    /// let stack = [0, 0x06, 0x40, 64, 0, 0x06, 0x51, 64, 0x00];
    /// let protos: Vec<_> = Layers::new(NextProtocol::EtherType(0x8847), &stack).map(|layer| layer.proto).collect();
    /// assert_eq!(protos, [Proto::Mpls, Proto::Mpls, Proto::Data]);
    /// ```
    pub struct Mpls(4) => MplsEdit, layer {
        /// Label value.
        label: MplsLabelValue = 0..20, "mpls.label";
        /// Traffic class, formerly experimental bits, RFC 5462.
        traffic_class: u8 = 20..23, "mpls.exp";
        /// Bottom of stack: this is the last entry.
        bottom: bool = 23..24, "mpls.bottom", next_protocol(SelectorKind::Custom);
        /// Time to live in hops.
        ttl: u8 = 24..32, "mpls.ttl", default(64);
    }
}

rules! {
    /// Rules of MPLS.
    pub enum MplsRule {
        ImplicitNull = Warning "mpls.label.implicit_null"
            "the implicit null label must never appear in a packet (RFC 3032 §2.1)",
        RouterAlertAtBottom = Warning "mpls.label.router_alert_at_bottom"
            "the router alert label must not be at the bottom of the stack (RFC 3032 §2.1)",
        SpecialUnassigned = Warning "mpls.label.special_unassigned"
            "the special-purpose label is not assigned (RFC 7274 §3)",
        PayloadMissing = Warning "mpls.payload.missing" "no packet follows the label stack (RFC 3032 §2.1)",
        PayloadUnknown = Note "mpls.payload.unknown"
            "the first bits of the payload are neither those of IP nor of a control word (RFC 4928 §3)",
    }
}

impl<'a> Protocol<'a> for Mpls<&'a [u8; 4]> {
    const NAME: &'static str = "mpls";
    const TITLE: &'static str = "Multiprotocol Label Switching, RFC 3032";
    const TABLE: &'static [Field] = Mpls::FIELDS;
    const RULES: &'static [&'static [Rule]] = &[MplsRule::ALL];
    const RAW: &'static str = "Payloads of a label stack that do not begin with an IP version number.";

    /// No field names the payload of a label stack. IP packets are recognized by their first four bits, as
    /// routers do (RFC 4928 §3). A pseudowire's control word begins with other bits, and the associated
    /// channel label never precedes an IP packet, nor does the OAM alert label (ITU-T Y.1711, RFC 3429 §3).
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, below) = Self::split(bytes).ok_or(ParseDefect::needs(Mpls::LEN))?;
        let next = match (header.bottom(), header.label(), below) {
            (false, ..) => NextProtocol::EtherType(0x8847),
            (true, MplsLabelValue::GenericAssociatedChannel | MplsLabelValue::OamAlert, _) => NextProtocol::Unknown,
            (true, _, [0x45..=0x4f, ..]) => NextProtocol::IpVersion(4),
            (true, _, [0x60..=0x6f, ..]) => NextProtocol::IpVersion(6),
            _ => NextProtocol::Unknown,
        };
        Ok(ParsedHeader::new(header, Mpls::LEN, next))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if self.label() == MplsLabelValue::ImplicitNull {
            let field = &Mpls::FIELDS[0];
            report(Some(field), field.span(context.bounds.start), MplsRule::ImplicitNull.into());
        }
        let mut rule = |rule: MplsRule| report(None, context.header_span(), rule.into());
        match self.label() {
            MplsLabelValue::RouterAlert if self.bottom() => rule(MplsRule::RouterAlertAtBottom),
            MplsLabelValue::Unknown(label) if label.number() < 16 => rule(MplsRule::SpecialUnassigned),
            _ => {}
        }
        let nothing = context.payload().is_empty() && context.is_whole() && !context.is_short && !context.quoted;
        match context.payload() {
            _ if !self.bottom() => {}
            [] if nothing => rule(MplsRule::PayloadMissing),
            // An OAM packet begins with its function type.
            _ if self.label() == MplsLabelValue::OamAlert => {}
            [first, ..] if ![0, 1, 4, 6].contains(&(first >> 4)) => rule(MplsRule::PayloadUnknown),
            _ => {}
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        // The labels of a stack share a line.
        let info = summary.begin_or_continue("MPLS");
        let before = if info.bytes.is_empty() { "label " } else { ", " };
        append!(info, before, u32::from(self.label()));
        if let Some(name) = self.label().name() {
            append!(info, " (", name, ")");
        }
        if self.bottom() {
            append!(info, " TTL=", self.ttl());
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::dissect::Layers;
    use crate::layer::MAX_LAYERS;
    use crate::layer::NextProtocol;
    use crate::proto::Proto::{self, *};
    use std::vec::Vec;

    fn protos(below: &[u8]) -> Vec<Proto> {
        let packet = [&[0, 0x06, 0x40, 9, 0, 0x06, 0x51, 9], below].concat();
        Layers::new(NextProtocol::IpProtocol(137), &packet).map(|layer| layer.proto).collect()
    }

    #[test]
    fn ip_after_the_stack_is_recognized_by_its_first_bits() {
        assert_eq!(protos(&[[0x45, 0, 0, 21].as_slice(), &[0; 16], &[1]].concat()), [Mpls, Mpls, Ipv4, Data]);
        assert_eq!(protos(&[0x60; 40])[..3], [Mpls, Mpls, Ipv6]);
        // A pseudowire's control word, and addresses that begin unlike an IP packet.
        assert_eq!(protos(&[0; 30]), [Mpls, Mpls, Data]);
        assert_eq!(protos(&[0x40; 30]), [Mpls, Mpls, Data]);
        // No IP packet follows an OAM alert or the header of an associated channel.
        for label in [14_u8, 13] {
            let packet = [&[0, 0, label << 4 | 1, 9][..], &[0x45; 40]].concat();
            let layers = Layers::new(NextProtocol::EtherType(0x8847), &packet).map(|layer| layer.proto);
            assert_eq!(layers.collect::<Vec<_>>(), [Mpls, Data]);
        }
    }

    #[test]
    fn a_stack_without_a_bottom_entry_ends() {
        let frame = [0, 0x06, 0x40, 9].repeat(2000);
        assert_eq!(Layers::new(NextProtocol::EtherType(0x8848), &frame).count(), MAX_LAYERS + 1);
        // The next label stack entry is missing.
        let layers: Vec<_> = Layers::new(NextProtocol::EtherType(0x8848), &frame[..4]).map(|l| l.is_intact()).collect();
        assert_eq!(layers, [true, false]);
    }
}
