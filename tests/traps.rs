//! Known traps in reading packets. At least one well-known library gets each of them wrong. Each test is named after
//! its trap.

mod common;

use packetsmith::proto::link::EthernetRule;
use packetsmith::proto::transport::TcpOption;
use packetsmith::{Checksum, IssueKind, Limit, NextProtocol, Proto, Severity, Sum, Tlvs, View, dissect, examine};

/// Protocols of a frame, outermost first.
fn protocols(link_type: u16, frame: &[u8]) -> Vec<Proto> {
    dissect(link_type, frame).map(|layer| layer.proto).collect()
}

/// Everything that is wrong with a frame: protocol, field, reason.
fn issues(link_type: u16, frame: &[u8], original_len: usize) -> Vec<(&'static str, &'static str, IssueKind)> {
    let mut all = Vec::new();
    for layer in examine(link_type, frame).original_len(original_len) {
        layer.issues(|issue| all.push((issue.protocol, issue.field.map_or("", |field| field.name), issue.kind)));
    }
    all
}

fn ethernet(ethertype: u16, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    frame.extend(ethertype.to_be_bytes());
    frame.extend(payload);
    frame
}

/// An IPv4 packet with a right header checksum. `flags` are flags and fragment offset.
fn ipv4(protocol: u8, flags: u16, options: &[u8], payload: &[u8]) -> Vec<u8> {
    let head = 20 + options.len();
    let mut packet = vec![0x40 | (head / 4) as u8, 0];
    packet.extend(((head + payload.len()) as u16).to_be_bytes());
    packet.extend([0, 7]);
    packet.extend(flags.to_be_bytes());
    packet.extend([64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    packet.extend(options);
    let sum = Sum::new().bytes(&packet).checksum();
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet.extend(payload);
    packet
}

fn ipv6(next_header: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend((payload.len() as u16).to_be_bytes());
    packet.extend([next_header, 64]);
    packet.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    packet.extend([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    packet.extend(payload);
    packet
}

/// A UDP datagram with checksum zero.
fn udp(payload: &[u8]) -> Vec<u8> {
    let mut datagram = vec![0x30, 0x39, 0, 9];
    datagram.extend(((8 + payload.len()) as u16).to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    datagram
}

/// A TCP segment with checksum zero.
fn tcp(options: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut segment = vec![0x30, 0x39, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0];
    segment.extend([((20 + options.len()) / 4 * 16) as u8, 0x02, 0xff, 0xff, 0, 0, 0, 0]);
    segment.extend(options);
    segment.extend(payload);
    segment
}

/// Puts the right transport checksum at byte `at` of an IPv4 packet without options.
fn with_checksum(mut packet: Vec<u8>, at: usize) -> Vec<u8> {
    let (protocol, length) = (u32::from(packet[9]), packet.len() as u32 - 20);
    let sum = Sum::new().bytes(&packet[12..]).number(protocol).number(length).checksum();
    packet[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    packet
}

fn checksums(link_type: u16, frame: &[u8], original_len: usize) -> Vec<Checksum> {
    examine(link_type, frame).original_len(original_len).filter_map(|layer| layer.checksum()).collect()
}

#[test]
fn an_ethertype_up_to_1500_is_a_length_and_one_between_is_neither() {
    let llc = ethernet(3, &[0x42, 0x42, 0x03, 0, 0, 0, 0]);
    assert_eq!(protocols(1, &llc), [Proto::Ethernet, Proto::Llc]);
    assert_eq!(dissect(1, &llc).next().unwrap().trailer(), [0; 4], "what is beyond the length is the tail");
    for undefined in [1501, 1520, 1535] {
        let frame = ethernet(undefined, &[1, 2, 3]);
        assert_eq!(protocols(1, &frame), [Proto::Ethernet, Proto::Data]);
        let found = issues(1, &frame, frame.len());
        assert_eq!(found, [("ethernet", "ethertype", EthernetRule::TypeUndefined.into())]);
    }
    assert_eq!(dissect(1, &ethernet(1536, &[1])).nth(1).unwrap().selector, NextProtocol::EtherType(1536));
}

#[test]
fn bytes_behind_the_ip_total_length_are_padding_and_no_payload() {
    let mut frame = ethernet(0x0800, &with_checksum(ipv4(6, 0, &[], &tcp(&[], &[])), 36));
    frame.extend([0; 6]);
    let layers: Vec<_> = dissect(1, &frame).collect();
    assert_eq!(layers.len(), 3, "no data follows the segment");
    assert_eq!((layers[1].trailer(), layers[2].payload().len()), (&[0; 6][..], 0));
    assert_eq!(checksums(1, &frame, frame.len()), [Checksum::Good, Checksum::Good]);
}

#[test]
fn a_total_length_of_zero_is_segmentation_offload_and_no_malformation() {
    let mut packet = ipv4(17, 0, &[], &udp(b"offloaded"));
    packet[2..4].copy_from_slice(&[0, 0]);
    let layers: Vec<_> = dissect(228, &packet).collect();
    assert_eq!(layers[1].payload(), b"offloaded");
    let found = issues(228, &packet, packet.len());
    let inferred = found.iter().find(|(_, field, _)| *field == "total_length").unwrap();
    assert_eq!(inferred.2, IssueKind::Inferred { length: packet.len() as u32 });
    assert_eq!(inferred.2.severity(), Severity::Note);

    let mut packet = ipv6(17, &udp(b"offloaded"));
    packet[4..6].copy_from_slice(&[0, 0]);
    assert_eq!(dissect(229, &packet).nth(1).unwrap().payload(), b"offloaded");
}

#[test]
fn a_jumbogram_has_its_length_in_an_option() {
    let mut payload = vec![17, 0, 0xc2, 4];
    payload.extend(70_016_u32.to_be_bytes());
    let mut datagram = udp(&vec![7; 70_000]);
    datagram[4..6].copy_from_slice(&[0, 0]);
    payload.extend(datagram);
    let mut packet = ipv6(0, &payload);
    packet[4..6].copy_from_slice(&[0, 0]);
    packet.extend([9; 4]);
    let layers: Vec<_> = dissect(229, &packet).collect();
    assert_eq!(layers[0].trailer(), [9; 4], "the option's length bounds the packet");
    assert_eq!(layers.last().unwrap().payload().len(), 70_000);
}

#[test]
fn a_fragment_has_no_transport_header_but_an_atomic_one_is_whole() {
    for flags in [0x2000, 0x0001, 0x2001] {
        let packet = ipv4(17, flags, &[], &udp(b"part"));
        assert_eq!(protocols(228, &packet), [Proto::Ipv4, Proto::Data]);
        assert_eq!(dissect(228, &packet).nth(1).unwrap().selector, NextProtocol::Fragment);
    }
    let fragment = |offset_and_flags: [u8; 2]| {
        let mut payload = vec![17, 0];
        payload.extend(offset_and_flags);
        payload.extend([0, 0, 0, 7]);
        payload.extend(udp(b"whole"));
        ipv6(44, &payload)
    };
    assert_eq!(protocols(229, &fragment([0, 0])), [Proto::Ipv6, Proto::Fragment, Proto::Udp, Proto::Data]);
    for part in [[0, 1], [0, 8], [0, 9]] {
        assert_eq!(protocols(229, &fragment(part)), [Proto::Ipv6, Proto::Fragment, Proto::Data]);
    }
}

#[test]
fn an_extension_header_does_not_go_on_in_a_later_fragment() {
    let mut payload = vec![51, 0, 0, 8, 0, 0, 0, 7];
    payload.extend([0; 24]);
    assert_eq!(protocols(229, &ipv6(44, &payload)), [Proto::Ipv6, Proto::Fragment, Proto::Data]);
}

#[test]
fn nothing_behind_the_end_of_options_is_an_option_but_its_bytes_are_kept() {
    let options: Tlvs<TcpOption> = Tlvs::new(&[3, 3, 7, 0, 2, 4, 5, 0xb4]);
    let list: Vec<_> = options.items().collect();
    assert_eq!(list.len(), 3);
    let rest = list[2].unwrap_err();
    assert_eq!((rest.bytes, rest.after_end), (&[2, 4, 5, 0xb4][..], true));
}

#[test]
fn an_option_of_bad_length_ends_the_list_and_is_reported() {
    for bad in [[200, 0, 1, 1], [200, 1, 1, 1], [200, 5, 1, 1]] {
        let options: Tlvs<TcpOption> = Tlvs::new(&bad);
        assert!(matches!(options.items().next(), Some(Err(rest)) if rest.bytes == bad), "{bad:?}");
        let packet = ipv4(6, 0, &[], &tcp(&bad, &[]));
        let cut = IssueKind::CutItem { bytes: 4, kind: 200, length: Some(bad[1].into()) };
        assert!(issues(228, &packet, packet.len()).contains(&("tcp", "options", cut)));
    }
}

#[test]
fn an_unknown_option_is_passed_over_by_its_length() {
    let options: Tlvs<TcpOption> = Tlvs::new(&[200, 4, 9, 9, 4, 2]);
    let list: Vec<_> = options.iter().collect();
    assert_eq!(list, [TcpOption::Unknown { kind: 200, data: &[9, 9] }, TcpOption::SackPermitted {}]);
}

#[test]
fn a_udp_checksum_of_zero_is_absent_in_ipv4_and_an_error_in_ipv6() {
    let packet = ipv4(17, 0, &[], &udp(b"x"));
    assert_eq!(checksums(228, &packet, packet.len()), [Checksum::Good, Checksum::Absent]);
    assert_eq!(issues(228, &packet, packet.len()), []);
    let packet = ipv6(17, &udp(b"x"));
    assert_eq!(issues(229, &packet, packet.len()), [("udp", "checksum", IssueKind::Checksum(Checksum::Absent))]);
}

#[test]
fn bytes_behind_the_udp_length_are_surplus() {
    let mut datagram = udp(b"payload");
    datagram.extend(b"surplus");
    let packet = ipv4(17, 0, &[], &datagram);
    let layer = dissect(228, &packet).nth(1).unwrap();
    assert_eq!((layer.payload(), layer.trailer()), (&b"payload"[..], &b"surplus"[..]));
    assert_eq!(issues(228, &packet, packet.len()), [("udp", "", IssueKind::Surplus(7))]);
}

#[test]
fn a_checksum_is_verified_by_its_sum_so_that_both_zeros_are_right() {
    // A header whose other words sum to 0xffff: its checksum may be 0x0000 or 0xffff.
    let mut packet = ipv4(253, 0, &[], &[]);
    let rest = Sum::new().bytes(&packet[..10]).bytes(&packet[12..]).value();
    let identification = u16::from_be_bytes([packet[4], packet[5]]);
    packet[4..6].copy_from_slice(&(identification + !rest).to_be_bytes());
    for zero in [[0, 0], [0xff, 0xff]] {
        packet[10..12].copy_from_slice(&zero);
        assert_eq!(checksums(228, &packet, packet.len()), [Checksum::Good], "{zero:?}");
    }
}

#[test]
fn a_pseudo_header_names_the_final_destination() {
    // A routing header of type 0 with one address left: the checksum is over that address.
    let mut routing = vec![17, 2, 0, 1, 0, 0, 0, 0];
    let final_destination = [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
    routing.extend(final_destination);
    let mut datagram = udp(b"routed");
    let mut packet = ipv6(43, &[routing.clone(), datagram.clone()].concat());
    let sum = Sum::new().bytes(&packet[8..24]).bytes(&final_destination).number(17).number(14).bytes(&datagram);
    datagram[6..8].copy_from_slice(&sum.checksum().to_be_bytes());
    packet.splice(64.., datagram);
    assert_eq!(checksums(229, &packet, packet.len()), [Checksum::Good]);

    // A pending loose source route in IPv4 likewise.
    let route = [131, 7, 4, 10, 0, 0, 9, 0];
    let mut datagram = udp(b"routed");
    let packet = ipv4(17, 0, &route, &datagram);
    let sum = Sum::new().bytes(&packet[12..16]).bytes(&[10, 0, 0, 9]).number(17).number(14).bytes(&datagram);
    datagram[6..8].copy_from_slice(&sum.checksum().to_be_bytes());
    let packet = ipv4(17, 0, &route, &datagram);
    assert_eq!(checksums(228, &packet, packet.len()), [Checksum::Good, Checksum::Good]);
}

#[test]
fn what_the_snapshot_length_cuts_off_is_no_malformation() {
    let whole = ethernet(0x0800, &with_checksum(ipv4(17, 0, &[], &udp(&[7; 100])), 26));
    for captured in 14..whole.len() {
        let cut = &whole[..captured];
        for (_, _, reason) in issues(1, cut, whole.len()) {
            assert_eq!(reason.severity(), Severity::Note, "{captured} bytes: {reason}");
            assert!(
                matches!(reason, IssueKind::Truncated { limit: Limit::Snapshot, .. }),
                "{captured} bytes: {reason}"
            );
        }
        // The same bytes as a whole frame are malformed.
        let severe = issues(1, cut, captured).iter().any(|(_, _, reason)| reason.severity() == Severity::Error);
        assert!(severe || captured == 14 && cut.len() == 14, "{captured} bytes");
    }
    assert_eq!(checksums(1, &whole[..60], whole.len()), [Checksum::Good, Checksum::Unverifiable]);
    assert_eq!(checksums(1, &whole, whole.len()), [Checksum::Good, Checksum::Good]);
}

#[test]
fn no_packet_of_a_real_program_becomes_malformed_by_being_cut() {
    for path in common::testdata() {
        for packet in common::packets(&path).into_iter().take(24) {
            let whole = packet.original_len == packet.bytes.len();
            let severe = |captured: usize| {
                let found = issues(packet.link_type, &packet.bytes[..captured], packet.original_len);
                found.into_iter().find(|(_, _, reason)| reason.severity() == Severity::Error)
            };
            if !whole || severe(packet.bytes.len()).is_some() {
                continue;
            }
            for captured in 0..packet.bytes.len() {
                if let Some((protocol, field, reason)) = severe(captured) {
                    panic!(
                        "{}: {captured} of {} bytes: {protocol} {field} {reason}",
                        path.display(),
                        packet.original_len
                    );
                }
            }
        }
    }
}

#[test]
fn who_set_a_limit_is_said() {
    // UDP says more than the IP packet holds, and bytes of padding do not make up for it.
    let mut datagram = udp(b"short");
    datagram[4..6].copy_from_slice(&[0, 200]);
    let mut frame = ethernet(0x0800, &ipv4(17, 0, &[], &datagram));
    frame.extend([0; 300]);
    let expected = IssueKind::Truncated { needed: 200, have: 13, limit: Limit::Layer("ipv4") };
    assert!(issues(1, &frame, frame.len()).contains(&("udp", "length", expected)));
}

#[test]
fn a_checksum_left_to_the_network_card_is_told_apart_from_a_wrong_one() {
    let mut packet = ipv4(17, 0, &[], &udp(b"offload"));
    let pseudo = Sum::new().bytes(&packet[12..20]).number(17).number(15).value();
    packet[26..28].copy_from_slice(&pseudo.to_be_bytes());
    assert_eq!(checksums(228, &packet, packet.len())[1], Checksum::Offloaded);
    packet[26] ^= 1;
    assert!(matches!(checksums(228, &packet, packet.len())[1], Checksum::Bad(_)));
}

#[test]
fn headers_that_contradict_themselves_end_the_walk_but_lose_nothing() {
    let mut short = ipv4(17, 0, &[], &udp(b"x"));
    short[0] = 0x44;
    let reason = IssueKind::TooShort { declared: 16, min: 20 };
    assert!(issues(228, &short, short.len()).contains(&("ipv4", "ihl", reason)));
    assert_eq!(protocols(228, &short), [Proto::Ipv4, Proto::Data]);

    let mut wrong = ipv4(17, 0, &[], &udp(b"x"));
    wrong[0] = 0x65;
    let frame = ethernet(0x0800, &wrong);
    assert!(issues(1, &frame, frame.len()).contains(&(
        "ipv4",
        "version",
        IssueKind::Version { found: 6, expected: 4 }
    )));

    let mut offset = tcp(&[], b"data");
    offset[12] = 0xf0;
    let packet = ipv4(6, 0, &[], &offset);
    let reason = IssueKind::Truncated { needed: 60, have: 24, limit: Limit::Layer("ipv4") };
    assert!(issues(228, &packet, packet.len()).contains(&("tcp", "data_offset", reason)));
}

#[test]
fn an_icmp_error_quotes_what_it_is_about_and_no_more() {
    let quoted = &ipv4(17, 0, &[], &udp(&[7; 100]))[..28];
    let mut message = vec![3, 3, 0, 0, 0, 0, 0, 0];
    message.extend(quoted);
    let sum = Sum::new().bytes(&message).checksum();
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    let packet = ipv4(1, 0, &[], &message);
    let layers: Vec<_> = dissect(228, &packet).map(|layer| (layer.proto, layer.quoted)).collect();
    assert_eq!(layers, [(Proto::Ipv4, false), (Proto::Icmpv4, false), (Proto::Ipv4, true), (Proto::Udp, true)]);
    for (_, _, reason) in issues(228, &packet, packet.len()) {
        assert_eq!(reason.severity(), Severity::Note, "{reason}");
    }
}

#[test]
fn two_thousand_tags_end_and_are_all_there() {
    let frame = ethernet(0x8100, &[0, 1, 0x81, 0].repeat(2000));
    let layers: Vec<_> = dissect(1, &frame).collect();
    assert_eq!(layers.len(), packetsmith::layer::MAX_LAYERS + 1);
    assert_eq!(layers.last().unwrap().payload().len(), frame.len() - 14 - 1023 * 4);
    assert!(issues(1, &frame, frame.len()).iter().any(|(_, _, reason)| *reason == IssueKind::TooDeep));
}

#[test]
fn loopback_captures_of_either_byte_order_read_the_same() {
    let packet = ipv4(17, 0, &[], &udp(b"x"));
    for family in [[2, 0, 0, 0], [0, 0, 0, 2]] {
        let frame = [&family[..], &packet].concat();
        assert!(matches!(dissect(0, &frame).nth(1).map(|layer| layer.view), Some(View::Ipv4(_))), "{family:?}");
    }
}

#[test]
fn a_sum_of_more_than_32_bits_carries_all_of_them() {
    // 200,000 words of 0xffff are 0xffff again, and one of 1 beside them is carried around.
    let mut bytes = vec![0xff; 400_000];
    assert_eq!(packetsmith::Sum::new().bytes(&bytes).value(), 0xffff);
    bytes[200_000..200_002].copy_from_slice(&[0, 1]);
    assert_eq!(packetsmith::Sum::new().bytes(&bytes).value(), 1);
    // Whatever is in the bytes, it is what is left of their words divided by 0xffff.
    bytes.iter_mut().enumerate().for_each(|(at, byte)| *byte = (at * 251 / 8) as u8 | 0x80);
    let words = bytes.chunks(2).map(|word| u64::from(word[0]) << 8 | u64::from(word[1]));
    assert_eq!(u64::from(packetsmith::Sum::new().bytes(&bytes).value()), words.sum::<u64>() % 0xffff);
}

#[test]
fn a_checksum_beside_a_length_that_contradicts_itself_cannot_be_verified() {
    let datagram = |checksum: u8| ipv4(17, 0, &[], &[0x9c, 0x40, 0x9c, 0x41, 0, 4, 0, checksum, 7]);
    let state = |frame: &[u8]| checksums(101, frame, frame.len());
    assert_eq!(state(&datagram(1)).last(), Some(&Checksum::Unverifiable));
    assert_eq!(state(&datagram(0)).last(), Some(&Checksum::Absent));
}

#[test]
fn a_computed_checksum_of_zero_is_sent_as_ffff_where_zero_says_that_there_is_none() {
    use packetsmith::{Icmpv4, Ipv4, Stack, Tcp, Udp};
    let ip = || Stack::new().push(Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into()));
    // With the checksum of two zeros in their place, all sums to zero.
    let twice = |build: &dyn Fn(&[u8]) -> Vec<u8>, at: usize| {
        let first = build(&[0, 0]);
        let second = build(&first[at..at + 2]);
        [second[at], second[at + 1]]
    };
    let udp =
        |payload: &[u8]| ip().push(Udp::build().src_port(50000).dst_port(50001)).payload(payload).finish().unwrap();
    let tcp =
        |payload: &[u8]| ip().push(Tcp::build().src_port(50000).dst_port(50001)).payload(payload).finish().unwrap();
    let icmp = |payload: &[u8]| ip().push(Icmpv4::build().raw(&[0; 4])).payload(payload).finish().unwrap();
    assert_eq!((twice(&udp, 26), twice(&tcp, 36), twice(&icmp, 22)), ([0xff, 0xff], [0, 0], [0, 0]));
}

#[test]
fn a_stack_has_32_layers_at_most() {
    use packetsmith::wire::ValueError;
    use packetsmith::{Ethernet, Stack, Vlan};
    macro_rules! tagged {
        ($stack:expr;) => { $stack };
        ($stack:expr; $tag:tt $($more:tt)*) => { tagged!($stack.push(Vlan::build().id($tag)); $($more)*) };
    }
    let most = tagged!(
        Stack::new().push(Ethernet::build());
        1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    );
    assert_eq!(protocols(1, &most.finish().unwrap()).iter().filter(|proto| **proto == Proto::Vlan).count(), 31);
    let more = most.push(Vlan::build());
    assert_eq!(more.finish().unwrap_err().error.error, ValueError::TooDeep);
    assert_eq!(more.push(Vlan::build()).finish().unwrap_err().error.error, ValueError::TooDeep);
}

#[test]
fn a_checksum_over_bytes_that_are_missing_is_neither_right_nor_wrong() {
    // IPv4 says 400 bytes more than there are.
    let mut packet = with_checksum(ipv4(6, 0, &[], &tcp(&[], b"abc")), 36);
    packet[2..4].copy_from_slice(&443_u16.to_be_bytes());
    let sum = Sum::new().bytes(&[&packet[..10], &packet[12..20]].concat()).checksum();
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(checksums(228, &packet, packet.len()), [Checksum::Good, Checksum::Unverifiable]);
    // UDP says more than IPv4 has, within a frame that has padding.
    let mut datagram = udp(b"hello");
    (datagram[5], datagram[7]) = (40, 1);
    let frame = [&ipv4(17, 0, &[], &datagram)[..], &[0; 30]].concat();
    assert_eq!(checksums(228, &frame, frame.len()), [Checksum::Good, Checksum::Unverifiable]);
    // ICMP covers all bytes of a packet that is not all there.
    let mut packet = ipv4(1, 0, &[], &[8, 0, 0xf7, 0xff, 0, 0, 0, 0]);
    packet[3] += 8;
    assert_eq!(checksums(228, &packet, packet.len())[1], Checksum::Unverifiable);
}

#[test]
fn windows_leaves_out_the_length_and_the_ipv4_checksum() {
    let mut packet = ipv4(6, 0, &[], &tcp(&[], &[7; 100]));
    let sum = Sum::new().bytes(&packet[12..20]).number(6).value();
    packet[36..38].copy_from_slice(&sum.to_be_bytes());
    assert_eq!(checksums(228, &packet, packet.len()), [Checksum::Good, Checksum::Offloaded]);
    packet[10..12].fill(0);
    assert_eq!(checksums(228, &packet, packet.len()), [Checksum::Offloaded; 2], "together with that of TCP");
    packet[36] ^= 1;
    assert!(matches!(checksums(228, &packet, packet.len())[..], [Checksum::Bad(_), Checksum::Bad(_)]));
    packet[2..4].fill(0);
    assert!(
        matches!(checksums(228, &packet, packet.len())[..], [Checksum::Offloaded, Checksum::Bad(_)]),
        "a large send"
    );
}

#[test]
fn the_null_header_has_16_bits_on_some_systems() {
    let packet = ipv4(17, 0, &[], &udp(b"x"));
    for family in [[0, 2, 0, 0], [0, 0, 2, 0], [2, 0, 0, 0], [0, 0, 0, 2], [0x0f, 0, 8, 0]] {
        assert_eq!(protocols(0, &[&family[..], &packet].concat())[1..], [Proto::Ipv4, Proto::Udp, Proto::Data]);
    }
    for family in [[0, 30, 0, 0], [0, 0, 28, 0], [24, 0, 0, 0], [0, 0, 0x86, 0xdd]] {
        let frame = [&family[..], &ipv6(17, &udp(b"x"))].concat();
        assert_eq!(protocols(0, &frame)[1..], [Proto::Ipv6, Proto::Udp, Proto::Data], "{family:?}");
    }
    assert_eq!(protocols(0, &[0xff, 3, 0xc0, 0x21, 9, 1, 0, 4])[0], Proto::PppHdlc);
}

#[test]
fn protocol_0_in_ipv4_is_data() {
    let packet = ipv4(0, 0, &[], &[59, 0, 1, 4, 0, 0, 0, 0]);
    assert_eq!(protocols(228, &packet), [Proto::Ipv4, Proto::Data]);
    assert_eq!(issues(228, &packet[..20], 20).len(), 1, "of the length alone");
    assert_eq!(issues(228, &ipv4(0, 0, &[], &[]), 20), []);
}

#[test]
fn a_udp_length_of_zero_is_wrong_but_in_a_jumbogram_and_with_offload() {
    let mut datagram = udp(b"hello");
    datagram[5] = 0;
    let wrong = ("udp", "length", IssueKind::TooShort { declared: 0, min: 8 });
    assert_eq!(issues(228, &ipv4(17, 0, &[], &datagram), 33), [wrong]);
    let mut packet = ipv4(17, 0, &[], &datagram);
    packet[2..4].fill(0);
    packet[10..12].fill(0);
    let offloaded = ("udp", "length", IssueKind::Inferred { length: 13 });
    assert!(issues(228, &packet, packet.len()).contains(&offloaded));
}

#[test]
fn a_higher_minor_version_of_http_is_read_as_the_highest_that_is_known() {
    for (message, start, host) in [
        ("HTTP/1.7 404 Not Found\r\nServer: a\r\n\r\n", "HTTP/1.7", "a"),
        ("GET /x HTTP/1.2\r\nHost: b\r\n\r\n", "HTTP/1.2", "b"),
        ("HTTP/1.9 204\r\nServer: c\r\n\r\n", "HTTP/1.9", "c"),
    ] {
        let mut segment = tcp(&[], message.as_bytes());
        segment[2..4].copy_from_slice(&80_u16.to_be_bytes());
        let packet = ipv4(6, 0, &[], &segment);
        let text = shown(228, &packet);
        assert!(text.contains(&format!("version {start:?}")) && text.contains(&format!("value {host:?}")), "{text}");
    }
}

/// Names and values of the fields of a frame, one per line.
fn shown(link_type: u16, frame: &[u8]) -> String {
    struct Lines(String);
    impl packetsmith::wire::Visitor for Lines {
        fn field(&mut self, field: &'static packetsmith::Field, _: packetsmith::Span, value: packetsmith::Value<'_>) {
            let value = match value {
                packetsmith::Value::Text(text) => format!("{:?}", String::from_utf8_lossy(text)),
                packetsmith::Value::Uint(n) => n.to_string(),
                other => format!("{other:?}"),
            };
            self.0 += &format!("{} {value}\n", field.name);
        }
        fn open(&mut self, _: &'static packetsmith::Field, _: packetsmith::Span) {}
        fn close(&mut self) {}
    }
    let mut lines = Lines(String::new());
    examine(link_type, frame).for_each(|layer| layer.show(&mut lines));
    lines.0
}

#[test]
fn an_icmp_extension_is_found_at_128_bytes_where_the_length_lies() {
    let mut extension = [0x20, 0, 0, 0, 0, 8, 1, 1, 0x00, 0x7d, 0x11, 9];
    let sum = Sum::new().bytes(&extension).checksum();
    extension[2..4].copy_from_slice(&sum.to_be_bytes());
    let mut quote = ipv4(17, 0, &[], &udp(b"x"));
    quote.resize(128, 0);
    let message = |kind: u8, at: usize, length: u8| {
        let mut message = [kind, 0, 0, 0, 0, 0, 0, 0];
        message[at] = length;
        [&message[..], &quote, &extension].concat()
    };
    for length in [0, 16, 32, 40, 255] {
        let packet = ipv4(1, 0, &[], &message(11, 5, length));
        assert!(shown(228, &packet).contains("label 2001\n"), "{length}");
        let found = issues(228, &packet, packet.len());
        let ids: Vec<_> =
            found.iter().map(|(.., kind)| kind.identifier()).filter(|id| id.starts_with("icmp.")).collect();
        match length {
            0 | 32 => assert!(ids.is_empty(), "{ids:?}"),
            40 | 255 => assert_eq!(ids, ["icmp.length.too_large"]),
            _ => assert_eq!(ids, ["icmp.length.not_at_extensions"]),
        }
        let packet = ipv6(58, &message(3, 4, length));
        assert!(shown(229, &packet).contains("label 2001\n"), "{length} in ICMPv6");
    }
}

#[test]
fn a_cut_option_shows_its_number_and_length_and_comes_back() {
    // TCP, IPv4, neighbour discovery, and DHCP with type and length in 16 bits.
    let segment = tcp(&[8, 10, 1, 2], &[]);
    let packets = [
        (228, ipv4(6, 0, &[], &segment), "option_kind 8\nlength 10\nrest Bytes(0x0102)".replace("option_kind", "kind")),
        (228, ipv4(17, 0, &[7, 19, 4, 0], &udp(b"x")), "type 7\nlength 19\nrest Bytes(0x0400)".into()),
        (229, ipv6(60, &[59, 0, 5, 12, 0, 0, 0, 0]), "type 5\nlength 12\nrest Bytes(0x00000000)".into()),
    ];
    for (link_type, packet, expected) in packets {
        let text = shown(link_type, &packet);
        assert!(text.contains(&expected), "{expected} in {text}");
        let mut owned = packetsmith::Packet::default();
        owned.read(examine(link_type, &packet));
        assert_eq!(owned.build().expect("it was read"), packet);
    }
}

#[test]
fn a_header_that_the_snapshot_cuts_is_no_payload() {
    let frame = ethernet(0x0800, &ipv4(6, 0, &[], &tcp(&[1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2], &[7; 80])));
    let mut summary = packetsmith::output::Summary::default();
    for captured in [frame.len(), 60, 56, 54] {
        summary.packet(examine(1, &frame[..captured]).original_len(frame.len()));
        let info = String::from_utf8_lossy(&summary.info.bytes).into_owned();
        assert!(info.contains("Len=80"), "{captured}: {info}");
    }
}

#[test]
fn addresses_of_loopback_are_at_home_on_loopback() {
    let mut packet = ipv4(17, 0, &[], &udp(b"x"));
    packet[12..20].copy_from_slice(&[127, 0, 0, 1, 127, 0, 0, 1]);
    packet[10..12].fill(0);
    let sum = Sum::new().bytes(&packet[..20]).checksum();
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    let warned = |link_type, frame: &[u8]| issues(link_type, frame, frame.len()).len();
    let mut lo = ethernet(0x0800, &packet);
    assert_eq!(warned(1, &lo), 2, "source and destination on a wire");
    lo[..12].fill(0);
    assert_eq!(warned(1, &lo), 0, "Linux");
    assert_eq!(warned(0, &[&[2, 0, 0, 0], &packet[..]].concat()), 0, "BSD");
}
