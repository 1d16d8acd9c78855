//! Conversations that go on side by side, the same in each run: TCP connections from handshake to close, UDP, and a
//! flood of connections that come to nothing. A sixth of the conversations are IPv6.

use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{Ethernet, Ipv4, Ipv6, Stack, Tcp, Udp};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Microseconds from one frame to the next.
pub const STEP: u64 = 7;

/// Port of the servers.
pub const SERVER_PORT: u16 = 80;
/// First of the sixteen ports of each client.
const FIRST_PORT: u16 = 32_768;

/// What a capture is made of.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Frames in all.
    pub packets: u64,
    /// Connections with handshake, data and close.
    pub connections: u64,
    /// Conversations over UDP.
    pub datagrams: u64,
    /// Connections and UDP conversations that go on at a time.
    pub open: usize,
    /// Number of SYNs without an answer.
    pub unanswered: u64,
    /// SYNs that are answered, and nothing more.
    pub half_open: u64,
    /// Connections that lose a segment, and fall silent.
    pub abandoned: u64,
    pub seed: u64,
}

/// Frames of an abandoned connection: the handshake, data, a lost segment, and data after it.
const ABANDONED: u64 = 5;
/// The handshake, the request, and the three segments that close.
const LEAST: u64 = 7;

impl Plan {
    /// Frames of the flood.
    pub fn flood(&self) -> u64 {
        self.unanswered + 2 * self.half_open + ABANDONED * self.abandoned
    }

    /// Mean number of frames of what is no flood, if there are enough for each.
    fn mean(&self) -> Option<u64> {
        let mean = self.packets.checked_sub(self.flood())?.checked_div(self.connections + self.datagrams)?;
        (mean >= LEAST).then_some(mean)
    }
}

/// Xorshift: the same numbers on each machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }
}

/// Byte of the data that a side of a connection sends.
pub fn content(connection: u64, side: usize, offset: u64) -> u8 {
    (connection.wrapping_mul(40_503) >> 4).wrapping_add(offset * 7 + (offset >> 8) + side as u64 * 128) as u8
}

/// Bytes of a request, and those of a segment of the response.
fn request(connection: u64) -> usize {
    100 + (connection * 37 % 300) as usize
}
fn segment(connection: u64, index: u64) -> usize {
    [32, 64, 200, 400, 1400][((connection * 31 + index * 17) % 13 % 5) as usize]
}

/// Number of the connection between two ends, and the side of the first, if it is none of the flood.
#[allow(dead_code, reason = "the example uses it, and the bench does not")]
pub fn connection_of(source: (IpAddr, u16), destination: (IpAddr, u16)) -> Option<(u64, usize)> {
    let ((address, port), side) = if destination.1 == SERVER_PORT { (source, 0) } else { (destination, 1) };
    let host = match address {
        IpAddr::V4(address) => match address.octets() {
            [10, a, b, c] => u32::from_be_bytes([0, a, b, c]),
            _ => return None,
        },
        IpAddr::V6(address) => address.to_bits() as u32,
    };
    Some((u64::from(host) * 16 + u64::from(port.checked_sub(FIRST_PORT)?), side))
}

/// The two ends of a conversation.
#[derive(Clone, Copy)]
struct Ends {
    client: u32,
    port: u16,
    server: u32,
    v6: bool,
    hostile: bool,
}

impl Ends {
    fn new(number: u64) -> Self {
        let (client, port) = ((number / 16) as u32, FIRST_PORT + (number % 16) as u16);
        Ends { client, port, server: (number % 200) as u32, v6: number.is_multiple_of(6), hostile: false }
    }

    /// 131,072 hosts, each with another port when all had one.
    fn hostile(number: u64) -> Self {
        let (client, port) = ((number % (1 << 17)) as u32, 1024 + (number >> 17) as u16);
        Ends { client, port, server: (number % 200) as u32, v6: false, hostile: true }
    }

    fn addresses_v4(&self) -> [Ipv4Addr; 2] {
        let client = if self.hostile { 0xc612_0000 } else { 0x0a00_0000 };
        [(client + self.client).into(), (0x6440_0000 + self.server).into()]
    }

    fn addresses_v6(&self) -> [Ipv6Addr; 2] {
        let net = 0x2001_0db8_u128 << 96;
        [(net + u128::from(self.client)).into(), (net + (1 << 64) + u128::from(self.server)).into()]
    }

    fn frame<H: packetsmith::build::EncodeHeader>(&self, side: usize, header: H, payload: &[u8], out: &mut Vec<u8>) {
        let ethernet = Ethernet::build().src([2, 0, 0, 0, 0, 1 + side as u8].into());
        let ethernet = ethernet.dst([2, 0, 0, 0, 0, 2 - side as u8].into());
        let frame = if self.v6 {
            let ends = self.addresses_v6();
            let ip = Ipv6::build().src(ends[side]).dst(ends[1 - side]);
            Stack::new().push(ethernet).push(ip).push(header).payload(payload).finish()
        } else {
            let ends = self.addresses_v4();
            let ip = Ipv4::build().src(ends[side]).dst(ends[1 - side]);
            Stack::new().push(ethernet).push(ip).push(header).payload(payload).finish()
        };
        out.extend_from_slice(&frame.expect("it fits"));
    }
}

/// Where a frame is written, room for its data, and the time in milliseconds.
struct Target<'a> {
    frame: &'a mut Vec<u8>,
    text: &'a mut Vec<u8>,
    now: u32,
}

/// A conversation that goes on.
struct Conversation {
    number: u64,
    ends: Ends,
    udp: bool,
    step: u64,
    /// Frames in all.
    last: u64,
    /// Bytes of the response so far, and its segments.
    sent: u64,
    segments: u64,
}

impl Conversation {
    fn datagram(&mut self, to: &mut Target<'_>) {
        let side = (self.step % 2) as usize;
        to.text.clear();
        to.text.resize(segment(self.number, self.step), side as u8);
        let ports = [self.ends.port, 4500];
        let udp = Udp::build().src_port(ports[side]).dst_port(ports[1 - side]);
        self.ends.frame(side, udp, to.text, to.frame);
    }

    /// First number of a side.
    fn first(&self, side: usize) -> u32 {
        (self.number as u32).wrapping_mul(0x9e37_79b1) ^ side as u32
    }

    /// A segment with the bytes of a side from an offset on.
    fn segment(&self, side: usize, flags: TcpFlags, at: u64, size: usize, to: &mut Target<'_>) {
        let (now, content) = (to.now, |n| content(self.number, side, at + n));
        to.text.clear();
        to.text.extend((0..size as u64).map(content));
        // The SYN has a number of its own, and so has the FIN.
        let open = u32::from(flags.0 & TcpFlags::SYN.0 == 0);
        let other = match (side, self.step) {
            (0, 0) => 0,
            (0, 2..) => self.first(1).wrapping_add(1 + self.sent as u32),
            (_, 1) => self.first(0).wrapping_add(1),
            _ => self.first(0).wrapping_add(1 + request(self.number) as u32),
        };
        // The server's FIN is the third frame from the end, the client's the second.
        let left = self.last - self.step;
        let closing = u32::from(left == 1 || side == 0 && left == 2);
        let ports = [self.ends.port, SERVER_PORT];
        let tcp = Tcp::build()
            .src_port(ports[side])
            .dst_port(ports[1 - side])
            .seq(self.first(side).wrapping_add(open + at as u32 + closing * side as u32))
            .ack(other.wrapping_add(closing))
            .flags(flags);
        let times = TcpOption::Timestamps { value: now, echo: if self.step == 0 { 0 } else { now } };
        let nop = TcpOption::NoOperation {};
        if open == 0 {
            let options = [
                TcpOption::MaximumSegmentSize { size: 1460 },
                TcpOption::SackPermitted {},
                times,
                nop,
                TcpOption::WindowScale { shift: 7 },
            ];
            self.ends.frame(side, tcp.window(64_240).options(&options), to.text, to.frame);
        } else {
            self.ends.frame(side, tcp.window(500).options(&[nop, nop, times]), to.text, to.frame);
        }
    }

    /// The next frame. Two segments of the response, then an acknowledgment, again and again; of some pairs the second
    /// comes first.
    fn next(&mut self, to: &mut Target<'_>) {
        const PUSH: TcpFlags = TcpFlags(TcpFlags::ACK.0 | TcpFlags::PSH.0);
        const END: TcpFlags = TcpFlags(TcpFlags::ACK.0 | TcpFlags::FIN.0);
        let asked = request(self.number);
        if self.udp {
            self.datagram(to);
        } else {
            match (self.step, self.last - self.step) {
                (0, _) => self.segment(0, TcpFlags::SYN, 0, 0, to),
                (1, _) => self.segment(1, TcpFlags(TcpFlags::SYN.0 | TcpFlags::ACK.0), 0, 0, to),
                (2, _) => self.segment(0, TcpFlags::ACK, 0, 0, to),
                (3, _) => self.segment(0, PUSH, 0, asked, to),
                (_, 3) => self.segment(1, END, self.sent, 0, to),
                (_, 2) => self.segment(0, END, asked as u64, 0, to),
                (_, 1) => self.segment(1, TcpFlags::ACK, self.sent, 0, to),
                (step, left) => match (step - 4) % 3 {
                    2 => self.segment(0, TcpFlags::ACK, asked as u64, 0, to),
                    place => self.response(place, left, to),
                },
            }
        }
        self.step += 1;
    }

    fn response(&mut self, place: u64, left: u64, to: &mut Target<'_>) {
        let pair = self.segments / 2;
        let sizes = [segment(self.number, pair * 2), segment(self.number, pair * 2 + 1)];
        let swapped = (self.number + pair) % 16 == 3 && (place == 1 || left > 4);
        // Bytes before the pair.
        let base = self.sent - if place == 1 && !swapped { sizes[0] as u64 } else { 0 };
        let (at, size) = match (place == 1) != swapped {
            true => (base + sizes[0] as u64, sizes[1]),
            false => (base, sizes[0]),
        };
        self.segment(1, TcpFlags::ACK, at, size, to);
        self.segments += 1;
        self.sent = match (place, swapped) {
            (0, true) => self.sent,
            (_, true) => self.sent + (sizes[0] + sizes[1]) as u64,
            _ => self.sent + size as u64,
        };
    }
}

/// Makes the frames.
pub struct Connections {
    plan: Plan,
    random: Random,
    open: Vec<Conversation>,
    /// Conversations that were begun, and those of the flood.
    begun: u64,
    hostile: u64,
    /// Frames of each kind that are still to come.
    left: u64,
    flood_left: u64,
    mean: u64,
    vary: u64,
    /// The connection of the flood that is under way.
    flooding: Option<Conversation>,
    count: u64,
    text: Vec<u8>,
}

impl Connections {
    /// Returns `None` if there are fewer frames than the conversations need.
    pub fn new(plan: Plan) -> Option<Self> {
        let mean = plan.mean()?;
        let flood_left = plan.flood();
        Some(Connections {
            plan,
            random: Random(plan.seed | 1),
            open: Vec::new(),
            begun: 0,
            hostile: 0,
            left: plan.packets - flood_left,
            flood_left,
            mean,
            vary: 0,
            flooding: None,
            count: 0,
            text: Vec::new(),
        })
    }

    /// Begins the next conversation. Two after each other have twice the mean number of frames.
    fn begin(&mut self) {
        let (number, all) = (self.begun, self.plan.connections + self.plan.datagrams);
        let spare = (self.plan.packets - self.plan.flood()) % all;
        let paired = number / 2 * 2 + 1 < all;
        let last = match (number % 2, paired) {
            (0, true) => {
                self.vary = self.random.below((self.mean - LEAST) / 2 + 1);
                self.mean + self.vary
            }
            (_, true) => self.mean - self.vary,
            _ => self.mean,
        };
        // The two kinds are mixed.
        let udp = number * self.plan.datagrams / all != (number + 1) * self.plan.datagrams / all;
        let last = last + u64::from(number < spare);
        self.open.push(Conversation { number, ends: Ends::new(number), udp, step: 0, last, sent: 0, segments: 0 });
        self.begun += 1;
    }

    /// A frame of the flood.
    fn flood(&mut self, out: &mut Vec<u8>, now: u32) {
        let mut conversation = self.flooding.take().unwrap_or_else(|| {
            let n = self.hostile;
            self.hostile += 1;
            let Plan { unanswered, half_open, abandoned, .. } = self.plan;
            let all = unanswered + half_open + abandoned;
            // In an order that mixes the kinds, each number once.
            let stride = [7919, 104_729, 1_299_709].into_iter().find(|prime| !all.is_multiple_of(*prime)).unwrap_or(1);
            let kind = n * stride % all;
            let last = match kind {
                _ if kind < unanswered => 1,
                _ if kind < unanswered + half_open => 2,
                _ => ABANDONED,
            };
            Conversation { number: n, ends: Ends::hostile(n), udp: false, step: 0, last, sent: 0, segments: 0 }
        });
        let to = &mut Target { frame: out, text: &mut self.text, now };
        let last = std::mem::replace(&mut conversation.last, u64::MAX);
        if conversation.step == 4 {
            let behind_gap = request(conversation.number) as u64 + 1460;
            conversation.segment(0, TcpFlags::ACK, behind_gap, 1400, to);
            conversation.step += 1;
        } else {
            conversation.next(to);
        }
        conversation.last = last;
        self.flooding = (conversation.step < last).then_some(conversation);
    }

    /// Appends the next frame to `out`. `false`: there is none.
    pub fn frame(&mut self, out: &mut Vec<u8>) -> bool {
        let all = self.left + self.flood_left;
        if all == 0 {
            return false;
        }
        let now = (self.count * STEP / 1000) as u32;
        self.count += 1;
        if self.random.below(all) < self.flood_left {
            self.flood_left -= 1;
            self.flood(out, now);
            return true;
        }
        while self.open.len() < self.plan.open && self.begun < self.plan.connections + self.plan.datagrams {
            self.begin();
        }
        let at = self.random.below(self.open.len() as u64) as usize;
        let conversation = &mut self.open[at];
        conversation.next(&mut Target { frame: out, text: &mut self.text, now });
        if conversation.step == conversation.last {
            self.open.swap_remove(at);
        }
        self.left -= 1;
        true
    }
}
