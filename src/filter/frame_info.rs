//! What a filter can ask of a packet beside its bytes.

use crate::flow::FlowLayer;

/// What the capture says about a packet: number, time and the like, for the names that begin with `frame.`. What is not
/// known is not there: `frame.number == 5` passes no packet without a number.
///
/// ```
/// use packetsmith::{Filter, FrameInfo, examine};
/// let filter = Filter::parse("frame.number in {1..3} && frame.time_relative < 0.5").unwrap();
/// let info = FrameInfo { number: Some(2), since_first: Some(250_000_000), ..FrameInfo::default() };
/// assert!(filter.matches_with(&info, [examine(1, &[0; 60])]));
/// assert!(!filter.matches(examine(1, &[0; 60])), "neither number nor time are known");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FrameInfo<'i> {
    /// Number of the packet in the capture, from 1: `frame.number`.
    pub number: Option<u64>,
    /// Time of capture in nanoseconds since 1970: `frame.time` and `frame.time_epoch`.
    pub time: Option<i128>,
    /// Nanoseconds since the first packet: `frame.time_relative`.
    pub since_first: Option<i128>,
    /// Nanoseconds since the packet before: `frame.time_delta`.
    pub since_previous: Option<i128>,
    /// Nanoseconds since the packet before that passed the filter: `frame.time_delta_displayed`. Who filters knows it; 0 of the
    /// first.
    pub since_displayed: Option<i128>,
    /// Number of the section of a pcapng file, from 1: `frame.section_number`.
    pub section: Option<u64>,
    /// Number of the interface, from 0: `frame.interface_id`.
    pub interface: Option<u32>,
    /// Link type, by its number in capture files: `frame.encap_type`, which has numbers of its own.
    pub link_type: Option<u16>,
    /// Comments: `frame.comment`.
    pub comments: &'i [&'i str],
    /// What [`Flows`](crate::flow::Flows) found out about the layers: `tcp.stream`, `tcp.analysis`, `dns.time`
    /// and others.
    pub flows: &'i [FlowLayer],
}
