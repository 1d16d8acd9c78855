//! Options of IPv4: RFC 791 §3.1 and IANA's registry of those that came later.

use crate::field::{Field, Kind, Span, Value, Visitor, flags, header, registry};
use crate::layer::{Network, Reason, Report, Severity};
use crate::part::{Cursor, Framed, Framing, List, Part, Put, Tlvs, Variants, show_contents, variants};
use crate::source::{Builder, Mistake};
use core::net::Ipv4Addr;

variants! {
    /// An IPv4 option, RFC 791 §3.1. The number is the whole first byte: copied bit, class and number.
    /// Numbers and names are those of IANA's registry.
    pub enum Ipv4Option<'a>: "type", "ip.opt.type" {
        EndOfOptions = 0 "end of options" {}
        NoOperation = 1 "no operation" {}
        RecordRoute = 7 "record route" {
            /// Where the next address goes, counted from 1 at the option's first byte.
            pointer: u8, "ip.opt.ptr";
            /// Addresses of the routers passed, and room for more.
            route: List<'a, Ipv4Addr>, "ip.rec_rt";
        }
        ExperimentalMeasurement = 10 "experimental measurement" {
            /// Contents; no document tells of them.
            data: &'a [u8], "ip.opt.zsu";
        }
        MtuProbe = 11 "MTU probe (obsolete)" {
            /// Smallest MTU on the way so far, RFC 1063 §3.
            mtu: u16, "ip.opt.mtu", bytes;
        }
        MtuReply = 12 "MTU reply (obsolete)" {
            /// What a probe found, RFC 1063 §3.
            mtu: u16, "ip.opt.mtu", bytes;
        }
        Encode = 15 "ENCODE (deprecated)" {
            /// Contents; no document tells of them. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.encode";
        }
        QuickStart = 25 "Quick-Start" {
            /// The rate that the sender asks for, RFC 4782 §3.1.
            request: QuickStart, "ip.options.qs";
        }
        Experiment1 = 30 "experiment 1" {
            /// Contents, RFC 4727 §2.2.
            data: &'a [u8], "ip.opt.experimental";
        }
        Timestamp = 68 "timestamp" {
            /// Where the next timestamp goes, counted from 1 at the option's first byte.
            pointer: u8, "ip.opt.ptr";
            /// What is written, and how many hosts had no room to write. RFC 791 §3.1.
            stamps: Ipv4Timestamps<'a>, "ip.options.timestamp";
        }
        Traceroute = 82 "traceroute (deprecated)" {
            /// Number that the originator gave the trace, RFC 1393 §2.2. Deprecated by RFC 6814.
            identifier: u16, "ip.opt.id_number";
            /// Routers passed on the way out.
            outbound_hops: u16, "ip.opt.ohc";
            /// Routers passed on the way back.
            return_hops: u16, "ip.opt.rhc";
            /// Who traces.
            originator: Ipv4Addr, "ip.opt.originator";
        }
        Experiment2 = 94 "experiment 2" {
            /// Contents, RFC 4727 §2.2.
            data: &'a [u8], "ip.opt.experimental";
        }
        Security = 130 "security" {
            /// How secret the packet is, RFC 1108 §2.3.
            level: SecurityLevel, "ip.opt.sec_cl";
            /// By whose rules it is to be handled; the last bit of each byte says that more follow.
            authorities: Option<ProtectionAuthority<'a>>, "ip.opt.sec_prot_auth_flags";
        }
        LooseSourceRoute = 131 "loose source route" {
            /// Where the next address stands, counted from 1 at the option's first byte.
            pointer: u8, "ip.opt.ptr";
            /// Routers to pass.
            route: List<'a, Ipv4Addr>, "ip.src_rt";
        }
        ExtendedSecurity = 133 "extended security" {
            /// Format of what follows, RFC 1108 §3.
            format: u8, "ip.opt.ext_sec_add_sec_info_format_code", hex;
            /// More about who may see the packet.
            information: &'a [u8], "ip.opt.ext_sec_add_sec_info";
        }
        CommercialSecurity = 134 "commercial security (CIPSO)" {
            /// Domain that gives the labels their meaning, FIPS 188.
            domain: u32, "ip.opt.doi";
            /// Labels.
            tags: Tlvs<'a, CipsoTag<'a>>, "ip.options.cipso";
        }
        StreamId = 136 "stream identifier (deprecated)" {
            /// SATNET stream, RFC 791 §3.1. Deprecated by RFC 6814.
            stream: u16, "ip.opt.sid";
        }
        StrictSourceRoute = 137 "strict source route" {
            /// Where the next address stands, counted from 1 at the option's first byte.
            pointer: u8, "ip.opt.ptr";
            /// Routers to pass.
            route: List<'a, Ipv4Addr>, "ip.src_rt";
        }
        Visa = 142 "VISA, experimental access control (deprecated)" {
            /// Contents; no document tells of them. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.visa";
        }
        ImiTrafficDescriptor = 144 "IMI traffic descriptor" {
            /// Contents; no document tells of them.
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
        RouterAlert = 148 "router alert" {
            /// What the packet is about; 0: every router looks at it. RFC 2113.
            value: Ipv4RouterAlert, "ip.opt.ra";
        }
        SelectiveBroadcast = 149 "selective directed broadcast (deprecated)" {
            /// Where the packet is to be broadcast, RFC 1770. Deprecated by RFC 6814.
            addresses: List<'a, Ipv4Addr>, "ip.opt.addr";
        }
        DynamicPacketState = 151 "dynamic packet state (deprecated)" {
            /// Contents; no document tells of them. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.dps";
        }
        UpstreamMulticast = 152 "upstream multicast packet (deprecated)" {
            /// Contents; no document tells of them. Deprecated by RFC 6814.
            data: &'a [u8], "ip.opt.ump";
        }
        Experiment3 = 158 "experiment 3" {
            /// Contents, RFC 4727 §2.2.
            data: &'a [u8], "ip.opt.experimental";
        }
        ExperimentalFlowControl = 205 "experimental flow control" {
            /// Contents; no document tells of them.
            data: &'a [u8], "ip.opt.finn";
        }
        Experiment4 = 222 "experiment 4" {
            /// Contents, RFC 4727 §2.2.
            data: &'a [u8], "ip.opt.experimental";
        }
    }
}

impl Framed for Ipv4Option<'_> {
    const FRAMING: Framing = Framing::IP;
    const KIND_BITS: &'static [Field] = Ipv4OptionType::FIELDS;
}

registry! {
    /// What an option is for, RFC 791 §3.1.
    pub enum Ipv4OptionClass: u8 {
        Control = 0 "control",
        Reserved1 = 1 "reserved",
        Debugging = 2 "debugging and measurement",
        Reserved3 = 3 "reserved",
    }
}

header! {
    /// The parts of an option's number, which tell something even of an unknown one; RFC 791 §3.1.
    ///
    /// ```
    /// use packetsmith::{Ipv4OptionClass, Ipv4OptionType};
    /// let kind = Ipv4OptionType::new([148]);
    /// assert!(kind.copied_bit());
    /// assert_eq!((kind.class(), kind.number()), (Ipv4OptionClass::Control, 20));
    /// ```
    pub struct Ipv4OptionType(1) {
        /// The option goes with every fragment.
        copied_bit: bool = 0..1, "ip.opt.type.copy";
        /// What the option is for.
        class: Ipv4OptionClass = 1..3, "ip.opt.type.class";
        /// Number within the class.
        number: u8 = 3..8, "ip.opt.type.number";
    }
}

registry! {
    /// Rates of Quick-Start, RFC 4782 §3.1.
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
    /// A rate that is asked for, or reported as approved; RFC 4782 §3.1.
    pub struct QuickStart(6) {
        /// Request or report.
        function: QuickStartFunction = 0..4, "ip.opt.qs_func";
        /// The rate.
        rate: QuickStartRate = 4..8, "ip.opt.qs_rate";
        /// Counted down like the TTL by routers that approve; unused in a report.
        ttl: u8 = 8..16, "ip.opt.qs_ttl";
        /// Random number that shows the routers to be honest.
        nonce: u32 = 16..46, "ip.opt.qs_nonce", hex;
        /// Reserved.
        reserved: u8 = 46..48, "ip.opt.qs_reserved", reserved;
    }
}

registry! {
    /// How secret a packet is, RFC 1108 §2.3. The codes are far apart, so that no flipped bit lowers one.
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
    /// Whose rules a packet falls under, RFC 1108 §2.4: the first byte.
    pub struct ProtectionFlags: u8 {
        /// Designated approving authority per DOD 5200.28.
        GENSER = 0x80, "GENSER", "ip.opt.sec_prot_auth_genser";
        /// Single integrated operational plan, extremely sensitive information.
        SIOP_ESI = 0x40, "SIOP-ESI", "ip.opt.sec_prot_auth_siop_esi";
        /// Sensitive compartmented information.
        SCI = 0x20, "SCI", "ip.opt.sec_prot_auth_sci";
        /// National Security Agency.
        NSA = 0x10, "NSA", "ip.opt.sec_prot_auth_nsa";
        /// Department of Energy.
        DOE = 0x08, "DOE", "ip.opt.sec_prot_auth_doe";
        /// One more byte follows.
        FIELD_TERMINATION = 0x01, "more", "ip.opt.sec_prot_auth_fti";
    }
}

/// Whose rules a packet falls under: flags, and whatever bytes follow them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtectionAuthority<'a> {
    /// The first byte.
    pub flags: ProtectionFlags,
    /// More bytes, which no document gives a meaning.
    pub more: &'a [u8],
}

impl<'a> Part<'a> for ProtectionAuthority<'a> {
    const KIND: Kind = ProtectionFlags::KIND;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        Some(ProtectionAuthority { flags: ProtectionFlags::take(cursor)?, more: cursor.rest().bytes() })
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.flags.show(field, Span::new(span.start, span.start + 1), visitor);
        if !self.more.is_empty() {
            visitor.field(MORE, Span::new(span.start + 1, span.end), Value::Bytes(self.more));
        }
    }
    fn emit(&self, out: &mut dyn Put) {
        self.flags.emit(out);
        out.put(self.more)
    }
    fn build(field: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        builder.wire::<ProtectionFlags>(field)?;
        builder.bytes(MORE)
    }
}

const MORE: &Field = &Field::floating("more", "ip.opt.sec_prot_auth", Kind::Bytes, "More authorities.");
pub(super) const SECURITY: &[Field] = &[*MORE];

registry! {
    /// What a timestamp option holds, RFC 791 §3.1.
    pub enum TimestampForm: u8 {
        TimestampsOnly = 0 "timestamps only",
        WithAddresses = 1 "timestamps behind addresses",
        Prespecified = 3 "timestamps of prespecified addresses",
    }
}

header! {
    /// What a timestamp option holds, and what it has no room for.
    pub struct TimestampFlags(1) {
        /// Hosts that could not write a timestamp for want of room.
        overflow: u8 = 0..4, "ip.opt.overflow";
        /// What is written.
        form: TimestampForm = 4..8, "ip.opt.flag";
    }
}

header! {
    /// A timestamp and who wrote it, or is to.
    pub struct AddressedTimestamp(8) {
        /// Address of the host.
        address: Ipv4Addr = 0..32, "ip.opt.time_stamp_addr";
        /// Milliseconds since midnight UTC; with the highest bit set, any other time.
        timestamp: u32 = 32..64, "ip.opt.time_stamp";
    }
}

variants! {
    /// The timestamps of a timestamp option, RFC 791 §3.1. The number is [`TimestampForm`]'s.
    pub enum Ipv4TimestampList<'a>: "form", "ip.opt.flag" {
        TimestampsOnly = 0 "timestamps only" {
            /// Milliseconds since midnight UTC; with the highest bit set, any other time.
            timestamps: List<'a, u32>, "ip.opt.time_stamp";
        }
        WithAddresses = 1 "timestamps behind addresses" {
            /// Every host's address and timestamp.
            timestamps: List<'a, AddressedTimestamp>, "ip.opt.time_stamp";
        }
        Prespecified = 3 "timestamps of prespecified addresses" {
            /// Addresses of the hosts that are to write, and their timestamps.
            timestamps: List<'a, AddressedTimestamp>, "ip.opt.time_stamp";
        }
    }
}

/// The flags of a timestamp option, and the list that they speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv4Timestamps<'a> {
    /// What the list holds.
    pub flags: TimestampFlags,
    list: Cursor<'a>,
}

impl<'a> Ipv4Timestamps<'a> {
    /// The timestamps.
    pub fn list(&self) -> Ipv4TimestampList<'a> {
        Ipv4TimestampList::decode(self.form(), self.list)
    }

    fn form(&self) -> u16 {
        u8::from(self.flags.form()).into()
    }

    /// Bytes of one entry.
    fn stride(&self) -> u8 {
        if self.form() == 0 { 4 } else { 8 }
    }
}

impl<'a> Part<'a> for Ipv4Timestamps<'a> {
    const KIND: Kind = Kind::Group;
    fn take(cursor: &mut Cursor<'a>) -> Option<Self> {
        let it = Ipv4Timestamps { flags: TimestampFlags::take(cursor)?, list: cursor.rest() };
        (it.flags.form().name().is_none() || !it.list().is_unknown()).then_some(it)
    }
    fn show(&self, field: &'static Field, span: Span, visitor: &mut dyn Visitor) {
        self.flags.show(field, span, visitor);
        show_contents::<Ipv4TimestampList>(self.form(), self.list, visitor);
    }
    fn emit(&self, out: &mut dyn Put) {
        self.flags.emit(out);
        out.put(self.list.bytes());
    }
    fn build(_: &'static Field, builder: &mut Builder<'_>) -> Result<(), Mistake> {
        let at = builder.len();
        builder.fixed::<{ TimestampFlags::LEN }>(TimestampFlags::FIELDS)?;
        let flags = TimestampFlags::new(builder.header(at));
        Ipv4TimestampList::build(u8::from(flags.form()).into(), builder)
    }
    fn is_given(_: &'static Field, builder: &mut Builder<'_>) -> bool {
        TimestampFlags::is_given(MORE, builder)
    }
}

variants! {
    /// A label of a commercial security option, FIPS 188.
    pub enum CipsoTag<'a>: "tag", "ip.opt.cipso.tag_type" {
        Bitmap = 1 "restrictive bitmap" {
            /// Fills up.
            alignment: u8, "ip.opt.cipso.alignment", reserved;
            /// Sensitivity level.
            level: u8, "ip.opt.cipso.sensitivity_level";
            /// Categories, one bit each.
            categories: &'a [u8], "ip.opt.cipso.categories";
        }
        Enumerated = 2 "enumerated" {
            /// Fills up.
            alignment: u8, "ip.opt.cipso.alignment", reserved;
            /// Sensitivity level.
            level: u8, "ip.opt.cipso.sensitivity_level";
            /// Categories, in ascending order.
            categories: List<'a, u16>, "ip.opt.cipso.categories";
        }
        Ranged = 5 "ranged" {
            /// Fills up.
            alignment: u8, "ip.opt.cipso.alignment", reserved;
            /// Sensitivity level.
            level: u8, "ip.opt.cipso.sensitivity_level";
            /// Highest and lowest category of each range; the last lowest may be left out.
            categories: List<'a, u16>, "ip.opt.cipso.categories";
        }
        Permissive = 6 "permissive bitmap" {
            /// Fills up.
            alignment: u8, "ip.opt.cipso.alignment", reserved;
            /// Sensitivity level.
            level: u8, "ip.opt.cipso.sensitivity_level";
            /// Categories, one bit each.
            categories: &'a [u8], "ip.opt.cipso.categories";
        }
        FreeForm = 7 "free form" {
            /// Contents that the domain gives a meaning.
            data: &'a [u8], "ip.opt.cipso.tag_data";
        }
        Local = 128 "local" {
            /// A label that stays in one machine.
            data: &'a [u8], "ip.opt.cipso.tag_data";
        }
    }
}

impl Framed for CipsoTag<'_> {
    const FRAMING: Framing = Framing { whole: true, ..Framing::BYTES };
}

/// Declares a router alert's values, which have names in ranges.
macro_rules! router_alert {
    ($(#[$meta:meta])* pub struct $name:ident { $($first:literal..=$last:literal $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub u16);
        impl $name {
            /// The values and their names; of a range the first value.
            pub const REGISTRY: &'static crate::field::Registry = &crate::field::Registry {
                name: |n| match n { $($first..=$last => Some($text),)+ _ => None },
                entries: &[$(($first, $text)),+],
            };
            /// The name of the value.
            pub fn name(self) -> Option<&'static str> {
                (Self::REGISTRY.name)(self.0.into())
            }
        }
        impl crate::field::Wire for $name {
            const MAX_BITS: usize = 16;
            const KIND: Kind = Kind::Named(Self::REGISTRY);
            fn get(buf: &[u8], bits: core::ops::Range<usize>) -> Self {
                $name(u16::get(buf, bits))
            }
            fn put(self, buf: &mut [u8], bits: core::ops::Range<usize>) {
                crate::field::Wire::put(self.0, buf, bits)
            }
        }
        crate::part::wire_parts!($name);
    };
}
pub(super) use router_alert;

router_alert! {
    /// What a packet with IPv4's router alert is about: IANA's registry, RFC 2113 and 5350.
    pub struct Ipv4RouterAlert {
        0..=0 "router shall examine packet",
        1..=32 "aggregated reservation nesting level",
        33..=64 "QoS NSLP aggregation level",
        65..=65 "NSIS NATFW NSLP",
        65503..=65534 "experimental",
        65535..=65535 "reserved",
    }
}

/// A pending source route makes the last address of the route the final destination.
pub(super) fn source_route<'a>(options: Tlvs<'a, Ipv4Option<'a>>, network: &mut Network) {
    for item in options.items().flatten() {
        if let (131 | 137, [pointer, route @ ..]) = (item.kind, item.contents.bytes()) {
            let length = item.length.unwrap_or(0);
            if u16::from(*pointer) < length && route.len() >= 4 && route.len() % 4 == 0 {
                network.dst = item.span.end - 4;
            }
        }
    }
}

/// Reports what is wrong with the options of a header. `later` says that it is that of a later fragment.
pub(super) fn check<'a>(
    options: Tlvs<'a, Ipv4Option<'a>>,
    field: &'static Field,
    later: bool,
    report: &mut Report<'_>,
) {
    options.check(field, report);
    let mut routes = 0;
    for item in options.items() {
        let item = match item {
            Ok(item) => item,
            Err(rest) => {
                if rest.after_end && rest.bytes.iter().any(|&b| b != 0) {
                    let rule = "bytes behind the end of options are not zero (RFC 791 §3.1)";
                    report(Some(field), rest.span, Reason::Rule(Severity::Note, rule));
                }
                continue;
            }
        };
        let mut rule = |severity, text| report(Some(field), item.span, Reason::Rule(severity, text));
        // An address or timestamp begins at `first` and then every `stride` bytes; a pointer behind the
        // option's end says that it is full.
        let mut pointer = |pointer: u8, first: u8, stride: u8| {
            if pointer < first {
                rule(Severity::Error, "the pointer stands before the first entry");
            } else if !(pointer - first).is_multiple_of(stride) {
                rule(Severity::Error, "the pointer stands in the middle of an entry");
            } else if usize::from(pointer) > item.span.len() + 1 {
                rule(Severity::Warning, "the pointer stands beyond the option's end");
            }
        };
        match Ipv4Option::decode(item.kind, item.contents) {
            Ipv4Option::RecordRoute { pointer: at, .. } => pointer(at, 4, 4),
            Ipv4Option::LooseSourceRoute { pointer: at, .. } | Ipv4Option::StrictSourceRoute { pointer: at, .. } => {
                pointer(at, 4, 4);
                routes += 1;
                if routes > 1 {
                    rule(Severity::Warning, "there is more than one source route (RFC 1122 §3.2.1.8)");
                }
            }
            Ipv4Option::Timestamp { pointer: at, stamps } => pointer(at, 5, stamps.stride()),
            Ipv4Option::CommercialSecurity { tags, .. } => tags.check(field, report),
            _ => {}
        }
        // End and padding go everywhere, and an unknown number's bit tells for itself.
        if later && item.kind > 1 && item.kind & 0x80 == 0 {
            let rule = "an option without the copied bit stands in a later fragment (RFC 791 §3.1)";
            report(Some(field), item.span, Reason::Rule(Severity::Warning, rule));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Ipv4Option<'_> {
        Tlvs::new(bytes).iter().next().unwrap()
    }

    fn issues(options: &[u8], later: bool) -> Vec<Reason> {
        let mut found = Vec::new();
        check(Tlvs::new(options), Ipv4Option::KIND, later, &mut |_, _, reason| found.push(reason));
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
        assert!(decode(&[68, 8, 5, 1, 10, 0, 0, 1]).is_unknown(), "half a pair");
        assert!(!decode(&[68, 8, 5, 7, 10, 0, 0, 1]).is_unknown(), "a form of its own is kept");
    }

    #[test]
    fn a_pointer_stands_at_an_entry() {
        let route = |pointer| [7, 11, pointer, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for (pointer, wrong) in [(4, 0), (8, 0), (12, 0), (3, 1), (0, 1), (5, 1), (16, 1)] {
            assert_eq!(issues(&route(pointer), false).len(), wrong, "{pointer}");
        }
        assert_eq!(issues(&[68, 12, 9, 1, 10, 0, 0, 1, 0, 0, 0, 9], false).len(), 1);
        assert_eq!(issues(&[7, 3, 4, 1], false), [], "a route with no room is whole");
        assert_eq!(issues(&[7, 9, 4, 0, 0, 0, 0, 0, 0], false), [Reason::BadItem(7)]);
    }

    #[test]
    fn only_copied_options_stand_in_later_fragments() {
        assert_eq!(issues(&[7, 7, 4, 0, 0, 0, 0, 0], true).len(), 1);
        assert_eq!(issues(&[148, 4, 0, 0], true), []);
        assert_eq!(issues(&[1, 1, 1, 0], true), []);
    }

    #[test]
    fn labels_are_items_of_their_own() {
        let option = [134, 13, 0, 0, 0, 3, 2, 7, 0, 1, 0, 239, 0];
        assert!(matches!(decode(&option), Ipv4Option::CommercialSecurity { domain: 3, .. }));
        assert_eq!(issues(&option, false), [Reason::BadItem(2)]);
        assert_eq!(issues(&[134, 12, 0, 0, 0, 3, 2, 6, 0, 1, 0, 239], false), []);
        assert_eq!(issues(&[134, 10, 0, 0, 0, 3, 1, 9, 0, 1], false), [Reason::BrokenItem(4)]);
    }

    #[test]
    fn what_is_deprecated_keeps_its_name() {
        for (number, name) in
            [(82, "traceroute (deprecated)"), (205, "experimental flow control"), (94, "experiment 2")]
        {
            assert_eq!(Ipv4Option::name_of(number), Some(name));
        }
        assert_eq!(Ipv4RouterAlert(33).name(), Some("QoS NSLP aggregation level"));
        assert_eq!(Ipv4RouterAlert(66).name(), None);
    }
}
