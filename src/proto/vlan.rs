//! VLAN tags: IEEE 802.1Q, 802.1ad, and the older 0x9100.

use super::EtherType;
use crate::field::{Numbers, header, registry};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Report};

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
    pub struct Vlan(4) {
        /// Priority code point.
        priority: Priority = 0..3, "vlan.priority";
        /// Drop eligible; canonical format indicator in tags before 2011.
        drop_eligible: bool = 3..4, "vlan.dei";
        /// VLAN identifier; 0 gives a priority only, 4095 is reserved.
        id: u16 = 4..16, "vlan.id";
        /// What the tag is in front of, as in Ethernet.
        ethertype: EtherType = 16..32, "vlan.etype", hex, announces(Numbers::EtherType), default(0x88b5);
    }
}

impl<'a> Protocol<'a> for Vlan<&'a [u8; 4]> {
    const NAME: &'static str = "vlan";
    const TITLE: &'static str = "VLAN tag, IEEE 802.1Q";
    const TABLE: &'static [crate::field::Field] = Vlan::FIELDS;
    const LENGTH_ROW: u8 = Vlan::row("ethertype");
    const RAW: &'static str = "Nothing.";

    #[inline(always)]
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Vlan::LEN))?;
        let (length, next) = EtherType::announce(header.raw(const { Vlan::row("ethertype") }) as u16);
        let parts = Parts::new(header, Vlan::LEN, next);
        Ok(match length {
            Some(length) => parts.total(Vlan::LEN + length),
            None => parts,
        })
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        EtherType::check(self.ethertype().into(), &Vlan::FIELDS[3], place, report);
    }
}
