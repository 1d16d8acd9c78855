//! Multipath TCP (RFC 8684, and version 0: RFC 6824): the contents of TCP option 30.

use crate::wire::Schema;
use crate::wire::{ByteSink, Codec, Contents, Cursor, DATA, List, TaggedEnum, show_contents, tagged_enum};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Span, Value, Visitor, flags, header, registry};
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

registry! {
    /// Multipath TCP option subtypes, RFC 8684 §8.2.
    pub enum MptcpSubtype: u8 {
        MpCapable = 0 "MP_CAPABLE",
        MpJoin = 1 "MP_JOIN",
        Dss = 2 "DSS",
        AddAddr = 3 "ADD_ADDR",
        RemoveAddr = 4 "REMOVE_ADDR",
        MpPrio = 5 "MP_PRIO",
        MpFail = 6 "MP_FAIL",
        MpFastclose = 7 "MP_FASTCLOSE",
        MpTcprst = 8 "MP_TCPRST",
        MpExperimental = 15 "MP_EXPERIMENTAL",
    }
}

/// A Multipath TCP message as encoded in its option.
///
/// ```
/// use packetsmith::proto::transport::{MptcpMessage, TcpOption};
/// use packetsmith::Tlvs;
/// let prio = [30, 3, 0x51];
/// let Some(TcpOption::Multipath { message }) = Tlvs::<TcpOption>::new(&prio).iter().next() else { panic!() };
/// let MptcpMessage::MpPrio { fixed, address_id: None } = message.get() else { panic!() };
/// assert!(fixed.backup());
/// // To build an option, it is made of the message.
/// assert_eq!(message, Mptcp::of(&MptcpMessage::MpPrio { fixed, address_id: None }));
/// # use packetsmith::proto::transport::Mptcp;
/// ```
#[derive(Clone, Copy)]
pub struct Mptcp<'a> {
    contents: Contents<'a, MptcpMessage<'a>>,
}

impl fmt::Debug for Mptcp<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

impl PartialEq for Mptcp<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}
impl Eq for Mptcp<'_> {}

impl<'a> Mptcp<'a> {
    /// A message, to build an option.
    pub const fn of(message: &'a MptcpMessage<'a>) -> Self {
        Mptcp { contents: Contents::Given(message) }
    }

    /// The subtype of the message.
    pub fn subtype(&self) -> MptcpSubtype {
        match self.contents {
            Contents::Encoded(contents) => contents.bytes().first().map_or(0, |first| first >> 4).into(),
            // Several forms of a subtype have its number in the middle.
            Contents::Given(message) if message.kind() > 15 => (message.kind() as u8 >> 4).into(),
            Contents::Given(message) => (message.kind() as u8).into(),
        }
    }

    /// The message.
    pub fn get(&self) -> MptcpMessage<'a> {
        self.contents.get(self.variant())
    }

    /// The number of the message's variant: its subtype, and its form where only the option length distinguishes
    /// forms.
    fn variant(&self) -> u16 {
        match (self.subtype(), self.contents.encoded().bytes().len()) {
            (MptcpSubtype::MpJoin, 10) => 0x110,
            (MptcpSubtype::MpJoin, 14) => 0x111,
            (MptcpSubtype::MpJoin, 22) => 0x112,
            (MptcpSubtype::AddAddr, 6 | 8 | 14 | 16) => 0x134,
            (MptcpSubtype::AddAddr, 18 | 20 | 26 | 28) => 0x136,
            (subtype, _) => u8::from(subtype).into(),
        }
    }
}

/// Contents that do not fit their known subtype are not decoded.
impl<'a> Codec<'a> for Mptcp<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = MptcpMessage::SCHEMA;
    const CAN_REFUSE: bool = MptcpMessage::CAN_REFUSE;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let contents = cursor.rest();
        let message = Mptcp { contents: Contents::Encoded(contents) };
        let misfit = message.subtype().name().is_some() && message.get().is_unknown();
        (!contents.is_empty() && !misfit).then_some(message)
    }
    fn show(&self, _: &'static Field, _: Span, visitor: &mut dyn Visitor) {
        show_contents::<MptcpMessage>(self.variant(), self.contents.encoded(), visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.contents.emit(out)
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        const SUBTYPE: &Field = &MptcpReserved4::FIELDS[0];
        let form = match builder.source.peek(SUBTYPE)? {
            Some(0x1) => builder.likeliest::<MptcpMessage>(&[0x110, 0x111, 0x112]),
            Some(0x3) => builder.likeliest::<MptcpMessage>(&[0x134, 0x136]),
            Some(subtype) => subtype as u16,
            None => return builder.bytes(DATA),
        };
        MptcpMessage::build(form, builder)
    }
}

flags! {
    /// Flags of MP_CAPABLE, RFC 8684 §3.1.
    pub struct MptcpFlags: u8 {
        /// A: checksums are required.
        CHECKSUM = 0x80, "A", "tcp.options.mptcp.checksumreq.flags";
        /// B: extensibility; must be zero.
        EXTENSION = 0x40, "B", "tcp.options.mptcp.extensibility.flag";
        /// C: the peer must not open more subflows to this address and port.
        NO_MORE_SUBFLOWS = 0x20, "C", "tcp.options.mptcp.nomoresubflows.flag";
        /// H: HMAC-SHA256; in version 0, HMAC-SHA1.
        HMAC = 0x01, "H", "tcp.options.mptcp.sha256.flag";
    }
}

header! {
    /// Fixed part of MP_CAPABLE, RFC 8684 §3.1.
    pub struct MpCapable(2) => MpCapableEdit {
        /// Subtype: MP_CAPABLE.
        subtype: MptcpSubtype = 0..4, "tcp.options.mptcp.subtype";
        /// Version: 0 for RFC 6824, 1 for RFC 8684.
        version: u8 = 4..8, "tcp.options.mptcp.version";
        /// Flags.
        flags: MptcpFlags = 8..16, "tcp.options.mptcp.flags", hex;
    }
}

header! {
    /// Fixed part of MP_JOIN in SYN and SYN/ACK, RFC 8684 §3.2.
    pub struct MpJoin(2) => MpJoinEdit {
        /// Subtype: MP_JOIN.
        subtype: MptcpSubtype = 0..4, "tcp.options.mptcp.subtype";
        /// Reserved.
        reserved: u8 = 4..7, "tcp.options.mptcp.reserved", reserved;
        /// B: the subflow is a backup.
        backup: bool = 7..8, "tcp.options.mptcp.backup.flag";
        /// Address ID: the sender's identifier of its address.
        address_id: u8 = 8..16, "tcp.options.mptcp.addrid";
    }
}

header! {
    /// Fixed part of messages with 12 reserved bits.
    pub struct MptcpReserved12(2) => MptcpReserved12Edit {
        /// Subtype of the message.
        subtype: MptcpSubtype = 0..4, "tcp.options.mptcp.subtype";
        /// Reserved.
        reserved: u16 = 4..16, "tcp.options.mptcp.reserved", reserved;
    }
}

header! {
    /// Fixed part of messages with 4 reserved bits.
    pub struct MptcpReserved4(1) => MptcpReserved4Edit {
        /// Subtype of the message.
        subtype: MptcpSubtype = 0..4, "tcp.options.mptcp.subtype";
        /// Reserved.
        reserved: u8 = 4..8, "tcp.options.mptcp.reserved", reserved;
    }
}

flags! {
    /// Flags of ADD_ADDR, RFC 8684 §3.4.1.
    pub struct AddAddrFlags: u8 {
        /// E: the message echoes an address received from the peer.
        ECHO = 0x1, "E", "tcp.options.mptcp.echo";
    }
}

header! {
    /// Fixed part of ADD_ADDR, RFC 8684 §3.4.1.
    pub struct AddAddr(2) => AddAddrEdit {
        /// Subtype: ADD_ADDR.
        subtype: MptcpSubtype = 0..4, "tcp.options.mptcp.subtype";
        /// Flags. In version 0, these four bits are the IP version, 4 or 6.
        flags: AddAddrFlags = 4..8, "tcp.options.mptcp.ipver", hex;
        /// Address ID: the sender's identifier of the address.
        address_id: u8 = 8..16, "tcp.options.mptcp.addrid";
    }
}

header! {
    /// Fixed part of MP_PRIO, RFC 8684 §3.3.8.
    pub struct MpPrio(1) => MpPrioEdit {
        /// Subtype: MP_PRIO.
        subtype: MptcpSubtype = 0..4, "tcp.options.mptcp.subtype";
        /// Reserved.
        reserved: u8 = 4..7, "tcp.options.mptcp.reserved", reserved;
        /// B: the subflow is a backup from now on.
        backup: bool = 7..8, "tcp.options.mptcp.backup.flag";
    }
}

registry! {
    /// Reasons for resetting a subflow, RFC 8684 §3.6.
    pub enum MptcpResetReason: u8 {
        Unspecified = 0 "unspecified error",
        Mptcp = 1 "MPTCP-specific error",
        Resources = 2 "lack of resources",
        Prohibited = 3 "administratively prohibited",
        TooMuchData = 4 "too much outstanding data",
        Performance = 5 "unacceptable performance",
        Middlebox = 6 "middlebox interference",
    }
}

header! {
    /// MP_TCPRST, RFC 8684 §3.6.
    pub struct MpTcprst(2) => MpTcprstEdit {
        /// Subtype: MP_TCPRST.
        subtype: MptcpSubtype = 0..4, "tcp.options.mptcp.subtype";
        /// U: reserved.
        u: bool = 4..5, "tcp.options.mptcp.flag_U.flag";
        /// V: reserved.
        v: bool = 5..6, "tcp.options.mptcp.flag_V.flag";
        /// W: reserved.
        w: bool = 6..7, "tcp.options.mptcp.flag_W.flag";
        /// T: the condition is transient; the peer may try another subflow later.
        transient: bool = 7..8, "tcp.options.mptcp.flag_T.flag";
        /// Reason for the reset.
        reason: MptcpResetReason = 8..16, "tcp.options.mptcp.rst_reason";
    }
}

tagged_enum! {
    /// A Multipath TCP message, RFC 8684 §3.
    pub enum MptcpMessage<'a>: "message", "tcp.options.mptcp.subtype", "Multipath TCP messages (16 × subtype and more where that matters)" {
        MpCapable = 0 "MP_CAPABLE" {
            /// Subtype, version and flags.
            fixed: MpCapable, "tcp.options.mptcp";
            /// Key of the sender, RFC 8684 §3.1.
            sender_key: Option<u64>, "tcp.options.mptcp.sendkey", hex;
            /// Key of the receiver.
            receiver_key: Option<u64>, "tcp.options.mptcp.recvkey", hex;
            /// Data-level length: bytes of data sent with the option.
            data_length: Option<u16>, "tcp.options.mptcp.datalvllen", bytes;
            /// Checksum of the data, as in DSS.
            data_checksum: Option<u16>, "tcp.options.mptcp.checksum", hex;
        }
        MpJoinSyn = 0x110 "MP_JOIN, SYN" {
            /// Subtype, backup flag and address ID.
            fixed: MpJoin, "tcp.options.mptcp";
            /// Token of the connection to join: leftmost 32 bits of the hash of the receiver's key, RFC 8684 §3.2.
            receiver_token: u32, "tcp.options.mptcp.recvtok", hex;
            /// Random number of the sender.
            nonce: u32, "tcp.options.mptcp.sendrand", hex;
        }
        MpJoinSynAck = 0x111 "MP_JOIN, SYN/ACK" {
            /// Subtype, backup flag and address ID.
            fixed: MpJoin, "tcp.options.mptcp";
            /// Leftmost 64 bits of the sender's HMAC.
            hmac: u64, "tcp.options.mptcp.sendtrunchmac", hex;
            /// Random number of the sender.
            nonce: u32, "tcp.options.mptcp.sendrand", hex;
        }
        MpJoinAck = 0x112 "MP_JOIN, ACK" {
            /// Subtype and reserved bits.
            fixed: MptcpReserved12, "tcp.options.mptcp";
            /// Leftmost 160 bits of the sender's HMAC.
            hmac: [u8; 20], "tcp.options.mptcp.sendhmac";
        }
        Dss = 2 "DSS" {
            /// Data sequence signal: data acknowledgment and mapping, RFC 8684 §3.3.
            signal: DataSequenceSignal, "tcp.options.mptcp.dss";
        }
        AddAddr4 = 0x134 "ADD_ADDR, IPv4" {
            /// Subtype, flags and address ID.
            fixed: AddAddr, "tcp.options.mptcp";
            /// Additional address of the sender.
            ipv4_address: Ipv4Addr, "tcp.options.mptcp.ipv4";
            /// Port, if it differs from that of the connection.
            port: MptcpPort, "tcp.options.mptcp.port";
            /// Rightmost 64 bits of the sender's HMAC. Absent in version 0 and in an echo.
            hmac: Option<u64>, "tcp.options.mptcp.addaddrtrunchmac", hex;
        }
        AddAddr6 = 0x136 "ADD_ADDR, IPv6" {
            /// Subtype, flags and address ID.
            fixed: AddAddr, "tcp.options.mptcp";
            /// Additional address of the sender.
            ipv6_address: Ipv6Addr, "tcp.options.mptcp.ipv6";
            /// Port, if it differs from that of the connection.
            port: MptcpPort, "tcp.options.mptcp.port";
            /// Rightmost 64 bits of the sender's HMAC. Absent in version 0 and in an echo.
            hmac: Option<u64>, "tcp.options.mptcp.addaddrtrunchmac", hex;
        }
        RemoveAddr = 4 "REMOVE_ADDR" {
            /// Subtype and reserved bits.
            fixed: MptcpReserved4, "tcp.options.mptcp";
            /// Address IDs that are no longer available, RFC 8684 §3.4.2.
            address_ids: List<'a, u8, 1>, "tcp.options.mptcp.addrid";
        }
        MpPrio = 5 "MP_PRIO" {
            /// Subtype and backup flag.
            fixed: MpPrio, "tcp.options.mptcp";
            /// Address ID concerned; version 0 only.
            address_id: Option<u8>, "tcp.options.mptcp.addrid";
        }
        MpFail = 6 "MP_FAIL" {
            /// Subtype and reserved bits.
            fixed: MptcpReserved12, "tcp.options.mptcp";
            /// Data sequence number where the checksum failed, RFC 8684 §3.7.
            data_sequence: u64, "tcp.options.mptcp.rawdataseqno";
        }
        MpFastclose = 7 "MP_FASTCLOSE" {
            /// Subtype and reserved bits.
            fixed: MptcpReserved12, "tcp.options.mptcp";
            /// Key of the receiver, RFC 8684 §3.5.
            receiver_key: u64, "tcp.options.mptcp.recvkey", hex;
        }
        MpTcprst = 8 "MP_TCPRST" {
            /// Subtype, flags and reason.
            fixed: MpTcprst, "tcp.options.mptcp";
        }
        MpExperimental = 15 "MP_EXPERIMENTAL" {
            /// Subtype and experiment flags.
            fixed: MptcpReserved4, "tcp.options.mptcp";
            /// Data of the experiment.
            data: &'a [u8], "tcp.options.mptcp.experimental";
        }
    }
}

/// An optional port: present if 2 or 10 bytes remain, that is without or with an HMAC of 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MptcpPort(pub Option<u16>);

impl<'a> Codec<'a> for MptcpPort {
    const KIND: Kind = Kind::Uint;
    const BITS: u16 = 16;
    const SCHEMA: &'static Schema = Schema::NONE;
    const CAN_REFUSE: bool = false;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        match cursor.bytes().len() {
            2 | 10 => u16::take(cursor).map(|port| MptcpPort(Some(port))),
            _ => Some(MptcpPort(None)),
        }
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.0.show(field, span, visitor)
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        Option::<u16>::build(field, builder)
    }
}

header! {
    /// Fixed part of a data sequence signal, RFC 8684 §3.3.
    pub struct DssFlags(2) => DssFlagsEdit {
        /// Subtype: DSS.
        subtype: MptcpSubtype = 0..4, "tcp.options.mptcp.subtype";
        /// Reserved.
        reserved: u8 = 4..11, "tcp.options.mptcp.reserved", reserved;
        /// F: DATA_FIN, the sender has no more data.
        data_fin: bool = 11..12, "tcp.options.mptcp.datafin.flag";
        /// m: the data sequence number has 8 bytes, otherwise 4.
        sequence8: bool = 12..13, "tcp.options.mptcp.dseqn8.flag";
        /// M: a mapping is present.
        mapping: bool = 13..14, "tcp.options.mptcp.dseqnpresent.flag";
        /// a: the data acknowledgment has 8 bytes, otherwise 4.
        ack8: bool = 14..15, "tcp.options.mptcp.dataack8.flag";
        /// A: a data acknowledgment is present.
        ack: bool = 15..16, "tcp.options.mptcp.dataackpresent.flag";
    }
}

/// Data sequence signal: maps bytes of the subflow to bytes of the connection, RFC 8684 §3.3. The flags give the
/// presence and length of the other fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSequenceSignal {
    /// Flags that give the presence and length of the other fields.
    pub flags: DssFlags,
    /// Data acknowledgment: the next data sequence number that the sender expects. Only the lower 32 bits unless the
    /// flag `ack8` is set.
    pub ack: Option<u64>,
    /// Mapping of the data in this segment.
    pub mapping: Option<DssMapping>,
}

/// Mapping of bytes of the subflow to bytes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DssMapping {
    /// Data sequence number of the first byte. Only the lower 32 bits unless the flag `sequence8` is set.
    pub sequence: u64,
    /// Subflow sequence number of the first byte, relative to the subflow's SYN.
    pub subflow_sequence: u32,
    /// Length of the mapping in bytes. Zero: until the end of the subflow.
    pub length: u16,
    /// Checksum of the data and a pseudo-header, if negotiated.
    pub checksum: Option<u16>,
}

const ACK: &Field =
    &Field::floating("data_ack", "tcp.options.mptcp.rawdataack", Kind::Uint, "Next data sequence number expected.")
        .of_bits(64);
const SEQUENCE: &Field = &Field::floating(
    "data_sequence",
    "tcp.options.mptcp.rawdataseqno",
    Kind::Uint,
    "Data sequence number of the first byte.",
)
.of_bits(64);
const SUBFLOW: &Field = &Field::floating(
    "subflow_sequence",
    "tcp.options.mptcp.subflowseqno",
    Kind::Uint,
    "Relative subflow sequence number.",
)
.of_bits(32);
const LENGTH: &Field =
    &Field::floating("data_length", "tcp.options.mptcp.datalvllen", Kind::Uint, "Length of the mapping in bytes.")
        .of_bits(16)
        .bytes();
const CHECKSUM: &Field =
    &Field::floating("data_checksum", "tcp.options.mptcp.checksum", Kind::Uint, "Checksum of the data.")
        .of_bits(16)
        .hex();

/// Reads a number of 8 or 4 bytes.
fn number(cursor: &mut Cursor<'_>, wide: bool) -> Option<u64> {
    if wide { u64::take(cursor) } else { u32::take(cursor).map(u64::from) }
}

impl<'a> Codec<'a> for DataSequenceSignal {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema {
        fields: DssFlags::FIELDS,
        nested: &[&Schema { fields: &[*ACK, *SEQUENCE, *SUBFLOW, *LENGTH, *CHECKSUM], ..Schema::EMPTY }],
        ..Schema::EMPTY
    };
    const CAN_REFUSE: bool = false;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let flags = DssFlags::take(cursor)?;
        let ack = if flags.ack() { Some(number(cursor, flags.ack8())?) } else { None };
        let mapping = match flags.mapping() {
            true => Some(DssMapping {
                sequence: number(cursor, flags.sequence8())?,
                subflow_sequence: u32::take(cursor)?,
                length: u16::take(cursor)?,
                checksum: <Option<u16> as Codec>::take(cursor)?,
            }),
            false => None,
        };
        Some(DataSequenceSignal { flags, ack, mapping })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.flags.show(field, span, visitor);
        let mut at = span.start + DssFlags::LEN as u32;
        let mut row = |field, bytes: u32, value| {
            visitor.field(field, Span::new(at, at + bytes), Value::Uint(value));
            at += bytes;
        };
        if let Some(ack) = self.ack {
            row(ACK, if self.flags.ack8() { 8 } else { 4 }, ack);
        }
        if let Some(mapping) = self.mapping {
            row(SEQUENCE, if self.flags.sequence8() { 8 } else { 4 }, mapping.sequence);
            row(SUBFLOW, 4, mapping.subflow_sequence.into());
            row(LENGTH, 2, mapping.length.into());
            if let Some(checksum) = mapping.checksum {
                row(CHECKSUM, 2, checksum.into());
            }
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        fn put(out: &mut dyn ByteSink, number: u64, wide: bool) {
            if wide { number.emit(out) } else { (number as u32).emit(out) }
        }
        self.flags.emit(out);
        if let Some(ack) = self.ack {
            put(out, ack, self.flags.ack8());
        }
        if let Some(mapping) = self.mapping {
            put(out, mapping.sequence, self.flags.sequence8());
            mapping.subflow_sequence.emit(out);
            mapping.length.emit(out);
            mapping.checksum.emit(out);
        }
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.fixed::<{ DssFlags::LEN }>(DssFlags::FIELDS)?;
        let flags = DssFlags::new(builder.header(at));
        let width = |wide| if wide { 8 } else { 4 };
        if flags.ack() {
            builder.number(ACK, width(flags.ack8()))?;
        }
        if flags.mapping() {
            builder.number(SEQUENCE, width(flags.sequence8()))?;
            builder.number(SUBFLOW, 4)?;
            builder.number(LENGTH, 2)?;
            if builder.source.has(CHECKSUM) {
                builder.number(CHECKSUM, 2)?;
            }
        }
        Ok(())
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        DssFlags::is_given(ACK, builder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::TcpOption;
    use crate::wire::Tlvs;

    fn message(option: &[u8]) -> Option<MptcpMessage<'_>> {
        match Tlvs::<TcpOption>::new(option).iter().next()? {
            TcpOption::Multipath { message } => Some(message.get()),
            _ => None,
        }
    }

    /// Builds an option of `len` bytes.
    fn option(len: u8, first: u8, second: u8) -> Vec<u8> {
        let mut bytes: Vec<u8> = (0..len).collect();
        bytes[..4].copy_from_slice(&[30, len, first, second]);
        bytes
    }

    #[test]
    fn mp_capable_has_five_lengths() {
        for (len, parts) in [(4, 0), (12, 1), (20, 2), (22, 3), (24, 4)] {
            let bytes = option(len, 0x01, 0x81);
            let Some(MptcpMessage::MpCapable { sender_key, receiver_key, data_length, data_checksum, .. }) =
                message(&bytes)
            else {
                panic!("{len}")
            };
            let there = [sender_key.is_some(), receiver_key.is_some(), data_length.is_some(), data_checksum.is_some()];
            assert_eq!(there.iter().filter(|&&t| t).count(), parts, "{len}");
        }
        assert_eq!(message(&option(13, 0x01, 0)), None, "a length that no message has");
    }

    #[test]
    fn the_length_selects_the_form_of_mp_join() {
        assert!(matches!(message(&option(12, 0x10, 1)), Some(MptcpMessage::MpJoinSyn { .. })));
        assert!(matches!(message(&option(16, 0x11, 1)), Some(MptcpMessage::MpJoinSynAck { .. })));
        assert!(matches!(message(&option(24, 0x10, 0)), Some(MptcpMessage::MpJoinAck { .. })));
        assert_eq!(message(&option(14, 0x10, 0)), None);
    }

    #[test]
    fn the_flags_of_dss_select_the_length_of_its_numbers() {
        for (flags, len) in [(0x01, 8), (0x03, 12), (0x05, 18), (0x0f, 26), (0x04, 14), (0x0c, 18)] {
            for checksum in [0, 2] {
                let bytes = option(len + if flags & 4 == 0 { 0 } else { checksum }, 0x20, flags);
                let Some(MptcpMessage::Dss { signal }) = message(&bytes) else { panic!("{flags:x}") };
                assert_eq!(signal.ack.is_some(), flags & 1 != 0);
                assert_eq!(signal.mapping.is_some(), flags & 4 != 0);
                let mut out = Vec::new();
                signal.emit(&mut out);
                assert_eq!(out, bytes[2..]);
            }
        }
        assert_eq!(message(&option(10, 0x20, 0x01)), None, "bytes that no flag accounts for");
    }

    #[test]
    fn add_addr_may_contain_a_port_and_an_hmac() {
        let parts = |len, first| match message(&option(len, first, 1)) {
            Some(MptcpMessage::AddAddr4 { port, hmac, .. }) => (4, port.0.is_some(), hmac.is_some()),
            Some(MptcpMessage::AddAddr6 { port, hmac, .. }) => (6, port.0.is_some(), hmac.is_some()),
            other => panic!("{other:?}"),
        };
        assert_eq!(parts(8, 0x34), (4, false, false));
        assert_eq!(parts(10, 0x34), (4, true, false));
        assert_eq!(parts(16, 0x30), (4, false, true));
        assert_eq!(parts(18, 0x30), (4, true, true));
        assert_eq!(parts(20, 0x31), (6, false, false));
        assert_eq!(parts(22, 0x31), (6, true, false));
        assert_eq!(parts(28, 0x30), (6, false, true));
        assert_eq!(parts(30, 0x30), (6, true, true));
    }

    #[test]
    fn an_unassigned_subtype_is_kept() {
        assert!(matches!(message(&option(5, 0xa0, 1)), Some(MptcpMessage::Unknown { .. })));
        assert_eq!(message(&[30, 2]), None);
    }
}
