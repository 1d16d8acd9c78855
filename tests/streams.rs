//! The data of TCP connections is put together: in any order, with loss and repetition.

use packetsmith::flow::{Side, StreamAssembler, StreamEvent, StreamSettings, TcpSegment};
use packetsmith::ip::Policy;
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ipv4, Stack, Tcp, examine};
use proptest::prelude::*;
use std::ops::Range;

const FIRST: u32 = u32::MAX - 50;

/// A packet with the bytes `range` of a stream whose first byte has the number [`FIRST`].
fn packet(range: Range<usize>, data: &[u8], flags: TcpFlags) -> Vec<u8> {
    let tcp = Tcp::build().src_port(1).dst_port(2).seq(FIRST.wrapping_add(range.start as u32)).flags(flags);
    Stack::new().push(Ipv4::build()).push(tcp).payload(&data[range]).finish().unwrap()
}

fn acknowledgment(offset: usize) -> Vec<u8> {
    let tcp = Tcp::build().src_port(2).dst_port(1).ack(FIRST.wrapping_add(offset as u32)).flags(TcpFlags::ACK);
    Stack::new().push(Ipv4::build()).push(tcp).finish().unwrap()
}

/// What was delivered of the first side: a byte, or none where one is missing.
#[derive(Default)]
struct Delivered {
    bytes: Vec<Option<u8>>,
    has_ended: bool,
}

impl Delivered {
    fn event(&mut self, event: StreamEvent<'_>) {
        match event {
            StreamEvent::Data { side: Side::First, bytes, .. } => self.bytes.extend(bytes.iter().copied().map(Some)),
            StreamEvent::Missing { side: Side::First, bytes } => self.bytes.extend((0..bytes).map(|_| None)),
            StreamEvent::End { side: Side::First } => self.has_ended = true,
            other => panic!("{other:?} of a side without data"),
        }
    }
}

fn push(assembler: &mut StreamAssembler, side: Side, packet: &[u8], delivered: &mut Delivered) {
    let layer = examine(101, packet).nth(1).unwrap();
    let segment = TcpSegment::from_layer(&layer).unwrap();
    assembler.push(side, &segment, 1, &mut |event| delivered.event(event));
}

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|n| (n % 251) as u8).collect()
}

proptest! {
    #[test]
    fn any_order_loss_and_repetition_gives_the_bytes_or_a_named_gap(
        cuts in prop::collection::vec((0usize..300, 1usize..40), 1..60),
        acks in prop::collection::vec((0usize..60, 0usize..300), 0..8),
        waiting in 200usize..20_000,
    ) {
        let data = bytes(340);
        let mut assembler = StreamAssembler::new(StreamSettings { waiting, ..StreamSettings::default() });
        let mut delivered = Delivered::default();
        // The handshake says where the stream begins.
        let syn = Tcp::build().src_port(1).dst_port(2).seq(FIRST.wrapping_sub(1)).flags(TcpFlags::SYN);
        push(&mut assembler, Side::First, &Stack::new().push(Ipv4::build()).push(syn).finish().unwrap(), &mut delivered);
        let mut sent = vec![false; data.len()];
        for (number, (start, length)) in cuts.iter().enumerate() {
            for (_, ack) in acks.iter().filter(|(at, _)| *at == number) {
                push(&mut assembler, Side::Second, &acknowledgment(*ack), &mut delivered);
            }
            let range = *start..*start + *length;
            sent[range.clone()].fill(true);
            push(&mut assembler, Side::First, &packet(range, &data, TcpFlags::ACK), &mut delivered);
        }
        assembler.finish(&mut |event| delivered.event(event));
        // Every byte that is delivered is the one that was sent there.
        for (offset, byte) in delivered.bytes.iter().enumerate() {
            prop_assert!(byte.is_none_or(|byte| byte == data[offset]), "byte {offset}");
        }
        // Without acknowledgments and with room, only what was never sent is missing.
        if acks.is_empty() && waiting > 60 * 300 {
            let last = sent.iter().rposition(|sent| *sent).unwrap() + 1;
            let have: Vec<_> = delivered.bytes.iter().map(Option::is_some).collect();
            prop_assert_eq!(have, &sent[..last]);
        }
    }
}

#[test]
fn a_gap_that_the_receiver_acknowledged_is_given_up() {
    let data = bytes(40);
    let mut assembler = StreamAssembler::new(StreamSettings::default());
    let mut delivered = Delivered::default();
    push(&mut assembler, Side::First, &packet(0..10, &data, TcpFlags::ACK), &mut delivered);
    push(&mut assembler, Side::First, &packet(20..30, &data, TcpFlags::ACK), &mut delivered);
    push(&mut assembler, Side::Second, &acknowledgment(20), &mut delivered);
    assert_eq!(delivered.bytes.len(), 10, "the segment may still come");
    push(&mut assembler, Side::Second, &acknowledgment(30), &mut delivered);
    assert_eq!(delivered.bytes.len(), 30);
    assert_eq!(delivered.bytes[10..20], [None; 10]);
    // Too late: what is delivered does not change.
    push(&mut assembler, Side::First, &packet(10..20, &data, TcpFlags::ACK), &mut delivered);
    assert_eq!(delivered.bytes.len(), 30);
}

#[test]
fn a_stream_ends_after_all_before_its_fin() {
    let data = bytes(20);
    let mut assembler = StreamAssembler::new(StreamSettings::default());
    let mut delivered = Delivered::default();
    push(&mut assembler, Side::First, &packet(0..5, &data, TcpFlags::ACK), &mut delivered);
    push(&mut assembler, Side::First, &packet(10..20, &data, TcpFlags::FIN | TcpFlags::ACK), &mut delivered);
    assert!(!delivered.has_ended);
    push(&mut assembler, Side::First, &packet(5..10, &data, TcpFlags::ACK), &mut delivered);
    assert!(delivered.has_ended);
    assert_eq!(delivered.bytes, data.iter().copied().map(Some).collect::<Vec<_>>());
}

#[test]
fn the_policy_decides_which_of_two_waiting_segments_gives_the_bytes() {
    let (data, other) = (bytes(20), vec![0xee; 20]);
    for (policy, replaces) in
        [(Policy::First, false), (Policy::Last, true), (Policy::Bsd, true), (Policy::Windows, false)]
    {
        let mut assembler = StreamAssembler::new(StreamSettings { policy, ..StreamSettings::default() });
        let mut delivered = Delivered::default();
        push(&mut assembler, Side::First, &packet(0..1, &data, TcpFlags::ACK), &mut delivered);
        push(&mut assembler, Side::First, &packet(10..20, &data, TcpFlags::ACK), &mut delivered);
        push(&mut assembler, Side::First, &packet(5..15, &other, TcpFlags::ACK), &mut delivered);
        push(&mut assembler, Side::First, &packet(1..5, &data, TcpFlags::ACK), &mut delivered);
        let want = if replaces { 0xee } else { data[12] };
        assert_eq!(delivered.bytes[12], Some(want), "{policy}");
        assert_eq!(assembler.conflicts(Side::First), 5);
    }
}

#[test]
fn bytes_that_the_snapshot_length_cut_are_missing() {
    let data = bytes(30);
    let mut assembler = StreamAssembler::new(StreamSettings::default());
    let mut delivered = Delivered::default();
    let first = packet(0..20, &data, TcpFlags::ACK);
    let layer = examine(101, &first[..first.len() - 8]).original_len(first.len()).nth(1).unwrap();
    assembler.push(Side::First, &TcpSegment::from_layer(&layer).unwrap(), 1, &mut |event| delivered.event(event));
    push(&mut assembler, Side::First, &packet(20..30, &data, TcpFlags::ACK), &mut delivered);
    let want: Vec<_> = (0..30).map(|n| (!(12..20).contains(&n)).then(|| data[n])).collect();
    assert_eq!(delivered.bytes, want);
}

#[test]
fn what_waits_is_bounded() {
    let data = bytes(1000);
    let mut assembler = StreamAssembler::new(StreamSettings { waiting: 2000, ..StreamSettings::default() });
    let mut delivered = Delivered::default();
    push(&mut assembler, Side::First, &packet(0..1, &data, TcpFlags::ACK), &mut delivered);
    // Every second byte: none of them is in order.
    for at in (2..1000).step_by(2) {
        push(&mut assembler, Side::First, &packet(at..at + 1, &data, TcpFlags::ACK), &mut delivered);
    }
    assert!(delivered.bytes.len() > 900, "gaps are given up as more waits: {}", delivered.bytes.len());
    assert!(delivered.bytes.iter().enumerate().all(|(at, byte)| byte.is_none_or(|byte| byte == data[at])));
}

#[test]
fn data_far_outside_of_any_window_is_ignored() {
    let data = bytes(10);
    let mut assembler = StreamAssembler::new(StreamSettings::default());
    let mut delivered = Delivered::default();
    push(&mut assembler, Side::First, &packet(0..5, &data, TcpFlags::ACK), &mut delivered);
    let far = Tcp::build().src_port(1).dst_port(2).seq(FIRST.wrapping_add(0x5000_0000));
    let far = Stack::new().push(Ipv4::build()).push(far).payload(b"forged").finish().unwrap();
    push(&mut assembler, Side::First, &far, &mut delivered);
    push(&mut assembler, Side::First, &packet(5..10, &data, TcpFlags::ACK), &mut delivered);
    assembler.finish(&mut |event| delivered.event(event));
    assert_eq!(delivered.bytes.len(), 10);
}
