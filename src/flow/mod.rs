//! What one packet cannot say: conversations, the analysis of TCP, and transactions.
//!
//! [`Flows`] takes the packets of a capture in order. For each TCP and UDP header in them it says which conversation the
//! packet belongs to, and for TCP what the segment means there: relative numbers, the scaled window, retransmissions,
//! lost segments, round-trip times. Numbers of conversations and the words for segments are Wireshark's. Of DNS, HTTP,
//! DHCP, ICMP and ARP it says which request a response belongs to, and how long it took.
//!
//! ```
//! use packetsmith::flow::{Flows, PacketInfo, FlowSettings, TcpFindings};
//! use packetsmith::proto::transport::TcpFlags;
//! use packetsmith::{Ipv4, Stack, Tcp, examine};
//! let segment = |seq, flags| {
//!     let ip = Ipv4::build().src([10, 0, 0, 1].into()).dst([10, 0, 0, 2].into());
//!     let tcp = Tcp::build().src_port(40000).dst_port(80).seq(seq).flags(flags);
//!     Stack::new().push(ip).push(tcp).payload(if flags == TcpFlags::SYN { b"" } else { b"GET /" }).finish().unwrap()
//! };
//! let packets = [segment(999, TcpFlags::SYN), segment(1000, TcpFlags::ACK), segment(1000, TcpFlags::ACK)];
//! let mut flows = Flows::new(FlowSettings::default());
//! for (packet, milliseconds) in packets.iter().zip([0, 20, 300]) {
//!     let info = PacketInfo { number: flows.packets() + 1, time: Some(milliseconds * 1_000_000), ..PacketInfo::default() };
//!     flows.packet(info, examine(101, packet));
//! }
//! // The third packet repeats the second.
//! let segment = flows.segments().next().unwrap();
//! assert_eq!((segment.stream, segment.seq), (0, 1));
//! assert!(segment.findings.contains(TcpFindings::RETRANSMISSION));
//! // Nothing was acknowledged, so the time runs from the first packet.
//! assert_eq!(segment.retransmission_timeout.unwrap().nanos, 300_000_000);
//! ```

#[cfg(feature = "std")]
mod analysis;
#[cfg(feature = "std")]
mod announced;
#[cfg(feature = "std")]
mod begun_request;
#[cfg(feature = "std")]
mod bounded_table;
#[cfg(feature = "std")]
mod capture_time;
#[cfg(feature = "std")]
mod connection;
#[cfg(feature = "std")]
mod direction;
#[cfg(feature = "std")]
mod duplicate_addresses;
mod endpoint;
mod fields;
mod findings;
#[cfg(feature = "std")]
mod flows;
#[cfg(all(feature = "std", feature = "applications"))]
mod http_message;
#[cfg(feature = "std")]
mod messages;
mod results;
#[cfg(feature = "std")]
mod settings;
#[cfg(feature = "std")]
mod stream_assembler;
#[cfg(feature = "std")]
mod stream_position;
#[cfg(feature = "std")]
mod tcp_segment;
mod transaction;
#[cfg(feature = "std")]
mod transaction_message;
#[cfg(feature = "std")]
mod transactions;
#[cfg(feature = "std")]
mod udp_beginnings;
#[cfg(feature = "std")]
mod udp_conversation;
#[cfg(feature = "std")]
mod unacknowledged;

#[cfg(feature = "std")]
pub use begun_request::BegunRequest;
#[cfg(feature = "std")]
pub use connection::{TcpConnection, TcpState};
#[cfg(feature = "std")]
pub use endpoint::Endpoints;
pub(crate) use endpoint::FTP_CONTROL_PORT;
pub use endpoint::{Endpoint, Side};
pub use fields::{FlowField, FlowKind};
pub use findings::{TcpCompleteness, TcpFindings};
#[cfg(feature = "std")]
pub use flows::{Conversation, Flows, FollowedPacket, PacketInfo};
#[cfg(feature = "decompress")]
pub use messages::{ContentEnd, HttpContent};
#[cfg(feature = "std")]
pub use messages::{MessageEnd, MessageSegment, MessageSettings, StreamMessage};
pub use results::{
    Acknowledged, DuplicateAck, DuplicateAddress, FlowLayer, LayerAnalysis, RetransmissionTimeout, TcpAnalysis,
    UdpAnalysis, WindowScale, of_walk,
};
#[cfg(feature = "std")]
pub use settings::{FlowSettings, Separation};
#[cfg(feature = "std")]
pub use stream_assembler::{StreamAssembler, StreamEvent, StreamSettings};
#[cfg(feature = "std")]
pub use tcp_segment::TcpSegment;
pub use transaction::{TransactionAnalysis, TransactionProtocol, TransactionRole, UnknownTransactionProtocol};
#[cfg(feature = "std")]
pub use transactions::UnansweredRequest;
#[cfg(feature = "std")]
pub use udp_conversation::UdpConversation;
