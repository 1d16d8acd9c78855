//! Packets from a fuzzer's bytes: structured, so that a parser gets past the first length.

use super::owned::Packet;
use super::text::port;
use super::tree::Tree;
use crate::proto::Proto;
use crate::wire::Kind;
use arbitrary::{Arbitrary, Result, Unstructured};

/// Protocols that may follow a protocol.
const fn inner_protocols(proto: Proto) -> &'static [Proto] {
    use Proto::*;
    match proto {
        Ethernet | Vlan | Sll | Sll2 => &[Ipv4, Ipv6, Arp, Vlan, Mpls, Pppoe, Data],
        Ipv4 => &[Tcp, Udp, Icmpv4, Igmp, Gre, Ipv4, Ipv6, Ah, UdpLite, EtherIp, Data],
        Ipv6 | HopByHop | DestinationOptions | Routing | Fragment | Ah => {
            &[Tcp, Udp, Icmpv6, HopByHop, DestinationOptions, Routing, Fragment, Mobility, Ipv4, Data]
        }
        Udp | UdpLite => &[
            Dns, Dhcp, Dhcpv6, Ntp, NtpControl, Tftp, Snmp, Radius, Sflow, Vxlan, VxlanGpe, Geneve, L2tp, Mpls, Teredo,
            Data,
        ],
        Tcp => &[DnsOverTcp, Http, Tls, Data],
        Tls => &[Tls, Data],
        DnsOverTcp => &[Dns],
        Gre | Geneve => &[Ethernet, Ipv4, Ipv6, Data],
        Vxlan | EtherIp => &[Ethernet],
        VxlanGpe | Mpls => &[Ipv4, Ipv6, Data],
        Teredo => &[Ipv6, Data],
        Pppoe => &[Ppp],
        Ppp => &[Ipv4, Ipv6, Lcp, Ipcp, Ipv6cp, Ccp, Pap, Chap, Data],
        _ => &[Data],
    }
}

/// An Ethernet frame with up to eight layers. Most computed fields are left unset, other fields have any value, and
/// options have known types and any content.
///
/// ```
/// use arbitrary::{Arbitrary, Unstructured};
/// use packetsmith::Packet;
/// let bytes: Vec<u8> = (0..=255).cycle().take(1000).collect();
/// let mut packet = Packet::arbitrary(&mut Unstructured::new(&bytes)).unwrap();
/// assert!(packet.build().unwrap().len() >= 14);
/// ```
impl<'a> Arbitrary<'a> for Packet {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut packet = Packet::default();
        let form = &mut packet.form;
        form.open_list("layers");
        let mut proto = Proto::Ethernet;
        for _ in 0..u.int_in_range(1..=8)? {
            let next = *u.choose(inner_protocols(proto))?;
            layer(form, proto, next, u)?;
            proto = next;
            if proto == Proto::Data {
                break;
            }
        }
        form.open_group("");
        form.text("layer", "data");
        let len = u.int_in_range(0..=64)?;
        form.bytes("data", u.bytes(len.min(u.len()))?);
        form.close();
        form.close();
        Ok(packet)
    }
}

fn layer(form: &mut Tree, proto: Proto, next: Proto, u: &mut Unstructured<'_>) -> Result<()> {
    form.open_group("");
    form.text("layer", proto.name());
    let port = port(proto, next);
    for field in proto.fields() {
        // Fields that determine how the rest is read keep their default.
        let fixed = matches!(field.name, "version") || field.default != 0 && u.ratio(7, 8)?;
        if field.name == "dst_port" && port.is_some() || fixed || field.is_computed() && u.ratio(15, 16)? {
            continue;
        }
        let bits = field.bits().len();
        match field.kind {
            Kind::Mac | Kind::Ipv4 | Kind::Ipv6 | Kind::Bytes | Kind::Text => {
                form.bytes(field.name, u.bytes((bits / 8).min(u.len()))?);
            }
            Kind::Bool => form.flag(field.name, u.ratio(1, 8)?),
            _ => form.number(field.name, u.arbitrary::<u64>()? >> (64 - bits.clamp(1, 64))),
        }
    }
    if let Some(port) = port {
        form.number("dst_port", port.into());
    }
    if let Some(list) = proto.options().filter(|_| u.arbitrary().unwrap_or(false)) {
        form.open_list(list.field.name);
        for _ in 0..u.int_in_range(0..=3)? {
            form.open_group("");
            if let Kind::Named(registry) = list.kind.kind
                && !registry.entries.is_empty()
            {
                form.number(list.kind.name, u.choose(registry.entries)?.0);
            }
            let len = u.int_in_range(0..=8)?;
            form.bytes("data", u.bytes(len.min(u.len()))?);
            form.close();
        }
        form.close();
    }
    form.close();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dissect::examine;
    use std::collections::BTreeSet;
    use std::vec::Vec;

    #[test]
    fn packets_can_be_built_and_are_rebuilt() {
        let (mut state, mut seen) = (1u64, BTreeSet::new());
        for _ in 0..3000 {
            let bytes: Vec<u8> = (0..600)
                .map(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 56) as u8
                })
                .collect();
            let mut packet = Packet::arbitrary(&mut Unstructured::new(&bytes)).unwrap();
            // Only options that exceed the header length cannot be built.
            let Ok(frame) = packet.build() else { continue };
            seen.extend(examine(1, &frame).map(|layer| layer.proto.name()));
            assert_eq!(Packet::new(examine(1, &frame)).build().unwrap(), frame);
        }
        assert!(seen.len() > 25, "{seen:?}");
    }
}
