//! Files that TFTP transfers (RFC 1350, with the options of RFC 2347, 2348 and 7440).

use super::listing::{Kind, Listing, Notes, ObjectFacts, Part};
use super::object_files::{Object, ObjectFiles};
use super::safe_name::{FileName, cut};
use crate::protocols::known;
use packetsmith::flow::Endpoint;
use packetsmith::proto::app::{TftpMessage, TftpOption};
use packetsmith::{NextProtocol, View};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;

/// The port that requests go to. What follows goes between the client's port and a new one of the server.
const REQUEST_PORT: u16 = 69;

/// Size of a block without the option `blksize`, in bytes.
const USUAL_BLOCK: usize = 512;

/// Most transfers at a time. The one that began first is ended early.
const MOST_TRANSFERS: usize = 1024;

/// Most bytes of a transfer that wait for blocks before them.
const MOST_WAITING: usize = 1 << 16;

/// Most bytes of a name that are kept.
const MOST_NAME: usize = 1000;

/// A datagram over UDP.
pub(super) struct UdpDatagram<'a> {
    pub(super) source: Endpoint,
    pub(super) destination: Endpoint,
    pub(super) payload: &'a [u8],
    /// Length of the payload on the wire in bytes.
    pub(super) length: usize,
    pub(super) packet: u64,
}

/// The transfers.
#[derive(Default)]
pub(super) struct TftpFiles {
    /// Transfers by the client's endpoint. Of two requests from one endpoint the later counts.
    transfers: HashMap<Endpoint, Transfer>,
    /// The endpoints in the order of their requests.
    order: VecDeque<(Endpoint, u64)>,
}

/// A block that waits for those before it.
struct WaitingBlock {
    bytes: Vec<u8>,
    length: usize,
}

/// A transfer of a file.
struct Transfer {
    /// Packet of the request.
    request: u64,
    is_write: bool,
    name: String,
    /// Whether line ends were changed on the way (`netascii`).
    is_text: bool,
    /// To whom the request went, until the server has answered.
    server: Endpoint,
    has_answered: bool,
    block_size: usize,
    /// Blocks that are sent before one is acknowledged (RFC 7440).
    window: u64,
    /// Number of the next block, from 1; on the wire its lower 16 bits.
    next: u64,
    waiting: BTreeMap<u64, WaitingBlock>,
    waiting_bytes: usize,
    object: Option<Object>,
    first_packet: u64,
    missing_blocks: u64,
    missing_bytes: u64,
    is_done: bool,
    error: Option<String>,
}

impl TftpFiles {
    /// Takes the next datagram.
    pub(super) fn datagram(
        &mut self,
        datagram: &UdpDatagram<'_>,
        files: &mut ObjectFiles<'_>,
        listing: &mut Listing,
    ) -> io::Result<()> {
        let &UdpDatagram { source, destination, payload, packet, .. } = datagram;
        let is_request = destination.port == REQUEST_PORT;
        if !is_request && self.transfers.is_empty() {
            return Ok(());
        }
        let client = match () {
            () if self.transfers.contains_key(&source) => source,
            () if self.transfers.contains_key(&destination) => destination,
            () if is_request => source,
            () => return Ok(()),
        };
        let Some(layer) = known().examine(NextProtocol::UdpPorts(0, REQUEST_PORT), payload).next() else {
            return Ok(());
        };
        let View::Tftp(tftp) = layer.view else { return Ok(()) };
        let message = tftp.message(&layer.context);
        if is_request
            && let TftpMessage::ReadRequest { filename, mode, .. } | TftpMessage::WriteRequest { filename, mode, .. } =
                message
        {
            let is_write = matches!(message, TftpMessage::WriteRequest { .. });
            let name = String::from_utf8_lossy(filename.0);
            let transfer = Transfer::new(packet, is_write, cut(&name, MOST_NAME), mode.0, destination);
            return self.begin(source, transfer, files, listing);
        }
        let Some(transfer) = self.transfers.get_mut(&client) else { return Ok(()) };
        let is_answer = matches!(
            message,
            TftpMessage::Data { .. }
                | TftpMessage::Acknowledgment { .. }
                | TftpMessage::Error { .. }
                | TftpMessage::OptionAcknowledgment { .. }
        );
        if !is_answer || !transfer.is_of(client, source, destination) {
            return Ok(());
        }
        match message {
            TftpMessage::OptionAcknowledgment { options } => transfer.agree(options.iter()),
            TftpMessage::Data { block } if (source == client) == transfer.is_write => {
                let block = Block {
                    number: block,
                    bytes: layer.payload(),
                    length: datagram.length.saturating_sub(layer.header().len()),
                };
                transfer.block(&block, packet, files);
            }
            TftpMessage::Error { code, message } => {
                let message = String::from_utf8_lossy(message.0);
                transfer.error = Some(format!("{}: {}", u16::from(code), cut(&message, 200)));
            }
            _ => return Ok(()),
        }
        if transfer.is_done || transfer.error.is_some() {
            self.end(client, files, listing)?;
        }
        Ok(())
    }

    /// Begins a transfer. A request that is repeated before it has an answer is the same one.
    fn begin(
        &mut self,
        client: Endpoint,
        transfer: Transfer,
        files: &mut ObjectFiles<'_>,
        listing: &mut Listing,
    ) -> io::Result<()> {
        if self.transfers.get(&client).is_some_and(|before| {
            before.next <= 2 && before.name == transfer.name && before.is_write == transfer.is_write
        }) {
            return Ok(());
        }
        self.end(client, files, listing)?;
        while self.transfers.len() >= MOST_TRANSFERS
            && let Some((oldest, request)) = self.order.pop_front()
        {
            if self.transfers.get(&oldest).is_some_and(|transfer| transfer.request == request) {
                self.end(oldest, files, listing)?;
            }
        }
        if self.order.len() >= 4 * MOST_TRANSFERS {
            let transfers = &self.transfers;
            self.order.retain(|(client, request)| transfers.get(client).is_some_and(|of| of.request == *request));
        }
        self.order.push_back((client, transfer.request));
        self.transfers.insert(client, transfer);
        Ok(())
    }

    /// Ends a transfer, and lists its file.
    fn end(&mut self, client: Endpoint, files: &mut ObjectFiles<'_>, listing: &mut Listing) -> io::Result<()> {
        let Some(mut transfer) = self.transfers.remove(&client) else { return Ok(()) };
        while !transfer.waiting.is_empty() {
            transfer.give_up_gap(files);
        }
        let Some(object) = transfer.object.take() else { return Ok(()) };
        let server = transfer.server;
        let (verb, name) = (if transfer.is_write { "written to" } else { "read from" }, &transfer.name);
        let facts = ObjectFacts {
            kind: Kind::Tftp,
            packet: transfer.first_packet,
            from: format!("{name}, {verb} {} by {client}", server.address),
            parts: vec![
                ("message", Part::text(if transfer.is_write { "write" } else { "read" })),
                ("name", Part::text(name)),
                ("client", Part::text(client)),
                ("server", Part::text(server)),
            ],
            notes: transfer.notes(),
        };
        listing.finish(files, object, facts)
    }

    /// Ends all transfers.
    pub(super) fn finish(&mut self, files: &mut ObjectFiles<'_>, listing: &mut Listing) -> io::Result<()> {
        while let Some((client, _)) = self.order.pop_front() {
            self.end(client, files, listing)?;
        }
        Ok(())
    }
}

/// A block as it was sent.
struct Block<'a> {
    number: u16,
    bytes: &'a [u8],
    /// Length on the wire.
    length: usize,
}

impl Transfer {
    fn new(request: u64, is_write: bool, name: &str, mode: &[u8], server: Endpoint) -> Self {
        Transfer {
            request,
            is_write,
            name: name.to_string(),
            is_text: mode.eq_ignore_ascii_case(b"netascii"),
            server,
            has_answered: false,
            block_size: USUAL_BLOCK,
            window: 1,
            next: 1,
            waiting: BTreeMap::new(),
            waiting_bytes: 0,
            object: None,
            first_packet: 0,
            missing_blocks: 0,
            missing_bytes: 0,
            is_done: false,
            error: None,
        }
    }

    /// Whether a datagram belongs to the transfer. Its server is who answers first: a request can go to all.
    fn is_of(&mut self, client: Endpoint, source: Endpoint, destination: Endpoint) -> bool {
        let other = if source == client { destination } else { source };
        if !self.has_answered && source != client {
            self.has_answered = true;
            self.server = other;
        }
        self.has_answered && self.server == other
    }

    /// Takes the options that the server has accepted.
    fn agree<'a>(&mut self, options: impl Iterator<Item = TftpOption<'a>>) {
        for option in options {
            let number = std::str::from_utf8(option.value.0).ok().and_then(|text| text.parse::<u16>().ok());
            match number {
                // The range of RFC 2348.
                Some(size @ 8..=65464) if option.name.0.eq_ignore_ascii_case(b"blksize") => {
                    self.block_size = size.into();
                }
                Some(window @ 1..) if option.name.0.eq_ignore_ascii_case(b"windowsize") => self.window = window.into(),
                _ => {}
            }
        }
    }

    fn block(&mut self, block: &Block<'_>, packet: u64, files: &mut ObjectFiles<'_>) {
        if self.object.is_none() {
            let last = self.name.rsplit(['/', '\\']).next().unwrap_or_default();
            self.object = Some(files.begin(FileName::new(&format!("{packet}-"), last.as_bytes(), "file")));
            self.first_packet = packet;
        }
        // Numbers wrap: the nearest to the next one is meant.
        let ahead = block.number.wrapping_sub(self.next as u16) as i16;
        // A block that was there before.
        let Ok(ahead) = u64::try_from(ahead) else { return };
        let number = self.next + ahead;
        if ahead == 0 {
            self.take(block.bytes, block.length, files);
            self.drain(files);
            return;
        }
        if self.waiting.contains_key(&number) {
            return;
        }
        self.waiting_bytes += block.bytes.len();
        self.waiting.insert(number, WaitingBlock { bytes: block.bytes.to_vec(), length: block.length });
        // Blocks of a window that was sent again may still come.
        while self.waiting.len() as u64 >= self.window && !self.waiting.is_empty() || self.waiting_bytes > MOST_WAITING
        {
            self.give_up_gap(files);
        }
    }

    /// Takes the next block. A short one is the last.
    fn take(&mut self, bytes: &[u8], length: usize, files: &mut ObjectFiles<'_>) {
        if let Some(object) = &mut self.object {
            files.append(object, bytes);
        }
        self.missing_bytes += length.saturating_sub(bytes.len()) as u64;
        self.next += 1;
        self.is_done |= length < self.block_size;
    }

    /// Takes blocks that wait no longer.
    fn drain(&mut self, files: &mut ObjectFiles<'_>) {
        while !self.is_done
            && let Some(block) = self.waiting.remove(&self.next)
        {
            self.waiting_bytes -= block.bytes.len();
            self.take(&block.bytes, block.length, files);
        }
        if self.is_done {
            self.waiting.clear();
            self.waiting_bytes = 0;
        }
    }

    /// Gives up the blocks before the first that waits. Nothing takes their place.
    fn give_up_gap(&mut self, files: &mut ObjectFiles<'_>) {
        let Some((&first, _)) = self.waiting.first_key_value() else { return };
        self.missing_blocks += first - self.next;
        self.missing_bytes += (first - self.next) * self.block_size as u64;
        self.next = first;
        self.drain(files);
    }

    fn notes(&self) -> Notes {
        let mut notes = Notes::default();
        if self.missing_bytes > 0 {
            let (bytes, blocks) = (self.missing_bytes, self.missing_blocks);
            notes.incomplete(format!("gap of {bytes} bytes ({blocks} blocks), which the capture lacks"));
        }
        match &self.error {
            Some(error) => notes.incomplete(format!("short: ended by error {error}")),
            None if !self.is_done => notes.incomplete("short: its last block is not in the capture"),
            None => {}
        }
        if self.is_text {
            notes.remark("netascii: lines end as they were sent, with CR LF");
        }
        notes
    }
}
