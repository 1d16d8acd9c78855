//! L2TP version 2, RFC 2661. Version 3 (RFC 3931) is named and kept as data.

use crate::build::Spot;
use crate::field::{Field, Kind, Registry, Span, Value, Visitor, flags, header, registry, show_fixed};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity};
use crate::part::{Cursor, DATA, ITEM, REST, Text, Variants, find_number, show_contents, show_rows, variants};
use crate::proto::Proto;
use crate::source::{Builder, Mistake, OWN, Unfit};

header! {
    /// L2TP header up to its version; which fields follow is for its bits to say. RFC 2661 §3.1.
    ///
    /// ```
    /// use packetsmith::{Examine, L2tpAvp, L2tpMessageType, Layers, Next, View};
    /// let packet = [0xc8, 2, 0, 20, 0, 7, 0, 0, 0, 1, 0, 2, 0x80, 8, 0, 0, 0, 0, 0, 6];
    /// let layer = Examine::new(Layers::new(Next::UdpPort(1701), &packet)).next().unwrap();
    /// let View::L2tp(l2tp) = layer.view else { panic!() };
    /// assert_eq!((l2tp.tunnel_id(&layer.place), l2tp.ns(&layer.place)), (Some(7), Some(1)));
    /// let avp = l2tp.avps(&layer.place).next().unwrap();
    /// assert_eq!(avp, L2tpAvp::MessageType { message: L2tpMessageType::Hello });
    /// ```
    pub struct L2tp(2) {
        /// A control message, not data.
        control: bool = 0..1, "l2tp.type";
        /// The length is there; always in control messages.
        length_present: bool = 1..2, "l2tp.length_bit";
        /// Reserved.
        reserved: u8 = 2..4, "", reserved;
        /// Sequence numbers are there; always in control messages.
        sequence_present: bool = 4..5, "l2tp.seq_bit";
        /// Reserved.
        reserved2: bool = 5..6, "", reserved;
        /// The offset is there; never in control messages.
        offset_present: bool = 6..7, "l2tp.offset_bit";
        /// Data to be sent before others.
        priority: bool = 7..8, "l2tp.priority";
        /// Reserved.
        reserved3: u8 = 8..12, "", reserved;
        /// 2; 3 in L2TPv3, 1 in L2F.
        version: u8 = 12..16, "l2tp.version", default(2);
    }
}

const LENGTH: &Field =
    &Field::floating("length", "l2tp.length", Kind::Uint, "Length of the message with its header.").bytes().derived();
const TUNNEL: &Field = &Field::floating("tunnel_id", "l2tp.tunnel", Kind::Uint, "The receiver's number of the tunnel.");
const SESSION: &Field =
    &Field::floating("session_id", "l2tp.session", Kind::Uint, "The receiver's number of the session.");
const NS: &Field = &Field::floating("ns", "l2tp.Ns", Kind::Uint, "Number of this message.");
const NR: &Field = &Field::floating("nr", "l2tp.Nr", Kind::Uint, "Number of the message expected next.");
const OFFSET: &Field =
    &Field::floating("offset", "l2tp.offset", Kind::Uint, "Bytes of padding before the payload.").bytes();
const OFFSET_PADDING: &Field =
    &Field::floating("offset_padding", "l2tp.offset_padding", Kind::Bytes, "Padding before the payload.");
const AVPS: &Field =
    &Field::floating("avps", "", Kind::List(&Kind::Group), "Attributes of a control message, RFC 2661 §4.");
const VENDOR_TYPE: &Field =
    &Field::floating("type", "l2tp.avp.type", Kind::Uint, "Type of the attribute, by the vendor.");

header! {
    /// Head of an attribute-value pair before its type, RFC 2661 §4.1.
    pub struct L2tpAvpHead(4) {
        /// Whoever does not know the attribute must end the session or the tunnel.
        mandatory: bool = 0..1, "l2tp.avp.mandatory";
        /// The value is encrypted.
        hidden: bool = 1..2, "l2tp.avp.hidden";
        /// Reserved.
        reserved: u8 = 2..6, "", reserved;
        /// Length of the attribute with this head, in bytes.
        length: u16 = 6..16, "l2tp.avp.length", bytes, derived;
        /// Who defines the type: zero, or an enterprise number.
        vendor: u16 = 16..32, "l2tp.avp.vendor_id";
    }
}

/// An attribute as it stands on the wire.
struct Avp<'a> {
    head: L2tpAvpHead<&'a [u8; 4]>,
    kind: u16,
    value: Cursor<'a>,
    span: Span,
}

impl<'a> Avp<'a> {
    /// Takes an attribute off the front.
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let mut left = *cursor;
        let head = L2tpAvpHead::new(left.chunk()?);
        let kind = u16::from_be_bytes(*left.chunk()?);
        let value = left.split(usize::from(head.length()).checked_sub(6)?)?;
        let span = Span::new(cursor.span().start, value.span().end);
        *cursor = left;
        Some(Avp { head, kind, value, span })
    }

    /// Tells whether the value is of a type that RFC 2661 defines, and can be read.
    fn is_standard(&self) -> bool {
        self.head.vendor() == 0 && !self.head.hidden()
    }

    fn show(&self, visitor: &mut dyn Visitor) {
        visitor.open(ITEM, self.span);
        show_fixed(L2tpAvpHead::FIELDS, self.head.as_bytes(), self.span.start, visitor);
        let field = if self.head.vendor() == 0 { L2tpAvp::KIND } else { VENDOR_TYPE };
        visitor.field(field, Span::new(self.span.start + 4, self.span.start + 6), Value::Uint(self.kind.into()));
        if self.is_standard() {
            show_contents::<L2tpAvp>(self.kind, self.value, visitor);
        } else if !self.value.is_empty() {
            visitor.field(DATA, self.value.span(), Value::Bytes(self.value.bytes()));
        }
        visitor.close();
    }
}

/// Builds one attribute.
fn build_avp(builder: &mut Builder<'_>) -> Result<(), Mistake> {
    let at = builder.len();
    let derived = builder.fixed::<{ L2tpAvpHead::LEN }>(L2tpAvpHead::FIELDS)?;
    let head: [u8; L2tpAvpHead::LEN] = builder.header(at);
    let head = L2tpAvpHead::new(&head);
    let kind = if head.vendor() == 0 { L2tpAvp::KIND } else { VENDOR_TYPE };
    let kind = builder.number(kind, 2)? as u16;
    match head.vendor() == 0 && !head.hidden() {
        true => L2tpAvp::build(kind, builder)?,
        false => builder.bytes(DATA)?,
    }
    if derived != 0 {
        let (have, max) = (builder.len() - at, 0x3ff);
        if have > max {
            return Err(Mistake::at(DATA, Unfit::TooLong { have, max }));
        }
        let [high, _] = builder.header(at);
        builder.patch(at, 2, u64::from(high & 0xfc) << 8 | have as u64);
    }
    Ok(())
}

impl<B: core::borrow::Borrow<[u8; 2]>> L2tp<B> {
    /// The optional fields in the order of the wire: row and bytes of each.
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
    fn number(&self, place: &Place<'a>, row: &'static Field) -> Option<u16> {
        find_number(self.optional(), place.options(L2tp::LEN), row).map(|n| n as u16)
    }

    /// The length that the message says it has, if it does.
    pub fn length(&self, place: &Place<'a>) -> Option<u16> {
        self.number(place, LENGTH)
    }

    /// The receiver's number of the tunnel.
    pub fn tunnel_id(&self, place: &Place<'a>) -> Option<u16> {
        self.number(place, TUNNEL)
    }

    /// The receiver's number of the session.
    pub fn session_id(&self, place: &Place<'a>) -> Option<u16> {
        self.number(place, SESSION)
    }

    /// The number of this message, if there is one.
    pub fn ns(&self, place: &Place<'a>) -> Option<u16> {
        self.number(place, NS)
    }

    /// The number of the message expected next, if there is one.
    pub fn nr(&self, place: &Place<'a>) -> Option<u16> {
        self.number(place, NR)
    }

    /// What stands behind the optional fields: attributes, or padding before the payload.
    fn behind(&self, place: &Place<'a>) -> Cursor<'a> {
        let mut cursor = place.options(L2tp::LEN);
        if cursor.split(self.optional().map(|(_, len)| len).sum()).is_none() {
            cursor.rest();
        }
        cursor
    }

    fn raw_avps(&self, place: &Place<'a>) -> Cursor<'a> {
        let mut cursor = self.behind(place);
        if !self.control() {
            cursor.rest();
        }
        cursor
    }

    /// The attributes of a control message, up to one that breaks off; those of vendors, and hidden
    /// ones, are unknown.
    pub fn avps(&self, place: &Place<'a>) -> impl Iterator<Item = L2tpAvp<'a>> + use<'a> {
        let mut cursor = self.raw_avps(place);
        core::iter::from_fn(move || Avp::take(&mut cursor)).map(|avp| match avp.is_standard() {
            true => L2tpAvp::decode(avp.kind, avp.value),
            false => L2tpAvp::Unknown { kind: avp.kind, data: avp.value.bytes() },
        })
    }
}

impl<'a> Protocol<'a> for L2tp<&'a [u8; 2]> {
    const NAME: &'static str = "l2tp";
    const TITLE: &'static str = "Layer Two Tunneling Protocol, RFC 2661";
    const TABLE: &'static [Field] = L2tp::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[
        &[*LENGTH, *TUNNEL, *SESSION, *NS, *NR, *OFFSET, *OFFSET_PADDING, *AVPS],
        L2tpAvpHead::FIELDS,
        &[*VENDOR_TYPE, *L2tpAvp::KIND],
        L2tpAvp::FIELDS,
    ];
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[("attributes", L2tpAvp::REGISTRY)];
    const RAW: &'static str =
        "Hidden attributes, attributes of vendors, proxied LCP options, and version 3 behind its first two bytes.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(L2tp::LEN))?;
        match header.version() {
            2 => {}
            3 => return Ok(Parts::new(header, L2tp::LEN, Next::Unknown)),
            version => {
                let flaw = Flaw::version(version, 2).at(L2tp::row("version"));
                return Ok(Parts::new(header, L2tp::LEN, Next::Unknown).flaw(flaw));
            }
        }
        let fixed = L2tp::LEN + header.optional().map(|(_, len)| len).sum::<usize>();
        let cut = |needed| Ok(Parts::new(header, bytes.len(), Next::Unknown).flaw(Flaw::needs(needed)));
        let word = |at: usize| bytes.get(at..)?.first_chunk().map(|&word| usize::from(u16::from_be_bytes(word)));
        if fixed > bytes.len() {
            return cut(fixed);
        }
        let total = word(2).filter(|_| header.length_present());
        if let Some(length) = total.filter(|&length| length < fixed) {
            return Ok(Parts::new(header, fixed, Next::Unknown).flaw(Flaw::too_short(length, fixed)));
        }
        let offset = fixed.checked_sub(2).and_then(word).filter(|_| header.offset_present()).unwrap_or(0);
        let head = if header.control() { total.unwrap_or(bytes.len()).min(bytes.len()) } else { fixed + offset };
        if head > bytes.len() {
            return cut(head);
        }
        if let Some(length) = total.filter(|&length| length < head) {
            return Ok(Parts::new(header, head, Next::Unknown).flaw(Flaw::too_short(length, head)));
        }
        let parts = Parts::new(header, head, if header.control() { Next::Unknown } else { Next::Ppp });
        Ok(match total {
            Some(length) => parts.total(length),
            None => parts,
        })
    }

    fn finish(frame: &mut [u8], spot: &Spot, _: Proto) -> Result<(), Mistake> {
        let (number, max) = (u64::from(spot.body_end - spot.at), u16::MAX.into());
        if let (Some(bytes), true) = (frame.get_mut(spot.at as usize + 2..spot.head_end as usize), spot.auto & OWN != 0)
        {
            let length = u16::try_from(number).map_err(|_| Mistake::at(LENGTH, Unfit::TooLarge { number, max }))?;
            bytes[..2].copy_from_slice(&length.to_be_bytes());
        }
        Ok(())
    }

    fn build(builder: &mut Builder<'_>, at: usize, auto: &mut u64) -> Result<(), Mistake> {
        let header: [u8; L2tp::LEN] = builder.header(at);
        let header = L2tp::new(&header);
        for (row, bytes) in header.optional() {
            if builder.given(row, bytes)?.is_none() && row.is_derived() {
                *auto |= OWN;
            }
        }
        builder.bytes(OFFSET_PADDING)?;
        if !builder.source.open(AVPS)? {
            return Ok(());
        }
        while builder.source.next()? {
            match builder.source.has(REST) {
                true => builder.bytes(REST)?,
                false => build_avp(builder)?,
            }
        }
        builder.source.close()
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let behind = show_rows(self.optional(), place.options(L2tp::LEN), visitor);
        if behind.is_empty() {
            return;
        }
        if !self.control() {
            visitor.field(OFFSET_PADDING, behind.span(), Value::Bytes(behind.bytes()));
            return;
        }
        visitor.open(AVPS, behind.span());
        let mut cursor = behind;
        while let Some(avp) = Avp::take(&mut cursor) {
            avp.show(visitor);
        }
        if !cursor.is_empty() {
            visitor.open(ITEM, cursor.span());
            visitor.field(REST, cursor.span(), Value::Bytes(cursor.bytes()));
            visitor.close();
        }
        visitor.close();
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if self.version() != 2 {
            return;
        }
        if self.control() {
            let need = self.length_present() && self.sequence_present() && !self.offset_present() && !self.priority();
            if !need {
                let span = Span::new(place.context.at, place.context.at + 2);
                let rule = "control messages have a length and numbers, and no offset or priority (RFC 2661 §3.1)";
                report(None, span, Reason::Rule(Severity::Warning, rule));
            }
        }
        let mut cursor = self.raw_avps(place);
        while let Some(avp) = Avp::take(&mut cursor) {
            let known = avp.is_standard() && L2tpAvp::name_of(avp.kind).is_some();
            if known && L2tpAvp::decode(avp.kind, avp.value).is_unknown() {
                report(Some(AVPS), avp.span, Reason::BadItem(avp.kind));
            }
        }
        // What is cut says so itself.
        let whole = self.length(place).is_none_or(|length| usize::from(length) == place.head().len());
        if !cursor.is_empty() && whole {
            report(Some(AVPS), cursor.span(), Reason::BrokenItem(cursor.bytes().len() as u32));
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
    /// Kinds of framing, RFC 2661 §4.4.3.
    pub struct L2tpFraming: u32 {
        /// Asynchronous.
        ASYNCHRONOUS = 0x2, "asynchronous", "l2tp.avp.async_framing_supported";
        /// Synchronous.
        SYNCHRONOUS = 0x1, "synchronous", "l2tp.avp.sync_framing_supported";
    }
}

flags! {
    /// Kinds of lines, RFC 2661 §4.4.3.
    pub struct L2tpBearer: u32 {
        /// Analog.
        ANALOG = 0x2, "analog", "l2tp.avp.analog_access_supported";
        /// Digital.
        DIGITAL = 0x1, "digital", "l2tp.avp.digital_access_supported";
    }
}

variants! {
    /// An attribute of a control message, RFC 2661 §4.4.
    pub enum L2tpAvp<'a>: "type", "l2tp.avp.type" {
        MessageType = 0 "message type" {
            /// What the message is; always the first attribute.
            message: L2tpMessageType, "l2tp.avp.message_type";
        }
        ResultCode = 1 "result code" {
            /// Why the tunnel or session ended.
            result: u16, "l2tp.result_code";
            /// What went wrong, if something did.
            error: Option<u16>, "l2tp.avp.error_code";
            /// For people.
            message: Text<'a>, "l2tp.avp.error_message";
        }
        ProtocolVersion = 2 "protocol version" {
            /// Always 1.
            version: u8, "l2tp.avp.protocol_version";
            /// Always 0.
            revision: u8, "l2tp.avp.protocol_revision";
        }
        FramingCapabilities = 3 "framing capabilities" {
            /// Framing that the sender can do.
            framing: L2tpFraming, "", hex;
        }
        BearerCapabilities = 4 "bearer capabilities" {
            /// Lines that the sender has.
            bearer: L2tpBearer, "", hex;
        }
        TieBreaker = 5 "tie breaker" {
            /// The lower wins where both ends begin.
            value: u64, "l2tp.tie_breaker", hex;
        }
        FirmwareRevision = 6 "firmware revision" {
            /// Revision, by the vendor.
            revision: u16, "l2tp.avp.firmware_revision", hex;
        }
        HostName = 7 "host name" {
            /// Name of the sender.
            name: Text<'a>, "l2tp.avp.host_name";
        }
        VendorName = 8 "vendor name" {
            /// Vendor of the sender.
            name: Text<'a>, "l2tp.avp.vendor_name";
        }
        AssignedTunnelId = 9 "assigned tunnel id" {
            /// The sender's number of the tunnel.
            tunnel_id: u16, "l2tp.avp.assigned_tunnel_id";
        }
        ReceiveWindowSize = 10 "receive window size" {
            /// Control messages that the sender takes at once.
            size: u16, "l2tp.avp.receive_window_size";
        }
        Challenge = 11 "challenge" {
            /// Challenge.
            value: &'a [u8], "l2tp.avp.chap_challenge";
        }
        CauseCode = 12 "Q.931 cause code" {
            /// Cause.
            cause: u16, "l2tp.avp.cause_code";
            /// Message that it came in.
            message_type: u8, "l2tp.avp.cause_msg";
            /// For people.
            advisory: Text<'a>, "l2tp.avp.advisory_msg";
        }
        ChallengeResponse = 13 "challenge response" {
            /// Hash.
            value: [u8; 16], "l2tp.avp.chap_challenge_response";
        }
        AssignedSessionId = 14 "assigned session id" {
            /// The sender's number of the session.
            session_id: u16, "l2tp.avp.assigned_session_id";
        }
        CallSerialNumber = 15 "call serial number" {
            /// Number to find the call in logs by.
            number: u32, "l2tp.avp.call_serial_number";
        }
        MinimumBps = 16 "minimum BPS" {
            /// Lowest speed wanted, in bits a second.
            speed: u32, "l2tp.avp.minimum_bps";
        }
        MaximumBps = 17 "maximum BPS" {
            /// Highest speed wanted, in bits a second.
            speed: u32, "l2tp.avp.maximum_bps";
        }
        BearerType = 18 "bearer type" {
            /// Line of the call.
            bearer: L2tpBearer, "", hex;
        }
        FramingType = 19 "framing type" {
            /// Framing of the call.
            framing: L2tpFraming, "", hex;
        }
        CalledNumber = 21 "called number" {
            /// Number called.
            number: Text<'a>, "l2tp.avp.called_number";
        }
        CallingNumber = 22 "calling number" {
            /// Number of the caller.
            number: Text<'a>, "l2tp.avp.calling_number";
        }
        SubAddress = 23 "sub-address" {
            /// More of the address.
            address: Text<'a>, "l2tp.avp.sub_address";
        }
        TxConnectSpeed = 24 "tx connect speed" {
            /// Speed towards the user, in bits a second.
            speed: u32, "l2tp.avp.connect_speed";
        }
        PhysicalChannel = 25 "physical channel id" {
            /// Channel, by the vendor.
            channel: u32, "l2tp.avp.physical_channel", hex;
        }
        InitialLcp = 26 "initial received LCP configure request" {
            /// Options.
            options: &'a [u8], "l2tp.avp.initial_received_lcp_confreq";
        }
        LastSentLcp = 27 "last sent LCP configure request" {
            /// Options.
            options: &'a [u8], "l2tp.avp.last_sent_lcp_confreq";
        }
        LastReceivedLcp = 28 "last received LCP configure request" {
            /// Options.
            options: &'a [u8], "l2tp.avp.last_received_lcp_confreq";
        }
        ProxyAuthenticationType = 29 "proxy authentication type" {
            /// 1 textual exchange, 2 CHAP, 3 PAP, 4 none, 5 MS-CHAP.
            kind: u16, "l2tp.avp.proxy_authen_type";
        }
        ProxyAuthenticationName = 30 "proxy authentication name" {
            /// Name of the caller.
            name: Text<'a>, "l2tp.avp.proxy_authen_name";
        }
        ProxyAuthenticationChallenge = 31 "proxy authentication challenge" {
            /// Challenge that the caller was given.
            value: &'a [u8], "l2tp.avp.proxy_authen_challenge";
        }
        ProxyAuthenticationId = 32 "proxy authentication id" {
            /// Identifier of the exchange, behind a byte of zero.
            id: u16, "l2tp.avp.proxy_authen_id";
        }
        ProxyAuthenticationResponse = 33 "proxy authentication response" {
            /// What the caller answered.
            value: &'a [u8], "l2tp.avp.proxy_authen_response";
        }
        CallErrors = 34 "call errors" {
            /// Reserved.
            reserved: u16, "", reserved;
            /// Frames with a bad checksum.
            crc_errors: u32, "l2tp.avp.crc_errors";
            /// Frames that were badly framed.
            framing_errors: u32, "l2tp.avp.framing_errors";
            /// Overruns of the receiver.
            hardware_overruns: u32, "l2tp.avp.hardware_overruns";
            /// Overruns of buffers.
            buffer_overruns: u32, "l2tp.avp.buffer_overruns";
            /// Timeouts.
            timeouts: u32, "l2tp.avp.time_out_errors";
            /// Errors of alignment.
            alignment_errors: u32, "l2tp.avp.alignment_errors";
        }
        Accm = 35 "async control character map" {
            /// Reserved.
            reserved: u16, "", reserved;
            /// To be used when sending.
            send: u32, "l2tp.avp.send_accm", hex;
            /// To be used when receiving.
            receive: u32, "l2tp.avp.receive_accm", hex;
        }
        RandomVector = 36 "random vector" {
            /// What hidden attributes behind it are encrypted with.
            value: &'a [u8], "l2tp.avp.random_vector";
        }
        PrivateGroupId = 37 "private group id" {
            /// Customers' network that the call belongs to.
            id: &'a [u8], "l2tp.avp.private_group_id";
        }
        RxConnectSpeed = 38 "rx connect speed" {
            /// Speed from the user, in bits a second.
            speed: u32, "l2tp.avp.rx_connect_speed";
        }
        SequencingRequired = 39 "sequencing required" {}
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::proto::Proto;
    use std::vec::Vec;

    fn walk(packet: &[u8]) -> (Vec<Proto>, Vec<Reason>) {
        let (mut protos, mut issues) = (Vec::new(), Vec::new());
        for layer in Examine::new(Layers::new(Next::UdpPorts(1701, 1701), packet)) {
            protos.push(layer.proto);
            layer.issues(|issue| issues.push(issue.reason));
        }
        (protos, issues)
    }

    #[test]
    fn data_carry_ppp_behind_an_offset() {
        let packet = [0x42, 2, 0, 16, 0, 1, 0, 2, 0, 2, 9, 9, 0, 0x2b, 7, 7, 0];
        assert_eq!(walk(&packet), ([Proto::L2tp, Proto::Ppp, Proto::Data].into(), [].into()));
        assert_eq!(Layers::new(Next::UdpPort(1701), &packet).next().unwrap().tail(), [0]);
    }

    #[test]
    fn an_offset_beyond_the_end_is_cut() {
        let packet = [0x02, 2, 0, 1, 0, 2, 0, 9, 1];
        let (protos, issues) = walk(&packet);
        assert_eq!(protos, [Proto::L2tp]);
        assert!(matches!(issues[..], [Reason::Truncated { needed: 17, have: 9, .. }]));
    }

    #[test]
    fn a_length_shorter_than_the_header_ends_it() {
        let packet = [0xc8, 2, 0, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0x80, 8];
        assert_eq!(walk(&packet).1, [Reason::TooShort { declared: 4, min: 12 }]);
    }

    #[test]
    fn an_attribute_that_breaks_off_is_reported() {
        let packet = [0xc8, 2, 0, 20, 0, 1, 0, 2, 0, 0, 0, 0, 0x80, 5, 0, 0, 0, 0, 0, 6];
        assert_eq!(walk(&packet).1, [Reason::BrokenItem(8)]);
        let packet = [0xc8, 2, 0, 19, 0, 1, 0, 2, 0, 0, 0, 0, 0x80, 7, 0, 0, 0, 9, 0];
        assert_eq!(walk(&packet).1, [Reason::BadItem(9)]);
    }

    #[test]
    fn version_3_is_kept_as_data() {
        assert_eq!(walk(&[0, 3, 0, 0, 0, 0, 0, 1, 0xff]), ([Proto::L2tp, Proto::Data].into(), [].into()));
    }
}
