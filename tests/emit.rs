//! Options, records and messages of every number, with many contents: what is read and written is read as the same
//! again.

mod common;

use common::{digest, expect, root};
use packetsmith::Cursor;
use packetsmith::proto::{app::*, dhcp::*, dns::*, icmp::*, ip::*, ppp::*, transport::*, tunnel::*};
use packetsmith::wire::TaggedEnum;
use packetsmith::wire::{Registry, Visitor};
use packetsmith::{Field, Span, Value};
use std::fmt::Write;

/// Contents to be read: as many bytes as there may be, of each of several kinds.
fn contents() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    for length in (0..48).chain([52, 56, 60, 64, 72, 80, 96, 128, 130]) {
        all.push(vec![0; length]);
        all.push(vec![1; length]);
        // Small numbers are counts and lengths that fit; a type, a length and a value; names and text.
        all.push((0..length).map(|_| random() % 4).collect());
        all.push((0..length).map(|_| random() % 20).collect());
        all.push((0..length).map(|_| random()).collect());
        all.push((0..length).map(|at| if at < 2 { at as u8 } else { random() }).collect());
        all.push((0..length).map(|at| [0, 1, 0, 4, 1, 2, 3, 4][at % 8]).collect());
        all.push((0..length).map(|at| [1, 4, 9, 9][at % 4]).collect());
        all.push((0..length).map(|at| b"\x03www\x02ab\0"[at % 8]).collect());
        all.push((0..length).map(|at| b"text of words\0"[at % 14]).collect());
        // A length in front of all the rest, in one byte and in two.
        all.push((0..length).map(|at| if at == 0 { length as u8 - 1 } else { b'a' }).collect());
        let two = |at| if at == 1 { (length as u8).saturating_sub(2) } else { 0 };
        all.push((0..length).map(two).collect());
    }
    all
}

/// Writes down what is shown.
#[derive(Default)]
struct Shown(String);

impl Visitor for Shown {
    fn field(&mut self, field: &'static Field, span: Span, value: Value<'_>) {
        let _ = write!(self.0, "{} {}..{} {value:?};", field.name, span.start, span.end);
    }
    fn open(&mut self, field: &'static Field, span: Span) {
        let _ = write!(self.0, "{} {}..{} {{", field.name, span.start, span.end);
    }
    fn close(&mut self) {
        self.0.push('}');
    }
}

/// Holds it of one type; gives how many numbers there are, and those that no contents fitted.
fn hold(
    type_name: &str,
    registry: &Registry,
    write: impl Fn(u16, &[u8], &mut Shown) -> Option<Vec<u8>>,
) -> (usize, Vec<(u64, &'static str)>, u64) {
    let (mut never, mut shown) = (Vec::new(), Shown::default());
    let mut of_all = 0_u64;
    for &(number, name) in registry.entries {
        let mut fitted = false;
        for bytes in contents() {
            shown.0.clear();
            let written = write(number as u16, &bytes, &mut shown);
            of_all = of_all.rotate_left(1) ^ digest(shown.0.as_bytes());
            let Some(written) = written else { continue };
            fitted = true;
            let again = write(number as u16, &written, &mut shown);
            assert_eq!(again.as_ref(), Some(&written), "{type_name} {number} ({name}) of {bytes:02x?}");
        }
        if !fitted {
            never.push((number, name));
        }
    }
    (registry.entries.len(), never, of_all)
}

/// Reads contents and writes them again; `None` where they do not fit.
fn again<'a, V: TaggedEnum<'a>>(kind: u16, bytes: &'a [u8], shown: &mut Shown) -> Option<Vec<u8>> {
    let left = V::show(kind, Cursor::new(bytes), shown);
    let value = V::decode(kind, Cursor::new(bytes));
    if value.is_unknown() {
        return None;
    }
    assert!(left.is_empty(), "{kind} of {bytes:02x?}: what can be read is shown whole");
    assert_eq!(value.kind(), kind);
    let mut out = Vec::new();
    value.emit(&mut out);
    Some(out)
}

macro_rules! hold_all {
    ($($type:ident),* $(,)?) => {[$(
        (stringify!($type), hold(stringify!($type), $type::REGISTRY, |kind, bytes, shown| again::<$type<'_>>(kind, bytes, shown)))
    ),*]};
}

#[test]
fn what_is_written_is_read_as_the_same() {
    let all = hold_all![
        CipsoTag,
        ChapMessage,
        DhcpCableLabsOption,
        DhcpClientId,
        DhcpOption,
        DhcpPxeOption,
        DhcpRelayOption,
        DhcpSipServers,
        DhcpSubnetOption,
        DhcpVendorOption,
        DhcpVpn,
        Dhcpv6Duid,
        Dhcpv6MosAddresses,
        Dhcpv6MosNames,
        Dhcpv6NtpOption,
        Dhcpv6Option,
        Duid,
        EdnsOption,
        HipParameter,
        IcmpObject,
        Icmpv4Message,
        Icmpv6Message,
        IgmpMessage,
        IoamOption,
        IpcpOption,
        Ipv4Option,
        Ipv4TimestampList,
        Ipv6Option,
        Ipv6cpOption,
        CcpOption,
        L2tpAvp,
        LcpMessage,
        LcpOption,
        MobilityMessage,
        MobilityOption,
        MptcpMessage,
        NdpOption,
        NtpExtension,
        PapMessage,
        PppoeTag,
        RadiusAttribute,
        Rdata,
        RoutingData,
        RplOption,
        SegmentTlv,
        SflowCounterRecord,
        SflowDatagram,
        SflowFlowRecord,
        SflowSample,
        SvcParam,
        TcpExperiment,
        TcpOption,
        TftpMessage,
        TlsExtension,
        TlsHandshake,
        UdpExperiment,
        UdpOption,
    ];
    let numbers: usize = all.iter().map(|(_, (count, ..))| count).sum();
    let never: Vec<_> = all.iter().flat_map(|(name, (_, never, _))| never.iter().map(move |one| (name, one))).collect();
    println!("{numbers} numbers; nothing fits {never:?}");
    assert!(numbers > 700, "{numbers} numbers");
    assert!(never.len() < numbers / 20, "no contents fit {} of {numbers} numbers: {never:?}", never.len());
    // What is shown of them stays as it is, see tests/pinned.rs.
    let lines = all.iter().map(|(name, (.., shown))| format!("{name} {shown:016x}\n"));
    expect(&root().join("tests/pinned_items.txt"), &lines.collect::<String>());
}
