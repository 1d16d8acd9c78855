//! Edits of packets: what was computed is right afterwards, and what was passed on verbatim stays.

#![allow(clippy::duplicate_mod, reason = "the fuzz targets share a file with the tests")]

mod common;

#[allow(dead_code, unused_imports)]
#[path = "../fuzz/src/lib.rs"]
mod targets;

use common::{packets, testdata};
use packetsmith::proto::ip::{IpProtocol, Ipv4Edit};
use packetsmith::proto::link::{EtherType, EthernetEdit};
use packetsmith::wire::fcs;
use packetsmith::{
    Checksum, Ethernet, Gre, Icmpv4, Ipv4, MacAddr, Packet, Stack, Sum, Tcp, Udp, Vlan, dissect, examine,
};

/// Reads a frame as JSON without what is computed, lets `edit` change it, and builds it.
fn edited(original_len: usize, frame: &[u8], edit: impl FnOnce(&mut serde_json::Value)) -> Result<Vec<u8>, String> {
    let mut packet = Packet::new(examine(1, frame).original_len(original_len));
    packet.simplify(frame);
    let missing = packet.missing;
    let mut json = serde_json::to_value(&packet.form).unwrap();
    edit(&mut json["layers"]);
    packet.form.read(&json).map_err(|error| error.to_string())?;
    packet.missing = missing;
    packet.build().map_err(|error| error.to_string())
}

fn whole(frame: &[u8], edit: impl FnOnce(&mut serde_json::Value)) -> Vec<u8> {
    edited(frame.len(), frame, edit).unwrap()
}

fn ethernet() -> Stack<((), EthernetEdit)> {
    Stack::new().push(Ethernet::build().src(MacAddr([2, 0, 0, 0, 0, 1])).dst(MacAddr([2, 0, 0, 0, 0, 2])))
}

fn ipv4() -> Ipv4Edit {
    Ipv4::build().src([192, 0, 2, 1].into()).dst([198, 51, 100, 2].into())
}

fn insert(layers: &mut serde_json::Value, at: usize, layer: &str) {
    layers.as_array_mut().unwrap().insert(at, serde_json::from_str(layer).unwrap());
}

fn remove(layers: &mut serde_json::Value, at: core::ops::Range<usize>) {
    layers.as_array_mut().unwrap().drain(at);
}

/// The protocols, and what is wrong with the checksums.
fn bad_checksums(frame: &[u8]) -> Vec<(&'static str, Checksum)> {
    let layers = examine(1, frame).filter_map(|layer| Some((layer.proto.name(), layer.checksum()?)));
    layers.filter(|(_, state)| matches!(state, Checksum::Bad(_))).collect()
}

#[test]
fn a_length_follows_if_the_capture_cut_off_the_trailer() {
    let frame = ethernet().push(ipv4()).push(Udp::build().dst_port(9)).payload(b"four").pad(60).finish().unwrap();
    // All of the trailer is cut off, a part, nothing; and a part of the payload with it.
    for kept in [46, 50, 60, 44] {
        let longer = |layers: &mut serde_json::Value| layers[3]["data"] = "666f75722066697665".into();
        let built = edited(60, &frame[..kept], longer).unwrap();
        let lengths = [16, 38].map(|at| u16::from_be_bytes([built[at], built[at + 1]]));
        let (cut, added) = if kept < 46 { (46 - kept as u16, 9) } else { (0, 9) };
        assert_eq!(lengths, [28 + added + cut, 8 + added + cut], "{kept} bytes kept");
        // Without the trailer, what was cut off it is not of the payload.
        let built =
            edited(60, &frame[..kept], |layers| drop(layers[1].as_object_mut().unwrap().remove("trailer"))).unwrap();
        assert_eq!([built[17], built[39]], [32, 12], "{kept} bytes kept");
    }
}

#[test]
fn a_trailer_cannot_miss_more_than_the_capture_cut_off() {
    let frame = ethernet().push(ipv4()).push(Udp::build().dst_port(9)).payload(b"four").pad(60).finish().unwrap();
    let says = |missing: u64| {
        let built = edited(60, &frame[..50], |layers| layers[1]["trailer.missing"] = missing.into());
        built.map(|built| u16::from_be_bytes([built[16], built[17]]))
    };
    assert_eq!(says(10), Ok(32));
    assert_eq!(says(7), Ok(35), "three bytes are missing of the payload");
    assert_eq!(says(0), Ok(42), "all ten are");
    for missing in [11, 1 << 32, u64::MAX] {
        let error = says(missing).unwrap_err();
        assert!(error.contains("trailer.missing") && error.contains("more than the capture cut off"), "{error}");
    }
}

#[test]
fn a_checksum_of_all_ones_follows() {
    // Zero and 0xffff are the same number: some senders write one, some the other.
    let frame =
        ethernet().push(ipv4()).push(Icmpv4::build().kind(255.into()).code(255)).payload(&[0xff; 8]).finish().unwrap();
    let mut other = frame.clone();
    other[36..38].copy_from_slice(&[0xff; 2]);
    assert_eq!((&frame[36..38], bad_checksums(&other)), (&[0; 2][..], vec![]));
    for frame in [frame, other] {
        assert_eq!(whole(&frame, |_| {}), frame);
        let built = whole(&frame, |layers| layers[3]["data"] = "01020304".into());
        assert_eq!(bad_checksums(&built), []);
    }
}

#[test]
fn a_header_checksum_follows_in_a_fragment_of_any_offset() {
    for (offset, flags) in [(0, 1), (64, 1), (64, 0)] {
        let header = ipv4().fragment_offset(offset).flags(packetsmith::proto::ip::Ipv4Flags(flags));
        let frame = ethernet().push(header.protocol(IpProtocol::Udp)).payload(&[0x30; 64]).finish().unwrap();
        let built = whole(&frame, |layers| layers[1]["src"] = "203.0.113.7".into());
        assert_eq!(bad_checksums(&built), []);
        assert_eq!((built.len(), built[23], &built[26..30]), (frame.len(), 17, &[203, 0, 113, 7][..]));
    }
}

#[test]
fn a_cut_option_whose_bytes_are_all_alike_keeps_nothing_else_verbatim() {
    // Without its length, the rest of the option moves, and the byte in the place of the length is the same.
    let options = [1, 1, 0x59, 0x59, 0x59, 0x59, 0x59, 0x59];
    let tcp = Tcp::build().src_port(5000).dst_port(6000).raw(&options);
    let frame = ethernet().push(ipv4()).push(tcp).payload(b"payload").finish().unwrap();
    let built = whole(&frame, |layers| insert(layers, 1, r#"{"layer":"vlan","id":7}"#));
    assert_eq!(built[12..18], [0x81, 0, 0, 7, 8, 0]);
    assert_eq!(built[18..], frame[14..]);
    let built = whole(&frame, |layers| layers[1]["src"] = "203.0.113.7".into());
    assert_eq!(bad_checksums(&built), []);
}

#[test]
fn a_wrong_value_stays_as_it_was() {
    let header = ipv4().checksum(0x1234).total_length(0);
    let frame = ethernet().push(header).push(Udp::build().checksum(0xbeef)).payload(b"payload").finish().unwrap();
    let built = whole(&frame, |layers| layers[1]["src"] = "203.0.113.7".into());
    assert_eq!((&built[16..18], &built[24..26], &built[40..42]), (&[0, 0][..], &[0x12, 0x34][..], &[0xbe, 0xef][..]));
}

#[test]
fn an_offloaded_checksum_is_computed_as_one_again() {
    let mut frame = ethernet().push(ipv4().total_length(0)).push(Tcp::build()).payload(&[0x61; 80]).finish().unwrap();
    let sum = |frame: &[u8]| Sum::new().bytes(&frame[26..34]).number(6).number(20 + 80).value().to_be_bytes();
    let partial = sum(&frame);
    frame[50..52].copy_from_slice(&partial);
    let built = whole(&frame, |layers| layers[1]["dst"] = "203.0.113.7".into());
    assert_eq!(built[50..52], sum(&built));
    assert_ne!(built[50..52], partial);
    assert_eq!(bad_checksums(&built), []);
}

#[test]
fn the_ethertype_of_a_tag_goes_where_the_tag_goes() {
    let service = Ethernet::build().ethertype(EtherType::from(0x88a8));
    let stack = Stack::new().push(service).push(Vlan::build().id(5)).push(Vlan::build().id(6));
    let frame = stack.push(ipv4()).push(Udp::build()).payload(b"tagged").finish().unwrap();
    // Both tags, the outer one, the inner one; and a new one in front.
    let none = whole(&frame, |layers| remove(layers, 1..3));
    assert_eq!(none[12..15], [8, 0, 0x45]);
    let inner = whole(&frame, |layers| remove(layers, 1..2));
    assert_eq!(inner[12..19], [0x81, 0, 0, 6, 8, 0, 0x45]);
    let outer = whole(&frame, |layers| remove(layers, 2..3));
    assert_eq!(outer[12..19], [0x88, 0xa8, 0, 5, 8, 0, 0x45]);
    let three = whole(&frame, |layers| insert(layers, 1, r#"{"layer":"vlan","id":9}"#));
    assert_eq!(three[12..23], [0x81, 0, 0, 9, 0x88, 0xa8, 0, 5, 0x81, 0, 0]);
    // What is not known is announced by the number that it had.
    let frame = Stack::new().push(Ethernet::build().ethertype(EtherType::from(0x9999))).payload(&[7; 50]).finish();
    let tagged = whole(&frame.unwrap(), |layers| insert(layers, 1, r#"{"layer":"vlan","id":9}"#));
    assert_eq!(tagged[12..19], [0x81, 0, 0, 9, 0x99, 0x99, 7]);
}

#[test]
fn a_number_that_is_set_after_all_is_sent() {
    let header = ipv4().protocol(IpProtocol::from(89));
    let frame = ethernet().push(header).payload(&[2; 24]).finish().unwrap();
    let built = whole(&frame, |layers| layers[1]["protocol"] = 91.into());
    assert_eq!((built[23], bad_checksums(&built)), (91, vec![]));
}

#[test]
fn lengths_count_what_the_capture_cut_off() {
    let frame = ethernet().push(ipv4()).push(Udp::build()).payload(&[0x61; 500]).finish().unwrap();
    let cut = &frame[..100];
    let edit = |layers: &mut serde_json::Value| layers[3]["data"] = "62".repeat(68).into();
    let built = edited(frame.len(), cut, edit).unwrap();
    assert_eq!(built.len(), 110);
    assert_eq!((&built[16..18], &built[38..40]), (&538_u16.to_be_bytes()[..], &518_u16.to_be_bytes()[..]));
    assert_eq!(bad_checksums(&built[..34]), []);
    // The checksum over missing bytes cannot be computed again.
    assert_eq!(built[40..42], frame[40..42]);
}

#[test]
fn a_right_frame_check_sequence_is_right_again() {
    let frame = ethernet().push(ipv4()).push(Udp::build()).payload(b"short").pad(60).fcs().finish().unwrap();
    for data in ["6162", "616263646566676869"] {
        let built = whole(&frame, |layers| layers[3]["data"] = data.into());
        let (covered, sequence) = built.split_last_chunk().unwrap();
        assert_eq!(*sequence, fcs(covered));
        assert_eq!(built.len(), frame.len() - 5 + data.len() / 2);
    }
    // Without its trailer, the frame has none.
    let built = whole(&frame, |layers| drop(layers[0].as_object_mut().unwrap().remove("trailer")));
    assert_eq!(built, frame[..frame.len() - 4 - 13]);
    // A wrong one is none to compute.
    let mut wrong = frame.clone();
    wrong[63] ^= 1;
    assert_eq!(whole(&wrong, |layers| layers[1]["ttl"] = 9.into())[60..], wrong[60..]);
}

#[test]
fn lengths_and_checksums_around_a_quote_and_in_a_tunnel_follow() {
    let inner = ethernet().push(ipv4()).push(Udp::build().src_port(7)).payload(&[9; 40]).finish().unwrap();
    // A quote of 28 bytes keeps the length of the whole packet.
    let message = packetsmith::proto::icmp::Icmpv4Message::TimeExceeded { unused: 0, length: 0, unused2: 0 };
    let icmp = Icmpv4::build().message(message);
    let frame = ethernet().push(ipv4()).push(icmp).payload(&inner[14..42]).finish().unwrap();
    let built = whole(&frame, |layers| layers[3]["ttl"] = 1.into());
    assert_eq!((built[50], &built[44..46]), (1, &68_u16.to_be_bytes()[..]));
    let states: Vec<_> = examine(1, &built).take(4).filter_map(|layer| layer.checksum()).collect();
    assert_eq!(states, [Checksum::Good; 3]);
    // Taking the tunnel off.
    let frame =
        ethernet().push(ipv4()).push(Gre::build().protocol(EtherType::Ipv4)).payload(&inner[14..]).finish().unwrap();
    assert_eq!(whole(&frame, |layers| remove(layers, 1..3)), inner);
    let longer = whole(&frame, |layers| layers[5]["data"] = "00".repeat(60).into());
    assert_eq!((bad_checksums(&longer), longer.len()), (vec![], frame.len() + 20));
    assert_eq!(dissect(1, &longer).filter(|layer| !layer.trailer().is_empty()).count(), 0);
}

#[test]
fn an_edit_beside_raw_bytes_is_refused() {
    // A request without a mode is kept as bytes.
    let request = b"\0\x01boot.img\0";
    let frame = ethernet().push(ipv4()).push(Udp::build().dst_port(69)).payload(request).finish().unwrap();
    let error = edited(frame.len(), &frame, |layers| layers[3]["filename"] = "boot.cfg".into()).unwrap_err();
    assert!(error.starts_with("layer 4 (tftp), filename: ") && error.contains("raw"), "{error}");
    let error = edited(frame.len(), &frame, |layers| layers[3]["colour"] = 1.into()).unwrap_err();
    assert!(error.contains("colour"), "{error}");
    // Without the fields, or without an edit of them, the bytes are written.
    assert_eq!(whole(&frame, |_| {}), frame);
    let other = whole(&frame, |layers| layers[1]["src"] = "203.0.113.7".into());
    assert_eq!((bad_checksums(&other), &other[42..]), (vec![], &request[..]));
    let without = whole(&frame, |layers| drop(layers[3].as_object_mut().unwrap().remove("filename")));
    assert_eq!(without, frame);
    let changed = whole(&frame, |layers| {
        layers[3]["raw"] = "000261".into();
        layers[3].as_object_mut().unwrap().remove("filename");
        layers[3].as_object_mut().unwrap().remove("opcode");
    });
    assert_eq!((bad_checksums(&changed), &changed[42..]), (vec![], &b"\0\x02a"[..]));
}

#[test]
fn what_repeats_other_fields_is_left_out_or_must_agree() {
    let text = "ethernet / arp operation=1 sender_protocol=10.0.0.1 target_protocol=10.0.0.1";
    let frame = text.parse::<Packet>().unwrap().build().unwrap();
    let built = whole(&frame, |layers| {
        assert!(layers[1].get("announcement").is_none());
        layers[1]["target_protocol"] = "10.0.0.2".into();
    });
    assert_eq!(built[38..42], [10, 0, 0, 2]);
    let mut json = serde_json::to_value(&Packet::new(examine(1, &frame)).form).unwrap();
    assert_eq!(json["layers"][1]["announcement"], true);
    json["layers"][1]["announcement"] = false.into();
    let mut packet = Packet::default();
    packet.form.read(&json).unwrap();
    assert!(packet.build().unwrap_err().to_string().contains("announcement: "));
}

#[test]
fn an_edit_beside_a_trailer_is_heard_or_refused() {
    let text = "ethernet / ipv4 / icmpv4 type=11 extensions={objects=[{class=1 c_type=1 labels=[{label=7 bottom=true ttl=1}]}]} \
                / ipv4 / udp src_port=7 / 0x0102";
    let frame = text.parse::<Packet>().unwrap().build().unwrap();
    // Without what is computed, the extensions are fields alone.
    let edit = |layers: &mut serde_json::Value| {
        layers[2]["extensions"]["objects"][0]["labels"][0]["label"] = 9.into();
        layers[5]["data"] = "03".repeat(150).into();
    };
    let built = whole(&frame, edit);
    let wanted = text.replace("label=7", "label=9").replace("0x0102", &format!("0x{}", "03".repeat(150)));
    assert_eq!(built, wanted.parse::<Packet>().unwrap().build().unwrap());
    // With all of it, the bytes of the trailer win.
    let mut json = serde_json::to_value(&Packet::new(examine(1, &frame)).form).unwrap();
    json["layers"][2]["extensions"]["objects"][0]["labels"][0]["label"] = 9.into();
    let mut packet = Packet::default();
    packet.form.read(&json).unwrap();
    let error = packet.build().unwrap_err().to_string();
    assert!(error.contains("label: ") && error.contains("trailer"), "{error}");
}

#[test]
fn what_follows_from_the_layers_is_computed_in_a_raw_header_that_says_so() {
    let json = r#"{"layers":[{"layer":"ipv4","raw":"4500ffff0000000040fffffc0a000001c0000202","raw.fields":"computed"},
        {"layer":"udp"},{"layer":"data","data":"0102"}]}"#;
    let mut packet: Packet = Packet::default();
    packet.form.read(&mut serde_json::Deserializer::from_str(json)).unwrap();
    let built = packet.build().unwrap();
    assert_eq!((&built[2..4], built[9]), (&[0, 30][..], 17));
    assert!(examine(101, &built).all(|layer| layer.checksum().is_none_or(|state| state == Checksum::Good)));
}

#[test]
fn raw_bytes_are_hexadecimal_and_keys_are_given_once() {
    let built = |json: &str| {
        let mut packet = Packet::default();
        packet.form.read(&mut serde_json::Deserializer::from_str(json)).map_err(|error| error.to_string())?;
        packet.build().map_err(|error| error.to_string())
    };
    for key in ["raw", "cut", "trailer"] {
        let error = built(&format!(r#"{{"layers":[{{"layer":"ipv4","{key}":"zz"}}]}}"#)).unwrap_err();
        assert!(error.contains("is not hexadecimal bytes"), "{error}");
    }
    for json in [
        r#"{"layers":[{"layer":"ipv4"}],"layers":[]}"#,
        r#"{"layers":[{"layer":"ipv4","ttl":1,"ttl":1}]}"#,
        r#"{"layers":[{"layer":"ipv4","raw":"00","ttl":1,"ttl":2}]}"#,
        r#"{"layers":[{"layer":"ipv4","ttl.name":"a","ttl.name":"b"}]}"#,
        r#"{"layers":[{"layer":"tcp","options":[{"kind":1,"kind":1}]}]}"#,
    ] {
        let error = built(json).unwrap_err();
        assert!(error.contains("duplicate field"), "{json}: {error}");
    }
}

#[test]
fn what_is_simplified_becomes_the_same_bytes() {
    let (mut packet, mut all, mut full) = (Packet::default(), 0, 0);
    for path in testdata() {
        for frame in packets(&path) {
            packet.read(examine(frame.link_type, &frame.bytes).original_len(frame.original_len));
            let before = packet.form.len();
            packet.simplify(&frame.bytes);
            assert_eq!(packet.build().unwrap(), frame.bytes, "{}", path.display());
            all += 1;
            full += usize::from(packet.form.len() >= before);
        }
    }
    assert!(full * 20 < all, "{full} of {all} were not simplified");
}

#[test]
fn random_edits_leave_everything_computed_right() {
    let frames: Vec<_> = testdata().iter().flat_map(|path| packets(path)).filter(|f| f.bytes.len() < 400).collect();
    let rounds = std::env::var("CASES").map_or(3000, |n| n.parse().expect("a number"));
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    for _ in 0..rounds {
        let frame = &frames[next() % frames.len()];
        let choices = [0; 8].map(|_: u8| next() as u8);
        targets::edit_frame(
            frame.link_type,
            &frame.bytes,
            frame.original_len - frame.bytes.len().min(frame.original_len),
            &choices,
        );
    }
}

#[test]
fn packet_text_is_written_and_read_again() {
    for line in include_str!("../cli/tests/built.txt").lines() {
        targets::text(line.as_bytes());
    }
    // Anything that a fuzzer came upon, as it is and with a byte changed.
    let folder = common::root().join("fuzz/corpus/build_text");
    let mut seed = 7_usize;
    for entry in std::fs::read_dir(folder).unwrap() {
        let mut input = std::fs::read(entry.unwrap().path()).unwrap();
        for _ in 0..4 {
            targets::text(&input);
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let (at, with) = (seed >> 33, b"0123456789abcdefx=[]{}/ \"._"[(seed >> 12) % 27]);
            if let Some(len) = std::num::NonZeroUsize::new(input.len()) {
                input[at % len] = with;
            }
        }
    }
    let mut packet = Packet::default();
    for path in testdata() {
        for frame in packets(&path).into_iter().take(20) {
            packet.read(examine(frame.link_type, &frame.bytes));
            packet.simplify(&frame.bytes);
            let text = packet.to_string();
            let mut again: Packet = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(again.build().unwrap_or_else(|error| panic!("{text}: {error}")), frame.bytes, "{text}");
        }
    }
}

#[test]
fn a_length_that_was_right_follows_beside_one_that_is_kept() {
    // The length of the quote is set, and the quoted bytes are no packet; the frame has a byte of padding.
    let quote = [0xc0; 68];
    let header = [11, 0, 0xf4, 0xff, 0, 17, 0x8f, 0x61];
    let extensions = [0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e];
    let payload = [&header[..], &quote, &extensions].concat();
    let ip = ipv4().protocol(packetsmith::proto::ip::IpProtocol::Icmp);
    let frame = ethernet().push(ip).payload(&payload).pad(14 + 20 + payload.len() + 1).finish().unwrap();
    let built = whole(&frame, |layers| layers[3]["data"] = "010203".into());
    assert_eq!(usize::from(u16::from_be_bytes([built[16], built[17]])), built.len() - 14 - 1, "{built:02x?}");
}
