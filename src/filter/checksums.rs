//! What the verification of a layer's checksum found out.

use super::datum::number_of;
use crate::dissect::ExaminedLayer;
use crate::layer::IssueKind;
use crate::proto::Proto;
use crate::wire::{Checksum, Kind};

/// Tells whether a layer reports that its checksum is missing.
pub(super) fn reports_absent(layer: &ExaminedLayer<'_>, checksum: Option<Checksum>) -> bool {
    let mut found = false;
    layer.issues_verified(checksum, |issue| found |= issue.kind == IssueKind::Checksum(Checksum::Absent));
    found
}

/// What Wireshark's names say of a checksum. It does not verify that of an ICMP message which an ICMP error quotes.
pub(super) fn shown_checksum(layer: &ExaminedLayer<'_>, state: Option<Checksum>) -> Option<Checksum> {
    let is_quoted_icmp = layer.quoted && matches!(layer.proto, Proto::Icmpv4 | Proto::Icmpv6);
    state.map(|state| if is_quoted_icmp { Checksum::Unverifiable } else { state })
}

/// The right checksum of a layer, if its checksum was verified or left to the network card.
pub(super) fn right_checksum(layer: &ExaminedLayer<'_>, state: Option<Checksum>) -> Option<u16> {
    let row = layer.proto.fields().iter().find(|field| matches!(field.kind, Kind::Checksum))?;
    let stored = u16::try_from(number_of(&row.read(layer.header())?)?).ok()?;
    match state? {
        Checksum::Good => Some(stored),
        Checksum::Bad(right) => Some(right),
        Checksum::Offloaded => {
            let (pseudo, span) = layer.context.covered(layer.view.coverage(layer.header())?)?;
            match pseudo.bytes(span.of(layer.frame())).verify(stored) {
                Checksum::Bad(right) => Some(right),
                _ => Some(stored),
            }
        }
        Checksum::Absent | Checksum::Unverifiable => None,
    }
}

/// Wireshark's number for the result of verifying a checksum, and one of its own for a checksum that is left to the network
/// card: it is not bad, as it is to Wireshark.
pub(super) fn status(state: Checksum, zero_is_illegal: bool) -> i128 {
    match state {
        Checksum::Bad(_) => 0,
        Checksum::Good => 1,
        Checksum::Unverifiable => 2,
        Checksum::Absent if zero_is_illegal => 4,
        Checksum::Absent => 3,
        Checksum::Offloaded => 5,
    }
}
