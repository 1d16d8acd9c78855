//! All TCP connections of a capture: which are told in full, and what is said of the others.

use super::connections_statement::{ConnectionsStatement, service_name};
use super::explanation::{Chapter, Paragraph, Statement, ToldConnection, Topic};
use super::packet_list::{PacketList, PacketMoment};
use super::tcp::{TcpStatement, TcpStory, WatchedSegment};
use super::trouble::Trouble;
use crate::flow::{Endpoint, Side};
use crate::proto::IpProtocol;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::net::IpAddr;
use hashbrown::HashMap;

/// From so many connections of two hosts on that failed in the same way, they are told together.
const MANY_FAILED: usize = 4;

/// Most services of which the other connections are told.
const MOST_SERVICES: usize = 24;

/// Most ports that are named.
const MOST_PORTS: usize = 10;

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

    /// Segments of connections that are not followed.
    pub(super) fn not_followed(&self) -> u64 {
        self.not_followed
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
            [TcpStatement::Refused { .. }] => Some("refused"),
            [TcpStatement::Unanswered { .. }] => Some("unanswered"),
            [TcpStatement::HalfOpen { .. }] => Some("half_open"),
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
        service: service_name(port, IpProtocol::Tcp).map(ToString::to_string),
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
