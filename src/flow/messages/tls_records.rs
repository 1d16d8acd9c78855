//! Handshake messages of TLS that span records.

use crate::dissect::{Examine, Layers};
use crate::layer::NextProtocol;
use crate::proto::app::tls::handshake::last_message;
use crate::proto::app::tls::{MAX_LENGTH, plausible};
use crate::proto::{Tls, View};
use std::vec::Vec;

/// Content types of records (RFC 8446 §5.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;

/// Handshake records that follow each other, of which the last but one ends within a message.
#[derive(Clone, Debug)]
pub(super) struct HandshakeRecords {
    /// The header of the first record, and the contents of all.
    joined: Vec<u8>,
    /// Where in it the last message begins and ends, as far as that is known.
    last: usize,
    end: usize,
    /// How many bytes of the contents of the record at hand are to come.
    left: usize,
    /// The header of the next record, as far as it is there.
    header: [u8; Tls::LEN],
    have: usize,
    is_malformed: bool,
}

impl HandshakeRecords {
    /// What a record begins. `None` if it ends with a message, or has none that can be read.
    fn begun_by(record: &[u8]) -> Option<Self> {
        let (last, end) = last_message(record, Tls::LEN).filter(|&(_, end)| end > record.len())?;
        let header = [0; Tls::LEN];
        Some(HandshakeRecords { joined: record.to_vec(), last, end, left: 0, header, have: 0, is_malformed: false })
    }

    /// Takes the next bytes. Returns how many belong to the records.
    pub(super) fn take(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        while at < bytes.len() && !self.is_done() && !self.is_malformed {
            if self.left > 0 {
                let part = &bytes[at..bytes.len().min(at + self.left)];
                self.joined.extend_from_slice(part);
                (self.left, at) = (self.left - part.len(), at + part.len());
                if self.left == 0 && self.joined.len() >= self.end {
                    match last_message(&self.joined, self.last) {
                        Some(found) => (self.last, self.end) = found,
                        None => self.is_malformed = true,
                    }
                }
                continue;
            }
            if self.have == 0 && bytes[at] != HANDSHAKE {
                // Records of another type must not come between (RFC 8446 §5.1).
                self.is_malformed = true;
                break;
            }
            self.header[self.have] = bytes[at];
            (self.have, at) = (self.have + 1, at + 1);
            if self.have == Tls::LEN {
                match plausible(&self.header) {
                    Some((_, length)) => (self.left, self.have) = (length.into(), 0),
                    None => self.is_malformed = true,
                }
            }
        }
        at
    }

    pub(super) fn is_done(&self) -> bool {
        self.left == 0 && self.have == 0 && self.joined.len() >= self.end
    }

    pub(super) fn is_malformed(&self) -> bool {
        self.is_malformed
    }

    /// Memory of what is kept, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.joined.len()
    }

    /// One record with all that the records carry. `None` if that is longer than a record can be.
    pub(super) fn joined(mut self) -> Option<Vec<u8>> {
        let length = u16::try_from(self.joined.len() - Tls::LEN).ok().filter(|&length| length <= MAX_LENGTH)?;
        self.joined[3..Tls::LEN].copy_from_slice(&length.to_be_bytes());
        Some(self.joined)
    }
}

/// What the records of a side say about those after them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TlsSide {
    /// A ChangeCipherSpec came: handshake messages are encrypted from then on.
    is_encrypted: bool,
}

impl TlsSide {
    pub(super) fn is_encrypted(self) -> bool {
        self.is_encrypted
    }

    /// Takes a whole record, and what is known of the version. Returns what the record begins.
    pub(super) fn record(&mut self, record: &[u8], version: &mut Option<u16>) -> Option<HandshakeRecords> {
        match record {
            [CHANGE_CIPHER_SPEC, ..] => self.is_encrypted = true,
            [HANDSHAKE, _, _, _, _, 2, ..] => *version = selected_version(record).or(*version),
            _ => {}
        }
        if record.first() != Some(&HANDSHAKE) || self.is_encrypted {
            return None;
        }
        HandshakeRecords::begun_by(record)
    }
}

/// The version that the ServerHello in a record selects. `None` if it is cut.
pub(super) fn selected_version(record: &[u8]) -> Option<u16> {
    let layer = Examine::new(Layers::new(NextProtocol::TlsRecord(0), record)).next()?;
    let View::Tls(tls) = layer.view else { return None };
    let mut hellos = tls.messages(&layer.context).filter(|message| message.kind == 2 && message.is_whole());
    hellos.find_map(|message| match message.decode().version() {
        Some(version) => Some(version.into()),
        // The ServerHello of TLS 1.3 before draft 22 is shorter.
        None => message.contents.bytes().first_chunk::<2>().map(|version| u16::from_be_bytes(*version)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;

    /// A ClientHello of 100 bytes, and a message without contents (ServerHelloDone).
    fn messages() -> Vec<u8> {
        let mut all = vec![1, 0, 0, 96, 3, 3];
        all.resize(100, b'x');
        all.extend([14, 0, 0, 0]);
        all
    }

    fn record(contents: &[u8]) -> Vec<u8> {
        [&[22, 3, 1, 0, contents.len() as u8], contents].concat()
    }

    #[test]
    fn messages_are_joined_wherever_records_and_segments_end() {
        let all = messages();
        // Records of a length.
        for length in [1, 2, 3, 4, 5, 50, 97, 99, 101, 103] {
            let records: Vec<u8> = all.chunks(length).flat_map(record).collect();
            let first = 5 + length;
            for piece in [1, 7, 1000] {
                let mut reader = TlsSide::default().record(&records[..first], &mut None).unwrap();
                let mut taken = first;
                for piece in records[first..].chunks(piece) {
                    taken += reader.take(piece);
                }
                assert!(!reader.is_malformed(), "{length} {piece}");
                // What is done is not taken on: a record can end with the first message.
                let expected = record(&all[..taken - 5 * taken.div_ceil(5 + length)]);
                assert!(reader.is_done() && expected.len() >= 105, "{length} {piece}");
                assert_eq!(reader.joined().unwrap(), expected, "{length} {piece}");
            }
        }
    }

    #[test]
    fn what_is_whole_encrypted_or_interrupted_is_not_joined() {
        let all = messages();
        assert!(TlsSide::default().record(&record(&all), &mut None).is_none());
        assert!(TlsSide::default().record(&record(&[0xaa; 40]), &mut None).is_none());
        let mut side = TlsSide::default();
        assert!(side.record(&[20, 3, 3, 0, 1, 1], &mut None).is_none());
        assert!(side.record(&record(&all[..50]), &mut None).is_none());
        let mut reader = TlsSide::default().record(&record(&all[..50]), &mut None).unwrap();
        assert_eq!((reader.take(&[21, 3, 3, 0, 2, 1, 0]), reader.is_malformed()), (0, true));
    }
}
