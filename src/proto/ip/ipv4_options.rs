//! IPv4 options: RFC 791 §3.1, and later ones in the IANA registry.

use crate::layer::rules;
use crate::layer::{PseudoHeaderAddresses, Report};
use crate::wire::Schema;
use crate::wire::{
    ByteSink, Codec, Contents, Cursor, List, TaggedEnum, TlvItem, TlvLayout, Tlvs, show_contents, tagged_enum,
};
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, Span, Value, Visitor, flags, header, registry};
use core::fmt;
use core::net::Ipv4Addr;

rules! {
    /// Rules of IPv4, its options and fragments.
    pub enum Ipv4Rule {
        FragmentHeaderIncomplete = Warning "ipv4.fragment.header_incomplete"
            "the first fragment does not contain the whole header of its protocol (RFC 1858 §3)",
        FragmentInTcpHeader = Warning "ipv4.fragment.in_tcp_header"
            "the fragment begins inside the TCP header (RFC 1858 §4)",
        FragmentNotMultipleOf8 = Error "ipv4.fragment.not_multiple_of_8"
            "the length of a fragment other than the last must be a multiple of 8 bytes (RFC 791 §3.2)",
        FragmentPastMaximum = Error "ipv4.fragment.past_maximum"
            "the reassembled packet would exceed 65,535 bytes (RFC 791 §3.1)",
        FragmentTiny = Note "ipv4.fragment.tiny"
            "the fragment is smaller than any link needs, whose MTU is at least 68 (RFC 791 §3.2, RFC 1858 §3)",
        FragmentEmpty = Warning "ipv4.fragment.empty" "a fragment other than the last has no payload",
        FragmentWithDontFragment = Warning "ipv4.fragment.dont_fragment"
            "a fragment must not have the don't-fragment flag (RFC 791 §3.1)",
        FragmentOverlap = Warning "ipv4.fragment.overlap" "the fragment overlaps another (RFC 1858 §4)",
        FragmentOverlapConflict = Warning "ipv4.fragment.overlap_conflict"
            "the fragment overlaps another that has different bytes there (RFC 1858 §4)",
        FragmentRepeated = Note "ipv4.fragment.repeated" "the fragment came before, with the same bytes",
        FragmentOtherEnd = Warning "ipv4.fragment.other_end"
            "the fragment ends its datagram at another place than those that came before (RFC 791 §3.2)",
        FragmentPastEnd = Warning "ipv4.fragment.past_end"
            "the fragment extends past the end of its datagram (RFC 791 §3.2)",
        TtlZero = Warning "ipv4.ttl.zero" "a packet with a time to live of 0 must not be sent (RFC 1122 §3.2.1.7)",
        TtlOfLocalGroup = Note "ipv4.ttl.local_group"
            "packets to 224.0.0.0/24 are not forwarded, and are sent with a time to live of 1, or of 255 (RFC 5771 §4)",
        GroupInUnicastFrame = Note "ipv4.dst.group_in_unicast_frame"
            "a packet to a group is sent in a frame to the Ethernet address of the group (RFC 1112 §6.4)",
        ReservedFlag = Note "ipv4.flags.reserved" "the reserved bit is set (RFC 791; the evil bit of RFC 3514)",
        OptionsAfterEnd = Note "ipv4.options.after_end"
            "bytes after the end of option list are not zero (RFC 791 §3.1)",
        PointerTooSmall = Error "ipv4.options.pointer_too_small" "the pointer is less than the smallest legal value",
        PointerInsideEntry = Error "ipv4.options.pointer_inside_entry"
            "the pointer is not at the beginning of an entry",
        PointerTooLarge = Warning "ipv4.options.pointer_too_large"
            "the pointer is greater than the length of the option plus one",
        SourceRouteRepeated = Warning "ipv4.options.source_route_repeated"
            "there is more than one source route option (RFC 1122 §3.2.1.8)",
        OptionRepeated = Warning "ipv4.options.repeated"
            "an option of this type must appear at most once (RFC 791 §3.1)",
        OptionUnassigned = Note "ipv4.options.unassigned" "the type of the option is not assigned (IANA)",
        SourceRoute = Note "ipv4.options.source_route"
            "the sender chooses the path, and routers should drop the packet (RFC 7126 §4.3, §4.4)",
        OptionNotCopied = Warning "ipv4.options.not_copied"
            "an option whose copied flag is not set is only valid in the first fragment (RFC 791 §3.1)",
    }
}

tagged_enum! {
    /// An IPv4 option, RFC 791 §3.1. The number is the first byte: copied flag, option class and option number. Numbers
    /// and names are those of the IANA registry.
    pub enum Ipv4Option<'a>: "type", "ip.opt.type", "options", length "ip.opt.len" {
        EndOfOptions = 0 "end of options", "ip.options.eol" {}
        NoOperation = 1 "no operation", "ip.options.nop" {}
        RecordRoute = 7 "record route", "ip.options.record_route" {
            /// Pointer to the slot of the next address, counted from 1 at the first byte of the option.
            pointer: u8, "ip.opt.ptr";
            /// Addresses of the routers passed, followed by free slots.
            route: List<'a, Ipv4Addr>, "ip.rec_rt";
        }
        ExperimentalMeasurement = 10 "experimental measurement" {
            /// Contents. No specification is published.
            data: &'a [u8], "ip.opt.zsu";
        }
        MtuProbe = 11 "MTU probe (obsolete)", "ip.options.mtu_probe" {
            /// Smallest MTU on the path so far, in bytes, RFC 1063 §3.
            mtu: u16, "ip.opt.mtu", bytes;
        }
        MtuReply = 12 "MTU reply (obsolete)", "ip.options.mtu_reply" {
            /// MTU found by a probe, in bytes, RFC 1063 §3.
            mtu: u16, "ip.opt.mtu", bytes;
        }
        Encode = 15 "ENCODE (deprecated)" {
            /// Contents. No specification is published. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.encode";
        }
        QuickStart = 25 "Quick-Start" {
            /// Rate requested by the sender, RFC 4782 §3.1.
            request: QuickStart, "ip.options.qs";
        }
        Experiment1 = 30 "experiment 1" {
            /// Contents, RFC 4727 §2.2.
            data: &'a [u8], "ip.opt.experimental";
        }
        Timestamp = 68 "timestamp" {
            /// Pointer to the slot of the next timestamp, counted from 1 at the first byte of the option.
            pointer: u8, "ip.opt.ptr";
            /// Format of the list, overflow counter and timestamps, RFC 791 §3.1.
            stamps: Ipv4Timestamps<'a>, "ip.options.timestamp";
        }
        Traceroute = 82 "traceroute (deprecated)", "ip.options.traceroute" {
            /// Identifier of the trace, chosen by the originator, RFC 1393 §2.2. Deprecated by RFC 6814.
            identifier: u16, "ip.opt.id_number";
            /// Outbound hop count.
            outbound_hops: u16, "ip.opt.ohc";
            /// Return hop count.
            return_hops: u16, "ip.opt.rhc";
            /// Address of the originator of the trace.
            originator: Ipv4Addr, "ip.opt.originator";
        }
        Experiment2 = 94 "experiment 2" {
            /// Contents, RFC 4727 §2.2.
            data: &'a [u8], "ip.opt.experimental";
        }
        Security = 130 "security", "ip.options.security" {
            /// Classification level, RFC 1108 §2.3.
            level: SecurityLevel, "ip.opt.sec_cl";
            /// Protection authorities. The last bit of each byte says whether another byte follows.
            authorities: Option<ProtectionAuthority<'a>>, "ip.opt.sec_prot_auth_flags";
        }
        LooseSourceRoute = 131 "loose source route", "ip.options.route" {
            /// Pointer to the next address, counted from 1 at the first byte of the option.
            pointer: u8, "ip.opt.ptr";
            /// Addresses of the source route.
            route: List<'a, Ipv4Addr>, "ip.src_rt";
        }
        ExtendedSecurity = 133 "extended security", "ip.options.ext_security" {
            /// Format of the additional security information, RFC 1108 §3.
            format: u8, "ip.opt.ext_sec_add_sec_info_format_code", hex;
            /// Additional security information.
            information: &'a [u8], "ip.opt.ext_sec_add_sec_info";
        }
        CommercialSecurity = 134 "commercial security (CIPSO)", "ip.options.cipso" {
            /// Domain of interpretation of the labels, FIPS 188.
            domain: u32, "ip.opt.doi";
            /// Tags of the label.
            tags: Tlvs<'a, CipsoTag<'a>>, "ip.options.cipso";
        }
        StreamId = 136 "stream identifier (deprecated)", "ip.options.sid" {
            /// SATNET stream identifier, RFC 791 §3.1. Deprecated by RFC 6814.
            stream: u16, "ip.opt.sid";
        }
        StrictSourceRoute = 137 "strict source route", "ip.options.source_route" {
            /// Pointer to the next address, counted from 1 at the first byte of the option.
            pointer: u8, "ip.opt.ptr";
            /// Addresses of the source route.
            route: List<'a, Ipv4Addr>, "ip.src_rt";
        }
        Visa = 142 "VISA, experimental access control (deprecated)" {
            /// Contents. No specification is published. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.visa";
        }
        ImiTrafficDescriptor = 144 "IMI traffic descriptor" {
            /// Contents. No specification is published.
            data: &'a [u8], "ip.opt.imitd";
        }
        ExtendedIp = 145 "extended Internet protocol (deprecated)" {
            /// Contents, RFC 1385. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.eip";
        }
        AddressExtension = 147 "address extension (deprecated)" {
            /// Contents, RFC 1475. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.addext";
        }
        RouterAlert = 148 "router alert", "ip.options.routeralert" {
            /// Value. 0: every router examines the packet. RFC 2113.
            value: Ipv4RouterAlert, "ip.opt.ra";
        }
        SelectiveBroadcast = 149 "selective directed broadcast (deprecated)", "ip.options.sdb" {
            /// Destinations to which the packet is broadcast, RFC 1770. Deprecated by RFC 6814.
            addresses: List<'a, Ipv4Addr>, "ip.opt.addr";
        }
        DynamicPacketState = 151 "dynamic packet state (deprecated)" {
            /// Contents. No specification is published. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.dps";
        }
        UpstreamMulticast = 152 "upstream multicast packet (deprecated)" {
            /// Contents. No specification is published. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.ump";
        }
        Experiment3 = 158 "experiment 3" {
            /// Contents, RFC 4727 §2.2.
            data: &'a [u8], "ip.opt.experimental";
        }
        ExperimentalFlowControl = 205 "experimental flow control" {
            /// Contents. No specification is published.
            data: &'a [u8], "ip.opt.finn";
        }
        Experiment4 = 222 "experiment 4" {
            /// Contents, RFC 4727 §2.2.
            data: &'a [u8], "ip.opt.experimental";
        }
    }
}

impl TlvItem for Ipv4Option<'_> {
    const LAYOUT: TlvLayout = TlvLayout::IP;
    const KIND_BITS: &'static [Field] = Ipv4OptionType::FIELDS;
}

registry! {
    /// Option classes, RFC 791 §3.1.
    pub enum Ipv4OptionClass: u8 {
        Control = 0 "control",
        Reserved1 = 1 "reserved",
        Debugging = 2 "debugging and measurement",
        Reserved3 = 3 "reserved",
    }
}

header! {
    /// Parts of an option number, which apply to unknown options too; RFC 791 §3.1.
    ///
    /// ```
    /// use packetsmith::proto::ip::{Ipv4OptionClass, Ipv4OptionType};
    /// let kind = Ipv4OptionType::new([148]);
    /// assert!(kind.copied_bit());
    /// assert_eq!((kind.class(), kind.number()), (Ipv4OptionClass::Control, 20));
    /// ```
    pub struct Ipv4OptionType(1) => Ipv4OptionTypeEdit {
        /// The option is copied into all fragments.
        copied_bit: bool = 0..1, "ip.opt.type.copy";
        /// Option class.
        class: Ipv4OptionClass = 1..3, "ip.opt.type.class";
        /// Option number within the class.
        number: u8 = 3..8, "ip.opt.type.number";
    }
}

registry! {
    /// Rates of Quick-Start requests, RFC 4782 §3.1.
    pub enum QuickStartRate: u8 {
        Zero = 0 "0 bit/s",
        Kbit80 = 1 "80 kbit/s",
        Kbit160 = 2 "160 kbit/s",
        Kbit320 = 3 "320 kbit/s",
        Kbit640 = 4 "640 kbit/s",
        Kbit1280 = 5 "1.28 Mbit/s",
        Kbit2560 = 6 "2.56 Mbit/s",
        Kbit5120 = 7 "5.12 Mbit/s",
        Kbit10240 = 8 "10.24 Mbit/s",
        Kbit20480 = 9 "20.48 Mbit/s",
        Kbit40960 = 10 "40.96 Mbit/s",
        Kbit81920 = 11 "81.92 Mbit/s",
        Kbit163840 = 12 "163.84 Mbit/s",
        Kbit327680 = 13 "327.68 Mbit/s",
        Kbit655360 = 14 "655.36 Mbit/s",
        Kbit1310720 = 15 "1.31072 Gbit/s",
    }
}

registry! {
    /// Functions of Quick-Start, RFC 4782 §3.1.
    pub enum QuickStartFunction: u8 {
        Request = 0 "rate request",
        Report = 8 "report of approved rate",
    }
}

header! {
    /// A Quick-Start rate request or report of the approved rate, RFC 4782 §3.1.
    pub struct QuickStart(6) => QuickStartEdit {
        /// Function: rate request or report.
        function: QuickStartFunction = 0..4, "ip.opt.qs_func";
        /// Rate requested or approved.
        rate: QuickStartRate = 4..8, "ip.opt.qs_rate";
        /// QS TTL: decremented by approving routers, like the IP TTL. Unused in a report.
        ttl: u8 = 8..16, "ip.opt.qs_ttl";
        /// Random number with which the sender checks that routers are honest.
        nonce: u32 = 16..46, "ip.opt.qs_nonce", hex;
        /// Reserved.
        reserved: u8 = 46..48, "ip.opt.qs_reserved", reserved;
    }
}

registry! {
    /// Classification levels, RFC 1108 §2.3. The codes differ in many bits, so that a bit error does not lower a level.
    pub enum SecurityLevel: u8 {
        Reserved4 = 0x01 "reserved 4",
        TopSecret = 0x3d "top secret",
        Secret = 0x5a "secret",
        Reserved3 = 0x66 "reserved 3",
        Confidential = 0x96 "confidential",
        Unclassified = 0xab "unclassified",
        Reserved2 = 0xcc "reserved 2",
        Reserved1 = 0xf1 "reserved 1",
    }
}

flags! {
    /// Protection authorities, RFC 1108 §2.4: the first byte.
    pub struct ProtectionFlags: u8 {
        /// General service: the designated approving authority per DOD 5200.28.
        GENSER = 0x80, "GENSER", "ip.opt.sec_prot_auth_genser";
        /// Single integrated operational plan, extremely sensitive information.
        SIOP_ESI = 0x40, "SIOP-ESI", "ip.opt.sec_prot_auth_siop_esi";
        /// Sensitive compartmented information.
        SCI = 0x20, "SCI", "ip.opt.sec_prot_auth_sci";
        /// National Security Agency.
        NSA = 0x10, "NSA", "ip.opt.sec_prot_auth_nsa";
        /// Department of Energy.
        DOE = 0x08, "DOE", "ip.opt.sec_prot_auth_doe";
        /// Field termination indicator: another byte follows.
        FIELD_TERMINATION = 0x01, "more", "ip.opt.sec_prot_auth_fti";
    }
}

/// Protection authorities: flags and any further bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ProtectionAuthority<'a> {
    /// The first byte.
    pub flags: ProtectionFlags,
    /// Further bytes, which have no defined meaning.
    pub more: &'a [u8],
}

crate::wire::readable_debug!(ProtectionAuthority: flags, more);

impl<'a> Codec<'a> for ProtectionAuthority<'a> {
    const KIND: Kind = ProtectionFlags::KIND;
    const BITS: u16 = 8;
    const SCHEMA: &'static Schema = &Schema { fields: &[*MORE], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(ProtectionAuthority { flags: ProtectionFlags::take(cursor)?, more: cursor.rest().bytes() })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.flags.show(field, Span::new(span.start, span.start + 1), visitor);
        if !self.more.is_empty() {
            visitor.field(MORE, Span::new(span.start + 1, span.end), Value::Bytes(self.more));
        }
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.flags.emit(out);
        out.put(self.more)
    }
    fn build(field: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        builder.wire::<ProtectionFlags>(field)?;
        builder.bytes(MORE)
    }
}

const MORE: &Field =
    &Field::floating("more", "ip.opt.sec_prot_auth", Kind::Bytes, "Further protection authority bytes.");

registry! {
    /// Formats of a timestamp option, RFC 791 §3.1.
    pub enum TimestampForm: u8 {
        TimestampsOnly = 0 "timestamps only",
        WithAddresses = 1 "addresses with timestamps",
        Prespecified = 3 "timestamps of prespecified addresses",
    }
}

header! {
    /// Format and overflow counter of a timestamp option, RFC 791 §3.1.
    pub struct TimestampFlags(1) => TimestampFlagsEdit {
        /// Overflow: number of hosts that had no room for a timestamp.
        overflow: u8 = 0..4, "ip.opt.overflow";
        /// Format of the list.
        form: TimestampForm = 4..8, "ip.opt.flag";
    }
}

header! {
    /// A timestamp with the address of the host that writes it.
    pub struct AddressedTimestamp(8) => AddressedTimestampEdit {
        /// Address of the host.
        address: Ipv4Addr = 0..32, "ip.opt.time_stamp_addr";
        /// Milliseconds since midnight UTC. If the highest bit is set, the time is not in that format.
        timestamp: u32 = 32..64, "ip.opt.time_stamp";
    }
}

tagged_enum! {
    /// The timestamps of a timestamp option, RFC 791 §3.1. The number is [`TimestampForm`]'s.
    pub enum Ipv4TimestampList<'a>: "form", "ip.opt.flag", "timestamp forms" {
        TimestampsOnly = 0 "timestamps only" {
            /// Milliseconds since midnight UTC. If the highest bit is set, the time is not in that format.
            timestamps: List<'a, u32>, "ip.opt.time_stamp";
        }
        WithAddresses = 1 "addresses with timestamps" {
            /// Address and timestamp of each host.
            timestamps: List<'a, AddressedTimestamp>, "ip.opt.time_stamp";
        }
        Prespecified = 3 "timestamps of prespecified addresses" {
            /// Addresses of the hosts that must write a timestamp, and their timestamps.
            timestamps: List<'a, AddressedTimestamp>, "ip.opt.time_stamp";
        }
    }
}

/// Flags of a timestamp option, and the list in the format that they select.
///
/// ```
/// use packetsmith::List;
/// use packetsmith::proto::ip::{Ipv4Option, Ipv4TimestampList, Ipv4Timestamps};
/// let list = Ipv4TimestampList::TimestampsOnly { timestamps: List::of(&[0, 0]) };
/// let option = Ipv4Option::Timestamp { pointer: 5, stamps: Ipv4Timestamps::of(&list) };
/// # let _ = option;
/// ```
#[derive(Clone, Copy)]
pub struct Ipv4Timestamps<'a> {
    /// Format and overflow counter.
    pub flags: TimestampFlags,
    list: Contents<'a, Ipv4TimestampList<'a>>,
}

impl fmt::Debug for Ipv4Timestamps<'_> {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ipv4Timestamps").field("flags", &self.flags).field("list", &self.list()).finish()
    }
}

impl PartialEq for Ipv4Timestamps<'_> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.flags == other.flags && self.list() == other.list()
    }
}
impl Eq for Ipv4Timestamps<'_> {}

impl<'a> Ipv4Timestamps<'a> {
    /// Timestamps, to build an option. The form follows from the list, and no host had no room.
    pub fn of(list: &'a Ipv4TimestampList<'a>) -> Self {
        let flags = TimestampFlags::build().form((list.kind() as u8).into()).done();
        Ipv4Timestamps { flags, list: Contents::Given(list) }
    }

    /// The timestamps.
    pub fn list(&self) -> Ipv4TimestampList<'a> {
        self.list.get(self.form())
    }

    fn form(&self) -> u16 {
        u8::from(self.flags.form()).into()
    }

    /// Length of an entry in bytes.
    fn stride(&self) -> u8 {
        if self.form() == 0 { 4 } else { 8 }
    }
}

impl<'a> Codec<'a> for Ipv4Timestamps<'a> {
    const KIND: Kind = Kind::Group;
    const SCHEMA: &'static Schema =
        &Schema { fields: TimestampFlags::FIELDS, nested: &[Ipv4TimestampList::SCHEMA], ..Schema::EMPTY };
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let it = Ipv4Timestamps { flags: TimestampFlags::take(cursor)?, list: Contents::Encoded(cursor.rest()) };
        (it.flags.form().name().is_none() || !it.list().is_unknown()).then_some(it)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.flags.show(field, span, visitor);
        show_contents::<Ipv4TimestampList>(self.form(), self.list.encoded(), visitor);
    }
    fn emit(&self, out: &mut dyn ByteSink) {
        self.flags.emit(out);
        self.list.emit(out);
    }
    fn build(_: &'static Field, builder: &mut Encoder<'_>) -> Result<(), FieldError> {
        let at = builder.len();
        builder.fixed::<{ TimestampFlags::LEN }>(TimestampFlags::FIELDS)?;
        let flags = TimestampFlags::new(builder.header(at));
        Ipv4TimestampList::build(u8::from(flags.form()).into(), builder)
    }
    fn is_given(_: &'static Field, builder: &mut Encoder<'_>) -> bool {
        TimestampFlags::is_given(MORE, builder)
    }
}

tagged_enum! {
    /// A tag of a commercial security option, FIPS 188.
    pub enum CipsoTag<'a>: "tag", "ip.opt.cipso.tag_type", "CIPSO tags" {
        Bitmap = 1 "restrictive bitmap" {
            /// Alignment byte.
            alignment: u8, "ip.opt.cipso.alignment", reserved;
            /// Sensitivity level.
            level: u8, "ip.opt.cipso.sensitivity_level";
            /// Bitmap of categories.
            categories: &'a [u8], "ip.opt.cipso.categories";
        }
        Enumerated = 2 "enumerated" {
            /// Alignment byte.
            alignment: u8, "ip.opt.cipso.alignment", reserved;
            /// Sensitivity level.
            level: u8, "ip.opt.cipso.sensitivity_level";
            /// Enumerated categories in ascending order.
            categories: List<'a, u16>, "ip.opt.cipso.categories";
        }
        Ranged = 5 "ranged" {
            /// Alignment byte.
            alignment: u8, "ip.opt.cipso.alignment", reserved;
            /// Sensitivity level.
            level: u8, "ip.opt.cipso.sensitivity_level";
            /// Highest and lowest category of each range. The last lowest category may be omitted.
            categories: List<'a, u16>, "ip.opt.cipso.categories";
        }
        Permissive = 6 "permissive bitmap" {
            /// Alignment byte.
            alignment: u8, "ip.opt.cipso.alignment", reserved;
            /// Sensitivity level.
            level: u8, "ip.opt.cipso.sensitivity_level";
            /// Bitmap of categories.
            categories: &'a [u8], "ip.opt.cipso.categories";
        }
        FreeForm = 7 "free form" {
            /// Contents, defined by the domain of interpretation.
            data: &'a [u8], "ip.opt.cipso.tag_data";
        }
        Local = 128 "local" {
            /// A label for use within one machine.
            data: &'a [u8], "ip.opt.cipso.tag_data";
        }
    }
}

impl TlvItem for CipsoTag<'_> {
    const LAYOUT: TlvLayout = TlvLayout { counts_header: true, ..TlvLayout::BYTES };
}

/// Declares router alert values, which have names for ranges.
macro_rules! router_alert {
    ($(#[$meta:meta])* pub struct $name:ident { $($first:literal..=$last:literal $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub u16);
        impl $name {
            /// Values and names. A range is listed by its first value.
            pub const REGISTRY: &'static crate::wire::Registry =
                &crate::wire::Registry::of_ranges(&[$(($first, $text)),+], &[$($last),+]);
            /// Name of the value, if assigned.
            pub fn name(self) -> Option<&'static str> {
                Self::REGISTRY.name(self.0.into())
            }
        }
        impl crate::wire::WireValue for $name {
            const MAX_BITS: usize = 16;
            const KIND: Kind = Kind::Named(Self::REGISTRY);
            fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
                $name(u16::get(buf, bits))
            }
            fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
                crate::wire::WireValue::put(self.0, buf, bits)
            }
        }
        crate::wire::wire_codecs!($name);
    };
}
pub(crate) use router_alert;

router_alert! {
    /// Values of the IPv4 router alert (IANA, RFC 2113 and 5350).
    pub struct Ipv4RouterAlert {
        0..=0 "router shall examine packet",
        1..=32 "aggregated reservation nesting level",
        33..=64 "QoS NSLP aggregation level",
        65..=65 "NSIS NATFW NSLP",
        65503..=65534 "experimental",
        65535..=65535 "reserved",
    }
}

/// With a pending source route, the final destination is the last address of the route.
pub(crate) fn source_route<'a>(options: Tlvs<'a, Ipv4Option<'a>>, network: &mut PseudoHeaderAddresses) {
    for item in options.items().flatten() {
        if let (131 | 137, [pointer, route @ ..]) = (item.kind, item.contents.bytes()) {
            let length = item.length.unwrap_or(0);
            if u32::from(*pointer) < length && route.len() >= 4 && route.len() % 4 == 0 {
                network.dst = item.span.end - 4;
            }
        }
    }
}

/// Where a header has the final destination, counted from its first byte, if a source route is pending.
#[cfg(feature = "alloc")]
pub(crate) fn final_destination(header: &[u8]) -> Option<Span> {
    const NONE: u32 = u32::MAX;
    // Options follow the fixed header.
    const FIXED: usize = 20;
    let mut addresses = PseudoHeaderAddresses { dst: NONE, ..PseudoHeaderAddresses::ipv4(0) };
    source_route(Tlvs::new(header.get(FIXED..)?), &mut addresses);
    let start = addresses.dst.checked_add(FIXED as u32)?;
    Some(Span::new(start, start + 4))
}

/// Reports issues in the options of a header. `later` is set for fragments other than the first.
pub(crate) fn check<'a>(
    options: Tlvs<'a, Ipv4Option<'a>>,
    field: &'static Field,
    later: bool,
    report: &mut Report<'_>,
) {
    let mut routes = 0;
    let is_before = |span: Span, kind: u16| {
        options.items().flatten().take_while(|item| item.span != span).any(|item| item.kind == kind)
    };
    for item in options.items() {
        let item = match item {
            Ok(item) => item,
            Err(rest) => {
                if rest.after_end && rest.bytes.iter().any(|&b| b != 0) {
                    report(Some(field), rest.span, Ipv4Rule::OptionsAfterEnd.into());
                }
                continue;
            }
        };
        let mut rule = |rule: Ipv4Rule| report(Some(field), item.span, rule.into());
        // Entries start at `first` and then every `stride` bytes. A pointer past the end of the option means that the
        // list is full.
        let mut pointer = |pointer: u8, first: u8, stride: u8| {
            if pointer < first {
                rule(Ipv4Rule::PointerTooSmall);
            } else if !(pointer - first).is_multiple_of(stride) {
                rule(Ipv4Rule::PointerInsideEntry);
            } else if usize::from(pointer) > item.span.len() + 1 {
                rule(Ipv4Rule::PointerTooLarge);
            }
        };
        match Ipv4Option::decode(item.kind, item.contents) {
            Ipv4Option::RecordRoute { pointer: at, .. } => pointer(at, 4, 4),
            Ipv4Option::LooseSourceRoute { pointer: at, .. } | Ipv4Option::StrictSourceRoute { pointer: at, .. } => {
                pointer(at, 4, 4);
                routes += 1;
                rule(match routes {
                    1 => Ipv4Rule::SourceRoute,
                    _ => Ipv4Rule::SourceRouteRepeated,
                });
            }
            Ipv4Option::Timestamp { pointer: at, stamps } => pointer(at, 5, stamps.stride()),
            Ipv4Option::CommercialSecurity { tags, .. } => tags.check(field, report),
            _ => {}
        }
        let mut rule = |rule: Ipv4Rule| report(Some(field), item.span, rule.into());
        match item.kind {
            // Record route, timestamps, stream identifier, security and router alert.
            7 | 68 | 130 | 136 | 148 if is_before(item.span, item.kind) => rule(Ipv4Rule::OptionRepeated),
            kind if Ipv4Option::name_of(kind).is_none() => rule(Ipv4Rule::OptionUnassigned),
            _ => {}
        }
        // End-of-options and no-operation are allowed everywhere. The copied flag of an unknown option decides.
        if later && item.kind > 1 && item.kind & 0x80 == 0 {
            report(Some(field), item.span, Ipv4Rule::OptionNotCopied.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::IssueKind;

    fn decode(bytes: &[u8]) -> Ipv4Option<'_> {
        Tlvs::new(bytes).iter().next().unwrap()
    }

    fn issues(options: &[u8], later: bool) -> Vec<IssueKind> {
        let mut found = Vec::new();
        let options = Tlvs::<Ipv4Option>::new(options);
        options.check(Ipv4Option::KIND, &mut |_, _, reason| found.push(reason));
        check(options, Ipv4Option::KIND, later, &mut |_, _, reason| found.push(reason));
        found
    }

    #[test]
    fn timestamps_have_three_forms() {
        let Ipv4Option::Timestamp { stamps, .. } = decode(&[68, 8, 5, 0x20, 0, 0, 0, 9]) else { panic!() };
        assert_eq!(stamps.flags.overflow(), 2);
        let Ipv4TimestampList::TimestampsOnly { timestamps } = stamps.list() else { panic!() };
        assert_eq!(timestamps.iter().collect::<Vec<_>>(), [9]);
        let Ipv4Option::Timestamp { stamps, .. } = decode(&[68, 12, 5, 1, 10, 0, 0, 1, 0, 0, 0, 9]) else { panic!() };
        let Ipv4TimestampList::WithAddresses { timestamps } = stamps.list() else { panic!() };
        assert_eq!(timestamps.iter().next().unwrap().address(), Ipv4Addr::new(10, 0, 0, 1));
        assert!(decode(&[68, 8, 5, 1, 10, 0, 0, 1]).is_unknown(), "half an entry");
        assert!(!decode(&[68, 8, 5, 7, 10, 0, 0, 1]).is_unknown(), "an unknown format is kept");
    }

    #[test]
    fn a_pointer_points_at_an_entry() {
        let route = |pointer| [7, 11, pointer, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (pointer, wrong) in [(4, 0), (8, 0), (12, 0), (3, 1), (0, 1), (5, 1), (16, 1)] {
            assert_eq!(issues(&route(pointer), false).len(), wrong, "{pointer}");
        }
        assert_eq!(issues(&[68, 12, 9, 1, 10, 0, 0, 1, 0, 0, 0, 9], false).len(), 1);
        assert_eq!(issues(&[7, 3, 4, 1], false), [], "a route without free slots is complete");
        assert_eq!(issues(&[7, 9, 4, 0, 0, 0, 0, 0, 0], false), [IssueKind::BadItem(7)]);
    }

    #[test]
    fn only_copied_options_occur_in_later_fragments() {
        assert_eq!(issues(&[7, 7, 4, 0, 0, 0, 0, 0], true).len(), 1);
        assert_eq!(issues(&[148, 4, 0, 0], true), []);
        assert_eq!(issues(&[1, 1, 1, 0], true), []);
    }

    #[test]
    fn label_tags_are_separate_items() {
        let option = [134, 13, 0, 0, 0, 3, 2, 7, 0, 1, 0, 239, 0];
        assert!(matches!(decode(&option), Ipv4Option::CommercialSecurity { domain: 3, .. }));
        assert_eq!(issues(&option, false), [IssueKind::BadItem(2)]);
        assert_eq!(issues(&[134, 12, 0, 0, 0, 3, 2, 6, 0, 1, 0, 239], false), []);
        assert_eq!(
            issues(&[134, 10, 0, 0, 0, 3, 1, 9, 0, 1], false),
            [IssueKind::CutItem { bytes: 4, kind: 1, length: Some(9) }]
        );
    }

    #[test]
    fn deprecated_options_keep_their_names() {
        for (number, name) in
            [(82, "traceroute (deprecated)"), (205, "experimental flow control"), (94, "experiment 2")]
        {
            assert_eq!(Ipv4Option::name_of(number), Some(name));
        }
        assert_eq!(Ipv4RouterAlert(33).name(), Some("QoS NSLP aggregation level"));
        assert_eq!(Ipv4RouterAlert(66).name(), None);
    }
}
