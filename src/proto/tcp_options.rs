//! Options of TCP: RFC 9293 §3.2 and IANA's registry of those that came later.

use super::{Mptcp, QuickStartRate};
use crate::field::{Field, U24, flags, header, registry};
use crate::layer::{Reason, Report, Severity};
use crate::part::{Framed, Framing, List, Tagged, Tlvs, Variants, variants};

variants! {
    /// A TCP option, RFC 9293 §3.2. Kinds and names are those of IANA's registry.
    pub enum TcpOption<'a>: "kind", "tcp.option_kind" {
        EndOfOptions = 0 "end of options" {}
        NoOperation = 1 "no operation" {}
        MaximumSegmentSize = 2 "maximum segment size" {
            /// Largest segment that the sender takes, in bytes, RFC 9293 §3.7.1.
            size: u16, "tcp.options.mss_val", bytes;
        }
        WindowScale = 3 "window scale" {
            /// Bits by which the sender's windows are to be shifted left; at most 14. RFC 7323 §2.
            shift: u8, "tcp.options.wscale.shift";
        }
        SackPermitted = 4 "SACK permitted" {}
        Sack = 5 "SACK" {
            /// Data that has arrived out of order, RFC 2018 §3.
            blocks: List<'a, SackBlock, 1>, "tcp.options.sack";
        }
        Echo = 6 "echo (obsolete)" {
            /// What the peer is to send back, RFC 1072 §3.
            value: u32, "tcp.options.echo_value";
        }
        EchoReply = 7 "echo reply (obsolete)" {
            /// What the peer asked to have back, RFC 1072 §3.
            value: u32, "tcp.options.echo_value";
        }
        Timestamps = 8 "timestamps" {
            /// The sender's clock, RFC 7323 §3.2.
            value: u32, "tcp.options.timestamp.tsval";
            /// The peer's clock as it was last heard.
            echo: u32, "tcp.options.timestamp.tsecr";
        }
        PartialOrderPermitted = 9 "partial order connection permitted (obsolete)" {}
        PartialOrderProfile = 10 "partial order service profile (obsolete)" {
            /// Whether a profile begins or ends here, RFC 1693 §3.1.
            profile: PartialOrderFlags, "tcp.options.partial_order", hex;
        }
        ConnectionCount = 11 "CC (obsolete)" {
            /// Connection count of the sender, RFC 1644 §3.1.
            count: u32, "tcp.options.cc_value";
        }
        ConnectionCountNew = 12 "CC.NEW (obsolete)" {
            /// Connection count of the sender, which the peer is not to compare, RFC 1644 §3.1.
            count: u32, "tcp.options.cc_value";
        }
        ConnectionCountEcho = 13 "CC.ECHO (obsolete)" {
            /// Connection count that the peer sent, RFC 1644 §3.1.
            count: u32, "tcp.options.cc_value";
        }
        AlternateChecksumRequest = 14 "alternate checksum request (obsolete)" {
            /// The checksum asked for, RFC 1146.
            checksum: AlternateChecksum, "tcp.options.alternate_checksum";
        }
        AlternateChecksumData = 15 "alternate checksum data (obsolete)" {
            /// A checksum that does not fit the header, RFC 1146.
            data: &'a [u8], "tcp.options.alternate_checksum.data";
        }
        Skeeter = 16 "Skeeter" {
            /// Contents; no document tells of them.
            data: &'a [u8], "tcp.options.skeeter";
        }
        Bubba = 17 "Bubba" {
            /// Contents; no document tells of them.
            data: &'a [u8], "tcp.options.bubba";
        }
        TrailerChecksum = 18 "trailer checksum" {
            /// Contents; no document tells of them.
            data: &'a [u8], "tcp.options.trailer_checksum";
        }
        Md5Signature = 19 "MD5 signature (obsolete)" {
            /// MD5 of pseudo-header, header, data and a key, RFC 2385 §2; TCP-AO takes its place.
            digest: [u8; 16], "tcp.options.md5.digest";
        }
        ScpsCapabilities = 20 "SCPS capabilities" {
            /// What the sender can do, CCSDS 714.0-B §3.2.3.
            capabilities: ScpsCapabilities, "tcp.options.scps.vector", hex;
            /// Tells this connection from others.
            connection: u8, "tcp.options.scps.binding.id";
            /// Capabilities in extended binding spaces.
            bindings: Option<&'a [u8]>, "tcp.options.scps.binding.data";
        }
        Snack = 21 "selective negative acknowledgment" {
            /// First byte missing, counted from the acknowledgment in segments, CCSDS 714.0-B §3.5.
            offset: u16, "tcp.options.snack.offset";
            /// Segments missing.
            size: u16, "tcp.options.snack.size";
            /// More holes, one bit a segment.
            bits: Option<&'a [u8]>, "tcp.options.snack.bits";
        }
        RecordBoundary = 22 "record boundary" {
            /// Contents, CCSDS 714.0-B §3.4.
            data: Option<&'a [u8]>, "tcp.options.scpsrec";
        }
        CorruptionExperienced = 23 "corruption experienced" {
            /// Contents, CCSDS 714.0-B §3.4.
            data: Option<&'a [u8]>, "tcp.options.scpscor";
        }
        Snap = 24 "SNAP" {
            /// Contents; no document tells of them.
            data: &'a [u8], "tcp.options.snap";
        }
        CompressionFilter = 26 "TCP compression filter" {
            /// Contents; no document tells of them.
            data: &'a [u8], "tcp.options.compression_filter";
        }
        QuickStartResponse = 27 "Quick-Start response" {
            /// The rate that the routers granted, RFC 4782 §3.2.
            response: QuickStartResponse, "tcp.options.qs";
        }
        UserTimeout = 28 "user timeout" {
            /// How long the sender lets data stay unacknowledged, RFC 5482 §3.
            timeout: UserTimeout, "tcp.options.user_to";
        }
        Authentication = 29 "TCP-AO" {
            /// Key that the segment is authenticated with, RFC 5925 §2.2.
            key: u8, "tcp.options.ao.keyid";
            /// Key that the sender wants to be used next.
            next_key: u8, "tcp.options.ao.rnextkeyid";
            /// Message authentication code.
            mac: &'a [u8], "tcp.options.ao.mac";
        }
        Multipath = 30 "multipath TCP" {
            /// What one subflow tells the other end of the connection, RFC 8684 §3.
            message: Mptcp<'a>, "tcp.options.mptcp";
        }
        FastOpen = 34 "fast open" {
            /// Cookie that lets data go with the SYN, 4 to 16 bytes; none: one is asked for. RFC 7413 §4.1.1.
            cookie: Option<&'a [u8]>, "tcp.options.tfo.cookie";
        }
        EncryptionNegotiation = 69 "TCP-ENO" {
            /// Ways to encrypt the connection, RFC 8547 §4.1.
            suboptions: Option<&'a [u8]>, "tcp.options.eno";
        }
        RiverbedProbe = 76 "Riverbed probe (not assigned by IANA)" {
            /// What one WAN optimizer tells another.
            data: &'a [u8], "tcp.options.rvbd.probe";
        }
        RiverbedTransparency = 78 "Riverbed transparency (not assigned by IANA)" {
            /// What one WAN optimizer tells another.
            data: &'a [u8], "tcp.options.rvbd.trpy";
        }
        AccurateEcn0 = 172 "accurate ECN, order 0" {
            /// Bytes that arrived marked ECT(0), modulo 2^24, RFC 9768 §3.2.3.
            ect0: Option<U24>, "tcp.options.acc_ecn.ee0b";
            /// Bytes that arrived marked CE.
            ce: Option<U24>, "tcp.options.acc_ecn.eceb";
            /// Bytes that arrived marked ECT(1).
            ect1: Option<U24>, "tcp.options.acc_ecn.ee1b";
        }
        AccurateEcn1 = 174 "accurate ECN, order 1" {
            /// Bytes that arrived marked ECT(1), modulo 2^24, RFC 9768 §3.2.3.
            ect1: Option<U24>, "tcp.options.acc_ecn.ee1b";
            /// Bytes that arrived marked CE.
            ce: Option<U24>, "tcp.options.acc_ecn.eceb";
            /// Bytes that arrived marked ECT(0).
            ect0: Option<U24>, "tcp.options.acc_ecn.ee0b";
        }
        Experiment1 = 253 "experiment 1" {
            /// Which experiment, and what it says, RFC 6994 §3.
            experiment: Tagged<'a, TcpExperiment<'a>, 2>, "tcp.options.experimental.data";
        }
        Experiment2 = 254 "experiment 2" {
            /// Which experiment, and what it says, RFC 6994 §3.
            experiment: Tagged<'a, TcpExperiment<'a>, 2>, "tcp.options.experimental.data";
        }
    }
}

impl Framed for TcpOption<'_> {
    const FRAMING: Framing = Framing::IP;
}

variants! {
    /// A TCP option that is tried out: IANA's registry of experiment identifiers, RFC 6994 §3.1.
    pub enum TcpExperiment<'a>: "experiment", "tcp.options.experimental.exid" {
        AckRateRequest = 0x00ac "acknowledgment rate request" {
            /// Segments that one acknowledgment is to be for, and a reserved bit.
            rate: Option<u8>, "tcp.options.tarr.rate";
        }
        HostId = 0x0348 "host identifier" {
            /// Contents.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        AsCompensation = 0x0a0d "autonomous system compensation" {
            /// Contents.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        Capability = 0x0ca0 "capability option" {
            /// Contents.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        ExtendedDataOffset = 0x0ed0 "extended data offset" {
            /// Contents.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        EncryptionNegotiation = 0x454e "TCP-ENO" {
            /// Ways to encrypt the connection, RFC 8547 §4.1.
            suboptions: Option<&'a [u8]>, "tcp.options.eno";
        }
        ServiceNumber = 0x5323 "service number" {
            /// Contents.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        TimestampInterval = 0x75ec "timestamp interval" {
            /// Contents.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        AccurateEcn0 = 0xacc0 "accurate ECN, order 0" {
            /// Bytes that arrived marked ECT(0), modulo 2^24.
            ect0: Option<U24>, "tcp.options.acc_ecn.ee0b";
            /// Bytes that arrived marked CE.
            ce: Option<U24>, "tcp.options.acc_ecn.eceb";
            /// Bytes that arrived marked ECT(1).
            ect1: Option<U24>, "tcp.options.acc_ecn.ee1b";
        }
        AccurateEcn1 = 0xacc1 "accurate ECN, order 1" {
            /// Bytes that arrived marked ECT(1), modulo 2^24.
            ect1: Option<U24>, "tcp.options.acc_ecn.ee1b";
            /// Bytes that arrived marked CE.
            ce: Option<U24>, "tcp.options.acc_ecn.eceb";
            /// Bytes that arrived marked ECT(0).
            ect0: Option<U24>, "tcp.options.acc_ecn.ee0b";
        }
        AccurateEcn = 0xacce "accurate ECN, first draft" {
            /// Contents.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
        SharedMemory = 0xe2d4 "shared memory communications" {
            /// Lower half of the identifier: 0xc3d9, "SMCR" in EBCDIC together. RFC 7609 §3.1.
            identifier: u16, "tcp.options.experimental.exid.low", hex;
        }
        FastOpen = 0xf989 "fast open" {
            /// Cookie that lets data go with the SYN; none: one is asked for. RFC 7413 §4.1.1.
            cookie: Option<&'a [u8]>, "tcp.options.tfo.cookie";
        }
        LowLatency = 0xf990 "low latency" {
            /// Contents.
            data: Option<&'a [u8]>, "tcp.options.experimental.data";
        }
    }
}

header! {
    /// A block of data that has arrived out of order, RFC 2018 §3.
    pub struct SackBlock(8) {
        /// First sequence number of the block.
        left: u32 = 0..32, "tcp.options.sack_le";
        /// Sequence number after the block.
        right: u32 = 32..64, "tcp.options.sack_re";
    }
}

flags! {
    /// Where a service profile begins and ends, RFC 1693 §3.1.
    pub struct PartialOrderFlags: u8 {
        /// The profile begins with this segment.
        START = 0x80, "start", "tcp.options.partial_order.start";
        /// The profile ends with this segment.
        END = 0x40, "end", "tcp.options.partial_order.end";
    }
}

registry! {
    /// Checksums other than TCP's own, RFC 1146.
    pub enum AlternateChecksum: u8 {
        Tcp = 0 "TCP checksum",
        Fletcher8 = 1 "8-bit Fletcher's algorithm",
        Fletcher16 = 2 "16-bit Fletcher's algorithm",
        RedundantAvoidance = 3 "redundant checksum avoidance",
    }
}

flags! {
    /// What a host can do of the Space Communications Protocol Specification.
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
    /// What the routers granted, told back to who asked; RFC 4782 §3.2.
    pub struct QuickStartResponse(6) {
        /// Reserved.
        reserved: u8 = 0..4, "tcp.options.qs.reserved", reserved;
        /// Rate that was granted.
        rate: QuickStartRate = 4..8, "tcp.options.qs.rate";
        /// By how much the IP header's TTL and the option's differ, modulo 256.
        ttl_difference: u8 = 8..16, "tcp.options.qs.ttl_diff";
        /// Random number that shows the routers to be honest.
        nonce: u32 = 16..46, "tcp.options.qs.nonce", hex;
        /// Reserved.
        reserved2: u8 = 46..48, "tcp.options.qs.reserved2", reserved;
    }
}

header! {
    /// How long data may stay unacknowledged, RFC 5482 §3.
    pub struct UserTimeout(2) {
        /// The timeout counts minutes rather than seconds.
        minutes: bool = 0..1, "tcp.options.user_to_granularity";
        /// The timeout, in seconds or minutes.
        timeout: u16 = 1..16, "tcp.options.user_to_val";
    }
}

/// Reports what is wrong with the options of a segment.
pub(super) fn check<'a>(options: Tlvs<'a, TcpOption<'a>>, field: &'static Field, syn: bool, report: &mut Report<'_>) {
    options.check(field, report);
    for item in options.items() {
        let item = match item {
            Ok(item) => item,
            Err(rest) => {
                if rest.after_end && rest.bytes.iter().any(|&b| b != 0) {
                    let rule = "bytes behind the end of options are not zero (RFC 9293 §3.1)";
                    report(Some(field), rest.span, Reason::Rule(Severity::Note, rule));
                }
                continue;
            }
        };
        let rule = match TcpOption::decode(item.kind, item.contents) {
            TcpOption::MaximumSegmentSize { .. } if !syn => "a maximum segment size belongs to SYN (RFC 9293 §3.7.1)",
            TcpOption::WindowScale { .. } if !syn => "a window scale belongs to SYN (RFC 7323 §2.2)",
            TcpOption::SackPermitted {} if !syn => "SACK permitted belongs to SYN (RFC 2018 §2)",
            TcpOption::WindowScale { shift: 15.. } => "a window scale above 14 counts as 14 (RFC 7323 §2.3)",
            TcpOption::FastOpen { cookie: Some(cookie) } if !(4..=16).contains(&cookie.len()) => {
                "a fast open cookie has 4 to 16 bytes (RFC 7413 §4.1.1)"
            }
            _ => continue,
        };
        report(Some(field), item.span, Reason::Rule(Severity::Warning, rule));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Next;

    fn options(bytes: &[u8]) -> impl Iterator<Item = TcpOption<'_>> {
        Tlvs::<TcpOption>::new(bytes).iter()
    }

    fn issues(flags: u8, options: &[u8]) -> Vec<Reason> {
        let mut segment = vec![0, 80, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 5 + (options.len() / 4) as u8, flags];
        segment[12] <<= 4;
        segment.extend([0; 6]);
        segment.extend(options);
        let mut found = Vec::new();
        for layer in crate::Examine::new(crate::Layers::new(Next::IpProtocol(6), &segment)) {
            layer.issues(|issue| {
                if issue.field.is_some_and(|f| f.name == "options") {
                    found.push(issue.reason);
                }
            });
        }
        found
    }

    #[test]
    fn a_sack_block_may_wrap_around() {
        let sack = [5, 10, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 1, 1];
        assert_eq!(issues(0x10, &sack), []);
        let Some(TcpOption::Sack { blocks }) = options(&sack).next() else { panic!() };
        assert_eq!(blocks.iter().map(|b| (b.left(), b.right())).collect::<Vec<_>>(), [(0xffffff00, 0x100)]);
    }

    #[test]
    fn a_sack_of_no_whole_blocks_is_a_bad_item() {
        assert_eq!(issues(0x10, &[5, 2, 1, 1]), [Reason::BadItem(5)]);
        assert_eq!(issues(0x10, &[5, 8, 0, 0, 0, 0, 0, 0]), [Reason::BadItem(5)]);
    }

    #[test]
    fn what_belongs_to_syn_is_a_warning_elsewhere() {
        let all = [2, 4, 5, 0xb4, 4, 2, 3, 3, 7, 0, 0, 0];
        assert_eq!(issues(0x02, &all), []);
        assert_eq!(issues(0x10, &all).len(), 3);
        assert_eq!(issues(0x02, &[3, 3, 15, 0]).len(), 1);
    }

    #[test]
    fn bytes_behind_the_end_are_kept_and_noted() {
        assert_eq!(issues(0x10, &[0, 0, 0, 0]), []);
        assert!(matches!(issues(0x10, &[0, 2, 4, 5])[..], [Reason::Rule(Severity::Note, _)]));
    }

    #[test]
    fn an_experiment_is_told_by_its_identifier() {
        let Some(TcpOption::Experiment2 { experiment }) = options(&[254, 8, 0xf9, 0x89, 1, 2, 3, 4]).next() else {
            panic!()
        };
        assert_eq!(experiment.get(), TcpExperiment::FastOpen { cookie: Some(&[1, 2, 3, 4]) });
        let Some(TcpOption::Experiment1 { experiment }) = options(&[253, 6, 0x12, 0x34, 1, 2]).next() else { panic!() };
        assert_eq!(experiment.get(), TcpExperiment::Unknown { kind: 0x1234, data: &[1, 2] });
        assert_eq!(options(&[254, 3, 9]).next(), Some(TcpOption::Unknown { kind: 254, data: &[9] }));
    }

    #[test]
    fn accurate_ecn_may_leave_counters_out() {
        let Some(TcpOption::AccurateEcn1 { ect1, ce, ect0 }) = options(&[174, 8, 0, 0, 1, 0, 1, 0]).next() else {
            panic!()
        };
        assert_eq!((ect1, ce, ect0), (Some(U24(1)), Some(U24(256)), None));
        assert_eq!(options(&[172, 2]).next(), Some(TcpOption::AccurateEcn0 { ect0: None, ce: None, ect1: None }));
        assert!(matches!(options(&[172, 4, 1, 2]).next(), Some(TcpOption::Unknown { .. })));
    }
}
