//! VXLAN (RFC 7348) with the group policy extension (draft-smith-vxlan-group-policy), and VXLAN-GPE
//! (draft-ietf-nvo3-vxlan-gpe).

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Field, SelectorKind, header, registry};

header! {
    /// VXLAN header, [RFC 7348 §5](https://www.rfc-editor.org/rfc/rfc7348#section-5).
    ///
    /// ```
    /// use packetsmith::Vxlan;
    /// let header = Vxlan::build().vni_valid(true).vni(100).done();
    /// assert_eq!(header.as_bytes(), &[8, 0, 0, 0, 0, 0, 100, 0]);
    /// ```
    pub struct Vxlan(8) => VxlanEdit, layer {
        /// G: `group_policy_id` is valid (draft-smith-vxlan-group-policy). Reserved in RFC 7348.
        policy_present: bool = 0..1, "vxlan.flag_g";
        /// Reserved.
        reserved: u8 = 1..4, "vxlan.flags_reserved", reserved;
        /// I: `vni` is valid; always set.
        vni_valid: bool = 4..5, "vxlan.flag_i", default(1);
        /// Reserved.
        reserved2: u8 = 5..9, "vxlan.flags_reserved", reserved;
        /// D: the receiver must not learn the source address (draft-smith-vxlan-group-policy).
        dont_learn: bool = 9..10, "vxlan.flag_d";
        /// Reserved.
        reserved3: u8 = 10..12, "vxlan.flags_reserved", reserved;
        /// A: the group policy was already applied (draft-smith-vxlan-group-policy).
        policy_applied: bool = 12..13, "vxlan.flag_a";
        /// Reserved.
        reserved4: u8 = 13..16, "vxlan.flags_reserved", reserved;
        /// Group policy identifier of the sender, if `policy_present` is set.
        group_policy_id: u16 = 16..32, "vxlan.gbp";
        /// VXLAN network identifier.
        vni: u32 = 32..56, "vxlan.vni";
        /// Reserved.
        reserved5: u8 = 56..64, "vxlan.reserved8", reserved;
    }
}

rules! {
    /// Rules of VXLAN and VXLAN-GPE.
    pub enum VxlanRule {
        VniNotValid = Warning "vxlan.vni_valid.not_set" "the I flag must be set (RFC 7348 §5)",
        PayloadMissing = Note "vxlan.payload.missing" "no frame follows (RFC 7348 §5)",
    }
}

impl<'a> Protocol<'a> for Vxlan<&'a [u8; 8]> {
    const NAME: &'static str = "vxlan";
    const TITLE: &'static str = "Virtual eXtensible LAN, RFC 7348";
    const TABLE: &'static [Field] = Vxlan::FIELDS;
    const RULES: &'static [&'static [Rule]] = &[VxlanRule::ALL];
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Vxlan::LEN))?;
        Ok(ParsedHeader::new(header, Vxlan::LEN, NextProtocol::LinkType(1)))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        check_vni(self.vni_valid(), &Vxlan::FIELDS[usize::from(const { Vxlan::row("vni_valid") })], context, report);
        if !self.policy_present() && self.group_policy_id() != 0 {
            let field = &Vxlan::FIELDS[usize::from(const { Vxlan::row("group_policy_id") })];
            report(Some(field), field.span(context.bounds.start), IssueKind::Reserved(self.group_policy_id().into()));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        append!(summary.begin("VXLAN"), "VNI ", self.vni());
    }
}

fn check_vni(valid: bool, field: &'static Field, context: &LayerContext<'_>, report: &mut Report<'_>) {
    if !valid {
        report(Some(field), field.span(context.bounds.start), VxlanRule::VniNotValid.into());
    }
    if context.payload().is_empty() && context.is_whole() && !context.is_short && !context.quoted {
        report(None, context.header_span(), VxlanRule::PayloadMissing.into());
    }
}

registry! {
    /// Next protocols of VXLAN-GPE.
    pub enum GpeProtocol: u8 {
        Ipv4 = 1 "IPv4",
        Ipv6 = 2 "IPv6",
        Ethernet = 3 "Ethernet",
        Nsh = 4 "NSH",
        Mpls = 5 "MPLS",
        Gbp = 6 "group-based policy",
        Vbng = 7 "vBNG",
    }
}

header! {
    /// VXLAN-GPE header, draft-ietf-nvo3-vxlan-gpe §3.
    ///
    /// ```
    /// use packetsmith::proto::tunnel::GpeProtocol;
    /// use packetsmith::VxlanGpe;
    /// let (header, _) = VxlanGpe::split(&[0x0c, 0, 0, 5, 0, 0, 7, 0]).unwrap();
    /// assert_eq!((header.next_protocol(), header.vni()), (GpeProtocol::Mpls, 7));
    /// ```
    pub struct VxlanGpe(8) => VxlanGpeEdit, layer {
        /// Reserved.
        reserved: u8 = 0..2, "vxlan.flags_reserved", reserved;
        /// Always 0.
        version: u8 = 2..4, "vxlan.ver";
        /// I: `vni` is valid.
        vni_valid: bool = 4..5, "vxlan.i_bit", default(1);
        /// P: `next_protocol` is valid. Otherwise an Ethernet frame follows.
        protocol_present: bool = 5..6, "vxlan.p_bit";
        /// B: broadcast, unknown unicast or multicast frame, copied by ingress replication.
        replicated: bool = 6..7, "";
        /// O: operations, administration and maintenance packet.
        oam: bool = 7..8, "vxlan.o_bit";
        /// Reserved.
        reserved2: u16 = 8..24, "vxlan.reserved_16", reserved;
        /// Protocol of the payload.
        next_protocol: GpeProtocol = 24..32, "vxlan.next_proto", next_protocol(SelectorKind::Custom);
        /// VXLAN network identifier.
        vni: u32 = 32..56, "vxlan.vni";
        /// Reserved.
        reserved3: u8 = 56..64, "vxlan.reserved8", reserved;
    }
}

impl<'a> Protocol<'a> for VxlanGpe<&'a [u8; 8]> {
    const NAME: &'static str = "vxlan_gpe";
    const TITLE: &'static str = "Generic protocol extension for VXLAN, draft-ietf-nvo3-vxlan-gpe";
    const TABLE: &'static [Field] = VxlanGpe::FIELDS;
    const RULES: &'static [&'static [Rule]] = &[VxlanRule::ALL];
    const RAW: &'static str = "Payloads of NSH and other next protocols, except IP, Ethernet and MPLS.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(VxlanGpe::LEN))?;
        if header.version() != 0 {
            let defect = ParseDefect::version(header.version(), 0).at(VxlanGpe::row("version"));
            return Ok(ParsedHeader::new(header, VxlanGpe::LEN, NextProtocol::Unknown).defect(defect));
        }
        let next = match (header.protocol_present(), header.next_protocol()) {
            (false, _) | (true, GpeProtocol::Ethernet) => NextProtocol::LinkType(1),
            (true, GpeProtocol::Ipv4) => NextProtocol::IpVersion(4),
            (true, GpeProtocol::Ipv6) => NextProtocol::IpVersion(6),
            (true, GpeProtocol::Nsh) => NextProtocol::EtherType(0x894f),
            (true, GpeProtocol::Mpls) => NextProtocol::EtherType(0x8847),
            _ => NextProtocol::Unknown,
        };
        Ok(ParsedHeader::new(header, VxlanGpe::LEN, next))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let row = const { VxlanGpe::row("vni_valid") };
        check_vni(self.vni_valid(), &VxlanGpe::FIELDS[usize::from(row)], context, report);
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let (info, next) = (summary.begin("VXLAN-GPE"), self.next_protocol());
        append!(info, "VNI ", self.vni(), ", ");
        info.name_or_number(next.name(), "protocol ", u8::from(next));
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::dissect::{Examine, Layers};
    use crate::layer::NextProtocol;
    use crate::proto::Proto::{self, *};
    use std::vec::Vec;

    fn protos(port: u16, packet: &[u8]) -> Vec<Proto> {
        Layers::new(NextProtocol::UdpPorts(50000, port), packet).map(|layer| layer.proto).collect()
    }

    #[test]
    fn an_ethernet_frame_follows_on_both_ports() {
        let packet = [&[8, 0, 0, 0, 0, 0, 7, 0][..], &[0; 12], &[0x88, 0xb5, 1]].concat();
        assert_eq!(protos(4789, &packet), [Vxlan, Ethernet, Data]);
        assert_eq!(protos(8472, &packet), [Vxlan, Ethernet, Data]);
        assert_eq!(protos(4790, &packet), [VxlanGpe, Ethernet, Data]);
    }

    #[test]
    fn an_invalid_network_identifier_is_reported() {
        let layer = Examine::new(Layers::new(NextProtocol::UdpPort(4789), &[0; 8])).next().unwrap();
        let mut issues = 0;
        layer.issues(|_| issues += 1);
        assert_eq!(issues, 1);
    }

    #[test]
    fn gpe_selects_the_payload_protocol() {
        let packet = [&[0x0c, 0, 0, 2, 0, 0, 7, 0, 0x60][..], &[0; 39]].concat();
        assert_eq!(protos(4790, &packet)[..2], [VxlanGpe, Ipv6]);
    }
}
