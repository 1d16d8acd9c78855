//! Speed of packetsmith beside other libraries, and beside a floor of hand-written offsets and loops. `cargo bench`
//! prints one table.
//!
//! The contestants of a row take turns, so that a disturbance slows all of them. The CPU time of the thread is
//! measured. A ratio is the median over the rounds. First it is checked that all contestants read or write the same.
//! `cargo bench -- join` runs the rows with `join` in their name. `docs/performance.md` has results.

mod connections;
mod facts;
mod flows;
mod mixed;
mod peers;
mod table;

use facts::{add, digest, lax, outline, sliced, walk};
use mixed::Frames;
use packetsmith::capture::{ByteOrder, Format, NewRecord, PcapHeader, Reader, Resolution, Writer};
use packetsmith::ip::Fragmenter;
use packetsmith::ip::{Outcome, Reassembler, Settings};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ethernet, Ipv4, Prefetch, Stack, Sum, Tcp};
use peers::{floor, pnet, smoltcp as smoltcp_read};
use std::hint::black_box;
use std::time::Duration;
use table::Table;

/// Checks that all contestants read the same facts from each frame.
fn held_equal(frames: &Frames) {
    for (n, frame) in frames.iter().enumerate() {
        let expected = floor(frame);
        let read = [outline(frame), walk(frame), sliced(frame), lax(frame), smoltcp_read(frame), pnet(frame)];
        assert_eq!(
            read, [expected; 6],
            "frame {n}: outline, dissect, etherparse, lax, smoltcp, pnet read what the floor reads"
        );
    }
}

fn dissecting(table: &Table) {
    let bounds = [("etherparse SlicedPacket", 0.35), ("smoltcp unchecked", 1.0), ("floor", 1.2)];
    dissect_each(table, "dissect L2 to L4, 4,096 mixed packets in cache", &bounds, || Frames::new(4096));
    let bounds = [("etherparse SlicedPacket", 0.22)];
    dissect_each(table, "dissect L2 to L4, one hot packet", &bounds, || Frames::new(4096).one(64));
    // A million packets are about 370 MB. In file order the processor prefetches by itself. In a program, packets are
    // where an allocator found room, so they are read in any order too.
    let plain = ["dissect from memory, in file order", "dissect from memory, in any order"];
    let ahead = ["dissect from memory ahead, in file order", "dissect from memory ahead, in any order"];
    if plain.iter().chain(&ahead).any(|what| table.wants(what)) {
        let frames = Frames::new(1_000_000);
        dissect_each(table, plain[0], &[], || &frames);
        dissect_ahead(table, ahead[0], &frames);
        let frames = frames.shuffled();
        dissect_each(table, plain[1], &[], || &frames);
        dissect_ahead(table, ahead[1], &frames);
    }
}

fn dissect_each<F: std::borrow::Borrow<Frames>>(
    table: &Table,
    what: &str,
    bounds: &[(&str, f64)],
    frames: impl FnOnce() -> F,
) {
    if !table.wants(what) {
        return;
    }
    let frames = frames();
    let frames = frames.borrow();
    held_equal(frames);
    let go = || black_box(frames).iter();
    table.row(
        what,
        frames.len(),
        bounds,
        vec![
            ("packetsmith FastHeaders", Box::new(|| digest(go(), outline))),
            ("packetsmith dissect", Box::new(|| digest(go(), walk))),
            ("etherparse SlicedPacket", Box::new(|| digest(go(), sliced))),
            ("etherparse LaxSlicedPacket", Box::new(|| digest(go(), lax))),
            ("smoltcp unchecked", Box::new(|| digest(go(), smoltcp_read))),
            ("pnet_packet", Box::new(|| digest(go(), pnet))),
            ("floor", Box::new(|| digest(go(), floor))),
        ],
    );
}

fn dissect_ahead(table: &Table, what: &str, frames: &Frames) {
    let go = || black_box(frames).iter();
    assert_eq!(digest(Prefetch::new(go()), outline), digest(go(), sliced), "no frame is lost");
    table.row(
        what,
        frames.len(),
        &[("etherparse SlicedPacket", 0.27)],
        vec![
            ("packetsmith FastHeaders", Box::new(|| digest(Prefetch::new(go()), outline))),
            ("packetsmith dissect", Box::new(|| digest(Prefetch::new(go()), walk))),
            ("etherparse SlicedPacket", Box::new(|| digest(go(), sliced))),
            ("floor, touched ahead", Box::new(|| digest(Prefetch::new(go()), floor))),
            ("floor", Box::new(|| digest(go(), floor))),
            ("touch one byte", Box::new(|| go().map(|frame| u64::from(frame[0])).sum())),
        ],
    );
}

const MACS: ([u8; 6], [u8; 6]) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
const IPS: ([u8; 4], [u8; 4]) = ([10, 0, 0, 1], [10, 0, 0, 2]);

fn build_ours(payload: &[u8], buffer: &mut [u8]) -> usize {
    Stack::new()
        .push(Ethernet::build().src(MACS.0.into()).dst(MACS.1.into()))
        .push(Ipv4::build().src(IPS.0.into()).dst(IPS.1.into()))
        .push(Tcp::build().src_port(1234).dst_port(80).seq(7).ack(9).flags(TcpFlags::ACK).window(64000))
        .payload(payload)
        .write_into(buffer)
        .expect("there is room")
}

fn build_etherparse(payload: &[u8], out: &mut Vec<u8>) -> usize {
    out.clear();
    let builder = etherparse::PacketBuilder::ethernet2(MACS.0, MACS.1).ipv4(IPS.0, IPS.1, 64);
    builder.tcp(1234, 80, 7, 64000).ack(9).write(out, payload).expect("there is room");
    out.len()
}

fn build_smoltcp(payload: &[u8], buffer: &mut [u8]) -> usize {
    use smoltcp::phy::ChecksumCapabilities;
    use smoltcp::wire::*;
    let (src, dst) = (Ipv4Address::from(IPS.0), Ipv4Address::from(IPS.1));
    let tcp = TcpRepr {
        src_port: 1234,
        dst_port: 80,
        control: TcpControl::None,
        seq_number: TcpSeqNumber(7),
        ack_number: Some(TcpSeqNumber(9)),
        window_len: 64000,
        window_scale: None,
        max_seg_size: None,
        sack_permitted: false,
        sack_ranges: [None; 3],
        timestamp: None,
        payload,
    };
    let ip = Ipv4Repr {
        src_addr: src,
        dst_addr: dst,
        next_header: IpProtocol::Tcp,
        payload_len: tcp.buffer_len(),
        hop_limit: 64,
    };
    let length = 14 + ip.buffer_len() + tcp.buffer_len();
    let ethernet = EthernetRepr {
        src_addr: EthernetAddress(MACS.0),
        dst_addr: EthernetAddress(MACS.1),
        ethertype: EthernetProtocol::Ipv4,
    };
    let caps = ChecksumCapabilities::default();
    let mut frame = EthernetFrame::new_unchecked(&mut buffer[..length]);
    ethernet.emit(&mut frame);
    let mut packet = Ipv4Packet::new_unchecked(frame.payload_mut());
    ip.emit(&mut packet, &caps);
    let mut segment = TcpPacket::new_unchecked(packet.payload_mut());
    tcp.emit(&mut segment, &src.into(), &dst.into(), &caps);
    length
}

/// The floor: copies headers, writes lengths, and sums with the same routine.
fn build_floor(payload: &[u8], buffer: &mut [u8]) -> usize {
    const HEADERS: [u8; 54] = {
        let mut headers = [0; 54];
        let bytes = [
            2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
            4, 210, 0, 80, 0, 0, 0, 7, 0, 0, 0, 9, 0x50, 0x10, 0xfa, 0, 0, 0, 0, 0,
        ];
        let mut i = 0;
        while i < 54 {
            headers[i] = bytes[i];
            i += 1;
        }
        headers
    };
    let length = 54 + payload.len();
    let frame = &mut buffer[..length];
    let (head, body) = frame.split_at_mut(54);
    head.copy_from_slice(&HEADERS);
    body.copy_from_slice(payload);
    head[16..18].copy_from_slice(&(length as u16 - 14).to_be_bytes());
    let ip = Sum::new().bytes(&head[14..34]).checksum();
    head[24..26].copy_from_slice(&ip.to_be_bytes());
    let pseudo = Sum::new().bytes(&frame[26..34]).number(6 + length as u32 - 34);
    let tcp = pseudo.bytes(&frame[34..]).checksum();
    frame[50..52].copy_from_slice(&tcp.to_be_bytes());
    length
}

fn building(table: &Table) {
    for (what, size, bounds) in [
        ("build Ethernet, IPv4, TCP, 1,400 bytes", 1400, [("etherparse PacketBuilder", 0.30), ("smoltcp", 0.45)]),
        ("build Ethernet, IPv4, TCP, no payload", 0, [("etherparse PacketBuilder", 0.40), ("", 0.0)]),
    ] {
        let payload = vec![0x5a; size];
        let (mut a, mut b, mut c, mut d) = (vec![0; 2048], Vec::with_capacity(2048), vec![0; 2048], vec![0; 2048]);
        let length = build_ours(&payload, &mut a);
        assert_eq!(build_floor(&payload, &mut d), length);
        assert_eq!(a[..length], d[..length], "the floor builds what we build");
        build_etherparse(&payload, &mut b);
        // etherparse sets DF, so the IP checksum differs.
        assert_eq!((&a[26..length], &a[..18]), (&b[26..], &b[..18]), "etherparse builds what we build");
        build_smoltcp(&payload, &mut c);
        assert_eq!((&a[26..length], &a[..18]), (&c[26..length], &c[..18]), "smoltcp builds what we build");
        let payload = &payload;
        table.row(
            what,
            1,
            &bounds,
            vec![
                ("packetsmith", Box::new(move || build_ours(black_box(payload), &mut a) as u64)),
                ("etherparse PacketBuilder", Box::new(move || build_etherparse(black_box(payload), &mut b) as u64)),
                ("smoltcp", Box::new(move || build_smoltcp(black_box(payload), &mut c) as u64)),
                ("floor", Box::new(move || build_floor(black_box(payload), &mut d) as u64)),
            ],
        );
    }
}

fn checksums(table: &Table) {
    for (what, size, bounds) in [
        ("Internet checksum, 1,500 bytes", 1500, [("etherparse", 1.0 / 3.3), ("smoltcp", 1.0 / 1.7)]),
        ("Internet checksum, 64 bytes", 64, [("smoltcp", 1.0), ("", 0.0)]),
    ] {
        let bytes: Vec<u8> = (0..size).map(|n| (n * 7) as u8).collect();
        let bytes = &bytes;
        let ours = move || u64::from(Sum::new().bytes(black_box(bytes)).checksum());
        let etherparse = move || {
            let sum = etherparse::checksum::Sum16BitWords::new().add_slice(black_box(bytes));
            u64::from(sum.ones_complement().to_be())
        };
        let smoltcp = move || u64::from(!smoltcp::wire::checksum::data(black_box(bytes)));
        assert_eq!((ours(), ours()), (etherparse(), smoltcp()));
        table.row(
            what,
            1,
            &bounds,
            vec![("packetsmith", Box::new(ours)), ("etherparse", Box::new(etherparse)), ("smoltcp", Box::new(smoltcp))],
        );
    }
}

fn fragments(table: &Table) {
    let packet =
        Stack::new().push(Ipv4::build().protocol(253.into())).payload(&[7; 4980]).finish().expect("it can be built");
    let (mut a, mut b) = (vec![0; 8192], vec![0; 8192]);
    let whole = &packet;
    table.row(
        "split 5,000 bytes into four",
        1,
        &[("memcpy of 5,000 bytes", 2.5)],
        vec![
            (
                "packetsmith",
                Box::new(move || {
                    let mut at = 0;
                    for piece in Fragmenter::new(1500).split(black_box(whole)).expect("it can be split") {
                        at += piece.write_into(&mut a[at..]).expect("there is room").len();
                    }
                    at as u64
                }),
            ),
            (
                "memcpy of 5,000 bytes",
                Box::new(move || {
                    b[..whole.len()].copy_from_slice(black_box(whole));
                    u64::from(black_box(&b)[4999])
                }),
            ),
        ],
    );
    let pieces: Vec<Vec<u8>> =
        Fragmenter::new(1500).split(&packet).expect("it can be split").map(|piece| piece.slices().concat()).collect();
    for (what, order) in
        [("join four fragments, in order", [0, 1, 2, 3]), ("join four fragments, in reverse", [3, 2, 1, 0])]
    {
        let pieces: Vec<&Vec<u8>> = order.iter().map(|n| &pieces[*n]).collect();
        let (ours, theirs) = (pieces.clone(), pieces);
        let mut reassembler = Reassembler::new(Settings::default());
        let mut pool = etherparse::defrag::IpDefragPool::<(), ()>::new();
        let mut number = 0;
        table.row(
            what,
            1,
            &[("etherparse IpDefragPool", 0.35)],
            vec![
                (
                    "packetsmith",
                    Box::new(move || {
                        let mut length = 0;
                        for piece in &ours {
                            number += 1;
                            let time = Duration::from_micros(number);
                            if let Outcome::Complete(datagram) = reassembler.push(piece, number, time, &mut |_| {}) {
                                length = datagram.payload().len();
                            }
                        }
                        assert_eq!(length, 4980);
                        length as u64
                    }),
                ),
                (
                    "etherparse IpDefragPool",
                    Box::new(move || {
                        let mut length = 0;
                        for piece in &theirs {
                            let sliced = etherparse::SlicedPacket::from_ip(piece).expect("it is a packet");
                            if let Ok(Some(whole)) = pool.process_sliced_packet(&sliced, (), ()) {
                                length = whole.payload.len();
                                pool.return_buf(whole);
                            }
                        }
                        assert_eq!(length, 4980);
                        length as u64
                    }),
                ),
            ],
        );
    }
}

fn files(table: &Table) {
    let frames = Frames::new(20_000);
    let header = PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, 1);
    let mut writer = Writer::new(Vec::new());
    writer.begin(Format::Pcap(&header)).expect("memory is written to");
    for frame in frames.iter() {
        let new = NewRecord { data: frame, ..NewRecord::default() };
        writer.packet(&new).expect("memory is written to");
    }
    let file = writer.finish().expect("memory is written to");
    let (ours_file, theirs_file) = (&file, &file);
    let expected = digest(frames.iter(), sliced);
    table.row(
        "read a capture and dissect",
        frames.len(),
        &[("pcap-file + SlicedPacket", 0.70)],
        vec![
            (
                "packetsmith",
                Box::new(move || {
                    let mut reader = Reader::new(&ours_file[..]).expect("it is a capture");
                    let mut sum = 0;
                    while let Some(Ok(record)) = reader.next_record() {
                        sum = add(sum, outline(record.data));
                    }
                    assert_eq!(sum, expected);
                    sum
                }),
            ),
            (
                "pcap-file + SlicedPacket",
                Box::new(move || {
                    let mut reader = pcap_file::pcap::PcapReader::new(&theirs_file[..]).expect("it is a capture");
                    let mut sum = 0;
                    while let Some(Ok(record)) = reader.next_raw_packet() {
                        sum = add(sum, sliced(&record.data));
                    }
                    assert_eq!(sum, expected);
                    sum
                }),
            ),
        ],
    );
}

fn main() {
    let table = Table::new(std::env::args().skip(1));
    dissecting(&table);
    building(&table);
    checksums(&table);
    fragments(&table);
    files(&table);
    flows::follow(&table);
}
