//! All TCP connections of a capture: which are told in full, and what is said of the others.

use super::explanation::{Chapter, Paragraph, Statement, ToldConnection, Topic};
use super::packet_list::{Counted, Grouped, PacketList, PacketMoment, listed_of};
use super::statement_macro::statements;
use super::tcp::{TcpStatement, TcpStory, WatchedSegment};
use super::trouble::Trouble;
use crate::flow::{Endpoint, Side};
use crate::proto::IpProtocol;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;
use hashbrown::HashMap;

/// From so many connections of two hosts on that failed in the same way, they are told together.
const MANY_FAILED: usize = 4;

/// Most services of which the other connections are told.
const MOST_SERVICES: usize = 24;

/// Most ports that are named.
const MOST_PORTS: usize = 10;

statements! {
    /// What is said of several TCP connections.
    pub enum ConnectionsStatement {
        /// Attempts of a host to connect to another, which failed in the same way.
        Failed = "connections_failed" {
            /// Who began them.
            client: IpAddr,
            /// Whom it tried to reach.
            server: IpAddr,
            /// How they failed.
            how: &'static str,
            /// How many.
            count: u64,
            /// The first ports, at most 10.
            ports: Vec<u16>,
            /// How many ports.
            port_count: u64,
            /// The first packet of each.
            packets: PacketList,
        }
        /// Connections to a port that are not told one by one.
        Service = "connections_of_service" {
            /// The port of the server.
            port: u16,
            /// The name of its service, with the feature `services`.
            service: Option<String>,
            /// How many connections.
            count: u64,
            /// How many servers.
            servers: u64,
            /// How many clients.
            clients: u64,
            /// Bytes that clients sent.
            client_bytes: u64,
            /// Bytes that servers sent.
            server_bytes: u64,
            /// How many had trouble.
            troubled: u64,
            /// The first packet of each.
            packets: PacketList,
        }
        /// Connections of which it is not known who opened them, and which are not told one by one.
        Midway = "connections_midway" {
            /// How many.
            count: u64,
            /// How many had trouble.
            troubled: u64,
            /// The first packet of each.
            packets: PacketList,
        }
        /// Connections to further ports.
        More = "more_connections" {
            /// How many connections.
            count: u64,
        }
        /// Connections that were not followed, for want of memory.
        NotFollowed = "connections_not_followed" {
            /// How many segments.
            segments: u64,
        }
    }
}

impl fmt::Display for ConnectionsStatement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ConnectionsStatement::Failed { client, server, how, count, ports, port_count, packets } => {
                write!(f, "{client} tried {} to connect to {server}, ", super::tcp::Times(*count))?;
                match port_count {
                    1 => f.write_str("to port ")?,
                    _ => write!(f, "to {} ports: ", Grouped(*port_count))?,
                }
                listed_of(f, ports, *port_count)?;
                write!(f, ". {how} ({packets:#}).")
            }
            ConnectionsStatement::Service {
                port,
                service,
                count,
                servers,
                clients,
                client_bytes,
                server_bytes,
                troubled,
                packets,
            } => {
                write!(f, "{} to port {port}", Counted(*count, "more connection"))?;
                if let Some(service) = service {
                    write!(f, " ({service})")?;
                }
                write!(
                    f,
                    ", of {} to {}: {} from clients, {} from servers",
                    Counted(*clients, "client"),
                    Counted(*servers, "server"),
                    Counted(*client_bytes, "byte"),
                    Grouped(*server_bytes)
                )?;
                in_trouble(f, *troubled, packets)
            }
            ConnectionsStatement::Midway { count, troubled, packets } => {
                write!(f, "{} whose handshake is not in the capture", Counted(*count, "more connection"))?;
                in_trouble(f, *troubled, packets)
            }
            ConnectionsStatement::More { count } => {
                write!(f, "{} to other ports.", Counted(*count, "more connection"))
            }
            ConnectionsStatement::NotFollowed { segments } => write!(
                f,
                "{} of further connections are not told of: more connections than are followed.",
                Counted(*segments, "segment")
            ),
        }
    }
}

fn in_trouble(f: &mut fmt::Formatter<'_>, troubled: u64, packets: &PacketList) -> fmt::Result {
    match troubled {
        0 => write!(f, " (they begin in {packets:#})."),
        1 => write!(f, "; one of them had trouble (they begin in {packets:#})."),
        _ => write!(f, "; {} of them had trouble (they begin in {packets:#}).", Grouped(troubled)),
    }
}

/// The name of a service.
pub(super) fn service_name(port: u16, protocol: IpProtocol) -> Option<&'static str> {
    #[cfg(feature = "services")]
    return crate::services::service(port, protocol);
    #[cfg(not(feature = "services"))]
    {
        let _ = (port, protocol);
        None
    }
}

/// How many connections are followed and told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExplainSettings {
    /// How many connections are followed; of further ones, only the segments are counted. Each takes some kilobytes.
    pub followed_connections: usize,
    /// How many connections are told in full, whether they had trouble or not.
    pub told_connections: usize,
    /// How many more are told in full because they had trouble.
    pub told_troubled: usize,
}

impl Default for ExplainSettings {
    fn default() -> Self {
        ExplainSettings { followed_connections: 20_000, told_connections: 10, told_troubled: 20 }
    }
}

/// The connections of a capture.
#[derive(Debug, Default)]
pub(super) struct ConnectionTable {
    stories: HashMap<u64, TcpStory>,
    /// The last connection of two endpoints, the lower one first.
    last: HashMap<(Endpoint, Endpoint), u64>,
    not_followed: u64,
}

impl ConnectionTable {
    /// The connection of a segment, if it is followed.
    pub(super) fn of(&mut self, segment: &WatchedSegment<'_>, settings: &ExplainSettings) -> Option<&mut TcpStory> {
        let stream = segment.analysis.stream;
        if !self.stories.contains_key(&stream) && self.stories.len() >= settings.followed_connections {
            self.not_followed += 1;
            return None;
        }
        let ends = (segment.source.min(segment.destination), segment.source.max(segment.destination));
        Some(self.stories.entry(stream).or_insert_with(|| {
            self.last.insert(ends, stream);
            TcpStory::new(segment)
        }))
    }

    /// The last connection of two endpoints, and the side that the source is.
    pub(super) fn last_of(&self, source: Endpoint, destination: Endpoint) -> Option<(u64, Side)> {
        let stream = *self.last.get(&(source.min(destination), source.max(destination)))?;
        let story = self.stories.get(&stream)?;
        Some((stream, if story.endpoints.of(Side::First) == source { Side::First } else { Side::Second }))
    }

    /// A connection that was seen before.
    pub(super) fn known(&mut self, stream: u64) -> Option<&mut TcpStory> {
        self.stories.get_mut(&stream)
    }

    /// Which connections each client opened to each server, in order.
    pub(super) fn first_after(&self) -> OpenedConnections {
        let mut opened = OpenedConnections::default();
        for story in self.stories.values().filter(|story| story.has_client()) {
            let leader = story.leader();
            let [client, server] = [leader, leader.other()].map(|side| story.endpoints.of(side).address);
            opened.pairs.entry((client, server)).or_default().push((story.first_packet(), story.stream));
        }
        opened.pairs.values_mut().for_each(|streams| streams.sort_unstable());
        opened
    }

    /// Tells the connections, and notes what went wrong.
    pub(super) fn tell(self, settings: &ExplainSettings, end: PacketMoment, trouble: &mut Trouble) -> Option<Chapter> {
        let mut stories: Vec<_> = self.stories.into_values().filter(|story| story.is_selected).collect();
        stories.sort_by_key(|story| story.stream);
        let mut told: Vec<_> = stories
            .iter()
            .map(|story| {
                let statements = story.tell(end);
                let is_troubled = statements.iter().filter(|statement| trouble.of_tcp(statement)).count() > 0;
                ToldStory { story, statements, is_troubled }
            })
            .collect();
        let mut statements = Vec::new();
        failed_together(&mut told, &mut statements);
        let (mut plain, mut troubled, mut others) = (0, 0, Vec::new());
        let mut paragraphs = Vec::new();
        for ToldStory { story, statements, is_troubled } in told {
            let is_told = if plain < settings.told_connections {
                plain += 1;
                true
            } else if is_troubled && troubled < settings.told_troubled {
                troubled += 1;
                true
            } else {
                false
            };
            if !is_told {
                others.push((story, is_troubled));
                continue;
            }
            let leader = story.leader();
            let connection = Some(ToldConnection {
                stream: story.stream,
                first: story.endpoints.of(leader),
                second: story.endpoints.of(leader.other()),
                has_client: story.has_client(),
            });
            let statements = statements.into_iter().map(Statement::Tcp).collect();
            paragraphs.push(Paragraph { connection, statements });
        }
        by_service(&others, &mut statements);
        if self.not_followed > 0 {
            statements.push(ConnectionsStatement::NotFollowed { segments: self.not_followed });
        }
        paragraphs.extend(
            statements.into_iter().map(|statement| Paragraph {
                connection: None,
                statements: [Statement::Connections(statement)].into(),
            }),
        );
        (!paragraphs.is_empty()).then_some(Chapter { topic: Topic::Connections, paragraphs })
    }
}

/// Which connections each client opened to each server: the first packet and the number of each.
#[derive(Debug, Default)]
pub(super) struct OpenedConnections {
    pairs: HashMap<(IpAddr, IpAddr), Vec<(u64, u64)>>,
}

impl OpenedConnections {
    /// The first connection of a client to a server after a packet.
    pub(super) fn find(&self, client: IpAddr, server: IpAddr, packet: u64) -> Option<u64> {
        let streams = self.pairs.get(&(client, server))?;
        let next = streams.partition_point(|(first, _)| *first <= packet);
        streams.get(next).map(|(_, stream)| *stream)
    }
}

struct ToldStory<'s> {
    story: &'s TcpStory,
    statements: Vec<TcpStatement>,
    is_troubled: bool,
}

impl ToldStory<'_> {
    /// How the connection failed, if that is all that there is to tell.
    fn failure(&self) -> Option<&'static str> {
        match self.statements.as_slice() {
            [TcpStatement::Refused { .. }] => Some("All were refused with RST"),
            [TcpStatement::Unanswered { .. }] => Some("No answer to any is in the capture"),
            [TcpStatement::HalfOpen { .. }] => Some("All were answered with SYN-ACK, and no ACK followed"),
            _ => None,
        }
    }
}

/// Takes out connections of two hosts that failed in the same way, and tells them together.
fn failed_together(told: &mut Vec<ToldStory<'_>>, statements: &mut Vec<ConnectionsStatement>) {
    type Kind = (IpAddr, IpAddr, &'static str);
    let kind = |told: &ToldStory<'_>| -> Option<Kind> {
        let leader = told.story.leader();
        let address = |side| told.story.endpoints.of(side).address;
        Some((address(leader), address(leader.other()), told.failure()?))
    };
    let mut counts: HashMap<Kind, usize> = HashMap::new();
    for kind in told.iter().filter_map(kind) {
        *counts.entry(kind).or_default() += 1;
    }
    counts.retain(|_, count| *count >= MANY_FAILED);
    let mut together: Vec<(Kind, Vec<u16>, PacketList)> = Vec::new();
    let mut places: HashMap<Kind, usize> = HashMap::new();
    told.retain(|story| {
        let Some(kind) = kind(story).filter(|kind| counts.contains_key(kind)) else { return true };
        let place = *places.entry(kind).or_insert_with(|| {
            together.push((kind, Vec::new(), PacketList::default()));
            together.len() - 1
        });
        let (_, ports, packets) = &mut together[place];
        ports.push(story.story.endpoints.of(story.story.leader().other()).port);
        packets.push(story.story.first_packet());
        false
    });
    for ((client, server, how), mut ports, packets) in together {
        ports.sort_unstable();
        ports.dedup();
        let port_count = ports.len() as u64;
        ports.truncate(MOST_PORTS);
        let count = packets.count();
        statements.push(ConnectionsStatement::Failed { client, server, how, count, ports, port_count, packets });
    }
}

/// Connections of a service that are not told one by one.
#[derive(Default)]
struct ServiceSum {
    count: u64,
    troubled: u64,
    servers: Vec<IpAddr>,
    clients: Vec<IpAddr>,
    bytes: [u64; 2],
    packets: PacketList,
}

fn by_service(others: &[(&TcpStory, bool)], statements: &mut Vec<ConnectionsStatement>) {
    let mut services: HashMap<u16, ServiceSum> = HashMap::new();
    let mut midway = ServiceSum::default();
    for (story, is_troubled) in others {
        let leader = story.leader();
        let [client, server] = [leader, leader.other()].map(|side| story.endpoints.of(side));
        let sum = match story.has_client() {
            true => services.entry(server.port).or_default(),
            false => &mut midway,
        };
        sum.count += 1;
        sum.troubled += u64::from(*is_troubled);
        sum.servers.push(server.address);
        sum.clients.push(client.address);
        let [sent, received] = story.bytes();
        sum.bytes = [sum.bytes[0] + sent, sum.bytes[1] + received];
        sum.packets.push(story.first_packet());
    }
    let mut services: Vec<_> = services.into_iter().collect();
    services.sort_by_key(|(port, sum)| (core::cmp::Reverse(sum.count), *port));
    let rest = services.split_off(services.len().min(MOST_SERVICES));
    let distinct = |mut addresses: Vec<IpAddr>| {
        addresses.sort_unstable();
        addresses.dedup();
        addresses.len() as u64
    };
    statements.extend(services.into_iter().map(|(port, sum)| ConnectionsStatement::Service {
        port,
        service: service_name(port, IpProtocol::Tcp).map(|name| format!("{name}")),
        count: sum.count,
        servers: distinct(sum.servers),
        clients: distinct(sum.clients),
        client_bytes: sum.bytes[0],
        server_bytes: sum.bytes[1],
        troubled: sum.troubled,
        packets: sum.packets,
    }));
    if midway.count > 0 {
        let ServiceSum { count, troubled, packets, .. } = midway;
        statements.push(ConnectionsStatement::Midway { count, troubled, packets });
    }
    let more = rest.iter().map(|(_, sum)| sum.count).sum();
    if more > 0 {
        statements.push(ConnectionsStatement::More { count: more });
    }
}
