//! What is told: chapters of paragraphs of statements.

use super::addresses::AddressStatement;
use super::connections_statement::ConnectionsStatement;
use super::fragments::FragmentStatement;
use super::icmp::IcmpStatement;
use super::leases::LeaseStatement;
use super::name_messages::NameMessageStatement;
use super::names::NameStatement;
use super::rest::RestStatement;
use super::roles::HostStatement;
use super::statement_macro::MemberVisitor;
use super::summary::SummaryStatement;
use super::tcp::TcpStatement;
use crate::flow::Endpoint;
use alloc::vec::Vec;
use core::fmt;

/// A statement: what the packets of a capture show. It has typed members; its [`Display`](fmt::Display) is one sentence or
/// more. Text from packets is in it as it is: escape it for a terminal, as
/// [`TerminalText`](crate::output::TerminalText) does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Statement {
    /// Of the capture, and of what went wrong.
    Summary(SummaryStatement),
    /// Of a host.
    Host(HostStatement),
    /// Of DHCP.
    Lease(LeaseStatement),
    /// Of ARP and Neighbor Discovery.
    Address(AddressStatement),
    /// Of names.
    Name(NameStatement),
    /// Of messages of DNS that are no lookups.
    NameMessage(NameMessageStatement),
    /// Of a TCP connection.
    Tcp(TcpStatement),
    /// Of several TCP connections.
    Connections(ConnectionsStatement),
    /// Of fragments.
    Fragment(FragmentStatement),
    /// Of ICMP.
    Icmp(IcmpStatement),
    /// Of what is not explained.
    Rest(RestStatement),
}

/// Calls something with the statement that a variant has.
macro_rules! with_inner {
    ($statement:expr, $inner:ident => $what:expr) => {
        match $statement {
            Statement::Summary($inner) => $what,
            Statement::Host($inner) => $what,
            Statement::Lease($inner) => $what,
            Statement::Address($inner) => $what,
            Statement::Name($inner) => $what,
            Statement::NameMessage($inner) => $what,
            Statement::Tcp($inner) => $what,
            Statement::Connections($inner) => $what,
            Statement::Fragment($inner) => $what,
            Statement::Icmp($inner) => $what,
            Statement::Rest($inner) => $what,
        }
    };
}

impl Statement {
    /// What kind of statement it is: a name in lower case, with `_` between words.
    pub fn kind(&self) -> &'static str {
        with_inner!(self, inner => inner.kind())
    }

    /// Passes the name and the value of each member.
    pub fn members(&self, visit: &mut MemberVisitor<'_>) {
        with_inner!(self, inner => inner.members(visit));
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        with_inner!(self, inner => fmt::Display::fmt(inner, f))
    }
}

/// What a chapter is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Topic {
    /// How much there is, and what went wrong.
    Summary,
    /// Hosts and their roles.
    Hosts,
    /// Who got which address, and who asked for whose MAC address.
    Addresses,
    /// Lookups of names.
    Names,
    /// TCP connections.
    Connections,
    /// Fragments of IP.
    Fragments,
    /// Echo requests, and errors about packets.
    Icmp,
    /// What is not explained.
    Rest,
}

impl Topic {
    /// A name in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Topic::Summary => "summary",
            Topic::Hosts => "hosts",
            Topic::Addresses => "addresses",
            Topic::Names => "names",
            Topic::Connections => "connections",
            Topic::Fragments => "fragments",
            Topic::Icmp => "icmp",
            Topic::Rest => "not_explained",
        }
    }
}

/// The heading of a chapter.
impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Topic::Summary => "In short",
            Topic::Hosts => "Hosts",
            Topic::Addresses => "Addresses",
            Topic::Names => "Names",
            Topic::Connections => "TCP connections",
            Topic::Fragments => "Fragments",
            Topic::Icmp => "ICMP",
            Topic::Rest => "What is not explained",
        })
    }
}

/// The connection that a paragraph is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldConnection {
    /// Its number, from 0: `tcp.stream`.
    pub stream: u64,
    /// The client, or the side that sent the first packet.
    pub first: Endpoint,
    /// The server, or the other side.
    pub second: Endpoint,
    /// Whether it is known who opened it.
    pub has_client: bool,
}

/// `Connection 3: 192.0.2.1:49152 to 192.0.2.2:80 (http)`. The name of the service, by the port, needs the feature `services`.
impl fmt::Display for ToldConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let between = if self.has_client { "to" } else { "and" };
        write!(f, "Connection {}: {} {between} {}", self.stream, self.first, self.second)?;
        match super::connections_statement::service_name(self.second.port, crate::proto::IpProtocol::Tcp)
            .filter(|_| self.has_client)
        {
            Some(name) => write!(f, " ({name})"),
            None => Ok(()),
        }
    }
}

/// Statements that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The connection that they are about.
    pub connection: Option<ToldConnection>,
    /// The statements, in the order in which they are told.
    pub statements: Vec<Statement>,
}

/// A chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chapter {
    /// What it is about.
    pub topic: Topic,
    /// Its paragraphs.
    pub paragraphs: Vec<Paragraph>,
}

impl Chapter {
    /// A chapter with a paragraph for each statement. `None` if there are none.
    pub(super) fn of<T>(topic: Topic, statements: Vec<T>, wrap: impl Fn(T) -> Statement) -> Option<Self> {
        Chapter::joined(topic, statements.into_iter().map(wrap))
    }

    /// A chapter with a paragraph for each statement. `None` if there are none.
    pub(super) fn joined(topic: Topic, statements: impl Iterator<Item = Statement>) -> Option<Self> {
        let paragraph = |statement| Paragraph { connection: None, statements: [statement].into() };
        let paragraphs: Vec<_> = statements.map(paragraph).collect();
        (!paragraphs.is_empty()).then_some(Chapter { topic, paragraphs })
    }
}

/// What happened in a capture, in chapters. Its [`Display`](fmt::Display) is text with a paragraph a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The chapters that have something to tell.
    pub chapters: Vec<Chapter>,
}

impl Explanation {
    /// All statements, with the topics of their chapters.
    pub fn statements(&self) -> impl Iterator<Item = (Topic, &Statement)> {
        self.chapters.iter().flat_map(|chapter| {
            let statements = chapter.paragraphs.iter().flat_map(|paragraph| &paragraph.statements);
            statements.map(|statement| (chapter.topic, statement))
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chapter in &self.chapters {
            writeln!(f, "{}", chapter.topic)?;
            for paragraph in &chapter.paragraphs {
                if let Some(connection) = &paragraph.connection {
                    writeln!(f, "{connection}")?;
                }
                for (n, statement) in paragraph.statements.iter().enumerate() {
                    f.write_str(if n > 0 { " " } else { "" })?;
                    write!(f, "{statement}")?;
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
