//! IP authentication header, RFC 4302.

use super::IpProtocol;
use crate::field::{Field, Kind, Numbers, Value, Visitor, header};
use crate::layer::{Chain, Flaw, Inner, Next, Parts, Place, Protocol, Report};
use crate::source::{Builder, Mistake};

header! {
    /// Authentication header without its integrity check value, RFC 4302 §2.
    pub struct Ah(12) {
        /// Protocol or extension header that follows.
        next_header: IpProtocol = 0..8, "ah.next_header", announces(Numbers::IpProtocol), default(59);
        /// Length in 32-bit words, the first two not counted.
        length: u8 = 8..16, "ah.length", head_length(4, 8);
        /// Reserved.
        reserved: u16 = 16..32, "ah.reserved", reserved;
        /// Security parameters index.
        spi: u32 = 32..64, "ah.spi", hex;
        /// Sequence number.
        sequence: u32 = 64..96, "ah.sequence";
    }
}

const ICV: &Field = &Field::floating("icv", "ah.icv", Kind::Bytes, "Integrity check value and its padding.");

impl<'a> Protocol<'a> for Ah<&'a [u8; 12]> {
    const NAME: &'static str = "ah";
    const TITLE: &'static str = "IP authentication header, RFC 4302";
    const TABLE: &'static [Field] = Ah::FIELDS;
    const VARIABLE: &'static [&'static [Field]] = &[&[*ICV]];
    const RAW: &'static str = "The integrity check value, which only the key's holders can verify.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Ah::LEN))?;
        let (head, row) = ((usize::from(header.length()) + 2) * 4, Ah::row("length"));
        Ok(if head < Ah::LEN {
            Parts::new(header, Ah::LEN, Next::Unknown).flaw(Flaw::too_short(head, Ah::LEN).at(row))
        } else if head > bytes.len() {
            Parts::new(header, bytes.len(), Next::Unknown).flaw(Flaw::needs(head).at(row))
        } else {
            Parts::new(header, head, Next::IpProtocol(header.next_header().into()))
        })
    }

    fn enter(&self, _: &Place<'a>, inner: &mut Inner) {
        inner.chain.add(Chain::AUTHENTICATION);
    }

    fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
        builder.bytes(ICV)
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        place.check_order(Chain::AUTHENTICATION, report);
    }

    fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
        let icv = place.options(Ah::LEN);
        if !icv.is_empty() {
            visitor.field(ICV, icv.span(), Value::Bytes(icv.bytes()));
        }
    }
}
