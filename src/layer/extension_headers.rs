//! The order of IPv6 extension headers (RFC 8200 §4.1).

use super::issue::rules;

rules! {
    /// Rules about the order of IPv6 extension headers.
    pub enum ExtensionHeaderRule {
        HopByHopNotFirst = Warning "ipv6.extension_headers.hop_by_hop_not_first"
            "a hop-by-hop options header must immediately follow the IPv6 header (RFC 8200 §4.1)",
        DestinationOptionsMoreThanTwice = Warning "ipv6.extension_headers.destination_options_more_than_twice"
            "a destination options header should occur at most twice (RFC 8200 §4.1)",
        DestinationOptionsWithoutRouting = Note "ipv6.extension_headers.destination_options_without_routing"
            "a second destination options header should only follow a routing header (RFC 8200 §4.1)",
        HeaderRepeated = Warning "ipv6.extension_headers.repeated"
            "an extension header of this type should occur at most once (RFC 8200 §4.1)",
        HeaderOutOfOrder = Note "ipv6.extension_headers.out_of_order"
            "the extension header comes later than in the recommended order (RFC 8200 §4.1)",
    }
}

/// The extension headers after an IPv6 header, one bit for each kind.
///
/// ```
/// use packetsmith::layer::ExtensionHeaders;
/// let mut chain = ExtensionHeaders::default();
/// chain.add(ExtensionHeaders::FRAGMENT);
/// assert_ne!(chain, ExtensionHeaders::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtensionHeaders(pub(super) u16);

impl ExtensionHeaders {
    /// Hop-by-hop options.
    pub const HOP_BY_HOP: ExtensionHeaders = ExtensionHeaders(1);
    /// Destination options.
    pub const DESTINATION: ExtensionHeaders = ExtensionHeaders(2);
    /// Destination options for the second time.
    const DESTINATION_AGAIN: ExtensionHeaders = ExtensionHeaders(4);
    /// Routing.
    pub const ROUTING: ExtensionHeaders = ExtensionHeaders(8);
    /// Fragment.
    pub const FRAGMENT: ExtensionHeaders = ExtensionHeaders(16);
    /// Authentication.
    pub const AUTHENTICATION: ExtensionHeaders = ExtensionHeaders(32);

    /// Adds a header.
    pub fn add(&mut self, header: ExtensionHeaders) {
        if header == Self::DESTINATION && self.has(header) {
            self.0 |= Self::DESTINATION_AGAIN.0;
        }
        self.0 |= header.0;
    }

    const fn has(self, other: ExtensionHeaders) -> bool {
        self.0 & other.0 != 0
    }

    /// The rule of RFC 8200 §4.1 that is broken if `header` follows.
    pub(super) fn rule(self, header: ExtensionHeaders) -> Option<ExtensionHeaderRule> {
        match header {
            Self::HOP_BY_HOP if self != Self::default() => Some(ExtensionHeaderRule::HopByHopNotFirst),
            Self::DESTINATION if self.has(Self::DESTINATION_AGAIN) => {
                Some(ExtensionHeaderRule::DestinationOptionsMoreThanTwice)
            }
            Self::DESTINATION if self.has(header) && !self.has(Self::ROUTING) => {
                Some(ExtensionHeaderRule::DestinationOptionsWithoutRouting)
            }
            Self::DESTINATION => None,
            _ if self.has(header) => Some(ExtensionHeaderRule::HeaderRepeated),
            // Each header's bit is higher than those of the headers that come before it.
            _ if self.0 >= header.0 << 1 => Some(ExtensionHeaderRule::HeaderOutOfOrder),
            _ => None,
        }
    }
}
