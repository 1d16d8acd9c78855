//! TCP options: RFC 9293 §3.2, and later ones in the IANA registry.

use crate::layer::Report;
use crate::layer::rules;
use crate::proto::Mptcp;
use crate::proto::QuickStartRate;
use crate::wire::{ByteSink, Codec, Cursor, Encoder, FieldError, Kind, Schema, Span, Visitor};
use crate::wire::{Field, U24, flags, header, registry};
use crate::wire::{List, Tagged, TaggedEnum, Tlv, TlvItem, TlvLayout, Tlvs, tagged_enum};
#[cfg(feature = "alloc")]
use crate::wire::{TextBuffer, append};

rules! {
    /// Rules of TCP and its options.
    pub enum TcpRule {
        ReservedBit = Warning "tcp.flags.reserved" "a reserved bit is set",
        SynFin = Warning "tcp.flags.syn_fin" "SYN and FIN are both set",
        SynRst = Warning "tcp.flags.syn_rst" "SYN and RST are both set",
        NoFlags = Warning "tcp.flags.none" "no control bit is set",
        AckMissing = Warning "tcp.flags.ack_missing"
            "every segment but the first and a reset has ACK (RFC 9293 §3.10.7.4)",
        SourcePortZero = Warning "tcp.src_port.zero" "port 0 is reserved (RFC 6335 §6)",
        ToGroup = Warning "tcp.dst.group"
            "a connection has one host at each end, and not a group (RFC 9293 §3.9.2.3)",
        DestinationPortZero = Warning "tcp.dst_port.zero" "port 0 is reserved (RFC 6335 §6)",
        OptionRepeated = Note "tcp.options.repeated" "an option of this kind appears at most once (RFC 9293 §3.1)",
        OptionUnassigned = Note "tcp.options.unassigned" "the kind of the option is not assigned (IANA)",
        UrgentPointerWithoutUrg = Note "tcp.urgent_pointer.without_urg"
            "the urgent pointer is only valid if URG is set",
        AckWithoutAck = Note "tcp.ack.without_ack" "the acknowledgment number is only valid if ACK is set",
        OptionsAfterEnd = Note "tcp.options.after_end"
            "bytes after the end of option list are not zero (RFC 9293 §3.1)",
        MssWithoutSyn = Warning "tcp.options.mss_without_syn"
            "a maximum segment size option is only valid in a SYN segment (RFC 9293 §3.2)",
        WindowScaleWithoutSyn = Warning "tcp.options.window_scale_without_syn"
            "a window scale option is only valid in a SYN segment (RFC 7323 §2.2)",
        SackPermittedWithoutSyn = Warning "tcp.options.sack_permitted_without_syn"
            "a SACK-permitted option is only valid in a SYN segment (RFC 2018 §2)",
        WindowScaleTooLarge = Warning "tcp.options.window_scale_too_large"
            "a shift count greater than 14 counts as 14 (RFC 7323 §2.3)",
        FastOpenCookieLength = Warning "tcp.options.fast_open_cookie_length"
            "a fast open cookie must be 4 to 16 bytes long (RFC 7413 §4.1.1)",
    }
}

tagged_enum! {
    /// A TCP option, RFC 9293 §3.2. Kinds and names are those of the IANA registry.
    pub enum TcpOption<'a>: "kind", "tcp.option_kind", "options", length "tcp.option_len" {
        EndOfOptions = 0 "end of options", "tcp.options.eol" {}
        NoOperation = 1 "no operation", "tcp.options.nop" {}
        MaximumSegmentSize = 2 "maximum segment size", "tcp.options.mss" {
            /// Largest segment that the sender accepts, in bytes, RFC 9293 §3.7.1.
            size: u16, "tcp.options.mss_val", bytes;
        }
        WindowScale = 3 "window scale", "tcp.options.wscale" {
            /// Left shift, in bits, of the windows that the sender will advertise; at most 14. RFC 7323 §2.
            shift: u8, "tcp.options.wscale.shift";
        }
        SackPermitted = 4 "SACK permitted", "tcp.options.sack_perm" {}
        Sack = 5 "SACK" {
            /// Blocks of data received out of order, RFC 2018 §3.
            blocks: List<'a, SackBlock, 1>, "tcp.options.sack";
        }
        Echo = 6 "echo (obsolete)", "tcp.options.echo" {
            /// Value for the peer to send back, RFC 1072 §3.
            value: u32, "tcp.options.echo_value";
        }
        EchoReply = 7 "echo reply (obsolete)", "tcp.options.echoreply" {
            /// Value returned to the peer that sent it, RFC 1072 §3.
            value: u32, "tcp.options.echo_value";
        }
        Timestamps = 8 "timestamps", "tcp.options.timestamp" {
            /// TSval: the sender's timestamp clock, RFC 7323 §3.2.
            value: u32, "tcp.options.timestamp.tsval";
            /// TSecr: the timestamp received last from the peer.
            echo: u32, "tcp.options.timestamp.tsecr";
        }
        PartialOrderPermitted = 9 "partial order connection permitted (obsolete)" {}
        PartialOrderProfile = 10 "partial order service profile (obsolete)" {
            /// Start and end flags of the service profile, RFC 1693 §3.1.
            profile: PartialOrderFlags, "tcp.options.partial_order", hex;
        }
        ConnectionCount = 11 "CC (obsolete)", "tcp.options.cc" {
            /// Connection count of the sender, RFC 1644 §3.1.
            count: u32, "tcp.options.cc_value";
        }
        ConnectionCountNew = 12 "CC.NEW (obsolete)", "tcp.options.ccnew" {
            /// Connection count of the sender, which the peer must not compare, RFC 1644 §3.1.
            count: u32, "tcp.options.cc_value";
        }
        ConnectionCountEcho = 13 "CC.ECHO (obsolete)", "tcp.options.ccecho" {
            /// Connection count received from the peer, RFC 1644 §3.1.
            count: u32, "tcp.options.cc_value";
        }
        AlternateChecksumRequest = 14 "alternate checksum request (obsolete)" {
            /// Checksum algorithm requested, RFC 1146.
            checksum: AlternateChecksum, "tcp.options.alternate_checksum";
        }
        AlternateChecksumData = 15 "alternate checksum data (obsolete)" {
            /// A checksum that does not fit in the header field, RFC 1146.
            data: &'a [u8], "tcp.options.alternate_checksum.data";
        }
        Skeeter = 16 "Skeeter" {
            /// Contents. No specification is published.
            data: &'a [u8], "tcp.options.skeeter";
        }
        Bubba = 17 "Bubba" {
            /// Contents. No specification is published.
            data: &'a [u8], "tcp.options.bubba";
        }
        TrailerChecksum = 18 "trailer checksum" {
            /// Contents. No specification is published.
            data: &'a [u8], "tcp.options.trailer_checksum";
        }
        Md5Signature = 19 "MD5 signature (obsolete)", "tcp.options.md5" {
            /// MD5 digest of pseudo-header, header, data and key, RFC 2385 §2. Superseded by TCP-AO.
            digest: [u8; 16], "tcp.options.md5.digest";
        }
        ScpsCapabilities = 20 "SCPS capabilities", "tcp.options.scps" {
            /// Capabilities of the sender, CCSDS 714.0-B §3.2.3.
            capabilities: ScpsCapabilities, "tcp.options.scps.vector", hex;
            /// Identifies the connection.
            connection: u8, "tcp.options.scps.binding.id";
            /// Capabilities in extended binding spaces.
            bindings: Option<&'a [u8]>, "tcp.options.scps.binding.data";
        }
        Snack = 21 "selective negative acknowledgment", "tcp.options.snack" {
            /// Start of the hole, in segments after the acknowledgment number, CCSDS 714.0-B §3.5.
            offset: u16, "tcp.options.snack.offset";
            /// Size of the hole in segments.
            size: u16, "tcp.options.snack.size";
            /// Bitmap of further holes, one bit per segment.
            bits: Option<&'a [u8]>, "tcp.options.snack.bits";
        }
        RecordBoundary = 22 "record boundary" {
            /// Contents, CCSDS 714.0-B §3.4; not parsed.
            data: Option<&'a [u8]>, "tcp.options.scpsrec";
        }
        CorruptionExperienced = 23 "corruption experienced" {
            /// Contents, CCSDS 714.0-B §3.4; not parsed.
            data: Option<&'a [u8]>, "tcp.options.scpscor";
        }
        Snap = 24 "SNAP" {
            /// Contents. No specification is published.
            data: &'a [u8], "tcp.options.snap";
        }
        CompressionFilter = 26 "TCP compression filter" {
            /// Contents. No specification is published.
            data: &'a [u8], "tcp.options.compression_filter";
        }
        QuickStartResponse = 27 "Quick-Start response" {
            /// Rate approved by the routers, RFC 4782 §3.2.
            response: QuickStartResponse, "tcp.options.qs";
        }
        UserTimeout = 28 "user timeout" {
            /// Time for which the sender lets data remain unacknowledged, RFC 5482 §3.
            timeout: TcpUserTimeout, "tcp.options.user_to";
        }
        Authentication = 29 "TCP-AO", "tcp.options.ao" {
            /// KeyID: the key that authenticates the segment, RFC 5925 §2.2.
            key: u8, "tcp.options.ao.keyid";
            /// RNextKeyID: the key that the sender is ready to receive next.
            next_key: u8, "tcp.options.ao.rnextkeyid";
            /// Message authentication code.
            mac: &'a [u8], "tcp.options.ao.mac";
        }
        Multipath = 30 "multipath TCP" {
            /// The Multipath TCP message, RFC 8684 §3.
            message: Mptcp<'a>, "tcp.options.mptcp";
        }
        FastOpen = 34 "fast open", "tcp.options.tfo" {
            /// Cookie of 4 to 16 bytes, which allows data in the SYN. Absent: the sender requests one. RFC 7413 §4.1.1.
            cookie: Option<&'a [u8]>, "tcp.options.tfo.cookie";
        }
        EncryptionNegotiation = 69 "TCP-ENO" {
            /// Suboptions that negotiate encryption, RFC 8547 §4.1.
            suboptions: Option<&'a [u8]>, "tcp.options.eno";
        }
        RiverbedProbe = 76 "Riverbed probe (not assigned by IANA)" {
            /// Data exchanged between WAN optimizers.
            data: &'a [u8], "tcp.options.rvbd.probe";
        }
        RiverbedTransparency = 78 "Riverbed transparency (not assigned by IANA)" {
            /// Data exchanged between WAN optimizers.
            data: &'a [u8], "tcp.options.rvbd.trpy";
        }
        AccurateEcn0 = 172 "accurate ECN, order 0", "tcp.options.acc_ecn" {
            /// Bytes that arrived marked ECT(0), modulo 2^24, RFC 9768 §3.2.3.
            ect0: Option<U24>, "tcp.options.acc_ecn.ee0b";
            /// Bytes received with the CE codepoint, modulo 2^24.
            ce: Option<U24>, "tcp.options.acc_ecn.eceb";
            /// Bytes received with the ECT(1) codepoint, modulo 2^24.
            ect1: Option<U24>, "tcp.options.acc_ecn.ee1b";
        }
        AccurateEcn1 = 174 "accurate ECN, order 1", "tcp.options.acc_ecn" {
            /// Bytes that arrived marked ECT(1), modulo 2^24, RFC 9768 §3.2.3.
            ect1: Option<U24>, "tcp.options.acc_ecn.ee1b";
            /// Bytes received with the CE codepoint, modulo 2^24.
            ce: Option<U24>, "tcp.options.acc_ecn.eceb";
            /// Bytes received with the ECT(0) codepoint, modulo 2^24.
            ect0: Option<U24>, "tcp.options.acc_ecn.ee0b";
        }
        Experiment1 = 253 "experiment 1", "tcp.options.experimental" {
            /// Experiment identifier and its data, RFC 6994 §3.
            experiment: Tagged<'a, TcpExperiment<'a>, 2>, "tcp.options.experimental.data";
        }
        Experiment2 = 254 "experiment 2", "tcp.options.experimental" {
            /// Experiment identifier and its data, RFC 6994 §3.
            experiment: Tagged<'a, TcpExperiment<'a>, 2>, "tcp.options.experimental.data";
        }
    }
}

impl TlvItem for TcpOption<'_> {
    const LAYOUT: TlvLayout = TlvLayout::IP;
}

tagged_enum! {
    /// A TCP experiment: IANA's registry of experiment identifiers, RFC 6994 §3.1.
    pub enum TcpExperiment<'a>: "experiment", "tcp.options.experimental.exid", "experiments" {
        AckRateRequest = 0x00ac "acknowledgment rate request" {
            /// Requested number of segments per acknowledgment, and a reserved bit.
            rate: Option<u8>, "tcp.options.tarr.rate";
        }
        HostId = 0x0348 "host identifier" {
            /// Contents; not parsed.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        AsCompensation = 0x0a0d "autonomous system compensation" {
            /// Contents; not parsed.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        Capability = 0x0ca0 "capability option" {
            /// Contents; not parsed.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        ExtendedDataOffset = 0x0ed0 "extended data offset" {
            /// Contents; not parsed.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        EncryptionNegotiation = 0x454e "TCP-ENO" {
            /// Suboptions that negotiate encryption, RFC 8547 §4.1.
            suboptions: Option<&'a [u8]>, "tcp.options.eno";
        }
        ServiceNumber = 0x5323 "service number" {
            /// Contents; not parsed.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        TimestampInterval = 0x75ec "timestamp interval" {
            /// Contents; not parsed.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        AccurateEcn0 = 0xacc0 "accurate ECN, order 0" {
            /// Bytes received with the ECT(0) codepoint, modulo 2^24.
            ect0: Option<U24>, "tcp.options.acc_ecn.ee0b";
            /// Bytes received with the CE codepoint, modulo 2^24.
            ce: Option<U24>, "tcp.options.acc_ecn.eceb";
            /// Bytes received with the ECT(1) codepoint, modulo 2^24.
            ect1: Option<U24>, "tcp.options.acc_ecn.ee1b";
        }
        AccurateEcn1 = 0xacc1 "accurate ECN, order 1" {
            /// Bytes received with the ECT(1) codepoint, modulo 2^24.
            ect1: Option<U24>, "tcp.options.acc_ecn.ee1b";
            /// Bytes received with the CE codepoint, modulo 2^24.
            ce: Option<U24>, "tcp.options.acc_ecn.eceb";
            /// Bytes received with the ECT(0) codepoint, modulo 2^24.
            ect0: Option<U24>, "tcp.options.acc_ecn.ee0b";
        }
        AccurateEcn = 0xacce "accurate ECN, first draft" {
            /// Contents; not parsed.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        SharedMemory = 0xe2d4 "shared memory communications" {
            /// Lower half of the identifier. The whole is 0xe2d4c3d9, "SMCR" in EBCDIC. RFC 7609 §3.1.
            identifier: u16, "tcp.options.experimental.exid.low", hex;
        }
        FastOpen = 0xf989 "fast open" {
            /// Cookie, which allows data in the SYN. Absent: the sender requests one. RFC 7413 §4.1.1.
            cookie: Option<&'a [u8]>, "tcp.options.tfo.cookie";
        }
        LowLatency = 0xf990 "low latency" {
            /// Contents; not parsed.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
    }
}

header! {
    /// A block of data received out of order, RFC 2018 §3.
    pub struct SackBlock(8) => SackBlockEdit {
        /// Left edge: first sequence number of the block.
        left: u32 = 0..32, "tcp.options.sack_le";
        /// Right edge: sequence number after the last byte of the block.
        right: u32 = 32..64, "tcp.options.sack_re";
    }
}

flags! {
    /// Start and end of a partial order service profile, RFC 1693 §3.1.
    pub struct PartialOrderFlags: u8 {
        /// The profile starts with this segment.
        START = 0x80, "start", "tcp.options.partial_order.start";
        /// The profile ends with this segment.
        END = 0x40, "end", "tcp.options.partial_order.end";
    }
}

registry! {
    /// Alternate checksum algorithms, RFC 1146.
    pub enum AlternateChecksum: u8 {
        Tcp = 0 "TCP checksum",
        Fletcher8 = 1 "8-bit Fletcher's algorithm",
        Fletcher16 = 2 "16-bit Fletcher's algorithm",
        RedundantAvoidance = 3 "redundant checksum avoidance",
    }
}

flags! {
    /// Capabilities of the SCPS transport protocol (CCSDS 714.0-B).
    pub struct ScpsCapabilities: u8 {
        /// Best-effort transport service.
        BETS = 0x80, "BETS", "tcp.options.scpsflags.bets";
        /// Short selective negative acknowledgments.
        SNACK1 = 0x40, "SNACK1", "tcp.options.scpsflags.snack1";
        /// Long selective negative acknowledgments.
        SNACK2 = 0x20, "SNACK2", "tcp.options.scpsflags.snack2";
        /// Header compression.
        COMPRESS = 0x10, "Com", "tcp.options.scpsflags.compress";
        /// Network-layer timestamps.
        NLTS = 0x08, "NLTS", "tcp.options.scpsflags.nlts";
    }
}

header! {
    /// Rate approved by the routers, returned to the requester; RFC 4782 §3.2.
    pub struct QuickStartResponse(6) => QuickStartResponseEdit {
        /// Reserved.
        reserved: u8 = 0..4, "tcp.options.qs.reserved", reserved;
        /// Approved rate.
        rate: QuickStartRate = 4..8, "tcp.options.qs.rate";
        /// Difference between the TTL of the IP header and that of the Quick-Start option, modulo 256.
        ttl_difference: u8 = 8..16, "tcp.options.qs.ttl_diff";
        /// Random number with which the sender checks that routers are honest.
        nonce: u32 = 16..46, "tcp.options.qs.nonce", hex;
        /// Reserved.
        reserved2: u8 = 46..48, "tcp.options.qs.reserved2", reserved;
    }
}

header! {
    /// Time for which data may remain unacknowledged, RFC 5482 §3.
    pub struct UserTimeout(2) => UserTimeoutEdit {
        /// G: the timeout is in minutes, otherwise in seconds.
        minutes: bool = 0..1, "tcp.options.user_to_granularity";
        /// Timeout in minutes or seconds.
        timeout: u16 = 1..16, "tcp.options.user_to_val";
    }
}

/// A user timeout, whose unit its first bit says.
///
/// ```
/// use core::time::Duration;
/// use packetsmith::proto::transport::{TcpOption, TcpUserTimeout};
/// let option = packetsmith::Tlvs::<TcpOption>::new(&[28, 4, 0x80, 5]).iter().next();
/// let Some(TcpOption::UserTimeout { timeout }) = option else { panic!() };
/// assert_eq!(timeout.duration(), Duration::from_secs(300));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpUserTimeout(pub UserTimeout);

const TIMEOUT_ROW: usize = UserTimeout::row("timeout") as usize;
/// The rows of a user timeout in seconds, and of one in minutes.
const SECONDS_AND_MINUTES: [Field; 2] =
    [UserTimeout::FIELDS[TIMEOUT_ROW].seconds(), UserTimeout::FIELDS[TIMEOUT_ROW].minutes()];

impl TcpUserTimeout {
    /// The time.
    pub fn duration(&self) -> core::time::Duration {
        let unit = if self.0.minutes() { 60 } else { 1 };
        core::time::Duration::from_secs(u64::from(self.0.timeout()) * unit)
    }
}

impl Codec<'_> for TcpUserTimeout {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema = &Schema::of(UserTimeout::FIELDS);
    const CAN_REFUSE: bool = false;
    fn take(cursor: &mut Cursor<'_>) -> Option<Self> {
        UserTimeout::take(cursor).map(TcpUserTimeout)
    }
    fn show(&self, _: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        const ROWS: &[Field; 2] = &SECONDS_AND_MINUTES;
        for (row, field) in UserTimeout::FIELDS.iter().enumerate() {
            let field = if row == TIMEOUT_ROW { &ROWS[usize::from(self.0.minutes())] } else { field };
            if let Some(value) = field.read(self.0.as_bytes()) {
                visitor.field(field, field.span(span.start), value);
            }
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.0.emit(out)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        <UserTimeout as Codec>::build(field, builder)
    }
    fn is_given(field: &'static Field, builder: &mut Encoder<'_>) -> bool {
        <UserTimeout as Codec>::is_given(field, builder)
    }
}

/// Reports issues in the options of a segment.
pub(crate) fn check<'a>(options: Tlvs<'a, TcpOption<'a>>, field: &'static Field, syn: bool, report: &mut Report<'_>) {
    for item in options.items() {
        let item = match item {
            Ok(item) => item,
            Err(rest) => {
                if rest.after_end && rest.bytes.iter().any(|&b| b != 0) {
                    report(Some(field), rest.span, TcpRule::OptionsAfterEnd.into());
                }
                continue;
            }
        };
        let rule = match TcpOption::decode(item.kind, item.contents) {
            TcpOption::MaximumSegmentSize { .. } if !syn => TcpRule::MssWithoutSyn,
            TcpOption::WindowScale { .. } if !syn => TcpRule::WindowScaleWithoutSyn,
            TcpOption::SackPermitted {} if !syn => TcpRule::SackPermittedWithoutSyn,
            TcpOption::WindowScale { shift: 15.. } => TcpRule::WindowScaleTooLarge,
            TcpOption::FastOpen { cookie: Some(cookie) } if !(4..=16).contains(&cookie.len()) => {
                TcpRule::FastOpenCookieLength
            }
            _ => {
                check_kind(options, &item, field, report);
                continue;
            }
        };
        report(Some(field), item.span, rule.into());
    }
}

/// Reports an option that is not assigned, or that came before in a segment that has one of its kind at most.
fn check_kind<'a>(options: Tlvs<'a, TcpOption<'a>>, item: &Tlv<'a>, field: &'static Field, report: &mut Report<'_>) {
    let before = || options.items().flatten().take_while(|other| other.span != item.span);
    let rule = match item.kind {
        // Size, scale, selective acknowledgments, timestamps, signatures, timeouts and cookies.
        2..=5 | 8 | 19 | 27..=29 | 34 if before().any(|other| other.kind == item.kind) => TcpRule::OptionRepeated,
        kind if TcpOption::name_of(kind).is_none() => TcpRule::OptionUnassigned,
        _ => return,
    };
    report(Some(field), item.span, rule.into());
}

/// Writes an option as it appears in a summary line: the usual ones in the short form that Wireshark has.
#[cfg(feature = "alloc")]
pub(crate) fn summarize(option: TcpOption<'_>, sack_base: u32, info: &mut TextBuffer) {
    match option {
        TcpOption::EndOfOptions {} | TcpOption::NoOperation {} => {}
        TcpOption::MaximumSegmentSize { size } => append!(info, " MSS=", size),
        // A larger shift counts as 14, RFC 7323 §2.3.
        TcpOption::WindowScale { shift } => append!(info, " WS=", 1u64 << shift.min(14)),
        TcpOption::SackPermitted {} => info.str(" SACK_PERM"),
        TcpOption::Sack { blocks } => {
            for block in blocks.iter() {
                let [left, right] = [block.left(), block.right()].map(|number| number.wrapping_sub(sack_base));
                append!(info, " SACK=", left, "-", right);
            }
        }
        TcpOption::Timestamps { value, echo } => append!(info, " TSval=", value, " TSecr=", echo),
        TcpOption::Multipath { message } => {
            info.str(" MPTCP=");
            info.name_or_number(message.subtype().name(), "", u8::from(message.subtype()));
        }
        other => {
            info.str(" ");
            info.name_or_number(TcpOption::name_of(other.kind()), "option ", other.kind());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::IssueKind;
    use crate::layer::NextProtocol;

    /// The units of the numbers that are shown.
    #[derive(Default)]
    struct Units(Vec<crate::wire::Unit>);

    impl Visitor for Units {
        fn field(&mut self, field: &'static Field, _: Span, _: crate::wire::Value<'_>) {
            self.0.push(field.unit);
        }
        fn open(&mut self, _: &'static Field, _: Span) {}
        fn close(&mut self) {}
    }

    #[test]
    fn a_user_timeout_counts_seconds_or_minutes() {
        use crate::wire::Unit;
        for (first, unit, seconds) in [(0, Unit::Seconds, 5), (0x80, Unit::MillisecondsTimes(60_000), 300)] {
            let mut units = Units::default();
            assert!(TcpOption::show(28, Cursor::new(&[first, 5]), &mut units).is_empty());
            assert_eq!(units.0, [Unit::None, unit]);
            let TcpOption::UserTimeout { timeout } = TcpOption::decode(28, Cursor::new(&[first, 5])) else { panic!() };
            assert_eq!(timeout.duration().as_secs(), seconds);
        }
    }

    fn options(bytes: &[u8]) -> impl Iterator<Item = TcpOption<'_>> {
        Tlvs::<TcpOption>::new(bytes).iter()
    }

    fn issues(flags: u8, options: &[u8]) -> Vec<IssueKind> {
        let mut segment = vec![0, 80, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 5 + (options.len() / 4) as u8, flags];
        segment[12] <<= 4;
        segment.extend([0; 6]);
        segment.extend(options);
        let mut found = Vec::new();
        for layer in crate::dissect::Examine::new(crate::dissect::Layers::new(NextProtocol::IpProtocol(6), &segment)) {
            layer.issues(|issue| {
                if issue.field.is_some_and(|f| f.name == "options") {
                    found.push(issue.kind);
                }
            });
        }
        found
    }

    #[cfg(feature = "alloc")]
    #[test]
    fn a_window_scale_above_14_counts_as_14() {
        for (shift, expected) in [(7, " WS=128"), (14, " WS=16384"), (255, " WS=16384")] {
            let mut text = TextBuffer::default();
            summarize(TcpOption::WindowScale { shift }, 0, &mut text);
            assert_eq!(text.as_str(), expected);
        }
    }

    #[test]
    fn a_sack_block_may_wrap_around() {
        let sack = [5, 10, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 1, 1];
        assert_eq!(issues(0x10, &sack), []);
        let Some(TcpOption::Sack { blocks }) = options(&sack).next() else { panic!() };
        assert_eq!(blocks.iter().map(|b| (b.left(), b.right())).collect::<Vec<_>>(), [(0xffffff00, 0x100)]);
    }

    #[test]
    fn a_sack_option_with_a_partial_block_is_a_bad_item() {
        assert_eq!(issues(0x10, &[5, 2, 1, 1]), [IssueKind::BadItem(5)]);
        assert_eq!(issues(0x10, &[5, 8, 0, 0, 0, 0, 0, 0]), [IssueKind::BadItem(5)]);
    }

    #[test]
    fn syn_options_are_a_warning_without_syn() {
        let all = [2, 4, 5, 0xb4, 4, 2, 3, 3, 7, 0, 0, 0];
        assert_eq!(issues(0x02, &all), []);
        assert_eq!(issues(0x10, &all).len(), 3);
        assert_eq!(issues(0x02, &[3, 3, 15, 0]).len(), 1);
    }

    #[test]
    fn bytes_after_the_end_of_options_are_kept_and_noted() {
        assert_eq!(issues(0x10, &[0, 0, 0, 0]), []);
        assert_eq!(issues(0x10, &[0, 2, 4, 5]), [TcpRule::OptionsAfterEnd.into()]);
    }

    #[test]
    fn an_experiment_is_recognized_by_its_identifier() {
        let Some(TcpOption::Experiment2 { experiment }) = options(&[254, 8, 0xf9, 0x89, 1, 2, 3, 4]).next() else {
            panic!()
        };
        assert_eq!(experiment.get(), TcpExperiment::FastOpen { cookie: Some(&[1, 2, 3, 4]) });
        let Some(TcpOption::Experiment1 { experiment }) = options(&[253, 6, 0x12, 0x34, 1, 2]).next() else { panic!() };
        assert_eq!(experiment.get(), TcpExperiment::Unknown { kind: 0x1234, data: &[1, 2] });
        assert_eq!(options(&[254, 3, 9]).next(), Some(TcpOption::Unknown { kind: 254, data: &[9] }));
    }

    #[test]
    fn accurate_ecn_counters_are_optional() {
        let Some(TcpOption::AccurateEcn1 { ect1, ce, ect0 }) = options(&[174, 8, 0, 0, 1, 0, 1, 0]).next() else {
            panic!()
        };
        assert_eq!((ect1, ce, ect0), (Some(U24(1)), Some(U24(256)), None));
        assert_eq!(options(&[172, 2]).next(), Some(TcpOption::AccurateEcn0 { ect0: None, ce: None, ect1: None }));
        assert!(matches!(options(&[172, 4, 1, 2]).next(), Some(TcpOption::Unknown { .. })));
    }
}
