//! The interface by which a host is reached: builds frames to the host, sends them, and shows what comes back.

use super::common::{Common, ProbeError, Shown};
use super::route::{Route, unspecified};
use super::target::Target;
use crate::interface_errors::cannot_open;
use crate::output::Output;
use crate::read::{Arguments as ReadArguments, Lines};
use crate::signals;
use netlink_packet_route::route::RouteType;
use packetsmith::ip::Fragmenter;
use packetsmith::live::{Capture, OpenError, Sender, interfaces};
use packetsmith::output::Style;
use packetsmith::{Columns, Ethernet, Filter, FrameInfo, MacAddr, Packet, Stack, examine};
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant, SystemTime};

/// Longest wait before signals are looked at.
const NAP: Duration = Duration::from_millis(50);

/// Link type of Ethernet.
const ETHERNET: u16 = 1;

/// Link type of IP packets without a header of a link.
const RAW_IP: u16 = 101;

/// Requests for a MAC address, one a second.
const REQUESTS: usize = 3;

/// What sends.
enum Way {
    /// An interface with Ethernet: frames to a MAC address, once it is known.
    Ethernet { sender: Sender, source: MacAddr, destination: Option<MacAddr> },
    /// An interface whose frames are IP packets.
    Packets(Sender),
    /// This machine itself: the kernel takes IP packets, and they pass the loopback interface.
    Local { socket: Socket, target: SocketAddr },
}

/// A frame of the exchange.
pub struct Seen {
    frame: Vec<u8>,
    link_type: u16,
    /// When it passed the interface.
    time: SystemTime,
}

impl Seen {
    /// An IP packet of our own.
    pub fn of_packet(packet: Vec<u8>) -> Self {
        Seen { frame: packet, link_type: RAW_IP, time: SystemTime::UNIX_EPOCH }
    }

    /// The first value of a field, as `-T fields` prints it; empty if the frame has none.
    pub fn value(&self, field: &str) -> String {
        self.all(field).into_iter().next().unwrap_or_default()
    }

    /// All values of a field.
    pub fn all(&self, field: &str) -> Vec<String> {
        let Ok(columns) = Columns::parse([field]) else { return Vec::new() };
        let mut reader = columns.read(&FrameInfo::default());
        reader.walk(examine(self.link_type, &self.frame));
        reader.finish().values(0).map(|value| value.to_string()).collect()
    }

    /// All values of a field, with commas between them.
    pub fn values(&self, field: &str) -> String {
        self.all(field).join(", ")
    }

    /// The first value of a field that is a number.
    pub fn number(&self, field: &str) -> Option<u32> {
        self.value(field).parse().ok()
    }
}

/// Exchanges packets with a host.
pub struct Link<'a> {
    way: Way,
    receiver: Capture,
    lines: Lines<'a>,
    output: Output,
    pub route: Route,
    /// Longest wait for an answer.
    pub timeout: Duration,
    /// When the last packet was sent.
    sent: Option<Instant>,
    /// The same by the clock of the kernel, by which frames have times; of its first fragment if it was split.
    asked: Asked,
    /// Identification of the next IPv4 packet.
    identification: u16,
}

/// When a packet was sent, by the clock of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// It has not passed the interface yet. Until it does: when it was handed to the kernel.
    Waiting(SystemTime),
    At(SystemTime),
}

/// Parses a filter of this program's own.
pub fn filter(text: &str) -> Result<Filter, ProbeError> {
    text.parse().map_err(|error| ProbeError::Message(format!("{text}: {error}")))
}

/// Number that distinguishes this run from others.
pub fn random_number() -> u32 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let mixed = (since.as_nanos() as u64 ^ u64::from(std::process::id()) << 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 32) as u32
}

impl<'a> Link<'a> {
    /// Opens the interface by which packets to an address go.
    pub fn to(host: &Target, common: &Common, read: &'a ReadArguments, style: Style) -> Result<Self, ProbeError> {
        let target = host.address;
        let route = Route::to(target, host.interface.as_deref())?;
        if route.kind == RouteType::Local {
            let domain = Domain::for_address(SocketAddr::new(target, 0));
            let unopened = |error| ProbeError::Message(cannot_open(&OpenError::of(&route.interface, error)));
            let socket = raw_socket(domain).map_err(unopened)?;
            let way = Way::Local { socket, target: SocketAddr::new(target, 0) };
            return Self::new(way, route, common, read, style);
        }
        Self::by(route, common, read, style)
    }

    /// Opens the interface of a route.
    pub fn by(route: Route, common: &Common, read: &'a ReadArguments, style: Style) -> Result<Self, ProbeError> {
        let name = &route.interface;
        if interfaces().iter().any(|interface| interface.name == *name && interface.loopback) {
            return Err(format!(
                "{name}: its packets stay on this machine; name the interface that leads to the others"
            )
            .into());
        }
        let sender = Sender::open(&route.interface);
        let sender = sender.map_err(|error| ProbeError::Message(cannot_open(&error)))?;
        let way = match sender.link_type() {
            ETHERNET => {
                let source = sender.mac().unwrap_or_default();
                Way::Ethernet { sender, source, destination: None }
            }
            _ => Way::Packets(sender),
        };
        Self::new(way, route, common, read, style)
    }

    fn new(way: Way, route: Route, common: &Common, read: &'a ReadArguments, style: Style) -> Result<Self, ProbeError> {
        signals::watch();
        let name = &route.interface;
        // An answer is to be seen when it comes. No IP packet is longer than that, so the buffer has many blocks.
        let capture = Capture::builder().interface(name).longest_delay(Duration::ZERO);
        let receiver = capture.snap_len(70_000).buffer(4 << 20).open();
        let receiver = receiver.map_err(|error| ProbeError::Message(cannot_open(&error)))?;
        let mut output = Output::new();
        output.eager = true;
        let lines = Lines::new(read, style, &output)?;
        let (timeout, identification) = (common.timeout, random_number() as u16 | 1);
        Ok(Link {
            way,
            receiver,
            lines,
            output,
            route,
            timeout,
            sent: None,
            asked: Asked::At(SystemTime::UNIX_EPOCH),
            identification,
        })
    }

    /// The address that packets come from.
    pub fn source(&self) -> Result<IpAddr, ProbeError> {
        let name = &self.route.interface;
        let message = || ProbeError::Message(format!("{name}: has no address that packets could come from"));
        self.route.source.ok_or_else(message)
    }

    /// The MAC address of the interface, if its frames have any.
    pub fn mac(&self) -> Option<MacAddr> {
        match &self.way {
            Way::Ethernet { source, .. } => Some(*source),
            _ => None,
        }
    }

    /// Says something about the exchange, below its packets.
    pub fn tell(&mut self, text: &str) -> io::Result<()> {
        self.output.put(text.as_bytes())?;
        self.output.put(b"\n")
    }

    /// Finds the MAC address of the host, or of the router before it, with requests that are shown. `false` if nobody answers.
    pub fn resolve(&mut self, target: IpAddr) -> Result<bool, ProbeError> {
        if !matches!(self.way, Way::Ethernet { .. }) {
            return Ok(true);
        }
        let hop = self.route.next_hop(target);
        let Some(reply) = self.ask_for_mac(hop)? else {
            let what = if hop == target { "" } else { ", the router before it," };
            self.tell(&format!("{hop}{what} did not answer {REQUESTS} requests for its MAC address."))?;
            return Ok(false);
        };
        let mac = mac_of(&reply);
        if let Way::Ethernet { destination, .. } = &mut self.way {
            *destination = mac;
        }
        // The question itself may follow at once, as after the kernel's own requests.
        self.sent = None;
        Ok(mac.is_some())
    }

    /// Asks who has an address on the link, up to three times.
    pub fn ask_for_mac(&mut self, address: IpAddr) -> Result<Option<Seen>, ProbeError> {
        let Some(mac) = self.mac() else { return Ok(None) };
        // An interface without an address asks as a host that probes for its own (RFC 5227 §2.1.1).
        let source = self.route.source.unwrap_or(unspecified(address));
        let (question, ours, answer) = match address {
            IpAddr::V4(_) => (
                format!(
                    "ethernet src={mac} dst=ff:ff:ff:ff:ff:ff / arp operation=request sender_hardware={mac} \
                     sender_protocol={source} target_protocol={address}"
                ),
                format!(
                    "arp && eth.addr == {mac} && (arp.src.proto_ipv4 == {address} || arp.dst.proto_ipv4 == {address})"
                ),
                format!("arp.opcode == 2 && arp.src.proto_ipv4 == {address}"),
            ),
            IpAddr::V6(v6) => {
                let [.., a, b, c] = v6.octets();
                let group = Ipv6Addr::from([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c]);
                (
                    format!(
                        "ethernet src={mac} dst=33:33:ff:{a:02x}:{b:02x}:{c:02x} / ipv6 src={source} dst={group} \
                         hop_limit=255 / icmpv6 type=135 target={address} options=[{{type=1 address={mac}}}]"
                    ),
                    format!(
                        "eth.addr == {mac} && (icmpv6.nd.ns.target_address == {address} || icmpv6.nd.na.target_address == {address})"
                    ),
                    format!("icmpv6.type == 136 && icmpv6.nd.na.target_address == {address}"),
                )
            }
        };
        let (ours, answer) = (filter(&ours)?, filter(&answer)?);
        let frame = build(&question)?;
        for _ in 0..REQUESTS {
            self.pace(Duration::from_secs(1));
            if signals::ended() {
                break;
            }
            self.send_frame(&frame)?;
            if let Some((reply, _)) = self.wait(self.timeout.min(Duration::from_secs(1)), &ours, [&answer])? {
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    /// How long after the last packet was sent a frame came.
    pub fn after(&self, seen: &Seen) -> Shown {
        let (Asked::Waiting(asked) | Asked::At(asked)) = self.asked;
        Shown(seen.time.duration_since(asked).unwrap_or_default())
    }

    /// Waits until some time has passed since the last packet was sent.
    pub fn pace(&mut self, interval: Duration) {
        while let Some(sent) = self.sent {
            let left = interval.saturating_sub(sent.elapsed());
            if left.is_zero() || signals::ended() {
                break;
            }
            std::thread::sleep(left.min(NAP));
        }
    }

    /// Sends an IP packet that is written as text, its IP header included, in fragments if it is longer than the MTU.
    pub fn send(&mut self, text: &str, mtu: usize) -> Result<(), ProbeError> {
        let packet = build(text)?;
        self.asked = Asked::Waiting(SystemTime::now());
        if packet.len() <= mtu {
            return self.send_packet(&packet);
        }
        let fragments = Fragmenter::new(mtu).identification(random_number()).split(&packet);
        let fragments = fragments.map_err(|error| ProbeError::Message(error.to_string()))?;
        fragments.into_iter().try_for_each(|fragment| self.send_packet(&fragment.to_vec()))
    }

    fn send_packet(&mut self, packet: &[u8]) -> Result<(), ProbeError> {
        let Way::Ethernet { source, destination, .. } = &self.way else { return self.transmit(packet) };
        let destination = destination.unwrap_or(MacAddr::BROADCAST);
        let ethertype: u16 = if packet.first().is_some_and(|byte| byte >> 4 == 6) { 0x86dd } else { 0x0800 };
        let ethernet = Ethernet::build().src(*source).dst(destination).ethertype(ethertype.into());
        let frame = Stack::new().push(ethernet).payload(packet).finish();
        self.transmit(&frame.map_err(|error| ProbeError::Message(error.to_string()))?)
    }

    /// Sends a frame as it is.
    pub fn send_frame(&mut self, frame: &[u8]) -> Result<(), ProbeError> {
        self.asked = Asked::Waiting(SystemTime::now());
        self.transmit(frame)
    }

    fn transmit(&mut self, frame: &[u8]) -> Result<(), ProbeError> {
        let sent = match &mut self.way {
            Way::Ethernet { sender, .. } | Way::Packets(sender) => sender.send(frame),
            Way::Local { socket, target } => socket.send_to(frame, &(*target).into()).map(|_| ()),
        };
        self.sent = Some(Instant::now());
        sent.map_err(|error| ProbeError::Message(format!("{}: cannot send: {error}", self.route.interface)))
    }

    /// Identification for the next IPv4 packet. Never 0, for which the kernel would choose one.
    pub fn next_identification(&mut self) -> u16 {
        self.identification = self.identification.wrapping_add(1).max(1);
        self.identification
    }

    /// The IP header of the next packet to a host, as text.
    pub fn ip_header(&mut self, source: IpAddr, target: IpAddr, ttl: u8) -> String {
        match target {
            IpAddr::V4(_) => {
                let id = self.next_identification();
                format!("ipv4 src={source} dst={target} identification={id} ttl={ttl}")
            }
            IpAddr::V6(_) => format!("ipv6 src={source} dst={target} hop_limit={ttl}"),
        }
    }

    /// Shows what comes and passes the filter `ours`, until a frame passes one of those that are asked. `None` if none does in time.
    pub fn wait<const N: usize>(
        &mut self,
        time: Duration,
        ours: &Filter,
        asked: [&Filter; N],
    ) -> Result<Option<(Seen, [bool; N])>, ProbeError> {
        let (end, last) = (Instant::now() + time, SystemTime::now() + time);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let Link { receiver, lines, output, route, asked: asked_at, .. } = self;
            let frame = match receiver.next_frame(left.min(NAP)) {
                Ok(frame) => frame,
                Err(error) => return Err(ProbeError::Message(format!("{}: cannot be read: {error}", route.interface))),
            };
            if let Some(frame) = frame {
                let passes = lines.frame(&frame, ours, asked, output)?;
                // The first frame after a packet was sent is that packet.
                if let (Some(_), Asked::Waiting(_)) = (passes, *asked_at) {
                    *asked_at = Asked::At(frame.time);
                }
                if let Some(passes) = passes.filter(|passes| passes.contains(&true)) {
                    let link_type = frame.interface.link_type;
                    let seen = Seen { frame: frame.data.to_vec(), link_type, time: frame.time };
                    return Ok(Some((seen, passes)));
                }
                // Where frames come all the time, the wait ends with the first that is too late.
                if frame.time > last || signals::ended() {
                    return Ok(None);
                }
            } else if left.is_zero() || signals::ended() {
                return Ok(None);
            }
        }
    }

    /// Ends the exchange, and completes the capture file.
    pub fn finish(self) -> Result<(), ProbeError> {
        match self.lines.finish() {
            true => Ok(()),
            // The message is printed.
            false => Err(ProbeError::Message("the packets were not written to the capture file".into())),
        }
    }
}

/// A socket for IP packets with their headers.
fn raw_socket(domain: Domain) -> io::Result<Socket> {
    const RAW: i32 = 255;
    let socket = Socket::new(domain, Type::RAW, Some(Protocol::from(RAW)))?;
    match domain {
        Domain::IPV4 => socket.set_header_included_v4(true)?,
        _ => socket.set_header_included_v6(true)?,
    }
    Ok(socket)
}

/// Builds a packet of text.
pub fn build(text: &str) -> Result<Vec<u8>, ProbeError> {
    let built = text.parse::<Packet>().map_err(|error| error.to_string());
    built.and_then(|mut packet| packet.build().map_err(|error| error.to_string())).map_err(ProbeError::Message)
}

/// The MAC address that an ARP reply or a neighbour advertisement gives.
pub fn mac_of(reply: &Seen) -> Option<MacAddr> {
    let fields = ["arp.src.hw_mac", "icmpv6.opt.linkaddr", "eth.src"];
    fields.iter().find_map(|field| reply.value(field).parse().ok())
}
