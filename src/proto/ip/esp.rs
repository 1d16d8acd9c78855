//! IP encapsulating security payload (RFC 4303).

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::{LayerContext, Summary};
use crate::layer::{ParseDefect, ParsedHeader, Protocol};
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Field, header};

header! {
    /// The unencrypted header of ESP, RFC 4303 §2.
    pub struct Esp(8) => EspEdit, layer {
        /// Security parameters index.
        spi: u32 = 0..32, "esp.spi", hex;
        /// Sequence number.
        sequence: u32 = 32..64, "esp.sequence";
    }
}

impl<'a> Protocol<'a> for Esp<&'a [u8; 8]> {
    const NAME: &'static str = "esp";
    const TITLE: &'static str = "IP encapsulating security payload, RFC 4303";
    const TABLE: &'static [Field] = Esp::FIELDS;
    const RAW: &'static str = "Encrypted data, and the padding, next header and integrity check value that follow it.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Esp::LEN))?;
        Ok(ParsedHeader::new(header, Esp::LEN, NextProtocol::Encrypted))
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("ESP");
        info.str("SPI ");
        info.hex(self.spi().into(), 8);
        append!(info, ", sequence ", self.sequence());
    }
}
