//! The programs of a filter, compared with the filter on frames. The fuzz target `capture_filter` uses this file too.

use super::machine::{Seen, run, verify};
use packetsmith::{CaptureProgram, Filter, FrameSource, LinkType, examine};
use std::collections::BTreeMap;

/// A frame as a socket shows it: the kernel has taken the outermost tag out. `None` if this link has no such form.
fn on_socket(link_type: u16, bytes: &[u8]) -> Option<Seen> {
    let half = |at: usize| bytes.get(at..at + 2).map(|two| u16::from_be_bytes([two[0], two[1]]));
    let cooked = |protocol: usize, hardware: usize, start: usize| {
        let (protocol, hardware_type) = (half(protocol)?, half(hardware)?);
        Some(Seen { bytes: bytes.get(start..)?.to_vec(), tag: None, protocol, hardware_type })
    };
    match link_type {
        1 => match (half(12), half(14)) {
            (Some(tpid @ (0x8100 | 0x88a8)), Some(tag)) if bytes.len() >= 18 => {
                let bytes = [&bytes[..12], &bytes[16..]].concat();
                Some(Seen { bytes, tag: Some((tpid, tag)), ..Seen::default() })
            }
            // The kernel hands no shorter frames to a socket.
            _ => (bytes.len() >= 14).then(|| Seen { bytes: bytes.to_vec(), ..Seen::default() }),
        },
        113 => cooked(14, 2, 16),
        276 => cooked(0, 8, 20),
        _ => Some(Seen { bytes: bytes.to_vec(), ..Seen::default() }),
    }
}

/// The programs of a filter, by link type and whether they are for a socket.
pub struct Programs {
    pub filter: Filter,
    made: BTreeMap<(u16, bool), CaptureProgram>,
}

impl Programs {
    pub fn new(filter: Filter) -> Self {
        Programs { filter, made: BTreeMap::new() }
    }

    /// The program for frames of a link type. The kernel must take it.
    pub fn of(&mut self, link_type: u16, source: FrameSource) -> &CaptureProgram {
        self.made.entry((link_type, source == FrameSource::Socket)).or_insert_with(|| {
            let program = self.filter.capture_program(LinkType::from(link_type), source);
            verify(program.instructions()).unwrap_or_else(|error| panic!("{}: {error}\n{program}", self.filter));
            program
        })
    }

    /// Compares the programs for a frame with the filter: whether the filter passes it, and the program for files accepts it.
    pub fn compare(&mut self, link_type: u16, bytes: &[u8], original_len: usize) -> (bool, bool) {
        let passes = self.filter.matches(examine(link_type, bytes).original_len(original_len));
        let text = self.filter.to_string();
        let mut of_file = false;
        let seen = [
            (FrameSource::File, Some(Seen { bytes: bytes.to_vec(), ..Seen::default() })),
            // A socket shows whole frames.
            (FrameSource::Socket, on_socket(link_type, bytes).filter(|_| original_len == bytes.len())),
        ];
        for (source, seen) in seen {
            let Some(seen) = seen else { continue };
            let program = self.of(link_type, source);
            let accepts = run(program.instructions(), &seen) != 0;
            let is_right = if program.is_exact() { accepts == passes } else { accepts || !passes };
            assert!(
                is_right,
                "{text}, {source:?}, link type {link_type}: accepts {accepts}, passes {passes}, exact {}, {bytes:02x?}\n\
                 {program}",
                program.is_exact(),
            );
            if source == FrameSource::File {
                of_file = accepts;
            }
        }
        (passes, of_file)
    }
}
