//! Records of counters samples.

use super::items::{ENTERPRISE_DATA, LAYOUT, contents_of};
use super::xdr::SflowListed;
use crate::wire::{Field, Kind};
use crate::wire::{TlvContents, TlvItem, TlvLayout, header, registry, tagged_enum};

header! {
    /// Head of a record of a counters sample: `counter_record` in the specification.
    pub struct SflowCounterRecordHead(8) => SflowCounterRecordHeadEdit {
        /// Who defines the format: 0 is the specification, others are enterprise numbers (IANA).
        enterprise: u32 = 0..20, "sflow.enterprise";
        /// Format of the record, which the enterprise defines.
        format: SflowCounterFormat = 20..32, "sflow_245.counters_record_format";
        /// Length of the record in bytes, without these eight bytes.
        length: u32 = 32..64, "sflow_5.flow_data_length", bytes, computed;
    }
}

const VENDOR_FORMAT: &Field =
    &Field::floating("format", "sflow_245.counters_record_format", Kind::Uint, "Format that the enterprise defines.")
        .of_bits(12);

tagged_enum! {
    /// A record of a counters sample: `counter_data` in the specification of sFlow version 5, §5.
    pub enum SflowCounterRecord<'a>: "format", "sflow_245.counters_record_format", "records of counters samples", codes SflowCounterFormat: u16 {
        GenericInterface = 1 "generic interface counters" {
            /// Index of the interface (ifIndex, RFC 2863).
            index: u32, "sflow_245.ifindex";
            /// Type of the interface (ifType).
            interface_type: u32, "sflow_245.iftype";
            /// Speed in bits per second (ifSpeed).
            speed: u64, "sflow_245.ifspeed";
            /// Whether it sends and receives at the same time.
            direction: SflowInterfaceDirection, "sflow_245.ifdirection";
            /// State of the interface.
            status: SflowInterfaceStatus, "";
            /// Bytes received (ifInOctets).
            in_octets: u64, "sflow_245.ifinoct";
            /// Unicast packets received (ifInUcastPkts).
            in_unicast: u32, "sflow_245.ifinpkt";
            /// Multicast packets received (ifInMulticastPkts).
            in_multicast: u32, "sflow_245.ifinmcast";
            /// Broadcast packets received (ifInBroadcastPkts).
            in_broadcast: u32, "sflow_245.ifinbcast";
            /// Packets received and discarded (ifInDiscards).
            in_discards: u32, "sflow_245.ifindisc";
            /// Packets received with errors (ifInErrors).
            in_errors: u32, "sflow_245.ifinerr";
            /// Packets received of an unknown protocol (ifInUnknownProtos).
            in_unknown: u32, "sflow_245.ifinunk";
            /// Bytes sent (ifOutOctets).
            out_octets: u64, "sflow_245.ifoutoct";
            /// Unicast packets sent (ifOutUcastPkts).
            out_unicast: u32, "sflow_245.ifoutpkt";
            /// Multicast packets sent (ifOutMulticastPkts).
            out_multicast: u32, "sflow_245.ifoutmcast";
            /// Broadcast packets sent (ifOutBroadcastPkts).
            out_broadcast: u32, "sflow_245.ifoutbcast";
            /// Packets to be sent and discarded (ifOutDiscards).
            out_discards: u32, "sflow_245.ifoutdisc";
            /// Packets that were not sent because of errors (ifOutErrors).
            out_errors: u32, "sflow_245.ifouterr";
            /// Whether the interface receives everything (ifPromiscuousMode): 1 yes, 2 no.
            promiscuous: u32, "sflow_245.ifpromisc";
        }
        Ethernet = 2 "Ethernet counters" {
            /// Frames with a length that is no number of bytes (dot3StatsAlignmentErrors, RFC 3635).
            alignment_errors: u32, "sflow_245.dot3StatsAlignmentErrors";
            /// Frames with a wrong frame check sequence (dot3StatsFCSErrors).
            fcs_errors: u32, "sflow_245.dot3StatsFCSErrors";
            /// Frames sent after one collision (dot3StatsSingleCollisionFrames).
            single_collisions: u32, "sflow_245.dot3StatsSingleCollisionFrames";
            /// Frames sent after several collisions (dot3StatsMultipleCollisionFrames).
            multiple_collisions: u32, "sflow_245.dot3StatsMultipleCollisionFrames";
            /// Failed tests of the signal quality error (dot3StatsSQETestErrors).
            sqe_test_errors: u32, "sflow_245.dot3StatsSQETestErrors";
            /// Frames that had to wait (dot3StatsDeferredTransmissions).
            deferred: u32, "sflow_245.dot3StatsDeferredTransmissions";
            /// Late collisions (dot3StatsLateCollisions).
            late_collisions: u32, "sflow_245.dot3StatsLateCollisions";
            /// Frames that were given up after too many collisions (dot3StatsExcessiveCollisions).
            excessive_collisions: u32, "sflow_245.dot3StatsExcessiveCollisions";
            /// Frames that an error inside of the interface kept from being sent (dot3StatsInternalMacTransmitErrors).
            internal_transmit_errors: u32, "sflow_245.dot3StatsInternalMacTransmitErrors";
            /// Losses of the carrier (dot3StatsCarrierSenseErrors).
            carrier_sense_errors: u32, "sflow_245.dot3StatsCarrierSenseErrors";
            /// Frames that were too long (dot3StatsFrameTooLongs).
            too_long: u32, "sflow_245.dot3StatsFrameTooLongs";
            /// Frames that an error inside of the interface kept from being received (dot3StatsInternalMacReceiveErrors).
            internal_receive_errors: u32, "sflow_245.dot3StatsInternalMacReceiveErrors";
            /// Invalid symbols (dot3StatsSymbolErrors).
            symbol_errors: u32, "sflow_245.dot3StatsSymbolErrors";
        }
        Vlan = 5 "VLAN counters" {
            /// VLAN identifier.
            vlan: u32, "sflow_245.vlan_id";
            /// Bytes.
            octets: u64, "sflow_245.octets";
            /// Unicast packets.
            unicast: u32, "sflow_245.ucastPkts";
            /// Multicast packets.
            multicast: u32, "sflow_245.multicastPkts";
            /// Broadcast packets.
            broadcast: u32, "sflow_245.broadcastPkts";
            /// Packets that were discarded.
            discards: u32, "sflow_245.discards";
        }
        Processor = 1001 "processor information" {
            /// Load of the processor in the last 5 seconds, in hundredths of a percent.
            load_5_seconds: u32, "sflow_5.cpu_5s";
            /// Load of the processor in the last minute, in hundredths of a percent.
            load_1_minute: u32, "sflow_5.cpu_1m";
            /// Load of the processor in the last 5 minutes, in hundredths of a percent.
            load_5_minutes: u32, "sflow_5.cpu_5m";
            /// All memory in bytes.
            total_memory: u64, "sflow_5.total_memory", bytes;
            /// Free memory in bytes.
            free_memory: u64, "sflow_5.free_memory", bytes;
        }
    }
}

impl TlvItem for SflowCounterRecord<'_> {
    const LAYOUT: TlvLayout = LAYOUT;
    const HEADER: &'static [Field] = SflowCounterRecordHead::FIELDS;
    const VENDOR_ROWS: &'static [Field] = &[*VENDOR_FORMAT, *ENTERPRISE_DATA];
    fn contents(header: &[u8]) -> TlvContents {
        contents_of(header, VENDOR_FORMAT)
    }
}

impl SflowListed for SflowCounterRecord<'_> {
    const COUNT: &'static Field = &Field::floating(
        "record_count",
        "sflow.counters_sample.counters_records",
        Kind::Uint,
        "Number of records in the sample.",
    )
    .of_bits(32)
    .computed();
}

header! {
    /// State of an interface: `ifStatus` in the specification.
    pub struct SflowInterfaceStatus(4) => SflowInterfaceStatusEdit {
        /// Reserved.
        reserved: u32 = 0..30, "", reserved;
        /// It works (ifOperStatus is up).
        is_working: bool = 30..31, "sflow_245.ifoper_status";
        /// It is to work (ifAdminStatus is up).
        is_enabled: bool = 31..32, "sflow_245.ifadmin_status";
    }
}

registry! {
    /// Whether an interface sends and receives at the same time: `ifDirection` in the specification.
    pub enum SflowInterfaceDirection: u32 {
        NotKnown = 0 "unknown",
        FullDuplex = 1 "full-duplex",
        HalfDuplex = 2 "half-duplex",
        In = 3 "in",
        Out = 4 "out",
    }
}
