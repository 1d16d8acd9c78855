//! VLAN tags: IEEE 802.1Q, 802.1ad, and the older 0x9100.

use crate::layer::NextProtocol;
use crate::layer::Rule;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{LayerContext, ParseDefect, ParsedHeader, Protocol, Report, Scope};
use crate::proto::EtherType;
use crate::proto::link::ethernet::EthernetRule;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{SelectorKind, header, raw_number, registry};

registry! {
    /// Priority code points and their usual traffic types, IEEE 802.1Q Table I-2.
    pub enum Priority: u8 {
        BestEffort = 0 "best effort",
        Background = 1 "background",
        ExcellentEffort = 2 "excellent effort",
        CriticalApplications = 3 "critical applications",
        Video = 4 "video",
        Voice = 5 "voice",
        InternetworkControl = 6 "internetwork control",
        NetworkControl = 7 "network control",
    }
}

header! {
    /// VLAN tag after its tag protocol identifier, IEEE 802.1Q §9.6.
    pub struct Vlan(4) => VlanEdit, layer {
        /// Priority code point, 0 to 7.
        priority: Priority = 0..3, "vlan.priority";
        /// Drop eligible indicator; before IEEE 802.1Q-2011, the canonical format indicator.
        drop_eligible: bool = 3..4, "vlan.dei";
        /// VLAN identifier. 0 means that the tag gives only a priority; 4095 is reserved.
        id: u16 = 4..16, "vlan.id";
        /// Protocol that follows the tag, or a length, as in the Ethernet header.
        ethertype: EtherType = 16..32, "vlan.etype", hex, next_protocol(SelectorKind::EtherType), default(0x88b5);
    }
}

impl<'a> Protocol<'a> for Vlan<&'a [u8; 4]> {
    const NAME: &'static str = "vlan";
    const TITLE: &'static str = "VLAN tag, IEEE 802.1Q";
    const TABLE: &'static [crate::wire::Field] = Vlan::FIELDS;
    const LENGTH_ROW: u8 = Vlan::row("ethertype");
    const RULES: &'static [&'static [Rule]] = &[EthernetRule::ALL];
    const RAW: &'static str = "Nothing.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Vlan::LEN))?;
        let ethertype = raw_number(header.as_bytes(), Vlan::FIELDS, const { Vlan::row("ethertype") });
        let (length, next) = EtherType::length_or_type(ethertype as u16);
        let parts = ParsedHeader::new(header, Vlan::LEN, next);
        Ok(match length {
            Some(length) => parts.total_len(Vlan::LEN + length),
            None => parts,
        })
    }

    #[inline]
    fn update_scope(&self, _: &LayerContext<'a>, scope: &mut Scope) {
        scope.vlan_tags = scope.vlan_tags.saturating_add(1);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        EtherType::check(self.ethertype().into(), &Vlan::FIELDS[3], context, report);
        if self.id() == 4095 {
            let field = &Vlan::FIELDS[const { Vlan::row("id") as usize }];
            report(Some(field), field.span(context.bounds.start), EthernetRule::VlanIdReserved.into());
        }
        if context.vlan_tags == 2 {
            report(None, context.header_span(), EthernetRule::TooManyTags.into());
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        append!(summary.begin("VLAN"), "VLAN ", self.id());
    }
}
