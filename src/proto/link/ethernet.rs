//! Ethernet II and IEEE 802.3.

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report, Scope};
use crate::layer::{Rule, rules};
use crate::wire::MacAddr;
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::TextBuffer;
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, SelectorKind, header, raw_number, registry};

registry! {
    /// EtherTypes (IEEE registration authority).
    pub enum EtherType: u16 {
        Ipv4 = 0x0800 "IPv4",
        Arp = 0x0806 "ARP",
        WakeOnLan = 0x0842 "Wake-on-LAN",
        Avtp = 0x22f0 "AVTP",
        Trill = 0x22f3 "TRILL",
        BatmanAdvanced = 0x4305 "B.A.T.M.A.N. Advanced",
        DecMopDump = 0x6001 "DEC MOP dump/load",
        DecMopConsole = 0x6002 "DEC MOP remote console",
        DecNet = 0x6003 "DECnet phase IV",
        DecLat = 0x6004 "DEC LAT",
        TransparentBridging = 0x6558 "Transparent Ethernet bridging",
        Bcp = 0x6559 "Frame Relay ARP",
        Rarp = 0x8035 "RARP",
        AppleTalk = 0x809b "AppleTalk",
        Aarp = 0x80f3 "AppleTalk ARP",
        Vlan = 0x8100 "802.1Q VLAN",
        Ipx = 0x8137 "IPX",
        QnxQnet = 0x8204 "QNX Qnet",
        Ipv6 = 0x86dd "IPv6",
        FlowControl = 0x8808 "Ethernet flow control",
        SlowProtocols = 0x8809 "Slow protocols",
        Ppp = 0x880b "PPP",
        Mpls = 0x8847 "MPLS",
        MplsUpstream = 0x8848 "MPLS, upstream-assigned label",
        PppoeDiscovery = 0x8863 "PPPoE discovery",
        PppoeSession = 0x8864 "PPPoE session",
        Jumbo = 0x8870 "Jumbo LLC",
        HomePlug = 0x887b "HomePlug 1.0",
        Eapol = 0x888e "802.1X EAPOL",
        Profinet = 0x8892 "PROFINET",
        TagRealtek = 0x8899 "Realtek protocols",
        HyperScsi = 0x889a "HyperSCSI",
        AtaOverEthernet = 0x88a2 "ATA over Ethernet",
        EtherCat = 0x88a4 "EtherCAT",
        ServiceVlan = 0x88a8 "802.1ad service VLAN",
        Powerlink = 0x88ab "Ethernet POWERLINK",
        LocalExperimental1 = 0x88b5 "Local experimental 1",
        LocalExperimental2 = 0x88b6 "Local experimental 2",
        OuiExtended = 0x88b7 "OUI extended",
        Goose = 0x88b8 "GOOSE",
        Gse = 0x88b9 "GSE",
        SampledValues = 0x88ba "Sampled values",
        Lldp = 0x88cc "LLDP",
        Sercos3 = 0x88cd "SERCOS III",
        HomePlugAv = 0x88e1 "HomePlug AV",
        Mrp = 0x88e3 "MRP",
        MacSec = 0x88e5 "802.1AE MACsec",
        ProviderBackbone = 0x88e7 "802.1ah provider backbone bridge",
        Mvrp = 0x88f5 "MVRP",
        Mmrp = 0x88f6 "MMRP",
        Ptp = 0x88f7 "PTP",
        NcSi = 0x88f8 "NC-SI",
        Prp = 0x88fb "PRP",
        Cfm = 0x8902 "802.1ag CFM",
        FibreChannel = 0x8906 "FCoE",
        CiscoMetadata = 0x8909 "Cisco metadata",
        FcoeInitialization = 0x8914 "FCoE initialization",
        Roce = 0x8915 "RoCE",
        TteControl = 0x891d "TTEthernet control",
        VmwareBeacon = 0x8922 "VMware beacon probing",
        Hsr = 0x892f "HSR",
        Nsh = 0x894f "NSH",
        Loopback = 0x9000 "Loopback",
        LegacyServiceVlan = 0x9100 "QinQ VLAN",
        Llt = 0xcafe "LLT",
    }
}

impl EtherType {
    /// Largest value that is a length rather than a type (IEEE 802.3).
    pub const MAX_LENGTH: u16 = 1500;
    /// Smallest value that is a type; those between have no meaning.
    pub const MIN_TYPE: u16 = 1536;

    /// Length of the payload in bytes, if `value` is a length, and the protocol that follows.
    #[inline]
    pub(crate) fn length_or_type(value: u16) -> (Option<usize>, NextProtocol) {
        match value {
            0..=Self::MAX_LENGTH => (Some(value.into()), NextProtocol::Llc),
            Self::MIN_TYPE.. => (None, NextProtocol::EtherType(value)),
            _ => (None, NextProtocol::Unknown),
        }
    }

    /// Reports a value that is neither a length nor a type.
    pub(crate) fn check(value: u16, row: &'static Field, context: &LayerContext<'_>, report: &mut Report<'_>) {
        if value > Self::MAX_LENGTH && value < Self::MIN_TYPE {
            report(Some(row), row.span(context.bounds.start), EthernetRule::TypeUndefined.into());
        }
    }
}

header! {
    /// Ethernet header, IEEE 802.3 §3.1.1.
    ///
    /// ```
    /// use packetsmith::proto::link::EtherType;
    /// use packetsmith::Ethernet;
    /// let header = Ethernet::build().src([2, 0, 0, 0, 0, 1].into()).ethertype(EtherType::Ipv4).done();
    /// assert_eq!(header.as_bytes()[12..], [0x08, 0x00]);
    /// ```
    pub struct Ethernet(14) => EthernetEdit, layer {
        /// Destination MAC address.
        dst: MacAddr = 0..48, "eth.dst";
        /// Source MAC address.
        src: MacAddr = 48..96, "eth.src";
        /// Protocol of the payload. A value up to 1500 is the length of the payload in bytes (IEEE 802.3 §3.2.6).
        ethertype: EtherType = 96..112, "eth.type", hex, next_protocol(SelectorKind::EtherType), default(0x88b5);
    }
}

registry! {
    /// Result of verifying the frame check sequence.
    pub enum FcsStatus: u8 {
        Bad = 0 "bad",
        Good = 1 "good",
    }
}

registry! {
    /// Frame size, compared with the limits of IEEE 802.3 §3.2.7. The frame check sequence is not counted.
    ///
    /// A basic frame has 60 to 1514 bytes, plus 4 for each VLAN tag. A shorter frame was captured before
    /// the sender added padding, or is a collision fragment. A longer frame is a jumbo frame, for which no
    /// standard sets a limit, or a segment that the network card will split or has coalesced.
    pub enum FrameSize: u8 {
        Short = 0 "short",
        Basic = 1 "basic",
        Jumbo = 2 "jumbo",
    }
}

impl Ethernet {
    /// Fields after the payload (padding, FCS, FCS status) and the frame size.
    pub(crate) const TRAILER: &'static [Field] = &[
        Field::floating(
            "padding",
            "eth.padding",
            Kind::Bytes,
            "Padding up to the minimum frame size, IEEE 802.3 §3.2.8.",
        ),
        Field::floating("fcs", "eth.fcs", Kind::Uint, "Frame check sequence, IEEE 802.3 §3.2.9.").of_bits(32).hex(),
        Field::floating(
            "fcs_status",
            "eth.fcs.status",
            Kind::Named(FcsStatus::REGISTRY),
            "Whether the frame check sequence is correct.",
        )
        .of_bits(8),
        Field::floating(
            "frame_size",
            "",
            Kind::Named(FrameSize::REGISTRY),
            "Frame size, shown if it is below or above that of a basic frame.",
        ),
    ];
}

rules! {
    /// Rules of EtherTypes.
    pub enum EthernetRule {
        TypeUndefined = Warning "ethernet.ethertype.undefined"
            "the value is neither a length (up to 1500) nor a type (from 1536)",
        SourceGroup = Warning "ethernet.src.group"
            "the source address must not be that of a group (IEEE 802.3 §3.2.3)",
        VlanIdReserved = Warning "vlan.id.reserved" "VLAN 4095 must not be sent (IEEE 802.1Q table 9-2)",
        TooManyTags = Note "vlan.tags.too_many" "the frame has more than two VLAN tags (IEEE 802.1Q §9.5)",
    }
}

#[cfg(feature = "alloc")]
impl Ethernet<&[u8; 14]> {
    /// Writes the columns of the summary line.
    pub(crate) fn summarize_header(&self, summary: &mut Summary) {
        summary.addresses(self.src(), self.dst());
        let info = summary.begin("Ethernet");
        info.str("type ");
        info.hex(u16::from(self.ethertype()).into(), 4);
    }
}

#[cfg(feature = "alloc")]
impl EtherType {
    /// Appends the name, or the number if it has none.
    pub(crate) fn append_name(self, text: &mut TextBuffer) {
        match self.name() {
            Some(name) => text.str(name),
            None => {
                text.str("EtherType ");
                text.hex(u16::from(self).into(), 4);
            }
        }
    }
}

impl<'a> Protocol<'a> for Ethernet<&'a [u8; 14]> {
    const NAME: &'static str = "ethernet";
    const TITLE: &'static str = "Ethernet, IEEE 802.3";
    const TABLE: &'static [Field] = Ethernet::FIELDS;
    const LENGTH_ROW: u8 = Ethernet::row("ethertype");
    const VARIABLE: &'static [&'static Schema] = &[&Schema::of(Ethernet::TRAILER)];
    const RULES: &'static [&'static [Rule]] = &[EthernetRule::ALL];
    const RAW: &'static str = "Nothing.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Ethernet::LEN))?;
        let ethertype = raw_number(header.as_bytes(), Ethernet::FIELDS, const { Ethernet::row("ethertype") });
        let (length, next) = EtherType::length_or_type(ethertype as u16);
        let parts = ParsedHeader::new(header, Ethernet::LEN, next);
        Ok(match length {
            Some(length) => parts.total_len(Ethernet::LEN + length),
            None => parts,
        })
    }

    #[inline]
    fn update_scope(&self, context: &LayerContext<'a>, scope: &mut Scope) {
        scope.vlan_tags = 0;
        // The loopback interface of Linux has the address zero.
        scope.inside_host |= self.src().0 == [0; 6];
        scope.link_source = Ethernet::FIELDS[const { Ethernet::row("src") as usize }].span(context.bounds.start);
    }

    fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        Ethernet::TRAILER.iter().for_each(|field| builder.source.skip(field));
        Ok(())
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        EtherType::check(self.ethertype().into(), &Ethernet::FIELDS[2], context, report);
        if self.src().is_group() {
            let field = &Ethernet::FIELDS[const { Ethernet::row("src") as usize }];
            report(Some(field), field.span(context.bounds.start), EthernetRule::SourceGroup.into());
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        self.summarize_header(summary);
    }
}
