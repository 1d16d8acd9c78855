//! `read -Y` with a filter of addresses and ports: conversations that it leaves out are not followed, and the lines are the same
//! as if they were. A pipe cannot be read again, so all of its conversations are followed.

mod common;

use common::{packetsmith, packetsmith_with, root, testdata};
use packetsmith::capture::{ByteOrder, Format, PcapHeader, Resolution, Timestamp, Writer};
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ethernet, Ipv4, LinkType, Stack, Tcp};
use std::net::Ipv4Addr;

/// The lines of a file and of a pipe, whose columns differ in width only.
fn lines(filter: &str, file: &str) -> [Vec<String>; 2] {
    let input = std::fs::read(root().join(file)).unwrap();
    let of_file = packetsmith(&["read", "-Y", filter, file]);
    let of_pipe = packetsmith_with(&["read", "-Y", filter, "-"], &input, &[]);
    assert_eq!(of_file.0, of_pipe.0, "{filter} {file}");
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    [of_file, of_pipe].map(|(_, stdout, _)| stdout.lines().map(words).collect())
}

#[test]
fn lines_are_those_of_a_pipe_whose_conversations_are_all_followed() {
    let filters = [
        "tcp.port == 80",
        "!(tcp.port == 80)",
        "tcp",
        "!tcp && ip",
        "udp.port == 53",
        "ip.addr == 192.0.2.1",
        "tcp.port in {1..1023} || udp.port > 1000",
        "all tcp.port > 1024",
    ];
    for file in testdata() {
        let file = file.to_str().unwrap();
        for filter in filters {
            let [of_file, of_pipe] = lines(filter, file);
            assert_eq!(of_file, of_pipe, "{filter} {file}");
        }
    }
}

/// A segment is sent plainly, which the filter does not pass, and again through a tunnel, whose end it asks for.
#[test]
fn a_connection_is_followed_from_its_beginning_if_a_tunnel_shows_it_later() {
    let host = |n| Ipv4Addr::new(10, 0, 0, n);
    let segment =
        |seq: u32| Tcp::build().src_port(40000).dst_port(7000).seq(seq).ack(1).flags(TcpFlags::ACK | TcpFlags::PSH);
    let plain = |seq| {
        let stack = Stack::new().push(Ethernet::build()).push(Ipv4::build().src(host(1)).dst(host(2)));
        stack.push(segment(seq)).payload(b"some data").finish().unwrap()
    };
    let tunnel = |seq| {
        let outer = Stack::new().push(Ethernet::build()).push(Ipv4::build().src(host(8)).dst(host(9)));
        let inner = outer.push(Ipv4::build().src(host(1)).dst(host(2)));
        inner.push(segment(seq)).payload(b"some data").finish().unwrap()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tunnel.pcap");
    let mut writer = Writer::new(Vec::new());
    let header = PcapHeader::new(ByteOrder::Little, Resolution::MICROSECONDS, LinkType::Ethernet);
    writer.begin(Format::Pcap(&header)).unwrap();
    for (n, frame) in [plain(100), plain(109), plain(118), tunnel(100), plain(127), tunnel(109)].iter().enumerate() {
        let time = Timestamp::new(1000 + n as i64, 0, Resolution::MICROSECONDS);
        writer.packet(&packetsmith::capture::NewRecord::new(frame).at(time)).unwrap();
    }
    std::fs::write(&path, writer.finish().unwrap()).unwrap();
    let [of_file, of_pipe] = lines("ip.addr == 10.0.0.9", path.to_str().unwrap());
    assert_eq!(of_file, of_pipe);
    assert_eq!(of_file.len(), 2);
    assert!(of_file.iter().all(|line| line.contains("[TCP Retransmission]")), "{of_file:#?}");
}
