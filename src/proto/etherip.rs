//! EtherIP, RFC 3378: Ethernet frames in IP.

use crate::field::{Field, header};
use crate::layer::{Flaw, Next, Parts, Protocol};

header! {
    /// EtherIP header, [RFC 3378 §2](https://www.rfc-editor.org/rfc/rfc3378#section-2).
    ///
    /// ```
    /// let (header, _) = packetsmith::EtherIp::split(&[0x30, 0]).unwrap();
    /// assert_eq!(header.version(), 3);
    /// ```
    pub struct EtherIp(2) {
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

    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(EtherIp::LEN))?;
        Ok(match header.version() {
            3 => Parts::new(header, EtherIp::LEN, Next::LinkType(1)),
            version => {
                let flaw = Flaw::version(version, 3).at(EtherIp::row("version"));
                Parts::new(header, EtherIp::LEN, Next::Unknown).flaw(flaw)
            }
        })
    }
}
