//! NTP, RFC 5905; the heads of control messages (RFC 9327) and of ntpd's private ones.

use crate::field::{Field, Kind, Registry, Span, Value, Visitor, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report};
use crate::part::{Cursor, DATA, Framed, Framing, Tlvs, Variants, variants};
use crate::source::{Builder, Mistake};
use core::net::Ipv4Addr;

registry! {
    /// Leap indicator, RFC 5905 §7.3.
    pub enum NtpLeap: u8 {
        None = 0 "no warning",
        LastMinute61 = 1 "last minute of the day has 61 seconds",
        LastMinute59 = 2 "last minute of the day has 59 seconds",
        Unknown3 = 3 "not synchronized",
    }
}

registry! {
    /// What a packet is for, RFC 5905 §7.3.
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
    /// How far a server is from a reference clock, RFC 5905 §7.3.
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
    /// use packetsmith::{Ntp, NtpMode};
    /// let request = Ntp::build().version(4).mode(NtpMode::Client).done();
    /// assert_eq!(request.as_bytes()[0], 0x23);
    /// ```
    pub struct Ntp(48) {
        /// Warning of a leap second.
        leap: NtpLeap = 0..2, "ntp.flags.li";
        /// Version; 4 as of RFC 5905.
        version: u8 = 2..5, "ntp.flags.vn", default(4);
        /// What the packet is for.
        mode: NtpMode = 5..8, "ntp.flags.mode", default(3);
        /// How far the server is from a reference clock; 1 is next to one.
        stratum: NtpStratum = 8..16, "ntp.stratum";
        /// Longest interval between messages, as a power of two in seconds.
        poll: u8 = 16..24, "ntp.ppoll", log2_seconds;
        /// Precision of the clock, as a power of two in seconds, with a sign.
        precision: u8 = 24..32, "ntp.precision", log2_seconds;
        /// Round trip to the reference clock and back, in units of 2⁻¹⁶ seconds.
        root_delay: u32 = 32..64, "ntp.rootdelay", short_time;
        /// Error against the reference clock at most, in units of 2⁻¹⁶ seconds.
        root_dispersion: u32 = 64..96, "ntp.rootdispersion", short_time;
        /// What the server's clock follows: a name in stratum 0 and 1, else an IPv4 address or a hash.
        reference_id: [u8; 4] = 96..128, "ntp.refid";
        /// When the server's clock was last set, in units of 2⁻³² seconds since 1900.
        reference_timestamp: u64 = 128..192, "ntp.reftime", hex, ntp_time;
        /// When the request left the client, as it said itself.
        origin_timestamp: u64 = 192..256, "ntp.org", hex, ntp_time;
        /// When the request arrived at the server.
        receive_timestamp: u64 = 256..320, "ntp.rec", hex, ntp_time;
        /// When this packet left its sender.
        transmit_timestamp: u64 = 320..384, "ntp.xmt", hex, ntp_time;
    }
}

const REFERENCE_NAME: &Field =
    &Field::fixed("reference_id", "ntp.refid", 96..128, Kind::Text, "Name of a reference clock, or a kiss code.");
const REFERENCE_ADDRESS: &Field =
    &Field::fixed("reference_id", "ntp.refid", 96..128, Kind::Ipv4, "Address of the server followed, or a hash of it.");
const EXTENSIONS: &Field =
    &Field::floating("extensions", "ntp.ext", Kind::List(&Kind::Group), "Extension fields, RFC 7822.");
const KEY_ID: &Field = &Field::floating("key_id", "ntp.keyid", Kind::Uint, "Which key the code was made with.").hex();
const MAC: &Field = &Field::floating("mac", "ntp.mac", Kind::Bytes, "Message authentication code, RFC 5905 §7.3.");

variants! {
    /// An extension field, RFC 7822 and IANA's registry.
    pub enum NtpExtension<'a>: "type", "ntp.ext.type" {
        UniqueIdentifier = 0x0104 "unique identifier" {
            /// Comes back in the answer, RFC 8915 §5.3.
            value: &'a [u8], "ntp.ext.value";
        }
        NtsCookie = 0x0204 "NTS cookie" {
            /// Cookie that the server made, RFC 8915 §5.4.
            value: &'a [u8], "ntp.ext.value";
        }
        NtsCookiePlaceholder = 0x0304 "NTS cookie placeholder" {
            /// Room for a cookie in the answer, RFC 8915 §5.5.
            value: &'a [u8], "ntp.ext.value";
        }
        NtsAuthenticator = 0x0404 "NTS authenticator and encrypted extension fields" {
            /// Nonce and ciphertext, RFC 8915 §5.6.
            value: &'a [u8], "ntp.ext.value";
        }
        ChecksumComplement = 0x2005 "UDP checksum complement" {
            /// What makes the checksum come out right, RFC 7821.
            value: &'a [u8], "ntp.ext.value";
        }
    }
}

impl Framed for NtpExtension<'_> {
    const FRAMING: Framing = Framing { whole: true, ..Framing::WORDS };
}

impl<'a> Ntp<&'a [u8; 48]> {
    /// The address that a server of stratum 2 and more follows; over IPv6 a hash (RFC 5905 §7.3).
    pub fn reference_address(&self) -> Option<Ipv4Addr> {
        (u8::from(self.stratum()) > 1).then(|| self.reference_id().into())
    }

    /// Extension fields and message authentication code. What is no longer than the longest code
    /// is one; an extension field before it has 16 bytes, 28 where no code follows (RFC 7822 §7.5.1).
    fn split_rest(&self, place: &Place<'a>) -> (Cursor<'a>, Cursor<'a>) {
        let (mut fields, mut left) = (place.options(Ntp::LEN), place.options(Ntp::LEN));
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
    pub fn extensions(&self, place: &Place<'a>) -> Tlvs<'a, NtpExtension<'a>> {
        Tlvs::at(self.split_rest(place).0)
    }

    /// The message authentication code: number of the key, and code.
    pub fn mac(&self, place: &Place<'a>) -> Option<(u32, &'a [u8])> {
        let (key, code) = self.split_rest(place).1.bytes().split_first_chunk()?;
        Some((u32::from_be_bytes(*key), code))
    }
}

impl<'a> Protocol<'a> for Ntp<&'a [u8; 48]> {
    const NAME: &'static str = "ntp";
    const TITLE: &'static str = "Network Time Protocol, RFC 5905";
    const TABLE: &'static [Field] = Ntp::FIELDS;
    const VARIABLE: &'static [&'static [Field]] =
        &[&[*EXTENSIONS, *NtpExtension::KIND, *KEY_ID, *MAC], NtpExtension::FIELDS];
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[("extension fields", NtpExtension::REGISTRY)];
    const RAW: &'static str = "Message authentication codes, and the contents of NTS and Autokey fields.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Ntp::LEN))?;
        Ok(Parts::new(header, bytes.len(), Next::Unknown))
    }

    fn show_row(&self, row: u8, place: &Place<'a>, visitor: &mut dyn Visitor) -> bool {
        if row != const { Ntp::row("reference_id") } {
            return false;
        }
        let id = self.reference_id();
        let (field, value) = match self.reference_address() {
            Some(address) => (REFERENCE_ADDRESS, Value::Ipv4(address)),
            None if id == [0; 4] => return false,
            None => (REFERENCE_NAME, Value::Text(&id)),
        };
        visitor.field(field, field.span(place.context.at), value);
        true
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        Tlvs::<NtpExtension>::build(EXTENSIONS, builder)?;
        if builder.source.has(KEY_ID) {
            builder.number(KEY_ID, 4)?;
        }
        builder.bytes(MAC)?;
        builder.bytes(DATA)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let (fields, mut mac) = self.split_rest(place);
        if !fields.is_empty() {
            self.extensions(place).show(EXTENSIONS, visitor);
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

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        if place.is_whole() {
            let (_, mac) = self.split_rest(place);
            self.extensions(place).check(EXTENSIONS, report);
            if (1..4).contains(&mac.bytes().len()) {
                report(None, mac.span(), Reason::BrokenItem(mac.bytes().len() as u32));
            }
        }
    }
}

registry! {
    /// What a control message does, RFC 9327 §2.
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
    /// Head of a control message, [RFC 9327 §2](https://www.rfc-editor.org/rfc/rfc9327#section-2).
    ///
    /// ```
    /// use packetsmith::{Layers, Next, NtpControlOpcode, View};
    /// let packet = [0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    /// let Some(View::NtpControl(message)) = Layers::new(Next::UdpPorts(50000, 123), &packet).next().map(|l| l.view)
    /// else { panic!() };
    /// assert_eq!(message.opcode(), NtpControlOpcode::ReadVariables);
    /// ```
    pub struct NtpControl(12) {
        /// Warning of a leap second; zero here.
        leap: NtpLeap = 0..2, "ntp.flags.li";
        /// Version.
        version: u8 = 2..5, "ntp.flags.vn", default(4);
        /// Always 6.
        mode: NtpMode = 5..8, "ntp.flags.mode", default(6);
        /// A response.
        response: bool = 8..9, "ntp.ctrl.flags2.r";
        /// An error.
        error: bool = 9..10, "ntp.ctrl.flags2.error";
        /// More of the response follows.
        more: bool = 10..11, "ntp.ctrl.flags2.more";
        /// What the message does.
        opcode: NtpControlOpcode = 11..16, "ntp.ctrl.flags2.opcode";
        /// What a command and its responses have in common.
        sequence: u16 = 16..32, "ntp.ctrl.sequence";
        /// Status of system, peer or clock, or an error's number.
        status: u16 = 32..48, "ntp.ctrl.status", hex;
        /// Which association it is about.
        association_id: u16 = 48..64, "ntp.ctrl.associd";
        /// Where in the response the data stand.
        offset: u16 = 64..80, "ntp.ctrl.offset", bytes;
        /// Bytes of data.
        count: u16 = 80..96, "ntp.ctrl.count", bytes, derived;
    }
}

impl<'a> Protocol<'a> for NtpControl<&'a [u8; 12]> {
    const NAME: &'static str = "ntp_control";
    const TITLE: &'static str = "NTP control message, RFC 9327";
    const TABLE: &'static [Field] = NtpControl::FIELDS;
    const RAW: &'static str = "The text of variables, padding and authenticator.";

    /// Padding and an authenticator may follow the data, and are kept with them.
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, data) = Self::split(bytes).ok_or(Flaw::needs(NtpControl::LEN))?;
        let parts = Parts::new(header, NtpControl::LEN, Next::Unknown);
        Ok(match usize::from(header.count()) {
            count if count > data.len() => {
                parts.flaw(Flaw::needs(NtpControl::LEN + count).at(NtpControl::row("count")))
            }
            _ => parts,
        })
    }
}

header! {
    /// Head of a private message of ntpd, as `ntp_request.h` of the reference implementation has it.
    pub struct NtpPrivate(8) {
        /// A response.
        response: bool = 0..1, "ntp.priv.flags.r";
        /// More of the response follows.
        more: bool = 1..2, "ntp.priv.flags.more";
        /// Version.
        version: u8 = 2..5, "ntp.flags.vn", default(4);
        /// Always 7.
        mode: NtpMode = 5..8, "ntp.flags.mode", default(7);
        /// The message is authenticated.
        authenticated: bool = 8..9, "ntp.priv.auth";
        /// Number of the packet in a response.
        sequence: u8 = 9..16, "ntp.priv.seq";
        /// Which implementation is asked; 3 is ntpd's.
        implementation: u8 = 16..24, "ntp.priv.impl";
        /// What is asked; 42 is the list of recent clients.
        request_code: u8 = 24..32, "ntp.priv.reqcode";
        /// Number of an error.
        error: u8 = 32..36, "ntp.priv.err";
        /// Items that follow.
        item_count: u16 = 36..48, "ntp.priv.numitems";
        /// Must be zero.
        reserved: u8 = 48..52, "ntp.priv.reserved", reserved;
        /// Bytes of an item.
        item_size: u16 = 52..64, "ntp.priv.itemsize", bytes;
    }
}

impl<'a> Protocol<'a> for NtpPrivate<&'a [u8; 8]> {
    const NAME: &'static str = "ntp_private";
    const TITLE: &'static str = "NTP private message, mode 7 of ntpd";
    const TABLE: &'static [Field] = NtpPrivate::FIELDS;
    const RAW: &'static str = "The items, whose layout is ntpd's own.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(NtpPrivate::LEN))?;
        Ok(Parts::new(header, NtpPrivate::LEN, Next::Unknown))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Examined, Layers};
    use crate::proto::{Proto, View};
    use std::vec;
    use std::vec::Vec;

    fn layer(packet: &[u8]) -> Examined<'_> {
        Examine::new(Layers::new(Next::UdpPorts(123, 123), packet)).next().unwrap()
    }

    fn ntp<'a>(layer: &Examined<'a>) -> Ntp<&'a [u8; 48]> {
        let View::Ntp(ntp) = layer.view else { panic!("{:?}", layer.view) };
        ntp
    }

    fn issues(layer: &Examined<'_>) -> Vec<Reason> {
        let mut all = Vec::new();
        layer.issues(|issue| all.push(issue.reason));
        all
    }

    #[test]
    fn what_is_short_behind_the_header_is_a_code() {
        for len in [4, 20, 24] {
            let mut packet = vec![0; 48 + len];
            packet[0] = 0x23;
            packet[51] = 7;
            let layer = layer(&packet);
            assert_eq!(ntp(&layer).mac(&layer.place).map(|(id, code)| (id, code.len())), Some((7, len - 4)));
            assert_eq!((ntp(&layer).extensions(&layer.place).iter().count(), issues(&layer)), (0, vec![]));
        }
    }

    #[test]
    fn extension_fields_stand_before_the_code() {
        let mut packet = vec![0; 48 + 32 + 20];
        packet[0] = 0x24;
        packet[48..52].copy_from_slice(&[1, 4, 0, 32]);
        packet[83] = 9;
        let layer = layer(&packet);
        assert_eq!(ntp(&layer).extensions(&layer.place).iter().count(), 1);
        assert_eq!(ntp(&layer).mac(&layer.place).map(|(id, _)| id), Some(9));
    }

    #[test]
    fn extension_fields_of_length_zero_end() {
        let mut packet = vec![0; 48 + 40];
        packet[0] = 0x24;
        assert_eq!(issues(&layer(&packet)), [Reason::BrokenItem(40)]);
    }

    #[test]
    fn the_mode_tells_messages_of_other_shapes() {
        assert_eq!(layer(&[0x16; 12]).proto, Proto::NtpControl);
        assert_eq!(layer(&[0x17; 8]).proto, Proto::NtpPrivate);
        // A head that is not all there has its mode in the first byte.
        assert_eq!(layer(&[0x17]).proto, Proto::NtpPrivate);
    }
}
