//! IPv6 fragment header (RFC 8200 §4.5), and rules for first fragments of IPv4 and IPv6.

#[cfg(feature = "alloc")]
use crate::layer::Summary;
use crate::layer::{ExtensionHeaderRule, NextProtocol};
use crate::layer::{ExtensionHeaders, LayerContext, ParseDefect, ParsedHeader, Protocol, Report, Scope};
use crate::layer::{IssueKind, Rule, rules};
use crate::proto::IpProtocol;
use crate::proto::ip::ipv4_options::Ipv4Rule;
#[cfg(feature = "alloc")]
use crate::wire::append;
use crate::wire::{Field, SelectorKind, Span, header};

header! {
    /// Fragment header, RFC 8200 §4.5.
    pub struct Fragment(8) => FragmentEdit, layer {
        /// Protocol or extension header at the start of the fragmentable part.
        next_header: IpProtocol = 0..8, "ipv6.fraghdr.nxt", next_protocol(SelectorKind::IpProtocol), default(59);
        /// Reserved.
        reserved: u8 = 8..16, "ipv6.fraghdr.reserved_octet", reserved;
        /// Offset of the fragment in the fragmentable part of the original packet, in units of 8 bytes.
        fragment_offset: u16 = 16..29, "ipv6.fraghdr.offset", eight_byte_units;
        /// Reserved.
        reserved_bits: u8 = 29..31, "ipv6.fraghdr.reserved_bits", reserved;
        /// More fragments follow.
        more_fragments: bool = 31..32, "ipv6.fraghdr.more";
        /// Identification, shared by all fragments of a packet.
        identification: u32 = 32..64, "ipv6.fraghdr.ident", hex;
    }
}

/// Bytes of an IPv6 header, whose file imports that of IPv4, which imports this one.
const IPV6_LEN: u32 = 40;

impl<B: core::borrow::Borrow<[u8; 8]>> Fragment<B> {
    /// Whether the packet is an atomic fragment: a whole packet with a fragment header (RFC 6946).
    #[inline]
    pub fn is_atomic(&self) -> bool {
        self.fragment_offset() == 0 && !self.more_fragments()
    }
}

rules! {
    /// Rules of IPv6 fragments.
    pub enum FragmentRule {
        NotMultipleOf8 = Error "fragment.payload.not_multiple_of_8"
            "the length of a fragment other than the last must be a multiple of 8 bytes (RFC 8200 §4.5)",
        HeadersIncomplete = Warning "fragment.payload.headers_incomplete"
            "the first fragment must include the entire IPv6 header chain (RFC 7112 §5)",
        PastMaximum = Error "fragment.payload.past_maximum"
            "the payload of the reassembled packet would exceed 65,535 bytes (RFC 8200 §4.5)",
        Empty = Warning "fragment.payload.empty" "a fragment other than the last has no payload",
        AtomicUnneeded = Note "fragment.payload.atomic"
            "a whole packet has a fragment header that it does not need (RFC 6946, RFC 8021)",
        Overlap = Warning "fragment.payload.overlap"
            "the fragment overlaps another, and their datagram must be discarded (RFC 8200 §4.5)",
        OverlapConflict = Warning "fragment.payload.overlap_conflict"
            "the fragment overlaps another that has different bytes there (RFC 5722 §3)",
        Repeated = Note "fragment.payload.repeated" "the fragment came before, with the same bytes",
        OtherEnd = Warning "fragment.payload.other_end"
            "the fragment ends its datagram at another place than those that came before (RFC 8200 §4.5)",
        PastEnd = Warning "fragment.payload.past_end"
            "the fragment extends past the end of its datagram (RFC 8200 §4.5)",
    }
}

/// What reassembly found out about a fragment. It is reported with the layer of the fragment: see
/// [`Examine::reassembly`](crate::Examine::reassembly).
///
/// ```
/// use packetsmith::proto::ip::FragmentIssues;
/// use packetsmith::examine;
/// let mut fragment = [0x45, 0, 0, 28, 0, 7, 0x20, 0, 64, 253, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];
/// let found = FragmentIssues { overlap: true, ..FragmentIssues::default() };
/// let mut identifiers = Vec::new();
/// for layer in examine(101, &fragment).reassembly(0, found) {
///     layer.issues(|issue| identifiers.push(issue.kind.identifier()));
/// }
/// assert!(identifiers.contains(&"ipv4.fragment.overlap"));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct FragmentIssues {
    /// It overlaps another fragment, with the same bytes.
    pub overlap: bool,
    /// It overlaps another fragment, with different bytes.
    pub overlap_conflict: bool,
    /// It came before.
    pub repeated: bool,
    /// It ends its datagram at another place than what came before.
    pub other_end: bool,
    /// It extends past the end of its datagram.
    pub past_end: bool,
}

impl FragmentIssues {
    fn flags(self) -> [bool; 5] {
        [self.overlap, self.overlap_conflict, self.repeated, self.other_end, self.past_end]
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The rules that an IPv4 fragment breaks.
    pub(crate) fn of_ipv4(self) -> impl Iterator<Item = IssueKind> {
        use Ipv4Rule::{FragmentOtherEnd, FragmentOverlap, FragmentOverlapConflict, FragmentPastEnd, FragmentRepeated};
        let rules = [FragmentOverlap, FragmentOverlapConflict, FragmentRepeated, FragmentOtherEnd, FragmentPastEnd];
        rules.into_iter().zip(self.flags()).filter(|(_, found)| *found).map(|(rule, _)| rule.into())
    }

    /// The rules that an IPv6 fragment breaks.
    pub(crate) fn of_ipv6(self) -> impl Iterator<Item = IssueKind> {
        use FragmentRule::{OtherEnd, Overlap, OverlapConflict, PastEnd, Repeated};
        let rules = [Overlap, OverlapConflict, Repeated, OtherEnd, PastEnd];
        rules.into_iter().zip(self.flags()).filter(|(_, found)| *found).map(|(rule, _)| rule.into())
    }
}

/// Wireshark's names for what reassembly finds out, with the identifiers of the issues that have the same meaning. Each
/// is true of a packet that has one of them.
#[cfg(feature = "alloc")]
pub(crate) const WIRESHARK_NAMES: &[(&str, &[&str])] = &[
    ("ip.fragment.overlap", &["ipv4.fragment.overlap", "ipv4.fragment.overlap_conflict", "ipv4.fragment.repeated"]),
    ("ip.fragment.overlap.conflict", &["ipv4.fragment.overlap_conflict"]),
    ("ip.fragment.multipletails", &["ipv4.fragment.other_end"]),
    ("ip.fragment.toolongfragment", &["ipv4.fragment.past_end", "ipv4.fragment.past_maximum"]),
    (
        "ip.fragment.error",
        &[
            "ipv4.fragment.overlap",
            "ipv4.fragment.overlap_conflict",
            "ipv4.fragment.repeated",
            "ipv4.fragment.other_end",
            "ipv4.fragment.past_end",
            "ipv4.fragment.past_maximum",
        ],
    ),
    (
        "ipv6.fragment.overlap",
        &["fragment.payload.overlap", "fragment.payload.overlap_conflict", "fragment.payload.repeated"],
    ),
    ("ipv6.fragment.overlap.conflict", &["fragment.payload.overlap_conflict"]),
    ("ipv6.fragment.multipletails", &["fragment.payload.other_end"]),
    ("ipv6.fragment.toolongfragment", &["fragment.payload.past_end", "fragment.payload.past_maximum"]),
    (
        "ipv6.fragment.error",
        &[
            "fragment.payload.overlap",
            "fragment.payload.overlap_conflict",
            "fragment.payload.repeated",
            "fragment.payload.other_end",
            "fragment.payload.past_end",
            "fragment.payload.past_maximum",
        ],
    ),
];

impl<'a> Protocol<'a> for Fragment<&'a [u8; 8]> {
    const NAME: &'static str = "fragment";
    const TITLE: &'static str = "IPv6 fragment header, RFC 8200 §4.5";
    const TABLE: &'static [Field] = Fragment::FIELDS;
    const RULES: &'static [&'static [Rule]] = &[FragmentRule::ALL, ExtensionHeaderRule::ALL];
    const RAW: &'static str = "The payload of fragments, which reassembly handles.";

    #[inline]
    fn parse(bytes: &'a [u8], _: NextProtocol) -> Result<ParsedHeader<Self>, ParseDefect> {
        let (header, _) = Self::split(bytes).ok_or(ParseDefect::needs(Fragment::LEN))?;
        let next = match header.is_atomic() {
            true => NextProtocol::IpProtocol(header.next_header().into()),
            false => NextProtocol::Fragment,
        };
        Ok(ParsedHeader::new(header, Fragment::LEN, next))
    }

    fn update_scope(&self, _: &LayerContext<'a>, scope: &mut Scope) {
        scope.extension_headers.add(ExtensionHeaders::FRAGMENT);
    }

    fn check(&self, context: &LayerContext<'a>, report: &mut Report<'_>) {
        context.check_order(ExtensionHeaders::FRAGMENT, report);
        let more = self.more_fragments() && context.is_whole();
        let mut rule = |rule: FragmentRule| report(None, context.payload_span(), rule.into());
        if self.is_atomic() && !context.quoted {
            rule(FragmentRule::AtomicUnneeded);
        }
        if more && context.payload().is_empty() {
            rule(FragmentRule::Empty);
        }
        if more && !context.payload().len().is_multiple_of(8) {
            rule(FragmentRule::NotMultipleOf8);
        }
        if more
            && self.fragment_offset() == 0
            && !context.payload().is_empty()
            && cuts_headers(self.next_header().into(), context.payload())
        {
            rule(FragmentRule::HeadersIncomplete);
        }
        // Above all in the last fragment: this is the ping of death. The extension headers before this one count too.
        let before = match context.addresses.size {
            16 => context.bounds.start.saturating_sub(context.addresses.header + IPV6_LEN) as usize,
            _ => 0,
        };
        if !self.is_atomic() && before + context.payload().len() + usize::from(self.fragment_offset()) * 8 > 65535 {
            rule(FragmentRule::PastMaximum);
        }
    }

    #[cfg(feature = "alloc")]
    fn summarize(&self, _: &LayerContext<'a>, summary: &mut Summary) {
        let info = summary.begin("IPv6");
        if self.is_atomic() {
            return info.str(Self::NAME);
        }
        let offset = u32::from(self.fragment_offset()) * 8;
        append!(info, "Fragment of ", self.next_header().name().unwrap_or("unknown"), ", offset ", offset, ", ID ");
        info.hex(self.identification().into(), 8);
        info.str(if self.more_fragments() { "" } else { ", the last" });
    }
}

/// Reports issues of an IPv4 fragment. Tiny fragments can bypass filters (RFC 1858, 3128).
pub(crate) fn check_ipv4(context: &LayerContext<'_>, protocol: u8, offset: u16, more: bool, report: &mut Report<'_>) {
    let body: Span = context.payload_span();
    let mut rule = |rule: Ipv4Rule| report(None, body, rule.into());
    if more && context.is_whole() && body.is_empty() {
        rule(Ipv4Rule::FragmentEmpty);
    } else if offset == 0 && more && context.is_whole() && cuts_headers(protocol, context.payload()) {
        rule(Ipv4Rule::FragmentHeaderIncomplete);
    }
    if more
        && context.is_whole()
        && !body.is_empty()
        && context.header().len() + body.len() + 8 <= 68
        && !context.quoted
    {
        rule(Ipv4Rule::FragmentTiny);
    }
    if offset == 1 && protocol == 6 {
        rule(Ipv4Rule::FragmentInTcpHeader);
    }
    if more && context.is_whole() && !body.len().is_multiple_of(8) {
        rule(Ipv4Rule::FragmentNotMultipleOf8);
    }
    if usize::from(offset) * 8 + body.len() + context.header().len() > 65535 {
        rule(Ipv4Rule::FragmentPastMaximum);
    }
}

/// Whether `bytes` end before the headers do, starting with the header of `protocol`.
fn cuts_headers(protocol: u8, bytes: &[u8]) -> bool {
    header_chain(protocol, bytes).is_none()
}

/// Length in bytes of an IPv6 extension header other than the fragment header. `None` if `number` is not such a header,
/// or if `bytes` end before the length field (RFC 8200 §4, RFC 4302 §2.2).
pub(crate) fn extension_len(number: u8, bytes: &[u8]) -> Option<usize> {
    let units = || bytes.get(1).copied().map(usize::from);
    match number {
        0 | 43 | 60 | 135 | 139 | 140 => Some(8 + 8 * units()?),
        51 => Some(8 + 4 * units()?),
        _ => None,
    }
}

/// Length in bytes of the header chain that starts with the header of `protocol`, up to and including the first
/// header that is not an extension header (RFC 7112 §3). `None` if the chain is incomplete.
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
    fn a_first_fragment_contains_all_headers() {
        let mut tcp = [0; 24];
        tcp[12] = 0x60;
        assert!(!cuts_headers(6, &tcp));
        assert!(cuts_headers(6, &tcp[..20]), "options belong to the header");
        assert!(cuts_headers(6, &[]));
        assert!(!cuts_headers(17, &[0; 8]));
        assert!(cuts_headers(17, &[]));
        assert!(!cuts_headers(99, &[]), "the header length of protocol 99 is unknown");
        let options = [17, 0, 1, 4, 0, 0, 0, 0];
        assert!(cuts_headers(60, &options), "the UDP header is missing");
        assert!(!cuts_headers(60, &[options, [0; 8]].concat()));
        assert!(cuts_headers(60, &[17]));
        assert!(!cuts_headers(60, &[59, 0, 1, 4, 0, 0, 0, 0]));
    }
}
