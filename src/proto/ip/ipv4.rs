//! IPv4 (RFC 791).

use crate::layer::OptionList;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{
    ChecksumCoverage, CoverageEnd, LayerContext, ParseDefect, ParsedHeader, Protocol, PseudoHeaderAddresses, Report,
    Scope, verify_by_coverage,
};
use crate::layer::{NextProtocol, Rule};
use crate::proto::ip::fragment;
use crate::proto::ip::ip_rules;
use crate::proto::ip::ip_rules::IpRule;
use crate::proto::ip::ipv4_options;
use crate::proto::ip::ipv4_options::Ipv4Rule;
use crate::proto::{IpProtocol, Ipv4Option};
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Checksum, Field, Kind, SelectorKind, Sum, Tlvs, flags, header, raw_number, registry};
use core::net::Ipv4Addr;

registry! {
    /// Explicit congestion notification codepoints, RFC 3168 §5.
    pub enum Ecn: u8 {
        NotCapable = 0 "not ECN-capable",
        Ect1 = 1 "ECT(1)",
        Ect0 = 2 "ECT(0)",
        CongestionExperienced = 3 "congestion experienced",
    }
}

registry! {
    /// Differentiated services codepoints (IANA).
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
    /// Fragmentation flags, RFC 791 §3.1.
    pub struct Ipv4Flags: u8 {
        /// Reserved, must be zero (the "evil bit" of RFC 3514).
        RESERVED = 0b100, "reserved", "ip.flags.rb";
        /// Don't fragment.
        DONT_FRAGMENT = 0b010, "DF", "ip.flags.df";
        /// More fragments follow.
        MORE_FRAGMENTS = 0b001, "MF", "ip.flags.mf";
    }
}

header! {
    /// IPv4 header without options, [RFC 791 §3.1](https://www.rfc-editor.org/rfc/rfc791#section-3.1).
    ///
    /// ```
    /// use packetsmith::proto::ip::IpProtocol;
    /// use packetsmith::Ipv4;
    /// let mut bytes = [0; 20];
    /// let (mut header, _) = Ipv4::split_mut(&mut bytes).unwrap();
    /// header.edit().version(4).ihl(5).ttl(64).protocol(IpProtocol::Udp);
    /// assert_eq!((bytes[0], bytes[8], bytes[9]), (0x45, 64, 17));
    /// ```
    pub struct Ipv4(20) => Ipv4Edit, layer {
        /// IP version: always 4.
        version: u8 = 0..4, "ip.version", default(4);
        /// Internet header length: length of the header with its options in units of 4 bytes, at least 5.
        ihl: u8 = 4..8, "ip.hdr_len", words, base_unit_in_filters, header_length(4, 0);
        /// Differentiated services codepoint, RFC 2474.
        dscp: Dscp = 8..14, "ip.dsfield.dscp";
        /// Explicit congestion notification, RFC 3168.
        ecn: Ecn = 14..16, "ip.dsfield.ecn";
        /// Length of header and payload in bytes. Zero in captures of segmentation offload.
        total_length: u16 = 16..32, "ip.len", bytes, total_length(0);
        /// Identification, shared by all fragments of a packet.
        identification: u16 = 32..48, "ip.id", hex;
        /// Fragmentation flags.
        flags: Ipv4Flags = 48..51, "ip.flags", hex;
        /// Offset of the fragment in the original payload, in units of 8 bytes.
        fragment_offset: u16 = 51..64, "ip.frag_offset", eight_byte_units;
        /// Time to live in hops.
        ttl: u8 = 64..72, "ip.ttl", default(64);
        /// Protocol of the payload.
        protocol: IpProtocol = 72..80, "ip.proto", next_protocol(SelectorKind::IpProtocol);
        /// Internet checksum of the header with its options.
        checksum: u16 = 80..96, "ip.checksum", checksum;
        /// Source address.
        src: Ipv4Addr = 96..128, "ip.src";
        /// Destination address.
        dst: Ipv4Addr = 128..160, "ip.dst";
    }
}

impl<B: core::borrow::Borrow<[u8; 20]>> Ipv4<B> {
    /// Whether the packet is a fragment.
    #[inline]
    pub fn is_fragment(&self) -> bool {
        self.fragment_offset() != 0 || self.flags().contains(Ipv4Flags::MORE_FRAGMENTS)
    }
}

impl<'a> Protocol<'a> for Ipv4<&'a [u8; 20]> {
    const NAME: &'static str = "ipv4";
    const TITLE: &'static str = "Internet Protocol version 4, RFC 791";
    const TABLE: &'static [Field] = Ipv4::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<Ipv4Option>(OPTIONS));
    const LENGTH_ROW: u8 = Ipv4::row("total_length");
    const RULES: &'static [&'static [Rule]] = &[Ipv4Rule::ALL, IpRule::ALL];
    const RAW: &'static str =
        "Options without a published specification, experimental options, and obsolete ones such as ENCODE.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        /// Hop-by-hop options are of IPv6. In IPv4 the number 0 is what software writes that sets no protocol. It is rare:
        /// a branch to here costs less than a choice that all packets wait for.
        #[cold]
        fn no_protocol() -> NextProtocol {
            NextProtocol::Unknown
        }
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Ipv4::LEN))?;
        let (header_len, total) = (usize::from(header.ihl()) * 4, usize::from(header.total_length()));
        let opaque =
            |defect: ParseDefect| Ok(ParsedHeader::new(header, Ipv4::LEN, NextProtocol::Unknown).defect(defect));
        if header.version() != 4 {
            return opaque(ParseDefect::version(header.version(), 4).at(Ipv4::row("version")));
        }
        if header_len < Ipv4::LEN {
            return opaque(ParseDefect::too_short(header_len, Ipv4::LEN).at(Ipv4::row("ihl")));
        }
        if header_len > bytes.len() {
            let parts = ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown);
            return Ok(parts
                .total_len(total.max(header_len))
                .defect(ParseDefect::needs(header_len).at(Ipv4::row("ihl"))));
        }
        let next = match header.is_fragment() {
            true => NextProtocol::Fragment,
            false => match raw_number(header.as_bytes(), Ipv4::FIELDS, const { Ipv4::row("protocol") }) as u8 {
                0 => no_protocol(),
                protocol => NextProtocol::IpProtocol(protocol),
            },
        };
        let parts = ParsedHeader::new(header, header_len, next);
        Ok(match total {
            0 => parts.defect(ParseDefect::inferred(bytes.len()).at(Ipv4::row("total_length"))),
            _ if total < header_len => {
                let defect = ParseDefect::too_short(total, header_len).at(Ipv4::row("total_length"));
                ParsedHeader::new(header, header_len, NextProtocol::Unknown).defect(defect)
            }
            _ => parts.total_len(total),
        })
    }

    #[inline]
    fn update_scope(&self, context: &LayerContext<'a>, scope: &mut Scope) {
        scope.addresses = PseudoHeaderAddresses::ipv4(context.bounds.start);
        scope.ip_headers = scope.ip_headers.saturating_add(1);
        if context.header().len() > Ipv4::LEN {
            ipv4_options::source_route(self.options(context), &mut scope.addresses);
        }
    }

    fn coverage(&self) -> Option<ChecksumCoverage> {
        Some(ChecksumCoverage::plain(CoverageEnd::Header))
    }

    fn verify(&self, context: &LayerContext<'a>) -> Option<Checksum> {
        let state = verify_by_coverage(self, context)?;
        Some(match state {
            // Windows leaves the checksum of a large send to the network card, and of any packet whose transport
            // checksum it leaves to it.
            Checksum::Bad(_)
                if self.checksum() == 0 && (self.total_length() == 0 || self.payload_is_offloaded(context)) =>
            {
                Checksum::Offloaded
            }
            state => state,
        })
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        ipv4_options::check(self.options(context), OPTIONS, self.fragment_offset() != 0, report);
        if self.is_fragment() {
            let more = self.flags().contains(Ipv4Flags::MORE_FRAGMENTS);
            fragment::check_ipv4(context, self.protocol().into(), self.fragment_offset(), more, report);
        }
        self.check_fields(context, report);
        if self.flags().contains(Ipv4Flags::RESERVED) {
            let field = &Ipv4::FIELDS[usize::from(const { Ipv4::row("flags") })];
            report(Some(field), field.span(context.bounds.start), Ipv4Rule::ReservedFlag.into());
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        summary.addresses(self.src(), self.dst());
        let info = summary.begin("IPv4");
        if self.is_fragment() {
            let offset = u32::from(self.fragment_offset()) * 8;
            append!(info, "Fragment of ", self.protocol().name().unwrap_or("unknown"), ", offset ", offset, ", ID ");
            info.hex(self.identification().into(), 4);
            info.str(if self.flags().contains(Ipv4Flags::MORE_FRAGMENTS) { "" } else { ", the last" });
        }
    }
}

impl<'a> Ipv4<&'a [u8; 20]> {
    /// Reports values of fields that are unusual or not allowed.
    fn check_fields(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        const SOURCE: &Field = &Ipv4::FIELDS[Ipv4::row("src") as usize];
        const DESTINATION: &Field = &Ipv4::FIELDS[Ipv4::row("dst") as usize];
        const TTL: &Field = &Ipv4::FIELDS[Ipv4::row("ttl") as usize];
        const FLAGS: &Field = &Ipv4::FIELDS[Ipv4::row("flags") as usize];
        // What is not of this version is not understood.
        if self.version() != 4 || context.quoted {
            return;
        }
        let (source, destination) = (self.src(), self.dst());
        ip_rules::check(context, [source.into(), destination.into()], [SOURCE, DESTINATION], report);
        let mut rule =
            |field: &'static Field, rule: Ipv4Rule| report(Some(field), field.span(context.bounds.start), rule.into());
        match (self.ttl(), destination.octets()) {
            // A group of the host itself may be addressed so (RFC 1112 §6.1).
            (0, _) if !context.inside_host => rule(TTL, Ipv4Rule::TtlZero),
            // Some protocols send 255 there, so that receivers can tell that no router forwarded it.
            (2..=254, [224, 0, 0, _]) if context.ip_headers == 0 => rule(TTL, Ipv4Rule::TtlOfLocalGroup),
            _ => {}
        }
        if self.is_fragment() && self.flags().contains(Ipv4Flags::DONT_FRAGMENT) {
            rule(FLAGS, Ipv4Rule::FragmentWithDontFragment);
        }
        let frame_destination = context.link_destination().of(context.frame);
        let to_one = frame_destination.first().is_some_and(|first| first & 1 == 0);
        if destination.is_multicast() && to_one && context.ip_headers == 0 && !context.inside_host {
            rule(DESTINATION, Ipv4Rule::GroupInUnicastFrame);
        }
    }

    /// Whether the transport checksum is that of the pseudo-header alone.
    fn payload_is_offloaded(&self, context: &LayerContext<'a>) -> bool {
        let at = match self.protocol() {
            IpProtocol::Tcp => 16,
            IpProtocol::Udp => 6,
            _ => return false,
        };
        let Some(&stored) = context.payload().get(at..).and_then(|rest| rest.first_chunk()) else { return false };
        let addresses = Sum::new().number(self.src().into()).number(self.dst().into());
        let pseudo = addresses.number(u8::from(self.protocol()).into());
        let with_length = pseudo.number(context.payload_wire_end - context.bounds.header_end);
        [pseudo.value(), with_length.value()].contains(&u16::from_be_bytes(stored)) && !self.is_fragment()
    }

    /// The options of the header.
    pub fn options(&self, context: &LayerContext<'a>) -> Tlvs<'a, Ipv4Option<'a>> {
        Tlvs::at(context.options(Ipv4::LEN))
    }
}

const OPTIONS: &Field = &Field::floating("options", "ip.options", Kind::List(&Kind::Group), "Options, RFC 791 §3.1.");

crate::wire::options_of! { Ipv4Option: Ipv4; }
