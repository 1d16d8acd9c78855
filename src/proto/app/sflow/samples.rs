//! Samples: of packets, and of counters.

use super::counter_records::SflowCounterRecord;
use super::flow_records::SflowFlowRecord;
use super::items::{ENTERPRISE_DATA, LAYOUT, contents_of};
use super::xdr::{SflowList, SflowListed};
use crate::wire::{Field, Kind};
use crate::wire::{TlvContents, TlvItem, TlvLayout, header, registry, tagged_enum};

header! {
    /// Head of a sample: `sample_record` in the specification.
    pub struct SflowSampleHead(8) => SflowSampleHeadEdit {
        /// Who defines the format: 0 is the specification, others are enterprise numbers (IANA).
        enterprise: u32 = 0..20, "sflow.enterprise";
        /// Format of the sample, which the enterprise defines.
        format: SflowSampleFormat = 20..32, "sflow_245.sampletype";
        /// Length of the sample in bytes, without these eight bytes.
        length: u32 = 32..64, "sflow_5.sample_length", bytes, computed;
    }
}

const VENDOR_FORMAT: &Field =
    &Field::floating("format", "sflow_245.sampletype", Kind::Uint, "Format that the enterprise defines.").of_bits(12);

tagged_enum! {
    /// A sample: `sample_data` in the specification of sFlow version 5, §5.
    pub enum SflowSample<'a>: "format", "sflow_245.sampletype", "samples", codes SflowSampleFormat: u16 {
        FlowSample = 1 "flow sample" {
            /// Where the packet was sampled, and how often packets are.
            about: SflowFlowSample, "";
            /// What is said about the packet.
            records: SflowList<'a, SflowFlowRecord<'a>>, "";
            /// Bytes after the last record.
            rest: Option<&'a [u8]>, "";
        }
        CountersSample = 2 "counters sample" {
            /// Where the counters are from.
            about: SflowCountersSample, "";
            /// The counters.
            records: SflowList<'a, SflowCounterRecord<'a>>, "";
            /// Bytes after the last record.
            rest: Option<&'a [u8]>, "";
        }
        ExpandedFlowSample = 3 "expanded flow sample" {
            /// Where the packet was sampled, and how often packets are.
            about: SflowExpandedFlowSample, "";
            /// What is said about the packet.
            records: SflowList<'a, SflowFlowRecord<'a>>, "";
            /// Bytes after the last record.
            rest: Option<&'a [u8]>, "";
        }
        ExpandedCountersSample = 4 "expanded counters sample" {
            /// Where the counters are from.
            about: SflowExpandedCountersSample, "";
            /// The counters.
            records: SflowList<'a, SflowCounterRecord<'a>>, "";
            /// Bytes after the last record.
            rest: Option<&'a [u8]>, "";
        }
    }
}

impl TlvItem for SflowSample<'_> {
    const LAYOUT: TlvLayout = LAYOUT;
    const HEADER: &'static [Field] = SflowSampleHead::FIELDS;
    const VENDOR_ROWS: &'static [Field] = &[*VENDOR_FORMAT, *ENTERPRISE_DATA];
    fn contents(header: &[u8]) -> TlvContents {
        contents_of(header, VENDOR_FORMAT)
    }
}

impl SflowListed for SflowSample<'_> {
    const COUNT: &'static Field =
        &Field::floating("sample_count", "sflow_245.numsamples", Kind::Uint, "Number of samples in the datagram.")
            .of_bits(32)
            .computed();
}

impl<'a> SflowSample<'a> {
    /// The records of a flow sample.
    pub fn flow_records(&self) -> Option<SflowList<'a, SflowFlowRecord<'a>>> {
        match *self {
            SflowSample::FlowSample { records, .. } | SflowSample::ExpandedFlowSample { records, .. } => Some(records),
            _ => None,
        }
    }

    /// The records of a counters sample.
    pub fn counter_records(&self) -> Option<SflowList<'a, SflowCounterRecord<'a>>> {
        match *self {
            SflowSample::CountersSample { records, .. } | SflowSample::ExpandedCountersSample { records, .. } => {
                Some(records)
            }
            _ => None,
        }
    }
}

registry! {
    /// What a source of samples is: the type of `sflow_data_source` in the specification.
    pub enum SflowSourceType: u32 {
        Interface = 0 "ifIndex",
        SmonVlan = 1 "smonVlanDataSource",
        Entity = 2 "entPhysicalEntry",
    }
}

header! {
    /// Where a packet was sampled: `flow_sample` in the specification, without its records.
    pub struct SflowFlowSample(28) => SflowFlowSampleEdit {
        /// Number of the flow sample of this source.
        sequence: u32 = 0..32, "sflow.flow_sample.sequence_number";
        /// What the source is.
        source_type: SflowSourceType = 32..40, "sflow.flow_sample.source_id_class";
        /// Index of the source.
        source_index: u32 = 40..64, "sflow.flow_sample.index";
        /// One out of so many packets is sampled.
        sampling_rate: u32 = 64..96, "sflow.flow_sample.sampling_rate";
        /// Number of packets that could have been sampled.
        sample_pool: u32 = 96..128, "sflow.flow_sample.sample_pool";
        /// Number of samples that were lost for want of resources.
        drops: u32 = 128..160, "sflow.flow_sample.dropped_packets";
        /// Index of the interface by which the packet came; 0 if it is not known.
        input: u32 = 160..192, "sflow.flow_sample.input_interface";
        /// What the output says.
        output_format: SflowInterfaceFormat = 192..194, "sflow.flow_sample.output_interface_format";
        /// Interface by which the packet went, why it was discarded, or number of interfaces.
        output: u32 = 194..224, "sflow.flow_sample.output_interface_value";
    }
}

registry! {
    /// What the number of an interface is: the two highest bits of `interface` in the specification.
    pub enum SflowInterfaceFormat: u32 {
        Single = 0 "single interface",
        Discarded = 1 "packet discarded",
        Multiple = 2 "multiple interfaces",
    }
}

header! {
    /// Where a packet was sampled: `flow_sample_expanded` in the specification, without its records.
    pub struct SflowExpandedFlowSample(40) => SflowExpandedFlowSampleEdit {
        /// Number of the flow sample of this source.
        sequence: u32 = 0..32, "sflow.flow_sample.sequence_number";
        /// What the source is.
        source_type: SflowSourceType = 32..64, "sflow.flow_sample.source_id_type";
        /// Index of the source.
        source_index: u32 = 64..96, "sflow.flow_sample.source_id_index";
        /// One out of so many packets is sampled.
        sampling_rate: u32 = 96..128, "sflow.flow_sample.sampling_rate";
        /// Number of packets that could have been sampled.
        sample_pool: u32 = 128..160, "sflow.flow_sample.sample_pool";
        /// Number of samples that were lost for want of resources.
        drops: u32 = 160..192, "sflow.flow_sample.dropped_packets";
        /// What the input says.
        input_format: SflowInterfaceFormat = 192..224, "sflow.flow_sample.input_interface_format";
        /// Interface by which the packet came; 0 if it is not known.
        input: u32 = 224..256, "sflow.flow_sample.input_interface_value";
        /// What the output says.
        output_format: SflowInterfaceFormat = 256..288, "sflow.flow_sample.output_interface.format";
        /// Interface by which the packet went, why it was discarded, or number of interfaces.
        output: u32 = 288..320, "sflow.flow_sample.output_interface_value";
    }
}

header! {
    /// Where counters are from: `counters_sample` in the specification, without its records.
    pub struct SflowCountersSample(8) => SflowCountersSampleEdit {
        /// Number of the counters sample of this source.
        sequence: u32 = 0..32, "sflow.counters_sample.sequence_number";
        /// What the source is.
        source_type: SflowSourceType = 32..40, "sflow.counters_sample.source_id_type";
        /// Index of the source.
        source_index: u32 = 40..64, "sflow.counters_sample.source_id_index";
    }
}

header! {
    /// Where counters are from: `counters_sample_expanded` in the specification, without its records.
    pub struct SflowExpandedCountersSample(12) => SflowExpandedCountersSampleEdit {
        /// Number of the counters sample of this source.
        sequence: u32 = 0..32, "sflow.counters_sample.sequence_number";
        /// What the source is.
        source_type: SflowSourceType = 32..64, "sflow.counters_sample.source_id_type";
        /// Index of the source.
        source_index: u32 = 64..96, "sflow.counters_sample.source_id_index";
    }
}
