//! Where a conversation over UDP begins although none of its ports is new, and where a new port begins none: as Wireshark
//! 4.0 numbers them.

use super::bounded_table::BoundedTable;
use super::capture_time::CaptureTime;
use super::endpoint::{ConversationKey, Endpoint, KeyEnd};
use super::results::UdpAnalysis;
use super::udp_conversation::{UdpConversation, UdpFlow};

/// The port of TFTP servers, RFC 1350 §4.
const TFTP: u16 = 69;

/// Most requests of TFTP whose transfers are followed. When there are more, the one that was idle longest is forgotten: what
/// follows are conversations by their ports.
const MOST_REQUESTS: usize = 4096;

/// What a datagram says about those after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UdpBeginning {
    /// A message of SNMP. In a conversation that did not begin after one, the next datagram begins another.
    AfterSnmp,
    /// A request of TFTP: the server answers from a port of its choice, and all its ports are one conversation.
    Transfer,
}

impl UdpBeginning {
    /// What a message of SNMP says of which these bytes were captured, and `length` were sent.
    pub(super) fn of_snmp(bytes: &[u8], length: usize) -> Option<Self> {
        /// Class and number of a tag, without the bit that tells whether it has elements.
        const TAG: u8 = 0xdf;
        let (&[tag, first], rest) = bytes.split_first_chunk::<2>()?;
        let count = if first < 0x80 { 0 } else { usize::from(first & 0x7f) };
        let (long, rest) = rest.split_at_checked(count)?;
        let contents = match first {
            0x80 => return None,
            0x81.. => long.iter().fold(0, |sum: usize, &byte| sum.saturating_mul(256).saturating_add(byte.into())),
            short => short.into(),
        };
        let is_whole = contents <= length.saturating_sub(2 + count);
        (tag & TAG == 0x10 && is_whole && rest.first()? & TAG == 2).then_some(UdpBeginning::AfterSnmp)
    }

    /// What a message of TFTP says that is sent to a port.
    pub(super) fn of_tftp(bytes: &[u8], destination: u16) -> Option<Self> {
        let (&[0, 1 | 2], text) = bytes.split_first_chunk::<2>()? else { return None };
        let is_text = text.iter().all(|byte| matches!(byte, 0 | b' '..=b'~'));
        let ends = text.iter().filter(|&&byte| byte == 0).count();
        let mode = text.split(|&byte| byte == 0).nth(1)?;
        // Wireshark's name of the first mode has lost a letter, and so it does not know requests with the right one.
        let is_mode = ["netscii", "octet", "mail"].iter().any(|known| mode.eq_ignore_ascii_case(known.as_bytes()));
        (destination == TFTP && is_text && ends > 0 && ends % 2 == 0 && is_mode).then_some(UdpBeginning::Transfer)
    }
}

/// Transfers of TFTP: conversations of a client's address and port with all ports of a server.
#[derive(Debug)]
pub(super) struct Transfers {
    /// By the client, and the server with port 0. A conversation has its number with its first datagram.
    table: BoundedTable<ConversationKey, Option<Transfer>>,
}

#[derive(Debug)]
struct Transfer {
    flow: UdpFlow,
    /// The server's port, and the end of the key that it belongs to.
    port: u16,
    server: KeyEnd,
}

impl Transfer {
    fn shown(&self, key: &ConversationKey) -> UdpConversation {
        let mut shown = self.flow.shown(key);
        let side = self.server.side(self.flow.first_from());
        shown.endpoints.0[side.index()].port = self.port;
        shown
    }
}

impl Transfers {
    pub(super) fn new() -> Self {
        Transfers { table: BoundedTable::new(MOST_REQUESTS) }
    }

    /// A client requests a transfer. Returns the one before, which has ended.
    pub(super) fn request(
        &mut self,
        client: Endpoint,
        server: Endpoint,
        network: u64,
    ) -> impl Iterator<Item = UdpConversation> {
        let (key, _) = ConversationKey::new(client, Endpoint { port: 0, ..server }, network);
        let ended = match self.table.find(&key) {
            Some(place) => self.table.at(place).take().map(|before| before.shown(&key)),
            None => self.table.insert(key, None).1.and_then(|(key, before)| Some(before?.shown(&key))),
        };
        ended.into_iter()
    }

    /// Takes a datagram whose addresses and ports have no conversation. `None` if it belongs to no transfer.
    #[inline]
    pub(super) fn datagram(
        &mut self,
        (source, destination): (Endpoint, Endpoint),
        network: u64,
        length: Option<u64>,
        now: CaptureTime,
        next: &mut u64,
    ) -> Option<UdpAnalysis> {
        if self.table.is_empty() {
            return None;
        }
        self.of_transfer((source, destination), network, length, now, next)
    }

    fn of_transfer(
        &mut self,
        (source, destination): (Endpoint, Endpoint),
        network: u64,
        length: Option<u64>,
        now: CaptureTime,
        next: &mut u64,
    ) -> Option<UdpAnalysis> {
        let any = |server: Endpoint| Endpoint { port: 0, ..server };
        let by_client = ConversationKey::new(source, any(destination), network);
        let by_server = ConversationKey::new(any(source), destination, network);
        let (place, from, server, port) = match (self.table.find(&by_client.0), self.table.find(&by_server.0)) {
            (Some(place), _) => (place, by_client.1, by_client.1.other(), destination.port),
            (None, Some(place)) => (place, by_server.1, by_server.1, source.port),
            (None, None) => return None,
        };
        let transfer = self.table.at(place).get_or_insert_with(|| {
            *next += 1;
            Transfer { flow: UdpFlow::new(*next - 1, from, now), port, server }
        });
        let analysis = transfer.flow.datagram(from, length, now);
        if transfer.flow.is_answered() {
            self.table.answered(place);
        }
        Some(analysis)
    }

    /// The transfers of which datagrams were seen.
    pub(super) fn conversations(&self) -> impl Iterator<Item = UdpConversation> {
        self.table.entries().filter_map(|(key, transfer)| Some(transfer.as_ref()?.shown(key)))
    }
}

#[cfg(test)]
mod tests {
    use super::UdpBeginning::{self, AfterSnmp, Transfer};

    #[test]
    fn messages_of_snmp_are_whole_and_begin_with_a_version() {
        let cases: [(&[u8], usize, bool); 9] = [
            (b"\x30\x05\x02\x01\x00\x04\x00", 7, true),
            (b"\x30\x05\x02", 7, true),
            (b"\x30\x05\x02\x01\x00\x04\x00", 6, false),
            (b"\x30\x81\x03\x02\x01\x00", 6, true),
            (b"\x30\x82\x00\x03\x02\x01\x00", 7, true),
            (b"\x30\x81\x04\x02\x01\x00", 6, false),
            (b"\x31\x03\x02\x01\x00", 5, false),
            (b"\x30\x03\x04\x01\x00", 5, false),
            (b"\x30\x84\xff", 9, false),
        ];
        for (bytes, length, is_snmp) in cases {
            assert_eq!(UdpBeginning::of_snmp(bytes, length), is_snmp.then_some(AfterSnmp), "{bytes:x?}");
        }
    }

    #[test]
    fn requests_of_tftp_have_a_file_and_a_mode() {
        let cases: [(&[u8], u16, bool); 8] = [
            (b"\0\x01file\0octet\0", 69, true),
            (b"\0\x02file\0OCTET\0blksize\x00512\0", 69, true),
            (b"\0\x01file\0octet\0", 6969, false),
            (b"\0\x01file\0octet", 69, false),
            (b"\0\x03file\0octet\0", 69, false),
            (b"\0\x01file\0binary\0", 69, false),
            (b"\0\x01fi\xe9e\0octet\0", 69, false),
            (b"\0\x01", 69, false),
        ];
        for (bytes, port, is_request) in cases {
            assert_eq!(UdpBeginning::of_tftp(bytes, port), is_request.then_some(Transfer), "{bytes:x?}");
        }
    }
}
