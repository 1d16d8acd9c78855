//! What is said of several TCP connections.

use super::packet_list::{CountOf, Grouped, PacketList, listed_of};
use super::statement_macro::statements;
use super::tcp::Times;
use crate::proto::IpProtocol;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

statements! {
    /// What is said of several TCP connections.
    pub enum ConnectionsStatement {
        /// Attempts of a host to connect to another, which failed in the same way.
        Failed = "connections_failed" {
            /// Who began them.
            client: IpAddr,
            /// Whom it tried to reach.
            server: IpAddr,
            /// How they failed: `refused`, `unanswered` or `half_open`.
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
                write!(f, "{client} tried {} to connect to {server}, ", Times(*count))?;
                match port_count {
                    1 => f.write_str("to port ")?,
                    _ => write!(f, "to {} ports: ", Grouped(*port_count))?,
                }
                listed_of(f, ports, *port_count)?;
                let how = match *how {
                    "refused" => "All were refused with RST",
                    "unanswered" => "No answer to any is in the capture",
                    _ => "All were answered with SYN-ACK, and no ACK followed",
                };
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
                write!(f, "{} to port {port}", CountOf(*count, "more connection"))?;
                if let Some(service) = service {
                    write!(f, " ({service})")?;
                }
                write!(
                    f,
                    ", of {} to {}: {} from clients, {} from servers",
                    CountOf(*clients, "client"),
                    CountOf(*servers, "server"),
                    CountOf(*client_bytes, "byte"),
                    Grouped(*server_bytes)
                )?;
                in_trouble(f, *troubled, packets)
            }
            ConnectionsStatement::Midway { count, troubled, packets } => {
                write!(f, "{} whose handshake is not in the capture", CountOf(*count, "more connection"))?;
                in_trouble(f, *troubled, packets)
            }
            ConnectionsStatement::More { count } => {
                write!(f, "{} to other ports.", CountOf(*count, "more connection"))
            }
            ConnectionsStatement::NotFollowed { segments } => write!(
                f,
                "{} of further connections are not told of: more connections than are followed.",
                CountOf(*segments, "segment")
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
