//! Which protocols are looked for: the options that choose them.

use packetsmith::{NextProtocol, Proto, Protocols};
use std::sync::OnceLock;

/// The options.
#[derive(Debug, Default, clap::Args)]
#[group(id = "protocols")]
pub struct Arguments {
    /// Take a number for another protocol's: -d udp.port==8053,dns. NUMBER may be a range. KEY is udp.port, tcp.port,
    /// ip.proto, ethertype, ppp.protocol, llc.dsap or wtap_encap; the protocol data is for none
    #[arg(short = 'd', long = "decode-as", value_name = "KEY==NUMBER,PROTOCOL", value_parser = mapping)]
    decode_as: Vec<Mapping>,
    /// Do not recognize protocols by their first bytes, such as HTTP on any TCP port
    #[arg(long)]
    no_heuristics: bool,
}

/// Numbers that are taken for what another selector selects.
#[derive(Clone, Debug)]
struct Mapping {
    numbers: Vec<NextProtocol>,
    other: NextProtocol,
}

/// The protocols of this run. Set once, before packets are read.
static KNOWN: OnceLock<Protocols> = OnceLock::new();

/// The protocols to look for.
pub fn known() -> &'static Protocols {
    KNOWN.get_or_init(Protocols::builtin)
}

impl Arguments {
    /// Sets the protocols of this run.
    ///
    /// # Errors
    ///
    /// There are more numbers than can be mapped.
    pub fn apply(&self) -> Result<(), String> {
        let mut known = Protocols::builtin();
        if self.no_heuristics {
            known = known.without_heuristics();
        }
        for Mapping { numbers, other } in &self.decode_as {
            for &number in numbers {
                known = known.try_decode_as(number, *other).map_err(|error| format!("-d: {error}"))?;
            }
        }
        // Nothing reads packets before, so it is not set yet.
        KNOWN.get_or_init(|| known);
        Ok(())
    }
}

/// How tshark calls a kind of number, the largest number, and the selector.
type NumberKind = (&'static str, u16, fn(u16) -> NextProtocol);

/// The kinds of numbers.
const KEYS: &[NumberKind] = &[
    ("udp.port", u16::MAX, NextProtocol::UdpPort),
    ("tcp.port", u16::MAX, NextProtocol::TcpPort),
    ("ip.proto", 255, |number| NextProtocol::IpProtocol(number as u8)),
    ("ethertype", u16::MAX, NextProtocol::EtherType),
    ("ppp.protocol", u16::MAX, NextProtocol::PppProtocol),
    ("llc.dsap", 255, |number| NextProtocol::Sap(number as u8)),
    ("wtap_encap", u16::MAX, NextProtocol::LinkType),
];

/// Reads `udp.port==8053,dns`.
fn mapping(text: &str) -> Result<Mapping, String> {
    let form = "it is KEY==NUMBER,PROTOCOL, such as udp.port==8053,dns";
    let (key, rest) = text.split_once("==").ok_or(form)?;
    let (numbers, protocol) = rest.split_once(',').ok_or(form)?;
    let Some(&(_, most, selector)) = KEYS.iter().find(|(known, ..)| *known == key.trim()) else {
        let known: Vec<_> = KEYS.iter().map(|(known, ..)| *known).collect();
        return Err(format!("no kind of numbers is called {key}; there are {}", known.join(", ")));
    };
    let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
    let number = |text: &str| {
        let text = text.trim();
        let parsed = match text.strip_prefix("0x") {
            Some(digits) => u16::from_str_radix(digits, 16),
            None => text.parse(),
        };
        let fits = parsed.ok().filter(|&number| number <= most);
        fits.ok_or_else(|| format!("{text} is no number from 0 to {most}"))
    };
    let (first, last) = (number(first)?, number(last)?);
    if first > last {
        return Err(format!("the range {first}-{last} ends before it begins"));
    }
    if usize::from(last - first) >= Protocols::MAX {
        return Err(format!("{first}-{last} are more than {} numbers", Protocols::MAX));
    }
    let mut found = Proto::named(protocol.trim());
    let proto = found.next().ok_or_else(|| Proto::unknown_name(protocol.trim()))?;
    if let Some(second) = found.next() {
        return Err(format!("{protocol} may be {} or {}", proto.name(), second.name()));
    }
    let numbers: Vec<_> = (first..=last).map(selector).collect();
    let other = proto.selector_like(selector(first));
    let other = other.ok_or_else(|| format!("no number selects {}, so it cannot be chosen", proto.name()))?;
    Ok(Mapping { numbers, other })
}

#[cfg(test)]
mod tests {
    use super::mapping;

    #[test]
    fn mappings_are_read_or_refused() {
        for (text, count, other) in [
            ("udp.port==8053,dns", 1, "UdpPort(53)"),
            ("tcp.port==8053,dns", 1, "TcpPort(53)"),
            ("tcp.port==9000-9010,http", 11, "Http"),
            ("ethertype==0x88b5,ip", 1, "EtherType(2048)"),
            ("udp.port==5000,ethernet", 1, "LinkType(1)"),
            ("udp.port==53,data", 1, "Unknown"),
            ("ip.proto==253,ipv6", 1, "IpProtocol(41)"),
        ] {
            let mapping = mapping(text).unwrap();
            assert_eq!((mapping.numbers.len(), format!("{:?}", mapping.other)), (count, other.into()), "{text}");
        }
        for (text, error) in [
            ("udp.port=8053,dns", "it is KEY==NUMBER,PROTOCOL, such as udp.port==8053,dns"),
            ("udp.port==8053", "it is KEY==NUMBER,PROTOCOL, such as udp.port==8053,dns"),
            ("ip.proto==256,tcp", "256 is no number from 0 to 255"),
            ("udp.port==9-3,dns", "the range 9-3 ends before it begins"),
            ("udp.port==0-64,dns", "0-64 are more than 64 numbers"),
            ("udp.port==1,dsn", "no protocol is called dsn; the nearest is dns"),
        ] {
            assert_eq!(mapping(text).unwrap_err(), error, "{text}");
        }
        assert!(
            mapping("udp.ports==1,dns")
                .unwrap_err()
                .starts_with("no kind of numbers is called udp.ports; there are udp.port,")
        );
    }
}
