//! The hosts of the walkthrough, and the packets that they send. The library builds all of them.

use packetsmith::ip::Fragmenter;
use packetsmith::ip::{Outcome, Reassembler, Settings};
use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{Ethernet, Ipv4, MacAddr, Packet, Stack, Tcp};
use std::net::Ipv4Addr;
use std::time::Duration;

/// The host that is new on the network.
pub const NEWCOMER: MacAddr = MacAddr([2, 0, 0, 0, 1, 0x64]);
/// The gateway, which is also the DHCP server.
pub const GATEWAY: MacAddr = MacAddr([2, 0, 0, 0, 1, 1]);
pub const NEWCOMER_IP: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 100);
pub const GATEWAY_IP: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 1);
pub const DNS_IP: Ipv4Addr = Ipv4Addr::new(8, 8, 8, 8);
pub const SERVER_IP: Ipv4Addr = Ipv4Addr::new(172, 194, 72, 105);
pub const MASK: Ipv4Addr = Ipv4Addr::new(255, 255, 255, 0);
pub const NAME: &str = "www.google.com";
pub const CLIENT_PORT: u16 = 51775;
pub const SERVER_PORT: u16 = 80;
/// Bytes of the request: with the TCP header 4,980, with the IP header 5,000.
pub const REQUEST_LEN: usize = 4960;
/// Most bytes of an IP packet on the newcomer's Ethernet.
pub const MTU: usize = 1500;
/// First sequence numbers.
pub const CLIENT_ISN: u32 = 52_681_000;
pub const SERVER_ISN: u32 = 917_400_000;

/// 2026-03-02 09:00:00 UTC, in seconds since 1970: when the first packet is sent.
pub const BEGIN: u64 = 1_772_442_000;

/// First retransmission timeout (RFC 6298 §2).
pub const TIMEOUT: Duration = Duration::from_secs(1);

/// A frame on the newcomer's link.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Since the first packet.
    pub time: Duration,
    pub bytes: Vec<u8>,
}

/// Builds the frames, and keeps clock and counters of the hosts.
pub struct Story {
    /// Time of the next frame.
    pub clock: Duration,
    /// Identification of the newcomer's next packet, and of the server's.
    newcomer_id: u16,
    server_id: u16,
}

/// A segment to be sent.
#[derive(Clone, Copy)]
pub struct Segment<'a> {
    pub from_client: bool,
    pub flags: TcpFlags,
    /// Bytes of the stream before it, as the sender counts, SYN and FIN included.
    pub seq: u32,
    /// Bytes that the sender has received.
    pub ack: u32,
    pub payload: &'a [u8],
}

impl Story {
    pub fn new() -> Self {
        Story { clock: Duration::ZERO, newcomer_id: 1, server_id: 0x6e20 }
    }

    /// Lets time pass.
    pub fn wait(&mut self, microseconds: u64) {
        self.clock += Duration::from_micros(microseconds);
    }

    fn frame(&self, bytes: Vec<u8>) -> Frame {
        Frame { time: self.clock, bytes }
    }

    fn build_text(&self, text: &str) -> Frame {
        let built = text.parse::<Packet>().map_err(|error| error.to_string());
        let built = built.and_then(|mut packet| packet.build().map_err(|error| error.to_string()));
        self.frame(built.unwrap_or_else(|error| unreachable!("the story's packets can be built: {error}: {text}")))
    }

    fn newcomer_id(&mut self) -> u16 {
        self.newcomer_id += 1;
        self.newcomer_id - 1
    }

    /// A DHCP message of the newcomer, who has no address yet.
    pub fn dhcp_client(&mut self, message: &str, options: &str) -> Frame {
        let id = self.newcomer_id();
        self.build_text(&format!(
            "ethernet src={NEWCOMER} dst=ff:ff:ff:ff:ff:ff \
             / ipv4 src=0.0.0.0 dst=255.255.255.255 identification={id} \
             / udp src_port=68 dst_port=67 \
             / dhcp xid=0x3903f326 flags=broadcast chaddr={NEWCOMER} message_type={message} {options}"
        ))
    }

    /// A DHCP message of the server.
    pub fn dhcp_server(&mut self, message: &str) -> Frame {
        let id = if message == "offer" { 0x11 } else { 0x12 };
        self.build_text(&format!(
            "ethernet src={GATEWAY} dst=ff:ff:ff:ff:ff:ff \
             / ipv4 src={GATEWAY_IP} dst=255.255.255.255 identification={id} \
             / udp src_port=67 dst_port=68 \
             / dhcp op=2 xid=0x3903f326 flags=broadcast yiaddr={NEWCOMER_IP} siaddr={GATEWAY_IP} chaddr={NEWCOMER} \
               message_type={message} server_identifier={GATEWAY_IP} lease_time=86400 \
               subnet_mask={MASK} router=[{GATEWAY_IP}] domain_name_server=[{DNS_IP}]"
        ))
    }

    pub fn arp_request(&mut self) -> Frame {
        self.build_text(&format!(
            "ethernet src={NEWCOMER} dst=ff:ff:ff:ff:ff:ff \
             / arp operation=request sender_hardware={NEWCOMER} sender_protocol={NEWCOMER_IP} \
               target_protocol={GATEWAY_IP}"
        ))
    }

    pub fn arp_reply(&mut self) -> Frame {
        self.build_text(&format!(
            "ethernet src={GATEWAY} dst={NEWCOMER} \
             / arp operation=reply sender_hardware={GATEWAY} sender_protocol={GATEWAY_IP} \
               target_hardware={NEWCOMER} target_protocol={NEWCOMER_IP}"
        ))
    }

    pub fn dns_query(&mut self) -> Frame {
        let id = self.newcomer_id();
        self.build_text(&format!(
            "ethernet src={NEWCOMER} dst={GATEWAY} / ipv4 src={NEWCOMER_IP} dst={DNS_IP} identification={id} \
             / udp src_port=50123 dst_port=53 \
             / dns id=0x1a2b recursion_desired=true questions=[{{name={NAME} qtype=A qclass=IN}}]"
        ))
    }

    /// The answer, 11 routers away: of the 128 hops it began with, 117 are left.
    pub fn dns_answer(&mut self) -> Frame {
        self.build_text(&format!(
            "ethernet src={GATEWAY} dst={NEWCOMER} / ipv4 src={DNS_IP} dst={NEWCOMER_IP} identification=0x9c41 ttl=117 \
             / udp src_port=53 dst_port=50123 \
             / dns id=0x1a2b response=true recursion_desired=true recursion_available=true compress=true \
               questions=[{{name={NAME} qtype=A qclass=IN}}] \
               answers=[{{name={NAME} rtype=A class=IN ttl=300 address={SERVER_IP}}}]"
        ))
    }

    /// A segment as an IP packet in a frame. The server is 12 routers away.
    pub fn segment(&mut self, segment: Segment<'_>) -> Frame {
        let Segment { from_client, flags, payload, .. } = segment;
        let syn = flags.contains(TcpFlags::SYN);
        // The server's maximum segment size exceeds the Ethernet MTU, so IP has to fragment.
        let client = [
            TcpOption::MaximumSegmentSize { size: 1460 },
            TcpOption::SackPermitted {},
            TcpOption::NoOperation {},
            TcpOption::NoOperation {},
        ];
        let server = [TcpOption::MaximumSegmentSize { size: 8960 }, client[1], client[2], client[3]];
        let (isn, other_isn) = if from_client { (CLIENT_ISN, SERVER_ISN) } else { (SERVER_ISN, CLIENT_ISN) };
        let ack = if flags.contains(TcpFlags::ACK) { other_isn.wrapping_add(segment.ack) } else { 0 };
        let tcp = Tcp::build().seq(isn.wrapping_add(segment.seq)).ack(ack).flags(flags).window(64240);
        let (ethernet, ip, tcp, options) = if from_client {
            let ip = Ipv4::build().src(NEWCOMER_IP).dst(SERVER_IP).identification(self.newcomer_id());
            let tcp = tcp.src_port(CLIENT_PORT).dst_port(SERVER_PORT);
            (Ethernet::build().src(NEWCOMER).dst(GATEWAY), ip, tcp, &client)
        } else {
            self.server_id += 1;
            let ip = Ipv4::build().src(SERVER_IP).dst(NEWCOMER_IP).identification(self.server_id).ttl(52);
            let tcp = tcp.src_port(SERVER_PORT).dst_port(CLIENT_PORT);
            (Ethernet::build().src(GATEWAY).dst(NEWCOMER), ip, tcp, &server)
        };
        let stack = Stack::new().push(ethernet).push(ip);
        let built = match syn {
            true => stack.push(tcp.options(options)).payload(payload).finish(),
            false => stack.push(tcp).payload(payload).finish(),
        };
        self.frame(built.unwrap_or_else(|error| unreachable!("the story's segments can be built: {error}")))
    }

    /// Splits a frame's packet to the MTU, as the newcomer's IP does before it hands it to Ethernet.
    pub fn fragments(&mut self, frame: &Frame) -> Vec<Frame> {
        let (link, packet) = frame.bytes.split_at(Ethernet::LEN);
        let pieces = Fragmenter::new(MTU).split(packet).unwrap_or_else(|error| unreachable!("{error}"));
        let frames = pieces.map(|piece| {
            let fragment = self.frame([link, &piece.slices().concat()].concat());
            // 1,514 bytes at 1 Gbit/s, with preamble and gap.
            self.wait(12);
            fragment
        });
        frames.collect()
    }
}

/// Reassembles fragments in any order, as the server does. Returns the packet.
pub fn reassembled(frames: &[Frame]) -> Vec<u8> {
    let mut reassembler = Reassembler::new(Settings::default());
    for (number, frame) in frames.iter().enumerate() {
        let packet = &frame.bytes[Ethernet::LEN..];
        if let Outcome::Complete(datagram) = reassembler.push(packet, number as u64, frame.time, &mut |_| {}) {
            return datagram.packet().to_vec();
        }
    }
    Vec::new()
}

/// The request: a letter too long for one frame.
pub fn request() -> Vec<u8> {
    let head = |length: usize| {
        format!(
            "POST /letters HTTP/1.1\r\nHost: {NAME}\r\nUser-Agent: newcomer/1.0\r\nContent-Type: text/plain\r\n\
             Content-Length: {length}\r\n\r\n"
        )
    };
    let length = REQUEST_LEN - head(1000).len();
    let mut body = String::new();
    for line in 1.. {
        body += &format!("Line {line:03} of a letter that is too long to fit into one Ethernet frame.\r\n");
        if body.len() >= length {
            break;
        }
    }
    body.truncate(length - 2);
    body += "\r\n";
    (head(length) + &body).into_bytes()
}

/// The response.
pub fn response() -> Vec<u8> {
    let body = "<!doctype html><title>Thank you</title><p>Your letter has arrived in one piece.\r\n";
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
