//! The IPv6 extension headers that hold options, RFC 8200 §4.3 and §4.6.

use super::ipv6_options::{self, Home, OPTIONS};
use super::{IpProtocol, Ipv6Option};
use crate::field::{Field, Numbers, Registry, Visitor, header};
use crate::layer::{Chain, Flaw, Inner, Next, Parts, Place, Protocol, Report};
use crate::part::OptionList;
use crate::part::Tlvs;
use crate::source::{Builder, Mistake, Put};

header! {
    /// Hop-by-hop options header without its options, RFC 8200 §4.3.
    pub struct HopByHop(2) {
        /// Protocol or extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.hopopts.nxt", announces(Numbers::IpProtocol), default(59);
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "ipv6.hopopts.len", head_length(8, 8);
    }
}

header! {
    /// Destination options header without its options, RFC 8200 §4.6.
    pub struct DestinationOptions(2) {
        /// Protocol or extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.dstopts.nxt", announces(Numbers::IpProtocol), default(59);
        /// Length in units of 8 bytes, the first not counted.
        length: u8 = 8..16, "ipv6.dstopts.len", head_length(8, 8);
    }
}

/// Splits an extension header off, whose second byte counts units of 8 bytes after the first 8.
pub(super) fn extension<H>(header: H, next: IpProtocol, length: u8, have: usize, row: u8) -> Parts<H> {
    let head = 8 + usize::from(length) * 8;
    match have.checked_sub(head) {
        Some(_) => Parts::new(header, head, Next::IpProtocol(next.into())),
        None => Parts::new(header, have, Next::Unknown).flaw(Flaw::needs(head).at(row)),
    }
}

macro_rules! options_header {
    ($name:ident, $text:literal, $title:literal, $home:ident, $chain:ident) => {
        impl<'a> $name<&'a [u8; 2]> {
            /// The options of a header at its place.
            pub fn options(&self, place: &Place<'a>) -> Tlvs<'a, Ipv6Option<'a>> {
                Tlvs::at(place.options($name::LEN))
            }
        }

        impl<'a> Protocol<'a> for $name<&'a [u8; 2]> {
            const NAME: &'static str = $text;
            const TITLE: &'static str = $title;
            const TABLE: &'static [Field] = $name::FIELDS;
            const OPTIONS: Option<OptionList> = Some(OptionList::of::<Ipv6Option>(OPTIONS));
            const VARIABLE: &'static [&'static [Field]] = ipv6_options::VARIABLE;
            const VARIANTS: &'static [(&'static str, &'static Registry)] = ipv6_options::VARIANTS;
            const RAW: &'static str = ipv6_options::RAW;

            fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
                let (header, _) = Self::split(bytes).ok_or(Flaw::needs($name::LEN))?;
                Ok(extension(header, header.next_header(), header.length(), bytes.len(), $name::row("length")))
            }

            fn enter(&self, place: &Place<'a>, Inner { network, chain, .. }: &mut Inner) {
                chain.add(Chain::$chain);
                // A home address stands in for the source (RFC 6275 §6.3).
                for item in self.options(place).items().flatten() {
                    if item.kind == 0xc9 && item.contents.bytes().len() == 16 && network.size == 16 {
                        network.src = item.contents.span().start;
                    }
                }
            }

            fn build(builder: &mut Builder<'_>, _at: usize, _auto: &mut u64) -> Result<(), Mistake> {
                Tlvs::<Ipv6Option>::build(OPTIONS, builder)
            }

            fn pad(bytes: usize, out: &mut dyn Put) {
                ipv6_options::pad(bytes, out)
            }

            fn show(&self, place: &Place<'a>, visitor: &mut dyn Visitor) {
                self.options(place).show(OPTIONS, visitor);
            }

            fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
                place.check_order(Chain::$chain, report);
                ipv6_options::check(self.options(place), place, Home::$home, report);
            }
        }
    };
}
options_header!(HopByHop, "hop_by_hop", "IPv6 hop-by-hop options, RFC 8200 §4.3", HopByHop, HOP_BY_HOP);
options_header!(
    DestinationOptions,
    "destination_options",
    "IPv6 destination options, RFC 8200 §4.6",
    Destination,
    DESTINATION
);

/// Looks for a jumbo payload length in a hop-by-hop options header (RFC 2675).
#[cold]
pub(super) fn jumbo_length(header: &[u8]) -> Option<u32> {
    let (fixed, _) = HopByHop::split(header)?;
    let end = (8 + usize::from(fixed.length()) * 8).min(header.len());
    let options: Tlvs<Ipv6Option> = Tlvs::new(&header[HopByHop::LEN..end]);
    options.iter().find_map(|option| match option {
        Ipv6Option::JumboPayload { payload_length } => Some(payload_length),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::{Reason, examine};

    /// Examines an IPv6 packet of extension headers of 8 bytes each, and tells how many rules it breaks.
    fn broken(headers: &[u8]) -> usize {
        let mut bytes = vec![0x60, 0, 0, 0, 0, 8 * headers.len() as u8, headers[0], 64];
        bytes.extend([[0xfd; 16], [0xfe; 16]].concat());
        for (i, _) in headers.iter().enumerate() {
            let next = headers.get(i + 1).copied().unwrap_or(59);
            bytes.extend(match headers[i] {
                43 => [next, 0, 253, 0, 0, 0, 0, 0],
                44 => [next, 0, 0, 0, 0, 0, 0, 1],
                _ => [next, 0, 1, 4, 0, 0, 0, 0],
            });
        }
        let mut count = 0;
        for layer in examine(101, &bytes) {
            layer.issues(|issue| count += usize::from(matches!(issue.reason, Reason::Rule(..))));
        }
        count
    }

    #[test]
    fn extension_headers_have_an_order() {
        assert_eq!(broken(&[0, 60, 43, 44, 60]), 0, "the order that RFC 8200 recommends");
        assert_eq!(broken(&[60, 0]), 1, "hop-by-hop options come first");
        assert_eq!(broken(&[0, 0]), 1, "and once");
        assert_eq!(broken(&[44, 44]), 1);
        assert_eq!(broken(&[43, 43]), 1);
        assert_eq!(broken(&[44, 43]), 1, "routing comes before fragment");
        assert_eq!(broken(&[60, 60]), 1, "destination options come twice only around a routing header");
        assert_eq!(broken(&[60, 43, 60, 60]), 1);
    }
}
