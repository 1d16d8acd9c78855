//! How often each issue comes.

use crate::layer::{Issue, Severity};
use hashbrown::HashMap;

/// How often an issue of a protocol comes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueRow {
    /// Name of the protocol.
    pub protocol: &'static str,
    /// Identifier of the issue: see [`IssueKind::identifier`](crate::IssueKind::identifier).
    pub identifier: &'static str,
    /// The most severe of its severities.
    pub severity: Severity,
    /// How often it comes.
    pub count: u64,
    /// The packets that have it.
    pub packets: u64,
    /// Number of the first packet that has it.
    pub first: u64,
    /// Number of the last packet that has it.
    pub last: u64,
    /// What is said in the first packet.
    pub message: String,
}

/// Issues by protocol and identifier. There are no more of them than this crate and added protocols know.
#[derive(Clone, Debug, Default)]
pub struct IssueCounts {
    places: HashMap<(&'static str, &'static str), usize>,
    rows: Vec<IssueRow>,
    last: usize,
}

impl IssueCounts {
    /// Counts an issue of a packet.
    pub fn add(&mut self, issue: &Issue, packet: u64) {
        let (protocol, identifier) = (issue.protocol, issue.kind.identifier());
        let is_last = self.rows.get(self.last).is_some_and(|row| {
            // The same text in most cases, without a comparison of its bytes.
            core::ptr::eq(row.identifier, identifier) && core::ptr::eq(row.protocol, protocol)
        });
        if !is_last {
            let next = self.rows.len();
            self.last = *self.places.entry((protocol, identifier)).or_insert(next);
            if self.last == next {
                let severity = issue.kind.severity();
                let message = issue.kind.to_string();
                let (count, packets, first) = (0, 0, packet);
                let row = IssueRow { protocol, identifier, severity, count, packets, first, last: 0, message };
                self.rows.push(row);
            }
        }
        let row = &mut self.rows[self.last];
        row.count += 1;
        row.severity = row.severity.max(issue.kind.severity());
        if row.last != packet || row.packets == 0 {
            row.packets += 1;
            row.last = packet;
        }
    }

    /// The issues: the most severe first, of those the most frequent.
    pub fn rows(&self) -> Vec<&IssueRow> {
        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.sort_by_key(|row| (core::cmp::Reverse((row.severity, row.count)), row.first));
        rows
    }
}
