//! Geneve, RFC 8926.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, NextProtocol, OptionList, ParseDefect, ParsedHeader, Protocol, Report, Rule, rules};
use crate::proto::EtherType;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{
    BitRange, Field, Kind, SelectorKind, TlvContents, TlvItem, TlvLayout, Tlvs, header, registry, tagged_enum,
};

header! {
    /// Geneve header without its options, [RFC 8926 §3.4](https://www.rfc-editor.org/rfc/rfc8926#section-3.4).
    ///
    /// ```
    /// use packetsmith::{Examine, Layers, NextProtocol, View};
    /// use packetsmith::proto::tunnel::GeneveOptionClass;
    /// let packet = [2, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 0x80, 1, 0, 0, 0, 9];
    /// let layer = Examine::new(Layers::new(NextProtocol::UdpPort(6081), &packet)).next().unwrap();
    /// let View::Geneve(geneve) = layer.view else { panic!() };
    /// let (option, data) = geneve.options(&layer.context).next().unwrap();
    /// assert_eq!((geneve.vni(), option.class(), data), (7, GeneveOptionClass::Ovn, &[0, 0, 0, 9][..]));
    /// ```
    pub struct Geneve(8) => GeneveEdit, layer {
        /// Always 0.
        version: u8 = 0..2, "geneve.version";
        /// Length of the options in units of 4 bytes.
        options_length: u8 = 2..8, "", words, header_length(4, 8);
        /// O: control packet, for operations, administration and maintenance.
        control: bool = 8..9, "geneve.flags.oam";
        /// C: at least one option is critical.
        critical: bool = 9..10, "geneve.flags.critical";
        /// Reserved.
        reserved: u8 = 10..16, "geneve.flags.reserved", reserved;
        /// Protocol type of the payload.
        protocol: EtherType = 16..32, "geneve.proto_type", hex, next_protocol(SelectorKind::EtherType);
        /// Virtual network identifier.
        vni: u32 = 32..56, "geneve.vni";
        /// Reserved.
        reserved2: u8 = 56..64, "geneve.reserved", reserved;
    }
}

registry! {
    /// Option classes: organizations that define option types (IANA, RFC 8926 §8).
    pub enum GeneveOptionClass: u16 {
        Linux = 0x0100 "Linux",
        OpenVSwitch = 0x0101 "Open vSwitch",
        Ovn = 0x0102 "Open Virtual Networking",
        Telemetry = 0x0103 "In-band Network Telemetry",
        Vmware = 0x0104 "VMware",
        Amazon = 0x0105 "Amazon",
        Cisco = 0x0106 "Cisco",
        Oracle = 0x0107 "Oracle",
        Amazon2 = 0x0108 "Amazon",
        Ibm = 0x0111 "IBM",
        Ericsson = 0x0119 "Ericsson",
        Oxide = 0x0129 "Oxide Computer",
        Cisco2 = 0x0130 "Cisco",
        Google = 0x0132 "Google",
    }
}

header! {
    /// Header of a Geneve option, RFC 8926 §3.5.
    pub struct GeneveOption(4) => GeneveOptionEdit {
        /// Option class: the organization that defines the type.
        class: GeneveOptionClass = 0..16, "geneve.option.class", hex;
        /// C: a receiver that does not support the option must drop the packet.
        critical: bool = 16..17, "geneve.option.type.critical";
        /// Type within the option class.
        kind: u8 = 17..24, "geneve.option.type", hex;
        /// Reserved.
        reserved: u8 = 24..27, "geneve.option.flags.reserved", reserved;
        /// Length of the option data in units of 4 bytes.
        length: u8 = 27..32, "", words, computed;
    }
}

const OPTIONS: &Field =
    &Field::floating("options", "geneve.options", Kind::List(&Kind::Group), "Options, RFC 8926 §3.5.");
const OPTION_DATA: &Field =
    &Field::floating("data", "geneve.option.unknown.data", Kind::Bytes, "Option data, defined by the option class.");

tagged_enum! {
    /// The data of a Geneve option. Its meaning depends on class and type; none is read here.
    pub enum GeneveOptionData<'a>: "kind", "geneve.option.type", "options" {}
}

impl TlvItem for GeneveOptionData<'_> {
    const LAYOUT: TlvLayout = TlvLayout {
        header_len: 4,
        kind: BitRange::new(17, 24),
        length: BitRange::new(27, 32),
        unit: 4,
        ..TlvLayout::BYTES
    };
    const HEADER: &'static [Field] = GeneveOption::FIELDS;
    const VENDOR_ROWS: &'static [Field] = core::slice::from_ref(OPTION_DATA);
    fn contents(_: &[u8]) -> TlvContents {
        TlvContents::Vendor {
            kind: &GeneveOption::FIELDS[const { GeneveOption::row("kind") } as usize],
            data: OPTION_DATA,
        }
    }
}

impl<'a> Geneve<&'a [u8; 8]> {
    /// The options with their data, up to the first truncated one.
    pub fn options(
        &self,
        context: &LayerContext<'a>,
    ) -> impl Iterator<Item = (GeneveOption<&'a [u8; 4]>, &'a [u8])> + use<'a> {
        let items = Tlvs::<GeneveOptionData>::at(context.options(Geneve::LEN)).items().flatten();
        items.filter_map(|item| Some((GeneveOption::new(item.header.first_chunk()?), item.contents.bytes())))
    }
}

rules! {
    /// Rules of Geneve.
    pub enum GeneveRule {
        CriticalMismatch = Warning "geneve.critical.mismatch"
            "the critical options flag must be set if one of the options is critical, and only then (RFC 8926 §3.4)",
    }
}

impl<'a> Protocol<'a> for Geneve<&'a [u8; 8]> {
    const NAME: &'static str = "geneve";
    const TITLE: &'static str = "Generic Network Virtualization Encapsulation, RFC 8926";
    const TABLE: &'static [Field] = Geneve::FIELDS;
    const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<GeneveOptionData>(OPTIONS));
    const RULES: &'static [&'static [Rule]] = &[GeneveRule::ALL];
    const RAW: &'static str = "Option data, which the option class defines.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Geneve::LEN))?;
        let header_len = Geneve::LEN + usize::from(header.options_length()) * 4;
        if header.version() != 0 {
            let defect = ParseDefect::version(header.version(), 0).at(Geneve::row("version"));
            return Ok(ParsedHeader::new(header, Geneve::LEN, NextProtocol::Unknown).defect(defect));
        }
        if header_len > bytes.len() {
            let defect = ParseDefect::needs(header_len).at(Geneve::row("options_length"));
            return Ok(ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(defect));
        }
        let next = match header.protocol() {
            EtherType::TransparentBridging => NextProtocol::LinkType(1),
            protocol => NextProtocol::EtherType(protocol.into()),
        };
        Ok(ParsedHeader::new(header, header_len, next))
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        let list = Tlvs::<GeneveOptionData>::at(context.options(Geneve::LEN));
        let is_broken = list.items().any(|item| item.is_err());
        let critical = self.options(context).any(|(option, _)| option.critical());
        if !is_broken && critical != self.critical() && context.is_whole() {
            let field = &Geneve::FIELDS[usize::from(const { Geneve::row("critical") })];
            report(Some(field), field.span(context.bounds.start), GeneveRule::CriticalMismatch.into());
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, context: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("Geneve");
        append!(info, "VNI ", self.vni(), ", ");
        self.protocol().append_name(info);
        match self.options(context).count() {
            0 => {}
            options => append!(info, ", options: ", options as u64),
        }
    }
}

crate::wire::options_of! { GeneveOptionData: Geneve; }

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::layer::IssueKind;
    use crate::proto::Proto;
    use std::vec::Vec;

    fn issues(packet: &[u8]) -> Vec<IssueKind> {
        let mut all = Vec::new();
        let layer = Examine::new(Layers::new(NextProtocol::UdpPorts(6081, 40000), packet)).next().unwrap();
        layer.issues(|issue| all.push(issue.kind));
        all
    }

    #[test]
    fn an_option_longer_than_the_option_list_ends_it() {
        let mut packet = [1, 0, 0x86, 0xdd, 0, 0, 7, 0, 1, 2, 0x80, 1];
        assert_eq!(issues(&packet), [IssueKind::CutItem { bytes: 4, kind: 0, length: Some(1) }]);
        packet[11] = 0;
        assert_eq!(issues(&packet), [GeneveRule::CriticalMismatch.into()]);
        packet[1] = 0x40;
        assert_eq!(issues(&packet), []);
    }

    /// Names and numbers that an option list shows.
    #[derive(Default)]
    struct Shown(Vec<(&'static str, u64)>);

    impl crate::wire::Visitor for Shown {
        fn field(&mut self, field: &'static Field, span: crate::wire::Span, value: crate::wire::Value<'_>) {
            self.0.push((field.name, value.number().unwrap_or((span.end - span.start).into())));
        }
        fn open(&mut self, _: &'static Field, _: crate::wire::Span) {}
        fn close(&mut self) {}
    }

    #[test]
    fn a_cut_option_shows_its_class_type_and_length() {
        let packet = [3, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 0x85, 2, 0, 0, 0, 9];
        let layer = Examine::new(Layers::new(NextProtocol::UdpPort(6081), &packet)).next().unwrap();
        let mut shown = Shown::default();
        layer.show(&mut shown);
        let option = [("class", 0x102), ("critical", 1), ("kind", 5), ("reserved", 0), ("length", 2), ("rest", 4)];
        assert_eq!(shown.0[shown.0.len() - 6..], option);
        // Of its header less is there than a class, a type and a length.
        let layer = Examine::new(Layers::new(NextProtocol::UdpPort(6081), &packet[..11])).next().unwrap();
        let mut shown = Shown::default();
        layer.show(&mut shown);
        assert_eq!(shown.0.last(), Some(&("rest", 3)));
    }

    #[test]
    fn options_beyond_the_captured_bytes_are_truncated() {
        let packet = [2, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 0, 0];
        assert!(matches!(issues(&packet)[..], [IssueKind::Truncated { needed: 16, have: 12, .. }]));
        let protos: Vec<_> = Layers::new(NextProtocol::UdpPort(6081), &packet).map(|layer| layer.proto).collect();
        assert_eq!(protos, [Proto::Geneve]);
    }
}
