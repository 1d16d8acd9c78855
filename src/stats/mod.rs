//! Statistics of captures: what an unknown capture has, counted packet by packet.
//!
//! [`CaptureStatistics`] takes the packets in order, and counts the parts that are asked for: protocols
//! ([`ProtocolHierarchy`]), who talked to whom ([`ConversationTables`]), response times ([`ResponseStatistics`]), issues
//! ([`IssueCounts`]), DNS (`DnsStatistics`), traffic over time ([`TrafficOverTime`]). `CaptureSummary` is what the file says
//! of itself. Nothing here prints. Memory is bounded: each type says by what, and counts what did not fit.
//!
//! Bytes are those of whole packets as they were on the wire, from the link header on.

mod capture_statistics;
#[cfg(feature = "capture")]
mod capture_summary;
mod conversation_tables;
#[cfg(feature = "applications")]
mod dns_statistics;
mod duration_histogram;
mod issue_counts;
mod pair_table;
mod protocol_hierarchy;
mod response_statistics;
mod traffic;
mod traffic_over_time;

pub use capture_statistics::{CaptureStatistics, CountedPacket};
#[cfg(feature = "capture")]
pub use capture_summary::{CaptureSummary, InterfaceRow};
pub use conversation_tables::{
    AddressKind, ConnectionStatistics, ConversationStatistics, ConversationTables, EndpointStatistics, NetworkEnd,
};
#[cfg(feature = "applications")]
pub use dns_statistics::{DnsStatistics, Spread};
pub use duration_histogram::DurationHistogram;
pub use issue_counts::{IssueCounts, IssueRow};
pub use protocol_hierarchy::{HierarchyRow, ProtocolHierarchy};
pub use response_statistics::{ResponseRow, ResponseStatistics};
pub use traffic::Traffic;
pub use traffic_over_time::TrafficOverTime;
