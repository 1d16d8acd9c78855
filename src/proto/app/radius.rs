//! RADIUS: RFC 2865 (authentication), RFC 2866 (accounting) and RFC 5176 (dynamic authorization).
//!
//! Client and server share a secret. User-Password and Tunnel-Password are hidden with it, and the authenticators are
//! computed with it: they are shown as bytes, and not verified.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, NextProtocol, OptionList, ParseDefect, ParsedHeader, Protocol, Report, Rule, rules};
use crate::proto::app::radius_attributes::RadiusAttribute;
use crate::wire::{Field, Kind, TaggedEnum, Tlvs, header, options_of, registry};
#[cfg(feature = "alloc")]
use crate::wire::{InlineFields, append};

header! {
    /// RADIUS header without attributes, [RFC 2865 §3](https://www.rfc-editor.org/rfc/rfc2865#section-3).
    ///
    /// ```
    /// use packetsmith::proto::app::{RadiusAttribute, RadiusCode};
    /// use packetsmith::{Examine, Layers, NextProtocol, Text, View};
    /// let packet = *b"\x01\x07\0\x1f0123456789abcdef\x01\x05bob\x04\x06\xc0\0\x02\x01";
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(1812), &packet)).next().unwrap();
    /// let View::Radius(radius) = layer.view else { panic!() };
    /// assert_eq!((radius.code(), radius.identifier()), (RadiusCode::AccessRequest, 7));
    /// let mut attributes = radius.attributes(&layer.context).iter();
    /// assert_eq!(attributes.next(), Some(RadiusAttribute::UserName { name: Text(b"bob") }));
    /// assert_eq!(attributes.next(), Some(RadiusAttribute::NasIpAddress { address: [192, 0, 2, 1].into() }));
    /// ```
    pub struct Radius(20) => RadiusEdit, layer {
        /// Type of the packet.
        code: RadiusCode = 0..8, "radius.code", default(1);
        /// Matches requests and replies.
        identifier: u8 = 8..16, "radius.id";
        /// Length of header and attributes, in bytes: 20 to 4096.
        length: u16 = 16..32, "radius.length", bytes, total_length(0);
        /// In an Access-Request a random number; in other packets an MD5 digest that proves knowledge of the secret.
        authenticator: [u8; 16] = 32..160, "radius.authenticator";
    }
}

/// Largest length of a packet in bytes, RFC 2865 §3.
const MAX_LENGTH: u16 = 4096;

const CODE: &Field = &Radius::FIELDS[Radius::row("code") as usize];
const LENGTH: &Field = &Radius::FIELDS[Radius::row("length") as usize];
const ATTRIBUTES: &Field =
    &Field::floating("attributes", "radius.avp", Kind::List(&Kind::Group), "Attributes, RFC 2865 §5.");

registry! {
    /// Type of a packet: RFC 2865 §4, RFC 2866 §4, RFC 5176 §2 and IANA's registry.
    pub enum RadiusCode: u8 {
        AccessRequest = 1 "Access-Request",
        AccessAccept = 2 "Access-Accept",
        AccessReject = 3 "Access-Reject",
        AccountingRequest = 4 "Accounting-Request",
        AccountingResponse = 5 "Accounting-Response",
        AccountingStatus = 6 "Accounting-Status",
        PasswordRequest = 7 "Password-Request",
        PasswordAck = 8 "Password-Ack",
        PasswordReject = 9 "Password-Reject",
        AccountingMessage = 10 "Accounting-Message",
        AccessChallenge = 11 "Access-Challenge",
        StatusServer = 12 "Status-Server",
        StatusClient = 13 "Status-Client",
        ResourceFreeRequest = 21 "Resource-Free-Request",
        ResourceFreeResponse = 22 "Resource-Free-Response",
        ResourceQueryRequest = 23 "Resource-Query-Request",
        ResourceQueryResponse = 24 "Resource-Query-Response",
        AlternateResourceReclaimRequest = 25 "Alternate-Resource-Reclaim-Request",
        NasRebootRequest = 26 "NAS-Reboot-Request",
        NasRebootResponse = 27 "NAS-Reboot-Response",
        NextPasscode = 29 "Next-Passcode",
        NewPin = 30 "New-Pin",
        TerminateSession = 31 "Terminate-Session",
        PasswordExpired = 32 "Password-Expired",
        EventRequest = 33 "Event-Request",
        EventResponse = 34 "Event-Response",
        DisconnectRequest = 40 "Disconnect-Request",
        DisconnectAck = 41 "Disconnect-ACK",
        DisconnectNak = 42 "Disconnect-NAK",
        CoaRequest = 43 "CoA-Request",
        CoaAck = 44 "CoA-ACK",
        CoaNak = 45 "CoA-NAK",
        IpAddressAllocate = 50 "IP-Address-Allocate",
        IpAddressRelease = 51 "IP-Address-Release",
        ProtocolError = 52 "Protocol-Error",
        Experimental250 = 250 "experimental use 250",
        Experimental251 = 251 "experimental use 251",
        Experimental252 = 252 "experimental use 252",
        Experimental253 = 253 "experimental use 253",
    }
}

rules! {
    /// Rules of RADIUS.
    pub enum RadiusRule {
        CodeUnassigned = Warning "radius.code.unassigned"
            "the code is not assigned, and receivers discard the packet (RFC 2865 §3)",
        LengthTooLarge = Warning "radius.length.too_large"
            "the length must not be greater than 4096 (RFC 2865 §3)",
        ForbiddenInAccounting = Warning "radius.attributes.forbidden_in_accounting_request"
            "User-Password, CHAP-Password, Reply-Message and State are not valid in an Accounting-Request (RFC 2866 §4.1)",
        UserPasswordLength = Warning "radius.attributes.user_password_length"
            "a User-Password must be 16 to 128 bytes long, in blocks of 16 (RFC 2865 §5.2)",
        AccessWithoutNas = Warning "radius.access_request.nas_missing"
            "an Access-Request must have a NAS-IP-Address, NAS-IPv6-Address or NAS-Identifier (RFC 2865 §4.1, RFC 3162 §2.1)",
        TwoPasswords = Warning "radius.access_request.two_passwords"
            "an Access-Request must not have both a User-Password and a CHAP-Password (RFC 2865 §4.1)",
        NoPassword = Note "radius.access_request.password_missing"
            "an Access-Request must have a User-Password, a CHAP-Password or a State (RFC 2865 §4.1)",
        AccountingWithoutStatus = Warning "radius.accounting_request.status_type_missing"
            "an Accounting-Request must have an Acct-Status-Type (RFC 2866 §5.13)",
        AccountingWithoutSession = Warning "radius.accounting_request.session_id_missing"
            "an Accounting-Request must have an Acct-Session-Id (RFC 2866 §5.13)",
        AccountingWithoutNas = Warning "radius.accounting_request.nas_missing"
            "an Accounting-Request must have a NAS-IP-Address, NAS-IPv6-Address or NAS-Identifier (RFC 2866 §4.1, RFC 3162 §2.1)",
        StatusServerUnauthenticated = Warning "radius.status_server.message_authenticator_missing"
            "a Status-Server must have a Message-Authenticator (RFC 5997 §3)",
        EapUnauthenticated = Warning "radius.eap_message.message_authenticator_missing"
            "a packet with an EAP-Message must have a Message-Authenticator (RFC 3579 §3.2)",
    }
}

impl<'a> Radius<&'a [u8; 20]> {
    /// The attributes of a packet at its place.
    pub fn attributes(&self, context: &LayerContext<'a>) -> Tlvs<'a, RadiusAttribute<'a>> {
        Tlvs::at(context.options(Radius::LEN))
    }

    /// Reports values that RFC 2865 and its successors do not allow.
    fn check_values(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        use RadiusAttribute::{ChapPassword, ReplyMessage, State, UserPassword};
        for item in self.attributes(context).items().flatten() {
            let rule = match RadiusAttribute::decode(item.kind, item.contents) {
                UserPassword { .. } | ChapPassword { .. } | ReplyMessage { .. } | State { .. }
                    if self.code() == RadiusCode::AccountingRequest =>
                {
                    RadiusRule::ForbiddenInAccounting
                }
                UserPassword { password }
                    if !(16..=128).contains(&password.len()) || !password.len().is_multiple_of(16) =>
                {
                    RadiusRule::UserPasswordLength
                }
                _ => continue,
            };
            report(Some(ATTRIBUTES), item.span, rule.into());
        }
    }

    /// Reports attributes that are missing, or that exclude each other.
    fn check_presence(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        use RadiusAttribute::*;
        let attributes = self.attributes(context);
        let has = |wanted: fn(&RadiusAttribute<'_>) -> bool| attributes.iter().any(|attribute| wanted(&attribute));
        let names_server = has(|a| matches!(a, NasIpAddress { .. } | NasIpv6Address { .. } | NasIdentifier { .. }));
        let authenticated = has(|a| matches!(a, MessageAuthenticator { .. }));
        let mut rule = |rule: RadiusRule| report(Some(CODE), CODE.span(context.bounds.start), rule.into());
        match self.code() {
            RadiusCode::AccessRequest => {
                if !names_server {
                    rule(RadiusRule::AccessWithoutNas);
                }
                let password = has(|a| matches!(a, UserPassword { .. }));
                let chap = has(|a| matches!(a, ChapPassword { .. }));
                if password && chap {
                    rule(RadiusRule::TwoPasswords);
                }
                // Vendors have passwords of their own, such as MS-CHAP's (RFC 2548 §2).
                let other = has(|a| {
                    matches!(
                        a,
                        State { .. }
                            | EapMessage { .. }
                            | ArapPassword { .. }
                            | DigestResponse { .. }
                            | VendorSpecific { .. }
                    )
                });
                if !password && !chap && !other {
                    rule(RadiusRule::NoPassword);
                }
            }
            RadiusCode::AccountingRequest => {
                if !has(|a| matches!(a, AcctStatusType { .. })) {
                    rule(RadiusRule::AccountingWithoutStatus);
                }
                if !has(|a| matches!(a, AcctSessionId { .. })) {
                    rule(RadiusRule::AccountingWithoutSession);
                }
                if !names_server {
                    rule(RadiusRule::AccountingWithoutNas);
                }
            }
            RadiusCode::StatusServer if !authenticated => {
                rule(RadiusRule::StatusServerUnauthenticated);
            }
            _ => {}
        }
        if has(|a| matches!(a, EapMessage { .. })) && !authenticated {
            rule(RadiusRule::EapUnauthenticated);
        }
    }
}

impl<'a> Protocol<'a> for Radius<&'a [u8; 20]> {
    const NAME: &'static str = "radius";
    const TITLE: &'static str = "Remote Authentication Dial In User Service, RFC 2865";
    const TABLE: &'static [Field] = Radius::FIELDS;
    const LENGTH_ROW: u8 = Radius::row("length");
    const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<RadiusAttribute>(ATTRIBUTES));
    const RULES: &'static [&'static [Rule]] = &[RadiusRule::ALL];
    const RAW: &'static str = "Hidden passwords, EAP packets, values of vendors' attributes and of extended attributes, locations, and the \
        attributes of PKM (RFC 5904), of Proxy Mobile IPv6 (RFC 6572) and of WLAN venues (RFC 7268).";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Radius::LEN))?;
        let length = usize::from(header.length());
        if length < Radius::LEN {
            let defect = ParseDefect::too_short(length, Radius::LEN).at(Radius::row("length"));
            return Ok(ParsedHeader::new(header, Radius::LEN, NextProtocol::Unknown).defect(defect));
        }
        // Bytes after the length are padding, RFC 2865 §3.
        Ok(ParsedHeader::new(header, length.min(bytes.len()), NextProtocol::Unknown).total_len(length))
    }

    fn has_whole_options(&self, context: &LayerContext<'a>) -> bool {
        context.header().len() == usize::from(self.length())
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        use RadiusAttribute::*;
        let info = summary.begin("RADIUS");
        info.name_or_number(self.code().name(), "code ", u8::from(self.code()));
        append!(info, " id=", self.identifier());
        // The attributes that identify user, access server and session.
        let shown = self.attributes(context).items().flatten().filter(|item| {
            matches!(
                RadiusAttribute::decode(item.kind, item.contents),
                UserName { .. }
                    | NasIpAddress { .. }
                    | NasIpv6Address { .. }
                    | NasIdentifier { .. }
                    | FramedIpAddress { .. }
                    | CallingStationId { .. }
                    | ReplyMessage { .. }
                    | AcctStatusType { .. }
                    | AcctSessionId { .. }
                    | ErrorCause { .. }
            )
        });
        for item in shown.take(8) {
            append!(info, " ", RadiusAttribute::name_of(item.kind).unwrap_or_default(), "=");
            RadiusAttribute::show(item.kind, item.contents, &mut InlineFields::values(info));
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let at = context.bounds.start;
        if let RadiusCode::Unknown(_) = self.code() {
            report(Some(CODE), CODE.span(at), RadiusRule::CodeUnassigned.into());
        }
        if self.length() > MAX_LENGTH {
            report(Some(LENGTH), LENGTH.span(at), RadiusRule::LengthTooLarge.into());
        }
        // Attributes that the capture cut off are not missing from the packet.
        if self.has_whole_options(context) {
            self.check_values(context, report);
            self.check_presence(context, report);
        }
    }
}

options_of! { RadiusAttribute: Radius; }

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::layer::IssueKind;
    use crate::proto::Proto;
    use crate::proto::app::radius_attributes::{RadiusTag, RadiusVendorValue};
    use crate::proto::app::radius_numbers::{
        RadiusLoginService, RadiusServiceType, RadiusTunnelMedium, RadiusTunnelType, RadiusVendor,
    };
    use crate::wire::{Text, U24};
    use std::vec::Vec;

    /// RFC 2865 §7.1: nemo asks to log in.
    const TELNET_REQUEST: &[u8] = &[
        0x01, 0x00, 0x00, 0x38, 0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57, 0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4,
        0x22, 0x7a, 0x01, 0x06, 0x6e, 0x65, 0x6d, 0x6f, 0x02, 0x12, 0x0d, 0xbe, 0x70, 0x8d, 0x93, 0xd4, 0x13, 0xce,
        0x31, 0x96, 0xe4, 0x3f, 0x78, 0x2a, 0x0a, 0xee, 0x04, 0x06, 0xc0, 0xa8, 0x01, 0x10, 0x05, 0x06, 0x00, 0x00,
        0x00, 0x03,
    ];

    /// RFC 2865 §7.1: the server lets nemo in.
    const TELNET_ACCEPT: &[u8] = &[
        0x02, 0x00, 0x00, 0x26, 0x86, 0xfe, 0x22, 0x0e, 0x76, 0x24, 0xba, 0x2a, 0x10, 0x05, 0xf6, 0xbf, 0x9b, 0x55,
        0xe0, 0xb2, 0x06, 0x06, 0x00, 0x00, 0x00, 0x01, 0x0f, 0x06, 0x00, 0x00, 0x00, 0x00, 0x0e, 0x06, 0xc0, 0xa8,
        0x01, 0x03,
    ];

    /// RFC 2865 §7.2: flopsy authenticates with CHAP.
    const CHAP_REQUEST: &[u8] = &[
        0x01, 0x01, 0x00, 0x47, 0x2a, 0xee, 0x86, 0xf0, 0x8d, 0x0d, 0x55, 0x96, 0x9c, 0xa5, 0x97, 0x8e, 0x0d, 0x33,
        0x67, 0xa2, 0x01, 0x08, 0x66, 0x6c, 0x6f, 0x70, 0x73, 0x79, 0x03, 0x13, 0x16, 0xe9, 0x75, 0x57, 0xc3, 0x16,
        0x18, 0x58, 0x95, 0xf2, 0x93, 0xff, 0x63, 0x44, 0x07, 0x72, 0x75, 0x04, 0x06, 0xc0, 0xa8, 0x01, 0x10, 0x05,
        0x06, 0x00, 0x00, 0x00, 0x14, 0x06, 0x06, 0x00, 0x00, 0x00, 0x02, 0x07, 0x06, 0x00, 0x00, 0x00, 0x01,
    ];

    /// A packet of these attributes.
    fn packet(code: u8, attributes: &[u8]) -> Vec<u8> {
        let mut packet = std::vec![code, 7, 0, 0];
        packet.extend([0x5a; 16]);
        packet.extend_from_slice(attributes);
        let length = packet.len() as u16;
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        packet
    }

    fn walk(packet: &[u8]) -> (Vec<Proto>, Vec<IssueKind>) {
        let (mut protos, mut issues) = (Vec::new(), Vec::new());
        for layer in Examine::new(Layers::new(NextProtocol::UdpPorts(49152, 1812), packet)) {
            protos.push(layer.proto);
            layer.issues(|issue| issues.push(issue.kind));
        }
        (protos, issues)
    }

    /// The rules that a packet of these attributes breaks, by their identifiers.
    fn rules(code: u8, attributes: &[u8]) -> Vec<&'static str> {
        let issues = walk(&packet(code, attributes)).1;
        let rules = issues.iter().map(|issue| match issue {
            IssueKind::Rule(rule) => rule.id(),
            other => panic!("{other}"),
        });
        rules.collect()
    }

    fn attributes(list: &[u8]) -> Vec<RadiusAttribute<'_>> {
        Tlvs::<RadiusAttribute>::new(list).iter().collect()
    }

    #[test]
    fn the_examples_of_rfc_2865_are_read() {
        for example in [TELNET_REQUEST, TELNET_ACCEPT, CHAP_REQUEST] {
            assert_eq!(walk(example), ([Proto::Radius].into(), [].into()));
        }
        use RadiusAttribute::*;
        assert_eq!(
            attributes(&TELNET_REQUEST[20..]),
            [
                UserName { name: Text(b"nemo") },
                UserPassword { password: &TELNET_REQUEST[28..44] },
                NasIpAddress { address: [192, 168, 1, 16].into() },
                NasPort { port: 3 },
            ]
        );
        assert_eq!(
            attributes(&TELNET_ACCEPT[20..]),
            [
                ServiceType { service: RadiusServiceType::Login },
                LoginService { service: RadiusLoginService::Telnet },
                LoginIpHost { address: [192, 168, 1, 3].into() },
            ]
        );
        let mut response = [0; 16];
        response.copy_from_slice(&CHAP_REQUEST[31..47]);
        assert_eq!(attributes(&CHAP_REQUEST[20..])[1], ChapPassword { chap_identifier: 22, response });
    }

    #[test]
    fn a_length_below_20_is_too_short() {
        let mut short = TELNET_REQUEST.to_vec();
        short[3] = 19;
        assert_eq!(walk(&short).1, [IssueKind::TooShort { declared: 19, min: 20 }]);
    }

    #[test]
    fn a_packet_without_attributes_is_a_header_alone() {
        assert_eq!(walk(&packet(5, &[])), ([Proto::Radius].into(), [].into()));
    }

    #[test]
    fn bytes_after_the_length_are_the_trailer() {
        let padded = [TELNET_REQUEST, &[0, 0, 0]].concat();
        assert_eq!(walk(&padded), ([Proto::Radius].into(), [].into()));
        assert_eq!(Layers::new(NextProtocol::UdpPort(1812), &padded).next().unwrap().trailer(), [0, 0, 0]);
    }

    #[test]
    fn a_packet_that_is_cut_short_says_so_once() {
        for have in 20..TELNET_REQUEST.len() {
            let issues = walk(&TELNET_REQUEST[..have]).1;
            assert!(matches!(issues[..], [IssueKind::Truncated { needed: 56, .. }]), "{have} bytes: {issues:?}");
        }
        assert!(matches!(walk(&TELNET_REQUEST[..19]).1[..], [IssueKind::Truncated { needed: 20, have: 19, .. }]));
    }

    #[test]
    fn each_port_of_radius_leads_to_it() {
        for port in [1645, 1646, 1812, 1813, 3799] {
            assert_eq!(NextProtocol::UdpPorts(49152, port).proto(), Proto::Radius);
        }
    }

    #[test]
    fn an_attribute_without_room_for_its_type_and_length_breaks_the_list_off() {
        assert_eq!(
            walk(&packet(2, &[1, 3, b'a', 18, 1, 0, 0])).1,
            [IssueKind::CutItem { bytes: 4, kind: 18, length: Some(1) }]
        );
        assert_eq!(
            walk(&packet(2, &[18, 5, b'a', b'b'])).1,
            [IssueKind::CutItem { bytes: 4, kind: 18, length: Some(5) }]
        );
        assert_eq!(walk(&packet(2, &[18])).1, [IssueKind::CutItem { bytes: 1, kind: 18, length: None }]);
    }

    #[test]
    fn a_value_of_the_wrong_length_is_reported_and_kept() {
        for (list, kind) in
            [(&[4, 5, 192, 0, 2][..], 4), (&[80, 4, 1, 2], 80), (&[6, 3, 1], 6), (&[26, 5, 0, 0, 9], 26)]
        {
            assert_eq!(walk(&packet(2, list)).1, [IssueKind::BadItem(kind)]);
            assert_eq!(attributes(list), [RadiusAttribute::Unknown { kind, data: &list[2..] }]);
        }
        // Types that are not assigned have any contents.
        assert_eq!(walk(&packet(2, &[17, 3, 9, 21, 2])).1, []);
    }

    #[test]
    fn a_code_that_is_not_assigned_and_a_length_above_4096_are_reported() {
        assert_eq!(rules(99, &[]), ["radius.code.unassigned"]);
        let text = [&[18, 255][..], &[b'a'; 253]].concat();
        assert_eq!(rules(2, &text.repeat(15)), [""; 0]);
        assert_eq!(rules(2, &text.repeat(17)), ["radius.length.too_large"]);
    }

    #[test]
    fn a_password_has_blocks_of_16_bytes() {
        let rule = "radius.attributes.user_password_length";
        for (length, expected) in
            [(0, &[rule][..]), (15, &[rule]), (16, &[]), (17, &[rule]), (128, &[]), (144, &[rule])]
        {
            let mut list = std::vec![4, 6, 192, 0, 2, 1, 2, length + 2];
            list.resize(list.len() + usize::from(length), 0xaa);
            assert_eq!(rules(1, &list), expected, "{length} bytes");
        }
    }

    #[test]
    fn an_access_request_names_its_server_and_proves_its_user() {
        let server = "radius.access_request.nas_missing";
        let proof = "radius.access_request.password_missing";
        let (password, chap) = ([&[2, 18][..], &[1; 16]].concat(), [&[3, 19][..], &[1; 17]].concat());
        assert_eq!(rules(1, &[]), [server, proof]);
        assert_eq!(rules(1, &[32, 3, b'n']), [proof]);
        assert_eq!(rules(1, &[&[32, 3, b'n'][..], &password].concat()), [""; 0]);
        assert_eq!(rules(1, &[&[32, 3, b'n'][..], &chap].concat()), [""; 0]);
        let both = "radius.access_request.two_passwords";
        assert_eq!(rules(1, &[&[32, 3, b'n'][..], &password, &chap].concat()), [both]);
    }

    #[test]
    fn an_eap_message_calls_for_a_message_authenticator() {
        let rule = "radius.eap_message.message_authenticator_missing";
        let (eap, digest) = ([79, 7, 1, 1, 0, 5, 1], [&[80, 18][..], &[9; 16]].concat());
        assert_eq!(rules(11, &eap), [rule]);
        assert_eq!(rules(11, &[&eap[..], &digest].concat()), [""; 0]);
        assert_eq!(rules(12, &[]), ["radius.status_server.message_authenticator_missing"]);
        assert_eq!(rules(12, &digest), [""; 0]);
    }

    #[test]
    fn an_accounting_request_says_what_it_records() {
        let good = [4, 6, 192, 0, 2, 1, 40, 6, 0, 0, 0, 1, 44, 3, b'7'];
        assert_eq!(rules(4, &good), [""; 0]);
        assert_eq!(
            rules(4, &[]),
            [
                "radius.accounting_request.status_type_missing",
                "radius.accounting_request.session_id_missing",
                "radius.accounting_request.nas_missing",
            ]
        );
        let state = [&good[..], &[24, 3, 1]].concat();
        assert_eq!(rules(4, &state), ["radius.attributes.forbidden_in_accounting_request"]);
    }

    #[test]
    fn a_tunnel_has_a_tag_of_31_at_most() {
        use RadiusAttribute::*;
        let list = attributes(b"\x40\x06\x01\0\0\x0d\x41\x06\x01\0\0\x06\x51\x05\x0112\x51\x0412\x53\x06\x01\0\0\x0a");
        let [TunnelType { tunnel }, TunnelMediumType { medium }, rest @ ..] = &list[..] else { panic!("{list:?}") };
        assert_eq!((tunnel.tag(), tunnel.tunnel()), (1, RadiusTunnelType::Vlan));
        assert_eq!((medium.tag(), medium.medium()), (1, RadiusTunnelMedium::Ieee802));
        assert_eq!(
            rest,
            [
                TunnelPrivateGroupId { tag: RadiusTag(Some(1)), group: Text(b"12") },
                TunnelPrivateGroupId { tag: RadiusTag(None), group: Text(b"12") },
                TunnelPreference { tag: 1, preference: U24(10) },
            ]
        );
    }

    #[test]
    fn what_a_vendor_defines_is_a_list_where_it_fits() {
        let value = |list: &'static [u8]| match attributes(list)[..] {
            [RadiusAttribute::VendorSpecific { vendor }] => vendor,
            _ => panic!("{list:?}"),
        };
        let cisco = value(b"\x1a\x10\0\0\0\x09\x01\x05a=b\x02\x05c=d");
        let RadiusVendorValue::Attributes(list) = cisco.value else { panic!() };
        let list: Vec<_> = list.iter().map(|attribute| (attribute.vendor_type, attribute.value)).collect();
        assert_eq!((cisco.id, list), (RadiusVendor::Cisco, [(1, &b"a=b"[..]), (2, b"c=d")].into()));
        // No attribute, one that is too long, one that is too short, and a vendor with lengths of two bytes.
        for (list, raw) in [
            (&b"\x1a\x06\0\0\0\x09"[..], &b""[..]),
            (b"\x1a\x09\0\0\0\x09\x01\x04a", b"\x01\x04a"),
            (b"\x1a\x09\0\0\0\x09\x01\x01a", b"\x01\x01a"),
            (b"\x1a\x0a\0\0\x1f\xe4\0\x04\0\x04", b"\0\x04\0\x04"),
        ] {
            assert_eq!(value(list).value, RadiusVendorValue::Raw(raw));
        }
    }

    #[test]
    fn prefixes_may_be_shorter_than_16_bytes() {
        let [RadiusAttribute::FramedIpv6Prefix { prefix_length: 64, prefix, .. }] =
            attributes(b"\x61\x0c\0\x40\x20\x01\x0d\xb8\0\x01\0\0")[..]
        else {
            panic!()
        };
        assert_eq!((prefix.address, prefix.wire_len), ("2001:db8:1::".parse().unwrap(), 8));
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn packets_are_built_from_their_fields() {
        let built = |text: &str| text.parse::<crate::Packet>().unwrap().build().unwrap();
        let packet = built(
            "radius identifier=0 authenticator=0x0f403f9473978057bd83d5cb98f4227a attributes=[\
             User-Name name=\"nemo\", User-Password password=0x0dbe708d93d413ce3196e43f782a0aee, \
             NAS-IP-Address address=192.168.1.16, NAS-Port port=3]",
        );
        assert_eq!(packet, TELNET_REQUEST);
        assert_eq!(
            built("radius attributes=[26 vendor=9 attributes=[{vendor_type=1 value=0x613d62}]]")[20..],
            *b"\x1a\x0b\0\0\0\x09\x01\x05a=b"
        );
        assert_eq!(built("radius attributes=[26 vendor=429 data=0x0102]")[20..], *b"\x1a\x08\0\0\x01\xad\x01\x02");
        assert_eq!(built("radius attributes=[81 tag=1 group=\"12\"]")[20..], *b"\x51\x05\x0112");
        let user_name = built("radius user_name=bob");
        assert_eq!(user_name[20..], *b"\x01\x05bob");
        assert_eq!(built("udp / radius")[..4], [0, 0, 0x07, 0x14], "port 1812");
        let refused = "radius attributes=[81 tag=32 group=\"12\"]".parse::<crate::Packet>().unwrap().build();
        assert!(refused.is_err());
    }
}
