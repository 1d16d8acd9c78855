//! A mixture of frames as on a router, the same in each run. Sizes follow IMIX. A tenth of the frames have a VLAN tag,
//! a sixth are IPv6. There is TCP with timestamps, UDP, DNS, ARP, ICMP, Neighbor Discovery, MLD, DHCP, and fragments of
//! complete datagrams.

use packetsmith::ip::Fragmenter;
use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{Ipv4, Ipv6, MacAddr, Packet, Stack, Tcp, Udp};
use std::collections::VecDeque;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Sizes of IP packets in the ratio 7 to 4 to 1. With Ethernet and its check sequence they are 64, 594 and 1518 bytes.
const IMIX: [usize; 12] = [46, 46, 46, 46, 46, 46, 46, 576, 576, 576, 576, 1500];

/// Connections that are open at a time.
const FLOWS: usize = 1024;

/// Microseconds from one frame to the next.
pub const STEP: u64 = 7;

/// Xorshift: the same numbers on each machine, which no branch predictor learns.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len() as u64) as usize]
    }
}

/// Two hosts: by number, with how they reach each other.
#[derive(Clone, Copy)]
struct Path {
    hosts: [u32; 2],
    vlan: Option<u16>,
    v6: bool,
}

impl Path {
    fn new(random: &mut Random) -> Self {
        let hosts = [random.below(1_000) as u32, 0x8_0000 + random.below(500) as u32];
        let vlan = random.one_in(9).then(|| 1 + random.below(4000) as u16);
        Path { hosts, vlan, v6: random.one_in(6) }
    }
    fn back(self) -> Self {
        Path { hosts: [self.hosts[1], self.hosts[0]], ..self }
    }
}

fn mac(host: u32) -> MacAddr {
    let [_, a, b, c] = host.to_be_bytes();
    [2, 0, 0, a, b, c].into()
}

/// Addresses differ in their first and last bits, as in a real network: hash tables of other programs use a few bits.
fn v4(host: u32) -> Ipv4Addr {
    let [_, side, a, b] = host.to_be_bytes();
    // Clients are in one network, and servers anywhere.
    [if side == 0 { 10 } else { 11 + b % 100 }, b, a, 1 + side].into()
}

fn v6(host: u32) -> Ipv6Addr {
    (0x2001_0db8_0000_0000_0000_0000_0000_0001 + (u128::from(host) << 64) + u128::from(host)).into()
}

/// A TCP connection: the client's numbers first, then the server's.
struct Flow {
    path: Path,
    ports: [u16; 2],
    next: [u32; 2],
    /// First timestamp of each side, and the last one that it received.
    clock: [u32; 2],
    heard: [u32; 2],
    step: usize,
    last: usize,
}

impl Flow {
    fn new(random: &mut Random) -> Self {
        Flow {
            path: Path::new(random),
            ports: [49_152 + random.below(16_000) as u16, 31_000 + random.below(8) as u16],
            next: [random.below(1 << 32) as u32, random.below(1 << 32) as u32],
            clock: [random.below(1 << 31) as u32, random.below(1 << 31) as u32],
            heard: [0; 2],
            step: 0,
            last: 8 + random.below(200) as usize,
        }
    }
}

/// Makes the frames.
pub struct Mixed {
    random: Random,
    flows: Vec<Flow>,
    datagrams: Vec<(Path, [u16; 2])>,
    /// Queries and responses. The identifier is filled in.
    names: Vec<[Vec<u8>; 2]>,
    /// The four messages of an exchange. Transaction and hardware address are filled in.
    leases: Vec<Vec<u8>>,
    neighbors: Vec<Vec<u8>>,
    listeners: Vec<Vec<u8>>,
    /// Frames to send later: responses and further fragments.
    pending: VecDeque<Vec<u8>>,
    text: Vec<u8>,
    count: u64,
}

fn built(text: &str) -> Vec<u8> {
    let mut packet: Packet = text.parse().unwrap_or_else(|error| panic!("{error}"));
    packet.build().unwrap_or_else(|error| panic!("{error}"))
}

impl Mixed {
    pub fn new() -> Self {
        let mut random = Random(0x2545_f491_4f6c_dd1d);
        let flows = (0..FLOWS).map(|_| Flow { step: 3, ..Flow::new(&mut random) }).collect();
        let ports = |random: &mut Random| [49_152 + random.below(16_000) as u16, 31_100 + random.below(50) as u16];
        let datagrams = (0..FLOWS).map(|_| (Path::new(&mut random), ports(&mut random))).collect();
        let words =
            ["packets", "of", "the", "same", "length", "are", "rare;", "most", "carry", "little,", "few", "much,"];
        let text = (0..1000).flat_map(|_| format!("{} ", random.pick(&words)).into_bytes()).collect();
        let names = (0..64).map(|n| {
            let (kind, address) = if n % 3 == 0 { ("AAAA", "2001:db8::7") } else { ("A", "192.0.2.7") };
            let name = format!(
                "{}.example.{}",
                ["www", "mail", "static-assets", "a.b.c", "time"][n % 5],
                ["org", "com"][n % 2]
            );
            let asked = format!("questions=[{{name={name} qtype={kind} qclass=IN}}]");
            let found = format!("answers=[{{name={name} rtype={kind} class=IN ttl={} address={address}}}]", 60 + n);
            let dns = "ethernet / ipv4 / udp dst_port=53 / dns recursion_desired=true compress=true";
            let answer = format!("{dns} response=true recursion_available=true {asked} {found}");
            [format!("{dns} {asked}"), answer].map(|text| built(&text)[42..].to_vec())
        });
        let lease = [
            "op=1 message_type=discover host_name=\"newcomer\" parameter_request_list=[1, 3, 6, 15, 51]",
            "op=2 message_type=offer yiaddr=10.0.3.7 server_identifier=10.0.0.1 ip_address_lease_time=3600 subnet_mask=255.255.0.0",
            "op=1 message_type=request host_name=\"newcomer\" requested_address=10.0.3.7 server_identifier=10.0.0.1",
            "op=2 message_type=ack yiaddr=10.0.3.7 server_identifier=10.0.0.1 ip_address_lease_time=3600 subnet_mask=255.255.0.0",
        ];
        let leases =
            lease.map(|fields| built(&format!("ethernet / ipv4 / udp dst_port=67 / dhcp {fields}"))[42..].to_vec());
        let neighbors = (0..32).map(|n| {
            let (us, them) = (format!("02:00:00:00:00:{n:02x}"), format!("02:00:00:00:01:{n:02x}"));
            let ipv6 = "ipv6 hop_limit=255";
            if n % 2 == 0 {
                built(&format!(
                    "ethernet src={us} dst=33:33:ff:00:01:{n:02x} / {ipv6} src=fe80::{n:x} dst=ff02::1:ff00:1{n:02x} \
                     / icmpv6 type=135 target=fe80::1{n:02x} options=[source_link_layer_address address={us}]"
                ))
            } else {
                built(&format!(
                    "ethernet src={them} dst={us} / {ipv6} src=fe80::1{n:02x} dst=fe80::{n:x} \
                     / icmpv6 type=136 flags=0x60000000 target=fe80::1{n:02x} \
                       options=[target_link_layer_address address={them}]"
                ))
            }
        });
        let listeners = (0..16).map(|n| {
            built(&format!(
                "ethernet src=02:00:00:00:00:{n:02x} dst=33:33:ff:00:00:{n:02x} \
                 / ipv6 hop_limit=1 src=fe80::{n:x} dst=ff02::1:ff00:{n:x} / hop_by_hop router_alert=0 \
                 / icmpv6 type=131 group=ff02::1:ff00:{n:x}"
            ))
        });
        let (neighbors, listeners, names) = (neighbors.collect(), listeners.collect(), names.collect());
        let leases = leases.to_vec();
        let pending = VecDeque::new();
        Mixed { random, flows, datagrams, names, leases, neighbors, listeners, pending, text, count: 0 }
    }

    /// Appends the next frame to `out`.
    pub fn frame(&mut self, out: &mut Vec<u8>) {
        self.count += 1;
        if self.random.one_in(4)
            && let Some(frame) = self.pending.pop_front()
        {
            return out.extend_from_slice(&frame);
        }
        match self.random.below(1000) {
            0..720 => self.segment(out),
            720..880 => self.datagram(out),
            880..925 => self.question(out),
            925..955 => self.fragments(out),
            955..975 => self.echo(out),
            975..988 => self.arp(out),
            988..994 => out.extend_from_slice(self.random.pick::<Vec<u8>>(&self.neighbors)),
            994..997 => out.extend_from_slice(self.random.pick::<Vec<u8>>(&self.listeners)),
            _ => self.lease(out),
        }
    }

    fn payload(&mut self, len: usize) -> std::ops::Range<usize> {
        let at = self.random.below((self.text.len() - len) as u64) as usize;
        at..at + len
    }

    /// Adds Ethernet and perhaps a VLAN tag before an IP packet.
    fn link(path: Path, packet: &[u8], out: &mut Vec<u8>) {
        let begin = out.len();
        out.extend_from_slice(&mac(path.hosts[1]).0);
        out.extend_from_slice(&mac(path.hosts[0]).0);
        if let Some(id) = path.vlan {
            out.extend_from_slice(&[0x81, 0]);
            out.extend_from_slice(&id.to_be_bytes());
        }
        out.extend_from_slice(if path.v6 { &[0x86, 0xdd] } else { &[8, 0] });
        out.extend_from_slice(packet);
        // The minimum of Ethernet.
        let len = (out.len() - begin).max(60);
        out.resize(begin + len, 0);
    }

    fn ip<H: packetsmith::build::EncodeHeader>(
        &mut self,
        path: Path,
        head: H,
        payload: std::ops::Range<usize>,
    ) -> Vec<u8> {
        let (payload, [from, to]) = (&self.text[payload], path.hosts);
        let ttl = [64, 57, 128, 255][from as usize % 4];
        let built = if path.v6 {
            let ip = Ipv6::build().src(v6(from)).dst(v6(to)).hop_limit(ttl).flow_label(from ^ to);
            Stack::new().push(ip).push(head).payload(payload).finish()
        } else {
            let ip = Ipv4::build().src(v4(from)).dst(v4(to)).ttl(ttl).identification(self.count as u16);
            Stack::new().push(ip).push(head).payload(payload).finish()
        };
        built.expect("it fits")
    }

    /// The next segment of a connection. A connection that ends is replaced by a new one.
    fn segment(&mut self, out: &mut Vec<u8>) {
        let n = self.random.below(FLOWS as u64) as usize;
        let now = (self.count * STEP / 1000) as u32;
        let head = if self.flows[n].path.v6 { 72 } else { 52 };
        let size = self.random.pick(&IMIX).saturating_sub(head);
        let Random(state) = self.random;
        let flow = &mut self.flows[n];
        let left = (flow.last + 3).saturating_sub(flow.step);
        // Three segments open a connection, and three close it.
        let (side, flags, size) = match (flow.step, left) {
            (0, _) => (0, TcpFlags::SYN, 0),
            (1, _) => (1, TcpFlags::SYN | TcpFlags::ACK, 0),
            (2, _) => (0, TcpFlags::ACK, 0),
            (_, 2) => (0, TcpFlags::FIN | TcpFlags::ACK, 0),
            (_, 1) => (1, TcpFlags::FIN | TcpFlags::ACK, 0),
            (_, 0) => (0, TcpFlags::ACK, 0),
            _ if size > 0 && state & 0x300 == 0 => (state as usize & 1, TcpFlags::ACK | TcpFlags::PSH, size),
            _ => (state as usize & 1, TcpFlags::ACK, size),
        };
        let ports = [flow.ports[side], flow.ports[1 - side]];
        let (seq, ack) = (flow.next[side], if flow.step == 0 { 0 } else { flow.next[1 - side] });
        let value = flow.clock[side].wrapping_add(now);
        let times = TcpOption::Timestamps { value, echo: flow.heard[side] };
        flow.heard[1 - side] = value;
        let nop = TcpOption::NoOperation {};
        let opening = [
            TcpOption::MaximumSegmentSize { size: 1460 },
            TcpOption::SackPermitted {},
            times,
            nop,
            TcpOption::WindowScale { shift: 7 },
        ];
        let going = [nop, nop, times];
        let syn = flags.0 & TcpFlags::SYN.0 != 0;
        let fin = flags.0 & TcpFlags::FIN.0 != 0;
        flow.next[side] = seq.wrapping_add(size as u32 + u32::from(syn || fin));
        flow.step += 1;
        let path = if side == 0 { flow.path } else { flow.path.back() };
        let window = 400 + (state >> 20) as u16 % 100;
        if left == 0 && flow.step > 3 {
            *flow = Flow::new(&mut self.random);
        }
        let payload = self.payload(size);
        let tcp = Tcp::build().src_port(ports[0]).dst_port(ports[1]).seq(seq).ack(ack).flags(flags);
        let packet = if syn {
            self.ip(path, tcp.window(64_240).options(&opening), payload)
        } else {
            self.ip(path, tcp.window(window).options(&going), payload)
        };
        Self::link(path, &packet, out);
    }

    fn udp(&mut self, path: Path, [src, dst]: [u16; 2], payload: std::ops::Range<usize>) -> Vec<u8> {
        self.ip(path, Udp::build().src_port(src).dst_port(dst), payload)
    }

    fn datagram(&mut self, out: &mut Vec<u8>) {
        let (mut path, mut ports) = *self.random.pick(&self.datagrams);
        if self.random.one_in(2) {
            (path, ports) = (path.back(), [ports[1], ports[0]]);
        }
        let size = self.random.pick(&IMIX).saturating_sub(if path.v6 { 48 } else { 28 });
        let payload = self.payload(size);
        let packet = self.udp(path, ports, payload);
        Self::link(path, &packet, out);
    }

    /// Sends a message from one port to another now, or after the pending frames.
    fn message(&mut self, path: Path, [src, dst]: [u16; 2], message: &[u8], out: Option<&mut Vec<u8>>) {
        let [from, to] = path.hosts;
        let udp = Udp::build().src_port(src).dst_port(dst);
        let packet = if path.v6 {
            Stack::new().push(Ipv6::build().src(v6(from)).dst(v6(to))).push(udp).payload(message).finish()
        } else {
            Stack::new().push(Ipv4::build().src(v4(from)).dst(v4(to))).push(udp).payload(message).finish()
        };
        let mut later = Vec::new();
        let now = out.is_some();
        Self::link(path, &packet.expect("it fits"), out.unwrap_or(&mut later));
        if !now {
            self.pending.push_back(later);
        }
    }

    /// A DNS query; the answer follows.
    fn question(&mut self, out: &mut Vec<u8>) {
        let mut path = Path::new(&mut self.random);
        path.hosts[1] = 0x8_0035;
        let id = (self.random.below(1 << 16) as u16).to_be_bytes();
        let port = 49_152 + self.random.below(16_000) as u16;
        let [mut query, mut answer] = self.random.pick(&self.names).clone();
        query[..2].copy_from_slice(&id);
        answer[..2].copy_from_slice(&id);
        self.message(path, [port, 53], &query, Some(out));
        self.message(path.back(), [53, port], &answer, None);
    }

    /// A datagram in fragments: the first now, the others later, sometimes in reverse order.
    fn fragments(&mut self, out: &mut Vec<u8>) {
        let (path, ports) = *self.random.pick(&self.datagrams);
        let size = 1600 + self.random.below(1800) as usize;
        let payload = self.payload(size);
        let packet = self.udp(path, ports, payload);
        let mut splitter = Fragmenter::new(1500).identification(self.count as u32);
        let pieces = splitter.split(&packet).expect("it may be split");
        let mut frames: Vec<Vec<u8>> = pieces
            .map(|piece| {
                let (mut buffer, mut frame) = ([0; 1500], Vec::new());
                Self::link(path, piece.write_into(&mut buffer).expect("there is room"), &mut frame);
                frame
            })
            .collect();
        if self.random.one_in(8) {
            frames.reverse();
        }
        out.extend_from_slice(&frames.remove(0));
        self.pending.extend(frames);
    }

    /// An echo request; the reply follows.
    fn echo(&mut self, out: &mut Vec<u8>) {
        let path = Path::new(&mut self.random);
        let (identifier, sequence) = (self.random.below(1 << 16) as u16, self.count as u16);
        let payload = self.payload(48);
        let (ask, answer) = if path.v6 {
            use packetsmith::Icmpv6;
            use packetsmith::proto::icmp::Icmpv6Message;
            let ask = Icmpv6::build().message(Icmpv6Message::EchoRequest { identifier, sequence });
            let answer = Icmpv6::build().message(Icmpv6Message::EchoReply { identifier, sequence });
            (self.ip(path, ask, payload.clone()), self.ip(path.back(), answer, payload))
        } else {
            use packetsmith::Icmpv4;
            use packetsmith::proto::icmp::Icmpv4Message;
            let ask = Icmpv4::build().message(Icmpv4Message::EchoRequest { identifier, sequence });
            let answer = Icmpv4::build().message(Icmpv4Message::EchoReply { identifier, sequence });
            (self.ip(path, ask, payload.clone()), self.ip(path.back(), answer, payload))
        };
        Self::link(path, &ask, out);
        let mut later = Vec::new();
        Self::link(path.back(), &answer, &mut later);
        self.pending.push_back(later);
    }

    /// An ARP request; the reply follows.
    fn arp(&mut self, out: &mut Vec<u8>) {
        let [a, b] = Path::new(&mut self.random).hosts;
        let mut later = Vec::new();
        for (to, operation, from, target, out) in
            [(MacAddr([0xff; 6]), 1, a, (MacAddr([0; 6]), b), out), (mac(a), 2, b, (mac(a), a), &mut later)]
        {
            let begin = out.len();
            out.extend_from_slice(&to.0);
            out.extend_from_slice(&mac(from).0);
            out.extend_from_slice(&[8, 6, 0, 1, 8, 0, 6, 4, 0, operation]);
            out.extend_from_slice(&mac(from).0);
            out.extend_from_slice(&v4(from).octets());
            out.extend_from_slice(&target.0.0);
            out.extend_from_slice(&v4(target.1).octets());
            out.resize(begin + 60, 0);
        }
        self.pending.push_back(later);
    }

    /// A host that gets an address: four messages.
    fn lease(&mut self, out: &mut Vec<u8>) {
        let (id, host) = (self.random.below(1 << 32) as u32, self.random.below(1_000) as u32);
        let mut out = Some(out);
        for n in 0..4 {
            let mut message = self.leases[n].clone();
            message[4..8].copy_from_slice(&id.to_be_bytes());
            message[28..34].copy_from_slice(&mac(host).0);
            // The server is 10.0.0.1. The host has no address yet, so all messages are broadcast.
            let (from, to) = if n % 2 == 0 { ([0; 4], host) } else { ([10, 0, 0, 1], 0) };
            let ports = if n % 2 == 0 { [68, 67] } else { [67, 68] };
            let ip = Ipv4::build().src(from.into()).dst([255; 4].into());
            let udp = Udp::build().src_port(ports[0]).dst_port(ports[1]);
            let packet = Stack::new().push(ip).push(udp).payload(&message).finish().expect("it fits");
            let mut frame = Vec::new();
            Self::link(Path { hosts: [to, 0], vlan: None, v6: false }, &packet, &mut frame);
            frame[..6].copy_from_slice(&[0xff; 6]);
            match out.take() {
                Some(out) => out.extend_from_slice(&frame),
                None => self.pending.push_back(frame),
            }
        }
    }
}

/// Frames in one buffer, and the byte range of each.
pub struct Frames {
    bytes: Vec<u8>,
    spans: Vec<[u32; 2]>,
}

impl Frames {
    pub fn new(count: usize) -> Self {
        let mut mixed = Mixed::new();
        Self::made_by(count, |bytes| mixed.frame(bytes))
    }
    /// Makes `count` frames: each call of the function appends one.
    pub fn made_by(count: usize, mut append: impl FnMut(&mut Vec<u8>)) -> Self {
        let (mut bytes, mut spans) = (Vec::new(), Vec::with_capacity(count));
        for _ in 0..count {
            let begin = bytes.len();
            append(&mut bytes);
            spans.push([begin as u32, bytes.len() as u32]);
        }
        Frames { bytes, spans }
    }
    /// One frame of more than 500 bytes, `times` times.
    pub fn one(mut self, times: usize) -> Self {
        let span = *self.spans.iter().find(|[begin, end]| end - begin > 500).expect("some are large");
        self.spans = vec![span; times];
        self
    }
    /// The same frames, in an order that is not that of their addresses.
    pub fn shuffled(mut self) -> Self {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for n in (1..self.spans.len()).rev() {
            self.spans.swap(n, random.below(n as u64 + 1) as usize);
        }
        self
    }
    pub fn len(&self) -> usize {
        self.spans.len()
    }
    #[inline(always)]
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> + Clone {
        self.spans.iter().map(|&[begin, end]| &self.bytes[begin as usize..end as usize])
    }
}
