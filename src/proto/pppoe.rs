//! PPP over Ethernet, RFC 2516: discovery and session.

use crate::field::{Field, Kind, Registry, Visitor, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity};
use crate::part::{Framed, Framing, Text, Tlvs, Variants, variants};
use crate::source::{Builder, Mistake};

registry! {
    /// Kinds of PPPoE packets, RFC 2516 §5 and RFC 5578.
    pub enum PppoeCode: u8 {
        Session = 0x00 "session data",
        Offer = 0x07 "discovery offer (PADO)",
        Initiation = 0x09 "discovery initiation (PADI)",
        SessionGrant = 0x0a "session grant (PADG)",
        SessionCredit = 0x0b "session credit response (PADC)",
        Quality = 0x0c "quality (PADQ)",
        Request = 0x19 "discovery request (PADR)",
        Confirmation = 0x65 "session confirmation (PADS)",
        Terminate = 0xa7 "terminate (PADT)",
        Message = 0xd3 "message (PADM)",
        Network = 0xd4 "network (PADN)",
    }
}

header! {
    /// PPPoE header, [RFC 2516 §4](https://www.rfc-editor.org/rfc/rfc2516#section-4).
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, Next, PppoeCode, PppoeTag, Text, View};
    /// let packet = *b"\x11\x09\0\0\0\x07\x01\x02\0\x03bas";
    /// let layer = Examine::new(Layers::new(Next::EtherType(0x8863), &packet)).next().unwrap();
    /// let View::Pppoe(pppoe) = layer.view else { panic!() };
    /// assert_eq!(pppoe.code(), PppoeCode::Initiation);
    /// assert_eq!(pppoe.tags(&layer.place).iter().next(), Some(PppoeTag::AcName { name: Text(b"bas") }));
    /// ```
    pub struct Pppoe(6) {
        /// Always 1.
        version: u8 = 0..4, "pppoe.version", default(1);
        /// Always 1.
        kind: u8 = 4..8, "pppoe.type", named("type"), default(1);
        /// What the packet does.
        code: PppoeCode = 8..16, "pppoe.code", hex;
        /// The session; zero before there is one.
        session_id: u16 = 16..32, "pppoe.session_id", hex;
        /// Length of what follows, in bytes.
        length: u16 = 32..48, "pppoe.payload_length", bytes, total_length(6);
    }
}

const TAGS: &Field = &Field::floating("tags", "pppoed.tags", Kind::List(&Kind::Group), "Tags, RFC 2516 §5.");

impl<'a> Pppoe<&'a [u8; 6]> {
    /// The tags of a discovery packet; none in a session.
    pub fn tags(&self, place: &Place<'a>) -> Tlvs<'a, PppoeTag<'a>> {
        Tlvs::at(place.options(Pppoe::LEN))
    }
}

impl<'a> Protocol<'a> for Pppoe<&'a [u8; 6]> {
    const NAME: &'static str = "pppoe";
    const TITLE: &'static str = "PPP over Ethernet, RFC 2516";
    const TABLE: &'static [Field] = Pppoe::FIELDS;
    const LENGTH_ROW: u8 = Pppoe::row("length");
    const VARIABLE: &'static [&'static [Field]] = &[&[*TAGS, *PppoeTag::KIND], PppoeTag::FIELDS];
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[("tags", PppoeTag::REGISTRY)];
    const RAW: &'static str = "The contents of tags that are a vendor's or a peer's own, and of the metrics tag.";

    fn parse(bytes: &'a [u8], via: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Pppoe::LEN))?;
        if header.version() != 1 {
            let flaw = Flaw::version(header.version(), 1).at(Pppoe::row("version"));
            return Ok(Parts::new(header, Pppoe::LEN, Next::Unknown).flaw(flaw));
        }
        let total = Pppoe::LEN + usize::from(header.length());
        let parts = match via {
            Next::EtherType(0x8863) => Parts::new(header, total.min(bytes.len()), Next::Unknown),
            _ => Parts::new(header, Pppoe::LEN, Next::Ppp),
        };
        Ok(parts.total(total))
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        Tlvs::<PppoeTag>::build(TAGS, builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        if place.head().len() > Pppoe::LEN {
            self.tags(place).show(TAGS, visitor);
        }
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        // What is cut says so itself.
        if place.head().len() == Pppoe::LEN + usize::from(self.length()) {
            self.tags(place).check(TAGS, report);
        }
        let discovery = place.context.via == Next::EtherType(0x8863);
        let field = &Pppoe::FIELDS[usize::from(const { Pppoe::row("code") })];
        let mut rule = |text| report(Some(field), field.span(place.context.at), Reason::Rule(Severity::Warning, text));
        match self.code() {
            PppoeCode::Session if discovery => rule("is that of a session, in a discovery packet (RFC 2516 §5)"),
            PppoeCode::Session => {}
            _ if discovery => {}
            _ => rule("is not zero in a session (RFC 2516 §6)"),
        }
    }
}

variants! {
    /// A tag of a discovery packet, RFC 2516 appendix A and IANA's registry.
    pub enum PppoeTag<'a>: "type", "pppoed.tag" {
        EndOfList = 0x0000 "end of list" {}
        ServiceName = 0x0101 "service name" {
            /// The service asked for or offered; empty: any.
            name: Text<'a>, "pppoed.tags.service_name";
        }
        AcName = 0x0102 "access concentrator name" {
            /// Tells access concentrators apart.
            name: Text<'a>, "pppoed.tags.ac_name";
        }
        HostUniq = 0x0103 "host uniq" {
            /// Tells a host's requests apart; comes back in the answers.
            value: &'a [u8], "pppoed.tags.host_uniq";
        }
        AcCookie = 0x0104 "access concentrator cookie" {
            /// Comes back in the request, against denial of service.
            value: &'a [u8], "pppoed.tags.ac_cookie";
        }
        VendorSpecific = 0x0105 "vendor specific" {
            /// Zero, and the vendor's enterprise number.
            vendor: u32, "pppoed.tags.vendor_id";
            /// Data that the vendor defines; broadband lines are described so (TR-101).
            data: &'a [u8], "pppoed.tags.vendor_unspecified";
        }
        Credits = 0x0106 "credits" {
            /// Forward credits, RFC 5578.
            forward: u16, "pppoed.tags.credits.fcn";
            /// Backward credits.
            backward: u16, "pppoed.tags.credits.bcn";
        }
        Metrics = 0x0107 "metrics" {
            /// What the link is worth, RFC 5578.
            metrics: &'a [u8], "pppoed.tags.metrics";
        }
        SequenceNumber = 0x0108 "sequence number" {
            /// Number of the packet, RFC 5578.
            number: u16, "pppoed.tags.seq_num";
        }
        CreditScale = 0x0109 "credit scale factor" {
            /// Bytes that one credit is worth, RFC 5578.
            factor: u16, "pppoed.tags.credit_scale", bytes;
        }
        RelaySession = 0x0110 "relay session id" {
            /// Added by a relay; comes back in the answers.
            value: &'a [u8], "pppoed.tags.relay_session_id";
        }
        HostUrl = 0x0111 "host URL" {
            /// Where to go, in a message.
            url: Text<'a>, "pppoed.tags.hurl";
        }
        MessageOfTheDay = 0x0112 "message of the day" {
            /// What to show to the user.
            message: Text<'a>, "pppoed.tags.motm";
        }
        MaxPayload = 0x0120 "PPP max payload" {
            /// Largest payload of PPP that the sender takes, RFC 4638.
            size: u16, "pppoed.tags.max_payload", bytes;
        }
        IpRoute = 0x0121 "IP route add" {
            /// Route to add.
            route: &'a [u8], "pppoed.tags.ip_route_add";
        }
        ServiceNameError = 0x0201 "service name error" {
            /// Why the service cannot be given.
            message: Text<'a>, "pppoed.tags.service_name_error";
        }
        AcSystemError = 0x0202 "access concentrator system error" {
            /// What failed.
            message: Text<'a>, "pppoed.tags.ac_system_error";
        }
        GenericError = 0x0203 "generic error" {
            /// What failed.
            message: Text<'a>, "pppoed.tags.generic_error";
        }
    }
}

/// The end of the list has a length, which is zero.
impl Framed for PppoeTag<'_> {
    const FRAMING: Framing = Framing { end: Some(0), ..Framing::WORDS };
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::proto::Proto;
    use std::vec::Vec;

    fn walk(ethertype: u16, packet: &[u8]) -> (Vec<Proto>, Vec<Reason>) {
        let (mut protos, mut issues) = (Vec::new(), Vec::new());
        for layer in Examine::new(Layers::new(Next::EtherType(ethertype), packet)) {
            protos.push(layer.proto);
            layer.issues(|issue| issues.push(issue.reason));
        }
        (protos, issues)
    }

    #[test]
    fn the_length_leaves_padding_out_of_a_session() {
        let packet = [0x11, 0, 0, 1, 0, 3, 0, 0x2b, 7, 0, 0, 0];
        assert_eq!(walk(0x8864, &packet), ([Proto::Pppoe, Proto::Ppp, Proto::Data].into(), [].into()));
        let layer = Layers::new(Next::EtherType(0x8864), &packet).next().unwrap();
        assert_eq!(layer.tail(), [0, 0, 0]);
    }

    #[test]
    fn a_tag_that_breaks_off_is_reported_once() {
        let packet = [0x11, 9, 0, 0, 0, 4, 1, 1, 0, 9];
        assert_eq!(walk(0x8863, &packet), ([Proto::Pppoe].into(), [Reason::BrokenItem(4)].into()));
        // Nothing behind the end of the list is a tag.
        let packet = [0x11, 9, 0, 0, 0, 6, 0, 0, 0, 0, 1, 1];
        assert_eq!(walk(0x8863, &packet).1, []);
    }

    #[test]
    fn a_length_beyond_the_frame_is_reported() {
        let packet = [0x11, 9, 0, 0, 0, 9, 1, 1, 0, 0];
        assert!(matches!(walk(0x8863, &packet).1[..], [Reason::Truncated { needed: 15, have: 10, .. }]));
    }
}
