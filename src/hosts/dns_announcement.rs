//! Responses of multicast DNS that nobody asked for.

use super::dns_answers;
use super::dns_carrier::{Carried, DnsService};
use super::sighting::Sighting;
use crate::proto::dns::DnsType;
use core::net::IpAddr;

/// Most records of a message that are kept.
const MOST_RECORDS: usize = 8;

/// A response of multicast DNS that answers no question which was seen: a host announces its records (RFC 6762 §8.3), takes
/// them back, or answers a question before the capture.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DnsAnnouncement {
    /// The packet.
    pub at: Sighting,
    /// DNS, multicast DNS or LLMNR.
    pub service: DnsService,
    /// Who sent it.
    pub from: IpAddr,
    /// Records of the answer section, as the header counts them.
    pub records: u16,
    /// Names and types of the first of them, each once: at most 8.
    pub names: Vec<(String, DnsType)>,
    /// Whether the capture cut the message, so that names may be missing.
    pub is_cut: bool,
    /// Whether all records that could be read have a time to live of 0: the host takes them back (RFC 6762 §10.1).
    pub is_goodbye: bool,
}

impl DnsAnnouncement {
    pub(super) fn of(carried: &Carried<'_, '_>, at: Sighting) -> Self {
        let (mut names, mut is_goodbye) = (Vec::new(), true);
        for record in carried.dns.answers(carried.context()).take(MOST_RECORDS) {
            is_goodbye &= record.ttl == 0;
            let name = (dns_answers::name(&record.name), record.rtype);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        DnsAnnouncement {
            at,
            service: carried.carrier.service(),
            from: carried.carrier.source.address,
            records: carried.dns.answer_count(),
            is_cut: carried.is_cut(),
            is_goodbye: is_goodbye && !names.is_empty(),
            names,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let names = self.names.iter().map(|(name, _)| name.len() + core::mem::size_of::<(String, DnsType)>());
        core::mem::size_of::<Self>() + names.sum::<usize>()
    }
}
