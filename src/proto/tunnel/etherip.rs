//! EtherIP (RFC 3378): Ethernet frames in IP packets.

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::{LayerContext, Summary};
use crate::layer::{ParseDefect, ParsedHeader, Protocol};
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Field, header};

header! {
    /// EtherIP header, [RFC 3378 §2](https://www.rfc-editor.org/rfc/rfc3378#section-2).
    ///
    /// ```
    /// let (header, _) = packetsmith::EtherIp::split(&[0x30, 0]).unwrap();
    /// assert_eq!(header.version(), 3);
    /// ```
    pub struct EtherIp(2) => EtherIpEdit, layer {
        /// Always 3.
        version: u8 = 0..4, "etherip.ver";
        /// Reserved.
        reserved: u16 = 4..16, "etherip.reserved", reserved;
    }
}

impl<'a> Protocol<'a> for EtherIp<&'a [u8; 2]> {
    const NAME: &'static str = "etherip";
    const TITLE: &'static str = "Ethernet within IP, RFC 3378";
    const TABLE: &'static [Field] = EtherIp::FIELDS;
    const RAW: &'static str = "Nothing.";

    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(EtherIp::LEN))?;
        Ok(match header.version() {
            3 => ParsedHeader::new(header, EtherIp::LEN, NextProtocol::LinkType(1)),
            version => {
                let defect = ParseDefect::version(version, 3).at(EtherIp::row("version"));
                ParsedHeader::new(header, EtherIp::LEN, NextProtocol::Unknown).defect(defect)
            }
        })
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        append!(summary.begin("EtherIP"), "version ", self.version());
    }
}
