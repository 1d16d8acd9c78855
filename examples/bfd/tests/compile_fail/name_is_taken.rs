//! A protocol is called udp already.

use packetsmith::layer::{ParseDefect, ParsedHeader, Protocol};
use packetsmith::proto::CustomProtocol;
use packetsmith::{Field, NextProtocol, Protocols, header};

header! {
    /// One byte.
    pub struct Mine(1) => MineEdit, layer {
        /// A number.
        number: u8 = 0..8, "mine.number";
    }
}

impl<'a> Protocol<'a> for Mine<&'a [u8; 1]> {
    const NAME: &'static str = "udp";
    const TITLE: &'static str = "Mine";
    const TABLE: &'static [Field] = Mine::FIELDS;
    const RAW: &'static str = "Nothing.";
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(1))?;
        Ok(ParsedHeader::new(header, 1, NextProtocol::Unknown))
    }
}

impl CustomProtocol for Mine {
    type Header<'a> = Mine<&'a [u8; 1]>;
    const SELECTORS: &'static [NextProtocol] = &[NextProtocol::UdpPort(50000)];
}

static KNOWN: Protocols = Protocols::builtin().with::<Mine>();

fn main() {
    let _ = &KNOWN;
}
