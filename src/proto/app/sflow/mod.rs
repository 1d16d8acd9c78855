//! sFlow version 5 over UDP: "sFlow Version 5", July 2004, <https://sflow.org/sflow_version_5.txt>, written in XDR
//! (RFC 4506).
//!
//! Versions 2 and 4 (RFC 3176) are recognized and kept as data.

pub(crate) mod counter_records;
pub(crate) mod flow_records;
mod items;
pub(crate) mod samples;
pub(crate) mod xdr;

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{IssueKind, LayerContext, NextProtocol, ParseDefect, ParsedHeader, Protocol, Report};
use crate::layer::{Rule, rules};
use crate::proto::app::sflow::flow_records::{SflowFlowRecord, SflowSampledHeader};
use crate::proto::app::sflow::samples::SflowSample;
use crate::proto::app::sflow::xdr::{SflowAddressType, SflowList};
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Cursor, Schema, Span, TaggedEnum, TlvContents, TlvItem, Tlvs};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Visitor, header, show_message, tagged_enum};
use core::net::{Ipv4Addr, Ipv6Addr};

header! {
    /// Version of an sFlow datagram, and type of the agent's address. The rest is the [`message`](SflowEdit::message): a
    /// [`SflowDatagram`](crate::proto::app::SflowDatagram).
    ///
    /// ```
    /// use packetsmith::proto::app::SflowDatagram;
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// let bytes = [0, 0, 0, 5, 0, 0, 0, 1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0xea, 0x60, 0, 0, 0, 0];
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(6343), &bytes)).next().unwrap();
    /// let View::Sflow(sflow) = layer.view else { panic!() };
    /// let SflowDatagram::Ipv4 { agent, sequence, uptime, .. } = sflow.datagram(&layer.context) else { panic!() };
    /// assert_eq!((agent, sequence, uptime), ([192, 0, 2, 1].into(), 7, 60_000));
    /// ```
    pub struct Sflow(8) => SflowEdit, layer {
        /// Version: 5. Others are not read.
        version: u32 = 0..32, "sflow_245.version", default(5);
        /// Type of the agent's address.
        agent_type: SflowAddressType = 32..64, "sflow_245.agenttype", default(1);
    }
}

const VERSION: &Field = &Sflow::FIELDS[Sflow::row("version") as usize];
const AGENT_TYPE: &Field = &Sflow::FIELDS[Sflow::row("agent_type") as usize];
const SAMPLES: &Field = &Field::floating("samples", "", Kind::List(&Kind::Group), "The samples.");

/// Bytes between the agent's address and the samples.
const FIXED: usize = 16;

tagged_enum! {
    /// A datagram after the type of the agent's address: `sample_datagram_v5` in the specification.
    pub enum SflowDatagram<'a>: "agent_type", "sflow_245.agenttype", "datagrams by the type of the agent's address" {
        NoAddress = 0 "unknown" {
            /// Number of the agent inside of the device.
            sub_agent: u32, "sflow_245.sub_agent_id";
            /// Number of the datagram of this agent.
            sequence: u32, "sflow_245.sequence_number";
            /// Time since the device was started.
            uptime: u32, "sflow_245.sysuptime", milliseconds;
            /// The samples.
            samples: SflowList<'a, SflowSample<'a>>, "";
        }
        Ipv4 = 1 "IPv4" {
            /// Address of the agent.
            agent: Ipv4Addr, "sflow_245.agent";
            /// Number of the agent inside of the device.
            sub_agent: u32, "sflow_245.sub_agent_id";
            /// Number of the datagram of this agent.
            sequence: u32, "sflow_245.sequence_number";
            /// Time since the device was started.
            uptime: u32, "sflow_245.sysuptime", milliseconds;
            /// The samples.
            samples: SflowList<'a, SflowSample<'a>>, "";
        }
        Ipv6 = 2 "IPv6" {
            /// Address of the agent.
            agent: Ipv6Addr, "sflow_245.agent.v6";
            /// Number of the agent inside of the device.
            sub_agent: u32, "sflow_245.sub_agent_id";
            /// Number of the datagram of this agent.
            sequence: u32, "sflow_245.sequence_number";
            /// Time since the device was started.
            uptime: u32, "sflow_245.sysuptime", milliseconds;
            /// The samples.
            samples: SflowList<'a, SflowSample<'a>>, "";
        }
    }
}

impl<'a> SflowDatagram<'a> {
    /// The samples. `None` if the datagram could not be read.
    pub fn samples(&self) -> Option<SflowList<'a, SflowSample<'a>>> {
        match *self {
            SflowDatagram::NoAddress { samples, .. }
            | SflowDatagram::Ipv4 { samples, .. }
            | SflowDatagram::Ipv6 { samples, .. } => Some(samples),
            SflowDatagram::Unknown { .. } => None,
        }
    }
}

impl<B: core::borrow::Borrow<[u8; 8]>> Sflow<B> {
    /// The number of the datagram's variant, if its version and type of address are known.
    fn variant(&self) -> Option<u16> {
        match (self.version(), self.agent_type()) {
            (5, SflowAddressType::NoAddress) => Some(0),
            (5, SflowAddressType::Ipv4) => Some(1),
            (5, SflowAddressType::Ipv6) => Some(2),
            _ => None,
        }
    }

    /// Bytes before the first sample, if version and type of address are known.
    fn fixed_len(&self) -> Option<usize> {
        let address = match self.variant()? {
            0 => 0,
            1 => size_of::<Ipv4Addr>(),
            _ => size_of::<Ipv6Addr>(),
        };
        Some(Sflow::LEN + address + FIXED)
    }
}

impl<'a> Sflow<&'a [u8; 8]> {
    /// The datagram. `Unknown` if it is cut, or of another version.
    pub fn datagram(&self, context: &LayerContext<'a>) -> SflowDatagram<'a> {
        SflowDatagram::decode(self.variant().unwrap_or(u16::MAX), context.options(Sflow::LEN))
    }

    /// The samples as they are encoded. There are none in other versions.
    pub fn samples(&self, context: &LayerContext<'a>) -> Tlvs<'a, SflowSample<'a>> {
        match self.datagram(context).samples() {
            Some(samples) => samples.list(),
            None => {
                Tlvs::at(Cursor::within(context.frame, Span::new(context.bounds.header_end, context.bounds.header_end)))
            }
        }
    }

    /// The headers of packets that are in the samples, in their order.
    pub fn sampled_headers(&self, context: &LayerContext<'a>) -> SflowSampledHeaders<'a> {
        SflowSampledHeaders { samples: self.samples(context).encoded(), count: 0, records: None }
    }

    /// Reports what is wrong with the records of a sample at `span`.
    fn check_records<V: TaggedEnum<'a> + TlvItem>(
        records: SflowList<'a, V>,
        rest: Option<&'a [u8]>,
        span: Span,
        report: &mut Report<'_>,
    ) {
        records.list().check(V::KIND, report);
        let have = records.list().items().filter(Result::is_ok).count() as u32;
        if records.declared > have {
            report(Some(SAMPLES), span, IssueKind::Missing { declared: records.declared, have });
        } else if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            report(Some(SAMPLES), span, IssueKind::Surplus(rest.len() as u32));
        }
    }
}

/// The headers of packets in the samples of a datagram. Made by [`Sflow::sampled_headers`].
#[derive(Clone, Debug)]
pub struct SflowSampledHeaders<'a> {
    /// The samples that are left, and how many there were before.
    samples: Cursor<'a>,
    count: usize,
    /// The records that are left of the sample before.
    records: Option<Cursor<'a>>,
}

impl<'a> Iterator for SflowSampledHeaders<'a> {
    type Item = SflowSampledHeader<'a>;

    fn next(&mut self) -> Option<SflowSampledHeader<'a>> {
        loop {
            if let Some(header) = self.records.as_mut().and_then(|records| next_header(records, self.count)) {
                return Some(header);
            }
            let sample = next_item::<SflowSample<'a>>(&mut self.samples)?;
            self.count += 1;
            self.records = sample.and_then(|sample| sample.flow_records()).map(|records| records.list().encoded());
        }
    }
}

/// The next packet header in the records of the sample with this number, counted from 1.
fn next_header<'a>(records: &mut Cursor<'a>, sample: usize) -> Option<SflowSampledHeader<'a>> {
    loop {
        let mut contents = *records;
        let record = next_item::<SflowFlowRecord<'a>>(records)?;
        let Some(SflowFlowRecord::RawPacketHeader { protocol, frame_length, stripped, header }) = record else {
            continue;
        };
        // Head of the record, three numbers, and the length of the header.
        contents.split(24)?;
        let contents = contents.split(header.bytes.len())?;
        return Some(SflowSampledHeader { sample: sample - 1, protocol, frame_length, stripped, contents });
    }
}

/// Takes the next whole item off a list. `Some(None)` if an enterprise defines it.
fn next_item<'a, V: TaggedEnum<'a> + TlvItem>(list: &mut Cursor<'a>) -> Option<Option<V>> {
    let item = Tlvs::<V>::at(*list).items().next()?.ok()?;
    list.split(item.span.len())?;
    let typed = matches!(V::contents(item.header), TlvContents::Typed);
    Some(typed.then(|| V::decode(item.kind, item.contents)))
}

rules! {
    /// Rules of sFlow.
    pub enum SflowRule {
        VersionNotRead = Note "sflow.version.not_read"
            "versions 2 and 4 are not read, and what follows the type of the address is data",
        VersionUnknown = Error "sflow.version.unknown" "sFlow has versions 2, 4 and 5",
        AgentTypeUnknown = Error "sflow.agent_type.unknown"
            "the type of the agent's address is not known, and what follows it is data",
    }
}

impl<'a> Protocol<'a> for Sflow<&'a [u8; 8]> {
    const NAME: &'static str = "sflow";
    const TITLE: &'static str = "sFlow version 5";
    const TABLE: &'static [Field] = Sflow::FIELDS;
    const VARIABLE: &'static [&'static Schema] = &[SflowDatagram::SCHEMA];
    const RULES: &'static [&'static [Rule]] = &[SflowRule::ALL];
    const RAW: &'static str = "Samples and records that other enterprises define, counters of Token Ring, 100BaseVG and 802.11, rare records, \
        and versions 2 and 4 after their first eight bytes. The header of a sampled packet is bytes here; it is also dissected as a packet of its own.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Sflow::LEN))?;
        let Some(fixed) = header.fixed_len() else {
            return Ok(ParsedHeader::new(header, Sflow::LEN, NextProtocol::Unknown));
        };
        let count = bytes.get(..fixed).and_then(|bytes| bytes.last_chunk()).map(|count| u32::from_be_bytes(*count));
        let Some(count) = count else {
            let parsed = ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown);
            return Ok(parsed.defect(ParseDefect::needs(fixed)));
        };
        let mut cursor = Cursor::within(bytes, Span::new(fixed as u32, bytes.len() as u32));
        let end = match SflowList::<SflowSample<'a>>::split(count, &mut cursor) {
            Some(_) => cursor.span().start as usize,
            None => bytes.len(),
        };
        // Bytes after the last sample are the trailer.
        Ok(ParsedHeader::new(header, end, NextProtocol::Unknown).total_len(end))
    }

    fn build(builder: &mut Encoder<'_>, at: usize, _: &mut u64) -> Result<(), FieldError> {
        let header: [u8; Sflow::LEN] = builder.header(at);
        match Sflow::new(&header).variant() {
            Some(variant) => SflowDatagram::build(variant, builder),
            None => Ok(()),
        }
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        if let Some(variant) = self.variant() {
            show_message::<SflowDatagram>(variant, context.options(Sflow::LEN), visitor);
        }
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let at = context.bounds.start;
        let rule = match (self.version(), self.agent_type()) {
            (5, SflowAddressType::Unknown(_)) => Some((AGENT_TYPE, SflowRule::AgentTypeUnknown)),
            (5, _) => None,
            (2 | 4, _) => Some((VERSION, SflowRule::VersionNotRead)),
            _ => Some((VERSION, SflowRule::VersionUnknown)),
        };
        if let Some((field, rule)) = rule {
            return report(Some(field), field.span(at), rule.into());
        }
        let Some(samples) = self.datagram(context).samples() else { return };
        let list = samples.list();
        list.check(SAMPLES, report);
        let mut have = 0;
        for item in list.items().flatten() {
            have += 1;
            if !matches!(SflowSample::contents(item.header), TlvContents::Typed) {
                continue;
            }
            match SflowSample::decode(item.kind, item.contents) {
                SflowSample::FlowSample { records, rest, .. }
                | SflowSample::ExpandedFlowSample { records, rest, .. } => {
                    Self::check_records(records, rest, item.span, report);
                }
                SflowSample::CountersSample { records, rest, .. }
                | SflowSample::ExpandedCountersSample { records, rest, .. } => {
                    Self::check_records(records, rest, item.span, report);
                }
                _ => {}
            }
        }
        if samples.declared > have {
            let span = Span::new(at, context.bounds.header_end);
            report(Some(SAMPLES), span, IssueKind::Missing { declared: samples.declared, have });
        }
        let trailer = context.trailer().len() as u32;
        if trailer > 0 {
            let span = Span::new(context.bounds.payload_end, context.bounds.trailer_end);
            report(None, span, IssueKind::Surplus(trailer));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("sFlow");
        match self.datagram(context) {
            SflowDatagram::Ipv4 { agent, .. } => append!(info, "agent ", agent, " "),
            SflowDatagram::Ipv6 { agent, .. } => append!(info, "agent ", agent, " "),
            SflowDatagram::NoAddress { .. } => {}
            SflowDatagram::Unknown { .. } => return append!(info, "version ", self.version()),
        }
        match self.datagram(context) {
            SflowDatagram::Ipv4 { sub_agent, sequence, samples, .. }
            | SflowDatagram::Ipv6 { sub_agent, sequence, samples, .. }
            | SflowDatagram::NoAddress { sub_agent, sequence, samples, .. } => {
                append!(info, "sub-agent=", sub_agent, " seq=", sequence, " samples=", samples.declared);
            }
            SflowDatagram::Unknown { .. } => {}
        }
    }
}

crate::wire::message_of! { SflowDatagram: Sflow, "agent_type" }

#[cfg(test)]
mod tests;
