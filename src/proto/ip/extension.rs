//! IPv6 extension headers that contain options: hop-by-hop and destination options (RFC 8200 §4.3 and §4.6).

use crate::layer::NextProtocol;
#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ExtensionHeaderRule, OptionList, Rule};
use crate::layer::{ExtensionHeaders, LayerContext, ParseDefect, ParsedHeader, Protocol, Report, Scope};
use crate::proto::ip::ipv6_options;
use crate::proto::ip::ipv6_options::Ipv6OptionRule;
use crate::proto::ip::ipv6_options::{Home, OPTIONS};
use crate::proto::{IpProtocol, Ipv6Option};
use crate::wire::ByteSink;
use crate::wire::Tlvs;
use crate::wire::{Field, SelectorKind, header};

header! {
    /// Hop-by-hop options header without its options, RFC 8200 §4.3.
    pub struct HopByHop(2) => HopByHopEdit, layer {
        /// Protocol of the payload, or the extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.hopopts.nxt", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Length of the header in units of 8 bytes, not counting the first 8 bytes.
        length: u8 = 8..16, "ipv6.hopopts.len", header_length(8, 8);
    }
}

header! {
    /// Destination options header without its options, RFC 8200 §4.6.
    pub struct DestinationOptions(2) => DestinationOptionsEdit, layer {
        /// Protocol of the payload, or the extension header that follows.
        next_header: IpProtocol = 0..8, "ipv6.dstopts.nxt", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Length of the header in units of 8 bytes, not counting the first 8 bytes.
        length: u8 = 8..16, "ipv6.dstopts.len", header_length(8, 8);
    }
}

/// Splits off an extension header whose length field counts units of 8 bytes after the first 8.
pub(crate) fn extension<H>(header: H, next: IpProtocol, length: u8, have: usize, row: u8) -> ParsedHeader<H> {
    let header_len = 8 + usize::from(length) * 8;
    match have.checked_sub(header_len) {
        Some(_) => ParsedHeader::new(header, header_len, NextProtocol::IpProtocol(next.into())),
        None => ParsedHeader::new(header, have, NextProtocol::Unknown).defect(ParseDefect::needs(header_len).at(row)),
    }
}

macro_rules! options_header {
    ($name:ident, $text:literal, $title:literal, $home:ident, $chain:ident) => {
        impl<'a> $name<&'a [u8; 2]> {
            /// The options of the header.
            pub fn options(&self, context: &LayerContext<'a>) -> Tlvs<'a, Ipv6Option<'a>> {
                Tlvs::at(context.options($name::LEN))
            }
        }

        impl<'a> Protocol<'a> for $name<&'a [u8; 2]> {
            const NAME: &'static str = $text;
            const TITLE: &'static str = $title;
            const TABLE: &'static [Field] = $name::FIELDS;
            const OPTIONS: Option<OptionList> = Some(OptionList::after_header::<Ipv6Option>(OPTIONS));
            const RULES: &'static [&'static [Rule]] = &[Ipv6OptionRule::ALL, ExtensionHeaderRule::ALL];
            const RAW: &'static str = ipv6_options::RAW;

            fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
                let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs($name::LEN))?;
                Ok(extension(header, header.next_header(), header.length(), bytes.len(), $name::row("length")))
            }

            fn update_scope(&self, context: &LayerContext<'a>, Scope { addresses, extension_headers, .. }: &mut Scope) {
                extension_headers.add(ExtensionHeaders::$chain);
                // The home address replaces the source address (RFC 6275 §6.3).
                for item in self.options(context).items().flatten() {
                    if item.kind == 0xc9 && item.contents.bytes().len() == 16 && addresses.size == 16 {
                        addresses.src = item.contents.span().start;
                    }
                }
            }

            fn pad(bytes: usize, out: &mut dyn ByteSink) {
                ipv6_options::pad(bytes, out)
            }

            fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
                context.check_order(ExtensionHeaders::$chain, report);
                ipv6_options::check(self.options(context), context, Home::$home, report);
            }

            #[cfg(feature = "alloc")]
            fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
                summary.begin("IPv6").str(Self::NAME);
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

/// Finds the jumbo payload length in a hop-by-hop options header (RFC 2675).
#[cold]
pub(crate) fn jumbo_length(header: &[u8]) -> Option<u32> {
    let (fixed, _) = HopByHop::split(header)?;
    let end = (8 + usize::from(fixed.length()) * 8).min(header.len());
    let options: Tlvs<Ipv6Option> = Tlvs::new(&header[HopByHop::LEN..end]);
    options.iter().find_map(|option| match option {
        Ipv6Option::JumboPayload { payload_length } => Some(payload_length),
        _ => None,
    })
}

crate::wire::options_of! { Ipv6Option: HopByHop, DestinationOptions; }

#[cfg(test)]
mod tests {
    use crate::dissect::examine;
    use crate::layer::{ExtensionHeaderRule, IssueKind, Rule};

    /// Examines an IPv6 packet with extension headers of 8 bytes each, and returns the number of issues.
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
            layer.issues(|issue| {
                let about = |rule: &Rule| ExtensionHeaderRule::ALL.contains(rule);
                count += usize::from(matches!(issue.kind, IssueKind::Rule(rule) if about(rule)));
            });
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
