//! VXLAN, RFC 7348, with the group policy of draft-smith-vxlan-group-policy; and VXLAN-GPE,
//! draft-ietf-nvo3-vxlan-gpe.

use crate::field::{Field, Numbers, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity};

header! {
    /// VXLAN header, [RFC 7348 §5](https://www.rfc-editor.org/rfc/rfc7348#section-5).
    ///
    /// ```
    /// use packetsmith::Vxlan;
    /// let header = Vxlan::build().vni_valid(true).vni(100).done();
    /// assert_eq!(header.as_bytes(), &[8, 0, 0, 0, 0, 0, 100, 0]);
    /// ```
    pub struct Vxlan(8) {
        /// A group policy is there (draft-smith-vxlan-group-policy); reserved in RFC 7348.
        policy_present: bool = 0..1, "vxlan.flag_g";
        /// Reserved.
        reserved: u8 = 1..4, "vxlan.flags_reserved", reserved;
        /// The network identifier counts; always set.
        vni_valid: bool = 4..5, "vxlan.flag_i", default(1);
        /// Reserved.
        reserved2: u8 = 5..9, "vxlan.flags_reserved", reserved;
        /// The source is not to be learned (draft-smith-vxlan-group-policy).
        dont_learn: bool = 9..10, "vxlan.flag_d";
        /// Reserved.
        reserved3: u8 = 10..12, "vxlan.flags_reserved", reserved;
        /// The group policy was applied already (draft-smith-vxlan-group-policy).
        policy_applied: bool = 12..13, "vxlan.flag_a";
        /// Reserved.
        reserved4: u8 = 13..16, "vxlan.flags_reserved", reserved;
        /// Group of the sender, where a group policy is there.
        group_policy_id: u16 = 16..32, "vxlan.gbp";
        /// Virtual network identifier.
        vni: u32 = 32..56, "vxlan.vni";
        /// Reserved.
        reserved5: u8 = 56..64, "vxlan.reserved8", reserved;
    }
}

impl<'a> Protocol<'a> for Vxlan<&'a [u8; 8]> {
    const NAME: &'static str = "vxlan";
    const TITLE: &'static str = "Virtual eXtensible LAN, RFC 7348";
    const TABLE: &'static [Field] = Vxlan::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Vxlan::LEN))?;
        Ok(Parts::new(header, Vxlan::LEN, Next::LinkType(1)))
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        check_vni(self.vni_valid(), &Vxlan::FIELDS[usize::from(const { Vxlan::row("vni_valid") })], place, report);
        if !self.policy_present() && self.group_policy_id() != 0 {
            let field = &Vxlan::FIELDS[usize::from(const { Vxlan::row("group_policy_id") })];
            report(Some(field), field.span(place.context.at), Reason::Reserved(self.group_policy_id().into()));
        }
    }
}

fn check_vni(valid: bool, field: &'static Field, place: &Place<'_>, report: &mut Report<'_>) {
    if !valid {
        let rule = Reason::Rule(Severity::Warning, "is not set, and must be (RFC 7348 §5)");
        report(Some(field), field.span(place.context.at), rule);
    }
}

registry! {
    /// What VXLAN-GPE carries.
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
    /// use packetsmith::{GpeProtocol, VxlanGpe};
    /// let (header, _) = VxlanGpe::split(&[0x0c, 0, 0, 5, 0, 0, 7, 0]).unwrap();
    /// assert_eq!((header.next_protocol(), header.vni()), (GpeProtocol::Mpls, 7));
    /// ```
    pub struct VxlanGpe(8) {
        /// Reserved.
        reserved: u8 = 0..2, "vxlan.flags_reserved", reserved;
        /// Always 0.
        version: u8 = 2..4, "vxlan.ver";
        /// The network identifier counts.
        vni_valid: bool = 4..5, "vxlan.i_bit", default(1);
        /// The next protocol counts; an Ethernet frame follows otherwise.
        protocol_present: bool = 5..6, "vxlan.p_bit";
        /// Broadcast, unknown unicast or multicast that ingress replication copied.
        replicated: bool = 6..7, "";
        /// Operations, administration and maintenance.
        oam: bool = 7..8, "vxlan.o_bit";
        /// Reserved.
        reserved2: u16 = 8..24, "vxlan.reserved_16", reserved;
        /// What is carried.
        next_protocol: GpeProtocol = 24..32, "vxlan.next_proto", announces(Numbers::Own);
        /// Virtual network identifier.
        vni: u32 = 32..56, "vxlan.vni";
        /// Reserved.
        reserved3: u8 = 56..64, "vxlan.reserved8", reserved;
    }
}

impl<'a> Protocol<'a> for VxlanGpe<&'a [u8; 8]> {
    const NAME: &'static str = "vxlan_gpe";
    const TITLE: &'static str = "Generic protocol extension for VXLAN, draft-ietf-nvo3-vxlan-gpe";
    const TABLE: &'static [Field] = VxlanGpe::FIELDS;
    const RAW: &'static str = "NSH and other next protocols that are neither IP, Ethernet nor MPLS.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(VxlanGpe::LEN))?;
        if header.version() != 0 {
            let flaw = Flaw::version(header.version(), 0).at(VxlanGpe::row("version"));
            return Ok(Parts::new(header, VxlanGpe::LEN, Next::Unknown).flaw(flaw));
        }
        let next = match (header.protocol_present(), header.next_protocol()) {
            (false, _) | (true, GpeProtocol::Ethernet) => Next::LinkType(1),
            (true, GpeProtocol::Ipv4) => Next::IpVersion(4),
            (true, GpeProtocol::Ipv6) => Next::IpVersion(6),
            (true, GpeProtocol::Nsh) => Next::EtherType(0x894f),
            (true, GpeProtocol::Mpls) => Next::EtherType(0x8847),
            _ => Next::Unknown,
        };
        Ok(Parts::new(header, VxlanGpe::LEN, next))
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        let row = const { VxlanGpe::row("vni_valid") };
        check_vni(self.vni_valid(), &VxlanGpe::FIELDS[usize::from(row)], place, report);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::Next;
    use crate::dissect::{Examine, Layers};
    use crate::proto::Proto::{self, *};
    use std::vec::Vec;

    fn protos(port: u16, packet: &[u8]) -> Vec<Proto> {
        Layers::new(Next::UdpPorts(50000, port), packet).map(|layer| layer.proto).collect()
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
        let layer = Examine::new(Layers::new(Next::UdpPort(4789), &[0; 8])).next().unwrap();
        let mut issues = 0;
        layer.issues(|_| issues += 1);
        assert_eq!(issues, 1);
    }

    #[test]
    fn gpe_names_what_follows() {
        let packet = [&[0x0c, 0, 0, 2, 0, 0, 7, 0, 0x60][..], &[0; 39]].concat();
        assert_eq!(protos(4790, &packet)[..2], [VxlanGpe, Ipv6]);
    }
}
