//! The computed rows of a table.

use crate::wire::{Computed, Field};

/// Which rows of a header's table are computed: each kind at most once.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ComputedRows {
    pub(crate) header_length: Option<u8>,
    pub(crate) total_length: Option<u8>,
    pub(crate) next_protocol: Option<u8>,
    pub(crate) checksum: Option<u8>,
}

impl ComputedRows {
    pub(crate) const fn of(table: &[Field]) -> Self {
        let mut rows = ComputedRows { header_length: None, total_length: None, next_protocol: None, checksum: None };
        let mut row = 0;
        while row < table.len() {
            let place = match table[row].computed {
                Computed::HeaderLength { .. } => Some(&mut rows.header_length),
                Computed::TotalLength { .. } => Some(&mut rows.total_length),
                Computed::NextProtocol(_) => Some(&mut rows.next_protocol),
                Computed::Checksum => Some(&mut rows.checksum),
                Computed::Nothing | Computed::Custom => None,
            };
            if let Some(place) = place {
                assert!(place.is_none(), "a header has one length of each kind, one number and one checksum");
                *place = Some(row as u8);
            }
            row += 1;
        }
        rows
    }
}
