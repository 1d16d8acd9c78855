//! The bounds of SECURITY.md, with its figures. A change of one is a change of both.

use packetsmith::capture::{ErrorKind, Reader};
use packetsmith::ip::{LostReason, Outcome, Reassembler, Settings};
use packetsmith::output::{Json, Summary, TreeText};
use packetsmith::proto::ip::Ipv4Flags;
use packetsmith::{Ipv4, IssueKind, Name, Packet, Proto, Stack, Udp, dissect, examine};
use std::time::Duration;

const MIB: u32 = 1 << 20;

#[test]
fn a_frame_has_1024_layers_at_most() {
    let frame = [&[0; 12][..], &[0x81, 0, 0, 1].repeat(1500), &[8, 0]].concat();
    let layers: Vec<_> = dissect(1, &frame).collect();
    assert_eq!((layers.len(), layers[1024].proto), (1024 + 1, Proto::Data));
    let mut deep = 0;
    examine(1, &frame).for_each(|layer| layer.issues(|issue| deep += usize::from(issue.kind == IssueKind::TooDeep)));
    assert_eq!(deep, 1);
}

/// What is wrong with the first record of a file.
fn refused(file: &[u8]) -> bool {
    let mut reader = Reader::new(file).expect("the header is right");
    let error = reader.next_record().expect("a record is claimed").expect_err("it is not there");
    matches!(error.kind(), ErrorKind::TooLarge { .. })
}

#[test]
fn a_record_has_128_mebibytes_at_most() {
    let header = [0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    let pcap = |claimed: u32| [&header[..], &[0; 8], &claimed.to_be_bytes(), &claimed.to_be_bytes()].concat();
    assert!(!refused(&pcap(128 * MIB)) && refused(&pcap(128 * MIB + 1)));
    let section = [0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 28, 0x1a, 0x2b, 0x3c, 0x4d, 0, 1, 0, 0];
    let pcapng = |claimed: u32| {
        let packet = [&6_u32.to_be_bytes()[..], &claimed.to_be_bytes(), &[0; 12], &claimed.to_be_bytes()].concat();
        [&section[..], &[0xff; 8], &28_u32.to_be_bytes(), &packet].concat()
    };
    assert!(!refused(&pcapng(128 * MIB)) && refused(&pcapng(128 * MIB + 4)));
}

#[test]
fn fragments_wait_in_4096_datagrams_8_mebibytes_and_60_seconds_at_most() {
    let first = |n: u16, payload: usize| {
        let header = Ipv4::build().identification(n).flags(Ipv4Flags::MORE_FRAGMENTS);
        Stack::new().push(header).payload(&vec![0; payload]).finish().expect("it fits")
    };
    let (mut most_waiting, mut most_memory) = (0, 0);
    for payload in [8, 8 * 500] {
        let mut reassembler = Reassembler::new(Settings::default());
        for n in 0..6000 {
            let outcome = reassembler.push(&first(n, payload), 0, Duration::ZERO, &mut |_| {});
            assert!(matches!(outcome, Outcome::Held { .. }));
            most_waiting = most_waiting.max(reassembler.waiting());
            most_memory = most_memory.max(reassembler.memory());
        }
    }
    assert_eq!(most_waiting, 4096);
    assert!((7 * MIB as usize..=8 * MIB as usize).contains(&most_memory), "{most_memory} bytes");
    let mut reassembler = Reassembler::new(Settings::default());
    let mut lost = Vec::new();
    // The clock of the capture follows one packet later, so that a single wrong time does not change it.
    for second in [0, 60, 61, 62] {
        reassembler.push(&first(second, 8), 0, Duration::from_secs(second.into()), &mut |gone| lost.push(gone.reason));
        assert_eq!(lost.len(), usize::from(second == 62));
    }
    assert_eq!(lost, [LostReason::Timeout]);
}

#[test]
fn a_name_has_255_bytes_and_127_pointers_at_most() {
    let name = |last: u8| [&[63; 64][..], &[63; 64], &[63; 64], &[last; 1], &vec![b'x'; last.into()], &[0]].concat();
    assert!(Name::new(&name(61), 0).check().is_ok() && Name::new(&name(62), 0).check().is_err());
    // Each pointer leads to the one before it, the first to the root.
    let chain = |pointers: u16| {
        (0..pointers).fold(vec![0, 0], |chain, n| [&chain[..], &(0xc000 | (2 * n)).to_be_bytes()].concat())
    };
    let check = |pointers: u16| Name::new(&chain(pointers), usize::from(pointers) * 2).check();
    assert!(check(127).is_ok() && check(128).is_err());
}

#[test]
fn compressed_names_are_written_out_up_to_a_bound() {
    // A name of 255 bytes, and 8,000 pointers to it.
    let long = [&[63; 64][..], &[63; 64], &[63; 64], &[61; 62], &[0]].concat();
    let mut message = [&[0, 1, 0x84, 0, 0, 1, 0x0f, 0xa0, 0, 0, 0, 0][..], &long, &[0, 1, 0, 1]].concat();
    message.extend([0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 0, 0, 2, 0xc0, 12].repeat(4_000));
    let stack = Stack::new().push(Ipv4::build()).push(Udp::build().src_port(53).dst_port(4000));
    let frame = stack.payload(&message).finish().expect("it fits");
    let mut json = Json::default();
    json.packet(|_| {}, examine(101, &frame));
    let (text, bound) = (json.text.to_string(), 300 * frame.len());
    assert!(text.len() < bound / 4 && text.contains("\"names.left_out\":"), "{} bytes", text.len());
    let mut tree = TreeText::default();
    tree.packet(examine(101, &frame));
    assert!(tree.text.bytes.len() < bound / 4 && tree.text.to_string().contains("more names are not written out"));
    // What is left out comes back all the same.
    let mut packet = Packet::default();
    packet.form.read(&mut serde_json::Deserializer::from_str(&text)).expect("what is written can be read");
    assert_eq!(packet.build().expect("what was written can be built"), frame);
    let mut packet = Packet::new(examine(101, &frame));
    packet.simplify(&frame);
    assert_eq!(packet.build().expect("what was read can be built"), frame);
}

#[test]
fn a_line_has_a_bound_and_says_how_much_more_there_is() {
    // A list of 5,000 values: the codes that a DHCP client asks for.
    let mut summary = Summary::default();
    let request =
        [&[1, 1, 6, 0, 0, 0, 0, 7][..], &[0; 228], &[99, 0x82, 0x53, 0x63, 53, 1, 1, 55, 250], &[3; 250]].concat();
    let stack = Stack::new().push(Ipv4::build()).push(Udp::build().src_port(68).dst_port(67));
    summary.packet(examine(101, &stack.payload(&request).finish().expect("it fits")));
    assert!(summary.info.bytes.len() < 1_100, "{}", summary.info.as_str());
    let uri = "x".repeat(1_300);
    let stack = Stack::new().push(Ipv4::build()).push(packetsmith::Tcp::build().src_port(4000).dst_port(80));
    let frame = stack.payload(format!("GET /{uri} HTTP/1.1\r\n\r\n").as_bytes()).finish().expect("it fits");
    summary.packet(examine(101, &frame));
    let info = summary.info.as_str();
    assert!(info.len() < 1_100 && info.ends_with(" more bytes)"), "{info}");
}
