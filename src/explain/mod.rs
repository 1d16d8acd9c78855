//! What happened in a capture, told in sentences: hosts and their roles, connections, fragments, and what went wrong.
//!
//! [`Explainer`] takes the packets of a capture in order, beside [`Flows`](crate::flow::Flows). In the end it gives an
//! [`Explanation`]: chapters of statements. A [`Statement`] is a value with typed members and the numbers of its packets; its
//! text is English. What a statement says is what the packets show. What is not in the capture is said to be not in the
//! capture, and no more.

mod addresses;
mod connections;
mod connections_statement;
mod explainer;
mod explanation;
mod fragments;
mod icmp;
mod icmp_error;
mod leases;
mod name_messages;
mod names;
mod packet_list;
mod packet_walk;
mod rest;
mod roles;
mod said;
mod statement_macro;
mod summary;
mod taken;
mod tcp;
mod trouble;

pub use addresses::AddressStatement;
pub use connections::ExplainSettings;
pub use connections_statement::ConnectionsStatement;
pub use explainer::{ExplainedPacket, Explainer};
pub use explanation::{Chapter, Explanation, Paragraph, Statement, ToldConnection, Topic};
pub use fragments::FragmentStatement;
pub use icmp::IcmpStatement;
pub use leases::LeaseStatement;
pub use name_messages::NameMessageStatement;
pub use names::NameStatement;
pub use packet_list::{Grouped, Nanos, PacketList};
pub use rest::RestStatement;
pub use roles::{HostRole, HostStatement};
pub use statement_macro::{MemberVisitor, StatementMember, StatementRecord};
pub use summary::SummaryStatement;
pub use tcp::{AfterError, Party, ResetMoment, TcpStatement};
