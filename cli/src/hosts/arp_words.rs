//! Kinds of messages about addresses, in words.

use packetsmith::hosts::{AddressEvidence, MacClaim};

/// A word for a kind of message.
pub(super) fn word(evidence: AddressEvidence) -> &'static str {
    match evidence {
        AddressEvidence::NeighborSolicitation => "NS",
        AddressEvidence::NeighborAdvertisement => "NA",
        AddressEvidence::RouterSolicitation => "RS",
        AddressEvidence::RouterAdvertisement => "RA",
        other => other.name(),
    }
}

/// Kinds of messages with their numbers.
pub(super) fn kinds(claim: &MacClaim) -> String {
    let words: Vec<String> = claim.evidence().map(|(kind, count)| format!("{} {count}", word(kind))).collect();
    words.join(", ")
}
