//! Geneve, RFC 8926.

use super::EtherType;
use crate::field::{Field, Kind, Numbers, Span, Value, Visitor, header, registry, show_fixed};
use crate::layer::{Flaw, Next, Parts, Place, Protocol, Reason, Report, Severity};
use crate::part::{Cursor, ITEM, REST};
use crate::source::{Builder, Mistake, Unfit};

header! {
    /// Geneve header without its options, [RFC 8926 §3.4](https://www.rfc-editor.org/rfc/rfc8926#section-3.4).
    ///
    /// ```
    /// use packetsmith::{Examine, GeneveOptionClass, Layers, Next, View};
    /// let packet = [2, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 0x80, 1, 0, 0, 0, 9];
    /// let layer = Examine::new(Layers::new(Next::UdpPort(6081), &packet)).next().unwrap();
    /// let View::Geneve(geneve) = layer.view else { panic!() };
    /// let (option, data) = geneve.options(&layer.place).next().unwrap();
    /// assert_eq!((geneve.vni(), option.class(), data), (7, GeneveOptionClass::Ovn, &[0, 0, 0, 9][..]));
    /// ```
    pub struct Geneve(8) {
        /// Always 0.
        version: u8 = 0..2, "geneve.version";
        /// Length of the options, in 32-bit words.
        options_length: u8 = 2..8, "", words, head_length(4, 8);
        /// A control packet: operations, administration and maintenance.
        control: bool = 8..9, "geneve.flags.oam";
        /// There are options that must not be ignored.
        critical: bool = 9..10, "geneve.flags.critical";
        /// Reserved.
        reserved: u8 = 10..16, "geneve.flags.reserved", reserved;
        /// What is carried.
        protocol: EtherType = 16..32, "geneve.proto_type", hex, announces(Numbers::EtherType);
        /// Virtual network identifier.
        vni: u32 = 32..56, "geneve.vni";
        /// Reserved.
        reserved2: u8 = 56..64, "geneve.reserved", reserved;
    }
}

registry! {
    /// Who defines an option's type, IANA's registry (RFC 8926 §8).
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
    pub struct GeneveOption(4) {
        /// Who defines the type.
        class: GeneveOptionClass = 0..16, "geneve.option.class", hex;
        /// Whoever does not know the option must drop the packet.
        critical: bool = 16..17, "geneve.option.type.critical";
        /// Type, within its class.
        kind: u8 = 17..24, "geneve.option.type", hex;
        /// Reserved.
        reserved: u8 = 24..27, "geneve.option.flags.reserved", reserved;
        /// Length of the data, in 32-bit words.
        length: u8 = 27..32, "geneve.option.length", words, derived;
    }
}

const OPTIONS: &Field =
    &Field::floating("options", "geneve.options", Kind::List(&Kind::Group), "Options, RFC 8926 §3.5.");
const OPTION_DATA: &Field =
    &Field::floating("data", "geneve.option.unknown.data", Kind::Bytes, "Data, as the option's class defines them.");

/// Takes an option off the front: its header, its data, and all of it.
fn option<'a>(cursor: &mut Cursor<'a>) -> Option<(GeneveOption<&'a [u8; 4]>, Cursor<'a>, Span)> {
    let mut left = *cursor;
    let start = left.span().start;
    let header = GeneveOption::new(left.chunk()?);
    let data = left.split(usize::from(header.length()) * 4)?;
    *cursor = left;
    Some((header, data, Span::new(start, data.span().end)))
}

impl<'a> Geneve<&'a [u8; 8]> {
    /// The options and their data, up to one that breaks off.
    pub fn options(&self, place: &Place<'a>) -> impl Iterator<Item = (GeneveOption<&'a [u8; 4]>, &'a [u8])> + use<'a> {
        let mut cursor = place.options(Geneve::LEN);
        core::iter::from_fn(move || option(&mut cursor).map(|(header, data, _)| (header, data.bytes())))
    }
}

impl<'a> Protocol<'a> for Geneve<&'a [u8; 8]> {
    const NAME: &'static str = "geneve";
    const TITLE: &'static str = "Generic Network Virtualization Encapsulation, RFC 8926";
    const TABLE: &'static [Field] = Geneve::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[&[*OPTIONS, *OPTION_DATA], GeneveOption::FIELDS];
    const RAW: &'static str = "The data of options, which their class defines.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Geneve::LEN))?;
        let head = Geneve::LEN + usize::from(header.options_length()) * 4;
        if header.version() != 0 {
            let flaw = Flaw::version(header.version(), 0).at(Geneve::row("version"));
            return Ok(Parts::new(header, Geneve::LEN, Next::Unknown).flaw(flaw));
        }
        if head > bytes.len() {
            let flaw = Flaw::needs(head).at(Geneve::row("options_length"));
            return Ok(Parts::new(header, bytes.len(), Next::Unknown).flaw(flaw));
        }
        let next = match header.protocol() {
            EtherType::TransparentBridging => Next::LinkType(1),
            protocol => Next::EtherType(protocol.into()),
        };
        Ok(Parts::new(header, head, next))
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        if !builder.source.open(OPTIONS)? {
            return Ok(());
        }
        while builder.source.next()? {
            if builder.source.has(REST) {
                builder.bytes(REST)?;
                continue;
            }
            let start = builder.len();
            let derived = builder.fixed::<{ GeneveOption::LEN }>(GeneveOption::FIELDS)?;
            builder.bytes(OPTION_DATA)?;
            if derived != 0 {
                let have = builder.len() - start - GeneveOption::LEN;
                (have..have.next_multiple_of(4)).for_each(|_| builder.out.put(&[0]));
                let words = have.div_ceil(4);
                if words > 31 {
                    return Err(Mistake::at(OPTION_DATA, Unfit::TooLong { have, max: 124 }));
                }
                let [first] = builder.header(start + 3);
                builder.patch(start + 3, 1, u64::from(first & 0xe0) | words as u64);
            }
        }
        builder.source.close()
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let mut cursor = place.options(Geneve::LEN);
        if cursor.is_empty() {
            return;
        }
        visitor.open(OPTIONS, cursor.span());
        while let Some((header, data, span)) = option(&mut cursor) {
            visitor.open(ITEM, span);
            show_fixed(GeneveOption::FIELDS, header.as_bytes(), span.start, visitor);
            if !data.is_empty() {
                visitor.field(OPTION_DATA, data.span(), Value::Bytes(data.bytes()));
            }
            visitor.close();
        }
        if !cursor.is_empty() {
            visitor.open(ITEM, cursor.span());
            visitor.field(REST, cursor.span(), Value::Bytes(cursor.bytes()));
            visitor.close();
        }
        visitor.close();
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        let mut cursor = place.options(Geneve::LEN);
        let mut critical = false;
        while let Some((header, ..)) = option(&mut cursor) {
            critical |= header.critical();
        }
        if !cursor.is_empty() {
            report(Some(OPTIONS), cursor.span(), Reason::BrokenItem(cursor.bytes().len() as u32));
        } else if critical != self.critical() && place.is_whole() {
            let field = &Geneve::FIELDS[usize::from(const { Geneve::row("critical") })];
            let rule = Reason::Rule(Severity::Warning, "does not say what the options say (RFC 8926 §3.4)");
            report(Some(field), field.span(place.context.at), rule);
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::dissect::{Examine, Layers};
    use crate::proto::Proto;
    use std::vec::Vec;

    fn issues(packet: &[u8]) -> Vec<Reason> {
        let mut all = Vec::new();
        let layer = Examine::new(Layers::new(Next::UdpPorts(6081, 40000), packet)).next().unwrap();
        layer.issues(|issue| all.push(issue.reason));
        all
    }

    #[test]
    fn an_option_longer_than_the_options_breaks_them_off() {
        let mut packet = [1, 0, 0x86, 0xdd, 0, 0, 7, 0, 1, 2, 0x80, 1];
        assert_eq!(issues(&packet), [Reason::BrokenItem(4)]);
        packet[11] = 0;
        assert!(matches!(issues(&packet)[..], [Reason::Rule(Severity::Warning, _)]));
        packet[1] = 0x40;
        assert_eq!(issues(&packet), []);
    }

    #[test]
    fn options_beyond_the_end_are_cut() {
        let packet = [2, 0, 0x65, 0x58, 0, 0, 7, 0, 1, 2, 0, 0];
        assert!(matches!(issues(&packet)[..], [Reason::Truncated { needed: 16, have: 12, .. }]));
        let protos: Vec<_> = Layers::new(Next::UdpPort(6081), &packet).map(|layer| layer.proto).collect();
        assert_eq!(protos, [Proto::Geneve]);
    }
}
