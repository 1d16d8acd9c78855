//! Building: captures to JSON and back, copies of captures, and frames that other libraries build too.

#[path = "../../tests/common/mod.rs"]
mod common;

use assert_cmd::Command;
use common::{corpus, packets, testdata};
use packetsmith::proto::icmp::{Icmpv4Message, Icmpv4Type};
use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{Checksum, Ethernet, Icmpv4, Ipv4, Ipv6, MacAddr, Packet, Severity, Stack, Tcp, Udp, Vlan, examine};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// The program, at the root of the repository.
fn program() -> Command {
    let mut command = Command::cargo_bin("packetsmith").unwrap();
    command.current_dir(common::root());
    command
}

fn packetsmith(arguments: &[&str]) -> std::process::Output {
    program().args(arguments).output().unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("names are UTF-8")
}

/// The bytes of a capture file, decompressed.
fn plain(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap();
    match bytes[..] {
        [0x1f, 0x8b, ..] => {
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(&bytes[..]), &mut plain).unwrap();
            plain
        }
        _ => bytes,
    }
}

/// Writes a capture anew and says what is not as it was. A pcap file must have every byte.
fn check_copy(original: &Path, copy: &Path) -> Option<String> {
    let (before, after) = (plain(original), plain(copy));
    if before == after || before.starts_with(&[0x28, 0xb5]) {
        return None;
    }
    let pcapng = before.starts_with(&[0x0a, 0x0d]);
    let json = |path: &Path| packetsmith(&["read", "-T", "json", text(path)]).stdout;
    if pcapng && json(original) == json(copy) { None } else { Some(format!("{} is another", original.display())) }
}

fn captures() -> Vec<PathBuf> {
    testdata().into_iter().chain(corpus()).collect()
}

/// Does something with every capture on all cores, and collects what is wrong.
fn for_all(check: impl Fn(&Path, &Path) -> Option<String> + Sync) {
    let folder = tempfile::tempdir().unwrap();
    let files = captures();
    let wrong = std::sync::Mutex::new(Vec::new());
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for worker in 0..std::thread::available_parallelism().map_or(2, usize::from) {
            let out = folder.path().join(worker.to_string());
            let (files, wrong, next, check) = (&files, &wrong, &next, &check);
            scope.spawn(move || {
                while let Some(path) = files.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    wrong.lock().unwrap().extend(check(path, &out));
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), files.len());
}

#[test]
fn json_becomes_the_same_capture() {
    for_all(|path, out| {
        let json = out.with_extension("json");
        std::fs::write(&json, packetsmith(&["read", "-T", "json", text(path)]).stdout).unwrap();
        let build = packetsmith(&["build", text(&json), "-w", text(out)]);
        match build.status.success() {
            true => check_copy(path, out),
            false => Some(String::from_utf8_lossy(&build.stderr).into_owned()),
        }
    });
}

#[test]
fn editable_json_becomes_the_same_capture() {
    for path in testdata() {
        let out = tempfile::NamedTempFile::new().unwrap();
        let json = packetsmith(&["read", "-T", "json", "--editable", text(&path)]).stdout;
        let build = program();
        let build = { build }.args(["build", "-", "-w", text(out.path())]).write_stdin(json).output().unwrap();
        assert!(build.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&build.stderr));
        assert_eq!(check_copy(&path, out.path()), None);
    }
}

#[test]
fn who_changes_an_address_gets_right_checksums() {
    let json = packetsmith(&["read", "-T", "json", "--editable", "testdata/http.pcap"]).stdout;
    let json = String::from_utf8(json).unwrap().replace("192.0.2.1\"", "198.51.100.77\"");
    let out = tempfile::NamedTempFile::new().unwrap();
    let build = program();
    { build }.args(["build", "-", "-w", text(out.path())]).write_stdin(json).assert().success();
    for frame in packets(out.path()) {
        for layer in examine(frame.link_type, &frame.bytes) {
            assert!(layer.checksum().is_none_or(|state| state == Checksum::Good));
        }
    }
}

#[test]
fn a_copy_is_the_same_capture() {
    for_all(|path, out| {
        let read = packetsmith(&["read", text(path), "-w", text(out)]);
        // What is no whole record is not copied.
        match read.status.code() {
            Some(0) => check_copy(path, out),
            _ => None,
        }
    });
}

#[test]
fn a_copy_in_another_form_has_the_same_packets_at_the_same_times() {
    let folder = tempfile::tempdir().unwrap();
    let lines = |path: &str| String::from_utf8(packetsmith(&["read", "-t", "e", path]).stdout).unwrap();
    // Of Ethernet with a frame check sequence of four bytes, as the file's header says.
    let mut checked = std::fs::read(common::root().join("testdata/http.pcap")).unwrap();
    checked[20..24].copy_from_slice(&0x2400_0001_u32.to_le_bytes());
    let with_fcs = folder.path().join("fcs.pcap");
    std::fs::write(&with_fcs, checked).unwrap();
    for original in
        ["testdata/nano.pcap", "testdata/swap.pcap", "testdata/http.pcap", "testdata/raw.pcap", text(&with_fcs)]
    {
        for (there, back) in [("pcapng", "nanopcap"), ("nanopcap", "pcapng"), ("pcapng", "pcapng")] {
            let (first, second) = (folder.path().join("first"), folder.path().join("second"));
            for (from, form, to) in [(original, there, &first), (text(&first), back, &second)] {
                let output = packetsmith(&["read", from, "-F", form, "-w", text(to)]);
                assert!(output.status.success(), "{original}: {}", String::from_utf8_lossy(&output.stderr));
            }
            let digits = |path: &str| {
                let shown = lines(path);
                // Nanoseconds that were never there are zeros.
                shown.lines().map(|line| line.replacen("000 ", " ", 1)).collect::<Vec<_>>()
            };
            assert_eq!(digits(text(&second)), digits(original), "{original} by way of {there} and {back}");
            let fcs = |path: &str| {
                let mut reader = packetsmith::capture::Reader::open(common::root().join(path)).unwrap();
                reader.next_record().unwrap().unwrap().fcs_len
            };
            assert_eq!(fcs(text(&second)), fcs(original), "{original} by way of {there} and {back}");
        }
    }
}

#[test]
fn a_file_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.pcap");
    for path in ["/dev/full", "/nonexistent/out.pcap", "/tmp", "out.pcap.zst"] {
        let read = packetsmith(&["read", "testdata/http.pcap", "-w", path]);
        assert_eq!(read.status.code(), Some(2), "{path}");
        assert!(String::from_utf8_lossy(&read.stderr).contains(path), "{path}");
    }
    // A packet in the middle that cannot be written: nothing looks whole.
    let mixed = packetsmith(&["read", "testdata/http.pcap", "testdata/sll.pcap", "-F", "pcap", "-w", text(&out)]);
    assert_eq!(mixed.status.code(), Some(2));
    assert!(!out.exists() && std::fs::read_dir(folder.path()).unwrap().next().is_none());
    // A file can be replaced by a part of itself.
    std::fs::copy(common::root().join("testdata/http.pcap"), &out).unwrap();
    assert!(packetsmith(&["read", text(&out), "-Y", "tcp", "-w", text(&out)]).status.success());
    assert!(packets(&out).len() < packets(&common::root().join("testdata/http.pcap")).len());
}

#[test]
fn a_mistake_in_json_is_shown_with_its_place() {
    let cases = [
        (
            "{\"layers\":[{\"layer\":\"ipv4\"},\n{\"layer\":\"udp\",\n\"src_port\":70000}]}",
            "line 3",
            "70000 is more than 65535",
        ),
        (
            "{\"layers\":[{\"layer\":\"ipv4\",\n\"src\":\"10.0.0.300\"}]}",
            "line 2",
            "layer 1 (ipv4), src: is not an IPv4 address",
        ),
        ("\n\n{\"layers\":[{\"layer\":\"ipv9\"}]}", "line 3", "no protocol has this name"),
        ("{\"layers\":[{\"layer\":\"tcp\",\"optoins\":[]}]}", "packet 1", "there is no such field"),
        ("{\"layers\":[\n{\"layer\":}]}", "line 2", "expected value"),
        ("{\"layer\":[]}", "line 1", "there is no such member"),
        ("[1]", "line 1", "a packet is an object"),
        ("{\"layers\":[", "line 1", "does not end"),
    ];
    for (json, place, what) in cases {
        let build = program();
        let build = { build }.args(["build", "-"]).write_stdin(json).output().unwrap();
        let message = String::from_utf8(build.stderr).unwrap();
        assert_eq!(build.status.code(), Some(2), "{json}");
        assert!(message.contains(place) && message.contains(what), "{json}: {message}");
    }
}

#[test]
fn text_becomes_packets() {
    let out = tempfile::NamedTempFile::new().unwrap();
    let discover = "ethernet dst=ff:ff:ff:ff:ff:ff / ipv4 src=0.0.0.0 dst=255.255.255.255 / udp src_port=68 dst_port=67 \
                    / dhcp message_type=discover";
    let build = packetsmith(&["build", discover, "-w", text(out.path())]);
    assert!(build.status.success(), "{}", String::from_utf8_lossy(&build.stderr));
    let line = String::from_utf8(packetsmith(&["read", text(out.path())]).stdout).unwrap();
    assert!(line.contains("DHCP") && line.contains("DISCOVER"), "{line}");
    for (text, mark) in
        [("ethernet / ipv4 tll=3", 16), ("ethernet / ipv4 ttl=300", 20), ("ethernet / ipv5", 11), ("udp dst_port", 4)]
    {
        let message = String::from_utf8(packetsmith(&["build", text]).stderr).unwrap();
        let last = message.lines().last().unwrap();
        assert_eq!(last.find('^'), Some(mark + 2), "{message}");
    }
}

/// Reads a line of text and tells what is wrong with the packet.
fn issues(text: &str) -> Vec<String> {
    let frame = text.parse::<Packet>().unwrap().build().unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut issues = Vec::new();
    for layer in examine(1, &frame) {
        layer.issues(|issue| {
            if issue.kind.severity() > Severity::Note {
                issues.push(format!("{text}: {issue}"));
            }
        });
    }
    issues
}

#[test]
fn what_is_built_is_right() {
    let cases = include_str!("built.txt").lines().filter(|line| !line.starts_with('#'));
    let wrong: Vec<_> = cases.flat_map(issues).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn stacks_are_computed_set_padded_and_bounded() {
    let base = || {
        let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
        Stack::new().push(Ethernet::build().dst(MacAddr([2; 6]))).push(ip)
    };
    let frame = base().push(Udp::build().dst_port(7)).payload(b"x").pad(60).fcs().finish().unwrap();
    assert_eq!(frame.len(), 64);
    let trailer = examine(1, &frame).next().unwrap().ethernet_trailer().unwrap();
    assert!(trailer.good);
    let options = [TcpOption::MaximumSegmentSize { size: 1460 }, TcpOption::WindowScale { shift: 7 }];
    let frame = base().push(Tcp::build().flags(TcpFlags::SYN).options(&options)).finish().unwrap();
    assert_eq!(frame.len(), 14 + 20 + 28, "options are filled up to words");
    assert!(examine(1, &frame).all(|layer| layer.checksum().is_none_or(|c| c == Checksum::Good)));
    let echo = Icmpv4Message::EchoRequest { identifier: 1, sequence: 2 };
    let frame = base().push(Icmpv4::build().kind(Icmpv4Type::EchoRequest).message(echo)).finish().unwrap();
    assert_eq!(frame[34..36], [8, 0]);
    // What was set goes out as it is.
    let frame = Stack::new().push(Ipv4::build().total_length(9).ihl(6).checksum(1)).finish().unwrap();
    assert_eq!((frame[0], &frame[2..4], &frame[10..12]), (0x46, &[0, 9][..], &[0, 1][..]));
    // What cannot fit is an error that names the field.
    let error = base().payload(&[0; 70000]).finish().unwrap_err();
    assert_eq!(error.to_string(), "ipv4.total_length: 70020 is more than 65535, the largest that fits");
    let error = base().write_into(&mut [0; 20]).unwrap_err();
    assert!(error.to_string().contains("34 bytes are needed"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Byte for byte what etherparse builds.
    #[test]
    fn stacks_are_what_etherparse_builds(
        macs: [[u8; 6]; 2], v6: bool, addresses: [[u8; 16]; 2], ttl: u8, ports: [u16; 2], tcp: bool, vlan: Option<u16>,
        seq: u32, window: u16, payload in prop::collection::vec(any::<u8>(), 0..1400),
    ) {
        use etherparse::{PacketBuilder, VlanId};
        let link = PacketBuilder::ethernet2(macs[0], macs[1]);
        let ip4 = |a: [u8; 16]| [a[0], a[1], a[2], a[3]];
        let vlan = vlan.map(|id| id & 0xfff);
        let mut theirs = Vec::new();
        macro_rules! transport {
            ($step:expr) => {{
                let ip = $step;
                let step = match v6 {
                    false => ip.ipv4(ip4(addresses[0]), ip4(addresses[1]), ttl),
                    true => ip.ipv6(addresses[0], addresses[1], ttl),
                };
                match tcp {
                    false => step.udp(ports[0], ports[1]).write(&mut theirs, &payload).unwrap(),
                    true => step.tcp(ports[0], ports[1], seq, window).syn().write(&mut theirs, &payload).unwrap(),
                }
            }};
        }
        match vlan {
            Some(id) => transport!(link.single_vlan(VlanId::try_new(id).unwrap())),
            None => transport!(link),
        }
        let ethernet = Ethernet::build().src(MacAddr(macs[0])).dst(MacAddr(macs[1]));
        let (udp, segment) = (
            Udp::build().src_port(ports[0]).dst_port(ports[1]),
            Tcp::build().src_port(ports[0]).dst_port(ports[1]).seq(seq).window(window).flags(TcpFlags::SYN),
        );
        // etherparse sets DF.
        let v4 = Ipv4::build().src(ip4(addresses[0]).into()).dst(ip4(addresses[1]).into()).ttl(ttl);
        let v4 = v4.flags(packetsmith::proto::ip::Ipv4Flags::DONT_FRAGMENT);
        let v6h = Ipv6::build().src(addresses[0].into()).dst(addresses[1].into()).hop_limit(ttl);
        macro_rules! ours {
            ($stack:expr) => {
                match (v6, tcp) {
                    (false, false) => $stack.push(v4).push(udp).payload(&payload).finish(),
                    (false, true) => $stack.push(v4).push(segment).payload(&payload).finish(),
                    (true, false) => $stack.push(v6h).push(udp).payload(&payload).finish(),
                    (true, true) => $stack.push(v6h).push(segment).payload(&payload).finish(),
                }
            };
        }
        let ours = match vlan {
            Some(id) => ours!(Stack::new().push(ethernet).push(Vlan::build().id(id))),
            None => ours!(Stack::new().push(ethernet)),
        };
        prop_assert_eq!(ours.unwrap(), theirs);
    }
}

#[test]
fn options_alone_and_in_a_list_stand_behind_each_other() {
    let build = |text: &str| text.parse::<packetsmith::Packet>().unwrap().build().unwrap();
    let udp = "ipv4 / udp src_port=68 dst_port=67 / dhcp";
    let both = build(&format!("{udp} message_type=discover options=[host_name name=\"a\", end]"));
    let list = build(&format!("{udp} options=[dhcp_message_type message_type=discover, host_name name=\"a\", end]"));
    assert_eq!(both, list);
}

#[test]
fn what_is_given_twice_is_said_to_be() {
    let error = "ipv4 ttl=3 ttl=4".parse::<packetsmith::Packet>().unwrap().build().unwrap_err();
    assert_eq!(error.to_string(), "layer 1 (ipv4), ttl: is given twice");
}

#[test]
fn a_first_fragment_says_what_its_packet_carries() {
    let build = |text: &str| text.parse::<packetsmith::Packet>().unwrap().build().unwrap();
    assert_eq!(build("ipv4 flags=MF / udp src_port=7")[9], 17);
    assert_eq!(build("ipv6 / fragment more_fragments=true / tcp")[40], 6);
    assert_eq!(build("ipv4 flags=MF protocol=99 / udp")[9], 99, "what is set goes out as it is");
}

/// A pcap file of Ethernet with these records: the bytes, and the length on the wire.
fn pcap(path: &Path, records: &[(&[u8], u32)]) {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0];
    for (data, original) in records {
        for number in [1_700_000_000, 5, data.len() as u32, *original] {
            file.extend_from_slice(&number.to_le_bytes());
        }
        file.extend_from_slice(data);
    }
    std::fs::write(path, file).unwrap();
}

#[test]
fn a_record_has_the_length_that_it_had_and_what_an_edit_adds() {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (folder.path().join("before.pcap"), folder.path().join("after.pcap"));
    let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build()).push(Udp::build()).payload(&[b'q'; 90]);
    let frame = frame.finish().unwrap();
    pcap(&before, &[(&frame, 132), (&frame[..100], 132), (&frame, 10)]);
    let json = packetsmith(&["read", "-T", "json", "--editable", text(&before)]).stdout;
    let json = String::from_utf8(json).unwrap();
    // Four bytes more in each.
    let edits = [("{\"layer\":\"ipv4\"", "{\"layer\":\"vlan\",\"id\":3},{\"layer\":\"ipv4\"")];
    let edited = edits.iter().fold(json, |json, (from, to)| json.replace(from, to));
    let build = program();
    { build }.args(["build", "-", "-w", text(&after)]).write_stdin(edited).assert().success();
    let lengths: Vec<_> = packets(&after).iter().map(|packet| (packet.bytes.len(), packet.original_len)).collect();
    assert_eq!(lengths, [(136, 136), (104, 136), (136, 14)]);
}

#[test]
fn a_time_beside_ticks_and_a_length_beside_a_record_are_not_passed_over() {
    let capture = r#""capture":{"form":"pcap","byte_order":"little","resolution":6,"version":[2,4],"snap_len":99,"link_field":1}"#;
    let packet = |members: &str| format!(r#"{{{capture},{members},"layers":[{{"layer":"data","data":"000102"}}]}}"#);
    let build = |json: String| program().args(["build", "-", "-x"]).write_stdin(json).output().unwrap();
    let refused = build(packet(r#""time":"5.000000","ticks":[7,1]"#));
    let message = String::from_utf8(refused.stderr).unwrap();
    assert!(message.contains("time: 5.000000 is not the time of the ticks"), "{message}");
    assert!(build(packet(r#""time":"7.000001","ticks":[7,1]"#)).status.success());
    // The record's own header has the lengths that the packet has now.
    let out = tempfile::NamedTempFile::new().unwrap();
    let record =
        r#""time":"7.000001","record":"07000000010000000900000009000000","captured_length":9,"original_length":9"#;
    let write = program();
    { write }.args(["build", "-", "-w", text(out.path())]).write_stdin(packet(record)).assert().success();
    assert_eq!(packets(out.path()).iter().map(|p| (p.bytes.len(), p.original_len)).collect::<Vec<_>>(), [(3, 3)]);
}

#[test]
fn the_hash_of_a_packet_goes_with_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = (folder.path().join("before.pcapng"), folder.path().join("after.pcapng"));
    let frame = Stack::new().push(Ethernet::build()).push(Ipv4::build().ttl(77)).payload(&[1; 2]).finish().unwrap();
    let block = |kind: u32, body: &[u8]| {
        let length = (12 + body.len() as u32).to_le_bytes();
        [&kind.to_le_bytes()[..], &length, body, &length].concat()
    };
    let section = [&[0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0][..], &[0xff; 8]].concat();
    let length = (frame.len() as u32).to_le_bytes();
    let options = [2, 0, 4, 0, 1, 0, 0, 0, 3, 0, 5, 0, 2, 0xaa, 0xbb, 0xcc, 0xdd, 0, 0, 0, 0, 0, 0, 0];
    let packet = [&[0; 12][..], &length, &length, &frame, &options].concat();
    let file = [block(0x0a0d_0d0a, &section), block(1, &[1, 0, 0, 0, 0, 0, 4, 0]), block(6, &packet)].concat();
    std::fs::write(&before, &file).unwrap();
    let json = packetsmith(&["read", "-T", "json", "--editable", text(&before)]).stdout;
    let json = String::from_utf8(json).unwrap();
    let has_hash = |json: String| {
        let build = program();
        { build }.args(["build", "-", "-w", text(&after)]).write_stdin(json).assert().success();
        let written = std::fs::read(&after).unwrap();
        assert!(written.windows(8).any(|bytes| bytes == [2, 0, 4, 0, 1, 0, 0, 0]), "the other option stays");
        written.windows(4).any(|bytes| bytes == [0xaa, 0xbb, 0xcc, 0xdd])
    };
    assert!(has_hash(json.clone()));
    assert!(!has_hash(json.replace("\"ttl\":77", "\"ttl\":7")));
    // Nor do frames with a fault have it.
    packetsmith(&["mutate", text(&before), "-w", text(&after), "-q", "--fault", "checksum"]);
    assert!(!std::fs::read(&after).unwrap().windows(4).any(|bytes| bytes == [0xaa, 0xbb, 0xcc, 0xdd]));
}
