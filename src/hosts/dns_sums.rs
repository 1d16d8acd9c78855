//! Sums over lookups: by server, by name, by response code.

use super::dns_carrier::DnsService;
use super::dns_lookups::{DnsLookup, DnsLookups, DnsOutcome};
use crate::proto::dns::DnsRcode;
use crate::stats::DurationHistogram;
use core::net::IpAddr;
use hashbrown::HashMap;

/// The lookups of a server, or those of a name. Each histogram takes up to 38 KB.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DnsSums {
    /// Lookups with a query: a question of a client, however often it is sent.
    pub lookups: u64,
    /// How often these questions were sent: a query that is sent again counts each time.
    pub queries: u64,
    /// Lookups with a response without an error, truncated or not.
    pub answered: u64,
    /// Lookups with a response that has an error.
    pub errors: u64,
    /// Lookups without a response.
    pub unanswered: u64,
    /// Responses without a query.
    pub unsolicited: u64,
    /// Times from the first query to the response, in nanoseconds.
    pub times: DurationHistogram,
}

impl DnsSums {
    fn add(&mut self, lookup: &DnsLookup) {
        if lookup.query.is_none() {
            self.unsolicited += 1;
            return;
        }
        self.lookups += 1;
        self.queries += u64::from(lookup.sent);
        match lookup.outcome() {
            DnsOutcome::Failed(_) => self.errors += 1,
            DnsOutcome::Unanswered => self.unanswered += 1,
            _ => self.answered += 1,
        }
        if let Some(time) = lookup.time() {
            self.times.add(time);
        }
    }

    /// Lookups without a response, and those with an error.
    pub fn failures(&self) -> u64 {
        self.errors + self.unanswered
    }
}

impl DnsLookups {
    /// The lookups that count, by service and server, those with the most lookups first. Questions of multicast DNS and of
    /// LLMNR count for the group that they are sent to.
    pub fn by_server(&self) -> Vec<(DnsService, IpAddr, DnsSums)> {
        let mut sums: HashMap<(DnsService, IpAddr), DnsSums> = HashMap::new();
        for lookup in self.lookups() {
            sums.entry((lookup.service, lookup.server.address)).or_default().add(lookup);
        }
        let mut rows: Vec<_> = sums.into_iter().map(|((service, server), sums)| (service, server, sums)).collect();
        rows.sort_by_key(|(service, server, sums)| (*service, core::cmp::Reverse(sums.lookups), *server));
        rows
    }

    /// The lookups that count by name, without regard to upper and lower case, those with the most of them first. At most
    /// `most` names are returned; with them the number of further ones.
    pub fn by_name(&self, most: usize) -> (Vec<(String, DnsSums)>, usize) {
        let mut counts: HashMap<String, u64> = HashMap::new();
        for lookup in self.lookups().filter(|lookup| lookup.qtype.is_some()) {
            *counts.entry(lookup.name.to_ascii_lowercase()).or_default() += u64::from(lookup.query.is_some());
        }
        let mut names: Vec<(String, u64)> = counts.into_iter().collect();
        names.sort_by(|a, b| (b.1, &a.0).cmp(&(a.1, &b.0)));
        let more = names.len().saturating_sub(most);
        names.truncate(most);
        let places: HashMap<&str, usize> = names.iter().enumerate().map(|(n, (name, _))| (name.as_str(), n)).collect();
        let mut sums: Vec<DnsSums> = names.iter().map(|_| DnsSums::default()).collect();
        for lookup in self.lookups().filter(|lookup| lookup.qtype.is_some()) {
            let place = places.get(lookup.name.to_ascii_lowercase().as_str());
            if let Some(sums) = place.and_then(|place| sums.get_mut(*place)) {
                sums.add(lookup);
            }
        }
        (names.iter().map(|(name, _)| name.clone()).zip(sums).collect(), more)
    }

    /// Response codes of the first responses to the lookups that count, and how many lookups have them, the most frequent first.
    pub fn by_rcode(&self) -> Vec<(DnsRcode, u64)> {
        let mut counts: HashMap<u16, u64> = HashMap::new();
        for response in self.lookups().filter_map(|lookup| lookup.response.as_ref()) {
            *counts.entry(u16::from(response.rcode)).or_default() += 1;
        }
        let mut all: Vec<(u16, u64)> = counts.into_iter().collect();
        all.sort_by_key(|(number, count)| (core::cmp::Reverse(*count), *number));
        all.into_iter().map(|(number, count)| (DnsRcode::from(number), count)).collect()
    }
}
