//! IP encapsulating security payload, RFC 4303.

use crate::field::{Field, header};
use crate::layer::{Flaw, Next, Parts, Protocol};

header! {
    /// The part of ESP that is not encrypted, RFC 4303 §2.
    pub struct Esp(8) {
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
    const RAW: &'static str = "All that is encrypted, with padding, next header and integrity check value behind it.";

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Esp::LEN))?;
        Ok(Parts::new(header, Esp::LEN, Next::Encrypted))
    }
}
