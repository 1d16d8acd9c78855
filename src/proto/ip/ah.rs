//! IP authentication header (RFC 4302).

use crate::layer::ExtensionHeaderRule;
use crate::layer::NextProtocol;
use crate::layer::Rule;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ExtensionHeaders, LayerContext, ParseDefect, ParsedHeader, Protocol, Report, Scope};
use crate::proto::IpProtocol;
use crate::wire::Schema;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Encoder, FieldError};
use crate::wire::{Field, Kind, SelectorKind, Value, Visitor, header};

header! {
    /// Authentication header without its integrity check value, RFC 4302 §2.
    pub struct Ah(12) => AhEdit, layer {
        /// Protocol of the payload, or the extension header that follows.
        next_header: IpProtocol = 0..8, "ah.next_header", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Payload length: length of the header in units of 4 bytes, minus 2.
        length: u8 = 8..16, "ah.length", header_length(4, 8);
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
    const VARIABLE: &'static [&'static Schema] = &[&Schema { fields: &[*ICV], ..Schema::EMPTY }];
    const RULES: &'static [&'static [Rule]] = &[ExtensionHeaderRule::ALL];
    const RAW: &'static str = "The integrity check value, which cannot be verified without the key.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Ah::LEN))?;
        let (header_len, row) = ((usize::from(header.length()) + 2) * 4, Ah::row("length"));
        Ok(if header_len < Ah::LEN {
            ParsedHeader::new(header, Ah::LEN, NextProtocol::Unknown)
                .defect(ParseDefect::too_short(header_len, Ah::LEN).at(row))
        } else if header_len > bytes.len() {
            ParsedHeader::new(header, bytes.len(), NextProtocol::Unknown).defect(ParseDefect::needs(header_len).at(row))
        } else {
            ParsedHeader::new(header, header_len, NextProtocol::IpProtocol(header.next_header().into()))
        })
    }

    fn update_scope(&self, _: &LayerContext<'a>, scope: &mut Scope) {
        scope.extension_headers.add(ExtensionHeaders::AUTHENTICATION);
    }

    fn build(builder: &mut Encoder<'_>, _at: usize, _auto: &mut u64) -> Result<(), FieldError> {
        builder.bytes(ICV)
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        context.check_order(ExtensionHeaders::AUTHENTICATION, report);
    }

    fn show(&self, context: &LayerContext<'a>, visitor: &mut dyn Visitor) {
        let icv = context.options(Ah::LEN);
        if !icv.is_empty() {
            visitor.field(ICV, icv.span(), Value::Bytes(icv.bytes()));
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("AH");
        info.str("SPI ");
        info.hex(self.spi().into(), 8);
        append!(info, ", sequence ", self.sequence());
    }
}
