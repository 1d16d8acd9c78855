//! Reassembly under the policy `linux` beside the kernel that runs the test: fragments go over the loopback interface of a
//! network namespace of their own, and what a socket receives is compared.
//!
//! It needs Linux 4.19 or later, the right to make a namespace, and the programs `unshare` and `ip`. Without them it says
//! so, and passes.

#![cfg(target_os = "linux")]

use packetsmith::ip::{Outcome, Policy, Reassembler, Settings};
use packetsmith::live::Sender;
use packetsmith::proto::ip::{IpProtocol, Ipv4Flags};
use packetsmith::proto::link::EtherType;
use packetsmith::{Ethernet, Ipv4, Stack};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, UdpSocket};
use std::process::Command;
use std::time::Duration;

/// Set in the process that runs inside of the namespace.
const INSIDE: &str = "PACKETSMITH_TEST_NAMESPACE";
const SOURCE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);
const DESTINATION: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);

#[test]
fn the_policy_linux_is_what_the_kernel_does() {
    if std::env::var_os(INSIDE).is_some() {
        return compare();
    }
    let Ok(program) = std::env::current_exe() else { return println!("skipped: this program is not found") };
    // The kernel takes no frame whose source is an address of its own, or of 127.0.0.0/8.
    let line = "ip link set lo up && ip address add 198.51.100.1/32 dev lo && ip route add 198.51.100.2/32 dev lo && \
                exec \"$0\" --exact the_policy_linux_is_what_the_kernel_does --nocapture";
    let inside = Command::new("unshare").args(["--net", "sh", "-c", line]).arg(program).env(INSIDE, "1").output();
    match inside {
        Ok(output) if output.status.success() => println!("{}", String::from_utf8_lossy(&output.stdout)),
        // The shell's, unshare's and ip's own failures; a failed test says so on standard output.
        Ok(output) if !String::from_utf8_lossy(&output.stdout).contains("running 1 test") => {
            println!("skipped: no network namespace: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(output) => {
            let [out, err] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
            panic!("inside of the namespace:\n{out}\n{err}");
        }
        Err(error) => println!("skipped: unshare cannot be run: {error}"),
    }
}

/// A fragment: offset and length in bytes, whether more follow, and the byte that it is filled with.
#[derive(Clone, Copy, Debug)]
struct Piece {
    offset: usize,
    len: usize,
    more: bool,
    fill: u8,
}

/// Fragments of one datagram, in an order that a small random generator chooses: whole, doubled, overlapping, with ends
/// that contradict each other, and of lengths that are no multiple of 8.
fn pieces(seed: u64) -> Vec<Piece> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut random = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) % below
    };
    let (units, count) = (3 + random(5), 2 + random(5));
    let mut list = Vec::new();
    let mut at = 0;
    // A division of the datagram, so that many are completed.
    while at < units {
        let len = 1 + random(3).min(units - at - 1);
        let last = at + len == units;
        list.push(Piece { offset: at as usize * 8, len: len as usize * 8, more: !last, fill: b'a' + at as u8 });
        at += len;
    }
    for n in 0..random(count) {
        let (at, len) = (random(units), 1 + random(3));
        let more = random(4) > 0;
        let odd = if random(4) == 0 { random(8) as usize } else { 0 };
        list.push(Piece { offset: at as usize * 8, len: len as usize * 8 + odd, more, fill: b'A' + n as u8 });
    }
    for i in (1..list.len()).rev() {
        list.swap(i, random(i as u64 + 1) as usize);
    }
    list
}

/// The packets of fragments. The UDP header in the first eight bytes says that the datagram has `length` bytes.
fn packets(pieces: &[Piece], identification: u16, port: u16, length: usize) -> Vec<Vec<u8>> {
    let header = [&9_u16.to_be_bytes()[..], &port.to_be_bytes(), &(length as u16).to_be_bytes(), &[0, 0]].concat();
    let packet = |piece: &Piece| {
        let payload: Vec<u8> =
            (piece.offset..piece.offset + piece.len).map(|at| header.get(at).copied().unwrap_or(piece.fill)).collect();
        let flags = if piece.more { Ipv4Flags::MORE_FRAGMENTS } else { Ipv4Flags(0) };
        let ip = Ipv4::build().src(SOURCE).dst(DESTINATION).protocol(IpProtocol::Udp);
        let ip = ip.identification(identification).flags(flags).fragment_offset((piece.offset / 8) as u16);
        Stack::new().push(ip).payload(&payload).finish().expect("it fits")
    };
    pieces.iter().map(packet).collect()
}

/// The payloads of the UDP datagrams that reassembly completes.
fn reassembled(packets: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut reassembler = Reassembler::new(Settings { ipv4: Policy::Linux, ..Settings::default() });
    let mut whole = Vec::new();
    for packet in packets {
        match reassembler.push(packet, 0, Duration::ZERO, &mut |_| {}) {
            Outcome::Complete(datagram) => whole.push(datagram.payload().to_vec()),
            Outcome::NotFragment => whole.push(packet[Ipv4::LEN..].to_vec()),
            _ => {}
        }
    }
    whole
}

fn compare() {
    let socket = UdpSocket::bind((DESTINATION, 0)).expect("a port is free");
    socket.set_read_timeout(Some(Duration::from_secs(2))).expect("it is not zero");
    let port = socket.local_addr().expect("it is bound").port();
    let mut link = match Sender::open("lo") {
        Ok(link) => link,
        Err(error) => return println!("skipped: lo cannot be opened: {error}"),
    };
    let mut send = |packet: &[u8]| {
        let ethernet = Ethernet::build().ethertype(EtherType::Ipv4);
        let frame = Stack::new().push(ethernet).payload(packet).finish().expect("it fits");
        link.send(&frame).expect("lo takes frames");
    };
    let (mut completed, mut dropped) = (0, 0);
    for seed in 1..=600_u16 {
        let pieces = pieces(seed.into());
        // The length of the datagram, and with it the UDP header, is known after a first reassembly.
        let lengths: Vec<_> = reassembled(&packets(&pieces, seed, port, 0)).iter().map(Vec::len).collect();
        let end = pieces.iter().map(|piece| piece.offset + piece.len).max().unwrap_or(8);
        let length = lengths.first().copied().unwrap_or(end);
        let packets = packets(&pieces, seed, port, length);
        // Of a second datagram with the same header, UDP takes as many bytes as that says, if they are there.
        let whole = reassembled(&packets).into_iter().filter_map(|datagram| Some(datagram.get(8..length)?.to_vec()));
        let expected: Vec<_> = whole.collect();
        packets.iter().for_each(|packet| send(packet));
        // A marker follows on the same way, so nothing that comes later belongs to these fragments.
        let marker = [b"marker", &seed.to_be_bytes()[..]].concat();
        socket.send_to(&marker, (DESTINATION, port)).expect("lo is up");
        let mut received = Vec::new();
        let mut buffer = [0; 2048];
        loop {
            match socket.recv_from(&mut buffer) {
                Ok((len, _)) if buffer[..len] == marker => break,
                Ok((len, _)) => received.push(buffer[..len].to_vec()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => panic!("the marker is lost: {error}"),
            }
        }
        assert_eq!(received, expected, "of {pieces:?}");
        completed += received.len();
        dropped += usize::from(received.is_empty());
    }
    println!("{completed} datagrams completed and {dropped} not, by the kernel and by the policy alike");
    assert!(completed > 100 && dropped > 100, "{completed} and {dropped}");
}
