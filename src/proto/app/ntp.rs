//! NTP (RFC 5905), and the headers of control messages (RFC 9327) and of ntpd's private messages.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, NextProtocol};
use crate::layer::{LayerBounds, LayerContext, ParseDefect, ParsedHeader, Protocol, Report};
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Cursor, DATA, TaggedEnum, TlvItem, TlvLayout, Tlvs, tagged_enum};
use crate::wire::{Encoder, FieldError, ValueError};
use crate::wire::{Field, Kind, Span, Value, Visitor, header, registry};
use core::net::Ipv4Addr;

registry! {
    /// Leap indicators, RFC 5905 §7.3.
    pub enum NtpLeap: u8 {
        None = 0 "no warning",
        LastMinute61 = 1 "last minute of the day has 61 seconds",
        LastMinute59 = 2 "last minute of the day has 59 seconds",
        Unknown3 = 3 "not synchronized",
    }
}

registry! {
    /// Association modes, RFC 5905 §7.3.
    pub enum NtpMode: u8 {
        Reserved = 0 "reserved",
        SymmetricActive = 1 "symmetric active",
        SymmetricPassive = 2 "symmetric passive",
        Client = 3 "client",
        Server = 4 "server",
        Broadcast = 5 "broadcast",
        Control = 6 "control",
        Private = 7 "private",
    }
}

registry! {
    /// Strata: distance of a server from a reference clock, RFC 5905 §7.3.
    pub enum NtpStratum: u8 {
        Unspecified = 0 "unspecified or invalid",
        Primary = 1 "primary server",
        Unsynchronized = 16 "not synchronized",
    }
}

header! {
    /// NTP packet header, [RFC 5905 §7.3](https://www.rfc-editor.org/rfc/rfc5905#section-7.3).
    ///
    /// ```
    /// use packetsmith::Ntp;
    /// use packetsmith::proto::app::NtpMode;
    /// let request = Ntp::build().version(4).mode(NtpMode::Client).done();
    /// assert_eq!(request.as_bytes()[0], 0x23);
    /// ```
    pub struct Ntp(48) => NtpEdit, layer {
        /// Leap indicator: warning of a leap second.
        leap: NtpLeap = 0..2, "ntp.flags.li";
        /// Version: 4 for RFC 5905.
        version: u8 = 2..5, "ntp.flags.vn", default(4);
        /// Association mode.
        mode: NtpMode = 5..8, "ntp.flags.mode", default(3);
        /// Stratum: distance from a reference clock. 1 is a primary server.
        stratum: NtpStratum = 8..16, "ntp.stratum";
        /// Largest interval between messages: base-2 logarithm of the seconds, signed.
        poll: i8 = 16..24, "ntp.ppoll", log2_seconds;
        /// Precision of the system clock: base-2 logarithm of the seconds, signed.
        precision: i8 = 24..32, "ntp.precision", log2_seconds;
        /// Round-trip delay to the reference clock, in units of 2⁻¹⁶ seconds.
        root_delay: u32 = 32..64, "ntp.rootdelay", short_time;
        /// Dispersion to the reference clock, in units of 2⁻¹⁶ seconds.
        root_dispersion: u32 = 64..96, "ntp.rootdispersion", short_time;
        /// Reference clock or server: a name in stratum 0 and 1, otherwise an IPv4 address or a hash.
        reference_id: [u8; 4] = 96..128, "ntp.refid";
        /// Time at which the system clock was last set, in units of 2⁻³² seconds since 1900.
        reference_timestamp: u64 = 128..192, "ntp.reftime", hex, ntp_time;
        /// Time at which the request left the client, in units of 2⁻³² seconds since 1900.
        origin_timestamp: u64 = 192..256, "ntp.org", hex, ntp_time;
        /// Time at which the request arrived at the server, in units of 2⁻³² seconds since 1900.
        receive_timestamp: u64 = 256..320, "ntp.rec", hex, ntp_time;
        /// Time at which this packet left its sender, in units of 2⁻³² seconds since 1900.
        transmit_timestamp: u64 = 320..384, "ntp.xmt", hex, ntp_time;
    }
}

const REFERENCE_NAME: &Field =
    &Field::fixed("reference_id", "ntp.refid", 96..128, Kind::Text, "Name of the reference clock, or kiss code.");
const REFERENCE_ADDRESS: &Field = &Field::fixed(
    "reference_id",
    "ntp.refid",
    96..128,
    Kind::Ipv4,
    "IPv4 address of the upstream server, or hash of its IPv6 address.",
);
const EXTENSIONS: &Field =
    &Field::floating("extensions", "ntp.ext", Kind::List(&Kind::Group), "Extension fields, RFC 7822.");
const KEY_ID: &Field =
    &Field::floating("key_id", "ntp.keyid", Kind::Uint, "Identifier of the key of the message authentication code.")
        .of_bits(32)
        .hex();
const MAC: &Field = &Field::floating("mac", "ntp.mac", Kind::Bytes, "Message authentication code, RFC 5905 §7.3.");

tagged_enum! {
    /// An extension field, RFC 7822 and IANA.
    pub enum NtpExtension<'a>: "type", "ntp.ext.type", "extension fields" {
        UniqueIdentifier = 0x0104 "unique identifier" {
            /// Random value, returned in the response, RFC 8915 §5.3.
            value: &'a [u8], "ntp.ext.value";
        }
        NtsCookie = 0x0204 "NTS cookie" {
            /// Cookie made by the server, RFC 8915 §5.4.
            value: &'a [u8], "ntp.ext.value";
        }
        NtsCookiePlaceholder = 0x0304 "NTS cookie placeholder" {
            /// Placeholder for a cookie in the response, RFC 8915 §5.5.
            value: &'a [u8], "ntp.ext.value";
        }
        NtsAuthenticator = 0x0404 "NTS authenticator and encrypted extension fields" {
            /// Nonce and ciphertext, RFC 8915 §5.6.
            value: &'a [u8], "ntp.ext.value";
        }
        ChecksumComplement = 0x2005 "UDP checksum complement" {
            /// Value that keeps the UDP checksum valid, RFC 7821.
            value: &'a [u8], "ntp.ext.value";
        }
    }
}

impl TlvItem for NtpExtension<'_> {
    const LAYOUT: TlvLayout = TlvLayout { counts_header: true, ..TlvLayout::WORDS };
}

impl<'a> Ntp<&'a [u8; 48]> {
    /// IPv4 address of the upstream server, for stratum 2 and above. Over IPv6 a hash (RFC 5905 §7.3).
    pub fn reference_address(&self) -> Option<Ipv4Addr> {
        (u8::from(self.stratum()) > 1).then(|| self.reference_id().into())
    }

    /// Splits off the extension fields and the message authentication code. Bytes no longer than the longest code are a
    /// code. An extension field has at least 16 bytes, or 28 if no code follows (RFC 7822 §7.5.1).
    fn split_rest(&self, context: &LayerContext<'a>) -> (Cursor<'a>, Cursor<'a>) {
        let (mut fields, mut left) = (context.options(Ntp::LEN), context.options(Ntp::LEN));
        while left.bytes().len() > 24 {
            let &[_, _, high, low, ..] = left.bytes() else { break };
            let length = usize::from(u16::from_be_bytes([high, low]));
            if length < 4 || left.split(length).is_none() {
                left.rest();
            }
        }
        let mac = left;
        let len = (mac.span().start - fields.span().start) as usize;
        let fields = fields.split(len).unwrap_or(mac);
        (fields, mac)
    }

    /// The extension fields.
    pub fn extensions(&self, context: &LayerContext<'a>) -> Tlvs<'a, NtpExtension<'a>> {
        Tlvs::at(self.split_rest(context).0)
    }

    /// The message authentication code: key identifier and code.
    pub fn mac(&self, context: &LayerContext<'a>) -> Option<(u32, &'a [u8])> {
        let (key, code) = self.split_rest(context).1.bytes().split_first_chunk()?;
        Some((u32::from_be_bytes(*key), code))
    }
}

impl<'a> Protocol<'a> for Ntp<&'a [u8; 48]> {
    const NAME: &'static str = "ntp";
    const TITLE: &'static str = "Network Time Protocol, RFC 5905";
    const TABLE: &'static [Field] = Ntp::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[
        NtpExtension::SCHEMA,
        &Schema { fields: &[*EXTENSIONS, *NtpExtension::KIND, *KEY_ID, *MAC], ..Schema::EMPTY },
    ];
    const RAW: &'static str = "Message authentication codes, and the contents of NTS and Autokey fields.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Ntp::LEN))?;
        Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown))
    }

    fn show_row(&self, row: u8, context: &LayerContext<'a>, visitor: &mut dyn Visitor) -> bool {
        if row != const { Ntp::row("reference_id") } {
            return false;
        }
        let id = self.reference_id();
        let (field, value) = match self.reference_address() {
            Some(address) => (REFERENCE_ADDRESS, Value::Ipv4(address)),
            None if id == [0; 4] => return false,
            None => (REFERENCE_NAME, Value::Text(&id)),
        };
        visitor.field(field, field.span(context.bounds.start), value);
        true
    }

    fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        Tlvs::<NtpExtension>::build(EXTENSIONS, builder)?;
        if builder.source.has(KEY_ID) {
            builder.number(KEY_ID, 4)?;
        }
        builder.bytes(MAC)?;
        builder.bytes(DATA)
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let (fields, mut mac) = self.split_rest(context);
        if !fields.is_empty() {
            self.extensions(context).show(EXTENSIONS, visitor);
        }
        if let (key, Some(&id)) = (mac.span(), mac.chunk()) {
            visitor.field(KEY_ID, Span::new(key.start, key.start + 4), Value::Uint(u32::from_be_bytes(id).into()));
            if !mac.is_empty() {
                visitor.field(MAC, mac.span(), Value::Bytes(mac.bytes()));
            }
        } else if !mac.is_empty() {
            visitor.field(DATA, mac.span(), Value::Bytes(mac.bytes()));
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        if context.is_whole() {
            let (_, mac) = self.split_rest(context);
            self.extensions(context).check(EXTENSIONS, report);
            if (1..4).contains(&mac.bytes().len()) {
                report(None, mac.span(), IssueKind::BrokenItem(mac.bytes().len() as u32));
            }
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("NTP");
        append!(info, "version ", self.version(), ", ");
        info.name_or_number(self.mode().name(), "mode ", u8::from(self.mode()));
        let reference = self.reference_id();
        match u8::from(self.stratum()) {
            // Clients seldom fill this in.
            0 if reference == [0; 4] => return,
            0 => info.str(", kiss of death"),
            stratum => append!(info, ", stratum ", stratum),
        }
        info.str(", reference ");
        match self.reference_address() {
            Some(address) => append!(info, address),
            None => {
                let end = reference.iter().rposition(|&b| b != 0).map_or(0, |i| i + 1);
                info.quoted(&reference[..end]);
            }
        }
    }
}

registry! {
    /// Opcodes of control messages, RFC 9327 §2.
    pub enum NtpControlOpcode: u8 {
        ReadStatus = 1 "read status",
        ReadVariables = 2 "read variables",
        WriteVariables = 3 "write variables",
        ReadClock = 4 "read clock variables",
        WriteClock = 5 "write clock variables",
        SetTrap = 6 "set trap",
        TrapResponse = 7 "trap response",
        Configure = 8 "runtime configuration",
        SaveConfiguration = 9 "export configuration",
        ReadMru = 10 "retrieve most recently used list",
        ReadOrderedList = 11 "retrieve ordered list",
        RequestNonce = 12 "request nonce",
        UnsetTrap = 31 "unset trap",
    }
}

header! {
    /// Header of a control message, [RFC 9327 §2](https://www.rfc-editor.org/rfc/rfc9327#section-2).
    ///
    /// ```
    /// use packetsmith::{Layers, NextProtocol, View};
    /// use packetsmith::proto::app::NtpControlOpcode;
    /// let packet = [0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    /// let Some(View::NtpControl(message)) = Layers::new(NextProtocol::UdpPorts(50000, 123), &packet).next().map(|l| l.view)
    /// else { panic!() };
    /// assert_eq!(message.opcode(), NtpControlOpcode::ReadVariables);
    /// ```
    pub struct NtpControl(12) => NtpControlEdit, layer {
        /// Leap indicator; zero in control messages.
        leap: NtpLeap = 0..2, "ntp.flags.li";
        /// Version.
        version: u8 = 2..5, "ntp.flags.vn", default(4);
        /// Association mode: always 6.
        mode: NtpMode = 5..8, "ntp.flags.mode", default(6);
        /// R: the message is a response.
        response: bool = 8..9, "ntp.ctrl.flags2.r";
        /// E: the response is an error.
        error: bool = 9..10, "ntp.ctrl.flags2.error";
        /// M: more fragments of the response follow.
        more: bool = 10..11, "ntp.ctrl.flags2.more";
        /// Opcode of the command.
        opcode: NtpControlOpcode = 11..16, "ntp.ctrl.flags2.opcode";
        /// Sequence number; matches responses to commands.
        sequence: u16 = 16..32, "ntp.ctrl.sequence";
        /// Status of the system, peer or clock, or an error code.
        status: u16 = 32..48, "ntp.ctrl.status", hex;
        /// Identifier of the association.
        association_id: u16 = 48..64, "ntp.ctrl.associd";
        /// Offset of the data in the whole response, in bytes.
        offset: u16 = 64..80, "ntp.ctrl.offset", bytes;
        /// Length of the data in bytes.
        count: u16 = 80..96, "ntp.ctrl.count", bytes, computed;
    }
}

impl<'a> Protocol<'a> for NtpControl<&'a [u8; 12]> {
    const NAME: &'static str = "ntp_control";
    const TITLE: &'static str = "NTP control message, RFC 9327";
    const TABLE: &'static [Field] = NtpControl::FIELDS;
    const RAW: &'static str = "Text of the variables, padding and authenticator.";

    fn finish(frame: &mut [u8], bounds: LayerBounds, unset: u64) -> Result<(), FieldError> {
        let row = const { NtpControl::row("count") };
        if unset >> row & 1 == 0 {
            return Ok(());
        }
        let (field, number) =
            (&NtpControl::FIELDS[usize::from(row)], u64::from(bounds.payload_end - bounds.header_end));
        match (u16::try_from(number), frame.get_mut(bounds.start as usize..).and_then(NtpControl::split_mut)) {
            (Ok(count), Some((mut header, _))) => drop(header.edit().count(count)),
            (Ok(_), None) => {}
            (Err(_), _) => return Err(FieldError::at(field, ValueError::TooLarge { number, max: u16::MAX.into() })),
        }
        Ok(())
    }

    /// Padding and an authenticator may follow the data; both are part of the payload.
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, data) = Self::split(bytes).ok_or(ParseDefect::needs(NtpControl::LEN))?;
        let parts = ParsedHeader::new(header, NtpControl::LEN, NextProtocol::Unknown);
        Ok(match usize::from(header.count()) {
            count if count > data.len() => {
                parts.defect(ParseDefect::needs(NtpControl::LEN + count).at(NtpControl::row("count")))
            }
            _ => parts,
        })
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("NTP");
        append!(info, "version ", self.version(), ", control, ");
        info.name_or_number(self.opcode().name(), "opcode ", u8::from(self.opcode()));
        info.str(if self.response() { " response" } else { "" });
        append!(info, ", sequence ", self.sequence());
    }
}

header! {
    /// Header of a private message of ntpd, as in `ntp_request.h` of the reference implementation.
    pub struct NtpPrivate(8) => NtpPrivateEdit, layer {
        /// R: the message is a response.
        response: bool = 0..1, "ntp.priv.flags.r";
        /// M: more packets of the response follow.
        more: bool = 1..2, "ntp.priv.flags.more";
        /// Version.
        version: u8 = 2..5, "ntp.flags.vn", default(4);
        /// Association mode: always 7.
        mode: NtpMode = 5..8, "ntp.flags.mode", default(7);
        /// The message is authenticated.
        authenticated: bool = 8..9, "ntp.priv.auth";
        /// Sequence number of the packet in the response.
        sequence: u8 = 9..16, "ntp.priv.seq";
        /// Implementation number: 3 is ntpd.
        implementation: u8 = 16..24, "ntp.priv.impl";
        /// Request code: 42 is the list of recent clients.
        request_code: u8 = 24..32, "ntp.priv.reqcode";
        /// Error code.
        error: u8 = 32..36, "ntp.priv.err";
        /// Number of items.
        item_count: u16 = 36..48, "ntp.priv.numitems";
        /// Must be zero.
        reserved: u8 = 48..52, "ntp.priv.reserved", reserved;
        /// Length of an item in bytes.
        item_size: u16 = 52..64, "ntp.priv.itemsize", bytes;
    }
}

impl<'a> Protocol<'a> for NtpPrivate<&'a [u8; 8]> {
    const NAME: &'static str = "ntp_private";
    const TITLE: &'static str = "NTP private message, mode 7 of ntpd";
    const TABLE: &'static [Field] = NtpPrivate::FIELDS;
    const RAW: &'static str = "The items, in ntpd's format.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(NtpPrivate::LEN))?;
        Ok(ParsedHeader::new(header, NtpPrivate::LEN, NextProtocol::Unknown))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let kind = if self.response() { "response" } else { "request" };
        let info = summary.begin("NTP");
        append!(info, "version ", self.version(), ", private ", kind, ", code ", self.request_code());
    }
}

crate::wire::options_of! { NtpExtension: Ntp; }

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, ExaminedLayer, Layers};
    use crate::proto::{Proto, View};
    use std::vec;
    use std::vec::Vec;

    fn layer(packet: &[u8]) -> ExaminedLayer<'_> {
        Examine::new(Layers::new(NextProtocol::UdpPorts(123, 123), packet)).next().unwrap()
    }

    fn ntp<'a>(layer: &ExaminedLayer<'a>) -> Ntp<&'a [u8; 48]> {
        let View::Ntp(ntp) = layer.view else { panic!("{:?}", layer.view) };
        ntp
    }

    fn issues(layer: &ExaminedLayer<'_>) -> Vec<IssueKind> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    #[test]
    fn a_short_rest_after_the_header_is_a_mac() {
        for len in [4, 20, 24] {
            let mut packet = vec![0; 48 + len];
            packet[0] = 0x23;
            packet[51] = 7;
            let layer = layer(&packet);
            assert_eq!(ntp(&layer).mac(&layer.context).map(|(id, code)| (id, code.len())), Some((7, len - 4)));
            assert_eq!((ntp(&layer).extensions(&layer.context).iter().count(), issues(&layer)), (0, vec![]));
        }
    }

    #[test]
    fn extension_fields_precede_the_mac() {
        let mut packet = vec![0; 48 + 32 + 20];
        packet[0] = 0x24;
        packet[48..52].copy_from_slice(&[1, 4, 0, 32]);
        packet[83] = 9;
        let layer = layer(&packet);
        assert_eq!(ntp(&layer).extensions(&layer.context).iter().count(), 1);
        assert_eq!(ntp(&layer).mac(&layer.context).map(|(id, _)| id), Some(9));
    }

    #[test]
    fn an_extension_field_of_length_zero_ends_the_list() {
        let mut packet = vec![0; 48 + 40];
        packet[0] = 0x24;
        assert_eq!(issues(&layer(&packet)), [IssueKind::CutItem { bytes: 40, kind: 0, length: Some(0) }]);
    }

    #[test]
    fn the_mode_selects_the_header() {
        assert_eq!(layer(&[0x16; 12]).proto, Proto::NtpControl);
        assert_eq!(layer(&[0x17; 8]).proto, Proto::NtpPrivate);
        // A truncated header has its mode in the first byte.
        assert_eq!(layer(&[0x17]).proto, Proto::NtpPrivate);
    }
}
