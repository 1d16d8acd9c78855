//! L2TP version 2 (RFC 2661). Version 3 (RFC 3931) is recognized and kept as data.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{
    BitRange, Codec, Cursor, DATA, Schema, Text, TlvContents, TlvItem, TlvLayout, Tlvs, find_number, show_rows,
};
use crate::wire::{Encoder, FieldError, OWN, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, flags, header, registry, tagged_enum};

header! {
    /// L2TP flags and version, RFC 2661 §3.1. The flags say which optional fields follow.
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::tunnel::{L2tpAvp, L2tpMessageType};
    /// let packet = [0xc8, 2, 0, 20, 0, 7, 0, 0, 0, 1, 0, 2, 0x80, 8, 0, 0, 0, 0, 0, 6];
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(1701), &packet)).next().unwrap();
    /// let View::L2tp(l2tp) = layer.view else { panic!() };
    /// assert_eq!((l2tp.tunnel_id(&layer.context), l2tp.ns(&layer.context)), (Some(7), Some(1)));
    /// let avp = l2tp.avps(&layer.context).next().unwrap();
    /// assert_eq!(avp, L2tpAvp::MessageType { message: L2tpMessageType::Hello });
    /// ```
    pub struct L2tp(2) => L2tpEdit, layer {
        /// T: control message, otherwise data message.
        control: bool = 0..1, "l2tp.type";
        /// L: the length field is present; always set in control messages.
        length_present: bool = 1..2, "l2tp.length_bit";
        /// Reserved.
        reserved: u8 = 2..4, "", reserved;
        /// S: the sequence numbers are present; always set in control messages.
        sequence_present: bool = 4..5, "l2tp.seq_bit";
        /// Reserved.
        reserved2: bool = 5..6, "", reserved;
        /// O: the offset field is present; never set in control messages.
        offset_present: bool = 6..7, "l2tp.offset_bit";
        /// P: a data message to be sent with priority.
        priority: bool = 7..8, "l2tp.priority";
        /// Reserved.
        reserved3: u8 = 8..12, "", reserved;
        /// Version: 2 for L2TP, 3 for L2TPv3, 1 for L2F.
        version: u8 = 12..16, "l2tp.version", default(2);
    }
}

const LENGTH: &Field =
    &Field::floating("length", "l2tp.length", Kind::Uint, "Length of the message in bytes, including the header.")
        .of_bits(16)
        .bytes()
        .computed();
const TUNNEL: &Field =
    &Field::floating("tunnel_id", "l2tp.tunnel", Kind::Uint, "Tunnel identifier, assigned by the receiver.")
        .of_bits(16);
const SESSION: &Field =
    &Field::floating("session_id", "l2tp.session", Kind::Uint, "Session identifier, assigned by the receiver.")
        .of_bits(16);
const NS: &Field = &Field::floating("ns", "l2tp.Ns", Kind::Uint, "Sequence number of this message.").of_bits(16);
const NR: &Field =
    &Field::floating("nr", "l2tp.Nr", Kind::Uint, "Sequence number of the next control message expected.").of_bits(16);
const OFFSET: &Field =
    &Field::floating("offset", "l2tp.offset", Kind::Uint, "Offset size: bytes of padding before the payload.")
        .of_bits(16)
        .bytes();
const OFFSET_PADDING: &Field =
    &Field::floating("offset_padding", "l2tp.offset_padding", Kind::Bytes, "Padding before the payload.");
const AVPS: &Field =
    &Field::floating("avps", "", Kind::List(&Kind::Group), "Attribute-value pairs of a control message, RFC 2661 §4.");
const VENDOR_TYPE: &Field =
    &Field::floating("type", "l2tp.avp.type", Kind::Uint, "Attribute type, defined by the vendor.").of_bits(16);

header! {
    /// Header of an attribute-value pair, without the attribute type, RFC 2661 §4.1.
    pub struct L2tpAvpHead(4) => L2tpAvpHeadEdit {
        /// M: a receiver that does not support the attribute must end the session or the tunnel.
        mandatory: bool = 0..1, "l2tp.avp.mandatory";
        /// H: the value is encrypted.
        hidden: bool = 1..2, "l2tp.avp.hidden";
        /// Reserved.
        reserved: u8 = 2..6, "", reserved;
        /// Length of the attribute-value pair in bytes, including this header.
        length: u16 = 6..16, "l2tp.avp.length", bytes, computed;
        /// Vendor that defines the attribute type: zero for RFC 2661, otherwise an enterprise number.
        vendor: u16 = 16..32, "l2tp.avp.vendor_id";
    }
}

impl TlvItem for L2tpAvp<'_> {
    const LAYOUT: TlvLayout = TlvLayout {
        header_len: 6,
        kind: BitRange::new(32, 48),
        length: BitRange::new(6, 16),
        counts_header: true,
        ..TlvLayout::BYTES
    };
    const HEADER: &'static [Field] = L2tpAvpHead::FIELDS;
    const VENDOR_ROWS: &'static [Field] = core::slice::from_ref(VENDOR_TYPE);
    fn contents(header: &[u8]) -> TlvContents {
        match header.first_chunk::<4>().map(L2tpAvpHead::new) {
            Some(header) if header.vendor() != 0 => TlvContents::Vendor { kind: VENDOR_TYPE, data: DATA },
            Some(header) if header.hidden() => TlvContents::Hidden,
            _ => TlvContents::Typed,
        }
    }
}

impl<B: core::borrow::Borrow<[u8; 2]>> L2tp<B> {
    /// The optional fields in wire order: table row and length in bytes of each.
    fn optional(&self) -> impl Iterator<Item = (&'static Field, usize)> + use<B> {
        let (v2, sequence) = (self.version() == 2, self.sequence_present());
        let rows = [
            (self.length_present(), LENGTH),
            (true, TUNNEL),
            (true, SESSION),
            (sequence, NS),
            (sequence, NR),
            (self.offset_present(), OFFSET),
        ];
        rows.into_iter().filter(move |&(there, _)| v2 && there).map(|(_, row)| (row, 2))
    }
}

impl<'a> L2tp<&'a [u8; 2]> {
    fn number(&self, context: &LayerContext<'a>, row: &'static Field) -> Option<u16> {
        find_number(self.optional(), context.options(L2tp::LEN), row).map(|n| n as u16)
    }

    /// The length field, if present.
    pub fn length(&self, context: &LayerContext<'a>) -> Option<u16> {
        self.number(context, LENGTH)
    }

    /// The tunnel identifier, assigned by the receiver.
    pub fn tunnel_id(&self, context: &LayerContext<'a>) -> Option<u16> {
        self.number(context, TUNNEL)
    }

    /// The session identifier, assigned by the receiver.
    pub fn session_id(&self, context: &LayerContext<'a>) -> Option<u16> {
        self.number(context, SESSION)
    }

    /// The sequence number of this message, if present.
    pub fn ns(&self, context: &LayerContext<'a>) -> Option<u16> {
        self.number(context, NS)
    }

    /// The sequence number of the next control message expected, if present.
    pub fn nr(&self, context: &LayerContext<'a>) -> Option<u16> {
        self.number(context, NR)
    }

    /// The bytes after the optional fields: attributes, or padding before the payload.
    fn after_optional(&self, context: &LayerContext<'a>) -> Cursor<'a> {
        let mut cursor = context.options(L2tp::LEN);
        if cursor.split(self.optional().map(|(_, len)| len).sum()).is_none() {
            cursor.rest();
        }
        cursor
    }

    /// The attribute-value pairs of a control message. Data messages have none.
    fn list(&self, context: &LayerContext<'a>) -> Tlvs<'a, L2tpAvp<'a>> {
        let mut cursor = self.after_optional(context);
        if !self.control() {
            cursor.rest();
        }
        Tlvs::at(cursor)
    }

    /// The attributes of a control message, up to the first truncated one. Vendor-specific and hidden attributes are
    /// `Unknown`.
    pub fn avps(&self, context: &LayerContext<'a>) -> impl Iterator<Item = L2tpAvp<'a>> + use<'a> {
        self.list(context).iter()
    }
}

rules! {
    /// Rules of L2TP.
    pub enum L2tpRule {
        ControlFlags = Warning "l2tp.flags.invalid_in_control"
            "the L and S bits must be set and the O and P bits zero in a control message (RFC 2661 §3.1)",
    }
}

impl<'a> Protocol<'a> for L2tp<&'a [u8; 2]> {
    const NAME: &'static str = "l2tp";
    const TITLE: &'static str = "Layer Two Tunneling Protocol, RFC 2661";
    const TABLE: &'static [Field] = L2tp::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[&Schema {
        fields: &[*LENGTH, *TUNNEL, *SESSION, *NS, *NR, *OFFSET, *OFFSET_PADDING, *AVPS],
        nested: &[Tlvs::<L2tpAvp>::SCHEMA],
        ..Schema::EMPTY
    }];
    const RULES: &'static [&'static [Rule]] = &[L2tpRule::ALL];
    const RAW: &'static str =
        "Hidden attributes, vendor-specific attributes, proxied LCP options, and version 3 after its first two bytes.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(L2tp::LEN))?;
        match header.version() {
            2 => {}
            3 => return Ok(ParsedHeader::new(header, L2tp::LEN, NextProtocol::Unknown)),
            version => {
                let defect = ParseDefect::version(version, 2).at(L2tp::row("version"));
                return Ok(ParsedHeader::new(header, L2tp::LEN, NextProtocol::Unknown).defect(defect));
            }
        }
        let fixed = L2tp::LEN + header.optional().map(|(_, len)| len).sum::<usize>();
        let cut = |needed| {
            Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(ParseDefect::needs(needed)))
        };
        let word = |at: usize| bytes.get(at..)?.first_chunk().map(|&word| usize::from(u16::from_be_bytes(word)));
        if fixed > bytes.len() {
            return cut(fixed);
        }
        let total = word(2).filter(|_| header.length_present());
        if let Some(length) = total.filter(|&length| length < fixed) {
            return Ok(
                ParsedHeader::new(header, fixed, NextProtocol::Unknown).defect(ParseDefect::too_short(length, fixed))
            );
        }
        let offset = fixed.checked_sub(2).and_then(word).filter(|_| header.offset_present()).unwrap_or(0);
        let header_len = if header.control() { total.unwrap_or(bytes.len()).min(bytes.len()) } else { fixed + offset };
        if header_len > bytes.len() {
            return cut(header_len);
        }
        if let Some(length) = total.filter(|&length| length < header_len) {
            return Ok(ParsedHeader::new(header, header_len, NextProtocol::Unknown)
                .defect(ParseDefect::too_short(length, header_len)));
        }
        let parts = ParsedHeader::new(
            header,
            header_len,
            if header.control() { NextProtocol::Unknown } else { NextProtocol::Ppp },
        );
        Ok(match total {
            Some(length) => parts.total_len(length),
            None => parts,
        })
    }

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        let (number, max) = (u64::from(bounds.payload_end - bounds.start), u16::MAX.into());
        if let (Some(bytes), true) =
            (frame.get_mut(bounds.start as usize + 2..bounds.header_end as usize), unset & OWN != 0)
        {
            let length =
                u16::try_from(number).map_err(|_| FieldError::at(LENGTH, ValueError::TooLarge { number, max }))?;
            bytes[..2].copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    fn build(builder: &mut Encoder<'_>, at: usize, unset: &mut u64) -> Result<(), FieldError> {
        let header: [u8; L2tp::LEN] = builder.header(at);
        let header = L2tp::new(&header);
        for (row, bytes) in header.optional() {
            if builder.given(row, bytes)?.is_none() && row.is_computed() {
                *unset |= OWN;
            }
        }
        builder.bytes(OFFSET_PADDING)?;
        Tlvs::<L2tpAvp>::build(AVPS, builder)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let rest = show_rows(self.optional(), context.options(L2tp::LEN), visitor);
        if rest.is_empty() {
            return;
        }
        if !self.control() {
            visitor.field(OFFSET_PADDING, rest.span(), Value::Bytes(rest.bytes()));
            return;
        }
        Tlvs::<L2tpAvp>::at(rest).show(AVPS, visitor);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if self.version() != 2 {
            return;
        }
        if self.control() {
            let need = self.length_present() && self.sequence_present() && !self.offset_present() && !self.priority();
            if !need {
                let span = Span::new(context.bounds.start, context.bounds.start + 2);
                report(None, span, L2tpRule::ControlFlags.into());
            }
        }
        // Truncation is reported elsewhere.
        let whole = self.length(context).is_none_or(|length| usize::from(length) == context.header().len());
        self.list(context).check(AVPS, &mut |field, span, issue| {
            if whole || !matches!(issue, IssueKind::BrokenItem(_) | IssueKind::CutItem { .. }) {
                report(field, span, issue);
            }
        });
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("L2TP");
        let kind = self.avps(context).find_map(|avp| match avp {
            L2tpAvp::MessageType { message } => Some(message),
            _ => None,
        });
        match (self.control(), kind) {
            (_, Some(kind)) => info.name_or_number(kind.name(), "message ", u16::from(kind)),
            // A message without AVPs only acknowledges (RFC 2661 §5.8).
            (true, None) => info.str("acknowledgment (ZLB)"),
            (false, None) if self.version() == 2 => info.str("data"),
            (false, None) => append!(info, "version ", self.version()),
        }
        let ids = [("tunnel", self.tunnel_id(context)), ("session", self.session_id(context))];
        let numbers = [("Ns", self.ns(context)), ("Nr", self.nr(context))];
        for (name, number) in ids.into_iter().chain(numbers).filter_map(|(name, n)| Some((name, n?))) {
            append!(info, " ", name, "=", number);
        }
    }
}

registry! {
    /// Control messages, RFC 2661 §3.2.
    pub enum L2tpMessageType: u16 {
        StartConnectionRequest = 1 "SCCRQ, start control connection request",
        StartConnectionReply = 2 "SCCRP, start control connection reply",
        StartConnectionConnected = 3 "SCCCN, start control connection connected",
        StopConnection = 4 "StopCCN, stop control connection",
        Hello = 6 "HELLO",
        OutgoingCallRequest = 7 "OCRQ, outgoing call request",
        OutgoingCallReply = 8 "OCRP, outgoing call reply",
        OutgoingCallConnected = 9 "OCCN, outgoing call connected",
        IncomingCallRequest = 10 "ICRQ, incoming call request",
        IncomingCallReply = 11 "ICRP, incoming call reply",
        IncomingCallConnected = 12 "ICCN, incoming call connected",
        CallDisconnect = 14 "CDN, call disconnect notify",
        WanError = 15 "WEN, WAN error notify",
        SetLinkInfo = 16 "SLI, set link info",
    }
}

flags! {
    /// Framing types, RFC 2661 §4.4.3.
    pub struct L2tpFraming: u32 {
        /// Asynchronous.
        ASYNCHRONOUS = 0x2, "asynchronous", "l2tp.avp.async_framing_supported";
        /// Synchronous.
        SYNCHRONOUS = 0x1, "synchronous", "l2tp.avp.sync_framing_supported";
    }
}

flags! {
    /// Bearer types, RFC 2661 §4.4.3.
    pub struct L2tpBearer: u32 {
        /// Analog.
        ANALOG = 0x2, "analog", "l2tp.avp.analog_access_supported";
        /// Digital.
        DIGITAL = 0x1, "digital", "l2tp.avp.digital_access_supported";
    }
}

tagged_enum! {
    /// An attribute-value pair, RFC 2661 §4.4.
    pub enum L2tpAvp<'a>: "type", "l2tp.avp.type", "attributes" {
        MessageType = 0 "message type" {
            /// Type of the control message; always the first attribute.
            message: L2tpMessageType, "l2tp.avp.message_type";
        }
        ResultCode = 1 "result code" {
            /// Reason why the tunnel or session ended.
            result: u16, "l2tp.result_code";
            /// Error code, if there was an error.
            error: Option<u16>, "l2tp.avp.error_code";
            /// Message for the user.
            message: Text<'a>, "l2tp.avp.error_message";
        }
        ProtocolVersion = 2 "protocol version" {
            /// Always 1.
            version: u8, "l2tp.avp.protocol_version";
            /// Always 0.
            revision: u8, "l2tp.avp.protocol_revision";
        }
        FramingCapabilities = 3 "framing capabilities" {
            /// Framing types that the sender supports.
            framing: L2tpFraming, "", hex;
        }
        BearerCapabilities = 4 "bearer capabilities" {
            /// Bearer types that the sender supports.
            bearer: L2tpBearer, "", hex;
        }
        TieBreaker = 5 "tie breaker" {
            /// If both ends request a tunnel at the same time, the lower value wins.
            value: u64, "l2tp.tie_breaker", hex;
        }
        FirmwareRevision = 6 "firmware revision" {
            /// Firmware revision, in the vendor's encoding.
            revision: u16, "l2tp.avp.firmware_revision", hex;
        }
        HostName = 7 "host name" {
            /// Host name of the sender.
            name: Text<'a>, "l2tp.avp.host_name";
        }
        VendorName = 8 "vendor name" {
            /// Vendor of the sender's equipment.
            name: Text<'a>, "l2tp.avp.vendor_name";
        }
        AssignedTunnelId = 9 "assigned tunnel id" {
            /// Tunnel identifier, assigned by the sender.
            tunnel_id: u16, "l2tp.avp.assigned_tunnel_id";
        }
        ReceiveWindowSize = 10 "receive window size" {
            /// Number of control messages that the sender accepts without acknowledgment.
            size: u16, "l2tp.avp.receive_window_size";
        }
        Challenge = 11 "challenge" {
            /// Challenge for authenticating the tunnel.
            value: &'a [u8], "l2tp.avp.chap_challenge";
        }
        CauseCode = 12 "Q.931 cause code" {
            /// Q.931 cause code.
            cause: u16, "l2tp.avp.cause_code";
            /// Q.931 message type that the cause came in.
            message_type: u8, "l2tp.avp.cause_msg";
            /// Advisory message for the user.
            advisory: Text<'a>, "l2tp.avp.advisory_msg";
        }
        ChallengeResponse = 13 "challenge response" {
            /// MD5 hash that answers the challenge.
            value: [u8; 16], "l2tp.avp.chap_challenge_response";
        }
        AssignedSessionId = 14 "assigned session id" {
            /// Session identifier, assigned by the sender.
            session_id: u16, "l2tp.avp.assigned_session_id";
        }
        CallSerialNumber = 15 "call serial number" {
            /// Identifies the call in the logs of both ends.
            number: u32, "l2tp.avp.call_serial_number";
        }
        MinimumBps = 16 "minimum BPS" {
            /// Lowest acceptable line speed in bits per second.
            speed: u32, "l2tp.avp.minimum_bps";
        }
        MaximumBps = 17 "maximum BPS" {
            /// Highest acceptable line speed in bits per second.
            speed: u32, "l2tp.avp.maximum_bps";
        }
        BearerType = 18 "bearer type" {
            /// Bearer type of the call.
            bearer: L2tpBearer, "", hex;
        }
        FramingType = 19 "framing type" {
            /// Framing type of the call.
            framing: L2tpFraming, "", hex;
        }
        CalledNumber = 21 "called number" {
            /// Called telephone number.
            number: Text<'a>, "l2tp.avp.called_number";
        }
        CallingNumber = 22 "calling number" {
            /// Calling telephone number.
            number: Text<'a>, "l2tp.avp.calling_number";
        }
        SubAddress = 23 "sub-address" {
            /// Additional dialing information.
            address: Text<'a>, "l2tp.avp.sub_address";
        }
        TxConnectSpeed = 24 "tx connect speed" {
            /// Speed towards the user in bits per second.
            speed: u32, "l2tp.avp.connect_speed";
        }
        PhysicalChannel = 25 "physical channel id" {
            /// Physical channel, in the vendor's encoding.
            channel: u32, "l2tp.avp.physical_channel", hex;
        }
        InitialLcp = 26 "initial received LCP configure request" {
            /// LCP options of the first Configure-Request received from the user.
            options: &'a [u8], "l2tp.avp.initial_received_lcp_confreq";
        }
        LastSentLcp = 27 "last sent LCP configure request" {
            /// LCP options of the last Configure-Request sent to the user.
            options: &'a [u8], "l2tp.avp.last_sent_lcp_confreq";
        }
        LastReceivedLcp = 28 "last received LCP configure request" {
            /// LCP options of the last Configure-Request received from the user.
            options: &'a [u8], "l2tp.avp.last_received_lcp_confreq";
        }
        ProxyAuthenticationType = 29 "proxy authentication type" {
            /// 1 textual exchange, 2 CHAP, 3 PAP, 4 none, 5 MS-CHAP.
            kind: u16, "l2tp.avp.proxy_authen_type";
        }
        ProxyAuthenticationName = 30 "proxy authentication name" {
            /// Name that the user gave.
            name: Text<'a>, "l2tp.avp.proxy_authen_name";
        }
        ProxyAuthenticationChallenge = 31 "proxy authentication challenge" {
            /// Challenge sent to the user.
            value: &'a [u8], "l2tp.avp.proxy_authen_challenge";
        }
        ProxyAuthenticationId = 32 "proxy authentication id" {
            /// A zero byte and the PPP identifier of the authentication exchange.
            id: u16, "l2tp.avp.proxy_authen_id";
        }
        ProxyAuthenticationResponse = 33 "proxy authentication response" {
            /// Response of the user: password or CHAP response.
            value: &'a [u8], "l2tp.avp.proxy_authen_response";
        }
        CallErrors = 34 "call errors" {
            /// Reserved.
            reserved: u16, "", reserved;
            /// Frames with a wrong FCS.
            crc_errors: u32, "l2tp.avp.crc_errors";
            /// Frames with framing errors.
            framing_errors: u32, "l2tp.avp.framing_errors";
            /// Receive buffer overruns of the hardware.
            hardware_overruns: u32, "l2tp.avp.hardware_overruns";
            /// Buffer overruns.
            buffer_overruns: u32, "l2tp.avp.buffer_overruns";
            /// Timeouts.
            timeouts: u32, "l2tp.avp.time_out_errors";
            /// Alignment errors.
            alignment_errors: u32, "l2tp.avp.alignment_errors";
        }
        Accm = 35 "async control character map" {
            /// Reserved.
            reserved: u16, "", reserved;
            /// Async control character map for sending.
            send: u32, "l2tp.avp.send_accm", hex;
            /// Async control character map for receiving.
            receive: u32, "l2tp.avp.receive_accm", hex;
        }
        RandomVector = 36 "random vector" {
            /// Random value used to encrypt the hidden attributes that follow.
            value: &'a [u8], "l2tp.avp.random_vector";
        }
        PrivateGroupId = 37 "private group id" {
            /// Customer network that the call belongs to.
            id: &'a [u8], "l2tp.avp.private_group_id";
        }
        RxConnectSpeed = 38 "rx connect speed" {
            /// Speed from the user in bits per second.
            speed: u32, "l2tp.avp.rx_connect_speed";
        }
        SequencingRequired = 39 "sequencing required" {}
    }
}

crate::wire::options_of! { L2tpAvp: L2tp; }

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::proto::Proto;
    use std::vec::Vec;

    fn walk(packet: &[u8]) -> (Vec<Proto>, Vec<IssueKind>) {
        let (mut protos, mut issues) = (Vec::new(), Vec::new());
        for layer in Examine::new(Layers::new(NextProtocol::UdpPorts(1701, 1701), packet)) {
            protos.push(layer.proto);
            layer.issues(|issue| issues.push(issue.kind));
        }
        (protos, issues)
    }

    #[test]
    fn ppp_follows_the_offset_padding() {
        let packet = [0x42, 2, 0, 16, 0, 1, 0, 2, 0, 2, 9, 9, 0, 0x2b, 7, 7, 0];
        assert_eq!(walk(&packet), ([Proto::L2tp, Proto::Ppp, Proto::Data].into(), [].into()));
        assert_eq!(Layers::new(NextProtocol::UdpPort(1701), &packet).next().unwrap().trailer(), [0]);
    }

    #[test]
    fn an_offset_beyond_the_end_is_truncated() {
        let packet = [0x02, 2, 0, 1, 0, 2, 0, 9, 1];
        let (protos, issues) = walk(&packet);
        assert_eq!(protos, [Proto::L2tp]);
        assert!(matches!(issues[..], [IssueKind::Truncated { needed: 17, have: 9, .. }]));
    }

    #[test]
    fn a_length_shorter_than_the_header_ends_it() {
        let packet = [0xc8, 2, 0, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0x80, 8];
        assert_eq!(walk(&packet).1, [IssueKind::TooShort { declared: 4, min: 12 }]);
    }

    /// Names and numbers that are shown, or lengths in bytes.
    #[derive(Default)]
    struct Shown(Vec<(&'static str, u64)>);

    impl Visitor for Shown {
        fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
            self.0.push((field.name, value.number().unwrap_or((span.end - span.start).into())));
        }
        fn open(&mut self, _: &'static Field, _: Span) {}
        fn close(&mut self) {}
    }

    #[test]
    fn a_cut_attribute_shows_its_vendor_type_and_length() {
        let packet = [0xc8, 2, 0, 26, 0, 1, 0, 2, 0, 0, 0, 0, 0x80, 14, 0, 0, 0, 7, b'h', b'o', b's'];
        let shown = |packet| {
            let mut shown = Shown::default();
            Examine::new(Layers::new(NextProtocol::UdpPort(1701), packet)).next().unwrap().show(&mut shown);
            shown.0
        };
        let all = shown(&packet);
        let end = [("reserved", 0), ("length", 14), ("vendor", 0), ("type", 7), ("rest", 3)];
        assert_eq!(all[all.len() - 5..], end);
        // Its type is cut too.
        assert_eq!(shown(&packet[..17]).last(), Some(&("rest", 5)));
    }

    #[test]
    fn a_truncated_attribute_is_reported() {
        let packet = [0xc8, 2, 0, 20, 0, 1, 0, 2, 0, 0, 0, 0, 0x80, 5, 0, 0, 0, 0, 0, 6];
        assert_eq!(walk(&packet).1, [IssueKind::CutItem { bytes: 8, kind: 0, length: Some(5) }]);
        let packet = [0xc8, 2, 0, 19, 0, 1, 0, 2, 0, 0, 0, 0, 0x80, 7, 0, 0, 0, 9, 0];
        assert_eq!(walk(&packet).1, [IssueKind::BadItem(9)]);
    }

    #[test]
    fn version_3_is_kept_as_data() {
        assert_eq!(walk(&[0, 3, 0, 0, 0, 0, 0, 1, 0xff]), ([Proto::L2tp, Proto::Data].into(), [].into()));
    }
}
