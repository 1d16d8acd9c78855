//! MPLS label stacks, RFC 3032: each label a layer of its own.

use crate::field::{Field, Numbers, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity};

registry! {
    /// Special-purpose labels, IANA's registry (RFC 7274).
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
    /// Entry of a label stack, [RFC 3032 §2.1](https://www.rfc-editor.org/rfc/rfc3032#section-2.1).
    ///
    /// ```
    /// use packetsmith::{Layers, Mpls, Next, Proto};
    /// let (top, _) = Mpls::split(&[0, 0x06, 0x41, 64]).unwrap();
    /// assert_eq!((u32::from(top.label()), top.bottom(), top.ttl()), (100, true, 64));
    /// let stack = [0, 0x06, 0x40, 64, 0, 0x06, 0x51, 64, 0x00];
    /// let protos: Vec<_> = Layers::new(Next::EtherType(0x8847), &stack).map(|layer| layer.proto).collect();
    /// assert_eq!(protos, [Proto::Mpls, Proto::Mpls, Proto::Data]);
    /// ```
    pub struct Mpls(4) {
        /// Label.
        label: MplsLabelValue = 0..20, "mpls.label";
        /// Traffic class, once experimental, RFC 5462.
        traffic_class: u8 = 20..23, "mpls.exp";
        /// Bottom of the stack: no more labels follow.
        bottom: bool = 23..24, "mpls.bottom", announces(Numbers::Own);
        /// Hops that the packet may still take.
        ttl: u8 = 24..32, "mpls.ttl", default(64);
    }
}

impl<'a> Protocol<'a> for Mpls<&'a [u8; 4]> {
    const NAME: &'static str = "mpls";
    const TITLE: &'static str = "Multiprotocol Label Switching, RFC 3032";
    const TABLE: &'static [Field] = Mpls::FIELDS;
    const RAW: &'static str = "What a stack carries that does not begin as an IP packet does.";

    /// Below the stack nothing says what follows. Packets of IP are told by their first bits, as routers
    /// do (RFC 4928 §3); behind the label of the associated channel there are none, and a pseudowire's
    /// control word begins with others.
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, below) = Self::split(bytes).ok_or(Flaw::needs(Mpls::LEN))?;
        let next = match (header.bottom(), header.label(), below) {
            (false, ..) => Next::EtherType(0x8847),
            (true, MplsLabelValue::GenericAssociatedChannel, _) => Next::Unknown,
            (true, _, [0x45..=0x4f, ..]) => Next::IpVersion(4),
            (true, _, [0x60..=0x6f, ..]) => Next::IpVersion(6),
            _ => Next::Unknown,
        };
        Ok(Parts::new(header, Mpls::LEN, next))
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if self.label() == MplsLabelValue::ImplicitNull {
            let field = &Mpls::FIELDS[0];
            let rule = Reason::Rule(Severity::Warning, "never stands in a packet (RFC 3032 §2.1)");
            report(Some(field), field.span(place.context.at), rule);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::Next;
    use crate::dissect::{Layers, MAX_LAYERS};
    use crate::proto::Proto::{self, *};
    use std::vec::Vec;

    fn protos(below: &[u8]) -> Vec<Proto> {
        let packet = [&[0, 0x06, 0x40, 9, 0, 0x06, 0x51, 9], below].concat();
        Layers::new(Next::IpProtocol(137), &packet).map(|layer| layer.proto).collect()
    }

    #[test]
    fn ip_below_the_stack_is_told_by_its_first_bits() {
        assert_eq!(protos(&[[0x45, 0, 0, 21].as_slice(), &[0; 16], &[1]].concat()), [Mpls, Mpls, Ipv4, HopByHop]);
        assert_eq!(protos(&[0x60; 40])[..3], [Mpls, Mpls, Ipv6]);
        // A pseudowire's control word, and addresses that begin as no IP packet does.
        assert_eq!(protos(&[0; 30]), [Mpls, Mpls, Data]);
        assert_eq!(protos(&[0x40; 30]), [Mpls, Mpls, Data]);
    }

    #[test]
    fn a_stack_without_a_bottom_ends() {
        let frame = [0, 0x06, 0x40, 9].repeat(2000);
        assert_eq!(Layers::new(Next::EtherType(0x8848), &frame).count(), MAX_LAYERS + 1);
        // The label that should follow is missing.
        let layers: Vec<_> = Layers::new(Next::EtherType(0x8848), &frame[..4]).map(|l| l.is_intact()).collect();
        assert_eq!(layers, [true, false]);
    }
}
