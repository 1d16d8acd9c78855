//! Unit tests of the fragmenter.

use super::*;
use alloc::vec;
use alloc::vec::Vec;

fn ipv4(options: &[u8], flags: u8, payload: usize) -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 0, 0x12, 0x34, flags << 5, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    packet.extend_from_slice(options);
    packet[0] = 0x40 | (packet.len() / 4) as u8;
    packet.extend((0..payload).map(|n| n as u8));
    let length = packet.len() as u16;
    packet[2..4].copy_from_slice(&length.to_be_bytes());
    let head = 20 + options.len();
    let checksum = Sum::new().bytes(&packet[..head]).checksum();
    packet[10..12].copy_from_slice(&checksum.to_be_bytes());
    packet
}

fn ipv6(next: u8, rest: &[&[u8]]) -> Vec<u8> {
    let rest = rest.concat();
    let mut packet = vec![0x60, 0, 0, 0, 0, 0, next, 64];
    packet[4..6].copy_from_slice(&(rest.len() as u16).to_be_bytes());
    packet.extend([0x20; 32]);
    packet.extend(rest);
    packet
}

fn pieces(fragmenter: &mut Fragmenter, packet: &[u8]) -> Vec<Vec<u8>> {
    let split = fragmenter.split(packet).unwrap();
    let expected = split.len();
    let pieces: Vec<Vec<u8>> = split.map(|piece| piece.slices().concat()).collect();
    assert_eq!(pieces.len(), expected);
    pieces
}

fn words(packets: &[Vec<u8>]) -> Vec<(usize, u16, bool)> {
    let word = |packet: &Vec<u8>| u16::from_be_bytes([packet[6], packet[7]]);
    packets.iter().map(|packet| (packet.len(), word(packet) & 0x1fff, word(packet) & 0x2000 != 0)).collect()
}

#[test]
fn five_thousand_bytes_become_four_fragments() {
    let pieces = pieces(&mut Fragmenter::new(1500), &ipv4(&[], 0, 4980));
    assert_eq!(words(&pieces), [(1500, 0, true), (1500, 185, true), (1500, 370, true), (560, 555, false)]);
    for piece in &pieces {
        assert_eq!(Sum::new().bytes(&piece[..20]).value(), 0xffff);
        assert_eq!(usize::from(u16::from_be_bytes([piece[2], piece[3]])), piece.len());
        assert_eq!(piece[4..6], [0x12, 0x34]);
    }
}

#[test]
fn options_without_the_copied_flag_are_in_the_first_fragment_alone() {
    // Record route is not copied, loose source route is.
    let options = [7, 7, 4, 0, 0, 0, 0, 131, 7, 4, 10, 0, 0, 9, 1, 0];
    let pieces = pieces(&mut Fragmenter::new(100), &ipv4(&options, 0, 150));
    assert_eq!(pieces[0][..1], [0x49]);
    assert_eq!(pieces[0][20..36], options);
    assert_eq!(pieces[1][..1], [0x47]);
    assert_eq!(pieces[1][20..28], [131, 7, 4, 10, 0, 0, 9, 0]);
    assert_eq!(words(&pieces), [(100, 0, true), (100, 8, true), (42, 17, false)]);
}

#[test]
fn a_malformed_option_ends_what_is_copied() {
    for options in [[131, 0, 0, 0], [131, 9, 0, 0], [131, 1, 0, 0], [0, 131, 2, 0]] {
        assert_eq!(pieces(&mut Fragmenter::new(40), &ipv4(&options, 0, 60))[1][0], 0x45);
    }
}

#[test]
fn a_packet_that_fits_passes_whole() {
    let packet = ipv4(&[], 2, 80);
    let padded = [&packet[..], &[0; 6]].concat();
    assert_eq!(pieces(&mut Fragmenter::new(100), &padded), [packet]);
    let packet = ipv6(17, &[&[0; 60]]);
    assert_eq!(pieces(&mut Fragmenter::new(100), &packet), core::slice::from_ref(&packet));
    assert!(Fragmenter::new(100).split(&packet).unwrap().next().unwrap().is_whole());
}

#[test]
fn dont_fragment_refuses() {
    let packet = ipv4(&[], 2, 81);
    let error = Fragmenter::new(100).split(&packet).unwrap_err();
    assert_eq!(error, FragmentError::DontFragment { mtu: 100, length: 101 });
    let pieces = pieces(&mut Fragmenter::new(100).ignore_dont_fragment(true), &packet);
    assert_eq!(words(&pieces), [(100, 0, true), (21, 10, false)]);
    assert_eq!(pieces[1][6] & 0x40, 0x40, "the flag stays");
}

#[test]
fn an_mtu_without_room_is_an_error() {
    let too_small = |mtu| Fragmenter::new(mtu).split(&ipv4(&[], 0, 80)).map(|pieces| pieces.len());
    assert_eq!(too_small(27), Err(FragmentError::MtuTooSmall { mtu: 27, needed: 28 }));
    assert_eq!(too_small(28), Ok(10));
    let split = |mtu| Fragmenter::new(mtu).split(&ipv6(17, &[&[0; 80]])).map(|pieces| pieces.len());
    assert_eq!(split(56), Ok(10));
    assert_eq!(split(55), Err(FragmentError::HeaderChain { mtu: 55, needed: 56 }));
    let packet = ipv6(17, &[&[0; 80]]);
    let mut fragmenter = Fragmenter::new(55).split_headers(true);
    let error = fragmenter.split(&packet).unwrap_err();
    assert_eq!(error, FragmentError::MtuTooSmall { mtu: 55, needed: 56 });
}

#[test]
fn a_fragment_is_split_into_smaller_ones() {
    let whole = ipv4(&[], 0, 300);
    let halves = pieces(&mut Fragmenter::new(180), &whole);
    assert_eq!(words(&halves), [(180, 0, true), (160, 20, false)]);
    let mut again = Vec::new();
    for half in &halves {
        again.extend(pieces(&mut Fragmenter::new(100), half));
    }
    assert_eq!(words(&again), [(100, 0, true), (100, 10, true), (100, 20, true), (80, 30, false)]);
}

#[test]
fn ipv6_headers_for_every_router_are_in_every_fragment() {
    let hop_by_hop = [43, 0, 1, 4, 0, 0, 0, 0];
    let mut routing = [0; 24];
    (routing[0], routing[1], routing[2]) = (60, 2, 4);
    let destination = [6, 0, 1, 4, 0, 0, 0, 0];
    let mut tcp = [0; 100];
    tcp[12] = 0x50;
    let packet = ipv6(0, &[&hop_by_hop, &routing, &destination, &tcp]);
    let pieces = pieces(&mut Fragmenter::new(120).identification(7), &packet);
    assert_eq!(pieces.len(), 3);
    for (n, piece) in pieces.iter().enumerate() {
        assert_eq!((piece[6], piece[40], piece[48]), (0, 43, 44), "hop-by-hop, routing, fragment");
        assert_eq!((piece[72], &piece[76..80]), (60, &[0, 0, 0, 7][..]));
        let word = u16::from_be_bytes([piece[74], piece[75]]);
        assert_eq!((usize::from(word & !7), word & 1 == 1), (n * 40, n < 2));
        assert_eq!(usize::from(u16::from_be_bytes([piece[4], piece[5]])), piece.len() - 40);
    }
    // Headers after the routing header are not for routers.
    assert_eq!(pieces[0][80], 6);
}

#[test]
fn the_first_ipv6_fragment_holds_all_headers() {
    let destination = [&[17, 4][..], &[1, 36], &[0; 36]].concat();
    let packet = ipv6(60, &[&destination, &[0; 200]]);
    let error = Fragmenter::new(95).split(&packet).unwrap_err();
    assert_eq!(error, FragmentError::HeaderChain { mtu: 95, needed: 96 });
    assert!(Fragmenter::new(96).split(&packet).is_ok());
    assert!(Fragmenter::new(64).split_headers(true).split(&packet).is_ok());
}

#[test]
fn an_ipv6_fragment_is_split_further() {
    let packet = ipv6(17, &[&[1; 400]]);
    let halves = pieces(&mut Fragmenter::new(248).identification(0xabcd_0123), &packet);
    assert_eq!(halves.len(), 2);
    let again = pieces(&mut Fragmenter::new(128).identification(1), &halves[1]);
    assert_eq!(again.len(), 3);
    for (n, piece) in again.iter().enumerate() {
        assert_eq!((piece[6], piece[40], &piece[44..48]), (44, 17, &[0xab, 0xcd, 0x01, 0x23][..]));
        assert_eq!(u16::from_be_bytes([piece[42], piece[43]]), (200 + n * 80) as u16 | u16::from(n < 2));
    }
}

#[test]
fn a_fragment_behind_other_headers_is_split_behind_them_too() {
    let hop_by_hop = [60, 0, 1, 4, 0, 0, 0, 0];
    let destination = [44, 0, 1, 4, 0, 0, 0, 0];
    let fragment = [17, 0, 0x01, 0x91, 0, 0, 0, 9];
    for before in [&[][..], &hop_by_hop] {
        let headers = [before, &destination].concat();
        let payload: Vec<u8> = (0..160).collect();
        let packet = ipv6(if before.is_empty() { 60 } else { 0 }, &[&headers, &fragment, &payload]);
        let pieces = pieces(&mut Fragmenter::new(48 + headers.len() + 80), &packet);
        assert_eq!(pieces.len(), 2);
        for (n, piece) in pieces.iter().enumerate() {
            assert_eq!((piece[6], &piece[40..40 + headers.len()]), (packet[6], &headers[..]));
            let (head, rest) = piece[40 + headers.len()..].split_at(8);
            assert_eq!((head[0], &head[4..]), (17, &[0, 0, 0, 9][..]));
            assert_eq!(u16::from_be_bytes([head[2], head[3]]), 0x0190 + n as u16 * 80 + 1, "more follow all the same");
            assert_eq!(rest, &payload[n * 80..][..80]);
        }
    }
}

#[test]
fn the_longest_packets_are_split_and_longer_ones_are_not() {
    let mut fragmenter = Fragmenter::new(1500);
    assert_eq!(pieces(&mut fragmenter, &ipv4(&[], 0, 65515)).len(), 45);
    assert_eq!(pieces(&mut fragmenter, &ipv6(17, &[&[0; 65535]])).len(), 46);
    // The last fragment of the longest one, and one byte more.
    let last = |payload: usize| {
        let mut packet = ipv4(&[], 0, payload);
        packet[6..8].copy_from_slice(&(64000u16 / 8).to_be_bytes());
        fragmenter.clone().split(&packet).map(|pieces| pieces.len())
    };
    assert_eq!((last(1515), last(1516)), (Ok(2), Err(FragmentError::TooLong)));
    let last = |payload: usize| {
        let word = 64000u16.to_be_bytes();
        let packet = ipv6(44, &[&[17, 0, word[0], word[1], 0, 0, 0, 1], &[0; 2000][..payload]]);
        fragmenter.clone().split(&packet).map(|pieces| pieces.len())
    };
    assert_eq!((last(1535), last(1536)), (Ok(2), Err(FragmentError::TooLong)));
}

#[test]
fn each_piece_says_what_part_of_the_payload_it_is() {
    for packet in [ipv4(&[7, 4, 0, 0], 0, 300), ipv6(0, &[&[17, 0, 1, 4, 0, 0, 0, 0], &[5; 300]])] {
        let start = packet.len() - 300;
        let pieces: Vec<_> = Fragmenter::new(160).split(&packet).unwrap().collect();
        let mut at = 0;
        for (n, piece) in pieces.iter().enumerate() {
            let bytes = piece.slices().concat();
            assert_eq!((piece.offset(), piece.is_whole()), (at, false));
            assert_eq!(piece.payload(), &packet[start + at..][..piece.payload().len()]);
            assert!(bytes.ends_with(piece.payload()) && piece.len() == bytes.len());
            assert_eq!(piece.more_fragments(), n + 1 < pieces.len());
            let mut buffer = [0xaa; 161];
            assert_eq!(piece.write_into(&mut buffer).unwrap(), bytes);
            assert_eq!(buffer[bytes.len()], 0xaa);
            let error = piece.write_into(&mut buffer[..bytes.len() - 1]).unwrap_err();
            assert_eq!(error, FragmentError::NoRoom { needed: bytes.len(), have: bytes.len() - 1 });
            at += piece.payload().len();
        }
        assert_eq!(at, 300);
    }
}

#[test]
fn what_is_no_packet_is_an_error() {
    let error = |bytes: &[u8]| Fragmenter::new(100).split(bytes).err();
    assert_eq!(error(&[]), Some(FragmentError::Truncated { needed: 20, have: 0 }));
    assert_eq!(error(&[0x50; 40]), Some(FragmentError::Version(5)));
    assert_eq!(error(&[0x45, 0]), Some(FragmentError::Truncated { needed: 20, have: 2 }));
    assert_eq!(error(&[0x44; 40]), Some(FragmentError::HeaderLength(16)));
    assert_eq!(error(&ipv4(&[], 0, 80)[..90]), Some(FragmentError::Truncated { needed: 100, have: 90 }));
    assert_eq!(error(&ipv6(17, &[&[0; 80]])[..90]), Some(FragmentError::Truncated { needed: 120, have: 90 }));
    let mut last = ipv4(&[], 0, 1000);
    last[6..8].copy_from_slice(&[0x1f, 0xff]);
    assert_eq!(error(&last), Some(FragmentError::TooLong));
    let large = ipv6(17, &[&[0; 65536]]);
    assert_eq!(error(&[&[0x60, 0, 0, 0, 0, 0], &large[6..]].concat()), Some(FragmentError::TooLong), "a jumbogram");
}
