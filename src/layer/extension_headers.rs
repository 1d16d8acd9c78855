//! The order of IPv6 extension headers (RFC 8200 §4.1).

use super::issue::Severity;

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
    pub(super) fn rule(self, header: ExtensionHeaders) -> Option<(Severity, &'static str)> {
        let warning = |text| Some((Severity::Warning, text));
        match header {
            Self::HOP_BY_HOP if self != Self::default() => {
                warning("hop-by-hop options stand right behind the IPv6 header only (RFC 8200 §4.1)")
            }
            Self::DESTINATION if self.has(Self::DESTINATION_AGAIN) => {
                warning("destination options stand in a packet twice at most (RFC 8200 §4.1)")
            }
            Self::DESTINATION if self.has(header) && !self.has(Self::ROUTING) => Some((
                Severity::Note,
                "destination options come twice, yet not around a routing header (RFC 8200 §4.1)",
            )),
            Self::DESTINATION => None,
            _ if self.has(header) => warning("the header stands in the packet for the second time (RFC 8200 §4.1)"),
            // Each header's bit is higher than those of the headers that come before it.
            _ if self.0 >= header.0 << 1 => {
                Some((Severity::Note, "the header comes later than recommended (RFC 8200 §4.1)"))
            }
            _ => None,
        }
    }
}
