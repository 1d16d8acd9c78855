//! ICMP errors: what tells them from other messages, and what they say.

use super::link::Seen;
use packetsmith::{Icmpv4, Icmpv6};

/// The filter for errors: the packet was not delivered. A redirect is none.
pub const ERRORS: &str = "(icmp.type in {3, 11, 12} || icmpv6.type in {1, 2, 3, 4})";

/// Who sent an error.
pub fn sender(seen: &Seen) -> String {
    let address = seen.value("ip.src");
    if address.is_empty() { seen.value("ipv6.src") } else { address }
}

/// What an error says: the name of its code, or of its type.
pub fn meaning(seen: &Seen) -> String {
    let byte = |field: &str| seen.number(field).and_then(|number| u8::try_from(number).ok());
    let name = |of_code: Option<&'static str>, of_type: Option<&'static str>| {
        of_code.or(of_type).unwrap_or("an error without a name").to_string()
    };
    if let Some((kind, code)) = byte("icmp.type").zip(byte("icmp.code")) {
        let bytes = [kind, code, 0, 0];
        return Icmpv4::split(&bytes).map_or_else(String::new, |(icmp, _)| name(icmp.code_name(), icmp.kind().name()));
    }
    let bytes = [byte("icmpv6.type").unwrap_or(0), byte("icmpv6.code").unwrap_or(0), 0, 0];
    Icmpv6::split(&bytes).map_or_else(String::new, |(icmp, _)| name(icmp.code_name(), icmp.kind().name()))
}
