//! Two endpoints that send segments to each other.

use packetsmith::build::EncodeHeader;
use packetsmith::flow::{FlowSettings, Flows, PacketInfo, TcpAnalysis, TcpFindings};
use packetsmith::proto::ip::Ipv4Edit;
use packetsmith::proto::transport::TcpFlags;
use packetsmith::{Ipv4, Stack, Tcp, examine};

/// The link type of packets that begin with IPv4.
pub const IP: u16 = 101;

/// Numbers of the SYN of each side. In tests, numbers count from them.
pub const FIRST_NUMBERS: [u32; 2] = [10_000, 50_000];

/// The window of each segment, if the test does not say another.
pub const WINDOW: u16 = 1000;

pub const FIN: TcpFlags = TcpFlags::FIN;
pub const SYN: TcpFlags = TcpFlags::SYN;
pub const RST: TcpFlags = TcpFlags::RST;
pub const PSH: TcpFlags = TcpFlags::PSH;

pub const NOTHING: TcpFindings = TcpFindings(0);

/// A segment of side 0 or 1.
#[derive(Clone, Debug)]
pub struct Segment {
    pub side: usize,
    pub seq: u32,
    pub ack: u32,
    pub flags: TcpFlags,
    pub window: u16,
    pub length: usize,
    pub options: Vec<u8>,
    pub ports: [u16; 2],
}

/// A segment of the first side, with relative numbers and ACK.
pub fn a(seq: u32, ack: u32) -> Segment {
    segment(0, FIRST_NUMBERS[0].wrapping_add(seq), FIRST_NUMBERS[1].wrapping_add(ack))
}

/// A segment of the second side, with relative numbers and ACK.
pub fn b(seq: u32, ack: u32) -> Segment {
    segment(1, FIRST_NUMBERS[1].wrapping_add(seq), FIRST_NUMBERS[0].wrapping_add(ack))
}

/// A segment with the numbers of the header.
pub fn segment(side: usize, seq: u32, ack: u32) -> Segment {
    let (flags, window) = (TcpFlags::ACK, WINDOW);
    Segment { side, seq, ack, flags, window, length: 0, options: Vec::new(), ports: [40_000, 80] }
}

/// The SYN of the first side, without options.
pub fn syn() -> Segment {
    Segment { flags: SYN, ack: 0, ..a(0, 0) }
}

/// The SYN, ACK of the second side, without options.
pub fn syn_ack() -> Segment {
    b(0, 1).with(SYN)
}

impl Segment {
    pub fn with(mut self, flags: TcpFlags) -> Self {
        self.flags |= flags;
        self
    }

    pub fn without_ack(mut self) -> Self {
        self.flags = TcpFlags(self.flags.0 & !TcpFlags::ACK.0);
        self
    }

    pub fn data(mut self, length: usize) -> Self {
        self.length = length;
        self
    }

    pub fn window(mut self, window: u16) -> Self {
        self.window = window;
        self
    }

    pub fn options(mut self, options: &[u8]) -> Self {
        self.options = options.to_vec();
        self
    }

    /// A window scale option.
    pub fn scale(self, shift: u8) -> Self {
        self.options(&[3, 3, shift, 0])
    }

    pub fn ports(mut self, first: u16, second: u16) -> Self {
        self.ports = [first, second];
        self
    }

    /// The TCP header, to be put into something.
    pub fn tcp(&self) -> impl EncodeHeader + '_ {
        let tcp = Tcp::build().src_port(self.ports[self.side]).dst_port(self.ports[1 - self.side]);
        tcp.seq(self.seq).ack(self.ack).flags(self.flags).window(self.window).raw(&self.options)
    }

    /// The IPv4 header.
    pub fn ip(&self, identification: u16) -> Ipv4Edit {
        let addresses = [[192, 0, 2, 1], [192, 0, 2, 2]];
        let ip = Ipv4::build().src(addresses[self.side].into()).dst(addresses[1 - self.side].into());
        ip.identification(identification)
    }

    pub fn payload(&self) -> Vec<u8> {
        vec![b'.'; self.length]
    }

    /// An IPv4 packet.
    pub fn packet(&self, identification: u16) -> Vec<u8> {
        Stack::new().push(self.ip(identification)).push(self.tcp()).payload(&self.payload()).finish().unwrap()
    }
}

/// A capture that grows.
pub struct Exchange {
    pub flows: Flows,
    /// Number of the last packet.
    pub number: u64,
    /// Its time in nanoseconds.
    pub now: i128,
}

impl Exchange {
    pub fn new() -> Self {
        Exchange::with(FlowSettings::default())
    }

    pub fn with(settings: FlowSettings) -> Self {
        Exchange { flows: Flows::new(settings), number: 0, now: 1_700_000_000_000_000_000 }
    }

    /// After a handshake of 10 ms without options: packets 1 to 3. A second has passed since then.
    pub fn open() -> Self {
        let mut exchange = Exchange::new();
        exchange.after(0, syn());
        exchange.after(5_000, syn_ack());
        exchange.after(5_000, a(1, 1));
        exchange.now += 1_000_000_000;
        exchange
    }

    /// What a packet says about itself after some microseconds.
    pub fn info(&mut self, microseconds: i128) -> PacketInfo {
        self.now += microseconds * 1000;
        self.number += 1;
        PacketInfo { number: self.number, time: Some(self.now), ..PacketInfo::default() }
    }

    /// Sends a segment after some microseconds.
    pub fn after(&mut self, microseconds: i128, segment: Segment) -> TcpAnalysis {
        let info = self.info(microseconds);
        self.flows.packet(info, examine(IP, &segment.packet(self.number as u16)));
        *self.flows.segments().next().expect("the segment has addresses and ports")
    }

    /// Sends segments a millisecond apart. Returns what was found about the last.
    pub fn found<const N: usize>(&mut self, segments: [Segment; N]) -> TcpFindings {
        segments.map(|segment| self.after(1000, segment).findings)[N - 1]
    }
}
