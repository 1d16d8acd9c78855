//! A capture that is made and explained packet by packet.

use packetsmith::explain::{ExplainSettings, ExplainedPacket, Explainer, Explanation, Topic};
use packetsmith::flow::{FlowSettings, Flows, MessageSettings, PacketInfo};
use packetsmith::ip::{Outcome, Reassembler, Settings};
use packetsmith::proto::transport::{TcpFlags, TcpOption};
use packetsmith::{Ethernet, Ipv4, Protocols, Stack, Tcp, examine};
use std::time::Duration;

static KNOWN: Protocols = Protocols::builtin();

pub(super) const CLIENT: [u8; 4] = [192, 0, 2, 1];
pub(super) const SERVER: [u8; 4] = [198, 51, 100, 2];
pub(super) const ROUTER: [u8; 4] = [192, 0, 2, 254];

pub(super) const SYN: TcpFlags = TcpFlags::SYN;
pub(super) const ACK: TcpFlags = TcpFlags::ACK;
pub(super) const SYN_ACK: TcpFlags = TcpFlags(TcpFlags::SYN.0 | TcpFlags::ACK.0);
pub(super) const FIN_ACK: TcpFlags = TcpFlags(TcpFlags::FIN.0 | TcpFlags::ACK.0);
pub(super) const RST_ACK: TcpFlags = TcpFlags(TcpFlags::RST.0 | TcpFlags::ACK.0);

/// A capture that is made and explained packet by packet.
pub(super) struct Story {
    pub(super) flows: Flows,
    pub(super) explainer: Explainer,
    pub(super) reassembler: Reassembler,
    pub(super) milliseconds: i128,
    pub(super) is_selected: bool,
    pub(super) identification: u16,
}

impl Story {
    pub(super) fn new() -> Self {
        Story::with(ExplainSettings::default())
    }

    pub(super) fn with(settings: ExplainSettings) -> Self {
        let messages = Some(MessageSettings::default());
        Story {
            flows: Flows::new(FlowSettings { messages, ..FlowSettings::default() }),
            explainer: Explainer::new(settings),
            reassembler: Reassembler::new(Settings::default()),
            milliseconds: 0,
            is_selected: true,
            identification: 0,
        }
    }

    /// Takes a frame so many milliseconds after the one before. Returns its number.
    pub(super) fn frame(&mut self, wait: i128, frame: &[u8]) -> u64 {
        self.milliseconds += wait;
        let (number, time) = (self.flows.packets() + 1, Some(self.milliseconds * 1_000_000));
        let mut whole = None;
        self.flows.packet(PacketInfo { number, time, interface: 0 }, examine(1, frame));
        if self.flows.has_fragment() {
            let clock = Duration::from_millis(self.milliseconds as u64);
            if let Outcome::Complete(datagram) = self.reassembler.push(&frame[14..], number, clock, &mut |_| {}) {
                whole = Some(datagram.packet().to_vec());
            }
        }
        if let Some(whole) = &whole {
            self.flows.add(examine(101, whole));
        }
        let packet = ExplainedPacket {
            number,
            time,
            interface: 0,
            length: frame.len() as u64,
            is_selected: self.is_selected,
            flows: &self.flows,
            known: &KNOWN,
        };
        let whole = whole.iter().map(|whole| examine(101, whole));
        self.explainer.packet(&packet, std::iter::once(examine(1, frame)).chain(whole));
        number
    }

    /// A segment of a connection of the client, from its port 40000 to port 80 of the server.
    pub(super) fn segment(
        &mut self,
        wait: i128,
        from_client: bool,
        flags: TcpFlags,
        numbers: (u32, u32),
        data: &[u8],
    ) -> u64 {
        let frame = self.segment_bytes(from_client, flags, numbers, data, 64_000);
        self.frame(wait, &frame)
    }

    pub(super) fn segment_bytes(
        &mut self,
        from_client: bool,
        flags: TcpFlags,
        (seq, ack): (u32, u32),
        data: &[u8],
        window: u16,
    ) -> Vec<u8> {
        self.identification += 1;
        let ends = [(CLIENT, 40000), (SERVER, 80)];
        let [from, to] = if from_client { ends } else { [ends[1], ends[0]] };
        let base = if from_client { [1000, 5000] } else { [5000, 1000] };
        let ip = Ipv4::build().src(from.0.into()).dst(to.0.into()).identification(self.identification).ttl(64);
        let tcp = Tcp::build().src_port(from.1).dst_port(to.1).flags(flags).window(window);
        let tcp = tcp.seq(base[0] + seq).ack(base[1] + ack);
        let options = [TcpOption::MaximumSegmentSize { size: 1460 }];
        let options: &[_] = if flags.contains(SYN) { &options } else { &[] };
        Stack::new().push(Ethernet::build()).push(ip).push(tcp.options(options)).payload(data).finish().unwrap()
    }

    /// SYN, SYN-ACK and ACK.
    pub(super) fn open(&mut self) {
        self.syn(0);
        self.syn_ack(20);
        self.ack(1);
    }

    /// The client's SYN.
    pub(super) fn syn(&mut self, wait: i128) -> u64 {
        self.segment(wait, true, SYN, (0, 0), b"")
    }

    /// The server's SYN-ACK.
    pub(super) fn syn_ack(&mut self, wait: i128) -> u64 {
        self.segment(wait, false, SYN_ACK, (0, 1), b"")
    }

    /// The client's ACK that ends the handshake.
    pub(super) fn ack(&mut self, wait: i128) -> u64 {
        self.segment(wait, true, ACK, (1, 1), b"")
    }

    pub(super) fn explanation(mut self) -> Explanation {
        self.flows.finish();
        self.explainer.finish(&self.flows, &KNOWN)
    }

    /// The text of a chapter.
    pub(super) fn told(self, topic: Topic) -> String {
        let explanation = self.explanation();
        let of_topic = explanation.statements().filter(|(of, _)| *of == topic);
        of_topic.map(|(_, statement)| statement.to_string()).collect::<Vec<_>>().join(" ")
    }
}

#[track_caller]
pub(super) fn has(text: &str, wanted: &str) {
    assert!(text.contains(wanted), "{wanted:?} is not in:\n{text}");
}

#[track_caller]
pub(super) fn has_not(text: &str, unwanted: &str) {
    assert!(!text.contains(unwanted), "{unwanted:?} is in:\n{text}");
}
