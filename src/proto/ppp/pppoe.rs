//! PPP over Ethernet (RFC 2516): discovery and session stages.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, NextProtocol, OptionList};
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
use crate::wire::{Field, Kind, Text, TlvItem, TlvLayout, Tlvs, header, registry, tagged_enum};

registry! {
    /// PPPoE packet codes, RFC 2516 §5 and RFC 5578.
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
    /// use packetsmith::{Examine, Layers, NextProtocol, Text, View};
    /// use packetsmith::proto::ppp::{PppoeCode, PppoeTag};
    /// let packet = *b"\x11\x09\0\0\0\x07\x01\x02\0\x03bas";
    /// let layer = Examine::new(Layers::new(NextProtocol::EtherType(0x8863), &packet)).next().unwrap();
    /// let View::Pppoe(pppoe) = layer.view else { panic!() };
    /// assert_eq!(pppoe.code(), PppoeCode::Initiation);
    /// assert_eq!(pppoe.tags(&layer.context).iter().next(), Some(PppoeTag::AcName { name: Text(b"bas") }));
    /// ```
    pub struct Pppoe(6) => PppoeEdit, layer {
        /// Always 1.
        version: u8 = 0..4, "pppoe.version", default(1);
        /// Always 1.
        kind: u8 = 4..8, "pppoe.type", named("type"), default(1);
        /// Code: type of the packet.
        code: PppoeCode = 8..16, "pppoe.code", hex;
        /// Session identifier; zero until one is assigned.
        session_id: u16 = 16..32, "pppoe.session_id", hex;
        /// Length of the payload in bytes, without this header.
        length: u16 = 32..48, "pppoe.payload_length", bytes, total_length(6);
    }
}

const TAGS: &Field = &Field::floating("tags", "pppoed.tags", Kind::List(&Kind::Group), "Tags, RFC 2516 §5.");

impl<'a> Pppoe<&'a [u8; 6]> {
    /// The tags of a discovery packet. Empty in a session packet.
    pub fn tags(&self, context: &LayerContext<'a>) -> Tlvs<'a, PppoeTag<'a>> {
        Tlvs::at(context.options(Pppoe::LEN))
    }
}

rules! {
    /// Rules of PPPoE.
    pub enum PppoeRule {
        SessionCodeInDiscovery = Warning "pppoe.code.zero_in_discovery"
            "code zero is only valid in a session packet (RFC 2516 §5)",
        CodeInSession = Warning "pppoe.code.not_zero_in_session"
            "the code must be zero in a session packet (RFC 2516 §6)",
    }
}

impl<'a> Protocol<'a> for Pppoe<&'a [u8; 6]> {
    const NAME: &'static str = "pppoe";
    const TITLE: &'static str = "PPP over Ethernet, RFC 2516";
    const TABLE: &'static [Field] = Pppoe::FIELDS;
    const LENGTH_ROW: u8 = Pppoe::row("length");
    const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<PppoeTag>(TAGS));
    const RULES: &'static [&'static [Rule]] = &[PppoeRule::ALL];
    const RAW: &'static str = "Opaque tags (cookies, Host-Uniq and the like), vendor data and the metrics tag.";

    fn parse(bytes: &'a [u8], selector: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Pppoe::LEN))?;
        if header.version() != 1 {
            let defect = ParseDefect::version(header.version(), 1).at(Pppoe::row("version"));
            return Ok(ParsedHeader::new(header, Pppoe::LEN, NextProtocol::Unknown).defect(defect));
        }
        let total = Pppoe::LEN + usize::from(header.length());
        let parts = match selector {
            NextProtocol::EtherType(0x8863) => ParsedHeader::new(header, total.min(bytes.len()), NextProtocol::Unknown),
            _ => ParsedHeader::new(header, Pppoe::LEN, NextProtocol::Ppp),
        };
        Ok(parts.total_len(total))
    }

    fn has_whole_options(&self, context: &LayerContext<'a>) -> bool {
        context.header().len() == Pppoe::LEN + usize::from(self.length())
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let discovery = context.selector == NextProtocol::EtherType(0x8863);
        let field = &Pppoe::FIELDS[usize::from(const { Pppoe::row("code") })];
        let mut rule = |rule: PppoeRule| report(Some(field), field.span(context.bounds.start), rule.into());
        match self.code() {
            PppoeCode::Session if discovery => rule(PppoeRule::SessionCodeInDiscovery),
            PppoeCode::Session => {}
            _ if discovery => {}
            _ => rule(PppoeRule::CodeInSession),
        }
        // Ethernet pads to 60 bytes, and the frame check sequence and a tag may follow.
        const PADDED: u32 = 60 + 4 + 4;
        let surplus = context.trailer_span();
        if surplus.len() > 4 && context.wire_end > PADDED && !context.quoted {
            report(None, surplus, IssueKind::Surplus(surplus.len() as u32));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("PPPoE");
        info.name_or_number(self.code().name(), "code ", u8::from(self.code()));
        if self.session_id() != 0 {
            info.str(", session ");
            info.hex(self.session_id().into(), 4);
        }
        if u8::from(self.code()) != 0 {
            let empty = |tag: &PppoeTag<'_>| matches!(tag, PppoeTag::ServiceName { name: None });
            info.items(self.tags(context), empty);
        }
    }
}

tagged_enum! {
    /// A tag of a discovery packet, RFC 2516 appendix A and IANA.
    pub enum PppoeTag<'a>: "type", "pppoed.tag", "tags", length "pppoed.tag_length" {
        EndOfList = 0x0000 "end of list" {}
        ServiceName = 0x0101 "service name" {
            /// Service requested or offered. Absent: any service.
            name: Option<Text<'a>>, "pppoed.tags.service_name";
        }
        AcName = 0x0102 "access concentrator name" {
            /// Name of the access concentrator.
            name: Text<'a>, "pppoed.tags.ac_name";
        }
        HostUniq = 0x0103 "host uniq" {
            /// Chosen by the host to match replies to its requests; returned in the replies.
            value: &'a [u8], "pppoed.tags.host_uniq";
        }
        AcCookie = 0x0104 "access concentrator cookie" {
            /// Returned by the host in its request; protects against denial of service.
            value: &'a [u8], "pppoed.tags.ac_cookie";
        }
        VendorSpecific = 0x0105 "vendor specific" {
            /// A zero byte and the vendor's enterprise number.
            vendor: u32, "pppoed.tags.vendor_id";
            /// Data defined by the vendor. Broadband Forum TR-101 uses it to describe lines.
            data: &'a [u8], "pppoed.tags.vendor_unspecified";
        }
        Credits = 0x0106 "credits" {
            /// Forward credit notification in credits, RFC 5578.
            forward: u16, "pppoed.tags.credits.fcn";
            /// Backward credit notification in credits, RFC 5578.
            backward: u16, "pppoed.tags.credits.bcn";
        }
        Metrics = 0x0107 "metrics" {
            /// Link quality metrics, RFC 5578.
            metrics: &'a [u8], "pppoed.tags.metrics";
        }
        SequenceNumber = 0x0108 "sequence number" {
            /// Sequence number of the packet, RFC 5578.
            number: u16, "pppoed.tags.seq_num";
        }
        CreditScale = 0x0109 "credit scale factor" {
            /// Bytes per credit, RFC 5578.
            factor: u16, "pppoed.tags.credit_scale", bytes;
        }
        RelaySession = 0x0110 "relay session id" {
            /// Added by a relay; returned in the replies.
            value: &'a [u8], "pppoed.tags.relay_session_id";
        }
        HostUrl = 0x0111 "host URL" {
            /// URL for the user.
            url: Text<'a>, "pppoed.tags.hurl";
        }
        MessageOfTheDay = 0x0112 "message of the day" {
            /// Message to show to the user.
            message: Text<'a>, "pppoed.tags.motm";
        }
        MaxPayload = 0x0120 "PPP max payload" {
            /// Largest PPP payload that the sender accepts, in bytes, RFC 4638.
            size: u16, "pppoed.tags.max_payload", bytes;
        }
        IpRoute = 0x0121 "IP route add" {
            /// Route to add.
            route: &'a [u8], "pppoed.tags.ip_route_add";
        }
        ServiceNameError = 0x0201 "service name error" {
            /// Reason why the service is not available.
            message: Text<'a>, "pppoed.tags.service_name_error";
        }
        AcSystemError = 0x0202 "access concentrator system error" {
            /// Description of the error.
            message: Text<'a>, "pppoed.tags.ac_system_error";
        }
        GenericError = 0x0203 "generic error" {
            /// Description of the error.
            message: Text<'a>, "pppoed.tags.generic_error";
        }
    }
}

/// The end-of-list tag has a length field, which is zero.
impl TlvItem for PppoeTag<'_> {
    const LAYOUT: TlvLayout = TlvLayout { end: Some(0), ..TlvLayout::WORDS };
}

crate::wire::options_of! { PppoeTag: Pppoe; }

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::layer::IssueKind;
    use crate::proto::Proto;
    use std::vec::Vec;

    fn walk(ethertype: u16, packet: &[u8]) -> (Vec<Proto>, Vec<IssueKind>) {
        let (mut protos, mut issues) = (Vec::new(), Vec::new());
        for layer in Examine::new(Layers::new(NextProtocol::EtherType(ethertype), packet)) {
            protos.push(layer.proto);
            layer.issues(|issue| issues.push(issue.kind));
        }
        (protos, issues)
    }

    #[test]
    fn padding_after_the_length_is_not_session_payload() {
        let packet = [0x11, 0, 0, 1, 0, 3, 0, 0x2b, 7, 0, 0, 0];
        assert_eq!(walk(0x8864, &packet), ([Proto::Pppoe, Proto::Ppp, Proto::Data].into(), [].into()));
        let layer = Layers::new(NextProtocol::EtherType(0x8864), &packet).next().unwrap();
        assert_eq!(layer.trailer(), [0, 0, 0]);
    }

    #[test]
    fn a_truncated_tag_is_reported_once() {
        let packet = [0x11, 9, 0, 0, 0, 4, 1, 1, 0, 9];
        assert_eq!(
            walk(0x8863, &packet),
            ([Proto::Pppoe].into(), [IssueKind::CutItem { bytes: 4, kind: 257, length: Some(9) }].into())
        );
        // Bytes after the end-of-list tag are not tags.
        let packet = [0x11, 9, 0, 0, 0, 6, 0, 0, 0, 0, 1, 1];
        assert_eq!(walk(0x8863, &packet).1, []);
    }

    #[test]
    fn a_length_beyond_the_frame_is_reported() {
        let packet = [0x11, 9, 0, 0, 0, 9, 1, 1, 0, 0];
        assert!(matches!(walk(0x8863, &packet).1[..], [IssueKind::Truncated { needed: 15, have: 10, .. }]));
    }
}
