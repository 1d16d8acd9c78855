//! IPv4, RFC 791.

use super::{
    AddressedTimestamp, CipsoTag, IpProtocol, Ipv4Option, Ipv4OptionType, Ipv4TimestampList, QuickStart,
    TimestampFlags, fragment, ipv4_options,
};
use crate::field::{Field, Kind, Numbers, Registry, Visitor, flags, header, registry};
use crate::layer::{Cover, Flaw, Inner, Network, Next, Parts, Place, Protocol, Reason, Report, Severity, Upto};
use crate::part::{OptionList, Tlvs, Variants};
use crate::source::{Builder, Mistake};
use core::net::Ipv4Addr;

registry! {
    /// Explicit congestion notification, RFC 3168 §5.
    pub enum Ecn: u8 {
        NotCapable = 0 "not ECN-capable",
        Ect1 = 1 "ECT(1)",
        Ect0 = 2 "ECT(0)",
        CongestionExperienced = 3 "congestion experienced",
    }
}

registry! {
    /// Differentiated services code points, IANA's registry.
    pub enum Dscp: u8 {
        Cs0 = 0 "default",
        Le = 1 "LE",
        Cs1 = 8 "CS1",
        Af11 = 10 "AF11",
        Af12 = 12 "AF12",
        Af13 = 14 "AF13",
        Cs2 = 16 "CS2",
        Af21 = 18 "AF21",
        Af22 = 20 "AF22",
        Af23 = 22 "AF23",
        Cs3 = 24 "CS3",
        Af31 = 26 "AF31",
        Af32 = 28 "AF32",
        Af33 = 30 "AF33",
        Cs4 = 32 "CS4",
        Af41 = 34 "AF41",
        Af42 = 36 "AF42",
        Af43 = 38 "AF43",
        Cs5 = 40 "CS5",
        VoiceAdmit = 44 "VOICE-ADMIT",
        Nqb = 45 "NQB",
        Ef = 46 "EF",
        Cs6 = 48 "CS6",
        Cs7 = 56 "CS7",
    }
}

flags! {
    /// Fragmentation flags.
    pub struct Ipv4Flags: u8 {
        /// Reserved, must be zero ("evil bit", RFC 3514).
        RESERVED = 0b100, "reserved", "ip.flags.rb";
        /// Do not fragment.
        DONT_FRAGMENT = 0b010, "DF", "ip.flags.df";
        /// More fragments follow.
        MORE_FRAGMENTS = 0b001, "MF", "ip.flags.mf";
    }
}

header! {
    /// IPv4 header without options, [RFC 791 §3.1](https://www.rfc-editor.org/rfc/rfc791#section-3.1).
    ///
    /// ```
    /// use packetsmith::{IpProtocol, Ipv4};
    /// let mut bytes = [0; 20];
    /// let (mut header, _) = Ipv4::split_mut(&mut bytes).unwrap();
    /// header.edit().version(4).ihl(5).ttl(64).protocol(IpProtocol::Udp);
    /// assert_eq!((bytes[0], bytes[8], bytes[9]), (0x45, 64, 17));
    /// ```
    pub struct Ipv4(20) {
        /// Always 4.
        version: u8 = 0..4, "ip.version", default(4);
        /// Length of the header with its options, in 32-bit words; 5 at least.
        ihl: u8 = 4..8, "ip.hdr_len", words, head_length(4, 0);
        /// Differentiated services code point, RFC 2474.
        dscp: Dscp = 8..14, "ip.dsfield.dscp";
        /// Explicit congestion notification, RFC 3168.
        ecn: Ecn = 14..16, "ip.dsfield.ecn";
        /// Header and payload together, in bytes; zero in captures of segmentation offload.
        total_length: u16 = 16..32, "ip.len", bytes, total_length(0);
        /// What fragments of one packet have in common.
        identification: u16 = 32..48, "ip.id", hex;
        /// Fragmentation flags.
        flags: Ipv4Flags = 48..51, "ip.flags", hex;
        /// Where in the original payload this fragment begins, in units of 8 bytes.
        fragment_offset: u16 = 51..64, "ip.frag_offset", octuples;
        /// Hops that the packet may still take.
        ttl: u8 = 64..72, "ip.ttl", default(64);
        /// Protocol of the payload.
        protocol: IpProtocol = 72..80, "ip.proto", announces(Numbers::IpProtocol);
        /// Internet checksum of the header with its options.
        checksum: u16 = 80..96, "ip.checksum", checksum;
        /// Source address.
        src: Ipv4Addr = 96..128, "ip.src";
        /// Destination address.
        dst: Ipv4Addr = 128..160, "ip.dst";
    }
}

impl<B: core::borrow::Borrow<[u8; 20]>> Ipv4<B> {
    /// Tells whether the packet is a part of a larger one.
    #[inline]
    pub fn is_fragment(&self) -> bool {
        self.fragment_offset() != 0 || self.flags().contains(Ipv4Flags::MORE_FRAGMENTS)
    }
}

impl<'a> Protocol<'a> for Ipv4<&'a [u8; 20]> {
    const NAME: &'static str = "ipv4";
    const TITLE: &'static str = "Internet Protocol version 4, RFC 791";
    const TABLE: &'static [Field] = Ipv4::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::of::<Ipv4Option>(OPTIONS));
    const LENGTH_ROW: u8 = Ipv4::row("total_length");
    const VARIABLE: &'static [&'static [Field]] = &[
        &[*OPTIONS, *Ipv4Option::KIND, *CipsoTag::KIND],
        Ipv4Option::FIELDS,
        Ipv4OptionType::FIELDS,
        QuickStart::FIELDS,
        TimestampFlags::FIELDS,
        Ipv4TimestampList::FIELDS,
        AddressedTimestamp::FIELDS,
        CipsoTag::FIELDS,
        ipv4_options::SECURITY,
    ];
    const VARIANTS: &'static [(&'static str, &'static Registry)] = &[
        ("options", Ipv4Option::REGISTRY),
        ("timestamp forms", Ipv4TimestampList::REGISTRY),
        ("CIPSO tags", CipsoTag::REGISTRY),
    ];
    const RAW: &'static str =
        "Options that no document describes, experimental ones, and ENCODE and the like, which are obsolete.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Ipv4::LEN))?;
        let (head, total) = (usize::from(header.ihl()) * 4, usize::from(header.total_length()));
        let opaque = |flaw: Flaw| Ok(Parts::new(header, Ipv4::LEN, Next::Unknown).flaw(flaw));
        if header.version() != 4 {
            return opaque(Flaw::version(header.version(), 4).at(Ipv4::row("version")));
        }
        if head < Ipv4::LEN {
            return opaque(Flaw::too_short(head, Ipv4::LEN).at(Ipv4::row("ihl")));
        }
        if head > bytes.len() {
            let parts = Parts::new(header, bytes.len(), Next::Unknown);
            return Ok(parts.total(total.max(head)).flaw(Flaw::needs(head).at(Ipv4::row("ihl"))));
        }
        let next = match header.is_fragment() {
            true => Next::Fragment,
            false => Next::IpProtocol(header.raw(const { Ipv4::row("protocol") }) as u8),
        };
        let parts = Parts::new(header, head, next);
        Ok(match total {
            0 => parts.flaw(Flaw::inferred(bytes.len()).at(Ipv4::row("total_length"))),
            _ if total < head => {
                let flaw = Flaw::too_short(total, head).at(Ipv4::row("total_length"));
                Parts::new(header, head, Next::Unknown).flaw(flaw)
            }
            _ => parts.total(total),
        })
    }

    #[inline]
    fn enter(&self, place: &Place<'a>, inner: &mut Inner) {
        inner.network = Network::ipv4(place.context.at);
        if place.head().len() > Ipv4::LEN {
            ipv4_options::source_route(self.options(place), &mut inner.network);
        }
    }

    fn cover(&self) -> Option<Cover> {
        Some(Cover::plain(Upto::Head))
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        Tlvs::<Ipv4Option>::build(OPTIONS, builder)
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        if place.head().len() > Ipv4::LEN {
            self.options(place).show(OPTIONS, visitor);
        }
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        ipv4_options::check(self.options(place), OPTIONS, self.fragment_offset() != 0, report);
        if self.is_fragment() {
            let more = self.flags().contains(Ipv4Flags::MORE_FRAGMENTS);
            fragment::check_ipv4(place, self.protocol().into(), self.fragment_offset(), more, report);
        }
        if self.flags().contains(Ipv4Flags::RESERVED) {
            let field = &Ipv4::FIELDS[usize::from(const { Ipv4::row("flags") })];
            let rule = Reason::Rule(Severity::Note, "the reserved bit is set (RFC 791; the evil bit of RFC 3514)");
            report(Some(field), field.span(place.context.at), rule);
        }
    }
}

impl<'a> Ipv4<&'a [u8; 20]> {
    /// The options of a header at its place.
    pub fn options(&self, place: &Place<'a>) -> Tlvs<'a, Ipv4Option<'a>> {
        Tlvs::at(place.options(Ipv4::LEN))
    }
}

const OPTIONS: &Field = &Field::floating("options", "ip.options", Kind::List(&Kind::Group), "Options, RFC 791 §3.1.");
