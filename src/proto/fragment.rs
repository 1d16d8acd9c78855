//! The IPv6 fragment header, RFC 8200 §4.5, and what holds of all first fragments.

use super::IpProtocol;
use crate::field::{Field, Numbers, Span, header};
use crate::layer::{Chain, Flaw, Inner, Next, Parts, Place, Protocol, Reason, Report, Severity};

header! {
    /// Fragment header, RFC 8200 §4.5.
    pub struct Fragment(8) {
        /// Protocol or extension header that the original packet continues with.
        next_header: IpProtocol = 0..8, "ipv6.fraghdr.nxt", announces(Numbers::IpProtocol), default(59);
        /// Reserved.
        reserved: u8 = 8..16, "ipv6.fraghdr.reserved_octet", reserved;
        /// Where in the original packet's fragmentable part this one begins, in units of 8 bytes.
        fragment_offset: u16 = 16..29, "ipv6.fraghdr.offset", octuples;
        /// Reserved.
        reserved_bits: u8 = 29..31, "ipv6.fraghdr.reserved_bits", reserved;
        /// More fragments follow.
        more_fragments: bool = 31..32, "ipv6.fraghdr.more";
        /// What fragments of one packet have in common.
        identification: u32 = 32..64, "ipv6.fraghdr.ident", hex;
    }
}

impl<B: core::borrow::Borrow<[u8; 8]>> Fragment<B> {
    /// Tells whether the header stands before a whole packet (RFC 6946).
    #[inline]
    pub fn is_atomic(&self) -> bool {
        self.fragment_offset() == 0 && !self.more_fragments()
    }
}

impl<'a> Protocol<'a> for Fragment<&'a [u8; 8]> {
    const NAME: &'static str = "fragment";
    const TITLE: &'static str = "IPv6 fragment header, RFC 8200 §4.5";
    const TABLE: &'static [Field] = Fragment::FIELDS;
    const RAW: &'static str = "The fragment's payload, which belongs to reassembly.";

    #[inline]
    fn parse(bytes: &'a [u8], _: Next) -> Result<Parts<Self>, Flaw> {
        let (header, _) = Self::split(bytes).ok_or(Flaw::needs(Fragment::LEN))?;
        let next = match header.is_atomic() {
            true => Next::IpProtocol(header.next_header().into()),
            false => Next::Fragment,
        };
        Ok(Parts::new(header, Fragment::LEN, next))
    }

    fn enter(&self, _: &Place<'a>, inner: &mut Inner) {
        inner.chain.add(Chain::FRAGMENT);
    }

    fn check(&self, place: &Place<'a>, report: &mut Report<'_>) {
        place.check_order(Chain::FRAGMENT, report);
        let more = self.more_fragments() && place.is_whole();
        let mut rule = |severity, text| report(None, place.body_span(), Reason::Rule(severity, text));
        if more && !place.body().len().is_multiple_of(8) {
            rule(Severity::Error, "a fragment that more follow holds a multiple of 8 bytes (RFC 8200 §4.5)");
        }
        if more && self.fragment_offset() == 0 && cuts_headers(self.next_header().into(), place.body()) {
            rule(Severity::Warning, "the first fragment does not hold all headers (RFC 7112 §5)");
        }
        // The last one above all: it is the ping of death.
        if !self.is_atomic() && place.body().len() + usize::from(self.fragment_offset()) * 8 > 65535 {
            rule(Severity::Error, "the fragment ends beyond the 65,535 bytes of a packet (RFC 8200 §4.5)");
        }
    }
}

/// Reports what is wrong with an IPv4 fragment, which tiny fragments use to get past filters (RFC 1858, 3128).
pub(super) fn check_ipv4(place: &Place<'_>, protocol: u8, offset: u16, more: bool, report: &mut Report<'_>) {
    let body: Span = place.body_span();
    let mut rule = |severity, text| report(None, body, Reason::Rule(severity, text));
    if offset == 0 && more && place.is_whole() && cuts_headers(protocol, place.body()) {
        rule(Severity::Warning, "the first fragment cuts the header that it carries (RFC 1858 §3)");
    }
    if offset == 1 && protocol == 6 {
        rule(Severity::Warning, "the fragment begins inside of the TCP header (RFC 1858 §4)");
    }
    if more && place.is_whole() && !body.len().is_multiple_of(8) {
        rule(Severity::Error, "a fragment that more follow holds a multiple of 8 bytes (RFC 791 §3.2)");
    }
    if usize::from(offset) * 8 + body.len() + place.head().len() > 65535 {
        rule(Severity::Error, "the fragment ends beyond the 65,535 bytes of a packet (RFC 791 §3.1)");
    }
}

/// Tells whether bytes end before the headers do that begin with `protocol`'s.
fn cuts_headers(protocol: u8, bytes: &[u8]) -> bool {
    header_chain(protocol, bytes).is_none()
}

/// Length in bytes of the IPv6 extension header of a number, other than a fragment header; `None` where the number is none of
/// those, or the bytes do not reach its length field (RFC 8200 §4, RFC 4302 §2.2).
pub(crate) fn extension_len(number: u8, bytes: &[u8]) -> Option<usize> {
    let units = || bytes.get(1).copied().map(usize::from);
    match number {
        0 | 43 | 60 | 135 | 139 | 140 => Some(8 + 8 * units()?),
        51 => Some(8 + 4 * units()?),
        _ => None,
    }
}

/// Bytes of all headers that begin with `protocol`'s, the first that is no extension header included (the header
/// chain of RFC 7112 §3); `None` where they are not all there.
pub(crate) fn header_chain(mut protocol: u8, bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        let extension = extension_len(protocol, rest);
        let (length, more) = match (protocol, rest) {
            _ if extension.is_some() => (extension?, true),
            (6, _) => (usize::from(rest.get(12)? >> 4).max(5) * 4, false),
            (132, _) => (12, false),
            (0 | 1 | 17 | 43 | 51 | 58 | 60 | 135 | 136 | 139 | 140, _) => (8, false),
            _ => (0, false),
        };
        at += length;
        if at > bytes.len() {
            return None;
        }
        if !more {
            return Some(at);
        }
        protocol = *rest.first()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_fragment_holds_all_headers() {
        let mut tcp = [0; 24];
        tcp[12] = 0x60;
        assert!(!cuts_headers(6, &tcp));
        assert!(cuts_headers(6, &tcp[..20]), "options belong to the header");
        assert!(cuts_headers(6, &[]));
        assert!(!cuts_headers(17, &[0; 8]));
        assert!(cuts_headers(17, &[]));
        assert!(!cuts_headers(99, &[]), "nobody knows what 99's header needs");
        let options = [17, 0, 1, 4, 0, 0, 0, 0];
        assert!(cuts_headers(60, &options), "the UDP header is not there");
        assert!(!cuts_headers(60, &[options, [0; 8]].concat()));
        assert!(cuts_headers(60, &[17]));
        assert!(!cuts_headers(60, &[59, 0, 1, 4, 0, 0, 0, 0]));
    }
}
